"""Whatever the format, reading a form gives the grid it was made of, each cell with its merges and its place."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from forms.building import (
    EXAMPLES,
    FORMS,
    SHEET,
    Area,
    Form,
    add_table,
    apart,
    areas,
    example,
    in_sheet,
    places,
    rewritten,
    write_docx,
    write_html,
    write_text,
    write_xlsx,
)
from forms.old_book import ERROR, write_xls
from zhunsheng.exchange.forms.read import office, read_sheets
from zhunsheng.problem import Refused
from zhunsheng.problem.show import line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from zhunsheng.exchange.forms.grid import Grid, Sheets
    from zhunsheng.problem import Problem

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def only(path: Path) -> Grid:
    (grid,) = read_sheets(path).grids
    return grid


def refused(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as caught:
        read_sheets(path)
    assert all(line(each, lang) for each in caught.value.problems for lang in ("zh", "en"))
    return caught.value.problems


@pytest.mark.parametrize("name", EXAMPLES)
def test_word_gives_the_grid_and_the_lines_around(name: str, tmp_path: Path) -> None:
    form = example(name)
    write_docx(form, tmp_path / "form.docx")

    grid = only(tmp_path / "form.docx")

    assert areas(grid) == form.cells
    assert (grid.above, grid.below) == (form.above, form.below)
    assert {each.ref for each in grid.cells} == {f"表1 第{at.row + 1}行 第{at.column + 1}列" for at in form.cells}


@pytest.mark.parametrize("name", EXAMPLES)
def test_excel_gives_the_grid_with_the_lines_as_rows(name: str, tmp_path: Path) -> None:
    form = example(name)
    write_xlsx(form, tmp_path / "form.xlsx")

    assert areas(only(tmp_path / "form.xlsx")) == in_sheet(form)


@pytest.mark.parametrize("encoding", ["gb2312", "utf-8", "utf-16"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_web_page_called_xls_gives_the_grid(name: str, encoding: str, tmp_path: Path) -> None:
    form = example(name)
    write_html(form, tmp_path / "form.xls", encoding)

    grid = only(tmp_path / "form.xls")

    assert areas(grid) == form.cells
    assert (grid.above, grid.below) == (form.above, form.below)


@pytest.mark.parametrize("name", EXAMPLES)
def test_text_with_tabs_gives_the_cells_without_merges(name: str, tmp_path: Path) -> None:
    form = example(name)
    write_text(form, tmp_path / "form.txt")

    grid = only(tmp_path / "form.txt")

    assert areas(grid) == apart(form)
    assert (grid.above, grid.below, grid.doubtful) == (form.above, form.below, False)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Tables with random merges, full at the edges so that a sheet shows where they end."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    texts = st.text(st.sampled_from("预算98%≥=-+@.'\"，、a 1\n"), max_size=6).map(
        lambda text: "\n".join(each.strip() for each in text.split("\n") if each.strip())
    )
    free = {(row, column) for row in range(rows) for column in range(columns)}
    cells = []
    for row, column in sorted(free):
        if (row, column) not in free:
            continue
        area = Area(row, column, draw(st.integers(1, rows - row)), draw(st.integers(1, columns - column)), "")
        if not free.issuperset(places(area)):
            area = area._replace(height=1, width=1)
        free -= set(places(area))
        edge = row == 0 or column == 0 or row + area.height == rows or column + area.width == columns
        cells.append(area._replace(text=draw(texts) or "边" * edge))
    return Form(tuple(cells))


@pytest.mark.parametrize(
    ("suffix", "write"),
    [("docx", write_docx), ("xlsx", write_xlsx), ("html", write_html)],
    ids=["docx", "xlsx", "html"],
)
@settings(max_examples=25)
@given(form=forms())
def test_what_is_written_is_read(
    suffix: str, write: Callable[[Form, Path], None], form: Form, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("form") / f"form.{suffix}"
    write(form, path)

    assert areas(only(path)) == form.cells


def test_the_real_files_give_the_same_grids_as_their_yaml() -> None:
    """Word's file word for word; Excel's with numbers of its own, by their formats."""
    word, excel = only(FORMS / "01-national-project" / "form.docx"), only(FORMS / "04-sheet-14-yuan" / "form.xlsx")

    assert areas(word) == example("01-national-project").cells
    assert areas(excel) == in_sheet(example("04-sheet-14-yuan"))
    assert {each.text: each.ref for each in excel.cells}["9.4"] == "自评表!J6"


def test_the_text_of_a_report_gives_its_three_forms() -> None:
    sheets = read_sheets(FORMS / "zhuzhou-2021" / "form.txt")

    assert [(each.name, each.rows, each.columns) for each in sheets.grids] == [
        ("表1", 27, 9), ("表2", 27, 9), ("表3", 30, 9),
    ]  # fmt: skip
    first, second, third = sheets.grids
    assert [each.above[-1] for each in sheets.grids] == ["2021年度部门整体支出绩效自评表"] + [
        "2021年度项目支出绩效自评表"
    ] * 2
    assert [len(each.below) for each in sheets.grids] == [2, 2, 0]
    assert [first.at(2, 4), second.at(5, 4), third.at(5, 4)] == [
        first.cells[2 * 9 + 4], second.cells[5 * 9 + 4], third.cells[5 * 9 + 4],
    ]  # fmt: skip
    assert [(each.text, each.ref) for each in (first.cells[2 * 9 + 4], third.cells[5 * 9 + 4])] == [
        ("1677.29", "第11行 第5列"),
        ("42.62", "第86行 第5列"),
    ]


# ── Excel ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def sheet(tmp_path: Path, cells: dict[str, Any], formats: dict[str, str] | None = None) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for at, value in cells.items():
        page[at] = value
        page[at].number_format = (formats or {}).get(at, "General")
    book.save(tmp_path / "form.xlsx")
    return tmp_path / "form.xlsx"


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.975, "0%", "97.5%"),
        (0.975, "0.00%", "97.50%"),
        (0.975, "General", "0.975"),
        (97.5, '0.0"%"', "97.5%"),
        (0.1 + 0.2, "General", "0.3"),
        (1677.29, "#,##0.00", "1677.29"),
        (268500, "#,##0.00_);[Red](#,##0.00)", "268500.00"),
        (-3.2, "0.0_ ;[Red]\\-0.0\\ ", "-3.2"),
        (1e21, "0", "1000000000000000000000"),
        (0, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "0"),
        (18, '0"台"', "18台"),
        (95, '"≥"0"%"', "≥95%"),
        (318.6, '¥#,##0.00"万元"', "318.60万元"),
        (268500, '0!.0000"万元"', "26.8500万元"),
        (268500, "0.0,", "268.5"),
        (12000, '[>=10000]0!.0,"万";0', "1.2万"),
        (12, '[>=10000]0!.0,"万";0', "12"),
        (45169, "yyyy\\-mm\\-dd", "2023年8月31日"),
        (45169, 'yyyy"年"m"月"d"日"', "2023年8月31日"),
        (45139, 'yyyy"年"m"月"', "2023年8月"),
        (45169, "[$-804]m\\月d\\日", "8月31日"),
        (45169.75, "yyyy/m/d h:mm", "2023年8月31日 18:00"),
        (0.354166666666667, "h:mm", "8:30"),
        (1, "yyyy/m/d", "1900年1月1日"),
        (True, "General", "TRUE"),
    ],
)  # fmt: skip
def test_a_number_says_what_its_format_says(value: float, form: str, text: str, tmp_path: Path) -> None:
    assert [each.text for each in only(sheet(tmp_path, {"B2": value}, {"B2": form})).cells] == [text]


def test_formulas_without_a_result_and_errors_are_named_all_at_once(tmp_path: Path) -> None:
    path = sheet(tmp_path, {"A1": "总分", "B2": "=1+1", "C3": "=A1*2"})

    assert [(each.code, each.place.cell) for each in refused(path)] == [
        ("formula-uncalculated", "Sheet!B2"),
        ("formula-uncalculated", "Sheet!C3"),
    ]

    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["I13"] = "#REF!"
    page["I13"].data_type = "e"
    book.save(tmp_path / "error.xlsx")
    assert [(each.code, each.place.cell, each.got) for each in refused(tmp_path / "error.xlsx")] == [
        ("cell-error", "Sheet!I13", "#REF!")
    ]


def test_text_that_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    write_xlsx(Form((Area(0, 0, 1, 1, "=100%"), Area(0, 1, 1, 1, "+3"), Area(1, 0, 1, 2, "@"))), tmp_path / "form.xlsx")

    assert [each.text for each in only(tmp_path / "form.xlsx").cells] == ["=100%", "+3", "@"]


def test_what_is_hidden_is_read_and_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in range(1, 4):
        for column in range(1, 4):
            page.cell(row, column, f"{row}-{column}")
    page.row_dimensions[2].hidden = True
    page.column_dimensions["C"].hidden = True
    other = book.create_sheet("附表")
    other["A1"] = "选项"
    other.sheet_state = "veryHidden"
    book.save(tmp_path / "form.xlsx")

    sheets = read_sheets(tmp_path / "form.xlsx")

    assert [(each.name, len(each.cells)) for each in sheets.grids] == [("Sheet", 9), ("附表", 1)]
    assert [(each.code, each.severity, each.expected.key, each.got) for each in sheets.told] == [
        ("hidden-content", "note", "hidden-content.rows", "2"),
        ("hidden-content", "note", "hidden-content.columns", "C"),
        ("hidden-content", "note", "hidden-content.sheet", ""),
    ]


def test_what_lies_under_a_merged_cell_is_told(tmp_path: Path) -> None:
    path = sheet(tmp_path, {"A1": "产出指标", "B1": "数量指标", "A2": "旧", "B2": "质量指标"})
    changed = rewritten(
        path,
        tmp_path / "merged.xlsx",
        {
            "xl/worksheets/sheet1.xml": lambda old: old.replace(
                b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells>'
            )
        },
    )

    sheets = read_sheets(changed)

    assert [each[:5] for each in sheets.grids[0].cells] == [
        (0, 0, 2, 1, "产出指标"), (0, 1, 1, 1, "数量指标"), (1, 1, 1, 1, "质量指标"),
    ]  # fmt: skip
    assert [(each.expected.key, each.place.cell, each.got) for each in sheets.told] == [
        ("hidden-content.covered", "Sheet!A2", "旧")
    ]


def test_areas_that_cross_are_no_merges(tmp_path: Path) -> None:
    path = sheet(tmp_path, {f"{column}{row}": f"{column}{row}" for column in "ABC" for row in (1, 2, 3)})
    merges = b'</sheetData><mergeCells><mergeCell ref="A2:C2"/><mergeCell ref="B1:B3"/></mergeCells>'
    changed = rewritten(
        path, tmp_path / "m.xlsx", {"xl/worksheets/sheet1.xml": lambda old: old.replace(b"</sheetData>", merges)}
    )

    assert [each[:5] for each in only(changed).cells if each.height * each.width > 1] == [(1, 0, 1, 3, "A2")]


def test_texts_that_cells_share_have_no_signs_of_pronunciation_and_no_escapes(tmp_path: Path) -> None:
    path = sheet(tmp_path, {"A1": 0, "A2": 1})
    first = "<si><r><t>准</t></r><r><t>绳_x000D_</t></r><rPh sb='0' eb='1'><t>ZHUN</t></rPh></si>"
    relation = (
        b'<Relationship Id="rId99" Target="/xl/sharedStrings.xml" Type="http://schemas.openxmlformats.org/officeDocument/'
        b'2006/relationships/sharedStrings"/></Relationships>'
    )
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    inline = first.replace("<si>", '<c r="B1" t="inlineStr"><is>').replace("</si>", "</is></c></row>").encode()
    changed = rewritten(
        path,
        tmp_path / "shared.xlsx",
        {
            "xl/sharedStrings.xml": f"<sst {space}>{first}<si><t> =1 </t></si></sst>".encode(),
            "xl/_rels/workbook.xml.rels": lambda old: old.replace(b"</Relationships>", relation),
            "xl/worksheets/sheet1.xml": lambda old: old.replace(b't="n"', b't="s"').replace(b"</row>", inline, 1),
        },
    )

    assert [each.text for each in only(changed).cells] == ["准绳", "准绳", "=1", ""]
    missing = rewritten(
        changed, tmp_path / "missing.xlsx", {"xl/sharedStrings.xml": f"<sst {space}>{first}</sst>".encode()}
    )
    assert [(each.code, each.got) for each in refused(missing)] == [("file-damaged", "Sheet!A2")]


def test_a_strict_workbook_and_a_strict_document_are_read_alike(tmp_path: Path) -> None:
    """Office offers to save by ISO 29500 Strict, whose namespaces are others."""

    def strict(old: bytes) -> bytes:
        for kind in (b"spreadsheetml", b"wordprocessingml", b"officeDocument"):
            old = old.replace(
                b"http://schemas.openxmlformats.org/%s/2006" % kind, b"http://purl.oclc.org/ooxml/%s" % kind
            )
        return old

    for name, suffix in (("04-sheet-14-yuan", "xlsx"), ("01-national-project", "docx")):
        source = FORMS / name / f"form.{suffix}"
        with zipfile.ZipFile(source) as file:
            parts = {
                each: strict for each in file.namelist() if each.endswith((".xml", ".rels")) and "Content" not in each
            }
        path = rewritten(source, tmp_path / f"form.{suffix}", parts)

        assert read_sheets(path).grids == read_sheets(source).grids


def test_dates_written_out_are_dates(tmp_path: Path) -> None:
    path = sheet(tmp_path, {"A1": "日"})
    cell = b'<c r="A1" t="d"><v>2023-08-31T00:00:00</v></c>'
    changed = rewritten(
        path, tmp_path / "d.xlsx", {"xl/worksheets/sheet1.xml": lambda old: re.sub(rb"<c r=.*</c>", cell, old)}
    )

    assert [each.text for each in only(changed).cells] == ["2023年8月31日"]


def test_dates_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    page = book.active
    assert page is not None
    page["A1"] = 43707
    page["A1"].number_format = "yyyy-mm-dd"
    book.save(tmp_path / "form.xlsx")

    assert [each.text for each in only(tmp_path / "form.xlsx").cells] == ["2023年8月31日"]


# ── Word ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def word(tmp_path: Path, *inside: str) -> Path:
    """A document whose one table has one cell with these paragraphs."""
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    for each in inside:
        cell._element.append(parse_xml(each.replace("<w:p>", f"<w:p {W}>", 1)))  # noqa: SLF001
    document.save(str(tmp_path / "form.docx"))
    return tmp_path / "form.docx"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<w:r><w:t>9</w:t></w:r><w:ins><w:r><w:t>8%</w:t></w:r></w:ins><w:del><w:r><w:delText>5</w:delText></w:r></w:del>", "98%"),
        ("<w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>新</w:t></w:r></w:moveTo>", "新"),
        ("<w:hyperlink><w:r><w:t>网上</w:t></w:r></w:hyperlink><w:r><w:t>公开</w:t></w:r>", "网上公开"),
        ("<w:r><w:t>年度</w:t><w:br/><w:t>指标值</w:t></w:r>", "年度\n指标值"),
        ("<w:r><w:t>效</w:t><w:softHyphen/><w:t>益\u00ad\u200b指标</w:t></w:r>", "效益指标"),
        ("<w:r><w:t>10</w:t><w:noBreakHyphen/><w:t>15天</w:t></w:r>", "10-15天"),
        ('<w:r><w:sym w:font="Wingdings 2" w:char="F052"/><w:t>是</w:t><w:sym w:font="Wingdings 2" w:char="F0A3"/><w:t>否</w:t></w:r>', "☑是□否"),
        ("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击此处输入文字</w:t></w:r></w:sdtContent></w:sdt>", ""),
        ("<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>优</w:t></w:r></w:sdtContent></w:sdt>", "优"),
        ('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>3</w:t></w:r>', "3"),
        ("<w:ruby><w:rt><w:r><w:t>zhǔn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>准</w:t></w:r></w:rubyBase></w:ruby>", "准"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r><w:r><w:t>露</w:t></w:r>", "露"),
    ],
)  # fmt: skip
def test_a_cell_says_what_is_seen(inside: str, text: str, tmp_path: Path) -> None:
    assert [each.text for each in only(word(tmp_path, f"<w:p>{inside}</w:p>")).cells] == [text]


def test_numbers_that_word_puts_before_paragraphs_are_read(tmp_path: Path) -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(
        f'<w:abstractNum {W} w:abstractNumId="90"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="目标%1："/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        '<w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>'
    ))  # fmt: skip
    numbering.append(parse_xml(f'<w:num {W} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    cell = document.add_table(1, 1).cell(0, 0)
    for level, text in ((0, "更新机组"), (0, "改造渠道"), (1, "东渠"), (1, "西渠"), (0, "管护"), (1, "站房")):
        cell._element.append(parse_xml(  # noqa: SLF001
            f'<w:p {W}><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr></w:pPr>'
            f"<w:r><w:t>{text}</w:t></w:r></w:p>"
        ))  # fmt: skip
    document.save(str(tmp_path / "form.docx"))

    assert only(tmp_path / "form.docx").cells[0].text.split("\n") == [
        "目标1：更新机组", "目标2：改造渠道", "（一）东渠", "（二）西渠", "目标3：管护", "（一）站房",
    ]  # fmt: skip


def test_a_cell_that_continues_one_of_another_width_is_its_own(tmp_path: Path) -> None:
    """Word shows it so."""
    document = docx.Document()
    table = document.add_table(2, 3)
    table.cell(0, 0).text, table.cell(1, 0).text = "上", "下"
    first, second = (row._tr for row in table.rows)  # noqa: SLF001
    second.remove(second.tc_lst[1])
    second.tc_lst[0].get_or_add_tcPr().append(parse_xml(f'<w:gridSpan {W} w:val="2"/>'))
    for row, kind in ((first, "restart"), (second, "continue")):
        row.tc_lst[0].get_or_add_tcPr().append(parse_xml(f'<w:vMerge {W} w:val="{kind}"/>'))
    document.save(str(tmp_path / "form.docx"))

    assert [each[:5] for each in only(tmp_path / "form.docx").cells] == [
        (0, 0, 1, 1, "上"), (0, 1, 1, 1, ""), (0, 2, 1, 1, ""), (1, 0, 1, 2, "下"), (1, 2, 1, 1, ""),
    ]  # fmt: skip


def test_tables_in_cells_and_rows_struck_out(tmp_path: Path) -> None:
    document = docx.Document()
    outer = document.add_table(1, 1)
    outer.cell(0, 0).text = "外"
    inner = outer.cell(0, 0).add_table(2, 1)
    inner.cell(0, 0).text, inner.cell(1, 0).text = "内", "删"
    inner.rows[1]._tr.get_or_add_trPr().append(parse_xml(f"<w:del {W}/>"))  # noqa: SLF001
    document.save(str(tmp_path / "form.docx"))

    grids = read_sheets(tmp_path / "form.docx").grids

    assert [(each.name, [cell.text for cell in each.cells]) for each in grids] == [("表1", ["外"]), ("表2", ["内"])]


def test_text_in_a_box_stands_outside_and_is_told(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("附件2")
    paragraph._p.append(parse_xml(  # noqa: SLF001
        f'<w:r {W} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>单位：万元</w:t>'
        "</w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r>"
    ))  # fmt: skip
    document.add_table(1, 1).cell(0, 0).text = "项目名称"
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.save(str(tmp_path / "form.docx"))

    sheets = read_sheets(tmp_path / "form.docx")

    assert sheets.grids[0].above == ("附件2", "单位：万元")
    assert [(each.expected.key, each.got) for each in sheets.told] == [
        ("left-aside.text-box", "单位：万元"), ("left-aside.header", "内部资料"),
    ]  # fmt: skip


def test_two_tables_share_the_lines_between_them(tmp_path: Path) -> None:
    document = docx.Document()
    one = Form((Area(0, 0, 1, 1, "甲"),))
    add_table(document, one)
    for text in ("注：1.执行率=执行数/预算数", "2.得分不超过分值", "附件3", "项目支出绩效自评表"):
        document.add_paragraph(text)
    add_table(document, one)
    document.save(str(tmp_path / "form.docx"))

    first, second = read_sheets(tmp_path / "form.docx").grids

    assert first.below == ("注：1.执行率=执行数/预算数", "2.得分不超过分值")
    assert second.above == ("附件3", "项目支出绩效自评表")


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_cells_broken_over_lines_are_joined_and_doubtful(tmp_path: Path) -> None:
    path = tmp_path / "form.txt"
    path.write_text("甲\t乙\t丙\n1\t目标一\n目标二\t3\n4\t5\t6\n\n他\n", encoding="utf-8")

    grid = only(path)

    assert [(each.text, each.ref) for each in grid.cells[3:6]] == [
        ("1", "第2行 第1列"), ("目标一\n目标二", "第2行 第2列"), ("3", "第2行 第3列"),
    ]  # fmt: skip
    assert grid.doubtful
    assert grid.below == ("他",)


def test_short_rows_that_make_no_full_one_are_not_joined(tmp_path: Path) -> None:
    path = tmp_path / "form.txt"
    path.write_text("甲\t乙\t丙\t丁\n1\t2\t3\n4\t5\t6\n7\t8\t9\t0\n", encoding="utf-8")

    assert (only(path).rows, only(path).doubtful) == (4, False)


def test_a_quotation_mark_in_a_text_swallows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "form.txt"
    path.write_text('"三公"经费\t≤0\n"微服务\t10\n丙\t9\n', encoding="utf-8")

    assert [each.text for each in only(path).cells] == ['"三公"经费', "≤0", '"微服务', "10", "丙", "9"]


# ── through other programs ──────────────────────────────────────────────────────────────────────────────────────────


def saved_as(source: Path, suffix: str, folder: Path) -> Path:
    """What LibreOffice saves of a file."""
    import subprocess

    soffice = office.program()
    assert soffice is not None
    subprocess.run(
        [soffice, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", suffix,
         "--outdir", str(folder), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder / f"{source.stem}.{suffix}"


needs_office = pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")


@needs_office
@pytest.mark.parametrize(("suffix", "called"), [("doc", "wps"), ("rtf", "rtf"), ("odt", "odt")])
def test_old_documents_are_read_through_libreoffice(suffix: str, called: str, tmp_path: Path) -> None:
    form = example("02-points-before-target")
    write_docx(form, tmp_path / "form.docx")
    path = saved_as(tmp_path / "form.docx", suffix, tmp_path).rename(tmp_path / f"表.{called}")

    sheets = read_sheets(path)

    assert (sheets.file, len(sheets.grids)) == (f"表.{called}", 1)
    assert areas(sheets.grids[0]) == form.cells


def test_an_old_workbook_gives_the_grid_with_its_number_formats(tmp_path: Path) -> None:
    form = example("04-sheet-14-yuan")
    numbers: dict[tuple[int, int], tuple[float, str]] = {
        (3, 4): (268500, "0.00"),
        (3, 5): (251732.5, "#,##0.00"),
        (3, 7): (10, "General"),
        (3, 8): (0.9399999999999999, "0%"),
        (3, 9): (9.4, "0.0_ "),
        (11, 7): (15, "0"),
        (11, 6): (18, '0"台"'),
    }
    write_xls(tmp_path / "form.et", {SHEET: (form.cells, numbers)})

    grid = only(tmp_path / "form.et")

    assert areas(grid) == form.cells
    assert (grid.name, grid.doubtful, grid.cells[0].ref) == (SHEET, False, f"{SHEET}!A1")


def test_what_an_old_workbook_or_a_page_hides_is_read_and_told(tmp_path: Path) -> None:
    form = example("05-flat-list")
    write_xls(tmp_path / "form.xls", {SHEET: (form.cells, {})}, hidden=(3, 4))
    write_html(form, tmp_path / "page.xls")
    page = (tmp_path / "page.xls").read_bytes().replace(b"<tr>", b"<tr style='display: none'>", 1)
    (tmp_path / "page.xls").write_bytes(page)

    old, web = read_sheets(tmp_path / "form.xls"), read_sheets(tmp_path / "page.xls")

    assert areas(old.grids[0]) == areas(web.grids[0]) == form.cells
    assert [(each.expected.key, each.got) for each in old.told] == [
        ("hidden-content.rows", "4"), ("hidden-content.columns", "E"),
    ]  # fmt: skip
    assert [(each.expected.key, each.place.cell) for each in web.told] == [("hidden-content.rows", "表1 第1行")]


def test_errors_in_an_old_workbook_are_named_all_at_once(tmp_path: Path) -> None:
    cells = (Area(0, 0, 1, 1, "总分"), Area(0, 1, 1, 1, ERROR), Area(2, 1, 1, 1, ERROR))
    write_xls(tmp_path / "form.xls", {"甲": (cells, {}), "乙": (cells[:2], {})})

    assert [(each.code, each.place.cell, each.got) for each in refused(tmp_path / "form.xls")] == [
        ("cell-error", "乙!B1", ERROR), ("cell-error", "甲!B1", ERROR), ("cell-error", "甲!B3", ERROR),
    ]  # fmt: skip


def test_sheets_without_number_formats_are_doubtful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without LibreOffice, .ods is read for its values alone."""
    monkeypatch.setattr(office, "program", lambda: None)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name='表'><table:table-row>"
        "<table:table-cell office:value-type='string'><text:p>执行率</text:p></table:table-cell>"
        "<table:table-cell office:value-type='percentage' office:value='0.975'><text:p>98%</text:p></table:table-cell>"
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "form.ods", "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", "<manifest/>")
        file.writestr("content.xml", content)

    sheets = read_sheets(tmp_path / "form.ods")

    assert [[each.text for each in grid.cells] for grid in sheets.grids] == [["执行率", "0.975"]]
    assert [each.doubtful for each in sheets.grids] == [True]
    assert [each.expected.key for each in sheets.told] == ["left-aside.formats"]


@needs_office
def test_a_pdf_gives_its_cells_and_is_doubtful(tmp_path: Path) -> None:
    form = example("03-twenty-eighty")
    write_docx(form, tmp_path / "form.docx")

    sheets: Sheets = read_sheets(saved_as(tmp_path / "form.docx", "pdf", tmp_path))

    assert all(each.doubtful for each in sheets.grids)
    found = ["".join(each.text.split()) for grid in sheets.grids for each in grid.cells]
    assert ["".join(each.text.split()) for each in form.cells] == found
    assert sheets.grids[0].above[:2] == form.above[:2]


def test_a_format_that_takes_libreoffice_says_so_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "program", lambda: None)
    path = tmp_path / "form.rtf"
    path.write_bytes(b"{\\rtf1 x}")

    (problem,) = refused(path)

    assert (problem.code, problem.expected.key) == ("needs-office", "needs-office.expected")
