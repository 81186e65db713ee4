"""What once went wrong in an evaluation, one test each."""

from __future__ import annotations

from typing import Any

from laws.strategies import HEAD, content_of, document_of, ruleset_of
from zhunsheng import Assessment, evaluate
from zhunsheng.document import Dossier
from zhunsheng.evaluation.facts import world_of_dossier
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import run


def form(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    first = {
        "dimension": "产出指标",
        "category": "数量指标",
        "name": "某项",
        "target": "≥3次",
        "actual": "1次",
        "points": "10",
        "claimed_score": "5",
    }
    return {
        "kind": "project", "unit": "某单位", "project": "某项目", "year": 2021,
        "funds": {"total": {"annual_budget": "100", "executed": "50"}}, "indicators": [first | each for each in rows], **more,
    }  # fmt: skip


def judged(policy: dict[str, Any], *rows: dict[str, Any], **more: Any) -> Assessment:
    return evaluate(document_of(form(*rows, **more)), ruleset_of({**HEAD, "extends": "mof-2020", **policy}))


def findings(assessment: Assessment, rule: str) -> list[tuple[str | None, str | None]]:
    return [(each.claimed, each.computed) for each in assessment.findings if each.rule == rule]


def test_names_of_any_length_are_compared() -> None:
    """The library beneath compares texts of 32,767 bytes at most; they are told to it by their rank."""
    found = findings(
        judged({}, {"name": "名" * 20_000}, {"name": "名" * 20_000, "target": "≥4次"}), "same-name-two-targets"
    )
    assert found == [("≥3次", "≥4次")]


def test_a_pair_that_matches_both_ways_is_named_by_what_it_says() -> None:
    """Not by where its rows stand in the form."""
    rule = {
        "each": {"甲": "指标", "乙": "指标"},
        "when": "甲.三级指标 = 乙.三级指标",
        "finding": "note",
        "claimed": "甲.分值",
        "computed": "乙.分值",
    }
    policy = {"rules": {"twice": rule}}
    rows = ({"points": "22.5"}, {"points": "7"})
    assert findings(judged(policy, *rows), "twice") == findings(judged(policy, *rows[::-1]), "twice") == [("22.5", "7")]


def test_scores_of_two_kinds_may_be_rounded_differently() -> None:
    """A figure in a remark has the places of its own rounding, or is exact."""
    policy = {
        "scores": {
            "定量指标": {"formula": "分值 / 3", "round": "5 places half-up"},
            "定性指标": {"round": "1 places half-up"},
        }
    }
    assert findings(judged(policy, {}), "indicator-score-claim") == [("5", "3.33333")]


def test_an_alternative_that_asks_nothing_of_one_thing_joins_all_the_same() -> None:
    """`甲.x or 乙.y` holds for a pair of which only the first says anything."""
    rule = {
        "each": {"甲": "文件", "乙": "指标"},
        "when": "甲.全年执行数 < 甲.全年预算数 or 乙.分值 > 90",
        "finding": "note",
        "claimed": "乙.分值",
    }
    assert findings(judged({"rules": {"either": rule}}, {}), "either") == [("10", None)]


def test_points_and_scores_of_a_document_may_be_used_before_the_total() -> None:
    policy: dict[str, Any] = {
        "quantities": {
            "应得": "预算执行率.分值 / 2",
            "实得率": "预算执行率.得分 / 预算执行率.分值",
            "得分项之半": {"each": "得分项", "formula": "满分 / 2"},
        }
    }
    policy["rules"] = {
        "items": {"each": "得分项", "when": "得分项之半 = 50", "finding": "note", "claimed": "得分项得分"}
    }
    assessment = judged(policy, {})
    assert (assessment.quantities["应得"], assessment.quantities["实得率"]) == ("5", "0.5")
    assert len(findings(assessment, "items")) == len(assessment.scores)


def test_own_inputs_have_their_places() -> None:
    policy = {
        "inputs": {
            "整改": {"each": "文件", "record": {"完成率": "percent"}},
            "事件": {"each": "文件", "list": {"次数": "number"}},
        },
        "rules": {
            "mended": {"when": "整改.完成率 < 100%", "finding": "note", "at": "整改.完成率"},
            "often": {"each": "事件", "when": "次数 > 2", "finding": "note", "at": "次数"},
        },
    }
    assessment = judged(policy, attributes={"整改": {"完成率": "90%"}, "事件": [{"次数": 1}, {"次数": 3}]})
    places = {each.rule: each.at for each in assessment.findings}
    assert (places["mended"], places["often"]) == ("/attributes/整改/完成率", "/attributes/事件/1/次数")


def test_blank_cells_are_read_as_absent() -> None:
    blanks = {"deviation_explanation": " ", "unit": "", "evidence": {"source": "　"}}
    assert {"explain-shortfall"} <= {each.rule for each in judged({}, blanks).requirements}


def test_a_rule_says_a_thing_once_however_its_pair_is_ordered() -> None:
    forms = [form({}) | {"project": name} for name in ("甲项目", "乙项目")]
    dossier = content_of({"unit": "某单位", "year": 2021, "documents": forms})
    assert isinstance(dossier, Dossier)
    rule = {"each": {"甲": "文件", "乙": "文件"}, "when": "甲.全年执行数 = 乙.全年执行数", "finding": "note"}
    ruleset = ruleset_of({**HEAD, "extends": "mof-2020", "rules": {"same": rule}})
    outcome = run(plan_of(ruleset), world_of_dossier(dossier, ruleset))
    assert [len(each.bound) for each in outcome.conclusions if each.rule.id == "same"] == [2]


def test_a_grade_is_said_to_be_capped_only_where_a_cap_lowered_it() -> None:
    """The derivation names the caps and the band they lead to; a cap above the grade has no part in it."""
    found = {}
    for cap in ("良", "差"):
        assessment = judged(
            {
                "rules": {"low": {"when": "执行率 < 60%", "cap": cap}},
                "total": "85",
                "grades": {"差": {"clause": "末档"}},
            },
            {},
        )
        derivation = assessment.grade.derivation
        assert derivation is not None
        found[cap] = (assessment.grade.computed, "low" in derivation.values, derivation.clause == "末档")
    assert found == {"良": ("良", False, False), "差": ("差", True, True)}
