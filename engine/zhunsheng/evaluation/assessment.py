"""The assessment: what one evaluation says, as data for people and programs. Its JSON Schema is made from these."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, final

from pydantic import Field

if TYPE_CHECKING:
    from collections.abc import Mapping

Status = Literal["computed", "undecided", "withheld"]
Severity = Literal["error", "warning", "note"]


@final
@dataclass(frozen=True, slots=True)
class Input:
    """输入：算式里的一个名称和它的值。"""

    name: Annotated[str, Field(title="名称")]
    value: Annotated[str, Field(title="值", description="给人看的写法")]
    at: Annotated[str | None, Field(title="位置", description="JSON 指针；dossier: 打头的在自评报告里")] = None
    element: Annotated[str | None, Field(title="依据", description="由哪一项算出，见 derivations")] = None


@final
@dataclass(frozen=True, slots=True)
class Derivation:
    """计算依据：算式、代入的数、舍入、结果、条款。"""

    element: Annotated[str, Field(title="所算的项")]
    formula: Annotated[str, Field(title="算式")]
    values: Annotated[str, Field(title="代入")]
    result: Annotated[str, Field(title="结果")]
    before_rounding: Annotated[str | None, Field(title="舍入前", description="最简分数或小数，精确值")] = None
    rounding: Annotated[tuple[str, ...], Field(title="舍入")] = ()
    clause: Annotated[str | None, Field(title="条款")] = None
    status: Annotated[str | None, Field(title="条款核实情况")] = None
    inputs: Annotated[tuple[Input, ...], Field(title="输入")] = ()


@final
@dataclass(frozen=True, slots=True)
class Remark:
    """一条须补充事项、复核问题、确认或须认定事项。"""

    rule: Annotated[str, Field(title="规则")]
    at: Annotated[str, Field(title="位置", description="JSON 指针")]
    message: Annotated[str, Field(title="中文")]
    message_en: Annotated[str, Field(title="英文")]
    severity: Annotated[Severity | None, Field(title="程度")] = None
    outcome: Annotated[str | None, Field(title="后果", description="deduct、cap、veto 时")] = None
    item: Annotated[str | None, Field(title="须补充的内容")] = None
    claimed: Annotated[str | None, Field(title="自评")] = None
    computed: Annotated[str | None, Field(title="核算")] = None
    clause: Annotated[str | None, Field(title="条款")] = None
    status: Annotated[str | None, Field(title="条款核实情况")] = None
    derivation: Annotated[Derivation | None, Field(title="计算依据")] = None
    others: Annotated[
        tuple[str, ...] | None,
        Field(
            title="同组的其他位置", description="JSON 指针；一项规则逐对比较、彼此相连的各处合为一条，这里是其余各处"
        ),
    ] = None
    source: Annotated[
        str | None, Field(title="出处", description="由表格导入的，在原文件里的位置，如 项目自评表!I13")
    ] = None


@final
@dataclass(frozen=True, slots=True)
class ScoreLine:
    """一个得分项。"""

    id: Annotated[str, Field(title="标识", description="计分名称，或指标的 JSON 指针")]
    name: Annotated[str, Field(title="名称")]
    at: Annotated[str, Field(title="位置")]
    status: Annotated[
        Status, Field(title="状态", description="computed 已核算，undecided 待认定暂取自评，withheld 不计分")
    ]
    kind: Annotated[str | None, Field(title="计分办法")] = None
    dimension: Annotated[str | None, Field(title="一级指标")] = None
    points: Annotated[str | None, Field(title="分值")] = None
    computed: Annotated[str | None, Field(title="核算得分")] = None
    claimed: Annotated[str | None, Field(title="自评得分")] = None
    derivation: Annotated[Derivation | None, Field(title="计算依据")] = None
    source: Annotated[
        str | None, Field(title="出处", description="由表格导入的，在原文件里的位置，如 项目自评表!I13")
    ] = None


@final
@dataclass(frozen=True, slots=True)
class Figure:
    """总分或等级：核算与自评。"""

    computed: Annotated[str | None, Field(title="核算")] = None
    claimed: Annotated[str | None, Field(title="自评")] = None
    derivation: Annotated[Derivation | None, Field(title="计算依据")] = None


@final
@dataclass(frozen=True, slots=True)
class DocumentName:
    """所评的文件。"""

    id: Annotated[str, Field(title="标识")]
    kind: Annotated[str, Field(title="文件类型")]
    unit: Annotated[str, Field(title="单位名称")]
    year: Annotated[int, Field(title="年度")]
    sha256: Annotated[str, Field(title="内容摘要")]
    project: Annotated[str | None, Field(title="项目名称")] = None


@final
@dataclass(frozen=True, slots=True)
class RulesetName:
    """所用的规则。"""

    id: Annotated[str, Field(title="标识")]
    version: Annotated[str, Field(title="版本")]
    title: Annotated[str, Field(title="名称")]
    sha256: Annotated[str, Field(title="内容摘要", description="合并后的规则")]


@final
@dataclass(frozen=True, slots=True)
class EngineName:
    """引擎。"""

    version: Annotated[str, Field(title="版本")]


@final
@dataclass(frozen=True, slots=True)
class Assessment:
    """评价结果：一个自评文件按一项规则的核算、须补充事项、问题、确认和计算依据。"""

    document: Annotated[DocumentName, Field(title="文件")]
    ruleset: Annotated[RulesetName, Field(title="规则")]
    engine: Annotated[EngineName, Field(title="引擎")]
    quantities: Annotated[dict[str, str], Field(title="量")]
    scores: Annotated[tuple[ScoreLine, ...], Field(title="得分")]
    total: Annotated[Figure, Field(title="总分")]
    grade: Annotated[Figure, Field(title="等级")]
    requirements: Annotated[tuple[Remark, ...], Field(title="须补充事项")]
    findings: Annotated[tuple[Remark, ...], Field(title="复核问题")]
    confirmations: Annotated[tuple[Remark, ...], Field(title="确认")]
    judgements: Annotated[tuple[Remark, ...], Field(title="须认定事项")]
    derivations: Annotated[dict[str, Derivation], Field(title="计算依据", description="各量的依据，按名称")]


@final
@dataclass(frozen=True, slots=True)
class DossierAssessment:
    """报告的评价结果：各文件的结果，和跨文件、对正文的核对。"""

    dossier: Annotated[DocumentName, Field(title="报告")]
    ruleset: Annotated[RulesetName, Field(title="规则")]
    engine: Annotated[EngineName, Field(title="引擎")]
    documents: Annotated[tuple[str, ...], Field(title="文件", description="各文件标识")]
    requirements: Annotated[tuple[Remark, ...], Field(title="须补充事项")]
    findings: Annotated[tuple[Remark, ...], Field(title="复核问题")]
    confirmations: Annotated[tuple[Remark, ...], Field(title="确认")]
    judgements: Annotated[tuple[Remark, ...], Field(title="须认定事项")]
    derivations: Annotated[dict[str, Derivation], Field(title="计算依据")]


@final
@dataclass(frozen=True, slots=True)
class Answer:
    """命令 evaluate 的输出。"""

    assessments: Annotated[tuple[Assessment, ...], Field(title="文件的评价结果")]
    dossiers: Annotated[tuple[DossierAssessment, ...], Field(title="报告的评价结果")]


def plain(value: object) -> Any:
    """An assessment as JSON-ready data; what is not there is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        found: dict[str, Any] = {}
        for each in fields(value):
            inner = getattr(value, each.name)
            if inner is not None:
                found[each.name] = plain(inner)
        return found
    if isinstance(value, dict):
        mapping: Mapping[str, object] = value
        return {key: plain(inner) for key, inner in mapping.items()}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value
