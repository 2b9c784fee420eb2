"""UWS documents as XML: a job, a list of jobs, and a job's parameters and results alone (IVOA UWS 1.1, appendix A).

The elements of a job come in the schema's order. What is not known is nil where the schema allows it, else left
out; `executionDuration` and `results`, which may be neither, are always there, and so is `parameters`, for some
clients need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from execbroker.core.problems import quoted
from execbroker.languages.uws.texts import format_time, is_identifier, is_writable
from execbroker.languages.uws.values import LONGEST, Info, JobReference, Parameter, Result, Trouble, UwsJob

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["INFO", "UWS", "XLINK", "XSI", "write_job", "write_jobs", "write_parameters", "write_results"]

#: The namespace of the standard, which 1.1 shares with 1.0; of links; of `nil`; and of what this library says in
#: `jobInfo`.
UWS: Final = "http://www.ivoa.net/xml/UWS/v1.0"
XLINK: Final = "http://www.w3.org/1999/xlink"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
INFO: Final = "urn:execbroker:job"

#: The version of the standard; a document without it is taken for one of 1.0.
_VERSION: Final = "1.1"
_NAMESPACES: Final = {"xmlns:uws": UWS, "xmlns:xlink": XLINK, "xmlns:xsi": XSI}
_LOCAL_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
#: A size is an `xs:long`.
_LARGEST: Final = 2**63 - 1


def write_job(job: UwsJob) -> bytes:
    """The document of a job, in UTF-8.

    Raises:
        ValueError: A text cannot stand in XML, the identifier is no path element, two parameters or results have
            the same name, or a number or an instant is out of the schema's range.
    """
    root = _root("job", _VERSION)
    _leaf(root, "jobId", _identifier(job.identifier))
    _maybe(root, "runId", job.run_id)
    _nillable(root, "ownerId", job.owner)
    _leaf(root, "phase", job.phase.value)
    _nillable(root, "quote", _time(job.quote))
    _maybe(root, "creationTime", _time(job.created))
    _nillable(root, "startTime", _time(job.started))
    _nillable(root, "endTime", _time(job.ended))
    _leaf(root, "executionDuration", _number(job.duration, LONGEST))
    _nillable(root, "destruction", _time(job.destruction))
    _parameters(_leaf(root, "parameters"), job.parameters)
    _results(_leaf(root, "results"), job.results)
    if job.trouble:
        _trouble(root, job.trouble)
    if job.info:
        _info(root, job.info)
    return _document(root)


def write_jobs(references: Iterable[JobReference]) -> bytes:
    """The document of a list of jobs, in the order given.

    Raises:
        ValueError: As with `write_job`.
    """
    root = _root("jobs", _VERSION)
    for each in references:
        entry = _leaf(root, "jobref", None, {"id": _identifier(each.identifier), **_link(each.href)})
        _leaf(entry, "phase", each.phase.value)
        _maybe(entry, "runId", each.run_id)
        _nillable(entry, "ownerId", each.owner)
        _maybe(entry, "creationTime", _time(each.created))
    return _document(root)


def write_parameters(parameters: Iterable[Parameter]) -> bytes:
    """The document of a job's parameters.

    Raises:
        ValueError: As with `write_job`.
    """
    root = _root("parameters")
    _parameters(root, parameters)
    return _document(root)


def write_results(results: Iterable[Result]) -> bytes:
    """The document of a job's results.

    Raises:
        ValueError: As with `write_job`.
    """
    root = _root("results")
    _results(root, results)
    return _document(root)


def _root(name: str, version: str | None = None) -> Element:
    from xml.etree.ElementTree import Element  # who writes no XML doesn't pay for it

    # Names with prefixes are written as they are, so no table of prefixes has to be changed for everybody.
    return Element(f"uws:{name}", {**_NAMESPACES, **({"version": version} if version else {})})


def _document(root: Element) -> bytes:
    from xml.etree.ElementTree import indent, tostring

    indent(root)
    text: str = tostring(root, encoding="unicode")
    # A carriage return that is not escaped comes back as a line feed (XML 1.0, section 2.11).
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.replace("\r", "&#13;").encode("utf-8")


def _leaf(
    parent: Element, name: str, text: str | None = None, attributes: dict[str, str] | None = None
) -> Element:
    from xml.etree.ElementTree import SubElement

    qualified = name if ":" in name else f"uws:{name}"
    given = {key: _writable(value) for key, value in (attributes or {}).items()}
    element = SubElement(parent, qualified, given)
    if text:
        element.text = _writable(text)
    return element


def _maybe(parent: Element, name: str, text: str | None) -> None:
    """An element that may not be nil."""
    if text is not None:
        _leaf(parent, name, text)


def _nillable(parent: Element, name: str, text: str | None) -> None:
    _leaf(parent, name, text, {"xsi:nil": "true"} if text is None else None)


def _parameters(parent: Element, parameters: Iterable[Parameter]) -> None:
    seen: set[str] = set()
    for each in parameters:
        attributes = {"id": _unique(each.identifier, seen)}
        if each.by_reference:
            attributes["byReference"] = "true"
        if each.is_post:
            attributes["isPost"] = "true"
        _leaf(parent, "parameter", each.value, attributes)


def _results(parent: Element, results: Iterable[Result]) -> None:
    seen: set[str] = set()
    for each in results:
        attributes = {"id": _unique(each.identifier, seen), **_link(each.href)}
        if each.size is not None:
            attributes["size"] = _number(each.size, _LARGEST)
        if each.mime is not None:
            attributes["mime-type"] = each.mime
        _leaf(parent, "result", None, attributes)


def _link(href: str | None) -> dict[str, str]:
    return {} if href is None else {"xlink:type": "simple", "xlink:href": href}


def _trouble(parent: Element, trouble: Trouble) -> None:
    kind = "transient" if trouble.is_transient else "fatal"
    detail = "true" if trouble.has_detail else "false"
    summary = _leaf(parent, "errorSummary", None, {"type": kind, "hasDetail": detail})
    _leaf(summary, "message", trouble.message)


def _info(parent: Element, info: Iterable[Info]) -> None:
    element = _leaf(parent, "jobInfo")
    for each in info:
        if not _LOCAL_NAME.fullmatch(each.name):
            raise ValueError(f"no name for an element: {quoted(each.name)}")
        mime = {} if each.mime is None else {"mime-type": each.mime}
        _leaf(element, f"eb:{each.name}", each.text, {"xmlns:eb": INFO, **mime})


def _unique(identifier: str, seen: set[str]) -> str:
    if identifier in seen:
        raise ValueError(f"two parameters or results with the name {quoted(identifier)}")
    seen.add(identifier)
    return identifier


def _identifier(text: str) -> str:
    if not is_identifier(text):
        raise ValueError(f"no job can have the identifier {quoted(text)}: it is no path element of a URL")
    return text


def _writable(text: str) -> str:
    if not is_writable(text):
        raise ValueError(f"XML cannot carry {quoted(text)}")
    return text


def _number(value: int, largest: int) -> str:
    if not 0 <= value <= largest:
        raise ValueError(f"{value} is not from 0 to {largest}")
    return str(value)


def _time(instant: int | None) -> str | None:
    try:
        return None if instant is None else format_time(instant)
    except OverflowError:
        raise ValueError(f"no year that a document can hold: {instant} seconds after 1970") from None
