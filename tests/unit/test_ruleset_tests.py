"""Tests of rulesets: read strictly, compared exactly, rewritten in place, and what they reach of a policy counted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from xml.etree import ElementTree as ET

import pytest

from zhunsheng.cli.app import run
from zhunsheng.exchange.ruleset_tests import load_tests, trial_files
from zhunsheng.problem import Refused
from zhunsheng.source import read
from zhunsheng.trial import run as run_tests
from zhunsheng.trial import trial_schema
from zhunsheng.trial.compare import alike
from zhunsheng.trial.coverage import Coverage
from zhunsheng.trial.coverage.page import page
from zhunsheng.trial.patch import patched
from zhunsheng.trial.show import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
TRIAL: Final = ROOT / "fixtures" / "trial"
HEAD: Final = "ruleset: tiny\ntests:\n"
REPORT: Final = (ROOT / "fixtures" / "zhuzhou-2021" / "dossier").as_posix()


class Ended(NamedTuple):
    """How a call ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the tiny ruleset, a form, and a test file to be written; we are in it."""
    for name in ("tiny.yaml", "form.yaml"):
        shutil.copy(TRIAL / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path / "tiny.test.yaml"


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    def called(*arguments: str) -> Ended:
        code = run(["test", *arguments])
        return Ended(code, *capsys.readouterr())

    return called


def refusals(path: Path, text: str) -> list[tuple[str, str]]:
    """Code and underlined text of each problem in a test file."""
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load_tests(Path(path.name))
    lines = path.read_text(encoding="utf-8").split("\n")
    for each in refused.value.problems:
        assert each.place.file == path.name, each
    return [
        (each.code, lines[each.place.line - 1][each.place.column - 1 :][: each.place.length])
        for each in refused.value.problems
    ]


def told(path: Path, text: str) -> list[str]:
    """What differs, a line each."""
    path.write_text(HEAD + text, encoding="utf-8")
    return [row for each in run_tests(load_tests(Path(path.name))).verdicts for row in rows(each, "zh")]


def case(text: str, name: str = "一", document: str = "document: form") -> str:
    return f"- name: {name}\n  {document}\n  {text}\n"


# Outcomes


def test_the_fixture_passes_and_so_do_all_that_are_shipped(
    call: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    done = call("fixtures/trial")
    assert done == (0, "✓ fixtures/trial/tiny.test.yaml · tiny 1.0.0  6 条测试全部通过\n", "")
    files, problems = trial_files([])
    assert problems == []
    assert Path("rulesets/mof-2020.test.yaml") in files


@pytest.mark.parametrize(
    ("expect", "rest"),
    [
        ('quantities: {执行率: "0.8"}', "量「执行率」 应为 0.8，实为 0.9000"),
        ("quantities: {执行率: null}", "量「执行率」 应为 无值，实为 0.9000"),
        ("scores: {站点: 49.99}", "得分「站点」 应为 49.99，实为 50.00"),
        ("scores: {/indicators/1: 30}", "得分「/indicators/1」 应为 30，实为 15.00"),
        ("scores: {计分: 50}", "得分「计分」 应为 50，实为 「50.00」、「15.00」"),
        ("total: 82.99", "总分 应为 82.99，实为 83.00"),
        ("grade: 优", "等级 应为 优，实为 良"),
        ("requirements: [low-execution]", "须补充事项：缺 「low-execution」"),
        (
            "findings: [low-execution, low-execution]",
            "复核问题：缺 「low-execution」、「low-execution」",
        ),
        ("refused: no-such-date", "结果 应为 退回 no-such-date，实为 核算出结果"),
    ],
)
def test_a_planted_failure_is_told_with_its_line(bench: Path, expect: str, rest: str) -> None:
    (row,) = told(bench, case(f"expect: {{{expect}}}"))
    place, _, said = row.partition("  ")
    assert place.startswith("tiny.test.yaml:5:")
    assert said == rest


def test_what_a_ruleset_refuses_fails_the_test_and_says_why(bench: Path) -> None:
    rows = told(bench, case("with: {/attributes/甲: 1}\n  expect: {total: 1, refused: x}".replace(", refused: x", "")))
    assert rows[0] == "tiny.test.yaml:6:3  结果 应为 核算出结果，实为 退回 「undeclared-input」"
    assert rows[1].strip().startswith("tiny.test.yaml:5:10: error[undeclared-input]")


def test_lists_are_compared_without_regard_to_order_but_with_their_count(bench: Path) -> None:
    text = "with: {/claimed_total: 1, /funds/total/executed: 0}\n  expect: {findings: [%s], requirements: [%s]}"
    assert told(bench, case(text % ("total-claim", "low-execution"))) == []
    assert told(bench, case(text % ("total-claim, total-claim", "low-execution"))) == [
        "tiny.test.yaml:6:22  复核问题：缺 「total-claim」"
    ]


def test_values_are_the_same_as_numbers_or_as_texts() -> None:
    assert alike("8", "8.00")
    assert alike("1/3", "1/3")
    assert alike("80%", "0.8000")
    assert not alike("1/0", "0")
    assert not alike("优", "优 ")
    assert not alike(None, "0")
    assert alike(None, None)


def test_a_dossier_is_judged_with_its_forms(bench: Path) -> None:
    bench.with_name("other.test.yaml").write_text(
        "ruleset: zhuzhou-2021\ntests:\n"
        f"- name: 报告\n  dossier: {REPORT}\n  with: {{/documents/0/funds/total/executed: 0}}\n"
        "  expect:\n    judgements: []\n    documents:\n      株洲市城市管理监督指挥中心:\n"
        '        {quantities: {执行率: "0"}, scores: {预算执行率: 1}}\n',
        encoding="utf-8",
    )
    source = read((ROOT / "fixtures" / "zhuzhou-2021" / "department.yaml").read_bytes(), "x.yaml")
    result = run_tests(load_tests(Path("other.test.yaml")))
    (verdict,) = result.verdicts
    assert source.data["unit"] == "株洲市城市管理监督指挥中心"
    assert [each.path[:3] for _, each in verdict.differences] == [
        ("judgements",),
        ("documents", "株洲市城市管理监督指挥中心", "scores"),
    ]
    assert "株洲市城市管理监督指挥中心的得分「预算执行率」 应为 1，实为 0.00" in rows(verdict, "zh")[-1]


def test_a_whole_document_may_stand_in_the_test(bench: Path) -> None:
    form = "{kind: department, unit: 甲, year: 2023, funds: {total: {annual_budget: 4, executed: 1}}, indicators: []}"
    assert told(bench, case("expect: {total: 5.00, grade: 差}", document=f"document: {form}")) == []


# Refusals


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (case("expect: {totl: 3}"), [("unknown-field", "totl")]),
        (case("expect: {}"), [("outside", "{}")]),
        (case("expect: {requirements: null}"), [("wrong-type", "null")]),
        (case("expect: {total: }"), [("empty-value", "total")]),
        (case("expect: {total: 3}", document="with: {/a: 1}"), [("missing-field", "name: 一")]),
        (case("expect: {total: 3}", document="document: from"), [("file-missing", "from")]),
        (case("expect: {total: 3}", document="document: form.txt"), [("file-missing", "form.txt")]),
        (case("with: {funds: 3}\n  expect: {total: 3}"), [("wrong-form", "funds")]),
        (case("with: {/indicators/7/actual: 3}\n  expect: {total: 3}"), [("unknown-name", "/indicators/7/actual")]),
        (case("with: {/unit/x: 3}\n  expect: {total: 3}"), [("unknown-name", "/unit/x")]),
        (case("with: {/untit: null}\n  expect: {total: 3}"), [("unknown-name", "/untit")]),
        (case("with: {/unit: null}\n  expect: {total: 3}"), [("missing-field", "/unit")]),
        (case("with: {/funds/total/exeucted: 1}\n  expect: {total: 3}"), [("unknown-field", "/funds/total/exeucted")]),
        (case("with: {/funds/total: {executed: [1]}}\n  expect: {total: 3}"), [("wrong-type", "[1]")]),
        (case("expect: {quantities: {执行绿: 1}}"), [("unknown-name", "执行绿")]),
        (case("expect: {scores: {站店: 1}}"), [("unknown-name", "站店")]),
        (case("expect: {findings: [total-clam]}"), [("unknown-name", "total-clam")]),
        (case("expect: {refused: wrong-from}"), [("unknown-code", "wrong-from")]),
        (case("expect: {refused: wrong-form, total: 3}"), [("wrong-form", "refused")]),
        (case("expect: {documents: {甲: {total: 3}}}"), [("unknown-name", "甲")]),
        (case("expect: {total: 3}") + case("expect: {total: 4}"), [("name-taken", "一")]),
        (
            case("with: {/indicators/1/name: 站点}\n  expect: {scores: {站点: 1}}"),
            [("wrong-form", "站点")],
        ),
        (case("expect: {total: 3}", document=f"dossier: {REPORT}"), [("wrong-form", "total")]),
    ],
)
def test_a_mistake_in_a_test_file_is_refused_at_its_place(bench: Path, text: str, found: list[tuple[str, str]]) -> None:
    assert [
        (code, under[: len(each[1])]) for (code, under), each in zip(refusals(bench, text), found, strict=True)
    ] == (found)


def test_the_name_that_was_meant_is_said(bench: Path) -> None:
    bench.write_text(HEAD + case("expect: {quantities: {执行绿: 1}, scores: {预算执行: 1}}"), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load_tests(bench)
    hints = [dict(each.hint.values)["name"] for each in refused.value.problems if each.hint]
    assert hints == ["执行率", "预算执行率"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("tiny2", "unknown-ruleset"), ("./tinny.yaml", "file-missing"), ("./tiny.txt", "unknown-format")],
)
def test_a_ruleset_that_is_not_there_is_named_where_the_test_names_it(bench: Path, name: str, code: str) -> None:
    bench.write_text(f"ruleset: {name}\ntests:\n{case('expect: {total: 3}')}", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load_tests(bench)
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.line, problem.place.column) == (code, 1, 10)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nowhere"], "unknown-ruleset"),
        (["nowhere.yaml"], "file-missing"),
        (["nowhere.test.yaml"], "file-missing"),
        (["tiny.yaml"], "file-missing"),
        (["."], "file-missing"),
    ],
)
def test_tests_that_are_not_there_are_refused(
    bench: Path, call: Callable[..., Ended], arguments: Sequence[str], code: str
) -> None:
    assert not bench.exists()
    done = call(*arguments)
    assert done.code == 2
    assert f"error[{code}]" in done.err


def test_a_file_that_is_refused_does_not_keep_others_from_running(bench: Path, call: Callable[..., Ended]) -> None:
    bench.write_text(HEAD + case("expect: {total: 83}"), encoding="utf-8")
    done = call("tiny.yaml", "nowhere", "--junit", "out.xml")
    assert done.code == 2
    assert "1 条测试全部通过" in done.out
    assert ET.parse("out.xml").getroot().attrib["errors"] == "1"  # noqa: S314  our own


def test_null_may_stand_for_nothing_but_a_blank_may_not(bench: Path) -> None:
    changes = "with: {/funds/total/annual_budget: null, /claimed_total: null}"
    assert told(bench, case(f"{changes}\n  expect: {{quantities: {{执行率: null}}, grade: null, findings: []}}")) == []
    assert refusals(bench, case("expect:\n    total: null\n    grade:"))[0][0] == "empty-value"


# Changes


def test_changes_are_made_and_deletions_come_last() -> None:
    content = {"a": [1, 2, 3], "b": {"x": 1}}
    changed, misled = patched(content, {"/a/0": None, "/a/2": None, "/a/-": 4, "/b/y/z": {"k": 1}, "/b/x": None})
    assert (changed, misled) == ({"a": [2, 4], "b": {"y": {"z": {"k": 1}}}}, [])
    assert content == {"a": [1, 2, 3], "b": {"x": 1}}
    assert patched({"a~b/c": 1}, {"/a~0b~1c": 2}) == ({"a~b/c": 2}, [])
    assert [each.pointer for each in patched(content, {"/a/3/x": 1, "/a/x": 1, "/c/d": None})[1]] == [
        "/a/3/x",
        "/a/x",
        "/c/d",
    ]


# Update

BEFORE: Final = """\
# 开头
ruleset: tiny
tests:
- name: 甲   # 名称旁
  document: form
  expect:
    quantities: {执行率: "0.8"}   # 率
    scores: {预算执行率: '17', 站点: 49}
    total: 80      # 18 + 50 + 15
    grade: 优
    requirements: [low-execution]
    findings:   # 清单
    - total-claim    # 多的
- name: 乙
  document: form
  with: {/claimed_total: 3, /funds/total/executed: 50}
  expect:
    total: null
    findings:
      # 前
      - low-execution # 走的
      - total-claim # 留的
    requirements:
    - total-claim
- name: 丙
  document: form
  with: {/attributes/甲: 1}
  expect: {refused: "no-such-date"}
"""
AFTER: Final = """\
# 开头
ruleset: tiny
tests:
- name: 甲   # 名称旁
  document: form
  expect:
    quantities: {执行率: "0.9000"}   # 率
    scores: {预算执行率: '18.00', 站点: 50.00}
    total: 83.00      # 18 + 50 + 15
    grade: 良
    requirements: []
    findings: []   # 清单
- name: 乙
  document: form
  with: {/claimed_total: 3, /funds/total/executed: 50}
  expect:
    total: "75.00"
    findings:
      # 前
      - total-claim # 留的
    requirements:
    - low-execution
- name: 丙
  document: form
  with: {/attributes/甲: 1}
  expect: {refused: "undeclared-input"}
"""


def test_update_rewrites_in_place_and_keeps_comments(bench: Path, call: Callable[..., Ended]) -> None:
    bench.write_text(BEFORE, encoding="utf-8")
    assert call("tiny.yaml").code == 1
    assert bench.read_text(encoding="utf-8") == BEFORE

    updated = call("tiny.yaml", "--update")

    assert bench.read_text(encoding="utf-8") == AFTER
    assert updated.code == 0
    assert "已改 总分：80 → 83.00" in updated.out
    assert call("tiny.yaml") == (0, "✓ tiny.test.yaml · tiny 1.0.0  3 条测试全部通过\n", "")


def test_update_leaves_line_ends_and_what_passes_alone(bench: Path, call: Callable[..., Ended]) -> None:
    text = HEAD + case('expect: {total: "83.0", grade: 优}')
    bench.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert call("tiny.yaml", "--update").code == 0
    assert bench.read_bytes() == b"\xef\xbb\xbf" + text.replace("\n", "\r\n").replace("优", "良").encode()


@pytest.mark.parametrize(
    "expect",
    [
        "expect:\n    requirements: [low-execution,\n      low-execution]",
        "expect:\n    requirements: [low-execution,\n      ]",
        "expect: {refused: wrong-form}",
        "expect: {scores: {计分: 3}}",
        "with: {/attributes/甲: 1}\n  expect: {total: 3}",
        'expect:\n    grade: "优\n      良"',
    ],
)
def test_what_cannot_be_rewritten_in_place_is_left_and_said(
    bench: Path, call: Callable[..., Ended], expect: str
) -> None:
    text = HEAD + case(expect)
    bench.write_text(text, encoding="utf-8")
    done = call("tiny.yaml", "--update")
    assert done.code == 1
    assert "不能就地改写" in done.out
    assert bench.read_text(encoding="utf-8") == text


# Forms of the answer


def test_json_and_junit_say_what_differs(bench: Path, call: Callable[..., Ended]) -> None:
    bench.write_text(HEAD + case("expect: {total: 3}") + case("expect: {total: 83}", "二"), encoding="utf-8")
    done = call("tiny.yaml", "--format", "json", "--junit", "out.xml", "--coverage")
    answer: dict[str, Any] = json.loads(done.out)
    failed, passed = answer["files"][0]["tests"]
    assert (done.code, failed["passed"], passed["passed"]) == (1, False, True)
    (difference,) = failed["differences"]
    assert difference["expectation"] == ["total"]
    assert [difference[key] for key in ("line", "expected", "got", "updated")] == [5, "3", "83.00", False]
    assert {each["kind"] for each in answer["coverage"]} == {"band", "choice", "extreme", "parts", "rule", "score"}
    top = ET.parse("out.xml").getroot()  # noqa: S314  our own
    assert [top.attrib[each] for each in ("tests", "failures", "errors")] == ["2", "1", "0"]
    (failure,) = top.iter("failure")
    assert failure.attrib["message"] == "tiny.test.yaml:5:19  总分 应为 3，实为 83.00"


def test_an_output_does_not_replace_a_test_file(bench: Path, call: Callable[..., Ended]) -> None:
    bench.write_text(HEAD + case("expect: {total: 83}"), encoding="utf-8")
    done = call("tiny.yaml", "--junit", "tiny.test.yaml")
    assert done.code == 2
    assert "error[output-is-input]" in done.err


def test_the_schema_is_the_one_that_is_published() -> None:
    assert json.loads((ROOT / "schemas" / "tests.schema.json").read_text(encoding="utf-8")) == trial_schema()


# Coverage


def reached(path: Path, text: str) -> Coverage:
    path.write_text(HEAD + text, encoding="utf-8")
    coverage = Coverage()
    run_tests(load_tests(Path(path.name)), coverage)
    return coverage


def counts(coverage: Coverage) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for each in coverage.tallies():
        key = (each.element.name, each.element.key.kind)
        before = found.get(key, (0, 0))
        found[key] = (before[0] + each.reached, before[1] + len(each.element.sides))
    return found


def test_coverage_counts_the_elements_of_a_policy(bench: Path) -> None:
    one = reached(bench, case("expect: {total: 83}"))
    assert counts(one) == {
        ("scores.预算执行率", "extreme"): (1, 2),
        ("scores.预算执行率", "score"): (1, 1),
        ("scores.计分", "choice"): (2, 2),
        ("scores.计分", "score"): (1, 2),
        ("grades.优", "band"): (0, 1),
        ("grades.良", "band"): (1, 1),
        ("grades.差", "band"): (0, 1),
        ("rules.reached", "rule"): (2, 2),
        ("rules.low-execution", "rule"): (1, 2),
        ("rules.low-execution", "parts"): (2, 4),
        ("rules.total-claim", "rule"): (1, 2),
    }


def test_a_cap_that_is_just_met_is_not_shown_to_matter(bench: Path) -> None:
    at = "with: {/funds/total/executed: %s}\n  expect: {grade: %s}"
    key = ("scores.预算执行率", "extreme")
    assert counts(reached(bench, case(at % ("100", "良"))))[key] == (0, 2)
    assert counts(reached(bench, case(at % ("101", "良"))))[key] == (1, 2)
    both = case(at % ("101", "良")) + case(at % ("99", "良"), "二")
    assert counts(reached(bench, both))[key] == (2, 2)


def test_what_is_lacking_is_said_with_its_place(bench: Path, call: Callable[..., Ended]) -> None:
    bench.write_text(HEAD + case("expect: {total: 83}"), encoding="utf-8")
    done = call("tiny.yaml", "--coverage")
    assert done.code == 0
    assert "tiny.yaml：走到 12/20" in done.out
    assert "tiny.yaml:16:23  没有以 100% 为最小的例子" in done.out
    assert "tiny.yaml:34:11  执行率 < 80% 没有成立的例子" in done.out


def test_rows_lines_tables_and_conditions_are_elements(bench: Path) -> None:
    bench.with_name("tiny.yaml").write_text(
        """\
ruleset: tiny
version: 1.0.0
title: 例
status: observed
quantities:
  率: "table(全年执行数 / 全年预算数; < 50%: 0; >= 50% and < 90%: 1; else: 2)"
  线: "lines(全年执行数 / 全年预算数; 0%: 0; 100%: 10)"
  数: "count(指标 where 分值 > 40 or not 偏差原因 is given)"
indicator_kind: '"计分"'
scores: {计分: {formula: 分值, round: 2 places half-up}}
total: {formula: sum(得分项得分 for 得分项) + 率 + 线 + 数, round: 2 places half-up}
grades: {优: ">= 90", 差: "< 90"}
rules:
  both:
    when: 率 > 0
    check: 线 > 8
    finding: note
  pairs:
    each: {甲: 指标, 乙: 指标}
    within: 文件
    when: 甲.三级指标 = 乙.三级指标
    finding: note
  twice:
    each: 指标
    when: 分值 > 40
    deduct: 1 if 自评得分 > 40 else 2
""",
        encoding="utf-8",
    )
    found = counts(reached(bench, case("expect: {grade: 优}")))
    assert found["quantities.率", "table"] == (1, 3)
    assert found["quantities.线", "lines"] == (1, 3)
    assert found["quantities.数", "parts"] == (3, 4)
    assert found["rules.both", "condition"] == (1, 2)
    assert found["rules.both", "rule"] == (1, 2)
    assert found["rules.pairs", "rule"] == (1, 2)
    assert found["rules.twice", "choice"] == (1, 2)
    assert found["rules.twice", "rule"] == (2, 2)


def test_what_a_base_writes_is_counted_in_the_base(bench: Path) -> None:
    bench.with_name("over.yaml").write_text(
        'ruleset: over\nversion: 1.0.0\ntitle: 例\nextends: tiny\nscores: {计分: {formula: "min(分值, 3)"}}\n',
        encoding="utf-8",
    )
    bench.write_text("ruleset: over\ntests:\n" + case("expect: {grade: 差}"), encoding="utf-8")
    coverage = Coverage()
    run_tests(load_tests(Path(bench.name)), coverage)
    files: dict[str, list[tuple[str, str]]] = {}
    for each in coverage.tallies():
        files.setdefault(each.element.key.file, []).append((each.element.name, each.element.key.kind))
    assert sorted(files["over.yaml"]) == [("scores.计分", "extreme"), ("scores.计分", "score")]
    assert ("grades.差", "band") in files["tiny.yaml"]
    assert ("scores.计分", "choice") not in files["tiny.yaml"]


def test_a_refused_document_reaches_nothing(bench: Path) -> None:
    coverage = reached(bench, case("with: {/attributes/甲: 1}\n  expect: {refused: undeclared-input}"))
    assert coverage.reached == set()
    assert len(coverage.elements) == 11


def test_the_page_shows_the_whole_text_coloured_and_needs_nothing_else(bench: Path, call: Callable[..., Ended]) -> None:
    bench.write_text(HEAD + case("expect: {total: 83}"), encoding="utf-8")
    assert call("tiny.yaml", "--coverage-html", "out.html").code == 0
    text = Path("out.html").read_text(encoding="utf-8")
    top = ET.fromstring(text.partition("</style></head>\n")[2].partition("</html>")[0])  # noqa: S314  our own
    shown = ["".join(row.itertext()) for row in top.iter("span") if row.get("class") == "row"]
    lines = bench.with_name("tiny.yaml").read_text(encoding="utf-8").split("\n")
    assert shown == [f"{at}{line}" for at, line in enumerate(lines, 1)]
    coloured = {
        ("".join(each.itertext()), each.get("class")) for each in top.iter("span") if each.get("title") is not None
    }
    assert {("达成", "all"), ("100%", "none"), ('">= 90"', "none"), ("low-execution", "some")} <= coloured
    assert "prefers-color-scheme: dark" in text
    assert "http" not in text
    assert page(Coverage(), "en").startswith("<!doctype html>")


# Pytest


def under_pytest(folder: Path, *arguments: str) -> Ended:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "zhunsheng.pytest_plugin", "-p", "no:cacheprovider"]
    environment = {each: os.environ[each] for each in ("PATH", "HOME") if each in os.environ}
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_pytest_collects_the_same_files_and_tells_the_same_differences(bench: Path) -> None:
    bench.write_text(HEAD + case("expect: {total: 3}") + case("expect: {total: 83}", "二"), encoding="utf-8")
    bench.with_name("foreign.test.yaml").write_text("steps: []\n", encoding="utf-8")
    bench.with_name("bad.test.yaml").write_text(HEAD + case("expect: {totl: 3}", "三"), encoding="utf-8")
    bench.with_name("name.test.yaml").write_text(HEAD + case("expect: {scores: {站店: 3}}", "四"), encoding="utf-8")

    done = under_pytest(bench.parent, "--continue-on-collection-errors")

    assert done.code == 1
    assert "2 failed, 1 passed, 1 error" in done.out
    assert "\ntiny.test.yaml:5:19  总分 应为 3，实为 83.00\n" in done.out
    assert "error[unknown-field]" in done.out
    assert "error[unknown-name]" in done.out
    assert "Traceback" not in done.out


def test_the_plugin_is_installed_with_the_engine() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (name,) = project["project"]["entry-points"]["pytest11"].values()
    assert project["tool"]["pytest"]["ini_options"]["addopts"][-2:] == ["-p", name]
    assert "rulesets" in project["tool"]["pytest"]["ini_options"]["testpaths"]
