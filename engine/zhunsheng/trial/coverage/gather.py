"""What tests have reached: every document's things, once it has been judged, put to the trees of the policy again.

Nothing is traced while the policy runs: a tree asked again on the same things gives the same values, and those of its
branches that were taken say which sides were reached.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.document import Document
from zhunsheng.evaluation.facts import world_of_document, world_of_dossier
from zhunsheng.evaluation.peers import judged_together
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import document_of, run_together
from zhunsheng.ruleset import in_force
from zhunsheng.ruleset.vocabulary import DOCUMENT, DOSSIER, INDICATOR
from zhunsheng.trial.coverage.elements import FALSE, TRUE, Elements
from zhunsheng.trial.coverage.visit import Visitor
from zhunsheng.trial.outcome import outcome_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhunsheng.evaluation.score import Run
    from zhunsheng.expression.exact import Bound
    from zhunsheng.ruleset.policy import Rule, Ruleset, Score
    from zhunsheng.trial.coverage.elements import Element, Key, Side
    from zhunsheng.trial.subject import Subject


class Tally(NamedTuple):
    """An element and which of its sides no test has reached."""

    element: Element
    lacking: tuple[Side, ...]

    @property
    def reached(self) -> int:
        """How many sides were reached."""
        return len(self.element.sides) - len(self.lacking)


class Coverage:
    """Gathers over documents and rulesets what of the policies was reached."""

    def __init__(self) -> None:
        self.elements: dict[Key, Element] = {}
        self.reached: set[tuple[Key, int]] = set()
        self.texts: dict[str, str] = {}
        """The text of each ruleset file that took part."""
        self._visitors: dict[int, Visitor] = {}

    def observe(self, subject: Subject, ruleset: Ruleset) -> None:
        """A test's document or dossier under a ruleset; one that is refused reaches nothing."""
        if subject.content is None or outcome_of(subject, ruleset).refused:
            self._visitor(ruleset)
            return
        content = subject.content
        stands = in_force(ruleset, content.year)
        visitor = self._visitor(stands)
        world = (
            world_of_document(content, stands) if isinstance(content, Document) else world_of_dossier(content, stands)
        )
        beside = [world_of_document(each, stands) for each in subject.beside or () if each.year == content.year]
        alone = subject.beside is None and isinstance(content, Document)
        outcome, *_ = run_together(plan_of(stands), [world, *beside], None if alone else judged_together)
        _walk(visitor, outcome, stands)
        self.reached |= visitor.reached

    def tallies(self) -> Iterator[Tally]:
        """Every element with what is lacking, file by file in the order of writing."""
        for key, element in sorted(self.elements.items(), key=lambda each: (each[0].file, min(_places(each[1])))):
            lacking = tuple(side for at, side in enumerate(element.sides) if (key, at) not in self.reached)
            yield Tally(element, lacking)

    def _visitor(self, ruleset: Ruleset) -> Visitor:
        known = self._visitors.get(id(ruleset))
        if known is None:
            known = self._visitors[id(ruleset)] = Visitor(Elements(ruleset))
            self.elements |= {each.key: each for each in known.elements}
            self.texts |= {source.file: source.text for source, _ in ruleset.merged.origins.values()}
        return known


def _places(element: Element) -> list[tuple[int, int]]:
    return [(side.place.line, side.place.column) for side in element.sides]


def _walk(visitor: Visitor, outcome: Run, ruleset: Ruleset) -> None:
    """Every formula of the ruleset on the things that it was worked out for."""
    things = outcome.world.things
    for document in things.get(DOCUMENT, ()):
        for node in (ruleset.full_marks, *(node for node, _ in ruleset.weights.values()), ruleset.total.formula):
            visitor.visit(node, (document,))
        grade = visitor.value(ruleset.grades.formula, (document,))
        if grade in visitor.elements.of_grade:
            visitor.reach(visitor.elements.of_grade[str(grade)], 0)
    for quantity in ruleset.quantities:
        for thing in things.get(quantity.scope, ()):
            visitor.visit(quantity.formula, (thing,))
    if ruleset.kind is not None:
        for thing in things.get(INDICATOR, ()):
            visitor.visit(ruleset.kind.formula, (thing,))
    _scores(visitor, outcome, {each.name: each for each in ruleset.scores})
    for rule in ruleset.rules:
        for bound in _bounds(rule, outcome):
            _rule(visitor, rule, bound)


def _scores(visitor: Visitor, outcome: Run, scores: Mapping[str, Score]) -> None:
    """The scores given; by the trees of this ruleset, since equal rulesets share the plan of one of them."""
    for item in outcome.items:
        if item.scoring is None:
            continue
        score, bound = scores[item.scoring.score.name], (item.thing,)
        visitor.visit(score.points, bound)
        visitor.visit(score.formula, bound)
        if item.reason is None:
            visitor.reach(visitor.elements.of_score[score.name], 0)
        elif score.otherwise is not None:
            visitor.visit(score.otherwise, bound)
            visitor.reach(visitor.elements.of_score[score.name], 1)


def _bounds(rule: Rule, outcome: Run) -> Iterator[Bound]:
    """The things that a rule is about, together as it says; no thing beside itself."""
    choices = [outcome.world.things.get(binder.scope, ()) for binder in rule.binders]
    for bound in itertools.product(*choices):
        apart = len({id(each) for each in bound}) == len(bound)
        together = rule.within == DOSSIER or len({id(document_of(each)) for each in bound}) == 1
        if apart and together:
            yield bound


def _rule(visitor: Visitor, rule: Rule, bound: Bound) -> None:
    """A rule on some things: its condition, and where that holds, its check and what follows."""
    element, applies = visitor.elements.of_rule[rule.id], True
    if rule.when is not None:
        visitor.visit(rule.when, bound)
        value = visitor.value(rule.when, bound)
        applies = value is True
        condition = element if rule.check is None else visitor.elements.of_when.get(rule.id)
        if condition is not None and isinstance(value, bool):
            visitor.reach(condition, TRUE if value else FALSE)
    holds = None
    if applies and rule.check is not None:
        visitor.visit(rule.check, bound)
        holds = visitor.value(rule.check, bound)
        if isinstance(holds, bool):
            visitor.reach(element, FALSE if holds else TRUE)
    acts = applies if rule.check is None else holds is False
    if acts and rule.deduction is not None:
        visitor.visit(rule.deduction, bound)
