"""Dossiers among the documents of a run: judged as `evaluate` judges them, each form a row, none lost and none twice."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given

from laws.strategies import dossiers, tried
from package.building import ROOT
from population.many import TABLES, fixtures, numbers, plain, ran, rejected, results, write_lines
from zhunsheng import evaluate_dossier, load_dossier
from zhunsheng.cli.app import run as called
from zhunsheng.document import Dossier
from zhunsheng.evaluation.assess import HEADINGS
from zhunsheng.exchange.bulk import read, work
from zhunsheng.exchange.bulk.inputs import opened
from zhunsheng.exchange.bulk.run import begun, carried_out, whole
from zhunsheng.exchange.files import shipped_ruleset

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.evaluation import Assessment, DossierAssessment
    from zhunsheng.evaluation.assessment import Remark

ZHUZHOU = ROOT / "fixtures" / "zhuzhou-2021"
REPORT = load_dossier(ZHUZHOU / "dossier.yaml")
APART = 10**12
FORM = next(each for each in fixtures() if each.region == "湖南省株洲市")


def inline(dossier: Dossier = REPORT) -> dict[str, Any]:
    """A dossier as one line has it, its forms in it."""
    data: dict[str, Any] = dossier.model_dump(mode="json", exclude_defaults=True)
    return data


def says_what_evaluate_says(output: Path, keys: list[int], dossier: Dossier, name: str) -> None:
    """Totals, grades, scores and remarks, of each form and of the dossier as a whole."""
    whole, forms = evaluate_dossier(dossier, shipped_ruleset(name), derivations=False)
    documents, scores, remarks = (results(output, table) for table in TABLES)
    wanted = []
    for key, document, form in zip(keys, dossier.documents, forms, strict=True):
        at = (f"ruleset={name}", key)
        (row,) = documents[at]
        assert (row["文件名"], row["等级"]) == (document.name, form.grade.computed)
        assert exact(row["总分"]) == exact(form.total.computed)
        assert exact(row["预算执行率.得分"]) == exact(form.scores[0].computed)
        assert sorted((each["得分项"], str(exact(each["得分"])), each["状态"]) for each in scores[at]) == sorted(
            (each.id, str(exact(each.computed)), each.status) for each in form.scores
        )
        wanted += [(key, heading, each.rule, each.severity, each.at) for heading, each in said(form)]
    for heading, each in said(whole):
        _, part, form_at, *_ = f"{each.at}//".split("/")
        key = keys[int(form_at) if part == "documents" else 0]
        wanted.append((key, heading, each.rule, each.severity, f"dossier:{each.at}"))
    told = [(key, *row.values()) for (_, key), rows in remarks.items() if key in keys for row in rows]
    assert sorted(map(str, told)) == sorted(map(str, wanted))


def said(assessment: Assessment | DossierAssessment) -> list[tuple[str, Remark]]:
    return [(heading, each) for heading in HEADINGS for each in getattr(assessment, heading)]


def exact(figure: object) -> Fraction | None:
    return None if figure is None else Fraction(str(figure))


def test_a_folder_of_forms_and_dossiers_is_run_in_one_go(tmp_path: Path) -> None:
    """The forms that a dossier names are judged with it, and not a second time."""
    folder = tmp_path / "all"
    shutil.copytree(ZHUZHOU, folder)
    shutil.rmtree(folder / "expected")
    (folder / "0.json").write_text(json.dumps(plain(FORM), ensure_ascii=False), encoding="utf-8")

    tally = ran(folder, tmp_path / "out")

    assert (tally.documents, tally.judged, tally.rejected) == (4, 4, 0)
    assert numbers(tmp_path / "out") == [1000, 2000, 2001, 2002]
    says_what_evaluate_says(tmp_path / "out", [2000, 2001, 2002], REPORT, "zhuzhou-2021")
    (part, *_) = (tmp_path / "out" / "documents").rglob("*-2.parquet")
    rows = pl.read_parquet(part, hive_partitioning=False)
    assert rows["出处"].to_list() == [f"{folder.as_posix()}/dossier.yaml /documents/{at}" for at in range(3)]
    assert set(rows["地区"]) == {"湖南省株洲市"}


def test_what_is_said_across_forms_stands_with_the_form_that_it_points_into(tmp_path: Path) -> None:
    ran(ZHUZHOU / "dossier.yaml", tmp_path / "out")

    found = {
        (key, row["规则"], row["位置"])
        for (_, key), rows in results(tmp_path / "out", "remarks").items()
        for row in rows
    }
    assert (1001, "same-indicator-rounded", "dossier:/documents/1/indicators/3/actual") in found
    assert (1000, "revenue-adds-up", "dossier:/accounts/revenue") in found


def test_lines_hold_dossiers_whose_forms_have_numbers_that_no_line_has(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "all.jsonl", [plain(FORM), inline(), plain(FORM)])

    tally = ran(lines, tmp_path / "out", "zhuzhou-2021", 2)

    keys = [2, 2 + APART, 2 + 2 * APART]
    assert (tally.documents, tally.judged) == (5, 5)
    assert numbers(tmp_path / "out") == [1, 2, 3, *keys[1:]]
    assert dict(tally.alone) == {("zhuzhou-2021", "dossiers"): 3}
    says_what_evaluate_says(tmp_path / "out", keys, REPORT, "zhuzhou-2021")


def test_a_file_of_more_forms_than_it_has_numbers_goes_on_beyond_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "EACH", 2)

    ran(ZHUZHOU / "dossier.yaml", tmp_path / "out")

    assert numbers(tmp_path / "out") == [1000, 1001, 1000 + APART]


@tried(20)
@given(dossiers())
def test_any_dossier_is_judged_as_evaluate_does(tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]) -> None:
    folder = tmp_path_factory.mktemp("dossier")
    dossier = Dossier.model_validate(data)

    ran(write_lines(folder / "one.jsonl", [data]), folder / "out", "zhuzhou-2021")

    keys = [1 + at * APART for at in range(len(dossier.documents))]
    assert numbers(folder / "out") == keys
    says_what_evaluate_says(folder / "out", keys, dossier, "zhuzhou-2021")


# Rejected


def test_a_dossier_that_no_ruleset_takes_is_rejected_with_each_of_its_forms(tmp_path: Path) -> None:
    forms = inline()["documents"]
    forms[1]["attributes"] = {"乡镇类别": "平原"}
    lines = write_lines(tmp_path / "all.jsonl", [plain(FORM), {**inline(), "documents": forms}])

    tally = ran(lines, tmp_path / "out")

    assert (tally.documents, tally.judged, tally.rejected) == (4, 1, 3)
    rows = rejected(tmp_path / "out").select("文件号", "表", "位置", "代码").rows()
    place = "/documents/1/attributes/乡镇类别"
    assert rows == [(2 + at * APART, f"{lines}:2", place, "undeclared-input") for at in range(3)]


def test_a_dossier_that_cannot_be_read_is_rejected_and_its_forms_are_judged_by_themselves(tmp_path: Path) -> None:
    """As `evaluate` has it: what it names are files of their own as long as it is none."""
    folder = tmp_path / "all"
    shutil.copytree(ZHUZHOU, folder)
    shutil.rmtree(folder / "expected")
    text = (folder / "dossier.yaml").read_text(encoding="utf-8")
    (folder / "dossier.yaml").write_text(text.replace("year: 2021", "year: 二〇二一"), encoding="utf-8")

    tally = ran(folder, tmp_path / "out")

    assert (tally.documents, tally.judged, tally.rejected) == (4, 3, 1)
    assert numbers(tmp_path / "out") == [1001, 1002, 1003]
    assert rejected(tmp_path / "out").select("文件号", "代码").rows() == [(1000, "wrong-type")]
    assert called(["run", str(folder), "-o", str(tmp_path / "again"), "--jobs", "1"]) == 1


def test_files_that_name_each_other_are_not_lost(tmp_path: Path) -> None:
    """No dossier goes with another, nor with itself."""
    for name, other in (("a", "b"), ("b", "a"), ("c", "c")):
        data = {"unit": "甲", "year": 2021, "documents": [f"{other}.json"]}
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")

    tally = ran(tmp_path, tmp_path / "out")

    assert (tally.documents, tally.rejected) == (3, 3)
    assert set(rejected(tmp_path / "out")["文件号"]) == {1000, 2000, 3000}


def test_a_ruleset_that_holds_all_documents_against_each_other_takes_no_dossier(tmp_path: Path) -> None:
    """Its forms would be held against each other only, and the others judged without them."""
    town = next(each for each in fixtures() if "乡镇类别" in each.attributes)
    form = plain(town)
    form["attributes"].pop("同组", None)
    dossier = {"unit": town.unit, "year": town.year, "documents": [form]}
    lines = write_lines(tmp_path / "all.jsonl", [form, dossier])

    tally = ran(lines, tmp_path / "out", "town-services-together")

    assert (tally.judged, dict(tally.reasons)) == (1, {"dossier-aside": 1})


def test_tables_hold_no_dossiers_but_the_forms_that_they_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(["convert", str(ZHUZHOU), "-o", str(tmp_path / "tables"), "--jobs", "1"]) == 1

    told = capsys.readouterr().out
    assert "读入 4 份：写入 3 份，退回 1 份" in told
    rows = pl.read_parquet(tmp_path / "tables" / "rejects.parquet")
    assert rows["代码"].to_list() == ["dossier-aside"]
    assert "zhunsheng run" in rows["原因"][0]


# Stopped


def test_a_run_over_dossiers_that_was_stopped_goes_on_without_loss_or_double_counting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = write_lines(tmp_path / "all.jsonl", [inline(), plain(FORM), "{", inline(), inline()])
    undisturbed = ran(lines, tmp_path / "whole", None, 1)

    def stopped(path: Path, number: int) -> Path:
        if number == 4:
            raise KeyboardInterrupt
        return marked(path, number)

    marked = work.mark
    monkeypatch.setattr(work, "mark", stopped)
    with pytest.raises(KeyboardInterrupt):
        ran(lines, tmp_path / "out", None, 1)
    monkeypatch.undo()
    assert [*(tmp_path / "out" / "documents").rglob("part-000004-*")]
    resumed = begun(opened([lines], 1), None, tmp_path / "out", 1)
    assert sorted(resumed.before) == [1, 2, 3]
    tally = whole(resumed, list(carried_out(resumed, 1)))

    assert tally == undisturbed
    assert (tally.documents, tally.judged, tally.rejected) == (11, 10, 1)
    for table in TABLES:
        assert results(tmp_path / "out", table) == results(tmp_path / "whole", table)


def test_a_form_that_changes_behind_its_dossier_is_another_input(tmp_path: Path) -> None:
    """The file of a form that only its dossier names is part of what was judged."""
    folder = tmp_path / "all"
    shutil.copytree(ZHUZHOU, folder)
    before = opened([folder / "dossier.yaml"], 5).fingerprint
    assert opened([folder / "dossier.yaml"], 5).fingerprint == before

    (folder / "department.yaml").write_text("别的", encoding="utf-8")

    assert opened([folder / "dossier.yaml"], 5).fingerprint != before
