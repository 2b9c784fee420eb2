"""The program: its commands, and how it ends.

A command module is imported only when its command is called (or listed in the help), and no module imports what
only some calls need: most of the time that a small call takes is spent on imports.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Final, final

import click

from execbroker.cli.exits import EPILOG, Status
from execbroker.cli.streams import CannotWrite, abandon, say, write_output
from execbroker.core.problems import nearest

__all__ = ["COMMANDS", "cli", "main", "run"]

#: The commands: each is the function of its name in the module of its name.
COMMANDS: Final = (
    "offers",
    "accept",
    "reject",
    "run",
    "jobs",
    "validate",
    "convert",
    "judge",
    "schema",
    "completion",
)

_NAME: Final = "execbroker"
#: Set by the scripts of `execbroker completion` when a shell asks what could come next.
_COMPLETE: Final = "_EXECBROKER_COMPLETE"
#: Set to see where a fault of the program comes from.
_DEBUG: Final = "EXECBROKER_DEBUG"

#: New objects between two collections of garbage; Python's own 700 are many collections in a long batch, too.
_OBJECTS: Final = 50_000

_SETTINGS: Final[Mapping[str, list[str]]] = MappingProxyType({"help_option_names": ["-h", "--help"]})


@final
class _Commands(click.Group):
    """A group that imports its commands when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"execbroker.cli.{cmd_name}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments begin with, or wrong usage with the one that was likely meant."""
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            near = nearest(args[0], COMMANDS)
            ctx.fail(f"there is no command {args[0]!r}" + (f"; did you mean {near!r}?" if near else ""))
        return super().resolve_command(ctx, args)


def _tell_version(context: click.Context, parameter: click.Parameter, is_asked: bool) -> None:
    if not is_asked or context.resilient_parsing:
        return
    from importlib import metadata  # takes longer than a small task

    try:
        version = metadata.version(_NAME)
    except metadata.PackageNotFoundError:
        version = "of a source tree that is not installed"
    write_output(f"{_NAME} {version}\n")
    context.exit()


@click.group(cls=_Commands, context_settings=dict(_SETTINGS), epilog=EPILOG)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_tell_version,
    help="Show the version and exit.",
)  # fmt: skip
def cli() -> None:
    """Ask platforms whether they can run a task, when, and with how much."""


def main() -> None:
    """Run the program and end the process with its exit code; never with a traceback."""
    # Loading modules makes many objects and no garbage. Looking for some would take a sixth of a small call, most
    # of it when the interpreter ends.
    gc.set_threshold(_OBJECTS)
    status = run(sys.argv[1:])
    gc.freeze()
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run the program and return its exit code.

    Args:
        arguments: What follows the program's name on the command line.
    """
    try:
        return _invoke(arguments)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return Status.INTERRUPTED
    except BrokenPipeError:
        abandon(sys.stdout, sys.stderr)
        return Status.PIPE
    except OSError as error:
        # Commands catch their own, so this is help that could not be written, unless it names another file.
        abandon(sys.stdout)
        name = "<stdout>" if error.filename is None else os.fsdecode(error.filename)
        CannotWrite(name, error).show()
        return Status.INACCESSIBLE
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody is shown a traceback who didn't ask for it
        return _report(error)


def _invoke(arguments: Sequence[str]) -> int:
    """What click's own entry does, without its exit codes (it has 1 for a broken pipe) and its tracebacks."""
    instruction = os.environ.get(_COMPLETE)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(cli, {}, _NAME, _COMPLETE, instruction)
    with cli.make_context(_NAME, list(arguments)) as context:
        cli.invoke(context)
    return Status.YES


def _report(error: Exception) -> int:
    """Own up to a fault of the program, on one line."""
    if os.environ.get(_DEBUG):
        import traceback

        say("".join(traceback.format_exception(error)))
    what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    say(f"{_NAME}: internal error: {what}; please report it, with what {_DEBUG}=1 shows beside it\n")
    return Status.BUG


if __name__ == "__main__":
    main()
