"""What a population comes to, counted batch by batch and added up: by region, kind, year, ruleset and grade, and by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, final

import polars as pl

from zhunsheng.number import Mode, Rounding, parse, round_once, write
from zhunsheng.population.judge import KIND, REGION, YEAR
from zhunsheng.population.layout import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.population.judge import Part

_MEAN = Rounding(2, Mode.HALF_UP)


class Cell(NamedTuple):
    """Documents alike in region, kind, year, ruleset and grade."""

    region: str
    kind: str
    year: int
    ruleset: str
    grade: str


@final
@dataclass(slots=True)
class Count:
    """How many there are, how many of them with a total, the sum of these, how many must add something."""

    documents: int = 0
    totals: int = 0
    sum: Fraction = Fraction(0)
    required: int = 0

    def take(self, other: Count) -> None:
        """Adds another count."""
        self.documents += other.documents
        self.totals += other.totals
        self.sum += other.sum
        self.required += other.required

    @property
    def mean(self) -> str | None:
        """The mean of the totals, to the hundredth; None where there is none."""
        return write(round_once(self.sum / self.totals, _MEAN), 2) if self.totals else None


@final
@dataclass(slots=True)
class Tally:
    """What batches come to.

    Attributes:
        documents: how many were read, judged or not.
        rejected: how many were not judged, and `reasons` by code.
        alone: how many went one by one, by ruleset and reason.
        cells: of those judged.
        rules: how often each rule fired, by heading and rule.
    """

    documents: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    alone: Counter[tuple[str, str]] = field(default_factory=Counter)
    cells: dict[Cell, Count] = field(default_factory=dict)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def judged(self) -> int:
        """How many documents have results."""
        return sum(each.documents for each in self.cells.values())

    def take(self, other: Tally) -> None:
        """Adds what another batch comes to."""
        self.documents += other.documents
        self.rejected += other.rejected
        self.reasons += other.reasons
        self.alone += other.alone
        self.rules += other.rules
        for cell, count in other.cells.items():
            self.cells.setdefault(cell, Count()).take(count)

    def part(self, part: Part) -> None:
        """Adds the results under one ruleset."""
        for why, count in part.alone.items():
            self.alone[part.ruleset.id, why] += count
        documents, _, remarks = part.results.tables
        required = (
            remarks.filter(pl.col("类别") == "requirements")
            .select(KEY)
            .unique()
            .with_columns(pl.lit(value=True).alias("要"))
        )
        rows = part.heads.join(documents, on=KEY, how="left").join(required, on=KEY, how="left")
        totals = pl.col("总分")
        sums = totals.alias("和") if rows.schema["总分"] == pl.String else totals.sum().alias("和")
        grouped = rows.group_by(REGION, KIND, YEAR, "等级", maintain_order=True).agg(
            pl.len().alias("数"), totals.count().alias("有"), sums, pl.col("要").sum().alias("要数")
        )
        for row in grouped.iter_rows(named=True):
            cell = Cell(row[REGION] or "", row[KIND], row[YEAR], part.ruleset.id, row["等级"] or "")
            self.cells.setdefault(cell, Count()).take(Count(row["数"], row["有"], _sum(row["和"]), row["要数"] or 0))
        for heading, rule, count in remarks.group_by("类别", "规则").len().iter_rows():
            self.rules[heading, rule] += count

    def refuse(self, table: pl.DataFrame, documents: int) -> None:
        """Adds the rejects."""
        self.rejected += documents
        for code, count in table.group_by("代码").len().iter_rows():
            self.reasons[code] += count

    def grouped(self, *names: str) -> dict[tuple[Any, ...], Count]:
        """The counts by some of what the cells are told apart by."""
        found: dict[tuple[Any, ...], Count] = {}
        for cell, count in sorted(self.cells.items()):
            found.setdefault(tuple(getattr(cell, name) for name in names), Count()).take(count)
        return found


def _sum(value: Any) -> Fraction:
    """The sum of totals: decimals added up already, or texts to add up."""
    if isinstance(value, list):
        return sum((_exact(each) for each in value if each is not None), Fraction(0))
    return Fraction(0) if value is None else Fraction(*value.as_integer_ratio())


def _exact(text: str) -> Fraction:
    number = parse(text)
    return Fraction(text) if number is None else number


def as_data(tally: Tally) -> dict[str, Any]:
    """A tally as JSON has it."""
    return {
        "documents": tally.documents,
        "judged": tally.judged,
        "rejected": tally.rejected,
        "reasons": dict(sorted(tally.reasons.items())),
        "alone": [[ruleset, why, count] for (ruleset, why), count in sorted(tally.alone.items())],
        "cells": [
            [*cell, count.documents, count.totals, write(count.sum), count.required]
            for cell, count in sorted(tally.cells.items())
        ],
        "rules": [[heading, rule, count] for (heading, rule), count in sorted(tally.rules.items())],
    }


def from_data(data: dict[str, Any]) -> Tally:
    """The same, read."""
    found = Tally(data["documents"], data["rejected"], Counter(data["reasons"]))
    found.alone.update({(ruleset, why): count for ruleset, why, count in data["alone"]})
    found.rules.update({(heading, rule): count for heading, rule, count in data["rules"]})
    for region, kind, year, ruleset, grade, documents, totals, total, required in data["cells"]:
        found.cells[Cell(region, kind, year, ruleset, grade)] = Count(documents, totals, Fraction(total), required)
    return found


def added(tallies: Iterable[Tally]) -> Tally:
    """Several in one."""
    whole = Tally()
    for each in tallies:
        whole.take(each)
    return whole
