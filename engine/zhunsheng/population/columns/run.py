"""A plan run over frames: elements in the order of the strata, rules as masks, as `evaluation.score` does for one world.

A rule over several things of one document is only watched for: the documents in which it would fire are named in
`Outcome.exactly`, and are worked out one by one. What a document judged alone cannot have (a dossier, its statements)
is not there, and rules about it say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple, cast, final
from weakref import ref

import polars as pl

from zhunsheng.evaluation.plan import conditions_of, plan_of
from zhunsheng.expression.tree import Compare, Logic, Name, Reference
from zhunsheng.expression.types import Type
from zhunsheng.population.columns import lanes
from zhunsheng.population.columns.frames import Columns, Context, Frame, View
from zhunsheng.population.columns.interpret import dtype_of, numbers, read, truth, typed
from zhunsheng.population.columns.lanes import FALSE, TRUE
from zhunsheng.population.columns.peers import Peering
from zhunsheng.population.columns.values import (
    Numbers,
    Plain,
    Truths,
    Words,
    added,
    chosen,
    compared,
    is_given,
    no_number,
    nothing,
    rounded,
    stacked,
    taken,
    texts_of,
    told,
    truths_of,
    word,
)
from zhunsheng.ruleset.strata import RULE
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR, ITEM, POSITION, WEIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from weakref import ReferenceType

    from zhunsheng.expression.tree import Node
    from zhunsheng.number import Rounding
    from zhunsheng.population.columns.lanes import Lane
    from zhunsheng.population.columns.peers import Known
    from zhunsheng.population.columns.values import Column
    from zhunsheng.ruleset.policy import Peers, Quantity, Rule, Ruleset, Score
    from zhunsheng.ruleset.strata import Key

COMPUTED: Final = 0
UNDECIDED: Final = 1
WITHHELD: Final = 2


class Items(NamedTuple):
    """A score for every row of a frame."""

    frame: Frame
    score: str | None
    """The score of documents; None for the indicators, each of which has a kind."""
    points: Numbers
    computed: Numbers
    claimed: Numbers
    status: Lane
    """How each came about: computed, undecided, withheld."""


class Fired(NamedTuple):
    """A rule, and the things of which it says something."""

    rule: Rule
    holds: bool
    frame: Frame
    rows: pl.Series

    @property
    def acts(self) -> bool:
        """Whether the outcome follows; a check that holds only confirms."""
        return self.rule.check is None or not self.holds


@final
@dataclass(slots=True)
class Outcome:
    """What came of it; figures lie on the frames under their names."""

    frames: Mapping[str, Frame]
    items: list[Items] = field(default_factory=list)
    fired: list[Fired] = field(default_factory=list)
    exactly: list[pl.Series] = field(default_factory=list)
    """Documents to work out one by one, by their rows."""


def run(
    ruleset: Ruleset, frames: Mapping[str, Frame], known: Known | None = None, only: frozenset[Key] | None = None
) -> Outcome:
    """Works out everything that a ruleset says of documents, each judged alone but for its peers.

    Args:
        ruleset: the policy.
        frames: the documents.
        known: what is known of the groups of peers that they are in; without it they are in none.
        only: the elements and rules that are wanted, with all that they need; everything where not given.

    Raises:
        Overflow, Inexpressible: as `interpret.read`.
    """
    return _Run(ruleset, frames, known, only).outcome()


def marks_in(peers: Peers, documents: Frame) -> pl.DataFrame:
    """What each document agrees in with its peers, as texts; null where something of it is not known."""
    marks = [_mark(read(each, Context.of(documents)), documents.rows) for each in peers.by]
    return pl.DataFrame([each.alias(f"{at}") for at, each in enumerate(marks)])


def _mark(column: Column, rows: int) -> pl.Series:
    """Values as texts, the same text for the same value however it is held."""
    match column:
        case Words() | Plain():
            return texts_of(column, rows).cast(pl.String)
        case Truths():
            truths = truths_of(column, rows)
            return truths.replace_strict([True, False], ["True", "False"], default=None, return_dtype=pl.String)
        case Numbers():
            return told(column, rows, str)


class _Run:
    def __init__(
        self, ruleset: Ruleset, frames: Mapping[str, Frame], known: Known | None, only: frozenset[Key] | None
    ) -> None:
        self.ruleset = ruleset
        self.known = known
        self.only = only
        self.peers: dict[Key, Peers] = {(DOCUMENT, each.name): each for each in ruleset.peers}
        self.frames = dict(frames)
        self.documents = frames[DOCUMENT]
        self.result = Outcome(self.frames)
        self.rules = {rule.id: rule for rule in ruleset.rules}
        self.quantities: dict[Key, Quantity] = {(each.scope, each.name): each for each in ruleset.quantities}
        self.quantities |= {(DOCUMENT, each.name): each for each in (ruleset.total, ruleset.grades)}
        self.on_documents = {each.name: each for each in ruleset.scores if each.scope == DOCUMENT}
        self.kinds = [each for each in ruleset.scores if each.scope == INDICATOR]

    def outcome(self) -> Outcome:
        """See `run`."""
        for frame in self.frames.values():
            frame.memo.clear()
        for rule in self.ruleset.rules:
            if rule.outcome == "derive":
                self.put(rule.binders[0].scope, rule.subject, Truths(FALSE))
        self.documents.peers = dict.fromkeys((each.name for each in self.ruleset.peers), None)
        for stratum in plan_of(self.ruleset).steps:
            for key in stratum.elements:
                if self.is_wanted(key):
                    self.element(key)
            self.infer([self.rules[name] for name in stratum.rules if self.is_wanted((RULE, name))])
        return self.result

    def is_wanted(self, key: Key) -> bool:
        """Whether an element or a rule is to be worked out."""
        return self.only is None or key in self.only

    def peering(self, peers: Peers) -> Peering | None:
        """The group of each document, where groups are known."""
        groups = None if self.known is None else self.known.groups.get(peers.name)
        if self.known is None or groups is None:
            return None
        return Peering(groups.numbered(marks_in(peers, self.documents)), self.known)

    def put(self, scope: str, name: str, column: Column | Callable[[], Column]) -> None:
        """A value under its name, on every thing of a scope; made when it is asked for, where it is not there yet."""
        frame = self.frames.get(scope)
        if frame is not None:
            if callable(column):
                frame.columns.later(name, column)
            else:
                frame.columns[name] = column

    # Elements

    def element(self, key: Key) -> None:
        scope, name = key
        frame = self.frames.get(scope)
        if key == (DOCUMENT, ITEM):
            self.frames[ITEM] = self.items()
        elif key == (WEIGHT, "应得分值"):
            self.put(scope, name, partial(_due, list(self.ruleset.weights), ref(self.documents)))
        elif frame is None:
            return
        elif key in self.peers:
            frame.peers[name] = self.peering(self.peers[key])
        elif key in self.quantities:
            found = self.quantities[key]
            self.put(scope, name, _figure(found.formula, found.roundings, frame))
            if name == "等级":
                self.cap()
        elif key == (INDICATOR, "指标类型"):
            assert self.ruleset.kind is not None
            self.put(scope, name, read(self.ruleset.kind.formula, Context.of(frame)))
        elif key == (INDICATOR, "得分"):
            self.indicators(frame)
        elif scope == DOCUMENT:
            self.of_document(name, frame)

    def of_document(self, name: str, frame: Frame) -> None:
        """A score of documents, its points, or what a ruleset gives every document."""
        context = Context.of(frame)
        if name == "满分":
            self.put(DOCUMENT, name, read(self.ruleset.full_marks, context))
        elif name.startswith("权重.") and name.removeprefix("权重.") in self.ruleset.weights:
            self.put(DOCUMENT, name, read(self.ruleset.weights[name.removeprefix("权重.")][0], context))
        elif name.endswith(".分值") and name.removesuffix(".分值") in self.on_documents:
            self.put(DOCUMENT, name, read(self.on_documents[name.removesuffix(".分值")].points, context))
        elif name.endswith(".得分") and name.removesuffix(".得分") in self.on_documents:
            score = self.on_documents[name.removesuffix(".得分")]
            points, computed, claimed, status = _scored(score, frame)
            self.put(DOCUMENT, name, computed)
            self.result.items.append(Items(frame, score.name, points, computed, claimed, status))

    def indicators(self, frame: Frame) -> None:
        """The score of each indicator, by its own kind; one that no score takes is withheld."""
        points, claimed = _column(frame, "分值"), _column(frame, "自评得分")
        computed, status = no_number(undefined=True), lanes.integer(WITHHELD)
        kind = frame.columns.get("指标类型")
        found: list[tuple[Score, Lane]] = []
        if isinstance(kind, Words | Plain):
            found = [(each, compared("=", kind, word(each.name), frame.rows).values) for each in self.kinds]
        lanes.settle([here for _, here in found])
        for score, here in found:
            if not _ever(here, frame.rows):
                continue
            own = _scored(score, frame)
            points, computed, claimed = (
                cast("Numbers", chosen(here, mine, others, frame.rows))
                for mine, others in zip(own[:3], (points, computed, claimed), strict=True)
            )
            status = lanes.chosen(here, own[3], status)
        self.put(INDICATOR, "得分", computed)
        self.result.items.append(Items(frame, None, points, computed, claimed, status))

    def cap(self) -> None:
        """Lowers grades to the lowest cap that a rule has set."""
        grades = [band.grade for band in self.ruleset.bands]
        rows = self.documents.rows
        for fired in self.result.fired:
            if fired.rule.outcome == "cap" and fired.acts:
                capped = lanes.leaf(_mask(self.document_rows(fired), rows))
                better = grades[: grades.index(fired.rule.subject)]
                before = self.documents.columns["等级"]
                for grade in better:
                    here = compared("=", before, word(grade), rows).values
                    mask = lanes.conjoined(capped, here)
                    self.put(
                        DOCUMENT, "等级", chosen(mask, word(fired.rule.subject), self.documents.columns["等级"], rows)
                    )

    def document_rows(self, fired: Fired) -> pl.Series:
        """The documents of the things that a rule fired on."""
        rows, frame = fired.rows, fired.frame
        while frame.parent is not None and frame.owner is not None:
            rows, frame = frame.owner.gather(rows), frame.parent
        return rows

    def items(self) -> Frame:
        """The score items of each document: its own scores, then its indicators, as they are filed."""
        documents, indicators = self.documents, self.frames[INDICATOR]
        own = sorted((each for each in self.result.items if each.score is not None), key=lambda each: str(each.score))
        parts = [_of_score(each, documents) for each in own]
        parts.append(_of_indicators(next(each for each in self.result.items if each.score is None), indicators))
        frame = _merged(parts, documents, len(own))
        for rule in self.ruleset.rules:
            if rule.outcome == "derive" and rule.binders[0].scope == ITEM:
                frame.columns[rule.subject] = Truths(FALSE)
        documents.children[ITEM] = frame
        return frame

    # Rules

    def infer(self, rules: Sequence[Rule]) -> None:
        """Finds out of which things the rules of a stratum say something, all at once, and lets their outcomes follow."""
        found: list[tuple[Rule, bool, Frame, Lane]] = []
        for rule in rules:
            frame = self.frames.get(rule.binders[0].scope)
            for holds, condition in conditions_of(rule):
                if len(rule.binders) > 1:
                    self.watch(rule, condition)
                elif frame is not None and frame.rows:
                    found.append((rule, holds, frame, truth(condition, Context.of(frame)).values))
        for frame in {id(frame): frame for _, _, frame, _ in found}.values():
            lanes.settle([lane for _, _, of, lane in found if of is frame])
        for rule, holds, frame, mask in found:
            rows = lanes.series(mask, frame.rows).arg_true().cast(pl.Int64)
            if len(rows):
                fired = Fired(rule, holds, frame, rows)
                self.result.fired.append(fired)
                if fired.acts:
                    self.conclude(rule, frame, mask)

    def watch(self, rule: Rule, condition: Node) -> None:
        """Names the documents that hold things of which a rule over several would say something."""
        found = [self.frames.get(binder.scope) for binder in rule.binders]
        if any(each is None or not each.rows for each in found):
            return
        frames = [each for each in found if each is not None]
        if _asks_for_two_documents(condition, frames, self.documents):
            return
        rows = _together(frames, self.documents, condition)
        views = tuple(View(frame, picked) for frame, picked in zip(frames, rows, strict=True))
        mask = lanes.series(truth(condition, Context(len(rows[0]), views)).values, len(rows[0]))
        first = Fired(rule, True, frames[0], rows[0].filter(mask))
        self.result.exactly.append(self.document_rows(first).unique())

    def conclude(self, rule: Rule, frame: Frame, mask: Lane) -> None:
        """What a conclusion adds to the things it is about, for formulas and rules of higher strata to use."""
        match rule.outcome:
            case "deduct":
                assert rule.deduction is not None, rule.id
                before = cast("Numbers", frame.columns["扣分"])
                points = numbers(rule.deduction, Context.of(frame))
                frame.columns["扣分"] = chosen(mask, added(points, before, 1), before, frame.rows)
            case "veto":
                frame.columns["否决"] = chosen(mask, Truths(TRUE), frame.columns["否决"], frame.rows)
            case "derive":
                frame.columns[rule.subject] = chosen(mask, Truths(TRUE), frame.columns[rule.subject], frame.rows)
            case _:
                return


def _figure(formula: Node, roundings: Sequence[Rounding], frame: Frame) -> Column:
    value = read(formula, Context.of(frame))
    for rounding in roundings:
        if isinstance(value, Numbers):
            value = rounded(value, rounding)
    return value


def _scored(score: Score, frame: Frame) -> tuple[Numbers, Numbers, Numbers, Lane]:
    """Points, score, claim, and how the score came about."""
    context = Context.of(frame)
    points = numbers(score.points, context)
    claimed = no_number() if score.claimed is None else numbers(score.claimed, context)
    value = cast("Numbers", _figure(score.formula, score.roundings, frame))
    given = is_given(value)
    if given is TRUE:
        return points, value, claimed, lanes.integer(COMPUTED)
    withheld = no_number(undefined=True)
    other = withheld if score.otherwise is None else cast("Numbers", _figure(score.otherwise, score.roundings, frame))
    instead = lanes.chosen(is_given(other), lanes.integer(UNDECIDED), lanes.integer(WITHHELD))
    status = lanes.chosen(given, lanes.integer(COMPUTED), instead)
    return points, cast("Numbers", chosen(given, value, other, frame.rows)), claimed, status


def _ever(mask: Lane, rows: int) -> bool:
    return mask is TRUE or (mask is not FALSE and lanes.series(mask, rows).any())


def _of_score(item: Items, documents: Frame) -> Frame:
    """A score of documents as an item of each."""
    every = pl.int_range(documents.rows, dtype=pl.Int64, eager=True)
    columns: dict[str, Column] = {
        "得分项名称": word(str(item.score)),
        "得分项类别": word(str(item.score)),
        "得分项分值": item.points,
        "得分项得分": item.computed,
        "得分项自评": item.claimed,
        "得分项序号": no_number(),
    }
    return Frame(ITEM, documents.rows, columns, documents, every, ends=(every, every + 1))


def _of_indicators(item: Items, indicators: Frame) -> Frame:
    """The indicators as items of their documents."""
    columns: dict[str, Column] = {
        "得分项名称": _text(indicators, "三级指标"),
        "得分项类别": _text(indicators, "一级指标"),
        "得分项分值": item.points,
        "得分项得分": item.computed,
        "得分项自评": item.claimed,
        "得分项序号": _column(indicators, POSITION),
    }
    return Frame(
        ITEM,
        indicators.rows,
        columns,
        indicators.parent,
        places=lambda: _filed(indicators),
        ends=indicators.segments(),
    )


def _merged(parts: list[Frame], documents: Frame, own: int) -> Frame:
    """Items that lie part by part, document by document; their values are brought there when they are asked for."""
    rows = [each.rows for each in parts]

    @cache
    def order() -> pl.Series:
        return pl.concat([cast("pl.Series", each.owner) for each in parts]).arg_sort()

    def column(name: str) -> Column:
        return taken(stacked([each.columns[name] for each in parts], rows), order())

    def places() -> pl.Series:
        filed = [
            pl.repeat("", each.rows, dtype=pl.String, eager=True) if each.places is None else each.places
            for each in parts
        ]
        return pl.concat(filed).gather(order())

    starts, ends = parts[-1].segments()
    before = pl.int_range(documents.rows, dtype=pl.Int64, eager=True) * own
    return Frame(
        ITEM,
        sum(rows),
        Columns({}, {name: partial(column, name) for name in parts[-1].columns}),
        documents,
        places=places,
        ends=(starts + before, ends + before + own),
        parts=tuple(parts),
    )


def _together(frames: list[Frame], documents: Frame, condition: Node) -> list[pl.Series]:
    """Every choice of different things, one of each frame, that belong to one document and have equal what must be."""
    tables = []
    for at, frame in enumerate(frames):
        rows = pl.int_range(frame.rows, dtype=pl.Int64, eager=True)
        owner = rows if frame is documents else cast("pl.Series", frame.owner).cast(pl.Int64)
        tables.append(pl.DataFrame({"document": owner, str(at): rows}))
    equal = list(_equal(condition, frames))
    joined = tables[0]
    for at, table in enumerate(tables[1:], start=1):
        keys = ["document"]
        for number, (one, left, other, right) in enumerate(equal):
            if other == at:
                key = f"key {number}"
                joined = joined.with_columns(left.gather(joined[str(one)]).alias(key))
                table = table.with_columns(right.alias(key))  # noqa: PLW2901  the same table, with its keys
                keys.append(key)
        joined = joined.join(table, on=keys, how="inner")
        for before in range(at):
            if frames[before] is frames[at]:
                joined = joined.filter(pl.col(str(before)) != pl.col(str(at)))
    return [joined[str(at)] for at in range(len(frames))]


def _conjuncts(condition: Node) -> Iterator[Node]:
    if isinstance(condition, Logic) and condition.operator == "and":
        for part in condition.parts:
            yield from _conjuncts(part)
    else:
        yield condition


def _compared_names(condition: Node, sign: str) -> Iterator[tuple[Reference, Reference]]:
    for each in _conjuncts(condition):
        match each:
            case Compare(operator, Name(reference=Reference() as left), Name(reference=Reference() as right)):
                if operator == sign and left.binder != right.binder:
                    yield (left, right) if left.binder < right.binder else (right, left)
            case _:
                pass


def _equal(condition: Node, frames: list[Frame]) -> Iterator[tuple[int, pl.Series, int, pl.Series]]:
    """Texts of two of the things that must be equal; a text that is not there equals none."""
    for left, right in _compared_names(condition, "="):
        one, other = (frames[each.binder].columns.get(each.key) for each in (left, right))
        if left.hops == right.hops == 0 and isinstance(one, Words | Plain) and isinstance(other, Words | Plain):
            mine, others = frames[left.binder].rows, frames[right.binder].rows
            yield left.binder, texts_of(one, mine), right.binder, texts_of(other, others)


def _asks_for_two_documents(condition: Node, frames: list[Frame], documents: Frame) -> bool:
    """Whether the things must differ in something of their documents: a document judged alone is one."""
    return any(
        left.key == right.key and all(_leads_to(frames[each.binder], each.hops) is documents for each in (left, right))
        for left, right in _compared_names(condition, "!=")
    )


def _leads_to(frame: Frame, hops: int) -> Frame | None:
    found: Frame | None = frame
    for _ in range(hops):
        found = None if found is None else found.parent
    return found


def _due(names: list[str], holder: ReferenceType[Frame]) -> Column:
    """What the ruleset gives each of the weights of each document; they do not hold the documents that hold them."""
    documents = holder()
    assert documents is not None
    rows = documents.rows
    by_weight = stacked(
        [documents.columns.get(f"权重.{name}", nothing(pl.Int64)) for name in names], [rows] * len(names)
    )
    return taken(by_weight, _interleaved(rows, len(names)))


def _interleaved(rows: int, parts: int) -> pl.Series:
    """Where the parts of each row lie among parts stacked one below the other."""
    every = pl.int_range(rows * parts, dtype=pl.Int64, eager=True)
    return (every % parts) * rows + every // parts


def _mask(rows: pl.Series, length: int) -> pl.Series:
    return pl.repeat(value=False, n=length, dtype=pl.Boolean, eager=True).scatter(rows, values=True)


def _column(frame: Frame, name: str) -> Numbers:
    return cast("Numbers", typed(frame.columns[name], pl.Int64)) if name in frame.columns else no_number()


def _text(frame: Frame, name: str) -> Column:
    return frame.columns.get(name, nothing(dtype_of(Type.TEXT)))


def _filed(frame: Frame) -> pl.Series:
    assert frame.places is not None, frame.scope
    return frame.places
