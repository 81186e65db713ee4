"""Two functions of one input drawn over each other, with what lies between them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.exchange.describe.curves import VISIBLE, even_steps
from zhunsheng.exchange.describe.trace import Trace, traced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.exchange.describe.trace import Dot
    from zhunsheng.expression.types import Type
    from zhunsheng.population import Contrast


class Overlay(NamedTuple):
    """Two traces ready to be drawn.

    Attributes:
        x, y: where the axes are marked; the first and the last are their ends.
        type: of the input, which says how its marks are written.
        old, new: the traces.
        between: polygons that lie between them.
    """

    x: tuple[Fraction, ...]
    y: tuple[Fraction, ...]
    type: Type | None
    old: Trace
    new: Trace
    between: tuple[tuple[Dot, ...], ...]


def overlaid(contrast: Contrast) -> Overlay | None:
    """Both functions over the whole domain; None where one is no number anywhere or could only be tried."""
    if contrast.bounds is None or contrast.verdict != "differs":
        return None
    jump = _jump(contrast)
    old, new = traced(contrast.old, jump), traced(contrast.new, jump)
    ys = [y for trace in (old, new) for line in trace.lines for _, y in line]
    ends = [each for each in (contrast.old.cuts[0], contrast.old.cuts[-1]) if isinstance(each, Fraction)]
    if not old.lines or not new.lines or len(ends) < 2 or max(ys) == min(ys):
        return None
    return Overlay(
        even_steps(*ends),
        even_steps(min(Fraction(0), *ys), max(ys)),
        contrast.type,
        old,
        new,
        tuple(_between(old, new)),
    )


def _jump(contrast: Contrast) -> Fraction:
    return (contrast.points or Fraction(10)) * VISIBLE


def _between(old: Trace, new: Trace) -> Iterator[tuple[Dot, ...]]:
    """Wherever both are drawn and apart, the four corners between two neighbouring turns of either."""
    sides = [list(_segments(each)) for each in (old, new)]
    xs = sorted({x for side in sides for (x0, _), (x1, _) in side for x in (x0, x1)})
    at = [0, 0]
    for low, high in pairwise(xs):
        corners: list[tuple[Fraction, Fraction]] = []
        for which, side in enumerate(sides):
            while at[which] < len(side) and side[at[which]][1][0] <= low:
                at[which] += 1
            if at[which] < len(side) and side[at[which]][0][0] <= low:
                corners.append((_on(side[at[which]], low), _on(side[at[which]], high)))
        if len(corners) == 2 and corners[0] != corners[1]:
            (a, b), (c, d) = corners
            yield (low, a), (high, b), (high, d), (low, c)


def _segments(trace: Trace) -> Iterator[tuple[Dot, Dot]]:
    """The straight parts from left to right."""
    found = (pair for line in trace.lines for pair in pairwise(line))
    yield from sorted(pair for pair in found if pair[0][0] < pair[1][0])


def _on(segment: tuple[Dot, Dot], x: Fraction) -> Fraction:
    (x0, y0), (x1, y1) = segment
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
