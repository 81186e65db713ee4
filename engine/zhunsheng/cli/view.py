"""An evaluation as a bureau's officer reads it: figures first, then the rows, what is missing, what is wrong."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, final

from zhunsheng.cli.filing import spot
from zhunsheng.cli.page import BAD, DOUBT, FAINT, GOOD, HEAD, NOTE, PERSON
from zhunsheng.cli.rows import MARKS, Rows, same
from zhunsheng.measure import read_rate
from zhunsheng.number import parse
from zhunsheng.problem import say
from zhunsheng.problem.show import cells, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.cli.filing import Judged
    from zhunsheng.cli.page import Page
    from zhunsheng.document import Document
    from zhunsheng.evaluation import Assessment, DossierAssessment, Remark

RATE: Final = "执行率"
"""The quantity that every policy has, by the field's own name for it."""
INKS: Final = {"error": BAD, "warning": DOUBT, "note": NOTE, None: ""}
ROOMY: Final = 60
"""Cells from which on notes stand under the sentence they belong to, not under its label."""


@final
class View:
    """One file's evaluation on a page."""

    def __init__(self, page: Page, judged: Judged) -> None:
        self.page = page
        self.judged = judged

    def show(self) -> None:
        """All of it: form by form, then what holds between them."""
        for at, (document, assessment) in enumerate(self.judged.forms):
            self.form(at, document, assessment)
        if self.judged.dossier is not None:
            self.dossier(self.judged.dossier)

    def form(self, at: int, document: Document, assessment: Assessment) -> None:
        """One form."""
        page = self.page
        file = self.judged.where.files[at][0].file
        kind = sentence(say(f"kind.{document.kind}"), page.lang)
        project = f" · {document.project}" if document.project else ""
        self.heading(f"{document.unit}{project} · {kind} · {page.say('year', year=document.year)}", file)
        self.figures(document, assessment)
        page.line()
        Rows(page, document, assessment).show()
        self.remarks(assessment, at)

    def dossier(self, assessment: DossierAssessment) -> None:
        """What was checked between the forms, and between them and the report's text."""
        name = assessment.dossier
        year = self.page.say("year", year=name.year)
        self.heading(f"{name.unit} · {self.page.say('kind-dossier')} · {year}", self.judged.where.filed.source.file)
        self.remarks(assessment, None)

    def heading(self, title: str, file: str) -> None:
        """Whose form this is, by which ruleset it is judged and why, and where it lies."""
        page, (ruleset, reason) = self.page, self.judged.choice
        page.rule()
        page.paragraph(title, indent=0, ink=HEAD)
        page.paragraph(page.say("ruleset", id=ruleset.id, version=ruleset.version, reason=reason), indent=0, ink=FAINT)
        page.paragraph(page.say("file", name=file), indent=0, ink=FAINT)

    # Figures

    def figures(self, document: Document, assessment: Assessment) -> None:
        """Rate, total and grade, computed against claimed."""
        page, found = self.page, list(_figures(document, assessment))
        texts = []
        for key, computed, claimed, mark in found:
            beside = page.say("claimed", claimed=claimed) if claimed else page.say("unclaimed")
            texts.append((page.say(key), computed or page.say("open"), beside, MARKS[mark]))
        total = sum(cells("".join(each[:3])) + 2 + cells(each[3][0]) for each in texts) + 4 * (len(texts) - 1)
        page.line()
        spans: list[str | tuple[str, str]] = ["  "]
        for at, (label, computed, beside, (sign, ink)) in enumerate(texts):
            spans += [f"{label} ", (computed, HEAD), beside, " ", (sign, ink)]
            if at < len(texts) - 1 and total + 2 <= page.width:
                spans.append("    ")
            else:
                page.line(*spans)
                spans = ["  "]

        others = [f"{name} {value}" for name, value in _others(assessment)]
        if others:
            page.paragraph("  ".join(others), tag=page.say("others"), style=FAINT)

    # Remarks

    def remarks(self, assessment: Assessment | DossierAssessment, at: int | None) -> None:
        """What must be supplied, what is wrong, what only a person can say, and what was confirmed."""
        page = self.page
        if assessment.requirements:
            self.section("requirements", len(assessment.requirements))
            for remark in assessment.requirements:
                self.remark(remark, remark.item or "", BAD, at)
        if assessment.findings:
            self.section("findings", len(assessment.findings))
            for remark in assessment.findings:
                self.remark(remark, page.say(f"severity-{remark.severity}"), INKS[remark.severity], at)
        if assessment.judgements:
            self.section("judgements", len(assessment.judgements))
            for remark in assessment.judgements:
                page.paragraph(self.message(remark), tag="·", style=PERSON, hang=2)
        if assessment.confirmations:
            self.section("confirmations", len(assessment.confirmations))
            for remark in assessment.confirmations:
                page.paragraph(self.message(remark), tag="✓", style=GOOD, hang=2)
        page.line()

    def section(self, key: str, count: int) -> None:
        """The heading of a section, with how much is in it."""
        self.page.line()
        self.page.line((self.page.say(key, count=count), HEAD))

    def remark(self, remark: Remark, tag: str, ink: str, at: int | None) -> None:
        """A sentence, and below it where that stands and on what it rests."""
        page = self.page
        page.paragraph(self.message(remark), tag=tag, style=ink)
        place = self.judged.where.place(remark.at, at)
        notes = [spot(place)]
        if remark.others:
            notes.append(page.say("others-alike", count=len(remark.others)))
        if remark.clause:
            notes.append(
                page.say("clause-unverified" if remark.status == "unverified" else "clause", clause=remark.clause)
            )
        notes.append(remark.rule)
        page.items(notes, indent=cells(tag) + 4 if page.width >= ROOMY else 4, ink=FAINT)

    def message(self, remark: Remark) -> str:
        """The sentence in the reader's language, with both figures where it does not name them."""
        message = remark.message if self.page.lang == "zh" else remark.message_en
        if (
            remark.claimed
            and remark.computed
            and not any(_named(each, message) for each in (remark.claimed, remark.computed))
        ):
            message += self.page.say("against", claimed=remark.claimed, computed=remark.computed)
        return message


def _figures(document: Document, assessment: Assessment) -> Iterator[tuple[str, str | None, str | None, str]]:
    """Rate, total and grade: label, computed, claimed, how they compare."""
    rate = assessment.quantities.get(RATE)
    if rate is not None:
        claimed = document.funds.total.claimed_rate
        value = read_rate(claimed).value if claimed else None
        mark = "none" if value is None else "same" if value == parse(rate) else "differs"
        shown = assessment.derivations[RATE].result if RATE in assessment.derivations else rate
        yield "rate", shown, claimed, mark
    for key, figure in (("total", assessment.total), ("grade", assessment.grade)):
        yield key, figure.computed, figure.claimed, same(figure.claimed, figure.computed)


def _others(assessment: Assessment) -> Iterator[tuple[str, str]]:
    """Further quantities of the policy, but for its limits, which rest on nothing, and for truths."""
    for name, value in assessment.quantities.items():
        derivation = assessment.derivations.get(name)
        if name != RATE and value not in ("true", "false") and derivation is not None and derivation.inputs:
            yield name, derivation.result


def _named(figure: str, message: str) -> bool:
    """Whether a message has a figure already, perhaps as a percent."""
    value = parse(figure)
    forms = [figure]
    if value is not None:
        forms.append(f"{format((Decimal(figure) * 100).normalize(), 'f')}")
    return any(form in message for form in forms)
