"""The one door to durable-rules 2.0.28: patterns and facts in, matches out. What follows from a match is not its matter.

Policy and expressions are unknown here; `patterns` makes a rule's condition into a `Pattern`, `assess` turns matches
into findings and into further facts.

The library does real Rete inference in C, and is kept on a short leash. Its Python half (`durable.engine`) is not
used: its `Host` starts two timer threads that dispatch beside you; an unmatched fact raises, and takes the matches of
its batch with it; an exception in an action ends as text in the state; matches are dropped without a word once an
action has lasted ten seconds by the *local wall clock*, which a change to summer time does; `utcfromtimestamp` warns
from CPython 3.12. Five functions of the C half need none of that: no action runs in Python, so none can fail.
What else was found, in the C sources and by trial, each with a test that names it:

- Names, ids and states are told apart by a 32-bit hash alone. They are numbered here, in a range free of collisions.
- `'5' > 4` and `True > 0` hold. A property travels as two, its type and its value, and types are compared first.
- Texts are compared as they stand in JSON, beyond their end (`a b` before `a`), lengths modulo 65,536. They travel as
  the hexadecimal of their UTF-8, whose order is that of Python.
- A join that meets a missing property aborts the batch, a comparison within a fact then reads uninitialised memory:
  a test of presence precedes every reference. A join on the library's own `id` reads freed memory: ours is a copy.
- A join whose last test fails runs off its table, at times into a segmentation fault: the last test always holds.
- `$or` loses matches or doubles them. A pattern becomes its alternatives, a library rule each, doubles removed here.
- More than 64 alternatives that hold for one fact overflow a stack. They stand in a tree, sixteen to a branch.
- A fact of more than 254 properties ends its batch, silently. Only properties that rules mention are told, at most 120.
- A state deleted before its first action frees uninitialised memory. Every session opens with a fact that fires.
- 1,024 live states overrun a table, and a state keeps its memory: a session takes a seat, and gives it back.

The library never releases the interpreter's lock, so each call is atomic; sessions of many threads need no other.
"""

from __future__ import annotations

import json
import sys
import threading
import weakref
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, product
from math import prod
from typing import TYPE_CHECKING, ClassVar, Final, Literal, NamedTuple, Self, TypeAlias, final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType, TracebackType

Value: TypeAlias = int | str | bool
Fact: TypeAlias = Mapping[str, Value]
"""Each has `id`, a text or an integer unique within its session, and `kind`, a text."""

Operator = Literal["==", "!=", "<", "<=", ">", ">="]
MOST_ALTERNATIVES: Final = 1024
MOST_JOINS: Final = 14
MOST_PROPERTIES: Final = 120
MOST_SESSIONS: Final = 512
MOST_FACTS: Final = 500_000
LONGEST_TEXT: Final = 32_767

_BRANCH: Final = 16
_NAMES: Final = ("a", "b", "c")
_OPERATORS: Final[Mapping[Operator, str]] = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_MIRRORED: Final[Mapping[Operator, Operator]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_MARKS: Final[Mapping[type, int]] = {bool: 0, int: 1, str: 2}
_importing: Final = threading.Lock()


@final
@dataclass(frozen=True, slots=True)
class Ref:
    """The property of a bound fact, as the operand of a test."""

    variable: str
    property: str


@final
@dataclass(frozen=True, slots=True)
class Test:
    """A comparison. It holds between values of one type only, and never for a missing one, not under `!=` either."""

    variable: str
    property: str
    op: Operator
    operand: Value | Ref
    __test__: ClassVar = False  # pytest takes classes by their name


@final
@dataclass(frozen=True, slots=True)
class Has:
    """The fact has this property."""

    variable: str
    property: str


@final
@dataclass(frozen=True, slots=True)
class Lacks:
    """The fact does not have this property."""

    variable: str
    property: str


@final
@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; so it does without parts."""

    parts: tuple[Condition, ...]


@final
@dataclass(frozen=True, slots=True)
class Any:
    """Some part holds; none does without parts."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Test | Has | Lacks | All | Any


@final
@dataclass(frozen=True, slots=True)
class Pattern:
    """What a rule asks of one to three different facts: a name and a kind for each, and a condition over them."""

    rule: str
    variables: tuple[tuple[str, str], ...]
    condition: Condition


class Match(NamedTuple):
    """A rule, and the ids of the facts that complete it, in the order of the pattern's variables."""

    rule: str
    facts: tuple[int | str, ...]


@final
class Engine:
    """Patterns, compiled once; any number of threads may hold sessions of it, each its own.

    Raises:
        ValueError: a pattern is malformed, or larger than the library can hold; it names the rule.
        TypeError: a constant is neither an integer, a text nor a truth value.
    """

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._layout = _Layout()
        self._patterns: list[Pattern] = []  # one a library rule, whose name is the index
        self._seats = list(range(MOST_SESSIONS, 0, -1))
        rules: dict[str, object] = {"open": {"all": [{"a": {"k": 0}}], "cap": 1}}
        for pattern in patterns:
            try:
                for members in self._layout.compiled(pattern):
                    rules[str(len(self._patterns))] = {"all": members, "cap": _BRANCH**3}
                    self._patterns.append(pattern)
            except (TypeError, ValueError) as error:
                raise type(error)(f"rule {pattern.rule}: {error}") from error
        self._library = _import_library()
        self._handle: int = self._library.create_ruleset("zhunsheng", json.dumps(rules))
        weakref.finalize(self, self._library.delete_ruleset, self._handle).atexit = False

    def session(self) -> Session:
        """A place to tell facts, for use in `with`, by one thread."""
        return Session(self)

    def open(self) -> int:
        """Take a seat and fire the opening rule there (for `Session`)."""
        try:
            seat = self._seats.pop()
        except IndexError:
            raise RuntimeError(f"more than {MOST_SESSIONS} sessions of one engine at a time") from None
        code, state = self._library.assert_facts(self._handle, f'[{{"sid":"{seat}","id":"open","k":0}}]')
        started = self._library.start_action_for_state(self._handle, state)
        assert code == 0, code
        assert started is not None, seat
        assert started[1].startswith('{"open":'), started
        more = self._library.complete_and_start_action(self._handle, state)
        assert more is None, more
        return seat

    def close(self, seat: int) -> None:
        """Free what a session holds, then its seat (for `Session`)."""
        self._library.delete_state(self._handle, str(seat))
        self._seats.append(seat)

    def complete(self, seat: int, facts: Mapping[int, Fact]) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Assert numbered facts; give rules and numbers of facts they complete, once an alternative (for `Session`)."""
        batch = [
            {"sid": str(seat), "id": str(number), **encoded}
            for number, fact in facts.items()
            if (encoded := self._layout.encoded(fact))
        ]
        for action, frames in self._actions(batch) if batch else ():
            pattern = self._patterns[int(action)]
            for frame in frames:
                yield pattern.rule, tuple(int(frame[name]["id"]) for name in _NAMES[: len(pattern.variables)])

    def _actions(self, batch: list[dict[str, Value]]) -> Iterator[tuple[str, list[dict[str, dict[str, str]]]]]:
        code, state = self._library.assert_facts(self._handle, json.dumps(batch))
        assert code in {0, 1}, code  # 1: some fact matched nothing; 2 would be an id seen before
        started = self._library.start_action_for_state(self._handle, state)
        text = started[1] if started else None
        while text:
            yield from json.loads(text).items()
            text = self._library.complete_and_start_action(self._handle, state)


@final
class Session:
    """Facts told, and what they match: `with engine.session() as session: session.tell(facts)`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seat = 0
        self._numbers: dict[int | str, int] = {}

    def __enter__(self) -> Self:
        self._seat = self._engine.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        seat, self._seat = self._seat, 0
        self._engine.close(seat)

    def tell(self, facts: Iterable[Fact]) -> list[Match]:
        """Add facts, and give every match that they complete, with each other or with facts told before.

        Each match comes once, ordered by rule and facts; a fact is never matched with itself. Kinds and properties
        that no rule mentions are checked and left out. Nothing is told when one of these errors is raised.

        Raises:
            ValueError: an id is told twice; a value that rules compare is a number of more than 64 bits, a text of more
                than 32,767 bytes.
            TypeError: a value is neither an integer, a text nor a truth value.
        """
        if not self._seat:
            raise RuntimeError("a session is used within `with`")
        numbers, told = dict(self._numbers), {}
        for fact in facts:
            name = fact["id"]
            if isinstance(name, bool):
                raise TypeError(f"fact {name!r}: an id is a text or an integer")
            if name in numbers:
                raise ValueError(f"fact {name!r} is told twice")
            numbers[name] = len(numbers)
            told[numbers[name]] = fact
        if len(numbers) > MOST_FACTS:
            raise ValueError(f"more than {MOST_FACTS} facts in one session")
        found = set(self._engine.complete(self._seat, told))
        self._numbers, names = numbers, list(numbers)
        matches = (Match(rule, tuple(names[number] for number in bound)) for rule, bound in found)
        return sorted(matches, key=lambda match: (match.rule, [(isinstance(name, str), name) for name in match.facts]))


class _Column(NamedTuple):
    """A property of a kind: what the library calls its type and its value, and whether any rule needs the value."""

    mark: str
    value: str
    compared: bool


class _Layout:
    """How patterns and facts are written for the library: kinds and properties as numbers, values with their type.

    A fact of kind 3 whose second property is the text `a`: `{"k": 3, "z": 0, "t1": 2, "v1": "61"}`.
    """

    def __init__(self) -> None:
        self._rules: set[str] = set()
        self._kinds: dict[str, int] = {}
        self._columns: dict[str, dict[str, _Column]] = {}
        self._chains: Counter[str] = Counter()

    def encoded(self, fact: Fact) -> dict[str, Value]:
        """What rules mention of a fact; empty for a kind that none mentions."""
        kind = fact["kind"]
        if not isinstance(kind, str):
            raise TypeError(f"fact {fact['id']!r}: a kind is a text, not {kind!r}")
        columns = self._columns.get(kind, {})
        found: dict[str, Value] = {"k": self._kinds[kind], "z": 0} if kind in self._kinds else {}
        try:
            for name, value in fact.items():
                mark = _mark(value)
                if (column := columns.get(name)) is not None:
                    found[column.mark] = mark
                    if column.compared:
                        found[column.value] = _told(value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"fact {fact['id']!r}, {name}: {error}") from error
        return found

    def compiled(self, pattern: Pattern) -> Iterator[list[object]]:
        """The different alternatives of a pattern, each as a library rule's tests for every variable."""
        if pattern.rule in self._rules:
            raise ValueError("stands twice")
        self._rules.add(pattern.rule)
        order = [name for name, _ in pattern.variables]
        if not 1 <= len(order) <= len(_NAMES) or len(set(order)) < len(order):
            raise ValueError(f"one to three variables with different names, not {order}")
        if (count := _count(pattern.condition)) > MOST_ALTERNATIVES:
            raise ValueError(f"{count} alternatives of `and` and `or`, at most {MOST_ALTERNATIVES}")
        seen = set()
        for parts in _alternatives(pattern.condition):
            tests: list[list[object]] = [[] for _ in order]
            joins: list[list[object]] = [[] for _ in order]
            for part in parts:
                self._add(part, pattern, tests, joins)
            if max(map(len, joins)) > 2 * MOST_JOINS:
                raise ValueError(f"more than {MOST_JOINS} comparisons of one fact with others")
            if (text := json.dumps((tests, joins))) not in seen:  # not the parts: 1 == True would make one of two
                seen.add(text)
                last: list[object] = [{"$lte": {"z": {"a": "z"}}}]
                yield [
                    {_NAMES[at]: {"$and": [*self._branch(kind), *tests[at], *joins[at], *(last if at else ())]}}
                    for at, (_, kind) in enumerate(pattern.variables)
                ]

    def _add(
        self,
        part: Test | Has | Lacks,
        pattern: Pattern,
        tests: list[list[object]],
        joins: list[list[object]],
    ) -> None:
        """Put a part of an alternative where the library looks for it: with the last bound of its variables."""
        at, column = self._place(pattern, part)
        match part:
            case Test(op=op, operand=Ref() as operand):
                there, other = self._place(pattern, operand)
                if at < there:
                    at, column, op, there, other = there, other, _MIRRORED.get(op, op), at, column
                source, goal = ("$m", tests) if at == there else (_NAMES[there], joins)
                tests[there].append({"$ex": {other.mark: 1}})
                goal[at] += [{column.mark: {source: other.mark}}, _compare(op, column.value, {source: other.value})]
            case Test(op=op, operand=operand):
                assert not isinstance(operand, Ref)
                tests[at] += [{column.mark: _mark(operand)}, _compare(op, column.value, _told(operand))]
            case Has():
                tests[at].append({"$ex": {column.mark: 1}})
            case Lacks():
                tests[at].append({"$nex": {column.mark: 1}})

    def _place(self, pattern: Pattern, part: Test | Ref | Has | Lacks) -> tuple[int, _Column]:
        """The position of a variable, and the column of its property, one of those that rules mention of its kind."""
        for at, (variable, kind) in enumerate(pattern.variables):
            if variable == part.variable:
                columns = self._columns.setdefault(kind, {})
                old = columns.get(part.property) or _Column(f"t{len(columns)}", f"v{len(columns)}", compared=False)
                new = old._replace(compared=old.compared or isinstance(part, Test | Ref))
                columns[part.property] = new
                if len(columns) > MOST_PROPERTIES:
                    raise ValueError(f"more than {MOST_PROPERTIES} properties of {kind} in all rules")
                return at, new
        raise ValueError(f"no variable {part.variable}")

    def _branch(self, kind: str) -> list[object]:
        """The way to the next alternative of a kind: its number, and two tests that always hold."""
        number = self._kinds.setdefault(kind, len(self._kinds) + 1)
        leaf = self._chains[kind] // _BRANCH
        self._chains[kind] += 1
        if self._chains.total() >= _BRANCH**3:
            raise ValueError(f"{_BRANCH**3} alternatives in all rules are too many")
        return [{"k": number}, {"$gte": {"k": -(leaf // _BRANCH)}}, {"$gte": {"k": -leaf}}]


def _compare(op: Operator, value: str, operand: object) -> object:
    return {value: operand} if op == "==" else {_OPERATORS[op]: {value: operand}}


def _mark(value: object) -> int:
    """The type of a value, as a number."""
    mark = _MARKS.get(type(value))
    if mark is None:
        raise TypeError(f"{value!r} is neither an integer, a text nor a truth value")
    return mark


def _told(value: Value) -> Value:
    """A value in the form that the library compares rightly with others of its type."""
    if isinstance(value, str):
        told = value.encode("utf-8", "surrogatepass").hex()
        if len(told) > 2 * LONGEST_TEXT:
            raise ValueError(f"a text of more than {LONGEST_TEXT} bytes cannot be compared")
        return told
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"{value} needs more than 64 bits")
    return value


def _count(condition: Condition) -> int:
    match condition:
        case All(parts):
            return prod(map(_count, parts))
        case Any(parts):
            return sum(map(_count, parts))
        case _:
            return 1


def _alternatives(condition: Condition) -> Iterator[tuple[Test | Has | Lacks, ...]]:
    """The disjunctive normal form: the condition holds when all parts of some alternative do."""
    match condition:
        case All(parts):
            for each in product(*map(_alternatives, parts)):
                yield tuple(chain.from_iterable(each))
        case Any(parts):
            yield from chain.from_iterable(map(_alternatives, parts))
        case part:
            yield (part,)


def _import_library() -> ModuleType:
    """The library's C half, imported when the first engine is made.

    Built for CPython 3.13 or later it may name a function that is gone (`PyEval_CallObject`), in callbacks that are
    never set here; bound lazily, that does not matter. `os` has the flag too, but is not for the core.
    """
    with _importing:
        if "durable_rules_engine" not in sys.modules:
            from posix import RTLD_LAZY  # noqa: PLC0415  where CPython defines it; not on every platform

            flags = sys.getdlopenflags()
            sys.setdlopenflags(RTLD_LAZY)
            try:
                import durable_rules_engine  # noqa: F401, PLC0415  only those who infer pay for it
            finally:
                sys.setdlopenflags(flags)
        return sys.modules["durable_rules_engine"]
