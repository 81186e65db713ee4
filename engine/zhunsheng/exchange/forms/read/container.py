"""The container of old Office formats (.xls, .doc, .et, .wps): a file system within a file, of which streams are read.

After [MS-CFB]. Chains of sectors that run in circles or out of the file end there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY: Final = 128
_LAST: Final = 0xFFFFFFFA
"""Numbers from here on name no sector."""


@final
@dataclass(frozen=True, slots=True)
class Container:
    """An old file: its streams by name."""

    content: bytes
    streams: dict[str, tuple[int, int]]
    """By name, the first sector and the length."""
    sector: int
    fat: tuple[int, ...]
    small: bytes
    """The stream in which small streams lie."""
    small_fat: tuple[int, ...]
    cutoff: int

    @classmethod
    def of(cls, content: bytes) -> Container:
        """The container that these bytes are.

        Raises:
            ValueError: they are none.
        """
        if not content.startswith(MAGIC) or len(content) < 512 or content[30:32] not in (b"\x09\0", b"\x0c\0"):
            raise ValueError
        sector = 1 << content[30]
        fat = tuple(_fat(content, sector))
        entries = _joined(content, sector, fat, _int(content, 48), offset=sector)
        streams: dict[str, tuple[int, int]] = {}
        small = b""
        for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
            entry = entries[at : at + _ENTRY]
            start, size = _int(entry, 116), _int(entry, 120)
            if entry[66] == 5:
                small = _joined(content, sector, fat, start, offset=sector)[:size]
            elif entry[66] == 2:
                name = entry[: max(_int(entry, 64, 2) - 2, 0)].decode("utf-16-le", "replace")
                streams.setdefault(name, (start, size))
        small_fat = _numbers(_joined(content, sector, fat, _int(content, 60), offset=sector))
        return cls(content, streams, sector, fat, small, small_fat, _int(content, 56))

    def stream(self, name: str) -> bytes:
        """What a stream holds; nothing where there is none of that name."""
        start, size = self.streams.get(name, (_LAST, 0))
        if size < self.cutoff:
            return _joined(self.small, 64, self.small_fat, start, offset=0)[:size]
        return _joined(self.content, self.sector, self.fat, start, offset=self.sector)[:size]


def _int(content: bytes, at: int, length: int = 4) -> int:
    return int.from_bytes(content[at : at + length], "little")


def _numbers(content: bytes) -> tuple[int, ...]:
    return tuple(_int(content, at) for at in range(0, len(content) - 3, 4))


def _fat(content: bytes, sector: int) -> Iterator[int]:
    """The table that says which sector follows which; where its own sectors are, the head and a chain of lists say."""
    named = list(_numbers(content[76:512]))
    following, left = _int(content, 68), len(content) // sector
    while following < _LAST and left > 0:
        more = _numbers(content[(following + 1) * sector : (following + 2) * sector])
        named += more[:-1]
        following, left = (more[-1] if more else _LAST), left - 1
    for each in named:
        if each < _LAST and (each + 2) * sector <= len(content) + sector:
            yield from _numbers(content[(each + 1) * sector : (each + 2) * sector])


def _joined(content: bytes, sector: int, fat: tuple[int, ...], start: int, *, offset: int) -> bytes:
    """The sectors of a chain, one after another."""
    pieces = []
    at, left = start, len(content) // sector + 1
    while at < _LAST and left > 0:
        piece = content[offset + at * sector : offset + (at + 1) * sector]
        if not piece:
            break
        pieces.append(piece)
        at, left = (fat[at] if at < len(fat) else _LAST), left - 1
    return b"".join(pieces)
