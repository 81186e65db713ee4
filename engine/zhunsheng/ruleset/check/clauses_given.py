"""Every weight, score, grade and rule says where it comes from, or that it was observed in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.problem import Problem, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.ruleset.overlay import Path
    from zhunsheng.ruleset.policy import Citation, Ruleset


def clauses_given(ruleset: Ruleset) -> Iterator[Problem]:
    """A clause stands with each element; what was only observed in practice needs none."""
    for path, citation in _cited(ruleset):
        if citation.clause is None and citation.status != "observed":
            place = ruleset.merged.place(path, key=True)
            yield Problem(place, "clause-missing", say("clause-missing.expected"), str(path[-1]), severity="note")


def _cited(ruleset: Ruleset) -> Iterator[tuple[Path, Citation]]:
    for name, (_, citation) in ruleset.weights.items():
        yield ("weights", name), citation
    for score in ruleset.scores:
        yield ("scores", score.name), score.citation
    yield ("total",), ruleset.total.citation
    for band in ruleset.bands:
        yield ("grades", band.grade), band.citation
    for rule in ruleset.rules:
        yield ("rules", rule.id), rule.citation
