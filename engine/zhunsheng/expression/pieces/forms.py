"""What stands on a gap where x counts: a rational function followed by stages, and all that can be asked of one.

The chain of stages is never written out unless asked: a rate, rounded, times points, rounded again is one form. A
rounding never falls, and a stage `m` rises or falls throughout, because its denominator stays positive on the gap; so
`form ⋈ c` is always one half-line in the value of the base, and only the base may bend.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING, Final, Generic, Literal, NamedTuple, TypeVar

from zhunsheng.expression.pieces.cuts import Cut, End, Root, ascending, roots_between, sample, sign_at, sign_beside
from zhunsheng.expression.pieces.polynomials import (
    ONE,
    UNKNOWN,
    Polynomial,
    blend,
    derivative,
    divided,
    enclosed,
    reduced,
    sign,
    times,
    value,
)
from zhunsheng.number import Mode, Rounding, round_once, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Order = Literal["<", "<=", ">", ">="]
_ABOVE: Final[dict[Order, Order]] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
"""The relation that holds where the one does not."""
_TURNED: Final[dict[Order, Order]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""The same relation with its sides exchanged."""
_HALF: Final = Fraction(1, 2)
_T = TypeVar("_T")


class Moebius(NamedTuple):
    """The stage u ↦ (a·u + b) / (c·u + d). INVARIANT: c·u + d > 0 on the whole gap."""

    a: Fraction
    b: Fraction
    c: Fraction
    d: Fraction

    @property
    def turn(self) -> int:
        """1 where the stage rises, −1 where it falls."""
        return sign(self.a * self.d - self.b * self.c)


_IDENTITY: Final = Moebius(Fraction(1), Fraction(0), Fraction(0), Fraction(1))
Stage = Rounding | Moebius


class Form(NamedTuple):
    """base p/q, then stages. In normal form: reduced, q monic; no stage that does nothing, no two stages m in a row."""

    top: Polynomial
    bottom: Polynomial
    stages: tuple[Stage, ...]


THE_INPUT: Final = Form(UNKNOWN, ONE, ())


class Gap(NamedTuple):
    """An open interval."""

    low: End
    high: End


class Split(NamedTuple, Generic[_T]):
    """A gap cut at `cuts`, and what stands between them; one more than the cuts."""

    cuts: tuple[Cut, ...]
    cells: tuple[_T, ...]

    def gaps(self, gap: Gap) -> Iterator[tuple[Gap, _T]]:
        """Each part of `gap` with what stands on it."""
        ends = (gap.low, *self.cuts, gap.high)
        for at, cell in enumerate(self.cells):
            yield Gap(ends[at], ends[at + 1]), cell


class Infinite(Enum):
    """A limit beyond every number."""

    BELOW = -1
    ABOVE = 1


Limit = Fraction | Infinite


# Building


def fraction_of(top: Polynomial, bottom: Polynomial) -> Form | Fraction:
    """top/bottom without stages, or the constant that it is."""
    top, bottom = reduced(top, bottom)
    if len(bottom) == 1 and len(top) <= 1:
        return top[0] if top else Fraction(0)
    return Form(top, bottom, ())


def moved(form: Form, by: Moebius) -> Form | Fraction:
    """The form with a stage m after it."""
    stages = form.stages
    if stages and isinstance(last := stages[-1], Moebius):
        by, stages = _after(last, by), stages[:-1]
    if not by.turn:
        return by.b / by.d if by.d else by.a / by.c
    if not stages:
        top, bottom = blend(by.a, form.top, by.b, form.bottom), blend(by.c, form.top, by.d, form.bottom)
        return fraction_of(top, bottom)
    by = _scaled(by)
    return Form(form.top, form.bottom, stages if by == _IDENTITY else (*stages, by))


def _after(first: Moebius, then: Moebius) -> Moebius:
    a, b, c, d = first
    e, f, g, h = then
    return Moebius(e * a + f * c, e * b + f * d, g * a + h * c, g * b + h * d)


def _scaled(by: Moebius) -> Moebius:
    """The same stage with the first of d (where it is affine) and |c| at 1; scaling is by a positive factor."""
    scale = abs(by.c) or by.d
    return Moebius(*(each / scale for each in by))


def affine(form: Form, factor: Fraction, offset: Fraction) -> Form | Fraction:
    """factor · form + offset."""
    return moved(form, Moebius(factor, offset, Fraction(0), Fraction(1)))


def rounded(form: Form, rounding: Rounding) -> Form:
    """The form rounded; itself where its values lie on the lattice already, step and offset both."""
    lattice = _lattice(form.stages)
    if lattice is not None:
        scale = Fraction(10) ** rounding.places
        if all((each * scale).denominator == 1 for each in lattice):
            return form
    return Form(form.top, form.bottom, (*form.stages, rounding))


def _lattice(stages: tuple[Stage, ...]) -> tuple[Fraction, Fraction] | None:
    """(step, offset): the values of a chain lie on step·ℤ + offset; None where they lie on no lattice."""
    step, offset = Fraction(1), Fraction(0)
    for stage in reversed(stages):
        if isinstance(stage, Rounding):
            return step * Fraction(10) ** -stage.places, offset
        if stage.c:
            return None
        step, offset = stage.a / stage.d, stage.b / stage.d
    return None


def core(form: Form) -> tuple[tuple[Stage, ...], Moebius]:
    """The stages up to the last rounding, and the m after it."""
    if form.stages and isinstance(last := form.stages[-1], Moebius):
        return form.stages[:-1], last
    return form.stages, _IDENTITY


# Values


def at(form: Form, x: Fraction) -> Fraction:
    """The value at x, a place where the form holds."""
    return _through(form.stages, value(form.top, x) / value(form.bottom, x))


def _through(stages: tuple[Stage, ...], u: Fraction) -> Fraction:
    for stage in stages:
        if isinstance(stage, Rounding):
            u = round_once(u, stage)
        else:
            u = (stage.a * u + stage.b) / (stage.c * u + stage.d)
    return u


def gives(form: Form, x: Fraction) -> Fraction | None:
    """The value at x, where no denominator is zero there and each stage's is positive; else None.

    A chain may take another branch on one single point; a cut may be joined away only where this has a value.
    """
    bottom = value(form.bottom, x)
    if not bottom:
        return None
    u = value(form.top, x) / bottom
    for stage in form.stages:
        if isinstance(stage, Rounding):
            u = round_once(u, stage)
        else:
            below = stage.c * u + stage.d
            if below <= 0:
                return None
            u = (stage.a * u + stage.b) / below
    return u


# Thresholds


class Half(NamedTuple):
    """The half-line `u relation at`."""

    relation: Order
    at: Fraction


def inverse(stages: tuple[Stage, ...], relation: Order, c: Fraction) -> Half | bool:
    """For which values of the base the chain stands in `relation` to c: a half-line, all of them or none.

    >>> cent = Rounding(2, Mode.HALF_UP)
    >>> inverse((cent,), ">=", Fraction(90)) == Half(">=", Fraction("89.995"))
    True
    """
    for stage in reversed(stages):
        if isinstance(stage, Rounding):
            relation, c = _unrounded(stage, relation, c)
        else:
            slope, c = stage.a - c * stage.c, c * stage.d - stage.b
            if not slope:
                return {"<": c > 0, "<=": c >= 0, ">": c < 0, ">=": c <= 0}[relation]
            relation, c = relation if slope > 0 else _TURNED[relation], c / slope
    return Half(relation, c)


@lru_cache(maxsize=4096)
def _unrounded(rounding: Rounding, relation: Order, c: Fraction) -> Half:
    """The half-line of what rounds to something in `relation` to c."""
    if relation in ("<", "<="):
        above = _unrounded(rounding, _ABOVE[relation], c)
        return Half(_ABOVE[above.relation], above.at)
    scale = Fraction(10) ** rounding.places
    first = ceil(c * scale) if relation == ">=" else floor(c * scale) + 1
    turning = _turning_point(first, rounding.mode)
    # whether the turning point itself belongs, only the rounding can say
    return Half(">=" if whole(turning, rounding.mode) >= first else ">", turning / scale)


def _turning_point(k: int, mode: Mode) -> Fraction:
    """Where `whole` passes from k − 1 to k."""
    match mode:
        case Mode.HALF_UP | Mode.HALF_DOWN | Mode.HALF_EVEN:
            return k - _HALF
        case Mode.FLOOR:
            return Fraction(k)
        case Mode.CEILING:
            return Fraction(k - 1)
        case Mode.DOWN:
            return Fraction(k if k > 0 else k - 1)
        case Mode.UP:
            return Fraction(k - 1 if k > 0 else k)


def tested(form: Form, gap: Gap, tests: Sequence[tuple[Order, Fraction]]) -> Split[tuple[bool, ...]]:
    """The gap cut where one of the comparisons of the form turns, and what each says on every part."""
    halves = [inverse(form.stages, relation, c) for relation, c in tests]
    lines = {half.at: blend(Fraction(1), form.top, -half.at, form.bottom) for half in halves if isinstance(half, Half)}
    cuts = ascending(root for line in lines.values() for root in roots_between(line, *gap))
    cells = []
    for part, _ in Split(tuple(cuts), (None,) * (len(cuts) + 1)).gaps(gap):
        x = sample(*part)
        below = sign(value(form.bottom, x))
        signs = {at: sign(value(line, x)) * below for at, line in lines.items()}
        cells.append(tuple(half if isinstance(half, bool) else _holds(signs[half.at], half) for half in halves))
    return Split(tuple(cuts), tuple(cells))


def _holds(side: int, half: Half) -> bool:
    """On an open part the base is never equal to the threshold, unless it is that constant."""
    return side > 0 if half.relation in (">", ">=") else side < 0


# Limits


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
        tie = _turning_point(whole(high * scale, first.mode), first.mode) / scale
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
        elif isinstance(u, Infinite):
            if stage.c:
                u, side = stage.a / stage.c, -u.value * stage.turn
            else:
                u = Infinite(u.value * stage.turn)
                side = -u.value
        else:
            u, side = (stage.a * u + stage.b) / (stage.c * u + stage.d), side * stage.turn
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


def direction(form: Form, gap: Gap) -> int:
    """1 where the form rises over a gap without turns, −1 where it falls; flat steps count as neither."""
    found = sign(value(_slope(form), sample(*gap)))
    for stage in form.stages:
        if isinstance(stage, Moebius):
            found *= stage.turn
    return found


def sections(form: Form, gap: Gap) -> list[Gap]:
    """A gap cut at the turns of the form."""
    cuts = turns(form, gap)
    return [part for part, _ in Split(tuple(cuts), (None,) * (len(cuts) + 1)).gaps(gap)]


# Writing out


def steps(form: Form, gap: Gap, most: int) -> Split[Fraction] | None:
    """A chain that rounds as its single steps; None where there are more than `most`."""
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
