"""Charts as SVG: bars and curves, drawn by whole pixels from exact numbers. Colours come from the page around them."""

from __future__ import annotations

from html import escape
from math import floor
from typing import TYPE_CHECKING, Final, NamedTuple, final

from zhunsheng.expression.types import Type
from zhunsheng.number import write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from zhunsheng.exchange.describe.curves import Curve
    from zhunsheng.exchange.describe.overlay import Overlay
    from zhunsheng.exchange.describe.trace import Dot

WIDE: Final = 640
TALL: Final = 260
LEFT: Final = 52
RIGHT: Final = 20
TOP: Final = 24
BOTTOM: Final = 44


@final
class Scale(NamedTuple):
    """Numbers from `low` to `high` on pixels from `start` to `end`."""

    low: Fraction
    high: Fraction
    start: int
    end: int

    def at(self, value: Fraction) -> int:
        """The pixel nearest to a value."""
        return self.start + floor((value - self.low) * 2 * (self.end - self.start) / (self.high - self.low) + 1) // 2


def curve(drawn: Curve) -> str:
    """A curve with its axes: jumps are gaps, with a full dot where the value stands and a ring where it does not."""
    x = Scale(drawn.x[0], drawn.x[-1], LEFT, WIDE - RIGHT)
    y = Scale(drawn.y[0], drawn.y[-1], TALL - BOTTOM, TOP)
    parts = [*_grid(x, drawn.x, y, drawn.y)]
    parts += [f'<polyline class="curve" points="{_points(line, x, y)}"/>' for line in drawn.lines]
    size = 4 if len(drawn.closed) <= 8 else 2
    for kind, dots in (("hole", drawn.open), ("dot", drawn.closed)):
        parts += [f'<circle class="{kind}" cx="{x.at(a)}" cy="{y.at(b)}" r="{size}"/>' for a, b in dots]
    parts.append(_text(WIDE - RIGHT, TALL - 6, drawn.x_label, "end"))
    parts.append(_text(LEFT - 8, TOP - 10, drawn.y_label, "start"))
    return _svg(parts, drawn.title)


def overlay(drawn: Overlay, title: str, label: str, names: tuple[str, str]) -> str:
    """Two curves, the old one dashed, with what lies between them shaded."""
    x = Scale(drawn.x[0], drawn.x[-1], LEFT, WIDE - RIGHT)
    y = Scale(drawn.y[0], drawn.y[-1], TALL - BOTTOM, TOP)
    parts = [*_grid(x, drawn.x, y, drawn.y, drawn.type)]
    parts += [f'<polygon class="between" points="{_points(each, x, y)}"/>' for each in drawn.between]
    for kind, trace in (("curve was", drawn.old), ("curve", drawn.new)):
        parts += [f'<polyline class="{kind}" points="{_points(line, x, y)}"/>' for line in trace.lines]
    for at, (kind, name) in enumerate(zip(("curve was", "curve"), names, strict=True)):
        start = LEFT + 60 + at * 80
        parts.append(f'<line class="{kind}" x1="{start}" y1="{TOP - 14}" x2="{start + 28}" y2="{TOP - 14}"/>')
        parts.append(_text(start + 34, TOP - 10, name, "start"))
    parts.append(_text(WIDE - RIGHT, TALL - 6, label, "end"))
    return _svg(parts, title)


def _points(dots: Sequence[Dot], x: Scale, y: Scale) -> str:
    return " ".join(f"{x.at(a)},{y.at(b)}" for a, b in dots)


def _grid(
    x: Scale, at_x: Sequence[Fraction], y: Scale, at_y: Sequence[Fraction], type_: Type | None = Type.PERCENT
) -> Iterator[str]:
    for each in at_y:
        row = y.at(each)
        yield f'<line class="grid" x1="{x.start}" y1="{row}" x2="{x.end}" y2="{row}"/>'
        yield _text(x.start - 6, row + 5, write(each), "end")
    for each in at_x:
        column = x.at(each)
        yield f'<line class="grid" x1="{column}" y1="{y.start}" x2="{column}" y2="{y.end}"/>'
        mark = f"{write(each * 100)}%" if type_ is Type.PERCENT else write(each)
        yield _text(column, y.start + 18, mark, "middle")
    yield f'<line class="axis" x1="{x.start}" y1="{y.start}" x2="{x.end}" y2="{y.start}"/>'
    yield f'<line class="axis" x1="{x.start}" y1="{y.start}" x2="{x.start}" y2="{y.end}"/>'


def bars(rows: Sequence[tuple[str, int]], title: str) -> str:
    """Counts as bars, one below the other, each with its label and its count."""
    most = max(count for _, count in rows)
    label, room, step = 150, WIDE - 150 - 60, 24
    parts = []
    for at, (name, count) in enumerate(rows):
        top, wide = at * step + 4, max(count * room // most, 1)
        parts.append(_text(label - 8, top + 13, name, "end"))
        parts.append(f'<rect class="bar" x="{label}" y="{top}" width="{wide}" height="{step - 8}"/>')
        parts.append(_text(label + wide + 6, top + 13, str(count), "start"))
    return _svg(parts, title, len(rows) * step + 8)


def _text(x: int, y: int, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Sequence[str], title: str, tall: int = TALL) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {tall}" width="{WIDE}" height="{tall}" role="img">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
