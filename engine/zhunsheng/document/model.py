"""The evaluation document (绩效自评文件) and the dossier (自评报告), as filed.

The `title` of a field is its name in rulesets: the models are the vocabulary of the language, and what a formula may
name is what a form may hold. Numbers are kept as filed (`8.50` keeps its two places); they become rationals when a
ruleset reads them. Nothing is judged here: a form whose sums do not add up is a valid document.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, NamedTuple, final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

DECIMAL_FORM: Final = r"^-?[0-9]{1,15}(\.[0-9]{1,12})?$"
_DECIMAL = re.compile(DECIMAL_FORM, re.ASCII)


class Holds(NamedTuple):
    """What a field holds, for the expression language: the name of one of its types, and the decimals forms write."""

    type: str
    places: int | None = None


def _exact(value: object) -> Decimal:
    """A JSON number or a decimal string, without loss; the schema's bounds hold for both ways of writing."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("a decimal string or a number")  # noqa: TRY004  pydantic reports ValueError, not TypeError
    text = value if isinstance(value, str) else format(Decimal(value), "f")
    if not _DECIMAL.match(text):
        raise ValueError("at most 15 digits before the point and 12 after it")
    return Decimal(text)


def _printed(value: object) -> str:
    """A cell as printed: a JSON number is its own text."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("a text or a number")  # noqa: TRY004  as above
    return value if isinstance(value, str) else format(Decimal(value), "f")


def _plain(value: object) -> object:
    """An attribute of any shape, its numbers exact; what shape it must have is the ruleset's to say."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _exact(value)
    if isinstance(value, str | bool):
        return value
    raise ValueError("a text, a number, a truth, a list or a mapping")


def _blank_is_absent(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


_DECIMAL_SCHEMA = {
    "type": ["string", "number"],
    "pattern": DECIMAL_FORM,
    "exclusiveMinimum": -(10**15),
    "exclusiveMaximum": 10**15,
    "x-form": {
        "zh": "十进制数，不带单位和逗号（金额单位写在 currency_unit），小数点前至多 15 位，之后至多 12 位",
        "en": "a decimal without unit or commas, at most 15 digits before the point and 12 after it",
    },
}
_PRINTED_SCHEMA = {"type": ["string", "number"]}

Money = Annotated[Decimal, BeforeValidator(_exact), WithJsonSchema(_DECIMAL_SCHEMA), Holds("money")]
Points = Annotated[Decimal, BeforeValidator(_exact), WithJsonSchema(_DECIMAL_SCHEMA), Holds("number", places=2)]
Count = Annotated[Decimal, BeforeValidator(_exact), WithJsonSchema(_DECIMAL_SCHEMA), Holds("number")]
Text = Annotated[str, BeforeValidator(_blank_is_absent), Holds("text")]
Cell = Annotated[str | None, BeforeValidator(_blank_is_absent), Holds("text")]
"""A text that a form may leave out or leave blank; the blank is recognised before the two are told apart."""
Printed = Annotated[str, BeforeValidator(_printed), WithJsonSchema(_PRINTED_SCHEMA), Holds("text")]
Rate = Annotated[str, BeforeValidator(_printed), WithJsonSchema(_PRINTED_SCHEMA), Holds("rate")]
Attribute = Annotated[
    Any,
    BeforeValidator(_plain),
    WithJsonSchema({"type": ["string", "number", "boolean", "array", "object"]}),
]


class Part(BaseModel):
    """A part of a document: closed set of keys, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _optional(title: str, description: str = "") -> Any:
    """A field that a form may leave out or leave blank."""
    return Field(default=None, title=title, description=description or title)


class Fund(Part):
    """资金情况的一行：一个资金来源（或合计）的预算与执行。金额单位见 currency_unit。"""

    label: Cell = _optional("印制名称", "这一行在表上的名称，如 其中：本年财政拨款")
    initial_budget: Money | None = _optional("年初预算数", "年初批复的预算")
    annual_budget: Money | None = _optional("全年预算数", "调整后的全年预算")
    executed: Money | None = _optional("全年执行数", "全年实际支出")
    points: Points | None = _optional("执行率分值", "表上印的预算执行率分值")
    claimed_rate: Rate | None = _optional("自评执行率", "表上印的执行率，照抄，如 85.00% 或 0.85")
    claimed_score: Points | None = _optional("自评执行得分", "表上印的执行率得分")
    deviation_explanation: Cell = _optional("执行偏差原因", "执行率偏低的原因；多数表没有这一格")


@final
class Source(Fund):
    """其余资金的一行：表上另有名称的来源，或按收入、支出性质分列的一项。"""

    label: Text = Field(title="印制名称", description="这一行在表上的名称，如 财政专户管理资金", min_length=1)
    group: Cell = _optional("资金分类", "分列的依据，如 按支出性质分；来源行不填")
    amount: Money | None = _optional("金额", "名称与金额写在同一格时的金额，不知属预算还是执行")


@final
class Funds(Part):
    """资金情况：合计一行，及各来源。"""

    total: Fund = Field(title="合计", description="年度资金总额")
    appropriation: Fund | None = _optional("当年财政拨款")
    carryover: Fund | None = _optional("上年结转资金")
    other: Fund | None = _optional("其他资金")
    others: tuple[Source, ...] = Field(default=(), title="其余资金", description="另有名称的来源行，按表上的顺序")


@final
class Goals(Part):
    """年度总体目标：预期与完成。"""

    expected: Cell = _optional("预期目标")
    adjusted: Cell = _optional("调整后目标", "年中调整后的目标")
    achieved: Cell = _optional("目标完成情况")


@final
class Evidence(Part):
    """自报比率的分子与分母，及其出处。"""

    numerator: Count | None = _optional("分子")
    denominator: Count | None = _optional("分母")
    source: Cell = _optional("证据出处", "分子、分母写在哪里")


@final
class Judgement(Part):
    """人工认定：只有人能定的值，由谁、因何认定。"""

    tier: Cell = _optional("认定等次", "如 达成预期指标、部分达成、未达成")
    score: Points | None = _optional("认定得分")
    deduction: Points | None = _optional("人工扣分")
    by: Cell = _optional("认定人")
    reason: Cell = _optional("认定理由")


@final
class Indicator(Part):
    """一行绩效指标，照表填写。"""

    dimension: Cell = _optional("一级指标", "如 产出指标、效益指标、满意度指标")
    category: Cell = _optional("二级指标", "如 数量指标、时效指标")
    name: Text = Field(title="三级指标", description="指标名称", min_length=1)
    target: Printed | None = _optional("年度指标值", "目标，照抄，如 ≥12次")
    adjusted_target: Printed | None = _optional("调整后指标值", "年中调整后的目标，照抄")
    actual: Printed | None = _optional("实际完成值", "完成情况，照抄，如 24次")
    points: Points | None = _optional("分值")
    claimed_score: Points | None = _optional("自评得分")
    deviation_explanation: Cell = _optional("偏差原因", "偏差原因分析及改进措施")
    comparator: Cell = _optional("指标性质", "单独一列的比较符，如 ≥、≤、＝")
    unit: Cell = _optional("度量单位", "单独一列的计量单位")
    goal: Cell = _optional("所属目标", "一张表有几个年度绩效目标时，这一行属于哪一个")
    parent: Cell = _optional("上级指标", "「其中：」行所属的那一行的三级指标")
    dimension_points: Points | None = _optional("一级指标分值", "一级指标格里印的分值，如 产出指标（50分）")
    category_points: Points | None = _optional("二级指标分值", "二级指标格里印的分值")
    claimed_coefficient: Printed | None = _optional("自评得分系数", "照抄，如 100 或 95%")
    claimed_converted_score: Points | None = _optional("自评折算得分", "表上印的折算得分")
    core: Cell = _optional("核心指标", "是否核心指标")
    method: Cell = _optional("得分计算方法")
    remark: Cell = _optional("备注", "备注、说明、指标说明")
    evidence: Evidence | None = _optional("证据")
    judgement: Judgement | None = _optional("人工认定")
    attributes: dict[str, Attribute] = Field(
        default_factory=dict, title="附加项", description="规则（inputs）声明的附加输入"
    )


@final
class Entry(Part):
    """表上的其他栏目：名称与内容，照表填写。"""

    label: Text = Field(title="栏目名称", description="如 其他需要说明事项", min_length=1)
    text: Cell = _optional("栏目内容")
    under: Cell = _optional("上级栏目", "如 资金管理情况")


Kind = Literal["department", "project"]


@final
class Document(Part):
    """一张绩效自评表：某单位（或项目）一年的资金、目标与指标，照表填写。"""

    id: Cell = _optional("文件标识", "省略时取项目名称，部门表取单位名称")
    kind: Annotated[Kind, Holds("text")] = Field(
        title="文件类型", description="department 部门整体支出，project 项目支出"
    )
    unit: Text = Field(title="单位名称", description="填报单位", min_length=1)
    project: Cell = _optional("项目名称", "项目支出自评表须填")
    year: Annotated[int, Holds("number")] = Field(title="年度", description="评价年度，如 2021", ge=1990, le=2100)
    authority: Cell = _optional("主管部门")
    title: Cell = _optional("表名", "如 项目支出绩效自评表")
    region: Cell = _optional("地区", "省、市、县依次写全，用于选择规则")
    currency_unit: Literal["万元", "元"] = Field(default="万元", title="金额单位", description="省略时为万元")
    goals: Goals | None = _optional("年度总体目标")
    funds: Funds = Field(title="资金", description="资金情况")
    indicators: tuple[Indicator, ...] = Field(title="指标", description="绩效指标，按表上的顺序")
    claimed_total: Points | None = _optional("自评总分", "表上印的总分")
    total_points: Points | None = _optional("总分分值", "总分行印的分值，多为 100")
    claimed_grade: Cell = _optional("自评等级", "表上印的等级，如 优")
    deviation_explanation: Cell = _optional("整体偏差原因", "全表合用一格的偏差原因")
    entries: tuple[Entry, ...] = Field(default=(), title="其他栏目", description="表上其余各栏，按表上的顺序")
    notes: tuple[Text, ...] = Field(default=(), title="表注", description="表下的注，是这张表自己的规则")
    attributes: dict[str, Attribute] = Field(
        default_factory=dict, title="附加项", description="规则（inputs）声明的附加输入"
    )
    file: Cell = Field(default=None, title="原文件", description="由表格导入时，原文件的名称")
    sources: dict[str, str] = Field(
        default_factory=dict,
        title="出处",
        description="由表格导入时，各值在原文件里的位置：JSON 指针 → 如 项目自评表!I13",
    )

    @property
    def name(self) -> str:
        """What the document is called within its dossier: its id, else its project, else its unit."""
        return self.id or self.project or self.unit

    def stood(self, pointer: str) -> str | None:
        """Where in the file it was imported from the value at a JSON pointer stood, else what is around that value."""
        while pointer:
            if pointer in self.sources:
                return self.sources[pointer]
            pointer = pointer.rpartition("/")[0]
        return None


@final
class Accounts(Part):
    """报告正文写明的收支，单位同 currency_unit。"""

    section: Cell = _optional("收支出处", "写在正文哪一节")
    initial_budget: Money | None = _optional("年初预算")
    adjustment: Money | None = _optional("调整追加", "年中追加为正，调减为负")
    carried_forward: Money | None = _optional("结转下年")
    revenue: Money | None = _optional("收入合计")
    expenditure: Money | None = _optional("支出合计")
    basic_expenditure: Money | None = _optional("基本支出")
    project_expenditure: Money | None = _optional("项目支出")


@final
class Statement(Part):
    """正文写明的一个数：名称、数值、章节，及所指的文件和指标。"""

    name: Text = Field(title="陈述名称", min_length=1)
    value: Printed = Field(title="陈述内容", description="照抄，如 520954条、99.67%")
    section: Cell = _optional("章节", "写在正文哪一节")
    document: Cell = _optional("所指文件")
    item: Cell = _optional("所指指标")
    numerator: Count | None = _optional("陈述分子")
    denominator: Count | None = _optional("陈述分母")


@final
class Explanation(Part):
    """正文给出的一项说明：说明哪个文件的哪一项。"""

    document: Text = Field(title="说明文件", description="文件标识、项目名称或单位名称", min_length=1)
    item: Text = Field(title="说明事项", description="如 预算执行率，或指标名称", min_length=1)
    text: Text = Field(title="说明内容", min_length=1)
    section: Cell = _optional("说明章节")


@final
class Section(Part):
    """正文的一节：标题与各段。"""

    heading: Cell = _optional("标题", "照抄，如 一、预算单位基本情况")
    level: Annotated[int, Field(ge=1, le=4)] = Field(
        default=1, title="层次", description="1 一、 2 （一） 3 1. 4 （1）"
    )
    paragraphs: tuple[Text, ...] = Field(default=(), title="段落")


@final
class Dossier(Part):
    """一个单位一年的自评报告：各自评表，正文的收支、数字与说明。"""

    unit: Text = Field(title="报告单位", min_length=1)
    year: Annotated[int, Holds("number")] = Field(title="报告年度", ge=1990, le=2100)
    region: Cell = _optional("报告地区")
    currency_unit: Literal["万元", "元"] = Field(default="万元", title="金额单位", description="正文收支的单位")
    documents: tuple[Document, ...] = Field(title="文件", description="部门表与各项目表", min_length=1)
    title: Cell = _optional("报告名称", "如 2021年度部门整体支出绩效自评报告")
    sections: tuple[Section, ...] = Field(default=(), title="正文", description="报告正文，按顺序")
    accounts: Accounts = Field(default_factory=Accounts, title="收支")
    statements: tuple[Statement, ...] = Field(default=(), title="陈述", description="正文写明的数字")
    explanations: tuple[Explanation, ...] = Field(default=(), title="说明", description="正文给出的偏差原因")
