"""Record batches in, record batches out: the same as tables, whatever the batches."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import polars as pl
import pytest

from benchmarks import job
from population.rows import KEY, tables_of
from zhunsheng import load_ruleset, problem
from zhunsheng.population import batches
from zhunsheng.population.results import results_of

if TYPE_CHECKING:
    from zhunsheng.population.table import Tables


@pytest.fixture(scope="module")
def found() -> pl.DataFrame:
    return judged(tables_of(500), 500)


def judged(tables: Tables, size: int) -> pl.DataFrame:
    rows = batches.nested(tables).to_arrow(compat_level=pl.CompatLevel.oldest())
    return pl.DataFrame(pl.from_arrow(batches.judge(rows.to_batches(size), load_ruleset(job.RULESET))))


def test_rows_hold_what_tables_give(found: pl.DataFrame) -> None:
    """Figures, scores and remarks are those of the columnar run, and nothing else."""
    apart = results_of(job.tables(500), load_ruleset(job.RULESET))
    for table, name in zip(apart.tables, (None, batches.SCORES, batches.REMARKS), strict=True):
        wanted = table.filter(pl.col(KEY) % 100 < 99)
        taken = found.filter(pl.col(KEY) % 100 < 99)
        if name is not None:
            taken = taken.filter(pl.col(name).list.len() > 0).select(KEY, name).explode(name).unnest(name)
        assert taken.select(wanted.columns).equals(wanted)


def test_every_row_comes_out_judged_or_refused(found: pl.DataFrame) -> None:
    refused = found.filter(pl.col(batches.REFUSED).list.len() > 0)
    assert found[KEY].to_list() == list(range(500))
    assert refused[KEY].to_list() == [99, 199, 299, 399, 499]
    assert refused["总分"].null_count() == found["总分"].null_count() == 5


def test_batches_of_any_size_give_the_same(found: pl.DataFrame) -> None:
    assert judged(tables_of(500), 7).equals(found)


def test_numbers_that_stand_twice_are_nobodys_trouble(found: pl.DataFrame) -> None:
    """Machines cannot see each other's rows, so a number need not be one document's alone."""
    rows = batches.nested(tables_of(10)).with_columns(pl.lit(7, dtype=pl.Int64).alias(KEY))
    given = rows.to_arrow(compat_level=pl.CompatLevel.oldest()).to_batches()
    again = pl.DataFrame(pl.from_arrow(batches.judge(given, load_ruleset(job.RULESET))))
    assert again[KEY].to_list() == [7] * 10
    assert again.drop(KEY).equals(found.head(10).drop(KEY))


def test_a_batch_that_is_done_leaves_nothing_in_memory() -> None:
    """A cycle would keep the columns of a batch until the collector comes by, which counts objects and not their bytes."""
    tables, ruleset = job.tables(50), load_ruleset(job.RULESET)
    results_of(tables, ruleset)
    gc.collect()
    gc.disable()
    try:
        before = _held()
        results_of(tables, ruleset)
        assert _held() == before
    finally:
        gc.enable()


def _held() -> int:
    return sum(isinstance(each, pl.Series) for each in gc.get_objects())


def test_rows_that_belong_to_nobody_or_to_two_are_not_put_together() -> None:
    """Whose indicators they are could not be told; a score from them would be somebody else's."""
    documents = pl.DataFrame({"文件号": [1, 1, None], "文件类型": "department", "单位名称": "某局", "年度": 2021})
    indicators = pl.DataFrame({"文件号": [1, 7], "三级指标": "巡查", "分值": 50})

    with pytest.raises(problem.Refused) as refused:
        batches.nested({"文件": documents, "指标": indicators})

    found = {(each.place.file, each.code, each.got) for each in refused.value.problems}
    assert found == {("文件", "row-key-twice", "1"), ("文件", "row-key-missing", ""), ("指标", "row-orphan", "7")}


def test_columns_of_other_types_are_refused_with_their_names() -> None:
    documents = pl.DataFrame({"文件号": [1], "文件类型": "department", "单位名称": "某局", "年度": "2021"})
    indicators = pl.DataFrame({"文件号": [1], "三级指标": "巡查", "分值": 50.5})
    rows = batches.nested({"文件": documents, "指标": indicators}).to_arrow()

    with pytest.raises(problem.Refused) as refused:
        list(batches.judge(rows.to_batches(), load_ruleset("mof-2020")))

    found = {(each.place.file, each.place.cell, each.code) for each in refused.value.problems}
    assert found == {("文件", "年度", "column-type"), ("指标", "分值", "column-float")}
