"""`zhunsheng fuzz`: the laws of the engine tried on a ruleset of one's own, on forms at random."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from zhunsheng.cli.options import Language

TYPE_CHECKING = False
if TYPE_CHECKING:
    from zhunsheng.cli.page import Page
    from zhunsheng.proof.fuzz import Tried

CALL = "zhunsheng fuzz"


def fuzz(
    ruleset: Annotated[str, typer.Argument(metavar="RULESET", help="规则的标识或文件 · id or file of a ruleset")],
    examples: Annotated[
        int, typer.Option("--examples", min=1, metavar="N", help="每条规律试多少张表 · forms for each law")
    ] = 100,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="随机数的起点，相同则结果相同 · seed")] = 0,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="DIR", help="反例写入文件夹，省略则显示 · folder for counterexamples"),
    ] = None,
    lang: Language = "zh",
) -> int:
    """用随机的自评文件试规则，有规律不成立时退出码为 1 · try laws on random forms"""
    from zhunsheng.cli.page import Page
    from zhunsheng.exchange import load_ruleset

    policy = load_ruleset(ruleset)
    try:
        from zhunsheng.proof.fuzz import fuzz as trials
    except ModuleNotFoundError as missing:
        raise _lacking(missing) from None
    page = Page(lang, sys.stderr)
    broken = 0
    for each in trials(policy, examples, seed):
        broken += each.broken is not None
        _tell(page, each)
        if each.broken is not None:
            _show(page, each, ruleset, save)
    return int(broken > 0)


def _tell(page: "Page", tried: "Tried") -> None:
    """A line for each law as soon as it has been tried."""
    from zhunsheng.cli.page import BAD, GOOD
    from zhunsheng.problem import say

    law = say(f"law.{tried.law}")
    if tried.broken is None:
        page.line(("✓ ", GOOD), page.say("fuzz-held", law=law, count=tried.forms))
    else:
        page.line(("✗ ", BAD), page.say("fuzz-broken", law=law, said=tried.said))


def _show(page: "Page", tried: "Tried", ruleset: str, save: Path | None) -> None:
    """The form that breaks a law: in a file, with the command that shows it, or as it stands."""
    from zhunsheng.exchange.counterexamples import write_counterexample

    if save is None or tried.broken is None:
        sys.stdout.write(json.dumps(tried.broken, ensure_ascii=False, indent=2) + "\n")
        return
    path = write_counterexample(save, Path(ruleset).stem, tried.law.replace("_", "-"), tried.broken)
    page.line(page.say("run-it", command=f"zhunsheng evaluate {path.as_posix()} --ruleset {ruleset}"))


def _lacking(missing: ModuleNotFoundError) -> Exception:
    """What is told where Hypothesis is not installed; any other module that is missing is a fault of ours."""
    from zhunsheng.problem import Place, Problem, Refused, say

    if missing.name != "hypothesis":
        return missing
    facts = {"name": "hypothesis", "extra": "fuzz"}
    expected, hint = say("missing-library.expected", **facts), say("missing-library.hint", **facts)
    return Refused([Problem(Place(CALL), "missing-library", expected, hint=hint)])
