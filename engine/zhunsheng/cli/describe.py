"""`zhunsheng describe`: a ruleset as the document that an official signs off against the legal text."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

To = Literal["md", "html", "docx"]


def describe(
    ruleset: Annotated[str, typer.Argument(metavar="RULESET", help="规则的标识或文件 · id or file of a ruleset")],
    to: Annotated[
        To | None,
        typer.Option(
            "--to", metavar="md|html|docx", help="格式；省略时看文件名，再省略为 md · by the file's name if absent"
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="写入文件 · write to a file")
    ] = None,
) -> int:
    """把规则写成可对照原文签批的文件 · a ruleset as a document to sign off (in Chinese)"""
    from zhunsheng.exchange import load_ruleset
    from zhunsheng.exchange.describe.outline import outline
    from zhunsheng.exchange.describe.write import content, form_of, trials_beside, write_file

    form = form_of(to, output)
    found = content(outline(load_ruleset(ruleset), trials_beside(ruleset)), form)
    if output is None:
        sys.stdout.write(found.decode())
    else:
        write_file(output, found)
    return 0
