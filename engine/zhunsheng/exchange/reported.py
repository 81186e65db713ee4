"""Problems as other programs read them: SARIF 2.1.0, JUnit XML, annotations of a build on GitHub. One list, one order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from xml.etree import ElementTree as ET

from zhunsheng.problem.show import line, sentence, title, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhunsheng.problem import Problem
    from zhunsheng.problem.show import Lang

_COMMANDS: Final = {"error": "error", "warning": "warning", "note": "notice"}


def sarif(problems: Sequence[Problem], lang: Lang, version: str) -> str:
    """A SARIF log with one run; file names are percent-encoded, since they are URIs there."""
    codes = list(dict.fromkeys(each.code for each in problems))
    rules = [
        {"id": code, "shortDescription": {"text": title(next(each for each in problems if each.code == code), lang)}}
        for code in codes
    ]
    driver = {"name": "zhunsheng", "version": version, "rules": rules}
    results = [_result(each, codes.index(each.code), lang) for each in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(problem: Problem, index: int, lang: Lang) -> dict[str, Any]:
    place = problem.place
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file)}}
    if place.line:
        location["region"] = {
            "startLine": place.line,
            "startColumn": place.column,
            "endColumn": place.column + place.length,
        }
    return {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": problem.severity,
        "message": {"text": _told(problem, lang)},
        "locations": [{"physicalLocation": location}],
    }


def junit(problems: Mapping[str, Sequence[Problem]], lang: Lang) -> str:
    """One case a ruleset, which fails where something worse than a note was found."""
    grave = {name: [each for each in found if each.severity != "note"] for name, found in problems.items()}
    failures = str(sum(bool(found) for found in grave.values()))
    suite = ET.Element("testsuite", name="zhunsheng check", tests=str(len(problems)), failures=failures, errors="0")
    for name, found in grave.items():
        case = ET.SubElement(suite, "testcase", name=visible(name), classname="zhunsheng check")
        if found:
            told = [visible(line(each, lang)) for each in found]
            ET.SubElement(case, "failure", message=told[0], type=found[0].code).text = "\n".join(told)
    ET.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suite, encoding="unicode") + "\n"


def github(problems: Sequence[Problem], lang: Lang) -> str:
    """One workflow command a problem, which shows it at its line of the change."""
    return "".join(
        f"::{_COMMANDS[each.severity]} file={_escaped(each.place.file, properties=True)},line={each.place.line or 1}"
        f",col={each.place.column or 1},endColumn={(each.place.column or 1) + each.place.length}"
        f",title={_escaped(title(each, lang), properties=True)}::{_escaped(_told(each, lang))}\n"
        for each in problems
    )


def _told(problem: Problem, lang: Lang) -> str:
    parts = [title(problem, lang), sentence(problem.expected, lang), problem.got]
    hint = sentence(problem.hint, lang) if problem.hint else ""
    return visible(" · ".join(each for each in (*parts, hint) if each))


def _escaped(text: str, *, properties: bool = False) -> str:
    for sign, code in (
        ("%", "%25"),
        ("\r", "%0D"),
        ("\n", "%0A"),
        *(((":", "%3A"), (",", "%2C")) if properties else ()),
    ):
        text = text.replace(sign, code)
    return text
