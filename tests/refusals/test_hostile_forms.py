"""Files made to break a reader of forms, and files broken by accident: each refused with a reason, in bounded space and time."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

import docx
import openpyxl
import pytest

from forms.building import FORMS, Area, Form, example, rewritten, write_docx, write_html, write_xlsx
from forms.old_book import write_xls
from zhunsheng.exchange.forms.read import limits, office, read_sheets
from zhunsheng.problem import Problem, Refused
from zhunsheng.problem.show import line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORD = FORMS / "01-national-project" / "form.docx"
EXCEL = FORMS / "04-sheet-14-yuan" / "form.xlsx"
MEBIBYTE = 2**20
ONE = Form((Area(0, 0, 1, 1, "项目名称"),))


def refused(path: Path) -> list[tuple[str, str]]:
    """The codes and sentences of what is wrong; each can be told in both languages, and has a remedy."""
    with pytest.raises(Refused) as caught:
        read_sheets(path)
    problems: tuple[Problem, ...] = caught.value.problems
    assert all(line(each, lang) for each in problems for lang in ("zh", "en"))
    assert all(each.place.file == path.as_posix() for each in problems)
    return [(each.code, each.expected.key) for each in problems]


def test_a_part_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path: Path) -> None:
    bomb = rewritten(EXCEL, tmp_path / "bomb.xlsx", {"xl/worksheets/sheet1.xml": b" " * (64 * MEBIBYTE)})
    large = rewritten(
        WORD, tmp_path / "large.docx", {"word/document.xml": b"<a>" + os.urandom(limits.TREE // 2).hex().encode()}
    )
    tracemalloc.start()

    assert refused(bomb) == [("file-unsafe", "file-unsafe.expected")]
    assert refused(large) == [("file-unsafe", "file-unsafe.expected")]

    assert tracemalloc.get_traced_memory()[1] < 8 * MEBIBYTE
    tracemalloc.stop()


def test_a_part_that_says_it_is_small_is_damaged(tmp_path: Path) -> None:
    """What is declared is all that is unpacked, and then the check sum is wrong."""
    path = rewritten(WORD, tmp_path / "liar.docx", {"word/document.xml": lambda old: old + b" " * 3_000_000})
    content = path.read_bytes()
    with zipfile.ZipFile(path) as file:
        true = file.getinfo("word/document.xml").file_size
    path.write_bytes(content.replace(true.to_bytes(4, "little"), (100).to_bytes(4, "little")))

    assert refused(path) == [("file-damaged", "file-damaged.expected")]


def test_a_list_of_very_many_parts_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "many.docx"
    with zipfile.ZipFile(path, "w") as file:
        for number in range(50_000):
            file.writestr(f"{number}", b"")

    assert refused(path) == [("file-unsafe", "file-unsafe.expected")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY x "haha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>',
        '<!DOCTYPE a SYSTEM "http://localhost/a.dtd">',
    ],
    ids=["external", "laughs", "elsewhere"],
)
@pytest.mark.parametrize(("source", "part"), [(WORD, "word/document.xml"), (EXCEL, "xl/worksheets/sheet1.xml")])
def test_entities_are_refused_unexpanded(source: Path, part: str, declared: str, encoding: str, tmp_path: Path) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declared}<a>&x;</a>'

    path = rewritten(source, tmp_path / f"form{source.suffix}", {part: text.encode(encoding)})

    assert refused(path) == [("file-unsafe", "file-unsafe.entities")]


@pytest.mark.parametrize(("source", "part"), [(WORD, "word/document.xml"), (EXCEL, "xl/worksheets/sheet1.xml")])
def test_elements_nested_without_end_are_refused(source: Path, part: str, tmp_path: Path) -> None:
    deep = b"<a>" * 100_000 + b"</a>" * 100_000

    path = rewritten(source, tmp_path / f"form{source.suffix}", {part: deep})

    assert refused(path) == [("file-unsafe", "file-unsafe.deep")]


@pytest.mark.parametrize("source", [WORD, EXCEL])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.99])
def test_a_file_that_ends_too_early_is_damaged(source: Path, kept: float, tmp_path: Path) -> None:
    content = source.read_bytes()
    path = tmp_path / source.name
    path.write_bytes(content[: int(len(content) * kept)])

    assert refused(path) == [("file-damaged", "file-damaged.expected")]


def test_whatever_bytes_of_an_old_workbook_are_flipped_it_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "form.xls"
    write_xls(path, {"表": (example("05-flat-list").cells, {(3, 3): (1460, "0.00"), (3, 4): (1525.8, "0%")})})
    content = path.read_bytes()
    for at in [*range(0, 512, 5), *range(512, len(content), 37)]:
        path.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        with suppress(Refused):
            read_sheets(path)


@pytest.mark.parametrize("source", [WORD, EXCEL])
def test_whatever_single_bytes_are_flipped_the_file_is_read_or_refused(source: Path, tmp_path: Path) -> None:
    content = source.read_bytes()
    path = tmp_path / source.name
    for at in range(0, len(content), 997):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        with suppress(Refused):
            read_sheets(path)


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("word/document.xml", b"<not xml"),
        ("word/document.xml", b""),
        ("word/document.xml", b'<?xml version="1.0" encoding="utf-7"?><a/>'),
        ("_rels/.rels", b"<Relationships/>"),
        ("word/numbering.xml", b"\xff\xff"),
    ],
)
def test_a_broken_part_is_damaged(part: str, content: bytes, tmp_path: Path) -> None:
    assert refused(rewritten(WORD, tmp_path / "form.docx", {part: content})) == [
        ("file-damaged", "file-damaged.expected")
    ]


def test_a_file_with_a_password_is_told(tmp_path: Path) -> None:
    """Office wraps what it encrypts in the container of old formats."""
    old, path = tmp_path / "old.xls", tmp_path / "form.xlsx"
    write_xls(old, {"表": (ONE.cells, {})})
    name, length = "EncryptedPackage".encode("utf-16-le"), (34).to_bytes(2, "little")
    entry = "Workbook".encode("utf-16-le").ljust(64, b"\0") + (18).to_bytes(2, "little")
    path.write_bytes(old.read_bytes().replace(entry, name.ljust(64, b"\0") + length))

    assert refused(path) == [("file-protected", "file-protected.expected")]


def test_an_old_workbook_with_a_password_is_told(tmp_path: Path) -> None:
    path = tmp_path / "form.xls"
    write_xls(path, {"表": (ONE.cells, {})})
    code_page = (0x0042).to_bytes(2, "little") + (2).to_bytes(2, "little")
    path.write_bytes(path.read_bytes().replace(code_page, (0x002F).to_bytes(2, "little") + code_page[2:]))

    assert refused(path) == [("file-protected", "file-protected.expected")]


def test_a_package_with_a_password_is_told(tmp_path: Path) -> None:
    path = tmp_path / "form.docx"
    buffer = io.BytesIO(WORD.read_bytes())
    with zipfile.ZipFile(buffer) as file:
        at = file.start_dir
    content = bytearray(buffer.getvalue())
    content[at + 8] |= 1
    path.write_bytes(content)

    assert refused(path) == [("file-protected", "file-protected.expected")]


def test_macros_do_not_run_and_are_told(tmp_path: Path) -> None:
    macro = (
        b'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"'
        b' Target="vbaProject.bin"/></Relationships>'
    )
    path = rewritten(
        EXCEL,
        tmp_path / "form.xlsm",
        {
            "xl/vbaProject.bin": b"\xd0\xcf",
            "xl/_rels/workbook.xml.rels": lambda old: old.replace(b"</Relationships>", macro),
        },
    )

    sheets = read_sheets(path)

    assert [each.expected.key for each in sheets.told] == ["left-aside.macros"]
    assert sheets.grids == read_sheets(EXCEL).grids


def test_links_to_other_files_are_not_followed(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "项目名称"
    document.part.relate_to(
        "file:///etc/passwd",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/header",
        is_external=True,
    )
    document.save(str(tmp_path / "form.docx"))

    (grid,) = read_sheets(tmp_path / "form.docx").grids

    assert [each.text for each in grid.cells] == ["项目名称"]


def test_a_hundred_thousand_rows_are_refused_where_they_begin(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("表")
    for number in range(100_000):
        page.append([number])
    book.save(tmp_path / "rows.xlsx")
    tracemalloc.start()

    with pytest.raises(Refused) as caught:
        read_sheets(tmp_path / "rows.xlsx")

    (problem,) = caught.value.problems
    assert (problem.code, problem.place.cell) == ("form-too-large", f"表!A{limits.ROWS + 1}")
    assert tracemalloc.get_traced_memory()[1] < 16 * MEBIBYTE
    tracemalloc.stop()


def test_a_hundred_thousand_rows_of_borders_are_no_rows(tmp_path: Path) -> None:
    rows = b"".join(
        b'<row r="%d"><c r="A%d" s="3"/><c r="B%d" s="3"/></row>' % (at, at, at) for at in range(30, 100_030)
    )
    path = rewritten(
        EXCEL,
        tmp_path / "form.xlsx",
        {"xl/worksheets/sheet1.xml": lambda old: old.replace(b"</sheetData>", rows + b"</sheetData>")},
    )

    assert read_sheets(path).grids == read_sheets(EXCEL).grids


def test_a_cell_at_the_end_of_the_sheet_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"], page["XFD1048576"] = "甲", "乙"
    book.save(tmp_path / "far.xlsx")

    assert refused(tmp_path / "far.xlsx") == [("form-too-large", "form-too-large.expected")]


def test_merges_beyond_all_bounds_are_refused(tmp_path: Path) -> None:
    merges = b'<mergeCell ref="A1:XFD1048576"/><mergeCell ref="A2:B3"/>' * 1000
    path = rewritten(
        EXCEL,
        tmp_path / "form.xlsx",
        {"xl/worksheets/sheet1.xml": lambda old: old.replace(b"<mergeCell ", merges + b"<mergeCell ", 1)},
    )

    assert refused(path) == [("form-too-large", "form-too-large.expected")]


@pytest.mark.parametrize("spans", ['colspan="99999"', 'colspan="257" rowspan="65535"'])
def test_spans_of_a_page_are_bounded(spans: str, tmp_path: Path) -> None:
    path = tmp_path / "form.html"
    path.write_text(f"<table>{'<tr><td>a</td></tr>' * 900}<tr><td {spans}>b</td></tr></table>", encoding="utf-8")

    assert refused(path) == [("form-too-large", "form-too-large.expected")]


def test_rows_that_a_page_does_not_have_are_not_spanned(tmp_path: Path) -> None:
    path = tmp_path / "form.html"
    path.write_text('<table><tr><td rowspan="65535">a<td rowspan="0">b<tr><td>c</table>', encoding="utf-8")

    assert [each[:5] for each in read_sheets(path).grids[0].cells] == [
        (0, 0, 2, 1, "a"),
        (0, 1, 2, 1, "b"),
        (1, 2, 1, 1, "c"),
    ]


def test_a_page_nested_without_end_does_not_end_us(tmp_path: Path) -> None:
    path = tmp_path / "form.html"
    path.write_text("<table><tr><td>" * 50_000 + "a", encoding="utf-8")

    with suppress(Refused):
        read_sheets(path)


def test_files_in_a_circle_pipes_and_folders_are_told(tmp_path: Path) -> None:
    circle, pipe = tmp_path / "circle.docx", tmp_path / "pipe.docx"
    circle.symlink_to(circle)
    os.mkfifo(pipe)

    assert refused(circle) == [("file-unreadable", "file-unreadable.expected")]
    assert refused(pipe) == [("file-unreadable", "file-unreadable.expected")]
    assert refused(tmp_path) == [("file-is-folder", "file-is-folder.expected")]
    assert refused(tmp_path / "none.docx") == [("file-missing", "file-missing.expected")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"\n\n", "no-table"),
        ("只有一段话，没有表格。".encode(), "no-table"),
        (b"<html><body>no table</body></html>", "no-table"),
        (b"<table><tr><td> </td></tr></table>", "no-table"),
        (b"<svg/>", "unknown-format"),
        (b"\x89PNG\r\n\x1a\n\0\0", "unknown-format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file-damaged"),
        (b"PK\x03\x04", "file-damaged"),
        (b"%PDF-1.7\n%%EOF", "file-damaged"),
        (b"\xff\xff\t\xff", "file-damaged"),
        (b"MIME-Version: 1.0\r\n", "unknown-format"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><?mso-application progid="Excel.Sheet"?>', "file-unsafe"),
    ],
)
def test_what_is_no_form_is_told_by_its_content(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(content)

    assert [each for each, _ in refused(path)] == [code]


def test_an_archive_that_is_no_form_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "form.docx", "w") as file:
        file.writestr("a.txt", "a")

    assert refused(tmp_path / "form.docx") == [("unknown-format", "unknown-format.forms")]


def test_an_empty_workbook_and_a_document_without_tables_are_told(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "form.xlsx")
    docx.Document().save(str(tmp_path / "form.docx"))

    assert refused(tmp_path / "form.xlsx") == [("no-table", "no-table.expected")]
    assert refused(tmp_path / "form.docx") == [("no-table", "no-table.expected")]


@pytest.mark.parametrize("write", [write_docx, write_xlsx, write_html])
def test_a_name_says_nothing(write: Callable[[Form, Path], None], tmp_path: Path) -> None:
    write(example("05-flat-list"), tmp_path / "form")
    expected = read_sheets(tmp_path / "form").grids

    for wrong in ("form.pdf", "form.yaml", "--help.docx", "表 格.xls"):
        assert read_sheets((tmp_path / "form").rename(tmp_path / wrong)).grids == expected
        (tmp_path / wrong).rename(tmp_path / "form")


def test_a_file_larger_than_any_form_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "form.docx"
    with path.open("wb") as file:
        file.truncate(limits.FILE + 1)

    assert refused(path) == [("file-too-large", "file-too-large.expected")]


def test_pictures_are_not_unpacked(tmp_path: Path) -> None:
    write_docx(ONE, tmp_path / "plain.docx")
    path = rewritten(tmp_path / "plain.docx", tmp_path / "form.docx", {"word/media/image1.png": bytes(300 * MEBIBYTE)})

    assert len(read_sheets(path).grids) == 1


@pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
def test_what_libreoffice_takes_too_long_for_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0)
    path = tmp_path / "form.rtf"
    path.write_bytes(b"{\\rtf1 a}")

    assert refused(path) == [("needs-office", "needs-office.slow")]
