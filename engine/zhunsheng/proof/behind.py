"""What is behind each name of an evaluated document: the definitions that `pieces` reads, those of rules among them.

`evaluation.score` works these out for values; here the same is said as trees, so that a figure can be read as a function
of an input through quantities, scores, the total, deductions, vetoes and the caps of grades. Rules on one thing are
trees; a rule that joins several is held at what it concluded, and `Behind.held` says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final, cast, final

from zhunsheng.evaluation.score import document_of
from zhunsheng.expression.exact import compiled
from zhunsheng.expression.pieces import Definition
from zhunsheng.expression.tree import (
    Absent,
    Arithmetic,
    Choice,
    Compare,
    Constant,
    Logic,
    Name,
    Node,
    Not,
    Presence,
    Reference,
)
from zhunsheng.expression.types import Type
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR, ITEM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.evaluation.plan import Plan
    from zhunsheng.evaluation.score import Item, Run
    from zhunsheng.expression.exact import Thing
    from zhunsheng.ruleset.policy import Quantity, Rule, Score

_NONE: Final = Constant(Fraction(0), Type.NUMBER, "0")
_NO: Final = Constant(value=False, type=Type.TRUTH, text="false")
_OPEN: Final = Constant(Absent.UNDECIDED, None, "undecided")
_BY: Final = "按 "
"""Before the name of a kind: the score of an indicator by that way of scoring. No name of a ruleset has a space."""
_ACTS: Final = "结论 "
_DEDUCTS: Final = "扣分 "


@final
@dataclass(slots=True)
class Behind:
    """The definitions of one evaluated world; called with a thing and a name, as `pieces` wants it."""

    plan: Plan
    outcome: Run
    items: dict[int, Item] = field(default_factory=dict)
    """By the identity of the thing that holds the score as an item."""
    known: dict[tuple[int, str], Definition | None] = field(default_factory=dict)
    held: dict[tuple[int, str], set[str]] = field(default_factory=dict)
    """Rules whose conclusion is taken as it stands, by the name they conclude."""

    def __post_init__(self) -> None:
        """Items stand in the world in the order of the scores."""
        gathered = self.outcome.world.things.get(ITEM, ())
        self.items = {id(thing): item for thing, item in zip(gathered, self.outcome.items, strict=True)}

    def __call__(self, thing: Thing, key: str) -> Definition | None:
        """The formula behind a name of a thing; None for what is a plain value."""
        at = (id(thing), key)
        if at not in self.known:
            self.known[at] = self._found(thing, key)
        return self.known[at]

    def _found(self, thing: Thing, key: str) -> Definition | None:
        found = self._concluded(thing, key) or self._of_formula(thing, key)
        if found is not None:
            return found
        match thing.scope:
            case "文件":
                return self._of_document(key)
            case "指标":
                return self._of_indicator(key)
            case "得分项":
                return self._of_item(thing, key)
            case "权重" if key == "应得分值":
                parent = cast("Thing", thing.parent)
                return Definition(_name(0, DOCUMENT, f"权重.{thing.values['权重名称']}"), (), (parent,))
        return None

    # Formulas

    def _of_formula(self, thing: Thing, key: str) -> Definition | None:
        if (thing.scope, key) == (DOCUMENT, "等级"):
            return self._grade(thing)
        source: Quantity | None = self.plan.sources.get((thing.scope, key))
        return None if source is None else Definition(source.formula, source.roundings)

    def _of_document(self, key: str) -> Definition | None:
        name, _, part = key.rpartition(".")
        scoring = self.plan.items.get(name)
        if scoring is None or part not in ("得分", "分值"):
            return None
        return self._score(scoring.score) if part == "得分" else Definition(scoring.score.points, ())

    def _of_indicator(self, key: str) -> Definition | None:
        if key == "得分":
            return Definition(self._by_kind(), ())
        if key.startswith(_BY):
            return self._score(self.plan.kinds[key.removeprefix(_BY)].score)
        return None

    def _by_kind(self) -> Node:
        """The score of an indicator by its kind; where none takes it, a person decides."""
        found: Node = _OPEN
        kind = _name(0, INDICATOR, "指标类型")
        for name in sorted(self.plan.kinds):
            of_kind = Compare("=", kind, Constant(name, Type.TEXT, name))
            found = Choice(of_kind, _name(0, INDICATOR, _BY + name), found)
        return Choice(Presence("given", kind), found, _OPEN)

    def _score(self, score: Score) -> Definition:
        return Definition(score.formula, score.roundings, None, score.otherwise or Absent.UNDECIDED)

    def _of_item(self, thing: Thing, key: str) -> Definition | None:
        item = self.items[id(thing)]
        on = item.thing
        by_itself = on.scope == DOCUMENT and item.scoring is not None
        if key == "得分项得分":
            name = f"{item.scoring.score.name}.得分" if by_itself and item.scoring else "得分"
            return Definition(_name(0, on.scope, name), (), (on,))
        if key == "得分项分值" and item.scoring is not None:
            return Definition(item.scoring.score.points, (), (on,))
        if key == "得分项自评" and item.scoring is not None and item.scoring.score.claimed is not None:
            return Definition(item.scoring.score.claimed, (), (on,))
        return None

    # What rules conclude

    def _concluded(self, thing: Thing, key: str) -> Definition | None:
        if key.startswith(_ACTS):
            return Definition(_acting(self._rule(key.removeprefix(_ACTS))), ())
        if key.startswith(_DEDUCTS):
            rule = self._rule(key.removeprefix(_DEDUCTS))
            acts = _name(0, thing.scope, _ACTS + rule.id)
            return Definition(Choice(acts, cast("Node", rule.deduction), _NONE), ())
        if (thing.scope, key) in self.plan.derived:
            return self._any(thing, key, [each for each in self._rules("derive") if each.subject == key])
        if thing.scope in (DOCUMENT, INDICATOR) and key in ("扣分", "否决"):
            return self._deducted(thing) if key == "扣分" else self._any(thing, key, self._rules("veto"))
        return None

    def _rule(self, name: str) -> Rule:
        return next(each for each in self.plan.ruleset.rules if each.id == name)

    def _rules(self, outcome: str) -> list[Rule]:
        return [each for each in self.plan.ruleset.rules if each.outcome == outcome]

    def _deducted(self, thing: Thing) -> Definition:
        rules = [each for each in self._rules("deduct") if each.binders[0].scope == thing.scope]
        found: Node = _NONE
        for rule in rules:
            if len(rule.binders) == 1:
                found = Arithmetic("+", found, _name(0, thing.scope, _DEDUCTS + rule.id))
        for rule, bound in self._standing(thing, "扣分", rules):
            points = compiled(cast("Node", rule.deduction))(bound)
            found = Arithmetic("+", found, Constant(points, Type.NUMBER, "held"))
        return Definition(found, ())

    def _any(self, thing: Thing, key: str, rules: Sequence[Rule]) -> Definition:
        """Whether one of the rules concludes it of the thing."""
        about = [each for each in rules if each.binders[0].scope == thing.scope]
        parts: list[Node] = [_name(0, thing.scope, _ACTS + each.id) for each in about if len(each.binders) == 1]
        parts += [Constant(value=True, type=Type.TRUTH, text="held") for _ in self._standing(thing, key, about)]
        return Definition(Logic("or", tuple(parts)) if parts else _NO, ())

    def _standing(self, thing: Thing, key: str, rules: Iterable[Rule]) -> list[tuple[Rule, tuple[Thing, ...]]]:
        """What rules that join several things have concluded of this one; kept in `held`, since it may depend on x."""
        joins = {each.id for each in rules if len(each.binders) > 1}
        if joins:
            self.held.setdefault((id(thing), key), set()).update(joins)
        return [
            (each.rule, each.bound)
            for each in self.outcome.conclusions
            if each.acts and each.rule.id in joins and each.bound[0] is thing
        ]

    def _grade(self, document: Thing) -> Definition:
        """The table of grades, and each cap in turn; the things whose rules cap are bound after the document."""
        ranks = {band.grade: rank for rank, band in enumerate(self.plan.ruleset.bands)}
        source = self.plan.sources[DOCUMENT, "等级"]
        found: Node = source.formula
        bound: list[Thing] = [document]
        for rule in self._rules("cap"):
            if len(rule.binders) > 1:
                self.held.setdefault((id(document), "等级"), set()).add(rule.id)
                acts: list[Node] = [
                    Constant(value=True, type=Type.TRUTH, text="held")
                    for each in self.outcome.conclusions
                    if each.acts and each.rule is rule and document_of(each.bound[0]) is document
                ]
            else:
                scope = rule.binders[0].scope
                about = [each for each in self.outcome.world.things.get(scope, ()) if document_of(each) is document]
                acts = [_name(len(bound) + at, scope, _ACTS + rule.id) for at in range(len(about))]
                bound += about
            if acts:
                found = _capped(found, Logic("or", tuple(acts)), rule.subject, ranks)
        return Definition(found, source.roundings, tuple(bound))


def _capped(grade: Node, acts: Node, cap: str, ranks: dict[str, int]) -> Node:
    better = [Compare("=", grade, Constant(each, Type.TEXT, each)) for each, rank in ranks.items() if rank < ranks[cap]]
    if not better:
        return grade
    return Choice(Logic("and", (acts, Logic("or", tuple(better)))), Constant(cap, Type.TEXT, cap), grade)


def _acting(rule: Rule) -> Node:
    """Whether the conclusion of a rule follows: its condition is true, and its check false."""
    condition = rule.when if rule.check is None else Not(rule.check, type=Type.TRUTH)
    assert condition is not None, rule.id
    if rule.check is not None and rule.when is not None:
        condition = Logic("and", (rule.when, condition))
    return Logic("and", (Presence("given", condition), condition))


def _name(binder: int, scope: str, key: str) -> Name:
    return Name(key, reference=Reference(binder, 0, key, scope))
