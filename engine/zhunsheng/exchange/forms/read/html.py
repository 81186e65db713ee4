"""Tables of web pages, which many systems hand out under the name .xls: cells with their colspan and rowspan."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, final

from zhunsheng.exchange.forms.grid import Cell, Grid
from zhunsheng.exchange.forms.read import limits
from zhunsheng.exchange.forms.read.outside import around, tidy
from zhunsheng.exchange.forms.read.refusing import damaged, hidden, library_missing, table_too_large

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from zhunsheng.problem import Problem

_UNSEEN: Final = {"script", "style", "head", "template", "xml", "noscript", "select"}
_BLANKS: Final = re.compile(r"[ \t\r\n]+")
_WRAPPED: Final = re.compile("(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*[\r\n]\\s*(?=[\u3000-\u9fff\uff00-\uffef])")
_LINES: Final = {
    "br",
    "p",
    "div",
    "tr",
    "li",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "caption",
    "center",
    "hr",
}
"""Elements that begin and end a line."""


def read_page(text: str, path: Path) -> tuple[tuple[Grid, ...], tuple[Problem, ...]]:
    """The tables of a page with the lines around them, and what its reader should know.

    Raises:
        Refused: the page is beyond repair, or a table larger than any form.
    """
    try:
        from lxml import etree, html  # noqa: PLC0415  comes with python-docx, an extra
    except ModuleNotFoundError:
        raise library_missing(path, "python-docx") from None
    try:
        parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
        root = html.document_fromstring(text.encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        raise damaged(path) from None
    page = _Page(path)
    return around(page.items(root)), tuple(page.told)


@final
@dataclass(slots=True)
class _Page:
    path: Path
    tables: int = 0
    told: list[Problem] = field(default_factory=list)

    def items(self, parent: Any) -> Iterator[str | Grid]:
        """The tables outside all others, and the lines between them."""
        words: list[str] = []
        for each in self.walk(parent, words):
            yield "".join(words)
            words.clear()
            yield from self.table(each)
        yield "".join(words)

    def walk(self, parent: Any, words: list[str]) -> Iterator[Any]:
        """Yields the tables below; what else is met goes to `words`."""
        words.append(_spaced(parent.text))
        for each in parent:
            if each.tag == "table":
                yield each
            elif each.tag not in _UNSEEN:
                breaks = "\n" if each.tag in _LINES else ""
                words.append(breaks)
                yield from self.walk(each, words)
                words.append(breaks)
            words.append(_spaced(each.tail))

    def table(self, table: Any) -> Iterator[Grid]:
        """A table, and after it those that stand in its cells."""
        self.tables += 1
        name = f"表{self.tables}"
        inner: list[Any] = []
        cells = tuple(self.cells(table, name, inner))
        if any(each.text for each in cells):
            yield Grid(name, cells)
        for each in inner:
            yield from self.table(each)

    def cells(self, table: Any, name: str, inner: list[Any]) -> Iterator[Cell]:
        rows = list(_rows(table))
        taken: set[tuple[int, int]] = set()
        for row, element in enumerate(rows):
            column = 0
            if _is_hidden(element):
                self.told.append(hidden(self.path, "rows", f"{name} 第{row + 1}行", str(row + 1)))
            for each in element.iterchildren("td", "th"):
                while (row, column) in taken:
                    column += 1
                height, width = _span(each, "rowspan", len(rows) - row), _span(each, "colspan", limits.COLUMNS + 1)
                ref = f"{name} 第{row + 1}行 第{column + 1}列"
                if row >= limits.ROWS or column + width > limits.COLUMNS or len(taken) > limits.CELLS - height * width:
                    raise table_too_large(self.path, ref)
                area = {(row + down, column + along) for down in range(height) for along in range(width)}
                if area & taken:  # the page says two things of one place; the first holds
                    height, width, area = 1, 1, {(row, column)}
                taken |= area
                words: list[str] = []
                inner += self.walk(each, words)
                yield Cell(row, column, height, width, tidy("".join(words)), ref)


def _rows(table: Any) -> Iterator[Any]:
    """The rows of this table and not of those in its cells; rows that neither show nor say anything only set widths."""
    for each in table:
        if each.tag == "tr":
            if not _is_hidden(each) or "".join(each.itertext()).strip():
                yield each
        elif each.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(each)


def _is_hidden(row: Any) -> bool:
    return "display:none" in row.get("style", "").replace(" ", "").lower()


def _span(cell: Any, name: str, most: int) -> int:
    text = cell.get(name, "1").strip()
    span = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    return min(span or (most if name == "rowspan" else 1), most)


def _spaced(text: str | None) -> str:
    """Text of a page: blanks and line ends between words are one blank, a line end between Chinese words is none."""
    return _BLANKS.sub(" ", _WRAPPED.sub("", text or ""))
