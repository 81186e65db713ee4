"""Every row of a table is reached: by a word that its argument can be, by a number, and `else` by what no row takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.expression.tree import Aggregate, Compare, Constant, Logic, Not, Table, children
from zhunsheng.expression.types import Type
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.places import binders_of, formulas
from zhunsheng.ruleset.check.settled import Settled
from zhunsheng.ruleset.check.truths import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.check import Binder
    from zhunsheng.expression.tree import Node, Row, Span
    from zhunsheng.problem import Place
    from zhunsheng.ruleset.overlay import Path
    from zhunsheng.ruleset.policy import Ruleset


def rows_reached(ruleset: Ruleset) -> Iterator[Problem]:
    """No row stands for what its argument never is, no word has two rows, and `else` is left something."""
    settled = Settled(ruleset)
    for path, node in formulas(ruleset):
        for table, binders in _tables(settled, node, binders_of(ruleset, path)):
            yield from _of_table(settled, path, table, binders)


def _tables(settled: Settled, node: Node, binders: tuple[Binder, ...]) -> Iterator[tuple[Table, tuple[Binder, ...]]]:
    if isinstance(node, Table):
        yield node, binders
    if isinstance(node, Aggregate):
        binders = settled.inside(node, binders)
    for part in children(node):
        yield from _tables(settled, part, binders)


def _of_table(settled: Settled, path: Path, table: Table, binders: tuple[Binder, ...]) -> Iterator[Problem]:
    if settled.roots(table.argument) == frozenset():  # a parameter: which row it takes is the policy's choice
        return
    found: dict[object, Row] = {}
    for row in table.rows:
        if not Condition(settled, _holds(table, row), binders).may(True):
            yield _unreached(settled, path, row.span, "expected")
        word = _word(row)
        if word is not None and word in found:
            place = _place(settled, path, row.span)
            first = (_place(settled, path, found[word].span), say("see-first"))
            yield Problem(place, "table-overlap", say("table-overlap.word", word=word), related=(first,))
        found.setdefault(word, row)
    if table.otherwise is not None:
        none = Not(Logic("or", tuple(_holds(table, row) for row in table.rows), type=Type.TRUTH), type=Type.TRUTH)
        if not Condition(settled, none, binders).may(True):
            yield _unreached(settled, path, table.otherwise.span, "else")


def _holds(table: Table, row: Row) -> Node:
    """The condition that a row stands for."""
    compared = tuple(Compare(sign, table.argument, bound, row.span, Type.TRUTH) for sign, bound in row.conditions)
    return compared[0] if len(compared) == 1 else Logic("and", compared, row.span, Type.TRUTH)


def _word(row: Row) -> str | None:
    """The one word that a row stands for."""
    match row.conditions:
        case (("=", Constant(value=str() as word)),):
            return word
        case _:
            return None


def _unreached(settled: Settled, path: Path, span: Span, why: str) -> Problem:
    expected, hint = say(f"row-unreached.{why}"), say("row-unreached.hint")
    return Problem(_place(settled, path, span), "row-unreached", expected, hint=hint, severity="warning")


def _place(settled: Settled, path: Path, span: Span) -> Place:
    return settled.ruleset.merged.place_in(path, span.start, span.end - span.start)
