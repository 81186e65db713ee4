"""What a breaker found: figures near a round number, policies of many rules, outputs that are inputs."""

from __future__ import annotations

import shutil
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from zhunsheng import evaluate, load_document, load_ruleset
from zhunsheng.cli import main
from zhunsheng.expression.types import Type
from zhunsheng.expression.words import shown
from zhunsheng.number import write
from zhunsheng.problem import Refused

REPORT = Path("fixtures/zhuzhou-2021")


@pytest.mark.parametrize(
    ("value", "type_", "text"),
    [
        (Fraction(3) + Fraction(1, 10**12), Type.PERCENT, "≈300%"),
        (Fraction(1) - Fraction(1, 10**9), Type.PERCENT, "≈100%"),
        (Fraction(1000) + Fraction(1, 10**9), Type.MONEY, "≈1000万元"),
        (Fraction(1, 10**12), Type.MONEY, "≈0万元"),
        (Fraction(1, 3), Type.NUMBER, "≈0.333333"),
    ],
)
def test_a_value_near_a_round_number_keeps_its_digits(value: Fraction, type_: Type, text: str) -> None:
    assert shown(value, type_) == text


def test_a_policy_of_many_rules_is_judged(tmp_path: Path) -> None:
    """More conditions of one thing than one fact can carry are told in several."""
    rules = "".join(f"  r{at}: {{when: 全年执行数 > {at}万元, finding: note, message: m{at}}}\n" for at in range(300))
    file = tmp_path / "many.yaml"
    file.write_text(f"ruleset: many\nversion: 1.0.0\ntitle: 试\nextends: mof-2020\nrules:\n{rules}", encoding="utf-8")
    findings = evaluate(load_document(REPORT / "system-maintenance.yaml"), load_ruleset(file)).findings
    assert [each.rule for each in findings if each.message.startswith("m")] == sorted(f"r{at}" for at in range(43))


@pytest.mark.parametrize(
    ("paths", "output"),
    [
        (("",), "department.yaml"),
        (("dossier.yaml",), "department.yaml"),
        (("department.yaml", "--ruleset", "own.yaml"), "own.yaml"),
    ],
)
def test_no_output_takes_the_place_of_anything_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: tuple[str, ...], output: str
) -> None:
    folder = tmp_path / "in"
    shutil.copytree(REPORT, folder, ignore=shutil.ignore_patterns("expected"))
    own = folder.with_name("own.yaml")
    own.write_text("ruleset: own\nversion: 1.0.0\ntitle: 试\nextends: zhuzhou-2021\n", encoding="utf-8")
    named = [each if each.startswith("--") else str(own if each == "own.yaml" else folder / each) for each in paths]
    target = own if output == "own.yaml" else folder / output
    before = target.read_bytes()
    monkeypatch.setattr("sys.argv", ["zhunsheng", "evaluate", *named, "--output", str(target)])
    assert main() == 2
    assert target.read_bytes() == before


def test_quantities_that_square_each_other_are_refused_where_they_outgrow_what_can_be_computed(tmp_path: Path) -> None:
    squares = "".join(f"  平方{at}: {{formula: 平方{at - 1} * 平方{at - 1}}}\n" for at in range(1, 30))
    file = tmp_path / "squares.yaml"
    file.write_text(
        "ruleset: squares\nversion: 1.0.0\ntitle: 试\nextends: mof-2020\n"
        f"quantities:\n  平方0: {{formula: 执行率 * 1.01}}\n{squares}",
        encoding="utf-8",
    )

    with pytest.raises(Refused) as caught:
        evaluate(load_document(REPORT / "system-maintenance.yaml"), load_ruleset(file))

    (problem,) = caught.value.problems
    row = file.read_text(encoding="utf-8").split("\n")[problem.place.line - 1]
    written = row[problem.place.column - 1 :][: problem.place.length]
    assert problem.code == "value-too-large"
    assert row.strip().endswith(f"{{formula: {written}}}")


@pytest.mark.parametrize("gathering", ["sum", "mean"])
def test_a_sum_over_things_is_bounded_like_any_other(tmp_path: Path, gathering: str) -> None:
    """Each value stays below the limit, what they come to together does not."""
    squares = "".join(f"  平方{at}: {{each: 指标, formula: 平方{at - 1} * 平方{at - 1}}}\n" for at in range(1, 11))
    file = tmp_path / "sum.yaml"
    file.write_text(
        "ruleset: sums\nversion: 1.0.0\ntitle: 试\nextends: mof-2020\n"
        f"quantities:\n  平方0: {{each: 指标, formula: 1 / (2 * 序号 + 997)}}\n{squares}"
        f"  总: {{formula: {gathering}(平方10 for 指标)}}\n",
        encoding="utf-8",
    )

    with pytest.raises(Refused) as caught:
        evaluate(load_document(REPORT / "department.yaml"), load_ruleset(file))

    assert [(each.code, each.got) for each in caught.value.problems] == [
        ("value-too-large", f"{gathering}(平方10 for 指标)")
    ]


@pytest.mark.parametrize("value", [Fraction(10) ** 5000, Fraction(-1, 3**9000), Fraction(1, 2**14_000)])
def test_numbers_of_any_length_are_written(value: Fraction) -> None:
    """Python's own `str` refuses integers of more than 4,300 digits."""
    written = write(value)
    numerator, _, denominator = written.partition("/")
    assert (
        Decimal(numerator).as_integer_ratio()
        == (value * Decimal(denominator or 1).as_integer_ratio()[0]).as_integer_ratio()
    )
    assert shown(value, Type.NUMBER)
