"""The phases of UWS jobs, which follows which, and which ones sessions have."""

from __future__ import annotations

from typing import Final

import pytest

from execbroker.core.lifecycle import ACTIVE, FINAL, TRANSITIONS, Phase
from execbroker.languages.uws.tables import BLOCKING, DIAGRAM, ENDED, PHASES, TEXT, UwsPhase, is_step

#: The arrows of the standard's diagram, and those that only its text has, written out a second time.
ARROWS: Final = {
    "PENDING>QUEUED", "PENDING>ABORTED", "PENDING>ERROR",
    "QUEUED>EXECUTING", "QUEUED>ABORTED", "QUEUED>ERROR",
    "EXECUTING>COMPLETED", "EXECUTING>ABORTED", "EXECUTING>ERROR", "EXECUTING>SUSPENDED", "EXECUTING>HELD",
    "SUSPENDED>EXECUTING", "HELD>EXECUTING",
    "COMPLETED>ARCHIVED", "ERROR>ARCHIVED", "ABORTED>ARCHIVED",
}  # fmt: skip
MORE: Final = {
    "PENDING>HELD", "PENDING>EXECUTING", "HELD>QUEUED", "HELD>ABORTED", "HELD>ERROR", "SUSPENDED>ABORTED",
    "SUSPENDED>ERROR",
}  # fmt: skip

PAIRS: Final = [(before, after) for before in UwsPhase for after in UwsPhase]


def name(pair: tuple[UwsPhase, UwsPhase]) -> str:
    """An arrow as the lists above have it."""
    return f"{pair[0].value}>{pair[1].value}"


class TestArrows:
    """Which phase may follow which."""

    def test_tables(self) -> None:
        """The diagram has sixteen arrows, and the text allows seven more."""
        assert len(ARROWS) == 16
        assert {name(pair) for pair in DIAGRAM} == ARROWS
        assert {name(pair) for pair in TEXT} == ARROWS | MORE

    @pytest.mark.parametrize("pair", PAIRS, ids=name)
    def test_strict(self, pair: tuple[UwsPhase, UwsPhase]) -> None:
        """Strictly, a step is an arrow of the diagram or none at all."""
        assert is_step(*pair, strict=True) == (name(pair) in ARROWS or pair[0] is pair[1])

    @pytest.mark.parametrize("pair", PAIRS, ids=name)
    def test_liberal(self, pair: tuple[UwsPhase, UwsPhase]) -> None:
        """From others the arrows of the text are taken too, and UNKNOWN at any time."""
        allowed = name(pair) in ARROWS | MORE or pair[0] is pair[1] or UwsPhase.UNKNOWN in pair

        assert is_step(*pair) == allowed

    def test_ends(self) -> None:
        """From the end of a job there is only the archive, and nobody waits for it."""
        out = {after for before, after in TEXT if before in ENDED}

        assert out == {UwsPhase.ARCHIVED}
        assert not ENDED & BLOCKING
        assert not {UwsPhase.HELD, UwsPhase.SUSPENDED, UwsPhase.UNKNOWN} & BLOCKING


class TestSessions:
    """What UWS calls the phases of sessions."""

    def test_total(self) -> None:
        """Every phase of a session has one."""
        assert set(PHASES) == set(Phase)

    @pytest.mark.parametrize("step", TRANSITIONS, ids=lambda step: f"{step[0].value}-{step[1].value}")
    def test_steps(self, step: tuple[Phase, object]) -> None:
        """Every legal step of a session is no change of the job, or an arrow of the diagram."""
        before, after = PHASES[step[0]], PHASES[TRANSITIONS[step]]

        assert before is after or name((before, after)) in ARROWS

    def test_ends_together(self) -> None:
        """A job is at its end when its session is, and waited for before."""
        assert {PHASES[phase] for phase in FINAL} <= ENDED
        assert {PHASES[phase] for phase in (Phase.OFFERED, *ACTIVE)} == BLOCKING
