"""A batch read: documents and dossiers with their numbers, or tables, and what of them cannot be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import polars as pl
from pydantic import ValidationError

from zhunsheng.document import Document, Dossier, kind_of, read_document, read_dossier
from zhunsheng.exchange.bulk.inputs import EACH, Files, Lines, Range, scanned
from zhunsheng.exchange.files import dossier_of
from zhunsheng.exchange.opening import SUFFIXES, source_of
from zhunsheng.population.dossiers import Bundle
from zhunsheng.population.filled import tidied
from zhunsheng.population.judge import Entry
from zhunsheng.population.layout import EXTRA, KEY, ORIGINAL
from zhunsheng.population.rejects import refused_rows
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset.vocabulary import DOCUMENT
from zhunsheng.source import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.population.table import Tables
    from zhunsheng.source import Source


APART: Final = 10**12
"""Between the numbers of the forms of a line or file that has more of them than numbers of its own."""


class Taken(NamedTuple):
    """The documents of a batch, its dossiers, the rows of what cannot be read, and how many lines and files that is."""

    entries: list[Entry]
    dossiers: list[Bundle]
    rows: list[dict[str, Any]]
    unread: int

    @property
    def documents(self) -> int:
        """How many documents there are: forms of dossiers each by itself, what cannot be read as one."""
        return len(self.entries) + sum(len(each.keys) for each in self.dossiers) + self.unread


def documents_in(source: Lines | Files) -> Taken:
    """The documents and dossiers of some lines or files."""
    taken = Taken([], [], [], 0)
    unread = 0
    own = 1 if isinstance(source, Lines) else EACH
    for key, origin, found in _lines(source) if isinstance(source, Lines) else _files(source):
        match found:
            case Refused():
                unread += 1
                taken.rows.extend(refused_rows(key, origin, found))
            case Dossier():
                keys = tuple(_number(key, at, own) for at in range(len(found.documents)))
                taken.dossiers.append(Bundle(keys, origin, found))
            case _:
                taken.entries.append(Entry(key, origin, found))
    return taken._replace(unread=unread)


def _number(first: int, at: int, own: int) -> int:
    """The number of a form of a line or file, of the `own` numbers that this has, and beyond them."""
    return first + at % own + at // own * APART


def document_of(source: Source) -> Document:
    """The document that `source` holds: by the model alone where that takes it, for the schema's verdict is the same.

    Raises:
        Refused: as `read_document`, in its words.
    """
    if kind_of(source) == "dossier":
        raise Refused([Problem(Place(source.file), "dossier-aside", say("dossier-aside.expected"))])
    try:
        document = Document.model_validate(source.data)
    except ValidationError:
        return read_document(source)
    plain = not isinstance(source.data["year"], str) and (document.kind != "project" or document.project is not None)
    return document if plain else read_document(source)


def original(text: str, key: int) -> Document:
    """The document in a text of 原表."""
    return document_of(read(text.encode(), f"原表 {key}", format="json"))


Held: TypeAlias = "Document | Dossier | Refused"


def _lines(source: Lines) -> Iterator[tuple[int, str, Held]]:
    """Each line with its number; empty ones are none."""
    with Path(source.path).open("rb") as file:
        file.seek(source.offset)
        content = file.read(source.size)
    for number, line in enumerate(content.split(b"\n"), source.first):
        if not line.strip():
            continue
        origin = f"{source.path}:{number}"
        try:
            found = read(line, source.path, format="json")
            held: Held = read_dossier(found) if kind_of(found) == "dossier" else document_of(found)
        except Refused as refused:
            held = _in_line(refused, number)
        yield number + source.base, origin, held


def _in_line(refused: Refused, number: int) -> Refused:
    """The same problems, in this line of the file: each line was read as a text of its own."""
    return Refused([replace(each, place=replace(each.place, line=number)) for each in refused.problems])


def _files(source: Files) -> Iterator[tuple[int, str, Held]]:
    """Each file with its number, the forms of a file numbered on.

    The files that go with a dossier are read with it; where it cannot be read they are by themselves, numbered on.
    """
    for key, name, beside in source.files:
        path = Path(name)
        if path.suffix in SUFFIXES:
            held = _in_file(path)
            yield key, name, held
            if isinstance(held, Refused):
                for at, each in enumerate(beside, 1):
                    yield _number(key, at, EACH), each, _in_file(Path(each))
        else:
            yield from _forms(key, name)


def _in_file(path: Path) -> Held:
    try:
        source = source_of(path)
        return dossier_of(source, path) if kind_of(source) == "dossier" else document_of(source)
    except Refused as refused:
        return refused


def _forms(key: int, name: str) -> Iterator[tuple[int, str, Held]]:
    from zhunsheng.exchange.forms.filed import filed_forms  # noqa: PLC0415  brings the readers along

    try:
        found, problems = filed_forms(Path(name))
    except Refused as refused:
        yield key, name, refused
        return
    forms = [each.content for each in found if isinstance(each.content, Document)]
    for at, each in enumerate(forms):
        yield _number(key, at, EACH), name, each
    errors = [each for each in problems if each.severity == "error"]
    if errors or not forms:
        none = Problem(Place(name), "form-none", say("form-none.expected"))
        yield _number(key, len(forms), EACH), name, Refused(errors or [none])


def tables_in(source: Range) -> Tables:
    """The rows of some documents; of 原表, which is as long as all else together, only what is asked for by 附加项."""
    found = {scope: tidied(_rows(path, source).collect()) for scope, path in source.paths}
    documents = found[DOCUMENT]
    if EXTRA in documents.columns and documents[EXTRA].any():
        texts = _rows(dict(source.paths)[DOCUMENT], source, original=True)
        if ORIGINAL in texts.collect_schema():
            wanted = texts.filter(pl.col(EXTRA)).select(pl.col(KEY).cast(pl.Int64), ORIGINAL).collect()
            found[DOCUMENT] = documents.join(wanted.unique(KEY), on=KEY, how="left", maintain_order="left")
    return found


def originals(source: Range) -> pl.DataFrame | None:
    """The documents of a batch with their numbers, in their order, as 原表 has them; None where there is none."""
    rows = _rows(dict(source.paths)[DOCUMENT], source, original=True)
    if ORIGINAL not in rows.collect_schema():
        return None
    return rows.select(KEY, ORIGINAL).sort(KEY, maintain_order=True).collect()


def _rows(path: str, source: Range, *, original: bool = False) -> pl.LazyFrame:
    wanted = pl.lit(value=True)
    if source.low is not None:
        wanted = wanted & (pl.col(KEY) >= source.low)
    if source.high is not None:
        wanted = wanted & (pl.col(KEY) < source.high)
    if source.first:
        wanted = wanted | pl.col(KEY).is_null()
    rows = scanned(path).filter(wanted)
    return rows if original else rows.drop(ORIGINAL, strict=False)
