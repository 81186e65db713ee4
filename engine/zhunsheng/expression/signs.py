"""The signs of the language: how each may be typed, how it is shown, how tightly it binds; for all who read or say one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.expression.tree import Comparator

Sign = Literal["+", "-", "*", "/"]

COMPARATORS: Final[Mapping[str, Comparator]] = {
    "≥": ">=", "≧": ">=", "＞＝": ">=", "≤": "<=", "≦": "<=", "＜＝": "<=", "≠": "!=", "＞": ">", "＜": "<", "＝": "=",
}  # fmt: skip
"""Other ways to type a comparison than its own."""
OPERATORS: Final[Mapping[str, Sign]] = {
    "+": "+", "＋": "+", "-": "-", "−": "-", "－": "-", "*": "*", "×": "*", "＊": "*", "/": "/", "÷": "/", "／": "/",
}  # fmt: skip
"""Every way to type an operation."""
SHOWN: Final[Mapping[str, str]] = {
    "*": "×", "/": "÷", "+": "+", "-": "−", "=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥",
}  # fmt: skip
BINDING: Final[Mapping[str, int]] = {
    "or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "*": 6, "/": 6, "negative": 7,
}  # fmt: skip
"""What binds tighter has the higher number, and needs no parentheses within what binds less."""
