"""Every rule says something of its own: one that another covers, with the same outcome, could as well not stand there."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from zhunsheng.expression.tree import Logic, Not
from zhunsheng.expression.types import Type
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.settled import Settled
from zhunsheng.ruleset.check.truths import Condition, form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.policy import Rule, Ruleset


def rules_fire(ruleset: Ruleset) -> Iterator[Problem]:
    """No rule holds only where another with the same outcome does, or where a lower cap is set anyway."""
    settled = Settled(ruleset)
    ranks = {band.grade: at for at, band in enumerate(ruleset.bands)}
    told: set[str] = set()
    for rule, other in permutations(ruleset.rules, 2):
        if rule.id in told or other.id in told or not _does_no_less(rule, other, ranks):
            continue
        if _implies(settled, rule, other) and not (_later(ruleset, other, rule) and _implies(settled, other, rule)):
            told.add(rule.id)
            yield Problem(
                ruleset.merged.place(("rules", rule.id), key=True),
                "rule-shadowed",
                say("rule-shadowed.expected", other=other.id),
                rule.id,
                ((ruleset.merged.place(("rules", other.id), key=True), say("rule-shadowed.other")),),
                say("rule-shadowed.hint"),
                severity="warning",
            )


def _later(ruleset: Ruleset, rule: Rule, other: Rule) -> bool:
    """Of two rules that say the same, the later is the one to name."""
    ids = [each.id for each in ruleset.rules]
    return ids.index(rule.id) > ids.index(other.id)


def _does_no_less(rule: Rule, other: Rule, ranks: dict[str, int]) -> bool:
    """Whether all that a rule does on some things, the other does on the same."""
    if [each.scope for each in rule.binders] != [each.scope for each in other.binders] or rule.within != other.within:
        return False
    if rule.outcome != other.outcome:
        return False
    match rule.outcome:
        case "cap":
            return rule.subject == other.subject or ranks[rule.subject] < ranks[other.subject]
        case "veto":
            return True
        case "require" | "derive":
            return rule.subject == other.subject
        case "judge":
            return form(rule.at) == form(other.at)
        case "deduct":
            # deductions add up: only the very same one, written twice, is one too many
            return _said(rule) == _said(other)
        case "finding" | "confirm":
            return rule.severity == other.severity and form((rule.at, rule.claimed, rule.computed)) == form(
                (other.at, other.claimed, other.computed)
            )


def _said(rule: Rule) -> object:
    return form((rule.when, rule.check, rule.deduction, rule.at))


def _implies(settled: Settled, rule: Rule, other: Rule) -> bool:
    """Whether the other concludes wherever this one does."""
    if form((rule.when, rule.check)) == form((other.when, other.check)):
        return True
    if (rule.outcome in ("finding", "confirm") and rule.check is not None) or (rule.confirmed or other.confirmed):
        return False  # what holds is told as well: the two have something of their own to say
    fires = Condition(settled, _fires(rule), rule.binders)
    return fires.may(True) and fires.implies(_fires(other))


def _fires(rule: Rule) -> Node:
    """When a rule concludes."""
    parts = [each for each in (rule.when, Not(rule.check, type=Type.TRUTH) if rule.check else None) if each is not None]
    return parts[0] if len(parts) == 1 else Logic("and", tuple(parts), type=Type.TRUTH)
