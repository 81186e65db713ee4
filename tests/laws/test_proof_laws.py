"""What proofs may say of a ruleset. Each law is told in `docs/explanation/guarantees.md`."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from laws.strategies import (
    HEAD,
    compiled_or_thrown_away,
    document_of,
    documents,
    filled,
    ruleset_of,
    tried,
    wild_rulesets,
)
from zhunsheng import load_ruleset
from zhunsheng.document import Document
from zhunsheng.evaluation.facts import world_of_document
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import run
from zhunsheng.exchange.files import shipped_ids
from zhunsheng.expression.exact import TooLarge
from zhunsheng.expression.types import NUMERIC
from zhunsheng.proof import prove, subject
from zhunsheng.proof.bounds import ZERO
from zhunsheng.proof.documents import documents_of
from zhunsheng.proof.extent import Reader, extent_of_score
from zhunsheng.proof.laws import LAWS, scores_within_points

if TYPE_CHECKING:
    from zhunsheng.evaluation.score import Run
    from zhunsheng.proof.bounds import Affine, Extent
    from zhunsheng.ruleset import Ruleset

SHIPPED: Final = {name: load_ruleset(name) for name in shipped_ids()}


def outcome(ruleset: Ruleset, content: dict[str, Any]) -> Run:
    try:
        return run(plan_of(ruleset), world_of_document(document_of(content), ruleset))
    except TooLarge:
        assume(condition=False)
        raise


def lies_in(value: Fraction, extent: Extent, points: Fraction) -> bool:
    def at(end: Affine) -> Fraction:
        return end.a + end.b * points

    return (extent.low is None or at(extent.low) <= value) and (extent.high is None or value <= at(extent.high))


@tried(150)
@given(wild_rulesets(), filled(documents()))
def test_a_figure_lies_where_it_was_said_to_lie(data: dict[str, Any], content: dict[str, Any]) -> None:
    """Whatever the formula: on every form the value is within the bounds that were found without one."""
    ruleset = compiled_or_thrown_away(data)
    reader = Reader(ruleset)
    found = outcome(ruleset, content)
    for quantity in ruleset.quantities:
        extent = reader.read(quantity.formula, {}) if quantity.type in NUMERIC else None
        for thing in found.world.things.get(quantity.scope, ()):
            value = thing.values.get(quantity.name)
            if extent is not None and isinstance(value, Fraction):
                assert lies_in(value, reader.rounded(extent, quantity.roundings), Fraction(0)), quantity.name
    for item in found.items:
        if item.scoring is not None and isinstance(item.computed, Fraction) and isinstance(item.points, Fraction):
            extent, _ = extent_of_score(ruleset, item.scoring.score)
            assert lies_in(item.computed, extent, item.points), item.scoring.score.name


@tried(150)
@given(st.sampled_from(sorted(SHIPPED)).flatmap(lambda name: st.tuples(st.just(name), documents_of(SHIPPED[name]))))
def test_what_is_proved_to_stay_within_its_points_does(case: tuple[str, dict[str, Any]]) -> None:
    name, content = case
    form = subject(Document.model_validate(content), SHIPPED[name])
    for item in form.items:
        if item.scoring is None or not isinstance(item.points, Fraction):
            continue
        extent, points = extent_of_score(form.ruleset, item.scoring.score)
        if extent.within(ZERO, points) and isinstance(item.computed, Fraction):
            assert 0 <= item.computed <= item.points


FORMULAS: Final = (
    "分值 * {a}% if 达标 else 分值 * min(完成率, {b}%)",
    "分值 * min(完成率, {a}%) if first(完成比, 0%) < {b}% else 分值 * {a}%",
    "max(分值 * {a}% - {b}, 0)",
    "table(完成率; >= {a}%: 分值; < {a}%: 分值 * {b}%)",
)


@tried(60)
@given(st.sampled_from(FORMULAS), st.integers(0, 130), st.integers(0, 130), st.booleans())
def test_a_reported_counterexample_is_one(formula: str, a: int, b: int, spent: bool) -> None:  # noqa: FBT001  drawn
    """Each form that a proof leaves behind shows the fault when it is judged."""
    text = formula.format(a=a, b=b)
    score = {"each": "文件", "points": "权重.预算执行率"} if spent else {}
    for name, own in (
        ("达标", "执行率 >= 100%"),
        ("完成率", "执行率"),
        ("完成比", "执行率"),
        ("分值", "权重.预算执行率"),
    ):
        text = text.replace(name, f"({own})") if spent else text
    name = "预算执行率" if spent else "定量指标"
    policy = ruleset_of({**HEAD, "extends": "mof-2020", "scores": {name: score | {"formula": text}}})
    found = prove(policy)
    outside = [each for each in found.problems if each.code == "score-out-of-bounds"]
    falls = [each for each in found.problems if each.code == "score-falls"]
    forms = [subject(document_of(json.loads(json.dumps(each.content))), policy) for each in found.shown]
    assert len(forms) == len(outside) + 2 * len(falls)
    assert [scores_within_points(each) is None for each in forms].count(False) >= len(outside)
    if falls:
        before, after = ([item.computed for item in each.items] for each in forms[-2:])
        assert sum(isinstance(one, Fraction) and one > other for one, other in zip(before, after, strict=True)) == 1  # type: ignore[operator]


@pytest.mark.parametrize("law", LAWS, ids=[each.__name__ for each in LAWS])
@tried(40)
@given(
    case=st.sampled_from(sorted(SHIPPED)).flatmap(lambda name: st.tuples(st.just(name), documents_of(SHIPPED[name])))
)
def test_the_laws_of_fuzz_hold_of_shipped_rulesets(law: Any, case: tuple[str, dict[str, Any]]) -> None:
    name, content = case
    assert law(subject(Document.model_validate(content), SHIPPED[name])) is None, name
