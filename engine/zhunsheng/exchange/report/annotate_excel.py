"""A filed workbook handed back with comments at its cells; sheets, charts and pictures stay as they are, byte for byte.

A comment of Excel is an entry in the comments of its sheet and a box in the drawing that goes with them; a sheet that has
neither gets both, and one line that names the drawing.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from zhunsheng.exchange.forms.read.package import Package
from zhunsheng.exchange.report.parts import TYPES, Edit, Parts, edited, put_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from zhunsheng.exchange.forms.read.package import Relation

COMMENTS: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
SHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
AFTER: Final = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
    "AlternateContent",
)  # fmt: skip
"""What stands behind the name of the drawing in a sheet (ISO 29500-1, 18.3.1.99)."""
EMPTY_DRAWING: Final = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    "</o:shapelayout></xml>"
)
BOX_TYPE: Final = (
    '<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'id="zhunsheng_note" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_REF: Final = re.compile(r"(?P<sheet>.*)!(?P<cell>[A-Z]+[0-9]+)", re.ASCII | re.DOTALL)
WIDE, TALL = 240, 24
"""Points of a comment's box: its width, and its height for each line."""
PER_LINE: Final = 18


def annotate_excel(path: Path, remarks: Mapping[str, Sequence[str]], author: str) -> bytes:
    """The workbook with a comment at each cell named.

    Args:
        path: the file.
        remarks: by cell (`项目自评表!I13`), what is to be said there, a line each.
        author: of the comments.
    """
    with Package.opened(path) as package:
        package.weigh()
        main = package.main()
        sheets = {each.id: each.target for each in package.relations(main) if each.kind == "worksheet"}
        named = {
            each.get("name", ""): sheets[id_]
            for each in package.tree(main).iter("sheet")
            for key, id_ in each.items()
            if key.endswith("}id") and id_ in sheets
        }
        relations = {part: package.relations(part) for part in named.values()}
        first = next(iter(named.values()))
    parts = Parts(path)
    by_sheet: dict[str, dict[str, list[str]]] = {}
    for ref, texts in remarks.items():
        found = _REF.fullmatch(ref)
        part, cell = (named[found["sheet"]], found["cell"]) if found and found["sheet"] in named else (first, "A1")
        by_sheet.setdefault(part, {}).setdefault(cell, []).extend(texts)
    for part, cells in by_sheet.items():
        _Notes(parts, part, relations[part], author).add(cells)
    return parts.written()


class _Notes:
    """The comments of one sheet."""

    def __init__(self, parts: Parts, part: str, relations: Sequence[Relation], author: str) -> None:
        self.parts = parts
        self.part = part
        self.author = author
        self.comments = next((each.target for each in relations if each.kind == "comments"), "")
        self.drawing = next(
            (each.target for each in relations if each.kind == "vmlDrawing" and self.is_own(each.id)), ""
        )

    def is_own(self, id_: str) -> bool:
        """Whether a drawing is that of the sheet and not of its header."""
        root = self.parts.tree(self.part)
        own = next((each for each in root.children if each.name == "legacyDrawing"), None)
        return own is not None and id_ in own.attributes.values()

    def add(self, cells: Mapping[str, Sequence[str]]) -> None:
        """A comment at each of these cells; more text in the comment that a cell has already."""
        if not self.comments:
            self.comments = self.parts.free("xl/comments{}.xml")
            self.parts[self.comments] = (
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{SHEET}"><authors/><commentList/></comments>'
            ).encode()
            self.parts.declare(self.comments, COMMENTS)
            self.parts.relate(self.part, "comments", self.comments)
        added = self.write(cells)
        if not self.drawing:
            self.draw()
        boxes = [BOX_TYPE, *(_box(cell, 20000 + at, cells[cell]) for at, cell in enumerate(added))]
        if added:
            self.parts.append(self.drawing, "".join(boxes))

    def write(self, cells: Mapping[str, Sequence[str]]) -> list[str]:
        """Writes the entries; the cells that had none."""
        content, root = self.parts[self.comments], self.parts.tree(self.comments)
        p = root.prefix
        authors = next(each for each in root.children if each.name == "authors")
        entries = next(each for each in root.children if each.name == "commentList")
        there = {each.attributes.get("ref"): each for each in entries.children}
        number = sum(each.name == "author" for each in authors.children)
        edits = [put_in(content, authors, f"<{p}author>{escape(self.author, quote=False)}</{p}author>")]
        added = []
        for cell, texts in sorted(cells.items(), key=lambda each: _place(each[0])):
            run = _run(p, texts)
            if cell in there:
                text = next(each for each in there[cell].children if each.name == "text")
                edits.append(put_in(content, text, _run(p, ["", *texts])))
            else:
                added.append(
                    (cell, f'<{p}comment ref="{cell}" authorId="{number}"><{p}text>{run}</{p}text></{p}comment>')
                )
        edits.append(put_in(content, entries, "".join(text for _, text in added)))
        self.parts[self.comments] = edited(content, edits)
        return [cell for cell, _ in added]

    def draw(self) -> None:
        """An empty drawing, named in the sheet."""
        self.drawing = self.parts.free("xl/drawings/vmlDrawing{}.vml")
        self.parts[self.drawing] = EMPTY_DRAWING.encode()
        types = self.parts.tree(TYPES)
        if not any(each.attributes.get("Extension", "").lower() == "vml" for each in types.children):
            default = f'<{types.prefix}Default Extension="vml" ContentType="{DRAWING}"/>'
            content = self.parts[TYPES]
            self.parts[TYPES] = edited(content, [Edit(types.inside, types.inside, default)])
        id_ = self.parts.relate(self.part, "vmlDrawing", self.drawing)
        content, root = self.parts[self.part], self.parts.tree(self.part)
        line = f'<{root.prefix}legacyDrawing xmlns:r="{OFFICE}" r:id="{id_}"/>'
        behind = next((each.start for each in root.children if each.name in AFTER), root.close)
        self.parts[self.part] = edited(content, [Edit(behind, behind, line)])


def _run(prefix: str, texts: Sequence[str]) -> str:
    text = escape("\n".join(texts), quote=False)
    return f'<{prefix}r><{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}r>'


def _box(cell: str, number: int, texts: Sequence[str]) -> str:
    """The box that shows a comment while the pointer is on its cell."""
    row, column = _place(cell)
    lines = sum(1 + len(each) // PER_LINE for each in texts)
    anchor = f"{column + 1}, 15, {row}, 2, {column + 5}, 15, {row + 1 + lines}, 4"
    return (
        '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        f'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{number}" type="#zhunsheng_note" '
        f'style="position:absolute;width:{WIDE}pt;height:{TALL * lines}pt;z-index:{number};visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _place(cell: str) -> tuple[int, int]:
    """Row and column of a cell, from 0."""
    letters = cell.rstrip("0123456789")
    column = 0
    for each in letters:
        column = column * 26 + ord(each) - 64
    return int(cell[len(letters) :]) - 1, column - 1
