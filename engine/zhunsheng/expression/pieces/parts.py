"""What an expression is in x, constant or function, and one operation on several such parts.

An operation brings its operands to common cuts, asks its gap rule on each gap and its point rule on each cut, and joins
what did not have to be cut. Absent values join by strength, whatever the order of the operands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, cast

from zhunsheng.expression.exact import COMPARISONS, decide, join
from zhunsheng.expression.pieces.cuts import Cut, End, Root, ascending, order
from zhunsheng.expression.pieces.forms import Form, Gap, Split
from zhunsheng.expression.pieces.line import Cell, Pieces, joined, same, value_on, within
from zhunsheng.expression.tree import Absent, Value

if TYPE_CHECKING:
    from zhunsheng.expression.tree import Comparator

Part = Value | Pieces
"""What an expression is in x: a constant, its value for a missing x included, or a function."""
Operator = Literal["+", "-", "*", "/"]
Which = Literal["min", "max"]
Figure = Literal["min", "max", "median"]
OnGap = Callable[[Gap, Sequence[Cell]], Split[Cell]]
OnPoint = Callable[..., Value]

FIRST_DAY: Final = dt.date.min.toordinal()
LAST_DAY: Final = dt.date.max.toordinal()
_T = TypeVar("_T")
_U = TypeVar("_U")


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


def decided(parts: Iterable[Part], *, deciding: bool) -> Part:
    """Three-valued or (`deciding` true) and and (false)."""
    found: list[Part] = []
    for each in parts:
        if each is deciding:
            return deciding
        found.append(each)
    return combine(found, lambda *values: decide(values, deciding=deciding))


def opposite(part: Part) -> Part:
    """The opposite of a truth; of an absent one, the same absence."""
    return combine((part,), lambda value: value if isinstance(value, Absent) else not value)


def then(gap: Gap, split: Split[_T], rule: Callable[[Gap, _T], Split[_U]]) -> Split[_U]:
    """A split whose parts are split further."""
    cuts: list[Cut] = []
    cells: list[_U] = []
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
    if days.denominator != 1 or not FIRST_DAY <= ordinal <= LAST_DAY:
        return Absent.UNDEFINED
    return dt.date.fromordinal(int(ordinal))


def verdict(operator: Comparator, a: Any, b: Any) -> Value:
    """A comparison of values."""
    return join(a, b) if isinstance(a, Absent) or isinstance(b, Absent) else bool(COMPARISONS[operator](a, b))


def figured(figure: Figure, values: Sequence[Any]) -> Value:
    """The least, greatest or middle of values that are there."""
    ranked = sorted(values)
    if figure != "median":
        return cast("Value", ranked[0 if figure == "min" else -1])
    return cast("Value", (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2)


def outermost(which: Which, values: Sequence[Any]) -> Value:
    """The least or greatest of values; absent where one is."""
    absent = [each for each in values if isinstance(each, Absent)]
    return join(*absent) if absent else cast("Value", min(values) if which == "min" else max(values))
