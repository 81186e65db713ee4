"""Problems on stderr, as a compiler shows them, and the texts of the files they stand in."""

from __future__ import annotations

import os
import sys
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zhunsheng.exchange import shipped
from zhunsheng.problem import say
from zhunsheng.problem.show import excerpt, sentence
from zhunsheng.source import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from zhunsheng.problem import Problem
    from zhunsheng.problem.show import Lang

MOST: Final = 20
"""Problems shown of one file; the rest are counted."""
REFUSED: Final = 2


def report(problems: Sequence[Problem], lang: Lang, *, below: bool = False) -> None:
    """Every problem on stderr, a line apart where it stands `below` what could be done."""
    if problems:
        sys.stdout.flush()
        sys.stderr.write("\n" * below + shown(problems, lang, sys.stderr))


def stops(problems: Iterable[Problem]) -> bool:
    """Whether anything was refused: a note of a file's reader refuses nothing."""
    return any(each.severity == "error" for each in problems)


def shown(problems: Iterable[Problem], lang: Lang, stream: TextIO) -> str:
    """Every problem with its excerpt, by file, line and column, coloured where the stream is a terminal."""
    colour = (stream.isatty() or bool(os.environ.get("FORCE_COLOR"))) and not os.environ.get("NO_COLOR")
    parts: list[str] = []
    ordered = sorted(problems, key=lambda each: (each.place, each.code))
    for file, group in groupby(ordered, key=lambda each: each.place.file):
        found = list(group)
        parts += [excerpt(each, lang, text_of, colour=colour) for each in found[:MOST]]
        if len(found) > MOST:
            parts.append(sentence(say("cli.more", file=file, count=len(found) - MOST), lang))
    return "\n\n".join(parts) + "\n"


@cache
def text_of(file: str) -> str | None:
    """The text of a file by the name that places use; a ruleset that comes with the engine is called `rulesets/<file>`."""
    try:
        return readable(Path(file).read_bytes())
    except OSError:
        folder, _, name = file.rpartition("/")
        found = shipped.rulesets() / name
        return readable(found.read_bytes()) if folder == "rulesets" and found.is_file() else None
