"""Figures over members: sums, counts and the rest for runs of rows that lie side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never, cast

import polars as pl

from zhunsheng.population.columns.values import (
    Inexpressible,
    Numbers,
    Plain,
    both,
    divided,
    filled,
    integers,
    opposite,
    over_one,
    running,
    without,
)

if TYPE_CHECKING:
    from zhunsheng.expression.tree import Gathering
    from zhunsheng.population.columns.frames import Segments
    from zhunsheng.population.columns.values import Column


def expanded(starts: pl.Series, ends: pl.Series) -> Segments:
    """Every row with every member of its own: the row, and the member."""
    lengths = ends - starts
    outer = pl.int_range(len(starts), dtype=pl.Int64, eager=True)
    table = pl.DataFrame({"row": outer, "start": starts, "end": ends}).filter(lengths > 0)
    both_ = table.select("row", pl.int_ranges("start", "end").alias("member")).explode("member")
    return both_["row"], both_["member"]


def side_by_side(starts: pl.Series, ends: pl.Series) -> Segments:
    """Where the members of each row lie once they are expanded."""
    until = (ends - starts).cum_sum()
    return until - (ends - starts), until


def figure(gathering: Gathering, standing: Plain, value: Column, segments: Segments) -> Column:
    """A figure over the members that stand; as `expression.exact` has it, absences included."""
    rows = len(segments[0])
    match gathering:
        case "any" | "every":
            wanted = gathering == "any"
            first = standing if wanted else opposite(standing)
            verdict = both([first, cast("Plain", value)], deciding=not wanted)
            return _decided(verdict, segments, deciding=wanted, rows=rows)
        case "count":
            verdict = both([standing, cast("Plain", value)], deciding=False)
            absent, void = _absences(verdict.absent, verdict.void, segments)
            return without(_counted(verdict.values, segments), absent, void, rows)
        case "share":
            truths = cast("Plain", value)
            hits = _counted(standing.values & filled(truths.values), segments)
            found: Column = divided(hits, _counted(standing.values, segments), rows)
        case "sum" | "mean":
            total = _summed(standing, cast("Numbers", value), segments)
            found = total if gathering == "sum" else divided(total, _counted(standing.values, segments), rows)
        case "min" | "max" | "median":
            found = _ordered(gathering, standing, value, segments)
        case _:
            assert_never(gathering)
    absent, void = _missing(standing, value, segments)
    return without(found, absent, void, rows)


def _missing(standing: Plain, value: Column, segments: Segments) -> tuple[pl.Series | None, pl.Series | None]:
    """Where a condition is absent, or the value of a member that stands."""
    absent, void = standing.absent, standing.void
    if value.absent is not None:
        holds = filled(standing.values)
        lacking = holds & value.absent
        absent = lacking if absent is None else absent | lacking
        if value.void is not None:
            void = (holds & value.void) if void is None else void | (holds & value.void)
    return _absences(absent, void, segments)


def _absences(
    absent: pl.Series | None, void: pl.Series | None, segments: Segments
) -> tuple[pl.Series | None, pl.Series | None]:
    return (
        None if absent is None else _somewhere(absent, segments),
        None if void is None else _somewhere(void, segments),
    )


def _decided(verdict: Plain, segments: Segments, *, deciding: bool, rows: int) -> Column:
    """One deciding truth settles it, else an absent one does."""
    settled = _somewhere(verdict.values if deciding else ~verdict.values, segments)
    found: Column = Plain(settled if deciding else ~settled)
    absent, void = _absences(verdict.absent, verdict.void, segments)
    if absent is None:
        return found
    open_ = absent & ~settled
    return without(found, open_, None if void is None else void & open_, rows)


def _between(sums: pl.Series, segments: Segments) -> pl.Series:
    starts, ends = segments
    return sums.gather(ends) - sums.gather(starts)


def _count_of(truths: pl.Series, segments: Segments) -> pl.Series:
    return _between(running(truths.cast(pl.Int64), 0, 1), segments)


def _somewhere(truths: pl.Series, segments: Segments) -> pl.Series:
    return _count_of(truths, segments) > 0


def _counted(truths: pl.Series, segments: Segments) -> Numbers:
    return integers(_count_of(truths, segments))


def _summed(standing: Plain, value: Numbers, segments: Segments) -> Numbers:
    value = over_one(value, "sum")
    kept = _standing(standing, value.num, 0)
    total = integers(_between(running(kept, value.low, value.high), segments))
    return replace(total, den=value.den)


def _standing(standing: Plain, num: pl.Series, rest: int | None) -> pl.Series:
    if standing.absent is None and standing.values.all():
        return num
    return num.zip_with(filled(standing.values), pl.Series([rest], dtype=num.dtype))


def _ordered(gathering: Gathering, standing: Plain, value: Column, segments: Segments) -> Column:
    """The least, the greatest or the middle of the members that stand; undefined of none."""
    if isinstance(value, Plain):
        raise Inexpressible(gathering)
    value = over_one(value, gathering)
    starts, ends = segments
    rows = len(starts)
    lengths = ends - starts
    row = pl.int_range(rows, dtype=pl.Int64, eager=True).repeat_by(lengths).explode().drop_nulls()
    table = pl.DataFrame({"row": row, "num": _standing(standing, value.num, None)}).drop_nulls().sort("row", "num")
    counts = _count_of(standing.values & value.num.is_not_null(), segments)
    until = counts.cum_sum()
    low = until - counts
    nums = pl.concat([table["num"], pl.Series([0], dtype=table["num"].dtype)])
    places = {"min": (low, low), "max": (until - 1, until - 1)}
    first, second = places.get(gathering, (low + (counts - 1) // 2, low + counts // 2))
    empty = counts == 0
    last = len(nums) - 1
    picked = [nums.gather(each.set(empty, last).clip(0, last)) for each in (first, second)]
    if gathering == "median":
        one, other = (integers(each, value.den) for each in picked)
        total = _half(one, other)
    else:
        total = integers(picked[0], value.den)
    void = empty if empty.any() else None
    return without(total, void, void, rows)


def _half(one: Numbers, other: Numbers) -> Numbers:
    from zhunsheng.population.columns.values import added  # noqa: PLC0415

    both_ = added(one, other, 1)
    return replace(both_, den=both_.den * 2)
