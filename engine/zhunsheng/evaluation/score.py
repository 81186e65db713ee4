"""Running a plan over a world: elements worked out in the order of the strata, rules fired by inference in between.

Values land on the things themselves, under their names; what rules concluded comes back as a list. Nothing here knows
what a value means: that is `assess`.
"""

from __future__ import annotations

from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias, cast

from zhunsheng.expression.exact import Thing, compiled, join
from zhunsheng.expression.tree import Absent
from zhunsheng.number import round_once
from zhunsheng.ruleset.vocabulary import DOCUMENT, DOSSIER, INDICATOR, ITEM, POSITION, WEIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from zhunsheng.evaluation.facts import World
    from zhunsheng.evaluation.infer import Engine, Fact, Match
    from zhunsheng.evaluation.patterns import Meeting, Operand, Property
    from zhunsheng.evaluation.plan import Firing, Formula, Join, Plan, Scoring, Step, Told
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


_MISSING: Final = Absent.MISSING
_WITHHELD: Final = Absent.UNDECIDED
_ITEM_PATHS: Final = {"得分项得分": "", "得分项分值": ""}
_OF_INDICATOR: Final = (("得分项名称", "三级指标"), ("得分项类别", "一级指标"), ("得分项序号", POSITION))
_NO_COLLECTIONS: Final = cast("dict[str, Sequence[Thing]]", MappingProxyType({}))
"""Shared by all score items, which hold nothing."""


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
    return results


def _infer(engine: Engine, step: Step, result: Run) -> None:
    """The rules of a stratum on one world; no kind of fact is told in two strata, so that each takes a seat of its own."""
    told, things = facts_of(step, result.world)
    if not told:
        return
    with engine.session() as session:
        matches = session.tell(told)
    for conclusion in _fired(step, matches, things):
        result.conclusions.append(conclusion)
        if conclusion.rule.outcome in _FED_BACK and conclusion.acts:
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
    for rounding in roundings:
        if type(value) is Fraction:
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
        kinds = cast("Mapping[Value | None, Scoring]", plan.kinds)  # an absent kind is none of them
        for indicator in world.things.get(INDICATOR, ()):
            item = _scored(kinds.get(indicator.values.get("指标类型")), indicator)
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
    name, _, reading, roundings = formula
    for thing in things:
        value = reading((thing,))
        if roundings:
            value = rounded(value, roundings)
        if value is not _MISSING:
            thing.values[name] = value


def _cap(plan: Plan, result: Run) -> None:
    """Lowers grades to the lowest cap that a rule has set on the document."""
    ranks = {band.grade: rank for rank, band in enumerate(plan.ruleset.bands)}
    for conclusion in result.conclusions:
        document, cap = document_of(conclusion.bound[0]), conclusion.rule.subject
        if conclusion.rule.outcome == "cap" and conclusion.acts and document is not None:
            grade = document.values.get("等级")
            if isinstance(grade, str) and ranks[grade] < ranks[cap]:
                document.values["等级"] = cap


_FED_BACK: Final = frozenset({"deduct", "veto", "derive"})


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
        case _:
            values[rule.subject] = True


def _scored(scoring: Scoring | None, thing: Thing) -> Item:
    """The score of a thing, and why there is none where there is none."""
    bound = (thing,)
    if scoring is None:
        kind = thing.values.get("指标类型", Absent.MISSING)
        reason = kind if isinstance(kind, Absent) else Absent.UNDEFINED
        points, claimed = thing.values.get("分值", Absent.MISSING), thing.values.get("自评得分", Absent.MISSING)
        return Item(thing, None, points, _WITHHELD, claimed, "withheld", reason)
    score, read_points, formula, otherwise, read_claimed = scoring
    points = read_points(bound)
    claimed = _MISSING if read_claimed is None else read_claimed(bound)
    value = rounded(formula(bound), score.roundings)
    if type(value) is not Absent:
        return Item(thing, scoring, points, value, claimed, "computed", None)
    stand_in = _WITHHELD if otherwise is None else rounded(otherwise(bound), score.roundings)
    status: Status = "withheld" if isinstance(stand_in, Absent) else "undecided"
    return Item(thing, scoring, points, stand_in, claimed, status, value)


def _gather_items(plan: Plan, world: World, result: Run) -> None:
    """The score items of each document, as a collection that the total and the rules may sum over.

    Whatever is scored has been by now: the scores are put in their order here, once.
    """
    derived: dict[str, Value] = {name: False for scope, name in plan.derived if scope == ITEM}
    things = world.things.setdefault(ITEM, [])
    result.items.sort(key=_item_filed)
    for scored, scoring, points, computed, claimed, _, _ in result.items:
        values = derived.copy()
        name: Value
        if scored.scope == DOCUMENT:
            document = scored
            values["得分项名称"] = values["得分项类别"] = name = cast("Scoring", scoring).score.name
        else:
            document, held = cast("Thing", scored.parent), scored.values
            name = held.get("三级指标", _MISSING)
            for field, given in _OF_INDICATOR:
                if given in held:
                    values[field] = held[given]
        if points is not _MISSING:
            values["得分项分值"] = points
        if computed is not _MISSING:
            values["得分项得分"] = computed
        if claimed is not _MISSING:
            values["得分项自评"] = claimed
        thing = Thing(
            ITEM, f"{scored.key}#{ITEM}.{name}", document, values, _ITEM_PATHS, _NO_COLLECTIONS, scored.pointer
        )
        things.append(thing)
        document.collections[ITEM].append(thing)  # type: ignore[attr-defined]  # a list, as `facts` made it


def _item_filed(item: Item) -> tuple[tuple[int, str], ...]:
    return _filed(item.thing.key)


def _put(thing: Thing, name: str, value: Value) -> None:
    """A value under its name; a missing one leaves the name out."""
    if value is not _MISSING:
        thing.values[name] = value


# Inference


def _fired(step: Step, matches: Iterable[Match], things: Mapping[str, Thing]) -> list[Conclusion]:
    """What the rules of a stratum conclude, each once, in an order that owes nothing to the file's."""
    found: dict[tuple[str, frozenset[str]], Conclusion] = {}
    for match in matches:
        firing = step.firings[match.rule]
        bound = tuple(things[str(fact)] for fact in match.facts)
        if _together(firing.rule, bound) and (firing.again is None or firing.again(bound) is True):
            _keep(found, match.rule, firing, bound)
    return [found[key] for key in sorted(found, key=lambda key: (key[0], [filed(each) for each in found[key].bound]))]


def _keep(found: dict[tuple[str, frozenset[str]], Conclusion], name: str, firing: Firing, bound: Bound) -> None:
    """One conclusion for a pair of like things, whichever way round it matched."""
    if len(bound) == 1:
        found[name, frozenset((bound[0].key,))] = Conclusion(firing.rule, firing.holds, bound)
        return
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
    """What is told of which things: truths that hold, and the operands of joins, these by their rank."""
    facts: list[Fact] = []
    things: dict[str, Thing] = {}
    operands: list[tuple[dict[str, Any], str]] = []
    for scope, kind, properties in _heard(step, world):
        for thing in world.things.get(scope, ()):
            told = _told(properties, thing, operands)
            if told is not None:
                name = f"{kind} {thing.key}"
                things[name] = thing
                told |= {"id": name, "kind": kind}
                facts.append(told)
    ranks = _ranks(told[name] for told, name in operands)
    for told, name in operands:
        told[name] = ranks[told[name]]
    return facts, things


def _heard(step: Step, world: World) -> tuple[Told, ...]:
    """What some rule can use: a rule on a form and a statement needs none of it where there is no statement."""
    kinds = {each.kind: world.things.get(each.scope, ()) for each in step.told}
    idle = frozenset([each.rule for each in step.joins if not _can_match(each, kinds)])
    if idle not in step.heard:
        used = [
            each._replace(properties=tuple(one for one in each.properties if not one.asked <= idle))
            for each in step.told
        ]
        step.heard[idle] = tuple(each for each in used if each.properties)
    return step.heard[idle]


def _can_match(join: Join, kinds: Mapping[str, Sequence[Thing]]) -> bool:
    """Whether there are things enough, none being joined with itself, and some are equal in what must be."""
    for kind in join.kinds:
        if len(kinds[kind]) < join.kinds.count(kind):
            return False
    return all(_meets(each, kinds) for each in join.meets)


def _meets(meeting: Meeting, kinds: Mapping[str, Sequence[Thing]]) -> bool:
    """Whether some two are equal (or unequal) in this, whatever else is asked of them."""
    one, equal, other = meeting
    values = _there(one, kinds)
    if one == other:
        return len(set(values)) < len(values) if equal else len(set(values)) > 1
    others = set(_there(other, kinds))
    return not others.isdisjoint(values) if equal else len(others.union(values)) > 1


def _there(operand: Operand, kinds: Mapping[str, Sequence[Thing]]) -> list[Value]:
    values = [operand.reading((each,)) for each in kinds[operand.kind]]
    return [each for each in values if type(each) is not Absent]


def _told(
    properties: Sequence[Property], thing: Thing, operands: list[tuple[dict[str, Any], str]]
) -> dict[str, Any] | None:
    """What there is to tell of a thing; None, as of most things, where there is nothing."""
    bound = (thing,)
    found: dict[str, Any] | None = None
    for name, reading, operand, wanted, _ in properties:
        value = reading(bound)
        if value is wanted if not operand else type(value) is not Absent:
            if found is None:
                found = {}
            found[name] = value if operand else True
            if operand and type(value) is not bool:
                operands.append((found, name))
    return found


def _ranks(operands: Iterable[Fraction | date | str]) -> dict[Fraction | date | str, int]:
    """Every number, date and text told, by its rank among its like: order and equality kept, in small integers."""
    of_type: dict[type, set[Any]] = {}
    for each in operands:
        of_type.setdefault(type(each), set()).add(each)
    return {each: rank for like in of_type.values() for rank, each in enumerate(sorted(like))}


def filed(thing: Thing) -> tuple[tuple[int, str], ...]:
    """Where a thing stands among others, by its place in the file."""
    return _filed(thing.key)


@lru_cache(maxsize=2**14)
def _filed(key: str) -> tuple[tuple[int, str], ...]:
    """Worked out once for all documents: forms have the same places."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in key.split("/"))


def content(thing: Thing) -> tuple[str, ...]:
    """What a thing says, as something to order things by that does not depend on where they stand."""
    return (
        *(str(thing.values.get(name, "")) for name in _CONTENT),
        *(f"{name} {value}" for name, value in sorted(thing.values.items()) if name in thing.paths),
        *map(str, filed(thing)),
    )


_CONTENT: Final = ("三级指标", "年度指标值", "实际完成值", "陈述名称", "说明事项")
