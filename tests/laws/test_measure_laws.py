"""What holds of every text a cell may carry."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from zhunsheng import measure, number
from zhunsheng.measure.cell import _read
from zhunsheng.measure.vocabulary import COMPARATORS, SUFFIXES

ALPHABET = "0123456789０９.,，．-—~～至%％‰万亿千元台次天月年日底末前后内以上下约无每人户/／*·≥≤＞<=═不低于超过已达成部分 \n　（）²①٣"
PIECES = [
    "≥",
    "不低于",
    "12",
    "0.958",
    "100",
    "1,260",
    "%",
    "万",
    "元",
    "台",
    "次/天",
    "以上",
    "以内",
    "完成",
    "年",
    "月",
    "底前",
]
CELLS = (
    st.none() | st.text(max_size=30) | st.text(ALPHABET, max_size=20) | st.lists(st.sampled_from(PIECES)).map("".join)
)
YEARS = st.none() | st.integers()
AMOUNTS = st.none() | st.fractions()
UNITS = st.sampled_from(["", "台", "人次", "%", "元", "次/天", "元/人·月", "平方公里"])
SIGNS = st.sampled_from(["", "≥", ">", "=", "<=", "不低于", "超过"])
DECIMALS = st.decimals(-(10**9), 10**9, places=2).map(lambda value: format(value, "f"))
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))

FULL_WIDTH = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}


def content(reading: measure.Reading) -> dict[str, object]:
    """A reading without the text it was read from."""
    return {name: getattr(reading, name) for name in reading._fields if name != "text"}


@given(CELLS, CELLS, CELLS, CELLS, YEARS)
@example("9" * 5000, "9" * 5000, "9" * 5000, "9" * 5000, 10**6)
@example("2023年" + "0" * 30 + "月", "2月29日", None, None, 9999)
def test_any_text_is_read(
    target_text: str | None, text: str | None, unit: str | None, comparator: str | None, year: int | None
) -> None:
    """No cell stops the engine, and every reading keeps its text and only what its kind has."""
    target = measure.read_target(target_text, unit=unit, comparator=comparator, year=year)
    actual = measure.read_actual(text, target, unit=unit, year=year)
    comparison = measure.compare(target, actual)
    assert comparison.comparable is (comparison.reason == "")
    for reading, printed in ((target, target_text), (actual, text)):
        assert reading.text == (printed or "")
        assert (reading.number is not None) is (reading.kind is measure.Kind.NUMBER)
        assert (reading.low is not None) is (reading.high is not None) is (reading.kind is measure.Kind.RANGE)
        assert (reading.places is not None) is (reading.kind in {measure.Kind.NUMBER, measure.Kind.RANGE})
        assert not reading.unit or reading.places is not None
        assert reading.claim is None or reading.kind is measure.Kind.WORDS


@given(CELLS, AMOUNTS, AMOUNTS, st.text(ALPHABET, max_size=4))
def test_any_rate_and_amount_is_read(
    text: str | None, budget: Fraction | None, executed: Fraction | None, column: str
) -> None:
    rate = measure.read_rate(text, budget, executed)
    assert rate.value is None or rate.value in rate.candidates
    amount = measure.read_amount(text, column)
    assert (amount.value is not None) is (amount.kind is measure.Kind.NUMBER)


@given(CELLS)
def test_full_width_and_half_width_read_alike(text: str | None) -> None:
    """The width of a sign is the keyboard's, not the unit's intention."""
    wide = (text or "").translate(FULL_WIDTH)
    assert content(measure.read_target(wide)) == content(measure.read_target(text))


@given(SIGNS, DECIMALS, UNITS)
def test_thousands_separators_change_nothing(sign: str, digits: str, unit: str) -> None:
    whole, dot, rest = digits.partition(".")
    grouped = f"{int(whole):,}" if whole.strip("-0") else whole
    plain = measure.read_target(sign + digits + unit)
    assert plain.kind is measure.Kind.NUMBER
    assert content(measure.read_target(sign + grouped + dot + rest + unit)) == content(plain)


@pytest.mark.parametrize("word", sorted(COMPARATORS))
@given(digits=DECIMALS, unit=UNITS)
def test_synonyms_of_a_sign_read_alike(word: str, digits: str, unit: str) -> None:
    reading = measure.read_target(word + digits + unit)
    assert content(reading) == content(measure.read_target(COMPARATORS[word] + digits + unit))


@pytest.mark.parametrize("word", sorted(SUFFIXES))
@given(digits=DECIMALS, unit=UNITS)
def test_a_word_behind_reads_as_its_sign_before(word: str, digits: str, unit: str) -> None:
    reading = measure.read_target(digits + unit + word)
    assert content(reading) == content(measure.read_target(SUFFIXES[word] + digits + unit))


@given(CELLS, CELLS)
def test_reading_depends_on_the_text_alone(text: str | None, other: str | None) -> None:
    """What was read before, and what the cache holds, shows nowhere."""
    _read.cache_clear()
    first = measure.read_target(text)
    measure.read_target(other)
    measure.read_actual(text, measure.read_target(other))
    assert measure.read_target(text) == first


@given(SIGNS, DECIMALS, st.sampled_from(["", "万", "亿"]), UNITS)
def test_the_number_lies_on_the_lattice_its_places_say(sign: str, digits: str, scale: str, unit: str) -> None:
    """A print of p places is a whole number of 10⁻ᵖ, and nothing of it is lost."""
    reading = measure.read_target(sign + digits + scale + unit)
    assume(reading.kind is measure.Kind.NUMBER)  # 5万% is words
    assert reading.number is not None
    assert reading.places is not None
    assert reading.number * Fraction(10) ** reading.places == Fraction(digits) * 100
    assert reading.number == Fraction(digits) * Fraction(10) ** reading.power
    rounding = number.Rounding(reading.places, number.Mode.HALF_UP)
    assert number.round_once(reading.number, rounding) == reading.number


@given(st.integers(2, 200), st.integers(50, 100))
def test_a_bare_number_beside_a_percent_is_that_percent_or_words(printed: int, percent: int) -> None:
    target = measure.read_target(f"≥{percent}%")
    bare = measure.read_actual(str(printed), target)
    if bare.kind is measure.Kind.NUMBER:
        assert (bare.number, bare.unit) == (Fraction(printed, 100), "%")
        assert bare.number == measure.read_actual(f"{printed}%", target).number
    else:
        assert printed < 5


@given(DECIMALS, UNITS)
def test_the_own_unit_of_a_cell_wins(digits: str, unit: str) -> None:
    """An actual with a unit reads the same beside every target."""
    assume(unit)
    alone = measure.read_actual(digits + unit, measure.read_target("有效"))
    for target in ("≥95%", "≥1.8万人", "12", "6月前"):
        assert measure.read_actual(digits + unit, measure.read_target(target)) == alone


@given(st.sampled_from(["天", "次", "%", "台"]), st.integers(0, 10**6))
def test_what_equals_its_target_can_be_compared(unit: str, printed: int) -> None:
    target = measure.read_target(f"≥{printed}{unit}")
    assert measure.compare(target, measure.read_actual(f"{printed}{unit}", target)).comparable


@given(DAYS, DAYS)
def test_a_day_is_before_another_or_it_is_not(deadline: dt.date, done: dt.date) -> None:
    """Two whole days leave no doubt; what they read as is the calendar's own."""
    target = measure.read_target(f"{deadline}前")
    actual = measure.read_actual(str(done), target)
    assert (target.latest, actual.earliest, actual.latest) == (deadline, done, done)
    assert measure.compare(target, actual).comparable
