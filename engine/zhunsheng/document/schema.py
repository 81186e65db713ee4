"""The JSON Schemas that the models yield (Draft 2020-12), as committed under `schemas/`."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from zhunsheng.document.model import Document, Dossier

if TYPE_CHECKING:
    from jsonschema.protocols import Validator
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_HEADING: Final = re.compile("[：，。]")
"""What ends the Chinese title with which each model's docstring begins."""


class Draft202012(GenerateJsonSchema):
    """Pydantic's generator, with optional fields written as one type instead of `anyOf`.

    A blank cell may be left out or be null; saying so in `type` keeps one precise message for a wrong value.
    """

    schema_dialect = DRAFT

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """`X | None` as `type: [X, "null"]` where X has a type of its own."""
        inner = self.generate_inner(schema["schema"])
        match inner:
            case {"type": str(one)}:
                kinds = [one]
            case {"type": list(several)}:
                kinds = list(several)
            case _:
                return {"anyOf": [inner, {"type": "null"}]}
        widened = inner | {"type": [*kinds, "null"]}
        if "enum" in widened:
            widened["enum"] = [*widened["enum"], None]
        return widened


def schema_of(model: type, name: str, title: str, *, mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """The schema of a model under its published name, with a Chinese title."""
    body = TypeAdapter[Any](model).json_schema(mode=mode, schema_generator=Draft202012)
    for definition in (body, *body.get("$defs", {}).values()):
        if "description" in definition:
            definition["title"] = _HEADING.split(definition["description"], maxsplit=1)[0]
    return {"$schema": DRAFT, "$id": f"urn:zhunsheng:schema:{name}", **body, "title": title}


@cache
def document_schema() -> dict[str, Any]:
    """The schema of an evaluation document."""
    return schema_of(Document, "document", "绩效自评文件", mode="validation")


@cache
def dossier_schema() -> dict[str, Any]:
    """The schema of a dossier."""
    return schema_of(Dossier, "dossier", "自评报告", mode="validation")


@cache
def dossier_file_schema() -> dict[str, Any]:
    """The schema of a dossier's file, which may name the files of its documents instead of holding them."""
    schema = deepcopy(dossier_schema())
    documents = schema["properties"]["documents"]
    named = {"type": "string", "title": "文件名", "description": "与报告同一文件夹里的文件，如 department.yaml"}
    documents["items"] = {"anyOf": [named, documents["items"]]}
    return schema


@cache
def validator(kind: Literal["document", "dossier"]) -> Validator:
    """A validator for one of the two, built once."""
    return build_validator(document_schema() if kind == "document" else dossier_schema())


def build_validator(schema: dict[str, Any]) -> Validator:
    """A Draft 2020-12 validator of `schema`."""
    from zhunsheng.source.schema import validator_for  # noqa: PLC0415  jsonschema costs more to import than a form to judge

    return validator_for(schema)
