"""A form without peculiarities, made from a ruleset alone: its weights filled, an indicator of each kind, its inputs given.

It is where proofs stand: one input is freed, and the others are as they are here. Nothing in it is policy: kinds,
dimensions and words come from the ruleset, and of the truths and words that it may be given those are taken with which
the most of it comes to a value.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from zhunsheng.document import Document
from zhunsheng.evaluation.facts import world_of_document
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import run
from zhunsheng.expression.tree import Absent, Constant
from zhunsheng.expression.types import Type
from zhunsheng.number import Mode, Rounding, round_once, write
from zhunsheng.proof.constants import words_of
from zhunsheng.ruleset import in_force
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.evaluation.score import Run
    from zhunsheng.expression.exact import Thing
    from zhunsheng.proof.constants import Words
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.ruleset.inputs import Column, Declared

Form = dict[str, Any]
CELLS: Final = (
    ("≥100次", "100次"),
    ("≤100次", "100次"),
    ("=100次", "100次"),
    (">100次", "101次"),
    ("<100次", "99次"),
    ("100次", "100次"),
    ("≥90%", "90%"),
    ("≤90%", "90%"),
    ("良好", "良好"),
)
"""Targets, and actuals that meet them. The first of them is what fills up dimensions that have no row."""
SORTS: Final = (CELLS[0], CELLS[6], CELLS[-1])
"""One cell of each sort: a number, a percent, words."""
BUDGET: Final = "1984.99"
_NAMELESS: Final = "某指标"
ROWS: Final = 2
"""Rows of a declared list: one row cannot show what a list is for; as many as there are words for one of its columns."""
_MOST_ROWS: Final = 5
_WIDEST: Final = 14
"""Indicators of one form; a kind is shown by its plainest cells first."""
_FUND: Final = {"initial_budget": BUDGET, "annual_budget": BUDGET, "executed": BUDGET}
_FALLBACK: Final[dict[Type, tuple[Any, ...]]] = {
    Type.TRUTH: (True, False),
    Type.PERCENT: ("100%",),
    Type.MONEY: ("100",),
    Type.DAYS: ("30",),
    Type.DATE: ("2021-06-30",),
    Type.TEXT: ("甲",),
    Type.NUMBER: ("10",),
}

_KNOWN: WeakKeyDictionary[Ruleset, Document] = WeakKeyDictionary()


def neutral_document(ruleset: Ruleset) -> Document:
    """A well-formed form that a ruleset can judge, as good as it can be made.

    >>> from zhunsheng import load_ruleset
    >>> form = neutral_document(load_ruleset("mof-2020"))
    >>> [each.target for each in form.indicators[:3]], form.funds.total.annual_budget
    (['≥100次', '良好', '≤100次'], Decimal('1984.99'))
    """
    if ruleset not in _KNOWN:
        _KNOWN[ruleset] = _made(ruleset)
    return _KNOWN[ruleset]


def year_of(ruleset: Ruleset) -> int:
    """The last whole year in which a ruleset holds, or the first."""
    first, _, last = (ruleset.in_force or "2026-01-01/").partition("/")
    return int((last or first)[:4])


def _made(ruleset: Ruleset) -> Document:
    standing = in_force(ruleset, year_of(ruleset))
    words = words_of(standing)
    form: Form = {
        "kind": (ruleset.kinds or ("department",))[0],
        "unit": "某单位",
        "project": "某项目",
        "year": year_of(ruleset),
        "funds": {"total": dict(_FUND)},
        "indicators": [],
    }
    attributes = _attributes(standing, DOCUMENT, words)
    if attributes:
        form["attributes"] = attributes
    if any(each.scope == INDICATOR for each in standing.scores):
        form["indicators"] = _rows(standing, form, words)
    _choose(standing, form, words)
    return Document.model_validate(form)


# Indicators


def _rows(ruleset: Ruleset, form: Form, words: Words) -> list[Form]:
    """A row for each kind and comparison, and one for each dimension that would else have none."""
    ways = _first_of_each(ruleset, form, [_row(way, cell) for way in _ways(ruleset, words) for cell in SORTS], ())
    empty = {each.name for each in ruleset.scores if isinstance(each.points, Constant) and not each.points.value}
    full = [row if kind[0] in empty else _row(row, cell) for kind, row in ways.items() for cell in CELLS]
    kept = _first_of_each(ruleset, form, full, ("比较符", "计量单位"))
    rows = sorted(kept.values(), key=lambda row: row not in ways.values())[:_WIDEST]
    used = {row["dimension"] for row in rows}
    usual = next((row for kind, row in ways.items() if kind[0] not in empty), full[0])
    rows += [{**usual, "dimension": each} for each in _dimensions(ruleset) if each not in used]
    return [
        {**row, "name": f"{row['name']}{at}" if row["name"] == _NAMELESS else row["name"]}
        for at, row in enumerate(_with_points(ruleset, form, rows), start=1)
    ]


def _first_of_each(
    ruleset: Ruleset, form: Form, rows: list[Form], by: tuple[str, ...]
) -> dict[tuple[object, ...], Form]:
    """The first row of each kind (told apart further by some of its values) that comes to a score, or the first at all."""
    # rulesets of one fingerprint are one, plans included: what lacks its rules must have another
    bare = replace(ruleset, rules=(), sha256_on_the_day=f"{ruleset.sha256_on_the_day} without rules")
    outcome = _run(bare, {**form, "indicators": [{**row, "points": "10"} for row in rows]})
    scored: dict[tuple[object, ...], Form] = {}
    found: dict[tuple[object, ...], Form] = {}
    for thing, row in zip(outcome.world.things[INDICATOR], rows, strict=True):
        key = tuple(thing.values.get(name, "") for name in ("指标类型", *by))
        found.setdefault(key, row)
        if isinstance(thing.values.get("得分"), Fraction):
            scored.setdefault(key, row)
    return {key: scored.get(key, row) for key, row in found.items() if isinstance(key[0], str) and key[0]}


def _row(way: Form, cell: tuple[str, str]) -> Form:
    target, actual = cell
    adjusted = {"adjusted_target": target} if "adjusted_target" in way else {}
    return {**way, **adjusted, "target": target, "actual": actual}


def _ways(ruleset: Ruleset, words: Words) -> Iterator[Form]:
    """Rows with one thing after another other than plain."""
    dimensions = _dimensions(ruleset) or ["产出指标"]
    plain: Form = {"dimension": dimensions[0], "category": "数量指标", "name": _NAMELESS}
    attributes = _attributes(ruleset, INDICATOR, words, every=False)
    if attributes:
        plain["attributes"] = attributes
    yield plain
    yield {**plain, "adjusted_target": CELLS[0][0]}
    yield from ({**plain, "dimension": each} for each in dimensions[1:])
    for key, name in (("dimension", "一级指标"), ("category", "二级指标"), ("name", "三级指标")):
        yield from ({**plain, key: each} for each in words.get((INDICATOR, name), ()) if each != plain[key])
    for declared in ruleset.inputs:
        if declared.holder == INDICATOR and declared.shape == "value":
            for each in _choices(declared.columns[0], INDICATOR, declared.name, words):
                yield {**plain, "attributes": {**attributes, declared.name: each}}


def _dimensions(ruleset: Ruleset) -> list[str]:
    """The weights that rows are filed under: those that are no score of the document by themselves."""
    scored = {each.name for each in ruleset.scores if each.scope == DOCUMENT}
    return [each for each in ruleset.weights if each not in scored]


def _with_points(ruleset: Ruleset, form: Form, rows: list[Form]) -> list[Form]:
    """The rows with the points of their dimension shared out among them, in whole cents."""
    outcome = _run(ruleset, {**form, "indicators": [{**row, "points": "10"} for row in rows]})
    document = outcome.world.things[DOCUMENT][0]
    shares: dict[str, list[Decimal]] = {}
    for dimension in {row["dimension"] for row in rows}:
        weight = document.values.get(f"权重.{dimension}")
        count = sum(row["dimension"] == dimension for row in rows)
        shares[dimension] = _shared(weight if isinstance(weight, Fraction) else Fraction(10 * count), count)
    return [_filed(row, shares[row["dimension"]].pop()) for row in rows]


def _filed(row: Form, points: Decimal) -> Form:
    """A row with its points, and with the claim and the judgement that it has all of them."""
    judged = {"judgement": {"score": points}} if row["target"] == CELLS[-1][0] else {}
    return {**row, "points": points, "claimed_score": points, **judged}


def _shared(weight: Fraction, count: int) -> list[Decimal]:
    part = round_once(weight / count, Rounding(2, Mode.DOWN))
    return [*[_decimal(part)] * (count - 1), _decimal(weight - part * (count - 1))]


def _decimal(value: Fraction) -> Decimal:
    return Decimal(write(round_once(value, Rounding(12, Mode.DOWN))))


# Declared inputs


def _attributes(ruleset: Ruleset, holder: str, words: Words, *, every: bool = True) -> Form:
    """The declared inputs of a holder, filled in; only those that must be, unless `every`."""
    return {
        each.name: _filled(ruleset, each, words)
        for each in ruleset.inputs
        if each.holder == holder and (every or each.required)
    }


def _filled(ruleset: Ruleset, declared: Declared, words: Words) -> Any:
    if declared.shape == "value":
        return _choices(declared.columns[0], declared.holder, declared.name, words)[0]
    if declared.shape == "record":
        return {
            each.name: _choices(each, declared.holder, f"{declared.name}.{each.name}", words)[0]
            for each in declared.columns
        }
    known = (_choices(each, declared.name, each.name, words) for each in declared.columns if each.type is Type.TEXT)
    rows = max(ROWS, min(_MOST_ROWS, max(map(len, known), default=0)))
    return [_item(ruleset, declared, words, at) for at in range(rows)]


def _item(ruleset: Ruleset, declared: Declared, words: Words, at: int) -> Form:
    """A row of a list: words in turn, and what need not be true is not."""
    found: Form = {}
    for column in declared.columns:
        choices = _choices(column, declared.name, column.name, words)
        found[column.name] = (
            choices[-1] if column.type is Type.TRUTH and not column.required else choices[at % len(choices)]
        )
    return found | _attributes(ruleset, declared.name, words)


def _choices(column: Column, scope: str, key: str, words: Words) -> tuple[Any, ...]:
    known = column.words or words.get((scope, key), ())
    return known if column.type is Type.TEXT and known else _FALLBACK.get(column.type, ("10",))


def _choose(ruleset: Ruleset, form: Form, words: Words) -> None:
    """Tries each input of the document another way or left out, and keeps what brings more of the form to a value."""
    best = _worth(ruleset, form)
    for holder, name, choices in list(_open(ruleset, form, words)):
        for choice in choices:
            before = holder.get(name)
            if name not in holder or choice == before:
                continue
            if choice is None:
                del holder[name]
            else:
                holder[name] = choice
            worth = _worth(ruleset, form)
            if worth > best:
                best = worth
            else:
                holder[name] = before


def _open(ruleset: Ruleset, form: Form, words: Words) -> Iterator[tuple[Form, str, tuple[Any, ...]]]:
    """The inputs of the document itself and what they may be instead; None: left out, where they may be."""
    for declared in ruleset.inputs:
        if declared.holder != DOCUMENT:
            continue
        out = () if declared.required else (None,)
        if declared.shape == "value":
            yield (
                form["attributes"],
                declared.name,
                (*_alternatives(declared.columns[0], DOCUMENT, declared.name, words), *out),
            )
            continue
        yield form["attributes"], declared.name, out
        for column in declared.columns if declared.shape == "record" else ():
            choices = _alternatives(column, DOCUMENT, f"{declared.name}.{column.name}", words)
            yield form["attributes"][declared.name], column.name, choices


def _alternatives(column: Column, scope: str, key: str, words: Words) -> tuple[Any, ...]:
    return _choices(column, scope, key, words) if column.type in (Type.TRUTH, Type.TEXT) else ()


def _worth(ruleset: Ruleset, form: Form) -> tuple[int, Fraction]:
    """How much of a form comes to a value, conclusions against it counted off, and then how good the total is."""
    outcome = _run(ruleset, form)
    document: Thing = outcome.world.things[DOCUMENT][0]
    against = sum(each.acts and each.rule.outcome in ("veto", "cap", "deduct") for each in outcome.conclusions)
    total = document.values.get("总分")
    given = sum(not isinstance(each, Absent) for each in document.values.values())
    return given - 4 * against, total if isinstance(total, Fraction) else Fraction(-1)


def _run(ruleset: Ruleset, form: Form) -> Run:
    return run(plan_of(ruleset), world_of_document(Document.model_validate(form), ruleset))
