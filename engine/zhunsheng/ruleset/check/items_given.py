"""What is gathered depends on no blank cell: `where a = b` leaves the whole sum without a value where one item lacks `a`."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from zhunsheng.expression.check import names_in
from zhunsheng.expression.tree import Absent, Aggregate, Constant, Name, children
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.places import binders_of, formulas
from zhunsheng.ruleset.check.settled import Settled
from zhunsheng.ruleset.check.truths import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.check import Binder
    from zhunsheng.expression.tree import Node, Reference
    from zhunsheng.ruleset.policy import Ruleset


def items_given(ruleset: Ruleset) -> Iterator[Problem]:
    """A `where` that a cell of the item may leave undecided asks first whether that cell is filled in."""
    settled = Settled(ruleset)
    for path, node in formulas(ruleset):
        for aggregate, binders in _gathered(settled, node, binders_of(ruleset, path)):
            condition = aggregate.condition
            if condition is None:
                continue
            blank = {
                each.key: each
                for each in names_in(condition)
                if (each.binder, each.hops) == (len(binders) - 1, 0) and settled.is_optional(each)
            }
            for name, reference in blank.items():
                without = _without(condition, reference)
                if Condition(settled, without, binders, filled=True).may(None):
                    span = condition.span
                    place = ruleset.merged.place_in(path, span.start, span.end - span.start)
                    hint = say("blank-item.hint", name=name)
                    yield Problem(
                        place, "blank-item", say("blank-item.expected", name=name), name, hint=hint, severity="note"
                    )


def _gathered(
    settled: Settled, node: Node, binders: tuple[Binder, ...]
) -> Iterator[tuple[Aggregate, tuple[Binder, ...]]]:
    """Every aggregate with the things that its parts are about."""
    if isinstance(node, Aggregate):
        binders = settled.inside(node, binders)
        yield node, binders
    for part in children(node):
        yield from _gathered(settled, part, binders)


def _without(node: Any, reference: Reference) -> Any:
    """A tree in which a cell is blank."""
    if isinstance(node, Name):
        return Constant(Absent.MISSING, node.type, node.text, node.span) if node.reference == reference else node
    if type(node) is tuple:
        return tuple(_without(each, reference) for each in node)
    if is_dataclass(node) and not isinstance(node, type):
        parts = {each.name: getattr(node, each.name) for each in fields(node) if each.name not in ("span", "type")}
        return replace(node, **{name: _without(part, reference) for name, part in parts.items()})
    return node
