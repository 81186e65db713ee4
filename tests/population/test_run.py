"""A population judged: as one by one, every row accounted for, and stopped at any moment without loss."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laws.strategies import broken, tried
from population.many import TABLES, fixtures, numbers, plain, ran, rejected, results, write_lines
from zhunsheng import evaluate
from zhunsheng.cli.app import run as called
from zhunsheng.document.schema import validator
from zhunsheng.evaluation import evaluate_together
from zhunsheng.exchange.bulk.convert import to_tables
from zhunsheng.exchange.bulk.inputs import opened
from zhunsheng.exchange.bulk.read import document_of, documents_in
from zhunsheng.exchange.bulk.rulesets import refuse_peers
from zhunsheng.exchange.files import shipped_ids, shipped_ruleset
from zhunsheng.problem import Refused
from zhunsheng.source import read
from zhunsheng.source.schema import schema_problems

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.document import Document
    from zhunsheng.evaluation import Assessment

HEADINGS = ("requirements", "findings", "confirmations", "judgements")


def exact(figure: object) -> Fraction | None:
    return None if figure is None else Fraction(str(figure))


def one_by_one(document: Document, name: str) -> Assessment | None:
    try:
        return evaluate(document, shipped_ruleset(name), derivations=False)
    except Refused:
        return None


@pytest.mark.parametrize("name", shipped_ids())
def test_a_run_says_what_evaluate_says_of_each_document(name: str, tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "all.jsonl", fixtures())
    for _ in to_tables(opened([lines], 40), tmp_path / "tables", None, suffix=".parquet", original=True, jobs=1):
        pass
    alone = [one_by_one(each, name) for each in fixtures()]
    if shipped_ruleset(name).peers:
        judged = [each for each, one in zip(fixtures(), alone, strict=True) if one is not None]
        together = iter(evaluate_together(judged, shipped_ruleset(name), derivations=False))
        alone = [None if each is None else next(together) for each in alone]

    for source in (lines, tmp_path / "tables"):
        output = tmp_path / f"out-{source.stem}"
        tally = ran(source, output, name, 5)
        documents, scores, remarks = (results(output, table) for table in TABLES)
        key = f"ruleset={shipped_ruleset(name).id}"

        assert tally.judged == sum(each is not None for each in alone)
        for number, assessment in enumerate(alone, 1):
            if assessment is None:
                assert (key, number) not in documents
                assert number in rejected(output)["文件号"]
                continue
            (row,) = documents[key, number]
            said = None if row["总分"] is None else str(row["总分"])
            assert (said, row["等级"]) == (assessment.total.computed, assessment.grade.computed)
            assert row["文件名"] == fixtures()[number - 1].name
            found = {(each["得分项"], exact(each["得分"]), each["状态"]) for each in scores.get((key, number), [])}
            assert found == {(each.id, exact(each.computed), each.status) for each in assessment.scores}
            told = {(heading, each.rule, each.at) for heading in HEADINGS for each in getattr(assessment, heading)}
            assert {(each["类别"], each["规则"], each["位置"]) for each in remarks.get((key, number), [])} >= told


def test_peers_are_all_documents_of_the_population_and_not_those_of_a_batch(tmp_path: Path) -> None:
    town = next(each for each in fixtures() if "乡镇类别" in each.attributes)
    towns = [
        town.model_copy(
            update={
                "id": f"第{at}镇",
                "attributes": {
                    **{name: value for name, value in town.attributes.items() if name != "同组"},
                    "乡镇类别": ("平原", "丘陵")[at % 2],
                    "事件": [*town.attributes["事件"], *town.attributes["事件"]][: at % 5],
                },
            }
        )
        for at in range(1, 14)
    ]
    name = "town-services-together"
    taken = [each for each in towns if one_by_one(each, name) is not None]
    together = evaluate_together(taken, shipped_ruleset(name), derivations=False)
    lines = write_lines(tmp_path / "towns.jsonl", towns)

    ran(lines, tmp_path / "out", name, 3)

    rows = [row for each in results(tmp_path / "out", "documents").values() for row in each]
    assert len(rows) == len(taken) == len(towns)
    assert len({row["总分"] for row in rows}) > 2
    assert {row["文件名"]: (exact(row["总分"]), row["等级"]) for row in rows} == {
        each.document.id: (exact(each.total.computed), each.grade.computed) for each in together
    }


def test_a_ruleset_with_peers_is_asked_for_by_name() -> None:
    refuse_peers(shipped_ruleset("mof-2020"))

    with pytest.raises(Refused, match="peers-apart"):
        refuse_peers(shipped_ruleset("town-services-together"))


# What is read


def test_files_beside_lines_have_numbers_that_no_line_has(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "some.jsonl", ["{}"] * 1001)
    (tmp_path / "all").mkdir()
    for name in ("a", "b"):
        (tmp_path / "all" / f"{name}.json").write_text("{}", encoding="utf-8")

    found = opened([lines, tmp_path / "all"], 5000)

    numbered = [row["文件号"] for each in found.batches for row in documents_in(each.source).rows]  # type: ignore[arg-type]
    assert sorted({*numbered}) == [*range(1, 1002), 2000, 3000]


@tried(200)
@given(st.sampled_from([plain(each) for each in fixtures()]).flatmap(broken))
def test_the_quick_reading_takes_what_the_schema_takes(line: dict[str, Any] | str) -> None:
    text = line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)
    try:
        source = read(text.encode(errors="surrogateescape"), "x.json", format="json")
        document_of(source)
    except Refused:
        return
    assert not list(schema_problems(source, validator("document")))


# Stopped


def command(source: Path, output: Path, *more: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "zhunsheng",
        "run",
        str(source),
        "-o",
        str(output),
        "--batch",
        "15",
        "--jobs",
        "2",
        *more,
    ]


def until_some_are_done(output: Path, process: subprocess.Popen[bytes], least: int) -> None:
    while process.poll() is None and len([*(output / "done").glob("*.json")]) < least:
        time.sleep(0.01)


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Many documents, and what a run over them gives that nobody stops."""
    folder = tmp_path_factory.mktemp("population")
    report = [each for each in fixtures() if each.region == "湖南省株洲市"]
    many = [{**plain(report[at % len(report)]), "id": f"第{at}份"} for at in range(300)]
    source = write_lines(folder / "many.jsonl", [*many, "{"])
    ran(source, folder / "whole", None, 15)
    return source, folder / "whole"


def test_a_run_that_is_killed_goes_on_without_loss_or_double_counting(
    population: tuple[Path, Path], tmp_path: Path
) -> None:
    source, undisturbed = population
    output = tmp_path / "out"
    for least in (2, 6):
        process = subprocess.Popen(command(source, output), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until_some_are_done(output, process, least)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    before = {each.name: each.stat().st_mtime_ns for each in (output / "done").glob("*.json")}
    assert 6 <= len(before) < 21

    done = subprocess.run(command(source, output), capture_output=True, text=True, check=False)

    assert done.returncode == 1, done.stderr
    assert "接着上次" in done.stdout
    after = {each.name: each.stat().st_mtime_ns for each in (output / "done").glob("*.json")}
    assert {name: after[name] for name in before} == before
    for table in TABLES:
        assert results(output, table) == results(undisturbed, table)
    assert numbers(output) == list(range(1, 301))
    assert rejected(output).equals(rejected(undisturbed))
    assert json.loads((output / "summary.json").read_text(encoding="utf-8"))["judged"] == 300
    assert not [*output.rglob("*.undone")]


def test_processes_of_a_run_that_is_killed_end_too(population: tuple[Path, Path], tmp_path: Path) -> None:
    process = subprocess.Popen(command(population[0], tmp_path / "out"), stdout=subprocess.DEVNULL)
    until_some_are_done(tmp_path / "out", process, 1)
    children = [int(each) for each in _children(process.pid)]
    process.kill()
    process.wait()

    assert children
    for _ in range(500):
        if not any(_runs(each) for each in children):
            return
        time.sleep(0.02)
    pytest.fail(f"{children} go on")


def _children(pid: int) -> list[str]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:  # noqa: PTH123  a file of the system
        return file.read().split()


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123  as above
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ctrl_c_says_how_it_goes_on(population: tuple[Path, Path], tmp_path: Path) -> None:
    source, undisturbed = population
    output = tmp_path / "out"
    process = subprocess.Popen(command(source, output), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    until_some_are_done(output, process, 2)  # type: ignore[arg-type]
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()

    assert process.returncode == 130
    assert "再运行同一命令就接着算" in told
    ran(source, output, None, 15)
    assert results(output, "documents") == results(undisturbed, "documents")


def test_a_run_that_is_done_does_nothing_again(
    population: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    source, undisturbed = population
    before = {each: each.stat().st_mtime_ns for each in undisturbed.rglob("part-*")}

    assert called(["run", str(source), "-o", str(undisturbed), "--batch", "15", "--jobs", "1"]) == 1

    assert "已经算完" in capsys.readouterr().out
    assert {each: each.stat().st_mtime_ns for each in undisturbed.rglob("part-*")} == before


@pytest.mark.parametrize("other", ["ruleset", "input", "batch"])
def test_another_ruleset_or_input_has_no_place_in_the_same_results(other: str, tmp_path: Path) -> None:
    report = [each for each in fixtures() if each.region == "湖南省株洲市"]
    source = write_lines(tmp_path / "some.jsonl", report)
    ran(source, tmp_path / "out", "zhuzhou-2021", 2)
    if other == "input":
        write_lines(source, [*report, *report])

    with pytest.raises(Refused) as refused:
        ran(
            source, tmp_path / "out", "mof-2020" if other == "ruleset" else "zhuzhou-2021", 3 if other == "batch" else 2
        )

    assert {each.code for each in refused.value.problems} == {"run-of-other"}


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("甲", encoding="utf-8")
    source = write_lines(tmp_path / "some.jsonl", fixtures()[:1])

    with pytest.raises(Refused, match="output-exists"):
        ran(source, tmp_path / "out")


def test_the_summary_adds_up(population: tuple[Path, Path]) -> None:
    source, undisturbed = population
    called(["run", str(source), "-o", str(undisturbed), "--batch", "15", "--jobs", "1"])
    summary = json.loads((undisturbed / "summary.json").read_text(encoding="utf-8"))

    assert (summary["documents"], summary["judged"], summary["rejected"]["documents"]) == (301, 300, 1)
    assert sum(each["documents"] for each in summary["groups"]) == 300
    totals = [row["总分"] for rows in results(undisturbed, "documents").values() for row in rows]
    assert sum(Fraction(each["sum"]) for each in summary["groups"]) == sum(map(Fraction, totals))
    assert os.path.getsize(undisturbed / "summary.xlsx") > 0  # noqa: PTH202  a size, no path


def test_what_is_left_out_and_out_of_force_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sub-folders and lines within a folder, and documents of years in which the ruleset was not in force."""
    forms = tmp_path / "forms"
    (forms / "sub").mkdir(parents=True)
    for at, each in enumerate(each for each in fixtures() if each.region == "湖南省株洲市"):
        text = json.dumps({**plain(each), "year": 2021 + at % 2}, ensure_ascii=False)
        (forms / f"{at}.json").write_text(text, encoding="utf-8")
    for name in ("more.jsonl", ".hidden", "~$lock.xlsx", "words.txt"):
        (forms / name).write_text("", encoding="utf-8")

    called(["run", str(forms), "-o", str(tmp_path / "out"), "--ruleset", "zhuzhou-2021", "--jobs", "1"])
    told = capsys.readouterr().out

    assert "3 个没有读：more.jsonl、sub/、words.txt" in told
    assert "注意 2022 年末不在它的有效期" in told
    assert "注意 2021" not in told


def test_the_workbook_lists_each_document_and_each_reject(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forms = tmp_path / "forms"
    forms.mkdir()
    filed = next(each for each in fixtures() if each.region == "湖南省株洲市")
    (forms / "a.json").write_text(json.dumps(plain(filed), ensure_ascii=False), encoding="utf-8")
    (forms / "b.json").write_text(json.dumps(plain(filed) | {"year": "二〇二一"}, ensure_ascii=False), encoding="utf-8")

    called(["run", str(forms), "-o", str(tmp_path / "out"), "--jobs", "1"])
    capsys.readouterr()
    book = openpyxl.load_workbook(tmp_path / "out" / "summary.xlsx")

    heads, row = book["各份"].iter_rows(values_only=True)
    assert dict(zip(heads, row, strict=True)) == {
        "文件号": 1000, "出处": f"{forms}/a.json", "名称": filed.name, "地区": "湖南省株洲市", "文件类型": ANY, "年度": 2021,
        "评分规则": "zhuzhou-2021", "总分": ANY, "等级": ANY,
    }  # fmt: skip
    assert isinstance(row[heads.index("总分")], int | float)
    heads, row = book["退回"].iter_rows(values_only=True)
    told = dict(zip(heads, row, strict=True))
    assert (told["文件号"], told["栏"], told["代码"], told["内容"]) == (2000, "year", "wrong-type", '"二〇二一"')
    assert "整数" in str(told["原因"])
