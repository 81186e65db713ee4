"""What a document for people is made of, whatever file it becomes: headings, paragraphs, tables, curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, final

if TYPE_CHECKING:
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


Block: TypeAlias = Heading | Paragraph | Table | Drawing
