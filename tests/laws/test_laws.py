"""What the engine promises of every policy and every form. Each law is told in `docs/explanation/guarantees.md`."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laws.strategies import (
    HEAD,
    METHODS,
    SHIPPED,
    compiled_or_thrown_away,
    content_of,
    document_of,
    documents,
    dossiers,
    filled,
    overlays,
    ruleset_of,
    tried,
    wild_rulesets,
)
from reference.bridge import by_engine, by_oracle, filed_things, world_of
from reference.meaning import lacking, rounded
from reference.scorer import judged
from zhunsheng import evaluate, evaluate_dossier, plain
from zhunsheng.document import Document
from zhunsheng.expression.check import Binder, check
from zhunsheng.expression.exact import Thing, compiled
from zhunsheng.expression.tree import Logic, Table
from zhunsheng.expression.types import Type
from zhunsheng.expression.words import shown, words
from zhunsheng.number import Mode, Rounding, write
from zhunsheng.ruleset import Ruleset, canonical
from zhunsheng.ruleset.vocabulary import DOCUMENT, fields_of

if TYPE_CHECKING:
    from zhunsheng.evaluation import Assessment

FORMS: Final = Path(__file__).parents[2] / "fixtures" / "zhuzhou-2021"
HEADINGS: Final = ("requirements", "findings", "confirmations", "judgements")
CONTENTS = documents() | dossiers()
FILLED = filled(CONTENTS)
FEW = tried(60)


def assessed(content: Any, ruleset: Ruleset, *, derivations: bool = True) -> list[Any]:
    """All assessments of a document or a dossier, as the data they become."""
    if isinstance(content, Document):
        return [plain(evaluate(content, ruleset, derivations=derivations))]
    whole, each = evaluate_dossier(content, ruleset, derivations=derivations)
    return [plain(whole), *map(plain, each)]


def reproduce(ruleset: dict[str, Any], content: dict[str, Any]) -> str:
    """Both as files, for a terminal: what failed, to try again."""
    return f"{json.dumps(ruleset, ensure_ascii=False)}\n{json.dumps(content, ensure_ascii=False)}"


def figures(assessment: Any) -> Any:
    return assessment["quantities"], assessment["total"].get("computed"), assessment["grade"].get("computed")


def number(text: str | None) -> Fraction:
    assert text is not None
    return Fraction(text)


# The meaning of policies


@tried(150)
@given(wild_rulesets(), FILLED)
def test_a_policy_means_what_the_oracle_says(policy: dict[str, Any], content: dict[str, Any]) -> None:
    """Every value, score and conclusion of any policy on any documents is what brute force over the texts gives."""
    ruleset = compiled_or_thrown_away(policy)
    assert by_engine(content_of(content), ruleset) == by_oracle(content_of(content), ruleset), reproduce(
        policy, content
    )


@FEW
@given(overlays(), CONTENTS)
def test_an_overlay_means_what_the_oracle_says(policy: dict[str, Any], content: dict[str, Any]) -> None:
    """The same of policies that change the national base."""
    ruleset = ruleset_of(policy)
    assert by_engine(content_of(content), ruleset) == by_oracle(content_of(content), ruleset), reproduce(
        policy, content
    )


@FEW
@given(wild_rulesets(), FILLED)
def test_a_checked_ruleset_never_fails_on_types(policy: dict[str, Any], content: dict[str, Any]) -> None:
    """What the reader accepts can be worked out on every form, reasons included, and written as JSON."""
    ruleset = compiled_or_thrown_away(policy)
    json.dumps(assessed(content_of(content), ruleset), ensure_ascii=False)


# Scores


@FEW
@given(overlays(), documents())
def test_score_stays_within_points(policy: dict[str, Any], form: dict[str, Any]) -> None:
    """No score is below zero or above its points, whatever was claimed or judged."""
    for line in evaluate(document_of(form), ruleset_of(policy)).scores:
        if line.computed is not None:
            assert 0 <= number(line.computed) <= number(line.points or "0"), reproduce(policy, form)


def one_indicator(target: str, actual: str, **more: Any) -> dict[str, Any]:
    row = {
        "dimension": "产出指标",
        "category": "数量指标",
        "name": "案卷数",
        "target": target,
        "actual": actual,
        "points": "22.5",
    }
    return {
        "kind": "project", "unit": "某单位", "project": "某项目", "year": 2021,
        "funds": {"total": {"annual_budget": "100", "executed": "50"}}, "indicators": [{**row, **more}],
    }  # fmt: skip


def score_of(form: dict[str, Any], ruleset: Ruleset) -> Fraction | None:
    line = evaluate(document_of(form), ruleset, derivations=False).scores[-1]
    return None if line.computed is None else Fraction(line.computed)


@FEW
@given(
    overlays(),
    st.sampled_from(["≥", ">", "=", "≤", "<", ""]),
    st.integers(1, 60),
    st.lists(st.integers(0, 150), min_size=2, max_size=5),
)
def test_more_attainment_never_scores_less(policy: dict[str, Any], sign: str, target: int, actuals: list[int]) -> None:
    """Against ≥ and > a greater actual value never lowers the score, against ≤ and < a lesser one; nor does more spending."""
    ruleset = ruleset_of(policy)
    better = sorted(actuals, reverse=sign in ("≤", "<"))
    scores = [number(str(score_of(one_indicator(f"{sign}{target}次", f"{actual}次"), ruleset))) for actual in better]
    assert scores == sorted(scores), list(zip(better, scores, strict=True))
    executions = []
    for spent in sorted(actuals):
        form = one_indicator("≥1次", "1次")
        form["funds"]["total"] |= {"annual_budget": str(target), "executed": str(spent)}
        executions.append(number(evaluate(document_of(form), ruleset, derivations=False).scores[0].computed))
    assert executions == sorted(executions)


@FEW
@given(overlays(), documents())
def test_total_is_sum_of_rounded_parts(policy: dict[str, Any], form: dict[str, Any]) -> None:
    """The total is the sum of the scores as they are published, rounded as declared; with one withheld there is none."""
    assessment = evaluate(document_of(form), ruleset_of(policy), derivations=False)
    parts = [line.computed for line in assessment.scores]
    places, _, mode = policy["total"]["round"].split()
    if None in parts:
        assert assessment.total.computed is None
    else:
        total = sum(map(number, parts), Fraction(0))
        assert number(assessment.total.computed) == rounded(total, [Rounding(int(places), Mode(mode))])


@tried(200)
@given(
    st.sampled_from([*SHIPPED.values()]) | overlays().map(ruleset_of),
    st.fractions(-10, 130) | st.integers(0, 10000).map(lambda each: Fraction(each, 100)),
)
def test_grades_partition_the_scale(ruleset: Ruleset, total: Fraction) -> None:
    """Every total has a grade, and a greater total none that is worse; the grade changes where the policy says."""
    grades = [band.grade for band in ruleset.bands]
    of = compiled(ruleset.grades.formula)
    table = ruleset.grades.formula
    assert isinstance(table, Table)
    ends = [Fraction(str(words(bound))) for row in table.rows for _, bound in row.conditions]
    ladder = sorted({total, total + Fraction(1, 100), *ends, *(end - Fraction(1, 10**12) for end in ends)})
    given_ = [of((Thing(DOCUMENT, "", None, {"总分": each}),)) for each in ladder]
    assert not lacking(*given_)
    ranks = [grades.index(str(each)) for each in given_]
    assert ranks == sorted(ranks, reverse=True)


ALL_OR_NOTHING: Final = ruleset_of({
    **HEAD, "extends": "mof-2020", "scores": {"定量指标": f"0 if 否决 else max(({METHODS['all-or-nothing']}) - 扣分, 0)"}
})  # fmt: skip
ATTAINS: Final = {
    "≥": lambda actual, target: actual >= target, ">": lambda actual, target: actual > target,
    "≤": lambda actual, target: actual <= target, "<": lambda actual, target: actual < target,
}  # fmt: skip


@tried(200)
@given(st.sampled_from("≥>≤<"), st.integers(-20, 60), st.integers(-30, 90))
def test_full_marks_iff_target_met(sign: str, target: int, actual: int) -> None:
    """Where the policy gives all or nothing: all the points when the target is met, and otherwise none."""
    met = ATTAINS[sign](actual, target)
    assert score_of(one_indicator(f"{sign}{target}次", f"{actual}次"), ALL_OR_NOTHING) == (
        Fraction("22.5") if met else 0
    )


@tried(200)
@given(st.sampled_from(sorted(SHIPPED)), st.sampled_from("≥>≤<"), st.integers(-20, 60), st.integers(-30, 90))
def test_a_met_target_has_full_marks_and_an_unmet_one_less(name: str, sign: str, target: int, actual: int) -> None:
    """Under every shipped policy; what it cannot measure against a target of zero or below is left to a person."""
    score = score_of(one_indicator(f"{sign}{target}次", f"{actual}次"), SHIPPED[name])
    if ATTAINS[sign](actual, target):
        assert score == Fraction("22.5")
    else:
        assert score is None or score < Fraction("22.5") or actual == target


@FEW
@given(overlays(), documents(), st.sampled_from(["annual_budget", "executed"]))
def test_a_missing_amount_is_never_zero(policy: dict[str, Any], form: dict[str, Any], blank: str) -> None:
    """Without a budget or an executed amount the execution score is not computed; it is taken from no number."""
    ruleset = ruleset_of(policy)
    form["funds"]["total"].pop(blank, None)
    assessment = evaluate(document_of(form), ruleset, derivations=False)
    assert (assessment.scores[0].status, assessment.scores[0].computed, assessment.total.computed) == (
        "withheld",
        None,
        None,
    )
    assert "执行率" not in assessment.quantities


# Rules


@FEW
@given(
    overlays(),
    st.integers(1, 60),
    st.integers(0, 59),
    st.sampled_from(["资金到位晚", "审批滞后"]),
    st.sampled_from(["", " ", None]),
)
def test_shortfall_without_reason_is_required_and_with_one_is_not(
    policy: dict[str, Any], target: int, short: int, reason: str, blank: str | None
) -> None:
    """A target missed needs its reason, in the form or in the report's text; a blank cell is no reason."""
    ruleset = ruleset_of(policy)
    actual = max(target - 1 - short, 0)

    def required(form: dict[str, Any], explanations: list[dict[str, str]]) -> bool:
        dossier = {"unit": "某单位", "year": 2021, "documents": [form], "explanations": explanations}
        alone = evaluate(document_of(form), ruleset)
        _, (within,) = evaluate_dossier(content_of(dossier), ruleset)  # type: ignore[arg-type]
        found = [[each.rule for each in one.requirements].count("explain-shortfall") for one in (alone, within)]
        return bool(found[0] if not explanations else found[1])

    said = {"document": "某项目", "item": "案卷数", "text": reason}
    without = one_indicator(
        f"≥{target}次", f"{actual}次", **({} if blank is None else {"deviation_explanation": blank})
    )
    assert required(without, [])
    assert not required(one_indicator(f"≥{target}次", f"{actual}次", deviation_explanation=reason), [])
    assert not required(without, [said])
    assert required(without, [{**said, "item": "别的指标"}])


@FEW
@given(wild_rulesets() | overlays(), documents(), st.data())
def test_order_of_rules_keys_and_indicators_is_irrelevant(
    policy: dict[str, Any], form: dict[str, Any], data: st.DataObject
) -> None:
    """A policy with its keys and rules in another order, a form with its rows in another order: the same results."""
    ruleset = compiled_or_thrown_away(policy)
    shuffled = ruleset_of(reordered(policy, data))
    order = data.draw(st.permutations(range(len(form["indicators"]))))
    other = reordered(form, data) | {"indicators": [reordered(form["indicators"][at], data) for at in order]}
    assert ruleset.sha256 == shuffled.sha256
    one, two = (plain(evaluate(document_of(each), rules)) for each, rules in ((form, ruleset), (other, shuffled)))
    assert figures(one) == figures(two), reproduce(policy, form)
    assert scores(one, range(len(order))) == scores(two, order), reproduce(policy, form)
    for heading in HEADINGS:
        assert remarks(one[heading]) == remarks(two[heading]), reproduce(policy, form)


def reordered(mapping: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """The same mapping, and those within it, in another order of keys; a rule's things keep theirs, which names them."""
    keys = data.draw(st.permutations(list(mapping)))
    return {
        key: reordered(value, data) if isinstance(value := mapping[key], dict) and key != "each" else value
        for key in keys
    }


def scores(assessment: Any, order: Any) -> dict[str, Any]:
    """Score lines by the row they had in the first form."""
    found = {}
    for line in assessment["scores"]:
        name = line["id"]
        if name.startswith("/indicators/"):
            name = f"/indicators/{list(order)[int(name.rpartition('/')[2])]}"
        found[name] = {key: value for key, value in line.items() if key not in ("id", "at", "derivation")}
    return found


def remarks(found: list[dict[str, Any]]) -> Counter[str]:
    """What was said, but for the rows it was said of."""
    return Counter(
        repr({key: value for key, value in sorted(each.items()) if key not in ("at", "others", "derivation")})
        for each in found
    )


@FEW
@given(wild_rulesets() | overlays(), CONTENTS, st.sampled_from(["执行率一 < 90%", "true", "任一(指标 where 分值 > 5)"]))
def test_adding_a_rule_changes_only_what_it_names(
    policy: dict[str, Any], content: dict[str, Any], condition: str
) -> None:
    """A further finding leaves every figure and every other remark as they were."""
    ruleset = compiled_or_thrown_away(policy)
    condition = condition.replace("执行率一", "全年执行数 / 全年预算数")
    more = ruleset_of(
        {**policy, "rules": {**policy["rules"], "added": {"when": condition, "finding": "note", "message": "又一条"}}}
    )
    before, after = (assessed(content_of(content), each, derivations=False) for each in (ruleset, more))
    for one, two in zip(before, after, strict=True):
        two["findings"] = [each for each in two["findings"] if each["rule"] != "added"]
        assert {**one, "ruleset": None} == {**two, "ruleset": None}, reproduce(policy, content)


@FEW
@given(overlays(), documents())
def test_veto_trumps_every_score(policy: dict[str, Any], form: dict[str, Any]) -> None:
    """A veto of the document leaves a total of 0 and the last grade; of an indicator, a score of 0; whatever else was won."""
    rules = {**policy["rules"], "stop": {"when": "true", "veto": True, "message": "否决"}}
    grade = min(policy["grades"], key=lambda name: policy["grades"][name].startswith(">"))
    whole = evaluate(document_of(form), ruleset_of({**policy, "rules": rules}), derivations=False)
    assert (whole.total.computed is None, whole.grade.computed) in ((False, grade), (True, None))
    assert whole.total.computed is None or number(whole.total.computed) == 0
    rules["stop"] = {"each": "指标", "when": "true", "veto": True, "message": "否决"}
    for line in evaluate(document_of(form), ruleset_of({**policy, "rules": rules}), derivations=False).scores[1:]:
        assert number(line.computed) == 0


@FEW
@given(overlays(), st.integers(0, 12), st.sets(st.sampled_from("优良中差"), min_size=1))
def test_a_cap_lowers_a_grade_and_never_lifts_one(policy: dict[str, Any], actual: int, caps: set[str]) -> None:
    """Under caps the grade is the worst of them and of the one the total earns."""
    form = document_of(one_indicator("≥12次", f"{actual}次"))
    rules = {f"cap-{at}": {"when": "true", "cap": grade, "message": "上限"} for at, grade in enumerate(sorted(caps))}
    free, capped = (
        evaluate(form, ruleset_of({**policy, "rules": more}), derivations=False).grade.computed for more in ({}, rules)
    )
    assert free is not None
    assert capped == max(caps | {free}, key="优良中差".index)


def test_a_check_that_holds_has_no_consequence() -> None:
    """A check deducts, caps, vetoes and derives where it fails; where it holds it only confirms."""
    form = document_of(one_indicator("≥1次", "1次"))
    for outcome in ({"deduct": "5"}, {"veto": True}, {"cap": "差"}):
        rule = {"check": "全年执行数 <= 全年预算数", "confirmed": "未超支", "message": "超支", **outcome}
        base, with_rule = (
            evaluate(form, ruleset_of({**HEAD, "extends": "mof-2020", "rules": rules}), derivations=False)
            for rules in ({}, {"spent": rule})
        )
        assert (base.total, base.grade, base.scores) == (with_rule.total, with_rule.grade, with_rule.scores), outcome
        assert plain(evaluate(form, ruleset_of({**HEAD, "extends": "mof-2020", "rules": {}})).grade) == plain(
            evaluate(form, ruleset_of({**HEAD, "extends": "mof-2020", "rules": {"spent": rule}})).grade
        ), outcome
        assert [each.rule for each in with_rule.confirmations] == ["spent"]


@FEW
@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_the_currency_unit_changes_no_figure(executed: int, budget: int) -> None:
    """A form in 元 and the same form in 万元 have one assessment, own inputs that are money included."""
    policy = {
        **HEAD, "extends": "mof-2020",
        "inputs": {"专户支出": {"each": "文件", "type": "money"}},
        "quantities": {"合计支出": "全年执行数 + 专户支出"},
    }  # fmt: skip
    ruleset = ruleset_of(policy)
    found = []
    for unit, scale in (("元", 1), ("万元", 10_000)):
        form = one_indicator("≥1次", "1次")
        amounts = {
            name: write(Fraction(each, scale)) for name, each in (("annual_budget", budget), ("executed", executed))
        }
        form |= {"currency_unit": unit, "attributes": {"专户支出": write(Fraction(12345, scale))}}
        form["funds"]["total"] |= amounts
        assessment = evaluate(document_of(form), ruleset, derivations=False)
        found.append((assessment.quantities, assessment.scores, assessment.total))
    assert found[0] == found[1]


# Documents and reports


@given(documents() | dossiers())
def test_read_after_write_is_identity(content: dict[str, Any]) -> None:
    """A document written as JSON reads back as the same document, under the same hash, however its keys are ordered."""
    first = content_of(content)
    dumped = first.model_dump(mode="json", exclude_none=True)
    again = content_of(dict(reversed(dumped.items())))
    assert again == first
    one, two = (hashlib.sha256(canonical(each.model_dump(exclude_none=True))).hexdigest() for each in (first, again))
    assert one == two


@FEW
@given(wild_rulesets() | overlays(), CONTENTS)
def test_leaving_derivations_out_changes_no_figure(policy: dict[str, Any], content: dict[str, Any]) -> None:
    """Without reasons an assessment says the same, only shorter."""
    ruleset = compiled_or_thrown_away(policy)
    long, short = (assessed(content_of(content), ruleset, derivations=each) for each in (True, False))
    assert without_reasons(long) == without_reasons(short), reproduce(policy, content)


def without_reasons(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: without_reasons(value) for key, value in part.items() if key not in ("derivation", "derivations")}
    return [without_reasons(each) for each in part] if isinstance(part, list) else part


@pytest.mark.parametrize("base", sorted(SHIPPED))
@tried(20)
@given(CONTENTS)
def test_empty_overlay_is_the_base(base: str, content: dict[str, Any]) -> None:
    """A policy that changes nothing of the one it extends gives the same assessment, but for its name."""
    empty = ruleset_of({key: value for key, value in HEAD.items() if key != "status"} | {"extends": base})
    one, two = (assessed(content_of(content), ruleset) for ruleset in (SHIPPED[base], empty))
    for each in (*one, *two):
        del each["ruleset"]
    assert one == two


PROGRAM = """
import json, random, sys
from zhunsheng import evaluate, evaluate_dossier, load_ruleset, plain
from zhunsheng.document import read_document, read_dossier
from zhunsheng.source import read
def shuffled(part):
    if isinstance(part, dict):
        return {key: shuffled(part[key]) for key in random.sample(list(part), len(part))}
    return [shuffled(each) for each in part] if isinstance(part, list) else part
random.seed(sys.argv[1])
for data in json.load(sys.stdin):
    source = read(json.dumps(shuffled(data)).encode(), "x.json")
    for name in ("mof-2020", "zhuzhou-2021"):
        ruleset = load_ruleset(name)
        if "documents" in data:
            found = evaluate_dossier(read_dossier(source), ruleset)
        else:
            found = (evaluate(read_document(source), ruleset),)
        print(json.dumps(plain(found), ensure_ascii=False))
"""


def test_same_inputs_same_bytes() -> None:
    """In another process, under another hash seed, with the keys of the files shuffled: the same bytes."""
    drawn: list[Any] = []

    @settings(max_examples=12, database=None)
    @given(CONTENTS)
    def draw(content: dict[str, Any]) -> None:
        drawn.append(content)

    draw()
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, seed],
            input=json.dumps(drawn).encode(), env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert outputs[0] == outputs[1]
    assert outputs[0].count(b"\n") == 2 * len(drawn)


@FEW
@given(wild_rulesets() | overlays(), documents())
def test_every_figure_has_a_derivation_that_recomputes(policy: dict[str, Any], form: dict[str, Any]) -> None:
    """A reason holds by itself: its inputs stand in the form where it says, and its formula gives its result."""
    ruleset = compiled_or_thrown_away(policy)
    document = document_of(form)
    assessment = evaluate(document, ruleset)
    things = filed_things(world_of(document, ruleset))
    judge, conclusions = judged(ruleset, things)
    by_place = {(each["scope"], each["key"]): each for each in things}
    (top,) = (each for each in things if each["scope"] == DOCUMENT)
    for figure in (assessment.total, assessment.grade):
        assert figure.derivation is not None or figure.computed is None
    for line in assessment.scores:
        assert line.derivation is not None or line.status == "withheld"
    for key, derivation in all_derivations(assessment).items():
        pointer, _, name = key.rpartition("#")
        thing = (
            top if not pointer else next(each for (_, at), each in by_place.items() if at == f"{top['key']}{pointer}")
        )
        alias = next(
            (each.alias for each in ruleset.quantities if (each.scope, each.name) == (thing["scope"], name)), None
        )
        node = check(derivation.formula, (Binder(thing["scope"], alias),), ruleset.scopes)
        value = rounded(judge.value(node, thing), [rounding(each) for each in derivation.rounding])
        places = rounding(derivation.rounding[-1]).places if derivation.rounding else None
        if name != "等级":  # a cap may have lowered it
            type_ = Type.NUMBER if name in ("得分", "总分") or name.endswith(".得分") else node.type
            assert shown(value, type_, places) == derivation.result, (key, reproduce(policy, form))
        for each in derivation.inputs:
            if each.element is not None:
                assert each.element in assessment.derivations, each
            elif each.at is not None:
                holds_there(each, document)
    said = [each for heading in HEADINGS for each in getattr(assessment, heading) if "." not in each.rule]
    told = [
        (each.rule, each.derivation.formula, each.derivation.result) for each in said if each.rule != "indicator_kind"
    ]
    meant = []
    for each in conclusions:
        if each.rule.outcome != "derive" or (each.rule.check is not None and each.holds):
            parts = tuple(part for part in (each.rule.when, each.rule.check) if part is not None)
            whole = parts[0] if len(parts) == 1 else Logic("and", parts)
            meant.append((each.rule.id, words(whole), shown(judge.value(whole, *each.bound), Type.TRUTH)))
    assert Counter(told) == Counter(meant), reproduce(policy, form)


def all_derivations(assessment: Assessment) -> dict[str, Any]:
    """Those listed, and those that stand with their figures."""
    found = dict(assessment.derivations)
    for figure in (assessment.total, assessment.grade):
        if figure.derivation is not None:
            found[figure.derivation.element] = figure.derivation
    for line in assessment.scores:
        if line.derivation is not None:
            found[line.derivation.element] = line.derivation
    return found


def rounding(text: str) -> Rounding:
    places, _, mode = text.split()
    return Rounding(int(places), Mode(mode))


FILED_NAMES: Final = {field.name: field for scope in ("文件", "指标", "资金") for field in fields_of(scope)}


def holds_there(each: Any, document: Document) -> None:
    """An input of a derivation, against what stands in the form under its pointer."""
    at: Any = document.model_dump(mode="json")
    for part in each.at.split("/")[1:]:
        at = at[int(part)] if isinstance(at, list) else (at or {}).get(part)
    name = each.name.rpartition(".")[2]
    field = FILED_NAMES.get(name)
    if field is None:
        return
    if at is None or (isinstance(at, str) and not at.strip()):
        assert each.value == "未填", each
    elif field.holds == "text":
        assert each.value == f"「{at}」", each
    elif field.holds in ("money", "number"):
        scale = Fraction(1, 10_000) if field.holds == "money" and document.currency_unit == "元" else 1
        assert each.value == shown(Fraction(str(at)) * scale, field.type), each


def test_every_law_is_told_in_the_guarantees() -> None:
    """The page for those who rely on the engine and the tests say the same laws."""
    import re

    page = (Path(__file__).parents[2] / "docs" / "explanation" / "guarantees.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^- `([a-z_]+)`", page, re.MULTILINE))
    tests = {
        name
        for file in Path(__file__).parent.glob("test_*laws.py")
        for name in re.findall(r"^def test_(\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert told == tests - {"every_law_is_told_in_the_guarantees"}
