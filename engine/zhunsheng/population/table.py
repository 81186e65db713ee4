"""Documents as tables: one row a thing, one column a name of the language, and frames from such tables.

A table holds what an evaluation reads in a form (facts, amounts in 万元, cells already read), so that the same table
serves every ruleset, and reading happens once. Every row names its document (`文件号`) and its place in it (`位置`, a
JSON pointer); a row of a list that lies on another thing than the document names that one too (`上级`).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from zhunsheng.evaluation.facts import OF_TARGET, World, no_groups, paths_of, world_of_document
from zhunsheng.expression.exact import Thing
from zhunsheng.number import decimal_places, from_decimal, write
from zhunsheng.population.columns.frames import Columns, Frame, segments_of
from zhunsheng.population.columns.lanes import FALSE
from zhunsheng.population.columns.values import Plain, Truths, constant, decimals, integers, truths
from zhunsheng.ruleset.vocabulary import DOCUMENT, EXPLANATION, FUND, INDICATOR, ITEM, WEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from zhunsheng.document import Document
    from zhunsheng.expression.tree import Value
    from zhunsheng.population.columns.frames import Segments
    from zhunsheng.population.columns.values import Column
    from zhunsheng.ruleset import Ruleset

KEY: Final = "文件号"
PLACE: Final = "位置"
ABOVE: Final = "上级"
ADJUSTED: Final = "调整后指标值"
_MADE: Final = frozenset({WEIGHT, ITEM})
"""Scopes that the ruleset makes, not the form."""
_STARTING: Final[Mapping[str, Value]] = {"扣分": Fraction(0), "否决": False}

Tables = dict[str, pl.DataFrame]


def tables_of(documents: Iterable[Document], ruleset: Ruleset) -> Tables:
    """The facts of documents, by scope; what the ruleset declares of its own included."""
    rows: dict[str, list[dict[str, Any]]] = {DOCUMENT: [], INDICATOR: [], FUND: []}
    for number, document in enumerate(documents):
        for scope, things in world_of_document(document, ruleset).things.items():
            if scope not in _MADE:
                rows.setdefault(scope, []).extend(_row(thing, number) for thing in things)
    return {scope: table_of_rows(each) for scope, each in rows.items()}


def _row(thing: Thing, number: int) -> dict[str, Any]:
    above = thing.parent
    lies_on = {ABOVE: above.pointer} if above is not None and above.scope != DOCUMENT else {}
    return {
        KEY: number,
        PLACE: thing.pointer,
        **lies_on,
        **{name: value for name, value in thing.values.items() if name not in _STARTING},
    }


def table_of_rows(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows as a table with a column a name; numbers as decimals of the places that some row has."""
    names = list(dict.fromkeys(name for row in rows for name in row)) or [KEY, PLACE]
    return pl.DataFrame([_series(name, [row.get(name) for row in rows]) for name in names])


def _series(name: str, values: list[Any]) -> pl.Series:
    numbers = [each for each in values if isinstance(each, Fraction)]
    if not numbers:
        kind = pl.Int64 if name == KEY else None
        return pl.Series(name, values, dtype=kind if any(each is not None for each in values) else kind or pl.String)
    places = max(decimal_places(each) or 0 for each in numbers)
    written = [None if each is None else write(each, places) for each in values]
    return pl.Series(name, written, dtype=pl.String).cast(pl.Decimal(38, places))


# Frames


def frames_of(tables: Tables, ruleset: Ruleset) -> dict[str, Frame]:
    """Frames of the documents in tables that are sorted by their number."""
    table = tables[DOCUMENT]
    documents = Frame(DOCUMENT, len(table), _columns(table, _started()), keys=table[KEY])
    frames = {DOCUMENT: documents}
    for scope in _outermost_first(tables, ruleset):
        above = _holder(scope, ruleset)
        frames[scope] = _below(scope, tables[scope], tables[above], frames[above])
    documents.children[WEIGHT] = frames[WEIGHT] = _weights(list(ruleset.weights), documents)
    return frames


def _weights(names: list[str], documents: Frame) -> Frame:
    rows = documents.rows * len(names)

    def named() -> Column:
        every = pl.int_range(rows, dtype=pl.Int64, eager=True)
        return Plain(pl.Series(names, dtype=pl.String).gather(every % max(len(names), 1)))

    starts = pl.int_range(documents.rows, dtype=pl.Int64, eager=True) * len(names)
    return Frame(WEIGHT, rows, Columns({}, {"权重名称": named}), documents, ends=(starts, starts + len(names)))


def _holder(scope: str, ruleset: Ruleset) -> str:
    """The scope that things of a scope lie on."""
    return next((each.holder for each in ruleset.inputs if each.name == scope and each.shape == "list"), DOCUMENT)


def _outermost_first(tables: Tables, ruleset: Ruleset) -> list[str]:
    """The scopes below the document, each after the one that its things lie on."""
    depth: dict[str, int] = {DOCUMENT: 0}

    def deep(scope: str) -> int:
        if scope not in depth:
            depth[scope] = 1 + deep(_holder(scope, ruleset))
        return depth[scope]

    return sorted((each for each in tables if each != DOCUMENT), key=deep)


def _below(scope: str, table: pl.DataFrame, above: pl.DataFrame, parent: Frame) -> Frame:
    if ABOVE in table.columns:
        rows = above.select(KEY, pl.col(PLACE).alias(ABOVE)).with_row_index("row")
        table = table.join(rows, on=[KEY, ABOVE], how="left", maintain_order="left").sort("row", maintain_order=True)
        owner, table = table["row"].cast(pl.Int64), table.drop("row")
        ends = segments_of(owner, len(above))
    else:
        ends = _segments(table[KEY], above[KEY])
    started = _started() if scope == INDICATOR else {}
    places = table[PLACE]
    frame = Frame(
        scope, len(table), _columns(table, started), parent, places=lambda: places, keys=table[KEY], ends=ends
    )
    parent.children[scope] = frame
    return frame


def _segments(keys: pl.Series, documents: pl.Series) -> Segments:
    """Where the rows of each document begin and end; every row belongs to one of them."""
    starts = _beginnings(keys)
    if len(starts) != len(documents):  # some document has no row
        starts = keys.search_sorted(documents, side="left").cast(pl.Int64)
    return starts, pl.concat([starts.slice(1), pl.Series([len(keys)], dtype=pl.Int64)]).head(len(starts))


def _beginnings(keys: pl.Series) -> pl.Series:
    """Where a number begins that did not stand in the row before."""
    changes = (keys.slice(1) != keys.slice(0, max(len(keys) - 1, 0))).arg_true().cast(pl.Int64) + 1
    return pl.concat([pl.Series([0] if len(keys) else [], dtype=pl.Int64), changes])


def _started() -> dict[str, Column]:
    return {"扣分": constant(Fraction(0)), "否决": Truths(FALSE)}


def _columns(table: pl.DataFrame, started: Mapping[str, Column]) -> Columns:
    """The columns of a table, each read when it is asked for."""
    names = [each for each in table.columns if each not in (KEY, PLACE, ABOVE)]
    found = Columns({}, {name: partial(_column, table[name]) for name in names})
    found.update(started)
    return found


def _column(values: pl.Series) -> Column:
    if isinstance(values.dtype, pl.Decimal):
        return decimals(values)
    if values.dtype == pl.Boolean:
        return truths(values)
    if values.dtype.is_integer():
        return integers(values)
    return Plain(values if values.dtype == pl.Date else values.cast(pl.String))  # which may come as Enum or Categorical


# One document of them


def worlds_of(tables: Tables, ruleset: Ruleset) -> Iterator[tuple[int, World]]:
    """The facts of each document, as the exact interpreter takes them, with its number."""
    keys = tables[DOCUMENT][KEY]
    segments = {scope: _segments(table[KEY], keys) for scope, table in tables.items()}
    spans = {scope: list(zip(*(each.to_list() for each in ends), strict=True)) for scope, ends in segments.items()}
    for at, number in enumerate(keys):
        own = {
            scope: table.slice(spans[scope][at][0], spans[scope][at][1] - spans[scope][at][0])
            for scope, table in tables.items()
        }
        yield number, _world(own, ruleset)


def _world(tables: Tables, ruleset: Ruleset) -> World:
    """The facts of the one document in tables."""
    world = World()
    row = tables[DOCUMENT].row(0, named=True)
    document = world.add(
        Thing(DOCUMENT, DOCUMENT, None, {**_values(row), **_STARTING}, paths_below(DOCUMENT, row, ruleset))
    )
    document.groups = no_groups(ruleset)
    document.collections = {scope: [] for scope in (FUND, INDICATOR, WEIGHT, ITEM, EXPLANATION)}
    document.collections |= {each.name: [] for each in ruleset.inputs if each.shape == "list"}
    document.collections[WEIGHT] = [
        world.add(Thing(WEIGHT, f"{DOCUMENT}/{WEIGHT}/{name}", document, {"权重名称": name}))
        for name in ruleset.weights
    ]
    for scope in _outermost_first(tables, ruleset):
        holders = {each.pointer: each for each in world.things.get(_holder(scope, ruleset), ())}
        for holder in holders.values():
            holder.collections[scope] = []
        _add(world, scope, tables[scope], holders, ruleset)
    return world


def _add(world: World, scope: str, table: pl.DataFrame, holders: Mapping[str, Thing], ruleset: Ruleset) -> None:
    started = _STARTING if scope == INDICATOR else {}
    things: dict[str, list[Thing]] = {}
    for row in table.iter_rows(named=True):
        place, holder = row[PLACE], holders[row.get(ABOVE, "")]
        values, paths = {**_values(row), **started}, paths_below(scope, row, ruleset)
        thing = Thing(scope, DOCUMENT + place, holder, values, paths, pointer=place)
        things.setdefault(holder.pointer, []).append(thing)
    for pointer, holder in holders.items():
        holder.collections[scope] = [world.add(each) for each in things.get(pointer, ())]


def declared_paths(scope: str, ruleset: Ruleset) -> dict[str, str]:
    """Where below a thing its own inputs stand, if they are filled in."""
    own = [each for each in ruleset.inputs if each.holder == scope and each.shape != "list"]
    found = {each.name: f"/attributes/{each.name}" for each in own if each.shape == "value"}
    records = [each for each in own if each.shape == "record"]
    found |= {
        f"{each.name}.{name.name}": f"/attributes/{each.name}/{name.name}" for each in records for name in each.columns
    }
    return found


def paths_below(scope: str, row: Mapping[str, Any], ruleset: Ruleset) -> Mapping[str, str]:
    """Where below a thing its values stand."""
    listed = next((each for each in ruleset.inputs if each.name == scope and each.shape == "list"), None)
    if listed is not None:
        return {each.name: f"/{each.name}" for each in listed.columns}
    paths = dict(paths_of(scope))
    paths |= {name: path for name, path in declared_paths(scope, ruleset).items() if row.get(name) is not None}
    if scope == INDICATOR and row.get(ADJUSTED):
        paths |= dict.fromkeys(OF_TARGET, "/adjusted_target")
    return paths


def _values(row: Mapping[str, Any]) -> dict[str, Value]:
    return {name: _exact(value) for name, value in row.items() if value is not None and name not in (KEY, PLACE, ABOVE)}


def _exact(value: Any) -> Value:
    if isinstance(value, Decimal):
        return from_decimal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    assert isinstance(value, str | bool | date), value
    return value
