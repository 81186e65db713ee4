"""The weights add up to full marks: a policy whose parts make 110 grades nobody rightly."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

from zhunsheng.expression.tree import Constant
from zhunsheng.expression.words import shown
from zhunsheng.problem import Problem, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.ruleset.policy import Ruleset


def weights_sum(ruleset: Ruleset) -> Iterator[Problem]:
    """The weights, where all are plain numbers, make full marks."""
    nodes = [node for node, _ in ruleset.weights.values()]
    if not nodes or not all(isinstance(node, Constant) for node in (*nodes, ruleset.full_marks)):
        return
    total = sum((cast("Fraction", cast("Constant", node).value) for node in nodes), Fraction(0))
    full = cast("Fraction", cast("Constant", ruleset.full_marks).value)
    if total != full:
        places = [ruleset.merged.place(("weights", name, "points")) for name in ruleset.weights]
        own = [each for each in places if each.file == ruleset.merged.place(()).file]
        yield Problem(
            (own or places)[-1],
            "weights-sum",
            say("weights-sum.expected", full=shown(full, None), sum=shown(total, None)),
            shown(total, None),
            severity="warning",
        )
