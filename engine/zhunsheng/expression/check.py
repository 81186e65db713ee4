"""Names and types: a parsed tree in, the same tree resolved and typed out, or every fault in it.

A name is looked for in the innermost bound thing, then in its parents (an indicator's document, a document's
dossier), then in the next thing outwards. What a thing has is a `Scope`; which scopes there are, the caller says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple, assert_never, final

from zhunsheng.expression import types, units
from zhunsheng.expression.functions import BY_NAME
from zhunsheng.expression.parse import Fault, Malformed, parse
from zhunsheng.expression.tree import (
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
    Row,
    Span,
    Table,
)
from zhunsheng.expression.types import NUMERIC, Type
from zhunsheng.problem import say

if TYPE_CHECKING:
    from collections.abc import Iterator


class Known(NamedTuple):
    """What is known of the values of a field beside their type."""

    words: tuple[str, ...] = ()
    """The texts that it may hold, where their list is closed."""
    unit: str | None = None
    """What it counts, such as 人."""
    places: int | None = None
    """The decimals that a form writes at most: its values lie on this grid."""


@final
@dataclass(frozen=True, slots=True)
class Scope:
    """One kind of thing: its fields with their types, the collections it holds, and the scope it belongs to."""

    name: str
    parent: str | None
    fields: Mapping[str, Type | None]
    """None: a name whose own formula is at fault, and which is taken for anything."""
    collections: Mapping[str, str] = field(default_factory=dict)
    """Collection name → scope of its members."""
    known: Mapping[str, Known] = field(default_factory=dict)
    """What more is known of some of the fields."""


Scopes = Mapping[str, Scope]


class Binder(NamedTuple):
    """A thing that an expression is evaluated on; named where a rule binds several."""

    scope: str
    alias: str | None = None


def check(
    text: str, binders: tuple[Binder, ...], scopes: Scopes, *, wanted: Type | None = None, hints: bool = True
) -> Node:
    """The typed tree of `text` for things of these scopes, innermost last.

    Raises:
        Malformed: with every fault: syntax, unknown names, types that may not meet, a type other than `wanted`.
    """
    node = parse(text)
    checker = _Checker(scopes, hints=hints)
    typed = checker.node(node, binders)
    if wanted is not None and typed.type is not None and not types.fits(typed.type, wanted):
        checker.mismatch(node.span, wanted, typed.type, text)
    checker.one_unit(typed)
    if checker.faults:
        raise Malformed(*checker.faults)
    return typed


def unit_in(node: Node, scopes: Scopes) -> str | None:
    """The unit of a checked tree."""
    return units.unit_of(node, lambda reference: known_of(scopes, reference).unit)


def known_of(scopes: Scopes, reference: Reference) -> Known:
    """What is known of the field behind a name."""
    return scopes[reference.scope].known.get(reference.key, _NOTHING)


_NOTHING: Final = Known()


def names_in(node: Node) -> Iterator[Reference]:
    """Every resolved reference of a checked tree, collections included; a place may come twice."""
    from zhunsheng.expression.tree import children  # noqa: PLC0415

    if isinstance(node, Name) and node.reference is not None:
        yield node.reference
    if isinstance(node, Aggregate) and node.collection.reference is not None:
        yield node.collection.reference
    for child in children(node):
        yield from names_in(child)


def visible(binders: tuple[Binder, ...], scopes: Scopes) -> Iterator[str]:
    """The names that may stand in an expression on these things."""
    for binder in reversed(binders):
        prefix = f"{binder.alias}." if binder.alias else ""
        scope: Scope | None = scopes[binder.scope]
        while scope is not None:
            yield from (prefix + name for name in (*scope.fields, *scope.collections))
            scope = scopes[scope.parent] if scope.parent else None


class _Checker:
    """One walk over one tree; faults gather, and a node that could not be typed is silently taken for anything."""

    def __init__(self, scopes: Scopes, *, hints: bool) -> None:
        self.scopes = scopes
        self.hints = hints
        self.faults: list[Fault] = []

    def fault(self, code: str, span: Span, got: str = "", **values: object) -> None:
        self.faults.append(Fault(code, span, say(f"{code}.expected", **values), got, None))

    def mismatch(self, span: Span, wanted: Type, found: Type, got: str = "") -> None:
        self.faults.append(
            Fault(
                "type-mismatch",
                span,
                say("type-mismatch.expected", wanted=say(f"value.{wanted.value}"), found=say(f"value.{found.value}")),
                got,
                say("type-mismatch.percent") if {wanted, found} == {Type.PERCENT, Type.NUMBER} else None,
            )
        )

    def unit(self, reference: Reference) -> str | None:
        return known_of(self.scopes, reference).unit

    def one_unit(self, node: Node) -> None:
        """A fault wherever figures of two units meet."""
        for one, other, span in units.mixed(node, self.unit):
            self.fault("unit-mismatch", span, one=one, other=other)

    def one_of_its_words(self, node: Node, other: Node) -> None:
        """A fault where a field with a closed list of words meets a text that is none of them."""
        for name, text in ((node, other), (other, node)):
            if not isinstance(name, Name) or name.reference is None:
                continue
            words = known_of(self.scopes, name.reference).words
            if words and isinstance(text, Constant) and isinstance(text.value, str) and text.value not in words:
                near = get_close_matches(text.value, words, n=1, cutoff=0.3)
                hint = say("unknown-word.hint", name=near[0]) if near else None
                wanted = say("unknown-word.expected", names=words)
                self.faults.append(Fault("unknown-word", text.span, wanted, text.value, hint))

    def meet(self, left: Node, right: Node) -> Type | None:
        """The common type of two operands; a fault where there is none."""
        if left.type is None or right.type is None:
            return left.type or right.type
        both = types.common(left.type, right.type)
        if both is None:
            self.mismatch(right.span, left.type, right.type)
        return both

    def want(self, node: Node, wanted: Type) -> None:
        if node.type is not None and not types.fits(node.type, wanted):
            self.mismatch(node.span, wanted, node.type)

    def want_numeric(self, node: Node) -> None:
        if node.type is not None and node.type not in NUMERIC:
            self.mismatch(node.span, Type.NUMBER, node.type)

    def node(self, node: Node, binders: tuple[Binder, ...]) -> Node:
        match node:
            case Constant():
                return node
            case Name():
                return self.name(node, binders)
            case Negative():
                operand = self.node(node.operand, binders)
                self.want_numeric(operand)
                return replace(node, operand=operand, type=operand.type)
            case Arithmetic():
                return self.arithmetic(node, binders)
            case Compare():
                return self.compare(node, binders)
            case Not():
                operand = self.node(node.operand, binders)
                self.want(operand, Type.TRUTH)
                return replace(node, operand=operand, type=Type.TRUTH)
            case Logic():
                parts = tuple(self.node(each, binders) for each in node.parts)
                for part in parts:
                    self.want(part, Type.TRUTH)
                return replace(node, parts=parts, type=Type.TRUTH)
            case Choice():
                test, yes, no = (self.node(each, binders) for each in (node.test, node.yes, node.no))
                self.want(test, Type.TRUTH)
                return replace(node, test=test, yes=yes, no=no, type=self.meet(yes, no))
            case Table():
                return self.table(node, binders)
            case Lines():
                return self.lines(node, binders)
            case Round():
                operand = self.node(node.operand, binders)
                self.want_numeric(operand)
                return replace(node, operand=operand, type=operand.type)
            case Extreme():
                return self.extreme(node, binders)
            case Presence():
                return replace(node, operand=self.node(node.operand, binders), type=Type.TRUTH)
            case Call():
                arguments = tuple(self.node(each, binders) for each in node.arguments)
                function = BY_NAME[node.function]
                for argument, wanted in zip(arguments, function.takes, strict=True):
                    self.want(argument, wanted)
                return replace(node, arguments=arguments, type=function.gives)
            case Aggregate():
                return self.aggregate(node, binders)
            case _:
                assert_never(node)

    def name(self, node: Name, binders: tuple[Binder, ...]) -> Node:
        found = self.find(node.text, binders, "fields")
        if found is not None:
            scope, reference = found
            return replace(node, type=scope.fields[reference.key], reference=reference)
        known = list(dict.fromkeys(visible(binders, self.scopes))) if self.hints else []
        near = (
            get_close_matches(node.text, known, n=1, cutoff=0.5)
            or [each for each in known if node.text in each or each in node.text][:1]
        )
        hint = say("unknown-name.hint", name=near[0]) if near else None
        if (owner := self.owner(node.text, binders)) is not None:
            hint = say("unknown-name.elsewhere", name=node.text, scope=owner)
        wanted = say("unknown-name.expected", scope=binders[-1].scope if binders else "")
        self.faults.append(Fault("unknown-name", node.span, wanted, node.text, hint))
        return node

    def owner(self, text: str, binders: tuple[Binder, ...]) -> str | None:
        """What has a field of that name, where a collection of such things is in reach: 「实际值」 is of 指标."""
        held = {scope for each in self.reachable(binders) for scope in each.collections.values()}
        return next((scope for scope in self.scopes if scope in held and text in self.scopes[scope].fields), None)

    def meant_as_text(self, node: Node, other: Node) -> None:
        """Says of a name that nobody knows, and that is compared with a text, that it may be a text without its quotes."""
        for name, text in ((node, other), (other, node)):
            if isinstance(name, Name) and name.reference is None and text.type is Type.TEXT:
                hint = say("unknown-name.quote", text=f'"{name.text}"')
                self.faults = [
                    replace(each, hint=hint) if (each.code, each.span) == ("unknown-name", name.span) else each
                    for each in self.faults
                ]

    def find(self, text: str, binders: tuple[Binder, ...], where: str) -> tuple[Scope, Reference] | None:
        """The scope that has `text` among its fields (or collections), and how to get there."""
        prefix, dot, rest = text.partition(".")
        for index in range(len(binders) - 1, -1, -1):
            binder = binders[index]
            if dot and prefix == binder.alias:
                return self.climb(rest, index, binder.scope, where)
        for index in range(len(binders) - 1, -1, -1):
            found = self.climb(text, index, binders[index].scope, where)
            if found is None and dot:
                found = self.climb(rest, index, binders[index].scope, where, owner=prefix)
            if found is not None:
                return found
        return None

    def climb(
        self, key: str, index: int, start: str, where: str, owner: str | None = None
    ) -> tuple[Scope, Reference] | None:
        hops = 0
        scope: Scope | None = self.scopes[start]
        while scope is not None:
            if key in getattr(scope, where) and owner in (None, scope.name):
                return scope, Reference(index, hops, key, scope.name)
            hops += 1
            scope = self.scopes[scope.parent] if scope.parent else None
        return None

    def arithmetic(self, node: Arithmetic, binders: tuple[Binder, ...]) -> Node:
        left, right = self.node(node.left, binders), self.node(node.right, binders)
        result = None if node.operator in ("*", "/") else left.type or right.type
        if left.type is not None and right.type is not None:
            match node.operator:
                case "+" | "-":
                    result = types.shift(left.type, right.type, node.operator)
                case "*":
                    result = types.product(left.type, right.type)
                case "/":
                    result = types.quotient(left.type, right.type)
            if result is None:
                self.unlike(node.operator, left.span, left.type, right.span, right.type)
            if node.operator == "/" and result is Type.RATIO and units.is_rate(left, right, self.unit):
                result = Type.NUMBER
        return replace(node, left=left, right=right, type=result)

    def unlike(self, operator: str, left: Span, left_type: Type, right: Span, right_type: Type) -> None:
        """Two operands that an operation of arithmetic does not take: what is wrong with which of them."""
        if left_type is Type.DATE and operator in ("+", "-"):
            self.mismatch(right, Type.DAYS, right_type)
        elif left_type not in NUMERIC:
            self.mismatch(left, Type.NUMBER, left_type)
        else:
            self.mismatch(right, Type.NUMBER if operator == "*" else left_type, right_type)

    def compare(self, node: Compare, binders: tuple[Binder, ...]) -> Node:
        left, right = self.node(node.left, binders), self.node(node.right, binders)
        both = self.meet(left, right)
        if node.operator not in ("=", "!=") and both in (Type.TEXT, Type.TRUTH):
            self.fault("no-order", node.span, type=say(f"value.{both.value}"))
        self.one_of_its_words(left, right)
        self.meant_as_text(left, right)
        return replace(node, left=left, right=right, type=Type.TRUTH)

    def table(self, node: Table, binders: tuple[Binder, ...]) -> Node:
        argument = self.node(node.argument, binders)
        rows = []
        result: Node | None = None
        for row in node.rows:
            conditions = tuple((sign, self.node(bound, binders)) for sign, bound in row.conditions)
            for sign, bound in conditions:
                self.meet(argument, bound)
                self.meant_as_text(argument, bound)
                self.one_of_its_words(argument, bound)
                if sign not in ("=", "!=") and bound.type in (Type.TEXT, Type.TRUTH):
                    self.fault("no-order", bound.span, type=say(f"value.{bound.type.value}"))
            value = self.node(row.value, binders)
            result = value if result is None else self.joined(result, value)
            rows.append(Row(conditions, value, row.span))
        otherwise = None if node.otherwise is None else self.node(node.otherwise, binders)
        if otherwise is not None:
            result = otherwise if result is None else self.joined(result, otherwise)
        type_ = result.type if result is not None else None
        return replace(node, argument=argument, rows=tuple(rows), otherwise=otherwise, type=type_)

    def joined(self, one: Node, other: Node) -> Node:
        """Whichever of two branch values has the type of both."""
        both = self.meet(one, other)
        return one if both is None or one.type is both else other

    def lines(self, node: Lines, binders: tuple[Binder, ...]) -> Node:
        argument = self.node(node.argument, binders)
        for at, _ in node.points:
            self.meet(argument, at)
        value: Node = node.points[0][1]
        for _, each in node.points[1:]:
            value = self.joined(value, each)
        return replace(node, argument=argument, type=value.type)

    def extreme(self, node: Extreme, binders: tuple[Binder, ...]) -> Node:
        parts = tuple(self.node(each, binders) for each in node.parts)
        both: Node = parts[0]
        for part in parts[1:]:
            both = self.joined(both, part)
        if both.type in (Type.TEXT, Type.TRUTH):
            self.fault("no-order", node.span, type=say(f"value.{both.type.value}"))
        return replace(node, parts=parts, type=both.type)

    def aggregate(self, node: Aggregate, binders: tuple[Binder, ...]) -> Node:
        found = self.find(node.collection.text, binders, "collections")
        if found is None:
            collections = sorted({name for each in self.reachable(binders) for name in each.collections})
            self.fault("unknown-collection", node.collection.span, node.collection.text, names=tuple(collections))
            return node
        scope, reference = found
        inner = (*binders, Binder(scope.collections[reference.key], node.alias))
        value = None if node.value is None else self.node(node.value, inner)
        condition = None if node.condition is None else self.node(node.condition, inner)
        if condition is not None:
            self.want(condition, Type.TRUTH)
        result: Type | None = BY_NAME[node.gathering].gives
        if value is not None:
            if node.gathering in ("count", "any", "every", "share"):
                self.want(value, Type.TRUTH)
            else:
                result = value.type
                if node.gathering in ("sum", "mean", "median"):
                    self.want_numeric(value)
        if result is Type.ZERO:
            result = Type.NUMBER
        collection = replace(node.collection, reference=reference)
        return replace(node, collection=collection, value=value, condition=condition, type=result)

    def reachable(self, binders: tuple[Binder, ...]) -> Iterator[Scope]:
        for binder in binders:
            scope: Scope | None = self.scopes[binder.scope]
            while scope is not None:
                yield scope
                scope = self.scopes[scope.parent] if scope.parent else None
