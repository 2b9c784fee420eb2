"""UWS documents of others: what they get wrong is read and named, and what would harm is refused."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from execbroker.core.problems import Position
from execbroker.languages.uws.elements import XmlLimits
from execbroker.languages.uws.reading import read_job, read_jobs
from execbroker.languages.uws.tables import UwsPhase
from execbroker.languages.uws.texts import parse_time
from execbroker.languages.uws.values import Info, JobReference, Parameter, Result, Trouble, UwsJob

OPEN: Final = (
    '<job xmlns="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="1.1">'
)
#: The children of a job that is right, by name.
PARTS: Final = {
    "jobId": "<jobId>7</jobId>",
    "ownerId": '<ownerId xsi:nil="true"/>',
    "phase": "<phase>QUEUED</phase>",
    "startTime": '<startTime xsi:nil="true"/>',
    "endTime": '<endTime xsi:nil="true"/>',
    "executionDuration": "<executionDuration>60</executionDuration>",
    "destruction": '<destruction xsi:nil="true"/>',
    "results": "<results/>",
}
RIGHT: Final = UwsJob("7", UwsPhase.QUEUED, duration=60)


def document(*, after: str = "", **changed: str) -> str:
    """A job with some children other than right."""
    return OPEN + "".join({**PARTS, **changed}.values()) + after + "</job>"


def test_right() -> None:
    """A job that is right has no warnings."""
    reading = read_job(document())

    assert (reading.value, reading.problems) == (RIGHT, ())


class TestLiberal:
    """What is wrong, but can be read."""

    @pytest.mark.parametrize(
        ("source", "codes", "changed"),
        [
            (document(jobId=""), ["missing"], {"identifier": ""}),
            (document(jobId="<jobId>\n  7\n</jobId>"), [], {}),
            (document(jobId="<jobId>a b</jobId>"), ["identifier"], {"identifier": "a b"}),
            (document(jobId='<jobId xsi:nil="true"/>'), ["nil"], {"identifier": ""}),
            (document(phase=""), ["missing"], {"phase": UwsPhase.UNKNOWN}),
            (document(phase="<phase>RUN</phase>"), ["phase"], {"phase": UwsPhase.UNKNOWN}),
            (document(phase="<phase> HELD </phase>"), [], {"phase": UwsPhase.HELD}),
            (document(ownerId=""), ["missing"], {}),
            (document(ownerId="<ownerId> me </ownerId>"), [], {"owner": " me "}),
            (document(startTime="<startTime>soon</startTime>"), ["time"], {}),
            (document(startTime="<startTime/>"), ["time"], {}),
            (document(endTime="<endTime>1970-01-02</endTime>"), [], {"ended": 86_400}),
            (document(executionDuration=""), ["missing"], {"duration": 0}),
            (document(executionDuration="<executionDuration/>"), ["number"], {"duration": 0}),
            (document(executionDuration='<executionDuration xsi:nil="1"/>'), ["nil"], {"duration": 0}),
            (document(executionDuration="<executionDuration>1.5</executionDuration>"), ["number"], {"duration": 0}),
            (document(executionDuration="<executionDuration>-1</executionDuration>"), ["number"], {"duration": 0}),
            (document(executionDuration="<executionDuration> +5 </executionDuration>"), [], {"duration": 5}),
            (
                document(executionDuration="<executionDuration>9999999999</executionDuration>"),
                ["number"],
                {"duration": 2**31 - 1},
            ),
            (document(executionDuration=f"<executionDuration>{'9' * 9999}</executionDuration>"), ["number"],
             {"duration": 0}),
            (document(results=""), ["missing"], {}),
            (document(results='<results><result id="a" size="x"/></results>'), ["number"],
             {"results": (Result("a"),)}),
            (document(results="<results><result/></results>"), ["missing"], {"results": (Result(""),)}),
            (document(results="<results><file/></results>"), ["unknown-element"], {}),
            (
                document(results='<results><result id="a" xlink:type="votable" xlink:href="b"/></results>'),
                ["xlink"],
                {"results": (Result("a", "b"),)},
            ),
            (
                document(results='<results><result id="a" href="b" mime-type="c" size="3"/></results>'),
                ["xlink"],
                {"results": (Result("a", "b", 3, "c"),)},
            ),
            (document(after="<jobId>8</jobId>"), ["twice"], {}),
            (document(after="<runId>r</runId>"), ["order"], {"run_id": "r"}),
            (document(after='<quote xsi:nil="true"/>'), ["order"], {}),
            (document(after="<mood>good</mood>"), ["unknown-element"], {}),
            (
                document(after="<errorSummary><message>no</message></errorSummary>"),
                ["missing", "missing"],
                {"trouble": Trouble("no")},
            ),
            (
                document(after='<errorSummary type="bad" hasDetail="perhaps"/>'),
                ["error-type", "missing", "boolean"],
                {"trouble": Trouble("")},
            ),
            (
                document(after='<errorSummary type="transient" hasDetail="1"><message/></errorSummary>'),
                [],
                {"trouble": Trouble("", True, True)},
            ),
            (
                document(
                    results='<parameters><parameter id="A">x<b>y</b></parameter>'
                    '<parameter byReference="1" isPost="no"> z </parameter></parameters><results/>'
                ),
                ["unknown-element", "missing", "boolean"],
                {"parameters": (Parameter("A", "xy"), Parameter("", " z ", True))},
            ),
            (
                document(after="<jobInfo>{}<a><b>1</b><c mime-type='m'>2</c></a><b>3</b></jobInfo>"),
                ["bare-text"],
                {"info": (Info("b", "1"), Info("c", "2", "m"), Info("b", "3"))},
            ),
        ],
    )  # fmt: skip
    def test_job(self, source: str, codes: list[str], changed: dict[str, Any]) -> None:
        """Each fault is a warning, and all else is read."""
        reading = read_job(source)

        assert reading.value == evolve(RIGHT, **changed)
        assert [problem.code for problem in reading.problems] == codes
        assert not any(problem.is_error for problem in reading.problems)

    @pytest.mark.parametrize("namespace", ["", 'xmlns="http://www.ivoa.net/xml/UWS/v1.1"'])
    def test_namespace(self, namespace: str) -> None:
        """Another namespace is named, and so is none."""
        source = f"<job {namespace}><jobId>7</jobId><phase>QUEUED</phase></job>"
        reading = read_job(source)

        assert reading.unwrap().phase is UwsPhase.QUEUED
        assert reading.problems[0].code == "namespace"
        assert reading.unwrap().version == "1.0"

    def test_list(self) -> None:
        """Entries of a list are read alike."""
        reading = read_jobs(
            '<jobs><jobref id="a" href="x"><phase>HELD</phase></jobref><jobref/><note/></jobs>'
        )

        assert reading.value == (
            JobReference("a", UwsPhase.HELD, href="x"),
            JobReference("", UwsPhase.UNKNOWN),
        )
        assert [each.code for each in reading.problems] == [
            "namespace", "xlink", "missing", "missing", "unknown-element",
        ]  # fmt: skip

    def test_position(self) -> None:
        """A warning says where."""
        reading = read_job(document(phase="\n <phase>GO</phase>"), "job.xml")

        assert reading.problems[0].position == Position("job.xml", 2, 2)
        assert str(reading.problems[0]) == "job.xml:2:2: warning: there is no phase `GO`"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
    def test_encoding(self, encoding: str) -> None:
        """A document may be in any encoding that it states."""
        source = f'<?xml version="1.0" encoding="{encoding}"?>' + document(ownerId="<ownerId>Zoë</ownerId>")

        assert read_job(source.encode(encoding)).unwrap().owner == "Zoë"
        assert read_job(source).unwrap().owner == "Zoë"


class TestTimes:
    """Instants as services and clients write them."""

    @pytest.mark.parametrize(
        ("text", "instant"),
        [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:01.999Z", 1),
            ("1970-01-01T00:00:00.123456789123Z", 0),
            ("1970-01-01T00:00:00", 0),
            ("1970-01-01 00:01:00", 60),
            ("1970-01-01t00:01z", 60),
            (" 1970-01-02 \n", 86_400),
            ("1970-01-01T24:00:00Z", 86_400),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1970-01-01T01:00:00+0100", 0),
            ("1969-12-31T19:00:00-05:00", 0),
            ("2016-12-31T23:59:60Z", 1_483_228_800),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ],
    )
    def test_taken(self, text: str, instant: int) -> None:
        """What is met in practice is taken."""
        assert parse_time(text) == instant

    @pytest.mark.parametrize(
        "text",
        ["", "NULL", "soon", "12", "1683800000", "2023-13-01", "2023-02-29T00:00:00Z", "2023-01-01T25:00:00Z",
         "2023-01-01T24:00:01Z", "2023-01-01T00:60:00Z", "2023-01-01T00:00:61Z", "2023-01-01T10Z", "0000-01-01",
         "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "9999-12-31T24:00:00Z", "+2023-01-01",
         "2023-01-01T00:00:00+25:00", "2023-01-01T00:00:00 CET", "２０２３-01-01", "1/2/2023"],
    )  # fmt: skip
    def test_refused(self, text: str) -> None:
        """What is no instant, or none that can be written, is refused."""
        with pytest.raises(ValueError, match="is no instant"):
            parse_time(text)


BOMB: Final = (
    '<!DOCTYPE job [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]><job><jobId>&j;</jobId></job>"
)


class TestHostile:
    """What was made to hurt costs nothing but one problem."""

    @pytest.mark.parametrize(
        ("source", "code"),
        [
            (BOMB, "doctype"),
            ('<!DOCTYPE job SYSTEM "http://127.0.0.1:9/job.dtd"><job/>', "doctype"),
            ('<!DOCTYPE job [<!ENTITY x SYSTEM "file:///etc/hostname">]><job><jobId>&x;</jobId></job>', "doctype"),
            ('<!DOCTYPE job [<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;]><job/>', "doctype"),
            ("<!DOCTYPE job><job/>", "doctype"),
            ("<job><jobId>&x;</jobId></job>", "xml"),
            ("<job>" * 65, "too-deep"),
            ("<job>" * 100_000, "too-deep"),
            ("<job>" + "<a/>" * 200_000 + "</job>", "too-large"),
            ('<job a="' + "x" * 9_000_000 + '"/>', "too-large"),
            ("", "xml"),
            ("job", "xml"),
            ("<job>", "xml"),
            ("<job></jobs>", "xml"),
            ("<job/><job/>", "xml"),
            ('<job a="1" a="2"/>', "xml"),
            ("<x:job/>", "xml"),
            ("<job>\x00</job>", "xml"),
            ("<job>\ud800</job>", "xml"),
            ("<job>&#0;</job>", "xml"),
            (b"<job>\xff</job>", "xml"),
            (b'<?xml version="1.0" encoding="nonsense"?><job/>', "encoding"),
            ("<uws><job/></uws>", "not-uws"),
            ("<jobs/>", "not-uws"),
            ("{}", "xml"),
        ],
        ids=lambda value: repr(value[:40]),
    )  # fmt: skip
    def test_refused(self, source: str | bytes, code: str) -> None:
        """One problem, with its place, and no value."""
        reading = read_job(source, "evil.xml")

        assert reading.value is None
        assert [problem.code for problem in reading.problems] == [code]
        assert reading.problems[0].is_error
        assert reading.problems[0].position is not None

    def test_large_is_not_looked_at(self) -> None:
        """Sixty megabytes in an attribute are refused before anything is made of them."""
        source = b'<job a="' + bytes(2**26) + b'"/>'
        tracemalloc.start()
        try:
            reading = read_job(source)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert [problem.code for problem in reading.problems] == ["too-large"]
        assert most < 2**20

    @pytest.mark.parametrize(
        "source",
        [
            "<job>" + "<a/>x" * 50_000 + "</job>",
            "<job>" + "<jobId>x</jobId>" * 50_000 + "</job>",
            "<job " + " ".join(f'a{number}=""' for number in range(200_000)) + "/>",
            "<job " + " ".join(f'xmlns:a{number}="u{number}"' for number in range(100_000)) + "/>",
            "<job><jobId>" + "x" * 4_000_000 + "</jobId></job>",
            "<job><jobId>" + "&lt;" * 1_000_000 + "</jobId></job>",
            "<job><!--" + "x" * 8_000_000 + "--></job>",
        ],
        ids=lambda source: repr(source[:40]),
    )
    def test_effort(self, source: str) -> None:
        """Whatever is within the limits is read, with few problems; in the long run, in seconds."""
        began = time.perf_counter()
        reading = read_job(source)
        took = time.perf_counter() - began

        assert reading.value is not None
        assert len(reading.problems) <= 100
        assert took < 5 or settings().max_examples < 1_000

    def test_limits(self) -> None:
        """The limits are the caller's."""
        limits = XmlLimits(size=100, depth=2, elements=3)

        assert read_job("<job><a/><b/></job>", "j", limits).is_valid
        assert [
            read_job(source, "j", limits).problems[0].code
            for source in ("<job><a><b/></a></job>", "<job><a/><b/><c/></job>", " " * 101)
        ] == ["too-deep", "too-large", "too-large"]

    def test_nothing_is_fetched(self, tmp_path: Path) -> None:
        """A document that includes another one does not get it."""
        secret = tmp_path / "secret"
        secret.write_text("top secret", "utf-8")
        include = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text" href="{secret}"/>'
        source = document(ownerId=f"<ownerId>{include}</ownerId>")

        assert "secret" not in (read_job(source).unwrap().owner or "")

    @given(st.binary(max_size=60) | st.text("<>/job =\"'&;!?-[]ax:\x00\ud800", max_size=40))
    @example(b'<?xml version="1.0" encoding="utf-7"?><job/>')
    @example(b'<?xml version="1.0" encoding="zlib"?><job/>')
    @example(b'<?xml version="1.0" encoding="idna"?><job/>')
    def test_anything(self, source: bytes | str) -> None:
        """Whatever is read, there is a value or one problem."""
        for reading in (read_job(source), read_jobs(source)):
            assert reading.is_valid or len(reading.problems) == 1
