"""A form gives the document it holds, in whatever format it is filed, and however the same form is laid out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.building import (
    EXAMPLES,
    FORMS,
    ROOT,
    Area,
    Form,
    example,
    in_sheet,
    placed,
    told_again,
    write_docx,
    write_html,
    write_text,
    write_xlsx,
)
from forms.content import content, grid_of, read, wanted
from forms.mutating import block, cut, header_rows, reworded, swapped, with_blank_row, with_column, without_reason
from zhunsheng.document import read_document
from zhunsheng.exchange import load_document
from zhunsheng.exchange.forms.filed import as_json, imported
from zhunsheng.exchange.forms.layout import Layouts, load_layouts, read_layout
from zhunsheng.exchange.forms.recognise import Overrides, documents_of
from zhunsheng.exchange.forms.words import key, without_part
from zhunsheng.exchange.forms.written import as_yaml
from zhunsheng.problem import Refused
from zhunsheng.source import read as read_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from zhunsheng.document.model import Document
    from zhunsheng.exchange.forms.grid import Grid
    from zhunsheng.exchange.forms.recognise import Imported

WRITERS: dict[str, Callable[[Form, Path], None]] = {
    "docx": write_docx,
    "xlsx": write_xlsx,
    "html": write_html,
    "txt": write_text,
}
LOOKUP = load_layouts().lookup(load_layouts().common)
TABLES = (
    LOOKUP.head, LOOKUP.entries, LOOKUP.fund_columns, LOOKUP.goals, LOOKUP.labels, LOOKUP.totals, LOOKUP.compositions,
)  # fmt: skip
SOME = st.sampled_from(EXAMPLES)
FEW = settings(max_examples=40)


def in_word(form: Form, name: str = "表1") -> Grid:
    return grid_of(form.cells, name, form.above, form.below)


def only(found: Imported) -> Document:
    assert found.unread == ()
    (document,) = found.documents
    return document


# As filed


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("suffix", WRITERS)
def test_an_example_gives_its_content_in_every_format(name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.{suffix}"
    WRITERS[suffix](example(name), path)

    assert wanted(name) == content(only(imported(path)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_known_by_its_layout(name: str) -> None:
    (form,) = read(in_word(example(name))).forms
    expected = {
        "01": "national",
        "02": "points-before-target",
        "03": "twenty-eighty",
        "04": "public-sheet-14",
        "05": "flat-list",
        "06": "department-composition",
        "07": "adjusted-budget",
        "08": "central-transfer",
    }

    assert form.layout == expected[name[:2]]
    assert form.why


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_cell_that_says_something_is_in_the_document_or_told(name: str) -> None:
    """Nothing is dropped: what is not the source of a value is a label or a header."""
    form = example(name)
    grid = in_word(form)
    document = only(read(grid))
    sources = set(document.sources.values())
    labels = {key(label) for each in document.entries for label in (each.label, each.under or "")}
    for cell in grid.cells:
        if LOOKUP.is_filler(cell.text) or cell.ref in sources or cell.row in header_rows(form):
            continue
        text = key(cell.text)
        known = any(table(cell.text) for table in TABLES) or LOOKUP.fund_rows(without_part(cell.text))
        assert known or any(text in each for each in labels) or text.endswith((")", "情况", "目标")), cell


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_value_has_its_place(name: str) -> None:
    document = only(read(in_word(example(name))))
    for index, row in enumerate(document.indicators):
        for field in ("name", "target", "actual", "points", "claimed_score"):
            if getattr(row, field) is not None:
                assert f"/indicators/{index}/{field}" in document.sources
    for pointer, ref in document.sources.items():
        assert ref.startswith("表1 "), (pointer, ref)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_document_written_and_read_again_is_the_same(name: str) -> None:
    document = only(read(in_word(example(name))))

    assert document == read_document(read_source(as_yaml(document).encode(), "form.yaml"))
    assert document == read_document(read_source(as_json(document).encode(), "form.json"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_texts_told_again_in_every_place_of_an_area_are_told_once(name: str) -> None:
    """As tables are that other programs export: no merges, the text of an area in each place that it covered."""
    form = example(name)

    assert wanted(name) == content(only(read(in_word(replace(form, cells=told_again(form))))))


def test_a_value_is_found_where_it_stood() -> None:
    document = only(imported(FORMS / "04-sheet-14-yuan" / "form.xlsx"))

    assert document.sources["/indicators/3/actual"] == "自评表!G17"
    assert document.stood("/indicators/3/evidence/numerator") == "自评表!C17"
    assert document.stood("/attributes") is None
    assert document.file == "form.xlsx"


# As the seed has them

SEED = FORMS / "zhuzhou-2021" / "form.txt"
BY_HAND = ("region", "goals", "evidence")
"""What the fixture has that the text has not: the region; goals cut short; numerators and denominators read by a person."""
PRINTED = (
    "label",
    "title",
    "total_points",
    "dimension_points",
    "entries",
    "notes",
    "file",
    "sources",
    "carryover",
    "other",
)
"""What the text has and the fixture leaves out: names of rows, printed points, notes, blank rows."""


def test_the_form_tables_of_the_seed_give_the_documents_of_the_fixture() -> None:
    names = ("department", "information-collection", "system-maintenance")
    by_hand = [load_document(ROOT / "fixtures" / "zhuzhou-2021" / f"{name}.yaml") for name in names]

    found = imported(SEED)

    assert found.unread == ()
    assert [without(each, BY_HAND) for each in by_hand] == [
        without(each, (*BY_HAND, *PRINTED)) for each in found.documents
    ]


def without(document: Document, names: tuple[str, ...]) -> Any:
    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: kept(each) for key, each in value.items() if key not in names and each not in ({}, (), [])}
        return [kept(each) for each in value] if isinstance(value, list | tuple) else value

    return kept(document.model_dump(exclude_none=True))


# Laid out otherwise


@FEW
@given(SOME, st.data())
def test_blank_rows_change_nothing(name: str, data: st.DataObject) -> None:
    form = example(name)
    for _ in range(data.draw(st.integers(1, 3))):
        form = with_blank_row(form, data.draw(st.integers(1, form.rows)))

    assert wanted(name) == content(only(read(in_word(form))))


@FEW
@given(SOME, st.data())
def test_a_further_column_changes_nothing(name: str, data: st.DataObject) -> None:
    form = example(name)
    first = min(
        each.column
        for each in form.cells
        if (each.row == header_rows(form)[-1] and each.text == "三级指标") or each.text == "指标名称"
    )
    at = data.draw(st.integers(first + 1, form.columns))
    head = data.draw(st.sampled_from(["备注", "得分计算方法", "折算得分"]))

    assert wanted(name) == content(only(read(in_word(with_column(form, at, head)))))


def lost(form: Form) -> list[str]:
    """The cells that are neither in the document, nor told, nor a label or header of what is."""
    grid = in_word(form)
    found = read(grid)
    if any(each.document is None for each in found.forms):
        return []  # refused as a whole
    labels: set[str] = set()
    heard = {place.cell for each in found.unread for place in (each.place, *(below for below, _ in each.related))}
    for document in found.documents:
        heard |= set(document.sources.values())
        labels |= {key(label) for each in document.entries for label in (each.label, each.under or "")}
    known = (*TABLES, LOOKUP.columns, LOOKUP.subtotals, lambda text: LOOKUP.fund_rows(without_part(text)))
    return [
        each.text
        for each in grid.cells
        if each.ref not in heard
        and not LOOKUP.is_filler(each.text)
        and not any(table(each.text) for table in known)
        and not any(key(each.text) in label for label in labels)
        and not key(each.text).endswith((")", "情况", "目标"))
    ]


@FEW
@given(SOME, st.data())
def test_a_word_nobody_knows_takes_no_other_cell_with_it(name: str, data: st.DataObject) -> None:
    """Wherever it stands: over a column, beside a block, or in a row."""
    form = example(name)
    at = data.draw(st.integers(0, len(form.cells) - 1))
    cells = (*form.cells[:at], form.cells[at]._replace(text="某某某某"), *form.cells[at + 1 :])

    assert set(lost(replace(form, cells=cells))) <= {"某某某某"}


@pytest.mark.parametrize("name", [each for each in EXAMPLES if each[:2] != "05"])
def test_rows_whose_dimensions_stand_under_an_unknown_header_are_read_and_the_column_is_told(name: str) -> None:
    """A province with words of its own for the dimensions and for their header."""
    words = {
        "一级指标": "维度",
        "产出指标": "建设类",
        "效益指标": "效果类",
        "益效指标": "效果类",
        "满意度指标": "口碑类",
    }
    form = example(name)
    cells = tuple(
        each._replace(text=next((new for old, new in words.items() if key(each.text).startswith(old)), each.text))
        for each in form.cells
    )
    (found,) = read(in_word(replace(form, cells=cells))).forms

    assert found.document is not None
    assert [each.name for each in found.document.indicators] == [each["name"] for each in wanted(name)["indicators"]]
    assert [(each.code, each.got) for each in found.problems] == [("form-column", "维度")]


FUNDS = {"年初预算数": "批复数", "全年预算数(A)": "批准数", "全年预算数": "批准数", "全年执行数": "支用数"}


@pytest.mark.parametrize("name", ["01-national-project", "04-sheet-14-yuan", "06-department-composition"])
@pytest.mark.parametrize("words", [["年初预算数"], list(FUNDS)])
def test_an_unknown_column_of_the_funds_is_told_and_is_no_part_of_a_name_nor_an_entry(
    name: str, words: list[str]
) -> None:
    form = example(name)
    at = next(each.row for each in form.cells if key(each.text) == "年初预算数")
    cells = [each for each in form.cells if each.text.strip() or each.row != at + 1]
    cells += [Area(at + 1, 3, 1, 1, "77")] * (len(cells) < len(form.cells))
    changed = replace(
        form,
        cells=tuple(
            sorted(
                each._replace(text=FUNDS[key(each.text)]) if each.row == at and key(each.text) in words else each
                for each in cells
            )
        ),
    )
    (found,) = read(in_word(changed)).forms

    assert found.document is not None
    told = {(each.code, each.got) for each in found.problems}
    assert told >= {
        ("form-column", FUNDS[word]) for word in words if any(key(each.text) == word for each in form.cells)
    }
    assert not [each.label for each in found.document.entries if LOOKUP.fund_rows(without_part(each.label))]
    assert lost(changed) == []
    if len(words) == 1:
        before = only(read(in_word(form))).funds.total
        assert found.document.funds.total == before.model_copy(update={"initial_budget": None})


def test_a_column_without_a_word_of_its_own_has_not_that_of_the_cell_over_it() -> None:
    """年度指标值 stands over 指标性质, 指标值 and 度量单位: it names none of them, nor what is put between them."""
    form = with_column(example("04-sheet-14-yuan"), 4, "")

    assert wanted("04-sheet-14-yuan") == content(only(read(in_word(form))))


@pytest.mark.parametrize("name", [each for each in EXAMPLES if each[:2] in ("01", "02", "04", "06", "07", "08")])
def test_a_column_that_is_missing_leaves_the_others_as_they_are(name: str) -> None:
    expected = wanted(name)
    for each in expected["indicators"]:
        each["reason"] = None

    assert expected == content(only(read(in_word(without_reason(example(name))))))


@FEW
@given(SOME, st.data())
def test_columns_in_another_order_change_nothing(name: str, data: st.DataObject) -> None:
    form = example(name)
    total = next((each for each in form.cells if each.text in ("总分", "合计") and each.row > block(form)[0]), None)
    last = total.width - 1 if total else form.columns - 1
    for _ in range(2):
        form = swapped(form, data.draw(st.integers(3, last)), data.draw(st.integers(3, last)))

    assert wanted(name) == content(only(read(in_word(form))))


@FEW
@given(SOME, st.data())
def test_headers_in_other_words_change_nothing(name: str, data: st.DataObject) -> None:
    form = reworded(example(name), lambda words: data.draw(st.sampled_from(words)))

    assert wanted(name) == content(only(read(in_word(form))))


@FEW
@given(SOME, st.data())
def test_a_page_break_changes_nothing(name: str, data: st.DataObject) -> None:
    form = example(name)
    rows = block(form)
    at = data.draw(st.integers(header_rows(form)[-1] + 2, rows[-1]))
    first, second = cut(form, at)

    assert wanted(name) == content(only(read(in_word(first), in_word(second, "表2"))))


@FEW
@given(SOME, SOME, st.booleans())
def test_several_forms_in_a_file_are_read_each_by_itself(one: str, other: str, below: bool) -> None:  # noqa: FBT001
    forms = [example(one), example(other)]
    if below:
        cells = [*in_sheet(forms[0])]
        down = max(each.row + each.height for each in cells) + 2
        cells += [each._replace(row=each.row + down) for each in in_sheet(forms[1])]
        found = read(grid_of(cells, "自评表"))
    else:
        found = read(in_word(forms[0]), in_word(forms[1], "表2"))

    assert found.unread == ()
    assert [wanted(one), wanted(other)] == [content(each) for each in found.documents]


# Cells


def with_text(form: Form, old: str, new: str) -> Form:
    assert any(each.text == old for each in form.cells)
    return replace(form, cells=tuple(each._replace(text=new) if each.text == old else each for each in form.cells))


@pytest.mark.parametrize(
    ("old", "new", "unit", "amount"),
    [
        ("268500.00", "26.85万元", "元", "268500.00"),
        ("268500.00", "268,500.00", "元", "268500.00"),
        ("268500.00", "0.002685亿元", "元", "268500.00"),
    ],
)
def test_the_unit_of_a_cell_wins_over_that_of_the_block(old: str, new: str, unit: str, amount: str) -> None:
    document = only(read(in_word(with_text(example("04-sheet-14-yuan"), old, new))))

    assert document.currency_unit == unit
    assert Fraction(document.funds.total.annual_budget or 0) == Fraction(amount)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("186.4", "约186", "form-amount"),
        ("8", "八分", "form-figure"),
        ("芦汀县水务服务中心", "", "form-unit"),
        ("2023年小型泵站更新改造", "", "form-project"),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(old: str, new: str, code: str) -> None:
    found = read(in_word(with_text(example("01-national-project"), old, new)))

    assert {each.code for each in found.unread} == {code}
    assert all(each.place.cell and each.got == new for each in found.unread)


def test_a_text_under_no_label_is_told() -> None:
    form = example("01-national-project")
    wide = next(each for each in form.cells if each.text == "2023年小型泵站更新改造")
    cells = [each for each in form.cells if each is not wide]
    cells += [wide._replace(width=4), wide._replace(column=5, width=4, text="另附三页")]

    found = read(in_word(replace(form, cells=tuple(sorted(cells)))))

    assert [(each.code, each.got) for each in found.unread] == [("form-cell", "另附三页")]


def test_a_row_without_a_name_is_told_cell_by_cell() -> None:
    found = read(in_word(with_text(example("01-national-project"), "指标1：单台改造成本", "")))

    assert {each.code for each in found.unread} == {"form-indicator"}
    assert [each.got for each in found.unread] == ["≤12.5万元/台", "12.23万元/台", "10", "10"]


def test_placeholders_are_no_indicators() -> None:
    form = example("01-national-project")
    rows = {each.row for each in form.cells if each.text == "指标1：单台改造成本"}
    texts = {"指标1：单台改造成本": "指标1：", "≤12.5万元/台": "……", "12.23万元/台": "/"}
    cells = [
        each._replace(text=texts.get(each.text, "" if each.row in rows and each.text == "10" else each.text))
        for each in form.cells
    ]

    document = only(read(in_word(replace(form, cells=tuple(cells)))))

    assert len(document.indicators) == len(wanted("01-national-project")["indicators"]) - 1


def test_an_unknown_column_is_told_and_a_layout_file_makes_it_known() -> None:
    form = with_text(example("01-national-project"), "实际完成值", "办结状况")
    found = read(in_word(form))
    assert {each.code for each in found.unread} == {"form-column"}
    (problem,) = found.unread
    assert problem.got == "办结状况"
    assert len(problem.related) == 9

    layout = read_layout(
        read_source(
            "layout: my-province\ntitle: 本省\nrecognised_by: {columns: {has: [actual]}, texts: [办结状况]}\n"
            "words: {columns: {actual: [办结状况]}}\n".encode(),
            "my-province.yaml",
        )
    )
    layouts = load_layouts().adding([layout])
    again = documents_of(sheets(form), layouts)

    assert wanted("01-national-project") == content(only(again))
    assert again.forms[0].layout == "my-province"


def sheets(form: Form) -> Any:
    from zhunsheng.exchange.forms.grid import Sheets

    return Sheets("form.docx", (in_word(form),))


def test_a_reason_is_not_the_instructions_printed_in_its_cell() -> None:
    form = example("07-adjusted-budget")
    (cell,) = (each for each in form.cells if each.text.startswith("1.预算执行率"))
    filled = with_text(form, cell.text, f"{cell.text}\n项目年中追加，招标推迟。")

    document = only(read(in_word(form)))
    assert document.funds.total.deviation_explanation is None
    assert "需说明原因" in document.notes[0]
    assert only(read(in_word(filled))).funds.total.deviation_explanation == "项目年中追加，招标推迟。"


def test_parts_of_the_funds_stand_with_their_group() -> None:
    others = only(read(in_word(example("06-department-composition")))).funds.others

    assert [(each.label, each.group, str(each.amount)) for each in others if each.amount is not None] == [
        ("一般公共预算", "按收入性质分", "6132.5"),
        ("基本支出", "按支出性质分", "1480"),
        ("项目支出", "按支出性质分", "7100"),
        ("其他资金", "按收入性质分", "2500"),
    ]


def test_children_name_their_parent() -> None:
    rows = only(read(in_word(example("02-points-before-target")))).indicators

    assert {each.parent for each in rows} == {None, "★安装波形护栏（≥**米）"}


HEADS = ["一级指标", "二级指标", "三级指标", "年初目标值（A）", "实际完成值（B）", "分值", "得分"]
HEAD: list[list[Any]] = [
    ["项目名称", {"t": "道路养护", "w": 7}],
    ["主管部门", {"t": "某局", "w": 3}, "实施单位", {"t": "某所", "w": 3}],
]
ABOVE = ("项目支出绩效自评表", "（2023年度）")


def rows(*several: list[Any]) -> Document:
    return only(read(grid_of(placed([*HEAD, *several]), "表1", ABOVE)))


@pytest.mark.parametrize("repeated", [True, False])
def test_several_goals_have_indicators_of_their_own(repeated: bool) -> None:  # noqa: FBT001
    again = [[{"t": "年度绩效目标2", "h": 2}, *HEADS], ["产出指标", "数量指标", "b", "2", "2", "40", "40"]]
    short = [["年度绩效目标2", "产出指标", "数量指标", "b", "2", "2", "40", "40"]]

    document = rows(
        [{"t": "年度绩效目标1", "h": 2}, *HEADS],
        ["产出指标", "数量指标", "a", "1", "1", "60", "60"],
        *(again if repeated else short),
        [{"t": "总分", "w": 6}, "100", "100"],
    )

    assert [(each.name, each.goal) for each in document.indicators] == [("a", "年度绩效目标1"), ("b", "年度绩效目标2")]


def test_a_line_that_adds_up_is_no_indicator() -> None:
    document = rows(
        [{"t": "绩效指标", "h": 4}, *HEADS],
        [{"t": "产出（60分）", "h": 2}, {"t": "数量", "h": 2}, "指标1：", "1次", "1次", "30", "30"],
        ["b", "2", "2", "30", "30"],
        [{"t": "小计", "w": 3}, "", "", "60", "60"],
        [{"t": "总分", "w": 6}, "60", "60"],
    )

    assert [(each.dimension, each.category, each.name) for each in document.indicators] == [
        ("产出指标", "数量指标", "指标1："),
        ("产出指标", "数量指标", "b"),
    ]
    assert [(each.label, each.text) for each in document.entries] == [("小计", "60 60")]


def test_headers_with_no_row_below_them_are_told() -> None:
    """What looks like the header of a small table, and is followed by something else, is not dropped."""
    form = example("01-national-project")
    row = [
        Area(form.rows, column, 1, 1, text) for column, text in enumerate(["甲", "", "乙", "丙", "", "", "", "", ""])
    ]
    found = read(in_word(replace(form, cells=(*form.cells, *row))))

    assert {each.got for each in found.unread} == {"甲", "乙", "丙"}


def test_rows_of_labels_and_values_are_kept() -> None:
    document = rows(
        [{"t": "项目总实施期:2021年1月-2021年12月", "w": 8}],
        ["项目类别", {"t": "部门预算项目", "w": 7}],
        [{"t": "绩效指标", "h": 2}, *HEADS],
        ["产出指标", "数量指标", "a", "1", "1", "60", "60"],
        ["自评等级", {"t": "优", "w": 7}],
        [{"t": "填报人：张三    联系电话：12345678", "w": 8}],
    )

    assert [(each.label, each.text) for each in document.entries] == [
        ("项目总实施期", "2021年1月-2021年12月"),
        ("项目类别", "部门预算项目"),
        ("填报人", "张三"),
        ("联系电话", "12345678"),
    ]
    assert document.claimed_grade == "优"


# What a form does not say


def test_what_a_document_cannot_be_without_is_asked_for() -> None:
    form = replace(example("01-national-project"), above=("项目支出绩效自评表",))
    found = read(in_word(form))

    assert [each.code for each in found.unread] == ["form-year"]
    assert found.documents == ()
    assert documents_of(sheets(form), load_layouts(), Overrides(year=2023)).documents[0].year == 2023


def test_the_year_before_the_day_of_filing_is_the_years() -> None:
    form = replace(example("03-twenty-eighty"), above=("项目自评表", "填报日期：2024年3月8日"))

    assert only(read(in_word(form))).year == 2023


def test_a_table_that_is_no_form_is_none() -> None:
    found = read(grid_of([Area(0, 0, 1, 1, "姓名"), Area(0, 1, 1, 1, "电话")]))

    assert [each.code for each in found.unread] == ["form-none"]


# Doubt


def test_a_doubtful_reading_must_add_up() -> None:
    form = example("01-national-project")
    sound = with_text(form, "88", "88")

    assert read(replace(in_word(sound), doubtful=True)).unread == ()
    found = read(replace(in_word(with_text(form, "88", "98")), doubtful=True))
    assert [each.code for each in found.unread] == ["form-doubtful"]
    assert read(in_word(with_text(form, "88", "98"))).unread == ()


# Layouts


def test_every_layout_that_comes_with_the_engine_is_as_the_schema_has_it() -> None:
    folder = ROOT / "engine" / "zhunsheng" / "exchange" / "forms" / "layouts"
    for path in sorted(folder.glob("*.yaml")):
        assert read_layout(read_source(path.read_bytes(), path.name)).layout == path.stem


def test_a_layout_with_mistakes_is_refused_with_all_of_them(tmp_path: Path) -> None:
    tmp_path.joinpath("mine.yaml").write_text(
        "layout: 我的\ntitle: 本省\nwords: {columns: {actuals: [完成]}}\nkind: unit\n", encoding="utf-8"
    )
    with pytest.raises(Refused) as refused:
        load_layouts(tmp_path)

    assert [each.code for each in refused.value.problems] == ["wrong-form", "unknown-field", "not-one-of"]


def test_ones_own_layouts_come_first(tmp_path: Path) -> None:
    tmp_path.joinpath("national.yaml").write_text(
        "layout: national\ntitle: 本省\nrecognised_by: {columns: {has: [name]}, titles: [项目支出]}\n", encoding="utf-8"
    )
    layouts: Layouts = load_layouts(tmp_path)

    assert layouts.known[0].title == "本省"
    assert [each.layout for each in layouts.known].count("national") == 1
