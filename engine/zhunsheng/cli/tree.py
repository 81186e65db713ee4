"""A derivation as a tree in words: what came out, by which formula, with which values, and what those rest on."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple, final

from zhunsheng.cli.filing import spot
from zhunsheng.cli.layout import fold, left
from zhunsheng.cli.page import FAINT, HEAD
from zhunsheng.cli.rows import same
from zhunsheng.number import Mode, Rounding, decimal_places, round_once, write
from zhunsheng.problem.show import cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhunsheng.cli.filing import Where
    from zhunsheng.cli.page import Page
    from zhunsheng.evaluation import Assessment, Derivation, DossierAssessment
    from zhunsheng.evaluation.assessment import Input

MANY: Final = 4
"""Inputs of one name from which on only those are opened that differ from what was claimed."""
PLACES: Final = 6
"""Decimals shown of a value that has no end of them."""
_WORDS: Final = re.compile(r"(?<![\w「])(?:是|否|未填|无值|待认定)(?![\w」])")
LABELS: Final = ("condition", "formula", "values", "rounding", "outcome", "source")


class _Line(NamedTuple):
    """A line of the tree: the branch that leads to it, a label, what it says, and its place."""

    branch: str
    label: str
    text: str
    place: str = ""
    strong: bool = False


def worded(page: Page, text: str) -> str:
    """Values as an assessment has them, those without a figure in the reader's language; quoted texts stay."""
    if page.lang == "zh":
        return text
    return _WORDS.sub(lambda found: page.say(f"value-{found.group()}"), text)


@final
class Tree:
    """Derivations of one assessment on a page."""

    def __init__(self, page: Page, where: Where, at: int | None, assessment: Assessment | DossierAssessment) -> None:
        self.page = page
        self.where = where
        self.at = at
        self.known: Mapping[str, Derivation] = assessment.derivations
        scores = getattr(assessment, "scores", ())
        self.names = {score.at if "/" in score.id else score.name: score.name for score in scores}
        self.differing = {
            score.id if "/" in score.id else f"{score.name}.得分"
            for score in scores
            if same(score.claimed, score.computed) == "differs"
        }
        self.opened: set[str] = set()
        self.wide = max(cells(page.say(each)) for each in LABELS)

    def show(self, derivation: Derivation, *, holds: bool = False) -> None:
        """The derivation of a figure, or (with `holds`) of a conclusion."""
        self.opened.add(derivation.element)
        for line in self.lines(derivation, "", holds=holds):
            self.put(line)

    def lines(self, derivation: Derivation, branch: str, *, holds: bool = False) -> Iterator[_Line]:
        """What a derivation says of itself, then its inputs, each with what it rests on."""
        say = self.page.say
        inputs = list(self.inputs(derivation))
        bar = branch + ("│ " if inputs else "  ")
        constant = not derivation.inputs and derivation.formula.strip('"') == derivation.result.strip("「」")
        if not constant:
            yield _Line(bar, say("condition" if holds else "formula"), derivation.formula)
            if derivation.values not in (derivation.formula, derivation.result):
                yield _Line(bar, say("values"), worded(self.page, derivation.values))
        if holds:
            yield _Line(bar, say("outcome"), say("holds" if derivation.result == "是" else "holds-not"))
        elif derivation.before_rounding is not None and (rounding := self.rounding(derivation)):
            yield _Line(bar, say("rounding"), rounding)
        if derivation.clause:
            yield _Line(bar, say("source"), derivation.clause)
        for at, each in enumerate(inputs):
            last = at == len(inputs) - 1
            yield from self.input(each, branch, last=last)

    def inputs(self, derivation: Derivation) -> Iterator[tuple[Input, bool]]:
        """Each input, and whether what it rests on is shown below it."""
        several = Counter(each.name for each in derivation.inputs)
        for each in derivation.inputs:
            key = each.element
            known = key is not None and key in self.known
            wanted = several[each.name] < MANY or (key or "").removesuffix("#得分") in self.differing
            yield each, known and wanted

    def input(self, each: tuple[Input, bool], branch: str, *, last: bool) -> Iterator[_Line]:
        """One input: its name, its value, where it stands; and below it what it rests on."""
        given, opened = each
        key = given.element or ""
        again = key in self.opened
        place = self.place(given) if given.at is not None and (not key or not opened) else ""
        if opened and again and self.known[key].inputs:
            place = self.page.say("above")
        yield _Line(
            branch + ("└ " if last else "├ "),
            "",
            f"{self.named(given)} = {worded(self.page, given.value)}",
            place,
            strong=True,
        )
        if opened and not again:
            self.opened.add(key)
            yield from self.lines(self.known[key], branch + ("  " if last else "│ "))

    def named(self, given: Input) -> str:
        """An input's name; a score among many by the name of what it is for."""
        key = given.element or ""
        if given.name == "得分项得分" and key:
            return str(self.names.get(key.removesuffix("#得分"), key))
        return given.name

    def place(self, given: Input) -> str:
        """The line of the file and the pointer that an input stands at."""
        pointer = given.at or ""
        if not pointer:
            return ""
        return spot(self.where.place(pointer, self.at))

    def rounding(self, derivation: Derivation) -> str:
        """How an exact value became the figure; nothing where rounding changed nothing."""
        exact = Fraction(derivation.before_rounding or "0")
        steps, value = [], exact
        for each in derivation.rounding:
            places, _, mode = each.partition(" places ")
            value = round_once(value, Rounding(int(places), Mode(mode)))
            steps.append(self.page.say(f"round.{mode}", places=places) + f" → {write(value, max(int(places), 0))}")
        if value == exact:
            return ""
        if decimal_places(exact) is None:
            near = round_once(exact, Rounding(PLACES, Mode.HALF_EVEN))
            shown = f"{exact} ≈ {write(near, PLACES)}"
        else:
            shown = write(exact)
        return self.page.say("comma").join([shown, *steps])

    def put(self, line: _Line) -> None:
        """A line of the tree, folded behind its branch."""
        label = f"{left(line.label, self.wide)}  " if line.label else ""
        start = cells(line.branch + label)
        rest = line.branch.replace("├", "│").replace("└", " ")
        width = max(self.page.width - start, 20)
        texts = fold(line.text, width)
        beside = bool(line.place) and cells(texts[-1]) + 2 + cells(line.place) <= width
        for at, each in enumerate(texts):
            before = (line.branch, label) if at == 0 else (rest, " " * cells(label))
            spans = [("  " + before[0], FAINT), (before[1], FAINT), (each, HEAD if line.strong else "")]
            if beside and at == len(texts) - 1:
                spans.append((f"  {line.place}", FAINT))
            self.page.line(*spans)
        if line.place and not beside:
            for each in fold(line.place, width):
                self.page.line(("  " + rest + "  ", FAINT), (each, FAINT))
