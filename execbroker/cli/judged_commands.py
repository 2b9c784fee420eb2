"""Judging a command: started, put through the corpus and through random histories, with a verdict on each."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Final, final

import click

from execbroker.cli.exits import Status
from execbroker.cli.harness import ENDED, SILENT, Harness
from execbroker.cli.progress import Progress
from execbroker.cli.reports.words import count
from execbroker.cli.streams import say, write_output
from execbroker.core.problems import Problem
from execbroker.languages.text.documents import Tree
from execbroker.languages.text.writer import to_json
from execbroker.testing.corpus import Case, Kind, cases
from execbroker.testing.wire.dialogue import Dialogue, Greeting, NoAnswer, NotSpoken
from execbroker.testing.wire.judging import Court, Rules
from execbroker.testing.wire.trials import try_case, unspoken
from execbroker.testing.wire.verdicts import INVALID, SOUND, VIOLATED, Verdict

__all__ = ["judge_command"]

#: A case that a command is spared, because it says that it does no such thing; and one that it gave no answer to.
_SKIPPED, _FAILED = "skipped", "failed"

#: After so many failures one after the other a command is given up.
_MOST: Final = 3


def judge_command(command: Sequence[str], rules: Rules, examples: int, timeout: float) -> Status:
    """Put a command through all cases, and as many random histories; the exit code is the highest of all.

    Raises:
        CannotUse: It cannot be started.
    """
    if examples and find_spec("hypothesis") is None:
        raise click.UsageError(
            "--examples needs Hypothesis, which is not installed here: pip install hypothesis"
        )
    asked = [case for case in cases() if case.kind in (Kind.QUESTION, Kind.SCRIPT)]
    progress = Progress(len(asked), _is_terminal())
    trial = _Trial(command, timeout, Court(rules), progress)
    try:
        trial.of_corpus(asked)
        if examples:
            trial.of_examples(examples)
    finally:
        trial.end()
        progress.clear()
    say(trial.summary)
    return trial.status


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty() and not (sys.stdout and sys.stdout.isatty())


@final
class _Trial:
    """A command that is judged, and what came of it so far.

    Attributes:
        status: The exit code.
    """

    def __init__(self, command: Sequence[str], timeout: float, court: Court, progress: Progress) -> None:
        self._command, self._timeout, self._court = command, timeout, court
        self._progress = progress
        self._harness: Harness | None = None
        self._talk: tuple[Dialogue, Greeting] | None = None
        self._tally: Counter[str] = Counter()
        self._failures = 0
        self.status = Status.YES

    @property
    def summary(self) -> str:
        """How many came out how: `277 cases: 270 sound, 7 violated`."""
        words = (SOUND, VIOLATED, INVALID, _FAILED, _SKIPPED)
        counts = ", ".join(f"{self._tally[word]} {word}" for word in words if self._tally[word])
        given_up = f"; given up after {count(_MOST, 'failure')} in a row" if self._is_given_up else ""
        return f"{count(self._tally.total(), 'case')}: {counts or 'none'}{given_up}\n"

    def of_corpus(self, asked: Sequence[Case]) -> None:
        """Put it through some cases of the corpus."""
        for case in asked:
            if self._is_given_up:
                return
            self._judge({"case": case.name, "theme": case.theme}, partial(self._of_case, case))
            self._progress.advance()
        self._progress.clear()

    def of_examples(self, examples: int) -> None:
        """Put it through random histories."""
        if self._is_given_up:
            return
        self._judge({"case": "random", "examples": examples}, partial(self._of_examples, examples))

    def end(self) -> None:
        """End the command, if it has not ended."""
        if self._harness is not None:
            self._harness.end()

    @property
    def _is_given_up(self) -> bool:
        return self._failures >= _MOST

    def _judge(self, head: Tree, run: Callable[[], Tree]) -> None:
        """Write down what came of one thing."""
        try:
            tree = {**head, **run()}
            self._failures = 0
        except NotSpoken as error:
            tree = {**head, "verdict": _SKIPPED, "unsupported": error.what}
        except NoAnswer as error:
            tree = {**head, **Verdict(problems=error.problems).tree(), "verdict": _FAILED}
            self._fail(error.problems)
        word = str(tree["verdict"])
        self._tally[word] += 1
        if word == VIOLATED:
            self.status = max(self.status, Status.NO)
        self._progress.clear()
        write_output(f"{to_json(tree)}\n", is_document=True)

    def _fail(self, problems: Sequence[Problem]) -> None:
        """Nobody can tell what a command would say next that said something wrong, so it is begun anew."""
        self._failures += 1
        is_gone = any(problem.code in (ENDED, SILENT) for problem in problems)
        self.status = max(self.status, Status.INACCESSIBLE if is_gone else Status.INVALID)
        if self._harness is not None:
            self._harness.kill()
        self._harness = self._talk = None

    def _of_case(self, case: Case) -> Tree:
        dialogue, greeting = self.talk()
        if (missing := unspoken(case, greeting)) is not None:
            raise NotSpoken(missing)
        verdict = Verdict(tuple(try_case(case, dialogue, self._court)))
        tree = verdict.tree()
        return {**tree, "calls": dialogue.transcript} if verdict.violations else tree

    def _of_examples(self, examples: int) -> Tree:
        from execbroker.testing.machines.harnesses import try_examples

        found = try_examples(self.talk, self._court.rules, examples)
        if found is None:
            return Verdict().tree()
        tree = Verdict(found.violations).tree()
        return {**tree, "platforms": found.platforms, "calls": found.calls}

    def talk(self) -> tuple[Dialogue, Greeting]:
        """The talk with the command, which is started if it is not running.

        Raises:
            NoAnswer: It does not say hello.
        """
        if self._talk is None:
            self._harness = Harness(self._command, self._timeout)
            dialogue = Dialogue(self._harness.ask)
            self._talk = dialogue, dialogue.greet()
        return self._talk
