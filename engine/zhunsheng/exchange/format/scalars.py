"""How a name or a text is written in YAML: without quotes where they are not needed, with the plainest ones elsewhere."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from zhunsheng.exchange.format.edits import Edit, applied
from zhunsheng.problem import Refused
from zhunsheng.source.marks import Lines, offsets
from zhunsheng.source.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
"""Text to us, a date to other readers of YAML: quotes that somebody gave it stay."""


class Scalar(NamedTuple):
    """A text and where it is written; `style` is its quotation mark or block sign."""

    value: str
    start: int
    end: int
    style: str
    role: Literal["key", "value"]


def scalar_edits(text: str, scalar: Scalar, edits: Iterable[Edit] = ()) -> Iterator[Edit]:
    """What to change in `text` so that the scalar, itself changed by `edits`, is written as it should be."""
    changes = list(edits)
    raw = text[scalar.start : scalar.end]
    if "\n" in raw.rstrip("\n") or scalar.style in ("|", ">"):
        yield from _in_lines(raw, scalar, changes)
        return
    value = applied(scalar.value, changes)
    written = scalar_text(value, scalar.role, raw if value == scalar.value else "")
    if written != raw:
        yield Edit(scalar.start, scalar.end, written)


def scalar_text(value: str, role: Literal["key", "value"] = "value", raw: str = "") -> str:
    """A text as YAML writes it on one line, within braces as well; `raw` is how it was written so far.

    >>> scalar_text("甲 < 1%"), scalar_text(">= 1"), scalar_text('甲 = "乙"')
    ('甲 < 1%', '">= 1"', '甲 = "乙"')
    """
    if raw and (not raw.startswith(("'", '"')) or re.search(r"\\[^\"\\]", raw) or _DATE.match(value)):
        return raw
    if is_plain(value, role):
        return value
    if "\n" in value or not value.isprintable():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return raw or f'"{escaped}"'
    return f'"{value}"' if '"' not in value and "\\" not in value else "'{}'".format(value.replace("'", "''"))


@lru_cache(maxsize=4096)
def is_plain(value: str, role: Literal["key", "value"] = "value") -> bool:
    """Whether a text needs no quotes, neither on a line of its own nor within braces; `< 60` has them like `>= 60`."""
    if not value or value != value.strip() or "\n" in value or value[0] in "<=>":
        return False
    member = f"{value}: 1" if role == "key" else f"k: {value}"
    wanted: dict[str, object] = {value: 1} if role == "key" else {"k": value}
    try:
        return all(_read(each) == wanted for each in (member, f"{{{member}}}"))
    except Refused:
        return False


def _read(text: str) -> object:
    data, _ = read_yaml(text, Lines(text, ""))
    if isinstance(data, dict) and any(isinstance(each, bool) for each in data.values()):
        return None  # `k: true` is no text, though True equals 1
    return data


def _in_lines(raw: str, scalar: Scalar, edits: list[Edit]) -> Iterator[Edit]:
    """The changes of a text of several lines, its line breaks left alone; one in quotes keeps every letter."""
    written = offsets(raw, scalar.value, scalar.style) if scalar.style in ("|", ">") else None
    if written is None:
        return
    for each in edits:
        gap = scalar.value[each.start : each.end].strip() == ""
        start = written[each.start - 1][1] if gap else written[each.start][0]
        end = written[each.end][0] if gap else written[each.end - 1][1]
        if "\n" not in raw[start:end]:
            yield Edit(scalar.start + start, scalar.start + end, each.text)
