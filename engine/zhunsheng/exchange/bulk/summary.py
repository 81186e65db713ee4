"""The summary of a run: by region, kind, year, ruleset and grade, and what was said most; as JSON and as a workbook."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from zhunsheng.exchange.bulk.work import REJECTS, RESULTS
from zhunsheng.exchange.tables.book import write_book
from zhunsheng.exchange.tables.sheets import Cell, Line, Sheet
from zhunsheng.number import write
from zhunsheng.population.judge import KIND, ORIGIN, REGION, YEAR
from zhunsheng.population.layout import KEY, NAME, PLACE
from zhunsheng.population.rejects import CODE, EN, FIELD, GOT, TABLE, ZH
from zhunsheng.problem import say
from zhunsheng.problem.show import sentence, with_blanks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from zhunsheng.exchange.bulk.tally import Count, Tally
    from zhunsheng.problem.show import Lang

HEADS: Final = ("region", "kind", "year", "ruleset", "grade", "documents", "mean", "required")
EACH: Final = ("key", "origin", "name", "region", "kind", "year", "ruleset", "total", "grade")
REFUSED: Final = ("key", "origin", "place", "field", "code", "got", "reason")
LISTED: Final = 10_000
"""Documents, and rejects, that are listed one by one in the workbook; the tables hold all."""
TOTAL: Final = "总分"
GRADE: Final = "等级"
BY: Final = ("region", "kind", "year", "ruleset", "grade")


class Row(NamedTuple):
    """A line of the summary, as people read it."""

    cells: tuple[str, ...]
    documents: int
    mean: str | None
    required: int


def rows(tally: Tally, lang: Lang, by: tuple[str, ...] = BY) -> list[Row]:
    """The documents judged, by these."""
    return [
        Row(tuple(_word(name, value, lang) for name, value in zip(by, key, strict=True)), *_figures(count))
        for key, count in tally.grouped(*by).items()
    ]


def _figures(count: Count) -> tuple[int, str | None, int]:
    return count.documents, count.mean, count.required


def _word(name: str, value: Any, lang: Lang) -> str:
    match name:
        case "kind":
            return sentence(say(f"kind.{value}"), lang)
        case "region" if not value:
            return sentence(say("run.no-region"), lang)
        case "grade" if not value:
            return sentence(say("run.no-grade"), lang)
        case _:
            return str(value)


def top_rules(tally: Tally) -> list[tuple[str, str, int]]:
    """What was said, the most frequent first: heading, rule, how often."""
    ordered = sorted(tally.rules.items(), key=lambda each: (-each[1], each[0]))
    return [(heading, rule, count) for (heading, rule), count in ordered]


def heading(name: str, lang: Lang) -> str:
    """The heading of a remark in words."""
    return sentence(say(f"run.heading-{name}"), lang)


def reason(code: str, lang: Lang) -> str:
    """Why something was rejected, in a few words."""
    return with_blanks(f"{code}.title", lang)


def as_answer(tally: Tally) -> dict[str, Any]:
    """The summary as JSON-ready data."""
    return {
        "documents": tally.documents,
        "judged": tally.judged,
        "rejected": {"documents": tally.rejected, "reasons": dict(sorted(tally.reasons.items()))},
        "one_by_one": [
            {"ruleset": ruleset, "because": why, "documents": count}
            for (ruleset, why), count in sorted(tally.alone.items())
        ],
        "groups": [
            {
                **dict(zip(BY, key, strict=True)),
                "documents": count.documents,
                "with_total": count.totals,
                "sum": write(count.sum),
                "mean": count.mean,
                "with_requirements": count.required,
            }
            for key, count in tally.grouped(*BY).items()
        ],
        "rules": [{"heading": head, "rule": rule, "times": count} for head, rule, count in top_rules(tally)],
    }


def write_summary(tally: Tally, output: Path, lang: Lang) -> None:
    """The summary as a workbook beside the results, with the first of the documents and of the rejects one by one.

    Raises:
        Refused: openpyxl is not installed, or the file cannot be written.
    """
    groups = tuple(
        _line(
            *(int(cell) if name == "year" else cell for name, cell in zip(BY, each.cells, strict=True)),
            each.documents,
            None if each.mean is None else Decimal(each.mean),
            each.required,
        )
        for each in rows(tally, lang)
    )
    said = tuple(_line(heading(head, lang), rule, count) for head, rule, count in top_rules(tally))
    reasons = tuple(_line(reason(code, lang), code, count) for code, count in sorted(tally.reasons.items()))
    write_book(
        (
            Sheet(_said("summary", lang), _heads(HEADS, lang), groups),
            Sheet(_said("top-rules", lang), _heads(("heading", "rule", "times"), lang), said),
            Sheet(_said("each", lang), _heads(EACH, lang), tuple(_documents(output, lang))),
            Sheet(_said("reasons", lang), _heads(("reason", "code", "times"), lang), reasons),
            Sheet(_said("reject", lang), _heads(REFUSED, lang), tuple(_refused(output, lang))),
        ),
        {
            _said("documents", lang): _said(
                "sum", lang, documents=tally.documents, judged=tally.judged, rejected=tally.rejected
            ),
            _said("each", lang): _said("listed", lang, count=LISTED),
        },
        output / "summary.xlsx",
    )


def _documents(output: Path, lang: Lang) -> Iterator[Line]:
    """The first documents of a run, ruleset by ruleset, with their totals and grades."""
    for path, row in _first(output / RESULTS[0]):
        ruleset = path.parent.name.removeprefix("ruleset=")
        region, kind, grade = (
            _word(name, row[each], lang) for name, each in (("region", REGION), ("kind", KIND), ("grade", GRADE))
        )
        yield _line(row[KEY], row[ORIGIN], row[NAME], region, kind, row[YEAR], ruleset, row[TOTAL], grade)


def _refused(output: Path, lang: Lang) -> Iterator[Line]:
    """The first rejects of a run."""
    for _, row in _first(output / REJECTS):
        yield _line(
            row[KEY], *(row[each] for each in (TABLE, PLACE, FIELD, CODE, GOT)), row[ZH if lang == "zh" else EN]
        )


def _first(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    left = LISTED
    for path in sorted(folder.rglob("*.parquet")):
        table = pl.read_parquet(path, n_rows=left, hive_partitioning=False)
        yield from ((path, row) for row in table.iter_rows(named=True))
        left -= len(table)
        if not left:
            return


def _said(key: str, lang: Lang, **values: object) -> str:
    return sentence(say(f"run.{key}", **values), lang)


def _heads(names: Sequence[str], lang: Lang) -> tuple[str, ...]:
    return tuple(_said(each, lang) for each in names)


def _line(*values: str | int | Decimal | None) -> Line:
    return Line("", tuple(Cell(Decimal(each) if isinstance(each, int) else each) for each in values))
