"""What a rule asks for or points at stands on the form: a cell that can be filled in, not a figure worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.expression.check import names_in
from zhunsheng.expression.tree import Name
from zhunsheng.expression.words import words
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.settled import Settled
from zhunsheng.ruleset.strata import needs_of
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR, ITEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.tree import Node
    from zhunsheng.problem import Words
    from zhunsheng.ruleset.check.settled import Key
    from zhunsheng.ruleset.overlay import Path
    from zhunsheng.ruleset.policy import Rule, Ruleset


def requirements_holdable(ruleset: Ruleset) -> Iterator[Problem]:
    """A requirement named like a field is one that the filer can fill in, and filling it in meets it; so with places."""
    settled = Settled(ruleset)
    for rule in ruleset.rules:
        for key, node in (("at", rule.at), ("claimed", rule.claimed)):
            yield from _cell(settled, ("rules", rule.id, key), node)
        if rule.outcome == "require":
            yield from _requirement(settled, rule)
    for score in ruleset.scores:
        for key, node in (("at", score.at), ("claimed", score.claimed)):
            yield from _cell(settled, ("scores", score.name, key), node)


def _cell(settled: Settled, path: Path, node: Node | None) -> Iterator[Problem]:
    """A place is a cell; what was claimed stands on the form, or is worked out from what does."""
    if node is None:
        return
    if path[-1] == "at":
        if not isinstance(node, Name) or not settled.is_cell(_key(node)):
            yield _problem(settled, path, words(node), say("not-on-form.at"))
    elif isinstance(node, Name) and _judged(settled.ruleset) & _asked(settled.ruleset, node):
        yield _problem(settled, path, node.text, say("not-on-form.claimed"))


def _requirement(settled: Settled, rule: Rule) -> Iterator[Problem]:
    name, path = rule.subject, ("rules", rule.id, "require")
    scopes = settled.ruleset.scopes
    holders = [scope for scope in scopes if name in scopes[scope].fields]
    near = [scope for scope in holders if scope in _around(settled, rule)]
    cells: list[Key] = [(scope, name) for scope in near if settled.is_field((scope, name))]
    if cells:
        conditions = [each for each in (rule.when, rule.check) if each is not None]
        if not set(cells) & _asked(settled.ruleset, *conditions):
            place = settled.ruleset.merged.place(path)
            expected, hint = say("requirement-stays.expected", name=name), say("requirement-stays.hint", name=name)
            yield Problem(place, "requirement-stays", expected, name, hint=hint, severity="warning")
    elif near:
        yield _problem(settled, path, name, say("not-on-form.expected"))
    elif holders:
        names = tuple(holders)
        yield _problem(settled, path, name, say("not-on-form.elsewhere", scope=rule.binders[0].scope, names=names))


def _around(settled: Settled, rule: Rule) -> set[str]:
    """The scopes of a rule's things and of all that they belong to."""
    found: set[str] = set()
    for binder in rule.binders:
        scope: str | None = binder.scope
        while scope is not None:
            found.add(scope)
            scope = settled.ruleset.scopes[scope].parent
    return found


def _key(node: Name) -> Key:
    assert node.reference is not None
    return node.reference.scope, node.reference.key


def _judged(ruleset: Ruleset) -> set[Key]:
    """What is worked out when a form is judged, and cannot have been claimed on it."""
    scores = {(DOCUMENT, f"{score.name}.得分") for score in ruleset.scores}
    return {(DOCUMENT, "总分"), (DOCUMENT, "等级"), (INDICATOR, "得分"), (ITEM, "得分项得分"), *scores}


def _asked(ruleset: Ruleset, *nodes: Node) -> set[Key]:
    """Everything that formulas hang on in the end."""
    needs = needs_of(ruleset)
    open_ = [(each.scope, each.key) for node in nodes for each in names_in(node)]
    found: set[Key] = set()
    while open_:
        key = open_.pop()
        if key not in found:
            found.add(key)
            open_ += needs.get(key, ())
    return found


def _problem(settled: Settled, path: Path, got: str, expected: Words) -> Problem:
    return Problem(settled.ruleset.merged.place(path), "not-on-form", expected, got, severity="warning")
