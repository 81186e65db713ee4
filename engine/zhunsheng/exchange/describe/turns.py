"""A curve as a table: where it turns or jumps, and what the score is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhunsheng.expression.types import Type
from zhunsheng.expression.words import shown

if TYPE_CHECKING:
    from zhunsheng.exchange.describe.curves import Curve

MOST: Final = 16


def turns(curve: Curve) -> tuple[tuple[str, str], ...]:
    """Rate and score at the ends of every straight part; of a long staircase the first and the last."""
    found = list(dict.fromkeys(
        (shown(rate, Type.PERCENT), shown(score, None)) for line in curve.lines for rate, score in line
    ))  # fmt: skip
    if len(found) > MOST:
        found = [*found[: MOST // 2], ("…", "…"), *found[-MOST // 2 :]]
    return tuple(found)
