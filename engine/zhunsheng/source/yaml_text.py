"""Strict YAML: the part of the language that says one thing to every reader, with the span of every value.

Built from the events of the parser alone: nothing is composed, so that a nesting of 200,000 brackets is counted before
anything walks into it. What YAML 1.1 would guess (`no`, `12:30`, `010`, `1e3`) is refused with "quote it"; text that
merely looks like a date stays text.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import yaml

from zhunsheng.number import MAX_DIGITS
from zhunsheng.problem import Problem, Refused, say
from zhunsheng.source import faults
from zhunsheng.source.marks import Span
from zhunsheng.source.yaml_flow import LONGEST, thousands
from zhunsheng.source.yaml_mistakes import syntax_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.source.marks import Lines, Path, Table

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(?P<decimals>\.[0-9]++)?", re.ASCII)
_WORDS: Final = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
_NULLS: Final = ("", "~", "null", "Null", "NULL")
_ODD_NUMBER: Final = re.compile(
    r"""[-+]?(?:0[0-9_]+(?:\.[0-9_]*)?      # 007, 00.5
      |[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]* # 5., .5
      |[0-9][0-9_]*(?:\.[0-9_]*)?           # +5, 1_000
      )(?:[eE][-+]?[0-9]+)?                 # 1e3
    |[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[oO][0-7_]+|[-+]?0[bB][01_]+
    |[-+]?[0-9][0-9_]*(?::[0-9]+)+(?:\.[0-9_]*)?  # 12:30
    |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)""",
    re.ASCII | re.VERBOSE,
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_CUT_OFF: Final = re.compile(r"[ \t]+(?P<rest>#[^\s#][^\n\r]*)")
"""What YAML takes for a comment and a person may not have meant as one: 「见附表 #3」."""
_MORE_THOUSANDS: Final = re.compile(r",[0-9]{3}(?![0-9])", re.ASCII)
_TAG: Final = re.compile(r"!\S*")
_KEY_LINE: Final = re.compile(r"\s*[^\s：:]{1,30}：\s*\S")


def read_yaml(text: str, lines: Lines) -> tuple[Any, Table]:
    """The data of `text`, and the span of each value.

    Raises:
        Refused: with every fault found; after a fault of syntax nothing further is read.
    """
    reader = _Reader(text, lines)
    try:
        data = reader.document()
    except yaml.YAMLError as fault:
        problem = syntax_problem(fault, lines, reader.last)
        raise Refused([*(each for each in reader.found if each.place != problem.place), problem]) from None
    if reader.found:
        raise Refused(reader.found)
    return data, reader.table


class _Reader:
    """One reading of one text, event by event."""

    def __init__(self, text: str, lines: Lines) -> None:
        self.text = text
        self.lines = lines
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))
        self.found: list[Problem] = []
        self.table: Table = {}
        self.last: Any = None  # the last scalar: a syntax error is often its fault

    def document(self) -> Any:
        """The data of the only document."""
        data: Any = None
        count = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                count += 1
                if count > 1:
                    self.several(event)
                first = next(self.events)
                if count == 1 and _is_blank(first):
                    self.add(
                        Problem(
                            self.lines.place(0), "empty-file", say("empty-file.expected"), hint=say("empty-file.hint")
                        )
                    )
                    continue
                data = self.value(first, (), None, 1)
        return data

    def several(self, event: Any) -> None:
        """Refuse a second document."""
        start, end = _span(event)
        sign = self.text[start:end] or "---"
        hint = say("several-documents.hint", text=sign)
        problem = Problem(
            self.lines.place(start, end), "several-documents", say("several-documents.expected"), sign, hint=hint
        )
        raise Refused([*self.found, problem])

    def value(self, event: Any, path: Path, key: tuple[int, int] | None, depth: int) -> Any:
        """The value that begins with `event`."""
        start, end = _span(event)
        data: Any
        style = ""
        self.plain_yaml(event)
        if isinstance(event, yaml.AliasEvent):
            data = None
        elif isinstance(event, yaml.ScalarEvent):
            self.last = event
            style = event.style or ""
            data = self.text_in(event) if style or event.tag else self.plain(event, key)
        else:
            if depth > faults.DEPTH:
                raise Refused([*self.found, faults.too_deep(self.lines.place(start), self.text[start : start + 1])])
            data, end = (
                self.members(path, depth) if isinstance(event, yaml.MappingStartEvent) else self.items(path, depth)
            )
        self.table[path] = Span(start, end, key, style)
        return data

    def items(self, path: Path, depth: int) -> tuple[list[Any], int]:
        """The list whose items follow, and where it ends."""
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, (*path, len(items)), None, depth + 1))
        return items, _span(event)[1]

    def members(self, path: Path, depth: int) -> tuple[dict[str, Any], int]:
        """The mapping whose members follow, and where it ends."""
        members: dict[str, Any] = {}
        keys: dict[str, tuple[int, int]] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = _span(event)
            if isinstance(event, yaml.ScalarEvent) and not event.style and (cut := thousands(self.lines, *key)):
                if not _MORE_THOUSANDS.match(self.text, key[1]):
                    self.add(cut)
                self.unseen(path, depth)
                continue
            name = self.key(event, path, depth)
            if name is not None and name in keys:
                first = self.lines.place(*keys[name])
                self.add(faults.duplicate_key(self.lines.place(*key), name, first, self.text[slice(*key)]))
            so_far = len(self.found)
            value = self.value(
                next(self.events), (*path, self.text[slice(*key)] if name is None else name), key, depth + 1
            )
            if not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                del self.found[so_far:]
            if name is not None:
                keys.setdefault(name, key)
                members[name] = value
        return members, _span(event)[1]

    def unseen(self, path: Path, depth: int) -> None:
        """Pass over the value of what is no name."""
        so_far = len(self.found)
        self.value(next(self.events), (*path, ""), None, depth + 1)
        del self.found[so_far:]
        self.table.pop((*path, ""), None)

    def key(self, event: Any, path: Path, depth: int) -> str | None:
        """The name that `event` writes, or None where it is not text."""
        if not isinstance(event, yaml.ScalarEvent):
            if isinstance(event, yaml.AliasEvent):
                self.plain_yaml(event)
                return None
            so_far = len(self.found)
            self.value(event, (*path, ""), None, depth + 1)
            del self.found[so_far:]  # what is wrong within a name that cannot be one helps nobody
            self.key_not_text(*self.table.pop((*path, ""))[:2])
            return None
        self.last = event
        self.plain_yaml(event)
        value: str = event.value
        start, end = _span(event)
        if event.style or event.tag:
            return self.text_in(event)
        if value == "<<":
            place = self.lines.place(start, end)
            self.add(Problem(place, "merge-key", say("merge-key.expected"), value, hint=say("merge-key.hint")))
            return None
        if value in _NULLS or value.lower() in _WORDS or _NUMBER.fullmatch(value) or _ODD_NUMBER.fullmatch(value):
            self.key_not_text(start, end)
            return None
        return value

    def key_not_text(self, start: int, end: int) -> None:
        """Refuse a name that other readers take for a number, a truth value or nothing."""
        place = self.lines.place(start, end)
        written = self.text[start : start + place.length] if end > start else ""
        expected = say("key-not-text.expected", text=written)
        hint = "each" if written == "on" else "hint"  # what other rule engines call the things that a rule is about
        self.add(Problem(place, "key-not-text", expected, written, hint=say(f"key-not-text.{hint}", text=written)))

    def plain_yaml(self, event: Any) -> None:
        """Refuse anchors, aliases and tags."""
        start, end = _span(event)
        if isinstance(event, yaml.AliasEvent):
            self.add(faults.reference(self.lines.place(start, end), self.text[start:end]))
            return
        if event.anchor:
            sign = f"&{event.anchor}"
            at = max(self.text.find(sign, start), start)
            self.add(faults.reference(self.lines.place(at, at + len(sign)), sign))
        if event.tag and (found := _TAG.search(self.text, start)):
            sign = found.group()
            place = self.lines.place(*found.span())
            self.add(Problem(place, "tag", say("tag.expected", text=sign), sign, hint=say("tag.hint", text=sign)))

    def text_in(self, event: Any) -> str:
        """The text of a quoted or block scalar."""
        value: str = event.value
        if found := _CONTROL.search(value):
            place = self.lines.place(*_span(event))
            self.add(faults.control_character(place, f"U+{ord(found.group()):04X}", self.text[slice(*_span(event))]))
        return value

    def plain(self, event: Any, key: tuple[int, int] | None) -> Any:
        """The value that an unquoted scalar writes."""
        value: str = event.value
        start, end = _span(event)
        place = self.lines.place
        if value in _NULLS:
            if key and not value and "：" in self.text[slice(*key)]:
                self.full_width_colon(key[0], self.text[slice(*key)])
                return None
            if not value:
                dash = max(self.text.rfind("-", 0, start), 0)
                start, end = key or (dash, dash + 1)
            name = self.text[slice(*key)] if key else "-"
            expected = say("empty-value.expected", name=name)
            # a formula's comma ends an entry between braces: `{formula: min(a, b)}` reads as a key `b)`
            cut = "cut" if key and name.count(")") > name.count("(") else "entry" if self.is_cell(key, end) else "hint"
            self.add(
                Problem(place(start, end), "empty-value", expected, value, hint=say(f"empty-value.{cut}", name=name))
            )
            return None
        if value in ("true", "false"):
            return value == "true"
        if number := _NUMBER.fullmatch(value):
            if len(value) > MAX_DIGITS:
                self.add(faults.number_too_long(place(start, end), value))
                return None
            if number["decimals"]:
                return Decimal(value).copy_abs() if not Decimal(value) else Decimal(value)
            return int(value)
        if value.lower() in _WORDS or _ODD_NUMBER.fullmatch(value):
            if len(value) > MAX_DIGITS:
                self.add(faults.number_too_long(place(start, end), value))
                return None
            expected = say("ambiguous-value.expected", text=value)
            self.add(Problem(place(start, end), "ambiguous-value", expected, value, hint=_either(value)))
            return None
        if "：" in value:
            self.no_full_width_colon(event)
        if lost := _CUT_OFF.match(self.text, end):
            where = place(lost.start("rest"), lost.end("rest"))
            written = f"{value} {lost['rest']}"
            hint = say("text-cut.hint", text=written) if len(written) <= LONGEST else None
            self.add(Problem(where, "text-cut", say("text-cut.expected"), lost["rest"], hint=hint))
        return value

    def is_cell(self, key: tuple[int, int] | None, end: int) -> bool:
        """Whether a blank is one of several on a line, as the cells of a form are: what it lacks is not a line below it."""
        after = self.text[end : end + 80].lstrip(": ")[:1]
        return key is not None and after in (",", "}") and after != ""

    def no_full_width_colon(self, event: Any) -> None:
        """Refuse lines that were meant as `name: value` and became one text, since their colon is not the half-width one."""
        start, end = _span(event)
        rows = self.text[start:end].split("\n")
        several = len(rows) > 1 and all(_KEY_LINE.match(row) for row in rows)
        if several or (start == 0 and _KEY_LINE.match(rows[0])):
            self.full_width_colon(start, rows[0])

    def full_width_colon(self, start: int, row: str) -> None:
        """Refuse the colon in `row`, which begins at `start`."""
        name, colon, value = row.partition("：")
        mended = f"{name.strip()}: {value.strip()[:20]}".rstrip()
        self.add(faults.full_width_sign(self.lines.place(start + len(name)), colon, ":", mended))

    def add(self, problem: Problem) -> None:
        """Note a fault; stop where a file has more than anyone reads."""
        self.found.append(problem)
        if len(self.found) >= faults.MOST:
            raise Refused(self.found)


def _span(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def _is_blank(event: Any) -> bool:
    return isinstance(event, yaml.ScalarEvent) and not (event.value or event.style or event.tag or event.anchor)


def _either(text: str) -> Any:
    mend = _WORDS.get(text.lower())
    if mend:
        return say("ambiguous-value.hint-boolean", mend=mend, text=text)
    body = text.lstrip("+-").replace("_", "")
    if re.fullmatch(r"[0-9]*\.?[0-9]*", body, re.ASCII):
        whole, _, rest = body.partition(".")
        sign = "-" if text.startswith("-") else ""
        mended = sign + (whole.lstrip("0") or "0") + (f".{rest}" if rest else "")
        return say("ambiguous-value.hint-number", mend=mended, text=text)
    return say("ambiguous-value.hint", text=text)
