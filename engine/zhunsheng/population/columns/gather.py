"""Figures over members: sums, counts and the rest for runs of rows that lie side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never, cast

import polars as pl

from zhunsheng.population.columns import lanes
from zhunsheng.population.columns.frames import segments_of
from zhunsheng.population.columns.lanes import FALSE
from zhunsheng.population.columns.values import (
    LARGE,
    SMALL,
    Inexpressible,
    Numbers,
    Overflow,
    Truths,
    added,
    both,
    divided,
    integers,
    measured,
    opposite,
    over_one,
    series_of,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.expression.tree import Gathering
    from zhunsheng.population.columns.frames import Segments
    from zhunsheng.population.columns.lanes import Lane
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


def figure(gathering: Gathering, standing: Truths, value: Column, segments: Segments, members: int) -> Column:
    """A figure over the members that stand, of so many in all; as `expression.exact` has it, absences included."""
    match gathering:
        case "any" | "every":
            wanted = gathering == "any"
            first = standing if wanted else opposite(standing)
            return _decided(both([first, cast("Truths", value)], deciding=not wanted), segments, deciding=wanted)
        case "count":
            verdict = both([standing, cast("Truths", value)], deciding=False)
            count, absent, void = _counts([verdict.values, verdict.absent, verdict.void], segments)
            return without(integers(count), _some(absent), _some(void))
        case "share":
            hits = lanes.conjoined(standing.values, cast("Truths", value).values)
            some, every, *lacking = _counts([hits, standing.values, *_missing(standing, value)], segments)
            found: Column = divided(integers(some), integers(every))
        case "sum" | "mean":
            found, lacking = _summed(gathering, standing, cast("Numbers", value), segments, members)
        case "min" | "max" | "median":
            found = _ordered(gathering, standing, value, segments, members)
            lacking = _counts(_missing(standing, value), segments)
        case _:
            assert_never(gathering)
    return without(found, *map(_some, lacking))


def _missing(standing: Truths, value: Column) -> list[Lane | None]:
    """Where a condition is absent, or the value of a member that stands; and where that is more than missing."""
    return [
        mark if of_value is None else lanes.disjoined(mark or FALSE, lanes.conjoined(standing.values, of_value))
        for mark, of_value in ((standing.absent, value.absent), (standing.void, value.void))
    ]


def _counts(truths: Sequence[Lane | None], segments: Segments) -> list[pl.Series]:
    """How often each holds among the members."""
    return lanes.sums([lanes.counted(each or FALSE) for each in truths], *segments)


def _some(count: pl.Series) -> Lane | None:
    here = count > 0
    return lanes.leaf(here) if here.any() else None


def _decided(verdict: Truths, segments: Segments, *, deciding: bool) -> Column:
    """One deciding truth settles it, else an absent one does."""
    against = opposite(verdict).values
    hits, absent, void = _counts([verdict.values if deciding else against, verdict.absent, verdict.void], segments)
    settled = lanes.leaf(hits > 0)
    found = Truths(settled if deciding else lanes.opposite(settled))
    marks = [
        None if each is None else lanes.conjoined(each, lanes.opposite(settled)) for each in map(_some, (absent, void))
    ]
    return without(found, *marks)


def _summed(
    gathering: Gathering, standing: Truths, value: Numbers, segments: Segments, members: int
) -> tuple[Column, list[pl.Series]]:
    value = over_one(value, "sum", members)
    longest = (segments[1] - segments[0]).max()
    most = longest if isinstance(longest, int) else 0
    wide = replace(value, low=min(value.low, 0), high=max(value.high, 0))
    bound = max(-wide.low, wide.high) * max(most, 1)
    if bound > SMALL:
        if bound > LARGE:
            wide = measured(wide)
            bound = max(-wide.low, wide.high) * max(most, 1)
            if bound > LARGE:
                raise Overflow
        wide = replace(wide, num=lanes.as_large(wide.num)) if bound > SMALL else wide
    kept = lanes.chosen(standing.values, wide.num, lanes.integer(0, wide.num.kind))
    marks = [each or FALSE for each in (standing.values if gathering == "mean" else None, *_missing(standing, value))]
    total, every, *lacking = lanes.sums([kept, *map(lanes.counted, marks)], *segments)
    found: Column = integers(total, value.den)
    return (divided(cast("Numbers", found), integers(every)) if gathering == "mean" else found), lacking


def _ordered(gathering: Gathering, standing: Truths, value: Column, segments: Segments, members: int) -> Column:
    """The least, the greatest or the middle of the members that stand; undefined of none."""
    if not isinstance(value, Numbers):
        raise Inexpressible(gathering)
    value = over_one(value, gathering, members)
    starts, ends = segments
    rows = len(starts)
    row = pl.int_range(rows, dtype=pl.Int64, eager=True).repeat_by(ends - starts).explode().drop_nulls()
    holds = cast("Numbers", without(value, lanes.opposite(standing.values), None))
    lie = pl.int_ranges(starts, ends, eager=True).explode().drop_nulls()
    table = pl.DataFrame({"row": row, "num": series_of(holds, members).gather(lie)}).drop_nulls().sort("row", "num")
    starts, ends = segments_of(table["row"], rows)
    counts = ends - starts
    nums = pl.concat([table["num"], pl.Series([0], dtype=table["num"].dtype)])
    places = {"min": (starts, starts), "max": (ends - 1, ends - 1)}
    first, second = places.get(gathering, (starts + (counts - 1) // 2, starts + counts // 2))
    empty = counts == 0
    last = len(nums) - 1
    picked = [nums.gather(each.set(empty, last).clip(0, last)) for each in (first, second)]
    if gathering == "median":
        one, other = (integers(each, value.den) for each in picked)
        total = added(one, other, 1)
        total = replace(total, den=total.den * 2)
    else:
        total = integers(picked[0], value.den)
    void = lanes.leaf(empty) if empty.any() else None
    return without(total, void, void)
