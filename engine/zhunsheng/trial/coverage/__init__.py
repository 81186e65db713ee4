"""Which elements of a policy its tests have reached: each band and row, both sides of a condition, a cap hit and not.

Counted are things that a policy says, not lines of a file. An element belongs to the file that writes it: what a base
writes is reached by the tests of any ruleset built on it.
"""

from zhunsheng.trial.coverage.elements import Element, Key, Side
from zhunsheng.trial.coverage.gather import Coverage, Tally

__all__ = ["Coverage", "Element", "Key", "Side", "Tally"]
