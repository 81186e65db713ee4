"""When two trees mean the same, as far as that is cheap to see, and where within them they differ.

The normal form forgets spans, aliases, spaces and the spelling of numbers; `and`, `or`, `+`, `×`, `min` and `max` lose
the order of their parts, tables that of their rows; a negated comparison is the opposite one. Equal forms have equal
values, kinds of absence included; unequal ones may still have (only the pieces of both would tell).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from zhunsheng.expression.tree import (
    NEGATED,
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
    from collections.abc import Iterable, Iterator

    from zhunsheng.expression.tree import Node, Row

Pair = tuple["Node | None", "Node | None"]
"""What stood in the old tree, and what stands for it in the new one."""

_TURNED: Final = {">": "<", ">=": "<="}


def normal(node: Node) -> str:
    """A text that two trees share only if they mean the same.

    >>> from zhunsheng.expression.parse import parse
    >>> normal(parse("甲 > 90% and not 乙 < 1")) == normal(parse("乙 >= 1.0 and 90.0% < 甲"))
    True
    """
    match node:
        case Constant():
            return f"{type(node.value).__name__} {node.value}"
        case Name():
            return _reference(node)
        case Negative() | Round() | Presence():
            about = {Negative: "-", Round: "round", Presence: "is"}[type(node)]
            detail = node.rounding if isinstance(node, Round) else getattr(node, "test", "")
            return f"{about} {detail}({normal(node.operand)})"
        case Arithmetic():
            if node.operator in ("+", "*") and node.type is not Type.DATE:
                return _bag(node.operator, _parts(node))
            return f"{node.operator}({normal(node.left)}, {normal(node.right)})"
        case Compare():
            return _compare(node.operator, node.left, node.right)
        case Not():
            return _not(node.operand)
        case Logic():
            return _bag(node.operator, _parts(node), once=True)
        case Choice():
            test, yes, no = node.test, node.yes, node.no
            while isinstance(test, Not):
                test, yes, no = test.operand, no, yes
            return f"if({normal(test)}, {normal(yes)}, {normal(no)})"
        case Table():
            rows = sorted(f"{bounds(row)}: {normal(row.value)}" for row in node.rows)
            last = "" if node.otherwise is None else normal(node.otherwise)
            return f"table({normal(node.argument)}; {'; '.join(rows)}; {last})"
        case Lines():
            points = "; ".join(f"{normal(at)}: {normal(value)}" for at, value in node.points)
            return f"lines({normal(node.argument)}; {points})"
        case Extreme():
            return _bag(node.which, _parts(node), once=True)
        case Call():
            return f"{node.function}({', '.join(map(normal, node.arguments))})"
        case Aggregate():
            inside = [
                _reference(node.collection),
                *("" if each is None else normal(each) for each in (node.value, node.condition)),
            ]
            return f"{node.gathering}({'; '.join(inside)})"
        case _:
            assert_never(node)


def bounds(row: Row) -> str:
    """The normal form of a row's conditions."""
    return " & ".join(sorted(f"{sign} {normal(bound)}" for sign, bound in row.conditions))


def differing(old: Node, new: Node) -> tuple[Pair, ...]:
    """The smallest subtrees by which two trees differ; the trees themselves where they have nothing in common."""
    return tuple(_differing(old, new))


def _differing(old: Node, new: Node) -> Iterator[Pair]:
    if normal(old) == normal(new):
        return
    match old, new:
        case Logic(), Logic() if old.operator == new.operator:
            found = _matched(list(_parts(old)), list(_parts(new)))
            yield from found if len(found) < len(old.parts) + len(new.parts) else [(old, new)]
        case Table(), Table() if normal(old.argument) == normal(new.argument):
            yield from _rows(old, new)
        case _ if type(old) is type(new) and _frame(old) == _frame(new):
            pairs = list(zip(children(old), children(new), strict=True))
            changed = [(one, other) for one, other in pairs if normal(one) != normal(other)]
            if 0 < len(changed) < len(pairs) or len(pairs) == 1:
                for one, other in changed:
                    yield from _differing(one, other)
            else:
                yield old, new
        case _:
            yield old, new


def _matched(old: list[Node], new: list[Node]) -> list[Pair]:
    """Parts that only one side has; a single one on either side is looked into."""
    mine, theirs = {normal(each): each for each in old}, {normal(each): each for each in new}
    gone = [each for key, each in mine.items() if key not in theirs]
    come = [each for key, each in theirs.items() if key not in mine]
    if len(gone) == len(come) == 1:
        return list(_differing(gone[0], come[0]))
    return [*((each, None) for each in gone), *((None, each) for each in come)]


def _rows(old: Table, new: Table) -> Iterator[Pair]:
    """Row by row: a row as a table of that row alone, so that its bounds are seen."""
    mine, theirs = {bounds(row): row for row in old.rows}, {bounds(row): row for row in new.rows}
    for key in dict.fromkeys((*mine, *theirs)):
        one, other = mine.get(key), theirs.get(key)
        if one is None or other is None or normal(one.value) != normal(other.value):
            yield _alone(old, one), _alone(new, other)
    if (old.otherwise and normal(old.otherwise)) != (new.otherwise and normal(new.otherwise)):
        yield old.otherwise, new.otherwise


def _alone(table: Table, row: Row | None) -> Node | None:
    return None if row is None else Table(table.argument, (row,), None, row.span, table.type)


def _frame(node: Node) -> str:
    """What a node says besides its children."""
    match node:
        case Arithmetic() | Compare():
            return node.operator
        case Round():
            return str(node.rounding)
        case Extreme():
            return f"{node.which} {len(node.parts)}"
        case Presence():
            return node.test
        case Call():
            return node.function
        case Aggregate():
            return f"{node.gathering} {_reference(node.collection)} {node.value is None} {node.condition is None}"
        case Choice() | Not() | Negative():
            return ""
        case _:
            return f"{id(node)}"  # as a whole, or not at all


def _reference(name: Name) -> str:
    return f"`{name.text}`" if name.reference is None else "`{}.{}.{}.{}`".format(*name.reference)


def _parts(node: Logic | Arithmetic | Extreme) -> Iterator[Node]:
    """The parts of a chain of one operator."""
    for each in children(node):
        if isinstance(each, Logic | Arithmetic | Extreme) and _operator(each) == _operator(node):
            yield from _parts(each)
        else:
            yield each


def _operator(node: Logic | Arithmetic | Extreme) -> str:
    return node.which if isinstance(node, Extreme) else node.operator


def _bag(operator: str, parts: Iterable[Node], *, once: bool = False) -> str:
    found = sorted(map(normal, parts))
    kept = list(dict.fromkeys(found)) if once else found
    return kept[0] if len(kept) == 1 else f"{operator}({', '.join(kept)})"


def _compare(operator: str, left: Node, right: Node) -> str:
    if operator in _TURNED:
        return f"{_TURNED[operator]}({normal(right)}, {normal(left)})"
    pair = [normal(left), normal(right)]
    return f"{operator}({', '.join(sorted(pair) if operator in ('=', '!=') else pair)})"


def _not(operand: Node) -> str:
    match operand:
        case Not():
            return normal(operand.operand)
        case Compare():
            return _compare(NEGATED[operand.operator], operand.left, operand.right)
        case _:
            return f"not({normal(operand)})"
