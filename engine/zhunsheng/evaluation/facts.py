"""From documents to things: what each form holds, under the names that formulas use, with the place of each value.

The names are those of `ruleset.vocabulary`; a test holds the two together. Money is taken to 万元 here, once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, final

from zhunsheng import measure
from zhunsheng.expression.exact import Thing
from zhunsheng.expression.types import Type
from zhunsheng.measure import Kind, Reading
from zhunsheng.number import from_decimal, parse, ratio
from zhunsheng.ruleset.vocabulary import (
    DOCUMENT,
    DOSSIER,
    EXPLANATION,
    FUND,
    FUND_ROWS,
    IN_GOALS,
    INDICATOR,
    ITEM,
    POSITION,
    STATED,
    STATEMENT,
    WEIGHT,
    fields_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from zhunsheng.document import Document, Dossier, Indicator
    from zhunsheng.expression.exact import Group
    from zhunsheng.expression.tree import Value
    from zhunsheng.ruleset.policy import Ruleset

WAN: Final = Fraction(1, 10_000)
_KINDS: Final = {Kind.NUMBER: "数值", Kind.RANGE: "区间", Kind.DATE: "日期", Kind.WORDS: "文字", Kind.MISSING: "空白"}
_CLAIMS: Final = {"full": "达成", "partly": "部分", "none": "未达成"}
_ONE: Final = Fraction(1)
_ZERO: Final = Fraction(0)


@final
@dataclass(slots=True)
class World:
    """Everything that one evaluation is about, by scope, in the order of filing."""

    things: dict[str, list[Thing]] = field(default_factory=dict)

    def add(self, thing: Thing) -> Thing:
        """Takes a thing in, and gives it back."""
        self.things.setdefault(thing.scope, []).append(thing)
        return thing


def world_of_document(document: Document, ruleset: Ruleset) -> World:
    """A document by itself: no dossier, and no explanations but its own."""
    world = World()
    _document(world, document, None, DOCUMENT, ruleset)
    return world


def world_of_dossier(dossier: Dossier, ruleset: Ruleset) -> World:
    """A dossier with its documents, statements and explanations."""
    world = World()
    scale = WAN if dossier.currency_unit == "元" else _ONE
    top = world.add(Thing(DOSSIER, DOSSIER, None, _read(dossier, DOSSIER, scale), paths_of(DOSSIER)))
    explanations = [
        world.add(_plain(each, EXPLANATION, top, f"/explanations/{index}"))
        for index, each in enumerate(dossier.explanations)
    ]
    for index, statement in enumerate(dossier.statements):
        thing = _plain(statement, STATEMENT, top, f"/statements/{index}")
        thing.values.update(_stated(measure.read_target(statement.value, year=dossier.year)))
        world.add(thing)
    for index, document in enumerate(dossier.documents):
        thing = _document(world, document, top, f"/documents/{index}", ruleset)
        thing.collections[EXPLANATION] = [each for each in explanations if each.values.get("说明文件") == document.name]
    for name in (DOCUMENT, INDICATOR, STATEMENT, EXPLANATION):
        top.collections[name] = world.things.get(name, [])
    return world


def _document(world: World, document: Document, top: Thing | None, key: str, ruleset: Ruleset) -> Thing:
    """A document's things. Keys are unique in the world, pointers lead into the document itself."""
    scale = WAN if document.currency_unit == "元" else _ONE
    values = _read(document, DOCUMENT, scale)
    values["文件名"] = document.name
    values |= _written(document)
    values |= {"扣分": _ZERO, "否决": False}
    if document.attributes:
        values |= _attributes(document.attributes, ruleset, DOCUMENT, scale)
    thing = world.add(Thing(DOCUMENT, key, top, values, _with_attributes(DOCUMENT, document.attributes)))
    thing.groups = no_groups(ruleset)
    thing.collections = {
        FUND: _funds(world, document, thing, scale),
        INDICATOR: [
            _indicator(world, each, thing, index, document.year, ruleset, scale)
            for index, each in enumerate(document.indicators)
        ],
        WEIGHT: [
            world.add(Thing(WEIGHT, f"{key}/{WEIGHT}/{name}", thing, {"权重名称": name})) for name in ruleset.weights
        ],
        ITEM: [],
        EXPLANATION: [],
    }
    _add_lists(world, thing, document.attributes, "/attributes", ruleset, scale)
    return thing


def _written(document: Document) -> dict[str, Value]:
    """What the texts of a form say that are neither amounts nor indicators; absent where there is nothing."""
    texts = {
        "表注": document.notes,
        "其他栏目": [f"{each.label}：{each.text}" for each in document.entries if each.text],
    }
    found: dict[str, Value] = {name: "\n".join(lines) for name, lines in texts.items() if lines}
    amounts = measure.amounts_in(document.goals.expected) if document.goals is not None else ()
    if amounts:
        found |= zip(IN_GOALS, (Fraction(len(amounts)), sum(amounts, _ZERO), max(amounts)), strict=True)
    return found


def no_groups(ruleset: Ruleset) -> dict[str, Group | None] | None:
    """What a document knows of its peers as long as nothing is judged together with it."""
    return {each.name: None for each in ruleset.peers} or None


def _funds(world: World, document: Document, parent: Thing, scale: Fraction) -> list[Thing]:
    rows = [(f"/funds/{row}", title, getattr(document.funds, row)) for row, title in FUND_ROWS.items()]
    rows += [(f"/funds/others/{index}", each.label, each) for index, each in enumerate(document.funds.others)]
    found = []
    for pointer, title, fund in rows:
        if fund is not None:
            values = {**_read(fund, FUND, scale), "来源": title}
            thing = Thing(FUND, parent.key + pointer, parent, values, paths_of(FUND), pointer=pointer)
            found.append(world.add(thing))
    return found


def _indicator(
    world: World, indicator: Indicator, parent: Thing, index: int, year: int, ruleset: Ruleset, scale: Fraction
) -> Thing:
    pointer = f"/indicators/{index}"
    values = _read(indicator, INDICATOR, _ONE)
    values |= {"扣分": _ZERO, "否决": False, POSITION: ratio(index + 1, 1)}
    if indicator.attributes:
        values |= _attributes(indicator.attributes, ruleset, INDICATOR, scale)
    values |= cells_read(
        indicator.adjusted_target or indicator.target, indicator.actual, indicator.unit, indicator.comparator, year
    )
    paths = _with_attributes(INDICATOR, indicator.attributes)
    if indicator.adjusted_target:
        paths = {**paths, **dict.fromkeys(OF_TARGET, "/adjusted_target")}
    thing = world.add(Thing(INDICATOR, parent.key + pointer, parent, values, paths, pointer=pointer))
    if indicator.attributes:
        _add_lists(world, thing, indicator.attributes, "/attributes", ruleset, scale)
    return thing


OF_TARGET: Final = (
    "目标类别",
    "比较符",
    "计量单位",
    "目标值",
    "目标下限",
    "目标上限",
    "目标比率",
    "目标金额",
    "目标数",
    "目标日期",
)
_OF_ACTUAL: Final = (
    "实际类别", "可比", "不可比原因", "文字相同", "自称", "实际值", "实际下界", "实际上界", "实际比率", "实际比率下界", "实际比率上界",
    "实际金额", "实际数",
    "实际日期", "实际最早日期",
)  # fmt: skip


@lru_cache(maxsize=2**12)
def cells_read(
    target: str | None, actual: str | None, unit: str | None, comparator: str | None, year: int
) -> Mapping[str, Value]:
    """What the cells of an indicator say, read once for all indicators with the same: forms repeat each other."""
    aim = measure.read_target(target, unit=unit, comparator=comparator, year=year)
    return measured(aim, measure.read_actual(actual, aim, unit=unit, year=year))


def measured(target: Reading, actual: Reading) -> dict[str, Value]:
    """What the two cells of an indicator say, under the names of the language. Absent names are left out."""
    comparison = measure.compare(target, actual)
    low, high = printed_interval(actual)
    found: dict[str, Value | None] = {
        "目标类别": _KINDS[target.kind],
        "实际类别": _KINDS[actual.kind],
        "比较符": target.comparator,
        "可比": comparison.comparable,
        "不可比原因": comparison.reason or None,
        "文字相同": comparison.same_words,
        "自称": _CLAIMS.get(actual.claim or ""),
        "计量单位": actual.unit if actual.kind is Kind.NUMBER else target.unit,
        "目标值": target.number,
        "目标下限": target.low,
        "目标上限": target.high,
        "实际值": actual.number,
        "实际下界": low,
        "实际上界": high,
        "目标日期": target.latest,
        "实际日期": actual.latest,
        "实际最早日期": actual.earliest,
    }
    if target.unit == "元" and target.number is not None:
        found["目标金额"] = target.number * WAN
    if actual.unit == "元" and actual.number is not None:
        found["实际金额"] = actual.number * WAN
    if target.unit == "":
        found["目标数"] = target.number
    if actual.unit == "":
        found["实际数"] = actual.number
    if target.unit == "%":
        found["目标比率"] = target.number
    if actual.unit == "%":
        found |= {"实际比率": actual.number, "实际比率下界": low, "实际比率上界": high}
    return {name: value for name, value in found.items() if value is not None}


def printed_interval(reading: Reading) -> tuple[Fraction | None, Fraction | None]:
    """All values that print as this one when rounded half-up: from the first (included) up to the second (not)."""
    if reading.number is None or reading.places is None:
        return None, None
    numerator, denominator = reading.number.as_integer_ratio()
    if reading.places >= 0:
        half, scale = denominator, 2 * 10**reading.places
    else:
        half, scale = denominator * 10**-reading.places, 2
    return ratio(numerator * scale - half, denominator * scale), ratio(numerator * scale + half, denominator * scale)


def _stated(reading: Reading) -> dict[str, Value]:
    low, high = printed_interval(reading)
    found: dict[str, Value | None] = {"陈述值": reading.number, "陈述单位": reading.unit}
    if reading.unit == "元" and reading.number is not None:
        found["陈述金额"] = reading.number * WAN
    if reading.unit == "%":
        found |= {"陈述比率": reading.number, "陈述比率下界": low, "陈述比率上界": high}
    return {name: value for name, value in found.items() if value is not None}


def _plain(part: BaseModel, scope: str, parent: Thing, pointer: str) -> Thing:
    return Thing(scope, pointer, parent, _read(part, scope, _ONE), paths_of(scope), pointer=pointer)


@cache
def paths_of(scope: str) -> Mapping[str, str]:
    """Where below a thing of a scope each of its values stands; what is read in a cell stands where the cell does."""
    paths = {name: "/" + "/".join(path) for name, path, *_ in fields_of(scope)}
    if scope == INDICATOR:
        paths |= dict.fromkeys(OF_TARGET, "/target") | dict.fromkeys(_OF_ACTUAL, "/actual")
    if scope == DOCUMENT:
        paths |= {"表注": "/notes", "其他栏目": "/entries", **dict.fromkeys(IN_GOALS, "/goals/expected")}
    if scope == STATEMENT:
        paths |= dict.fromkeys(STATED, "/value")
    return paths


def _with_attributes(scope: str, attributes: Mapping[str, object]) -> Mapping[str, str]:
    paths = paths_of(scope)
    below: dict[str, str] = {}
    for name, value in attributes.items():
        below[name] = f"/attributes/{name}"
        if isinstance(value, dict):  # a record: `name.column`
            below |= {f"{name}.{column}": f"/attributes/{name}/{column}" for column in value}
    return {**paths, **below} if below else paths


def _read(part: BaseModel, scope: str, scale: Fraction) -> dict[str, Value]:
    """The fields of a scope that are there."""
    values: dict[str, Value] = {}
    for path, fields in _below(scope):
        inner: Any = part
        for key in path:
            inner = inner.__dict__.get(key)
            if inner is None:
                break
        else:
            held = inner.__dict__
            for name, key, holds in fields:
                at = held.get(key)  # a row of funds lacks the fields of the rows with names of their own
                if at is None:
                    continue
                if at.__class__ is Decimal:
                    exact = from_decimal(at)
                    values[name] = exact * scale if holds == "money" and scale is not _ONE else exact
                elif holds == "rate":
                    value = _rate(inner, at)
                    if value is not None:
                        values[name] = value
                elif at.__class__ is int:
                    values[name] = ratio(at, 1)
                elif at.strip():
                    values[name] = at
    return values


@cache
def _below(scope: str) -> list[tuple[tuple[str, ...], list[tuple[str, str, str]]]]:
    """The fields of a scope by the part that has them: its path, and of each field the name, the key, and what it holds."""
    return [
        (path, [(name, at[-1], holds) for name, at, holds, _ in fields])
        for path, fields in groupby(fields_of(scope), key=lambda field: field[1][:-1])
    ]


def _rate(fund: Any, printed: str) -> Fraction | None:
    amounts = [None if each is None else from_decimal(each) for each in (fund.annual_budget, fund.executed)]
    return measure.read_rate(printed, *amounts).value


def _attributes(
    written: Mapping[str, Any], ruleset: Ruleset, holder: str, scale: Fraction
) -> Iterator[tuple[str, Value]]:
    """The declared values and records of a holder, as the types they are declared to have."""
    for declared in ruleset.inputs:
        held = written.get(declared.name)
        if declared.holder != holder or held is None or declared.shape == "list":
            continue
        record = {declared.columns[0].name: held} if declared.shape == "value" else held
        for column in declared.columns:
            if column.name in record:
                name = column.name if declared.shape == "value" else f"{declared.name}.{column.name}"
                yield name, attribute(record[column.name], column.type, scale)


def _add_lists(
    world: World, holder: Thing, written: Mapping[str, Any], below: str, ruleset: Ruleset, scale: Fraction
) -> None:
    """The declared lists of a holder as collections of things, and the lists of their items in turn."""
    for declared in ruleset.inputs:
        if declared.holder != holder.scope or declared.shape != "list":
            continue
        items = []
        for index, item in enumerate(written.get(declared.name, ())):
            path = f"{below}/{declared.name}/{index}"
            values: dict[str, Value] = {
                column.name: attribute(item[column.name], column.type, scale)
                for column in declared.columns
                if column.name in item
            }
            values[POSITION] = Fraction(index + 1)
            values |= _attributes(item, ruleset, declared.name, scale)
            paths = {column.name: f"/{column.name}" for column in declared.columns}
            thing = Thing(declared.name, holder.key + path, holder, values, paths, pointer=holder.pointer + path)
            items.append(world.add(thing))
            _add_lists(world, thing, item, "", ruleset, scale)
        holder.collections[declared.name] = items


def attribute(value: Any, type_: Type, scale: Fraction = _ONE) -> Value:
    """An attribute as its declared type, money taken to 万元; `input_problems` has refused what has none."""
    if isinstance(value, Decimal):
        return from_decimal(value) * (scale if type_ is Type.MONEY else _ONE)
    if isinstance(value, str) and type_ not in (Type.TEXT, Type.TRUTH):
        if type_ is Type.DATE:
            return date.fromisoformat(value)
        share = type_ is Type.PERCENT and value.endswith("%")
        number = parse(value.removesuffix("%") if share else value)
        assert number is not None, value
        return number / 100 if share else number * (scale if type_ is Type.MONEY else _ONE)
    assert isinstance(value, str | bool), value
    return value
