"""This engine beside others on one job, in one run: `make bench`. Figures only; nothing here can fail a build.

`job.yaml` says what is to be done, `job.py` says it again by hand. Each contender runs in a process of its own, in
turn, the fastest of three; its figures are compared to the last digit before its time counts. `DOCUMENTS=1000000` sets the population,
`FILED=1000000,10000000` asks for runs from Parquet as well, to see whether memory grows.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks import contest, job, parts

ROOT: Final = Path(__file__).parents[2]
EXACT: Final = 2_000
"""Documents up to which the oracle says what must come out; above, the kernel does, which it has checked."""
ROUNDS: Final = 3


class Entry(NamedTuple):
    """A row of the report: which contender, how it is called, on how much of the population, and what it needs."""

    name: str
    title: str
    share: float = 1.0
    needs: str = ""


MANY: Final = (
    Entry("columns-2", "准绳，列式，两线程"),
    Entry("columns", "准绳，列式，一线程"),
    Entry("columns-full", "准绳，列式，连每个得分一行"),
    Entry("kernel", "C 内核，一线程（极限）"),
    Entry("polars-streaming", "手写 Polars，streaming"),
    Entry("polars", "手写 Polars，in-memory"),
    Entry("openfisca", "openfisca-core", needs="openfisca_core"),
    Entry("decimal", "Python Decimal", 0.05),
    Entry("processes", "准绳，逐份，两进程", 0.02),
    Entry("one", "准绳，逐份", 0.01),
    Entry("zen-expressions", "zen-engine，表达式", 0.02, "zen"),
    Entry("zen-table", "zen-engine，决策表", 0.01, "zen"),
    Entry("zen-graph", "zen-engine，决策图", 0.01, "zen"),
)
ONE: Final = (
    Entry("one-scored", "准绳，只计分和推理，格已读好"),
    Entry("one", "准绳，读格、评价，不留推导"),
    Entry("one-derived", "准绳，读格、评价，留推导"),
    Entry("durable-rules", "durable-rules（只推理）"),
    Entry("zen-expressions", "zen-engine，表达式", needs="zen"),
    Entry("zen-table", "zen-engine，决策表", needs="zen"),
    Entry("zen-graph", "zen-engine，决策图", needs="zen"),
    Entry("decimal", "Python Decimal"),
)


class Run(NamedTuple):
    """The fastest of a few runs of a contender, and the most memory that one of them took."""

    documents: int
    seconds: float
    memory: int
    right: bool | None

    @property
    def rate(self) -> float:
        """Documents in a second."""
        return self.documents / self.seconds


def main() -> None:
    """Three tables: a population, one document, a population in files; then the parts of one evaluation."""
    count = int(os.environ.get("DOCUMENTS") or 200_000)
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} × {_processor()}")
    many(count)
    one()
    for each in filter(None, os.environ.get("FILED", "").split(",")):
        filed(int(each))
    print()
    parts.report()


def many(count: int) -> None:
    """Each contender over the population, or over a share of it where it is slow."""
    print(f"\n{count:,} 份，每份 {job.INDICATORS} 个指标 · a population; memory beside the input")
    base: Run | None = None
    for entry in MANY:
        found = _tried(entry, max(int(count * entry.share), EXACT))
        if found is not None:
            base = base or found
            ratio = f"{found.rate / base.rate:>9.3f} ×"
            print(
                f"{_padded(entry.title)}{found.rate:>13,.0f} 份/秒{ratio}{found.memory / 1024:>9,.0f} MiB{_said(found)}"
            )


def one() -> None:
    """One document a call."""
    print(f"\n一份，每份 {job.INDICATORS} 个指标 · one document a call, mean of {EXACT:,}")
    base: Run | None = None
    for entry in ONE:
        found = _tried(entry, EXACT)
        if found is not None:
            base = base or found
            print(
                f"{_padded(entry.title)}{1e6 / found.rate:>13,.0f} 微秒{base.rate / found.rate:>9.2f} ×{_said(found)}"
            )


def filed(count: int) -> None:
    """From Parquet to figures: whether memory grows with the population."""
    with tempfile.TemporaryDirectory() as folder:
        contest.write(count, Path(folder))
        print(f"\n{count:,} 份，从 Parquet 读起 · from Parquet")
        rows = [(name, _once(name, count, folder)) for name in contest.FILED]
    for name, found in rows:
        same = "" if found["digest"] == rows[0][1]["digest"] else "  结果不同 differs"
        print(f"{_padded(name)}{count / found['seconds']:>13,.0f} 份/秒{found['memory'] / 1024:>18,.0f} MiB{same}")


def _tried(entry: Entry, count: int) -> Run | None:
    if entry.needs and importlib.util.find_spec(entry.needs) is None:
        print(f"{_padded(entry.title)} 略过：没有 {entry.needs}，make bench 会装它 · skipped, not installed")
        return None
    found = [_once(entry.name, count) for _ in range(ROUNDS)]
    digests = {each.get("digest") for each in found}
    right = None if digests == {None} else digests == {_expected(count)}
    return Run(
        count,
        min(each["seconds"] for each in found),
        max(each["memory"] for each in found),
        right,
    )


_EXPECTED: Final[dict[int, str]] = {}


def _expected(count: int) -> str:
    """What the oracle says; of more documents than it can do in time, what the kernel says, which the oracle has checked."""
    if EXACT not in _EXPECTED:
        _EXPECTED[EXACT] = job.digest(job.expected(job.tables(EXACT)))
        assert _once("kernel", EXACT)["digest"] == _EXPECTED[EXACT]
    if count not in _EXPECTED:
        _EXPECTED[count] = _once("kernel", count)["digest"]
    return _EXPECTED[count]


def _once(name: str, count: int, *more: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.contest", name, str(count), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _said(found: Run) -> str:
    """Nothing where the figures are right."""
    if found.right is None:
        return "  没有得分可比 nothing to compare"
    return "" if found.right else "  结果不对，不算 WRONG"


def _padded(title: str) -> str:
    return title + " " * max(34 - sum(2 if each > "ÿ" else 1 for each in title), 1)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
