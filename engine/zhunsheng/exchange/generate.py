"""`zhunsheng test --generate`: from a ruleset's name to boundary cases in a file beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from zhunsheng.exchange.files import load_document, load_ruleset
from zhunsheng.exchange.opening import SUFFIXES
from zhunsheng.exchange.ruleset_tests import ENDING, load_tests, trial_files, trial_source, write_tests
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.proof.forms import forms_of_one_row
from zhunsheng.trial import read_tests, run
from zhunsheng.trial.generate import Base, generate, remark, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.document import Document
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.trial.generate import Generated
    from zhunsheng.trial.model import Case

GENERATED: Final = f".generated{ENDING}"
MARKED: Final = 8
"""Signs by which a generated file is known."""


class Written(NamedTuple):
    """What was generated: the file (none where there was nothing new), its cases, and how many were there already."""

    file: Path | None
    cases: int
    present: int


def write_generated(name: str, output: Path | None) -> Written:
    """Writes boundary cases of a ruleset to `<id>.generated.test.yaml`, or at the end of another test file.

    Args:
        name: the ruleset, by id or file.
        output: a test file to add to; beside the ruleset (of a shipped one: here) where not given.

    Raises:
        Refused: the ruleset or its tests cannot be read, or the file is there and was not generated.
    """
    ruleset = load_ruleset(name)
    here = output or _beside(name, ruleset)
    adds = output is not None and output.is_file()
    tests = [*_tests(name), *([output] if output is not None and adds else [])]
    present = [each for file in dict.fromkeys(tests) for each in _cases(file, here.parent)]
    cases, known = generate(ruleset, _bases(ruleset, present, here.parent), present)
    if not cases:
        return Written(None, 0, known)
    if adds:
        _append(here, ruleset, cases)
    else:
        _refuse_other(here)
        _write(here, text_of(cases, called(name, here)))
    failed = run(load_tests(here)).failed
    assert not failed, failed
    return Written(here, len(cases), known)


def _beside(name: str, ruleset: Ruleset) -> Path:
    path = Path(name)
    return path.with_name(f"{path.stem}{GENERATED}") if _is_file(path) else Path(f"{ruleset.id}{GENERATED}")


def _is_file(path: Path) -> bool:
    return path.suffix in SUFFIXES or path.parent != Path()


def called(name: str, here: Path) -> str:
    """How a test file in that place names the ruleset."""
    path = Path(name)
    if not _is_file(path):
        return name
    return path.stem if path.parent.resolve() == here.parent.resolve() else _from(here.parent, path)


def _from(folder: Path, path: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


# What is there already


def _tests(name: str) -> list[Path]:
    """The tests of a ruleset; none where it has none."""
    return trial_files([name])[0]


def _cases(file: Path, folder: Path) -> Iterator[Case]:
    """The tests of a file, their documents named as from another folder."""
    for case in read_tests(trial_source(file)).tests:
        if isinstance(case.document, str):
            yield case.model_copy(update={"document": _from(folder, file.parent / case.document)})
        else:
            yield case


def _bases(ruleset: Ruleset, present: Sequence[Case], folder: Path) -> Iterator[Base]:
    """The documents that the tests name, as they are; then made-up forms of one row."""
    for name in dict.fromkeys(each.document for each in present if isinstance(each.document, str)):
        path = Path(os.path.normpath(folder / name))
        found = [
            each for each in (path, *(path.with_name(path.name + suffix) for suffix in SUFFIXES)) if each.is_file()
        ]
        if found:
            yield Base(name, load_document(found[0]))
    for each in forms_of_one_row(ruleset):
        plain = without_claims(each)
        yield Base(plain.model_dump(mode="json", exclude_none=True, exclude_defaults=True), plain)


def without_claims(document: Document) -> Document:
    """The least of a form: tests are of what is computed."""
    total = document.funds.total.model_copy(update={"initial_budget": None})
    rows = tuple(each.model_copy(update={"claimed_score": None}) for each in document.indicators)
    return document.model_copy(update={"funds": document.funds.model_copy(update={"total": total}), "indicators": rows})


# Writing


def _refuse_other(here: Path) -> None:
    """A file that was not generated is not written over."""
    if here.exists() and not here.read_text(encoding="utf-8", errors="replace").startswith(
        remark("").partition("\n")[0][:MARKED]
    ):
        raise Refused([Problem(Place(here.as_posix()), "output-exists", say("output-exists.expected"), here.name)])


def _write(here: Path, text: str) -> None:
    try:
        here.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        place = Place(here.as_posix())
        raise Refused([Problem(place, "not-writable", say("not-writable.expected"), error.strerror or "")]) from None


def _append(here: Path, ruleset: Ruleset, cases: Sequence[Generated]) -> None:
    """Puts cases below the last test of a file, as far in as its tests stand, under the same remark."""
    source = trial_source(here)
    keys = list(source.data)
    after = keys[keys.index("tests") + 1 :]
    lines = source.text.splitlines(keepends=True)
    at = source.place((after[0],), key=True).line - 1 if after else len(lines)
    indent = " " * (source.place(("tests", 0)).column - 3)
    text = remark(ruleset.id) + "".join(each.text() for each in cases)
    below = "".join(f"{indent}{line}" for line in text.splitlines(keepends=True))
    ended = "".join(lines[:at])
    write_tests(here, f"{ended}{'' if ended.endswith(chr(10)) else chr(10)}{below}{''.join(lines[at:])}")
