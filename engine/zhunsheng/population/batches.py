"""A population beyond one machine: record batches in, record batches out, a row a document on both sides.

A row holds a document and, as lists of structs, what lies on it (指标, 资金, the lists that a ruleset declares), so that
rows may be spread over any number of machines, in any order and in batches of any size: each comes out by itself, the
same. Whatever runs functions over Arrow record batches can run `judge`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pyarrow as pa

from zhunsheng.document import read_document
from zhunsheng.population.admit import columns_taken, known_columns
from zhunsheng.population.filled import tidied
from zhunsheng.population.judge import judge_tables
from zhunsheng.population.layout import FILES, KEY, ORIGINAL, PLACE, lists_of
from zhunsheng.population.rejects import SCHEMA as REJECTS
from zhunsheng.population.results import schemas_of
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset.vocabulary import DOCUMENT
from zhunsheng.source import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhunsheng.document import Document
    from zhunsheng.population.judge import Judged
    from zhunsheng.population.table import Tables
    from zhunsheng.ruleset import Ruleset

SCORES: Final = "各项得分"
REMARKS: Final = "结论"
REFUSED: Final = "退回"
ROWS: Final = 20_000
"""Documents worked on at once: larger batches are cut."""


def judge(batches: Iterable[pa.RecordBatch], ruleset: Ruleset) -> Iterator[pa.RecordBatch]:
    """The results of documents, one row for each row, in the same order.

    Args:
        batches: documents with their lists, as `nested` makes them.
        ruleset: judges all of them, as it is in force in the year of each.

    Raises:
        Refused: a column is missing, or of a type that is not the language's: a float, say.
    """
    schema = schema_of(ruleset)
    for batch in batches:
        for start in range(0, len(batch), ROWS):
            yield _judged(batch.slice(start, ROWS), ruleset, schema)


def schema_of(ruleset: Ruleset) -> pa.Schema:
    """The columns that come out: the figures and the grade, then as lists the scores, the remarks, and why not."""
    empty = pl.DataFrame(schema=_schema(ruleset)).to_arrow(compat_level=pl.CompatLevel.oldest())
    return pa.schema([(each.name, _small(each.type)) for each in empty.schema])


def _small(dtype: pa.DataType) -> pa.DataType:
    """The type with offsets of 32 bits, which all that speak Arrow know; Spark takes no others for lists."""
    if pa.types.is_large_list(dtype):
        return pa.list_(_small(dtype.value_type))
    if pa.types.is_struct(dtype):
        return pa.struct([(each.name, _small(each.type)) for each in dtype])
    return pa.string() if pa.types.is_large_string(dtype) else dtype


def _schema(ruleset: Ruleset) -> dict[str, Any]:
    documents, scores, remarks = schemas_of(ruleset)
    lists = {SCORES: scores, REMARKS: remarks, REFUSED: REJECTS}
    return documents | {name: pl.List(pl.Struct(_without_key(each))) for name, each in lists.items()}


def _without_key(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: dtype for name, dtype in schema.items() if name != KEY}


def nested(tables: Tables) -> pl.DataFrame:
    """Tables in the long layout as a row a document, what lies on it as lists in the order of its rows.

    Raises:
        Refused: a row has no 文件号, or one that two documents have, or that none has: whose it is could not be told.
    """
    found = tables[DOCUMENT]
    _refuse_strays(tables)
    for scope, table in tables.items():
        if scope != DOCUMENT:
            rows = table.select(KEY, pl.struct(pl.exclude(KEY)).alias(scope))
            found = found.join(rows.group_by(KEY, maintain_order=True).agg(scope), on=KEY, how="left")
    return found


def _refuse_strays(tables: Tables) -> None:
    keys = tables[DOCUMENT][KEY]
    strays = {(DOCUMENT, "row-key-twice"): keys.filter(keys.is_not_null() & keys.is_duplicated())}
    strays |= {(scope, "row-key-missing"): each[KEY].filter(each[KEY].is_null()) for scope, each in tables.items()}
    known = keys.drop_nulls().implode()
    strays |= {
        (scope, "row-orphan"): each[KEY].filter(each[KEY].is_not_null() & ~each[KEY].is_in(known))
        for scope, each in tables.items()
    }
    problems = [
        Problem(
            Place(scope, cell=KEY),
            code,
            say(f"{code}.expected"),
            "、".join(map(str, found.drop_nulls().unique().sort())),
        )
        for (scope, code), found in strays.items()
        if len(found)
    ]
    if problems:
        raise Refused(problems)


def _refuse_columns(rows: pl.DataFrame, ruleset: Ruleset) -> None:
    """Columns whose values no row could be judged by: the same problems as those of tables on disk."""
    problems: list[Problem] = []
    for scope in (DOCUMENT, *(name for name in rows.columns if isinstance(rows.schema[name], pl.List))):
        dtype = rows.schema.get(scope)
        schema: dict[str, Any] = dict(rows.schema)
        if isinstance(dtype, pl.List):
            schema = (
                {each.name: each.dtype for each in dtype.inner.fields} if isinstance(dtype.inner, pl.Struct) else {}
            )
        known = [each for each in known_columns(scope, [ruleset]) if each.name not in (KEY, PLACE)]
        named = {each.name for each in known}
        own = {name: each for name, each in schema.items() if name in named}
        problems += columns_taken(own, scope, scope, known)
    if problems:
        raise Refused(problems)


def _judged(batch: pa.RecordBatch, ruleset: Ruleset, schema: pa.Schema) -> pa.RecordBatch:
    """Rows are numbered anew within the batch, so that a number that stands twice, or none, is nobody's trouble."""
    rows = pl.from_arrow(batch)
    assert isinstance(rows, pl.DataFrame)
    _refuse_columns(rows, ruleset)
    keys = rows[KEY].cast(pl.Int64)
    found = judge_tables(_tables(rows, ruleset), lambda *_: ruleset, _original, "")
    table = _together(found, len(rows), ruleset).with_columns(keys.alias(KEY))
    arrow = table.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
    return arrow.combine_chunks().to_batches()[0]


def _original(text: str, key: int) -> Document:
    return read_document(read(text.encode(), f"{ORIGINAL} {key}", format="json"))


def _tables(rows: pl.DataFrame, ruleset: Ruleset) -> Tables:
    """A row a document as tables in the long layout."""
    rows = rows.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(KEY))
    lists = [name for name in (*FILES, *lists_of(ruleset)) if isinstance(rows.schema.get(name), pl.List)]
    tables = {DOCUMENT: tidied(rows.drop(lists))}
    for name in lists:
        things = rows.select(KEY, name).filter(pl.col(name).list.len() > 0).explode(name).unnest(name)
        tables[name] = tidied(things)
    return tables


def _together(found: Judged, rows: int, ruleset: Ruleset) -> pl.DataFrame:
    """All that was found of so many documents, a row each."""
    schema = _schema(ruleset)
    table = pl.DataFrame({KEY: pl.int_range(rows, dtype=pl.Int64, eager=True)})
    figures = [each.results.documents for each in found.parts]
    beside = {
        SCORES: [each.results.scores for each in found.parts],
        REMARKS: [each.results.remarks for each in found.parts],
        REFUSED: [found.rejects],
    }
    table = _joined(table, figures, {name: schema[name] for name in schemas_of(ruleset)[0]})
    for name, parts in beside.items():
        table = _joined(
            table, [_listed(part, name, schema[name]) for part in parts], {KEY: pl.Int64, name: schema[name]}
        )
    return table.with_columns(pl.col(SCORES, REMARKS, REFUSED).fill_null([])).select(list(schema))


def _joined(table: pl.DataFrame, parts: list[pl.DataFrame], schema: dict[str, Any]) -> pl.DataFrame:
    """A table with what the parts have of its documents."""
    empty = pl.DataFrame(schema=schema)
    every = pl.concat([empty, *(each.select(list(schema)).cast(schema) for each in parts)])  # type: ignore[arg-type]
    return table.join(every, on=KEY, how="left", maintain_order="left")


def _listed(part: pl.DataFrame, name: str, dtype: Any) -> pl.DataFrame:
    fields = [each.name for each in dtype.inner.fields]
    rows = part.select(
        KEY,
        pl.struct(pl.col(each).cast(kind.dtype) for each, kind in zip(fields, dtype.inner.fields, strict=True)).alias(
            name
        ),
    )
    return rows.group_by(KEY, maintain_order=True).agg(name)
