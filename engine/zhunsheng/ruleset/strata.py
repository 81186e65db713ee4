"""In what order a policy is worked out: elements after what they need, rules in strata, and no circle anywhere.

Rules chain forward: a rule may use what another concluded, and a formula may use what rules deduct or derive. A
stratum is a set of elements and rules that need no conclusion of their own stratum; a policy in which something would
feed back into itself has no such order and is refused, with the circle shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.expression.check import names_in
from zhunsheng.problem import Problem, Refused, say
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR, ITEM, WEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.overlay import Path
    from zhunsheng.ruleset.policy import Rule, Ruleset, Score

Key = tuple[str, str]
"""An element: its scope and name; a rule's scope is `规则`."""

RULE: Final = "规则"
ITEMS: Final[Key] = (DOCUMENT, ITEM)


class Stratum(NamedTuple):
    """Elements in an order in which each finds what it needs, then the rules that hold on them."""

    elements: tuple[Key, ...]
    rules: tuple[str, ...]


class _Element(NamedTuple):
    needs: frozenset[Key]
    path: Path


def strata(ruleset: Ruleset) -> tuple[Stratum, ...]:
    """The strata of a ruleset, lowest first.

    Raises:
        Refused: something would feed back into itself.
    """
    graph = _graph(ruleset)
    order = _ordered(graph, ruleset)
    level: dict[Key, int] = {}
    for key in order:
        level[key] = max(
            (level[need] + (need[0] == RULE) for need in graph[key].needs if need in level),
            default=0,
        )
    top = max(level.values(), default=0)
    needed = {need for element in graph.values() for need in element.needs}
    for key in order:
        if key[0] == RULE and key not in needed:
            level[key] = top  # nothing waits for it, and fewer strata are fewer rounds of inference
    return tuple(
        Stratum(
            tuple(key for key in order if level[key] == at and key[0] != RULE),
            tuple(sorted(key[1] for key in order if level[key] == at and key[0] == RULE)),
        )
        for at in range(top + 1)
    )


def needs_of(ruleset: Ruleset) -> dict[Key, frozenset[Key]]:
    """Every element and rule with the names that it needs."""
    return {key: element.needs for key, element in _graph(ruleset).items()}


def behind(needs: Mapping[Key, frozenset[Key]], start: Iterable[Key]) -> frozenset[Key]:
    """These names and all that they need, directly or not."""
    found: set[Key] = set()
    left = list(start)
    while left:
        key = left.pop()
        if key not in found:
            found.add(key)
            left += needs.get(key, ())
    return frozenset(found)


def keys_in(node: Node) -> Iterator[Key]:
    """What a formula names."""
    return ((each.scope, each.key) for each in names_in(node))


def _graph(ruleset: Ruleset) -> dict[Key, _Element]:
    """Every element and rule with what it needs, conclusions of rules among it."""
    graph: dict[Key, _Element] = {}

    def add(key: Key, path: Path, *nodes: Node | None, also: Iterable[Key] = ()) -> None:
        needs = {key for node in nodes if node is not None for key in keys_in(node)}
        previous = graph.get(key)
        graph[key] = _Element(frozenset(needs | set(also)) | (previous.needs if previous else frozenset()), path)

    add((DOCUMENT, "满分"), ("full_marks",), ruleset.full_marks)
    for name, (node, _) in ruleset.weights.items():
        add((DOCUMENT, f"权重.{name}"), ("weights", name), node)
    add((WEIGHT, "应得分值"), ("weights",), also=[(DOCUMENT, f"权重.{name}") for name in ruleset.weights])
    for quantity in ruleset.quantities:
        also = [ITEMS] if quantity.scope == ITEM else []
        add((quantity.scope, quantity.name), ("quantities", quantity.name), quantity.formula, also=also)
    for peers in ruleset.peers:
        add((DOCUMENT, peers.name), ("peers", peers.name), *peers.by)
    kind: list[Key] = []
    if ruleset.kind is not None:
        add((INDICATOR, "指标类型"), ("indicator_kind",), ruleset.kind.formula)
        kind = [(INDICATOR, "指标类型")]
    add((INDICATOR, "得分"), ("scores",), also=kind)
    for score in ruleset.scores:
        for key, nodes in _score_keys(score):
            add(key, ("scores", score.name), *nodes)
    add(ITEMS, ("scores",), also=[(INDICATOR, "得分"), *_document_scores(ruleset.scores)])
    for name in ("得分项名称", "得分项类别", "得分项分值", "得分项得分", "得分项自评", "得分项序号"):
        add((ITEM, name), ("scores",), also=[ITEMS])
    add((DOCUMENT, "总分"), ("total",), ruleset.total.formula)
    add((DOCUMENT, "等级"), ("grades",), ruleset.grades.formula)
    for rule in ruleset.rules:
        also = [ITEMS] if ITEM in {binder.scope for binder in rule.binders} else []
        add((RULE, rule.id), ("rules", rule.id), *_rule_nodes(rule), also=also)
        for key in _concluded(rule):
            add(key, ("rules", rule.id), also=[(RULE, rule.id)])
    return graph


def _score_keys(score: Score) -> Iterator[tuple[Key, tuple[Node | None, ...]]]:
    nodes = (score.points, score.formula, score.otherwise, score.claimed)
    if score.scope == INDICATOR:
        yield (INDICATOR, "得分"), nodes
    else:
        yield (score.scope, f"{score.name}.得分"), nodes
        yield (score.scope, f"{score.name}.分值"), (score.points,)


def _document_scores(scores: tuple[Score, ...]) -> list[Key]:
    return [
        (DOCUMENT, f"{score.name}.{part}") for score in scores if score.scope == DOCUMENT for part in ("得分", "分值")
    ]


def _rule_nodes(rule: Rule) -> tuple[Node | None, ...]:
    return (rule.when, rule.check, rule.deduction, rule.claimed, rule.computed, rule.at, *message_nodes(rule))


def message_nodes(rule: Rule) -> Iterator[Node]:
    """The expressions in a rule's messages."""
    for message in (rule.message, rule.confirmed):
        if message is not None:
            yield from (
                piece for text in (message.zh, message.en) for piece in text.pieces if not isinstance(piece, str)
            )


def _concluded(rule: Rule) -> Iterator[Key]:
    """The names that a rule's conclusion gives a value to."""
    scope = rule.binders[0].scope
    match rule.outcome:
        case "deduct":
            yield (scope, "扣分")
        case "veto":
            yield (scope, "否决")
        case "cap":
            yield (DOCUMENT, "等级")
        case "derive":
            yield (scope, rule.subject)
        case _:
            return


def _ordered(graph: dict[Key, _Element], ruleset: Ruleset) -> list[Key]:
    """The keys, each after its needs; among equals by name, so that the order of writing has no say."""
    done: dict[Key, None] = {}
    trail: dict[Key, None] = {}
    for start in sorted(graph):
        stack: list[tuple[Key, Iterator[Key]]] = [(start, iter(_needs(graph, start)))]
        if start in done:
            continue
        trail[start] = None
        while stack:
            key, needs = stack[-1]
            need = next(needs, None)
            if need is None:
                stack.pop()
                trail.pop(key)
                done[key] = None
            elif need in trail:
                names = list(trail)
                raise Refused([_circle(graph, [*names[names.index(need) :], need], ruleset)])
            elif need not in done:
                trail[need] = None
                stack.append((need, iter(_needs(graph, need))))
    return list(done)


def _needs(graph: dict[Key, _Element], key: Key) -> list[Key]:
    return sorted(need for need in graph[key].needs if need in graph)


def _circle(graph: dict[Key, _Element], keys: list[Key], ruleset: Ruleset) -> Problem:
    places = [ruleset.merged.place(graph[key].path, key=True) for key in keys[:-1]]
    return Problem(
        places[0],
        "feedback",
        say("feedback.expected", chain=" → ".join(_shown(key) for key in keys)),
        _shown(keys[0]),
        related=tuple(
            (place, say("feedback.link", name=_shown(key))) for place, key in zip(places[1:], keys[1:], strict=False)
        ),
        hint=say("feedback.hint"),
    )


def _shown(key: Key) -> str:
    return key[1] if key[0] == DOCUMENT else f"{key[0]}.{key[1]}"
