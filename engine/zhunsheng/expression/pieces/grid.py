"""The multiples of 10⁻ᵖ, on which documents can stand: p is the precision of the input's cell in the form."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zhunsheng.expression.pieces.cuts import Root, floor_of, order

if TYPE_CHECKING:
    from zhunsheng.expression.pieces.cuts import Cut
    from zhunsheng.expression.pieces.line import Run


def at_or_below(cut: Cut, places: int) -> Fraction:
    """The last grid value that does not exceed a cut.

    >>> at_or_below(Fraction("1.239"), 2)
    Fraction(123, 100)
    """
    scale = Fraction(10) ** places
    return floor_of(cut, scale) / scale


def at_or_above(cut: Cut, places: int) -> Fraction:
    """The first grid value that is not below a cut."""
    scale = Fraction(10) ** places
    return (floor_of(cut, scale) + 1) / scale if isinstance(cut, Root) else -floor_of(-cut, scale) / scale


def below(cut: Cut, places: int) -> Fraction:
    """The last grid value below a cut."""
    found = at_or_below(cut, places)
    return found - Fraction(10) ** -places if found == cut else found


def above(cut: Cut, places: int) -> Fraction:
    """The first grid value above a cut."""
    found = at_or_above(cut, places)
    return found + Fraction(10) ** -places if found == cut else found


def first(run: Run, places: int) -> Fraction | None:
    """The smallest grid value of a run; None where it has none, or no smallest."""
    if run.low is None:
        return None
    found = at_or_above(run.low, places) if run.closed[0] else above(run.low, places)
    return found if run.holds(found) else None


def last(run: Run, places: int) -> Fraction | None:
    """The largest grid value of a run; None where it has none, or no largest."""
    if run.high is None:
        return None
    found = at_or_below(run.high, places) if run.closed[1] else below(run.high, places)
    return found if run.holds(found) else None


def some(run: Run, places: int) -> Fraction | None:
    """A grid value of a run, one of its ends if there is one; None where no document can stand in it."""
    if run.low is None and run.high is None:
        return Fraction(0)
    return first(run, places) if run.low is not None else last(run, places)


def nearest(run: Run, x: Fraction, side: int, places: int) -> Fraction | None:
    """The grid value of a run nearest to x among those above it (`side` 1) or below it (−1)."""
    if side > 0:
        found = above(x, places) if run.low is None or order(run.low, x) <= 0 else first(run, places)
    else:
        found = below(x, places) if run.high is None or order(run.high, x) >= 0 else last(run, places)
    return found if found is not None and run.holds(found) else None
