"""The table of a form: each indicator's target and actual, points, claimed and computed score, and how these compare."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, final

from zhunsheng.cli.layout import GAP, Column, at_point, fold, left, right, row_lines, widths
from zhunsheng.cli.page import BAD, FAINT, GOOD, HEAD, PERSON
from zhunsheng.measure import read_target
from zhunsheng.measure.cell import column_comparator

if TYPE_CHECKING:
    from zhunsheng.cli.page import Page
    from zhunsheng.document import Document, Indicator
    from zhunsheng.evaluation import Assessment
    from zhunsheng.evaluation.assessment import ScoreLine

MARKS: Final = {"same": ("✓", GOOD), "differs": ("≠", BAD), "none": ("", "")}
_IN: Final = "  "


def same(claimed: str | None, computed: str | None) -> str:
    """Whether two figures are one: `same`, `differs`, or `none` where there are not two."""
    if claimed is None or computed is None:
        return "none"
    try:
        equal = Decimal(claimed) == Decimal(computed)
    except InvalidOperation:
        equal = claimed == computed
    return "same" if equal else "differs"


def _target(indicator: Indicator) -> str:
    """The target, with the comparator and unit that stand in columns of their own."""
    if not indicator.target:
        return "—"
    sign = indicator.comparator if column_comparator(indicator.comparator or "") not in (None, "unread") else ""
    unit = indicator.unit if indicator.unit and read_target(indicator.target).kind.name == "NUMBER" else ""
    return f"{sign}{indicator.target}{unit}"


@final
class Rows:
    """The indicators, in columns where the page is wide enough, else one under another."""

    def __init__(self, page: Page, document: Document, assessment: Assessment) -> None:
        self.page = page
        self.document = document
        self.assessment = assessment
        self.lines: list[tuple[str, list[str], str]] = []
        """Dimension, cells, and how claimed and computed compare."""
        for score in assessment.scores:
            self.add(score)
        total = assessment.total
        label = page.say("sum")
        self.lines.append(
            ("", [label, "", "", "", total.claimed or "—", total.computed or "—"], same(total.claimed, total.computed))
        )
        for at in (3, 4, 5):
            for (_, row, _), figure in zip(self.lines, at_point([row[at] for _, row, _ in self.lines]), strict=True):
                row[at] = figure

    def add(self, score: ScoreLine) -> None:
        """A row for a score."""
        indicator = self.indicator(score)
        target, actual = (_target(indicator), indicator.actual or "—") if indicator else self.funds(score)
        mark = "person" if score.status == "undecided" else same(score.claimed, score.computed)
        figures = [score.points or "—", score.claimed or "—", score.computed or "—"]
        self.lines.append((score.dimension or "", [score.name, target, actual, *figures], mark))

    def indicator(self, score: ScoreLine) -> Indicator | None:
        """The row of the form that a score is for."""
        head, _, at = score.id.rpartition("/")
        return self.document.indicators[int(at)] if head == "/indicators" else None

    def funds(self, score: ScoreLine) -> tuple[str, str]:
        """The amounts that stand for target and actual where the execution of the budget is scored."""
        total = self.document.funds.total
        if not score.at.startswith("/funds/total") or total.annual_budget is None or total.executed is None:
            return "", ""
        unit = self.document.currency_unit
        return f"{total.annual_budget:f}{unit}", f"{total.executed:f}{unit}"

    def show(self) -> None:
        """In columns, or one under another."""
        say = self.page.say
        columns = [
            Column(say("indicator"), 22),
            Column(say("target"), 12),
            Column(say("actual"), 12),
            Column(say("points"), figures=True),
            Column(say("self"), figures=True),
            Column(say("engine"), figures=True),
            Column(""),
        ]
        rows = [[_IN * bool(dimension) + row[0], *row[1:], self.mark(mark)[0]] for dimension, row, mark in self.lines]
        wide = widths(columns, rows, self.page.width - 2)
        if wide is None:
            self.stacked()
            return
        gap = " " * GAP
        heads = [right(c.head, w) if c.figures else left(c.head, w) for c, w in zip(columns, wide, strict=True)]
        self.page.line("  ", (gap.join(heads).rstrip(), FAINT))
        before = ""
        for dimension, row, mark in self.lines:
            if dimension and dimension != before:
                self.page.line("  ", (dimension, HEAD))
            before = dimension
            sign, ink = self.mark(mark)
            indent = _IN * bool(dimension)
            names = [indent + each for each in fold(row[0], wide[0] - len(indent))]
            texts = [fold(cell, width) for cell, width in zip(row[1:3], wide[1:3], strict=True)]
            folded = [names, *texts, *([cell] for cell in row[3:]), [sign]]
            for line in row_lines(columns, folded, wide):
                self.page.line("  ", gap.join(line[:5]), gap, (line[5], ink), gap, (line[6].rstrip(), ink))

    def stacked(self) -> None:
        """For a narrow page: each indicator as a few short lines, no figure cut."""
        say, before = self.page.say, ""
        for dimension, row, mark in self.lines:
            if dimension and dimension != before:
                self.page.line("  ", (dimension, HEAD))
            before = dimension
            name, target, actual, points, claimed, computed = (each.strip() for each in row)
            self.page.paragraph(name, indent=4 if dimension else 2)
            notes = [(say("target"), target), (say("actual"), actual), (say("points"), points)]
            self.page.items([f"{label} {text}" for label, text in notes if text], indent=6, ink=FAINT)
            sign, ink = self.mark(mark)
            self.page.line(" " * 6, f"{say('self')} {claimed}  {say('engine')} {computed}  ", (sign, ink))

    def mark(self, mark: str) -> tuple[str, str]:
        """The sign at the end of a row, and its style."""
        return (self.page.say("person"), PERSON) if mark == "person" else MARKS[mark]
