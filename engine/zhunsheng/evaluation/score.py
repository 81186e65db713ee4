"""Running a plan over a world: elements worked out in the order of the strata, rules fired by inference in between.

Values land on the things themselves, under their names; what rules concluded comes back as a list. Nothing here knows
what a value means: that is `assess`.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, cast

from zhunsheng.expression.exact import Thing, compiled, join
from zhunsheng.expression.tree import Absent
from zhunsheng.number import round_once
from zhunsheng.ruleset.vocabulary import DOCUMENT, DOSSIER, INDICATOR, ITEM, POSITION, WEIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from zhunsheng.evaluation.facts import World
    from zhunsheng.evaluation.infer import Engine, Fact, Session
    from zhunsheng.evaluation.patterns import Property
    from zhunsheng.evaluation.plan import Firing, Formula, Plan, Scoring, Step
    from zhunsheng.expression.exact import Bound
    from zhunsheng.expression.tree import Value
    from zhunsheng.number import Rounding
    from zhunsheng.ruleset.policy import Peers, Rule
    from zhunsheng.ruleset.strata import Key

Status = Literal["computed", "undecided", "withheld"]
Grouping: TypeAlias = "Callable[[Peers, Sequence[Thing]], None]"
"""Gives each document the group of its peers."""


class Item(NamedTuple):
    """A score as given: on what, by which way of scoring, and how it came about."""

    thing: Thing
    """The document, or the indicator."""
    scoring: Scoring | None
    """None for an indicator that no way of scoring takes."""
    points: Value
    computed: Value
    claimed: Value
    status: Status
    reason: Absent | None
    """Why the formula gave no value, where it gave none."""


class Conclusion(NamedTuple):
    """What a rule said of which things."""

    rule: Rule
    holds: bool
    bound: Bound

    @property
    def acts(self) -> bool:
        """Whether the outcome follows; a check that holds only confirms."""
        return self.rule.check is None or not self.holds


class Run(NamedTuple):
    """The outcome: the world with its values, the scores, and the conclusions in a fixed order."""

    world: World
    items: list[Item]
    conclusions: list[Conclusion]


_WITHHELD: Final = Absent.UNDECIDED
_ITEM_PATHS: Final = {"得分项得分": "", "得分项分值": ""}
_ITEM_FIELDS: Final = ("得分项名称", "得分项类别", "得分项分值", "得分项得分", "得分项自评", "得分项序号")


def run(plan: Plan, world: World, group: Grouping | None = None) -> Run:
    """Works out everything that the plan says of the world.

    `group` says who the peers of its documents are; without it they have none.
    """
    return run_together(plan, [world], group)[0]


def run_together(plan: Plan, worlds: Sequence[World], group: Grouping | None) -> list[Run]:
    """The same for several worlds at once, each element for all of them before the next: their documents may be peers.

    Nothing else crosses from one world to another; rules are inferred in each by itself.
    """
    results = [Run(world, [], []) for world in worlds]
    for scope, name in plan.derived:
        for world in worlds:
            for thing in world.things.get(scope, ()):
                thing.values[name] = False
    for step in plan.steps:
        for key in step.elements:
            if key in plan.peers:
                if group is not None:
                    group(plan.peers[key], [each for world in worlds for each in world.things[DOCUMENT]])
                continue
            for result in results:
                _work_out(plan, result.world, key, result)
        if plan.engine is not None and step.firings:
            for result in results:
                _infer(plan.engine, step, result)
    for result in results:
        result.items.sort(key=lambda item: filed(item.thing))
    return results


def _infer(engine: Engine, step: Step, result: Run) -> None:
    """The rules of a stratum on one world; no kind of fact is told in two strata, so that each takes a seat of its own."""
    with engine.session() as session:
        for conclusion in _fired(step, result.world, session):
            result.conclusions.append(conclusion)
            if conclusion.acts:
                with blaming(conclusion.rule):
                    _conclude(conclusion)


@contextmanager
def blaming(rule: Rule) -> Iterator[None]:
    """Names the rule in whatever goes wrong while its consequence is worked out: a fault of ours, never the user's."""
    try:
        yield
    except Exception as error:
        error.add_note(f"in the consequence of rule {rule.id}")
        raise


def rounded(value: Value, roundings: Sequence[Rounding]) -> Value:
    """A value through its declared roundings, in turn."""
    if isinstance(value, Fraction):
        for rounding in roundings:
            value = round_once(value, rounding)
    return value


def _work_out(plan: Plan, world: World, key: Key, result: Run) -> None:
    scope, name = key
    formula = plan.formulas.get(key)
    if formula is not None:
        _formula(formula, world.things.get(scope, ()))
        if name == "等级":
            _cap(plan, result)
    elif key == (WEIGHT, "应得分值"):
        for weight in world.things.get(WEIGHT, ()):
            document = cast("Thing", weight.parent)
            _put(weight, name, document.values.get(f"权重.{weight.values['权重名称']}", Absent.MISSING))
    elif key == (INDICATOR, "指标类型"):
        _formula(cast("Formula", plan.kind), world.things.get(INDICATOR, ()))
    elif key == (INDICATOR, "得分"):
        for indicator in world.things.get(INDICATOR, ()):
            scoring = plan.kinds.get(cast("str", indicator.values.get("指标类型")))
            item = _scored(scoring, indicator)
            _put(indicator, "得分", item.computed)
            result.items.append(item)
    elif scope == DOCUMENT and name.endswith(".得分"):
        scoring = plan.items[name.removesuffix(".得分")]
        for document in world.things.get(DOCUMENT, ()):
            item = _scored(scoring, document)
            _put(document, name, item.computed)
            result.items.append(item)
    elif scope == DOCUMENT and name.endswith(".分值"):
        points = plan.items[name.removesuffix(".分值")].points
        for document in world.things.get(DOCUMENT, ()):
            _put(document, name, points((document,)))
    elif key == (DOCUMENT, ITEM):
        _gather_items(plan, world, result)


def _formula(formula: Formula, things: Sequence[Thing]) -> None:
    name, reading, roundings = formula.name, formula.reading, formula.roundings
    for thing in things:
        _put(thing, name, rounded(reading((thing,)), roundings))


def _cap(plan: Plan, result: Run) -> None:
    """Lowers grades to the lowest cap that a rule has set on the document."""
    ranks = {band.grade: rank for rank, band in enumerate(plan.ruleset.bands)}
    for conclusion in result.conclusions:
        document, cap = document_of(conclusion.bound[0]), conclusion.rule.subject
        if conclusion.rule.outcome == "cap" and conclusion.acts and document is not None:
            grade = document.values.get("等级")
            if isinstance(grade, str) and ranks[grade] < ranks[cap]:
                document.values["等级"] = cap


def _conclude(conclusion: Conclusion) -> None:
    """What a conclusion adds to the thing it is about, for formulas and rules of higher strata to use."""
    rule, _, bound = conclusion
    values = bound[0].values
    match rule.outcome:
        case "deduct":
            assert rule.deduction is not None, rule.id
            points = compiled(rule.deduction)(bound)
            before = values["扣分"]
            values["扣分"] = (
                join(points, before)
                if isinstance(points, Absent) or isinstance(before, Absent)
                else (cast("Fraction", before) + cast("Fraction", points))
            )
        case "veto":
            values["否决"] = True
        case "derive":
            values[rule.subject] = True
        case _:
            return


def _scored(scoring: Scoring | None, thing: Thing) -> Item:
    """The score of a thing, and why there is none where there is none."""
    bound = (thing,)
    if scoring is None:
        kind = thing.values.get("指标类型", Absent.MISSING)
        reason = kind if isinstance(kind, Absent) else Absent.UNDEFINED
        points, claimed = thing.values.get("分值", Absent.MISSING), thing.values.get("自评得分", Absent.MISSING)
        return Item(thing, None, points, _WITHHELD, claimed, "withheld", reason)
    points = scoring.points(bound)
    claimed = Absent.MISSING if scoring.claimed is None else scoring.claimed(bound)
    value = rounded(scoring.formula(bound), scoring.score.roundings)
    if not isinstance(value, Absent):
        return Item(thing, scoring, points, value, claimed, "computed", None)
    stand_in = _WITHHELD if scoring.otherwise is None else rounded(scoring.otherwise(bound), scoring.score.roundings)
    status: Status = "withheld" if isinstance(stand_in, Absent) else "undecided"
    return Item(thing, scoring, points, stand_in, claimed, status, value)


def _gather_items(plan: Plan, world: World, result: Run) -> None:
    """The score items of each document, as a collection that the total and the rules may sum over."""
    for item in sorted(result.items, key=lambda each: filed(each.thing)):
        document = item.thing if item.thing.scope == DOCUMENT else cast("Thing", item.thing.parent)
        by_itself = item.thing.scope == DOCUMENT
        name = (
            item.scoring.score.name if by_itself and item.scoring else item.thing.values.get("三级指标", Absent.MISSING)
        )
        group = name if by_itself else item.thing.values.get("一级指标", Absent.MISSING)
        thing = Thing(ITEM, f"{item.thing.key}#{ITEM}.{name}", document, {}, _ITEM_PATHS, pointer=item.thing.pointer)
        position = Absent.MISSING if by_itself else item.thing.values[POSITION]
        values = (name, group, item.points, item.computed, item.claimed, position)
        for key, value in zip(_ITEM_FIELDS, values, strict=True):
            _put(thing, key, value)
        thing.values |= {name: False for scope, name in plan.derived if scope == ITEM}
        cast("list[Thing]", document.collections[ITEM]).append(world.add(thing))


def _put(thing: Thing, name: str, value: Value) -> None:
    """A value under its name; a missing one leaves the name out."""
    if value is not Absent.MISSING:
        thing.values[name] = value


# Inference


def _fired(step: Step, world: World, session: Session) -> list[Conclusion]:
    """What the rules of a stratum conclude, each once, in an order that owes nothing to the file's."""
    told, things = facts_of(step, world)
    found: dict[tuple[str, frozenset[str]], Conclusion] = {}
    for match in session.tell(told):
        firing = step.firings[match.rule]
        bound = tuple(things[str(fact)] for fact in match.facts)
        if _together(firing.rule, bound) and (firing.again is None or firing.again(bound) is True):
            _keep(found, match.rule, firing, bound)
    return [found[key] for key in sorted(found, key=lambda key: (key[0], [filed(each) for each in found[key].bound]))]


def _keep(found: dict[tuple[str, frozenset[str]], Conclusion], name: str, firing: Firing, bound: Bound) -> None:
    """One conclusion for a pair of like things, whichever way round it matched."""
    alike = len({binder.scope for binder in firing.rule.binders}) == 1
    marks = frozenset(thing.key if alike else f"{at} {thing.key}" for at, thing in enumerate(bound))
    kept = found.get((name, marks))
    if kept is None or list(map(content, bound)) < list(map(content, kept.bound)):
        found[name, marks] = Conclusion(firing.rule, firing.holds, bound)


def _together(rule: Rule, bound: Bound) -> bool:
    """Whether things bound together lie within what the rule says they must: one document, or one dossier."""
    return len(bound) == 1 or rule.within == DOSSIER or len({id(document_of(each)) for each in bound}) == 1


def document_of(thing: Thing) -> Thing | None:
    """The document that a thing is, or is part of; None for what belongs to the dossier."""
    found: Thing | None = thing
    while found is not None and found.scope != DOCUMENT:
        found = found.parent
    return found


def facts_of(step: Step, world: World) -> tuple[list[Fact], dict[str, Thing]]:
    """What is told of which things: truths that hold, and the operands of joins."""
    told: list[tuple[Thing, str, dict[str, Value]]] = []
    for scope, kind, properties in step.told:
        for thing in world.things.get(scope, ()):
            values = _told(properties, thing)
            if values:
                told.append((thing, kind, values))
    ranks = _ranks(values for _, _, values in told)
    facts: list[Fact] = []
    things: dict[str, Thing] = {}
    for thing, kind, values in told:
        name = f"{kind} {thing.key}"
        things[name] = thing
        facts.append({"id": name, "kind": kind, **{key: _coded(value, ranks) for key, value in values.items()}})
    return facts, things


def _told(properties: Sequence[Property], thing: Thing) -> dict[str, Value]:
    bound = (thing,)
    found: dict[str, Value] = {}
    for name, reading, operand, wanted in properties:
        value = reading(bound)
        if operand:
            if not isinstance(value, Absent):
                found[name] = value
        elif value is wanted:
            found[name] = True
    return found


def _ranks(told: Iterator[Mapping[str, Value]]) -> dict[Fraction | date | str, int]:
    """Every number, date and text told, by its rank among its like: order and equality kept, in small integers."""
    every: set[Fraction | date | str] = {
        value for values in told for value in values.values() if isinstance(value, Fraction | date | str)
    }
    ranks: dict[Fraction | date | str, int] = {}
    ranks |= {each: rank for rank, each in enumerate(sorted(each for each in every if isinstance(each, Fraction)))}
    ranks |= {each: rank for rank, each in enumerate(sorted(each for each in every if isinstance(each, date)))}
    ranks |= {each: rank for rank, each in enumerate(sorted(each for each in every if isinstance(each, str)))}
    return ranks


def _coded(value: Value, ranks: Mapping[Fraction | date | str, int]) -> int | bool:
    if isinstance(value, Fraction | date | str):
        return ranks[value]
    assert isinstance(value, bool), value
    return value


def filed(thing: Thing) -> tuple[tuple[int, str], ...]:
    """Where a thing stands among others, by its place in the file."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in thing.key.split("/"))


def content(thing: Thing) -> tuple[str, ...]:
    """What a thing says, as something to order things by that does not depend on where they stand."""
    return (
        *(str(thing.values.get(name, "")) for name in _CONTENT),
        *(f"{name} {value}" for name, value in sorted(thing.values.items()) if name in thing.paths),
        *map(str, filed(thing)),
    )


_CONTENT: Final = ("三级指标", "年度指标值", "实际完成值", "陈述名称", "说明事项")
