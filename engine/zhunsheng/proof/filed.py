"""How a value of an input stands in a document: where, and as what text."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zhunsheng.document import Document
from zhunsheng.expression.tree import Absent
from zhunsheng.expression.types import Type
from zhunsheng.number import write
from zhunsheng.proof.subject import Element, subject

if TYPE_CHECKING:
    from zhunsheng.expression.exact import Thing
    from zhunsheng.expression.tree import Value
    from zhunsheng.proof.subject import Input, Subject

_NUMBER: Final = re.compile(r"-?[0-9][0-9,，]*(?:\.[0-9]+)?", re.ASCII)
_WAN: Final = 10_000


class Filed(NamedTuple):
    """A value as a document holds it: the pointer of the field, and what stands there."""

    pointer: str
    text: str


def filed_as(form: Subject, by: Input, x: Fraction) -> Filed | None:
    """What to write into the document for an input to be x; None where no document can say that.

    It is tried: the document with that text in it must be read as x.
    """
    pointer = by.thing.place(by.key)
    if pointer is None or not by.filed or write(x).count("/"):
        return None
    text = _text(form, by, x)
    if text is None:
        return None
    found = Filed(pointer, text)
    again = at(form, found)
    if again is None:
        return None
    return found if _same(again, by.thing).values.get(by.key) == x else None


def at(form: Subject, filed: Filed) -> Subject | None:
    """The document with that in it, judged anew; None where it is no document any more."""
    content: dict[str, Any] = form.filed.model_dump(mode="json", exclude_none=True)
    put(content, filed)
    try:
        return subject(Document.model_validate(content), form.ruleset)
    except ValueError:
        return None


def put(content: dict[str, Any], filed: Filed) -> None:
    """Writes a value into the content of a document, with what must be above it."""
    *above, last = [part.replace("~1", "/").replace("~0", "~") for part in filed.pointer.split("/")[1:]]
    holder: Any = content
    for part in above:
        holder = holder[int(part)] if isinstance(holder, list) else holder.setdefault(part, {})
    holder[int(last) if isinstance(holder, list) else last] = filed.text


def worked_out(form: Subject, element: Element, by: Input, x: Fraction) -> Value:
    """What the whole engine gives for a figure on the document that says x; undecided where no document can."""
    filed = filed_as(form, by, x)
    again = None if filed is None else at(form, filed)
    if again is None:
        return Absent.UNDECIDED
    return again.value(Element(_same(again, element.thing), element.key))


def _same(form: Subject, thing: Thing) -> Thing:
    """The thing of another judgement that stands where this one does."""
    return next(each for each in form.outcome.world.things[thing.scope] if each.key == thing.key)


def _text(form: Subject, by: Input, x: Fraction) -> str | None:
    """A decimal in the unit of the field; of a printed cell the cell with another number in it."""
    type_ = form.ruleset.scopes[by.thing.scope].fields.get(by.key)
    if type_ is Type.MONEY:
        return write(x * _WAN if form.filed.currency_unit == "元" else x)
    printed = by.thing.values.get("实际完成值" if by.key.startswith("实际") else "年度指标值")
    in_cell = by.key.startswith(("实际", "目标")) and isinstance(printed, str)
    if not in_cell or not isinstance(by.value, Fraction) or not isinstance(printed, str):
        return f"{write(x * 100)}%" if type_ is Type.PERCENT else write(x)
    number = _NUMBER.search(printed)
    if number is None or not by.value:
        return None
    unit = by.value / Fraction(number[0].replace(",", "").replace("，", ""))
    if write(x / unit).count("/"):
        return None
    return printed[: number.start()] + write(x / unit) + printed[number.end() :]
