"""Which conclusions are told as one: fifty forms that name an indicator alike make 1,225 pairs, and one thing to mend.

A rule on two things of a kind joins them pair by pair; the things that its pairs lead to from one another are a group,
told by one of its pairs with the others named beside it. Only what is said is grouped. Every conclusion stands in the
run, and those that act on a figure (deductions, caps, vetoes) are told each by itself, as each of them counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.evaluation.score import content, document_of, filed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.evaluation.score import Conclusion
    from zhunsheng.expression.exact import Bound, Thing

ACTING: Final = ("deduct", "cap", "veto")
FEW: Final = 3
"""Pairs that are told each by itself, with the values of both: as many as there are of three things."""


class Told(NamedTuple):
    """A conclusion as it is told, and the other things of which a group like it was concluded."""

    conclusion: Conclusion
    others: tuple[Thing, ...] = ()


def told(conclusions: Iterable[Conclusion]) -> dict[int | None, list[Told]]:
    """What is told of each document, by its identity, and (None) of the dossier; each in the order of filing."""
    every = _Filing()
    found: dict[int | None, list[Told]] = {}
    groups: dict[tuple[str, bool, int | None], list[Conclusion]] = {}
    for each in conclusions:
        owner = _owner(each.bound)
        if _is_pair(each):
            groups.setdefault((each.rule.id, each.holds, owner), []).append(each)
        else:
            found.setdefault(owner, []).append(Told(each))
    for (_, _, owner), pairs in groups.items():
        found.setdefault(owner, []).extend(every.groups(pairs))
    for each_told in found.values():
        each_told.sort(key=lambda one: ([every.place(thing) for thing in one.conclusion.bound], one.conclusion.rule.id))
    return found


def _is_pair(conclusion: Conclusion) -> bool:
    rule = conclusion.rule
    return rule.outcome not in ACTING and len(conclusion.bound) == 2 and len({each.scope for each in rule.binders}) == 1


def _owner(bound: Bound) -> int | None:
    """The one document that things belong to; None where they belong to several, or to the dossier alone."""
    documents = {id(found) for each in bound if (found := document_of(each)) is not None}
    return documents.pop() if len(documents) == 1 else None


class _Filing:
    """Where things stand and what they say, each looked up once: of fifty forms there are thousands of pairs."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[tuple[int, str], ...]] = {}
        self._contents: dict[int, tuple[str, ...]] = {}

    def place(self, thing: Thing) -> tuple[tuple[int, str], ...]:
        if id(thing) not in self._places:
            self._places[id(thing)] = filed(thing)
        return self._places[id(thing)]

    def content(self, thing: Thing) -> tuple[str, ...]:
        if id(thing) not in self._contents:
            self._contents[id(thing)] = content(thing)
        return self._contents[id(thing)]

    def groups(self, pairs: Sequence[Conclusion]) -> list[Told]:
        """The pairs of one rule, one for all that hang together: the first by what they say, not by where they stand."""
        leaders: dict[int, Thing] = {}

        def leader(thing: Thing) -> Thing:
            while (above := leaders.setdefault(id(thing), thing)) is not thing:
                thing = above
            return thing

        for each in pairs:
            one, other = map(leader, each.bound)
            leaders[id(one)] = other
        members: dict[int, list[Conclusion]] = {}
        for each in pairs:
            members.setdefault(id(leader(each.bound[0])), []).append(each)
        return [one for each in members.values() for one in self._group(each)]

    def _group(self, pairs: Sequence[Conclusion]) -> list[Told]:
        if len(pairs) <= FEW:
            return [Told(each) for each in pairs]
        first = min(pairs, key=lambda each: [self.content(thing) for thing in each.bound])
        things = {id(thing): thing for each in pairs for thing in each.bound}
        for thing in first.bound:
            del things[id(thing)]
        return [Told(first, tuple(sorted(things.values(), key=self.place)))]
