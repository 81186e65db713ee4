"""Columns of integers and truths that are described first and worked out together, in one pass over the rows.

A lane is one step of a calculation that every row shares: it names the lanes that it is made of and holds no values
until somebody asks for them (`series`, `settle`, `sums`). All that is asked for at once is then worked out row by row,
so that what lies between is never written to memory: by a compiled kernel (`kernels`) where rows enough have asked
for the same steps to pay for the compiling, else step by step by Polars. Both give the same integers, which a law holds.

Lanes know nothing of absent values: where a series has none, its lane holds `FILLER`, and `absent_in` tells where. What
a step may become is for the caller to know: it must fit the bits of its lane in every row (`values` sees to that).
"""

from __future__ import annotations

from operator import add, and_, eq, floordiv, ge, gt, le, lt, mul, ne, or_, sub
from typing import TYPE_CHECKING, Any, Final, Literal, final

import polars as pl

from zhunsheng.population.columns import kernels
from zhunsheng.population.columns.kernels import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Operator = Literal["add", "sub", "mul", "div", "quo"]
Kind = Literal["small", "large", "truth"]
"""Integers of 64 bits, of 128, or truths."""

DTYPES: Final[Mapping[Kind, type[pl.DataType]]] = {"small": pl.Int64, "large": pl.Int128, "truth": pl.Boolean}
FILLER: Final = 0
"""What a lane holds where its series has no value."""

_FOLDED: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "add": add, "sub": sub, "mul": mul, "div": floordiv, "quo": floordiv,
    "lt": lt, "le": le, "gt": gt, "ge": ge, "eq": eq, "ne": ne,
    "and": and_, "or": or_,
}  # fmt: skip
COMPARISONS: Final = ("lt", "le", "gt", "ge", "eq", "ne")


@final
class Lane:
    """See the module.

    Attributes:
        kind: what it holds.
        op: `const`, `leaf` (a series), `absent` (of a leaf), or the step.
        parts: the lanes that it is made of.
        value: of a constant.
        rows: how many there are; None of a constant, which is the same in any number of rows.
        known: the values, of a leaf or once they have been worked out; nulls only in a leaf.
    """

    __slots__ = ("kind", "known", "op", "parts", "rows", "value")

    def __init__(
        self,
        kind: Kind,
        op: str,
        parts: tuple[Lane, ...] = (),
        *,
        value: int = 0,
        rows: int | None = None,
        known: pl.Series | Room | None = None,
    ) -> None:
        self.kind = kind
        self.op = op
        self.parts = parts
        self.value = value
        self.rows = rows
        self.known = known

    def __reduce__(self) -> tuple[Any, ...]:
        """Goes to another process as the values that it comes to."""
        if self.op == "const":
            return _constant, (self.kind, self.value)
        settle([self])
        return _known, (self.kind, self.known.copied() if isinstance(self.known, Room) else self.known)

    @property
    def constant(self) -> int | None:
        """The one value, of a constant; truths as 0 and 1."""
        return self.value if self.op == "const" else None


TRUE: Final = Lane("truth", "const", value=1)
FALSE: Final = Lane("truth", "const", value=0)


def _constant(kind: Kind, value: int) -> Lane:
    return truth(value=bool(value)) if kind == "truth" else integer(value, kind)


def _known(kind: Kind, values: pl.Series) -> Lane:
    return Lane(kind, "leaf", rows=len(values), known=values)


# Making


def integer(value: int, kind: Kind = "small") -> Lane:
    """One integer for all rows."""
    return Lane(kind, "const", value=value)


def truth(*, value: bool) -> Lane:
    """One truth for all rows."""
    return TRUE if value else FALSE


def leaf(values: pl.Series) -> Lane:
    """A series of Boolean, Int128, Decimal (taken for its integers), or of integers of fewer bits."""
    if values.dtype == pl.Boolean:
        return Lane("truth", "leaf", rows=len(values), known=values)
    if values.dtype == pl.Int128 or isinstance(values.dtype, pl.Decimal):
        return Lane("large", "leaf", rows=len(values), known=values)
    small = values if values.dtype == pl.Int64 else values.cast(pl.Int64)
    return Lane("small", "leaf", rows=len(values), known=small)


def leaf_in(room: Room) -> Lane:
    """What a kernel has written for others."""
    return Lane("small", "leaf", rows=room.rows, known=room)


def absent_in(of: Lane) -> Lane | None:
    """Where the series of a leaf has no value; None where it has one everywhere."""
    assert of.known is not None, of.op
    return Lane("truth", "absent", (of,), rows=of.rows) if of.known.null_count() else None


def _made(kind: Kind, op: str, *parts: Lane) -> Lane:
    rows: int | None = None
    for each in parts:
        if each.rows is not None:
            assert rows in (None, each.rows), (op, rows, each.rows)
            rows = each.rows
    return Lane(kind, op, parts, rows=rows)


# Steps


def as_large(a: Lane) -> Lane:
    """The same integers in 128 bits."""
    if a.kind == "large":
        return a
    return integer(a.value, "large") if a.op == "const" else _made("large", "as", a)


def as_small(a: Lane) -> Lane:
    """The same integers in 64 bits; they must fit."""
    if a.kind == "small":
        return a
    return integer(a.value) if a.op == "const" else _made("small", "as", a)


def alike(a: Lane, b: Lane) -> tuple[Lane, Lane]:
    """Two lanes of integers in like bits."""
    return (a, b) if a.kind == b.kind else (as_large(a), as_large(b))


def arithmetic(op: Operator, a: Lane, b: Lane) -> Lane:
    """Of two lanes in like bits; `div` and `quo` round down, `b` is then positive in every row, and `a` of `quo` not less than 0."""
    assert a.kind == b.kind, (op, a.kind, b.kind)
    one, other = a.constant, b.constant
    if one is not None and other is not None:
        return integer(_FOLDED[op](one, other), a.kind)
    if other == 0 and op in ("add", "sub"):
        return a
    if one == 0 and op == "add":
        return b
    if other == 1 and op in ("mul", "div", "quo"):
        return a
    if one == 1 and op == "mul":
        return b
    if (one == 0 and op != "sub") or (other == 0 and op == "mul"):
        return integer(0, a.kind)
    return _made(a.kind, op, a, b)


def negative(a: Lane) -> Lane:
    """−a."""
    return arithmetic("sub", integer(0, a.kind), a)


def compared(op: str, a: Lane, b: Lane) -> Lane:
    """Whether `lt`, `le`, `gt`, `ge`, `eq` or `ne` holds of two lanes of integers."""
    a, b = alike(a, b)
    if a.constant is not None and b.constant is not None:
        return truth(value=_FOLDED[op](a.constant, b.constant))
    return _made("truth", op, a, b)


def conjoined(a: Lane, b: Lane) -> Lane:
    """And."""
    if a is b or b is TRUE or a is FALSE:
        return a
    return b if a is TRUE or b is FALSE else _made("truth", "and", a, b)


def disjoined(a: Lane, b: Lane) -> Lane:
    """Or."""
    if a is b or b is FALSE or a is TRUE:
        return a
    return b if a is FALSE or b is TRUE else _made("truth", "or", a, b)


def opposite(a: Lane) -> Lane:
    """Not."""
    if a.op == "const":
        return truth(value=not a.value)
    return a.parts[0] if a.op == "not" else _made("truth", "not", a)


def chosen(mask: Lane, yes: Lane, no: Lane) -> Lane:
    """`yes` where the mask holds, `no` elsewhere; of like kind."""
    assert yes.kind == no.kind, (yes.kind, no.kind)
    if mask.op == "const":
        return yes if mask.value else no
    if yes is no or (yes.op == no.op == "const" and yes.value == no.value):
        return yes
    if yes.kind == "truth":
        if yes.op == "const":
            return disjoined(mask, no) if yes.value else conjoined(opposite(mask), no)
        if no.op == "const":
            return disjoined(opposite(mask), yes) if no.value else conjoined(mask, yes)
    return _made(yes.kind, "choose", mask, yes, no)


def counted(mask: Lane) -> Lane:
    """1 where it holds, else 0."""
    return chosen(mask, integer(1), integer(0))


def taken(source: Lane, index: Lane) -> Lane:
    """The value of `source` in the row that `index` names, in each row of the index."""
    if source.op == "const":
        return source
    settle([source])
    return Lane(source.kind, "take", (source, index), rows=index.rows)


# Working out


def series(lane: Lane, rows: int) -> pl.Series:
    """The values of so many rows, without nulls."""
    if lane.op == "const":
        value = bool(lane.value) if lane.kind == "truth" else lane.value
        return pl.repeat(value, rows, dtype=DTYPES[lane.kind], eager=True)
    assert lane.rows == rows, (lane.op, lane.rows, rows)
    settle([lane])
    return _without_nulls(lane)


def settle(wanted: Sequence[Lane]) -> None:
    """Works out what is not known yet of these lanes of like many rows, all in one pass."""
    open_ = [each for each in dict.fromkeys(wanted) if each.known is None and each.op != "const"]
    if not open_:
        return
    rows = open_[0].rows
    assert rows is not None
    assert all(each.rows == rows for each in open_), [each.rows for each in open_]
    found = kernels.each_row(open_, rows)
    if found is None:
        found = [_long(values, each, rows) for each, values in zip(open_, _by_polars(open_), strict=True)]
    for lane, values in zip(open_, found, strict=True):
        lane.known = values


def sums(wanted: Sequence[Lane], starts: pl.Series, ends: pl.Series) -> list[pl.Series]:
    """Sums of lanes over runs of their rows, which lie one after the other: of rows `starts` up to `ends`.

    The lanes hold integers; each sum must fit the bits of its lane.
    """
    rows = next((each.rows for each in wanted if each.rows is not None), None)
    found = None if rows is None else kernels.each_run(wanted, rows, starts, ends)
    if found is not None:
        return found
    return [_between(values, each, starts, ends) for each, values in zip(wanted, _by_polars(wanted), strict=True)]


def _between(values: Any, lane: Lane, starts: pl.Series, ends: pl.Series) -> pl.Series:
    dtype = DTYPES[lane.kind]
    if not isinstance(values, pl.Series):
        return (ends - starts).cast(dtype) * pl.Series([values], dtype=dtype)
    # 128 bits hold every sum of 64; in 128 the sums before a run may leave them and come back, as integers that wrap do
    until = pl.concat([pl.Series([0], dtype=pl.Int128), values.cast(pl.Int128).cum_sum()])
    return (until.gather(ends) - until.gather(starts)).cast(dtype)


def in_order(wanted: Sequence[Lane]) -> list[Lane]:
    """The lanes, and what must be worked out for them, parts before wholes; what is known already stands for itself."""
    found: dict[Lane, None] = {}
    open_ = [(each, False) for each in reversed(wanted)]
    while open_:
        lane, has_parts = open_.pop()
        if has_parts:
            found.setdefault(lane)
        elif lane not in found:
            open_.append((lane, True))
            if lane.known is None:
                open_ += [(each, False) for each in reversed(lane.parts)]
    return list(found)


# By Polars, one step at a time; a constant stays a Python value


def _by_polars(wanted: Sequence[Lane]) -> list[Any]:
    memo: dict[Lane, Any] = {}
    for lane in in_order(wanted):
        if lane.op == "const":
            memo[lane] = bool(lane.value) if lane.kind == "truth" else lane.value
        else:
            memo[lane] = _without_nulls(lane) if lane.known is not None else _step(lane, memo)
    return [memo[each] for each in wanted]


def _step(lane: Lane, memo: Mapping[Lane, Any]) -> pl.Series:
    parts = [memo[each] for each in lane.parts]
    match lane.op:
        case "absent":
            known = lane.parts[0].known
            assert isinstance(known, pl.Series)
            return known.is_null()
        case "as":
            found: pl.Series = parts[0].cast(DTYPES[lane.kind])
            return found
        case "take":
            return parts[0].gather(parts[1])  # type: ignore[no-any-return]
        case "not":
            return ~parts[0]  # type: ignore[no-any-return]
        case "choose":
            mask, yes, no = (_alone(each, of) for each, of in zip(parts, lane.parts, strict=True))
            return yes.zip_with(mask, no)
        case _:
            one, other = (_alone(each, of) for each, of in zip(parts, lane.parts, strict=True))
            return _FOLDED[lane.op](one, other)  # type: ignore[no-any-return]


def _alone(values: Any, lane: Lane) -> pl.Series:
    return values if isinstance(values, pl.Series) else pl.Series([values], dtype=DTYPES[lane.kind])


def _long(values: pl.Series, lane: Lane, rows: int) -> pl.Series:
    assert len(values) in (1, rows), (lane.op, len(values), rows)
    return values.new_from_index(0, rows) if len(values) == 1 != rows else values


def _without_nulls(lane: Lane) -> pl.Series:
    if isinstance(lane.known, Room):
        lane.known = lane.known.copied()
    values = lane.known
    assert values is not None
    if isinstance(values.dtype, pl.Decimal):
        values = values.to_physical()
    if values.dtype != DTYPES[lane.kind]:
        values = values.cast(DTYPES[lane.kind])
    if not values.null_count():
        return values
    return values.fill_null(False if lane.kind == "truth" else FILLER)
