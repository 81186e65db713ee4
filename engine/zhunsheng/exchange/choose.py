"""Which of the rulesets that come with the engine applies to a document: by region, kind and year, never by guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.document import Document
from zhunsheng.exchange.files import shipped_ids, shipped_ruleset
from zhunsheng.problem import Place, Problem, Refused, Words, say

if TYPE_CHECKING:
    from zhunsheng.document import Dossier
    from zhunsheng.ruleset import Ruleset


class Choice(NamedTuple):
    """A ruleset, and why it was taken."""

    ruleset: Ruleset
    reason: Words


def choose(filed: Document | Dossier) -> Choice:
    """The one ruleset whose region, kinds and years take in what was filed; a region named beats none named.

    Raises:
        Refused: none applies, or several do alike; the candidates are named.
    """
    kinds: set[str] = {filed.kind} if isinstance(filed, Document) else {each.kind for each in filed.documents}
    region = filed.region or ""
    applying = [
        ruleset for name in shipped_ids() if _applies(ruleset := shipped_ruleset(name), kinds, region, filed.year)
    ]
    local = [ruleset for ruleset in applying if ruleset.regions]
    candidates = local or applying
    facts = {"region": region or "—", "year": filed.year, "kind": tuple(say(f"kind.{each}") for each in sorted(kinds))}
    if len(candidates) == 1:
        return Choice(candidates[0], say("ruleset-chosen", **facts))
    names = tuple(ruleset.id for ruleset in candidates)
    expected = say("ruleset-unclear.expected", names=names, **facts) if names else say("ruleset-unclear.none", **facts)
    name = filed.name if isinstance(filed, Document) else filed.unit
    raise Refused([Problem(Place(name), "ruleset-unclear", expected)])


def _applies(ruleset: Ruleset, kinds: set[str], region: str, year: int) -> bool:
    return bool(
        ruleset.kinds
        and kinds <= set(ruleset.kinds)
        and (not ruleset.regions or any(region.startswith(each) for each in ruleset.regions))
        and _in_force(ruleset.in_force, year)
    )


def _in_force(period: str | None, year: int) -> bool:
    """Whether a period takes in the end of a year: policies are judged as they stood when the year was done."""
    if period is None:
        return True
    start, _, end = period.partition("/")
    last_day = f"{year}-12-31"
    return start <= last_day and (not end or last_day <= end)
