"""What a person did wrong where the JSON reader stopped or had to read over something: each in its own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from zhunsheng.number import MAX_DIGITS
from zhunsheng.problem import Place, Problem, Words, say
from zhunsheng.source import faults

if TYPE_CHECKING:
    import json

    from zhunsheng.source.marks import Lines

_TOKEN: Final = re.compile(r"[^\s,:\[\]{}\"，：［］｛｝“”]++|.", re.DOTALL)
_FULL_WIDTH: Final = {"，": ",", "：": ":", "［": "[", "］": "]", "｛": "{", "｝": "}", "、": ",", "；": ",", ";": ","}
_QUOTES: Final = {"'": "'", "‘": "’", "’": "’", "“": "”", "”": "”", "＂": "＂", "「": "」", "`": "`"}
_MEANT: Final = {"true": "true", "false": "false", "null": "null", "none": "null", "undefined": "null"}
_THOUSANDS: Final = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")


def word_at(text: str, at: int) -> str:
    """The characters from `at` to the next separator, or the separator."""
    token = _TOKEN.match(text, at)
    return token.group() if token else ""


def mistake(lines: Lines, at: int, opened: list[int], expected: Words, hint: Words | None) -> Problem:
    """What is wrong at `at`: by the precise name of the mistake where there is one, else by what was expected."""
    text = lines.text
    sign = text[at : at + 1]
    if not sign:
        related = tuple((lines.place(each), say("json-syntax.opened")) for each in opened[-1:])
        return Problem(lines.place(at), "json-syntax", expected, related=related)
    if sign == "#" or text.startswith(("//", "/*"), at):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        place = lines.place(at, end)
        return Problem(
            place,
            "json-comment",
            say("json-comment.expected"),
            text[at : min(end, at + 80)],
            hint=say("json-comment.hint"),
        )
    if sign in _FULL_WIDTH:
        return faults.full_width_sign(lines.place(at), sign, _FULL_WIDTH[sign], _FULL_WIDTH[sign])
    if sign in _QUOTES:
        end = text.find(_QUOTES[sign], at + 1, at + 200)
        inner = text[at + 1 : end] if end > 0 and "\n" not in text[at:end] else ""
        place = lines.place(at)
        hint = say("wrong-quotes.hint", text=inner) if inner else None
        return Problem(place, "wrong-quotes", say("wrong-quotes.expected", sign=sign), sign, hint=hint)
    end = at + len(word_at(text, at))
    return Problem(lines.place(at, end), "json-syntax", expected, text[at : min(end, at + 80)], hint=hint)


def broken_string(lines: Lines, start: int, fault: json.JSONDecodeError) -> Problem:
    """What is wrong with the text in quotes that begins at `start`."""
    text = lines.text
    at = min(fault.pos, len(text))
    if "escape" in fault.msg:
        at = text.rindex("\\", start, at + 1)
        end = min(at + 2, len(text))
        if text[at + 1 : end] == "u":
            end = min(at + 6, len(text))
        place = lines.place(at, end)
        return Problem(
            place, "json-syntax", say("json-syntax.escape"), text[at:end], hint=say("json-syntax.escape-hint")
        )
    if text[at : at + 1] == "\t":
        hint = say("control-character.hint-tab")
        return Problem(
            lines.place(at),
            "control-character",
            say("control-character.expected", name="U+0009"),
            "\t",
            hint=hint,
        )
    stop = text.find("\n", start)
    stop = len(text) if stop < 0 else stop
    place = lines.place(start, stop)
    return Problem(place, "json-syntax", say("json-syntax.quote"), text[start : min(stop, start + 80)])


def trailing_comma(place: Place) -> Problem:
    """A comma with nothing after it."""
    return Problem(place, "trailing-comma", say("trailing-comma.expected"), ",", hint=say("trailing-comma.hint"))


def not_finite(place: Place, word: str) -> Problem:
    """NaN and Infinity: other readers take them, and reckon on with them."""
    return Problem(place, "not-finite", say("not-finite.expected", text=word), word, hint=say("not-finite.hint"))


def wrong_number(place: Place, written: str) -> Problem:
    """A number in a form that JSON does not have: `007`, `+5`, `.5`, `90%`."""
    return Problem(place, "wrong-number", say("wrong-number.expected"), written[:80], hint=_number_hint(written))


def thousands(lines: Lines, at: int) -> Problem | None:
    """The commas within 1,677.29, of which the reader has seen the first."""
    start = max(lines.text.rfind(sign, 0, at) for sign in " :\n\t") + 1
    found = _THOUSANDS.match(lines.text, start)
    if not found or found.end() <= at:
        return None
    written = found.group()
    hint = say("wrong-number.hint-comma", text=written.replace(",", ""))
    return Problem(lines.place(*found.span()), "wrong-number", say("wrong-number.expected"), written, hint=hint)


def value_hint(word: str) -> Words | None:
    """How to write `word` as a value."""
    if meant := _MEANT.get(word.lower()):
        return say("json-syntax.literal-hint", text=meant)
    return say("json-syntax.value-hint", text=word[:20]) if re.match(r"\w", word) else None


def key_hint(word: str) -> Words | None:
    """How to write `word` as a name."""
    return say("json-syntax.key-hint", text=word[:20]) if re.match(r"\w", word) else None


def _number_hint(written: str) -> Words:
    body = written.removeprefix("+")
    sign = "-" if body.startswith("-") else ""
    body = body.removeprefix("-")
    if len(body) <= MAX_DIGITS and re.fullmatch(r"[0-9]*\.?[0-9]*", body, re.ASCII):
        whole, dot, rest = body.partition(".")
        mended = sign + (whole.lstrip("0") or "0") + (dot + rest if rest else "")
        return say("wrong-number.hint", text=mended)
    return say("wrong-number.hint-text")
