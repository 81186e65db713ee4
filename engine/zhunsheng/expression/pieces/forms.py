"""What stands on a gap where x counts: a rational function followed by stages, and all that can be asked of one.

The chain of stages is never written out unless asked: a rate, rounded, times points, rounded again is one form. A
rounding never falls, and a stage `m` rises or falls throughout, because its denominator stays positive on the gap; so
`form ⋈ c` is always one half-line in the value of the base, and only the base may bend.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING, Final, Generic, Literal, NamedTuple, TypeVar

from zhunsheng.expression.pieces.cuts import Cut, End, ascending, roots_between, sample
from zhunsheng.expression.pieces.polynomials import (
    ONE,
    UNKNOWN,
    Polynomial,
    blend,
    reduced,
    sign,
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
    """The form times a factor, plus an offset."""
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
    return through(form.stages, value(form.top, x) / value(form.bottom, x))


def through(stages: tuple[Stage, ...], u: Fraction) -> Fraction:
    """What a chain makes of a value of the base."""
    for stage in stages:
        u = round_once(u, stage) if isinstance(stage, Rounding) else applied(stage, u)
    return u


def applied(stage: Moebius, u: Fraction) -> Fraction:
    """What a stage m makes of a value."""
    return (stage.a * u + stage.b) / (stage.c * u + stage.d)


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
    turning = turning_point(first, rounding.mode)
    # whether the turning point itself belongs, only the rounding can say
    return Half(">=" if whole(turning, rounding.mode) >= first else ">", turning / scale)


def turning_point(k: int, mode: Mode) -> Fraction:
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
