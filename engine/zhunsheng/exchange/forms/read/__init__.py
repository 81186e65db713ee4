"""Forms as filed, of whatever format, read into grids: `read_sheets`. What a file is, its first bytes say, not its name."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING, Final

from zhunsheng.exchange.forms.grid import Sheets
from zhunsheng.exchange.forms.read import limits
from zhunsheng.exchange.forms.read.container import MAGIC, Container
from zhunsheng.exchange.forms.read.excel import read_workbook
from zhunsheng.exchange.forms.read.html import read_page
from zhunsheng.exchange.forms.read.office import converted
from zhunsheng.exchange.forms.read.old_excel import read_old_workbook
from zhunsheng.exchange.forms.read.package import Package
from zhunsheng.exchange.forms.read.pdf import read_pdf
from zhunsheng.exchange.forms.read.plain import decoded, read_text
from zhunsheng.exchange.forms.read.refusing import damaged, declaring, protected, too_large
from zhunsheng.exchange.forms.read.word import read_document_tables
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.problem.show import visible

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.exchange.forms.grid import Grid

__all__ = ["SUFFIXES", "read_sheets"]

SUFFIXES: Final = (
    ".docx", ".xlsx", ".docm", ".xlsm", ".xls", ".doc", ".wps", ".et", ".rtf", ".ods", ".odt", ".pdf", ".txt", ".tsv",
    ".html", ".htm",
)  # fmt: skip
"""The names that forms usually have; a file is read by its content whatever it is called."""

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_HEAD: Final = 4096
_OPEN: Final = {"opendocument.text": ("docx", "odt"), "opendocument.spreadsheet": ("xlsx", "ods")}
_XML: Final = {"Word.Document": ("docx", "xml"), "Excel.Sheet": ("xlsx", "xml")}
_PAGE: Final = re.compile(r"<\s*(html|table|meta|head|body|!doctype\s+html)\b", re.IGNORECASE)
_DECLARED: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)

_Read = tuple[tuple["Grid", ...], tuple[Problem, ...]]


def read_sheets(path: Path) -> Sheets:
    """The tables of a file, each cell with the place where a person finds it.

    Raises:
        Refused: the file is none that can be read as a form, or hostile; with every problem, each at its cell where it
            has one.
    """
    _readable(path)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        grids, told = _read(path, head)
    except OSError as error:
        raise Refused([_unreadable(path, error)]) from None
    except MemoryError:
        raise too_large(path, path.stat().st_size, limits.FILE) from None
    if not grids:
        expected, hint = say("no-table.expected"), say("no-table.hint")
        raise Refused([Problem(Place(path.as_posix()), "no-table", expected, hint=hint)])
    return Sheets(visible(path.name), grids, sha256, told)  # it goes into a document, whatever bytes it is of


def _readable(path: Path) -> None:
    """That this is a file, and of a size that can be read."""
    place = Place(path.as_posix())
    try:
        found = path.stat()
    except FileNotFoundError:
        raise Refused([Problem(place, "file-missing", say("file-missing.expected"), path.name)]) from None
    except OSError as error:  # a name that leads in a circle is one of them
        raise Refused([_unreadable(path, error)]) from None
    if stat.S_ISDIR(found.st_mode):
        raise Refused([Problem(place, "file-is-folder", say("file-is-folder.expected"), path.name)])
    if not stat.S_ISREG(found.st_mode):  # a pipe or a device has no end
        raise Refused([Problem(place, "file-unreadable", say("file-unreadable.expected"), path.name)])
    if found.st_size == 0:
        raise Refused([Problem(place, "empty-file", say("empty-file.expected"), hint=say("empty-file.hint"))])
    if found.st_size > limits.FILE:
        raise too_large(path, found.st_size, limits.FILE)


def _unreadable(path: Path, error: OSError) -> Problem:
    return Problem(
        Place(path.as_posix()), "file-unreadable", say("file-unreadable.expected"), os.strerror(error.errno or 5)
    )


def _read(path: Path, head: bytes) -> _Read:
    if head.startswith(_ZIP):
        return _package(path)
    if head.startswith(MAGIC):
        return _old(path)
    if b"%PDF-" in head[:1024]:
        return read_pdf(path), ()
    if head.startswith(b"{\\rtf"):
        return _through_office(path, "docx", "rtf")
    return _text(path)


def _package(path: Path) -> _Read:
    with Package.opened(path) as package:
        if "mimetype" in package:
            kind = package.text("mimetype")
            suffix, own = next((each for name, each in _OPEN.items() if name in kind), ("", ""))
            if not suffix:
                raise _unknown(path)
            package.weigh()
            return _through_office(path, suffix, own) if suffix == "docx" else _sheets_through_office(path, own)
        if "[Content_Types].xml" not in package:
            raise _unknown(path)
        main = package.main()
        kind = package.kind(main)
        if "word" in kind:
            return read_document_tables(package)
        if main.endswith(".bin"):
            package.weigh()
            return _sheets_through_office(path, "xlsb")
        if "sheet" in kind or "excel" in kind:
            return read_workbook(package)
    raise _unknown(path)


def _old(path: Path) -> _Read:
    """The container of old formats: which streams it has says what it is."""
    content = path.read_bytes()
    try:
        streams = Container.of(content).streams
    except ValueError:
        raise damaged(path) from None
    if "EncryptedPackage" in streams:
        raise protected(path)
    if "WordDocument" in streams:
        return _through_office(path, "docx", "doc")
    if "Workbook" in streams or "Book" in streams:
        return read_old_workbook(path, content)
    raise _unknown(path)


def _sheets_through_office(path: Path, own: str) -> _Read:
    """As LibreOffice reads sheets; where there is none, or it has no part for sheets, values without their formats."""
    try:
        return _through_office(path, "xlsx", own)
    except Refused as refused:
        if {each.code for each in refused.problems} != {"needs-office"}:
            raise
    return read_old_workbook(path)


def _through_office(path: Path, suffix: str, own: str) -> _Read:
    """What LibreOffice makes of it; places are the same there, so all is told of the file itself."""
    with converted(path, suffix, own) as result:
        try:
            with Package.opened(result) as package:
                grids, told = read_document_tables(package) if suffix == "docx" else read_workbook(package)
        except Refused as refused:
            raise Refused([each.in_file(path.as_posix()) for each in refused.problems]) from None
    return grids, tuple(each.in_file(path.as_posix()) for each in told)


def _text(path: Path) -> _Read:
    size = path.stat().st_size
    if size > limits.TEXT:
        raise too_large(path, size, limits.TEXT)
    content = path.read_bytes()
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not wide and b"\0" in content:
        raise _unknown(path)
    text = decoded(content, path)
    start = text[:_HEAD].lstrip()
    if start.startswith("<"):
        suffix, own = next((each for name, each in _XML.items() if name in start), ("", ""))
        if suffix and (_DECLARED.search(content) or wide):
            raise declaring(path, "")
        if suffix:
            return _through_office(path, suffix, own)
        if _PAGE.search(start):
            return read_page(text, path)
        raise _unknown(path)
    if start.startswith("MIME-Version:"):
        raise _unknown(path)
    return read_text(text, path), ()


def _unknown(path: Path) -> Refused:
    expected, hint = say("unknown-format.forms"), say("unknown-format.forms-hint")
    return Refused([Problem(Place(path.as_posix()), "unknown-format", expected, path.suffix, hint=hint)])
