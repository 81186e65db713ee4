"""The one value this room gives: what a cell says, beside the cell's own text."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Literal, NamedTuple, final

if TYPE_CHECKING:
    import datetime as dt
    from fractions import Fraction

Comparator = Literal[">=", ">", "=", "<=", "<"]
Claim = Literal["full", "partly", "none"]
Note = Literal[
    "approximate",  # 约, 左右, 余: no exact number is said
    "column-comparator-differs",  # the cell's own sign was taken
    "column-unit-differs",  # the cell's own unit was taken
    "comparator-column-unread",  # neither a sign nor 定量指标/定性指标
    "comparator-in-actual",  # noise in an actual: mostly the target copied
    "comparators-conflict",  # >95%以上
    "date-or-number",  # 2023.12
    "day-counts-by-custom",  # 12月31日前: the 31st counts
    "fraction-for-percent",  # 0.958 under ≥95%
    "leading-words",  # 完成12次
    "multiplied-out",  # 万, 亿
    "no-such-day",  # 2月30日
    "none-written",  # 无: missing, zero or an answer; the reason column tells
    "plain-for-scaled",  # 19200 under ≥1.8万人
    "scale-unclear",  # a bare number that fits its target in no reading, or in two
    "too-long",  # of the text or of the number in it
    "unit-column-unread",
    "unit-from-column",
    "unit-from-target",
    "year-from-target",
]


class Kind(Enum):
    """What sort of thing a cell says."""

    NUMBER = "number"
    RANGE = "range"
    DATE = "date"
    WORDS = "words"
    MISSING = "missing"


@final
class Reading(NamedTuple):
    """What one cell says. Fields that its kind does not have are None or empty."""

    kind: Kind
    text: str
    """As printed, untouched."""
    comparator: Comparator | None = None
    """What the cell, or the column beside it, says; None: not said, the ruleset decides."""
    number: Fraction | None = None
    """Exact, in the plain unit: 1.8万人 → 18000, 90% → 9/10."""
    places: int | None = None
    """Decimal places that the print shows, in terms of `number`: 96.50% → 4, 12 → 0, 12.5万 → −3."""
    low: Fraction | None = None
    """Of a range, both ends included."""
    high: Fraction | None = None
    unit: str = ""
    """`%` for a share, `元/人·月` normalised, empty where none is said."""
    power: int = 0
    """Power of ten by which the print was multiplied to give `number`: 万 → 4, % → −2."""
    period: str = ""
    """The time a rate is counted in: 4次/天 → 天."""
    year: int | None = None
    """As printed, like `month` and `day`."""
    month: int | None = None
    day: int | Literal["last"] | None = None
    earliest: dt.date | None = None
    """First day the date may mean; None for 'before …', or where the year is unknown."""
    latest: dt.date | None = None
    """Last day the date may mean; of a deadline, the last day that still counts."""
    tail: str = ""
    """Trailing words: 覆盖, 系统考评成绩, 完成."""
    claim: Claim | None = None
    """The tier the form's own words claim: 达成预期指标, 基本改善."""
    notes: tuple[Note, ...] = ()

    def noting(self, *notes: Note) -> Reading:
        """The same reading with these notes added."""
        return self._replace(notes=(*self.notes, *notes))


def words(text: str, *notes: Note) -> Reading:
    """`text` as words: nothing in it is certain enough to compute with."""
    return Reading(Kind.WORDS, text, notes=notes)
