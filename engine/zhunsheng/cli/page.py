"""Where output goes: a terminal with its width and colours, a pipe or a file of a fixed width and none."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.text import Text

from zhunsheng.cli.layout import fold
from zhunsheng.problem import say
from zhunsheng.problem.show import cells, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from zhunsheng.problem.show import Lang

MOST: Final = 400
"""Cells of the widest line."""
WIDTH: Final = 100
"""Cells of a line where nothing says how wide it may be."""
LEAST: Final = 40
HEAD: Final = "bold"
FAINT: Final = "dim"
GOOD: Final = "green"
BAD: Final = "bold red"
DOUBT: Final = "yellow"
NOTE: Final = "cyan"
PERSON: Final = "magenta"

Span = str | tuple[str, str]
"""A text, or a text and its style."""


def _width(target: TextIO) -> int | None:
    """The cells of a line: what COLUMNS says within reason, or (None) what the terminal is found to have."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and len(columns) < 9 and int(columns) > 0:
        return min(int(columns), MOST)
    return None if target.isatty() else WIDTH


class Page:
    """Lines for people, in one language."""

    def __init__(self, lang: Lang, file: TextIO | None = None) -> None:
        self.lang = lang
        target = sys.stdout if file is None else file
        terminal = target.isatty() or bool(os.environ.get("FORCE_COLOR"))
        self.console = Console(
            file=target,
            width=_width(target),
            color_system="auto" if terminal and not os.environ.get("NO_COLOR") else None,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self.width = max(self.console.width, LEAST)

    def say(self, key: str, **values: object) -> str:
        """A label or sentence of the catalogue, `cli.` before its key."""
        return sentence(say(f"cli.{key}", **values), self.lang)

    def worded(self, key: str, value: object) -> str:
        """A fact of a ruleset in words: kinds and status have some, the others are as they are written."""
        if key == "status":
            return self.say(f"status-{value}")
        if isinstance(value, list):
            joint = "、" if self.lang == "zh" else ", "
            return joint.join(
                sentence(say(f"kind.{each}"), self.lang) if key == "kinds" else str(each) for each in value
            )
        return str(value)

    def roundings(self, written: Sequence[str]) -> str:
        """Declared roundings, one after the other, in words."""
        parts = [each.partition(" places ") for each in written]
        return self.say("comma").join(self.say(f"round.{mode}", places=places) for places, _, mode in parts)

    def line(self, *spans: Span) -> None:
        """One line, as it is."""
        text = Text.assemble(*spans)
        text.rstrip()
        self.console.print(text, soft_wrap=True)

    def rule(self) -> None:
        """A line across the page."""
        self.line(("─" * self.width, FAINT))

    def paragraph(
        self, body: str, *, tag: str = "", style: str = "", hang: int = 0, indent: int = 2, ink: str = ""
    ) -> None:
        """A tag and, beside it, a text of as many lines as it takes, each `hang` cells further in than the tag."""
        start = indent + max(hang, cells(tag) + 2 if tag else 0)
        for at, each in enumerate(fold(body, self.width - start)):
            before = tag if at == 0 else ""
            self.line(" " * indent, (before, style), " " * (start - indent - cells(before)), (each, ink))

    def items(self, items: Sequence[str], *, indent: int, ink: str = "") -> None:
        """Several short texts, as many on a line as it takes, none broken that fits on a line of its own."""
        lines = [""]
        for item in items:
            joined = f"{lines[-1]} · {item}" if lines[-1] else item
            if cells(joined) <= self.width - indent:
                lines[-1] = joined
            else:
                lines.append(item)
        for line in filter(None, lines):
            self.paragraph(line, indent=indent, ink=ink)
