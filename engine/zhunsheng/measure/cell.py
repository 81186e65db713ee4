"""A target cell and an actual cell, read with what stands beside them: their columns, the form's year, each other."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from zhunsheng.measure.claim import claim_of
from zhunsheng.measure.date import dated, read_date
from zhunsheng.measure.quantity import read_number, read_plain, read_range, scaled
from zhunsheng.measure.reading import Kind, Reading, words
from zhunsheng.measure.squeeze import LONGEST, squeeze
from zhunsheng.measure.unit import Unit, column_unit
from zhunsheng.measure.vocabulary import APPROXIMATE, COMPARATORS, MISSING, NO_COMPARATOR, NONE_WRITTEN

if TYPE_CHECKING:
    from zhunsheng.measure.reading import Comparator, Note

_FILLER = re.compile(r"[-/\\~.…_、 ]*")
_DIGIT = re.compile(r"[0-9]", re.ASCII)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)
_YEAR_MONTH = re.compile(r"((?:19|20)[0-9]{2})\.(0?[1-9]|1[0-2])", re.ASCII)
_MUCH = 10
"""A bare number this many times its target was not meant in the target's 万 or 亿."""
_NEAR = 5
_HALF = Fraction(1, 2)
_ONE = Fraction(1)


def read_target(
    text: str | None, *, unit: str | None = None, comparator: str | None = None, year: int | None = None
) -> Reading:
    """What a target cell says.

    Args:
        text: the cell, as printed.
        unit: the cell of the unit column (度量单位), where the form has one; the target cell's own unit wins.
        comparator: the cell of the comparator column (指标性质, 计算符号); the target cell's own sign wins.
        year: the form's year, for dates that print none.

    >>> target = read_target("≥1.8万人")
    >>> target.comparator, target.number, target.unit
    ('>=', Fraction(18000, 1), '人')
    """
    reading = read_text(text)
    if reading.kind is Kind.WORDS or reading.kind is Kind.MISSING:
        return reading
    if reading.number is not None and _year_month(reading, unit):
        return words(reading.text, "date-or-number")
    if unit:
        reading = _with_column_unit(reading, unit)
    if comparator:
        reading = _with_column_comparator(reading, comparator)
    return dated(reading, year) if reading.kind is Kind.DATE else reading


def read_actual(text: str | None, target: Reading, *, unit: str | None = None, year: int | None = None) -> Reading:
    """What an actual cell says beside `target`: a bare number takes the target's unit, words are held against its words.

    >>> read_actual("100", read_target("≥100百分比")).number, read_actual("已建立", read_target("建立")).claim
    (Fraction(1, 1), 'full')
    """
    reading = read_text(text)
    if reading.kind is Kind.MISSING:
        return reading
    if target.kind is Kind.DATE:
        reading = _as_date(reading)
    elif reading.number is not None and not target.unit and _year_month(reading, unit):
        return words(reading.text, "date-or-number")
    if reading.kind is Kind.WORDS:
        said = squeeze(target.text) if target.kind is Kind.WORDS else ""
        claim = claim_of(squeeze(reading.text), said) if len(reading.text) <= LONGEST else None
        return reading._replace(claim=claim) if claim else reading
    if reading.comparator is not None:
        reading = reading.noting("comparator-in-actual")
    if reading.kind is Kind.DATE:
        return _dated_beside(reading, target, year)
    return _beside(reading, target, unit)


def read_text(text: str | None) -> Reading:
    """What a cell says by itself."""
    if text is None:
        return Reading(Kind.MISSING, "")
    if len(text) > LONGEST:  # and not kept in the cache
        return words(text, "too-long")
    return _read(text)


@lru_cache(maxsize=8192)
def _read(text: str) -> Reading:
    plain = squeeze(text)
    return read_plain(plain, text) or _read_any(plain, text)


def _read_any(plain: str, text: str) -> Reading:
    if _FILLER.fullmatch(plain) or plain in MISSING:
        return Reading(Kind.MISSING, text)
    plain = plain.rstrip("。.;,、 ")
    if plain in NONE_WRITTEN:
        return Reading(Kind.MISSING, text, notes=("none-written",))
    if _DIGIT.search(plain) is None and "年" not in plain:
        return words(text)
    reading = read_date(plain, text) or read_range(plain, text) or read_number(plain, text)
    if reading is not None:
        return reading
    return words(text, *(("approximate",) if plain.startswith(APPROXIMATE) else ()))


def _with_column_unit(reading: Reading, text: str) -> Reading:
    column = column_unit(text)
    if reading.kind is Kind.DATE:
        return reading
    if column is None:
        return reading if _FILLER.fullmatch(squeeze(text)) else reading.noting("unit-column-unread")
    if reading.unit:
        return reading if reading.unit == column.name else reading.noting("column-unit-differs")
    return _in_unit(reading, column, "unit-from-column")


def _in_unit(reading: Reading, unit: Unit, *notes: Note) -> Reading:
    """A bare number or range in `unit`. A 万 of its own stays, and then the unit's scale is not applied again."""
    power = 0 if reading.power else unit.power
    if not power:
        return reading._replace(unit=unit.name, period=unit.period, notes=(*reading.notes, *notes))
    return reading._replace(
        number=None if reading.number is None else scaled(reading.number, power),
        low=None if reading.low is None else scaled(reading.low, power),
        high=None if reading.high is None else scaled(reading.high, power),
        places=None if reading.places is None else reading.places - power,
        power=power,
        unit=unit.name,
        period=unit.period,
        notes=(*reading.notes, *notes),
    )


def _with_column_comparator(reading: Reading, text: str) -> Reading:
    column = column_comparator(text)
    if column == "unread":
        return reading.noting("comparator-column-unread")
    if column is None or reading.kind is Kind.RANGE or reading.comparator == column:
        return reading
    if reading.comparator is not None:
        return reading.noting("column-comparator-differs")
    return reading._replace(comparator=column)


@lru_cache(maxsize=256)
def column_comparator(text: str) -> Comparator | Literal["unread"] | None:
    """The comparator in a cell of the comparator column, None where it says none, `unread` where nobody can tell."""
    if len(text) > LONGEST:
        return "unread"
    plain = squeeze(text)
    if _FILLER.fullmatch(plain) or plain in NO_COMPARATOR:
        return None
    return COMPARATORS.get(plain, "unread")


def _beside(reading: Reading, target: Reading, column: str | None) -> Reading:
    """A number in its own unit, else the unit column's, else the target's."""
    if column:
        named = column_unit(column)
        if reading.unit or named is None:
            reading = _with_column_unit(reading, column)
        else:
            return _placed(reading, named, target, "unit-from-column")
    measured = target.kind is Kind.NUMBER or target.kind is Kind.RANGE
    if reading.unit or not measured or not (target.unit or target.power):
        return reading
    return _placed(reading, Unit(target.unit, target.power, target.period), target, "unit-from-target")


def _placed(reading: Reading, unit: Unit, target: Reading, note: Note) -> Reading:
    """A bare number in `unit`, unless that reading is absurd beside the target: then the other one, or words."""
    reference = target.number if target.number is not None else target.low
    value = reading.number
    if not unit.power or reading.power or not reference or not value or target.power != unit.power:
        return _in_unit(reading, unit, note)
    if unit.power < 0:
        fits = _share_fits(value, reference, unit.power)
        other: Note = "fraction-for-percent"
    else:
        fits = _scale_fits(value, abs(reference), unit.power)
        other = "plain-for-scaled"
    if fits is None:
        return words(reading.text, "scale-unclear")
    return _in_unit(reading, unit if fits else unit._replace(power=0), note, *(() if fits else (other,)))


def _scale_fits(value: Fraction, reference: Fraction, power: int) -> bool | None:
    """Whether a bare number is meant in the target's 万: 126.4 under 120万 is, 19200 under 1.8万 is not."""
    if scaled(abs(value), power) <= _MUCH * reference:
        return True
    return False if reference <= _MUCH * abs(value) <= _MUCH * _MUCH * reference else None


def _share_fits(value: Fraction, reference: Fraction, power: int) -> bool | None:
    """Whether a bare number is meant in percent: 96 under 95% is, 0.958 is a fraction, 1.05 or 0.1 nobody can say.

    A percent under one is absurd beside a target of half or more only; beside ≤5% it is likely.
    """
    if reference >= _HALF:
        if scaled(abs(value), power) * _NEAR * _NEAR >= reference:
            return True
        return False if reference / _NEAR <= value <= _ONE else None
    if abs(value) > _ONE or value > reference * _NEAR:
        return True
    return None


def _year_month(reading: Reading, unit: str | None) -> bool:
    """Whether a bare `2023.12` stands alone: a month as likely as a number."""
    bare = not (reading.unit or reading.power or reading.comparator or unit)
    return bare and reading.places in {1, 2} and _YEAR_MONTH.fullmatch(squeeze(reading.text)) is not None


def _as_date(reading: Reading) -> Reading:
    """Beside a date, `2022` is a year and `2023.12` a month."""
    if reading.kind is not Kind.NUMBER or reading.unit or reading.comparator:
        return reading
    plain = squeeze(reading.text)
    if _YEAR.fullmatch(plain):
        return Reading(Kind.DATE, reading.text, year=int(plain), notes=("unit-from-target",))
    match = _YEAR_MONTH.fullmatch(plain)
    if match is None:
        return reading
    return Reading(Kind.DATE, reading.text, year=int(match[1]), month=int(match[2]), notes=("unit-from-target",))


def _dated_beside(reading: Reading, target: Reading, year: int | None) -> Reading:
    if year is None and reading.year is None and target.year is not None:
        return dated(reading.noting("year-from-target"), target.year)
    return dated(reading, year)
