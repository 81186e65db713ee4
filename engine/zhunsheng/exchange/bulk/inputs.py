"""What a population is read from: tables, files of one document a line, or files of documents, cut into batches.

Cutting opens files only to look for their lines and numbers, so that a batch is a few numbers wherever it goes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, final

import polars as pl

from zhunsheng.exchange.files import dossiers_among, files_of, resolved
from zhunsheng.exchange.opening import is_file, is_folder
from zhunsheng.population.layout import FILES, KEY
from zhunsheng.population.layout import SUFFIXES as TABLES
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset.vocabulary import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LINES: Final = (".jsonl", ".ndjson")
EACH: Final = 1000
"""A file of several forms: its documents are numbered within so many."""
ENDS: Final = 2**16
_CHUNK: Final = 2**22
_KEYS: Final = 2**18


class Lines(NamedTuple):
    """Some lines of a file: where they begin, how many bytes they are, the number of the first, and what to add to it."""

    path: str
    offset: int
    size: int
    first: int
    base: int


class Files(NamedTuple):
    """Some files, each with its number and, of a dossier, the files that go with it."""

    files: tuple[tuple[int, str, tuple[str, ...]], ...]


class Range(NamedTuple):
    """The rows of tables whose 文件号 is at least `low` and below `high`; the first takes those without one as well."""

    paths: tuple[tuple[str, str], ...]
    low: int | None
    high: int | None
    first: bool


class Batch(NamedTuple):
    """A piece of a population: its number, how many documents it has, and where they are."""

    number: int
    documents: int
    source: Lines | Files | Range


@final
@dataclass(frozen=True, slots=True)
class Input:
    """A population: what it is called, of which kind, what tells it from another, and its batches."""

    name: str
    kind: str
    fingerprint: str
    batches: tuple[Batch, ...]
    tables: dict[str, str]
    """The files of tables by scope; empty where it is none."""
    left_out: tuple[str, ...] = ()
    """What else lies in the folders, and is not read: folders, lines, files of other kinds."""

    @property
    def documents(self) -> int:
        """How many documents there are, files counted as one."""
        return sum(each.documents for each in self.batches)


def opened(paths: Sequence[Path], size: int, *, apart: bool = False) -> Input:
    """The population under these paths, in batches of `size` documents.

    Args:
        paths: of tables, lines, files and folders.
        size: how many documents are worked on at once.
        apart: whether documents that a dossier names are taken by themselves too; otherwise they go with it.

    Raises:
        Refused: there is nothing, tables stand beside other things, or tables lack a number.
    """
    name = " ".join(each.as_posix() for each in paths)
    tables = [found for each in paths if (found := tables_at(each))]
    if tables:
        if len(paths) > 1:
            raise Refused([Problem(Place(name), "tables-alone", say("tables-alone.expected"))])
        files = list(tables[0].values())
        return Input(name, "tables", fingerprint(files), tuple(_ranges(tables[0], size)), tables[0])
    problems: list[Problem] = []
    lines = [each for each in paths if each.suffix in LINES and is_file(each)]
    others = [each for path in paths if path not in lines for each in files_of(path, problems)]
    problems += [_absent(each) for each in others if not is_file(each)]
    if problems:
        raise Refused(problems)
    dossiers = {} if apart else dossiers_among(others)
    own, beside = _together(others, dossiers)
    lined = [*_lined(lines, size)]
    batches = [*lined, *_filed(own, beside, size, sum(each.documents for each in lined) // EACH + 1)]
    numbered = tuple(each._replace(number=number) for number, each in enumerate(batches, 1))
    named = [each for names in dossiers.values() for each in names if is_file(each)]
    told = fingerprint(dict.fromkeys(map(str, [*lines, *others, *named])))
    left_out = tuple(_left_out(paths, {*lines, *others, *named}))
    return Input(name, "lines" if lines else "files", told, numbered, {}, left_out)


def _left_out(paths: Iterable[Path], taken: set[Path]) -> Iterator[str]:
    """The entries of the folders that are not taken; what a system or a program keeps there for itself is not named."""
    true = {resolved(each) for each in taken}
    for path in paths:
        for each in sorted(path.iterdir()) if is_folder(path) else ():
            if not each.name.startswith((".", "~$")) and resolved(each) not in true:
                yield each.name + ("/" if is_folder(each) else "")


def _together(
    files: Sequence[Path], dossiers: Mapping[Path, Sequence[Path]]
) -> tuple[list[Path], dict[Path, list[Path]]]:
    """The files that are taken by themselves, and by dossier those that go with it; no dossier goes with another."""
    true = {resolved(each): each for each in files} if any(dossiers.values()) else {}
    beside: dict[Path, list[Path]] = {}
    taken: set[Path] = set()
    for dossier, names in dossiers.items():
        found = {true[at] for each in names if (at := resolved(each)) in true} - dossiers.keys() - taken
        beside[dossier] = sorted(found)
        taken |= found
    return [each for each in files if each not in taken], beside


def _absent(path: Path) -> Problem:
    return Problem(Place(path.as_posix()), "file-missing", say("file-missing.expected"), path.name)


# Lines


def _lined(paths: Iterable[Path], size: int) -> Iterator[Batch]:
    base = 0
    for path in paths:
        count = 0
        for offset, length, first, lines in _cut(path, size):
            count += lines
            yield Batch(0, lines, Lines(path.as_posix(), offset, length, first, base))
        base += count


def _cut(path: Path, size: int) -> Iterator[tuple[int, int, int, int]]:
    """Where every `size` lines begin, their bytes, the number of the first, and how many there are."""
    begin = at = 0
    first = number = 1
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            from_ = 0
            while (found := chunk.find(b"\n", from_)) >= 0:
                from_, number = found + 1, number + 1
                if number - first == size:
                    yield begin, at + from_ - begin, first, size
                    begin, first = at + from_, number
            at += len(chunk)
    if at > begin:
        rest = number - first + (0 if _ends_in_newline(path) else 1)
        yield begin, at - begin, first, rest


def _ends_in_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read() == b"\n"


# Files


def _filed(files: Sequence[Path], beside: Mapping[Path, Sequence[Path]], size: int, first: int) -> Iterator[Batch]:
    """The first number is `first` times what a file has: there may be lines before it."""
    numbered = [
        (at * EACH, each.as_posix(), tuple(one.as_posix() for one in beside.get(each, ())))
        for at, each in enumerate(files, first)
    ]
    for start in range(0, len(numbered), size):
        some = tuple(numbered[start : start + size])
        yield Batch(0, len(some), Files(some))


# Tables


def tables_at(path: Path) -> dict[str, str]:
    """The tables of a folder, or beside the documents' table, by scope; empty where there is none."""
    scopes = {name: scope for scope, name in FILES.items()}
    if path.suffix in TABLES and is_file(path):
        beside, suffix = path.parent, path.suffix
        if path.stem != FILES[DOCUMENT]:
            return {DOCUMENT: path.as_posix()}
        found = {each.stem: each for each in beside.iterdir() if each.suffix == suffix}
    elif is_folder(path):
        found = {each.stem: each for suffix in reversed(TABLES) for each in path.iterdir() if each.suffix == suffix}
    else:
        return {}
    if FILES[DOCUMENT] not in found:
        return {}
    named = {scopes.get(name, name): each.as_posix() for name, each in sorted(found.items()) if name != "rejects"}
    return {DOCUMENT: named.pop(DOCUMENT), **named}


def scanned(path: str) -> pl.LazyFrame:
    """A table on disk."""
    return pl.scan_parquet(path) if path.endswith(".parquet") else pl.scan_ipc(path)


def _ranges(tables: dict[str, str], size: int) -> Iterator[Batch]:
    """Stretches of 文件号; of all columns only this is read, and of a table in its order only some at a time."""
    path = tables[DOCUMENT]
    schema = scanned(path).collect_schema()
    if KEY not in schema or not schema[KEY].is_integer():
        expected = say("column-missing.expected", name=KEY)
        raise Refused([Problem(Place(path), "column-missing", expected)])
    numbers = scanned(path).select(pl.col(KEY).cast(pl.Int64))
    cut = _cut_keys(_chunks(numbers), size) or _cut_keys([numbers.collect()[KEY].sort()], size)
    assert cut is not None
    edges = [None, *cut.starts[1:], None]
    ends = [*(cut.before or [0]), cut.given]
    named = tuple(tables.items())
    for at, ((low, high), (start, end)) in enumerate(zip(pairwise(edges), pairwise(ends), strict=True)):
        documents = end - start + (cut.missing if at == 0 else 0)
        yield Batch(at + 1, documents, Range(named, low, high, at == 0))


class Cut(NamedTuple):
    """The number that begins each batch, how many documents come before it, and how many have a number and have none."""

    starts: list[int]
    before: list[int]
    given: int
    missing: int


def _chunks(numbers: pl.LazyFrame) -> Iterator[pl.Series]:
    at = 0
    while len(chunk := numbers.slice(at, _KEYS).collect()[KEY]):
        yield chunk
        at += len(chunk)


def _cut_keys(chunks: Iterable[pl.Series], size: int) -> Cut | None:
    """Batches of `size` documents, or of more where some have one number; None where the numbers do not come in order."""
    starts: list[int] = []
    before: list[int] = []
    given = missing = first = 0
    last: int | None = None
    for chunk in chunks:
        keys = chunk.drop_nulls()
        missing += chunk.null_count()
        if not len(keys):
            continue
        if not keys.is_sorted() or (last is not None and keys[0] < last):
            return None
        here = keys.gather(range(-given % size, len(keys), size)).unique(maintain_order=True)
        for key, at in zip(here, keys.search_sorted(here), strict=True):
            if not starts or key != starts[-1]:
                starts.append(key)
                before.append(first if key == last else given + at)
        first = first if keys[-1] == last else given + int(keys.search_sorted(keys[-1]))
        last, given = keys[-1], given + len(keys)
    return Cut(starts, before, given, missing)


# Telling one from another


def fingerprint(files: Iterable[str]) -> str:
    """Of files: their names, sizes and times, and of each the bytes at both ends."""
    found = hashlib.sha256()
    for each in files:
        path = Path(each)
        about = path.stat()
        found.update(f"{path.name}\0{about.st_size}\0{about.st_mtime_ns}\0".encode())
        if about.st_size:
            with path.open("rb") as file:
                found.update(file.read(ENDS))
                file.seek(-min(ENDS, about.st_size), 2)
                found.update(file.read(ENDS))
    return found.hexdigest()
