"""`zhunsheng run`: a population judged in batches, in all processes; stopped and gone on with at will."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from zhunsheng.cli.options import Language, RulesetName
from zhunsheng.problem.show import Lang

TYPE_CHECKING = False
if TYPE_CHECKING:
    from zhunsheng.cli.page import Page
    from zhunsheng.exchange.bulk.run import Run
    from zhunsheng.exchange.bulk.tally import Tally

CALL = "zhunsheng run"
BATCH = 5000
INTERRUPTED = 130

Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, metavar="N", help="几个进程；省略时每个处理器一个 · processes")
]
BatchSize = Annotated[int, typer.Option("--batch", min=1, metavar="N", help="每批几份 · documents a batch")]


def run(
    input: Annotated[  # noqa: A002  the word users know
        Path,
        typer.Argument(
            metavar="INPUT",
            help="装着表的文件夹、.parquet、.jsonl，或自评文件的文件夹 · tables, JSON lines, or documents",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="结果的文件夹；已有一半的接着算 · folder of results")
    ],
    ruleset: RulesetName = None,
    jobs: Jobs = None,
    batch: BatchSize = BATCH,
    lang: Language = "zh",
) -> int:
    """成批评分：百万份自评文件，结果存为表，停了可以接着算 · judge a population"""
    need_columns(CALL)
    from zhunsheng.cli.page import Page
    from zhunsheng.cli.run_view import left_out, left_over, outside, resumed, show
    from zhunsheng.exchange.bulk.inputs import opened
    from zhunsheng.exchange.bulk.run import begun, whole

    page = Page(lang)
    found = begun(opened([input], batch), ruleset, output, batch)
    resumed(page, found)
    left_out(page, found.input)
    new: list[Tally] = []
    try:
        _do(found, jobs or os.cpu_count() or 1, lang, new)
    except KeyboardInterrupt:
        left_over(Page(lang, sys.stderr), found)
        return INTERRUPTED
    tally = whole(found, new)
    _write(tally, output, page)
    show(page, tally, output)
    outside(page, found, tally)
    return int(bool(tally.rejected))


def need_columns(call: str) -> None:
    """Raises `Refused` where the libraries of tables are not installed."""
    from zhunsheng.problem import Place, Problem, Refused, say

    for name in ("polars", "pyarrow"):
        try:
            __import__(name)
        except ModuleNotFoundError:
            facts = {"name": name, "extra": "columns"}
            expected, hint = say("missing-library.expected", **facts), say("missing-library.hint", **facts)
            raise Refused([Problem(Place(call), "missing-library", expected, hint=hint)]) from None


def _do(found: "Run", jobs: int, lang: Lang, new: "list[Tally]") -> None:
    """Every batch that is left, with a bar on stderr where somebody watches."""
    from zhunsheng.cli.progress import Bar
    from zhunsheng.exchange.bulk.run import carried_out

    before = sum(each.documents for each in found.before.values())
    with Bar("run.progress", found.input.documents, before, lang) as bar:
        for tally in carried_out(found, jobs):
            new.append(tally)
            bar.forward(tally.documents)


def _write(tally: "Tally", output: Path, page: "Page") -> None:
    """The summary, as JSON and as a workbook where openpyxl is installed."""
    from zhunsheng.exchange.bulk.disk import write_json
    from zhunsheng.exchange.bulk.summary import as_answer, write_summary
    from zhunsheng.problem import Refused, say
    from zhunsheng.problem.show import sentence

    write_json(as_answer(tally), output / "summary.json")
    try:
        write_summary(tally, output, page.lang)
    except Refused as refused:
        if any(each.code != "missing-library" for each in refused.problems):
            raise
        page.line(sentence(say("run.no-book"), page.lang))
