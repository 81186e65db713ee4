"""A ruleset as the engine uses it: every formula parsed, typed and placed. Made by `compile`, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, final

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
@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Ruleset:
    """A policy, merged from its own file and those it extends.

    Attributes:
        id, version, title: as the file says.
        sha256: of the merged policy, so that a change in a base is a change here.
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
    scopes: Mapping[str, Scope]
    inputs: tuple[Declared, ...]
    full_marks: Node
    weights: Mapping[str, tuple[Node, Citation]]
    quantities: tuple[Quantity, ...]
    kind: Quantity | None
    scores: tuple[Score, ...]
    total: Quantity
    grades: Quantity
    bands: tuple[Band, ...]
    rules: tuple[Rule, ...]
    merged: Merged
    """As it stands on the day it was compiled for; `written` is the same with its dates of effect."""
    written: Merged
