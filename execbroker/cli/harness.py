"""A command that is spoken to by lines: started, asked, and ended, whatever it does.

Nothing here waits for longer than it may. What is written and what is read goes through threads of their own, so a
command that does not read, or that says more than it is asked, keeps nobody waiting.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import IO, Final, final

from execbroker.cli.reports.signs import safe
from execbroker.cli.streams import CannotUse
from execbroker.core.problems import Problem, quoted
from execbroker.languages.text.reader import Limits
from execbroker.testing.wire.dialogue import NoAnswer

__all__ = ["ENDED", "SILENT", "Harness"]

#: The codes of the problems that a command ended, and that it did not answer in time.
ENDED: Final = "harness-ended"
SILENT: Final = "timed-out"

#: A line of more bytes than this is not read to its end.
_LONGEST: Final = Limits().size
#: So many lines that nobody asked for are kept; then the command has to wait.
_KEPT: Final = 16
#: Seconds for which a command is waited for that should end by itself, or was made to.
_GRACE: Final = 2.0


@final
class Harness:
    """A command between questions; used as a context, it is ended at the end."""

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        """Start it.

        Args:
            command: The program and its arguments.
            timeout: Seconds that it may take for one answer.

        Raises:
            CannotUse: It cannot be started.
        """
        self._timeout = timeout
        try:
            self._process = subprocess.Popen(
                [*command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CannotUse(f"{quoted(command[0])} cannot be run: {safe(reason)}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._is_over = Event()
        self._replies: Queue[bytes | None] = Queue(_KEPT)
        self._requests: Queue[bytes | None] = Queue()
        for work, stream in ((self._write, self._process.stdin), (self._read, self._process.stdout)):
            Thread(target=work, args=(stream,), daemon=True).start()

    def __enter__(self) -> Harness:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def ask(self, line: str) -> str:
        """Send a line, and give back the next one that comes.

        Raises:
            NoAnswer: None comes in time, or none at all any more, or none that is text.
        """
        self._requests.put(line.encode("utf-8", "backslashreplace") + b"\n")
        try:
            reply = self._replies.get(timeout=self._timeout)
        except Empty:
            self.kill()
            raise _no_answer(SILENT, f"there was no answer within {self._timeout:g} seconds") from None
        if reply is None:
            raise self._ended()
        if len(reply) > _LONGEST:
            self.kill()
            raise _no_answer("too-large", f"the answer has more than {_LONGEST:,} bytes")
        try:
            return reply.decode()
        except UnicodeDecodeError as error:
            raise _no_answer("not-utf-8", "the answer is not UTF-8") from error

    def end(self) -> None:
        """Let it end by itself, for a while; then make it."""
        self._requests.put(None)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        self.kill()

    def kill(self) -> None:
        """Make it end, with all that it started."""
        self._is_over.set()
        self._requests.put(None)
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)

    def _ended(self) -> NoAnswer:
        try:
            status = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.kill()
            return _no_answer(ENDED, "the command closed its output")
        if status < 0:
            return _no_answer(ENDED, f"the command was ended by signal {-status}")
        return _no_answer(ENDED, f"the command ended with status {status}")

    def _write(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError), stream:
            while (line := self._requests.get()) is not None:
                stream.write(line)
                stream.flush()

    def _read(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError), stream:
            while line := stream.readline(_LONGEST + 1):
                if not self._keep(line):
                    return
        self._keep(None)

    def _keep(self, line: bytes | None) -> bool:
        """Keep a line for whoever asks, as soon as there is room; False: nobody will ask any more."""
        while not self._is_over.is_set():
            with suppress(Full):
                self._replies.put(line, timeout=0.1)
                return True
        return False


def _no_answer(code: str, message: str) -> NoAnswer:
    return NoAnswer((Problem(code, message),))
