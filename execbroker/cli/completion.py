"""`execbroker completion`: what makes a shell complete commands, options and files."""

from __future__ import annotations

import click

from execbroker.cli.streams import write_output

__all__ = ["completion"]

_EPILOG = """\b
Put this into the shell's start-up file:
  bash   eval "$(execbroker completion bash)"
  zsh    eval "$(execbroker completion zsh)"
  fish   execbroker completion fish | source
"""


@click.command(epilog=_EPILOG, short_help="Print the script that teaches a shell to complete.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that teaches a SHELL to complete this program's arguments."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    program = found(_program(), {}, "execbroker", "_EXECBROKER_COMPLETE")
    write_output(program.source_template % program.source_vars())
    write_output("\n")


def _program() -> click.Command:
    return click.get_current_context().find_root().command
