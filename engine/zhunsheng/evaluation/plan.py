"""A ruleset made ready to run: every formula a function, every rule a pattern, in the order of the strata.

Made once a ruleset and shared by every evaluation and thread; nothing in it changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, final
from weakref import WeakKeyDictionary

from zhunsheng.document.schema import build_validator
from zhunsheng.evaluation.infer import Engine
from zhunsheng.evaluation.patterns import translated
from zhunsheng.expression.exact import compiled
from zhunsheng.expression.tree import Logic, Not
from zhunsheng.expression.types import Type
from zhunsheng.ruleset.inputs import attributes_schema
from zhunsheng.ruleset.policy import Citation, Quantity
from zhunsheng.ruleset.strata import strata
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jsonschema.protocols import Validator

    from zhunsheng.evaluation.patterns import Meeting, Property, Telling
    from zhunsheng.expression.exact import Reading, Tests
    from zhunsheng.expression.tree import Aggregate, Choice, Name, Node, Table
    from zhunsheng.number import Rounding
    from zhunsheng.ruleset.policy import Peers, Rule, Ruleset, Score
    from zhunsheng.ruleset.strata import Key


class Formula(NamedTuple):
    """A quantity ready to run."""

    name: str
    scope: str
    reading: Reading
    roundings: tuple[Rounding, ...]


class Scoring(NamedTuple):
    """A score ready to run."""

    score: Score
    points: Reading
    formula: Reading
    otherwise: Reading | None
    claimed: Reading | None


class Firing(NamedTuple):
    """One pattern of a rule: that it holds, or for a check that it fails."""

    rule: Rule
    holds: bool
    again: Reading | None
    """The whole condition, where the pattern alone does not settle it."""


class Told(NamedTuple):
    """What is told of each thing of a scope, as facts of a kind."""

    scope: str
    kind: str
    properties: tuple[Property, ...]


class Join(NamedTuple):
    """A pattern over several things: their kinds, and what of them must be equal or unequal."""

    rule: str
    kinds: tuple[str, ...]
    meets: tuple[Meeting, ...]


class Step(NamedTuple):
    """A stratum: elements to work out in turn, then what to tell of which things, and the rules that may fire."""

    elements: tuple[Key, ...]
    rules: tuple[str, ...]
    told: tuple[Told, ...]
    firings: Mapping[str, Firing]
    joins: tuple[Join, ...]
    heard: dict[frozenset[str], tuple[Told, ...]]
    """What is told where some rules cannot match, by those rules: a memo."""


@final
@dataclass(frozen=True, slots=True)
class Plan:
    """See the module."""

    ruleset: Ruleset
    formulas: Mapping[Key, Formula]
    kind: Formula | None
    kinds: Mapping[str, Scoring]
    items: Mapping[str, Scoring]
    derived: tuple[Key, ...]
    """Names that rules derive; false of a thing until one does."""
    steps: tuple[Step, ...]
    sources: Mapping[Key, Quantity]
    """Every named formula as the ruleset has it."""
    places: Mapping[Key, int]
    """Decimal places of what is rounded."""
    peers: Mapping[Key, Peers]
    """How documents judged together are grouped, by the collection that each has of it."""
    wholes: Mapping[str, Node]
    """What each rule asks, by its id; kept here, since `readings` and `words` go by the identity of trees."""
    readings: dict[int, tuple[Node, Reading]]
    """Functions of trees, by the tree's identity (and the tree, which keeps that identity its own): a memo."""
    words: dict[int, tuple[Node, str]]
    """Trees in words, likewise."""
    fronts: dict[int, tuple[Node, tuple[Name | Aggregate | Choice | Table, ...]]]
    """Where derivations begin in each tree, likewise."""
    rows: dict[int, tuple[Table, list[tuple[Tests, Table]], Table | None]]
    """The rows of tables, each as a table of it alone, and so what they say else, likewise."""
    validators: Mapping[str, Validator]
    """Of the attributes of documents and of indicators."""
    engine: Engine | None
    """None where the policy has no rule."""


PROPERTIES: Final = 80
"""How many properties of a thing are told in one fact before further rules are given a fact of their own."""

_PLANS: WeakKeyDictionary[Ruleset, Plan] = WeakKeyDictionary()


def plan_of(ruleset: Ruleset) -> Plan:
    """The plan of a ruleset, made at its first use."""
    plan = _PLANS.get(ruleset)
    if plan is None:
        plan = _PLANS[ruleset] = _planned(ruleset)
    return plan


def _planned(ruleset: Ruleset) -> Plan:
    by_id = {rule.id: rule for rule in ruleset.rules}
    patterns = []
    steps = []
    for level, stratum in enumerate(strata(ruleset)):
        telling: Telling = {}
        group = 1
        firings: dict[str, Firing] = {}
        joins: list[Join] = []
        for name in stratum.rules:
            rule = by_id[name]
            for holds, condition in conditions_of(rule):
                key = f"{name}{'' if holds else '!'}"
                if any(len(each) > PROPERTIES for kind, each in telling.items() if kind.endswith(f".{group}")):
                    group += 1
                kinds = [f"{binder.scope} {level}.{group}" for binder in rule.binders]
                variables = tuple((f"v{at}", kind) for at, kind in enumerate(kinds))
                translation = translated(key, variables, condition, telling)
                patterns.append(translation.pattern)
                firings[key] = Firing(rule, holds, translation.again)
                if len(kinds) > 1:
                    joins.append(Join(key, tuple(kinds), translation.meets))
        told = tuple(
            Told(kind.partition(" ")[0], kind, tuple(properties.values())) for kind, properties in telling.items()
        )
        steps.append(Step(stratum.elements, stratum.rules, told, firings, tuple(joins), {}))
    scorings = [_scoring(score) for score in ruleset.scores]
    weights = [Quantity(f"权重.{name}", DOCUMENT, weight[0], (), weight[1]) for name, weight in ruleset.weights.items()]
    full_marks = Quantity("满分", DOCUMENT, ruleset.full_marks, (), Citation(None, ""))
    quantities = (*ruleset.quantities, *weights, full_marks, ruleset.total, ruleset.grades)
    return Plan(
        ruleset=ruleset,
        formulas={(each.scope, each.name): _formula(each) for each in quantities},
        kind=_formula(ruleset.kind) if ruleset.kind else None,
        kinds={each.score.name: each for each in scorings if each.score.scope == INDICATOR},
        items={each.score.name: each for each in scorings if each.score.scope == DOCUMENT},
        derived=tuple(
            sorted({(each.binders[0].scope, each.subject) for each in ruleset.rules if each.outcome == "derive"})
        ),
        steps=tuple(steps),
        sources={(each.scope, each.name): each for each in (*quantities, *((ruleset.kind,) if ruleset.kind else ()))},
        places=_places(quantities, ruleset.scores),
        peers={(DOCUMENT, each.name): each for each in ruleset.peers},
        wholes={rule.id: _whole(rule) for rule in ruleset.rules},
        readings={},
        words={},
        fronts={},
        rows={},
        validators={
            holder: build_validator(attributes_schema(ruleset.inputs, holder)) for holder in (DOCUMENT, INDICATOR)
        },
        engine=Engine(patterns) if patterns else None,
    )


def _places(quantities: Iterable[Quantity], scores: Iterable[Score]) -> dict[Key, int]:
    found = {(each.scope, each.name): each.roundings[-1].places for each in quantities if each.roundings}
    for score in scores:
        if score.roundings:
            key = (DOCUMENT, f"{score.name}.得分") if score.scope == DOCUMENT else (INDICATOR, "得分")
            found[key] = max(score.roundings[-1].places, found.get(key, 0))
    return found


def conditions_of(rule: Rule) -> list[tuple[bool, Node]]:
    """The conditions under which a rule says something: (True, it holds), and for a check (False, it fails)."""
    if rule.check is None:
        assert rule.when is not None, rule.id
        return [(True, rule.when)]
    if rule.outcome == "confirm":
        return [(True, _both(rule.when, rule.check))]
    found: list[tuple[bool, Node]] = [(False, _both(rule.when, Not(rule.check, type=Type.TRUTH)))]
    if rule.confirmed is not None:
        found.append((True, _both(rule.when, rule.check)))
    return found


def _whole(rule: Rule) -> Node:
    """`when` and `check` together."""
    if rule.check is not None:
        return _both(rule.when, rule.check)
    assert rule.when is not None, rule.id
    return rule.when


def _both(when: Node | None, node: Node) -> Node:
    return node if when is None else Logic("and", (when, node), type=Type.TRUTH)


def _formula(quantity: Quantity) -> Formula:
    return Formula(quantity.name, quantity.scope, compiled(quantity.formula), quantity.roundings)


def _scoring(score: Score) -> Scoring:
    return Scoring(
        score,
        compiled(score.points),
        compiled(score.formula),
        compiled(score.otherwise) if score.otherwise is not None else None,
        compiled(score.claimed) if score.claimed is not None else None,
    )
