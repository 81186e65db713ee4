"""A ruleset as a document: formulas in words, curves from exact values, and the same content in every form."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from zhunsheng.cli.app import run
from zhunsheng.exchange import load_ruleset
from zhunsheng.exchange.describe import draw, write
from zhunsheng.exchange.describe.blocks import Drawing, Heading, Table
from zhunsheng.exchange.describe.curves import curves
from zhunsheng.exchange.describe.outline import outline
from zhunsheng.exchange.describe.reader import Reader, constants_of, said
from zhunsheng.exchange.describe.trials import exercised
from zhunsheng.exchange.describe.turns import turns
from zhunsheng.exchange.describe.write import content, form_of, trials_beside
from zhunsheng.exchange.files import shipped_ids
from zhunsheng.expression.check import Binder, check
from zhunsheng.problem import Refused
from zhunsheng.ruleset.vocabulary import scopes

if TYPE_CHECKING:
    from fractions import Fraction

    from zhunsheng.exchange.describe.curves import Curve
    from zhunsheng.expression.tree import Node

ROOT: Final = Path(__file__).resolve().parents[2]


def tree(text: str) -> Node:
    return check(text, (Binder("指标"),), scopes({}))


def curve(ruleset: str, score: str) -> Curve:
    return next(each for each in curves(load_ruleset(ruleset)) if each.score == score)


def written(dot: tuple[Fraction, Fraction]) -> str:
    return f"{dot[0]} {dot[1]}"


# Words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("分值 * min(得分, 1)", "分值 × 得分（最高按 1 计）"),
        ("max(min(分值, 10), 0)", "分值（最低按 0 计，最高按 10 计）"),
        ("abs(自评得分 - 得分) <= 1", "自评得分与得分之差（不计正负）不超过 1"),
        ("abs(得分) > 1", "得分（不计正负）超过 1"),
        ("min(分值, 得分)", "分值与得分中较小的"),
        ("max(分值, 得分, 自评得分)", "分值、得分、自评得分中最大的"),
        ("(分值 - 1) / (得分 - (分值 - 2))", "（分值 − 1） ÷ （得分 − （分值 − 2））"),
        ("-分值", "−分值"),
        ("90 <= 得分", "得分不低于 90"),
        ("0 <= 得分 < 分值", "得分在 0（含）至分值（不含）之间"),
        ("实际日期 <= 目标日期", "实际日期不晚于目标日期"),
        ("实际日期 > 2021-12-31", "实际日期晚于 2021 年 12 月 31 日"),
        ('二级指标 = "数量指标"', "二级指标为“数量指标”"),
        ('目标类别 in ("日期", "区间")', "目标类别为“日期”、“区间”之一"),
        ('比较符 = ">="', "比较符为“≥”"),
        ("可比 and (否决 or 得分 > 1)", "可比，且（否决，或者得分超过 1）"),
        ("not 可比", "“可比”不成立"),
        ("not (可比 or 否决)", "并非（可比，或者否决）"),
        ("not 偏差原因 is given", "偏差原因未填或无值"),
        ("not 偏差原因 is missing", "偏差原因不缺"),
        ("偏差原因 is missing", "偏差原因未填"),
        ("1 if 可比 else 2 if 否决 else 3", "若可比，则 1；若否决，则 2，否则 3"),
        ("(1 if 可比 else 2) * 3", "（若可比，则 1，否则 2） × 3"),
        ("table(得分; >= 90: 1; >= 60 and < 90: 2; < 60: 3)", "按得分：得分 90（含）以上的，1；得分 60（含）至 90（不含）的，2；得分 60（不含）以下的，3"),
        ('table(三级指标; = "甲": 1; = "乙": 1; else: 2)', "按三级指标：三级指标为“甲”、“乙”的，1；其余，2"),
        ("table(得分; != 1: 2; = 1: 3)", "按得分：得分不等于 1的，2；得分为 1的，3"),
        ("lines(得分; 0: 0; 1: 2)", "按得分在各点间直线取值：0 处为 0、1 处为 2，两端之外同端点"),
        ("round(分值, 2)", "分值（四舍五入到小数点后 2 位）"),
        ("floor(分值)", "分值（向下取整）"),
        ("ceiling(分值 / 2)", "（分值 ÷ 2）（向上取整）"),
        ("length(偏差原因) <= 100", "偏差原因的字数不超过 100"),
        ('contains(三级指标, "率")', "三级指标含有“率”"),
        ("sum(得分 for 指标 where 可比)", "（可比）的各指标的得分之和"),
        ("sum(得分项得分 for 得分项)", "各得分项得分之和"),
        ("count(指标)", "指标个数"),
        ("count(指标 where 可比)", "（可比）的指标个数"),
        ("any(可比 for 指标 where 否决)", "至少有一个（否决）的指标，可比"),
        ("every(可比 for 指标)", "每个指标都满足：可比"),
        ("share(可比 for 指标)", "各指标中（可比）的所占比例"),
        ("mean(得分 for 指标)", "各指标的得分的平均数"),
        ("undefined if 可比 else 1", "若可比，则无值，否则 1"),
        ("可比 if true else false", "若是，则可比，否则否"),
    ],
)  # fmt: skip
def test_formulas_read_as_an_official_would_write_them(written: str, read: str) -> None:
    assert Reader().read(tree(written)) == read


def test_a_limit_is_said_with_its_value() -> None:
    ruleset = load_ruleset("mof-2020")
    rule = next(each for each in ruleset.rules if each.id == "explain-low-execution")
    assert rule.when is not None

    assert Reader(constants_of(ruleset)).read(rule.when) == "执行率低于说明界限（90%），且“执行率已说明”不成立"


def test_dotted_names() -> None:
    assert [said(each) for each in ("权重.产出指标", "甲.得分", "得分")] == ["产出指标的应得分值", "甲的得分", "得分"]


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_words_name_every_input_of_every_formula(ruleset: str) -> None:
    """No name of a formula is lost on the way to the page, in any ruleset that comes with the engine."""
    from zhunsheng.expression.tree import Name, children
    from zhunsheng.ruleset.check.places import formulas

    def names(node: Node) -> set[str]:
        own = {node.text} if isinstance(node, Name) else set()
        return own.union(*map(names, children(node)))

    for path, node in formulas(load_ruleset(ruleset)):
        read = Reader().read(node)
        assert {name for name in names(node) if said(name) not in read} == set(), path


# Curves


def test_a_step_table_is_drawn_with_its_closed_sides() -> None:
    drawn = curve("jiangxi-bands", "预算执行率")

    assert [[written(dot) for dot in (line[0], line[-1])] for line in drawn.lines] == [
        ["0 0", "11999/20000 0"],
        ["11999/20000 5", "15999/20000 5"],
        ["15999/20000 7", "19999/20000 7"],
        ["19999/20000 10", "3/2 10"],
    ]
    assert [written(dot) for dot in drawn.closed] == ["11999/20000 5", "15999/20000 7", "19999/20000 10"]
    assert [written(dot) for dot in drawn.open] == ["11999/20000 0", "15999/20000 5", "19999/20000 7"]
    assert turns(drawn)[1:3] == (("59.995%（不含）", "0"), ("59.995%（含）", "5"))


def test_a_line_is_drawn_straight_to_its_knee() -> None:
    (line,) = curve("mof-2020", "定量指标").lines
    assert [written(dot) for dot in line] == ["0 0", "1 10", "3/2 10"]
    assert turns(curve("mof-2020", "定量指标")) == (("0%", "0"), ("100%", "10"), ("150%", "10"))


def test_a_staircase_finer_than_a_pixel_is_drawn_as_what_it_rounds_and_a_coarser_one_step_by_step() -> None:
    fine, coarse = (curve(name, "预算执行率") for name in ("zhuzhou-2021", "zhuzhou-2021-as-printed"))
    assert [len(each.lines) for each in (fine, coarse)] == [1, 101]
    assert [written(dot) for dot in fine.lines[0]] == ["0 0", "1 10", "3/2 10"]
    assert (coarse.open, coarse.closed) == ((), ()), "the dots of so many jumps would hide the line"


def test_what_is_no_straight_line_is_drawn_through_exact_values_at_round_rates() -> None:
    (line,) = next(each for each in curves(load_ruleset("template-rescale")) if "≤" in each.x_label).lines
    assert {written(dot) for dot in line} >= {"1 10", "5/4 8", "6/5 833/100"}


def test_a_value_that_stands_alone_is_a_dot_and_a_row(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    formula = "10 if 执行率 = 100% else 3 if 执行率 < 100% else undefined"
    file.write_text(
        "ruleset: own\nversion: 1.0.0\ntitle: 例\nextends: mof-2020\n"
        f"quantities: {{执行率: {{round: 2 places half-up}}}}\nscores: {{预算执行率: {{formula: {formula}}}}}\n",
        encoding="utf-8",
    )
    drawn = next(each for each in curves(load_ruleset(file)) if each.score == "预算执行率")
    assert ("99.5%（含）", "10") in turns(drawn)


def test_what_pieces_do_not_decide_is_worked_out_rate_by_rate_and_said_so(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "ruleset: own\nversion: 1.0.0\ntitle: 例\nextends: mof-2020\nrules:\n"
        "  twice: {each: {甲: 指标, 乙: 文件}, when: 甲.实际值 < 甲.目标值 * 50% and 乙.满分 > 0, deduct: '1', message: 例}\n",
        encoding="utf-8",
    )
    drawn = next(each for each in curves(load_ruleset(file)) if each.score == "定量指标" and "≥" in each.x_label)
    assert "逐点算出" in drawn.title
    assert ("60%", "6") in {(f"{int(x * 100)}%", str(y)) for line in drawn.lines for x, y in line}


def test_what_depends_on_no_rate_has_no_curve() -> None:
    assert {each.score for each in curves(load_ruleset("mof-2020"))} == {"预算执行率", "定量指标"}


def test_a_chart_is_drawn_by_whole_pixels() -> None:
    svg = draw.curve(curve("jiangxi-bands", "预算执行率"))

    ET.fromstring(svg)  # noqa: S314  our own
    assert not re.search(r'(?:[xy][12]?|c[xy]|points)="[^"]*\.', svg)
    assert svg.count('class="hole"') == svg.count('class="dot"') == 3


# Documents


def test_the_outline_has_every_element() -> None:
    ruleset = load_ruleset("zhuzhou-2021")

    blocks = outline(ruleset)
    text = content(blocks, "md").decode()

    assert blocks[0] == Heading(ruleset.title, 1)
    assert sum(isinstance(each, Drawing) for each in blocks) == 3
    for name in (
        *ruleset.weights,
        *(each.name for each in (*ruleset.quantities,)),
        *(each.id for each in ruleset.rules),
    ):
        assert name in text
    assert ("优", "90 分（含）以上") in {row[:2] for each in blocks if isinstance(each, Table) for row in each.rows}
    assert "自评表 备注2：总分设置为100分；已核对；在 mof-2020 上改写。" in text


def test_tests_are_named_beside_what_they_exercise() -> None:
    ruleset = load_ruleset("jiangxi-bands")
    tests = {
        "tests": [
            {"name": "一", "expect": {"requirements": ["explain-low-execution"], "scores": {"预算执行率": "7"}}},
            {"name": "二", "expect": {"grade": "优", "judgements": ["scores.预算执行率"], "total": None}},
            "x",
        ]
    }

    assert exercised(ruleset, tests) == {"explain-low-execution": ["一"], "预算执行率": ["一", "二"], "优": ["二"]}
    assert exercised(ruleset, None) == {}
    assert "测试：“一”。" in content(outline(ruleset, tests), "md").decode()


def test_tests_are_found_beside_a_ruleset(tmp_path: Path) -> None:
    assert trials_beside("mof-2020") is not None
    file = tmp_path / "own.yaml"
    file.write_text("ruleset: own\nversion: 1.0.0\ntitle: 例\nextends: mof-2020\n", encoding="utf-8")
    assert trials_beside(str(file)) is None
    (tmp_path / "own.test.yaml").write_text(
        "ruleset: own\ntests:\n- {name: 一, expect: {total: null}}\n", encoding="utf-8"
    )
    assert trials_beside(str(file))["tests"][0]["name"] == "一"


def test_inputs_and_periods_are_told(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "ruleset: own\nversion: 1.0.0\ntitle: 例 <b>\nextends: mof-2020\n"
        "inputs: {页数: {type: number, required: true, note: 附件}, 月度: {list: {月份: number}}}\n"
        "weights: {预算执行率: {points: {2020-01-01/2021-12-31: 10, 2022-01-01/: 20}}}\n"
        "rules:\n"
        "  a: {when: 满分 > 1, deduct: '2'}\n  b: {when: 否决, cap: 良}\n  c: {when: 扣分 > 1, veto: true}\n"
        "  d: {when: 可比, each: 指标, judge: true}\n  e: {when: 可比, each: 指标, derive: 疑似}\n",
        encoding="utf-8",
    )

    blocks = outline(load_ruleset(file))
    text, html = content(blocks, "md").decode(), content(blocks, "html").decode()

    assert "| 月度 | 指标 | 清单：月份（数） |" in text
    assert "2022 年 1 月 1 日起" in text
    for outcome in ("扣 2 分，列为错误", "等级不高于“良”", "“否决”成立", "须人工认定。", "“疑似”成立"):
        assert outcome in text
    assert "例 &lt;b&gt;" in html
    assert "<b>" not in html


@pytest.mark.parametrize("form", ["md", "html", "docx"])
def test_one_ruleset_gives_the_same_bytes(form: write.Form) -> None:
    pytest.importorskip("docx")
    blocks = outline(load_ruleset("jiangxi-bands"))

    assert content(blocks, form) == content(blocks, form)


def test_the_page_stands_alone() -> None:
    html = content(outline(load_ruleset("mof-2020")), "html").decode()

    assert html.count("http") == html.count('xmlns="http://www.w3.org/2000/svg"')
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html


def test_the_word_file_is_a_page_of_the_standard() -> None:
    docx = pytest.importorskip("docx")

    file = BytesIO(content(outline(load_ruleset("jiangxi-bands")), "docx"))
    document = docx.Document(file)

    section = document.sections[0]
    page = [section.page_width, section.page_height]
    margins = [section.top_margin, section.bottom_margin, section.left_margin, section.right_margin]
    assert [int(each.mm) for each in page] == [210, 297]
    assert [each.mm for each in margins] == pytest.approx([37, 35, 28, 26], abs=1)
    assert (document.styles["Normal"].font.name, document.styles["Normal"].font.size.pt) == ("仿宋", 16)
    assert document.styles["Heading 2"].font.name == "黑体"
    assert document.tables[1].rows[1].cells[1].text == "10"
    with ZipFile(file) as packed:
        names = packed.namelist()
        assert sum(each.startswith("word/charts/") for each in names) == 3
        assert "Noto Serif CJK SC" in packed.read("word/fontTable.xml").decode()
        for each in names:
            if each.endswith(".xml"):
                ET.fromstring(packed.read(each))  # noqa: S314  our own


# The command


def test_the_form_is_named_or_told_by_the_file() -> None:
    assert form_of(None, None) == "md"
    assert form_of(None, Path("x.html")) == "html"
    assert form_of("md", Path("x.html")) == "md"
    with pytest.raises(Refused, match="output-needed"):
        form_of("docx", None)


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "find_spec", lambda _: None)
    with pytest.raises(Refused, match="missing-library"):
        form_of(None, Path("x.docx"))


def test_the_command_writes_a_file_and_ends_with_0(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    output = tmp_path / "policy.html"
    assert run(["describe", "jiangxi-bands", "-o", str(output)]) == 0
    assert output.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run(["describe", "jiangxi-bands", "-o", str(tmp_path / "no" / "x.md")]) == 2
    assert run(["describe", "no-such"]) == 2
