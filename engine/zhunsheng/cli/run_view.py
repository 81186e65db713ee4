"""A run over a population on a page for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhunsheng.cli.layout import left, right
from zhunsheng.cli.page import BAD, DOUBT, FAINT, GOOD, HEAD
from zhunsheng.exchange.bulk.rulesets import named_ruleset
from zhunsheng.exchange.bulk.summary import heading, reason, rows, top_rules
from zhunsheng.exchange.bulk.work import mark
from zhunsheng.exchange.choose import named
from zhunsheng.population.dossiers import DOSSIERS
from zhunsheng.population.judge import FIGURES
from zhunsheng.population.layout import FILES
from zhunsheng.problem import say
from zhunsheng.problem.show import cells, sentence
from zhunsheng.ruleset.vocabulary import INDICATOR

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from zhunsheng.cli.page import Page
    from zhunsheng.exchange.bulk.inputs import Input
    from zhunsheng.exchange.bulk.run import Run
    from zhunsheng.exchange.bulk.tally import Tally

MOST: Final = 30
TOP: Final = 10
_ALONE: Final = {FIGURES: "alone-figures", DOSSIERS: "alone-dossiers"}
BY: Final = ("region", "kind", "year", "grade")


def _said(page: Page, key: str, **values: object) -> str:
    return sentence(say(f"run.{key}", **values), page.lang)


def resumed(page: Page, run: Run) -> None:
    """That it goes on with what was begun."""
    if run.resumed and run.left:
        page.line((_said(page, "resumed", done=len(run.before), left=len(run.left)), FAINT))
    elif run.resumed:
        page.line((_said(page, "already"), FAINT))


def left_out(page: Page, found: Input) -> None:
    """What of the folders is not read, and that tables have no indicators."""
    names = found.left_out
    if names:
        shown = "、".join(names[:TOP]) + ("……" if len(names) > TOP else "")
        page.paragraph(_said(page, "left-out", count=len(names), names=shown), indent=0, ink=DOUBT)
    if found.tables and INDICATOR not in found.tables:
        page.paragraph(_said(page, "no-indicators", name=FILES[INDICATOR]), indent=0, ink=DOUBT)


def left_over(page: Page, run: Run) -> None:
    """That it was stopped, and how it goes on."""
    done = sum(mark(run.output, each.number).exists() for each in run.input.batches)
    page.line((_said(page, "stopped", done=done, left=len(run.input.batches) - done), DOUBT))


def outside(page: Page, run: Run, tally: Tally) -> None:
    """That the ruleset that was asked for was not in force in some years, as `evaluate` says of one document."""
    if run.ruleset is None:
        return
    ruleset = named_ruleset(run.ruleset)
    for (year,), count in sorted(tally.grouped("year").items()):
        reason_ = named(ruleset, year).reason
        if reason_.key == "ruleset-named-outside":
            said = _said(page, "outside", count=count.documents, reason=reason_)
            page.paragraph(said, indent=0, ink=DOUBT)


def show(page: Page, tally: Tally, output: Path) -> None:
    """What it came to."""
    counts = {"documents": tally.documents, "judged": tally.judged, "rejected": tally.rejected}
    page.line((_said(page, "sum", **counts), HEAD))
    _alone(page, tally)
    if tally.reasons:
        page.line()
        page.line((_said(page, "reasons"), HEAD))
        reasons = sorted(tally.reasons.items())
        _columns(page, [(reason(code, page.lang), code, str(count)) for code, count in reasons], BAD)
    if tally.cells:
        page.line()
        page.line((_said(page, "summary"), HEAD))
        _summary(page, tally)
    if tally.rules:
        page.line()
        page.line((_said(page, "top-rules"), HEAD))
        most = top_rules(tally)[:TOP]
        _columns(page, [(heading(head, page.lang), rule, str(count)) for head, rule, count in most])
    page.line()
    beside = _said(page, "and-rejects") if tally.rejected else ""
    page.paragraph(_said(page, "written", output=output.as_posix(), rejects=beside), indent=0, ink=FAINT)


def _alone(page: Page, tally: Tally) -> None:
    """Which went one by one, and why."""
    if not tally.alone:
        if tally.judged:
            page.line((_said(page, "columns"), GOOD))
        return
    page.line((_said(page, "alone", count=tally.alone.total()), DOUBT))
    for (ruleset, why), count in sorted(tally.alone.items()):
        key = _ALONE.get(why, "alone-ruleset")
        page.paragraph(_said(page, key, ruleset=ruleset, count=count, name=why))


def _summary(page: Page, tally: Tally) -> None:
    found = rows(tally, page.lang, BY)
    table = [(*each.cells, str(each.documents), each.mean or "—", str(each.required)) for each in found[:MOST]]
    heads = tuple(_said(page, each) for each in (*BY, "documents", "mean", "required"))
    _columns(page, [heads, *table], figures=3)
    if len(found) > MOST:
        page.line("  ", (_said(page, "more", count=len(found) - MOST), FAINT))


def _columns(page: Page, lines: Sequence[tuple[str, ...]], ink: str = "", figures: int = 1) -> None:
    """Lines in columns, the last of them figures."""
    wide = [max(cells(line[at]) for line in lines) for at in range(len(lines[0]))]
    names = len(wide) - figures
    for line in lines:
        parts = [(left if at < names else right)(text, wide[at]) for at, text in enumerate(line)]
        page.line("  ", ("  ".join(parts).rstrip(), ink))
