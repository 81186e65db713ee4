"""Whether a ruleset can be worked out in columns at all: tried on a form that has one of each thing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from zhunsheng.document import Document, Fund, Funds, Indicator
from zhunsheng.expression.tree import children
from zhunsheng.population.columns.asked import asked
from zhunsheng.population.columns.run import run
from zhunsheng.population.columns.values import Inexpressible, Overflow
from zhunsheng.population.table import frames_of, tables_of
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.places import formulas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset import Ruleset

_KNOWN: WeakKeyDictionary[Ruleset, str | None] = WeakKeyDictionary()


def inexpressible(ruleset: Ruleset) -> str | None:
    """What of a ruleset columns cannot do; None where they can do all of it."""
    if ruleset not in _KNOWN:
        _KNOWN[ruleset] = _tried(ruleset)
    return _KNOWN[ruleset]


def worked_in_columns(ruleset: Ruleset) -> Iterator[Problem]:
    """Nothing of the ruleset has to be worked out document by document; what has is named, with the element it stands in."""
    name = inexpressible(ruleset)
    if name is not None:
        path = _element(ruleset, name)
        place, text = ruleset.merged.place(path), str(path[1]) if len(path) > 1 else ruleset.id
        yield Problem(place, "not-in-columns", say("not-in-columns.expected", name=text), name, severity="note")


def _element(ruleset: Ruleset, name: str) -> tuple[str | int, ...]:
    """Where the first formula stands that asks for it; the ruleset itself where none does by that name."""
    found = (path for path, root in formulas(ruleset) if any(_asks(node, name) for node in _all(root)))
    return next(found, ("ruleset",))


def _asks(node: Node, name: str) -> bool:
    return name in (getattr(node, "function", None), getattr(node, "operator", None), getattr(node, "gathering", None))


def _all(node: Node) -> Iterator[Node]:
    yield node
    for each in children(node):
        yield from _all(each)


def _tried(ruleset: Ruleset) -> str | None:
    try:
        asked(ruleset)
        run(ruleset, frames_of(tables_of([_form()], ruleset), ruleset))
    except Inexpressible as cannot:
        return str(cannot)
    except Overflow:
        return None
    return None


def _form() -> Document:
    funds = Funds(total=Fund(annual_budget="100", executed="80"))
    indicators = (Indicator(name="甲", target="≥10", actual="8", points="10"), Indicator(name="乙"))
    return Document(kind="project", unit="甲", project="乙", year=2021, funds=funds, indicators=indicators)
