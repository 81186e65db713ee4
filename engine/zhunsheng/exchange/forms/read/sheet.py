"""The table that a sheet is: from its first to its last cell with something in it, and merged areas from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.exchange.forms.grid import Cell, Grid
from zhunsheng.exchange.forms.read import limits
from zhunsheng.exchange.forms.read.refusing import hidden, table_too_large

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from zhunsheng.problem import Problem

Texts = dict[tuple[int, int], str]
"""What cells say, by row and column; blank ones are not there."""


class Box(NamedTuple):
    """An area: its first and last row and column."""

    top: int
    left: int
    bottom: int
    right: int


class Veiled(NamedTuple):
    """What a sheet hides: itself, and some of its rows and columns."""

    sheet: bool
    rows: Collection[int]
    columns: Collection[int]


def table_of(path: Path, name: str, texts: Texts, merged: Iterable[Box]) -> Grid:
    """The table of a sheet, blank cells included.

    Raises:
        Refused: it is larger than any form.
    """
    if not texts:
        return Grid(name, ())
    whole = _extent(texts)
    inside = [
        each for each in merged if whole.top <= each.top <= whole.bottom and whole.left <= each.left <= whole.right
    ]
    whole = whole._replace(
        bottom=max([whole.bottom, *(min(each.bottom, limits.ROWS - 1) for each in inside)]),
        right=max([whole.right, *(min(each.right, limits.COLUMNS - 1) for each in inside)]),
    )
    size = (whole.bottom - whole.top + 1) * (whole.right - whole.left + 1)
    if size > limits.CELLS or whole.bottom >= limits.ROWS or whole.right >= limits.COLUMNS:
        raise table_too_large(path, ref(name, whole.bottom, whole.right))
    return Grid(name, tuple(_cells(name, texts, whole, inside)))


def hidden_in(path: Path, grid: Grid, texts: Texts, veiled: Veiled) -> Iterator[Problem]:
    """What its reader should know of a sheet: hidden content is read, but for what lies under a merged cell."""
    if veiled.sheet:
        yield hidden(path, "sheet", grid.name)
    covered = sorted(texts.keys() - {(each.row, each.column) for each in grid.cells})
    for at in covered[:1]:
        yield hidden(path, "covered", ref(grid.name, *at), "、".join(texts[each] for each in covered[:9]))
    rows = sorted({at[0] for at in texts}.intersection(veiled.rows))
    for row in rows[:1]:
        yield hidden(path, "rows", ref(grid.name, row, 0), "、".join(str(each + 1) for each in rows))
    columns = sorted({at[1] for at in texts}.intersection(veiled.columns))
    for column in columns[:1]:
        yield hidden(path, "columns", ref(grid.name, 0, column), "、".join(map(column_letters, columns)))


def ref(name: str, row: int, column: int) -> str:
    """A cell as Excel names it, with its sheet.

    >>> ref("项目自评表", 12, 8)
    '项目自评表!I13'
    """
    return f"{name}!{column_letters(column)}{row + 1}"


def column_letters(column: int) -> str:
    """The letters of a column counted from 0.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(702)
    ('A', 'Z', 'AA', 'AAA')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _extent(texts: Texts) -> Box:
    rows, columns = [at[0] for at in texts], [at[1] for at in texts]
    return Box(min(rows), min(columns), max(rows), max(columns))


def _cells(name: str, texts: Texts, whole: Box, merged: list[Box]) -> Iterator[Cell]:
    sizes, covered = _merges(whole, merged)
    for row in range(whole.top, whole.bottom + 1):
        for column in range(whole.left, whole.right + 1):
            if (row, column) in sizes or (row, column) not in covered:
                height, width = sizes.get((row, column), (1, 1))
                yield Cell(row, column, height, width, texts.get((row, column), ""), ref(name, row, column))


def _merges(whole: Box, merged: list[Box]) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """Merged areas by their first cell, and all places in them; areas that overlap are no merges to any program."""
    sizes: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for each in merged:
        height, width = min(each.bottom, whole.bottom) - each.top + 1, min(each.right, whole.right) - each.left + 1
        corners = {(each.top, each.left), (each.top + height - 1, each.left + width - 1)}
        if corners & covered or len(covered) + height * width > limits.CELLS:
            continue
        area = {(each.top + down, each.left + along) for down in range(height) for along in range(width)}
        if not area & covered:
            covered |= area
            sizes[each.top, each.left] = (height, width)
    return sizes, covered
