"""The interpreter that says a formula: in its names, or with the values put in.

`words` writes an expression that parses back to the same tree (a sum of more than `parse.CHAIN` terms to one of the same
value); a derivation shows it beside `with_values`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple, assert_never

from zhunsheng.expression.signs import BINDING, SHOWN
from zhunsheng.expression.tree import (
    Absent,
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
)
from zhunsheng.expression.types import Type
from zhunsheng.number import Mode, Rounding, decimal_places, ratio, round_once, write

if TYPE_CHECKING:
    from zhunsheng.expression.tree import Node, Row, Value

SHOWN_PLACES: Final = 6
"""Decimals shown of a value that needs more; it is then marked ≈."""

_CUT: Final = Rounding(SHOWN_PLACES, Mode.HALF_UP)
_TIGHT: Final = 9
_ABSENT: Final = {Absent.MISSING: "未填", Absent.UNDEFINED: "无值", Absent.UNDECIDED: "待认定"}

Say = Callable[[Name | Aggregate], str]
Taken = Callable[[Choice | Table], "Node | None"]


class _Voice(NamedTuple):
    say: Say
    taken: Taken | None


def words(node: Node) -> str:
    """The expression in its names; parsing the result gives the same tree.

    >>> from zhunsheng.expression.parse import parse
    >>> words(parse("分值*(1.50-执行率)"))
    '分值 × (1.50 − 执行率)'
    """
    return said(node, _named)


def said(node: Node, say: Say, taken: Taken | None = None) -> str:
    """The expression with each name and aggregate as `say` has it, and of each choice only the branch `taken`."""
    return _say(node, _Voice(say, taken), 0)


def shown(value: Value, type_: Type | None, places: int | None = None) -> str:
    """A value as a person reads it: `84.50%`, `1677.29万元`, `未填`; ≈ where decimals were cut.

    `places` are those of a declared rounding, which are shown in full.

    >>> from fractions import Fraction
    >>> shown(Fraction(169, 200), Type.PERCENT), shown(Fraction(1, 3), Type.NUMBER), shown(Absent.MISSING, Type.TEXT)
    ('84.5%', '≈0.333333', '未填')
    """
    match value:
        case Fraction():
            return _figure(value, type_, places)
        case Absent():
            return _ABSENT[value]
        case bool():
            return "是" if value else "否"
        case str():
            return f"「{value}」"
        case _:
            return value.isoformat()


def _figure(value: Fraction, type_: Type | None, places: int | None) -> str:
    match type_:
        case Type.PERCENT | Type.RATIO:  # a quotient of like things is read as a percentage
            return (
                f"{_decimal(ratio(value.numerator * 100, value.denominator), None if places is None else places - 2)}%"
            )
        case Type.MONEY:
            return f"{_decimal(value, places)}万元"
        case Type.DAYS:
            return f"{_decimal(value, places)}天"
        case _:
            return _decimal(value, places)


def _decimal(value: Fraction, declared: int | None = None) -> str:
    places = decimal_places(value)
    if places is not None and places <= SHOWN_PLACES:
        return write(value, None if declared is None else max(declared, places))
    return "≈" + write(round_once(value, _CUT))


def _named(node: Name | Aggregate) -> str:
    if isinstance(node, Name):
        return node.text
    value = "" if node.value is None else f"{words(node.value)} for "
    alias = f" as {node.alias}" if node.alias else ""
    condition = "" if node.condition is None else f" where {words(node.condition)}"
    return f"{node.gathering}({value}{node.collection.text}{alias}{condition})"


def _say(node: Node, say: _Voice, outer: int) -> str:
    """`node` in words, in parentheses where what stands around binds tighter than `outer`."""
    text, binding = _bare(node, say)
    return f"({text})" if binding < outer else text


def _bare(node: Node, say: _Voice) -> tuple[str, int]:
    match node:
        case Constant():
            return node.text, _TIGHT if not node.text.startswith("-") else BINDING["negative"]
        case Name() | Aggregate():
            text = say.say(node)
            return text, BINDING["negative"] if text.startswith("-") else _TIGHT
        case Negative():
            return f"−{_say(node.operand, say, BINDING['negative'] + 1)}", BINDING["negative"]
        case Arithmetic():
            binding = BINDING[node.operator]
            # a − (b − c) and a ÷ (b ÷ c): the right side keeps its parentheses
            left, right = _say(node.left, say, binding), _say(node.right, say, binding + 1)
            return f"{left} {SHOWN[node.operator]} {right}", binding
        case Compare():
            binding = BINDING["compare"]
            return (
                f"{_say(node.left, say, binding + 1)} {SHOWN[node.operator]} {_say(node.right, say, binding + 1)}",
                binding,
            )
        case Not():
            return f"not {_say(node.operand, say, BINDING['not'])}", BINDING["not"]
        case Logic():
            binding = BINDING[node.operator]
            return f" {node.operator} ".join(_say(each, say, binding + 1) for each in node.parts), binding
        case Choice() | Table() if say.taken is not None and (branch := say.taken(node)) not in (None, node):
            return _bare(branch, say)
        case Choice():
            return f"{_say(node.yes, say, 1)} if {_say(node.test, say, 1)} else {_say(node.no, say, 0)}", 0
        case Table():
            rows = [_row(row, say) for row in node.rows]
            last = [] if node.otherwise is None else [f"else: {_say(node.otherwise, say, 0)}"]
            return f"table({'; '.join([_say(node.argument, say, 0), *rows, *last])})", _TIGHT
        case Lines():
            points = [f"{at.text}: {value.text}" for at, value in node.points]
            return f"lines({'; '.join([_say(node.argument, say, 0), *points])})", _TIGHT
        case Round():
            mode = "" if node.rounding.mode is Mode.HALF_UP else f", {node.rounding.mode.value}"
            return f"round({_say(node.operand, say, 0)}, {node.rounding.places}{mode})", _TIGHT
        case Extreme("max", (inner, Negative(operand))) if operand == inner:
            return f"abs({_say(inner, say, 0)})", _TIGHT
        case Extreme():
            return f"{node.which}({', '.join(_say(each, say, 0) for each in node.parts)})", _TIGHT
        case Presence():
            return f"{_say(node.operand, say, BINDING['compare'] + 1)} is {node.test}", BINDING["compare"]
        case Call():
            return f"{node.function}({', '.join(_say(each, say, 0) for each in node.arguments)})", _TIGHT
        case _:
            assert_never(node)


def _row(row: Row, say: _Voice) -> str:
    conditions = " and ".join(
        f"{SHOWN[sign]} {_say(bound, say, BINDING['compare'] + 1)}" for sign, bound in row.conditions
    )
    return f"{conditions}: {_say(row.value, say, 0)}"
