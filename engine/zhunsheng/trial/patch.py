"""Changes to a document, by JSON pointers (RFC 6901): a new value, or null to delete; what is missing on the way is made."""

from __future__ import annotations

from copy import deepcopy
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from zhunsheng.problem import Words, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.source.marks import Path


class Misled(NamedTuple):
    """A pointer that leads nowhere: what would lead somewhere, and where it stopped."""

    pointer: str
    expected: Words
    got: str
    hint: Words | None


def patched(content: Any, changes: Mapping[str, Any]) -> tuple[Any, list[Misled]]:
    """A copy of `content` with these changes, and those that could not be made.

    Deletions come last, the later items of a list first, so that every pointer means the content as it was.

    >>> patched({"a": [1, 2]}, {"/a/-": 3, "/b/c": 4, "/a/0": None})
    ({'a': [2, 3], 'b': {'c': 4}}, [])
    """
    result = deepcopy(content)
    deleted = sorted((each for each, value in changes.items() if value is None), key=_position, reverse=True)
    misled = [
        found
        for pointer in (*(each for each, value in changes.items() if value is not None), *deleted)
        if (found := _change(result, pointer, deepcopy(changes[pointer]))) is not None
    ]
    return result, misled


def parts(pointer: str) -> list[str]:
    """The names and numbers that a pointer goes by.

    >>> parts("/indicators/0/a~1b")
    ['indicators', '0', 'a/b']
    """
    return [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]


def path_in(content: Any, pointer: str) -> Path:
    """A pointer as a path: a numeral counts in a list and is a name elsewhere."""
    path: list[str | int] = []
    for part in parts(pointer):
        in_list = isinstance(content, list) and part.isdecimal() and part.isascii()
        path.append(int(part) if in_list else part)
        try:
            content = content[path[-1]]
        except (KeyError, IndexError, TypeError):
            content = None
    return tuple(path)


def _position(pointer: str) -> list[tuple[int, str]]:
    return [(int(each), "") if each.isdecimal() else (-1, each) for each in parts(pointer)]


def _change(content: Any, pointer: str, value: Any) -> Misled | None:
    """Makes one change in place; says so where it cannot."""
    *above, last = parts(pointer)
    holder = content
    for part in above:
        key = _key(holder, part)
        if isinstance(holder, dict) and value is not None and holder.get(part) is None:
            holder[part] = {}
        if key is None or (isinstance(holder, dict) and part not in holder):
            return _misled(pointer, holder, part)
        holder = holder[key]
    key = _key(holder, last, end=value is not None)
    if key is None or (value is None and isinstance(holder, dict) and last not in holder):
        return _misled(pointer, holder, last)
    if value is None:
        del holder[key]
    elif isinstance(holder, list) and key == len(holder):
        holder.append(value)
    else:
        holder[key] = value
    return None


def _key(holder: Any, part: str, *, end: bool = False) -> str | int | None:
    """What `part` is called in its holder; None where it can be nothing there."""
    if isinstance(holder, dict):
        return part
    if not isinstance(holder, list):
        return None
    if end and part in ("-", str(len(holder))):
        return len(holder)
    return int(part) if part.isdecimal() and part.isascii() and int(part) < len(holder) else None


def _misled(pointer: str, holder: Any, part: str) -> Misled:
    match holder:
        case dict():
            names = tuple(map(str, holder))
            near = get_close_matches(part, names, n=1)
            hint = say("nearest.hint", name=near[0]) if near else None
            return Misled(pointer, say("trial.nothing-to-delete", names=names), part, hint)
        case list():
            return Misled(pointer, say("trial.no-such-item", count=len(holder)), part, None)
        case _:
            return Misled(pointer, say("trial.pointer-through", part=part), part, None)
