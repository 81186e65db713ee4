"""What a number in a cell says, by its number format: `97.5%`, `2023年8月31日`, `18台`, `268500.00`.

The value is what the cell holds, never less: 0.975 in the format `0%`, which Excel shows as 98%, is `97.5%`. Only the
digits beyond the fifteenth are noise of the binary number and gone, as they are for Excel itself.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Context, Decimal, InvalidOperation
from typing import Final, NamedTuple

BUILT_IN: Final = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "yyyy-m-d",
    15: "d-mmm-yy", 16: "m-d", 17: "yyyy-m", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy-m-d h:mm", 27: "yyyy-m", 28: "m-d", 29: "m-d", 30: "yyyy-m-d", 31: "yyyy-m-d", 32: "h:mm", 33: "h:mm:ss",
    34: "h:mm", 35: "h:mm:ss", 36: "yyyy-m", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss", 48: "0.0E+0", 49: "@", 50: "yyyy-m", 51: "m-d", 52: "yyyy-m", 53: "m-d", 54: "m-d",
    55: "h:mm", 56: "h:mm:ss", 57: "yyyy-m", 58: "m-d",
}  # fmt: skip
"""Formats that files name by number only; 27 to 36 and 50 to 58 as they are in Chinese Excel (ISO 29500-1, 18.8.30)."""

_FIFTEEN: Final = Context(prec=15, Emin=-400, Emax=400)
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{0,400})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]|(?P<general>general|通用格式)|(?P<code>.)',
    re.IGNORECASE | re.DOTALL,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)", re.ASCII)
_WORDS: Final = re.compile(r"[^\W\d_]|[%<>=≥≤≧≦＞＜＝‰℃％]")
"""What a format may add to a number that is worth keeping: units and comparators, not currency signs and spaces."""
_MET: Final = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<>": lambda a, b: a != b,
}


class Token(NamedTuple):
    """A piece of a number format: `code` is a sign with a meaning, `text` is shown as it is."""

    kind: str
    text: str


def number(text: str) -> Decimal | None:
    """A number as a sheet stores it, to the fifteen digits that Excel keeps; None where it is none.

    >>> number("0.9399999999999999"), number("1.5E-2"), number("x")
    (Decimal('0.940000000000000'), Decimal('0.015'), None)
    """
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return _FIFTEEN.create_decimal(text)
    except InvalidOperation:
        return None


def shown(value: Decimal, form: str, *, since_1904: bool = False) -> str:
    """What a number says in a cell of this format.

    >>> shown(Decimal("0.975"), "0%"), shown(Decimal("268500"), "#,##0.00"), shown(Decimal(18), '0"台"')
    ('97.5%', '268500.00', '18台')
    >>> shown(Decimal(45169), 'yyyy"年"m"月"d"日"'), shown(Decimal(45139), "yyyy-mm")
    ('2023年8月31日', '2023年8月')
    """
    section = _section(value, form)
    codes = "".join(each.text for each in section if each.kind == "code").lower()
    if "general" not in {each.kind for each in section} and re.search("[ymdhs]", codes):
        return _moment(value, codes, since_1904=since_1904)
    return _figure(value, section)


def plain(value: Decimal, places: int = 0) -> str:
    """A number without exponent and without zeros at its end, but for those that `places` asks for."""
    text = format(value, "f")
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(places, "0")
    return f"{whole}.{fraction}" if fraction else "0" if whole == "-0" else whole


def _section(value: Decimal, form: str) -> list[Token]:
    """The part of a format that is for this number: by its condition, else by its sign."""
    sections: list[list[Token]] = [[]]
    for each in _TOKEN.finditer(form):
        kind = "text" if each.lastgroup in ("quoted", "escaped") else each.lastgroup
        if kind == "code" and each[0] == ";":
            sections.append([])
        elif kind is not None:
            sections[-1].append(Token(kind, each[each.lastgroup or 0]))
    conditions = [_condition(each) for each in sections]
    if any(conditions):
        met = [at for at, each in enumerate(conditions) if each and _MET[each[1]](value, Decimal(each[2]))]
        rest = [at for at, each in enumerate(conditions) if not each]
        return sections[(met or rest or [0])[0]]
    at = 1 if value < 0 else 2 if value == 0 else 0
    return sections[at if at < len(sections) and (at == 1 or len(sections) > 2) else 0]


def _condition(section: list[Token]) -> re.Match[str] | None:
    return next(
        (found for each in section if each.kind == "bracket" if (found := _CONDITION.fullmatch(each.text))), None
    )


def _figure(value: Decimal, section: list[Token]) -> str:
    """A number with what its format adds: zeros, a percent sign, a unit; scaled where the format scales it."""
    digits = [at for at, each in enumerate(section) if each.kind == "general" or _is(each, "0#?")]
    if not digits:
        return plain(value)
    first, last = digits[0], digits[-1]
    core = section[first : last + 1]
    shift, places = _scale(core, section[last + 1 :])
    percent = any(_is(each, "%") for each in section)
    before, after = (_words(each) for each in (section[:first], section[last + 1 :]))
    return f"{before}{plain(value.scaleb(2 * percent - shift, _FIFTEEN), places)}{'%' * percent}{after}"


def _scale(core: list[Token], after: list[Token]) -> tuple[int, int]:
    """By how many places a format moves the point (`0!.0,` shows ten thousands), and how many it fills with zeros."""
    commas = 0
    for each in after:
        if not _is(each, ","):
            break
        commas += 3
    point = next((at for at, each in enumerate(core) if _is(each, ".") or each == ("text", ".")), None)
    if point is None:
        return commas, 0
    behind = core[point + 1 :]
    if core[point].kind == "text":
        commas += sum(_is(each, "0#?") for each in behind)
    return commas, sum(_is(each, "0") for each in behind) if not any(_is(each, "eE") for each in behind) else 0


def _is(token: Token, signs: str) -> bool:
    return token.kind == "code" and token.text in signs


def _words(tokens: list[Token]) -> str:
    text = "".join(each.text for each in tokens if each.kind == "text")
    return text.strip() if _WORDS.search(text) else ""


def _moment(value: Decimal, codes: str, *, since_1904: bool) -> str:
    """A date or time, as precisely as its format shows it: a month typed as 2023年8月 is stored with a first day."""
    days = int(value)
    if not value >= 0 or days > 2_958_465:
        return plain(value)
    clock = "h" in codes or "s" in codes
    parts = {"y": "y" in codes, "m": "m" in codes and ("y" in codes or "d" in codes or not clock), "d": "d" in codes}
    text = _day(days, parts, since_1904=since_1904)
    return " ".join(each for each in (text, _clock(value - days) if clock else "") if each)


def _day(days: int, parts: dict[str, bool], *, since_1904: bool) -> str:
    # Excel counts a 29 February 1900 that never was: from then on its days are one ahead.
    start = date(1904, 1, 1) if since_1904 else date(1899, 12, 30 if days > 59 else 31)
    day = start + timedelta(days=days)
    numbers = {"y": f"{day.year}年", "m": f"{day.month}月", "d": f"{day.day}日"}
    return "".join(numbers[each] for each, asked in parts.items() if asked)


def _clock(part: Decimal) -> str:
    seconds = int((part * 86_400 + Decimal("0.5")).to_integral_value(rounding="ROUND_FLOOR"))
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}" + (f":{rest:02}" if rest else "")
