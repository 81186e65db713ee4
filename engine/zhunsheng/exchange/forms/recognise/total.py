"""The row of the total: points, score and grade, wherever in it they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng import number
from zhunsheng.exchange.forms.recognise.headers import field_of
from zhunsheng.exchange.forms.words import joined
from zhunsheng.measure.squeeze import squeeze

if TYPE_CHECKING:
    from zhunsheng.exchange.forms.grid import Cell
    from zhunsheng.exchange.forms.recognise.draft import Draft
    from zhunsheng.exchange.forms.recognise.head import Pairs
    from zhunsheng.exchange.forms.recognise.headers import Header
    from zhunsheng.exchange.forms.recognise.rows import Row


def is_total(row: Row, draft: Draft) -> bool:
    """Whether a row is that of the total."""
    said = row.said()
    return bool(said) and draft.words.totals(said[0].text) is not None


def read_total(row: Row, header: Header, draft: Draft, pairs: Pairs) -> None:
    """Points and score by their columns; two figures elsewhere are the points and the score, in this order."""
    said = [each for each in row.said()[1:] if not draft.words.is_filler(each.text)]
    figures = [each for each in said if _is_figure(each.text)]
    placed = {field_of(each, header): each for each in figures}
    points, score = placed.get("points"), placed.get("score")
    moved = len(figures) == 2 and (points is None or score is None)
    if moved:
        points, score = figures
    if len(figures) == 1 and points is None and score is None:
        score = figures[0]
    _put(draft, "total_points", points)
    _put(draft, "claimed_total", score)
    for cell in said:
        if cell is not points and cell is not score:
            _other(cell, draft, pairs)


def _put(draft: Draft, name: str, cell: Cell | None) -> None:
    if cell is not None:
        value = draft.figure(cell.text, cell.ref, f"/{name}")
        draft.values.setdefault(name, value)
        draft.sources[f"/{name}"] = cell.ref


def _other(cell: Cell, draft: Draft, pairs: Pairs) -> None:
    grade = pairs.grade_in(cell.text)
    if grade is not None and "claimed_grade" not in draft.values:
        draft.values["claimed_grade"] = grade
        draft.sources["/claimed_grade"] = cell.ref
    elif _is_figure(cell.text):
        draft.not_read(cell.ref, cell.text)
    else:
        draft.entry("总分", joined(cell.text), cell.ref)


def _is_figure(text: str) -> bool:
    return number.parse(squeeze(text).removesuffix("分")) is not None
