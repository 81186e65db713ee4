"""A batch of a population judged: documents or tables in, results by ruleset and rejects out, each document in one of them.

Documents go through tables into columns. What columns cannot hold (a figure of more digits than they have) is looked
for by halves and worked out by itself, so that one odd document does not slow the others.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import polars as pl

from zhunsheng.evaluation.facts import world_of_document
from zhunsheng.evaluation.inputs import input_problems
from zhunsheng.evaluation.limits import within_limits
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.population.admit import inputs_taken, rows_taken
from zhunsheng.population.expressible import inexpressible
from zhunsheng.population.filled import filled
from zhunsheng.population.layout import EXTRA, FILES, KEY, NAME, ORIGINAL, declared_columns, lists_of
from zhunsheng.population.peers import NOTHING, parts_of, passes
from zhunsheng.population.rejects import refused_rows, rejects
from zhunsheng.population.results import Results, results_of, results_of_worlds
from zhunsheng.population.table import tables_of
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset import in_force
from zhunsheng.ruleset.vocabulary import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from zhunsheng.document import Document
    from zhunsheng.population.columns.peers import Known
    from zhunsheng.population.peers import Parts
    from zhunsheng.population.table import Tables
    from zhunsheng.ruleset import Ruleset

ORIGIN: Final = "出处"
REGION: Final = "地区"
KIND: Final = "文件类型"
YEAR: Final = "年度"
HEADS: Final = (ORIGIN, NAME, REGION, KIND, YEAR)
FIGURES: Final = "figures"
"""Why a document went one by one: not the ruleset, but something of its own."""

Choosing: TypeAlias = "Callable[[str, str | None, int], Ruleset]"
"""The ruleset for a kind, region and year of a document; raises `Refused` where none, or no single one, applies."""
Original: TypeAlias = "Callable[[str, int], Document]"
Peers: TypeAlias = "Mapping[tuple[str, int], Known]"
"""What is known of peers, by the sum of the ruleset and the year."""
_NOBODY: Final[Peers] = MappingProxyType({})


class Entry(NamedTuple):
    """A document of a population: its number, where it came from, and itself."""

    key: int
    origin: str
    document: Document


class Part(NamedTuple):
    """The documents of a batch that one ruleset judges, as it is in force in one year."""

    ruleset: Ruleset
    year: int
    heads: pl.DataFrame
    results: Results
    alone: dict[str, int]
    """How many went one by one, and why."""


class Judged(NamedTuple):
    """A batch: what was judged, and what was not."""

    parts: list[Part]
    rejects: pl.DataFrame
    rejected: int
    """How many documents are among the rejects."""


# Documents


def judge_documents(entries: Sequence[Entry], choosing: Choosing, peers: Peers = _NOBODY) -> Judged:
    """Every document by the ruleset that `choosing` gives for its kind, region and year.

    Args:
        entries: in the order of their numbers.
        choosing: finds the ruleset.
        peers: what is known of the peers of a ruleset and year (`peers_asked`); nothing for rulesets without peers.
    """
    rows: list[dict[str, Any]] = []
    parts = [
        _part(ruleset, year, members, rows, peers.get((ruleset.sha256, year), NOTHING))
        for ruleset, year, members in _groups(entries, choosing, rows)
    ]
    table = rejects(rows)
    return Judged([each for each in parts if len(each.heads)], table, table[KEY].n_unique())


def _groups(
    entries: Sequence[Entry], choosing: Choosing, rows: list[dict[str, Any]]
) -> list[tuple[Ruleset, int, list[Entry]]]:
    """The documents by ruleset and year; those that none takes are added to `rows`."""
    groups: dict[tuple[str, int], tuple[Ruleset, list[Entry]]] = {}
    for each in entries:
        try:
            ruleset = _taken(each.document, choosing)
        except Refused as refused:
            rows += refused_rows(each.key, each.origin, refused)
        else:
            groups.setdefault((ruleset.sha256, each.document.year), (ruleset, []))[1].append(each)
    ordered = sorted(groups.items(), key=lambda item: (item[1][0].id, item[0]))
    return [(ruleset, year, members) for (_, year), (ruleset, members) in ordered]


def _taken(document: Document, choosing: Choosing) -> Ruleset:
    ruleset = in_force(choosing(document.kind, document.region, document.year), document.year)
    problems = input_problems(document, ruleset, plan_of(ruleset).validators)
    if problems:
        raise Refused(problems)
    return ruleset


def _part(ruleset: Ruleset, year: int, members: list[Entry], rows: list[dict[str, Any]], peers: Known) -> Part:
    alone: dict[str, int] = {}
    found, kept = _worked(ruleset, members, alone, rows, peers)
    heads = pl.DataFrame(
        [
            (each.key, each.origin, each.document.name, each.document.region, each.document.kind, each.document.year)
            for each in kept
        ],
        schema=dict(zip((KEY, *HEADS), (pl.Int64, pl.String, pl.String, pl.String, pl.String, pl.Int64), strict=True)),
        orient="row",
    )
    return Part(ruleset, year, heads, _joined(found), alone)


def _worked(
    ruleset: Ruleset, members: list[Entry], alone: dict[str, int], rows: list[dict[str, Any]], peers: Known
) -> tuple[list[Results], list[Entry]]:
    """The results of documents, and those that have some; the others are added to `rows`."""
    try:
        with within_limits(plan_of(ruleset), ruleset):
            found = results_of(_tables(members, ruleset), ruleset, peers)
    except (pl.exceptions.PolarsError, ValueError, Refused):
        if len(members) > 1:
            middle = len(members) // 2
            halves = [_worked(ruleset, part, alone, rows, peers) for part in (members[:middle], members[middle:])]
            return [each for results, _ in halves for each in results], [each for _, kept in halves for each in kept]
        return _by_itself(ruleset, members[0], alone, rows)
    _count(alone, ruleset, found.exactly)
    return [found], members


def _by_itself(
    ruleset: Ruleset, entry: Entry, alone: dict[str, int], rows: list[dict[str, Any]]
) -> tuple[list[Results], list[Entry]]:
    try:
        _refuse_peers(ruleset, entry)
        with within_limits(plan_of(ruleset), ruleset):
            found = results_of_worlds([(entry.key, world_of_document(entry.document, ruleset))], ruleset)
    except Refused as refused:
        rows += refused_rows(entry.key, entry.origin, refused)
        return [], []
    _count(alone, ruleset, 1)
    return [found], [entry]


def _refuse_peers(ruleset: Ruleset, entry: Entry) -> None:
    """A document that no table holds cannot be set against others, which would be judged without it."""
    if ruleset.peers:
        raise Refused([Problem(Place(entry.origin), "row-digits", say("row-digits.expected"))])


def _count(alone: dict[str, int], ruleset: Ruleset, count: int) -> None:
    if count:
        why = inexpressible(ruleset) or FIGURES
        alone[why] = alone.get(why, 0) + count


def _tables(members: list[Entry], ruleset: Ruleset) -> Tables:
    """The tables of documents, under their numbers."""
    keys = pl.Series([each.key for each in members], dtype=pl.Int64)
    tables = tables_of([each.document for each in members], ruleset)
    return {scope: each.with_columns(keys.gather(each[KEY]).alias(KEY)) for scope, each in tables.items()}


def _joined(found: list[Results]) -> Results:
    if not found:
        empty = pl.DataFrame(schema={KEY: pl.Int64})
        return Results(empty, empty, empty)
    documents, scores, remarks = (
        pl.concat(each).sort(KEY, maintain_order=True) for each in zip(*(one.tables for one in found), strict=True)
    )
    return Results(documents, scores, remarks, sum(each.exactly for each in found))


# Tables


class Admitted(NamedTuple):
    """Tables whose rows were taken, by ruleset and year; documents to take from 原表; and the rejects."""

    groups: list[tuple[Ruleset, int, Tables]]
    entries: list[Entry]
    rejects: list[pl.DataFrame]


def judge_tables(tables: Tables, choosing: Choosing, original: Original, origin: str, peers: Peers = _NOBODY) -> Judged:
    """Every row of tables, as `judge_documents`; those whose own inputs stand only in 原表, from that.

    Args:
        tables: as read, `tidied`.
        choosing: see there.
        original: reads a document from the text of 原表.
        origin: what the tables are called.
        peers: see there.
    """
    admitted = _admitted(tables, choosing, original, origin)
    rows: list[dict[str, Any]] = []
    parts = [
        part
        for ruleset, year, mine in admitted.groups
        for part in _tables_part(ruleset, year, mine, origin, rows, peers.get((ruleset.sha256, year), NOTHING))
    ]
    beside = judge_documents(admitted.entries, choosing, peers)
    table = pl.concat([*admitted.rejects, rejects(rows), beside.rejects])
    judged = sum(len(each.heads) for each in (*parts, *beside.parts))
    return Judged([*parts, *beside.parts], table, len(tables[DOCUMENT]) - judged)


def _admitted(tables: Tables, choosing: Choosing, original: Original, origin: str) -> Admitted:
    wrong = rows_taken(tables)
    given = tables[DOCUMENT][KEY].drop_nulls()
    good = filled(
        only(tables, given.filter(~given.is_in(wrong[KEY].drop_nulls().unique().implode()))) if len(wrong) else tables
    )
    rows: list[dict[str, Any]] = []
    found = Admitted([], [], [wrong])
    for ruleset, year, keys in _chosen(good[DOCUMENT], choosing, rows):
        mine, own = _apart(good if len(keys) == len(good[DOCUMENT]) else only(good, keys), ruleset)
        for key, text in own:
            try:
                found.entries.append(Entry(key, origin, original(text, key)))
            except Refused as refused:
                rows += refused_rows(key, origin, refused)
        lacking = inputs_taken(mine, ruleset)
        found.rejects.append(lacking)
        if len(lacking):
            mine = only(mine, mine[DOCUMENT][KEY].filter(~mine[DOCUMENT][KEY].is_in(lacking[KEY].unique().implode())))
        if len(mine[DOCUMENT]):
            found.groups.append((ruleset, year, mine))
    found.rejects.append(rejects(rows))
    return found


def only(tables: Tables, keys: pl.Series) -> Tables:
    """The rows of these documents."""
    return {scope: each.filter(pl.col(KEY).is_in(keys.implode())) for scope, each in tables.items()}


def _chosen(
    documents: pl.DataFrame,
    choosing: Choosing,
    unchosen: list[dict[str, Any]],
) -> list[tuple[Ruleset, int, pl.Series]]:
    """The rulesets that judge, each with its year and documents; those that none judges are added to `unchosen`."""
    region = pl.col(REGION) if REGION in documents.columns else pl.lit(None, dtype=pl.String).alias(REGION)
    heads = documents.select(KEY, KIND, region, pl.col(YEAR).cast(pl.Int64), NAME)
    groups: dict[tuple[str, int], tuple[Ruleset, list[pl.Series]]] = {}
    for (kind, where, year), rows in heads.group_by([KIND, REGION, YEAR], maintain_order=True):
        try:
            ruleset = in_force(
                choosing(str(kind), where if where is None else str(where), int(str(year))), int(str(year))
            )
        except Refused as refused:
            for key in rows[KEY]:
                unchosen += refused_rows(key, "", refused)
        else:
            groups.setdefault((ruleset.sha256, int(str(year))), (ruleset, []))[1].append(rows[KEY])
    return [(ruleset, year, pl.concat(keys).sort()) for (_, year), (ruleset, keys) in groups.items()]


def _apart(tables: Tables, ruleset: Ruleset) -> tuple[Tables, list[tuple[int, str]]]:
    """The tables without the documents whose own inputs only 原表 has, and those with their texts."""
    documents = tables[DOCUMENT]
    if ORIGINAL not in documents.columns or EXTRA not in documents.columns:
        return _plain(tables), []
    named = {column.name for scope in FILES for column in declared_columns(ruleset, scope)}
    given = any(name in table.columns for table in tables.values() for name in named) or any(
        each in tables for each in lists_of(ruleset)
    )
    if given:
        return _plain(tables), []
    extra = documents.filter(pl.col(EXTRA) & pl.col(ORIGINAL).is_not_null())
    own = list(zip(extra[KEY].to_list(), extra[ORIGINAL].to_list(), strict=True))
    rest = documents[KEY].filter(~documents[KEY].is_in(extra[KEY].implode()))
    return _plain(only(tables, rest) if own else tables), own


def _plain(tables: Tables) -> Tables:
    kept = [name for name in tables[DOCUMENT].columns if name not in (ORIGINAL, EXTRA)]
    return tables | {DOCUMENT: tables[DOCUMENT].select(kept)}


def _tables_part(
    ruleset: Ruleset, year: int, tables: Tables, origin: str, rows: list[dict[str, Any]], peers: Known
) -> list[Part]:
    documents = tables[DOCUMENT]
    try:
        with within_limits(plan_of(ruleset), ruleset):
            found = results_of(tables, ruleset, peers)
    except Refused as refused:
        keys = documents[KEY]
        if len(keys) == 1:
            rows += refused_rows(keys[0], origin, refused)
            return []
        middle = len(keys) // 2
        return [
            part
            for half in (keys[:middle], keys[middle:])
            for part in _tables_part(ruleset, year, only(tables, half), origin, rows, peers)
        ]
    alone: dict[str, int] = {}
    _count(alone, ruleset, found.exactly)
    region = pl.col(REGION) if REGION in documents.columns else pl.lit(None, dtype=pl.String).alias(REGION)
    heads = documents.select(KEY, pl.lit(origin).alias(ORIGIN), NAME, region, KIND, pl.col(YEAR).cast(pl.Int64))
    return [Part(ruleset, year, heads, found, alone)]


# Peers


Asked: TypeAlias = "dict[tuple[str, int], list[Parts]]"


def documents_asked(entries: Sequence[Entry], choosing: Choosing, known: Peers, level: int) -> Asked:
    """What a pass over the documents of a batch takes of them, by ruleset and year, for all that have such a pass."""
    found: Asked = {}
    for ruleset, year, members in _groups(entries, choosing, []):
        if level < passes(ruleset):
            _ask(found, ruleset, year, [_tables(each, ruleset) for each in _held(members, ruleset)], known, level)
    return found


def tables_asked(
    tables: Tables, choosing: Choosing, original: Original, origin: str, known: Peers, level: int
) -> Asked:
    """The same for tables."""
    admitted = _admitted(tables, choosing, original, origin)
    found = documents_asked(admitted.entries, choosing, known, level)
    for ruleset, year, mine in admitted.groups:
        if level < passes(ruleset):
            _ask(found, ruleset, year, [mine], known, level)
    return found


def _ask(found: Asked, ruleset: Ruleset, year: int, tables: list[Tables], known: Peers, level: int) -> None:
    key = (ruleset.sha256, year)
    with within_limits(plan_of(ruleset), ruleset):
        parts = [parts_of(each, ruleset, known.get(key, NOTHING), level) for each in tables]
    found.setdefault(key, []).extend(parts)


def _held(members: list[Entry], ruleset: Ruleset) -> list[list[Entry]]:
    """The documents that tables hold, together as far as they can be."""
    try:
        tables_of([each.document for each in members], ruleset)
    except (pl.exceptions.PolarsError, ValueError):
        middle = len(members) // 2
        halves = (members[:middle], members[middle:]) if middle else ()
        return [each for half in halves for each in _held(half, ruleset)]
    return [members]
