"""A test's document or dossier judged: assessments, or the problems for which it was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.document import Document
from zhunsheng.evaluation import evaluate, evaluate_dossier, evaluate_together
from zhunsheng.problem import Refused

if TYPE_CHECKING:
    from zhunsheng.evaluation import Assessment, DossierAssessment
    from zhunsheng.problem import Problem
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.trial.subject import Subject


class Outcome(NamedTuple):
    """What came out."""

    documents: tuple[Assessment, ...] = ()
    dossier: DossierAssessment | None = None
    refused: tuple[Problem, ...] = ()


def outcome_of(subject: Subject, ruleset: Ruleset) -> Outcome:
    """The outcome of judging a subject; refused is an outcome too."""
    if subject.content is None:
        return Outcome(refused=subject.problems)
    try:
        if isinstance(subject.content, Document) and subject.beside is not None:
            return Outcome(evaluate_together([subject.content, *subject.beside], ruleset, derivations=False)[:1])
        if isinstance(subject.content, Document):
            return Outcome((evaluate(subject.content, ruleset, derivations=False),))
        dossier, assessments = evaluate_dossier(subject.content, ruleset, derivations=False)
    except Refused as refused:
        return Outcome(refused=tuple(map(subject.placed, refused.problems)))
    return Outcome(assessments, dossier)
