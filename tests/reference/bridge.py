"""The engine and the oracle brought to one form: things as dicts in, and figures and conclusions as plain sets out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reference.scorer import judged
from zhunsheng.document import Document, Dossier
from zhunsheng.evaluation.facts import World, world_of_document, world_of_dossier
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import run
from zhunsheng.expression.tree import Absent

if TYPE_CHECKING:
    from reference.meaning import Thing
    from zhunsheng.ruleset import Ruleset


class Outcome(NamedTuple):
    """What a policy says of documents: each value by thing and name, each score with its standing, each conclusion."""

    values: dict[tuple[str, str], Any]
    scores: dict[str, tuple[Any, Any, str]]
    conclusions: set[tuple[Any, ...]]


def world_of(content: Document | Dossier, ruleset: Ruleset) -> World:
    if isinstance(content, Document):
        return world_of_document(content, ruleset)
    return world_of_dossier(content, ruleset)


def by_engine(content: Document | Dossier, ruleset: Ruleset) -> Outcome:
    outcome = run(plan_of(ruleset), world_of(content, ruleset))
    return Outcome(
        {
            (thing.key, name): thing.values.get(name, Absent.MISSING)
            for scope, names in asked(ruleset).items()
            for thing in outcome.world.things.get(scope, ())
            for name in names
        },
        {
            f"{item.thing.key}#{'' if item.thing.scope == '指标' or item.scoring is None else item.scoring.score.name}": (
                item.points, item.computed, item.status,
            )
            for item in outcome.items
        },
        {(each.rule.id, each.holds, tuple(thing.key for thing in each.bound)) for each in outcome.conclusions},
    )  # fmt: skip


def by_oracle(content: Document | Dossier, ruleset: Ruleset) -> Outcome:
    things = filed_things(world_of(content, ruleset))
    judge, conclusions = judged(ruleset, things)
    documents = [thing for thing in things if thing["scope"] == "文件"]
    return Outcome(
        {
            (thing["key"], name): judge.of(thing, name)
            for scope, names in asked(ruleset).items()
            for thing in (
                [item for each in documents for item in judge.members(each, scope)]
                if scope == "得分项"
                else [each for each in things if each["scope"] == scope]
            )
            for name in names
        },
        {
            f"{item.thing['key']}#{'' if item.thing['scope'] == '指标' else item.name}": (
                item.points,
                item.score,
                item.status,
            )
            for document in documents
            for item in judge.items(document)
        },
        {each.mark for each in conclusions},
    )


def asked(ruleset: Ruleset) -> dict[str, list[str]]:
    """Every name that a policy gives a value to, by scope."""
    names: dict[str, list[str]] = {
        "文件": ["总分", "等级", "扣分", "否决", "满分", *(f"权重.{name}" for name in ruleset.weights)],
        "指标": ["得分", "扣分", "否决", "指标类型"],
    }
    for score in ruleset.scores:
        if score.scope == "文件":
            names["文件"] += [f"{score.name}.得分", f"{score.name}.分值"]
    for scope, name in [
        *((each.scope, each.name) for each in ruleset.quantities),
        *((each.binders[0].scope, each.subject) for each in ruleset.rules if each.outcome == "derive"),
    ]:
        names.setdefault(scope, []).append(name)
    return names


def filed_things(world: World) -> list[Thing]:
    """The things of a world nobody has judged yet, as the oracle takes them."""
    made: dict[int, Thing] = {}
    for things in world.things.values():
        for thing in things:
            filed = {name: value for name, value in thing.values.items() if name not in ("扣分", "否决")}
            made[id(thing)] = {
                "scope": thing.scope, "key": thing.key, "parent": None, "filed": filed, "collections": {}, "written": thing.paths,
                "alone": set(thing.groups or ()),
            }  # fmt: skip
    for things in world.things.values():
        for thing in things:
            mine = made[id(thing)]
            mine["parent"] = None if thing.parent is None else made[id(thing.parent)]
            mine["collections"] = {
                name: [made[id(each)] for each in inner] for name, inner in thing.collections.items()
            }
    return list(made.values())
