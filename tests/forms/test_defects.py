"""The re-check of the example forms, imported from real files made of their grids: what is listed, and nothing unlooked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from forms.building import EXAMPLES, FORMS, example, write_docx, write_xlsx
from forms.content import filed
from zhunsheng.evaluation import evaluate
from zhunsheng.exchange.files import shipped_ruleset
from zhunsheng.exchange.forms.filed import imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from forms.building import Form
    from zhunsheng.evaluation import Assessment

RULESET: Final = "form-defects"
WRITERS: Final[dict[str, Callable[[Form, Path], None]]] = {"docx": write_docx, "xlsx": write_xlsx}


def recheck(name: str, suffix: str, folder: Path) -> Assessment:
    """A form written as a real file, imported, and evaluated."""
    path = folder / f"form.{suffix}"
    WRITERS[suffix](example(name), path)
    (document,) = imported(path).documents
    return evaluate(document, shipped_ruleset(RULESET))


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FORMS.joinpath(name, "expected.yaml").read_text(encoding="utf-8"))
    return found


def said(assessment: Assessment) -> list[str]:
    """Everything that a re-check asks for, finds or leaves to a person: the rule and the value it points to."""
    remarks = (*assessment.requirements, *assessment.findings, *assessment.judgements)
    return sorted(f"{each.rule} {each.at}".strip() for each in remarks)


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_form_yields_the_findings_listed_and_none_unlooked_at(name: str, suffix: str, tmp_path: Path) -> None:
    wanted = expected(name)

    assessment = recheck(name, suffix, tmp_path)

    listed = {each for several in wanted["listed"] for each in several}
    assert said(assessment) == sorted(listed | set(wanted["besides"]))
    assert (assessment.total.computed, assessment.grade.computed) == (wanted["total"], wanted["grade"])


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_finding_of_the_example_is_told_by_a_rule(name: str) -> None:
    wanted = expected(name)

    assert len(wanted["listed"]) == len(filed(name)["findings"])
    assert all(wanted["listed"])
    assert not {each for several in wanted["listed"] for each in several} & set(wanted["besides"])


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_finding_points_to_its_cell(name: str, tmp_path: Path) -> None:
    assessment = recheck(name, "xlsx", tmp_path)

    for each in (*assessment.requirements, *assessment.findings):
        assert each.source is not None or each.at == "", each
