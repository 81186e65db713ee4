"""Odd figures in columns: at the very ends of 64 and of 128 bits, nothing wraps."""

from __future__ import annotations

import json
import pickle
from fractions import Fraction
from typing import TYPE_CHECKING
from unittest.mock import patch

import polars as pl
import pytest

from laws.strategies import HEAD, document_of, ruleset_of
from population.many import fixtures, ran, rejected, write_lines
from zhunsheng.evaluation.peers import judged_together
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import run_together
from zhunsheng.exchange.files import shipped_ruleset
from zhunsheng.number import Mode, Rounding
from zhunsheng.population.columns import kernels, values
from zhunsheng.population.columns.peers import values_of
from zhunsheng.population.columns.values import Column, Numbers, Overflow
from zhunsheng.population.peers import peers_of
from zhunsheng.population.results import results_of, results_of_runs
from zhunsheng.population.table import KEY, tables_of, worlds_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LEAST = -(2**63)
LONG = 7 * 10**37
"""Fits 128 bits, but ten times as much does not."""
TENTH = values.constant(Fraction(1, 10))


def long() -> Numbers:
    return values.decimals(pl.Series([f"{LONG}", "5", "-3"]).cast(pl.Decimal(38, 0)))


def tenths() -> Numbers:
    return values.decimals(pl.Series(["0.3", "0.1", "0.2"]).cast(pl.Decimal(38, 1)))


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("dtype", [pl.Int64, pl.Decimal(38, 0)])
def test_the_least_integer_of_64_bits_has_its_opposite(dtype: pl.DataType, compiled: bool) -> None:  # noqa: FBT001
    series = pl.Series([LEAST, 5], dtype=pl.Int64).cast(dtype)
    with patch.multiple(kernels, ENOUGH=0 if compiled else 10**9, _KERNELS={}):
        column = values.integers(series) if dtype == pl.Int64 else values.decimals(series)
        assert values_of(values.negated(column), 2) == [-LEAST, -5]
        ones = values.constant(Fraction(1))
        assert values_of(values.divided(ones, column), 2) == [Fraction(1, LEAST), Fraction(1, 5)]
        minus = values.integers(pl.Series([-1, 2]))
        assert values_of(values.divided(column, minus), 2) == [-LEAST, Fraction(5, 2)]


STEPS: dict[str, Callable[[], Column]] = {
    "compared": lambda: values.compared("<", long(), TENTH, 3),
    "extreme": lambda: values.extreme("max", long(), TENTH),
    "rounded": lambda: values.rounded(long(), Rounding(2, Mode.HALF_UP)),
    "divided": lambda: values.divided(long(), tenths()),
    "divided and rounded": lambda: values.rounded(values.divided(long(), tenths()), Rounding(0, Mode.DOWN)),
    "chosen": lambda: values.chosen(values.truths(pl.Series([True, False, True])).values, long(), TENTH, 3),
    "stacked": lambda: values.stacked([long(), tenths()], [3, 3]),
}


@pytest.mark.parametrize("step", STEPS)
def test_what_is_ten_times_as_large_as_bits_allow_is_not_done(step: str) -> None:
    """Levelled over one denominator, the numerators would have left 128 bits, and come back as something else."""
    with pytest.raises(Overflow):
        STEPS[step]()


PEERS = {
    **HEAD,
    "extends": "mof-2020",
    "inputs": {"甲": {"each": "文件", "type": "number"}, "乙": {"each": "文件", "type": "number"}},
    "peers": {"同类": {"by": ["年度"]}},
}
TINY = "0.0000000000000001"


@pytest.mark.parametrize(
    "pairs",
    [
        [("100000000000000", "1000000000000"), (TINY, TINY)],
        [("100000000000000", "7"), (TINY, "0.0000000000000003")],
        [("1", "100000000000000"), ("2", "3")],
    ],
)
@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ("max(积 for 同类)", "积 / 数"),
        ("min(积 for 同类)", "积 / 数"),
        ("mean(积 for 同类)", "积 / 数"),
        ("count(同类 where 积 > 本.积)", "数"),
        ("share(积 >= 本.积 for 同类) * 1", "数"),
    ],
)
@pytest.mark.parametrize("product", ["甲 * 乙", "甲 * 乙 * 乙", "甲 * 乙 * 乙 * 乙"])
def test_peers_whose_figures_have_no_denominator_in_common_are_known_all_the_same(
    product: str, figure: str, told: str, pairs: list[tuple[str, str]]
) -> None:
    """Of two that fit their bits, one below the other over one denominator may not; and some fit by no means."""
    own = {"积": {"each": "文件", "formula": product}, "数": {"each": {"本": "文件"}, "formula": figure}}
    score = {"预算执行率": {"formula": f"min(first({told}, 0), 9)", "beyond": "要多少有多少"}}
    ruleset = ruleset_of({**PEERS, "quantities": own, "scores": score})
    common = {"kind": "department", "unit": "某单位", "year": 2021, "funds": {"total": {}}, "indicators": []}
    forms = [common | {"id": f"{at}", "attributes": {"甲": one, "乙": other}} for at, (one, other) in enumerate(pairs)]
    tables = tables_of([document_of(each) for each in forms], ruleset)
    keys, worlds = zip(*worlds_of(tables, ruleset), strict=True)
    exact = results_of_runs(zip(keys, run_together(plan_of(ruleset), worlds, judged_together), strict=True), ruleset)
    halves = [{scope: each.filter(pl.col(KEY) == key) for scope, each in tables.items()} for key in keys]
    known = pickle.loads(pickle.dumps(peers_of(lambda: halves, ruleset)))  # noqa: S301  our own, as between processes
    found = results_of(tables, ruleset, known)
    assert [each.to_dicts() for each in found.tables] == [each.to_dicts() for each in exact.tables]


def test_a_document_whose_total_no_table_holds_is_refused_by_itself(tmp_path: Path) -> None:
    """And the others have their results."""
    ruleset = tmp_path / "large.yaml"
    score = {"预算执行率": {"formula": "first(甲 * 甲 * 甲, 0)", "beyond": "要多少有多少"}}
    written = {**HEAD, "extends": "mof-2020", "inputs": PEERS["inputs"], "scores": score}
    ruleset.write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
    common = {"kind": "department", "unit": "某单位", "year": 2021, "funds": {"total": {}}, "indicators": []}
    forms = [
        common | {"id": f"{at}", "attributes": {"甲": number}} for at, number in enumerate(["2", "99999999999999", "3"])
    ]

    tally = ran(write_lines(tmp_path / "all.jsonl", forms), tmp_path / "out", str(ruleset))

    assert (tally.judged, dict(tally.reasons)) == (2, {"figure-digits": 1})
    (row,) = rejected(tmp_path / "out").to_dicts()
    assert (row["文件号"], row["栏"]) == (2, "预算执行率.得分")


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["产出指标", "效益指标", "满意度指标"])])
def test_texts_may_come_as_codes(dtype: pl.DataType) -> None:
    ruleset = shipped_ruleset("mof-2020")
    tables = tables_of(fixtures(), ruleset)
    coded = tables | {"指标": tables["指标"].with_columns(pl.col("一级指标").cast(dtype, strict=False))}
    plain = tables | {"指标": coded["指标"].with_columns(pl.col("一级指标").cast(pl.String))}
    for one, other in zip(results_of(coded, ruleset).tables, results_of(plain, ruleset).tables, strict=True):
        assert one.equals(other)
