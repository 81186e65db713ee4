"""Why a figure is what it is: its formula, the values put in, where each came from, and how it was rounded.

A derivation is made after the fact, from the same trees and things the figure came from, so that leaving it out
changes no result. It names the elements it rests on; those have derivations of their own (`Explainer.elements`).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final, cast

from zhunsheng.evaluation.assessment import Derivation, Input
from zhunsheng.evaluation.peers import told
from zhunsheng.evaluation.score import document_of, rounded
from zhunsheng.expression.exact import compiled, find, group_in, holds, members, tests_of
from zhunsheng.expression.tree import Absent, Aggregate, Choice, Name, Table, children
from zhunsheng.expression.types import Type
from zhunsheng.expression.words import said, shown, words
from zhunsheng.number import decimal_places, write
from zhunsheng.problem.show import sentence
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR, ITEM, WEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.evaluation.plan import Plan
    from zhunsheng.expression.exact import Bound, Reading, Thing
    from zhunsheng.expression.tree import Node, Reference, Value
    from zhunsheng.number import Rounding
    from zhunsheng.ruleset.policy import Citation, Text


def _exactly(value: Fraction) -> str | None:
    """The value in full; None for one so long that nobody could read it, nor Python write it."""
    return write(value) if max(value.numerator.bit_length(), value.denominator.bit_length()) < LONGEST_BITS else None


LONGEST_BITS: Final = 2048
_UNITS: Final = ("计量单位", "陈述单位")


class Explainer:
    """Derivations for one evaluation, seen from one document (or, with None, from the dossier)."""

    def __init__(self, plan: Plan, viewpoint: Thing | None, caps: tuple[tuple[str, str], ...] = ()) -> None:
        self.plan = plan
        self.viewpoint = viewpoint
        self.caps = caps
        """Rules that cap the document's grade, and at what."""
        self.wanted: dict[str, tuple[Thing, str]] = {}
        """Elements named so far, by the key under which their own derivation is listed."""
        # Formulas share what they name, so that most is asked for several times; trees and things outlive this.
        self._found: dict[str, Derivation] = {}
        self._inputs: dict[tuple[int, int], Input] = {}
        self._texts: dict[tuple[int, str, int], str] = {}
        self._taken: dict[tuple[int, ...], Node | None] = {}
        self._indicators: dict[int, dict[str, Thing]] = {}

    # Figures

    def derivation(
        self,
        element: str,
        node: Node,
        bound: Bound,
        citation: Citation,
        roundings: tuple[Rounding, ...] = (),
        result: Value | None = None,
        type_: Type | None = None,
    ) -> Derivation:
        """The derivation of `node` on these things; `result` where something acted on the value afterwards.

        `type_` is what the element is declared to be: 分值 ÷ 3 is a ratio by itself, but as a score a number of points.
        """
        raw = self.reading(node)(bound)
        value = rounded(raw, roundings) if result is None else result
        changed = isinstance(raw, Fraction) and bool(roundings)
        return Derivation(
            element=element,
            formula=self.words(node),
            values=said(node, lambda each: self.value_text(each, bound), lambda each: self.taken(each, bound)),
            result=shown(value, type_ or node.type, roundings[-1].places if roundings else None),
            before_rounding=_exactly(cast("Fraction", raw)) if changed else None,
            rounding=tuple(map(str, roundings)),
            clause=citation.clause,
            status=citation.status,
            inputs=self.inputs(node, bound),
        )

    def elements(self) -> dict[str, Derivation]:
        """The derivations of all elements named so far, and of those that they name in turn."""
        found: dict[str, Derivation] = {}
        while self.wanted.keys() - found.keys():
            for key in sorted(self.wanted.keys() - found.keys()):
                found[key] = self.of_element(key, *self.wanted[key])
        return dict(sorted(found.items()))

    def of_element(self, key: str, thing: Thing, name: str) -> Derivation:
        """The derivation of a named element of a thing, made once."""
        if key not in self._found:
            self._found[key] = self._of_element(key, thing, name)
        return self._found[key]

    def _of_element(self, key: str, thing: Thing, name: str) -> Derivation:
        if (thing.scope, name) in self.plan.sources:
            source = self.plan.sources[thing.scope, name]
            acted_on = (thing.scope, name) == (DOCUMENT, "等级")  # by caps
            result = thing.values.get(name, Absent.MISSING) if acted_on else None
            if acted_on and self.caps and self.reading(source.formula)((thing,)) != result:
                return self.capped(key, thing, source.formula, result)
            bands = self.plan.ruleset.bands if acted_on else ()
            citation = next((band.citation for band in bands if band.grade == result), source.citation)
            type_ = Type.NUMBER if (thing.scope, name) == (DOCUMENT, "总分") else source.declared
            return self.derivation(key, source.formula, (thing,), citation, source.roundings, result, type_)
        return self.of_score(key, thing, name)

    def capped(self, key: str, thing: Thing, formula: Node, result: Value | None) -> Derivation:
        """The derivation of a grade that rules have capped: the band of the total, and each cap with its rule."""
        lowest = next(
            band for band in reversed(self.plan.ruleset.bands) if band.grade in {grade for _, grade in self.caps}
        )
        whole = self.derivation(key, formula, (thing,), lowest.citation, (), result)
        caps = tuple(Input(rule, shown(grade, Type.TEXT)) for rule, grade in self.caps)
        limits = "、".join(f"{rule} ≤ {grade}" for rule, grade in self.caps)
        return replace(whole, values=f"{whole.values}；{limits}", inputs=whole.inputs + caps)

    def of_score(self, key: str, thing: Thing, name: str) -> Derivation:
        """The derivation of a score: its formula, or what was taken where the formula gave nothing."""
        bound = (thing,)
        kind = str(thing.values.get("指标类型")) if thing.scope == INDICATOR else name.removesuffix(".得分")
        score = self.plan.kinds[kind].score if thing.scope == INDICATOR else self.plan.items[kind].score
        node = score.formula
        if isinstance(self.reading(node)(bound), Absent) and score.otherwise is not None:
            node = score.otherwise
        return self.derivation(key, node, bound, score.citation, score.roundings, type_=Type.NUMBER)

    # Names

    def element_key(self, thing: Thing, name: str) -> str | None:
        """The key of an element's derivation; None for what a document holds or the engine reads in it."""
        scope = thing.scope
        if scope == ITEM:
            return self.score_key(thing) if name == "得分项得分" else None
        scored = (scope == INDICATOR and name == "得分" and str(thing.values.get("指标类型")) in self.plan.kinds) or (
            scope == DOCUMENT and name.removesuffix(".得分") in self.plan.items and name.endswith(".得分")
        )
        if not scored and (scope, name) not in self.plan.sources:
            return None
        within = f"/{WEIGHT}/{thing.values['权重名称']}" if scope == WEIGHT else ""  # no form holds weights
        key = name if thing is self.viewpoint else f"{self.at(thing, None)}{within}#{name}"
        self.wanted[key] = (thing, name)
        return key

    def score_key(self, item: Thing) -> str | None:
        """The key of the score that an item of the total stands for: of the document itself, or of an indicator."""
        document = cast("Thing", item.parent)
        if item.pointer == document.pointer:
            return self.element_key(document, f"{item.values['得分项名称']}.得分")
        indicators = self._indicators.get(id(document))
        if indicators is None:
            indicators = {each.pointer: each for each in document.collections[INDICATOR]}
            self._indicators[id(document)] = indicators
        return self.element_key(indicators[item.pointer], "得分")

    def at(self, thing: Thing, name: str | None) -> str:
        """The pointer of a thing or of one of its fields, as seen from the document or dossier judged."""
        pointer = (thing.place(name) if name is not None else None) or thing.pointer
        document = document_of(thing)
        if document is self.viewpoint:
            return pointer
        prefix = "" if self.viewpoint is None else "dossier:"
        return prefix + (document.key if document is not None else "") + pointer

    def places_of(self, node: Node) -> int | None:
        """The decimal places of what a name stands for, where a rounding declares them."""
        if not isinstance(node, Name) or node.reference is None:
            return None
        return self.plan.places.get((node.reference.scope, node.reference.key))

    def value_text(self, node: Node, bound: Bound) -> str:
        """A value as a person reads it: what an indicator measures in the indicator's own unit."""
        if not isinstance(node, Name) or node.reference is None:
            return shown(self.reading(node)(bound), node.type)
        thing = find(node.reference, bound)
        known = (id(thing), node.reference.key, id(node.type))
        if known not in self._texts:
            self._texts[known] = self._text_of(node, thing, node.reference)
        return self._texts[known]

    def _text_of(self, node: Name, thing: Thing | None, reference: Reference) -> str:
        value = Absent.MISSING if thing is None else thing.values.get(reference.key, Absent.MISSING)
        if node.type is not Type.QUANTITY:
            return shown(value, node.type, self.places_of(node))
        unit = (
            next((str(thing.values[name]) for name in _UNITS if name in thing.values), "") if thing is not None else ""
        )
        if unit == "%":
            return shown(value, Type.PERCENT)
        return shown(value, node.type) + ("" if isinstance(value, Absent) else unit)

    def decimal(self, node: Node | None, bound: Bound) -> str | None:
        """A figure for programs: a plain decimal with the places its rounding declares, a text as it is."""
        if node is None:
            return None
        value = self.reading(node)(bound)
        if isinstance(value, Absent):
            return None
        if isinstance(value, Fraction):
            declared, needed = self.places_of(node), decimal_places(value)
            return write(
                value, declared if declared is not None and needed is not None and needed <= declared else None
            )
        return value if isinstance(value, str) else shown(value, node.type)

    def text(self, text: Text, bound: Bound) -> str:
        """A message with its holes filled."""
        return "".join(each if isinstance(each, str) else self.filled(each, bound) for each in text.pieces)

    def filled(self, node: Node, bound: Bound) -> str:
        """An expression in a message: texts without their quotation marks."""
        value = self.reading(node)(bound)
        if isinstance(value, str):
            return value
        return self.value_text(node, bound) if isinstance(node, Name) else shown(value, node.type)

    def reading(self, node: Node) -> Reading:
        """The function of a node, made once a plan."""
        known = self.plan.readings.get(id(node))
        if known is None:
            known = self.plan.readings[id(node)] = (node, compiled(node))
        return known[1]

    def words(self, node: Node) -> str:
        """A formula in its names, put into words once a plan."""
        known = self.plan.words.get(id(node))
        if known is None:
            known = self.plan.words[id(node)] = (node, words(node))
        return known[1]

    def inputs(self, node: Node, bound: Bound) -> tuple[Input, ...]:
        """The names that a value came from, with their values; of an aggregate, those of the members it counts."""
        found: dict[Input, None] = {}
        self._gather(node, bound, found)
        return tuple(found)

    def _gather(self, node: Node, bound: Bound, found: dict[Input, None]) -> None:
        for part in self.front(node):
            match part:
                case Name():
                    reference = cast("Reference", part.reference)
                    found[self.input(part, find(reference, bound), reference, bound)] = None
                case Aggregate():
                    self._gather_members(part, bound, found)
                case Choice() if (branch := self.taken(part, bound)) is not None:
                    self._gather(part.test, bound, found)
                    self._gather(branch, bound, found)
                case _:
                    for each in children(self.taken(part, bound) or part):
                        self._gather(each, bound, found)

    def front(self, node: Node) -> tuple[Name | Aggregate | Choice | Table, ...]:
        """The first names, aggregates, choices and tables on every way down a tree, looked for once a plan."""
        known = self.plan.fronts.get(id(node))
        if known is None:
            known = self.plan.fronts[id(node)] = (node, tuple(_front(node)))
        return known[1]

    def _gather_members(self, node: Aggregate, bound: Bound, found: dict[Input, None]) -> None:
        reference = cast("Reference", node.collection.reference)
        group = group_in(reference, bound)
        if group is not None:
            found |= dict.fromkeys(self.peers(node, group[0], bound))
            return
        stands = None if node.condition is None else self.reading(node.condition)
        for member in members(reference, bound):
            inside = (*bound, member)
            if stands is None or stands(inside) is not False:
                for part in children(node):
                    self._gather(part, inside, found)

    def peers(self, node: Aggregate, document: Thing, bound: Bound) -> Iterator[Input]:
        """The group that a peer figure is taken over, and what it is held against of the things outside."""
        peers = self.plan.peers[DOCUMENT, cast("Reference", node.collection.reference).key]
        yield Input(node.collection.text, sentence(told(peers, document), "zh"))
        for each in _names(node):
            if each.reference is not None and each.reference.binder < len(bound):
                yield self.input(each, find(each.reference, bound), each.reference, bound)

    def taken(self, node: Choice | Table, bound: Bound) -> Node | None:
        """The branch that gave the value, of a table its one row; None where there is none, and the whole must be shown."""
        known = (id(node), *map(id, bound))
        if known not in self._taken:
            branch = self._choice(node, bound) if isinstance(node, Choice) else self._row(node, bound)
            self._taken[known] = branch
            if isinstance(node, Table) and branch is not None:
                self._taken[(id(branch), *known[1:])] = branch
        return self._taken[known]

    def _choice(self, node: Choice, bound: Bound) -> Node | None:
        test = self.reading(node.test)(bound)
        return None if isinstance(test, Absent) else node.yes if test else node.no

    def _row(self, node: Table, bound: Bound) -> Table | None:
        at = self.reading(node.argument)(bound)
        if isinstance(at, Absent):
            return None
        known = self.plan.rows.get(id(node))
        if known is None:
            alone = [(tests_of(row), replace(node, rows=(row,), otherwise=None)) for row in node.rows]
            known = self.plan.rows[id(node)] = (node, alone, None if node.otherwise is None else replace(node, rows=()))
        _, alone, otherwise = known
        holding = [row for tests, row in alone if holds(at, tests, bound) is True]
        return otherwise if not holding else holding[0] if len(holding) == 1 else None

    def input(self, node: Name, thing: Thing | None, reference: Reference, bound: Bound) -> Input:
        """A name with its value and where that comes from: a place in the file, or an element with reasons of its own."""
        known = (id(node), id(thing))
        if known not in self._inputs:
            value = self.value_text(node, bound)
            self._inputs[known] = (
                Input(node.text, value) if thing is None else self._placed(node, thing, reference, value)
            )
        return self._inputs[known]

    def _placed(self, node: Name, thing: Thing, reference: Reference, value: str) -> Input:
        element = self.element_key(thing, reference.key)
        at = (self.at(thing, reference.key) or None) if reference.key in thing.paths else None
        return Input(node.text, value, at, element)


def _front(node: Node) -> Iterator[Name | Aggregate | Choice | Table]:
    if isinstance(node, Name | Aggregate | Choice | Table):
        yield node
    else:
        for part in children(node):
            yield from _front(part)


def _names(node: Node) -> Iterator[Name]:
    if isinstance(node, Name):
        yield node
    for part in children(node):
        yield from _names(part)
