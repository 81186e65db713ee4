"""Sheets of old Excel (.xls, .et): texts and merges by python-calamine, numbers with their formats by `old_numbers`.

Of kinds that only python-calamine reads (.ods and .xlsb where there is no LibreOffice) the formats are unknown: a
percentage comes out as its fraction (0.975), so these tables are told to be doubtful.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, final

from zhunsheng.exchange.forms.read import limits
from zhunsheng.exchange.forms.read.numbers import number, plain, shown
from zhunsheng.exchange.forms.read.old_numbers import Numbers, ProtectedError, numbers_of
from zhunsheng.exchange.forms.read.outside import tidy
from zhunsheng.exchange.forms.read.refusing import (
    aside,
    cell_error,
    damaged,
    library_missing,
    protected,
    table_too_large,
)
from zhunsheng.exchange.forms.read.sheet import Box, Veiled, hidden_in, ref, table_of
from zhunsheng.problem import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.exchange.forms.grid import Grid
    from zhunsheng.exchange.forms.read.old_numbers import Old
    from zhunsheng.problem import Problem


def read_old_workbook(path: Path, content: bytes | None = None) -> tuple[tuple[Grid, ...], tuple[Problem, ...]]:
    """The sheets of a workbook, and what its reader should know.

    Args:
        path: its file.
        content: what is in it, where it is an .xls.

    Raises:
        Refused: the file is damaged or protected, holds errors, or python-calamine is not installed.
    """
    try:
        old = numbers_of(content) if content is not None else None
    except ValueError:
        raise damaged(path) from None
    except ProtectedError:
        raise protected(path) from None
    book = _Book(path, old)
    grids = [each for each in _opened(book) if each.cells]
    if book.problems:
        raise Refused(book.problems)
    return tuple(grids), tuple(book.told) if old else (*book.told, aside(path, "formats"))


@final
@dataclass(slots=True)
class _Book:
    """A workbook being read."""

    path: Path
    old: Old | None
    problems: list[Problem] = field(default_factory=list)
    told: list[Problem] = field(default_factory=list)

    def numbers(self, index: int) -> Numbers:
        """Those of a sheet, as far as they are known."""
        known = self.old.sheets if self.old is not None else ()
        return known[index] if index < len(known) else Numbers({}, {}, set(), set(), hidden=False)


def _opened(book: _Book) -> list[Grid]:
    try:
        import python_calamine as calamine  # noqa: PLC0415  an extra
    except ModuleNotFoundError:
        raise library_missing(book.path, "python-calamine") from None
    try:
        with calamine.CalamineWorkbook.from_path(str(book.path)) as file:
            names = [each.name for each in file.sheets_metadata if each.typ == calamine.SheetTypeEnum.WorkSheet]
            return [_sheet(file.get_sheet_by_name(name), at, book) for at, name in enumerate(names)]
    except calamine.PasswordError:
        raise protected(book.path) from None
    except (calamine.CalamineError, ValueError, OSError):
        raise damaged(book.path) from None
    except BaseException as panic:
        if type(panic).__name__ == "PanicException":  # of its Rust: no Exception, and no name to import
            raise damaged(book.path) from None
        raise


def _sheet(sheet: Any, index: int, book: _Book) -> Grid:
    rows, columns = sheet.total_height, sheet.total_width
    if rows > limits.ROWS or columns > limits.COLUMNS or rows * columns > limits.CELLS:
        raise table_too_large(book.path, ref(sheet.name, max(rows - 1, 0), max(columns - 1, 0)))
    texts = {
        (row, column): text
        for row, values in enumerate(sheet.to_python(skip_empty_area=False))
        for column, value in enumerate(values)
        if (text := tidy(_said(value)))
    }
    numbers = book.numbers(index)
    if book.old is not None:
        texts |= {at: shown(*each, since_1904=book.old.since_1904) for at, each in numbers.values.items()}
        book.problems += [cell_error(book.path, ref(sheet.name, *at), got) for at, got in numbers.errors.items()]
    merged = [Box(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    grid = table_of(book.path, sheet.name, texts, merged)
    book.told += hidden_in(book.path, grid, texts, Veiled(numbers.hidden, numbers.rows, numbers.columns))
    return replace(grid, doubtful=book.old is None)


def _said(value: object) -> str:
    match value:
        case bool():
            return str(value).upper()
        case datetime():
            return _said(value.date()) if value.time() == time() else f"{_said(value.date())} {value:%H:%M}"
        case date():
            return f"{value.year}年{value.month}月{value.day}日"
        case time() | timedelta():
            return str(value)
        case int() | str():
            return str(value)
        case _:
            found = number(repr(value))
            return plain(found) if found is not None else str(value)
