"""Every line of `fixtures/cases/measure` reads as it says."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from zhunsheng import measure
from zhunsheng.measure.cell import _read_any
from zhunsheng.measure.quantity import read_plain
from zhunsheng.measure.squeeze import LONGEST
from zhunsheng.measure.vocabulary import COMPARATORS, SCALES, SUFFIXES, UNITS

CASES = Path(__file__).parents[2] / "fixtures" / "cases" / "measure"
Case = dict[str, Any]

NUMBERS = ("number", "low", "high", "value")
PLAIN = {"unit": "", "tail": "", "number": None, "low": None, "high": None, "year": None, "month": None, "day": None}
IF_GIVEN = ("places", "power", "period", "earliest", "latest", "claim")


def cases(name: str) -> list[Any]:
    read: list[Case] = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=f"{count}: {case['text']}") for count, case in enumerate(read, start=1)]


def expected(case: Case, *, always: Case, if_given: tuple[str, ...]) -> Case:
    """The fields a case says, those it leaves out being empty."""
    wanted = {**always, **{name: case[name] for name in (*always, *if_given) if name in case}}
    wanted.update({name: Fraction(wanted[name]) for name in NUMBERS if wanted.get(name) is not None})
    if "notes" in case:
        wanted["notes"] = tuple(case["notes"])
    if "candidates" in case:
        wanted["candidates"] = tuple(Fraction(each) for each in case["candidates"])
    return {"kind": measure.Kind(case.get("as", "number")), "text": case["text"] or "", **wanted}


def said(reading: object, names: Case) -> Case:
    return {name: getattr(reading, name) for name in names}


@pytest.mark.parametrize("case", cases("targets"))
def test_target_reads_as_its_case_says(case: Case) -> None:
    wanted = expected(case, always={"comparator": None, **PLAIN}, if_given=IF_GIVEN)
    reading = measure.read_target(
        case["text"],
        unit=case.get("unit_column"),
        comparator=case.get("comparator_column"),
        year=case.get("form_year"),
    )
    assert said(reading, wanted) == wanted


@pytest.mark.parametrize("case", cases("actuals"))
def test_actual_reads_as_its_case_says(case: Case) -> None:
    wanted = expected(case, always=PLAIN, if_given=("comparator", *IF_GIVEN))
    beside = {"unit": case.get("unit_column"), "year": case.get("form_year")}
    target = measure.read_target(case["target"], **beside)
    actual = measure.read_actual(case["text"], target, **beside)
    assert said(actual, wanted) == wanted

    comparison = measure.compare(target, actual)
    assert comparison.reason == case.get("reason", "")
    assert comparison.comparable is (comparison.reason == "")
    assert comparison.same_words is case.get("same_words", comparison.same_words)


@pytest.mark.parametrize("case", cases("rates"))
def test_rate_reads_as_its_case_says(case: Case) -> None:
    wanted = expected(case, always={"value": None, "agrees": None}, if_given=("places",))
    amounts = [Fraction(case[name]) if name in case else None for name in ("budget", "executed")]
    assert said(measure.read_rate(case["text"], *amounts), wanted) == wanted


@pytest.mark.parametrize("case", cases("amounts"))
def test_amount_reads_as_its_case_says(case: Case) -> None:
    wanted = expected(case, always={"value": None, "label": ""}, if_given=("places",))
    assert said(measure.read_amount(case["text"], case["column"]), wanted) == wanted


def test_a_text_too_long_for_a_cell_is_words() -> None:
    """Nobody writes a target of 200 characters, and a pattern should not have to walk through a megabyte."""
    text = "9" * (LONGEST + 1)
    target = measure.read_target(text)
    assert target == measure.Reading(measure.Kind.WORDS, text, notes=("too-long",))
    assert measure.read_actual(text, target).claim is None
    assert measure.read_rate(text).kind is measure.Kind.WORDS
    assert measure.read_amount(text).kind is measure.Kind.WORDS
    assert measure.read_target("18", unit=text).notes == ("unit-column-unread",)
    assert measure.read_target("18", comparator=text).notes == ("comparator-column-unread",)


def test_a_plain_number_reads_as_all_patterns_together_read_it() -> None:
    """The short way for most cells is no way of its own; 2023 and 2023.12 are where a date might have been."""
    plain = 0
    for sign in ("", *COMPARATORS):
        for digits in ("12", "007", "0.958", "2023", "2023.12", "2023.1", "1900.13", ".5", "1,260", "1.", "9" * 41):
            for unit in ("", *UNITS, *SCALES, *SUFFIXES, "次/天", "倍多", "级", ".5", "2"):
                text = sign + digits + unit
                reading = read_plain(text, text)
                plain += reading is not None
                assert reading is None or reading == _read_any(text, text), text
    assert plain > 5_000


def test_a_target_to_be_waited_for_is_no_deadline() -> None:
    target = measure.read_target("2023年8月", comparator="≥")
    assert measure.compare(target, measure.read_actual("2023年9月", target)).reason == "no-deadline"


def test_a_day_read_from_a_target_is_a_date() -> None:
    assert measure.read_target("2023年2月底").latest == dt.date(2023, 2, 28)
