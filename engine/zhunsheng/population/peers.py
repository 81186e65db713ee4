"""Peers in a population: what a ruleset asks of all documents at once, found out in passes over batches of them.

A figure of a document may rest on those of others (`max(总分 for 同类)`), which no batch by itself knows. A pass goes over
all batches, takes of each document the few figures that are asked of it (`parts_of`), and answers from all of them
together (`answered`); answers may rest on answers, so that there are as many passes as `passes` says, mostly one. What
is kept of a pass is a number or two for each document. With the answers each batch is judged by itself:

    known = NOTHING
    for level in range(passes(ruleset)):
        parts = [parts_of(tables, ruleset, known, level) for tables in batches()]  # any number of processes
        known = answered(ruleset, known, level, parts)
    for tables in batches():
        results_of(tables, ruleset, known)

`peers_of` is that loop. All documents of one ruleset and year go into one such loop; the order of batches and of
documents has no say. Parts and answers can be pickled. What cannot be asked in this way (`Inexpressible`: a figure other
than `count` and `share` that depends on the document itself, or peers of peers in one formula) needs all documents at
hand: `results.results_together`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import polars as pl

from zhunsheng.evaluation.peers import marks
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import run as exact_run
from zhunsheng.expression.exact import Group, Thing, compiled
from zhunsheng.expression.tree import Absent, Aggregate, Name, Reference
from zhunsheng.expression.types import Type
from zhunsheng.population.columns import gather, lanes
from zhunsheng.population.columns.asked import asked, behind_level
from zhunsheng.population.columns.frames import Context, View, segments_of
from zhunsheng.population.columns.interpret import dtype_of, read, typed
from zhunsheng.population.columns.lanes import TRUE
from zhunsheng.population.columns.peers import (
    Exact,
    Known,
    Ranked,
    grouped,
    picked,
    ranked,
    values_of,
)
from zhunsheng.population.columns.run import marks_in, run
from zhunsheng.population.columns.values import (
    LARGE,
    Inexpressible,
    Numbers,
    Overflow,
    Plain,
    Truths,
    both,
    integers,
    stacked,
    taken,
    truths,
)
from zhunsheng.population.table import KEY, frames_of, worlds_of
from zhunsheng.ruleset.vocabulary import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from zhunsheng.evaluation.score import Grouping
    from zhunsheng.expression.exact import Bound
    from zhunsheng.expression.tree import Node, Value
    from zhunsheng.population.columns.asked import Asked
    from zhunsheng.population.columns.frames import Frame, Segments
    from zhunsheng.population.columns.values import Column
    from zhunsheng.population.table import Tables
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.ruleset.policy import Peers

NOTHING: Final = Known()


class Parts(NamedTuple):
    """What one pass takes of some documents: their marks by collection, and what each figure asks of them."""

    rows: int
    marks: dict[str, pl.DataFrame]
    columns: Mapping[Aggregate, tuple[Column | Exact, ...]]


def passes(ruleset: Ruleset) -> int:
    """How many passes over all documents there are before the one that judges them; 0 without peer figures.

    Raises:
        Inexpressible: the ruleset asks what needs all documents at hand at once.
    """
    return 1 + max((each.level for each in asked(ruleset)), default=-1)


def peers_of(batches: Callable[[], Iterable[Tables]], ruleset: Ruleset) -> Known:
    """All answers, from as many passes over the batches as it takes.

    Raises:
        Inexpressible: as `passes`.
    """
    known = NOTHING
    for level in range(passes(ruleset)):
        known = answered(ruleset, known, level, [parts_of(each, ruleset, known, level) for each in batches()])
    return known


# What a pass takes


def parts_of(tables: Tables, ruleset: Ruleset, known: Known, level: int) -> Parts:
    """What the pass of a level takes of the documents in tables, in columns as far as columns go."""
    asks = tuple(each for each in asked(ruleset) if each.level == level)
    keys = tables[DOCUMENT][KEY]
    try:
        outcome = run(ruleset, frames_of(tables, ruleset), known, behind_level(ruleset, asks))
        parts = _collected(asks, ruleset, outcome.frames[DOCUMENT])
    except Inexpressible:
        return _exactly(tables, keys, ruleset, known, asks)
    except Overflow:
        if len(keys) == 1:
            return _exactly(tables, keys, ruleset, known, asks)
        middle = len(keys) // 2
        halves = (keys[:middle], keys[middle:])
        return _joined([parts_of(_only(tables, each), ruleset, known, level) for each in halves])
    odd = pl.concat([pl.Series([], dtype=pl.Int64), *outcome.exactly]).unique()
    if not len(odd):
        return parts
    every = pl.int_range(parts.rows, dtype=pl.Int64, eager=True)
    rest = _picked(parts, every.filter(~every.is_in(odd.implode())))
    return _joined([rest, _exactly(tables, keys.gather(odd), ruleset, known, asks)])


def _collected(asks: Sequence[Asked], ruleset: Ruleset, documents: Frame) -> Parts:
    columns: dict[Aggregate, tuple[Column, ...]] = {}
    for each in asks:
        context = Context(documents.rows, (*(None for _ in range(each.inner)), View(documents)))
        columns[each.node] = tuple(_read(node, context) for node in each.of_members)
    return Parts(documents.rows, _marks(asks, ruleset, lambda peers: marks_in(peers, documents)), columns)


def _read(node: Node, context: Context) -> Column:
    return typed(read(node, context), dtype_of(node.type))


def _marks(asks: Sequence[Asked], ruleset: Ruleset, marked: Callable[[Peers], pl.DataFrame]) -> dict[str, pl.DataFrame]:
    wanted = {each.peers for each in asks}
    return {each.name: marked(each) for each in ruleset.peers if each.name in wanted}


def _exactly(tables: Tables, keys: pl.Series, ruleset: Ruleset, known: Known, asks: Sequence[Asked]) -> Parts:
    """The same by the exact interpreter, document by document."""
    plan = plan_of(ruleset)
    documents = [
        exact_run(plan, world, grouping(known)).world.things[DOCUMENT][0]
        for _, world in worlds_of(_only(tables, keys), ruleset)
    ]
    columns = {
        each.node: tuple(_column(_values(node, each.inner, documents), node.type) for node in each.of_members)
        for each in asks
    }
    return Parts(len(documents), _marks(asks, ruleset, lambda peers: _marked(peers, documents)), columns)


def _values(node: Any, inner: int, documents: list[Thing]) -> list[Value]:
    reading = compiled(node)
    around = cast("Bound", (None,) * inner)
    return [reading((*around, each)) for each in documents]


def _marked(peers: Peers, documents: Sequence[Thing]) -> pl.DataFrame:
    found = [None if mark is None else [written(each) for each in mark] for mark in marks(peers, documents)]
    rows = [[None] * len(peers.by) if mark is None else mark for mark in found]
    return pl.DataFrame(rows, schema=[(f"{at}", pl.String) for at in range(len(peers.by))], orient="row")


def written(value: Value) -> str:
    """A value as a mark has it."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _column(values: Sequence[Value], type_: Type | None) -> Column | Exact:
    """Exact values as a column; one fits where its digits do."""
    dtype = dtype_of(type_)
    worse = [isinstance(each, Absent) and each is not Absent.MISSING for each in values]
    void = lanes.leaf(pl.Series(worse, dtype=pl.Boolean)) if any(worse) else None
    kept = [None if isinstance(each, Absent) else each for each in values]
    if dtype is pl.Boolean:
        return replace(truths(pl.Series(kept, dtype=dtype)), void=void)
    if dtype is not pl.Int64:
        return Plain(pl.Series(kept, dtype=dtype), void)
    numbers = [each for each in kept if isinstance(each, Fraction)]
    common = lcm(*{each.denominator for each in numbers}) if numbers else 1
    if common <= LARGE:
        tops = [None if each is None else (cast("Fraction", each) * common).numerator for each in kept]
        if max((abs(each) for each in tops if each is not None), default=0) <= LARGE:
            return replace(integers(pl.Series(tops, dtype=pl.Int128), common), void=void)
    return Exact(tuple(values))


def _joined(parts: Sequence[Parts]) -> Parts:
    """The parts of all documents together."""
    if len(parts) == 1:
        return parts[0]
    rows = [each.rows for each in parts]
    return Parts(
        sum(rows),
        {name: pl.concat([each.marks[name] for each in parts]) for name in parts[0].marks},
        {
            node: tuple(_piled(columns, rows) for columns in zip(*(each.columns[node] for each in parts), strict=True))
            for node in parts[0].columns
        },
    )


def _piled(columns: Sequence[Column | Exact], rows: Sequence[int]) -> Column | Exact:
    """Columns one below the other; value by value where each part has a denominator that fits, but not one for all."""
    held = [each for each in columns if not isinstance(each, Exact)]
    if len(held) == len(columns):
        with suppress(Overflow):
            return stacked(held, rows)
    return Exact(tuple(value for each, count in zip(columns, rows, strict=True) for value in values_of(each, count)))


def _picked(parts: Parts, rows: pl.Series) -> Parts:
    return Parts(
        len(rows),
        {name: each[rows] for name, each in parts.marks.items()},
        {node: tuple(picked(each, rows) for each in columns) for node, columns in parts.columns.items()},
    )


def _only(tables: Tables, keys: pl.Series) -> Tables:
    return {scope: each.filter(pl.col(KEY).is_in(keys.implode())) for scope, each in tables.items()}


# What is made of them


def answered(ruleset: Ruleset, known: Known, level: int, parts: Sequence[Parts]) -> Known:
    """What is known once the pass of a level has been over all documents.

    Raises:
        Inexpressible: what was found cannot be answered without all documents at hand.
    """
    every = _joined(parts)
    groups = {name: grouped(marks) for name, marks in every.marks.items()}
    numbers = {name: groups[name].numbered(marks) for name, marks in every.marks.items()}
    figures = {
        each.node: _answer(each, every, numbers[each.peers], len(groups[each.peers].sizes))
        for each in asked(ruleset)
        if each.level == level
    }
    return Known({**known.groups, **groups}, {**known.figures, **figures})


def _answer(ask: Asked, parts: Parts, group: pl.Series, groups: int) -> Column | Exact | Ranked:
    columns = parts.columns[ask.node]
    yes = Truths(TRUE)
    if ask.against is not None:
        *also, value = columns
        standing = both([yes, *(cast("Truths", each) for each in also)], deciding=False)
        return ranked(ask.node.gathering, ask.against, standing, cast("Numbers | Exact", value), group, groups)
    given = iter(columns)
    condition = yes if ask.node.condition is None else cast("Truths", next(given))
    value = yes if ask.node.value is None else next(given)
    order = group.arg_sort(nulls_last=True).head(len(group) - group.null_count()).cast(pl.Int64)
    segments = segments_of(group.gather(order), groups)
    stands, figure = cast("Truths", taken(condition, order)), picked(value, order)
    if not isinstance(figure, Exact):
        with suppress(Inexpressible, Overflow):
            return gather.figure(ask.node.gathering, stands, figure, segments, len(order))
    return _one_by_one(ask.node, stands, figure, segments, len(order))


def _one_by_one(
    node: Aggregate, standing: Truths, value: Column | Exact, segments: Segments, rows: int
) -> Column | Exact:
    """A figure of each group by the exact interpreter, of values that columns cannot gather."""
    holds, figure = (Name(name, type=type_, reference=Reference(1, 0, name, DOCUMENT)) for name, type_ in (
        ("condition", Type.TRUTH), ("value", node.type),
    ))  # fmt: skip
    reference = Reference(0, 0, "members", DOCUMENT)
    reading = compiled(replace(node, collection=Name("members", reference=reference), value=figure, condition=holds))
    found: list[Value] = []
    holding, figures = values_of(standing, rows), values_of(value, rows)
    for start, end in zip(*segments, strict=True):
        members = [_member({"condition": holding[row], "value": figures[row]}) for row in range(start, end)]
        found.append(reading((Thing(DOCUMENT, "", None, {}, collections={"members": members}),)))
    return _column(found, node.type)


def _member(values: dict[str, Value]) -> Thing:
    return Thing(DOCUMENT, "", None, {name: each for name, each in values.items() if each is not Absent.MISSING})


# One by one


def grouping(known: Known) -> Grouping:
    """Gives documents that are judged one by one the groups of a population, by what is known of them."""

    def group(peers: Peers, documents: Sequence[Thing]) -> None:
        groups = known.groups.get(peers.name)
        for document, mark in zip(documents, marks(peers, documents), strict=True):
            number = None if groups is None or mark is None else groups.numbers.get(tuple(map(written, mark)))
            if groups is not None and number is not None and document.groups is not None:
                document.groups[peers.name] = Group(groups.sizes[number], told=_telling(known, number))

    return group


def _telling(known: Known, number: int) -> Callable[[Aggregate, Bound], Value]:
    def told(node: Aggregate, bound: Bound) -> Value:
        figure = known.figures.get(node)
        if figure is None:
            return Absent.UNDEFINED
        if isinstance(figure, Ranked):
            own = cast("Numbers | Exact", _column([compiled(figure.against.own)(bound)], Type.NUMBER))
            return values_of(figure.counted(own, pl.Series([number], dtype=pl.Int64)), 1)[0]
        return values_of(picked(figure, pl.Series([number], dtype=pl.Int64)), 1)[0]

    return told
