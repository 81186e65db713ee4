"""`zhunsheng test`: rulesets against their tests, and how much of a policy the tests reach."""
# ruff: noqa: PT028  a command, not a test

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from zhunsheng.cli.options import Format, Language
from zhunsheng.problem import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from zhunsheng.cli.trial_page import Ran
    from zhunsheng.problem import Problem
    from zhunsheng.trial.coverage import Coverage


def test(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RULESET|FILE|FOLDER]…",
            help="规则、测试文件或文件夹；省略时为全部随附规则 · all shipped if absent",
        ),
    ] = None,
    format: Format = "text",  # noqa: A002  the word users know
    lang: Language = "zh",
    update: Annotated[  # noqa: FBT002  a switch
        bool, typer.Option("--update", help="把不符的期望就地改成实际结果 · accept what came out, in place")
    ] = False,
    generate: Annotated[  # noqa: FBT002  a switch
        bool,
        typer.Option("--generate", help="写出界上的测试，供人逐条确认 · write boundary cases for a person to accept"),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="--generate 写入或添到的测试文件 · where --generate writes"
        ),
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="写 JUnit XML · write JUnit XML")
    ] = None,
    coverage: Annotated[  # noqa: FBT002  a switch
        bool, typer.Option("--coverage", help="测试走到了政策的哪些内容 · what of the policy the tests reach")
    ] = False,
    coverage_html: Annotated[
        Path | None,
        typer.Option(
            "--coverage-html", metavar="FILE", help="同上，标在规则原文上 · the same, on the text of the rulesets"
        ),
    ] = None,
) -> int:
    """运行规则测试，不符时退出码为 1 · test rulesets"""
    from zhunsheng.cli.refusal import REFUSED, report
    from zhunsheng.cli.trial_page import as_json, as_text
    from zhunsheng.trial.coverage import Coverage
    from zhunsheng.trial.coverage.page import page
    from zhunsheng.trial.junit import junit as as_junit

    if generate:
        return _generate(names or [], output, format, lang)
    reached = Coverage() if coverage or coverage_html else None
    ran, problems = _ran(names or [], reached, update=update)
    if junit:
        _write(junit, as_junit([each.result for each in ran], problems, lang), ran)
    if coverage_html and reached is not None:
        _write(coverage_html, page(reached, lang), ran)
    shown = reached if coverage else None
    if format == "json":
        sys.stdout.write(json.dumps(as_json(ran, problems, shown), ensure_ascii=False, indent=2) + "\n")
    else:
        as_text(ran, shown, lang)
    if problems:
        report(problems, lang, below=bool(ran))
        return REFUSED
    return int(any(each.failing for each in ran))


def _ran(names: list[str], reached: "Coverage | None", *, update: bool) -> "tuple[list[Ran], list[Problem]]":
    """Every test file that the names mean, run and where asked for rewritten; and what was refused."""
    from zhunsheng.cli.trial_page import Ran
    from zhunsheng.exchange.ruleset_tests import load_tests, trial_files, write_tests
    from zhunsheng.trial import run
    from zhunsheng.trial.update import rewritten

    files, problems = trial_files(names)
    ran = []
    for file in files:
        try:
            bench = load_tests(file)
            result = run(bench, reached)
            accepted = rewritten(bench.source, result) if update and result.failed else None
            if accepted is not None and accepted.changed:
                write_tests(file, accepted.text)
        except Refused as refused:
            problems += refused.problems
        else:
            ran.append(Ran(result, accepted))
    return ran, list(dict.fromkeys(problems))


def _generate(names: list[str], output: Path | None, format_: Format, lang: Language) -> int:
    """Writes boundary cases of each ruleset named, and says where."""
    from zhunsheng.cli.page import Page
    from zhunsheng.exchange.generate import write_generated
    from zhunsheng.problem import Place, Problem, say
    from zhunsheng.problem.show import sentence

    if not names or (output is not None and len(names) > 1):
        option = "--output" if names else "--generate"
        expected = say("trial.one-ruleset" if names else "trial.a-ruleset")
        raise Refused([Problem(Place("zhunsheng test"), "wrong-option", expected, option)])
    written = [(name, write_generated(name, output)) for name in names]
    if format_ == "json":
        found = [
            {"ruleset": name, "file": each.file and each.file.as_posix(), "cases": each.cases, "present": each.present}
            for name, each in written
        ]
        sys.stdout.write(json.dumps({"generated": found}, ensure_ascii=False, indent=2) + "\n")
        return 0
    page = Page(lang)
    for name, each in written:
        if each.file is None:
            told = say("trial.wrote-none", ruleset=name, present=each.present)
        else:
            told = say("trial.wrote", file=each.file.as_posix(), count=each.cases, present=each.present)
        page.line(sentence(told, lang))
    return 0


def _write(path: Path, text: str, ran: "list[Ran]") -> None:
    from zhunsheng.cli.filing import writing

    with writing(path, [Path(each.result.file) for each in ran]) as file:
        file.write(text)
