"""A .docx or .xlsx changed at a few places of its XML: every other byte of every part stays as it was filed.

Nothing is parsed and written again. Expat says where an element begins and ends, and text is put in there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple, final
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from zhunsheng.exchange.forms.read.refusing import damaged, declaring

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

TYPES: Final = "[Content_Types].xml"
_DECLARED: Final = re.compile(rb"(<\?xml[^>]*?encoding=)([\"'])[^\"']*[\"']", re.IGNORECASE)
_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


@final
@dataclass(slots=True)
class Element:
    """An element of a part by its place in the bytes.

    Attributes:
        name: without its prefix.
        prefix: with its colon; empty where there is none.
        start: where its first tag begins, `inside` where that ends, `close` where its last tag begins, `end` behind it.
    """

    name: str
    prefix: str
    attributes: dict[str, str]
    parent: Element | None
    start: int
    inside: int = 0
    close: int = 0
    end: int = 0
    children: list[Element] = field(default_factory=list)

    def all(self, *names: str) -> Iterator[Element]:
        """The elements of these names within, in the order of the file."""
        for each in self.children:
            if each.name in names:
                yield each
            yield from each.all(*names)

    def under(self, *names: str) -> Element | None:
        """The nearest element around it that has one of these names."""
        around = self.parent
        while around is not None and around.name not in names:
            around = around.parent
        return around


class Edit(NamedTuple):
    """What stands between two places, and what shall stand there."""

    start: int
    end: int
    text: str


def utf8(content: bytes) -> bytes:
    """A part in UTF-8, where expat counts bytes as we do; nearly all are."""
    coding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "")
    if coding in ("", "utf-8-sig"):
        return content
    return _DECLARED.sub(rb"\g<1>\g<2>UTF-8\g<2>", content.decode(coding).encode())


def tree(content: bytes) -> Element:
    """The elements of a part by their places; the root."""
    parser = ParserCreate()
    top = Element("", "", {}, None, 0)
    open_ = [top]

    def begin(name: str, attributes: dict[str, str]) -> None:
        prefix, colon, bare = name.rpartition(":")
        start = parser.CurrentByteIndex
        each = Element(bare, prefix + colon, attributes, open_[-1], start, content.index(b">", start) + 1)
        each.inside = _tag_end(content, start)
        open_[-1].children.append(each)
        open_.append(each)

    def finish(_: str) -> None:
        each = open_.pop()
        each.close = parser.CurrentByteIndex
        each.end = each.inside if empty(content, each) else _tag_end(content, each.close)

    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.Parse(content, True)
    return top.children[0]


def _tag_end(content: bytes, start: int) -> int:
    """Behind the `>` that ends a tag; one in quotes does not."""
    quote, at = 0, start
    while True:
        sign = content[at]
        if quote:
            quote = 0 if sign == quote else quote
        elif sign in b"\"'":
            quote = sign
        elif sign == ord(">"):
            return at + 1
        at += 1


def empty(content: bytes, element: Element) -> bool:
    """Whether an element is one tag, `<p/>`."""
    return content[element.inside - 2 : element.inside] == b"/>"


def edited(content: bytes, edits: Iterable[Edit]) -> bytes:
    """The part with some places changed; several texts for one place in their order."""
    parts, before = [], 0
    for start, end, text in sorted(edits, key=lambda each: each.start):
        parts += [content[before:start], text.encode()]
        before = end
    return b"".join([*parts, content[before:]])


def put_in(content: bytes, element: Element, text: str) -> Edit:
    """A text as the last thing within an element, which is opened where it was one tag."""
    if empty(content, element):
        return Edit(element.inside - 2, element.inside, f">{text}</{element.prefix}{element.name}>")
    return Edit(element.close, element.close, text)


def rewritten(path: Path, changed: Mapping[str, bytes]) -> bytes:
    """The package with some parts changed or added; the others with the very bytes they had."""
    result = BytesIO()
    with ZipFile(path) as source, ZipFile(result, "w", ZIP_DEFLATED) as target:
        for info in source.infolist():
            target.writestr(info, changed[info.filename] if info.filename in changed else source.read(info))
        there = {info.filename for info in source.infolist()}
        for name, content in changed.items():
            if name not in there:
                added = ZipInfo(name)
                added.compress_type = ZIP_DEFLATED
                target.writestr(added, content)
    return result.getvalue()


@final
class Parts:
    """The parts of a package while some are changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.changed: dict[str, bytes] = {}
        with ZipFile(path) as source:
            self.names = {each.lower(): each for each in source.namelist()}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.names or name in self.changed

    def __getitem__(self, name: str) -> bytes:
        own = self.names.get(name.lower(), name)
        if own in self.changed:
            return self.changed[own]
        with ZipFile(self.path) as source:
            return utf8(source.read(own))

    def __setitem__(self, name: str, content: bytes) -> None:
        self.changed[self.names.get(name.lower(), name)] = content

    def tree(self, name: str) -> Element:
        """The elements of a part.

        Raises:
            Refused: it is no XML, or declares entities.
        """
        content = self[name]
        if b"<!DOCTYPE" in content:
            raise declaring(self.path, name)
        try:
            return tree(content)
        except ExpatError:
            raise damaged(self.path, name) from None

    def free(self, pattern: str) -> str:
        """A name that no part has, its number put into the pattern."""
        at = 1
        while pattern.format(at) in self:
            at += 1
        return pattern.format(at)

    def append(self, name: str, text: str) -> None:
        """A text as the last thing in a part."""
        content = self[name]
        self[name] = edited(content, [put_in(content, self.tree(name), text)])

    def relate(self, part: str, kind: str, target: str) -> str:
        """A relation of a part to another; its id.

        Args:
            part: which refers.
            kind: the last word of its type.
            target: the name of the other, from the root.
        """
        folder, _, name = part.rpartition("/")
        relations = f"{folder}/_rels/{name}.rels".lstrip("/")
        if relations not in self:
            self[relations] = f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"></Relationships>'.encode()
        root = self.tree(relations)
        taken = {each.attributes.get("Id") for each in root.children}
        id_ = next(f"rId{at}" for at in range(1, len(taken) + 2000) if f"rId{at}" not in taken)
        tag = f"{root.prefix}Relationship"
        self.append(relations, f'<{tag} Id="{id_}" Type="{_OFFICE}/relationships/{kind}" Target="/{target}"/>')
        return id_

    def declare(self, part: str, kind: str) -> None:
        """The content type of a part that was added."""
        root = self.tree(TYPES)
        self.append(TYPES, f'<{root.prefix}Override PartName="/{part}" ContentType="{kind}"/>')

    def written(self) -> bytes:
        """The package."""
        return rewritten(self.path, self.changed)


_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
