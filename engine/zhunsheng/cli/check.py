"""`zhunsheng check`: what is wrong or doubtful in rulesets, before any document is judged by them."""

import json
import sys
from typing import Annotated, Any

import typer

from zhunsheng.cli.options import Language, Reported
from zhunsheng.problem import Problem
from zhunsheng.problem.show import Lang

SEVERITIES = ("error", "warning", "note")
EXIT = {"error": 2, "warning": 1}
"""What the worst of the problems found makes of the exit code."""


def check(
    rulesets: Annotated[
        list[str], typer.Argument(metavar="RULESET…", help="规则的标识或文件 · ids or files of rulesets")
    ],
    format: Reported = "text",  # noqa: A002  the word users know
    lang: Language = "zh",
) -> int:
    """检查评分规则，有疑点时退出码为 1，有错误时为 2 · check rulesets"""
    from zhunsheng.cli.refusal import shown

    found = [(name, *_checked(name)) for name in rulesets]
    every = [problem for _, _, problems in found for problem in problems]
    if format == "json":
        answer = {
            "rulesets": [{"ruleset": name, "problems": [_plain(each) for each in them]} for name, _, them in found]
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    elif format != "text":
        sys.stdout.write(_reported(format, found, lang))
    else:
        if every:
            sys.stdout.write(shown(every, lang, sys.stdout))
        _summary(found, lang)
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


def _checked(name: str) -> tuple[str, list[Problem]]:
    """What a ruleset is called, and its problems."""
    from zhunsheng.exchange import load_ruleset
    from zhunsheng.problem import Refused
    from zhunsheng.ruleset import check as checks

    try:
        ruleset = load_ruleset(name)
    except Refused as refused:
        return name, list(refused.problems)
    shown = f"{ruleset.id} {ruleset.version}"
    return shown if name == ruleset.id else f"{name} ({shown})", list(checks.check(ruleset))


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


def _plain(problem: Problem) -> dict[str, Any]:
    from zhunsheng.problem.show import sentence, title

    def said(lang: Lang) -> dict[str, str]:
        hint = {"hint": sentence(problem.hint, lang)} if problem.hint else {}
        return {"title": title(problem, lang), "expected": sentence(problem.expected, lang), **hint}

    place = problem.place
    return {
        "code": problem.code,
        "severity": problem.severity,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "length": place.length,
        "got": problem.got,
        "zh": said("zh"),
        "en": said("en"),
    }
