"""The elements of a ruleset that tests can reach, each with its sides: what may come of it, and where that is written."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from zhunsheng.expression.tree import Choice, Extreme, Lines, Logic, Not, Table, children
from zhunsheng.expression.words import words
from zhunsheng.problem import say
from zhunsheng.ruleset.check.places import formulas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.tree import Node, Span
    from zhunsheng.problem import Place, Words
    from zhunsheng.ruleset.overlay import Path
    from zhunsheng.ruleset.policy import Rule, Ruleset, Score

Kind = Literal["band", "choice", "condition", "extreme", "lines", "parts", "rule", "score", "table"]

TRUE, FALSE = 0, 1
"""Sides of what holds or does not; of a rule, that it says something or is silent."""
_REACHED: Final = ("when", "check", "deduct", "points", "formula", "otherwise")


class Key(NamedTuple):
    """What tells an element from every other, in whichever ruleset its text takes part."""

    file: str
    path: str
    kind: Kind
    start: int
    words: str


class Side(NamedTuple):
    """Something that an element may come to, said as what is missing while no test has come to it."""

    lacking: Words
    place: Place


class Element(NamedTuple):
    """Something that a policy says, in its place."""

    key: Key
    name: str
    """Of what it is part: `scores.预算执行率`."""
    sides: tuple[Side, ...]


class Elements:
    """The elements of one ruleset, by what they were made of: nodes by their identity, which the ruleset keeps."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.of_node: dict[int, Element] = {}
        self.of_rule: dict[str, Element] = {}
        self.of_when: dict[str, Element] = {}
        self.of_score: dict[str, Element] = {}
        self.of_grade: dict[str, Element] = {}
        for path, node in _formulas(ruleset):
            for each in _within(node):
                found = self.node(path, each)
                if found is not None:
                    self.of_node[id(each)] = found
        for score in ruleset.scores:
            self.of_score[score.name] = self.score(score)
        for band in ruleset.bands:
            path = ("grades", band.grade, "when")
            side = Side(say("trial.lacks-band", name=band.grade), ruleset.merged.place(path))
            self.of_grade[band.grade] = self.element(path, "band", 0, band.grade, (side,))
        for rule in ruleset.rules:
            self.of_rule[rule.id] = self.rule(rule)
            if rule.check is not None and rule.when is not None and not isinstance(rule.when, Logic):
                path = ("rules", rule.id, "when")
                sides = self.truth(path, rule.when)
                self.of_when[rule.id] = self.element(path, "condition", 0, words(rule.when), sides)

    def __iter__(self) -> Iterator[Element]:
        """Every element once, in the order of the policy's parts."""
        found = (self.of_node, self.of_score, self.of_grade, self.of_when, self.of_rule)
        yield from {each.key: each for group in found for each in group.values()}.values()

    def element(self, path: Path, kind: Kind, start: int, text: str, sides: tuple[Side, ...]) -> Element:
        """An element at its place."""
        source, inner = self.ruleset.merged.origin(path)
        return Element(
            Key(source.file, "/".join(map(str, inner)), kind, start, text), ".".join(map(str, path[:2])), sides
        )

    def node(self, path: Path, node: Node) -> Element | None:
        """The element that a node is; None where nothing branches."""
        match node:
            case Choice():
                return self.element(path, "choice", node.span.start, words(node), self.truth(path, node.test))
            case Table():
                rows = [
                    Side(say("trial.lacks-row", words=_condition(row.conditions)), self.place(path, row.span))
                    for row in node.rows
                ]
                if node.otherwise is not None:
                    rows.append(Side(say("trial.lacks-row", words="else"), self.place(path, node.otherwise.span)))
                return self.element(path, "table", node.span.start, words(node), tuple(rows))
            case Extreme():
                key = "trial.lacks-part" if node.which == "min" else "trial.lacks-part-max"
                sides = tuple(Side(say(key, words=words(each)), self.place(path, each.span)) for each in node.parts)
                return self.element(path, "extreme", node.span.start, words(node), sides)
            case Lines():
                ats = [at.text for at, _ in node.points]
                stretches = [f"≤ {ats[0]}", *(f"{one} — {other}" for one, other in pairwise(ats)), f"> {ats[-1]}"]
                place = self.place(path, node.span)
                stretch = tuple(Side(say("trial.lacks-row", words=each), place) for each in stretches)
                return self.element(path, "lines", node.span.start, words(node), stretch)
            case Logic():
                parts = tuple(side for part in leaves(node) for side in self.truth(path, part))
                return self.element(path, "parts", node.span.start, words(node), parts)
            case _:
                return None

    def truth(self, path: Path, node: Node) -> tuple[Side, Side]:
        """That a condition holds, and that it does not."""
        place, text = self.place(path, node.span), words(node)
        return Side(say("trial.lacks-true", words=text), place), Side(say("trial.lacks-false", words=text), place)

    def rule(self, rule: Rule) -> Element:
        """That a rule fires and that it does not; of a check, that it fails and that it holds."""
        path = ("rules", rule.id)
        place = self.ruleset.merged.place(path, key=True)
        keys = ("fired", "silent") if rule.check is None else ("failed", "held")
        sides = tuple(Side(say(f"trial.lacks-{each}", rule=rule.id), place) for each in keys)
        return self.element(path, "rule", 0, rule.id, sides)

    def score(self, score: Score) -> Element:
        """That a score is computed, and that something else is taken where it cannot be."""
        path = ("scores", score.name)
        merged = self.ruleset.merged
        sides = [Side(say("trial.lacks-computed", name=score.name), merged.place((*path, "formula")))]
        if score.otherwise is not None:
            sides.append(Side(say("trial.lacks-otherwise", name=score.name), merged.place((*path, "otherwise"))))
        return self.element((*path, "formula"), "score", 0, score.name, tuple(sides))

    def place(self, path: Path, span: Span) -> Place:
        """Where a stretch of an expression is written."""
        return self.ruleset.merged.place_in(path, span.start, max(span.end - span.start, 1))


def leaves(node: Node) -> tuple[Node, ...]:
    """The single conditions of which `and`, `or` and `not` make one."""
    match node:
        case Logic():
            return tuple(leaf for part in node.parts for leaf in leaves(part))
        case Not():
            return leaves(node.operand)
        case _:
            return (node,)


def _formulas(ruleset: Ruleset) -> Iterator[tuple[Path, Node]]:
    """Every formula that decides something: where a remark points and what it quotes does not."""
    yield ("full_marks",), ruleset.full_marks
    for path, node in formulas(ruleset):
        if path[-1] in _REACHED:
            yield path, node


def _within(node: Node, *, in_logic: bool = False) -> Iterator[Node]:
    """A node and all below it; of conditions put together, the whole alone."""
    if not (in_logic and isinstance(node, Logic)):
        yield node
    inside = isinstance(node, Logic) or (in_logic and isinstance(node, Not))
    for child in children(node):
        yield from _within(child, in_logic=inside)


def _condition(conditions: tuple[tuple[str, Node], ...]) -> str:
    return " and ".join(f"{sign} {words(bound)}" for sign, bound in conditions)
