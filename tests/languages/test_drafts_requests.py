"""Requests in the dialects of 2025 and 2026: read, refused, written, and what gets lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import CORES, MEMORY
from execbroker.core.durations import LONGEST
from execbroker.core.instants import LAST, parse_instant
from execbroker.core.lifecycle import Phase
from execbroker.core.ranges import FULL, Range
from execbroker.core.session import Passage, Session
from execbroker.core.spans import Span
from execbroker.core.task import Compute, Constraint, Daily, Data, Executable, Schedule, Storage, Task, Volume
from execbroker.languages import language, read_task
from execbroker.languages.drafts.detection import CALYCOPIS, DRAFT_2025, dialect_of
from execbroker.languages.drafts.uris import short_of, uri_of
from execbroker.languages.records import read_session, write_session
from execbroker.languages.text.reader import read
from execbroker.languages.text.writer import to_json, to_yaml
from execbroker.languages.written import Loss, Written
from execbroker.testing import strategies

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
DIALECTS: Final = {DRAFT_2025: "request-2025.json", CALYCOPIS: "request-calycopis.json"}
EB: Final = "https://www.purl.org/ivoa.net/EB/schema/types/"
K: Final = "https://www.purl.org/ivoa.net/Calycopis-openapi/schema/v1.0/kinds/"
GIB: Final = 2**30

both = pytest.mark.parametrize("name", DIALECTS)
formats = st.sampled_from([to_yaml, to_json])


def example(name: str) -> Any:
    """The example of a dialect, as a tree that may be changed."""
    return json.loads(
        (EXAMPLES / "dialects" / DIALECTS[name]).read_text(encoding="utf-8"), parse_float=Decimal
    )


def written(task: Task, name: str) -> Written:
    """The request of a task."""
    found = language(name)
    assert found is not None
    assert found.write_task is not None
    return found.write_task(task)


def told(tree: Any, name: str | None = None) -> list[tuple[str, str, str]]:
    """The severities, codes and paths of what is wrong with a request."""
    problems = read_task(to_json(tree), "request.json", lang=name).problems
    return [(problem.severity, problem.code, problem.path) for problem in problems]


class TestExamples:
    """What the examples say is in the task, and comes back out as it was."""

    @both
    @pytest.mark.parametrize("write", [to_yaml, to_json])
    def test_they_come_back(self, name: str, write: Callable[[Any], str]) -> None:
        """In JSON as in YAML, key by key."""
        tree = example(name)
        task = read_task(write(tree), "request").unwrap()
        assert task.language == name
        assert written(task, name) == Written(tree)

    def test_of_2025(self) -> None:
        """Two intervals of starts, both ends of which are allowed; amounts, volumes and data."""
        task = read_task(to_json(example(DRAFT_2025))).unwrap()
        start = parse_instant("2031-05-02T19:00:00Z")
        assert task == Task(
            name="fringe-fit",
            executable=Executable(
                "docker-container",
                {
                    "name": "fringe",
                    "image": {"locations": ["registry.example.net/vlbi/fringe:4.1"], "digest": "sha256:51aa"},
                    "environment": {"BAND": "K"},
                },
            ),
            compute=(
                Compute(
                    "node",
                    {CORES: Range(6000, 12_000), MEMORY: Range(24 * GIB, 48 * GIB)},
                    (Volume("scan42", "/in", False, "in"), Volume("scratch", "/tmp", True, "tmp")),
                ),
            ),
            storage=(Storage("scratch", Range(300 * GIB)),),
            data=(Data("https://data.example.net/scan42.uvfits", "scan42", storage="scratch"),),
            schedule=Schedule(
                Range(3 * 3600),
                starts=(Span(start, start + 14_401), Span(start + 86_400, start + 86_400 + 14_401)),
            ),
            language=DRAFT_2025,
        )

    def test_of_2026(self) -> None:
        """Costs and metrics are demanded."""
        reading = read_task(to_json(example(CALYCOPIS)))
        task = reading.unwrap()
        assert reading.problems == ()
        assert task.costs == (Constraint("urn:ivoa:calycopis:cost:monetary", maximum=Decimal("2.5")),)
        assert task.metrics == (Constraint("urn:ivoa:calycopis:metric:io-throughput", Decimal("150.0")),)
        assert task.executable is not None
        assert task.executable.details["command"] == ["stack", "--band", "r"]
        assert task.compute[0].ranges == {CORES: Range(4000, 8000), MEMORY: Range(16 * GIB, 32 * GIB)}
        assert task.schedule.starts[0].duration == 8 * 3600 + 1

    def test_types_are_spelt_as_the_schemas_spell_them(self) -> None:
        """Letter by letter: clients know things by nothing else."""
        assert uri_of(DRAFT_2025, "data/rucio") == f"{EB}resources/data/Rucio-data-resource-1.0"
        assert uri_of(DRAFT_2025, "data/s3") == f"{EB}resources/data/S3-data-resource-1.0"
        assert uri_of(CALYCOPIS, "data/s3") == f"{K}data/S3-data-resource.yaml"
        assert short_of(CALYCOPIS, "data") == {
            f"{K}data/simple-data-resource.yaml": "",
            f"{K}data/S3-data-resource.yaml": "s3",
            f"{K}data/rucio-data-resource.yaml": "rucio",
            f"{K}data/ivoa-data-resource.yaml": "ivoa",
            f"{K}data/skao-data-resource.yaml": "skao",
        }


class TestDetection:
    """Which dialect a document is in is seen from its first keys, or told."""

    @given(strategies.tasks())
    def test_seed_tasks_are_none(self, task: Task) -> None:
        """Whatever the seed language says is no request of a dialect."""
        document = read(to_json(dict(written(task, "IVOA-TDL-1.0").tree["task"])), "task").unwrap()  # type: ignore[arg-type]
        assert dialect_of(document) is None

    @pytest.mark.parametrize("text", ["", "3", "[]", "{}", "executable: {type: python}", "schedule: 3"])
    def test_next_to_nothing_is_the_seed_language(self, text: str) -> None:
        """As are documents that no dialect would take."""
        document = read(text, "task").value
        assert document is None or dialect_of(document) is None

    @both
    def test_named(self, name: str) -> None:
        """A document that shows nothing is in the language that it is said to be in."""
        assert read_task("{}", lang=name).unwrap() == Task(language=name)
        assert read_task("{}", lang="KLINGON").problems[0].code == "language-unknown"

    @both
    def test_a_key_for_the_language_is_none_of_theirs(self, name: str) -> None:
        """It is taken at its word, and told to leave it out."""
        (problem,) = read_task(f"lang: {name}").problems
        assert (problem.code, problem.hint) == (
            "unknown-key",
            "leave it out: this language is known by its types",
        )

    def test_a_seed_task_loads_no_dialect(self) -> None:
        """Start-up time matters: who doesn't meet a dialect doesn't pay for it."""
        code = (
            "import sys; from execbroker.languages import read_task; read_task('minduration: 1h').unwrap();"
            "print([m for m in sys.modules if '.drafts.' in m])"
        )
        output = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        assert output.strip() == "['execbroker.languages.drafts.detection']"


class TestMistakes:
    """What is not valid in a schema's terms is refused: all of it at once, each with its place and a remedy."""

    def test_all_at_once(self) -> None:
        """In the order of the file."""
        tree = example(DRAFT_2025)
        compute = tree["resources"]["compute"][0]
        compute["cores"] = {"requested": {"min": 12, "max": 6}}
        compute["memory"] = {"requestd": {"min": 24}}
        compute["volumes"][0]["resource"] = "scan43"
        compute["volumes"][1]["mode"] = "READ-WRITE"
        tree["resources"]["storage"][0]["size"]["requested"]["min"] = "300G"
        tree["resources"]["data"][0]["type"] += ".yaml"
        tree["schedule"]["requested"] = {"duration": "P1M", "start": ["2031-05-02T19:00:00Z", 3]}
        assert told(tree) == [
            ("error", "min-above-max", "resources.compute[0].cores.requested.min"),
            ("error", "unknown-key", "resources.compute[0].memory.requestd"),
            ("error", "unknown-word", "resources.compute[0].volumes[1].mode"),
            ("error", "wrong-type", "resources.storage[0].size.requested.min"),
            ("error", "unknown-type", "resources.data[0].type"),
            ("error", "duration-unit", "schedule.requested.duration"),
            ("error", "interval", "schedule.requested.start[0]"),
            ("error", "interval", "schedule.requested.start[1]"),
        ]

    def test_with_places_and_remedies(self) -> None:
        """As in every other file."""
        text = f"compute:\n  kind: {K}compute/simple-compute-resource.yaml\n  cores: {{minimum: 3}}\n"
        (problem,) = read_task(text, "request.yaml").problems
        assert str(problem) == "request.yaml:3:11: error: unknown key `minimum`; write `min`"

    @pytest.mark.parametrize(
        ("part", "value", "expected"),
        [
            ("compute", {"cores": {"min": 1}}, ("missing-key", "compute")),
            ("compute", {"kind": "urn:x"}, ("unknown-type", "compute.kind")),
            ("compute", [], ("wrong-type", "compute")),
            ("compute", {"kind": f"{K}compute/simple-compute-resource.yaml", "cores": {"min": -1}},
             ("negative-amount", "compute.cores.min")),
            ("compute", {"kind": f"{K}compute/simple-compute-resource.yaml", "memory": {"min": 2**62}},
             ("too-large", "compute.memory.min")),
            ("compute", {"kind": f"{K}compute/simple-compute-resource.yaml", "cores": {"min": Decimal("1.5")}},
             ("wrong-type", "compute.cores.min")),
            ("compute", {"kind": f"{K}compute/simple-compute-resource.yaml", "meta": {"uuid": "3"}},
             ("uuid", "compute.meta.uuid")),
            ("data", [{"kind": f"{K}data/simple-data-resource.yaml"}], ("missing-key", "data[0]")),
            ("data", [{"kind": f"{K}data/ivoa-data-resource.yaml", "ivoa": {}}], ("missing-key", "data[0].ivoa")),
            ("data", [{"kind": f"{K}data/skao-data-resource.yaml", "skao": {"objectname": "x", "datasize": -1}}],
             ("negative-amount", "data[0].skao.datasize")),
            ("data", [{"kind": f"{K}data/rucio-data-resource.yaml", "rucio": {"object": "x", "type": "FOLDER"}}],
             ("unknown-word", "data[0].rucio.type")),
            ("data", [{"kind": f"{K}data/simple-data-resource.yaml", "location": "x:y", "storage": "none"}],
             ("unknown-resource", "data[0].storage")),
            ("executable", {"kind": f"{K}executable/docker-container.yaml", "env": {}},
             ("unknown-key", "executable.env")),
            ("executable", {"kind": f"{K}executable/docker-container.yaml",
                            "network": {"ports": [{"protocol": "http"}]}},
             ("unknown-word", "executable.network.ports[0].protocol")),
            ("executable", {"kind": f"{K}executable/docker-container.yaml", "environment": {"A": 3}},
             ("wrong-type", "executable.environment.A")),
            ("costs", [{"kind": "urn:x", "type": "urn:y"}], ("unknown-word", "costs[0].kind")),
            ("costs", [{"kind": f"{K}costs/simple-minmax-float-cost.yaml"}], ("missing-key", "costs[0]")),
            ("costs", [{"kind": f"{K}costs/simple-minmax-float-cost.yaml", "type": "x", "min": 2, "max": 1}],
             ("min-above-max", "costs[0].min")),
            ("name", "fringe", ("unknown-key", "name")),
        ],
    )  # fmt: skip
    def test_one_by_one(self, part: str, value: Any, expected: tuple[str, str]) -> None:
        """What may be wrong with a part of a request of 2026."""
        assert ("error", *expected) in told({part: value}, CALYCOPIS)

    @both
    def test_names_are_unique(self, name: str) -> None:
        """Over all resources, for volumes and data go by them (draft, section 6.2.8)."""
        tree = example(name)
        known = (tree.get("resources") or tree)["storage"][0]
        (known.get("meta") or known)["name"] = "node"
        assert "duplicate-name" in [code for _, code, _ in told(tree)]

    @both
    @pytest.mark.parametrize("root", ["3", "[]", "null"])
    def test_no_mapping(self, name: str, root: str) -> None:
        """Is no request at all."""
        assert [problem.code for problem in read_task(root, lang=name).problems] == ["wrong-document"]

    @both
    def test_executables_of_unknown_types_are_no_mistakes(self, name: str) -> None:
        """They are for whoever knows them, and a NO from everybody else (draft, section 3.1)."""
        key = "type" if name == DRAFT_2025 else "kind"
        tree: Any = {"executable": {key: "urn:example:fortran", "source": "x.f"}}
        task = read_task(to_json(tree), lang=name).unwrap()
        assert task.executable == Executable("urn:example:fortran", {"source": "x.f"})
        uri = (uri_of(name, "executable/docker-container") or "") + "x"
        assert told({"executable": {key: uri}}, name) == [("warning", "unknown-type", f"executable.{key}")]

    def test_what_only_services_say_is_not_kept(self) -> None:
        """And that is said."""
        tree = example(CALYCOPIS)
        tree["compute"] |= {"phase": "RUNNING", "costs": []}
        tree["compute"]["meta"] |= {"uuid": "0b5c1f0e-1111-4a4a-8c8c-000000000004", "created": "x"}
        (problem,) = [each for each in read_task(to_json(tree)).problems if each.code == "not-kept"]
        assert problem.message == "`costs`, `phase`, `created`, `uuid` of a request are not kept"


class TestReferences:
    """Volumes and data name resources of the same request, or give their UUIDs."""

    def test_by_uuid(self) -> None:
        """Both lead to what the core calls it: its name or, if it has none, its UUID."""
        first, second = (f"0b5c1f0e-1111-4a4a-8c8c-00000000000{digit}" for digit in "12")
        tree: Any = {
            "storage": [
                {"kind": f"{K}storage/simple-storage-resource.yaml", "meta": {"uuid": first, "name": "disk"}},
            ],
            "data": [
                {"kind": f"{K}data/simple-data-resource.yaml", "meta": {"uuid": second}, "storage": first,
                 "location": "https://data.example.net/x"},
            ],
            "compute": {
                "kind": f"{K}compute/simple-compute-resource.yaml",
                "volumes": [
                    {"kind": f"{K}volume/simple-volume-mount.yaml", "resource": each}
                    for each in (first, second, "disk")
                ],
            },
        }  # fmt: skip
        task = read_task(to_json(tree)).unwrap()
        assert task.data == (Data("https://data.example.net/x", second, storage="disk"),)
        assert [each.resource for each in task.compute[0].volumes] == ["disk", second, "disk"]
        assert task.storage == (Storage("disk", Range(GIB)),)

    @pytest.mark.parametrize(
        ("kind", "keys", "location", "size"),
        [
            ("S3", {"endpoint": "https://s3.example.net/", "bucket": "scans", "object": "42"},
             "https://s3.example.net/scans/42", None),
            ("S3", {"bucket": "scans"}, "s3://scans", None),
            ("rucio", {"rucio": {"scope": "testing", "object": "42"}}, "rucio://testing/42", None),
            ("ivoa", {"ivoa": {"ivoid": "ivo://example.net/x?42", "obscore": {"obs_id": "x"}}},
             "ivo://example.net/x?42", None),
            ("skao", {"skao": {"namespace": "n", "objectname": "x", "datasize": 5}}, "skao://n/x", 5),
            ("skao", {"skao": {"objectname": "x", "replicas": [{"dataurl": "https://a.example.net/x"}]}},
             "https://a.example.net/x", None),
        ],
    )  # fmt: skip
    def test_kinds_of_data_have_locations(
        self, kind: str, keys: dict[str, Any], location: str, size: int | None
    ) -> None:
        """By which roads and what is held are found; and their names come back out."""
        tree: Any = {"data": [{"kind": f"{K}data/{kind}-data-resource.yaml", **keys}]}
        task = read_task(to_json(tree)).unwrap()
        assert (task.data[0].location, task.data[0].size) == (location, size)
        assert written(task, CALYCOPIS) == Written(tree)


class TestTimes:
    """Durations and intervals, by the patterns of the schemas."""

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("PT1H", 3600),
            ("P1D", 86_400),
            ("P1W", 604_800),
            ("P1DT1H1M1S", 90_061),
            ("PT90.0S", 90),
            ("P0Y1D", 86_400),
        ],
    )
    def test_durations(self, text: str, seconds: int) -> None:
        """Read to the second."""
        task = read_task(to_json({"schedule": {"requested": {"duration": text}}})).unwrap()
        assert task.schedule.duration == Range(seconds)

    @pytest.mark.parametrize(
        ("text", "code", "hint"),
        [
            ("-PT1H", "duration", "write it as PT2H30M"),
            ("P1M", "duration-unit", "write days, such as P30D"),
            ("P1Y2M", "duration-unit", "write days, such as P425D"),
            ("PT1.5H", "duration", "write PT1H30M"),
            ("90 min", "duration", "write PT1H30M"),
            ("PT", "duration", "write it as PT2H30M"),
            ("P", "duration", "write it as PT2H30M"),
            ("P1D1W", "duration", "write it as PT2H30M"),
            ("PT0S", "zero-duration", "write more, such as PT1H"),
            ("P99999D", "duration-too-long", "write P36525D or less"),
            (3, "duration", "write it as PT2H30M"),
        ],
    )
    def test_no_durations(self, text: str, code: str, hint: str) -> None:
        """What the schemas refuse, and what has no length: negatives, months and years."""
        (problem,) = read_task(to_json({"schedule": {"requested": {"duration": text}}})).problems
        assert (problem.code, problem.hint, problem.path) == (code, hint, "schedule.requested.duration")

    @pytest.mark.parametrize(("text", "meant"), [("P1H", "PT1H"), ("P1D2H", "P1DT2H"), ("P90S", "PT90S")])
    def test_the_drafts_own_slip(self, text: str, meant: str) -> None:
        """Is read as it is meant, with a warning; minutes alone would be months."""
        reading = read_task(to_json({"schedule": {"requested": {"duration": text}}}))
        assert [(each.code, each.hint) for each in reading.problems] == [("duration-form", f"write {meant}")]
        assert reading.is_valid

    @pytest.mark.parametrize(
        ("text", "first", "last"),
        [
            ("2031-03-04T20:00:00Z/PT8H", "2031-03-04T20:00:00Z", "2031-03-05T04:00:00Z"),
            ("2031-03-04T20:00:00Z/2031-03-05T04:00:00Z", "2031-03-04T20:00:00Z", "2031-03-05T04:00:00Z"),
            ("PT8H/2031-03-05T04:00:00Z", "2031-03-04T20:00:00Z", "2031-03-05T04:00:00Z"),
            ("2031-03-04T20:00:00+01:00/PT0S", "2031-03-04T19:00:00Z", "2031-03-04T19:00:00Z"),
            ("2031-03-04T20:00Z/P1W", "2031-03-04T20:00:00Z", "2031-03-11T20:00:00Z"),
            ("2031-03-04/2031-03-05", "2031-03-04T00:00:00Z", "2031-03-05T23:59:59Z"),
            ("2031-03-04T20:00:00.25Z/PT1.5S", "2031-03-04T20:00:01Z", "2031-03-04T20:00:01Z"),
        ],
    )
    def test_intervals_of_2026(self, text: str, first: str, last: str) -> None:
        """Both ends are allowed; a date alone is the whole day; fractions of a second are cut off inwards."""
        reading = read_task(to_json({"schedule": {"requested": {"start": text}}}))
        assert reading.unwrap().schedule.starts == (Span(parse_instant(first), parse_instant(last) + 1),)
        assert reading.problems == ()

    def test_no_zone(self) -> None:
        """Is UTC, with a warning."""
        reading = read_task(to_json({"schedule": {"requested": {"start": "2031-03-04T20:00:00/PT1H"}}}))
        assert [each.code for each in reading.problems] == ["instant-zone"]
        assert reading.unwrap().schedule.starts[0].start == parse_instant("2031-03-04T20:00:00Z")

    @pytest.mark.parametrize(
        "text",
        [
            "2031-03-04T20:00:00Z", "2031-03-04T20:00:00Z/PT", "2031-03-04T20:00:00+0100/PT1H", "/", "PT1H/PT2H",
            "R3/2031-03-04T20:00:00Z/PT1H", "2031-03-04T20:00:00Z/..", "2031-03-04T20:00:00Z/T22:00Z",
            "2031-99-99T99:99:99Z/PT1H", "2031-03-04T20:00:00Z/2031-03-04T19:00:00Z", "1969-01-01T00:00:00Z/PT1H",
            "2031-03-04T20:00:00.1Z/PT0.1S", "2031-03-04T20:00.5Z/PT1H", "", "soon",
        ],
    )  # fmt: skip
    def test_no_intervals(self, text: str) -> None:
        """Of these nothing is made, and each is told where it is and, as far as that goes, what to write."""
        (problem,) = read_task(to_json({"schedule": {"requested": {"start": text}}})).problems
        assert problem.is_error
        assert problem.path == "schedule.requested.start"

    @pytest.mark.parametrize(
        "text",
        [
            "2031-03-04T20:00:00Z/2031-03-05T04:00:00Z", "PT8H/2031-03-05T04:00:00Z", "2031-03-04T20:00Z/PT8H",
            "2031-03-04T20:00:00.0Z/PT8H", "2031-03-04T20:00:00Z/PT28800.0S", "2031-03-04T20:00:00/PT8H",
        ],
    )  # fmt: skip
    def test_the_schema_of_2025_takes_one_form(self, text: str) -> None:
        """And who writes another is told how it would be written."""
        tree: Any = {"resources": {}, "schedule": {"requested": {"start": [text]}}}
        problem = read_task(to_json(tree)).problems[-1]
        assert (problem.code, problem.hint) == ("interval", "write 2031-03-04T20:00:00Z/PT8H")

    def test_lists(self) -> None:
        """There are several intervals in one schema and one in the other."""
        one, several = "2031-03-04T20:00:00Z/PT8H", ["2031-03-04T20:00:00Z/PT8H"]
        assert ("error", "wrong-type", "schedule.requested.start") in told(
            {"resources": {}, "schedule": {"requested": {"start": one}}}
        )
        assert ("error", "wrong-type", "schedule.requested.start") in told(
            {"schedule": {"requested": {"start": several}}}, CALYCOPIS
        )


class TestLosses:
    """What a dialect cannot say is told, with the place and the reason, and never left out without a word."""

    @both
    @pytest.mark.parametrize(
        ("task", "expected"),
        [
            (Task(compute=(Compute(None, {"gpus": Range(1)}),)), "compute-resources[0].gpus (1): "),
            (Task(compute=(Compute(None, {CORES: Range(500)}),)), "compute-resources[0].mincores (0.5): "),
            (Task(compute=(Compute(None, {MEMORY: Range(1, GIB + 1)}),)),
             "compute-resources[0].maxmemory (1073741825B): "),
            (Task(storage=(Storage(None, Range(GIB + 1)),)), "storage-resources[0].minsize (1073741825B): "),
            (Task(data=(Data("x:y", size=GIB),)), "data-resources[0].size (1GiB): "),
            (Task(data=(Data("x:y", kind="vospace"),)), "data-resources[0].kind (vospace): "),
            (Task(data=(Data("x:y", kind="s3", details={"bucket": 3}),)), "data-resources[0].kind (s3): "),
            (Task(schedule=Schedule(Range(None, 60))), "maxduration (PT1M): "),
            (Task(schedule=Schedule(daily=Daily(opens=3600))), "timerange (01:00 to any end): "),
            (Task(schedule=Schedule(zone="Europe/London")), "timezone (Europe/London): "),
            (Task(schedule=Schedule(end=86_400)), "daterange.maxenddate (1970-01-02T00:00:00Z): "),
            (Task(schedule=Schedule(earliest=10, latest=5)), "daterange (no start from 1970-01-01T00:00:10Z): "),
            (Task(executable=Executable("python")), "executable.type (python): "),
            (Task(executable=Executable("docker-container", {"gpu": 1})), "executable.gpu (1): "),
            (Task(executable=Executable("docker-container", {"network": {"ports": [{"protocol": "SSH"}]}})),
             "executable.network.ports[0].protocol ("),
            (Task(executable=Executable("docker-container", {"name": 1})), "executable.name (1): "),
            (Task(executable=Executable("docker-container", {"uuid": "x"})), "executable.uuid (x): "),
            (Task(executable=Executable("docker-container", {"image": {"tag": 1}})), "executable.image.tag ("),
        ],
    )  # fmt: skip
    def test_in_both(self, name: str, task: Task, expected: str) -> None:
        """What neither has; whatever is written all the same is valid."""
        found = written(task, name)
        assert any(str(loss).startswith(expected) for loss in found.losses), found.losses
        assert read_task(to_json(dict(found.tree))).is_valid

    @pytest.mark.parametrize(
        ("name", "task", "path"),
        [
            (CALYCOPIS, Task(name="x"), "name"),
            (CALYCOPIS, Task(compute=(Compute("a"), Compute("b"))), "compute-resources[1]"),
            (CALYCOPIS, Task(schedule=Schedule(starts=(Span(0, 1), Span(5, 6)))), "starts"),
            (DRAFT_2025, Task(costs=(Constraint("urn:x"),)), "costs"),
            (DRAFT_2025, Task(metrics=(Constraint("urn:x"),)), "metrics"),
            (
                DRAFT_2025,
                Task(executable=Executable("docker-container", {"command": ["x"]})),
                "executable.command",
            ),
            (
                DRAFT_2025,
                Task(data=(Data("ivo:x", kind="ivoa", details={"ivoa": {"ivoid": "ivo:x"}}),)),
                "data-resources[0].kind",
            ),
            (
                DRAFT_2025,
                Task(data=(Data("rucio://x", kind="rucio", details={"object": "x", "type": "FILE"}),)),
                "data-resources[0].type",
            ),
        ],
    )
    def test_in_one(self, name: str, task: Task, path: str) -> None:
        """What one has and the other hasn't."""
        other = DRAFT_2025 if name == CALYCOPIS else CALYCOPIS
        assert [loss.path for loss in written(task, name).losses] == [path]
        assert written(task, other).losses == ()

    def test_what_is_written_is_enough(self) -> None:
        """Amounts that are no whole number are rounded so that the task still runs: minima up, maxima down."""
        task = Task(compute=(Compute(None, {CORES: Range(1500, 3500), MEMORY: Range(GIB + 1, GIB + 2)}),))
        found = written(task, CALYCOPIS)
        compute: Any = found.tree["compute"]
        assert (compute["cores"], compute["memory"]) == ({"min": 2, "max": 3}, {"min": 2, "max": 2})
        assert found.losses[0] == Loss(
            "compute-resources[0].mincores", "1.5", "the language has whole cores; 2 is written"
        )
        assert len(found.losses) == 4

    def test_ends_of_dates_that_are_open(self) -> None:
        """Are a hundred years away, and nothing is lost by that."""
        for schedule in (Schedule(earliest=10**9), Schedule(latest=10**9)):
            found = written(Task(schedule=schedule), DRAFT_2025)
            (span,) = read_task(to_json(dict(found.tree))).unwrap().schedule.starts
            assert found.losses == ()
            assert span in (Span(10**9, 10**9 + LONGEST + 1), Span(0, 10**9 + 1))

    @given(strategies.tasks(), st.sampled_from([*DIALECTS]), formats)
    def test_what_is_left_is_all_said(self, task: Task, name: str, write: Callable[[Any], str]) -> None:
        """Of any task a valid request comes out, and what that says comes out of it again without a loss."""
        first = written(task, name)
        second = written(read_task(write(dict(first.tree))).unwrap(), name)
        assert second.tree == first.tree
        assert {loss.path for loss in second.losses} <= {"executable.type"}

    @given(strategies.tasks())
    def test_the_seed_language_says_its_own(self, task: Task) -> None:
        """A task that was read from it is the same when it is written and read again."""
        found = written(task, "IVOA-TDL-1.0")
        again = read_task(to_yaml(dict(found.tree))).unwrap()
        assert written(again, "IVOA-TDL-1.0") == Written(found.tree)
        assert (again.compute, again.storage, again.data) == (task.compute, task.storage, task.data)
        assert again.schedule.duration == task.schedule.duration
        assert (again.schedule.end, again.schedule.daily) == (task.schedule.end, task.schedule.daily)

    def test_the_seed_language_has_no_volumes_and_no_figures(self) -> None:
        """Nor several ranges of starts, kinds of data, or two zones."""
        task = Task(
            executable=Executable("x", {"type": "y"}),
            compute=(Compute(None, {}, (Volume("scratch"),)),),
            data=(Data("s3://x", kind="s3"),),
            schedule=Schedule(
                starts=(Span(0, 5), Span(10, 15)),
                latest=3,
                daily=Daily(zone="Asia/Tokyo"),
                zone="Africa/Cairo",
            ),
            costs=(Constraint("urn:a"),),
            metrics=(Constraint("urn:b"),),
        )
        found = written(task, "IVOA-TDL-1.0")
        assert [loss.path for loss in found.losses] == [
            "costs", "metrics", "executable.type", "compute-resources[0].volumes[0]", "data-resources[0].kind",
            "timezone", "starts",
        ]  # fmt: skip
        again = read_task(to_yaml(dict(found.tree))).unwrap().schedule
        assert (again.earliest, again.latest, again.zone) == (0, 3, "Asia/Tokyo")


names = st.text("abcdefgh-é ", min_size=1, max_size=6)


@st.composite
def sayable(draw: st.DrawFn, name: str) -> Task:
    """Tasks that a dialect can say without a loss."""
    known = draw(st.lists(names, min_size=6, max_size=6, unique=True))
    whole = st.tuples(st.integers(0, 40), st.none() | st.integers(0, 9))

    def bounds(unit: int) -> Range:
        least, more = draw(whole)
        return Range(least * unit, None if more is None else (least + more) * unit)

    storage = tuple(Storage(each, bounds(GIB)) for each in draw(st.sets(st.sampled_from(known[:2]))))
    places: Any = st.none() | st.sampled_from([each.name for each in storage] or [None])
    kinds: list[st.SearchStrategy[Data]] = [
        st.just(Data("https://data.example.net/x")),
        st.just(Data("s3://b/o", kind="s3", details={"bucket": "b", "object": "o"})),
        st.just(Data("rucio://s/o", kind="rucio", details={"scope": "s", "object": "o"})),
    ]
    if name == CALYCOPIS:
        kinds.append(
            st.just(Data("ivo://x", kind="ivoa", details={"ivoa": {"ivoid": "ivo://x", "obscore": {"a": 1}}}))
        )
    data = tuple(
        evolve(draw(st.one_of(kinds)), name=each, storage=draw(places))
        for each in draw(st.sets(st.sampled_from(known[2:4])))
    )
    targets: Any = st.none() | st.sampled_from(
        [*(each.name for each in storage), *(each.name for each in data)] or [None]
    )
    volumes = st.lists(
        st.builds(Volume, targets, st.none() | st.just("/in"), st.booleans(), st.none() | names), max_size=2
    )
    compute = tuple(
        Compute(
            each,
            {
                resource: bounds(unit)
                for resource, unit in ((CORES, 1000), (MEMORY, GIB))
                if draw(st.booleans())
            },
            tuple(draw(volumes)),
        )
        for each in known[4 : draw(st.integers(4, 6 if name == DRAFT_2025 else 5))]
    )
    spans = st.builds(
        lambda start, length: Span(start, min(start + length, LAST + 1)),
        st.integers(0, 10**10), st.integers(1, 10**8) | st.just(1),
    )  # fmt: skip
    starts = st.lists(spans, max_size=3 if name == DRAFT_2025 else 1).map(tuple)
    figures = st.builds(
        Constraint,
        st.text(min_size=1),
        st.none() | st.decimals(0, 5, places=2),
        st.none() | st.decimals(5, 9, places=1),
        st.none() | st.text(),
    )
    demanded = st.lists(figures, max_size=2).map(tuple) if name == CALYCOPIS else st.just(())
    executables = st.sampled_from(
        [
            None,
            Executable("jupyter-notebook", {"location": "https://data.example.net/x.ipynb"}),
            Executable("singularity-container", {"name": "x", "location": "library://x"}),
            Executable(
                "docker-container",
                {"image": {"locations": ["a"]}, "privileged": True, "environment": {"A": ""}},
            ),
            Executable("urn:example:other", {"keys": [1, {"a": None}], "name": "x"}),
        ]
    )
    return Task(
        name=draw(st.none() | st.text()) if name == DRAFT_2025 else None,
        executable=draw(executables),
        compute=compute,
        storage=storage,
        data=data,
        schedule=Schedule(draw(st.just(FULL) | st.integers(1, LONGEST).map(Range)), starts=draw(starts)),
        language=name,
        costs=draw(demanded),
        metrics=draw(demanded),
    )


@both
@given(data=st.data(), write=formats)
def test_what_can_be_said_comes_back(name: str, data: st.DataObject, write: Callable[[Any], str]) -> None:
    """A task that a dialect can say is written without a loss and read as it was, in JSON as in YAML."""
    task = data.draw(sayable(name))
    found = written(task, name)
    assert found.losses == ()
    reading = read_task(write(dict(found.tree)))
    assert reading.unwrap() == task
    assert reading.problems == ()


@both
@given(data=st.data())
def test_books_keep_what_can_be_said(name: str, data: st.DataObject) -> None:
    """A task that came in a dialect is the same when it comes back from a book."""
    task = data.draw(sayable(name))
    offer = data.draw(strategies.offers())
    session = Session("one", offer, task, 0, (Passage(Phase.OFFERED, 0),))
    assert read_session(write_session(session)) == session
