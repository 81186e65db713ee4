"""The rulesets of a population: the one that was asked for, or for each document the one that applies."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from zhunsheng.exchange.choose import choose_for
from zhunsheng.exchange.files import load_ruleset, shipped_ids, shipped_source
from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from zhunsheng.ruleset import Ruleset


class Chooser:
    """The ruleset of a document, looked for once for all documents alike."""

    def __init__(self, name: str | None) -> None:
        self.name = name

    def __call__(self, kind: str, region: str | None, year: int) -> Ruleset:
        """See `population.judge.Choosing`."""
        return self.of_kinds(frozenset((kind,)), region, year)

    def of_kinds(self, kinds: frozenset[str], region: str | None, year: int) -> Ruleset:
        """See `population.dossiers.Choosing`."""
        found = named_ruleset(self.name) if self.name is not None else _chosen(kinds, region, year)
        if isinstance(found, Refused):
            raise Refused(found.problems)
        if self.name is None:
            refuse_peers(found)
        return found


def refuse_peers(ruleset: Ruleset) -> None:
    """Raises `Refused` for a ruleset that sets documents against each other: that is asked for by name, as passes are."""
    if ruleset.peers:
        place = Place(ruleset.id)
        raise Refused([Problem(place, "peers-apart", say("peers-apart.expected"), ruleset.peers[0].name)])


@lru_cache(maxsize=16)
def named_ruleset(name: str) -> Ruleset:
    """A ruleset that was asked for, read once in a process."""
    return load_ruleset(name)


@lru_cache(maxsize=4096)
def _chosen(kinds: frozenset[str], region: str | None, year: int) -> Ruleset | Refused:
    try:
        return choose_for(set(kinds), region, year, "").ruleset
    except Refused as refused:
        return refused


def ruleset_sum(name: str | None) -> str:
    """The sum of the ruleset asked for; of all that may be chosen, where none was."""
    if name is not None:
        return named_ruleset(name).sha256
    texts = "\0".join(shipped_source(each).text for each in shipped_ids())
    return hashlib.sha256(texts.encode()).hexdigest()
