"""What a UWS document says, as values: the job, its parameters and results, and the entries of a job list."""

from __future__ import annotations

from typing import Final, final

from attrs import frozen

from execbroker.languages.uws.tables import UwsPhase

__all__ = ["LONGEST", "Info", "JobReference", "Parameter", "Result", "Trouble", "UwsJob"]

#: The most that an execution duration can say, in seconds: it is an `xs:int`.
LONGEST: Final = 2**31 - 1


@final
@frozen
class Parameter:
    """An input of a job: its value, or with `by_reference` the URL where its value is."""

    identifier: str
    value: str
    by_reference: bool = False
    is_post: bool = False


@final
@frozen
class Result:
    """An output of a job.

    Attributes:
        identifier: Its name, unique in the job.
        href: Where it is, a URL.
        size: Bytes, where that is known.
        mime: Its type, such as `text/plain`.
    """

    identifier: str
    href: str | None = None
    size: int | None = None
    mime: str | None = None


@final
@frozen
class Trouble:
    """Why a job failed, in short: the standard's errorSummary.

    Attributes:
        message: One sentence, for people.
        is_transient: Whether the same job may well succeed when it is tried again; otherwise it is fatal.
        has_detail: Whether the job's `error` resource says more.
    """

    message: str
    is_transient: bool = False
    has_detail: bool = False


@final
@frozen
class Info:
    """One leaf of a job's `jobInfo`: an element's local name, its text, and the type of the text, if it has one."""

    name: str
    text: str
    mime: str | None = None


@final
@frozen
class UwsJob:
    """A job as UWS shows it. Instants are seconds UTC; None stands for what is not known, or not set.

    Attributes:
        identifier: The service's name for it, a path element of a URL.
        phase: Where it stands.
        run_id: The client's name for it.
        owner: Who made it; None: somebody without a name.
        quote: When it will likely be done.
        created, started, ended: When it was made, began to execute, and came to its end.
        duration: Seconds for which it may execute; 0: without limit.
        destruction: When it will be forgotten, and its results with it.
        parameters, results: What goes in and comes out.
        trouble: Why it failed, if it did.
        info: What the service says beyond the standard.
        version: The version of the standard that a document was written by; what is written is always 1.1.
    """

    identifier: str
    phase: UwsPhase
    run_id: str | None = None
    owner: str | None = None
    quote: int | None = None
    created: int | None = None
    started: int | None = None
    ended: int | None = None
    duration: int = 0
    destruction: int | None = None
    parameters: tuple[Parameter, ...] = ()
    results: tuple[Result, ...] = ()
    trouble: Trouble | None = None
    info: tuple[Info, ...] = ()
    version: str = "1.1"

    def about(self, name: str) -> str | None:
        """The text of the first leaf of `info` that has a name."""
        return next((each.text for each in self.info if each.name == name), None)


@final
@frozen
class JobReference:
    """A job as a list of jobs shows it; `href` is its URL."""

    identifier: str
    phase: UwsPhase
    run_id: str | None = None
    owner: str | None = None
    created: int | None = None
    href: str | None = None

    @classmethod
    def of(cls, job: UwsJob, href: str | None = None) -> JobReference:
        """The reference to a job."""
        return cls(job.identifier, job.phase, job.run_id, job.owner, job.created, href)
