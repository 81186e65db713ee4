"""The oracle's first half: what an expression means, as plainly as it can be said. Slow, and meant to be.

Written from the reference of the language, not from the engine, of which it knows the tree only. Where the two differ
one of them is wrong, and it is never this file that is bent to agree. What a thing is called and what it holds is a
dict: `scope`, `key`, `parent` (a thing or None), `filed` (its values), `collections` (name → things).
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, assert_never

from zhunsheng.expression import tree
from zhunsheng.expression.tree import Absent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Thing = dict[str, Any]
Bound = tuple[Thing, ...]


def lacking(*values: Any) -> bool:
    return any(isinstance(value, Absent) for value in values)


def strongest(*values: Any) -> Absent:
    """Missing gives way to undefined, undefined to undecided."""
    for absent in (Absent.UNDECIDED, Absent.UNDEFINED, Absent.MISSING):
        if any(value is absent for value in values):
            return absent
    raise AssertionError(values)


def either(values: Sequence[Any]) -> Any:
    """Some truth among them; without one, an absent value leaves it open."""
    return True if True in values else strongest(*values) if lacking(*values) else False


def opposite(value: Any) -> Any:
    return value if lacking(value) else not value


def both(values: Sequence[Any]) -> Any:
    return opposite(either([opposite(value) for value in values]))


def compared(sign: str, a: Any, b: Any) -> Any:
    if lacking(a, b):
        return strongest(a, b)
    return {"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]


def calculated(sign: str, a: Any, b: Any) -> Any:
    if lacking(a, b):
        return strongest(a, b)
    if isinstance(a, date) and isinstance(b, date):
        return Fraction(a.toordinal() - b.toordinal())
    if isinstance(a, date):
        day = a.toordinal() + (b if sign == "+" else -b)
        known = day == int(day) and 1 <= day <= date.max.toordinal()
        return date.min + timedelta(int(day) - 1) if known else Absent.UNDEFINED
    if sign == "/":
        return Absent.UNDEFINED if b == 0 else Fraction(a, b)
    return a + b if sign == "+" else a - b if sign == "-" else a * b


def rounded(value: Any, roundings: Iterable[Any]) -> Any:
    """To a multiple of a tenth, a hundredth …: the nearest (the mode decides between two), or one side always."""
    for places, mode in () if lacking(value) else roundings:
        unit = Fraction(10) ** -places
        below = value // unit * unit
        above = below if below == value else below + unit
        outward, inward = (above, below) if value > 0 else (below, above)
        middle = (below + above) / 2
        even = below if below / unit % 2 == 0 else above
        sides = {"floor": below, "ceiling": above, "up": outward, "down": inward}
        ties = {"half-up": outward, "half-down": inward, "half-even": even}
        if mode.value in sides:
            value = sides[mode.value]
        else:
            value = ties[mode.value] if value == middle else below if value < middle else above
    return value


def called(function: str, *values: Any) -> Any:
    match function:
        case "length":
            return Fraction(len(values[0].strip()))
        case "contains":
            return values[1] in values[0]
        case "date":
            year, month, day = values
            in_month = [each for each in calendar(year, month) if each.day == day]
            return in_month[0] if in_month else Absent.UNDEFINED
        case _:
            raise AssertionError(function)


def calendar(year: Fraction, month: Fraction) -> list[date]:
    """The days of a month, counted on from its first; none of a month that there is not."""
    if year not in range(1, 10_000) or month not in range(1, 13):
        return []
    first = date(int(year), int(month), 1).toordinal()
    days = [date.fromordinal(each) for each in range(first, min(first + 31, date.max.toordinal() + 1))]
    return [each for each in days if each.month == month]


def on_lines(points: Sequence[tuple[Any, Any]], at: Fraction) -> Any:
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 <= at <= x1:
            return y0 + (y1 - y0) * Fraction(at - x0, x1 - x0)
    return points[0][1] if at < points[0][0] else points[-1][1]


def gathered(gathering: str, wanted: Sequence[Any], values: Sequence[Any]) -> Any:
    """A figure over values, each with whether it is wanted."""
    verdicts = [
        both([wants, value]) for wants, value in zip(wanted, values, strict=True) if gathering in ("any", "count")
    ]
    chosen = [value for wants, value in zip(wanted, values, strict=True) if wants is True]
    match gathering:
        case "any":
            return either(verdicts)
        case "count":
            return strongest(*verdicts) if lacking(*verdicts) else Fraction(verdicts.count(True))
        case "every":
            return both([either([opposite(wants), value]) for wants, value in zip(wanted, values, strict=True)])
        case _ if lacking(*wanted, *chosen):
            return strongest(*wanted, *chosen)
        case "sum":
            return sum(chosen, Fraction(0))
        case _ if not chosen:
            return Absent.UNDEFINED
        case "min" | "max":
            return sorted(chosen)[0 if gathering == "min" else -1]
        case "median":
            return (sorted(chosen)[(len(chosen) - 1) // 2] + sorted(chosen)[len(chosen) // 2]) / 2
        case _:
            return Fraction(sum(chosen, Fraction(0)), len(chosen))  # a mean; of truths, the share


class Meaning:
    """The meaning of expressions over things that hold what was filed."""

    def of(self, thing: Thing, name: str) -> Any:
        return thing["filed"].get(name, Absent.MISSING)

    def members(self, thing: Thing, name: str) -> Sequence[Thing]:
        found: Sequence[Thing] = thing["collections"].get(name, ())
        return found

    def holder(self, name: tree.Name, bound: Bound) -> Thing | None:
        assert name.reference is not None
        thing: Thing | None = bound[name.reference.binder]
        for _ in range(name.reference.hops):
            thing = thing and thing["parent"]
        return thing

    def value(self, node: tree.Node, *bound: Thing) -> Any:
        match node:
            case tree.Constant():
                return node.value
            case tree.Name():
                thing = self.holder(node, bound)
                return Absent.MISSING if thing is None else self.of(thing, node.reference.key)  # type: ignore[union-attr]
            case tree.Negative():
                return calculated("-", Fraction(0), self.value(node.operand, *bound))
            case tree.Arithmetic():
                return calculated(node.operator, self.value(node.left, *bound), self.value(node.right, *bound))
            case tree.Compare():
                return compared(node.operator, self.value(node.left, *bound), self.value(node.right, *bound))
            case tree.Not():
                return opposite(self.value(node.operand, *bound))
            case tree.Logic():
                return (both if node.operator == "and" else either)(self.values(node.parts, bound))
            case tree.Choice():
                test = self.value(node.test, *bound)
                return test if lacking(test) else self.value(node.yes if test else node.no, *bound)
            case tree.Table():
                return self.table(node, bound)
            case tree.Lines():
                at = self.value(node.argument, *bound)
                return at if lacking(at) else on_lines([(x.value, y.value) for x, y in node.points], at)
            case tree.Round():
                return rounded(self.value(node.operand, *bound), [node.rounding])
            case tree.Extreme():
                values = self.values(node.parts, bound)
                return strongest(*values) if lacking(*values) else sorted(values)[0 if node.which == "min" else -1]
            case tree.Presence():
                value = self.value(node.operand, *bound)
                return value is Absent.MISSING if node.test == "missing" else not lacking(value)
            case tree.Call():
                values = self.values(node.arguments, bound)
                if lacking(*values):
                    return strongest(*values)
                return called(node.function, *values)
            case tree.Aggregate():
                holder = self.holder(node.collection, bound)
                if holder and node.collection.reference.key in holder.get("alone", ()):  # type: ignore[union-attr]
                    return Absent.UNDEFINED  # judged alone, it has no peers
                things = self.members(holder, node.collection.reference.key) if holder else ()  # type: ignore[union-attr]
                wanted, values = (
                    [True if part is None else self.value(part, *bound, each) for each in things]
                    for part in (node.condition, node.value)
                )
                return gathered(node.gathering, wanted, values)
            case _:
                assert_never(node)

    def values(self, nodes: Iterable[tree.Node], bound: Bound) -> list[Any]:
        return [self.value(node, *bound) for node in nodes]

    def table(self, node: tree.Table, bound: Bound) -> Any:
        """The value of the one row that holds; two that hold are no partition, and give nothing."""
        at = self.value(node.argument, *bound)
        rows = [
            both([compared(sign, at, self.value(end, *bound)) for sign, end in row.conditions]) for row in node.rows
        ]
        holding = [row for holds, row in zip(rows, node.rows, strict=True) if holds is True]
        if lacking(at) or len(holding) > 1:
            return at if lacking(at) else Absent.UNDEFINED
        if holding:
            return self.value(holding[0].value, *bound)
        if lacking(*rows):
            return strongest(*rows)
        return Absent.UNDEFINED if node.otherwise is None else self.value(node.otherwise, *bound)
