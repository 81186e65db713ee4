"""Text as cells hold it, and the lines around tables: which belong below the one, which above the next."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.exchange.forms.grid import Grid

_INVISIBLE: Final = dict.fromkeys(
    [
        *map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufffe\uffff"),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(9),
        *range(0x0E, 0x20),
        *range(0x7F, 0x85),
        *range(0x86, 0xA0),
        *range(0xD800, 0xE000),
    ]
)
"""Soft hyphens, joiners, marks of direction, control signs: they print nothing, and would tell equal words apart."""
_BREAKS: Final = re.compile(r"\r\n?|[\n\v\f\x85\u2028\u2029]")
_NOTE: Final = re.compile(
    r"[（(]?\s*(?:备\s*注|附\s*注|注|说\s*明)\s*[0-9一二三四五六七八九十]*\s*[：:.、）)]|[0-9]{1,2}\s*[.．、]"
)
"""How a line under a table begins: 注：, 备注 1., or the number of the next note."""


def tidy(text: str) -> str:
    r"""A text as it is seen: no invisible signs, no blank lines, nothing around the lines; line breaks are `\n`.

    >>> tidy(" 年度\xad指标值 \r\n\r\n（万元）\t")
    '年度指标值\n（万元）'
    """
    return "\n".join(lines(text))


def lines(text: str) -> list[str]:
    """The lines of a text that are not blank, tidy."""
    shown = text.translate(_INVISIBLE).replace("\t", " ").replace("\u00a0", " ")
    return [line for each in _BREAKS.split(shown) if (line := each.strip())]


def around(items: Iterable[str | Grid]) -> tuple[Grid, ...]:
    """The tables of a text with the lines around them, all in the order of the file.

    Between two tables, footnotes belong to the first and all after the last footnote to the second.
    """
    grids: list[Grid] = []
    between: list[str] = []
    for each in items:
        if isinstance(each, str):
            between += lines(each)
            continue
        cut = _cut(between) if grids else 0
        _below(grids, between[:cut])
        grids.append(replace(each, above=tuple(between[cut:])))
        between = []
    _below(grids, between)
    return tuple(grids)


def _below(grids: list[Grid], found: Sequence[str]) -> None:
    if grids:
        grids[-1] = replace(grids[-1], below=tuple(found))


def _cut(between: Sequence[str]) -> int:
    return max((at for at, line in enumerate(between, 1) if _NOTE.match(line)), default=0)
