"""Every kind that indicators may be of has a way of scoring, and every way of scoring a kind."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from zhunsheng.expression.tree import Choice, Constant, Table
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.settled import Settled
from zhunsheng.ruleset.vocabulary import INDICATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.policy import Ruleset


def kinds_scored(ruleset: Ruleset) -> Iterator[Problem]:
    """Where the kinds are written in the ruleset, they and the scores of indicators are the same names."""
    kinds = None if ruleset.kind is None else Settled(ruleset).words(ruleset.kind.formula)
    if ruleset.kind is None or kinds is None:
        return
    scores = tuple(each.name for each in ruleset.scores if each.scope == INDICATOR)
    for constant in _given(ruleset.kind.formula):
        if constant.value not in scores:
            start, end = constant.span
            place = ruleset.merged.place_in(("indicator_kind", "formula"), start, end - start)
            near = get_close_matches(str(constant.value), scores, n=1, cutoff=0.4)
            hint = say("nearest.hint", name=near[0]) if near else None
            expected = say("kind-unscored.expected", names=scores)
            yield Problem(place, "kind-unscored", expected, str(constant.value), hint=hint)
    own = ruleset.merged.origin(())[0]
    for name in scores:
        if name not in kinds and ruleset.merged.origin(("scores", name))[0] is own:
            place = ruleset.merged.place(("scores", name), key=True)
            expected = say("score-unreached.expected", names=tuple(sorted(kinds)))
            hint = say("score-unreached.hint", name=name)
            yield Problem(place, "score-unreached", expected, name, hint=hint, severity="warning")


def _given(node: Node) -> Iterator[Constant]:
    """The texts that a formula gives, where it writes them itself."""
    match node:
        case Constant(value=str()):
            yield node
        case Choice():
            yield from (*_given(node.yes), *_given(node.no))
        case Table():
            for value in (*(row.value for row in node.rows), *([node.otherwise] if node.otherwise else [])):
                yield from _given(value)
        case _:
            return
