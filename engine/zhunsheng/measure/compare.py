"""Whether a target and an actual can be held against each other at all. What follows from that is the ruleset's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, final

from zhunsheng.measure.date import span
from zhunsheng.measure.reading import Kind
from zhunsheng.measure.squeeze import squeeze
from zhunsheng.measure.vocabulary import SHARES

if TYPE_CHECKING:
    from zhunsheng.measure.reading import Reading

Reason = Literal[
    "",
    "target-missing",
    "actual-missing",
    "words",
    "kinds-differ",  # a number beside a date
    "actual-is-range",
    "units-differ",
    "unit-unclear",  # a bare target beside an actual in % or 万
    "comparator-opposed",  # an actual of <90% beside a target of ≥90% says no number
    "year-unknown",
    "date-overlaps",  # the actual may lie before the deadline or after it
    "no-deadline",  # a date to be waited for, not kept
]

_AT_LEAST = frozenset({">=", ">"})
_AT_MOST = frozenset({"<=", "<"})


@final
@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether target and actual can be compared, and why not."""

    comparable: bool
    reason: Reason = ""
    same_words: bool = False
    """Both cells say the same, in signs and blanks of any width. Consistent, not measured."""


def compare(target: Reading, actual: Reading) -> Comparison:
    """Whether `actual` can be held against `target`: numbers of one unit and period, or days against a deadline.

    >>> from zhunsheng.measure import read_actual, read_target
    >>> target = read_target("实时交互")
    >>> compare(target, read_actual("100%", target))
    Comparison(comparable=False, reason='words', same_words=False)
    """
    reason = _reason(target, actual)
    present = target.kind is not Kind.MISSING and actual.kind is not Kind.MISSING
    return _comparison(reason, present and _alike(target.text, actual.text))


@cache
def _comparison(reason: Reason, same: bool) -> Comparison:  # noqa: FBT001  of a cached function
    return Comparison(not reason, reason, same)


def _alike(one: str, other: str) -> bool:
    return one == other or squeeze(one) == squeeze(other)


def _reason(target: Reading, actual: Reading) -> Reason:
    if target.kind is Kind.MISSING:
        return "target-missing"
    if actual.kind is Kind.MISSING:
        return "actual-missing"
    if target.kind is Kind.WORDS or actual.kind is Kind.WORDS:
        return "words"
    if (target.kind is Kind.DATE) != (actual.kind is Kind.DATE):
        return "kinds-differ"
    if target.kind is Kind.DATE:
        return _dates(target, actual)
    if actual.kind is Kind.RANGE:
        return "actual-is-range"
    return _units(target, actual) or _signs(target, actual)


def _units(target: Reading, actual: Reading) -> Reason:
    if target.unit == actual.unit or (target.unit in SHARES and actual.unit in SHARES):
        return ""
    if target.unit and actual.unit:
        return "units-differ"
    bare, named = (target, actual) if not target.unit else (actual, target)
    # A bare number takes the other cell's unit; beside 万 or % it is unknown whether it takes the scale too.
    return "unit-unclear" if named.power != bare.power and (named.power < 0 or not bare.power) else ""


def _signs(target: Reading, actual: Reading) -> Reason:
    opposed = (target.comparator in _AT_LEAST and actual.comparator in _AT_MOST) or (
        target.comparator in _AT_MOST and actual.comparator in _AT_LEAST
    )
    return "comparator-opposed" if opposed else ""


def _dates(target: Reading, actual: Reading) -> Reason:
    if target.comparator in _AT_LEAST or actual.comparator in _AT_LEAST:
        return "no-deadline"
    if target.latest is None or actual.latest is None:
        return "year-unknown"
    if actual.latest <= target.latest:
        return ""
    if actual.earliest is None or actual.earliest <= _last_in_doubt(target, target.latest):
        return "date-overlaps"
    return ""


def _last_in_doubt(target: Reading, latest: dt.date) -> dt.date:
    """6月前 excludes June by its words; work done in June is for a person to judge all the same."""
    if target.comparator != "<" or target.day is not None:
        return latest
    named = latest + dt.timedelta(days=1)
    days = span(named.year, None if target.month is None else named.month, None)
    return days[1] if days else latest
