"""Bounds that are affine in the points of a score, and what arithmetic makes of them. See `extent`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from zhunsheng.number import Mode, Rounding, round_once, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Affine(NamedTuple):
    """a + b·P, for every P ≥ 0 that the points may be."""

    a: Fraction
    b: Fraction = Fraction(0)

    def times(self, k: Fraction) -> Affine:
        """Scaled."""
        return Affine(self.a * k, self.b * k)

    def plus(self, other: Affine) -> Affine:
        """The sum."""
        return Affine(self.a + other.a, self.b + other.b)

    def at_most(self, other: Affine) -> bool:
        """Whether it is certain for every P."""
        return self.a <= other.a and self.b <= other.b


ZERO: Final = Affine(Fraction(0))
POINTS: Final = Affine(Fraction(0), Fraction(1))


class Extent(NamedTuple):
    """Two bounds, both included; None where there is none on that side."""

    low: Affine | None
    high: Affine | None

    def negative(self) -> Extent:
        """The opposite."""
        return Extent(
            None if self.high is None else self.high.times(Fraction(-1)),
            None if self.low is None else self.low.times(Fraction(-1)),
        )

    def plus(self, other: Extent) -> Extent:
        """The sum."""
        return Extent(_sum(self.low, other.low), _sum(self.high, other.high))

    def scaled(self, k: Fraction) -> Extent:
        """Times a number."""
        if k < 0:
            return self.negative().scaled(-k)
        if not k:
            return NIL
        return Extent(self.low and self.low.times(k), self.high and self.high.times(k))

    def joined(self, other: Extent) -> Extent:
        """What holds both."""
        return Extent(lesser(self.low, other.low), greater(self.high, other.high))

    def within(self, low: Affine, high: Affine) -> bool:
        """Whether everything lies between two bounds."""
        return self.low is not None and low.at_most(self.low) and self.high is not None and self.high.at_most(high)

    @property
    def is_positive(self) -> bool:
        """Whether nothing in it is below 0."""
        return self.low is not None and ZERO.at_most(self.low)

    @property
    def numbers(self) -> tuple[Fraction | None, Fraction | None] | None:
        """Its ends where neither hangs on the points."""
        if any(each is not None and each.b for each in self):
            return None
        return self.low and self.low.a, self.high and self.high.a


ANY: Final = Extent(None, None)
NIL: Final = Extent(ZERO, ZERO)
NOT_NEGATIVE: Final = Extent(ZERO, None)
SHARE: Final = Extent(ZERO, Affine(Fraction(1)))


def _sum(a: Affine | None, b: Affine | None) -> Affine | None:
    return None if a is None or b is None else a.plus(b)


def lesser(a: Affine | None, b: Affine | None) -> Affine | None:
    """A lower bound of both, for every P."""
    return None if a is None or b is None else Affine(min(a.a, b.a), min(a.b, b.b))


def greater(a: Affine | None, b: Affine | None) -> Affine | None:
    """An upper bound of both, for every P."""
    return None if a is None or b is None else Affine(max(a.a, b.a), max(a.b, b.b))


def exactly(value: Fraction) -> Extent:
    """One number."""
    return Extent(Affine(value), Affine(value))


def tighter(own: Affine | None, other: Affine | None, side: int) -> Affine | None:
    """The tighter of two bounds that both hold; side 1 for lower ones, −1 for upper ones."""
    if own is None or other is None:
        return own or other
    first, second = (own, other) if side > 0 else (other, own)
    return other if first.at_most(second) else own


def is_empty(extent: Extent) -> bool:
    """Whether no number lies within."""
    numbers = extent.numbers
    return numbers is not None and None not in numbers and cast("Fraction", numbers[0]) > cast("Fraction", numbers[1])


def all_of(ends: list[Affine | None], join: Callable[[Affine | None, Affine | None], Affine | None]) -> Affine | None:
    """One bound for all."""
    found = ends[0]
    for each in ends[1:]:
        found = join(found, each)
    return found


def best_of(ends: Iterable[Affine | None], is_better: Callable[[Affine, Affine], bool]) -> Affine | None:
    """The best of bounds each of which holds; of two of which neither is better, the one that hangs on the points."""
    found: Affine | None = None
    for each in ends:
        if each is not None and (found is None or is_better(each, found) or (not is_better(found, each) and each.b)):
            found = each
    return found


def summed(value: Extent) -> Extent:
    """Any number of such values added, none of them included."""
    return Extent(
        ZERO if value.is_positive else None, ZERO if value.high is not None and value.high.at_most(ZERO) else None
    )


def product(left: Extent, right: Extent) -> Extent:
    """The extent of a product."""
    if left.numbers is None and right.numbers is None:
        return NOT_NEGATIVE if left.is_positive and right.is_positive else ANY
    if right.numbers is None:
        left, right = right, left
    low, high = cast("tuple[Fraction | None, Fraction | None]", right.numbers)
    ends = [
        _times(end, side, number, at)
        for end, side in ((left.low, -1), (left.high, 1))
        for number, at in ((low, -1), (high, 1))
    ]
    return Extent(_outer(ends, -1), _outer(ends, 1))


Corner = tuple[int, Affine | None]
"""A product of two ends: a number (0), or without end below (−1) or above (1); (2) without any that is certain."""


def _times(end: Affine | None, side: int, number: Fraction | None, at: int) -> Corner:
    if end is not None and number is not None:
        return 0, end.times(number)
    sign_left = side if end is None else _sign(end)
    sign_right = at if number is None else (number > 0) - (number < 0)
    if sign_left is None:
        return 2, None
    if not sign_left or not sign_right:
        return 0, ZERO
    return sign_left * sign_right, None


def _sign(end: Affine) -> int | None:
    if end == ZERO:
        return 0
    return 1 if ZERO.at_most(end) else -1 if end.at_most(ZERO) else None


def _outer(ends: list[Corner], side: int) -> Affine | None:
    if any(sort in (side, 2) for sort, _ in ends):
        return None
    numbers = [each for sort, each in ends if sort == 0]
    return all_of(numbers, greater if side > 0 else lesser) if numbers else None


def inverse(extent: Extent) -> Extent:
    """One by it; where it is 0 there is no value."""
    numbers = extent.numbers
    if numbers is None:
        return NOT_NEGATIVE if extent.is_positive else ANY
    low, high = numbers
    if low is not None and low >= 0:
        return Extent(Affine(1 / high) if high else ZERO, Affine(1 / low) if low else None)
    if high is not None and high <= 0:
        return inverse(extent.negative()).negative()
    return ANY


def rounded_end(end: Affine | None, rounding: Rounding, away: Mode, places: int | None) -> Affine | None:
    """A bound of what is rounded, on the lattice; `places` are the decimals that the points have at most, if that is known."""
    if end is None:
        return None
    if not end.b:
        return Affine(round_once(end.a, rounding))
    a = round_once(end.a, Rounding(rounding.places, away))
    b = Fraction(whole(end.b, away))
    if places is not None and rounding.places >= places:
        return Affine(a, b)
    unit = Fraction(10) ** -rounding.places
    return Affine(a + (unit if away is Mode.CEILING else -unit), b)
