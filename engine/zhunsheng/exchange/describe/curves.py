"""The curve of a score over the rate, drawn from its exact pieces on a neutral form of one row.

What the pieces cannot decide (a rule that joins several things has a say in it) is worked out rate by rate, and said so.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.exchange.describe.trace import Trace, traced
from zhunsheng.expression.pieces.readings import bounds
from zhunsheng.expression.tree import Constant, children
from zhunsheng.number import write
from zhunsheng.proof.filed import worked_out
from zhunsheng.proof.forms import POINTS, forms_of_one_row
from zhunsheng.proof.subject import subject
from zhunsheng.ruleset.check.places import formulas
from zhunsheng.ruleset.vocabulary import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.document import Document
    from zhunsheng.exchange.describe.trace import Dot
    from zhunsheng.expression.pieces import Pieces
    from zhunsheng.expression.tree import Node
    from zhunsheng.proof.subject import Element, Input, Subject
    from zhunsheng.ruleset import Ruleset

VISIBLE: Final = Fraction(1, 100)
"""The least jump that is drawn as one, in parts of the points."""
SAMPLES: Final = 40
"""Rates at which a score is worked out that pieces do not decide."""
FARTHEST: Final = Fraction(2)
SIGNS: Final = ("≥", "≤")


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
    return tuple(_together([_curve(each, high) for each in _tracks(ruleset, high)]))


def _together(found: list[Curve]) -> Iterator[Curve]:
    """Curves of ≥ and ≤ that are one are drawn once."""
    for each in found:
        like = [other for other in found if (other.score, other.lines) == (each.score, each.lines)]
        if each is like[0]:
            yield each if len(like) == 1 else each._replace(x_label=each.x_label.partition("（")[0])


def _high(ruleset: Ruleset) -> Fraction:
    """The end of the axis: past every limit of the policy, as far as that is sensible."""
    limits = [each for each in _constants(ruleset) if 1 <= each <= FARTHEST]
    return min(FARTHEST, max([Fraction(1), *limits]) + Fraction(1, 5))


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
    """One curve: a way of scoring, the comparator of the target (none for a score of the form), and a form to see it on."""

    score: str
    sign: str
    points: Fraction
    form: Subject
    element: Element
    by: Input
    unit: Fraction
    """The value of the input at a rate of one."""
    label: str
    function: Pieces


def _tracks(ruleset: Ruleset, high: Fraction) -> Iterator[Track]:
    """For each way of scoring and each comparator, the first form of one row whose score depends on the rate.

    Targets in counts come first: over them any actual is a rate.
    """
    found: dict[tuple[str, str], Track] = {}
    for document in sorted(forms_of_one_row(ruleset, POINTS), key=_in_percent):
        for each in _on_form(subject(document, ruleset), high):
            if each.sign in ("", *SIGNS):
                found.setdefault((each.score, each.sign), each)
    order = [each.name for each in ruleset.scores]
    yield from sorted(found.values(), key=lambda each: (order.index(each.score), ("", *SIGNS).index(each.sign)))


def _in_percent(document: Document) -> bool:
    return any((each.target or "").endswith("%") for each in document.indicators)


def _on_form(form: Subject, high: Fraction) -> Iterator[Track]:
    for item in form.items:
        of_form = item.thing.scope == DOCUMENT
        by = form.input(item.thing, "全年执行数" if of_form else "实际值")
        if item.scoring is None or not isinstance(by.value, Fraction):
            continue
        target = str(item.thing.values.get("年度指标值", ""))
        percent = target.endswith("%")
        unit = Fraction(1) if percent else by.value
        function = form.pieces(form.score_of(item), by, Fraction(0), high * unit)
        if _varies(function):
            sign = "" if of_form else target[:1]
            label = (
                "全年执行数 ÷ 全年预算数" if of_form
                else f"实际值（目标为 {target}）" if percent
                else f"实际值 ÷ 目标值（目标为 {sign}）"
            )  # fmt: skip
            points = item.points if isinstance(item.points, Fraction) and item.points else POINTS
            name = item.scoring.score.name
            yield Track(name, sign, points, form, form.score_of(item), by, unit, label, function)


def _varies(function: Pieces) -> bool:
    found = bounds(function)
    return function.beyond or (found is not None and found.least.value != found.greatest.value)


def _curve(track: Track, high: Fraction) -> Curve:
    points, unit = track.points, track.unit
    trace = _sampled(track, high) if track.function.beyond else traced(track.function, points * VISIBLE)
    lines = tuple(tuple((x / unit, y) for x, y in line) for line in trace.lines)
    values = [y for line in lines for _, y in line]
    told = f"（分值 {write(points)} 分{'' if track.sign == '' else '的指标'}{'，逐点算出' if track.function.beyond else ''}）"
    return Curve(
        track.score,
        f"{track.score}得分曲线{told}",
        track.label,
        "得分",
        _marks(high),
        even_steps(min([Fraction(0), *values]), max([points, *values])),
        lines,
        tuple((x / unit, y) for x, y in trace.open),
        tuple((x / unit, y) for x, y in trace.closed),
    )


def _sampled(track: Track, high: Fraction) -> Trace:
    """The score at even rates, each worked out on a form of its own."""
    rates = [high * track.unit * Fraction(count, SAMPLES) for count in range(SAMPLES + 1)]
    values = [(x, worked_out(track.form, track.element, track.by, x)) for x in rates]
    return Trace((tuple((x, value) for x, value in values if isinstance(value, Fraction)),))


def _marks(high: Fraction) -> tuple[Fraction, ...]:
    step = Fraction(1, 5)
    found = [step * at for at in range(int(high / step) + 1)]
    return (*(each for each in found if high - each > step / 2), high)


def even_steps(low: Fraction, high: Fraction) -> tuple[Fraction, ...]:
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
