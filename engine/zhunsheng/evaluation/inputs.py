"""Whether a document's attributes are what a ruleset declares: every name known, every value of its type, none lacking."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhunsheng.problem import Place, Problem, say
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR
from zhunsheng.source import read
from zhunsheng.source.schema import schema_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema.protocols import Validator

    from zhunsheng.document import Document
    from zhunsheng.ruleset.policy import Ruleset


def input_problems(document: Document, ruleset: Ruleset, validators: Mapping[str, Validator]) -> list[Problem]:
    """What is wrong with the attributes of a document under a ruleset, each at its JSON pointer.

    Args:
        document: as filed.
        ruleset: whose inputs are meant.
        validators: of the attributes of a document and of an indicator (`attributes_schema`).
    """
    asked = {each.holder for each in ruleset.inputs if each.required}
    held = [(document.attributes, "/attributes", DOCUMENT)] if document.attributes or DOCUMENT in asked else []
    held += [
        (each.attributes, f"/indicators/{index}/attributes", INDICATOR)
        for index, each in enumerate(document.indicators)
        if each.attributes or INDICATOR in asked
    ]
    return [
        problem
        for attributes, pointer, holder in held
        for problem in _problems(attributes, pointer, document.name, validators[holder], ruleset)
    ]


def _problems(
    attributes: Mapping[str, Any], pointer: str, file: str, validator: Validator, ruleset: Ruleset
) -> Iterator[Problem]:
    """The schema's verdict, placed in the document; a date that is no day is found here, since no schema finds it."""
    source = read(json.dumps(attributes, ensure_ascii=False, default=_written).encode() or b"{}", file, format="json")
    for found in schema_problems(source, validator):
        place = Place(file, pointer=pointer + found.place.pointer)
        if found.code == "unknown-field" and not ruleset.inputs:
            yield Problem(place, "undeclared-input", say("undeclared-input.expected", ruleset=ruleset.id), found.got)
        else:
            yield replace(found, place=place)
    for path, text in _texts(attributes):
        if len(text) == len("2021-12-31") and text[4:5] == text[7:8] == "-" and not _is_day(text):
            yield Problem(Place(file, pointer=pointer + path), "no-such-date", say("no-such-date.expected"), text)


def _written(value: object) -> str:
    assert isinstance(value, Decimal), value
    return format(value, "f")


def _texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield path, value
        case dict():
            for key, inner in value.items():
                yield from _texts(inner, f"{path}/{key}")
        case list():
            for index, inner in enumerate(value):
                yield from _texts(inner, f"{path}/{index}")
        case _:
            return


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
