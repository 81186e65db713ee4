"""The official form still to be filled in, with the dimensions and points of a ruleset."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from zhunsheng.document.model import Document, Fund, Funds, Indicator
from zhunsheng.exchange.blank.document import EXECUTION, year_of
from zhunsheng.exchange.report.bands import policy
from zhunsheng.exchange.report.choice import Choice
from zhunsheng.exchange.report.form import form
from zhunsheng.exchange.report.official import official
from zhunsheng.exchange.report.write import needs_library, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.document.model import Kind
    from zhunsheng.exchange.describe.blocks import Box, Form
    from zhunsheng.exchange.report.bands import Policy
    from zhunsheng.ruleset import Ruleset

_MOST: Final = "999999999999999"
"""The largest amount that a document holds."""


def blank_form(ruleset: Ruleset, kind: Kind, to: Literal["docx", "xlsx"]) -> bytes:
    """The form as a file.

    Args:
        ruleset: whose dimensions, points and grades it has.
        kind: of a department or of a project.
        to: for Word or for Excel, where cells take only what belongs there.

    Raises:
        Refused: the library that writes it is not installed.
    """
    needs_library(to)
    said = policy(ruleset)
    made = form(_document(ruleset, kind, said), None, said)
    if to == "docx":
        return written([made], "docx", ())
    from zhunsheng.exchange.report.form_book import form_book  # noqa: PLC0415  brings openpyxl along

    grades = tuple(each.grade for each in ruleset.bands)
    return form_book([made], [made.title[0]], _choices(made, said, grades))


def _document(ruleset: Ruleset, kind: Kind, said: Policy) -> Document:
    """A document that nobody filled in yet; no valid one, since names are missing."""
    points = said.weights.get(EXECUTION)
    total = Fund(points=Decimal(points) if points else None)
    return Document.model_construct(
        kind=kind,
        unit="",
        year=year_of(ruleset),
        funds=Funds(total=total),
        indicators=tuple(_rows(ruleset)),
    )


def _rows(ruleset: Ruleset) -> Iterator[Indicator]:
    """Empty rows for every level-2 word of each dimension that has points."""
    words = official()["blank"]
    for name in ruleset.weights or words["categories"]:
        if name != EXECUTION:
            for category in [each for each in words["categories"].get(name, [""]) if each not in ruleset.weights]:
                for _ in range(int(words["rows"])):
                    yield Indicator.model_construct(name="", dimension=name, category=category)


def _choices(made: Form, said: Policy, grades: tuple[str, ...]) -> Iterator[Choice]:
    """What the empty cells take: amounts, points and scores are numbers, and a grade is one of the ruleset's."""
    words = official()
    heads = {(each.row, each.column): each.text for each in made.boxes if each.look == "label"}
    funds = {words["funds"]["columns"][key][0] for key in ("initial_budget", "annual_budget", "executed")}
    scored = {words["columns"]["points"][0], words["scores"]["one"]}
    last = max(each.row for each in made.boxes)
    for box in made.boxes:
        if box.look == "value" and not box.text:
            head = next((heads[row, box.column] for row in range(box.row, -1, -1) if (row, box.column) in heads), "")
            if box.row == last and box.column + box.width == len(made.widths):
                yield from _grade(box, grades)
            elif head in funds:
                yield Choice(box.row, box.column, _MOST)
            elif head in scored:
                yield Choice(box.row, box.column, said.full or _MOST)


def _grade(box: Box, grades: tuple[str, ...]) -> Iterator[Choice]:
    texts = tuple(official()["grade"].format(grade=each) for each in grades)
    if texts and not any(sign in each for each in texts for sign in ',"'):
        yield Choice(box.row, box.column, texts=texts)
