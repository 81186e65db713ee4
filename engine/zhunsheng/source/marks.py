"""Where each value of a text stands: spans by path, and the line and column of any character within a value."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.problem import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Path = tuple[str | int, ...]


class Span(NamedTuple):
    """The characters of a value and of its key; `style` is the quotation mark or block sign, empty for plain text."""

    start: int
    end: int
    key: tuple[int, int] | None = None
    style: str = ""


Table = dict[Path, Span]


class Lines:
    """Lines and columns of a text, both from 1, counted in characters."""

    __slots__ = ("_starts", "file", "text")

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self._starts: list[int] | None = None

    def place(self, start: int, end: int | None = None, pointer: str = "") -> Place:
        """The place of the characters from `start` to `end`, cut at the end of the first line."""
        starts = self._starts
        if starts is None:
            starts = self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        row = bisect_right(starts, start) - 1
        stop = start + 1 if end is None else end
        limit = starts[row + 1] - 1 if row + 1 < len(starts) else len(self.text)
        if stop > limit:
            stop = start + len(self.text[start:limit].rstrip(" "))
        return Place(self.file, row + 1, start - starts[row] + 1, max(stop - start, 1), pointer)


class Marks:
    """The spans of one text: as the reader left them, or found by `locate` when first asked for."""

    __slots__ = ("_locate", "_table", "lines")

    def __init__(self, lines: Lines, locate: Callable[[str], Table], table: Table | None = None) -> None:
        self.lines = lines
        self._locate = locate  # a function of a module, so that a source pickles
        self._table = table

    @property
    def table(self) -> Table:
        """Span by path."""
        if self._table is None:
            self._table = self._locate(self.lines.text)
        return self._table

    def known(self, path: Sequence[str | int]) -> Path:
        """The longest beginning of `path` that the text has."""
        whole = tuple(path)
        return next((whole[:size] for size in range(len(whole), 0, -1) if whole[:size] in self.table), ())

    def place(self, path: Sequence[str | int], *, key: bool) -> Place:
        """The place of the value at `path`, or of its key."""
        known = self.known(path)
        span = self.table[known]
        start, end = span.key if key and span.key is not None else span[:2]
        return self.lines.place(start, end, pointer(known))

    def place_in(self, path: Sequence[str | int], value: str, offset: int, length: int) -> Place:
        """The place of `length` characters of `value`, the text at `path`, from its character `offset`."""
        known = self.known(path)
        span = self.table[known]
        written = (
            offsets(self.lines.text[span.start : span.end], value, span.style) if len(known) == len(path) else None
        )
        if not written:
            return self.lines.place(span.start, span.end, pointer(known))
        first = min(max(offset, 0), len(value))
        if first == len(value):  # just after the last character: where something is missing
            return self.lines.place(span.start + written[-1][1], None, pointer(known))
        last = min(first + max(length, 1), len(value)) - 1
        return self.lines.place(span.start + written[first][0], span.start + written[last][1], pointer(known))


def pointer(path: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a path.

    >>> pointer(("indicators", 0, "a/b~c")), pointer(())
    ('/indicators/0/a~1b~0c', '')
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


_BLOCK: Final = ("|", ">")
_ESCAPE: Final = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|\n|.)"
)


def offsets(raw: str, value: str, style: str) -> list[tuple[int, int]] | None:
    r"""From where to where in `raw`, the text as it is written, each character of `value` stands.

    Of white space that was folded (a line break and its indentation, read as one space) the first character is taken.
    None where the two cannot be matched.

    >>> offsets("优秀", "优秀", "")
    [(0, 1), (1, 2)]
    >>> offsets('"a\\u4e2db"', "a中b", '"')
    [(1, 2), (2, 8), (8, 9)]
    >>> offsets("|\n  a\n  b\n", "a\nb\n", "|")
    [(4, 5), (5, 6), (8, 9), (9, 10)]
    """
    at, end = 0, len(raw)
    if style in _BLOCK:
        at = raw.find("\n") + 1 or end
    elif style:
        at, end = 1, len(raw) - 1
    written: list[tuple[int, int]] = []
    for sign in value:
        found = _next(raw, at, end, sign, style)
        if found is None:
            return None
        written.append(found)
        at = found[1]
    return written


def _next(raw: str, at: int, end: int, sign: str, style: str) -> tuple[int, int] | None:
    """From where to where `sign` stands, at or after `at`."""
    while at < end:
        here = raw[at]
        if style == '"' and here == "\\":
            escape = _ESCAPE.match(raw, at, end)
            if escape is None:
                return None
            if escape.group() != "\\\n":
                return at, escape.end()
            at = escape.end()  # a line break that is no part of the text
            continue
        if here == sign:
            return at, at + (2 if style == "'" and sign == "'" else 1)
        if here not in " \t\n":
            return (at, at) if sign in " \n" else None
        if sign in " \n":
            return at, at + 1
        at += 1
    return (at, at) if sign in " \n" else None
