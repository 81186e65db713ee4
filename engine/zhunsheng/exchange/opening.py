"""Opening files: what a path leads to, its bytes, and the YAML or JSON in it; every way this can fail is told.

Nothing here knows what a file is about; `files` does.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.source import Source, read

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.document import Document, Dossier

SUFFIXES: Final = (".yaml", ".yml", ".json")
LIMIT: Final = 20 * 2**20
"""Bytes of one file; the largest real dossier has some hundred thousand."""


@final
@dataclass(frozen=True, slots=True)
class Filed:
    """A document or dossier with the file it came from."""

    path: Path
    source: Source
    content: Document | Dossier
    form: bool = False
    """Whether the file is a form of Word or Excel: then `source` is what was read out of it, and has no lines of its own."""


def folder_of(path: Path) -> list[Path]:
    """The YAML and JSON files of a folder.

    Raises:
        Refused: it is no folder, or has none.
    """
    if not is_folder(path):
        raise Refused([absent(path)])
    files = sorted(each for each in entries_of(path) if each.suffix in SUFFIXES and is_file(each))
    if not files:
        raise Refused([empty(path)])
    return files


def empty(path: Path) -> Problem:
    """A folder with nothing in it that could be read."""
    return Problem(Place(str(path)), "empty-folder", say("empty-folder.expected", suffixes=" ".join(SUFFIXES)))


def source_of(path: Path) -> Source:
    """The source of a file.

    Raises:
        Refused: there is no such file, it cannot be read, or it is no YAML or JSON.
    """
    shown = path.as_posix()
    if path.suffix not in SUFFIXES and not is_folder(path):
        raise Refused(
            [
                Problem(
                    Place(shown),
                    "unknown-format",
                    say("unknown-format.expected", suffixes=" ".join(SUFFIXES)),
                    path.suffix,
                )
            ]
        )
    return read(content_of(path), shown)


def is_folder(path: Path) -> bool:
    """Whether a path leads to a folder; one that cannot be followed, or is no name at all, leads nowhere."""
    return os.path.isdir(path)  # noqa: PTH112  pathlib raises for these


def is_file(path: Path) -> bool:
    """Whether a path leads to an ordinary file, likewise."""
    return os.path.isfile(path)  # noqa: PTH113  as above


def content_of(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        Refused: there is no such file, it is none (a folder, a pipe, a device, which might never end), it is larger than
            any that is read, or it cannot be read.
    """
    place = Place(path.as_posix())
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise Refused([a_folder(path)])
        if not stat.S_ISREG(found.st_mode):
            raise Refused([Problem(place, "file-unreadable", say("file-unreadable.regular"), path.name)])
        if found.st_size > LIMIT:
            expected = say("file-too-large.expected", limit=LIMIT // 2**20)
            raise Refused([Problem(place, "file-too-large", expected, str(found.st_size))])
        return path.read_bytes()
    except FileNotFoundError:
        raise Refused([absent(path)]) from None
    except OSError as error:
        raise Refused([unreadable(path, error)]) from None


def a_folder(path: Path) -> Problem:
    """A folder where a file was expected."""
    return Problem(Place(path.as_posix()), "file-is-folder", say("file-is-folder.expected"), path.name)


def unreadable(path: Path, error: OSError) -> Problem:
    """A file that the system does not let us read."""
    return Problem(Place(path.as_posix()), "file-unreadable", say("file-unreadable.expected"), error.strerror or "")


def entries_of(folder: Path) -> list[Path]:
    """What lies in a folder; nothing where it may not be looked into."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def absent(path: Path) -> Problem:
    """A path that leads nowhere, and what lies near it."""
    from difflib import get_close_matches  # noqa: PLC0415  only where a name was mistyped

    near = get_close_matches(path.name, [each.name for each in entries_of(path.parent)], n=1)
    hint = say("file-missing.hint", name=near[0]) if near else None
    return Problem(Place(path.as_posix()), "file-missing", say("file-missing.expected"), path.name, hint=hint)
