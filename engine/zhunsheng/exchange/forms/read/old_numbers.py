"""The numbers in an old workbook (.xls) with the number format of each: what python-calamine does not tell.

After [MS-XLS] 2.4: records of a type, a length and so many bytes, the workbook's first and then those of each sheet.
"""

from __future__ import annotations

import struct
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.exchange.forms.read.container import Container
from zhunsheng.exchange.forms.read.numbers import BUILT_IN, number

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOF, _EOF, _SHEET, _XF, _FORMAT, _EPOCH, _PASSWORD = 0x0809, 0x000A, 0x0085, 0x00E0, 0x041E, 0x0022, 0x002F
_NUMBER, _RK, _SEVERAL, _FORMULA, _ERROR, _ROW, _COLUMNS = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0205, 0x0208, 0x007D
_HEARD: Final = (_NUMBER, _RK, _SEVERAL, _FORMULA, _ERROR, _ROW, _COLUMNS)
_NEW: Final = 0x0600
"""The version of Excel 97 and later, whose texts are Unicode."""
_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


class ProtectedError(Exception):
    """The workbook opens with a password only."""


class Numbers(NamedTuple):
    """The numbers and errors of a sheet by row and column."""

    values: dict[tuple[int, int], tuple[Decimal, str]]
    """With the format of each."""
    errors: dict[tuple[int, int], str]
    rows: set[int]
    """The rows and columns that are hidden."""
    columns: set[int]
    hidden: bool


class Old(NamedTuple):
    """What is told of an old workbook beside its texts: its sheets in order."""

    sheets: tuple[Numbers, ...]
    since_1904: bool


def numbers_of(content: bytes) -> Old:
    """The numbers of a workbook.

    Raises:
        ValueError: this is no workbook that can be read.
        ProtectedError: it opens with a password only.
    """
    container = Container.of(content)
    stream = container.stream("Workbook") or container.stream("Book")
    formats: dict[int, str] = {}
    styles: list[int] = []
    sheets: list[tuple[int, bool]] = []
    version, since_1904 = 0, False
    for kind, body in _records(stream, 0):
        if kind == _BOF:
            version = _short(body, 0)
        elif kind == _PASSWORD:
            raise ProtectedError
        elif kind == _XF:
            styles.append(_short(body, 2))
        elif kind == _FORMAT:
            formats[_short(body, 0)] = _text(body, version)
        elif kind == _EPOCH:
            since_1904 = _short(body, 0) == 1
        elif kind == _SHEET and body[5:6] == b"\0":  # a sheet of cells, not a chart or macros
            sheets.append((int.from_bytes(body[:4], "little"), body[4:5] != b"\0"))
    if not version:
        raise ValueError
    codes = [formats.get(each) or BUILT_IN.get(each, "General") for each in styles]
    return Old(tuple(_sheet(stream, start, codes, hidden=hidden) for start, hidden in sheets), since_1904)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place to the end of their part."""
    while at + 4 <= len(stream):
        kind, length = _short(stream, at), _short(stream, at + 2)
        if kind == _EOF:
            return
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _sheet(stream: bytes, start: int, codes: list[str], *, hidden: bool) -> Numbers:
    found = Numbers({}, {}, set(), set(), hidden)
    for kind, body in _records(stream, start):
        if kind not in _HEARD or len(body) < 8:
            continue
        row, column = _short(body, 0), _short(body, 2)
        if kind == _ROW:
            found.rows.update([row] if len(body) > 12 and body[12] & 0x20 else [])
        elif kind == _COLUMNS:
            found.columns.update(range(row, min(column, 255) + 1) if len(body) > 8 and body[8] & 1 else [])
        elif kind == _ERROR:
            if body[7] == 1:
                found.errors[row, column] = _ERRORS.get(body[6], "#")
        elif kind == _FORMULA and body[12:14] == b"\xff\xff":  # a text, a truth value, an error
            if body[6] == 2:
                found.errors[row, column] = _ERRORS.get(body[8], "#")
        else:
            for at, style, value in _values(kind, body):
                if value is not None:
                    found.values[row, column + at] = (value, codes[style] if style < len(codes) else "General")
    return found


def _values(kind: int, body: bytes) -> Iterator[tuple[int, int, Decimal | None]]:
    """The numbers of a record: how far right of its first column, style, value."""
    if kind == _SEVERAL:
        for index, at in enumerate(range(4, len(body) - 7, 6)):
            yield index, _short(body, at), _rk(body[at + 2 : at + 6])
    elif kind == _RK:
        yield 0, _short(body, 4), _rk(body[6:10])
    else:
        yield 0, _short(body, 4), _double(body[6:14])


def _rk(body: bytes) -> Decimal | None:
    """A number in four bytes: a whole one or the upper half of a binary one, either perhaps a hundredth of it."""
    if len(body) < 4:
        return None
    raw = int.from_bytes(body, "little", signed=True)
    value = Decimal(raw >> 2) if raw & 2 else _double(bytes(4) + (raw & ~3).to_bytes(4, "little", signed=True))
    return value.scaleb(-2) if value is not None and raw & 1 else value


def _double(body: bytes) -> Decimal | None:
    return number(repr(struct.unpack("<d", body)[0])) if len(body) == 8 else None


def _short(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 2], "little")


def _text(body: bytes, version: int) -> str:
    if version < _NEW:
        return body[3 : 3 + body[2]].decode("gb18030", "replace") if len(body) > 2 else ""
    wide = len(body) > 4 and body[4] & 1
    return body[5:].decode("utf-16-le" if wide else "latin-1", "replace")
