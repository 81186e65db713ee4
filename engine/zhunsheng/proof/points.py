"""0 ≤ score ≤ points, for every score: proved over all inputs at once, shown on a form where it fails, else sampled."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from zhunsheng.expression.pieces.readings import holding, outside, violations
from zhunsheng.expression.tree import Constant, Name, Reference
from zhunsheng.problem import Problem, say
from zhunsheng.proof.bounds import ZERO
from zhunsheng.proof.extent import extent_of_score
from zhunsheng.proof.finding import Finding, Shown, content_of, showing, told
from zhunsheng.proof.sample import TRIES, samples
from zhunsheng.ruleset.vocabulary import ITEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.evaluation.score import Item
    from zhunsheng.expression.exact import Thing
    from zhunsheng.expression.pieces import Pieces
    from zhunsheng.proof.subject import Input, Subject
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.ruleset.policy import Score

_ZERO: Final = Fraction(0)
_ROWS: Final = 4
"""Rows of a kind that are looked at one by one: what one does not show, the next of its kind seldom does."""


def within_points(ruleset: Ruleset, form: Subject) -> Iterator[Finding]:
    """Every score lies within its points, or the ruleset says why not (`beyond`); what has no points adds or takes off."""
    for score in ruleset.scores:
        if score.beyond is None and not (isinstance(score.points, Constant) and not score.points.value):
            found, points = extent_of_score(ruleset, score)
            if not found.within(ZERO, points):
                yield from _shown(ruleset, form, score)


def _shown(ruleset: Ruleset, form: Subject, score: Score) -> Iterator[Finding]:
    """One form on which a score leaves its points; where none is found, that this is not proved."""
    ours = [(at, each) for at, each in enumerate(form.items) if each.scoring and each.scoring.score.name == score.name]
    for at, item in ours[:_ROWS]:
        thing = form.outcome.world.things[ITEM][at]
        for by in form.inputs(form.score_of(item)):
            if by.filed and (found := _in_one(ruleset, form, score, item, thing, by)) is not None:
                yield found
                return
    for sample in samples(
        form, [by for _, item in ours[:_ROWS] for by in form.inputs(form.score_of(item)) if by.filed]
    ):
        for item in sample.items:
            if item.scoring is not None and item.scoring.score.name == score.name and _is_outside(item):
                yield Finding(_problem(ruleset, score, item, ""), (Shown(score.name, content_of(sample)),))
                return
    place = ruleset.merged.place(("scores", score.name), key=True)
    expected = say("score-undecided.expected", count=str(TRIES))
    yield Finding(Problem(place, "score-undecided", expected, score.name, severity="note"))


def _in_one(ruleset: Ruleset, form: Subject, score: Score, item: Item, thing: Thing, by: Input) -> Finding | None:
    """What one input alone can do."""
    function = form.pieces(form.score_of(item), by)
    points = form.read(_points(thing), (thing,), by)
    if function.beyond:
        return None
    for x in _nearest(outside(function, _ZERO, points), by):
        content = showing(form, by, x)
        if content is not None:
            reached = item._replace(computed=function.at(x), points=points.at(x))
            said = f"{by.key} {told(x)}"
            return Finding(_problem(ruleset, score, reached, said), (Shown(score.name, content),))
    return None


def _nearest(truth: Pieces, by: Input) -> list[Fraction]:
    """A value for each stretch where a truth holds: what the form has already, what is not negative, what is near."""
    own = by.value if isinstance(by.value, Fraction) else _ZERO
    found = [own for run in holding(truth) if run.holds(own)]
    found += [each.document for each in violations(truth, by.places) if each.document is not None]
    return sorted(found, key=lambda x: (x != own, x < 0, abs(x - own)))


def _points(thing: Thing) -> Name:
    return Name("得分项分值", reference=Reference(0, 0, "得分项分值", thing.scope))


def _is_outside(item: Item) -> bool:
    points, given = item.points, item.computed
    return isinstance(points, Fraction) and isinstance(given, Fraction) and not 0 <= given <= points


def _problem(ruleset: Ruleset, score: Score, item: Item, said: str) -> Problem:
    assert isinstance(item.computed, Fraction)
    assert isinstance(item.points, Fraction)
    values = {"given": told(item.computed), "points": told(item.points), "of": score.name}
    expected = (
        say("score-out-of-bounds.at", at=said, **values) if said else say("score-out-of-bounds.expected", **values)
    )
    return Problem(
        ruleset.merged.place(("scores", score.name, "formula")),
        "score-out-of-bounds",
        expected,
        str(ruleset.merged.data["scores"][score.name]["formula"]),
        hint=say("score-out-of-bounds.hint"),
        severity="warning",
    )
