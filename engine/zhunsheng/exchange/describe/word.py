"""The document as a Word file on the page of GB/T 9704: A4, margins 37/35/28/26 mm, body 仿宋 三号, headings 黑体."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from zhunsheng.exchange.describe.blocks import Drawing, Heading, Paragraph, Table
from zhunsheng.exchange.describe.chart import add_chart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.exchange.describe.blocks import Block

BODY: Final = "仿宋"
HEADS: Final = "黑体"
SIZES: Final = {1: 22, 2: 16, 3: 16}
TABLE_SIZE: Final = 12
FAINT_SIZE: Final = 12
LINE: Final = 28
"""Points from line to line, as the standard has it for 22 lines on a page."""
ALTERNATIVES: Final = {BODY: "仿宋_GB2312;FangSong;Noto Serif CJK SC", HEADS: "SimHei;Noto Sans CJK SC"}
EPOCH: Final = (2020, 1, 1)
"""The date that the file bears, so that one ruleset gives the same bytes each time."""


def word(blocks: Iterable[Block]) -> bytes:
    """The whole file."""
    document = Document()
    _page(document)
    _styles(document)
    for block in blocks:
        _add(document, block)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()
