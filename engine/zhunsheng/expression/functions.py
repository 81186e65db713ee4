"""The functions of the language: what each is called, takes and gives. The reference page is made from this table."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from zhunsheng.expression.types import Type


class Function(NamedTuple):
    """A function: its names (the first is the one `format` writes), how it is built, and what the reference says."""

    names: tuple[str, ...]
    form: Literal["extreme", "gathering", "absolute", "first", "whole", "call"]
    takes: tuple[Type, ...]
    gives: Type | None
    zh: str
    en: str
    example: str


FUNCTIONS: Final = (
    Function(("min", "最小"), "extreme", (), None, "几个数中最小的", "the least of several", "min(执行率, 100%)"),
    Function(("max", "最大"), "extreme", (), None, "几个数中最大的", "the greatest of several", "max(得分, 0)"),
    Function(("abs", "绝对值"), "absolute", (), None, "绝对值", "the absolute value", "abs(自评总分 - 总分)"),
    Function(
        ("first", "首个"),
        "first",
        (),
        None,
        "依次看，取第一个有值的；都没有值时同最后一个",
        "the first that has a value",
        "first(得分, 自评得分)",
    ),
    Function(("floor", "舍去"), "whole", (), None, "舍去小数，向下取整", "the whole number below", "floor(得分)"),
    Function(
        ("ceiling", "进位"), "whole", (), None, "有小数就进位，向上取整", "the whole number above", "ceiling(得分)"
    ),
    Function(
        ("length", "字数"),
        "call",
        (Type.TEXT,),
        Type.NUMBER,
        "一段文字的字数，首尾空白不计",
        "characters of a text, outer white space apart",
        "length(偏差原因) <= 100",
    ),
    Function(
        ("contains", "包含"),
        "call",
        (Type.TEXT, Type.TEXT),
        Type.TRUTH,
        "前一段文字是否含有后一段",
        "whether the first text holds the second",
        'contains(三级指标, "执行率")',
    ),
    Function(
        ("date", "日期"),
        "call",
        (Type.NUMBER, Type.NUMBER, Type.NUMBER),
        Type.DATE,
        "某年某月某日；没有这一天时无值",
        "a day by its year, month and day; undefined where there is none",
        "date(年度, 12, 31)",
    ),
    Function(
        ("sum", "合计"), "gathering", (), None, "各项之和；没有项时为 0", "the sum; 0 of nothing", "sum(分值 for 指标)"
    ),
    Function(
        ("count", "计数"), "gathering", (), Type.NUMBER, "符合条件的项数", "how many", "count(指标 where 得分 < 分值)"
    ),
    Function(("any", "任一"), "gathering", (), Type.TRUTH, "是否有一项符合", "whether one is so", "any(达标 for 指标)"),
    Function(
        ("every", "每一"), "gathering", (), Type.TRUTH, "是否每项都符合", "whether all are so", "every(达标 for 指标)"
    ),
    Function(
        ("share", "占比"),
        "gathering",
        (),
        Type.PERCENT,
        "符合的项数占全部项数的比例；没有项时无值",
        "the share of those that are so; undefined of nothing",
        "share(达标 for 指标)",
    ),
    Function(
        ("median", "中位数"),
        "gathering",
        (),
        None,
        "中位数，偶数项时取中间两项的平均；没有项时无值",
        "the middle value, or the mean of the middle two; undefined of nothing",
        "median(得分 for 指标)",
    ),
    Function(
        ("mean", "平均"),
        "gathering",
        (),
        None,
        "平均数；没有项时无值",
        "the mean; undefined of nothing",
        "mean(得分 for 指标)",
    ),
)
BY_NAME: Final = {name: function for function in FUNCTIONS for name in function.names}
