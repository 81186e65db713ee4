"""The documents of the benchmark as forms must be; one in a hundred lacks its year, and is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from benchmarks import job

if TYPE_CHECKING:
    from zhunsheng.population.table import Tables

KEY = "文件号"


def tables_of(count: int, first: int = 0) -> Tables:
    """So many of them in the long layout, from the number `first` on."""
    tables = job.tables(count, first)
    year = pl.when(pl.col(KEY) % 100 < 99).then(2021).cast(pl.Int64).alias("年度")
    known = [pl.lit("department").alias("文件类型"), pl.lit("某单位").alias("单位名称"), year]
    position = (pl.int_range(pl.len()) % job.INDICATORS + 1).cast(pl.Int64).alias("序号")
    return {
        "文件": tables["文件"].drop("位置").with_columns(known),
        "指标": tables["指标"].with_columns(position),
    }
