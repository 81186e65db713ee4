"""Which layout a form has: the one whose conditions all hold, and of several the one that asks the most."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zhunsheng.exchange.forms.recognise.headers import indicator_header
from zhunsheng.exchange.forms.words import Table, key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.exchange.forms.layout import Layout, Layouts, RecognisedBy
    from zhunsheng.exchange.forms.recognise.rows import Stretch
    from zhunsheng.exchange.forms.words import Lookup

TEXTS, TITLES = 40, 20
"""What a text or a title weighs against a column, which weighs one: a word of its own tells more than a common column."""


class Recognised(NamedTuple):
    """A layout, and what on the form speaks for it."""

    layout: Layout
    why: tuple[str, ...]


def recognise(stretch: Stretch, layouts: Layouts) -> Recognised:
    """The layout of a stretch; the common words alone where no file describes it."""
    best, weight = Recognised(layouts.common, ()), 0
    for layout in layouts.known:
        if layout.recognised_by is None:
            continue
        found = _weigh(stretch, layout.recognised_by, layouts.lookup(layout))
        if found is not None and found[0] > weight:
            weight, best = found[0], Recognised(layout, found[1])
    return best


def _weigh(stretch: Stretch, by: RecognisedBy, words: Lookup) -> tuple[int, tuple[str, ...]] | None:
    """What the conditions weigh and the words that fulfil them, or None where one does not hold."""
    order = _columns(stretch, words)
    columns = dict(order)
    fields = [field for field, _ in order]
    if not set(by.columns.has) <= set(fields) or set(by.columns.lacks) & set(fields):
        return None
    if by.order and [each for each in fields if each in by.order] != list(by.order):
        return None
    why = [columns[field] for field in dict.fromkeys((*by.columns.has, *by.order))]
    weight = len(by.columns.has) + len(by.columns.lacks) + len(by.order)
    texts = _texts(stretch)
    heads = {words.head(each): each for each in texts}
    if not set(by.head) <= set(heads):
        return None
    why += [heads[each] for each in by.head]
    for wanted, among, worth in ((by.texts, texts, TEXTS), (by.titles, [each.text for each in stretch.lines], TITLES)):
        if wanted:
            said = _any(wanted, among)
            if said is None:
                return None
            why.append(said)
            weight += worth
    return weight + len(by.head), tuple(dict.fromkeys(key(each) for each in why))


def _columns(stretch: Stretch, words: Lookup) -> list[tuple[str, str]]:
    """The columns of the indicators from left to right, each with its header."""
    for at in range(len(stretch.rows)):
        header = indicator_header(stretch.rows, at, words)
        if header is not None:
            found = {field: header.cells[column].text for column, field in sorted(header.fields.items())}
            return list(found.items())
    return []


def _texts(stretch: Stretch) -> list[str]:
    return [each.text for each in stretch.lines] + [each.text for row in stretch.rows for each in row.said()]


def _any(wanted: Sequence[str], among: Sequence[str]) -> str | None:
    """The first of these texts that is, or holds, one of the words wanted."""
    table = Table([{"found": wanted}])
    plain = [key(each) for each in wanted]
    return next(
        (each for each in among if table(each) or any(word in key(each) for word in plain if "*" not in word)), None
    )
