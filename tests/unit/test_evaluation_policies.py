"""What real policies do, said in small overlays: every line of `fixtures/cases/policy/vectors.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from laws.strategies import HEAD, document_of, ruleset_of
from zhunsheng import Assessment, evaluate

VECTORS: Final[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "fixtures" / "cases" / "policy" / "vectors.yaml").read_text(encoding="utf-8")
)


def judged(policy: dict[str, Any], total: dict[str, Any], rows: list[dict[str, Any]] | None = None) -> Assessment:
    form = {
        "kind": "project", "unit": "某单位", "project": "某项目", "year": 2021,
        "funds": {"total": {key: str(value) for key, value in total.items()}}, "indicators": rows or [],
    }  # fmt: skip
    return evaluate(document_of(form), ruleset_of({**HEAD, "extends": "mof-2020", **policy}))


def row(**more: str) -> dict[str, str]:
    return {"dimension": "产出指标", "category": "数量指标", "name": "某项", "points": "22.5", **more}


@pytest.mark.parametrize(
    ("policy", "case"), [(group["policy"], case) for group in VECTORS["execution"] for case in group["cases"]]
)
def test_execution_rate_and_score(policy: dict[str, Any], case: dict[str, Any]) -> None:
    names = {"budget": "annual_budget", "executed": "executed", "initial": "initial_budget"}
    assessment = judged(policy, {names[key]: value for key, value in case.items() if key in names})
    assert assessment.scores[0].computed == case["score"]
    assert assessment.quantities["执行率"] == case.get("rate", assessment.quantities["执行率"])


@pytest.mark.parametrize("case", VECTORS["indicator"])
def test_score_of_an_indicator(case: dict[str, str]) -> None:
    policy = {"scores": {"定量指标": case["formula"]}}
    assessment = judged(policy, {}, [row(target=case["target"], actual=case["actual"])])
    assert (assessment.scores[-1].computed, assessment.scores[-1].status) == (case["score"], "computed")


@pytest.mark.parametrize("case", VECTORS["grade"])
def test_grade_of_a_total(case: dict[str, str]) -> None:
    policy = {"total": {"formula": case["total"], "round": case["round"]}}
    assert judged(policy, {}).grade.computed == case["grade"]


@pytest.mark.parametrize("case", VECTORS["cross_check"])
def test_lights_of_a_cross_check(case: dict[str, Any]) -> None:
    rule = {"when": "(指标得分率 - 执行率) / 指标得分率 > 5%", "finding": "error", "message": "红灯"}
    policy = {
        "quantities": {"指标得分率": "sum(自评得分 for 指标) / 90 * 100%", "执行率": {"round": "12 places half-up"}},
        "rules": {"red": rule},
    }
    total = {"annual_budget": case["budget"], "executed": case["executed"]}
    assessment = judged(policy, total, [row(points="90", claimed_score=case["claimed"])])
    assert ("red" in {each.rule for each in assessment.findings}) is case["red"]


def test_a_judged_score_outside_its_tier_is_a_finding() -> None:
    """10 points, partly met: 8.00 belongs to the tier above, 7.99 and 6 to this one, 5.99 to the one below."""
    found = []
    for score in ("8.00", "7.99", "6", "5.99"):
        judgement = {"tier": "部分达成", "score": score}
        assessment = judged({}, {}, [row(target="明显改善", actual="有所改善", points="10") | {"judgement": judgement}])
        found.append("judged-outside-tier" in {each.rule for each in assessment.findings})
    assert found == [True, False, False, True]
