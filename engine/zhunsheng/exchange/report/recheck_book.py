"""The re-check report as a workbook: a summary with a chart, every score, every finding and every derivation in rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from zhunsheng.exchange.report.cells import put
from zhunsheng.exchange.report.marks import RATE
from zhunsheng.exchange.report.recheck import COUNTED, Speaker, counts, derivations, result, target
from zhunsheng.exchange.report.stable import stable
from zhunsheng.problem.show import cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.exchange.report.subject import Subject
    from zhunsheng.problem.show import Lang

_HEAD: Final = PatternFill("solid", fgColor="E8EEF5")
WIDEST: Final = 46
"""Cells of the widest column; what is longer breaks."""
LINE: Final = 15
CHARTED: Final = 30
"""Forms of which a chart can still be read."""

Row = tuple[str, ...]


def recheck_book(subjects: Sequence[Subject], lang: Lang) -> bytes:
    """The workbook; the same bytes for the same findings."""
    speaker, book = Speaker(lang), Workbook()
    book.remove(book.worksheets[0])
    forms = sum(len(each.forms) for each in subjects)
    summary = _sheet(book, speaker, "summary", _summary_head(), _summary(speaker, subjects))
    if forms:
        _chart(summary, speaker, min(forms, CHARTED))
    scores = ("form", "dimension", "indicator", "target", "actual", "points", "claimed", "computed", "compared")
    _sheet(book, speaker, "scores", scores, _scores(speaker, subjects))
    remarks = ("form", "kind", "what", "claimed", "computed", "place", "clause", "rule")
    _sheet(book, speaker, "remarks", remarks, _remarks(speaker, subjects))
    annex = ("form", "indicator", "element", "formula", "values", "result", "clause")
    _sheet(book, speaker, "annex", annex, _annex(speaker, subjects))
    return stable(book)


def _summary_head() -> Row:
    return (
        "form",
        "kind",
        "rate",
        "claimed-total",
        "computed-total",
        "claimed-grade",
        "computed-grade",
        *COUNTED,
        "file",
    )


def _summary(speaker: Speaker, subjects: Sequence[Subject]) -> Iterator[Row]:
    """The forms first: the chart is of their rows, which stand together."""
    for subject in subjects:
        for document, assessment in subject.forms:
            total, grade, rate = assessment.total, assessment.grade, assessment.derivations.get(RATE)
            figures = (rate.result if rate else "", total.claimed, total.computed, grade.claimed, grade.computed)
            shown = (each or "" for each in figures)
            file = document.file or ""
            yield (document.name, speaker.kind(document), *shown, *counts(assessment), file)
    for subject in subjects:
        if subject.report is not None:
            dossier, between = subject.report
            yield (dossier.unit, speaker.say("between"), "", "", "", "", "", *counts(between), "")


def _scores(speaker: Speaker, subjects: Sequence[Subject]) -> Iterator[Row]:
    for subject in subjects:
        for document, assessment in subject.forms:
            for each in assessment.scores:
                same = speaker.compared(each.claimed, each.computed)
                compared = same if each.status == "computed" else speaker.say(each.status)
                figures = (each.points or "", each.claimed or "", each.computed or "")
                yield (document.name, each.dimension or "", each.name, *target(document, each), *figures, compared)


def _remarks(speaker: Speaker, subjects: Sequence[Subject]) -> Iterator[Row]:
    for subject in subjects:
        for at, name, assessment in subject.assessments:
            for kind, found in speaker.sorted(assessment):
                for each in found:
                    figures = (each.claimed or "", each.computed or "")
                    place, clause = subject.stands(each, at), speaker.clause(each)
                    yield (name, kind, speaker.told(each), *figures, place, clause, each.rule)


def _annex(speaker: Speaker, subjects: Sequence[Subject]) -> Iterator[Row]:
    for subject in subjects:
        for document, assessment in subject.forms:
            for owner, part, each in derivations(assessment):
                yield (document.name, owner, part, each.formula, each.values, result(each), speaker.clause(each))


# Sheets


def _sheet(book: Workbook, speaker: Speaker, key: str, head: Row, rows: Iterator[Row]) -> Any:
    """A sheet of rows under a head that stays in sight and sorts."""
    page: Any = book.create_sheet(speaker.say(f"sheet-{key}"))
    lines = [tuple(map(speaker.say, head)), *rows]
    widths = [min(max(cells(line[at]) for line in lines) + 3, WIDEST) for at in range(len(head))]
    for number, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            cell = page.cell(number, column)
            put(cell, text, numbers=number > 1 and head[column - 1] not in TEXTS)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font, cell.fill = Font(bold=True), _HEAD
        tall = max(-(-cells(text) // (width - 2)) for text, width in zip(line, widths, strict=True))
        page.row_dimensions[number].height = LINE * max(tall, 1) + 2
    for column, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(column)].width = str(width)
    page.freeze_panes = "B2" if key == "summary" else "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(head))}{len(lines)}"
    page.page_setup.paperSize, page.page_setup.orientation = page.PAPERSIZE_A4, "landscape"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:1"
    return page


TEXTS: Final = ("form", "dimension", "indicator", "what", "place", "clause", "rule", "element", "formula", "values")
"""Columns of words, where even a number is a name."""


def _chart(page: Any, speaker: Speaker, forms: int) -> None:
    """Claimed beside computed totals, form by form, as a chart of Excel's own."""
    chart: Any = BarChart()
    chart.type, chart.style = "bar", 10
    chart.title = speaker.say("totals")
    chart.add_data(Reference(page, min_col=4, max_col=5, min_row=1, max_row=1 + forms), titles_from_data=True)
    chart.set_categories(Reference(page, min_col=1, min_row=2, max_row=1 + forms))
    chart.y_axis.scaling.min = 0
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.legend.position = "b"
    chart.width, chart.height = 24, 5 + forms
    page.add_chart(chart, f"A{page.max_row + 3}")
