"""A ledger that needs no book keeps what it is told, in memory and in a file."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from execbroker.core.interfaces import Refused
from execbroker.core.lifecycle import Event, IllegalStep, Phase
from execbroker.core.session import Run
from execbroker.core.task import Task
from execbroker.testing.ledgers import FileLedger


@pytest.fixture(params=["memory", "file"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> FileLedger:
    """An empty ledger of each kind."""
    return FileLedger(tmp_path / "ledger" if request.param == "file" else None)


def test_steps(ledger: FileLedger) -> None:
    """Sessions move by legal steps, and are held until one ends them."""
    ledger.accept("a", Task(), Run(100, 60), preparation=20)
    assert ledger.session("a", 0).created == 80
    assert ledger.advance("a", Event.WAIT, 90).phase is Phase.WAITING
    with pytest.raises(IllegalStep):
        ledger.advance("a", Event.END, 90)
    assert ledger.session("a", 90).phase is Phase.WAITING
    assert ledger.held() == ["a"]
    assert ledger.advance("a", Event.FAIL, 10, "why").history[-1].instant == 90
    assert (ledger.held(), ledger.session("a", 0).message) == ([], "why")


def test_unknown(ledger: FileLedger) -> None:
    """What is not there is said not to be."""
    with pytest.raises(Refused, match="offer-unknown"):
        ledger.session("a", 0)
    with pytest.raises(Refused, match="offer-unknown"):
        ledger.advance("a", Event.WAIT, 0)


def test_shared_file(tmp_path: Path) -> None:
    """Ledgers of one file lose nothing that one of them was told."""
    ledgers = [FileLedger(tmp_path / "ledger") for _ in range(4)]

    def tell(place: int) -> None:
        for each in range(10):
            ledgers[place].accept(f"{place}-{each}", Task(), Run(100, 60))

    threads = [Thread(target=tell, args=[place]) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ledgers[0].held()) == 40
