"""What formulas may name: the scopes of the language, made from the document models and from what a ruleset declares.

The Chinese title of a model's field is its name here. Names that the engine itself gives (what `measure` reads in a
cell, the scores and the total) stand in the tables below, one line each; `evaluation.facts` fills in their values.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args, get_origin

from zhunsheng.document import model
from zhunsheng.document.model import Holds
from zhunsheng.expression.check import Known, Scope
from zhunsheng.expression.types import Type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

DOSSIER: Final = "报告"
DOCUMENT: Final = "文件"
INDICATOR: Final = "指标"
FUND: Final = "资金"
WEIGHT: Final = "权重"
ITEM: Final = "得分项"
STATEMENT: Final = "陈述"
EXPLANATION: Final = "说明"

POSITION: Final = "序号"
"""Indicators and the items of lists have their place among their like, from 1."""
PLACES: Final[Mapping[Type, int]] = {Type.MONEY: 2}
"""Decimals of a value in a form where nothing else is declared: money in 万元, to the hundred yuan."""

TYPES: Final = {each.value: each for each in Type} | {"rate": Type.PERCENT}


class Given(NamedTuple):
    """A name that the engine gives: its type, what the reference says of it, and its words where they are few."""

    type: Type
    zh: str
    words: tuple[str, ...] = ()


MEASURED: Final[Mapping[str, Given]] = MappingProxyType({
    "目标类别": Given(Type.TEXT, "目标读作什么：数值、区间、日期、文字、空白", ("数值", "区间", "日期", "文字", "空白")),
    "实际类别": Given(Type.TEXT, "实际完成值读作什么：数值、区间、日期、文字、空白", ("数值", "区间", "日期", "文字", "空白")),
    "比较符": Given(Type.TEXT, "目标写明的比较符：>=、>、=、<=、<；没写时未填", (">=", ">", "=", "<=", "<")),
    "可比": Given(Type.TRUTH, "目标与实际能否比较（同单位的数，或日期）"),
    "不可比原因": Given(Type.TEXT, "不能比较的原因"),
    "文字相同": Given(Type.TRUTH, "目标与实际是相同的文字"),
    "自称": Given(Type.TEXT, "实际完成值用等次说话：达成、部分、未达成", ("达成", "部分", "未达成")),
    "计量单位": Given(Type.TEXT, "目标的单位，百分比为 %"),
    "目标值": Given(Type.QUANTITY, "目标的数值"),
    "目标下限": Given(Type.QUANTITY, "区间目标的下限"),
    "目标上限": Given(Type.QUANTITY, "区间目标的上限"),
    "实际值": Given(Type.QUANTITY, "实际完成的数值"),
    "实际下界": Given(Type.QUANTITY, "印出的实际值四舍五入前的最小可能（含）"),
    "实际上界": Given(Type.QUANTITY, "印出的实际值四舍五入前的最大可能（不含）"),
    "目标比率": Given(Type.PERCENT, "目标值，单位为 % 时"),
    "实际比率": Given(Type.PERCENT, "实际值，单位为 % 时"),
    "实际比率下界": Given(Type.PERCENT, "实际下界，单位为 % 时"),
    "实际比率上界": Given(Type.PERCENT, "实际上界，单位为 % 时"),
    "目标金额": Given(Type.MONEY, "目标值，单位为元时"),
    "实际金额": Given(Type.MONEY, "实际值，单位为元时"),
    "目标数": Given(Type.NUMBER, "目标值，没有单位时"),
    "实际数": Given(Type.NUMBER, "实际值，没有单位时"),
    "目标日期": Given(Type.DATE, "目标的最后一天"),
    "实际日期": Given(Type.DATE, "实际完成的最后一天"),
    "实际最早日期": Given(Type.DATE, "实际完成的第一天"),
})  # fmt: skip

STATED: Final[Mapping[str, Given]] = MappingProxyType({
    "陈述值": Given(Type.QUANTITY, "陈述的数值"),
    "陈述单位": Given(Type.TEXT, "陈述的单位，百分比为 %"),
    "陈述金额": Given(Type.MONEY, "陈述的数值，单位为元时"),
    "陈述比率": Given(Type.PERCENT, "陈述的数值，单位为 % 时"),
    "陈述比率下界": Given(Type.PERCENT, "印出的比率四舍五入前的最小可能（含）"),
    "陈述比率上界": Given(Type.PERCENT, "印出的比率四舍五入前的最大可能（不含）"),
})  # fmt: skip

IN_GOALS: Final[Mapping[str, Given]] = MappingProxyType({
    "目标内金额个数": Given(Type.NUMBER, "预期目标的文字里写了几个金额；一个也没有时未填"),
    "目标内金额合计": Given(Type.MONEY, "这些金额之和"),
    "目标内金额最大": Given(Type.MONEY, "其中最大的一个"),
})  # fmt: skip

GIVEN: Final[Mapping[str, Mapping[str, Given]]] = MappingProxyType({
    DOCUMENT: {
        "满分": Given(Type.NUMBER, "规则定的满分"),
        "总分": Given(Type.NUMBER, "核算的总分"),
        "等级": Given(Type.TEXT, "核算的等级，等级上限已计入"),
        "扣分": Given(Type.NUMBER, "规则对本文件扣的分之和"),
        "否决": Given(Type.TRUTH, "有规则否决了本文件"),
        "文件名": Given(Type.TEXT, "文件标识，或项目名称，或单位名称"),
        "表注": Given(Type.TEXT, "表下的各条注，一条一行"),
        "其他栏目": Given(Type.TEXT, "表上的其他栏目，一栏一行：名称：内容"),
        **IN_GOALS,
    },
    INDICATOR: {
        **MEASURED,
        POSITION: Given(Type.NUMBER, "表上第几行，从 1 起"),
        "指标类型": Given(Type.TEXT, "indicator_kind 的结果：按哪一种办法计分"),
        "得分": Given(Type.NUMBER, "核算的得分"),
        "扣分": Given(Type.NUMBER, "规则对本指标扣的分之和"),
        "否决": Given(Type.TRUTH, "有规则否决了本指标"),
    },
    STATEMENT: STATED,
    FUND: {"来源": Given(Type.TEXT, "合计、当年财政拨款、上年结转资金、其他资金，或其余资金的印制名称")},
    WEIGHT: {"权重名称": Given(Type.TEXT, "预算执行率或一级指标"), "应得分值": Given(Type.NUMBER, "规则定的分值")},
    ITEM: {
        "得分项名称": Given(Type.TEXT, "计分的名称，或三级指标"),
        "得分项类别": Given(Type.TEXT, "计分的名称，或一级指标"),
        "得分项分值": Given(Type.NUMBER, "满分"),
        "得分项得分": Given(Type.NUMBER, "核算的得分"),
        "得分项自评": Given(Type.NUMBER, "自评得分"),
        "得分项序号": Given(Type.NUMBER, "所属指标的序号；文件自己的得分项没有"),
    },
})  # fmt: skip

PARENTS: Final[Mapping[str, str | None]] = MappingProxyType({
    DOSSIER: None, DOCUMENT: DOSSIER, INDICATOR: DOCUMENT, FUND: DOCUMENT, WEIGHT: DOCUMENT, ITEM: DOCUMENT,
    STATEMENT: DOSSIER, EXPLANATION: DOSSIER,
})  # fmt: skip
COLLECTIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({
    DOSSIER: {DOCUMENT: DOCUMENT, INDICATOR: INDICATOR, STATEMENT: STATEMENT, EXPLANATION: EXPLANATION},
    DOCUMENT: {INDICATOR: INDICATOR, FUND: FUND, WEIGHT: WEIGHT, ITEM: ITEM, EXPLANATION: EXPLANATION},
})  # fmt: skip
"""A document's 说明 are those of its dossier that speak of it; judged alone, it has none."""


class Field(NamedTuple):
    """A field of a model as the language sees it: its name, where it sits below the thing, and its type."""

    name: str
    path: tuple[str, ...]
    holds: str
    known: Known = Known()

    @property
    def type(self) -> Type:
        """The type that formulas see."""
        return TYPES[self.holds]


FUND_ROWS: Final = {"total": "合计", "appropriation": "当年财政拨款", "carryover": "上年结转资金", "other": "其他资金"}


@cache
def fields_of(scope: str) -> tuple[Field, ...]:
    """The fields that documents hold for things of a scope."""
    match scope:
        case "报告":
            parts = (*_own(model.Dossier), *_below("收支.", ("accounts",), model.Accounts))
        case "文件":
            funds = [
                each
                for row, title in FUND_ROWS.items()
                for each in _below("" if row == "total" else f"{title}.", ("funds", row), model.Fund)
            ]
            parts = (*_own(model.Document), *_below("", ("goals",), model.Goals), *funds)
        case "指标":
            parts = (
                *_own(model.Indicator),
                *_below("", ("evidence",), model.Evidence),
                *_below("", ("judgement",), model.Judgement),
            )
        case "资金":
            parts = tuple(_own(model.Source))
        case "陈述":
            parts = tuple(_own(model.Statement))
        case "说明":
            parts = tuple(_own(model.Explanation))
        case _:
            parts = ()
    return tuple(parts)


def _own(owner: type[BaseModel]) -> Iterator[Field]:
    yield from _below("", (), owner)


def _below(prefix: str, path: tuple[str, ...], owner: type[BaseModel]) -> Iterator[Field]:
    for key, info in owner.model_fields.items():
        holds = next((each for each in _marks(info.annotation, info.metadata) if isinstance(each, Holds)), None)
        if holds is not None:
            yield Field(f"{prefix}{info.title}", (*path, key), holds.type, _known(info.annotation, holds))
            if holds.type == "rate":  # what is printed, where no one value can be read from it
                yield Field(f"{prefix}{info.title}文字", (*path, key), "text")


def _known(annotation: object, holds: Holds) -> Known:
    words = tuple(map(str, get_args(annotation))) if get_origin(annotation) is Literal else ()
    return Known(words, places=holds.places if holds.places is not None else PLACES.get(TYPES[holds.type]))


def _marks(annotation: object, metadata: list[object]) -> Iterator[object]:
    yield from metadata
    for part in () if get_origin(annotation) is tuple else get_args(annotation):
        yield from getattr(part, "__metadata__", ())


def scopes(declared: Mapping[str, Mapping[str, Type]]) -> dict[str, Scope]:
    """Every scope, with the fields of documents, the names the engine gives, and those that a ruleset declares."""
    return {
        name: Scope(
            name,
            parent,
            {each.name: each.type for each in fields_of(name)}
            | {key: given.type for key, given in GIVEN.get(name, {}).items()}
            | dict(declared.get(name, {})),
            COLLECTIONS.get(name, {}),
            {each.name: each.known for each in fields_of(name) if each.known != Known()}
            | {key: Known(given.words) for key, given in GIVEN.get(name, {}).items() if given.words},
        )
        for name, parent in PARENTS.items()
    }
