"""Whole columns of exact values, and what can be done with them: integers over a common denominator, never a float.

A number is `num / (den · by)`: an integer of a column over an integer that all rows share, and where a division has
not been rounded yet, over a positive integer of its own (`by`). Bounds of `num` travel along, so that an operation
knows beforehand what it needs: 64 bits, 128, or (`Overflow`) more than columns have, which is then worked out document
by document. Nothing wraps. A value that is absent is null; `void` marks those that are more than missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Final, final

import polars as pl

from zhunsheng.number import Mode

if TYPE_CHECKING:
    from zhunsheng.expression.tree import Comparator
    from zhunsheng.number import Rounding

SMALL: Final = 2**63 - 1
LARGE: Final = 2**126
"""Below the end of 128 bits by a factor, so that a sum of two and a doubling for a rounding still fit."""


class Overflow(Exception):  # noqa: N818  says what happened
    """A figure may need more than 128 bits."""


class Inexpressible(Exception):  # noqa: N818  says what it is
    """Something that columns cannot do; the only argument names it."""


@final
@dataclass(frozen=True, slots=True)
class Numbers:
    """See the module. A series of length 1 stands for as many rows as there are."""

    num: pl.Series
    low: int
    high: int
    den: int = 1
    by: pl.Series | None = None
    most: int = 1
    void: pl.Series | None = None

    @property
    def absent(self) -> pl.Series | None:
        """Which rows have no value; None where all have one."""
        return self.num.is_null() if self.num.null_count() else None


@final
@dataclass(frozen=True, slots=True)
class Plain:
    """Texts, truths or dates."""

    values: pl.Series
    void: pl.Series | None = None

    @property
    def absent(self) -> pl.Series | None:
        """As for numbers."""
        return self.values.is_null() if self.values.null_count() else None


Column = Numbers | Plain


# Making


def constant(value: Fraction) -> Numbers:
    """One number for all rows."""
    num = value.numerator
    return Numbers(_whole(num), num, num, value.denominator)


def nothing(dtype: pl.DataType | type[pl.DataType], *, undefined: bool = False) -> Column:
    """No value in any row: missing, or undefined."""
    void = _truth(value=True) if undefined else None
    values = pl.Series([None], dtype=dtype)
    return Numbers(values, 0, 0, void=void) if dtype in (pl.Int64, pl.Int128) else Plain(values, void)


def integers(num: pl.Series, den: int = 1) -> Numbers:
    """A column of integers over `den`, in as few bits as it needs."""
    num, low, high = _measured(num if num.dtype == pl.Int128 else num.cast(pl.Int64))
    return Numbers(num, low, high, den)


def decimals(values: pl.Series) -> Numbers:
    """A column of decimals, with no more places than some row has."""
    assert isinstance(values.dtype, pl.Decimal), values.dtype
    num, scale = values.to_physical(), values.dtype.scale
    column = integers(num if num.dtype == pl.Int128 else num.cast(pl.Int128))
    step = scale
    while scale and step:
        cut = min(step, scale)
        fewer = _whole_quotient(column, 10**cut)
        if fewer is None:
            step //= 2
        else:
            column, scale = fewer, scale - cut
    return replace(column, den=10**scale)


def _whole_quotient(a: Numbers, k: int) -> Numbers | None:
    """The column divided by `k`, where that leaves no rest; the bounds, two of its numbers, mostly tell already."""
    if a.low % k or a.high % k:
        return None
    by = _whole(k, a.num.dtype)
    num = a.num // by
    return None if (num * by != a.num).any() else Numbers(num, a.low // k, a.high // k)


def wide(column: Column, rows: int) -> Column:
    """The column with one value a row."""
    if isinstance(column, Plain):
        return Plain(_long(column.values, rows), column.void if column.void is None else _long(column.void, rows))
    return replace(
        column,
        num=_long(column.num, rows),
        by=None if column.by is None else _long(column.by, rows),
        void=None if column.void is None else _long(column.void, rows),
    )


def taken(column: Column, index: pl.Series) -> Column:
    """The rows that `index` names, in that order."""
    void = None if column.void is None else _taken(column.void, index)
    if isinstance(column, Plain):
        return Plain(_taken(column.values, index), void)
    by = None if column.by is None else _taken(column.by, index)
    return replace(column, num=_taken(column.num, index), by=by, void=void)


def stacked(columns: list[Column], rows: list[int]) -> Column:
    """Columns one below the other, each of so many rows."""
    if all(isinstance(each, Plain) for each in columns):
        plains = [wide(each, count) for each, count in zip(columns, rows, strict=True)]
        values = pl.concat([each.values for each in plains if isinstance(each, Plain)])
        return Plain(values, _stacked_voids(columns, rows))
    numbers = [each for each in columns if isinstance(each, Numbers)]
    if len(numbers) < len(columns):
        raise Inexpressible("stacked")
    den = lcm(*(each.den for each in numbers))
    levelled = [times(each, den // each.den) for each in numbers]
    own = any(each.by is not None for each in numbers)
    big = any(each.num.dtype == pl.Int128 or (each.by is not None and each.by.dtype == pl.Int128) for each in levelled)
    dtype = pl.Int128 if big else pl.Int64
    parts = [_long(each.num, count).cast(dtype) for each, count in zip(levelled, rows, strict=True)]
    bys = (
        pl.concat(
            [
                _long(_whole(1) if each.by is None else each.by, count).cast(dtype)
                for each, count in zip(levelled, rows, strict=True)
            ]
        )
        if own
        else None
    )
    return Numbers(
        pl.concat(parts),
        min(each.low for each in levelled),
        max(each.high for each in levelled),
        den,
        bys,
        max(each.most for each in levelled),
        _stacked_voids(columns, rows),
    )


def _stacked_voids(columns: list[Column], rows: list[int]) -> pl.Series | None:
    if all(each.void is None for each in columns):
        return None
    return pl.concat(
        [
            _long(_truth(value=False) if each.void is None else each.void, count)
            for each, count in zip(columns, rows, strict=True)
        ]
    )


# Arithmetic


def times(a: Numbers, k: int) -> Numbers:
    """The numerators `k` times as large; the denominator stays, and is for the caller to mend."""
    if k == 1:
        return a
    low, high = sorted((a.low * k, a.high * k))
    if low == high == 0:
        return a
    num = _fit(a.num, low, high)
    return replace(a, num=num * _whole(k, num.dtype), low=low, high=high)


def added(a: Numbers, b: Numbers, sign: int) -> Numbers:
    """A + b, or (sign −1) a − b."""
    a, b = levelled(a, b)
    low, high = (a.low + b.low, a.high + b.high) if sign > 0 else (a.low - b.high, a.high - b.low)
    one, other = _fit_both(a.num, b.num, low, high)
    num = one + other if sign > 0 else one - other
    return _settled(replace(a, num=num, low=low, high=high, void=_either(a.void, b.void)))


def negated(a: Numbers) -> Numbers:
    """−a."""
    return replace(a, num=-a.num, low=-a.high, high=-a.low)


def multiplied(a: Numbers, b: Numbers) -> Numbers:
    """A · b."""
    one, other = gcd(_divisor(a), b.den), gcd(_divisor(b), a.den)
    a_num, b_num = (_divided(a, one) if one > 1 else a), (_divided(b, other) if other > 1 else b)
    corners = [x * y for x in (a_num.low, a_num.high) for y in (b_num.low, b_num.high)]
    low, high = min(corners), max(corners)
    x, y = _fit_both(a_num.num, b_num.num, low, high)
    by, most = _by_both(a, b)
    den = (a.den // other) * (b.den // one)
    return _settled(Numbers(x * y, low, high, den, by, most, _either(a.void, b.void)))


def _divisor(a: Numbers) -> int:
    """What divides every numerator, as far as it is known: of a constant, the constant."""
    return abs(a.low) if _is_constant(a) else 1


def _is_constant(a: Numbers) -> bool:
    """Whether all numerators are one number other than 0; a single row may have wider bounds than that, or be absent."""
    return len(a.num) == 1 and a.low == a.high != 0 and not a.num.null_count()


def _divided(a: Numbers, k: int) -> Numbers:
    return Numbers(_whole(a.low // k), a.low // k, a.high // k, a.den, a.by, a.most, a.void)


def divided(a: Numbers, b: Numbers, rows: int) -> Numbers:
    """A ÷ b; undefined where b is 0."""
    if b.by is None and _is_constant(b):
        return multiplied(a, constant(Fraction(b.den, b.low)))
    divisor, low = b.num, b.low
    zero: pl.Series | None = None
    if b.low <= 0 <= b.high:
        here = filled(divisor == 0)
        if here.any():
            zero, divisor = _long(here, rows), _nulled(_long(divisor, rows), _long(here, rows))
        low = _bounds(divisor)[0]
    common = gcd(a.den, b.den)
    num = times(a if low >= 0 else _signed(a, divisor), b.den // common)
    if b.by is not None:
        num = _by_series(num, b.by, b.most)
    by, most = _product(a.by, a.most, divisor if low >= 0 else divisor.abs(), max(abs(b.low), abs(b.high), 1))
    void = _either(a.void, b.void)
    if b.absent is not None:
        num = replace(num, num=_nulled(_long(num.num, rows), _long(b.absent, rows)))
    if zero is not None:
        num = replace(num, num=_nulled(_long(num.num, rows), zero))
        void = _either(void, zero if a.absent is None else zero & ~_long(a.absent, rows))
    return Numbers(num.num, num.low, num.high, a.den // common, by, most, void)


def rounded(a: Numbers, rounding: Rounding) -> Numbers:
    """The declared rounding, once, from the exact value."""
    places = rounding.places
    up, down = 10 ** max(places, 0), 10 ** max(-places, 0)
    divisor = a.den * down
    common = gcd(up, divisor)
    scaled, divisor = times(a, up // common), divisor // common
    if scaled.by is None and divisor == 1:
        whole = replace(scaled, den=1)
    else:
        whole = _whole_part(scaled, divisor, rounding.mode)
    return _settled(replace(times(whole, down), den=up, by=None, most=1))


def _whole_part(a: Numbers, divisor: int, mode: Mode) -> Numbers:
    """`num / (divisor · by)` as a whole number."""
    size = max(abs(a.low), abs(a.high))
    top = divisor * a.most
    dtype = _type_of(2 * size + 2 * top)
    num = a.num if a.num.dtype == dtype else a.num.cast(dtype)
    by = _whole(divisor, dtype) if a.by is None else _times(a.by, divisor, dtype)
    one, two = _whole(1, dtype), _whole(2, dtype)
    if mode is Mode.FLOOR:
        whole = num // by
    elif mode is Mode.CEILING:
        whole = -((-num) // by)
    else:
        magnitude = num if a.low >= 0 else num.abs()
        match mode:
            case Mode.DOWN:
                whole = magnitude // by
            case Mode.UP:
                whole = (magnitude + by - one) // by
            case Mode.HALF_UP:
                whole = (magnitude * two + by) // (by * two)
            case Mode.HALF_DOWN:
                whole = (magnitude * two + by - one) // (by * two)
            case _:
                whole = magnitude // by
                twice = (magnitude - whole * by) * two
                odd = (whole % two) == one
                whole = whole + ((twice > by) | ((twice == by) & odd)).cast(dtype)
        if a.low < 0:
            whole = whole * num.sign().cast(dtype)
    low, high = a.low // divisor - 1, a.high // divisor + 1
    if a.by is not None:  # which the bounds know to be 1 at least, and is far more as a rule
        whole, low, high = _measured(whole)
    return Numbers(whole, low, high, void=a.void)


def levelled(a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    """The two over one denominator."""
    den = lcm(a.den, b.den)
    one, other = replace(times(a, den // a.den), den=den), replace(times(b, den // b.den), den=den)
    if one.by is other.by:
        return one, other
    by, most = _by_both(one, other)
    left = one if other.by is None else _by_series(one, other.by, other.most)
    right = other if one.by is None else _by_series(other, one.by, one.most)
    return replace(left, by=by, most=most), replace(right, by=by, most=most)


SEVERAL: Final = 1000
"""Different denominators up to which one is sought that all divide."""


def over_one(a: Numbers, what: str) -> Numbers:
    """The column over a denominator that all rows share, where its own are few and small: so that rows can be added."""
    if a.by is None:
        return a
    different = [each for each in a.by.unique().to_list() if each is not None]
    common = lcm(*different) if len(different) <= SEVERAL else LARGE
    if common > SMALL:
        raise Inexpressible(what)
    scaled = _by_series(a, _whole(common, a.by.dtype) // a.by, common)
    return replace(scaled, den=a.den * common, by=None, most=1)


def compared(sign: Comparator, a: Column, b: Column) -> Plain:
    """Two columns of one type, compared."""
    if isinstance(a, Numbers) and isinstance(b, Numbers):
        one, other = levelled(a, b)
        left, right = _fit_both(one.num, other.num, 0, 0)
    elif isinstance(a, Plain) and isinstance(b, Plain):
        left, right = a.values, b.values
    else:
        raise Inexpressible("compared")
    match sign:
        case "=":
            values = left == right
        case "!=":
            values = left != right
        case "<":
            values = left < right
        case "<=":
            values = left <= right
        case ">":
            values = left > right
        case ">=":
            values = left >= right
    return Plain(values, _either(a.void, b.void))


def extreme(which: str, a: Numbers, b: Numbers, rows: int) -> Numbers:
    """The lesser, or the greater, of two; absent where one is."""
    one, other = levelled(a, b)
    left, right = _fit_both(one.num, other.num, 0, 0)
    mask = _long(left <= right if which == "min" else left >= right, rows)
    num = left.zip_with(filled(mask), right)
    absent = mask.is_null() if mask.null_count() else None
    pick = min if which == "min" else max
    return Numbers(
        num if absent is None else _nulled(num, absent),
        pick(one.low, other.low),
        pick(one.high, other.high),
        one.den,
        one.by,
        one.most,
        _either(a.void, b.void),
    )


def chosen(mask: pl.Series, yes: Column, no: Column, rows: int) -> Column:
    """`yes` where the mask holds, `no` elsewhere; the mask has no nulls. Absences come along."""
    mask = _long(mask, rows)
    void: pl.Series | None = None
    if yes.void is not None or no.void is not None:
        nowhere = _truth(value=False)
        void = (nowhere if yes.void is None else yes.void).zip_with(mask, nowhere if no.void is None else no.void)
    if isinstance(yes, Plain) and isinstance(no, Plain):
        return Plain(yes.values.zip_with(mask, no.values), void)
    if not isinstance(yes, Numbers) or not isinstance(no, Numbers):
        raise Inexpressible("chosen")
    den = lcm(yes.den, no.den)
    left, right = times(yes, den // yes.den), times(no, den // no.den)
    a, b = _fit_both(left.num, right.num, 0, 0)
    by: pl.Series | None = None
    if yes.by is not None or no.by is not None:
        x, y = _fit_both(_whole(1) if yes.by is None else yes.by, _whole(1) if no.by is None else no.by, 0, 0)
        by = x if x is y else x.zip_with(mask, y)
        if yes.by is no.by:
            by = yes.by
    return Numbers(
        a.zip_with(mask, b),
        min(left.low, right.low),
        max(left.high, right.high),
        den,
        by,
        max(yes.most, no.most),
        void,
    )


def without(column: Column, absent: pl.Series | None, void: pl.Series | None, rows: int) -> Column:
    """The column, absent also where `absent` says, and there more than missing only where `void` says."""
    if absent is None:
        return column
    absent = _long(absent, rows)
    kept = None if column.void is None else _long(column.void, rows) & ~absent
    void = _either(kept, void)
    if isinstance(column, Plain):
        return Plain(_nulled(_long(column.values, rows), absent), void)
    return replace(column, num=_nulled(_long(column.num, rows), absent), void=void)


# Truths


def both(parts: list[Plain], *, deciding: bool) -> Plain:
    """Three-valued or (`deciding` true), and (false): a deciding operand wins over absent ones."""
    values = parts[0].values
    for each in parts[1:]:
        values = values | each.values if deciding else values & each.values
    void: pl.Series | None = None
    for each in parts:
        void = _either(void, each.void)
    return Plain(values, None if void is None else void & values.is_null())


def opposite(a: Plain) -> Plain:
    """Not."""
    return Plain(~a.values, a.void)


def is_missing(a: Column, rows: int) -> pl.Series:
    """Where the value is missing; one that is undefined is not."""
    absent = a.absent
    if absent is None:
        return _truth(value=False)
    absent = _long(absent, rows)
    return absent if a.void is None else absent & ~_long(a.void, rows)


def is_given(a: Column, rows: int) -> pl.Series:
    """Where there is a value."""
    absent = a.absent
    if absent is None:
        return _truth(value=True)
    return ~_long(absent, rows)


def wholly(truth: Plain, rows: int) -> pl.Series:
    """Where it holds, absent counted as not."""
    return _long(filled(truth.values), rows)


def filled(truths: pl.Series) -> pl.Series:
    """The truths, absent counted as not."""
    return truths.fill_null(value=False) if truths.null_count() else truths


# Series


def running(num: pl.Series, low: int, high: int) -> pl.Series:
    """Sums of the first 0, 1, 2 … values, in bits that hold all of them; nulls count as 0."""
    size = max(abs(low), abs(high)) * max(len(num), 1)
    dtype = _type_of(size)
    values = num.fill_null(0) if num.null_count() else num
    values = values if values.dtype == dtype else values.cast(dtype)
    return pl.concat([pl.Series([0], dtype=dtype), values.cum_sum()])


def _whole(value: int, dtype: pl.DataType | type[pl.DataType] | None = None) -> pl.Series:
    return pl.Series([value], dtype=_type_of(abs(value)) if dtype is None else dtype)


def _truth(*, value: bool) -> pl.Series:
    return pl.Series([value], dtype=pl.Boolean)


def _type_of(size: int) -> type[pl.DataType]:
    if size > LARGE:
        raise Overflow
    return pl.Int64 if size <= SMALL else pl.Int128


def _times(num: pl.Series, k: int, dtype: type[pl.DataType]) -> pl.Series:
    wide_ = num if num.dtype == dtype else num.cast(dtype)
    return wide_ if k == 1 else wide_ * _whole(k, dtype)


def _fit(num: pl.Series, low: int, high: int) -> pl.Series:
    """The series in bits that hold these bounds."""
    wanted = _type_of(max(abs(low), abs(high)))
    return num.cast(pl.Int128) if wanted == pl.Int128 and num.dtype != pl.Int128 else num


def _fit_both(a: pl.Series, b: pl.Series, low: int, high: int) -> tuple[pl.Series, pl.Series]:
    """Two series in like bits, which hold these bounds as well."""
    a, b = _fit(a, low, high), _fit(b, low, high)
    if a.dtype == b.dtype:
        return a, b
    return a.cast(pl.Int128), b.cast(pl.Int128)


def _bounds(num: pl.Series) -> tuple[int, int]:
    low, high = num.min(), num.max()
    return (low, high) if isinstance(low, int) and isinstance(high, int) else (0, 0)


def _measured(num: pl.Series) -> tuple[pl.Series, int, int]:
    low, high = _bounds(num)
    small = num.dtype == pl.Int128 and max(abs(low), abs(high)) <= SMALL
    return (num.cast(pl.Int64) if small else num), low, high


def _settled(a: Numbers) -> Numbers:
    """In 64 bits again, where the values themselves are smaller than their bounds let fear."""
    if a.num.dtype != pl.Int128:
        return a
    num, low, high = _measured(a.num)
    return replace(a, num=num, low=low, high=high)


def _long(values: pl.Series, rows: int) -> pl.Series:
    return values.new_from_index(0, rows) if len(values) == 1 and rows != 1 else values


def _taken(values: pl.Series, index: pl.Series) -> pl.Series:
    return values.gather(index) if len(values) != 1 else _long(values, len(index))


def _nulled(values: pl.Series, where: pl.Series) -> pl.Series:
    return values.zip_with(~where, pl.Series([None], dtype=values.dtype))


def _either(a: pl.Series | None, b: pl.Series | None) -> pl.Series | None:
    if a is None or b is None:
        return b if a is None else a
    return a | b


def _signed(a: Numbers, by: pl.Series) -> Numbers:
    size = max(abs(a.low), abs(a.high))
    return replace(a, num=a.num * by.sign().cast(a.num.dtype), low=-size, high=size)


def _by_series(a: Numbers, by: pl.Series, most: int) -> Numbers:
    """The numerators times a positive column."""
    low, high = min(a.low * most, a.low), max(a.high * most, a.high)
    num, by = _fit_both(a.num, by, low, high)
    return _settled(replace(a, num=num * by, low=low, high=high))


def _by_both(a: Numbers, b: Numbers) -> tuple[pl.Series | None, int]:
    if a.by is None or b.by is None:
        return (b.by, b.most) if a.by is None else (a.by, a.most)
    return _product(a.by, a.most, b.by, b.most)


def _product(a: pl.Series | None, a_most: int, b: pl.Series, b_most: int) -> tuple[pl.Series, int]:
    if a is None:
        return b, b_most
    one, other = _fit_both(a, b, 0, a_most * b_most)
    return one * other, a_most * b_most
