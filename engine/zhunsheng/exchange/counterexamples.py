"""Forms that show what a proof or a law found, as files that anyone may run."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK: Final = "反例："
"""What the id of every such form begins with: by it a file is known as one that may be written anew."""


def write_counterexample(folder: Path, ruleset: str, name: str, content: Mapping[str, Any]) -> Path:
    """Writes a form into a folder, whole or not at all, and gives its path.

    Raises:
        Refused: a file of that name is there that is no counterexample, or the folder cannot be written to.
    """
    path = folder / f"{ruleset}-{name}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and not _is_ours(path):
            raise Refused([Problem(Place(path.as_posix()), "output-exists", say("output-exists.expected"), path.name)])
        text = json.dumps({"id": f"{MARK}{ruleset} {name}", **content}, ensure_ascii=False, indent=2) + "\n"
        _replace(path, text)
    except OSError as error:
        place = Place(path.as_posix())
        raise Refused([Problem(place, "not-writable", say("not-writable.expected"), error.strerror or "")]) from None
    return path


def _is_ours(path: Path) -> bool:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(found, dict) and str(found.get("id", "")).startswith(MARK)


def _replace(path: Path, text: str) -> None:
    """Beside it first: a reader finds the old file or the new one, and never half of it."""
    with NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8", newline="\n") as file:
        file.write(text)
    try:
        Path(file.name).replace(path)
    except OSError:
        Path(file.name).unlink()
        raise
