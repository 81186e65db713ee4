"""Can a condition hold on any document at all? Decided over the values that the condition can tell apart.

A condition is put together of comparisons. Those that hang on one value alone cut its line (`expression.pieces`), its
list of words or its calendar into cells that no comparison tells further apart; a comparison of several values is a
value of its own, which may be less, equal, greater or absent. What may hold is looked for over one sample of each
cell. Values are taken to be independent of each other, so that more is held possible than is: a condition said never
to hold never does, while of one that is not so called nothing is known.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields, is_dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast, final

from zhunsheng.expression.exact import COMPARISONS, decide
from zhunsheng.expression.pieces import Free, Pieces, grid, pieces
from zhunsheng.expression.tree import (
    Absent,
    Choice,
    Compare,
    Constant,
    Logic,
    Name,
    Not,
    Presence,
    Value,
    children,
)
from zhunsheng.expression.types import NUMERIC, Type
from zhunsheng.ruleset.check.settled import ZERO
from zhunsheng.ruleset.check.span import ANYWHERE, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from zhunsheng.expression.check import Binder
    from zhunsheng.expression.tree import Comparator, Node, Reference
    from zhunsheng.ruleset.check.settled import Settled

STEPS: Final = 2_000
"""How many cases are looked at before a condition is let pass as undecided."""
_FLIPPED: Final[dict[Comparator, Comparator]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_ABSENT: Final = (Absent.MISSING, Absent.UNDEFINED)
_OTHER: Final = "\0"
"""Any text that the condition does not name."""

Truth = bool | None
"""None: not to be told, for want of a value."""
Form = object
"""A tree without its spans: what two writings of one formula share."""


@final
@dataclass(slots=True)
class _Subject:
    """Something whose value decides comparisons: its type, where comparisons cut it, and the samples of its cells."""

    type: Type | None
    absent: bool
    cuts: set[Any] = field(default_factory=set)
    places: int | None = None
    closed: frozenset[str] | None = None
    signs: bool = False
    span: Span = ANYWHERE

    def samples(self, *, filled: bool) -> tuple[Value, ...]:
        """A value of each cell, absent ones included unless all is filled in."""
        return (*self._given(), *(_ABSENT if self.absent and not filled else ()))

    def _given(self) -> Iterator[Value]:
        if self.signs:
            ordered = self.type not in (Type.TEXT, Type.TRUTH)
            yield from map(Fraction, (-1, 0, 1) if ordered else (0, 1))
        elif self.type is Type.TRUTH:
            yield from (True, False)
        elif self.type is Type.TEXT:
            yield from sorted(self.closed if self.closed is not None else {*self.cuts, _OTHER})
        elif self.type is Type.DATE:
            days = {day.toordinal() + by for day in self.cuts or {dt.date.min} for by in (-1, 0, 1)}
            yield from (dt.date.fromordinal(day) for day in sorted(days) if 1 <= day <= dt.date.max.toordinal())
        else:
            yield from self._numbers()

    def _numbers(self) -> Iterator[Fraction]:
        low, high = self.span
        inside = [each for each in self._samples() if (low is None or each >= low) and (high is None or each <= high)]
        yield from inside or self._samples()

    def _samples(self) -> Iterator[Fraction]:
        """A number of each cell between the cuts, the ends of the span among them."""
        cuts = sorted({*self.cuts, *(end for end in self.span if end is not None)} or {ZERO})
        places = self.places
        yield cuts[0] - 1 if places is None else grid.below(cuts[0], places)
        for cut in cuts:
            if places is None or grid.at_or_below(cut, places) == cut:
                yield cut
        for low, high in pairwise(cuts):
            between = (low + high) / 2 if places is None else grid.above(low, places)
            if between < high:
                yield between
        yield cuts[-1] + 1 if places is None else grid.above(cuts[-1], places)


class _Atom(NamedTuple):
    """A comparison or other truth: what decides it, and how."""

    subject: Form
    reading: Callable[[Value], Value]


@final
class Condition:
    """A condition on things of some scopes, taken apart."""

    def __init__(self, settled: Settled, node: Node, binders: tuple[Binder, ...], *, filled: bool = False) -> None:
        """`filled`: the form has no blank cell but those that the condition itself says are blank."""
        self.settled = settled
        self.filled = filled
        self.binders = binders
        self.subjects: dict[Form, _Subject] = {}
        self.atoms: dict[Form, _Atom | Truth] = {}
        self.node = node
        self._take_apart(node)

    def may(self, wanted: Truth) -> bool:
        """Whether the condition may come to this on some document; also where that could not be decided."""
        search = _Search(self, lambda reach: wanted in reach(self.node))
        return search.finds({}, list(self.subjects))

    def implies(self, other: Node) -> bool:
        """Whether another condition on the same things is sure to hold wherever this one does."""
        self._take_apart(other)
        search = _Search(self, lambda reach: True in reach(self.node) and bool(reach(other) - {True}))
        return not search.finds({}, list(self.subjects))

    # Taking apart

    def _take_apart(self, node: Node) -> None:
        if isinstance(node, Logic | Not) or (isinstance(node, Choice) and node.type is Type.TRUTH):
            for part in children(node):
                self._take_apart(part)
            return
        key = form(node)
        if key not in self.atoms:
            self.atoms[key] = self._atom(node)

    def _atom(self, node: Node) -> _Atom | Truth:
        if isinstance(node, Constant):
            return node.value if isinstance(node.value, bool) else None
        if isinstance(node, Compare):
            return None if _is_blank(node.left) or _is_blank(node.right) else self._comparison(node)
        if isinstance(node, Presence) and isinstance(node.operand, Constant):
            missing = node.operand.value is Absent.MISSING
            return missing if node.test == "missing" else not isinstance(node.operand.value, Absent)
        return self._on_root(node) or self._itself(node)

    def _comparison(self, node: Compare) -> _Atom | Truth:
        left, right, sign = node.left, node.right, node.operator
        if self._parameter(left) is not None:
            left, right, sign = right, left, _FLIPPED[sign]
        value = self._parameter(right)
        if value is None:
            return self._on_root(node) or self._sides(node)
        if self._parameter(left) is not None:
            if any(isinstance(each, Name) for each in _within(node)):
                return self._itself(node)  # one parameter against another: a switch of the policy, no fault
            return COMPARISONS[sign](self._parameter(left), value)
        return (None if self._is_own_root(left) else self._on_root(node)) or self._against(left, sign, value)

    def _parameter(self, node: Node) -> Value | None:
        """The value of what depends on no document; None where it does, or has none."""
        if self.settled.roots(node) != frozenset():
            return None
        value = self.settled.value(node, self.binders)
        return None if isinstance(value, Absent) else value

    def _is_own_root(self, node: Node) -> bool:
        return isinstance(node, Name) and node.reference in (self.settled.roots(node) or ())

    def _against(self, node: Node, sign: Comparator, value: Value) -> _Atom:
        """A formula of whatever kind against a value that is known."""
        subject = self._subject(node)
        subject.cuts.add(value)
        compare = COMPARISONS[sign]
        return _Atom(form(node), lambda at: at if isinstance(at, Absent) else compare(at, value))

    def _sides(self, node: Compare) -> _Atom:
        """Two values of which neither is known: one is less than the other, or they are equal, or it is more."""
        left, right, sign = node.left, node.right, node.operator
        if repr(form(right)) < repr(form(left)):
            left, right, sign = right, left, _FLIPPED[sign]
        compare, key = COMPARISONS[sign], ("sides", form(left), form(right))
        self.subjects.setdefault(key, _Subject(left.type, absent=True, signs=True))
        return _Atom(key, lambda at: at if isinstance(at, Absent) else compare(at, ZERO))

    def _itself(self, node: Node) -> _Atom:
        """A truth of which nothing is known, or whether something is given of which nothing is known."""
        if isinstance(node, Presence):
            self._subject(node.operand)
            missing = node.test == "missing"
            return _Atom(
                form(node.operand),
                lambda at: at is Absent.MISSING if missing else not isinstance(at, Absent),
            )
        self._subject(node)
        return _Atom(form(node), lambda at: at)

    def _subject(self, node: Node) -> _Subject:
        key = form(node)
        if key not in self.subjects:
            reference = node.reference if isinstance(node, Name) and self._is_own_root(node) else None
            self.subjects[key] = (
                _Subject(node.type, absent=True, span=self.settled.span(node))
                if reference is None
                else self._of_root(reference, node.type)
            )
        return self.subjects[key]

    def _of_root(self, root: Reference, type_: Type | None) -> _Subject:
        itself = Name(root.key, reference=root)
        return _Subject(
            type_,
            absent=not self.settled.is_always_there(root),
            places=self.settled.places(root),
            span=self.settled.span(itself),
            closed=self.settled.words_of((root.scope, root.key)) if type_ is Type.TEXT else None,
        )

    # One root

    def _on_root(self, node: Node) -> _Atom | None:
        """A truth that hangs on one value alone, as a function of that value."""
        roots = self.settled.roots(node)
        if roots is None or len(roots) != 1:
            return None
        (root,) = roots
        type_ = self.settled.ruleset.scopes[root.scope].fields.get(root.key)
        key = ("Name", root)
        if type_ in NUMERIC:
            function = self._function(node, root)
            if function is None:
                return None
            subject = self.subjects.setdefault(key, self._of_root(root, type_))
            subject.cuts.update(each for each in function.cuts if each is not None)
            return _Atom(key, lambda at: self._read(function, node, root, at))
        if type_ is Type.DATE and not isinstance(node, Presence):
            return None
        subject = self.subjects.setdefault(key, self._of_root(root, type_))
        if type_ is Type.TEXT:
            subject.cuts.update(each for each in self.settled.literals(node) if isinstance(each, str))
        return _Atom(key, lambda at: self.settled.value(node, self.binders, root, at))

    def _function(self, node: Node, root: Reference) -> Pieces | None:
        """The truth over the whole line of its root; None where it has too many steps, or turns at an irrational."""
        bound = self.settled.things(self.binders)
        thing = bound[root.binder]
        for _ in range(root.hops):
            thing = cast("Any", thing.parent)
        function = pieces(
            node,
            bound,
            Free(thing, root.key),
            None,
            None,
            definitions=lambda of, key: self.settled.behind(of, key, (root.scope, root.key)),
        )
        plain = all(each is None or isinstance(each, Fraction) for each in function.cuts)
        return function if plain and not function.beyond else None

    def _read(self, function: Pieces, node: Node, root: Reference, at: Value) -> Value:
        if isinstance(at, Fraction):
            return function.at(at)
        return function.blank if at is Absent.MISSING else self.settled.value(node, self.binders, root, at)


@final
class _Search:
    """Looks for a case in which a condition comes to what is wanted; gives up in favour of there being one."""

    def __init__(self, condition: Condition, is_open: Callable[[Callable[[Node], frozenset[Truth]]], bool]) -> None:
        """`is_open`: whether the case may still be found, given what conditions can come to."""
        self.condition = condition
        self.is_open = is_open
        self.left = STEPS
        self.samples = {key: each.samples(filled=condition.filled) for key, each in condition.subjects.items()}
        self.outcomes: dict[Form, dict[Value, Truth]] = {}
        for key, atom in condition.atoms.items():
            if isinstance(atom, _Atom):
                self.outcomes[key] = {at: _truth(atom.reading(at)) for at in self.samples[atom.subject]}

    def finds(self, chosen: dict[Form, Value], open_: Sequence[Form]) -> bool:
        self.left -= 1
        if self.left < 0:
            return True
        if not self.is_open(lambda node: self.reach(node, chosen)):
            return False
        if not open_:
            return True
        subject, *rest = open_
        return any(self.finds({**chosen, subject: at}, rest) for at in self.samples[subject])

    def reach(self, node: Node, chosen: dict[Form, Value]) -> frozenset[Truth]:
        """What a condition can come to while some subjects are still open."""
        match node:
            case Logic():
                parts = [self.reach(each, chosen) for each in node.parts]
                return _joined(parts, deciding=node.operator == "or")
            case Not():
                return frozenset(None if each is None else not each for each in self.reach(node.operand, chosen))
            case Choice() if node.type is Type.TRUTH:
                found: frozenset[Truth] = frozenset()
                for test in self.reach(node.test, chosen):
                    found |= {None} if test is None else self.reach(node.yes if test else node.no, chosen)
                return found
            case _:
                return self._of_atom(form(node), chosen)

    def _of_atom(self, key: Form, chosen: dict[Form, Value]) -> frozenset[Truth]:
        atom = self.condition.atoms[key]
        if not isinstance(atom, _Atom):
            return frozenset({atom})
        outcomes = self.outcomes[key]
        if atom.subject in chosen:
            return frozenset({outcomes[chosen[atom.subject]]})
        return frozenset(outcomes.values())


def _joined(parts: Sequence[frozenset[Truth]], *, deciding: bool) -> frozenset[Truth]:
    found: frozenset[Truth] = frozenset({not deciding})
    for part in parts:
        found = frozenset(_truth(decide((_value(a), _value(b)), deciding=deciding)) for a in found for b in part)
    return found


def _truth(value: Value) -> Truth:
    return value if isinstance(value, bool) else None


def _value(truth: Truth) -> Value:
    return Absent.UNDEFINED if truth is None else truth


def _is_blank(node: Node) -> bool:
    return isinstance(node, Constant) and isinstance(node.value, Absent)


def _within(node: Node) -> Iterator[Node]:
    yield node
    for part in children(node):
        yield from _within(part)


def form(node: Any) -> Form:
    """A tree without spans, types and spellings: equal for two writings of one formula on the same things."""
    if isinstance(node, Name):
        return ("Name", node.reference)
    if isinstance(node, Constant):
        return ("Constant", type(node.value).__name__, node.value)
    if isinstance(node, tuple):
        return tuple(map(form, node))
    if is_dataclass(node):
        kept = (form(getattr(node, each.name)) for each in fields(node) if each.name not in ("span", "type", "alias"))
        return (type(node).__name__, *kept)
    return node
