"""Peer figures in columns: what is known of the groups of documents, as answers to what a ruleset asks (`asked`).

Two kinds of figure are known here. One asks nothing of the document itself (`max(总分 for 同类)`) and is the same for a
whole group. The other counts the members whose figure stands so and so to the document's own (`count(同类 where 总分 >
本.总分)`, and `share` likewise), which is looked up among the sorted figures of the group; no document meets every other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, assert_never, final

import polars as pl

from zhunsheng.expression.tree import Absent
from zhunsheng.population.columns.frames import segments_of
from zhunsheng.population.columns.values import (
    Numbers,
    Overflow,
    Plain,
    divided,
    filled,
    integers,
    levelled,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.expression.tree import Aggregate, Comparator, Gathering, Value
    from zhunsheng.population.columns.asked import Against
    from zhunsheng.population.columns.values import Column

Side: TypeAlias = Literal["left", "right"]


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
    """Every figure that some member has, once, from the least."""
    places: pl.Series
    """Of every member, group by group: its figure's place among these, counted on from one group to the next."""
    starts: pl.Series
    """Where the members of each group begin; one more for the end."""

    def sizes(self, group: pl.Series) -> pl.Series:
        """How many members these groups have here."""
        return self.starts.gather(group + 1) - self.starts.gather(group)

    def counts(self, sign: Comparator, own: Numbers, group: pl.Series) -> pl.Series:
        """How many members of the group stand so to the own figure."""
        start, every = self.starts.gather(group), self.sizes(group)

        def below(side: Side) -> pl.Series:
            """How many are less; with `right`, or as great."""
            wanted = group * (len(self) + 1) + self._place(own, side)
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

    def __len__(self) -> int:
        return len(self.distinct) if isinstance(self.distinct, list) else len(self.distinct.num)

    def _place(self, own: Numbers, side: Side) -> pl.Series:
        """How many of the figures there are that are less; with `right`, or equal."""
        if isinstance(self.distinct, Numbers) and own.by is None:
            try:
                every, each = levelled(self.distinct, own)
            except Overflow:
                pass
            else:
                dtype = pl.Int128 if pl.Int128 in (every.num.dtype, each.num.dtype) else pl.Int64
                wanted = each.num.fill_null(0).cast(dtype)
                return every.num.cast(dtype).search_sorted(wanted, side=side).cast(pl.Int64)
        find = bisect_left if side == "left" else bisect_right
        known = self.distinct if isinstance(self.distinct, list) else _given(fractions_of(self.distinct, len(self)))
        mine = fractions_of(own, len(own.num))
        return pl.Series([0 if each is None else find(known, each) for each in mine], dtype=pl.Int64)


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

    def counted(self, own: Numbers, group: pl.Series) -> Column:
        """The figure for documents with these figures of their own, in these groups."""
        rows, sign = len(group), self.against.sign
        every = self.sure.sizes(group)
        hits = integers(self.sure.counts(sign, own, group))
        found: Column = hits if self.gathering == "count" else divided(hits, integers(every), rows)
        lacking = own.num.is_null()
        worse = lacking & own.void if own.void is not None else lacking & False
        absent, void = self.absent.gather(group), self.void.gather(group)
        absent = absent | (self.doubtful.counts(sign, own, group) > 0).zip_with(
            ~lacking, every + self.doubtful.sizes(group) > 0
        )
        void = void | (self.worse.counts(sign, own, group) > 0).zip_with(
            ~lacking, (worse & absent) | (self.worse.sizes(group) > 0)
        )
        return without(found, absent, void, rows) if absent.any() else found


def _given(values: list[Fraction | None]) -> list[Fraction]:
    return [each for each in values if each is not None]


def fractions_of(column: Numbers, rows: int) -> list[Fraction | None]:
    """The values of a column one by one."""
    nums = column.num.to_list() * (rows if len(column.num) == 1 else 1)
    bys = [1] if column.by is None else column.by.to_list()
    bys = bys * rows if len(bys) == 1 else bys
    return [None if num is None else Fraction(num, column.den * by) for num, by in zip(nums, bys, strict=True)]


def ranked(
    gathering: Gathering, against: Against, standing: Plain, value: Numbers, group: pl.Series, groups: int
) -> Ranked:
    """The figures of documents by group, ready to be asked."""
    grouped_ = group.is_not_null()
    sure = filled(standing.values) & grouped_
    doubtful = standing.values.is_null() & grouped_
    worse = doubtful & standing.void if standing.void is not None else doubtful & False
    unknown = value.num.is_null()
    asked_of = sure if gathering == "share" else sure | doubtful
    absent = asked_of & unknown
    void = (absent & value.void if value.void is not None else absent & False) | (worse & unknown)
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


def _sorted(value: Numbers, here: pl.Series, group: pl.Series, groups: int) -> Sorted:
    distinct, place = _distinct(value, here)
    width = (len(distinct) if isinstance(distinct, list) else len(distinct.num)) + 1
    places = (group.filter(here) * width + place).sort()
    starts, ends = segments_of(places // width, groups)
    return Sorted(distinct, places, pl.concat([starts, ends.tail(1)]) if groups else pl.Series([0], dtype=pl.Int64))


def _distinct(value: Numbers, here: pl.Series) -> tuple[Numbers | list[Fraction], pl.Series]:
    """The different figures in order, and the place of each row's own among them."""
    if value.by is None:
        num = value.num.filter(here)
        every = num.unique().sort()
        return integers(every, value.den), every.search_sorted(num).cast(pl.Int64)
    every_one = fractions_of(value, len(here))
    own = [each for each, stands in zip(every_one, here, strict=True) if stands and each is not None]
    fractions = sorted(set(own))
    at = {each: place for place, each in enumerate(fractions)}
    return fractions, pl.Series([at[each] for each in own], dtype=pl.Int64)


def _among(groups: pl.Series, count: int) -> pl.Series:
    """Which of so many groups are among these."""
    return pl.int_range(count, dtype=pl.Int64, eager=True).is_in(groups.unique().implode())


@final
@dataclass(frozen=True, slots=True)
class Known:
    """The answers so far: groups by collection, figures by the tree that asks for them."""

    groups: Mapping[str, Groups] = field(default_factory=dict)
    figures: Mapping[Aggregate, Numbers | Plain | Ranked] = field(default_factory=dict)


class Peering(NamedTuple):
    """Which group each document of a frame is in (null for none), and what is known of the groups."""

    group: pl.Series
    known: Known


# Values one by one


def value_at(column: Column, row: int) -> Value:
    """The value of a column in a row, as the exact interpreter has it."""
    at = 0 if len(column.values if isinstance(column, Plain) else column.num) == 1 else row
    void = column.void is not None and bool(column.void[0 if len(column.void) == 1 else row])
    absent = Absent.UNDEFINED if void else Absent.MISSING
    if isinstance(column, Plain):
        return absent if column.values[at] is None else column.values[at]
    num = column.num[at]
    by = 1 if column.by is None else column.by[0 if len(column.by) == 1 else row]
    return absent if num is None else Fraction(num, column.den * by)
