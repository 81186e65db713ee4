"""Where a policy turns: for each of its elements the values of an input around the turn, on documents that can show it.

A turn is a cut of the pieces of a figure or of a rule's condition; beside it stand the last value below, the value, and
the first above, at the precision of the input. Of each declared rounding there is one value that goes down and one that
goes up. A turn that another input or another row has shown already is left out.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.expression.pieces import forms, grid, limits
from zhunsheng.expression.pieces.cuts import order
from zhunsheng.expression.pieces.forms import Form
from zhunsheng.expression.pieces.limits import Infinite
from zhunsheng.expression.pieces.readings import ties
from zhunsheng.expression.tree import Absent
from zhunsheng.expression.types import Type
from zhunsheng.number import Rounding
from zhunsheng.proof.subject import Element
from zhunsheng.ruleset.vocabulary import INDICATOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.expression.exact import Thing
    from zhunsheng.expression.pieces import Pieces
    from zhunsheng.expression.pieces.cuts import Cut
    from zhunsheng.expression.pieces.forms import Gap
    from zhunsheng.proof.subject import Input, Subject

OF_ROW: Final = ("实际值", "认定得分")
"""What is moved of an indicator, besides the inputs that a ruleset declares."""
MANY: Final = 24
"""Cuts that no policy writes down by itself."""
_ACTS: Final = "结论 "
"""Before the id of a rule: whether it concludes something of a thing (`proof.behind`)."""

Side = str
"""`below`, `at` or `above` a turn; `down` or `up` of a rounding."""
Mark = tuple[object, ...]


class Figure(NamedTuple):
    """Something of a policy that turns: a figure of a thing, or a rule about it."""

    kind: str
    """`quantity`, `score`, `total`, `grade` or `rule`."""
    name: str
    element: Element
    unit: Fraction
    """By which its values are told as parts: of a score the points."""
    roundings: int


class Turn(NamedTuple):
    """A value of an input to be tested, beside what."""

    by: Input
    x: Fraction
    side: Side
    figures: tuple[Figure, ...]


def turns(form: Subject, seen: set[Mark]) -> Iterator[Turn]:
    """Every turn of a document's figures that `seen` does not hold yet; it is told of them."""
    for by in inputs_of(form):
        figures = [(each, form.pieces(each.element, by, Fraction(0), None)) for each in figures_of(form, by.thing)]
        moving = [(each, function) for each, function in figures if not function.beyond and _is_moved(function)]
        if all(each.kind == "quantity" for each, _ in moving):
            continue  # what nothing is worked out from on this document
        found = {turn.x: turn for turn in (*_cuts(by, moving, seen), *_roundings(by, moving, seen))}
        yield from (found[x] for x in sorted(found) if x >= 0)


def _is_moved(function: Pieces) -> bool:
    return len(function.gaps) > 1 or isinstance(function.gaps[0], Form) or function.points[0] != function.gaps[0]


# What may be moved, and what may turn


def inputs_of(form: Subject) -> Iterator[Input]:
    """The numbers of a document that its figures hang on; of a list those of its first item."""
    whole = [form.element("总分"), form.element("等级"), *(form.score_of(each) for each in form.items)]
    known: set[tuple[str, str, str]] = set()
    for element in whole:
        for each in form.inputs(element):
            row = each.thing.key if each.thing.scope == INDICATOR else ""
            mark = (each.thing.scope, row, each.key)
            if each.filed and mark not in known and (each.thing.scope != INDICATOR or _moves(form, each)):
                known.add(mark)
                yield each


def _moves(form: Subject, by: Input) -> bool:
    declared = {each.name for each in form.ruleset.inputs}
    return by.key in OF_ROW or by.key.partition(".")[0] in declared


def figures_of(form: Subject, thing: Thing) -> Iterator[Figure]:
    """What of a document may turn with an input of a thing: of it, of what it is part of, of the document."""
    above: list[Thing] = []
    at: Thing | None = thing
    while at is not None:
        above.append(at)
        at = at.parent
    for each in above:
        yield from _of_thing(form, each)
    for item in form.items:
        if item.scoring is not None and item.thing in above:
            points = item.points if isinstance(item.points, Fraction) and item.points else Fraction(1)
            score = item.scoring.score
            yield Figure("score", score.name, form.score_of(item), points, len(score.roundings))
    yield Figure("grade", "等级", form.element("等级"), Fraction(1), 0)
    yield Figure("total", "总分", form.element("总分"), Fraction(1), len(form.ruleset.total.roundings))


def _of_thing(form: Subject, thing: Thing) -> Iterator[Figure]:
    for each in form.ruleset.quantities:
        if each.scope == thing.scope:
            points = thing.values.get("分值") if each.formula.type is Type.NUMBER else None
            unit = points if isinstance(points, Fraction) and points else Fraction(1)
            yield Figure("quantity", each.name, Element(thing, each.name), unit, len(each.roundings))
    for rule in form.ruleset.rules:
        if len(rule.binders) == 1 and rule.binders[0].scope == thing.scope and rule.outcome != "confirm":
            yield Figure("rule", rule.id, Element(thing, _ACTS + rule.id), Fraction(1), 0)


# Cuts


def _cuts(by: Input, moving: Sequence[tuple[Figure, Pieces]], seen: set[Mark]) -> Iterator[Turn]:
    """Around every cut; a total turns with its scores, and is named only where no score does."""
    places: list[tuple[Cut, list[tuple[Figure, Mark]]]] = []
    for figure, function in moving:
        for cut, mark in _marked(figure, function):
            at = next((each for each in places if order(each[0], cut) == 0), None)
            if at is None:
                places.append(at := (cut, []))
            at[1].append((figure, mark))
    for cut, here in places:
        told = [each for each in here if each[0].kind != "total"] or here
        new = [each for each, mark in told if mark not in seen]
        seen.update(mark for _, mark in told)
        if new:
            around = (("below", grid.below(cut, by.places)), ("at", cut), ("above", grid.above(cut, by.places)))
            for side, x in around:
                if isinstance(x, Fraction) and (x * 10**by.places).denominator == 1:
                    yield Turn(by, x, side, tuple(dict.fromkeys(new)))


def _marked(figure: Figure, function: Pieces) -> Iterator[tuple[Cut, Mark]]:
    """Each cut with what tells it from other turns of the same figure, whichever way the input runs.

    Where staircases were written out in a figure (a sum of two) every step is a cut: these are told by their slopes.
    """
    many = len(function.cuts) > MANY or figure.kind == "total"
    for at, cut in enumerate(function.cuts):
        if cut is None:
            continue
        before = _side(figure, function, at - 1, -1) if at else None
        after = _side(figure, function, at, 1) if at < len(function.gaps) else None
        point = _told(function.points[at], figure.unit)
        if before is None and after is not None and after[0] == point:
            continue  # the end of the domain, where nothing happens
        sides = frozenset(each and each[1] for each in (before, after)) if many else frozenset((before, after))
        yield cut, (figure.kind, figure.name, many or point, sides)


def _side(figure: Figure, function: Pieces, gap: int, side: int) -> tuple[object, int]:
    """What a figure tends to on one side of a cut, and whether it rises or falls away from there."""
    cell = function.gaps[gap]
    if not isinstance(cell, Form):
        return _told(cell, figure.unit), 0
    low, high = function.cuts[gap], function.cuts[gap + 1]
    near, far = (low, high) if side > 0 else (high, low)
    start, end = limits.limit(cell, near, side), limits.limit(cell, far, -side)
    return _told(start, figure.unit), _compared(end) - _compared(start) if isinstance(end, Infinite) else _sign(
        start, end
    )


def _compared(limit: object) -> int:
    return limit.value if isinstance(limit, Infinite) else 0


def _sign(start: object, end: Fraction) -> int:
    return 0 if not isinstance(start, Fraction) else (end > start) - (end < start)


def _told(value: object, unit: Fraction) -> object:
    """A value as part of its unit; absences are one."""
    if isinstance(value, Absent):
        return None
    return (value / unit if isinstance(value, Fraction) else value, type(value).__name__)


# Roundings


def _roundings(by: Input, moving: Sequence[tuple[Figure, Pieces]], seen: set[Mark]) -> Iterator[Turn]:
    """Of each rounding that a figure declares one value that goes down and one that goes up."""
    for figure, function in moving:
        for gap, cell in function.parts():
            if figure.roundings and isinstance(cell, Form):
                yield from _of_form(by, figure, gap, cell, seen)


def _of_form(by: Input, figure: Figure, gap: Gap, form: Form, seen: set[Mark]) -> Iterator[Turn]:
    stages = [at for at, stage in enumerate(form.stages) if isinstance(stage, Rounding)][-figure.roundings :]
    for at in stages:
        mark: Mark = ("rounding", figure.kind, figure.name, form.stages[at])
        through = Form(form.top, form.bottom, form.stages[: at + 1])
        place = next(iter(reversed(list(ties(through, gap)))), None)
        if mark in seen or place is None:
            continue
        pair = (grid.below(place, by.places), grid.at_or_above(place, by.places))
        if all(_acts(form, at, x) and _inside(gap, x) for x in pair):
            seen.add(mark)
            low, high = (forms.at(through, x) for x in pair)
            sides = ("down", "up") if low < high else ("up", "down")
            yield from (Turn(by, x, side, (figure,)) for x, side in zip(pair, sides, strict=True))


def _acts(form: Form, at: int, x: Fraction) -> bool:
    """Whether a rounding alters the value at x."""
    before, after = (forms.at(Form(form.top, form.bottom, form.stages[:end]), x) for end in (at, at + 1))
    return before != after


def _inside(gap: Gap, x: Fraction) -> bool:
    return (gap.low is None or order(gap.low, x) < 0) and (gap.high is None or order(x, gap.high) < 0)
