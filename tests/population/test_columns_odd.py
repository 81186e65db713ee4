"""Odd figures in columns: at the very ends of 64 and of 128 bits, nothing wraps."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING
from unittest.mock import patch

import polars as pl
import pytest

from zhunsheng.number import Mode, Rounding
from zhunsheng.population.columns import kernels, values
from zhunsheng.population.columns.peers import values_of
from zhunsheng.population.columns.values import Column, Numbers, Overflow

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST = -(2**63)
LONG = 7 * 10**37
"""Fits 128 bits, but ten times as much does not."""
TENTH = values.constant(Fraction(1, 10))


def long() -> Numbers:
    return values.decimals(pl.Series([f"{LONG}", "5", "-3"]).cast(pl.Decimal(38, 0)))


def tenths() -> Numbers:
    return values.decimals(pl.Series(["0.3", "0.1", "0.2"]).cast(pl.Decimal(38, 1)))


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("dtype", [pl.Int64, pl.Decimal(38, 0)])
def test_the_least_integer_of_64_bits_has_its_opposite(dtype: pl.DataType, compiled: bool) -> None:  # noqa: FBT001
    series = pl.Series([LEAST, 5], dtype=pl.Int64).cast(dtype)
    with patch.multiple(kernels, ENOUGH=0 if compiled else 10**9, _KERNELS={}):
        column = values.integers(series) if dtype == pl.Int64 else values.decimals(series)
        assert values_of(values.negated(column), 2) == [-LEAST, -5]
        ones = values.constant(Fraction(1))
        assert values_of(values.divided(ones, column), 2) == [Fraction(1, LEAST), Fraction(1, 5)]
        minus = values.integers(pl.Series([-1, 2]))
        assert values_of(values.divided(column, minus), 2) == [-LEAST, Fraction(5, 2)]


STEPS: dict[str, Callable[[], Column]] = {
    "compared": lambda: values.compared("<", long(), TENTH, 3),
    "extreme": lambda: values.extreme("max", long(), TENTH),
    "rounded": lambda: values.rounded(long(), Rounding(2, Mode.HALF_UP)),
    "divided": lambda: values.divided(long(), tenths()),
    "divided and rounded": lambda: values.rounded(values.divided(long(), tenths()), Rounding(0, Mode.DOWN)),
    "chosen": lambda: values.chosen(values.truths(pl.Series([True, False, True])).values, long(), TENTH, 3),
    "stacked": lambda: values.stacked([long(), tenths()], [3, 3]),
}


@pytest.mark.parametrize("step", STEPS)
def test_what_is_ten_times_as_large_as_bits_allow_is_not_done(step: str) -> None:
    """Levelled over one denominator, the numerators would have left 128 bits, and come back as something else."""
    with pytest.raises(Overflow):
        STEPS[step]()
