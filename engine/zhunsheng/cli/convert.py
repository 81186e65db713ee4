"""`zhunsheng convert`: documents and forms to tables, and tables back to documents."""

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import typer

from zhunsheng.cli.options import Language
from zhunsheng.cli.run import BATCH, BatchSize, Jobs, need_columns
from zhunsheng.problem.show import Lang

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.exchange.bulk.convert import Converted
    from zhunsheng.exchange.bulk.inputs import Input

CALL = "zhunsheng convert"


def convert(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="INPUT…", help="自评文件、.jsonl、自评表、文件夹；或装着表的文件夹 · documents, forms, or tables"
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR|FILE", help="表的文件夹；表转回时为 .jsonl 文件 · output")
    ],
    ruleset: Annotated[
        str | None,
        typer.Option("--ruleset", metavar="ID|FILE", help="它声明的输入也成列 · give its own inputs columns"),
    ] = None,
    format: Annotated[  # noqa: A002  the word users know
        Literal["parquet", "arrow"],
        typer.Option("--format", metavar="parquet|arrow", help="表的格式 · format of tables"),
    ] = "parquet",
    original: Annotated[  # noqa: FBT002  a switch
        bool, typer.Option("--original/--no-original", help="带上原表，才能转回 · keep whole documents")
    ] = True,
    jobs: Jobs = None,
    batch: BatchSize = BATCH,
    lang: Language = "zh",
) -> int:
    """自评文件与表（Parquet、Arrow）互转 · documents to tables and back"""
    need_columns(CALL)
    from zhunsheng.cli.page import Page
    from zhunsheng.cli.run_view import left_out
    from zhunsheng.exchange.bulk.convert import to_lines, to_tables
    from zhunsheng.exchange.bulk.inputs import opened

    found = opened(inputs, batch, apart=True)
    left_out(Page(lang, sys.stderr), found)
    if found.tables:
        work = to_lines(found, output)
    else:
        count = jobs or os.cpu_count() or 1
        work = to_tables(found, output, ruleset, suffix=f".{format}", original=original, jobs=count)
    return _told(_watched(found, work, lang), output, lang)


def _watched(found: "Input", work: "Iterator[Converted]", lang: Lang) -> "list[Converted]":
    """The batches one after the other, with a bar."""
    from zhunsheng.cli.progress import Bar

    done = []
    with Bar("convert.progress", found.documents, 0, lang) as bar:
        for each in work:
            done.append(each)
            bar.forward(each.read)
    return done


def _told(done: "list[Converted]", output: Path, lang: Lang) -> int:
    """The counts, and whether anything was rejected."""
    from zhunsheng.cli.page import BAD, FAINT, HEAD, Page
    from zhunsheng.problem import say
    from zhunsheng.problem.show import sentence

    page = Page(lang)
    read, written = sum(each.read for each in done), sum(each.written for each in done)
    page.line((sentence(say("convert.sum", read=read, written=written, rejected=read - written), lang), HEAD))
    codes = sum((each.codes for each in done), Counter[str]())
    if codes:
        named = "、".join(f"{code} {count}" for code, count in sorted(codes.items()))
        page.line((sentence(say("convert.codes", codes=named), lang), BAD))
    page.line((sentence(say("convert.written", output=output.as_posix()), lang), FAINT))
    return int(read != written)
