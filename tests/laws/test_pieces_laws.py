"""The pieces of an expression in one input are the expression itself, at every place.

The oracle is `exact.compiled`, asked point by point; a reading's oracle is the evaluation of every grid value.
"""

from __future__ import annotations

import datetime as dt
from copy import deepcopy as copy
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from random import Random
from typing import TYPE_CHECKING, Any, Final, cast

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zhunsheng.expression.exact import COMPARISONS, Thing, compiled
from zhunsheng.expression.pieces import Definition, Free, Pieces, Run, pieces
from zhunsheng.expression.pieces.bands import printed_as, rows_that_hold, values_on
from zhunsheng.expression.pieces.cuts import Root, floor_of, order, roots_between, sample, sign_at, sign_beside
from zhunsheng.expression.pieces.forms import Form, gives
from zhunsheng.expression.pieces.limits import Infinite
from zhunsheng.expression.pieces.polynomials import ONE, times
from zhunsheng.expression.pieces.readings import (
    boundary_values,
    bounds,
    compared,
    difference,
    holding,
    how_far,
    how_wrong,
    largest,
    monotone,
    smallest,
    violations,
)
from zhunsheng.expression.tree import (
    Absent,
    Aggregate,
    Arithmetic,
    Call,
    Choice,
    Compare,
    Constant,
    Extreme,
    Lines,
    Logic,
    Name,
    Negative,
    Not,
    Presence,
    Reference,
    Round,
    Row,
    Table,
)
from zhunsheng.expression.types import Type
from zhunsheng.number import Mode, Rounding, round_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zhunsheng.expression.tree import Node, Value

LIMIT: Final = 1_500
MODES: Final = list(Mode)
SIGNS: Final[list[Any]] = ["=", "!=", "<", "<=", ">", ">="]
NUMBERS: Final = [
    Fraction(each) for each in ("0", "1", "-1", "2", "10", "1/2", "-5/2", "3", "1/3", "0.1", "0.25", "100")
]
DAY: Final = dt.date(2021, 3, 1)
RANDOM: Final = st.integers(0, 10**9).map(Random)
"""A seed: what it grows is varied from the first example on, which choices drawn one by one are not."""
MANY: Final = settings(max_examples=4 * settings().max_examples)

# Things: a book holds tables, a table holds rows; x is a field of one of them


@dataclass
class World:
    table: Thing
    x: Free
    rows: list[Thing]


def world(random: Random) -> World:
    book = Thing("册", "册", None, {"书数": number(random), "书文": "优"})
    table = Thing("表", "/0", book, {})
    rows = [Thing("行", f"/0/{at}", table, {}) for at in range(random.randint(0, 3))]
    for thing in (table, *rows):
        values: dict[str, Value] = {
            "数": number(random),
            "别": number(random),
            "文": random.choice(["优", "良", " 优 "]),
            "日": DAY + dt.timedelta(days=random.randint(-3, 3)),
            "是": random.choice([True, False]),
        }
        thing.values.update(
            {key: random.choice(list(Absent)) if random.random() < 0.06 else each for key, each in values.items()}
        )
    table.collections["行"] = rows
    holder = random.choice([table, table, table, table, book, *rows])
    return World(table, Free(holder, "输入"), rows)


def number(random: Random) -> Fraction:
    return (
        random.choice(NUMBERS)
        if random.random() < 0.8
        else Fraction(random.randint(-50, 50), random.choice([1, 2, 3, 8]))
    )


# Trees, type first


@dataclass
class Grower:
    """Grows typed trees for a world; `inside` is the number of things bound."""

    random: Random
    world: World
    inside: int = 1

    def grow(self, type_: str, depth: int) -> Node:
        return {"number": self.number, "truth": self.truth, "text": self.text, "date": self.date}[type_](depth)

    def name(self, *keys: str) -> Name:
        key = self.random.choice(keys)
        binder = self.random.randrange(self.inside)
        if key.startswith("书"):
            return Name(key, reference=Reference(binder, binder + 1, key, "册"))
        return Name(key, reference=Reference(binder, 0, key, "表"))

    def x(self) -> Name:
        thing = self.world.x.thing
        if thing.scope == "行":
            if self.inside == 1:
                return self.name("数", "别")
            return Name("输入", reference=Reference(1, 0, "输入", "行"))
        binder = self.random.randrange(self.inside)
        return Name("输入", reference=Reference(binder, binder + (thing.scope == "册"), "输入", thing.scope))

    def constant(self, value: Fraction | None = None) -> Constant:
        found = number(self.random) if value is None else value
        return Constant(found, Type.NUMBER, str(found))

    def number(self, depth: int) -> Node:
        random = self.random
        if depth <= 0 or random.random() < 0.1:
            sort = random.choice(["x", "x", "x", "x", "x", "constant", "constant", "name"])
            return self.x() if sort == "x" else self.constant() if sort == "constant" else self.name("数", "别", "书数")

        def part() -> Node:
            return self.number(depth - 1)

        ways: list[Callable[[], Node]] = [
            lambda: Arithmetic(random.choice(["+", "-", "*", "/"]), part(), part()),
            lambda: Arithmetic(random.choice(["+", "-", "*", "/"]), part(), part()),
            lambda: Arithmetic(random.choice(["*", "/"]), part(), self.constant()),
            lambda: Round(part(), Rounding(random.randint(-1, 1), random.choice(MODES))),
            lambda: Round(part(), Rounding(random.randint(-1, 1), random.choice(MODES))),
            lambda: Extreme(random.choice(["min", "max"]), tuple(part() for _ in range(random.randint(1, 3)))),
            lambda: Negative(part()),
            lambda: Choice(self.truth(depth - 1), part(), part()),
            lambda: self.table("number", depth),
            lambda: self.lines(depth),
            lambda: Call("length", (self.text(depth - 1),)),
            lambda: Arithmetic("-", self.date(depth - 1), self.date(depth - 1)),
            lambda: self.aggregate(random.choice(["sum", "mean", "min", "max", "median", "count", "share"]), depth),
        ]
        return random.choice(ways)()

    def truth(self, depth: int) -> Node:
        random = self.random
        if depth <= 0:
            if random.random() < 0.1:
                return self.name("是")
            return Compare(random.choice(SIGNS), self.x(), self.number(0))

        def part() -> Node:
            return self.truth(depth - 1)

        like = random.choice(["number", "number", "number", "date"])
        ways: list[Callable[[], Node]] = [
            lambda: Compare(random.choice(SIGNS), self.grow(like, depth - 1), self.grow(like, depth - 1)),
            lambda: Compare(random.choice(SIGNS), self.grow(like, depth - 1), self.grow(like, depth - 1)),
            lambda: Compare(random.choice(["=", "!="]), self.text(depth - 1), self.text(depth - 1)),
            lambda: Logic(random.choice(["and", "or"]), tuple(part() for _ in range(random.randint(2, 3)))),
            lambda: Not(part()),
            lambda: Choice(part(), part(), part()),
            lambda: Presence(
                random.choice(["missing", "given"]),
                self.grow(random.choice(["number", "truth", "text", "date"]), depth - 1),
            ),
            lambda: self.table("truth", depth),
            lambda: Call("contains", (self.text(depth - 1), self.text(depth - 1))),
            lambda: self.aggregate(random.choice(["any", "every"]), depth),
        ]
        return random.choice(ways)()

    def text(self, depth: int) -> Node:
        random = self.random
        if depth <= 0 or random.random() < 0.1:
            return self.name("文", "书文") if random.random() < 0.5 else Constant("优", Type.TEXT, '"优"')
        if random.random() < 0.5:
            return Choice(self.truth(depth - 1), self.text(depth - 1), self.text(depth - 1))
        return self.table("text", depth)

    def date(self, depth: int) -> Node:
        random = self.random
        if depth <= 0 or random.random() < 0.1:
            return self.name("日") if random.random() < 0.5 else Constant(DAY, Type.DATE, str(DAY))
        ways: list[Callable[[], Node]] = [
            lambda: Arithmetic(random.choice(["+", "-"]), self.date(depth - 1), self.number(depth - 1)),
            lambda: Choice(self.truth(depth - 1), self.date(depth - 1), self.date(depth - 1)),
            lambda: Extreme(random.choice(["min", "max"]), (self.date(depth - 1), self.date(depth - 1))),
        ]
        return random.choice(ways)()

    def table(self, type_: str, depth: int) -> Table:
        random = self.random
        over = random.choice(["number", "number", "text", "date"])
        signs = ["=", "!="] if over == "text" else SIGNS

        if over == "number" and random.random() < 0.7:
            return self.bands(type_, depth)

        def row() -> Row:
            conditions = tuple(
                (
                    random.choice(signs),
                    self.constant() if over == "number" and random.random() < 0.7 else self.grow(over, depth - 1),
                )
                for _ in range(random.randint(1, 2))
            )
            return Row(conditions, self.grow(type_, depth - 1))

        otherwise = self.grow(type_, depth - 1) if random.random() < 0.5 else None
        return Table(self.grow(over, depth - 1), tuple(row() for _ in range(random.randint(1, 3))), otherwise)

    def bands(self, type_: str, depth: int) -> Table:
        """Rows that partition, as tables should, but for a gap or an overlap now and then."""
        random = self.random
        ends = sorted({random.randint(-5, 9) for _ in range(random.randint(1, 3))})
        below: Any = random.choice(["<", "<", "<", "<="])
        rows = [Row((("<", self.constant(Fraction(ends[0]))),), self.grow(type_, depth - 1))]
        for low, high in pairwise(ends):
            conditions = ((">=", self.constant(Fraction(low))), (below, self.constant(Fraction(high))))
            rows.append(Row(cast("Any", conditions), self.grow(type_, depth - 1)))
        rows.append(Row(((">=", self.constant(Fraction(ends[-1]))),), self.grow(type_, depth - 1)))
        random.shuffle(rows)
        return Table(self.number(depth - 1), tuple(rows), None)

    def lines(self, depth: int) -> Lines:
        random = self.random
        at = sorted({random.randint(-6, 6) for _ in range(random.randint(1, 4))})
        points = tuple((self.constant(Fraction(each)), self.constant(Fraction(random.randint(-4, 4)))) for each in at)
        return Lines(self.number(depth - 1), points)

    def aggregate(self, gathering: Any, depth: int) -> Node:
        random = self.random
        inner = replace(self, inside=2)
        if self.inside == 2:
            return self.grow("truth" if gathering in ("any", "every") else "number", depth - 1)
        things = Name("行", reference=Reference(0, 0, "行", "表"))
        truths = gathering in ("any", "every", "count", "share")
        value = inner.grow("truth" if truths else "number", min(depth - 1, 2))
        condition = inner.grow("truth", min(depth - 1, 2)) if random.random() < 0.6 else None
        bare = gathering == "count" and random.random() < 0.5
        return Aggregate(gathering, things, None, None if bare else value, condition)


# Asking


@dataclass
class Case:
    """An expression with its world and a domain."""

    node: Node
    world: World
    lo: Fraction | None
    hi: Fraction | None
    limit: int = LIMIT

    def pieces(self, node: Node | None = None) -> Pieces:
        return pieces(
            self.node if node is None else node, (self.world.table,), self.world.x, self.lo, self.hi, limit=self.limit
        )

    def exact(self, node: Node | None = None) -> Callable[[Fraction | None], Value]:
        reading, values = compiled(self.node if node is None else node), self.world.x.thing.values

        def ask(x: Fraction | None) -> Value:
            if x is None:
                values.pop("输入", None)
            else:
                values["输入"] = x
            return reading((self.world.table,))

        return ask

    def inside(self, x: Fraction) -> bool:
        return (self.lo is None or self.lo <= x) and (self.hi is None or x <= self.hi)


DOMAINS: Final = [
    (Fraction(-8), Fraction(8)),
    (Fraction(-8), Fraction(8)),
    (Fraction(0), Fraction(20)),
    (Fraction(-1), Fraction(1)),
]
ODD_DOMAINS: Final = [(Fraction(3), Fraction(3)), (None, Fraction(2)), (Fraction(-2), None), (None, None)]
STEPS: Final = [Fraction(0), *(sign * Fraction(1, 10**power) for sign in (1, -1) for power in (2, 4, 9))]


def typed(random: Random, type_: str | None = None, depth: int | None = None) -> Case:
    """A random typed tree over a random world."""
    around = world(random)
    chosen = type_ or random.choice(["number", "number", "number", "truth", "text", "date"])
    node = Grower(random, around).grow(chosen, random.randint(2, 4) if depth is None else depth)
    return Case(node, around, *random.choice(ODD_DOMAINS if random.random() < 0.15 else DOMAINS))


def chain(random: Random) -> Case:
    """A chain of roundings, affine maps and reciprocals, over x, 1/x, x², x·(1 − x) or x³ − x."""
    table = Thing("表", "/0", None, {})
    x = Name("输入", reference=Reference(0, 0, "输入", "表"))

    def constant(among: list[str]) -> Constant:
        value = Fraction(random.choice(among))
        return Constant(value, Type.NUMBER, str(value))

    one = Constant(Fraction(1), Type.NUMBER, "1")
    square = Arithmetic("*", x, x)
    bases: list[Node] = [
        x,
        x,
        Arithmetic("/", one, x),
        square,
        Arithmetic("*", x, Arithmetic("-", one, x)),
        Arithmetic("-", Arithmetic("*", square, x), x),
        Arithmetic("/", square, Arithmetic("+", x, constant(["3", "1/2"]))),
    ]
    node = random.choice(bases)
    for _ in range(random.randint(1, 3)):
        sort = random.choice(["affine", "reciprocal", "none"])
        if sort == "affine":
            node = Arithmetic("*", constant(["2", "-3", "1/4", "10", "0.1", "-1/3"]), node)
            node = Arithmetic("+", node, constant(["0", "0", "1/2", "1/4", "-1", "1/3"]))
        elif sort == "reciprocal":
            node = Arithmetic("/", constant(["1", "-2", "10"]), node)
            node = Arithmetic("-", node, constant(["0", "1/2", "1"]))
        node = Round(node, Rounding(random.randint(-1, 1), random.choice(MODES)))
    if random.random() < 0.5:
        node = Arithmetic("*", node, constant(["3", "-2", "1/5"]))
    return Case(node, World(table, Free(table, "输入"), []), *random.choice(DOMAINS))


def places(case: Case, *functions: Pieces) -> Iterator[Fraction]:
    """Where it may be wrong: on the cuts, beside them near and far, on the grid beside them, and elsewhere."""
    found: set[Fraction] = set()
    for function in functions:
        cuts = [each for each in function.cuts if each is not None]
        for each in cuts[:: len(cuts) // 60 + 1]:
            near = Fraction(floor_of(each, Fraction(10**12)), 10**12) if isinstance(each, Root) else each
            found |= {near + step for step in STEPS}
            found |= {Fraction(floor_of(each, Fraction(scale)) + step, scale) for step in (0, 1) for scale in (1, 100)}
    found |= (
        {Fraction(at, 7) for at in range(-60, 150, 13)} | {Fraction(at, 2) for at in range(-17, 42, 3)} | {Fraction(0)}
    )
    return filter(case.inside, sorted(found))


def same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def agree(function: Pieces, case: Case, node: Node | None = None, *others: Pieces) -> None:
    ask = case.exact(node)
    assert same(function.blank, ask(None)), (function.blank, ask(None))
    for x in places(case, function, *others):
        given, wanted = function.at(x), ask(x)
        assert same(given, wanted), f"at {x}: {given}, not {wanted}\n{function.written()}\n{case.node}"


def decided(case: Case, node: Node | None = None) -> Pieces:
    """The pieces of a case, where no staircase was too long."""
    found = case.pieces(node)
    assume(not found.beyond)
    return found


# Laws: the interpreter


@MANY
@given(RANDOM)
def test_pieces_equal_exact_at_and_between_breakpoints(random: Random) -> None:
    """Whatever the expression and the input: the same value, and the same reason where there is none."""
    case = typed(random)
    agree(decided(case), case)


@MANY
@given(RANDOM)
def test_pieces_of_a_chain_of_roundings_equal_exact(random: Random) -> None:
    """Roundings within roundings, under division and on parabolas, turn exactly where they turn."""
    case = chain(random)
    agree(decided(case), case)


@MANY
@given(RANDOM)
def test_thresholds_of_a_chain_of_roundings_equal_exact(random: Random) -> None:
    """A condition on a score turns exactly where the score passes its limit, on the side that the limit belongs to."""
    case = chain(random)
    limit = Fraction(random.randint(-40, 40), random.choice([1, 2, 10, 20]))
    case.node = Compare(random.choice(SIGNS), case.node, Constant(limit, Type.NUMBER, str(limit)))
    agree(decided(case), case)


@MANY
@given(st.sampled_from(MODES), st.integers(-1, 2), st.integers(-60, 60), st.sampled_from(SIGNS))
def test_one_rounding_turns_where_its_mode_says(mode: Mode, places_: int, step: int, sign: str) -> None:
    """Each mode by itself, at each tie and each whole step, from both sides."""
    table, unit = Thing("表", "/0", None, {}), Fraction(10) ** -places_
    rounded = Round(Name("输入", reference=Reference(0, 0, "输入", "表")), Rounding(places_, mode))
    node = Compare(cast("Any", sign), rounded, Constant(step * unit / 2, Type.NUMBER, ""))
    case = Case(node, World(table, Free(table, "输入"), []), (step - 3) * unit, (step + 3) * unit)
    agree(decided(case), case)


@given(RANDOM)
def test_staircases_written_out_are_the_same_function(random: Random) -> None:
    """Written out step by step, a score is still itself."""
    case = chain(random) if random.random() < 0.7 else typed(random)
    function = decided(case)
    expanded = function.expanded(300)
    assume(not expanded.beyond)
    assert not any(isinstance(each, Form) and each.stages for each in expanded.gaps)
    agree(expanded, case, None, function)


@given(RANDOM)
def test_two_staircases_meet_as_exact_has_it(random: Random) -> None:
    """A sum, product, quotient, minimum or comparison of two different staircases in one input."""
    one, other = chain(random), chain(random)
    one.lo, one.hi, one.limit = Fraction(random.randint(-3, 0)), Fraction(random.randint(1, 3)), 150
    ways: list[Node] = [
        Arithmetic(random.choice(["+", "-", "*", "/"]), one.node, other.node),
        Extreme(random.choice(["min", "max"]), (one.node, other.node)),
        Compare(random.choice(SIGNS), one.node, other.node),
    ]
    one.node = random.choice(ways)
    agree(decided(one), one)


@given(RANDOM)
def test_one_staircase_used_twice_is_as_exact_has_it(random: Random) -> None:
    """Two scores made of one rounded rate: their sum, their quotient, and where that passes a limit."""
    case = chain(random)
    case.limit = 150

    def tail() -> Node:
        factor, offset = (Constant(Fraction(random.randint(-3, 3), 2), Type.NUMBER, "") for _ in "ab")
        return Arithmetic("+", Arithmetic("*", factor, case.node), offset)

    limit = Constant(Fraction(random.randint(-6, 6), 2), Type.NUMBER, "")
    both = Arithmetic(random.choice(["+", "-", "/", "/", "/"]), tail(), tail())
    ways: list[Node] = [both, Compare(random.choice(SIGNS), both, limit)]
    case.node = random.choice(ways)
    agree(decided(case), case)


@MANY
@given(RANDOM)
def test_order_of_operands_is_irrelevant(random: Random) -> None:
    """Written the other way round, an expression has the same value, and the same reason where it has none."""
    around = world(random)
    grower = Grower(random, around)
    kind = random.choice(["+", "*", "min", "and", "or", "=", "<", "table"])
    a, b = (grower.grow("truth" if kind in ("and", "or") else "number", 3) for _ in "ab")
    one, other = turned(kind, a, b, grower.bands("number", 2))
    case = Case(one, around, *random.choice(DOMAINS))
    first, second = decided(case), decided(case, other)
    assert same(first.blank, second.blank)
    for x in places(case, first, second):
        assert same(first.at(x), second.at(x)), x


def turned(kind: Any, a: Node, b: Node, table: Table) -> tuple[Node, Node]:
    """An expression of two parts, and the same the other way round."""
    match kind:
        case "min":
            return Extreme(kind, (a, b)), Extreme(kind, (b, a))
        case "and" | "or":
            return Logic(kind, (a, b)), Logic(kind, (b, a))
        case "=":
            return Compare("=", a, b), Compare("=", b, a)
        case "<":
            return Compare("<", a, b), Compare(">", b, a)
        case "table":
            return replace(table, argument=a), replace(table, argument=a, rows=table.rows[::-1])
        case _:
            return Arithmetic(kind, a, b), Arithmetic(kind, b, a)


@pytest.mark.parametrize("first", Absent)
@pytest.mark.parametrize("second", Absent)
@pytest.mark.parametrize("kind", ["+", "-", "*", "/", "=", "<=", "min", "max", "and", "or"])
def test_the_stronger_absence_stays(first: Absent, second: Absent, kind: Any) -> None:
    """Missing, undefined, undecided: said here once more, since both interpreters take it from one function."""
    table = Thing("表", "/0", None, {"甲": first, "乙": second})
    a, b = (Name(key, reference=Reference(0, 0, key, "表")) for key in ("甲", "乙"))
    x = Name("输入", reference=Reference(0, 0, "输入", "表"))
    truth = Compare(">", x, Constant(Fraction(0), Type.NUMBER, "0"))
    node: Node
    match kind:
        case "and" | "or":
            node = Logic(kind, (a, truth, b))
        case "min" | "max":
            node = Extreme(kind, (a, x, b))
        case "=" | "<=":
            node = Compare(kind, Arithmetic("+", x, a), Arithmetic("*", b, x))
        case _:
            node = Arithmetic(kind, Arithmetic("+", x, a), Arithmetic("*", b, x))
    stronger = max(first, second, key=[Absent.MISSING, Absent.UNDEFINED, Absent.UNDECIDED].index)
    function = pieces(node, (table,), Free(table, "输入"), Fraction(-1), Fraction(1))
    assert function.at(Fraction(1)) is (True if kind == "or" else stronger)
    assert function.at(Fraction(-1)) is (False if kind == "and" else stronger)


@MANY
@given(RANDOM)
def test_a_score_less_itself_is_nothing(random: Random) -> None:
    """p − p is 0 wherever p has a value, without writing out one step."""
    case = chain(random) if random.random() < 0.5 else typed(random, "number")
    function = decided(case)
    less = decided(case, Arithmetic("-", case.node, copy(case.node)))
    assert all(isinstance(each, Absent) or same(each, Fraction(0)) for each in less.gaps)
    assert len(less.cuts) <= len(function.cuts)
    for x in places(case, function):
        value = function.at(x)
        assert same(less.at(x), value if isinstance(value, Absent) else Fraction(0))


@given(RANDOM)
def test_pieces_on_a_part_of_the_domain_are_the_part_of_the_pieces(random: Random) -> None:
    case = chain(random) if random.random() < 0.5 else typed(random)
    whole = decided(case)
    low, high = sorted(Fraction(random.randint(-80, 80), 10) for _ in "ab")
    assume(case.inside(low) and case.inside(high))
    case.lo, case.hi = low, high
    part = decided(case)
    assert same(part.blank, whole.blank)
    for x in places(case, part, whole):
        assert same(part.at(x), whole.at(x)), x


@given(RANDOM)
def test_a_cut_stands_only_where_something_changes(random: Random) -> None:
    """Equal neighbours are joined: neither side's form passes through a cut that is kept."""
    function = decided(chain(random) if random.random() < 0.5 else typed(random))
    for before, after, cut, point in zip(
        function.gaps, function.gaps[1:], function.cuts[1:], function.points[1:], strict=False
    ):
        assert cut is not None
        if same(before, after) and isinstance(cut, Fraction):
            assert not same(gives(before, cut) if isinstance(before, Form) else before, point)
    for run, following in pairwise(function.runs()):
        assert isinstance(run.high, Root) or run.closed[1] != following.closed[0]


@given(RANDOM)
def test_pieces_pass_through_named_quantities(random: Random) -> None:
    """A quantity in between, rounded as declared, is worked out in x; what stands for an absent one likewise."""
    around = world(random)
    around.x = Free(around.table, "输入")
    inner = Grower(random, around).grow("number", 2)
    spare = random.choice([None, Absent.UNDECIDED, Grower(random, around).grow("number", 1)])
    roundings = tuple(Rounding(random.randint(-1, 1), random.choice(MODES)) for _ in range(random.randint(0, 2)))
    name = Name("量", reference=Reference(0, 0, "量", "表"))
    outer = Grower(random, around).grow("number", 2)
    node = Arithmetic(random.choice(["+", "-", "*", "/"]), outer, Extreme("min", (name, outer)))
    case = Case(node, around, *random.choice(DOMAINS))
    asked: list[str] = []

    def definitions(thing: Thing, key: str) -> Definition | None:
        asked.append(key)
        return Definition(inner, roundings, None, spare) if (thing is around.table and key == "量") else None

    function = pieces(node, (around.table,), around.x, case.lo, case.hi, definitions=definitions, limit=LIMIT)
    assume(not function.beyond)
    assert asked.count("量") <= 1

    def rounded(value: Value) -> Value:
        for each in roundings:
            value = round_once(value, each) if isinstance(value, Fraction) else value
        return value

    def ask(x: Fraction | None) -> Value:
        value = rounded(case.exact(inner)(x))
        if isinstance(value, Absent) and spare is not None:
            value = spare if isinstance(spare, Absent) else rounded(case.exact(spare)(x))
        around.table.values["量"] = value
        return case.exact(node)(x)

    assert same(function.blank, ask(None))
    for x in places(case, function):
        assert same(function.at(x), ask(x)), x


# Laws: the readings, each against every value of a small grid

PLACES: Final = 1
GRID: Final = [Fraction(each, 10) for each in range(-30, 41)]


def small(random: Random, type_: str | None = None) -> tuple[Case, Pieces, dict[Fraction, Value]]:
    """A case on a domain with few grid values, its pieces, and its value at each of these."""
    case = chain(random) if type_ in (None, "number") and random.random() < 0.5 else typed(random, type_)
    if type_ == "truth" and random.random() < 0.5:
        limit = Fraction(random.randint(-8, 8), 2)
        case.node = Compare(random.choice(SIGNS), chain(random).node, Constant(limit, Type.NUMBER, str(limit)))
        case.world.x = Free(case.world.table, "输入")
    case.lo, case.hi = GRID[0], GRID[-1]
    function = decided(case)
    ask = case.exact()
    return case, function, {x: ask(x) for x in GRID}


def near(end: Fraction | Root, side: int) -> Fraction:
    """A place very close to a cut, on one side of it."""
    scale = Fraction(10**12)
    return floor_of(end, scale) / scale + (side > 0) / scale if isinstance(end, Root) else end + Fraction(side, 10**12)


@MANY
@given(RANDOM)
def test_bounds_hold_and_are_attained_where_said(random: Random) -> None:
    _, function, grid = small(random, "number")
    found = bounds(function)
    numbers = [each for each in grid.values() if isinstance(each, Fraction)]
    if found is None:
        assert not numbers
        return
    for bound, side in ((found.least, -1), (found.greatest, 1)):
        if isinstance(bound.value, Infinite):
            assert bound.value.value == side
            assert not bound.attained
            continue
        slack = Fraction(0) if bound.exact else Fraction(1, 10**20)
        assert all((each - bound.value) * side <= slack for each in numbers)
        for run in bound.attained:
            assert run.low is not None
            assert run.high is not None
            x = run.low if isinstance(run.low, Fraction) and run.closed[0] else sample(run.low, run.high)
            assert function.at(x) == bound.value
        assert bound.value not in numbers or bound.attained
        # and it is the least such bound
        little = bound.value - side * Fraction(1, 10**6)
        assert bound.attained or holding(compared(">" if side > 0 else "<", function, little))


@given(RANDOM)
def test_no_violation_is_missed_and_every_document_is_one(random: Random) -> None:
    _, function, grid = small(random, "truth")
    where = [x for x, value in grid.items() if value is True]
    found = violations(function, PLACES)
    for each in found:
        inside = [x for x in where if each.run.holds(x)]
        assert (each.document is None) == (not inside)
        assert each.document is None or each.document in inside
    assert all(any(each.run.holds(x) for each in found) for x in where)
    assert smallest(function, PLACES) == min(where, default=None)
    assert largest(function, PLACES) == max(where, default=None)


@MANY
@given(RANDOM)
def test_every_fall_is_reported_and_every_report_is_a_fall(random: Random) -> None:
    case, function, grid = small(random, "number")
    found = monotone(function)
    numbers = [each for each in grid.values() if isinstance(each, Fraction)]
    if not found:
        assert numbers == sorted(numbers)
    ask = case.exact()
    for fall in found:
        assert fall.low is not None
        assert fall.high is not None
        lows = [
            near(fall.low, side)
            for side in ((-1, 0) if fall.kind == "jump" else (1,))
            if side or isinstance(fall.low, Fraction)
        ]
        highs = [
            near(fall.high, side)
            for side in ((0, 1) if fall.kind == "jump" else (-1,))
            if side or isinstance(fall.high, Fraction)
        ]
        values = [
            [value for x in xs if case.inside(x) and isinstance(value := ask(x), Fraction)] for xs in (lows, highs)
        ]
        assert any(before > after for before in values[0] for after in values[1]), fall


@given(RANDOM)
def test_boundary_values_are_the_policys_and_lie_around_every_cut(random: Random) -> None:
    case, function, _ = small(random)
    found = dict(boundary_values(function, PLACES))
    ask = case.exact()
    assert all(same(value, ask(x)) for x, value in found.items())
    unit = Fraction(1, 10)
    for cut in function.cuts:
        assert cut is not None
        first = floor_of(cut, 1 / unit) * unit
        wanted = [first - unit, first, first + unit] if first == cut else [first, first + unit]
        assert all(x in found for x in wanted if case.inside(x))


@given(RANDOM, st.sampled_from(GRID))
def test_how_far_and_how_wrong_are_the_nearest_documents(random: Random, x: Fraction) -> None:
    _, function, grid = small(random)
    wrong = how_wrong(function, x, PLACES)
    other = [each for each, value in grid.items() if not same(value, grid[x])]
    assert (wrong.below and wrong.below.x) == max((each for each in other if each < x), default=None)
    assert (wrong.above and wrong.above.x) == min((each for each in other if each > x), default=None)
    _, truth, grid = small(random, "truth")
    far = how_far(truth, x, PLACES)
    holds = [each for each, value in grid.items() if value is True]
    assert (far.below and far.below.x) == max((each for each in holds if each < x), default=None)
    assert (far.above and far.above.x) == min((each for each in holds if each > x), default=None)


@given(RANDOM)
def test_a_difference_is_where_two_policies_differ(random: Random) -> None:
    one, a, grid = small(random, "number")
    two = Constant(Fraction(2), Type.NUMBER, "2")
    ways: list[Node] = [
        Round(one.node, Rounding(1, Mode.HALF_UP)),
        Extreme("min", (one.node, two)),
        Choice(Compare("<", one.node, two), one.node, Constant(Absent.UNDEFINED, None, "undefined")),
    ]
    node = random.choice(ways)
    b, ask = decided(one, node), one.exact(node)
    found = difference(a, b, PLACES)
    assume(not found.undecided)
    for x, value in grid.items():
        assert any(each.run.holds(x) for each in found.runs) == (not same(value, ask(x))), x
    for each in found.runs:
        if each.document is not None:
            assert not same(grid[each.document], ask(each.document))
    assert found.runs or all(same(value, ask(x)) for x, value in grid.items())


@given(RANDOM)
def test_the_rows_that_hold_are_counted(random: Random) -> None:
    around = world(random)
    around.x = Free(around.table, "输入")
    table = Grower(random, around).bands("number", 2)
    case = Case(rows_that_hold(table), around, GRID[0], GRID[-1])
    counted, argument = decided(case), case.exact(table.argument)
    for x in GRID:
        at = argument(x)
        ends = [[(sign, cast("Constant", end).value) for sign, end in row.conditions] for row in table.rows]
        wanted = (
            at
            if isinstance(at, Absent)
            else Fraction(sum(all(COMPARISONS[sign](at, end) for sign, end in row) for row in ends))
        )
        assert same(counted.at(x), wanted)


@given(st.sampled_from(MODES), st.integers(-1, 1), st.integers(-20, 20))
def test_what_is_printed_is_what_rounds_to_it(mode: Mode, places_: int, step: int) -> None:
    rounding = Rounding(places_, mode)
    unit = Fraction(10) ** -places_
    run = printed_as(step * unit, rounding)
    for quarter in range(-8, 9):
        for hair in (Fraction(0), Fraction(1, 10**9), Fraction(-1, 10**9)):
            x = step * unit + quarter * unit / 4 + hair
            assert run.holds(x) == (round_once(x, rounding) == step * unit)


@given(RANDOM, st.sampled_from(GRID), st.sampled_from(GRID))
def test_values_on_a_run_are_all_that_it_takes(random: Random, low: Fraction, high: Fraction) -> None:
    assume(low <= high)
    _, function, grid = small(random, random.choice(["text", "truth"]))
    found = values_on(function, Run(low, high, (True, True), True))
    assert all(any(same(value, each) for each in found) for x, value in grid.items() if low <= x <= high)


# Laws on cuts


@given(
    st.lists(st.fractions(-3, 3, max_denominator=4), max_size=3), st.lists(st.integers(2, 12), max_size=2), st.data()
)
def test_every_root_is_found_the_rational_ones_as_such(
    rational: list[Fraction], squares: list[int], data: st.DataObject
) -> None:
    """A product of (x − r) and (x² − n) has the roots r and ±√n, in order."""
    product = ONE
    for each in rational:
        product = times(product, (-each, Fraction(1)))
    for square in squares:
        product = times(product, (Fraction(-square), Fraction(0), Fraction(1)))
    product = times(product, (Fraction(data.draw(st.integers(1, 5))),))
    found = roots_between(product, None, None)
    roots = {Fraction(each) for each in rational} | {
        Fraction(side * isqrt(n)) for n in squares for side in (1, -1) if isqrt(n) ** 2 == n
    }
    assert [each for each in found if isinstance(each, Fraction)] == sorted(roots)
    irrational = sorted({side * n for n in squares for side in (1, -1) if isqrt(n) ** 2 != n})
    for root, n in zip([each for each in found if isinstance(each, Root)], irrational, strict=True):
        assert floor_of(root, Fraction(1000)) == (isqrt(10**6 * n) if n > 0 else -isqrt(10**6 * -n) - 1)
    assert all(order(one, other) < 0 for one, other in pairwise(found))
    assert all(sign_at(product, each) == 0 for each in found)
    for gap in pairwise([None, *found, None]):
        assert (
            sign_at(product, sample(*gap)) == sign_beside(product, gap[0], 1) == sign_beside(product, gap[1], -1) != 0
        )
