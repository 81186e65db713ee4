"""Sheets of Excel (.xlsx, .xlsm), each one table: values as stored, their number format deciding what they say.

The parts are read as XML and not through openpyxl: that refuses workbooks over a font or a filter it does not know (those
of WPS often), keeps every bare border in memory, and turns numbers into binary ones before one sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, final

from zhunsheng.exchange.forms.read import limits
from zhunsheng.exchange.forms.read.numbers import BUILT_IN, number, shown
from zhunsheng.exchange.forms.read.outside import tidy
from zhunsheng.exchange.forms.read.refusing import aside, cell_error, damaged, inflating, table_too_large
from zhunsheng.exchange.forms.read.sheet import Box, Veiled, hidden_in, ref, table_of
from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from zhunsheng.exchange.forms.grid import Grid
    from zhunsheng.exchange.forms.read.package import Package
    from zhunsheng.exchange.forms.read.sheet import Texts

_AT: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.ASCII)
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T00:00:00|$)", re.ASCII)
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ON: Final = ("1", "true", "on")
_CONTROL: Final = dict.fromkeys(range(9))


@final
@dataclass(frozen=True, slots=True)
class Book:
    """What all sheets of a workbook share."""

    path: Path
    texts: tuple[str, ...]
    formats: tuple[str, ...]
    since_1904: bool


def read_workbook(package: Package) -> tuple[tuple[Grid, ...], tuple[Problem, ...]]:
    """The sheets of a workbook, and what its reader should know.

    Raises:
        Refused: with every cell that holds an error or a formula never calculated; or the file is hostile.
    """
    main = package.main()
    workbook, relations = package.tree(main), package.relations(main)
    book = _book(package, workbook, {each.kind: each.target for each in relations})
    parts = {each.id: each for each in relations if each.kind == "worksheet" and not each.external}
    grids: list[Grid] = []
    told = _asides(package, {each.kind for each in relations})
    problems: list[Problem] = []
    for each in workbook.iter("sheet"):
        relation = next((parts[id_] for name, id_ in each.items() if name.endswith("}id") and id_ in parts), None)
        if relation is None:  # a sheet that is a chart
            continue
        listener = _Sheet(book, each.get("name", ""))
        package.hear(relation.target, listener)
        problems += listener.problems
        grid = listener.grid()
        if grid.cells:
            grids.append(grid)
            told += listener.told(grid, each.get("state", "visible"))
    if problems:
        raise Refused(problems)
    return tuple(grids), tuple(told)


def _asides(package: Package, kinds: set[str]) -> list[Problem]:
    found = []
    if kinds & {"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"}:
        found.append(aside(package.path, "macros"))
    if "externalLink" in kinds:
        found.append(aside(package.path, "links"))
    return found


def _book(package: Package, workbook: Element, parts: dict[str, str]) -> Book:
    texts = _Texts(package.path)
    if parts.get("sharedStrings", "") in package:
        package.hear(parts["sharedStrings"], texts)
    styles = parts.get("styles", "")
    since_1904 = any(each.get("date1904") in _ON for each in workbook.iter("workbookPr"))
    return Book(package.path, tuple(texts.all), _formats(package, styles) if styles in package else (), since_1904)


def _formats(package: Package, part: str) -> tuple[str, ...]:
    """The number format of each cell style, by its number."""
    tree = package.tree(part)
    own = {each.get("numFmtId", ""): each.get("formatCode", "") for each in tree.iter("numFmt")}
    styles = tree.find("cellXfs")
    ids = [each.get("numFmtId", "0") for each in styles] if styles is not None else []
    return tuple(own.get(id_) or BUILT_IN.get(int(id_) if id_.isdecimal() else 0, "General") for id_ in ids)


@final
class _Texts:
    """The texts that cells share; signs of pronunciation over a text are no part of it."""

    def __init__(self, path: Path) -> None:
        self.all: list[str] = []
        self._path = path
        self._size = 0
        self._now: list[str] = []
        self._inside = False
        self._spoken = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            self._now = []
        elif tag == "rPh":
            self._spoken = True
        self._inside = tag == "t" and not self._spoken

    def data(self, text: str) -> None:
        if self._inside:
            self._now.append(text)
            self._size += len(text)

    def end(self, tag: str) -> None:
        self._inside = False
        if tag == "rPh":
            self._spoken = False
        elif tag == "si":
            self.all.append(_unescaped("".join(self._now)))
            if self._size + len(self.all) > limits.TEXTS:
                raise inflating(self._path, "sharedStrings", limits.TEXTS)


def _unescaped(text: str) -> str:
    """Signs that XML cannot hold, written `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).translate(_CONTROL)


@final
@dataclass(slots=True)
class _Now:
    """The cell being heard."""

    row: int
    column: int
    kind: str
    style: int
    formula: bool = False
    valued: bool = False
    text: list[str] = field(default_factory=list)


@final
class _Sheet:
    """Hears a sheet: keeps cells with something in them, merged areas, and which rows and columns are hidden."""

    def __init__(self, book: Book, name: str) -> None:
        self.problems: list[Problem] = []
        self._book = book
        self._name = name
        self._texts: Texts = {}
        self._merged: list[Box] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._row = self._column = -1
        self._cell: _Now | None = None
        self._inside = ""
        self._spoken = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._inside = ""
        if tag == "c":
            self._begin(attributes)
        elif tag == "row":
            self._row = _counted(attributes.get("r"), self._row)
            self._column = -1
            if attributes.get("hidden") in _ON:
                self._hidden_rows.add(self._row)
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif tag == "col" and attributes.get("hidden") in _ON:
            last = min(_counted(attributes.get("max"), -1), limits.COLUMNS - 1)
            self._hidden_columns.update(range(max(_counted(attributes.get("min"), -1), 0), last + 1))
        elif tag == "rPh":
            self._spoken = True
        elif self._cell is not None:
            self._cell.formula |= tag == "f"
            self._cell.valued |= tag in ("v", "is")
            self._inside = tag

    def data(self, text: str) -> None:
        if self._cell is not None and (self._inside == "v" or (self._inside == "t" and not self._spoken)):
            self._cell.text.append(text)

    def end(self, tag: str) -> None:
        self._inside = ""
        if tag == "rPh":
            self._spoken = False
        elif tag == "c" and self._cell is not None:
            cell, self._cell = self._cell, None
            text = tidy(self._said(cell))
            if text:
                self._keep(cell.row, cell.column, text)

    def _begin(self, attributes: dict[str, str]) -> None:
        at = _AT.fullmatch(attributes.get("r", ""))
        if at:
            self._row, self._column = int(at[2]) - 1, _column(at[1])
        else:
            self._column += 1
        style = attributes.get("s", "0")
        self._cell = _Now(
            max(self._row, 0), self._column, attributes.get("t", "n"), int(style) if style.isdecimal() else 0
        )

    def _keep(self, row: int, column: int, text: str) -> None:
        if row >= limits.ROWS or column >= limits.COLUMNS or len(self._texts) >= limits.CELLS:
            raise table_too_large(self._book.path, self._ref(row, column))
        self._texts[row, column] = text

    def _said(self, cell: _Now) -> str:
        """What the cell says, by its kind and format."""
        text = "".join(cell.text)
        if cell.formula and (not cell.valued or (not text and cell.kind != "str")):
            self._found(self._uncalculated(cell))
            return ""
        match cell.kind:
            case "e":
                self._found(cell_error(self._book.path, self._ref(cell.row, cell.column), text))
                return ""
            case "s":
                return self._shared(text, cell)
            case "b":
                return "TRUE" if text in _ON else "FALSE"
            case "n":
                return self._number(cell, text)
            case "d":
                return _dated(text)
            case _:
                return _unescaped(text)

    def _shared(self, index: str, cell: _Now) -> str:
        texts = self._book.texts
        if not index:
            return ""
        if index.isdecimal() and len(index) < 10 and int(index) < len(texts):
            return texts[int(index)]
        raise damaged(self._book.path, self._ref(cell.row, cell.column))

    def _number(self, cell: _Now, text: str) -> str:
        value = number(text.strip())
        if value is None:
            return text
        formats = self._book.formats
        form = formats[cell.style] if cell.style < len(formats) else "General"
        return shown(value, form, since_1904=self._book.since_1904)

    def _found(self, problem: Problem) -> None:
        if len(self.problems) < limits.PROBLEMS:
            self.problems.append(problem)

    def _uncalculated(self, cell: _Now) -> Problem:
        place = Place(self._book.path.as_posix(), cell=self._ref(cell.row, cell.column))
        expected, hint = say("formula-uncalculated.expected"), say("formula-uncalculated.hint")
        return Problem(place, "formula-uncalculated", expected, hint=hint)

    def _merge(self, area: str) -> None:
        first, _, last = area.partition(":")
        start, end = _AT.fullmatch(first), _AT.fullmatch(last)
        if start and end and len(self._merged) < limits.CELLS:
            rows, columns = sorted((int(start[2]), int(end[2]))), sorted((_column(start[1]), _column(end[1])))
            self._merged.append(Box(rows[0] - 1, columns[0], rows[1] - 1, columns[1]))

    def _ref(self, row: int, column: int) -> str:
        return ref(self._name, row, column)

    def grid(self) -> Grid:
        """The table heard."""
        return table_of(self._book.path, self._name, self._texts, self._merged)

    def told(self, grid: Grid, state: str) -> Iterator[Problem]:
        """What is hidden in the sheet."""
        veiled = Veiled(state != "visible", self._hidden_rows, self._hidden_columns)
        return hidden_in(self._book.path, grid, self._texts, veiled)


def _dated(text: str) -> str:
    """A date written out, as strict workbooks may have it."""
    found = _DATE.match(text)
    return "{}年{}月{}日".format(*map(int, found.groups())) if found else text


def _column(letters: str) -> int:
    number_ = 0
    for each in letters:
        number_ = number_ * 26 + ord(each) - 64
    return number_ - 1


def _counted(text: str | None, last: int) -> int:
    """A row or column counted from 0: as the file says, else the next."""
    return int(text) - 1 if text and text.isdecimal() and len(text) < 9 else last + 1
