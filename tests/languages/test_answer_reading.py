"""Tests of how answers are read back: as they were written, and never into anything but an answer or problems."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final
from zoneinfo import available_timezones

import pytest
from attrs import evolve, fields_dict
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import Amounts, Unit, unit_of
from execbroker.core.answer import (
    ENERGY,
    MEASURED,
    METRIC,
    MONETARY,
    Allotment,
    Alternative,
    Answer,
    Change,
    Cost,
    Figure,
    Offer,
    Reason,
    Unanswered,
)
from execbroker.core.durations import LONGEST
from execbroker.core.instants import LAST, parse_instant
from execbroker.core.planner import Query, plan
from execbroker.core.sizes import LARGEST
from execbroker.core.wallclock import local
from execbroker.languages import read_answer, read_platform, read_task, write_answer
from execbroker.languages.tdl.answers import identify, spell_cost
from execbroker.languages.text.reader import read
from execbroker.languages.text.writer import to_json, to_yaml
from execbroker.testing.strategies import worlds

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
LIBRARY: Final = Path(sys.modules["execbroker"].__path__[0]).parent
NOW: Final = parse_instant("2023-05-09T12:00:00Z")
GIB: Final = 2**30

Write = Callable[[Any], str]
formats = st.sampled_from([to_yaml, to_json])


def shown(offer: Offer) -> str:
    """What the clocks of its zone show at the start of an offer."""
    return local(offer.minstart, offer.zone).strftime("%Y-%m-%dT%H:%M:%S")


def spelt(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Figures as far as a document can hold them."""
    return tuple(
        evolve(each, least=Fraction(spell_cost(each.least)), most=Fraction(spell_cost(each.most)))
        for each in figures
    )


def as_written(offer: Offer, zone: str) -> Offer:
    """What a document can hold of an offer, in a zone with the same offset from UTC."""
    says_more = any(each.meaning != MONETARY for each in offer.costs)
    names = {name for each in offer.compute for name in (*each.minimum, *each.maximum)}
    return evolve(
        offer,
        identifier=identify(offer),
        zone=zone,
        cost=offer.cost and Cost(Fraction(spell_cost(offer.cost.amount)), offer.cost.currency),
        sizes=frozenset(name for name in offer.sizes & names),
        costs=spelt(offer.costs) if says_more else (),
        metrics=spelt(offer.metrics),
    )


def as_reasoned(reason: Reason) -> Reason:
    """What a document can hold of a reason."""
    has_figures = (reason.asked, reason.available) != (None, None)
    return evolve(reason, sizes=reason.sizes & {reason.resource} if has_figures else frozenset())


def check_same(was: Answer, now: Answer) -> None:
    """Hold that one answer is another one, read back."""
    offers = [(one, two) for one, two in zip(was.offers, now.offers, strict=True)]
    pairs = zip(was.alternatives, now.alternatives, strict=True)
    alternatives = [(one.offer, two.offer) for one, two in pairs]
    for one, two in (*offers, *alternatives):
        assert shown(one) == shown(two)
        assert two == as_written(one, two.zone)
    assert [each.changes for each in now.alternatives] == [each.changes for each in was.alternatives]
    assert now.reasons == tuple(map(as_reasoned, was.reasons))
    rest = {"offers": (), "reasons": (), "alternatives": ()}
    assert evolve(now, **rest) == evolve(was, **rest)


def check_round_trip(answer: Answer, write: Write) -> None:
    """Hold both laws for an answer: it comes back, and its document does to the byte."""
    text = write(write_answer(answer))
    back = read_answer(text, "answer").unwrap()
    check_same(answer, back)
    assert write(write_answer(back)) == text


names = st.text(st.characters(codec="utf-8"), max_size=6)
perhaps = st.none() | names
instants = st.integers(0, LAST) | st.integers(NOW, NOW + 10**7)
durations = st.integers(0, LONGEST)
#: Resources of all units; which of the further ones are sizes is drawn.
FURTHER: Final = ("accelerators", "buffer", "licences", "tpus", "x.y-z_1", "größe")
RESOURCES: Final = ("cores", "memory", "gpus", *FURTHER)
sizes = st.frozensets(st.sampled_from(FURTHER))
amounts = st.integers(0, 9) | st.integers(0, LARGEST) | st.integers(0, 2**20).map(lambda number: number * GIB)


def ordered(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[list[int]]:
    """Two numbers, the smaller first."""
    return st.lists(numbers, min_size=2, max_size=2).map(sorted)


@st.composite
def allotments(draw: st.DrawFn, *resources: str, least: int = 0) -> Allotment:
    """What a resource of a task gets of some resources."""
    chosen = draw(st.lists(st.sampled_from(resources), unique=True, min_size=least, max_size=3))
    pairs = {name: draw(ordered(amounts)) for name in chosen}
    ends = [Amounts({name: pair[end] for name, pair in pairs.items()}) for end in (0, 1)]
    return Allotment(draw(perhaps), *ends)


@st.composite
def figures(draw: st.DrawFn, *meanings: str) -> tuple[Figure, ...]:
    """Some figures, with anything for a description."""
    money = st.fractions(min_value=0, max_value=10**9)
    pairs = st.lists(money, min_size=2, max_size=2).map(sorted)
    chosen = draw(st.lists(st.sampled_from(meanings), unique=True, max_size=2))
    return tuple(Figure(meaning, *draw(pairs), draw(perhaps)) for meaning in chosen)


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    """Offers that say anything that an offer can say."""
    minstart, maxstart = draw(ordered(instants))
    shortest, longest = draw(ordered(durations))
    places = [zone for zone in sorted(available_timezones()) if zone.startswith(("A", "E", "Pacific", "U"))]
    # Before that there were odd offsets of which zone data don't all know the same.
    zones = st.sampled_from(["UTC", "Etc/GMT+12", "Etc/GMT-14"] if minstart < 10**9 else places)
    money = st.fractions(min_value=0) | st.integers(0, 10**9).map(lambda number: Fraction(number, 10**6))
    metric = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**6, places=2)
    return Offer(
        platform=draw(names),
        pool=draw(names),
        minstart=minstart,
        maxstart=maxstart,
        maxend=draw(instants),
        minduration=shortest,
        maxduration=longest,
        expires=draw(instants),
        compute=tuple(draw(st.lists(allotments(*RESOURCES), max_size=2))),
        storage=tuple(draw(st.lists(allotments("storage", least=1), max_size=2))),
        runner=draw(perhaps),
        preparation=draw(st.just(0) | durations),
        proximity=draw(st.none() | metric),
        cost=draw(st.none() | st.builds(Cost, money, perhaps)),
        flavour=draw(perhaps),
        zone=draw(zones.filter(lambda zone: zone not in ("EST", "MST", "HST", "Factory"))),
        sizes=draw(sizes),
        identifier=draw(perhaps.filter(lambda name: name != "")),
        costs=draw(figures(MONETARY, ENERGY, "urn:x")),
        metrics=draw(figures(f"{METRIC}io-throughput", "")),
    )


@st.composite
def reasons(draw: st.DrawFn) -> Reason:
    """Reasons with figures in every unit, or none."""
    resource = draw(st.sampled_from([None, "storage", *RESOURCES]))
    path = f"compute-resources[{draw(st.integers(0, 12))}].min{resource}"
    if resource == "storage":
        path = "storage-resources[0].minsize"
    elif resource is None:
        path = draw(st.sampled_from(["minduration", "maxduration", "daterange.maxenddate", "timerange"]))
    figures = st.none() | (durations if resource is None else amounts)
    asked, available = draw(figures), draw(figures)
    code = draw(names)
    if resource is None and draw(st.booleans()):
        code, path = (
            draw(st.sampled_from(sorted(MEASURED))),
            draw(st.sampled_from(["costs[0].max", "metrics[1].min"])),
        )
        measured = st.none() | st.decimals(0, 10**6, places=2)
        asked, available = draw(measured), draw(measured)
    nothing = asked is None and available is None
    is_path_needed = not nothing and resource not in (None, "cores", "memory")
    written = (
        path if is_path_needed or draw(st.booleans()) else draw(st.sampled_from([None, "executable.type"]))
    )
    if nothing and written != path:
        resource = None
    return Reason(
        code=code,
        message=draw(names),
        platform=draw(perhaps),
        pool=draw(perhaps),
        path=written,
        resource=resource,
        asked=asked,
        available=available,
        start=draw(st.none() | instants),
        end=draw(st.none() | instants),
        sizes=draw(sizes),
    )


limits = st.none() | names.filter(lambda text: not text.isdecimal()) | st.sampled_from(["4", "0.5", "80GiB"])
changes = st.builds(Change, names, limits, limits)
alternatives = st.builds(Alternative, offers(), st.lists(changes, max_size=2).map(tuple))
unanswered = st.builds(Unanswered, names, names, names)


def several(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """None, one or two of something."""
    return st.lists(strategy, max_size=2).map(tuple)


answers = st.builds(
    Answer,
    offers=several(offers()),
    reasons=several(reasons()),
    alternatives=several(alternatives),
    complete=st.booleans(),
    omitted=st.integers(0, 10**6),
    unanswered=several(unanswered),
)


class TestLaws:
    """What was written is read back, and what was read is written back."""

    @given(answers, formats)
    def test_anything_that_an_answer_can_say(self, answer: Answer, write: Write) -> None:
        """Offers, reasons, alternatives and planners without an answer, whatever is in them."""
        check_round_trip(answer, write)

    @given(worlds(), st.booleans(), formats)
    def test_answers_of_the_planner(self, world: Any, everything: bool, write: Write) -> None:
        """In small worlds, with all that it can be asked for."""
        query = Query(all_boxes=everything, max_offers=4, alternatives=not everything)
        check_round_trip(plan(world.task, world.platforms, world.now, query), write)

    @pytest.mark.parametrize("path", sorted(EXAMPLES.glob("tasks/*.*")), ids=lambda path: path.name)
    def test_answers_to_the_examples(self, path: Path) -> None:
        """On each of the example platforms."""
        for place in sorted(EXAMPLES.glob("platforms/*.*")):
            platform = read_platform(place.read_bytes(), place.name).unwrap()
            task = read_task(path.read_bytes(), path.name, platform.resources).unwrap()
            answer = plan(task, (platform,), NOW, Query(alternatives=True))
            for write in (to_yaml, to_json):
                check_round_trip(answer, write)

    def test_all_parts_are_looked_at(self) -> None:
        """A field that is new has to be read, too."""
        assert len(fields_dict(Answer)) == 7
        assert len(fields_dict(Offer)) == 20
        assert len(fields_dict(Reason)) == 11
        assert [len(fields_dict(each)) for each in (Alternative, Change, Unanswered)] == [2, 3, 3]


def offer_with(**values: str) -> str:
    """An answer with one offer, some of whose values are others; JSON after each key."""
    given = {
        "offer": '"a"', "platform": '"p"', "pool": '"b"', "expires": '"2023-05-09T12:05:00Z"',
        "startdate": '"2023-05-11"', "starttime": '"10:00"', "minstart": '"2023-05-11T09:00:00Z"',
        "maxstart": '"2023-05-11T11:00:00Z"', "maxend": '"2023-05-11T13:00:00Z"', "minduration": '"PT2H"',
        "maxduration": '"PT4H"',
    }  # fmt: skip
    named = {key.replace("_", "-"): value for key, value in values.items()}
    inside = ", ".join(f'"{key}": {value}' for key, value in (given | named).items())
    return f'{{"result": "YES", "offers": [{{{inside}}}]}}'


def only(**values: str) -> Offer:
    """The one offer of such an answer."""
    (offer,) = read_answer(offer_with(**values), "answer.json").unwrap().offers
    return offer


def problem(**values: str) -> tuple[str, str]:
    """The code and path of the one problem of such an answer."""
    (found,) = read_answer(offer_with(**values), "answer.json").problems
    return found.code, found.path


class TestOffers:
    """What other writers may do otherwise, and what they may not."""

    def test_the_order_of_keys_is_free(self) -> None:
        """And so are the forms that the language has for durations, sizes and dates."""
        offer = only(minduration='"2h"', startdate='"11 May 2023"', compute_resources='[{"maxmemory": "1T", '
                     '"minmemory": "0.5G", "name": "main"}]')  # fmt: skip
        assert offer.minduration == 7200
        assert offer.compute == (
            Allotment("main", Amounts({"memory": GIB // 2}), Amounts({"memory": 2**40})),
        )

    def test_instants_may_have_an_offset(self) -> None:
        """Any zone will do, if only there is one."""
        offer = only(minstart='"2023-05-11T10:00+01:00"')
        assert offer.minstart == parse_instant("2023-05-11T09:00:00Z")

    def test_instants_may_be_far_away(self) -> None:
        """As far as there are dates; a planner is asked no later than 2999, but may look ahead from there."""
        assert only(maxend='"9999-12-30T00:00:00Z"').maxend == LAST
        assert problem(maxend='"9999-12-31T23:59:59Z"') == ("instant", "offers[0].maxend")

    @pytest.mark.parametrize(
        ("day", "clock", "zone"),
        [
            ("2023-05-11", "09:00", "UTC"),
            ("2023-05-11", "10:00", "Etc/GMT-1"),
            ("2023-05-10", "21:00", "Etc/GMT+12"),
            ("2023-05-11", "23:00", "Etc/GMT-14"),
            ("2023-05-11", "14:30:00", "Asia/Kolkata"),
            ("2023-05-11", "14:45", "Asia/Kathmandu"),
            ("2023-05-11", "06:30", "America/St_Johns"),
            ("2023-05-10", "23:30", "Pacific/Marquesas"),
            ("2023-05-10", "24:00", "Etc/GMT+9"),
        ],
    )
    def test_the_start_is_shown_by_some_clock(self, day: str, clock: str, zone: str) -> None:
        """From twelve hours west to fourteen east, also where hours are not whole."""
        assert only(startdate=f'"{day}"', starttime=f'"{clock}"').zone == zone

    @pytest.mark.parametrize(
        ("day", "clock"),
        [
            ("2023-05-11", "09:01"),
            ("2023-05-11", "09:00:07"),
            ("2023-05-11", "16:15"),
            ("2023-05-12", "00:00"),
            ("2023-05-10", "20:00"),
            ("2023-05-12", "10:00"),
            ("2024-05-11", "10:00"),
        ],
    )
    def test_or_by_none(self, day: str, clock: str) -> None:
        """A minute, a second, a zone that is nowhere, farther than the date line, another day or year."""
        found = problem(startdate=f'"{day}"', starttime=f'"{clock}"')
        assert found == ("start-mismatch", "offers[0].startdate")

    def test_the_first_day_may_be_the_day_before_it(self) -> None:
        """In the west, the instant 0 is on the last day of 1969."""
        offer = only(startdate='"1969-12-31"', starttime='"19:00"', minstart='"1970-01-01T00:00:00Z"')
        assert (offer.minstart, offer.zone) == (0, "Etc/GMT+5")

    @pytest.mark.parametrize("name", FURTHER)
    def test_a_further_resource_is_a_size_if_it_has_a_suffix(self, name: str) -> None:
        """Else it is a count; each offer may say it in its own way."""
        size = only(compute_resources=f'[{{"min{name}": 0, "max{name}": "2GiB"}}]')
        count = only(compute_resources=f'[{{"min{name}": 0, "max{name}": 2}}]')
        assert (size.sizes, size.amounts) == (frozenset({name}), Amounts({name: 2 * GIB}))
        assert (count.sizes, count.amounts) == (frozenset(), Amounts({name: 2}))
        assert [unit_of(name, each.sizes) for each in (size, count)] == [Unit.BYTE, Unit.WHOLE]

    def test_sizes_are_exact(self) -> None:
        """Nothing is rounded that somebody will hold a planner to."""
        assert only(storage_resources='[{"minsize": "0.5GB", "maxsize": "1.5TiB"}]').amounts == Amounts(
            {"storage": 3 * 2**39}
        )
        where = "offers[0].storage-resources[0].minsize"
        assert problem(storage_resources='[{"minsize": "0.3GiB", "maxsize": "1G"}]') == (
            "amount-too-fine",
            where,
        )

    def test_whatever_an_offer_can_hold_is_read(self) -> None:
        """It is for rules to say that this is no good: an end before the start, no time at all, expired."""
        offer = only(maxend='"1970-01-01T00:00:00Z"', minduration='"PT0S"', maxduration='"PT0S"',
                     expires='"2999-01-01T00:00:00Z"', preparation='"PT0S"', platform='""')  # fmt: skip
        assert (offer.maxend, offer.maxduration, offer.preparation, offer.platform) == (0, 0, 0, "")

    @pytest.mark.parametrize(
        ("text", "amount"),
        [("0.64", Fraction(16, 25)), ("5", Fraction(5)), ("0.00000001", Fraction(1, 10**8))],
    )
    def test_money_is_exact(self, text: str, amount: Fraction) -> None:
        """As many places as are written."""
        assert only(cost=f'{{"amount": "{text}"}}').cost == Cost(amount)

    def test_a_metric_is_a_number(self) -> None:
        """With as many places as are written, for that is how it is written back."""
        assert str(only(proximity="35.0").proximity) == "35.0"
        assert only(proximity="-7").proximity == Decimal(-7)


class TestAnswers:
    """The answer around the offers."""

    def test_what_is_left_out(self) -> None:
        """Is as it mostly is."""
        assert read_answer("result: NO").unwrap() == Answer()
        assert read_answer("{result: NO, offers: [], omitted: 0, complete: true}").unwrap() == Answer()
        assert read_answer("{lang: IVOA-TDL-1.0, result: NO, complete: false}").unwrap() == Answer(
            complete=False
        )

    def test_reasons_may_stand_beside_offers(self) -> None:
        """As they do where a search was incomplete: an answer can hold both."""
        text = offer_with().replace('"offers"', '"reasons": [{"code": "x", "message": "y"}], "offers"')
        answer = read_answer(text).unwrap()
        assert (len(answer.offers), answer.reasons) == (1, (Reason("x", "y"),))

    def test_problems_are_found_all_at_once(self) -> None:
        """Each where it is, also beside others in the same offer."""
        text = offer_with(minstart='"noon"', maxstart='"midnight"', starttime='"10pm"', maxend="3")
        codes = [(each.path, each.code) for each in read_answer(text).problems]
        assert codes == [
            ("offers[0].starttime", "clock"),
            ("offers[0].minstart", "instant"),
            ("offers[0].maxstart", "instant"),
            ("offers[0].maxend", "instant"),
        ]

    def test_a_start_is_held_against_its_clock_whatever_else_is_wrong(self) -> None:
        """The end of the range of starts has nothing to do with it."""
        text = offer_with(startdate='"2023-05-13"', maxstart='"midnight"')
        assert [each.code for each in read_answer(text).problems] == ["start-mismatch", "instant"]

    def test_names_of_resources_are_few(self) -> None:
        """As in a task: more than a thousand nobody has."""
        many = ", ".join(f'"min{name}": 1, "max{name}": 1' for name in map("r{}x".format, range(1001)))
        text = offer_with(compute_resources=f"[{{{many}}}]")
        assert {each.code for each in read_answer(text).problems} == {"too-many-resources"}


class TestReasons:
    """What figures count is said by the path, or by how they are written."""

    @pytest.mark.parametrize(
        ("path", "asked", "resource", "value"),
        [
            ("compute-resources[0].mincores", "0.5", "cores", 500),
            ("task.compute-resources[10].maxcores", "4", "cores", 4000),
            ("compute-resources.cores", "4", "cores", 4000),
            ("compute-resources[0].mingpus", "4", "gpus", 4),
            ("compute-resources[0].minmemory", "4KiB", "memory", 4096),
            ("compute-resources[0].minlicences", "4", "licences", 4),
            ("compute-resources[0].minbuffer", "4KiB", "buffer", 4096),
            ("storage-resources[0].minsize", "4KiB", "storage", 4096),
            ("minduration", "PT2H", None, 7200),
            ("task.duration", "2h", None, 7200),
            ("daterange", "PT2H", None, 7200),
            ("timerange.maxendtime", "PT2H", None, 7200),
            ("executable.type", "4", "cores", 4000),
            ("executable.type", "4KiB", "memory", 4096),
            ("executable.type", "PT2H", None, 7200),
        ],
    )
    def test_units(self, path: str, asked: str, resource: str | None, value: int) -> None:
        """Thousandths, bytes, pieces and seconds."""
        text = f"{{result: NO, reasons: [{{code: a, message: b, path: '{path}', asked: {asked}}}]}}"
        (reason,) = read_answer(text).unwrap().reasons
        assert (reason.path, reason.resource, reason.asked) == (path, resource, value)
        assert reason.sizes == ({"buffer"} if resource == "buffer" else frozenset())

    def test_a_path_may_stand_alone(self) -> None:
        """It names a resource, also where nothing is counted."""
        text = "{result: NO, reasons: [{code: a, message: b, path: 'compute-resources[0].minfpgas'}]}"
        assert read_answer(text).unwrap().reasons == (
            Reason("a", "b", path="compute-resources[0].minfpgas", resource="fpgas"),
        )

    def test_numbers_of_changes_are_text(self) -> None:
        """As the task has them, but for the many ways to write a number."""
        written = "changes: [{path: a, from: 1e3, to: 0.50}, {path: b, to: 80GiB}, {path: c, from: '4'}]"
        offer = offer_with()[len('{"result": "YES", "offers": [{') : -len("}]}")]
        answer = read_answer(f"{{result: NO, alternatives: [{{{offer}, {written}}}]}}").unwrap()
        assert answer.alternatives[0].changes == (
            Change("a", "1000", "0.50"), Change("b", None, "80GiB"), Change("c", "4", None),
        )  # fmt: skip


#: What may stand anywhere in a document that somebody got wrong.
SCALARS = st.sampled_from([
    None, True, False, 0, 1, -1, 4, Decimal("0.5"), Decimal("0.0005"), 10**30, "", "0", "4", "80g", "80G", "80GiB",
    "0.3GiB", "1B", "-1", "PT2H", "P1H", "PT0S", "2h", "1:30", "P1Y", "2023-05-11", "2023-05-11T09:00:00Z", "9:00",
    "2023-05-11T09:00", "9999-12-31T23:59:59Z", "1970-01-01T00:00+14:00", "1969-12-31", "24:00", "YES", "NO", "yes",
    "UTC", "0.64", "0,64", "compute-resources[0].mincores", "minduration", "a\x00b", "\u2028", "x" * 300, [], {},
    [[]], [{}], {"a": 1}, ["4"],
])  # fmt: skip
KEYS = st.sampled_from([
    "result", "complete", "offers", "offer", "reasons", "alternatives", "unanswered", "changes", "cost", "amount",
    "from", "to", "asked", "available", "mincores", "maxcores", "minmemory", "cores", "mincoers", "cpus", "minsize",
    "minlicences", "min", "maxx y", "minstart", "start", "lang", "task", "pools", "a: b", "", "ｍincores",
])  # fmt: skip


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every collection of a tree with each of its keys or indices."""
    for step in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, step
        if isinstance(node[step], dict | list):
            yield from places(node[step])


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """Documents of answers in which a few things were called otherwise, taken out, put in or exchanged."""
    tree = write_answer(draw(answers))
    for _ in range(draw(st.integers(1, 3))):
        node, step = draw(st.sampled_from(list(places(tree))))
        match draw(st.integers(0, 3)):
            case 0 if isinstance(node, dict):
                node[draw(KEYS)] = node.pop(step)
            case 1 if len(tree) > 1 or node is not tree:
                del node[step]
            case 2 if isinstance(node, dict):
                node[draw(KEYS)] = draw(SCALARS)
            case _:
                node[step] = draw(SCALARS)
    return tree


@st.composite
def cut(draw: st.DrawFn) -> str:
    """Texts of answers in which some characters are others, or missing."""
    text = draw(formats)(write_answer(draw(answers)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 3))
        text = text[:place] + draw(st.text("{}[]:,-\"' \n09aZ.é\x00", max_size=2)) + text[place + length :]
    return text


def check_end(text: str) -> None:
    """Hold that reading ends in an answer that can be written and read again, or in problems with places."""
    reading = read_answer(text, "answer")
    assert reading.is_valid == (not any(each.is_error for each in reading.problems))
    for each in reading.problems:
        assert each.position is not None
        assert len(str(each)) < 1000
    if reading.value is not None:
        for write in (to_yaml, to_json):
            again = read_answer(write(write_answer(reading.value)), "answer").unwrap()
            check_same(reading.value, again)


class TestHostile:
    """Whatever is read, it ends in an answer or in problems."""

    @given(damaged(), formats)
    def test_damaged_documents(self, tree: Any, write: Write) -> None:
        """Keys and values that are others, elsewhere or missing; each problem says what to write instead."""
        text = write(tree)
        check_end(text)
        if read(text, "answer").is_valid:
            assert all(each.hint for each in read_answer(text, "answer").problems)

    @given(cut())
    def test_damaged_texts(self, text: str) -> None:
        """Characters that are others or missing."""
        check_end(text)

    @given(SCALARS, KEYS, formats)
    def test_no_documents_at_all(self, value: Any, key: str, write: Write) -> None:
        """A scalar, a list, a key that is not known."""
        for tree in (value, [value], {key: value}):
            check_end(write(tree))

    @pytest.mark.parametrize(
        ("head", "item", "tail"),
        [
            ('{"result": "YES", "offers": [', "{}", "]}"),
            ('{"result": "YES", "offers": [', offer_with()[len('{"result": "YES", "offers": [') : -2], "]}"),
            ('{"result": "NO", "reasons": [', '{"code": "", "message": ""}', "]}"),
            ('{"result": "NO", "alternatives": [', '{"changes": [{}]}', "]}"),
            ('{"result": "YES", "offers": [{"compute-resources": [', '{"minx": 1, "mincoers": 3}', "]}]}"),
        ],
    )
    def test_large_documents(self, head: str, item: str, tail: str) -> None:
        """As many things as a document may hold, sound or not: no more is told than anybody reads."""
        nodes = 4 + 2 * item.count(":")
        reading = read_answer(head + ", ".join([item] * (190_000 // nodes)) + tail, "answer.json")
        assert reading.is_valid or len(reading.problems) == 201


def test_reading_a_task_loads_nothing_of_it() -> None:
    """Who only wants to know what a task is offered doesn't pay for answers that are read."""
    code = (
        "import sys; from execbroker.languages import read_task; read_task('minduration: 2h').unwrap();"
        "print(*(name for name in sys.modules if 'answer_' in name or 'places' in name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(LIBRARY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "")
