"""Tables as judging takes them: blanks absent, rows in order, places and readings put in where a table lacks them."""

from __future__ import annotations

from itertools import chain
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
    kept = [name for name, dtype in table.schema.items() if dtype != pl.Null or name == KEY]
    found = table.select(kept).with_columns(pl.col(texts).cast(pl.String), pl.col(KEY).cast(pl.Int64))
    filed = [name for name in texts if name not in (PLACE, ABOVE) and found[name].null_count() < len(found)]
    doubtful = found.select(_begins_white(pl.col(filed)).any()).rows() if filed else []
    blank = [pl.col(name) for name, is_so in zip(filed, chain.from_iterable(doubtful), strict=True) if is_so]
    return found.with_columns(pl.when(each.str.strip_chars() != "").then(each) for each in blank) if blank else found


def _begins_white(texts: pl.Expr) -> pl.Expr:
    """Whether texts may be blank, by comparison alone: all white space comes before `!`, or from U+0085 to U+3000."""
    return (texts < "!") | ((texts >= "\x85") & (texts < "\u3001"))


def filled(tables: Tables) -> Tables:
    """Tables whose rows have all been taken, sorted and with what can be worked out put in."""
    documents = _ordered(_named(tables[DOCUMENT]), KEY)
    found = {DOCUMENT: documents}
    for scope, table in tables.items():
        if scope == INDICATOR:
            found[scope] = _indicators(_ordered(table, KEY), documents)
        elif scope == FUND:
            found[scope] = _funds(_ordered(table, KEY))
        elif scope not in FILES:
            found[scope] = _ordered(table, KEY)
    for scope in (INDICATOR, FUND):
        found.setdefault(scope, pl.DataFrame(schema={KEY: pl.Int64, PLACE: pl.String}))
    return found


def _ordered(table: pl.DataFrame, *by: str) -> pl.DataFrame:
    """A table sorted by these columns, as most are when they come."""
    keys = table.select(pl.struct(by)).to_series() if len(by) > 1 else table[by[0]]
    return table if keys.is_sorted() else table.sort(by, maintain_order=True)


def _named(documents: pl.DataFrame) -> pl.DataFrame:
    called = [name for name in (NAME, "文件标识", "项目名称", "单位名称") if name in documents.columns]
    place = [] if PLACE in documents.columns else [pl.lit("").alias(PLACE)]
    return documents.with_columns(pl.coalesce(called).alias(NAME), *place)


def _indicators(table: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    if POSITION not in table.columns:
        rows = table[KEY].rle().struct.field("len").cast(pl.Int64)
        table = table.with_columns(pl.int_ranges(1, rows + 1, eager=True).explode().alias(POSITION))
    else:
        table = _ordered(table, KEY, POSITION)
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
