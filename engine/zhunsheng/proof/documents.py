"""Forms at random for a ruleset, with what it declares filled in: what `fuzz` and the laws of this project are tried on.

The one module that needs Hypothesis; it is imported when `fuzz` is called, and not before. Forms leave here as the JSON
that people write. What shrinks, shrinks to few rows, round figures and nothing that need not be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from zhunsheng.expression.types import Type
from zhunsheng.proof.constants import words_of
from zhunsheng.proof.neutral import CELLS, neutral_document, year_of
from zhunsheng.ruleset import in_force
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR

if TYPE_CHECKING:
    from zhunsheng.proof.constants import Words
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.ruleset.inputs import Column, Declared

AMOUNTS: Final = st.sampled_from(["100", "0", "90", "432"]) | st.decimals(0, 3000, places=2).map(
    lambda each: f"{each:f}"
)
COUNTS: Final = st.integers(1, 60)
SIGNS: Final = ["≥", ">", "≤", "<", "=", "＞", "不低于", "不超过", ""]
WORDS: Final = ["城市环境卫生更加美好", "实时交互", "全年", "每天", "达成预期指标", "基本完成", "/", "—", "", "无"]
_POINTS: Final = ["10", "5", "22.5", "7.25", "15"]
_KEPT: Final = ("dimension", "category", "name", "attributes")


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Given three times out of four."""
    return st.one_of(strategy, strategy, strategy, st.none())


@st.composite
def cells(draw: st.DrawFn) -> tuple[str, str]:
    """A target and an actual as a form may print them."""
    sort = draw(
        st.sampled_from(["count", "count", "count", "percent", "percent", "money", "date", "range", "words", "mixed"])
    )
    sign = draw(st.sampled_from(SIGNS))
    target, actual = draw(COUNTS), draw(st.integers(0, 80))
    match sort:
        case "count":
            return f"{sign}{target}次", f"{actual}{draw(st.sampled_from(['次', '', '次系统考评成绩']))}"
        case "percent":
            printed = draw(st.decimals(0, 150, places=2))
            return f"{sign}{target + 40}%", draw(st.sampled_from([f"{printed}%", f"{actual + 30}%"]))
        case "money":
            return f"{sign}{target}万元", f"{actual}{draw(st.sampled_from(['万元', '0000元']))}"
        case "date":
            return f"2021年{draw(st.integers(1, 12))}月底前", f"2021年{draw(st.integers(1, 12))}月"
        case "range":
            return f"{target}-{target + 5}天", f"{actual}天"
        case "words":
            return draw(st.sampled_from(WORDS)), draw(st.sampled_from(WORDS))
        case _:
            return f"{sign}{target}次", draw(st.sampled_from([*WORDS, "12公里", "约10次"]))


def documents_of(ruleset: Ruleset) -> st.SearchStrategy[dict[str, Any]]:
    """Forms that a ruleset can judge."""
    standing = in_force(ruleset, year_of(ruleset))
    words = words_of(standing)
    neutral: dict[str, Any] = neutral_document(ruleset).model_dump(mode="json", exclude_none=True)
    ways = {str(way): way for row in neutral["indicators"] if (way := {key: row[key] for key in _KEPT if row.get(key)})}
    rows = st.lists(_row(standing, words, list(ways.values())), max_size=4) if ways else st.just([])
    return _document(neutral, rows, _attributes(standing, DOCUMENT, words))


@st.composite
def _document(
    draw: st.DrawFn,
    neutral: dict[str, Any],
    rows: st.SearchStrategy[Any],
    attributes: st.SearchStrategy[dict[str, Any]],
) -> dict[str, Any]:
    budget = draw(AMOUNTS)
    total = {
        "annual_budget": draw(st.sampled_from([budget, budget, budget, None])),
        "executed": draw(st.sampled_from([budget, None]) | AMOUNTS),
        "initial_budget": draw(st.none() | st.just(budget) | AMOUNTS),
    }
    found = {
        **{key: neutral[key] for key in ("kind", "unit", "project", "year")},
        "funds": {"total": {key: value for key, value in total.items() if value is not None}},
        "indicators": draw(rows),
    }
    own = draw(attributes)
    return found | ({"attributes": own} if own else {})


@st.composite
def _row(draw: st.DrawFn, ruleset: Ruleset, words: Words, ways: list[dict[str, Any]]) -> dict[str, Any]:
    found = dict(draw(st.sampled_from(ways)))
    found["target"], found["actual"] = draw(st.sampled_from(CELLS) | cells())
    found["points"] = points = draw(st.sampled_from(_POINTS))
    if draw(st.booleans()):
        found["claimed_score"] = draw(st.sampled_from([points, "0", "3"]))
    judgement = {
        "score": draw(st.sampled_from([None, None, points, "0", "2"])),
        "deduction": draw(st.sampled_from([None, None, None, "1", "0"])),
    }
    given = {key: value for key, value in judgement.items() if value is not None}
    if given:
        found["judgement"] = given
    if draw(st.booleans()):
        found["adjusted_target"] = found["target"]
    own = draw(_attributes(ruleset, INDICATOR, words))
    held = {**found.pop("attributes", {}), **own}
    return found | ({"attributes": held} if held else {})


# What a ruleset declares


def _attributes(ruleset: Ruleset, holder: str, words: Words) -> st.SearchStrategy[dict[str, Any]]:
    """The inputs of a holder: those that must be given, and some of the others."""
    declared = [each for each in ruleset.inputs if each.holder == holder]
    return st.fixed_dictionaries(
        {each.name: _input(ruleset, each, words) for each in declared if each.required},
        optional={each.name: _input(ruleset, each, words) for each in declared if not each.required},
    )


def _input(ruleset: Ruleset, declared: Declared, words: Words) -> st.SearchStrategy[Any]:
    if declared.shape == "value":
        return _value(declared.columns[0], words.get((declared.holder, declared.name), ()))
    in_list = declared.shape == "list"
    scope, prefix = (declared.name, "") if in_list else (declared.holder, f"{declared.name}.")
    columns = {each: _value(each, words.get((scope, prefix + each.name), ())) for each in declared.columns}
    record = st.fixed_dictionaries(
        {each.name: value for each, value in columns.items() if each.required},
        optional={each.name: value for each, value in columns.items() if not each.required},
    )
    if not in_list:
        return record
    items = st.tuples(record, _attributes(ruleset, declared.name, words)).map(lambda parts: {**parts[0], **parts[1]})
    return st.lists(items, max_size=3)


def _value(column: Column, words: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """A value of a column; numbers are not negative, as forms have them."""
    match column.type:
        case Type.TRUTH:
            return st.booleans()
        case Type.TEXT:
            return st.sampled_from(column.words or (*words, "甲"))
        case Type.DATE:
            return st.dates().map(lambda day: f"{2021}-{day.month:02}-{min(day.day, 28):02}")
        case Type.PERCENT:
            return st.integers(0, 120).map(lambda share: f"{share}%")
        case _:
            places = 2 if column.places is None else column.places
            return st.integers(0, 100).map(str) | st.decimals(0, 100, places=max(places, 0)).map(
                lambda each: f"{each:f}"
            )
