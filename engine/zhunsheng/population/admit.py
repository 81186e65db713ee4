"""What tables must be to be judged: columns of the right types, and rows that a form could hold.

A column that is wrong refuses the table, for every row of it would be; a row that is wrong is put among the rejects,
and takes its whole document with it. Nothing is mended and nothing guessed.
"""

from __future__ import annotations

from difflib import get_close_matches
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

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


class Check(NamedTuple):
    """What rows must not be: which of a table are, in which field that lies, and what is said of it."""

    failing: pl.Expr
    field: str
    code: str
    values: Mapping[str, object] = MappingProxyType({})


def _rejected(table: pl.DataFrame, scope: str, checks: Iterable[Check]) -> list[pl.DataFrame]:
    """The rows that fail, check by check. All are asked at once whether any does, for mostly none does."""
    asked = list(checks)
    fails = table.select(each.failing.any().alias(f"{at}") for at, each in enumerate(asked)).rows()
    return [
        of_rows(table.filter(each.failing), scope, each.field, each.code, **each.values)
        for each, failed in zip(asked, chain.from_iterable(fails), strict=True)
        if failed
    ]


def rows_taken(tables: Tables) -> pl.DataFrame:
    """The rejects of tables, whatever ruleset is to judge them."""
    documents = tables[DOCUMENT]
    keys = documents[KEY].implode()
    found = _rejected(documents, DOCUMENT, _documents(documents))
    for scope, table in tables.items():
        found += _rejected(table, scope, chain(_filed(table, scope, keys), _numbers(table, scope)))
    return pl.concat([rejects(), *found])


def _documents(documents: pl.DataFrame) -> Iterator[Check]:
    key, kind, year = pl.col(KEY), pl.col("文件类型"), pl.col("年度")
    yield Check(key.is_null(), KEY, "row-key-missing")
    yield Check(key.is_not_null() & key.is_duplicated(), KEY, "row-key-twice")
    kinds = {"choices": "、".join(KINDS)}
    yield Check(kind.is_not_null() & ~kind.is_in(KINDS), "文件类型", "row-not-one-of", kinds)
    right = year.is_between(FIRST_YEAR, LAST_YEAR) & (year == year.cast(pl.Int64, strict=False))
    yield Check(year.is_not_null() & ~right, "年度", "row-year", {"low": FIRST_YEAR, "high": LAST_YEAR})
    unnamed = kind == "project"
    if "项目名称" in documents.columns:
        unnamed = unnamed & pl.col("项目名称").is_null()
    yield Check(unnamed, "项目名称", "row-value-missing", {"name": "项目名称"})


def _filed(table: pl.DataFrame, scope: str, keys: pl.Series) -> Iterator[Check]:
    """Rows of no document, rows without what every form has, things that stand at one place."""
    key = pl.col(KEY)
    if scope != DOCUMENT:
        yield Check(key.is_null(), KEY, "row-key-missing")
        yield Check(key.is_not_null() & ~key.is_in(keys), KEY, "row-orphan")
    for column in columns_of(scope) if scope in FILES else ():
        if column.needed and column.name in table.columns and column.name != KEY:
            yield _lacking(column.name)
    if ABOVE in table.columns and PLACE in table.columns:
        yield Check(pl.struct(KEY, PLACE).is_duplicated(), PLACE, "row-place-twice")


def _lacking(name: str) -> Check:
    return Check(pl.col(name).is_null(), name, "row-value-missing", {"name": name})


def _numbers(table: pl.DataFrame, scope: str) -> Iterator[Check]:
    """Numbers that no form may hold; what is read in cells is as long as it is."""
    filled = {each.name for each in fields_of(scope)} if scope in FILES else set(table.columns) - {KEY}
    for name, dtype in table.schema.items():
        known = name in filled and table[name].null_count() < len(table)
        if known and (dtype.is_integer() or isinstance(dtype, pl.Decimal)):
            scale = dtype.scale if isinstance(dtype, pl.Decimal) else 0
            whole = pl.col(name).to_physical().cast(pl.Int128)
            long = whole.abs() >= pl.lit(10 ** min(BEFORE + scale, 38), dtype=pl.Int128)
            if scale > AFTER:
                long = long | _has_more(whole, scale - AFTER)
            yield Check(long, name, "row-number-long", {"before": BEFORE, "after": AFTER})


def _has_more(whole: pl.Expr, digits: int) -> pl.Expr:
    """Whether the last so many digits say something."""
    return whole % pl.lit(10**digits, dtype=pl.Int128) != 0


def inputs_taken(tables: Tables, ruleset: Ruleset) -> pl.DataFrame:
    """The rejects of tables under a ruleset: its own inputs that are lacking, and columns that it does not declare."""
    found = [
        each for scope, table in tables.items() for each in _rejected(table, scope, _inputs(table, scope, ruleset))
    ]
    return pl.concat([rejects(), *found])


def _inputs(table: pl.DataFrame, scope: str, ruleset: Ruleset) -> Iterator[Check]:
    declared = {each.name: each for each in declared_columns(ruleset, scope)}
    for each in declared.values():
        if each.needed:
            absent = Check(pl.lit(value=True), each.name, "row-value-missing", {"name": each.name})
            yield _lacking(each.name) if each.name in table.columns else absent
    own = {KEY, PLACE, ABOVE, *(each.name for each in (columns_of(scope) if scope in FILES else ()))}
    for name in table.columns:
        if name not in own and name not in declared:
            yield Check(pl.col(name).is_not_null(), name, "row-undeclared", {"ruleset": ruleset.id})
    yield from _declared_values(table, scope, ruleset)


def _declared_values(table: pl.DataFrame, scope: str, ruleset: Ruleset) -> Iterator[Check]:
    """Texts that must be one of few, numbers of more places than declared."""
    for each in ruleset.inputs:
        listed = [(one.name, one) for one in each.columns] if each.shape == "list" and each.name == scope else []
        for name, one in listed or (each.named() if each.holder == scope else ()):
            if name not in table.columns:
                continue
            values, dtype = pl.col(name), table.schema[name]
            if one.words:
                wrong = values.is_not_null() & ~values.is_in(list(one.words))
                yield Check(wrong, name, "row-not-one-of", {"choices": "、".join(one.words)})
            if one.places is not None and isinstance(dtype, pl.Decimal) and dtype.scale > one.places:
                whole = values.to_physical().cast(pl.Int128)
                yield Check(_has_more(whole, dtype.scale - one.places), name, "row-places", {"places": one.places})
