"""Tables of PDF, best effort: a PDF has lines and letters but no cells, so what is read here is doubtful.

The library that reads it runs in a process of its own with bounded memory and time, which writes the tables as JSON. A table over several pages comes out as one a page; whoever recognises the form may join them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.exchange.forms.grid import Cell, Grid
from zhunsheng.exchange.forms.read import limits
from zhunsheng.exchange.forms.read.outside import around, lines, tidy
from zhunsheng.exchange.forms.read.refusing import damaged, library_missing, protected, slow, table_too_large

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NEAR: Final = 3
"""Points within which two edges are one line."""
_PROCESS: Final = f"import sys; from {__name__} import tables_of; sys.exit(tables_of(sys.argv[1]))"
_ABSENT, _PROTECTED, _LARGE = 3, 4, 5
"""Exit codes of the process: no library, a password, too many pages or cells."""


def read_pdf(path: Path) -> tuple[Grid, ...]:
    """The tables of a PDF, page by page, with the lines around them; all of them doubtful.

    Raises:
        Refused: it is damaged, protected or too large, takes too long, or pdfplumber is not installed.
    """
    command = [sys.executable, "-c", _PROCESS, str(path.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.SECONDS, check=False)  # noqa: S603  ourselves
    except subprocess.TimeoutExpired:
        raise slow(path) from None
    if done.returncode == _ABSENT:
        raise library_missing(path, "pdfplumber")
    if done.returncode == _PROTECTED:
        raise protected(path)
    if done.returncode == _LARGE:
        raise table_too_large(path, "")
    if done.returncode != 0:
        raise damaged(path)
    return around(_items(json.loads(done.stdout)))


def _items(pages: list[list[Any]]) -> Iterator[str | Grid]:
    tables = 0
    for page, found in enumerate(pages, 1):
        for each in found:
            if isinstance(each, str):
                yield each
                continue
            tables += 1
            yield Grid(
                f"表{tables}",
                tuple(
                    Cell(
                        row, column, height, width, tidy(text), f"第{page}页 表{tables} 第{row + 1}行 第{column + 1}列"
                    )
                    for row, column, height, width, text in each
                ),
                doubtful=True,
            )


def tables_of(path: str) -> int:
    """What the process does: prints, page by page, lines and tables in order."""
    _bounded()
    try:
        import pdfplumber  # noqa: PLC0415  an extra
        from pdfminer.pdfdocument import PDFPasswordIncorrect  # noqa: PLC0415  as above
    except ModuleNotFoundError:
        return _ABSENT
    try:
        with pdfplumber.open(path) as file:
            if len(file.pages) > limits.PAGES:
                return _LARGE
            pages = [list(_page(each)) for each in file.pages]
    except Exception as error:  # noqa: BLE001  the library raises of everything; it is wrapped, with its cause in args
        return (
            _PROTECTED
            if isinstance((error.args or (error,))[0], PDFPasswordIncorrect) or isinstance(error, PDFPasswordIncorrect)
            else 1
        )
    if sum(len(table) for page in pages for table in page) > limits.CELLS:
        return _LARGE
    sys.stdout.buffer.write(json.dumps(pages).encode())
    return 0


def _bounded() -> None:
    """No more memory and time than a form needs, where the system can hold a process to it."""
    try:
        import resource  # noqa: PLC0415  not everywhere
    except ModuleNotFoundError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY, limits.MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.SECONDS, limits.SECONDS))


def _page(page: Any) -> Iterator[str | list[tuple[int, int, int, int, str]]]:
    """The lines and tables of a page from top to bottom."""
    tables = page.find_tables()
    outside = page
    for each in tables:
        outside = outside.outside_bbox(_within(each.bbox, page), strict=False) if len(tables) < 20 else outside
    found: list[tuple[Any, Any]] = [(each.bbox[1], sorted(_cells(each))) for each in tables]
    found += [(each["top"], each["text"]) for each in outside.extract_text_lines(return_chars=False)]
    for _, each in sorted(found, key=lambda pair: pair[0]):
        yield from lines(each) if isinstance(each, str) else [each]


def _within(box: tuple[Any, ...], page: Any) -> tuple[Any, ...]:
    left, top, right, bottom = page.bbox
    return max(box[0], left), max(box[1], top), min(box[2], right), min(box[3], bottom)


def _cells(table: Any) -> Iterator[tuple[int, int, int, int, str]]:
    """Cells at their places: each edge that cells share is a line of the grid."""
    across = _edges(each[at] for each in table.cells for at in (0, 2))
    down = _edges(each[at] for each in table.cells for at in (1, 3))
    for line, texts in zip(table.rows, table.extract(), strict=True):
        for box, text in zip(line.cells, texts, strict=True):
            if box is not None:
                column, row = _at(across, box[0]), _at(down, box[1])
                width, height = _at(across, box[2]) - column, _at(down, box[3]) - row
                if width > 0 and height > 0:
                    yield row, column, height, width, text or ""


def _edges(values: Iterator[Any]) -> list[Any]:
    edges: list[Any] = []
    for each in sorted(values):
        if not edges or each - edges[-1] > _NEAR:
            edges.append(each)
    return edges


def _at(edges: list[Any], value: Any) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - value))
