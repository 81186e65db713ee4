"""An old workbook (.xls) byte by byte, as [MS-XLS] has it: no library that we use writes one."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from forms.building import Area

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
ERROR: Final = "#REF!"


def write_xls(
    path: Path,
    sheets: Mapping[str, tuple[tuple[Area, ...], Mapping[tuple[int, int], tuple[float, str]]]],
    hidden: tuple[int, int] | None = None,
) -> None:
    """Sheets of texts with their merges, and numbers with their formats at these places instead; a row and column that are hidden."""
    formats = sorted({form for _, numbers in sheets.values() for _, form in numbers.values()})
    bodies = [_sheet(cells, numbers, formats, hidden) for cells, numbers in sheets.values()]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 6)) + _record(0x0042, struct.pack("<H", 1200))
    for at, form in enumerate(formats):
        head += _record(0x041E, struct.pack("<H", 164 + at) + _text(form))
    for at in range(len(formats) + 1):
        head += _record(0x00E0, struct.pack("<HH", 0, 164 + at - 1 if at else 0) + bytes(16))
    length = len(head) + sum(len(_record(0x0085, bytes(6) + _short_text(name))) for name in sheets) + 4
    for name, body in zip(sheets, bodies, strict=True):
        head += _record(0x0085, struct.pack("<IBB", length, 0, 0) + _short_text(name))
        length += len(body)
    path.write_bytes(_container(head + _record(0x000A, b"") + b"".join(bodies)))


def _sheet(
    cells: tuple[Area, ...],
    numbers: Mapping[tuple[int, int], tuple[float, str]],
    formats: list[str],
    hidden: tuple[int, int] | None,
) -> bytes:
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 6))
    for each in cells:
        at = struct.pack("<HH", each.row, each.column)
        if (each.row, each.column) in numbers:
            body += _number(at, *numbers[each.row, each.column], formats)
        elif each.text == ERROR:
            body += _record(0x0205, at + struct.pack("<HBB", 0, 0x17, 1))
        elif each.text:
            body += _record(0x0204, at + struct.pack("<H", 0) + _text(each.text))
    merged = [each for each in cells if each.height * each.width > 1]
    areas = b"".join(
        struct.pack("<HHHH", each.row, each.row + each.height - 1, each.column, each.column + each.width - 1)
        for each in merged
    )
    if hidden:
        body += _record(0x0208, struct.pack("<HHHHHHHH", hidden[0], 0, 9, 0, 0, 0, 0x20, 0))
        body += _record(0x007D, struct.pack("<HHHHHH", hidden[1], hidden[1], 0, 0, 1, 0))
    return body + _record(0x00E5, struct.pack("<H", len(merged)) + areas) + _record(0x000A, b"")


def _number(at: bytes, value: float, form: str, formats: list[str]) -> bytes:
    """A number in eight bytes, or a whole one in four, which Excel prefers and writes alone or several in a record."""
    style = formats.index(form) + 1
    whole = int(value)
    if whole != value:
        return _record(0x0203, at + struct.pack("<Hd", style, value))
    if whole % 2:
        return _record(0x027E, at + struct.pack("<Hi", style, whole * 4 + 2))
    return _record(0x00BD, at + struct.pack("<HiH", style, whole * 400 + 3, struct.unpack("<HH", at)[1]))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _short_text(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _container(stream: bytes) -> bytes:
    """One stream, in sectors of 512 bytes, with a table of which follows which."""
    stream += bytes(max(4096, -(-len(stream) // 512) * 512) - len(stream))
    count = len(stream) // 512
    tables = 1
    while tables * 128 < count + 1 + tables:
        tables += 1
    fat = [*range(1, count), _END, _END, *[_FAT] * tables]
    fat += [_FREE] * (tables * 128 - len(fat))
    directory = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 0, len(stream)) + bytes(256)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, count, 0, 4096, _END, 0, _END, 0)
    listed = [count + 1 + at for at in range(tables)]
    head += struct.pack("<109I", *listed, *[_FREE] * (109 - tables))
    return head + stream + directory + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    named = name.encode("utf-16-le") + bytes(2)
    links = struct.pack("<HBBIII", len(named), kind, 1, _FREE, _FREE, child)
    return named.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)
