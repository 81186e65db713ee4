"""`zhunsheng evaluate`: documents and dossiers judged, for people or as JSON."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, TextIO

import typer

from zhunsheng.cli.options import Format, Language, LayoutsFolder, Partial, Paths, RulesetName
from zhunsheng.problem.show import Lang

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.cli.filing import Judged


def evaluate(
    paths: Paths,
    ruleset: RulesetName = None,
    format: Format = "text",  # noqa: A002  the word users know
    lang: Language = "zh",
    strict: Annotated[  # noqa: FBT002  a switch
        bool, typer.Option("--strict", help="有问题或须补充事项时退出码为 1 · exit 1 on findings or open requirements")
    ] = False,
    layouts: LayoutsFolder = None,
    partial: Partial = False,  # noqa: FBT002  a switch
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="写入文件 · write to a file")] = None,
) -> int:
    """复核自评文件：核算、须补充事项、问题 · judge evaluation documents and dossiers"""
    from zhunsheng.cli.filing import judged, reading_forms, writing
    from zhunsheng.cli.refusal import REFUSED, report, stops

    results, problems = judged(paths, ruleset, forms=reading_forms(layouts, partial=partial))
    if results or format == "json":
        with (
            writing(output, [*paths, *([Path(ruleset)] if ruleset else [])])
            if output
            else nullcontext(sys.stdout) as file
        ):
            if format == "json":
                file.write(as_json(results))
            else:
                as_text(results, lang, file)
    report(problems, lang, below=bool(results))
    if stops(problems):
        return REFUSED
    unread = any(each.severity == "warning" for each in problems)
    return int(unread or (strict and any(_open(each) for each in results)))


def as_json(results: "Sequence[Judged]") -> str:
    """The answer as its schema has it: the same bytes each time."""
    from zhunsheng.evaluation import Answer, plain

    answer = Answer(
        assessments=tuple(assessment for each in results for _, assessment in each.forms),
        dossiers=tuple(each.dossier for each in results if each.dossier is not None),
    )
    return json.dumps(plain(answer), ensure_ascii=False, indent=2) + "\n"


def as_text(results: "Sequence[Judged]", lang: Lang, file: TextIO) -> None:
    """Every file on the page, and a line for each form at the end."""
    from zhunsheng.cli.page import Page
    from zhunsheng.cli.summary import summary
    from zhunsheng.cli.view import View

    page = Page(lang, file)
    for each in results:
        View(page, each).show()
    summary(page, results)


def _open(judged: "Judged") -> bool:
    """Whether anything is wrong or wanting; notes do not count."""
    return any(
        assessment.requirements or any(each.severity in ("error", "warning") for each in assessment.findings)
        for assessment in (*(assessment for _, assessment in judged.forms), judged.dossier)
        if assessment is not None
    )
