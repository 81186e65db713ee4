"""What becomes of everything given to a run: judged or rejected, and counted. Each law is told in `docs/explanation/guarantees.md`."""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import redirect_stdout
from decimal import Decimal
from functools import cache
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl
from hypothesis import event, given
from hypothesis import strategies as st

from laws.strategies import broken, tried
from population.many import fixtures, numbers, plain, rejected, results
from zhunsheng.cli.app import run as called
from zhunsheng.exchange.files import shipped_ruleset
from zhunsheng.population import batches
from zhunsheng.population.layout import FILES, KEY
from zhunsheng.population.table import tables_of
from zhunsheng.ruleset import in_force
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from zhunsheng.population.table import Tables

RULESET = "zhuzhou-2021"
ELSEWHERE = 99
"""A number that no document has."""


@cache
def forms() -> Tables:
    """The tables of a few real forms."""
    found = [each for each in fixtures() if each.region == "湖南省株洲市"][:5]
    return tables_of(found, in_force(shipped_ruleset(RULESET), 2021))


class Printed(NamedTuple):
    """What a run says that it came to, and what its folder holds."""

    documents: int
    judged: int
    rejected: int
    results: list[int]
    rejects: pl.DataFrame
    summary: dict[str, Any]


def ran(source: Path, output: Path, batch: int, *more: str) -> Printed:
    """A run as people call it."""
    page = StringIO()
    with redirect_stdout(page):
        code = called(["run", str(source), "-o", str(output), "--batch", str(batch), "--jobs", "1", *more])
    counts = re.search(r"读入 (\d+) 份 = 有结果 (\d+) 份 \+ 退回 (\d+) 份", page.getvalue())
    assert counts is not None, page.getvalue()
    documents, judged, refused = map(int, counts.groups())
    assert code == (1 if refused else 0)
    summary = json.loads((output / "summary.json").read_text(encoding="utf-8"))
    return Printed(documents, judged, refused, numbers(output), rejected(output), summary)


def adds_up(found: Printed, documents: int) -> None:
    """The counts on the page, in the summary and in the folder are the same, and come to what was given."""
    assert found.documents == found.judged + found.rejected == documents
    assert found.judged == len(found.results) == len({*found.results})
    assert {*found.results}.isdisjoint(found.rejects[KEY].to_list())
    refused = found.summary["rejected"]
    assert (found.summary["documents"], found.summary["judged"]) == (documents, found.judged)
    assert refused == {"documents": found.rejected, "reasons": dict(Counter(found.rejects["代码"].to_list()))}
    assert sum(each["documents"] for each in found.summary["groups"]) == found.judged
    event(f"rejected: {found.rejected > 0}, judged: {found.judged > 0}")


# Tables

BROKEN: dict[str, list[tuple[str, Any]]] = {
    "documents": [
        ("年度", None), ("年度", Decimal(1800)), ("文件类型", "unit"), ("文件类型", None), ("单位名称", " "),
        ("全年执行数", Decimal(10) ** 20),
    ],
    "indicators": [("三级指标", None), ("三级指标", ""), ("分值", None), ("分值", Decimal(10) ** 17), ("实际完成值", None)],
    "funds": [("来源", None), ("全年预算数", None), ("全年预算数", Decimal(10) ** 17)],
}  # fmt: skip
"""Values that no form may hold, and some that it may."""


@st.composite
def shaken(draw: st.DrawFn, *, numbered: bool = True) -> Tables:
    """Tables of forms with rows twice, away, with another number or none (where `numbered`), and with broken values."""
    found: Tables = {}
    for scope, table in forms().items():
        rows = list(range(len(table)))
        odd = draw(st.lists(st.sampled_from(rows), max_size=2))
        rows = [at for at in rows for _ in range(draw(st.sampled_from([0, 1, 2])) if numbered and at in odd else 1)]
        keys = table[KEY].to_list()
        keys = [
            draw(st.sampled_from([keys[at], ELSEWHERE, None])) if at in odd and numbered else keys[at] for at in rows
        ]
        shaken_ = table[rows].with_columns(pl.Series(KEY, keys, dtype=pl.Int64))
        for name, value in draw(st.lists(st.sampled_from(BROKEN[FILES[scope]]), max_size=3)) if rows else ():
            here = pl.int_range(pl.len()) == draw(st.sampled_from(range(len(rows))))
            broken = pl.lit(value, dtype=table.schema[name])
            shaken_ = shaken_.with_columns(pl.when(here).then(broken).otherwise(pl.col(name)).alias(name))
        found[scope] = shaken_
    return found


@tried(30)
@given(shaken(), st.integers(1, 3))
def test_every_row_is_in_the_results_or_in_the_rejects(
    tmp_path_factory: pytest.TempPathFactory, tables: Tables, batch: int
) -> None:
    """Rows of tables: of documents, and of what lies on them, which goes where its document goes."""
    folder = tmp_path_factory.mktemp("rows")
    (folder / "tables").mkdir()
    for scope, table in tables.items():
        table.drop([] if scope != DOCUMENT else "位置").write_parquet(folder / "tables" / f"{FILES[scope]}.parquet")

    found = ran(folder / "tables", folder / "out", batch, "--ruleset", RULESET)

    keys = {FILES[scope]: table[KEY].to_list() for scope, table in tables.items()}
    adds_up(found, len(keys["documents"]))
    judged, wrong = {*found.results}, {*found.rejects[KEY].to_list()}
    assert found.rejected == sum(key in wrong for key in keys["documents"])
    for name, given_ in keys.items():
        assert {*given_} <= judged | wrong
        unnumbered = found.rejects.filter((pl.col("代码") == "row-key-missing") & (pl.col("表") == name))
        assert len(unnumbered) == given_.count(None)
    scored = [
        key for (_, key), rows in results(folder / "out", "scores").items() for row in rows if "/" in row["得分项"]
    ]
    assert Counter(scored) == Counter(key for key in keys["indicators"] if key in judged)


@tried(30)
@given(shaken(numbered=False), st.integers(1, 3))
def test_every_row_of_a_batch_comes_back_judged_or_refused(tables: Tables, size: int) -> None:
    """From record batches to record batches: a row for each, in their order, with results or with reasons."""
    rows = batches.nested(tables)
    given_ = rows.to_arrow(compat_level=pl.CompatLevel.oldest()).to_batches(size)

    found = [*batches.judge(given_, shipped_ruleset(RULESET))]

    assert list(map(len, found)) == list(map(len, given_))
    for each, number in zip(pl.DataFrame(pl.from_arrow(found)).to_dicts(), rows[KEY], strict=True):
        assert each[KEY] == number
        indicators = tables[INDICATOR].filter(pl.col(KEY) == number)
        scored = [score["得分项"] for score in each[batches.SCORES] if "/" in score["得分项"]]
        if each[batches.REFUSED]:
            assert (each["总分"], each["等级"], each[batches.SCORES], each[batches.REMARKS]) == (None, None, [], [])
        else:
            assert sorted(scored) == sorted(indicators["位置"].to_list())
            assert len(each[batches.SCORES]) > len(scored)


# Lines and files


FORMS = st.sampled_from([plain(each) for each in fixtures()])


@st.composite
def dossiers(draw: st.DrawFn) -> dict[str, Any]:
    """A dossier of forms, of which one may be broken, or be there twice."""
    forms = [draw(FORMS) for _ in range(draw(st.integers(1, 3)))]
    forms[0] = draw(st.just(forms[0]) | broken(forms[0]))
    return {"unit": "甲", "year": 2021, "region": draw(st.sampled_from(["湖南省株洲市", "火星"])), "documents": forms}


DOCUMENTS = st.lists(FORMS.flatmap(broken) | dossiers(), min_size=1, max_size=8)


def text(document: dict[str, Any] | str) -> bytes:
    written = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    return written.encode(errors="surrogateescape")


def all_counted(found: Printed, filed: dict[int, Any], line_of: Callable[[int], int]) -> None:
    """Every line or file has results or reasons; a dossier that has results, one for each of its forms."""
    by_line: dict[int, set[int]] = {}
    for key in (*found.results, *found.rejects[KEY]):
        by_line.setdefault(line_of(key), set()).add(key)
    assert by_line.keys() == filed.keys()
    adds_up(found, sum(map(len, by_line.values())))
    for number, keys in by_line.items():
        forms = filed[number].get("documents") if isinstance(filed[number], dict) else None
        assert len(keys) in ({1, len(forms)} if isinstance(forms, list) else {1})
        if isinstance(forms, list) and not keys.isdisjoint(found.results):
            assert len(keys) == len(forms)
            assert keys <= {*found.results}
            event("a dossier judged")


@tried(30)
@given(DOCUMENTS, st.integers(1, 4))
def test_every_line_is_in_the_results_or_in_the_rejects(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Any], batch: int
) -> None:
    """Lines under their numbers, forms of dossiers too; empty ones are no documents."""
    folder = tmp_path_factory.mktemp("lines")
    lines = [text(each) for each in documents]
    (folder / "some.jsonl").write_bytes(b"\n".join(lines))

    found = ran(folder / "some.jsonl", folder / "out", batch)

    filed = {number: each for number, each in enumerate(documents, 1) if lines[number - 1].strip()}
    all_counted(found, filed, lambda key: key % 10**12)


@tried(30)
@given(DOCUMENTS, st.integers(1, 4))
def test_every_file_is_in_the_results_or_in_the_rejects(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Any], batch: int
) -> None:
    """Files of a folder under a thousand times their place in the order of names, empty ones and dossiers too."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "all").mkdir()
    for at, each in enumerate(documents, 1):
        (folder / "all" / f"{at}.json").write_bytes(text(each))

    found = ran(folder / "all", folder / "out", batch)

    all_counted(found, {at * 1000: each for at, each in enumerate(documents, 1)}, lambda key: key // 1000 * 1000)
