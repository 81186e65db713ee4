"""What the tools for policy staff promise of any ruleset. Each law is told in `docs/explanation/guarantees.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from hypothesis import given
from hypothesis import strategies as st

from laws.strategies import compiled_or_thrown_away, overlays, tried
from zhunsheng.exchange.generate import without_claims
from zhunsheng.expression.tree import Absent
from zhunsheng.number import Mode, Rounding, round_once
from zhunsheng.population.contrast import contrast_of
from zhunsheng.population.figures import figures
from zhunsheng.proof.filed import worked_out
from zhunsheng.proof.forms import forms_of_one_row
from zhunsheng.trial import prepared, read_tests, read_yaml_with_nulls, run
from zhunsheng.trial.generate import Base, generate, text_of

if TYPE_CHECKING:
    from fractions import Fraction

    from zhunsheng.expression.tree import Value
    from zhunsheng.population.figures import Figure

FEW = tried(3)


def both(figure: Figure, x: Fraction) -> list[Value]:
    """What the whole engine gives under either ruleset."""
    given_ = zip(figure.both, figure.elements, figure.by, strict=True)
    found = [worked_out(form, element, by, x) for form, element, by in given_]
    return [Absent.UNDEFINED if isinstance(each, Absent) else each for each in found]


@FEW
@given(overlays(), overlays())
def test_a_reported_difference_is_one(one: dict[str, Any], other: dict[str, Any]) -> None:
    """A document that is said to show a difference is judged differently by the two, and as they are said to judge it."""
    old, new = compiled_or_thrown_away(one), compiled_or_thrown_away(other)
    for figure in figures(old, new):
        example = contrast_of(figure, *figure.functions()).example
        if example is not None and example.filed is not None:
            assert both(figure, example.x) == [example.old, example.new], figure.what
            assert example.old != example.new


@FEW
@given(overlays(), overlays(), st.lists(st.fractions(0, 1), min_size=1, max_size=2))
def test_what_is_proved_equal_never_differs(one: dict[str, Any], other: dict[str, Any], parts: list[Fraction]) -> None:
    """Wherever two rulesets are said to give the same, they do."""
    old, new = compiled_or_thrown_away(one), compiled_or_thrown_away(other)
    for figure in figures(old, new):
        found = contrast_of(figure, *figure.functions())
        if found.verdict == "equal":
            high = cast("Fraction", found.old.cuts[-1])
            for part in parts:
                x = round_once(high * part, Rounding(found.places, Mode.DOWN))
                assert len(set(map(str, both(figure, x)))) == 1, (figure.what, figure.targets, x)


@tried(6)
@given(overlays())
def test_generated_tests_pass(overlay: dict[str, Any]) -> None:
    """Every boundary case that is written says what the engine gives."""
    ruleset = compiled_or_thrown_away(overlay)
    forms = [without_claims(each) for each in forms_of_one_row(ruleset)]
    bases = [Base(each.model_dump(mode="json", exclude_none=True, exclude_defaults=True), each) for each in forms]
    cases, present = generate(ruleset, bases, ())
    assert cases
    assert present == 0
    source = read_yaml_with_nulls(text_of(cases, ruleset.id).encode(), "generated.test.yaml")
    result = run(prepared(source, read_tests(source), ruleset, lambda _, name: (_ for _ in ()).throw(KeyError(name))))
    assert result.failed == ()
    again, known = generate(ruleset, bases, read_tests(source).tests)
    assert (again, known) == ([], len(cases))
