"""`zhunsheng report`: forms, self-evaluation reports, re-check reports, and filed forms with comments, to print or to send."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from zhunsheng.cli.options import Language, Paths, RulesetName
from zhunsheng.problem.show import Lang

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.cli.filing import Judged
    from zhunsheng.exchange.opening import Filed
    from zhunsheng.exchange.report.subject import Subject
    from zhunsheng.exchange.report.write import To
    from zhunsheng.problem import Problem

    Content = tuple[bytes | None, list[Problem]]

CALL = "zhunsheng report"
Scores = Literal["computed", "claimed", "both"]
What = Literal["recheck", "form", "report", "annotated"]
MANY = 20
"""Files from which on a terminal shows how far it is."""


def report(
    paths: Paths,
    ruleset: RulesetName = None,
    what: Annotated[
        What,
        typer.Option(
            "--what",
            metavar="recheck|form|report|annotated",
            help="复核报告、自评表、自评报告，或在原表上加批注 · re-check, form, self-evaluation report, comments in the filed form",
        ),
    ] = "recheck",
    to: Annotated[
        Literal["docx", "xlsx", "html", "md", "pdf"] | None,
        typer.Option(
            "--to",
            metavar="docx|xlsx|html|md|pdf",
            help="格式；省略时看文件名，再省略为 md · by the file's name if absent",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="写入文件 · write to a file")
    ] = None,
    scores: Annotated[
        Scores,
        typer.Option(
            "--scores",
            metavar="computed|claimed|both",
            help="自评表上的得分：核算、自评，或两列 · scores on the form",
        ),
    ] = "computed",
    lang: Language = "zh",
) -> int:
    """写出复核报告、自评表或自评报告 · write re-check reports, forms and self-evaluation reports"""
    from zhunsheng.cli.filing import refuse_input
    from zhunsheng.cli.refusal import REFUSED
    from zhunsheng.cli.refusal import report as tell
    from zhunsheng.exchange.describe.write import write_file

    if output is not None:
        refuse_input(output, [*paths, *([Path(ruleset)] if ruleset else [])])
    if what == "annotated":
        content, problems = _annotated(paths, ruleset, output, lang)
    elif what == "recheck":
        content, problems = _recheck(paths, ruleset, _form(to, output), lang)
    else:
        content, problems = _forms(paths, ruleset, _form(to, output), scores, lang, with_text=what == "report")
    if content is not None and output is not None:
        write_file(output, content)
    elif content is not None:
        sys.stdout.write(content.decode())
    if problems:
        tell(problems, lang)
        return REFUSED
    return 0


def _form(to: "To | None", output: Path | None) -> "To":
    from zhunsheng.exchange.report.write import form_of

    return form_of(to, output)


def _recheck(paths: list[Path], ruleset: str | None, to: "To", lang: Lang) -> "Content":
    from zhunsheng.exchange.report.recheck import recheck
    from zhunsheng.exchange.report.write import written

    subjects, problems = _subjects(paths, ruleset, lang)
    if not subjects:
        return None, problems
    if to == "xlsx":
        from zhunsheng.exchange.report.recheck_book import recheck_book

        return recheck_book(subjects, lang), problems
    return written(recheck(subjects, lang), to, (), lang), problems


def _forms(
    paths: list[Path], ruleset: str | None, to: "To", scores: Scores, lang: Lang, *, with_text: bool
) -> "Content":
    """The official forms; with the self-evaluation report that they belong to."""
    from zhunsheng.exchange.files import filed
    from zhunsheng.exchange.report.write import as_filed, reports, scored, sheets, written

    if scores == "claimed":
        found, problems = filed(paths)
        made = [as_filed(each.content) for each in _watched(found, lang)]
    else:
        subjects, problems = _subjects(paths, ruleset, lang)
        made = [scored(each, beside=scores == "both") for each in subjects]
    if not made:
        return None, problems
    blocks, names = reports(made) if with_text else sheets(made)
    return written(blocks, to, names), problems


def _annotated(paths: list[Path], ruleset: str | None, output: Path | None, lang: Lang) -> "Content":
    """The one file that was filed, with comments; it stays what it was, so the name it is written to says the same."""
    from zhunsheng.exchange.report.annotate import annotated
    from zhunsheng.problem import Place, Problem, Refused, say

    if len(paths) != 1 or paths[0].is_dir():
        raise Refused([Problem(Place(CALL), "wrong-call", say("wrong-call.one-file"), " ".join(map(str, paths)))])
    if output is None:
        raise Refused([Problem(Place(CALL), "output-needed", say("output-needed.expected"), "annotated")])
    if output.suffix.lower() != paths[0].suffix.lower():
        expected = say("unknown-format.expected", suffixes=paths[0].suffix)
        raise Refused([Problem(Place(output.as_posix()), "unknown-format", expected, output.suffix)])
    subjects, problems = _subjects(paths, ruleset, lang)
    return (annotated(paths[0], subjects, lang) if subjects else None), problems


def _subjects(paths: list[Path], ruleset: str | None, lang: Lang) -> "tuple[list[Subject], list[Problem]]":
    from zhunsheng.cli.filing import judged

    results, problems = judged(paths, ruleset, lambda found: _watched(found, lang))
    return [_subject(each) for each in results], problems


def _subject(each: "Judged") -> "Subject":
    from zhunsheng.cli.filing import spot
    from zhunsheng.document import Dossier
    from zhunsheng.exchange.report.subject import Subject

    content, where = each.where.filed.content, each.where
    whole = (content, each.dossier) if isinstance(content, Dossier) and each.dossier is not None else None
    return Subject(
        each.forms,
        each.choice.ruleset,
        each.choice.reason,
        lambda pointer, at: spot(where.place(pointer, at)),
        whole,
    )


def _watched(found: "list[Filed]", lang: Lang) -> "Iterable[Filed]":
    """The files one by one; on a terminal, how far it is where there are many."""
    if len(found) < MANY or not sys.stderr.isatty():
        return found
    from rich.console import Console
    from rich.progress import track

    from zhunsheng.problem import say
    from zhunsheng.problem.show import sentence

    told = sentence(say("report.progress"), lang)
    return track(found, told, console=Console(stderr=True), transient=True)
