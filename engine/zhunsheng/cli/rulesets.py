"""`zhunsheng rulesets`: those that come with the engine, each with what it says of itself."""

import json
import sys
from typing import Any

from zhunsheng.cli.options import Format, Language
from zhunsheng.problem.show import Lang


def rulesets(
    format: Format = "text",  # noqa: A002  the word users know
    lang: Language = "zh",
) -> int:
    """列出随附的规则；全部内容用 show 看 · list the rulesets that come along; show has all of one"""
    from zhunsheng.cli.policy import header
    from zhunsheng.exchange import load_ruleset
    from zhunsheng.exchange.files import shipped_ids

    headers = [header(load_ruleset(each)) for each in shipped_ids()]
    if format == "json":
        sys.stdout.write(json.dumps({"rulesets": headers}, ensure_ascii=False, indent=2) + "\n")
    else:
        _list(headers, lang)
    return 0


def _list(headers: list[dict[str, Any]], lang: Lang) -> None:
    """One ruleset a paragraph: what it is called, what it rests on, when it holds."""
    from zhunsheng.cli.page import HEAD, Page
    from zhunsheng.cli.policy_view import facts

    page = Page(lang)
    for at, each in enumerate(headers):
        if at:
            page.line()
        page.line((each["id"], HEAD), f"  {each['version']}")
        page.paragraph(each["title"])
        facts(page, each)
