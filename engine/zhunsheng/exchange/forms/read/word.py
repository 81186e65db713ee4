"""Tables of Word (.docx, .docm) with their merges, and the text around them, as the file's XML has them.

What is struck out as a tracked change does not count, what is inserted does. A form in a form (a table in a cell) is a
table of its own. Text in boxes and in headers stands outside all tables; it is told, and taken where it may matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, final

from zhunsheng.exchange.forms.grid import Cell, Grid
from zhunsheng.exchange.forms.read import limits
from zhunsheng.exchange.forms.read.numbering import Numbering
from zhunsheng.exchange.forms.read.outside import around, tidy
from zhunsheng.exchange.forms.read.refusing import aside, hidden, table_too_large

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from zhunsheng.exchange.forms.read.package import Package
    from zhunsheng.problem import Problem

_MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_EITHER: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_WRAPS: Final = ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink")
_UNSEEN: Final = {"del", "moveFrom", "delText", "instrText", "delInstrText", "rPr", "pPr", "rt", "sdtPr", "cellDel"}
_OFF: Final = ("0", "false", "off", "none")
_SIGNS: Final = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SYMBOLS: Final = {
    "wingdings": {0xA8: "□", 0x6F: "□", 0xFE: "☑", 0xFD: "☒", 0xFC: "✓", 0xFB: "✗"},
    "wingdings 2": {0xA3: "□", 0x2A: "□", 0x52: "☑", 0x51: "☒", 0x50: "✓", 0x4F: "✗"},
}
"""The boxes and ticks of symbol fonts, which have no letters of their own in the file."""


class Placed(NamedTuple):
    """A cell of Word at its place in the table's grid; a merged area once, at its upper left corner."""

    row: int
    column: int
    height: int
    width: int
    element: Element


@final
@dataclass(slots=True)
class _Reading:
    """What is met on the way through a document."""

    path: Path
    numbering: Numbering
    boxes: list[str] = field(default_factory=list)
    """Text in boxes, not yet placed."""
    told: list[Problem] = field(default_factory=list)
    tables: int = 0


def read_document_tables(package: Package) -> tuple[tuple[Grid, ...], tuple[Problem, ...]]:
    """The tables of a document with the lines around them, and what its reader should know.

    Raises:
        Refused: the file is damaged, hostile, or has a table larger than any form.
    """
    main = package.main()
    relations = package.relations(main)
    parts = {each.kind: each.target for each in relations if not each.external and each.target in package}
    definitions, styles = (package.tree(parts[kind]) if kind in parts else None for kind in ("numbering", "styles"))
    reading = _Reading(package.path, Numbering(definitions, styles))
    body = package.tree(main).find("body")
    grids = around(_items(body, reading)) if body is not None else ()
    if "vbaProject" in parts:
        reading.told.append(aside(package.path, "macros"))
    for each in relations:
        if each.kind == "header" and each.target in package:
            _header(package.tree(each.target), reading)
    return grids, tuple(reading.told)


def _header(tree: Element, reading: _Reading) -> None:
    text = tidy("\n".join(_text(each, reading) for each in tree.iter("p")))
    if text:
        reading.told.append(aside(reading.path, "header", text))


def _items(parent: Element, reading: _Reading) -> Iterator[str | Grid]:
    """The paragraphs and tables of a body or cell in order."""
    for block in _blocks(parent):
        if block.tag == "p":
            yield _text(block, reading)
        else:
            yield from _table(block, reading)
        yield from _boxes(reading)


def _boxes(reading: _Reading) -> Iterator[str]:
    """Text boxes met: beside the line or table that they hang on."""
    for text in reading.boxes:
        reading.told.append(aside(reading.path, "text-box", text))
        yield text
    reading.boxes.clear()


def _blocks(parent: Element) -> Iterator[Element]:
    for each in parent:
        if each.tag in ("p", "tbl"):
            yield each
        elif each.tag in _WRAPS and not _is_prompt(each):
            yield from _blocks(each)


def _table(table: Element, reading: _Reading) -> Iterator[Grid]:
    """A table, and after it those that stand in its cells."""
    reading.tables += 1
    name = f"表{reading.tables}"
    cells: list[Cell] = []
    inner: list[Grid] = []
    for each in placed_cells(table):
        ref = f"{name} 第{each.row + 1}行 第{each.column + 1}列"
        if each.row >= limits.ROWS or each.column + each.width > limits.COLUMNS or len(cells) >= limits.CELLS:
            raise table_too_large(reading.path, ref)
        lines: list[str] = []
        for block in _blocks(each.element):
            if block.tag == "p":
                lines.append(_text(block, reading))
            else:
                inner += _table(block, reading)
        cells.append(Cell(*each[:4], tidy("\n".join(lines)), ref))
    if cells:
        yield Grid(name, tuple(sorted(cells)))
    yield from inner


def placed_cells(table: Element) -> Iterator[Placed]:
    """The cells of a `w:tbl` at their places, merges resolved; rows and cells struck out are not there."""
    found: list[Placed] = []
    open_: dict[int, int] = {}
    rows = [each for each in _within(table, "tr") if each.find("trPr/del") is None]
    for row, element in enumerate(rows):
        column = _int(element.find("trPr/gridBefore"), 0)
        below: dict[int, int] = {}
        for each in _within(element, "tc"):
            if each.find("tcPr/cellDel") is not None:
                continue
            width = max(_int(each.find("tcPr/gridSpan"), 1), 1)
            at = open_.get(column) if _continues(each, "vMerge") else None
            if at is not None and found[at].width == width:
                found[at] = found[at]._replace(height=row - found[at].row + 1)
                below[column] = at
            elif _continues(each, "hMerge") and found and found[-1].row == row:
                found[-1] = found[-1]._replace(width=found[-1].width + width)
            else:
                if each.find("tcPr/vMerge") is not None:
                    below[column] = len(found)
                found.append(Placed(row, column, 1, width, each))
            column += width
        open_ = below
    yield from found


def _within(parent: Element, tag: str) -> Iterator[Element]:
    for each in parent:
        if each.tag == tag:
            yield each
        elif each.tag in _WRAPS:
            yield from _within(each, tag)


def _continues(cell: Element, kind: str) -> bool:
    merge = cell.find(f"tcPr/{kind}")
    return merge is not None and merge.get("val", "continue") == "continue"


def _int(element: Element | None, default: int) -> int:
    text = element.get("val", "") if element is not None else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else default


def _text(paragraph: Element, reading: _Reading) -> str:
    """A paragraph as it is seen, with the number that Word puts before it."""
    return reading.numbering.before(paragraph) + "".join(_pieces(paragraph, reading))


def _pieces(elements: Iterable[Element], reading: _Reading) -> Iterator[str]:
    for each in elements:
        tag = each.tag
        if tag in ("t", _MATH):
            yield each.text or ""
        elif tag in _SIGNS:
            yield _SIGNS[tag]
        elif tag == "sym":
            yield _symbol(each)
        elif tag == "checkBox":
            yield _ticked(each)
        elif tag == _EITHER:
            yield from _pieces(each[:1], reading)  # the other branch says the same for older programs
        elif tag == "txbxContent":
            text = tidy("\n".join(_text(block, reading) for block in each.iter("p")))
            reading.boxes += [text] if text else []
        elif tag == "r" and _vanished(each):
            _tell_vanished(each, reading)
        elif tag not in _UNSEEN and not _is_prompt(each):
            yield from _pieces(each, reading)


def _is_prompt(element: Element) -> bool:
    """A field of a form that nobody filled in: what it shows asks the reader to."""
    return element.tag == "sdt" and element.find("sdtPr/showingPlcHdr") is not None


def _symbol(element: Element) -> str:
    code = element.get("char", "")
    try:
        point = int(code, 16)
    except ValueError:
        return ""
    known = _SYMBOLS.get(element.get("font", "").lower(), {}).get(point & 0xFF)
    return known or (chr(point) if 0x20 <= point < 0xD800 else "")


def _ticked(box: Element) -> str:
    """A box of a form field."""
    state = box.find("checked")
    state = state if state is not None else box.find("default")
    return "☑" if state is not None and state.get("val", "1") not in _OFF else "□"


def _vanished(run: Element) -> bool:
    mark = run.find("rPr/vanish")
    return mark is not None and mark.get("val", "1") not in _OFF


def _tell_vanished(run: Element, reading: _Reading) -> None:
    text = tidy("".join(each.text or "" for each in run.iter("t")))
    if text:
        reading.told.append(hidden(reading.path, "text", "", text))
