"""The words of forms as data: a common vocabulary, and a small file for each layout that says what is peculiar to it.

A new province's form is a new YAML file beside these or in a folder of one's own (`--layouts`), never code. What no file
describes is read with the common words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, final

from pydantic import BaseModel, ConfigDict, Field

from zhunsheng.document.schema import build_validator, schema_of
from zhunsheng.exchange.forms.words import Lookup
from zhunsheng.exchange.opening import folder_of, source_of
from zhunsheng.problem import Refused
from zhunsheng.source import Source, read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jsonschema.protocols import Validator

    from zhunsheng.problem import Problem

COMMON: Final = "common"
ID_FORM: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"

Words = tuple[Annotated[str, Field(max_length=60)], ...]


class Part(BaseModel):
    """A mapping of a layout file: closed set of keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _words(title: str, description: str = "") -> Any:
    return Field(default=(), title=title, description=description or title)


@final
class Columns(Part):
    """指标各列的表头词。"""

    level1: Words = _words("一级指标")
    level2: Words = _words("二级指标")
    name: Words = _words("三级指标")
    target: Words = _words("年度指标值")
    adjusted_target: Words = _words("调整后指标值")
    actual: Words = _words("实际完成值")
    comparator: Words = _words("指标性质", "比较符一列；也可能写着定量指标、定性指标")
    unit: Words = _words("度量单位")
    points: Words = _words("分值")
    score: Words = _words("自评得分")
    converted_score: Words = _words("折算得分")
    coefficient: Words = _words("得分系数")
    reason: Words = _words("偏差原因")
    core: Words = _words("是否核心指标")
    method: Words = _words("得分计算方法")
    remark: Words = _words("备注")


@final
class FundColumns(Part):
    """资金各列的表头词。"""

    initial_budget: Words = _words("年初预算数")
    annual_budget: Words = _words("全年预算数")
    executed: Words = _words("全年执行数")
    rate: Words = _words("执行率")
    points: Words = _words("执行率分值")
    score: Words = _words("执行率得分")
    reason: Words = _words("执行偏差原因")


@final
class FundRows(Part):
    """资金各行的行名。"""

    total: Words = _words("合计行")
    appropriation: Words = _words("当年财政拨款")
    carryover: Words = _words("上年结转资金")
    other: Words = _words("其他资金")
    others: Words = _words("其余来源")


@final
class Head(Part):
    """表头、表尾各栏的名称。"""

    unit: Words = _words("单位名称", "几栏都有时，先取列在前面的")
    project: Words = _words("项目名称")
    authority: Words = _words("主管部门")
    year: Words = _words("年度")
    date: Words = _words("填报日期")
    region: Words = _words("地区")
    total: Words = _words("自评总分")
    grade: Words = _words("自评等级")
    money_unit: Words = _words("金额单位")
    reason: Words = _words("整体偏差原因", "全表合用一格的偏差原因")
    expected: Words = _words("预期目标", "目标只有一格时它的栏名")
    achieved: Words = _words("目标完成情况")


@final
class GoalColumns(Part):
    """年度总体目标各列的表头词。"""

    expected: Words = _words("预期目标")
    adjusted: Words = _words("调整后目标")
    achieved: Words = _words("目标完成情况")


@final
class Labels(Part):
    """左边一竖格的名称。"""

    indicators: Words = _words("绩效指标")
    goal: Words = _words("所属目标", "几个年度绩效目标各有一组指标时")


@final
class Kinds(Part):
    """表名里表明文件类型的词。"""

    department: Words = _words("部门整体支出")
    project: Words = _words("项目支出")


@final
class Vocabulary(Part):
    """词表：各栏、各列、各行在表上的写法。"""

    titles: Words = _words("表名的写法")
    kinds: Kinds = Field(default_factory=Kinds, title="文件类型")
    columns: Columns = Field(default_factory=Columns, title="指标的列")
    fund_columns: FundColumns = Field(default_factory=FundColumns, title="资金的列")
    fund_rows: FundRows = Field(default_factory=FundRows, title="资金的行")
    head: Head = Field(default_factory=Head, title="栏目")
    goals: GoalColumns = Field(default_factory=GoalColumns, title="总体目标的列")
    labels: Labels = Field(default_factory=Labels, title="左边的竖格")
    compositions: Words = _words("资金分列的名称")
    totals: Words = _words("总分行")
    subtotals: Words = _words("小计行")
    dimensions: dict[str, Words] = Field(
        default_factory=dict, title="一级指标", description="标准名称 → 其他写法，包括常见的错字"
    )
    categories: dict[str, Words] = Field(default_factory=dict, title="二级指标", description="标准名称 → 其他写法")
    parts: Words = _words("其中", "子项名称的开头")
    grades: Words = _words("等级词")
    fillers: Words = _words("占位符")
    instructions: Words = _words("填表说明", "格子里印着的填表说明所含的话，不是填报人写的")
    footnotes: Words = _words("表注的开头")
    entries: Words = _words("其他栏目")


ColumnName = Literal[
    "level1", "level2", "name", "target", "adjusted_target", "actual", "comparator", "unit", "points", "score",
    "converted_score", "coefficient", "reason", "core", "method", "remark",
]  # fmt: skip
HeadName = Literal["unit", "project", "authority", "year", "date", "region", "total", "grade"]


@final
class HasLacks(Part):
    """有哪些列，没有哪些列。"""

    has: tuple[ColumnName, ...] = Field(default=(), title="有这些列")
    lacks: tuple[ColumnName, ...] = Field(default=(), title="没有这些列")


@final
class RecognisedBy(Part):
    """凭什么认出这种表：各条都须符合，符合的条件多的优先。"""

    columns: HasLacks = Field(default_factory=HasLacks, title="指标的列")
    order: tuple[ColumnName, ...] = Field(default=(), title="列的先后")
    head: tuple[HeadName, ...] = Field(default=(), title="有这些栏目")
    titles: Words = _words("表名里的词", "有一个即可")
    texts: Words = _words("表上的文字", "有一个即可；* 代表任意几个字")


@final
class Layout(Part):
    """版式：一种自评表的写法。只写与通用词表不同的地方。"""

    layout: str = Field(
        title="标识",
        description="小写字母、数字和连字符",
        pattern=ID_FORM,
        json_schema_extra={
            "x-form": {"zh": "小写字母、数字，用连字符相连", "en": "small letters and digits, joined by hyphens"}
        },
    )
    title: str = Field(title="名称", min_length=1)
    kind: Literal["department", "project"] | None = Field(default=None, title="文件类型", description="表上看不出时用")
    currency_unit: Literal["万元", "元"] | None = Field(default=None, title="金额单位", description="表上没有印时用")
    recognised_by: RecognisedBy | None = Field(default=None, title="认法")
    words: Vocabulary = Field(default_factory=Vocabulary, title="词表")


@final
@dataclass(frozen=True)
class Layouts:
    """The common words and the layouts, one's own before those that come with the engine."""

    common: Layout
    known: tuple[Layout, ...]

    def adding(self, layouts: Iterable[Layout]) -> Layouts:
        """With these before the others; one of the same name takes the other's place."""
        added = tuple(layouts)
        names = {each.layout for each in added}
        common = next((each for each in added if each.layout == COMMON), self.common)
        kept = (each for each in self.known if each.layout not in names)
        return Layouts(common, (*(each for each in added if each.layout != COMMON), *kept))

    def lookup(self, layout: Layout) -> Lookup:
        """The words of a layout together with the common ones."""
        return _lookup(self.common, layout)


_LOOKUPS: dict[tuple[int, int], tuple[Layout, Layout, Lookup]] = {}


def _lookup(common: Layout, layout: Layout) -> Lookup:
    """Made once for each pair, which is kept so that its identity is not given to another."""
    key = (id(common), id(layout))
    if key not in _LOOKUPS:
        own = [layout.words.model_dump()] if layout is not common else []
        _LOOKUPS[key] = (common, layout, Lookup([*own, common.words.model_dump()]))
    return _LOOKUPS[key][2]


@cache
def layout_schema() -> dict[str, Any]:
    """The schema of a layout file."""
    return schema_of(Layout, "layout", "自评表版式", mode="validation")


@cache
def _validator() -> Validator:
    return build_validator(layout_schema())


def read_layout(source: Source) -> Layout:
    """The layout that a source holds.

    Raises:
        Refused: with everything in which it departs from the schema.
    """
    from zhunsheng.source.schema import schema_problems  # noqa: PLC0415  brings jsonschema along

    found = schema_problems(source, _validator())
    if found:
        raise Refused(found)
    return Layout.model_validate(source.data)


@cache
def shipped_layouts() -> Layouts:
    """The layouts that come with the engine, which are not held against the schema each time: a test does that."""
    folder = files("zhunsheng.exchange.forms") / "layouts"
    found = [
        Layout.model_validate(read(each.read_bytes(), each.name).data)
        for each in sorted(folder.iterdir(), key=lambda each: each.name)
        if each.name.endswith(".yaml")
    ]
    return Layouts(
        next(each for each in found if each.layout == COMMON), tuple(each for each in found if each.layout != COMMON)
    )


def load_layouts(folder: Path | None = None) -> Layouts:
    """The layouts that come with the engine, and before them those of a folder.

    Raises:
        Refused: with every fault of every file of the folder.
    """
    if folder is None:
        return shipped_layouts()
    layouts: list[Layout] = []
    problems: list[Problem] = []
    for path in folder_of(folder):
        try:
            layouts.append(read_layout(source_of(path)))
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return shipped_layouts().adding(layouts)
