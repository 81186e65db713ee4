"""What one process does with one batch: read it, judge it, write its parts, and last the mark that says it is done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from zhunsheng.exchange.bulk.disk import write_json, write_table
from zhunsheng.exchange.bulk.inputs import Range
from zhunsheng.exchange.bulk.peers import known_in
from zhunsheng.exchange.bulk.read import documents_in, original, tables_in
from zhunsheng.exchange.bulk.rulesets import Chooser
from zhunsheng.exchange.bulk.tally import Tally, as_data
from zhunsheng.population.dossiers import judge_dossiers
from zhunsheng.population.judge import Judged, judge_documents, judge_tables
from zhunsheng.population.layout import KEY
from zhunsheng.population.rejects import rejects

if TYPE_CHECKING:
    from zhunsheng.exchange.bulk.inputs import Batch
    from zhunsheng.population.judge import Part

DONE: Final = "done"
REJECTS: Final = "rejects"
RESULTS: Final = ("documents", "scores", "remarks")


class Job(NamedTuple):
    """A batch, the ruleset that was asked for (None: by region, kind and year), the folder of the results, and the file of peers."""

    batch: Batch
    ruleset: str | None
    output: str
    peers: str | None = None


class Miscounted(Exception):  # noqa: N818  says what happened
    """A document is neither in the results nor in the rejects, or in both: a fault of ours, and no result is written."""


def done(job: Job) -> tuple[int, Tally]:
    """The number of the batch and what it comes to, when everything of it is on the disk."""
    judged, documents = judged_batch(job.batch, job.ruleset, job.peers)
    tally = tallied(judged, documents)
    folder = Path(job.output)
    for at, part in enumerate(judged.parts, 1):
        write_part(part, folder, f"part-{job.batch.number:06}-{at}.parquet")
    if len(judged.rejects):
        write_table(judged.rejects, folder / REJECTS / f"part-{job.batch.number:06}.parquet")
    write_json(as_data(tally), mark(folder, job.batch.number))
    return job.batch.number, tally


def judged_batch(batch: Batch, ruleset: str | None, peers: str | None = None) -> tuple[Judged, int]:
    """The batch judged, and how many documents were read."""
    known = {} if peers is None else known_in(peers)
    if isinstance(batch.source, Range):
        tables = tables_in(batch.source)
        origin = Path(batch.source.paths[0][1]).name
        return judge_tables(tables, Chooser(ruleset), original, origin, known), batch.documents
    taken, choosing = documents_in(batch.source), Chooser(ruleset)
    alone = judge_documents(taken.entries, choosing, known)
    together = judge_dossiers(taken.dossiers, choosing.of_kinds)
    table = pl.concat([rejects(taken.rows), alone.rejects, together.rejects]).sort(KEY, maintain_order=True)
    lost = taken.unread + alone.rejected + together.rejected
    return Judged([*alone.parts, *together.parts], table, lost), taken.documents


def tallied(judged: Judged, documents: int) -> Tally:
    """What it comes to.

    Raises:
        Miscounted: what was read is not what was judged and what was rejected.
    """
    tally = Tally(documents)
    for part in judged.parts:
        tally.part(part)
    tally.refuse(judged.rejects, judged.rejected)
    named = judged.rejects[KEY].n_unique() if judged.rejected else 1
    if tally.judged + tally.rejected != documents or not named:
        message = f"{documents} read, {tally.judged} judged, {tally.rejected} rejected"
        raise Miscounted(message)
    return tally


def write_part(part: Part, folder: Path, file: str) -> None:
    """Results under one ruleset and year: documents with what they are called, scores, remarks."""
    documents, scores, remarks = part.results.tables
    named = part.heads.join(documents, on=KEY, how="left", maintain_order="left")
    for name, table in zip(RESULTS, (named, scores, remarks), strict=True):
        write_table(table, folder / name / f"ruleset={part.ruleset.id}" / file)


def mark(folder: Path, number: int) -> Path:
    """The file that says of a batch that it is done, and what it comes to."""
    return folder / DONE / f"{number:06}.json"
