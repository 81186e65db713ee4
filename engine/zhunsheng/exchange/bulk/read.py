"""A batch read: documents with their numbers, or tables, and what of them cannot be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl
from pydantic import ValidationError

from zhunsheng.document import Document, kind_of, read_document
from zhunsheng.exchange.bulk.inputs import EACH, Files, Lines, Range, scanned
from zhunsheng.exchange.opening import SUFFIXES, source_of
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


class Taken(NamedTuple):
    """The documents of a batch, the rows of those that cannot be read, and how many there are of either."""

    entries: list[Entry]
    rows: list[dict[str, Any]]
    documents: int


def documents_in(source: Lines | Files) -> Taken:
    """The documents of some lines or files."""
    entries: list[Entry] = []
    rows: list[dict[str, Any]] = []
    documents = 0
    for key, origin, found in _lines(source) if isinstance(source, Lines) else _files(source):
        documents += 1
        if isinstance(found, Refused):
            rows += refused_rows(key, origin, found)
        else:
            entries.append(Entry(key, origin, found))
    return Taken(entries, rows, documents)


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


def _lines(source: Lines) -> Iterator[tuple[int, str, Document | Refused]]:
    """Each line with its number; empty ones are none."""
    with Path(source.path).open("rb") as file:
        file.seek(source.offset)
        content = file.read(source.size)
    for number, line in enumerate(content.split(b"\n"), source.first):
        if not line.strip():
            continue
        origin = f"{source.path}:{number}"
        try:
            yield number + source.base, origin, document_of(read(line, source.path, format="json"))
        except Refused as refused:
            yield number + source.base, origin, _in_line(refused, number)


def _in_line(refused: Refused, number: int) -> Refused:
    """The same problems, in this line of the file: each line was read as a text of its own."""
    return Refused([replace(each, place=replace(each.place, line=number)) for each in refused.problems])


def _files(source: Files) -> Iterator[tuple[int, str, Document | Refused]]:
    """Each file with its number, the forms of a file numbered on."""
    for key, name in source.files:
        path = Path(name)
        try:
            if path.suffix in SUFFIXES:
                yield key, name, document_of(source_of(path))
            else:
                yield from _forms(key, name)
        except Refused as refused:
            yield key, name, refused


def _forms(key: int, name: str) -> Iterator[tuple[int, str, Document | Refused]]:
    from zhunsheng.exchange.forms.filed import filed_forms  # noqa: PLC0415  brings the readers along

    found, problems = filed_forms(Path(name))
    forms = [each.content for each in found if isinstance(each.content, Document)]
    for at, each in enumerate(forms[:EACH]):
        yield key + at, name, each
    errors = [each for each in problems if each.severity == "error"]
    if errors or not forms:
        yield key + len(forms), name, Refused(errors or [Problem(Place(name), "form-none", say("form-none.expected"))])


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
