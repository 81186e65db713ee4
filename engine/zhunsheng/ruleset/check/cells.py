"""The cells into which the bounds of a table cut the line: its points, and the open stretches between them.

How many rows hold in a cell says whether the table partitions: none is a gap, more than one an overlap. A stretch in
which the argument has no value, since a rounding comes before the table, is no gap.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, cast

from zhunsheng.expression.exact import COMPARISONS
from zhunsheng.expression.tree import Constant
from zhunsheng.expression.words import shown
from zhunsheng.number import Mode, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from zhunsheng.expression.tree import Row
    from zhunsheng.expression.types import Type


class Cell(NamedTuple):
    """A point (both ends alike) or a stretch, open unless it says otherwise; an end of None is infinite."""

    low: Fraction | None
    high: Fraction | None
    closed: tuple[bool, bool] = (False, False)

    @property
    def is_point(self) -> bool:
        """Whether it is a single value."""
        return self.low is not None and self.low == self.high

    def sample(self) -> Fraction:
        """A value within."""
        if self.low is None:
            return Fraction(0) if self.high is None else self.high - 1
        if self.high is None:
            return self.low + 1
        return (self.low + self.high) / 2

    def holds_a_multiple(self, places: int | None) -> bool:
        """Whether a value with that many decimal places lies within."""
        if places is None or self.low is None or self.high is None:
            return True
        scale = Fraction(10) ** places
        if self.is_point:
            return (self.low * scale).denominator == 1
        return Fraction(whole(self.low * scale, Mode.FLOOR) + 1) / scale < self.high

    def written(self, type_: Type | None) -> str:
        """The cell as an interval.

        >>> Cell(Fraction(89), Fraction(90)).written(None), Cell(None, Fraction(0)).written(None)
        ('(89, 90)', '(−∞, 0)')
        """
        if self.is_point:
            return shown(cast("Fraction", self.low), type_)
        low = "−∞" if self.low is None else shown(self.low, type_)
        high = "+∞" if self.high is None else shown(self.high, type_)
        return f"{'[' if self.closed[0] else '('}{low}, {high}{']' if self.closed[1] else ')'}"

    def joined(self, after: Cell) -> Cell:
        """This cell and the one right after it as one stretch."""
        return Cell(self.low, after.high, (self.is_point or self.closed[0], after.is_point or after.closed[1]))


def is_decidable(rows: Sequence[Row]) -> bool:
    """Whether every bound is a number written in the ruleset, so that the cells can be told beforehand."""
    return all(
        isinstance(bound, Constant) and isinstance(bound.value, Fraction) for row in rows for _, bound in row.conditions
    )


def holding(
    rows: Sequence[Row], places: int | None, low: Fraction | None = None, high: Fraction | None = None
) -> Iterator[tuple[Cell, list[Row]]]:
    """Every cell between `low` and `high` that a value with `places` decimals can lie in, and the rows that hold there."""
    bounds = {cast("Fraction", cast("Constant", bound).value) for row in rows for _, bound in row.conditions}
    cuts = sorted(each for each in bounds | {low, high} - {None} if each is not None)
    inside = [each for each in cuts if (low is None or each >= low) and (high is None or each <= high)]
    ends: list[Fraction | None] = [*([None] if low is None else []), *inside, *([None] if high is None else [])]
    cells = [Cell(each, each) for each in inside] + [Cell(one, other) for one, other in pairwise(ends)]
    for cell in sorted(cells, key=lambda each: each.sample()):
        if cell.holds_a_multiple(places):
            at = cell.sample()
            yield cell, [row for row in rows if _holds(row, at)]


def faults(found: Iterable[tuple[Cell, list[Row]]], *, covered: bool) -> Iterator[tuple[Cell, list[Row]]]:
    """The gaps (unless `covered` by an `else`) and overlaps, neighbours of one kind joined."""
    pending: tuple[Cell, list[Row]] | None = None
    for cell, rows in found:
        wrong = len(rows) > 1 or (not rows and not covered)
        if wrong and pending is not None and pending[1] == rows:
            pending = (pending[0].joined(cell), rows)
            continue
        if pending is not None:
            yield pending
        pending = (cell, rows) if wrong else None
    if pending is not None:
        yield pending


def _holds(row: Row, at: Fraction) -> bool:
    return all(COMPARISONS[sign](at, cast("Constant", bound).value) for sign, bound in row.conditions)
