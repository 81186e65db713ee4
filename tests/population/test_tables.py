"""Tables on disk: what they hold is what the documents hold, and what is wrong in them is named, row by row."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laws.strategies import document_of, documents, filled, tried
from population.many import TABLES, fixtures, numbers, plain, ran, rejected, results, write_lines
from zhunsheng.cli.app import run as called
from zhunsheng.document import Document, read_document
from zhunsheng.exchange.bulk import inputs
from zhunsheng.exchange.bulk.convert import to_lines, to_tables
from zhunsheng.exchange.bulk.inputs import Range, opened
from zhunsheng.population.filled import tidied
from zhunsheng.population.layout import FILES, READ, columns_of
from zhunsheng.problem import Refused
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR
from zhunsheng.source import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

ZHUZHOU = [each for each in fixtures() if each.region == "湖南省株洲市"]


def document_in(line: str) -> Document:
    return read_document(read(line.encode(), "line.json", format="json"))


def tables_in(folder: Path, found: Sequence[Document | dict[str, Any]], suffix: str = ".parquet") -> Path:
    """The tables of documents, in a new folder."""
    lines = write_lines(folder / "all.jsonl", found)
    for _ in to_tables(opened([lines], 3), folder / "tables", None, suffix=suffix, original=True, jobs=1):
        pass
    return folder / "tables"


def changed(folder: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """One of the tables, changed."""
    path = folder / f"{name}.parquet"
    change(pl.read_parquet(path)).write_parquet(path)


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_tables_lead_back_to_the_same_documents(suffix: str, tmp_path: Path) -> None:
    folder = tables_in(tmp_path, fixtures(), suffix)

    for _ in to_lines(opened([folder], 4), tmp_path / "back.jsonl"):
        pass

    back = (tmp_path / "back.jsonl").read_text(encoding="utf-8").splitlines()
    assert tuple(map(document_in, back)) == fixtures()


@tried(30)
@given(st.lists(filled(documents()), min_size=1, max_size=4))
def test_documents_at_random_lead_back_too(
    tmp_path_factory: pytest.TempPathFactory, forms: list[dict[str, Any]]
) -> None:
    found = [document_of(each) for each in forms]
    folder = tmp_path_factory.mktemp("back")
    tables = tables_in(folder, found)

    for _ in to_lines(opened([tables], 2), folder / "back.jsonl"):
        pass

    back = (folder / "back.jsonl").read_text(encoding="utf-8").splitlines()
    assert list(map(document_in, back)) == found


def test_both_formats_and_the_lines_give_the_same_results(tmp_path: Path) -> None:
    found = []
    for at, suffix in enumerate((".parquet", ".arrow")):
        (tmp_path / f"{at}").mkdir()
        ran(tables_in(tmp_path / f"{at}", ZHUZHOU, suffix), tmp_path / f"out{at}")
        found.append([results(tmp_path / f"out{at}", name) for name in TABLES])
    ran(tmp_path / "0" / "all.jsonl", tmp_path / "out")

    assert found[0] == found[1] == [results(tmp_path / "out", name) for name in TABLES]


def test_cells_are_read_and_places_given_where_a_table_lacks_them(tmp_path: Path) -> None:
    folder = tables_in(tmp_path, ZHUZHOU)
    ran(folder, tmp_path / "out")
    changed(folder, "indicators", lambda table: table.drop(*READ, "序号", "位置"))
    changed(folder, "funds", lambda table: table.drop("位置"))
    changed(folder, "documents", lambda table: table.drop("文件名", "原表", "附加项"))

    ran(folder, tmp_path / "again")

    for name in TABLES:
        assert results(tmp_path / "again", name) == results(tmp_path / "out", name)


def test_whatever_is_blank_is_absent() -> None:
    """White space of every kind, which is told by a comparison of texts before any is looked at closely."""
    signs = pl.Series([chr(each) for each in range(sys.maxunicode + 1) if not 0xD800 <= each < 0xE000])
    white = signs.filter(signs.str.strip_chars() == "")
    assert len(white) > 20
    for blank in ("", *white, *("\u3000" + white), *(white + " ")):
        told = tidied(pl.DataFrame({"文件号": [1, 2, 3], "表注": [blank, f"{blank}无", None]}))
        assert told["表注"].to_list() == [None, f"{blank}无", None], repr(blank)


def test_the_order_of_rows_says_nothing(tmp_path: Path) -> None:
    folder = tables_in(tmp_path, ZHUZHOU)
    ran(folder, tmp_path / "out")
    for name in FILES.values():
        changed(folder, name, lambda table: table.sample(fraction=1, shuffle=True, seed=7))

    ran(folder, tmp_path / "again", batch=2)

    for name in TABLES:
        assert results(tmp_path / "again", name) == results(tmp_path / "out", name)


NUMBERS = st.lists(st.none() | st.integers(0, 6), max_size=12)


def in_order(found: list[int | None]) -> list[int | None]:
    return [*sorted(each for each in found if each is not None), *(each for each in found if each is None)]


@tried(200)
@given(NUMBERS | NUMBERS.map(in_order), st.integers(1, 4), st.integers(1, 5))
def test_batches_begin_where_so_many_documents_have_gone_before(
    tmp_path_factory: pytest.TempPathFactory, given_: list[int | None], size: int, at_once: int
) -> None:
    """However the numbers lie in the file, and however few of them are looked at together."""
    keys = sorted(each for each in given_ if each is not None)
    path = tmp_path_factory.mktemp("keys") / "documents.parquet"
    pl.DataFrame({"文件号": given_}, schema={"文件号": pl.Int64}).write_parquet(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs, "_KEYS", at_once)
        batches = opened([path], size).batches

    starts = [None, *sorted(set(keys[::size]))[1:]]
    ranges = [each.source for each in batches if isinstance(each.source, Range)]
    assert [(each.low, each.high) for each in ranges] == list(zip(starts, [*starts[1:], None], strict=True))
    for batch, (low, high) in zip(batches, ((each.low, each.high) for each in ranges), strict=True):
        mine = [each for each in keys if (low is None or each >= low) and (high is None or each < high)]
        assert batch.documents == len(mine) + (given_.count(None) if low is None else 0)


# What is refused


@pytest.mark.parametrize(
    ("name", "change", "code", "got"),
    [
        ("documents", pl.col("全年执行数").cast(pl.Float64), "column-float", "Float64"),
        ("documents", pl.col("全年执行数").cast(pl.String), "column-type", "String"),
        ("documents", pl.col("文件标识").is_null().alias("地区"), "column-type", "Boolean"),
        ("indicators", pl.col("分值").alias("分毋"), "column-unknown", "分毋"),
        ("indicators", pl.col("分值").alias("文件号"), "column-type", "Decimal(38, 0)"),
    ],
)
def test_a_column_of_the_wrong_type_refuses_the_table(
    name: str, change: pl.Expr, code: str, got: str, tmp_path: Path
) -> None:
    folder = tables_in(tmp_path, ZHUZHOU)
    changed(folder, name, lambda table: table.with_columns(change))

    with pytest.raises(Refused) as refused:
        ran(folder, tmp_path / "out")

    (problem,) = refused.value.problems
    assert (problem.code, problem.place.file.rpartition("/")[2]) == (code, f"{name}.parquet")
    assert problem.got.replace("precision=", "").replace("scale=", "") == got
    assert code != "column-unknown" or "分母" in str(problem.hint)
    assert not (tmp_path / "out").exists()


def test_a_column_that_is_needed_and_a_table_that_is_unknown_are_named(tmp_path: Path) -> None:
    folder = tables_in(tmp_path, ZHUZHOU)
    changed(folder, "indicators", lambda table: table.drop("三级指标"))
    changed(folder, "funds", lambda table: table)
    (folder / "funds.parquet").rename(folder / "moneys.parquet")

    with pytest.raises(Refused) as refused:
        ran(folder, tmp_path / "out")

    assert sorted(each.code for each in refused.value.problems) == ["column-missing", "table-unknown"]


@pytest.mark.parametrize(
    ("name", "change", "code", "field"),
    [
        ("documents", {"年度": Decimal(1800)}, "row-year", "年度"),
        ("documents", {"年度": None}, "row-value-missing", "年度"),
        ("documents", {"文件类型": "unit"}, "row-not-one-of", "文件类型"),
        ("documents", {"文件类型": "project", "项目名称": None}, "row-value-missing", "项目名称"),
        ("documents", {"单位名称": "  "}, "row-value-missing", "单位名称"),
        ("documents", {"全年执行数": Decimal(10) ** 20}, "row-number-long", "全年执行数"),
        ("indicators", {"三级指标": None}, "row-value-missing", "三级指标"),
        ("funds", {"来源": None}, "row-value-missing", "来源"),
    ],
)
def test_a_row_that_no_form_could_hold_is_rejected_and_its_document_with_it(
    name: str, change: dict[str, Any], code: str, field: str, tmp_path: Path
) -> None:
    folder = tables_in(tmp_path, ZHUZHOU)
    here = pl.int_range(pl.len()) == 0
    changed(
        folder,
        name,
        lambda table: table.with_columns(
            pl.when(here).then(pl.lit(value, dtype=table.schema[key])).otherwise(pl.col(key)).alias(key)
            for key, value in change.items()
        ),
    )

    tally = ran(folder, tmp_path / "out")

    rows = rejected(tmp_path / "out")
    assert (tally.judged, tally.rejected) == (len(ZHUZHOU) - 1, 1)
    assert rows.select("文件号", "表", "栏", "代码").rows() == [(1, name, field, code)]
    assert 1 not in numbers(tmp_path / "out")


def test_inputs_of_a_ruleset_are_columns(tmp_path: Path) -> None:
    town = next(each for each in fixtures() if "乡镇类别" in each.attributes)
    lines = write_lines(tmp_path / "all.jsonl", [town])
    ran(lines, tmp_path / "out", "town-services")
    output = str(tmp_path / "tables")
    assert (
        called(["convert", str(lines), "-o", output, "--ruleset", "town-services", "--no-original", "--jobs", "1"]) == 0
    )
    changed(tmp_path / "tables", "documents", lambda table: table.drop("附加项"))

    ran(tmp_path / "tables", tmp_path / "again", "town-services")

    for name in TABLES:
        assert results(tmp_path / "again", name) == results(tmp_path / "out", name)
    changed(tmp_path / "tables", "documents", lambda table: table.drop("乡镇类别"))
    tally = ran(tmp_path / "tables", tmp_path / "lacking", "town-services")
    assert dict(tally.reasons) == {"row-value-missing": 1}


def test_an_input_that_the_ruleset_does_not_declare_rejects_its_row(tmp_path: Path) -> None:
    folder = tables_in(tmp_path, ZHUZHOU)
    changed(folder, "documents", lambda table: table.with_columns(pl.lit("中心镇").alias("乡镇类别")))

    tally = ran(folder, tmp_path / "out")

    assert dict(tally.reasons) == {"row-undeclared": len(ZHUZHOU)}


def test_tables_without_the_whole_documents_do_not_lead_back(tmp_path: Path) -> None:
    folder = tables_in(tmp_path, ZHUZHOU)
    changed(folder, "documents", lambda table: table.drop("原表"))

    with pytest.raises(Refused, match="original-missing"):
        list(to_lines(opened([folder], 4), tmp_path / "back.jsonl"))

    assert not (tmp_path / "back.jsonl").exists()


def test_a_number_of_more_digits_than_a_table_holds_is_named(tmp_path: Path) -> None:
    long = {**plain(ZHUZHOU[0]), "indicators": [{"name": "甲", "target": "1" * 30, "actual": "1"}]}
    lines = write_lines(tmp_path / "all.jsonl", [ZHUZHOU[1], long, ZHUZHOU[2]])

    (done,) = to_tables(opened([lines], 9), tmp_path / "tables", None, suffix=".parquet", original=True, jobs=1)
    tally = ran(lines, tmp_path / "out", "zhuzhou-2021")

    assert (done.read, done.written, dict(done.codes)) == (3, 2, {"row-digits": 1})
    assert (tally.judged, numbers(tmp_path / "out")) == (3, [1, 2, 3])


def test_tables_stand_alone(tmp_path: Path) -> None:
    folder = tables_in(tmp_path, ZHUZHOU)

    with pytest.raises(Refused, match="tables-alone"):
        opened([folder, tmp_path / "all.jsonl"], 9)


def test_every_column_of_the_layout_is_written(tmp_path: Path) -> None:
    folder = tables_in(tmp_path, ZHUZHOU)

    for scope in (DOCUMENT, INDICATOR):
        written = pl.read_parquet_schema(folder / f"{FILES[scope]}.parquet")
        assert [*written] == [each.name for each in columns_of(scope) if each.name in written]
        assert {each.name for each in columns_of(scope)} - {*written} <= {"位置"}


def test_what_columns_cannot_do_is_told_by_check_and_done_one_by_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "dates.yaml"
    policy.write_text(
        "ruleset: dates\nversion: 1.0.0\ntitle: 例\nextends: mof-2020\n"
        "quantities:\n  最晚: {formula: 'max(实际日期 for 指标) - date(2021, 1, 1)', status: verified, clause: 例}\n",
        encoding="utf-8",
    )
    lines = write_lines(tmp_path / "all.jsonl", ZHUZHOU)

    assert called(["check", str(policy)]) == 0
    told = capsys.readouterr().out
    tally = ran(lines, tmp_path / "out", str(policy))

    assert "not-in-columns" in told
    assert "max(实际日期 for 指标)" in told
    assert dict(tally.alone) == {("dates", "max"): len(ZHUZHOU)}
    assert called(["run", str(lines), "-o", str(tmp_path / "told"), "--ruleset", str(policy), "--jobs", "1"]) == 0
    assert "「max」不能成列计算" in capsys.readouterr().out
    for name in TABLES:
        ran(lines, tmp_path / "plain", "mof-2020")
        there, here = (results(tmp_path / folder, name) for folder in ("plain", "out"))
        assert [*there.values()] == [*here.values()]
