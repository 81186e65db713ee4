"""What a ruleset asks of all documents at once, found out in passes over the batches before they are judged.

What is known then lies in a file of this run for its processes to read: it is made anew by each run, and never taken
from an earlier one.
"""

from __future__ import annotations

import pickle
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.exchange.bulk.inputs import Range
from zhunsheng.exchange.bulk.pool import spread
from zhunsheng.exchange.bulk.read import documents_in, original, tables_in
from zhunsheng.exchange.bulk.rulesets import Chooser, named_ruleset
from zhunsheng.population.judge import documents_asked, tables_asked
from zhunsheng.population.peers import NOTHING, answered
from zhunsheng.ruleset import in_force

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from zhunsheng.exchange.bulk.inputs import Batch
    from zhunsheng.population.columns.peers import Known
    from zhunsheng.population.judge import Asked


class Job(NamedTuple):
    """A batch, the ruleset, which pass it is, and the file of what is known so far."""

    batch: Batch
    ruleset: str
    level: int
    known: str


@contextmanager
def peers_known(batches: Sequence[Batch], ruleset: str | None, jobs: int) -> Iterator[str | None]:
    """The file of what is known of peers, while it is needed; None where the ruleset asks nothing of them."""
    if ruleset is None or not named_ruleset(ruleset).peers:
        yield None
        return
    with TemporaryDirectory() as folder:
        known: dict[tuple[str, int], Known] = {}
        file = Path(folder) / "0"
        level = 0
        while True:
            file.write_bytes(pickle.dumps(known))
            found = _passed([Job(each, ruleset, level, file.as_posix()) for each in batches], jobs)
            if not found:
                break
            for (sum_, year), parts in found.items():
                own = in_force(named_ruleset(ruleset), year)
                known[sum_, year] = answered(own, known.get((sum_, year), NOTHING), level, parts)
            level += 1
            file = Path(folder) / f"{level}"
        yield file.as_posix()


def _passed(work: list[Job], jobs: int) -> Asked:
    found: Asked = {}
    for part in spread(asked, work, min(jobs, max(len(work), 1))):
        for key, parts in part.items():
            found.setdefault(key, []).extend(parts)
    return found


def asked(job: Job) -> Asked:
    """What a pass takes of a batch."""
    choosing, source = Chooser(job.ruleset), job.batch.source
    if isinstance(source, Range):
        return tables_asked(tables_in(source), choosing, original, "", known_in(job.known), job.level)
    return documents_asked(documents_in(source).entries, choosing, known_in(job.known), job.level)


@lru_cache(maxsize=2)
def known_in(file: str) -> Mapping[tuple[str, int], Known]:
    """What is known, read once in a process."""
    known: Mapping[tuple[str, int], Known] = pickle.loads(Path(file).read_bytes())  # noqa: S301  written by this very run
    return known
