"""`zhunsheng show`: one policy whole, merged from all that it extends, each element with the rulesets that say it."""

import json
import sys
from typing import Annotated

import typer

from zhunsheng.cli.options import Format, Language


def show(
    ruleset: Annotated[str, typer.Argument(metavar="RULESET", help="规则的标识或文件 · id or file of a ruleset")],
    format: Format = "text",  # noqa: A002  the word users know
    lang: Language = "zh",
) -> int:
    """看一个规则合并后的全部内容，每一项来自哪里 · show a merged policy and where each element comes from"""
    from zhunsheng.cli.policy import whole
    from zhunsheng.exchange import load_ruleset

    found = whole(load_ruleset(ruleset))
    if format == "json":
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        return 0
    from zhunsheng.cli.page import Page
    from zhunsheng.cli.policy_view import policy

    policy(Page(lang), found)
    return 0
