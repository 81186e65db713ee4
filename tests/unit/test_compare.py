"""Two rulesets held against each other: what is a difference in meaning, where it stands, and whom it touches."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from zhunsheng.cli.app import run
from zhunsheng.document import Document
from zhunsheng.evaluation import evaluate
from zhunsheng.exchange import load_document, load_ruleset
from zhunsheng.exchange.describe import draw
from zhunsheng.exchange.describe.contrasts import Teller, as_data
from zhunsheng.exchange.describe.diff_page import page
from zhunsheng.exchange.describe.differences import Bar, Speaker, answer, bars
from zhunsheng.exchange.describe.overlay import overlaid
from zhunsheng.exchange.files import filed
from zhunsheng.expression.check import Binder, check
from zhunsheng.population import Comparison, Contrast, Element, Migration, compare, contrasts, migrate
from zhunsheng.population.same import differing, normal
from zhunsheng.ruleset.vocabulary import scopes

if TYPE_CHECKING:
    from zhunsheng.expression.tree import Node

ROOT: Final = Path(__file__).resolve().parents[2]
REPORT: Final = ROOT / "fixtures" / "zhuzhou-2021"
HEAD: Final = "ruleset: {name}\nversion: 1.0.0\ntitle: 例\nextends: mof-2020\n"
HEADS: Final = {Element("head", "in_force"), Element("head", "kinds"), Element("head", "regions")}
RATE: Final = Element("quantities", "执行率")


def tree(text: str) -> Node:
    return check(text, (Binder("指标"),), scopes({}))


def against_base(folder: Path, text: str, name: str = "new") -> Comparison:
    """The base against a ruleset that differs from it by `text`."""
    file = folder / f"{name}.yaml"
    file.write_text(HEAD.format(name=name) + text, encoding="utf-8")
    return compare(load_ruleset("mof-2020"), load_ruleset(file))


def meant(comparison: Comparison) -> list[tuple[str, str, str]]:
    """The differences but for what a ruleset says of itself as a whole."""
    return [
        (each.element.section, each.element.name, each.aspect)
        for each in comparison.differences
        if each.element not in HEADS
    ]


# Trees


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("分值*2", "2 × 分值"),
        ("分值 + 得分 + 1", "1.0 + (得分 + 分值)"),
        ("min(分值, 得分, 1)", "min(min(1, 得分), 分值)"),
        ("分值 > 1 and 达标类似 is given", "达标类似 is given and 1 < 分值"),
        ("not 分值 < 1", "分值 >= 1"),
        ("not not 可比", "可比"),
        ("1 if not 可比 else 2", "2 if 可比 else 1"),
        ("table(分值; >= 60: 1; < 60: 0)", "table(分值; < 60: 0; >= 60: 1)"),
        ("sum(得分 for 指标 as 甲 where 甲.分值 > 1)", "sum(得分 for 指标 where 1 < 分值)"),
        ("文件.全年预算数", "全年预算数"),
    ],
)
def test_what_means_the_same_is_no_difference(one: str, other: str) -> None:
    one, other = (each.replace("达标类似", "偏差原因") for each in (one, other))
    assert normal(tree(one)) == normal(tree(other))
    assert differing(tree(one), tree(other)) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("分值 - 得分", "得分 - 分值"),
        ("分值 / 2", "2 / 分值"),
        ("分值 < 1", "分值 <= 1"),
        ("可比 and 否决", "可比 or 否决"),
        ("round(分值, 2)", "round(分值, 2, down)"),
        ('三级指标 = "1"', "分值 = 1"),
        ("可比", "true"),
        ("min(分值, 1)", "max(分值, 1)"),
        ("lines(分值; 0: 0; 1: 2)", "lines(分值; 0: 0; 1: 3)"),
        ('contains(三级指标, "甲")', 'contains(三级指标, "乙")'),
        ("偏差原因 is given", "偏差原因 is missing"),
        ("-分值", "分值"),
    ],
)
def test_what_may_mean_something_else_is_a_difference(one: str, other: str) -> None:
    assert normal(tree(one)) != normal(tree(other))
    assert len(differing(tree(one), tree(other))) == 1


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("分值 * min(得分, 1)", "分值 * min(得分, 2)", [("1", "2")]),
        ("可比 and 否决 and 分值 > 1", "否决 and 分值 > 1", [("可比", None)]),
        ("可比 and 分值 > 1", "可比 and 分值 > 2", [("1", "2")]),
        (
            "table(分值; >= 60: 1; < 60: 0)",
            "table(分值; >= 60: 2; < 60: 0)",
            [("table(分值; ≥ 60: 1)", "table(分值; ≥ 60: 2)")],
        ),
        ("table(分值; >= 60: 1; else: 0)", "table(分值; >= 60: 1; else: 2)", [("0", "2")]),
        ("1 if 可比 else 2", "3 if 可比 else 4", [("1", "3"), ("2", "4")]),
    ],
)
def test_the_smallest_parts_that_differ_are_named(
    one: str, other: str, found: list[tuple[str | None, str | None]]
) -> None:
    from zhunsheng.expression.words import words

    pairs = [
        tuple(None if each is None else words(each) for each in pair) for pair in differing(tree(one), tree(other))
    ]
    assert pairs == found


# Rulesets


def test_a_ruleset_is_like_itself() -> None:
    comparison = compare(load_ruleset("zhuzhou-2021"), load_ruleset("zhuzhou-2021"))

    assert (comparison.differences, comparison.wording) == ((), ())


def test_spelling_comments_and_clauses_are_no_difference_in_meaning(tmp_path: Path) -> None:
    text = (
        "quantities: {执行率: {clause: 别处}}  # 注\n"
        "scores: {预算执行率: {formula: 'max(0%, min(100%,执行率))*权重.预算执行率'}}\n"
        "rules: {explain-low-execution: {when: not 执行率已说明 and 说明界限 > 执行率}}\n"
    )

    comparison = against_base(tmp_path, text)

    assert meant(comparison) == []
    assert set(comparison.wording) == {RATE, Element("scores", "预算执行率"), Element("rules", "explain-low-execution")}


def test_every_element_is_compared(tmp_path: Path) -> None:
    text = (
        "full_marks: 120\n"
        "weights: {预算执行率: 20, 成本指标: 5}\n"
        "inputs: {页数: {type: number, required: true}}\n"
        "quantities: {执行率: {round: '4 places half-up, 2 places half-up'}, 说明界限: 80%}\n"
        'indicator_kind: \'"定性指标" if not 可比 or 否决 else "定量指标"\'\n'
        "scores: {定量指标: {otherwise: '0', round: 1 places half-up}}\n"
        "total: {round: 1 places half-up}\n"
        "grades: {优: '> 90', 良: '>= 80 and <= 90'}\n"
        "rules: {over-budget: {drop: true}, far-over-target: {finding: error}, x: {when: 否决, finding: note}}\n"
    )

    comparison = against_base(tmp_path, text)

    assert meant(comparison) == [
        ("full_marks", "", "full_marks"),
        ("weights", "预算执行率", "points"),
        ("weights", "成本指标", ""),
        ("inputs", "页数", ""),
        ("quantities", "说明界限", "formula"),
        ("quantities", "执行率", "round"),
        ("indicator_kind", "", "formula"),
        ("scores", "定量指标", "round"),
        ("scores", "定量指标", "otherwise"),
        ("total", "", "round"),
        ("grades", "优", "when"),
        ("grades", "良", "when"),
        ("rules", "over-budget", ""),
        ("rules", "far-over-target", "severity"),
        ("rules", "x", ""),
    ]
    for lang in ("zh", "en"):
        assert all(Speaker(lang).line(each).title for each in comparison.differences)


def test_both_places_are_given(tmp_path: Path) -> None:
    comparison = against_base(tmp_path, "weights:\n  预算执行率: 20\n  其他: 1\n")

    changed, added = (each for each in comparison.differences if each.element not in HEADS)
    assert changed.old_place is not None
    assert changed.new_place is not None
    assert (changed.old_place.file, changed.new_place.line) == ("rulesets/mof-2020.yaml", 6)
    assert added.old_place is None
    assert added.new_place is not None
    assert added.new_place.line == 7


def test_the_rounding_of_the_rate_in_words() -> None:
    comparison = compare(load_ruleset("zhuzhou-2021"), load_ruleset("zhuzhou-2021-as-printed"))

    line = Speaker("zh").line(comparison.differences[-1])

    assert line.title == "执行率的舍入"
    assert (line.old, line.new) == ("四舍五入到小数 4 位", "四舍五入到小数 4 位，再四舍五入到小数 2 位")


def test_values_with_dates_of_effect_differ_from_a_day(tmp_path: Path) -> None:
    points = "{2020-01-01/2021-12-31: 10, 2022-01-01/2022-12-31: 20, 2023-01-01/: 20}"
    comparison = against_base(tmp_path, f"weights: {{预算执行率: {{points: {points}}}}}\n")

    (found,) = (each for each in comparison.differences if each.element.section == "weights")
    assert Speaker("zh").periods(found.when) == "（2022-01-01 起）"
    assert Speaker("en").periods(found.when) == " (from 2022-01-01)"


def test_a_policy_that_is_not_in_force_is_a_difference(tmp_path: Path) -> None:
    comparison = against_base(tmp_path, "weights: {预算执行率: {points: {2020-01-01/2021-12-31: 10}}}\n")

    (found,) = (each for each in comparison.differences if each.element == Element("head", "effect"))
    assert (found.old, found.new) == ("in_force", None)
    assert [each.first for each in found.when] == ["2022-01-01"]


# An archive


def archive(comparison: Comparison, *paths: Path) -> Migration:
    found, problems = filed(paths)
    assert problems == []
    return migrate([(each.path.name, each.content) for each in found], comparison)


def test_who_changes_and_by_which_element() -> None:
    migration = archive(compare(load_ruleset("zhuzhou-2021"), load_ruleset("zhuzhou-2021-as-printed")), REPORT)

    assert migration.forms == 3
    assert migration.grades == {("优", "优"): 3}
    assert migration.moves == {Fraction(0): 1, Fraction(1, 20): 1, Fraction(1, 100): 1}
    assert [each.elements for each in migration.changes] == [(RATE,), (RATE,)]
    assert migration.by_element == {RATE: 2}


def test_a_grade_that_changes_is_in_the_table(tmp_path: Path) -> None:
    text = "grades: {优: '>= 95', 良: '>= 80 and < 95'}\nquantities: {容差: '100'}\n"

    migration = archive(against_base(tmp_path, text), REPORT / "system-maintenance.yaml")

    assert migration.grades == {("优", "良"): 1}
    (change,) = migration.changes
    assert set(change.elements) == {Element("grades"), Element("quantities", "容差")}
    assert next(what for what, _, _ in Speaker("zh").change(change)) == "等级"


def test_elements_that_act_only_together_are_said_to(tmp_path: Path) -> None:
    text = "quantities: {低执行界限: 60%}\nrules: {over-budget: {when: 全年执行数 > 全年预算数 or 低执行界限 > 55%}}\n"

    (change,) = archive(against_base(tmp_path, text), REPORT / "department.yaml").changes

    assert change.elements == ()
    assert Speaker("zh").causes(change) == "几项合在一起"
    assert [rule for rule, old, _ in change.conclusions("findings") if old is None] == ["over-budget"]


def test_what_a_ruleset_refuses_is_reported(tmp_path: Path) -> None:
    comparison = against_base(tmp_path, "inputs: {页数: {each: 文件, type: number, required: true}}\n")

    migration = archive(comparison, REPORT / "department.yaml")

    assert migration.forms == 0
    assert [problem.code for _, problem in migration.problems] == ["missing-field"]


def test_a_single_document_is_told_as_it_goes() -> None:
    comparison = compare(load_ruleset("mof-2020"), load_ruleset("jiangxi-bands"))
    told: list[int] = []

    migrate([("x", load_document(REPORT / "department.yaml"))], comparison, told.append)

    assert told == [1]


def test_bars_of_many_changes_have_round_widths_and_none_for_no_change() -> None:
    migration = Migration((), moves={Fraction(at, 7): 1 for at in range(-50, 51)})

    found = bars(migration)

    assert len(found) <= 21
    assert sum(each.forms for each in found) == 101
    assert Bar(Fraction(0), Fraction(0), 1) in found
    assert found[-1].label == "+7 … +8"


# Functions


def contrast(old: str | Path, new: str | Path, what: str, by: str) -> Contrast:
    found = contrasts(load_ruleset(old), load_ruleset(new))
    return next(each for each in found if (each.what, each.by) == (what, by))


def own(folder: Path, text: str, name: str = "own") -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(HEAD.format(name=name) + text, encoding="utf-8")
    return file


def test_what_differs_in_a_hundred_places_is_told_by_its_extent_and_one_document() -> None:
    found = contrast("zhuzhou-2021", "zhuzhou-2021-as-printed", "预算执行率", "全年执行数")
    told = Teller("zh").told(found)

    assert found.verdict == "differs"
    assert len(found.runs) == 100
    assert told.title == "预算执行率，随全年执行数变化"
    assert told.lines[0] == "新比旧最少 −0.05，最多 +0.05"
    assert told.lines[2] == "例如全年执行数 10万元：旧 0.05，新 0.1"
    assert len(told.lines) == 3


def test_the_example_is_a_document_that_both_judge_so() -> None:
    old, new = load_ruleset("mof-2020"), load_ruleset("hebei-comparators")
    found = next(each for each in contrasts(old, new) if each.what == "定量指标" and each.verdict == "differs")
    example = found.example
    assert example is not None
    assert example.document is not None
    scores = [evaluate(example.document, each).scores[1].computed for each in (old, new)]
    assert [Fraction(each or 0) for each in scores] == [example.old, example.new]


def test_a_grade_that_moves_is_told_interval_by_interval() -> None:
    found = contrast("mof-2020", "hubei-execution-20", "等级", "实际值")

    assert Teller("zh").told(found).lines[:2] == (
        "[≈44.438889, 55.55)：差 → 中",
        "[≈66.661111, ≈88.883333)：良 → 优",
    )


def test_what_only_shows_where_nothing_was_spent_is_found() -> None:
    found = contrasts(load_ruleset("mof-2020"), load_ruleset("zhejiang-zero-budget"))
    (at_zero,) = (each for each in found if (each.what, each.by, each.is_equal) == ("预算执行率", "全年预算数", False))

    assert at_zero.given == 0
    assert Teller("zh").told(at_zero).lines[-1] == "例如全年预算数 0万元：旧 无值，新 10"
    assert "预算执行率随全年预算数" not in Teller("zh").equal(found, "equal")


def test_what_is_written_otherwise_and_is_the_same_is_proved_equal(tmp_path: Path) -> None:
    text = "scores: {预算执行率: {formula: 'max(执行率 * 10 if 执行率 < 100% else 10, 0)'}}\n"
    found = contrasts(load_ruleset("mof-2020"), load_ruleset(own(tmp_path, text)))

    assert {each.verdict for each in found} == {"equal"}


def test_a_difference_that_no_document_can_hold_is_no_fault(tmp_path: Path) -> None:
    text = "scores: {定量指标: {formula: 'max((分值 if 实际值 >= 目标值 * 99.9999999% else 分值 * min(完成率, 100%)) - 扣分, 0)'}}\n"
    same = "scores: {定量指标: {formula: 'max((分值 if 实际值 >= 目标值 else 分值 * min(完成率, 100%)) - 扣分, 0)'}}\n"
    found = contrasts(load_ruleset(own(tmp_path, same)), load_ruleset(own(tmp_path, text, "other")))
    at_target = next(each for each in found if each.what == "定量指标" and "≥100次" in each.targets)

    assert at_target.verdict in ("equal", "nowhere")


def test_what_cannot_be_decided_is_tried_and_said_to_be(tmp_path: Path) -> None:
    rule = "rules:\n  two: {each: {甲: 指标, 乙: 文件}, when: 甲.实际值 < 甲.目标值 * 50% and 乙.满分 > 0, deduct: 'NUMBER', message: 例}\n"
    old, same, more = (
        own(tmp_path, rule.replace("NUMBER", number), name) for name, number in (("a", "1"), ("b", "1.0"), ("c", "2"))
    )

    assert contrast(old, same, "定量指标", "实际值").verdict == "tried-equal"
    differing = contrast(old, more, "定量指标", "实际值")
    assert differing.verdict == "tried-differs"
    assert Teller("zh").told(differing).lines[0] == "不能断定，逐点试算见到不同"


def test_a_chart_shows_both_curves_and_what_lies_between(tmp_path: Path) -> None:
    found = contrast("mof-2020", "hubei-execution-20", "预算执行率", "全年执行数")
    drawn = overlaid(found)

    assert drawn is not None
    assert len(drawn.between) > 0
    svg = draw.overlay(drawn, "题", "全年执行数", ("旧", "新"))
    assert svg.count('class="curve was"') == 2
    assert 'class="between"' in svg


def test_functions_as_data_hold_a_document_to_run() -> None:
    found = contrasts(load_ruleset("mof-2020"), load_ruleset("jiangxi-bands"))
    (data,) = (each for each in as_data(found) if (each["figure"], each["input"]) == ("预算执行率", "全年执行数"))

    assert json.loads(json.dumps(data)) == data
    assert data["extent"]["least"] == {"value": "-6", "attained": True}
    assert data["example"]["with"] == {"/funds/total/executed": data["example"]["value"]}
    assert Document.model_validate(data["example"]["document"]).funds.total.executed is not None


# The command


def test_json_and_html_say_what_the_text_says(tmp_path: Path) -> None:
    comparison = compare(load_ruleset("zhuzhou-2021"), load_ruleset("zhuzhou-2021-as-printed"))
    migration = archive(comparison, REPORT)

    data = json.loads(json.dumps(answer(comparison, migration)))
    html = page(comparison, migration, "zh")

    assert data["same"] is False
    assert data["differences"][-1]["zh"]["title"] == "执行率的舍入"
    assert data["archive"]["elements"] == [{"section": "quantities", "name": "执行率", "forms": 2}]
    assert data["archive"]["changes"][0]["total"] == {"old": "98.45", "new": "98.50"}
    assert "执行率的舍入" in html
    assert "<svg" in html
    assert "http://www.w3.org/2000/svg" in html
    assert html.count("http") == html.count("http://www.w3.org/2000/svg"), "nothing is fetched"


def test_exit_codes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    assert run(["diff", "mof-2020", "mof-2020"]) == 0
    assert run(["diff", "mof-2020", "jiangxi-bands"]) == 1
    assert run(["diff", "mof-2020", "no-such"]) == 2
    output = tmp_path / "out.html"
    assert run(["diff", "mof-2020", "jiangxi-bands", "--format", "html", "-o", str(output)]) == 1
    assert output.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run(["diff", "mof-2020", "jiangxi-bands", "--on", str(tmp_path / "nothing")]) == 2
