"""The document as Markdown; curves as tables of their turning points, since Markdown draws nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.exchange.describe.blocks import Bars, Drawing, Form, Heading, Ladder, Paragraph, Table
from zhunsheng.exchange.describe.merged import as_table, rows_of
from zhunsheng.exchange.describe.turns import turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.exchange.describe.blocks import Block


def markdown(blocks: Iterable[Block]) -> str:
    """The whole document."""
    return "\n\n".join(_block(each) for each in blocks if not isinstance(each, Bars)) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {_escaped(text)}"
        case Paragraph(text, faint):
            return f"*{_escaped(text)}*" if faint else _escaped(text)
        case Table(head, rows, kinds):
            return _table(head, rows, kinds)
        case Drawing(curve):
            head = (curve.x_label, curve.y_label)
            return f"{_escaped(curve.title)}：\n\n{_table(head, turns(curve), ('figure', 'figure'))}"
        case Form():
            title = f"## {_escaped(' '.join(block.title))}"
            table = _table([""] * len(block.widths), rows_of(block), ())
            return "\n\n".join([title, *map(_escaped, block.above), table, *map(_escaped, block.below)])
        case Bars():
            return ""  # what it shows stands in a table beside it
        case Ladder():
            return _block(as_table(block))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], kinds: Sequence[str]) -> str:
    marks = ["---:" if at < len(kinds) and kinds[at] == "figure" else "---" for at in range(len(head))]
    lines = [head, marks, *rows]
    return "\n".join(f"| {' | '.join(cell if line is marks else _escaped(cell) for cell in line)} |" for line in lines)


def _escaped(text: str) -> str:
    for sign in "\\*_`|<>#":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ")
