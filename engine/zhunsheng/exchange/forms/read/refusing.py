"""Why a file cannot be read as a form, and what a reader of it should know: the problems that all readers share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhunsheng.exchange.forms.read import limits
from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.problem import Words

MEGABYTE: Final = 2**20


def damaged(path: Path, got: str = "") -> Refused:
    """The file ends too early, or its parts are not what they should be."""
    return _refused(path, "file-damaged", say("file-damaged.expected"), got)


def slow(path: Path) -> Refused:
    """The file takes longer to read than any form."""
    return _refused(path, "file-damaged", say("file-damaged.slow", seconds=limits.SECONDS))


def protected(path: Path) -> Refused:
    """The file opens with a password only."""
    return _refused(path, "file-protected", say("file-protected.expected"))


def inflating(path: Path, part: str, limit: int) -> Refused:
    """A part unpacks to far more than a form holds."""
    return _refused(path, "file-unsafe", say("file-unsafe.expected", limit=limit // MEGABYTE), part)


def declaring(path: Path, part: str) -> Refused:
    """A part declares a document type or entities, which no program that writes forms does."""
    return _refused(path, "file-unsafe", say("file-unsafe.entities"), part)


def nested(path: Path, part: str) -> Refused:
    """A part nests too deep."""
    return _refused(path, "file-unsafe", say("file-unsafe.deep", limit=limits.DEPTH), part)


def _refused(path: Path, code: str, expected: Words, got: str = "", cell: str = "") -> Refused:
    return Refused([Problem(Place(path.as_posix(), cell=cell), code, expected, got, hint=say(f"{code}.hint"))])


def too_large(path: Path, size: int, limit: int) -> Refused:
    """The file as it lies there is too large."""
    return _refused(path, "file-too-large", say("file-too-large.expected", limit=limit // MEGABYTE), str(size))


def table_too_large(path: Path, cell: str) -> Refused:
    """A table has more rows, columns or cells than any form."""
    expected = say("form-too-large.expected", rows=limits.ROWS, columns=limits.COLUMNS, cells=limits.CELLS)
    return _refused(path, "form-too-large", expected, cell=cell)


def cell_error(path: Path, cell: str, got: str) -> Problem:
    """A cell holds an error value."""
    expected, hint = say("cell-error.expected"), say("cell-error.hint")
    return Problem(Place(path.as_posix(), cell=cell), "cell-error", expected, got, hint=hint)


def library_missing(path: Path, name: str) -> Refused:
    """What reads this format is not installed."""
    facts = {"name": name, "extra": "office"}
    expected, hint = say("missing-library.expected", **facts), say("missing-library.hint", **facts)
    return Refused([Problem(Place(path.as_posix()), "missing-library", expected, name, hint=hint)])


def aside(path: Path, key: str, got: str = "", cell: str = "") -> Problem:
    """A note: something of this file was left aside (`key` says what)."""
    return Problem(Place(path.as_posix(), cell=cell), "left-aside", say(f"left-aside.{key}"), got, severity="note")


def hidden(path: Path, key: str, cell: str, got: str = "") -> Problem:
    """A note: something that is hidden in this file was read."""
    return Problem(
        Place(path.as_posix(), cell=cell), "hidden-content", say(f"hidden-content.{key}"), got, severity="note"
    )
