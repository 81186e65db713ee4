"""The same job by hand: a kernel in C, expressions of Polars, plain Decimal. Each takes tables and gives three columns."""

from __future__ import annotations

import ctypes
import os
import shlex
import subprocess
import sysconfig
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from benchmarks.job import EXECUTION, INDICATORS, Result, hundredths

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.job import Tables

CENT: Final = Decimal("0.01")


# C


def compiled(folder: Path) -> Callable[..., None]:
    """The kernel, compiled by the compiler of the system."""
    library = folder / "kernel.so"
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    source = Path(__file__).parent / "kernel.c"
    subprocess.run([compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", library, source], check=True)
    judge = ctypes.CDLL(str(library)).judge
    judge.argtypes = [ctypes.c_int64] * 2 + [ctypes.c_void_p] * 10
    judge.restype = None
    return judge


def arrays(tables: Tables) -> list[pl.Series]:
    """What the kernel takes: whole hundredths, and whether a reason is given, one value a byte."""
    documents, indicators = tables["文件"], tables["指标"]
    return [
        hundredths(documents["全年预算数"]),
        hundredths(documents["全年执行数"]),
        documents["执行偏差原因"].is_not_null().cast(pl.UInt8),
        *(hundredths(indicators[name]) for name in ("分值", "目标值", "实际值")),
        indicators["偏差原因"].is_not_null().cast(pl.UInt8),
    ]


def by_kernel(judge: Callable[..., None], given: list[pl.Series]) -> list[pl.Series]:
    """Totals, grades, requirements."""
    rows = len(given[0])
    found = [pl.zeros(rows, dtype=pl.Int64, eager=True) for _ in range(3)]
    judge(rows, INDICATORS, *(_address(each) for each in (*given, *found)))
    return found


def _address(values: pl.Series) -> int:
    address: int = values.rechunk().to_arrow().buffers()[1].address
    return address


# Polars


def by_polars(documents: pl.LazyFrame, indicators: pl.LazyFrame) -> pl.LazyFrame:
    """Totals, grades and requirements of each document, from the long layout."""
    points, target, actual = (_whole(name) for name in ("分值", "目标值", "实际值"))
    tapered = pl.max_horizontal(160 * target - 50 * actual, 50 * target)
    twice = (
        pl.when(5 * actual > 6 * target)
        .then(2 * points * tapered)
        .when(actual >= target)
        .then(200 * points * target)
        .when(5 * actual >= 4 * target)
        .then(200 * points * actual)
        .when(5 * actual >= 3 * target)
        .then(160 * points * actual)
        .otherwise(0)
    ) // 100
    bit = pl.int_range(pl.len(), dtype=pl.Int64) % INDICATORS
    scores = indicators.select(
        "文件号",
        ((twice + target) // (2 * target)).alias("得分"),
        pl.when((actual < target) & pl.col("偏差原因").is_null()).then(2**bit).otherwise(0).alias("须说明"),
    )
    summed = scores.group_by("文件号").agg(pl.col("得分", "须说明").sum())
    budget, executed = _whole("全年预算数"), _whole("全年执行数")
    rate = (20_000 * executed + budget) // (2 * budget)
    total = pl.col("得分") + (pl.min_horizontal(rate, 10_000) * 2 + 10) // 20
    low = pl.when((rate < 9000) & pl.col("执行偏差原因").is_null()).then(EXECUTION).otherwise(0)
    return documents.join(summed, on="文件号", how="left", maintain_order="left").select(
        total.alias("总分"),
        (total < 9000).cast(pl.Int64) + (total < 8000) + (total < 6000),
        (pl.col("须说明") + low).alias("须说明"),
    )


def _whole(name: str) -> pl.Expr:
    return pl.col(name).to_physical().cast(pl.Int64)


# Decimal


def by_decimal(budget: Decimal, executed: Decimal, reason: str | None, rows: list[tuple[Any, ...]]) -> Result:
    """One document, as a script would do it; exact here, since 28 digits are far more than the job needs."""
    rate = (executed / budget).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    total = (10 * min(rate, Decimal(1))).quantize(CENT, ROUND_HALF_UP)
    explain = EXECUTION if rate < Decimal("0.9") and reason is None else 0
    for at, (points, target, actual, said) in enumerate(rows):
        done = actual / target
        if done > Decimal("1.2"):
            share = max(1 - (done - Decimal("1.2")) / 2, Decimal("0.5"))
        elif done >= 1:
            share = Decimal(1)
        elif done >= Decimal("0.8"):
            share = done
        else:
            share = done * Decimal("0.8") if done >= Decimal("0.6") else Decimal(0)
        total += (points * share).quantize(CENT, ROUND_HALF_UP)
        if done < 1 and said is None:
            explain |= 1 << at
    return Result(int(total * 100), (total < 90) + (total < 80) + (total < 60), explain)
