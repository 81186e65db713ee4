"""`zhunsheng explain`: why a figure, a requirement or a finding is what it is."""

from typing import Annotated

import typer

from zhunsheng.cli.options import Language, LayoutsFolder, Partial, Paths, RulesetName


def explain(
    paths: Paths,
    what: Annotated[
        str,
        typer.Option(
            "--what",
            metavar="NAME",
            help="总分、等级、指标名称、/indicators/N、量或规则标识 · a total, indicator, quantity or rule",
        ),
    ],
    ruleset: RulesetName = None,
    layouts: LayoutsFolder = None,
    partial: Partial = False,  # noqa: FBT002  a switch
    lang: Language = "zh",
) -> int:
    """说明一个数、一项要求或一个问题的来历 · why a figure, a requirement or a finding is what it is"""
    from zhunsheng.cli.filing import judged, reading_forms
    from zhunsheng.cli.page import Page
    from zhunsheng.cli.reasons import answers, nothing_named, show
    from zhunsheng.cli.refusal import REFUSED, report, stops

    results, problems = judged(paths, ruleset, forms=reading_forms(layouts, partial=partial))
    page = Page(lang)
    found = [(each, list(answers(each, what))) for each in results]
    if results and not any(reasons for _, reasons in found):
        unknown = nothing_named(results, what)
        if unknown is None:
            page.paragraph(page.say("rule-silent", rule=what), indent=0)
        else:
            problems.append(unknown)
    for each, reasons in found:
        show(page, each, reasons)
    report(problems, lang, below=any(reasons for _, reasons in found))
    return REFUSED if stops(problems) else 0
