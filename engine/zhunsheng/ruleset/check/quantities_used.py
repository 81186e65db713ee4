"""Every quantity is used by something: one that is not is often one whose name was mistyped elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.expression.check import names_in
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.places import formulas
from zhunsheng.ruleset.strata import message_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.ruleset.policy import Ruleset


def quantities_used(ruleset: Ruleset) -> Iterator[Problem]:
    """Some formula, condition or message names each quantity."""
    nodes = [node for _, node in formulas(ruleset)] + [node for rule in ruleset.rules for node in message_nodes(rule)]
    used = {(each.scope, each.key) for node in nodes for each in names_in(node)}
    for quantity in ruleset.quantities:
        if (quantity.scope, quantity.name) not in used:
            place = ruleset.merged.place(("quantities", quantity.name), key=True)
            expected = say("unused-quantity.expected", name=quantity.name)
            yield Problem(place, "unused-quantity", expected, quantity.name, severity="note")
