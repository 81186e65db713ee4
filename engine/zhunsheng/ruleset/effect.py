"""Dates of effect: the policy as it stood on a day, where values of it carry the periods in which they hold.

A document is judged by the policy of the last day of its year. A day that falls between two periods has no policy:
it is refused with the neighbouring periods named, never filled in.
"""

from __future__ import annotations

import itertools
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from zhunsheng.problem import Problem, Refused, say
from zhunsheng.ruleset.overlay import Merged, is_dated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.ruleset.overlay import Path


class Period(NamedTuple):
    """From the first day to the last, both included; without a last day, for good."""

    first: date
    last: date
    text: str

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


def period(text: str) -> Period:
    """The period that a key writes.

    Raises:
        ValueError: a day in it is none.

    >>> date(2021, 6, 1) in period("2021-01-01/2021-12-31")
    True
    """
    first, _, last = text.partition("/")
    return Period(date.fromisoformat(first), date.fromisoformat(last) if last else date.max, text)


def dated(merged: Merged) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every value with dates of effect."""
    for path, value in merged.leaves():
        if is_dated(value):
            yield path, value


def turning_days(merged: Merged) -> tuple[date, ...]:
    """One day of every stretch in which the policy is the same; none where nothing is dated.

    Raises:
        Refused: a period is none, ends before it begins, or overlaps another of the same value.
    """
    problems = [problem for path, value in dated(merged) for problem in _period_problems(merged, path, value)]
    if problems:
        raise Refused(problems)
    return tuple(sorted({period(text).first for _, value in dated(merged) for text in value}))


def in_force_throughout(merged: Merged, day: date) -> bool:
    """Whether every dated value has something in force on that day."""
    return all(any(day in period(text) for text in value) for _, value in dated(merged))


def on(merged: Merged, day: date) -> Merged:
    """The policy as it stands on a day: of each dated value, the one in force.

    Raises:
        Refused: a value has none on that day.
    """
    result = replace(merged, data=deepcopy(merged.data), origins=dict(merged.origins), bases=dict(merged.bases))
    problems = []
    for path, value in dated(merged):
        found = [text for text in value if day in period(text)]
        if not found:
            problems.append(_gap(merged, path, value, day))
            continue
        holder: Any = result.data
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = value[found[0]]
        source, at = merged.origin(path)
        result.origins[path] = (source, (*at, found[0]))
    if problems:
        raise Refused(problems)
    return result


def _period_problems(merged: Merged, path: Path, value: dict[str, Any]) -> Iterator[Problem]:
    source, at = merged.origin(path)
    periods = []
    for text in value:
        place = source.place((*at, text), key=True)
        try:
            found = period(text)
        except ValueError:
            yield Problem(place, "no-such-date", say("no-such-date.expected"), text)
            continue
        if found.last < found.first:
            yield Problem(place, "period-backwards", say("period-backwards.expected"), text)
        periods.append(found)
    ordered = sorted(periods)
    for one, other in itertools.pairwise(ordered):
        if other.first <= one.last:
            yield Problem(
                source.place((*at, other.text), key=True),
                "period-overlap",
                say("period-overlap.expected"),
                other.text,
                ((source.place((*at, one.text), key=True), say("see-first")),),
            )


def _gap(merged: Merged, path: Path, value: dict[str, Any], day: date) -> Problem:
    """Nothing in force: the periods before and after are named."""
    periods = sorted(period(text) for text in value)
    before = [each.text for each in periods if each.last < day][-1:]
    after = [each.text for each in periods if each.first > day][:1]
    return Problem(
        merged.place(path),
        "not-in-force",
        say(
            "not-in-force.expected", day=day.isoformat(), element=".".join(map(str, path)), names=tuple(before + after)
        ),
        day.isoformat(),
    )
