"""A test file made ready to run: its ruleset, its documents read, and every name that it expects something of known."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, final

from zhunsheng.problem import Problem, Refused, Words, say
from zhunsheng.ruleset.vocabulary import DOCUMENT
from zhunsheng.trial.subject import subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhunsheng.document import Document
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.source import Source
    from zhunsheng.source.marks import Path
    from zhunsheng.trial.model import Case, Expectation, OfDocument, TrialFile
    from zhunsheng.trial.subject import Fetch, Subject

REMARKS: Final = ("requirements", "findings", "confirmations", "judgements")
FIGURES: Final = ("quantities", "scores", "total", "grade")
"""What is expected of one document; of a dossier, document by document."""


@final
@dataclass(frozen=True, slots=True)
class Bench:
    """A test file with all that running it takes."""

    source: Source
    file: TrialFile
    ruleset: Ruleset
    subjects: tuple[Subject, ...]


def prepared(source: Source, file: TrialFile, ruleset: Ruleset, fetch: Fetch) -> Bench:
    """The tests of `file` under their ruleset.

    Args:
        source: the test file.
        file: what it says.
        ruleset: that it names.
        fetch: gives the documents that tests name by path.

    Raises:
        Refused: with every problem: documents that cannot be read, changes that lead nowhere, unknown names.
    """
    problems: list[Problem] = []
    subjects: list[Subject] = []
    for at, case in enumerate(file.tests):
        path: Path = ("tests", at)
        try:
            found = subject(source, path, case, fetch)
        except Refused as refused:
            problems += refused.problems
            continue
        subjects.append(found)
        if case.expect.refused:
            continue
        problems += found.problems
        if found.content is not None:
            problems += _name_problems(source, path, case, ruleset, found)
    if problems:
        raise Refused(dict.fromkeys(problems))
    return Bench(source, file, ruleset, tuple(subjects))


def _name_problems(source: Source, at: Path, case: Case, ruleset: Ruleset, found: Subject) -> Iterator[Problem]:
    expect, path = case.expect, (*at, "expect")
    yield from _remark_problems(source, path, expect, ruleset)
    if len(found.documents) == 1:
        yield from _figure_problems(source, path, expect, ruleset, found.documents[0])
    else:
        names = tuple(each.name for each in found.documents)
        for key in FIGURES:
            if key in expect.model_fields_set:
                place = source.place((*path, key), key=True)
                yield Problem(place, "wrong-form", say("trial.which-document", names=names), key)
    yield from _document_problems(source, path, expect, ruleset, found.documents)


def _document_problems(
    source: Source, path: Path, expect: Expectation, ruleset: Ruleset, documents: tuple[Document, ...]
) -> Iterator[Problem]:
    known = {each.name: each for each in documents}
    for name, inner in expect.documents.items():
        here = (*path, "documents", name)
        if name not in known:
            yield _unknown(source, here, name, say("trial.one-of", names=tuple(known)), known)
            continue
        yield from _remark_problems(source, here, inner, ruleset)
        yield from _figure_problems(source, here, inner, ruleset, known[name])


def _figure_problems(
    source: Source, path: Path, expect: OfDocument, ruleset: Ruleset, document: Document
) -> Iterator[Problem]:
    quantities = [each.name for each in ruleset.quantities if each.scope == DOCUMENT]
    for name in expect.quantities:
        if name not in quantities:
            other = next((each.scope for each in ruleset.quantities if each.name == name), None)
            expected = say("trial.quantity") if other is None else say("trial.quantity-elsewhere", scope=other)
            yield _unknown(source, (*path, "quantities", name), name, expected, quantities)
    indicators = Counter(each.name for each in document.indicators)
    pointers = [f"/indicators/{at}" for at in range(len(document.indicators))]
    ways = [each.name for each in ruleset.scores]
    for name in expect.scores:
        here = (*path, "scores", name)
        if name not in (*ways, *indicators, *pointers):
            yield _unknown(source, here, name, say("trial.score"), (*ways, *indicators))
        elif indicators[name] > 1:
            several = tuple(
                pointer for pointer, each in zip(pointers, document.indicators, strict=True) if each.name == name
            )
            place = source.place(here, key=True)
            yield Problem(place, "wrong-form", say("trial.which-indicator", names=several), name)


def _remark_problems(source: Source, path: Path, expect: OfDocument, ruleset: Ruleset) -> Iterator[Problem]:
    rules = [each.id for each in ruleset.rules]
    judged = [f"scores.{each.name}" for each in ruleset.scores] + ["indicator_kind"] * (ruleset.kind is not None)
    for key in REMARKS:
        known = [*judged, *rules] if key == "judgements" else rules
        for at, name in enumerate(getattr(expect, key)):
            if name not in known:
                yield _unknown(source, (*path, key, at), name, say("trial.rule"), known)


def _unknown(source: Source, path: Path, name: str, expected: Words, known: Iterable[str]) -> Problem:
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    hint = say("unknown-name.hint", name=near[0]) if near else None
    return Problem(source.place(path, key=isinstance(path[-1], str)), "unknown-name", expected, name, hint=hint)
