"""The real report yields what `fixtures/zhuzhou-2021/expected/` says, each form alone and all of them together."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from zhunsheng import evaluate, evaluate_dossier, load_document, load_dossier, load_ruleset, plain

FORMS: Final = Path(__file__).parents[2] / "fixtures" / "zhuzhou-2021"
NAMES: Final = ("department", "information-collection", "system-maintenance")
HEADINGS: Final = ("requirements", "findings", "confirmations")


def said(assessment: dict[str, Any]) -> dict[str, Any]:
    """What the expectation lists of an assessment: the figures that count, and every remark."""
    found: dict[str, Any] = {
        heading: sorted(
            (tuple(each.get(key) for key in ("rule", "at", "claimed", "computed")) for each in assessment[heading]),
            key=repr,
        )
        for heading in HEADINGS
    }
    if "total" in assessment:
        (execution,) = (line["computed"] for line in assessment["scores"] if line["id"] == "预算执行率")
        figures = (
            assessment["quantities"]["执行率"],
            execution,
            assessment["total"]["computed"],
            assessment["grade"]["computed"],
        )
        found["figures"] = dict(zip(("执行率", "预算执行率", "总分", "等级"), figures, strict=True))
    return found


def wanted(expected: dict[str, Any]) -> dict[str, Any]:
    remarks = {
        heading: sorted(
            (tuple(each.get(key) for key in ("rule", "at", "claimed", "computed")) for each in expected[heading]),
            key=repr,
        )
        for heading in HEADINGS
    }
    return {**expected, **remarks}


@cache
def expectation(ruleset: str) -> Any:
    return yaml.safe_load((FORMS / "expected" / f"{ruleset}.yaml").read_text(encoding="utf-8"))


RULESETS: Final = tuple(sorted(path.stem for path in (FORMS / "expected").iterdir()))


@pytest.mark.parametrize("ruleset", RULESETS)
@pytest.mark.parametrize("form", NAMES)
def test_each_form_alone(form: str, ruleset: str) -> None:
    assessment = plain(evaluate(load_document(FORMS / f"{form}.yaml"), load_ruleset(ruleset)))
    assert said(assessment) == wanted(expectation(ruleset)["alone"][form])


@pytest.mark.parametrize("ruleset", RULESETS)
def test_all_forms_together(ruleset: str) -> None:
    whole, each = evaluate_dossier(load_dossier(FORMS / "dossier.yaml"), load_ruleset(ruleset))
    found = dict(zip(("dossier", *NAMES), map(plain, (whole, *each)), strict=True))
    assert {name: said(one) for name, one in found.items()} == {
        name: wanted(one) for name, one in expectation(ruleset)["together"].items()
    }


def test_the_reason_in_the_text_closes_the_requirement_and_is_quoted() -> None:
    """In the dossier, section 四 gives the maintenance project's reason; alone, its form lacks one."""
    ruleset = load_ruleset("zhuzhou-2021")
    alone = evaluate(load_document(FORMS / "system-maintenance.yaml"), ruleset)
    _, (_, _, together) = evaluate_dossier(load_dossier(FORMS / "dossier.yaml"), ruleset)
    assert "explain-low-execution" in {each.rule for each in alone.requirements}
    assert together.requirements == ()
    (quoted,) = (each for each in together.confirmations if each.rule == "execution-explained")
    assert "第四节" in quoted.message
    assert quoted.derivation is not None
    assert {each.at for each in quoted.derivation.inputs} >= {
        "dossier:/explanations/0/document",
        "dossier:/explanations/0/item",
    }


def test_only_the_rounding_lines_differ_between_the_two_readings_of_the_form() -> None:
    """`zhuzhou-2021-as-printed` says of itself how it rounds, and nothing else."""
    overlay = yaml.safe_load(
        (Path(__file__).parents[2] / "rulesets" / "zhuzhou-2021-as-printed.yaml").read_text(encoding="utf-8")
    )
    of_itself = {
        "ruleset",
        "version",
        "title",
        "extends",
        "in_force",
        "note",
        "changes",
        "applies_to",
        "status",
        "source",
    }
    policy = {key: value for key, value in overlay.items() if key not in of_itself}
    assert set(policy) <= {"quantities", "scores", "total"}
    citing = {"clause", "status", "note"}
    assert {key for elements in policy.values() for each in elements.values() for key in each} - citing == {"round"}
