"""From the bytes of a query and of a body to what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Final, final
from urllib.parse import parse_qsl

from attrs import frozen

from execbroker.core.problems import Problem, nearest, quoted
from execbroker.service.http.limits import Limits
from execbroker.service.http.media import FORM, YAML, media_type
from execbroker.service.http.messages import Head, Pairs
from execbroker.service.http.refusals import Refusal

__all__ = ["Body", "check_names", "only", "read_body", "read_pairs"]

#: The charsets that are UTF-8, whatever they are called; no others are understood.
_UTF_8: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


@final
@frozen
class Body:
    """A body: a document of a type, or the pairs of a form."""

    media: str = YAML
    content: bytes = b""
    form: Pairs = ()


def read_pairs(text: str, limits: Limits, what: str) -> Pairs:
    """The pairs of a query or a form, decoded, in their order.

    Raises:
        Refusal: There are too many, or they are not UTF-8.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=limits.pairs)
    except UnicodeDecodeError:
        raise Refusal(400, "not-utf-8", f"{what} is not UTF-8") from None
    except ValueError:
        raise Refusal(400, "too-many-parameters", f"{what} has more than {limits.pairs} parameters") from None
    return tuple(pairs)


def read_body(head: Head, content: bytes, types: Collection[str], limits: Limits) -> Body:
    """A body, if it is of one of some types; without a type it is YAML (draft, section 5.2.1).

    Raises:
        Refusal: 415 for another type, a charset that is not UTF-8, or a body that is packed; 400 for a form that is
            not what it says.
    """
    coding = head.header("Content-Encoding")
    if content and coding and coding.lower() != "identity":
        message = f"bodies are not unpacked; send it without Content-Encoding: {coding[:60]}"
        raise Refusal(415, "content-encoding", message, headers=(("Accept-Encoding", "identity"),))
    given = head.header("Content-Type")
    if not content and given is None:
        return Body()
    found = (YAML, None) if given is None else media_type(given)
    if found is None or found[0] not in types:
        message = f"a body can be {' or '.join(types)}, not {quoted(given or YAML)}"
        raise Refusal(415, "media-type", message, headers=(("Accept", ", ".join(types)),))
    media, charset = found
    if charset is not None and charset not in _UTF_8:
        raise Refusal(415, "charset", f"the charset {quoted(charset)} is not known; send UTF-8")
    if media != FORM:
        return Body(media, content)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(400, "not-utf-8", "the form is not UTF-8") from None
    return Body(media, b"", read_pairs(text, limits, "the form"))


def check_names(pairs: Pairs, known: Collection[str], repeatable: Collection[str] = ()) -> None:
    """Let pass pairs that all mean something, and only once.

    Raises:
        Refusal: Something is not known, or given twice; all of it is named.
    """
    problems = []
    for name, count in Counter(name for name, _ in pairs).items():
        if name not in known:
            near = nearest(name, known)
            names = ", ".join(known) or "none"
            hint = f"did you mean {quoted(near)}?" if near else f"known is {names}"
            message = f"there is no parameter {quoted(name)}"
            problems.append(Problem("unknown-parameter", message, name[:60], hint=hint))
        elif count > 1 and name not in repeatable:
            problems.append(
                Problem("given-twice", f"{quoted(name)} is given {count} times", name, hint="give it once")
            )
    if problems:
        what = "parameters are" if len(problems) > 1 else "a parameter is"
        raise Refusal(400, problems[0].code, f"{what} not understood", problems)


def only(pairs: Pairs, name: str) -> str | None:
    """The value of a name, if it is there."""
    return next((value for key, value in pairs if key == name), None)
