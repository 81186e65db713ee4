"""A filed form of Word handed back with comments at its cells; the rest of the document stays as it is, byte for byte."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from zhunsheng.exchange.forms.read.package import Package
from zhunsheng.exchange.forms.read.word import _blocks, placed_cells
from zhunsheng.exchange.report.parts import Edit, Element, Parts, edited, empty, put_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from xml.etree import ElementTree as ET

COMMENTS: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def annotate_word(path: Path, remarks: Mapping[str, Sequence[str]], author: str) -> bytes:
    """The document with a comment at each cell named.

    Args:
        path: the file.
        remarks: by cell (`表1 第13行 第9列`), what is to be said there, a paragraph each.
        author: of the comments.
    """
    with Package.opened(path) as package:
        main = package.main()
        relations = package.relations(main)
        comments = next((each.target for each in relations if each.kind == "comments"), "")
        package.weigh()
        numbers = _cells(package.tree(main))
    parts = Parts(path)
    content = parts[main]
    cells = list(parts.tree(main).all("tc"))
    if not comments:
        comments = parts.free(f"{main.rpartition('/')[0]}/comments{{}}.xml".lstrip("/"))
        parts[comments] = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:comments xmlns:w="{WORD}"/>'.encode()
        )
        parts.declare(comments, COMMENTS)
        parts.relate(main, "comments", comments)
    said = parts.tree(comments)
    prefix = said.prefix
    first = 1 + max((int(each.attributes.get(f"{prefix}id", "0")) for each in said.all("comment")), default=-1)
    said_at: dict[int, list[str]] = {}
    for ref, texts in remarks.items():
        said_at.setdefault(_nearest(ref, numbers), []).extend(texts)
    found = [(cells[at], texts) for at, texts in said_at.items()]
    text = "".join(_comment(prefix, first + at, texts, author) for at, (_, texts) in enumerate(found))
    parts[comments] = edited(parts[comments], [put_in(parts[comments], said, text)])
    edits = [each for at, (cell, _) in enumerate(found) for each in _anchors(content, cell, first + at)]
    parts[main] = edited(content, edits)
    return parts.written()


def _nearest(ref: str, numbers: Mapping[str, int]) -> int:
    """The cell of that name; for a line beside a table the first of that table, else the first of all."""
    table = ref.partition(" ")[0]
    return numbers.get(ref, numbers.get(f"{table} 第1行 第1列", 0))


def _cells(root: ET.Element) -> dict[str, int]:
    """By the name that the reader gives each cell, which `w:tc` of the document it is."""
    order = {id(each): at for at, each in enumerate(root.iter("tc"))}
    found: dict[str, int] = {}
    body = root.find("body")
    for number, table in enumerate(_tables(body) if body is not None else (), 1):
        for each in placed_cells(table):
            found[f"表{number} 第{each.row + 1}行 第{each.column + 1}列"] = order[id(each.element)]
    return found


def _tables(parent: ET.Element) -> Iterator[ET.Element]:
    """The tables in the order in which the reader counts them: one within a cell after the one around it."""
    for block in _blocks(parent):
        if block.tag == "tbl":
            yield block
            for each in placed_cells(block):
                yield from _tables(each.element)


def _comment(prefix: str, number: int, texts: Sequence[str], author: str) -> str:
    paragraphs = "".join(
        f'<{prefix}p><{prefix}r><{prefix}t xml:space="preserve">{escape(each, quote=False)}</{prefix}t></{prefix}r></{prefix}p>'
        for each in texts
    )
    who = f'{prefix}author="{escape(author)}" {prefix}initials="{escape(author[:1])}"'
    return f'<{prefix}comment {prefix}id="{number}" {who}>{paragraphs}</{prefix}comment>'


def _anchors(content: bytes, cell: Element, number: int) -> Iterator[Edit]:
    """Marks around the first paragraph of a cell, and the sign of the comment at its end."""
    paragraph = next(each for each in cell.all("p") if each.under("tc") is cell and each.prefix == cell.prefix)
    p = cell.prefix
    start = f'<{p}commentRangeStart {p}id="{number}"/>'
    end = f'<{p}commentRangeEnd {p}id="{number}"/><{p}r><{p}commentReference {p}id="{number}"/></{p}r>'
    if empty(content, paragraph):
        yield put_in(content, paragraph, start + end)
        return
    properties = next((each for each in paragraph.children if each.name == "pPr"), None)
    begin = properties.end if properties else paragraph.inside
    yield Edit(begin, begin, start)
    yield Edit(paragraph.close, paragraph.close, end)
