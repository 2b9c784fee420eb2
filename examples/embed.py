"""The Python side of the first example: ask a platform, look at the offers, and choose one.

Run it from anywhere: `python examples/embed.py`.
"""

from pathlib import Path

from execbroker.core.instants import format_instant, parse_instant
from execbroker.core.planner import PlatformPlanner, Query
from execbroker.core.sizes import format_amount
from execbroker.languages import read_platform, read_task

HERE = Path(__file__).parent

# Reading gives a value or problems, never an exception; `unwrap` raises them all at once.
task = read_task((HERE / "tasks/proposal.yaml").read_bytes(), "proposal.yaml").unwrap()
platform = read_platform((HERE / "platforms/proposal.yaml").read_bytes(), "proposal.yaml").unwrap()

# The library reads no clock: whoever asks says what time it is.
now = parse_instant("2023-05-09T12:00:00Z")
planner = PlatformPlanner(platform)
answer = planner.plan(task, now)

for offer in answer.offers:
    amounts = (format_amount(name, value, offer.sizes) for name, value in offer.amounts.items())
    hours = offer.maxduration / 3600
    print(f"{format_instant(offer.minstart)} => {hours:g} hours, {', '.join(amounts)}")

# Which offer is best is for the client to say. This one wants most core hours.
best = max(answer.offers, key=lambda offer: offer.maxduration * offer.amounts["cores"])
print(
    f"Chosen: {best.pool}, from {format_instant(best.minstart)} to {format_instant(best.maxend)} at the latest"
)

# Offers can also be had one by one, earliest first; what isn't looked at isn't searched.
first = next(planner.offers(task, now))
assert first == answer.offers[0]

# What would there be if a limit of the task were other?
for alternative in planner.plan(task, now, Query(alternatives=True)).alternatives:
    changes = (f"{change.path}: {change.new} instead of {change.old}" for change in alternative.changes)
    print(f"Also from {format_instant(alternative.offer.minstart)}, with {', '.join(changes)}")
