"""The rooms of the library and what may come into each, held by reading the source and by importing it.

    core  <-  languages  <-  adapters  <-  service  <-  cli
      ^           ^
      +-----------+--  testing

An arrow points from a room to what it may import; `cli` may import everything, `testing` nothing of the search.
Imports inside functions and under `TYPE_CHECKING` count like all others.
"""

from __future__ import annotations

import ast
import builtins
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

import execbroker

ROOT: Final = Path(execbroker.__path__[0])

#: What each room may import of the library; "" is the root.
ARROWS: Final = {
    "": {"core"},
    "core": {"core"},
    "languages": {"core", "languages"},
    "adapters": {"core", "languages", "adapters"},
    "testing": {"core", "languages", "testing"},
    "service": {"core", "languages", "adapters", "service"},
    "cli": {"", "core", "languages", "adapters", "service", "testing", "cli"},
    "__main__": {"cli"},
}

#: Where each package from outside lives: the beginnings of module names. attrs is at home everywhere.
HOMES: Final = {
    "yaml": ("languages.",),
    "cattrs": ("languages.",),
    "dateutil": ("languages.",),
    "click": ("cli.",),
    "hypothesis": ("testing.strategies", "testing.machines", "testing.registration"),
    "pytest": ("testing.plugin",),
}

#: What the core may import of the standard library: nothing here reads a clock, a file or the environment, or draws
#: a random number. Zone data is the one thing that the core takes from outside.
PURE: Final = {
    "__future__", "abc", "base64", "bisect", "calendar", "collections", "copy", "datetime", "decimal", "difflib",
    "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "itertools", "json", "math", "numbers",
    "operator", "re", "statistics", "string", "textwrap", "types", "typing", "zoneinfo",
}  # fmt: skip

#: Functions and methods that would make the core impure.
IMPURE_CALLS: Final = {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"}
CLOCKS: Final = {"now", "utcnow", "today"}

#: Methods that change a list, a dict or a set.
MUTATORS: Final = {
    "add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault",
    "sort", "update",
}  # fmt: skip

#: What `testing` may know of the core: arithmetic, values and interfaces. The search is held against what is there,
#: and so nothing there may lean on it.
VALUES: Final = {
    "amounts", "answer", "durations", "instants", "interfaces", "lifecycle", "platform", "policy", "problems",
    "ranges", "session", "sizes", "spans", "task", "wallclock",
}  # fmt: skip

#: What `import execbroker` must not load: what only some users need, they load when they use it.
LAZY: Final = ("cattrs", "click", "dateutil", "yaml", "sqlite3", "xml", "hypothesis")

#: Endings of names that say how a thing is made and not what it is.
EMPTY_WORDS: Final = ("Impl", "Factory", "Manager", "Handler", "Helper", "Util", "Utils", "Base", "Context")

MODULE_LINES: Final = 500
FUNCTION_LINES: Final = 50
ROOT_NAMES: Final = 15


def name_of(path: Path) -> str:
    """The dotted name of a module below the package: `core.ranges`; "" for the root itself."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS: Final = {name_of(path): path for path in sorted(ROOT.rglob("*.py"))}
TREES: Final = {name: ast.parse(path.read_text("utf-8")) for name, path in PATHS.items()}


def full_name(name: str) -> str:
    """The name by which a module is imported."""
    return f"execbroker.{name}" if name else "execbroker"


def imported(name: str) -> Iterator[str]:
    """The absolute name of everything that a module imports, wherever in it; `from a import b` gives `a.b`."""
    package = full_name(name).split(".")
    if PATHS[name].name != "__init__.py":
        package.pop()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


@cache
def own_imports(name: str) -> frozenset[str]:
    """The modules of the library that a module imports, by their names below the package."""
    found = set()
    for target in imported(name):
        if target.split(".")[0] == "execbroker":
            below = target.removeprefix("execbroker").lstrip(".")
            found.add(below if below in PATHS else below.rpartition(".")[0])
    return frozenset(found - {name})


def room_of(name: str) -> str:
    """The room that a module is in."""
    return name.split(".")[0]


def everything_behind(name: str) -> set[str]:
    """All modules of the library that are loaded, at some time, because of one."""
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        for other in own_imports(ahead.pop()) - seen:
            seen.add(other)
            ahead.append(other)
    return seen


def core_reading_order() -> list[str]:
    """The modules of the core as its docstring tells one to read them."""
    text = ast.get_docstring(TREES["core"]) or ""
    return re.findall(r"`(\w+)`", text)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def fresh(code: str) -> str:
    """What a fresh interpreter prints that runs `code` and can import the library under test."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


each_module = pytest.mark.parametrize("name", PATHS)
each_core_module = pytest.mark.parametrize("name", [name for name in PATHS if room_of(name) == "core"])


class TestArrows:
    """Imports go where the table lets them."""

    @each_module
    def test_room(self, name: str) -> None:
        """A module imports only what its room may import."""
        allowed = ARROWS[room_of(name)]

        assert [other for other in own_imports(name) if room_of(other) not in allowed] == []

    def test_no_cycles(self) -> None:
        """No module is imported, even late, by something that it imports itself."""
        # A package's own `__init__` is left out: it runs before its modules, whoever asks for them.
        graph = {name: own_imports(name) for name in PATHS}
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            pytest.fail(f"a cycle: {' -> '.join(error.args[1])}")

        assert set(order) == set(PATHS)

    def test_core_reading_order_is_whole(self) -> None:
        """The core's docstring names every module of the core once."""
        modules = [name.removeprefix("core.") for name in PATHS if name.startswith("core.")]

        assert sorted(core_reading_order()) == sorted(modules)

    @each_core_module
    def test_core_reads_downwards(self, name: str) -> None:
        """Whoever reads the core in its order has already read what a module imports."""
        order = ["", *core_reading_order()]
        place = len(order) if name == "core" else order.index(name.removeprefix("core."))

        assert [
            other for other in own_imports(name) if other.removeprefix("core.") not in order[:place]
        ] == []

    @pytest.mark.parametrize("name", [name for name in PATHS if room_of(name) == "testing"])
    def test_the_definition_stands_alone(self, name: str) -> None:
        """Of the core, nothing in `testing` reaches more than values, not even by way of something else."""
        known = {
            other.removeprefix("core.") for other in everything_behind(name) if other.startswith("core.")
        }

        assert known - VALUES == set()


class TestHomes:
    """Packages from outside stay where they are at home."""

    @each_module
    def test_home(self, name: str) -> None:
        """Only the standard library, attrs, and what is at home in this module."""
        strangers = (
            {target.split(".")[0] for target in imported(name)}
            - sys.stdlib_module_names
            - {"execbroker", "attrs"}
        )

        assert [other for other in sorted(strangers) if not name.startswith(HOMES.get(other, ()))] == []


class TestPurity:
    """The core is pure: what it computes depends on its arguments alone."""

    @each_core_module
    def test_imports(self, name: str) -> None:
        """The core imports nothing that reads a clock, a file, the environment, or a source of randomness."""
        assert {target.split(".")[0] for target in imported(name)} - PURE - {"execbroker", "attrs"} == set()

    @each_core_module
    def test_calls(self, name: str) -> None:
        """The core opens no file, prints nothing and never asks what time it is."""
        called = [node.func for node in ast.walk(TREES[name]) if isinstance(node, ast.Call)]
        names = {node.id for node in called if isinstance(node, ast.Name)}
        methods = {node.attr for node in called if isinstance(node, ast.Attribute)}

        assert names & IMPURE_CALLS == set()
        assert methods & CLOCKS == set()

    @each_core_module
    def test_no_global_state(self, name: str) -> None:
        """No function of the core changes what belongs to its module."""
        assert list(changes_of_globals(TREES[name])) == []


def changes_of_globals(tree: ast.Module) -> Iterator[str]:
    """Where the functions of a module change one of its own variables."""
    own = {
        target.id
        for node in tree.body
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
        if isinstance(target, ast.Name)
    }
    for function in functions(tree):
        shared = own - bound_in(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield f"{function.name}: global {', '.join(node.names)}"
            elif (changed := changed_name(node)) in shared:
                yield f"{function.name}: changes {changed}"


def bound_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The names that a function binds itself: its arguments and what it assigns to."""
    arguments = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    stored = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return arguments | stored


def changed_name(node: ast.AST) -> str | None:
    """The variable whose content a node changes: `x[k] = …`, `del x[k]`, `x.a = …`, `x.append(…)`."""
    if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
        return node.value.id if isinstance(node.value, ast.Name) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
        return node.func.value.id if isinstance(node.func.value, ast.Name) else None
    return None


class TestStart:
    """What loading the library costs."""

    def test_import_is_light(self) -> None:
        """`import execbroker` loads nothing that only some of its users need, nor does using its names."""
        loaded = fresh("import sys\nfrom execbroker import *\nprint(*sys.modules)").split()

        assert {name.split(".")[0] for name in loaded} & set(LAZY) == set()
        assert "execbroker" in loaded

    def test_any_order(self) -> None:
        """Every module can be imported, in whatever order: there are no cycles, so the reverse shows it for all."""
        names = sorted((full_name(name) for name in PATHS if not name.endswith("__main__")), reverse=True)
        code = f"import importlib\nfor name in {names}:\n    print(importlib.import_module(name).__name__)"

        assert fresh(code).split() == names


class TestShape:
    """Sizes and names."""

    @each_module
    def test_module_is_short(self, name: str) -> None:
        """A module holds one idea, and that takes few lines."""
        assert len(PATHS[name].read_text("utf-8").splitlines()) <= MODULE_LINES

    @each_module
    def test_functions_are_short(self, name: str) -> None:
        """A function is seen whole; its decorators don't count."""
        lengths = {f.name: (f.end_lineno or f.lineno) - f.lineno + 1 for f in functions(TREES[name])}

        assert {f: lines for f, lines in lengths.items() if lines > FUNCTION_LINES} == {}

    @each_module
    def test_names_say_what(self, name: str) -> None:
        """No module, class or function is named for the way in which it is made."""
        words = [each.name for each in (*functions(TREES[name]), *classes(TREES[name]))] + name.split(".")
        endings = EMPTY_WORDS + tuple(f"_{word.lower()}" for word in EMPTY_WORDS)
        whole = {word.lower() for word in EMPTY_WORDS}

        assert [word for word in words if word.endswith(endings) or word.strip("_") in whole] == []

    @each_module
    def test_all_is_stated(self, name: str) -> None:
        """A module with public names lists them, and has each of them."""
        tree = TREES[name]
        defined = {node.name for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
        public = {each for each in defined if not each.startswith("_")}
        stated = stated_names(tree)

        assert public <= stated, "missing in __all__"

    def test_root_is_small(self) -> None:
        """The root offers few names, all from the core, and every one of them exists."""
        names = stated_names(TREES[""])

        assert len(names) <= ROOT_NAMES
        assert [name for name in names if not hasattr(execbroker, name)] == []


def classes(tree: ast.AST) -> Iterator[ast.ClassDef]:
    """Every class of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def stated_names(tree: ast.Module) -> set[str]:
    """What `__all__` lists."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


class TestDocumentation:
    """Every public name says what it is."""

    @each_module
    def test_docstrings(self, name: str) -> None:
        """The module, its public functions and classes, and their public methods have docstrings."""
        assert list(undocumented(TREES[name])) == []

    def test_every_test_says_what_it_holds(self) -> None:
        """Every test function and class has a docstring."""
        tests = Path(__file__).parent
        silent = [
            f"{path.relative_to(tests)}: {node.name}"
            for path in sorted(tests.rglob("test_*.py"))
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, (ast.FunctionDef, ast.ClassDef))
            and node.name.lower().startswith("test")
            and not ast.get_docstring(node)
        ]

        assert silent == []


def undocumented(tree: ast.Module) -> Iterator[str]:
    """The public names of a module that have no docstring."""
    if not ast.get_docstring(tree):
        yield "the module"
    for node in tree.body:
        if not isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        ) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (
                f"{node.name}.{method.name}"
                for method in node.body
                if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef))
                and not method.name.startswith("_")
                and not ast.get_docstring(method)
            )


def test_the_tables_are_in_use() -> None:
    """The tables of this file speak of rooms and builtins that there are."""
    assert {room_of(name) for name in PATHS} <= set(ARROWS)
    assert {name for name in IMPURE_CALLS if not hasattr(builtins, name)} == set()
