"""The numbers that Word puts before paragraphs of a list: they are seen, but stand nowhere in the text (`目标1：`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, final

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PART: Final = re.compile(r"%([1-9])")
_DIGITS: Final = "零一二三四五六七八九"
_ROMAN: Final = ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_CHINESE: Final = ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting")


class Level(NamedTuple):
    """A level of a list: from where it counts, in which numerals, with which words around."""

    start: int
    form: str
    text: str


@final
class Numbering:
    """The lists of a document, counted as its paragraphs are met from first to last."""

    def __init__(self, definitions: Element | None, styles: Element | None) -> None:
        self._lists: dict[str, tuple[str, dict[int, Level]]] = {}
        """By the number of a list: whose counters it shares, and its levels."""
        self._counts: dict[str, dict[int, int]] = {}
        if definitions is not None:
            self._define(definitions)
        self._styles = _style_lists(styles) if styles is not None else {}

    def _define(self, definitions: Element) -> None:
        abstract = {each.get("abstractNumId", ""): _levels(each) for each in definitions.iter("abstractNum")}
        for each in definitions.iter("num"):
            base = each.find("abstractNumId")
            name = base.get("val", "") if base is not None else ""
            own = {_number(level, "ilvl"): level for level in each.iter("lvlOverride")}
            levels = dict(abstract.get(name, {}))
            for at, level in own.items():
                begin = level.find("startOverride")
                levels.update(_levels(level))
                if begin is not None and at in levels:
                    levels[at] = levels[at]._replace(start=_number(begin, "val"))
            self._lists[each.get("numId", "")] = (f"{name}/{each.get('numId')}" if own else name, levels)

    def before(self, paragraph: Element) -> str:
        """What stands before a paragraph, which is thereby counted."""
        style = paragraph.find("pPr/pStyle")
        id_, level = self._styles.get(style.get("val", "") if style is not None else "", ("", 0))
        own_id, own_level = paragraph.find("pPr/numPr/numId"), paragraph.find("pPr/numPr/ilvl")
        id_ = own_id.get("val", "") if own_id is not None else id_
        level = _number(own_level, "val") if own_level is not None else level
        counters, levels = self._lists.get(id_, ("", {}))
        return self._next(self._counts.setdefault(counters, {}), levels, level) if level in levels else ""

    @staticmethod
    def _next(counts: dict[int, int], levels: dict[int, Level], level: int) -> str:
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        if levels[level].form in ("bullet", "none"):
            return ""

        def numeral(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            known = levels.get(at, levels[level])
            return written(counts.get(at, known.start), known.form)

        return _PART.sub(numeral, levels[level].text)


def written(count: int, form: str) -> str:
    """A count in the numerals of a list.

    >>> written(12, "chineseCounting"), written(3, "decimalEnclosedCircle"), written(4, "lowerRoman"), written(2, "upperLetter")
    ('十二', '③', 'iv', 'B')
    """
    if form in _CHINESE and 0 < count < 100:
        tens, ones = divmod(count, 10)
        return (_DIGITS[tens] * (tens > 1) + "十") * (tens > 0) + _DIGITS[ones] * (ones > 0)
    if form.startswith("decimalEnclosedCircle") and 0 < count <= 20:
        return chr(0x2460 + count - 1)
    if form in ("lowerLetter", "upperLetter") and 0 < count <= 26:
        return chr((65 if form == "upperLetter" else 97) + count - 1)
    if form in ("lowerRoman", "upperRoman") and 0 < count < 90:
        return _roman(count).upper() if form == "upperRoman" else _roman(count)
    return str(count)


def _roman(count: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        times, count = divmod(count, value)
        text += letters * times
    return text


def _levels(parent: Element) -> dict[int, Level]:
    return {_number(each, "ilvl"): _level(each) for each in parent.iter("lvl")}


def _level(element: Element) -> Level:
    start, form, text = (element.find(name) for name in ("start", "numFmt", "lvlText"))
    return Level(
        _number(start, "val") if start is not None else 1,
        form.get("val", "") if form is not None else "",
        text.get("val", "") if text is not None else "",
    )


def _style_lists(styles: Element) -> dict[str, tuple[str, int]]:
    """The list and level that paragraphs of a style belong to."""
    found = {}
    for each in styles.iter("style"):
        id_, level = each.find("pPr/numPr/numId"), each.find("pPr/numPr/ilvl")
        if id_ is not None:
            found[each.get("styleId", "")] = (id_.get("val", ""), _number(level, "val") if level is not None else 0)
    return found


def _number(element: Element, name: str) -> int:
    text = element.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
