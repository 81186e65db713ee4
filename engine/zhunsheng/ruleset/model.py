"""A ruleset as written: what its YAML may say, and the JSON Schema that teaches it to editors.

Everything is optional here, since an overlay states only what differs; whether the merged policy is complete is asked
in `compile`. Every mapping has a closed set of keys. Short forms are widened by `spread` before anything is merged.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, Literal, cast, final, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from zhunsheng.document.schema import build_validator, schema_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jsonschema.protocols import Validator

ID_FORM: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
NAME_FORM: Final = r"^[A-Za-z_\u3400-\u4dbf\u4e00-\u9fff][0-9A-Za-z_\u3400-\u4dbf\u4e00-\u9fff]*$"
ROUND_FORM: Final = r"^none$|^-?[0-9]{1,2} places (half-up|half-even|half-down|up|down|ceiling|floor)(, -?[0-9]{1,2} places (half-up|half-even|half-down|up|down|ceiling|floor))*$"
PERIOD_FORM: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}/([0-9]{4}-[0-9]{2}-[0-9]{2})?$"
VERSION_FORM: Final = r"^[0-9]+\.[0-9]+\.[0-9]+$"


def _written(value: object) -> object:
    """A number where an expression may stand is an expression too: `points: 10`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str | dict | list) or value is None else format(Decimal(cast("int", value)), "f")


def _form(form: str, zh: str, en: str) -> Any:
    return Field(pattern=form, json_schema_extra={"x-form": {"zh": zh, "en": en}})


def _dated(*types: str) -> dict[str, Any]:
    """A value that may be written once, or once for each period in which it holds."""
    return {
        "type": [*types, "object"],
        "patternProperties": {PERIOD_FORM: {"type": list(types)}},
        "additionalProperties": False,
    }


Expression = Annotated[
    str,
    BeforeValidator(_written),
    Field(json_schema_extra=_dated("string", "number")),
]
Status = Literal["verified", "unverified", "observed"]
Severity = Literal["error", "warning", "note"]
TypeName = Literal["number", "percent", "money", "days", "text", "date", "truth"]
RoundingText = Annotated[
    str,
    _form(
        ROUND_FORM,
        "形如 2 places half-up；先后几次舍入用逗号隔开；none 为不舍入",
        "like `2 places half-up`; several in turn with commas; `none` for no rounding",
    ),
]

TYPES: Final = "number 数，percent 百分比，money 金额，days 天数，text 文字，date 日期，truth 真假"
ROUNDING: Final = "几位小数，怎样舍入；百分比的位数按小数计，84.50% 是 4 位；none 去掉依据的规则里的舍入"
UNIT: Final = "数的单位；单位不同的数不能相加、相比"
PLACES: Final = "填表时至多几位小数；百分比按小数计，84.50% 是 4 位"
ONE_OF: Final = "文字只能填这些词之一"

Names = Annotated[str, Field(pattern=NAME_FORM)]


def _one_of() -> Any:
    return Field(
        default=None,
        title="可填的词",
        description=ONE_OF,
        examples=[["高", "中", "低"]],
        min_length=1,
        json_schema_extra={"uniqueItems": True},
    )


class Part(BaseModel):
    """A mapping of a ruleset."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Cited(Part):
    """What may carry its source."""

    clause: str | None = Field(default=None, title="条款", description="出自哪一条", examples=["自评表 备注1"])
    status: Status | None = Field(
        default=None,
        title="核实情况",
        description="verified 已对照原文；observed 见于实际做法；unverified 未见原文。省略时同整个规则",
        examples=["verified"],
    )
    note: str | None = Field(
        default=None, title="说明", description="给读规则的人看的话", examples=["没写比较符的按越多越好"]
    )


class Element(Cited):
    """What an overlay may take away again."""

    drop: bool | None = Field(
        default=None, title="停用", description="true：依据的规则里有这一项，这里不用", examples=[True]
    )


Aliased = dict[Names, str]
"""One kind of thing under a name of its own: `{本: 指标}`."""


@final
class Weight(Element):
    """权重：预算执行率或某个一级指标应有的分值。"""

    points: Expression | None = Field(default=None, title="分值", description="数，或算出它的算式", examples=["10"])


@final
class InputField(Part):
    """附加输入里的一栏。"""

    type: TypeName | None = Field(default=None, title="类型", description=TYPES, examples=["number"])
    one_of: tuple[str, ...] | None = _one_of()
    unit: str | None = Field(default=None, title="单位", description=UNIT, examples=["人"])
    places: int | None = Field(default=None, title="小数位数", description=PLACES, examples=[0], ge=0, le=12)
    required: bool | None = Field(default=None, title="必填", description="true：不填就退回", examples=[True])
    note: str | None = Field(default=None, title="说明", description="给填表的人看的话", examples=["年末在编人数"])


@final
class Input(Element):
    """附加输入：规则自己声明的填报项，填在 attributes 里：一个值（type）、一组值（record）或一张清单（list）。"""

    each: str | None = Field(
        default=None, title="填在哪里", description="文件、指标，或另一张清单的名称；省略时为指标", examples=["指标"]
    )
    type: TypeName | None = Field(default=None, title="类型", description=TYPES, examples=["number"])
    one_of: tuple[str, ...] | None = _one_of()
    unit: str | None = Field(default=None, title="单位", description=UNIT, examples=["人"])
    places: int | None = Field(default=None, title="小数位数", description=PLACES, examples=[0], ge=0, le=12)
    record: dict[Names, InputField] | None = Field(
        default=None,
        title="一组值",
        description="用「名称.栏」引用",
        examples=[{"核定人数": "number", "实有人数": "number"}],
    )
    list: dict[Names, InputField] | None = Field(
        default=None,
        title="清单",
        description="每行各栏；清单的名称也是集合的名称，每行有 序号",
        examples=[{"名称": "text", "整改": "truth", "扣几分": "number"}],
    )
    required: bool | None = Field(default=None, title="必填", description="true：不填就退回", examples=[True])


@final
class Peers(Element):
    """同组：一起评的文件里，与本文件各项都相同的那些，本文件在内；是每个文件的一个集合，可以汇总。"""

    by: tuple[str, ...] | None = Field(
        default=None,
        title="按什么分组",
        description="文件上的名称或算式，各项都相同的是一组，年度总在其内；有一项未填或无值的文件不属于任何一组",
        examples=[["文件类型", "地区"]],
    )


@final
class Quantity(Element):
    """量：有名称的算式，别处可以引用。"""

    each: str | Aliased | None = Field(
        default=None,
        title="对象",
        description="算在什么上：文件、指标、资金、报告……；省略时为文件。起个名称，汇总里就能说到它：{本: 指标}",
        examples=["指标", {"本": "指标"}],
    )
    type: TypeName | None = Field(
        default=None, title="类型", description="算出来当作什么；省略时由算式定", examples=["number"]
    )
    formula: Expression | None = Field(
        default=None, title="算式", description="数、算式或条件", examples=["全年执行数 / 全年预算数", "90%"]
    )
    round: RoundingText | None = Field(default=None, title="舍入", description=ROUNDING, examples=["4 places half-up"])


@final
class Kinds(Cited):
    """指标分类：算出每个指标按哪一种办法计分，结果是 scores 里的名称。"""

    formula: Expression | None = Field(
        default=None,
        title="算式",
        description="给出 scores 里的一个名称",
        examples=['"定量指标" if 可比 else "定性指标"'],
    )


@final
class Score(Element):
    """计分：一个得分项，或一类指标的计分办法。"""

    each: str | Aliased | None = Field(
        default=None,
        title="对象",
        description="文件（如预算执行率）或 指标；省略时为指标。起个名称，汇总里就能说到它：{本: 指标}",
        examples=["文件", {"本": "指标"}],
    )
    points: Expression | None = Field(
        default=None, title="分值", description="满分；指标省略时取表上的分值", examples=["权重.预算执行率"]
    )
    formula: Expression | None = Field(
        default=None, title="算式", description="得几分", examples=["分值 if 达标 else 分值 * min(完成率, 100%)"]
    )
    round: RoundingText | None = Field(default=None, title="舍入", description=ROUNDING, examples=["2 places half-up"])
    otherwise: Expression | None = Field(
        default=None,
        title="无法计算时",
        description="算式无值时取什么，并列为人工认定；省略则暂不计分",
        examples=["min(自评得分, 分值)"],
    )
    claimed: Expression | None = Field(
        default=None, title="自评得分", description="与哪一格比较；指标省略时取自评得分", examples=["自评执行得分"]
    )
    at: Expression | None = Field(default=None, title="位置", description="出问题时指向哪一格", examples=["全年执行数"])
    falls: str | None = Field(
        default=None,
        title="本意递减",
        description="完成得更多而得分更低，是本意：理由。写了它，check 和 fuzz 不再就此提出疑点",
        examples=["超过目标 30% 以上的视为未完成"],
    )
    beyond: str | None = Field(
        default=None,
        title="本意越界",
        description="得分可以低于 0 分或超过分值，是本意：理由。写了它，check 和 fuzz 不再就此提出疑点",
        examples=["只扣不加，至多扣 10 分"],
    )


@final
class Total(Cited):
    """总分。"""

    formula: Expression | None = Field(
        default=None, title="算式", description="总分怎样得出", examples=["sum(得分项得分 for 得分项)"]
    )
    round: RoundingText | None = Field(default=None, title="舍入", description=ROUNDING, examples=["2 places half-up"])


@final
class Grade(Element):
    """等级：总分落在哪一段。"""

    when: str | None = Field(
        default=None, title="总分", description="总分在哪一段，含不含端点都写明", examples=[">= 80 and < 90"]
    )


@final
class Message(Part):
    """给人看的一句话，可用 {算式} 填入数值。"""

    zh: str = Field(title="中文", description="用 {算式} 填入数值", examples=["执行率 {执行率} 低于 90%"])
    en: str | None = Field(
        default=None, title="英文", description="省略时用中文", examples=["execution rate {执行率} is below 90%"]
    )


@final
class Rule(Element):
    """规则：当 when 成立（或 check 不成立）时得出结论。"""

    each: str | dict[str, str] | None = Field(
        default=None, title="对象", description="一个对象；或几个：{甲: 指标, 乙: 指标}", examples=["文件", "指标"]
    )
    within: Literal["文件", "报告"] | None = Field(
        default=None,
        title="范围",
        description="几个对象同在一个文件里，还是同在一份报告里；省略时为报告",
        examples=["文件"],
    )
    when: Expression | None = Field(
        default=None, title="条件", description="成立时得出结论；有 check 时，成立才核对", examples=["执行率 < 90%"]
    )
    check: Expression | None = Field(
        default=None, title="核对", description="应当成立的事；不成立是问题，成立可作确认", examples=["自评等级 = 等级"]
    )
    require: str | None = Field(default=None, title="须补充", description="要补充的内容", examples=["执行偏差原因"])
    finding: Severity | None = Field(
        default=None, title="问题", description="error 错误，warning 疑点，note 提示", examples=["warning"]
    )
    confirm: bool | None = Field(default=None, title="确认", description="true：自评经核对属实", examples=[True])
    judge: bool | None = Field(default=None, title="须认定", description="true：只有人能定", examples=[True])
    deduct: Expression | None = Field(default=None, title="扣分", description="扣几分，记入 扣分", examples=["2"])
    cap: str | None = Field(default=None, title="等级上限", description="等级不高于", examples=["良"])
    veto: bool | None = Field(
        default=None, title="一票否决", description="true：记入 否决，由算式决定后果", examples=[True]
    )
    derive: str | None = Field(
        default=None, title="推出", description="给这个结论一个名称，别的规则和算式可以引用", examples=["疑似突击花钱"]
    )
    severity: Severity | None = Field(
        default=None, title="程度", description="扣分、上限、否决的程度；省略时为 error", examples=["warning"]
    )
    message: str | Message | None = Field(
        default=None,
        title="文字",
        description="给人看的一句话，用 {算式} 填入数值；要英文时写 {zh: …, en: …}",
        examples=["执行率 {执行率} 低于 90%"],
    )
    confirmed: str | Message | None = Field(
        default=None, title="确认的文字", description="check 成立时的文字", examples=["全年执行数与正文相符"]
    )
    claimed: Expression | None = Field(default=None, title="自评值", description="表上写的", examples=["自评总分"])
    computed: Expression | None = Field(default=None, title="核算值", description="按规则得出的", examples=["总分"])
    at: Expression | None = Field(
        default=None, title="位置", description="指向哪一格；省略时指向对象本身", examples=["自评总分"]
    )


@final
class Applies(Part):
    """适用范围。"""

    kinds: tuple[Literal["department", "project"], ...] | None = Field(
        default=None,
        title="文件类型",
        description="department 部门整体支出，project 项目支出；省略时不会自动选用",
        examples=[["department", "project"]],
    )
    regions: tuple[str, ...] | None = Field(
        default=None, title="地区", description="地区的开头；省略时不限地区", examples=[["某省某市"]]
    )


@final
class Change(Part):
    """一次修订。"""

    version: str = Field(title="版本", description="改成哪一版", examples=["1.1.0"])
    date: str = Field(title="日期", description="哪一天改的", examples=["2026-01-01"])
    text: str = Field(title="改了什么", description="一句话", examples=["说明界限由 90% 改为 85%"])


@final
class RulesetFile(Part):
    """评分规则：一项政策的权重、算式、舍入、等级和规则。"""

    ruleset: Annotated[str, _form(ID_FORM, "小写字母、数字和连字符", "lower-case letters, digits and hyphens")] = Field(
        title="标识", description="规则的名称，别的规则据以引用；也是文件名", examples=["my-city-2026"]
    )
    version: Annotated[str, _form(VERSION_FORM, "形如 1.0.0", "like `1.0.0`")] = Field(
        title="版本", description="改算法升前两位，改文字升末位", examples=["1.0.0"]
    )
    title: str = Field(title="名称", description="给人看的名称", examples=["某市 2026 年度部门整体支出绩效自评"])
    extends: str | tuple[str, ...] | None = Field(
        default=None,
        title="依据的规则",
        description="只写与它不同的地方；可以是几个规则的列表",
        examples=["my-province", ["my-province", "my-grades"]],
    )
    in_force: (
        Annotated[str, _form(PERIOD_FORM, "形如 2021-01-01/2021-12-31，末日可省", "like `2021-01-01/2021-12-31`")]
        | None
    ) = Field(
        default=None,
        title="有效期",
        description="首日和末日，两天都算在内",
        examples=["2021-01-01/2021-12-31", "2020-02-25/"],
    )
    applies_to: Applies | None = Field(
        default=None,
        title="适用范围",
        description="没有指明规则时，据此选用",
        examples=[{"kinds": ["department"], "regions": ["某省某市"]}],
    )
    source: str | None = Field(
        default=None,
        title="出处",
        description="文件名称和文号",
        examples=["财预〔2020〕10号《项目支出绩效评价管理办法》"],
    )
    status: Status | None = Field(
        default=None,
        title="核实情况",
        description="各项没有另写时：verified 已对照原文；observed 见于实际做法；unverified 未见原文，省略时如此",
        examples=["unverified"],
    )
    note: str | None = Field(
        default=None, title="说明", description="给读规则的人看的话", examples=["原文不在手边，条号待核"]
    )
    changes: tuple[Change, ...] | None = Field(
        default=None,
        title="修订记录",
        description="每次修订一行，新的在后",
        examples=[[{"version": "1.0.0", "date": "2026-01-01", "text": "首次编写"}]],
    )
    full_marks: Expression | None = Field(
        default=None, title="满分", description="各权重合计应等于它；省略时为 100", examples=["100"]
    )
    weights: dict[Names, Weight] | None = Field(
        default=None,
        title="权重",
        description="预算执行率和各一级指标应有的分值",
        examples=[{"预算执行率": 10, "产出指标": {"points": 50, "clause": "第八条"}}],
    )
    inputs: dict[Names, Input] | None = Field(
        default=None,
        title="附加输入",
        description="表上没有、规则要用的，填在 attributes 里",
        examples=[{"编制人数": {"each": "文件", "type": "number"}}],
    )
    quantities: dict[Names, Quantity] | None = Field(
        default=None,
        title="量",
        description="有名称的数、算式或条件，别处用名称引用",
        examples=[{"说明界限": "90%", "执行率": {"formula": "全年执行数 / 全年预算数", "round": "4 places half-up"}}],
    )
    peers: dict[Names, Peers] | None = Field(
        default=None,
        title="同组",
        description="一起评的文件怎样分组；名称就是集合，可以求最高、平均、名次",
        examples=[{"同类": {"by": ["文件类型", "地区"]}}],
    )
    indicator_kind: Kinds | None = Field(
        default=None,
        title="指标分类",
        description="每个指标按 scores 里的哪一种计分",
        examples=['"定量指标" if 可比 else "定性指标"'],
    )
    scores: dict[Names, Score] | None = Field(
        default=None,
        title="计分",
        description="文件上的得分项，和各类指标的计分办法",
        examples=[{"定量指标": {"formula": "分值 * min(完成率, 100%)", "round": "2 places half-up"}}],
    )
    total: Total | None = Field(
        default=None, title="总分", description="总分的算式和舍入", examples=["sum(得分项得分 for 得分项)"]
    )
    grades: dict[str, Grade] | None = Field(
        default=None,
        title="等级",
        description="各等级的分数段，首尾相接",
        examples=[{"优": ">= 90", "良": ">= 80 and < 90", "中": ">= 60 and < 80", "差": "< 60"}],
    )
    rules: dict[str, Rule] | None = Field(
        default=None,
        title="规则",
        description="什么情况下得出什么结论：须补充、问题、扣分、等级上限、否决……",
        examples=[{"low-execution": {"when": "执行率 < 50%", "finding": "warning", "message": "执行率偏低"}}],
    )


SHORT: Final[dict[str, str]] = {
    "weights": "points",
    "inputs": "type",
    "quantities": "formula",
    "scores": "formula",
    "grades": "when",
}
"""What the short form of an element means: `预算执行率: 10` under `weights` is its `points`."""
SHORT_ONE: Final[dict[str, str]] = {"indicator_kind": "formula", "total": "formula"}


def short_key(path: tuple[str | int, ...]) -> str | None:
    """The key that a plain value at `path` stands for, where an element may be written short."""
    if len(path) == 1:
        return SHORT_ONE.get(str(path[0]))
    if len(path) == 4 and path[0] == "inputs" and path[2] in ("list", "record"):
        return "type"
    return SHORT.get(str(path[0])) if len(path) == 2 else None


@cache
def ruleset_schema() -> dict[str, Any]:
    """The schema of a ruleset file, short forms included."""
    schema = schema_of(RulesetFile, "ruleset", "评分规则", mode="validation")
    properties = schema["properties"]
    for name in SHORT:
        values = _inner(properties[name])
        pattern = next(iter(values.get("patternProperties", {})), None)
        holder = values["patternProperties"] if pattern else values
        key = pattern or "additionalProperties"
        holder[key] = {"anyOf": [{"type": ["string", "number"]}, holder[key]]}
        if pattern:
            values["additionalProperties"] = False
    for columns in ("record", "list"):
        names = _inner(schema["$defs"]["Input"]["properties"][columns])["patternProperties"]
        for form in names:
            names[form] = {"anyOf": [{"type": "string", "enum": list(get_args(TypeName))}, names[form]]}
    for name in SHORT_ONE:
        options = properties[name].setdefault("anyOf", [])
        options.insert(0, {"type": ["string", "number"]})
    return schema


def _inner(schema: dict[str, Any]) -> dict[str, Any]:
    options: list[dict[str, Any]] = schema.get("anyOf", [schema])
    return options[0]


@cache
def ruleset_validator() -> Validator:
    """A validator of ruleset files, built once."""
    return build_validator(ruleset_schema())
