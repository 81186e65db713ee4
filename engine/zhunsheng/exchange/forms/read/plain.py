"""Text with tabs between its cells, as tables come out of Word and Excel when only their text is kept.

Such text has no merges: a place that a merged cell covered is blank or missing. A cell of several lines stands in quotes
(Excel writes it so) or is simply broken (Word): then lines are joined while they make up one full row, and the table is
told to be doubtful.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.exchange.forms.grid import Cell, Grid
from zhunsheng.exchange.forms.read import limits
from zhunsheng.exchange.forms.read.outside import around, tidy
from zhunsheng.exchange.forms.read.refusing import damaged, table_too_large

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SAYS_GBK: Final = re.compile(rb"charset\s*=\s*[\"']?gb", re.IGNORECASE)
_ASCII: Final = bytes(range(128))
_FEW: Final = 64
_LONGEST: Final = 40
"""Lines that a cell in quotes may have; a quotation mark that is not closed by then is one of the text."""


class Row(NamedTuple):
    """A row of a table: the line where it begins, counted from 1, and its cells."""

    line: int
    cells: tuple[str, ...]
    joined: bool = False


def decoded(content: bytes, path: Path) -> str:
    """Text in UTF-8, UTF-16 with its mark, or GBK (GB 18030), which Chinese Windows programs write.

    A page of a word or two that says it is in GBK may pass for UTF-8 (`预` for `Ԥ`); a longer one cannot.

    Raises:
        Refused: it is neither.
    """
    encodings = ["utf-8-sig", "gb18030"]
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif _SAYS_GBK.search(content[:4096]) and len(content.translate(None, _ASCII)) < _FEW:
        encodings.reverse()
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise damaged(path)


def read_text(text: str, path: Path) -> tuple[Grid, ...]:
    """The tables of a text with the lines around them.

    Raises:
        Refused: a table is larger than any form.
    """
    return around(_items(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), path))


def _items(lines: list[str], path: Path) -> Iterator[str | Grid]:
    at = tables = 0
    while at < len(lines):
        end = _end_of_table(lines, at)
        if end == at:
            yield lines[at]
            at += 1
            continue
        tables += 1
        yield _grid(lines, at, end, f"表{tables}", path)
        at = end


def _end_of_table(lines: list[str], start: int) -> int:
    """The line after a table that begins here: it goes on over single lines without tabs, as broken cells make them."""
    at = end = start
    while at < len(lines) and lines[at].strip(" "):
        if "\t" in lines[at]:
            at = end = _end_of_quoted(lines, at)
        elif end == start:
            return start
        else:
            at += 1
    return end


def _end_of_quoted(lines: list[str], start: int) -> int:
    """The line after a row that begins here, whose cells in quotes may go over several lines."""
    text = ""
    for at in range(start, min(start + _LONGEST, len(lines))):
        text += lines[at] + "\n"
        if not _is_open(text):
            return at + 1
    return start + 1


def _is_open(row: str) -> bool:
    """Whether the last cell of a row begins with a quotation mark that is not closed."""
    rest = row
    while True:
        opening = 0 if rest.startswith('"') else rest.find('\t"') + 1
        if not rest.startswith('"') and opening == 0:
            return False
        closing = _closing(rest, opening + 1)
        if closing < 0:
            return True
        rest = rest[closing + 1 :]


def _closing(text: str, start: int) -> int:
    """The quotation mark that ends a cell: not doubled, and a tab or line end behind it."""
    at = start
    while (at := text.find('"', at)) >= 0:
        if text[at + 1 : at + 2] == '"':
            at += 2
        elif text[at + 1 : at + 2] in ("\t", "\n", ""):
            return at
        else:
            at += 1
    return -1


def _grid(lines: list[str], start: int, end: int, name: str, path: Path) -> Grid:
    rows = _joined(list(_rows(lines, start, end)))
    cells: list[Cell] = []
    for row, each in enumerate(rows):
        if row >= limits.ROWS or len(each.cells) > limits.COLUMNS or len(cells) > limits.CELLS:
            raise table_too_large(path, f"第{each.line}行")
        for column, text in enumerate(each.cells):
            cells.append(Cell(row, column, 1, 1, tidy(text), f"第{each.line}行 第{column + 1}列"))
    return Grid(name, tuple(cells), doubtful=any(each.joined for each in rows))


def _rows(lines: list[str], start: int, end: int) -> Iterator[Row]:
    at = start
    while at < end:
        after = _end_of_quoted(lines, at)
        yield Row(at + 1, tuple(_split("\n".join(lines[at:after]))))
        at = after


def _split(row: str) -> Iterator[str]:
    """The cells of a row, those in quotes without them."""
    at = 0
    while at <= len(row):
        closing = _closing(row, at + 1) if row.startswith('"', at) else -1
        if closing >= 0:
            yield row[at + 1 : closing].replace('""', '"')
            at = closing + 2
            continue
        end = row.find("\t", at)
        end = len(row) if end < 0 else end
        yield row[at:end]
        at = end + 1


def _joined(rows: list[Row]) -> list[Row]:
    """Rows whose cells were broken over lines put together again: only where lines make up one full row exactly."""
    (width, often), *_ = Counter(len(each.cells) for each in rows).most_common(1)
    if width < 3 or often * 2 < len(rows):
        return rows
    found: list[Row] = []
    at = 0
    while at < len(rows):
        count = _together(rows, at, width)
        found.append(_one(rows[at : at + count]) if count > 1 else rows[at])
        at += count
    return found


def _together(rows: list[Row], at: int, width: int) -> int:
    """How many rows from here make up one of full width; 1 where none do."""
    cells = len(rows[at].cells)
    for count in range(1, min(_LONGEST, len(rows) - at)):
        if cells >= width or len(rows[at + count].cells) >= width:
            return 1
        cells += len(rows[at + count].cells) - 1
        if cells == width:
            return count + 1
    return 1


def _one(rows: list[Row]) -> Row:
    cells = list(rows[0].cells)
    for each in rows[1:]:
        cells[-1] += "\n" + each.cells[0]
        cells += each.cells[1:]
    return Row(rows[0].line, tuple(cells), joined=True)
