"""`zhunsheng import`, and `evaluate` on forms as filed: what is written, what is told, and with which exit code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import openpyxl
import pytest
import yaml

from forms.building import EXAMPLES, FORMS, ROOT, SHEET, Form, example, in_sheet, write_docx, write_xlsx
from forms.content import content, wanted
from forms.old_book import write_xls
from zhunsheng.exchange import load_document
from zhunsheng.exchange.forms.filed import imported
from zhunsheng.exchange.forms.importing import plain
from zhunsheng.exchange.forms.written import file_name
from zhunsheng.measure import read_amount, read_target

if TYPE_CHECKING:
    from pathlib import Path

VALUES: dict[str, Any] = yaml.safe_load((FORMS / "values.yaml").read_text(encoding="utf-8"))


class Ended(NamedTuple):
    code: int
    out: str
    err: str


def run(*arguments: object) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "zhunsheng", *map(str, arguments)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def with_texts(form: Form, texts: dict[str, str]) -> Form:
    return Form(
        tuple(each._replace(text=texts.get(each.text, each.text)) for each in form.cells), form.above, form.below
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good forms in folders, one with an unread cell, one broken, and what Office leaves behind."""
    inner = tmp_path / "forms" / "县" / "局"
    inner.mkdir(parents=True)
    write_docx(example("01-national-project"), inner / "附件2.docx")
    write_xlsx(example("04-sheet-14-yuan"), tmp_path / "forms" / "附件2.xlsx")
    write_docx(with_texts(example("08-transfer-unscored"), {"515": "约515"}), tmp_path / "forms" / "水务.docx")
    (tmp_path / "forms" / "broken.docx").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "forms" / "~$附件2.docx").write_bytes(b"lock")
    (tmp_path / "forms" / "readme.txt").write_text("no table here", encoding="utf-8")
    return tmp_path


def test_a_folder_is_imported_and_one_bad_file_never_stops_the_rest(folder: Path) -> None:
    ended = run("import", folder / "forms", "-o", folder / "out", "--summary", folder / "sum.xlsx")

    assert ended.code == 2
    assert sorted(each.name for each in (folder / "out").iterdir()) == [
        "芦汀县水务服务中心-2023年小型泵站更新改造-2023.yaml",
        "苇塘镇中心小学-校园直饮水设备购置-2023.yaml",
    ]
    assert "error[form-amount]" in ended.err
    assert "表1 第4行 第4列" in ended.err
    assert "broken.docx" in ended.err
    assert "readme" not in ended.out
    rows = list(openpyxl.load_workbook(folder / "sum.xlsx")["汇总"].iter_rows(values_only=True))
    assert len(rows) == 5
    again = load_document(folder / "out" / "苇塘镇中心小学-校园直饮水设备购置-2023.yaml")
    assert content(again) == wanted("04-sheet-14-yuan")


def test_files_of_one_name_are_told_with_their_folders(folder: Path) -> None:
    shutil.copy(folder / "forms" / "县" / "局" / "附件2.docx", folder / "forms" / "县" / "附件2.docx")
    ended = run("import", folder / "forms")

    assert "局/附件2.docx" in ended.out
    assert "县/附件2.docx" in ended.out
    assert "forms/附件2.xlsx" not in ended.out


def test_with_partial_a_form_is_written_without_what_was_not_understood(folder: Path) -> None:
    ended = run("import", folder / "forms" / "水务.docx", "-o", folder / "out", "--partial", "--region", "云南省")

    assert ended.code == 1
    (path,) = (folder / "out").iterdir()
    document = load_document(path)
    assert document.funds.total.annual_budget is None
    assert document.region == "云南省"
    assert "form-amount" in ended.err


def test_without_a_folder_nothing_is_written(folder: Path) -> None:
    ended = run("import", folder / "forms" / "附件2.xlsx")

    assert ended.code == 0
    assert "public-sheet-14" in ended.out
    assert sorted(each.name for each in folder.iterdir()) == ["forms"]


def test_the_result_as_json_names_every_form_and_cell(folder: Path) -> None:
    found = json.loads(run("import", folder / "forms", "--json").out)

    forms = {each["file"].rpartition("/")[2]: each for each in found["files"]}
    assert forms["附件2.xlsx"]["forms"][0]["layout"] == "public-sheet-14"
    assert forms["附件2.xlsx"]["forms"][0]["indicators"] == 9
    assert forms["水务.docx"]["forms"][0]["unread"][0] == {
        "code": "form-amount",
        "at": "表1 第4行 第4列",
        "text": "约515",
        "message": forms["水务.docx"]["forms"][0]["unread"][0]["message"],
    }
    assert forms["broken.docx"]["problems"][0]["code"] == "file-damaged"


def test_documents_can_be_written_as_json(folder: Path) -> None:
    assert run("import", folder / "forms" / "附件2.xlsx", "-o", folder / "out", "--format", "json").code == 0

    (path,) = (folder / "out").iterdir()
    assert content(load_document(path)) == wanted("04-sheet-14-yuan")


def test_a_file_that_is_there_is_replaced_only_when_asked(folder: Path) -> None:
    call = ("import", folder / "forms" / "附件2.xlsx", "-o", folder / "out")
    assert run(*call).code == 0

    again = run(*call)
    assert again.code == 2
    assert "output-exists" in again.err
    assert run(*call, "--force").code == 0


def test_two_forms_of_one_name_are_two_files(folder: Path) -> None:
    shutil.copy(folder / "forms" / "附件2.xlsx", folder / "forms" / "县" / "附件2.xlsx")

    run("import", folder / "forms" / "附件2.xlsx", folder / "forms" / "县" / "附件2.xlsx", "-o", folder / "out")

    assert sorted(each.name for each in (folder / "out").iterdir()) == [
        "苇塘镇中心小学-校园直饮水设备购置-2023-2.yaml",
        "苇塘镇中心小学-校园直饮水设备购置-2023.yaml",
    ]


def test_ones_own_layout_is_taken_from_its_folder(folder: Path) -> None:
    write_docx(with_texts(example("01-national-project"), {"实际完成值": "办结状况"}), folder / "own.docx")
    assert run("import", folder / "own.docx").code == 2

    (folder / "layouts").mkdir()
    (folder / "layouts" / "own.yaml").write_text(
        "layout: own\ntitle: 本省\nrecognised_by: {texts: [办结状况]}\nwords: {columns: {actual: [办结状况]}}\n",
        encoding="utf-8",
    )
    ended = run("import", folder / "own.docx", "--layouts", folder / "layouts")
    assert ended.code == 0
    assert "own" in ended.out


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("../../etc", "etc-项目-2023"),
        ("甲/乙:丙", "甲_乙_丙-项目-2023"),
        ("局" * 100, "局" * 38 + "-项目-2023"),
        ("...", "_-项目-2023"),
    ],
)
def test_names_of_files_lead_nowhere_else(unit: str, name: str) -> None:
    document = imported(FORMS / "04-sheet-14-yuan" / "form.xlsx").documents[0]

    assert file_name(document.model_copy(update={"unit": unit, "project": "项目"})) == name


def test_text_of_a_form_is_text_in_the_summary(folder: Path) -> None:
    write_docx(with_texts(example("01-national-project"), {"88": '=HYPERLINK("x")'}), folder / "f.docx")

    run("import", folder / "f.docx", "--partial", "--summary", folder / "s.xlsx")

    book = openpyxl.load_workbook(folder / "s.xlsx")
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)


@pytest.mark.parametrize(
    "name", [b"=1+1.docx", b"\x1b[31m.docx", b"a\nb.docx", b"\xff\xfe.docx", "\u202egnp.docx".encode()]
)
def test_names_of_files_may_be_any(name: bytes, folder: Path) -> None:
    file = folder / os.fsdecode(name)
    write_docx(example("01-national-project"), file)

    ended = run("import", file, "-o", folder / "out", "--summary", folder / "s.xlsx", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)["files"][0]["forms"][0]["indicators"] == 10
    assert len(list((folder / "out").iterdir())) == 1
    book = openpyxl.load_workbook(folder / "s.xlsx")
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)
    assert run("evaluate", file, "--ruleset", "mof-2020").code == 0


def test_a_text_with_control_signs_gives_a_document_that_can_be_read(folder: Path) -> None:
    text = (FORMS / "own-words" / "form.txt").read_text(encoding="utf-8")
    (folder / "f.txt").write_text(text.replace("办结状况", "实\x07际\u202e完\x1b成\x9f值"), encoding="utf-8")

    assert run("import", folder / "f.txt", "-o", folder / "out").code == 0
    (written,) = (folder / "out").iterdir()
    assert load_document(written).indicators[0].actual == "1180件"


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_form_of_old_excel_is_imported_and_evaluated(name: str, tmp_path: Path) -> None:
    write_xls(tmp_path / "附件2.xls", {SHEET: (in_sheet(example(name)), {})})

    ended = run("import", tmp_path / "附件2.xls", "-o", tmp_path / "out")
    assert (ended.code, ended.err) == (0, "")
    (written,) = (tmp_path / "out").iterdir()
    assert wanted(name) == content(load_document(written))
    assert run("evaluate", tmp_path / "附件2.xls", "--ruleset", "mof-2020").code == 0


# evaluate, on the files themselves


def test_evaluate_takes_forms_and_findings_name_their_cell() -> None:
    ended = run("evaluate", FORMS / "04-sheet-14-yuan" / "form.xlsx", "--ruleset", "mof-2020")
    assert ended.code == 0
    assert "form.xlsx 自评表!I20 /indicators/6/claimed_score" in ended.out

    answer = json.loads(
        run("evaluate", FORMS / "04-sheet-14-yuan" / "form.xlsx", "--ruleset", "mof-2020", "--format", "json").out
    )
    (assessment,) = answer["assessments"]
    assert {"自评表!I20", "自评表!I6"} <= {each["source"] for each in assessment["findings"]}
    assert assessment["scores"][1]["source"] == "自评表!C14"


def test_evaluate_takes_a_folder_of_forms_and_a_form_beside_its_document_once(tmp_path: Path) -> None:
    write_docx(example("01-national-project"), tmp_path / "a.docx")
    assert run("evaluate", tmp_path, "--ruleset", "mof-2020").out.count(" · 2023 年度") == 1

    run("import", tmp_path / "a.docx", "-o", tmp_path)
    ended = run("evaluate", tmp_path, "--ruleset", "mof-2020")
    assert ended.out.count(" · 2023 年度") == 1
    assert ".yaml:" in ended.out
    assert "表1 第12行 第8列" in ended.out


def test_explain_points_into_the_form() -> None:
    ended = run(
        "explain", FORMS / "01-national-project" / "form.docx", "--ruleset", "mof-2020", "--what", "指标2：改造进水渠道"
    )

    assert "form.docx 表1 第12行 第5列" in ended.out


def test_with_partial_a_form_is_evaluated_without_what_was_not_understood(folder: Path) -> None:
    form = folder / "forms" / "水务.docx"
    ended = run("evaluate", form, "--ruleset", "mof-2020", "--partial", "--lang", "en")

    assert (ended.code, ended.err.count("warning[form-amount]")) == (1, 1)
    assert ended.out
    assert run("explain", form, "--what", "总分", "--ruleset", "mof-2020", "--partial").out


def test_forms_are_evaluated_by_ones_own_layouts(folder: Path) -> None:
    (folder / "layouts").mkdir()
    (folder / "layouts" / "own.yaml").write_text(
        "layout: own\ntitle: 本县\nrecognised_by: {columns: {has: [actual]}}\nwords: {columns: {actual: [办结状况]}}\n",
        encoding="utf-8",
    )
    call = "evaluate", FORMS / "own-words" / "form.txt", "--ruleset", "mof-2020"

    assert run(*call).code == 2
    ended = run(*call, "--layouts", folder / "layouts")
    assert (ended.code, ended.err) == (0, "")
    assert "1180件" in ended.out


def test_a_form_with_unread_cells_is_not_evaluated(folder: Path) -> None:
    ended = run("evaluate", folder / "forms" / "水务.docx", "--ruleset", "mof-2020")

    assert (ended.code, ended.out) == (2, "")
    assert "form-amount" in ended.err


# Values


@pytest.mark.parametrize("case", VALUES["targets"], ids=lambda case: case["text"] or "blank")
def test_a_target_reads_in_a_workbook_as_it_does_alone(case: dict[str, Any], tmp_path: Path) -> None:
    write_xlsx(with_texts(example("01-national-project"), {"≥14台": case["text"]}), tmp_path / "f.xlsx")

    (document,) = imported(tmp_path / "f.xlsx").documents

    one, other = read_target(document.indicators[0].target), read_target(case["text"])
    assert (one.kind, one.comparator, one.number, one.unit) == (other.kind, other.comparator, other.number, other.unit)


@pytest.mark.parametrize("case", VALUES["amounts"][:3], ids=lambda case: case["text"])
def test_an_amount_reads_in_a_form_as_it_does_alone(case: dict[str, Any], tmp_path: Path) -> None:
    texts = {"186.4": case["text"], "项目资金\n（万元）": f"项目资金\n（{case['column_unit']}）"}
    write_docx(with_texts(example("01-national-project"), texts), tmp_path / "f.docx")

    (document,) = imported(tmp_path / "f.docx").documents

    assert document.funds.appropriation is not None
    read = read_amount(str(document.funds.appropriation.annual_budget), document.currency_unit)
    assert read.value == read_amount(case["amount_in_wan"]).value


@pytest.mark.parametrize(
    ("value", "form", "rate"), [(0.958, "0.0%", "95.8%"), (0.958, "General", "0.958"), (0.958, "0.00%", "95.80%")]
)
def test_a_percentage_cell_is_a_percentage(value: float, form: str, rate: str, tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    write_xlsx(example("03-twenty-eighty"), path)
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    (cell,) = (each for row in page.iter_rows() for each in row if each.value == "0.958")
    cell.value, cell.number_format = value, form
    book.save(path)

    assert imported(path).documents[0].funds.total.claimed_rate == rate


def test_real_numbers_of_a_workbook_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    write_xlsx(example("04-sheet-14-yuan"), path)
    book = openpyxl.load_workbook(path)
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if cell.value in ("268500.00", "251732.50", "9.4", "86.4"):
                cell.value = float(str(cell.value))
                cell.number_format = "#,##0.00" if cell.value > 1000 else "General"
    book.save(path)

    (document,) = imported(path).documents
    assert content(document) == wanted("04-sheet-14-yuan")
    assert plain([])["files"] == []
