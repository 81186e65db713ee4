"""More attainment never scores less, or the ruleset says why: read off the exact function of each score, roundings included.

Attainment is the actual value of an indicator (the other way round where its target is an upper limit), and the amount
executed, as far as a score depends on it. The other inputs are as the neutral form has them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.expression.pieces import grid
from zhunsheng.expression.pieces.cuts import Root, floor_of
from zhunsheng.expression.pieces.readings import monotone
from zhunsheng.expression.tree import Name, Negative, Reference
from zhunsheng.problem import Problem, say
from zhunsheng.proof.finding import Finding, Shown, showing, told
from zhunsheng.ruleset.vocabulary import INDICATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.evaluation.score import Item
    from zhunsheng.expression.pieces import Pieces
    from zhunsheng.expression.pieces.cuts import End
    from zhunsheng.expression.pieces.readings import Fall
    from zhunsheng.proof.subject import Input, Subject
    from zhunsheng.ruleset import Ruleset

SPENT = "全年执行数"
MET = "实际值"


class Pair(NamedTuple):
    """Two values of an input, the second the greater, and what the score is at each."""

    below: Fraction
    above: Fraction
    before: Fraction
    after: Fraction


def never_falls(ruleset: Ruleset, form: Subject) -> Iterator[Finding]:
    """No score falls as attainment rises, but those that declare `falls`; each score is told once."""
    done: set[str] = set()
    for item in form.items:
        score = item.scoring and item.scoring.score
        if score is None or score.falls is not None or score.name in done:
            continue
        found = next(_falls(form, item), None)
        if found is not None:
            done.add(score.name)
            yield _finding(ruleset, form, item, *found)


def attainment(form: Subject, item: Item) -> tuple[Input, bool] | None:
    """The input that says how much was attained, and whether more of it is better; None where there is none."""
    if item.thing.scope == INDICATOR:
        sign = item.thing.values.get("比较符")
        by = form.input(item.thing, MET)
        known = isinstance(by.value, Fraction) and sign in (">=", ">", "<=", "<")
        return (by, sign in (">=", ">")) if known else None
    spent = [each for each in form.inputs(form.score_of(item)) if (each.thing, each.key) == (form.document, SPENT)]
    return (spent[0], True) if spent else None


def _falls(form: Subject, item: Item) -> Iterator[tuple[Input, Pair]]:
    """The falls of a score that a form can show."""
    found = attainment(form, item)
    if found is None:
        return
    by, more = found
    element = form.score_of(item)
    name = Name(element.key, reference=Reference(0, 0, element.key, element.thing.scope))
    function = form.read(name if more else Negative(name), (element.thing,), by)
    for fall in monotone(function):
        pair = shown_by(function, fall, by.places)
        if pair is not None:
            yield by, pair if more else pair._replace(before=-pair.before, after=-pair.after)


def shown_by(function: Pieces, fall: Fall, places: int) -> Pair | None:
    """Two values of the grid between which a function falls; None where no form can show the fall."""
    for below in _candidates(fall.low, places, -1):
        for above in _candidates(fall.high, places, 1, start=below):
            if below < above and _holds(function, below) and _holds(function, above):
                before, after = function.at(below), function.at(above)
                if isinstance(before, Fraction) and isinstance(after, Fraction) and before > after:
                    return Pair(below, above, before, after)
    return None


def _candidates(end: End, places: int, side: int, start: Fraction = Fraction(0)) -> list[Fraction]:
    """Values of the grid on an end and beside it; where there is no end, ever farther out."""
    unit = Fraction(10) ** -places
    if end is None:
        return [start + side * unit * 10**far for far in range(0, 13, 2)]
    on = floor_of(end, Fraction(10) ** places) * unit if isinstance(end, Root) else grid.at_or_below(end, places)
    near = [on, on + unit, on - unit]
    return sorted(near, reverse=side < 0) if side > 0 else [on, on - unit, on + unit]


def _holds(function: Pieces, x: Fraction) -> bool:
    low, high = function.cuts[0], function.cuts[-1]
    return (not isinstance(low, Fraction) or low <= x) and (not isinstance(high, Fraction) or x <= high)


def _finding(ruleset: Ruleset, form: Subject, item: Item, by: Input, pair: Pair) -> Finding:
    assert item.scoring is not None
    name = item.scoring.score.name
    contents = [showing(form, by, x) for x in (pair.below, pair.above)]
    expected = say(
        "score-falls.expected",
        of=by.key,
        below=told(pair.below),
        above=told(pair.above),
        before=told(pair.before),
        after=told(pair.after),
    )
    shown = tuple(
        Shown(f"{name}-{mark}", content) for mark, content in zip(("1", "2"), contents, strict=True) if content
    )
    return Finding(
        Problem(
            ruleset.merged.place(("scores", name, "formula")),
            "score-falls",
            expected,
            str(ruleset.merged.data["scores"][name]["formula"]),
            hint=say("score-falls.hint"),
            severity="warning",
        ),
        shown,
    )
