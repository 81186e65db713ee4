"""The traps of durable-rules 2.0.28, one test each: what would go wrong is in the name or the docstring."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from zhunsheng.evaluation.infer import (
    LONGEST_TEXT,
    MOST_ALTERNATIVES,
    MOST_FACTS,
    MOST_JOINS,
    MOST_PROPERTIES,
    MOST_SESSIONS,
    All,
    Any,
    Condition,
    Engine,
    Fact,
    Has,
    Lacks,
    Match,
    Operator,
    Pattern,
    Ref,
    Test,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

ONE = (("甲", "指标"),)
TWO = (("甲", "指标"), ("乙", "指标"))
THREE = (*TWO, ("丙", "文件"))
TRUE = All(())


def tell(patterns: Sequence[Pattern], *batches: Sequence[Fact]) -> list[Match]:
    with Engine(patterns).session() as session:
        return [match for batch in batches for match in session.tell(batch)]


def found(condition: Condition, *facts: Fact, variables: tuple[tuple[str, str], ...] = ONE) -> list[object]:
    """The facts that complete one rule; kinds and ids 1, 2, … are filled in."""
    numbered: list[Fact] = [{"id": at, "kind": "指标", **fact} for at, fact in enumerate(facts, 1)]
    return [
        m.facts if len(variables) > 1 else m.facts[0] for m in tell([Pattern("规则", variables, condition)], numbered)
    ]


def fnv(text: str) -> int:
    """The hash by which the library tells names, ids and states apart."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def resident() -> int:
    """Memory held by this process, in KiB."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4


# What inference is for


def test_matches_become_facts_and_join_earlier_ones() -> None:
    rules = [
        Pattern("低分", ONE, Test("甲", "得分", "<", 60)),
        Pattern(
            "须说明",
            (("结论", "结论"), ("甲", "指标")),
            All((Test("结论", "对象", "==", Ref("甲", "id")), Lacks("甲", "说明"))),
        ),
    ]
    with Engine(rules).session() as session:
        first = session.tell([{"id": "产出", "kind": "指标", "得分": 50}, {"id": "效益", "kind": "指标", "得分": 70}])
        assert first == [Match("低分", ("产出",))]
        second = session.tell([{"id": f"{m.rule}/{m.facts[0]}", "kind": "结论", "对象": m.facts[0]} for m in first])
        assert second == [Match("须说明", ("低分/产出", "产出"))]
        assert session.tell([]) == []


def test_every_rule_fires_for_every_fact_and_consumes_none() -> None:
    rules = [Pattern(f"规则{n}", ONE, Test("甲", "v", ">", 0)) for n in range(3)]
    facts: list[Fact] = [{"id": n, "kind": "指标", "v": 1} for n in range(3)]
    assert tell(rules, facts) == [Match(f"规则{n}", (at,)) for n in range(3) for at in range(3)]


def test_matches_are_ordered_by_rule_and_facts_numbers_first() -> None:
    facts: list[Fact] = [{"id": name, "kind": "指标"} for name in ("b", 10, "10", 9, "a")]
    assert [m.facts[0] for m in tell([Pattern("r", ONE, TRUE)], facts)] == [9, 10, "10", "a", "b"]


@pytest.mark.parametrize(("op", "expected"), [("<", [(1, 2)]), (">", [(2, 1)]), ("!=", [(1, 2), (2, 1)]), ("==", [])])
def test_a_reference_may_point_forward_or_backward(op: Operator, expected: list[object]) -> None:
    mirrored = cast("dict[Operator, Operator]", {"<": ">", ">": "<"}).get(op, op)
    assert found(Test("甲", "v", op, Ref("乙", "v")), {"v": 1}, {"v": 2}, variables=TWO) == expected
    assert found(Test("乙", "v", mirrored, Ref("甲", "v")), {"v": 1}, {"v": 2}, variables=TWO) == expected


def test_three_facts_join_in_any_order_of_telling() -> None:
    rule = Pattern(
        "合计",
        THREE,
        All(
            (
                Test("甲", "v", "<", Ref("乙", "v")),
                Test("丙", "of", "==", Ref("甲", "id")),
                Test("乙", "v", "<=", Ref("丙", "v")),
            )
        ),
    )
    facts: list[Fact] = [
        {"id": "x", "kind": "指标", "v": 1},
        {"id": "y", "kind": "指标", "v": 2},
        {"id": "z", "kind": "文件", "v": 2, "of": "x"},
    ]
    for at in range(3):
        assert tell([rule], facts[at:], facts[:at]) == [Match("合计", ("x", "y", "z"))]


def test_a_fact_is_never_matched_with_itself() -> None:
    assert found(Test("甲", "v", "==", Ref("乙", "v")), {"v": 1}, variables=TWO) == []
    assert found(TRUE, {}, {}, variables=TWO) == [(1, 2), (2, 1)]


def test_all_of_nothing_holds_and_any_of_nothing_does_not() -> None:
    assert found(TRUE, {}) == [1]
    assert found(Any(()), {}) == []


def test_an_alternative_said_twice_is_one() -> None:
    assert found(Any((Has("甲", "v"), Has("甲", "v"))), {"v": 1}) == [1]


# Its Python half, which is not used


def test_no_threads_are_started() -> None:
    before = threading.enumerate()
    tell([Pattern("r", ONE, TRUE)], [{"id": 1, "kind": "指标"}])
    assert threading.enumerate() == before


def test_library_is_imported_with_the_first_engine_and_its_python_half_never() -> None:
    script = """
import sys
from zhunsheng.evaluation.infer import All, Engine, Pattern
assert "durable_rules_engine" not in sys.modules
flags = sys.getdlopenflags()
Engine([Pattern("r", (("甲", "指标"),), All(()))])
assert sys.getdlopenflags() == flags
assert "durable_rules_engine" in sys.modules
assert not any(name.partition(".")[0] == "durable" for name in sys.modules)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


def test_an_unmatched_fact_does_not_lose_the_matches_of_its_batch() -> None:
    assert found(Test("甲", "v", "==", 1), {"v": 1}, {"v": 2}, {"kind": "其他"}, {"v": 1}) == [1, 4]


# Values


@pytest.mark.parametrize(
    ("value", "op", "constant"),
    [
        ("5", ">", 4),
        (True, ">", 0),
        (True, "==", 1),
        (1, "==", True),
        (0, "!=", "a"),
        ("true", "==", True),
        ("1", "==", 1),
    ],
)
def test_types_are_not_coerced(value: Value, op: Operator, constant: Value) -> None:
    assert found(Test("甲", "v", op, constant), {"v": value}) == []
    assert found(Test("甲", "v", op, Ref("甲", "w")), {"v": value, "w": constant}) == []
    assert found(Test("乙", "v", op, Ref("甲", "w")), {"w": constant}, {"v": value}, variables=TWO) == []


def test_alternatives_that_python_holds_equal_stay_two() -> None:
    assert found(Any((Test("甲", "v", "==", 1), Test("甲", "v", "==", True))), {"v": 1}, {"v": True}) == [1, 2]


@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
def test_a_missing_property_holds_no_comparison_and_aborts_no_batch(op: Operator) -> None:
    here: dict[str, Value] = {"v": 1, "w": 1}
    assert found(Test("甲", "v", op, 1), {}) == []
    for lacking in ({}, {"v": 1}, {"w": 1}):
        holds = op in {"==", "<=", ">="}
        assert found(Test("甲", "v", op, Ref("甲", "w")), lacking, here) == ([2] if holds else [])
        pairs = found(Test("乙", "v", op, Ref("甲", "w")), lacking, here, here, variables=TWO)
        assert {(2, 3), (3, 2)} & set(pairs) == ({(2, 3), (3, 2)} if holds else set())


def test_presence_is_tested_for_any_type_and_length() -> None:
    facts: list[dict[str, Value]] = [{"v": 0}, {"v": ""}, {"v": False}, {}, {"v": "长" * LONGEST_TEXT}]
    assert found(Has("甲", "v"), *facts) == [1, 2, 3, 5]
    assert found(Lacks("甲", "v"), *facts) == [4]


def test_integers_compare_exactly_to_64_bits() -> None:
    assert found(Test("甲", "v", "<", Ref("甲", "w")), {"v": 2**53, "w": 2**53 + 1}) == [1]
    assert found(Test("甲", "v", "<", -(2**63) + 1), {"v": -(2**63)}, {"v": 2**63 - 1}) == [1]


def test_texts_are_ordered_as_python_orders_them() -> None:
    """In JSON `a b` comes before `a"`, and so would a text before its own beginning."""
    texts: list[Value] = ["", "a", "a b", 'a"', "ab", "优", "优良", "\U0001f600", "\ud800"]
    for left in texts:
        for right in texts:
            below = str(left) < str(right)
            assert bool(found(Test("甲", "v", "<", Ref("甲", "w")), {"v": left, "w": right})) == below
            assert bool(found(Test("甲", "v", "<", right), {"v": left})) == below


def test_a_text_too_long_to_compare_is_refused() -> None:
    """Lengths are taken modulo 65,536: a text of that length equals any other."""
    assert found(Test("甲", "v", "==", "x" * LONGEST_TEXT), {"v": "x" * LONGEST_TEXT}, {"v": "x"}) == [1]
    with pytest.raises(ValueError, match="fact 1, v: a text"):
        found(Test("甲", "v", "==", "x"), {"v": "x" * (LONGEST_TEXT + 1)})


@pytest.mark.parametrize(
    ("value", "error"),
    [(1.5, TypeError), (None, TypeError), ([1], TypeError), (2**63, ValueError), (-(2**63) - 1, ValueError)],
)
def test_other_values_are_refused_before_the_library_sees_them(value: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="rule 规则"):
        Engine([Pattern("规则", ONE, Test("甲", "v", "==", cast("Value", value)))])
    with Engine([Pattern("规则", ONE, Test("甲", "v", "==", 1))]).session() as session:
        good: Fact = {"id": 1, "kind": "指标", "v": 1}
        with pytest.raises(error, match="fact 2, v"):
            session.tell([good, {"id": 2, "kind": "指标", "v": cast("Value", value)}])
        assert session.tell([good]) == [Match("规则", (1,))]  # nothing of the refused batch was told


def test_values_that_no_rule_mentions_have_a_type_too() -> None:
    with pytest.raises(TypeError, match="fact 1, w"):
        found(TRUE, {"w": cast("Value", 0.5)})


# Names and identities


def test_a_fact_told_twice_is_refused() -> None:
    fact: Fact = {"id": 1, "kind": "指标"}
    with Engine([Pattern("r", ONE, TRUE)]).session() as session:
        with pytest.raises(ValueError, match="fact 1 is told twice"):
            session.tell([fact, fact])
        assert session.tell([fact, {"id": "1", "kind": "其他"}]) == [Match("r", (1,))]
        with pytest.raises(ValueError, match="fact '1' is told twice"):
            session.tell([{"id": "1", "kind": "指标"}])


def test_ids_and_kinds_have_their_types() -> None:
    with pytest.raises(TypeError, match="fact True"):
        found(TRUE, {"id": True})
    with pytest.raises(TypeError, match="a kind is a text"):
        found(TRUE, {"kind": 1})


def test_names_with_one_hash_are_two_names() -> None:
    assert fnv("costarring") == fnv("liquid")
    assert found(Test("甲", "liquid", "==", 1), {"costarring": 1}, {"liquid": 1}) == [2]
    assert tell([Pattern("r", (("甲", "liquid"),), TRUE)], [{"id": 1, "kind": "costarring"}]) == []
    facts: list[Fact] = [{"id": "costarring", "kind": "指标"}, {"id": "liquid", "kind": "指标"}]
    assert len(tell([Pattern("r", ONE, TRUE)], facts)) == 2


def test_numbers_given_to_the_library_have_different_hashes() -> None:
    ids = [*map(str, range(MOST_FACTS)), "open", *(f"sid-{seat}" for seat in range(1, MOST_SESSIONS + 1))]
    assert len(set(map(fnv, ids))) == len(ids)
    columns = [f"{letter}{at}" for letter in "tv" for at in range(MOST_PROPERTIES)]
    assert len(set(map(fnv, [*columns, "k", "z", "id", "sid", "$s"]))) == len(columns) + 5


@pytest.mark.parametrize("name", ["id", "kind", "sid", "$m", "$s", "a.b", 'a"b', "k", "z", "t0", ""])
def test_any_property_name_is_just_a_name(name: str) -> None:
    fact: dict[str, Value] = (
        {"id": "x", "kind": "指标", name: "指标"} if name != "id" else {"id": "指标", "kind": "指标"}
    )
    assert len(found(All((Test("甲", name, "==", "指标"), Test("甲", name, "==", Ref("甲", "kind")))), fact)) == 1
    joined = found(Test("乙", "of", "==", Ref("甲", name)), fact, {"of": "指标"}, variables=TWO)
    assert joined == [(fact["id"], 2)]


# The network


def test_or_around_joins_neither_loses_nor_doubles() -> None:
    either = Any(
        (
            All((Test("乙", "v", "<", Ref("甲", "v")), Test("乙", "w", "<", Ref("甲", "w")))),
            Test("乙", "w", ">", Ref("甲", "w")),
        )
    )
    facts: list[dict[str, Value]] = [{"v": 5, "w": 5}, {"v": 1, "w": 1}, {"v": 9, "w": 9}, {"v": 9, "w": 1}]
    assert (1, 2) in found(either, *facts, variables=TWO)
    assert (1, 3) in found(either, *facts, variables=TWO)
    assert (1, 4) not in found(either, *facts, variables=TWO)
    assert found(Any((Test("甲", "v", ">", 1), Test("甲", "w", ">", 1))), *facts) == [1, 3, 4]


def test_a_join_whose_last_test_fails_stays_within_its_table() -> None:
    """The library reads on past a failing last test; a hundred rules put the table where that is a crash."""
    script = """
from zhunsheng.evaluation.infer import Engine, Pattern, Ref, Test
fails = Test("b", "v", "<", Ref("a", "v"))
rules = [Pattern(f"r{n}", (("a", "A"), ("b", "B")), fails) for n in range(100)]
with Engine(rules).session() as session:
    assert session.tell([{"id": 1, "kind": "A", "v": "a"}, {"id": 2, "kind": "B", "v": "b"}]) == []
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("same", [True, False])
def test_hundreds_of_rules_may_hold_for_one_fact(same: bool) -> None:  # noqa: FBT001  which of two shapes
    rules = [
        Pattern(f"{n:03}", ONE, All((Test("甲", "v", ">", 0 if same else -n), Lacks("甲", f"w{n % 100}"))))
        for n in range(600)
    ]
    assert [m.rule for m in tell(rules, [{"id": 1, "kind": "指标", "v": 1}])] == [rule.rule for rule in rules]


def test_a_fact_with_hundreds_of_properties_does_not_end_its_batch() -> None:
    many: dict[str, Value] = {f"p{n}": n for n in range(1000)}
    condition = All(tuple(Test("甲", f"p{n}", "==", n) for n in range(MOST_PROPERTIES)))
    assert found(condition, many, {}, many) == [1, 3]


def test_more_matches_than_one_action_holds_are_all_delivered() -> None:
    assert len(found(TRUE, *({} for _ in range(70)), variables=TWO)) == 70 * 69


# Sessions


def test_twenty_thousand_sessions_leave_memory_flat() -> None:
    engine = Engine(
        [Pattern("r", TWO, Test("甲", "v", "<", Ref("乙", "v"))), Pattern("s", ONE, Test("甲", "v", ">", 5))]
    )
    facts: list[Fact] = [{"id": n, "kind": "指标", "v": n} for n in range(3)]

    def run(times: int) -> None:
        for _ in range(times):
            with engine.session() as session:
                assert len(session.tell(facts)) == 3

    run(2_000)
    before = resident()
    run(20_000)
    assert resident() - before < 2_000


def test_engines_give_their_memory_back() -> None:
    def run(times: int) -> None:
        for _ in range(times):
            tell([Pattern("r", ONE, TRUE)], [{"id": 1, "kind": "指标"}])

    run(200)
    before = resident()
    run(2_000)
    assert resident() - before < 2_000


def test_a_session_is_given_back_when_its_body_fails() -> None:
    engine = Engine([Pattern("r", ONE, TRUE)])
    for _ in range(2 * MOST_SESSIONS):
        with pytest.raises(TypeError), engine.session() as session:
            session.tell([{"id": 1, "kind": "指标", "v": cast("Value", None)}])


def test_as_many_sessions_as_the_library_holds_and_no_more() -> None:
    engine = Engine([Pattern("r", ONE, TRUE)])
    sessions = [engine.session().__enter__() for _ in range(MOST_SESSIONS)]
    for at, session in enumerate(sessions):
        assert session.tell([{"id": at, "kind": "指标"}]) == [Match("r", (at,))]
    with pytest.raises(RuntimeError, match="more than 512 sessions"), engine.session():
        raise AssertionError
    for session in sessions:
        session.__exit__(None, None, None)
    with engine.session() as session:
        assert session.tell([{"id": 1, "kind": "指标"}]) == [Match("r", (1,))]


def test_sessions_without_facts_free_nothing_they_do_not_own() -> None:
    engine = Engine([Pattern("r", ONE, TRUE)])
    for _ in range(200):
        with engine.session(), engine.session(), engine.session():
            pass


def test_a_session_speaks_within_with_only() -> None:
    with Engine([]).session() as session:
        assert session.tell([{"id": 1, "kind": "指标"}]) == []
    with pytest.raises(RuntimeError):
        session.tell([])


def test_a_session_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhunsheng.evaluation.infer.MOST_FACTS", 1)
    with pytest.raises(ValueError, match="more than 1 facts"):
        found(TRUE, {}, {})


def test_eight_threads_share_an_engine_without_mixing_their_facts() -> None:
    engine = Engine(
        [Pattern("r", TWO, Test("甲", "v", "<", Ref("乙", "v"))), Pattern("s", ONE, Test("甲", "v", ">=", 0))]
    )

    def run(thread: int) -> None:
        for turn in range(100):
            low, high = f"{thread}/{turn}/低", f"{thread}/{turn}/高"
            with engine.session() as session:
                first = session.tell([{"id": low, "kind": "指标", "v": thread}])
                second = session.tell([{"id": high, "kind": "指标", "v": thread + 1}])
            assert first == [Match("s", (low,))]
            assert second == [Match("r", (low, high)), Match("s", (high,))]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))


# Patterns the library could not hold


def joins(count: int) -> Condition:
    return All(tuple(Test("乙", "v", ">=", Ref("甲", f"w{n}")) for n in range(count)))


def test_as_many_joins_as_the_library_holds() -> None:
    low: dict[str, Value] = {f"w{n}": 0 for n in range(MOST_JOINS)}
    assert found(joins(MOST_JOINS), low, {"v": 1}, variables=TWO) == [(1, 2)]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (Pattern("规则", (), TRUE), "one to three variables"),
        (Pattern("规则", (*THREE, ("丁", "文件")), TRUE), "one to three variables"),
        (Pattern("规则", (*ONE, *ONE), TRUE), "one to three variables"),
        (Pattern("规则", ONE, Has("乙", "v")), "no variable 乙"),
        (Pattern("规则", ONE, Test("甲", "v", "==", Ref("乙", "v"))), "no variable 乙"),
        (Pattern("规则", TWO, joins(MOST_JOINS + 1)), "more than 14 comparisons"),
        (
            Pattern("规则", ONE, All(tuple(Has("甲", f"p{n}") for n in range(MOST_PROPERTIES + 1)))),
            "more than 120 properties of 指标",
        ),
        (
            Pattern("规则", ONE, All((Any((Has("甲", "v"), Lacks("甲", "v"))),) * 11)),
            f"2048 alternatives .* at most {MOST_ALTERNATIVES}",
        ),
        (Pattern("别的", ONE, TRUE), "stands twice"),
    ],
)
def test_a_pattern_beyond_the_library_is_refused_by_name(pattern: Pattern, message: str) -> None:
    with pytest.raises(ValueError, match=f"rule {pattern.rule}: .*{message}"):
        Engine([Pattern("别的", ONE, TRUE), pattern])


def test_rules_beyond_the_library_are_refused_by_name() -> None:
    many = [Pattern(f"规则{n}", ONE, Any(tuple(Test("甲", "v", "==", m) for m in range(1000)))) for n in range(5)]
    with pytest.raises(ValueError, match="rule 规则4: 4096 alternatives in all rules"):
        Engine(many)
    assert len(tell(many[:4], [{"id": 1, "kind": "指标", "v": 7}])) == 4
