"""What pieces say of a table's rows, and of a figure that was printed rounded."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from zhunsheng.expression.pieces import forms
from zhunsheng.expression.pieces.cuts import order
from zhunsheng.expression.pieces.line import Cell, Pieces, Run, same
from zhunsheng.expression.tree import Arithmetic, Choice, Compare, Constant, Logic, Node, Table
from zhunsheng.expression.types import Type

if TYPE_CHECKING:
    from zhunsheng.expression.pieces.forms import Half
    from zhunsheng.number import Rounding

_ZERO = Fraction(0)
_ONE = Fraction(1)


def rows_that_hold(table: Table) -> Node:
    """How many rows of a table hold: an expression whose cells other than 1 are gaps (0) and overlaps (2 and more).

    The argument stands in it as the table uses it, rounded or not.
    """
    one, none = (Constant(value, Type.NUMBER, str(value)) for value in (_ONE, _ZERO))
    counted: list[Node] = [
        Choice(Logic("and", tuple(Compare(sign, table.argument, limit) for sign, limit in row.conditions)), one, none)
        for row in table.rows
    ]
    total = counted[0]
    for each in counted[1:]:
        total = Arithmetic("+", total, each)
    return total


def printed_as(value: Fraction, rounding: Rounding) -> Run:
    """Everything that is printed as `value` under a rounding: `0.8450` at 4 places says [0.84495, 0.84505).

    >>> from zhunsheng.number import Mode, Rounding
    >>> run = printed_as(Fraction("0.845"), Rounding(4, Mode.HALF_UP))
    >>> run.low == Fraction("0.84495"), run.high == Fraction("0.84505"), run.closed
    (True, True, (True, False))
    """
    low = cast("Half", forms.inverse((rounding,), ">=", value))
    high = cast("Half", forms.inverse((rounding,), "<=", value))
    return Run(low.at, high.at, (low.relation == ">=", high.relation == "<="), value)


def values_on(function: Pieces, run: Run) -> tuple[Cell, ...]:
    """What a function is on a run, each once: one value is certain, several cannot be told apart from the print."""
    found: list[Cell] = []
    for each in function.runs():
        if _meet(each, run) and not any(same(each.cell, one) for one in found):
            found.append(each.cell)
    return tuple(found)


def _meet(a: Run, b: Run) -> bool:
    """Whether two runs share a place."""
    for one, other in itertools.permutations((a, b)):
        if one.high is not None and other.low is not None:
            side = order(one.high, other.low)
            if side < 0 or (side == 0 and not (one.closed[1] and other.closed[0])):
                return False
    return True
