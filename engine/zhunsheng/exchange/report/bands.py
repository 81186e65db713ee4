"""The grades of a ruleset: their bounds in words for the notes of a form, and as numbers for a picture."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.exchange.blank.document import EXECUTION
from zhunsheng.exchange.describe.reader import Reader
from zhunsheng.exchange.report.official import official
from zhunsheng.expression import tree
from zhunsheng.expression.tree import Constant
from zhunsheng.number import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhunsheng.expression.tree import Node, Row
    from zhunsheng.ruleset import Ruleset

Band = tuple[str, str, Fraction, Fraction]
"""Grade, bounds in words, and from where to where it reaches."""


def bands(ruleset: Ruleset) -> tuple[Band, ...]:
    """The grades from below; none where their bounds are no numbers."""
    full = _number(ruleset.full_marks)
    found = list(_bands(ruleset, full)) if full is not None else []
    return tuple(sorted(found, key=lambda each: each[2]))


def _bands(ruleset: Ruleset, full: Fraction) -> Iterator[Band]:
    for grade, row in _rows(ruleset):
        bounds = {sign[:1]: _number(node) for sign, node in row.conditions}
        low, high = bounds.get(">", Fraction(0)), bounds.get("<", full)
        if low is not None and high is not None and low <= high and "=" not in bounds:
            yield grade, Reader().span(row.conditions, unit="分"), low, high


class Policy(NamedTuple):
    """What a ruleset says that a form prints where its unit did not."""

    notes: tuple[str, ...] = ()
    full: str = ""
    weights: Mapping[str, str] = MappingProxyType({})


UNSAID: Final = Policy()
"""Where no ruleset is known."""


def policy(ruleset: Ruleset) -> Policy:
    """Notes, full marks, and the points of each dimension that has fixed ones."""
    weights = {name: _number(node) for name, (node, _) in ruleset.weights.items()}
    full = _number(ruleset.full_marks)
    fixed = {name: write(value) for name, value in weights.items() if value is not None}
    return Policy(_notes(ruleset), "" if full is None else write(full), fixed)


def _notes(ruleset: Ruleset) -> tuple[str, ...]:
    """How the points are spread, and what total gives which grade."""
    words, plain = official(), Reader()
    weights = [
        (name, plain.read(node))
        for name, (node, _) in sorted(ruleset.weights.items(), key=lambda each: each[0] == EXECUTION)
    ]
    said = []
    if weights:
        shown = "、".join(words["weight"].format(name=name, points=points) for name, points in weights)
        said.append(words["weights"].format(weights=shown, full=plain.read(ruleset.full_marks)))
    rows = [
        words["band"].format(grade=grade, bounds=plain.span(row.conditions, unit="分")) for grade, row in _rows(ruleset)
    ]
    if rows:
        said.append(words["grades"].format(grades="；".join(rows)))
    return tuple(f"{words['notes'] if not at else ''}{at + 1}. {each}" for at, each in enumerate(said))


def _rows(ruleset: Ruleset) -> Iterator[tuple[str, Row]]:
    table = ruleset.grades.formula
    if isinstance(table, tree.Table):
        yield from zip((each.grade for each in ruleset.bands), table.rows, strict=False)


def _number(node: Node) -> Fraction | None:
    return node.value if isinstance(node, Constant) and isinstance(node.value, Fraction) else None
