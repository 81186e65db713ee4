"""The weights add up to full marks whichever parts of the form do not apply.

Where weights hang on what the form holds, it is tried with the rows of each dimension there or not, and with each yes or
no that is asked of the document, in every combination: real forms, so that no case is tried that cannot be.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Final

from zhunsheng.document import Document
from zhunsheng.expression.tree import Constant
from zhunsheng.expression.types import Type
from zhunsheng.problem import Problem, say
from zhunsheng.proof.finding import Finding, Shown, content_of, told
from zhunsheng.proof.subject import subject
from zhunsheng.ruleset.vocabulary import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.problem import Words
    from zhunsheng.proof.subject import Subject
    from zhunsheng.ruleset import Ruleset

MOST: Final = 7
"""Parts that are tried in every combination; of more, the first."""


def weights_always_sum(ruleset: Ruleset, form: Subject) -> Iterator[Finding]:
    """The weights, where some of them hang on what the form says, make full marks in every case; the first that fails."""
    nodes = [node for node, _ in form.ruleset.weights.values()]
    if not nodes or all(isinstance(node, Constant) for node in (*nodes, form.ruleset.full_marks)):
        return
    for without, tried in _patterns(form):
        weights = [tried.value(tried.element(f"权重.{name}")) for name in tried.ruleset.weights]
        full = tried.value(tried.element("满分"))
        numbers = [each for each in weights if isinstance(each, Fraction)]
        if len(numbers) == len(weights) and isinstance(full, Fraction) and sum(numbers) != full:
            yield _finding(ruleset, without, tried, sum(numbers, Fraction(0)), full)
            return


def _patterns(form: Subject) -> Iterator[tuple[tuple[Words, ...], Subject]]:
    """Forms with parts of them there or not, and what differs in words."""
    rows = content_of(form)["indicators"]
    dimensions = list(dict.fromkeys(each.get("dimension") for each in rows))
    asked = [
        each.name
        for each in form.ruleset.inputs
        if each.holder == DOCUMENT and each.shape == "value" and each.columns[0].type is Type.TRUTH
    ]
    parts = [*((each, "") for each in dimensions), *((each, "yes") for each in asked)][:MOST]
    for pattern in product((True, False), repeat=len(parts)):
        content = content_of(form)
        told_: list[Words] = []
        for (name, kind), holds in zip(parts, pattern, strict=True):
            if kind:
                content.setdefault("attributes", {})[name] = holds
                told_.append(say("weights-sum.yes" if holds else "weights-sum.no", name=name))
            elif not holds:
                content["indicators"] = [each for each in content["indicators"] if each.get("dimension") != name]
                told_.append(say("weights-sum.without", name=name))
        yield tuple(told_), subject(Document.model_validate(content), form.ruleset)


def _finding(ruleset: Ruleset, without: tuple[Words, ...], tried: Subject, found: Fraction, full: Fraction) -> Finding:
    places = [ruleset.merged.place(("weights", name, "points")) for name in ruleset.weights]
    own = [each for each in places if each.file == ruleset.merged.place(()).file]
    values = {"full": told(full), "sum": told(found)}
    expected = say("weights-sum.when", given=without, **values) if without else say("weights-sum.expected", **values)
    problem = Problem((own or places)[-1], "weights-sum", expected, told(found), severity="warning")
    return Finding(problem, (Shown("权重", content_of(tried)),))
