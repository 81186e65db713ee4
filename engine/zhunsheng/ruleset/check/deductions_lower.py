"""Every deduction takes points away: a negative one adds them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zhunsheng.expression.words import shown, words
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.settled import Settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.ruleset.policy import Ruleset


def deductions_lower(ruleset: Ruleset) -> Iterator[Problem]:
    """What a rule deducts, where the policy itself says how much, is more than 0."""
    settled = Settled(ruleset)
    for rule in ruleset.rules:
        if rule.deduction is None or settled.roots(rule.deduction) != frozenset():
            continue
        value = settled.value(rule.deduction, rule.binders)
        if isinstance(value, Fraction) and value <= 0:
            yield Problem(
                ruleset.merged.place(("rules", rule.id, "deduct")),
                "deduction-not-positive",
                say("deduction-not-positive.expected", value=shown(value, rule.deduction.type)),
                words(rule.deduction),
                hint=say("deduction-not-positive.hint", value=shown(-value, rule.deduction.type)) if value else None,
                severity="error" if value else "warning",
            )
