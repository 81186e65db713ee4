"""Places on the line where something may change: rationals, and irrational roots held by polynomial and bracket.

No document can stand on an irrational number, so such a cut needs no value of its own: it must only be *ordered*
against rationals and other cuts, and that is done exactly, by halving its bracket until the answer is plain.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cmp_to_key
from math import ceil, floor, isqrt
from typing import TYPE_CHECKING, final

from zhunsheng.expression.pieces.polynomials import (
    Polynomial,
    changes,
    common,
    derivative,
    divided,
    monic,
    root_bound,
    sign,
    square_free,
    sturm,
    value,
    whole_coefficients,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


@final
class Root:
    """The one root of `polynomial` between `low` and `high`; irrational. The bracket narrows as questions are asked.

    INVARIANT: the polynomial is monic, square-free and without rational roots, and changes sign over the bracket.
    """

    __slots__ = ("high", "low", "polynomial")

    def __init__(self, polynomial: Polynomial, low: Fraction, high: Fraction) -> None:
        self.polynomial, self.low, self.high = polynomial, low, high

    def halve(self) -> None:
        """Halves the bracket."""
        middle = (self.low + self.high) / 2
        if sign(value(self.polynomial, middle)) == sign(value(self.polynomial, self.low)):
            self.low = middle
        else:
            self.high = middle

    def __repr__(self) -> str:
        return f"Root({self.polynomial}, {self.low}, {self.high})"


Cut = Fraction | Root
End = Cut | None
"""An end of an interval: None is infinity, below or above as the place says."""


def order(a: Cut, b: Cut) -> int:
    """−1, 0 or 1: how a stands to b."""
    if isinstance(a, Fraction):
        return sign(a - b) if isinstance(b, Fraction) else -order(b, a)
    if isinstance(b, Fraction):
        while a.low < b < a.high:
            a.halve()
        return -1 if a.high <= b else 1
    if a is b or _same(a, b):
        return 0
    while a.low < b.high and b.low < a.high:
        a.halve()
        b.halve()
    return -1 if a.high <= b.low else 1


def _same(a: Root, b: Root) -> bool:
    low, high = max(a.low, b.low), min(a.high, b.high)
    if low >= high:
        return False
    both = common(a.polynomial, b.polynomial)
    return len(both) > 1 and sign(value(both, low)) != sign(value(both, high))


def ascending(cuts: Iterable[Cut]) -> list[Cut]:
    """The cuts in order, each once."""
    found: list[Cut] = []
    for each in sorted(cuts, key=cmp_to_key(order)):
        if not found or order(found[-1], each):
            found.append(each)
    return found


def inside(cut: Cut, low: End, high: End) -> bool:
    """Whether a cut lies strictly between two ends."""
    return (low is None or order(low, cut) < 0) and (high is None or order(cut, high) < 0)


def sample(low: End, high: End) -> Fraction:
    """A rational strictly between two ends.

    >>> sample(Fraction(1), Fraction(2)), sample(None, Fraction(3))
    (Fraction(3, 2), Fraction(2, 1))
    """
    if isinstance(low, Root) and high is not None:
        while order(low.high, high) >= 0:
            low.halve()
    start = low.high if isinstance(low, Root) else low
    if isinstance(high, Root) and start is not None:
        while high.low <= start:
            high.halve()
    end = high.low if isinstance(high, Root) else high
    if start is None:
        return Fraction(0) if end is None else end - 1
    return start + 1 if end is None else (start + end) / 2


def floor_of(cut: Cut, scale: Fraction) -> int:
    """⌊cut · scale⌋."""
    if isinstance(cut, Root):
        while floor(cut.low * scale) != ceil(cut.high * scale) - 1:
            cut.halve()
        return floor(cut.low * scale)
    return floor(cut * scale)


# Signs


def sign_at(p: Polynomial, cut: Cut) -> int:
    """The sign of p at a cut."""
    if isinstance(cut, Fraction):
        return sign(value(p, cut))
    if len(p) <= 1:
        return sign(p[0]) if p else 0
    both = common(p, cut.polynomial)
    if len(both) > 1 and sign(value(both, cut.low)) != sign(value(both, cut.high)):
        return 0
    sequence = sturm(square_free(p))
    while changes(sequence, cut.low) != changes(sequence, cut.high):
        cut.halve()
    return sign(value(p, cut.high))


def sign_beside(p: Polynomial, end: End, side: int) -> int:
    """The sign of p just above (`side` 1) or just below (−1) an end; beyond every root where the end is infinite."""
    if end is None:
        return sign(p[-1]) * (-1 if side > 0 and len(p) % 2 == 0 else 1) if p else 0
    turned = 1
    while p:
        found = sign_at(p, end)
        if found:
            return found * turned
        p = derivative(p)
        turned *= side
    return 0


# Roots


def roots_between(p: Polynomial, low: End, high: End) -> list[Cut]:
    """The roots of p strictly between two ends, ascending, each once."""
    if len(p) <= 1:
        return []
    if len(p) == 2:
        found: list[Cut] = [-p[0] / p[1]]
    else:
        found = _quadratic(p) if len(p) == 3 else _isolated(p)
    return [each for each in found if inside(each, low, high)]


def _quadratic(p: Polynomial) -> list[Cut]:
    c, b, a = p
    square = b * b - 4 * a * c
    if square < 0:
        return []
    middle, top, bottom = -b / (2 * a), square.numerator, square.denominator
    if square == 0:
        return [middle]
    near = isqrt(top * bottom)
    reach = Fraction(near, bottom) / abs(2 * a)
    if near * near == top * bottom:
        return [middle - reach, middle + reach]
    far = Fraction(near + 1, bottom) / abs(2 * a)
    return [Root(monic(p), middle - far, middle - reach), Root(monic(p), middle + reach, middle + far)]


def _isolated(p: Polynomial) -> list[Cut]:
    """The real roots of any polynomial: the rational ones found as such, the others in brackets."""
    p = square_free(p)
    sequence, bound = sturm(p), root_bound(p)
    lead = whole_coefficients(p)[-1]
    rational: list[Fraction] = []
    brackets: list[tuple[Fraction, Fraction]] = []
    left = [(-bound, bound)]
    while left:
        low, high = left.pop()
        count = changes(sequence, low) - changes(sequence, high)
        if count == 1 and (high - low) * 2 * lead < 1:
            # the only rational that could be a root here is the multiple of 1/lead in reach
            near = Fraction(floor((low + high) / 2 * lead + Fraction(1, 2)), lead)
            if low < near <= high and not value(p, near):
                rational.append(near)
            else:
                brackets.append((low, high))
        elif count:
            middle = (low + high) / 2
            left += [(low, middle), (middle, high)]
    for each in rational:
        p = divided(p, (-each, Fraction(1)))[0]
    return ascending([*rational, *(Root(monic(p), low, high) for low, high in brackets)])
