"""The tier that a unit's own words claim, where they are the form's words or plainly weaker than the target's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhunsheng.measure.reading import Claim

_DONE = "(?:达成|达到|完成|实现)"
_FULL = re.compile(rf"(?:已|全部|全面|已全部)?{_DONE}了?(?:年度|预期|年初|既定|绩效|设定|预定)*(?:指标|目标)")
_PARTLY = re.compile(r"部分(?:达成|达到|完成|实现)|(?:大部分|基本|初步|较为?)(?![未不没无差低少弱慢])")
_NONE = re.compile(rf"(?:未|没有|尚未|未能|没){_DONE}")
# A full claim with more behind it may take back what it said.
_TAKEN_BACK = re.compile(r"[未不没但差]|部分")


def claim_of(actual: str, target: str = "") -> Claim | None:
    """The tier claimed by `actual` beside the words `target` (both squeezed), or None where a person must say.

    >>> claim_of("已建立", "建立"), claim_of("基本改善", "明显改善"), claim_of("有利于共治", "是否利于共治")
    ('full', 'partly', None)
    """
    if target and actual in {target, "已" + target}:
        return "full"
    if _NONE.match(actual):
        return "none"
    if _PARTLY.match(actual):
        return "partly"
    full = _FULL.match(actual)
    return "full" if full and not _TAKEN_BACK.search(actual) else None
