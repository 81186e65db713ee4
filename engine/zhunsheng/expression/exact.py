"""The exact interpreter: what an expression means, in rationals. Every other interpreter must agree with this one.

A checked tree is turned once into a function of the bound things; the function does the sums. Absent values join by
strength whatever the order, `and`/`or` are three-valued, and nothing is rounded but where a node says so.
"""

from __future__ import annotations

import datetime as dt
import itertools
import operator
from bisect import bisect, bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import gcd
from typing import TYPE_CHECKING, Any, Final, NamedTuple, assert_never, cast, final

from zhunsheng.expression.against import against, asks_outside
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
    Table,
    Value,
)
from zhunsheng.number import ratio, round_once

if TYPE_CHECKING:
    from zhunsheng.expression.tree import Comparator, Node, Row


@final
@dataclass(slots=True, eq=False)
class Thing:
    """Something that formulas are about: an indicator, a document, a dossier … with the values known of it so far.

    A key that is not in `values` is missing. `pointer` is the thing's own place in its file (a JSON pointer), and
    `paths` says where below it a value stands.
    """

    scope: str
    key: str
    parent: Thing | None
    values: dict[str, Value]
    paths: Mapping[str, str] = field(default_factory=dict)
    collections: dict[str, Sequence[Thing]] = field(default_factory=dict)
    pointer: str = ""
    groups: dict[str, Group | None] | None = None
    """Collections of its like that it belongs to itself; None for one that nobody knows, of which no figure has a value."""

    def place(self, key: str) -> str | None:
        """The JSON pointer of a value; None for what the file does not hold."""
        path = self.paths.get(key)
        return None if path is None else self.pointer + path


Bound = tuple[Thing, ...]
Reading = Callable[[Bound], Value]
Tests = tuple[tuple[Callable[[Any, Any], bool], Reading], ...]
"""The conditions of a row of a table, each a comparison and what to compare with."""


@final
@dataclass(slots=True, eq=False)
class Group:
    """Things that are held against each other, as a collection that each of them has."""

    size: int
    members: Sequence[Thing] = ()
    told: Callable[[Aggregate, Bound], Value] | None = None
    """Figures over members that are not at hand."""
    figures: dict[int, tuple[Aggregate, Reading]] = field(default_factory=dict)

    def figure(self, node: Aggregate, bound: Bound, work_out: Callable[[Bound, Sequence[Thing]], Reading]) -> Value:
        """The figure that a tree asks for; `work_out` makes of the members, once, what gives each of them its own."""
        if self.told is not None:
            return self.told(node, bound)
        if id(node) not in self.figures:
            self.figures[id(node)] = node, work_out(bound, self.members)
        return self.figures[id(node)][1](bound)


COMPARISONS: Final[Mapping[Comparator, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
LARGEST_BITS: Final = 2**14
"""Bits that the numerator or denominator of a value may have, some 4,900 digits. The sum of the rates of hundreds of forms
stays below; a dozen quantities that square each other do not, and would take hours by the twentieth."""

_MISSING: Final = Absent.MISSING
_UNDEFINED: Final = Absent.UNDEFINED
_UNDECIDED: Final = Absent.UNDECIDED
_blank: Final = object.__new__


class TooLarge(Exception):  # noqa: N818  says what the value is
    """A value outgrew `LARGEST_BITS` at a node, the only argument; whoever knows the file makes a problem of it."""

    @property
    def node(self) -> Node:
        """The node of the checked tree, by its identity."""
        return cast("Node", self.args[0])


def is_too_large(value: Fraction) -> bool:
    """Whether a value has outgrown what is computed with."""
    return value.numerator.bit_length() > LARGEST_BITS or value.denominator.bit_length() > LARGEST_BITS


def join(*values: Value) -> Absent:
    """The strongest absence among values, at least one of which is absent."""
    found = _MISSING
    for each in values:
        if each is _UNDECIDED:
            return _UNDECIDED
        if each is _UNDEFINED:
            found = _UNDEFINED
    return found


def find(reference: Reference, bound: Bound) -> Thing | None:
    """The thing that a reference leads to; None where a parent is not there (a form judged without its dossier)."""
    thing: Thing | None = bound[reference.binder]
    for _ in range(reference.hops):
        if thing is None:
            return None
        thing = thing.parent
    return thing


def members(reference: Reference, bound: Bound) -> Sequence[Thing]:
    """The things of a collection; none where its holder is not there, or where nobody knows them."""
    holder = find(reference, bound)
    if holder is None:
        return ()
    group = None if holder.groups is None else holder.groups.get(reference.key)
    return holder.collections.get(reference.key, ()) if group is None else group.members


def group_in(reference: Reference, bound: Bound) -> tuple[Thing, Group | None] | None:
    """The thing whose group a collection is, with the group where there is one; None for any other collection."""
    holder = find(reference, bound)
    if holder is None or holder.groups is None or reference.key not in holder.groups:
        return None
    return holder, holder.groups[reference.key]


def compiled(node: Node) -> Reading:
    """The function that a checked tree stands for."""
    match node:
        case Constant():
            constant = node.value
            return lambda _: constant
        case Name():
            return _name(cast("Reference", node.reference))
        case Negative():
            operand = compiled(node.operand)

            def negative(bound: Bound) -> Value:
                value = operand(bound)
                return value if type(value) is Absent else -cast("Fraction", value)

            return negative
        case Arithmetic():
            return _arithmetic(node)
        case Compare():
            return _compare(node)
        case Not():
            denied = compiled(node.operand)
            return lambda bound: _opposite(denied(bound))
        case Logic():
            return _logic(tuple(map(compiled, node.parts)), deciding=node.operator == "or")
        case Choice():
            return _choice(compiled(node.test), compiled(node.yes), compiled(node.no))
        case Table():
            return _table(node)
        case Lines():
            return _lines(node)
        case Round():
            return _round(node)
        case Extreme():
            return _extreme(node)
        case Presence():
            tested, missing = compiled(node.operand), node.test == "missing"

            def presence(bound: Bound) -> Value:
                value = tested(bound)
                return value is _MISSING if missing else type(value) is not Absent

            return presence
        case Call():
            return _call(node)
        case Aggregate():
            return _aggregate(node)
        case _:
            assert_never(node)


def _name(reference: Reference) -> Reading:
    binder, hops, key = reference.binder, reference.hops, reference.key
    if hops == 0:
        return lambda bound: bound[binder].values.get(key, _MISSING)
    if hops == 1:

        def of_parent(bound: Bound) -> Value:
            parent = bound[binder].parent
            return _MISSING if parent is None else parent.values.get(key, _MISSING)

        return of_parent

    def of_ancestor(bound: Bound) -> Value:
        thing = find(reference, bound)
        return _MISSING if thing is None else thing.values.get(key, _MISSING)

    return of_ancestor


def _arithmetic(node: Arithmetic) -> Reading:
    left, right = compiled(node.left), compiled(node.right)
    on_numbers, on_dates = _ON_NUMBERS[node.operator], _ON_DATES.get(node.operator)

    def calculate(bound: Bound) -> Value:
        a, b = left(bound), right(bound)
        if type(a) is Fraction and type(b) is Fraction:
            value = on_numbers(a, b)
            if value is None:
                raise TooLarge(node)
            return value
        if type(a) is Absent or type(b) is Absent:
            return join(a, b)
        return cast("Callable[[Any, Any], Value]", on_dates)(a, b)

    return calculate


# Rationals are put together from their parts: the operators of `Fraction` spend most of their time on finding out what
# they were given, and one evaluation does thousands. None says that a value has outgrown what is computed with.


def _number(numerator: int, denominator: int) -> Fraction | None:
    common = gcd(numerator, denominator)
    if common != 1:
        numerator //= common
        denominator //= common
    if numerator.bit_length() > LARGEST_BITS or denominator.bit_length() > LARGEST_BITS:
        return None
    value = _blank(Fraction)
    value._numerator = numerator  # type: ignore[attr-defined]  # noqa: SLF001  the two slots of a rational
    value._denominator = denominator  # type: ignore[attr-defined]  # noqa: SLF001
    return value


def _sum_of(a: Any, b: Any) -> Value | None:
    of_a, of_b = a._denominator, b._denominator  # noqa: SLF001  as above
    return _number(a._numerator * of_b + b._numerator * of_a, of_a * of_b)  # noqa: SLF001


def _difference(a: Any, b: Any) -> Value | None:
    of_a, of_b = a._denominator, b._denominator  # noqa: SLF001  as above
    return _number(a._numerator * of_b - b._numerator * of_a, of_a * of_b)  # noqa: SLF001


def _product(a: Any, b: Any) -> Value | None:
    return _number(a._numerator * b._numerator, a._denominator * b._denominator)  # noqa: SLF001  as above


def _quotient(a: Any, b: Any) -> Value | None:
    by = b._numerator  # noqa: SLF001  as above
    if not by:
        return _UNDEFINED
    over = a._denominator * by  # noqa: SLF001
    numerator = a._numerator * b._denominator  # noqa: SLF001
    return _number(numerator, over) if over > 0 else _number(-numerator, -over)


def _tested(test: Callable[[Any, Any], bool], a: Any, b: Any) -> bool:
    """A comparison of two values of one type."""
    if type(a) is Fraction:
        return test(a._numerator * b._denominator, b._numerator * a._denominator)  # type: ignore[attr-defined]  # noqa: SLF001  as above
    return test(a, b)


def _later(a: Any, b: Any) -> Value:
    return _days_on(a, b) if isinstance(a, dt.date) else _days_on(b, a)


def _earlier(a: Any, b: Any) -> Value:
    return Fraction((a - b).days) if isinstance(b, dt.date) else _days_on(a, -b)


def day_of(year: Fraction, month: Fraction, day: Fraction) -> Value:
    """A date by its parts; undefined where the calendar has none."""
    parts = (year, month, day)
    if any(each.denominator != 1 for each in parts):
        return _UNDEFINED
    try:
        return dt.date(*(each.numerator for each in parts))
    except (ValueError, OverflowError):
        return _UNDEFINED


def _days_on(day: dt.date, days: Fraction) -> Value:
    """A date some whole days on; undefined for part of a day, or off the calendar."""
    try:
        return day + dt.timedelta(days=days.numerator) if days.denominator == 1 else _UNDEFINED
    except OverflowError:
        return _UNDEFINED


_ON_NUMBERS: Final[Mapping[str, Callable[[Any, Any], Value | None]]] = {
    "+": _sum_of,
    "-": _difference,
    "*": _product,
    "/": _quotient,
}
_ON_DATES: Final[Mapping[str, Callable[[Any, Any], Value]]] = {"+": _later, "-": _earlier}


def _compare(node: Compare) -> Reading:
    left, test = compiled(node.left), COMPARISONS[node.operator]
    if isinstance(node.right, Constant) and type(node.right.value) is Fraction:
        numerator, denominator = node.right.value.as_integer_ratio()

        def against(bound: Bound) -> Value:
            a: Any = left(bound)
            if type(a) is Absent:
                return a
            return test(a._numerator * denominator, numerator * a._denominator)  # noqa: SLF001  as above

        return against
    right = compiled(node.right)

    def compare(bound: Bound) -> Value:
        a, b = left(bound), right(bound)
        return join(a, b) if type(a) is Absent or type(b) is Absent else _tested(test, a, b)

    return compare


def decide(values: Iterable[Value], *, deciding: bool) -> Value:
    """Three-valued or (`deciding` true) and and (false): one deciding value settles it, else an absent one does."""
    absent: Absent | None = None
    for value in values:
        if value is deciding:
            return deciding
        if type(value) is Absent:
            absent = value if absent is None else join(absent, value)
    return not deciding if absent is None else absent


def _logic(parts: tuple[Reading, ...], *, deciding: bool) -> Reading:
    settled = not deciding

    def decided(bound: Bound) -> Value:
        found: Value = settled
        for part in parts:
            value = part(bound)
            if value is deciding:
                return deciding
            if value is not settled:
                found = value if found is settled else join(found, value)
        return found

    return decided


def _choice(test: Reading, yes: Reading, no: Reading) -> Reading:
    def choose(bound: Bound) -> Value:
        value = test(bound)
        if type(value) is Absent:
            return value
        return yes(bound) if value else no(bound)

    return choose


def _table(node: Table) -> Reading:
    if all(isinstance(limit, Constant) and type(limit.value) is not Absent for limit in _limits(node)):
        return _steps(node)
    argument = compiled(node.argument)
    tests = [(tests_of(row), compiled(row.value)) for row in node.rows]
    otherwise = compiled(node.otherwise) if node.otherwise is not None else None

    def look_up(bound: Bound) -> Value:
        at = argument(bound)
        if type(at) is Absent:
            return at
        found: Reading | None = None
        absent: Absent | None = None
        for conditions, value in tests:
            verdict = holds(at, conditions, bound)
            if verdict is True:
                if found is not None:
                    return _UNDEFINED
                found = value
            elif type(verdict) is Absent:
                absent = verdict if absent is None else join(absent, verdict)
        if found is not None:
            return found(bound)
        if absent is not None:
            return absent
        return _UNDEFINED if otherwise is None else otherwise(bound)

    return look_up


def tests_of(row: Row) -> Tests:
    """The conditions of a row of a table."""
    return tuple((COMPARISONS[sign], compiled(limit)) for sign, limit in row.conditions)


def holds(at: Value, conditions: Tests, bound: Bound) -> Value:
    """Whether a row of a table holds at a value; absent where one of its limits is, and no other rules it out."""
    absent: Absent | None = None
    for test, limit in conditions:
        value = limit(bound)
        if type(value) is Absent:
            absent = value if absent is None else join(absent, value)
        elif not _tested(test, at, value):
            return False
    return True if absent is None else absent


def _limits(node: Table) -> list[Node]:
    return [limit for row in node.rows for _, limit in row.conditions]


def _steps(node: Table) -> Reading:
    """A table whose limits are written out: what holds below, at and between them is settled beforehand."""
    argument = compiled(node.argument)
    cuts: list[Any] = sorted({cast("Constant", limit).value for limit in _limits(node)})
    places = {cut: 2 * at + 1 for at, cut in enumerate(cuts)}
    values = [(row, compiled(row.value)) for row in node.rows]
    otherwise = _undefined if node.otherwise is None else compiled(node.otherwise)

    def outcome(place: int) -> Reading:
        found = [
            value
            for row, value in values
            if all(COMPARISONS[sign](place, places[cast("Constant", limit).value]) for sign, limit in row.conditions)
        ]
        return otherwise if not found else found[0] if len(found) == 1 else _undefined

    steps = [outcome(place) for place in range(2 * len(cuts) + 1)]
    if cuts and type(cuts[0]) is Fraction:
        parts = [cut.as_integer_ratio() for cut in cuts]

        def step(bound: Bound) -> Value:
            at: Any = argument(bound)
            if type(at) is Absent:
                return at
            place = 0
            for numerator, denominator in parts:
                order = at._numerator * denominator - numerator * at._denominator  # noqa: SLF001  as above
                if order <= 0:
                    return steps[place if order else place + 1](bound)
                place += 2
            return steps[place](bound)

        return step

    def step_of_its_like(bound: Bound) -> Value:
        at: Any = argument(bound)
        return at if type(at) is Absent else steps[places.get(at, 2 * bisect(cuts, at))](bound)

    return step_of_its_like


def _undefined(_: Bound) -> Value:
    return _UNDEFINED


def _lines(node: Lines) -> Reading:
    argument = compiled(node.argument)
    points = [(cast("Fraction", at.value), cast("Fraction", value.value)) for at, value in node.points]
    first, last = points[0], points[-1]
    lines = [_line(*one, *other) for one, other in itertools.pairwise(points)]

    def interpolate(bound: Bound) -> Value:
        at = argument(bound)
        if type(at) is Absent:
            return at
        x = cast("Fraction", at)
        if x <= first[0]:
            return first[1]
        for (until, _), (slope, height) in zip(points[1:], lines, strict=True):
            if x <= until:
                return slope * x + height
        return last[1]

    return interpolate


def _line(x0: Fraction, y0: Fraction, x1: Fraction, y1: Fraction) -> tuple[Fraction, Fraction]:
    """The slope of a line through two points, and its height at 0."""
    slope = (y1 - y0) / (x1 - x0)
    return slope, y0 - slope * x0


def _round(node: Round) -> Reading:
    operand, rounding = compiled(node.operand), node.rounding

    def rounded(bound: Bound) -> Value:
        value = operand(bound)
        return value if type(value) is Absent else round_once(cast("Fraction", value), rounding)

    return rounded


def _extreme(node: Extreme) -> Reading:
    parts, goes_before = tuple(map(compiled, node.parts)), operator.lt if node.which == "min" else operator.gt

    def extreme(bound: Bound) -> Value:
        found: Value | None = None
        absent: Absent | None = None
        for part in parts:
            value = part(bound)
            if type(value) is Absent:
                absent = value if absent is None else join(absent, value)
            elif found is None or _tested(goes_before, value, found):
                found = value
        return cast("Value", found) if absent is None else absent

    return extreme


def _call(node: Call) -> Reading:
    arguments = tuple(map(compiled, node.arguments))
    functions: Mapping[str, Callable[..., Value]] = {
        "length": lambda text: Fraction(len(text.strip())),
        "contains": lambda text, part: part in text,
        "date": day_of,
    }
    function = functions[node.function]

    def call(bound: Bound) -> Value:
        values = [argument(bound) for argument in arguments]
        absent = [each for each in values if type(each) is Absent]
        return join(*absent) if absent else function(*values)

    return call


def _aggregate(node: Aggregate) -> Reading:
    reference, figure = cast("Reference", node.collection.reference), _figure(node)

    @cache  # a tree does not say how many things are bound around it; the number never changes
    def in_group(inner: int) -> Callable[[Bound, Sequence[Thing]], Reading]:
        return _in_group(node, inner, figure)

    def gather(bound: Bound) -> Value:
        found = group_in(reference, bound)
        if found is None:
            return figure(bound, members(reference, bound))
        _, group = found
        return _UNDEFINED if group is None else group.figure(node, bound, in_group(len(bound)))

    return gather


def _figure(node: Aggregate) -> Callable[[Bound, Sequence[Thing]], Value]:
    """What is gathered over things, with those around them bound."""
    stands = _true if node.condition is None else compiled(node.condition)
    value = _true if node.value is None else compiled(node.value)
    match node.gathering:
        case "any":
            of_each = _logic((stands, value), deciding=False)
            return lambda bound, things: decide((of_each((*bound, each)) for each in things), deciding=True)
        case "every":
            of_each = _logic((lambda bound: _opposite(stands(bound)), value), deciding=True)
            return lambda bound, things: decide((of_each((*bound, each)) for each in things), deciding=False)
        case "count":
            of_each = _logic((stands, value), deciding=False)

            def count(bound: Bound, things: Sequence[Thing]) -> Value:
                verdicts = [of_each((*bound, each)) for each in things]
                absent = [each for each in verdicts if type(each) is Absent]
                return join(*absent) if absent else Fraction(verdicts.count(True))

            return count
        case _:

            def figure(bound: Bound, things: Sequence[Thing]) -> Value:
                values: list[Value] = []
                absent: list[Value] = []
                for each in things:
                    inside = (*bound, each)
                    standing = stands(inside)
                    found = value(inside) if standing is True else standing
                    if type(found) is Absent:
                        absent.append(found)
                    elif standing is True:
                        values.append(found)
                return join(*absent) if absent else _gathered(node, values)

            return figure


def _true(_: Bound) -> Value:
    return True


def _opposite(value: Value) -> Value:
    return value if type(value) is Absent else not value


def _gathered(node: Aggregate, values: Sequence[Any]) -> Value:
    """A figure over present values; of nothing, a sum is 0 and every other figure undefined."""
    if node.gathering == "sum":
        return _sum(node, values)
    if not values:
        return _UNDEFINED
    match node.gathering:
        case "share":
            return Fraction(sum(map(bool, values)), len(values))
        case "mean":
            return _sum(node, values) / len(values)
        case "median":
            ordered = sorted(values)
            return cast("Value", (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)
        case "min":
            return cast("Value", min(values))
        case _:
            return cast("Value", max(values))


def _sum(node: Aggregate, values: Iterable[Any]) -> Fraction:
    numerator, denominator = 0, 1
    for each in values:
        of_each = each._denominator  # noqa: SLF001  as above
        if denominator % of_each:
            numerator, denominator = numerator * of_each, denominator * of_each
        numerator += each._numerator * (denominator // of_each)  # noqa: SLF001  as above
        if numerator.bit_length() > LARGEST_BITS or denominator.bit_length() > LARGEST_BITS:
            total = _number(numerator, denominator)
            if total is None:
                raise TooLarge(node)
            numerator, denominator = total.as_integer_ratio()
    return ratio(numerator, denominator)


# Figures over a group, of which every member asks the same


def _in_group(
    node: Aggregate, inner: int, figure: Callable[[Bound, Sequence[Thing]], Value]
) -> Callable[[Bound, Sequence[Thing]], Reading]:
    """What gives the figure to each member: one value for all, its place in their order, or a walk over them all."""
    asked = _against(node, inner)

    def work_out(bound: Bound, things: Sequence[Thing]) -> Reading:
        if not asks_outside(node, inner):
            value = figure(bound, things)
            return lambda _: value
        if asked is not None:
            return _rank(asked, bound, things)
        return lambda bound: figure(bound, things)

    return work_out


class _Against(NamedTuple):
    """A number or a share of members whose figure stands so to one of the thing outside."""

    test: Reading
    member: Reading
    sign: Comparator
    own: Reading
    counts: Reading
    """Whether a member counts at all, whatever stands outside."""
    shared: bool


def _against(node: Aggregate, inner: int) -> _Against | None:
    """Such a question; None for any other."""
    found = against(node, inner)
    if found is None:
        return None
    counts = _logic(tuple(map(compiled, found.also)), deciding=False)
    test, member, own = (compiled(each) for each in (found.test, found.member, found.own))
    return _Against(test, member, found.sign, own, counts, node.gathering == "share")


def _rank(asked: _Against, bound: Bound, things: Sequence[Thing]) -> Reading:
    """The same as walking over all members for each, from sorting them once; of whom it is not known whether they count are walked over."""
    test, member, sign, own, counts, shared = asked
    values: list[Value] = []
    doubtful: list[tuple[Thing, Absent]] = []
    for each in things:
        found = counts((*bound, each))
        if type(found) is Absent:
            doubtful.append((each, found))
        elif found:
            values.append(member((*bound, each)))
    absent = [each for each in values if type(each) is Absent]
    ordered: list[Any] = sorted(each for each in values if type(each) is not Absent)
    strongest = (join(*absent),) if absent else ()

    def rank(bound: Bound) -> Value:
        value: Any = own(bound)
        lacking: list[Value] = [*strongest]
        if values and type(value) is Absent:
            lacking.append(value)
        for each, unknown in doubtful:
            holds = shared or test((*bound, each))
            if holds is not False:
                lacking += [unknown, holds]
        if lacking:
            return join(*lacking)
        if shared and not ordered:
            return _UNDEFINED
        return Fraction(_standing(ordered, sign, value), len(ordered) if shared else 1)

    return rank


def _standing(ordered: Sequence[Any], sign: Comparator, value: Any) -> int:
    """How many of the ordered values stand so to this one."""
    below, until = bisect_left(ordered, value), bisect(ordered, value)
    match sign:
        case "<":
            return below
        case "<=":
            return until
        case ">":
            return len(ordered) - until
        case ">=":
            return len(ordered) - below
        case "=":
            return until - below
        case "!=":
            return len(ordered) - until + below
