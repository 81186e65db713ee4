"""What stands in a cell of Excel for a printed text: a number, a percentage, or the text itself, never a formula."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final, NamedTuple

_NUMBER: Final = re.compile(r"(-?(?:0|[1-9][0-9]*)(?:\.([0-9]+))?)(%?)", re.ASCII)
_KEPT: Final = 15
"""Digits that a number in a sheet keeps."""


class Number(NamedTuple):
    """A number, and the format in which it reads as the text did."""

    value: Decimal
    form: str


def number(text: str) -> Number | None:
    """The number that a text says, where a sheet keeps all of it and shows the same again.

    >>> number("8.50"), number("97.5%"), number("007"), number("24次")
    (Number(value=Decimal('8.50'), form='0.00'), Number(value=Decimal('0.975'), form='0.0%'), None, None)
    """
    found = _NUMBER.fullmatch(text)
    if found is None or len(text) > _KEPT or (found[1].startswith("-0") and not Decimal(found[1])):
        return None
    places = len(found[2] or "")
    form = f"0.{'0' * places}" if places else "0"
    if found[3]:
        sign, digits, exponent = Decimal(found[1]).as_tuple()
        return Number(Decimal((sign, digits, int(exponent) - 2)), f"{form}%")
    return Number(Decimal(found[1]), form)


def put(cell: Any, text: str, *, numbers: bool = False) -> None:
    """Writes a text into a cell; what a number it is where `numbers` may be one.

    A text that begins with = + - @ stays a text, also when somebody edits the cell.
    """
    found = number(text) if numbers else None
    if found is not None:
        cell.value = found.value
        cell.number_format = found.form
    elif text:
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text[:1] in ("=", "+", "-", "@")
