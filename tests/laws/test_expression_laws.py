"""What holds of every expression, whatever policy it stands in. Each law is told in `docs/explanation/guarantees.md`."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import permutations, product
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from hypothesis import example, given
from hypothesis import strategies as st

from laws.strategies import (
    ON_ROW,
    ON_ROWS,
    ON_TABLE,
    ROWS,
    SCOPES,
    TABLE,
    B,
    D,
    M,
    N,
    P,
    Q,
    T,
    X,
    as_dicts,
    books,
    checked,
    joins,
    tried,
)
from reference.meaning import Meaning
from zhunsheng.evaluation.facts import World
from zhunsheng.evaluation.infer import Engine
from zhunsheng.evaluation.patterns import Telling, translated
from zhunsheng.evaluation.plan import Join, Step, Told
from zhunsheng.evaluation.score import facts_of
from zhunsheng.expression import tree
from zhunsheng.expression.check import Binder, check
from zhunsheng.expression.exact import compiled
from zhunsheng.expression.parse import parse
from zhunsheng.expression.tree import Absent, Compare, Logic, Node, Not
from zhunsheng.expression.types import Type
from zhunsheng.expression.words import words
from zhunsheng.number import Mode, Rounding, round_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhunsheng.expression.exact import Thing
    from zhunsheng.expression.tree import Value

TYPES = (N, P, M, Q, D, T, X, B)
ROW = (Binder("行"),)
MANY = tried(200)


def typed(value: Value) -> tuple[type, Value]:
    """A value that keeps apart what Python takes for equal: 1 and true."""
    return type(value), value


# Interpreters


@MANY
@given(checked(TABLE, ON_TABLE, TYPES), books())
def test_every_interpreter_gives_what_exact_gives(expression: tuple[str, Node], book: Thing) -> None:
    """The oracle: the same value, or the same absence, of every expression."""
    text, node = expression
    things = as_dicts(book)
    for table in book.collections["表"]:
        assert typed(compiled(node)((table,))) == typed(Meaning().value(node, things[table.key])), text


def fired(binders: tuple[Binder, ...], condition: Node, things: list[Thing]) -> set[tuple[str, ...]]:
    """The things on which inference finds the condition to hold."""
    telling: Telling = {}
    variables = tuple((f"v{at}", binder.scope) for at, binder in enumerate(binders))
    pattern, again, meets = translated("it", variables, condition, telling)
    world = World()
    for thing in things:
        world.add(thing)
    told = tuple(Told(kind, kind, tuple(properties.values())) for kind, properties in telling.items())
    joins = (Join("it", tuple(kind for _, kind in variables), meets),) if len(binders) > 1 else ()
    facts, named = facts_of(Step((), (), told, {}, joins, {}), world)
    with Engine([pattern]).session() as session:
        bound = [tuple(named[str(fact)] for fact in match.facts) for match in session.tell(facts)]
    return {tuple(each.key for each in things) for things in bound if again is None or again(things) is True}


@MANY
@given(checked(ROW, ON_ROW, [B]), books())
def test_a_rule_fires_where_its_condition_is_true(expression: tuple[str, Node], book: Thing) -> None:
    """Inference over single things: where exact arithmetic says true; not where it says false, nor where it says nothing."""
    text, node = expression
    rows = list(book.collections["行"])
    assert fired(ROW, node, rows) == {(row.key,) for row in rows if compiled(node)((row,)) is True}, text


@MANY
@given(joins() | checked(ROWS, ON_ROWS, [B]), books())
def test_a_join_fires_where_its_condition_is_true(expression: tuple[str, Node], book: Thing) -> None:
    """Inference over pairs, the comparisons between two things among it."""
    text, node = expression
    rows = list(book.collections["行"])
    wanted = {(one.key, two.key) for one, two in permutations(rows, 2) if compiled(node)((one, two)) is True}
    assert fired(ROWS, node, rows) == wanted, text


# Words


def bare(part: Any) -> Any:
    """A tree without its spans."""
    if isinstance(part, tuple):
        return tuple(bare(each) for each in part)
    if is_dataclass(part):
        inner = {each.name: bare(getattr(part, each.name)) for each in fields(part) if each.name != "span"}
        return type(part).__name__, inner
    return typed(part) if not isinstance(part, Type) else part


@tried(300)
@given(checked(TABLE, ON_TABLE, TYPES))
def test_words_read_back_as_the_same_tree(expression: tuple[str, Node]) -> None:
    """What a report prints of a formula is the formula: it parses to the same tree, as written and as typed."""
    text, node = expression
    assert bare(parse(words(parse(text)))) == bare(parse(text)), (text, words(parse(text)))
    assert bare(check(words(node), TABLE, SCOPES)) == bare(node), (text, words(node))


# Absence


def shuffled(node: Node, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Node:
    """The same expression with whatever may change places changed."""
    inner: dict[str, Any] = {}
    for each in fields(node):
        part = getattr(node, each.name)
        if each.name in ("collection", "points"):
            continue
        if isinstance(part, tuple) and part and isinstance(part[0], tree.Row):
            rows = [
                replace(row, conditions=tuple(draw(st.permutations(row.conditions))), value=shuffled(row.value, draw))
                for row in part
            ]
            inner[each.name] = tuple(draw(st.permutations(rows)))
        elif isinstance(part, tuple) and part and is_dataclass(part[0]):
            parts = tuple(shuffled(one, draw) for one in part)
            inner[each.name] = parts if isinstance(node, tree.Call) else tuple(draw(st.permutations(parts)))
        elif is_dataclass(part):
            inner[each.name] = shuffled(cast("Node", part), draw)
    changed = replace(node, **inner)
    if draw(st.booleans()):
        return changed
    match changed:
        case (
            tree.Arithmetic(operator="*") | tree.Arithmetic(operator="+", type=Type.NUMBER | Type.MONEY | Type.PERCENT)
        ):
            return replace(changed, left=changed.right, right=changed.left)
        case Compare():
            mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(changed.operator, changed.operator)
            return replace(changed, operator=cast("tree.Comparator", mirrored), left=changed.right, right=changed.left)
        case _:
            return changed


@MANY
@given(checked(TABLE, ON_TABLE, TYPES), books(), st.data())
def test_absent_values_join_whatever_the_operand_order(
    expression: tuple[str, Node], book: Thing, data: st.DataObject
) -> None:
    """a + b is b + a also when one is missing and the other undefined; likewise rows of a table, and parts of and, or, min."""
    text, node = expression
    other = shuffled(node, data.draw)
    for table in book.collections["表"]:
        assert typed(compiled(node)((table,))) == typed(compiled(other)((table,))), (text, words(other))


def test_and_or_follow_the_kleene_tables() -> None:
    """A deciding operand settles it, whatever is absent beside it; otherwise the stronger absence stays."""
    missing, undefined, undecided = Absent.MISSING, Absent.UNDEFINED, Absent.UNDECIDED
    rank = {missing: 1, undefined: 2, undecided: 3}
    for a, b in product([True, False, missing, undefined, undecided], repeat=2):
        parts = tuple(tree.Name("x", type=B, reference=tree.Reference(0, 0, name, "表")) for name in "ab")
        thing = cast("Thing", SimpleNamespace(values={"a": a, "b": b}, parent=None))
        absent = max((each for each in (a, b) if isinstance(each, Absent)), key=rank.__getitem__, default=None)
        conjunction = False if a is False or b is False else True if absent is None else absent
        disjunction = True if a is True or b is True else False if absent is None else absent
        assert compiled(Logic("and", parts))((thing,)) is conjunction, (a, b)
        assert compiled(Logic("or", parts))((thing,)) is disjunction, (a, b)
        denial = a if isinstance(a, Absent) else a is False
        assert compiled(Not(parts[0]))((thing,)) is denial, a


@MANY
@given(checked(TABLE, ON_TABLE, [N, P, M, Q, D]), books())
def test_missing_is_never_zero(expression: tuple[str, Node], book: Thing) -> None:
    """Arithmetic on a value that is not there gives none; it is not the value that 0 in its place would give."""
    _, node = expression
    for table in book.collections["表"]:
        if not isinstance(compiled(node)((table,)), Absent):
            continue
        for operator in ("+", "-", "*", "/"):
            for left, right in ((node, ONE), (ONE, node)):
                assert isinstance(compiled(tree.Arithmetic(operator, left, right))((table,)), Absent)
        assert isinstance(compiled(Compare("=", node, ZERO))((table,)), Absent)
        assert isinstance(compiled(tree.Extreme("max", (node, ZERO)))((table,)), Absent)


ONE = tree.Constant(Fraction(1), N, "1")
ZERO = tree.Constant(Fraction(0), Type.ZERO, "0")

# Rounding

DECIMAL_MODES = {
    Mode.HALF_UP: "ROUND_HALF_UP", Mode.HALF_EVEN: "ROUND_HALF_EVEN", Mode.HALF_DOWN: "ROUND_HALF_DOWN", Mode.UP: "ROUND_UP",
    Mode.DOWN: "ROUND_DOWN", Mode.CEILING: "ROUND_CEILING", Mode.FLOOR: "ROUND_FLOOR",
}  # fmt: skip


@tried(500)
@example(Fraction(1, 200) - Fraction(1, 10**40), 2, Mode.HALF_UP)
@example(Fraction(-1, 200), 2, Mode.HALF_UP)
@example(Fraction(1, 200), 2, Mode.HALF_EVEN)
@given(
    st.fractions()
    | st.integers(-(10**6), 10**6).map(lambda each: Fraction(each, 2000))
    | st.fractions(-10, 10, max_denominator=7),
    st.integers(-3, 8),
    st.sampled_from(Mode),
)
def test_rounding_is_once(value: Fraction, places: int, mode: Mode) -> None:
    """The exact value goes to its neighbour in one step; a decimal of two thousand digits, rounded, says the same."""
    with localcontext() as context:
        context.prec = 2000
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
        wanted = quotient.quantize(Decimal((0, (1,), -places)), rounding=DECIMAL_MODES[mode])
    assert round_once(value, Rounding(places, mode)) == Fraction(*wanted.as_integer_ratio())


def test_a_value_a_hair_below_the_half_is_not_rounded_up() -> None:
    assert round_once(Fraction(1, 200) - Fraction(1, 10**40), Rounding(2, Mode.HALF_UP)) == 0
