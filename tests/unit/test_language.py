"""What the language says beside its formulas: names for the outer thing, units, words, places, types, and overlays that take away."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from reference.bridge import by_engine, by_oracle
from zhunsheng import evaluate, load_document, load_ruleset
from zhunsheng.exchange import shipped
from zhunsheng.exchange.choose import choose
from zhunsheng.exchange.files import shipped_ruleset, shipped_source
from zhunsheng.problem import Refused
from zhunsheng.ruleset import in_force
from zhunsheng.ruleset.inputs import composed_schema
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from zhunsheng.document import Document
    from zhunsheng.ruleset import Ruleset

FORM = """
kind: project
unit: 某市甲局
project: 某项目
year: 2026
funds: {total: {annual_budget: 500, executed: 430}}
indicators:
  - {dimension: 产出指标, name: 办结事项, target: ≥1000件, actual: 1000件, points: 50}
  - {dimension: 产出指标, name: 办结率, target: ≥90%, actual: 95%, points: 20}
  - {dimension: 效益指标, name: 节约成本, target: ≥10万元, actual: 5万元, points: 20}
"""
INPUTS = """
inputs:
  等级: {each: 指标, one_of: [高, 中, 低]}
  人数: {each: 文件, type: number, unit: 人, places: 0}
  户数: {each: 文件, type: number, unit: 户}
  比例: {each: 文件, type: percent, places: 4}
  年限: {each: 文件, type: number}
"""


@pytest.fixture
def policy(tmp_path: Path) -> Callable[..., Ruleset]:
    """A ruleset from its text; of several, each extends the one before."""

    def written(*texts: str) -> Ruleset:
        base = "mof-2020"
        for number, text in enumerate(texts):
            head = f"ruleset: p{number}\nversion: 1.0.0\ntitle: 例\nextends: {base}\nstatus: observed\n"
            path = tmp_path / f"p{number}.yaml"
            path.write_text(head + dedent(text), encoding="utf-8")
            base = f"p{number}"
        return load_ruleset(path)

    return written


@pytest.fixture
def form(tmp_path: Path) -> Callable[..., Document]:
    """The form, with attributes of its own."""

    def filled(attributes: str = "") -> Document:
        path = tmp_path / "form.yaml"
        path.write_text(FORM + (f"attributes: {{{attributes}}}\n" if attributes else ""), encoding="utf-8")
        return load_document(path)

    return filled


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [each.code for each in refused.value.problems]


def quantities(document: Document, ruleset: Ruleset) -> Any:
    assert by_engine(document, ruleset) == by_oracle(document, ruleset)
    return evaluate(document, ruleset).quantities


# The outer thing


def test_an_aggregate_names_the_thing_outside_of_it(policy: Any, form: Any) -> None:
    ruleset = policy("""
        quantities:
          同级分值: {each: {本: 指标}, formula: sum(分值 for 指标 where 一级指标 = 本.一级指标)}
          各行: {formula: sum(同级分值 for 指标)}
          前面: {each: {本: 指标}, formula: count(指标 where 序号 < 本.序号)}
          前面合计: sum(前面 for 指标)
        """)
    found = quantities(form(), ruleset)
    assert (found["各行"], found["前面合计"]) == ("160", "3")


def test_a_score_names_its_own_indicator(policy: Any, form: Any) -> None:
    ruleset = policy("""
        scores:
          定量指标:
            each: {本: 指标}
            formula: 分值 / count(指标 where 一级指标 = 本.一级指标)
        """)
    assert [each.computed for each in evaluate(form(), ruleset).scores] == ["8.60", "25.00", "10.00", "20.00"]
    assert by_engine(form(), ruleset) == by_oracle(form(), ruleset)


def test_an_item_of_the_total_leads_to_its_indicator(policy: Any, form: Any) -> None:
    ruleset = policy("""
        quantities:
          产出得分: sum(得分项得分 for 得分项 as 项 where 得分项序号 is given and any(指标 where 序号 = 项.得分项序号 and 一级指标 = "产出指标"))
          无行得分: sum(得分项得分 for 得分项 where 得分项序号 is missing)
        """)
    found = quantities(form(), ruleset)
    assert (found["产出得分"], found["无行得分"]) == ("70", "8.6")


def test_what_an_overlay_says_of_the_thing_replaces_it_whole(policy: Any, form: Any) -> None:
    ruleset = policy(
        "quantities: {甲数: {each: {本: 指标}, formula: 本.分值}}",
        "quantities: {甲数: {each: {我: 指标}, formula: 我.分值 * 2}, 合: sum(甲数 for 指标)}",
    )
    assert quantities(form(), ruleset)["合"] == "180"


# Types, dates, units, words, places


def test_a_declared_type_decides_how_a_ratio_is_shown(policy: Any, form: Any) -> None:
    ruleset = policy("""
        inputs: {甲: {each: 文件, type: number}, 乙: {each: 文件, type: number}}
        quantities: {人均: {formula: 甲 / 乙, type: number}, 占比数: 甲 / 乙}
        rules: {told: {when: 人均 > 0, finding: note, message: "{人均} {占比数}"}}
        """)
    assessment = evaluate(form("甲: 5, 乙: 4"), ruleset)
    assert [each.message for each in assessment.findings if each.rule == "told"] == ["1.25 125%"]
    assert assessment.derivations["人均"].result == "1.25"
    assert assessment.derivations["占比数"].result == "125%"


def test_a_declared_type_is_held_against_the_formula(policy: Any) -> None:
    with pytest.raises(Refused) as refused:
        policy("quantities: {率: {formula: 90, type: percent}}")
    assert codes(refused) == ["type-mismatch"]


def test_a_figure_for_each_of_another_unit_is_a_number(policy: Any, form: Any) -> None:
    ruleset = policy(
        INPUTS,
        """
        quantities: {户均: 人数 / 户数, 年均: 人数 / 4, 翻番: 人数 / (人数 + 0)}
        rules: {told: {when: 户均 > 0, finding: note, message: "{户均} {年均} {翻番}"}}
        """,
    )
    assessment = evaluate(form("人数: 10, 户数: 4"), ruleset)
    assert [each.message for each in assessment.findings if each.rule == "told"] == ["2.5 2.5 100%"]


@pytest.mark.parametrize(
    "formula",
    [
        "人数 + 户数",
        "人数 - 户数 * 2",
        "max(人数, 户数)",
        "(人数 if 人数 > 1 else 户数)",
        "first(人数, 户数)",
        "table(人数; >= 户数: 1; < 户数: 0)",
        "count(指标 where 人数 > 户数)",
        "合人 + 户数",
        "round(人数, 0) / 2 + 户数",
        "length(文件名) * 人数 + 户数",
    ],
)
def test_two_units_do_not_meet(policy: Any, formula: str) -> None:
    with pytest.raises(Refused) as refused:
        policy(INPUTS, f"quantities: {{合人: 人数 + 人数, 甲数: '{formula}'}}")
    assert set(codes(refused)) == {"unit-mismatch"}


@pytest.mark.parametrize(
    "formula", ["人数 + 1", "人数 * 户数 + 户数 * 人数", "人数 / 户数 + 年限", "合人 - 人数", "人数 + 年限"]
)
def test_a_figure_without_a_unit_meets_any(policy: Any, formula: str) -> None:
    policy(INPUTS, f"quantities: {{合人: 人数 + 人数, 甲数: '{formula}'}}")


@pytest.mark.parametrize(
    ("attributes", "code"),
    [("人数: 10.5", "wrong-form"), ("比例: 84.501%", "wrong-form"), ("比例: 0.84501", "wrong-form")],
)
def test_decimals_beyond_the_places_declared_are_refused(policy: Any, form: Any, attributes: str, code: str) -> None:
    ruleset = policy(INPUTS)
    evaluate(form("人数: 10, 比例: 84.50%, 户数: 1.25"), ruleset)
    with pytest.raises(Refused) as refused:
        evaluate(form(attributes), ruleset)
    assert codes(refused) == [code]


def test_the_grid_of_a_field_is_known_to_proofs(policy: Any) -> None:
    scope = policy(INPUTS).scopes[DOCUMENT]
    assert {name: scope.known[name].places for name in ("人数", "比例", "全年预算数", "自评总分")} == {
        "人数": 0,
        "比例": 4,
        "全年预算数": 2,
        "自评总分": 2,
    }


def test_words_beyond_the_list_are_refused_where_filled_in_and_where_compared(policy: Any, tmp_path: Path) -> None:
    ruleset = policy(INPUTS)
    path = tmp_path / "filled.yaml"
    path.write_text(FORM.replace("points: 50}", "points: 50, attributes: {等级: 高级}}"), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        evaluate(load_document(path), ruleset)
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.pointer) == ("not-one-of", "/indicators/0/attributes/等级")
    assert problem.hint is not None
    assert problem.hint.values == (("name", "高"),)
    attributes = composed_schema(ruleset.inputs, "例")["$defs"]["Indicator"]["properties"]["attributes"]
    assert attributes["properties"]["等级"]["enum"] == ["高", "中", "低"]


@pytest.mark.parametrize(
    "formula",
    [
        '等级 = "较高"',
        '"较高" != 等级',
        '等级 in ("高", "较高")',
        'table(等级; = "较高": 真; else: 假)',
        '目标类别 = "数字"',
        '文件类型 = "部门"',
    ],
)
def test_a_text_that_a_field_never_holds_is_refused(policy: Any, formula: str) -> None:
    with pytest.raises(Refused) as refused:
        policy(INPUTS, f"quantities: {{甲数: {{each: 指标, formula: '{formula}'}}}}")
    assert codes(refused) == ["unknown-word"]


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("{type: number, one_of: [高]}", "wrong-for-type"),
        ("{type: text, unit: 人}", "wrong-for-type"),
        ("{type: truth, places: 2}", "wrong-for-type"),
        ("{one_of: []}", "outside"),
        ("{one_of: [高, 高]}", "outside"),
        ("{type: number, places: 13}", "outside"),
        ("{list: {数: {type: date, places: 2}}}", "wrong-for-type"),
    ],
)
def test_what_does_not_go_with_the_type_is_refused(policy: Any, declared: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        policy(f"inputs: {{甲: {declared}}}")
    assert code in codes(refused)


def test_a_day_is_put_together_from_the_year_of_the_form(policy: Any, form: Any) -> None:
    assert quantities(form(), policy("quantities: {年末: 'date(年度, 12, 31)'}"))["年末"] == "2026-12-31"


@pytest.mark.parametrize("name", ["真", "无值", "若", "则", "if", "and", "for", "未填", "down", "round"])
def test_words_of_the_language_are_no_names(policy: Any, name: str) -> None:
    with pytest.raises(Refused) as refused:
        policy(f"quantities: {{{name}: 3}}")
    assert codes(refused) == ["name-reserved"]


@pytest.mark.parametrize(
    "text",
    ["inputs: {真: {each: 文件, type: number}}", "rules: {r: {when: 真, derive: 假}}", "rules: {r: {each: {若: 指标}, when: 真, finding: note}}", "inputs: {则: {each: 文件, list: {甲: number}}}"],
)  # fmt: skip
def test_nor_are_they_of_anything_else(policy: Any, text: str) -> None:
    with pytest.raises(Refused) as refused:
        policy(text)
    assert "name-reserved" in codes(refused)


# Overlays that take away


def test_every_kind_of_element_can_be_dropped(policy: Any, form: Any) -> None:
    ruleset = policy(
        """
        inputs: {甲: {each: 文件, type: number}}
        quantities: {加倍: 甲 * 2, 留下: '3'}
        scores: {闲置指标: {formula: 1}}
        weights: {另项: 0}
        rules: {extra: {when: 加倍 > 1, finding: note, message: 例}}
        """,
        """
        inputs: {甲: {drop: true}}
        quantities: {加倍: {drop: true}, 执行率: {round: none}}
        scores: {闲置指标: {drop: true}}
        weights: {另项: {drop: true}}
        grades: {优: {drop: true}, 良: '>= 80'}
        rules: {extra: {drop: true}}
        """,
    )
    assert "甲" not in {each.name for each in ruleset.inputs}
    assert {"加倍", "留下"} & {each.name for each in ruleset.quantities} == {"留下"}
    assert "闲置指标" not in {each.name for each in ruleset.scores}
    assert "另项" not in ruleset.weights
    assert [each.grade for each in ruleset.bands] == ["良", "中", "差"]
    assert "extra" not in {each.id for each in ruleset.rules}
    assert evaluate(form(), ruleset).quantities["执行率"] == "0.86"


@pytest.mark.parametrize(
    ("dropped", "name"),
    [
        ("quantities: {超额界限: {drop: true}}", "超额界限"),
        ("scores: {定性指标: {drop: true}}", "定性指标"),
        ("scores: {预算执行率: {drop: true}}", "预算执行率"),
        ("grades: {良: {drop: true}, 优: '>= 80'}\nrules: {low: {when: 执行率 < 10%, cap: 良}}", "良"),
        ("weights: {预算执行率: {drop: true}}", "权重.预算执行率"),
    ],
)
def test_what_is_dropped_may_not_be_in_use(policy: Any, dropped: str, name: str) -> None:
    with pytest.raises(Refused) as refused:
        policy(dropped)
    assert set(codes(refused)) == {"still-in-use"}
    for problem in refused.value.problems:
        assert problem.got == name
        ((place, _),) = problem.related
        assert place.file.endswith("p0.yaml")
        assert place.line


def test_a_conclusion_that_is_dropped_may_not_be_in_use(policy: Any) -> None:
    with pytest.raises(Refused) as refused:
        policy(
            "rules: {low: {when: 执行率 < 20%, derive: 很低}, then: {when: 很低, finding: note, message: 例}}",
            "rules: {low: {drop: true}}",
        )
    assert codes(refused) == ["still-in-use"]


@pytest.mark.parametrize("kind", ["weights", "inputs", "quantities", "scores", "grades", "rules"])
def test_what_the_base_lacks_cannot_be_dropped(policy: Any, kind: str) -> None:
    with pytest.raises(Refused) as refused:
        policy(f"{kind}: {{没有的: {{drop: true}}}}")
    assert codes(refused) == ["nothing-to-drop"]


def test_what_was_dropped_once_is_gone_and_can_be_taken_up_again(policy: Any) -> None:
    with pytest.raises(Refused) as refused:
        policy("rules: {far-over-target: {drop: true}}", "rules: {far-over-target: {drop: true}}")
    assert codes(refused) == ["nothing-to-drop"]
    again = policy("rules: {far-over-target: {drop: true}}", "rules: {far-over-target: {finding: note}}")
    assert {each.id: each.severity for each in again.rules}["far-over-target"] == "note"


def test_dropping_changes_what_the_policy_is(policy: Any) -> None:
    assert policy("rules: {far-over-target: {drop: true}}").sha256 != policy("rules: {}").sha256


# Rulesets as values


def test_two_readings_of_one_ruleset_are_equal(policy: Any) -> None:
    one, other = load_ruleset("zhuzhou-2021"), load_ruleset("zhuzhou-2021")
    assert one is not other
    assert one == other
    assert len({one, other, load_ruleset("mof-2020")}) == 2
    assert one != "zhuzhou-2021"
    assert repr(one) == f"Ruleset(id='zhuzhou-2021', version='{one.version}', sha256='{one.sha256}')"


def test_the_same_policy_on_two_days_is_two(policy: Any) -> None:
    ruleset = policy("quantities: {说明界限: {formula: {2020-01-01/2025-12-31: 90%, 2026-01-01/: 80%}}}")
    assert in_force(ruleset, 2025) != in_force(ruleset, 2026)
    assert in_force(ruleset, 2025).sha256 == in_force(ruleset, 2026).sha256


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of shipped rulesets of one's own."""
    for name in ("mof-2020", "zhuzhou-2021"):
        text = (shipped.rulesets() / f"{name}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(shipped, "rulesets", lambda: tmp_path)
    for cached in (shipped_source, shipped_ruleset):
        cached.cache_clear()
    yield tmp_path
    for cached in (shipped_source, shipped_ruleset):
        cached.cache_clear()


@pytest.mark.parametrize(
    "text",
    ["ruleset: [", "- 1\n", "ruleset: bad\napplies_to: [project]\n", "ruleset: bad\napplies_to: {kinds: 3}\n", "ruleset: bad\napplies_to: {kinds: [project]}\nin_force: 2020\n", "ruleset: bad\napplies_to: {kinds: [部门]}\n"],
)  # fmt: skip
def test_a_ruleset_that_cannot_be_read_stands_in_nobodys_way(beside: Path, form: Any, text: str) -> None:
    (beside / "bad.yaml").write_text(text, encoding="utf-8")
    (beside / "form.yaml").unlink(missing_ok=True)
    document = form()
    (beside / "form.yaml").unlink()
    assert choose(document).ruleset.id == "mof-2020"


def test_indicators_are_numbered_as_they_stand(policy: Any) -> None:
    assert policy("rules: {}").scopes[INDICATOR].fields["序号"] is not None
