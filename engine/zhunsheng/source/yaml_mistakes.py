"""What a person did wrong where the YAML parser gave up: the parser names its own state, this module the mistake.

The parser often reports the line after the mistake; the message points at the mistake itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.problem import Problem, say
from zhunsheng.source import faults
from zhunsheng.source.yaml_flow import unquoted_between_braces

if TYPE_CHECKING:
    from zhunsheng.problem import Place, Words
    from zhunsheng.source.marks import Lines

_FULL_WIDTH_COLON: Final = re.compile(r"\s*(?:- +)*(?P<key>[^\s：:\"'#\[{][^：:\"'#]*)：(?P<value>.*)")
_COLON_WITHOUT_SPACE: Final = re.compile(r"\s*(?:- +)*(?P<key>[^\s：:\"'#\[{]+):(?P<value>[^\s:/].*)")
_VALUE: Final = re.compile(r"\s*(?:- +)*(?:(?!- )[^\s:\"'#\[{][^:\"'#]*:\s+|- +)(?P<value>\S.*?)\s*$")
_INDICATORS: Final = "><|%@`*&!"
_CLOSING: Final = {"[": "]", "{": "}"}


def syntax_problem(fault: Any, lines: Lines, last: Any) -> Problem:
    """The problem that made the parser stop.

    Args:
        fault: what the parser raised.
        lines: the text.
        last: the last scalar read before, which may have swallowed the lines at fault.
    """
    text = lines.text
    mark = getattr(fault, "problem_mark", None)
    at = len(text) if mark is None else min(mark.index, len(text))
    said = str(getattr(fault, "problem", "") or "")
    context = getattr(fault, "context_mark", None)
    begun = at if context is None else min(context.index, len(text))
    if problem := unquoted_between_braces(lines, at, said):
        return problem
    for row in _rows(text, begun if "expected ':'" in said else at, begun, last):
        if problem := _mistake_in(row, lines):
            return problem
    return _by_report(said, at, begun, lines)


def _rows(text: str, at: int, begun: int, last: Any) -> list[tuple[int, str]]:
    """The lines that may hold the mistake, the likeliest first, each with where it starts."""
    starts = [at]
    if last is not None and not last.style and last.end_mark.index <= at:
        begin, end = last.start_mark.index, last.end_mark.index
        inner = [begin + found.start() + 1 for found in re.finditer("\n", text[begin:end])]
        starts = [begin, *inner, at] if inner else [at, begin]
    if _line_start(text, begun) == _line_start(text, at) or text[begun : begun + 1] in ("|", ">", "*", "&", "!", "%"):
        starts.append(begun)
    elif text[begun : begun + 1] in ("[", "{"):
        starts.insert(0, begun)
    rows = dict.fromkeys(_line_start(text, each) for each in starts)
    return [(start, text[start : _line_end(text, start)]) for start in rows]


def _mistake_in(row: tuple[int, str], lines: Lines) -> Problem | None:
    """The mistake that this line shows by itself."""
    start, line = row
    if re.match(r" *(?:- *)?\t", line):
        at = start + line.index("\t")
        return Problem(lines.place(at), "tab-indent", say("tab-indent.expected"), "\t", hint=say("tab-indent.hint"))
    if found := _FULL_WIDTH_COLON.match(line):
        mended = f"{found['key']}: {found['value'].strip()}".rstrip()
        return faults.full_width_sign(lines.place(start + found.end("key")), "：", ":", mended[:40])
    if found := _COLON_WITHOUT_SPACE.match(line):
        at = start + found.end("key")
        hint = say("colon-without-space.hint", text=f"{found['key']}: {found['value'].strip()}"[:40])
        return Problem(lines.place(at), "colon-without-space", say("colon-without-space.expected"), ":", hint=hint)
    if found := _VALUE.match(line):
        value = re.sub(r"\s+#.*$", "", found["value"])
        if _must_be_quoted(value):
            begin = start + found.start("value")
            if sign := re.match(r"[*&][\w-]+(?=\s|$)", value):
                return faults.reference(lines.place(begin, begin + sign.end()), sign.group())
            return faults.needs_quotes(
                lines.place(begin, begin + len(value)), value, value if len(value) <= 60 else None
            )
    return None


def _must_be_quoted(value: str) -> bool:
    """Whether YAML takes `value` for something else than the text it is."""
    first = value[0]
    if first in "|>" and re.fullmatch(r"[|>][-+1-9]{0,2}", value):
        return False
    if first in "[(" and re.fullmatch(r"[\[(][^\[\]()]*[\])].*", value):
        return first == "[" and (")" in value or not value.endswith("]"))
    if first == "{":
        return "}" in value and not value.endswith("}")
    if first in "\"'":
        closing = value.find(first, 1)
        return 0 < closing < len(value) - 1
    return first in _INDICATORS or ": " in value or value.endswith(":")


def _by_report(said: str, at: int, begun: int, lines: Lines) -> Problem:
    """The problem in the parser's own terms, where the line does not show the mistake."""
    text = lines.text
    opened = ((lines.place(begun), say("yaml-syntax.opened")),) if begun != at else ()
    sign = text[begun : begun + 1]
    place = lines.place(at)
    got = text[at : min(_line_end(text, at), at + 80)].strip()
    if "escape" in said:
        end = min(at + 1, len(text))
        back = text.rfind("\\", 0, end)
        place = lines.place(max(back, 0), max(back, 0) + 2)
        return _syntax(place, "escape", text[back : back + 2], hint=say("yaml-syntax.escape-hint"))
    if sign in "\"'" and sign and "end of" in said:
        return _syntax(lines.place(begun, _line_end(text, begun)), "quote", text[begun : begun + 80].partition("\n")[0])
    if sign in _CLOSING and "expected" in said:
        expected = say("yaml-syntax.bracket", end=_CLOSING[sign])
        return Problem(place, "yaml-syntax", expected, got, related=opened)
    if "sequence entries" in said:
        return _syntax(place, "list-below", got)
    if "'-' indicator" in said:
        return _syntax(_to_end(lines, at), "dash", got, related=opened)
    if "mapping values" in said:
        row = _line_start(text, at)
        begin = row + len(text[row:at]) - len(text[row:at].lstrip())
        return _syntax(lines.place(begin, at), "indent", text[begin:at].strip(), hint=say("yaml-syntax.indent-hint"))
    if "expected ':'" in said:
        return _syntax(_to_end(lines, begun), "colon", text[begun : _line_end(text, begun)])
    if "expected key" in said or "expected <block end>" in said:
        return _syntax(_to_end(lines, at), "key", got, related=opened)
    return _syntax(place, "content", got)


def _syntax(
    place: Place, expected: str, got: str, related: tuple[tuple[Place, Words], ...] = (), hint: Words | None = None
) -> Problem:
    return Problem(place, "yaml-syntax", say(f"yaml-syntax.{expected}"), got, related=related, hint=hint)


def _to_end(lines: Lines, at: int) -> Place:
    return lines.place(at, _line_end(lines.text, at))


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
