"""The end of a page: one line for each form, and one for what was checked between them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from zhunsheng.cli.layout import GAP, Column, at_point, fold, left, right, row_lines, widths
from zhunsheng.cli.page import BAD, DOUBT, FAINT, HEAD, NOTE, PERSON
from zhunsheng.cli.rows import MARKS, same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.cli.filing import Judged
    from zhunsheng.cli.page import Page
    from zhunsheng.evaluation import Assessment, DossierAssessment

COUNTED: Final = ("requirements", "error", "warning", "note", "judgements")
INKS: Final = (BAD, BAD, DOUBT, NOTE, PERSON)


def summary(page: Page, results: Sequence[Judged]) -> None:
    """What each form comes to, under each other."""
    names, rows = [], []
    for each in results:
        for document, assessment in each.forms:
            names.append(document.name)
            total, grade = assessment.total, assessment.grade
            differs = "differs" in (same(total.claimed, total.computed), same(grade.claimed, grade.computed))
            mark = MARKS["differs"][0] if differs else ""
            rows.append([total.claimed or "—", total.computed or "—", grade.computed or "—", mark, *counts(assessment)])
        if each.dossier is not None:
            names.append(page.say("between"))
            rows.append(["", "", "", "", *counts(each.dossier)])
    for at in (0, 1):
        for row, figure in zip(rows, at_point([row[at] for row in rows]), strict=True):
            row[at] = figure
    keys = ["self", "engine", "grade", "", *(f"count-{each}" for each in COUNTED)]
    inks = ["", "", HEAD, BAD, *INKS]
    kept = [at for at in range(len(keys)) if at < 4 or any(row[at] for row in rows)]
    columns = [
        Column(page.say("form"), 12),
        *(Column(page.say(keys[at]) if keys[at] else "", figures=keys[at] != "grade") for at in kept),
    ]
    rows = [[row[at] for at in kept] for row in rows]
    wide = widths(columns, [[name, *row] for name, row in zip(names, rows, strict=True)], page.width)
    page.rule()
    if wide is None:
        _stacked(page, names, [page.say(keys[at]) if keys[at] else "" for at in kept], rows)
        return
    gap = " " * GAP
    shown = [right(c.head, w) if c.figures else left(c.head, w) for c, w in zip(columns, wide, strict=True)]
    page.line((gap.join(shown), FAINT))
    for name, row in zip(names, rows, strict=True):
        for line in row_lines(columns, [fold(name, wide[0]), *([cell] for cell in row)], wide):
            page.line(line[0], *((gap + cell, inks[at]) for cell, at in zip(line[1:], kept, strict=True)))


def _stacked(page: Page, names: list[str], heads: list[str], rows: list[list[str]]) -> None:
    """For a narrow page."""
    for name, row in zip(names, rows, strict=True):
        page.paragraph(name, indent=0, ink=HEAD)
        said = [f"{head} {cell.strip()}" for head, cell in zip(heads, row, strict=True) if head and cell.strip()]
        page.items(said, indent=2)


def counts(assessment: Assessment | DossierAssessment) -> list[str]:
    """How many requirements, findings by severity, and judgements; nothing where there are none."""
    found = Counter(each.severity for each in assessment.findings)
    numbers = [
        len(assessment.requirements),
        found["error"],
        found["warning"],
        found["note"],
        len(assessment.judgements),
    ]
    return [str(each) if each else "" for each in numbers]
