"""The reference harness, but for one thing: an offer that was let go looks open to whoever looks."""

import json
import sys

from reference import Harness


class Forgetful(Harness):
    """Shows what was let go as open, to whoever looks."""

    def reply(self, line: str) -> str:
        """The line that answers a line."""
        reply = json.loads(super().reply(line))
        if "look" in json.loads(line) and reply.get("session", {}).get("phase") == "REJECTED":
            reply["session"] = {"phase": "OFFERED"}
        return json.dumps(reply)


if __name__ == "__main__":
    harness = Forgetful()
    for each in sys.stdin:
        sys.stdout.write(f"{harness.reply(each)}\n")
        sys.stdout.flush()
