"""Whole columns of exact values, and what can be done with them: integers over a common denominator, never a float.

A number is `num / (den · by)`: an integer of a column over an integer that all rows share, and where a division has
not been rounded yet, over a positive integer of its own (`by`). Nothing is worked out here: steps are put together as
lanes. Bounds of `num` and `by` travel along, so that a step knows beforehand what it needs: 64 bits, 128, or more than
columns have. Then what it is made of is worked out and measured, for bounds fear more than there is; and where that is
too much still, `Overflow` says so, and the documents are worked out one by one. Nothing wraps.

`absent` tells where a column has no value, `void` where that is more than missing. A truth is false where it is absent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import wraps
from math import gcd, lcm
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar, final

import polars as pl

from zhunsheng.number import Mode
from zhunsheng.population.columns import kernels, lanes
from zhunsheng.population.columns.lanes import FALSE, TRUE, Lane, integer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zhunsheng.expression.tree import Comparator
    from zhunsheng.number import Rounding
    from zhunsheng.population.columns.lanes import Kind

SMALL: Final = 2**63 - 1
"""What a lane of 64 bits may hold of either sign, so that it can be turned round."""
LARGE: Final = 2**126
"""Below the end of 128 bits by a factor, so that a sum of two and a doubling for a rounding still fit."""


class Overflow(Exception):  # noqa: N818  says what happened
    """A figure may need more than 128 bits."""


class Inexpressible(Exception):  # noqa: N818  says what it is
    """Something that columns cannot do; the only argument names it."""


@final
@dataclass(frozen=True, slots=True)
class Numbers:
    """See the module: `low` to `high` are bounds of `num`, `least` to `most` those of `by`, in every row."""

    num: Lane
    low: int
    high: int
    den: int = 1
    by: Lane | None = None
    least: int = 1
    most: int = 1
    absent: Lane | None = None
    void: Lane | None = None


@final
@dataclass(frozen=True, slots=True)
class Truths:
    """Truths; false where absent."""

    values: Lane
    absent: Lane | None = None
    void: Lane | None = None


@final
@dataclass(frozen=True, slots=True)
class Words:
    """Texts of which there are few: `codes` tells which of `words`."""

    codes: Lane
    words: tuple[str, ...]
    absent: Lane | None = None
    void: Lane | None = None


@final
@dataclass(frozen=True, slots=True)
class Plain:
    """Texts or dates as a series, null where absent; one of length 1 stands for as many rows as there are."""

    values: pl.Series
    void: Lane | None = None

    @property
    def absent(self) -> Lane | None:
        """Which rows have no value; None where all have one."""
        if not self.values.null_count():
            return None
        return TRUE if len(self.values) == 1 else lanes.leaf(self.values.is_null())


Column = Numbers | Truths | Words | Plain


# Making


def constant(value: Fraction) -> Numbers:
    """One number for all rows."""
    num = value.numerator
    return Numbers(_whole(num), num, num, value.denominator)


def word(text: str) -> Words:
    """One text for all rows."""
    return Words(integer(0), (text,))


def nothing(dtype: pl.DataType | type[pl.DataType], *, undefined: bool = False) -> Column:
    """No value in any row: missing, or undefined."""
    void = TRUE if undefined else None
    if dtype in (pl.Int64, pl.Int128):
        return no_number(undefined=undefined)
    if dtype == pl.Boolean:
        return Truths(FALSE, TRUE, void)
    if dtype == pl.String:
        return Words(integer(0), ("",), TRUE, void)
    return Plain(pl.Series([None], dtype=dtype), void)


def no_number(*, undefined: bool = False) -> Numbers:
    """No number in any row."""
    return Numbers(integer(0), 0, 0, absent=TRUE, void=TRUE if undefined else None)


def integers(num: pl.Series, den: int = 1) -> Numbers:
    """A column of integers over `den`, in as few bits as it needs."""
    if num.null_count() == len(num):
        return no_number()
    low, high = _bounds(num)
    num = num.cast(pl.Int64 if max(-low, high) <= SMALL else pl.Int128)
    lane = lanes.leaf(num)
    return Numbers(lane, low, high, den, absent=lanes.absent_in(lane))


PLACES: Final = 4
"""Decimal places that are taken as they come; where a column has more of them, it is seen whether any row needs them."""


def decimals(values: pl.Series) -> Numbers:
    """A column of decimals, with few places or no more than some row has."""
    assert isinstance(values.dtype, pl.Decimal), values.dtype
    scale, places = values.dtype.scale, 10**values.dtype.scale
    if scale <= PLACES and values.null_count() < len(values):
        narrow = kernels.narrowed(values)
        if narrow is not None and -narrow[1] <= SMALL:
            absent = lanes.leaf(values.is_null()) if values.null_count() else None
            return Numbers(lanes.leaf_in(narrow[0]), narrow[1], narrow[2], places, absent=absent)
    num = values.to_physical()
    low, high = _bounds(num)
    step = scale
    while scale > PLACES and step:
        cut = min(step, scale)
        fewer = _whole_quotient(num, low, high, 10**cut)
        if fewer is None:
            step //= 2
        else:
            num, low, high, scale = fewer, low // 10**cut, high // 10**cut, scale - cut
    return integers(num, 10**scale)


def _whole_quotient(num: pl.Series, low: int, high: int, k: int) -> pl.Series | None:
    """The integers divided by `k`, where that leaves no rest; the bounds, two of them, mostly tell already."""
    if low % k or high % k:
        return None
    by = pl.Series([k], dtype=num.dtype)
    quotient = num // by
    return None if (quotient * by != num).any() else quotient


def truths(values: pl.Series) -> Truths:
    """A column of truths."""
    if values.null_count() == len(values):
        return Truths(FALSE, TRUE)
    lane = lanes.leaf(values)
    return Truths(lane, lanes.absent_in(lane))


def _bounds(num: pl.Series) -> tuple[int, int]:
    """Of what a lane of the series holds; 0 where the series holds nothing."""
    low, high = num.min(), num.max()
    if not isinstance(low, int) or not isinstance(high, int):
        return 0, 0
    return (min(low, lanes.FILLER), max(high, lanes.FILLER)) if num.null_count() else (low, high)


# As series


def series_of(a: Numbers, rows: int) -> pl.Series:
    """The numerators, null where absent; over `den` alone, for which `by` must not be there."""
    assert a.by is None
    return nulled(lanes.series(a.num, rows), a.absent)


def told(a: Numbers, rows: int, words: Callable[[Fraction], str]) -> pl.Series:
    """The numbers as texts, null where absent; each different number is put into words once."""
    by = lanes.series(a.by or integer(1), rows)
    absent = lanes.series(a.absent or FALSE, rows)
    table = pl.DataFrame({"num": lanes.series(a.num, rows), "by": by, "absent": absent})
    different = table.filter(~pl.col("absent")).unique()
    texts = [words(Fraction(num, a.den * each)) for num, each, _ in different.iter_rows()]
    known = different.with_columns(pl.Series("text", texts, dtype=pl.String))
    return table.join(known, on=["num", "by", "absent"], how="left", maintain_order="left")["text"]


def truths_of(a: Truths, rows: int) -> pl.Series:
    """The truths, null where absent."""
    return nulled(lanes.series(a.values, rows), a.absent)


def texts_of(a: Words | Plain, rows: int) -> pl.Series:
    """The texts or dates, null where absent."""
    if isinstance(a, Plain):
        return _long(a.values, rows)
    words = pl.Series(a.words, dtype=pl.String)
    texts = (
        _long(words, rows) if a.codes.op == "const" and len(words) == 1 else words.gather(lanes.series(a.codes, rows))
    )
    return nulled(texts, a.absent)


def nulled(values: pl.Series, absent: Lane | None) -> pl.Series:
    """The values, null where absent."""
    if absent is None:
        return values
    return values.zip_with(~lanes.series(absent, len(values)), pl.Series([None], dtype=values.dtype))


def taken(column: Column, index: pl.Series) -> Column:
    """The rows that `index` names, in that order."""
    rows = lanes.leaf(index)

    def at(lane: Lane | None) -> Lane | None:
        return None if lane is None else lanes.taken(lane, rows)

    void = at(column.void)
    match column:
        case Numbers():
            num = lanes.taken(column.num, rows)
            return replace(column, num=num, by=at(column.by), absent=at(column.absent), void=void)
        case Truths():
            return Truths(lanes.taken(column.values, rows), at(column.absent), void)
        case Words():
            return Words(lanes.taken(column.codes, rows), column.words, at(column.absent), void)
        case Plain():
            values = column.values
            return Plain(values if len(values) == 1 else values.gather(index), void)


def stacked(columns: Sequence[Column], rows: Sequence[int]) -> Column:
    """Columns one below the other, each of so many rows."""
    absent = _piled([each.absent or FALSE for each in columns], rows)
    void = _piled([each.void or FALSE for each in columns], rows)
    if all(isinstance(each, Numbers) for each in columns):
        numbers = [each for each in columns if isinstance(each, Numbers)]
        return replace(_stacked(numbers, rows), absent=absent, void=void)
    if all(isinstance(each, Truths) for each in columns):
        return Truths(
            _piled([each.values for each in columns if isinstance(each, Truths)], rows) or FALSE, absent, void
        )
    texts = [texts_of(each, n) for each, n in zip(columns, rows, strict=True) if isinstance(each, Words | Plain)]
    if len(texts) < len(columns):
        raise Inexpressible("stacked")
    return Plain(pl.concat(texts), void)


def _stacked(columns: Sequence[Numbers], rows: Sequence[int]) -> Numbers:
    den = lcm(*(each.den for each in columns))
    levelled_ = [times(each, den // each.den) for each in columns]
    num = _piled_numbers([each.num for each in levelled_], rows)
    by = _piled_numbers([each.by or integer(1) for each in columns], rows) if any(each.by for each in columns) else None
    return Numbers(
        num,
        min(each.low for each in levelled_),
        max(each.high for each in levelled_),
        den,
        by,
        min(each.least for each in columns),
        max(each.most for each in columns),
    )


def _piled_numbers(parts: Sequence[Lane], rows: Sequence[int]) -> Lane:
    large = any(each.kind == "large" for each in parts)
    like = [lanes.as_large(each) if large else each for each in parts]
    return lanes.leaf(pl.concat([lanes.series(each, count) for each, count in zip(like, rows, strict=True)]))


def _piled(parts: Sequence[Lane], rows: Sequence[int]) -> Lane | None:
    """Truths one below the other; None where none of them holds anywhere."""
    if all(each is FALSE for each in parts):
        return None
    return lanes.leaf(pl.concat([lanes.series(each, count) for each, count in zip(parts, rows, strict=True)]))


def measured(a: Numbers) -> Numbers:
    """The same numbers, worked out, with the bounds that they have in truth."""
    lanes.settle([each for each in (a.num, a.by) if each is not None])
    num, low, high = _tight(a.num, a.low, a.high)
    by, least, most = (None, 1, 1) if a.by is None else _tight(a.by, a.least, a.most)
    return replace(a, num=num, low=low, high=high, by=by, least=least, most=most)


def _tight(lane: Lane, low: int, high: int) -> tuple[Lane, int, int]:
    if lane.known is None or not len(lane.known):
        return lane, low, high
    low, high = _bounds(lanes.series(lane, len(lane.known)))
    return (lanes.as_small(lane) if max(-low, high) <= SMALL else lane), low, high


_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


def _bounded(work: Callable[_Given, _Found]) -> Callable[_Given, _Found]:
    """Measures what a step is made of where its bounds are too wide for it, and tries once more."""

    @wraps(work)
    def tried(*parts: _Given.args, **named: _Given.kwargs) -> _Found:
        try:
            return work(*parts, **named)
        except Overflow:
            known = [measured(each) if isinstance(each, Numbers) else each for each in parts]
            return work(*known, **named)  # type: ignore[arg-type]

    return tried


# Arithmetic


def times(a: Numbers, k: int) -> Numbers:
    """The numerators `k` times as large; the denominator stays, and is for the caller to mend."""
    if k == 1:
        return a
    low, high = sorted((a.low * k, a.high * k))
    if low == high == 0:
        return a
    return replace(a, num=_scaled(a.num, k, low, high), low=low, high=high)


@_bounded
def added(a: Numbers, b: Numbers, sign: int) -> Numbers:
    """A + b, or (sign −1) a − b."""
    a, b = levelled(a, b)
    low, high = (a.low + b.low, a.high + b.high) if sign > 0 else (a.low - b.high, a.high - b.low)
    one, other = _fit_both(a.num, b.num, low, high)
    num = lanes.arithmetic("add" if sign > 0 else "sub", one, other)
    return _settled(
        replace(a, num=num, low=low, high=high, absent=_either(a.absent, b.absent), void=_either(a.void, b.void))
    )


def negated(a: Numbers) -> Numbers:
    """−a."""
    return replace(a, num=lanes.negative(a.num), low=-a.high, high=-a.low)


@_bounded
def multiplied(a: Numbers, b: Numbers) -> Numbers:
    """A · b."""
    one, other = gcd(_divisor(a), b.den), gcd(_divisor(b), a.den)
    a_num, b_num = (_divided(a, one) if one > 1 else a), (_divided(b, other) if other > 1 else b)
    corners = [x * y for x in (a_num.low, a_num.high) for y in (b_num.low, b_num.high)]
    low, high = min(corners), max(corners)
    x, y = _fit_both(a_num.num, b_num.num, low, high)
    by, least, most = _by_both(a, b)
    den = (a.den // other) * (b.den // one)
    return _settled(
        Numbers(
            lanes.arithmetic("mul", x, y),
            low,
            high,
            den,
            by,
            least,
            most,
            absent=_either(a.absent, b.absent),
            void=_either(a.void, b.void),
        )
    )


def _divisor(a: Numbers) -> int:
    """What divides every numerator, as far as it is known: of a constant, the constant."""
    return abs(_constant(a)) or 1


def _constant(a: Numbers) -> int:
    """The one number other than 0 that all numerators are; 0 where there is none such."""
    return a.num.constant or 0 if a.absent is None else 0


def _divided(a: Numbers, k: int) -> Numbers:
    num = _constant(a) // k
    return replace(a, num=_whole(num), low=num, high=num)


@_bounded
def divided(a: Numbers, b: Numbers) -> Numbers:
    """A ÷ b; undefined where b is 0."""
    if b.by is None and _constant(b):
        return multiplied(a, constant(Fraction(b.den, _constant(b))))
    divisor, absent, void = b.num, _either(a.absent, b.absent), _either(a.void, b.void)
    if b.low <= 0 <= b.high:
        zero = lanes.compared("eq", divisor, integer(0, divisor.kind))
        divisor = lanes.chosen(zero, integer(1, divisor.kind), divisor)
        void = _either(void, zero if absent is None else lanes.conjoined(zero, lanes.opposite(absent)))
        absent = _either(absent, zero)
    common = gcd(a.den, b.den)
    num = a
    if b.low < 0:
        below = lanes.compared("lt", divisor, integer(0, divisor.kind))
        divisor = lanes.chosen(below, lanes.negative(divisor), divisor)
        size = max(-a.low, a.high)
        num = replace(a, num=lanes.chosen(below, lanes.negative(a.num), a.num), low=-size, high=size)
    num = times(num, b.den // common)
    if b.by is not None:
        num = _by_lane(num, b.by, b.most)
    least = 1 if b.low <= 0 <= b.high else min(abs(b.low), abs(b.high))
    by, least, most = _product(a.by, a.least, a.most, divisor, least, max(-b.low, b.high, 1))
    return Numbers(num.num, num.low, num.high, a.den // common, by, least, most, absent, void)


@_bounded
def rounded(a: Numbers, rounding: Rounding) -> Numbers:
    """The declared rounding, once, from the exact value."""
    places = rounding.places
    up, down = 10 ** max(places, 0), 10 ** max(-places, 0)
    divisor = a.den * down
    common = gcd(up, divisor)
    scaled, divisor = times(a, up // common), divisor // common
    if scaled.by is None and divisor == 1:
        whole = scaled
    else:
        if _kind_of(_span(scaled, divisor)) == "large":  # in which division is dear
            scaled = measured(scaled)
        whole = _whole_part(scaled, divisor, rounding.mode)
    return _settled(replace(times(whole, down), den=up, by=None, least=1, most=1))


def _span(a: Numbers, divisor: int) -> int:
    """What the steps of a rounding may come to."""
    return 2 * max(-a.low, a.high) + 2 * divisor * a.most


def _whole_part(a: Numbers, divisor: int, mode: Mode) -> Numbers:
    """`num / (divisor · by)` as a whole number."""
    kind = _kind_of(_span(a, divisor))
    num = lanes.as_large(a.num) if kind == "large" else a.num
    by = integer(divisor, kind) if a.by is None else _multiple(a.by, divisor, kind)
    zero, one, two = (integer(each, kind) for each in (0, 1, 2))
    reckon = lanes.arithmetic
    if mode is Mode.FLOOR:
        whole = reckon("quo" if a.low >= 0 else "div", num, by)
    elif mode is Mode.CEILING:
        whole = lanes.negative(reckon("div", lanes.negative(num), by))
    else:
        below = FALSE if a.low >= 0 else lanes.compared("lt", num, zero)
        magnitude = lanes.chosen(below, lanes.negative(num), num)
        twice = reckon("mul", magnitude, two)
        match mode:
            case Mode.DOWN:
                whole = reckon("quo", magnitude, by)
            case Mode.UP:
                whole = reckon("quo", reckon("add", magnitude, reckon("sub", by, one)), by)
            case Mode.HALF_UP:
                whole = reckon("quo", reckon("add", twice, by), reckon("mul", by, two))
            case Mode.HALF_DOWN:
                whole = reckon("quo", reckon("add", twice, reckon("sub", by, one)), reckon("mul", by, two))
            case _:
                whole = reckon("quo", magnitude, by)
                rest = reckon("mul", reckon("sub", magnitude, reckon("mul", whole, by)), two)
                odd = lanes.compared("ne", reckon("mul", reckon("quo", whole, two), two), whole)
                tie = lanes.conjoined(lanes.compared("eq", rest, by), odd)
                up = lanes.disjoined(lanes.compared("gt", rest, by), tie)
                whole = lanes.chosen(up, reckon("add", whole, one), whole)
        whole = lanes.chosen(below, lanes.negative(whole), whole)
    least, most = divisor * a.least, divisor * a.most
    low = a.low // (most if a.low >= 0 else least) - (a.low < 0)
    high = a.high // (least if a.high >= 0 else most) + 1
    return Numbers(whole, low, high, absent=a.absent, void=a.void)


def levelled(a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    """The two over one denominator."""
    den = lcm(a.den, b.den)
    one = a if a.den == den else replace(times(a, den // a.den), den=den)
    other = b if b.den == den else replace(times(b, den // b.den), den=den)
    if one.by is other.by:
        return one, other
    by, least, most = _by_both(one, other)
    left = one if other.by is None else _by_lane(one, other.by, other.most)
    right = other if one.by is None else _by_lane(other, one.by, one.most)
    return replace(left, by=by, least=least, most=most), replace(right, by=by, least=least, most=most)


SEVERAL: Final = 1000
"""Different denominators up to which one is sought that all divide."""


@_bounded
def over_one(a: Numbers, what: str, rows: int) -> Numbers:
    """The column over a denominator that all rows share, where its own are few and small: so that rows can be added."""
    if a.by is None:
        return a
    different = lanes.series(a.by, rows).unique().to_list()
    common = lcm(*different) if len(different) <= SEVERAL else LARGE
    if common > SMALL:
        raise Inexpressible(what)
    lane = lanes.arithmetic("quo", integer(common, a.by.kind), a.by)
    return replace(_by_lane(a, lane, common), den=a.den * common, by=None, least=1, most=1)


SIGNS: Final = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


@_bounded
def compared(sign: Comparator, a: Column, b: Column, rows: int) -> Truths:
    """Two columns of one type, compared."""
    absent, void = _either(a.absent, b.absent), _either(a.void, b.void)
    match a, b:
        case Numbers(), Numbers():
            one, other = levelled(a, b)
            values = lanes.compared(SIGNS[sign], one.num, other.num)
        case Truths(), Truths() if sign in ("=", "!="):
            alike = lanes.chosen(a.values, b.values, lanes.opposite(b.values))
            values = alike if sign == "=" else lanes.opposite(alike)
        case Words(), Words() if sign in ("=", "!="):
            codes = {each: at for at, each in enumerate(a.words)}
            values = lanes.compared(SIGNS[sign], a.codes, _recoded(b, codes))
        case (Words() | Plain(), Words() | Plain()):
            values = lanes.leaf(_texts_compared(sign, _short(a, rows), _short(b, rows), rows))
        case _:
            raise Inexpressible("compared")
    return Truths(_standing(values, absent), absent, void)


def _short(a: Words | Plain, rows: int) -> pl.Series:
    return pl.Series([a.words[a.codes.value]]) if isinstance(a, Words) and a.codes.op == "const" else texts_of(a, rows)


def _texts_compared(sign: Comparator, left: pl.Series, right: pl.Series, rows: int) -> pl.Series:
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
    return _long(values.fill_null(value=False), rows)


def _recoded(a: Words, codes: dict[str, int]) -> Lane:
    """The codes of words under others; new words get the next numbers."""
    new = [codes.setdefault(each, len(codes)) for each in a.words]
    if a.codes.op == "const":
        return integer(new[a.codes.value])
    return a.codes if new == list(range(len(new))) else lanes.taken(lanes.leaf(pl.Series(new, dtype=pl.Int64)), a.codes)


@_bounded
def extreme(which: str, a: Numbers, b: Numbers) -> Numbers:
    """The lesser, or the greater, of two; absent where one is."""
    one, other = levelled(a, b)
    left, right = lanes.alike(one.num, other.num)
    mask = lanes.compared("le" if which == "min" else "ge", left, right)
    pick = min if which == "min" else max
    low, high = pick(one.low, other.low), pick(one.high, other.high)
    return _settled(
        replace(
            one,
            num=lanes.chosen(mask, left, right),
            low=low,
            high=high,
            absent=_either(a.absent, b.absent),
            void=_either(a.void, b.void),
        )
    )


@_bounded
def chosen(mask: Lane, yes: Column, no: Column, rows: int) -> Column:
    """`yes` where the mask holds, `no` elsewhere. Absences come along."""
    absent, void = _chosen_marks(mask, yes.absent, no.absent), _chosen_marks(mask, yes.void, no.void)
    match yes, no:
        case Numbers(), Numbers():
            return replace(_chosen(mask, yes, no), absent=absent, void=void)
        case Truths(), Truths():
            return Truths(lanes.chosen(mask, yes.values, no.values), absent, void)
        case Words(), Words():
            codes: dict[str, int] = {each: at for at, each in enumerate(yes.words)}
            other = _recoded(no, codes)
            return Words(lanes.chosen(mask, yes.codes, other), tuple(codes), absent, void)
        case (Words() | Plain(), Words() | Plain()):
            one, other_ = (texts_of(each, rows) for each in (yes, no))
            return Plain(one.zip_with(lanes.series(mask, rows), other_), void)
        case _:
            raise Inexpressible("chosen")


def _chosen(mask: Lane, yes: Numbers, no: Numbers) -> Numbers:
    den = lcm(yes.den, no.den)
    left, right = times(yes, den // yes.den), times(no, den // no.den)
    by: Lane | None = None
    if yes.by is not None or no.by is not None:
        by = lanes.chosen(mask, *lanes.alike(yes.by or integer(1), no.by or integer(1)))
    return Numbers(
        lanes.chosen(mask, *lanes.alike(left.num, right.num)),
        min(left.low, right.low),
        max(left.high, right.high),
        den,
        by,
        min(yes.least, no.least),
        max(yes.most, no.most),
    )


def _chosen_marks(mask: Lane, yes: Lane | None, no: Lane | None) -> Lane | None:
    return None if yes is no is None else _unless_never(lanes.chosen(mask, yes or FALSE, no or FALSE))


def without(column: Column, absent: Lane | None, void: Lane | None) -> Column:
    """The column, absent also where `absent` says, and there more than missing only where `void` says."""
    if absent is None or absent is FALSE:
        return column
    kept = None if column.void is None else lanes.conjoined(column.void, lanes.opposite(absent))
    void = _either(kept, void)
    match column:
        case Truths():
            return Truths(_standing(column.values, absent), _either(column.absent, absent), void)
        case Plain():
            rows = len(column.values) if absent.rows is None else absent.rows
            return Plain(nulled(_long(column.values, rows), absent), void)
        case _:
            return replace(column, absent=_either(column.absent, absent), void=void)


# Truths


def both(parts: Sequence[Truths], *, deciding: bool) -> Truths:
    """Three-valued or (`deciding` true), and (false): a deciding operand wins over absent ones."""
    if len(parts) == 1:
        return parts[0]
    absent: Lane | None = None
    void: Lane | None = None
    decided: Lane = FALSE
    for each in parts:
        absent, void = _either(absent, each.absent), _either(void, each.void)
        against = each.values if deciding else _standing(lanes.opposite(each.values), each.absent)
        decided = lanes.disjoined(decided, against)
    values = decided if deciding else lanes.opposite(decided)
    if absent is None:
        return Truths(values)
    absent = lanes.conjoined(absent, lanes.opposite(decided))
    void = None if void is None else lanes.conjoined(void, absent)
    return Truths(values if deciding else _standing(values, absent), _unless_never(absent), void)


def opposite(a: Truths) -> Truths:
    """Not."""
    return Truths(_standing(lanes.opposite(a.values), a.absent), a.absent, a.void)


def is_missing(a: Column) -> Lane:
    """Where the value is missing; one that is undefined is not."""
    if a.absent is None:
        return FALSE
    return a.absent if a.void is None else lanes.conjoined(a.absent, lanes.opposite(a.void))


def is_given(a: Column) -> Lane:
    """Where there is a value."""
    return TRUE if a.absent is None else lanes.opposite(a.absent)


# Lanes


def _whole(value: int) -> Lane:
    return integer(value, _kind_of(abs(value)))


def _kind_of(size: int) -> Kind:
    if size > LARGE:
        raise Overflow
    return "small" if size <= SMALL else "large"


def _multiple(lane: Lane, k: int, kind: Kind) -> Lane:
    like = lanes.as_large(lane) if kind == "large" else lane
    return lanes.arithmetic("mul", like, integer(k, kind))


def _scaled(lane: Lane, k: int, low: int, high: int) -> Lane:
    kind = _kind_of(max(-low, high, abs(k)))
    return _multiple(lane, k, "large" if lane.kind == "large" else kind)


def _fit_both(a: Lane, b: Lane, low: int, high: int) -> tuple[Lane, Lane]:
    """Two lanes in like bits, which hold these bounds as well."""
    large = _kind_of(max(-low, high)) == "large" or "large" in (a.kind, b.kind)
    return (lanes.as_large(a), lanes.as_large(b)) if large else (a, b)


def _settled(a: Numbers) -> Numbers:
    """In 64 bits again, where the bounds allow."""
    if a.num.kind == "small" or max(-a.low, a.high) > SMALL:
        return a
    return replace(a, num=lanes.as_small(a.num))


def _either(a: Lane | None, b: Lane | None) -> Lane | None:
    if a is None or b is None:
        return b if a is None else a
    return lanes.disjoined(a, b)


def _standing(values: Lane, absent: Lane | None) -> Lane:
    return values if absent is None else lanes.conjoined(values, lanes.opposite(absent))


def _unless_never(lane: Lane) -> Lane | None:
    return None if lane is FALSE else lane


def _by_lane(a: Numbers, by: Lane, most: int) -> Numbers:
    """The numerators times a positive lane."""
    low, high = min(a.low * most, a.low), max(a.high * most, a.high)
    one, other = _fit_both(a.num, by, low, high)
    return _settled(replace(a, num=lanes.arithmetic("mul", one, other), low=low, high=high))


def _by_both(a: Numbers, b: Numbers) -> tuple[Lane | None, int, int]:
    if b.by is None:
        return a.by, a.least, a.most
    return _product(a.by, a.least, a.most, b.by, b.least, b.most)


def _product(a: Lane | None, a_least: int, a_most: int, b: Lane, b_least: int, b_most: int) -> tuple[Lane, int, int]:
    if a is None:
        return b, b_least, b_most
    one, other = _fit_both(a, b, 0, a_most * b_most)
    return lanes.arithmetic("mul", one, other), a_least * b_least, a_most * b_most


def _long(values: pl.Series, rows: int) -> pl.Series:
    return values.new_from_index(0, rows) if len(values) == 1 != rows else values
