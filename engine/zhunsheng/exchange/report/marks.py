"""The scores that stand on a form: those its unit claimed, or those the ruleset gives."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from zhunsheng.document import Document
    from zhunsheng.evaluation import Assessment
    from zhunsheng.evaluation.assessment import ScoreLine

RATE: Final = "执行率"
"""The quantity that every policy has, by the field's own name for it."""
FUNDS: Final = "/funds/total"
INDICATORS: Final = "/indicators"


class Marks(NamedTuple):
    """One column of scores, with the rate, total and grade that go with it; empty where there is none."""

    rate: str
    execution: str
    indicators: tuple[str, ...]
    total: str
    grade: str
    others: tuple[tuple[str, str, str], ...] = ()
    """What is scored beside funds and indicators: name, points, score."""


def text(value: Decimal | str | None) -> str:
    """As it is printed."""
    return format(value, "f") if isinstance(value, Decimal) else value or ""


def claimed(document: Document) -> Marks:
    """As filed."""
    total = document.funds.total
    return Marks(
        total.claimed_rate or "",
        text(total.claimed_score),
        tuple(text(each.claimed_score) for each in document.indicators),
        text(document.claimed_total),
        document.claimed_grade or "",
    )


def computed(document: Document, assessment: Assessment) -> Marks:
    """As the ruleset has it."""
    lines = {each.id: each for each in assessment.scores}
    execution = execution_of(assessment)
    rate = assessment.derivations.get(RATE)
    ours = {f"{INDICATORS}/{at}" for at in range(len(document.indicators))}
    others = tuple(
        (each.name, each.points or "", each.computed or "")
        for each in assessment.scores
        if each is not execution and each.id not in ours
    )
    return Marks(
        rate.result if rate else "",
        (execution.computed or "") if execution else "",
        tuple(_score(lines.get(f"{INDICATORS}/{at}")) for at in range(len(document.indicators))),
        assessment.total.computed or "",
        assessment.grade.computed or "",
        others,
    )


def execution_of(assessment: Assessment) -> ScoreLine | None:
    """The score of the execution of the budget."""
    return next((each for each in assessment.scores if each.at.startswith(FUNDS)), None)


def points_of(assessment: Assessment | None, id_: str) -> str:
    """The points that the ruleset gives to a score."""
    lines = assessment.scores if assessment else ()
    return next((each.points or "" for each in lines if each.id == id_), "")


def _score(line: ScoreLine | None) -> str:
    return (line.computed or "") if line else ""
