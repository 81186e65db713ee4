"""Forms that differ from a neutral one in several inputs at once, the same ones on every machine and day."""

from __future__ import annotations

from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, Final

from zhunsheng.document import Document
from zhunsheng.proof.filed import filed_as, put
from zhunsheng.proof.subject import subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.proof.filed import Filed
    from zhunsheng.proof.subject import Input, Subject

TRIES: Final = 60
"""Forms that are tried where nothing is proved."""
_STEP: Final = 48_271
_MODULUS: Final = 2**31 - 1
"""Of the generator of Lehmer, with the factor of Park and Miller: nothing here hangs on the quality of chance."""


def samples(form: Subject, inputs: Sequence[Input]) -> Iterator[Subject]:
    """Forms with the inputs at values about their own, each by itself extreme or not."""
    choices = [found for each in inputs if (found := _choices(form, each))]
    if not choices:
        return
    numbers = _numbers()
    for _ in range(TRIES):
        content = form.filed.model_dump(mode="json", exclude_none=True)
        for each in choices:
            put(content, each[next(numbers) % len(each)])
        yield subject(Document.model_validate(content), form.ruleset)


def _numbers() -> Iterator[int]:
    found = 1
    for _ in count():
        found = found * _STEP % _MODULUS
        yield found >> 8


def _choices(form: Subject, by: Input) -> list[Filed]:
    own = by.value if isinstance(by.value, Fraction) and by.value else Fraction(10)
    unit = Fraction(10) ** -by.places
    values = (own, own / 2, own * 2, own * 9 / 10, own - unit, own + unit, Fraction(0), own * 100, -own, unit)
    lowest = by.low
    return [
        filed
        for each in values
        if (lowest is None or each >= lowest) and (filed := filed_as(form, by, _on_grid(each, by.places))) is not None
    ]


def _on_grid(value: Fraction, places: int) -> Fraction:
    scale = Fraction(10) ** places
    return Fraction(int(value * scale)) / scale
