"""Polynomials in one unknown with rational coefficients: sums, quotients, and how many roots lie where.

A polynomial is the tuple of its coefficients, the constant first, without zeros at the end; `()` is the zero.
Everything is exact. Which number a root *is*, `cuts` says.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

Polynomial = tuple[Fraction, ...]

_ZERO: Final = Fraction(0)
ONE: Final[Polynomial] = (Fraction(1),)
UNKNOWN: Final[Polynomial] = (Fraction(0), Fraction(1))


def trimmed(coefficients: Iterable[Fraction]) -> Polynomial:
    """A polynomial from its coefficients, zeros at the end dropped."""
    found = list(coefficients)
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def blend(a: Fraction, p: Polynomial, b: Fraction, q: Polynomial) -> Polynomial:
    """The sum a·p + b·q.

    >>> blend(Fraction(2), UNKNOWN, Fraction(-1), ONE) == (-1, 2)
    True
    """
    short, long = min(len(p), len(q)), max(len(p), len(q))
    found = [a * p[i] + b * q[i] for i in range(short)]
    found += [a * p[i] if len(p) > short else b * q[i] for i in range(short, long)]
    return trimmed(found)


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    """The product."""
    if not p or not q:
        return ()
    if len(q) == 1:
        return p if q == ONE else tuple(each * q[0] for each in p)
    found = [_ZERO] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            found[i + j] += a * b
    return tuple(found)


def value(p: Polynomial, x: Fraction) -> Fraction:
    """The value of p at x."""
    if len(p) == 2:
        return p[1] * x + p[0]
    found = _ZERO
    for each in reversed(p):
        found = found * x + each
    return found


def enclosed(p: Polynomial, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Bounds of p between low and high, the nearer the narrower."""
    least = most = _ZERO
    for each in reversed(p):
        corners = (least * low, least * high, most * low, most * high)
        least, most = min(corners) + each, max(corners) + each
    return least, most


def derivative(p: Polynomial) -> Polynomial:
    """The derivative."""
    return tuple(each * degree for degree, each in enumerate(p) if degree)


def sign(x: Fraction | int) -> int:
    """−1, 0 or 1."""
    return (x > 0) - (x < 0)


def monic(p: Polynomial) -> Polynomial:
    """The proportional polynomial with leading coefficient 1."""
    return p if not p or p[-1] == 1 else tuple(each / p[-1] for each in p)


def divided(p: Polynomial, q: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Quotient and remainder of p ÷ q, q not zero."""
    rest = list(p)
    quotient = [_ZERO] * max(len(p) - len(q) + 1, 0)
    for shift in range(len(p) - len(q), -1, -1):
        factor = rest[shift + len(q) - 1] / q[-1]
        quotient[shift] = factor
        for degree, each in enumerate(q):
            rest[shift + degree] -= factor * each
    return trimmed(quotient), trimmed(rest[: len(q) - 1])


def common(p: Polynomial, q: Polynomial) -> Polynomial:
    """The greatest common divisor, monic."""
    while q:
        if len(q) == 1:
            return ONE
        p, q = q, monic(divided(p, q)[1])
    return monic(p)


def reduced(p: Polynomial, q: Polynomial) -> tuple[Polynomial, Polynomial]:
    """The fraction p/q in lowest terms, its denominator monic.

    >>> reduced((Fraction(0), Fraction(2)), (Fraction(0), Fraction(4))) == ((Fraction(1, 2),), ONE)
    True
    """
    if len(q) > 1:
        both = common(p, q)
        if len(both) > 1:
            p, q = divided(p, both)[0], divided(q, both)[0]
    lead = q[-1]
    return (p, q) if lead == 1 else (tuple(each / lead for each in p), monic(q))


def square_free(p: Polynomial) -> Polynomial:
    """The polynomial with the same roots, each once."""
    both = common(p, derivative(p))
    return p if len(both) == 1 else divided(p, both)[0]


def whole_coefficients(p: Polynomial) -> tuple[int, ...]:
    """The proportional polynomial with whole coefficients that share no factor, its leading one positive."""
    scale = lcm(*(each.denominator for each in p))
    found = [int(each * scale) for each in p]
    shared = gcd(*found) * sign(p[-1])
    return tuple(each // shared for each in found)


def sturm(p: Polynomial) -> tuple[Polynomial, ...]:
    """The Sturm sequence of a square-free polynomial."""
    found = [p, derivative(p)]
    while len(found[-1]) > 1:
        rest = divided(found[-2], found[-1])[1]
        # scaled by a positive factor only: the signs are what counts
        found.append(tuple(-each / abs(rest[-1]) for each in rest))
    return tuple(found)


def changes(sequence: tuple[Polynomial, ...], x: Fraction) -> int:
    """How often the sign changes along a Sturm sequence at a place; (a, b] holds as many roots as that falls by."""
    signs = [each for p in sequence if (each := sign(value(p, x)))]
    return sum(one != other for one, other in pairwise(signs))


def root_bound(p: Polynomial) -> Fraction:
    """A number that exceeds every root in magnitude (Cauchy)."""
    return 1 + max(abs(each / p[-1]) for each in p)
