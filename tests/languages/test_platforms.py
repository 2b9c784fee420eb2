"""Tests of platform files: what each key means, what is refused, and laws of reading."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts
from execbroker.core.instants import parse_instant
from execbroker.core.platform import (
    Booking,
    Closure,
    Costs,
    Defaults,
    Flavour,
    Hold,
    Hours,
    Platform,
    Pool,
    Transfer,
)
from execbroker.core.spans import Span
from execbroker.languages import read_platform
from execbroker.languages.text.reader import read
from execbroker.languages.text.writer import to_json, to_yaml

GIB = 2**30
DAY = 86_400
#: A day without clock changes.
QUIET = datetime(2023, 5, 9)  # noqa: DTZ001 - local times have no zone
EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "platforms").glob("*.*"))

#: The least that a platform file can be, but for what a test adds.
LEAST = "platform: p\npools: [{name: batch, cores: 64, memory: 512G}, {name: nights, nodes: 8, cores: 32}]\n"


def platform(text: str) -> Platform:
    """The platform of a text that has no problems."""
    reading = read_platform(text)
    assert reading.problems == ()
    return reading.unwrap()


def pool(text: str) -> Pool:
    """The one pool of a platform."""
    (only,) = platform(f"platform: p\npools: [{{name: a, {text}}}]").pools
    return only


def problems(text: str) -> list[tuple[str, str]]:
    """Code and path of all problems of a text."""
    return [(problem.code, problem.path) for problem in read_platform(text).problems]


def span(start: str, end: str) -> Span:
    """A span between two instants."""
    return Span(parse_instant(start), parse_instant(end))


class TestPolicy:
    """What holds for the whole platform."""

    def test_what_is_left_out_has_defaults(self) -> None:
        """They are those of the values."""
        assert platform("platform: p\npools: [{name: a, cores: 1}]") == Platform(
            "p", (Pool("a", Amounts({"cores": 1000})),)
        )

    def test_every_key_is_read(self) -> None:
        """All that a platform can say of itself."""
        text = (
            "platform: edinburgh\nrunner: https://r\ntimezone: Europe/London\ngranularity: 5m\nhorizon: 14d\n"
            "offer-lifetime: 90s\nmax-offers: 3\nhold: none\nmax-duration: 2d\nexecutables: [b, a, a]\n"
            "prepare: 0s\nrelease: 1m\ndefaults: {cores: 0.5, memory: 2G, duration: 30min}\n"
            "pools: [{name: a, cores: 1}]\ndata: [{location: here}]\n"
            "transfers: [{location: there, rate: 1G/s}, {location: '*', rate: 1.5K/s}]\n"
            "costs: {cores: 0.02, gpus: 1, currency: EUR}\n"
        )
        assert platform(text) == Platform(
            name="edinburgh",
            pools=(Pool("a", Amounts({"cores": 1000})),),
            runner="https://r",
            zone="Europe/London",
            granularity=300,
            horizon=14 * DAY,
            offer_lifetime=90,
            max_offers=3,
            hold=Hold.NONE,
            max_duration=2 * DAY,
            defaults=Defaults(Amounts({"cores": 500, "memory": 2 * GIB}), 1800),
            executables=frozenset({"a", "b"}),
            prepare=0,
            release=60,
            held=("here",),
            transfers=(Transfer("there", GIB), Transfer("*", 1536)),
            costs=Costs({"cores": Decimal("0.02"), "gpus": Decimal(1)}, "EUR"),
        )

    def test_each_default_stands_by_itself(self) -> None:
        """One that is given leaves the others."""
        read = platform("platform: p\npools: [{name: a, cores: 1}]\ndefaults: {cores: 2}")
        assert read.defaults == Defaults(Amounts({"cores": 2000, "memory": GIB}), 3600)

    @pytest.mark.parametrize("granularity", ["1s", "1m", "15m", "1h", "1d", "PT40S"])
    def test_a_granularity_divides_a_day(self, granularity: str) -> None:
        """These do."""
        assert DAY % platform(f"{LEAST}granularity: {granularity}").granularity == 0

    @pytest.mark.parametrize("granularity", ["7s", "7m", "5h", "2d", "25h", "0s", "1", "[1m]"])
    def test_any_other_granularity_is_refused(self, granularity: str) -> None:
        """These don't."""
        (problem,) = read_platform(f"{LEAST}granularity: {granularity}").problems
        assert problem.path == "granularity"

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ("horizon: 0s", "zero-duration"),
            ("horizon: 3661d", "out-of-range"),
            ("offer-lifetime: 0s", "zero-duration"),
            ("offer-lifetime: 3661d", "out-of-range"),
            ("max-offers: 0", "out-of-range"),
            ("max-offers: 1001", "out-of-range"),
            ("max-offers: 2.5", "wrong-type"),
            ("max-duration: 0s", "zero-duration"),
            ("hold: maximum", "unknown-word"),
            ("timezone: Atlantis", "zone-unknown"),
            ("executables: [a, 3]", "wrong-type"),
            ("defaults: {cores: -1}", "amount"),
            ("defaults: {storage: 1G}", "unknown-key"),
            ("costs: {cores: -1}", "negative"),
            ("costs: {fpgas: 1}", "unknown-resource"),
            ("transfers: [{location: a, rate: 0B/s}]", "rate"),
            ("transfers: [{location: '', rate: 1B/s}]", "empty-text"),
            ("data: [{location: a}, {location: a}]", "duplicate-name"),
            ("lang: IVOA-TDL-1.0", "unknown-key"),
        ],
    )
    def test_limits_that_cannot_be_are_refused(self, line: str, code: str) -> None:
        """Each with one problem."""
        assert [found for found, _ in problems(LEAST + line)] == [code]

    def test_rates_may_be_of_any_resource_of_any_pool(self) -> None:
        """And of the named ones, though no pool has them."""
        text = "platform: p\npools: [{name: a, cores: 1, licences: 3}]\ncosts: {licences: 2.5, gpus: 1}"
        costs = platform(text).costs
        assert costs is not None
        assert costs.rates == {"licences": Decimal("2.5"), "gpus": Decimal(1)}


class TestPools:
    """What there is to give."""

    def test_a_pool_has_its_own_of_many_things(self) -> None:
        """All keys of a pool."""
        text = (
            "nodes: 3, cores: 1.5, gpus: 2, storage: 1TB, licences: 4, buffer: 2G, max-duration: 1d,"
            " max-scale: 1.5, runner: r, prepare: 1m, release: 0s, hours: {from: 20:00, to: 8:00, days: [mon]}"
        )
        assert pool(text) == Pool(
            name="a",
            capacity=Amounts(
                {"cores": 1500, "gpus": 2, "storage": 10**12, "licences": 4, "buffer": 2 * GIB},
            ),
            nodes=3,
            hours=(Hours(72_000, 28_800, frozenset({0})),),
            max_duration=DAY,
            max_scale=Fraction(3, 2),
            runner="r",
            prepare=60,
            release=0,
            sizes=frozenset({"buffer"}),
        )

    def test_hours_are_one_or_a_list(self) -> None:
        """Left out, they begin at midnight and end at the next, on every day."""
        assert pool("cores: 1, hours: {from: 8:00}").hours == (Hours(28_800, DAY),)
        assert pool("cores: 1, hours: [{to: 8:00}, {days: [sat]}]").hours == (
            Hours(0, 28_800),
            Hours(0, DAY, frozenset({5})),
        )

    def test_flavours_are_fixed_sizes(self) -> None:
        """Of what the pool has."""
        flavours = pool(
            "cores: 8, memory: 8G, flavours: [{name: s, cores: 2, memory: 2G}, {name: t, cores: 1}]"
        ).flavours
        assert flavours == (
            Flavour("s", Amounts({"cores": 2000, "memory": 2 * GIB})),
            Flavour("t", Amounts({"cores": 1000})),
        )

    def test_a_size_anywhere_is_a_size_everywhere(self) -> None:
        """A pool that has none of it may say so in another pool's unit."""
        text = "platform: p\npools: [{name: a, buffer: 0}, {name: b, buffer: 4T}]"
        assert [each.sizes for each in platform(text).pools] == [{"buffer"}, {"buffer"}]
        assert problems(text.replace("0}", "3}")) == [("mixed-units", "pools[1].buffer")]

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("max-scale: 2", "missing-key"),
            ("cores: 1, nodes: 0", "out-of-range"),
            ("cores: 1, nodes: 100001", "out-of-range"),
            ("cores: 1, nodes: 1.5", "wrong-type"),
            ("cores: 1, max-scale: 0.99", "out-of-range"),
            ("cores: 1, max-scale: '2'", "wrong-type"),
            ("cores: 1, flavours: []", "empty-list"),
            ("cores: 1, flavours: [{name: s}]", "missing-key"),
            ("cores: 1, flavours: [{name: s, cores: 1}, {name: s, cores: 1}]", "duplicate-name"),
            ("cores: 1, flavours: [{name: s, gpus: 1}]", "unknown-resource"),
            ("cores: 1, flavours: [{name: s, cores: 2}]", "flavour-too-large"),
            ("cores: 1, max-scale: 2, flavours: [{name: s, cores: 1}]", "misplaced-key"),
            ("cores: 1, hours: []", "empty-list"),
            ("cores: 1, hours: {days: []}", "empty-list"),
            ("cores: 1, hours: {form: 8:00}", "unknown-key"),
            ("cores: 1, timezone: UTC", "unknown-key"),
            ("cores: 1, mincores: 1", "unknown-key"),
            ("cores: 1, memroy: 1G", "unknown-key"),
            ("cores: 1, 'a b': 1", "unknown-key"),
            ("cores: 1, buffer: many", "not-a-number"),
            ("cores: 1, memory: 1", "size-unit"),
        ],
    )
    def test_what_pools_may_not_be(self, text: str, code: str) -> None:
        """Each with one problem."""
        assert [found for found, _ in problems(f"platform: p\npools: [{{name: a, {text}}}]")] == [code]

    def test_names_are_unique_and_there_is_one_pool_at_least(self) -> None:
        """Flavours are unique in their pool only."""
        assert problems("platform: p\npools: []") == [("empty-list", "pools")]
        assert problems("platform: p\npools: [{name: a, cores: 1}, {name: a, cores: 1}]") == [
            ("duplicate-name", "pools[1].name")
        ]
        twice = "cores: 1, flavours: [{name: s, cores: 1}]"
        assert problems(f"platform: p\npools: [{{name: a, {twice}}}, {{name: b, {twice}}}]") == []

    def test_there_is_room_for_a_thousand_names(self) -> None:
        """And the next is told once."""
        pools = [{"name": f"p{number}", f"x{number}y": 1} for number in range(1010)]
        assert problems(to_yaml({"platform": "p", "pools": pools}))[0] == (
            "too-many-resources",
            "pools[1000].x1000y",
        )


class TestCalendar:
    """Bookings and closures."""

    def test_a_booking_takes_amounts_from_a_pool(self) -> None:
        """From a node, where there are nodes; a fraction of a byte counts as a whole one."""
        text = (
            f"{LEAST}bookings: [{{pool: batch, start: 2023-05-10T08:00Z, end: 2023-05-10T16:00Z, memory: 1.0001K}},"
            " {pool: nights, node: 7, start: 2023-05-10T08:00Z, end: 2023-05-10T16:00Z, cores: 0.5}]"
        )
        when = span("2023-05-10T08:00:00Z", "2023-05-10T16:00:00Z")
        assert platform(text).bookings == (
            Booking("batch", when, Amounts({"memory": 1025})),
            Booking("nights", when, Amounts({"cores": 500}), 7),
        )

    def test_times_without_an_offset_are_local(self) -> None:
        """And an end without a time includes its day."""
        there = f"{LEAST}timezone: Europe/London\n"
        text = f"{there}bookings: [{{pool: batch, start: 2023-05-10, end: 2023-05-11, cores: 1}}]"
        assert platform(text).bookings[0].span == span("2023-05-09T23:00:00Z", "2023-05-11T23:00:00Z")
        text = (
            f"{LEAST}timezone: Europe/London\nclosures: [{{start: 10 May 2023 8:00, end: 10 May 2023 9:00}}]"
        )
        assert platform(text).closures == (Closure(span("2023-05-10T07:00:00Z", "2023-05-10T08:00:00Z")),)

    def test_closures_are_for_all_pools_or_for_one(self) -> None:
        """With a reason, where there is one."""
        text = f"{LEAST}closures: [{{pool: nights, start: 2023-05-10, end: 2023-05-10, reason: paint}}]"
        when = span("2023-05-10T00:00:00Z", "2023-05-11T00:00:00Z")
        assert platform(text).closures == (Closure(when, "nights", "paint"),)

    def test_closures_repeat_on_the_clocks_of_the_zone(self) -> None:
        """Eight o'clock stays eight o'clock when the clocks change, also where the start has an offset."""
        for start, end in (
            ("2023-03-21T08:00", "2023-03-21T10:00"),
            ("2023-03-21T08:00Z", "2023-03-21T11:00+01:00"),
        ):
            closures = f"closures: [{{start: {start}, end: {end}, repeat: FREQ=WEEKLY}}]"
            (closure,) = platform(f"{LEAST}timezone: Europe/London\n{closures}").closures
            assert list(closure.spans(span("2023-03-21T00:00:00Z", "2023-04-01T00:00:00Z"))) == [
                span("2023-03-21T08:00:00Z", "2023-03-21T10:00:00Z"),
                span("2023-03-28T07:00:00Z", "2023-03-28T09:00:00Z"),
            ]

    def test_whole_days_repeat(self) -> None:
        """A bare date as the end includes its day in each of the occurrences."""
        text = f"{LEAST}closures: [{{start: 2023-05-06, end: 2023-05-07, repeat: FREQ=WEEKLY;COUNT=2}}]"
        (closure,) = platform(text).closures
        found = list(closure.spans(span("2023-05-01T00:00:00Z", "2023-06-01T00:00:00Z")))
        assert [each.duration for each in found] == [2 * DAY, 2 * DAY]

    @pytest.mark.parametrize(
        ("booking", "said"),
        [
            ("pool: bath, cores: 1", ("unknown-pool", "pool")),
            ("pool: batch, gpus: 1", ("unknown-resource", "gpus")),
            ("pool: batch, core: 1", ("unknown-key", "core")),
            ("pool: batch, node: 0, cores: 1", ("unknown-node", "node")),
            ("pool: nights, node: 8, cores: 1", ("unknown-node", "node")),
            ("pool: nights, node: -1, cores: 1", ("unknown-node", "node")),
            ("pool: nights, node: '1', cores: 1", ("wrong-type", "node")),
            ("pool: nights, cores: 1", ("missing-key", "")),
            ("pool: batch", ("missing-key", "")),
            ("cores: 1", ("missing-key", "")),
            ("pool: batch, cores: 0.0001", ("amount-too-fine", "cores")),
            ("pool: batch, repeat: daily, cores: 1", ("unknown-key", "repeat")),
        ],
    )
    def test_what_bookings_may_not_be(self, booking: str, said: tuple[str, str]) -> None:
        """Each with one problem, at its key."""
        text = f"{LEAST}bookings: [{{{booking}, start: 2023-05-10, end: 2023-05-10}}]"
        code, key = said
        assert problems(text) == [(code, f"bookings[0].{key}".rstrip("."))]

    def test_nothing_is_said_about_pools_that_could_not_be_read(self) -> None:
        """Neither about their names nor about what they have."""
        bookings = "bookings: [{pool: batch, start: 2023-05-10, end: 2023-05-10, memory: 1G}]"
        for wrong in (
            "[{name: 4, cores: 64}]",
            "{batch: {cores: 64}}",
            "[{name: batch, cores: 64, memory: 5}]",
        ):
            said = problems(f"platform: p\npools: {wrong}\n{bookings}")
            assert not any(path.startswith("bookings") for _, path in said)
            assert said

    def test_a_pool_that_is_booked_beyond_what_it_has_is_told_once(self) -> None:
        """With the first instant and the figures; what ends frees its room for what starts at that instant."""
        line = (
            "  - {pool: batch, start: 2023-05-10T%s:00Z, end: 2023-05-10T%s:00Z, cores: %s, memory: 100G}\n"
        )
        times = [("08", "12", 60), ("12", "16", 60), ("14", "15", 10), ("14", "18", 20)]
        reading = read_platform(LEAST + "bookings:\n" + "".join(line % each for each in times))
        assert reading.is_valid
        (problem,) = reading.problems
        assert problem.message == (
            "the pool `batch` is booked beyond what it has from 2023-05-10T14:00:00Z: 90 of 64 cores"
        )
        assert problem.path == "bookings[3]"

    def test_nodes_are_looked_at_one_by_one(self) -> None:
        """Two nodes full are no pool overbooked, one node twice is."""
        line = "  - {pool: nights, node: %s, start: 2023-05-10, end: 2023-05-10, cores: 32}\n"
        assert problems(LEAST + "bookings:\n" + line % 0 + line % 1) == []
        assert problems(LEAST + "bookings:\n" + line % 1 + line % 1) == [("overbooked", "bookings[1]")]


class TestDocuments:
    """What is no platform file at all."""

    @pytest.mark.parametrize("text", ["3", "[]", "- {name: a}", "hello"])
    def test_a_platform_is_a_mapping(self, text: str) -> None:
        """Anything else is told once."""
        assert problems(text) == [("wrong-document", "")]

    def test_a_task_is_no_platform(self) -> None:
        """With and without its wrapper."""
        assert problems("task: {minduration: 2h}") == [("wrong-document", "")]
        assert problems("compute-resources: {mincores: 4}") == [("wrong-document", "")]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Platform files as trees, without problems."""
    names = draw(st.lists(st.sampled_from(["batch", "nights", "cloud"]), unique=True, min_size=1))
    nodes = {name: draw(st.sampled_from([None, 1, 3])) for name in names}
    pools = [draw(pool_trees(name, nodes[name])) for name in names]
    bookings = [
        {
            "pool": name,
            **({} if nodes[name] is None else {"node": draw(st.integers(0, (nodes[name] or 1) - 1))}),
            **draw(span_trees()),
            "cores": 1,
        }
        for name in draw(st.lists(st.sampled_from(names), max_size=3))
    ]
    tree = {
        "platform": "p",
        "timezone": draw(st.sampled_from(["UTC", "Europe/London", "Pacific/Apia"])),
        "granularity": draw(st.sampled_from(["1m", "PT1H"])),
        "pools": pools,
        "bookings": bookings,
        "closures": draw(st.lists(span_trees(), max_size=2)),
        "costs": {"cores": Decimal("0.5")},
    }
    return {key: value for key, value in tree.items() if value or draw(st.booleans())}


@st.composite
def pool_trees(draw: st.DrawFn, name: str, nodes: int | None) -> dict[str, Any]:
    """A pool."""
    extras = {
        "memory": st.sampled_from(["0", "1G", "1.5T"]),
        "licences": st.integers(0, 3),
        "hours": st.sampled_from([{"from": "8:00", "to": "20:00"}, [{"days": ["sat"]}]]),
        "max-duration": st.just("1d"),
        "prepare": st.just("1m"),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(extras)), unique=True))
    given = {} if nodes is None else {"nodes": nodes}
    return {
        "name": name,
        "cores": draw(st.integers(10, 64)),
        **given,
        **{key: draw(extras[key]) for key in chosen},
    }


@st.composite
def span_trees(draw: st.DrawFn) -> dict[str, str]:
    """A start and an end, on days without clock changes."""
    start = draw(st.datetimes(min_value=QUIET, max_value=QUIET + timedelta(days=9)))
    end = start + timedelta(minutes=draw(st.integers(1, 5000)))
    form = draw(st.sampled_from(["%Y-%m-%dT%H:%MZ", "%Y-%m-%d %H:%M"]))
    return {"start": start.strftime(form), "end": end.strftime(form)}


def errors(reading: Any) -> list[str]:
    """The errors of a reading."""
    return [str(problem) for problem in reading.problems if problem.is_error]


@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_keys_makes_no_difference(tree: dict[str, Any], random: Any) -> None:
    """Bookings may stand before their pools, and dates before their zone."""
    keys = sorted(tree)
    random.shuffle(keys)
    reading = read_platform(to_yaml(tree))
    assert errors(reading) == []
    assert read_platform(to_yaml({key: tree[key] for key in keys})).value == reading.value


@given(documents())
def test_json_and_yaml_say_the_same(tree: dict[str, Any]) -> None:
    """The format makes no difference either."""
    assert read_platform(to_json(tree)).value == read_platform(to_yaml(tree)).value


@given(documents(), st.data())
def test_a_name_that_is_not_there_is_always_found(tree: dict[str, Any], data: st.DataObject) -> None:
    """Wherever a pool is named, another name is an error there, and nowhere else."""
    places = [(key, index) for key in ("bookings", "closures") for index in range(len(tree.get(key, ())))]
    if places:
        key, index = data.draw(st.sampled_from(places))
        wrong = {**tree[key][index], "pool": "elsewhere"}
        changed = {**tree, key: [*tree[key][:index], wrong, *tree[key][index + 1 :]]}
        reading = read_platform(to_json(changed))
        assert [problem.path for problem in reading.problems if problem.is_error] == [f"{key}[{index}].pool"]


@given(st.sampled_from(EXAMPLES), st.data())
def test_mutated_examples_end_in_a_reading(path: Path, data: st.DataObject) -> None:
    """Whatever is done to a text, it gives a value or problems with places, and never raises."""
    text = path.read_text("utf-8")
    fragments = [
        "",
        " ",
        "\n",
        ":",
        ",",
        "[",
        "}",
        '"',
        "-",
        "0",
        "9",
        "x",
        "name",
        "true",
        "~",
        "2023",
        "Z",
        "*",
        "80g",
    ]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.sampled_from(fragments)) + text[at + data.draw(st.integers(0, 6)) :]
    reading = read_platform(text, "mutated")
    assert reading.is_valid != any(problem.is_error for problem in reading.problems)
    assert all(problem.position for problem in reading.problems)


@given(st.sampled_from(EXAMPLES), st.data())
def test_exchanged_values_end_in_a_reading(path: Path, data: st.DataObject) -> None:
    """The same for documents in which some values are exchanged."""
    tree: Any = read(path.read_bytes(), path.name).unwrap().root
    for _ in range(data.draw(st.integers(1, 3))):
        tree = exchanged(tree, data)
    reading = read_platform(to_json(tree), "exchanged")
    assert reading.is_valid != any(problem.is_error for problem in reading.problems)


#: What is put into trees.
ODDITIES = [
    None, True, 0, -1, 10**30, Decimal("0.5"), "", "80g", "1G", "1d", "5/6/2023", "2023-05-10", "9999-12-31",
    "24:00", "FREQ=DAILY", "FREQ=SECONDLY", "batch", [], {}, [None], {"name": "batch", "cores": 1}, ["mon"],
]  # fmt: skip


def exchanged(tree: Any, data: st.DataObject) -> Any:
    """A tree with one node exchanged for something odd, or under another key."""
    if not isinstance(tree, dict | list) or not tree or data.draw(st.integers(0, 5)) == 0:
        return data.draw(st.sampled_from(ODDITIES))
    if isinstance(tree, list):
        index = data.draw(st.integers(0, len(tree) - 1))
        return [*tree[:index], exchanged(tree[index], data), *tree[index + 1 :]]
    key = data.draw(st.sampled_from(sorted(tree)))
    new = data.draw(st.sampled_from([key] * 6 + ["cores", "node", key[:-1], key.upper(), "rest"]))
    return {
        new if each == key else each: exchanged(value, data) if each == key else value
        for each, value in tree.items()
    }
