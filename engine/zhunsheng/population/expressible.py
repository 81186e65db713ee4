"""Whether a ruleset can be worked out in columns at all: tried on a form that has one of each thing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from zhunsheng.document import Document, Fund, Funds, Indicator
from zhunsheng.population.columns.run import run
from zhunsheng.population.columns.values import Inexpressible, Overflow
from zhunsheng.population.table import frames_of, tables_of

if TYPE_CHECKING:
    from zhunsheng.ruleset import Ruleset

_KNOWN: WeakKeyDictionary[Ruleset, str | None] = WeakKeyDictionary()


def inexpressible(ruleset: Ruleset) -> str | None:
    """What of a ruleset columns cannot do; None where they can do all of it."""
    if ruleset not in _KNOWN:
        _KNOWN[ruleset] = _tried(ruleset)
    return _KNOWN[ruleset]


def _tried(ruleset: Ruleset) -> str | None:
    try:
        run(ruleset, frames_of(tables_of([_form()], ruleset), ruleset))
    except Inexpressible as cannot:
        return str(cannot)
    except Overflow:
        return None
    return None


def _form() -> Document:
    funds = Funds(total=Fund(annual_budget="100", executed="80"))  # type: ignore[arg-type]
    indicators = (Indicator(name="甲", target="≥10", actual="8", points="10"), Indicator(name="乙"))  # type: ignore[arg-type]
    return Document(kind="project", unit="甲", project="乙", year=2021, funds=funds, indicators=indicators)
