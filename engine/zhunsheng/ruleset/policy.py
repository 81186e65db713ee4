"""A ruleset as the engine uses it: every formula parsed, typed and placed. Made by `compile`, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, final

from zhunsheng.expression.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.expression.check import Binder, Scope
    from zhunsheng.expression.tree import Node
    from zhunsheng.number import Rounding
    from zhunsheng.ruleset.inputs import Declared
    from zhunsheng.ruleset.overlay import Merged

Outcome = Literal["require", "finding", "confirm", "judge", "deduct", "cap", "veto", "derive"]
Severity = Literal["error", "warning", "note"]


class Citation(NamedTuple):
    """Where an element of policy comes from: its clause, and whether anyone has read it there."""

    clause: str | None
    status: str


@final
@dataclass(frozen=True, slots=True)
class Quantity:
    """A named formula on things of one scope, rounded as declared."""

    name: str
    scope: str
    formula: Node
    roundings: tuple[Rounding, ...]
    citation: Citation
    alias: str | None = None
    """What its formula calls the thing."""
    declared: Type | None = None
    """What its value is taken for, where the policy says more than its formula does."""

    @property
    def type(self) -> Type | None:
        """What its value is."""
        return self.declared or self.formula.type

    @property
    def about(self) -> str | dict[str, str]:
        """What it is worked out on, as rulesets write it."""
        return self.scope if self.alias is None else {self.alias: self.scope}


@final
@dataclass(frozen=True, slots=True)
class Peers:
    """A collection of every document: those judged together with it that agree with it in `by`, itself among them."""

    name: str
    by: tuple[Node, ...]
    """The year first, always."""
    citation: Citation


@final
@dataclass(frozen=True, slots=True)
class Score:
    """A way to score: one item of a document, or one kind of its indicators."""

    name: str
    scope: str
    points: Node
    formula: Node
    roundings: tuple[Rounding, ...]
    otherwise: Node | None
    claimed: Node | None
    at: Node | None
    citation: Citation
    alias: str | None = None
    """What its formulas call the thing."""
    falls: str | None = None
    """Why more attainment may score less, where that is meant."""
    beyond: str | None = None
    """Why the score may leave its points, where that is meant."""

    @property
    def type(self) -> Type:
        """A number of points, whatever the formula gives by itself."""
        return Type.NUMBER

    @property
    def about(self) -> str | dict[str, str]:
        """What it is given to, as rulesets write it."""
        return self.scope if self.alias is None else {self.alias: self.scope}


@final
@dataclass(frozen=True, slots=True)
class Text:
    """A message with holes: texts and the expressions between them."""

    pieces: tuple[str | Node, ...]


@final
@dataclass(frozen=True, slots=True)
class Message:
    """A sentence in Chinese and, where the policy gives one, in English."""

    zh: Text
    en: Text


@final
@dataclass(frozen=True, slots=True)
class Rule:
    """A production rule: what it is about, when it holds, and what follows."""

    id: str
    binders: tuple[Binder, ...]
    within: str
    when: Node | None
    check: Node | None
    outcome: Outcome
    severity: Severity
    subject: str
    """What is required, the grade that caps, or the name that is derived."""
    deduction: Node | None
    message: Message
    confirmed: Message | None
    claimed: Node | None
    computed: Node | None
    at: Node | None
    citation: Citation


@final
@dataclass(frozen=True, slots=True)
class Band:
    """A grade and where its place in the table of grades is cited."""

    grade: str
    citation: Citation


@final
@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, repr=False)
class Ruleset:
    """A policy, merged from its own file and those it extends.

    Attributes:
        id, version, title: as the file says.
        sha256: of the merged policy, so that a change in a base is a change here.
        sha256_on_the_day: the same of the policy as it stands on the day it was compiled for; two rulesets that
            share it are equal, wherever they were read.
        scopes: what formulas may name, with what this ruleset declares.
        grades: a table over 总分 that gives the grade; `bands` are its rows, the best first.
    """

    id: str
    version: str
    title: str
    source: str | None
    chain: tuple[str, ...]
    in_force: str | None
    kinds: tuple[str, ...]
    regions: tuple[str, ...]
    sha256: str
    sha256_on_the_day: str
    scopes: Mapping[str, Scope]
    inputs: tuple[Declared, ...]
    full_marks: Node
    weights: Mapping[str, tuple[Node, Citation]]
    quantities: tuple[Quantity, ...]
    peers: tuple[Peers, ...]
    kind: Quantity | None
    scores: tuple[Score, ...]
    total: Quantity
    grades: Quantity
    bands: tuple[Band, ...]
    rules: tuple[Rule, ...]
    merged: Merged
    """As it stands on the day it was compiled for; `written` is the same with its dates of effect."""
    written: Merged

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ruleset) and self.sha256_on_the_day == other.sha256_on_the_day

    def __hash__(self) -> int:
        return hash(self.sha256_on_the_day)

    def __repr__(self) -> str:
        return f"Ruleset(id={self.id!r}, version={self.version!r}, sha256={self.sha256!r})"
