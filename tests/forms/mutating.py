"""The same form filed otherwise: rows and columns more, headers in other words, columns in another order, cut by a page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from forms.building import Area, Form
from zhunsheng.exchange.forms.layout import load_layouts

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS: Final = load_layouts().common.words
LOOKUP: Final = load_layouts().lookup(load_layouts().common)
TRAILING: Final = {"": "", "（A）": "（A）", "（分）": "（分）", "（%）": "（%）"}


def header_rows(form: Form) -> list[int]:
    """The rows with the headers of the indicators."""
    names = [each.row for each in form.cells if LOOKUP.columns(each.text) == "name"]
    at = names[0]
    above = [each for each in form.cells if each.row == at - 1 and LOOKUP.columns(each.text) in ("target", "actual")]
    return [at - 1, at] if len(above) >= 2 else [at]


def block(form: Form) -> range:
    """The rows of the indicators with their header; the total and what follows are not among them."""
    first = header_rows(form)[0]
    for row in range(header_rows(form)[-1] + 1, form.rows):
        start = next(each for each in form.cells if each.row == row)
        if start.column == 0 and (start.width > 1 or LOOKUP.totals(start.text) or LOOKUP.is_label(start.text)):
            return range(first, row)
    return range(first, form.rows)


def with_blank_row(form: Form, at: int) -> Form:
    """A row with nothing in it before row `at`; areas that reach over the place grow."""
    cells: list[Area] = []
    covered: set[int] = set()
    for each in form.cells:
        if each.row >= at:
            cells.append(each._replace(row=each.row + 1))
        elif each.row + each.height > at:
            cells.append(each._replace(height=each.height + 1))
            covered |= set(range(each.column, each.column + each.width))
        else:
            cells.append(each)
    cells += [Area(at, column, 1, 1, "") for column in range(form.columns) if column not in covered]
    return replace(form, cells=tuple(sorted(cells)))


def with_column(form: Form, at: int, head: str) -> Form:
    """A column before column `at`: with a header of its own beside the indicators, elsewhere its neighbour is wider."""
    rows, heads = block(form), header_rows(form)
    cells: list[Area] = []
    filled: set[int] = set()
    for each in form.cells:
        inside = range(each.row, each.row + each.height)
        if each.column >= at:
            cells.append(each._replace(column=each.column + 1))
        elif each.column + each.width > at or (each.column + each.width == at and each.row not in rows):
            cells.append(each._replace(width=each.width + 1))
            filled |= set(inside)
        else:
            cells.append(each)
    for row in range(form.rows):
        if row in filled:
            continue
        if row == heads[0]:
            cells.append(Area(row, at, len(heads), 1, head))
        elif row not in heads:
            cells.append(Area(row, at, 1, 1, ""))
    return replace(form, cells=tuple(sorted(cells)))


def without_reason(form: Form) -> Form:
    """No column of reasons: the cells before it are as wide as both were."""
    rows = block(form)
    reasons = {each for each in form.cells if each.row in rows and each.column + each.width == form.columns}
    columns = {each.column for each in reasons}
    cells = [
        each._replace(width=form.columns - each.column)
        if each.row in rows and each.column + each.width in columns
        else each
        for each in form.cells
        if each not in reasons
    ]
    return replace(form, cells=tuple(cells))


def swapped(form: Form, one: int, other: int) -> Form:
    """Two columns of the indicators in each other's place, where both are cells of their own in every row; else as it was."""
    rows = block(form)
    first, second = (
        {each.row: each for each in form.cells if each.row in rows and each.column == at and each.width == 1}
        for at in (one, other)
    )
    if first.keys() != second.keys() or any(first[row].height != second[row].height for row in first):
        return form
    if len(first) < len(rows) - 1:
        return form
    moved = {first[row]: second[row].text for row in first} | {second[row]: first[row].text for row in first}
    return replace(form, cells=tuple(each._replace(text=moved.get(each, each.text)) for each in form.cells))


def reworded(form: Form, choose: Callable[[list[str]], str]) -> Form:
    """Every header and label in another of its words."""
    rows = block(form)
    first = rows[0]

    def word(each: Area) -> str:
        if each.row in header_rows(form):
            return _other(each.text, LOOKUP.columns, WORDS.columns.model_dump(), choose)
        if each.row in rows or each.row > first:
            return each.text
        return _other(each.text, LOOKUP.fund_columns, WORDS.fund_columns.model_dump(), choose)

    return replace(form, cells=tuple(each._replace(text=word(each)) for each in form.cells))


def _other(
    text: str, table: Callable[[str], str | None], words: dict[str, tuple[str, ...]], choose: Callable[[list[str]], str]
) -> str:
    meaning = table(text) if text else None
    if meaning is None or ("分" in text and any(sign.isdecimal() for sign in text)):  # 得分（20分*执行率） says more
        return text
    known = [each for each in words[meaning] if "*" not in each and table(each) == meaning]
    if not known:
        return text
    found = choose(known)
    return choose([found, f"{found[:1]}\n{found[1:]}", f" {found} ", f"{found}（A）", f"{found}："])


def cut(form: Form, at: int) -> tuple[Form, Form]:
    """The form as a page break leaves it: two tables, the header repeated over the second, cells that reach over both told twice."""
    first: list[Area] = []
    second: list[Area] = []
    heads = header_rows(form)
    down = at - len(heads)
    for each in form.cells:
        end = each.row + each.height
        if each.row in heads and each.row + each.height <= heads[-1] + 1:
            second.append(each._replace(row=each.row - heads[0]))
        if end <= at:
            first.append(each)
        elif each.row >= at:
            second.append(each._replace(row=each.row - down))
        else:
            first.append(each._replace(height=at - each.row))
            begin = 0 if each.row <= heads[-1] else len(heads)
            second.append(each._replace(row=begin, height=end - at + len(heads) - begin))
    return replace(form, cells=tuple(first), below=()), Form(tuple(sorted(second)), (), form.below)
