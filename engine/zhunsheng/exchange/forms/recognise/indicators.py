"""The indicators: one row each, their dimension and category from above where the form merges or leaves them blank."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.exchange.forms.recognise.draft import label_of
from zhunsheng.exchange.forms.recognise.headers import LEVELS, field_of
from zhunsheng.exchange.forms.words import joined, key, points_in, tidy

if TYPE_CHECKING:
    from zhunsheng.exchange.forms.grid import Cell
    from zhunsheng.exchange.forms.recognise.draft import Draft
    from zhunsheng.exchange.forms.recognise.headers import Header
    from zhunsheng.exchange.forms.recognise.rows import Row

_PREFIX_ALONE: Final = re.compile(r"(?:三级)?指标[0-9一二三四五六七八九十]*:?(?:\.{2,}|…+)?", re.ASCII)
_FIGURE: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?分?", re.ASCII)
_TEXTS: Final = {
    "target": "target",
    "actual": "actual",
    "adjusted_target": "adjusted_target",
    "coefficient": "claimed_coefficient",
}
_SHORT: Final = {"comparator": "comparator", "unit": "unit", "core": "core"}
_FIGURES: Final = {"points": "points", "score": "claimed_score", "converted_score": "claimed_converted_score"}
_LONG: Final = {"reason": "deviation_explanation", "remark": "remark", "method": "method"}
_NAMES: Final = {**_TEXTS, **_SHORT, **_FIGURES, **_LONG}

_ASKED: Final = frozenset({"target", "actual", "points", "score"})

Found = dict[str, "Cell"]


class Indicators:
    """Reads the rows of one block of indicators."""

    def __init__(self, draft: Draft, header: Header) -> None:
        self.draft = draft
        self.header = header
        self.label = header.label
        self.goal: str | None = None
        self.dimension: tuple[str | None, str | None, str] = (None, None, "")
        """The dimension, its points as printed, and the cell."""
        self.category: tuple[str | None, str | None, str] = (None, None, "")
        self.told: set[str] = set()
        """Cells over several rows that have been noted."""
        self.name_label(header.label)

    def again(self, header: Header) -> None:
        """The header repeated after a page break: its columns count from here, what stands above goes on."""
        self.header = header
        self.label = header.label

    def name_label(self, label: Cell | None) -> None:
        """The label beside the block: 绩效指标, perhaps with points, or the goal that the rows belong to."""
        if label is None:
            return
        words = self.draft.words
        name, points = points_in(label.text)
        if words.labels(label.text) == "goal":
            self.goal = joined(label.text)
        elif points is not None:
            self.draft.entry(name, f"{points}分", label.ref)

    # Whether a row belongs here

    def holds(self, row: Row) -> bool:
        """Whether a row is one of this block."""
        said = row.said()
        if not said:
            return True
        first = said[0]
        words = self.draft.words
        if self.level(first) is not None:
            return True
        if first.column < self.header.first:
            return self.beside(row, first)
        if words.totals(first.text) or words.is_label(first.text):
            return False
        name = self.header.columns("name")[0]
        return not (first.column < name < first.column + first.width - 1 and len(said) <= 2)

    def beside(self, row: Row, first: Cell) -> bool:
        """Whether a row goes on that has something left of the first column: the label again, or the next goal."""
        if self.label is not None and key(first.text) == key(self.label.text):
            return True
        if self.draft.words.labels(first.text) is None or len(row.said()) < 3:
            return self.fills(row, first)
        self.label = first
        self.dimension = self.category = (None, None, "")
        self.name_label(first)
        return True

    def fills(self, row: Row, first: Cell) -> bool:
        """Whether a row fills the columns of the block, whatever stands left of them under a header nobody knows."""
        words, header = self.draft.words, self.header
        if words.totals(first.text) or words.is_label(first.text):
            return False
        covered = [
            {header.fields.get(at) for at in range(each.column, each.column + each.width)} for each in row.said()
        ]
        fields = {field for each in covered if len(each) == 1 for field in each}
        return "name" in fields and len(fields & _ASKED) >= 2

    def level(self, cell: Cell) -> str | None:
        """Whether a cell names a dimension or a category."""
        words, (name, _) = self.draft.words, points_in(cell.text)
        if words.dimensions(name) and words.categories(name):
            return (
                "level1"
                if "level1" not in self.header.fields.values() or cell.column <= self.header.first
                else "level2"
            )
        return "level1" if words.dimensions(name) else "level2" if words.categories(name) else None

    # A row

    def take(self, row: Row) -> None:
        """A row of the block."""
        found = self.aligned(row)
        first = next(
            (each for field in LEVELS if (each := found.get(field)) and each.row == row.at and each.text.strip()), None
        )
        if first is not None and self.draft.words.subtotals(first.text):
            self.subtotal(first, found)
            return
        self.levels(found)
        name = found.get("name")
        if name is None or self.draft.words.is_filler(name.text) or self.placeholder(name.text, found):
            self.without_name(found, name)
        else:
            self.indicator(found, name, row)
        self.unknown(row)

    def aligned(self, row: Row) -> Found:
        """The cells by field. In a text with tabs a row may have moved left: then its words and figures say how far."""
        plain = self.cells(row, 0)
        if any(each.height > 1 or each.width > 1 for each in row.grid.cells):
            return self.misplaced(plain)
        said = row.said()
        level = self.level(said[0])
        homes = [level] if level else ["level1", "level2", "name"]
        shifts = {min(self.header.columns(home)) - said[0].column for home in homes if self.header.columns(home)}
        candidates = [(0, plain), *((shift, self.cells(row, shift)) for shift in sorted(shifts) if shift > 0)]
        if said[-1].column == row.grid.columns - 1:
            candidates = candidates[:1]
        best = max(candidates, key=lambda each: (self.likely(each[1]), -each[0]))
        if best[0]:
            self.draft.shifted = True
        return best[1]

    def cells(self, row: Row, shift: int) -> Found:
        """The cells by field, were they so many columns further to the right."""
        found: Found = {}
        for cell in row.cells():
            if cell is self.label or (self.label and cell.column <= self.label.column and not shift):
                continue
            moved = cell._replace(column=cell.column + shift) if shift else cell
            field = field_of(moved, self.header)
            if field is None:
                continue
            if field not in found or not found[field].text.strip():
                found[field] = cell
            elif cell.text.strip():
                self.draft.not_read(cell.ref, cell.text)
        return found

    def misplaced(self, found: Found) -> Found:
        """A category in the column of dimensions, where the form has one cell for both."""
        first = found.get("level1")
        if first is None or not first.text.strip() or first.height > 1 or self.level(first) != "level2":
            return found
        second = found.get("level2")
        if second is not None and second is not first and second.text.strip():
            return found
        return {**{field: cell for field, cell in found.items() if field != "level1"}, "level2": first}

    def likely(self, found: Found) -> int:
        """How many cells hold what their column wants."""
        words = self.draft.words
        points = 0
        for field, cell in found.items():
            text = cell.text.strip()
            if field in _FIGURES:
                points += bool(_FIGURE.fullmatch(key(text))) - bool(text and not _FIGURE.fullmatch(key(text)))
            elif field in LEVELS:
                named = {"level1": words.dimensions, "level2": words.categories}.get(field)
                known = named is not None and named(points_in(text)[0]) is not None
                points += known + (field == "name" and bool(text)) - (field == "name" and self.level(cell) is not None)
        return points

    def levels(self, found: Found) -> None:
        """The dimension and category that a row names; blank ones go on from above."""
        first, second = found.get("level1"), found.get("level2")
        if first is not None and first.text.strip() and first.ref != self.dimension[2]:
            name, points = points_in(first.text)
            named, (before, known, _) = self.named(name, first), self.dimension
            self.dimension = (named, points or (known if named == before else None), first.ref)
            if named != before:
                self.category = (None, None, "")
        if second is not None and second is not first and second.text.strip() and second.ref != self.category[2]:
            name, points = points_in(second.text)
            known = self.draft.words.categories(name)
            self.category = (known or label_of(name), points, second.ref)

    def named(self, name: str, cell: Cell) -> str:
        """A dimension by its usual name; another spelling on the form is noted."""
        known = self.draft.words.dimensions(name)
        if known is None or known == key(name):
            return known or label_of(name)
        if key(name) not in known:
            self.draft.note(f"一级指标「{known}」表上写作「{name}」", cell.ref)
        return known

    def placeholder(self, text: str, found: Found) -> bool:
        """Whether a row has nothing but the prefix 指标1; with figures beside it, that is what the indicator is called."""
        filled = [each for field, each in found.items() if field not in LEVELS and each.height == 1]
        return _PREFIX_ALONE.fullmatch(key(text)) is not None and all(
            self.draft.words.is_filler(each.text) for each in filled
        )

    def without_name(self, found: Found, name: Cell | None) -> None:
        """A row that names no indicator: nothing may stand in it."""
        for field, cell in found.items():
            if field in ("level1", "level2") or cell is name or self.draft.words.is_filler(cell.text):
                continue
            if cell.height > 1 and field in _LONG:
                continue
            self.draft.not_read(cell.ref, cell.text, "form-indicator")

    def subtotal(self, name: Cell, found: Found) -> None:
        """A line that adds up those above it."""
        own = [each for field, each in found.items() if field not in LEVELS and each.row == name.row]
        said = [joined(each.text) for each in own if each.text.strip()]
        self.draft.entry(name.text, " ".join(said), name.ref, self.dimension[0])

    def indicator(self, found: Found, name: Cell, row: Row) -> None:
        """One indicator."""
        draft = self.draft
        pointer = f"/indicators/{len(draft.indicators)}"
        text = joined(name.text)
        draft.sources[pointer] = draft.sources[f"{pointer}/name"] = name.ref
        item: dict[str, Any] = {"name": text}
        self.above(item, pointer)
        if draft.words.is_part(text):
            parent = next((each["name"] for each in reversed(draft.indicators) if "parent" not in each), None)
            item |= {"parent": parent} if parent else {}
        for field, cell in found.items():
            if field not in LEVELS and not (field in _FIGURES and cell.row != row.at):
                value = self.value(field, cell, f"{pointer}/{_NAMES[field]}")
                item |= {_NAMES[field]: value} if value is not None else {}
        draft.indicators.append(item)

    def above(self, item: dict[str, Any], pointer: str) -> None:
        """What the row has from the cells that stand over several rows."""
        draft = self.draft
        for name, (text, points, ref) in (("dimension", self.dimension), ("category", self.category)):
            if text:
                item[name] = text
                draft.sources[f"{pointer}/{name}"] = ref
            if points is not None:
                item[f"{name}_points"] = draft.figure(points, ref, f"{pointer}/{name}_points")
        if self.goal:
            item["goal"] = self.goal

    def value(self, field: str, cell: Cell, pointer: str) -> Any:
        """What a cell says in its column."""
        draft = self.draft
        draft.sources[pointer] = cell.ref
        if draft.words.is_filler(cell.text):
            return None
        if field in _FIGURES:
            return draft.figure(cell.text, cell.ref, pointer)
        if field == "method" and cell.height > 1:
            if cell.ref not in self.told:
                self.told.add(cell.ref)
                draft.note(tidy(cell.text), cell.ref)
            return None
        return tidy(cell.text) if field in _LONG else joined(cell.text)

    def unknown(self, row: Row) -> None:
        """Cells under headers that nobody knows."""
        for cell in row.own():
            covered = range(cell.column, cell.column + cell.width)
            unknown = not any(at in self.header.fields for at in covered) and not self.is_beside(cell)
            if unknown and not self.draft.words.is_filler(cell.text) and not self.draft.shifted:
                self.draft.not_read_below(self.header.cells.get(cell.column), cell)

    def is_beside(self, cell: Cell) -> bool:
        """Whether a cell is the label beside the block, or tells it again."""
        if cell.column >= self.header.first or self.label is None:
            return False
        again = key(cell.text) == key(self.label.text) or self.draft.words.labels(cell.text) is not None
        return cell is self.label or again
