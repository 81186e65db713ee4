"""`zhunsheng tables`: the tables of a ruleset out to .xlsx, and what was changed there back into its YAML."""

from pathlib import Path
from typing import Annotated

import typer

from zhunsheng.cli.new import Force, refuse_existing
from zhunsheng.cli.options import Language
from zhunsheng.problem.show import Lang

CALL = "zhunsheng tables"


def tables(
    ruleset: Annotated[str, typer.Argument(metavar="RULESET", help="规则的标识或文件 · id or file of a ruleset")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.xlsx", help="导出到 Excel · write to Excel")
    ] = None,
    back: Annotated[
        Path | None, typer.Option("--in", metavar="FILE.xlsx", help="把改动收回规则文件 · take changes back")
    ] = None,
    force: Force = False,  # noqa: FBT002  a switch
    lang: Language = "zh",
) -> int:
    """规则的表（权重、等级、常数、分段表）导出到 Excel，改后收回 · tables of a ruleset to Excel and back"""
    from zhunsheng.problem import Place, Problem, Refused, say

    if out is not None and back is None:
        return _out(ruleset, out, lang, force=force)
    if back is not None and out is None:
        return _back(ruleset, back, lang)
    expected = say("wrong-option.one", options=("--out", "--in"))
    raise Refused([Problem(Place(CALL), "wrong-option", expected, hint=say("cli.see-help", command=CALL))])


def _out(name: str, out: Path, lang: Lang, *, force: bool) -> int:
    from zhunsheng.cli.page import Page
    from zhunsheng.exchange import load_ruleset
    from zhunsheng.exchange.tables import about, sheets, write_book

    ruleset = load_ruleset(name)
    refuse_existing(out, force=force)
    found = sheets(ruleset)
    write_book(found, about(ruleset), out)
    page = Page(lang)
    counts = page.say("comma").join(f"{each.title} {len(each.lines)}" for each in found)
    page.line(page.say("tables-written", file=out.as_posix(), tables=counts))
    return 0


def _back(name: str, back: Path, lang: Lang) -> int:
    from zhunsheng.cli.page import Page
    from zhunsheng.exchange.tables import read_book, take_back

    changes = take_back(name, read_book(back), back.as_posix())
    page = Page(lang)
    if not changes:
        page.line(page.say("tables-same", file=name))
        return 0
    for each in changes:
        page.line(page.say("tables-change", at=each.at, place=each.place, before=each.before, after=each.after))
    page.line(page.say("tables-taken", count=len(changes), file=name))
    return 0
