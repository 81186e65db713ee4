"""What goes out, opened again: forms with their merges, the report, the re-check report, and filed forms with comments."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZipFile

import docx
import openpyxl
import pytest

from zhunsheng.cli.app import run
from zhunsheng.document.model import Document, Fund, Funds, Indicator
from zhunsheng.exchange.forms.filed import imported
from zhunsheng.exchange.forms.read import office, read_sheets
from zhunsheng.exchange.report.annotate_excel import annotate_excel
from zhunsheng.exchange.report.annotate_word import annotate_word
from zhunsheng.exchange.report.cells import number
from zhunsheng.exchange.report.parts import Edit, edited, put_in, tree
from zhunsheng.exchange.report.write import as_filed, sheets, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document as Word
    from openpyxl.worksheet.worksheet import Worksheet

    from zhunsheng.evaluation import Assessment, DossierAssessment

ROOT: Final = Path(__file__).resolve().parents[2]
DOSSIER: Final = ROOT / "fixtures" / "zhuzhou-2021" / "dossier.yaml"
FORMS: Final = ROOT / "fixtures" / "forms"


def report(*arguments: str | Path, code: int = 0) -> None:
    assert run(["report", *map(str, arguments)]) == code


def shown(arguments: Sequence[str | Path], capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    report(*arguments, code=code)
    captured = capsys.readouterr()
    return captured.out + captured.err


def sheet(path: Path, at: int = 0) -> Worksheet:
    page = openpyxl.load_workbook(path).worksheets[at]
    assert page.max_row
    return page


def where(page: Worksheet, text: str) -> tuple[int, int]:
    """Row and column of the first cell with this text."""
    return next((each.row, each.column) for row in page.iter_rows() for each in row if each.value == text)


def words(document: Word) -> str:
    """All text of a Word file, tables included."""
    return "\n".join(each.text or "" for each in document.element.iter() if each.tag.endswith("}t"))


# The form


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The department's form with computed scores, in Excel."""
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    report(DOSSIER, "--what", "form", "-o", path)
    return path


def test_a_form_in_excel_has_numbers_percentages_and_the_merges_of_the_official_form(form: Path) -> None:
    page = sheet(form)
    row, _ = where(page, "合计")
    assert [page.cell(row, column).value for column in (4, 5, 6, 7, 8, 9)] == [
        1984.99,
        1984.99,
        1677.29,
        10,
        0.845,
        8.45,
    ]
    assert page.cell(row, 8).number_format == "0.00%"
    merges = {str(each) for each in page.merged_cells.ranges}
    assert {"A1:I1", "A4:A8", "B4:C4", "B9:E9", "F9:I9", "B12:B21", "C12:C15", "A26:F26"} <= merges
    assert page["A26"].value == "总分"
    assert page["H26"].value == 98.45
    assert page["I26"].value == "等级：优"


def test_a_form_in_excel_prints_on_a4_under_a_head_that_stays(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    assert book.sheetnames == ["株洲市城市管理监督指挥中心", "城市管理信息采集管理项目", "系统升级维护专项经费"]
    for page in book.worksheets:
        assert (page.freeze_panes, page.page_setup.paperSize, page.page_setup.fitToWidth) == ("A3", 9, 1)


def test_claimed_and_computed_scores_stand_side_by_side(tmp_path: Path) -> None:
    report(DOSSIER, "--what", "form", "--scores", "both", "-o", tmp_path / "form.xlsx")
    page = sheet(tmp_path / "form.xlsx")
    row, column = where(page, "总分")
    assert [page.cell(row, column + at).value for at in (7, 8)] == [98.5, 98.45]
    assert page.cell(where(page, "合计")[0], 8).value == "85.00%\n84.50%"


def test_scores_as_claimed_need_no_ruleset(tmp_path: Path) -> None:
    report(
        FORMS / "01-national-project" / "form.docx", "--what", "form", "--scores", "claimed", "-o", tmp_path / "a.xlsx"
    )
    page = sheet(tmp_path / "a.xlsx")
    row, column = where(page, "总分")
    assert page.cell(row, column + 7).value == 88


def test_the_national_form_is_written_with_the_grid_it_was_filed_in(tmp_path: Path) -> None:
    """The form of the ministry, read and written again: every text in its cell, every merge where it was."""
    filed = FORMS / "01-national-project" / "form.docx"
    report(filed, "--what", "form", "--scores", "claimed", "-o", tmp_path / "form.docx")
    before, after = (imported_grid(path) for path in (filed, tmp_path / "form.docx"))
    assert after == before


def imported_grid(path: Path) -> list[tuple[int, int, int, int]]:
    """The merges of a file's only table."""
    (grid,) = read_sheets(path).grids
    return [each[:4] for each in grid.cells]


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    texts = ("=1+1", "+86", "-5℃", "@甲", "-3.2")
    rows = tuple(
        Indicator(dimension="产出指标", category="数量指标", name=f"指标{at}", target=each, deviation_explanation=each)
        for at, each in enumerate(texts)
    )
    document = Document(
        kind="project", unit="=甲局", project="=1+1", year=2023, funds=Funds(total=Fund()), indicators=rows
    )
    blocks, names = sheets([as_filed(document)])
    path = tmp_path / "form.xlsx"
    path.write_bytes(written(blocks, "xlsx", names))
    page = sheet(path)
    cells = [each for row in page.iter_rows() for each in row if each.value is not None]
    assert not [each.coordinate for each in cells if each.data_type == "f"]
    row, _ = where(page, "指标0")
    assert [page.cell(row + at, 5).value for at in range(5)] == ["=1+1", "+86", "-5℃", "@甲", -3.2]
    assert [page.cell(row + at, 9).value for at in range(5)] == list(texts)
    assert page.cell(row, 5).quotePrefix


@pytest.mark.parametrize(
    ("text", "value", "form"),
    [
        ("8.50", "8.50", "0.00"),
        ("97.5%", "0.975", "0.0%"),
        ("100%", "1", "0%"),
        ("-3", "-3", "0"),
        ("0.958", "0.958", "0.000"),
    ],
)
def test_numbers_keep_the_digits_they_were_printed_with(text: str, value: str, form: str) -> None:
    found = number(text)
    assert found is not None
    assert (found.value, found.form) == (Decimal(value), form)


@pytest.mark.parametrize("text", ["007", "1,234", "24次", "", "1e5", "-0", "１２", "1.", "1234567890123456", "5 %"])
def test_what_a_sheet_would_not_show_again_stays_text(text: str) -> None:
    assert number(text) is None


def test_a_form_with_columns_of_its_own_lies_down(tmp_path: Path) -> None:
    report(FORMS / "04-sheet-14-yuan" / "form.xlsx", "--what", "form", "--scores", "claimed", "-o", tmp_path / "a.docx")
    document = docx.Document(str(tmp_path / "a.docx"))
    assert "度量单位" in words(document)
    assert document.sections[0].page_width is not None
    widths = document.element.xpath("//w:tblGrid/w:gridCol/@w:w")
    assert sum(map(int, widths)) < document.sections[0].page_width.twips


# The blank form


def test_the_blank_form_takes_numbers_and_grades_and_is_read_when_filled(tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    assert run(["new", "form", "--ruleset", "zhuzhou-2021", "-o", str(path)]) == 0
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    checks = {each.type: str(each.sqref) for each in page.data_validations.dataValidation}
    assert set(checks) == {"decimal", "list"}
    assert page[where(page, "产出指标\n（50分）")[0]]
    row, _ = where(page, "数量指标")
    page["B3"], page["F4"] = "更新泵站", "芦汀县水务服务中心"
    total = where(page, "年度资金总额")[0]
    for column, value in ((5, 100), (6, 97.5), (8, 0.975), (9, 9.75)):
        page.cell(total, column).value = value
    page.cell(total, 8).number_format = "0.0%"
    for column, text in ((4, "更新机组"), (5, "≥14台"), (6, "14台"), (7, 50), (8, 50)):
        page.cell(row, column).value = text
    book.save(path)
    (found,) = imported(path).forms
    document = found.document
    assert found.problems == ()
    assert document is not None
    assert (document.unit, document.project, document.year) == ("芦汀县水务服务中心", "更新泵站", 2021)
    (indicator,) = document.indicators
    assert (indicator.category, indicator.name, indicator.points) == ("数量指标", "更新机组", Decimal(50))
    assert document.funds.total.claimed_rate == "97.5%"


def test_a_blank_form_does_not_replace_a_filled_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(b"")
    assert run(["new", "form", "--ruleset", "zhuzhou-2021", "-o", str(path)]) == 2
    assert "output-exists" in capsys.readouterr().err
    assert run(["new", "form", "--ruleset", "zhuzhou-2021", "-o", str(path), "--force"]) == 0
    assert run(["new", "form", "--ruleset", "zhuzhou-2021", "-o", str(tmp_path / "form.pdf")]) == 2
    assert run(["new", "form", "--ruleset", "zhuzhou-2021"]) == 2
    assert "数量指标" in words(docx.Document(str(path)))


# The self-evaluation report


def test_the_report_has_the_sections_of_the_real_one_and_its_forms(tmp_path: Path) -> None:
    report(DOSSIER, "--what", "report", "-o", tmp_path / "report.docx")
    document = docx.Document(str(tmp_path / "report.docx"))
    heads = [each.text for each in document.paragraphs if each.style is not None and each.style.name == "Heading 2"]
    assert [each[:2] for each in heads] == ["一、", "二、", "三、", "四、", "五、"]
    assert len(document.tables) == 3
    said = words(document)
    assert "2021年预算收入1677.29万元，其中年初预算1984.99万元，调整追加86.18万元，结转下年支出393.88万元。" in said
    section = document.sections[0]
    lengths = (section.page_width, section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [each is not None and int(each.mm + Decimal("0.5")) for each in map(_length, lengths)] == [
        210,
        37,
        35,
        28,
        26,
    ]


def _length(length: Any) -> Any:
    return type("", (), {"mm": Decimal(int(length)) / 36000})


def test_what_nobody_wrote_is_marked_and_not_invented(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown([DOSSIER.parent / "department.yaml", "--what", "report"], capsys)
    assert said.count("【待填】") == 6
    assert "预算收入" not in said


def test_sections_of_a_narrative_stand_where_the_real_report_has_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "department.yaml").write_bytes((DOSSIER.parent / "department.yaml").read_bytes())
    (tmp_path / "dossier.yaml").write_text(
        """
unit: 株洲市城市管理监督指挥中心
year: 2021
region: 湖南省株洲市
documents: [department.yaml]
sections:
  - {heading: "四、存在的问题及下一步改进措施", paragraphs: [付款滞后。]}
  - {heading: 一、预算单位基本情况, paragraphs: [编制20人。]}
  - {heading: （一）机构, level: 2, paragraphs: ["=6 个科室"]}
""",
        encoding="utf-8",
    )
    said = shown([tmp_path / "dossier.yaml", "--what", "report"], capsys)
    order = [
        said.index(each) for each in ("编制20人", "（一）机构", "=6 个科室", "二、", "四、", "付款滞后", "五、", "附件")
    ]
    assert order == sorted(order)
    report(tmp_path / "dossier.yaml", "--what", "report", "-o", tmp_path / "report.xlsx")
    page = sheet(tmp_path / "report.xlsx")
    assert page.title == "正文"
    assert page.cell(*where(page, "=6 个科室")).data_type == "s"


# The re-check report


def test_every_finding_stands_in_the_re_check_report_in_every_format(tmp_path: Path) -> None:
    from zhunsheng import evaluate_dossier, load_dossier, load_ruleset

    whole, documents = evaluate_dossier(load_dossier(DOSSIER), load_ruleset("zhuzhou-2021"))
    assessments: list[DossierAssessment | Assessment] = [whole, *documents]
    every = [
        each.message
        for one in assessments
        for each in (*one.requirements, *one.findings, *one.judgements, *one.confirmations)
    ]
    for to in ("docx", "html", "xlsx", "md"):
        report(DOSSIER, "-o", tmp_path / f"report.{to}")
    rows = [row[2] for row in sheet(tmp_path / "report.xlsx", 2).iter_rows(values_only=True)]
    page = tmp_path.joinpath("report.html").read_text(encoding="utf-8")
    texts = {
        "docx": words(docx.Document(str(tmp_path / "report.docx"))),
        "html": _text(page),
        "xlsx": "\n".join(map(str, rows)),
        "md": re.sub(r"\\(.)", r"\1", tmp_path.joinpath("report.md").read_text(encoding="utf-8")),
    }
    for to, said in texts.items():
        assert [each for each in every if each not in said] == [], to


def _text(page: str) -> str:
    found: list[str] = []

    class Texts(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    Texts().feed(page)
    return "\n".join(found)


def test_the_page_fetches_nothing_prints_and_has_a_dark_side(tmp_path: Path) -> None:
    report(DOSSIER, "--lang", "en", "-o", tmp_path / "report.html")
    page = tmp_path.joinpath("report.html").read_text(encoding="utf-8")
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", page) == []
    assert not re.search(r"<(script|link|img|iframe)|@import|url\(", page)
    assert '<html lang="en">' in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert page.count("<svg") == page.count('role="img"') == page.count("<title>") - 1 - page.count('<rect class="band')
    assert "to be supplied" not in page
    assert "to supply: 1" in page


def test_the_workbook_counts_sorts_and_draws(tmp_path: Path) -> None:
    report(DOSSIER, "-o", tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book.sheetnames == ["汇总", "得分", "问题", "计算依据"]
    summary = book["汇总"]
    assert [each.value for each in summary[2]][2:5] == [0.845, 98.5, 98.45]
    with ZipFile(tmp_path / "report.xlsx") as package:
        assert "xl/charts/chart1.xml" in package.namelist()
    for page in book.worksheets:
        assert page.freeze_panes in ("A2", "B2")
        assert page.auto_filter.ref
    assert {type(each.value) for each in book["得分"]["F"][1:]} == {int}


def test_the_same_findings_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        for to in ("docx", "xlsx"):
            report(DOSSIER, "-o", tmp_path / f"{name}.{to}")
    for to in ("docx", "xlsx"):
        assert tmp_path.joinpath(f"a.{to}").read_bytes() == tmp_path.joinpath(f"b.{to}").read_bytes()


def test_pdf_comes_through_libreoffice_or_says_what_to_do_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    path = tmp_path / "report.pdf"
    assert "docx" in shown([DOSSIER, "-o", path], capsys, 2)
    assert not path.exists()
    monkeypatch.undo()
    if office.program() is None:
        pytest.skip("LibreOffice is not installed: no PDF was made")
    report(DOSSIER, "--what", "form", "-o", path)
    assert path.read_bytes().startswith(b"%PDF-")


# Comments in the form as filed


@pytest.mark.parametrize("name", ["04-sheet-14-yuan/form.xlsx", "01-national-project/form.docx"])
def test_a_filed_form_comes_back_with_comments_and_nothing_else_changed(name: str, tmp_path: Path) -> None:
    filed, back = FORMS / name, tmp_path / f"back{Path(name).suffix}"
    report(filed, "--ruleset", "mof-2020", "--what", "annotated", "-o", back)
    with ZipFile(filed) as before, ZipFile(back) as after:
        changed = {each for each in before.namelist() if before.read(each) != after.read(each)}
        added = set(after.namelist()) - set(before.namelist())
    main = "xl/worksheets/sheet1.xml" if back.suffix == ".xlsx" else "word/document.xml"
    relations = {"[Content_Types].xml", f"{Path(main).parent}/_rels/{Path(main).name}.rels"}
    assert changed | added <= {main, *relations, *(each for each in added if "omments" in each or "vmlDrawing" in each)}
    assert imported(back).forms[0].document == _named(imported(filed).forms[0].document, back.name)


def _named(document: Document | None, file: str) -> Document:
    assert document is not None
    return document.model_copy(update={"file": file})


def test_comments_stand_at_the_cells_in_excel(tmp_path: Path) -> None:
    back = tmp_path / "back.xlsx"
    report(FORMS / "04-sheet-14-yuan" / "form.xlsx", "--ruleset", "mof-2020", "--what", "annotated", "-o", back)
    page = sheet(back)
    comments = {each.coordinate: each.comment.text for row in page.iter_rows() for each in row if each.comment}
    assert "自评执行率 94%，核算为 93.76%" in comments["I6"]
    assert "自评总分 86.4" in comments["I24"]
    assert page["I6"].comment is not None
    assert page["I6"].comment.author == "准绳复核"


def test_comments_stand_at_the_cells_in_word(tmp_path: Path) -> None:
    back = tmp_path / "back.docx"
    report(FORMS / "01-national-project" / "form.docx", "--ruleset", "mof-2020", "--what", "annotated", "-o", back)
    document = docx.Document(str(back))
    found = {each.comment_id: each.text for each in document.comments}
    mark = docx.oxml.ns.qn("w:commentReference")
    at = {
        int(each.get(docx.oxml.ns.qn("w:id"))): "".join(cell.xpath(".//w:t/text()"))
        for cell in document.element.iter(docx.oxml.ns.qn("w:tc"))
        for each in cell.iter(mark)
    }
    assert set(at) == set(found)
    number = next(key for key, text in found.items() if "自评 8 分，核算为 7.60 分" in text)
    assert at[number] == "8"


def test_what_is_said_of_no_cell_stands_at_the_first(tmp_path: Path) -> None:
    """A line above the table, or nothing that was filed."""
    for name, annotate in (
        ("04-sheet-14-yuan/form.xlsx", annotate_excel),
        ("01-national-project/form.docx", annotate_word),
    ):
        back = tmp_path / Path(name).name
        back.write_bytes(annotate(FORMS / name, {"": ["甲"], "表1 上方第1行": ["乙"]}, "科室"))
        if back.suffix == ".xlsx":
            comment = sheet(back)["A1"].comment
            assert comment is not None
            assert comment.text == "甲\n乙"
        else:
            assert [each.text for each in docx.Document(str(back)).comments] == ["甲\n乙"]


def test_comments_join_those_that_are_there(tmp_path: Path) -> None:
    """A form that was annotated once, and is annotated again: each comment stands under the one before."""
    for name in ("04-sheet-14-yuan/form.xlsx", "01-national-project/form.docx"):
        first, second = (tmp_path / f"{at}{Path(name).suffix}" for at in (1, 2))
        report(FORMS / name, "--ruleset", "mof-2020", "--what", "annotated", "-o", first)
        report(first, "--ruleset", "mof-2020", "--what", "annotated", "--lang", "en", "-o", second)
        if second.suffix == ".xlsx":
            comment = sheet(second)["I24"].comment
            assert comment is not None
            assert "自评总分 86.4" in comment.text
            assert "86.4" in comment.text.partition("\n")[2]
        else:
            comments = list(docx.Document(str(second)).comments)
            assert (
                len({each.comment_id for each in comments})
                == len(comments)
                == 2 * len(list(docx.Document(str(first)).comments))
            )


def test_other_comments_pictures_and_charts_of_a_workbook_stay(tmp_path: Path) -> None:
    """A workbook with a comment, a chart and a validation of its own."""
    from openpyxl.chart import BarChart, Reference
    from openpyxl.comments import Comment

    filed, back = tmp_path / "form.xlsx", tmp_path / "back.xlsx"
    book = openpyxl.load_workbook(FORMS / "04-sheet-14-yuan" / "form.xlsx")
    own = book.worksheets[0]
    own["B3"].comment = Comment("财务科：待核", "李")
    chart = BarChart()
    chart.add_data(Reference(own, min_col=8, min_row=6, max_row=7))
    own.add_chart(chart, "M2")
    book.save(filed)
    report(filed, "--ruleset", "mof-2020", "--what", "annotated", "-o", back)
    page = sheet(back)
    assert page["B3"].comment is not None
    assert page["B3"].comment.text == "财务科：待核"
    assert page["I6"].comment is not None
    with ZipFile(filed) as before, ZipFile(back) as after:
        changed = {each for each in before.namelist() if before.read(each) != after.read(each)}
        assert set(after.namelist()) == set(before.namelist())
    assert all("omment" in each for each in changed), changed


@pytest.mark.parametrize(
    ("comments", "code"),
    [
        ('<!DOCTYPE a [<!ENTITY b "b">]><comments><authors/><commentList/></comments>', "file-unsafe"),
        ("<comments><authors/>", "file-damaged"),
    ],
)
def test_comments_that_are_no_comments_are_refused(
    comments: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, bad = tmp_path / "first.xlsx", tmp_path / "bad.xlsx"
    report(FORMS / "04-sheet-14-yuan" / "form.xlsx", "--ruleset", "mof-2020", "--what", "annotated", "-o", first)
    with ZipFile(first) as source, ZipFile(bad, "w") as target:
        for name in source.namelist():
            target.writestr(name, comments if name == "xl/comments1.xml" else source.read(name))
    assert code in shown([bad, "--ruleset", "mof-2020", "--what", "annotated", "-o", tmp_path / "x.xlsx"], capsys, 2)


@pytest.mark.parametrize(
    ("content", "edit"),
    [
        (b"<a><b x='>'/></a>", b"<a><b x='>'>1</b></a>"),
        (b'<?xml version="1.0"?>\n<w:a xmlns:w="u"><w:b>0</w:b><!-- <w:b/> --></w:a>', b'<?xml version="1.0"?>\n<w:a xmlns:w="u"><w:b>01</w:b><!-- <w:b/> --></w:a>'),
        ("<a><甲/><b>é</b></a>".encode(), "<a><甲/><b>é1</b></a>".encode()),
    ],
)  # fmt: skip
def test_a_text_is_put_in_at_its_place_and_no_other_byte_moves(content: bytes, edit: bytes) -> None:
    element = next(tree(content).all("b"))
    assert edited(content, [put_in(content, element, "1")]) == edit


def test_edits_for_one_place_keep_their_order() -> None:
    assert edited(b"ac", [Edit(1, 1, "b"), Edit(1, 1, "B"), Edit(0, 1, "A")]) == b"AbBc"


# Calls


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (["--to", "docx"], "output-needed"),
        (["-o", "x.doc"], "unknown-format"),
        (["--what", "annotated", "-o", "x.docx"], "unknown-format"),
        (["--what", "annotated"], "output-needed"),
    ],
)
def test_a_call_that_cannot_be_is_refused(
    arguments: list[str],
    codes: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert codes in shown([DOSSIER, *arguments], capsys, 2)
    assert list(tmp_path.iterdir()) == []


def test_comments_go_into_one_form_of_word_or_excel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "not-annotated" in shown([DOSSIER, "--what", "annotated", "-o", tmp_path / "x.yaml"], capsys, 2)
    both = [DOSSIER, DOSSIER.parent / "department.yaml"]
    assert "wrong-call" in shown([*both, "--what", "annotated", "-o", tmp_path / "x.yaml"], capsys, 2)


def test_no_report_replaces_what_it_is_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filed = tmp_path / "form.docx"
    filed.write_bytes((FORMS / "01-national-project" / "form.docx").read_bytes())
    said = shown([filed, "--ruleset", "mof-2020", "--what", "annotated", "-o", filed], capsys, 2)
    assert "output-is-input" in said
    assert filed.read_bytes() == (FORMS / "01-national-project" / "form.docx").read_bytes()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.md"
    path.write_text("before", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    report(DOSSIER, "-o", path, code=2)
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_could_be_read_is_reported_beside_what_could_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_bytes((DOSSIER.parent / "department.yaml").read_bytes())
    (tmp_path / "b.yaml").write_text("kind: nothing\n", encoding="utf-8")
    said = shown([tmp_path], capsys, 2)
    assert "98.45" in said
    assert "b.yaml" in said
    assert shown([tmp_path / "b.yaml"], capsys, 2).startswith("error")
