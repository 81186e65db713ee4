"""Files made to break a reader, and files that people break by accident: each refused at its place, quickly."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

import pytest

from zhunsheng.problem import Problem, Refused
from zhunsheng.problem.show import excerpt, line
from zhunsheng.source import read, readable

BAD = Path(__file__).resolve().parents[2] / "fixtures" / "bad"
DEEP = 200_000
SECONDS = 5
"""A refusal takes far less; this is for a machine that is busy with other tests."""


def refusals(content: bytes, file: str) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as caught:
        read(content, file)
    return caught.value.problems


def underlined(problem: Problem, content: bytes) -> str:
    if not problem.place.line:
        return ""
    row = readable(content).split("\n")[problem.place.line - 1]
    return row[problem.place.column - 1 : problem.place.column - 1 + problem.place.length]


SMALL = {
    "alias": (2, 6, "*优秀线"),
    "ambiguous-value": (1, 7, "yes"),
    "anchor": (1, 5, "&权重"),
    "colon-without-space": (1, 3, ":"),
    "control-character": (1, 14, "\\u0007"),
    "duplicate-key": (3, 1, "优"),
    "empty-file": (1, 1, "#"),
    "empty-value": (1, 1, "标题"),
    "full-width-sign": (1, 3, "："),
    "json-comment": (2, 22, "// 单位名称"),
    "json-syntax": (3, 3, '"'),
    "key-not-text": (2, 3, "90"),
    "lone-surrogate": (1, 13, "\\ud83d"),
    "merge-key": (2, 3, "<<"),
    "needs-quotes": (1, 4, ">= 90"),
    "not-finite": (1, 9, "NaN"),
    "number-too-long": (1, 9, "1234567890" * 4 + "1"),
    "several-documents": (2, 1, "---"),
    "tab-indent": (2, 1, "\t"),
    "tag": (1, 5, "!!str"),
    "too-deep": (1, 44, "["),
    "trailing-comma": (3, 15, ","),
    "wrong-number": (1, 9, "1,677.29"),
    "wrong-quotes": (1, 2, "“"),
    "yaml-syntax": (3, 2, '良: ">= 80"'),
}


@pytest.mark.parametrize("code", SMALL)
def test_each_mistake_is_refused_at_its_place_and_its_mended_file_is_read(code: str) -> None:
    (bad,) = BAD.joinpath(code).glob("bad.*")
    (mended,) = BAD.joinpath(code).glob("mended.*")
    content = bad.read_bytes()
    (problem,) = refusals(content, bad.name)
    place = problem.place
    assert (code, *SMALL[code]) == (problem.code, place.line, place.column, underlined(problem, content))
    assert read(mended.read_bytes(), mended.name).data


HOSTILE: dict[str, tuple[bytes, str, str, int, int, str]] = {
    "brackets in JSON": (b"[" * DEEP, "x.json", "too-deep", 1, 41, "["),
    "closed brackets in JSON": (b"[" * DEEP + b"]" * DEEP, "x.json", "too-deep", 1, 41, "["),
    "objects in JSON": (b'{"a":' * DEEP, "x.json", "too-deep", 1, 201, "{"),
    "one level too many": (b"[" * 41 + b"]" * 41, "x.json", "too-deep", 1, 41, "["),
    "brackets in YAML": (b"[" * DEEP, "x.yaml", "too-deep", 1, 41, "["),
    "mappings in YAML": (b"{a: " * DEEP, "x.yaml", "too-deep", 1, 161, "{"),
    "dashes in YAML": (b"- " * DEEP + b"x", "x.yaml", "too-deep", 1, 81, "-"),
    "keys of keys in YAML": (b"? " * DEEP, "x.yaml", "too-deep", 1, 81, "?"),
    "ten megabytes of digits": (
        b'{"a": ' + b"1" * 10_000_000 + b"}",
        "x.json",
        "number-too-long",
        1,
        7,
        "1" * 10_000_000,
    ),
    "ten megabytes of decimals": (
        b"[0." + b"1" * 9_999_998 + b"]",
        "x.json",
        "number-too-long",
        1,
        2,
        "0." + "1" * 9_999_998,
    ),
    "a vast exponent": (b"[1e999999999]", "x.json", "number-too-long", 1, 2, "1e999999999"),
    "a tiny exponent": (b"[1E-999999999]", "x.json", "number-too-long", 1, 2, "1E-999999999"),
    "an exponent of many digits": (
        b"[1e" + b"9" * 1_000_000 + b"]",
        "x.json",
        "number-too-long",
        1,
        2,
        "1e" + "9" * 1_000_000,
    ),
    "digits in YAML": (b"a: " + b"1" * 10_000_000, "x.yaml", "number-too-long", 1, 4, "1" * 10_000_000),
    "octal digits in YAML": (b"a: 0" + b"1" * 1_000_000, "x.yaml", "number-too-long", 1, 4, "0" + "1" * 1_000_000),
    "an endless text": (b'["' + b"a" * 10_000_000, "x.json", "json-syntax", 1, 2, '"' + "a" * 10_000_000),
    "escapes without end": (
        b'["' + b"\\n" * 500_000 + b'\\ud800"]',
        "x.json",
        "lone-surrogate",
        1,
        1_000_003,
        "\\ud800",
    ),
    "an endless key": (b"a" * 10_000_000 + b": 1", "x.yaml", "yaml-syntax", 1, 1, "a" * 10_000_000),
    "infinity": (b"[1, -Infinity]", "x.json", "not-finite", 1, 5, "-Infinity"),
    "infinity in YAML": (b"a: .inf", "x.yaml", "ambiguous-value", 1, 4, ".inf"),
    "GBK": ("year: 1\ntitle: 株洲市".encode("gbk"), "x.yaml", "not-utf8", 2, 8, "\ufffd"),
    "GBK after Chinese in UTF-8": ("株洲: ".encode() + "市".encode("gbk"), "x.yaml", "not-utf8", 1, 5, "\ufffd"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "x.json", "not-utf8", 1, 1, "\ufffd"),
    "UTF-16 without mark": ('{"a": 1}'.encode("utf-16-le"), "x.json", "not-utf8", 1, 2, "\0"),
    "an office file": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xc4\xe3", "x.yaml", "not-utf8", 1, 11, "\ufffd"),
    "no bytes": (b"", "x.json", "empty-file", 1, 1, ""),
    "a byte order mark alone": (b"\xef\xbb\xbf", "x.yaml", "empty-file", 1, 1, ""),
    "white space": (b" \r\n\t\n", "x.json", "empty-file", 1, 1, " "),
    "an empty YAML document": (b"---\n", "x.yaml", "empty-file", 1, 1, "-"),
    "NUL in YAML": (b"a: x\r\nb: y\0z", "x.yaml", "control-character", 2, 5, "\0"),
    "NUL in JSON": (b'{"a":\r\n "x\0"}', "x.json", "control-character", 2, 4, "\0"),
    "escape sequence for the terminal": (b"a: \x1b[2J", "x.yaml", "control-character", 1, 4, "\x1b"),
    "control character as an escape in YAML": (b'a: "\\e"', "x.yaml", "control-character", 1, 4, '"\\e"'),
    "a line separator in YAML": ("a: x\u2028y".encode(), "x.yaml", "control-character", 1, 5, "\u2028"),
    "half a character": (b'{"\\udc00": 1}', "x.json", "lone-surrogate", 1, 3, "\\udc00"),
    "twenty-one megabytes": (b" " * 21_000_000, "x.json", "file-too-large", 0, 0, ""),
    "a million entries": (b"[" + b"1," * 1_000_000 + b"1]", "x.json", "file-too-large", 0, 0, ""),
    "a million lines": (b"- a\n" * 1_000_000, "x.yaml", "file-too-large", 0, 0, ""),
    "no suffix": (b"{}", "form", "unknown-format", 0, 0, ""),
    "millions of ampersands": (b"&" * 5_000_000, "x.yaml", "yaml-syntax", 1, 2, "&"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_at_their_place_and_quickly(name: str) -> None:
    content, file, code, row, column, text = HOSTILE[name]
    start = time.monotonic()
    (problem,) = refusals(content, file)
    shown = excerpt(problem, "zh", lambda _: readable(content)) + line(problem, "en")
    assert time.monotonic() - start < SECONDS
    assert (code, row, column) == (problem.code, problem.place.line, problem.place.column)
    assert text == underlined(problem, content)
    assert len(shown) < 2_000
    assert "\x1b" not in shown
    assert "\0" not in shown


def test_laughs_do_not_multiply() -> None:
    """Nothing is expanded: nine signs, nine problems."""
    found = refusals(b"a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n", "x.yaml")
    assert [each.code for each in found] == ["anchor"] + ["anchor", "alias", "alias", "alias"] * 2


@pytest.mark.parametrize("file", ["x.json", "x.yaml"])
def test_a_file_with_a_hundred_thousand_faults_stops_at_the_limit(file: Literal["x.json", "x.yaml"]) -> None:
    content = b"{" + b'"a": 1, ' * 100_000 + b'"b": 1}'
    assert len(refusals(content, file)) == 500


def test_every_fault_of_a_file_is_reported_at_once() -> None:
    content = b"a: no\nb: 010\nc: 12:30\nd: 1e3\ne: +5\nf: .5\ng: 0x1F\nh: 1_000\ni: ~\nj:\nk: &x y\nl: True\n"
    found = refusals(content, "x.yaml")
    assert [*range(1, 13)] == [each.place.line for each in found]
    assert {"ambiguous-value", "empty-value", "anchor"} == {each.code for each in found}


def test_what_comes_before_a_fault_of_syntax_is_reported_with_it() -> None:
    assert [each.code for each in refusals(b"a: no\nb: > 90\n", "x.yaml")] == ["ambiguous-value", "needs-quotes"]
    assert [each.code for each in refusals(b"[NaN, [1,], x]", "x.json")] == [
        "not-finite",
        "trailing-comma",
        "json-syntax",
    ]
