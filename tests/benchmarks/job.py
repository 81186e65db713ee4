"""The documents of the benchmark, the same on every machine, as tables and as forms; and what must come of them, by hand.

The policy is `job.yaml`. `expected` says it again in plain fractions, from the words of the page and not from the
engine: whoever takes part must come to the same figures before its time counts.
"""

from __future__ import annotations

import hashlib
from array import array
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from zhunsheng.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable

RULESET: Final = Path(__file__).parent / "job.yaml"
INDICATORS: Final = 20
POINTS: Final = (4, 5)
"""Of each indicator, in turn: 90 together."""
GRADES: Final = ("优", "良", "中", "差")
EXECUTION: Final = 1 << INDICATORS
"""The bit that says that the rate of execution must be explained; those below it are the indicators'."""
REASON: Final = "付款流程滞后"

Tables = dict[str, pl.DataFrame]


class Result(NamedTuple):
    """Of one document: hundredths of points, which grade, and what must be explained, as bits."""

    total: int
    grade: int
    explain: int


def digest(results: Iterable[tuple[int, int, int]]) -> str:
    """One text that differs where any figure of any document does."""
    return digest_of_columns(*zip(*results, strict=True))


def digest_of_columns(*columns: Iterable[int]) -> str:
    """The same of totals, grades and requirements, each a column."""
    found = hashlib.sha256()
    for each in columns:
        found.update(array("q", each).tobytes())
    return found.hexdigest()[:16]


# The documents


def tables(count: int, first: int = 0) -> Tables:
    """So many documents in the long layout, amounts in 万元 with two places; `first` is the number of the first."""
    document = pl.int_range(first, first + count, dtype=pl.UInt64, eager=True)
    budget = 10_000 + _drawn(document, 1) % 5_000_000
    executed = budget * (400 + _drawn(document, 2) % 700) // 1000
    row = pl.int_range(first * INDICATORS, (first + count) * INDICATORS, dtype=pl.UInt64, eager=True)
    index = row % INDICATORS
    target = 100 + _drawn(row, 3) % 100_000
    care = 3 + _drawn(row // INDICATORS, 8) % 8
    actual = (
        pl.DataFrame({"target": target, "share": _drawn(row, 4) % 2000, "fate": _drawn(row, 5) % 10, "care": care})
        .select(
            pl.when(pl.col("fate") < 2)
            .then("target")
            .when(pl.col("fate") < pl.col("care"))
            .then(pl.col("target") * (1000 + pl.col("share") // 8) // 1000)
            .otherwise(pl.col("target") * (300 + pl.col("share")) // 1000)
        )
        .to_series()
    )
    return {
        "文件": pl.DataFrame(
            {
                "文件号": document.cast(pl.Int64),
                "位置": pl.repeat("", count, eager=True),
                "全年预算数": _amount(budget),
                "全年执行数": _amount(executed),
                "执行偏差原因": _said(_drawn(document, 6)),
            }
        ),
        "指标": pl.DataFrame(
            {
                "文件号": (row // INDICATORS).cast(pl.Int64),
                "位置": pl.Series([f"/indicators/{each}" for each in range(INDICATORS)]).gather(index),
                "三级指标": pl.Series([f"指标{each + 1}" for each in range(INDICATORS)]).gather(index),
                "一级指标": pl.repeat("产出指标", len(row), eager=True),
                "分值": _amount(pl.Series(POINTS, dtype=pl.UInt64).gather(index % 2) * 100),
                "目标值": _amount(target),
                "实际值": _amount(actual),
                "偏差原因": _said(_drawn(row, 7)),
            }
        ),
    }


def _drawn(numbers: pl.Series, stream: int) -> pl.Series:
    """Numbers without pattern, each by its own number: two rounds of a multiplicative generator."""
    once = (numbers * 1_103_515_245 + stream * 912_559_577 + 12_345) % 2_147_483_647
    return (once * 1_664_525 + 1_013_904_223) % 2_147_483_629


def _amount(hundredths: pl.Series) -> pl.Series:
    return (hundredths.cast(pl.Decimal(38, 2)) / pl.Series([100], dtype=pl.Decimal(38, 0))).cast(pl.Decimal(38, 2))


def _said(drawn: pl.Series) -> pl.Series:
    return pl.Series([REASON, None], dtype=pl.String).gather(drawn % 2)


def hundredths(amounts: pl.Series) -> pl.Series:
    """Amounts of two places as whole numbers."""
    return amounts.to_physical().cast(pl.Int64)


def forms(given: Tables) -> list[Document]:
    """The same documents as people file them."""
    rows = given["指标"].partition_by("文件号", maintain_order=True)
    return [
        Document.model_validate(_form(document, indicators))
        for document, indicators in zip(given["文件"].iter_rows(named=True), rows, strict=True)
    ]


def _form(document: dict[str, Any], indicators: pl.DataFrame) -> dict[str, Any]:
    total = {"annual_budget": document["全年预算数"], "executed": document["全年执行数"]}
    reason = document["执行偏差原因"]
    return {
        "kind": "project",
        "unit": "某单位",
        "project": f"某项目{document['文件号']}",
        "year": 2021,
        "funds": {"total": total | ({"deviation_explanation": reason} if reason else {})},
        "indicators": [
            {
                "dimension": each["一级指标"],
                "name": each["三级指标"],
                "target": f"≥{each['目标值']}",
                "actual": str(each["实际值"]),
                "unit": "个",
                "points": each["分值"],
            }
            | ({"deviation_explanation": each["偏差原因"]} if each["偏差原因"] else {})
            for each in indicators.iter_rows(named=True)
        ],
    }


# What must come of them


def expected(given: Tables) -> list[Result]:
    """The policy once more, by recursion over plain fractions."""
    rows = given["指标"].select("分值", "目标值", "实际值", "偏差原因").rows()
    documents = given["文件"].select("全年预算数", "全年执行数", "执行偏差原因").rows()
    return [
        _of_one(budget, executed, reason, rows[at * INDICATORS : (at + 1) * INDICATORS])
        for at, (budget, executed, reason) in enumerate(documents)
    ]


def _of_one(budget: Any, executed: Any, reason: str | None, rows: list[tuple[Any, ...]]) -> Result:
    rate = _half_up(Fraction(executed) / Fraction(budget), 4)
    total = _half_up(_half_up(10 * min(rate, Fraction(1)), 2) + _sum(rows), 2)
    explain = sum(1 << at for at, row in enumerate(rows) if Fraction(row[2]) < Fraction(row[1]) and row[3] is None)
    low = EXECUTION if rate < Fraction(9, 10) and reason is None else 0
    return Result(int(total * 100), sum(total < bound for bound in (90, 80, 60)), explain | low)


def _sum(rows: list[tuple[Any, ...]]) -> Fraction:
    if not rows:
        return Fraction(0)
    points, target, actual, _ = rows[0]
    return _half_up(Fraction(points) * _share(Fraction(actual) / Fraction(target)), 2) + _sum(rows[1:])


def _share(rate: Fraction) -> Fraction:
    if rate > Fraction(6, 5):
        return max(1 - (rate - Fraction(6, 5)) / 2, Fraction(1, 2))
    if rate >= 1:
        return Fraction(1)
    if rate >= Fraction(4, 5):
        return rate
    return rate * Fraction(4, 5) if rate >= Fraction(3, 5) else Fraction(0)


def _half_up(value: Fraction, places: int) -> Fraction:
    scale = 10**places
    return Fraction((2 * value.numerator * scale + value.denominator) // (2 * value.denominator), scale)
