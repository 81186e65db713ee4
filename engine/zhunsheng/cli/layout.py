"""Text in cells of a terminal: where lines break, how columns share a width. A Chinese sign takes two cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.problem.show import cells, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP: Final = 2
"""Cells between two columns."""
_CLOSING: Final = "，。；：、！？）」』】》”’%％…·),;:!?]}"
_OPENING: Final = "（「『【《“‘([{"
_PIECE: Final = re.compile(rf"[{re.escape(_OPENING)}]*(?:[^\s\u2e80-\uffdc]+|\S)[{re.escape(_CLOSING)}]*\s*")


def fold(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells: words stay whole, no line begins with a comma or ends with a bracket.

    >>> fold("执行率 84.50% 低于 90%，须说明原因", 16)
    ['执行率 84.50% 低', '于 90%，须说明原', '因']
    """
    lines = [""]
    for piece in _PIECE.findall(visible(text).strip()):
        if cells(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        for part in _parts(piece, width):
            if cells(lines[-1] + part.rstrip()) > width:
                lines.append("")
            lines[-1] += part
    return [line.rstrip() for line in lines if line.strip()] or [""]


def _parts(piece: str, width: int) -> list[str]:
    """A piece as it is, or cut where it alone is wider than a line."""
    if cells(piece.rstrip()) <= width:
        return [piece]
    parts = [""]
    for sign in piece:
        if cells(parts[-1] + sign) > max(width, 2):
            parts.append("")
        parts[-1] += sign
    return parts


def left(text: str, width: int) -> str:
    """`text`, filled up on the right."""
    return text + " " * (width - cells(text))


def right(text: str, width: int) -> str:
    """`text`, filled up on the left."""
    return " " * (width - cells(text)) + text


def at_point(figures: Sequence[str]) -> list[str]:
    """Decimals with their points under each other.

    >>> at_point(["10", "8.45", ""])
    ['10   ', ' 8.45', '']
    """
    after = max((len(each) - each.find(".") for each in figures if "." in each), default=0)
    padded = [each + " " * (after - (len(each) - each.find(".") if "." in each else 0)) for each in figures]
    wide = max(map(cells, padded), default=0)
    return [right(each, wide) if each.strip() else "" for each in padded]


class Column(NamedTuple):
    """A column: its head, whether its text may be broken (down to `least` cells), and on which side it is aligned."""

    head: str
    least: int = 0
    figures: bool = False


def widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """The cells that each column gets of `room`; None where not even the least fits: then a table is no use."""
    needs = [
        max(map(cells, [column.head, *cols])) for column, cols in zip(columns, _turned(columns, rows), strict=True)
    ]
    room -= GAP * (len(columns) - 1)
    least = [min(need, column.least) if column.least else need for column, need in zip(columns, needs, strict=True)]
    if sum(least) > room:
        return None
    while sum(needs) > room:
        widest = max((at for at, column in enumerate(columns) if needs[at] > least[at]), key=lambda at: needs[at])
        needs[widest] -= 1
    return needs


def _turned(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[row[at] for row in rows] for at in range(len(columns))]


def row_lines(columns: Sequence[Column], folded: Sequence[list[str]], wide: Sequence[int]) -> list[list[str]]:
    """A row of a table, each cell already in lines, as the padded cells of its lines."""
    tall = max(map(len, folded))
    pads = [right if column.figures else left for column in columns]
    return [
        [pad(lines[at] if at < len(lines) else "", width) for pad, lines, width in zip(pads, folded, wide, strict=True)]
        for at in range(tall)
    ]
