"""Every weight, score, grade and rule says where it comes from, or that it was observed in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.places import cited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.ruleset.policy import Ruleset


def clauses_given(ruleset: Ruleset) -> Iterator[Problem]:
    """A clause stands with each element; what was only observed in practice needs none."""
    for path, citation in cited(ruleset):
        if citation.clause is None and citation.status != "observed":
            place = ruleset.merged.place(path, key=True)
            yield Problem(place, "clause-missing", say("clause-missing.expected"), str(path[-1]), severity="note")
