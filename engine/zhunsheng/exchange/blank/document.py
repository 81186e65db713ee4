"""A blank document: every field of the schema that a ruleset asks for, its Chinese title beside it.

What must be filled in is there with an empty text, which no schema accepts: a blank that was forgotten is told at its
line. What may be filled in is a comment, or an empty text where that means nothing was said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, final

from zhunsheng.exchange.format.scalars import scalar_text
from zhunsheng.expression.tree import Constant
from zhunsheng.expression.words import shown
from zhunsheng.ruleset.inputs import composed_schema
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.document.model import Kind
    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset import Ruleset

EXECUTION: Final = "预算执行率"
"""The one weight that belongs to the funds and not to an indicator."""
ASKED: Final = ("target", "actual")
"""Not required by the schema, yet without them a row cannot be scored: they stand there as blanks."""
_BLANK: Final = '""'


@final
@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the file; one that is not active stands there as a comment."""

    depth: int
    text: str
    active: bool = True

    def written(self) -> str:
        return f"{'  ' * self.depth}{'' if self.active else '# '}{self.text}"


def blank_document(ruleset: Ruleset, kind: Kind, schema: str) -> str:
    """The text of a blank document that `ruleset` can judge once it is filled in.

    Args:
        ruleset: whose weights and inputs it has.
        kind: of a department or of a project.
        schema: where editors find the schema, from where the file will lie.
    """
    blank = _Blank(ruleset, kind, composed_schema(ruleset.inputs, ruleset.id))
    head = [
        f"# yaml-language-server: $schema={schema}",
        f"# 绩效自评文件，按 {ruleset.id}（{ruleset.title}）",
        "# 注明「必填」的须填写；以「# 」开头的可填，填时去掉「# 」；其余不填就留空或删去。金额单位见 currency_unit",
    ]
    return "\n".join([*head, *(each.written() for each in blank.lines())]) + "\n"


def year_of(ruleset: Ruleset) -> int:
    """The last whole year in which a ruleset holds, or the first."""
    first, _, last = (ruleset.in_force or "2026-01-01/").partition("/")
    return int((last or first)[:4])


def row_weights(ruleset: Ruleset) -> dict[str, Node]:
    """The weights that rows share; the others are of the form's own scores."""
    scored = {EXECUTION, *(each.name for each in ruleset.scores if each.scope == DOCUMENT)}
    return {name: node for name, (node, _) in ruleset.weights.items() if name not in scored}


def has_rows(ruleset: Ruleset) -> bool:
    """Whether a ruleset scores rows or asks something of them, and not the form alone."""
    return any(each.holder == INDICATOR for each in ruleset.inputs) or any(
        each.scope == INDICATOR for each in ruleset.scores
    )


_BY_IMPORT: Final = ("file", "sources")
"""Fields that only an import fills in."""


@final
@dataclass(frozen=True, slots=True)
class _Blank:
    ruleset: Ruleset
    kind: Kind
    schema: dict[str, Any]

    def lines(self) -> Iterator[_Line]:
        required = {*self.schema["required"], *(["project"] if self.kind == "project" else [])}
        stated = {"kind": self.kind, "year": str(year_of(self.ruleset))}
        for name, body in self.schema["properties"].items():
            if name in _BY_IMPORT:
                continue
            if name == "indicators" and not has_rows(self.ruleset):
                yield _Line(0, f"{name}: []{_remark(body, must=True)}")
            elif name == "indicators":
                yield _Line(0, f"{name}:{_remark(body, must=True)}")
                yield from self.indicators()
            elif name != "attributes" or body["properties"]:
                if name == "project" and self.kind == "department":
                    continue
                yield from self.field(0, name, body, must=name in required, value=stated.get(name))

    def field(
        self, depth: int, name: str, body: dict[str, Any], *, must: bool, value: str | None = None
    ) -> list[_Line]:
        """A field with all that is below it."""
        body = self.resolved(body)
        key, remark = scalar_text(name, "key"), _remark(body, must=must)
        if body.get("type") == "object" or "object" in body.get("type", ()):
            needed = body.get("required", ())
            inner = [
                line
                for each, below in body.get("properties", {}).items()
                for line in self.field(depth + 1, each, below, must=each in needed)
            ]
            return self.holder(_Line(depth, f"{key}:{remark}", must or not depth), inner)
        if body.get("type") == "array":
            inner = self.item(depth + 1, body["items"])
            return self.holder(_Line(depth, f"{key}:{remark}", must), inner)
        if value is None:
            value = str(body["default"]) if body.get("default") is not None else _BLANK
        active = must or value != _BLANK or name in ASKED or _may_be_blank(body)
        return [_Line(depth, f"{key}: {value}{remark}", active)]

    @staticmethod
    def holder(head: _Line, inner: list[_Line]) -> list[_Line]:
        """A mapping or list with what it holds; a comment as a whole where it may be left out or nothing in it stands."""
        if head.active and any(each.active for each in inner):
            return [head, *inner]
        below = [_Line(head.depth, "  " * (each.depth - head.depth) + each.text, active=False) for each in inner]
        return [replace(head, active=False), *below]

    def item(self, depth: int, body: dict[str, Any]) -> list[_Line]:
        """A sample row of a list: what is active comes first, so that the dash has something to hold."""
        body = self.resolved(body)
        if "properties" not in body:
            return [_Line(depth, f"- {_BLANK}", active=False)]
        needed = body.get("required", ())
        fields = [
            self.field(depth + 1, each, below, must=each in needed)
            for each, below in body.get("properties", {}).items()
        ]
        fields.sort(key=lambda each: not any(line.active for line in each))
        first, *others = [line for each in fields for line in each]
        return [_Line(depth, f"- {first.text}", first.active), *others]

    def indicators(self) -> Iterator[_Line]:
        """A sample row for each weighted dimension; the first has every field."""
        definition = self.schema["$defs"]["Indicator"]
        rows = row_weights(self.ruleset).items()
        for at, (dimension, node) in enumerate(rows or [("", None)]):
            points = shown(node.value, node.type) if isinstance(node, Constant) and node.value else None
            for name, body in definition["properties"].items():
                if at and name not in ("dimension", "category", "name", "target", "actual", "points", "attributes"):
                    continue
                if name == "attributes" and not body["properties"]:
                    continue
                value = {"dimension": scalar_text(dimension) if dimension else _BLANK, "points": points}.get(name)
                must = name in definition["required"]
                lines = self.field(2, name, body, must=must, value=value)
                if name == "dimension":
                    lines = [_Line(1, f"- {lines[0].text}")]
                yield from (_short(each) for each in lines) if at and name != "attributes" else lines

    def resolved(self, body: dict[str, Any]) -> dict[str, Any]:
        """A field with the definition that it refers to put in; its own title stays."""
        options = [each for each in body.get("anyOf", [body]) if each.get("type") != "null"]
        one: dict[str, Any] = options[0]
        if "$ref" in one:
            definition = self.schema["$defs"][one["$ref"].rpartition("/")[2]]
            return {**definition, **{key: body[key] for key in ("title", "description") if key in body}}
        return {**one, **{key: value for key, value in body.items() if key != "anyOf"}}


def _may_be_blank(body: dict[str, Any]) -> bool:
    """Whether an empty text says that nothing was said: of a text of the form, not of a number, a date or a truth."""
    kinds = body.get("type")
    return (
        "string" in (kinds or ()) and "number" not in (kinds or ()) and "pattern" not in body and "x-form" not in body
    )


def _remark(body: dict[str, Any], *, must: bool) -> str:
    """Title, description and, of an input that a ruleset declares, what form it has; as a comment."""
    title, said = str(body.get("title", "")), body.get("description")
    form = body.get("x-form", {}).get("zh") or ("true 或 false" if body.get("type") == "boolean" else None)
    choices = [str(each) for each in body.get("enum", ()) if each is not None]
    if choices and "default" not in body and not all(each in (said or "") for each in choices):
        form = f"{'、'.join(choices)} 之一"
    own = said is None or said != title  # a field of the form says its title twice where it needs no more words
    parts = [said if own else None, form if own and (said is None or "exclusiveMinimum" not in body) else None]
    shown_ = "，".join(each for each in parts if each)
    return f"  # {title}{'（必填）' if must else ''}{'：' if shown_ else ''}{shown_}".replace("\n", " ")


def _short(line: _Line) -> _Line:
    return _Line(line.depth, line.text.partition("  # ")[0], line.active)
