"""What a form tends to at the ends of a gap, where it bends, and its single steps written out.

The limit through a rounding is exact, and so is every step: nothing is sampled, nothing is searched for.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import Final

from zhunsheng.expression.pieces.cuts import Cut, End, Root, roots_between, sign_at, sign_beside
from zhunsheng.expression.pieces.forms import Form, Gap, Split, Stage, applied, inverse, turning_point
from zhunsheng.expression.pieces.polynomials import (
    Polynomial,
    blend,
    derivative,
    divided,
    enclosed,
    sign,
    times,
    value,
)
from zhunsheng.number import Rounding, round_once, whole


class Infinite(Enum):
    """A limit beyond every number."""

    BELOW = -1
    ABOVE = 1


Limit = Fraction | Infinite


def limit(form: Form, end: End, side: int) -> Limit:
    """What the form tends to as x nears an end from above (`side` 1) or from below (−1).

    At an irrational cut an irrational limit of a form without stages is given as a rational within 10⁻³⁰ of it.
    """
    u, side = base_limit(form, end, side)
    return through_limit(form.stages, u, side)


def is_exact(form: Form, end: End) -> bool:
    """Whether `limit` gives the limit at an end itself: always, but for a form without stages at an irrational cut."""
    return not isinstance(end, Root) or bool(form.stages) or not sign_at(form.bottom, end) or _at_root(form, end)[1]


def base_limit(form: Form, end: End, side: int) -> tuple[Limit, int]:
    """The limit of the base, and whether it is neared from above or from below."""
    top, bottom = form.top, form.bottom
    if isinstance(end, Fraction) and len(top) == 2 and len(bottom) == 1:
        return value(top, end), side * sign(top[1])
    if end is None:
        if len(top) > len(bottom):
            away = sign_beside(top, None, side) * sign_beside(bottom, None, side)
            return (Infinite.ABOVE if away > 0 else Infinite.BELOW), -away
        u = top[-1] / bottom[-1] if len(top) == len(bottom) else Fraction(0)
    elif not sign_at(bottom, end):
        away = sign_beside(top, end, side) * sign_beside(bottom, end, side)
        return (Infinite.ABOVE if away > 0 else Infinite.BELOW), -away
    elif isinstance(end, Root):
        u, exact = _at_root(form, end)
        if not exact:
            return u, 0
    else:
        u = value(top, end) / value(bottom, end)
    beside = sign_beside(blend(Fraction(1), top, -u, bottom), end, side) * sign_beside(bottom, end, side)
    return u, beside


def _at_root(form: Form, root: Root) -> tuple[Fraction, bool]:
    """The base's value at an irrational cut, and whether this is it.

    If not, it is a rational within 10⁻³⁰ of the value and on the same side of every turn of a rounding behind it.
    """
    rest, below = divided(form.top, root.polynomial)[1], divided(form.bottom, root.polynomial)[1]
    ratio = rest[-1] / below[-1] if len(rest) == len(below) else Fraction(0)
    if _is_at(form, root, ratio):
        return ratio, True
    first = form.stages[0] if form.stages else None
    while True:
        low, high = _around(form, root)
        if not isinstance(first, Rounding) or round_once(low, first) == round_once(high, first):
            return low, False
        scale = Fraction(10) ** first.places
        tie = turning_point(whole(high * scale, first.mode), first.mode) / scale
        if _is_at(form, root, tie):
            return tie, True
        root.halve()


def _is_at(form: Form, root: Root, u: Fraction) -> bool:
    return not sign_at(blend(Fraction(1), form.top, -u, form.bottom), root)


def _around(form: Form, root: Root) -> tuple[Fraction, Fraction]:
    """Two rationals less than 10⁻³⁰ apart, with the base's value at an irrational cut between them."""
    while True:
        over, under = (enclosed(p, root.low, root.high) for p in (form.top, form.bottom))
        if under[0] > 0 or under[1] < 0:
            corners = [each / below for each in over for below in under]
            if max(corners) - min(corners) < _NEAR:
                return min(corners), max(corners)
        root.halve()


_NEAR: Final = Fraction(1, 10**30)


def through_limit(stages: tuple[Stage, ...], u: Limit, side: int) -> Limit:
    """The limit behind a chain as its argument nears u from above, from below, or (0) is u."""
    for stage in stages:
        if isinstance(stage, Rounding):
            if isinstance(u, Fraction):
                u, side = _rounded_limit(u, side, stage), 0
        elif isinstance(u, Fraction):
            u = applied(stage, u)  # it stands behind a rounding, where the side is spent
        else:
            away = u.value
            u = stage.a / stage.c if stage.c else Infinite(away * stage.turn)
            side = -away * stage.turn
    return u


def _rounded_limit(u: Fraction, side: int, rounding: Rounding) -> Fraction:
    if not side:
        return round_once(u, rounding)
    scale = Fraction(10) ** rounding.places
    n = u * scale
    # any other turning point is at least 1/(2·den n) away
    return whole(n + Fraction(side, 4 * n.denominator), rounding.mode) / scale


# Shape


def turns(form: Form, gap: Gap) -> list[Cut]:
    """Where the base bends within a gap: roots of p′q − pq′."""
    if len(form.top) <= 2 and len(form.bottom) <= 2:
        return []
    return roots_between(_slope(form), *gap)


def _slope(form: Form) -> Polynomial:
    one = Fraction(1)
    return blend(one, times(derivative(form.top), form.bottom), -one, times(form.top, derivative(form.bottom)))


def sections(form: Form, gap: Gap) -> list[Gap]:
    """A gap cut at the turns of the form."""
    cuts = turns(form, gap)
    return [part for part, _ in Split(tuple(cuts), (None,) * (len(cuts) + 1)).gaps(gap)]


# Writing out


def steps(form: Form, gap: Gap, most: int) -> Split[Fraction] | None:
    """A chain that rounds as its single steps; None where there are more than `most`."""
    if sum(isinstance(stage, Rounding) for stage in form.stages) == 1:
        count = steps_at_most(form, gap)  # of one rounding that is their number, told without a walk
        if count is None or count > most + 1:
            return None
    cuts: list[Cut] = []
    cells: list[Fraction] = []
    for section in sections(form, gap):
        if cells:
            cuts.append(section.low)  # type: ignore[arg-type]  # between two sections: a turn
        walked = _walk(form, section, most - len(cells))
        if walked is None:
            return None
        cuts += walked.cuts
        cells += walked.cells
    return Split(tuple(cuts), tuple(cells))


def _walk(form: Form, section: Gap, most: int) -> Split[Fraction] | None:
    """The steps over a section: from its low end, invert "differs from the present value", step there, go beyond."""
    (u, side), (last, _) = base_limit(form, section.low, 1), base_limit(form, section.high, -1)
    value_, end = through_limit(form.stages, u, side), limit(form, section.high, -1)
    if isinstance(value_, Infinite) or isinstance(end, Infinite):
        return None
    rising, up = end > value_, _below(u, last)
    cuts: list[Cut] = []
    cells = [value_]
    while value_ != end:
        if len(cells) >= most:
            return None
        half = inverse(form.stages, ">" if rising else "<", value_)
        if isinstance(half, bool):
            return None  # the first value is only neared, by steps without end
        line = blend(Fraction(1), form.top, -half.at, form.bottom)
        cuts += roots_between(line, *section)
        value_ = through_limit(form.stages, half.at, 1 if up else -1)
        assert isinstance(value_, Fraction)
        cells.append(value_)
    return Split(tuple(cuts), tuple(cells))


def _below(u: Limit, other: Limit) -> bool:
    if isinstance(u, Fraction) and isinstance(other, Fraction):
        return u < other
    return u is Infinite.BELOW or other is Infinite.ABOVE


def steps_at_most(form: Form, gap: Gap) -> Fraction | None:
    """A number of steps that the form does not exceed on a gap; None where none is known.

    Each rounding lets through as many values as its lattice has in the range of what it rounds.
    """
    total = Fraction(0)
    for section in sections(form, gap):
        fewest: Fraction | None = None
        ends = [base_limit(form, section.low, 1), base_limit(form, section.high, -1)]
        for count, stage in enumerate(form.stages, start=1):
            if isinstance(stage, Rounding):
                low, high = (through_limit(form.stages[:count], *end) for end in ends)
                if isinstance(low, Fraction) and isinstance(high, Fraction):
                    found = abs(high - low) * Fraction(10) ** stage.places + 1
                    fewest = found if fewest is None else min(fewest, found)
        if fewest is None:
            return None
        total += fewest
    return total


def settled(form: Form, gap: Gap) -> Fraction | Form:
    """The constant that a chain is on a gap that holds no step of it, else the form itself."""
    if form.stages and not turns(form, gap):
        first = limit(form, gap.low, 1)
        if isinstance(first, Fraction) and first == limit(form, gap.high, -1):
            return first
    return form
