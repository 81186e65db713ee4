"""A test file as written: what its YAML may say, and the JSON Schema that teaches it to editors."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, cast, final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from zhunsheng.document.schema import build_validator, schema_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jsonschema.protocols import Validator

POINTER_FORM: Final = r"^(/([^~/]|~[01])*)+$"


def _text(value: object) -> str | None:
    """A value as it is compared: a number is its own text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(Decimal(cast("int", value)), "f")


Wanted = Annotated[
    str | None, BeforeValidator(_text), WithJsonSchema({"type": ["string", "number", "boolean", "null"]})
]
"""A value expected: numbers are compared as numbers, texts exactly; null says that there is none."""
Filed = Annotated[str | dict[str, Any] | None, WithJsonSchema({"type": ["string", "object"]})]
"""The path of a document or dossier, or all of it."""


Beside = Annotated[str | dict[str, Any], WithJsonSchema({"type": ["string", "object"]})]
"""A document judged together with that of a test: its path, or what is changed in the document to make it."""


class Part(BaseModel):
    """A mapping of a test file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _ids(title: str, example: str) -> Any:
    return Field(default=(), title=title, description="规则标识的完整清单，不论先后", examples=[[example]])


class OfDocument(Part):
    """一个文件的期望：写出的须与核算一致，没写的不管。"""

    quantities: dict[str, Wanted] = Field(default={}, title="量", description="按名称；null 表示没有值")
    scores: dict[str, Wanted] = Field(
        default={}, title="得分", description="按计分名称、指标名称或 /indicators/N；null 表示没有得分"
    )
    total: Wanted = Field(default=None, title="总分", examples=["98.45"])
    grade: Wanted = Field(default=None, title="等级", examples=["优"])
    requirements: tuple[str, ...] = _ids("须补充事项", "explain-low-execution")
    findings: tuple[str, ...] = _ids("复核问题", "execution-rate-claim")
    confirmations: tuple[str, ...] = _ids("确认", "execution-explained")
    judgements: tuple[str, ...] = _ids("须认定事项", "scores.定性指标")


@final
class Expectation(OfDocument):
    """期望：写出的须与核算一致，没写的不管。"""

    documents: dict[str, OfDocument] = Field(default={}, title="各文件", description="报告里每个文件的期望，按文件名称")
    refused: str = Field(
        default="", title="退回", description="应当退回时的错误代码；写了它就不写别的", examples=["undeclared-input"]
    )


@final
class Case(Part):
    """一条测试：一个文件（或在它上面改几处），和应得的结果。"""

    name: str = Field(title="名称", min_length=1, examples=["执行率 80.00%，原因栏空白，须说明"])
    document: Filed = Field(
        default=None,
        title="自评文件",
        description="文件的路径（从测试文件算起，后缀可省），或直接写出一个文件",
        examples=["../fixtures/policies/plain"],
    )
    dossier: Filed = Field(default=None, title="自评报告", description="报告的路径，或直接写出一份报告")
    changes: dict[Annotated[str, Field(pattern=POINTER_FORM)], Any] = Field(
        default={},
        alias="with",
        title="改动",
        description="JSON 指针 → 新值；没有的项补上，null 删去，列表末尾写 -",
        examples=[{"/funds/total/executed": "80"}],
    )
    together: tuple[Beside, ...] | None = Field(
        default=None,
        title="一起评的文件",
        description="规则把文件与同组的相比（peers）时，和它一起评的：文件的路径，或在它（改动之前）上面改几处；不写是单独评价",
        examples=[[{"/id": "乙", "/funds/total/executed": 60}]],
    )
    expect: Expectation = Field(title="期望")


@final
class TrialFile(Part):
    """规则测试：一个规则的各条测试。"""

    ruleset: str = Field(title="规则", description="旁边的规则或随附规则的标识，或规则文件的路径", min_length=1)
    tests: tuple[Case, ...] = Field(title="测试", min_length=1)


_FORM_OF_POINTERS: Final = {
    "zh": "JSON 指针，形如 /funds/total/executed",
    "en": "a JSON pointer, like `/funds/total/executed`",
}


@cache
def trial_schema() -> dict[str, Any]:
    """The schema of a test file."""
    schema = schema_of(TrialFile, "tests", "规则测试", mode="validation")
    definitions = schema["$defs"]
    for definition in definitions.values():
        for field in definition["properties"].values():
            field.pop("default", None)  # what is left out is not looked at, which no value says
    definitions["Expectation"]["minProperties"] = 1
    definitions["Expectation"]["properties"]["refused"]["minLength"] = 1
    case = definitions["Case"]
    case["dependentRequired"] = {"together": ["document"]}
    case["oneOf"] = [{"required": ["document"]}, {"required": ["dossier"]}]
    changes = case["properties"]["with"]
    del changes["patternProperties"]
    changes["propertyNames"] = {"pattern": POINTER_FORM, "x-form": _FORM_OF_POINTERS}
    return schema


@cache
def trial_validator() -> Validator:
    """A validator of test files, built once."""
    return build_validator(trial_schema())
