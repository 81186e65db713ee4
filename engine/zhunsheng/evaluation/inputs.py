"""Whether a document's attributes are what a ruleset declares: every name known, every value of its type."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING

from zhunsheng.expression.types import Type
from zhunsheng.number import parse
from zhunsheng.problem import Place, Problem, say
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhunsheng.document import Document
    from zhunsheng.ruleset.policy import Ruleset


def input_problems(document: Document, ruleset: Ruleset) -> list[Problem]:
    """What is wrong with the attributes of a document under a ruleset, each at its JSON pointer."""
    found = list(_problems(document.attributes, "/attributes", DOCUMENT, document.name, ruleset))
    for index, indicator in enumerate(document.indicators):
        found += _problems(indicator.attributes, f"/indicators/{index}/attributes", INDICATOR, document.name, ruleset)
    return found


def _problems(
    written: Mapping[str, object], pointer: str, scope: str, file: str, ruleset: Ruleset
) -> Iterator[Problem]:
    declared = {name: type_ for (where, name), type_ in ruleset.inputs.items() if where == scope}
    for name, value in written.items():
        place = Place(file, pointer=f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
        if name not in declared:
            near = get_close_matches(name, declared, n=1)
            yield Problem(
                place,
                "undeclared-input",
                say(
                    f"undeclared-input.{'expected' if declared else 'none'}", ruleset=ruleset.id, names=tuple(declared)
                ),
                name,
                hint=say("undeclared-input.hint", name=near[0]) if near else None,
            )
        elif not _fits(value, declared[name]):
            yield Problem(
                place, "input-type", say("input-type.expected", type=say(f"value.{declared[name].value}")), str(value)
            )


def _fits(value: object, type_: Type) -> bool:
    match type_:
        case Type.TRUTH:
            return isinstance(value, bool)
        case Type.TEXT:
            return isinstance(value, str)
        case Type.DATE:
            return isinstance(value, str) and _is_date(value)
        case _:
            if isinstance(value, str):
                return parse(value.removesuffix("%") if type_ is Type.PERCENT else value) is not None
            return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
