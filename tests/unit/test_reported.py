"""Problems in the forms that build servers read: nothing lost, places right, Chinese names survive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from zhunsheng import Refused, load_ruleset
from zhunsheng.exchange.reported import github, junit, sarif

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng import Problem

FAULTY = "ruleset: x\nversion: 1.0.0\ntitle: 试\nextends: mof-2020\nquantities:\n  甲: 执行绿 * 2\n  乙: 执行率 < 90\n"


@pytest.fixture
def problems(tmp_path: Path) -> tuple[Problem, ...]:
    """Two faults in a file with a Chinese name."""
    file = tmp_path / "规则 一.yaml"
    file.write_text(FAULTY, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load_ruleset(file)
    return refused.value.problems


def test_sarif_names_every_problem_at_its_place(problems: tuple[Problem, ...]) -> None:
    run = json.loads(sarif(problems, "zh", "0.1.0"))["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert [each["region"]["startLine"] for each in places] == [6, 7]
    assert [each["region"]["startColumn"] for each in places] == [6, 12]
    assert {unquote(each["artifactLocation"]["uri"]).rpartition("/")[2] for each in places} == {"规则 一.yaml"}
    assert " " not in places[0]["artifactLocation"]["uri"]
    assert [run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] for each in run["results"]] == [
        "unknown-name",
        "type-mismatch",
    ]


def test_junit_fails_a_ruleset_with_problems_and_passes_one_without(problems: tuple[Problem, ...]) -> None:
    suite = ET.fromstring(junit({"坏": problems, "好": ()}, "zh"))  # noqa: S314  our own text
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failures = {case.get("name"): case.findtext("failure") for case in suite}
    assert failures["好"] is None
    assert failures["坏"] is not None
    assert failures["坏"].count("error[") == 2


def test_github_annotations_are_one_line_each_and_escaped(problems: tuple[Problem, ...]) -> None:
    lines = github(problems, "en").splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("::error file=")
    assert "line=6,col=6,endColumn=9" in lines[0]
    assert all(each.count("::") == 2 for each in lines)
