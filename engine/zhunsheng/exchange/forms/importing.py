"""Many files of forms to documents: folders walked, each file by itself, so that a bad one never stops the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, final

from zhunsheng.exchange.forms.filed import among, as_json, imported
from zhunsheng.exchange.forms.written import as_yaml, file_name
from zhunsheng.exchange.opening import is_folder
from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from zhunsheng.document import Document
    from zhunsheng.exchange.forms.layout import Layouts
    from zhunsheng.exchange.forms.recognise import Overrides, Recognised

Written = Literal["yaml", "json"]


@final
@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one form.

    Attributes:
        title: the form's title, or its table's name.
        layout: the layout recognised, `common` where none describes it.
        why: the words that speak for the layout.
        unit, project, year: whose form it is; None where it could not be said.
        indicators: how many rows were read.
        unread: what was not understood.
        file: the file written; None where none was.
    """

    title: str
    layout: str
    why: tuple[str, ...]
    unit: str | None
    project: str | None
    year: int | None
    indicators: int
    unread: tuple[Problem, ...]
    file: Path | None


@final
@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file: its forms, and what is wrong with the file as a whole."""

    path: Path
    forms: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()
    told: tuple[Problem, ...] = ()

    @property
    def unread(self) -> tuple[Problem, ...]:
        """Everything that was not understood."""
        return (*self.problems, *(problem for each in self.forms for problem in each.unread))


def form_files(paths: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """The files named, and those of the folders named and of all folders in them, each once; what is amiss with them."""
    found: dict[Path, Path] = {}
    problems: list[Problem] = []
    for path in paths:
        here = list(_walked(path)) if is_folder(path) else [path]
        if not here:
            problems.append(Problem(Place(path.as_posix()), "empty-folder", say("empty-folder.forms")))
        for each in here:
            found.setdefault(each.absolute(), each)
    return list(found.values()), problems


def _walked(folder: Path) -> Iterator[Path]:
    """The forms below a folder in the order of their names; links are not followed, since they may lead in a circle."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    yield from among(each for each in entries if each.is_file())
    for each in entries:
        if each.is_dir() and not each.is_symlink() and not each.name.startswith("."):
            yield from _walked(each)


@final
class Importer:
    """Imports one file after the other into a folder.

    Args:
        folder: where to write; None to write nothing.
        layouts: the words to read by.
        overrides: what counts whatever the forms say.
        written: the format of the documents.
        partial: whether a form is written although some of it was not understood.
        force: whether files that are there may be replaced.
    """

    def __init__(
        self,
        folder: Path | None,
        layouts: Layouts,
        overrides: Overrides,
        *,
        written: Written = "yaml",
        partial: bool = False,
        force: bool = False,
    ) -> None:
        self.folder = folder
        self.layouts = layouts
        self.overrides = overrides
        self.written = written
        self.partial = partial
        self.force = force
        self.names: set[str] = set()

    def file(self, path: Path) -> Result:
        """One file; whatever is wrong with it is in the result."""
        try:
            found = imported(path, self.layouts, self.overrides)
        except Refused as refused:
            return Result(path, problems=refused.problems)
        forms: list[Outcome] = []
        problems = list(found.problems)
        for each in found.forms:
            try:
                forms.append(self.form(each))
            except Refused as refused:
                problems += refused.problems
                forms.append(_outcome(each, None))
        return Result(path, tuple(forms), tuple(problems), found.told)

    def form(self, found: Recognised) -> Outcome:
        """One form.

        Raises:
            Refused: its file is there already, or cannot be written.
        """
        document = found.document
        if document is None or self.folder is None or (found.problems and not self.partial):
            return _outcome(found, None)
        path = self.folder / self.name(document)
        write(path, as_yaml(document) if self.written == "yaml" else as_json(document), force=self.force)
        return _outcome(found, path)

    def name(self, document: Document) -> str:
        """A name that no document of this run has yet."""
        base = file_name(document)
        name, number = base, 1
        while name.casefold() in self.names:
            number += 1
            name = f"{base}-{number}"
        self.names.add(name.casefold())
        return f"{name}.{self.written}"


def _outcome(found: Recognised, path: Path | None) -> Outcome:
    document = found.document
    return Outcome(
        found.name,
        found.layout,
        found.why,
        document.unit if document else None,
        document.project if document else None,
        document.year if document else None,
        len(document.indicators) if document else 0,
        found.problems,
        path,
    )


def write(path: Path, text: str, *, force: bool) -> None:
    """Writes a file that is not there yet, or with `force` also one that is.

    Raises:
        Refused: it is there, or cannot be written.
    """
    place = Place(path.as_posix())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise Refused([Problem(place, "output-exists", say("output-exists.expected"), path.name)]) from None
    except OSError as error:
        raise Refused([Problem(place, "not-writable", say("not-writable.expected"), error.strerror or "")]) from None


def plain(results: Iterable[Result], lang: Literal["zh", "en"] = "zh") -> dict[str, Any]:
    """What became of the files, as data for other programs."""
    from zhunsheng.problem.show import line  # noqa: PLC0415  the catalogue is read only when a sentence is made

    def told(problems: Iterable[Problem]) -> list[dict[str, Any]]:
        return [
            {
                "code": each.code,
                "at": each.place.cell or each.place.pointer,
                "text": each.got,
                "message": line(each, lang),
                **({"below": [place.cell for place, _ in each.related]} if each.related else {}),
            }
            for each in problems
        ]

    return {
        "files": [
            {
                "file": each.path.as_posix(),
                "problems": told(each.problems),
                "notes": told(each.told),
                "forms": [
                    {
                        "title": form.title,
                        "layout": form.layout,
                        "recognised_by": list(form.why),
                        "unit": form.unit,
                        "project": form.project,
                        "year": form.year,
                        "indicators": form.indicators,
                        "unread": told(form.unread),
                        "written": form.file.as_posix() if form.file else None,
                    }
                    for form in each.forms
                ],
            }
            for each in results
        ]
    }
