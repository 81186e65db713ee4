"""Every number that a table is asked for has one row; a gap gives no value, an overlap none either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.expression.tree import Constant, Name, Round, Table, children
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.cells import faults, holding, is_decidable
from zhunsheng.ruleset.check.places import formulas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.expression.tree import Node, Row
    from zhunsheng.ruleset.check.cells import Cell
    from zhunsheng.ruleset.policy import Ruleset


def tables_partition(ruleset: Ruleset) -> Iterator[Problem]:
    """The rows of every table with number bounds meet without gap or overlap, after the argument's own rounding."""
    for path, node in formulas(ruleset):
        for table in _tables(node):
            if not is_decidable(table.rows):
                continue
            cells = holding(table.rows, _places(ruleset, table.argument))
            for cell, found in faults(cells, covered=table.otherwise is not None):
                rows = found or _beside(table.rows, cell)
                places = [
                    ruleset.merged.place_in(path, row.span.start, row.span.end - row.span.start) for row in rows[:2]
                ]
                written = cell.written(table.argument.type)
                if not found:
                    related = tuple((place, say("table-gap.beside")) for place in places[1:])
                    wanted = say("table-gap.expected", gap=written)
                    yield Problem(places[0], "table-gap", wanted, related=related, severity="warning")
                else:
                    yield Problem(places[0], "table-overlap", say("table-overlap.expected", overlap=written))


def _beside(rows: Sequence[Row], gap: Cell) -> list[Row]:
    """The rows that a gap lies between, the one below it first; whichever of them is the one to widen."""
    ends = [each for each in (gap.low, gap.high) if each is not None]
    found = [row for end in ends for row in rows if any(_value(bound) == end for _, bound in row.conditions)]
    return list({id(row): row for row in found}.values()) or list(rows)


def _value(bound: Node) -> object:
    return bound.value if isinstance(bound, Constant) else None


def _tables(node: Node) -> Iterator[Table]:
    if isinstance(node, Table):
        yield node
    for part in children(node):
        yield from _tables(part)


def _places(ruleset: Ruleset, argument: Node) -> int | None:
    """The places of what is rounded, a quantity or there and then; None for what may be any number."""
    if isinstance(argument, Round):
        return argument.rounding.places
    if not isinstance(argument, Name) or argument.reference is None:
        return None
    at = (argument.reference.scope, argument.reference.key)
    quantity = next((each for each in ruleset.quantities if (each.scope, each.name) == at), None)
    return quantity.roundings[-1].places if quantity is not None and quantity.roundings else None
