"""Forms by path: a file read, its forms recognised, each as something filed like a document of YAML."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.exchange.forms.layout import Layouts, load_layouts
from zhunsheng.exchange.forms.read import SUFFIXES, read_sheets
from zhunsheng.exchange.forms.recognise import Imported, Overrides, documents_of
from zhunsheng.exchange.opening import Filed
from zhunsheng.source import read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from zhunsheng.document import Document
    from zhunsheng.problem import Problem

TEXTS: Final = (".txt", ".tsv", ".html", ".htm")
"""What is a form only where it holds a table: a folder may have other texts, and reports that we wrote."""
_TEMPORARY: Final = ("~$", ".~", ".")


def is_form(path: Path) -> bool:
    """Whether a file has the name of one that forms are filed as."""
    return path.suffix.lower() in SUFFIXES


def among(paths: Iterable[Path]) -> list[Path]:
    """Of the files of a folder those that may be forms: no lock files of Office, no texts without a tab."""
    return [each for each in paths if is_form(each) and not each.name.startswith(_TEMPORARY) and _has_table(each)]


def _has_table(path: Path) -> bool:
    if path.suffix.lower() not in TEXTS:
        return True
    if path.suffix.lower() in (".html", ".htm"):
        return False
    try:
        with path.open("rb") as file:
            return b"\t" in file.read(2**20)
    except OSError:
        return True  # and is told when it is read


def imported(path: Path, layouts: Layouts | None = None, overrides: Overrides | None = None) -> Imported:
    """The forms of a file; every place names the file by its path.

    Raises:
        Refused: the file cannot be read as a table at all.
    """
    sheets = read_sheets(path)
    found = documents_of(sheets, layouts or load_layouts(), overrides)
    shown = path.as_posix()
    return replace(
        found,
        forms=tuple(replace(each, problems=_in(each.problems, shown)) for each in found.forms),
        problems=_in(found.problems, shown),
        told=_in(sheets.told, shown),
    )


def _in(problems: Iterable[Problem], file: str) -> tuple[Problem, ...]:
    return tuple(
        replace(
            each,
            place=replace(each.place, file=file),
            related=tuple((replace(place, file=file), words) for place, words in each.related),
        )
        for each in problems
    )


def filed_forms(
    path: Path, layouts: Layouts | None = None, *, partial: bool = False
) -> tuple[list[Filed], list[Problem]]:
    """The forms of a file, each as filed, and what was not understood.

    A form with unread cells is not taken, unless `partial`: then what was not understood is a warning.

    Raises:
        Refused: as `imported`.
    """
    found = imported(path, layouts)
    unread = [
        replace(problem, severity="warning") if partial and each.document is not None else problem
        for each in found.forms
        for problem in each.problems
    ]
    problems = [*found.told, *found.problems, *unread]
    return [
        Filed(path, read(as_json(each.document).encode(), path.as_posix(), format="json"), each.document, form=True)
        for each in found.forms
        if each.document is not None and (partial or not each.problems)
    ], problems


def content(document: Document) -> dict[str, Any]:
    """A document as plain data, what is not there left out."""
    found: dict[str, Any] = _without_blanks(document.model_dump(mode="json", exclude_none=True))
    return found


def _without_blanks(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: kept for name, each in value.items() if (kept := _without_blanks(each)) not in ({}, [])}
    return [_without_blanks(each) for each in value] if isinstance(value, list) else value


def as_json(document: Document) -> str:
    """A document as a JSON file."""
    return json.dumps({**content(document), "funds": _funds(document)}, ensure_ascii=False, indent=2) + "\n"


def _funds(document: Document) -> dict[str, Any]:
    """The funds, which a document must have even where the form says nothing of them."""
    return {"total": {}, **content(document).get("funds", {})}
