"""`zhunsheng import`: forms of Word, Excel, PDF and text to documents, one file each."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import typer

from zhunsheng.cli.options import Language, LayoutsFolder
from zhunsheng.problem.show import Lang

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.exchange.forms.importing import Importer, Outcome, Result

SHOWN = 8
"""Files from which on a bar shows how far it has come."""


def import_(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="自评表文件，或装着它们的文件夹 · forms, or folders of them")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="写入这个文件夹；省略则只看不写 · folder to write to"),
    ] = None,
    partial: Annotated[  # noqa: FBT002  a switch
        bool, typer.Option("--partial", help="有没读懂的格子也写入 · write although some cells were not understood")
    ] = False,
    layouts: LayoutsFolder = None,
    year: Annotated[
        int | None, typer.Option("--year", min=1990, max=2100, metavar="YEAR", help="年度，以此为准 · the year")
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", metavar="NAME", help="地区，省、市、县依次写全，以此为准 · the region")
    ] = None,
    kind: Annotated[
        Literal["department", "project"] | None,
        typer.Option("--kind", metavar="department|project", help="文件类型，以此为准 · the kind"),
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="NAME", help="单位名称，以此为准 · the name of the unit")
    ] = None,
    format: Annotated[  # noqa: A002  the word users know
        Literal["yaml", "json"], typer.Option("--format", metavar="yaml|json", help="写成哪种文件 · format to write")
    ] = "yaml",
    summary: Annotated[
        Path | None, typer.Option("--summary", metavar="FILE.xlsx", help="另写一个汇总表 · also a summary workbook")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果输出为 JSON · the result as JSON")] = False,  # noqa: FBT002  a switch
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的文件 · replace files that are there")] = False,  # noqa: FBT002  a switch
    lang: Language = "zh",
) -> int:
    """导入自评表：Word、Excel、PDF 读成自评文件 · forms of Word, Excel and PDF to documents"""
    from zhunsheng.cli.refusal import REFUSED, report
    from zhunsheng.exchange.forms.importing import Importer, form_files, plain
    from zhunsheng.exchange.forms.layout import load_layouts
    from zhunsheng.exchange.forms.recognise import Overrides
    from zhunsheng.exchange.forms.summary import write_summary

    files, problems = form_files(paths)
    overrides = Overrides(year, region, kind, unit)
    importer = Importer(output, load_layouts(layouts), overrides, written=format, partial=partial, force=force)
    results = all_of(importer, files, lang)
    if summary is not None:
        _not_an_input(summary, files)
        write_summary(results, summary, lang)
    if as_json:
        text = json.dumps(plain(results, lang), ensure_ascii=False, indent=2)
        sys.stdout.write(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") + "\n")  # names of files
    elif results:
        table(results, lang, written=output is not None)
    unread = [problem for each in results for problem in each.unread]
    report([*problems, *unread, *(note for each in results for note in each.told)], lang, below=bool(results))
    if problems or _stopped(results, partial=partial):
        return REFUSED
    return int(bool(unread))


def all_of(importer: "Importer", files: "Sequence[Path]", lang: Lang) -> "list[Result]":
    """Each file's result; a bar on stderr where there are many and somebody watches."""
    if len(files) < SHOWN or not sys.stderr.isatty():
        return [importer.file(each) for each in files]
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return [importer.file(each) for each in track(files, _said("progress", lang), console=console, transient=True)]


def table(results: "Sequence[Result]", lang: Lang, *, written: bool) -> None:
    """A line for each form, and what it comes to."""
    from zhunsheng.cli.layout import GAP, Column, fold, left, right, row_lines, widths
    from zhunsheng.cli.page import FAINT, HEAD, Page
    from zhunsheng.exchange.forms.summary import counts

    page = Page(lang)
    names = ("file", "form", "layout", "indicators", "unread", "written")
    often = Counter(each.path.name for each in results)
    rows = [row for each in results for row in _rows(each, alone=often[each.path.name] == 1)]
    figures = ("indicators", "unread")
    columns = [Column(_said(each, lang), 0 if each in figures else 10, each in figures) for each in names]
    wide = widths(columns, rows, page.width)
    gap = " " * GAP
    if wide is None:
        for row in rows:
            page.paragraph(row[0], indent=0, ink=HEAD)
            said = zip((each.head for each in columns[1:]), row[1:], strict=True)
            page.items([f"{head} {cell}" for head, cell in said if cell], indent=2)
    else:
        heads = [right(c.head, w) if c.figures else left(c.head, w) for c, w in zip(columns, wide, strict=True)]
        page.line((gap.join(heads).rstrip(), FAINT))
        for row in rows:
            for line in row_lines(columns, [fold(cell, w) for cell, w in zip(row, wide, strict=True)], wide):
                page.line(gap.join(line).rstrip())
    page.line()
    page.line((_said("sum", lang, **counts(results)), HEAD))
    if not written:
        page.line((_said("nothing-written", lang), FAINT))


def _said(key: str, lang: Lang, **values: int) -> str:
    from zhunsheng.problem import say
    from zhunsheng.problem.show import sentence

    return sentence(say(f"import.{key}", **values), lang)


def _rows(result: "Result", *, alone: bool) -> "Iterable[list[str]]":
    """A line for each form; where several folders have a file of one name, the folder is told too."""
    name = result.path.name if alone else f"{result.path.parent.name}/{result.path.name}"
    if not result.forms:
        yield [name, "—", "—", "", str(len(result.problems)), "—"]
    for form in result.forms:
        yield [name, form.title, form.layout, str(form.indicators), str(len(form.unread)), _file(form)]
        name = ""


def _file(form: "Outcome") -> str:
    return form.file.name if form.file is not None else "—"


def _stopped(results: "Iterable[Result]", *, partial: bool) -> bool:
    """Whether anything could not be imported."""
    return any(
        each.problems or any(form.unread and (not partial or form.unit is None) for form in each.forms)
        for each in results
    )


def _not_an_input(summary: Path, files: "Iterable[Path]") -> None:
    from zhunsheng.problem import Place, Problem, Refused, say

    if summary.exists() and any(each.exists() and summary.samefile(each) for each in files):
        raise Refused([Problem(Place(summary.as_posix()), "output-is-input", say("output-is-input.expected"))])
