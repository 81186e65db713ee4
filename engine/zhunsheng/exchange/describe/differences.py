"""The differences of two rulesets as sentences and figures: what the terminal, the JSON and the page all say."""

from __future__ import annotations

from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple, final

from zhunsheng.exchange.describe.contrasts import as_data
from zhunsheng.exchange.describe.reader import Reader
from zhunsheng.expression.tree import Row
from zhunsheng.expression.words import words
from zhunsheng.number import Rounding, write
from zhunsheng.population.archive import HEADINGS
from zhunsheng.problem import say
from zhunsheng.problem.show import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhunsheng.population import Change, Comparison, Contrast, Difference, Element, Migration
    from zhunsheng.population.archive import Said
    from zhunsheng.population.compare import Facet, Stretch
    from zhunsheng.problem import Place
    from zhunsheng.problem.show import Lang

LANGUAGES: Final[tuple[Lang, ...]] = ("zh", "en")
MOST_BARS: Final = 21


class Line(NamedTuple):
    """A difference in words."""

    section: str
    title: str
    old: str
    new: str
    parts: tuple[tuple[str, str], ...]
    """The smallest differing parts of two formulas; empty where they are the whole."""
    places: tuple[str, str]
    when: str


class Bar(NamedTuple):
    """Totals that change by more than `low` and at most `high` (or, of none, by exactly 0), counted."""

    low: Fraction
    high: Fraction
    forms: int

    @property
    def label(self) -> str:
        """The bar's range; one figure where it is one."""
        ends = [f"+{write(each)}" if each > 0 else write(each).replace("-", "−") for each in (self.low, self.high)]
        return ends[0] if self.low == self.high else f"{ends[0]} … {ends[1]}"


@final
class Speaker:
    """Differences in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue, `diff.` before its key."""
        return sentence(say(f"diff.{key}", **values), self.lang)

    def line(self, difference: Difference) -> Line:
        """A difference in words."""
        element, aspect = difference.element, difference.aspect
        name = element.name or self.say(f"section.{element.section}")
        if name.isascii() and self.lang == "zh":
            name = f"「{name}」"
        if not aspect:
            title = self.say("added" if difference.old_place is None else "removed", name=name)
        elif element.section in ("head", "full_marks"):
            title = self.say(f"aspect.{aspect}")
        else:
            title = self.say("of", name=name, aspect=self.say(f"aspect.{_aspect(element, aspect)}"))
        told = "columns" if element.section == "inputs" and not aspect else aspect
        old, new = (self.facet(told, each) for each in (difference.old, difference.new))
        parts = tuple(
            (
                "" if one is None else self.node(one),
                "" if other is None else self.node(other),
            )
            for one, other in difference.parts
        )
        if parts == ((old, new),):
            parts = ()
        places = (_place(difference.old_place), _place(difference.new_place))
        if not aspect:
            old, new = ("", new) if difference.old_place is None else (old, "")
        return Line(element.section, title, old, new, parts, places, self.periods(difference.when))

    def element(self, element: Element) -> str:
        """What an element is called, with its section where the name alone does not tell."""
        section = self.say(f"section.{element.section}")
        return (
            f"{section}「{element.name}」"
            if element.name and self.lang == "zh"
            else f"{section} {element.name}".strip()
        )

    def facet(self, aspect: str, facet: Facet | None) -> str:
        """What one side says."""
        match facet:
            case None | ():
                return self.say("none")
            case str():
                return self.word(aspect, facet)
            case Row():
                return self.band(facet)
            case tuple() if isinstance(facet[0], Rounding):
                return self.roundings(facet)
            case tuple():
                joint = "、" if self.lang == "zh" else ", "
                return joint.join(self.word(aspect, str(each)) for each in facet)
            case _:
                return self.node(facet)

    def word(self, aspect: str, text: str) -> str:
        """A word of the ruleset as people have it."""
        match aspect:
            case "kinds":
                return sentence(say(f"kind.{text}"), self.lang)
            case "severity":
                return sentence(say(f"cli.severity-{text}"), self.lang)
            case "outcome":
                return sentence(say(f"cli.outcome-{text}", subject=""), self.lang).strip()
            case "columns":
                name, _, kind = text.partition(" ")
                typed = sentence(say(f"value.{kind.rstrip('!')}"), self.lang)
                return self.say("needed" if kind.endswith("!") else "column", name=name, type=typed)
            case "type":
                return sentence(say(f"value.{text}"), self.lang)
            case "effect":
                return self.say("in-force")
            case _:
                return text

    def node(self, node: Any) -> str:
        """A formula: for reading in Chinese, in the language of rulesets in English."""
        return Reader().read(node) if self.lang == "zh" else words(node)

    def band(self, row: Row) -> str:
        """The bounds of a grade."""
        if self.lang == "zh":
            return Reader().span(row.conditions, unit="分")
        return " and ".join(f"{sign} {words(bound)}" for sign, bound in row.conditions)

    def roundings(self, stages: tuple[Rounding, ...]) -> str:
        """Declared roundings in turn; the mode once where it is always the same."""
        said = [sentence(say(f"cli.round.{each.mode.value}", places=each.places), self.lang) for each in stages]
        return self.say("then").join(said)

    def periods(self, when: tuple[Stretch, ...]) -> str:
        """The days in which a difference is one; nothing where that is always."""
        joint = "、" if self.lang == "zh" else ", "
        said = [
            self.say("span", first=first, last=last) if last else self.say("from", first=first)
            for first, last in _joined(when)
        ]
        return self.say("when", periods=joint.join(said)) if said else ""

    def change(self, change: Change) -> list[tuple[str, str, str]]:
        """What differs in a form: of what, old, new."""
        found: list[tuple[str, str, str]] = []
        if change.old.total != change.new.total:
            found.append((self.say("total"), change.old.total or "—", change.new.total or "—"))
        if change.old.grade != change.new.grade:
            found.append((self.say("grade"), change.old.grade or "—", change.new.grade or "—"))
        for name, one, other in change.scores:
            found.append((name, (one and one.computed) or "—", (other and other.computed) or "—"))
        for heading in HEADINGS:
            label = self.say(heading)
            found += [
                (f"{label} {rule}", self.said(one), self.said(other))
                for rule, one, other in change.conclusions(heading)
            ]
        return found

    def said(self, said: Said | None) -> str:
        """A conclusion; nothing where there is none."""
        return "" if said is None else said.message if self.lang == "zh" else said.message_en

    def causes(self, change: Change) -> str:
        """The elements that change a form by themselves."""
        joint = "、" if self.lang == "zh" else ", "
        return joint.join(map(self.element, change.elements)) or self.say("together")


def bars(migration: Migration) -> list[Bar]:
    """The changes of totals in bars of a round width; those that do not change have one of their own.

    Few different changes have a bar each.
    """
    moves = sorted(migration.moves.items())
    if len(moves) <= MOST_BARS:
        return [Bar(by, by, forms) for by, forms in moves]
    width = _width(moves[-1][0] - moves[0][0])
    found: dict[tuple[Fraction, Fraction], int] = {}
    for by, forms in moves:
        at = -(-by // width) - 1  # a bar takes in its upper end
        ends = (by, by) if by == 0 else (at * width, (at + 1) * width)
        found[ends] = found.get(ends, 0) + forms
    return [Bar(low, high, forms) for (low, high), forms in sorted(found.items())]


def _width(spread: Fraction) -> Fraction:
    """The least of 0.01, 0.02, 0.05, 0.1, … of which the spread takes no more than the bars there may be."""
    widths = (Fraction(step * 10**power, 100) for power in count() for step in (1, 2, 5))
    return next(width for width in widths if spread <= width * (MOST_BARS - 2))


def answer(
    comparison: Comparison, migration: Migration | None, contrasts: Sequence[Contrast] | None = None
) -> dict[str, Any]:
    """All of it as JSON-ready data."""
    both = {lang: Speaker(lang) for lang in LANGUAGES}
    found: dict[str, Any] = {
        "old": _named(comparison.old),
        "new": _named(comparison.new),
        "same": not comparison.differences,
        "differences": [_difference(each, both) for each in comparison.differences],
        "wording": [{"section": each.section, "name": each.name} for each in comparison.wording],
    }
    if contrasts is not None:
        found["functions"] = as_data(contrasts)
    if migration is not None:
        found["archive"] = _archive(migration)
    return found


def _difference(each: Difference, both: Mapping[Lang, Speaker]) -> dict[str, Any]:
    lines = {lang: speaker.line(each) for lang, speaker in both.items()}
    return {
        "section": each.element.section,
        "name": each.element.name,
        "aspect": each.aspect or ("added" if each.old_place is None else "removed"),
        "places": {"old": lines["zh"].places[0] or None, "new": lines["zh"].places[1] or None},
        "when": [{"first": first, "last": last or None} for first, last in _joined(each.when)],
        **{
            lang: {"title": line.title, "old": line.old, "new": line.new, "parts": [list(pair) for pair in line.parts]}
            for lang, line in lines.items()
        },
    }


def _archive(migration: Migration) -> dict[str, Any]:
    found = _listed(migration)
    if migration.sampled is not None:
        found["sample"] = {"changed": migration.sampled, "shown": len(migration.changes)}
        found["refused"] = [{"code": code, "count": count} for code, count in sorted(migration.refused.items())]
    return found


def _listed(migration: Migration) -> dict[str, Any]:
    return {
        "forms": migration.forms,
        "grades": [
            {"old": old, "new": new, "forms": forms}
            for (old, new), forms in sorted(migration.grades.items(), key=lambda each: tuple(map(str, each[0])))
        ],
        "moves": [{"by": write(by), "forms": forms} for by, forms in sorted(migration.moves.items())],
        "elements": [
            {"section": each.section, "name": each.name, "forms": forms} for each, forms in migration.by_element.items()
        ],
        "changes": [_change(each) for each in migration.changes],
        "refused": [{"file": file, "code": problem.code} for file, problem in migration.problems],
    }


def _change(change: Change) -> dict[str, Any]:
    conclusions = {
        heading: [{"old": _filled(one), "new": _filled(other)} for _, one, other in change.conclusions(heading)]
        for heading in HEADINGS
    }
    return {
        "file": change.file,
        "document": change.name or None,
        "total": {"old": change.old.total, "new": change.new.total},
        "grade": {"old": change.old.grade, "new": change.new.grade},
        "scores": [
            {
                "name": name,
                "old": None if one is None else one.computed,
                "new": None if other is None else other.computed,
            }
            for name, one, other in change.scores
        ],
        **{heading: found for heading, found in conclusions.items() if found},
        "elements": [{"section": each.section, "name": each.name} for each in change.elements],
    }


def _filled(said: Said | None) -> dict[str, str] | None:
    return None if said is None else {key: value for key, value in said._asdict().items() if value}


def _named(ruleset: Any) -> dict[str, str]:
    return {"id": ruleset.id, "version": ruleset.version, "title": ruleset.title, "sha256": ruleset.sha256}


def _aspect(element: Element, aspect: str) -> str:
    return "band" if element.section == "grades" else aspect


def _place(place: Place | None) -> str:
    return "" if place is None else f"{place.file}:{place.line}"


def _joined(when: tuple[Stretch, ...]) -> list[Stretch]:
    """Stretches that follow each other without a gap, as one."""
    found: list[Stretch] = []
    for each in when:
        if found and _follows(found[-1], each):
            found[-1] = found[-1]._replace(last=each.last)
        else:
            found.append(each)
    return found


def _follows(one: Stretch, other: Stretch) -> bool:
    from datetime import date, timedelta  # noqa: PLC0415  dated policies are few

    return bool(one.last) and date.fromisoformat(one.last) + timedelta(days=1) == date.fromisoformat(other.first)
