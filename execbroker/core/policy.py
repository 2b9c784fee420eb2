"""What a platform lets clients do: lists of what is allowed and denied, and limits for one request."""

from __future__ import annotations

from typing import Generic, TypeVar, final

from attrs import field, frozen

from execbroker.core.amounts import NONE, Amounts

__all__ = ["Choice", "Policy"]

T = TypeVar("T")


@final
@frozen
class Choice(Generic[T]):
    """What is allowed of a kind of thing. What is denied is denied, even if it is also allowed.

    Attributes:
        allow: What is allowed; None: everything that is not denied.
        deny: What is not.
    """

    allow: tuple[T, ...] | None = None
    deny: tuple[T, ...] = ()

    @property
    def is_free(self) -> bool:
        """Whether everything is allowed."""
        return self.allow is None and not self.deny


@final
@frozen
class Policy:
    """What tasks a platform takes, and from whom. Unless it says otherwise, all tasks from everybody.

    Attributes:
        executables: Types, exactly as tasks write them.
        images: Names of images as `permissions` compares them: what lies below them, with a tag or a digest just
            that.
        needs_digest: Whether an image must be given with its digest.
        ports: The first and the last of some ports, both included.
        is_privileged_allowed: Whether an executable may ask for privileges.
        data: Locations, with all that lies below them by whole path segments; `*` is everywhere.
        identities: Names of clients. A list of those that are allowed keeps out clients without a name.
        limits: The most of each resource that one request may ask for, and gets.
        max_duration: The longest run that one request may ask for, and gets, in seconds; None: no limit.
    """

    executables: Choice[str] = field(factory=Choice)
    images: Choice[str] = field(factory=Choice)
    needs_digest: bool = False
    ports: Choice[tuple[int, int]] = field(factory=Choice)
    is_privileged_allowed: bool = True
    data: Choice[str] = field(factory=Choice)
    identities: Choice[str] = field(factory=Choice)
    limits: Amounts = NONE
    max_duration: int | None = None
