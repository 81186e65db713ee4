"""A cell's text in one writing: half-width signs, one sign for each look-alike, no blanks that mean nothing."""

from __future__ import annotations

import re

from zhunsheng.measure.vocabulary import SIGNS

LONGEST = 200
"""Characters of a cell that can be anything but words."""

# A blank between two digits is no break of a line: `12 15` may be two numbers, `1. 5台` an item of a list.
_BLANK = re.compile(r"(?<![0-9.,]) +| +(?![0-9.,])", re.ASCII)


def squeeze(text: str) -> str:
    r"""`text` in one writing, for comparing and parsing; never shown.

    >>> squeeze(" ＞＝ 1，260\n套"), squeeze("12 15")
    ('>=1,260套', '12 15')
    """
    plain = text.translate(SIGNS).strip(" ")
    return _BLANK.sub("", plain) if " " in plain else plain
