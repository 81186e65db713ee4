"""The things of many documents at once: a frame for each scope, one row a thing, and who belongs to whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, final

import polars as pl

from zhunsheng.population.columns.values import taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.expression.tree import Reference
    from zhunsheng.population.columns.values import Column


@final
@dataclass(slots=True, weakref_slot=True, eq=False)
class Frame:
    """All things of one scope, those of a parent side by side and in the order of filing.

    `owner` says for each row which row of the parent it belongs to, and never falls.
    """

    scope: str
    rows: int
    columns: dict[str, Column]
    parent: Frame | None = None
    owner: pl.Series | None = None
    children: dict[str, Frame] = field(default_factory=dict)
    places: pl.Series | None = None
    """Where each of its things stands in its document, as a JSON pointer; None where that is the document itself."""
    memo: dict[object, Column] = field(default_factory=dict)
    """Figures over the members of its things, by the identity of the tree (and what was fixed in it)."""
    ends: tuple[pl.Series, pl.Series] | None = None

    def segments(self) -> tuple[pl.Series, pl.Series]:
        """For each row of the parent, where its members begin and where they end."""
        if self.ends is None:
            assert self.parent is not None, self.scope
            assert self.owner is not None, self.scope
            parents = pl.int_range(self.parent.rows, dtype=pl.Int64, eager=True)
            owner = self.owner.cast(pl.Int64)
            starts = owner.search_sorted(parents, side="left").cast(pl.Int64)
            self.ends = starts, owner.search_sorted(parents, side="right").cast(pl.Int64)
        return self.ends


class View(NamedTuple):
    """Things of a frame as an expression sees them: all in turn, or those that `picked` names."""

    frame: Frame
    picked: pl.Series | None = None

    def at(self, rows: pl.Series) -> View:
        """The view seen from these rows of the expression."""
        return View(self.frame, rows if self.picked is None else self.picked.gather(rows))

    @property
    def parent(self) -> View | None:
        """The parents of the things; None where they have none."""
        frame = self.frame
        if frame.parent is None or frame.owner is None:
            return None
        return View(frame.parent, frame.owner if self.picked is None else frame.owner.gather(self.picked))

    def column(self, name: str) -> Column | None:
        """A column of the things; None where none of them has it."""
        found = self.frame.columns.get(name)
        return found if found is None or self.picked is None else taken(found, self.picked)


@final
@dataclass(frozen=True)
class Context:
    """What an expression is evaluated on: so many rows, each with its bound things."""

    rows: int
    views: tuple[View | None, ...]
    fixed: Mapping[Reference, Column] = field(default_factory=dict)
    """Names that stand for one value in all rows, whatever the views hold."""

    @classmethod
    def of(cls, frame: Frame) -> Context:
        """Each thing of a frame by itself."""
        return cls(frame.rows, (View(frame),))
