"""What a report is made of, in the form asked for."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from zhunsheng.document import Document, Dossier
from zhunsheng.exchange.describe.blocks import Form
from zhunsheng.exchange.describe.write import content
from zhunsheng.exchange.report.bands import policy
from zhunsheng.exchange.report.form import form
from zhunsheng.exchange.report.narrative import narrative
from zhunsheng.exchange.report.official import official
from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from zhunsheng.exchange.describe.blocks import Block
    from zhunsheng.exchange.report.subject import Subject
    from zhunsheng.problem.show import Lang

To = Literal["docx", "xlsx", "html", "md", "pdf"]
SUFFIXES: Final[dict[str, To]] = {
    ".md": "md", ".html": "html", ".htm": "html", ".docx": "docx", ".xlsx": "xlsx", ".pdf": "pdf",
}  # fmt: skip
LIBRARIES: Final = {"docx": ("docx", "python-docx"), "pdf": ("docx", "python-docx"), "xlsx": ("openpyxl", "openpyxl")}
CALL: Final = "zhunsheng report"


def form_of(named: To | None, output: Path | None) -> To:
    """The form named, or the one that the name of the file says; Markdown where nothing does.

    Raises:
        Refused: the name says none; it takes a file, and none is named; or a library that is not installed.
    """
    found = named or ("md" if output is None else SUFFIXES.get(output.suffix.lower()))
    place = Place(CALL if output is None else output.as_posix())
    if found is None:
        suffix = output.suffix if output else ""
        raise Refused(
            [Problem(place, "unknown-format", say("unknown-format.expected", suffixes=" ".join(SUFFIXES)), suffix)]
        )
    if output is None and found not in ("md", "html"):
        raise Refused([Problem(place, "output-needed", say("output-needed.expected"), found)])
    needs_library(found)
    return found


def needs_library(to: str) -> None:
    """Raises `Refused` where the library that writes a form is not installed."""
    module, name = LIBRARIES.get(to, ("", ""))
    if module and find_spec(module) is None:
        facts = {"name": name, "extra": "office"}
        expected, hint = say("missing-library.expected", **facts), say("missing-library.hint", **facts)
        raise Refused([Problem(Place(CALL), "missing-library", expected, hint=hint)])


class Made(NamedTuple):
    """The forms of one file, and the dossier that they are of, where it is one."""

    dossier: Dossier | None
    forms: tuple[tuple[Document, Form], ...]


def scored(subject: Subject, *, beside: bool) -> Made:
    """The documents of a file on the official form, with computed scores, or claimed and computed ones side by side."""
    said = policy(subject.ruleset)
    made = ((document, form(document, assessment, said, beside=beside)) for document, assessment in subject.forms)
    return Made(subject.report[0] if subject.report else None, tuple(made))


def as_filed(filed: Document | Dossier) -> Made:
    """The documents of a file on the official form, with the scores that they claim."""
    if isinstance(filed, Document):
        return Made(None, ((filed, form(filed)),))
    return Made(filed, tuple((each, form(each)) for each in filed.documents))


def sheets(made: Iterable[Made]) -> tuple[list[Block], list[str]]:
    """The forms alone, and what each is called."""
    pairs = [pair for each in made for pair in each.forms]
    return [each for _, each in pairs], [document.name for document, _ in pairs]


def reports(made: Sequence[Made]) -> tuple[list[Block], list[str]]:
    """The self-evaluation reports: of each dossier, and of the forms of one unit and year that no dossier holds."""
    whole = [each for each in made if each.dossier is not None]
    loose = [pair for each in made if each.dossier is None for pair in each.forms]
    loose.sort(key=lambda pair: (pair[0].unit, pair[0].year, pair[0].kind))
    for (unit, year), group in groupby(loose, key=lambda pair: (pair[0].unit, pair[0].year)):
        pairs = tuple(group)
        whole.append(Made(Dossier(unit=unit, year=year, documents=tuple(document for document, _ in pairs)), pairs))
    blocks = [block for dossier, pairs in whole if dossier for block in narrative(dossier, [each for _, each in pairs])]
    return blocks, sheets(whole)[1]


def written(blocks: list[Block], to: To, names: Sequence[str], lang: Lang = "zh") -> bytes:
    """Blocks in a form.

    Args:
        blocks: what is written.
        to: the form.
        names: of the forms among them, for the sheets of a workbook.
        lang: what language the page says that it is in.
    """
    match to:
        case "xlsx":
            from zhunsheng.exchange.report.form_book import form_book  # noqa: PLC0415  each form brings its own

            prose = not all(isinstance(each, Form) for each in blocks)
            return form_book(blocks, [*([official()["report"]["sheet"]] if prose else []), *names])
        case "pdf":
            from zhunsheng.exchange.report.pdf import pdf  # noqa: PLC0415  as above

            return pdf(content(blocks, "docx"))
        case "html":
            from zhunsheng.exchange.describe.html import html  # noqa: PLC0415  as above

            return html(blocks, {"zh": "zh-CN", "en": "en"}[lang]).encode()
        case _:
            return content(blocks, to)
