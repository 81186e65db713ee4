"""Where the formulas of a ruleset are written: what several checks walk over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.overlay import Path
    from zhunsheng.ruleset.policy import Ruleset


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
