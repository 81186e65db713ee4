"""From a source to a test file: the schema's verdict, then what no schema can say of it."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.problem import Problem, Refused, say
from zhunsheng.problem.show import catalogue
from zhunsheng.source import read, readable
from zhunsheng.source.schema import schema_problems
from zhunsheng.trial.model import TrialFile, trial_validator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.problem import Place
    from zhunsheng.source import Source
    from zhunsheng.trial.model import Expectation

NULL_MARK: Final = "\ue000" * len("null")
"""What `null` is read as: signs that no text holds, as many as it has, so that every place stays where it is."""


def read_yaml_with_nulls(content: bytes, file: str) -> Source:
    """YAML as `source.read` has it, but that `null` may stand for a value that is not there.

    Everywhere else a blank is left out and `null` is refused; here it says something: no such figure, or delete this.

    Raises:
        Refused: as `source.read`.
    """
    source = read_with_nulls_marked(content, file)
    return replace(source, text=readable(content), data=_with_none(source.data))


def read_with_nulls_marked(content: bytes, file: str) -> Source:
    """As `read_yaml_with_nulls`, but that text and data have `NULL_MARK` where `null` stands.

    Raises:
        Refused: as `source.read`.
    """
    body = content
    while True:
        try:
            return read(body, file, format="yaml")
        except Refused as refused:
            nulls = [each.place for each in refused.problems if (each.code, each.got) == ("empty-value", "null")]
            others = [each for each in refused.problems if (each.code, each.got) != ("empty-value", "null")]
            if others or not nulls:
                raise Refused(others) from None
            body = _without(readable(body), nulls).encode()


def _without(text: str, nulls: list[Place]) -> str:
    lines = text.split("\n")
    for place in nulls:
        line, at = lines[place.line - 1], place.column - 1
        lines[place.line - 1] = line[:at] + NULL_MARK + line[at + len(NULL_MARK) :]
    return "\n".join(lines)


def _with_none(value: Any) -> Any:
    match value:
        case dict():
            return {key: _with_none(inner) for key, inner in value.items()}
        case list():
            return [_with_none(inner) for inner in value]
        case _:
            return None if value == NULL_MARK else value


def read_tests(source: Source) -> TrialFile:
    """The tests that `source` holds.

    Raises:
        Refused: with every problem found, each at its line and column.
    """
    problems = schema_problems(source, trial_validator())
    if problems:
        raise Refused(problems)
    file = TrialFile.model_validate(source.data)
    problems = [
        *_names_once(source, file),
        *(each for at, case in enumerate(file.tests) for each in _refusal_known(source, at, case.expect)),
    ]
    if problems:
        raise Refused(problems)
    return file


def _names_once(source: Source, file: TrialFile) -> Iterator[Problem]:
    """No two tests of one name: a report could not tell them apart."""
    first: dict[str, int] = {}
    for at, case in enumerate(file.tests):
        if case.name in first:
            yield Problem(
                source.place(("tests", at, "name")),
                "name-taken",
                say("trial.name-once"),
                case.name,
                ((source.place(("tests", first[case.name], "name")), say("see-first")),),
            )
        first.setdefault(case.name, at)


def _refusal_known(source: Source, at: int, expect: Expectation) -> Iterator[Problem]:
    """A refusal that is expected is one that there is, and stands alone."""
    if not expect.refused:
        return
    path = ("tests", at, "expect", "refused")
    if len(expect.model_fields_set) > 1:
        place = source.place(path, key=True)
        yield Problem(place, "wrong-form", say("trial.refused-alone"), "refused")
    codes = [key.removesuffix(".title") for key in catalogue() if key.endswith(".title")]
    if expect.refused not in codes:
        near = get_close_matches(expect.refused, codes, n=1)
        hint = say("nearest.hint", name=near[0]) if near else None
        yield Problem(source.place(path), "unknown-code", say("unknown-code.expected"), expect.refused, hint=hint)
