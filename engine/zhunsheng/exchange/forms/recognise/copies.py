"""Tables without merges in which the text of a merged area stands in each place it covered, as other programs export them.

Only words tell a copy from a value that is the same twice: 100 under 目标值 and 100 under 完成值 are two. So a table is
one with copies where a header or label is told twice side by side, and then its headers say which columns are one.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from zhunsheng.exchange.forms.words import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhunsheng.exchange.forms.grid import Cell, Grid
    from zhunsheng.exchange.forms.words import Lookup


def without_copies(grid: Grid, words: Lookup) -> Grid:
    """The table with one cell for each area, where it tells the texts of areas again; any other as it is."""
    if any(each.height > 1 or each.width > 1 for each in grid.cells):
        return grid
    rows = [list(row) for _, row in groupby(grid.cells, key=lambda each: each.row)]
    if not any(len(run) > 1 and _is_word(run[0].text, words) for row in rows for run in _runs(row)):
        return grid
    cells: list[Cell] = []
    areas: Mapping[int, int] = {}
    for row in rows:
        if _is_header(row, words):
            areas = {each.column: run[0].column for run in _runs(row) for each in run}
        cells += _row(row, areas, words)
    return replace(grid, cells=tuple(cells))


def _row(row: list[Cell], areas: Mapping[int, int], words: Lookup) -> Iterator[Cell]:
    """A row with one cell for each area: beside a label every text that goes on, elsewhere what its header says is one."""
    first = next((each.text for each in row if each.text.strip()), "")
    pairs = words.is_label(first) or len({key(each.text) for each in row}) == 1
    for run in _runs(row):
        if pairs or _is_word(run[0].text, words):
            yield run[0]._replace(width=len(run))
            continue
        for _, area in groupby(run, key=lambda each: areas.get(each.column, each.column)):
            told = list(area)
            yield told[0]._replace(width=len(told))


def _runs(row: list[Cell]) -> Iterator[list[Cell]]:
    """The cells of a row, those side by side with one text together; a blank cell is always alone."""
    run: list[Cell] = []
    for each in row:
        if run and each.text.strip() and key(each.text) == key(run[-1].text) and each.column == run[-1].column + 1:
            run.append(each)
            continue
        if run:
            yield run
        run = [each]
    if run:
        yield run


def _is_header(row: list[Cell], words: Lookup) -> bool:
    """Whether a row is one of headers: of the funds, the goals or the indicators."""
    return any(
        len({table(each.text) for each in row} - {None}) >= 2
        for table in (words.columns, words.fund_columns, words.goals)
    )


def _is_word(text: str, words: Lookup) -> bool:
    """Whether a text is a header or a label, of which a form has no two side by side."""
    tables = words.columns, words.fund_columns, words.goals, words.labels, words.totals, words.fund_rows
    return words.is_label(text) or any(table(text) for table in tables)
