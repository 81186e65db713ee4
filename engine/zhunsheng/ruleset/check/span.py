"""Between what a formula stays, whatever it hangs on: what its own min, max, table or counting shows at a glance."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.expression.tree import (
    Aggregate,
    Arithmetic,
    Call,
    Choice,
    Constant,
    Extreme,
    Lines,
    Name,
    Negative,
    Round,
    Table,
)
from zhunsheng.number import round_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from zhunsheng.expression.tree import Node, Reference
    from zhunsheng.number import Rounding

_ZERO: Final = Fraction(0)


class Span(NamedTuple):
    """The least and the greatest that a number can be; None where that is not known."""

    low: Fraction | None = None
    high: Fraction | None = None

    def rounded(self, roundings: Iterable[Rounding]) -> Span:
        """The span after declared roundings, which never turn the order of two numbers."""
        low, high = self
        for each in roundings:
            low, high = (None if end is None else round_once(end, each) for end in (low, high))
        return Span(low, high)


ANYWHERE: Final = Span()


def span_of(node: Node, of_name: Callable[[Reference], Span]) -> Span:
    """The span of a formula, given those of its names."""

    def span(part: Node) -> Span:
        return span_of(part, of_name)

    match node:
        case Constant():
            return Span(node.value, node.value) if isinstance(node.value, Fraction) else Span()
        case Name():
            return Span() if node.reference is None else of_name(node.reference)
        case Extreme():
            return _extreme(node.which, [span(each) for each in node.parts])
        case Choice():
            return _either(map(span, (node.yes, node.no)))
        case Table():
            return _either(
                map(span, [*(row.value for row in node.rows), *([node.otherwise] if node.otherwise else [])])
            )
        case Lines():
            return _either(span(value) for _, value in node.points)
        case Round():
            return span(node.operand).rounded((node.rounding,))
        case Negative():
            low, high = span(node.operand)
            return Span(None if high is None else -high, None if low is None else -low)
        case Arithmetic():
            return _arithmetic(node.operator, span(node.left), span(node.right))
        case Aggregate():
            return {"count": Span(_ZERO), "share": Span(_ZERO, Fraction(1))}.get(node.gathering, Span())
        case Call():
            return Span(_ZERO) if node.function == "length" else Span()
        case _:
            return Span()


def _extreme(which: str, spans: list[Span]) -> Span:
    lows = [each.low for each in spans if each.low is not None]
    highs = [each.high for each in spans if each.high is not None]
    if which == "min":
        return Span(min(lows) if len(lows) == len(spans) else None, min(highs, default=None))
    return Span(max(lows, default=None), max(highs) if len(highs) == len(spans) else None)


def _either(spans: Iterable[Span]) -> Span:
    found = list(spans)
    lows = [each.low for each in found if each.low is not None]
    highs = [each.high for each in found if each.high is not None]
    return Span(min(lows) if len(lows) == len(found) else None, max(highs) if len(highs) == len(found) else None)


def _arithmetic(operator: str, left: Span, right: Span) -> Span:
    match operator:
        case "+":
            return Span(_sum(left.low, right.low), _sum(left.high, right.high))
        case "-":
            return Span(_sum(left.low, right.high, -1), _sum(left.high, right.low, -1))
        case "*" if left.low is not None and right.low is not None and left.low >= 0 and right.low >= 0:
            high = None if left.high is None or right.high is None else left.high * right.high
            return Span(left.low * right.low, high)
        case _:
            return Span()


def _sum(one: Fraction | None, other: Fraction | None, sign: int = 1) -> Fraction | None:
    return None if one is None or other is None else one + sign * other
