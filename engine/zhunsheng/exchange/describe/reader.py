"""The interpreter that says a formula as an official would write it: `若…，则…，否则…`, 不低于, 超过, 四舍五入到小数点后 2 位.

Unlike `expression.words` the result is not the language and does not parse back; it is for reading, and brackets stand
wherever two readings were possible.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Final, assert_never, cast, final

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
from zhunsheng.number import Mode
from zhunsheng.population.same import bounds, normal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.expression.tree import Comparator, Node, Row
    from zhunsheng.number import Rounding
    from zhunsheng.ruleset import Ruleset

SIGNS: Final[Mapping[Comparator, str]] = {
    "=": "等于", "!=": "不等于", "<": "低于", "<=": "不超过", ">": "超过", ">=": "不低于",
}  # fmt: skip
OF_DATES: Final[Mapping[Comparator, str]] = {
    "=": "为", "!=": "不为", "<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于",
}  # fmt: skip
OPPOSITE: Final[Mapping[Comparator, Comparator]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
MODES: Final = {
    Mode.HALF_UP: "四舍五入", Mode.HALF_EVEN: "四舍六入五成双", Mode.HALF_DOWN: "五舍六入", Mode.UP: "只进不舍",
    Mode.DOWN: "只舍不进", Mode.CEILING: "向上取", Mode.FLOOR: "向下取",
}  # fmt: skip
WRITTEN: Final = {">=": "≥", "<=": "≤", "department": "部门整体支出", "project": "项目支出"}
"""Texts of the engine's own, as forms have them."""
_GATHERED: Final = {"sum": "之和", "mean": "的平均数", "median": "的中位数", "min": "中最小的", "max": "中最大的"}
_LOOSE, _OR, _AND, _CLAUSE, _NEGATIVE, _TIGHT = 0, 1, 2, 4, 7, 9


@final
class Reader:
    """Formulas in Chinese.

    Args:
        constants: what stands behind names that are plain limits; said in brackets after the name.
    """

    def __init__(self, constants: Mapping[tuple[str, str], str] | None = None) -> None:
        self.constants = constants or {}

    def read(self, node: Node) -> str:
        """The formula or condition in words.

        >>> from zhunsheng.expression.parse import parse
        >>> Reader().read(parse("分值 * min(执行率, 100%) if 执行率 >= 60% else 0"))
        '若执行率不低于 60%，则分值 × 执行率（最高按 100% 计），否则 0'
        """
        return self._say(node, _LOOSE)

    def constant(self, node: Constant) -> str:
        """A value as it is written: 90%、“产出指标”、2021 年 12 月 31 日."""
        match node.value:
            case Absent():
                return "无值"
            case bool():
                return "是" if node.value else "否"
            case str():
                return f"“{WRITTEN.get(node.value, node.value)}”"
            case dt.date():
                return f"{node.value.year} 年 {node.value.month} 月 {node.value.day} 日"
            case _:
                return node.text.replace("-", "−")

    def branches(self, node: Node) -> list[tuple[str, Node]] | None:
        """A choice or table as rows of condition and value, where its rows are best set apart; else None."""
        match node:
            case Table():
                return [*self.rows(node), *([("其余", node.otherwise)] if node.otherwise is not None else [])]
            case Choice() if isinstance(node.no, Choice | Table):
                below = self.branches(node.no) or [("其余", node.no)]
                return [(self.read(node.test), node.yes), *below]
            case Choice():
                return [(self.read(node.test), node.yes), ("其余", node.no)]
            case _:
                return None

    def rows(self, table: Table) -> list[tuple[str, Node]]:
        """The rows of a table; rows for single texts that give the same are one."""
        argument = self.bare(table.argument)
        together: dict[str, list[Row]] = {}
        for row in table.rows:
            single = (
                len(row.conditions) == 1 and row.conditions[0][0] == "=" and isinstance(row.conditions[0][1], Constant)
            )
            together.setdefault(normal(row.value) if single else f"{bounds(row)}!", []).append(row)
        found: list[tuple[str, Node]] = []
        for rows in together.values():
            told = self.row(rows[0], argument)
            more = [self._say(row.conditions[0][1], _CLAUSE) for row in rows[1:]]
            found.append(("、".join([told, *more]), rows[0].value))
        return found

    def row(self, row: Row, argument: str) -> str:
        """The conditions of a row: 80 分（含）至 90 分（不含）, or 等于 …."""
        return self.span(row.conditions, argument=argument)

    def span(self, conditions: tuple[tuple[Comparator, Node], ...], *, argument: str = "", unit: str = "") -> str:
        """Bounds with 含 and 不含; the argument is said where the bounds are no interval."""
        low = [(sign, bound) for sign, bound in conditions if sign in (">", ">=")]
        high = [(sign, bound) for sign, bound in conditions if sign in ("<", "<=")]
        joint = " " if unit else ""
        if len(conditions) == 1 and conditions[0][0] == "=":
            return f"{argument}为{_spaced(self._say(conditions[0][1], _CLAUSE))}{joint}{unit}".strip()
        if len(conditions) != len(low) + len(high) or len(low) > 1 or len(high) > 1:
            return f"{argument}" + "且".join(
                f"{SIGNS[sign]}{_spaced(self._say(bound, _CLAUSE))}" for sign, bound in conditions
            )

        def end(sign: Comparator, bound: Node) -> str:
            return f"{self._say(bound, _CLAUSE)}{joint}{unit}（{'含' if sign.endswith('=') else '不含'}）"

        name = f"{argument} " if argument else ""
        if low and high:
            return f"{name}{end(*low[0])}至 {end(*high[0])}"
        return f"{name}{end(*low[0])}以上" if low else f"{name}{end(*high[0])}以下"

    def bare(self, node: Node) -> str:
        """A name without the value that stands behind it."""
        return Reader().read(node)

    def _say(self, node: Node, outer: int) -> str:
        text, binding = self._bare(node)
        return f"（{text}）" if binding < outer else text

    def _bare(self, node: Node) -> tuple[str, int]:
        match node:
            case Constant():
                return self.constant(node), _TIGHT
            case Name():
                return self._name(node), _TIGHT
            case Negative():
                return f"−{self._say(node.operand, _TIGHT)}", _NEGATIVE
            case Arithmetic():
                sign, binding = SHOWN[node.operator], BINDING[node.operator]
                return f"{self._say(node.left, binding)} {sign} {self._say(node.right, binding + 1)}", binding
            case Compare():
                return self._compare(node), _CLAUSE
            case Not():
                return self._not(node.operand), _CLAUSE
            case Logic():
                return self._logic(node)
            case Choice():
                return (
                    f"若{self._say(node.test, _OR)}，则{_spaced(self._say(node.yes, _CLAUSE))}{self._else(node.no)}",
                    _LOOSE,
                )
            case Table():
                argument = self.bare(node.argument)
                rows = [f"{told}的，{self._say(value, _CLAUSE)}" for told, value in self.rows(node)]
                last = [] if node.otherwise is None else [f"其余，{self._say(node.otherwise, _CLAUSE)}"]
                return f"按{argument}：{'；'.join([*rows, *last])}", _LOOSE
            case Lines():
                points = "、".join(f"{self.constant(at)} 处为 {self.constant(value)}" for at, value in node.points)
                return f"按{self.bare(node.argument)}在各点间直线取值：{points}，两端之外同端点", _LOOSE
            case Round():
                return self._round(node)
            case Extreme():
                return self._extreme(node)
            case Presence():
                return f"{self._say(node.operand, _TIGHT)}{'未填' if node.test == 'missing' else '已填'}", _CLAUSE
            case Call():
                return self._call(node)
            case Aggregate():
                return self._aggregate(node)
            case _:
                assert_never(node)

    def _name(self, node: Name) -> str:
        reference = node.reference
        text = node.text
        if reference is not None:
            value = self.constants.get((reference.scope, reference.key))
            if value is not None:
                return f"{said(text)}（{value}）"
        return said(text)

    def _else(self, node: Node) -> str:
        if isinstance(node, Choice):
            return f"；{self._say(node, _LOOSE)}"
        return f"，否则{_spaced(self._say(node, _CLAUSE))}"

    def _compare(self, node: Compare) -> str:
        left, right = node.left, node.right
        operator = node.operator
        if isinstance(left, Constant) and not isinstance(right, Constant):
            left, right, operator = right, left, OPPOSITE[operator]
        of_dates = Type.DATE in (left.type, right.type)
        of_texts = isinstance(right, Constant) and isinstance(right.value, str)
        signs = {"=": "为", "!=": "不为"} if of_texts else OF_DATES if of_dates else SIGNS
        return f"{self._say(left, _CLAUSE + 1)}{signs[operator]}{_spaced(self._say(right, _CLAUSE + 1))}"

    def _not(self, operand: Node) -> str:
        match operand:
            case Name():
                return f"“{self._name(operand)}”不成立"
            case Presence():
                return f"{self._say(operand.operand, _TIGHT)}{'未填或无值' if operand.test == 'given' else '不缺'}"
            case _:
                return f"并非（{self.read(operand)}）"

    def _logic(self, node: Logic) -> tuple[str, int]:
        among = _among(node)
        if among is not None:
            value, texts = among
            listed = "、".join(self.constant(each) for each in texts)
            return f"{self._say(value, _TIGHT)}为{listed}之一", _CLAUSE
        between = _between(node)
        if between is not None:
            low, middle, high = between
            ends = [
                f"{self._say(bound, _CLAUSE + 1)}（{'含' if sign == '<=' else '不含'}）" for bound, sign in (low, high)
            ]
            return f"{self._say(middle, _TIGHT)}在{_spaced(ends[0])}至{_spaced(ends[1])}之间", _CLAUSE
        binding, joint = (_OR, "，或者") if node.operator == "or" else (_AND, "，且")
        return joint.join(self._say(each, binding + 1) for each in node.parts), binding

    def _round(self, node: Round) -> tuple[str, int]:
        rounding = node.rounding
        if rounding.places == 0 and rounding.mode in (Mode.FLOOR, Mode.CEILING):
            how = "向下取整" if rounding.mode is Mode.FLOOR else "向上取整"
            return f"{self._say(node.operand, _TIGHT)}（{how}）", _TIGHT
        return f"{self._say(node.operand, _TIGHT)}（{roundings((rounding,))}）", _TIGHT

    def _extreme(self, node: Extreme) -> tuple[str, int]:
        if (
            node.which == "max"
            and len(node.parts) == 2
            and node.parts[1] == Negative(node.parts[0], node.parts[1].span, node.parts[1].type)
        ):
            inner = node.parts[0]
            if isinstance(inner, Arithmetic) and inner.operator == "-":
                return f"{self._say(inner.left, _TIGHT)}与{self._say(inner.right, _TIGHT)}之差（不计正负）", _CLAUSE + 1
            return f"{self._say(inner, _TIGHT)}（不计正负）", _TIGHT
        limits, within = _clamped(node)
        if within is not None:
            words = "，".join(
                f"{'最高' if which == 'min' else '最低'}按 {self.constant(limit)} 计"
                for which, limit in sorted(limits, key=lambda each: each[0])
            )
            return f"{self._say(within, _TIGHT)}（{words}）", _TIGHT
        least = "最小" if node.which == "min" else "最大"
        parts = [self._say(each, _CLAUSE + 1) for each in node.parts]
        if len(parts) == 2:
            return f"{parts[0]}与{parts[1]}中较{least[-1]}的", _CLAUSE + 1
        return f"{'、'.join(parts)}中{least}的", _CLAUSE + 1

    def _call(self, node: Call) -> tuple[str, int]:
        inside = [self._say(each, _TIGHT) for each in node.arguments]
        match node.function, inside:
            case "contains", [text, part]:
                return f"{text}含有{part}", _CLAUSE
            case "length", [text]:
                return f"{text}的字数", _TIGHT
            case "date", [year, month, day]:
                return f"{year}{'年' if year.isdecimal() else '的'}{month}月{day}日", _TIGHT
            case _:
                return f"{node.function}（{'，'.join(inside)}）", _TIGHT

    def _aggregate(self, node: Aggregate) -> tuple[str, int]:
        things = said(node.collection.text)
        which = "" if node.condition is None else f"（{self.read(node.condition)}）"
        value = None if node.value is None else self.read(node.value)
        inside = None if node.value is None else self._say(node.value, _TIGHT)
        match node.gathering:
            case "count":
                both = "" if value is None else f"（{value}）"
                return f"{which}{both}的{things}个数" if which or both else f"{things}个数", _TIGHT
            case "any":
                about = "" if value is None else f"，{value}"
                return f"至少有一个{which}{'的' if which else ''}{things}{about}", _CLAUSE
            case "every":
                return f"每个{which}{'的' if which else ''}{things}都满足：{value}", _CLAUSE
            case "share":
                return f"{which}{'的' if which else ''}各{things}中（{value}）的所占比例", _CLAUSE + 1
            case gathering:
                told = f"各{inside}" if str(inside).startswith(things) else f"各{things}的{inside}"
                return f"{which}{'的' if which else ''}{told}{_GATHERED[gathering]}", _CLAUSE + 1


def said(name: str) -> str:
    """A dotted name: 甲.三级指标 is 甲的三级指标, 权重.产出指标 the points that the policy gives it.

    >>> said("权重.产出指标"), said("预算执行率.得分")
    ('产出指标的应得分值', '预算执行率的得分')
    """
    owner, dot, rest = name.partition(".")
    if dot and owner == "权重":
        return f"{rest}的应得分值"
    return name.replace(".", "的")


def roundings(stages: tuple[Rounding, ...], *, percent: bool = False) -> str:
    """Declared roundings, one after the other; of a rate also as its percentage shows it.

    >>> from zhunsheng.number import Rounding
    >>> roundings((Rounding(4, Mode.HALF_UP), Rounding(2, Mode.HALF_UP)), percent=True)
    '四舍五入到小数点后 4 位（百分数 2 位小数），再四舍五入到小数点后 2 位（整数百分数）'
    """

    def one(rounding: Rounding) -> str:
        places = rounding.places
        to = f"小数点后 {places} 位" if places > 0 else "整数" if places == 0 else f"10 的 {-places} 次方的整数倍"
        shown = places - 2
        as_percent = f"（百分数 {shown} 位小数）" if shown > 0 else "（整数百分数）" if shown == 0 else ""
        return f"{MODES[rounding.mode]}到{to}{as_percent if percent else ''}"

    return "，再".join(map(one, stages))


def constants_of(ruleset: Ruleset) -> dict[tuple[str, str], str]:
    """The quantities that are plain limits, with their values."""
    return {
        (each.scope, each.name): Reader().constant(each.formula)
        for each in ruleset.quantities
        if isinstance(each.formula, Constant)
    }


def _spaced(text: str) -> str:
    """A blank before figures, none before Chinese."""
    return f" {text}" if text[:1].isascii() or text[:1] == "−" else text


def _among(node: Logic) -> tuple[Node, list[Constant]] | None:
    """`a = "x" or a = "y"`: a is one of these."""
    if node.operator != "or":
        return None
    found: list[Constant] = []
    for part in node.parts:
        if not (isinstance(part, Compare) and part.operator == "=" and isinstance(part.right, Constant)):
            return None
        if normal(part.left) != normal(cast("Compare", node.parts[0]).left):
            return None
        found.append(part.right)
    return cast("Compare", node.parts[0]).left, found


End = tuple["Node", str]


def _between(node: Logic) -> tuple[End, Node, End] | None:
    """`low <= a < high`."""
    match node:
        case Logic("and", (Compare(("<" | "<=") as one, low, middle), Compare(("<" | "<=") as other, again, high))):
            return ((low, one), middle, (high, other)) if normal(middle) == normal(again) else None
        case _:
            return None


def _clamped(node: Node) -> tuple[list[tuple[str, Constant]], Node | None]:
    """`max(min(a, 100%), 0%)`: a between limits; no inner node where this is no such thing."""
    limits: list[tuple[str, Constant]] = []
    inner: Node = node
    while isinstance(inner, Extreme) and len(inner.parts) == 2:
        limit = next((each for each in inner.parts if isinstance(each, Constant)), None)
        rest = [each for each in inner.parts if each is not limit]
        if (
            limit is None
            or len(rest) != 1
            or not isinstance(limit.value, Fraction)
            or any(inner.which == which for which, _ in limits)
        ):
            break
        limits.append((inner.which, limit))
        inner = rest[0]
    return limits, inner if limits else None
