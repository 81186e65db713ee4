"""Bytes to text: UTF-8 and nothing else, said in words that name the likely mistake."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from zhunsheng.problem import Place, Problem, Refused, Words, say
from zhunsheng.source import faults
from zhunsheng.source.marks import Lines

if TYPE_CHECKING:
    from typing import Literal

_MAX_BYTES: Final = faults.MAX_MEGABYTES * 1_000_000
_FORBIDDEN: Final = {
    "json": re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]"),
    "yaml": re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\u2028\u2029]"),
}
_CONTENT: Final = {"json": re.compile(r"\S"), "yaml": re.compile(r"^(?![ \t]*(?:#.*)?$)", re.MULTILINE)}


def text_of(content: bytes, file: str, kind: Literal["json", "yaml"]) -> str:
    """The text of `content`, its lines ended by a line feed alone and without a byte order mark.

    Raises:
        Refused: too large, not UTF-8, with control characters, or nothing in it.
    """
    if len(content) > _MAX_BYTES:
        expected = say("file-too-large.expected", limit=faults.MAX_MEGABYTES)
        raise Refused([Problem(Place(file), "file-too-large", expected, hint=say("file-too-large.hint"))])
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused([_not_utf8(Place(file, 1, 1), content[:2], say("not-utf8.utf-16"))])
    body = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = _lines_alike(body.decode("utf-8"))
    except UnicodeDecodeError as fault:
        before = _lines_alike(body[: fault.start].decode("utf-8"))
        place = Lines(before, file).place(len(before))
        raise Refused([_not_utf8(place, body[fault.start : fault.end], _likely(body))]) from None
    if text.count(",") > faults.MAX_ENTRIES or (kind == "yaml" and text.count("\n") > faults.MAX_ENTRIES):
        expected = say("file-too-large.entries", limit=faults.MAX_ENTRIES)
        raise Refused([Problem(Place(file), "file-too-large", expected, hint=say("file-too-large.hint"))])
    if not _CONTENT[kind].search(text):
        raise Refused(
            [Problem(Place(file, 1, 1), "empty-file", say("empty-file.expected"), hint=say("empty-file.hint"))]
        )
    _refuse_controls(text, file, kind)
    return text


def readable(content: bytes) -> str:
    r"""The text of `content` for display beside a message, whatever the bytes are: lines and columns as `read` has them.

    >>> readable(b"\xef\xbb\xbfa\r\nb\xc4")
    'a\nb�'
    """
    return _lines_alike(content.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace"))


def _lines_alike(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _refuse_controls(text: str, file: str, kind: Literal["json", "yaml"]) -> None:
    if not (first := _FORBIDDEN[kind].search(text)):
        return
    lines = Lines(text, file)
    if first.group() == "\0" and text.count("\0") > len(text) // 4:
        raise Refused([_not_utf8(lines.place(first.start()), b"\0", say("not-utf8.utf-16"))])
    found = []
    for each in _FORBIDDEN[kind].finditer(text):
        sign = each.group()
        name = f"U+{ord(sign):04X}"
        place = lines.place(each.start(), each.end())
        found.append(faults.control_character(place, f"{name} {unicodedata.name(sign, '')}".rstrip(), name))
        if len(found) >= faults.MOST:
            break
    raise Refused(found)


def _not_utf8(place: Place, bad: bytes, hint: Words) -> Problem:
    return Problem(place, "not-utf8", say("not-utf8.expected"), bad[:4].hex(" ").upper(), hint=hint)


def _likely(content: bytes) -> Words:
    """What the bytes are likely to be: text of a Chinese Windows, or no text."""
    sample = content[:100_000]
    if b"\0" in sample:
        return say("not-utf8.binary")
    text = sample.decode("gb18030", errors="replace")
    return say("not-utf8.gbk" if text.count("\ufffd") * 20 <= len(text) else "not-utf8.binary")
