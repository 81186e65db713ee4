"""The oracle's second half: what a policy says of documents, from the texts of the policies, by brute force.

Rules are tried on every choice of things, in rounds: each starts afresh from what the one before concluded, until two
rounds conclude the same. In a policy without circles that is what its strata come to, and needs no strata.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING, Any, NamedTuple

from reference.meaning import Bound, Meaning, Thing, lacking, rounded, strongest
from zhunsheng.expression.tree import Absent

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTENT = ("三级指标", "年度指标值", "实际完成值", "陈述名称", "说明事项")
"""What tells two like things apart first, when a rule holds for a pair both ways round: the lesser is named first.
Then all else that is written of them does, and last, for two that say the same, the place where they stand."""
ITEM = ("得分项名称", "得分项类别", "得分项分值", "得分项得分", "得分项自评", "得分项序号")


class Concluded(NamedTuple):
    """A rule on its things; `holds` says a check that was kept rather than broken."""

    rule: Any
    holds: bool
    bound: Bound

    @property
    def acts(self) -> bool:
        return self.rule.check is None or not self.holds

    @property
    def mark(self) -> tuple[Any, ...]:
        return self.rule.id, self.holds, tuple(thing["key"] for thing in self.bound)


class Item(NamedTuple):
    """One score: of which thing, by which name, what it is worth, what it got, what was claimed, and how it came."""

    thing: Thing
    name: Any
    points: Any
    score: Any
    claimed: Any
    status: str


class Judge(Meaning):
    """One round: values of things as the policy gives them, from what was filed and what was concluded before."""

    def __init__(self, ruleset: Any, things: Sequence[Thing], concluded: Sequence[Concluded]) -> None:
        self.ruleset, self.things = ruleset, things
        self.concluded = [each for each in concluded if each.acts]
        self.known: dict[tuple[str, str, str], Any] = {}  # a value is worked out once a round

    def of(self, thing: Thing, name: str) -> Any:
        at = (thing["scope"], thing["key"], name)
        if at not in self.known:
            self.known[at] = thing["filed"][name] if name in thing["filed"] else self.worked_out(thing, name)
        return self.known[at]

    def members(self, thing: Thing, name: str) -> Sequence[Thing]:
        if name != "得分项":
            return super().members(thing, name)
        found = []
        for item in self.items(thing):
            group = item.name if item.thing is thing else self.of(item.thing, "一级指标")
            place = Absent.MISSING if item.thing is thing else self.of(item.thing, "序号")
            values = (item.name, group, item.points, item.score, item.claimed, place)
            found.append({
                "scope": name, "key": f"{item.thing['key']}#{name}.{item.name}", "parent": thing,
                "filed": dict(zip(ITEM, values, strict=True)), "collections": {}, "written": ITEM[2:4],
            })  # fmt: skip
        return found

    def items(self, document: Thing) -> list[Item]:
        """The scores of a document: its own, then one for each indicator."""
        own = [self.item(document, score, score.name) for score in self.ruleset.scores if score.scope == "文件"]
        return own + [self.indicator(each) for each in document["collections"].get("指标", ())]

    def indicator(self, thing: Thing) -> Item:
        kind, name = self.of(thing, "指标类型"), self.of(thing, "三级指标")
        for score in self.ruleset.scores:
            if score.scope == "指标" and score.name == kind:
                return self.item(thing, score, name)
        return Item(thing, name, self.of(thing, "分值"), Absent.UNDECIDED, self.of(thing, "自评得分"), "withheld")

    def item(self, thing: Thing, score: Any, name: Any) -> Item:
        """By the formula; where that gives nothing, by what the policy puts in its place, and a person must look."""
        points = self.value(score.points, thing)
        claimed = Absent.MISSING if score.claimed is None else self.value(score.claimed, thing)
        value = rounded(self.value(score.formula, thing), score.roundings)
        if not lacking(value):
            return Item(thing, name, points, value, claimed, "computed")
        if score.otherwise is None:
            return Item(thing, name, points, Absent.UNDECIDED, claimed, "withheld")
        instead = rounded(self.value(score.otherwise, thing), score.roundings)
        return Item(thing, name, points, instead, claimed, "withheld" if lacking(instead) else "undecided")

    def worked_out(self, thing: Thing, name: str) -> Any:
        ruleset, scope = self.ruleset, thing["scope"]
        for quantity in ruleset.quantities:
            if (quantity.scope, quantity.name) == (scope, name):
                return rounded(self.value(quantity.formula, thing), quantity.roundings)
        said = [
            each for each in self.concluded if (each.bound[0]["scope"], each.bound[0]["key"]) == (scope, thing["key"])
        ]
        for rule in ruleset.rules:
            if (rule.outcome, rule.binders[0].scope, rule.subject) == ("derive", scope, name):
                return any((each.rule.outcome, each.rule.subject) == ("derive", name) for each in said)
        before, _, last = name.rpartition(".")
        match scope, name:
            case "文件" | "指标", "否决":
                return any(each.rule.outcome == "veto" for each in said)
            case "文件" | "指标", "扣分":
                taken = [self.value(each.rule.deduction, *each.bound) for each in said if each.rule.outcome == "deduct"]
                return strongest(*taken) if lacking(*taken) else sum(taken, Fraction(0))
            case "指标", "指标类型" if ruleset.kind is not None:
                return self.value(ruleset.kind.formula, thing)
            case "指标", "得分":
                return self.indicator(thing).score
            case "文件", "满分":
                return self.value(ruleset.full_marks, thing)
            case "文件", "总分":
                return rounded(self.value(ruleset.total.formula, thing), ruleset.total.roundings)
            case "文件", "等级":
                return self.grade(thing)
            case "权重", "应得分值":
                return self.of(thing["parent"], f"权重.{thing['filed']['权重名称']}")
            case "文件", _ if before == "权重":
                return self.value(ruleset.weights[last][0], thing)
            case "文件", _ if last in ("得分", "分值"):
                items = [self.item(thing, each, before) for each in ruleset.scores if each.name == before]
                return Absent.MISSING if not items else items[0].score if last == "得分" else items[0].points
        return Absent.MISSING

    def grade(self, document: Thing) -> Any:
        """The band of the total, but no better than the lowest cap set on the document or on a part of it."""
        ranks = [band.grade for band in self.ruleset.bands]
        capping = [each for each in self.concluded if each.rule.outcome == "cap"]
        caps = [each.rule.subject for each in capping if of_document(each.bound[0]) is document]
        grade = self.value(self.ruleset.grades.formula, document)
        return grade if lacking(grade) else max([grade, *caps], key=ranks.index)

    def conclusions(self) -> list[Concluded]:
        """Every rule, tried on every choice of different things."""
        found: dict[Any, Concluded] = {}
        documents = [each for each in self.things if each["scope"] == "文件"]
        everything = [*self.things, *(item for each in documents for item in self.members(each, "得分项"))]
        for rule in self.ruleset.rules:
            scopes = [binder.scope for binder in rule.binders]
            for bound in permutations([each for each in everything if each["scope"] in scopes], len(scopes)):
                if [each["scope"] for each in bound] != scopes:
                    continue
                if rule.within == "文件" and any(of_document(each) is not of_document(bound[0]) for each in bound):
                    continue
                keys = tuple(each["key"] for each in bound)
                for holds in self.verdicts(rule, bound):
                    this = Concluded(rule, holds, bound)
                    mark = rule.id, holds, frozenset(keys) if len(set(scopes)) == 1 else keys
                    found[mark] = min(found.get(mark, this), this, key=contents)
        return list(found.values())

    def verdicts(self, rule: Any, bound: Bound) -> list[bool]:
        when = True if rule.when is None else self.value(rule.when, *bound)
        if when is not True or rule.check is None:
            return [True] if when is True else []
        check = self.value(rule.check, *bound)
        if check is True:
            return [True] if rule.outcome == "confirm" or rule.confirmed is not None else []
        return [False] if check is False and rule.outcome != "confirm" else []


def of_document(thing: Thing | None) -> Thing | None:
    while thing is not None and thing["scope"] != "文件":
        thing = thing["parent"]
    return thing


def contents(concluded: Concluded) -> list[tuple[Any, ...]]:
    return [
        (
            *(str(thing["filed"].get(name, "")) for name in CONTENT),
            *(f"{name} {value}" for name, value in sorted(thing["filed"].items()) if name in thing["written"]),
            *(str((int(part), "") if part.isdecimal() else (-1, part)) for part in thing["key"].split("/")),
        )
        for thing in concluded.bound
    ]


def judged(ruleset: Any, things: Sequence[Thing]) -> tuple[Judge, list[Concluded]]:
    """The last round, which gives every value, and all that the rules concluded."""
    concluded: list[Concluded] = []
    for _ in range(len(ruleset.rules) + 2):
        judge = Judge(ruleset, things, concluded)
        fresh = judge.conclusions()
        if {each.mark for each in fresh} == {each.mark for each in concluded}:
            return judge, fresh
        concluded = fresh
    raise AssertionError("the rules go in circles")
