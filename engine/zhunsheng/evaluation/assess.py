"""From a run to an assessment: figures beside claims, and each conclusion in its place with its reasons."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from fractions import Fraction
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from zhunsheng.document import Dossier
from zhunsheng.evaluation.assessment import (
    Assessment,
    Derivation,
    DocumentName,
    DossierAssessment,
    EngineName,
    Figure,
    Remark,
    RulesetName,
    ScoreLine,
)
from zhunsheng.evaluation.derivation import Explainer
from zhunsheng.evaluation.facts import world_of_document, world_of_dossier
from zhunsheng.evaluation.groups import told
from zhunsheng.evaluation.inputs import input_problems
from zhunsheng.evaluation.limits import within_limits
from zhunsheng.evaluation.peers import judged_together
from zhunsheng.evaluation.peers import told as group_told
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import blaming, document_of, run, run_together
from zhunsheng.expression.exact import find
from zhunsheng.expression.tree import Absent, Name
from zhunsheng.number import write
from zhunsheng.problem import Refused, say
from zhunsheng.problem.show import sentence
from zhunsheng.ruleset import canonical, in_force
from zhunsheng.ruleset.policy import Citation
from zhunsheng.ruleset.strata import behind, keys_in, needs_of
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.document import Document
    from zhunsheng.evaluation.groups import Told
    from zhunsheng.evaluation.plan import Plan
    from zhunsheng.evaluation.score import Item, Run
    from zhunsheng.expression.exact import Bound, Thing
    from zhunsheng.expression.tree import Node, Value
    from zhunsheng.problem import Problem, Words
    from zhunsheng.ruleset.policy import Rule, Ruleset

Heading = Literal["requirements", "findings", "confirmations", "judgements"]
HEADINGS: Final[tuple[Heading, ...]] = ("requirements", "findings", "confirmations", "judgements")
Said = TypeVar("Said", Remark, ScoreLine)
_SEVERITIES: Final = {"error": 0, "warning": 1, "note": 2, None: 3}


def evaluate(document: Document, ruleset: Ruleset, *, derivations: bool = True) -> Assessment:
    """One evaluation document under one ruleset.

    Args:
        document: as filed.
        ruleset: the policy.
        derivations: whether the assessment says why; leaving it out changes no figure.

    Raises:
        Refused: the document's `attributes` are not what the ruleset declares, the ruleset has nothing in force in
            the document's year, or one of its formulas gives a value too large to compute with.
    """
    ruleset = in_force(ruleset, document.year)
    plan = plan_of(ruleset)
    problems = input_problems(document, ruleset, plan.validators)
    if problems:
        raise Refused(problems)
    with within_limits(plan, ruleset):
        outcome = run(plan, world_of_document(document, ruleset))
        return _Assessor(plan, outcome, derivations=derivations).document(outcome.world.things[DOCUMENT][0], document)


def evaluate_together(
    documents: Sequence[Document], ruleset: Ruleset, *, derivations: bool = True
) -> tuple[Assessment, ...]:
    """Evaluation documents that are judged together, so that a ruleset may hold each against its peers among them.

    Those of one year are together; what a ruleset says of peers is all that they have to do with one another.

    Args:
        documents: as filed; in whatever order, which the assessments keep.
        ruleset: the policy.
        derivations: as for `evaluate`.

    Raises:
        Refused: as `evaluate`, with the problems of all documents.
    """
    found: dict[int, Assessment] = {}
    problems: list[Problem] = []
    for year in sorted({each.year for each in documents}):
        places = [at for at, each in enumerate(documents) if each.year == year]
        try:
            assessments = _of_one_year([documents[at] for at in places], ruleset, derivations=derivations)
        except Refused as refused:
            problems += refused.problems
        else:
            found |= zip(places, assessments, strict=True)
    if problems:
        raise Refused(problems)
    return tuple(found[at] for at in range(len(documents)))


def _of_one_year(documents: Sequence[Document], ruleset: Ruleset, *, derivations: bool) -> list[Assessment]:
    ruleset = in_force(ruleset, documents[0].year)
    plan = plan_of(ruleset)
    problems = [problem for each in documents for problem in input_problems(each, ruleset, plan.validators)]
    if problems:
        raise Refused(problems)
    with within_limits(plan, ruleset):
        worlds = [world_of_document(each, ruleset) for each in documents]
        return [
            _Assessor(plan, outcome, derivations=derivations).document(outcome.world.things[DOCUMENT][0], document)
            for outcome, document in zip(run_together(plan, worlds, judged_together), documents, strict=True)
        ]


def evaluate_dossier(
    dossier: Dossier, ruleset: Ruleset, *, derivations: bool = True
) -> tuple[DossierAssessment, tuple[Assessment, ...]]:
    """A dossier under one ruleset: what is said of it as a whole, and the assessment of each of its documents.

    Raises:
        Refused: as `evaluate`, for any of the documents.
    """
    ruleset = in_force(ruleset, dossier.year)
    plan = plan_of(ruleset)
    problems = [
        problem for document in dossier.documents for problem in input_problems(document, ruleset, plan.validators)
    ]
    if problems:
        raise Refused(problems)
    with within_limits(plan, ruleset):
        outcome = run(plan, world_of_dossier(dossier, ruleset), judged_together)
        assessor = _Assessor(plan, outcome, derivations=derivations)
        things = outcome.world.things[DOCUMENT]
        return (
            assessor.dossier(dossier),
            tuple(
                assessor.document(thing, document) for thing, document in zip(things, dossier.documents, strict=True)
            ),
        )


class _Assessor:
    def __init__(self, plan: Plan, outcome: Run, *, derivations: bool) -> None:
        self.plan = plan
        self.outcome = outcome
        self.told = told(outcome.conclusions)
        self.derivations = derivations
        ruleset = plan.ruleset
        self.ruleset = RulesetName(ruleset.id, ruleset.version, ruleset.title, ruleset.sha256)
        self.engine = _engine()

    def document(self, thing: Thing, document: Document) -> Assessment:
        explainer = Explainer(self.plan, thing, self.caps(thing))
        items = [item for item in self.outcome.items if document_of(item.thing) is thing]
        remarks = self.remarks(explainer, thing)
        remarks["judgements"] += [self.undecided(item) for item in items if item.status != "computed"]
        scores = tuple(self.line(explainer, item) for item in items)
        if self.derivations:
            for each in self.plan.ruleset.quantities:
                if each.scope == DOCUMENT:
                    explainer.element_key(thing, each.name)
        quantities = {
            each.name: text
            for each in self.plan.ruleset.quantities
            if each.scope == DOCUMENT and (text := self.quantity(thing, each.name)) is not None
        }
        total = self.figure(explainer, thing, "总分", document.claimed_total)
        grade = self.figure(explainer, thing, "等级", document.claimed_grade)
        return Assessment(
            document=DocumentName(
                document.name, document.kind, document.unit, document.year, _sha256(document), document.project
            ),
            ruleset=self.ruleset,
            engine=self.engine,
            quantities=quantities,
            scores=tuple(_placed(each, document) for each in scores) if document.sources else scores,
            total=total,
            grade=grade,
            derivations=explainer.elements() if self.derivations else {},
            **self.ordered(remarks, document),
        )

    def dossier(self, dossier: Dossier) -> DossierAssessment:
        explainer = Explainer(self.plan, None)
        remarks = self.remarks(explainer, None)
        return DossierAssessment(
            dossier=DocumentName(dossier.unit, "dossier", dossier.unit, dossier.year, _sha256(dossier)),
            ruleset=self.ruleset,
            engine=self.engine,
            documents=tuple(document.name for document in dossier.documents),
            derivations=explainer.elements() if self.derivations else {},
            **self.ordered(remarks, dossier),
        )

    def caps(self, document: Thing) -> tuple[tuple[str, str], ...]:
        """The rules that cap a document's grade, and at what."""
        return tuple(
            (each.rule.id, each.rule.subject)
            for each in self.outcome.conclusions
            if each.rule.outcome == "cap" and each.acts and document_of(each.bound[0]) is document
        )

    # Figures

    def quantity(self, thing: Thing, name: str) -> str | None:
        value = thing.values.get(name, Absent.MISSING)
        if isinstance(value, Fraction):
            roundings = self.plan.formulas[thing.scope, name].roundings
            return write(value, roundings[-1].places if roundings else None)
        return _text(value)

    def figure(self, explainer: Explainer, thing: Thing, name: str, claimed: object) -> Figure:
        derivation = self.derivation(explainer, thing, name)
        printed = None if claimed is None else str(claimed)
        return Figure(self.quantity(thing, name), printed, derivation)

    def derivation(self, explainer: Explainer, thing: Thing, name: str) -> Derivation | None:
        if not self.derivations:
            return None
        key = explainer.element_key(thing, name)
        return None if key is None else explainer.of_element(key, thing, name)

    def line(self, explainer: Explainer, item: Item) -> ScoreLine:
        thing, scoring = item.thing, item.scoring
        on_indicator = thing.scope == INDICATOR
        name = str(thing.values["三级指标"]) if on_indicator or scoring is None else scoring.score.name
        places = scoring.score.roundings[-1].places if scoring is not None and scoring.score.roundings else None
        element = "得分" if on_indicator else f"{name}.得分"
        derivation = None if item.status == "withheld" else self.derivation(explainer, thing, element)
        computed = write(item.computed, places) if isinstance(item.computed, Fraction) else None
        return ScoreLine(
            id=thing.pointer if on_indicator else name,
            name=name,
            at=thing.pointer
            if on_indicator
            else self.pointed(explainer, scoring.score.at if scoring else None, (thing,)),
            status=item.status,
            kind=scoring.score.name if scoring is not None and on_indicator else None,
            dimension=_text(thing.values.get("一级指标", Absent.MISSING)) if on_indicator else None,
            points=_text(item.points),
            computed=computed,
            claimed=_text(item.claimed),
            derivation=derivation,
        )

    def undecided(self, item: Item) -> Remark:
        """A score that a person must settle: why, and what stands in for it meanwhile."""
        thing, scoring = item.thing, item.scoring
        why = self.without_peers(item)
        without = "no-points" if isinstance(item.points, Absent) else "formula"
        reason = "peers" if why else str(thing.values.get("不可比原因", without))
        name = str(thing.values.get("三级指标", scoring.score.name if scoring else ""))
        computed = write(item.computed) if isinstance(item.computed, Fraction) else None
        facts = {"name": name, "points": computed or "—", "why": why}
        messages = {
            lang: f"{sentence(say(f'judgement.{reason}', **facts), lang)}"
            f"{sentence(say('judgement.taken' if computed is not None else 'judgement.withheld', **facts), lang)}"
            for lang in _LANGUAGES
        }
        citation = scoring.score.citation if scoring is not None else Citation(None, "")
        at = thing.place("实际完成值") or thing.pointer
        return Remark(
            rule=f"scores.{scoring.score.name}" if scoring is not None else "indicator_kind",
            at=at,
            message=messages["zh"],
            message_en=messages["en"],
            claimed=_text(item.claimed),
            computed=computed,
            clause=citation.clause,
            status=citation.status or None,
        )

    def without_peers(self, item: Item) -> Words | None:
        """Why a score that is measured against peers has none to be measured against."""
        document, plan = document_of(item.thing), self.plan
        if not plan.peers or item.scoring is None or document is None or document.groups is None:
            return None
        for key in sorted(behind(needs_of(plan.ruleset), keys_in(item.scoring.score.formula))):
            if key in plan.peers and document.groups[key[1]] is None:
                return group_told(plan.peers[key], document)
        return None

    # Conclusions

    def remarks(self, explainer: Explainer, owner: Thing | None) -> dict[Heading, list[Remark]]:
        """What the rules said of a document, or (None) of the dossier as a whole."""
        found: dict[Heading, list[Remark]] = {heading: [] for heading in HEADINGS}
        for each in self.told.get(None if owner is None else id(owner), ()):
            heading = heading_of(each.conclusion.rule, holds=each.conclusion.holds)
            if heading is not None:
                with blaming(each.conclusion.rule):
                    found[heading].append(self.remark(explainer, each, heading))
        return found

    def remark(self, explainer: Explainer, told_: Told, heading: Heading) -> Remark:
        rule, holds, bound = told_.conclusion
        message = rule.confirmed if rule.confirmed is not None and rule.check is not None and holds else rule.message
        return Remark(
            rule=rule.id,
            at=self.at(explainer, rule, bound),
            message=explainer.text(message.zh, bound),
            message_en=explainer.text(message.en, bound),
            severity=rule.severity if heading == "findings" else None,
            outcome=rule.outcome if rule.outcome in ("deduct", "cap", "veto") else None,
            item=rule.subject if rule.outcome == "require" else None,
            claimed=explainer.decimal(rule.claimed, bound),
            computed=explainer.decimal(rule.computed, bound),
            clause=rule.citation.clause,
            status=rule.citation.status,
            derivation=self.why(explainer, rule, bound) if self.derivations else None,
            others=tuple(self.pointed(explainer, rule.at, (each, each)) for each in told_.others) or None,
        )

    def why(self, explainer: Explainer, rule: Rule, bound: Bound) -> Derivation:
        return explainer.derivation(rule.id, self.plan.wholes[rule.id], bound, rule.citation)

    def at(self, explainer: Explainer, rule: Rule, bound: Bound) -> str:
        return self.pointed(explainer, rule.at, bound)

    def pointed(self, explainer: Explainer, node: Node | None, bound: Bound) -> str:
        """The place that an `at` names; the thing itself where it names none."""
        if isinstance(node, Name) and node.reference is not None:
            thing = find(node.reference, bound)
            if thing is not None:
                return explainer.at(thing, node.reference.key)
        return explainer.at(bound[0], None)

    def ordered(
        self, remarks: dict[Heading, list[Remark]], content: Document | Dossier
    ) -> dict[str, tuple[Remark, ...]]:
        return {
            heading: tuple(
                _placed(each, content) for each in sorted(found, key=lambda each: _SEVERITIES[each.severity])
            )
            for heading, found in remarks.items()
        }


_LANGUAGES: Final[tuple[Literal["zh", "en"], ...]] = ("zh", "en")


@cache
def _engine() -> EngineName:
    return EngineName(version("zhunsheng"))


def heading_of(rule: Rule, *, holds: bool) -> Heading | None:
    """Under which heading a conclusion of a rule goes; None where it is only told on."""
    if rule.check is not None and holds:
        return "confirmations"
    match rule.outcome:
        case "require":
            return "requirements"
        case "confirm":
            return "confirmations"
        case "judge":
            return "judgements"
        case "derive":
            return None
        case _:
            return "findings"


def _placed(said: Said, content: Document | Dossier) -> Said:
    """A remark or score with the place in the original file of what it is about, where that was imported from one."""
    if isinstance(content, Dossier):
        _, part, at, pointer = f"{said.at}///".split("/", 3)
        source = content.documents[int(at)].stood(f"/{pointer.rstrip('/')}") if part == "documents" else None
    else:
        source = content.stood(said.at)
    return said if source is None else replace(said, source=source)


def _text(value: Value) -> str | None:
    match value:
        case Fraction():
            return write(value)
        case Absent():
            return None
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def _sha256(content: Document | Dossier) -> str:
    return hashlib.sha256(canonical(content.model_dump(exclude_none=True))).hexdigest()
