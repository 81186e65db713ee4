"""What a change of policy does to a population is what it does to each of its documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from package.building import ROOT
from population.many import fixtures, plain, write_lines
from zhunsheng import load_dossier
from zhunsheng.cli.app import run as called
from zhunsheng.exchange.bulk.convert import to_tables
from zhunsheng.exchange.bulk.effect import SHOWN, effect
from zhunsheng.exchange.bulk.inputs import opened
from zhunsheng.exchange.files import shipped_ruleset
from zhunsheng.population import compare, migrate

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.population import Change

PAIRS = [
    ("zhuzhou-2021", "zhuzhou-2021-as-printed"),
    ("mof-2020", "zhuzhou-2021"),
    ("general-practice", "grades-80-70-60"),
    ("mof-2020", "mof-2020"),
]


def differs_in_columns(change: Change) -> bool:
    """Whether a change is one of figures, or of which rule speaks of what; not only of wording."""
    if (change.old.total, change.old.grade) != (change.new.total, change.new.grade) or any(change.scores):
        return True
    told = [
        {(heading, each.rule, each.at) for heading, said in one.conclusions.items() for each in said}
        for one in (change.old, change.new)
    ]
    return told[0] != told[1]


@pytest.mark.parametrize("tables", [False, True], ids=["lines", "tables"])
@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_the_effect_on_a_population_is_that_on_its_documents(old: str, new: str, tables: bool, tmp_path: Path) -> None:  # noqa: FBT001
    found = [each for each in fixtures() if not each.attributes and not any(one.attributes for one in each.indicators)]
    source = write_lines(tmp_path / "all.jsonl", found)
    if tables:
        for _ in to_tables(opened([source], 4), tmp_path / "tables", None, suffix=".parquet", original=True, jobs=1):
            pass
        source = tmp_path / "tables"
    comparison = compare(shipped_ruleset(old), shipped_ruleset(new))
    alone = migrate(((each.name, each) for each in found), comparison)

    *_, (_, together) = effect(opened([source], 4), old, new, comparison, 1)

    assert (together.forms, together.grades, together.moves) == (alone.forms, alone.grades, alone.moves)
    assert together.changed == sum(map(differs_in_columns, alone.changes))
    assert {each.name for each in together.changes} <= {each.name for each in alone.changes}
    assert len(together.changes) == min(together.changed, SHOWN)
    assert not together.refused


@pytest.mark.parametrize(("old", "new"), PAIRS[:2])
def test_dossiers_of_a_population_change_as_dossiers_do(old: str, new: str, tmp_path: Path) -> None:
    """Form by form in the figures, and as a whole where one is looked at."""
    report = load_dossier(ROOT / "fixtures" / "zhuzhou-2021" / "dossier.yaml")
    source = write_lines(tmp_path / "all.jsonl", [report.model_dump(mode="json", exclude_defaults=True)])
    comparison = compare(shipped_ruleset(old), shipped_ruleset(new))
    alone = migrate((("alone", report),), comparison)

    *_, (_, together) = effect(opened([source], 4), old, new, comparison, 1)

    assert (together.forms, together.grades, together.moves) == (3, alone.grades, alone.moves)
    assert together.changed == alone.changed > 0
    assert [each.name for each in together.changes] == [each.name for each in alone.changes]
    assert not together.refused


def test_a_large_archive_says_what_was_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = [each for each in fixtures() if each.region == "湖南省株洲市"]
    many = [{**plain(report[at % len(report)]), "id": f"{at}"} for at in range(90)]
    source = write_lines(tmp_path / "many.jsonl", [*many, "{"])
    call = ["diff", "zhuzhou-2021", "zhuzhou-2021-as-printed", "--on", str(source)]

    assert called([*call, "--format", "json"]) == 2
    archive = json.loads(capsys.readouterr().out)["archive"]
    assert called(call) == 2
    told = capsys.readouterr().out

    assert archive["forms"] == 90
    assert archive["sample"]["changed"] > archive["sample"]["shown"] == SHOWN == len(archive["changes"])
    assert archive["refused"] == [{"code": "json-syntax", "count": 1}]
    assert f"只细看了结果不同的前 {SHOWN} 份" in told
    assert "json-syntax 1" in told


def test_tables_without_whole_documents_say_that_none_was_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = [each for each in fixtures() if each.region == "湖南省株洲市"]
    lines = write_lines(tmp_path / "some.jsonl", [plain(each) for each in report])
    for _ in to_tables(opened([lines], 40), tmp_path / "tables", None, suffix=".parquet", original=False, jobs=1):
        pass

    assert called(["diff", "zhuzhou-2021", "zhuzhou-2021-as-printed", "--on", str(tmp_path / "tables")]) == 1
    told = capsys.readouterr().out

    assert "表里没有原表，不能逐份细看" in told
    assert "前 0 份" not in told


def test_of_an_archive_without_a_form_nothing_is_said_to_be_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(["diff", "zhuzhou-2021", "zhuzhou-2021-as-printed", "--on", str(tmp_path)]) == 2

    told = capsys.readouterr()

    assert "存档 0 份表" in told.out
    assert "结果全都相同" not in told.out
    assert "empty-folder" in told.out + told.err


def test_tables_without_indicators_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = {"文件号": [1], "文件类型": ["department"], "单位名称": ["某局"], "年度": [2021]}
    pl.DataFrame(documents).write_parquet(tmp_path / "documents.parquet")

    called(["diff", "zhuzhou-2021", "zhuzhou-2021-as-printed", "--on", str(tmp_path)])

    assert "没有 indicators 这张表" in capsys.readouterr().err
