"""Between what bounds a figure lies whatever a document says: one walk over the formulas, all inputs free at once.

Bounds are sound, and not always tight: what is inside is proved, what is not has to be shown by a document or sampled.
They are affine in the points of the score, a + b·P with P ≥ 0, so that `分值 × min(完成率, 1)` is at most P for every P.
Amounts, counts and points of the form are taken to be at least 0; what an indicator measures and what a ruleset
declares may be any number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final, cast, final

from zhunsheng.expression.check import names_in
from zhunsheng.expression.tree import (
    NEGATED,
    Absent,
    Aggregate,
    Arithmetic,
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
    Reference,
    Round,
    Table,
)
from zhunsheng.expression.types import NUMERIC
from zhunsheng.number import Mode, Rounding
from zhunsheng.proof.bounds import (
    ANY,
    NIL,
    NOT_NEGATIVE,
    POINTS,
    SHARE,
    ZERO,
    Affine,
    Extent,
    all_of,
    best_of,
    exactly,
    greater,
    inverse,
    is_empty,
    lesser,
    product,
    rounded_end,
    summed,
    tighter,
)
from zhunsheng.proof.subject import is_amount
from zhunsheng.ruleset.vocabulary import DOCUMENT, DOSSIER, INDICATOR, WEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.expression.tree import Comparator
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.ruleset.policy import Rule, Score

Key = tuple[str, str]
_POINT_PLACES: Final = 2
"""Points stand on forms in whole cents at most; a rounding to two places or more leaves them as they are."""


Known = dict[Key, Extent]


def extent_of_score(ruleset: Ruleset, score: Score) -> tuple[Extent, Affine]:
    """Between what a score lies on any document, with the points that it is out of."""
    reader = Reader(ruleset, _places(ruleset, score.points))
    points, known = POINTS, {}
    alone = reader.read(score.points, {})
    if alone.low is not None and alone.low == alone.high:
        points = alone.low
    if isinstance(score.points, Name) and score.points.reference is not None:
        known[score.points.reference.scope, score.points.reference.key] = Extent(points, points)
    elif points is POINTS:
        return ANY, POINTS
    return reader.score(score, known), points


def _places(ruleset: Ruleset, points: Node) -> int | None:
    """Decimals of points: of a field of the form as it stands there, of what is worked out those of its rounding."""
    if not isinstance(points, Name) or points.reference is None:
        return None
    key = (points.reference.scope, points.reference.key)
    for each in ruleset.quantities:
        if (each.scope, each.name) == key:
            return each.roundings[-1].places if each.roundings else None
    return _POINT_PLACES if is_amount(ruleset, *key) else None


@final
@dataclass(slots=True)
class Reader:
    """Reads the formulas of a ruleset; what was found of a name where nothing narrows it is kept."""

    ruleset: Ruleset
    places: int | None = None
    """Decimals that the points of the score have at most; None where that is not known."""
    kept: dict[tuple[Key, tuple[tuple[Key, Extent], ...]], Extent] = field(default_factory=dict)
    reading: set[Key] = field(default_factory=set)

    def score(self, score: Score, known: Known) -> Extent:
        """A score, what stands in for it where it has no value included."""
        found = self.rounded(self.read(score.formula, known), score.roundings)
        if score.otherwise is None:
            return found
        return found.joined(self.rounded(self.read(score.otherwise, known), score.roundings))

    def read(self, node: Node, known: Known) -> Extent:
        """The extent of a number; of what is no number, anything."""
        match node:
            case Constant():
                return exactly(node.value) if isinstance(node.value, Fraction) else _nothing_or_any(node)
            case Name():
                return self.name(cast("Reference", node.reference), known)
            case Negative():
                return self.read(node.operand, known).negative()
            case Arithmetic():
                return self.arithmetic(node, known)
            case Choice():
                return self.hull(
                    (node.yes, self.narrowed(node.test, known, holds=True)),
                    (node.no, self.narrowed(node.test, known, holds=False)),
                )
            case Table():
                return self.table(node, known)
            case Lines():
                values = [cast("Fraction", value.value) for _, value in node.points]
                return Extent(Affine(min(values)), Affine(max(values)))
            case Round():
                return self.rounded(self.read(node.operand, known), (node.rounding,))
            case Extreme():
                return self.extreme(node, known)
            case Aggregate():
                return self.aggregate(node, known)
            case _:
                return ANY

    def hull(self, *branches: tuple[Node, Known]) -> Extent:
        """What holds the value of every branch that can have one."""
        found: Extent | None = None
        for node, known in branches:
            if _has_value(node) and not any(is_empty(each) for each in known.values()):
                one = self.read(node, known)
                found = one if found is None else found.joined(one)
        return NIL if found is None else found

    def rounded(self, extent: Extent, roundings: Iterable[Rounding]) -> Extent:
        """What becomes of it through roundings in turn."""
        for each in roundings:
            low = rounded_end(extent.low, each, Mode.FLOOR, self.places)
            extent = Extent(low, rounded_end(extent.high, each, Mode.CEILING, self.places))
        return extent

    # Operations

    def arithmetic(self, node: Arithmetic, known: Known) -> Extent:
        """Plus, minus, times, divided by."""
        left, right = self.read(node.left, known), self.read(node.right, known)
        match node.operator:
            case "+":
                return left.plus(right)
            case "-":
                return left.plus(right.negative())
            case "*":
                return product(left, right)
            case "/":
                return product(left, inverse(right))

    def extreme(self, node: Extreme, known: Known) -> Extent:
        """The least or greatest; `max(x, -x)` is not below 0."""
        parts = [self.read(each, known) for each in node.parts]
        lows, highs = [each.low for each in parts], [each.high for each in parts]
        if node.which == "min":
            return Extent(all_of(lows, lesser), best_of(highs, lambda a, b: a.at_most(b)))
        found = Extent(best_of(lows, lambda a, b: b.at_most(a)), all_of(highs, greater))
        one, *others = node.parts
        if not found.is_positive and any(isinstance(each, Negative) and each.operand == one for each in others):
            return Extent(ZERO, found.high)  # |x|
        return found

    def table(self, node: Table, known: Known) -> Extent:
        """Every row where its conditions may hold."""
        branches = []
        for row in node.rows:
            inside = dict(known)
            for sign, bound in row.conditions:
                inside = self.narrowed(Compare(sign, node.argument, bound), inside, holds=True)
            branches.append((row.value, inside))
        if node.otherwise is not None:
            branches.append((node.otherwise, known))
        return self.hull(*branches)

    def aggregate(self, node: Aggregate, known: Known) -> Extent:
        """A figure over any number of things."""
        inside = {key: each for key, each in known.items() if key[0] in (DOCUMENT, DOSSIER)}  # of others, which one?
        if node.condition is not None and _tells_things_apart(node):
            inside = self.narrowed(node.condition, inside, holds=True)
        value = ANY if node.value is None else self.read(node.value, inside)
        match node.gathering:
            case "count":
                return NOT_NEGATIVE
            case "share":
                return SHARE
            case "sum":
                return summed(value)
            case "min" | "max" | "mean" | "median":
                return value
            case _:
                return ANY

    # Names

    def name(self, reference: Reference, known: Known) -> Extent:
        """What is known of a name, or what its formula says."""
        key = (reference.scope, reference.key)
        if key in known:
            return known[key]
        if key in self.reading:
            return ANY
        mark = (key, tuple(sorted(known.items(), key=lambda each: each[0])))
        if mark not in self.kept:
            self.reading.add(key)
            self.kept[mark] = self.found(key, known)
            self.reading.remove(key)
        return self.kept[mark]

    def found(self, key: Key, known: Known) -> Extent:
        """The formula behind a name, or what its field may hold."""
        scope, name = key
        ruleset = self.ruleset
        for each in (*ruleset.quantities, ruleset.total):
            if (each.scope, each.name) == key:
                return self.rounded(self.read(each.formula, known), each.roundings)
        weights = {f"权重.{each}": node for each, (node, _) in ruleset.weights.items()}
        if scope == DOCUMENT and name in weights:
            return self.read(weights[name], known)
        if key == (WEIGHT, "应得分值"):
            return self.hull(*((node, known) for node in weights.values()))
        if key == (DOCUMENT, "满分"):
            return self.read(ruleset.full_marks, known)
        if name == "扣分" and scope in (DOCUMENT, INDICATOR):
            return self.deducted(scope, known)
        for score in ruleset.scores:
            if key == (score.scope, f"{score.name}.得分"):
                return self.score(score, known)
            if key == (score.scope, f"{score.name}.分值"):
                return self.read(score.points, known)
        return self.filed(key)

    def filed(self, key: Key) -> Extent:
        """What a field may hold."""
        return NOT_NEGATIVE if is_amount(self.ruleset, *key) else ANY

    def deducted(self, scope: str, known: Known) -> Extent:
        """What rules take off: of each nothing or its deduction, once, or for each thing it is joined with."""
        found = NIL
        for rule in self.ruleset.rules:
            if rule.outcome == "deduct" and rule.binders[0].scope == scope:
                one = self.deduction(rule, known)
                found = found.plus(summed(one) if len(rule.binders) > 1 else one.joined(NIL))
        return found

    def deduction(self, rule: Rule, known: Known) -> Extent:
        """What a rule takes off where it holds."""
        if len(rule.binders) > 1:
            return self.read(cast("Node", rule.deduction), {})
        inside = dict(known)
        if rule.when is not None:
            inside = self.narrowed(rule.when, inside, holds=True)
        if rule.check is not None:
            inside = self.narrowed(rule.check, inside, holds=False)
        return self.read(cast("Node", rule.deduction), inside)

    # Conditions

    def narrowed(self, test: Node, known: Known, *, holds: bool) -> Known:
        """What is known of names where a condition holds, or does not."""
        match test:
            case Not():
                return self.narrowed(test.operand, known, holds=not holds)
            case Logic() if (test.operator == "and") is holds:
                for part in test.parts:
                    known = self.narrowed(part, known, holds=holds)
                return known
            case Compare():
                sign = test.operator if holds else NEGATED[test.operator]
                known = self.bounded(test.left, sign, test.right, known)
                return self.bounded(test.right, _TURNED[sign], test.left, known)
            case _:
                return known

    def bounded(self, node: Node, sign: Comparator, bound: Node, known: Known) -> Known:
        """A name within what it is compared with."""
        if not isinstance(node, Name) or node.reference is None or node.type not in NUMERIC:
            return known
        at, limit = self.read(node, known), self.read(bound, known)
        low = limit.low if sign in (">", ">=", "=") else None
        high = limit.high if sign in ("<", "<=", "=") else None
        key = (node.reference.scope, node.reference.key)
        return {**known, key: Extent(tighter(at.low, low, 1), tighter(at.high, high, -1))}


_TURNED: Final[dict[Comparator, Comparator]] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _tells_things_apart(node: Aggregate) -> bool:
    """Whether no two things of one scope are named in it: what narrows the one says nothing of the other."""
    parts = (node.value, node.condition)
    named = {(each.scope, each.binder) for part in parts if part is not None for each in names_in(part)}
    return len({scope for scope, _ in named}) == len(named)


def _has_value(node: Node) -> bool:
    return not (isinstance(node, Constant) and isinstance(node.value, Absent))


def _nothing_or_any(node: Constant) -> Extent:
    return NIL if isinstance(node.value, Absent) else ANY
