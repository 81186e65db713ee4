"""A document under a ruleset, ready to be read as a function of any one of its inputs.

>>> from zhunsheng import load_document, load_ruleset
>>> form = subject(load_document("fixtures/zhuzhou-2021/department.yaml"), load_ruleset("zhuzhou-2021"))
>>> spent = form.input(form.document, "全年执行数")
>>> score = form.pieces(form.element("预算执行率.得分"), spent)
>>> score.at(spent.value), spent.places
(Fraction(169, 20), 2)
>>> [each.key for each in free_inputs_of(form, form.element("预算执行率.得分"))]
['执行率', '全年执行数', '全年预算数']
>>> print(form.pieces(form.element("预算执行率.得分"), form.input(form.document, "执行率")).written())
(-∞, 0]: 0
(0, 1]: (10·x); 2 places half-up
(1, ∞): 10
missing: Absent.UNDECIDED
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast, final

from zhunsheng import measure
from zhunsheng.evaluation.facts import world_of_document
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import Item, run
from zhunsheng.expression.exact import find, members
from zhunsheng.expression.pieces import Definition, Free, Pieces, pieces
from zhunsheng.expression.tree import Absent, Aggregate, Arithmetic, Constant, Name, Node, Reference, children
from zhunsheng.expression.types import NUMERIC, Type
from zhunsheng.proof.behind import Behind
from zhunsheng.ruleset import in_force
from zhunsheng.ruleset.strata import RULE, needs_of
from zhunsheng.ruleset.vocabulary import DOCUMENT, FUND, INDICATOR, fields_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from zhunsheng.document import Document
    from zhunsheng.evaluation.plan import Plan
    from zhunsheng.evaluation.score import Run
    from zhunsheng.expression.exact import Bound, Thing
    from zhunsheng.expression.pieces import Definitions
    from zhunsheng.expression.tree import Value
    from zhunsheng.ruleset import Ruleset

MOST_PLACES: Final = 12
"""What a document can hold after the point."""
_CENTS: Final = 2
_OF_PERCENT: Final = 4
_SCALED: Final = {"目标金额": Fraction(1, 10_000), "实际金额": Fraction(1, 10_000)}
"""Readings of a cell beside the number itself that are told in another unit."""


class Element(NamedTuple):
    """A figure of a document: a score, a quantity, the total, the grade, by the thing it is of and its name."""

    thing: Thing
    key: str


class Input(NamedTuple):
    """What a figure can be read as a function of.

    Attributes:
        thing, key: whose it is, and its name.
        places: decimal places on which documents hold it; of a named quantity those of its rounding.
        low, high: between what it can lie; None for no end.
        value: what the document at hand has.
        filed: whether it is a field of the document, and not a named quantity.
    """

    thing: Thing
    key: str
    places: int
    low: Fraction | None
    high: Fraction | None
    value: Value
    filed: bool

    @property
    def free(self) -> Free:
        """The input as `expression.pieces` takes it."""
        return Free(self.thing, self.key)


def is_amount(ruleset: Ruleset, scope: str, key: str) -> bool:
    """Whether a name is a field of the form that is not below 0: an amount, a count, points, a printed rate.

    What an indicator measures may be any number, and so may what a ruleset declares.
    """
    if scope not in (DOCUMENT, INDICATOR, FUND):
        return False
    type_ = ruleset.scopes[scope].fields.get(key)
    return type_ in NUMERIC and type_ is not Type.QUANTITY and key in _of_form(scope)


@cache
def _of_form(scope: str) -> frozenset[str]:
    return frozenset(each.name for each in fields_of(scope))


def subject(document: Document, ruleset: Ruleset) -> Subject:
    """A document at work under a ruleset, as the ruleset stands in the document's year.

    Raises:
        Refused: the ruleset has nothing in force in that year.
    """
    ruleset = in_force(ruleset, document.year)
    plan = plan_of(ruleset)
    return Subject(document, ruleset, plan, run(plan, world_of_document(document, ruleset)))


def free_inputs_of(form: Subject, element: Element) -> tuple[Input, ...]:
    """Every numeric quantity and filed field that an element is worked out from, the nearest first."""
    return form.inputs(element)


@final
@dataclass(slots=True)
class Subject:
    """See `subject`.

    Attributes:
        filed: the document as it was filed.
        ruleset: as it stands in the document's year.
        outcome: the run, with its world, scores and conclusions.
    """

    filed: Document
    ruleset: Ruleset
    plan: Plan
    outcome: Run
    behind: Behind = field(init=False)

    def __post_init__(self) -> None:
        """The definitions are those of this world."""
        self.behind = Behind(self.plan, self.outcome)

    @property
    def document(self) -> Thing:
        """The document as a thing."""
        return self.outcome.world.things[DOCUMENT][0]

    @property
    def indicators(self) -> Sequence[Thing]:
        """The rows of indicators."""
        return self.outcome.world.things.get(INDICATOR, ())

    @property
    def items(self) -> Sequence[Item]:
        """The scores given, in the order of the form."""
        return self.outcome.items

    def element(self, key: str, thing: Thing | None = None) -> Element:
        """A figure by its name: `总分`, `等级`, `预算执行率.得分`, a quantity; `得分` of an indicator."""
        return Element(thing or self.document, key)

    def score_of(self, item: Item) -> Element:
        """The figure that an item is the score of."""
        name = f"{item.scoring.score.name}.得分" if item.scoring and item.thing.scope == DOCUMENT else "得分"
        return Element(item.thing, name)

    def value(self, element: Element) -> Value:
        """What the document at hand has for a figure."""
        return element.thing.values.get(element.key, Absent.MISSING)

    def pieces(
        self, element: Element, by: Input | Free, low: Fraction | None = None, high: Fraction | None = None
    ) -> Pieces:
        """A figure as a function of one input, all others as the document has them, roundings included.

        Args:
            element: the figure.
            by: the input.
            low: the least value of the input; the input's own where not given.
            high: the greatest.

        Returns:
            The function. It is `beyond` where a rule that joins several things would have a say in it, since what such
            a rule concludes is taken as it stands.
        """
        free = by.free if isinstance(by, Input) else by
        found = self.read(_name(element.thing.scope, element.key), (element.thing,), by, low, high)
        return replace(found, beyond=True) if self._held(element, free) else found

    def read(
        self, node: Node, bound: Bound, by: Input | Free, low: Fraction | None = None, high: Fraction | None = None
    ) -> Pieces:
        """As `pieces`, for any formula of the ruleset on things of this document."""
        free = by.free if isinstance(by, Input) else by
        low = by.low if low is None and isinstance(by, Input) else low
        high = by.high if high is None and isinstance(by, Input) else high
        return pieces(node, bound, free, low, high, definitions=self._following(free))

    # What an element depends on

    def input(self, thing: Thing, key: str) -> Input:
        """An input by the thing it is of and its name."""
        definition = self.behind(thing, key)
        value = thing.values.get(key, Absent.MISSING)
        if definition is None:
            low = Fraction(0) if is_amount(self.ruleset, thing.scope, key) else None
            return Input(thing, key, self._places(thing, key), low, None, value, filed=True)
        places = definition.roundings[-1].places if definition.roundings else MOST_PLACES
        return Input(thing, key, places, None, None, value, filed=False)

    def inputs(self, element: Element, without: Iterable[Element] = ()) -> tuple[Input, ...]:
        """As `free_inputs_of`; what is reached only through an element of `without` is left out, those themselves too."""
        stops = {(id(each.thing), each.key) for each in without}
        reached = self.reached(element, stops)
        return tuple(self.input(*each) for each in reached if each != element and self._is_free(each))

    def _is_free(self, element: Element) -> bool:
        thing, key = element
        type_ = self.ruleset.scopes[thing.scope].fields.get(key) if thing.scope in self.ruleset.scopes else None
        if type_ not in NUMERIC:
            return False
        definition = self.behind(thing, key)
        if definition is not None:
            return not isinstance(definition.formula, Constant)
        return thing.place(key) is not None

    def reached(self, element: Element, stops: Collection[tuple[int, str]] = ()) -> list[Element]:
        """Every name that an element needs, itself included, the nearest first; nothing behind those of `stops`."""
        found: dict[tuple[int, str], Element] = {}
        queue = [element]
        for each in queue:
            at = (id(each.thing), each.key)
            if at in found or at in stops:
                continue
            found[at] = each
            definition = self.behind(*each)
            if definition is not None:
                queue += _needs(definition, each.thing)
        return list(found.values())

    def _places(self, thing: Thing, key: str) -> int:
        scope = self.ruleset.scopes[thing.scope]
        known = scope.known.get(key)
        declared = None if known is None else known.places
        match scope.fields.get(key):
            case Type.MONEY:
                return (_CENTS if declared is None else declared) + (4 if self.filed.currency_unit == "元" else 0)
            case _ if declared is not None:
                return declared
            case Type.PERCENT:
                return _OF_PERCENT
            case Type.QUANTITY:
                return self._printed(thing, key)
            case _:
                return _CENTS

    def _printed(self, thing: Thing, key: str) -> int:
        """Places of what an indicator measures: two, or as many as its cell shows; of a percent four."""
        text = thing.values.get("实际完成值" if key.startswith("实际") else "年度指标值")
        shown = measure.read_actual(text, measure.read_target(None)).places if isinstance(text, str) else None
        return max(shown or 0, _OF_PERCENT if thing.values.get("计量单位") == "%" else _CENTS)

    def _following(self, free: Free) -> Definitions:
        """The definitions, with all else that the cell of the free input says following it."""
        place = free.thing.place(free.key)
        value = free.thing.values.get(free.key)
        if place is None or not isinstance(value, Fraction) or self.behind(*free) is not None:
            return self.behind
        found: dict[tuple[int, str], Definition] = {}
        for thing, key in self._of_cell(free, place):
            other = cast("Fraction", thing.values[key])
            scale = _SCALED.get(key, Fraction(1)) / _SCALED.get(free.key, Fraction(1))
            found[id(thing), key] = Definition(_affine(free, scale, other - scale * value), (), (free.thing,))
        return lambda thing, key: found.get((id(thing), key)) or self.behind(thing, key)

    def _of_cell(self, free: Free, place: str) -> Iterator[Element]:
        """The other numbers that stand in the cell of an input: a ratio beside the number, the row of funds again."""
        for things in self.outcome.world.things.values():
            for thing in things:
                for key, value in thing.values.items():
                    same = thing is free.thing and key == free.key
                    if not same and isinstance(value, Fraction) and thing.place(key) == place:
                        yield Element(thing, key)

    def _held(self, element: Element, free: Free) -> bool:
        """Whether a conclusion that is taken as it stands may depend on the input."""
        reached = self.reached(element)
        rules = {rule for each in reached for rule in self.behind.held.get((id(each.thing), each.key), ())}
        if not rules:
            return False
        place = free.thing.place(free.key)
        moved = {(free.thing.scope, free.key)}
        if place is not None:
            moved |= {(each.thing.scope, each.key) for each in self._of_cell(free, place)}
        needs = needs_of(self.ruleset)
        queue = [(RULE, each) for each in rules]
        done = set(queue)
        for key in queue:
            for need in needs.get(key, ()):
                if need not in done:
                    done.add(need)
                    queue.append(need)
        return not moved.isdisjoint(done)


def _needs(definition: Definition, thing: Thing) -> Iterator[Element]:
    bound = (thing,) if definition.bound is None else definition.bound
    yield from _named(definition.formula, bound)
    if definition.otherwise is not None and not isinstance(definition.otherwise, Absent):
        yield from _named(definition.otherwise, bound)


def _named(node: Node, bound: Bound) -> Iterator[Element]:
    """The names of a tree on the things bound, within its aggregates on each of their things."""
    if isinstance(node, Name):
        reference = cast("Reference", node.reference)
        thing = find(reference, bound)
        if thing is not None:
            yield Element(thing, reference.key)
    elif isinstance(node, Aggregate):
        for each in members(cast("Reference", node.collection.reference), bound):
            for part in children(node):
                yield from _named(part, (*bound, each))
    else:
        for part in children(node):
            yield from _named(part, bound)


def _name(scope: str, key: str) -> Name:
    return Name(key, reference=Reference(0, 0, key, scope))


def _affine(free: Free, scale: Fraction, offset: Fraction) -> Node:
    x = _name(free.thing.scope, free.key)
    scaled = Arithmetic("*", x, Constant(scale, Type.NUMBER, ""))
    return Arithmetic("+", scaled, Constant(offset, Type.NUMBER, ""))
