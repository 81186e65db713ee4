"""Real files made of a form's grid, as `fixtures/forms/*/form.yaml` has it: .docx, .xlsx, a web page, text with tabs."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import docx
import openpyxl
import yaml
from openpyxl.cell.cell import Cell as SheetCell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from zhunsheng.exchange.forms.grid import Grid

ROOT: Final = Path(__file__).resolve().parents[2]
FORMS: Final = ROOT / "fixtures" / "forms"
EXAMPLES: Final = sorted(path.parent.name for path in FORMS.glob("*/form.yaml"))
SHEET: Final = "自评表"


class Area(NamedTuple):
    """A cell or merged area, at its place in the table."""

    row: int
    column: int
    height: int
    width: int
    text: str


@dataclass(frozen=True)
class Form:
    """A form to be written: its cells, and the lines above and below."""

    cells: tuple[Area, ...]
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return max(each.row + each.height for each in self.cells)

    @property
    def columns(self) -> int:
        return max(each.column + each.width for each in self.cells)


def example(name: str) -> Form:
    """A form of `fixtures/forms`."""
    filed = yaml.load(FORMS.joinpath(name, "form.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return Form(tuple(placed(filed["grid"])), (*filed["title"], *filed["above"]), tuple(filed["below"]))


def placed(rows: Iterable[Iterable[str | dict[str, Any]]]) -> Iterator[Area]:
    """The cells of a grid in which places covered by a merge are not repeated."""
    covered: set[tuple[int, int]] = set()
    for row, cells in enumerate(rows):
        column = 0
        for each in cells:
            while (row, column) in covered:
                column += 1
            cell: dict[str, Any] = each if isinstance(each, dict) else {"t": each}
            area = Area(row, column, cell.get("h", 1), cell.get("w", 1), cell["t"])
            yield area
            covered |= set(places(area))
            column += area.width


def places(area: Area) -> Iterator[tuple[int, int]]:
    for row in range(area.row, area.row + area.height):
        for column in range(area.column, area.column + area.width):
            yield row, column


def write_docx(form: Form, path: Path) -> None:
    document = docx.Document()
    for line in form.above:
        document.add_paragraph(line)
    add_table(document, form)
    for line in form.below:
        document.add_paragraph(line)
    document.save(str(path))


def add_table(document: Any, form: Form) -> Any:
    table = document.add_table(form.rows, form.columns, style="Table Grid")
    at = table._cells  # noqa: SLF001  `table.cell` builds this list anew each time
    for each in form.cells:
        first = at[each.row * form.columns + each.column]
        if each.height * each.width > 1:
            last = at[(each.row + each.height - 1) * form.columns + each.column + each.width - 1]
            first = first.merge(last)
        first.text = ""
        for number, line in enumerate(each.text.split("\n")):
            paragraph = first.add_paragraph() if number else first.paragraphs[0]
            paragraph.add_run(line)
    return table


def write_xlsx(form: Form, path: Path) -> None:
    """Lines above and below are rows as wide as the table, as in Excel they are."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    for each in in_sheet(form):
        cell = sheet.cell(each.row + 1, each.column + 1)
        assert isinstance(cell, SheetCell)
        if each.text:
            cell.value = each.text
            cell.data_type = "s"
        if each.height * each.width > 1:
            sheet.merge_cells(
                start_row=each.row + 1,
                start_column=each.column + 1,
                end_row=each.row + each.height,
                end_column=each.column + each.width,
            )
    book.save(path)


def in_sheet(form: Form) -> tuple[Area, ...]:
    """The cells of a form as they stand in a sheet."""
    down = len(form.above)
    above = [Area(row, 0, 1, form.columns, text) for row, text in enumerate(form.above)]
    below = [Area(down + form.rows + row, 0, 1, form.columns, text) for row, text in enumerate(form.below)]
    return (*above, *(each._replace(row=each.row + down) for each in form.cells), *below)


def write_html(form: Form, path: Path, encoding: str = "gb2312") -> None:
    rows = "".join(
        "<tr>" + "".join(_td(each) for each in form.cells if each.row == row) + "</tr>\n" for row in range(form.rows)
    )
    lines = ["".join(f"<p>{_kept(line)}</p>\n" for line in several) for several in (form.above, form.below)]
    page = (
        f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv=Content-Type '
        f'content="text/html; charset={encoding}"><style>td {{mso-number-format:"\\@"}}</style></head><body>\n'
        f"{lines[0]}<table border=1>\n{rows}</table>\n{lines[1]}</body></html>"
    )
    path.write_bytes(page.encode({"gb2312": "gb18030"}.get(encoding, encoding)))


def _td(each: Area) -> str:
    spans = f' colspan="{each.width}"' * (each.width > 1) + f' rowspan="{each.height}"' * (each.height > 1)
    return f"<td{spans}>{'<br>'.join(_kept(line) for line in each.text.split(chr(10)))}</td>"


def _kept(line: str) -> str:
    """A line whose blanks a page keeps."""
    return re.sub(" {2,}", lambda found: "&nbsp;" * len(found[0]), escape(line))


def write_text(form: Form, path: Path) -> None:
    """Merges are gone: a merged area stands at its first place, the others are blank."""
    texts = {(each.row, each.column): each.text for each in form.cells}
    rows = ["\t".join(_quoted(texts.get((row, at), "")) for at in range(form.columns)) for row in range(form.rows)]
    lines = [*form.above, "", *rows, "", *form.below]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if "\n" in text or '"' in text else text


def apart(form: Form) -> tuple[Area, ...]:
    """The cells as text has them, without merges."""
    texts = {(each.row, each.column): each.text for each in form.cells}
    return tuple(
        Area(row, column, 1, 1, texts.get((row, column), ""))
        for row in range(form.rows)
        for column in range(form.columns)
    )


def told_again(form: Form) -> tuple[Area, ...]:
    """The cells where no merges are kept and each place that an area covered has its text."""
    return tuple(sorted(Area(*at, 1, 1, each.text) for each in form.cells for at in places(each)))


def areas(grid: Grid) -> tuple[Area, ...]:
    """What was read, without references."""
    return tuple(Area(*each[:5]) for each in grid.cells)


def rewritten(source: Path, path: Path, parts: Mapping[str, bytes | Callable[[bytes], bytes]]) -> Path:
    """A package with some of its parts changed or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        held = {each: old.read(each) for each in old.namelist()}
        for name, change in parts.items():
            held[name] = change(held[name]) if callable(change) else change
        for name, content in held.items():
            new.writestr(name, content)
    return path
