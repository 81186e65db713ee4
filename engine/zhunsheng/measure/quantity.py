"""Numbers and ranges with their unit: `≥14台`, `不低于95%`, `10-15天`, `24次系统考评成绩`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhunsheng import number
from zhunsheng.measure.reading import Kind, Reading, words
from zhunsheng.measure.unit import EXPRESSION, SCALE, Unit, any_of, column_unit, unit_of
from zhunsheng.measure.vocabulary import (
    APPROXIMATE,
    COMPARATORS,
    EVERY,
    HEADS,
    NOT_UNITS,
    SCALES,
    SUFFIXES,
    TAILS,
    UNITS,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from zhunsheng.measure.reading import Comparator, Note

NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?![0-9.,])"

_HEAD = rf"(?P<head>{any_of(HEADS)})?"
_QUANTITY = re.compile(
    rf"{_HEAD}(?P<every>(?:每(?:{any_of(EVERY)}))+)?(?P<sign>{any_of(COMPARATORS)})?(?P<percent>百分之)?"
    rf"(?P<number>[+-]?{NUMBER})(?P<scale>{SCALE})?(?P<rest>.*)",
    re.ASCII,
)
_RANGE = re.compile(
    rf"{_HEAD}(?P<low>[+-]?{NUMBER})(?P<between>[^0-9~<>=-]{{0,8}}?)[~至到-](?P<high>{NUMBER})(?P<scale>{SCALE})?(?P<rest>.*)",
    re.ASCII,
)
_PLAIN = re.compile(r"(<=|>=|[<>=])?([0-9]+(?:\.[0-9]+)?)([^0-9.,]*)", re.ASCII)
_ALONE = frozenset(unit for unit in UNITS if not re.search("[0-9年月]", unit))
"""Units that make neither a date nor a number of what stands before them."""
# 内 opens words of its own (内部检查), so it is a suffix only where the sentence ends or goes on with a verb.
_INSIDE = r"内(?=$|完成|办|处|到|响应|[,(;])"
_SUFFIX = rf"(?:\(含\)|及|或|含)?(?P<suffix>{any_of(set(SUFFIXES) - {'内'})}|{_INSIDE})"
_KNOWN = re.compile(rf"(?P<unit>{EXPRESSION})?(?:{_SUFFIX})?(?P<tail>.*)", re.ASCII)
_FREE = re.compile(rf"(?P<unit>[一-龥]{{1,3}}?(?:/[一-龥]{{1,4}}?)?)(?:{_SUFFIX})?", re.ASCII)

_LONGEST_TAIL = 16
# Words that may turn the number round, split it, or count something else.
_DOUBT = re.compile(
    r"[0-9<>=%~+·/…-]|未|不|没|无(?!害)|缺|欠|差|仅|其中|但|至|每|预计|计划|拟|以上|以下|以内|^[一二三四五六七八九十百千万亿两半零]",
    re.ASCII,
)
_APPROXIMATE = re.compile(rf"^(?:{any_of(APPROXIMATE)})|左右|上下")
# 6-8月, 2021-2023年, 10-15日 are dates as likely as lengths of time.
_CALENDAR = frozenset("年月日号时点")


def read_plain(plain: str, text: str) -> Reading | None:
    """The number `plain` writes (already squeezed), where it is a sign, digits and a unit and nothing else; or None.

    Most cells are, and need not be held against every pattern of this room: what it says of them, all of those together
    say too, in twice the time.
    """
    match = _PLAIN.fullmatch(plain)
    if match is None:
        return None
    sign, printed, rest = match.groups()
    if (rest and rest not in _ALONE) or len(printed) > number.MAX_DIGITS:
        return None
    units, _, decimals = printed.partition(".")
    places, unit = len(decimals), unit_of(rest)
    return Reading(
        Kind.NUMBER,
        text,
        COMPARATORS.get(sign),
        scaled(number.ratio(int(units + decimals), 10**places), unit.power),
        places - unit.power,
        unit=unit.name,
        power=unit.power,
        period=unit.period,
    )


def read_range(plain: str, text: str) -> Reading | None:
    """The range `plain` writes (already squeezed), or None."""
    match = _RANGE.fullmatch(plain)
    if match is None:
        return None
    parts = _rest(match["rest"])
    low, high = _exact(match["low"]), _exact(match["high"])
    if parts is None or parts[1] is not None or low is None or high is None or match["rest"][:1] in _CALENDAR:
        return words(text)
    power = SCALES.get(match["scale"], 0) + parts[0].power
    unit = parts[0]
    if match["between"]:
        first = column_unit(match["between"])
        if first is None or first.power != power or first.name not in {unit.name, ""}:
            return words(text)
    if low > high:
        return words(text)
    shown = max(number.places_of(match["low"]), number.places_of(match["high"]))
    return Reading(
        Kind.RANGE,
        text,
        low=scaled(low, power),
        high=scaled(high, power),
        places=shown - power,
        unit=unit.name,
        power=power,
        period=unit.period,
        tail=parts[2],
        notes=_notes(match["head"], match["scale"]),
    )


def read_number(plain: str, text: str) -> Reading | None:
    """The number `plain` writes (already squeezed), or None where it begins with none."""
    match = _QUANTITY.fullmatch(plain)
    if match is None:
        return None
    value = _exact(match["number"])
    if value is None:
        return words(text, "too-long")
    parts = _rest(match["rest"])
    if parts is None:
        return words(text, *(("approximate",) if _APPROXIMATE.search(match["rest"]) else ()))
    unit, suffix, tail = parts
    sign = COMPARATORS.get(match["sign"])
    if sign is not None and suffix is not None and sign != suffix:
        return words(text, "comparators-conflict")
    counted = _counted(unit, match["every"], percent=match["percent"])
    if counted is None or (counted.power and match["scale"]):
        return words(text)
    power = SCALES.get(match["scale"], 0) + counted.power
    return Reading(
        Kind.NUMBER,
        text,
        comparator=sign or suffix,
        number=scaled(value, power),
        places=number.places_of(match["number"]) - power,
        unit=counted.name,
        power=power,
        period=counted.period,
        tail=tail,
        notes=_notes(match["head"], match["scale"]),
    )


def scaled(value: Fraction, power: int) -> Fraction:
    """`value` × 10^`power`, exactly.

    >>> from fractions import Fraction
    >>> scaled(Fraction("12.5"), 4), scaled(Fraction(90), -2)
    (Fraction(125000, 1), Fraction(9, 10))
    """
    if power == 0:
        return value
    numerator, denominator = value.as_integer_ratio()
    factor: int = 10 ** abs(power)
    return number.ratio(numerator * factor, denominator) if power > 0 else number.ratio(numerator, denominator * factor)


def _exact(printed: str) -> Fraction | None:
    return number.parse(printed.replace(",", "") if "," in printed else printed)


def _rest(rest: str) -> tuple[Unit, Comparator | None, str] | None:
    """Unit, comparator and tail of what follows a number; None where any of it is in doubt."""
    if not rest:
        return Unit(), None, ""
    match = _KNOWN.fullmatch(rest)
    assert match is not None  # INVARIANT: its tail takes whatever the rest of the pattern leaves
    tail = match["tail"]
    if match["unit"] is None and match["suffix"] is None and not tail.startswith((*TAILS, "(")):
        match = _FREE.fullmatch(rest)
        if match is None or NOT_UNITS.intersection(match["unit"]) or _doubtful(match["unit"].replace("/", "")):
            return None
        tail = ""
    if tail and (len(tail) > _LONGEST_TAIL or _doubtful(tail)):
        return None
    return unit_of(match["unit"] or ""), SUFFIXES.get(match["suffix"]), tail.lstrip(",;:、")


def _doubtful(tail: str) -> bool:
    return _DOUBT.search(tail) is not None or _APPROXIMATE.search(tail) is not None


def _counted(unit: Unit, every: str | None, *, percent: str | None) -> Unit | None:
    """`unit` with what stands before the number: 每天4次 is 4次/天, 百分之95 is 95%."""
    if percent:
        return None if unit.name or every else unit_of("%")
    if not every:
        return unit
    if not unit.name or "/" in unit.name:
        return None
    return unit_of(unit.name + "/" + every.removeprefix("每"))


def _notes(head: str | None, scale: str | None) -> tuple[Note, ...]:
    leading: tuple[Note, ...] = ("leading-words",) if head else ()
    return (*leading, "multiplied-out") if scale else leading
