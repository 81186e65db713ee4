"""Every total between 0 and full marks has one grade: `> 90` above `80–90` leaves exactly 90 without."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

from zhunsheng.expression.tree import Constant, Row, Table
from zhunsheng.expression.words import shown
from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.cells import faults, holding, is_decidable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.problem import Place
    from zhunsheng.ruleset.check.cells import Cell
    from zhunsheng.ruleset.policy import Ruleset


def bands_partition(ruleset: Ruleset) -> Iterator[Problem]:
    """The grades partition the scale, after the rounding of the total."""
    rows = cast("Table", ruleset.grades.formula).rows
    full = ruleset.full_marks
    if not rows or not is_decidable(rows) or not isinstance(full, Constant):
        return
    places = ruleset.total.roundings[-1].places if ruleset.total.roundings else None
    cells = holding(rows, places, Fraction(0), cast("Fraction", full.value))
    for cell, found in faults(cells, covered=False):
        yield _overlap(ruleset, found, cell) if found else _gap(ruleset, rows, cell)


def _gap(ruleset: Ruleset, rows: tuple[Row, ...], cell: Cell) -> Problem:
    """At the band above the gap, which is the one to widen, or at the last band where none is above."""
    above = [row for row in rows if any(_bound(bound) == cell.high for _, bound in row.conditions)]
    below = [row for row in rows if row not in above and any(_bound(bound) == cell.low for _, bound in row.conditions)]
    at = (above or below or list(rows))[0]
    related = tuple((_place(ruleset, row), say("band-gap.lower")) for row in below[:1])
    meeting = None if cell.high is None else shown(cell.high, None)
    hint = say("band-gap.hint", at=meeting) if above and meeting is not None else None
    text = _text(ruleset, at)
    return Problem(
        _place(ruleset, at), "band-gap", say("band-gap.expected", gap=cell.written(None)), text, related, hint
    )


def _overlap(ruleset: Ruleset, found: list[Row], cell: Cell) -> Problem:
    one, other = found[:2]
    return Problem(
        _place(ruleset, one),
        "band-overlap",
        say("band-overlap.expected", overlap=cell.written(None)),
        _text(ruleset, one),
        ((_place(ruleset, other), say("band-overlap.lower")),),
    )


def _bound(bound: object) -> object:
    return bound.value if isinstance(bound, Constant) else None


def _place(ruleset: Ruleset, row: Row) -> Place:
    return ruleset.merged.place(("grades", _grade(row), "when"))


def _text(ruleset: Ruleset, row: Row) -> str:
    return str(ruleset.merged.data["grades"][_grade(row)]["when"])


def _grade(row: Row) -> str:
    return str(cast("Constant", row.value).value)
