"""A value that outgrows what is computed with, as a problem at the formula that made it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from zhunsheng.expression.exact import LARGEST_BITS, TooLarge
from zhunsheng.expression.tree import children
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset.check.places import formulas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.evaluation.plan import Plan
    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.policy import Ruleset

DIGITS: Final = LARGEST_BITS * 3 // 10
"""What `LARGEST_BITS` comes to in decimal digits, as the message has it."""


@contextmanager
def within_limits(plan: Plan, ruleset: Ruleset) -> Iterator[None]:
    """Work with a ruleset's formulas; a value too large for it is refused where the formula is written.

    Formulas do not know their files, and need not: the place is looked for only when something has gone wrong. The
    trees that run are the plan's, which equal rulesets share; the places are those of the ruleset at hand.
    """
    try:
        yield
    except TooLarge as outgrown:
        raise Refused([_too_large(plan, ruleset, outgrown.node)]) from None


def _too_large(plan: Plan, ruleset: Ruleset, node: Node) -> Problem:
    place, text = _written(plan, ruleset, node)
    hint = say("value-too-large.hint")
    return Problem(place, "value-too-large", say("value-too-large.expected", digits=DIGITS), text, hint=hint)


def _written(plan: Plan, ruleset: Ruleset, node: Node) -> tuple[Place, str]:
    """Where a node is written, and its text; the ruleset's own name for a bound of a grade or a hole in a message."""
    for path, root in formulas(plan.ruleset):
        if any(each is node for each in _all(root)):
            source, inner = ruleset.merged.origin(path)
            text = str(source.at(inner))[node.span.start : node.span.end]
            return ruleset.merged.place_in(path, node.span.start, max(len(text), 1)), text
    return ruleset.merged.place(("ruleset",)), ruleset.id


def _all(node: Node) -> Iterator[Node]:
    yield node
    for each in children(node):
        yield from _all(each)
