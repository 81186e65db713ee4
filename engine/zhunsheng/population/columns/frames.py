"""The things of many documents at once: a frame for each scope, one row a thing, and who belongs to whom."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, final
from weakref import ref

import polars as pl

from zhunsheng.population.columns.values import taken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from zhunsheng.expression.tree import Reference
    from zhunsheng.population.columns.peers import Peering
    from zhunsheng.population.columns.values import Column


@final
class Columns(MutableMapping[str, "Column"]):
    """Columns by name; what is `later` is made when it is asked for, and never where nobody asks."""

    def __init__(self, made: Mapping[str, Column], later: Mapping[str, Callable[[], Column]] | None = None) -> None:
        self._made = dict(made)
        self._later = dict(later or {})

    def __getitem__(self, name: str) -> Column:
        if name in self._later:
            self._made[name] = self._later.pop(name)()
        return self._made[name]

    def __setitem__(self, name: str, column: Column) -> None:
        self._later.pop(name, None)
        self._made[name] = column

    def later(self, name: str, make: Callable[[], Column]) -> None:
        """A column under its name, made when it is asked for."""
        self._made.pop(name, None)
        self._later[name] = make

    def __delitem__(self, name: str) -> None:
        self._later.pop(name, None)
        self._made.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._made or name in self._later

    def __iter__(self) -> Iterator[str]:
        return iter([*self._made, *self._later])

    def __len__(self) -> int:
        return len(self._made) + len(self._later)


Segments = tuple[pl.Series, pl.Series]
"""For each row of a parent, where its members begin and where they end."""


@final
class Frame:
    """All things of one scope, those of a parent side by side and in the order of filing.

    Who belongs to whom is given as `owner`, the row of the parent of each row, which never falls, or as `ends`, the
    segments of the parent; the one is worked out from the other when it is asked for.
    """

    def __init__(
        self,
        scope: str,
        rows: int,
        columns: Mapping[str, Column],
        parent: Frame | None = None,
        owner: pl.Series | None = None,
        *,
        places: Callable[[], pl.Series] | None = None,
        keys: pl.Series | None = None,
        ends: Segments | None = None,
        parts: tuple[Frame, ...] = (),
    ) -> None:
        self.scope = scope
        self.rows = rows
        self.columns = columns if isinstance(columns, Columns) else Columns(columns)
        self._parent = None if parent is None else ref(parent)
        self.children: dict[str, Frame] = {}
        self.memo: dict[object, Column] = {}
        """Figures over the members of its things, by the identity of the tree (and what was fixed in it)."""
        self.peers: dict[str, Peering | None] = {}
        """Of documents: the collections of peers that each is in, None for one of which nothing is known."""
        self.keys = keys
        """The number of the document of each of its things, where it came with it."""
        self.parts = parts
        """Frames that hold the same things apart, where that is how they came: each under the names it began with."""
        self._owner = owner
        self._ends = ends
        self._places = places

    @property
    def parent(self) -> Frame | None:
        """The frame that its things lie on, which holds this one; None where there is none."""
        if self._parent is None:
            return None
        found = self._parent()
        assert found is not None, self.scope
        return found

    @property
    def owner(self) -> pl.Series | None:
        """For each row, the row of the parent that it belongs to; None where there is no parent."""
        if self._owner is None and self._ends is not None:
            self._owner = owner_of(self._ends, self.rows)
        return self._owner

    @property
    def places(self) -> pl.Series | None:
        """Where each of its things stands in its document, as a JSON pointer; None where that is the document itself."""
        return None if self._places is None else self._places()

    def segments(self) -> Segments:
        """For each row of the parent, where its members begin and where they end."""
        if self._ends is None:
            assert self.parent is not None, self.scope
            assert self._owner is not None, self.scope
            self._ends = segments_of(self._owner.cast(pl.Int64), self.parent.rows)
        return self._ends


def owner_of(ends: Segments, rows: int) -> pl.Series:
    """The parent of each of so many members, of which every one belongs to a parent."""
    holders = (ends[1] > ends[0]).arg_true().cast(pl.Int64)
    steps = holders - pl.concat([pl.Series([0], dtype=pl.Int64), holders]).head(len(holders))
    return pl.zeros(rows, dtype=pl.Int64, eager=True).scatter(ends[0].gather(holders), steps).cum_sum()


def segments_of(owner: pl.Series, parents: int) -> Segments:
    """Where the members of each parent begin and end, by the parent of each, which never falls."""
    starts = owner.search_sorted(pl.int_range(parents + 1, dtype=pl.Int64, eager=True), side="left").cast(pl.Int64)
    return starts.head(parents), starts.tail(parents)


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
