"""`zhunsheng rulesets`: those that come with the engine, or all that one of them says."""

import json
import sys
from typing import Annotated, Any

import typer

from zhunsheng.cli.options import Format, Language
from zhunsheng.problem.show import Lang


def rulesets(
    name: Annotated[
        str | None, typer.Argument(metavar="[ID|FILE]", help="看这一个的全部内容 · show all of this one")
    ] = None,
    format: Format = "text",  # noqa: A002  the word users know
    lang: Language = "zh",
) -> int:
    """列出随附的规则，或看一个规则的全部内容 · list the rulesets, or show one"""
    from zhunsheng.cli.policy import header, whole
    from zhunsheng.exchange import load_ruleset
    from zhunsheng.exchange.files import shipped_ids

    if name is not None:
        found = whole(load_ruleset(name))
        if format == "text":
            from zhunsheng.cli.page import Page
            from zhunsheng.cli.policy_view import show

            show(Page(lang), found)
            return 0
        answer: dict[str, Any] = found
    else:
        headers = [header(load_ruleset(each)) for each in shipped_ids()]
        if format == "text":
            _list(headers, lang)
            return 0
        answer = {"rulesets": headers}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    return 0


def _list(headers: list[dict[str, Any]], lang: Lang) -> None:
    """One ruleset a paragraph: what it is called, what it rests on, when it holds."""
    from zhunsheng.cli.page import FAINT, HEAD, Page

    page = Page(lang)
    for at, each in enumerate(headers):
        if at:
            page.line()
        page.line((each["id"], HEAD), f"  {each['version']}")
        page.paragraph(each["title"])
        page.items(
            [page.say(f"ruleset-{key}", value=page.worded(key, each[key])) for key in FACTS if each.get(key)],
            indent=2,
            ink=FAINT,
        )


FACTS = ("extends", "in_force", "regions", "kinds", "status", "source")
