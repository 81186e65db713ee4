"""Ruleset tests and the files they live in: found, read with the documents they name, and rewritten in place."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.exchange import shipped
from zhunsheng.exchange.files import load_dossier, load_ruleset, ruleset_source
from zhunsheng.exchange.format import formatted
from zhunsheng.exchange.opening import SUFFIXES, content_of, is_file, is_folder, source_of
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.trial import prepared, read_tests, read_yaml_with_nulls
from zhunsheng.trial.read import NULL_MARK, read_with_nulls_marked
from zhunsheng.trial.subject import Base

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.ruleset import Ruleset
    from zhunsheng.source import Source
    from zhunsheng.source.marks import Path as Keys
    from zhunsheng.trial import Bench
    from zhunsheng.trial.subject import Fetch, Kind

ENDING: Final = ".test.yaml"


def trial_files(names: Iterable[str]) -> tuple[list[Path], list[Problem]]:
    """The test files that names mean: rulesets by id or file, test files, folders; without a name, all that are shipped."""
    files: list[Path] = []
    problems: list[Problem] = []
    for name in names or (None,):
        try:
            files += _in_folder(_shipped()) if name is None else _meant(name)
        except Refused as refused:
            problems += refused.problems
    return list(dict.fromkeys(files)), problems


def load_tests(path: Path) -> Bench:
    """The tests in a file, with their ruleset and documents.

    Raises:
        Refused: with every problem in the file, in its ruleset, or in the documents it names.
    """
    source = trial_source(path)
    file = read_tests(source)
    try:
        ruleset = _ruleset(path, file.ruleset)
    except Refused as refused:
        raise Refused(
            replace(each, place=source.place(("ruleset",)))
            if each.code in ("unknown-ruleset", "file-missing", "unknown-format") and not each.place.line
            else each
            for each in refused.problems
        ) from None
    return prepared(source, file, ruleset, _fetching(path.parent))


def trial_source(path: Path) -> Source:
    """A test file as read.

    Raises:
        Refused: it cannot be read, or is no YAML.
    """
    return read_yaml_with_nulls(content_of(path), path.as_posix())


def tests_laid_out(path: Path) -> str:
    """The text of a test file in the canonical layout; a null says something there, and stays.

    Raises:
        Refused: as `trial_source`.
    """
    return formatted(read_with_nulls_marked(content_of(path), path.as_posix())).replace(NULL_MARK, "null")


def write_tests(path: Path, text: str) -> None:
    """Writes a test file anew, its line ends and its byte order mark as they were.

    Raises:
        Refused: the file cannot be written.
    """
    before = content_of(path)
    content = text.encode()
    if b"\r\n" in before:
        content = content.replace(b"\n", b"\r\n")
    if before.startswith(b"\xef\xbb\xbf"):
        content = b"\xef\xbb\xbf" + content
    try:
        path.write_bytes(content)
    except OSError as error:
        place = Place(path.as_posix())
        raise Refused([Problem(place, "not-writable", say("not-writable.expected"), error.strerror or "")]) from None


def _shipped() -> Path:
    folder = shipped.rulesets()
    if isinstance(folder, Path):
        return near(folder)
    raise Refused([Problem(Place(str(folder)), "file-missing", say("trial.no-tests"), f"*{ENDING}")])


def _meant(name: str) -> list[Path]:
    path = Path(name)
    if is_folder(path):
        return _in_folder(path)
    if name.endswith(ENDING):
        return [path]
    if path.suffix in SUFFIXES or path.parent != Path():
        source_of(path)  # a ruleset that is not there is what to speak of, not its tests
        return [_there(path.with_suffix(ENDING), name)]
    if not is_file(_shipped() / f"{name}{ENDING}"):
        ruleset_source(name)  # likewise
    return [_there(_shipped() / f"{name}{ENDING}", name)]


def _in_folder(folder: Path) -> list[Path]:
    found = sorted(each for each in folder.iterdir() if each.name.endswith(ENDING))
    if not found:
        raise Refused([Problem(Place(folder.as_posix()), "file-missing", say("trial.no-tests"), f"*{ENDING}")])
    return found


def _there(path: Path, ruleset: str) -> Path:
    """The tests of a ruleset, which may have none yet."""
    if not is_file(path):
        hint = say("trial.no-tests-hint", name=ruleset, file=path.name)
        raise Refused([Problem(Place(path.as_posix()), "file-missing", say("trial.no-tests"), hint=hint)])
    return path


def near(path: Path) -> Path:
    """A path as a person would write it from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _ruleset(tests: Path, name: str) -> Ruleset:
    """The ruleset that a test file names: beside it, shipped, or by its path from there."""
    if Path(name).suffix in SUFFIXES or "/" in name:
        return load_ruleset(_from(tests.parent, name))
    beside = [tests.parent / f"{name}{suffix}" for suffix in SUFFIXES]
    return load_ruleset(next((each for each in beside if is_file(each)), name))


def _from(folder: Path, name: str) -> Path:
    return Path(os.path.normpath(folder / name))


def _fetching(folder: Path) -> Fetch:
    """Gives documents by their paths from `folder`, each read once."""

    @cache
    def fetch(kind: Kind, name: str) -> Base:
        path = _from(folder, name)
        if path.suffix not in SUFFIXES:
            candidates = [path.with_name(path.name + suffix) for suffix in SUFFIXES]
            path = next((each for each in candidates if is_file(each)), candidates[0])
        source = source_of(path)
        return _with_documents(source, path) if kind == "dossier" else Base(source.data, _placing(source))

    return fetch


def _with_documents(source: Source, path: Path) -> Base:
    """A dossier with the documents whose files it names in their places; each is placed in its own file."""
    written: Any = source.data.get("documents") if isinstance(source.data, dict) else None
    if not isinstance(written, list):
        return Base(source.data, _placing(source))
    if any(isinstance(each, str) and Path(each).name != each for each in written):
        load_dossier(path)  # says what is wrong with it
    files = {at: source_of(path.parent / each) for at, each in enumerate(written) if isinstance(each, str)}
    documents = [files[at].data if at in files else each for at, each in enumerate(written)]

    def place(keys: Keys, key: bool) -> Place:  # noqa: FBT001  as `Base` has it
        match keys:
            case ("documents", int(at), *rest) if at in files:
                return files[at].place(rest, key=key)
            case _:
                return source.place(keys, key=key)

    return Base({**source.data, "documents": documents}, place)


def _placing(source: Source) -> Any:
    return lambda keys, key: source.place(keys, key=key)
