"""The problems that more than one reader of this room finds, each made in one place; and the limits of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhunsheng.number import MAX_DIGITS
from zhunsheng.problem import Place, Problem, say

if TYPE_CHECKING:
    from zhunsheng.problem import Words

DEPTH: Final = 40
"""Levels of lists and mappings in one file."""

MOST: Final = 500
"""Faults after which a file is not read further: nobody mends so many one by one."""

MAX_ENTRIES: Final = 500_000
"""Entries of the largest file that is read: a form has hundreds, a ruleset thousands."""

MAX_MEGABYTES: Final = 20
"""Size of the largest file that is read at all."""


def duplicate_key(place: Place, name: str, first: Place, written: str) -> Problem:
    """A name stands twice in one mapping: which of the two values counts is anyone's guess."""
    return Problem(
        place,
        "duplicate-key",
        say("duplicate-key.expected", name=name),
        written,
        related=((first, say("see-first")),),
        hint=say("duplicate-key.hint"),
    )


def number_too_long(place: Place, text: str) -> Problem:
    """A number of more characters than any amount, count or score has."""
    hint = say("number-too-long.hint")
    return Problem(place, "number-too-long", say("number-too-long.expected", limit=MAX_DIGITS), text[:80], hint=hint)


def too_deep(place: Place, sign: str) -> Problem:
    """Lists in lists in lists, beyond what a person writes and a reader survives."""
    return Problem(place, "too-deep", say("too-deep.expected", limit=DEPTH), sign)


def control_character(place: Place, name: str, got: str) -> Problem:
    """A character nobody sees, which breaks what is made of the text later."""
    hint = say("control-character.hint")
    return Problem(place, "control-character", say("control-character.expected", name=name), got, hint=hint)


def lone_surrogate(place: Place, text: str) -> Problem:
    """Half of a character written as an escape: no file can hold it."""
    hint = say("lone-surrogate.hint")
    return Problem(place, "lone-surrogate", say("lone-surrogate.expected", text=text), text, hint=hint)


def full_width_sign(place: Place, sign: str, mend: str, text: str) -> Problem:
    """A comma, colon or bracket typed with the Chinese input method on."""
    hint = say("full-width-sign.hint", text=text)
    return Problem(place, "full-width-sign", say("full-width-sign.expected", sign=sign, mend=mend), sign, hint=hint)


def reference(place: Place, sign: str) -> Problem:
    """An anchor `&name` or an alias `*name`: what it stands for is elsewhere, and few readers of a policy know it."""
    code = "alias" if sign.startswith("*") else "anchor"
    return Problem(place, code, say(f"{code}.expected", text=sign), sign, hint=say(f"{code}.hint", text=sign))


def needs_quotes(place: Place, got: str, text: str | None) -> Problem:
    """A text that YAML reads as something else unless it is quoted."""
    hint: Words | None = None if text is None else say("needs-quotes.hint", text=_quoted(text))
    return Problem(place, "needs-quotes", say("needs-quotes.expected"), got, hint=hint)


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text or "\\" in text else f'"{text}"'
