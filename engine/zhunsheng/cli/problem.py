"""`zhunsheng problem`: what a code means, with an example and how to mend it."""

from pathlib import Path
from typing import Annotated

import typer

from zhunsheng.cli.options import Language

EXAMPLES = Path(__file__).resolve().parents[3] / "fixtures" / "bad"
"""The examples lie in a checkout; an installation has the words alone."""


def problem(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="方括号里的代码；省略则列出全部 · all if absent")
    ] = None,
    lang: Language = "zh",
) -> int:
    """说明一个问题代码 · what the code of a problem means"""
    from zhunsheng.cli.page import HEAD, Page
    from zhunsheng.problem import Place, Problem, Refused, say
    from zhunsheng.problem.show import catalogue, with_blanks

    page = Page(lang)
    codes = [key.removesuffix(".title") for key in catalogue() if key.endswith(".title")]
    if code is None:
        _list(page, codes)
        return 0
    if code not in codes:
        from difflib import get_close_matches

        near = get_close_matches(code, codes, n=1)
        hint = say("nearest.hint", name=near[0]) if near else None
        raise Refused(
            [Problem(Place("zhunsheng problem"), "unknown-code", say("unknown-code.expected"), code, hint=hint)]
        )
    page.line((code, HEAD), f"  {with_blanks(f'{code}.title', page.lang)}")
    for key in catalogue():
        part = key.removeprefix(f"{code}.")
        if part != key and part not in ("title", "label"):
            kind = "hint" if "hint" in part else "expected"
            page.paragraph(with_blanks(key, page.lang), tag=page.say(f"problem-{kind}"), hang=8)
    for name, label in (("bad", "example"), ("mended", "mended")):
        for file in sorted((EXAMPLES / code).glob(f"{name}.*")):
            page.line()
            page.line("  ", (page.say(f"problem-{label}"), HEAD))
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                page.line("    ", line)
    return 0


def _list(page: "Page", codes: list[str]) -> None:
    from zhunsheng.cli.layout import left
    from zhunsheng.problem.show import with_blanks

    wide = max(map(len, codes))
    for each in sorted(codes):
        page.line(left(each, wide + 2), with_blanks(f"{each}.title", page.lang))


TYPE_CHECKING = False
if TYPE_CHECKING:
    from zhunsheng.cli.page import Page
