"""Many at once or one by one: columns give what the exact interpreter gives, to the last digit, or say that they cannot."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import polars as pl
from hypothesis import assume, event, given
from hypothesis import strategies as st

from laws.strategies import compiled_or_thrown_away, document_of, documents, filled, overlays, tried, wild_rulesets
from zhunsheng import evaluate
from zhunsheng.evaluation.inputs import input_problems
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.expression.tree import Absent, Arithmetic, Call, Constant
from zhunsheng.expression.types import Type
from zhunsheng.number import Mode, Rounding, round_once
from zhunsheng.population.columns import kernels, lanes, values
from zhunsheng.population.columns.frames import Context
from zhunsheng.population.columns.interpret import read
from zhunsheng.population.columns.peers import values_of
from zhunsheng.population.columns.run import run
from zhunsheng.population.columns.values import Inexpressible, Overflow
from zhunsheng.population.results import one_by_one, results_of
from zhunsheng.population.table import frames_of, tables_of

if TYPE_CHECKING:
    from zhunsheng import Document, Ruleset

FORMS = st.lists(filled(documents()), min_size=1, max_size=4)
HEADINGS = ("requirements", "findings", "confirmations", "judgements")


def judgeable(forms: list[dict[str, Any]], ruleset: Ruleset) -> list[Document]:
    """The forms that the ruleset takes, each called something of its own."""
    found = [document_of(form | {"id": f"{at}"}) for at, form in enumerate(forms)]
    taken = [each for each in found if not input_problems(each, ruleset, plan_of(ruleset).validators)]
    assume(taken)
    return taken


@tried(150)
@given(wild_rulesets() | overlays(), FORMS)
def test_columns_give_what_exact_gives(policy: dict[str, Any], forms: list[dict[str, Any]]) -> None:
    """Every figure, score and remark of a population is what each of its documents has by itself."""
    ruleset = compiled_or_thrown_away(policy)
    found = judgeable(forms, ruleset)
    tables = tables_of(found, ruleset)
    together, apart = results_of(tables, ruleset), one_by_one(tables, ruleset)
    event(f"in columns: {together.exactly < len(found)}")
    for one, other in zip(together.tables, apart.tables, strict=True):
        assert one.schema == other.schema
        assert one.equals(other), (policy, forms, one.to_dicts(), other.to_dicts())


@tried(60)
@given(wild_rulesets() | overlays(), FORMS)
def test_every_name_has_its_exact_value_in_columns(policy: dict[str, Any], forms: list[dict[str, Any]]) -> None:
    """Not only results: every name of every thing, and why it has no value where it has none."""
    ruleset = compiled_or_thrown_away(policy)
    found = judgeable(forms, ruleset)
    try:
        outcome = run(ruleset, frames_of(tables_of(found, ruleset), ruleset))
    except (Inexpressible, Overflow) as cannot:
        event(repr(cannot))
        return
    apart = {row for each in outcome.exactly for row in each}
    from zhunsheng.evaluation.facts import world_of_document
    from zhunsheng.evaluation.score import run as exactly

    for number, document in enumerate(found):
        if number in apart:
            continue
        world = exactly(plan_of(ruleset), world_of_document(document, ruleset)).world
        for scope, frame in outcome.frames.items():
            rows = [number] if frame.owner is None else [at for at, owner in enumerate(frame.owner) if owner == number]
            things = world.things.get(scope, [])
            assert len(rows) == len(things), (scope, policy)
            for name, column in frame.columns.items():
                wanted = [each.values.get(name, Absent.MISSING) for each in things]
                every = values_of(column, frame.rows)
                assert [every[row] for row in rows] == list(map(plainly, wanted)), (scope, name, policy)


def plainly(value: object) -> object:
    """Undecided is told from undefined only in the reasons given to people."""
    return Absent.UNDEFINED if value is Absent.UNDECIDED else value


@tried(60)
@given(overlays(), documents())
def test_tables_say_what_evaluate_says(policy: dict[str, Any], form: dict[str, Any]) -> None:
    """The rows of a document say what its assessment says: total, grade, scores, and each remark with its place."""
    ruleset = compiled_or_thrown_away(policy)
    document = document_of(form)
    found = results_of(tables_of([document], ruleset), ruleset)
    assessment = evaluate(document, ruleset, derivations=False)
    row = found.documents.row(0, named=True)
    assert (None if row["总分"] is None else str(row["总分"]), row["等级"]) == (
        assessment.total.computed,
        assessment.grade.computed,
    )
    scores = {(each.id, each.status) for each in assessment.scores}
    assert {(each["得分项"], each["状态"]) for each in found.scores.iter_rows(named=True)} == scores
    told = {
        (heading, each.rule, each.severity, each.at) for heading in HEADINGS for each in getattr(assessment, heading)
    }
    rows = {(each["类别"], each["规则"], each["程度"], each["位置"]) for each in found.remarks.iter_rows(named=True)}
    assert rows >= told


LARGE = st.integers(-(10**30), 10**30) | st.integers(-1000, 1000)


@tried(200)
@given(
    st.lists(LARGE, min_size=1, max_size=4),
    st.integers(0, 6),
    st.sampled_from(Mode),
    st.integers(-3, 8),
    st.integers(1, 10**9),
)
def test_a_figure_too_large_for_columns_never_wraps(
    numerators: list[int], places: int, mode: Mode, to: int, divisor: int
) -> None:
    """Sums, products, quotients and roundings are exact, or are not done at all."""
    column = values.integers(pl.Series(numerators, dtype=pl.Int128), 10**places)
    other = values.integers(pl.Series([divisor] * len(numerators), dtype=pl.Int128))
    exact = [Fraction(each, 10**places) for each in numerators]
    try:
        quotient = values.divided(column, other)
        results = {
            "product": (values.multiplied(column, column), [each * each for each in exact]),
            "sum": (
                values.added(values.multiplied(column, other), column, 1),
                [each * divisor + each for each in exact],
            ),
            "rounded": (
                values.rounded(quotient, Rounding(to, mode)),
                [round_once(each / divisor, Rounding(to, mode)) for each in exact],
            ),
        }
    except Overflow:
        event("too large")
        return
    for name, (found, wanted) in results.items():
        assert values_of(found, len(exact)) == wanted, name


LARGEST = st.integers(10**24, 10**37) | st.integers(-(10**37), -(10**24)) | st.integers(-1000, 1000)


@tried(200)
@given(st.lists(st.tuples(LARGEST, LARGEST), min_size=1, max_size=4), st.integers(0, 6), st.integers(0, 12))
def test_what_is_brought_over_one_denominator_never_wraps(
    pairs: list[tuple[int, int]], places: int, others: int
) -> None:
    """Comparing, choosing and stacking are exact, or are not done at all."""
    rows = len(pairs)
    column = values.integers(pl.Series([each for each, _ in pairs], dtype=pl.Int128), 10**places)
    other = values.integers(pl.Series([each for _, each in pairs], dtype=pl.Int128), 10**others)
    left = [Fraction(each, 10**places) for each, _ in pairs]
    right = [Fraction(each, 10**others) for _, each in pairs]
    mask = [at % 2 == 0 for at in range(rows)]
    both = list(zip(left, right, strict=True))
    try:
        less = values.compared("<", column, other, rows)
        found = {
            "greater": (values.extreme("max", column, other), [max(each) for each in both]),
            "chosen": (
                values.chosen(lanes.leaf(pl.Series(mask)), column, other, rows),
                [one if here else two for here, (one, two) in zip(mask, both, strict=True)],
            ),
            "stacked": (values.stacked([column, other], [rows, rows]), left + right),
        }
    except Overflow:
        event("too large")
        return
    assert values_of(less, rows) == [one < two for one, two in both]
    for name, (each, wanted) in found.items():
        assert values_of(each, len(wanted)) == wanted, name


def test_the_least_integer_has_an_opposite() -> None:
    """It is one further from 0 than the greatest is."""
    least = -(2**63)
    with patch.object(kernels, "ENOUGH", 0):
        for column in (
            values.integers(pl.Series([least, 1])),
            values.decimals(pl.Series([least, 1], dtype=pl.Int128).cast(pl.Decimal(38, 0))),
        ):
            assert values_of(values.negated(column), 2) == [-least, -1]
            assert values_of(values.divided(values.integers(pl.Series([3, 1])), column), 2) == [Fraction(3, least), 1]


def test_no_day_of_the_calendar_is_undefined_in_a_single_row_too() -> None:
    """Where a column of dates has one row, that row might be taken for all of them."""
    numbers = [Constant(Fraction(each), Type.NUMBER, "") for each in (2021, 2, 30)]
    none = Call("date", tuple(numbers), type=Type.DATE)
    since = Arithmetic("-", none, Constant(date(2021, 1, 1), Type.DATE, ""), type=Type.NUMBER)
    for rows in (1, 2):
        assert values_of(read(since, Context(rows, ())), rows) == [Absent.UNDEFINED] * rows
