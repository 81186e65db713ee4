"""The commands in one table, and how a call of them ends."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import typer

from zhunsheng.cli.check import check
from zhunsheng.cli.convert import convert
from zhunsheng.cli.describe import describe
from zhunsheng.cli.diff import diff
from zhunsheng.cli.evaluate import evaluate
from zhunsheng.cli.explain import explain
from zhunsheng.cli.format import format_
from zhunsheng.cli.fuzz import fuzz
from zhunsheng.cli.import_ import import_
from zhunsheng.cli.new import new
from zhunsheng.cli.problem import problem
from zhunsheng.cli.report import report
from zhunsheng.cli.rulesets import rulesets
from zhunsheng.cli.run import run as run_
from zhunsheng.cli.schema import schema
from zhunsheng.cli.show import show
from zhunsheng.cli.tables import tables
from zhunsheng.cli.test import test
from zhunsheng.cli.usage import Command, Commands, usage_problem
from zhunsheng.problem import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.problem import Problem
    from zhunsheng.problem.show import Lang

app = typer.Typer(
    name="zhunsheng",
    cls=Commands,
    help="准绳：财政支出绩效自评的评分规则，照章核算，说明理由 · scoring rules for performance self-evaluation, applied exactly",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for each in (evaluate, explain, report, check, diff, describe, test, fuzz, rulesets, show, schema, problem):
    app.command(cls=Command)(each)
for name, editing in (
    ("import", import_),
    ("new", new),
    ("format", format_),
    ("tables", tables),
    ("run", run_),
    ("convert", convert),
):
    app.command(name, cls=Command)(editing)


@app.callback(invoke_without_command=True)
def zhunsheng(context: typer.Context) -> None:
    """Without a command: what there is."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run(arguments: Sequence[str]) -> int:
    """Run one call; a refusal is told on stderr."""
    try:
        code: Any = app(list(arguments), prog_name="zhunsheng", standalone_mode=False)
    except Refused as refused:
        return _refused(refused.problems, arguments)
    except Exception as error:
        mistake = usage_problem(error)
        if mistake is None:
            raise
        return _refused([mistake], arguments)
    return code if isinstance(code, int) else 0


def _refused(problems: Sequence[Problem], arguments: Sequence[str]) -> int:
    from zhunsheng.cli.refusal import REFUSED, report

    report(problems, _language(arguments))
    return REFUSED


def _language(arguments: Sequence[str]) -> Lang:
    """The language asked for, as far as that can be told of a call that may be mistaken."""
    return "en" if "--lang=en" in arguments or ("--lang", "en") in pairwise(arguments) else "zh"
