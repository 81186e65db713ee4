"""Tables as judging takes them: blanks absent, rows in order, places and readings put in where a table lacks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from zhunsheng.evaluation.facts import cells_read
from zhunsheng.population.layout import ABOVE, FILES, KEY, NAME, PLACE, READ
from zhunsheng.population.table import table_of_rows
from zhunsheng.ruleset.vocabulary import DOCUMENT, FUND, FUND_ROWS, INDICATOR, POSITION

if TYPE_CHECKING:
    from zhunsheng.population.table import Tables

_CELLS: Final = ("调整后指标值", "年度指标值", "实际完成值", "度量单位", "指标性质")
_YEAR: Final = "年度"
_AIM: Final = "目标"


def tidied(table: pl.DataFrame) -> pl.DataFrame:
    """Texts as texts and blank ones absent, columns of nothing gone."""
    texts = [name for name, dtype in table.schema.items() if dtype in (pl.String, pl.Categorical, pl.Enum)]
    blank = [
        pl.when(pl.col(name).cast(pl.String).str.strip_chars() != "").then(pl.col(name).cast(pl.String)).alias(name)
        for name in texts
        if name not in (PLACE, ABOVE)
    ]
    kept = [name for name, dtype in table.schema.items() if dtype != pl.Null]
    return table.with_columns(*blank, pl.col(KEY).cast(pl.Int64)).select(kept)


def filled(tables: Tables) -> Tables:
    """Tables whose rows have all been taken, sorted and with what can be worked out put in."""
    documents = _named(tables[DOCUMENT]).sort(KEY)
    found = {DOCUMENT: documents}
    for scope, table in tables.items():
        if scope == INDICATOR:
            found[scope] = _indicators(table.sort(KEY, maintain_order=True), documents)
        elif scope == FUND:
            found[scope] = _funds(table.sort(KEY, maintain_order=True))
        elif scope not in FILES:
            found[scope] = table.sort(KEY, maintain_order=True)
    for scope in (INDICATOR, FUND):
        found.setdefault(scope, pl.DataFrame(schema={KEY: pl.Int64, PLACE: pl.String}))
    return found


def _named(documents: pl.DataFrame) -> pl.DataFrame:
    called = [name for name in (NAME, "文件标识", "项目名称", "单位名称") if name in documents.columns]
    place = [] if PLACE in documents.columns else [pl.lit("").alias(PLACE)]
    return documents.with_columns(pl.coalesce(called).alias(NAME), *place)


def _indicators(table: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    if POSITION not in table.columns:
        table = table.with_columns((pl.int_range(pl.len()).over(KEY) + 1).alias(POSITION))
    else:
        table = table.sort(KEY, POSITION, maintain_order=True)
    if PLACE not in table.columns:
        at = (pl.col(POSITION).cast(pl.Int64) - 1).cast(pl.String)
        table = table.with_columns((pl.lit("/indicators/") + at).alias(PLACE))
    return table if any(name in table.columns for name in READ) else with_readings(table, documents)


def _funds(table: pl.DataFrame) -> pl.DataFrame:
    if PLACE in table.columns:
        return table
    rows = {title: row for row, title in FUND_ROWS.items()}
    own = pl.col("来源").replace_strict(rows, default=None, return_dtype=pl.String)
    at = (own.is_null().cast(pl.Int64).cum_sum().over(KEY) - 1).cast(pl.String)
    return table.with_columns(
        pl.when(own.is_null()).then(pl.lit("/funds/others/") + at).otherwise(pl.lit("/funds/") + own).alias(PLACE)
    )


def with_readings(table: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Indicators with what is read in their cells; cells that say the same are read once."""
    years = documents.select(KEY, pl.col(_YEAR).cast(pl.Int64))
    lacking = [pl.lit(None, dtype=pl.String).alias(name) for name in _CELLS if name not in table.columns]
    asked = table.with_columns(lacking).join(years, on=KEY, how="left", maintain_order="left")
    asked = asked.with_columns(pl.coalesce("调整后指标值", "年度指标值").alias(_AIM))
    cells = [_AIM, "实际完成值", "度量单位", "指标性质", _YEAR]
    different = asked.select(cells).unique(maintain_order=True)
    if not len(different):
        return table
    rows: list[dict[str, Any]] = [dict(cells_read(*row)) for row in different.iter_rows()]
    read = table_of_rows([{KEY: at, **row} for at, row in enumerate(rows)])
    numbered = asked.select(cells).join(
        different.with_row_index("row"), on=cells, how="left", nulls_equal=True, maintain_order="left"
    )
    found = read.drop(KEY)[numbered["row"].cast(pl.Int64)]
    return pl.concat([table, found], how="horizontal")
