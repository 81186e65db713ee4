"""Expected values rewritten where they stand: the text around them, its comments and its layout stay as they are.

What cannot be rewritten in place (a list over several lines between brackets; a refusal where figures were expected)
is left, and said.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.problem import Refused
from zhunsheng.trial.model import TrialFile
from zhunsheng.trial.read import read_yaml_with_nulls

if TYPE_CHECKING:
    from zhunsheng.problem import Place
    from zhunsheng.source import Source
    from zhunsheng.source.marks import Path
    from zhunsheng.trial.compare import Difference
    from zhunsheng.trial.result import Result

_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)
_PLAIN: Final = re.compile(r"(?!(?:yes|no|on|off|true|false|null)$)[A-Za-z_\u3400-\u9fff][\w.\-]*", re.IGNORECASE)
_ITEM: Final = re.compile(r"[ \t]*-[ \t]+")


class Edit(NamedTuple):
    """A stretch of the text and what takes its place."""

    start: int
    end: int
    text: str


class Rewritten(NamedTuple):
    """The new text of a test file, which expectations it has changed, and which it could not."""

    text: str
    changed: tuple[tuple[Place, Difference], ...]
    left: tuple[tuple[Place, Difference], ...]


def rewritten(source: Source, result: Result) -> Rewritten:
    """The text of a test file with what came out in place of what was expected."""
    edits: list[Edit] = []
    changed: list[tuple[Place, Difference]] = []
    left: list[tuple[Place, Difference]] = []
    for at, verdict in enumerate(result.verdicts):
        for place, difference in verdict.differences:
            found = _edits(source, ("tests", at, "expect", *difference.path), difference)
            (changed if found else left).append((place, difference))
            edits += found or []
    text = source.text
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    if not _says(text, source.file, result, changed):
        return Rewritten(source.text, (), (*changed, *left))
    return Rewritten(text, tuple(changed), tuple(left))


def _edits(source: Source, path: Path, difference: Difference) -> list[Edit] | None:
    """What to change for one difference; None where it cannot be done in place."""
    got = difference.got
    if difference.path == ("refused",):
        return [_scalar(source, path, got)] if isinstance(got, str) else None
    if not difference.path:
        return None
    if isinstance(difference.expected, tuple):
        assert isinstance(got, tuple), path
        return _list(source, path, got)
    return None if isinstance(got, tuple) else [_scalar(source, path, got)]


def _scalar(source: Source, path: Path, value: str | None) -> Edit:
    start, end = _span(source.text, source.place(path))
    return Edit(start, end, _written(value, source.text[start:end]))


def _list(source: Source, path: Path, names: tuple[str, ...]) -> list[Edit] | None:
    start, end = _span(source.text, source.place(path))
    old: list[str] = source.at(path)
    kept = _kept(old, names)
    new = list((Counter(names) - Counter(old[at] for at in kept)).elements())
    if source.text[start] == "[":
        if source.text[end - 1] != "]":
            return None
        items = [*(_item(source, (*path, at)) for at in kept), *(_written(each, "") for each in new)]
        return [Edit(start, end, f"[{', '.join(items)}]")]
    return _block(source, path, kept, new)


def _block(source: Source, path: Path, kept: list[int], new: list[str]) -> list[Edit] | None:
    """Items on lines of their own: the lines of those that go are taken out, those that come follow the last."""
    text = source.text
    lines: list[tuple[int, int]] = []
    dash = ""
    for at in range(len(source.at(path))):
        start, end = _span(text, source.place((*path, at)))
        first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        dash = text[first:start]
        if not _ITEM.fullmatch(dash) or last < 0:
            return None
        lines.append((first, last + 1))
    edits = [Edit(*line, "") for at, line in enumerate(lines) if at not in kept]
    if not kept and not new:
        _, colon = _span(text, source.place(path, key=True))
        return [*edits, Edit(colon + 1, colon + 1, " []")] if text[colon] == ":" else None
    end = lines[-1][1]
    return [*edits, *(Edit(end, end, f"{dash}{_written(each, '')}\n") for each in new)]


def _kept(old: list[str], names: tuple[str, ...]) -> list[int]:
    """Which items stay: as many of each as there are to be."""
    free = Counter(names)
    kept = []
    for at, each in enumerate(old):
        if free[each]:
            free[each] -= 1
            kept.append(at)
    return kept


def _item(source: Source, path: Path) -> str:
    start, end = _span(source.text, source.place(path))
    return source.text[start:end]


def _span(text: str, place: Place) -> tuple[int, int]:
    start = 0
    for _ in range(place.line - 1):
        start = text.index("\n", start) + 1
    start += place.column - 1
    return start, start + place.length


def _written(value: str | None, old: str) -> str:
    """A value as YAML, quoted as the one that it replaces."""
    if value is None:
        return "null"
    if old[:1] == "'":
        return "'" + value.replace("'", "''") + "'"
    if old[:1] != '"' and (_PLAIN.fullmatch(value) or (_NUMBER.fullmatch(value) and _NUMBER.fullmatch(old))):
        return value
    return json.dumps(value, ensure_ascii=False)


def _says(text: str, file: str, result: Result, changed: list[tuple[Place, Difference]]) -> bool:
    """Whether the new text says what it should: written by hand as it is, a file may hold surprises."""
    try:
        again = read_yaml_with_nulls(text.encode(), file)
        TrialFile.model_validate(again.data)
    except (Refused, ValueError):
        return False
    tests = [at for at, each in enumerate(result.verdicts) for _ in each.differences]
    every = [each for verdict in result.verdicts for each in verdict.differences]
    return all(
        _same(again.at(("tests", at, "expect", *each[1].path)), each[1])
        for at, each in zip(tests, every, strict=True)
        if each in changed
    )


def _same(value: object, difference: Difference) -> bool:
    if isinstance(difference.got, tuple):
        return isinstance(value, list) and Counter(value) == Counter(difference.got)
    return value == difference.got or (value is not None and str(value) == difference.got)
