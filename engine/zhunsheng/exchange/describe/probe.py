"""Made-up forms whose one free figure is the rate: what a ruleset gives for 79.99 % of a target, or of a budget.

The whole engine judges them, so that what is drawn is what it would give, every rounding and rule included. There is an
indicator for every way in which the ruleset tells indicators apart (dimension, category, words in a name).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple, final

from zhunsheng.document import Document
from zhunsheng.evaluation import evaluate
from zhunsheng.expression.tree import Call, Compare, Constant, Name, Table, children
from zhunsheng.number import parse, write
from zhunsheng.problem import Refused
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.ruleset.inputs import Column, Declared

POINTS: Final = Fraction(10)
"""What every made-up indicator is worth."""
SIGNS: Final = ("≥", "≤")
UNITS: Final = ("个", "%")
Indicator = dict[str, Any]
_FIELDS: Final = {"一级指标": "dimension", "二级指标": "category", "三级指标": "name"}


class Given(NamedTuple):
    """A score as given: by which way of scoring, of how many points, and how many, None where no formula said."""

    kind: str
    points: Fraction | None
    score: Fraction | None


@final
class Probe:
    """A ruleset asked for the scores of a form at one rate after another.

    Args:
        ruleset: which is asked.
        indicators: the rows of the form, but for what was achieved.
    """

    def __init__(self, ruleset: Ruleset, indicators: Sequence[Indicator]) -> None:
        self.ruleset = ruleset
        self.indicators = indicators
        self.year = _year(ruleset)
        self.known: dict[Fraction, dict[str, Given]] = {}

    def scores(self, rate: Fraction) -> dict[str, Given]:
        """What is given, by the id of the line; nothing where the form is refused."""
        if rate not in self.known:
            try:
                assessment = evaluate(self.document(rate), self.ruleset, derivations=False)
            except Refused:
                self.known[rate] = {}
            else:
                self.known[rate] = {
                    each.id: Given(
                        each.kind or each.name,
                        None if each.points is None else parse(each.points),
                        parse(each.computed) if each.status == "computed" and each.computed else None,
                    )
                    for each in assessment.scores
                }
        return self.known[rate]

    def document(self, rate: Fraction) -> Document:
        """The form at a rate."""
        percent = write(rate * 100)
        funds = {"initial_budget": "100", "annual_budget": "100", "executed": percent}
        return Document.model_validate({
            "kind": (self.ruleset.kinds or ("project",))[0], "unit": "示例单位", "project": "示例项目", "year": self.year,
            "funds": {"total": funds, "appropriation": funds},
            "indicators": [{**each, "actual": f"{percent}{each['unit']}"} for each in self.indicators],
            "attributes": _attributes(self.ruleset, DOCUMENT),
        })  # fmt: skip


def indicators(ruleset: Ruleset) -> Iterator[Indicator]:
    """One for each way in which the ruleset tells indicators apart, each with targets in counts and in percent."""
    named = [name for name in ruleset.weights if name not in {each.name for each in ruleset.scores}]
    base = {"dimension": named[0] if named else "产出指标", "category": "数量指标", "name": "示例指标"}
    variants = [base]
    for key, field in _FIELDS.items():
        variants += [{**base, field: text} for text in sorted(_told_apart(ruleset, key))]
    attributes = _attributes(ruleset, INDICATOR)
    for variant in variants:
        for unit in UNITS:
            for sign in SIGNS:
                yield {
                    **variant, "target": f"{sign}100{unit}", "unit": unit, "points": write(POINTS),
                    "deviation_explanation": "示例", "attributes": attributes,
                }  # fmt: skip


def _told_apart(ruleset: Ruleset, key: str) -> set[str]:
    """The texts that decide, under a field, how an indicator is scored."""
    found: set[str] = set()

    def walk(node: Node) -> None:
        match node:
            case Compare("=", Name(text=text), Constant(value=str() as value)) if text == key:
                found.add(value)
            case Call("contains", (Name(text=text), Constant(value=str() as value))) if text == key:
                found.add(value)
            case Table(argument=Name(text=text)) if text == key:
                bounds = [bound for row in node.rows for _, bound in row.conditions]
                found.update(str(each.value) for each in bounds if isinstance(each, Constant))
        for child in children(node):
            walk(child)

    if ruleset.kind is not None:
        walk(ruleset.kind.formula)
    return found


def _year(ruleset: Ruleset) -> int:
    first, _, last = (ruleset.in_force or "").partition("/")
    return int((last or first or "2023")[:4])


def _attributes(ruleset: Ruleset, holder: str) -> dict[str, Any]:
    """The least that a ruleset demands of its own inputs."""
    return {each.name: _least(each) for each in ruleset.inputs if each.holder == holder and each.required}


def _least(declared: Declared) -> Any:
    match declared.shape:
        case "value":
            return _value(declared.columns[0])
        case "record":
            return {each.name: _value(each) for each in declared.columns if each.required}
        case "list":
            return []


def _value(column: Column) -> Any:
    return {"truth": False, "text": "示例", "date": "2020-01-01", "percent": "0%"}.get(column.type.value, "1")
