"""`execbroker judge`: whether an answer is what it may be; or whether a planner or broker gives such answers."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Final, final

import click
from attrs import evolve, frozen
from click.core import ParameterSource

from execbroker.cli.exits import Status
from execbroker.cli.faults import Faults
from execbroker.cli.options import FILE, dress, read_now
from execbroker.cli.platform_files import read_platforms
from execbroker.cli.streams import name_of, once, write_output
from execbroker.cli.terminal import Look, look_of
from execbroker.core.answer import Answer
from execbroker.core.platform import Platform
from execbroker.core.problems import Reading
from execbroker.core.task import Task
from execbroker.languages import is_unknown_language, read_answer, read_bookings, read_task

if TYPE_CHECKING:
    from execbroker.testing.rules import Violation
    from execbroker.testing.wire.judging import Rules

__all__ = ["judge"]

#: The exit codes as the help tells them.
_EPILOG: Final = """With --stdio and no COMMAND, each line of the standard input has a thing to judge, and each line
of the standard output is the verdict on one. With a COMMAND (behind `--`, if it has options), that is started, and
put through a corpus of cases by lines of JSON. `pydoc execbroker.testing.wire` says what is on the lines.

\b
Exit codes:
  0   sound
  1   a rule is violated
  2   wrong usage
  3   a file or a line is invalid
  4   a file cannot be read, a command cannot be run or gives no answer,
      or output cannot be written
"""

_OUTPUTS: Final = ("table", "json", "yaml")
#: Seconds that a command may take for one answer.
_PATIENCE: Final = 10.0


@final
@frozen
class _Settings:
    """The options of the command, name by name.

    Attributes:
        arguments: The task and the answer, or a command to start.
        platforms: Files of those that were asked.
        bookings: A file of what is booked there beside what they say themselves.
        now: When they were asked.
        client: Who asked them, if that matters.
        rules: What is judged by: names and levels; none: everything.
        output, color, ascii_only: How verdicts are shown.
        is_list: Whether the rules are wanted and no verdict.
        is_stdio: Whether lines are read, or a command is spoken to.
        examples: How many random histories a command is put through.
        timeout: Seconds that a command may take for each answer.
    """

    arguments: tuple[str, ...]
    platforms: tuple[str, ...]
    bookings: str | None
    now: int
    client: str | None
    rules: tuple[str, ...]
    output: str
    color: str
    ascii_only: bool
    is_list: bool
    is_stdio: bool
    examples: int
    timeout: float

    @property
    def look(self) -> Look:
        """How what is for people is dressed."""
        return look_of(sys.stdout, self.color, ascii_only=self.ascii_only)


def _split(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for text in texts for name in text.split(","))))


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of rules and levels, behind those that are there."""
    from execbroker.testing.rules import ANSWER_RULES, HISTORY_RULES, Level  # only shells ask

    before, comma, begun = incomplete.rpartition(",")
    rules = [rule.name for rule in ANSWER_RULES] + [rule.name for rule in HISTORY_RULES]
    names = [*(level.value for level in Level), *rules]
    return [f"{before}{comma}{name}" for name in names if name.startswith(begun)]


@click.command(epilog=_EPILOG, short_help="Judge an answer, or a planner or broker in any language.")
@click.argument("arguments", metavar="[TASK ANSWER | COMMAND...]", type=FILE, nargs=-1)
@click.option(
    "--platform", "platforms", metavar="FILE", type=FILE, multiple=True, help="A platform that was asked."
)
@click.option(
    "--bookings", metavar="FILE", type=FILE, help="What is booked there, beside what the platform's file has."
)
@click.option(
    "--now",
    metavar="INSTANT",
    callback=read_now,
    help="When it was asked, such as 2023-05-09T12:00:00Z. Without it, the clock is read.",
)
@click.option("--client", metavar="NAME", help="Who asked, where a platform's policy is about that.")
@click.option(
    "--rules",
    metavar="NAME[,NAME...]",
    multiple=True,
    callback=_split,
    shell_complete=_complete,
    help="Judge by these rules only, or by those of a level: must, should, quality.",
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(_OUTPUTS),
    default="table",
    show_default=True,
    help="The form of the verdict, and of the list of rules.",
)
@click.option("--list", "is_list", is_flag=True, help="Print the rules, and what no rule checks and why.")
@click.option("--stdio", "is_stdio", is_flag=True, help="Judge what is on lines, or what a command answers.")
@click.option(
    "--examples",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    help="Put the command through N random histories, too; this needs Hypothesis.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=_PATIENCE,
    show_default=True,
    help="How long the command may take for one answer.",
)
@dress
def judge(**options: Any) -> None:
    """Say whether ANSWER is one that the platforms may give to TASK (files; - is the standard input).

    An answer is judged by rules on what is offered, promised and told; each has a name, a level and the clause that
    it comes from. What there is too much of to try everything is not judged, and said.
    """
    click.get_current_context().exit(_judge(_Settings(**options)))


def _judge(settings: _Settings) -> Status:
    from execbroker.testing.wire.judging import choose  # help needs no rules

    try:
        rules = choose(settings.rules)
    except LookupError as error:
        raise click.BadParameter(str(error.args[0]), param_hint="--rules") from error
    if settings.is_list:
        return _list(settings, rules)
    if settings.is_stdio:
        return _speak(settings, rules)
    if settings.examples:
        raise click.UsageError("--examples goes with --stdio and a command")
    if len(settings.arguments) != 2:
        raise click.UsageError("a task and an answer to it are wanted, in this order")
    if not settings.platforms:
        raise click.UsageError("--platform is missing: who was asked?")
    return _judge_answer(settings, rules)


def _list(settings: _Settings, rules: Rules) -> Status:
    from execbroker.cli.reports.verdicts import LISTS, RuleList
    from execbroker.testing.rules import UNCHECKED

    if settings.arguments:
        raise click.UsageError("--list judges nothing; leave the files out")
    listed = RuleList((*rules.answers, *rules.histories), () if settings.rules else UNCHECKED)
    text = LISTS[settings.output](listed, settings.look)
    write_output(text, is_document=settings.output != "table")
    return Status.YES


def _speak(settings: _Settings, rules: Rules) -> Status:
    if settings.platforms or settings.bookings:
        raise click.UsageError("with --stdio, the platforms are on the lines or in the corpus")
    if settings.client is not None:
        raise click.UsageError("with --stdio, who asks is said beside what is asked; leave --client out")
    if click.get_current_context().get_parameter_source("now") is not ParameterSource.DEFAULT:
        raise click.UsageError("with --stdio, what is judged says itself when it was asked; leave --now out")
    if settings.arguments:
        from execbroker.cli.judged_commands import judge_command

        return judge_command(settings.arguments, rules, settings.examples, settings.timeout)
    if settings.examples:
        raise click.UsageError("--examples goes with a command")
    from execbroker.cli.judged_lines import judge_lines

    return judge_lines(rules)


def _judge_answer(settings: _Settings, rules: Rules) -> Status:
    from execbroker.cli.reports.verdicts import FORMS, Judged
    from execbroker.testing.wire.verdicts import Verdict

    task_path, answer_path = settings.arguments
    once([*settings.arguments, *settings.platforms, *([settings.bookings] if settings.bookings else [])])
    faults = Faults(look_of(sys.stderr, settings.color, ascii_only=settings.ascii_only))
    platforms, status = _platforms(settings, faults)
    resources = frozenset[str]().union(*(platform.resources for platform in platforms))
    task, task_status = faults.read(task_path, partial(_read_task, resources))
    answer, answer_status = faults.read(answer_path, read_answer)
    faults.finish()
    status = max(status, task_status, answer_status)
    if status is not Status.YES or task.value is None or answer.value is None:
        return status
    violations, unjudged = _violations(settings, rules, platforms, task.value, answer.value)
    verdict = Verdict(tuple(violations), tuple(faults.problems), unjudged)
    judged = Judged(name_of(answer_path), verdict, len(rules.answers))
    text = FORMS[settings.output](judged, settings.look)
    write_output(text, is_document=settings.output != "table")
    return Status.NO if violations else Status.YES


def _platforms(settings: _Settings, faults: Faults) -> tuple[tuple[Platform, ...], Status]:
    """The platforms with all that is booked there."""
    files, status = read_platforms(settings.platforms, faults)
    platforms = tuple(file.platform for file in files)
    if settings.bookings is None or not platforms:
        return platforms, status
    if len(settings.platforms) > 1:
        raise click.UsageError("--bookings goes with one platform: whose bookings would they be?")
    (platform,) = platforms
    bookings, read = faults.read(
        settings.bookings, lambda source, name: read_bookings(source, name, platform)
    )
    return (evolve(platform, bookings=(*platform.bookings, *(bookings.value or ()))),), max(status, read)


def _read_task(resources: frozenset[str], source: bytes, name: str) -> Reading[Task | str]:
    """The task of a file; of one in a language that nobody here knows, the message that says so."""
    reading = read_task(source, name, resources)
    if reading.value is not None or not is_unknown_language(reading):
        return Reading(reading.value, reading.problems)
    return Reading(reading.problems[0].message)


def _violations(
    settings: _Settings, rules: Rules, platforms: tuple[Platform, ...], task: Task | str, answer: Answer
) -> tuple[list[Violation], tuple[str, ...]]:
    """All that is wrong with the answer, and the names of the rules that the platforms are too large for."""
    from execbroker.testing.wire.judging import Court, of_unknown_language
    from execbroker.testing.worlds import World

    if isinstance(task, str):
        return [*of_unknown_language(answer, task)], ()
    court = Court(rules)
    violations = court.of_answer(World(task, platforms, settings.now, settings.client), answer)
    return violations, court.unjudged
