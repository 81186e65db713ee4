"""What a change of policy does to a population: both rulesets over every batch, and who has another result.

Totals, grades, scores and remarks (which rule, where) are compared in columns. The wording of a remark and the figures
in it are not: they have no column. Which elements of the policy do it is tried on the first documents that change.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from zhunsheng.exchange.bulk.inputs import Range
from zhunsheng.exchange.bulk.peers import peers_known
from zhunsheng.exchange.bulk.pool import spread
from zhunsheng.exchange.bulk.read import documents_in, original, originals
from zhunsheng.exchange.bulk.work import judged_batch
from zhunsheng.number import parse
from zhunsheng.population import migrate
from zhunsheng.population.archive import Migration
from zhunsheng.population.judge import ORIGIN
from zhunsheng.population.layout import KEY, NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhunsheng.document import Document, Dossier
    from zhunsheng.exchange.bulk.inputs import Batch, Input
    from zhunsheng.population import Comparison
    from zhunsheng.population.judge import Judged

SHOWN: Final = 40
"""Changed documents that are looked at one by one."""
_HEADINGS: Final = ("requirements", "findings", "judgements")


class Job(NamedTuple):
    """A batch and the two rulesets."""

    batch: Batch
    old: str
    new: str
    peers: tuple[str | None, str | None]


class Found(NamedTuple):
    """What a batch comes to; of the documents that change, the first, in the order of their numbers."""

    number: int
    read: int
    grades: Counter[tuple[str | None, str | None]]
    moves: Counter[str]
    changed: int
    first: tuple[int, ...]
    refused: Counter[str]


def effect(found: Input, old: str, new: str, comparison: Comparison, jobs: int) -> Iterator[tuple[int, Migration]]:
    """After each batch how many documents were read, and the migration as it stands; the last has the examples.

    Args:
        found: the population.
        old: the id or file of the one ruleset.
        new: of the other.
        comparison: of the two.
        jobs: in how many processes.
    """
    ladder = tuple(dict.fromkeys(band.grade for each in (comparison.old, comparison.new) for band in each.bands))
    result = Migration(ladder, sampled=0)
    changed: dict[int, tuple[int, ...]] = {}
    with peers_known(found.batches, old, jobs) as one, peers_known(found.batches, new, jobs) as other:
        work = [Job(each, old, new, (one, other)) for each in found.batches]
        for each in spread(compared, work, min(jobs, max(len(work), 1))):
            _take(result, each)
            changed[each.number] = each.first
            yield each.read, result
    examples = list(_examples(found, changed))
    result.changes = migrate(examples, comparison).changes
    yield 0, result


def _take(result: Migration, found: Found) -> None:
    result.forms += found.grades.total()
    for move, forms in found.grades.items():
        result.grades[move] = result.grades.get(move, 0) + forms
    for by, forms in found.moves.items():
        result.moves[Fraction(by)] = result.moves.get(Fraction(by), 0) + forms
    result.sampled = (result.sampled or 0) + found.changed
    result.refused += found.refused


def compared(job: Job) -> Found:
    """One batch under both rulesets."""
    old, read = judged_batch(job.batch, job.old, job.peers[0])
    new, _ = judged_batch(job.batch, job.new, job.peers[1])
    both = _documents(old).join(_documents(new), on=KEY, how="inner", suffix=" 新")
    keys = both.select(KEY)
    grades = Counter(dict(_counted(both, "等级", "等级 新")))
    moves: Counter[str] = Counter()
    for (one, other), count in _counted(both.drop_nulls(["总分", "总分 新"]), "总分", "总分 新"):
        moves[str(_exact(str(other)) - _exact(str(one)))] += count
    differ = both.filter(pl.col("总分").ne_missing(pl.col("总分 新")) | pl.col("等级").ne_missing(pl.col("等级 新")))
    changed = pl.concat([differ.select(KEY), *_elsewhere(old, new)]).unique().join(keys, on=KEY, how="semi").sort(KEY)
    codes = Counter(old.rejects["代码"].to_list()) | Counter(new.rejects["代码"].to_list())
    return Found(job.batch.number, read, grades, moves, len(changed), tuple(changed[KEY].head(SHOWN)), codes)


def _counted(table: pl.DataFrame, *names: str) -> Iterator[tuple[tuple[str | None, str | None], int]]:
    for one, other, count in table.group_by(*names).len().iter_rows():
        yield (one, other), count


def _elsewhere(old: Judged, new: Judged) -> Iterator[pl.DataFrame]:
    """The documents whose scores or remarks differ."""
    for one, other in ((_scores(old), _scores(new)), (_remarks(old), _remarks(new))):
        for left, right in ((one, other), (other, one)):
            yield left.join(right, on=left.columns, how="anti", nulls_equal=True).select(KEY)


def _documents(judged: Judged) -> pl.DataFrame:
    empty = pl.DataFrame(
        schema={KEY: pl.Int64, "总分": pl.String, "等级": pl.String, NAME: pl.String, ORIGIN: pl.String}
    )
    tables = [
        each.results.documents.select(KEY, _text(each.results.documents, "总分"), "等级").join(
            each.heads.select(KEY, NAME, ORIGIN), on=KEY
        )
        for each in judged.parts
    ]
    return pl.concat([empty, *tables])


def _scores(judged: Judged) -> pl.DataFrame:
    empty = pl.DataFrame(schema={KEY: pl.Int64, "得分项": pl.String, "得分": pl.String, "状态": pl.String})
    tables = [each.results.scores for each in judged.parts]
    return pl.concat([empty, *(each.select(KEY, "得分项", _text(each, "得分"), "状态") for each in tables)])


def _remarks(judged: Judged) -> pl.DataFrame:
    empty = pl.DataFrame(schema=dict.fromkeys((KEY, "类别", "规则", "程度", "位置"), pl.String) | {KEY: pl.Int64})
    remarks = pl.concat([empty, *(each.results.remarks for each in judged.parts)])
    return remarks.filter(pl.col("类别").is_in(_HEADINGS))


def _text(table: pl.DataFrame, name: str) -> pl.Expr:
    """Figures as texts, the same for the same figure whatever its decimals."""
    column = pl.col(name)
    if table.schema[name] == pl.String:
        return column
    text = column.cast(pl.String)
    return (
        pl.when(text.str.contains(".", literal=True)).then(text.str.replace(r"\.?0+$", "")).otherwise(text).alias(name)
    )


def _exact(text: str) -> Fraction:
    number = parse(text)
    return Fraction(text) if number is None else number


def _examples(found: Input, changed: dict[int, tuple[int, ...]]) -> Iterable[tuple[str, Document | Dossier]]:
    """The first documents that change (of a dossier, the whole of it), where the population holds whole documents."""
    left = SHOWN
    for batch in found.batches:
        wanted = set(changed.get(batch.number, ())[:left])
        left -= len(wanted)
        if wanted:
            yield from _whole(batch, wanted)


def _whole(batch: Batch, wanted: set[int]) -> Iterator[tuple[str, Document | Dossier]]:
    if not isinstance(batch.source, Range):
        taken = documents_in(batch.source)
        yield from ((each.origin, each.document) for each in taken.entries if each.key in wanted)
        yield from ((each.origin, each.dossier) for each in taken.dossiers if not wanted.isdisjoint(each.keys))
        return
    texts = originals(batch.source)
    for key, text in () if texts is None else texts.iter_rows():
        if key in wanted and text is not None:
            yield f"{KEY} {key}", original(text, key)
