"""What a rule says of many things pair by pair is told once; what acts on a figure is told each time it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from zhunsheng import evaluate, evaluate_dossier, load_ruleset
from zhunsheng.document import read_document, read_dossier
from zhunsheng.evaluation.assessment import plain
from zhunsheng.source import read

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.ruleset import Ruleset


def form(name: str, *rows: str) -> str:
    indicators = "".join(
        f"  - {{dimension: 产出指标, name: {row.split()[0]}, target: ≥1件, actual: {row.split()[1]}, points: 1}}\n"
        for row in rows
    )
    return f"  kind: project\n  unit: 某单位\n  project: {name}\n  year: 2021\n  funds: {{total: {{annual_budget: 10}}}}\n  indicators:\n{indicators}"


@pytest.fixture
def ruleset(tmp_path: Path) -> Ruleset:
    file = tmp_path / "pairs.yaml"
    file.write_text(
        "ruleset: pairs\nversion: 1.0.0\ntitle: 试\nextends: mof-2020\n"
        "rules:\n  twice: {each: {甲: 指标, 乙: 指标}, within: 文件, when: 甲.三级指标 = 乙.三级指标, deduct: 1,"
        " message: '{甲.三级指标} 写了两次'}\n",
        encoding="utf-8",
    )
    return load_ruleset(file)


def said_of(ruleset: Ruleset, *forms: str) -> list[dict[str, Any]]:
    documents = "".join(f"- {each.lstrip()}" for each in forms)
    dossier = read_dossier(read(f"unit: 某单位\nyear: 2021\ndocuments:\n{documents}".encode(), "d.yaml"))
    whole, _ = evaluate_dossier(dossier, ruleset)
    found: list[dict[str, Any]] = [
        each for each in plain(whole)["findings"] if each["rule"] == "same-indicator-differs"
    ]
    return found


def test_things_that_differ_from_one_another_are_one_finding_with_the_others_beside_it(ruleset: Ruleset) -> None:
    found = said_of(ruleset, *(form(f"项目{at}", f"甲 {at + 1}件", f"乙 {at + 1}件", "丙 1件") for at in range(6)))

    assert [(each["at"], each["others"]) for each in found] == [
        (f"/documents/0/indicators/{row}/actual", [f"/documents/{at}/indicators/{row}/actual" for at in range(2, 6)])
        for row in (0, 1)
    ]
    assert found[0]["message"] == "「甲」在项目0为 1件，在项目1（甲）为 2件"


def test_things_that_no_pair_leads_to_are_not_in_the_group(ruleset: Ruleset) -> None:
    """Other units are not compared: two groups of one name."""
    numbers = ("1件", "2件", "3件", "4件", "5人", "6人", "7人", "8人")
    found = said_of(ruleset, *(form(f"项目{at}", f"甲 {each}") for at, each in enumerate(numbers)))

    assert [len(each["others"]) for each in found] == [2, 2]
    assert "/documents/4/indicators/0/actual" not in {
        place for each in found[:1] for place in (each["at"], *each["others"])
    }


def test_the_pairs_of_three_things_are_told_each_with_its_values(ruleset: Ruleset) -> None:
    found = said_of(ruleset, *(form(f"项目{at}", f"甲 {at + 1}件") for at in range(3)))

    assert [(each["claimed"], each["computed"]) for each in found] == [("1", "2"), ("1", "3"), ("2", "3")]
    assert all("others" not in each for each in found)


def test_a_pair_by_itself_is_told_as_it_was(ruleset: Ruleset) -> None:
    (found,) = said_of(ruleset, form("项目0", "甲 1件"), form("项目1", "甲 2件"))

    assert (found["claimed"], found["computed"]) == ("1", "2")
    assert "others" not in found


def test_what_deducts_points_is_told_as_often_as_it_does(ruleset: Ruleset) -> None:
    document = read_document(
        read(form("项目", "甲 1件", "甲 1件", "甲 1件").replace("\n  ", "\n").strip().encode(), "f.yaml")
    )

    findings = [each for each in evaluate(document, ruleset).findings if each.rule == "twice"]

    assert [each.outcome for each in findings] == ["deduct"] * 3
