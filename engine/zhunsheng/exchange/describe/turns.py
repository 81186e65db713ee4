"""A curve as a table: where it turns or jumps, and what the score is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhunsheng.expression.types import Type
from zhunsheng.expression.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.exchange.describe.curves import Curve

MOST: Final = 16


def turns(curve: Curve) -> tuple[tuple[str, str], ...]:
    """Rate and score at the ends of every straight part, at a jump with its sides; of many the first and the last."""
    found = list(dict.fromkeys(_turns(curve)))
    if len(found) > MOST:
        found = [*found[: MOST // 2], ("…", "…"), *found[-MOST // 2 :]]
    return tuple(found)


def _turns(curve: Curve) -> Iterator[tuple[str, str]]:
    """The dots from left to right; at a jump the end of a line, then a value that stands alone, then the next line."""
    on_lines = {dot for line in curve.lines for dot in line}
    found = [(dot[0], 2 if at == 0 else 0, dot) for line in curve.lines for at, dot in enumerate(line)]
    found += [(dot[0], 1, dot) for dot in curve.closed if dot not in on_lines]
    for _, _, dot in sorted(found):
        side = "（不含）" if dot in curve.open else "（含）" if dot in curve.closed else ""
        yield f"{shown(dot[0], Type.PERCENT)}{side}", shown(dot[1], None)
