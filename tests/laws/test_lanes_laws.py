"""A lane comes to the same integers whoever works it out: compiled code, Polars, or plain Python row by row."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

import polars as pl
from hypothesis import event, given
from hypothesis import strategies as st

from laws.strategies import compiled_or_thrown_away, documents, filled, overlays, tried, wild_rulesets
from laws.test_columns_laws import judgeable
from zhunsheng.population.columns import kernels, lanes
from zhunsheng.population.results import one_by_one, results_of
from zhunsheng.population.table import tables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zhunsheng.population.columns.lanes import Kind, Lane, Operator

BITS = {"small": 63, "large": 126, "truth": 1}


class Told(NamedTuple):
    """A lane, and what it holds row by row."""

    lane: Lane
    values: list[int]


def fits(kind: Kind, values: list[int]) -> bool:
    return all(abs(each) < 1 << BITS[kind] for each in values)


@st.composite
def leaves(draw: st.DrawFn, kind: Kind, rows: int) -> Told:
    """A series of any bits, some of its values absent, perhaps cut out of a longer one so that its bits begin anywhere."""
    before = draw(st.integers(0, 9))
    values: st.SearchStrategy[Any] = st.booleans()
    if kind != "truth":
        top = 1 << draw(st.sampled_from((4, 31, BITS[kind] - 2)))
        values = st.integers(-top, top)
    if draw(st.booleans()):
        values |= st.none()
    given_ = draw(st.lists(values, min_size=before + rows, max_size=before + rows))
    series = pl.Series(given_, dtype=lanes.DTYPES[kind]).slice(before)
    if kind == "large" and draw(st.booleans()):
        series = series.cast(pl.Decimal(38, 0))
    lane = lanes.leaf(series)
    held = [int(each or 0) for each in given_[before:]]
    absent = lanes.absent_in(lane)
    if absent is not None and kind == "truth" and draw(st.booleans()):
        return Told(absent, [int(each is None) for each in given_[before:]])
    return Told(lane, held)


@st.composite
def told(draw: st.DrawFn, kind: Kind, rows: int, depth: int) -> Told:
    """A lane of some steps; one that could leave its bits is left as it was."""
    if depth == 0:
        if draw(st.integers(0, 3)) == 0:
            value = draw(st.integers(0, 1) if kind == "truth" else st.integers(-9, 9))
            constant = lanes.truth(value=bool(value)) if kind == "truth" else lanes.integer(value, kind)
            return Told(constant, [value] * rows)
        return draw(leaves(kind, rows))

    def part(of: Kind) -> Told:
        return draw(told(of, rows, depth - 1))

    if kind == "truth":
        return _truth(draw, part)
    op: Operator = draw(st.sampled_from(("add", "sub", "mul", "div", "quo")))
    how: str = draw(st.sampled_from((op, "choose", "as", "take")))
    match how:
        case "choose":
            mask, yes, no = part("truth"), part(kind), part(kind)
            values = [y if m else n for m, y, n in zip(mask.values, yes.values, no.values, strict=True)]
            return Told(lanes.chosen(mask.lane, yes.lane, no.lane), values)
        case "as":
            other = part("large" if kind == "small" else "small")
            change = lanes.as_small if kind == "small" else lanes.as_large
            return Told(change(other.lane), other.values) if fits(kind, other.values) else part(kind)
        case "take":
            source = draw(told(kind, draw(st.integers(1, 5)), depth - 1))
            rows_ = draw(st.lists(st.integers(0, len(source.values) - 1), min_size=rows, max_size=rows))
            index = lanes.leaf(pl.Series(rows_, dtype=pl.Int64))
            return Told(lanes.taken(source.lane, index), [source.values[each] for each in rows_])
        case "div" | "quo":
            one, other = part(kind), part(kind)
            if min(other.values) <= 0 or (op == "quo" and min(one.values) < 0):
                return one
            found = lanes.arithmetic(op, one.lane, other.lane)
            return Told(found, [a // b for a, b in zip(one.values, other.values, strict=True)])
        case _:
            one, other = part(kind), part(kind)
            step: Callable[[int, int], int] = {"add": int.__add__, "sub": int.__sub__, "mul": int.__mul__}[op]
            values = [step(a, b) for a, b in zip(one.values, other.values, strict=True)]
            return Told(lanes.arithmetic(op, one.lane, other.lane), values) if fits(kind, values) else one


def _truth(draw: st.DrawFn, part: Callable[[Kind], Told]) -> Told:
    match draw(st.sampled_from(("and", "or", "not", "choose", *lanes.COMPARISONS))):
        case "not":
            one = part("truth")
            return Told(lanes.opposite(one.lane), [1 - each for each in one.values])
        case "choose":
            mask, yes, no = part("truth"), part("truth"), part("truth")
            values = [y if m else n for m, y, n in zip(mask.values, yes.values, no.values, strict=True)]
            return Told(lanes.chosen(mask.lane, yes.lane, no.lane), values)
        case "and" | "or" as op:
            one, other = part("truth"), part("truth")
            join = lanes.conjoined if op == "and" else lanes.disjoined
            pairs = zip(one.values, other.values, strict=True)
            return Told(join(one.lane, other.lane), [a & b if op == "and" else a | b for a, b in pairs])
        case sign:
            kind: Kind = draw(st.sampled_from(("small", "large")))
            one, other = part(kind), part(draw(st.sampled_from(("small", "large"))))
            compare = {
                "lt": int.__lt__, "le": int.__le__, "gt": int.__gt__, "ge": int.__ge__, "eq": int.__eq__, "ne": int.__ne__,
            }[sign]  # fmt: skip
            values = [int(compare(a, b)) for a, b in zip(one.values, other.values, strict=True)]
            return Told(lanes.compared(sign, one.lane, other.lane), values)


@contextmanager
def compiling(compiled: bool) -> Iterator[None]:  # noqa: FBT001
    """Everything compiled, or nothing."""
    known = kernels._KERNELS if compiled else {}  # noqa: SLF001
    with patch.multiple(kernels, ENOUGH=0 if compiled else 10**9, _KERNELS=known):
        yield


KINDS: st.SearchStrategy[Kind] = st.sampled_from(("small", "large", "truth"))


@tried(40)
@given(st.data(), st.booleans())
def test_a_lane_is_what_its_steps_say(data: st.DataObject, compiled: bool) -> None:  # noqa: FBT001
    """Several lanes at once, by compiled code or by Polars; and once worked out, as a part of others."""
    rows = data.draw(st.integers(1, 12))
    wanted = [data.draw(told(kind, rows, 3)) for kind in data.draw(st.lists(KINDS, min_size=1, max_size=3))]
    with compiling(compiled):
        for each in wanted:
            lanes.settle([each.lane for each in wanted if each.lane.rows is not None])
            assert lanes.series(each.lane, rows).cast(pl.Int128).to_list() == each.values
        event(f"compiled: {compiled and any(each.lane.op not in ('const', 'leaf') for each in wanted)}")


@tried(40)
@given(st.data(), st.booleans())
def test_sums_of_runs_are_the_sums_of_their_rows(data: st.DataObject, compiled: bool) -> None:  # noqa: FBT001
    """Runs of any length, none included."""
    rows = data.draw(st.integers(1, 12))
    wanted = [data.draw(told(kind, rows, 2)) for kind in ("small", "large")]
    ends = sorted(data.draw(st.lists(st.integers(0, rows), max_size=5)))
    starts = [0, *ends][: len(ends)]
    expected = [[sum(each.values[start:end]) for start, end in zip(starts, ends, strict=True)] for each in wanted]
    kept = [(each, sums) for each, sums in zip(wanted, expected, strict=True) if fits(each.lane.kind, sums)]
    with compiling(compiled):
        found = lanes.sums(
            [each.lane for each, _ in kept], *(pl.Series(each, dtype=pl.Int64) for each in (starts, ends))
        )
    assert [each.to_list() for each in found] == [sums for _, sums in kept]


@tried(40)
@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.none() | st.integers(-9, 9), min_size=1), st.integers(0, 9))
def test_narrowed_decimals_lose_nothing(values: list[int | None], before: int) -> None:
    """And those that do not are told."""
    series = pl.Series([None] * before + values, dtype=pl.Int128).cast(pl.Decimal(38, 0)).slice(before)
    held = [each or 0 for each in values]
    with compiling(True):
        narrow = kernels.narrowed(series)
    assert narrow is not None
    assert (narrow[0].copied().to_list(), *narrow[1:]) == (held, min(held), max(held))
    one_more = pl.concat([series, pl.Series([2**63], dtype=pl.Int128).cast(pl.Decimal(38, 0))])
    with compiling(True):
        assert kernels.narrowed(one_more) is None


@tried(15)
@given(wild_rulesets() | overlays(), st.lists(filled(documents()), min_size=1, max_size=4))
def test_compiled_columns_give_what_exact_gives(policy: dict[str, Any], forms: list[dict[str, Any]]) -> None:
    """As the law of columns has it, every step of every formula compiled."""
    ruleset = compiled_or_thrown_away(policy)
    found = judgeable(forms, ruleset)
    tables = tables_of(found, ruleset)
    with compiling(True):
        together = results_of(tables, ruleset)
    apart = one_by_one(tables, ruleset)
    event(f"in columns: {together.exactly < len(found)}")
    for one, other in zip(together.tables, apart.tables, strict=True):
        assert one.equals(other), (policy, forms, one.to_dicts(), other.to_dicts())
