"""A module of the engine with one thing changed."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["PACKAGE", "Mutant", "functions_of", "source_of"]


def _package() -> Path:
    """Where the library is found; it is not loaded for that."""
    spec = find_spec("execbroker")
    if spec is None or not spec.submodule_search_locations:
        raise LookupError("the library is not to be found")
    return Path(spec.submodule_search_locations[0])


#: Where the library is.
PACKAGE: Final = _package()


class Mutant(NamedTuple):
    """A module with one thing changed.

    It is named by what a reader sees, not by a number: the function, the line as it stands there, and what becomes
    what. So a name outlives all changes elsewhere. It vanishes when its own line is changed, which is when one
    must think again about what was said of it.

    Attributes:
        module: Its name in the core.
        function: The innermost function around the change, with its class: `Archive.add`; "" for none.
        line: The line that is changed, as it stands, without its indentation.
        change: What becomes what; with a number, from the second time on that this happens to such a line there.
        source: The whole module.
    """

    module: str
    function: str
    line: str
    change: str
    source: str

    @property
    def name(self) -> str:
        """What tells it from all others."""
        where = ".".join(filter(None, (self.module, self.function)))
        return f"{where}: {self.line}  [{self.change}]"


def source_of(module: str) -> str:
    """The source of a module of the core as it is."""
    return (PACKAGE / "core" / f"{module}.py").read_text("utf-8")


def functions_of(source: str) -> Sequence[str]:
    """For each line the qualified name of the innermost function or class that it is in."""
    names = [""] * len(source.splitlines())

    def visit(node: ast.AST, outer: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                name = f"{outer}.{child.name}" if outer else child.name
                first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
                last = child.end_lineno or child.lineno
                names[first - 1 : last] = [name] * (last - first + 1)
                visit(child, name)
            else:
                visit(child, outer)

    visit(ast.parse(source), "")
    return names
