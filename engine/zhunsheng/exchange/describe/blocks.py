"""What a document for people is made of, whatever file it becomes: headings, paragraphs, tables, curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, final

if TYPE_CHECKING:
    from fractions import Fraction

    from zhunsheng.exchange.describe.curves import Curve

Kind = Literal["", "figure", "short", "faint", "code"]
"""How a column is set: as text, as figures to the right, unbroken, small, or as names of files and rules."""


@final
@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 1 is the title."""

    text: str
    level: Literal[1, 2, 3]


@final
@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `faint` for what is said on the side: sources, notes, tests."""

    text: str
    faint: bool = False


@final
@dataclass(frozen=True, slots=True)
class Table:
    """A table with its heads and the kinds of its columns."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: tuple[Kind, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Drawing:
    """A curve."""

    curve: Curve


Look = Literal["label", "text", "value"]
"""How a cell of a form is set: as a heading of rows or columns, as text, or as a value in the middle."""


class Box(NamedTuple):
    """A cell of a form, or a merged area. Rows and columns count from 0."""

    row: int
    column: int
    height: int
    width: int
    text: str
    look: Look


@final
@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is filed: one table of merged cells, with the lines above and below it.

    Attributes:
        title: the lines of its title.
        above: lines between title and table.
        widths: millimetres of each column on paper.
        boxes: the cells, in reading order.
        below: the notes.
    """

    title: tuple[str, ...]
    above: tuple[str, ...]
    widths: tuple[int, ...]
    boxes: tuple[Box, ...]
    below: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Bars:
    """Several figures for each of some things, side by side: series by name, a value or none for each label."""

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[Fraction | None, ...]], ...]


@final
@dataclass(frozen=True, slots=True)
class Ladder:
    """Where figures stand among the grades.

    Attributes:
        title: what it shows.
        bands: each grade with its bounds in words, and where it begins and ends, from below.
        marks: each figure with its name and the grade it has.
    """

    title: str
    bands: tuple[tuple[str, str, Fraction, Fraction], ...]
    marks: tuple[tuple[str, Fraction, str], ...]


Block: TypeAlias = Heading | Paragraph | Table | Drawing | Form | Bars | Ladder
