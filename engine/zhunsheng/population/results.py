"""What a population's evaluation says, as tables: a row a document, a row a score, a row a remark.

The same rows whether they come from columns or, where columns cannot do it, from the exact interpreter one by one; a
law holds the two equal. Figures that a ruleset rounds are decimals of its places, others are written in full as text.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import polars as pl
import pyarrow as pa

from zhunsheng.evaluation.assess import heading_of
from zhunsheng.evaluation.facts import OF_TARGET, paths_of
from zhunsheng.evaluation.peers import judged_together
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import run as exact_run
from zhunsheng.evaluation.score import run_together
from zhunsheng.expression.exact import find
from zhunsheng.expression.tree import Name
from zhunsheng.number import write
from zhunsheng.population.columns import lanes
from zhunsheng.population.columns import run as columns
from zhunsheng.population.columns.frames import Context, View
from zhunsheng.population.columns.interpret import typed, view_of
from zhunsheng.population.columns.lanes import FALSE
from zhunsheng.population.columns.values import (
    Inexpressible,
    Overflow,
    Plain,
    Words,
    series_of,
    taken,
    texts_of,
    times,
    told,
)
from zhunsheng.population.peers import NOTHING, grouping, peers_of
from zhunsheng.population.table import ADJUSTED, KEY, Tables, declared_paths, frames_of, worlds_of
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR, ITEM

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from zhunsheng.evaluation.facts import World
    from zhunsheng.evaluation.plan import Scoring
    from zhunsheng.evaluation.score import Conclusion, Item
    from zhunsheng.evaluation.score import Run as ExactRun
    from zhunsheng.expression.tree import Node, Value
    from zhunsheng.number import Rounding
    from zhunsheng.population.columns.frames import Frame
    from zhunsheng.population.columns.peers import Known
    from zhunsheng.population.columns.run import Fired, Outcome
    from zhunsheng.population.columns.values import Column, Numbers
    from zhunsheng.ruleset import Ruleset

DIGITS: Final = 38
"""Of a decimal of the tables, before and after the point together."""
JUDGEMENTS: Final = "judgements"
STATUSES: Final = ("computed", "undecided", "withheld")


class Results(NamedTuple):
    """Of some documents; `exactly` says how many of them were worked out one by one."""

    documents: pl.DataFrame
    scores: pl.DataFrame
    remarks: pl.DataFrame
    exactly: int = 0

    @property
    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Documents, scores, remarks."""
        return self.documents, self.scores, self.remarks


def results_of(tables: Tables, ruleset: Ruleset, peers: Known = NOTHING, *, without: Collection[str] = ()) -> Results:
    """The results of documents in tables, in columns as far as columns go.

    Args:
        tables: by scope, each sorted by 文件号.
        ruleset: as it is in force in the year of all of them.
        peers: what `population.peers` has found of all documents judged together; without it each is judged alone.
        without: `scores`, `remarks` where nobody wants them: these are then empty.

    Raises:
        Refused: a figure of some document has more digits than these tables hold.
    """
    try:
        outcome = columns.run(ruleset, frames_of(tables, ruleset), peers)
        found = _of_columns(tables, ruleset, outcome, without)
    except Inexpressible:
        return _cut(one_by_one(tables, ruleset, peers), without)
    except Overflow:
        return _halved(tables, ruleset, peers, without)
    awkward = pl.concat([pl.Series([], dtype=pl.Int64), *outcome.exactly]).unique()
    if not len(awkward):
        return found
    keys = tables[DOCUMENT][KEY].gather(awkward)
    apart = _cut(one_by_one(_only(tables, keys), ruleset, peers), without)
    documents, scores, remarks = (each.filter(~pl.col(KEY).is_in(keys.implode())) for each in found.tables)
    return _merged(Results(documents, scores, remarks), apart)


def results_together(tables: Tables, ruleset: Ruleset) -> Results:
    """The results of documents in tables that are judged together, and are all there are."""
    try:
        return results_of(tables, ruleset, peers_of(lambda: [tables], ruleset))
    except Inexpressible:
        keys, worlds = zip(*worlds_of(tables, ruleset), strict=True)
        runs = run_together(plan_of(ruleset), worlds, judged_together)
        return results_of_runs(zip(keys, runs, strict=True), ruleset)


def one_by_one(tables: Tables, ruleset: Ruleset, peers: Known = NOTHING) -> Results:
    """The results of documents in tables by the exact interpreter."""
    return results_of_worlds(worlds_of(tables, ruleset), ruleset, peers)


def results_of_worlds(worlds: Iterable[tuple[int, World]], ruleset: Ruleset, peers: Known = NOTHING) -> Results:
    """The results of documents, each with its number, by the exact interpreter."""
    plan, group = plan_of(ruleset), grouping(peers)
    return results_of_runs(((key, exact_run(plan, world, group)) for key, world in worlds), ruleset)


def results_of_runs(runs: Iterable[tuple[int, ExactRun]], ruleset: Ruleset) -> Results:
    """The results of documents, each with its number, as the exact interpreter has worked them out."""
    rows: tuple[list[dict[str, Any]], ...] = ([], [], [])
    schemas = schemas_of(ruleset)
    for key, outcome in runs:
        rows[0].append(_document_row(ruleset, key, outcome))
        rows[1].extend(_score_rows(key, outcome, schemas[1]["得分"]))
        rows[2].extend(_remark_rows(key, outcome))
    documents, scores, remarks = (
        pl.DataFrame(each, schema=schema, orient="row") for each, schema in zip(rows, schemas, strict=True)
    )
    return _ordered(Results(documents, scores, remarks, len(rows[0])))


def _cut(results: Results, without: Collection[str]) -> Results:
    documents, scores, remarks, exactly = results
    return Results(
        documents,
        scores.clear() if "scores" in without else scores,
        remarks.clear() if "remarks" in without else remarks,
        exactly,
    )


def _halved(tables: Tables, ruleset: Ruleset, peers: Known, without: Collection[str]) -> Results:
    """Where some figure is too large for columns: the halves apart, down to the document that has it."""
    keys = tables[DOCUMENT][KEY]
    if len(keys) == 1:
        return _cut(one_by_one(tables, ruleset, peers), without)
    middle = len(keys) // 2
    halves = (keys[:middle], keys[middle:])
    return _merged(*(results_of(_only(tables, part), ruleset, peers, without=without) for part in halves))


def _only(tables: Tables, keys: pl.Series) -> Tables:
    return {scope: each.filter(pl.col(KEY).is_in(keys.implode())) for scope, each in tables.items()}


def _merged(a: Results, b: Results) -> Results:
    documents, scores, remarks = (pl.concat([one, other]) for one, other in zip(a.tables, b.tables, strict=True))
    return _ordered(Results(documents, scores, remarks, a.exactly + b.exactly))


def _ordered(results: Results) -> Results:
    """By document, and within it as they come: scores of documents by name, then indicators; remarks by rule and heading."""
    documents, scores, remarks, exactly = results
    return Results(
        documents.sort(KEY),
        scores.sort(KEY, maintain_order=True),
        remarks.sort(KEY, maintain_order=True),
        exactly,
    )


# What the tables look like


def _figures(ruleset: Ruleset) -> list[tuple[str, tuple[Rounding, ...]]]:
    """The figures of a document: its scores and its total."""
    own = [(f"{each.name}.得分", each.roundings) for each in ruleset.scores if each.scope == DOCUMENT]
    return [*own, ("总分", ruleset.total.roundings)]


def _dtype(roundings: Sequence[Rounding]) -> pl.DataType | type[pl.DataType]:
    return pl.Decimal(DIGITS, max(roundings[-1].places, 0)) if roundings else pl.String


def _score_places(ruleset: Ruleset) -> pl.DataType | type[pl.DataType]:
    """Decimals of the most places that any score has; text where one is not rounded."""
    if all(each.roundings for each in ruleset.scores):
        return pl.Decimal(DIGITS, max((max(each.roundings[-1].places, 0) for each in ruleset.scores), default=0))
    return pl.String


def schemas_of(ruleset: Ruleset) -> tuple[dict[str, Any], ...]:
    """The columns of the tables: documents, scores, remarks."""
    figures = {name: _dtype(roundings) for name, roundings in _figures(ruleset)}
    return (
        {KEY: pl.Int64, **figures, "等级": pl.String},
        {KEY: pl.Int64, "得分项": pl.String, "得分": _score_places(ruleset), "状态": pl.String},
        {KEY: pl.Int64, "类别": pl.String, "规则": pl.String, "程度": pl.String, "位置": pl.String},
    )


# From columns


def _of_columns(tables: Tables, ruleset: Ruleset, outcome: Outcome, without: Collection[str]) -> Results:
    keys = tables[DOCUMENT][KEY]
    document_schema, score_schema, remark_schema = schemas_of(ruleset)
    frame = outcome.frames[DOCUMENT]
    documents = pl.DataFrame(
        [
            keys,
            *(
                _written(frame.columns[name], frame.rows, document_schema[name]).alias(name)
                for name, _ in _figures(ruleset)
            ),
            _texts(frame.columns["等级"], frame.rows).alias("等级"),
        ]
    )
    own = sorted((each for each in outcome.items if each.score is not None), key=lambda each: str(each.score))
    listed = [] if "scores" in without else [*own, *(each for each in outcome.items if each.score is None)]
    scores = [_scores(each, score_schema["得分"]) for each in listed]
    remarks = [] if "remarks" in without else _all_remarks(ruleset, outcome)
    empty = [pl.DataFrame(schema=schema) for schema in (score_schema, remark_schema)]
    return _ordered(Results(documents, pl.concat([empty[0], *scores]), pl.concat([empty[1], *remarks])))


def _all_remarks(ruleset: Ruleset, outcome: Outcome) -> list[pl.DataFrame]:
    """The remarks in pieces: by rule and heading, each by the rows of its things."""
    found: list[tuple[str, str, pl.DataFrame]] = []
    for fired in outcome.fired:
        heading = heading_of(fired.rule, holds=fired.holds)
        if heading is not None:
            found.append((fired.rule.id, heading, _remarks(fired, heading, ruleset)))
    for items in outcome.items:
        if items.status.constant != columns.COMPUTED:
            rows = (lanes.series(items.status, items.frame.rows) != columns.COMPUTED).arg_true().cast(pl.Int64)
            found += _judgements(items, rows, ruleset)
    return [each for *_, each in sorted(found, key=lambda each: each[:2])]


def _written(column: Column, rows: int, dtype: Any) -> pl.Series:
    """Numbers as the decimals, or the texts, that the tables have."""
    figures = cast("Numbers", typed(column, pl.Int64))
    if isinstance(dtype, pl.Decimal):
        scale = 10**dtype.scale
        assert scale % figures.den == 0, figures.den
        plain = series_of(times(figures, scale // figures.den), rows).cast(pl.Decimal(38, 0)).to_arrow()
        return cast(
            "pl.Series",
            pl.from_arrow(pa.Array.from_buffers(pa.decimal128(38, dtype.scale), len(plain), plain.buffers())),
        ).cast(dtype)
    return told(figures, rows, write)


def _texts(column: Column, rows: int) -> pl.Series:
    return texts_of(cast("Words | Plain", typed(column, pl.String)), rows)


def _keys(frame: Frame, rows: pl.Series | None) -> pl.Series:
    """The number of the document of each thing."""
    if rows is None and frame.keys is not None:
        return frame.keys
    here = pl.int_range(frame.rows, dtype=pl.Int64, eager=True) if rows is None else rows
    while frame.keys is None:
        assert frame.parent is not None, frame.scope
        assert frame.owner is not None, frame.scope
        here, frame = frame.owner.gather(here), frame.parent
    return frame.keys.gather(here)


def _scores(items: columns.Items, dtype: Any) -> pl.DataFrame:
    frame = items.frame
    rows = frame.rows
    ids = pl.repeat(items.score, rows, dtype=pl.String, eager=True) if frame.places is None else frame.places
    names = pl.Series(STATUSES).gather(lanes.series(items.status, rows))
    return pl.DataFrame(
        [
            _keys(frame, None).alias(KEY),
            ids.alias("得分项"),
            _written(items.computed, rows, dtype).alias("得分"),
            names.alias("状态"),
        ]
    )


def _remarks(fired: Fired, heading: str, ruleset: Ruleset) -> pl.DataFrame:
    rule = fired.rule
    places = _places(rule.at, fired.frame, fired.rows, ruleset)
    severity = rule.severity if heading == "findings" else None
    return _remark_table(_keys(fired.frame, fired.rows), heading, rule.id, severity, places)


def _judgements(items: columns.Items, rows: pl.Series, ruleset: Ruleset) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Scores that a person must settle, by their rows."""
    frame = items.frame
    keys = _keys(frame, rows)
    if frame.scope == DOCUMENT:
        places = pl.repeat("", len(rows), dtype=pl.String, eager=True)
        names = pl.repeat(f"scores.{items.score}", len(rows), dtype=pl.String, eager=True)
    else:
        assert frame.places is not None
        places = frame.places.gather(rows) + pl.Series([paths_of(INDICATOR)["实际完成值"]])
        kinds = frame.columns.get("指标类型")
        kind = _texts(taken(kinds, rows), len(rows)) if isinstance(kinds, Words | Plain) else None
        known = [each.name for each in ruleset.scores if each.scope == INDICATOR]
        names = (
            pl.repeat("indicator_kind", len(rows), dtype=pl.String, eager=True)
            if kind is None
            else (pl.Series(["scores."]) + kind).zip_with(
                kind.is_in(known).fill_null(value=False), pl.repeat("indicator_kind", len(rows), eager=True)
            )
        )
    for name in names.unique().to_list():
        here = names == name
        yield name, JUDGEMENTS, _remark_table(keys.filter(here), JUDGEMENTS, name, None, places.filter(here))


def _remark_table(keys: pl.Series, heading: str, rule: str, severity: str | None, places: pl.Series) -> pl.DataFrame:
    return pl.DataFrame([keys.alias(KEY), places.alias("位置")]).select(
        KEY,
        pl.lit(heading).alias("类别"),
        pl.lit(rule).alias("规则"),
        pl.lit(severity, dtype=pl.String).alias("程度"),
        "位置",
    )


def _places(node: Node | None, frame: Frame, rows: pl.Series, ruleset: Ruleset) -> pl.Series:
    """Where each of the things, or the field that `at` names, stands in its document."""
    view: View | None = View(frame, rows)
    key = None
    if isinstance(node, Name) and node.reference is not None:
        found = view_of(node.reference, Context(len(rows), (view,)))
        if found is not None:
            view, key = found, node.reference.key
    assert view is not None
    places = view.frame.places
    picked = rows if view.picked is None else view.picked
    base = pl.Series([""]) if places is None else places.gather(picked)
    place = base if key is None else base + _below(key, view, len(rows), ruleset)
    return place.new_from_index(0, len(rows)) if len(place) == 1 != len(rows) else place


def _below(key: str, view: View, rows: int, ruleset: Ruleset) -> pl.Series:
    """Where below its thing a value stands, one for all or one a row: nothing for what no form holds."""
    scope = view.frame.scope
    if scope == ITEM:
        return pl.Series([""])
    own = declared_paths(scope, ruleset)
    listed = any(each.name == scope and each.shape == "list" for each in ruleset.inputs)
    path = f"/{key}" if listed else own.get(key, paths_of(scope).get(key, ""))
    below, nothing = pl.Series([path]), pl.Series([""])
    if key in own:
        column = view.column(key)
        return nothing if column is None else below.zip_with(~_absent(column, rows), nothing)
    adjusted = view.column(ADJUSTED) if scope == INDICATOR and key in OF_TARGET else None
    if adjusted is not None:
        below = below.zip_with(_absent(adjusted, rows), pl.Series(["/adjusted_target"]))
    return below


def _absent(column: Column, rows: int) -> pl.Series:
    return lanes.series(column.absent or FALSE, rows)


# One by one


def _document_row(ruleset: Ruleset, key: int, outcome: ExactRun) -> dict[str, Any]:
    values = outcome.world.things[DOCUMENT][0].values
    row: dict[str, Any] = {KEY: key}
    for name, roundings in _figures(ruleset):
        row[name] = _told(name, values.get(name), _dtype(roundings))
    grade = values.get("等级")
    row["等级"] = grade if isinstance(grade, str) else None
    return row


def _told(name: str, value: Value | None, dtype: Any) -> Decimal | str | None:
    """A figure as the tables have it.

    Raises:
        Refused: it has more digits than a decimal of the tables.
    """
    if not isinstance(value, Fraction):
        return None
    if not isinstance(dtype, pl.Decimal):
        return write(value)
    if abs(value) * 10**dtype.scale >= 10**DIGITS:
        expected = say("figure-digits.expected", digits=DIGITS - dtype.scale)
        raise Refused([Problem(Place("", pointer=f"/{name}"), "figure-digits", expected, write(value, dtype.scale))])
    return Decimal(write(value, dtype.scale))


def _score_rows(key: int, outcome: ExactRun, dtype: Any) -> list[dict[str, Any]]:
    at = {each: number for number, each in enumerate(outcome.world.things.get(INDICATOR, ()))}
    names = {id(each): "" if each.thing in at else cast("Scoring", each.scoring).score.name for each in outcome.items}
    ordered = sorted(outcome.items, key=lambda each: (at.get(each.thing, -1), names[id(each)]))
    return [_score_row(key, each, dtype) for each in ordered]


def _score_row(key: int, item: Item, dtype: Any) -> dict[str, Any]:
    name = item.thing.pointer if item.thing.scope == INDICATOR else cast("Scoring", item.scoring).score.name
    value = item.computed if isinstance(item.computed, Fraction) else None
    return {KEY: key, "得分项": name, "得分": _told(name, value, dtype), "状态": item.status}


def _remark_rows(key: int, outcome: ExactRun) -> list[dict[str, Any]]:
    """By rule, heading and the places of the things in their table."""
    at = {each: number for things in outcome.world.things.values() for number, each in enumerate(things)}
    found: list[tuple[tuple[str, str, list[int]], dict[str, Any]]] = []
    for conclusion in outcome.conclusions:
        rule = conclusion.rule
        heading = heading_of(rule, holds=conclusion.holds)
        if heading is not None:
            severity = rule.severity if heading == "findings" else None
            row = _remark_row(key, heading, rule.id, severity, _place(conclusion))
            found.append(((rule.id, heading, [at[each] for each in conclusion.bound]), row))
    for item in outcome.items:
        if item.status != "computed":
            name = "indicator_kind" if item.scoring is None else f"scores.{item.scoring.score.name}"
            row = _remark_row(key, JUDGEMENTS, name, None, item.thing.place("实际完成值") or item.thing.pointer)
            found.append(((name, JUDGEMENTS, [at[item.thing]]), row))
    return [row for _, row in sorted(found, key=lambda each: each[0])]


def _remark_row(key: int, heading: str, rule: str, severity: str | None, place: str) -> dict[str, Any]:
    return {KEY: key, "类别": heading, "规则": rule, "程度": severity, "位置": place}


def _place(conclusion: Conclusion) -> str:
    node, bound = conclusion.rule.at, conclusion.bound
    if isinstance(node, Name) and node.reference is not None:
        thing = find(node.reference, bound)
        if thing is not None:
            return thing.place(node.reference.key) or thing.pointer
    return bound[0].pointer
