"""The policy editor's trial: one text file is edited, and nothing else, and each edit shows in the assessment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zhunsheng import evaluate, load_document, load_ruleset

if TYPE_CHECKING:
    from zhunsheng import Assessment

ROOT = Path(__file__).parents[2]
QUANTITIES = "quantities:\n"
SCORES = "scores:\n"
RULES = "rules:\n"


def edited(tmp_path: Path, edits: dict[str, str]) -> Path:
    """A copy of the city's policy with lines put in after others, as one does in an editor."""
    text = (ROOT / "rulesets" / "zhuzhou-2021.yaml").read_text(encoding="utf-8")
    for line, more in edits.items():
        if line not in text:
            text += line
        assert text.count(f"\n{line}") == 1, line
        text = text.replace(f"\n{line}", f"\n{line}{more}")
    path = tmp_path / "my-city.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def assessed(ruleset: str | Path, form: str = "department") -> Assessment:
    return evaluate(load_document(ROOT / "fixtures" / "zhuzhou-2021" / f"{form}.yaml"), load_ruleset(ruleset))


def score(assessment: Assessment, name: str) -> str | None:
    (found,) = (line.computed for line in assessment.scores if name in (line.id, line.name))
    return found


def test_another_weight_of_the_execution_rate(tmp_path: Path) -> None:
    assessment = assessed(edited(tmp_path, {"weights:\n": "  预算执行率: 20\n"}))
    assert (score(assessment, "预算执行率"), assessment.total.computed) == ("16.90", "106.90")
    assert {"execution-points", "points-total"} <= {each.rule for each in assessment.findings}


def test_another_threshold_of_a_grade(tmp_path: Path) -> None:
    text = {"grades:\n": "", "  优: {": 'when: ">= 98.46", ', "  良: {": 'when: ">= 80 and < 98.46", '}
    assessment = assessed(edited(tmp_path, text))
    assert (assessed("zhuzhou-2021").grade.computed, assessment.grade.computed) == ("优", "良")


def test_proportional_in_place_of_full_marks_if_met(tmp_path: Path) -> None:
    """12 of at least 12 keep full marks, 24 of more than 12 lose a fifth of what they are above the target."""
    proportional = (
        "  定量指标:\n    formula: 分值 * (完成率 if 完成率 <= 100% else max(100% - (完成率 - 100%) * 20%, 0%))\n"
    )
    before, after = assessed("zhuzhou-2021"), assessed(edited(tmp_path, {SCORES: proportional}))
    name = "为全市城市管理考评提供量化依据"
    assert (score(before, name), score(after, name)) == ("10.00", "8.00")
    assert score(after, "五区系统自动考评结果") == "5.00"


@pytest.mark.parametrize(("threshold", "required"), [("90%", True), ("84.5%", False), ("84.51%", True)])
def test_another_threshold_of_explanation(tmp_path: Path, threshold: str, required: bool) -> None:  # noqa: FBT001
    assessment = assessed(edited(tmp_path, {QUANTITIES: f"  说明界限: {{formula: {threshold}}}\n"}))
    assert ("explain-low-execution" in {each.rule for each in assessment.requirements}) is required


def test_a_new_quantity_and_a_rule_on_it(tmp_path: Path) -> None:
    quantity = (
        "  结余率: {formula: 100% - 执行率, round: 4 places half-up, clause: 本市补充规定第三条, status: verified}\n"
    )
    rule = """\
  surplus:
    when: 结余率 > 15%
    finding: warning
    computed: 结余率
    at: 全年执行数
    message: 结余率 {结余率}，超过 15%
    clause: 本市补充规定第三条
"""
    assessment = assessed(edited(tmp_path, {QUANTITIES: quantity, RULES: rule}))
    assert assessment.quantities["结余率"] == "0.1550"
    (found,) = (each for each in assessment.findings if each.rule == "surplus")
    assert (found.computed, found.at, found.clause) == ("0.1550", "/funds/total/executed", "本市补充规定第三条")
    assert found.message == "结余率 15.50%，超过 15%"
    assert assessment.derivations["结余率"].formula == "100% − 执行率"
    assert "surplus" not in {each.rule for each in assessed("zhuzhou-2021").findings}
