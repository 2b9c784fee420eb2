r"""Executables of the type `command`: a program of this machine, its arguments, its environment, its input.

    executable:
      type: command
      command: [python3, fringe.py, --depth, "4"]
      environment: {STAGE: calibration}
      stdin: "a text\n"
      network: {ports: [{access: true, internal: {port: 8080}, path: /lab}]}

`command` is the program and its arguments, each a text; it goes to the system as it is, no shell looks at it. A
program without a `/` is looked for in `PATH`. `environment` adds to the few variables that every command gets, and
may replace `PATH` and `LANG`, but none that says where things are. `stdin` is what the program reads; left out, it
reads nothing. `network` says which ports the program opens to users (`connections` shows them where); it is the
program that opens them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, final

from attrs import field, frozen

from execbroker.core.problems import Unreadable, nearest, quoted
from execbroker.core.task import Executable

__all__ = ["TYPE", "Command", "read_command"]

#: The type of the executables that are commands.
TYPE: Final = "command"

_KEYS: Final = ("command", "environment", "stdin", "network")
#: Variables that the runner sets begin so, and are not the client's.
_RESERVED: Final = "EXECBROKER_"
_OWN: Final = frozenset({"HOME", "PWD", "TMPDIR"})


@final
@frozen
class Command:
    """What is to be run.

    Attributes:
        arguments: The program and its arguments; at least the program.
        environment: Variables besides those that every command gets.
        stdin: What the program reads.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(factory=dict, hash=False)
    stdin: str | None = None


def read_command(executable: Executable | None) -> Command:
    """The command that a task's executable means.

    Raises:
        Unreadable: There is none, or it is no command that could be run.
    """
    if executable is None:
        raise Unreadable("executable-missing", "the task has no executable", "write `type: command` and one")
    if executable.type != TYPE:
        raise Unreadable(
            "executable-unsupported", f"executables of type {quoted(executable.type)} are not run here"
        )
    for key in executable.details:
        if key not in (*_KEYS, "type"):
            meant = nearest(key, _KEYS)
            raise Unreadable("unknown-key", f"a command has no {quoted(key)}", meant and f"write `{meant}`")
    stdin = executable.details.get("stdin")
    return Command(
        arguments=_arguments(executable.details.get("command")),
        environment=_environment(executable.details.get("environment")),
        stdin=None if stdin is None else _encodable("stdin", _text("stdin", stdin)),
    )


def _arguments(found: object) -> tuple[str, ...]:
    if not isinstance(found, (list, tuple)) or not found:
        raise Unreadable("command", "`command` lists no program", "write `command: [program, argument, …]`")
    arguments = tuple(_passable("command", each) for each in found)
    if not arguments[0]:
        raise Unreadable("command", "the program in `command` has no name")
    return arguments


def _environment(found: object) -> Mapping[str, str]:
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise Unreadable(
            "environment", "`environment` is not a mapping", "write `environment: {NAME: value}`"
        )
    variables = {}
    for key, value in found.items():
        name = _passable("environment", key)
        if not name or "=" in name:
            raise Unreadable("environment", f"{quoted(name)} is no name of a variable")
        if name.startswith(_RESERVED) or name in _OWN:
            raise Unreadable("environment", f"{quoted(name)} is set by the runner")
        variables[name] = _passable("environment", value)
    return variables


def _text(key: str, found: object) -> str:
    if not isinstance(found, str):
        # What a number looked like in the file is lost by now, and programs see characters.
        raise Unreadable(key, f"`{key}` holds {quoted(str(found))}, which is no text", "write it in quotes")
    return found


def _passable(key: str, found: object) -> str:
    """A text that the system can hand to a program."""
    text = _encodable(key, _text(key, found))
    if "\0" in text:
        raise Unreadable(key, f"`{key}` holds {quoted(text)}, in which a NUL would end it early")
    return text


def _encodable(key: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unreadable(key, f"`{key}` holds {quoted(text)}, which is not Unicode") from None
    return text
