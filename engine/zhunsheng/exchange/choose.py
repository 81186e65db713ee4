"""Which of the rulesets that come with the engine applies to a document: by region, kind and year, never by guess."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from zhunsheng.document import Document
from zhunsheng.exchange.files import shipped_ids, shipped_ruleset, shipped_source
from zhunsheng.problem import Place, Problem, Refused, Words, say
from zhunsheng.ruleset.model import PERIOD_FORM, Applies

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
    return choose_for(kinds, filed.region, filed.year, filed.name if isinstance(filed, Document) else filed.unit)


def choose_for(kinds: set[str], region: str | None, year: int, name: str) -> Choice:
    """The same for what is known of it only by these: the kinds of the documents, region, year, and what it is called."""
    region = region or ""
    applying = {
        each: regions for each in shipped_ids() if (regions := _applying(each, kinds, region, year)) is not None
    }
    names = tuple(each for each, regions in applying.items() if regions) or tuple(applying)
    facts = {"region": region or "—", "year": year, "kind": tuple(say(f"kind.{each}") for each in sorted(kinds))}
    if len(names) == 1:
        return Choice(shipped_ruleset(names[0]), say("ruleset-chosen", **facts))
    expected = say("ruleset-unclear.expected", names=names, **facts) if names else say("ruleset-unclear.none", **facts)
    raise Refused([Problem(Place(name), "ruleset-unclear", expected)])


def named(ruleset: Ruleset, year: int) -> Choice:
    """The ruleset that was asked for, whatever it applies to; where it was not in force that year, this is said."""
    if _in_force(ruleset.in_force, year):
        return Choice(ruleset, say("ruleset-named"))
    return Choice(ruleset, say("ruleset-named-outside", period=ruleset.in_force, year=year))


def _applying(name: str, kinds: set[str], region: str, year: int) -> list[str] | None:
    """The regions that a ruleset's head names, where it applies; None where it does not.

    Only the head is looked at: a ruleset that says of itself nothing about where it applies, or nothing that can be
    read, is never chosen, and stands in nobody's way.
    """
    try:
        head = shipped_source(name).data
    except Refused:
        return None
    if not isinstance(head, dict):
        return None
    try:
        applies = Applies.model_validate(head.get("applies_to"))
    except ValidationError:
        return None
    if not kinds <= set(applies.kinds or ()) or not _in_force(head.get("in_force"), year):
        return None
    regions = list(applies.regions or ())
    return regions if not regions or any(region.startswith(each) for each in regions) else None


def _in_force(period: object, year: int) -> bool:
    """Whether a period takes in the end of a year: policies are judged as they stood when the year was done."""
    if period is None:
        return True
    if not isinstance(period, str) or not re.match(PERIOD_FORM, period):
        return False
    start, _, end = period.partition("/")
    last_day = f"{year}-12-31"
    return start <= last_day and (not end or last_day <= end)
