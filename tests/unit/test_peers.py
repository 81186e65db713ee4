"""Peers: how groups are declared, what is refused, how a group is told, and that nothing else crosses between documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from zhunsheng import Document, Dossier, Refused, Ruleset, evaluate, evaluate_dossier, evaluate_together
from zhunsheng.population.columns.asked import asked
from zhunsheng.population.columns.values import Inexpressible
from zhunsheng.population.compare import compare
from zhunsheng.population.peers import passes
from zhunsheng.ruleset import read_ruleset
from zhunsheng.source import Source, read

POLICY: dict[str, Any] = {
    "ruleset": "peers-base",
    "version": "1.0.0",
    "title": "同组",
    "peers": {"同类": {"by": ["地区"], "clause": "第三条"}},
    "quantities": {
        "执行率": "全年执行数 / 全年预算数",
        "最高": "max(执行率 for 同类)",
        "名次": {"each": {"本": "文件"}, "formula": "1 + count(同类 where 执行率 > 本.执行率)"},
    },
    "scores": {"执行": {"each": "文件", "points": 100, "formula": "100 * 执行率 / 最高", "round": "2 places half-up"}},
    "total": "执行.得分",
    "grades": {"优": ">= 90", "差": "< 90"},
}


def source_of(policy: dict[str, Any]) -> Source:
    return read(json.dumps(policy, ensure_ascii=False, indent=1).encode(), "policy.json", format="json")


def ruleset_of(**changes: Any) -> Ruleset:
    def retrieve(name: str) -> Source:
        assert name == "peers-base"
        return source_of(POLICY)

    return read_ruleset(source_of({**POLICY, **changes}), retrieve)


def overlaid(**changes: Any) -> Ruleset:
    head = {"ruleset": "over", "version": "1.0.0", "title": "上", "extends": "peers-base"}
    return read_ruleset(source_of({**head, **changes}), lambda _: source_of(POLICY))


def form(name: str, executed: int, region: str | None = "甲", **more: Any) -> Document:
    return Document.model_validate(
        {
            "id": name, "kind": "department", "unit": "单位", "year": 2021, "region": region, "indicators": [],
            "funds": {"total": {"annual_budget": "100", "executed": f"{executed}"}}, **more,
        }
    )  # fmt: skip


def test_a_derivation_names_the_group_and_its_size() -> None:
    one, _, _ = evaluate_together([form("一", 80), form("二", 90), form("三", 100, "乙")], ruleset_of())
    assert one.total.computed == "88.89"
    inputs = [(each.name, each.value) for each in one.derivations["名次"].inputs]
    assert inputs == [("同类", "2 个文件：年度 2021，地区 「甲」"), ("本.执行率", "80%")]


def test_a_document_judged_alone_is_left_to_a_person_who_is_told_why() -> None:
    (remark,) = evaluate(form("一", 80), ruleset_of()).judgements
    assert "单独评价" in remark.message
    assert "judged alone" in remark.message_en


def test_a_document_without_a_region_is_in_no_group() -> None:
    one, other = evaluate_together([form("一", 80), form("二", 90, None)], ruleset_of())
    assert (one.total.computed, other.total.computed) == ("100", None)
    assert "没有「地区」" in other.judgements[0].message


def test_documents_of_two_years_are_no_peers() -> None:
    one, other = evaluate_together([form("一", 80), form("二", 90, year=2022)], ruleset_of())
    assert one.total.computed == other.total.computed == "100"


def test_the_documents_of_a_dossier_are_peers() -> None:
    dossier = Dossier.model_validate(
        {"unit": "单位", "year": 2021, "documents": [form("一", 45).model_dump(), form("二", 90).model_dump()]}
    )
    _, (one, _) = evaluate_dossier(dossier, ruleset_of())
    assert one.total.computed == "50"


def test_a_refused_document_refuses_all_with_its_own_name() -> None:
    with pytest.raises(Refused) as refused:
        evaluate_together([form("一", 80), form("二", 90, attributes={"没有": 1})], ruleset_of())
    assert [each.place.file for each in refused.value.problems] == ["二"]


def test_a_total_from_the_mean_of_totals_is_a_circle() -> None:
    with pytest.raises(Refused) as refused:
        ruleset_of(total="mean(总分 for 同类)")
    assert "feedback" in {each.code for each in refused.value.problems}


def test_a_group_by_what_follows_from_the_group_is_a_circle() -> None:
    with pytest.raises(Refused) as refused:
        ruleset_of(peers={"同类": {"by": ["最高"]}})
    assert {each.code for each in refused.value.problems} == {"feedback"}


def test_what_is_wrong_in_a_list_is_shown_where_it_stands() -> None:
    with pytest.raises(Refused) as refused:
        ruleset_of(peers={"同类": {"by": ["文件类型", "地去"]}})
    (problem,) = refused.value.problems
    line = source_of({**POLICY, "peers": {"同类": {"by": ["文件类型", "地去"]}}}).text.splitlines()[
        problem.place.line - 1
    ]
    assert problem.code == "unknown-name"
    assert "地去" in line


@pytest.mark.parametrize(
    ("peers", "code"),
    [({"指标": {"by": []}}, "name-taken"), ({"同类": {}}, "incomplete"), ({"真": {"by": []}}, "name-reserved")],
)
def test_what_cannot_be_a_group(peers: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        ruleset_of(peers=peers)
    assert code in {each.code for each in refused.value.problems}


def test_an_overlay_changes_what_a_group_agrees_in_and_loses_the_clause() -> None:
    ruleset = overlaid(peers={"同类": {"by": ["文件类型"]}})
    assert [len(each.by) for each in ruleset.peers] == [2]
    assert ruleset.peers[0].citation.clause is None
    (difference,) = compare(ruleset_of(), ruleset).differences
    assert (difference.element.section, difference.aspect) == ("peers", "by")


def test_a_group_that_is_dropped_must_not_be_in_use() -> None:
    with pytest.raises(Refused) as refused:
        overlaid(peers={"同类": {"drop": True}})
    assert {each.code for each in refused.value.problems} == {"still-in-use"}


def test_rules_of_two_things_stay_within_a_document() -> None:
    rules = {"twice": {"each": {"一": "指标", "二": "指标"}, "when": "一.三级指标 = 二.三级指标", "finding": "note"}}
    rows: dict[str, Any] = {"indicators": [{"name": "同名"}]}
    for assessment in evaluate_together([form("一", 80, **rows), form("二", 80, **rows)], ruleset_of(rules=rules)):
        assert assessment.findings == ()


def test_how_many_passes_a_population_takes() -> None:
    assert passes(ruleset_of()) == 1
    assert passes(ruleset_of(quantities={**POLICY["quantities"], "均": "mean(总分 for 同类)"})) == 2
    assert passes(ruleset_of(peers={}, quantities={}, scores={}, total="1")) == 0


def test_what_passes_cannot_ask_is_told() -> None:
    formula = "mean(执行率 for 同类 where 执行率 < 本.执行率)"
    with pytest.raises(Inexpressible):
        asked(ruleset_of(quantities={**POLICY["quantities"], "低的均": {"each": {"本": "文件"}, "formula": formula}}))
