"""The operations on functions of one input: on gaps, where a form may have to be cut; on points, as on values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast, final

from zhunsheng.expression.exact import LARGEST_BITS, is_too_large, join
from zhunsheng.expression.pieces import forms, limits
from zhunsheng.expression.pieces.cuts import ascending, roots_between
from zhunsheng.expression.pieces.forms import Form, Gap, Moebius, Order, Split
from zhunsheng.expression.pieces.limits import Infinite
from zhunsheng.expression.pieces.parts import (
    FIRST_DAY,
    LAST_DAY,
    Figure,
    Operator,
    Part,
    Which,
    calculated,
    combine,
    figured,
    only,
    outermost,
    then,
    verdict,
)
from zhunsheng.expression.pieces.polynomials import blend, times
from zhunsheng.expression.tree import Absent, Value
from zhunsheng.number import round_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.expression.pieces.line import Cell
    from zhunsheng.expression.tree import Comparator
    from zhunsheng.number import Rounding

MOST_COEFFICIENTS: Final = 40
"""Of numerator and denominator together; policies have three or four, a quantity squared six times sixty-six."""
_ZERO: Final = Fraction(0)
_ONE: Final = Fraction(1)
_SIGNS: Final[tuple[tuple[Order, Fraction], ...]] = ((">", _ZERO), ("<", _ZERO))


@final
@dataclass(slots=True)
class Algebra:
    """The operations, with the number of steps a staircase may have on a gap before it is undecided."""

    limit: int = 50_000
    beyond: bool = False
    """Whether one had more, or a value or form grew beyond what can be computed with."""

    # Arithmetic

    def arithmetic(self, operator: Operator, a: Part, b: Part) -> Part:
        """The sum, difference, product or quotient."""
        return combine(
            (a, b),
            lambda x, y: cast("Value", self.within_limits(calculated(operator, x, y))),
            lambda gap, cells: self.calculate_on_gap(operator, gap, *cells),
        )

    def calculate_on_gap(self, operator: Operator, gap: Gap, a: Cell, b: Cell) -> Split[Cell]:
        """An operation of arithmetic on what stands on one gap."""
        split = self._calculated_on_gap(operator, gap, a, b)
        return Split(split.cuts, tuple(map(self.within_limits, split.cells)))

    def within_limits(self, cell: Cell) -> Cell:
        """What stands on a gap or a cut; undecided where it has grown beyond what can be computed with (`exact` refuses it)."""
        if isinstance(cell, Form):
            large = len(cell.top) + len(cell.bottom) > MOST_COEFFICIENTS or _bits(cell) > LARGEST_BITS
        else:
            large = isinstance(cell, Fraction) and is_too_large(cell)
        if not large:
            return cell
        self.beyond = True
        return Absent.UNDECIDED

    def _calculated_on_gap(self, operator: Operator, gap: Gap, a: Cell, b: Cell) -> Split[Cell]:
        if not (isinstance(a, Form) or isinstance(b, Form)):
            return only(calculated(operator, a, b))
        if isinstance(a, Absent) or isinstance(b, Absent):
            return only(join(*(each for each in (a, b) if isinstance(each, Absent))))
        if isinstance(a, dt.date):
            return self._days_on(operator, gap, a, cast("Form", b))
        if operator == "/":
            return self._divide(gap, a, b)
        if isinstance(a, Form) and isinstance(b, Form):
            return self._forms(operator, gap, a, b)
        form, constant = (a, b) if isinstance(a, Form) else (cast("Form", b), a)
        number = cast("Fraction", constant)
        if operator == "*":
            return only(forms.affine(form, number, _ZERO))
        if operator == "+":
            return only(forms.affine(form, _ONE, number))
        return only(forms.affine(form, _ONE, -number) if form is a else forms.affine(form, -_ONE, number))

    def _forms(self, operator: Operator, gap: Gap, a: Form, b: Form) -> Split[Cell]:
        """+, − or × of two forms."""
        if not a.stages and not b.stages:
            bottom = times(a.bottom, b.bottom)
            if operator == "*":
                return only(forms.fraction_of(times(a.top, b.top), bottom))
            turned = _ONE if operator == "+" else -_ONE
            if a.bottom == b.bottom:
                return only(forms.fraction_of(blend(_ONE, a.top, turned, b.top), a.bottom))
            return only(forms.fraction_of(blend(_ONE, times(a.top, b.bottom), turned, times(b.top, a.bottom)), bottom))
        tails = _tails(a, b)
        if tails is not None and operator != "*":
            stages, m, n = tails
            turned = _ONE if operator == "+" else -_ONE
            by = Moebius(m.a + turned * n.a, m.b + turned * n.b, m.c, m.d)
            return only(forms.moved(Form(a.top, a.bottom, stages), by))
        return self._written_out(operator, gap, a, b)

    def _divide(self, gap: Gap, a: Cell, b: Cell) -> Split[Cell]:
        if not isinstance(b, Form):
            number = cast("Fraction", b)
            return only(forms.affine(cast("Form", a), 1 / number, _ZERO) if number else Absent.UNDEFINED)
        tails = _tails(a, b) if isinstance(a, Form) and (a.stages or b.stages) else None
        if isinstance(a, Form) and (a.stages or b.stages) and tails is None:
            return self._written_out("/", gap, a, b)
        divisor = b

        def on_side(_: Gap, signs: tuple[bool, ...]) -> Split[Cell]:
            side = Fraction(signs[0] - signs[1])
            if not side:
                return only(Absent.UNDEFINED)
            if tails is not None:
                stages, m, n = tails
                by = Moebius(side * m.a, side * m.b, side * n.a, side * n.b)
                return only(forms.moved(Form(divisor.top, divisor.bottom, stages), by))
            if isinstance(a, Form):
                return only(forms.fraction_of(times(a.top, divisor.bottom), times(a.bottom, divisor.top)))
            return only(forms.moved(divisor, Moebius(_ZERO, side * cast("Fraction", a), side, _ZERO)))

        return then(gap, forms.tested(b, gap, _SIGNS), on_side)

    def _written_out(self, operator: Operator, gap: Gap, a: Form, b: Form) -> Split[Cell]:
        """An operation of two forms on different staircases: the one with fewer steps is written out, never both."""
        first = bool(a.stages)
        if a.stages and b.stages:
            counts = [limits.steps_at_most(each, gap) for each in (a, b)]
            first = counts[1] is None or (counts[0] is not None and counts[0] <= counts[1])
        split = limits.steps(a if first else b, gap, self.limit)
        if split is None:
            self.beyond = True
            return only(Absent.UNDECIDED)

        def on_step(part: Gap, step: Fraction) -> Split[Cell]:
            other = limits.settled(b if first else a, part)
            return self.calculate_on_gap(operator, part, *((step, other) if first else (other, step)))

        return then(gap, split, on_step)

    def _days_on(self, operator: Operator, gap: Gap, day: dt.date, days: Form) -> Split[Cell]:
        """A date some days on; it has a value only where the days are whole."""
        if days.stages:
            split = limits.steps(days, gap, self.limit)
            if split is not None:
                return Split(split.cuts, tuple(calculated(operator, day, each) for each in split.cells))
        else:
            turned = 1 if operator == "+" else -1
            ends = sorted(turned * (each - day.toordinal()) for each in (FIRST_DAY, LAST_DAY))
            low, high = _range(days, gap)
            least, most = (
                max(-(-low // 1), ends[0]) if low is not None else ends[0],
                min(high // 1, ends[1]) if high is not None else ends[1],
            )
            if most - least < self.limit:
                lines = (
                    blend(_ONE, days.top, -Fraction(each), days.bottom) for each in range(int(least), int(most) + 1)
                )
                cuts = ascending(root for line in lines for root in roots_between(line, *gap))
                return Split(tuple(cuts), (Absent.UNDEFINED,) * (len(cuts) + 1))
        self.beyond = True
        return only(Absent.UNDECIDED)

    def negative(self, a: Part) -> Part:
        """−a."""
        return self.arithmetic("*", a, -_ONE)

    def rounded(self, a: Part, rounding: Rounding) -> Part:
        """A declared rounding."""
        return combine(
            (a,),
            lambda value: round_once(value, rounding) if isinstance(value, Fraction) else value,
            lambda _, cells: only(forms.rounded(cast("Form", cells[0]), rounding)),
        )

    # Comparison and choice

    def compared(self, operator: Comparator, a: Part, b: Part) -> Part:
        """A comparison, as a truth."""
        return combine(
            (a, b), lambda x, y: verdict(operator, x, y), lambda gap, cells: self.compare_on_gap(operator, gap, *cells)
        )

    def compare_on_gap(self, operator: Comparator, gap: Gap, a: Cell, b: Cell) -> Split[Cell]:
        """A comparison of what stands on one gap."""
        if not (isinstance(a, Form) or isinstance(b, Form)):
            return only(verdict(operator, a, b))
        if isinstance(a, Absent) or isinstance(b, Absent):
            return only(join(*(each for each in (a, b) if isinstance(each, Absent))))
        if isinstance(a, Form) and isinstance(b, Form):
            return then(
                gap,
                self._forms("-", gap, a, b),
                lambda part, gained: self.compare_on_gap(operator, part, gained, _ZERO),
            )
        if not isinstance(a, Form):
            return self.compare_on_gap(_EXCHANGED[operator], gap, b, a)
        c = cast("Fraction", b)
        if operator in ("=", "!="):
            split = forms.tested(a, gap, ((">=", c), (">", c)))
            return Split(split.cuts, tuple((cell[0] and not cell[1]) is (operator == "=") for cell in split.cells))
        split = forms.tested(a, gap, ((cast("Order", operator), c),))
        return Split(split.cuts, tuple(cell[0] for cell in split.cells))

    def extreme(self, which: Which, parts: Sequence[Part]) -> Part:
        """The least or greatest of several; absent where one is."""
        found = parts[0]
        for each in parts[1:]:
            found = combine(
                (found, each),
                lambda x, y: outermost(which, (x, y)),
                lambda gap, cells: self._extreme(which, gap, *cells),
            )
        return found

    def _extreme(self, which: Which, gap: Gap, a: Cell, b: Cell) -> Split[Cell]:
        def choose(_: Gap, first: Cell) -> Split[Cell]:
            return only(first if isinstance(first, Absent) else a if first else b)

        # where the two are equal the form is taken: a cap makes a cut only where it alters the score
        either: Comparator = "<=" if isinstance(a, Form) else "<"
        return then(gap, self.compare_on_gap(either if which == "min" else _EXCHANGED[either], gap, a, b), choose)

    def of_those_standing(self, figure: Figure, conditions: Sequence[Part], values: Sequence[Part]) -> Part:
        """The least, greatest or middle of the values whose conditions hold; undefined where none does."""
        half = len(conditions)

        def on_point(*cells: Value) -> Value:
            found = _standing(cells, half)
            return found if isinstance(found, Absent) else figured(figure, found)

        def on_gap(gap: Gap, cells: Sequence[Cell]) -> Split[Cell]:
            found = _standing(cells, half)
            if isinstance(found, Absent):
                return only(found)
            return then(gap, self._ranked(gap, found), lambda part, ranked: self._figure(figure, part, ranked))

        return combine((*conditions, *values), on_point, on_gap)

    def _ranked(self, gap: Gap, cells: Sequence[Cell]) -> Split[Sequence[Cell]]:
        """Cells from the least up, the gap cut where their order changes; one that is absent stands alone."""
        split: Split[Sequence[Cell]] = Split((), (cells[:1],))
        for each in cells[1:]:
            split = then(gap, split, partial(self._inserted, each))
        return split

    def _inserted(self, cell: Cell, gap: Gap, ranked: Sequence[Cell]) -> Split[Sequence[Cell]]:
        if not ranked:
            return Split((), ((cell,),))

        def place(part: Gap, first: Cell) -> Split[Sequence[Cell]]:
            if isinstance(first, Absent):
                return Split((), ((first,),))
            if first:
                return Split((), ((cell, *ranked),))
            rest = self._inserted(cell, part, ranked[1:])
            return Split(rest.cuts, tuple((ranked[0], *each) for each in rest.cells))

        return then(gap, self.compare_on_gap("<=", gap, cell, ranked[0]), place)

    def _figure(self, figure: Figure, gap: Gap, ranked: Sequence[Cell]) -> Split[Cell]:
        absent = [each for each in ranked if isinstance(each, Absent)]
        if absent:
            return only(join(*absent))
        if figure != "median":
            return only(ranked[0 if figure == "min" else -1])
        middle = self.calculate_on_gap("+", gap, ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2])
        return then(gap, middle, lambda part, both: self.calculate_on_gap("/", part, both, Fraction(2)))

    def on_lines(self, a: Part, points: Sequence[tuple[Fraction, Fraction]]) -> Part:
        """Points joined by straight lines, flat outside."""

        def on_gap(gap: Gap, cells: Sequence[Cell]) -> Split[Cell]:
            form = cast("Form", cells[0])
            split = forms.tested(form, gap, [("<=", x) for x, _ in points])
            return then(gap, split, lambda _, below: only(_on_line(form, points, below)))

        return combine(
            (a,),
            lambda at: (
                at if isinstance(at, Absent) else cast("Value", _on_line(at, points, [at <= x for x, _ in points]))
            ),
            on_gap,
        )


def _bits(form: Form) -> int:
    """Bits of all that a form's base is written with."""
    return sum(each.numerator.bit_length() + each.denominator.bit_length() for each in (*form.top, *form.bottom))


def _standing(cells: Sequence[Any], half: int) -> Absent | Sequence[Any]:
    """The values whose conditions hold; the absence of one of them or of a condition; undefined where none holds."""
    conditions = cells[:half]
    values = [value for holds, value in zip(conditions, cells[half:], strict=True) if holds is True]
    absent = [each for each in (*conditions, *values) if isinstance(each, Absent)]
    return join(*absent) if absent else values or Absent.UNDEFINED


_EXCHANGED: Final[dict[Comparator, Comparator]] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _tails(a: Form, b: Form) -> tuple[tuple[forms.Stage, ...], Moebius, Moebius] | None:
    """The chain that two forms share up to their last m's, where these have the same denominator."""
    if a.top != b.top or a.bottom != b.bottom:
        return None
    (stages, m), (others, n) = forms.core(a), forms.core(b)
    return (stages, m, n) if stages == others and (m.c, m.d) == (n.c, n.d) else None


def _range(form: Form, gap: Gap) -> tuple[Fraction | None, Fraction | None]:
    """Between what numbers a form without stages stays; None for infinity."""
    ends = [
        limits.limit(form, end, side)
        for part in limits.sections(form, gap)
        for end, side in ((part.low, 1), (part.high, -1))
    ]
    finite = [each for each in ends if isinstance(each, Fraction)]
    low = None if Infinite.BELOW in ends else min(finite)
    return low, None if Infinite.ABOVE in ends else max(finite)


def _on_line(at: Cell, points: Sequence[tuple[Fraction, Fraction]], below: Sequence[bool]) -> Form | Fraction:
    """The value of the line on which an argument lies, told by which knots it does not exceed."""
    index = below.index(True) if True in below else len(points)
    if index in (0, len(points)):
        return points[0 if index == 0 else -1][1]
    (x0, y0), (x1, y1) = points[index - 1], points[index]
    slope = (y1 - y0) / (x1 - x0)
    offset = y0 - slope * x0
    return forms.affine(at, slope, offset) if isinstance(at, Form) else slope * cast("Fraction", at) + offset
