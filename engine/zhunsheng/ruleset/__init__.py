"""Rulesets: YAML with places, overlay, and the typed policy that comes of it. This room opens no file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from zhunsheng.ruleset.compile import canonical, compile_ruleset
from zhunsheng.ruleset.effect import in_force_throughout, on, turning_days
from zhunsheng.ruleset.overlay import merged
from zhunsheng.ruleset.policy import Ruleset

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhunsheng.source import Source

__all__ = ["Ruleset", "canonical", "in_force", "read_ruleset"]


def read_ruleset(source: Source, retrieve: Callable[[str], Source]) -> Ruleset:
    """The ruleset that `source` holds, laid over what it extends.

    Args:
        source: a ruleset file as read.
        retrieve: the source of a ruleset by id; raises `KeyError` with the known ids where there is none.

    Raises:
        Refused: with every problem in the file and in those it extends.
    """
    written = merged(source, retrieve)
    days = turning_days(written)
    if not days:
        return compile_ruleset(written)
    versions = [compile_ruleset(on(written, day), written) for day in days if in_force_throughout(written, day)]
    return versions[-1] if versions else compile_ruleset(on(written, days[-1]), written)


def in_force(ruleset: Ruleset, year: int) -> Ruleset:
    """The ruleset as it stood on the last day of a year; itself where nothing in it is dated.

    Raises:
        Refused: a value of it has nothing in force on that day; the neighbouring periods are named.
    """
    if ruleset.written is ruleset.merged:
        return ruleset
    known = _VERSIONS.setdefault(ruleset, {})
    if year not in known:
        known[year] = compile_ruleset(on(ruleset.written, date(year, 12, 31)), ruleset.written)
    return known[year]


_VERSIONS: WeakKeyDictionary[Ruleset, dict[int, Ruleset]] = WeakKeyDictionary()
