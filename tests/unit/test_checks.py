"""What `zhunsheng check` finds in a ruleset that can be read, and what it keeps quiet about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from zhunsheng.exchange import load_ruleset
from zhunsheng.problem import Refused
from zhunsheng.ruleset.check import check

if TYPE_CHECKING:
    from collections.abc import Callable

    Found = Callable[..., list[tuple[str, str]]]

ROOT: Final = Path(__file__).resolve().parents[2]
RULESETS: Final = sorted(path for path in (ROOT / "rulesets").glob("*.yaml") if not path.name.endswith(".test.yaml"))
HEAD: Final = "ruleset: mine\nversion: 1.0.0\ntitle: 例\nextends: mof-2020\nstatus: observed\n"


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """The code and the text of each problem in an overlay of the base."""

    def of(text: str, head: str = HEAD) -> list[tuple[str, str]]:
        file = tmp_path / "mine.yaml"
        file.write_text(head + text, encoding="utf-8")
        return [(each.code, each.got) for each in check(load_ruleset(file))]

    return of


@pytest.mark.parametrize("path", RULESETS, ids=lambda path: path.stem)
def test_nothing_shipped_has_an_error_or_a_doubt(path: Path) -> None:
    assert [each for each in check(load_ruleset(path)) if each.severity != "note"] == []


NEVER: Final = [
    "执行率 < 50% and 执行率 > 80%",
    "max(执行率, 0%) < 0%",
    "abs(自评总分 - 100) < 0",
    "执行率 > 89.991% and 执行率 < 90%",  # it has four decimals
    "执行率 < 说明界限 and 执行率 > 95%",
    "全年执行数 / 全年预算数 < 10% and 全年执行数 / 全年预算数 > 20%",
    "自评总分 < 总分 and 总分 <= 自评总分",
    "count(指标) > 3 and count(指标) < 3",
    "执行偏差原因 is missing and 执行偏差原因 is given",
    '等级 = "优" and 等级 = "良"',
    '自评等级 = "优" and not (自评等级 in ("优", "良"))',
    '比较 = "偏高"',
    "得分率 > 100%",
    "count(指标) < 0",
    "length(执行偏差原因) < 0",
    "1 > 2",
]
ALWAYS: Final = [
    "执行率 < 50% or 执行率 >= 50%",
    '自评等级 != "优" or 自评等级 != "良"',
    "年度 is given",
    "min(执行率, 100%) <= 100%",
    "0% <= 得分率 and 得分率 <= 100%",
]
OPEN: Final = [
    "执行率 < 50%",
    "执行率 > 89.99% and 执行率 < 90.01%",
    "执行率 is given",
    "得分率 > 99.9%",
    "执行率 < 0%",  # nothing says that an amount is not negative
    "自评总分 <= 总分 and 自评总分 >= 总分",
    '自评等级 != "优" and 自评等级 != "良"',
    "说明界限 > 80%",  # one parameter against a number: the policy's own switch
    "分档开关 and 执行率 < 50%",
    'contains(单位名称, "局") and contains(单位名称, "财")',
    "执行率 * 自评总分 < 自评总分 and 执行率 > 100%",
]
QUANTITIES: Final = '  比较: \'"偏低" if 执行率 < 50% else "正常"\'\n  分档开关: "false"\n  得分率: "min(max(全年执行数 / 年初预算数, 0%), 100%)"\n'


def rule(condition: str) -> str:
    quantities = "".join(
        line for line in QUANTITIES.splitlines(keepends=True) if line.partition(":")[0].strip() in condition
    )
    return (f"quantities:\n{quantities}" if quantities else "") + (
        f"rules:\n  mine:\n    when: >-\n      {condition}\n    finding: note\n"
    )


@pytest.mark.parametrize("condition", NEVER)
def test_a_condition_that_no_document_meets_is_found(found: Found, condition: str) -> None:
    assert "condition-never" in [code for code, _ in found(rule(condition))]


@pytest.mark.parametrize("condition", ALWAYS)
def test_a_condition_that_every_document_meets_is_found(found: Found, condition: str) -> None:
    assert "condition-always" in [code for code, _ in found(rule(condition))]


@pytest.mark.parametrize("condition", OPEN)
def test_a_condition_that_some_document_meets_is_let_pass(found: Found, condition: str) -> None:
    assert [code for code, _ in found(rule(condition)) if code.startswith("condition")] == []


def test_a_branch_is_judged_after_those_before_it(found: Found) -> None:
    text = 'quantities: {档: \'"甲" if 执行率 >= 60% else "乙" if 执行率 >= 90% else "丙"\'}\n'

    assert found(text + "rules: {mine: {check: '档 != \"丙\"', finding: note}}\n") == [
        ("condition-never", "执行率 ≥ 90%")
    ]


def test_a_check_is_judged_where_its_when_holds(found: Found) -> None:
    assert found("rules: {mine: {when: 执行率 > 80%, check: 执行率 > 50%, finding: note}}\n") == [
        ("condition-always", "执行率 > 50%")
    ]


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ('比较; = "偏低": 1; = "正常": 2', []),
        ('比较; = "偏低": 1; = "偏高": 2; else: 3', ["row-unreached"]),
        ('比较; = "偏低": 1; = "正常": 2; else: 3', ["row-unreached"]),
        ('比较; = "偏低": 1; = "正常": 2; = "偏低": 3', ["table-overlap"]),
        ("执行率; >= 90%: 1; < 90%: 2; else: 3", ["row-unreached"]),
        ("执行率; >= 90% and < 80%: 1; < 90%: 2; else: 3", ["row-unreached"]),
        ("执行率; >= 90%: 1; < 80%: 2; else: 3", []),
    ],
)
def test_rows_that_nothing_reaches_are_found(found: Found, table: str, codes: list[str]) -> None:
    compared = QUANTITIES.splitlines(keepends=True)[0] if "比较" in table else ""
    text = f"quantities:\n{compared}  档: 'table({table})'\nrules: {{mine: {{when: 档 = 2, finding: note}}}}\n"

    assert [code for code, _ in found(text) if code in ("row-unreached", "table-overlap")] == codes


@pytest.mark.parametrize(
    ("one", "other", "shadowed"),
    [
        ("{when: 执行率 < 30%, cap: 良}", "{when: 执行率 < 60%, cap: 中}", ["one"]),
        ("{when: 执行率 < 30%, cap: 中}", "{when: 执行率 < 60%, cap: 良}", []),
        ("{when: 执行率 < 30%, veto: true}", "{when: 执行率 < 60%, veto: true}", ["one"]),
        ("{when: 执行率 < 30%, deduct: 2}", "{when: 执行率 < 60%, deduct: 2}", []),  # the two add up
        ("{when: 执行率 < 30%, deduct: 2}", "{when: 执行率 < 30%, deduct: 2}", ["other"]),
        ("{when: 执行率 < 30%, finding: error}", "{when: 执行率 < 60%, finding: warning}", []),
        ("{when: 执行率 < 30%, finding: note}", "{when: 执行率 < 60%, finding: note}", ["one"]),
        ("{when: 执行率 < 30%, finding: note, at: 全年执行数}", "{when: 执行率 < 60%, finding: note}", []),
        ("{when: 执行率 < 30%, finding: note}", "{when: 执行率 < 60% and 全年预算数 > 0, finding: note}", []),
        ("{when: 执行率 < 30%, derive: 偏低}", "{check: 执行率 >= 60%, derive: 偏低}", ["one"]),
    ],
)
def test_a_rule_that_another_covers_is_found(found: Found, one: str, other: str, shadowed: list[str]) -> None:
    text = f"rules:\n  one: {one}\n  other: {other}\n  last: {{when: 偏低, finding: note}}\n"
    text = text if "derive" in one else text.replace("  last: {when: 偏低, finding: note}\n", "")

    assert [got for code, got in found(text) if code == "rule-shadowed"] == shadowed


@pytest.mark.parametrize(
    ("deduct", "code"),
    [("-1", "error"), ("0", "warning"), ("每项扣分", "error"), ("2", None), ("人工扣分", None)],
)
def test_a_deduction_that_takes_nothing_away_is_found(tmp_path: Path, deduct: str, code: str | None) -> None:
    file = tmp_path / "mine.yaml"
    quantity = "quantities: {每项扣分: 1 - 3}\n" if deduct == "每项扣分" else ""
    file.write_text(
        f"{HEAD}{quantity}rules: {{mine: {{each: 指标, when: not 达标, deduct: {deduct}}}}}\n", encoding="utf-8"
    )

    problems = [each for each in check(load_ruleset(file)) if each.code == "deduction-not-positive"]
    assert [each.severity for each in problems] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ("{each: 指标, when: not 达标 and 偏差原因 is missing, require: 偏差原因}", []),
        ("{each: 指标, when: not 达标 and not 已说明偏差, require: 偏差原因}", []),  # by way of a quantity
        ("{each: 指标, when: not 达标, require: 偏差原因}", ["requirement-stays"]),
        ("{each: 指标, when: not 达标, require: 完成率}", ["not-on-form"]),
        ("{each: 文件, when: 执行率 < 50%, require: 三级指标}", ["not-on-form"]),
        ("{each: 文件, when: 执行率 < 50%, require: 三公经费的说明}", []),  # in words of its own
        ("{each: 指标, when: not 达标, finding: note, at: 实际值}", []),  # read in the cell of what was achieved
        ("{each: 指标, when: not 达标, finding: note, at: 完成率}", ["not-on-form"]),
        ("{each: 指标, when: not 达标, finding: note, claimed: 得分}", ["not-on-form"]),
        ("{each: 指标, when: not 达标, finding: note, claimed: 完成比}", []),
    ],
)
def test_what_is_asked_for_stands_on_the_form(found: Found, rule: str, codes: list[str]) -> None:
    about = ("not-on-form", "requirement-stays")
    assert [code for code, _ in found(f"rules: {{mine: {rule}}}\n") if code in about] == codes


@pytest.mark.parametrize(
    ("condition", "codes"),
    [
        ('二级指标 = "数量指标"', ["blank-item"]),
        ('二级指标 is given and 二级指标 = "数量指标"', []),
        ('二级指标 is missing or 二级指标 = "数量指标"', []),
        ("first(自评得分, 0) > 1", []),
        ('三级指标 = "户数"', []),  # every row has a name
        ("达标", []),  # not a cell
    ],
)
def test_a_blank_cell_in_a_where_is_found(found: Found, condition: str, codes: list[str]) -> None:
    text = f"quantities:\n  数: 'count(指标 where {condition})'\nrules: {{mine: {{when: 数 > 1, finding: note}}}}\n"

    assert [code for code, _ in found(text)] == codes


def test_a_kind_without_a_score_and_a_score_without_a_kind_are_found(found: Found) -> None:
    text = 'indicator_kind: \'"定量" if 可比 else "定性指标"\'\nscores: {加权指标: {formula: 分值, round: 2 places half-up}}\n'

    assert found(text) == [("kind-unscored", "定量"), ("score-unreached", "加权指标")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", [""]),
        ("applies_to: {kinds: [project]}\n", []),
        ("quantities: {说明界限: 90%}\n", [""]),
        ("quantities: {说明界限: 85%}\n", []),
        ("quantities: {说明界限: 90%, 超额界限: 120%}\n", ["说明界限"]),
        ("quantities: {说明界限: {formula: 90%, clause: 第八条}, 超额界限: 120%}\n", []),
        ("grades: {优: '>= 90', 良: '>= 85 and < 90', 中: '>= 60 and < 85', 差: < 60}\n", []),
        ("full_marks: 100\nquantities: {超额界限: 120%}\n", ["full_marks"]),
    ],
)
def test_an_overlay_that_says_what_its_base_says_is_told(found: Found, text: str, names: list[str]) -> None:
    assert [got for code, got in found(text) if code == "same-as-base"] == names


@pytest.mark.parametrize("scope", ["陈述", "说明", "报告"])
def test_a_grade_is_capped_on_a_form_only(found: Found, scope: str) -> None:
    field = {"陈述": "陈述内容", "说明": "说明内容", "报告": "报告单位"}[scope]
    with pytest.raises(Refused) as refused:
        found(f"rules: {{mine: {{each: {scope}, when: {field} is given, cap: 良}}}}\n")
    assert [each.code for each in refused.value.problems] == ["cap-misplaced"]


def test_what_was_not_read_in_the_text_is_told_once(found: Found) -> None:
    text = "quantities: {说明界限: 85%, 超额界限: 120%, 容差: {formula: 1, status: verified, clause: 第九条}}\n"

    assert [code for code, _ in found(text, HEAD.replace("observed", "unverified"))] == ["status-unverified"]
