"""An archive under two rulesets: who changes score, total, grade, requirement or finding, and by which element.

A change is laid to an element by trying it: the old ruleset with this one element taken from the new one, what the new
one merely adds for formulas to use (quantities, inputs) included. An element that changes the result by itself is
named; where none does, several change it together.
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, final

from zhunsheng.document import Document
from zhunsheng.evaluation import evaluate, evaluate_dossier, evaluate_together
from zhunsheng.number import parse
from zhunsheng.problem import Refused
from zhunsheng.ruleset.compile import compile_ruleset
from zhunsheng.ruleset.effect import in_force_throughout, on, turning_days
from zhunsheng.ruleset.overlay import Merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from fractions import Fraction

    from zhunsheng.document import Dossier
    from zhunsheng.evaluation import Assessment, DossierAssessment
    from zhunsheng.population.compare import Comparison, Element
    from zhunsheng.problem import Problem
    from zhunsheng.ruleset import Ruleset

HEADINGS: Final = ("requirements", "findings", "judgements")
INERT: Final = ("quantities", "inputs", "peers")
"""Sections whose elements do nothing unless something names them: what is new of them may always be there."""


class Said(NamedTuple):
    """A conclusion, as far as two evaluations are told apart by it."""

    rule: str
    at: str
    severity: str
    message: str
    message_en: str
    claimed: str
    computed: str


class Score(NamedTuple):
    """A score as given: its name, the figure, and how it came about."""

    name: str
    computed: str | None
    status: str


@final
@dataclass(frozen=True, slots=True)
class Outcome:
    """What one evaluation says of one form, or of what stands between the forms of a dossier."""

    total: str | None
    grade: str | None
    scores: Mapping[str, Score]
    conclusions: Mapping[str, frozenset[Said]]

    @property
    def points(self) -> Fraction | None:
        """The total as a number."""
        return None if self.total is None else parse(self.total)


@final
@dataclass(frozen=True, slots=True)
class Change:
    """A form (or dossier) that the two rulesets judge differently, and the elements that do this by themselves."""

    file: str
    name: str
    old: Outcome
    new: Outcome
    elements: tuple[Element, ...]

    @property
    def scores(self) -> Iterator[tuple[str, Score | None, Score | None]]:
        """The scores that differ, by name."""
        for key in dict.fromkeys((*self.old.scores, *self.new.scores)):
            one, other = self.old.scores.get(key), self.new.scores.get(key)
            if one != other:
                yield (one or other or Score(key, None, "")).name, one, other

    def conclusions(self, heading: str) -> Iterator[tuple[str, Said | None, Said | None]]:
        """The conclusions that differ, by rule; one rule at one place on both sides is one, with other figures."""
        gone = sorted(self.old.conclusions[heading] - self.new.conclusions[heading])
        come = sorted(self.new.conclusions[heading] - self.old.conclusions[heading])
        for one in gone:
            other = next((each for each in come if (each.rule, each.at) == (one.rule, one.at)), None)
            if other is not None:
                come.remove(other)
            yield one.rule, one, other
        yield from ((each.rule, None, each) for each in come)


@final
@dataclass(slots=True)
class Migration:
    """An archive under two rulesets.

    Attributes:
        forms: how many forms both rulesets judged.
        grades: how many have which grade under the old and which under the new; None for no grade.
        moves: by how much totals change, counted; forms whose total is open under either are left out.
        changes: the forms and dossiers with a different result.
        problems: why a form was refused by one of the rulesets.
        ladder: the grades of both rulesets, the best first.
        sampled: of a population too large to list, how many change; `changes` are then the first of them.
        refused: of such a population, what was refused, by code.
    """

    ladder: tuple[str, ...]
    forms: int = 0
    grades: dict[tuple[str | None, str | None], int] = field(default_factory=dict)
    moves: dict[Fraction, int] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    sampled: int | None = None
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def changed(self) -> int:
        """How many forms and dossiers have a different result."""
        return len(self.changes) if self.sampled is None else self.sampled

    @property
    def by_element(self) -> dict[Element, int]:
        """How many forms each element changes by itself."""
        found: dict[Element, int] = {}
        for change in self.changes:
            for element in change.elements:
                found[element] = found.get(element, 0) + 1
        return found


def migrate(
    filed: Iterable[tuple[str, Document | Dossier]], comparison: Comparison, tell: Callable[[int], None] | None = None
) -> Migration:
    """Every document and dossier under both rulesets.

    Args:
        filed: each with the name of its file.
        comparison: of the two rulesets.
        tell: told after each file how many are done.
    """
    old, new = comparison.old, comparison.new
    ladder = tuple(dict.fromkeys(band.grade for each in (old, new) for band in each.bands))
    result = Migration(ladder)
    whole = list(filed) if old.peers or new.peers else filed
    judge = Judge([each for _, each in whole if isinstance(each, Document)] if isinstance(whole, list) else [])
    mixtures = Mixtures(comparison, judge)
    for done, (file, content) in enumerate(whole, 1):
        try:
            before, after = judge.outcomes(content, old), judge.outcomes(content, new)
        except Refused as refused:
            result.problems += [(file, problem) for problem in refused.problems]
        else:
            _take(result, file, before, after, lambda content=content: mixtures.outcomes(content))  # type: ignore[misc]
        if tell is not None:
            tell(done)
    return result


@final
class Judge:
    """What rulesets say of the files of an archive; one that holds documents against each other has all at hand."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents = documents
        self.known: dict[Ruleset, dict[int, Outcome]] = {}

    def outcomes(self, content: Document | Dossier, ruleset: Ruleset) -> dict[str, Outcome]:
        """See `outcomes`."""
        if not ruleset.peers or not isinstance(content, Document):
            return outcomes(content, ruleset)
        if ruleset not in self.known:
            taken = [each for each in self.documents if _is_taken(each, ruleset)]
            found = evaluate_together(taken, ruleset, derivations=False)
            self.known[ruleset] = {id(each): _outcome(one) for each, one in zip(taken, found, strict=True)}
        known = self.known[ruleset].get(id(content))
        return outcomes(content, ruleset) if known is None else {content.name: known}


def _is_taken(document: Document, ruleset: Ruleset) -> bool:
    try:
        evaluate(document, ruleset, derivations=False)
    except Refused:
        return False
    return True


def outcomes(content: Document | Dossier, ruleset: Ruleset) -> dict[str, Outcome]:
    """What a ruleset says of each form of a file, by its name; of a dossier as a whole under ``""``.

    Raises:
        Refused: as `evaluate`.
    """
    if isinstance(content, Document):
        return {content.name: _outcome(evaluate(content, ruleset, derivations=False))}
    whole, forms = evaluate_dossier(content, ruleset, derivations=False)
    named = {each.name: _outcome(form) for each, form in zip(content.documents, forms, strict=True)}
    return {**named, "": _outcome(whole)}


def _outcome(assessment: Assessment | DossierAssessment) -> Outcome:
    conclusions = {
        heading: frozenset(
            Said(
                each.rule,
                each.at,
                each.severity or "",
                each.message,
                each.message_en,
                each.claimed or "",
                each.computed or "",
            )
            for each in getattr(assessment, heading)
        )
        for heading in HEADINGS
    }
    scores = getattr(assessment, "scores", ())
    total, grade = getattr(assessment, "total", None), getattr(assessment, "grade", None)
    return Outcome(
        None if total is None else total.computed,
        None if grade is None else grade.computed,
        {each.id: Score(each.name, each.computed, each.status) for each in scores},
        conclusions,
    )


def _take(
    result: Migration,
    file: str,
    before: Mapping[str, Outcome],
    after: Mapping[str, Outcome],
    tried: Callable[[], Iterator[tuple[Element, Mapping[str, Outcome]]]],
) -> None:
    """One file: counted, and its changes laid to elements."""
    causes: dict[str, list[Element]] = {name: [] for name in before if before[name] != after[name]}
    if causes:
        for element, mixed in tried():
            for name, found in causes.items():
                if mixed[name] != before[name]:
                    found.append(element)
    for name, one in before.items():
        other = after[name]
        if name:
            result.forms += 1
            move = (one.grade, other.grade)
            result.grades[move] = result.grades.get(move, 0) + 1
            if one.points is not None and other.points is not None:
                by = other.points - one.points
                result.moves[by] = result.moves.get(by, 0) + 1
        if name in causes:
            result.changes.append(Change(file, name, one, other, tuple(causes[name])))


@final
class Mixtures:
    """The old ruleset with one element of the new in it, for each element that differs; compiled when first asked for."""

    def __init__(self, comparison: Comparison, judge: Judge) -> None:
        self.comparison = comparison
        self.judge = judge
        self.compiled: dict[Element, Ruleset | None] = {}

    def outcomes(self, content: Document | Dossier) -> Iterator[tuple[Element, Mapping[str, Outcome]]]:
        """What each mixture that compiles says of a file."""
        for element in self.comparison.elements:
            ruleset = None if self.is_inert(element) else self.ruleset(element)
            if ruleset is not None:
                try:
                    found = self.judge.outcomes(content, ruleset)
                except Refused:  # nothing in force that year, or an input that only one side declares
                    continue
                yield element, found

    def is_inert(self, element: Element) -> bool:
        """Whether only one side has the element, and it does nothing unless something else names it."""
        old, new = (each.written.data.get(element.section) or {} for each in (self.comparison.old, self.comparison.new))
        return element.section in INERT and not (element.name in old and element.name in new)

    def ruleset(self, element: Element) -> Ruleset | None:
        """The mixture for an element; None where it does not compile."""
        if element not in self.compiled:
            try:
                self.compiled[element] = _compiled(self.mixed(element))
            except Refused:
                self.compiled[element] = None
        return self.compiled[element]

    def mixed(self, element: Element) -> Merged:
        """The old policy with `element` as the new one has it."""
        old, new = self.comparison.old.written, self.comparison.new.written
        result = Merged(deepcopy(old.data), dict(old.origins), dict(old.bases))
        for section in INERT:
            for name in new.data.get(section) or {}:
                if name not in (old.data.get(section) or {}):
                    _put(result, new, (section, name))
        _put(result, new, element.path)
        return result


def _put(result: Merged, new: Merged, path: tuple[str, ...]) -> None:
    """Takes what stands at `path` from another policy, or takes it away where that has nothing there."""
    theirs = new.data
    mine = result.data
    for key in path[:-1]:
        theirs, mine = theirs.get(key) or {}, mine.setdefault(key, {})
    result.origins = {at: origin for at, origin in result.origins.items() if at[: len(path)] != path}
    if path[-1] not in theirs:
        mine.pop(path[-1], None)
        return
    mine[path[-1]] = deepcopy(theirs[path[-1]])
    result.origins |= {at: origin for at, origin in new.origins.items() if at[: len(path)] == path}


def _compiled(written: Merged) -> Ruleset:
    days = turning_days(written)
    if not days:
        return compile_ruleset(written)
    whole = [day for day in days if in_force_throughout(written, day)]
    return compile_ruleset(on(written, (whole or list(days))[-1]), written)
