"""A workbook as the same bytes each time: openpyxl writes down when it was made, and packed."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from openpyxl import Workbook

_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def stable(book: Workbook) -> bytes:
    """The file."""
    packed = BytesIO()
    book.properties.created = _NEVER
    book.properties.creator = "zhunsheng"
    book.save(packed)
    result = BytesIO()
    with ZipFile(packed) as source, ZipFile(result, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = ZipInfo(name)
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, _undated(name, source.read(name)))
    return result.getvalue()


def _undated(name: str, content: bytes) -> bytes:
    """Without the time of saving, which openpyxl sets to now."""
    if name != "docProps/core.xml":
        return content
    head, sign, rest = content.partition(b"<dcterms:modified")
    return head + rest.partition(b"</dcterms:modified>")[2] if sign else content
