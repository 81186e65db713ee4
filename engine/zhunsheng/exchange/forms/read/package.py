"""A .docx or .xlsx as its parts: unpacked within bounds and never to disk, parsed without entities, links not followed."""

from __future__ import annotations

import posixpath
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, final
from urllib.parse import unquote
from xml.etree import ElementTree as ET  # a document type is refused below, before any entity could be expanded
from zipfile import BadZipFile, ZipFile, ZipInfo

from zhunsheng.exchange.forms.read import limits
from zhunsheng.exchange.forms.read.refusing import damaged, declaring, inflating, nested, protected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_END: Final = b"PK\x05\x06"
_END_64: Final = b"PK\x06\x07"
_PLAIN: Final = ("wordprocessingml/main", "spreadsheetml/main", "package/2006/relationships", "package/relationships")
"""Namespaces, in their transitional and strict spelling, whose names are used bare: `tbl`, not `{http://…}tbl`."""


class Listener(Protocol):
    """What hears the elements of a part one after another."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """Text of the element that began last, or a piece of it."""


class Relation(NamedTuple):
    """What a part refers to: another part by its name; a file or address outside is told, not followed."""

    id: str
    kind: str
    target: str
    external: bool


class _DeclaredError(Exception):
    """The part has a document type."""


class _DeepError(Exception):
    """The part nests too deep."""


@final
@dataclass(slots=True)
class Package:
    """An open package. Close it after use: `with Package.opened(path) as package`."""

    path: Path
    zip: ZipFile
    names: dict[str, ZipInfo]
    inflated: int = field(default=0)

    @classmethod
    def opened(cls, path: Path) -> Package:
        """The package at a path.

        Raises:
            Refused: it is damaged, protected, or has more parts than any form.
        """
        _bounded_directory(path)
        try:
            content = ZipFile(path)
        except (BadZipFile, NotImplementedError, ValueError, UnicodeError):
            raise damaged(path) from None
        entries = content.infolist()
        if any(each.flag_bits & 1 for each in entries):
            content.close()
            raise protected(path)
        return cls(path, content, {_key(each.filename): each for each in entries})

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.zip.close()

    def __contains__(self, part: str) -> bool:
        return _key(part) in self.names

    def tree(self, part: str) -> ET.Element:
        """A part as a tree.

        Raises:
            Refused: it is not there, or hostile, or no XML.
        """
        builder = ET.TreeBuilder()
        self._feed(part, _Bare(builder), limits.TREE)
        return builder.close()

    def hear(self, part: str, listener: Listener) -> None:
        """A part, element by element: what the listener does not keep is not kept.

        Raises:
            Refused: as `tree`, or as the listener says.
        """
        self._feed(part, _Bare(listener), limits.PART)

    def relations(self, part: str) -> tuple[Relation, ...]:
        """What a part refers to; the package itself is the part with no name."""
        folder, _, name = part.rpartition("/")
        own = f"{folder}/_rels/{name}.rels".lstrip("/")
        if own not in self:
            return ()
        return tuple(_relation(each, folder) for each in self.tree(own).iter("Relationship"))

    def main(self) -> str:
        """The part that holds the document or the workbook.

        Raises:
            Refused: there is none.
        """
        for each in self.relations(""):
            if each.kind == "officeDocument" and each.target in self:
                return each.target
        raise damaged(self.path)

    def text(self, part: str) -> str:
        """A part that is a short plain text."""
        return b"".join(self._chunks(part, limits.SMALL)).decode("utf-8", "replace")

    def kind(self, part: str) -> str:
        """What a part is, as the package declares it."""
        for each in self.tree("[Content_Types].xml"):
            if _key(each.get("PartName", "")) == _key(part):
                return each.get("ContentType", "").lower()
        return ""

    def weigh(self) -> None:
        """Unpacks all parts once, for nothing but their size: another program will unpack them unasked.

        Raises:
            Refused: a part, or all of them, unpack to more than a form holds.
        """
        for name in self.names:
            for _ in self._chunks(name, limits.PART):
                pass

    def _feed(self, part: str, target: _Bare, limit: int) -> None:
        parser = ET.XMLParser(target=target)  # noqa: S314  as above
        try:
            for chunk in self._chunks(part, limit):
                parser.feed(chunk)
            parser.close()
        except _DeclaredError:
            raise declaring(self.path, part) from None
        except _DeepError:
            raise nested(self.path, part) from None
        except (ET.ParseError, LookupError, ValueError):
            raise damaged(self.path, part) from None

    def _chunks(self, part: str, limit: int) -> Iterator[bytes]:
        info = self.names.get(_key(part))
        if info is None:
            raise damaged(self.path, part)
        steep = info.file_size > limits.SMALL and info.file_size > limits.RATIO * max(info.compress_size, 1)
        if steep or info.file_size > limit or self.inflated + info.file_size > limits.TOTAL:
            raise inflating(self.path, part, limit)
        self.inflated += info.file_size  # zipfile hands out no more than is declared
        try:
            with self.zip.open(info) as stream:
                while chunk := stream.read(2**16):
                    yield chunk
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
            raise damaged(self.path, part) from None


def _bounded_directory(path: Path) -> None:
    """The list of parts is read whole by whoever opens a zip: its length is looked at before."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 2**16 - 64))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise damaged(path)
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if length > limits.DIRECTORY or tail[max(at - 20, 0) : at][:4] == _END_64:
        raise inflating(path, "", limits.DIRECTORY)


def _key(name: str) -> str:
    """Names of parts differ neither by case nor by their slashes, whatever wrote them."""
    return name.replace("\\", "/").lstrip("/").lower()


def _relation(element: ET.Element, folder: str) -> Relation:
    target = element.get("Target", "")
    external = element.get("TargetMode") == "External"
    if not external:
        target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
    return Relation(element.get("Id", ""), element.get("Type", "").rpartition("/")[2], target, external)


@final
class _Bare:
    """Passes on what the parser hears: names bare, no document type, no depth beyond the limit."""

    __slots__ = ("_ahead", "_depth", "data")

    def __init__(self, ahead: Any) -> None:
        self._ahead = ahead
        self._depth = 0
        self.data = ahead.data

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > limits.DEPTH:
            raise _DeepError
        self._ahead.start(bare(tag), {bare(name): value for name, value in attributes.items()})

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._ahead.end(bare(tag))

    def doctype(self, *_: object) -> None:
        raise _DeclaredError

    def close(self) -> None:
        """The parser asks for it; whoever listens keeps what it heard."""


@lru_cache(maxsize=4096)
def bare(tag: str) -> str:
    """A name without its namespace, where that is one of Word's or Excel's own.

    >>> bare("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}tbl"), bare("{urn:x}tbl")
    ('tbl', '{urn:x}tbl')
    """
    space, _, name = tag.rpartition("}")
    strict = space.replace("/2006/main", "/main")
    return name if strict.endswith(_PLAIN) else tag
