"""The neutral form with one of its rows alone, which then carries what is left of full marks.

On such a form a single actual moves the total through every grade, and a score is drawn over the points one gives it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from zhunsheng.number import write
from zhunsheng.proof.neutral import neutral_document
from zhunsheng.proof.subject import subject
from zhunsheng.ruleset.vocabulary import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.document import Document
    from zhunsheng.ruleset import Ruleset

POINTS: Final = Fraction(10)
"""Of a row, where nothing says how many it should have."""


def forms_of_one_row(ruleset: Ruleset, points: Fraction | None = None) -> Iterator[Document]:
    """The neutral form of a ruleset with each of its rows alone; itself, where it has no rows.

    Args:
        ruleset: whose form it is.
        points: of the row; what is left of full marks where not given.
    """
    whole = plainest(ruleset)
    if not whole.indicators:
        yield whole
        return
    exact = points_left(ruleset, whole) if points is None else points
    worth = Decimal(write(exact))
    for row in whole.indicators:
        judged = row.judgement and row.judgement.model_copy(update={"score": worth})
        alone = row.model_copy(update={"points": worth, "claimed_score": worth, "judgement": judged})
        yield whole.model_copy(update={"indicators": (alone,)})


def plainest(ruleset: Ruleset) -> Document:
    """The neutral form without the inputs that may be left out, where it has as many scores without them."""
    whole = neutral_document(ruleset)
    needed = {each.name for each in ruleset.inputs if each.holder == DOCUMENT and each.required}
    kept = {name: value for name, value in whole.attributes.items() if name in needed}
    plain = whole.model_copy(update={"attributes": kept})
    return plain if _scores(plain, ruleset) >= _scores(whole, ruleset) else whole


def _scores(document: Document, ruleset: Ruleset) -> int:
    return sum(each.status == "computed" for each in subject(document, ruleset).items)


def points_left(ruleset: Ruleset, document: Document) -> Fraction:
    """Full marks less the points of the scores of the form itself, where that leaves anything."""
    form = subject(document, ruleset)
    full = form.value(form.element("满分"))
    own = [each.points for each in form.items if each.thing.scope == DOCUMENT]
    if not isinstance(full, Fraction):
        return POINTS
    left = full - sum((each for each in own if isinstance(each, Fraction)), Fraction(0))
    return left if left > 0 else POINTS
