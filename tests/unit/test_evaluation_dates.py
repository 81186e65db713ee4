"""Dates of effect: a form and a dossier are judged by the policy of their year, and refused where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zhunsheng import Dossier, Refused, evaluate, evaluate_dossier, load_document, load_dossier, load_ruleset

if TYPE_CHECKING:
    from zhunsheng import Ruleset

REPORT = Path("fixtures/zhuzhou-2021")
DATED = """
ruleset: dated
version: 1.0.0
title: 试
extends: zhuzhou-2021
weights:
  预算执行率:
    points:
      2018-01-01/2019-12-31: 5
      2021-01-01/: 20
"""


@pytest.fixture
def ruleset(tmp_path: Path) -> Ruleset:
    """Five points until 2019, twenty from 2021, none in between."""
    file = tmp_path / "dated.yaml"
    file.write_text(DATED, encoding="utf-8")
    return load_ruleset(file)


@pytest.mark.parametrize(("year", "points"), [(2018, "5"), (2019, "5"), (2021, "20"), (2030, "20")])
def test_the_policy_of_the_year_judges(ruleset: Ruleset, year: int, points: str) -> None:
    document = load_document(REPORT / "department.yaml").model_copy(update={"year": year})
    assert evaluate(document, ruleset).scores[0].points == points


def test_a_dossier_is_judged_by_its_year_too(ruleset: Ruleset) -> None:
    dossier = load_dossier(REPORT / "dossier.yaml")
    for year, points in ((2019, "5"), (2021, "20")):
        dated: Dossier = dossier.model_copy(update={"year": year})
        _, assessments = evaluate_dossier(dated, ruleset)
        assert {each.scores[0].points for each in assessments} == {points}


def test_a_gap_is_refused_with_its_neighbours(ruleset: Ruleset) -> None:
    document = load_document(REPORT / "department.yaml").model_copy(update={"year": 2020})
    with pytest.raises(Refused) as refused:
        evaluate(document, ruleset)
    (problem,) = refused.value.problems
    assert problem.code == "not-in-force"
    assert "2018-01-01/2019-12-31" in str(problem.expected)
    assert "2021-01-01/" in str(problem.expected)


def test_the_hash_is_that_of_the_whole_policy(ruleset: Ruleset) -> None:
    document = load_document(REPORT / "department.yaml")
    hashes = {evaluate(document.model_copy(update={"year": year}), ruleset).ruleset.sha256 for year in (2019, 2021)}
    assert hashes == {ruleset.sha256}
