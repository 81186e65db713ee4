"""The rows of a population that were not judged, and why: a table beside the results."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from zhunsheng.population.layout import FILES, KEY, PLACE
from zhunsheng.problem import Place, Problem, Words, say
from zhunsheng.problem.show import sentence, title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.problem import Refused
    from zhunsheng.problem.show import Lang

TABLE: Final = "表"
FIELD: Final = "栏"
CODE: Final = "代码"
GOT: Final = "内容"
ZH: Final = "原因"
EN: Final = "reason"
SCHEMA: Final = {
    KEY: pl.Int64, TABLE: pl.String, PLACE: pl.String, FIELD: pl.String, CODE: pl.String, GOT: pl.String,
    ZH: pl.String, EN: pl.String,
}  # fmt: skip


def rejects(rows: Iterable[dict[str, Any]] = ()) -> pl.DataFrame:
    """The table of these rows."""
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def refused_rows(key: int | None, origin: str, refused: Refused) -> list[dict[str, Any]]:
    """A document that was refused: a row for each of its problems."""
    return [_row(key, origin, problem) for problem in refused.problems]


def _row(key: int | None, origin: str, problem: Problem) -> dict[str, Any]:
    place = problem.place
    at = f"{place.file}:{place.line}:{place.column}" if place.line else origin
    return {
        KEY: key,
        TABLE: at,
        PLACE: place.pointer,
        FIELD: place.pointer.rpartition("/")[2],
        CODE: problem.code,
        GOT: problem.got,
        ZH: reason(problem, "zh"),
        EN: reason(problem, "en"),
    }


def reason(problem: Problem, lang: Lang) -> str:
    """A problem in a sentence, without its place and what stands there, which have columns of their own."""
    said = Words("show.line", (("expected", problem.expected), ("title", title(problem, lang))))
    hint = sentence(Words("show.line-hint", (("text", problem.hint),)), lang) if problem.hint else ""
    return sentence(said, lang) + hint


def of_rows(rows: pl.DataFrame, scope: str, field: str, code: str, **values: object) -> pl.DataFrame:
    """Rows of a table that fail in one field, with what stands there."""
    zh, en = _told(code, tuple(sorted((name, str(value)) for name, value in values.items())))
    text = (
        rows[field].cast(pl.String, strict=False)
        if field in rows.columns
        else pl.repeat(None, len(rows), dtype=pl.String, eager=True)
    )
    place = (
        rows[PLACE].cast(pl.String) if PLACE in rows.columns else pl.repeat("", len(rows), dtype=pl.String, eager=True)
    )
    return pl.DataFrame([rows[KEY].cast(pl.Int64, strict=False), place.alias(PLACE), text.alias(GOT)]).select(
        KEY,
        pl.lit(FILES.get(scope, scope)).alias(TABLE),
        PLACE,
        pl.lit(field).alias(FIELD),
        pl.lit(code).alias(CODE),
        GOT,
        pl.lit(zh).alias(ZH),
        pl.lit(en).alias(EN),
    )


@cache
def _told(code: str, values: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    problem = Problem(Place(""), code, say(f"{code}.expected", **dict(values)))
    return reason(problem, "zh"), reason(problem, "en")
