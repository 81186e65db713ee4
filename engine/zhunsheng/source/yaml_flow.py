"""What a person did wrong between braces, where commas, colons and signs mean something to YAML that they did not mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zhunsheng.problem import Problem, say
from zhunsheng.source import faults

if TYPE_CHECKING:
    from zhunsheng.source.marks import Lines

_ENTRY: Final = re.compile(r"[{,]\s*[^\s:{}\[\],\"'#]+:\s+(?=\S)")
"""What stands before a value that has a name, between braces."""
_VALUE_END: Final = re.compile(r"[,\[\]{}\n]")
_THOUSANDS_BEFORE: Final = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})*,$", re.ASCII)
_THOUSANDS: Final = re.compile(r"[0-9]{3}(?:\.[0-9]+)?(?![0-9])", re.ASCII)
LONGEST: Final = 60
"""Characters of a value that a hint writes out in quotes."""
LOOKED_BACK: Final = 500


def unquoted_between_braces(lines: Lines, at: int, said: str) -> Problem | None:
    """A value that has to be quoted, since its own signs made the parser stop at `at`; None for any other mistake."""
    text = lines.text
    row = text.rfind("\n", 0, at) + 1
    before = text[max(row, at - LOOKED_BACK) : at]
    if before.count("{") + before.count("[") <= before.count("}") + before.count("]"):
        return None
    sign = text[at : at + 1]
    if sign and sign in ">|%@`" and before.rstrip()[-1:] in (":", ",", "[", "{"):
        found = _VALUE_END.search(text, at)
        return _to_quote(lines, at, found.start() if found else len(text))
    if sign == ":" and "',' or" in said and (entries := list(_ENTRY.finditer(before))):
        start = at - len(before) + entries[-1].end()
        return _to_quote(lines, start, _end_of(text, start)) if text[start] not in "\"'[{" else None
    return None


def thousands(lines: Lines, start: int, end: int) -> Problem | None:
    """A number with commas, of which YAML made a value and a name: `{annual_budget: 1,677.29}`.

    Args:
        lines: the text.
        start: where the name begins.
        end: where it ends.
    """
    text = lines.text
    head = _THOUSANDS_BEFORE.search(text[max(start - 20, 0) : start])
    if head is None or _THOUSANDS.match(text[start:end]) is None:
        return None
    begin = start - len(head.group())
    plain = text[begin:end].replace(",", "")
    hint = say("wrong-number.hint-comma", text=plain)
    return Problem(lines.place(begin, end), "wrong-number", say("wrong-number.expected"), text[begin:end], hint=hint)


def _to_quote(lines: Lines, start: int, end: int) -> Problem:
    value = lines.text[start:end].rstrip()
    place = lines.place(start, start + len(value))
    return faults.needs_quotes(place, value, value if len(value) <= LONGEST else None)


def _end_of(text: str, start: int) -> int:
    """Where a value ends that has parentheses of its own: at a comma or brace outside of them, or with the line."""
    depth = 0
    for at in range(start, len(text)):
        sign = text[at]
        if sign == "\n" or (not depth and sign in ",}]"):
            return at
        depth += (sign in "(（") - (sign in ")）")
    return len(text)
