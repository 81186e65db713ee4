"""Static checks: what is wrong or doubtful in a ruleset that can be read. One check a file, named for what should hold.

What cannot be read, typed or put in order is refused before (`compile`, `strata`); a check only advises, and finds
what would otherwise show on some unlucky document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Final, TypeAlias

from zhunsheng.problem import Problem
from zhunsheng.ruleset.check.bands_partition import bands_partition
from zhunsheng.ruleset.check.clauses_given import clauses_given
from zhunsheng.ruleset.check.conditions_matter import conditions_matter
from zhunsheng.ruleset.check.deductions_lower import deductions_lower
from zhunsheng.ruleset.check.figures_rounded import figures_rounded
from zhunsheng.ruleset.check.items_given import items_given
from zhunsheng.ruleset.check.kinds_scored import kinds_scored
from zhunsheng.ruleset.check.overlay_changes import overlay_changes
from zhunsheng.ruleset.check.quantities_used import quantities_used
from zhunsheng.ruleset.check.requirements_holdable import requirements_holdable
from zhunsheng.ruleset.check.rows_reached import rows_reached
from zhunsheng.ruleset.check.rules_fire import rules_fire
from zhunsheng.ruleset.check.status_verified import status_verified
from zhunsheng.ruleset.check.tables_partition import tables_partition
from zhunsheng.ruleset.check.weights_sum import weights_sum
from zhunsheng.ruleset.policy import Ruleset

Check: TypeAlias = Callable[[Ruleset], Iterable[Problem]]
CHECKS: Final[tuple[Check, ...]] = (
    bands_partition,
    tables_partition,
    weights_sum,
    kinds_scored,
    conditions_matter,
    rows_reached,
    rules_fire,
    deductions_lower,
    requirements_holdable,
    items_given,
    overlay_changes,
    figures_rounded,
    quantities_used,
    clauses_given,
    status_verified,
)


def check(ruleset: Ruleset) -> tuple[Problem, ...]:
    """Everything that the checks find, in the order of the file."""
    found = [problem for each in CHECKS for problem in each(ruleset)]
    return tuple(sorted(found, key=attrgetter("place", "code")))
