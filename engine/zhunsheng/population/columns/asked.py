"""What a ruleset asks of the documents judged together with one: each peer figure, and in which pass it can be known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.expression.against import against, asks_outside
from zhunsheng.expression.tree import Aggregate, children
from zhunsheng.expression.types import NUMERIC
from zhunsheng.population.columns.values import Inexpressible
from zhunsheng.ruleset.strata import RULE, behind, keys_in, needs_of, strata
from zhunsheng.ruleset.vocabulary import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.against import Against
    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.policy import Ruleset
    from zhunsheng.ruleset.strata import Key


class Asked(NamedTuple):
    """A peer figure: where it stands among the things bound, whom it is about, and in which pass it can be known."""

    node: Aggregate
    inner: int
    peers: str
    level: int
    against: Against | None

    @property
    def of_members(self) -> tuple[Node, ...]:
        """What must be known of every document."""
        if self.against is not None:
            return (*self.against.also, self.against.member)
        return tuple(each for each in (self.node.condition, self.node.value) if each is not None)


def asked(ruleset: Ruleset) -> tuple[Asked, ...]:
    """Every peer figure of a ruleset that a result may rest on, each once.

    Raises:
        Inexpressible: one of them needs all documents at hand at once.
    """
    names = {(DOCUMENT, each.name) for each in ruleset.peers}
    if not names:
        return ()
    depths = _depths(ruleset, names)
    found: dict[Aggregate, Asked] = {}
    for formula, bound in _formulas(ruleset):
        for node, inner in _aggregates(formula, bound):
            reference = node.collection.reference
            if reference is not None and (reference.scope, reference.key) in names and node not in found:
                if any(key in names for part in children(node) for key in keys_in(part)):
                    raise Inexpressible("peers of peers")
                level = max(depths.get(key, 0) for key in keys_in(node))
                found[node] = Asked(node, inner, reference.key, level, _against(node, inner))
    return tuple(found.values())


def behind_level(ruleset: Ruleset, asks: tuple[Asked, ...]) -> frozenset[Key]:
    """The elements and rules that must be worked out before these can be asked."""
    start = [key for each in asks for part in each.of_members for key in keys_in(part)]
    start += [(DOCUMENT, each.peers) for each in asks]
    return behind(needs_of(ruleset), start)


def _depths(ruleset: Ruleset, names: set[Key]) -> dict[Key, int]:
    """How many passes must have been made before an element can be worked out."""
    needs = needs_of(ruleset)
    found: dict[Key, int] = {}
    for stratum in strata(ruleset):
        for key in (*stratum.elements, *((RULE, each) for each in stratum.rules)):
            own = needs[key]
            found[key] = max((found.get(each, 0) for each in own), default=0) + (not names.isdisjoint(own))
    return found


def _formulas(ruleset: Ruleset) -> Iterator[tuple[Node, int]]:
    """Every formula that results rest on, with how many things it is about."""
    one = [
        ruleset.full_marks,
        *(node for node, _ in ruleset.weights.values()),
        *(each.formula for each in ruleset.quantities),
        *(node for each in ruleset.peers for node in each.by),
        *((ruleset.kind.formula,) if ruleset.kind else ()),
        *(node for each in ruleset.scores for node in (each.points, each.formula, each.otherwise, each.claimed)),
        ruleset.total.formula,
    ]
    yield from ((node, 1) for node in one if node is not None)
    for rule in ruleset.rules:
        for each in (rule.when, rule.check, rule.deduction):
            if each is not None:
                yield each, len(rule.binders)


def _aggregates(node: Node, bound: int) -> Iterator[tuple[Aggregate, int]]:
    if isinstance(node, Aggregate):
        yield node, bound
        bound += 1
    for part in children(node):
        yield from _aggregates(part, bound)


def _against(node: Aggregate, inner: int) -> Against | None:
    """The one comparison with the document itself; None where there is none at all."""
    if not asks_outside(node, inner):
        return None
    found = against(node, inner)
    if found is None or any(each.type not in NUMERIC for each in (found.member, found.own)):
        raise Inexpressible(node.gathering)
    return found
