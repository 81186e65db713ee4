"""Where a ruleset's fault is told, and the remedy that comes with it: what misled a policy officer once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zhunsheng.cli.refusal import text_of
from zhunsheng.exchange import load_ruleset
from zhunsheng.exchange.files import shipped_ids
from zhunsheng.problem import Refused
from zhunsheng.ruleset.check import check

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.problem import Place, Problem

HEAD = "ruleset: t\nversion: 1.0.0\ntitle: 试\n"
BASE = f"{HEAD}extends: mof-2020\n"


def problems_of(tmp_path: Path, text: str) -> list[Problem]:
    file = tmp_path / "t.yaml"
    file.write_text(text, encoding="utf-8")
    text_of.cache_clear()
    try:
        return check(load_ruleset(file))  # type: ignore[return-value]
    except Refused as refused:
        return list(refused.problems)


def underlined(place: Place) -> str:
    text = text_of(place.file)
    assert text is not None
    return text.split("\n")[place.line - 1][place.column - 1 :][: place.length]


@pytest.mark.parametrize("value", ["80", '"「九十」"'])
def test_a_constant_of_another_kind_is_told_where_the_overlay_says_it(tmp_path: Path, value: str) -> None:
    (problem,) = problems_of(tmp_path, f"{BASE}quantities:\n  说明界限: {{formula: {value}}}\n")

    assert (problem.code, problem.place.file) == ("type-mismatch", (tmp_path / "t.yaml").as_posix())
    assert underlined(problem.place) == value
    assert {place.file for place, _ in problem.related} == {"rulesets/mof-2020.yaml"}
    assert all("说明界限" in underlined(place) for place, _ in problem.related)


def test_a_fault_of_the_overlay_itself_stays_where_it_is(tmp_path: Path) -> None:
    text = f"{BASE}quantities:\n  说明界限: {{formula: 80}}\nrules:\n  r: {{when: 执行率 < 「九」, finding: note}}\n"

    assert [underlined(each.place) for each in problems_of(tmp_path, text)] == ["80", "「九」"]


def test_braces_of_the_chinese_input_method_are_refused_in_messages(tmp_path: Path) -> None:
    text = f"{BASE}rules:\n  r: {{when: 执行率 < 50%, finding: note, message: 执行率｛执行率｝偏低}}\n"

    assert [(each.code, underlined(each.place)) for each in problems_of(tmp_path, text)] == [
        ("full-width-sign", "｛"),
        ("full-width-sign", "｝"),
    ]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("quantities:\n  a: {formula: 说明界限 * 2}\n", ["incomplete", "unknown-name"]),
        ("quantities:\n  说明界限: {formula: 80%}\n", ["incomplete"]),
    ],
)
def test_a_ruleset_that_uses_the_names_of_another_is_told_to_extend_it(
    tmp_path: Path, body: str, codes: list[str]
) -> None:
    found = problems_of(tmp_path, HEAD + body)

    assert [each.code for each in found] == codes
    for each in found:
        assert each.hint is not None
        assert each.hint.key == "unknown-name.extends"
        assert dict(each.hint.values)["ruleset"] in shipped_ids()


def test_names_that_no_shipped_ruleset_has_suggest_none(tmp_path: Path) -> None:
    found = problems_of(tmp_path, f"{HEAD}quantities:\n  某量: {{formula: 没有的名称 * 2}}\n")

    assert all(each.hint is None or each.hint.key != "unknown-name.extends" for each in found)
    assert all(each.hint is None for each in problems_of(tmp_path, f"{BASE}total: {{formula: 没有的名称 * 2}}\n"))


def test_a_gap_is_shown_between_the_rows_that_it_lies_between(tmp_path: Path) -> None:
    table = "table(执行率; >= 90%: 10; >= 60% and < 80%: 5; < 60%: 0)"
    found = problems_of(tmp_path, f'{BASE}rules:\n  r: {{when: "{table} > 3", finding: note, message: x}}\n')

    (gap,) = (each for each in found if each.code == "table-gap")
    assert underlined(gap.place) == ">= 60% and < 80%: 5"
    assert [underlined(place) for place, _ in gap.related] == [">= 90%: 10"]


@pytest.mark.parametrize(
    "table", ["table(执行率; > 90%: 10)", "table(执行率; = 90%: 10)", "table(执行率; < 90%: 1; > 90%: 10)"]
)
def test_every_gap_is_shown_at_a_row(tmp_path: Path, table: str) -> None:
    found = problems_of(tmp_path, f'{BASE}rules:\n  r: {{when: "{table} > 3", finding: note, message: x}}\n')

    assert {underlined(each.place).startswith(("<", "=", ">")) for each in found if each.code == "table-gap"} == {True}
