"""A function of one input as a whole: cuts, what stands exactly on each, and what stands on the gaps between.

Point cells and open gaps, no side flags: a closed side is a point that agrees with its neighbour. Sides appear only
when equal neighbours are joined into runs, for people.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any, NamedTuple, final

from zhunsheng.expression.pieces import forms
from zhunsheng.expression.pieces.cuts import Cut, End, Root, order, sign_at
from zhunsheng.expression.pieces.forms import Form, Gap
from zhunsheng.expression.pieces.limits import steps
from zhunsheng.expression.tree import Absent, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Cell = Value | Form
"""What stands on a gap: a value, or a form in x."""


class Run(NamedTuple):
    """An interval with its sides and what stands on all of it."""

    low: End
    high: End
    closed: tuple[bool, bool]
    cell: Cell

    def holds(self, x: Fraction) -> bool:
        """Whether x lies in the run."""
        below = -1 if self.low is None else order(self.low, x)
        above = -1 if self.high is None else order(x, self.high)
        return (below < 0 or (below == 0 and self.closed[0])) and (above < 0 or (above == 0 and self.closed[1]))


@final
@dataclass(frozen=True, slots=True)
class Pieces:
    """A function of x on a closed domain, an end of which may be infinite.

    Attributes:
        cuts: the ends of the domain and, between them, where something changes.
        points: the value exactly on each cut; None on an irrational cut and at an infinite end.
        gaps: what stands on the open intervals between the cuts.
        blank: the value when x is missing; that is no place on the line.
        beyond: whether a staircase had more steps than allowed; where it was needed, the cell is `UNDECIDED`.
    """

    cuts: tuple[End, ...]
    points: tuple[Value | None, ...]
    gaps: tuple[Cell, ...]
    blank: Value
    beyond: bool = False

    def at(self, x: Fraction) -> Value:
        """The value at x.

        Raises:
            ValueError: x lies outside the domain.
        """
        low, high = self.cuts[0], self.cuts[-1]
        if (low is not None and order(x, low) < 0) or (high is not None and order(x, high) > 0):
            message = f"{x} lies outside the domain"
            raise ValueError(message)
        first, last = int(low is None), len(self.cuts) - (high is None)
        index = bisect_left(self.cuts, _KEY(x), first, last, key=_KEY)
        if index < last and self.cuts[index] == x:
            found = self.points[index]
            assert found is not None
            return found
        return value_on(self.gaps[index - 1], x)

    def parts(self) -> Iterable[tuple[Gap, Cell]]:
        """Each gap with what stands on it."""
        for index, cell in enumerate(self.gaps):
            yield Gap(self.cuts[index], self.cuts[index + 1]), cell

    def runs(self) -> tuple[Run, ...]:
        """The function as intervals with sides; a point that both neighbours give goes to the lower one.

        >>> one, two = Fraction(1), Fraction(2)
        >>> [run.closed for run in Pieces((one, two), (one, Absent.UNDEFINED), (one,), one).runs()]
        [(True, False), (True, True)]
        """
        found: list[Run] = []
        last = len(self.cuts) - 1
        for index, cut in enumerate(self.cuts):
            point, opens = self.points[index], False
            if isinstance(cut, Fraction) and point is not None:
                if index > 0 and _agrees(self.gaps[index - 1], cut, point):
                    found[-1] = found[-1]._replace(closed=(found[-1].closed[0], True))
                elif index < last and _agrees(self.gaps[index], cut, point):
                    opens = True
                else:
                    found.append(Run(cut, cut, (True, True), point))
            if index < last:
                found.append(Run(cut, self.cuts[index + 1], (opens, False), self.gaps[index]))
        return tuple(found)

    def written(self) -> str:
        """The function in words, a line a run, for people who look at it."""
        from zhunsheng.expression.pieces.written import written  # noqa: PLC0415  a face of this class

        return written(self)

    def expanded(self, limit: int = 50_000) -> Pieces:
        """The same function with every staircase written out; undecided where a gap has more steps than `limit`."""
        cuts: list[End] = [self.cuts[0]]
        points: list[Value | None] = [self.points[0]]
        gaps: list[Cell] = []
        beyond = self.beyond
        for index, (gap, cell) in enumerate(self.parts()):
            if isinstance(cell, Form) and cell.stages:
                split = steps(cell, gap, limit)
                if split is None:
                    beyond = True
                    gaps.append(Absent.UNDECIDED)
                else:
                    cuts += split.cuts
                    points += [None if isinstance(each, Root) else forms.at(cell, each) for each in split.cuts]
                    gaps += split.cells
            else:
                gaps.append(cell)
            cuts.append(self.cuts[index + 1])
            points.append(self.points[index + 1])
        return joined(cuts, points, gaps, self.blank, beyond=beyond)


_KEY: Callable[[Any], Any] = cmp_to_key(order)


def within(function: Pieces, gap: Gap) -> tuple[list[End], list[Value | None], list[Cell]]:
    """The part of a function on an open gap of its domain: inner cuts, their points, and the cells between."""
    cuts, last = function.cuts, len(function.cuts) - 1
    start = 1 if gap.low is None else bisect_right(cuts, _KEY(gap.low), 1, last, key=_KEY)
    end = last if gap.high is None else bisect_left(cuts, _KEY(gap.high), start, last, key=_KEY)
    return list(cuts[start:end]), list(function.points[start:end]), list(function.gaps[start - 1 : end])


def value_on(cell: Cell, x: Fraction) -> Value:
    """What a cell gives at a place where it holds."""
    return forms.at(cell, x) if isinstance(cell, Form) else cell


def same(a: Cell, b: Cell) -> bool:
    """Whether two cells are the same; a truth is no number, whatever Python says."""
    return a is b or (type(a) is type(b) and a == b)


def _agrees(cell: Cell, x: Fraction, point: Value) -> bool:
    """Whether a cell gives the value of a point beside it, all of its denominators intact."""
    if not isinstance(cell, Form):
        return same(cell, point)
    given = forms.gives(cell, x)
    return given is not None and same(given, point)


def _passes(cell: Cell, cut: Cut, point: Value | None) -> bool:
    """Whether a cell that stands on both sides of a cut stands on it too."""
    if isinstance(cut, Root):
        return not isinstance(cell, Form) or sign_at(cell.bottom, cut) != 0
    assert point is not None
    return _agrees(cell, cut, point)


def joined(
    cuts: Sequence[End], points: Sequence[Value | None], gaps: Sequence[Cell], blank: Value, *, beyond: bool = False
) -> Pieces:
    """Pieces in normal form: a cut goes where the same stands on both sides and passes through it."""
    if not gaps:
        return Pieces(tuple(cuts), tuple(points), (), blank, beyond)
    kept_cuts: list[End] = [cuts[0]]
    kept_points: list[Value | None] = [points[0]]
    kept: list[Cell] = [gaps[0]]
    for index in range(1, len(gaps)):
        cut, point, cell = cuts[index], points[index], gaps[index]
        assert cut is not None
        if not (same(kept[-1], cell) and _passes(cell, cut, point)):
            kept_cuts.append(cut)
            kept_points.append(point)
            kept.append(cell)
    return Pieces((*kept_cuts, cuts[-1]), (*kept_points, points[-1]), tuple(kept), blank, beyond)
