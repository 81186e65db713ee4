"""Dossiers of a population judged: the forms of each together, one dossier after the other, as `evaluate_dossier` does.

Each form has its own row of results. What is said of the dossier as a whole is told of the form in which its place
lies, else of the first, its place being one in the dossier (`dossier:/documents/1/…`).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import polars as pl

from zhunsheng.evaluation import evaluate_dossier
from zhunsheng.evaluation.assess import HEADINGS
from zhunsheng.population.judge import HEADS, Judged, Part
from zhunsheng.population.layout import KEY
from zhunsheng.population.rejects import refused_rows, rejects
from zhunsheng.population.results import Results, schemas_of
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset import in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from zhunsheng.document import Dossier
    from zhunsheng.evaluation import Assessment, DossierAssessment
    from zhunsheng.evaluation.assessment import Remark, ScoreLine
    from zhunsheng.ruleset import Ruleset

DOSSIERS: Final = "dossiers"
"""Why documents went one by one: others of their dossier had to be at hand."""
IN_DOSSIER: Final = "dossier:"

Choosing: TypeAlias = "Callable[[frozenset[str], str | None, int], Ruleset]"
"""The ruleset for the kinds of a dossier's forms, its region and its year; raises `Refused` as for a document."""


class Bundle(NamedTuple):
    """A dossier of a population: the numbers of its forms, where it came from, and itself."""

    keys: tuple[int, ...]
    origin: str
    dossier: Dossier


class _Found(NamedTuple):
    bundle: Bundle
    whole: DossierAssessment
    forms: tuple[Assessment, ...]


def judge_dossiers(bundles: Iterable[Bundle], choosing: Choosing) -> Judged:
    """Every dossier by the ruleset that `choosing` gives; where it is refused, each of its forms is."""
    rows: list[dict[str, Any]] = []
    groups: dict[tuple[str, int], tuple[Ruleset, list[_Found]]] = {}
    for each in bundles:
        try:
            ruleset, found = _judged(each, choosing)
        except Refused as refused:
            within = Refused([_within(problem, each.dossier) for problem in refused.problems])
            for key in each.keys:
                rows += refused_rows(key, each.origin, within)
        else:
            groups.setdefault((ruleset.sha256, each.dossier.year), (ruleset, []))[1].append(found)
    ordered = sorted(groups.items(), key=lambda item: (item[1][0].id, item[0]))
    table = rejects(rows)
    return Judged(
        [_part(ruleset, year, members) for (_, year), (ruleset, members) in ordered], table, table[KEY].n_unique()
    )


def _judged(bundle: Bundle, choosing: Choosing) -> tuple[Ruleset, _Found]:
    dossier = bundle.dossier
    ruleset = choosing(frozenset(each.kind for each in dossier.documents), dossier.region, dossier.year)
    if ruleset.peers:  # its forms would be held against each other only, and the population judged without them
        raise Refused([Problem(Place(bundle.origin), "dossier-aside", say("dossier-aside.peers"))])
    return in_force(ruleset, dossier.year), _Found(bundle, *evaluate_dossier(dossier, ruleset, derivations=False))


def _within(problem: Problem, dossier: Dossier) -> Problem:
    """A problem that names the form it lies in, at its place in the dossier."""
    for at, each in enumerate(dossier.documents):
        if problem.place.file == each.name and not problem.place.line:
            pointer = f"/documents/{at}{problem.place.pointer}"
            return replace(problem, place=replace(problem.place, pointer=pointer))
    return problem


def _part(ruleset: Ruleset, year: int, members: Sequence[_Found]) -> Part:
    schemas = schemas_of(ruleset)
    rows: tuple[list[dict[str, Any]], ...] = ([], [], [])
    heads: list[tuple[Any, ...]] = []
    for (keys, origin, dossier), whole, forms in members:
        for at, (key, document, form) in enumerate(zip(keys, dossier.documents, forms, strict=True)):
            region = document.region or dossier.region
            heads.append((key, f"{origin} /documents/{at}", document.name, region, document.kind, document.year))
            rows[0].append(_document_row(key, form, schemas[0]))
            rows[1].extend(_score_row(key, each, schemas[1]) for each in form.scores)
            rows[2].extend(_remark_row(key, heading, each, each.at) for heading, each in _remarks(form))
        for heading, each in _remarks(whole):
            rows[2].append(_remark_row(_holder(each.at, keys), heading, each, f"{IN_DOSSIER}{each.at}"))
    documents, scores, remarks = (
        pl.DataFrame(each, schema=schema, orient="row") for each, schema in zip(rows, schemas, strict=True)
    )
    results = Results(
        documents.sort(KEY),
        scores.sort(KEY, "得分项", maintain_order=True),
        remarks.sort(KEY, "规则", "位置"),
        len(heads),
    )
    types = (pl.Int64, pl.String, pl.String, pl.String, pl.String, pl.Int64)
    named = pl.DataFrame(heads, schema=dict(zip((KEY, *HEADS), types, strict=True)), orient="row").sort(KEY)
    return Part(ruleset, year, named, results, {DOSSIERS: len(heads)})


def _document_row(key: int, form: Assessment, schema: Mapping[str, Any]) -> dict[str, Any]:
    figures = {f"{each.id}.得分": each.computed for each in form.scores} | {"总分": form.total.computed}
    told = {name: _figure(figures.get(name), dtype) for name, dtype in schema.items()}
    return told | {KEY: key, "等级": form.grade.computed}


def _score_row(key: int, line: ScoreLine, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {KEY: key, "得分项": line.id, "得分": _figure(line.computed, schema["得分"]), "状态": line.status}


def _figure(text: str | None, dtype: Any) -> Decimal | str | None:
    """A figure as the tables have it."""
    return Decimal(text) if text is not None and isinstance(dtype, pl.Decimal) else text


def _remarks(told: Assessment | DossierAssessment) -> Iterator[tuple[str, Remark]]:
    for heading in HEADINGS:
        for each in getattr(told, heading):
            yield heading, each


def _remark_row(key: int, heading: str, remark: Remark, place: str) -> dict[str, Any]:
    return {KEY: key, "类别": heading, "规则": remark.rule, "程度": remark.severity, "位置": place}


def _holder(pointer: str, keys: Sequence[int]) -> int:
    """The number of the form that a place of the dossier lies in, else that of the first."""
    _, part, at, *_ = f"{pointer}///".split("/")
    return keys[int(at)] if part == "documents" and at else keys[0]
