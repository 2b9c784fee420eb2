"""Tests of the seed language: what each key means, how a task may be written, and laws of reading."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.durations import format_duration, spell_duration
from execbroker.core.instants import format_instant, parse_instant
from execbroker.core.problems import Problem
from execbroker.core.ranges import FULL, Range
from execbroker.core.sizes import format_amount
from execbroker.core.task import (
    EVERY_DAY,
    Compute,
    Daily,
    Data,
    Executable,
    Schedule,
    Storage,
    Task,
)
from execbroker.core.wallclock import local
from execbroker.languages import read_task
from execbroker.languages.text.writer import to_json, to_yaml
from execbroker.testing.strategies import frames, tasks

GIB = 2**30
EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "tasks").glob("*.*"))


def task(text: str) -> Task:
    """The task of a text that has no problems."""
    reading = read_task(text)
    assert reading.problems == ()
    return reading.unwrap()


def problems(text: str, resources: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """Code and path of all problems of a text."""
    return [(problem.code, problem.path) for problem in read_task(text, resources=resources).problems]


def only(text: str) -> Problem:
    """The one problem of a text."""
    (problem,) = read_task(text, "t").problems
    return problem


class TestWrappers:
    """The wrappers `lang` and `task` may be left out; then the whole file is the task."""

    @pytest.mark.parametrize(
        "text",
        [
            "lang: IVOA-TDL-1.0\ntask: {minduration: 2h}",
            "task: {minduration: 2h}",
            "lang: IVOA-TDL-1.0\nminduration: 2h",
            "minduration: 2h",
            '{"task": {"minduration": "2h"}, "lang": "IVOA-TDL-1.0"}',
        ],
    )
    def test_all_four_are_the_same_task(self, text: str) -> None:
        """What is wrapped means what is not."""
        assert task(text) == Task(schedule=Schedule(duration=Range(7200)))

    def test_a_task_needs_nothing(self) -> None:
        """No key is required."""
        assert task("{}") == task("task: {}") == Task()

    def test_paths_are_those_of_the_file(self) -> None:
        """The wrapper is part of the path."""
        assert problems("task: {minduration: 2}") == [("duration-unit", "task.minduration")]
        assert problems("minduration: 2") == [("duration-unit", "minduration")]

    def test_keys_beside_the_task_belong_inside(self) -> None:
        """Beside `task` stands `lang` and nothing else."""
        assert problems("task: {}\nduration: 2h\nfoo: 1\ncores: 4") == [
            ("misplaced-key", "duration"),
            ("unknown-key", "foo"),
            ("misplaced-key", "cores"),
        ]

    @pytest.mark.parametrize("text", ["task: 3", "task: [{minduration: 2h}]", "- minduration: 2h", "hello"])
    def test_a_task_is_a_mapping(self, text: str) -> None:
        """Anything else is told once."""
        assert len(problems(text)) == 1


class TestResources:
    """Compute, storage and data."""

    def test_amounts_are_in_the_units_of_their_resources(self) -> None:
        """Thousandths of cores, bytes, whole gpus."""
        assert task(
            "compute-resources: {mincores: 0.5, maxcores: 4, minmemory: 1.5G, mingpus: 1}"
        ).compute == (
            Compute(None, {"cores": Range(500, 4000), "memory": Range(3 * GIB // 2), "gpus": Range(1)}),
        )

    def test_a_bare_amount_is_minimum_and_maximum(self) -> None:
        """`cores: 4` means exactly that."""
        assert task("compute-resources: {cores: 4}").compute[0].ranges == {"cores": Range(4000, 4000)}

    def test_any_mention_asks_with_a_minimum_of_zero(self) -> None:
        """A maximum alone asks for the resource."""
        assert task("compute-resources: {maxgpus: 2}").compute[0].ranges == {"gpus": Range(0, 2)}
        assert task("storage-resources: {maxsize: 2G}").storage == (Storage(None, Range(0, 2 * GIB)),)
        assert task("storage-resources: {name: s}").storage == (Storage("s", Range(0)),)

    def test_fractions_of_a_byte_round_towards_what_is_asked(self) -> None:
        """Up in a minimum, down in a maximum."""
        text = "compute-resources: {minmemory: 1.0001K, maxmemory: 2.0001K}"
        assert task(text).compute[0].ranges == {"memory": Range(1025, 2048)}

    def test_numbers_may_be_written_in_any_way_of_yaml(self) -> None:
        """`1e1`, `0x10` and `010` are numbers like others."""
        text = "compute-resources: {mincores: 1e1, mingpus: 0x10, minlicences: 010}"
        assert task(text).compute[0].ranges == {
            "cores": Range(10_000),
            "gpus": Range(16),
            "licences": Range(10),
        }

    def test_further_resources_are_sizes_or_counts(self) -> None:
        """By how they are written; `0` is both, and a task can't have one resource as both."""
        read = task("compute-resources: {minbuffer: 4G, maxbuffer: 8G, licences: 2, minslots: 0}")
        assert read.sizes == {"buffer"}
        assert read.compute[0].ranges["buffer"] == Range(4 * GIB, 8 * GIB)
        assert problems("compute-resources: {minbuffer: 4G, maxbuffer: 8}") == [
            ("mixed-units", "compute-resources.maxbuffer")
        ]
        assert problems(
            "compute-resources: [{buffer: 4, name: a}, {buffer: 0, name: b}, {buffer: 4G, name: c}]"
        ) == [("mixed-units", "compute-resources[2].buffer")]

    def test_what_a_platform_has_is_never_a_slip_of_the_pen(self) -> None:
        """A name that is like a known one is refused, unless a platform has it."""
        assert problems("compute-resources: {mincorse: 4}") == [("unknown-key", "compute-resources.mincorse")]
        assert problems("compute-resources: {mincorse: 4}", frozenset({"corse"})) == []
        assert problems("compute-resources: {minlicenses: 4}", frozenset({"licences"})) == [
            ("unknown-key", "compute-resources.minlicenses")
        ]

    @pytest.mark.parametrize("name", ["fpgas", "tpus", "licences", "burst-buffer", "qpu_minutes", "x.y"])
    def test_further_resources_need_not_be_known(self, name: str) -> None:
        """Names that are like none that is known are taken."""
        for end, asked in (("min", Range(1)), ("max", Range(0, 1)), ("", Range(1, 1))):
            assert task(f"compute-resources: {{{end}{name}: 1}}").compute[0].ranges == {name: asked}

    @pytest.mark.parametrize("key", ["min", "max", "4", "a b", "€", "min-", "image", "size", "days", "type"])
    def test_what_is_no_name_of_a_resource_is_refused(self, key: str) -> None:
        """And so are keys of other places."""
        (problem,) = read_task(to_yaml({"compute-resources": {key: 1}})).problems
        assert problem.code in ("unknown-key", "misplaced-key")

    def test_names_are_unique_in_the_task(self) -> None:
        """Also between resources of different kinds."""
        text = "compute-resources: {name: a, mincores: 1}\nstorage-resources: {name: a, minsize: 1G}"
        assert problems(text) == [("duplicate-name", "storage-resources.name")]

    def test_data_name_a_storage_resource(self) -> None:
        """By its name; a misspelt one is suggested, and said even where other things are wrong."""
        head = (
            "storage-resources: [{name: fast, minsize: 1T}, {name: slow, minsize: 1}]\n"
            "data-resources: {location: here"
        )
        assert only(head.replace("1}", "1T}") + ", storage: fast}\nfoo: 1").code == "unknown-key"
        assert problems(head + ", storage: fats}") == [
            ("size-unit", "storage-resources[1].minsize"),
            ("unknown-storage", "data-resources.storage"),
        ]
        assert "did you mean `fast`?" in str(read_task(head + ", storage: fats}").problems[1])

    def test_nothing_is_said_about_names_that_could_not_be_read(self) -> None:
        """A reference may be to what is at fault."""
        text = 'storage-resources: [{name: 4, minsize: 1T}]\ndata-resources: {location: "x:/", storage: fast}'
        assert problems(text) == [("wrong-type", "storage-resources[0].name")]

    def test_storage_holds_what_is_staged_into_it(self) -> None:
        """Its minimum is compared with all that goes there."""
        data = "data-resources: [{location: a, size: 2G, storage: s}, {location: b, size: 3G, storage: s}]"
        assert problems(f"storage-resources: {{name: s, minsize: 5G}}\n{data}") == []
        reading = read_task(f"storage-resources: {{name: s, minsize: 4G}}\n{data}")
        assert reading.is_valid
        assert [problem.code for problem in reading.problems] == ["storage-too-small"]

    def test_an_executable_keeps_its_keys(self) -> None:
        """A type, and whatever else, as it was written."""
        text = "executable: {type: docker-container, image: i, args: [1, {a: ~}]}"
        assert task(text).executable == Executable(
            "docker-container", {"image": "i", "args": [1, {"a": None}]}
        )


class TestNumbers:
    """What is said of numbers that cannot be used."""

    @pytest.mark.parametrize("text", ["1_000", "1 000", "12_000_000"])
    def test_thousands_apart_are_one_number(self, text: str) -> None:
        """And never the first of them."""
        hint = only(f"compute-resources: {{mincores: '{text}'}}").hint
        assert hint == f"write {text.replace('_', '').replace(' ', '')}"

    @pytest.mark.parametrize("text", ["1,000", "1'000", "1_0", "4 or 8", "12k", "12 Ki"])
    def test_no_number_is_shown_where_several_could_be_meant(self, text: str) -> None:
        """But how one is written."""
        assert only(f'compute-resources: {{mincores: "{text}"}}').hint == "write a number, such as 4"

    @pytest.mark.parametrize("text", ["4 cores", "4cores", "4 cpus"])
    def test_what_stands_behind_a_number_is_left_out(self, text: str) -> None:
        """If nothing else can be meant."""
        assert only(f"compute-resources: {{mincores: {text}}}").hint == "write the number alone: 4"

    @pytest.mark.parametrize("written", ["{}", "'{}'"])
    @pytest.mark.parametrize("key", ["cores", "gpus"])
    @pytest.mark.parametrize("number", ["9" * 19, "9" * 20, "9" * 21, "9" * 32])
    def test_amounts_that_are_too_large(self, key: str, number: str, written: str) -> None:
        """However long they are, with the most that can be written, which is read."""
        problem = only(f"compute-resources: {{min{key}: {written.format(number)}}}")
        most = (problem.hint or "").removeprefix("write ").removesuffix(" or less")
        assert problem.code == "amount-too-large"
        assert problems(f"compute-resources: {{min{key}: {most}}}") == []
        assert problems(f"compute-resources: {{min{key}: {int(most) + 1}}}") != []

    def test_the_most_of_all(self) -> None:
        """Is read to its last thousandth of a core."""
        largest = "4611686018427387.903"
        assert problems(f"compute-resources: {{mincores: {largest}}}") == []
        assert only("compute-resources: {mincores: 4611686018427387.904}").code == "amount-too-large"

    @pytest.mark.parametrize("length", [19, 20, 21, 40])
    def test_sizes_that_are_too_large(self, length: int) -> None:
        """However long they are."""
        assert only(f"compute-resources: {{minmemory: {'9' * length}G}}").code == "size-too-large"

    @pytest.mark.parametrize("form", ["{}d", "P{}D", "PT{}H", "{} weeks"])
    @pytest.mark.parametrize("length", [5, 12, 13, 20, 40])
    def test_durations_that_are_too_long(self, form: str, length: int) -> None:
        """However many digits they have."""
        number = "9" * (length + 3 * ("H" in form))
        assert only(f"minduration: {form.format(number)}").code == "duration-too-long"


class TestPairs:
    """The proposal writes a resource as a list of single pairs."""

    @pytest.mark.parametrize(
        "text",
        [
            "compute-resources: [mincores: 4, minmemory: 80G]",
            "compute-resources: [[mincores: 4, minmemory: 80G]]",
            "compute-resources:\n  - mincores: 4\n  - minmemory: 80G",
            "compute-resources:\n  - - mincores: 4\n    - minmemory: 80G",
            "compute-resources: {mincores: 4, minmemory: 80G}",
            "compute-resources: [{mincores: 4, minmemory: 80G}]",
        ],
    )
    def test_pairs_are_one_resource(self, text: str) -> None:
        """All these are the same task."""
        assert task(text) == Task(compute=(Compute(None, {"cores": Range(4000), "memory": Range(80 * GIB)}),))

    def test_pairs_are_read_where_one_thing_is_meant(self) -> None:
        """Also as a date range, a time range and an executable."""
        pairs = (
            "executable: [type: a, image: b]\ndaterange: [maxenddate: 2023-05-09]\n"
            "timerange: [maxendtime: 9:00]"
        )
        assert task(pairs) == task("{executable: {type: a, image: b}, daterange: {maxenddate: 2023-05-09},"
                                   " timerange: {maxendtime: 9:00}}")  # fmt: skip

    def test_a_key_that_comes_twice_makes_several(self) -> None:
        """Two sizes are two resources."""
        assert len(task("storage-resources: [minsize: 1G, minsize: 2G]").storage) == 2

    def test_pairs_in_braces_look_like_several(self) -> None:
        """They are read as one all the same, with a warning; JSON has no other way to write them."""
        for text in (
            "compute-resources: [{mincores: 4}, {mingpus: 1}]",
            '{"compute-resources": [{"mincores": 4}, {"mingpus": 1}]}',
        ):
            reading = read_task(text)
            assert len(reading.unwrap().compute) == 1
            assert [problem.code for problem in reading.problems] == ["pairs-read-as-one"]

    def test_problems_point_into_the_list(self) -> None:
        """Path and position are those of the file."""
        problem = only("compute-resources: [[mincores: 4, minmemroy: 80G]]")
        assert problem.path == "compute-resources[0][1].minmemroy"
        assert str(problem.position) == "t:1:35"


class TestSchedule:
    """Durations, date ranges, time ranges and zones."""

    def test_a_bare_duration_is_exact(self) -> None:
        """Like every bare value."""
        assert task("duration: 2h").schedule.duration == Range(7200, 7200)
        assert task("maxduration: 2h").schedule.duration == Range(None, 7200)
        assert task("{}").schedule.duration == FULL

    def test_dates_cover_their_day_in_the_zone(self) -> None:
        """From its first instant to the midnight after; the latest start is its last second."""
        text = (
            "timezone: Europe/London\n"
            "daterange: {minstartdate: 09 May 2023, maxstartdate: 10 May 2023, maxenddate: 11 May 2023}"
        )
        assert task(text).schedule == Schedule(
            earliest=parse_instant("2023-05-08T23:00:00Z"),
            latest=parse_instant("2023-05-10T22:59:59Z"),
            end=parse_instant("2023-05-11T23:00:00Z"),
            zone="Europe/London",
        )

    def test_dates_may_carry_a_time(self) -> None:
        """And then mean that instant."""
        dates = "minstartdate: 09 May 2023 8:00, maxstartdate: 2023-05-09T12:00, maxenddate: 2023-05-09T15:30+02:00"
        schedule = task(f"daterange: {{{dates}}}").schedule
        assert schedule.earliest == parse_instant("2023-05-09T08:00:00Z")
        assert schedule.latest == parse_instant("2023-05-09T12:00:00Z")
        assert schedule.end == parse_instant("2023-05-09T13:30:00Z")

    def test_a_bare_start_date_is_earliest_and_latest(self) -> None:
        """A day, or one instant."""
        day = task("daterange: {startdate: 2023-05-09}").schedule
        assert (day.earliest, day.latest) == (
            parse_instant("2023-05-09T00:00:00Z"),
            parse_instant("2023-05-09T23:59:59Z"),
        )
        instant = task("daterange: {startdate: 2023-05-09T08:00Z}").schedule
        assert instant.earliest == instant.latest == parse_instant("2023-05-09T08:00:00Z")
        assert problems("daterange: {startdate: 2023-05-09, maxstartdate: 2023-05-10}") == [
            ("bare-and-range", "daterange.startdate")
        ]
        assert problems("daterange: {startdate: 9 May}") == [("date-ambiguous", "daterange.startdate")]

    @pytest.mark.parametrize(
        ("text", "daily"),
        [
            ("{minstarttime: 9:00, maxendtime: 17:00}", Daily(32_400, 61_200)),
            ("{maxendtime: 17:00}", Daily(0, 61_200)),
            ("{minstarttime: 22:00, maxendtime: 6:00}", Daily(79_200, 21_600)),
            ("{minstarttime: 0:00, maxendtime: 0:00}", Daily(0, 0)),
            ("{minstarttime: 9:00, maxstarttime: 12:00}", Daily(32_400, None, 43_200)),
            ("{minstarttime: 9:00}", Daily(32_400)),
            ("{minstarttime: 9:00, maxstarttime: 24:00}", Daily(32_400, None, 86_400)),
            ("{starttime: 9:00:30}", Daily(32_430, None, 32_430)),
            ("{days: [sat, Sunday]}", Daily(days=frozenset({5, 6}))),
            ("{}", None),
        ],
    )
    def test_time_ranges(self, text: str, daily: Daily | None) -> None:
        """What each key stands for."""
        assert task(f"timerange: {text}").schedule.daily == daily

    def test_the_zone_is_that_of_the_clock(self) -> None:
        """Also of the daily window."""
        schedule = task("timerange: {minstarttime: 9:00}\ntimezone: Asia/Tokyo").schedule
        assert schedule.daily is not None
        assert schedule.daily.zone == schedule.zone == "Asia/Tokyo"

    @pytest.mark.parametrize(
        ("dates", "said"),
        [
            ("{minstartdate: 2023-05-11, maxenddate: 2023-05-11}", []),
            ("{minstartdate: 2023-05-12, maxenddate: 2023-05-11}", [("empty-range", "daterange.maxenddate")]),
            (
                "{minstartdate: 2023-05-12, maxenddate: 2023-05-12T00:00}",
                [("empty-range", "daterange.maxenddate")],
            ),
            (
                "{minstartdate: 2023-05-12, maxstartdate: 2023-05-11}",
                [("empty-range", "daterange.maxstartdate")],
            ),
            ("{minstartdate: 2023-05-12, maxstartdate: 2023-05-12T00:00}", []),
            ("{maxstartdate: 2023-05-11, maxenddate: 2023-05-11}", []),
            ("{maxstartdate: 2023-05-12, maxenddate: 2023-05-11}", [("no-effect", "daterange.maxstartdate")]),
            ("{startdate: 2023-05-12, maxenddate: 2023-05-11}", [("empty-range", "daterange.maxenddate")]),
            ("{minstartdate: 9999-12-29, maxenddate: 9999-12-29}", []),
            (
                "{minstartdate: 9999-12-31, maxenddate: 9999-12-31}",
                [("empty-range", "daterange.minstartdate")],
            ),
            ("{startdate: 9999-12-30, maxenddate: 9999-12-31}", [("empty-range", "daterange.startdate")]),
            (
                "{minstartdate: 9999-12-31, maxstartdate: 9999-12-31}",
                [("empty-range", "daterange.minstartdate")],
            ),
        ],
    )
    def test_ranges_hold_some_time(self, dates: str, said: list[tuple[str, str]]) -> None:
        """A range that ends before it starts is an error, a limit that limits nothing a warning."""
        assert problems(f"daterange: {dates}") == said

    def test_days_beyond_the_last_one(self) -> None:
        """Are not said to be the same instant, and what is written instead is read."""
        problem = only("daterange: {minstartdate: 9999-12-31, maxenddate: 9999-12-31}")
        assert "beyond the last day" in problem.message
        assert problem.hint == "write a date before 9999-12-30, or leave it out"

    def test_the_misspelt_date_of_an_unknown_zone_is_told(self) -> None:
        """One fault doesn't hide another."""
        assert problems("timezone: Nowhere\ndaterange: {minstartdate: 05/06/2023}") == [
            ("zone-unknown", "timezone"),
            ("date-ambiguous", "daterange.minstartdate"),
        ]


class TestProblems:
    """All at once, in the order of the file, with warnings beside a value."""

    def test_faults_of_all_parts_come_together(self) -> None:
        """Wrong kinds, unknown keys, amounts, dates, references."""
        text = (
            "task:\n  name: 4\n  compute-resources: [{mincores: 8, maxcores: 4, foo bar: 1}]\n  minduration: [1]\n"
            "  data-resources: [{storage: s}]\n  daterange: {minstartdate: 1.2.3}\n  timezone: Here\n  cpus: 3\n"
        )
        assert [path for _, path in problems(text)] == [
            "task.name",
            "task.compute-resources[0].mincores",
            "task.compute-resources[0].foo bar",
            "task.minduration",
            "task.data-resources[0]",
            "task.data-resources[0].storage",
            "task.daterange.minstartdate",
            "task.timezone",
            "task.cpus",
        ]

    def test_warnings_leave_a_value(self) -> None:
        """What is read all the same is there."""
        reading = read_task("daterange: {maxenddate: 2023-10-29 01:30}\ntimezone: Europe/London")
        assert [problem.severity for problem in reading.problems] == ["warning"]
        # As an end, the second half past one is meant.
        assert reading.unwrap().schedule.end == parse_instant("2023-10-29T01:30:00Z")

    def test_a_hostile_number_of_problems_is_cut_off(self) -> None:
        """Nobody reads ten thousand of them."""
        text = "compute-resources:\n" + "".join(f"  mincoers{number}: 1\n" for number in range(5000))
        said = read_task(text).problems
        assert len(said) == 201
        assert said[-1].code == "too-many-problems"


def spelt(draw: st.DrawFn, seconds: int) -> str:
    """A duration in one of its notations."""
    return draw(st.sampled_from([format_duration, spell_duration]))(seconds)


def dated(draw: st.DrawFn, instant: int, zone: str) -> str:
    """An instant in one of its notations."""
    shown = local(instant, zone)
    offset = shown.strftime("%z")
    with_offset = f"{offset[:3]}:{offset[3:5]}"
    forms = [format_instant(instant), shown.strftime("%Y-%m-%dT%H:%M:%S") + with_offset]
    return draw(st.sampled_from([*forms, f"{shown.day} {shown:%B %Y %H:%M:%S}{with_offset}"]))


def clock(seconds: int) -> str:
    """A time of day."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def pair(draw: st.DrawFn, name: str, asked: Range, write: Any) -> dict[str, Any]:
    """The keys of a range; a bare one, now and then, where minimum and maximum are the same."""
    if asked.minimum is not None and asked.minimum == asked.maximum and draw(st.booleans()):
        return {name: write(asked.minimum)}
    ends = {f"min{name}": asked.minimum, f"max{name}": asked.maximum}
    return {key: write(value) for key, value in ends.items() if value is not None}


def amount(name: str, sizes: frozenset[str]) -> Any:
    """A writer of amounts of a resource."""

    def write(value: int) -> Any:
        text = format_amount(name, value, sizes)
        if name in ("memory", "storage") or name in sizes:
            return text
        return Decimal(text) if "." in text else int(text)

    return write


@st.composite
def documents(draw: st.DrawFn) -> tuple[Task, dict[str, Any]]:
    """A task that the language can say, and a tree that says it."""
    given = draw(frames().flatmap(tasks))
    schedule = expressible(given.schedule)
    named = [evolve(each, name=f"d{index}") for index, each in enumerate(given.data)]
    most = given.storage[0].size.maximum if given.storage else None
    # What can never hold the data that are staged into it is an error.
    is_large = most is None or sum(each.size or 0 for each in named) <= most
    place = given.storage[0].name if given.storage and is_large else None
    data = tuple(evolve(each, storage=place) for each in named)
    meant = evolve(
        given, name=draw(st.none() | st.text(min_size=1, max_size=5)), schedule=schedule, data=data
    )
    return meant, tree_of(draw, meant)


def expressible(schedule: Schedule) -> Schedule:
    """A schedule that can be written down: not empty, and with one zone."""
    earliest, latest, end = schedule.earliest, schedule.latest, schedule.end
    if earliest is not None and latest is not None and latest < earliest:
        latest = None
    if earliest is not None and end is not None and end <= earliest:
        end = None
    daily = schedule.daily and evolve(schedule.daily, zone=schedule.zone)
    return evolve(schedule, latest=latest, end=end, daily=daily)


def tree_of(draw: st.DrawFn, meant: Task) -> dict[str, Any]:
    """The document of a task, in notations that are drawn."""
    compute = [
        {**name(each), **{key: value for resource, asked in each.ranges.items()
                          for key, value in pair(draw, resource, asked, amount(resource, meant.sizes)).items()}}
        for each in meant.compute
    ]  # fmt: skip
    storage = [
        {**name(each), **pair(draw, "size", each.size, amount("storage", meant.sizes))}
        for each in meant.storage
    ]
    data = [
        {**name(each), "location": each.location}
        | ({} if each.size is None else {"size": f"{each.size}B"})
        | ({} if each.storage is None else {"storage": each.storage})
        for each in meant.data
    ]
    parts = {
        "name": meant.name,
        "executable": meant.executable and {"type": meant.executable.type, **meant.executable.details},
        "compute-resources": one_or_list(draw, compute),
        "storage-resources": one_or_list(draw, storage),
        "data-resources": one_or_list(draw, data),
        **schedule_tree(draw, meant.schedule),
    }
    return {key: value for key, value in parts.items() if value not in (None, [], {})}


def name(thing: Compute | Storage | Data) -> dict[str, str]:
    """The name, if there is one."""
    return {} if thing.name is None else {"name": thing.name}


def one_or_list(draw: st.DrawFn, resources: list[Any]) -> Any:
    """One resource needs no list."""
    if len(resources) == 1 and draw(st.booleans()):
        return resources[0]
    return resources


def schedule_tree(draw: st.DrawFn, schedule: Schedule) -> dict[str, Any]:
    """The keys of a schedule."""
    limits = {"minstartdate": schedule.earliest, "maxstartdate": schedule.latest, "maxenddate": schedule.end}
    dates = {key: dated(draw, value, schedule.zone) for key, value in limits.items() if value is not None}
    daily = schedule.daily
    times: dict[str, Any] = {}
    if daily:
        given = {"minstarttime": daily.opens, "maxstarttime": daily.latest, "maxendtime": daily.closes}
        times = {key: clock(value) for key, value in given.items() if value is not None}
        if daily.days != EVERY_DAY:
            short = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
            times["days"] = [short[day] for day in draw(st.permutations(sorted(daily.days)))]
    zone = {} if schedule.zone == "UTC" and draw(st.booleans()) else {"timezone": schedule.zone}
    durations = pair(draw, "duration", schedule.duration, lambda seconds: spelt(draw, seconds))
    return {**durations, "daterange": dates, "timerange": times, **zone}


def errors(reading: Any) -> list[str]:
    """The errors of a reading."""
    return [str(problem) for problem in reading.problems if problem.is_error]


class TestLaws:
    """What holds for every task and every text."""

    @given(documents(), st.booleans(), st.sampled_from([to_yaml, to_json]))
    def test_what_is_written_reads_back(
        self, drawn: tuple[Task, dict[str, Any]], wrapped: bool, write: Any
    ) -> None:
        """A task that is written, in any notation and either format, is read as the same task."""
        meant, tree = drawn
        reading = read_task(write({"lang": "IVOA-TDL-1.0", "task": tree} if wrapped else tree))
        assert errors(reading) == []
        assert reading.unwrap() == meant

    @given(documents(), st.randoms(use_true_random=False))
    def test_the_order_of_keys_makes_no_difference(
        self, drawn: tuple[Task, dict[str, Any]], random: Any
    ) -> None:
        """Dates mean the same, whether the zone stands before or behind them."""
        _, tree = drawn
        assert read_task(to_yaml(shuffled(tree, random))).value == read_task(to_yaml(tree)).value

    @given(st.sampled_from(EXAMPLES), st.data())
    def test_mutated_examples_end_in_a_reading(self, path: Path, data: st.DataObject) -> None:
        """Whatever is done to a text, it gives a value or problems with places, and never raises."""
        text = path.read_text("utf-8")
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(text)))
            cut = data.draw(st.integers(0, 6))
            text = text[:at] + data.draw(st.sampled_from(FRAGMENTS)) + text[at + cut :]
        well_formed(read_task(text, "mutated"))

    @given(documents(), st.data())
    def test_mutated_trees_end_in_a_reading(
        self, drawn: tuple[Task, dict[str, Any]], data: st.DataObject
    ) -> None:
        """The same for documents in which some node is exchanged."""
        tree: Any = {"task": drawn[1]}
        for _ in range(data.draw(st.integers(1, 3))):
            tree = exchanged(tree, data)
        well_formed(read_task(to_json(tree), "mutated"))


#: What is put into texts: pieces of syntax, keys, values of all kinds.
FRAGMENTS = [
    "", " ", "\n", "\n  ", ":", ": ", ",", "[", "]", "{", "}", '"', "#", "- ", "0", "-1", "1e9", "80g", "P1H", "~",
    "true", "9 May", "task:", "mincores: 4", "maxcores: 1", "days", "storage: x", "\t", "é",
    "24:00", "é: [", "|", "&a", "*a",
]  # fmt: skip

#: What is put into trees.
ODDITIES = [
    None, True, 0, -1, 3, Decimal("0.5"), 10**30, "", "80g", "80G", "P1H", "2h", "10", "5/6/2023", "9999-12-31",
    "1970-01-01", "24:00", "Europe/London", "Europe", "../etc/passwd", [], {}, [None], [[]], {"name": "x"},
    {"mincores": 4}, {"min": 1}, ["mon"],
]  # fmt: skip


def shuffled(tree: Any, random: Any) -> Any:
    """The same tree with the keys of all mappings in another order."""
    if isinstance(tree, dict):
        items = [(key, shuffled(value, random)) for key, value in tree.items()]
        random.shuffle(items)
        return dict(items)
    return [shuffled(item, random) for item in tree] if isinstance(tree, list) else tree


def exchanged(tree: Any, data: st.DataObject) -> Any:
    """A tree with one node exchanged for something odd, or under another key."""
    if not isinstance(tree, dict | list) or not tree or data.draw(st.integers(0, 3)) == 0:
        return data.draw(st.sampled_from(ODDITIES))
    if isinstance(tree, list):
        index = data.draw(st.integers(0, len(tree) - 1))
        return [*tree[:index], exchanged(tree[index], data), *tree[index + 1 :]]
    key = data.draw(st.sampled_from(sorted(tree)))
    new = data.draw(st.sampled_from([key] * 6 + ["mincores", "nodes", key[:-1], key.upper(), "rest"]))
    return {
        new if each == key else each: exchanged(value, data) if each == key else value
        for each, value in tree.items()
    }


def well_formed(reading: Any) -> None:
    """A reading has a value or an error, and every problem has a place."""
    assert reading.is_valid != any(problem.is_error for problem in reading.problems)
    for problem in reading.problems:
        assert problem.position is not None
        assert problem.message
        assert "\n" not in str(problem)
