"""The columnar interpreter of the expression tree: what `expression.exact` gives for one thing, for a frame at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final, assert_never, cast

import polars as pl

from zhunsheng.expression.exact import day_of
from zhunsheng.expression.tree import (
    Absent,
    Aggregate,
    Arithmetic,
    Call,
    Choice,
    Compare,
    Constant,
    Extreme,
    Lines,
    Logic,
    Name,
    Negative,
    Not,
    Presence,
    Round,
    Row,
    Table,
    children,
)
from zhunsheng.expression.types import Type
from zhunsheng.population.columns import gather, lanes
from zhunsheng.population.columns.frames import Context, View
from zhunsheng.population.columns.lanes import FALSE, TRUE
from zhunsheng.population.columns.peers import Exact, Ranked
from zhunsheng.population.columns.values import (
    Inexpressible,
    Numbers,
    Plain,
    Truths,
    Words,
    added,
    both,
    chosen,
    compared,
    constant,
    divided,
    extreme,
    integers,
    is_given,
    is_missing,
    multiplied,
    negated,
    no_number,
    nothing,
    opposite,
    rounded,
    series_of,
    taken,
    texts_of,
    without,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zhunsheng.expression.tree import Node, Reference, Value
    from zhunsheng.population.columns.frames import Frame
    from zhunsheng.population.columns.lanes import Lane
    from zhunsheng.population.columns.peers import Peering
    from zhunsheng.population.columns.values import Column

DTYPES: Final = {Type.TEXT: pl.String, Type.TRUTH: pl.Boolean, Type.DATE: pl.Date}
_EPOCH: Final = dt.date(1970, 1, 1)


def dtype_of(type_: Type | None) -> type[pl.DataType]:
    """How the values of a type lie in a series."""
    return DTYPES.get(type_, pl.Int64) if type_ is not None else pl.Int64


def read(node: Node, context: Context) -> Column:
    """The value of an expression in every row.

    Raises:
        Overflow: a figure may need more bits than there are.
        Inexpressible: the expression asks for something that columns cannot do.
    """
    match node:
        case Constant():
            return _constant(node)
        case Name():
            return _name(node, context)
        case Negative():
            return negated(numbers(node.operand, context))
        case Arithmetic():
            return _arithmetic(node, context)
        case Compare():
            return compared(node.operator, *_alike(node.left, node.right, context), context.rows)
        case Not():
            return opposite(truth(node.operand, context))
        case Logic():
            return both([truth(each, context) for each in node.parts], deciding=node.operator == "or")
        case Choice():
            return _choice(node, context)
        case Table():
            return _table(node, context)
        case Lines():
            return _lines(node, context)
        case Round():
            return rounded(numbers(node.operand, context), node.rounding)
        case Extreme():
            return _extreme(node, context)
        case Presence():
            test = is_missing if node.test == "missing" else is_given
            return Truths(test(read(node.operand, context)))
        case Call():
            return _call(node, context)
        case Aggregate():
            return _aggregate(node, context)
        case _:
            assert_never(node)


def numbers(node: Node, context: Context) -> Numbers:
    """The value of an expression that gives numbers."""
    return cast("Numbers", typed(read(node, context), pl.Int64))


def truth(node: Node, context: Context) -> Truths:
    """The value of an expression that gives truths."""
    return cast("Truths", typed(read(node, context), pl.Boolean))


def _dtype(column: Column) -> type[pl.DataType]:
    match column:
        case Numbers():
            return pl.Int64
        case Truths():
            return pl.Boolean
        case Words():
            return pl.String
        case Plain():
            return pl.Date if column.values.dtype == pl.Date else pl.String


def typed(column: Column, dtype: type[pl.DataType]) -> Column:
    """A column of the kind wanted; one without any value, whose kind nobody could know, is made so.

    Raises:
        Inexpressible: it is of another kind and has values.
    """
    if _dtype(column) is dtype:
        return column
    if _is_empty(column):
        return without(nothing(dtype), TRUE, column.void)
    raise Inexpressible("type")


def _is_empty(column: Column) -> bool:
    if isinstance(column, Plain):
        return column.values.null_count() == len(column.values)
    return column.absent is TRUE


def _alike(left: Node, right: Node, context: Context) -> tuple[Column, Column]:
    return _same_kind(read(left, context), read(right, context))


def _constant(node: Constant) -> Column:
    match node.value:
        case Fraction() as number:
            return constant(number)
        case bool() as truth_:
            return Truths(lanes.truth(value=truth_))
        case str() as text:
            return word(text)
        case dt.date() as day:
            return Plain(pl.Series([day]))
        case Absent() as absent:
            return nothing(dtype_of(node.type), undefined=absent is not Absent.MISSING)


def view_of(reference: Reference, context: Context) -> View | None:
    """The things that a reference leads to; None where there are none."""
    view = context.views[reference.binder]
    for _ in range(reference.hops):
        if view is None:
            return None
        view = view.parent
    return view


def _name(node: Name, context: Context) -> Column:
    reference = cast("Reference", node.reference)
    if reference in context.fixed:
        return context.fixed[reference]
    view = view_of(reference, context)
    found = None if view is None else view.column(reference.key)
    return nothing(dtype_of(node.type)) if found is None else found


def _arithmetic(node: Arithmetic, context: Context) -> Column:
    a, b = read(node.left, context), read(node.right, context)
    if node.left.type is Type.DATE or node.right.type is Type.DATE:
        return _calendar(node, a, b, context.rows)
    one, other = (cast("Numbers", typed(each, pl.Int64)) for each in (a, b))
    match node.operator:
        case "+":
            return added(one, other, 1)
        case "-":
            return added(one, other, -1)
        case "*":
            return multiplied(one, other)
        case "/":
            return divided(one, other)


def _calendar(node: Arithmetic, a: Column, b: Column, rows: int) -> Column:
    """Days between dates, and a date some days on."""
    start = _days(a)
    if node.right.type is Type.DATE:
        return added(start, _days(b), -1)
    total = added(start, cast("Numbers", typed(b, pl.Int64)), 1 if node.operator == "+" else -1)
    if total.den != 1 or total.by is not None or total.low < _day(dt.date.min) or total.high > _day(dt.date.max):
        raise Inexpressible("date")
    return Plain(series_of(total, rows).cast(pl.Int32).cast(pl.Date), total.void)


def _days(column: Column) -> Numbers:
    """Dates as days since the first that computers count from."""
    dates = cast("Plain", typed(column, pl.Date))
    days = dates.values.to_physical().cast(pl.Int64)
    if len(days) == 1:
        return replace(no_number() if days[0] is None else constant(Fraction(days[0])), void=dates.void)
    return replace(integers(days), void=dates.void)


def _day(day: dt.date) -> int:
    return (day - _EPOCH).days


def _choice(node: Choice, context: Context) -> Column:
    test = truth(node.test, context)
    yes, no = _alike(node.yes, node.no, context)
    return without(chosen(test.values, yes, no, context.rows), test.absent, test.void)


def _table(node: Table, context: Context) -> Column:
    """The one row that holds; undefined where several do, or none and nothing is said of the rest."""
    argument = read(node.argument, context)
    values = [read(row.value, context) for row in node.rows]
    holds = [_holds(argument, row, context) for row in node.rows]
    apart, whole = _fitting(node.rows)
    if node.otherwise is not None:
        found = read(node.otherwise, context)
    elif whole:
        found = values.pop()
    else:
        kind = next((each for each in values if not isinstance(each, Numbers)), values[0])
        found = nothing(_dtype(kind), undefined=True)
    doubt = both(holds, deciding=True)
    found = without(found, doubt.absent, doubt.void)
    masks = [each.values for each in holds]
    for mask, value in reversed(list(zip(masks, values, strict=False))):
        found = chosen(mask, *_same_kind(value, found), context.rows)
    if not apart:
        several = _twice(masks)
        found = without(found, several, several)
    return without(found, argument.absent, argument.void)


def _twice(masks: list[Lane]) -> Lane:
    """Where more than one of them holds."""
    once, twice = masks[0], FALSE
    for mask in masks[1:]:
        twice = lanes.disjoined(twice, lanes.conjoined(once, mask))
        once = lanes.disjoined(once, mask)
    return twice


def _fitting(rows: Sequence[Row]) -> tuple[bool, bool]:
    """Whether no two rows of a table can hold together, and whether one always does; False where that is not plain."""
    words = [_word(row) for row in rows]
    if None not in words:
        return len(set(words)) == len(words), False
    spans = [_span(row) for row in rows]
    known = sorted(each for each in spans if each is not None)
    if len(known) < len(rows):
        return False, False
    joints = list(pairwise(known))
    apart = all(one[1] <= other[0] for one, other in joints)
    whole = known[0][0] == _LEAST and known[-1][1] == _MOST and all(one[1] >= other[0] for one, other in joints)
    return apart, apart and whole


def _word(row: Row) -> str | None:
    """The one text for which a row holds."""
    match row.conditions:
        case ((sign, Constant(value=str() as text)),) if sign == "=":
            return text
        case _:
            return None


_Edge = tuple[int, Fraction, int]
"""A place between numbers: −1, 0 or 1 for below all, among them, above all; the number; 0 before it, 1 behind it."""
_LEAST: Final[_Edge] = (-1, Fraction(0), 0)
_MOST: Final[_Edge] = (1, Fraction(0), 0)


def _span(row: Row) -> tuple[_Edge, _Edge] | None:
    """The numbers for which a row holds, where its conditions are plain limits."""
    low, high = _LEAST, _MOST
    for sign, bound in row.conditions:
        if not isinstance(bound, Constant) or not isinstance(bound.value, Fraction) or sign == "!=":
            return None
        before, behind = (0, bound.value, 0), (0, bound.value, 1)
        if sign in (">=", "=", ">"):
            low = max(low, behind if sign == ">" else before)
        if sign in ("<=", "=", "<"):
            high = min(high, before if sign == "<" else behind)
    return (low, high) if low < high else None


def _same_kind(a: Column, b: Column) -> tuple[Column, Column]:
    """Two columns of which one may hold nothing, and so be taken for another kind."""
    if _dtype(a) is _dtype(b):
        return a, b
    return (typed(a, _dtype(b)), b) if _is_empty(a) else (a, typed(b, _dtype(a)))


def _holds(argument: Column, row: Row, context: Context) -> Truths:
    if not row.conditions:
        return Truths(TRUE)
    limits = [(sign, read(bound, context)) for sign, bound in row.conditions]
    return both([compared(sign, *_same_kind(argument, limit), context.rows) for sign, limit in limits], deciding=False)


def _lines(node: Lines, context: Context) -> Column:
    rows = context.rows
    x = numbers(node.argument, context)
    points = [(cast("Fraction", at.value), cast("Fraction", value.value)) for at, value in node.points]
    found: Column = constant(points[-1][1])
    for (x0, y0), (x1, y1) in reversed(list(pairwise(points))):
        rise = multiplied(added(x, constant(x0), -1), constant((y1 - y0) / (x1 - x0)))
        here = compared("<=", x, constant(x1), rows).values
        found = chosen(here, added(rise, constant(y0), 1), found, rows)
    first = compared("<=", x, constant(points[0][0]), rows).values
    found = chosen(first, constant(points[0][1]), found, rows)
    return without(found, x.absent, x.void)


def _extreme(node: Extreme, context: Context) -> Column:
    first, *others = (numbers(each, context) for each in node.parts)
    for each in others:
        first = extreme(node.which, first, each)
    return first


def _call(node: Call, context: Context) -> Column:
    rows = context.rows
    match node.function:
        case "length":
            text = cast("Words | Plain", typed(read(node.arguments[0], context), pl.String))
            lengths = _mapped(texts_of(text, rows), lambda each: len(each.strip()), pl.Int64)
            return replace(integers(lengths), void=text.void)
        case "contains":
            text, part = (cast("Words | Plain", typed(read(each, context), pl.String)) for each in node.arguments)
            held = pl.DataFrame({"text": texts_of(text, rows), "part": texts_of(part, rows)})
            values = held.select(pl.col("text").str.contains(pl.col("part"), literal=True)).to_series()
            found = Truths(lanes.leaf(values.fill_null(value=False)))
            return without(without(found, text.absent, text.void), part.absent, part.void)
        case "date":
            return _date([numbers(each, context) for each in node.arguments], rows)
        case _:
            raise Inexpressible(node.function)


def _mapped(values: pl.Series, function: Callable[[str], object], dtype: type[pl.DataType]) -> pl.Series:
    """A function of each text, worked out once for each different one."""
    every = values.drop_nulls().unique().to_list()
    return values.replace_strict(every, [function(each) for each in every], default=None, return_dtype=dtype)


def _date(parts: list[Numbers], rows: int) -> Column:
    """Days by year, month and day; undefined where the calendar has none."""
    if any(each.by is not None for each in parts):
        raise Inexpressible("date")
    table = pl.DataFrame({str(at): series_of(each, rows) for at, each in enumerate(parts)})
    known: dict[tuple[int | None, ...], Value] = {}
    for row in table.unique().iter_rows():
        if None not in row:
            known[row] = day_of(*(Fraction(number, each.den) for number, each in zip(row, parts, strict=True)))
    days = [known.get(row, Absent.MISSING) for row in table.iter_rows()]
    values = pl.Series([None if isinstance(each, Absent) else each for each in days], dtype=pl.Date)
    void = lanes.leaf(pl.Series([each is Absent.UNDEFINED for each in days], dtype=pl.Boolean))
    for each in parts:
        void = void if each.void is None else lanes.disjoined(void, each.void)
    return Plain(values, void)


# Figures over members


def _aggregate(node: Aggregate, context: Context) -> Column:
    """Worked out once for each holder where the members alone decide, else for each row with its members."""
    reference = cast("Reference", node.collection.reference)
    holder = view_of(reference, context)
    if holder is not None and reference.key in holder.frame.peers:
        return _of_peers(node, context, holder, holder.frame.peers[reference.key])
    members = None if holder is None else holder.frame.children.get(reference.key)
    if holder is None or members is None:
        none = pl.repeat(0, context.rows, dtype=pl.Int64, eager=True)
        return gather.figure(node.gathering, Truths(TRUE), _of_none(node), (none, none), 0)
    outside = _outside(node, len(context.views))
    if not outside:
        found = _of_holders(node, context, holder, members, None)
        return found if holder.picked is None else taken(found, holder.picked)
    if len(outside) == 1 and (parted := _by_value(node, context, holder, members, outside[0])) is not None:
        return parted
    starts, ends = members.segments()
    if holder.picked is not None:
        starts, ends = starts.gather(holder.picked), ends.gather(holder.picked)
    outer, rows = gather.expanded(starts, ends)
    views = tuple(None if each is None else each.at(outer) for each in context.views)
    inside = Context(len(outer), (*views, View(members, rows)), context.fixed)
    return _gathered(node, inside, gather.side_by_side(starts, ends))


def _of_peers(node: Aggregate, context: Context, holder: View, peering: Peering | None) -> Column:
    """A figure over the documents that each is judged with; undefined where there are none, or nothing is known of it."""
    known = None if peering is None else peering.known.figures.get(node)
    if known is None or peering is None:
        return nothing(dtype_of(node.type), undefined=True)
    if isinstance(known, Exact):
        raise Inexpressible("digits")
    group = peering.group if holder.picked is None else peering.group.gather(holder.picked)
    absent = group.is_null()
    if absent.all():
        return nothing(dtype_of(node.type), undefined=True)
    here = group.fill_null(0)
    if isinstance(known, Ranked):
        found = known.counted(numbers(known.against.own, context), here)
    else:
        found = taken(known, here)
    lane = lanes.leaf(absent) if absent.any() else None
    return without(found, lane, lane)


FEW: Final = 16
"""Values of an outer text up to which a figure is worked out once for each, instead of for each row with its members."""


def _by_value(node: Aggregate, context: Context, holder: View, members: Frame, name: Name) -> Column | None:
    """A figure whose condition asks for one text of the outer thing, as `一级指标 = 权重名称` does, text by text."""
    key = read(name, context)
    if name.type is not Type.TEXT or not isinstance(key, Words | Plain) or key.void is not None:
        return None
    if isinstance(key, Words):
        values: list[str | None] = [*key.words, *([] if key.absent is None else [None])]
    else:
        values = key.values.unique().to_list()
    if len(values) > FEW:
        return None
    found: Column | None = None
    for value in values:
        one = _of_holders(node, context, holder, members, (cast("Reference", name.reference), value))
        own = one if holder.picked is None else taken(one, holder.picked)
        here = key.absent or FALSE if value is None else compared("=", key, word(value), context.rows).values
        found = own if found is None else chosen(here, own, found, context.rows)
    return found


def _of_holders(
    node: Aggregate, context: Context, holder: View, members: Frame, fixed: tuple[Reference, str | None] | None
) -> Column:
    """A figure for each thing that holds members, worked out once."""
    memo = holder.frame.memo
    known = (id(node), fixed)
    if known not in memo:
        given = {} if fixed is None else {fixed[0]: nothing(pl.String) if fixed[1] is None else word(fixed[1])}
        alone = Context(members.rows, (*(None for _ in context.views), View(members)), {**context.fixed, **given})
        memo[known] = _by_parts(node, alone, members) or _gathered(node, alone, members.segments())
    return memo[known]


def _by_parts(node: Aggregate, alone: Context, members: Frame) -> Column | None:
    """A sum, or how many there are, of members that lie in parts: of each part by itself, and then together."""
    if node.gathering not in ("sum", "count") or not _within(node, len(alone.views) - 1, members.parts):
        return None
    found: Numbers | None = None
    for part in members.parts:
        inside = Context(part.rows, (*alone.views[:-1], View(part)), alone.fixed)
        own = cast("Numbers", _gathered(node, inside, part.segments()))
        found = own if found is None else added(found, own, 1)
    return found


def _within(node: Aggregate, inner: int, parts: tuple[Frame, ...]) -> bool:
    """Whether the figure asks members for nothing but what each part has of its own."""
    stack = [*children(node)]
    while stack:
        each = stack.pop()
        asked = each.reference if isinstance(each, Name) else None
        beyond = asked is not None and asked.binder == inner and not _own(asked, parts)
        if beyond or isinstance(each, Aggregate):
            return False
        stack += children(each)
    return bool(parts)


def _own(asked: Reference, parts: tuple[Frame, ...]) -> bool:
    return not asked.hops and all(asked.key in part.columns for part in parts)


def _outside(node: Aggregate, inner: int) -> list[Name]:
    """The names of things outside that an aggregate's value and condition use, each once; aggregates within it too."""
    stack = [*children(node)]
    found: dict[Reference, Name] = {}
    while stack:
        each = stack.pop()
        name = each.collection if isinstance(each, Aggregate) else each
        if isinstance(name, Name) and name.reference is not None and name.reference.binder < inner:
            found.setdefault(name.reference, name)
        stack += children(each)
    return list(found.values())


def _gathered(node: Aggregate, inside: Context, segments: tuple[pl.Series, pl.Series]) -> Column:
    condition = Truths(TRUE) if node.condition is None else truth(node.condition, inside)
    value: Column = Truths(TRUE) if node.value is None else read(node.value, inside)
    return gather.figure(node.gathering, condition, value, segments, inside.rows)


def _of_none(node: Aggregate) -> Column:
    return Truths(TRUE) if node.value is None else nothing(dtype_of(node.value.type))
