"""Pieces: the exact piecewise form of a score in one input, through every declared rounding, and its readings.

`pieces` is the interpreter; what it gives is read by `readings`, from bounds and falls to the difference of policies.
"""

from zhunsheng.expression.pieces.interpret import Definition, Definitions, Free, pieces
from zhunsheng.expression.pieces.line import Pieces, Run

__all__ = ["Definition", "Definitions", "Free", "Pieces", "Run", "pieces"]
