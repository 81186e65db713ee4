"""From the grids of a file to the documents they hold.

Blocks and columns are found by their header words, never by position. A form is taken as filed; what could not be
understood is listed with its place and never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, final

from pydantic import ValidationError

from zhunsheng.exchange.forms.recognise.choose import recognise
from zhunsheng.exchange.forms.recognise.headers import indicator_header
from zhunsheng.exchange.forms.recognise.reader import Form
from zhunsheng.exchange.forms.recognise.rows import stretches
from zhunsheng.exchange.forms.recognise.sums import add_up
from zhunsheng.problem import Place, Problem, say

if TYPE_CHECKING:
    from zhunsheng.document import Document
    from zhunsheng.exchange.forms.grid import Sheets
    from zhunsheng.exchange.forms.layout import Layout, Layouts
    from zhunsheng.exchange.forms.recognise.draft import Draft
    from zhunsheng.exchange.forms.recognise.rows import Stretch

__all__ = ["Imported", "Overrides", "Recognised", "documents_of"]


@final
@dataclass(frozen=True, slots=True)
class Overrides:
    """What whoever imports knows better than the form, or what it does not say."""

    year: int | None = None
    region: str | None = None
    kind: Literal["department", "project"] | None = None
    unit: str | None = None


@final
@dataclass(frozen=True, slots=True)
class Recognised:
    """One form of a file.

    Attributes:
        name: the form's title, or its table's name.
        layout: the layout recognised; `common` where no file describes it.
        why: the words on the form that speak for it.
        document: what the form says, as far as it was understood; None where something is lacking that no document
            can be without.
        problems: what was not understood, each with its place.
    """

    name: str
    layout: str
    why: tuple[str, ...]
    document: Document | None
    problems: tuple[Problem, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Imported:
    """What a file of forms holds."""

    file: str
    forms: tuple[Recognised, ...]
    problems: tuple[Problem, ...] = ()
    """What is wrong with the file as a whole: no form in it."""
    told: tuple[Problem, ...] = ()
    """What its reader noted: hidden rows, macros left aside."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents, those with cells left unread too."""
        return tuple(each.document for each in self.forms if each.document is not None)

    @property
    def unread(self) -> tuple[Problem, ...]:
        """Everything that was not understood."""
        return (*self.problems, *(problem for each in self.forms for problem in each.problems))


def documents_of(sheets: Sheets, layouts: Layouts, overrides: Overrides | None = None) -> Imported:
    """The forms of a file as documents.

    Args:
        sheets: the file's tables.
        layouts: the words to read them by (`layout.load_layouts`).
        overrides: year, region, kind and unit that count whatever the forms say.
    """
    words = layouts.lookup(layouts.common)
    given = overrides or Overrides()
    forms: list[Recognised] = []
    year: int | None = None
    for stretch in stretches(sheets, words):
        found = recognise(stretch, layouts)
        lookup = layouts.lookup(found.layout)
        if not any(indicator_header(stretch.rows, at, lookup) for at in range(len(stretch.rows))):
            continue
        form = Form(stretch, found.layout, lookup, sheets.file)
        draft = form.read()
        _complete(draft, given, year)
        year = draft.values.get("year", year)
        if form.cut or draft.shifted or any(getattr(each, "doubtful", False) for each in stretch.grids):
            _believable(draft, stretch)
        forms.append(_recognised(draft, found.layout, found.why, stretch))
    problem = Problem(Place(sheets.file), "form-none", say("form-none.expected"), hint=say("form-none.hint"))
    return Imported(sheets.file, tuple(forms), () if forms else (problem,))


def _complete(draft: Draft, given: Overrides, year: int | None) -> None:
    """What the form does not say itself: its kind by its title, its year by the form before it."""
    values = draft.values
    for name in ("year", "region", "unit"):
        value = getattr(given, name)
        if value is not None:
            values[name] = value
            draft.sources.pop(f"/{name}", None)
    if "year" not in values and year is not None:
        values["year"] = year
    said = draft.words.kind(values.get("title", ""))
    told = "project" if "project" in values and said != "department" else said
    values["kind"] = given.kind or told or draft.layout.kind or "department"
    if "unit" not in values:
        draft.lacking("form-unit", draft.sources.get("/unit", ""), say("form-unit.hint"))
    if "year" not in values:
        draft.lacking("form-year", draft.sources.get("/year", ""), say("form-year.hint"))
    if values["kind"] == "project" and "project" not in values:
        draft.lacking("form-project", draft.sources.get("/project", ""), say("form-project.hint"))


def _believable(draft: Draft, stretch: Stretch) -> None:
    """Where the reading is doubtful, its sums must hold."""
    if not add_up(draft):
        draft.lacking("form-doubtful", stretch.rows[0].grid.name, say("form-doubtful.hint"))


def _recognised(draft: Draft, layout: Layout, why: tuple[str, ...], stretch: Stretch) -> Recognised:
    name = draft.values.get("title") or stretch.rows[0].grid.name
    document = None
    if {"unit", "year"} <= draft.values.keys() and (draft.values["kind"] != "project" or "project" in draft.values):
        try:
            document = draft.document()
        except ValidationError as error:
            for each in error.errors(include_url=False):
                pointer = "".join(f"/{part}" for part in each["loc"])
                draft.not_read(draft.sources.get(pointer, ""), str(each["input"]), "form-cell")
    return Recognised(name, layout.layout, why, document, tuple(draft.unread))
