"""The re-check report for the bureau: what each form comes to, what is missing, what is wrong and where, and why."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, final

from zhunsheng.exchange.describe.blocks import Bars, Heading, Ladder, Paragraph, Table
from zhunsheng.exchange.describe.outline import NUMERALS
from zhunsheng.exchange.report.bands import bands
from zhunsheng.exchange.report.marks import RATE, text
from zhunsheng.number import parse
from zhunsheng.problem import say
from zhunsheng.problem.show import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from zhunsheng.document import Document
    from zhunsheng.evaluation import Assessment, DossierAssessment
    from zhunsheng.evaluation.assessment import Derivation, Remark, ScoreLine
    from zhunsheng.exchange.describe.blocks import Block, Kind
    from zhunsheng.exchange.report.subject import Subject
    from zhunsheng.problem.show import Lang

SEVERITIES: Final = ("error", "warning", "note", None)
NONE: Final = "—"
FIGURE: Final[tuple[Kind, ...]] = ("figure",)


@final
class Speaker:
    """The words of the report in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def say(self, key: str, **values: object) -> str:
        """A label of the catalogue, `report.` before its key."""
        return sentence(say(f"report.{key}", **values), self.lang)

    def told(self, remark: Remark) -> str:
        """What a remark says, and what must be supplied."""
        message = remark.message if self.lang == "zh" else remark.message_en
        return f"{message}{self.say('item', item=remark.item)}" if remark.item else message

    def sorted(self, assessment: Assessment | DossierAssessment) -> Iterator[tuple[str, tuple[Remark, ...]]]:
        """All remarks: what must be supplied, what is wrong (the gravest first), what is to be judged, what was confirmed."""
        yield self.say("requirements-short"), assessment.requirements
        for severity in SEVERITIES:
            found = tuple(each for each in assessment.findings if each.severity == severity)
            yield self.say(f"severity-{severity}"), found
        yield self.say("judgements-short"), assessment.judgements
        yield self.say("confirmations-short"), assessment.confirmations

    def clause(self, remark: Remark | Derivation) -> str:
        """On what it rests, and whether that was read in the text itself."""
        if not remark.clause:
            return ""
        return self.say("unverified", clause=remark.clause) if remark.status == "unverified" else remark.clause

    def kind(self, document: Document) -> str:
        """Of a department or of a project."""
        return sentence(say(f"kind.{document.kind}"), self.lang)

    def compared(self, claimed: str | None, computed: str | None) -> str:
        """Whether two figures agree; nothing where there are not two."""
        if claimed is None or computed is None:
            return ""
        return self.say("agrees" if equal(claimed, computed) else "differs")

    def numbered(self, at: int, title: str) -> str:
        """A heading with its number, counted from 0."""
        if self.lang == "en":
            return f"{at + 1}. {title}"
        return f"{NUMERALS[at] if at < 10 else at + 1}、{title}"


def equal(claimed: str, computed: str) -> bool:
    """Whether two figures, or two grades, are one."""
    try:
        return Decimal(claimed) == Decimal(computed)
    except InvalidOperation:
        return claimed == computed


def recheck(subjects: Sequence[Subject], lang: Lang) -> list[Block]:
    """The report, block by block."""
    return list(_Report(subjects, Speaker(lang)).blocks())


@final
class _Report:
    def __init__(self, subjects: Sequence[Subject], speaker: Speaker) -> None:
        self.subjects = subjects
        self.speaker = speaker
        self.say = speaker.say
        self.section = -1

    def blocks(self) -> Iterator[Block]:
        yield Heading(self.say("heading"), 1)
        yield from self.about()
        yield self.heading(self.say("summary"))
        yield from self.summary()
        for subject in self.subjects:
            for at, (document, assessment) in enumerate(subject.forms):
                yield self.heading(f"{document.name} · {self.speaker.kind(document)}")
                yield from self.form(subject, at, document, assessment)
            if subject.report is not None:
                yield self.heading(f"{subject.report[0].unit} · {self.say('between')}")
                yield from self.remarks(subject, subject.report[1], None)
        yield self.heading(self.say("annex"))
        yield from self.annex()

    def heading(self, title: str) -> Heading:
        self.section += 1
        return Heading(self.speaker.numbered(self.section, title), 2)

    # Summary

    def about(self) -> Iterator[Block]:
        """By which rulesets, and by which engine."""
        seen = set()
        for each in self.subjects:
            if each.ruleset.id not in seen:
                seen.add(each.ruleset.id)
                ruleset = each.ruleset
                facts = {"id": ruleset.id, "version": ruleset.version, "title": ruleset.title, "reason": each.reason}
                yield Paragraph(self.say("ruleset", **facts), faint=True)
        engine = next((assessment.engine for each in self.subjects for _, assessment in each.forms), None)
        if engine is not None:
            yield Paragraph(self.say("engine", version=engine.version), faint=True)

    def summary(self) -> Iterator[Block]:
        head = ["form", "claimed-total", "computed-total", "claimed-grade", "computed-grade", *COUNTED]
        rows = []
        for each in self.subjects:
            for document, assessment in each.forms:
                total, grade = assessment.total, assessment.grade
                figures = (total.claimed, total.computed, grade.claimed, grade.computed)
                rows.append((document.name, *(figure or NONE for figure in figures), *counts(assessment)))
            if each.report is not None:
                rows.append((self.say("between"), "", "", "", "", *counts(each.report[1])))
        kept = [at for at in range(len(head)) if at < 5 or any(row[at] != "0" for row in rows)]
        table = tuple(tuple(row[at] for at in kept) for row in rows)
        kinds: tuple[Kind, ...] = ("", *FIGURE * (len(kept) - 1))
        yield Table(tuple(self.say(head[at]) for at in kept), table, kinds)
        yield from self.totals()

    def totals(self) -> Iterator[Block]:
        """Claimed against computed, where there are forms to compare; not so many that nothing can be seen."""
        forms = [each for subject in self.subjects for each in subject.forms]
        if 1 < len(forms) <= 30:
            totals = [assessment.total for _, assessment in forms]
            series = (
                (self.say("claimed"), tuple(_value(each.claimed) for each in totals)),
                (self.say("computed"), tuple(_value(each.computed) for each in totals)),
            )
            yield Bars(self.say("totals"), tuple(document.name for document, _ in forms), series)

    # A form

    def form(self, subject: Subject, at: int, document: Document, assessment: Assessment) -> Iterator[Block]:
        say = self.say
        facts = [document.unit, say("year", year=document.year)]
        facts += [f"{say('file')} {document.file}"] if document.file else []
        yield Paragraph(" · ".join(facts), faint=True)
        figures = []
        rate = assessment.derivations.get(RATE)
        if rate is not None:
            claimed = document.funds.total.claimed_rate
            figures.append((say("rate"), claimed or NONE, rate.result, self.speaker.compared(claimed, rate.result)))
        for key, figure in (("total", assessment.total), ("grade", assessment.grade)):
            same = self.speaker.compared(figure.claimed, figure.computed)
            figures.append((say(key), figure.claimed or NONE, figure.computed or say("open"), same))
        yield Table((say("figure"), say("claimed"), say("computed"), ""), tuple(figures), ("short", "figure", "figure"))
        yield from self.standing(subject, assessment)
        yield Heading(say("scores"), 3)
        yield self.scores(document, assessment)
        yield from self.dimensions(assessment)
        yield from self.remarks(subject, assessment, at)

    def standing(self, subject: Subject, assessment: Assessment) -> Iterator[Block]:
        """Where the totals stand among the grades."""
        total, grade = assessment.total, assessment.grade
        found = (("claimed", total.claimed, grade.claimed), ("computed", total.computed, grade.computed))
        marks = tuple(
            (self.say(key), value, where or "")
            for key, written, where in found
            if (value := _value(written)) is not None
        )
        ladder = bands(subject.ruleset)
        if marks and ladder:
            yield Ladder(self.say("standing"), ladder, marks)

    def scores(self, document: Document, assessment: Assessment) -> Table:
        """Every score: target and actual, points, claimed and computed."""
        head = ("dimension", "indicator", "target", "actual", "points", "claimed", "computed", "compared")
        rows = [
            (
                each.dimension or "",
                each.name,
                *target(document, each),
                each.points or NONE,
                each.claimed or NONE,
                each.computed or NONE,
                self.say(each.status)
                if each.status != "computed"
                else self.speaker.compared(each.claimed, each.computed),
            )
            for each in assessment.scores
        ]
        kinds: tuple[Kind, ...] = ("short", "", "", "", "figure", "figure", "figure", "short")
        return Table(tuple(map(self.say, head)), tuple(rows), kinds)

    def dimensions(self, assessment: Assessment) -> Iterator[Block]:
        """Points, claimed and computed score of each dimension, where every row of it has them."""
        groups: dict[str, list[ScoreLine]] = {}
        for each in assessment.scores:
            groups.setdefault(each.dimension or each.name, []).append(each)
        if 1 < len(groups) <= 12:
            series = tuple(
                (self.say(key), tuple(_sum([getattr(each, key) for each in lines]) for lines in groups.values()))
                for key in ("points", "claimed", "computed")
            )
            yield Bars(self.say("by-dimension"), tuple(groups), series)

    # Remarks

    def remarks(self, subject: Subject, assessment: Assessment | DossierAssessment, at: int | None) -> Iterator[Block]:
        """What must be supplied, what is wrong, what a person must say, what was confirmed."""
        say = self.say
        sections = [(name, found) for name, found in self.speaker.sorted(assessment) if found]
        for name, found in sections:
            yield Heading(say("counted", name=name, count=len(found)), 3)
            rows = tuple(
                (str(number), self.speaker.told(each), subject.stands(each, at), self.speaker.clause(each))
                for number, each in enumerate(found, 1)
            )
            yield Table(("", say("what"), say("place"), say("clause")), rows, ("short", "", "code", "faint"))
        if not sections:
            yield Paragraph(say("nothing"))

    # Annex

    def annex(self) -> Iterator[Block]:
        """Why each figure is what it is: a formula once, and below it what was put in for each thing it was used on."""
        say = self.say
        head = (say("element"), say("values"), say("result"))
        for subject in self.subjects:
            for document, assessment in subject.forms:
                yield Heading(document.name, 3)
                groups: dict[tuple[str, str, str], list[tuple[str, Derivation]]] = {}
                for owner, part, each in derivations(assessment):
                    groups.setdefault((part, each.formula, self.speaker.clause(each)), []).append((owner, each))
                for (part, formula, clause), found in groups.items():
                    yield Paragraph(say("derived", part=part, formula=formula))
                    if clause:
                        yield Paragraph(say("clause-of", clause=clause), faint=True)
                    rows = tuple((owner or part, each.values, result(each)) for owner, each in found)
                    yield Table(head, rows, ("", "", "figure"))
                names = assessment.document, assessment.ruleset
                yield Paragraph(say("sha256", document=names[0].sha256, ruleset=names[1].sha256), faint=True)


COUNTED: Final = ("requirements-short", "severity-error", "severity-warning", "severity-note", "judgements-short")


def counts(assessment: Assessment | DossierAssessment) -> tuple[str, ...]:
    """How many requirements, findings by severity, and judgements."""
    found = Counter(each.severity for each in assessment.findings)
    numbers = [len(assessment.requirements), *(found[each] for each in SEVERITIES[:3]), len(assessment.judgements)]
    return tuple(map(str, numbers))


def derivations(assessment: Assessment) -> Iterator[tuple[str, str, Derivation]]:
    """Every figure that rests on others: whose it is (nobody's, for a figure of the form), its name, why it is so."""
    names = {each.id: each.name for each in assessment.scores}
    for key, each in assessment.derivations.items():
        owner, _, part = key.rpartition("#")
        if each.inputs:
            yield names.get(owner, owner), part, each


def result(derivation: Derivation) -> str:
    """The result, with what it was before rounding where that was more."""
    before = derivation.before_rounding
    return derivation.result if before in (None, derivation.result) else f"{before} → {derivation.result}"


def target(document: Document, score: ScoreLine) -> tuple[str, str]:
    """Target and actual of an indicator; the amounts where the execution of the budget is scored."""
    head, _, at = score.id.rpartition("/")
    if head == "/indicators":
        indicator = document.indicators[int(at)]
        return indicator.adjusted_target or indicator.target or NONE, indicator.actual or NONE
    total = document.funds.total
    if not score.at.startswith("/funds/total") or total.annual_budget is None or total.executed is None:
        return "", ""
    unit = document.currency_unit
    return f"{text(total.annual_budget)}{unit}", f"{text(total.executed)}{unit}"


def _value(written: str | None) -> Fraction | None:
    return parse(written) if written else None


def _sum(written: Sequence[str | None]) -> Fraction | None:
    values = [_value(each) for each in written]
    known = [each for each in values if each is not None]
    return sum(known[1:], known[0]) if known and len(known) == len(values) else None
