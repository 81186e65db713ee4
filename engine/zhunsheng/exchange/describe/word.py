"""The document as a Word file on the page of GB/T 9704: A4, margins 37/35/28/26 mm, body 仿宋 16 pt, headings 黑体."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from zhunsheng.exchange.describe import merged
from zhunsheng.exchange.describe.bar_chart import bar_chart
from zhunsheng.exchange.describe.blocks import Bars, Drawing, Form, Heading, Ladder, Paragraph, Table
from zhunsheng.exchange.describe.chart import add_chart, add_drawn
from zhunsheng.problem.show import cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.exchange.describe.blocks import Block

BODY: Final = "仿宋"
HEADS: Final = "黑体"
CHAINS: Final = {BODY: "FangSong,仿宋_GB2312,Noto Serif CJK SC", HEADS: "SimHei,Noto Sans CJK SC"}
"""What to take where a font is not installed, the nearest first."""
FAMILIES: Final = {BODY: "roman", HEADS: "swiss"}
TITLE_SIZE, SIZE, SMALL = 22, 16, 12
TABLE_SIZE, TABLE_LINE = 10, 16
LINE, SMALL_LINE = 28, 20
"""Points from line to line: 22 lines a page, as the standard has it."""
WIDTH: Final = 156
"""Millimetres between the margins."""
LYING: Final = 243
"""The same on a page that lies down."""
WIDEST: Final = 160
"""Millimetres that a form may want and still stand upright."""
HIGHEST: Final = 200
"""Millimetres of the highest chart."""
FORM_TITLE, FORM_SIZE, FORM_LINE = 16, 9, 12
GREY: Final = RGBColor(0x55, 0x55, 0x55)
LONGEST: Final = 30
"""Signs of a text that count for the width of its column; what is longer breaks."""
CELL: Final = 18
"""Tenths of a millimetre that half a Chinese sign takes in a table."""
LEAST: Final = 22
"""Millimetres of a column whose text may break."""


def word(blocks: Iterable[Block]) -> bytes:
    """The whole file; the same bytes for the same document."""
    document = Document()
    _page(document)
    _fonts(document)
    for block in blocks:
        _add(document, block)
    return _undated(document)


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("— ", ""), ("", "PAGE"), (" —", "")):
        run = footer.add_run(text)
        run.font.size = Pt(14)
        if field:
            for kind, inside in (("begin", None), (None, field), ("end", None)):
                run._r.append(_field(kind, inside))  # noqa: SLF001  python-docx has no fields


def _field(kind: str | None, text: str | None) -> Any:
    if kind is not None:
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        return mark
    inside = OxmlElement("w:instrText")
    inside.text = text
    return inside


def _fonts(document: Any) -> None:
    """The styles, and in the table of fonts what may stand for each."""
    normal = document.styles["Normal"]
    _font(normal, BODY, SIZE)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    normal.element.get_or_add_rPr().append(language)
    _spaced(normal.paragraph_format, LINE)
    for level, size in ((1, TITLE_SIZE), (2, SIZE), (3, SIZE)):
        style = document.styles[f"Heading {level}"]
        _font(style, HEADS, size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.bold = False
        _spaced(style.paragraph_format, 36 if level == 1 else LINE)
        style.paragraph_format.space_before = Pt(0 if level == 1 else 14 if level == 2 else 6)
        style.paragraph_format.space_after = Pt(14 if level == 1 else 0)
        style.paragraph_format.keep_with_next = True
    document.styles["Heading 1"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{chain}"/><w:charset w:val="86"/><w:family w:val="{FAMILIES[name]}"/></w:font>'
        for name, chain in CHAINS.items()
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            text = (
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts xmlns:w="{space}">{fonts}</w:fonts>'
            )
            relation.target_part._blob = text.encode()  # noqa: SLF001  nor a table of fonts


def _font(styled: Any, name: str, size: int) -> None:
    styled.font.name = name
    styled.font.size = Pt(size)
    fonts = styled.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(kind), name)


def _spaced(paragraph: Any, line: int) -> None:
    paragraph.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.line_spacing = Pt(line)
    paragraph.space_before = paragraph.space_after = Pt(0)


def _add(document: Any, block: Block) -> None:
    match block:
        case Heading(text, level):
            heading = document.add_heading(text, level)
            if level > 1:
                _indent(heading)
        case Paragraph(text, faint):
            paragraph = document.add_paragraph()
            run = paragraph.add_run(text)
            _indent(paragraph)
            if faint:
                run.font.size = Pt(SMALL)
                run.font.color.rgb = GREY
                _spaced(paragraph.paragraph_format, SMALL_LINE)
        case Table(head, rows, kinds):
            _table(document, head, rows, kinds)
        case Drawing(curve):
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
            add_chart(document, paragraph, curve)
        case Form():
            _form(document, block)
        case Bars():
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
            tall = Mm(min(40 + len(block.labels) * (6 + 4 * len(block.series)), HIGHEST))
            add_drawn(document, paragraph, bar_chart(block), block.title, tall)
        case Ladder():
            table = merged.as_table(block)
            _table(document, table.head, table.rows, table.kinds)


def _form(document: Any, form: Form) -> None:
    """A form on a page of its own; a wide one on a page lying down."""
    wide = sum(form.widths) > WIDEST
    _section(document, landscape=wide)
    for each in form.title:
        title = document.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _spaced(title.paragraph_format, FORM_TITLE + 6)
        run = title.add_run(each)
        run.font.size = Pt(FORM_TITLE)
        _letters(run, HEADS)
    for each in form.above:
        _aside(document, each)
    widths = merged.scaled(form.widths, LYING if wide else WIDTH)
    document.element.body.insert_element_before(
        parse_xml(merged.word(form, widths, 2 * FORM_SIZE, FORM_LINE)), "w:sectPr"
    )
    for each in form.below or ("",):
        _aside(document, each)


def _aside(document: Any, text: str) -> None:
    """A small line beside a form."""
    paragraph = document.add_paragraph()
    _spaced(paragraph.paragraph_format, 16)
    paragraph.add_run(text).font.size = Pt(FORM_SIZE + 1)


def _section(document: Any, *, landscape: bool) -> None:
    """A new page, upright or lying; none where the document is still empty."""
    begun = document.element.body.xpath("./w:p | ./w:tbl")
    section = document.add_section(WD_SECTION.NEW_PAGE) if begun else document.sections[-1]
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))


def _indent(paragraph: Any) -> None:
    """By two characters."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()  # noqa: SLF001  python-docx knows lengths only
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), str(2 * SIZE * 20))


def _table(document: Any, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], kinds: tuple[str, ...]) -> None:
    heads = [head] if any(head) else []
    table = document.add_table(rows=len(heads) + len(rows), cols=len(head), style="Table Grid")
    table.autofit = False
    widths = _widths(heads, rows, kinds)
    for at, texts in enumerate([*heads, *rows]):
        is_head = at < len(heads)
        for cell, text, width, kind in zip(
            table.rows[at].cells, texts, widths, [*kinds, *[""] * len(head)], strict=False
        ):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            _spaced(paragraph.paragraph_format, TABLE_LINE)
            if kind == "figure":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run(text)
            run.font.size = Pt(TABLE_SIZE)
            if is_head:
                _letters(run, HEADS)
        _row(table.rows[at], repeated=is_head)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    after = document.add_paragraph()
    _spaced(after.paragraph_format, 8)


def _letters(run: Any, name: str) -> None:
    run.font.name = name
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)  # noqa: SLF001  as above


def _row(row: Any, *, repeated: bool) -> None:
    """A row stays on one page; the heads come again on each."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001  as above
    properties.append(OxmlElement("w:cantSplit"))
    if repeated:
        properties.append(OxmlElement("w:tblHeader"))


def _widths(heads: list[tuple[str, ...]], rows: Iterable[tuple[str, ...]], kinds: tuple[str, ...]) -> list[int]:
    """Millimetres for each column, by its longest text; figures and short texts unbroken where there is room for all."""
    columns = list(zip(*heads, *rows, strict=True))
    wants = [min(max(map(cells, texts)), 2 * LONGEST) * CELL // 10 + 5 for texts in columns]
    kept = [kinds[at : at + 1] in (("figure",), ("short",)) for at in range(len(columns))]
    bodies = [max(map(cells, texts[len(heads) :] or texts)) * CELL // 10 + 6 for texts in columns]
    least = [
        min(want, max(body, LEAST // 2) if keep else LEAST)
        for want, body, keep in zip(wants, bodies, kept, strict=True)
    ]
    if sum(least) > WIDTH:
        return [each * WIDTH // sum(least) for each in least]
    room = WIDTH - sum(least)
    lacking = [want - have for want, have in zip(wants, least, strict=True)]
    if not sum(lacking):
        return [each * WIDTH // sum(least) for each in least]
    return [have + room * lack // sum(lacking) for have, lack in zip(least, lacking, strict=True)]


def _undated(document: Any) -> bytes:
    """The file without the times at which its parts were packed."""
    packed = BytesIO()
    document.save(packed)
    result = BytesIO()
    with ZipFile(packed) as source, ZipFile(result, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = ZipInfo(name)
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return result.getvalue()
