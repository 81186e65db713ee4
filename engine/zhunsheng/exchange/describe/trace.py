"""Pieces as lines to draw: limits at cuts, dots where a score jumps, a staircase finer than a pixel as what it rounds.

Nothing is searched for; only what is no straight line is drawn through some of its exact values.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import count, groupby, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, final

from zhunsheng.expression.pieces import forms, limits
from zhunsheng.expression.pieces.cuts import Root, floor_of
from zhunsheng.expression.pieces.forms import Form, Moebius
from zhunsheng.expression.pieces.line import Pieces, joined
from zhunsheng.expression.tree import Absent
from zhunsheng.number import Rounding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhunsheng.expression.pieces.cuts import End
    from zhunsheng.expression.pieces.forms import Gap
    from zhunsheng.expression.pieces.line import Cell

Dot = tuple[Fraction, Fraction]
Stretch = tuple[Fraction, Fraction]

PIXELS: Final = 560
"""How many a curve is wide."""
STEP: Final = 2
"""The pixels that a step of a staircase needs to be seen."""
BENDS: Final = 24
"""Into how many straight parts a bend is drawn, at most."""
DOTTED: Final = 24
"""So many jumps have dots; those of more would hide the line."""
FINE: Final = 10**6
"""An irrational cut is drawn at a multiple of one part in so many."""


class Trace(NamedTuple):
    """A function as a pen draws it.

    Attributes:
        lines: the connected parts.
        open, closed: at jumps, where the value does not stand and where it does.
        unknown: stretches where there is no telling what the function is.
    """

    lines: tuple[tuple[Dot, ...], ...]
    open: tuple[Dot, ...] = ()
    closed: tuple[Dot, ...] = ()
    unknown: tuple[Stretch, ...] = ()


@final
@dataclass(slots=True)
class _Part:
    """What stands between two cuts: the dots to draw it by, the exact limits, and whether it follows a fine staircase."""

    dots: list[Dot]
    start: Fraction
    end: Fraction
    fine: bool


def traced(function: Pieces, jump: Fraction) -> Trace:
    """The lines of a function on a bounded domain.

    Args:
        function: the function.
        jump: less than that is no jump to the eye.
    """
    pixel = (_at(function.cuts[-1]) - _at(function.cuts[0])) / PIXELS
    shown = _written_out(function, pixel)
    parts = [None, *(_part(gap, cell) for gap, cell in shown.parts()), None]
    chains: list[list[_Part]] = []
    rings: list[Dot] = []
    dots: list[Dot] = []
    for cut, point, (before, after) in zip(shown.cuts, shown.points, pairwise(parts), strict=True):
        x = _at(cut)
        value = point if isinstance(point, Fraction) else None
        sides = [each for each in (before and before.end, after and after.start) if each is not None]
        levels = sides if value is None else [value, *sides]
        close = bool(levels) and max(levels) - min(levels) < jump
        if before and after and close and (value is not None or isinstance(cut, Root)):
            before.dots[-1] = after.dots[0] = _knee(x, levels[0], before, after, pixel)
            chains[-1].append(after)
            continue
        if value is not None and not (close and sides):
            dots.append((x, value))
        rings += [(x, each) for each in dict.fromkeys(sides) if value is None or abs(each - value) >= jump]
        if before:
            before.dots[-1] = (x, before.end)
        if after:
            after.dots[0] = (x, after.start)
            chains.append([after])
    if len(dots) > DOTTED:
        rings, dots = [], []
    lines = tuple(tuple(_once(dot for part in chain for dot in part.dots)) for chain in chains)
    unknown = tuple((_at(gap.low), _at(gap.high)) for gap, cell in shown.parts() if cell is Absent.UNDECIDED)
    return Trace(lines, tuple(rings), tuple(dots), unknown)


def _once(dots: Iterable[Dot]) -> Iterator[Dot]:
    """Dots without those that repeat the one before."""
    return (dot for dot, _ in groupby(dots))


def _at(end: End) -> Fraction:
    assert end is not None, "a curve has two ends"
    return Fraction(floor_of(end, Fraction(FINE)), FINE) if isinstance(end, Root) else end


def _written_out(function: Pieces, pixel: Fraction) -> Pieces:
    """The same function with those staircases written out whose steps can be seen."""
    cuts, points, gaps = [function.cuts[0]], [function.points[0]], []
    for index, (gap, cell) in enumerate(function.parts()):
        most = int((_at(gap.high) - _at(gap.low)) / pixel / STEP)
        split = limits.steps(cell, gap, most) if isinstance(cell, Form) and _rounds(cell) else None
        if split is None or not isinstance(cell, Form):
            gaps.append(cell)
        else:
            cuts += split.cuts
            points += [None if isinstance(each, Root) else forms.at(cell, each) for each in split.cuts]
            gaps += split.cells
        cuts.append(function.cuts[index + 1])
        points.append(function.points[index + 1])
    return joined(cuts, points, gaps, function.blank)


def _rounds(form: Form) -> bool:
    return any(isinstance(stage, Rounding) for stage in form.stages)


def _part(gap: Gap, cell: Cell) -> _Part | None:
    """How a gap is drawn; None where no number stands on it."""
    low, high = _at(gap.low), _at(gap.high)
    if isinstance(cell, Fraction):
        return _Part([(low, cell), (high, cell)], cell, cell, fine=False)
    if not isinstance(cell, Form):
        return None
    smooth = _smooth(cell)
    straight = len(smooth.top) <= 2 and len(smooth.bottom) == 1
    inner = [] if straight else _between(low, high)
    ends = [limits.limit(smooth, gap.low, 1), limits.limit(smooth, gap.high, -1)]
    levels = [ends[0], *(forms.at(cell, x) for x in inner), ends[1]]
    dots = [(x, y) for x, y in zip((low, *inner, high), levels, strict=True) if isinstance(y, Fraction)]
    if len(dots) < 2:
        return None
    start, end = limits.limit(cell, gap.low, 1), limits.limit(cell, gap.high, -1)
    return _Part(
        dots,
        start if isinstance(start, Fraction) else dots[0][1],
        end if isinstance(end, Fraction) else dots[-1][1],
        fine=_rounds(cell),
    )


def _between(low: Fraction, high: Fraction) -> list[Fraction]:
    """Round numbers between two others, no more than a bend needs."""
    wanted = (high - low) / BENDS
    power = 0
    while Fraction(10) ** power > wanted:
        power -= 1
    step = next(each for at in count(power) for each in (Fraction(10) ** at * by for by in (1, 2, 5)) if each >= wanted)
    return [step * at for at in range(int(low // step) + 1, -int(-high // step))]


def _smooth(form: Form) -> Form:
    """What a staircase follows: the form without its roundings."""
    found: Form | Fraction = Form(form.top, form.bottom, ())
    for stage in form.stages:
        if isinstance(stage, Moebius):
            assert isinstance(found, Form), "a stage that turns"
            found = forms.moved(found, stage)
    assert isinstance(found, Form), "a stage that turns"
    return found


def _knee(x: Fraction, y: Fraction, before: _Part, after: _Part, pixel: Fraction) -> Dot:
    """Where a line goes on: at the cut; beside a fine staircase where the lines meet that are drawn for it."""
    if before.fine or after.fine:
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = *before.dots[-2:], *after.dots[:2]
        one, other = (y1 - y0) / (x1 - x0), (y3 - y2) / (x3 - x2)
        if one != other:
            meeting = (y2 - other * x2 - y1 + one * x1) / (one - other)
            if abs(meeting - x) < STEP * pixel:
                return meeting, y1 + one * (meeting - x1)
    return x, y
