"""A harness that does as it should for so many lines, and then misbehaves in the way that it is told.

    misbehaving.py WAY LINES [FILE]

Each start is noted in the file, a line for each.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path


def good(request):
    """What should be answered: NO, to whatever it is, and for a reason, unless that is the way to misbehave."""
    if "hello" in request:
        return {"id": request["id"], "hello": "misbehaving", "protocol": 1}
    if "begin" in request:
        return {"id": request["id"]}
    reasons = [] if "gives no reason" in sys.argv else [{"code": "policy", "message": "not today"}]
    return {"id": request["id"], "answer": {"result": "NO", "reasons": reasons}}


def say(text):
    """Write a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def misbehave(way, request):
    """Do something that no harness should."""
    reply = good(request)
    if way == "exits":
        sys.exit(3)
    elif way == "is killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif way == "hangs":
        time.sleep(60)
    elif way == "closes":
        os.close(1)
        time.sleep(60)
    elif way == "talks nonsense":
        say("Starting up ...")
    elif way == "talks yaml":
        say("id: 1")
    elif way == "talks latin":
        os.write(1, b'{"id": "\xe9"}\n')
    elif way == "talks for ever":
        for _ in range(10_000):
            os.write(1, b" " * 65_536)
    elif way == "says it twice":
        say(json.dumps(reply))
        say(json.dumps(reply))
    elif way == "forgets the id":
        say(json.dumps({**reply, "id": 0}))
    elif way == "answers something else":
        say(json.dumps({"id": request["id"], "offers": []}))
    elif way == "answers half":
        os.write(1, json.dumps(reply)[:-5].encode())
        sys.exit(0)
    elif way == "says that it failed":
        say(json.dumps({"id": request["id"], "failed": "out of memory"}))
    elif way == "speaks version 2":
        say(json.dumps({**reply, "protocol": 2}))
    elif way == "does not read":
        say(json.dumps(reply))
        time.sleep(60)
    elif way == "is slow to end":
        say(json.dumps(reply))
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for _ in sys.stdin:
            pass
        time.sleep(60)


def main():
    """Read and answer."""
    way, lines = sys.argv[1], int(sys.argv[2])
    if len(sys.argv) > 3:
        with Path(sys.argv[3]).open("a") as file:
            file.write(f"{os.getpid()}\n")
    for number, line in enumerate(sys.stdin):
        if number == lines:
            misbehave(way, json.loads(line))
        else:
            say(json.dumps(good(json.loads(line))))


if __name__ == "__main__":
    main()
