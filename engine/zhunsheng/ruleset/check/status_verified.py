"""Everything has been read in the text it comes from, or seen in use; what has not is told in one line a ruleset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhunsheng.problem import Problem, say
from zhunsheng.ruleset.check.places import cited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.ruleset.policy import Ruleset

NAMED: Final = 8
"""How many elements are named; the rest are counted."""


def status_verified(ruleset: Ruleset) -> Iterator[Problem]:
    """No element of the ruleset's own file has the status `unverified`; for those of its bases, check the bases."""
    own = ruleset.merged.origin(())[0]
    quantities = ((("quantities", each.name), each.citation) for each in ruleset.quantities)
    names = [
        str(path[-1])
        for path, citation in (*quantities, *cited(ruleset))
        if citation.status == "unverified" and ruleset.merged.origin((*path, "status"))[0] is own
    ]
    if names:
        key = "status" if "status" in own.data else "ruleset"
        which = "expected" if len(names) <= NAMED else "more"
        expected = say(f"status-unverified.{which}", names=tuple(names[:NAMED]), count=len(names))
        yield Problem(own.place((key,)), "status-unverified", expected, severity="note")
