"""Two rulesets held against each other, element by element: what differs in meaning, and where each side says it.

Titles, sources, clauses, notes and the wording of messages are not meaning; elements that differ in nothing else are
listed apart. A policy with dates of effect is compared in each stretch of days in which neither side changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, final

from zhunsheng.expression.tree import Row, Table
from zhunsheng.expression.words import words
from zhunsheng.population.same import bounds, differing, normal
from zhunsheng.ruleset.compile import compile_ruleset
from zhunsheng.ruleset.effect import dated, in_force_throughout, on, period, turning_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhunsheng.expression.tree import Node
    from zhunsheng.number import Rounding
    from zhunsheng.population.same import Pair
    from zhunsheng.problem import Place
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.ruleset.overlay import Path

Facet: TypeAlias = "Node | Row | str | tuple[str, ...] | tuple[Rounding, ...]"
"""What an element says under one of its keys: a formula, the bounds of a grade, roundings, or words."""
Facets: TypeAlias = "Mapping[str, Facet]"

HEAD: Final = "head"
"""The section of what a ruleset says of itself as a whole."""
MAIN: Final = ("formula", "points", "by", "when", "check", "type", "columns")
"""Which facet stands for an element that only one side has: the first of these."""


class Element(NamedTuple):
    """An element of policy: a key of the ruleset, and a name below it where it has names."""

    section: str
    name: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """Where it stands in a ruleset."""
        if self.section == HEAD:
            return (self.name,)
        return (self.section, self.name) if self.name else (self.section,)


class Stretch(NamedTuple):
    """Days from the first to the last, both included; ISO dates, the last empty where there is none."""

    first: str
    last: str


@final
@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    Attributes:
        element: what it is about.
        aspect: the key under which the two differ; empty where only one side has the element.
        old, new: what either side says, None where it says nothing.
        old_place, new_place: where.
        parts: for formulas, the smallest subtrees that differ.
        when: the stretches of days in which it differs, where that is not always.
    """

    element: Element
    aspect: str
    old: Facet | None
    new: Facet | None
    old_place: Place | None
    new_place: Place | None
    parts: tuple[Pair, ...] = ()
    when: tuple[Stretch, ...] = ()

    @property
    def key(self) -> tuple[Element, str, str | None, str | None]:
        """What makes it one difference with another of a different stretch of days."""
        return self.element, self.aspect, _form(self.old), _form(self.new)


@final
@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs: in meaning, and (elements only) in words."""

    old: Ruleset
    new: Ruleset
    differences: tuple[Difference, ...]
    wording: tuple[Element, ...]

    @property
    def elements(self) -> tuple[Element, ...]:
        """The elements that differ in meaning, each once; the grades are one, since they make one table."""
        found = (
            Element("grades") if each.element.section == "grades" else each.element
            for each in self.differences
            if each.element.section != HEAD
        )
        return tuple(dict.fromkeys(found))


def compare(old: Ruleset, new: Ruleset) -> Comparison:
    """What differs in meaning between two rulesets."""
    stretches = list(_stretches(old, new))
    found: dict[tuple[Element, str, str | None, str | None], list[tuple[Stretch, Difference]]] = {}
    for stretch, one, other in stretches:
        for each in _between(one, other):
            found.setdefault(each.key, []).append((stretch, each))
    differences = tuple(
        cases[0][1]
        if len(cases) == len(stretches)
        else replace(cases[0][1], when=tuple(stretch for stretch, _ in cases))
        for cases in found.values()
    )
    differences = tuple(sorted(differences, key=lambda each: _SECTIONS.index(each.element.section)))
    changed = {each.element for each in differences}
    return Comparison(old, new, differences, tuple(_wording(old, new, changed)))


# Stretches of days


def _stretches(old: Ruleset, new: Ruleset) -> Iterator[tuple[Stretch, Ruleset | None, Ruleset | None]]:
    """Each stretch in which neither side changes, with both as they stand in it; None: not in force."""
    days = sorted({day for each in (old, new) for day in _turns(each)})
    if not days:
        yield Stretch("", ""), old, new
        return
    for first, after in zip(days, [*days[1:], None], strict=True):
        one, other = _version(old, first), _version(new, first)
        if one is not None or other is not None:
            last = "" if after is None else (after - timedelta(days=1)).isoformat()
            yield Stretch(first.isoformat(), last), one, other


def _turns(ruleset: Ruleset) -> Iterator[date]:
    yield from turning_days(ruleset.written)
    for _, value in dated(ruleset.written):
        yield from (last + timedelta(days=1) for text in value if (last := period(text).last) != date.max)


def _version(ruleset: Ruleset, day: date) -> Ruleset | None:
    if ruleset.written is ruleset.merged:
        return ruleset
    if not in_force_throughout(ruleset.written, day):
        return None
    return compile_ruleset(on(ruleset.written, day), ruleset.written)


# Elements


def _between(old: Ruleset | None, new: Ruleset | None) -> Iterator[Difference]:
    if old is None or new is None:
        before, after = (None if each is None else each.merged.place(()) for each in (old, new))
        one, other = (None, "in_force") if old is None else ("in_force", None)
        yield Difference(Element(HEAD, "effect"), "effect", one, other, before, after)
        return
    mine, theirs = elements(old), elements(new)
    for element in _together(mine, theirs):
        said, says = mine.get(element), theirs.get(element)
        if said is None or says is None:
            yield _one_sided(element, old, new, said, says)
        else:
            yield from _facets(element, (old, said), (new, says))


def _together(mine: Mapping[Element, Facets], theirs: Mapping[Element, Facets]) -> list[Element]:
    """All elements, section by section, within it those of the old first."""
    sections = list(dict.fromkeys(each.section for each in (*mine, *theirs)))
    order = {section: at for at, section in enumerate(_SECTIONS) if section in sections}
    return sorted(dict.fromkeys((*mine, *theirs)), key=lambda each: order[each.section])


def _one_sided(element: Element, old: Ruleset, new: Ruleset, one: Facets | None, other: Facets | None) -> Difference:
    def place(ruleset: Ruleset, facets: Facets | None) -> Place | None:
        return None if facets is None else ruleset.merged.place(element.path, key=True)

    return Difference(element, "", _main(one), _main(other), place(old, one), place(new, other))


def _main(facets: Facets | None) -> Facet | None:
    return None if facets is None else next((facets[key] for key in MAIN if key in facets), "")


def _facets(element: Element, old: tuple[Ruleset, Facets], new: tuple[Ruleset, Facets]) -> Iterator[Difference]:
    (before, one), (after, other) = old, new
    for aspect in dict.fromkeys((*one, *other)):
        mine, theirs = one.get(aspect), other.get(aspect)
        if _form(mine) != _form(theirs):
            yield Difference(
                element,
                aspect,
                mine,
                theirs,
                _place(before, element, aspect),
                _place(after, element, aspect),
                _narrowed(mine, theirs),
            )


def _place(ruleset: Ruleset, element: Element, aspect: str) -> Place:
    if element.section == HEAD:
        top = "applies_to" if element.name in ("kinds", "regions") else element.name
        return ruleset.merged.place((top,) if top in ruleset.merged.data else (), key=True)
    path = element.path if element.path == ("full_marks",) else (*element.path, aspect)
    return ruleset.merged.place(path)


def _narrowed(old: Facet | None, new: Facet | None) -> tuple[Pair, ...]:
    if isinstance(old, str | tuple | Row | None) or isinstance(new, str | tuple | Row | None):
        return ()
    return differing(old, new)


def _form(facet: Facet | None) -> str | None:
    match facet:
        case None | str():
            return facet
        case tuple():
            return " | ".join(map(str, facet))
        case Row():
            return bounds(facet)
        case _:
            return normal(facet)


_SECTIONS: Final = (
    HEAD, "full_marks", "weights", "inputs", "quantities", "peers", "indicator_kind", "scores", "total", "grades", "rules",
)  # fmt: skip


def elements(ruleset: Ruleset) -> dict[Element, Facets]:
    """Every element of a ruleset with what it says, metadata apart."""
    found: dict[Element, Facets] = {}

    def add(section: str, name: str = "", /, **facets: Facet | None) -> None:
        said = {key: facet for key, facet in facets.items() if facet not in (None, "", ())}
        found[Element(section, name)] = said

    add(HEAD, "in_force", in_force=ruleset.in_force)
    add(HEAD, "kinds", kinds=tuple(sorted(ruleset.kinds)))
    add(HEAD, "regions", regions=tuple(sorted(ruleset.regions)))
    add("full_marks", full_marks=ruleset.full_marks)
    for name, (points, _) in ruleset.weights.items():
        add("weights", name, points=points)
    for each in ruleset.inputs:
        columns = tuple(f"{one.name} {one.type.value}{'!' * one.required}" for one in each.columns)
        required = "true" if each.required else None
        details = tuple(f"{one.name} {one.details}" for one in each.columns if one.details)
        add(
            "inputs", each.name, each=each.holder, shape=each.shape, columns=columns, required=required, details=details
        )  # fmt: skip
    for quantity in ruleset.quantities:
        add(
            "quantities", quantity.name, each=quantity.scope, formula=quantity.formula, round=quantity.roundings,
            type=None if quantity.declared is None else quantity.declared.value,
        )  # fmt: skip
    for peers in ruleset.peers:
        add("peers", peers.name, by=tuple(map(words, peers.by)))
    if ruleset.kind is not None:
        add("indicator_kind", formula=ruleset.kind.formula)
    for score in ruleset.scores:
        add(
            "scores", score.name, each=score.scope, points=score.points, formula=score.formula, round=score.roundings,
            otherwise=score.otherwise, claimed=score.claimed, at=score.at,
        )  # fmt: skip
    add("total", formula=ruleset.total.formula, round=ruleset.total.roundings)
    grades = ruleset.grades.formula
    if isinstance(grades, Table):
        for band, row in zip(ruleset.bands, grades.rows, strict=True):
            add("grades", band.grade, when=row)
    for rule in ruleset.rules:
        several = len(rule.binders) > 1
        add(
            "rules", rule.id, each=tuple(each.scope for each in rule.binders), within=rule.within if several else None,
            when=rule.when, check=rule.check, outcome=rule.outcome, severity=rule.severity, subject=rule.subject,
            deduct=rule.deduction, claimed=rule.claimed, computed=rule.computed, at=rule.at,
        )  # fmt: skip
    return found


def _wording(old: Ruleset, new: Ruleset, changed: set[Element]) -> Iterator[Element]:
    """Elements of both that mean the same and are not written the same."""
    mine, theirs = elements(old), elements(new)
    for element in mine:
        if element in theirs and element not in changed and element.section != HEAD:
            one, other = _at(old.merged.data, element.path), _at(new.merged.data, element.path)
            if one != other:
                yield element


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data
