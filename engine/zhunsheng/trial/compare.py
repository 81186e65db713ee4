"""What was expected against what came out: numbers as numbers, texts exactly, lists of rules without regard to order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.evaluation import Assessment
from zhunsheng.number import parse
from zhunsheng.trial.prepare import REMARKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from zhunsheng.evaluation import DossierAssessment
    from zhunsheng.problem import Problem
    from zhunsheng.source.marks import Path
    from zhunsheng.trial.model import Expectation, OfDocument
    from zhunsheng.trial.outcome import Outcome

Said = str | tuple[str, ...] | None
"""A figure or a text; several rules; or nothing."""


class Difference(NamedTuple):
    """One expectation that did not come true."""

    path: Path
    """Within `expect`."""
    expected: Said
    got: Said
    refused: tuple[Problem, ...] = ()
    """Why there is nothing to compare, where the document was refused."""


def differences(expect: Expectation, outcome: Outcome) -> tuple[Difference, ...]:
    """Every expectation that did not come true, in the order of writing."""
    codes = tuple(dict.fromkeys(each.code for each in outcome.refused))
    if expect.refused:
        if expect.refused in codes:
            return ()
        return (Difference(("refused",), expect.refused, codes[0] if len(codes) == 1 else codes, outcome.refused),)
    if codes:
        return (Difference((), None, codes, outcome.refused),)
    together: list[Assessment | DossierAssessment] = [*outcome.documents]
    if outcome.dossier is not None:
        together.append(outcome.dossier)
    found = [*_of(expect, (), together)]
    by_name = {each.document.id: each for each in outcome.documents}
    for name, inner in expect.documents.items():
        found += _of(inner, ("documents", name), [by_name[name]])
    return tuple(found)


def alike(expected: str | None, got: str | None) -> bool:
    """Whether two values are the same: `8`, `8.00` and `800%` are.

    >>> alike("80%", "0.8000"), alike("优", "优"), alike(None, "0")
    (True, True, False)
    """
    if expected is None or got is None:
        return expected is got
    one, other = _number(expected), _number(got)
    return expected == got if one is None or other is None else one == other


def _number(text: str) -> Fraction | None:
    numerator, slash, denominator = text.partition("/")
    if slash:
        above, below = parse(numerator), parse(denominator)
        return above / below if above is not None and below else None
    value = parse(text.removesuffix("%"))
    return value / 100 if value is not None and text.endswith("%") else value


def _of(expect: OfDocument, path: Path, assessments: Sequence[Assessment | DossierAssessment]) -> Iterator[Difference]:
    """The expectations of one document, or of a dossier: there, remarks count wherever they were made."""
    stated = expect.model_fields_set
    one = assessments[0]
    if isinstance(one, Assessment):
        yield from _figures(expect, path, one)
    for key in REMARKS:
        if key in stated:
            wanted, got = getattr(expect, key), [each.rule for every in assessments for each in getattr(every, key)]
            if Counter(wanted) != Counter(got):
                yield Difference((*path, key), wanted, tuple(sorted(got)))


def _figures(expect: OfDocument, path: Path, assessment: Assessment) -> Iterator[Difference]:
    for name, wanted in expect.quantities.items():
        if not alike(wanted, got := assessment.quantities.get(name)):
            yield Difference((*path, "quantities", name), wanted, got)
    for name, wanted in expect.scores.items():
        scores = _scores(assessment, name)
        if not scores or not all(alike(wanted, each) for each in scores):
            yield Difference((*path, "scores", name), wanted, _one_or_all(scores))
    if "total" in expect.model_fields_set and not alike(expect.total, assessment.total.computed):
        yield Difference((*path, "total"), expect.total, assessment.total.computed)
    if "grade" in expect.model_fields_set and not alike(expect.grade, assessment.grade.computed):
        yield Difference((*path, "grade"), expect.grade, assessment.grade.computed)


def _scores(assessment: Assessment, name: str) -> list[str | None]:
    """The score of an item or indicator; by the name of a way of scoring, those of all indicators that it scores."""
    lines = [each for each in assessment.scores if name in (each.id, each.name)]
    return [each.computed for each in lines or [each for each in assessment.scores if each.kind == name]]


def _one_or_all(scores: list[str | None]) -> Said:
    several = tuple(dict.fromkeys("null" if each is None else each for each in scores))
    return several if len(several) > 1 else scores[0] if scores else None
