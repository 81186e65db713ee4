"""Two rulesets as functions of one input: where a score, the total or a grade differs, by how much, and on what document.

Both are read on the same neutral forms, one input at a time. What is equal is proved equal; what the pieces cannot
decide (a rule that joins several things has a say in it, a staircase is too long) is tried at some values, and said so.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast, final

from zhunsheng.expression.pieces import grid
from zhunsheng.expression.pieces.cuts import sample
from zhunsheng.expression.pieces.forms import Form
from zhunsheng.expression.pieces.readings import difference
from zhunsheng.expression.tree import Absent
from zhunsheng.population.figures import figures
from zhunsheng.proof.filed import at, filed_as, worked_out

if TYPE_CHECKING:
    from zhunsheng.document import Document
    from zhunsheng.expression.pieces import Run
    from zhunsheng.expression.pieces.cuts import End
    from zhunsheng.expression.pieces.line import Pieces
    from zhunsheng.expression.pieces.readings import Bounds, Difference
    from zhunsheng.expression.tree import Value
    from zhunsheng.expression.types import Type
    from zhunsheng.population.figures import Figure
    from zhunsheng.proof.filed import Filed
    from zhunsheng.proof.subject import Element
    from zhunsheng.ruleset import Ruleset

Verdict = Literal["equal", "differs", "nowhere", "tried-equal", "tried-differs"]
"""`nowhere`: they differ, but at no value that a document can hold."""
LONGEST: Final = 5_000
"""Steps that a staircase may have where two must be held against each other."""
TRIED: Final = 20


class Example(NamedTuple):
    """A document on which the two differ: the input's value, where and how that is filed, and what either gives."""

    x: Fraction
    old: Value
    new: Value
    filed: Filed | None
    document: Document | None


@final
class Contrast(NamedTuple):
    """One figure under both rulesets, as a function of one input.

    Attributes:
        what: the score by its way of scoring; 总分 or 等级.
        by: the name of the input.
        targets: of the rows that the input belongs to; none for an input of the form itself.
        type, places: of the input.
        old, new: the figure under either ruleset.
        runs: where they differ.
        bounds: between what the new one less the old one stays, where both are numbers.
        example: where the difference is greatest, of what a document can hold.
        points: of the row.
        given: what is spent of the budget, where that is not all of it.
    """

    what: str
    by: str
    targets: tuple[str, ...]
    type: Type | None
    places: int
    verdict: Verdict
    old: Pieces
    new: Pieces
    runs: tuple[Run, ...] = ()
    bounds: Bounds | None = None
    example: Example | None = None
    points: Fraction | None = None
    given: Fraction | None = None

    @property
    def is_equal(self) -> bool:
        """Whether no difference was found."""
        return self.verdict in ("equal", "tried-equal")


def contrasts(old: Ruleset, new: Ruleset) -> tuple[Contrast, ...]:
    """Every figure that both rulesets give, in every input that it has by itself; none where no year is common to them.

    A total that moves with a score by the same amount, under both, is left out: that score says it.
    """
    found: dict[tuple[object, ...], Contrast] = {}
    for figure in figures(old, new):
        functions = figure.functions()
        mark = (figure.what, figure.by[0].key, *(_over(each, figure.scale) for each in functions))
        if mark in found:
            targets = dict.fromkeys((*found[mark].targets, *figure.targets))
            found[mark] = found[mark]._replace(targets=tuple(targets))
        elif not any(_apart(figure, each) for each in figure.parts):
            found[mark] = contrast_of(figure, *functions)
    plain = {(each.what, each.by) for each in found.values() if each.given is None and not each.is_equal}
    return tuple(
        each for each in found.values() if each.given is None or not (each.is_equal or (each.what, each.by) in plain)
    )


def _apart(total: Figure, part: tuple[Element, Element]) -> bool:
    """Whether a total moves with one of its scores by the same amount, under both rulesets."""
    return all(
        _is_constant(form.pieces(element, by, Fraction(0), None), form.pieces(score, by, Fraction(0), None), by.places)
        for form, element, score, by in zip(total.both, total.elements, part, total.by, strict=True)
    )


def _is_constant(one: Pieces, other: Pieces, places: int) -> bool:
    if one.beyond or other.beyond:
        return False
    lost = difference(one, other, places, 1).gained
    return len({each for each in (*lost.gaps, *lost.points) if each is not None and not isinstance(each, Absent)}) == 1


# The same over a rate


def _over(function: Pieces, scale: Fraction) -> Pieces:
    """A function of x as one of x/scale, so that targets of different size are held against each other once."""

    def at(end: End) -> End:
        return end / scale if isinstance(end, Fraction) else end

    gaps = tuple(_stretched(each, scale) if isinstance(each, Form) else each for each in function.gaps)
    return replace(function, cuts=tuple(map(at, function.cuts)), gaps=gaps)


def _stretched(form: Form, scale: Fraction) -> Form:
    top, bottom = (tuple(each * scale**power for power, each in enumerate(p)) for p in (form.top, form.bottom))
    return Form(tuple(each / bottom[-1] for each in top), tuple(each / bottom[-1] for each in bottom), form.stages)


# The difference


def contrast_of(figure: Figure, old: Pieces, new: Pieces) -> Contrast:
    """What there is to say of a figure under both rulesets, as the functions that it is."""
    by = figure.by[0]
    types = (form.ruleset.scopes[by.thing.scope].fields.get(by.key) for form in figure.both)
    type_ = next((each for each in types if each is not None), None)
    places = max(each.places for each in figure.by)
    found = Contrast(
        figure.what, by.key, figure.targets, type_, places, "equal", old, new, points=figure.points, given=figure.given
    )
    if old == new and not old.beyond:
        return found
    lost = None if old.beyond or new.beyond else difference(new, old, places, LONGEST)
    if lost is None or lost.undecided:
        return _tried(figure, found)
    if not lost.runs:
        return found
    found = found._replace(runs=tuple(each.run for each in lost.runs), bounds=lost.bounds)
    example = _example(figure, found, lost)
    return found._replace(verdict="nowhere" if example is None else "differs", example=example)


def _example(figure: Figure, contrast: Contrast, lost: Difference) -> Example | None:
    """A document on which the two differ, the one on which they differ most where there is a greatest difference."""
    runs = [each.run for each in lost.runs]
    if lost.bounds is not None:
        ends = sorted((lost.bounds.greatest, lost.bounds.least), key=lambda each: -abs(cast("Fraction", each.value)))
        runs = [*(run for end in ends for run in end.attained), *runs]
    xs = (_middle(run, contrast.places) for run in runs)
    x = next((x for x in xs if x is not None and contrast.old.at(x) != contrast.new.at(x)), None)
    return None if x is None else _filed(figure, x, contrast.old.at(x), contrast.new.at(x))


def _middle(run: Run, places: int) -> Fraction | None:
    """A grid value well within a run, or any of it."""
    if run.low is not None and run.high is not None and run.low != run.high:
        for fewer in range(places + 1):
            found = grid.at_or_below(sample(run.low, run.high), fewer)
            if run.holds(found):
                return found
    return grid.some(run, places)


def _filed(figure: Figure, x: Fraction, old: Value, new: Value) -> Example:
    """The document that says x, filed as one of the two has it."""
    for form, by in zip(figure.both, figure.by, strict=True):
        filed = filed_as(form, by, x)
        again = None if filed is None else at(form, filed)
        if again is not None:
            return Example(x, old, new, filed, again.filed)
    return Example(x, old, new, None, None)


def _tried(figure: Figure, contrast: Contrast) -> Contrast:
    """Both worked out at even values and beside every cut that is known."""
    low, high = (cast("Fraction", each) for each in (contrast.old.cuts[0], contrast.old.cuts[-1]))
    asked = {grid.at_or_below(low + (high - low) * Fraction(at, TRIED), contrast.places) for at in range(TRIED + 1)}
    for x in sorted(asked):
        example = _worked_out(figure, x)
        if example is not None and example.old != example.new:
            return contrast._replace(verdict="tried-differs", example=example)
    return contrast._replace(verdict="tried-equal")


def _worked_out(figure: Figure, x: Fraction) -> Example | None:
    old, new = (
        worked_out(form, element, by, x)
        for form, element, by in zip(figure.both, figure.elements, figure.by, strict=True)
    )
    if old is Absent.UNDECIDED or new is Absent.UNDECIDED:
        return None
    values = (Absent.UNDEFINED if isinstance(each, Absent) else each for each in (old, new))
    return _filed(figure, x, *values)
