"""What can be wrong with what people give us, and where it stands: one value for every room.

A `Problem` travels in three ways and no fourth: returned, raised within `Refused`, or listed beside results.
What policy says about a document (a finding, a requirement) is a result in the assessment, never a problem; a fault
of ours is an ordinary exception. The sentences live in `catalogue.yaml` and are made when shown (`problem.show`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, cast, final

if TYPE_CHECKING:
    from collections.abc import Iterable

GOT_LIMIT = 60
"""Characters of the user's own text that a problem quotes."""


VALUE_LIMIT = 300
"""Characters of one value within a sentence: a hostile file must not come back whole in a message."""

_CELL: Final = re.compile(r"(.*!)([A-Z]{1,3})([0-9]{1,9})", re.DOTALL)
_NUMBER: Final = re.compile(r"([0-9]{1,9})")


class Words(NamedTuple):
    """A sentence not yet made: its key in the catalogue and the values to put in.

    A value is a text, a sentence of the catalogue within the sentence, or several of either: a list of names, which
    is quoted and joined as the language does it.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()


Value: TypeAlias = "str | Words | tuple[str | Words, ...]"


def say(key: str, **values: object) -> Words:
    """The sentence `key` of the catalogue with these values.

    >>> say("unknown-field.expected", names="unit")
    Words(key='unknown-field.expected', values=(('names', 'unit'),))
    """
    return Words(key, tuple((name, _value(value)) for name, value in sorted(values.items())))


def _value(value: object) -> Value:
    if isinstance(value, Words):
        return value
    if type(value) in (tuple, list):  # not a named tuple: that is one value, and knows how it is written
        return tuple(
            each if isinstance(each, Words) else str(each)[:VALUE_LIMIT] for each in cast("tuple[object, ...]", value)
        )
    text = str(value)
    return text if len(text) <= VALUE_LIMIT else text[: VALUE_LIMIT - 1] + "…"


@final
@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, and in it a line and column (from 1, in characters), a pointer, or a cell.

    Places are ordered as a file is read; cells row by row, the ninth row before the tenth.
    """

    file: str
    line: int = 0
    column: int = 0
    length: int = 1
    pointer: str = ""
    cell: str = ""

    def __lt__(self, other: Place) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[object, ...]:
        return self.file, self.line, self.column, self.length, self.pointer, _reading(self.cell), self.cell

    def __str__(self) -> str:
        """`file:line:column`, `file 表1!I13`, or `file#/pointer`, whichever is known.

        >>> str(Place("a.yaml", 3, 7)), str(Place("a.json", pointer="/unit"))
        ('a.yaml:3:7', 'a.json#/unit')
        """
        if self.line:
            return f"{self.file}:{self.line}:{self.column}"
        if self.cell:
            return f"{self.file} {self.cell}"
        return f"{self.file}#{self.pointer}" if self.pointer else self.file


def _reading(cell: str) -> tuple[tuple[int, str], ...]:
    """A cell in the order of reading: of `自评表!I13` the row counts before the column, of 第9行 and 第10行 the number."""
    found = _CELL.fullmatch(cell)
    if found:
        sheet, column, row = found.groups()
        return (0, sheet), (int(row), ""), (len(column), column)
    parts = _NUMBER.split(cell)
    return tuple((int(each), "") if at % 2 else (0, each) for at, each in enumerate(parts))


@final
@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: its place, its code (kebab-case, for ever), what was expected and what stood there, how to mend it."""

    place: Place
    code: str
    expected: Words
    got: str = ""
    related: tuple[tuple[Place, Words], ...] = ()
    hint: Words | None = None
    severity: str = "error"
    """`error` stops; `warning` and `note` are advice of `check`."""

    def __post_init__(self) -> None:
        if len(self.got) > GOT_LIMIT:
            object.__setattr__(self, "got", self.got[: GOT_LIMIT - 1] + "…")

    def in_file(self, file: str) -> Problem:
        """The same problem, its places in `file`: inner checks do not know what a text is called."""
        return replace(
            self,
            place=replace(self.place, file=file),
            related=tuple((replace(place, file=place.file or file), words) for place, words in self.related),
        )


class Refused(Exception):  # noqa: N818  the field says 退回, refused; not every refusal is an error of ours
    """Input that cannot be taken, with every problem found in it.

    All is in `args`, so that it pickles and crosses a process pool.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(tuple(sorted(problems, key=lambda each: (each.place, each.code))))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems, ordered by place."""
        found: tuple[Problem, ...] = self.args[0]
        return found

    def __str__(self) -> str:
        """One line a problem, in English: what a traceback shows to a developer."""
        from zhunsheng.problem.show import line  # noqa: PLC0415  the catalogue is read only when a sentence is made

        return "\n".join(line(problem, lang="en") for problem in self.problems)
