"""What a target or actual cell says: comparator, number, unit, period, date, range, or words.

This room reads and says what can be held against what. It does not decide: whether a target is met, what a target
without a comparator means, what an early date is worth are policy and stand in rulesets. What cannot be read with
certainty is words, and words are for a person to judge (人工认定).
"""

from zhunsheng.measure.amount import AmountReading, amounts_in, read_amount
from zhunsheng.measure.cell import read_actual, read_target
from zhunsheng.measure.compare import Comparison, Reason, compare
from zhunsheng.measure.rate import RateReading, read_rate
from zhunsheng.measure.reading import Claim, Comparator, Kind, Note, Reading

__all__ = [
    "AmountReading",
    "Claim",
    "Comparator",
    "Comparison",
    "Kind",
    "Note",
    "RateReading",
    "Reading",
    "Reason",
    "amounts_in",
    "compare",
    "read_actual",
    "read_amount",
    "read_rate",
    "read_target",
]
