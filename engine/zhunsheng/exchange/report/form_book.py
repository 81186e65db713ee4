"""Forms in a workbook, one a sheet: merged as on paper, numbers as numbers, ready to print on A4."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from zhunsheng.exchange.describe.blocks import Form, Heading, Paragraph
from zhunsheng.exchange.describe.merged import height_of
from zhunsheng.exchange.report.cells import put
from zhunsheng.exchange.report.stable import stable
from zhunsheng.problem.show import cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.exchange.describe.blocks import Block, Box
    from zhunsheng.exchange.report.choice import Choice

BODY: Final = "仿宋"
HEADS: Final = "黑体"
SIZE, TITLE_SIZE = 10, 18
LINE: Final = 15
"""Points of a line."""
PER_MILLIMETRE: Final = 60
"""Hundredths of a cell of a column's width that a millimetre on paper takes."""
WIDEST: Final = 160
"""Millimetres that still print upright."""
MARGINS: Final = {"top": "1.46", "bottom": "1.38", "left": "1.1", "right": "1.02", "header": "0.5", "footer": "0.5"}
"""37, 35, 28, 26 mm in inches."""
_SIDE: Final = Side(style="thin")
_BORDER: Final = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
_PROSE: Final = 90
"""Cells of the width of a column of prose."""


def form_book(blocks: Iterable[Block], names: Sequence[str], choices: Iterable[Choice] = ()) -> bytes:
    """The workbook; the same bytes for the same forms.

    Args:
        blocks: headings and paragraphs, which go on a first sheet of their own, and forms.
        names: what the sheets are called: that of the prose first, where there is some.
        choices: what may be filled in, of the first form.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    blocks = list(blocks)
    prose = [each for each in blocks if isinstance(each, Heading | Paragraph)]
    free = _Names(names)
    if prose:
        _prose(book.create_sheet(free.next()), prose)
    for each in blocks:
        if isinstance(each, Form):
            page = book.create_sheet(free.next())
            top = _form(page, each)
            _choices(page, choices, top)
    return stable(book)


class _Names:
    """Names of sheets as Excel takes them: short, without signs, each once."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self.wanted = iter(wanted)
        self.taken: set[str] = set()

    def next(self) -> str:
        base = _NOT_IN_NAMES.sub("", next(self.wanted)).strip()[:28] or "表"
        name, at = base, 1
        while name.lower() in self.taken:
            at += 1
            name = f"{base}{at}"
        self.taken.add(name.lower())
        return name


def _prose(page: Any, blocks: Sequence[Heading | Paragraph]) -> None:
    page.column_dimensions["A"].width = _PROSE
    for at, each in enumerate(blocks, 1):
        cell = page.cell(at, 1)
        put(cell, each.text)
        title = isinstance(each, Heading)
        cell.font = Font(name=HEADS if title else BODY, size=TITLE_SIZE if at == 1 else 12)
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="center" if at == 1 else None)
        page.row_dimensions[at].height = (30 if at == 1 else 18) * _lines(
            each.text, _PROSE * (2 if at == 1 else 4) // 5
        )
    _paper(page, 1)
    page.freeze_panes = "A2"


def _form(page: Any, form: Form) -> int:
    """Writes a form; how many rows stand above its table."""
    for column, width in enumerate(form.widths, 1):
        page.column_dimensions[get_column_letter(column)].width = str(width * PER_MILLIMETRE // 100)
    top = 0
    for text in form.title:
        top += 1
        _across(page, top, len(form.widths), text, Font(name=HEADS, size=TITLE_SIZE), "center", 28)
    for text in form.above:
        top += 1
        _across(page, top, len(form.widths), text, Font(name=BODY, size=SIZE), "left", LINE + 3)
    for box in form.boxes:
        _box(page, top, box)
    for row, height in _heights(form).items():
        page.row_dimensions[top + 1 + row].height = height
    at, room = top + height_of(form), sum(form.widths) * PER_MILLIMETRE // 100
    for text in form.below:
        at += 1
        height = LINE * _lines(text, room) + 3
        _across(page, at, len(form.widths), text, Font(name=BODY, size=SIZE), "left", height)
    _paper(page, sum(form.widths))
    page.freeze_panes = f"A{len(form.title) + 1}"
    page.print_title_rows = f"1:{len(form.title)}"
    return top


def _across(page: Any, row: int, wide: int, text: str, font: Font, side: str, height: int) -> None:
    cell = page.cell(row, 1)
    put(cell, text)
    cell.font, cell.alignment = font, Alignment(horizontal=side, vertical="center", wrap_text=True)
    page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=wide)
    page.row_dimensions[row].height = height


def _box(page: Any, top: int, box: Box) -> None:
    first, left = top + 1 + box.row, 1 + box.column
    for row in range(first, first + box.height):
        for column in range(left, left + box.width):
            page.cell(row, column).border = _BORDER
    cell = page.cell(first, left)
    put(cell, box.text, numbers=box.look == "value")
    cell.font = Font(name=HEADS if box.look == "label" else BODY, size=SIZE)
    cell.alignment = Alignment(horizontal="left" if box.look == "text" else "center", vertical="center", wrap_text=True)
    if box.height > 1 or box.width > 1:
        page.merge_cells(
            start_row=first, start_column=left, end_row=first + box.height - 1, end_column=left + box.width - 1
        )


def _heights(form: Form) -> dict[int, int]:
    """Points for each row, so that no text is cut: Excel fits no merged cell by itself."""
    heights = dict.fromkeys(range(height_of(form)), LINE + 5)
    for box in sorted(form.boxes, key=lambda each: each.height):
        room = sum(form.widths[box.column : box.column + box.width]) * PER_MILLIMETRE // 100
        rows = range(box.row, box.row + box.height)
        lacking = LINE * _lines(box.text, room) + 5 - sum(heights[row] for row in rows)
        if lacking > 0:
            for at, row in enumerate(rows):
                heights[row] += (lacking + at) // box.height
    return heights


def _lines(text: str, room: int) -> int:
    """Lines that a text takes in a column of so many cells; one cell of each line is lost to its edges."""
    return sum(max(1, -(-cells(line) // max(room - 1, 2))) for line in text.split("\n"))


def _paper(page: Any, wide: int) -> None:
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = "landscape" if wide > WIDEST else "portrait"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_options.horizontalCentered = True
    for side, inches in MARGINS.items():
        setattr(page.page_margins, side, inches)
    page.oddFooter.center.text = "— &P —"


def _choices(page: Any, choices: Iterable[Choice], top: int) -> None:
    """What each cell may be filled with, checked by Excel while one types."""
    found: dict[tuple[str, tuple[str, ...]], DataValidation] = {}
    for row, column, most, texts in choices:
        if (most, texts) not in found:
            check = (
                DataValidation(type="list", formula1=f'"{",".join(texts)}"', allow_blank=True)
                if texts
                else DataValidation(type="decimal", operator="between", formula1="0", formula2=most, allow_blank=True)
            )
            page.add_data_validation(check)
            found[most, texts] = check
        found[most, texts].add(f"{get_column_letter(column + 1)}{top + row + 1}")
