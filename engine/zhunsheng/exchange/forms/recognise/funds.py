"""The funds: budget and execution of the total and of each source, and what is broken down beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.exchange.forms.recognise.draft import label_of
from zhunsheng.exchange.forms.recognise.headers import values
from zhunsheng.exchange.forms.words import joined, key, tidy, without_part
from zhunsheng.measure import Kind, read_amount
from zhunsheng.measure.amount import POWERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.exchange.forms.grid import Cell
    from zhunsheng.exchange.forms.recognise.draft import Draft
    from zhunsheng.exchange.forms.recognise.headers import Header
    from zhunsheng.exchange.forms.recognise.rows import Row

_UNIT: Final = re.compile(r"(?:单位)?:?(" + "|".join(sorted(POWERS, key=len, reverse=True)) + r")\)", re.ASCII)
_POINTS: Final = re.compile(r"\(([0-9]+(?:\.[0-9]+)?)分", re.ASCII)
_SENTENCE: Final = re.compile(r"(?<=[。；;])|\n|(?<=\s)(?=[0-9][.、])|(?<=[^0-9])(?=[1-9][.、][^0-9])")
_AMOUNTS: Final = {"initial_budget": "initial_budget", "annual_budget": "annual_budget", "executed": "executed"}
_FIGURES: Final = {"points": "points", "score": "claimed_score"}


def unit_in(text: str) -> str | None:
    """The unit of money that a label has in brackets: 项目资金（万元）."""
    found = _UNIT.search(key(text))
    return found[1] if found else None


def sentences(text: str) -> list[str]:
    """The sentences of a cell, each numbered one of its own."""
    return [each for part in _SENTENCE.split(text) if (each := tidy(part))]


class Funds:
    """Reads the rows of one funds block."""

    def __init__(self, draft: Draft, header: Header) -> None:
        self.draft = draft
        self.header = header
        self.group: dict[int, str] = {}
        """Headings of a breakdown by the column they begin at: 按收入性质分."""
        label = header.label
        beside = [*([label] if label else []), *header.beside]
        unit = next((found for each in beside if (found := unit_in(each.text))), None)
        inside = {unit_in(each.text) for column, each in header.cells.items() if header.fields.get(column) in _AMOUNTS}
        if draft.money_unit is None:
            draft.money_unit = unit or (next(iter(inside)) if len(inside) == 1 else None)
        self.points(header, label)

    def points(self, header: Header, label: Cell | None) -> None:
        """The points of execution where no column has them: 预算执行情况（20分）, 得分（20分*执行率）."""
        if "points" in header.fields.values():
            return
        for each in [*([label] if label else []), *(header.cells[at] for at in header.columns("score"))]:
            found = _POINTS.search(key(each.text))
            if found:
                self.draft.funds.setdefault("total", {})["points"] = self.draft.figure(
                    found[1], each.ref, "/funds/total/points"
                )
                return

    def holds(self, row: Row) -> bool:
        """Whether a row is one of this block."""
        if row.grid is not self.header.grid:
            return self.known(row)
        label = self.header.label
        if label is None:
            return self.known(row) or self.composed(row)
        cell = row.under(label.column)
        return (
            cell is label
            or cell is None
            or not cell.text.strip()
            or key(cell.text) == key(label.text)
            or self.known(row)
        )

    def known(self, row: Row) -> bool:
        """Whether a row begins with the name of a source."""
        said = row.said()
        return bool(said) and self.draft.words.fund_rows(without_part(said[0].text)) is not None

    def composed(self, row: Row) -> bool:
        """Whether a row belongs to a breakdown below the sources."""
        return bool(self.group) or any(self.draft.words.compositions(each.text) for each in row.said())

    def take(self, row: Row) -> None:
        """A row of the block: a source, or a line of a breakdown."""
        cells = [each for each in row.own() if not self.is_label(each)]
        headings = {each.column: label_of(each.text) for each in cells if self.draft.words.compositions(each.text)}
        if headings:
            self.group = headings
        elif self.group and not self.known_total(row):
            self.broken_down(cells)
        else:
            self.source(row)

    def is_label(self, cell: Cell) -> bool:
        """Whether a cell is the label beside the block, or the same label told again further down."""
        label = self.header.label
        return label is not None and (cell is label or key(cell.text) == key(label.text))

    def known_total(self, row: Row) -> bool:
        """Whether a row after a breakdown is the total, which some forms have below."""
        return any(self.draft.words.fund_rows(each.text) == "total" for each in row.said())

    def broken_down(self, cells: Iterable[Cell]) -> None:
        """Cells that hold a label and an amount together."""
        for cell in cells:
            if not cell.text.strip():
                continue
            before = [at for at in self.group if at <= cell.column]
            self.part(cell, self.group[max(before)] if before else None)

    def part(self, cell: Cell, group: str | None) -> None:
        """One label with its amount: 其中：一般公共预算：6132.5万元."""
        draft, pointer = self.draft, f"/funds/others/{len(self.draft.others)}"
        text = joined(cell.text)
        reading = read_amount(text if ":" in text or "：" in text else f"{text}：", draft.printed_unit)
        if not reading.label or reading.kind is Kind.WORDS:
            draft.not_read(cell.ref, cell.text, "form-amount")
            return
        found: dict[str, Any] = {"label": reading.label, "group": group}
        draft.sources[pointer] = cell.ref
        if reading.value is not None:
            draft.sources[f"{pointer}/amount"] = cell.ref
            found["amount"] = draft.money(cell.text, cell.ref, *draft.in_unit(reading.value, reading.places or 0))
        draft.others.append(found)

    def source(self, row: Row) -> None:
        """A row with a name and its amounts."""
        draft, header = self.draft, self.header
        found = values(row, header)
        names = self.names(row)
        label = label_of("".join(dict.fromkeys(joined(each.text) for each in names)))
        if not label:
            for each in (cell for cells in found.values() for cell in cells):
                self.stray(each)
            return
        name = draft.words.fund_rows(without_part(label)) or "others"
        if name != "others" and name in draft.funds and "label" in draft.funds[name]:
            name = "others"
        pointer = f"/funds/others/{len(draft.others)}" if name == "others" else f"/funds/{name}"
        fund = self.fund(found, pointer, row)
        draft.sources[pointer] = names[0].ref
        if name == "others":
            draft.others.append({"label": label, **fund})
        else:
            draft.funds[name] = {**draft.funds.get(name, {}), "label": label, **fund}
        self.unknown(row)

    def names(self, row: Row) -> list[Cell]:
        """The cells that name a source; what stands under a header of its own beside them is a column nobody knows."""
        header = self.header
        left = [each for each in row.cells() if each.column < header.first and each.text.strip()]
        found: list[Cell] = []
        for each in left:
            head = header.cells.get(each.column)
            if self.is_label(each):
                continue
            if not found or head in (None, header.label, header.cells.get(found[0].column)):
                found.append(each)
            elif each.row == row.at and not self.draft.words.is_filler(each.text):
                self.draft.not_read_below(head, each)
        return found

    def stray(self, cell: Cell) -> None:
        """A cell of a row without a name."""
        if not self.draft.words.is_filler(cell.text) and cell.row >= 0:
            self.draft.not_read(cell.ref, cell.text)

    def unknown(self, row: Row) -> None:
        """Cells under headers that nobody knows."""
        for cell in row.own():
            covered = range(cell.column, cell.column + cell.width)
            inside = cell.column >= self.header.first
            known = any(at in self.header.fields for at in covered)
            if inside and not known and not self.draft.words.is_filler(cell.text):
                self.draft.not_read_below(self.header.cells.get(cell.column), cell)

    def fund(self, found: dict[str, list[Cell]], pointer: str, row: Row) -> dict[str, Any]:
        """The fields of a row."""
        draft = self.draft
        fund: dict[str, Any] = {}
        for field, cells in found.items():
            cell = next((each for each in cells if each.text.strip()), cells[0])
            for other in cells:
                if other is not cell and other.text.strip():
                    draft.not_read(other.ref, other.text)
            if field in _AMOUNTS:
                unit = unit_in(self.header.cells[self.header.columns(field)[0]].text) or draft.printed_unit
                fund[field] = draft.amount(cell.text, cell.ref, f"{pointer}/{field}", unit)
            elif field in _FIGURES:
                name = _FIGURES[field]
                value = draft.figure(cell.text, cell.ref, f"{pointer}/{name}")
                fund |= {name: value} if value is not None else {}
            elif field == "rate":
                draft.sources[f"{pointer}/claimed_rate"] = cell.ref
                fund["claimed_rate"] = None if draft.words.is_filler(cell.text) else joined(cell.text)
            elif cell.row == row.at:
                fund["deviation_explanation"] = self.reason(cell, f"{pointer}/deviation_explanation")
        return fund

    def reason(self, cell: Cell, pointer: str) -> str | None:
        """A reason, without the instructions that the form itself prints into the cell; these are kept as notes."""
        draft = self.draft
        draft.sources[pointer] = cell.ref
        if draft.words.is_filler(cell.text):
            return None
        said = sentences(cell.text)
        printed = [each for each in said if draft.words.is_instruction(each)]
        if printed:
            draft.note(tidy("\n".join(printed)), cell.ref)
        return tidy("\n".join(each for each in said if each not in printed)) or None
