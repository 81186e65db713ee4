"""The printed execution rate: a claim, of which the amounts say how it was meant and how it was rounded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from zhunsheng import number
from zhunsheng.measure.cell import read_text
from zhunsheng.measure.quantity import NUMBER, scaled
from zhunsheng.measure.reading import Kind
from zhunsheng.measure.squeeze import squeeze

if TYPE_CHECKING:
    from fractions import Fraction

_RATE = re.compile(rf"(?P<number>[+-]?{NUMBER})(?P<percent>%|百分比)?", re.ASCII)
_WHOLE_PERCENT = 2


@final
@dataclass(frozen=True, slots=True)
class RateReading:
    """A printed rate as a share of one."""

    kind: Kind
    text: str
    value: Fraction | None = None
    """None where missing, where the budget is zero, or where no amounts say which of `candidates` was meant."""
    places: int | None = None
    """Decimal places that the print shows, in terms of `value`: 99.31% → 4."""
    agrees: str | None = None
    """How it agrees with the amounts: `exact`, `percent-2` (of a percent), `fraction-3`, `no`; None: not held."""
    candidates: tuple[Fraction, ...] = ()
    """All that the print may mean: 20 is 20 or 20 %."""


def read_rate(text: str | None, budget: Fraction | None = None, executed: Fraction | None = None) -> RateReading:
    """What a printed rate claims, held against the amounts (both in one unit).

    >>> from fractions import Fraction
    >>> reading = read_rate("94%", Fraction("26.85"), Fraction("25.17325"))
    >>> reading.value, reading.agrees
    (Fraction(47, 50), 'percent-0')
    """
    if read_text(text).kind is Kind.MISSING:
        return RateReading(Kind.MISSING, text or "")
    text = text or ""
    match = _RATE.fullmatch(squeeze(text))
    printed = number.parse(match["number"].replace(",", "")) if match else None
    if match is None or printed is None:
        return RateReading(Kind.WORDS, text)
    shown = number.places_of(match["number"])
    meant = {_WHOLE_PERCENT: scaled(printed, -2)} if match["percent"] else {0: printed, _WHOLE_PERCENT: printed / 100}
    candidates = tuple(sorted(set(meant.values())))
    if budget is None or executed is None or budget == 0:
        sole = candidates[0] if len(candidates) == 1 and budget != 0 else None
        return RateReading(Kind.NUMBER, text, sole, _places(sole, shown, match["percent"]), None, candidates)
    exact = executed / budget
    for shift, value in meant.items():
        agrees = _agreement(value, shown + shift, exact, percent=shift > 0)
        if agrees:
            return RateReading(Kind.NUMBER, text, value, shown + shift, agrees, candidates)
    sole = candidates[0] if len(candidates) == 1 else None
    return RateReading(Kind.NUMBER, text, sole, _places(sole, shown, match["percent"]), "no", candidates)


def _places(value: Fraction | None, shown: int, percent: str | None) -> int | None:
    return None if value is None else shown + (_WHOLE_PERCENT if percent else 0)


def _agreement(value: Fraction, places: int, exact: Fraction, *, percent: bool) -> str | None:
    """The rounding under which the exact rate gives `value`: the finest first, none coarser than a whole percent.

    Zeros typed behind a rounded rate (10.00% for 9.87 %) do not make it finer.
    """
    if value == exact:
        return "exact"
    for tried in range(places, _WHOLE_PERCENT - 1, -1):
        if number.round_once(exact, number.Rounding(tried, number.Mode.HALF_UP)) == value:
            return f"percent-{tried - _WHOLE_PERCENT}" if percent else f"fraction-{tried}"
    return None
