"""What stands in pairs of label and value: the head of a form, the rows after its indicators, and lines outside the table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zhunsheng.exchange.forms.recognise.draft import label_of
from zhunsheng.exchange.forms.recognise.rows import is_note, is_title, pieces
from zhunsheng.exchange.forms.words import joined, key, tidy
from zhunsheng.measure.amount import POWERS
from zhunsheng.measure.squeeze import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.exchange.forms.grid import Cell
    from zhunsheng.exchange.forms.recognise.draft import Draft
    from zhunsheng.exchange.forms.recognise.rows import Line, Row

FIELDS: Final = {"unit": "unit", "project": "project", "authority": "authority", "region": "region"}
_YEAR: Final = re.compile(r"((?:19|20)[0-9]{2})(?=年|$|[-./])", re.ASCII)
_CHINESE_YEAR: Final = re.compile(r"二[〇○零0]([〇○零一二三四五六七八九])([〇○零一二三四五六七八九])年")
_NUMERALS: Final = {**{sign: str(at) for at, sign in enumerate("零一二三四五六七八九")}, "〇": "0", "○": "0"}
_COLON: Final = re.compile(r"[:：]")
_OF_WHICH: Final = re.compile(r"其中|包括")
_NOT_LABEL: Final = re.compile(r"[0-9.,%()]*", re.ASCII)
_GRADE: Final = re.compile(r"(?:自评|评价|绩效)?(?:等级|等次)为?:?(.+)")


def year_in(text: str) -> int | None:
    """The year that a text names.

    >>> year_in("（2023年度）"), year_in("二〇二三年度自评表"), year_in("自评表")
    (2023, 2023, None)
    """
    plain = key(text)
    found = _YEAR.search(plain)
    if found:
        return int(found[1])
    chinese = _CHINESE_YEAR.search(plain)
    return int(f"20{_NUMERALS[chinese[1]]}{_NUMERALS[chinese[2]]}") if chinese else None


class Pairs:
    """Reads rows of labels and values."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.units: list[tuple[int, str, str]] = []
        """Names of the unit: how early its label is in the list, the name, where."""
        self.dated: tuple[int, str] | None = None
        """The year before the day on which the form was filled in."""
        self.title_year: tuple[int, str] | None = None

    # Lines

    def line(self, line: Line) -> None:
        """A line above the table: title, year, unit of money, who filled it in; what says none of these is a note."""
        draft = self.draft
        if is_title(line.text, draft.words):
            text = joined(line.text)
            draft.values["title"] = text
            draft.sources["/title"] = line.ref
            self.year(text, line.ref, "title")
            return
        for piece in pieces(line.text):
            self.piece(piece, line.ref)

    def piece(self, text: str, ref: str) -> None:
        """One part of a line."""
        label, colon, value = _split(text)
        plain = key(text).strip("()")
        if re.fullmatch(r"(?:19|20)[0-9]{2}年度?", plain, re.ASCII) or (not colon and _only_year(plain)):
            self.year(text, ref, "line")
        elif colon and self.draft.words.head(label):
            self.field(label, value, ref)
        elif plain in POWERS:
            self.draft.line_unit = plain
        elif colon and value:
            self.draft.entry(label, value, ref)
        else:
            self.draft.note(joined(text), ref)

    def footnote(self, line: Line) -> None:
        """A line below the table."""
        if is_note(line.text):
            self.draft.note(tidy(line.text), line.ref)
            return
        for piece in pieces(line.text):
            label, colon, value = _split(piece)
            if colon:
                self.field(label, value, line.ref)
            else:
                self.draft.note(joined(piece), line.ref)

    def year(self, text: str, ref: str, origin: str) -> None:
        """The year, as its own line or cell says, else the title."""
        found = year_in(text)
        if found is None:
            return
        if origin == "title":
            self.title_year = self.title_year or (found, ref)
        elif "year" not in self.draft.values:
            self.draft.values["year"] = found
            self.draft.sources["/year"] = ref

    # Rows

    def row(self, row: Row, under: str | None = None) -> None:
        """A row of labels, each with the cell beside it."""
        cells = [each for each in row.own() if not (each.height > 1 and self.is_context(each, row))]
        context = next((each for each in row.cells() if each not in cells and each.text.strip()), None)
        if under is None and context is not None:
            under = label_of(context.text)
        said = [each for each in cells if each.text.strip()]
        if len(said) == 1 and (cells[0] is said[0] or self.draft.words.is_label(said[0].text)) and len(cells) == 1:
            self.alone(said[0], under)
            return
        at = 0
        while at < len(cells):
            at += self.pair(cells, at, under)

    def is_context(self, cell: Cell, row: Row) -> bool:
        """Whether a tall cell names the rows beside it and is no label of a value as tall."""
        beside = row.under(cell.column + cell.width)
        return beside is not None and beside.height < cell.height

    def pair(self, cells: Sequence[Cell], at: int, under: str | None) -> int:
        """The pair that begins at a cell, and how many cells it takes."""
        cell, draft = cells[at], self.draft
        if draft.words.is_filler(cell.text):
            return 1
        value_at = self.value_at(cells, at)
        beside = cells[value_at] if value_at < len(cells) else None
        label, colon, value = _split(cell.text)
        if (
            colon
            and value
            and (self.known(label) or beside is None or not beside.text.strip() or _split(beside.text)[1])
        ):
            self.field(label, value, cell.ref, under)
            return 1
        if beside is None or (beside.text.strip() and self.known(beside.text) and not self.takes(cell, beside)):
            self.lonely(cell, under, last=at > 0 and beside is None)
            return 1
        if self.head(cell.text) is None and _NOT_LABEL.fullmatch(key(cell.text)):
            draft.not_read(cell.ref, cell.text)
            return 1
        self.field(cell.text, beside.text, beside.ref, under)
        return value_at - at + 1

    def value_at(self, cells: Sequence[Cell], at: int) -> int:
        """Where the value of a label stands: beside it; in a text without merges blanks may stand between."""
        beside = at + 1
        if not self.known(cells[at].text) or any(each.width > 1 for each in cells):
            return beside
        said = [index for index in range(beside, len(cells)) if cells[index].text.strip()]
        if not said or said[0] == beside or self.known(cells[said[0]].text):
            return beside
        return said[0] if len(said) == 1 or self.known(cells[said[1]].text) else beside

    def takes(self, cell: Cell, beside: Cell) -> bool:
        """Whether a cell that reads like a label is a value after all: 评价等级 | 良 is, 项目名称 | 主管部门 is not."""
        return self.head(cell.text) in ("unit", "authority") and self.draft.words.entries(beside.text) is not None

    def lonely(self, cell: Cell, under: str | None, *, last: bool) -> None:
        """A label without a value beside it."""
        label, colon, value = _split(cell.text)
        if self.known(label) or colon:
            if self.head(label) is None:
                self.draft.entry(label, value, cell.ref, under)
        elif last:
            self.draft.not_read(cell.ref, cell.text)
        else:
            self.draft.entry(cell.text, None, cell.ref, under)

    def alone(self, cell: Cell, under: str | None) -> None:
        """The only cell of a row: a footnote, a line of its own, or a heading."""
        label, colon, _ = _split(cell.text)
        if is_note(cell.text):
            self.draft.note(tidy(cell.text), cell.ref)
        elif colon and len(label) <= 20:
            for piece in pieces(cell.text):
                name, marked, said = _split(piece)
                if marked:
                    self.field(name, said, cell.ref, under)
                else:
                    self.draft.note(joined(piece), cell.ref)
        elif _only_year(key(cell.text).strip("()")):
            self.year(cell.text, cell.ref, "line")
        elif len(key(cell.text)) <= 20:
            self.draft.entry(cell.text, None, cell.ref, under)
        else:
            self.draft.note(tidy(cell.text), cell.ref)

    def known(self, text: str) -> bool:
        """Whether a text is a label."""
        return self.draft.words.is_label(text)

    def head(self, text: str) -> str | None:
        """The field of the document that a label is for."""
        return self.draft.words.head(text)

    # Fields

    def field(self, label: str, value: str, ref: str, under: str | None = None) -> None:
        """A label with its value: a field of the document where there is one, else an entry."""
        draft, name, text = self.draft, self.head(label), joined(value)
        if name == "unit":
            self.unit(label, text, ref)
        elif name in FIELDS:
            if not draft.put(FIELDS[name], text, ref):
                draft.entry(label, text, ref, under)
        elif name == "total":
            self.total(text, ref)
        elif name == "grade" and draft.put("claimed_grade", text, ref):
            pass
        elif name == "money_unit" and squeeze(text) in POWERS:
            draft.line_unit = squeeze(text)
        elif name == "reason":
            draft.sources["/deviation_explanation"] = ref
            if not draft.words.is_filler(value):
                draft.values["deviation_explanation"] = tidy(value)
        elif name in ("expected", "achieved") and name not in draft.goals:
            draft.sources[f"/goals/{name}"] = ref
            draft.goals[name] = tidy(value)
        elif name == "year" and year_in(text):
            self.year(text, ref, "line")
        else:
            if name == "date" and (year := year_in(text)):
                self.dated = (year - 1, ref)
            draft.entry(label, tidy(value), ref, under)

    def unit(self, label: str, text: str, ref: str) -> None:
        """A name of the unit that files; which of several labels counts is said by the order of the words."""
        self.draft.sources.setdefault("/unit", ref)
        if self.draft.words.is_filler(text):
            return
        self.units.append((self.draft.words.head.rank(label), text, ref))
        for each in self.units[:-1]:
            if each[1] != text and each[0] != self.units[-1][0]:
                self.draft.entry(label, text, ref)
                break

    def total(self, text: str, ref: str) -> None:
        """The total in the head, perhaps with the grade behind it."""
        draft = self.draft
        found = re.match(r"([0-9]+(?:\.[0-9]+)?)分?[,;、(]?(.*?)[)]?$", squeeze(text), re.ASCII)
        if found and found[2] and self.grade_in(found[2]):
            draft.values["claimed_grade"] = self.grade_in(found[2])
            draft.sources["/claimed_grade"] = ref
            text = found[1]
        value = draft.figure(text, ref, "/claimed_total")
        if value is not None:
            draft.values.setdefault("claimed_total", value)

    def grade_in(self, text: str) -> str | None:
        """The grade that a cell names: 等级：良, or a bare 优."""
        plain = key(text)
        found = _GRADE.fullmatch(plain)
        word = found[1] if found else plain
        return word if self.draft.words.grades(word) or (found and len(word) <= 4) else None

    # At the end

    def finish(self) -> None:
        """The unit of those named, and the year of the places that may say it."""
        draft = self.draft
        if self.units:
            _, name, _ = min(self.units, key=lambda each: each[0])
            draft.values["unit"] = name
            draft.sources["/unit"] = [ref for _, each, ref in self.units if each == name][
                -1
            ]  # a cell rather than a line
        for found in (self.title_year, self.dated):
            if "year" not in draft.values and found is not None:
                draft.values["year"], draft.sources["/year"] = found


def _split(text: str) -> tuple[str, bool, str]:
    """What stands before the first colon, whether there is one, and what stands behind it."""
    found = _COLON.search(text)
    if found is not None and _OF_WHICH.fullmatch(key(text[: found.start()])):
        found = _COLON.search(text, found.end())
    if found is None or found.start() > 30:
        return text.strip(), False, ""
    return text[: found.start()].strip(), True, text[found.end() :].strip()


def _only_year(plain: str) -> bool:
    return len(plain) <= 8 and year_in(plain) is not None and plain.endswith(("年", "年度"))
