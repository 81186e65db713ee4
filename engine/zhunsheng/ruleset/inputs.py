"""Own inputs: what a ruleset declares that documents must or may hold beside the form, and the schema this makes.

A value, a record of values, or a list of records; a list may sit on another list (the months of a site). Each is
filled in under `attributes` of the document, the indicator or the list item it belongs to.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from zhunsheng.document.model import DECIMAL_FORM
from zhunsheng.document.schema import document_schema
from zhunsheng.expression.check import Known
from zhunsheng.expression.types import Type
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR, PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable

_PERCENT_FORM: Final = DECIMAL_FORM.removesuffix("$") + "%?$"
_DATE_FORM: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


Shape = Literal["value", "record", "list"]


class Column(NamedTuple):
    """One declared value."""

    name: str
    type: Type
    required: bool
    note: str | None
    words: tuple[str, ...] = ()
    """The texts it may hold, where their list is closed."""
    unit: str | None = None
    places: int | None = None

    @property
    def details(self) -> str:
        """What more is said of it, in a few words: `高、中、低`, `人，0 位小数`."""
        places = None if self.places is None else f"{self.places} 位小数"
        return "，".join(each for each in ("、".join(self.words), self.unit, places) if each)

    @property
    def known(self) -> Known:
        """What formulas know of it beside its type."""
        return Known(self.words, self.unit, PLACES.get(self.type) if self.places is None else self.places)


class Declared(NamedTuple):
    """One declared input: a value (its only column has its own name), a record, or a list."""

    name: str
    holder: str
    """The scope it belongs to: 文件, 指标, or a list."""
    shape: Shape
    columns: tuple[Column, ...]
    required: bool

    def names(self) -> dict[str, Type]:
        """The names it gives to its holder."""
        return {name: each.type for name, each in self.named()}

    def named(self) -> tuple[tuple[str, Column], ...]:
        """Its columns under those names; the columns of a list belong to the list's own items."""
        match self.shape:
            case "value":
                return ((self.name, self.columns[0]),)
            case "record":
                return tuple((f"{self.name}.{each.name}", each) for each in self.columns)
            case "list":
                return ()


def attributes_schema(declared: Iterable[Declared], holder: str) -> dict[str, Any]:
    """The JSON Schema of what a holder's inputs look like: a closed set of names, each of its type."""
    inputs = tuple(declared)
    own = [each for each in inputs if each.holder == holder]
    return _closed({each.name: (_shape(each, inputs), each.required) for each in own})


def composed_schema(inputs: tuple[Declared, ...], name: str) -> dict[str, Any]:
    """The document schema with the inputs of a ruleset put in."""
    schema = deepcopy(document_schema())
    schema["$id"] = f"{schema['$id']}:{name}"
    schema["properties"]["attributes"] = attributes_schema(inputs, DOCUMENT) | {"title": "附加项"}
    schema["$defs"]["Indicator"]["properties"]["attributes"] = attributes_schema(inputs, INDICATOR) | {
        "title": "附加项"
    }
    for holder, owner in ((DOCUMENT, schema), (INDICATOR, schema["$defs"]["Indicator"])):
        if any(each.required for each in inputs if each.holder == holder):
            owner["required"] = [*owner.get("required", []), "attributes"]
    return schema


def _shape(declared: Declared, inputs: tuple[Declared, ...]) -> dict[str, Any]:
    if declared.shape == "value":
        return value_schema(declared.columns[0])
    columns = {each.name: (value_schema(each), each.required) for each in declared.columns}
    if declared.shape == "record":
        return _closed(columns) | {"title": declared.name}
    below = {each.name: (_shape(each, inputs), each.required) for each in inputs if each.holder == declared.name}
    return {"type": "array", "title": declared.name, "items": _closed(columns | below)}


def value_schema(column: Column) -> dict[str, Any]:
    """The JSON Schema of one declared value."""
    described = {"title": column.name} | ({"description": column.note} if column.note else {})
    match column.type:
        case Type.TRUTH:
            return {"type": "boolean", **described}
        case Type.TEXT:
            return {"type": "string", **described} | (_words(column.words) if column.words else {})
        case Type.DATE:
            form = {"zh": "日期，形如 2021-12-31", "en": "a date like 2021-12-31"}
            return {"type": "string", "pattern": _DATE_FORM, "x-form": form, **described}
        case _:
            return {"type": ["string", "number"], **_decimal(column), **described}


def _words(words: tuple[str, ...]) -> dict[str, Any]:
    """The form of a text that must be one of few."""
    return {"enum": list(words), "x-form": {"zh": f"{'、'.join(words)}之一", "en": f"one of {', '.join(words)}"}}


def _decimal(column: Column) -> dict[str, Any]:
    """The form of a number: its places where declared, of a percent two fewer before the sign."""
    share, places = column.type is Type.PERCENT, column.places
    pattern = _PERCENT_FORM if share else DECIMAL_FORM
    form = (
        {"zh": "百分比，形如 95.5% 或 0.955", "en": "a percent like 95.5% or 0.955"}
        if share
        else {"zh": "十进制数", "en": "a decimal"}
    )
    if places is not None:
        pattern = f"^{_digits(places)}$" + (f"|^{_digits(max(places - 2, 0))}%$" if share else "")
        form = {"zh": f"{form['zh']}，至多 {places} 位小数", "en": f"{form['en']}, at most {places} places"}
    if places == 0:
        form = {"zh": "整数", "en": "a whole number"}
    if column.unit is not None:
        form = {"zh": f"{form['zh']}，以{column.unit}计", "en": f"{form['en']}, in {column.unit}"}
    return {"pattern": pattern, "x-form": form}


def _digits(places: int) -> str:
    return "-?[0-9]{1,15}" + (f"(\\.[0-9]{{1,{places}}})?" if places else "")


def _closed(properties: dict[str, tuple[dict[str, Any], bool]]) -> dict[str, Any]:
    required = [name for name, (_, needed) in properties.items() if needed]
    body = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: one for name, (one, _) in properties.items()},
    }
    return body | ({"required": required} if required else {})
