"""The units of counts: what is counted in 人 and what is counted in 户 may not be added, compared, or stand in for each other.

A unit is what a field declares beside its type. A figure without one meets any; products and quotients of two units
have none. This interpreter looks at a checked tree and computes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple, assert_never

from zhunsheng.expression.tree import (
    Aggregate,
    Arithmetic,
    Call,
    Choice,
    Compare,
    Constant,
    Extreme,
    Lines,
    Logic,
    Name,
    Negative,
    Not,
    Presence,
    Round,
    Table,
    children,
)
from zhunsheng.expression.types import Type

if TYPE_CHECKING:
    from zhunsheng.expression.tree import Node, Reference, Span

Units = Callable[["Reference"], str | None]
"""The unit that the field behind a name declares."""


class Mixed(NamedTuple):
    """Two units that met, and where the second stands."""

    one: str
    other: str
    span: Span


def unit_of(node: Node, units: Units) -> str | None:
    """The unit of a figure; None where it has none, or where nobody can say."""
    return _Walk(units).unit(node)


def mixed(node: Node, units: Units) -> tuple[Mixed, ...]:
    """Every place at which two units meet that may not."""
    walk = _Walk(units)
    walk.unit(node)
    return tuple(walk.found)


def is_rate(left: Node, right: Node, units: Units) -> bool:
    """Whether `left ÷ right` is so much a head, a month, a site: a number, and no share of anything."""
    over = unit_of(right, units)
    one = unit_of(left, units)
    return one is not None and (one != over if over is not None else isinstance(right, Constant))


class _Walk:
    """One walk over one tree, keeping what it finds."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.found: list[Mixed] = []

    def unit(self, node: Node) -> str | None:
        match node:
            case Constant():
                return None
            case Name():
                return None if node.reference is None else self.units(node.reference)
            case Negative() | Round():
                return self.unit(node.operand)
            case Arithmetic():
                return self.arithmetic(node)
            case Compare():
                self.meet((node.left, node.right))
                return None
            case Not() | Logic() | Presence() | Call() | Lines():
                for child in children(node):
                    self.unit(child)
                return None
            case Choice():
                self.unit(node.test)
                return self.meet((node.yes, node.no))
            case Table():
                return self.table(node)
            case Extreme():
                return self.meet(node.parts)
            case Aggregate():
                units = [self.unit(child) for child in children(node)]
                return units[0] if node.value is not None and node.type is not Type.TRUTH else None
            case _:
                assert_never(node)

    def meet(self, nodes: Iterable[Node]) -> str | None:
        """The unit of figures that meet: the first that has one speaks for all."""
        unit: str | None = None
        for node in nodes:
            found = self.unit(node)
            if unit is not None and found not in (None, unit):
                self.found.append(Mixed(unit, str(found), node.span))
            unit = unit or found
        return unit

    def arithmetic(self, node: Arithmetic) -> str | None:
        if node.operator in ("+", "-"):
            return self.meet((node.left, node.right))
        left, right = self.unit(node.left), self.unit(node.right)
        if node.type is not Type.NUMBER or (left is not None and right is not None):
            return None
        return left if node.operator == "/" else left or right

    def table(self, node: Table) -> str | None:
        self.meet((node.argument, *(bound for row in node.rows for _, bound in row.conditions)))
        last = () if node.otherwise is None else (node.otherwise,)
        return self.meet((*(row.value for row in node.rows), *last))
