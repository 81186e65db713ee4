"""A function of one input in words: a line a run, with sides and formulas."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from zhunsheng.expression.pieces.cuts import Root, floor_of
from zhunsheng.expression.pieces.forms import Form
from zhunsheng.number import Rounding, write

if TYPE_CHECKING:
    from zhunsheng.expression.pieces.cuts import End
    from zhunsheng.expression.pieces.forms import Moebius
    from zhunsheng.expression.pieces.line import Cell, Pieces, Run
    from zhunsheng.expression.pieces.polynomials import Polynomial

_PLACES: Final = 6


def written(function: Pieces) -> str:
    """The runs of a function, one a line, and what it is where x is missing."""
    lines = [f"{interval(run)}: {cell_in_words(run.cell)}" for run in function.runs()]
    return "\n".join([*lines, f"missing: {cell_in_words(function.blank)}"])


def interval(run: Run) -> str:
    """An interval as it is printed: `[5999.5, 7999.5)`."""
    if run.closed == (True, True) and run.low == run.high:
        return f"{{{end_in_words(run.low, '')}}}"
    low, high = end_in_words(run.low, "-∞"), end_in_words(run.high, "∞")
    return f"{'[' if run.closed[0] else '('}{low}, {high}{']' if run.closed[1] else ')'}"


def end_in_words(end: End, infinite: str) -> str:
    """A cut as a number; an irrational one by its first decimals."""
    if end is None:
        return infinite
    if isinstance(end, Root):
        scale = Fraction(10) ** _PLACES
        return f"≈{write(Fraction(floor_of(end, scale)) / scale, _PLACES)}"
    return write(end)


def cell_in_words(cell: Cell) -> str:
    """A value, or a form as its base and stages."""
    if isinstance(cell, Form):
        stages = [str(each) if isinstance(each, Rounding) else _moebius(each) for each in cell.stages]
        bottom = "" if len(cell.bottom) == 1 else f" / ({_polynomial(cell.bottom)})"
        return "; ".join([f"({_polynomial(cell.top)}){bottom}", *stages])
    return write(cell) if isinstance(cell, Fraction) else str(cell)


def _polynomial(p: Polynomial) -> str:
    parts = [f"{write(each)}{('', '·x', f'·x^{degree}')[min(degree, 2)]}" for degree, each in enumerate(p) if each]
    return " + ".join(reversed(parts))


def _moebius(by: Moebius) -> str:
    """A stage m: `× 10`, `× -1 + 3`, or as the fraction it is."""
    if not by.c:
        return f"× {write(by.a)}{f' + {write(by.b)}' if by.b else ''}"
    return f"({write(by.a)}·u + {write(by.b)}) / ({write(by.c)}·u + {write(by.d)})"
