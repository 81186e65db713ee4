"""`zhunsheng check`: what is wrong or doubtful in rulesets, before any document is judged by them."""

import json
import sys
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from zhunsheng.cli.options import Language, Reported
from zhunsheng.problem import Problem
from zhunsheng.problem.show import Lang

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.proof import Shown
    from zhunsheng.ruleset import Ruleset

SEVERITIES = ("error", "warning", "note")
EXIT = {"error": 2, "warning": 1}
"""What the worst of the problems found makes of the exit code."""


def check(
    rulesets: Annotated[
        list[str], typer.Argument(metavar="RULESET…", help="规则的标识或文件 · ids or files of rulesets")
    ],
    format: Reported = "text",  # noqa: A002  the word users know
    lang: Language = "zh",
    counterexamples: Annotated[
        Path | None,
        typer.Option(
            "--counterexamples", metavar="DIR", help="把不成立之处各写成一份自评文件 · write forms that show faults"
        ),
    ] = None,
) -> int:
    """检查评分规则，有疑点时退出码为 1，有错误时为 2 · check rulesets"""
    from zhunsheng.cli.refusal import shown
    from zhunsheng.problem.show import as_data

    checked = [_checked(name) for name in _meant(rulesets)]
    found = [each[:3] for each in checked]
    every = [problem for each in checked for problem in each.problems]
    if format == "json":
        answer = {
            "rulesets": [{"ruleset": name, "problems": [as_data(each) for each in them]} for name, _, them in found]
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    elif format != "text":
        sys.stdout.write(_reported(format, found, lang))
    else:
        if every:
            sys.stdout.write(shown(every, lang, sys.stdout))
        _summary(found, lang)
    if counterexamples is not None:
        _write(checked, counterexamples, lang)
    return max((EXIT.get(each.severity, 0) for each in every), default=0)


def _reported(form: str, found: list[tuple[str, str, list[Problem]]], lang: Lang) -> str:
    """The problems in one of the forms that build servers read."""
    from importlib.metadata import version

    from zhunsheng.exchange import reported

    every = [problem for _, _, problems in found for problem in problems]
    match form:
        case "sarif":
            return reported.sarif(every, lang, version("zhunsheng"))
        case "junit":
            return reported.junit({name: problems for name, _, problems in found}, lang)
        case _:
            return reported.github(every, lang)


def _meant(names: list[str]) -> list[str]:
    """The rulesets among names: `rulesets/*.yaml` names their tests as well, which are not checked but run.

    Raises:
        Refused: there is nothing but tests.
    """
    from zhunsheng.exchange.opening import is_file
    from zhunsheng.exchange.ruleset_tests import ENDING
    from zhunsheng.problem import Place, Problem, Refused, say

    found = [each for each in names if not each.endswith(ENDING)]
    if not found and all(is_file(Path(each)) for each in names):
        raise Refused([Problem(Place(names[0]), "wrong-call", say("wrong-call.rulesets"))])
    return found or names


class _Checked(NamedTuple):
    """A ruleset as it was named, what it is called, its problems, and the forms that show some of them."""

    name: str
    called: str
    problems: list[Problem]
    shown: "tuple[Shown, ...]"


def _checked(name: str) -> _Checked:
    from zhunsheng.exchange import load_ruleset
    from zhunsheng.problem import Refused
    from zhunsheng.proof import prove
    from zhunsheng.ruleset import check as checks

    try:
        ruleset = load_ruleset(name)
    except Refused as refused:
        return _Checked(name, name, list(refused.problems), ())
    called = f"{ruleset.id} {ruleset.version}"
    proved = prove(ruleset)
    problems = sorted(
        {*checks.check(ruleset), *proved.problems, *_in_columns(ruleset)}, key=lambda each: (each.place, each.code)
    )
    return _Checked(name, called if name == ruleset.id else f"{name} ({called})", problems, proved.shown)


def _in_columns(ruleset: "Ruleset") -> "Iterable[Problem]":
    """What populations are judged one by one for; nothing where the libraries of tables are not installed."""
    from importlib.util import find_spec

    if find_spec("polars") is None or find_spec("pyarrow") is None:
        return ()
    from zhunsheng.population.expressible import worked_in_columns

    return worked_in_columns(ruleset)


def _write(checked: list[_Checked], folder: Path, lang: Lang) -> None:
    """The forms that show faults, each with the command that shows it."""
    from zhunsheng.cli.page import Page
    from zhunsheng.exchange.counterexamples import write_counterexample

    page = Page(lang, sys.stderr)
    for each in checked:
        for form in each.shown:
            path = write_counterexample(folder, Path(each.name).stem, form.name, form.content)
            page.line(page.say("run-it", command=f"zhunsheng evaluate {path.as_posix()} --ruleset {each.name}"))


def _summary(found: list[tuple[str, str, list[Problem]]], lang: Lang) -> None:
    """A line for each ruleset: fine, or how much of what."""
    from zhunsheng.cli.page import BAD, DOUBT, GOOD, NOTE, Page

    page = Page(lang)
    inks = dict(zip(SEVERITIES, (BAD, DOUBT, NOTE), strict=True))
    for _, name, problems in found:
        counts = {each: sum(problem.severity == each for problem in problems) for each in SEVERITIES}
        if not problems:
            page.line(("✓ ", GOOD), page.say("check-fine", name=name))
            continue
        worst = next(each for each in SEVERITIES if counts[each])
        parts = [f"{page.say(f'count-{each}')} {count}" for each, count in counts.items() if count]
        page.line((f"{name}: ", inks[worst]), page.say("comma").join(parts))
