"""A table as filed: cells with their merges, and what each is called by whoever has to find it in the file.

Every reader gives grids, whatever the format; everything after it (layouts, recognition, annotation) sees only these.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhunsheng.problem import Problem


class Cell(NamedTuple):
    r"""A cell, or a merged area told once at its upper left corner. Rows and columns count from 0.

    Attributes:
        text: as a reader of the file sees it, lines joined by `\n`: a percentage cell of Excel is `97.5%`, a date
            `2023年8月31日`, a number has no trailing zeros that were not typed or formatted.
        ref: where a person finds it: `项目自评表!I13`, or `表1 第13行 第9列`.
    """

    row: int
    column: int
    height: int
    width: int
    text: str
    ref: str


@final
@dataclass(frozen=True)
class Grid:
    """One table of a file.

    Attributes:
        name: the sheet's name, or 表1, 表2 … in a text document.
        cells: in reading order; places covered by a merge are not repeated.
        above, below: the lines of text that stand before and after the table and belong to no other; for a
            sheet these are found later, as rows of one wide cell.
        doubtful: the file does not say where its cells begin and end (PDF), or in which format a number stood: points
            and totals must add up before the reading is trusted.
    """

    name: str
    cells: tuple[Cell, ...]
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    doubtful: bool = False

    @cached_property
    def rows(self) -> int:
        """How many rows there are."""
        return max((each.row + each.height for each in self.cells), default=0)

    @cached_property
    def columns(self) -> int:
        """How many columns there are."""
        return max((each.column + each.width for each in self.cells), default=0)

    @cached_property
    def _covering(self) -> Mapping[tuple[int, int], Cell]:
        return {
            (row, column): each
            for each in self.cells
            for row in range(each.row, each.row + each.height)
            for column in range(each.column, each.column + each.width)
        }

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a place, or None where the table has none."""
        return self._covering.get((row, column))

    def row(self, row: int) -> Iterator[Cell]:
        """The cells that cover a row, from left to right, each once."""
        seen: Cell | None = None
        for column in range(self.columns):
            cell = self.at(row, column)
            if cell is not None and cell is not seen:
                yield cell
                seen = cell


@final
@dataclass(frozen=True)
class Sheets:
    """A file read: its tables in order, and the text outside them."""

    file: str
    """The name of the file, without its folder."""
    grids: tuple[Grid, ...]
    sha256: str = ""
    told: tuple[Problem, ...] = ()
    """What the reader of this file should know, as notes: what is hidden in it and was read, what was left aside."""
