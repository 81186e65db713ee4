"""Figures side by side, and where they stand among the grades, as SVG."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from zhunsheng.exchange.describe.draw import WIDE, Scale, _svg, _text
from zhunsheng.number import Mode, Rounding, round_once, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.exchange.describe.blocks import Bars, Ladder

LABEL: Final = 190
"""Pixels for the names on the left."""
ROOM: Final = 70
"""Pixels for the figures on the right."""
LONGEST: Final = 13
"""Signs of a line of a name; there are two lines."""
THICK: Final = 13


def bars(drawn: Bars) -> str:
    """For each label its figures as bars below each other, with a legend above."""
    most = max((value for _, values in drawn.series for value in values if value is not None), default=Fraction(0))
    scale = Scale(Fraction(0), most or Fraction(1), LABEL, WIDE - ROOM)
    step = THICK * len(drawn.series) + 12
    first = 3 - len(drawn.series)  # the last series is the strongest, however many there are
    parts = [*_legend([name for name, _ in drawn.series], first)]
    for at, label in enumerate(drawn.labels):
        top = 30 + at * step
        parts += _name(label, top + step // 2 - 6)
        for number, (_, values) in enumerate(drawn.series):
            value, row = values[at], top + number * THICK
            if value is not None:
                end = scale.at(value)
                parts.append(
                    f'<rect class="s{first + number}" x="{LABEL}" y="{row}" width="{max(end - LABEL, 1)}" height="{THICK - 3}"/>'
                )
                parts.append(_text(end + 5, row + THICK - 3, _short(value), "start"))
    return _svg(parts, drawn.title, 30 + len(drawn.labels) * step + 4)


def _legend(names: list[str], first: int) -> Iterator[str]:
    x = LABEL
    for at, name in enumerate(names):
        yield f'<rect class="s{first + at}" x="{x}" y="6" width="12" height="12"/>'
        yield _text(x + 17, 17, name, "start")
        x += 40 + sum(13 if sign > "\u2e80" else 8 for sign in name)


def _name(label: str, middle: int) -> Iterator[str]:
    """A name in at most two lines."""
    lines = [label[:LONGEST], label[LONGEST : 2 * LONGEST]] if len(label) > LONGEST else [label]
    if len(label) > 2 * LONGEST:
        lines[1] = f"{lines[1][:-1]}…"
    top = middle + 5 - 7 * (len(lines) - 1)
    for at, line in enumerate(lines):
        yield _text(LABEL - 8, top + at * 15, line, "end")


def ladder(drawn: Ladder) -> str:
    """The grades along a line, and above it each figure at its place."""
    x = Scale(drawn.bands[0][2], drawn.bands[-1][3], 40, WIDE - 40)
    line = 26 * len(drawn.marks) + 12
    parts = []
    for at, (grade, _, low, high) in enumerate(drawn.bands):
        start, end = x.at(low), x.at(high)
        parts.append(
            f'<rect class="band{at % 2}" x="{start}" y="{line}" width="{max(end - start, 1)}" height="26"><title>{grade}</title></rect>'
        )
        parts.append(_text((start + end) // 2, line + 18, grade, "middle"))
        parts.append(_text(start, line + 44, _short(low), "middle"))
    parts.append(_text(x.end, line + 44, _short(drawn.bands[-1][3]), "middle"))
    for at, (name, value, _) in enumerate(drawn.marks):
        here, top = x.at(min(max(value, x.low), x.high)), 26 * at + 20
        parts.append(f'<line class="mark" x1="{here}" y1="{top - 8}" x2="{here}" y2="{line}"/>')
        parts.append(f'<circle class="s{at + 1}" cx="{here}" cy="{top - 5}" r="5"/>')
        left = here > WIDE // 2
        parts.append(
            _text(here - 10 if left else here + 10, top, f"{name} {_short(value)}", "end" if left else "start")
        )
    return _svg(parts, drawn.title, line + 54)


def _short(value: Fraction) -> str:
    return write(round_once(value, Rounding(2, Mode.HALF_UP)))
