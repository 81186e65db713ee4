"""Reading YAML and JSON: exact values, true places, and messages that name the mistake."""

from __future__ import annotations

import json
import pickle
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.problem import Place, Problem, Refused
from zhunsheng.problem.show import line, sentence
from zhunsheng.source import Source, pointer, read, readable, yaml_text
from zhunsheng.source.fields import properties
from zhunsheng.source.json_reader import Reader
from zhunsheng.source.marks import Lines, offsets
from zhunsheng.source.schema import schema_problems, validator_for

if TYPE_CHECKING:
    from collections.abc import Iterator

Plain = Any
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"),
    max_size=20,
)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12)
scalars = st.booleans() | st.integers(-(10**30), 10**30) | decimals | texts
plain = st.recursive(
    scalars | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
plain_without_null = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)


def dumped(value: Plain) -> str:
    """`value` as JSON, its decimals exact."""
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {dumped(each)}" for key, each in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",\n ".join(map(dumped, value)) + "]"
    return format(value, "f") if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def paths(value: Plain, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Plain]]:
    yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in parts:
        yield from paths(inner, (*path, part))


def typed(value: Plain) -> Plain:
    """`value` with the kind of each number beside it: 1, True and 1.0 are equal to Python."""
    if isinstance(value, dict):
        return {key: typed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [typed(each) for each in value]
    return type(value).__name__, value


def underlined(place: Place, text: str) -> str:
    return text.split("\n")[place.line - 1][place.column - 1 : place.column - 1 + place.length]


def refused(text: str, file: str = "x.yaml") -> list[Problem]:
    with pytest.raises(Refused) as caught:
        read(text.encode(), file)
    return list(caught.value.problems)


def told(text: str, file: str = "x.yaml") -> list[tuple[str, int, int, str]]:
    return [
        (each.code, each.place.line, each.place.column, underlined(each.place, readable(text.encode())))
        for each in refused(text, file)
    ]


# ── laws ──


@given(plain)
def test_json_reads_back_what_was_written(value: Plain) -> None:
    """Every value of JSON comes back equal and of its kind, numbers exact to the last digit."""
    assert typed(read(dumped(value).encode(), "x.json").data) == typed(value)
    assert typed(read(json.dumps(value, default=str).encode(), "x.json").data) == typed(
        json.loads(json.dumps(value, default=str))
    )


@given(plain)
def test_the_fast_and_the_slow_reader_of_json_agree(value: Plain) -> None:
    text = dumped(value)
    assert typed(Reader(text, Lines(text, "x"), spans=False).read()) == typed(read(text.encode(), "x.json").data)


@given(st.text('{}[]",:0123e+-. \n\\u"tnfaN', max_size=30))
def test_the_readers_of_json_agree_on_what_is_json(text: str) -> None:
    """What is read is what the standard library reads; what is refused, we or it refuse."""
    try:
        ours = read(text.encode(), "x.json").data
    except Refused:
        return
    assert json.loads(text, parse_float=Decimal) == ours


@given(plain_without_null)
def test_yaml_reads_back_what_was_written_in_its_json_form(value: Plain) -> None:
    """JSON is YAML, but for its escapes and nulls."""
    assert typed(read(("--- " + dumped(value)).encode(), "x.yaml").data) == typed(value)


worded = texts.filter(lambda text: text[:1] not in (*"+-.0123456789",))  # PyYAML leaves 1e3 without quotes


@given(st.dictionaries(worded, worded | st.lists(worded, max_size=3) | st.integers(), min_size=1, max_size=4))
def test_yaml_reads_what_another_writer_writes(value: Plain) -> None:
    text = yaml.safe_dump(value, allow_unicode=True, width=40)
    assert typed(read(text.encode(), "x.yaml").data) == typed(value)


@pytest.mark.parametrize("file", ["x.json", "x.yaml"])
@given(value=plain_without_null)
def test_every_path_points_at_its_text(file: str, value: Plain) -> None:
    text = dumped(value)
    text = text if file == "x.json" else f"# 说明\n- {text}"
    source = read(text.encode(), file)
    for path, inner in paths(source.data):
        place = source.place(path)
        assert place.pointer == pointer(path)
        shown = underlined(place, text)
        whole = dumped(inner)
        if file == "x.json" or path:
            assert whole.startswith(shown.removesuffix(" "))
        if path and isinstance(path[-1], str):
            assert underlined(source.place(path, key=True), text) == json.dumps(path[-1], ensure_ascii=False)


@given(texts.filter(lambda text: text.isprintable() and text.strip() == text and text), st.data())
def test_a_character_within_a_text_is_found(value: str, data: st.DataObject) -> None:
    """Whatever the quotation: the character at an offset is the character under the caret."""
    offset = data.draw(st.integers(0, len(value) - 1))
    block = f"前: |\n  x\n  {value}\n"
    for text, file, at in (
        (f'{{"前": {json.dumps(value)}}}', "x.json", offset),
        (f"前: {json.dumps(value, ensure_ascii=False)}", "x.yaml", offset),
        ("前: '" + value.replace("'", "''") + "'", "x.yaml", offset),
        (block, "x.yaml", offset + 2),
    ):
        found = underlined(read(text.encode(), file).place_in(("前",), at), text)
        assert found == value[offset] or found.startswith("\\") or found == "''", text


# ── places ──


@pytest.mark.parametrize(
    ("text", "offset", "length", "place"),
    [
        ("a: 执行率 < 90%", 4, 1, "1:8 <"),
        ("a: 执行率 < 90%", 0, 3, "1:4 执行率"),
        ('a: "执行率 < 90%"', 4, 1, "1:9 <"),
        ("a: 'it''s < 9'", 5, 1, "1:11 <"),
        ("a: 'it''s < 9'", 2, 1, "1:7 ''"),
        ('a: "\\u6267行\\t<"', 3, 1, "1:14 <"),
        ('a: "\\u6267行"', 0, 1, "1:5 \\u6267"),
        ('a: "\\x41\\U00000042<"', 2, 1, "1:19 <"),
        ("a: |\n  x\n  执 <\n", 4, 1, "3:5 <"),
        ("a: |\n\n    x\n      y <\n", 7, 1, "4:9 <"),
        ("a: >-\n  执行率\n  < 90%\n", 4, 1, "3:3 <"),
        ("a: 执行率\n  < 90%\n", 4, 1, "2:3 <"),
        ('a: "执\\\n  行 <"\n', 3, 1, "2:5 <"),
        ("a: |", 0, 1, "1:4 |"),
        ("a: 执行", 2, 1, "1:6 "),
        ("a: 执行", 99, 9, "1:6 "),
        ("a: 执行", -1, 9, "1:4 执行"),
        ("a: 5", 3, 1, "1:4 5"),
    ],
)
def test_a_character_within_each_form_of_text(text: str, offset: int, length: int, place: str) -> None:
    found = read(text.encode(), "x.yaml").place_in(("a",), offset, length)
    assert f"{found.line}:{found.column} {underlined(found, text)}" == place


def test_a_text_that_cannot_be_followed_is_shown_from_its_start() -> None:
    assert offsets('"\\', "x", '"') is None
    assert offsets("abc", "abd", "") is None
    assert offsets("ab", "abc", "") is None
    assert offsets("'", "", "'") == []
    assert offsets("a\n\n\n  b", "a\nb", "") == [(0, 1), (1, 2), (6, 7)]


def test_a_path_that_is_not_there_falls_back_to_its_longest_beginning() -> None:
    source = read(b"a:\n  - b: 1\n", "x.yaml")
    assert str(source.place(("a", 0, "department", "b"))) == "x.yaml:2:5"
    assert source.place(("a", 7)).pointer == "/a"
    assert source.place(("nothing",)).line == 1
    assert source.place_in(("a", 0, "c"), 3).pointer == "/a/0"
    assert source.at(("a", 0, "b")) == 1
    assert source.at(("a", "x")) is None
    assert source.at(("a", 0, "b", "c")) is None
    assert source.written(("a", 0)) == "b: 1"


def test_a_source_crosses_a_process() -> None:
    for file in ("x.yaml", "x.json"):
        source = read(b'{"a": ["b"]}', file)
        copy = pickle.loads(pickle.dumps(source))  # noqa: S301  our own
        assert copy == source
        assert copy.place(("a", 0)) == source.place(("a", 0))


def test_lines_and_columns_under_a_byte_order_mark_and_carriage_returns() -> None:
    source = read(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n", "x.yaml")
    assert [(place.line, place.column) for place in map(source.place, (("a",), ("b",), ("c",)))] == [
        (1, 4),
        (2, 4),
        (3, 4),
    ]
    assert source.text == readable(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n")


# ── values ──


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-0", 0),
        ("-12", -12),
        ("0.10", Decimal("0.10")),
        ("-0.0", Decimal("0.0")),
        ("1.50", Decimal("1.50")),
        ("90%", "90%"),
        ("1,000", "1,000"),
        ("2021-01-01", "2021-01-01"),
        ("2021-01-01/2021-12-31", "2021-01-01/2021-12-31"),
        ("１２", "１２"),
        ("y", "y"),
        ("1.2.3", "1.2.3"),
        (".", "."),
        ("._1", "._1"),
        ("--", "--"),
        ("'no'", "no"),
        ('"010"', "010"),
        ("''", ""),
        ("原因：无", "原因：无"),
        ("[]", []),
        ("{}", {}),
    ],
)
def test_a_value_of_yaml(text: str, value: object) -> None:
    assert typed(read(f"a: {text}".encode(), "x.yml").data["a"]) == typed(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e3", Decimal(1000)),
        ("1.5E-2", Decimal("0.015")),
        ("-0.0", Decimal("0.0")),
        ("-0", 0),
        ("10.0", Decimal("10.0")),
        ("null", None),
    ],
)
def test_a_value_of_json(text: str, value: object) -> None:
    assert typed(read(text.encode(), "", format="json").data) == typed(value)
    assert typed(Reader(text, Lines(text, ""), spans=False).read()) == typed(value)


ODD = [
    "007",
    "00.5",
    "+5",
    ".5",
    "5.",
    "1e3",
    "1.5E-2",
    "1_000",
    "0x1F",
    "0o17",
    "0b1",
    "12:30",
    "1:30:00",
    ".inf",
    "-.INF",
    ".nan",
    "yes",
    "No",
    "ON",
    "off",
    "True",
    "FALSE",
]


@pytest.mark.parametrize("text", ODD)
def test_an_odd_form_is_refused_with_a_remedy(text: str) -> None:
    (problem,) = refused(f"a: {text}")
    assert (problem.code, problem.got) == ("ambiguous-value", text)
    assert problem.hint is not None
    assert f'"{text}"' in sentence(problem.hint, "zh")
    assert read(f'a: "{text}"'.encode(), "x.yaml").data == {"a": text}


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("007", "7"),
        ("-00.50", "-0.50"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1_000", "1000"),
        ("Yes", "true"),
        ("off", "false"),
    ],
)
def test_the_remedy_names_the_plain_form(text: str, mended: str) -> None:
    (problem,) = refused(f"a: {text}")
    assert problem.hint is not None
    assert dict(problem.hint.values)["mend"] == mended


# ── mistakes: YAML ──


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a:\nb: ~\nc: [null]\n-:\n",
            [
                ("empty-value", 1, 1, "a"),
                ("empty-value", 2, 4, "~"),
                ("empty-value", 3, 5, "null"),
                ("empty-value", 4, 1, "-"),
            ],
        ),
        ("- 1\n-\n", [("empty-value", 2, 1, "-")]),
        (
            "1: a\ntrue: b\nno: c\n~: d\n12:30: f\n",
            [("key-not-text", n, 1, t) for n, t in enumerate(["1", "true", "no", "~", "12:30"], 1)],
        ),
        ("?\n: e\n", [("key-not-text", 1, 2, "")]),
        ("? [a, b]\n: c\n", [("key-not-text", 1, 3, "[a, b]")]),
        ("a: {{ x }}\n", [("key-not-text", 1, 5, "{ x }")]),
        ("a: 1\n'a': 2\n", [("duplicate-key", 2, 1, "'a'")]),
        ("*x : 1\n", [("alias", 1, 1, "*x")]),
        ("&x a: 1\n", [("anchor", 1, 1, "&x")]),
        ("!t a: 1\n", [("tag", 1, 1, "!t")]),
        ("a: !!str &x 1\n", [("tag", 1, 4, "!!str"), ("anchor", 1, 10, "&x")]),
        ("a: &优 1\n", [("anchor", 1, 4, "&优")]),
        ("a: *优\n", [("alias", 1, 4, "*优")]),
        ("a: 1\n...\n---\nb: 1\n", [("several-documents", 3, 1, "---")]),
        ("<<: {a: 1}\n", [("merge-key", 1, 1, "<<")]),
        # full-width colon: on the line itself, whatever the parser says
        ("优： 1\n良: 2\n", [("full-width-sign", 1, 2, "：")]),
        ("a: 1\n\n优：90\n良: 80\n", [("full-width-sign", 3, 2, "：")]),
        ("a:\n  b：1\n  c：2\n", [("full-width-sign", 2, 4, "：")]),
        ("ruleset：x\n", [("full-width-sign", 1, 8, "：")]),
        ("a: {b： c, d: 1}\n", [("full-width-sign", 1, 6, "：")]),
        ("- a: 1\n  b：2\n- c: 3\n", [("full-width-sign", 2, 4, "：")]),
        # text that YAML takes for something else
        ("优: > 90\n", [("needs-quotes", 1, 4, "> 90")]),
        ("优: {when: >= 90, clause: x}\n", [("needs-quotes", 1, 11, ">= 90")]),
        ("- {名: 甲, 实际: >=10件, 分: 5}\n", [("needs-quotes", 1, 14, ">=10件")]),
        ("[>= 90\n", [("needs-quotes", 1, 2, ">= 90")]),
        (
            "得: {式: table(率; >= 90%: 10; else: 0), 位: 2}\n",
            [("needs-quotes", 1, 8, "table(率; >= 90%: 10; else: 0)")],
        ),
        ("得: {式: f(率: 10\n", [("needs-quotes", 1, 8, "f(率: 10")]),
        ("得: {式: f(率: 10", [("needs-quotes", 1, 8, "f(率: 10")]),
        ("额: {全年: 1,677.29, 执行: 5}\n", [("wrong-number", 1, 9, "1,677.29")]),
        ("式: {a: 全年 > 12,345,678万元}\n", [("wrong-number", 1, 13, "12,345,678万元")]),
        ("额: {全年: 1,67, 执行: 5}\n", [("empty-value", 1, 11, "67"), ("key-not-text", 1, 11, "67")]),
        ("- {额: , 执: 5}\n- {额: }\n", [("empty-value", 1, 4, "额"), ("empty-value", 2, 4, "额")]),
        ("a: 见附表 #3\n", [("text-cut", 1, 8, "#3")]),
        ("r:\n  on: 指标\n", [("key-not-text", 2, 3, "on")]),
        ("优: >= 90 # 优\n", [("needs-quotes", 1, 4, ">= 90")]),
        ("a: b: c\n", [("needs-quotes", 1, 4, "b: c")]),
        ("a: [80, 90)\nb: c\n", [("needs-quotes", 1, 4, "[80, 90)")]),
        ("a: [x, y] z\n", [("needs-quotes", 1, 4, "[x, y] z")]),
        ("a: {x: y} z\n", [("needs-quotes", 1, 4, "{x: y} z")]),
        ('a: "x" y\n', [("needs-quotes", 1, 4, '"x" y')]),
        ("a: @x\n", [("needs-quotes", 1, 4, "@x")]),
        ("a: %x\n", [("needs-quotes", 1, 4, "%x")]),
        ("a: * b\n", [("needs-quotes", 1, 4, "* b")]),
        # the rest of syntax
        ("a:b\nc: d\n", [("colon-without-space", 1, 2, ":")]),
        ("a:\n\tb: 1\n", [("tab-indent", 2, 1, "\t")]),
        ("a: 1\n\tb: 2\n", [("tab-indent", 2, 1, "\t")]),
        ("a: 1\n  b: 2\n", [("yaml-syntax", 2, 3, "b")]),
        ("a:\n  b: 1\n c: 2\n", [("yaml-syntax", 3, 2, "c: 2")]),
        ("- a\nb: c\n", [("yaml-syntax", 2, 1, "b: c")]),
        ('"a": 1\n"b" 2\n', [("yaml-syntax", 2, 1, '"b" 2')]),
        ('a: "x\nb: c\n', [("yaml-syntax", 1, 4, '"x')]),
        ('a: "\\q"\n', [("yaml-syntax", 1, 5, "\\q")]),
        ("a: {b: c\n", [("yaml-syntax", 2, 1, "")]),
        ("a: - b\n", [("yaml-syntax", 1, 4, "-")]),
        ("}\n", [("yaml-syntax", 1, 1, "}")]),
    ],
)
def test_a_mistake_in_yaml_is_named_where_it_stands(text: str, expected: list[tuple[str, int, int, str]]) -> None:
    assert told(text) == expected


def test_a_full_width_colon_in_ordinary_text_is_text() -> None:
    assert read("a: 原因：人员\n  减少\n".encode(), "x.yaml").data == {"a": "原因：人员 减少"}


@pytest.mark.parametrize(
    "text",
    [
        "优： 1\n良: 2\n",
        "优: > 90\n",
        "a:\n\tb: 1\n",
        "a: 1\n  b: 2\n",
        "a: {b: c\n",
        '"a": 1\n"b" 2\n',
        "a: {{ x }}\n",
    ],
)
def test_without_libyaml_the_same_mistakes_are_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = refused(text)
    monkeypatch.setattr(yaml_text, "_LOADER", yaml.SafeLoader)
    assert [(each.code, each.place.line) for each in refused(text)] == [
        (each.code, each.place.line) for each in with_it
    ]


def test_without_libyaml_values_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'a: "1"\nb: [1, 0.50, true, 是]\nc: |\n  x\n  y\n'
    here = read(text.encode(), "x.yaml")
    monkeypatch.setattr(yaml_text, "_LOADER", yaml.SafeLoader)
    there = read(text.encode(), "x.yaml")
    assert typed(here.data) == typed(there.data)
    assert [here.place(path) for path, _ in paths(here.data)] == [there.place(path) for path, _ in paths(there.data)]


# ── mistakes: JSON ──


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1,}', [("trailing-comma", 1, 8, ",")]),
        ("[1,\n 2,\n]", [("trailing-comma", 2, 3, ",")]),
        ('{"a" 1}', [("json-syntax", 1, 6, "1")]),
        ('{"a": 1\n "b": 2}', [("json-syntax", 2, 2, '"')]),
        ("{a: 1}", [("json-syntax", 1, 2, "a")]),
        ('{"a": 1,, "b": 2}', [("json-syntax", 1, 9, ",")]),
        ("{'a': 1}", [("wrong-quotes", 1, 2, "'")]),
        ("{“单位”: 1}", [("wrong-quotes", 1, 2, "“")]),
        ('{"a": ‘x\n', [("wrong-quotes", 1, 7, "‘")]),
        ('{"单位"：1}', [("full-width-sign", 1, 6, "：")]),
        ('{"a": 1，"b": 2}', [("full-width-sign", 1, 8, "，")]),
        (
            "[01, +1, .5, 1., 0x1F, 90%, 5万, 12abc]",
            [
                ("wrong-number", 1, c, t)
                for c, t in [
                    (2, "01"),
                    (6, "+1"),
                    (10, ".5"),
                    (14, "1."),
                    (18, "0x1F"),
                    (24, "90%"),
                    (29, "5万"),
                    (33, "12abc"),
                ]
            ],
        ),
        ('{"a": 1,677.29}', [("wrong-number", 1, 7, "1,677.29")]),
        ("[NaN, -Infinity]", [("not-finite", 1, 2, "NaN"), ("not-finite", 1, 7, "-Infinity")]),
        ('{"a": True}', [("json-syntax", 1, 7, "True")]),
        ('{"a": 文字}', [("json-syntax", 1, 7, "文字")]),
        ('{"a": }', [("json-syntax", 1, 7, "}")]),
        ("{} x", [("json-syntax", 1, 4, "x")]),
        ("[1, 2", [("json-syntax", 1, 6, "")]),
        ("[", [("json-syntax", 1, 2, "")]),
        ("{", [("json-syntax", 1, 2, "")]),
        ('["x\ny"]', [("json-syntax", 1, 2, '"x')]),
        ('["\\q"]', [("json-syntax", 1, 3, "\\q")]),
        ('["\\u12"]', [("json-syntax", 1, 3, '\\u12"]')]),
        ('["a\tb"]', [("control-character", 1, 4, "\t")]),
        (
            '["\\ud83d\\ude00\\b", "\\udc00\\u0000\\\\u0000"]',
            [
                ("control-character", 1, 15, "\\b"),
                ("lone-surrogate", 1, 21, "\\udc00"),
                ("control-character", 1, 27, "\\u0000"),
            ],
        ),
        ('{"a": 1, // 注\n "b": 2}', [("json-comment", 1, 10, "// 注")]),
        ("# 注", [("json-comment", 1, 1, "# 注")]),
        ('{"a": 1, "b": {"a": 1, "a": 2}, "a": 3}', [("duplicate-key", 1, 24, '"a"'), ("duplicate-key", 1, 33, '"a"')]),
    ],
)
def test_a_mistake_in_json_is_named_where_it_stands(text: str, expected: list[tuple[str, int, int, str]]) -> None:
    assert told(text, "x.json") == expected


def test_the_doubtful_escape_may_be_innocent() -> None:
    assert read(rb'["C:\\bin", "\\ud800", "\u00e9"]', "x.json").data == ["C:\\bin", "\\ud800", "é"]


def test_the_format_is_the_suffix_unless_it_is_said() -> None:
    assert read(b"a: 1", "X.YML").data == read(b'{"a": 1}', "form", format="json").data
    assert [each.code for each in refused("a: 1", "form.txt")] == ["unknown-format"]


# ── schema ──

SCHEMA: dict[str, Any] = {
    "$defs": {
        "funds": {
            "type": "object",
            "title": "资金",
            "properties": {"total": {"type": ["string", "number"], "title": "总额"}},
            "additionalProperties": False,
        }
    },
    "type": "object",
    "title": "自评文件",
    "required": ["unit", "year"],
    "properties": {
        "unit": {"type": "string", "title": "单位", "minLength": 1, "maxLength": 9},
        "year": {"type": "integer", "title": "年度", "minimum": 2000, "exclusiveMaximum": 2100},
        "grade": {"enum": ["优", "良", "中", "差"], "title": "等级"},
        "kind": {"const": "department"},
        "code": {"type": "string", "pattern": "^[0-9]+$", "x-form": {"zh": "数字编号", "en": "digits"}},
        "period": {"type": "string", "pattern": "^[0-9]{4}$", "description": "四位年份"},
        "bare": {"type": "string", "pattern": "^x$"},
        "named": {"type": "string", "format": "date", "title": "日期", "not": {"const": "x"}},
        "rate": {
            "anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"type": "null"}],
            "title": "执行率",
        },
        "amount": {"anyOf": [{"type": "string", "pattern": "^[0-9.]+$"}, {"type": "number"}]},
        "cents": {"type": "number", "multipleOf": Decimal("0.01")},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "minItems": 1, "maxItems": 3},
        "funds": {"$ref": "#/$defs/funds"},
        "flag": {"type": "boolean"},
        "never": False,
        "names": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z]+$", "description": "小写字母"},
            "maxProperties": 2,
        },
        "levels": {"type": "object", "propertyNames": {"enum": ["low", "high"]}},
        "either": {
            "oneOf": [
                {
                    "type": "object",
                    "properties": {"kind": {"const": "a"}, "x": {"type": "string"}},
                    "required": ["kind", "x"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {"kind": {"const": "b"}, "y": {"type": "integer"}},
                    "required": ["kind", "y"],
                    "additionalProperties": False,
                },
            ]
        },
        "word": {"oneOf": [{"const": "零"}, {"enum": ["一", "二"]}]},
        "twice": {"oneOf": [{"type": "string"}, {"minLength": 1}]},
        "has": {"type": "array", "contains": {"type": "integer"}},
        "loose": {
            "anyOf": [
                {"type": "object", "required": ["p", "q", "r"]},
                {"type": "object", "properties": {"p": {"type": "string"}}, "required": ["p"]},
            ]
        },
    },
    "patternProperties": {"^x-": {}},
    "dependentRequired": {"grade": ["rate"]},
    "additionalProperties": False,
}
CHECK = validator_for(SCHEMA)


def departures(text: str, file: str = "x.json") -> list[tuple[str, int, int, str]]:
    source = read(text.encode(), file)
    return [
        (each.code, each.place.line, each.place.column, underlined(each.place, text))
        for each in schema_problems(source, CHECK)
    ]


def words(text: str) -> str:
    """The messages about one field, in Chinese, without place and title."""
    source = read(f'{{"unit": "甲", "year": 2021, {text}}}'.encode(), "x.json")
    return " / ".join(line(each, "zh").partition("：")[2] for each in schema_problems(source, CHECK))


def test_a_good_document_has_no_problems() -> None:
    good = '{"unit": "甲", "year": 2021.0, "rate": 0.5, "cents": 0.29, "x-own": 1, "grade": "优", "either": {"kind": "a", "x": ""}, "amount": 1.5, "flag": true}'
    assert departures(good) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '"单位": "乙"',
            "应为「unit」、「year」、「grade」、「kind」、「code」、「period」、「bare」、「named」、「rate」、「amount」、「cents」、「tags」、「…」之一，实为「单位」；改法：写作「unit」，或删去这一项",
        ),
        ('"funds": {"totl": 1}', "应为「total」之一，实为「totl」；改法：写作「total」，或删去这一项"),
        ('"flag": "true"', '应为真假值 true 或 false，实为「"true"」；改法：去掉引号，写作 true'),
        ('"flag": 1', "应为真假值 true 或 false，实为「1」"),
        ('"bare": 5', '应为文字，实为「5」；改法：加上引号，写作 "5"'),
        ('"bare": null', "应为文字，实为「null」；改法：没有内容就删去这一项"),
        ('"tags": "甲"', '应为列表，实为「"甲"」；改法：写成列表 [甲]'),
        ('"tags": 1', "应为列表，实为「1」；改法：写成列表 [1]"),
        ('"tags": {"a": 1}', '应为列表，实为「{"a": 1}」'),
        ('"tags": []', "应为至少 1 项，实为「[]」"),
        ('"tags": ["a", "b", "c", "d"]', '应为不超过 3 项，实为「["a", "b", "c", "d"]」'),
        ('"tags": ["a", "b", "a"]', '应为各项不重复，实为「"a"」；改法：删去重复的一项'),
        (
            '"funds": "合计：5"',
            '应为一组「名称: 值」，实为「"合计：5"」；改法：冒号改用半角，后面加空格，写作「合计: 5」',
        ),
        ('"funds": {"total": []}', "应为文字或数字，实为「[]」"),
        ('"rate": "0.5"', '应为数字，实为「"0.5"」；改法：去掉引号，写作 0.5'),
        ('"rate": "一半"', '应为数字，实为「"一半"」'),
        ('"rate": 1.5', "应为不大于 1，实为「1.5」"),
        ('"rate": 0', "应为大于 0，实为「0」"),
        ('"cents": 0.295', "应为0.01 的整数倍，实为「0.295」"),
        ('"amount": "5万"', '应为符合 ^[0-9.]+$ 的文字，实为「"5万"」'),
        ('"amount": []', "应为文字或数字，实为「[]」"),
        ('"code": "x1"', '应为数字编号，实为「"x1"」'),
        ('"period": "21"', '应为四位年份，实为「"21"」'),
        ('"bare": "y"', '应为符合 ^x$ 的文字，实为「"y"」'),
        ('"named": "x"', '应为「日期」的写法，实为「"x"」'),
        ('"kind": "departments"', '应为「department」，实为「"departments"」；改法：写作「department」'),
        ('"grade": "优秀", "rate": 1', '应为「优」、「良」、「中」、「差」之一，实为「"优秀"」；改法：写作「优」'),
        ('"grade": 1, "rate": 1', "应为「优」、「良」、「中」、「差」之一，实为「1」"),
        ('"grade": "优"', "应为有「grade」就须有「rate」；改法：补上「rate」"),
        ('"never": 1', "应为此处不写「never」，实为「never」"),
        ('"names": {"A": 1}', "应为小写字母，实为「A」"),
        ('"levels": {"hgih": 1}', "应为「low」、「high」之一，实为「hgih」；改法：写作「high」，或删去这一项"),
        ('"either": {"kind": "b", "y": "1"}', '应为整数，实为「"1"」；改法：去掉引号，写作 1'),
        ('"either": {"kind": "c", "y": 1}', '应为「a」、「b」之一，实为「"c"」'),
        ('"either": {"y": 1}', "应为「kind」一项；改法：补上「kind」"),
        ('"either": 1', "应为一组「名称: 值」，实为「1」"),
        ('"word": "三"', '应为「零」、「一」、「二」之一，实为「"三"」'),
        ('"twice": "x"', '应为只符合一种写法的内容，实为「"x"」'),
        ('"has": ["x"]', '应为列表里有符合要求的项，实为「["x"]」'),
        ('"loose": {}', "应为「p」一项；改法：补上「p」"),
    ],
)
def test_a_departure_is_told_in_plain_words(text: str, expected: str) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", [("missing-field", 1, 1, "{}")] * 2),
        ('{"unit": "", "year": 1999}', [("outside", 1, 10, '""'), ("outside", 1, 22, "1999")]),
        (
            '{"unit": "甲乙丙丁戊己庚辛壬癸", "year": 2100}',
            [("outside", 1, 10, '"甲乙丙丁戊己庚辛壬癸"'), ("outside", 1, 32, "2100")],
        ),
        ('{"unit": "甲",\n "year": "2021"}', [("wrong-type", 2, 10, '"2021"')]),
        ('{"unit": "甲",\n "year": 2021.5}', [("wrong-type", 2, 10, "2021.5")]),
        ('{"unit": "甲",\n "year": true}', [("wrong-type", 2, 10, "true")]),
        (
            '{"unit": "甲", "year": 2021,\n "单位名": 1, "foo": {}}',
            [("unknown-field", 2, 2, '"单位名"'), ("unknown-field", 2, 12, '"foo"')],
        ),
        ('{"unit": "甲", "year": 2021,\n "tags": ["a", 2]}', [("wrong-type", 2, 16, "2")]),
        ("[]", [("wrong-type", 1, 1, "[]")]),
    ],
)
def test_a_departure_is_shown_where_it_stands(text: str, expected: list[tuple[str, int, int, str]]) -> None:
    assert departures(text) == expected


def test_a_missing_field_is_shown_at_its_container_with_its_title() -> None:
    source = read("a:\n  b:\n    unit: 甲\n".encode(), "x.yaml")
    (problem,) = schema_problems(source, CHECK, at=("a", "b"))
    assert (str(problem.place), problem.place.pointer) == ("x.yaml:2:3", "/a/b")
    assert (
        line(problem, "zh")
        == "x.yaml:2:3: error[missing-field] 缺少「year」：应为「year」一项（年度）；改法：补上「year」"
    )


def test_what_the_schema_does_not_evaluate_is_unknown() -> None:
    schema = {
        "allOf": [
            {"$ref": "#/$defs/base"},
            {"if": {"required": ["a"]}, "then": {"properties": {"b": {"type": "string"}}}},
        ],
        "dependentSchemas": {"a": {"properties": {"c": True}}},
        "$defs": {"base": {"properties": {"a": {"$ref": "#/$defs/amount"}}}, "amount": {"title": "金额"}},
        "unevaluatedProperties": False,
    }
    found = schema_problems(read('{"金额": 1}'.encode(), "x.json"), validator_for(schema))
    assert [(each.code, each.got, each.hint and dict(each.hint.values)["nearest"]) for each in found] == [
        ("unknown-field", "金额", "a")
    ]
    only = schema_problems(read(b'{"b": 1}', "x.json"), validator_for(schema))
    assert [each.code for each in only] == ["wrong-form"]


def test_a_field_is_found_by_the_beginning_of_its_title() -> None:
    schema = {
        "properties": {"currency_unit": {"title": "金额单位"}, "unit": {"title": "单位名称"}},
        "additionalProperties": False,
    }
    (problem,) = schema_problems(read('{"单位": 1}'.encode(), "x.json"), validator_for(schema))
    assert problem.hint is not None
    assert dict(problem.hint.values)["nearest"] == "unit"


def test_a_mapping_that_may_hold_nothing_says_so() -> None:
    (problem,) = schema_problems(read(b'{"b": 1}', "x.json"), validator_for({"additionalProperties": False}))
    assert line(problem, "en") == "x.json:1:2: error[unknown-field] `b` is not known here: expected no entries, got `b`"


def test_branches_of_one_kind_are_told_apart_by_their_faults() -> None:
    schema = {"anyOf": [{"minLength": 9, "pattern": "^x"}, {"maxLength": 1}, {"type": "null"}]}
    (problem,) = schema_problems(read(b'"abc"', "x.json"), validator_for(schema))
    assert problem.code == "outside"
    nested = {"anyOf": [{"anyOf": [{"type": "integer", "minimum": 5}, {"type": "string"}]}, {"type": "array"}]}
    (problem,) = schema_problems(read(b"3", "x.json"), validator_for(nested))
    assert sentence(problem.expected, "en") == "at least 5"


def test_all_problems_of_a_file_come_in_order_of_place() -> None:
    found = schema_problems(read(b'{"foo": 1,\n"year": "x",\n"unit": 5}', "x.json"), CHECK)
    assert [each.place.line for each in found] == sorted(each.place.line for each in found)
    assert len(found) == 3


def test_sources_compare_by_what_they_say() -> None:
    one, other = (read(b"a: 1", "x.yaml") for _ in range(2))
    assert isinstance(one, Source)
    assert one == other


# ── bytes ──


@pytest.mark.parametrize(
    ("content", "file", "code", "hint"),
    [
        ("优: 1".encode("gbk"), "x.yaml", "not-utf8", "not-utf8.gbk"),
        ("优: 1".encode("utf-16"), "x.yaml", "not-utf8", "not-utf8.utf-16"),
        ("{}".encode("utf-16-be"), "x.json", "not-utf8", "not-utf8.utf-16"),
        (b"PK\x00\xc4\xe3", "x.yaml", "not-utf8", "not-utf8.binary"),
        (b"\xff\xff\xff\xff", "x.yaml", "not-utf8", "not-utf8.binary"),
        (b"a: \x07", "x.yaml", "control-character", "control-character.hint"),
        (b'a: "\\a"', "x.yaml", "control-character", "control-character.hint"),
        (b"--- # \n", "x.yaml", "empty-file", "empty-file.hint"),
        (b" \n", "x.json", "empty-file", "empty-file.hint"),
        (b"x" * 20_000_001, "x.json", "file-too-large", "file-too-large.hint"),
        (b"," * 500_001, "x.json", "file-too-large", "file-too-large.hint"),
        (b"a: " + b"1" * 41, "x.yaml", "number-too-long", "number-too-long.hint"),
        (b"a: 0" + b"1" * 41, "x.yaml", "number-too-long", "number-too-long.hint"),
        (b"1" * 41, "x.json", "number-too-long", "number-too-long.hint"),
        (b"0." + b"1" * 41, "x.json", "number-too-long", "number-too-long.hint"),
        (b"1e41", "x.json", "number-too-long", "number-too-long.hint"),
        (b"1.5e-40", "x.json", "number-too-long", "number-too-long.hint"),
    ],
)
def test_bytes_that_are_no_file_of_ours(content: bytes, file: str, code: str, hint: str) -> None:
    with pytest.raises(Refused) as caught:
        read(content, file)
    (problem,) = caught.value.problems
    assert (problem.code, problem.hint and problem.hint.key) == (code, hint)


@pytest.mark.parametrize("file", ["x.json", "x.yaml"])
def test_forty_levels_and_no_more(file: str) -> None:
    assert read(b"[" * 40 + b"]" * 40, file).data
    assert [each.code for each in refused("[" * 41 + "]" * 41, file)] == ["too-deep"]


@pytest.mark.parametrize(
    ("content", "file"), [("\x07" * 999, "x.yaml"), ("a: no\n" * 999, "x.yaml"), ("[" + "01," * 999, "x.json")]
)
def test_nobody_mends_a_thousand_faults_one_by_one(content: str, file: str) -> None:
    assert len(refused(content, file)) == 500


def test_aliases_stand_for_nothing() -> None:
    assert [each.code for each in refused("a: &x [*x, *y]\nb: |1\n  \n  c: d\ne\n")][:3] == ["anchor", "alias", "alias"]


def test_choices_are_shown_as_they_are_written() -> None:
    """But for null: what may be null is left out."""
    (problem,) = schema_problems(
        read(b'"x"', "x.json"), validator_for({"enum": [True, False, None, 1, Decimal("0.50")]})
    )
    assert sentence(problem.expected, "en") == "one of `true`, `false`, `1`, `0.50`"


def test_fields_are_known_through_the_schema_alone() -> None:
    assert properties(True, {}) == {}
    assert properties({"properties": {"a": {"$ref": "other.json"}, "b": True}}, {}) == {"a": "", "b": ""}
