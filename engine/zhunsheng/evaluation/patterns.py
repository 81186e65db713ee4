"""The interpreter that turns a rule's condition into a pattern over facts, for inference.

What concerns one thing alone is worked out exactly beforehand, and told as a property that is there when it is true.
What concerns several goes into the pattern: comparisons that join two things, and the `and`, `or` and `not` above
them. A negation is pushed down first, to where an absent operand makes both a comparison and its opposite untrue, as
three-valued logic has it. Numbers that join are told by their rank among all that are told with them, so that no rational is ever cut down
to the library's 64 bits. A comparison that mixes several things in one sum cannot be a join; the pattern then leaves
it open and the match is asked again (`Plan.again`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.evaluation.infer import All, Any, Condition, Has, Pattern, Ref, Test
from zhunsheng.expression.check import names_in
from zhunsheng.expression.exact import compiled
from zhunsheng.expression.tree import NEGATED, Aggregate, Choice, Compare, Constant, Logic, Name, Not
from zhunsheng.expression.types import Type
from zhunsheng.expression.words import said, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.evaluation.infer import Operator
    from zhunsheng.expression.exact import Reading
    from zhunsheng.expression.tree import Node

TRUE: Final = All(())
_OPERATORS: Final[dict[str, Operator]] = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class Property(NamedTuple):
    """What is told of a thing: a name, how it is worked out, and whether it is an operand of a join or a truth."""

    name: str
    reading: Reading
    operand: bool
    wanted: bool
    """The truth for which the property is there; of no matter for operands."""
    asked: set[str]
    """The rules that ask for it; where none of them can match, it need not be told."""


Telling = dict[str, dict[tuple[str, bool, bool], Property]]
"""Fact kind → what is told of its things; rules that ask the same share the property."""


class Operand(NamedTuple):
    """One side of a join: of which things, and how it is worked out."""

    kind: str
    reading: Reading


class Meeting(NamedTuple):
    """Operands of two things that must be equal, or must not be, wherever a pattern matches."""

    one: Operand
    equal: bool
    other: Operand


class Translation(NamedTuple):
    """A pattern, the condition itself where a match must be asked again, and what every match has equal or unequal."""

    pattern: Pattern
    again: Reading | None
    meets: tuple[Meeting, ...]


def translated(rule: str, variables: tuple[tuple[str, str], ...], condition: Node, telling: Telling) -> Translation:
    """The pattern of a condition over things told as facts of these kinds; what it needs told is added to `telling`."""
    translator = _Translator(rule, variables, telling)
    body = translator.condition(condition, holds=True)
    # a thing of which some alternative asks nothing must be told and bound all the same
    bare = [at for at, (name, _) in enumerate(variables) if not _asks(body, name)]
    whole = All((body, *(translator.always(at) for at in bare))) if bare else body
    again = compiled(condition) if translator.mixed else None
    return Translation(Pattern(rule, variables, whole), again, tuple(translator.meets(body)))


class _Translator:
    def __init__(self, rule: str, variables: tuple[tuple[str, str], ...], telling: Telling) -> None:
        self.rule = rule
        self.variables = variables
        self.telling = telling
        self.mixed = False

    def condition(self, node: Node, *, holds: bool) -> Condition:
        """Where `node` is true (or, where `holds` is false, where it is false)."""
        things = _things(node, len(self.variables))
        if len(things) <= 1:
            return self.has(things[0] if things else 0, node, wanted=holds)
        match node:
            case Not():
                return self.condition(node.operand, holds=not holds)
            case Logic():
                parts = tuple(self.condition(each, holds=holds) for each in node.parts)
                return All(parts) if (node.operator == "and") is holds else Any(parts)
            case Choice():
                yes = All((self.condition(node.test, holds=True), self.condition(node.yes, holds=holds)))
                no = All((self.condition(node.test, holds=False), self.condition(node.no, holds=holds)))
                return Any((yes, no))
            case Compare() if len(things) == 2:
                return self.join(node, holds=holds)
            case _:
                self.mixed = True
                return TRUE

    def join(self, node: Compare, *, holds: bool) -> Condition:
        left, right = (_things(side, len(self.variables)) for side in (node.left, node.right))
        if len(left) != 1 or len(right) != 1:
            self.mixed = True
            return TRUE
        operator = _OPERATORS[node.operator if holds else NEGATED[node.operator]]
        other = Ref(self.variables[right[0]][0], self.told(right[0], node.right, operand=True))
        return Test(self.variables[left[0]][0], self.told(left[0], node.left, operand=True), operator, other)

    def meets(self, body: Condition) -> Iterator[Meeting]:
        """The joins by `=` and `!=` that every alternative of a condition has."""
        match body:
            case All():
                for part in body.parts:
                    yield from self.meets(part)
            case Test(op="==" | "!=" as op, operand=Ref() as other):
                yield Meeting(self.operand(body), op == "==", self.operand(other))
            case _:
                return

    def operand(self, side: Test | Ref) -> Operand:
        kind = dict(self.variables)[side.variable]
        reading = next(each.reading for each in self.telling[kind].values() if each.name == side.property)
        return Operand(kind, reading)

    def always(self, at: int) -> Condition:
        return self.has(at, Constant(value=True, type=Type.TRUTH, text="true"), wanted=True)

    def has(self, at: int, node: Node, *, wanted: bool) -> Condition:
        return Has(self.variables[at][0], self.told(at, node, operand=False, wanted=wanted))

    def told(self, at: int, node: Node, *, operand: bool, wanted: bool = True) -> str:
        """The name of the property that says `node` of the thing bound at `at`."""
        known = self.telling.setdefault(self.variables[at][1], {})
        key = (_asked(node), operand, wanted)
        if key not in known:
            reading = _of_one(compiled(node), len(self.variables))
            known[key] = Property(f"p{len(known)}", reading, operand, wanted, set())
        known[key].asked.add(self.rule)
        return known[key].name


def _asked(node: Node) -> str:
    """What an expression about one thing asks, whatever that thing is called."""

    def plain(each: Name | Aggregate) -> str:
        if isinstance(each, Name) and each.reference is not None:
            return f"{each.reference.hops}.{each.reference.key}"
        return words(each)

    return said(node, plain)


def _of_one(reading: Reading, size: int) -> Reading:
    """A reading of several bound things, of which it looks at one, as a reading of that one."""
    if size == 1:
        return reading
    return lambda bound: reading((bound[0],) * size)


def _things(node: Node, size: int) -> list[int]:
    """Which of the rule's own bound things an expression looks at."""
    return sorted({each.binder for each in names_in(node) if each.binder < size})


def _asks(condition: Condition, variable: str) -> bool:
    """Whether every alternative of a condition asks something of a variable."""
    match condition:
        case All():
            return any(_asks(part, variable) for part in condition.parts)
        case Any():
            return all(_asks(part, variable) for part in condition.parts)
        case Test():
            return variable == condition.variable or (
                isinstance(condition.operand, Ref) and condition.operand.variable == variable
            )
        case _:
            return condition.variable == variable
