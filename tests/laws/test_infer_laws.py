"""What durable-rules finds is what one would find by trying every fact for every variable."""

from __future__ import annotations

from itertools import permutations
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from zhunsheng.evaluation.infer import (
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
    from collections.abc import Callable, Mapping

OPERATORS: Final[Mapping[Operator, Callable[..., bool]]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
KINDS: Final = ("指标", "文件")
PROPERTIES: Final = ("分值", "名.称", 'a"b', "id", "kind", "sid", "$m")

VALUES: Final[st.SearchStrategy[Value]] = st.one_of(
    st.integers(-2, 2),
    st.booleans(),
    st.sampled_from(
        ["", "0", "1", "true", "a", "a b", "a!", "ab", 'a"', "a\\", "优", "优良", "\U0001f600", "\uffff", "\x00"]
    ),
    st.sampled_from([2**53, 2**53 + 1, 2**63 - 1, -(2**63), -(2**63) + 1]),
    st.text(max_size=3),
)


def holds(condition: Condition, bound: Mapping[str, Fact]) -> bool:
    """The oracle: plain recursion over a condition and the facts bound to its variables."""
    match condition:
        case All(parts):
            return all(holds(part, bound) for part in parts)
        case Any(parts):
            return any(holds(part, bound) for part in parts)
        case Has(variable, name):
            return name in bound[variable]
        case Lacks(variable, name):
            return name not in bound[variable]
        case Test(variable, name, op, operand):
            left = bound[variable].get(name)
            right = bound[operand.variable].get(operand.property) if isinstance(operand, Ref) else operand
            return left is not None and type(left) is type(right) and OPERATORS[op](left, right)


def matches(patterns: list[Pattern], facts: list[Fact]) -> list[Match]:
    """Every fact tried for every variable."""
    return [
        Match(pattern.rule, tuple(identifier(fact) for fact in chosen))
        for pattern in patterns
        for chosen in permutations(facts, len(pattern.variables))
        if all(fact["kind"] == kind for fact, (_, kind) in zip(chosen, pattern.variables, strict=True))
        and holds(pattern.condition, {name: f for (name, _), f in zip(pattern.variables, chosen, strict=True)})
    ]


def identifier(fact: Fact) -> int | str:
    name = fact["id"]
    assert isinstance(name, int | str)
    return name


def conditions(variables: list[str]) -> st.SearchStrategy[Condition]:
    refs = st.builds(Ref, st.sampled_from(variables), st.sampled_from(PROPERTIES))
    places = {"variable": st.sampled_from(variables), "property": st.sampled_from(PROPERTIES)}
    leaves: st.SearchStrategy[Condition] = st.one_of(
        st.builds(Test, **places, op=st.sampled_from(list(OPERATORS)), operand=VALUES | refs),
        st.builds(Test, **places, op=st.sampled_from(list(OPERATORS)), operand=refs),
        st.builds(Has, **places),
        st.builds(Lacks, **places),
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3).map(tuple).flatmap(lambda parts: st.sampled_from([All(parts), Any(parts)]))
        ),
        max_leaves=6,
    )


@st.composite
def pattern_lists(draw: st.DrawFn) -> list[Pattern]:
    patterns = []
    for number in range(draw(st.integers(1, 5))):
        kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
        variables = tuple((f"变量{at}", kind) for at, kind in enumerate(kinds))
        patterns.append(Pattern(f"规则{number}", variables, draw(conditions([name for name, _ in variables]))))
    return patterns


FACTS: Final = st.lists(
    st.builds(
        lambda base, more: more | base,
        st.fixed_dictionaries(
            {
                "id": st.integers(-3, 9) | st.sampled_from(["1", "2", "甲", "乙", "open", "sid-1"]),
                "kind": st.sampled_from([*KINDS, "其他"]),
            }
        ),
        st.dictionaries(st.sampled_from(["分值", "名.称", 'a"b', "sid", "$m", "没提到"]), VALUES),
    ),
    max_size=7,
    unique_by=lambda fact: (type(fact["id"]), fact["id"]),
)


def reproduce(patterns: list[Pattern], facts: list[Fact]) -> str:
    return f"{patterns!r}\n{facts!r}"


@settings(max_examples=400, deadline=None)
@given(pattern_lists(), FACTS)
def test_every_match_is_found_and_none_besides(patterns: list[Pattern], facts: list[Fact]) -> None:
    with Engine(patterns).session() as session:
        found = session.tell(facts)
    assert sorted(found, key=repr) == sorted(matches(patterns, facts), key=repr), reproduce(patterns, facts)


@settings(max_examples=300, deadline=None)
@given(pattern_lists(), FACTS.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))), st.data())
def test_order_and_batches_of_facts_are_irrelevant(
    patterns: list[Pattern], told: tuple[list[Fact], list[Fact]], data: st.DataObject
) -> None:
    facts, other_order = told
    engine = Engine(patterns)
    with engine.session() as session:
        at_once = session.tell(facts)
    by_and_by: list[Match] = []
    rest = other_order
    with engine.session() as session:
        while rest:
            size = data.draw(st.integers(1, len(rest)))
            by_and_by += session.tell(rest[:size])
            rest = rest[size:]
    assert sorted(by_and_by, key=repr) == sorted(at_once, key=repr), reproduce(patterns, facts)


@settings(max_examples=100, deadline=None)
@given(pattern_lists().flatmap(lambda patterns: st.tuples(st.just(patterns), st.permutations(patterns))), FACTS)
def test_order_of_rules_is_irrelevant(rules: tuple[list[Pattern], list[Pattern]], facts: list[Fact]) -> None:
    patterns, shuffled = rules
    with Engine(patterns).session() as one, Engine(shuffled).session() as other:
        assert one.tell(facts) == other.tell(facts), reproduce(patterns, facts)
