"""The curve of a score over the rate, from exact values.

At even steps, at every constant of the policy and beside it, and in between wherever the line through two values misses
the third.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.exchange.describe.probe import POINTS, SIGNS, Given, Probe, indicators
from zhunsheng.expression.tree import Constant, children
from zhunsheng.number import write
from zhunsheng.ruleset.check.places import formulas
from zhunsheng.ruleset.vocabulary import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset import Ruleset

STEP: Final = Fraction(1, 20)
LEAST: Final = Fraction(1, 10_000)
"""The finest difference between two rates: 0.01 %."""
MISS: Final = Fraction(1, 100)
"""How far, in parts of the points, a value may lie off the line before it is looked at more closely."""
MOST: Final = 500
"""Rates at which a ruleset is asked."""
SPLIT: Final = Fraction(3, 8)
"""Where between two rates a third is tried: off the middle, where an even staircase would meet its own slope."""
FARTHEST: Final = Fraction(2)
RATES: Final = {"": "全年执行数 ÷ 全年预算数", "≥": "实际值 ÷ 目标值（目标为 ≥）", "≤": "实际值 ÷ 目标值（目标为 ≤）"}

Dot = tuple[Fraction, Fraction]


class Curve(NamedTuple):
    """A score over a rate, ready to be drawn.

    Attributes:
        score: the way of scoring.
        title, x_label, y_label: in words.
        x, y: where the axes are marked; the first and the last are their ends.
        lines: the connected parts.
        open, closed: at jumps, where the value does not stand and where it does.
    """

    score: str
    title: str
    x_label: str
    y_label: str
    x: tuple[Fraction, ...]
    y: tuple[Fraction, ...]
    lines: tuple[tuple[Dot, ...], ...]
    open: tuple[Dot, ...]
    closed: tuple[Dot, ...]


def curves(ruleset: Ruleset) -> tuple[Curve, ...]:
    """A curve for each way of scoring that depends on the rate, for targets with ≥ and with ≤."""
    high = _high(ruleset)
    rates = sorted(_rates(ruleset, high))
    found: list[Curve] = []
    for track in _tracks(ruleset, rates):
        for one, other in pairwise(rates):
            _refine(track, one, other)
        found.append(_curve(track, high))
    return tuple(_together(found))


def _together(found: list[Curve]) -> Iterator[Curve]:
    """Curves of ≥ and ≤ that are one are drawn once."""
    for each in found:
        like = [other for other in found if (other.score, other.lines) == (each.score, each.lines)]
        if each is like[0]:
            yield each if len(like) == 1 else each._replace(x_label="实际值 ÷ 目标值")


def _high(ruleset: Ruleset) -> Fraction:
    """The end of the axis: past every limit of the policy, as far as that is sensible."""
    limits = [each for each in _constants(ruleset) if 1 <= each <= FARTHEST]
    return min(FARTHEST, max([Fraction(1), *limits]) + Fraction(1, 5))


def _rates(ruleset: Ruleset, high: Fraction) -> set[Fraction]:
    found = {STEP * at for at in range(int(high / STEP) + 1)}
    found |= {rate for limit in _constants(ruleset) for rate in (limit - LEAST, limit, limit + LEAST)}
    return {each for each in found if 0 <= each <= high and (each / LEAST).denominator == 1}


def _constants(ruleset: Ruleset) -> set[Fraction]:
    """The numbers in the formulas of quantities and scores."""
    found: set[Fraction] = set()

    def walk(node: Node) -> None:
        if isinstance(node, Constant) and type(node.value) is Fraction:
            found.add(node.value)
        for child in children(node):
            walk(child)

    for path, node in formulas(ruleset):
        if path[0] in ("quantities", "scores"):
            walk(node)
    return found


class Track(NamedTuple):
    """One curve: a way of scoring, the comparator of the target (none for a score of the form), a form with one row."""

    score: str
    sign: str
    probe: Probe
    line: str

    def value(self, rate: Fraction) -> Fraction | None:
        """The score at a rate."""
        given = self.probe.scores(rate).get(self.line)
        return given.score if given is not None and given.kind == self.score else None

    @property
    def points(self) -> Fraction:
        """Full marks."""
        found = [given.points for each in self.probe.known.values() if (given := each.get(self.line)) is not None]
        return next((each for each in found if each), POINTS)


def _tracks(ruleset: Ruleset, rates: list[Fraction]) -> Iterator[Track]:
    """For each way of scoring and each comparator, the first form of one indicator whose score depends on the rate."""
    rows = list(indicators(ruleset))
    kinds = Probe(ruleset, rows).scores(rates[0])
    for score in ruleset.scores:
        if score.scope == DOCUMENT:
            tracks = [Track(score.name, "", Probe(ruleset, rows[:1]), score.name)]
            yield from (each for each in tracks if _varies(each, rates))
            continue
        for sign in SIGNS:
            alone = (
                Track(score.name, sign, Probe(ruleset, [row]), "/indicators/0")
                for at, row in enumerate(rows)
                if row["target"].startswith(sign) and _kind(kinds, at) == score.name
            )
            found = next((each for each in alone if _varies(each, rates)), None)
            if found is not None:
                yield found


def _kind(kinds: dict[str, Given], at: int) -> str:
    given = kinds.get(f"/indicators/{at}")
    return "" if given is None else given.kind


def _varies(track: Track, rates: list[Fraction]) -> bool:
    return len({track.value(rate) for rate in rates} - {None}) > 1


def _refine(track: Track, one: Fraction, other: Fraction) -> None:
    middle = max((one + (other - one) * SPLIT) // LEAST * LEAST, one + LEAST)
    if middle >= other or len(track.probe.known) >= MOST:
        return
    if _misses(track, one, middle, other):
        _refine(track, one, middle)
        _refine(track, middle, other)


def _misses(track: Track, one: Fraction, middle: Fraction, other: Fraction) -> bool:
    low, found, high = (track.value(each) for each in (one, middle, other))
    if low is None or high is None or found is None:
        return not low == high == found
    slack = track.points * (MISS if other - one > 20 * LEAST else MISS / 10)
    return abs(found - low - (high - low) * (middle - one) / (other - one)) > slack


def _curve(track: Track, high: Fraction) -> Curve:
    points = track.points
    lines: list[list[Dot]] = [[]]
    rings: list[Dot] = []
    dots: list[Dot] = []
    before: Dot | None = None
    for rate in sorted(track.probe.known):
        value = track.value(rate)
        if value is None:
            lines.append([])
            before = None
            continue
        if before is not None and rate - before[0] <= LEAST and abs(value - before[1]) > points * MISS:
            lines.append([])
            _jump(before, (rate, value), rings, dots)
        lines[-1].append((rate, value))
        before = (rate, value)
    kept = tuple(_thinned(line, points * MISS) for line in lines if line)
    values = [value for line in kept for _, value in line]
    unit = f"（分值 {write(points)} 分{'' if track.sign == '' else '的指标'}）"
    return Curve(
        track.score,
        f"{track.score}得分曲线{unit}",
        RATES[track.sign],
        "得分",
        _marks(high),
        _steps(min([Fraction(0), *values]), max([points, *values])),
        kept,
        tuple(rings),
        tuple(dots),
    )


def _jump(one: Dot, other: Dot, rings: list[Dot], dots: list[Dot]) -> None:
    """The value stands on the rounder of the two rates; which side comes near it is left open where neither is round."""
    round_ones = [each for each in (one, other) if (each[0] * 100).denominator == 1]
    if len(round_ones) == 1:
        near = other if round_ones[0] is one else one
        dots.append(round_ones[0])
        rings.append((round_ones[0][0], near[1]))


def _thinned(line: list[Dot], slack: Fraction) -> tuple[Dot, ...]:
    """Without the dots that lie nearer to the line between their neighbours than a pen is wide."""
    if len(line) < 3:
        return tuple(line)
    (x0, y0), (x1, y1) = line[0], line[-1]
    off = [abs(y - y0 - (y1 - y0) * (x - x0) / (x1 - x0)) for x, y in line]
    most = max(off)
    if most <= slack / 2:
        return line[0], line[-1]
    far = [at for at in range(len(line)) if off[at] >= most - slack / 4]
    at = min(far, key=lambda at: (line[at][0].denominator, -off[at]))  # a round rate, where several are as far
    return (*_thinned(line[: at + 1], slack)[:-1], *_thinned(line[at:], slack))


def _marks(high: Fraction) -> tuple[Fraction, ...]:
    step = Fraction(1, 5)
    found = [step * at for at in range(int(high / step) + 1)]
    return (*(each for each in found if high - each > step / 2), high)


def _steps(low: Fraction, high: Fraction) -> tuple[Fraction, ...]:
    """Four or five even steps from `low` to `high`, both ends among them."""
    wanted = (high - low) / 5
    step = next(
        width
        for power in range(-2, 6)
        for width in (each * Fraction(10) ** power for each in (1, 2, 5))
        if width >= wanted
    )
    first, last = low // step, -(-high // step)
    return tuple(step * at for at in range(first, last + 1))
