"""JSON read with positions, for the places of a good file and the faults of a bad one."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.number import MAX_DIGITS
from zhunsheng.problem import Problem, Refused, Words, say
from zhunsheng.source import faults
from zhunsheng.source import json_mistakes as mistakes
from zhunsheng.source.marks import Span

if TYPE_CHECKING:
    from zhunsheng.source.marks import Lines, Path, Table

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_NUMBERLIKE: Final = re.compile(r"[+-]?\.?[0-9][\w.+%％-]*+")
_ESCAPES: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|(?P<control>\\[bf]|\\u[fF][fF][fF][eEfF]|\\u[fF][eE][fF]{2}|\\u00(?:0[0-8bBcCeEfF]|1[0-9a-fA-F]|7[fF]|[89][0-9a-fA-F]))"
    r"|\\."
)
_LITERALS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
_DECODER: Final = json.JSONDecoder()


def exact(text: str) -> Decimal | None:
    """The decimal that a JSON number writes, without exponent, or None where it is too long to be one of the field.

    >>> exact("1e3"), exact("-0.0"), exact("1e-300")
    (Decimal('1000'), Decimal('0.0'), None)
    """
    if len(text) > MAX_DIGITS:
        return None
    value = Decimal(text)
    if "e" in text or "E" in text:
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or max(abs(exponent), abs(value.adjusted())) > MAX_DIGITS:
            return None
        plain = format(value, "f")
        if len(plain) > MAX_DIGITS:
            return None
        value = Decimal(plain)
    return value or value.copy_abs()


class Reader:
    """One reading of one text by recursive descent, with the span of every value."""

    def __init__(self, text: str, lines: Lines, *, spans: bool) -> None:
        self.text = text
        self.spans = spans
        self.lines = lines
        self.at = 0
        self.table: Table = {}
        self.found: list[Problem] = []
        self.opened: list[int] = []

    def read(self) -> Any:
        """The data of the whole text."""
        self.space()
        data = self.value((), None)
        self.space()
        if self.at < len(self.text):
            self.stop(say("json-syntax.end"))
        if self.found:
            raise Refused(self.found)
        return data

    def space(self) -> None:
        """Skip white space."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def value(self, path: Path, key: tuple[int, int] | None) -> Any:
        """The value that stands here."""
        start = self.at
        sign = self.text[start : start + 1]
        style = ""
        data: Any
        if sign == "{":
            data = self.members(path)
        elif sign == "[":
            data = self.items(path)
        elif sign == '"':
            style = '"'
            data = self.string()
        else:
            data = self.scalar()
        if self.spans:
            self.table[path] = Span(start, self.at, key, style)
        return data

    def members(self, path: Path) -> dict[str, Any]:
        """The object that opens here."""
        members: dict[str, Any] = {}
        keys: dict[str, tuple[int, int]] = {}
        self.open()
        while self.another("}", first=not keys):
            start = self.at
            if self.text[start : start + 1] != '"':
                if problem := mistakes.thousands(self.lines, start):
                    raise Refused([*self.found, problem])
                self.stop(say("json-syntax.key"), mistakes.key_hint(mistakes.word_at(self.text, start)))
            name = self.string()
            key = (start, self.at)
            if name in keys:
                first = self.lines.place(*keys[name])
                self.note(faults.duplicate_key(self.lines.place(*key), name, first, self.text[slice(*key)]))
            else:
                keys[name] = key
            self.space()
            if self.text[self.at : self.at + 1] != ":":
                self.stop(say("json-syntax.colon"))
            self.at += 1
            self.space()
            members[name] = self.value((*path, name), key)
        return members

    def items(self, path: Path) -> list[Any]:
        """The list that opens here."""
        items: list[Any] = []
        self.open()
        while self.another("]", first=not items):
            items.append(self.value((*path, len(items)), None))
        return items

    def open(self) -> None:
        """Go into an object or list."""
        self.opened.append(self.at)
        if len(self.opened) > faults.DEPTH:
            raise Refused([*self.found, faults.too_deep(self.lines.place(self.at), self.text[self.at])])
        self.at += 1

    def another(self, end: str, *, first: bool) -> bool:
        """Whether another entry follows; goes to it, or past the end."""
        self.space()
        sign = self.text[self.at : self.at + 1]
        if sign == end:
            self.at += 1
            self.opened.pop()
            return False
        if first:
            if sign == "":
                self.stop(say("json-syntax.comma-or-end", end=end))
            return True
        if sign != ",":
            hint = say("json-syntax.comma-hint") if sign and sign in '"{[-0123456789tfn' else None
            self.stop(say("json-syntax.comma-or-end", end=end), hint)
        comma = self.at
        self.at += 1
        self.space()
        if self.text[self.at : self.at + 1] == end:
            self.note(mistakes.trailing_comma(self.lines.place(comma)))
            return self.another(end, first=False)
        return True

    def string(self) -> str:
        """The text in double quotes that stands here."""
        start = self.at
        value: str
        try:
            value, self.at = _DECODER.raw_decode(self.text, start)
        except json.JSONDecodeError as fault:
            raise Refused([*self.found, mistakes.broken_string(self.lines, start, fault)]) from None
        if "\\" in (raw := self.text[start : self.at]):
            for found in _ESCAPES.finditer(raw):
                if found.lastgroup is None:
                    continue
                place = self.lines.place(start + found.start(), start + found.end())
                if found["half"]:
                    self.note(faults.lone_surrogate(place, found["half"]))
                elif found["control"]:
                    self.note(faults.control_character(place, found["control"], found["control"]))
        return value

    def scalar(self) -> Any:
        """The number or word that stands here."""
        start = self.at
        number = _NUMBER.match(self.text, start)
        wide = _NUMBERLIKE.match(self.text, start)
        if number and (wide is None or wide.end() == number.end()):
            self.at = number.end()
            return self.number(number.group(), start)
        word = mistakes.word_at(self.text, start)
        if word in _LITERALS:
            self.at = start + len(word)
            return _LITERALS[word]
        if word.lower().lstrip("+-") in ("nan", "infinity", "inf"):
            self.at = start + len(word)
            self.note(mistakes.not_finite(self.lines.place(start, self.at), word))
            return None
        if wide:
            self.at = max(wide.end(), start + len(word))
            self.note(mistakes.wrong_number(self.lines.place(start, self.at), self.text[start : self.at]))
            return None
        return self.stop(say("json-syntax.value"), mistakes.value_hint(word))

    def number(self, text: str, start: int) -> int | Decimal | None:
        """The exact number that `text` writes."""
        value = exact(text)
        if value is None:
            self.note(faults.number_too_long(self.lines.place(start, self.at), text))
            return None
        return int(text) if text.lstrip("-").isdigit() else value

    def stop(self, expected: Words, hint: Words | None = None) -> None:
        """Refuse what stands here, by the precise name of the mistake where there is one."""
        raise Refused([*self.found, mistakes.mistake(self.lines, self.at, self.opened, expected, hint)])

    def note(self, problem: Problem) -> None:
        """Keep a fault and read on; stop where a file has more than anyone reads."""
        self.found.append(problem)
        if len(self.found) >= faults.MOST:
            raise Refused(self.found)
