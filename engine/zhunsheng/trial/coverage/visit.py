"""One tree on some things: which of its branches were taken, all the way down and in none that was not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from zhunsheng.expression.exact import COMPARISONS, compiled, members
from zhunsheng.expression.tree import Absent, Aggregate, Choice, Extreme, Lines, Logic, Table, children
from zhunsheng.trial.coverage.elements import FALSE, TRUE, leaves

if TYPE_CHECKING:
    from zhunsheng.expression.exact import Bound, Reading
    from zhunsheng.expression.tree import Node, Reference, Value
    from zhunsheng.trial.coverage.elements import Element, Elements, Key


class Visitor:
    """Notes which sides of a ruleset's elements are reached."""

    def __init__(self, elements: Elements) -> None:
        self.elements = elements
        self.reached: set[tuple[Key, int]] = set()
        self._readings: dict[int, Reading] = {}

    def value(self, node: Node, bound: Bound) -> Value:
        """What a node gives; its function is made once, since the ruleset keeps its trees."""
        reading = self._readings.get(id(node))
        if reading is None:
            reading = self._readings[id(node)] = compiled(node)
        return reading(bound)

    def reach(self, element: Element, side: int) -> None:
        """Notes that a side was reached."""
        self.reached.add((element.key, side))

    def visit(self, node: Node, bound: Bound) -> None:
        """Notes what a node, on these things, reaches of itself and of what lies below."""
        match node:
            case Choice():
                self.visit(node.test, bound)
                test = self.value(node.test, bound)
                if isinstance(test, bool):
                    self.reach(self.elements.of_node[id(node)], TRUE if test else FALSE)
                    self.visit(node.yes if test else node.no, bound)
            case Table():
                self.table(node, bound)
            case Extreme():
                self.extreme(node, bound)
            case Lines():
                self.visit(node.argument, bound)
                at: Any = self.value(node.argument, bound)
                if not isinstance(at, Absent):
                    self.reach(self.elements.of_node[id(node)], sum(at > each.value for each, _ in node.points))
            case Logic():
                self.logic(node, bound)
            case Aggregate():
                for member in members(cast("Reference", node.collection.reference), bound):
                    self.member(node, (*bound, member))
            case _:
                for child in children(node):
                    self.visit(child, bound)

    def table(self, node: Table, bound: Bound) -> None:
        """The row that held."""
        self.visit(node.argument, bound)
        at = self.value(node.argument, bound)
        if isinstance(at, Absent):
            return
        for row in node.rows:
            for _, each in row.conditions:
                self.visit(each, bound)
        standing = [
            all(
                not isinstance(limit := self.value(each, bound), Absent) and COMPARISONS[sign](at, limit)
                for sign, each in row.conditions
            )
            for row in node.rows
        ]
        element = self.elements.of_node[id(node)]
        if standing.count(True) == 1:
            self.reach(element, standing.index(True))
            self.visit(node.rows[standing.index(True)].value, bound)
        elif not any(standing) and node.otherwise is not None:
            self.reach(element, len(node.rows))
            self.visit(node.otherwise, bound)

    def extreme(self, node: Extreme, bound: Bound) -> None:
        """The part that alone was least or greatest: where two are alike, neither has been shown to matter."""
        values: list[Any] = []
        for part in node.parts:
            self.visit(part, bound)
            values.append(self.value(part, bound))
        if any(isinstance(each, Absent) for each in values):
            return
        chosen = min(values) if node.which == "min" else max(values)
        if values.count(chosen) == 1:
            self.reach(self.elements.of_node[id(node)], values.index(chosen))

    def logic(self, node: Logic, bound: Bound) -> None:
        """Which of the single conditions held, and which did not."""
        element = self.elements.of_node[id(node)]
        for at, leaf in enumerate(leaves(node)):
            self.visit(leaf, bound)
            value = self.value(leaf, bound)
            if isinstance(value, bool):
                self.reach(element, 2 * at + (TRUE if value else FALSE))

    def member(self, node: Aggregate, bound: Bound) -> None:
        """A member of a collection: its condition, and where that holds, its value."""
        counts: Value = True
        if node.condition is not None:
            self.visit(node.condition, bound)
            counts = self.value(node.condition, bound)
        if node.value is not None and counts is True:
            self.visit(node.value, bound)
