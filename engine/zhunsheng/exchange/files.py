"""The room that opens files: documents, dossiers and rulesets by path, rulesets also by id.

A dossier may name its documents' files instead of holding them (`documents: [department.yaml, …]`); they are read
from beside it. A ruleset extends another by id, found beside it or among those that come with the engine.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhunsheng.document import Document, Dossier, kind_of, read_document, read_dossier
from zhunsheng.exchange import shipped
from zhunsheng.exchange.bases import naming_a_base
from zhunsheng.exchange.opening import (
    SUFFIXES,
    Filed,
    a_folder,
    content_of,
    empty,
    entries_of,
    is_file,
    is_folder,
    source_of,
    unreadable,
)
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset import Ruleset, read_ruleset
from zhunsheng.source import Source, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.resources.abc import Traversable

    Forms = Callable[[Path], tuple[list["Filed"], list[Problem]]]
    """Reads the forms of a file, with what was not understood."""


def load_document(path: str | Path) -> Document:
    """The evaluation document in a JSON or YAML file.

    Raises:
        Refused: with every problem, each at its file, line and column.
    """
    return read_document(source_of(Path(path)))


def load_dossier(path: str | Path) -> Dossier:
    """The dossier in a JSON or YAML file, with the documents whose files it names.

    Raises:
        Refused: as `load_document`, for the dossier and for the files it names.
    """
    return dossier_of(source_of(Path(path)), Path(path))


def load_ruleset(name: str | Path) -> Ruleset:
    """A ruleset by its id, among those that come with the engine, or by the path of its file.

    Raises:
        Refused: with every problem in it and in those it extends.
    """
    source, beside = ruleset_source(name)
    try:
        return read_ruleset(source, retrieving(beside))
    except Refused as refused:
        raise Refused(naming_a_base(source, refused.problems, _shipped_sources)) from None


@lru_cache(maxsize=64)
def shipped_ruleset(name: str) -> Ruleset:
    """A ruleset that comes with the engine, read once."""
    return load_ruleset(name)


def ruleset_source(name: str | Path) -> tuple[Source, Path | None]:
    """The source of a ruleset by id or path, and the folder its bases may lie in."""
    path = Path(name)
    if path.suffix in SUFFIXES or path.parent != Path():
        return source_of(path), path.parent
    try:
        return shipped_source(str(name)), None
    except KeyError as missing:
        if is_folder(path):
            raise Refused([a_folder(path)]) from None
        raise Refused([_no_such_ruleset(str(name), missing.args[0])]) from None


def _shipped_sources() -> list[Source]:
    return [shipped_source(each) for each in shipped_ids()]


def shipped_ids() -> tuple[str, ...]:
    """The ids of the rulesets that come with the engine."""
    return tuple(sorted(_named(shipped.rulesets().iterdir())))


def _named(entries: Iterable[Traversable]) -> dict[str, Traversable]:
    """Ruleset files by id; tests of rulesets lie beside them as `<id>.test.yaml`."""
    files = [each for each in entries if each.name.endswith(SUFFIXES) and not each.name.endswith(".test.yaml")]
    return {each.name.rpartition(".")[0]: each for each in files}


@lru_cache(maxsize=256)
def shipped_source(name: str) -> Source:
    """The source of a ruleset that comes with the engine.

    Raises:
        KeyError: with the known ids, where there is none of that name.
    """
    entries = _named(shipped.rulesets().iterdir())
    if name not in entries:
        raise KeyError(tuple(sorted(entries)))
    return read(entries[name].read_bytes(), f"rulesets/{entries[name].name}")


def retrieving(beside: Path | None) -> Callable[[str], Source]:
    """Finds a base by id: beside the ruleset that extends it, else among those that come with the engine."""

    def retrieve(name: str) -> Source:
        if beside is not None:
            found = _named(entries_of(beside)).get(name)
            if found is not None:
                return source_of(beside / found.name)
        return shipped_source(name)

    return retrieve


def filed(paths: Iterable[Path], forms: Forms | None = None) -> tuple[list[Filed], list[Problem]]:
    """Everything under these paths, each file once, and what was refused. In a folder, files that a dossier names go with it.

    Args:
        paths: files and folders.
        forms: reads a form as filed; as `filed_forms` does unless told otherwise.
    """
    found: list[Filed] = []
    problems: list[Problem] = []
    taken: set[Path] = set()
    for path in paths:
        here: list[Filed] = []
        for file in files_of(path, problems):
            if (true := resolved(file)) in taken:
                continue  # named before, by itself or with its folder
            taken.add(true)
            try:
                if file.suffix not in SUFFIXES and not is_folder(file):
                    read_in, unread = (forms or _forms)(_formed(file))
                    here += read_in
                    problems += unread
                    continue
                source = source_of(file)
                content = dossier_of(source, file) if kind_of(source) == "dossier" else read_document(source)
            except Refused as refused:
                problems += refused.problems
            else:
                here.append(Filed(file, source, content))
        named = {resolved(each.path.parent / name) for each in here for name in _names(each)}
        found += [each for each in here if resolved(each.path) not in named]
    return found, list(dict.fromkeys(problems))


def dossiers_among(files: Iterable[Path]) -> dict[Path, tuple[Path, ...]]:
    """The dossiers among these, each with the files that it names. Of the others only the bytes are looked at."""
    found: dict[Path, tuple[Path, ...]] = {}
    for each in files:
        try:
            if each.suffix in SUFFIXES and b"documents" in content_of(each):
                source = source_of(each)
                if kind_of(source) == "dossier":
                    found[each] = tuple(each.parent / name for name in _named_documents(source))
        except Refused:
            continue  # and is told when it is read
    return found


def _names(filed: Filed) -> list[str]:
    """The files beside it that go with it: documents that a dossier names, the form that a document was imported from."""
    if isinstance(filed.content, Document):
        return [] if filed.form or filed.content.file is None else [filed.content.file]
    return _named_documents(filed.source)


def _formed(path: Path) -> Path:
    """A file that has the name of a form; any other is none that can be judged."""
    from zhunsheng.exchange.forms.filed import is_form  # noqa: PLC0415  brings the readers along

    if not is_form(path):
        expected = say("unknown-format.filed", suffixes=" ".join(SUFFIXES))
        raise Refused([Problem(Place(path.as_posix()), "unknown-format", expected, path.suffix)])
    return path


def _forms(path: Path) -> tuple[list[Filed], list[Problem]]:
    from zhunsheng.exchange.forms.filed import filed_forms  # noqa: PLC0415  as above

    return filed_forms(path)


def _forms_among(entries: list[Path]) -> list[Path]:
    if all(each.suffix in SUFFIXES for each in entries):
        return []
    from zhunsheng.exchange.forms.filed import among  # noqa: PLC0415  as above

    return among(entries)


def resolved(path: Path) -> Path:
    """The true path of a file, links followed."""
    return Path(os.path.realpath(path))  # `Path.resolve` raises where links lead in a circle


def files_of(path: Path, problems: list[Problem]) -> list[Path]:
    """The files that a path leads to: itself, or what of its folder may be filed; what cannot be is added to `problems`."""
    try:
        if not is_folder(path):
            return [path]
        entries = [each for each in path.iterdir() if is_file(each)]
        files = sorted([*(each for each in entries if each.suffix in SUFFIXES), *_forms_among(entries)])
    except OSError as error:
        problems.append(unreadable(path, error))
        return []
    if not files:
        problems.append(empty(path))
    return files


def _no_such_ruleset(name: str, known: tuple[str, ...]) -> Problem:
    from difflib import get_close_matches  # noqa: PLC0415  as above

    near = get_close_matches(name, known, n=1)
    hint = say("unknown-ruleset.hint", name=near[0]) if near else None
    return Problem(Place(name), "unknown-ruleset", say("unknown-ruleset.expected", names=tuple(known)), name, hint=hint)


def _named_documents(source: Source) -> list[str]:
    documents = source.data.get("documents") if isinstance(source.data, dict) else None
    return [each for each in documents if isinstance(each, str)] if isinstance(documents, list) else []


def dossier_of(source: Source, path: Path) -> Dossier:
    """The dossier of a file, the files that it names beside it put in; a name that leads out of its folder is refused."""
    names = _named_documents(source)
    if not names:
        return read_dossier(source)
    problems: list[Problem] = []
    documents: list[Any] = []
    for index, each in enumerate(source.data["documents"]):
        if not isinstance(each, str):
            documents.append(each)
            continue
        place = source.place(("documents", index))
        if Path(each).name != each:
            problems.append(Problem(place, "document-elsewhere", say("document-elsewhere.expected"), each))
            continue
        try:
            inner = source_of(path.parent / each)
            read_document(inner)
            documents.append(inner.data)
        except Refused as refused:
            problems += [
                replace(found, place=replace(place, pointer=found.place.pointer))
                if found.code == "file-missing"
                else found
                for found in refused.problems
            ]
    if problems:
        raise Refused(problems)
    return read_dossier(replace(source, data={**source.data, "documents": documents}))
