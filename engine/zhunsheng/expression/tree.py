"""The one tree of formulas and conditions. Parsed once, typed once, read by every interpreter.

A node carries the span of its text, for messages, and its type once `check` has resolved it. Interpreters match over
`Node` and end in `assert_never`, so that a forgotten kind does not pass the type check.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple, final

if TYPE_CHECKING:
    from zhunsheng.expression.types import Type
    from zhunsheng.number import Rounding

Plain = Fraction | str | bool | date
"""A value that is there."""

Comparator = Literal["=", "!=", "<", "<=", ">", ">="]
NEGATED: dict[Comparator, Comparator] = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
Gathering = Literal["sum", "count", "any", "every", "share", "min", "max", "mean", "median"]


class Absent(Enum):
    """Why there is no value. Where several meet, the strongest stays, whatever their order."""

    MISSING = 1
    UNDEFINED = 2
    UNDECIDED = 3


Value = Plain | Absent


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of the expression's text."""

    start: int
    end: int


NOWHERE = Span(0, 0)


class Reference(NamedTuple):
    """Where a resolved name is found: which bound thing, how many parents up, under which key."""

    binder: int
    hops: int
    key: str
    scope: str
    """The scope that declares the key, as rulesets call it."""


@final
@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the formula; `text` as written (`90%`). `undefined` says that there is none, of any type."""

    value: Value
    type: Type | None
    text: str
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Name:
    """A field of the document, or a named quantity."""

    text: str
    span: Span = NOWHERE
    type: Type | None = None
    reference: Reference | None = None


@final
@dataclass(frozen=True, slots=True)
class Negative:
    """−x."""

    operand: Node
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Arithmetic:
    """+ − × ÷. Division by zero is undefined."""

    operator: Literal["+", "-", "*", "/"]
    left: Node
    right: Node
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one type. `=` means exactly."""

    operator: Comparator
    left: Node
    right: Node
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; of an absent truth, the same absence."""

    operand: Node
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Logic:
    """Three-valued and / or: a deciding operand wins over absent ones."""

    operator: Literal["and", "or"]
    parts: tuple[Node, ...]
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Choice:
    """One branch or the other; the branch not taken has no say."""

    test: Node
    yes: Node
    no: Node
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: it holds where every comparison of the argument does."""

    conditions: tuple[tuple[Comparator, Node], ...]
    value: Node
    span: Span = NOWHERE


@final
@dataclass(frozen=True, slots=True)
class Table:
    """Rows that partition the argument's values; `otherwise` takes what no row does. Their order means nothing."""

    argument: Node
    rows: tuple[Row, ...]
    otherwise: Node | None
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Lines:
    """Points joined by straight lines, flat outside; one value per argument."""

    argument: Node
    points: tuple[tuple[Constant, Constant], ...]
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Round:
    """A declared rounding."""

    operand: Node
    rounding: Rounding
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or greatest of the parts; absent where one is."""

    which: Literal["min", "max"]
    parts: tuple[Node, ...]
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a value is missing, or given. Undefined is neither."""

    test: Literal["missing", "given"]
    operand: Node
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Call:
    """A primitive on texts (see `functions`)."""

    function: str
    arguments: tuple[Node, ...]
    span: Span = NOWHERE
    type: Type | None = None


@final
@dataclass(frozen=True, slots=True)
class Aggregate:
    """A figure over the things of a collection that meet a condition."""

    gathering: Gathering
    collection: Name
    alias: str | None
    value: Node | None
    condition: Node | None
    span: Span = NOWHERE
    type: Type | None = None


Node = (
    Constant
    | Name
    | Negative
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
    | Aggregate
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in the order of writing; an aggregate's collection is no child of it."""
    match node:
        case Constant() | Name():
            return ()
        case Negative() | Not() | Round() | Presence():
            return (node.operand,)
        case Arithmetic() | Compare():
            return (node.left, node.right)
        case Logic() | Extreme():
            return node.parts
        case Choice():
            return (node.test, node.yes, node.no)
        case Table():
            rows = [part for row in node.rows for part in (*(bound for _, bound in row.conditions), row.value)]
            return (node.argument, *rows, *((node.otherwise,) if node.otherwise else ()))
        case Lines():
            return (node.argument, *(part for point in node.points for part in point))
        case Call():
            return node.arguments
        case Aggregate():
            return tuple(part for part in (node.value, node.condition) if part is not None)
