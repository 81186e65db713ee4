"""What a cell of a blank form may be filled with."""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """A number from 0 to `most`, or one of some texts."""

    row: int
    column: int
    most: str = ""
    texts: tuple[str, ...] = ()
