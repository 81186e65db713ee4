"""A population on a real Spark of this machine comes out as it does here, row by row: `make spark`.

`DOCUMENTS` says how many. Skipped where PySpark or Java is not there: neither is needed for anything else.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pytest

from benchmarks import job
from population.rows import KEY, tables_of
from zhunsheng import load_ruleset
from zhunsheng.population import batches, spark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="PySpark is not installed: make spark"),
    pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java"),
    pytest.mark.filterwarnings("ignore"),  # PySpark's own
]
COUNT: Final = int(os.environ.get("DOCUMENTS") or 20_000)
WRITTEN: Final = 50_000


def digest(rows: pl.DataFrame) -> str:
    """One text that differs where any value of any row does; the rows in the order of their numbers."""
    found = hashlib.sha256()
    for part in rows.sort(KEY).iter_slices(WRITTEN):
        found.update(part.write_ndjson().encode())
    return found.hexdigest()


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    found = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "4g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "16")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "5000")
        .getOrCreate()
    )
    yield found
    found.stop()


def test_a_cluster_gives_what_one_machine_gives(session: Any, tmp_path: Path) -> None:
    """Every row in, every row out, in results or refused, with one digest for both ways."""
    ruleset = load_ruleset(job.RULESET)
    here = []
    for start in range(0, COUNT, WRITTEN):
        tables = tables_of(min(WRITTEN, COUNT - start), start)
        for scope, table in tables.items():
            (tmp_path / scope).mkdir(exist_ok=True)
            table.write_parquet(tmp_path / scope / f"{start}.parquet")
        rows = batches.nested(tables).to_arrow(compat_level=pl.CompatLevel.oldest())
        here += list(batches.judge(rows.to_batches(), ruleset))
    local = pl.DataFrame(pl.from_arrow(here))

    filed = {scope: session.read.parquet(str(tmp_path / scope)) for scope in ("文件", "指标")}
    spark.judged(spark.nested(filed), ruleset).write.parquet(str(tmp_path / "结果"))
    there = pl.read_parquet(tmp_path / "结果" / "*.parquet")

    assert len(there) == len(local) == COUNT
    assert there.schema == local.schema
    assert digest(there) == digest(local)
    refused = there.filter(pl.col(batches.REFUSED).list.len() > 0)
    assert len(refused) == COUNT // 100
    assert refused["总分"].null_count() == len(refused)
