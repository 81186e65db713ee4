"""What was changed in the tables, written into the text of the ruleset at its place; or why that cannot be done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple, final

from zhunsheng.exchange.format.edits import Edit, applied
from zhunsheng.exchange.format.scalars import Scalar, scalar_edits, scalar_text
from zhunsheng.exchange.tables.book import ABOUT, STAMP
from zhunsheng.exchange.tables.sheets import PERCENT, PLACE, YES_NO, sheets, shifted
from zhunsheng.expression.parse import Malformed, parse
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset import read_ruleset
from zhunsheng.source import Source, read
from zhunsheng.source.marks import Lines, pointer
from zhunsheng.source.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zhunsheng.exchange.tables.book import Book, Found
    from zhunsheng.exchange.tables.sheets import Cell, Line, Sheet, Slot
    from zhunsheng.problem import Words
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.ruleset.overlay import Path

_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)


class Change(NamedTuple):
    """A cell that was changed, and what is written instead."""

    at: str
    place: str
    head: str
    before: str
    after: str
    slot: Slot


def taken_back(
    source: Source, retrieve: Callable[[str], Source], book: Book, file: str
) -> tuple[str, tuple[Change, ...]]:
    """The text of the ruleset with what was changed in its tables, and these changes.

    Args:
        source: the ruleset's own file.
        retrieve: the source of a base by id.
        book: the sheets as they came back.
        file: what messages call the .xlsx.

    Raises:
        Refused: a change has no place in this file, or makes no ruleset; then nothing is to be written.
    """
    ruleset = read_ruleset(source, retrieve)
    compare = _Compare(ruleset, book, file, [], [])
    compare.all()
    if compare.problems:
        raise Refused(compare.problems)
    text = _written(source, compare.changes)
    problems = _unplaced(source, text, compare.changes, file) or _spoilt(source, text, retrieve, compare.changes, file)
    if problems:
        raise Refused(problems)
    return text, tuple(compare.changes)


@final
@dataclass(slots=True)
class _Compare:
    """The tables as they are against the sheets as they came back."""

    ruleset: Ruleset
    book: Book
    file: str
    changes: list[Change]
    problems: list[Problem]

    def all(self) -> None:
        stamp = {row[0].value: row[1].value for row in self.book.get(ABOUT, []) if len(row) > 1}
        if stamp.get(STAMP) != self.ruleset.sha256:
            got = str(stamp.get(STAMP) or "")[:12]
            self.problem(
                "table-stale", "", say("table-stale.expected", name=self.ruleset.id), got, say("table-stale.hint")
            )
            return
        known = {each.title: each for each in sheets(self.ruleset)}
        for title, rows in self.book.items():
            if title in known:
                self.sheet(known[title], rows)
            elif title != ABOUT and any(each.value is not None for row in rows for each in row):
                self.problem("table-sheet", title, say("table-sheet.expected", names=tuple(known)), title)
        for title in known:
            if title not in self.book:
                self.problem("table-sheet", "", say("table-sheet.missing", name=title))

    def sheet(self, sheet: Sheet, rows: list[list[Found]]) -> None:
        head = rows[0] if rows else []
        columns = {each.value: at for at, each in enumerate(head) if each.value is not None}
        for each in head:
            if each.value is not None and each.value not in sheet.heads:
                self.problem("table-sheet", each.at, say("table-sheet.columns", names=sheet.heads), str(each.value))
        missing = [each for each in sheet.heads if each not in columns]
        if missing:
            self.problem("table-sheet", sheet.title, say("table-sheet.columns", names=tuple(missing)))
            return
        lines = {each.place: each for each in sheet.lines}
        seen: dict[str, str] = {}
        for row in rows[1:]:
            filled = [each for each in row if each.value is not None]
            if not filled:
                continue
            place = row[columns[PLACE]]
            if place.value not in lines:
                self.problem(
                    "table-row", place.at, say("table-row.expected"), str(place.value or ""), say("table-row.hint")
                )
            elif place.value in seen:
                self.problem("table-row", place.at, say("table-row.twice", at=seen[str(place.value)]), str(place.value))
            else:
                seen[str(place.value)] = place.at
                line = lines[str(place.value)]
                for head_, cell in zip(sheet.heads, line.cells, strict=False):
                    self.cell(line, head_, cell, row[columns[head_]])
                for each in filled:
                    if head[row.index(each)].value is None:
                        self.problem("table-cell", each.at, say("table-cell.headless"), str(each.value))
        for gone in [each for each in lines if each not in seen]:
            self.problem("table-row", sheet.title, say("table-row.gone", place=gone), hint=say("table-row.gone-hint"))

    def cell(self, line: Line, head: str, cell: Cell, found: Found) -> None:
        if not found.odd and _same(cell, found):
            return
        before = _shown(cell)
        got = _plain(found.value)
        if cell.slot is None:
            self.problem(
                "table-cell", found.at, say("table-cell.fixed", before=before), got, say("table-cell.fixed-hint")
            )
            return
        if cell.slot.owner != self.ruleset.id:
            expected, hint = say("table-cell.base", before=before), say("table-cell.base-hint", name=cell.slot.owner)
            self.problem("table-cell", found.at, expected, got, hint)
            return
        if found.value is None or found.odd:
            self.problem("table-cell", found.at, say("table-cell.expected", before=before), got)
            return
        after = self.said(cell, cell.slot, found)
        if after is None:
            signs = cell.slot.kind in (">", "<")
            expected = say("table-cell.yes-no") if signs else say("table-cell.expected", before=before)
            self.problem("table-cell", found.at, expected, got)
            return
        self.changes.append(Change(found.at, line.place, head, before, after, cell.slot))

    @staticmethod
    def said(cell: Cell, slot: Slot, found: Found) -> str | None:
        """What to write for a changed cell; None where it makes no sense there."""
        if slot.kind in (">", "<"):
            answers = {YES_NO[True]: f"{slot.kind}=", YES_NO[False]: slot.kind}
            return answers.get(str(found.value).strip())
        if slot.kind == "text":
            return str(found.value).strip() if isinstance(found.value, str) else _plain(found.value)
        if isinstance(found.value, Decimal):
            return f"{_plain(shifted(found.value, 2) if cell.unit in PERCENT else found.value)}{cell.unit}"
        text = str(found.value).strip()
        try:
            parse(text)
        except Malformed:
            return None
        return text

    def problem(self, code: str, at: str, expected: Words, got: str = "", hint: Words | None = None) -> None:
        self.problems.append(Problem(Place(self.file, cell=at), code, expected, got, hint=hint))


def _same(cell: Cell, found: Found) -> bool:
    if isinstance(cell.value, str) and isinstance(found.value, str):
        return cell.value.strip() == found.value.strip()
    return type(cell.value) is type(found.value) and cell.value == found.value


def _shown(cell: Cell) -> str:
    if isinstance(cell.value, Decimal):
        return f"{_plain(shifted(cell.value, 2) if cell.unit in PERCENT else cell.value)}{cell.unit}"
    return cell.value or ""


def _plain(value: str | Decimal | None) -> str:
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value or ""


def _written(source: Source, changes: list[Change]) -> str:
    """The text with every change at its place."""
    data, table = read_yaml(source.text, Lines(source.text, source.file))
    by_path: dict[Path, list[Change]] = {}
    for each in changes:
        by_path.setdefault(each.slot.path, []).append(each)
    edits: list[Edit] = []
    for path, several in by_path.items():
        span = table[path]
        value = data
        for part in path:
            value = value[part]
        inner = [Edit(each.slot.start, each.slot.end, each.after) for each in several]
        raw = source.text[span.start : span.end]
        if isinstance(value, str) and (span.style in ("|", ">") or "\n" in raw):
            edits += scalar_edits(source.text, Scalar(value, span.start, span.end, span.style, "value"), inner)
        else:
            edits.append(Edit(span.start, span.end, _spelled(_after(value, inner), span.style)))
    return applied(source.text, edits)


def _after(value: object, edits: list[Edit]) -> str:
    text = value if isinstance(value, str) else format(Decimal(str(value)), "f")
    return applied(text, edits)


def _spelled(value: str, style: str) -> str:
    """A value in the quotes that it had, where these will do."""
    if not style and _NUMBER.fullmatch(value):
        return value
    if style == '"' and '"' not in value and "\\" not in value and value.isprintable():
        return f'"{value}"'
    if style == "'" and value.isprintable():
        return "'{}'".format(value.replace("'", "''"))
    return scalar_text(value)


def _unplaced(source: Source, text: str, changes: list[Change], file: str) -> list[Problem]:
    """Changes that the text does not show: a text in quotes over several lines has no places for its letters."""
    after = read(text.encode(), source.file)
    problems = []
    for path in {each.slot.path: None for each in changes}:
        here = [each for each in changes if each.slot.path == path]
        wanted = _after(source.at(path), [Edit(each.slot.start, each.slot.end, each.after) for each in here])
        if _after(after.at(path), []) != wanted:
            problems += [
                Problem(Place(file, cell=each.at), "table-cell", say("table-cell.lines", place=each.place), each.after)
                for each in here
            ]
    return problems


def _spoilt(
    source: Source, text: str, retrieve: Callable[[str], Source], changes: list[Change], file: str
) -> Iterator[Problem] | list[Problem]:
    """Why the changed text is no ruleset any more, each fault at the cell that brought it in."""
    try:
        read_ruleset(read(text.encode(), source.file), retrieve)
    except Refused as refused:
        return [
            Problem(Place(file, cell=_cell_of(each, changes)), each.code, each.expected, each.got, hint=each.hint)
            for each in refused.problems
        ]
    return []


def _cell_of(problem: Problem, changes: list[Change]) -> str:
    return next((each.at for each in changes if pointer(each.slot.path) == problem.place.pointer), changes[0].at)
