"""Proofs of rulesets: the neutral form, a figure as a function of an input, planted faults that are found, forms that show them."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from zhunsheng import evaluate, load_document, load_ruleset, plain
from zhunsheng.cli.app import run as cli
from zhunsheng.evaluation.inputs import input_problems
from zhunsheng.exchange.files import shipped_ids
from zhunsheng.expression.pieces import grid
from zhunsheng.expression.tree import Absent
from zhunsheng.number import write
from zhunsheng.proof import neutral_document, prove, subject
from zhunsheng.proof.extent import Reader
from zhunsheng.proof.filed import at, filed_as
from zhunsheng.proof.fuzz import fuzz

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.proof import Element, Input, Subject
    from zhunsheng.ruleset import Ruleset

HEAD: Final = {"ruleset": "mine", "version": "1.0.0", "title": "例", "extends": "mof-2020", "status": "observed"}
MARKS: Final = ("分值 if 达标 else 分值 * min(完成率, 100%)", "权重.预算执行率 * max(min(执行率, 100%), 0%)")


def written(folder: Path, **parts: Any) -> Path:
    """A ruleset file laid over the base."""
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(HEAD | parts, allow_unicode=True), encoding="utf-8")
    return path


def ruleset(folder: Path, **parts: Any) -> Ruleset:
    return load_ruleset(written(folder, **parts))


def codes(policy: Ruleset) -> list[str]:
    return [each.code for each in prove(policy).problems]


def execution(formula: str, **more: str) -> dict[str, Any]:
    return {"预算执行率": {"formula": formula, **more}}


def of_rows(formula: str, **more: str) -> dict[str, Any]:
    return {"定量指标": {"formula": formula, **more}}


# The neutral form


@pytest.mark.parametrize("name", shipped_ids())
def test_the_neutral_form_of_a_shipped_ruleset_shows_each_of_its_scores(name: str) -> None:
    policy = load_ruleset(name)
    form = subject(neutral_document(policy), policy)
    assert input_problems(form.filed, form.ruleset, form.plan.validators) == []
    scored = {each.scoring.score.name for each in form.items if each.scoring and isinstance(each.computed, Fraction)}
    given = {each.name for each in form.ruleset.scores}
    unused = {"定量指标", "定性指标"} if "监控指标" in given else set()  # monthly monitoring scores nothing by these
    unused |= {"分项"}  # form-defects: a row within another; the neutral form has none
    unused |= {"服务人次", "同组位次"} if policy.peers else set()  # one form alone has no peers
    assert scored == given - unused


def test_the_neutral_form_of_a_form_that_is_all_there_has_full_marks() -> None:
    policy = load_ruleset("mof-2020")
    form = subject(neutral_document(policy), policy)
    assert [form.value(form.element(each)) for each in ("总分", "等级")] == [100, "优"]


# A figure as a function of an input


def inputs_of(form: Subject) -> list[tuple[Element, Input]]:
    """The scores, the total and the grade, each with the filed inputs that it depends on."""
    elements = [*(form.score_of(each) for each in form.items), form.element("总分"), form.element("等级")]
    found = [(each, by) for each in elements for by in form.inputs(each)]
    return [(each, by) for each, by in found if by.filed and isinstance(by.value, Fraction)]


@pytest.mark.parametrize("name", shipped_ids())
def test_a_figure_as_a_function_is_what_the_engine_gives_on_a_form_that_says_so(name: str) -> None:
    """Rules that deduct, cap and veto included: at the cuts, beside them, and far off."""
    policy = load_ruleset(name)
    form = subject(neutral_document(policy), policy)
    pairs = inputs_of(form)
    for element, by in pairs[:: max(1, len(pairs) // 25)]:
        function = form.pieces(element, by)
        assert isinstance(by.value, Fraction)
        cuts = [each for each in function.cuts if isinstance(each, Fraction)]
        asked = {by.value, by.value * 2, Fraction(1)} | {
            one for each in cuts[:4] for one in (grid.below(each, by.places), grid.above(each, by.places))
        }
        for x in sorted(each for each in asked if by.low is None or each >= by.low):
            filed = filed_as(form, by, x)
            again = None if filed is None else at(form, filed)
            if again is None or function.beyond:
                continue
            things = {each.key: each for all_ in again.outcome.world.things.values() for each in all_}
            value = things[element.thing.key].values.get(element.key, Absent.MISSING)
            assert (type(function.at(x)), function.at(x)) == (type(value), value), (element.key, by.key, x)


def test_a_total_follows_deductions_and_a_grade_its_caps(tmp_path: Path) -> None:
    policy = ruleset(
        tmp_path,
        rules={
            "late": {"when": "执行率 < 50%", "deduct": "3", "message": "迟"},
            "low": {"when": "执行率 < 40%", "cap": "中", "message": "低"},
            "none": {"when": "执行率 < 10%", "veto": True, "message": "无"},
        },
    )
    form = subject(neutral_document(policy), policy)
    by = form.input(form.document, "全年执行数")
    total, grade = (form.pieces(form.element(each), by) for each in ("总分", "等级"))
    budget = Fraction("1984.99")
    places = [budget * each / 100 for each in (5, 35, 45, 60)]
    assert [total.at(x) for x in places] == [0, Fraction("90.50"), Fraction("91.5"), 96]
    assert [grade.at(x) for x in places] == ["差", "中", "优", "优"]


def test_a_figure_that_a_join_has_a_say_in_is_not_taken_for_decided(tmp_path: Path) -> None:
    twice = {"each": {"甲": "指标", "乙": "指标"}, "when": "甲.三级指标 != 乙.三级指标 and 甲.实际值 > 乙.实际值"}
    policy = ruleset(tmp_path, rules={"twice": twice | {"deduct": "1", "message": "重"}})
    form = subject(neutral_document(policy), policy)
    row = form.indicators[0]
    assert form.pieces(form.element("得分", row), form.input(row, "实际值")).beyond
    assert not form.pieces(form.element("得分", row), form.input(row, "自评得分")).beyond


def test_inputs_say_on_what_grid_documents_hold_them() -> None:
    policy = load_ruleset("mof-2020")
    form = subject(neutral_document(policy), policy)
    rows = {str(each.values["年度指标值"]): each for each in form.indicators}
    found = [form.input(rows[each], "实际值").places for each in ("≥100次", "≥90%")]
    assert found == [2, 4]
    assert form.input(form.document, "执行率").places == 4
    assert form.input(form.document, "全年预算数").low == 0


# What is proved


@pytest.mark.parametrize("name", shipped_ids())
def test_shipped_rulesets_are_proved_or_say_what_they_mean(name: str) -> None:
    assert [each for each in prove(load_ruleset(name)).problems if each.severity != "note"] == []


def test_what_could_not_be_proved_is_said_and_stops_nothing() -> None:
    found = prove(load_ruleset("town-services")).problems
    assert [(each.code, each.severity, each.got) for each in found] == [("score-undecided", "note", "设施运行")]
    assert cli(["check", "town-services"]) == 0


FAULTS: Final = [
    ({"scores": execution("权重.预算执行率 * max(执行率, 50%)")}, "score-out-of-bounds"),
    ({"scores": execution("权重.预算执行率 * min(执行率, 100%) - 1")}, "score-out-of-bounds"),
    ({"scores": execution("权重.预算执行率 * min(100% / 执行率, 100%)")}, "score-falls"),
    ({"scores": of_rows("分值 * max(完成率, 0%)")}, "score-out-of-bounds"),
    ({"scores": of_rows("分值 * min(完成率, 110%)")}, "score-out-of-bounds"),
    ({"scores": of_rows("定量应得 * (50% if first(完成比, 0%) > 超额界限 else 100%)")}, "score-falls"),
    ({"scores": of_rows("定量应得", otherwise="自评得分")}, "score-out-of-bounds"),
    (
        {"quantities": {"界限": "说明界限"}, "scores": execution("table(执行率; > 界限: 10; < 界限: 5)")},
        "table-gap",
    ),
    (
        {"quantities": {"界限": "说明界限"}, "scores": execution("table(执行率; >= 界限: 10; <= 界限: 5)")},
        "table-overlap",
    ),
    (
        {"full_marks": "满分数", "quantities": {"满分数": "100"}, "grades": {"优": "> 90"}},
        "band-gap",
    ),
    ({"weights": {"产出指标": '50 if any(指标 where 一级指标 = "产出指标") else 40'}}, "weights-sum"),
]


@pytest.mark.parametrize(("parts", "code"), FAULTS, ids=[f"{code} {at}" for at, (_, code) in enumerate(FAULTS)])
def test_a_planted_fault_is_found(parts: dict[str, Any], code: str, tmp_path: Path) -> None:
    assert code in codes(ruleset(tmp_path, **parts))


def test_what_is_declared_to_be_meant_is_no_fault(tmp_path: Path) -> None:
    falling = "定量应得 * (50% if first(完成比, 0%) > 超额界限 else 100%)"
    assert codes(ruleset(tmp_path, scores=of_rows(falling, falls="超额减半"))) == []
    bonus = "权重.预算执行率 * max(执行率, 0%)"
    assert codes(ruleset(tmp_path, scores=execution(bonus, beyond="超额加分"))) == []
    assert (
        codes(
            ruleset(
                tmp_path, scores={"加分": {"each": "文件", "points": "0", "formula": "2", "round": "0 places down"}}
            )
        )
        == []
    )


def test_where_the_points_are_not_in_cents_a_rounding_may_exceed_them(tmp_path: Path) -> None:
    """On the lattice of the rounding a score rounds to its points at most; a third of ten is on no such lattice."""
    shares = {"一份": {"each": "指标", "formula": "分值 / 3", "type": "number"}}
    thirds = {"points": "一份", "formula": "一份 * max(min(完成率, 100%), 0%)", "otherwise": "0"}
    assert "score-out-of-bounds" in codes(ruleset(tmp_path, quantities=shares, scores={"定量指标": thirds}))
    shares["一份"]["round"] = "2 places half-up"
    assert codes(ruleset(tmp_path, quantities=shares, scores={"定量指标": thirds})) == []


# Forms that show it


def test_each_form_that_is_written_shows_the_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(
        tmp_path,
        scores=execution(MARKS[1].replace("min(执行率, 100%)", "执行率"))
        | of_rows("定量应得 * (50% if first(完成比, 0%) > 超额界限 else 100%)"),
    )
    folder = tmp_path / "shown"
    assert cli(["check", path.as_posix(), "--counterexamples", folder.as_posix()]) == 1
    commands = [each.partition("zhunsheng ")[2] for each in capsys.readouterr().err.splitlines()]
    files = sorted(each.name for each in folder.iterdir())
    assert files == ["mine-定量指标-1.json", "mine-定量指标-2.json", "mine-预算执行率.json"]
    assert all(f"evaluate {(folder / each).as_posix()} --ruleset {path.as_posix()}" in commands for each in files)
    policy = load_ruleset(path)
    judged = [plain(evaluate(load_document(folder / each), policy))["scores"] for each in files]
    before, after = (rows[1]["computed"] for rows in judged[:2])
    assert Fraction(after) < Fraction(before)
    execution_ = judged[2][0]
    assert Fraction(execution_["computed"]) > Fraction(execution_["points"])
    capsys.readouterr()
    assert cli(commands[0].split()) == 0  # it runs as it is told
    assert cli(["check", path.as_posix(), "--counterexamples", folder.as_posix()]) == 1  # its own files it writes anew


def test_a_file_that_is_not_its_own_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, scores=execution("权重.预算执行率 * max(执行率, 0%)"))
    mine = tmp_path / "mine-预算执行率.json"
    for text in ('{"id": "别的"}', "{"):
        mine.write_text(text, encoding="utf-8")
        assert cli(["check", path.as_posix(), "--counterexamples", tmp_path.as_posix()]) == 2
        assert "output-exists" in capsys.readouterr().err
        assert mine.read_text(encoding="utf-8") == text
    assert cli(["check", path.as_posix(), "--counterexamples", mine.as_posix()]) == 2  # a file is no folder
    assert "not-writable" in capsys.readouterr().err


# Fuzz


def test_laws_hold_of_the_base() -> None:
    assert [each.law for each in fuzz(load_ruleset("mof-2020"), 5) if each.broken] == []


def test_a_law_that_does_not_hold_is_shown_on_a_small_form(tmp_path: Path) -> None:
    policy = ruleset(tmp_path, scores=execution("权重.预算执行率 * max(执行率, 0%)"))
    found = next(islice(fuzz(policy, 80), 1))
    assert (found.law, found.said) == ("scores_within_points", "预算执行率 43.2 / 10")
    assert found.broken is not None
    assert found.broken["indicators"] == []
    assert found == next(islice(fuzz(policy, 80), 1))


BREAKING: Final = [
    ({"scores": of_rows("分值 - 定量应得")}, "more_never_scores_less"),
    ({"scores": of_rows("序号 if 分值 > 0 else 0")}, "order_of_rows_is_irrelevant"),
    ({"grades": {"差": ">= 10 and < 60"}}, "every_total_has_a_grade"),
    ({"total": {"formula": "sum(得分项得分 for 得分项) + 95"}}, "total_within_full_marks"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "law"), BREAKING, ids=[law for _, law in BREAKING])
def test_a_planted_fault_breaks_its_law(parts: dict[str, Any], law: str, tmp_path: Path) -> None:
    assert law in [each.law for each in fuzz(ruleset(tmp_path, **parts), 60) if each.broken]


def test_fuzz_tells_each_law_and_writes_what_breaks_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, scores=execution("权重.预算执行率 * max(执行率, 0%)")).as_posix()
    assert cli(["fuzz", "mof-2020", "--examples", "2", "--lang", "en"]) == 0
    assert "every total has a grade: holds of 2 forms" in capsys.readouterr().err
    assert cli(["fuzz", path, "--examples", "40"]) == 1
    assert json.JSONDecoder().raw_decode(capsys.readouterr().out)[0]["kind"] == "department"
    assert cli(["fuzz", path, "--examples", "40", "--save", (tmp_path / "found").as_posix()]) == 1
    assert "mine-scores-within-points.json --ruleset" in capsys.readouterr().err


def test_fuzz_says_what_is_not_installed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in [each for each in sys.modules if each.startswith("zhunsheng.proof.fuzz")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "zhunsheng.proof.documents", raising=False)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    assert cli(["fuzz", "mof-2020"]) == 2
    assert "zhunsheng[fuzz]" in capsys.readouterr().err


# Bounds over all inputs at once

EXTENTS: Final = [
    ("max(甲, 0)", "0 .. ∞"),
    ("max(min(甲, 3), -2) * -2", "-6 .. 4"),
    ("max(min(甲, 3), 1) * max(min(乙, 5), -5)", "-15 .. 15"),
    ("max(甲, 1) * min(乙, -1)", "-∞ .. -1"),
    ("max(甲, 1) * min(乙, 0)", "-∞ .. 0"),
    ("1 / max(min(甲, 4), 2)", "0.25 .. 0.5"),
    ("1 / max(甲, 2)", "0 .. 0.5"),
    ("1 / min(max(甲, -4), -2)", "-0.5 .. -0.25"),
    ("1 / 甲", "-∞ .. ∞"),
    ("abs(甲)", "0 .. ∞"),
    ("abs(max(min(甲, 2), -3))", "0 .. 3"),
    ("甲 if 甲 > 0 and not 甲 > 5 else 1", "0 .. 5"),
    ("1 if 甲 > 2 else max(甲, 0)", "0 .. 2"),
    ("1 / 甲 if 甲 >= 2 else 0", "0 .. 0.5"),
    ("table(甲; < 0: 3; >= 0 and < 9: 甲; else: 20)", "0 .. 20"),
    ("lines(甲; 0: 5; 10: -1; 20: 2)", "-1 .. 5"),
    ("round(max(min(甲, 2.5), 0), 0)", "0 .. 3"),
    ("甲 - 甲", "-∞ .. ∞"),
    ("count(表)", "0 .. ∞"),
    ("sum(数 for 表 where 数 > 0)", "0 .. ∞"),
    ("sum(min(数, -1) for 表)", "-∞ .. 0"),
    ("sum(max(数, -1) for 表)", "-∞ .. ∞"),
    ("mean(max(min(数, 2), 1) for 表)", "1 .. 2"),
    ("sum(甲.数 for 表 as 甲 where count(表 as 乙 where 乙.数 > 甲.数 and 甲.数 > 0) >= 0)", "-∞ .. ∞"),
    ("全年执行数 / 全年预算数 * 10", "0 .. ∞"),
    ("undefined if 甲 < 5 else 甲", "5 .. ∞"),
    ("扣分", "0 .. 7"),
]


@pytest.mark.parametrize(("formula", "bounds"), EXTENTS)
def test_between_what_a_figure_lies(formula: str, bounds: str, tmp_path: Path) -> None:
    inputs = {
        "甲": {"each": "文件", "type": "number"},
        "乙": {"each": "文件", "type": "number"},
        "表": {"each": "文件", "list": {"数": "number"}},
    }
    rules = {
        "a": {"when": "甲 > 1 and 甲 <= 5", "deduct": "甲", "message": "甲"},
        "b": {"check": "乙 > 2", "deduct": "max(乙, 0)", "message": "乙"},
    }
    policy = ruleset(tmp_path, inputs=inputs, quantities={"数值": {"formula": formula}}, rules=rules)
    node = next(each.formula for each in policy.quantities if each.name == "数值")
    found = Reader(policy).read(node, {})
    ends = [write(each.a) if each is not None else None for each in found]
    assert f"{ends[0] or '-∞'} .. {ends[1] or '∞'}" == bounds


def test_what_is_known_of_one_thing_says_nothing_of_its_neighbours(tmp_path: Path) -> None:
    inputs = {"表": {"each": "文件", "list": {"数": "number"}}}
    formula = {"each": "表", "formula": "sum(他.数 for 表 as 他) if 数 > 0 else 0"}
    policy = ruleset(tmp_path, inputs=inputs, quantities={"数值": formula})
    node = next(each.formula for each in policy.quantities if each.name == "数值")
    assert Reader(policy).read(node, {}) == (None, None)
