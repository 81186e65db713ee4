"""Many documents: two rulesets held against each other, and what their differences do to an archive."""

from zhunsheng.population.archive import Change, Migration, migrate
from zhunsheng.population.compare import Comparison, Difference, Element, compare
from zhunsheng.population.contrast import Contrast, contrasts

__all__ = [
    "Change",
    "Comparison",
    "Contrast",
    "Difference",
    "Element",
    "Migration",
    "compare",
    "contrasts",
    "migrate",
]
