"""The columnar interpreter of the expression tree: what `expression.exact` gives for one thing, for a frame at once."""

from __future__ import annotations

import datetime as dt
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
from zhunsheng.expression.types import NUMERIC, Type
from zhunsheng.population.columns import gather
from zhunsheng.population.columns.frames import Context, View
from zhunsheng.population.columns.peers import Ranked
from zhunsheng.population.columns.values import (
    Inexpressible,
    Numbers,
    Plain,
    added,
    both,
    chosen,
    compared,
    constant,
    divided,
    extreme,
    filled,
    integers,
    is_given,
    is_missing,
    multiplied,
    negated,
    nothing,
    opposite,
    rounded,
    taken,
    wholly,
    wide,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhunsheng.expression.tree import Node, Reference, Value
    from zhunsheng.population.columns.frames import Frame
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
            return compared(node.operator, *_alike(node.left, node.right, context))
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
            return Plain(test(read(node.operand, context), context.rows))
        case Call():
            return _call(node, context)
        case Aggregate():
            return _aggregate(node, context)
        case _:
            assert_never(node)


def numbers(node: Node, context: Context) -> Numbers:
    """The value of an expression that gives numbers."""
    return cast("Numbers", _typed(read(node, context), pl.Int64))


def truth(node: Node, context: Context) -> Plain:
    """The value of an expression that gives truths."""
    return cast("Plain", _typed(read(node, context), pl.Boolean))


def _typed(column: Column, dtype: type[pl.DataType]) -> Column:
    """A column of the kind wanted; one without any value, whose kind nobody could know, is made so."""
    if isinstance(column, Numbers) == (dtype in (pl.Int64, pl.Int128)):
        return column
    values = column.num if isinstance(column, Numbers) else column.values
    if values.null_count() < len(values):
        raise Inexpressible("type")
    return nothing(dtype, undefined=column.void is not None and bool(column.void.all()))


def _alike(left: Node, right: Node, context: Context) -> tuple[Column, Column]:
    a, b = read(left, context), read(right, context)
    if isinstance(a, Numbers) != isinstance(b, Numbers):
        kind = left.type if isinstance(b, Numbers) else right.type
        dtype = pl.Int64 if isinstance(a, Numbers) and kind in NUMERIC else dtype_of(right.type or left.type)
        a, b = _typed(a, dtype), _typed(b, dtype)
    return a, b


def _constant(node: Constant) -> Column:
    match node.value:
        case Fraction() as number:
            return constant(number)
        case bool() | str() | dt.date() as plain:
            return Plain(pl.Series([plain]))
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
        return _calendar(node, a, b)
    one, other = (cast("Numbers", _typed(each, pl.Int64)) for each in (a, b))
    match node.operator:
        case "+":
            return added(one, other, 1)
        case "-":
            return added(one, other, -1)
        case "*":
            return multiplied(one, other)
        case "/":
            return divided(one, other, context.rows)


def _calendar(node: Arithmetic, a: Column, b: Column) -> Column:
    """Days between dates, and a date some days on."""
    day = cast("Plain", _typed(a, pl.Date))
    start = integers(day.values.to_physical())
    start = Numbers(start.num, start.low, start.high, void=day.void)
    if node.right.type is Type.DATE:
        other = cast("Plain", _typed(b, pl.Date))
        end = integers(other.values.to_physical())
        return added(start, Numbers(end.num, end.low, end.high, void=other.void), -1)
    days = cast("Numbers", _typed(b, pl.Int64))
    total = added(start, days, 1 if node.operator == "+" else -1)
    if total.den != 1 or total.by is not None or total.low < _day(dt.date.min) or total.high > _day(dt.date.max):
        raise Inexpressible("date")
    return Plain(total.num.cast(pl.Int32).cast(pl.Date), total.void)


def _day(day: dt.date) -> int:
    return (day - _EPOCH).days


def _choice(node: Choice, context: Context) -> Column:
    test = truth(node.test, context)
    yes, no = _alike(node.yes, node.no, context)
    found = chosen(wholly(test, context.rows), yes, no, context.rows)
    return without(found, test.absent, test.void, context.rows)


def _table(node: Table, context: Context) -> Column:
    """The one row that holds; undefined where several do, or none and nothing is said of the rest."""
    rows = context.rows
    argument = read(node.argument, context)
    values = [read(row.value, context) for row in node.rows]
    kind = next((each for each in values if isinstance(each, Plain)), values[0])
    dtype = kind.values.dtype if isinstance(kind, Plain) else pl.Int64
    rest = nothing(cast("type[pl.DataType]", dtype), undefined=True)
    found = rest if node.otherwise is None else read(node.otherwise, context)
    holds = [_holds(argument, row, context) for row in node.rows]
    doubt = both(holds, deciding=True)
    found = without(found, doubt.absent, doubt.void, rows)
    masks = [wholly(each, rows) for each in holds]
    for mask, value in zip(masks, values, strict=True):
        found = chosen(mask, *_same_kind(value, found), rows)
    several = _twice(masks)
    if several is not None:
        found = without(found, several, several, rows)
    return without(found, argument.absent, argument.void, rows)


def _twice(masks: list[pl.Series]) -> pl.Series | None:
    """Where more than one of them holds; None where none does so anywhere."""
    once = masks[0]
    twice: pl.Series | None = None
    for mask in masks[1:]:
        both_ = once & mask
        if both_.any():
            twice = both_ if twice is None else twice | both_
        once = once | mask
    return twice


def _same_kind(a: Column, b: Column) -> tuple[Column, Column]:
    """Two columns of which one may hold nothing, and so be taken for numbers."""
    if isinstance(a, Numbers) == isinstance(b, Numbers):
        return a, b
    plain = a if isinstance(a, Plain) else cast("Plain", b)
    dtype = cast("type[pl.DataType]", plain.values.dtype)
    if isinstance(a, Numbers):
        return _typed(a, dtype), b
    return a, _typed(b, dtype)


def _holds(argument: Column, row: Row, context: Context) -> Plain:
    if not row.conditions:
        return Plain(pl.Series([True]))
    limits = [(sign, read(bound, context)) for sign, bound in row.conditions]
    return both([compared(sign, *_same_kind(argument, limit)) for sign, limit in limits], deciding=False)


def _lines(node: Lines, context: Context) -> Column:
    x = numbers(node.argument, context)
    points = [(cast("Fraction", at.value), cast("Fraction", value.value)) for at, value in node.points]
    found: Column = constant(points[-1][1])
    for (x0, y0), (x1, y1) in reversed(list(pairwise(points))):
        rise = multiplied(added(x, constant(x0), -1), constant((y1 - y0) / (x1 - x0)))
        here = wholly(compared("<=", x, constant(x1)), context.rows)
        found = chosen(here, added(rise, constant(y0), 1), found, context.rows)
    found = chosen(
        wholly(compared("<=", x, constant(points[0][0])), context.rows), constant(points[0][1]), found, context.rows
    )
    return without(found, x.absent, x.void, context.rows)


def _extreme(node: Extreme, context: Context) -> Column:
    first, *others = (numbers(each, context) for each in node.parts)
    for each in others:
        first = extreme(node.which, first, each, context.rows)
    return first


def _call(node: Call, context: Context) -> Column:
    rows = context.rows
    match node.function:
        case "length":
            text = cast("Plain", _typed(read(node.arguments[0], context), pl.String))
            lengths = integers(_mapped(text.values, lambda each: len(each.strip()), pl.Int64))
            return Numbers(lengths.num, lengths.low, lengths.high, void=text.void)
        case "contains":
            text, part = (cast("Plain", _typed(read(each, context), pl.String)) for each in node.arguments)
            held = pl.DataFrame({"text": _long(text.values, rows), "part": _long(part.values, rows)})
            values = held.select(pl.col("text").str.contains(pl.col("part"), literal=True)).to_series()
            return both(
                [Plain(values), Plain(pl.Series([True]), text.void), Plain(pl.Series([True]), part.void)],
                deciding=False,
            )
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
    table = pl.DataFrame({str(at): _long(each.num, rows) for at, each in enumerate(parts)})
    known: dict[tuple[int | None, ...], Value] = {}
    for row in table.unique().iter_rows():
        if None not in row:
            known[row] = day_of(*(Fraction(number, each.den) for number, each in zip(row, parts, strict=True)))
    days = [known.get(row, Absent.MISSING) for row in table.iter_rows()]
    values = pl.Series([None if isinstance(each, Absent) else each for each in days], dtype=pl.Date)
    void = pl.Series([each is Absent.UNDEFINED for each in days], dtype=pl.Boolean)
    for each in parts:
        void = void if each.void is None else void | each.void
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
        return gather.figure(
            node.gathering, Plain(pl.Series([], dtype=pl.Boolean)), _of_none(node), _no_members(context.rows)
        )
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
    rows = context.rows
    group = _long(peering.group if holder.picked is None else peering.group.gather(holder.picked), rows)
    absent = group.is_null()
    if absent.all():
        return nothing(dtype_of(node.type), undefined=True)
    here = group.fill_null(0)
    if isinstance(known, Ranked):
        own = cast("Numbers", wide(numbers(known.against.own, context), rows))
        found = known.counted(own, here)
    else:
        found = taken(known, here)
    return without(found, absent, absent, rows) if absent.any() else found


FEW: Final = 16
"""Values of an outer text up to which a figure is worked out once for each, instead of for each row with its members."""


def _by_value(node: Aggregate, context: Context, holder: View, members: Frame, name: Name) -> Column | None:
    """A figure whose condition asks for one text of the outer thing, as `一级指标 = 权重名称` does, text by text."""
    key = read(name, context)
    if name.type is not Type.TEXT or not isinstance(key, Plain) or key.void is not None:
        return None
    values = key.values.unique().to_list()
    if len(values) > FEW:
        return None
    found: Column | None = None
    for value in values:
        one = _of_holders(node, context, holder, members, (cast("Reference", name.reference), value))
        own = one if holder.picked is None else taken(one, holder.picked)
        here = _long(key.values.is_null() if value is None else filled(key.values == value), context.rows)
        found = own if found is None else chosen(here, own, found, context.rows)
    return found


def _of_holders(
    node: Aggregate, context: Context, holder: View, members: Frame, fixed: tuple[Reference, str | None] | None
) -> Column:
    """A figure for each thing that holds members, worked out once."""
    memo = holder.frame.memo
    known = (id(node), fixed)
    if known not in memo:
        given = {} if fixed is None else {fixed[0]: Plain(pl.Series([fixed[1]], dtype=pl.String))}
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
    condition = Plain(pl.Series([True])) if node.condition is None else truth(node.condition, inside)
    value: Column = Plain(pl.Series([True])) if node.value is None else read(node.value, inside)
    standing = cast("Plain", wide(condition, inside.rows))
    return gather.figure(node.gathering, standing, wide(value, inside.rows), segments)


def _of_none(node: Aggregate) -> Column:
    return wide(nothing(dtype_of(node.value.type if node.value is not None else Type.TRUTH)), 0)


def _no_members(rows: int) -> tuple[pl.Series, pl.Series]:
    none = pl.repeat(0, rows, dtype=pl.Int64, eager=True)
    return none, none


def _long(values: pl.Series, rows: int) -> pl.Series:
    return values.new_from_index(0, rows) if len(values) == 1 and rows != 1 else values
