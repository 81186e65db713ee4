"""What people do with rulesets beside judging by them: start one, lay it out, take its tables to Excel and back."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from zhunsheng import cli
from zhunsheng.cli.policy import whole
from zhunsheng.document import read_document
from zhunsheng.evaluation import evaluate
from zhunsheng.exchange import load_document, load_ruleset
from zhunsheng.exchange.files import shipped_ids
from zhunsheng.exchange.format import formatted
from zhunsheng.exchange.format.expressions import expression_edits, spelling
from zhunsheng.exchange.format.layout import comments
from zhunsheng.exchange.format.scalars import scalar_text
from zhunsheng.problem import Refused
from zhunsheng.ruleset.check import check
from zhunsheng.ruleset.inputs import composed_schema
from zhunsheng.ruleset.model import ruleset_schema
from zhunsheng.source import Source, read
from zhunsheng.source.schema import schema_problems, validator_for

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).resolve().parents[2]
RULESETS: Final = sorted(path for path in (ROOT / "rulesets").glob("*.yaml") if not path.name.endswith(".test.yaml"))
LAID_OUT: Final = [*RULESETS, *sorted((ROOT / "fixtures" / "zhuzhou-2021").glob("*.yaml"))]
FORM: Final = ROOT / "fixtures" / "zhuzhou-2021" / "department.yaml"
LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Ended(NamedTuple):
    """How a call ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Ended]:
    """Calls the command within this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "argv", ["zhunsheng", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        return Ended(cli.main(), out.getvalue(), err.getvalue())

    return call


def source(text: str, name: str = "x.yaml") -> Source:
    return read(text.encode(), name)


def laid_out(text: str) -> str:
    return formatted(source(text))


# format: what is there stays


@pytest.mark.parametrize("path", LAID_OUT, ids=lambda path: path.name)
def test_format_keeps_values_and_comments_and_is_idempotent(path: Path) -> None:
    before = read(path.read_bytes(), path.name)

    once = formatted(before)

    after = read(once.encode(), path.name)
    assert formatted(after) == once
    assert sorted(comments(before.text)) == sorted(comments(once))
    assert blank_groups(before.text) == blank_groups(once)


@pytest.mark.parametrize("path", sorted((ROOT / "rulesets").glob("*.yaml")), ids=lambda path: path.name)
def test_what_is_shipped_is_laid_out(path: Path, run: Callable[..., Ended]) -> None:
    """Rulesets and their tests, whose nulls stay."""
    ended = run("format", "--check", path)

    assert (ended.code, ended.err) == (0, ""), ended.out


def test_a_null_stays_in_tests_of_rulesets_alone(tmp_path: Path, run: Callable[..., Ended]) -> None:
    text = "ruleset: x\ntests:\n- name:  甲\n  with: {/a: null,   /b: 1}\n  expect: {total: null}\n"
    (tmp_path / "x.test.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")

    assert run("format", tmp_path / "x.test.yaml").code == 0
    assert "with: {/a: null, /b: 1}" in (tmp_path / "x.test.yaml").read_text(encoding="utf-8")
    assert run("format", tmp_path / "x.yaml").code == 2


@pytest.mark.parametrize("path", RULESETS, ids=lambda path: path.name)
def test_format_changes_no_meaning_of_a_ruleset(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    mangled = mangle(path.read_text(encoding="utf-8"), colon=3, indent=2)
    copy.write_text(formatted(source(mangled, path.name)), encoding="utf-8")

    before, after = load_ruleset(path), load_ruleset(copy)

    if spelled(path) == spelled(copy):
        assert before.sha256 == after.sha256
    assert {**whole(before), "sha256": ""} == {**whole(after), "sha256": ""}


@settings(max_examples=40)
@given(path=st.sampled_from(LAID_OUT), colon=st.integers(1, 4), indent=st.integers(1, 3), brace=st.integers(0, 2))
def test_white_space_has_no_say(path: Path, colon: int, indent: int, brace: int) -> None:
    text = path.read_text(encoding="utf-8")
    mangled = mangle(text, colon=colon, indent=indent, brace=brace)

    assert read(mangled.encode(), path.name).data == read(text.encode(), path.name).data
    assert formatted(source(mangled, path.name)) == formatted(source(text, path.name))


@given(st.permutations(["version: 1.0.0", "title: 例", "extends: mof-2020", "status: observed"]))
def test_the_top_level_has_one_order(rows: list[str]) -> None:
    text = "# 头\nruleset: x\n" + "\n".join(f"# 关于 {row[:3]}\n{row}" for row in rows) + "\n"

    assert laid_out(text) == (
        "# 头\nruleset: x\n# 关于 ver\nversion: 1.0.0\n# 关于 tit\ntitle: 例\n"
        "# 关于 ext\nextends: mof-2020\n# 关于 sta\nstatus: observed\n"
    )


@given(st.text(alphabet="分值完成率a1.5%<>=+-*/() ,;:{}[]#\"'|&!？：，、\\\n", max_size=12))
def test_any_text_is_written_so_that_it_reads_the_same(value: str) -> None:
    for text in (f"k: {scalar_text(value)}\n", f"{{k: {scalar_text(value)}, j: 1}}\n", f"- {scalar_text(value)}\n"):
        data = source(text).data
        assert value == (data[0] if isinstance(data, list) else data["k"])


def blank_groups(text: str) -> int:
    return len(re.findall(r"\n\s*\n", text.strip()))


def spelled(path: Path) -> object:
    return read(path.read_bytes(), path.name).data


def mangle(text: str, *, colon: int = 1, indent: int = 1, brace: int = 0) -> str:
    """The same file, carelessly typed: wide steps, wide gaps, spaces at the end of lines."""
    edits: list[tuple[int, int, str]] = []
    for token in yaml.scan(text, Loader=LOADER):
        start, end = token.start_mark.index, token.end_mark.index
        if isinstance(token, yaml.ValueToken) and text[end : end + 1] == " ":
            edits.append((end, end + 1, " " * colon))
        elif isinstance(token, yaml.BlockEntryToken) and text[end : end + 1] == " ":
            edits.append((end, end + 1, " " * (2 * indent - 1)))
        elif isinstance(token, yaml.FlowMappingStartToken):
            edits.append((end, end, " " * brace))
        elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowEntryToken):
            edits.append((start, start, " " * brace))
    for start, end, written in sorted(edits, reverse=True):
        text = text[:start] + written + text[end:]
    rows = text.split("\n")
    return "\n".join(" " * ((len(row) - len(row.lstrip(" "))) * (indent - 1)) + row for row in rows)


# format: what it does


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a :   1\n", "a: 1\n"),
        ("a:\n     b: 1   \n", "a:\n  b: 1\n"),
        ("a:\n-   1\n-   b: 2\n    c: 3\n", "a:\n- 1\n- b: 2\n  c: 3\n"),
        ("a:\n    - 1\n", "a:\n  - 1\n"),
        ("a: { b :1 ,c:   [ 1,2 ]}\n".replace(":1", ": 1"), "a: {b: 1, c: [1, 2]}\n"),
        ("a: {b: 1,\n        c: 2}\n", "a: {b: 1,\n        c: 2}\n"),
        (
            '\'a\': "文字"\nb: \'>= 1\'\nc: "8.00"\nd: "2021-01-01"\n',
            'a: 文字\nb: ">= 1"\nc: "8.00"\nd: "2021-01-01"\n',
        ),
        ("a:\n    # 一\n    b: 1  # 二\n\n    # 三\n# 四\nc: 2", "a:\n  # 一\n  b: 1  # 二\n\n  # 三\n# 四\nc: 2\n"),
        ("a: |\n      甲  \n        乙\n\nb: 1\n", "a: |\n  甲  \n    乙\n\nb: 1\n"),
        ("a:\n    b: >-\n            甲\n            乙\n    c: 1\n", "a:\n  b: >-\n    甲\n    乙\n  c: 1\n"),
        ("a: |2\n    甲\n", "a: |2\n    甲\n"),
        ("a: |+\n  甲\n\n\n", "a: |+\n  甲\n\n\n"),
        ("a: 甲\n      乙\n", "a: 甲\n      乙\n"),
        ("---\na:  1\n", "---\na:  1\n"),
    ],
)
def test_layout(before: str, after: str) -> None:
    assert laid_out(before) == after
    assert laid_out(after) == after


HEAD: Final = "ruleset: x\nversion: 1.0.0\ntitle: 例\nextends: mof-2020\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("quantities:\n  甲: 分值×（1－执行率）\n", "quantities:\n  甲: 分值 * (1 - 执行率)\n"),
        ("quantities:\n  甲: {formula: min（甲，90 ％）}\n", 'quantities:\n  甲: {formula: "min(甲, 90%)"}\n'),
        (
            "scores:\n  定量指标: 'table(执行率;≥90%:10;＜90%  and>=0 : -1)'\n",
            'scores:\n  定量指标: "table(执行率; >= 90%: 10; < 90% and >= 0: -1)"\n',
        ),
        ("grades:\n  优: ≥90\n  良: '>=80 and<90'\n", 'grades:\n  优: ">= 90"\n  良: ">= 80 and < 90"\n'),
        (
            'rules:\n  r:\n    when: >-\n      甲>1  and\n        乙≠"＞"\n    message: 甲>1，{甲}\n',
            'rules:\n  r:\n    when: >-\n      甲 > 1 and\n        乙 != "＞"\n    message: 甲>1，{甲}\n',
        ),
        (
            "full_marks: 50*2\ntotal: {formula: {2020-01-01/: 1+1}}\n",
            "full_marks: 50 * 2\ntotal: {formula: {2020-01-01/: 1 + 1}}\n",
        ),
        ("quantities:\n  甲: 分值 *\n", "quantities:\n  甲: 分值 *\n"),  # no expression: left for `check` to say
        ("quantities:\n  甲: count (指标 where not(达标))\n", "quantities:\n  甲: count(指标 where not (达标))\n"),
    ],
)
def test_expressions_are_written_with_half_width_signs_and_spaces(before: str, after: str) -> None:
    assert laid_out(HEAD + before) == HEAD + after
    assert laid_out(HEAD + after) == HEAD + after


def test_what_is_no_expression_is_left_alone() -> None:
    assert spelling({"unit": "a"}, ("unit",)) is None
    assert spelling({"ruleset": "x"}, ("rules", "r", "message")) is None
    assert spelling({"ruleset": "x"}, ("rules", "r", "each", "when")) is None
    assert expression_edits("", "expression") == []


def test_format_checks_and_rewrites(run: Callable[..., Ended], tmp_path: Path) -> None:
    file, json_file = tmp_path / "a.yaml", tmp_path / "a.json"
    file.write_bytes(b"\xef\xbb\xbfa :  1\r\n")
    json_file.write_text("{}", encoding="utf-8")

    checked = run("format", file, "--check")
    assert (checked.code, file.read_bytes()) == (1, b"\xef\xbb\xbfa :  1\r\n")
    assert "-a :  1\n+a: 1\n" in checked.out
    assert run("format", file).code == 0
    assert file.read_bytes() == b"a: 1\n"
    assert run("format", file, "--check").code == 0
    assert "error[unknown-format]" in run("format", json_file, file, "--lang", "en").err
    file.write_bytes(b"a: 1\r\n")
    assert run("format", file, "--check").code == 1


# new


@pytest.mark.parametrize("base", shipped_ids())
def test_a_new_ruleset_loads_and_its_examples_hold(base: str, tmp_path: Path, run: Callable[..., Ended]) -> None:
    file = tmp_path / "my-city.yaml"

    assert run("new", "ruleset", "my-city", "--extends", base, "-o", file).code == 0

    text = file.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=")
    assert errors(file) == []
    assert formatted(read(file.read_bytes(), file.name)) == text
    file.write_text(re.sub("^# (?!yaml-language)", "", text, flags=re.MULTILINE), encoding="utf-8")
    assert errors(file) == []
    assert {"weights", "grades", "quantities", "rules"} <= read(file.read_bytes(), file.name).data.keys()


def errors(file: Path) -> list[str]:
    return [each.code for each in check(load_ruleset(file)) if each.severity == "error"]


def test_a_new_file_replaces_none(run: Callable[..., Ended], tmp_path: Path) -> None:
    call = ("new", "document", "--ruleset", "mof-2020", "-o", tmp_path / "form.yaml")

    assert run(*call).code == 0
    assert "error[output-exists]" in run(*call).err
    assert run(*call, "--force").code == 0


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (["ruleset", "x"], "missing-argument"),
        (["ruleset", "--extends", "mof-2020"], "missing-argument"),
        (["ruleset", "X Y", "--extends", "mof-2020"], "wrong-form"),
        (["ruleset", "x", "--extends", "mof-2020", "--kind", "project"], "wrong-option"),
        (["document", "x", "--ruleset", "mof-2020"], "wrong-option"),
        (["document", "--ruleset", "nowhere"], "unknown-ruleset"),
        (["document", "--ruleset", "mof-2020", "-o", "absent/form.yaml"], "not-writable"),
        (["tests"], "missing-argument"),
        (["tests", "x", "--ruleset", "mof-2020"], "wrong-option"),
        (["tests", "--ruleset", "mof-2020", "--kind", "project"], "wrong-option"),
    ],
)
def test_a_mistaken_call_is_told(run: Callable[..., Ended], call: list[str], code: str) -> None:
    ended = run("new", *call)

    assert (ended.code, f"error[{code}]" in ended.err) == (2, True)


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_new_tests_pass_and_are_laid_out(ruleset: str, tmp_path: Path, run: Callable[..., Ended]) -> None:
    file = tmp_path / f"{ruleset}.test.yaml"

    assert run("new", "tests", "--ruleset", ruleset, "-o", file).code == 0

    assert file.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=")
    assert run("test", file).code == 0
    assert run("format", "--check", file).code == 0


def test_new_tests_name_a_ruleset_as_from_their_place(tmp_path: Path, run: Callable[..., Ended]) -> None:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    file = tmp_path / "tests" / "own.test.yaml"
    file.parent.mkdir()

    assert run("new", "tests", "--ruleset", tmp_path / "own.yaml", "-o", file).code == 0

    assert "ruleset: ../own.yaml" in file.read_text(encoding="utf-8")
    assert run("test", file).code == 0


def test_a_form_of_own_scores_has_no_rows(tmp_path: Path, run: Callable[..., Ended]) -> None:
    assert "\nindicators: []" in run("new", "document", "--ruleset", "service-contract").out
    assert "dimension: 产出指标" in run("new", "document", "--ruleset", "mof-2020").out


OWN: Final = """\
ruleset: own
version: 1.0.0
title: 例
extends: mof-2020
inputs:
  编制人数: {each: 文件, type: number, required: true}
  备注: {each: 文件, type: text, note: 随便写}
  启用日: {each: 文件, type: date}
  收支: {each: 文件, record: {收入: {type: money, required: true}, 支出: money}}
  站点: {each: 文件, list: {名称: {type: text, required: true}, 开工: truth, 比率: percent}, required: true}
  月份: {each: 站点, list: {完成: number}}
  难度: {type: percent, required: true}
quantities:
  人均: {formula: 全年执行数 / 编制人数, round: 2 places half-up, clause: 一}
"""


@pytest.mark.parametrize("kind", ["department", "project"])
@pytest.mark.parametrize("name", [*shipped_ids(), "own.yaml"])
def test_a_blank_document_is_valid_once_it_is_filled(
    name: str, kind: str, tmp_path: Path, run: Callable[..., Ended]
) -> None:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    form = tmp_path / "form.yaml"

    assert run("new", "document", "--ruleset", name, "--kind", kind, "-o", form).code == 0

    ruleset = load_ruleset(name)
    text = form.read_text(encoding="utf-8")
    with pytest.raises(Refused):
        read_document(source(text))
    filled = source(re.sub(r'^(\s*(?:- )?\S+: )""(  # .*（必填）|$)', fill, text, flags=re.MULTILINE))
    document = read_document(filled)
    assert not schema_problems(filled, validator_for(composed_schema(ruleset.inputs, ruleset.id)))
    own = {each.name for each in ruleset.scores if each.scope == "文件"}
    dimensions = [each for each in ruleset.weights if each not in own]
    assert [each.dimension for each in document.indicators] == dimensions or not dimensions
    assert evaluate(document, ruleset).scores
    everything = source(re.sub("^( *)# (?!绩效|注明|yaml)", r"\1", text, flags=re.MULTILINE)).data
    assert {"appropriation", "carryover", "other"} <= everything["funds"].keys()
    assert formatted(source(text)) == text


def fill(found: re.Match[str]) -> str:
    """What the remark beside a blank asks for."""
    forms = {"true 或 false": "true", "日期": "2021-12-31", "十进制数": "0.5", "百分比": "50%"}
    rest = found.string[found.end() :].partition("\n")[0]
    choices = re.search("：(?:.*，)?([^：，、]+)、.* 之一", found[2] + rest)
    if choices:
        return found[1] + choices[1] + found[2]
    return found[1] + next((text for form, text in forms.items() if form in rest), "某某") + found[2]


def test_a_blank_document_has_the_inputs(tmp_path: Path, run: Callable[..., Ended]) -> None:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")

    text = run("new", "document", "--ruleset", "own.yaml").out

    assert '  编制人数: ""  # 编制人数（必填）：十进制数\n' in text
    assert '  备注: ""  # 备注：随便写\n' in text
    assert '    - 名称: ""  # 名称（必填）\n' in text
    assert '  # 收支:  # 收支\n  #   收入: ""  # 收入（必填）：十进制数\n' in text
    assert '  # 启用日: ""  # 启用日：日期，形如 2021-12-31\n' in text


def test_the_composed_schema_is_printed(run: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")

    printed = json.loads(run("schema", "document", "--ruleset", "own.yaml").out)

    Draft202012Validator.check_schema(printed)
    assert "编制人数" in printed["properties"]["attributes"]["properties"]
    assert "error[wrong-option]" in run("schema", "dossier", "--ruleset", "own.yaml").err


# tables

STEPS: Final = (
    HEAD
    + """\
# 权重
weights:
  预算执行率: 10   # 十分
  产出指标: {points: '50', clause: "第一条"}
quantities:
  甲: {formula: 1.50, clause: =第二条}
  乙: 84.50%
  丙: 12345678901234567
  丁: {formula: {2020-02-25/2025-12-31: 90%, 2026-01-01/: 80%}}
  戊:
    formula: >-
      table(执行率; >= 90%: 10;
        >= 80% and < 90%: 5;
        < 80%: 0) + lines(执行率; 50%: 0; 100%: -5.5)
"""
)


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    file = tmp_path / "x.yaml"
    file.write_text(STEPS, encoding="utf-8")
    return file


def edited(path: Path, **cells: Any) -> None:
    """Changes cells of a workbook: `权重_B2=20`."""
    book = openpyxl.load_workbook(path)
    for at, value in cells.items():
        title, _, coordinate = at.partition("_")
        book[title][coordinate] = value
    book.save(path)


@pytest.mark.parametrize("path", RULESETS, ids=lambda path: path.name)
def test_tables_that_come_back_unchanged_change_nothing(path: Path, tmp_path: Path, run: Callable[..., Ended]) -> None:
    copy, book = tmp_path / path.name, tmp_path / "a.xlsx"
    copy.write_bytes(path.read_bytes())

    assert run("tables", copy, "--out", book).code == 0
    ended = run("tables", copy, "--in", book)

    assert (ended.code, ended.err) == (0, "")
    assert copy.read_bytes() == path.read_bytes()


def test_a_weight_and_a_band_come_back_from_excel(tmp_path: Path, run: Callable[..., Ended]) -> None:
    file, book = tmp_path / "mof-2020.yaml", tmp_path / "a.xlsx"
    text = (ROOT / "rulesets" / "mof-2020.yaml").read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8", newline="\r\n")
    run("tables", file, "--out", book)
    edited(book, 权重_B2=9, 权重_B3=51, 等级_B2=98.25, 等级_C2="否", 等级_D3=98.25, 等级_E3="是", 常数_B3=0.855)

    ended = run("tables", file, "--in", book)

    assert ended.code == 0, ended.err
    expected = text
    for before, after in (
        ("预算执行率: {points: 10,", "预算执行率: {points: 9,"),
        ("产出指标: {points: 50,", "产出指标: {points: 51,"),
        ('优: {when: ">= 90",', '优: {when: "> 98.25",'),
        ('良: {when: ">= 80 and < 90",', '良: {when: ">= 80 and <= 98.25",'),
        ("说明界限: {formula: 90%,", "说明界限: {formula: 85.5%,"),
    ):
        assert expected.count(before) == 1
        expected = expected.replace(before, after)
    assert file.read_bytes() == expected.replace("\n", "\r\n").encode()
    assessment = evaluate(load_document(FORM), load_ruleset(file))
    assert (str(assessment.total.computed), assessment.grade.computed) == ("97.61", "良")


def test_the_tables_hold_real_numbers_and_text_that_stays_text(steps: Path, run: Callable[..., Ended]) -> None:
    book = steps.with_suffix(".xlsx")

    assert run("tables", steps, "--out", book).code == 0

    read_ = openpyxl.load_workbook(book)
    rows = {page.title: [[each.value for each in row] for row in page.iter_rows()] for page in read_}
    assert rows["权重"][:3] == [
        ["名称", "分值", "条款", "说明", "位置"],
        ["预算执行率", 10, None, None, "x#/weights/预算执行率/points"],
        ["产出指标", 50, "第一条", None, "x#/weights/产出指标/points"],
    ]
    by_name = {row[0]: row for row in rows["常数"]}
    assert by_name["甲"][1:3] == [1.5, "=第二条"]
    assert by_name["丙"][1] == "12345678901234567"
    assert [row[1] for row in rows["常数"] if row[0] == "丁"] == [0.9, 0.8]
    assert ["戊", "执行率", 0.8, "是", 0.9, "否", None, None, 5, "x#/quantities/戊/formula/table/1/2"] in rows["分段表"]
    assert ["戊", "执行率", 1, -5.5, "x#/quantities/戊/formula/lines/1/2"] in rows["折线"]
    page = read_["常数"]
    at = next(row for row in page.iter_rows() if row[0].value == "甲")
    assert (at[1].number_format, at[2].data_type, page.freeze_panes) == ("0.00", "s", "A2")
    assert next(row for row in page.iter_rows() if row[0].value == "乙")[1].number_format == "0.00%"


def test_cells_of_every_kind_come_back_to_their_place(steps: Path, run: Callable[..., Ended]) -> None:
    book = steps.with_suffix(".xlsx")
    run("tables", steps, "--out", book)
    found = {
        (row[0].value, str(row[-1].value).partition("#")[2]): row
        for page in openpyxl.load_workbook(book)
        for row in page.iter_rows(min_row=2)
    }

    def cell(name: str, place: str, column: int) -> str:
        at = found[name, place][column]
        return f"{at.parent.title}_{at.coordinate}"

    cells: dict[str, Any] = {
        cell("预算执行率", "/weights/预算执行率/points", 1): 8,
        cell("产出指标", "/weights/产出指标/points", 1): "满分 / 2 + 2",
        cell("产出指标", "/weights/产出指标/points", 2): '第"二"条',
        cell("甲", "/quantities/甲/formula", 1): 1.25,
        cell("甲", "/quantities/甲/formula", 2): "+第三条: 甲",
        cell("丁", "/quantities/丁/formula/2026-01-01~1", 1): 0.755,
        cell("戊", "/quantities/戊/formula/table/1/2", 2): 0.7,
        cell("戊", "/quantities/戊/formula/table/1/3", 4): 0.7,
        cell("戊", "/quantities/戊/formula/table/1/3", 8): "1 + 1",
        cell("戊", "/quantities/戊/formula/lines/1/2", 3): 7,
    }
    edited(book, **cells)

    ended = run("tables", steps, "--in", book)

    assert ended.code == 0, ended.err
    expected = STEPS
    for before, after in (
        ("预算执行率: 10   #", "预算执行率: 8   #"),
        ("""points: '50', clause: "第一条\"""", """points: '满分 / 2 + 2', clause: 第"二"条"""),
        ("formula: 1.50, clause: =第二条", 'formula: 1.25, clause: "+第三条: 甲"'),
        ("2026-01-01/: 80%", "2026-01-01/: 75.5%"),
        (">= 80% and < 90%: 5", ">= 70% and < 90%: 5"),
        ("< 80%: 0)", "< 70%: 1 + 1)"),
        ("100%: -5.5", "100%: 7"),
    ):
        assert expected.count(before) == 1, before
        expected = expected.replace(before, after)
    assert steps.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    ("cells", "code", "at"),
    [
        ({"权重_A2": "别名"}, "table-cell", "权重!A2"),
        ({"权重_B2": None}, "table-cell", "权重!B2"),
        ({"权重_B2": "十 十"}, "table-cell", "权重!B2"),
        ({"权重_B2": True}, "table-cell", "权重!B2"),
        ({"权重_B2": "没有的量"}, "unknown-name", "权重!B2"),
        ({"权重_B4": 5}, "table-cell", "权重!B4"),  # the base says it
        ({"权重_D2": "新说明"}, "table-cell", "权重!D2"),  # nothing stands there yet
        ({"权重_E2": "x#/weights/不在"}, "table-row", "权重!E2"),
        ({"权重_E2": "x#/weights/产出指标/points"}, "table-row", "权重!E3"),
        ({"权重_B9": 5}, "table-row", "权重!E9"),
        ({"权重_F2": "旁注"}, "table-cell", "权重!F2"),
        ({"权重_F1": "旁注"}, "table-sheet", "权重!F1"),
        ({"权重_B1": "分"}, "table-sheet", "权重"),
        ({"说明_B4": "0000"}, "table-stale", ""),
        ({"分段表_D20": "也许"}, "table-cell", "分段表!D20"),
    ],
)
def test_what_cannot_be_placed_is_told_at_its_cell(
    steps: Path, run: Callable[..., Ended], cells: dict[str, Any], code: str, at: str
) -> None:
    book = steps.with_suffix(".xlsx")
    run("tables", steps, "--out", book)
    edited(book, **cells)

    ended = run("tables", steps, "--in", book)

    assert ended.code == 2
    assert re.search(rf"error\[{code}\].*\n.*x\.xlsx ?{re.escape(at)}\n", ended.err), ended.err
    assert steps.read_text(encoding="utf-8") == STEPS


def test_a_row_or_sheet_that_is_gone_is_told(steps: Path, run: Callable[..., Ended]) -> None:
    path = steps.with_suffix(".xlsx")
    run("tables", steps, "--out", path)
    book = openpyxl.load_workbook(path)
    book["权重"].delete_rows(3)
    del book["折线"]
    book.create_sheet("草稿")["A1"] = 1
    book.save(path)

    ended = run("tables", steps, "--in", path)

    assert ended.code == 2
    assert "error[table-row]" in ended.err
    assert ended.err.count("error[table-sheet]") == 2
    assert "x#/weights/产出指标/points" in ended.err


def test_a_value_over_several_lines_in_quotes_is_not_taken_apart(tmp_path: Path, run: Callable[..., Ended]) -> None:
    file, book = tmp_path / "x.yaml", tmp_path / "a.xlsx"
    text = f'{HEAD}quantities:\n  甲: "table(执行率; >= 1%: 1;\n    < 1%: 0)"\n'
    file.write_text(text, encoding="utf-8")
    run("tables", file, "--out", book)
    row = next(row for row in openpyxl.load_workbook(book)["分段表"].iter_rows() if row[0].value == "甲")
    edited(book, **{f"分段表_{row[8].coordinate}": 2})

    ended = run("tables", file, "--in", book)

    assert "error[table-cell]" in ended.err
    assert file.read_text(encoding="utf-8") == text


def test_tables_need_a_file_that_can_be_read_and_written(
    steps: Path, run: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, other = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    other.write_text("no workbook", encoding="utf-8")

    assert run("tables", steps, "--out", book).code == 0
    assert "error[output-exists]" in run("tables", steps, "--out", book).err
    assert run("tables", steps, "--out", book, "--force").code == 0
    assert "error[not-writable]" in run("tables", "mof-2020", "--in", book).err
    assert "error[not-writable]" in run("tables", steps, "--out", tmp_path / "absent" / "a.xlsx").err
    assert "error[table-sheet]" in run("tables", steps, "--in", other).err
    assert "error[file-missing]" in run("tables", steps, "--in", tmp_path / "c.xlsx").err
    assert "error[wrong-option]" in run("tables", steps).err
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert "error[missing-library]" in run("tables", steps, "--in", book).err


# The schema teaches the language


def test_every_field_of_a_ruleset_is_described_with_an_example_that_fits() -> None:
    schema = ruleset_schema()
    for name, part in (("ruleset", schema), *schema["$defs"].items()):
        for field, body in part["properties"].items():
            assert {"title", "description", "examples"} <= body.keys(), f"{name}.{field}"
            fits = Draft202012Validator({**body, "$defs": schema["$defs"]})
            assert [str(error) for each in body["examples"] for error in fits.iter_errors(each)] == []


@pytest.mark.parametrize("path", RULESETS, ids=lambda path: path.name)
def test_every_ruleset_that_comes_with_the_engine_names_its_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]

    assert first == "# yaml-language-server: $schema=../schemas/ruleset.schema.json"
    assert (ROOT / "schemas" / "ruleset.schema.json").is_file()
