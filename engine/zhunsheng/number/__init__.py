"""Exact numbers: reading them, rounding them once, writing them. No binary float passes through here or anywhere.

Rationals inside: 1677.29 ÷ 1984.99 has no finite decimal, and a decimal context of 28 digits is a rounding nobody
declared. A decimal appears only where a ruleset declares a rounding, and that rounding happens here.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from math import gcd
from typing import Final, NamedTuple

MAX_DIGITS = 40
"""Longest number taken from a file, in characters. No amount, count or score of the field comes near it."""

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)", re.ASCII)
_blank: Final = object.__new__
_LONG = 14_000
"""Bits of a number of some 4,200 digits."""


class Mode(Enum):
    """How a value between two neighbours of the lattice is taken. One word a mode; `half-up` is what 四舍五入 means."""

    HALF_UP = "half-up"
    HALF_EVEN = "half-even"
    HALF_DOWN = "half-down"
    UP = "up"
    DOWN = "down"
    CEILING = "ceiling"
    FLOOR = "floor"


class Rounding(NamedTuple):
    """A declared rounding: to how many decimal places (negative: to tens, hundreds) and in which mode."""

    places: int
    mode: Mode

    def __str__(self) -> str:
        return f"{self.places} places {self.mode.value}"


def parse(text: str) -> Fraction | None:
    """The number that `text` writes in plain decimal notation, or None.

    >>> parse("-12.50"), parse("1e3"), parse("１２")
    (Fraction(-25, 2), None, None)
    """
    if len(text) > MAX_DIGITS or not _DECIMAL.fullmatch(text):
        return None
    units, _, decimals = text.partition(".")
    return ratio(int(units + decimals), 10 ** len(decimals))


def ratio(numerator: int, denominator: int) -> Fraction:
    """The rational of two whole numbers, the second above zero.

    Put together from its parts: the constructor of `Fraction` spends most of its time on finding out what it was given.

    >>> ratio(6, 4)
    Fraction(3, 2)
    """
    common = gcd(numerator, denominator)
    if common != 1:
        numerator //= common
        denominator //= common
    value = _blank(Fraction)
    value._numerator = numerator  # type: ignore[attr-defined]  # noqa: SLF001  the two slots of a rational
    value._denominator = denominator  # type: ignore[attr-defined]  # noqa: SLF001
    return value


def places_of(text: str) -> int:
    """How many decimal places a plain decimal text shows.

    >>> places_of("96.50"), places_of("12")
    (2, 0)
    """
    return len(text.partition(".")[2])


def whole(value: Fraction, mode: Mode) -> int:
    """The whole number that `mode` takes for `value`, by integers alone.

    `half-up` turns on magnitude (−0.5 → −1), as Excel and `Decimal` do.

    >>> [whole(Fraction(-1, 2), mode) for mode in (Mode.HALF_UP, Mode.HALF_EVEN, Mode.FLOOR, Mode.DOWN)]
    [-1, 0, -1, 0]
    """
    return _whole(value.numerator, value.denominator, mode)


def _whole(numerator: int, denominator: int, mode: Mode) -> int:
    below, rest = divmod(numerator, denominator)
    if not rest:
        return below
    match mode:
        case Mode.HALF_UP | Mode.HALF_DOWN | Mode.HALF_EVEN:
            twice = 2 * rest
            if twice != denominator:
                return below + (twice > denominator)
            if mode is Mode.HALF_EVEN:
                return below + below % 2
            away_from_zero = below + 1 if numerator > 0 else below
            return away_from_zero if mode is Mode.HALF_UP else 2 * below + 1 - away_from_zero
        case Mode.FLOOR:
            return below
        case Mode.CEILING:
            return below + 1
        case Mode.DOWN:
            return below if numerator > 0 else below + 1
        case Mode.UP:
            return below + 1 if numerator > 0 else below


def round_once(value: Fraction, rounding: Rounding) -> Fraction:
    """`value` on the lattice of 10⁻ᵖˡᵃᶜᵉˢ, rounded once from the exact rational.

    >>> round_once(Fraction(167729, 198499), Rounding(4, Mode.HALF_UP))
    Fraction(169, 200)
    """
    places, mode = rounding
    numerator, denominator = value.as_integer_ratio()
    if places >= 0:
        scale: int = 10**places
        if scale % denominator == 0:  # on the lattice, as most points and many rates are
            return value
        return ratio(_whole(numerator * scale, denominator, mode), scale)
    scale = 10**-places
    return ratio(_whole(numerator, denominator * scale, mode) * scale, 1)


def write(value: Fraction, places: int | None = None) -> str:
    """`value` as a plain decimal: with exactly `places` decimals, or as many as it needs.

    A value without a finite decimal is written as a fraction, `38627/40000`-style, rather than silently rounded.

    Raises:
        ValueError: `value` does not lie on the lattice of `places`.

    >>> write(Fraction(169, 200)), write(Fraction(169, 200), 4), write(Fraction(1, 3)), write(Fraction(-1, 1000))
    ('0.845', '0.8450', '1/3', '-0.001')
    """
    numerator, denominator = value.as_integer_ratio()
    needed = _places(denominator)
    if places is None:
        if needed is None:
            return f"{'-' if numerator < 0 else ''}{_digits(abs(numerator))}/{_digits(denominator)}"
        places = needed
    elif needed is None or needed > places:
        message = f"{value} has more than {places} decimal places; round it first"
        raise ValueError(message)
    sign = "-" if numerator < 0 else ""
    if places <= 0:
        return sign + _digits(abs(numerator))
    digits = _digits(abs(numerator) * 10**places // denominator).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _digits(whole: int) -> str:
    """A natural number in digits. Python writes none of more than 4,300 with `str`; a decimal writes any."""
    return str(whole) if whole.bit_length() < _LONG else format(Decimal(whole), "f")


def decimal_places(value: Fraction) -> int | None:
    """The least number of decimal places that writes `value` exactly, or None where none does.

    >>> decimal_places(Fraction(1, 8)), decimal_places(Fraction(1, 3)), decimal_places(Fraction(100))
    (3, None, 0)
    """
    return _places(value.denominator)


@lru_cache(maxsize=2**10)
def _places(denominator: int) -> int | None:
    if denominator == 1:
        return 0
    twos = (denominator & -denominator).bit_length() - 1
    denominator >>= twos
    fives = 0
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    return max(twos, fives) if denominator == 1 else None


def from_decimal(value: Decimal) -> Fraction:
    """The exact rational of a finite decimal."""
    return ratio(*value.as_integer_ratio())
