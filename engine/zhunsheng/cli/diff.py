"""`zhunsheng diff`: what differs in meaning between two rulesets, and what that does to an archive."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

import typer

from zhunsheng.cli.options import Language

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.population import Comparison, Migration
    from zhunsheng.problem import Problem

LINES = (".jsonl", ".ndjson")
TABLES = (".parquet", ".arrow")

DiffFormat = Literal["text", "json", "html"]


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="旧规则的标识或文件 · id or file of the old ruleset")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="新规则的标识或文件 · id or file of the new ruleset")],
    on: Annotated[
        list[Path] | None,
        typer.Option("--on", metavar="PATH", help="两个规则各评一遍的存档，可写几次 · an archive to judge by both"),
    ] = None,
    format: Annotated[  # noqa: A002  the word users know
        DiffFormat, typer.Option("--format", metavar="text|json|html", help="输出格式 · output format")
    ] = "text",
    lang: Language = "zh",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="写入文件 · write to a file")
    ] = None,
) -> int:
    """比较两个规则的含义，不同时退出码为 1 · what differs in meaning between two rulesets"""
    from zhunsheng.cli.filing import writing
    from zhunsheng.cli.refusal import REFUSED, report
    from zhunsheng.exchange import load_ruleset
    from zhunsheng.population import compare, contrasts

    comparison = compare(load_ruleset(old), load_ruleset(new))
    contrasted = contrasts(comparison.old, comparison.new) if comparison.elements else None
    migration, problems = _judged(comparison, on, (old, new), lang) if on else (None, [])
    with writing(output, on or []) if output else nullcontext(sys.stdout) as file:
        if format == "json":
            from zhunsheng.exchange.describe.differences import answer

            file.write(json.dumps(answer(comparison, migration, contrasted), ensure_ascii=False, indent=2) + "\n")
        elif format == "html":
            from zhunsheng.exchange.describe.diff_page import page

            file.write(page(comparison, migration, lang, contrasted))
        else:
            from zhunsheng.cli.diff_view import show
            from zhunsheng.cli.page import Page

            show(Page(lang, file), comparison, migration, contrasted)
    if problems:
        report(problems, lang, below=True)
    if problems or (migration is not None and migration.refused):
        return REFUSED
    return int(bool(comparison.differences))


def _judged(
    comparison: "Comparison", paths: "Sequence[Path]", names: tuple[str, str], lang: Language
) -> "tuple[Migration, list[Problem]]":
    """The archive under both rulesets: in columns where it is one of tables or of a document a line, else form by form."""
    if not any(each.suffix in LINES or _holds_tables(each) for each in paths):
        return _archive(comparison, paths, lang)
    import os

    from zhunsheng.cli.progress import Bar
    from zhunsheng.cli.run import BATCH, need_columns

    need_columns("zhunsheng diff")
    from zhunsheng.cli.page import Page
    from zhunsheng.cli.run_view import left_out
    from zhunsheng.exchange.bulk.effect import effect
    from zhunsheng.exchange.bulk.inputs import opened

    found = opened(paths, BATCH)
    left_out(Page(lang, sys.stderr), found)
    with Bar("diff.changes", found.documents, 0, lang) as bar:
        for read, last in effect(found, *names, comparison, os.cpu_count() or 1):
            bar.forward(read)
            migration = last
    return migration, []


def _holds_tables(path: Path) -> bool:
    """Whether a path is a table, or a folder with the table of documents."""
    return path.suffix in TABLES or any((path / f"documents{each}").is_file() for each in TABLES)


def _archive(comparison: "Comparison", paths: "Sequence[Path]", lang: Language) -> "tuple[Migration, list[Problem]]":
    """The archive under both rulesets, with progress on a terminal, and what was refused of it."""
    from zhunsheng.cli.filing import Where, placed
    from zhunsheng.exchange.files import filed
    from zhunsheng.population import migrate
    from zhunsheng.problem import say
    from zhunsheng.problem.show import sentence

    found, problems = filed(paths)
    shows = sys.stderr.isatty()

    def tell(done: int) -> None:
        if shows and (done % 20 == 0 or done == len(found)):
            ended = "\n" if done == len(found) else ""
            told = sentence(say("diff.progress", done=f"{done}/{len(found)}"), lang)
            sys.stderr.write(f"\r{told}{ended}")
            sys.stderr.flush()

    migration = migrate(((each.path.as_posix(), each.content) for each in found), comparison, tell)
    by_file = {each.path.as_posix(): each for each in found}
    problems += [placed(problem, Where(by_file[file])) for file, problem in migration.problems]
    return migration, problems
