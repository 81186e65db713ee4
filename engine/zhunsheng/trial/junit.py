"""Results as JUnit XML, which build servers read. No times: the same results give the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from zhunsheng.problem.show import line, visible
from zhunsheng.trial.show import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.problem import Problem
    from zhunsheng.problem.show import Lang
    from zhunsheng.trial.result import Result, Verdict


def junit(results: Sequence[Result], problems: Iterable[Problem], lang: Lang) -> str:
    """One suite a file, one case a test; a file that was refused is a suite with an error."""
    refused: dict[str, list[Problem]] = {}
    for problem in problems:
        refused.setdefault(problem.place.file, []).append(problem)
    tests = sum(len(each.verdicts) for each in results)
    failures = sum(len(each.failed) for each in results)
    top = ET.Element(
        "testsuites",
        name="zhunsheng test",
        tests=str(tests + len(refused)),
        failures=str(failures),
        errors=str(len(refused)),
    )
    for result in results:
        suite = ET.SubElement(
            top,
            "testsuite",
            name=visible(result.file),
            tests=str(len(result.verdicts)),
            failures=str(len(result.failed)),
            errors="0",
        )
        for verdict in result.verdicts:
            _case(suite, result, verdict, lang)
    for file, found in sorted(refused.items()):
        suite = ET.SubElement(top, "testsuite", name=visible(file), tests="1", failures="0", errors="1")
        case = ET.SubElement(suite, "testcase", name=visible(file), classname=visible(file), file=visible(file))
        text = [visible(line(each, lang)) for each in found]
        ET.SubElement(case, "error", message=text[0], type=found[0].code).text = "\n".join(text)
    ET.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(top, encoding="unicode") + "\n"


def _case(suite: ET.Element, result: Result, verdict: Verdict, lang: Lang) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        name=visible(verdict.name),
        classname=visible(result.ruleset),
        file=visible(result.file),
        line=str(verdict.place.line),
    )
    if verdict.differences:
        text = [visible(each) for each in rows(verdict, lang)]
        ET.SubElement(case, "failure", message=text[0], type="difference").text = "\n".join(text)
