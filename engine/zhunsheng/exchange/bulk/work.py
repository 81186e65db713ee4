"""What one process does with one batch: read it, judge it, write its parts, and last the mark that says it is done."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from zhunsheng.exchange.bulk.disk import write_json, write_table
from zhunsheng.exchange.bulk.inputs import Range
from zhunsheng.exchange.bulk.read import documents_in, original, tables_in
from zhunsheng.exchange.bulk.tally import Tally, as_data
from zhunsheng.exchange.choose import choose_for
from zhunsheng.exchange.files import load_ruleset, shipped_ids, shipped_source
from zhunsheng.population.judge import Judged, judge_documents, judge_tables
from zhunsheng.population.layout import KEY
from zhunsheng.population.rejects import rejects
from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from zhunsheng.exchange.bulk.inputs import Batch
    from zhunsheng.population.judge import Part
    from zhunsheng.ruleset import Ruleset

DONE: Final = "done"
REJECTS: Final = "rejects"
RESULTS: Final = ("documents", "scores", "remarks")


class Job(NamedTuple):
    """A batch, the ruleset that was asked for (None: by region, kind and year), and the folder of the results."""

    batch: Batch
    ruleset: str | None
    output: str


class Miscounted(Exception):  # noqa: N818  says what happened
    """A document is neither in the results nor in the rejects, or in both: a fault of ours, and no result is written."""


def done(job: Job) -> tuple[int, Tally]:
    """The number of the batch and what it comes to, when everything of it is on the disk."""
    judged, documents = judged_batch(job.batch, job.ruleset)
    tally = tallied(judged, documents)
    folder = Path(job.output)
    for at, part in enumerate(judged.parts, 1):
        write_part(part, folder, f"part-{job.batch.number:06}-{at}.parquet")
    if len(judged.rejects):
        write_table(judged.rejects, folder / REJECTS / f"part-{job.batch.number:06}.parquet")
    write_json(as_data(tally), mark(folder, job.batch.number))
    return job.batch.number, tally


def judged_batch(batch: Batch, ruleset: str | None) -> tuple[Judged, int]:
    """The batch judged, and how many documents were read."""
    if isinstance(batch.source, Range):
        tables = tables_in(batch.source)
        origin = Path(batch.source.paths[0][1]).name
        return judge_tables(tables, Chooser(ruleset), original, origin), batch.documents
    taken = documents_in(batch.source)
    judged = judge_documents(taken.entries, Chooser(ruleset))
    unread = rejects(taken.rows)
    lost = taken.documents - len(taken.entries) + judged.rejected
    return Judged(
        judged.parts, pl.concat([unread, judged.rejects]).sort(KEY, maintain_order=True), lost
    ), taken.documents


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


# Rulesets


class Chooser:
    """The ruleset of a document, looked for once for all documents alike."""

    def __init__(self, name: str | None) -> None:
        self.name = name

    def __call__(self, kind: str, region: str | None, year: int) -> Ruleset:
        """See `population.judge.Choosing`."""
        found = named_ruleset(self.name) if self.name is not None else _chosen(kind, region, year)
        if isinstance(found, Refused):
            raise Refused(found.problems)
        refuse_peers(found)
        return found


def refuse_peers(ruleset: Ruleset) -> None:
    """Raises `Refused` for a ruleset that sets documents against each other: a batch does not know the others."""
    if ruleset.peers:
        place = Place(ruleset.id)
        raise Refused([Problem(place, "peers-apart", say("peers-apart.expected"), ruleset.peers[0].name)])


@lru_cache(maxsize=16)
def named_ruleset(name: str) -> Ruleset:
    """A ruleset that was asked for, read once in a process."""
    return load_ruleset(name)


@lru_cache(maxsize=4096)
def _chosen(kind: str, region: str | None, year: int) -> Ruleset | Refused:
    try:
        return choose_for({kind}, region, year, "").ruleset
    except Refused as refused:
        return refused


def ruleset_sum(name: str | None) -> str:
    """The sum of the ruleset asked for; of all that may be chosen, where none was."""
    if name is not None:
        return named_ruleset(name).sha256
    texts = "\0".join(shipped_source(each).text for each in shipped_ids())
    return hashlib.sha256(texts.encode()).hexdigest()
