"""Indentation and the spaces around signs, from the tokens of the YAML scanner: where each stands, never what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, final

import yaml

from zhunsheng.exchange.format.edits import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP: Final = 2
"""Spaces of one level."""
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENING: Final = (yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken)
_CLOSING: Final = (yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


@dataclass(slots=True)
class _Block:
    """A mapping or list on lines of its own: the column of its entries, as it is and as it shall be."""

    kind: str
    old: int
    new: int


def layout_edits(text: str) -> list[Edit]:
    """What to change in the white space of `text`."""
    return [each for each in _Layout(text).edits() if text[each.start : each.end] != each.text]


def comments(text: str) -> list[str]:
    """Every comment of `text`."""
    found: list[str] = []
    at = 0
    for token in yaml.scan(text, Loader=_LOADER):
        found += re.findall("#[^\n]*", text[at : token.start_mark.index])
        at = token.end_mark.index
    return [each.rstrip() for each in found]


@final
@dataclass(slots=True)
class _Layout:
    text: str
    rows: list[str] = field(init=False)
    starts: list[int] = field(init=False)
    stack: list[_Block] = field(default_factory=list)
    flow: int = 0
    indents: dict[int, int] = field(default_factory=dict)
    """By line, the column at which it shall begin."""
    open: dict[int, list[_Block]] = field(default_factory=dict)
    """By line on which something begins, the blocks that are open at its end."""
    inner: set[int] = field(default_factory=set)
    """Lines within a text: a `#` there begins no comment."""
    gaps: list[Edit] = field(default_factory=list)

    def edits(self) -> Iterator[Edit]:
        self.rows = self.text.split("\n")
        self.starts = [0]
        for row in self.rows:
            self.starts.append(self.starts[-1] + len(row) + 1)
        before: Any = None
        key = False
        for token in yaml.scan(self.text, Loader=_LOADER):
            self.blocks(token)
            if isinstance(token, yaml.KeyToken):
                key = True
            if token.start_mark.index < token.end_mark.index and not isinstance(token, yaml.DirectiveToken):
                self.place(token, key=key)
                self.gap(before, token)
                before, key = token, False
        yield from self.gaps
        yield from self.lines()

    def blocks(self, token: Any) -> None:
        """Opens and closes blocks; a list whose dashes stand in the column of its key has no tokens of its own."""
        column = token.start_mark.column
        if isinstance(token, yaml.BlockMappingStartToken):
            self.stack.append(_Block("map", column, self.below()))
        elif isinstance(token, yaml.BlockSequenceStartToken):
            self.stack.append(_Block("list", column, self.below()))
        elif isinstance(token, yaml.BlockEntryToken) and self.stack[-1].kind == "map":
            self.stack.append(_Block("loose", column, self.stack[-1].new))
        elif isinstance(token, yaml.KeyToken) and not self.flow and self.stack[-1].kind == "loose":
            self.stack.pop()
        elif isinstance(token, yaml.BlockEndToken):
            if self.stack[-1].kind == "loose":
                self.stack.pop()
            self.stack.pop()
        elif isinstance(token, _OPENING):
            self.flow += 1
        elif isinstance(token, _CLOSING):
            self.flow -= 1

    def below(self) -> int:
        return self.stack[-1].new + STEP if self.stack else 0

    def place(self, token: Any, *, key: bool) -> None:
        """Where the line that begins with this token begins, and those of a text that goes on below."""
        line, column = token.start_mark.line, token.start_mark.column
        top = self.stack[-1] if self.stack else _Block("map", 0, 0)
        if not self.rows[line][:column].strip():
            inside = self.flow - isinstance(token, _OPENING)
            own = isinstance(token, yaml.BlockEntryToken) or (key and not inside)
            self.indents[line] = top.new if own else self.moved(column, top) if inside else top.new + STEP
        self.open[line] = [*self.stack]
        if not isinstance(token, yaml.ScalarToken):
            return
        if token.style in ("|", ">"):
            self.block_text(token, top)
            return
        for each in range(line + 1, token.end_mark.line + 1):
            self.inner.add(each)
            if self.rows[each].strip():
                self.indents[each] = self.moved(_width(self.rows[each]), top)

    @staticmethod
    def moved(column: int, top: _Block) -> int:
        """A line that goes on keeps its distance to the block it stands in."""
        return max(column + top.new - top.old, top.new + STEP)

    def block_text(self, token: Any, top: _Block) -> None:
        """The lines below `|` or `>`: two spaces further in than what they belong to, their own steps kept."""
        first, last = token.start_mark.line + 1, token.end_mark.line
        if not self.text[: token.end_mark.index].endswith("\n"):
            last += 1
        lines = [each for each in range(first, min(last, len(self.rows))) if self.rows[each].strip()]
        if not lines:
            return
        stated = re.search("[1-9]", self.rows[first - 1][token.start_mark.column :].partition("#")[0])
        old = top.old + int(stated.group()) if stated else _width(self.rows[lines[0]])
        new = top.new + (int(stated.group()) if stated else STEP)
        for each in range(first, lines[-1] + 1):
            self.inner.add(each)
            if self.rows[each].strip() or len(self.rows[each]) > old:
                self.indents[each] = min(_width(self.rows[each]), len(self.rows[each])) - old + new

    def gap(self, before: Any, token: Any) -> None:
        """The spaces between two signs on one line."""
        if before is None or before.end_mark.line != token.start_mark.line or self.flow_text(before):
            return
        start, end = before.end_mark.index, token.start_mark.index
        if isinstance(token, (yaml.ValueToken, yaml.FlowEntryToken, *_CLOSING)) or isinstance(before, _OPENING):
            self.gaps.append(Edit(start, end, ""))
        elif isinstance(before, yaml.ValueToken | yaml.BlockEntryToken | yaml.FlowEntryToken):
            self.gaps.append(Edit(start, end, " "))

    @staticmethod
    def flow_text(before: Any) -> bool:
        return isinstance(before, yaml.ScalarToken) and before.style in ("|", ">")

    def lines(self) -> Iterator[Edit]:
        """The white space at both ends of every line, comments included."""
        for at, row in enumerate(self.rows):
            start = self.starts[at]
            if at in self.indents:
                yield Edit(start, start + min(_width(row), len(row)), " " * self.indents[at])
            elif at not in self.inner and row.lstrip(" ").startswith("#"):
                yield Edit(start, start + _width(row), " " * self.beside(at, _width(row)))
            if at not in self.inner and row.strip() and not self.goes_on(at):
                yield Edit(start + len(row.rstrip()), start + len(row), "")
            elif at not in self.indents and not row.strip():
                yield Edit(start, start + len(row), "")

    def goes_on(self, at: int) -> bool:
        return at + 1 in self.inner

    def beside(self, at: int, column: int) -> int:
        """Where a comment begins: with the line below it, or with an open block that it was aligned with."""
        below = next((each for each in range(at + 1, len(self.rows)) if each in self.open), None)
        above = next((each for each in range(at - 1, -1, -1) if each in self.open), None)
        after = [] if below is None else self.open[below]
        if below is not None and _width(self.rows[below]) == column:
            return self.indents[below]
        for block in (*reversed(after), *([] if above is None else reversed(self.open[above]))):
            if block.old == column:
                return block.new
        return 0 if below is None else self.indents[below]


def _width(row: str) -> int:
    return len(row) - len(row.lstrip(" "))
