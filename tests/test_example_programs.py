"""The programs among the examples run, and print what they say."""

import inspect
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"

PRINTED = {
    "topologies/one_and_one.py": """\
2023-05-09T12:00:00Z OFFERED
2023-05-09T12:00:00Z ACCEPTED
2023-05-09T12:00:00Z WAITING
2023-05-09T12:00:00Z PREPARING
2023-05-09T12:00:00Z AVAILABLE
2023-05-09T12:00:00Z RUNNING
2023-05-09T13:00:00Z RELEASING
2023-05-09T13:00:00Z COMPLETED
""",
    "topologies/one_and_three.py": """\
edinburgh {'cores': 64000, 'gpus': 0}
groningen {'cores': 16000, 'gpus': 2}
groningen COMPLETED
""",
    "topologies/three_and_three.py": """\
groningen 16 cores, 720 seconds from the data
edinburgh 64 cores, 2880 seconds from the data
run in groningen until it was COMPLETED
""",
    "gateway.py": """\
2023-05-09T13:00:00Z {'cores': 16000}
2023-05-09T12:30:00Z ACCEPTED
2023-05-09T13:30:00Z RUNNING
2023-05-09T14:30:00Z COMPLETED
12000 thousandths of a core asked, 4000 free
""",
}


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_prints_what_it_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each program runs by itself, from anywhere."""
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")

    assert capsys.readouterr().out == PRINTED[name]


@pytest.mark.parametrize("interface", ["SlotPlanner", "SlotBroker", "SlotRunner"])
def test_a_gateway_takes_few_lines(interface: str) -> None:
    """Each of the three interfaces is implemented in fewer than fifty lines, empty ones aside."""
    source = (EXAMPLES / "gateway.py").read_text("utf-8")
    lines = inspect.getblock(source[source.index(f"class {interface}(") :].splitlines(keepends=True))

    assert len([line for line in lines if line.strip()]) < 50
