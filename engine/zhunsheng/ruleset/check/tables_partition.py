"""Every number that a table is asked for has one row; a gap gives no value, an overlap none either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.expression.tree import Name, Table, children
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.cells import faults, holding, is_decidable
from zhunsheng.ruleset.check.places import formulas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.policy import Ruleset


def tables_partition(ruleset: Ruleset) -> Iterator[Problem]:
    """The rows of every table with number bounds meet without gap or overlap, after the argument's own rounding."""
    for path, node in formulas(ruleset):
        for table in _tables(node):
            if not is_decidable(table.rows):
                continue
            cells = holding(table.rows, _places(ruleset, table.argument))
            for cell, found in faults(cells, covered=table.otherwise is not None):
                row = found[0] if found else table.rows[0]
                place = ruleset.merged.place_in(path, row.span.start, row.span.end - row.span.start)
                written = cell.written(table.argument.type)
                if not found:
                    yield Problem(place, "table-gap", say("table-gap.expected", gap=written), severity="warning")
                else:
                    yield Problem(place, "table-overlap", say("table-overlap.expected", overlap=written))


def _tables(node: Node) -> Iterator[Table]:
    if isinstance(node, Table):
        yield node
    for part in children(node):
        yield from _tables(part)


def _places(ruleset: Ruleset, argument: Node) -> int | None:
    """The places of a rounded quantity; None for what is not rounded, and may be any number."""
    if not isinstance(argument, Name) or argument.reference is None:
        return None
    at = (argument.reference.scope, argument.reference.key)
    quantity = next((each for each in ruleset.quantities if (each.scope, each.name) == at), None)
    return quantity.roundings[-1].places if quantity is not None and quantity.roundings else None
