"""The interpreter that gives, for one free input and all others fixed, the whole function at once.

It reads the same tree as `exact` and must agree with it at every place, kinds of absence included; what `exact` refuses
as too large is undecided here, and `beyond` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple, assert_never, cast, final

from zhunsheng.expression.exact import Bound, Thing, day_of, find, group_in, join, members
from zhunsheng.expression.pieces.algebra import Algebra
from zhunsheng.expression.pieces.forms import THE_INPUT, Split
from zhunsheng.expression.pieces.line import Pieces
from zhunsheng.expression.pieces.parts import Part, chosen, combine, decided, opposite
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
    Node,
    Not,
    Presence,
    Reference,
    Round,
    Table,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.expression.pieces.forms import Gap
    from zhunsheng.expression.pieces.line import Cell
    from zhunsheng.number import Rounding


class Free(NamedTuple):
    """The free input: every name that leads to this key of this thing is x."""

    thing: Thing
    key: str


class Definition(NamedTuple):
    """What is behind a named quantity of a thing.

    Attributes:
        formula: the formula, and the roundings declared on it, in turn.
        bound: the things that the formula is about; the thing itself where not given.
        otherwise: what stands where the formula has no value, rounded likewise; its own absence where not given.
    """

    formula: Node
    roundings: tuple[Rounding, ...]
    bound: Bound | None = None
    otherwise: Node | Absent | None = None


Definitions = Callable[[Thing, str], Definition | tuple[Node, "tuple[Rounding, ...]"] | None]
_ZERO: Final = Fraction(0)
_ONE: Final = Fraction(1)


def pieces(
    node: Node,
    bound: Bound,
    x: Free,
    lo: Fraction | None,
    hi: Fraction | None,
    *,
    definitions: Definitions | None = None,
    limit: int = 50_000,
) -> Pieces:
    """The exact piecewise form of a checked tree in x on [lo, hi].

    Args:
        node: the tree; the things it names are `bound`, whose values, x apart, are taken as they stand.
        bound: the things, as for `exact.compiled`.
        x: the free input, a number.
        lo: the least value of x; None for no end.
        hi: the greatest.
        definitions: the formula behind a named quantity that may depend on x; None for what is a plain value.
        limit: how many steps a staircase may have on a gap where it must be written out.

    Raises:
        ValueError: the domain is empty.
    """
    if lo is not None and hi is not None and lo > hi:
        message = f"no value lies between {lo} and {hi}"
        raise ValueError(message)
    algebra = Algebra(limit)
    found = _Reader(algebra, x, _everywhere(lo, hi, None), definitions).part(node, bound)
    function = found if isinstance(found, Pieces) else _everywhere(lo, hi, found)
    return replace(function, beyond=algebra.beyond)


def _everywhere(lo: Fraction | None, hi: Fraction | None, value: Value | None) -> Pieces:
    """A constant on a domain, or (None) x itself."""

    def point(end: Fraction | None) -> Value | None:
        return None if end is None else end if value is None else value

    cell = THE_INPUT if value is None else value
    blank = Absent.MISSING if value is None else value
    if lo is not None and lo == hi:
        return Pieces((lo,), (point(lo),), (), blank)
    return Pieces((lo, hi), (point(lo), point(hi)), (cell,), blank)


@final
@dataclass(slots=True)
class _Reader:
    """One reading of one tree; what was read once is kept, by node and things."""

    algebra: Algebra
    x: Free
    itself: Pieces
    definitions: Definitions | None
    kept: dict[tuple[int, tuple[int, ...]], tuple[Node, Part]] = field(default_factory=dict)
    named: dict[tuple[int, str], Part] = field(default_factory=dict)

    def part(self, node: Node, bound: Bound) -> Part:
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Name):
            return self.name(cast("Reference", node.reference), bound)
        key = (id(node), tuple(map(id, bound)))
        if key not in self.kept:
            self.kept[key] = node, self.read(node, bound)  # the node is kept, so that its id stays its own
        return self.kept[key][1]

    def read(
        self,
        node: Negative
        | Arithmetic
        | Compare
        | Not
        | Logic
        | Choice
        | Table
        | Lines
        | Round
        | Extreme
        | Presence
        | Call
        | Aggregate,
        bound: Bound,
    ) -> Part:
        match node:
            case Negative():
                return self.algebra.negative(self.part(node.operand, bound))
            case Arithmetic():
                return self.algebra.arithmetic(node.operator, self.part(node.left, bound), self.part(node.right, bound))
            case Compare():
                return self.algebra.compared(node.operator, self.part(node.left, bound), self.part(node.right, bound))
            case Not():
                return opposite(self.part(node.operand, bound))
            case Logic():
                return decided((self.part(each, bound) for each in node.parts), deciding=node.operator == "or")
            case Choice():
                return chosen(
                    self.part(node.test, bound), lambda holds: self.part(node.yes if holds else node.no, bound)
                )
            case Table():
                return self.table(node, bound)
            case Lines():
                knots = [(cast("Fraction", at.value), cast("Fraction", value.value)) for at, value in node.points]
                return self.algebra.on_lines(self.part(node.argument, bound), knots)
            case Round():
                return self.algebra.rounded(self.part(node.operand, bound), node.rounding)
            case Extreme():
                return self.algebra.extreme(node.which, [self.part(each, bound) for each in node.parts])
            case Presence():
                missing = node.test == "missing"
                return combine(
                    (self.part(node.operand, bound),),
                    lambda value: value is Absent.MISSING if missing else not isinstance(value, Absent),
                )
            case Call():
                function = _FUNCTIONS[node.function]
                return combine([self.part(each, bound) for each in node.arguments], function, self.undecided)
            case Aggregate():
                return self.aggregate(node, bound)
            case _:
                assert_never(node)

    def undecided(self, _: Gap, __: Sequence[Cell]) -> Split[Cell]:
        """A function of what bends with x, such as a date by its year, is written out for no gap."""
        self.algebra.beyond = True
        return Split((), (Absent.UNDECIDED,))

    # Names

    def name(self, reference: Reference, bound: Bound) -> Part:
        thing = find(reference, bound)
        if thing is None:
            return Absent.MISSING
        if thing is self.x.thing and reference.key == self.x.key:
            return self.itself
        key = (id(thing), reference.key)
        if key not in self.named:
            found = None if self.definitions is None else self.definitions(thing, reference.key)
            self.named[key] = (
                thing.values.get(reference.key, Absent.MISSING)
                if found is None
                else self.defined(Definition(*found), thing)
            )
        return self.named[key]

    def defined(self, definition: Definition, thing: Thing) -> Part:
        bound = (thing,) if definition.bound is None else definition.bound
        value = self.published(definition.formula, definition.roundings, bound)
        otherwise = definition.otherwise
        if otherwise is None:
            return value
        return chosen(
            combine((value,), lambda each: not isinstance(each, Absent)),
            lambda given: (
                value
                if given
                else otherwise
                if isinstance(otherwise, Absent)
                else self.published(otherwise, definition.roundings, bound)
            ),
        )

    def published(self, formula: Node, roundings: Iterable[Rounding], bound: Bound) -> Part:
        found = self.part(formula, bound)
        for each in roundings:
            found = self.algebra.rounded(found, each)
        return found

    # Tables and collections

    def table(self, node: Table, bound: Bound) -> Part:
        at = self.part(node.argument, bound)
        if isinstance(at, Absent):
            return at
        rows = [
            decided(
                (self.algebra.compared(sign, at, self.part(limit, bound)) for sign, limit in row.conditions),
                deciding=False,
            )
            for row in node.rows
        ]

        def branch(index: Fraction) -> Part:
            if index < 0:
                return Absent.UNDEFINED if node.otherwise is None else self.part(node.otherwise, bound)
            return self.part(node.rows[index.numerator].value, bound)

        return chosen(combine((at, *rows), _row), branch)

    def aggregate(self, node: Aggregate, bound: Bound) -> Part:
        reference = cast("Reference", node.collection.reference)
        found = group_in(reference, bound)
        if found is not None and (found[1] is None or found[1].told is not None):
            self.algebra.beyond = True  # of members elsewhere, or not known yet, nobody can say how they depend on x
            return Absent.UNDECIDED
        inside = [(*bound, thing) for thing in members(reference, bound)]

        def value(each: Bound) -> Part:
            return True if node.value is None else self.part(node.value, each)

        conditions = [True if node.condition is None else self.part(node.condition, each) for each in inside]
        match node.gathering:
            case "any":
                both = [
                    decided((holds, value(each)), deciding=False)
                    for holds, each in zip(conditions, inside, strict=True)
                ]
                return decided(both, deciding=True)
            case "every":
                either = [
                    decided((opposite(holds), value(each)), deciding=True)
                    for holds, each in zip(conditions, inside, strict=True)
                ]
                return decided(either, deciding=False)
            case "count":
                both = [
                    decided((holds, value(each)), deciding=False)
                    for holds, each in zip(conditions, inside, strict=True)
                ]
                return self.sum([_as_number(each) for each in both])
            case "min" | "max" | "median":
                return self.algebra.of_those_standing(node.gathering, conditions, [value(each) for each in inside])
            case "sum" | "mean" | "share":
                pass
            case _:
                assert_never(node.gathering)

        def counted(each: Bound) -> Callable[[bool], Part]:
            if node.gathering == "share":
                return lambda stands: _as_number(value(each)) if stands else _ZERO
            return lambda stands: value(each) if stands else _ZERO

        total = self.sum([chosen(holds, counted(each)) for holds, each in zip(conditions, inside, strict=True)])
        if node.gathering == "sum":
            return total
        return self.algebra.arithmetic("/", total, self.sum([_as_number(each) for each in conditions]))

    def sum(self, parts: Sequence[Part]) -> Part:
        """The sum; constants are added first, which alters nothing but the time it takes."""
        found: Part = _ZERO
        for each in sorted(parts, key=lambda part: isinstance(part, Pieces)):
            found = self.algebra.arithmetic("+", found, each)
        return found


def _as_number(part: Part) -> Part:
    return combine((part,), lambda value: value if isinstance(value, Absent) else _ONE if value else _ZERO)


def _row(at: object, *holds: Value) -> Value:
    """Which row of a table holds, −1 for none; several that hold at once leave it undefined."""
    if isinstance(at, Absent):
        return at
    found = [index for index, each in enumerate(holds) if each is True]
    if found:
        return Fraction(found[0]) if len(found) == 1 else Absent.UNDEFINED
    absent = [each for each in holds if isinstance(each, Absent)]
    return join(*absent) if absent else Fraction(-1)


def _length(text: Value) -> Value:
    return text if isinstance(text, Absent) else Fraction(len(cast("str", text).strip()))


def _contains(text: Value, part: Value) -> Value:
    if isinstance(text, Absent) or isinstance(part, Absent):
        return join(text, part)
    return cast("str", part) in cast("str", text)


def _date(*parts: Value) -> Value:
    absent = [each for each in parts if isinstance(each, Absent)]
    return join(*absent) if absent else day_of(*cast("tuple[Fraction, Fraction, Fraction]", parts))


_FUNCTIONS: Final[dict[str, Callable[..., Value]]] = {"length": _length, "contains": _contains, "date": _date}
