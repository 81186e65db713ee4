"""Sheets to .xlsx and back: real numbers, text that stays text, a frozen head. The one module that imports openpyxl."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zipfile import BadZipFile

from zhunsheng.exchange.opening import LIMIT
from zhunsheng.exchange.tables.sheets import PERCENT, PLACE, shifted
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.problem.show import cells as width_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from zhunsheng.exchange.tables.sheets import Cell, Sheet

ABOUT: Final = "说明"
STAMP: Final = "规则内容 sha256"
_WIDEST: Final = 60


class Found(NamedTuple):
    """What stands in a cell: nothing, a text, a number; or something that belongs into no table (a date, an error)."""

    value: str | Decimal | None
    at: str
    odd: bool = False


Book = dict[str, list[list[Found]]]
"""By sheet, the rows, the head first."""


def write_book(sheets: tuple[Sheet, ...], about: Mapping[str, str], path: Path) -> None:
    """Writes the tables, and a sheet about them.

    Raises:
        Refused: openpyxl is not installed, or the file cannot be written.
    """
    openpyxl = _openpyxl()
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        _row(page, 1, [(each, "") for each in sheet.heads])
        for at, line in enumerate(sheet.lines, 2):
            cells = [*((cell.value, _format(cell)) for cell in line.cells), (line.place, "")]
            _row(page, at, cells[: len(sheet.heads)])
        _finish(page, frozen="A2")
    page = book.create_sheet(ABOUT)
    for at, (name, text) in enumerate(about.items(), 1):
        _row(page, at, [(name, ""), (text, "")])
    _finish(page, frozen=None)
    try:
        book.save(path)
    except OSError as error:
        place = Place(path.as_posix())
        raise Refused([Problem(place, "not-writable", say("not-writable.expected"), error.strerror or "")]) from None


def read_book(path: Path) -> Book:
    """What stands in the sheets of a file; a formula counts by the value that it had when the file was saved.

    Raises:
        Refused: openpyxl is not installed, or the file is no .xlsx.
    """
    openpyxl = _openpyxl()
    place = Place(path.as_posix())
    try:
        if path.stat().st_size > LIMIT:
            expected = say("file-too-large.expected", limit=LIMIT // 2**20)
            raise Refused([Problem(place, "file-too-large", expected)])
        book = openpyxl.load_workbook(path, data_only=True)
    except FileNotFoundError:
        raise Refused([Problem(place, "file-missing", say("file-missing.expected"), path.name)]) from None
    except OSError as error:
        raise Refused(
            [Problem(place, "file-unreadable", say("file-unreadable.expected"), error.strerror or "")]
        ) from None
    except (BadZipFile, KeyError, ValueError, openpyxl.utils.exceptions.InvalidFileException):
        raise Refused([Problem(place, "table-sheet", say("table-sheet.workbook"), path.name)]) from None
    return {page.title: [[_found(cell) for cell in row] for row in page.iter_rows()] for page in book.worksheets}


def _openpyxl() -> Any:
    try:
        import openpyxl  # noqa: PLC0415  heavy, and an extra: who never opens Excel need not have it
        import openpyxl.utils.exceptions  # noqa: PLC0415  as above
    except ModuleNotFoundError:
        facts = {"name": "openpyxl", "extra": "office"}
        expected, hint = say("missing-library.expected", **facts), say("missing-library.hint", **facts)
        raise Refused([Problem(Place("zhunsheng tables"), "missing-library", expected, hint=hint)]) from None
    return openpyxl


def _row(page: Any, at: int, values: list[tuple[Decimal | str | None, str]]) -> None:
    for column, (value, form) in enumerate(values, 1):
        cell = page.cell(at, column, value)
        if isinstance(value, str):  # also one that begins with = + - @
            cell.data_type = "s"
            cell.number_format = "@"
            cell.quotePrefix = value[:1] in ("=", "+", "-", "@")
        elif form:
            cell.number_format = form


def _finish(page: Any, *, frozen: str | None) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415  as above

    page.freeze_panes = frozen
    for cell in page[1] if frozen else (row[0] for row in page.iter_rows()):
        cell.font = Font(bold=True)
    for column in page.columns:
        widest = max(width_of(str(each.value or "")) for each in column)
        page.column_dimensions[column[0].column_letter].width = min(widest + 2, _WIDEST)
    for row in page.iter_rows(min_row=2) if frozen else ():
        if page[1][len(row) - 1].value == PLACE:
            row[-1].font = Font(color="808080")


def _format(cell: Cell) -> str:
    """How a number is shown: with its unit, and with the places that it has."""
    if not isinstance(cell.value, Decimal):
        return ""
    percent = cell.unit in PERCENT
    shown = shifted(cell.value, 2) if percent else cell.value
    places = max(-int(shown.as_tuple().exponent), 0)
    digits = "0." + "0" * places if places else "0"
    return f"{digits}%" if percent else f'{digits}"{cell.unit}"' if cell.unit else digits


def _found(cell: Any) -> Found:
    at = f"{cell.parent.title}!{cell.coordinate}"
    value = cell.value
    if value is None or value == "":
        return Found(None, at)
    if isinstance(value, bool | date) or cell.data_type == "e" or not isinstance(value, str | int | float):
        return Found(str(value), at, odd=True)
    if isinstance(value, str):
        return Found(value, at)
    return Found(Decimal(str(value)), at)
