"""Amounts of the funds block: a number in the column's unit or its own, with or without a label before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from zhunsheng import number
from zhunsheng.measure.cell import read_text
from zhunsheng.measure.quantity import NUMBER, scaled
from zhunsheng.measure.reading import Kind
from zhunsheng.measure.squeeze import LONGEST, squeeze

if TYPE_CHECKING:
    from fractions import Fraction

POWERS = {"元": -4, "人民币元": -4, "千元": -1, "万元": 0, "百万元": 2, "千万元": 3, "亿元": 4, "万": 0, "亿": 4}
"""Units of money, as powers of ten of 万元."""

_AMOUNT = re.compile(rf"[¥￥]?(?P<number>[+-]?{NUMBER})(?P<unit>[一-龥]{{1,4}})?", re.ASCII)
_IN_PROSE = re.compile(rf"(?P<number>{NUMBER})(?P<unit>(?:千万|百万|亿|万|千)?元)(?!/|每|人)", re.ASCII)
_OF_WHICH = re.compile(r"(?:其中|包括):?")


@final
@dataclass(frozen=True, slots=True)
class AmountReading:
    """An amount of money in 万元."""

    kind: Kind
    text: str
    value: Fraction | None = None
    """In 万元, exact."""
    places: int | None = None
    """Decimal places that the print shows, in terms of `value`: 268500.00元 → 6."""
    label: str = ""
    """一般公共预算 in `其中：一般公共预算：6132.5万元`."""


def read_amount(text: str | None, column_unit: str = "万元") -> AmountReading:
    """The amount a cell holds, in 万元. The cell's own unit wins over `column_unit`.

    >>> reading = read_amount("其中：一般公共预算：6132.5万元", "元")
    >>> reading.value, reading.label
    (Fraction(12265, 2), '一般公共预算')
    """
    if read_text(text).kind is Kind.MISSING:
        return AmountReading(Kind.MISSING, text or "")
    text = text or ""
    if len(text) > LONGEST:
        return AmountReading(Kind.WORDS, text)
    head, colon, amount = squeeze(text).rpartition(":")
    label = _OF_WHICH.sub("", head, count=1) if colon else ""
    if not amount or read_text(amount).kind is Kind.MISSING:
        return AmountReading(Kind.MISSING, text, label=label)
    match = _AMOUNT.fullmatch(amount)
    power = POWERS.get(squeeze(match["unit"] or column_unit)) if match else None
    value = number.parse(match["number"].replace(",", "")) if match else None
    if match is None or power is None or value is None:
        return AmountReading(Kind.WORDS, text, label=label)
    shown = number.places_of(match["number"])
    return AmountReading(Kind.NUMBER, text, scaled(value, power), shown - power, label)


def amounts_in(text: str | None) -> tuple[Fraction, ...]:
    """The amounts of money that a sentence names, in 万元; a price (元/台) is none.

    >>> amounts_in("县级配套 120 万元，自筹 305,000元；每台 2.5万元/台")
    (Fraction(120, 1), Fraction(61, 2))
    """
    found = []
    for match in _IN_PROSE.finditer(squeeze((text or "")[:LONGEST])):
        value = number.parse(match["number"].replace(",", ""))
        if value is not None:
            found.append(scaled(value, POWERS[match["unit"]]))
    return tuple(found)
