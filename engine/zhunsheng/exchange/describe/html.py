"""The document as one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.exchange.describe import draw, web
from zhunsheng.exchange.describe.blocks import Drawing, Heading, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.exchange.describe.blocks import Block


def html(blocks: Sequence[Block]) -> str:
    """The whole page, called as its first heading says."""
    title = next((each.text for each in blocks if isinstance(each, Heading)), "")
    return web.page(title, map(_block, blocks))


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
