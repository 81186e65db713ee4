"""Every line of `fixtures/cases/expression` gives the value it says, or is refused with the fault and the underline it says."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from reference.meaning import Meaning
from zhunsheng.expression.check import Binder, Scope, check
from zhunsheng.expression.exact import Thing, compiled
from zhunsheng.expression.functions import FUNCTIONS
from zhunsheng.expression.parse import Malformed, parse
from zhunsheng.expression.tree import Absent, Constant, Value
from zhunsheng.expression.types import Type
from zhunsheng.expression.words import words

CASES = Path(__file__).parents[2] / "fixtures" / "cases" / "expression"
BINDERS = (Binder("表"),)
Case = dict[str, Any]


def cases() -> list[Any]:
    """All scalars are texts: what a case says of a value is read as the language itself reads it."""
    return [
        pytest.param(case, id=f"{file.stem} {count}: {case['expression']}")
        for file in sorted(CASES.glob("*.yaml"))
        for count, case in enumerate(yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader), start=1)  # noqa: S506  texts only
    ]


def known(text: str) -> tuple[Type, Value]:
    """`85%`, `12.3万元`, `「优」`, `真`; or `missing percent`, an absence and the type it has."""
    absent, _, type_ = text.partition(" ")
    if absent.upper() in Absent.__members__:
        return Type(type_), Absent[absent.upper()]
    constant = parse(text)
    assert isinstance(constant, Constant), text
    assert constant.type is not None
    return Type.NUMBER if constant.type is Type.ZERO else constant.type, constant.value


def given(case: Case) -> tuple[dict[str, Scope], Thing]:
    """The scopes and the thing that the case's `with` describes; a list is a collection."""
    table = Thing("表", "", None, {})
    fields: dict[str, Type | None] = {}
    scopes: dict[str, Scope] = {}
    for name, said in case.get("with", {}).items():
        if isinstance(said, str):
            fields[name], table.values[name] = known(said)
            continue
        rows = [{key: known(value) for key, value in row.items()} for row in said] or [{"分值": (Type.NUMBER, Fraction(0)), "达标": (Type.TRUTH, True)}]  # fmt: skip
        scopes[name] = Scope(name, "表", {key: type_ for key, (type_, _) in rows[0].items()})
        table.collections[name] = [
            Thing(name, f"{name}/{at}", table, {key: value for key, (_, value) in row.items()})
            for at, row in enumerate(rows[: len(said)])
        ]
    scopes["表"] = Scope("表", None, fields, {name: name for name in scopes})
    for thing in (table, *(each for rows in table.collections.values() for each in rows)):
        thing.values = {name: value for name, value in thing.values.items() if value is not Absent.MISSING}
    return scopes, table


def wanted(text: str) -> Value:
    if text.upper() in Absent.__members__:
        return Absent[text.upper()]
    return compiled(check(text, (), {}))(())


def as_dict(thing: Thing, parent: dict[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"scope": thing.scope, "key": thing.key, "parent": parent, "filed": thing.values}
    found["collections"] = {name: [as_dict(each, found) for each in rows] for name, rows in thing.collections.items()}
    return found


@pytest.mark.parametrize("case", cases())
def test_expression_is_what_its_case_says(case: Case) -> None:
    scopes, table = given(case)
    text = case["expression"]
    if "refused" in case:
        with pytest.raises(Malformed) as caught:
            check(text, BINDERS, scopes)
        assert [(fault.code, text[fault.span.start : fault.span.end]) for fault in caught.value.faults] == [
            (case["refused"], case["underlines"])
        ]
        return
    node = check(text, BINDERS, scopes)
    value = wanted(case["value"])
    assert (type(compiled(node)((table,))), compiled(node)((table,))) == (type(value), value)
    assert Meaning().value(node, as_dict(table)) == value
    assert compiled(check(words(node), BINDERS, scopes))((table,)) == value


def test_every_function_has_its_cases() -> None:
    """One file a function, by its first name."""
    assert {function.names[0] for function in FUNCTIONS} <= {file.stem for file in CASES.glob("*.yaml")}


def test_all_faults_are_reported_at_once() -> None:
    scopes = {"表": Scope("表", None, {"率": Type.PERCENT, "文": Type.TEXT})}
    text = "率 > 90 and 文 > 「优」 and 没有 = 1"
    with pytest.raises(Malformed) as caught:
        check(text, BINDERS, scopes)
    assert [(fault.code, text[fault.span.start : fault.span.end]) for fault in caught.value.faults] == [
        ("type-mismatch", "90"),
        ("no-order", "文 > 「优」"),
        ("unknown-name", "没有"),
    ]


def test_a_near_name_is_suggested() -> None:
    scopes = {"表": Scope("表", None, {"全年预算数": Type.MONEY})}
    with pytest.raises(Malformed) as caught:
        check("全年预算 > 0", BINDERS, scopes)
    (fault,) = caught.value.faults
    assert fault.hint is not None
    assert dict(fault.hint.values) == {"name": "全年预算数"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 + " * 1500 + "1", "expression-too-long"),
        ("(" * 90 + "1" + ")" * 90, "expression-too-deep"),
        ("-" * 90 + "a", "expression-too-deep"),
        ("(" * 1900 + "1" + ")" * 1900, "expression-too-deep"),
        ("abs(" * 40 + "1" + ")" * 40, "expression-too-deep"),
        ("first(" + ", ".join(["1"] * 900) + ")", "expression-too-deep"),
        ("1" + " / 1" * 500, "expression-too-deep"),
    ],
)
def test_what_is_too_large_is_refused(text: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(text)
    assert [fault.code for fault in caught.value.faults] == [code]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+".join(map(str, range(1, 901))), 405_450),
        ("-".join(map(str, range(1, 901))), 2 - 405_450),
        ("1-2+3" + "-2+3" * 400, 402),
        ("(" + "+".join(["1"] * 100) + ") + (" + "+".join(["1"] * 100) + ") * 2", 300),
    ],
)
def test_a_long_sum_is_not_a_deep_one(text: str, value: int) -> None:
    node = check(text, (), {})

    assert compiled(node)(()) == value
    assert Meaning().value(node, {}) == value


def test_what_is_wrong_in_a_long_sum_is_underlined() -> None:
    text = "1" + " + 1" * 50 + " + 「优」" + " - 1" * 50

    with pytest.raises(Malformed) as caught:
        check(text, (), {})

    assert [(fault.code, text[fault.span.start : fault.span.end]) for fault in caught.value.faults] == [
        ("type-mismatch", "「优」")
    ]


def test_a_value_that_is_not_wanted_is_underlined_whole() -> None:
    with pytest.raises(Malformed) as caught:
        check("「优」", BINDERS, {"表": Scope("表", None, {})}, wanted=Type.NUMBER)
    assert [(fault.code, fault.span) for fault in caught.value.faults] == [("type-mismatch", (0, 3))]


def hints_of(text: str) -> list[tuple[str, str, str | None]]:
    """Each fault's code and underlined text, and the key of its hint."""
    fields: dict[str, Type | None] = {"率": Type.PERCENT, "类": Type.TEXT}
    scopes = {
        "表": Scope("表", None, fields, {"行": "行"}),
        "行": Scope("行", "表", {"分值": Type.NUMBER}),
        "别": Scope("别", None, {"别的": Type.NUMBER}),
    }
    with pytest.raises(Malformed) as caught:
        check(text, BINDERS, scopes)
    return [
        (fault.code, text[fault.span.start : fault.span.end], fault.hint.key if fault.hint else None)
        for fault in caught.value.faults
    ]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("分值 > 3", [("unknown-name", "分值", "unknown-name.elsewhere")]),
        ("别的 > 3", [("unknown-name", "别的", None)]),
        ("类 = 产出", [("unknown-name", "产出", "unknown-name.quote")]),
        ("产出 = 类", [("unknown-name", "产出", "unknown-name.quote")]),
        ("类 in (产出, 「效益」)", [("unknown-name", "产出", "unknown-name.quote")]),
        ("table(类; = 产出: 1; else: 2)", [("unknown-name", "产出", "unknown-name.quote")]),
        ("率 = 产出", [("unknown-name", "产出", None)]),
        ("1,677.29 - 1", [("expression-syntax", ",", "expression-syntax.thousands")]),
        ("min(1,000, 2)", [("expression-syntax", "000", "expression-syntax.thousands")]),
        ("min(1, 05)", [("expression-syntax", "05", None)]),
        ("min(1,,5)", [("expression-syntax", ",", None)]),
        ("类 + 1", [("type-mismatch", "类", None)]),
    ],
)
def test_a_fault_comes_with_its_remedy(text: str, faults: list[tuple[str, str, str | None]]) -> None:
    assert hints_of(text) == faults
