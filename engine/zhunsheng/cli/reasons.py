"""What `explain` was asked about, found in an evaluation by its name, pointer or rule."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.cli.filing import spot
from zhunsheng.cli.page import FAINT, HEAD
from zhunsheng.cli.rows import MARKS, same
from zhunsheng.cli.tree import Tree, worded
from zhunsheng.problem import Place, Problem, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.cli.filing import Judged
    from zhunsheng.cli.page import Page
    from zhunsheng.evaluation import Assessment, Derivation, DossierAssessment, Remark

TOTAL, GRADE = "总分", "等级"
ACTING: Final = {TOTAL: ("deduct", "veto"), GRADE: ("cap",)}
"""Outcomes of rules that act on these figures, beside their formulas."""


class Reason(NamedTuple):
    """A figure or a conclusion, and its derivation."""

    at: int | None
    """Which document it is in; None for the dossier as a whole."""
    title: str
    computed: str | None
    claimed: str | None
    derivation: Derivation | None
    remarks: tuple[Remark, ...] = ()
    is_conclusion: bool = False


def answers(judged: Judged, what: str) -> Iterator[Reason]:
    """Everything of that name in one file's evaluation."""
    for at, (_, assessment) in enumerate(judged.forms):
        yield from _figures(at, assessment, what)
        yield from _conclusions(at, assessment, what)
    if judged.dossier is not None:
        yield from _conclusions(None, judged.dossier, what)


def _figures(at: int, assessment: Assessment, what: str) -> Iterator[Reason]:
    for name, figure in ((TOTAL, assessment.total), (GRADE, assessment.grade)):
        if what == name:
            acting = tuple(each for each in assessment.findings if each.outcome in ACTING[name])
            yield Reason(at, name, figure.computed, figure.claimed, figure.derivation, acting)
    for score in assessment.scores:
        if what in (score.name, score.id, f"{score.name}.得分"):
            doubts = tuple(each for each in assessment.judgements if each.at.startswith(f"{score.at}/"))
            yield Reason(at, score.name, score.computed, score.claimed, score.derivation, doubts)
    for key, derivation in assessment.derivations.items():
        pointer, _, name = key.rpartition("#")
        if what not in (TOTAL, GRADE) and not key.endswith("得分") and what in (key, name):
            named = next((score.name for score in assessment.scores if pointer and score.id == pointer), "")
            yield Reason(at, f"{named} · {name}" if named else key, derivation.result, None, derivation)


def _conclusions(at: int | None, assessment: Assessment | DossierAssessment, what: str) -> Iterator[Reason]:
    every = (assessment.requirements, assessment.findings, assessment.judgements, assessment.confirmations)
    for remark in (each for remarks in every for each in remarks):
        if what == remark.rule:
            yield Reason(at, what, remark.computed, remark.claimed, remark.derivation, (remark,), is_conclusion=True)


def nothing_named(results: Sequence[Judged], what: str) -> Problem | None:
    """That there is nothing of that name, with what there is; None for a rule that simply had nothing to say."""
    names: dict[str, None] = {}
    for judged in results:
        if any(what == rule.id for rule in judged.choice.ruleset.rules):
            return None
        names |= dict.fromkeys((TOTAL, GRADE))
        for _, assessment in judged.forms:
            names |= dict.fromkeys(score.name for score in assessment.scores)
            names |= dict.fromkeys(assessment.quantities)
        names |= dict.fromkeys(rule.id for rule in judged.choice.ruleset.rules)
    near = get_close_matches(what, names, n=1, cutoff=0.5) or [each for each in names if what and what in each]
    return Problem(
        Place(results[0].where.filed.source.file),
        "nothing-named",
        say("nothing-named.expected"),
        what,
        hint=say("nothing-named.hint", name=near[0]) if near else None,
    )


def show(page: Page, judged: Judged, reasons: Sequence[Reason]) -> None:
    """Each reason under the form it belongs to."""
    before: list[int | None] = []
    for reason in reasons:
        assessment = judged.dossier if reason.at is None else judged.forms[reason.at][1]
        assert assessment is not None
        if reason.at not in before:
            before.append(reason.at)
            name = page.say("between") if reason.at is None else judged.forms[reason.at][0].name
            ruleset = judged.choice.ruleset
            page.line((name, HEAD), (f" · {ruleset.id} {ruleset.version}", FAINT))
        _show(page, judged, reason, Tree(page, judged.where, reason.at, assessment))
        page.line()


def _show(page: Page, judged: Judged, reason: Reason, tree: Tree) -> None:
    if reason.is_conclusion:
        remark = reason.remarks[0]
        page.paragraph(remark.message if page.lang == "zh" else remark.message_en, ink=HEAD)
        place = judged.where.place(remark.at, reason.at)
        page.items([spot(place), remark.rule], indent=2, ink=FAINT)
    else:
        sign, ink = MARKS[same(reason.claimed, reason.computed)]
        beside = page.say("claimed", claimed=reason.claimed) if reason.claimed is not None else ""
        page.line(
            "  ",
            (f"{reason.title} = {worded(page, reason.computed or page.say('open'))}", HEAD),
            beside,
            " ",
            (sign, ink),
        )
        for remark in reason.remarks:
            page.paragraph(remark.message if page.lang == "zh" else remark.message_en)
    if reason.derivation is not None:
        tree.show(reason.derivation, holds=reason.is_conclusion)
