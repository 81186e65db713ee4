"""Units: one name for each, the power of ten a number takes with it, and the period it is counted in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.measure.squeeze import LONGEST, squeeze
from zhunsheng.measure.vocabulary import PERIODS, SCALES, SHARES, SYNONYMS, UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable


class Unit(NamedTuple):
    """A unit without its scale: 万元/台 is `元/台` with power 4."""

    name: str = ""
    power: int = 0
    period: str = ""


def any_of(words: Iterable[str]) -> str:
    """A pattern of these words, the longest first, so that 人次 is not read as 人."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    longer = [re.escape(word) for word in ordered if len(word) > 1]
    single = "".join(re.escape(word) for word in ordered if len(word) == 1)  # one class: compiles ten times faster
    return "|".join([*longer, f"[{single}]"] if single else longer)


# 千 before 克, 米, 瓦 … belongs to the unit.
SCALE = "|".join(word + ("(?![克米瓦伏卡帕升焦字分])" if word == "千" else "") for word in SCALES)
_ONE = f"(?:{any_of(UNITS)})"
EXPRESSION = rf"{_ONE}(?:(?:[·/]每?|每|\(){_ONE}\)?)*"
_FREE = r"[^0-9<>=~\-+,.…\s]{1,8}"
_COLUMN = re.compile(rf"(?P<scale>{SCALE})?(?P<unit>{EXPRESSION}|{_FREE})?", re.ASCII)
_PARTS = re.compile(r"[·/]每?|每")
_PER = re.compile(r"/每?|每")
_PERIODS = frozenset(SYNONYMS.get(period, period) for period in PERIODS)


@lru_cache(maxsize=2048)
def unit_of(expression: str) -> Unit:
    """The unit that an expression of unit words writes.

    >>> unit_of("元/人/月"), unit_of("百分比")
    (Unit(name='元/人·月', power=0, period='月'), Unit(name='%', power=-2, period=''))
    """
    over, *under = _PER.split(expression, maxsplit=1)
    over = SYNONYMS.get(over, over)
    if not under:
        return Unit(over, SHARES.get(over, 0))
    factors = [SYNONYMS.get(part, part) for part in _PARTS.split(under[0])]
    period = factors[-1] if factors[-1] in _PERIODS else ""
    return Unit(f"{over}/{'·'.join(factors)}", SHARES.get(over, 0), period)


@lru_cache(maxsize=2048)
def column_unit(text: str | None) -> Unit | None:
    """The unit a cell of the unit column holds; None where it says none, or nothing that can be one.

    >>> column_unit("万元"), column_unit("/")
    (Unit(name='元', power=4, period=''), None)
    """
    if not text or len(text) > LONGEST:
        return None
    plain = squeeze(text)
    if "%" in plain or "百分比" in plain:
        return unit_of("%") if plain in {"%", "百分比", "百分比(%)", "百分比%", "%(百分比)"} else None
    match = _COLUMN.fullmatch(plain)
    if match is None or not plain.strip("/\\-~"):
        return None
    unit = unit_of(match["unit"] or "")
    return unit._replace(power=unit.power + SCALES.get(match["scale"], 0))
