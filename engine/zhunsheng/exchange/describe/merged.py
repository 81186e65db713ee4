"""A form's merged cells in HTML, for Word, and row by row where nothing can be merged."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from zhunsheng.exchange.describe.blocks import Table
from zhunsheng.number import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.exchange.describe.blocks import Box, Form, Kind, Ladder

WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FIGURE: Final[tuple[Kind, ...]] = ("figure",)
TWIPS: Final = 1440
"""Of an inch."""
INCH: Final = 254
"""Tenths of a millimetre."""


def height_of(form: Form) -> int:
    """How many rows a form has."""
    return max((each.row + each.height for each in form.boxes), default=0)


def rows_of(form: Form) -> list[list[str]]:
    """The texts row by row, each at the upper left corner of its area."""
    rows = [[""] * len(form.widths) for _ in range(height_of(form))]
    for each in form.boxes:
        rows[each.row][each.column] = each.text
    return rows


def as_table(ladder: Ladder) -> Table:
    """Where figures stand among the grades, in a table, the best grade first."""
    names = tuple(name for name, _, _ in ladder.marks)
    rows = []
    for grade, bounds, _, _ in reversed(ladder.bands):
        here = tuple(write(value) if where == grade else "" for _, value, where in ladder.marks)
        rows.append((grade, bounds, *here))
    kinds: tuple[Kind, ...] = ("short", "", *FIGURE * len(names))
    return Table((ladder.title, "", *names), tuple(rows), kinds)


def html(form: Form) -> str:
    """The form with its title and notes."""
    total = sum(form.widths)
    columns = "".join(f'<col style="width:{each * 100 // total}%">' for each in form.widths)
    rows: list[list[str]] = [[] for _ in range(height_of(form))]
    for each in form.boxes:
        rows[each.row].append(_cell(each))
    body = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    title = "<br>".join(escape(each) for each in form.title)
    above = "".join(f"<p>{escape(each)}</p>" for each in form.above)
    below = "".join(f'<p class="faint">{escape(each)}</p>' for each in form.below)
    table = (
        f'<div class="scroll"><table class="form"><colgroup>{columns}</colgroup><tbody>\n{body}\n</tbody></table></div>'
    )
    return f'<section class="sheet"><h2>{title}</h2>{above}{table}{below}</section>'


def _cell(box: Box) -> str:
    name = "th" if box.look == "label" else "td"
    spans = f' rowspan="{box.height}"' if box.height > 1 else ""
    spans += f' colspan="{box.width}"' if box.width > 1 else ""
    text = "<br>".join(escape(line) for line in box.text.split("\n"))
    return f'<{name} class="{box.look}"{spans}>{text}</{name}>'


# Word


def word(form: Form, widths: tuple[int, ...], size: int, line: int) -> str:
    """The table as WordprocessingML.

    Args:
        form: what it shows.
        widths: tenths of a millimetre of each column.
        size: of letters, in half points.
        line: from line to line, in points.
    """
    grid = "".join(f'<w:gridCol w:w="{_twips(each)}"/>' for each in widths)
    rows = "".join(
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(_word_row(form, at, widths, size, line))}</w:tr>"
        for at in range(height_of(form))
    )
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(f'<w:{side} w:w="45" w:type="dxa"/>' for side in ("left", "right"))
    return (
        f'<w:tbl xmlns:w="{WORD}"><w:tblPr><w:tblW w:w="{_twips(sum(widths))}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _word_row(form: Form, at: int, widths: tuple[int, ...], size: int, line: int) -> Iterator[str]:
    here = sorted(
        (each for each in form.boxes if each.row <= at < each.row + each.height), key=lambda each: each.column
    )
    for box in here:
        wide = _twips(sum(widths[box.column : box.column + box.width]))
        span = f'<w:gridSpan w:val="{box.width}"/>' if box.width > 1 else ""
        merge = "" if box.height == 1 else '<w:vMerge w:val="restart"/>' if box.row == at else "<w:vMerge/>"
        properties = f'<w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
        yield f"<w:tc>{properties}{_paragraph(box, size, line, empty=box.row != at)}</w:tc>"


def _paragraph(box: Box, size: int, line: int, *, empty: bool) -> str:
    side = "left" if box.look == "text" else "center"
    fonts = '<w:rFonts w:ascii="黑体" w:hAnsi="黑体" w:eastAsia="黑体" w:cs="黑体"/>' if box.look == "label" else ""
    run = f'<w:rPr>{fonts}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
    texts = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(each)}</w:t>' for each in box.text.split("\n"))
    inside = "" if empty or not box.text else f"<w:r>{run}{texts}</w:r>"
    spacing = f'<w:spacing w:before="20" w:after="20" w:line="{line * 20}" w:lineRule="exact"/>'
    return f'<w:p><w:pPr>{spacing}<w:jc w:val="{side}"/>{run}</w:pPr>{inside}</w:p>'


def _twips(tenths: int) -> int:
    return tenths * TWIPS // INCH


def scaled(widths: tuple[int, ...], room: int) -> tuple[int, ...]:
    """Widths in tenths of a millimetre that together take `room` millimetres."""
    total = sum(widths)
    return tuple(each * room * 10 // total for each in widths)
