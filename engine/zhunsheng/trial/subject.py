"""What one test is about: its document or dossier with the changes made, and where each value of it is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, final

from zhunsheng.document import Document, Dossier, read_document, read_dossier
from zhunsheng.problem import Place, Problem, Refused
from zhunsheng.source import read
from zhunsheng.trial.patch import patched, path_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.source import Source
    from zhunsheng.source.marks import Path
    from zhunsheng.trial.model import Case

Kind = Literal["document", "dossier"]


class Base(NamedTuple):
    """Content before the changes, and where each of its values (or keys) is written."""

    content: Any
    place: Callable[[Path, bool], Place]


Fetch = Callable[[Kind, str], Base]
"""The content of a file by the path that a test names.

Raises:
    Refused: there is no such file, or it cannot be read.
"""


@final
@dataclass(frozen=True, slots=True)
class Subject:
    """A document or dossier ready to be judged; None where it was refused, with the problems."""

    content: Document | Dossier | None
    problems: tuple[Problem, ...]
    where: Where
    beside: tuple[Document, ...] | None = None
    """The documents judged together with it, where a test names some."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents, be they one or those of a dossier."""
        match self.content:
            case Document():
                return (self.content,)
            case Dossier():
                return self.content.documents
            case None:
                return ()

    def placed(self, problem: Problem) -> Problem:
        """A problem of evaluation, which knows its document by name, at the line that says it; one of a ruleset as it is."""
        names = [each.name for each in self.documents]
        if problem.place.file not in names:
            return problem
        above = f"/documents/{names.index(problem.place.file)}" if isinstance(self.content, Dossier) else ""
        return self.where.problem(replace(problem, place=replace(problem.place, pointer=above + problem.place.pointer)))


@final
@dataclass(frozen=True, slots=True)
class Where:
    """Where values stand: at a change that the test makes, else in what it changes."""

    source: Source
    at: Path
    """The test, within its file."""
    changes: tuple[str, ...]
    content: Any
    """With the changes made."""
    base: Base

    def place(self, pointer: str, *, key: bool = False) -> Place:
        """The place of a value, or of its key."""
        change = self.change(pointer)
        if change is None:
            return self.base.place(path_in(self.base.content, pointer), key)
        rest = path_in(self.source.at((*self.at, "with", change)), pointer[len(change) :])
        return self.source.place((*self.at, "with", change, *rest), key=key)

    def change(self, pointer: str) -> str | None:
        """The change that gives a value, or takes it away."""
        found = [each for each in self.changes if pointer == each or pointer.startswith(f"{each}/")]
        return max(found, key=len, default=None)

    def problem(self, problem: Problem) -> Problem:
        """A problem known by its pointer, at its line; of something missing, at the change that took it away."""
        pointer = problem.place.pointer
        taken = self.change(f"{pointer}/{dict(problem.expected.values).get('field', '')}")
        if problem.code == "missing-field" and taken is not None and taken.startswith(f"{pointer}/"):
            place = self.source.place((*self.at, "with", taken), key=True)
        else:
            place = self.place(pointer, key=problem.code in ("unknown-field", "undeclared-input"))
        related = tuple((self.place(each.pointer) if each.pointer else each, words) for each, words in problem.related)
        return replace(problem, place=place, related=related)


def subject(source: Source, at: Path, case: Case, fetch: Fetch) -> Subject:
    """The document or dossier of the test at `at`.

    Raises:
        Refused: the file that the test names cannot be had, or a change leads nowhere: the test itself is mistaken.
    """
    kind: Kind = "document" if case.document is not None else "dossier"
    base = _base(source, (*at, kind), kind, fetch)
    content = _changed(base.content, case.changes, source, (*at, "with"))
    where = Where(source, at, tuple(case.changes), content, base)
    readable = _as_source(content, source.file)
    try:
        found = read_document(readable) if kind == "document" else read_dossier(readable)
    except Refused as refused:
        return Subject(None, tuple(map(where.problem, refused.problems)), where)
    beside = [
        _beside(source, (*at, "together", number), base.content, fetch) for number in range(len(case.together or ()))
    ]
    return Subject(found, (), where, None if case.together is None else tuple(beside))


def _changed(content: Any, changes: Mapping[str, Any], source: Source, at: Path) -> Any:
    found, misled = patched(content, changes)
    if misled:
        raise Refused(
            Problem(
                source.place((*at, each.pointer), key=True), "unknown-name", each.expected, each.pointer, hint=each.hint
            )
            for each in misled
        )
    return found


def _beside(source: Source, at: Path, base: Any, fetch: Fetch) -> Document:
    """A document that the test's own is judged together with: of a file, or the test's with other changes."""
    written = source.at(at)
    is_file = isinstance(written, str)
    content = _base(source, at, "document", fetch).content if is_file else _changed(base, written, source, at)
    try:
        return read_document(_as_source(content, source.file))
    except Refused as refused:
        raise Refused(replace(each, place=source.place(at)) for each in refused.problems) from None


def _base(source: Source, at: Path, kind: Kind, fetch: Fetch) -> Base:
    written = source.at(at)
    if not isinstance(written, str):
        return Base(written, lambda path, key: source.place((*at, *path), key=key))
    try:
        return fetch(kind, written)
    except Refused as refused:
        raise Refused(
            replace(each, place=source.place(at)) if each.code in ("file-missing", "unknown-format") else each
            for each in refused.problems
        ) from None


def _as_source(content: Any, file: str) -> Source:
    """Content as if it had been read from a file of its own, so that problems come with their pointers."""
    text = json.dumps(content, ensure_ascii=False, default=_decimal)
    return replace(read(text.encode(), file, format="json"), data=content)


def _decimal(value: object) -> str:
    assert isinstance(value, Decimal), value
    return format(value, "f")
