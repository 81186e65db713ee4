"""Compiled kernels in the processes that use them: threads that begin together, and what cannot be compiled for."""

from __future__ import annotations

import subprocess
import sys
from unittest.mock import patch

import polars as pl
import pytest

from population.many import fixtures
from zhunsheng.evaluation.inputs import input_problems
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.exchange.files import shipped_ids, shipped_ruleset
from zhunsheng.population.columns import kernels, lanes
from zhunsheng.population.peers import peers_of
from zhunsheng.population.results import one_by_one, results_together
from zhunsheng.population.table import tables_of

TOGETHER = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import polars as pl

from zhunsheng.population.columns import kernels, lanes

kernels.ENOUGH = 0
barrier = Barrier(8)


def work(at):
    barrier.wait()
    for more in range(5):
        column = lanes.leaf(pl.Series(range(100)))
        found = lanes.arithmetic("mul", column, lanes.integer(at * 5 + more + 2))
        assert lanes.series(found, 100).to_list() == [each * (at * 5 + more + 2) for each in range(100)]
    return True


with ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(work, range(8))))
"""


def test_threads_that_ask_for_their_first_kernels_together_each_get_theirs() -> None:
    for _ in range(3):
        found = subprocess.run([sys.executable, "-c", TOGETHER], capture_output=True, text=True, check=False)
        assert (found.returncode, found.stdout) == (0, "8\n"), found.stderr


def test_where_no_code_can_be_compiled_polars_does_it() -> None:
    column = lanes.arithmetic("add", lanes.leaf(pl.Series([1, None, 3])), lanes.integer(4))
    with patch.multiple(kernels, ENOUGH=0, _KERNELS={}, _divides=lambda: False):
        assert lanes.series(column, 3).to_list() == [5, 4, 7]


@pytest.mark.parametrize("name", shipped_ids())
def test_every_shipped_ruleset_is_the_same_compiled(name: str) -> None:
    ruleset = shipped_ruleset(name)
    taken = [each for each in fixtures() if not input_problems(each, ruleset, plan_of(ruleset).validators)]
    tables = tables_of(taken, ruleset)
    with patch.object(kernels, "ENOUGH", 0):
        together = results_together(tables, ruleset)
    peers = peers_of(lambda: [tables], ruleset)
    for one, other in zip(together.tables, one_by_one(tables, ruleset, peers).tables, strict=True):
        assert one.equals(other)
