"""A file's tables as one run of rows and lines, cut where a form begins: several forms in a sheet, one over several tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, final

from zhunsheng.exchange.forms.recognise.copies import without_copies
from zhunsheng.exchange.forms.words import joined, key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.exchange.forms.grid import Cell, Grid, Sheets
    from zhunsheng.exchange.forms.words import Lookup

LONGEST_TITLE: Final = 60
_NOTE: Final = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明)(?::|[0-9]|$)|[0-9]{1,2}[.、)]|\([0-9]{1,2}\)|[①-⑳]", re.ASCII
)
_TAGGED: Final = re.compile(r"[^:\s]{2,12}:")
_CONTINUED: Final = re.compile(r"[(]?(?:续表?|接上表|续上表)[0-9一二三四五]*[)]?")
_PAGE: Final = re.compile(r"[~\-第共页码/0-9.]*", re.ASCII)
_BETWEEN: Final = re.compile(r"[ \u3000\t]{2,}|\s+(?=[^\s：:]{2,12}[：:])|(?<=[一-龥）)])\s(?=[一-龥])|\n")
_ENDS: Final = re.compile(r"[。；;!！]$")
_BEGINS: Final = re.compile(
    r"[0-9]{1,2}[.、．)）](?![0-9])|[（(][0-9一二三四五六七八九十]{1,2}[)）]|(?:目标|指标)[0-9]+", re.ASCII
)
_WHOLE: Final = 6
"""Lines before a title that still belong to its form: 附件2, 公开14表."""


@final
@dataclass(frozen=True, slots=True)
class Line:
    """A text outside the columns of a form: its title, its unit line, a footnote."""

    text: str
    ref: str


@final
@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    grid: Grid
    at: int

    def cells(self) -> list[Cell]:
        """The cells that cover the row, from left to right."""
        return list(self.grid.row(self.at))

    def own(self) -> list[Cell]:
        """The cells that begin in this row."""
        return [each for each in self.cells() if each.row == self.at]

    def said(self) -> list[Cell]:
        """The cells that begin here and hold something."""
        return [each for each in self.own() if each.text.strip()]

    def under(self, column: int) -> Cell | None:
        """The cell that covers a column."""
        return self.grid.at(self.at, column)


@final
@dataclass
class Stretch:
    """The rows and lines of one form, before they are read."""

    lines: list[Line] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)

    @property
    def grids(self) -> list[Grid]:
        """The tables it stands in."""
        found: list[Grid] = []
        for row in self.rows:
            if not found or found[-1] is not row.grid:
                found.append(row.grid)
        return found


def stretches(sheets: Sheets, words: Lookup) -> list[Stretch]:
    """The forms of a file as stretches of rows; tables that are no form have stretches too."""
    cutter = _Cutter(words)
    for grid in sheets.grids:
        cutter.grid(grid)
    return [each for each in cutter.found if each.rows]


def trimmed(grid: Grid) -> Grid:
    """A table without the empty columns to its left and right, as sheets often have."""
    said = [each for each in grid.cells if each.text.strip()]
    if not said:
        return replace(grid, cells=())
    first = min(each.column for each in said)
    end = max(each.column + each.width for each in said)
    if (first, end) == (0, grid.columns):
        return grid
    inside = (each for each in grid.cells if each.column + each.width > first and each.column < end)
    cells = (
        each._replace(
            column=max(each.column - first, 0), width=min(each.column + each.width, end) - max(each.column, first)
        )
        for each in inside
    )
    return replace(grid, cells=tuple(cells))


def unwrapped(grid: Grid) -> Grid:
    """A table whose cells are broken where the paper was too narrow (PDF): lines are put together, numbers too."""
    return replace(grid, cells=tuple(each._replace(text=_unwrapped(each.text)) for each in grid.cells))


def _unwrapped(text: str) -> str:
    lines = [each.strip() for each in text.split("\n")]
    joint = lines[:1]
    for each in lines[1:]:
        if _ENDS.search(joint[-1]) or _BEGINS.match(each):
            joint.append(each)
        else:
            joint[-1] += each
    return "\n".join(joint)


def one_line(row: Row) -> Line | None:
    """A row that is one wide cell, or holds one text and nothing beside it."""
    said = row.said()
    if len(said) != 1 or any(each.row != row.at and each.text.strip() for each in row.cells()):
        return None
    cell = said[0]
    if cell.width < row.grid.columns and cell.column != 0:
        return None
    return Line(cell.text, cell.ref)


def is_note(text: str) -> bool:
    """Whether a line is a footnote, or one of its numbered sentences."""
    return _NOTE.match(key(text)) is not None


def is_tagged(text: str) -> bool:
    """Whether a line names what it holds: 填报人：…"""
    return _TAGGED.match(joined(text).replace("：", ":")) is not None


def is_title(text: str, words: Lookup) -> bool:
    """Whether a line is the title of a form."""
    plain = key(text)
    return len(plain) <= LONGEST_TITLE and not is_note(text) and words.titles(text) is not None


class _Cutter:
    """Takes rows and lines one by one and begins a new stretch where a form begins."""

    def __init__(self, words: Lookup) -> None:
        self.words = words
        self.found = [Stretch()]
        self.waiting: list[Line] = []
        """Lines that may belong to the form before or to the one to come."""
        self.indicators = False
        """Whether the present stretch has come to its indicators."""

    @property
    def now(self) -> Stretch:
        return self.found[-1]

    def grid(self, grid: Grid) -> None:
        for number, text in enumerate(grid.above, 1):
            self.outside(Line(text, f"{grid.name} 上方第{number}行"))
        self.settle(grid)
        if grid.doubtful:
            grid = unwrapped(grid)
        if any(self.words.columns(each.text) == "name" for each in grid.cells):
            grid = trimmed(grid)  # not the rest of another table, whose columns must stay as they are
        grid = without_copies(grid, self.words)
        for at in range(grid.rows):
            self.row(Row(grid, at))
        for number, text in enumerate(grid.below, 1):
            self.outside(Line(text, f"{grid.name} 下方第{number}行"))
        self.after()

    def outside(self, line: Line) -> None:
        if line.text.strip():
            self.waiting.append(line)

    def settle(self, grid: Grid) -> None:
        """What stands before a table: footnotes of the form before, then the head of this one."""
        self.after()
        titles = [at for at, each in enumerate(self.waiting) if is_title(each.text, self.words)]
        if (titles and _CONTINUED.search(key(self.waiting[titles[-1]].text)) is None) or (
            self.now.rows and (self.starts(grid) or any(_says(each) for each in self.waiting))
        ):
            self.begin()
        if titles:
            first = titles[-1]
            while first > 0 and first > titles[-1] - _WHOLE and _is_short(self.waiting[first - 1]):
                first -= 1
            self.now.lines += self.waiting[first:]
        else:
            self.now.lines += [each for each in self.waiting if is_tagged(each.text) or _is_short(each)]
        self.waiting = []

    def after(self) -> None:
        """Of the lines that wait, the footnotes and signatures go to the form before."""
        if not self.now.rows:
            return
        while self.waiting and (is_note(self.waiting[0].text) or is_tagged(self.waiting[0].text)):
            self.now.notes.append(self.waiting.pop(0))

    def begin(self) -> None:
        if self.now.rows:
            self.found.append(Stretch())
        self.indicators = False

    def starts(self, grid: Grid) -> bool:
        """Whether a table without a title is a form of its own and not the rest of the one before."""
        first = next((row for at in range(grid.rows) if (row := Row(grid, at)).said()), None)
        return first is None or self.opens(first)

    def opens(self, row: Row) -> bool:
        """Whether a row is the first of a head: it names the unit or the project."""
        said = row.said()
        return len(said) > 1 and self.words.head(said[0].text) in ("unit", "project", "authority")

    def row(self, row: Row) -> None:
        said = row.said()
        if not said:
            return
        line = one_line(row)
        if line is not None and is_title(line.text, self.words):
            if _CONTINUED.search(key(line.text)) is not None:
                return
            if self.indicators or not self.now.rows:
                self.begin()
            self.now.lines.append(line)
            return
        if self.indicators and self.opens(row):
            self.begin()
        if (
            line is not None
            and not self.now.rows
            and not self.words.is_label(line.text)
            and (row.grid.columns > 1 or len(line.text) <= LONGEST_TITLE)
        ):
            self.now.lines.append(line)
            return
        self.indicators = self.indicators or any(self.words.columns(each.text) == "name" for each in said)
        self.now.rows.append(row)


def _says(line: Line) -> bool:
    """Whether a line between two tables says anything: a page number does not."""
    return _PAGE.fullmatch(key(line.text)) is None and _CONTINUED.search(key(line.text)) is None


def _is_short(line: Line) -> bool:
    """Whether a line before a title is part of the form's head, and not of a report that the form stands in."""
    plain = key(line.text)
    return len(plain) <= 12 and not plain.endswith(("。", ";", ","))


def pieces(text: str) -> Iterator[str]:
    """The parts of a text that names several things: 部门：甲    公开14表    金额单位：元."""
    for each in _BETWEEN.split(text.strip()):
        if each.strip():
            yield each.strip()
