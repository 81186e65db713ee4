"""Problems and their sentences: complete in both languages, in plain words, with the caret where the eye expects it."""

from __future__ import annotations

import pickle
import re
import string
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from zhunsheng.problem import GOT_LIMIT, VALUE_LIMIT, Place, Problem, Refused, Words, say
from zhunsheng.problem.show import catalogue, cells, excerpt, line, lines, sentence, title, visible
from zhunsheng.source import read

if TYPE_CHECKING:
    from zhunsheng.problem.show import Lang

CATALOGUE = Path(__file__).resolve().parents[2] / "engine" / "zhunsheng" / "problem" / "catalogue.yaml"
TEXT = 'grades:\n  优: "> 90"\n  良: "80 .. <90"\n'
NEEDS_QUOTES = say("needs-quotes.expected")


def problem(
    place: Place, *, got: str = "", hint: Words | None = None, related: tuple[tuple[Place, Words], ...] = ()
) -> Problem:
    return Problem(place, "needs-quotes", NEEDS_QUOTES, got, related=related, hint=hint)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_the_catalogue_is_itself_a_strict_file_of_text_in_two_languages() -> None:
    """No key stands twice, and no sentence is read as something else than text."""
    entries = read(CATALOGUE.read_bytes(), "catalogue.yaml").data
    assert entries == catalogue()
    for key, entry in entries.items():
        assert set(entry) == {"zh", "en"}, key
        assert all(isinstance(text, str) and text for text in entry.values()), key


HEADINGS = ("cli.confirmations", "cli.findings", "cli.judgements", "cli.requirements", "cli.section-")
"""Headings of a page, which are no sentences."""


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_sentences_keep_the_rules_of_wording(key: str) -> None:
    zh, en = catalogue()[key]["zh"], catalogue()[key]["en"]
    if key != "verbatim":
        assert fields(zh) == fields(en), key
    assert "\n" not in zh + en
    assert not re.search("请|！", zh)
    assert not zh.endswith("。")
    assert not en.endswith((".", "!"))
    if not key.startswith(HEADINGS):
        assert not re.match(r"[A-Z][a-z]", en), "English begins small"
    assert not re.search(r"\b(str|dict|int|float|bool|NoneType|Decimal|tuple)\b", zh + en), "no type names of Python"


def test_every_code_has_a_title_and_something_expected() -> None:
    codes = {key.partition(".")[0] for key in catalogue() if key.endswith(".title")}
    for code in codes:
        assert any(key.startswith(f"{code}.") and key != f"{code}.title" for key in catalogue()), code


def test_a_sentence_of_ours_that_is_missing_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError, match="no-such-key"):
        sentence(say("no-such-key"), "zh")
    with pytest.raises(KeyError, match=r"nearest\.hint.*name"):
        sentence(say("nearest.hint"), "en")


def test_values_may_be_sentences_and_lists_of_names() -> None:
    kinds = say("either", one=say("type.string"), other=say("type.number"))
    assert sentence(say("wrong-type.expected", type=kinds), "zh") == "文字或数字"
    assert sentence(say("not-one-of.expected", choices=["优", say("type.null")]), "en") == "one of `优`, null"
    assert sentence(say("nearest.hint", name="{x}"), "en") == "write `{x}`"


def test_a_named_tuple_is_one_value_and_not_a_list() -> None:
    class Rounding(NamedTuple):
        places: int

        def __str__(self) -> str:
            return f"{self.places} places"

    assert say("x", rounding=Rounding(2)).values == (("rounding", "2 places"),)


def test_what_a_message_quotes_is_cut() -> None:
    assert len(problem(Place("x"), got="9" * 1000).got) == GOT_LIMIT
    assert len(str(dict(say("x", text="9" * 10_000).values)["text"])) == VALUE_LIMIT


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("zh", "x.yaml:2:6: error[needs-quotes] 这段文字须加引号：应为引号里的文字，实为「> 90」；改法：写作「x」"),
        (
            "en",
            "x.yaml:2:6: error[needs-quotes] this text needs quotes: expected text in quotes, got `> 90`; write `x`",
        ),
    ],
)
def test_one_line(lang: Lang, expected: str) -> None:
    each = problem(Place("x.yaml", 2, 6), got="> 90", hint=say("nearest.hint", name="x"))
    assert line(each, lang) == expected
    assert lines([each, each], lang) == f"{expected}\n{expected}"


def test_one_line_without_quotation_and_hint() -> None:
    assert (
        line(problem(Place("x.yaml")), "en")
        == "x.yaml: error[needs-quotes] this text needs quotes: expected text in quotes"
    )
    assert title(problem(Place("x")), "zh") == "这段文字须加引号"


def test_the_caret_stands_under_wide_characters() -> None:
    shown = excerpt(
        problem(
            Place("x.yaml", 2, 6, 6),
            got='"> 90"',
            hint=say("quote-it", text="> 90"),
            related=((Place("x.yaml", 3, 3), say("see-first")),),
        ),
        "zh",
        {"x.yaml": TEXT}.get,
    )
    assert shown == (
        "error[needs-quotes] 这段文字须加引号\n"
        "  ┌ x.yaml:2:6\n"
        '  │ 2 │   优: "> 90"\n'
        "  │   │       ^^^^^^\n"
        "  ├ x.yaml:3:3\n"
        '  │ 3 │   良: "80 .. <90"\n'
        "  │   │   ── 第一次出现在这里\n"
        '  = 应为：引号里的文字        改法：加上引号，写作 "> 90"'
    )


def test_places_without_a_line_or_a_text_are_named() -> None:
    each = problem(
        Place("x.xlsx", cell="表1!I13"), got="90", related=((Place("y.json", pointer="/a"), say("see-first")),)
    )
    assert excerpt(each, "en", lambda _: None) == (
        "error[needs-quotes] this text needs quotes\n"
        "  ┌ x.xlsx 表1!I13\n"
        "  ├ y.json#/a  first written here\n"
        "  = expected: text in quotes        got: `90`"
    )
    beyond = problem(Place("x.yaml", 9, 1))
    assert excerpt(beyond, "en", {"x.yaml": TEXT}.get).splitlines()[1:-1] == ["  ┌ x.yaml:9:1"]


def test_what_is_underlined_is_not_quoted_again() -> None:
    assert "got" not in excerpt(problem(Place("x.yaml", 2, 6, 6), got='"> 90"'), "en", {"x.yaml": TEXT}.get)
    assert "got: `>`" in excerpt(problem(Place("x.yaml", 2, 6, 6), got=">"), "en", {"x.yaml": TEXT}.get)
    assert "got" not in excerpt(problem(Place("x.yaml", 2, 6, 6), got="> 90"), "en", {"x.yaml": TEXT}.get)
    long = "9" * 100
    assert "got" not in excerpt(problem(Place("x.yaml", 1, 1, 100), got=long), "en", {"x.yaml": long}.get)


def test_long_remedies_take_a_line_each() -> None:
    each = problem(Place("x.yaml"), got="a" * 50, hint=say("nearest.hint", name="b" * 50))
    assert [row[:4] for row in excerpt(each, "en", lambda _: None).splitlines()[-3:]] == ["  = "] * 3


@pytest.mark.parametrize("column", [1, 5_000_000, 10_000_000])
def test_a_line_of_ten_megabytes_is_cut_around_the_caret(column: int) -> None:
    text = "首\n" + "a" * 10_000_000
    shown = excerpt(problem(Place("x", 2, column, 3_000_000)), "en", {"x": text}.get)
    assert len(shown) < 500
    code, under = shown.splitlines()[2:4]
    assert code[under.index("^")] == "a"
    assert all(cells(row) < 110 for row in shown.splitlines())


def test_a_long_line_of_wide_characters_is_cut_too() -> None:
    shown = excerpt(problem(Place("x", 1, 80, 2)), "en", {"x": "宽" * 79 + "AB" + "宽" * 79}.get)
    code, under = shown.splitlines()[2:4]
    assert "…" in code
    assert cells(code[: code.index("A")]) == under.index("^")
    assert under.count("^") == 2


def test_tabs_carriage_returns_and_what_lies_past_the_end() -> None:
    shown = excerpt(problem(Place("x", 1, 2, 9)), "en", {"x": "\tab\r\n"}.get)
    assert shown.splitlines()[2:4] == ["  │ 1 │     ab", "  │   │     ^^"]
    shown = excerpt(problem(Place("x", 1, 99)), "en", {"x": "ab"}.get)
    assert shown.splitlines()[2:4] == ["  │ 1 │ ab", "  │   │   ^"]


def test_colours_change_nothing_but_colour() -> None:
    each = problem(Place("x.yaml", 2, 6, 6), got="x", related=((Place("x.yaml", 3, 3), say("see-first")),))
    plain = excerpt(each, "zh", {"x.yaml": TEXT}.get)
    coloured = excerpt(each, "zh", {"x.yaml": TEXT}.get, colour=True)
    assert coloured != plain
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == plain


def test_nothing_of_a_file_reaches_the_terminal_as_a_command() -> None:
    nasty = "\x1b[2J\u202e\x00\x7f"
    each = problem(Place("x\x1b", 1, 1, 4), got=nasty, hint=say("nearest.hint", name=nasty))
    shown = excerpt(each, "zh", lambda _: nasty) + line(each, "en").partition(": ")[2]
    assert shown.isprintable() or not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", shown)
    assert visible("a\tb\ud800") == "a␉b\ufffd"


def test_cells_count_as_a_terminal_does() -> None:
    assert [cells(each) for each in ("", "a优", "e\u0301", "：", "①", "😀")] == [0, 3, 1, 2, 1, 2]


def test_problems_are_ordered_pickled_and_told_in_english_to_developers() -> None:
    late, early = problem(Place("x", 2, 1)), problem(Place("x", 1, 9))
    refused = Refused(iter([late, early]))
    assert refused.problems == (early, late)
    assert pickle.loads(pickle.dumps(refused)).problems == refused.problems  # noqa: S301  our own
    assert str(refused).splitlines() == [line(early, "en"), line(late, "en")]


@pytest.mark.parametrize(
    "cells",
    [
        ["表1!B9", "表1!C9", "表1!AA9", "表1!A10", "表2!A1"],
        ["表1 第9行 第10列", "表1 第10行 第2列", "表1 第10行 第11列", "表10 第1行 第1列"],
    ],
)
def test_cells_are_ordered_as_a_table_is_read(cells: list[str]) -> None:
    refused = Refused(problem(Place("x.xlsx", cell=each)) for each in sorted(cells, reverse=True))

    assert [each.place.cell for each in refused.problems] == cells


def test_a_sheet_whose_name_is_a_number_of_any_length_has_an_order() -> None:
    places = [Place("x.xlsx", cell=f"{'9' * 5000}!A{'1' * 5000}"), Place("x.xlsx", cell="9"), Place("x.xlsx")]

    assert min(places) == Place("x.xlsx")


def test_a_problem_learns_its_file_later() -> None:
    each = problem(
        Place("", 1, 1), related=((Place("", 2, 1), say("see-first")), (Place("other", 3, 1), say("see-first")))
    )
    moved = each.in_file("x.yaml")
    assert [moved.place.file, *(place.file for place, _ in moved.related)] == ["x.yaml", "x.yaml", "other"]
