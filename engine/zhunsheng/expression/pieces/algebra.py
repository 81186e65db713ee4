"""Operations on functions of one input: on gaps, where a form may have to be cut; on points, as the evaluator has it.

Every operation brings its operands to common cuts, asks its gap rule on each gap and its point rule on each cut, and
joins what did not have to be cut. Absent values join by strength, whatever the order of the operands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, cast, final

from zhunsheng.expression.exact import COMPARISONS, join
from zhunsheng.expression.pieces import forms
from zhunsheng.expression.pieces.cuts import Cut, End, Root, ascending, order, roots_between
from zhunsheng.expression.pieces.forms import Form, Gap, Infinite, Moebius, Order, Split
from zhunsheng.expression.pieces.line import Cell, Pieces, joined, same, value_on, within
from zhunsheng.expression.pieces.polynomials import blend, times
from zhunsheng.expression.tree import Absent, Value

if TYPE_CHECKING:
    from zhunsheng.expression.tree import Comparator
    from zhunsheng.number import Rounding

Part = Value | Pieces
"""What an expression is in x: a constant, its value for a missing x included, or a function."""
Operator = Literal["+", "-", "*", "/"]
Which = Literal["min", "max"]
OnGap = Callable[[Gap, Sequence[Cell]], Split[Cell]]
OnPoint = Callable[..., Value]

_ZERO: Final = Fraction(0)
_ONE: Final = Fraction(1)
_SIGNS: Final[tuple[tuple[Order, Fraction], ...]] = ((">", _ZERO), ("<", _ZERO))
_FIRST_DAY, _LAST_DAY = dt.date.min.toordinal(), dt.date.max.toordinal()
_T = TypeVar("_T")


def combine(parts: Sequence[Part], on_point: OnPoint, on_gap: OnGap | None = None) -> Part:
    """One operation on several parts.

    Args:
        parts: the operands.
        on_point: the value of the operation on values.
        on_gap: what it is on a gap where an operand is a form; elsewhere it is what `on_point` says.
    """
    functions = [each for each in parts if isinstance(each, Pieces)]
    if not functions:
        return on_point(*parts)
    cuts = functions[0].cuts if len(functions) == 1 else _common_cuts(functions)
    rows = [_aligned(each, cuts) if isinstance(each, Pieces) else None for each in parts]
    ends: list[End] = []
    points: list[Value | None] = []
    gaps: list[Cell] = []
    for index, cut in enumerate(cuts):
        ends.append(cut)
        if isinstance(cut, Fraction):
            points.append(
                on_point(
                    *(
                        cast("Value", part if row is None else row[0][index])
                        for part, row in zip(parts, rows, strict=True)
                    )
                )
            )
        else:
            points.append(None)
        if index == len(cuts) - 1:
            break
        cells = [cast("Cell", part if row is None else row[1][index]) for part, row in zip(parts, rows, strict=True)]
        split = _on_gap(Gap(cut, cuts[index + 1]), cells, on_point, on_gap)
        ends += split.cuts
        points += [
            None if isinstance(each, Root) else on_point(*(value_on(cell, each) for cell in cells))
            for each in split.cuts
        ]
        gaps += split.cells
    blank = on_point(*(each.blank if isinstance(each, Pieces) else each for each in parts))
    return simplest(joined(ends, points, gaps, blank, beyond=any(each.beyond for each in functions)))


def _on_gap(gap: Gap, cells: Sequence[Cell], on_point: OnPoint, on_gap: OnGap | None) -> Split[Cell]:
    if on_gap is None or not any(isinstance(each, Form) for each in cells):
        return Split((), (on_point(*cells),))
    return on_gap(gap, cells)


def simplest(function: Pieces) -> Part:
    """The constant that a function is everywhere, for a missing x as well; else the function."""
    blank = function.blank
    if len(function.gaps) > 1 or not all(same(each, blank) for each in function.gaps):
        return function
    if all(each is None or same(each, blank) for each in function.points):
        return blank
    return function


def _common_cuts(functions: Iterable[Pieces]) -> tuple[End, ...]:
    first, *others = functions
    inner = [cast("Cut", cut) for each in (first, *others) for cut in each.cuts[1:-1]]
    if len(first.cuts) == 1:
        return first.cuts
    return (first.cuts[0], *ascending(inner), first.cuts[-1])


def _aligned(function: Pieces, cuts: tuple[End, ...]) -> tuple[list[Value | None], list[Cell]]:
    """The points and gaps of a function at cuts among which are its own."""
    if len(cuts) == len(function.cuts):
        return list(function.points), list(function.gaps)
    points: list[Value | None] = [function.points[0]]
    gaps: list[Cell] = []
    index = 0
    for cut in cuts[1:-1]:
        cell = function.gaps[index]
        gaps.append(cell)
        own = function.cuts[index + 1]
        if own is not None and order(own, cast("Cut", cut)) == 0:
            index += 1
            points.append(function.points[index])
        else:
            points.append(None if isinstance(cut, Root) else value_on(cell, cast("Fraction", cut)))
    return [*points, function.points[-1]], [*gaps, function.gaps[index]]


def chosen(selector: Part, pick: Callable[[Any], Part]) -> Part:
    """Where the selector has a value, the part that `pick` gives for it; where it has none, its absence.

    Only parts that are taken somewhere are asked for.
    """
    if not isinstance(selector, Pieces):
        return selector if isinstance(selector, Absent) else pick(selector)

    def branch(value: Cell) -> Part:
        return value if isinstance(value, Absent) else pick(value)

    cuts: list[End] = []
    points: list[Value | None] = []
    gaps: list[Cell] = []
    beyond = selector.beyond
    for index, cut in enumerate(selector.cuts):
        cuts.append(cut)
        point = selector.points[index]
        taken = None if point is None else branch(point)
        points.append(taken.at(cast("Fraction", cut)) if isinstance(taken, Pieces) else taken)
        if index == len(selector.gaps):
            break
        on_gap = branch(selector.gaps[index])
        if isinstance(on_gap, Pieces):
            inner = within(on_gap, Gap(cut, selector.cuts[index + 1]))
            cuts += inner[0]
            points += inner[1]
            gaps += inner[2]
            beyond = beyond or on_gap.beyond
        else:
            gaps.append(on_gap)
    blank = branch(selector.blank)
    return simplest(joined(cuts, points, gaps, blank.blank if isinstance(blank, Pieces) else blank, beyond=beyond))


def then(gap: Gap, split: Split[_T], rule: Callable[[Gap, _T], Split[Cell]]) -> Split[Cell]:
    """A split whose parts are split further."""
    cuts: list[Cut] = []
    cells: list[Cell] = []
    for index, (part, cell) in enumerate(split.gaps(gap)):
        if index:
            cuts.append(split.cuts[index - 1])
        inner = rule(part, cell)
        cuts += inner.cuts
        cells += inner.cells
    return Split(tuple(cuts), tuple(cells))


def only(cell: Cell) -> Split[Cell]:
    """A gap that needs no cut."""
    return Split((), (cell,))


@final
@dataclass(slots=True)
class Algebra:
    """The operations, with the number of steps a staircase may have on a gap before it is undecided."""

    limit: int = 50_000
    beyond: bool = False
    """Whether one had more."""

    # Arithmetic

    def arithmetic(self, operator: Operator, a: Part, b: Part) -> Part:
        """a + b, a − b, a × b, a ÷ b."""
        return combine(
            (a, b), lambda x, y: calculated(operator, x, y), lambda gap, cells: self._calculate(operator, gap, *cells)
        )

    def _calculate(self, operator: Operator, gap: Gap, a: Cell, b: Cell) -> Split[Cell]:
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
            counts = [forms.steps_at_most(each, gap) for each in (a, b)]
            first = counts[1] is None or (counts[0] is not None and counts[0] <= counts[1])
        split = forms.steps(a if first else b, gap, self.limit)
        if split is None:
            self.beyond = True
            return only(Absent.UNDECIDED)

        def on_step(part: Gap, step: Fraction) -> Split[Cell]:
            other = forms.settled(b if first else a, part)
            return self._calculate(operator, part, *((step, other) if first else (other, step)))

        return then(gap, split, on_step)

    def _days_on(self, operator: Operator, gap: Gap, day: dt.date, days: Form) -> Split[Cell]:
        """A date some days on; it has a value only where the days are whole."""
        if days.stages:
            split = forms.steps(days, gap, self.limit)
            if split is not None:
                return Split(split.cuts, tuple(calculated(operator, day, each) for each in split.cells))
        else:
            turned = 1 if operator == "+" else -1
            ends = sorted(turned * (each - day.toordinal()) for each in (_FIRST_DAY, _LAST_DAY))
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
            lambda value: value if isinstance(value, Absent) else forms.round_once(value, rounding),
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

        return then(gap, self.compare_on_gap("<=" if which == "min" else ">=", gap, a, b), choose)

    def standing_extreme(self, which: Which, conditions: Sequence[Part], values: Sequence[Part]) -> Part:
        """The least or greatest of the values whose conditions hold; undefined where none does."""
        half = len(conditions)

        def on_point(*all_: Value) -> Value:
            return _counted(all_, half, lambda taken: outermost(which, taken))

        def on_gap(gap: Gap, cells: Sequence[Cell]) -> Split[Cell]:
            found = _counted(cells, half, lambda taken: _Several(taken))
            return only(found) if not isinstance(found, _Several) else self._outermost(which, gap, found.cells)

        return combine((*conditions, *values), on_point, on_gap)

    def _outermost(self, which: Which, gap: Gap, cells: Sequence[Cell]) -> Split[Cell]:
        split: Split[Cell] = only(cells[0])
        for each in cells[1:]:
            split = then(gap, split, lambda part, found, each=each: self._extreme(which, part, found, each))  # type: ignore[misc]
        return split

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


@dataclass(frozen=True, slots=True)
class _Several:
    cells: Sequence[Cell]


def _counted(cells: Sequence[Any], half: int, figure: Callable[[Sequence[Any]], Any]) -> Any:
    """A figure over the values whose conditions hold: undefined of none, absent where one of them or a condition is."""
    standing = cells[:half]
    values = [value for holds, value in zip(standing, cells[half:], strict=True) if holds is True]
    absent = [each for each in (*standing, *values) if isinstance(each, Absent)]
    if absent:
        return join(*absent)
    return figure(values) if values else Absent.UNDEFINED


_EXCHANGED: Final[dict[Comparator, Comparator]] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _tails(a: Form, b: Form) -> tuple[tuple[forms.Stage, ...], Moebius, Moebius] | None:
    """The chain that two forms share up to their last m's, where these have the same denominator."""
    if a.top != b.top or a.bottom != b.bottom:
        return None
    (stages, m), (others, n) = forms.core(a), forms.core(b)
    return (stages, m, n) if stages == others and (m.c, m.d) == (n.c, n.d) else None


def _range(form: Form, gap: Gap) -> tuple[Fraction | None, Fraction | None]:
    """Between what numbers a form without stages stays; None for infinity."""
    limits = [
        limit
        for part in forms.sections(form, gap)
        for limit in (forms.limit(form, part.low, 1), forms.limit(form, part.high, -1))
    ]
    finite = [each for each in limits if isinstance(each, Fraction)]
    low = None if Infinite.BELOW in limits else min(finite)
    return low, None if Infinite.ABOVE in limits else max(finite)


def _on_line(at: Cell, points: Sequence[tuple[Fraction, Fraction]], below: Sequence[bool]) -> Form | Fraction:
    """The value of the line on which an argument lies, told by which knots it does not exceed."""
    index = below.index(True) if True in below else len(points)
    if index in (0, len(points)):
        return points[0 if index == 0 else -1][1]
    (x0, y0), (x1, y1) = points[index - 1], points[index]
    slope = (y1 - y0) / (x1 - x0)
    offset = y0 - slope * x0
    return forms.affine(at, slope, offset) if isinstance(at, Form) else slope * cast("Fraction", at) + offset


# On values


def calculated(operator: Operator, a: Any, b: Any) -> Value:
    """An operation of arithmetic on values."""
    if isinstance(a, Absent) or isinstance(b, Absent):
        return join(a, b)
    if operator == "*":
        return cast("Value", a * b)
    if operator == "/":
        return a / b if b else Absent.UNDEFINED
    if not isinstance(a, dt.date):
        return cast("Value", a + b if operator == "+" else a - b)
    if isinstance(b, dt.date):
        return Fraction((a - b).days)
    days = b if operator == "+" else -b
    ordinal = a.toordinal() + days
    if days.denominator != 1 or not _FIRST_DAY <= ordinal <= _LAST_DAY:
        return Absent.UNDEFINED
    return dt.date.fromordinal(int(ordinal))


def verdict(operator: Comparator, a: Any, b: Any) -> Value:
    """A comparison of values."""
    return join(a, b) if isinstance(a, Absent) or isinstance(b, Absent) else COMPARISONS[operator](a, b)


def outermost(which: Which, values: Sequence[Any]) -> Value:
    """The least or greatest of values; absent where one is."""
    absent = [each for each in values if isinstance(each, Absent)]
    return join(*absent) if absent else cast("Value", min(values) if which == "min" else max(values))
