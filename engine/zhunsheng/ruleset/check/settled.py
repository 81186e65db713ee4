"""What a ruleset settles of the names in its formulas, whatever the document: parameters, word lists, what is always there.

A name *leads* to its roots: a quantity whose formula hangs on one other value alone is a function of that value, so
that conditions on 未用比例 and on 执行率 are seen to speak of the same thing.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, final

from zhunsheng.document import model
from zhunsheng.expression.check import Binder
from zhunsheng.expression.exact import Thing, find
from zhunsheng.expression.pieces import Free, pieces
from zhunsheng.expression.tree import Absent, Aggregate, Call, Choice, Constant, Name, Reference, Table, children
from zhunsheng.ruleset.check.span import Span, span_of
from zhunsheng.ruleset.vocabulary import (
    DOCUMENT,
    DOSSIER,
    EXPLANATION,
    FUND,
    FUND_ROWS,
    INDICATOR,
    ITEM,
    MEASURED,
    POSITION,
    STATED,
    STATEMENT,
    WEIGHT,
    fields_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from zhunsheng.expression.exact import Bound
    from zhunsheng.expression.tree import Node, Value
    from zhunsheng.number import Rounding
    from zhunsheng.ruleset.policy import Ruleset

Key = tuple[str, str]
Roots = frozenset[Reference]

_ALWAYS: Final[Mapping[str, frozenset[str]]] = {
    DOCUMENT: frozenset({"满分", "文件名", "扣分", "否决"}),
    INDICATOR: frozenset({"可比", "目标类别", "实际类别", "扣分", "否决"}),
    FUND: frozenset({"来源"}),
    WEIGHT: frozenset({"权重名称"}),
    ITEM: frozenset({"得分项名称"}),
}
"""Names of the engine that every thing of a scope has."""
_READ: Final[Mapping[str, Collection[str]]] = {INDICATOR: MEASURED, STATEMENT: STATED}
"""Names of what is read in a cell."""
_MODELS: Final[Mapping[str, Any]] = {
    DOSSIER: model.Dossier,
    DOCUMENT: model.Document,
    INDICATOR: model.Indicator,
    FUND: model.Fund,
    STATEMENT: model.Statement,
    EXPLANATION: model.Explanation,
}
ZERO: Final = Fraction(0)
_NOTHING: Final = Free(Thing("", "", None, {}), "")
"""A free input that no formula names: the pieces are then one value."""


class Formula(NamedTuple):
    """What stands behind a name."""

    node: Node
    roundings: tuple[Rounding, ...] = ()


@final
class Settled:
    """What one ruleset settles."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._leads: dict[Key, Roots | None] = {}
        self._spans: dict[Key, Span] = {}

    @cached_property
    def formulas(self) -> Mapping[Key, Formula]:
        """The formula of every quantity, weight and of full marks."""
        named = {(each.scope, each.name): Formula(each.formula, each.roundings) for each in self.ruleset.quantities}
        weights = {(DOCUMENT, f"权重.{name}"): Formula(node) for name, (node, _) in self.ruleset.weights.items()}
        return {**named, **weights, (DOCUMENT, "满分"): Formula(self.ruleset.full_marks)}

    # What a formula hangs on

    def roots(self, node: Node) -> Roots | None:
        """The values that a formula hangs on in the end; None where it gathers things or looks into a text."""
        if isinstance(node, Aggregate | Call):
            return None
        if isinstance(node, Name):
            return None if node.reference is None else self.lead(node.reference)
        found: Roots = frozenset()
        for part in children(node):
            below = self.roots(part)
            if below is None:
                return None
            found |= below
        return found

    def lead(self, reference: Reference) -> Roots:
        """The root of a name, none for a parameter; a name whose formula needs several values is its own root."""
        key = (reference.scope, reference.key)
        if key not in self._leads:
            formula = self.formulas.get(key)
            self._leads[key] = None if formula is None else self.roots(formula.node)
        below = self._leads[key]
        if below is None or len(below) > 1:
            return frozenset({reference})
        return frozenset(each._replace(binder=reference.binder, hops=reference.hops + each.hops) for each in below)

    def places(self, root: Reference) -> int | None:
        """To how many decimals a value is rounded; None for one that is not."""
        if (root.scope, root.key) == (DOCUMENT, "总分"):
            roundings = self.ruleset.total.roundings
        else:
            formula = self.formulas.get((root.scope, root.key))
            roundings = () if formula is None else formula.roundings
        return roundings[-1].places if roundings else None

    def span(self, node: Node) -> Span:
        """Between what a formula stays on any document."""
        return span_of(node, self._span_of_name)

    def _span_of_name(self, reference: Reference) -> Span:
        key = (reference.scope, reference.key)
        if key not in self._spans:
            formula = self.formulas.get(key)
            self._spans[key] = Span() if formula is None else self.span(formula.node).rounded(formula.roundings)
        return self._spans[key]

    # Values

    def things(self, binders: tuple[Binder, ...]) -> Bound:
        """Things of these scopes with all that they belong to, and no value."""
        return tuple(self._thing(each.scope) for each in binders)

    def _thing(self, scope: str) -> Thing:
        parent = self.ruleset.scopes[scope].parent
        return Thing(scope, scope, None if parent is None else self._thing(parent), {})

    def value(self, node: Node, binders: tuple[Binder, ...], root: Reference | None = None, at: Value = ZERO) -> Value:
        """What a formula comes to where its root has a value, or by itself where it has no root."""
        bound = self.things(binders)
        stop: Key | None = None
        if root is not None:
            thing = find(root, bound)
            assert thing is not None
            thing.values[root.key] = at
            stop = (root.scope, root.key)
        found = pieces(node, bound, _NOTHING, ZERO, ZERO, definitions=lambda of, key: self.behind(of, key, stop))
        return found.at(ZERO)

    def behind(self, thing: Thing, key: str, stop: Key | None) -> tuple[Node, tuple[Rounding, ...]] | None:
        """The formula behind a name of a thing, but for the root, whose value is put in."""
        return None if (thing.scope, key) == stop else self.formulas.get((thing.scope, key))

    def inside(self, node: Aggregate, binders: tuple[Binder, ...]) -> tuple[Binder, ...]:
        """The things that the parts of an aggregate are about."""
        reference = node.collection.reference
        assert reference is not None
        return (*binders, Binder(self.ruleset.scopes[reference.scope].collections[reference.key], node.alias))

    # Words

    def words(self, node: Node) -> frozenset[str] | None:
        """All texts that a formula can give; None where it may be any."""
        match node:
            case Constant():
                if isinstance(node.value, Absent):
                    return frozenset()
                return frozenset({node.value}) if isinstance(node.value, str) else None
            case Choice():
                return self._joined((node.yes, node.no))
            case Table():
                return self._joined([*(row.value for row in node.rows), *([node.otherwise] if node.otherwise else [])])
            case Name() if node.reference is not None:
                return self.words_of((node.reference.scope, node.reference.key))
            case _:
                return None

    def words_of(self, key: Key) -> frozenset[str] | None:
        """All texts that a name can stand for; None where it may be any."""
        if key in self._lists:
            return self._lists[key]
        formula = self.formulas.get(key)
        if formula is not None:
            return self.words(formula.node)
        known = self.ruleset.scopes[key[0]].known.get(key[1])
        return frozenset(known.words) if known is not None and known.words else None

    @cached_property
    def _lists(self) -> Mapping[Key, frozenset[str] | None]:
        ruleset = self.ruleset
        return {
            (DOCUMENT, "等级"): frozenset(each.grade for each in ruleset.bands),
            (FUND, "来源"): frozenset(FUND_ROWS.values()),
            (WEIGHT, "权重名称"): frozenset(ruleset.weights),
            **({} if ruleset.kind is None else {(INDICATOR, "指标类型"): self.words(ruleset.kind.formula)}),
        }

    def _joined(self, nodes: tuple[Node, ...] | list[Node]) -> frozenset[str] | None:
        found = [self.words(each) for each in nodes]
        return None if None in found else frozenset(word for each in found for word in each or ())

    def literals(self, node: Node) -> Iterator[Value]:
        """Every value written in a formula and in the formulas behind its names."""
        if isinstance(node, Constant):
            yield node.value
        if isinstance(node, Name) and node.reference is not None:
            formula = self.formulas.get((node.reference.scope, node.reference.key))
            if formula is not None:
                yield from self.literals(formula.node)
        for part in children(node):
            yield from self.literals(part)

    # Presence

    def is_always_there(self, reference: Reference) -> bool:
        """Whether no document can lack a value: a required field of the form or of a declared input."""
        if reference.scope == DOSSIER and reference.hops:  # a form may be judged without its dossier
            return False
        return reference.key in self._required(reference.scope)

    def is_optional(self, reference: Reference) -> bool:
        """Whether a document may leave a value out; False of what the ruleset works out itself."""
        key = (reference.scope, reference.key)
        return key not in self.formulas and not self.is_always_there(reference) and self.is_cell(key)

    def is_field(self, key: Key) -> bool:
        """Whether a value is filled in: a field of the form, or a declared input."""
        return key[1] in _cells(key[0]) or key in self._input_names

    def is_cell(self, key: Key) -> bool:
        """Whether a value stands in a cell, as it is or as it is read there."""
        return self.is_field(key) or key[1] in _READ.get(key[0], ())

    @cached_property
    def _input_names(self) -> frozenset[Key]:
        return frozenset((each.holder, name) for each in self.ruleset.inputs for name in each.names()) | frozenset(
            (each.name, column.name) for each in self.ruleset.inputs if each.shape == "list" for column in each.columns
        )

    def _required(self, scope: str) -> frozenset[str]:
        found = {POSITION} | _ALWAYS.get(scope, frozenset()) | _required_fields(scope)
        for each in self.ruleset.inputs:
            if each.shape == "list" and each.name == scope:
                found |= {column.name for column in each.columns if column.required}
            elif each.holder == scope and each.required and each.shape != "list":
                prefix = "" if each.shape == "value" else f"{each.name}."
                found |= {
                    f"{prefix}{column.name}" for column in each.columns if column.required or each.shape == "value"
                }
            elif each.holder == scope and each.shape == "value" and each.columns[0].required:
                found.add(each.name)
        return frozenset(found)


@cache
def _required_fields(scope: str) -> frozenset[str]:
    """Fields of the form that no document may leave out; what only some rows of funds have is none."""
    owner = _MODELS.get(scope)
    held = {} if owner is None else owner.model_fields
    return frozenset(
        each.name
        for each in fields_of(scope)
        if len(each.path) == 1 and each.path[0] in held and held[each.path[0]].is_required()
    )


@cache
def _cells(scope: str) -> frozenset[str]:
    return frozenset(each.name for each in fields_of(scope))
