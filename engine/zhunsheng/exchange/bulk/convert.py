"""Documents to tables and back: JSON lines, files and forms to the long layout, and 原表 to JSON lines.

Each process writes the tables of its batch with as many decimals as the batch has; they are joined with as many as all
have. So the tables are small, and nothing is held in memory but one batch.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from zhunsheng.exchange.bulk.disk import UNDONE, swept, whole, write_table
from zhunsheng.exchange.bulk.inputs import Range
from zhunsheng.exchange.bulk.pool import spread
from zhunsheng.exchange.bulk.read import documents_in, originals
from zhunsheng.exchange.bulk.rulesets import named_ruleset
from zhunsheng.expression.types import Type
from zhunsheng.population.admit import AFTER
from zhunsheng.population.layout import EXTRA, FILES, KEY, ORIGINAL, PLACE, columns_of, declared_columns
from zhunsheng.population.rejects import refused_rows, rejects
from zhunsheng.population.table import tables_of
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset.vocabulary import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.document import Document
    from zhunsheng.exchange.bulk.inputs import Batch, Input
    from zhunsheng.population.dossiers import Bundle
    from zhunsheng.population.judge import Entry
    from zhunsheng.population.layout import Column
    from zhunsheng.population.table import Tables
    from zhunsheng.ruleset import Ruleset

DIGITS: Final = 38
PARTS: Final = f"parts{UNDONE}"
_MARKED: Final = re.compile(r'"\\u0000([-0-9.]+)\\u0000"')


class Converted(NamedTuple):
    """What came of it: documents read, those in the tables, and the rejects by code."""

    read: int
    written: int
    codes: Counter[str]


class Job(NamedTuple):
    """A batch to convert: the ruleset whose inputs get columns (None: none), the folder, and whether 原表 is kept."""

    batch: Batch
    ruleset: str | None
    folder: str
    original: bool


class _Plain:
    """What stands for a ruleset where only the form counts: it declares nothing and weighs nothing."""

    inputs = ()
    peers = ()
    weights: dict[str, Any] = {}  # noqa: RUF012  never written to


def to_tables(
    found: Input, output: Path, ruleset: str | None, *, suffix: str, original: bool, jobs: int
) -> Iterator[Converted]:
    """Writes the tables of a population into a folder; gives after each batch what it came to.

    Raises:
        Refused: the folder is there already and holds something.
    """
    if output.exists() and (not output.is_dir() or any(each.name != PARTS for each in output.iterdir())):
        raise Refused([Problem(Place(output.as_posix()), "output-exists", say("output-exists.run"))])
    parts = output / PARTS
    if parts.exists():
        rmtree(parts)
    parts.mkdir(parents=True)
    work = [Job(each, ruleset, parts.as_posix(), original) for each in found.batches]
    yield from spread(_part, work, min(jobs, max(len(work), 1)))
    for scope in sorted({each.name for each in parts.iterdir()}):
        _join(parts / scope, output / f"{FILES.get(scope, scope)}{suffix}", scope, ruleset)
    rmtree(parts)
    swept(output)


def _part(job: Job) -> Converted:
    source = job.batch.source
    assert not isinstance(source, Range), source
    taken = documents_in(source)
    rows = [*taken.rows, *(row for each in taken.dossiers for row in _aside(each))]
    tables, kept = _tables(
        taken.entries, named_ruleset(job.ruleset) if job.ruleset else cast("Ruleset", _Plain()), rows
    )
    if tables:
        tables[DOCUMENT] = _with_original(tables[DOCUMENT], kept, original=job.original)
    for scope, table in tables.items():
        write_table(table, Path(job.folder) / scope / f"{job.batch.number:06}.parquet")
    refused = rejects(rows)
    if len(refused):
        write_table(refused, Path(job.folder) / "rejects" / f"{job.batch.number:06}.parquet")
    read = len(taken.entries) + len(taken.dossiers) + taken.unread
    return Converted(read, len(kept), Counter(refused["代码"].to_list()))


def _aside(bundle: Bundle) -> list[dict[str, Any]]:
    """A dossier, which tables do not hold: they have no place for what stands between its forms."""
    problem = Problem(Place(bundle.origin), "dossier-aside", say("dossier-aside.expected"))
    return refused_rows(bundle.keys[0], bundle.origin, Refused([problem]))


def _tables(entries: list[Entry], ruleset: Ruleset, rows: list[dict[str, Any]]) -> tuple[Tables, list[Entry]]:
    """The tables of documents, and those that are in them: one with a number of more digits than tables have is not."""
    if not entries:
        return {}, []
    try:
        tables = tables_of([each.document for each in entries], ruleset)
        _refuse_long(tables)
    except (pl.exceptions.PolarsError, ValueError):
        if len(entries) == 1:
            each = entries[0]
            problem = Problem(Place(each.origin), "row-digits", say("row-digits.expected"))
            rows += refused_rows(each.key, each.origin, Refused([problem]))
            return {}, []
        middle = len(entries) // 2
        halves = [_tables(part, ruleset, rows) for part in (entries[:middle], entries[middle:])]
        scopes = {scope for tables, _ in halves for scope in tables}
        merged = {
            scope: pl.concat([_loose(each[scope]) for each, _ in halves if scope in each], how="diagonal")
            for scope in scopes
        }
        return merged, [each for _, kept in halves for each in kept]
    keys = pl.Series([each.key for each in entries], dtype=pl.Int64)
    return {scope: _numbered(each, keys) for scope, each in tables.items()}, entries


def _refuse_long(tables: Tables) -> None:
    """Raises ValueError for numbers that do not fit a column of decimals with those of all other documents."""
    for table in tables.values():
        for values in table.iter_columns():
            if isinstance(values.dtype, pl.Decimal) and len(values.drop_nulls()):
                scale = values.dtype.scale
                most = values.to_physical().cast(pl.Int128).abs().max()
                if scale > AFTER or (isinstance(most, int) and most >= 10 ** (DIGITS - AFTER + scale)):
                    raise ValueError(values.name)


def _numbered(table: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    return table.with_columns(keys.gather(table[KEY]).alias(KEY))


def _loose(table: pl.DataFrame) -> pl.DataFrame:
    """Decimals of the most places, so that tables may be joined."""
    widest = max((each.scale for each in table.dtypes if isinstance(each, pl.Decimal)), default=0)
    return table.with_columns(
        pl.col(name).cast(pl.Decimal(38, max(widest, 16)))
        for name, each in table.schema.items()
        if isinstance(each, pl.Decimal)
    )


def _with_original(documents: pl.DataFrame, kept: list[Entry], *, original: bool) -> pl.DataFrame:
    extra = [bool(each.document.attributes or any(one.attributes for one in each.document.indicators)) for each in kept]
    own = [pl.Series(EXTRA, extra, dtype=pl.Boolean)]
    if original:
        own.append(pl.Series(ORIGINAL, [written(each.document) for each in kept], dtype=pl.String))
    return documents.with_columns(own)


def written(document: Document) -> str:
    """A document as one line of JSON, which reads as the same document: numbers stay numbers, and exact."""
    data = document.model_dump(mode="python", exclude_defaults=True)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_marked)
    return _MARKED.sub(r"\1", text)


def _marked(value: object) -> str:
    """A decimal between signs that no document may hold: `json` writes none, and a float would not be exact."""
    assert isinstance(value, Decimal), value
    return f"\0{value:f}\0"


# One table of many


def _join(folder: Path, path: Path, scope: str, ruleset: str | None) -> None:
    parts = sorted(folder.iterdir())
    schema = _schema([pl.scan_parquet(each).collect_schema() for each in parts], scope, ruleset)
    plain = [(name, dtype) for name, dtype in schema.items()]
    with whole(path) as beside:
        arrow = pl.DataFrame(schema=schema).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
        with _writer(beside, arrow, path.suffix) as writer:
            for part in parts:
                table = pl.read_parquet(part)
                columns = [
                    table[name].cast(dtype)
                    if name in table.columns
                    else pl.repeat(None, len(table), dtype=dtype, eager=True).alias(name)
                    for name, dtype in plain
                ]
                writer.write_table(pl.DataFrame(columns).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(arrow))


def _writer(path: Path, schema: Any, suffix: str) -> Any:
    if suffix == ".arrow":
        return pa.ipc.new_file(path.as_posix(), schema)
    return pq.ParquetWriter(path.as_posix(), schema, compression="zstd")


def _schema(parts: list[Any], scope: str, ruleset: str | None) -> dict[str, Any]:
    """The columns of a table, in the order of the layout, with types that hold what every part has."""
    if scope == "rejects":
        return dict(rejects().schema)
    known = [
        *(columns_of(scope) if scope in FILES else ()),
        *(declared_columns(named_ruleset(ruleset), scope) if ruleset else ()),
    ]
    found: dict[str, Any] = {}
    for each in known:
        have = [part[each.name] for part in parts if each.name in part]
        if have or (scope in FILES and each.name not in (ORIGINAL, PLACE)):
            found[each.name] = _dtype(each, have)
    return found


def _dtype(column: Column, have: list[Any]) -> Any:
    if column.name == KEY:
        return pl.Int64
    match column.type:
        case Type.TEXT:
            return pl.String
        case Type.TRUTH:
            return pl.Boolean
        case Type.DATE:
            return pl.Date
        case _:
            return pl.Decimal(38, max((each.scale for each in have if isinstance(each, pl.Decimal)), default=0))


# Back


def to_lines(found: Input, output: Path) -> Iterator[Converted]:
    """Writes the documents of tables as JSON lines, from 原表.

    Raises:
        Refused: the tables have no 原表, or the file is there already.
    """
    if output.exists():
        raise Refused([Problem(Place(output.as_posix()), "output-exists", say("output-exists.run"))])
    with whole(output) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
        for batch in found.batches:
            assert isinstance(batch.source, Range)
            rows = originals(batch.source)
            texts = None if rows is None else rows[ORIGINAL]
            if texts is None or texts.null_count():
                place = Place(found.tables[DOCUMENT])
                raise Refused([Problem(place, "original-missing", say("original-missing.expected"))])
            file.writelines(f"{text}\n" for text in texts)
            file.flush()
            yield Converted(batch.documents, len(texts), Counter())
