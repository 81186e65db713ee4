"""Where the formulas of a ruleset are written: what several checks walk over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhunsheng.expression.check import Binder
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.overlay import Path
    from zhunsheng.ruleset.policy import Citation, Ruleset


_RULE: Final = (
    ("when", "when"),
    ("check", "check"),
    ("deduct", "deduction"),
    ("claimed", "claimed"),
    ("computed", "computed"),
    ("at", "at"),
)
"""Keys of a rule, and the attribute each became."""


def formulas(ruleset: Ruleset) -> Iterator[tuple[Path, Node]]:
    """Every formula and condition with the path of its text, but for the table of grades, which is put together."""
    for name, (node, _) in ruleset.weights.items():
        yield ("weights", name, "points"), node
    for quantity in ruleset.quantities:
        yield ("quantities", quantity.name, "formula"), quantity.formula
    for peers in ruleset.peers:
        yield from ((("peers", peers.name, "by", at), node) for at, node in enumerate(peers.by[1:]))
    if ruleset.kind is not None:
        yield ("indicator_kind", "formula"), ruleset.kind.formula
    for score in ruleset.scores:
        for key in ("points", "formula", "otherwise", "claimed", "at"):
            node = getattr(score, key)
            if node is not None:
                yield ("scores", score.name, key), node
    yield ("total", "formula"), ruleset.total.formula
    for rule in ruleset.rules:
        for key, attribute in _RULE:
            node = getattr(rule, attribute)
            if node is not None:
                yield ("rules", rule.id, key), node


def binders_of(ruleset: Ruleset, path: Path) -> tuple[Binder, ...]:
    """The things that the formula at a path is about."""
    kind, name = str(path[0]), str(path[1])
    match kind:
        case "rules":
            return next(rule.binders for rule in ruleset.rules if rule.id == name)
        case "quantities":
            return (Binder(next(each.scope for each in ruleset.quantities if each.name == name)),)
        case "scores":
            return (Binder(next(each.scope for each in ruleset.scores if each.name == name)),)
        case "indicator_kind":
            return (Binder(INDICATOR),)
        case _:
            return (Binder(DOCUMENT),)


def cited(ruleset: Ruleset) -> Iterator[tuple[Path, Citation]]:
    """Every element of which it is asked where it comes from."""
    for name, (_, citation) in ruleset.weights.items():
        yield ("weights", name), citation
    for peers in ruleset.peers:
        yield ("peers", peers.name), peers.citation
    for score in ruleset.scores:
        yield ("scores", score.name), score.citation
    yield ("total",), ruleset.total.citation
    for band in ruleset.bands:
        yield ("grades", band.grade), band.citation
    for rule in ruleset.rules:
        yield ("rules", rule.id), rule.citation
