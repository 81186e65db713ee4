"""One contender at a time, in a process of its own: `python -m benchmarks.contest NAME DOCUMENTS [FOLDER]`.

Prints how long it took, how much memory beside the input, and a digest of what came out, as JSON.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache, partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from benchmarks import job, rivals, services
from zhunsheng import evaluate, load_ruleset
from zhunsheng.evaluation.facts import world_of_document
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import facts_of, run
from zhunsheng.population.columns import kernels
from zhunsheng.population.results import Results, results_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.job import Result, Tables
    from zhunsheng import Assessment, Document, Ruleset

BATCH: Final = 100_000
CHUNK: Final = 100
SUMMARY: Final = ("scores",)
"""What the job does not ask for; rivals do not write a row a score either."""
_INDICATOR: Final = re.compile(r"/indicators/(\d+)/")

Outcome = list[pl.Series]
"""Totals, grades and requirements, each a column."""


class Timed(NamedTuple):
    """What a contender did: its time in seconds, and its figures; None where it gives none."""

    seconds: float
    outcome: Outcome | None


def main() -> None:
    """Runs the contender that is named."""
    name, count = sys.argv[1], int(sys.argv[2])
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    timed = CONTENDERS[name](count) if folder is None else FILED[name](count, folder)
    found: dict[str, Any] = {"seconds": timed.seconds, "memory": _peak() - _INPUT[0]}
    if timed.outcome is not None:
        found["digest"] = job.digest_of_columns(*timed.outcome)
    print(json.dumps(found))


# Time and memory

_INPUT: Final = [0]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """The time of a piece of work, and what it gave; memory is counted from here."""
    _begin()
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _begin() -> None:
    """Forgets the peak so far, and keeps the collector from the input: what that takes is not the contender's."""
    gc.collect()
    gc.freeze()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    _INPUT[0] = _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    """Of this process, in KiB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name + ":"))


# This engine


@cache
def ruleset() -> Ruleset:
    """The job's."""
    return load_ruleset(job.RULESET)


def one_by_one(count: int, *, derivations: bool) -> Timed:
    """`evaluate`, as a service calls it."""
    documents = job.forms(job.tables(count))
    evaluate(documents[0], ruleset(), derivations=derivations)
    seconds, found = timed(lambda: [evaluate(each, ruleset(), derivations=derivations) for each in documents])
    return Timed(seconds, _columns(map(result_of, found)))


def scored(count: int) -> Timed:
    """Scores and inference alone, the cells of the forms read beforehand, as a service of JSON numbers has it."""
    plan = plan_of(ruleset())
    worlds = [world_of_document(each, ruleset()) for each in job.forms(job.tables(count + 1))]
    run(plan, worlds.pop())
    worlds.reverse()

    def judge() -> None:
        while worlds:  # a service keeps none of them
            run(plan, worlds.pop())

    return Timed(timed(judge)[0], None)


def in_processes(count: int) -> Timed:
    """The same over two processes."""
    documents = job.forms(job.tables(count))
    chunks = [documents[at : at + CHUNK] for at in range(0, count, CHUNK)]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_chunk, chunks[:2]))
        seconds, found = timed(lambda: list(chain.from_iterable(pool.map(_chunk, chunks))))
    return Timed(seconds, _columns(found))


def _chunk(documents: list[Document]) -> list[Result]:
    return [result_of(evaluate(each, ruleset(), derivations=False)) for each in documents]


def result_of(assessment: Assessment) -> Result:
    """An assessment in the terms of the contest."""
    explain = 0
    for each in assessment.requirements:
        indicator = _INDICATOR.match(each.at)
        explain |= 1 << int(indicator[1]) if indicator else job.EXECUTION
    total, grade = assessment.total.computed, assessment.grade.computed
    assert total is not None
    assert grade is not None
    return job.Result(int(total.replace(".", "")), job.GRADES.index(grade), explain)


def in_columns(count: int, *, threads: int, without: tuple[str, ...] = SUMMARY) -> Timed:
    """Batches of tables in memory."""
    batches = [job.tables(min(BATCH, count - first), first) for first in range(0, count, BATCH)]
    judge = partial(results_of, ruleset=ruleset(), without=without)
    with ThreadPoolExecutor(threads) as pool:
        compiling(judge, pool, threads)
        seconds, found = timed(lambda: list(pool.map(judge, batches)))
    return Timed(seconds, _joined(map(outcome_of, found)))


def compiling(judge: Callable[[Tables], Results], pool: ThreadPoolExecutor, threads: int) -> None:
    """Judges other documents until all is compiled, as the kernel in C is before its time counts."""
    before = [job.tables(BATCH, 10**9 + BATCH * each) for each in range(threads)]
    for _ in range(kernels.ENOUGH // BATCH // threads + 1):
        list(pool.map(judge, before))


def outcome_of(results: Results) -> Outcome:
    """Results as tables in the terms of the contest."""
    documents, _, remarks, _ = results
    places = [f"/indicators/{each}/actual" for each in range(job.INDICATORS)]
    bits = pl.Series([1 << each for each in range(job.INDICATORS)])
    bit = pl.col("位置").replace_strict(places, bits, default=job.EXECUTION)
    asked = remarks.filter(pl.col("类别") == "requirements").group_by("文件号").agg(bit.sum().alias("须说明"))
    table = documents.join(asked, on="文件号", how="left", maintain_order="left")
    grade = pl.Series(job.GRADES)
    return [
        job.hundredths(table["总分"]),
        table["等级"].replace_strict(grade, range(len(grade)), return_dtype=pl.Int64),
        table["须说明"].fill_null(0),
    ]


# By hand


def kernel(count: int) -> Timed:
    """The limit: C on arrays in memory, one thread."""
    with TemporaryDirectory() as folder:
        judge = rivals.compiled(Path(folder))
    given = rivals.arrays(job.tables(count))
    rivals.by_kernel(judge, [each.head(0) for each in given])
    seconds, found = timed(lambda: rivals.by_kernel(judge, given))
    return Timed(seconds, found)


def polars(count: int, *, engine: Any) -> Timed:
    """Expressions over the long layout in memory, both processors."""
    tables = job.tables(count)
    query = rivals.by_polars(tables["文件"].lazy(), tables["指标"].lazy())
    small = job.tables(100)
    rivals.by_polars(small["文件"].lazy(), small["指标"].lazy()).collect(engine=engine)
    seconds, found = timed(lambda: query.collect(engine=engine))
    return Timed(seconds, found.get_columns())


def decimals(count: int) -> Timed:
    """Plain Python with Decimal."""
    tables = job.tables(count)
    documents = tables["文件"].select("全年预算数", "全年执行数", "执行偏差原因").rows()
    rows = tables["指标"].select("分值", "目标值", "实际值", "偏差原因").rows()
    size = job.INDICATORS
    seconds, found = timed(
        lambda: [
            rivals.by_decimal(budget, executed, reason, rows[at * size : (at + 1) * size])
            for at, (budget, executed, reason) in enumerate(documents)
        ]
    )
    return Timed(seconds, _columns(found))


# Others' engines


def zen(count: int, *, by: Callable[[], Callable[[dict[str, Any]], Result]]) -> Timed:
    """One document a call, as it is meant to be used."""
    judge, given = by(), services.payloads(job.tables(count))
    judge(given[0])
    seconds, found = timed(lambda: [judge(each) for each in given])
    return Timed(seconds, _columns(found))


def openfisca(count: int) -> Timed:
    """All documents in one simulation."""
    system, given = services.openfisca_system(), services.arrays_of(job.tables(count))
    services.by_openfisca(system, services.arrays_of(job.tables(100)))
    seconds, found = timed(lambda: services.by_openfisca(system, given))
    return Timed(seconds, _columns(zip(*(each.tolist() for each in found), strict=True)))


def durable_rules(count: int) -> Timed:
    """Inference alone: bare durable-rules, told the facts that the engine has worked out. It scores nothing."""
    plan = plan_of(ruleset())
    told = []
    for document in job.forms(job.tables(count)):
        world = world_of_document(document, ruleset())
        run(plan, world)
        told.append([facts_of(step, world)[0] for step in plan.steps])
    assert plan.engine is not None
    engine = plan.engine

    def infer() -> None:
        for batches in told:
            with engine.session() as session:
                for batch in batches:
                    session.tell(batch)

    return Timed(timed(infer)[0], None)


# From files, in memory that does not grow


def write(count: int, folder: Path) -> None:
    """The documents as Parquet, so many in a row group."""
    from pyarrow import parquet

    for scope in ("文件", "指标"):
        first = job.tables(1)[scope].to_arrow()
        with parquet.ParquetWriter(folder / f"{scope}.parquet", first.schema) as writer:
            for start in range(0, count, BATCH):
                writer.write_table(job.tables(min(BATCH, count - start), start)[scope].to_arrow().cast(first.schema))


def filed_columns(count: int, folder: Path) -> Timed:
    """Row group by row group, two at a time, results dropped but for their figures."""
    judge = partial(results_of, ruleset=ruleset(), without=SUMMARY)
    judge(job.tables(100))
    seconds, found = timed(lambda: _two_at_a_time(judge, _row_groups(folder), -(-count // BATCH)))
    return Timed(seconds, _joined(found))


def _row_groups(folder: Path) -> Callable[[int], Tables]:
    sizes = {"文件": BATCH, "指标": BATCH * job.INDICATORS}

    def read(at: int) -> Tables:
        return {
            scope: pl.scan_parquet(folder / f"{scope}.parquet").slice(at * size, size).collect()
            for scope, size in sizes.items()
        }

    return read


def _two_at_a_time(judge: Callable[[Tables], Results], read: Callable[[int], Tables], groups: int) -> list[Outcome]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda at: _compact(outcome_of(judge(read(at)))), range(groups)))


def _compact(outcome: Outcome) -> Outcome:
    return [each.cast(pl.Int32) for each in outcome]


def filed_polars(_: int, folder: Path) -> Timed:
    """Polars streaming over the same files."""
    query = rivals.by_polars(*(pl.scan_parquet(folder / f"{scope}.parquet") for scope in ("文件", "指标")))
    seconds, found = timed(lambda: query.collect(engine="streaming"))
    return Timed(seconds, found.get_columns())


# Figures


def _columns(results: Iterable[tuple[int, ...]]) -> Outcome:
    return [pl.Series(each, dtype=pl.Int64) for each in zip(*results, strict=True)]


def _joined(parts: Iterable[Outcome]) -> Outcome:
    return [pl.concat(each) for each in zip(*parts, strict=True)]


CONTENDERS: Final[dict[str, Callable[[int], Timed]]] = {
    "columns": partial(in_columns, threads=1),
    "columns-2": partial(in_columns, threads=2),
    "columns-full": partial(in_columns, threads=2, without=()),
    "one": partial(one_by_one, derivations=False),
    "one-derived": partial(one_by_one, derivations=True),
    "one-scored": scored,
    "processes": in_processes,
    "kernel": kernel,
    "polars": partial(polars, engine="in-memory"),
    "polars-streaming": partial(polars, engine="streaming"),
    "decimal": decimals,
    "durable-rules": durable_rules,
    "zen-expressions": partial(zen, by=services.by_zen_expressions),
    "zen-table": partial(zen, by=services.by_zen_table),
    "zen-graph": partial(zen, by=services.by_zen_graph),
    "openfisca": openfisca,
}
FILED: Final[dict[str, Callable[[int, Path], Timed]]] = {"columns": filed_columns, "polars": filed_polars}


if __name__ == "__main__":
    main()
