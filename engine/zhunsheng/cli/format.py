"""`zhunsheng format`: the canonical layout of ruleset and document files, comments kept."""

import sys
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

import typer

from zhunsheng.cli.options import Language


def format_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="规则或自评文件，YAML · YAML files")],
    check: Annotated[  # noqa: FBT002  a switch
        bool, typer.Option("--check", help="只看不改：显示差别，有差别时退出码为 1 · show what would change, exit 1")
    ] = False,
    lang: Language = "zh",
) -> int:
    """把规则和自评文件整理成规范写法，注释照旧 · lay out rulesets and documents, comments kept"""
    from zhunsheng.cli.page import BAD, FAINT, GOOD, Page
    from zhunsheng.cli.refusal import REFUSED, report
    from zhunsheng.problem import Problem, Refused

    page = Page(lang)
    problems: list[Problem] = []
    differing = 0
    for file in files:
        try:
            before, after = _laid_out(file)
        except Refused as refused:
            problems += refused.problems
            continue
        shown = file.as_posix()
        if after.encode() == before:
            page.line((page.say("format-fine", file=shown), FAINT))
            continue
        differing += 1
        if check:
            page.line((page.say("format-differs", file=shown), BAD))
            sys.stdout.write(_difference(before, after, shown))
        else:
            _rewrite(file, after)
            page.line((page.say("format-changed", file=shown), GOOD))
    report(problems, lang, below=len(problems) < len(files))
    return REFUSED if problems else int(check and differing > 0)


def _laid_out(file: Path) -> tuple[bytes, str]:
    """What a file holds, and what it should."""
    from zhunsheng.exchange.format import formatted
    from zhunsheng.exchange.opening import content_of, source_of
    from zhunsheng.exchange.ruleset_tests import ENDING, tests_laid_out
    from zhunsheng.problem import Place, Problem, Refused, say

    if file.name.endswith(ENDING):
        return content_of(file), tests_laid_out(file)
    source = source_of(file)
    if file.suffix == ".json":
        place = Place(file.as_posix())
        raise Refused([Problem(place, "unknown-format", say("unknown-format.yaml"), file.suffix)])
    return content_of(file), formatted(source)


def _difference(before: bytes, after: str, name: str) -> str:
    from zhunsheng.problem.show import visible
    from zhunsheng.source import readable

    lines = unified_diff(readable(before).splitlines(), after.splitlines(), name, name, lineterm="")
    shown = "".join(f"{visible(each)}\n" for each in lines)
    return shown or "@@ \\r\\n → \\n @@\n"


def _rewrite(file: Path, text: str) -> None:
    from zhunsheng.problem import Place, Problem, Refused, say

    try:
        file.write_bytes(text.encode())
    except OSError as error:
        place = Place(file.as_posix())
        raise Refused([Problem(place, "not-writable", say("not-writable.expected"), error.strerror or "")]) from None
