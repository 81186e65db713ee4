"""The curve of a score over the rate, from exact values: at even steps, at every constant of the policy and beside it,
and in between wherever the line through two values misses the third.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from zhunsheng.exchange.describe.probe import SIGNS, Probe, Track
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
    probe = Probe(ruleset)
    high = _high(ruleset)
    rates = sorted(_rates(ruleset, high))
    for rate in rates:
        probe.scores(rate)
    tracks = list(_tracks(probe, rates))
    for one, other in pairwise(rates):
        _refine(probe, tracks, one, other)
    return tuple(_together([_curve(probe, track, high) for track in tracks]))


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
    marks = {STEP * at for at in range(int(high / STEP) + 1)} | _constants(ruleset)
    found = {rate for mark in marks for rate in (mark - LEAST, mark, mark + LEAST)}
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


def _tracks(probe: Probe, rates: list[Fraction]) -> Iterator[Track]:
    """A line of the form for each way of scoring and comparator: the first whose score depends on the rate."""
    by_score: dict[tuple[str, str], list[str]] = {}
    for line, (score, _) in probe.scores(rates[-1]).items():
        if score is not None:
            by_score.setdefault((score, probe.sign(line)), []).append(line)
    for each in probe.ruleset.scores:
        for sign in ("",) if each.scope == DOCUMENT else SIGNS:
            lines = by_score.get((each.name, sign), [])
            at = next((line for line in lines if _varies(probe, line, rates)), None)
            if at is not None:
                yield Track(each.name, sign, at)


def _varies(probe: Probe, line: str, rates: list[Fraction]) -> bool:
    found = {probe.scores(rate).get(line, (None, None))[1] for rate in rates}
    return len(found - {None}) > 1


def _refine(probe: Probe, tracks: list[Track], one: Fraction, other: Fraction) -> None:
    middle = (one + (other - one) * SPLIT) // LEAST * LEAST
    if middle in (one, other) or len(probe.known) >= MOST:
        return
    ends = [(probe.scores(one), probe.scores(other), probe.scores(middle), track) for track in tracks]
    share = (middle - one) / (other - one)
    if any(_misses(probe, *each, share) for each in ends):
        _refine(probe, tracks, one, middle)
        _refine(probe, tracks, middle, other)


Scores = dict[str, tuple[str | None, Fraction | None]]


def _misses(probe: Probe, one: Scores, other: Scores, middle: Scores, track: Track, share: Fraction) -> bool:
    low, high, found = (_value(each, track) for each in (one, other, middle))
    if low is None or high is None or found is None:
        return not low == high == found
    return abs(found - low - (high - low) * share) > probe.points.get(track.at, Fraction(1)) * MISS


def _value(scores: Scores, track: Track) -> Fraction | None:
    score, value = scores.get(track.at, (None, None))
    return value if score == track.score else None


def _curve(probe: Probe, track: Track, high: Fraction) -> Curve:
    points = probe.points.get(track.at, Fraction(10))
    lines: list[list[Dot]] = [[]]
    rings: list[Dot] = []
    dots: list[Dot] = []
    before: Dot | None = None
    for rate in sorted(probe.known):
        value = _value(probe.known[rate], track)
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
    at = max(range(len(line)), key=off.__getitem__)
    if off[at] <= slack / 2:
        return line[0], line[-1]
    return (*_thinned(line[: at + 1], slack)[:-1], *_thinned(line[at:], slack))


def _marks(high: Fraction) -> tuple[Fraction, ...]:
    step = Fraction(1, 5)
    found = [step * at for at in range(int(high / step) + 1)]
    return (*(each for each in found if high - each >= step / 2), high)


def _steps(low: Fraction, high: Fraction) -> tuple[Fraction, ...]:
    """Four or five even steps from `low` to `high`, both ends among them."""
    wanted = (high - low) / 5
    step = next(
        width
        for power in range(-2, 6)
        for width in (cast("Fraction", each * Fraction(10) ** power) for each in (1, 2, 5))
        if width >= wanted
    )
    first, last = low // step, -(-high // step)
    return tuple(step * at for at in range(first, last + 1))


