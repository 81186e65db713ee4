"""From paths to judged forms: what `evaluate` and `explain` share. A problem of evaluation finds its line here."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, final

from zhunsheng.document import Document
from zhunsheng.evaluation import evaluate, evaluate_dossier, evaluate_together
from zhunsheng.exchange.choose import choose, named
from zhunsheng.exchange.files import filed, load_ruleset
from zhunsheng.exchange.opening import source_of
from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import TextIO

    from zhunsheng.evaluation import Assessment, DossierAssessment
    from zhunsheng.exchange.choose import Choice
    from zhunsheng.exchange.files import Forms
    from zhunsheng.exchange.opening import Filed
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.source import Source

IN_DOSSIER = "dossier:"
"""What the pointer begins with when something in a form's assessment stands in the dossier around it."""


@final
class Where:
    """Where pointers lead: into the file of a form, or of a dossier and the files it names."""

    def __init__(self, filed: Filed) -> None:
        self.filed = filed

    @cached_property
    def files(self) -> tuple[tuple[Source, tuple[str | int, ...]], ...]:
        """For each document its file and where in that file it begins."""
        if isinstance(self.filed.content, Document):
            return ((self.filed.source, ()),)
        beside = self.filed.path.parent
        return tuple(
            (source_of(beside / each), ()) if isinstance(each, str) else (self.filed.source, ("documents", at))
            for at, each in enumerate(self.filed.source.data["documents"])
        )

    def place(self, pointer: str, document: int | None = None, *, key: bool = False) -> Place:
        """The line and column of a pointer, as seen from a document or (None) from the dossier."""
        parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
        source, base = self.filed.source, list[str | int]()
        if document is None or pointer.startswith(IN_DOSSIER):
            document = None
            if len(parts) > 1 and parts[0] == "documents":
                document, parts = int(parts[1]), parts[2:]
        cell = self.cell(document, parts)
        if self.filed.form:
            return Place(source.file, pointer=pointer, cell=cell)
        if document is not None:
            source, base = self.files[document][0], [*self.files[document][1]]
        return replace(source.place(_path(source, base, parts), key=key), pointer=pointer, cell=cell)

    def cell(self, document: int | None, parts: list[str]) -> str:
        """Where in the form that a document was imported from the value stood, if it was."""
        content = self.filed.content
        if isinstance(content, Document):
            return content.stood("/" + "/".join(parts)) or ""
        return (content.documents[document].stood("/" + "/".join(parts)) or "") if document is not None else ""


def spot(place: Place) -> str:
    """A place as it stands beside a text: the file without its folder, the line, the cell of the form, the pointer."""
    file = place.file.rpartition("/")[2]
    return " ".join(filter(None, [f"{file}:{place.line}" if place.line else file, place.cell, place.pointer]))


def _path(source: Source, base: list[str | int], parts: list[str]) -> list[str | int]:
    """The keys of a pointer: a numeral counts in a list and is a name elsewhere."""
    path = list(base)
    for part in parts:
        path.append(int(part) if isinstance(source.at(path), list) else part)
    return path


@final
@dataclass(frozen=True)
class Judged:
    """One file judged: a form, or a dossier with its forms."""

    where: Where
    choice: Choice
    forms: tuple[tuple[Document, Assessment], ...]
    dossier: DossierAssessment | None = None


class Waiting(NamedTuple):
    """A document that is judged once all are read."""

    document: Document
    where: Where
    choice: Choice


def reading_forms(layouts: Path | None, *, partial: bool) -> Forms | None:
    """How forms are read where more is asked than is usual.

    Raises:
        Refused: a layout has mistakes.
    """
    if layouts is None and not partial:
        return None
    from zhunsheng.exchange.forms.filed import filed_forms
    from zhunsheng.exchange.forms.layout import load_layouts

    return functools.partial(filed_forms, layouts=load_layouts(layouts), partial=partial)


def judged(
    paths: Iterable[Path],
    ruleset: str | None,
    watched: Callable[[list[Filed]], Iterable[Filed]] = iter,
    forms: Forms | None = None,
) -> tuple[list[Judged], list[Problem]]:
    """Everything under these paths, judged by the ruleset named or by the one that applies; and what was refused.

    Args:
        paths: files and folders.
        ruleset: its id or file.
        watched: hands on the files one by one while they are judged, and may show how far that is.
        forms: reads a form as filed (`reading_forms`).
    """
    given: Ruleset | None = None
    if ruleset is not None:
        try:
            given = load_ruleset(ruleset)
        except Refused as refused:
            return [], list(refused.problems)
    found, problems = filed(paths, forms)
    results: dict[int, Judged] = {}
    waiting: dict[Ruleset, dict[int, Waiting]] = {}
    for at, each in enumerate(watched(found)):
        where = Where(each)
        try:
            choice = choose(each.content) if given is None else named(given, each.content.year)
            if choice.ruleset.peers and isinstance(each.content, Document):
                waiting.setdefault(choice.ruleset, {})[at] = Waiting(each.content, where, choice)
            else:
                results[at] = _judge(each, where, choice)
        except Refused as refused:
            problems += [placed(problem, where) for problem in refused.problems]
    for members in waiting.values():
        results |= _together(members, problems)
    return [results[at] for at in sorted(results)], problems


def _together(members: dict[int, Waiting], problems: list[Problem]) -> dict[int, Judged]:
    """Documents of one ruleset that holds them against each other; one that is refused is left out, and said.

    A single one is judged alone: whether it is all there is, nobody has said.
    """
    if len(members) == 1:
        return {at: judged_ for at, one in members.items() if (judged_ := _alone(one, problems)) is not None}
    try:
        found = evaluate_together(
            [each.document for each in members.values()], next(iter(members.values())).choice.ruleset
        )
    except Refused as refused:
        good = {at: each for at, each in members.items() if _alone(each, problems) is not None}
        if len(good) < len(members):
            return _together(good, problems) if good else {}
        problems += refused.problems
        return {}
    return {
        at: Judged(each.where, each.choice, ((each.document, assessment),))
        for (at, each), assessment in zip(members.items(), found, strict=True)
    }


def _alone(one: Waiting, problems: list[Problem]) -> Judged | None:
    """A document judged by itself; None where it is refused."""
    try:
        return Judged(one.where, one.choice, ((one.document, evaluate(one.document, one.choice.ruleset)),))
    except Refused as refused:
        problems += [placed(problem, one.where) for problem in refused.problems]
        return None


def _judge(each: Filed, where: Where, choice: Choice) -> Judged:
    if isinstance(each.content, Document):
        return Judged(where, choice, ((each.content, evaluate(each.content, choice.ruleset)),))
    dossier, assessments = evaluate_dossier(each.content, choice.ruleset)
    return Judged(where, choice, tuple(zip(each.content.documents, assessments, strict=True)), dossier)


def placed(problem: Problem, where: Where) -> Problem:
    """A problem that knows its document by name, at the line of the file that holds it; one of the ruleset as it is."""
    content = where.filed.content
    documents = (content,) if isinstance(content, Document) else content.documents
    names = [each.name for each in documents]
    if problem.place.file not in (*names, content.unit):
        return problem
    if not problem.place.pointer:
        return replace(problem, place=Place(where.filed.source.file))
    key = problem.code == "undeclared-input"
    return replace(problem, place=where.place(problem.place.pointer, names.index(problem.place.file), key=key))


def _read(inputs: Iterable[Path]) -> Iterator[Path]:
    """Every file that reading these may open: the files of a folder, and those that a dossier may name."""
    for path in inputs:
        if path.is_dir():
            yield from (each for each in path.iterdir() if each.is_file())
        elif path.is_file():
            yield path
            text = path.read_text(encoding="utf-8", errors="replace")
            yield from (each for each in path.parent.iterdir() if each.is_file() and each.name in text)


def refuse_input(output: Path, inputs: Iterable[Path]) -> None:
    """Raises `Refused` where a file to write to is one of those that are read."""
    if output.exists() and any(output.samefile(each) for each in _read(inputs)):
        raise Refused([Problem(Place(output.as_posix()), "output-is-input", say("output-is-input.expected"))])


def writing(output: Path, inputs: Iterable[Path]) -> TextIO:
    """The file to write to.

    Raises:
        Refused: it is one of the inputs, or cannot be written.
    """
    refuse_input(output, inputs)
    try:
        return output.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise Refused(
            [Problem(Place(output.as_posix()), "not-writable", say("not-writable.expected"), error.strerror or "")]
        ) from None
