"""Header rows: which column holds what, by the words over it, be they in one row or in two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from zhunsheng.exchange.forms.words import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from zhunsheng.exchange.forms.grid import Cell, Grid
    from zhunsheng.exchange.forms.recognise.rows import Row
    from zhunsheng.exchange.forms.words import Lookup, Table

LEVELS: Final = ("level1", "level2", "name")
MONEY: Final = ("initial_budget", "annual_budget", "executed", "rate")


@final
@dataclass(frozen=True)
class Header:
    """The header of a block: for each column of the grid its field, and the cell that says so."""

    grid: Grid
    fields: Mapping[int, str]
    cells: Mapping[int, Cell]
    """The header cell over each column, known or not."""
    rows: int
    """How many rows it takes."""
    label: Cell | None
    """The cell to the left that names the block."""
    beside: tuple[Cell, ...] = ()
    """Header cells left of the first field that are no label: 年度预算数（万元）over the names of the rows."""

    @property
    def first(self) -> int:
        """The first column with a field."""
        return min(self.fields)

    def columns(self, field: str) -> list[int]:
        """The columns of a field."""
        return [column for column, each in self.fields.items() if each == field]

    def order(self) -> list[str]:
        """The fields from left to right."""
        return list(dict.fromkeys(each for _, each in sorted(self.fields.items())))


def indicator_header(rows: Sequence[Row], at: int, words: Lookup) -> Header | None:
    """The header of the indicators that begins at a row, or None."""
    row = rows[at]
    fields = _fields(row, words.columns)
    if "name" in fields.values() and len(set(fields.values())) >= 3:
        return _header(row, [row], words.columns)
    if len(set(fields.values())) < 2 or at + 1 >= len(rows) or rows[at + 1].grid is not row.grid:
        return None
    below = rows[at + 1]
    names = {words.columns(each.text) for each in below.said()}
    reach = any(each.height == 2 and words.columns(each.text) for each in row.said())  # down beside an unknown word
    if "name" in names and (reach or None not in names):
        return _header(row, [row, below], words.columns)
    return None


def fund_header(rows: Sequence[Row], at: int, words: Lookup) -> Header | None:
    """The header of the funds that begins at a row, or None."""
    row = rows[at]
    found = set(_fields(row, words.fund_columns).values())
    if len(found & set(MONEY)) < 2 or any(_is_figure(each.text) for each in row.said()):
        return None
    return _header(row, [row], words.fund_columns)


def goal_header(rows: Sequence[Row], at: int, words: Lookup) -> Header | None:
    """The header of the goals: what was expected beside what was achieved."""
    row = rows[at]
    found = set(_fields(row, words.goals).values())
    if "achieved" not in found or len(found) < 2:
        return None
    return _header(row, [row], words.goals, last=True)


def _fields(row: Row, table: Table) -> dict[int, str]:
    return {cell.column: field for cell in row.said() if (field := table(cell.text)) is not None}


def _header(row: Row, rows: list[Row], table: Table, *, last: bool = False) -> Header:
    """The lowest word over each column counts. Of two columns of one field the lower is it, then the first or `last`."""
    cells: dict[int, Cell] = {}
    for each in rows:
        for cell in each.cells():
            if cell.text.strip() and cell.row >= row.at:
                cells |= dict.fromkeys(range(cell.column, cell.column + cell.width), cell)
    owners: dict[str, Cell] = {}
    for _, cell in sorted(cells.items(), key=lambda each: (-each[1].row, -each[0] if last else each[0])):
        field = table(cell.text)
        if field is not None:
            owners.setdefault(field, cell)
    fields = {column: field for column, cell in cells.items() for field, owner in owners.items() if owner is cell}
    left = [each for each in _left(rows, min(fields)) if each.text.strip() and each.row >= row.at]
    tall = [each for each in left if each.height > len(rows)]
    label = tall[-1] if tall else next((each for each in left if each.column == 0), None)
    beside = tuple(each for each in left if each is not label)
    return Header(row.grid, fields, cells, len(rows), label, beside)


def _left(rows: list[Row], first: int) -> Iterator[Cell]:
    seen: list[Cell] = []
    for row in rows:
        for cell in row.cells():
            if cell.column < first and cell not in seen:
                seen.append(cell)
    return iter(seen)


def _is_figure(text: str) -> bool:
    plain = key(text).rstrip("%").replace(",", "")
    return bool(plain) and plain.replace(".", "", 1).isdecimal()


def values(row: Row, header: Header) -> dict[str, list[Cell]]:
    """The cells of a row by the fields of the columns they stand in, the label beside the block left out."""
    found: dict[str, list[Cell]] = {}
    for cell in row.cells():
        field = field_of(cell, header)
        if field is not None and cell is not header.label:
            found.setdefault(field, []).append(cell)
    return found


def field_of(cell: Cell, header: Header) -> str | None:
    """The field of a cell: the leftmost of those it covers."""
    covered = (header.fields.get(column) for column in range(cell.column, cell.column + cell.width))
    return next((each for each in covered if each is not None), None)
