"""Small changes of a text, each at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Edit(NamedTuple):
    """The characters from `start` to `end` become `text`."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """`text` with its changes, none of which overlaps another.

    >>> applied("分值*执行率", [Edit(2, 3, " * ")])
    '分值 * 执行率'
    """
    parts: list[str] = []
    at = 0
    for each in sorted(set(edits)):
        assert each.start >= at, f"two changes of the same characters at {each.start}"
        parts += [text[at : each.start], each.text]
        at = each.end
    return "".join([*parts, text[at:]])
