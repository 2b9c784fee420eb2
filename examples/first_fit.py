"""A planner that is none of this library's, behind the lines by which `execbroker judge` speaks to it.

    execbroker judge --stdio --rules must,should -- python3 examples/first_fit.py

It offers the first run that fits, of just what is asked. What it does not understand it says it does not support; a
case with such a thing is passed over.
"""

import json
import re
import sys
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


class Unsupported(Exception):
    """Something that this planner does not do."""


def plain(tree, *keys):
    """The values of a mapping that has these keys, perhaps, and no others."""
    if not isinstance(tree, dict) or tree.keys() - set(keys):
        raise Unsupported(f"anything but {', '.join(keys)}")
    return [tree.get(key) for key in keys]


def hours(text):
    """A duration of whole hours."""
    if not (text and (found := re.fullmatch(r"(\d+)h", text))):
        raise Unsupported(f"a duration of {text}")
    return int(found[1])


def instant(text):
    """An instant from its text, in UTC."""
    return datetime.fromisoformat(text)


def spelt(time):
    """The text of an instant."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def plan(platform, task, now):
    """The answer to a task: YES with one offer, or NO."""
    where, granularity, horizon, pools, bookings = plain(
        platform, "platform", "granularity", "horizon", "pools", "bookings"
    )
    pool, cores = plain(pools[0], "name", "cores")
    compute, shortest, *_ = plain(task, "compute-resources", "minduration", "maxduration", "name")
    least, _ = plain(compute, "mincores", "maxcores")
    if len(pools) > 1 or hours(granularity) != 1 or least is None or cores is None:
        raise Unsupported("such a platform or task")
    busy = [(instant(each["start"]), instant(each["end"]), each.get("cores", 0)) for each in bookings or []]
    first = now.replace(minute=0, second=0) + (HOUR if now.minute or now.second else 0 * HOUR)
    last = now + hours(horizon) * HOUR
    while first + hours(shortest) * HOUR <= last:
        steps = [first + step * HOUR for step in range(hours(shortest))]
        taken = (sum(n for start, end, n in busy if start < at + HOUR and at < end) for at in steps)
        if least + max(taken) <= cores:
            return {"result": "YES", "offers": [offer(where, pool, first, hours(shortest), least, now)]}
        first += HOUR
    reason = {"code": "busy", "pool": pool, "message": f"{least} cores are free at no time for {shortest}"}
    return {"result": "NO", "reasons": [reason]}


def offer(platform, pool, start, length, cores, now):
    """An offer of one run."""
    return {
        "offer": f"{pool}-{spelt(start)}-{length}-{cores}", "platform": platform, "pool": pool,
        "expires": spelt(min(start, now + timedelta(minutes=5))),
        "startdate": f"{start:%Y-%m-%d}", "starttime": f"{start:%H:%M}",
        "minstart": spelt(start), "maxstart": spelt(start), "maxend": spelt(start + length * HOUR),
        "minduration": f"PT{length}H", "maxduration": f"PT{length}H",
        "compute-resources": [{"mincores": cores, "maxcores": cores}],
    }  # fmt: skip


def main():
    """Read a line, write a line, until there are no more."""
    platforms = []
    for line in sys.stdin:
        request = json.loads(line)
        reply = {"id": request["id"]}
        try:
            if "hello" in request:
                reply |= {"hello": "first fit", "protocol": 1, "speaks": ["plan"]}
            elif "begin" in request:
                platforms = request["begin"]["platforms"]
            elif len(platforms) > 1:
                raise Unsupported("several platforms")
            else:
                reply["answer"] = plan(platforms[0], request["plan"], instant(request["now"]))
        except Unsupported as what:
            reply["unsupported"] = str(what)
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
