"""A workbook of what became of many files: a line for each form, and a line for each thing not understood."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from zhunsheng.exchange.tables.book import write_book
from zhunsheng.exchange.tables.sheets import PLACE, Cell, Line, Sheet
from zhunsheng.problem import say
from zhunsheng.problem.show import line, sentence, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from zhunsheng.exchange.forms.importing import Outcome, Result
    from zhunsheng.problem import Problem
    from zhunsheng.problem.show import Lang

FORM_HEADS: Final = ("file", "form", "unit", "project", "year", "layout", "indicators", "unread", "written")
UNREAD_HEADS: Final = ("file", "form", "code", "text", "message")


def write_summary(results: Sequence[Result], path: Path, lang: Lang) -> None:
    """Writes the workbook; whatever stands in a form is text there, even where it begins with `=`.

    Raises:
        Refused: openpyxl is not installed, or the file cannot be written.
    """

    def heads(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(sentence(say(f"import.{each}"), lang) for each in names)

    forms = tuple(_line(each) for result in results for each in _forms(result))
    unread = tuple(_unread(result, lang) for result in results)
    write_book(
        (
            Sheet(sentence(say("import.sheet-forms"), lang), (*heads(FORM_HEADS), PLACE), forms),
            Sheet(
                sentence(say("import.sheet-unread"), lang),
                (*heads(UNREAD_HEADS), PLACE),
                tuple(each for lines in unread for each in lines),
            ),
        ),
        {sentence(say(f"import.count-{name}"), lang): str(count) for name, count in counts(results).items()},
        path,
    )


def counts(results: Sequence[Result]) -> dict[str, int]:
    """How many files, forms, documents written and things not understood."""
    forms = [each for result in results for each in result.forms]
    return {
        "files": len(results),
        "forms": len(forms),
        "written": sum(each.file is not None for each in forms),
        "unread": sum(len(result.unread) for result in results),
    }


def _line(values: tuple[str, list[str | int | None]]) -> Line:
    place, cells = values
    return Line(place, tuple(_cell(each) for each in cells))


def _cell(value: str | int | None) -> Cell:
    """A value; a workbook takes no control signs, which names of files may have."""
    return Cell(Decimal(value) if isinstance(value, int) else value and visible(value))


def _forms(result: Result) -> Iterator[tuple[str, list[str | int | None]]]:
    name = result.path.as_posix()
    for each in result.forms:
        yield "", [name, each.title, *_whose(each), each.layout, each.indicators, len(each.unread), _written(each)]
    if not result.forms:
        yield "", [name, None, None, None, None, None, 0, len(result.problems), None]


def _whose(form: Outcome) -> tuple[str | None, str | None, int | None]:
    return form.unit, form.project, form.year


def _written(form: Outcome) -> str | None:
    return form.file.name if form.file else None


def _unread(result: Result, lang: Lang) -> list[Line]:
    rows: list[tuple[str | None, Problem]] = [(None, each) for each in (*result.problems, *result.told)]
    rows += [(form.title, each) for form in result.forms for each in form.unread]
    return [
        Line(
            visible(each.place.cell or str(each.place)),
            tuple(_cell(value) for value in (result.path.as_posix(), title, each.code, each.got, line(each, lang))),
        )
        for title, each in rows
    ]
