"""UWS documents from other services, as values.

What services in use get wrong is read all the same, with a warning that says what is wrong: elements that are
missing, twice, nil or out of order, another namespace or none, attributes that the schema doesn't have, times
without a zone. Only what is no UWS document at all has no value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar, final

from execbroker.core.problems import WARNING, Problem, Reading, Unreadable, quoted
from execbroker.languages.uws.documents import UWS, XLINK, XSI
from execbroker.languages.uws.elements import Element, XmlLimits, read_elements
from execbroker.languages.uws.tables import UwsPhase
from execbroker.languages.uws.texts import is_identifier, parse_time
from execbroker.languages.uws.values import LONGEST, Info, JobReference, Parameter, Result, Trouble, UwsJob

__all__ = ["read_job", "read_jobs"]

T = TypeVar("T")

#: What a document may cost unless somebody says otherwise.
_USUAL: Final = XmlLimits()

#: The children of a job in the schema's order, and whether each must be there and may be nil.
_JOB: Final = {
    "jobId": (True, False),
    "runId": (False, False),
    "ownerId": (True, True),
    "phase": (True, False),
    "quote": (False, True),
    "creationTime": (False, False),
    "startTime": (True, True),
    "endTime": (True, True),
    "executionDuration": (True, False),
    "destruction": (True, True),
    "parameters": (False, False),
    "results": (True, False),
    "errorSummary": (False, False),
    "jobInfo": (False, False),
}
#: Those of an entry in a list of jobs.
_JOBREF: Final = {
    "phase": (True, False),
    "runId": (False, False),
    "ownerId": (False, True),
    "creationTime": (False, False),
}
#: How many warnings one document is worth.
_MOST_WARNINGS: Final = 100
_XLINK_TYPES: Final = {"simple", "extended", "title", "resource", "locator", "arc"}
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


def read_job(source: bytes | str, name: str = "<job>", limits: XmlLimits = _USUAL) -> Reading[UwsJob]:
    """The job of a document, with warnings for all that the schema forbids.

    Args:
        source: The document; bytes are in the encoding that it states, else UTF-8.
        name: The name of the file, for messages.
        limits: What it may cost.

    >>> reading = read_job("<job><jobId>7</jobId><phase>HELD</phase></job>")
    >>> reading.value.phase, reading.value.owner, reading.problems[0].code
    (<UwsPhase.HELD: 'HELD'>, None, 'namespace')
    """
    return _read(source, name, limits, "job", _job)


def read_jobs(
    source: bytes | str, name: str = "<jobs>", limits: XmlLimits = _USUAL
) -> Reading[tuple[JobReference, ...]]:
    """The entries of a list of jobs, in their order, with warnings for all that the schema forbids.

    Args:
        source: The document; bytes are in the encoding that it states, else UTF-8.
        name: The name of the file, for messages.
        limits: What it may cost.
    """
    return _read(source, name, limits, "jobs", _references)


def _read(
    source: bytes | str, name: str, limits: XmlLimits, root: str, read: Callable[[Element, _Findings], T]
) -> Reading[T]:
    document = read_elements(source, name, limits)
    if document.value is None:
        return Reading(problems=document.problems)
    element = document.value
    if element.name != root:
        message = f"the document is a {quoted(element.name)}, not a {quoted(root)}"
        return Reading(problems=(Problem("not-uws", message, found=element.name, position=element.position),))
    findings = _Findings()
    if element.namespace != UWS:
        findings.add(element, "namespace", f"the namespace is not {UWS}", element.namespace or None)
    value = read(element, findings)
    return Reading(value, tuple(findings.problems))


@final
class _Findings:
    """What a document gets wrong, as far as it was read; of very much, the beginning."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, element: Element, code: str, message: str, found: str | None = None) -> None:
        """Note what is wrong with an element."""
        if len(self.problems) >= _MOST_WARNINGS:
            return
        problem = Problem(code, message, element.name, found, position=element.position, severity=WARNING)
        self.problems.append(problem)


def _job(root: Element, findings: _Findings) -> UwsJob:
    fields = _Fields(root, _JOB, findings)
    trouble, info = fields.element("errorSummary"), fields.element("jobInfo")
    return UwsJob(
        identifier=_identified(root, (fields.text("jobId") or "").strip(), findings),
        phase=fields.phase(),
        run_id=fields.text("runId"),
        owner=fields.text("ownerId"),
        quote=fields.time("quote"),
        created=fields.time("creationTime"),
        started=fields.time("startTime"),
        ended=fields.time("endTime"),
        duration=fields.duration("executionDuration"),
        destruction=fields.time("destruction"),
        parameters=tuple(_parameter(each, findings) for each in fields.inside("parameters", "parameter")),
        results=tuple(_result(each, findings) for each in fields.inside("results", "result")),
        trouble=None if trouble is None else _trouble(trouble, findings),
        info=() if info is None else tuple(_leaves(info, findings)),
        version=(root.attribute("version") or "1.0").strip(),
    )


def _references(root: Element, findings: _Findings) -> tuple[JobReference, ...]:
    return tuple(_reference(each, findings) for each in _named(root, "jobref", findings))


def _reference(element: Element, findings: _Findings) -> JobReference:
    fields = _Fields(element, _JOBREF, findings)
    return JobReference(
        identifier=_identified(element, _attribute(element, "id", findings).strip(), findings),
        phase=fields.phase(),
        run_id=fields.text("runId"),
        owner=fields.text("ownerId"),
        created=fields.time("creationTime"),
        href=_href(element, findings),
    )


@final
class _Fields:
    """The children of an element by name, each once."""

    def __init__(self, parent: Element, known: dict[str, tuple[bool, bool]], findings: _Findings) -> None:
        self._parent, self._known, self._findings = parent, known, findings
        self._found: dict[str, Element] = {}
        for child in parent.children:
            self._take(child)
        self._check()

    def _take(self, child: Element) -> None:
        if child.name not in self._known:
            self._findings.add(child, "unknown-element", f"there is no element {quoted(child.name)} here")
        elif child.name in self._found:
            self._findings.add(child, "twice", f"{quoted(child.name)} is there twice; the first one counts")
        else:
            self._found[child.name] = child

    def _check(self) -> None:
        order = [name for name in self._known if name in self._found]
        if list(self._found) != order:
            self._findings.add(self._parent, "order", f"the elements are not in the order {', '.join(order)}")
        for name, (is_required, _) in self._known.items():
            if is_required and name not in self._found:
                self._findings.add(self._parent, "missing", f"there is no {quoted(name)}")

    def element(self, name: str) -> Element | None:
        """An element, unless it is nil."""
        found = self._found.get(name)
        if found is None or (found.attribute("nil", XSI) or "").strip() not in ("true", "1"):
            return found
        if not self._known[name][1]:
            self._findings.add(found, "nil", f"{quoted(name)} must not be nil")
        return None

    def text(self, name: str) -> str | None:
        """An element's text as it stands."""
        found = self.element(name)
        return None if found is None else found.text

    def phase(self) -> UwsPhase:
        """The phase; UNKNOWN where there is none that one could read."""
        found = self.element("phase")
        text = "" if found is None else found.text.strip()
        if text in UwsPhase.__members__:
            return UwsPhase[text]
        if found is not None:
            self._findings.add(found, "phase", f"there is no phase {quoted(text)}", text)
        return UwsPhase.UNKNOWN

    def time(self, name: str) -> int | None:
        """An instant."""
        found = self.element(name)
        if found is None:
            return None
        try:
            return parse_time(found.text)
        except Unreadable as error:
            self._findings.add(found, error.code, error.message, found.text)
            return None

    def duration(self, name: str) -> int:
        """Whole seconds, 0 where there is no number."""
        found = self.element(name)
        seconds = _whole(found.text) if found is not None else 0
        if found is not None and not (seconds is not None and seconds <= LONGEST):
            message = f"{quoted(name)} is not a number of seconds up to {LONGEST}"
            self._findings.add(found, "number", message, found.text)
        return min(seconds or 0, LONGEST)

    def inside(self, name: str, each: str) -> Iterable[Element]:
        """The elements of a list."""
        found = self.element(name)
        return () if found is None else _named(found, each, self._findings)


def _whole(text: str) -> int | None:
    """A number from zero; None for anything else. No number that is meant has twenty digits."""
    digits = text.strip().removeprefix("+")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None


def _named(parent: Element, name: str, findings: _Findings) -> Iterable[Element]:
    for child in parent.children:
        if child.name == name:
            yield child
        else:
            findings.add(child, "unknown-element", f"there is no element {quoted(child.name)} here")


def _identified(element: Element, identifier: str, findings: _Findings) -> str:
    if identifier and not is_identifier(identifier):
        message = f"the identifier {quoted(identifier)} is no path element of a URL"
        findings.add(element, "identifier", message, identifier)
    return identifier


def _attribute(element: Element, name: str, findings: _Findings) -> str:
    """An attribute that must be there; empty where it isn't."""
    found = element.attribute(name)
    if found is None:
        findings.add(element, "missing", f"{quoted(element.name)} has no {quoted(name)}")
    return found or ""


def _is(element: Element, name: str, findings: _Findings) -> bool:
    """An attribute that is true or false, and false where it isn't there."""
    text = (element.attribute(name) or "false").strip()
    if text not in _BOOLEANS:
        findings.add(element, "boolean", f"{quoted(name)} is neither true nor false", text)
    return _BOOLEANS.get(text, False)


def _href(element: Element, findings: _Findings) -> str | None:
    """Where a link leads to. Some services give it a type of their own, or no namespace."""
    kind = element.attribute("type", XLINK)
    if kind is not None and kind not in _XLINK_TYPES:
        findings.add(element, "xlink", f"there is no type of links {quoted(kind)}", kind)
    href = element.attribute("href", XLINK)
    if href is None and (href := element.attribute("href")) is not None:
        findings.add(element, "xlink", f"`href` is not in the namespace {XLINK}")
    return href


def _parameter(element: Element, findings: _Findings) -> Parameter:
    if element.children:
        findings.add(element, "unknown-element", "a parameter has elements in it; their text counts")
    return Parameter(
        identifier=_attribute(element, "id", findings),
        value=_all_text(element),
        by_reference=_is(element, "byReference", findings),
        is_post=_is(element, "isPost", findings),
    )


def _result(element: Element, findings: _Findings) -> Result:
    text = element.attribute("size")
    size = None if text is None else _whole(text)
    if text is not None and size is None:
        findings.add(element, "number", "`size` is not a number of bytes", text)
    identifier = _attribute(element, "id", findings)
    return Result(identifier, _href(element, findings), size, element.attribute("mime-type"))


def _trouble(element: Element, findings: _Findings) -> Trouble:
    kind = _attribute(element, "type", findings).strip()
    if kind not in ("transient", "fatal", ""):
        findings.add(element, "error-type", f"an error is transient or fatal, not {quoted(kind)}", kind)
    _attribute(element, "hasDetail", findings)
    message = next((each.text for each in element.children if each.name == "message"), None)
    if message is None:
        findings.add(element, "missing", "there is no `message`")
    return Trouble(message or "", kind == "transient", _is(element, "hasDetail", findings))


def _leaves(info: Element, findings: _Findings) -> Iterable[Info]:
    """Everything in jobInfo that has text and no elements, in the document's order."""
    if info.text.strip():
        findings.add(info, "bare-text", "`jobInfo` has text that is in no element; it is left out")
    ahead = info.children[::-1]
    while ahead:
        element = ahead.pop()
        if element.children:
            ahead += element.children[::-1]
        else:
            yield Info(element.name, element.text, element.attribute("mime-type"))


def _all_text(element: Element) -> str:
    """The text in an element, then that in everything below it."""
    return element.text + "".join(map(_all_text, element.children))
