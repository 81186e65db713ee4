"""The types of the expression language, and which of them may meet.

A number has a measure: comparing a percent with 90, or adding money to points, is a mistake that a type can catch.
`RATIO` is the quotient of two plain numbers, a percent and a number alike; `ZERO` is the literal 0, which has every
measure; `QUANTITY` is what an indicator measures, in whatever unit the form gives, comparable with its like only.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class Type(Enum):
    """What a value is."""

    NUMBER = "number"
    PERCENT = "percent"
    RATIO = "ratio"
    ZERO = "zero"
    MONEY = "money"
    QUANTITY = "quantity"
    DAYS = "days"
    TEXT = "text"
    DATE = "date"
    TRUTH = "truth"


NUMERIC: Final = frozenset({Type.NUMBER, Type.PERCENT, Type.RATIO, Type.ZERO, Type.MONEY, Type.QUANTITY, Type.DAYS})
_SHARE: Final = frozenset({Type.PERCENT, Type.RATIO, Type.ZERO})
_SCALAR: Final = frozenset({Type.NUMBER, Type.PERCENT, Type.RATIO, Type.ZERO})


def common(left: Type, right: Type) -> Type | None:
    """The type of two values that are added, compared, or are branches of one choice; None where they may not meet.

    >>> common(Type.PERCENT, Type.NUMBER), common(Type.RATIO, Type.PERCENT), common(Type.ZERO, Type.MONEY)
    (None, <Type.PERCENT: 'percent'>, <Type.MONEY: 'money'>)
    """
    if left is right:
        return left
    for one, other in ((left, right), (right, left)):
        if one is Type.ZERO and other in NUMERIC:
            return other
        if one is Type.RATIO and other in (Type.NUMBER, Type.PERCENT):
            return other
    return None


def product(left: Type, right: Type) -> Type | None:
    """The type of `left × right`: a share scales anything, a number scales anything but is scaled by nothing else."""
    if left not in NUMERIC or right not in NUMERIC:
        return None
    if Type.ZERO in (left, right):
        return right if left is Type.ZERO else left
    for one, other in ((left, right), (right, left)):
        if one in _SHARE:
            return other
    for one, other in ((left, right), (right, left)):
        if one is Type.NUMBER:
            return other
    return None


def quotient(left: Type, right: Type) -> Type | None:
    """The type of `left ÷ right`: like by like gives a ratio, anything by a scalar keeps its measure."""
    if left not in NUMERIC or right not in NUMERIC:
        return None
    if left is Type.ZERO:
        return Type.RATIO
    both = left if left is right else common(left, right)
    if both in (Type.NUMBER, Type.RATIO, Type.PERCENT, Type.ZERO):
        return Type.RATIO  # 分子 ÷ 分母: a share, or a number of times; what it meets decides
    if both is not None:
        return Type.PERCENT  # of money, of what an indicator measures: a share
    if right in _SCALAR:
        return left
    return None


def shift(left: Type, right: Type, operator: str) -> Type | None:
    """The type of `left + right` or `left − right`, dates included."""
    if left is Type.DATE and right is Type.DATE:
        return Type.DAYS if operator == "-" else None
    if left is Type.DATE and right is Type.DAYS:
        return Type.DATE
    if left in NUMERIC and right in NUMERIC:
        return common(left, right)
    return None


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of type `given` may stand where `wanted` is declared."""
    return common(given, wanted) is wanted
