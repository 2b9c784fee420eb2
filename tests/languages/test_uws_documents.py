"""UWS documents: what is written is what the schema asks for, and reads as what it was."""

from __future__ import annotations

import io
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.languages.uws.documents import (
    UWS,
    XLINK,
    XSI,
    write_job,
    write_jobs,
    write_parameters,
    write_results,
)
from execbroker.languages.uws.reading import read_job, read_jobs
from execbroker.languages.uws.tables import UwsPhase
from execbroker.languages.uws.texts import is_writable
from execbroker.languages.uws.values import LONGEST, Info, JobReference, Parameter, Result, Trouble, UwsJob

#: From the year 1 to 9999, as far as a document can say it.
FIRST, LAST = -62_135_596_800, 253_402_300_799

#: Whatever XML can carry, with what it is apt to lose.
texts = st.text(st.characters(codec="utf-8").filter(is_writable), max_size=20) | st.sampled_from(
    ["", " ", "\r\n", "\ta\r", "]]>", "<a>&amp;</a>", '"', "'", "\u2028", "\x85", "\U0001f600"]
)
identifiers = st.from_regex(r"\A[0-9a-f]{32}\Z") | st.text("aZ09-_.~:@!$&'()*+,;=", min_size=3, max_size=8)
instants = st.integers(FIRST, LAST) | st.integers(0, 2_000_000_000)
parameters = st.builds(Parameter, texts, texts, st.booleans(), st.booleans())
results = st.builds(
    Result, texts, st.none() | texts, st.none() | st.integers(0, 2**63 - 1), st.none() | texts
)
infos = st.builds(Info, st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_.-]{0,8}\Z"), texts, st.none() | texts)


def distinct(things: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """A few things with different identifiers."""
    return st.lists(things, max_size=4, unique_by=lambda thing: thing.identifier).map(tuple)


jobs = st.builds(
    UwsJob,
    identifier=identifiers,
    phase=st.sampled_from(UwsPhase),
    run_id=st.none() | texts,
    owner=st.none() | texts,
    quote=st.none() | instants,
    created=st.none() | instants,
    started=st.none() | instants,
    ended=st.none() | instants,
    duration=st.integers(0, LONGEST),
    destruction=st.none() | instants,
    parameters=distinct(parameters),
    results=distinct(results),
    trouble=st.none() | st.builds(Trouble, texts, st.booleans(), st.booleans()),
    info=st.lists(infos, max_size=4).map(tuple),
)
references = st.lists(
    st.builds(
        JobReference,
        identifiers,
        st.sampled_from(UwsPhase),
        st.none() | texts,
        st.none() | texts,
        st.none() | instants,
        st.none() | texts,
    ),
    max_size=5,
).map(tuple)

FULL: Final = UwsJob(
    identifier="5f0c9a9e",
    phase=UwsPhase.ERROR,
    run_id="fringe fit",
    owner="ivo://example.org/~ann",
    quote=1_683_800_000,
    created=1_683_790_000,
    started=1_683_791_000,
    ended=1_683_792_000,
    duration=3600,
    destruction=1_684_000_000,
    parameters=(Parameter("TASK", "task: {}\n"), Parameter("DATA", "https://example.org/a?b&c", True, True)),
    results=(Result("stdout", "https://example.org/out", 12, "text/plain"), Result("image")),
    trouble=Trouble("the disk is full", is_transient=True, has_detail=True),
    info=(Info("sessionPhase", "FAILED"), Info("offer", '{"offer": "5f0c9a9e"}', "application/json")),
)
EMPTY: Final = UwsJob("1", UwsPhase.PENDING)

# ---------------------------------------------------------------------------------------- the schema in short

NIL: Final = f"{{{XSI}}}nil"
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NUMBER: Final = re.compile(r"\d{1,10}")
PHASE: Final = re.compile("|".join(phase.value for phase in UwsPhase))
ANY: Final = re.compile(".*", re.DOTALL)

#: Name, whether it must be there, whether it may be nil, and its text.
JOB: Final = [
    ("jobId", True, False, ANY),
    ("runId", False, False, ANY),
    ("ownerId", True, True, ANY),
    ("phase", True, False, PHASE),
    ("quote", False, True, TIME),
    ("creationTime", False, False, TIME),
    ("startTime", True, True, TIME),
    ("endTime", True, True, TIME),
    ("executionDuration", True, False, NUMBER),
    ("destruction", True, True, TIME),
    ("parameters", True, False, None),
    ("results", True, False, None),
    ("errorSummary", False, False, None),
    ("jobInfo", False, False, None),
]
JOBREF: Final = [
    ("phase", True, False, PHASE),
    ("runId", False, False, ANY),
    ("ownerId", False, True, ANY),
    ("creationTime", False, False, TIME),
]


def check(element: ET.Element, rules: list[tuple[str, bool, bool, re.Pattern[str] | None]]) -> None:
    """Hold an element's children against the rules."""
    names = [f"{{{UWS}}}{name}" for name, *_ in rules]
    found = [child.tag for child in element]
    assert found == [name for name in names if name in found], "order, strangers, repetitions"
    assert {name for name, rule in zip(names, rules, strict=True) if rule[1]} <= set(found)
    by_name = dict(zip(names, rules, strict=True))
    for child in element:
        _, _, may_be_nil, text = by_name[child.tag]
        if NIL in child.attrib:
            assert (may_be_nil, child.get(NIL), child.text, len(child)) == (True, "true", None, 0)
        elif text:
            assert text.fullmatch(child.text or "")
            assert not len(child)


def check_items(element: ET.Element, name: str, required: set[str], allowed: set[str]) -> None:
    """Hold a list of items with attributes against the schema."""
    for child in element:
        assert child.tag == f"{{{UWS}}}{name}"
        assert required <= set(child.attrib) <= required | allowed
        assert not len(child)
    assert not (element.text or "").strip()


def check_job(document: bytes) -> None:
    """Hold the document of a job against the schema."""
    root = ET.fromstring(document)
    assert (root.tag, root.attrib) == (f"{{{UWS}}}job", {"version": "1.1"})
    check(root, JOB)
    (inputs,), (outputs,) = root.findall(f"{{{UWS}}}parameters"), root.findall(f"{{{UWS}}}results")
    links = {f"{{{XLINK}}}type", f"{{{XLINK}}}href"}
    check_items(inputs, "parameter", {"id"}, {"byReference", "isPost"})
    check_items(outputs, "result", {"id"}, {"size", "mime-type", *links})
    for summary in root.findall(f"{{{UWS}}}errorSummary"):
        assert set(summary.attrib) == {"type", "hasDetail"}
        assert [child.tag for child in summary] == [f"{{{UWS}}}message"]
    for info in root.findall(f"{{{UWS}}}jobInfo"):
        assert not "".join([info.text or "", *(child.tail or "" for child in info)]).strip()
        assert not any(child.tag.startswith(f"{{{UWS}}}") or len(child) for child in info)


@pytest.fixture(scope="module")
def validate() -> Callable[[bytes], None]:
    """The standard's schema; where it is says EXECBROKER_UWS_XSD, the folder of UWS.xsd and xlink.xsd."""
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")
    folder = os.environ.get("EXECBROKER_UWS_XSD")
    if not folder:
        pytest.skip("EXECBROKER_UWS_XSD does not say where UWS.xsd is")

    class Beside(etree.Resolver):  # type: ignore[misc, name-defined]
        """Whatever the schema imports from the network lies beside it."""

        def resolve(self, url: str, _: object, context: object) -> Any:
            return self.resolve_filename(str(Path(folder) / Path(url).name), context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Beside())
    schema = etree.XMLSchema(etree.parse(str(Path(folder) / "UWS.xsd"), parser))
    return lambda document: schema.assertValid(etree.fromstring(document))


class TestWriting:
    """What is written."""

    @given(jobs)
    def test_structure(self, job: UwsJob) -> None:
        """Elements are in order, nil only where they may be, and as the schema has them."""
        check_job(write_job(job))

    @given(references)
    def test_list_structure(self, entries: tuple[JobReference, ...]) -> None:
        """Entries of a list have what the schema asks for."""
        root = ET.fromstring(write_jobs(entries))

        assert (root.tag, root.attrib) == (f"{{{UWS}}}jobs", {"version": "1.1"})
        for each in root:
            assert {"id"} <= set(each.attrib) <= {"id", f"{{{XLINK}}}type", f"{{{XLINK}}}href"}
            check(each, JOBREF)

    @given(jobs)
    def test_schema(self, validate: Callable[[bytes], None], job: UwsJob) -> None:
        """The standard's schema takes every document of a job."""
        # The schema's engine knows no links but such as are URLs.
        outputs = tuple(evolve(each, href=each.href and "https://example.org/a%20b") for each in job.results)
        validate(write_job(evolve(job, results=outputs)))

    @given(references)
    def test_list_schema(self, validate: Callable[[bytes], None], entries: tuple[JobReference, ...]) -> None:
        """The standard's schema takes every document of a list."""
        validate(write_jobs(tuple(evolve(each, href=each.href and "/jobs/1") for each in entries)))

    @pytest.mark.parametrize("job", [FULL, EMPTY], ids=["full", "empty"])
    def test_parts_schema(self, validate: Callable[[bytes], None], job: UwsJob) -> None:
        """The standard's schema takes the documents of parameters and of results."""
        validate(write_parameters(job.parameters))
        validate(write_results(job.results))

    def test_form(self) -> None:
        """A document is as people would write it."""
        assert write_job(EMPTY).decode().splitlines() == [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<uws:job xmlns:uws="{UWS}" xmlns:xlink="{XLINK}" xmlns:xsi="{XSI}" version="1.1">',
            "  <uws:jobId>1</uws:jobId>",
            '  <uws:ownerId xsi:nil="true" />',
            "  <uws:phase>PENDING</uws:phase>",
            '  <uws:quote xsi:nil="true" />',
            '  <uws:startTime xsi:nil="true" />',
            '  <uws:endTime xsi:nil="true" />',
            "  <uws:executionDuration>0</uws:executionDuration>",
            '  <uws:destruction xsi:nil="true" />',
            "  <uws:parameters />",
            "  <uws:results />",
            "</uws:job>",
        ]

    @pytest.mark.parametrize(
        "changed",
        [
            {"run_id": "\x00"},
            {"owner": "\ud800"},
            {"run_id": "\ufffe"},
            {"identifier": "a/b"},
            {"identifier": ""},
            {"identifier": ".."},
            {"identifier": "a b"},
            {"identifier": "é"},
            {"parameters": (Parameter("A", "\x1b"),)},
            {"parameters": (Parameter("\x1b", ""),)},
            {"parameters": (Parameter("A", ""), Parameter("A", ""))},
            {"results": (Result("A", "\x08"),)},
            {"results": (Result("A"), Result("A"))},
            {"results": (Result("A", size=-1),)},
            {"results": (Result("A", size=2**63),)},
            {"results": (Result("A", mime="\uffff"),)},
            {"trouble": Trouble("\x07")},
            {"info": (Info("a b", ""),)},
            {"info": (Info("a:b", ""),)},
            {"info": (Info("a", "\udc80"),)},
            {"info": (Info("a", "", "\x00"),)},
            {"duration": -1},
            {"duration": LONGEST + 1},
            {"quote": LAST + 1},
            {"created": FIRST - 1},
        ],
        ids=repr,
    )
    def test_refusals(self, changed: dict[str, Any]) -> None:
        """What no document can say is refused."""
        with pytest.raises(ValueError, match=r"\w"):
            write_job(evolve(FULL, **changed))

    @given(st.text(st.characters()))
    def test_unwritable_texts(self, text: str) -> None:
        """A text is written so that it comes back, or not at all."""
        try:
            document = write_job(evolve(EMPTY, run_id=text))
        except ValueError:
            assert re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", text)
        else:
            assert read_job(document).unwrap().run_id == text


class TestRoundTrip:
    """What is written reads as what it was."""

    @given(jobs)
    def test_job(self, job: UwsJob) -> None:
        """A job comes back whole and without a warning."""
        reading = read_job(write_job(job))

        assert (reading.value, reading.problems) == (job, ())

    @given(jobs)
    def test_text(self, job: UwsJob) -> None:
        """A document reads the same as text and as bytes."""
        document = write_job(job)

        assert read_job(document.decode("utf-8")) == read_job(document)

    @given(references)
    def test_list(self, entries: tuple[JobReference, ...]) -> None:
        """A list comes back whole and without a warning."""
        reading = read_jobs(write_jobs(entries))

        assert (reading.value, reading.problems) == (entries, ())


class TestPyvo:
    """A client that people have reads the same as we do."""

    @given(jobs)
    def test_job(self, job: UwsJob) -> None:
        """Fields, parameters and results of a job."""
        uws = pytest.importorskip("pyvo.io.uws", reason="pyvo is not installed")
        # It warns of instants whose leap seconds nobody knows.
        modern = evolve(job, quote=0, created=0, started=0, ended=None, destruction=86_400)
        found = uws.parse_job(io.BytesIO(write_job(modern)))

        assert found.version == "1.1"
        assert (found.jobid, found.phase) == (job.identifier, job.phase.value)
        assert round(found.executionduration.sec) == job.duration
        assert [each.isot for each in (found.quote, found.destruction)] == [
            "1970-01-01T00:00:00.000",
            "1970-01-02T00:00:00.000",
        ]
        assert [each.id_ for each in found.parameters] == [each.identifier for each in job.parameters]
        assert [each.href for each in found.results] == [each.href for each in job.results]
        assert [(each.content or "").strip() for each in found.parameters] == [
            each.value.strip() for each in job.parameters
        ]

    @given(references)
    def test_list(self, entries: tuple[JobReference, ...]) -> None:
        """The entries of a list."""
        uws = pytest.importorskip("pyvo.io.uws", reason="pyvo is not installed")
        found = uws.parse_job_list(io.BytesIO(write_jobs([evolve(each, created=0) for each in entries])))

        assert [(each.jobid, each.phase) for each in found] == [
            (each.identifier, each.phase.value) for each in entries
        ]
