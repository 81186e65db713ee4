"""The tables of a ruleset for people who live in Excel: out to .xlsx, and what was changed there back into the YAML.

`sheets` says what stands where, `book` knows .xlsx, `back` finds what was changed and writes it into the text at its
place; nothing else of the file moves.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from zhunsheng.exchange.files import retrieving, ruleset_source
from zhunsheng.exchange.tables.back import Change, taken_back
from zhunsheng.exchange.tables.book import STAMP, read_book, write_book
from zhunsheng.exchange.tables.sheets import Sheet, sheets
from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.exchange.tables.book import Book
    from zhunsheng.ruleset import Ruleset

__all__ = ["Change", "Sheet", "about", "read_book", "sheets", "take_back", "write_book"]


def about(ruleset: Ruleset) -> dict[str, str]:
    """What the sheet beside the tables says: which ruleset they are of, and what may be done with them."""
    return {
        "规则": ruleset.id,
        "版本": ruleset.version,
        "名称": ruleset.title,
        STAMP: ruleset.sha256,
        "可以改": "分值、界限、含不含（是、否）、数、得、条款、说明；只改格里的内容",
        "不要改": "名称、位置、表头和行数；增删一项，在 YAML 里做，再重新导出",
        "收回": f"zhunsheng tables 规则文件 --in 这个文件；{ruleset.id} 以外的规则写的值，在那个规则的表里改",
    }


def take_back(name: str, book: Book, file: str) -> tuple[Change, ...]:
    """Writes what was changed in the tables into the ruleset's file; where nothing was, the file is not touched.

    Args:
        name: the path of the ruleset.
        book: the sheets as they came back.
        file: what messages call the .xlsx.

    Raises:
        Refused: it is no file, a change has no place in it, or what comes of it is no ruleset; nothing is written.
    """
    source, beside = ruleset_source(name)
    if beside is None:
        raise Refused([Problem(Place(name), "not-writable", say("not-writable.shipped"), name)])
    text, changes = taken_back(source, retrieving(beside), book, file)
    if changes:
        path = beside / source.file.rpartition("/")[2]
        try:
            path.write_bytes(_as_it_was(path, text))
        except OSError as error:
            place = Place(path.as_posix())
            raise Refused(
                [Problem(place, "not-writable", say("not-writable.expected"), error.strerror or "")]
            ) from None
    return changes


def _as_it_was(path: Path, text: str) -> bytes:
    """The bytes of `text`, with the line ends and the byte order mark that the file has."""
    before = path.read_bytes()
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    return mark + (text.replace("\n", "\r\n") if b"\r\n" in before else text).encode()
