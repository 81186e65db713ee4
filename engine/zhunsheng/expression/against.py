"""Figures that hold each member of a group against the thing that asks: how many, or what share, stand so to it.

Such a figure need not be worked out by walking over all members for each thing: one comparison of something of the
member with something of the thing outside is a place in an order, whoever looks it up (`exact`, the columns).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.expression.check import names_in
from zhunsheng.expression.tree import Compare, Logic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhunsheng.expression.tree import Aggregate, Comparator, Node

MIRRORED: Final[Mapping[Comparator, Comparator]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


class Against(NamedTuple):
    """The one comparison of a member with the thing outside.

    Attributes:
        test: as it is written.
        sign: how the member must stand, its own side first.
        member: what is compared of the member.
        own: what of the thing outside.
        also: what else is asked, of the member alone: all of it must hold for the member to count.
    """

    test: Compare
    sign: Comparator
    member: Node
    own: Node
    also: tuple[Node, ...]


def against(node: Aggregate, inner: int) -> Against | None:
    """The comparison that a count or a share makes; None for any other question. `inner` is the member's binder."""
    if node.gathering not in ("count", "share"):
        return None
    tests = [part for each in (node.condition, node.value) if each is not None for part in _parts(each)]
    outside = [each for each in tests if is_outside(each, inner)]
    test = outside[0] if len(outside) == 1 else None
    if not isinstance(test, Compare) or (node.gathering == "share" and test is not node.value):
        return None
    member, sign, own = test.left, test.operator, test.right
    if is_outside(member, inner):
        member, sign, own = own, MIRRORED[sign], member
    if is_outside(member, inner) or any(each.binder >= inner for each in names_in(own)):
        return None
    return Against(test, sign, member, own, tuple(each for each in tests if each is not test))


def asks_outside(node: Aggregate, inner: int) -> bool:
    """Whether what is asked of each member, the `inner`th thing bound, depends on the things around it."""
    return any(is_outside(part, inner) for part in (node.value, node.condition) if part is not None)


def is_outside(node: Node, inner: int) -> bool:
    """Whether it names things outside the member."""
    return any(each.binder < inner for each in names_in(node))


def _parts(node: Node) -> Iterator[Node]:
    """What must hold for a condition to hold."""
    if isinstance(node, Logic) and node.operator == "and":
        for part in node.parts:
            yield from _parts(part)
    else:
        yield node
