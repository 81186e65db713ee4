"""The document as one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.exchange.describe import bars, draw, merged, web
from zhunsheng.exchange.describe.blocks import Bars, Drawing, Form, Heading, Ladder, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.exchange.describe.blocks import Block


def html(blocks: Sequence[Block], lang: str = "zh-CN") -> str:
    """The whole page, called as its first heading says."""
    return web.page(_title(blocks), map(_block, blocks), lang)


def _title(blocks: Sequence[Block]) -> str:
    for each in blocks:
        if isinstance(each, Heading):
            return each.text
        if isinstance(each, Form):
            return " ".join(each.title)
    return ""


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return web.element(f"h{level}", text)
        case Paragraph(text, faint):
            return web.element("p", text, "faint" if faint else "")
        case Table(head, rows, kinds):
            return web.table(head, rows, kinds)
        case Drawing(curve):
            return f"<figure>{draw.curve(curve)}{web.element('figcaption', curve.title)}</figure>"
        case Form():
            return merged.html(block)
        case Bars():
            return f"<figure>{bars.bars(block)}{web.element('figcaption', block.title)}</figure>"
        case Ladder():
            return f"<figure>{bars.ladder(block)}{web.element('figcaption', block.title)}</figure>"
