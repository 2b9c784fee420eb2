"""What offers hold and runs take, against counting second by second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from execbroker.core.amounts import CORES, MEMORY, STORAGE, Amounts
from execbroker.core.answer import Allotment, Offer
from execbroker.core.holds import (
    Layer,
    Placed,
    chosen_run,
    deadline,
    held_by,
    layers,
    sharing,
    taken_by,
)
from execbroker.core.interfaces import Refused
from execbroker.core.platform import Flavour, Hold, Platform, Pool
from execbroker.core.session import Run
from execbroker.core.spans import Span

SMALL = Flavour("small", Amounts({CORES: 2, STORAGE: 5}))
BATCH = Pool("batch", Amounts({CORES: 9, MEMORY: 9, STORAGE: 9}), release=2)
NODES = Pool("nodes", Amounts({CORES: 9, MEMORY: 9}), nodes=2)
CLOUD = Pool("cloud", Amounts({CORES: 9, STORAGE: 9}), flavours=(SMALL,))
HERE = Platform("here", (BATCH, NODES, CLOUD), granularity=1, release=1)


def offer(
    start: int = 10,
    last: int = 14,
    shortest: int = 3,
    longest: int = 6,
    end: int | None = None,
    *,
    least: Mapping[str, int] = {CORES: 1},
    most: Mapping[str, int] = {CORES: 4},
    pool: str = "batch",
    **more: Any,
) -> Offer:
    """An offer with one compute and, if there is storage, one storage resource."""
    both = [
        Allotment(
            None,
            *(
                Amounts({name: each[name] for name in each if (name == STORAGE) is stored})
                for each in (least, most)
            ),
        )
        for stored in (False, True)
    ]
    drawn = Offer(
        "here",
        pool,
        minstart=start,
        maxstart=last,
        maxend=last + shortest if end is None else end,
        minduration=shortest,
        maxduration=longest,
        expires=last,
        compute=(both[0],),
        storage=(both[1],) if STORAGE in most else (),
    )
    return evolve(drawn, **more)


def level(parts: Iterable[tuple[Span, Mapping[str, int]]], instant: int) -> dict[str, int]:
    """What some parts take together at an instant."""
    total: dict[str, int] = {}
    for span, amounts in parts:
        if span.start <= instant < span.end:
            total = {name: total.get(name, 0) + amounts.get(name, 0) for name in {*total, *amounts}}
    return {name: amount for name, amount in total.items() if amount}


@st.composite
def placed_offers(draw: st.DrawFn) -> Placed:
    """Offers of any pool, with and without storage, some of them on a node."""
    pool = draw(st.sampled_from([BATCH, NODES, CLOUD]))
    names = sorted(pool.capacity)
    least = {name: draw(st.integers(0, 3)) for name in names}
    start, shortest = draw(st.integers(0, 8)), draw(st.integers(1, 3))
    last = start + draw(st.integers(0, 4))
    drawn = offer(
        start,
        last,
        shortest,
        shortest + draw(st.integers(0, 3)),
        last + shortest,
        least=least,
        most={name: amount + draw(st.integers(0, 3)) for name, amount in least.items()},
        pool=pool.name,
        preparation=draw(st.integers(0, 2)),
        flavour="small" if pool.flavours else None,
    )
    node = None if pool.nodes is None else draw(st.integers(0, 1))
    return Placed(drawn, node, draw(st.integers(1, 5)))


class TestHeldBy:
    """What one offer keeps."""

    def test_minimum(self) -> None:
        """By default it is what a shortest run needs, from the first start to the end of the last one."""
        held = held_by(offer(least={CORES: 1, MEMORY: 0}, end=20), HERE, Hold.MINIMUM)

        assert held == [(Span(10, 17), Amounts({CORES: 1}))]

    def test_all(self) -> None:
        """All that is offered is the most of everything, from the first start to the last end."""
        held = held_by(offer(most={CORES: 4, MEMORY: 2}, end=20), HERE, Hold.ALL)

        assert held == [(Span(10, 20), Amounts({CORES: 4, MEMORY: 2}))]

    def test_none(self) -> None:
        """Nothing is nothing."""
        assert held_by(offer(), HERE, Hold.NONE) == []

    def test_storage(self) -> None:
        """Storage is held from the start of the preparation to the end of the release."""
        wanted = offer(least={CORES: 1, STORAGE: 3}, most={CORES: 1, STORAGE: 8}, preparation=4)

        assert held_by(wanted, HERE, Hold.MINIMUM) == [
            (Span(10, 17), Amounts({CORES: 1})),
            (Span(6, 19), Amounts({STORAGE: 3})),
        ]

    def test_release_of_the_platform(self) -> None:
        """A pool without a release of its own has the platform's."""
        cloud = offer(pool="cloud", least={STORAGE: 1}, most={STORAGE: 1}, flavour="small")

        assert held_by(cloud, HERE, Hold.MINIMUM)[1] == (Span(10, 18), Amounts({STORAGE: 5}))

    @pytest.mark.parametrize("hold", [Hold.MINIMUM, Hold.ALL])
    def test_a_flavour_is_held_whole(self, hold: Hold) -> None:
        """Of a flavour everything is held, also what the task does not use or ask for."""
        held = held_by(offer(pool="cloud", flavour="small"), HERE, hold)

        assert level(held, 12) == {CORES: 2, STORAGE: 5}

    def test_names(self) -> None:
        """What is storage, and which pool and flavour it is, only the letters of the names say."""
        tapes, spelt = "tapes", ["".join(name) for name in ("batch", "cloud", "small", STORAGE)]
        wanted = {tapes: 2, spelt[3]: 3}

        assert held_by(offer(pool=spelt[0], least=wanted, most=wanted), HERE, Hold.MINIMUM) == [
            (Span(10, 19), Amounts({STORAGE: 3})),
            (Span(10, 17), Amounts({tapes: 2})),
        ]
        assert held_by(offer(pool=spelt[1], flavour=spelt[2]), HERE, Hold.MINIMUM)

    @pytest.mark.parametrize("elsewhere", [{"pool": "other"}, {"pool": "cloud", "flavour": "huge"}])
    def test_unknown(self, elsewhere: dict[str, str]) -> None:
        """An offer of a pool or flavour that is not there is an error."""
        with pytest.raises(LookupError):
            held_by(offer(**elsewhere), HERE, Hold.ALL)  # type: ignore[arg-type]


class TestTakenBy:
    """What a run takes."""

    def test_run(self) -> None:
        """It takes what was chosen, as long as was chosen; storage longer."""
        wanted = offer(least={CORES: 1, STORAGE: 1}, most={CORES: 4, STORAGE: 4}, preparation=3)
        run = Run(12, 3, Amounts({CORES: 2, STORAGE: 4}))

        assert taken_by(wanted, HERE, run) == [
            (Span(12, 15), Amounts({CORES: 2})),
            (Span(9, 17), Amounts({STORAGE: 4})),
        ]

    def test_one_part_where_nothing_differs(self) -> None:
        """Without preparation and release, all is taken over the same span."""
        wanted = offer(least={CORES: 1, STORAGE: 1}, most={CORES: 4, STORAGE: 4})
        plain = evolve(HERE, pools=(evolve(BATCH, release=0),))
        run = Run(12, 3, Amounts({CORES: 2, STORAGE: 4}))

        assert taken_by(wanted, plain, run) == [(Span(12, 15), run.amounts)]

    @given(placed_offers(), st.data())
    def test_what_was_held_suffices(self, placed: Placed, data: st.DataObject) -> None:
        """Shortest runs with the minimum take no more than the one hold, and all runs no more than the other."""
        given_, _, _ = placed
        start = data.draw(st.integers(given_.minstart, given_.maxstart))
        length = data.draw(st.integers(given_.minduration, min(given_.maxduration, given_.maxend - start)))
        least = taken_by(given_, HERE, Run(start, given_.minduration, given_.minima))
        most = taken_by(given_, HERE, Run(start, length, given_.amounts))

        for instant in range(-3, 25):
            assert fits(level(least, instant), level(held_by(given_, HERE, Hold.MINIMUM), instant))
            assert fits(level(most, instant), level(held_by(given_, HERE, Hold.ALL), instant))


def fits(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    """Whether there is no more of anything in the one."""
    return Amounts(one).fits_in(other)


class TestLayers:
    """What the offers of one answer hold together."""

    @given(st.lists(placed_offers(), max_size=5), st.sampled_from(Hold))
    def test_layers_add_up_to_the_largest(self, placed: list[Placed], hold: Hold) -> None:
        """At every clock and instant, in every pool and on every node: the largest of what open offers hold."""
        platform = evolve(HERE, hold=hold)
        laid = list(layers(placed, platform))
        for now in range(7):
            for pool, node in {(each.offer.pool, each.node) for each in placed}:
                counting = [
                    (booking.span, booking.amounts)
                    for until, booking in laid
                    if until > now and (booking.pool, booking.node) == (pool, node)
                ]
                here = [
                    held_by(each.offer, platform, hold)
                    for each in placed
                    if each.until > now and (each.offer.pool, each.node) == (pool, node)
                ]
                for instant in range(-3, 25):
                    levels = [level(parts, instant) for parts in here]
                    names = {name for each in levels for name in each}
                    largest = {name: max(each.get(name, 0) for each in levels) for name in names}
                    assert level(counting, instant) == largest

    @given(st.lists(placed_offers(), min_size=1, max_size=5))
    def test_layers_are_few(self, placed: list[Placed]) -> None:
        """No layer is empty, and no two that could be one are two."""
        laid = list(layers(placed, HERE))

        assert all(layer.booking.span.duration > 0 and layer.booking.amounts for layer in laid)
        assert all(all(layer.booking.amounts.values()) for layer in laid)
        for one in laid:
            longer = evolve(one.booking, span=Span(one.booking.span.end, one.booking.span.end))
            assert not any(
                evolve(other.booking, span=Span(other.booking.span.start, other.booking.span.start)) == longer
                and other.until == one.until
                for other in laid
            )

    def test_equal_offers_hold_once(self) -> None:
        """Two offers that hold the same hold it once."""
        twice = [Placed(offer(), None, 5), Placed(offer(), None, 5)]

        assert [booking.amounts for _, booking in layers(twice, HERE)] == [Amounts({CORES: 1})]

    def test_what_expires_first_lies_on_top(self) -> None:
        """The larger offer expires first: what it holds beyond the other is there so long, and no longer."""
        large, small = offer(least={CORES: 3}), offer(least={CORES: 1})

        laid = list(layers([Placed(large, None, 5), Placed(small, None, 9)], HERE))

        assert sorted((until, booking.amounts[CORES]) for until, booking in laid) == [(5, 2), (9, 1)]
        assert all(isinstance(layer, Layer) for layer in laid)


class TestSharing:
    """Alternatives on few nodes."""

    @given(st.lists(st.lists(st.integers(0, 4), unique=True), max_size=5))
    def test_each_has_one_of_its_own(self, choices: list[list[int]]) -> None:
        """Each gets one of its rooms, unless it has none."""
        shared = sharing(choices)

        assert len(shared) == len(choices)
        for chosen, rooms in zip(shared, choices, strict=True):
            assert chosen in rooms if rooms else chosen is None

    @given(st.lists(st.lists(st.integers(0, 4), unique=True), min_size=1, max_size=5), st.integers(0, 4))
    def test_one_for_all(self, choices: list[list[int]], common: int) -> None:
        """If one room serves all of them, they share one."""
        assert len(set(sharing([[*{*rooms, common}] for rooms in choices]))) == 1

    def test_the_first_of_equals(self) -> None:
        """Where it makes no difference, the first room is taken."""
        assert sharing([[2, 0, 1]]) == [2]


class TestDeadline:
    """Until when an offer is open."""

    def test_lifetime(self) -> None:
        """As long as it says."""
        assert deadline(offer(expires=300), 0) == 300

    def test_the_second_in_which_it_was_made(self) -> None:
        """An offer whose last start is now can be taken now."""
        assert deadline(offer(expires=7), 7) == 8


class TestChosenRun:
    """The run that a client chooses."""

    @given(placed_offers(), st.integers(0, 12), st.data())
    def test_left_out(self, placed: Placed, now: int, data: st.DataObject) -> None:
        """What is left out is the earliest start that is not past, the longest duration from there, the most."""
        given_ = placed.offer
        if now > given_.maxstart:
            return
        start = data.draw(st.none() | st.integers(max(now, given_.minstart), given_.maxstart))
        run = chosen_run(given_, now, 1, start)

        assert run.start == (max(now, given_.minstart) if start is None else start)
        assert run.duration == min(given_.maxduration, given_.maxend - run.start)
        assert run.amounts == given_.amounts
        assert run.node is None

    def test_chosen(self) -> None:
        """What is chosen is taken, and the rest of the amounts is the most."""
        wanted = offer(least={CORES: 1, MEMORY: 1}, most={CORES: 4, MEMORY: 5}, end=20)

        assert chosen_run(wanted, 0, 1, 12, 3, {CORES: 2}) == Run(12, 3, Amounts({CORES: 2, MEMORY: 5}))

    def test_start_on_the_grid(self) -> None:
        """Left out, the start is the first on the grid that is not past."""
        assert chosen_run(offer(60, 300, 60, 120, 420), 61, 60).start == 120

    @pytest.mark.parametrize(
        ("now", "chosen"),
        [
            (0, {"start": 9}),
            (0, {"start": 15}),
            (13, {"start": 12}),
            (0, {"duration": 2}),
            (0, {"duration": 7}),
            (0, {"start": 14, "duration": 4}),
            (0, {"amounts": {CORES: 0}}),
            (0, {"amounts": {CORES: 5}}),
            (0, {"amounts": {CORES: -1}}),
            (0, {"amounts": {MEMORY: 1}}),
            (0, {"amounts": {MEMORY: -1}}),
        ],
        ids=str,
    )
    def test_outside(self, now: int, chosen: dict[str, object]) -> None:
        """What was not offered is refused, each limit with its own message."""
        with pytest.raises(Refused) as caught:
            chosen_run(offer(), now, 1, **chosen)  # type: ignore[arg-type]

        assert caught.value.code == "outside-offer"

    def test_nothing_of_something(self) -> None:
        """Nothing can be chosen of what has no minimum, and of what is not offered at all."""
        wanted = offer(least={CORES: 1}, most={CORES: 4, MEMORY: 5})
        run = chosen_run(wanted, 0, 1, amounts={MEMORY: 0, "tapes": 0})

        assert (run.amounts[CORES], run.amounts[MEMORY]) == (4, 0)

    @pytest.mark.parametrize("chosen", [{"start": 90}, {"duration": 90}], ids=str)
    def test_off_the_grid(self, chosen: dict[str, object]) -> None:
        """Starts and durations between the lines of the grid are refused."""
        with pytest.raises(Refused, match="multiples of 60 seconds") as caught:
            chosen_run(offer(60, 300, 60, 120, 420), 0, 60, **chosen)  # type: ignore[arg-type]

        assert caught.value.code == "outside-offer"

    def test_messages_are_for_people(self) -> None:
        """Figures are written in the resource's unit."""
        wanted = offer(least={CORES: 1000}, most={CORES: 4000})

        with pytest.raises(Refused, match="cores 8 is not within what is offered, from 1 to 4"):
            chosen_run(wanted, 0, 1, amounts={CORES: 8000})
        with pytest.raises(Refused, match="tapes 3 is not within what is offered, from 0 to 0"):
            chosen_run(wanted, 0, 1, amounts={"tapes": 3})
