"""Every figure that is published has passed a declared rounding: a third has no decimal that says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.expression.check import names_in
from zhunsheng.expression.tree import Arithmetic, Lines, children
from zhunsheng.problem import Problem, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.policy import Ruleset


def figures_rounded(ruleset: Ruleset) -> Iterator[Problem]:
    """Scores and the total declare a rounding wherever a division may leave them without a finite decimal."""
    figures = [
        *((("scores", score.name), score.formula, score.roundings) for score in ruleset.scores),
        (("total",), ruleset.total.formula, ruleset.total.roundings),
    ]
    for path, node, roundings in figures:
        if not roundings and _may_divide(ruleset, node):
            place = ruleset.merged.place((*path, "formula"))
            yield Problem(place, "unrounded", say("unrounded.expected"), severity="warning")


def _may_divide(ruleset: Ruleset, node: Node) -> bool:
    """Whether a division stands in the formula, or in a quantity it uses that is not rounded itself."""
    if _divides(node):
        return True
    used = {(each.scope, each.key) for each in names_in(node)}
    unrounded = [each for each in ruleset.quantities if (each.scope, each.name) in used and not each.roundings]
    return any(_divides(each.formula) for each in unrounded)


def _divides(node: Node) -> bool:
    return (
        (isinstance(node, Arithmetic) and node.operator == "/")
        or isinstance(node, Lines)
        or any(map(_divides, children(node)))
    )
