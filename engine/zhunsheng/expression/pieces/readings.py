"""What the pieces of a score say: its bounds, its falls, where a truth holds, how far and how wrong, what differs.

A *truth* is pieces whose values are truths. A run without a grid value is one that no document can stand in; it is
reported as such, never as a fault.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, cast

from zhunsheng.expression.exact import join
from zhunsheng.expression.pieces import forms, grid, limits
from zhunsheng.expression.pieces.algebra import Algebra
from zhunsheng.expression.pieces.cuts import sample
from zhunsheng.expression.pieces.forms import Form, Gap, Split
from zhunsheng.expression.pieces.limits import Infinite, Limit
from zhunsheng.expression.pieces.line import Cell, Pieces, Run, same
from zhunsheng.expression.pieces.parts import Part, combine, decided, only
from zhunsheng.expression.tree import Absent, Value
from zhunsheng.number import Rounding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.expression.pieces.cuts import Cut, End
    from zhunsheng.expression.tree import Comparator

_ZERO: Final = Fraction(0)


# Functions of functions


def compared(operator: Comparator, a: Part, b: Part) -> Pieces:
    """A comparison of two functions of one domain, or of one with a value: a truth."""
    return _function(Algebra().compared(operator, a, b), a, b)


def outside(function: Pieces, low: Part, high: Part) -> Pieces:
    """Where a score leaves its bounds: `score < low or score > high`."""
    algebra = Algebra()
    parts = (algebra.compared("<", function, low), algebra.compared(">", function, high))
    return _function(decided(parts, deciding=True), function)


def _function(part: Part, *operands: Part) -> Pieces:
    """A part as a function on the domain of its operands."""
    if isinstance(part, Pieces):
        return part
    like = next(each for each in operands if isinstance(each, Pieces))
    ends = (like.cuts[0], *like.cuts[-1:]) if like.gaps else like.cuts
    return Pieces(ends, tuple(None if each is None else part for each in ends), (part,) if like.gaps else (), part)


# Bounds


class Bound(NamedTuple):
    """The least or greatest that a score comes to.

    Attributes:
        value: the bound; an `Infinite` where there is none.
        attained: where the score is that; nowhere, where it only comes near.
        exact: whether the bound is `value` itself; else it is irrational and within 10⁻³⁰ of it.
    """

    value: Limit
    attained: tuple[Run, ...]
    exact: bool


class Bounds(NamedTuple):
    """Between what a score stays."""

    least: Bound
    greatest: Bound


def bounds(function: Pieces) -> Bounds | None:
    """The bounds of the numbers among the values; None where there is no number."""
    reached = [each for each in function.points if isinstance(each, Fraction)]
    neared: list[tuple[Limit, bool]] = [(each, True) for each in reached]
    for gap, cell in function.parts():
        if isinstance(cell, Fraction):
            neared.append((cell, True))
        elif isinstance(cell, Form):
            neared += [each for part in limits.sections(cell, gap) for each in _ends(cell, part)]
            neared += [(forms.at(cell, turn), True) for turn in limits.turns(cell, gap) if isinstance(turn, Fraction)]
    if not neared:
        return None
    return Bounds(_bound(function, neared, -1), _bound(function, neared, 1))


def _ends(form: Form, section: Gap) -> Iterator[tuple[Limit, bool]]:
    for end, side in ((section.low, 1), (section.high, -1)):
        yield limits.limit(form, end, side), limits.is_exact(form, end)


def _bound(function: Pieces, neared: list[tuple[Limit, bool]], side: int) -> Bound:
    value, exact = max(neared, key=lambda each: _rank(each[0], side))
    if isinstance(value, Infinite) or not exact:
        return Bound(value, (), exact)
    reached = compared(">=" if side > 0 else "<=", function, value)
    return Bound(value, holding(reached), exact)


def _rank(value: Limit, side: int) -> tuple[int, Fraction]:
    return (value.value * side, _ZERO) if isinstance(value, Infinite) else (0, value * side)


def holding(truth: Pieces) -> tuple[Run, ...]:
    """The runs where a truth holds."""
    return tuple(run for run in truth.runs() if run.cell is True)


# Violations


class Violation(NamedTuple):
    """A run where what must not be is, and a value of it that a document can hold; None: on no document."""

    run: Run
    document: Fraction | None


def violations(truth: Pieces, places: int) -> tuple[Violation, ...]:
    """Where a truth holds, each run with one document."""
    return tuple(Violation(run, grid.some(run, places)) for run in holding(truth))


def smallest(truth: Pieces, places: int) -> Fraction | None:
    """The smallest grid value at which a truth holds; None where it holds at none, or at ever smaller ones."""
    for run in holding(truth):
        if grid.some(run, places) is not None:
            return grid.first(run, places)
    return None


def largest(truth: Pieces, places: int) -> Fraction | None:
    """The largest grid value at which a truth holds; None where it holds at none, or at ever larger ones."""
    for run in reversed(holding(truth)):
        if grid.some(run, places) is not None:
            return grid.last(run, places)
    return None


# Monotone


class Fall(NamedTuple):
    """Where more of x gives less: along a slope, or at a jump.

    A jump has both ends at one cut, or over a stretch without a value; `from_` and `to` are the limits beside it, or
    the value on the cut.
    """

    kind: Literal["slope", "jump"]
    low: End
    high: End
    from_: Limit
    to: Limit


def monotone(function: Pieces) -> tuple[Fall, ...]:
    """Every fall of a score as x rises; none: it never falls. Values that are no numbers are passed over."""
    found: list[Fall] = []
    before: tuple[Limit, End] | None = None
    for low, high, start, end in _stretches(function):
        if before is not None and _falls(before[0], start):
            found.append(Fall("jump", before[1], low, before[0], start))
        if _falls(start, end):
            found.append(Fall("slope", low, high, start, end))
        before = end, high
    return tuple(found)


def _stretches(function: Pieces) -> Iterator[tuple[End, End, Limit, Limit]]:
    """The function from left to right, where it is a number: points and monotone stretches with their limits."""
    for index, cut in enumerate(function.cuts):
        point = function.points[index]
        if isinstance(point, Fraction):
            yield cut, cut, point, point
        if index == len(function.gaps):
            return
        cell, gap = function.gaps[index], Gap(cut, function.cuts[index + 1])
        if isinstance(cell, Fraction):
            yield (*gap, cell, cell)
        elif isinstance(cell, Form):
            for section in limits.sections(cell, gap):
                yield (*section, limits.limit(cell, section.low, 1), limits.limit(cell, section.high, -1))
                if isinstance(section.high, Fraction) and section.high != gap.high:
                    turn = forms.at(cell, section.high)  # one single point may reach a tie that none beside it does
                    yield section.high, section.high, turn, turn


def _falls(start: Limit, end: Limit) -> bool:
    return _rank(start, 1) > _rank(end, 1)


# Boundary values


class Boundary(NamedTuple):
    """A value that a test should hold, with what the score is there."""

    x: Fraction
    value: Value


def boundary_values(function: Pieces, places: int) -> tuple[Boundary, ...]:
    """For each cut the last grid value below, the value itself and the first above; for each rounding one tie.

    The function is taken as it is, unexpanded: its cuts are the elements of the policy, and the thousand half-steps of
    a rounding are no test cases.
    """
    found: set[Fraction] = set()
    for cut in function.cuts:
        if cut is not None:
            found |= _beside(cut, places)
    for gap, cell in function.parts():
        if isinstance(cell, Form):
            found.update(*(_beside(tie, places) for tie in ties(cell, gap)))
    return tuple(Boundary(x, function.at(x)) for x in sorted(found) if _within(function, x))


def _beside(cut: Cut, places: int) -> set[Fraction]:
    found = {grid.below(cut, places), grid.above(cut, places)}
    on = grid.at_or_below(cut, places)
    return found | {on} if on == cut else found


def _within(function: Pieces, x: Fraction) -> bool:
    return Run(function.cuts[0], function.cuts[-1], (True, True), x).holds(x)


def ties(form: Form, gap: Gap) -> Iterator[Cut]:
    """For each rounding of a form a place within the gap where it turns, if there is one."""
    section = limits.sections(form, gap)[0]
    for count, stage in enumerate(form.stages, start=1):
        if isinstance(stage, Rounding):
            up_to = Form(form.top, form.bottom, form.stages[:count])
            present = forms.at(up_to, sample(*section))
            for relation in (">", "<"):
                split = forms.tested(up_to, section, ((cast("Any", relation), present),))
                if split.cuts:
                    yield split.cuts[0]
                    break


# How far, how wrong


class Beside(NamedTuple):
    """The nearest grid values below and above, where there are any."""

    below: Boundary | None
    above: Boundary | None


def how_far(truth: Pieces, x: Fraction, places: int) -> Beside:
    """The nearest grid values on each side of x where a truth holds."""
    return _nearest(truth, truth, x, places)


def how_wrong(function: Pieces, x: Fraction, places: int) -> Beside:
    """The nearest grid values on each side of x with another value than x has: how wrong x must be to matter."""
    return _nearest(differs(function, function.at(x)), function, x, places)


def _nearest(truth: Pieces, function: Pieces, x: Fraction, places: int) -> Beside:
    runs = holding(truth)
    below = [found for run in runs if (found := grid.nearest(run, x, -1, places)) is not None]
    above = [found for run in runs if (found := grid.nearest(run, x, 1, places)) is not None]
    return Beside(
        Boundary(max(below), function.at(max(below))) if below else None,
        Boundary(min(above), function.at(min(above))) if above else None,
    )


# Difference


class Difference(NamedTuple):
    """How two policies differ in one input.

    Attributes:
        gained: the first less the second, where both are numbers.
        runs: where they differ, or only one has a value, each with one document (None: on no document).
        undecided: where that could not be told, since a staircase was too long.
        bounds: between what the difference stays.
    """

    gained: Pieces
    runs: tuple[Violation, ...]
    undecided: tuple[Run, ...]
    bounds: Bounds | None


def difference(a: Pieces, b: Pieces, places: int, limit: int = 50_000) -> Difference:
    """The exact difference of two functions of one domain. No runs: they are equal in x, and that is proved."""
    algebra = Algebra(limit)

    def lost(gap: Gap, cells: Sequence[Cell]) -> Split[Cell]:
        return algebra.calculate_on_gap("-", gap, *cells)

    gained = combine((a, b), _less, lost)

    def unlike(gap: Gap, cells: Sequence[Cell]) -> Split[Cell]:
        if isinstance(cells[0], Absent) or isinstance(cells[1], Absent):
            return only(True)
        return algebra.compare_on_gap("!=", gap, cells[2], _ZERO)

    truth = _function(combine((a, b, gained), lambda one, other, _: not same(one, other), unlike), a)
    undecided = tuple(run for run in truth.runs() if isinstance(run.cell, Absent))
    function = _function(gained, a)
    return Difference(function, violations(truth, places), undecided, bounds(function))


def _less(a: Value, b: Value) -> Value:
    """The difference of two numbers; of what is no number, as a grade, there is none."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a - b
    return join(*absent) if (absent := [each for each in (a, b) if isinstance(each, Absent)]) else Absent.UNDEFINED


def differs(a: Pieces, b: Part) -> Pieces:
    """Where two functions differ, or only one has a value, or a reason for none differs from the other's."""
    algebra = Algebra()

    def on_gap(gap: Gap, cells: Sequence[Cell]) -> Split[Cell]:
        if any(isinstance(each, Absent) for each in cells):
            return only(True)
        return algebra.compare_on_gap("!=", gap, *cells)

    return _function(combine((a, b), lambda one, other: not same(one, other), on_gap), a)
