"""Dates and deadlines: `6月前`, `11月底前`, `2023年12月31日前`, `2021年`, `2023-12-31`.

A date is read as printed; which days it means needs the form's year and is filled in by `dated`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Literal

from zhunsheng.measure.reading import Kind, Reading, words
from zhunsheng.measure.vocabulary import COMPARATORS

if TYPE_CHECKING:
    from zhunsheng.measure.reading import Comparator, Note

_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_BEFORE = r"(?P<before>之前|以前|前)?(?P<tail>[^0-9]*)"
_HEAD = r"(?P<sign><=|=|<)?(?P<latest>不晚于|不迟于|最迟|最晚)?(?:已?于|在|截至|截止到?|当年|本年度?|完成于)?"
_CHINESE = re.compile(
    rf"{_HEAD}(?:{_YEAR}年度?)?"
    r"(?:(?P<month>[0-9]{1,2})月份?(?:(?P<day>[0-9]{1,2})[日号]|(?P<last>月?[底末]))?|(?P<end>年?[底末]))?"
    rf"{_BEFORE}",
    re.ASCII,
)
_NUMERIC = re.compile(
    rf"{_HEAD}{_YEAR}(?P<dash>[-./])(?P<month>[0-9]{{1,2}})(?:(?P=dash)(?P<day>[0-9]{{1,2}})(?: 00:00:00)?)?"
    rf"(?P<last>)(?P<end>){_BEFORE}",
    re.ASCII,
)
_ANY = re.compile(r"[年月]|^[^0-9]{0,4}(?:19|20)[0-9]{2}[-./]", re.ASCII)
_BARE_END = re.compile(r"年[底末]")
_LONGEST_TAIL = 12
# What moves the day (后, 起, 初, 中旬), turns the sentence round (未), or says that it has not come yet (预计).
_MOVED = re.compile(
    r"[<>=%~+·/…:.,\-]|^(?:[后起初中上下旬至到内间]|以[后上下内])|未|不|没|每|年|月|日|季|部分|预计|计划|拟|推迟|延",
    re.ASCII,
)


def read_date(plain: str, text: str) -> Reading | None:
    """The date `plain` writes (already squeezed), or None where it writes none."""
    if _ANY.search(plain) is None:
        return None
    match = _CHINESE.fullmatch(plain) or _NUMERIC.fullmatch(plain)
    if match is None or not (match["year"] or match["month"] or (match["end"] and _BARE_END.search(plain))):
        return None
    parts = match.groupdict()
    if parts.get("dash") == "." and not parts["day"]:
        return None
    tail = parts["tail"]
    if len(tail) > _LONGEST_TAIL or _MOVED.search(tail) or (parts["sign"] and not parts["year"]):
        return words(text)
    year, month, day = _printed(parts)
    if not _exists(year, month, day):
        return words(text, "no-such-day")
    comparator, notes = _comparator(parts, day)
    return Reading(Kind.DATE, text, comparator, year=year, month=month, day=day, tail=tail, notes=notes)


def dated(reading: Reading, year: int | None) -> Reading:
    """A date with the days it means, where it prints no year in the form's `year`; unchanged where that is unknown."""
    year = reading.year if reading.year is not None else year
    if year is None or not dt.MINYEAR < year < dt.MAXYEAR:
        return reading
    days = span(year, reading.month, reading.day)
    if days is None:
        return reading.noting("no-such-day")
    first, last = days
    match reading.comparator:
        case None | "=":
            return reading._replace(earliest=first, latest=last)
        case "<":
            return reading._replace(latest=first - dt.timedelta(days=1))
        case "<=":
            return reading._replace(latest=last)
        case _:
            return reading._replace(earliest=first)


def span(year: int, month: int | None, day: int | Literal["last"] | None) -> tuple[dt.date, dt.date] | None:
    """First and last day of a year, a month or a day; None for a day that does not exist.

    >>> span(2023, 2, "last")
    (datetime.date(2023, 2, 28), datetime.date(2023, 2, 28))
    """
    if month is None:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    days = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    if day is None:
        return dt.date(year, month, 1), dt.date(year, month, days)
    which = days if day == "last" else day
    return (dt.date(year, month, which),) * 2 if which <= days else None


def _printed(parts: dict[str, str | None]) -> tuple[int | None, int | None, int | Literal["last"] | None]:
    year = int(parts["year"]) if parts["year"] else None
    if parts["end"]:
        return year, 12, "last"
    month = int(parts["month"]) if parts["month"] else None
    if parts["last"]:
        return year, month, "last"
    return year, month, int(parts["day"]) if parts["day"] else None


def _exists(year: int | None, month: int | None, day: int | Literal["last"] | None) -> bool:
    if month is not None and not 1 <= month <= 12:
        return False
    leap = 2000  # the 29th of February exists in some year, and without a year nobody can say more
    return day != 0 and span(year if year is not None else leap, month, day) is not None


def _comparator(
    parts: dict[str, str | None], day: int | Literal["last"] | None
) -> tuple[Comparator | None, tuple[Note, ...]]:
    """`<=` before a day (which counts), `<` before a month or year (which does not)."""
    if parts["latest"]:
        return "<=", ()
    if not parts["before"]:
        return COMPARATORS.get(parts["sign"] or ""), ()
    if day is None:
        return "<", ()
    return "<=", () if day == "last" else ("day-counts-by-custom",)
