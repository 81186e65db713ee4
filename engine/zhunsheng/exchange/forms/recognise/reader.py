"""Reads one form: walks its rows, each by the block it stands in, blocks by their header words and never by position."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from zhunsheng.exchange.forms.recognise.draft import Draft, label_of
from zhunsheng.exchange.forms.recognise.funds import Funds
from zhunsheng.exchange.forms.recognise.head import Pairs
from zhunsheng.exchange.forms.recognise.headers import (
    Header,
    field_of,
    fund_header,
    goal_header,
    indicator_header,
)
from zhunsheng.exchange.forms.recognise.indicators import Indicators
from zhunsheng.exchange.forms.recognise.total import is_total, read_total
from zhunsheng.exchange.forms.words import key, tidy, without_part

if TYPE_CHECKING:
    from zhunsheng.exchange.forms.grid import Cell
    from zhunsheng.exchange.forms.layout import Layout
    from zhunsheng.exchange.forms.recognise.rows import Row, Stretch
    from zhunsheng.exchange.forms.words import Lookup


@final
class Form:
    """One form being read."""

    def __init__(self, stretch: Stretch, layout: Layout, words: Lookup, file: str) -> None:
        self.stretch = stretch
        self.draft = Draft(file, layout, words)
        self.pairs = Pairs(self.draft)
        self.funds: Funds | None = None
        self.indicators: Indicators | None = None
        self.goals: Header | None = None
        self.block: str = ""
        """The block that the row before stood in."""
        self.table: _Table | None = None
        self.cut = False
        """Whether rows went on in another table without a header of their own."""

    def read(self) -> Draft:
        """The whole form."""
        for line in self.stretch.lines:
            self.pairs.line(line)
        rows, at = self.stretch.rows, 0
        while at < len(rows):
            at += self.step(rows, at)
        self.table_ends()
        for line in self.stretch.notes:
            self.pairs.footnote(line)
        self.pairs.finish()
        return self.draft

    def step(self, rows: list[Row], at: int) -> int:
        """One row, or the rows of a header; how many were taken."""
        row, words = rows[at], self.draft.words
        header = indicator_header(rows, at, words)
        if header is not None:
            self.indicators_begin(header)
            return header.rows
        header = fund_header(rows, at, words) if self.block != "indicators" or self.funds is None else None
        if header is not None:
            self.funds = Funds(self.draft, header)
            self.block = "funds"
            return header.rows
        header = goal_header(rows, at, words)
        if header is not None and self.block != "indicators":
            self.goals, self.block = header, "goals"
            return header.rows
        self.row(row)
        return 1

    def indicators_begin(self, header: Header) -> None:
        """A header of indicators: the first, the same again after a page break, or that of the next goal."""
        if self.indicators is None:
            self.indicators = Indicators(self.draft, header)
        elif self.block == "indicators" and _same_label(self.indicators.label, header.label):
            self.indicators.again(header)
        else:
            told, self.indicators = self.indicators, Indicators(self.draft, header)
            self.indicators.told = told.told
        self.block = "indicators"

    def row(self, row: Row) -> None:
        """A row that is no header."""
        if self.indicators is not None and self.block in ("indicators", "total") and is_total(row, self.draft):
            read_total(row, self.indicators.header, self.draft, self.pairs)
            self.block = "total"
        elif self.block == "indicators" and self.indicators is not None and self.goes_on(row):
            self.indicators.take(row)
        elif self.block == "funds" and self.funds is not None and self.funds.holds(row):
            self.funds.take(row)
        elif self.block == "goals" and self.goals is not None and self.goals_hold(row, self.goals):
            self.goal(row, self.goals)
        else:
            self.other(row)

    def goes_on(self, row: Row) -> bool:
        """Whether the indicators go on in a row, be it in a further table."""
        assert self.indicators is not None
        known = self.indicators.header.grid
        if row.grid is not known:
            if row.grid.columns != known.columns:
                return False
            self.cut = True
        return self.indicators.holds(row)

    # Goals

    def goals_hold(self, row: Row, header: Header) -> bool:
        """Whether a row is one of the goals: beside their label, or with none."""
        if row.grid is not header.grid:
            return False
        if header.label is None:
            return not any(self.draft.words.is_label(each.text) for each in row.said())
        cell = row.under(header.label.column)
        return cell is header.label or cell is None or not cell.text.strip() or key(cell.text) == key(header.label.text)

    def goal(self, row: Row, header: Header) -> None:
        """What was expected and achieved; further rows go on."""
        draft = self.draft
        for cell in row.own():
            field = field_of(cell, header)
            label = header.label
            if not cell.text.strip() or cell is label or (label is not None and key(cell.text) == key(label.text)):
                continue
            if field is None:
                draft.entry(cell.text, None, cell.ref)
                continue
            draft.sources.setdefault(f"/goals/{field}", cell.ref)
            if not draft.words.is_filler(cell.text):
                draft.goals[field] = "\n".join(filter(None, [draft.goals.get(field), tidy(cell.text)]))

    # Everything else

    def other(self, row: Row) -> None:
        """A row of the head or of the end: pairs, or a small table beside a label."""
        if self.table is not None and self.table.holds(row):
            self.table.take(row, self.draft)
            return
        self.table_ends()
        self.table = _Table.at(row, self.draft.words)
        if self.block in ("funds", "goals"):
            self.block = ""
        if self.table is None:
            self.pairs.row(row)

    def table_ends(self) -> None:
        """Headers with no row below them are no headers."""
        if self.table is not None and not self.table.taken:
            for each in (self.table.label, *self.table.heads):
                self.draft.not_read(each.ref, each.text)


@final
class _Table:
    """Rows with a name and several texts under headers, beside a label: 资金管理情况."""

    def __init__(self, label: Cell, heads: list[Cell]) -> None:
        self.label = label
        self.heads = heads
        self.taken = False
        self.funds = False
        """Whether these are the funds after all, under headers nobody knows."""

    @classmethod
    def at(cls, row: Row, words: Lookup) -> _Table | None:
        """The table whose header is this row: a label, a blank corner, and at least two headers."""
        cells = row.own()
        if len(cells) < 4 or not cells[0].text.strip() or words.head(cells[0].text) or cells[1].text.strip():
            return None
        heads = [each for each in cells[2:] if each.text.strip()]
        plain = all(each.width == each.height == 1 for each in cells)
        full = len(heads) == len(cells) - 2 or (plain and cells[0].column == 0)
        figures = any(key(each.text).replace(".", "", 1).isdecimal() for each in heads)
        return cls(cells[0], heads) if len(heads) >= 2 and full and not figures else None

    def holds(self, row: Row) -> bool:
        """Whether a row stands beside the label."""
        cell = row.under(self.label.column)
        if row.grid.at(self.label.row, self.label.column) is not self.label:
            return False
        return cell is self.label or cell is None or not cell.text.strip() or key(cell.text) == key(self.label.text)

    def head(self, cell: Cell) -> Cell | None:
        """The header over a cell."""
        return next((each for each in self.heads if each.column <= cell.column < each.column + each.width), None)

    def take(self, row: Row, draft: Draft) -> None:
        """A row: one entry under each header."""
        cells = [each for each in row.own() if each.column >= self.label.column + self.label.width]
        said = [each for each in cells if each.text.strip()]
        self.taken = self.taken or bool(said)
        source = bool(said) and draft.words.fund_rows(without_part(said[0].text)) is not None
        self.funds = self.funds or source
        if self.funds or said[:1] != cells[:1]:
            for each in said[1:] if source else said:
                self.unknown(each, draft)
            return
        for cell in cells[1:]:
            head = self.head(cell)
            if head is None and not cell.text.strip():
                continue
            under = " ".join(filter(None, [label_of(self.label.text), label_of(head.text) if head else None]))
            draft.entry(cells[0].text, None if draft.words.is_filler(cell.text) else tidy(cell.text), cell.ref, under)

    def unknown(self, cell: Cell, draft: Draft) -> None:
        """A cell that is no entry: of the column over it, where there is one."""
        head = self.head(cell)
        if draft.words.is_filler(cell.text):
            return
        if head is None:
            draft.not_read(cell.ref, cell.text)
        else:
            draft.not_read_below(head, cell)


def _same_label(one: Cell | None, other: Cell | None) -> bool:
    if one is None or other is None:
        return one is other or other is None
    return key(one.text) == key(other.text)
