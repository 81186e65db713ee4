"""Boundary cases written for a person to accept: they pass, they repeat nothing, and they stand where a policy turns."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from zhunsheng.cli.app import run
from zhunsheng.exchange import load_document, load_ruleset
from zhunsheng.exchange.files import shipped_ids
from zhunsheng.exchange.generate import write_generated
from zhunsheng.exchange.ruleset_tests import load_tests
from zhunsheng.problem import Refused
from zhunsheng.proof import subject
from zhunsheng.trial import run as run_tests
from zhunsheng.trial.boundary import turns

if TYPE_CHECKING:
    from zhunsheng.trial.boundary import Mark

ROOT: Final = Path(__file__).resolve().parents[2]
BANDS: Final = """\
ruleset: my-city
version: 1.0.0
title: 我市
extends: mof-2020
scores:
  预算执行率: {formula: "table(执行率; >= 95%: 10; >= 80% and < 95%: 8; < 80%: 0)"}
"""


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new ruleset of one's own, without tests; we are beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-city.yaml").write_text(BANDS, encoding="utf-8")
    return tmp_path


def names(file: Path) -> list[str]:
    return [each.name for each in load_tests(file).file.tests]


def test_a_new_ruleset_has_its_bands_tested_on_either_side(city: Path) -> None:
    written = write_generated("my-city.yaml", None)

    assert written.file == Path("my-city.generated.test.yaml")
    text = written.file.read_text(encoding="utf-8")
    assert text.startswith("# 由 zhunsheng test --generate 生成，未经确认")
    assert run_tests(load_tests(written.file)).failed == ()
    of_score = [each for each in names(written.file) if "，预算执行率界" in each]
    assert of_score == [
        "全年执行数 1587.89，预算执行率界前",
        "全年执行数 1587.9，预算执行率界后",
        "全年执行数 1885.64，预算执行率界前",
        "全年执行数 1885.65，预算执行率界后",
    ]
    assert {each[-2:] for each in names(written.file)} >= {"界前", "界上", "界后", "舍去", "进位"}
    grades = {each.expect.grade for each in load_tests(written.file).file.tests}
    assert grades >= {"优", "良", "中", "差"}


def test_the_same_ruleset_gives_the_same_bytes(city: Path) -> None:
    write_generated("my-city.yaml", None)
    before = (city / "my-city.generated.test.yaml").read_bytes()
    write_generated("my-city.yaml", None)
    assert (city / "my-city.generated.test.yaml").read_bytes() == before


def test_what_was_accepted_is_not_generated_again(city: Path) -> None:
    first = write_generated("my-city.yaml", None)
    assert first.file is not None
    shutil.move(first.file, "my-city.test.yaml")

    assert write_generated("my-city.yaml", None) == (None, 0, first.cases)


def test_cases_are_added_below_those_of_a_file(city: Path) -> None:
    first = write_generated("my-city.yaml", None)
    target = city / "my-city.test.yaml"
    target.write_text(
        "ruleset: my-city\ntests:\n  # 注\n  - name: 手写\n"
        "    document: {kind: project, unit: 甲, project: 乙, year: 2026, funds: {total: {}}, indicators: []}\n"
        "    expect: {grade: null}\n",
        encoding="utf-8",
    )

    added = write_generated("my-city.yaml", target)

    assert added.cases == first.cases
    assert names(target)[0] == "手写"
    assert len(names(target)) == 1 + first.cases
    assert "# 注" in target.read_text(encoding="utf-8")
    assert run_tests(load_tests(target)).failed == ()


def test_a_file_that_was_not_generated_is_not_written_over(city: Path) -> None:
    (city / "my-city.generated.test.yaml").write_text("ruleset: my-city\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        write_generated("my-city.yaml", None)
    assert [each.code for each in refused.value.problems] == ["output-exists"]


@pytest.mark.parametrize("name", ["jiangxi-bands", "town-services", "hebei-comparators", "mof-2021-101"])
def test_generated_cases_of_a_shipped_ruleset_pass_and_use_the_documents_of_its_tests(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    written = write_generated(name, tmp_path / "out.test.yaml")

    assert written.file is not None
    assert run_tests(load_tests(written.file)).failed == ()
    assert any(isinstance(each.document, str) for each in load_tests(written.file).file.tests)


def test_a_turn_is_shown_once_whichever_row_shows_it() -> None:
    form = subject(load_document(ROOT / "fixtures" / "policies" / "plain.yaml"), load_ruleset("mof-2020"))
    seen: set[Mark] = set()
    first = list(turns(form, seen))

    assert first
    assert list(turns(form, seen)) == []


@pytest.mark.parametrize("name", shipped_ids())
def test_every_value_lies_on_the_grid_of_its_input(name: str) -> None:
    form = subject(load_document(ROOT / "fixtures" / "policies" / "plain.yaml"), load_ruleset(name))
    for each in turns(form, set()):
        assert (each.x * 10**each.by.places).denominator == 1
        assert each.x >= 0


def test_the_command(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "--generate"]) == 2
    assert run(["test", "my-city.yaml", "other.yaml", "--generate", "-o", "x.test.yaml"]) == 2
    capsys.readouterr()
    assert run(["test", "my-city.yaml", "--generate"]) == 0
    assert capsys.readouterr().out.startswith("my-city.generated.test.yaml：生成 ")
    assert run(["test", "my-city.yaml", "--generate", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["generated"][0]["file"] == "my-city.generated.test.yaml"
    assert run(["test", "my-city.generated.test.yaml"]) == 0
    shutil.move("my-city.generated.test.yaml", "my-city.test.yaml")
    capsys.readouterr()
    assert run(["test", "my-city.yaml", "--generate"]) == 0
    assert "没有可添的测试" in capsys.readouterr().out
