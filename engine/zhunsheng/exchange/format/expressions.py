"""How an expression is written: half-width signs, one space around an operator, the author's lines as they are.

Nothing is parsed anew here: the tokens of the language's own parser stay the same ones in the same order, so that the
tree cannot change.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from zhunsheng.exchange.format.edits import Edit, applied
from zhunsheng.expression.parse import MAX_LENGTH, Malformed, parse, parser
from zhunsheng.expression.signs import COMPARATORS
from zhunsheng.ruleset.model import PERIOD_FORM, ruleset_schema, short_key

if TYPE_CHECKING:
    from zhunsheng.source.marks import Path

Spelling = Literal["expression", "condition"]
"""A whole expression, or what follows the argument of a table: `>= 80 and < 90`."""

_FRAME: Final[dict[Spelling, tuple[str, str]]] = {"expression": ("", ""), "condition": ("table(总分; ", ": 0)")}
_SIGNS: Final = {
    "PLUS": "+", "MINUS": "-", "TIMES": "*", "OVER": "/", "_OPEN": "(", "_CLOSE": ")", "_COMMA": ",", "_SEMI": ";",
    "_COLON": ":",
}  # fmt: skip
_OPERANDS: Final = ("_CLOSE", "NAME", "QUANTITY", "STRING", "DATE", "TRUTH", "UNDEFINED", "PRESENCE")
_CALLED: Final = ("NAME", "_ROUND", "_TABLE", "_LINES")
_PERIOD: Final = re.compile(PERIOD_FORM, re.ASCII)


class _Token(NamedTuple):
    kind: str
    start: int
    end: int
    text: str
    """As it is written in the canonical form."""


def spelling(data: Any, path: Path) -> Spelling | None:
    """Whether the text at `path` of a ruleset's data is an expression, and of which sort."""
    if not isinstance(data, dict) or "ruleset" not in data or not path:
        return None
    if isinstance(path[-1], str) and _PERIOD.match(path[-1]):
        path = path[:-1]
    short = short_key(path)
    whole = (*path, short) if short is not None else path
    section, key = str(whole[0]), str(whole[-1])
    if section == "peers":
        return "expression" if len(whole) == 4 and whole[2] == "by" else None
    if section == "grades":
        return "condition" if len(whole) == 3 and key == "when" else None
    fields = _expressions().get(section, ())
    return "expression" if key in fields and len(whole) == (3 if section in _MANY else len(fields and whole)) else None


_MANY: Final = ("weights", "quantities", "scores", "rules")


@cache
def _expressions() -> dict[str, tuple[str, ...]]:
    """By section, the fields that hold an expression: those of which the schema says that they may be dated."""
    schema = ruleset_schema()
    parts = {"weights": "Weight", "quantities": "Quantity", "scores": "Score", "rules": "Rule"}
    parts |= {"total": "Total", "indicator_kind": "Kinds"}
    found = {
        section: tuple(
            name
            for name, body in schema["$defs"][definition]["properties"].items()
            if PERIOD_FORM in body.get("patternProperties", {})
        )
        for section, definition in parts.items()
    }
    return {**found, "full_marks": ("full_marks",)}


def expression_edits(text: str, how: Spelling) -> list[Edit]:
    """What to change so that `text` is written canonically; nothing where it is no expression."""
    tokens = _tokens(text, how)
    edits: list[Edit] = []
    for at, token in enumerate(tokens):
        if text[token.start : token.end] != token.text:
            edits.append(Edit(token.start, token.end, token.text))
        if at:
            gap = Edit(tokens[at - 1].end, token.start, _gap(tokens, at))
            if text[gap.start : gap.end] != gap.text:
                edits.append(gap)
    return edits if normal(applied(text, edits), how) == normal(text, how) else []


def normal(text: str, how: Spelling) -> tuple[tuple[str, str], ...]:
    """What two ways of writing one expression have in common; empty where it is none."""
    return tuple((each.kind, each.text) for each in _tokens(text, how))


def _tokens(text: str, how: Spelling) -> list[_Token]:
    before, after = _FRAME[how]
    framed = f"{before}{text}{after}"
    if len(framed) > MAX_LENGTH or not text.strip():
        return []
    try:
        parse(framed)
    except Malformed:
        return []
    return [
        _Token(each.type, start, end, _written(each.type, str(each)))
        for each in parser().parse_interactive(framed).iter_parse()
        if each.start_pos is not None
        and each.end_pos is not None
        and (start := each.start_pos - len(before)) >= 0
        and (end := each.end_pos - len(before)) <= len(text)
    ]


def _written(kind: str, text: str) -> str:
    if kind == "COMPARATOR":
        return COMPARATORS.get(text, text)
    if kind == "QUANTITY":
        return re.sub(r"\s+", "", text).replace("％", "%")
    if kind == "PRESENCE":
        return re.sub(r"\s+", " ", text)
    return _SIGNS.get(kind, text)


def _gap(tokens: list[_Token], at: int) -> str:
    """What stands between a token and the one before it."""
    here, before = tokens[at].kind, tokens[at - 1].kind
    if here in ("_CLOSE", "_COMMA", "_SEMI", "_COLON") or before == "_OPEN":
        return ""
    if here == "_OPEN" and before in _CALLED:
        return ""
    if before == "MINUS" and (at < 2 or tokens[at - 2].kind not in _OPERANDS):
        return ""  # the minus of a negative number
    return " "
