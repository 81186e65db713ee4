"""What tables must be to be judged: columns of the right types, and rows that a form could hold.

A column that is wrong refuses the table, for every row of it would be; a row that is wrong is put among the rejects,
and takes its whole document with it. Nothing is mended and nothing guessed.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import polars as pl

from zhunsheng.expression.types import Type
from zhunsheng.population.layout import ABOVE, FILES, KEY, PLACE, columns_of, declared_columns
from zhunsheng.population.rejects import of_rows, rejects
from zhunsheng.problem import Place, Problem, say
from zhunsheng.ruleset.vocabulary import DOCUMENT, POSITION, fields_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from zhunsheng.population.layout import Column
    from zhunsheng.population.table import Tables
    from zhunsheng.ruleset import Ruleset

BEFORE: Final = 15
AFTER: Final = 16
"""Digits before and after the point; forms have twelve after it, and amounts in 元 four more when taken to 万元."""
KINDS: Final = ("department", "project")
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100


# Columns


def columns_taken(schema: Mapping[str, pl.DataType], scope: str, file: str, known: Iterable[Column]) -> list[Problem]:
    """What is wrong with the columns of a table: unknown ones, missing ones, types that are not the language's."""
    columns = {each.name: each for each in known}
    problems = [
        problem for name, dtype in schema.items() for problem in _column(name, dtype, columns, Place(file, cell=name))
    ]
    problems += [
        Problem(Place(file), "column-missing", say("column-missing.expected", name=each.name))
        for each in columns.values()
        if each.needed and each.name not in schema and (scope in FILES or each.name in (KEY, PLACE, POSITION))
    ]
    return problems


def _column(name: str, dtype: pl.DataType, columns: Mapping[str, Column], place: Place) -> Iterator[Problem]:
    column = columns.get(name)
    if column is None:
        near = get_close_matches(name, columns, n=1, cutoff=0.5)
        hint = say("nearest.hint", name=near[0]) if near else None
        yield Problem(place, "column-unknown", say("column-unknown.expected"), name, hint=hint)
    elif dtype.is_float():
        yield Problem(place, "column-float", say("column-float.expected"), str(dtype))
    elif not _holds(column, dtype):
        expected = say("column-type.expected", type=say(f"column-type.{_kind(column)}"))
        yield Problem(place, "column-type", expected, str(dtype))


def _kind(column: Column) -> str:
    if column.name == KEY:
        return "whole"
    kinds = {Type.TEXT: "text", Type.TRUTH: "truth", Type.DATE: "date"}
    return kinds.get(column.type, "number")


def _holds(column: Column, dtype: pl.DataType) -> bool:
    match _kind(column):
        case _ if dtype == pl.Null:
            return True
        case "whole":
            return dtype.is_integer()
        case "number":
            return dtype.is_integer() or dtype.is_decimal()
        case "truth":
            return dtype == pl.Boolean
        case "date":
            return dtype == pl.Date
        case _:
            return dtype in (pl.String, pl.Categorical, pl.Enum)


def known_columns(scope: str, rulesets: Iterable[Ruleset]) -> list[Column]:
    """The columns that a table may have under any of these rulesets."""
    own = columns_of(scope) if scope in FILES else ()
    declared = [column for each in rulesets for column in declared_columns(each, scope)]
    return [
        *own,
        *({each.name: each._replace(needed=False) for each in declared}.values() if scope in FILES else declared),
    ]


# Rows


def rows_taken(tables: Tables) -> pl.DataFrame:
    """The rejects of tables, whatever ruleset is to judge them."""
    documents = tables[DOCUMENT]
    found = [*_documents(documents)]
    keys = documents[KEY].implode()
    for scope, table in tables.items():
        if scope != DOCUMENT:
            found.append(of_rows(table.filter(pl.col(KEY).is_null()), scope, KEY, "row-key-missing"))
            orphans = pl.col(KEY).is_not_null() & ~pl.col(KEY).is_in(keys)
            found.append(of_rows(table.filter(orphans), scope, KEY, "row-orphan"))
        for column in columns_of(scope) if scope in FILES else ():
            if column.needed and column.name in table.columns and column.name != KEY:
                lacking = table.filter(pl.col(column.name).is_null())
                found.append(of_rows(lacking, scope, column.name, "row-value-missing", name=column.name))
        found += _numbers(table, scope)
        if ABOVE in table.columns and PLACE in table.columns:
            twice = table.filter(pl.struct(KEY, PLACE).is_duplicated())
            found.append(of_rows(twice, scope, PLACE, "row-place-twice"))
    return pl.concat([rejects(), *(each for each in found if len(each))])


def _documents(documents: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield of_rows(documents.filter(pl.col(KEY).is_null()), DOCUMENT, KEY, "row-key-missing")
    given = documents.filter(pl.col(KEY).is_not_null())
    yield of_rows(given.filter(pl.col(KEY).is_duplicated()), DOCUMENT, KEY, "row-key-twice")
    kinds = pl.col("文件类型").is_not_null() & ~pl.col("文件类型").is_in(KINDS)
    yield of_rows(documents.filter(kinds), DOCUMENT, "文件类型", "row-not-one-of", choices="、".join(KINDS))
    year = pl.col("年度")
    wrong = year.is_not_null() & ~(year.is_between(FIRST_YEAR, LAST_YEAR) & (year == year.cast(pl.Int64, strict=False)))
    yield of_rows(documents.filter(wrong), DOCUMENT, "年度", "row-year", low=FIRST_YEAR, high=LAST_YEAR)
    if "项目名称" in documents.columns:
        unnamed = (pl.col("文件类型") == "project") & pl.col("项目名称").is_null()
    else:
        unnamed = pl.col("文件类型") == "project"
    yield of_rows(documents.filter(unnamed), DOCUMENT, "项目名称", "row-value-missing", name="项目名称")


def _numbers(table: pl.DataFrame, scope: str) -> Iterator[pl.DataFrame]:
    """Numbers that no form may hold; what is read in cells is as long as it is."""
    filled = {each.name for each in fields_of(scope)} if scope in FILES else set(table.columns) - {KEY}
    for values in table.iter_columns():
        if values.name in filled and isinstance(values.dtype, pl.Decimal):
            whole, scale = values.to_physical().cast(pl.Int128), values.dtype.scale
            long = whole.abs() >= pl.Series([10 ** min(BEFORE + scale, 38)], dtype=pl.Int128)
            if scale > AFTER:
                long = long | (whole % pl.Series([10 ** (scale - AFTER)], dtype=pl.Int128) != 0)
            yield of_rows(
                table.filter(long.fill_null(value=False)),
                scope,
                values.name,
                "row-number-long",
                before=BEFORE,
                after=AFTER,
            )
        elif values.name in filled and values.dtype.is_integer():
            long = values.cast(pl.Int128).abs() >= pl.Series([10**BEFORE], dtype=pl.Int128)
            yield of_rows(
                table.filter(long.fill_null(value=False)),
                scope,
                values.name,
                "row-number-long",
                before=BEFORE,
                after=AFTER,
            )


def inputs_taken(tables: Tables, ruleset: Ruleset) -> pl.DataFrame:
    """The rejects of tables under a ruleset: its own inputs that are lacking, and columns that it does not declare."""
    found = [rejects()]
    for scope, table in tables.items():
        declared = {each.name: each for each in declared_columns(ruleset, scope)}
        for each in declared.values():
            if each.needed:
                lacking = table.filter(pl.col(each.name).is_null()) if each.name in table.columns else table
                found.append(of_rows(lacking, scope, each.name, "row-value-missing", name=each.name))
        own = {KEY, PLACE, ABOVE, *(each.name for each in (columns_of(scope) if scope in FILES else ()))}
        for name in table.columns:
            if name not in own and name not in declared:
                strange = table.filter(pl.col(name).is_not_null())
                found.append(of_rows(strange, scope, name, "row-undeclared", ruleset=ruleset.id))
        found += _declared_values(table, scope, ruleset)
    return pl.concat([each for each in found if len(each)] or [rejects()])


def _declared_values(table: pl.DataFrame, scope: str, ruleset: Ruleset) -> Iterator[pl.DataFrame]:
    """Texts that must be one of few, numbers of more places than declared."""
    for each in ruleset.inputs:
        listed = [(one.name, one) for one in each.columns] if each.shape == "list" and each.name == scope else []
        for name, one in listed or (each.named() if each.holder == scope else ()):
            if name not in table.columns:
                continue
            values = table[name]
            if one.words:
                wrong = values.is_not_null() & ~values.is_in(list(one.words))
                yield of_rows(table.filter(wrong), scope, name, "row-not-one-of", choices="、".join(one.words))
            if one.places is not None and isinstance(values.dtype, pl.Decimal) and values.dtype.scale > one.places:
                tail = pl.Series([10 ** (values.dtype.scale - one.places)], dtype=pl.Int128)
                wrong = (values.to_physical().cast(pl.Int128) % tail != 0).fill_null(value=False)
                yield of_rows(table.filter(wrong), scope, name, "row-places", places=one.places)
