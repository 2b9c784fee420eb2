"""All mutants of a module, made by the operators of Cosmic Ray.

What changes is: another comparison or sum, a number one larger or smaller, `not` before a condition, a loop or a
decorator gone, and so on. What cannot make a difference is no mutant: a change of an annotation (they are never
evaluated) or of `@final`, what is no Python, and what another change makes, too.
"""

from __future__ import annotations

import ast
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Final

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests.mutation.mutant import Mutant, functions_of, source_of

__all__ = ["mutants_of"]

#: Tokens that are not seen.
_UNSEEN: Final = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT)


def mutants_of(module: str) -> Iterator[Mutant]:
    """All mutants of a module, in the same order each time."""
    source = source_of(module)
    functions, lines, tokens = functions_of(source), source.splitlines(), _tokens(source)
    seen = {_what_runs(source)}
    times: Counter[tuple[str, str, str]] = Counter()
    for mutated in _changed(source):
        running = _what_runs(mutated)
        if running is None or running in seen:
            continue
        seen.add(running)
        row, change = _difference(tokens, _tokens(mutated))
        place = functions[row - 1], lines[row - 1].strip(), change
        times[place] += 1
        number = f" ({times[place]})" if times[place] > 1 else ""
        yield Mutant(module, *place[:2], f"{change}{number}", mutated)


def _changed(source: str) -> Iterator[str]:
    """The source with each change that Cosmic Ray knows."""
    nodes = list(ast_nodes(get_ast(source)))
    for name in sorted(operator_names()):
        kind = get_operator(name)
        if kind.arguments():
            continue  # it must be told what to change
        places = sum(1 for node in nodes for _ in kind().mutation_positions(node))
        for place in range(places):
            yield mutate_code(source, kind(), place)


class _Runs(ast.NodeTransformer):
    """Leaves of a module what is evaluated."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = ast.Constant(None)
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.decorator_list = [each for each in node.decorator_list if ast.unparse(each) != "final"]
        self.generic_visit(node)
        return node


def _what_runs(source: str) -> str | None:
    """What a module evaluates, to be compared; None if it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError:
        return None
    return ast.dump(_Runs().visit(tree))


def _tokens(source: str) -> list[tokenize.TokenInfo]:
    tokens = tokenize.generate_tokens(StringIO(source).readline)
    return [token for token in tokens if token.type not in _UNSEEN]


def _difference(one: Sequence[tokenize.TokenInfo], other: Sequence[tokenize.TokenInfo]) -> tuple[int, str]:
    """The row where two sources begin to differ, and what became what."""
    first, last = 0, 1
    while one[first].string == other[first].string:
        first += 1
    while last <= min(len(one), len(other)) - first and one[-last].string == other[-last].string:
        last += 1
    was, became = (
        " ".join(token.string for token in tokens[first : len(tokens) - last + 1]) for tokens in (one, other)
    )
    return one[first].start[0], f"{was} → {became}".strip()
