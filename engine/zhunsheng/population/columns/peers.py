"""Peer figures in columns: what is known of the groups of documents, as answers to what a ruleset asks (`asked`).

Two kinds of figure are known here. One asks nothing of the document itself (`max(总分 for 同类)`) and is the same for a
whole group. The other counts the members whose figure stands so and so to the document's own (`count(同类 where 总分 >
本.总分)`, and `share` likewise), which is looked up among the sorted figures of the group; no document meets every other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, assert_never, final

import polars as pl

from zhunsheng.expression.tree import Absent
from zhunsheng.population.columns import lanes
from zhunsheng.population.columns.frames import segments_of
from zhunsheng.population.columns.lanes import FALSE
from zhunsheng.population.columns.values import (
    Numbers,
    Overflow,
    Plain,
    Truths,
    Words,
    divided,
    integers,
    levelled,
    taken,
    texts_of,
    truths_of,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.expression.against import Against
    from zhunsheng.expression.tree import Aggregate, Comparator, Gathering, Value
    from zhunsheng.population.columns.lanes import Lane
    from zhunsheng.population.columns.values import Column

Side: TypeAlias = Literal["left", "right"]


@final
@dataclass(frozen=True, slots=True)
class Exact:
    """Values that no column holds, for the digits of some: one by one, as the exact interpreter has them."""

    values: tuple[Value, ...]

    @property
    def absent(self) -> Lane:
        """Which of them there are not."""
        return lanes.leaf(pl.Series([isinstance(each, Absent) for each in self.values], dtype=pl.Boolean))

    @property
    def void(self) -> Lane:
        """Where that is more than missing."""
        worse = [isinstance(each, Absent) and each is not Absent.MISSING for each in self.values]
        return lanes.leaf(pl.Series(worse, dtype=pl.Boolean))


def picked(column: Column | Exact, rows: pl.Series) -> Column | Exact:
    """The rows that are named, in that order."""
    return Exact(tuple(column.values[each] for each in rows)) if isinstance(column, Exact) else taken(column, rows)


@final
@dataclass(frozen=True)
class Groups:
    """The groups of a collection: what the members of each agree in, as texts, and how many they are; by number from 0."""

    marks: pl.DataFrame
    sizes: pl.Series

    @cached_property
    def numbers(self) -> dict[tuple[str, ...], int]:
        """The number of each group by its mark."""
        return {mark: at for at, mark in enumerate(self.marks.iter_rows())}

    def numbered(self, marks: pl.DataFrame) -> pl.Series:
        """The groups of documents with these marks; null for those that have none."""
        known = self.marks.with_row_index("group")
        joined = marks.join(known, on=self.marks.columns, how="left", maintain_order="left")
        return joined["group"].cast(pl.Int64)


def grouped(marks: pl.DataFrame) -> Groups:
    """The groups that documents with these marks make, in an order that owes nothing to theirs."""
    names = marks.columns
    found = marks.drop_nulls().group_by(names).len("size").sort(names)
    return Groups(found.select(names), found["size"].cast(pl.Int64))


@final
@dataclass(frozen=True, slots=True)
class Sorted:
    """The figures of some members of each group, sorted, to count those that stand so and so to another."""

    distinct: Numbers | list[Fraction]
    """Every figure that some member has, once, from the least; so many as `size`."""
    size: int
    places: pl.Series
    """Of every member, group by group: its figure's place among these, counted on from one group to the next."""
    starts: pl.Series
    """Where the members of each group begin; one more for the end."""

    def sizes(self, group: pl.Series) -> pl.Series:
        """How many members these groups have here."""
        return self.starts.gather(group + 1) - self.starts.gather(group)

    def counts(self, sign: Comparator, own: Numbers | Exact, group: pl.Series) -> pl.Series:
        """How many members of the group stand so to the own figure."""
        start, every = self.starts.gather(group), self.sizes(group)

        def below(side: Side) -> pl.Series:
            """How many are less; with `right`, or as great."""
            wanted = group * (self.size + 1) + self._place(own, side, len(group))
            return self.places.search_sorted(wanted, side="left").cast(pl.Int64) - start

        match sign:
            case "<":
                return below("left")
            case "<=":
                return below("right")
            case ">":
                return every - below("right")
            case ">=":
                return every - below("left")
            case "=":
                return below("right") - below("left")
            case "!=":
                return every - (below("right") - below("left"))
            case _:
                assert_never(sign)

    def _place(self, own: Numbers | Exact, side: Side, rows: int) -> pl.Series:
        """How many of the figures there are that are less; with `right`, or equal."""
        if isinstance(self.distinct, Numbers) and isinstance(own, Numbers) and own.by is None:
            with suppress(Overflow):  # then each by itself, as fractions
                every, each = levelled(self.distinct, own)
                known, wanted = lanes.alike(every.num, each.num)
                found = lanes.series(known, self.size).search_sorted(lanes.series(wanted, rows), side=side)
                return found.cast(pl.Int64)
        find = bisect_left if side == "left" else bisect_right
        known_ = self.distinct if isinstance(self.distinct, list) else _given(fractions_of(self.distinct, self.size))
        mine = fractions_of(own, rows)
        return pl.Series([0 if each is None else find(known_, each) for each in mine], dtype=pl.Int64)


@final
@dataclass(frozen=True, slots=True)
class Ranked:
    """The members of each group, to count those that stand so and so to another.

    Attributes:
        gathering: whether they are counted, or their share is wanted.
        against: what is compared.
        sure: the members that count.
        doubtful: those of which it is not known; they are asked only where the comparison would let them count.
        worse: those of these where that is more than missing.
        absent: groups with a member whose own figure is not known.
        void: where that is more than missing.
    """

    gathering: Gathering
    against: Against
    sure: Sorted
    doubtful: Sorted
    worse: Sorted
    absent: pl.Series
    void: pl.Series

    def counted(self, own: Numbers | Exact, group: pl.Series) -> Column:
        """The figure for documents with these figures of their own, in these groups."""
        rows, sign = len(group), self.against.sign
        every = self.sure.sizes(group)
        hits = integers(self.sure.counts(sign, own, group))
        found: Column = hits if self.gathering == "count" else divided(hits, integers(every))
        lacking = lanes.series(own.absent or FALSE, rows)
        worse = lanes.series(own.void or FALSE, rows)
        absent, void = self.absent.gather(group), self.void.gather(group)
        absent = absent | (self.doubtful.counts(sign, own, group) > 0).zip_with(
            ~lacking, every + self.doubtful.sizes(group) > 0
        )
        void = void | (self.worse.counts(sign, own, group) > 0).zip_with(
            ~lacking, (worse & absent) | (self.worse.sizes(group) > 0)
        )
        return without(found, lanes.leaf(absent), lanes.leaf(void)) if absent.any() else found


def _given(values: list[Fraction | None]) -> list[Fraction]:
    return [each for each in values if each is not None]


def fractions_of(column: Numbers | Exact, rows: int) -> list[Fraction | None]:
    """The values of a column one by one."""
    if isinstance(column, Exact):
        return [each if isinstance(each, Fraction) else None for each in column.values]
    nums = lanes.series(column.num, rows)
    bys = lanes.series(column.by or lanes.integer(1), rows)
    lacking = lanes.series(column.absent or FALSE, rows)
    return [
        None if absent else Fraction(num, column.den * by) for num, by, absent in zip(nums, bys, lacking, strict=True)
    ]


def ranked(
    gathering: Gathering, against: Against, standing: Truths, value: Numbers | Exact, group: pl.Series, groups: int
) -> Ranked:
    """The figures of documents by group, ready to be asked."""
    rows = len(group)

    def marks(lane: Lane | None) -> pl.Series:
        return lanes.series(lane or FALSE, rows)

    grouped_ = group.is_not_null()
    sure = marks(standing.values) & grouped_
    doubtful = marks(standing.absent) & grouped_
    worse = doubtful & marks(standing.void)
    unknown = marks(value.absent)
    asked_of = sure if gathering == "share" else sure | doubtful
    absent = asked_of & unknown
    void = (absent & marks(value.void)) | (worse & unknown)
    if gathering == "share":  # which is of all that count, so that a doubtful one spoils it
        absent, void = absent | doubtful, void | worse
    in_doubt = doubtful & ~unknown & (gathering == "count")
    return Ranked(
        gathering,
        against,
        _sorted(value, sure & ~unknown, group, groups),
        _sorted(value, in_doubt, group, groups),
        _sorted(value, in_doubt & worse, group, groups),
        _among(group.filter(absent), groups),
        _among(group.filter(void), groups),
    )


def _sorted(value: Numbers | Exact, here: pl.Series, group: pl.Series, groups: int) -> Sorted:
    distinct, size, place = _distinct(value, here)
    width = size + 1
    places = (group.filter(here) * width + place).sort()
    starts, ends = segments_of(places // width, groups)
    every = pl.concat([starts, ends.tail(1)]) if groups else pl.Series([0], dtype=pl.Int64)
    return Sorted(distinct, size, places, every)


def _distinct(value: Numbers | Exact, here: pl.Series) -> tuple[Numbers | list[Fraction], int, pl.Series]:
    """The different figures in order, how many they are, and the place of each row's own among them."""
    if isinstance(value, Numbers) and value.by is None:
        num = lanes.series(value.num, len(here)).filter(here)
        every = num.unique().sort()
        return integers(every, value.den), len(every), every.search_sorted(num).cast(pl.Int64)
    every_one = fractions_of(value, len(here))
    own = [each for each, stands in zip(every_one, here, strict=True) if stands and each is not None]
    fractions = sorted(set(own))
    at = {each: place for place, each in enumerate(fractions)}
    return fractions, len(fractions), pl.Series([at[each] for each in own], dtype=pl.Int64)


def _among(groups: pl.Series, count: int) -> pl.Series:
    """Which of so many groups are among these."""
    return pl.int_range(count, dtype=pl.Int64, eager=True).is_in(groups.unique().implode())


@final
@dataclass(frozen=True, slots=True)
class Known:
    """The answers so far: groups by collection, figures by the tree that asks for them."""

    groups: Mapping[str, Groups] = field(default_factory=dict)
    figures: Mapping[Aggregate, Column | Exact | Ranked] = field(default_factory=dict)


class Peering(NamedTuple):
    """Which group each document of a frame is in (null for none), and what is known of the groups."""

    group: pl.Series
    known: Known


# Values one by one


def values_of(column: Column | Exact, rows: int) -> list[Value]:
    """The values of a column one by one, as the exact interpreter has them."""
    if isinstance(column, Exact):
        return list(column.values)
    void = lanes.series(column.void or FALSE, rows)
    match column:
        case Numbers():
            found: list[Value | None] = [*fractions_of(column, rows)]
        case Truths():
            found = truths_of(column, rows).to_list()
        case Words() | Plain():
            found = texts_of(column, rows).to_list()
    return [
        (Absent.UNDEFINED if worse else Absent.MISSING) if each is None else each
        for each, worse in zip(found, void, strict=True)
    ]
