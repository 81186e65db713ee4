"""What is held against what: every figure of two rulesets on the same neutral forms, with each input it has by itself."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.expression.tree import Absent
from zhunsheng.number import from_decimal
from zhunsheng.problem import Refused
from zhunsheng.proof.forms import POINTS, forms_of_one_row, plainest
from zhunsheng.proof.neutral import neutral_document
from zhunsheng.proof.subject import Element, subject
from zhunsheng.ruleset.strata import behind, needs_of
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.document import Document
    from zhunsheng.expression.exact import Thing
    from zhunsheng.expression.pieces.line import Pieces
    from zhunsheng.proof.subject import Input, Subject
    from zhunsheng.ruleset import Ruleset

FREE: Final = ("实际值", "认定得分")
"""What is freed of an indicator: what was achieved and, of one that only people can judge, what they gave."""
_TWICE: Final = 2


class _Both(NamedTuple):
    """One form under both rulesets."""

    old: Subject
    new: Subject

    def freed(self, thing: Thing, key: str) -> tuple[Input, Input] | None:
        """An input of either as both have it; None where one knows of no such thing."""
        old, new = (_like(form, thing) for form in self)
        return None if old is None or new is None else (self.old.input(old, key), self.new.input(new, key))


def _like(form: Subject, thing: Thing) -> Thing | None:
    return next((each for each in form.outcome.world.things.get(thing.scope, ()) if each.key == thing.key), None)


class Figure(NamedTuple):
    """A figure of a form under both rulesets, and the input to free."""

    what: str
    both: _Both
    elements: tuple[Element, Element]
    by: tuple[Input, Input]
    parts: tuple[tuple[Element, Element], ...] = ()
    """Of a total, the scores in it."""
    targets: tuple[str, ...] = ()
    scale: Fraction = Fraction(1)
    points: Fraction | None = None
    given: Fraction | None = None

    def functions(self) -> tuple[Pieces, Pieces]:
        """The figure under either, from 0 to past the last place where anything changes."""
        zero = Fraction(0)
        asked = list(zip(self.both, self.elements, self.by, strict=True))
        ends = [_last(form.pieces(element, by, zero, None)) for form, element, by in asked]
        value = self.by[0].value if not self.targets else None
        high = _TWICE * max([self.scale, *ends, value if isinstance(value, Fraction) else zero])
        old, new = (
            _plain(replace(found, beyond=True) if _rests_on_peers(form, element) else found)
            for form, element, by in asked
            for found in (form.pieces(element, by, zero, high),)
        )
        return old, new


def _last(function: Pieces) -> Fraction:
    """The last cut of a function, or a little beyond."""
    ends = [each if isinstance(each, Fraction) else each.high for each in function.cuts if each is not None]
    return max(ends, default=Fraction(0))


def _rests_on_peers(form: Subject, element: Element) -> bool:
    """Whether other documents have a say: what is seen of one form by itself is then no proof."""
    ruleset = form.ruleset
    needs = behind(needs_of(ruleset), [(element.thing.scope, element.key)]) if ruleset.peers else frozenset()
    return any((DOCUMENT, each.name) in needs for each in ruleset.peers)


def _plain(function: Pieces) -> Pieces:
    """A function without the reasons why it has no value: they are no difference to anyone."""
    if function.beyond:
        return function
    points = tuple(Absent.UNDEFINED if isinstance(each, Absent) else each for each in function.points)
    gaps = tuple(Absent.UNDEFINED if isinstance(each, Absent) else each for each in function.gaps)
    return replace(function, points=points, gaps=gaps)


def figures(old: Ruleset, new: Ruleset) -> Iterator[Figure]:
    """Every figure on the forms of the one and of the other, each figure and input once."""
    seen: set[tuple[str, str, Fraction | None, tuple[str, ...]]] = set()
    for own, other in ((old, new), (new, old)):
        for each in (*_on_whole_forms(own, other, old, new), *_on_rows(own, other, old, new)):
            mark = (each.what, each.by[0].key, each.given, each.targets)
            if mark not in seen:
                seen.add(mark)
                yield each


def _on_whole_forms(own: Ruleset, other: Ruleset, old: Ruleset, new: Ruleset) -> Iterator[Figure]:
    """The form's own inputs, also where half of the budget is spent, or none: full marks would hide what they do."""
    for whole in (plainest(own), neutral_document(own)):
        spent = whole.funds.total.executed
        for given in (spent, *([] if spent is None else [_cents(spent / 2), Decimal(0)])):
            both = _both(_spending(whole, given), old, new, other)
            for each in _of_form(both) if both else ():
                if given == spent:
                    yield each
                elif given is not None and each.by[0].key != "全年执行数":
                    yield each._replace(given=from_decimal(given))


def _spending(document: Document, amount: Decimal | None) -> Document:
    total = document.funds.total.model_copy(update={"executed": amount})
    return document.model_copy(update={"funds": document.funds.model_copy(update={"total": total})})


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_DOWN)


def _on_rows(own: Ruleset, other: Ruleset, old: Ruleset, new: Ruleset) -> Iterator[Figure]:
    """A row of ten points for its score; one that carries the form for the grade."""
    for points in (POINTS, None):
        for form in forms_of_one_row(own, points):
            both = _both(form, old, new, other) if form.indicators else None
            yield from _of_row(both, "等级" if points is None else "总分") if both else ()


def _both(document: Document, old: Ruleset, new: Ruleset, other: Ruleset) -> _Both | None:
    """A form with what the other ruleset demands besides; None where one of them has nothing in force in its year."""
    form = plainest(other)
    attributes = {**form.attributes, **document.attributes}
    rows = document.indicators
    if form.indicators:
        rows = tuple(
            each.model_copy(update={"attributes": {**form.indicators[0].attributes, **each.attributes}})
            for each in rows
        )
    whole = document.model_copy(update={"attributes": attributes, "indicators": rows})
    try:
        return _Both(subject(whole, old), subject(whole, new))
    except Refused:
        return None


def _of_form(both: _Both) -> Iterator[Figure]:
    """The form's own scores, the total and the grade, in each of its own inputs."""
    names = [
        {item.scoring.score.name for item in each.items if item.scoring and item.thing.scope == DOCUMENT}
        for each in both
    ]
    scores = {name: _elements(both, f"{name}.得分") for name in sorted(names[0] & names[1])}
    for what, elements in (*scores.items(), *((each, _elements(both, each)) for each in ("总分", "等级"))):
        inputs: dict[tuple[str, str], Thing] = {}
        for form, element in zip(both, elements, strict=True):
            for each in form.inputs(element):
                if each.filed and each.thing.scope != INDICATOR:
                    inputs.setdefault((each.thing.scope, each.key), each.thing)
        parts = tuple(scores.values()) if what == "总分" else ()
        for (_, key), thing in inputs.items():
            by = both.freed(thing, key)
            if by is not None:
                yield Figure(what, both, elements, by, parts)


def _elements(both: _Both, key: str) -> tuple[Element, Element]:
    return both.old.element(key), both.new.element(key)


def _of_row(both: _Both, last: str) -> Iterator[Figure]:
    """The score of the row, and the total or grade, in what was achieved."""
    things = (both.old.indicators[0], both.new.indicators[0])
    values = things[0].values
    old, new = (str(each.values.get("指标类型", "")) for each in things)
    score = (Element(things[0], "得分"), Element(things[1], "得分"))
    scale, points = (
        each if isinstance(each, Fraction) else None for each in (values.get("目标值"), values.get("分值"))
    )
    for key in FREE:
        by = both.freed(things[0], key)
        if by is not None and isinstance(values.get(key), Fraction):
            one = Figure(
                old if old == new else f"{old}、{new}", both, score, by,
                targets=(str(values.get("年度指标值", "")),), scale=scale or Fraction(1), points=points,
            )  # fmt: skip
            whole = one._replace(what=last, elements=_elements(both, last))
            yield from (whole,) if last == "等级" else (one, whole._replace(parts=(score,)))
