"""Every condition holds on some documents and not on others: one that never does, or always, is a slip of the pen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.expression.tree import Aggregate, Choice, Logic, Not, Presence, children
from zhunsheng.expression.words import words
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.places import binders_of, formulas
from zhunsheng.ruleset.check.settled import Settled
from zhunsheng.ruleset.check.truths import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.check import Binder
    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.policy import Ruleset


class _Test(NamedTuple):
    """A condition, the things it is about, and what has held or not before it is asked."""

    node: Node
    binders: tuple[Binder, ...]
    given: tuple[Node, ...] = ()


def conditions_matter(ruleset: Ruleset) -> Iterator[Problem]:
    """No `when`, `check`, `where` or `if` is decided before any document is seen."""
    settled = Settled(ruleset)
    whens = {rule.id: rule.when for rule in ruleset.rules}
    for path, node in formulas(ruleset):
        binders = binders_of(ruleset, path)
        given: tuple[Node, ...] = ()
        tests: list[_Test] = []
        if path[0] == "rules" and path[2] in ("when", "check"):
            when = whens[str(path[1])] if path[2] == "check" else None
            given = () if when is None else (when,)
            tests.append(_Test(node, binders, given))
        tests += _tests(settled, node, binders, given)
        for test in tests:
            code = _fault(settled, test)
            if code is not None:
                span = test.node.span
                place = ruleset.merged.place_in(path, span.start, span.end - span.start)
                about = "before" if code.endswith("here") else "expected"
                code = code.removesuffix("-here")
                expected, hint = say(f"{code}.{about}"), say(f"{code}.hint")
                yield Problem(place, code, expected, words(test.node), hint=hint, severity="warning")


def _tests(settled: Settled, node: Node, binders: tuple[Binder, ...], given: tuple[Node, ...]) -> Iterator[_Test]:
    """The conditions within a formula."""
    if isinstance(node, Choice):
        is_first = (
            isinstance(node.test, Presence) and node.test.span == node.span
        )  # `first(a, b)`: nobody wrote that if
        if not is_first:
            yield _Test(node.test, binders, given)
        yield from _tests(settled, node.test, binders, given)
        yield from _tests(settled, node.yes, binders, (*given, node.test))
        yield from _tests(settled, node.no, binders, (*given, Not(node.test)))
        return
    if isinstance(node, Aggregate):
        binders = settled.inside(node, binders)
        if node.condition is not None:
            yield _Test(node.condition, binders, given)
    for part in children(node):
        yield from _tests(settled, part, binders, given)


def _fault(settled: Settled, test: _Test) -> str | None:
    """What is wrong with a condition: in itself, or (`-here`) after those that have been asked before."""
    alone = Condition(settled, test.node, test.binders)
    if not alone.may(True):
        return "condition-never"
    if not alone.may(False):
        return "condition-always"
    if not test.given or not Condition(settled, _all(test.given), test.binders).may(True):
        return None
    if not Condition(settled, _all((*test.given, test.node)), test.binders).may(True):
        return "condition-never-here"
    if not Condition(settled, _all((*test.given, Not(test.node))), test.binders).may(True):
        return "condition-always-here"
    return None


def _all(nodes: tuple[Node, ...]) -> Node:
    return nodes[0] if len(nodes) == 1 else Logic("and", nodes)
