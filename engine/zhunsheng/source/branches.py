"""What a JSON Schema validator reports, as plain values; and which branch of an `anyOf` or `oneOf` was meant.

A message speaks of the branch that was meant and not of all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jsonschema import ValidationError

    from zhunsheng.source.marks import Path


class Failure(NamedTuple):
    """A keyword of the schema that does not hold; `path` is relative to the value whose branches are looked at."""

    keyword: str
    wanted: Any
    instance: Any
    schema: Any
    path: Path
    in_name: bool
    branch: int
    context: tuple[Failure, ...]


class Choice(NamedTuple):
    """What to report: the failures of one branch; or that no branch fits, by the kinds or values that they offer."""

    failures: Sequence[Failure] = ()
    kinds: Sequence[str] = ()
    values: Sequence[object] = ()
    path: Path = ()


def failure(error: ValidationError) -> Failure:
    """The plain value of an error of jsonschema."""
    steps = list(error.relative_schema_path)
    first = steps[0] if steps else None
    return Failure(
        str(error.validator),
        error.validator_value,
        error.instance,
        error.schema,
        tuple(error.relative_path),
        "propertyNames" in steps,
        first if isinstance(first, int) else 0,
        tuple(map(failure, error.context or ())),
    )


def best_branch(failed: Failure) -> Choice:
    """The branch that was meant: one of the kind of the value, whose fixed fields agree, with the fewest faults."""
    branches: dict[int, list[Failure]] = {}
    for each in failed.context:
        branches.setdefault(each.branch, []).append(each)
    fitting = [every for every in branches.values() if not any(_at_root(each, "type") for each in every)]
    if not fitting:
        return Choice(kinds=[kind for every in branches.values() for kind in _kinds(every)])
    if values := _values_of_all(fitting, ()):
        return Choice(values=values)
    agreeing = [every for every in fitting if not any(map(_tells_apart, every))]
    if not agreeing and len(fitting) > 1:
        fields = dict.fromkeys(each.path for every in fitting for each in every if _tells_apart(each))
        for field in fields:
            if values := _values_of_all(fitting, field):
                return Choice(values=values, path=field)
    return Choice(min(agreeing or fitting, key=_weight))


def _at_root(failed: Failure, *keywords: str) -> bool:
    return not failed.path and failed.keyword in keywords


def _tells_apart(failed: Failure) -> bool:
    """Whether a field that tells the branches apart (`kind: department`) says that another one is meant."""
    return len(failed.path) == 1 and failed.keyword in ("const", "enum")


def _kinds(failures: list[Failure]) -> list[str]:
    wanted = [each.wanted for each in failures if _at_root(each, "type")]
    return [kind for each in wanted for kind in ([each] if isinstance(each, str) else each)]


def _values_of_all(branches: list[list[Failure]], path: Path) -> list[object]:
    """The values that the branches allow at `path`, where every one of them fixes it; or none."""
    values: dict[tuple[str, str], object] = {}
    for failures in branches:
        fixed = [each for each in failures if each.path == path and each.keyword in ("const", "enum")]
        if not fixed:
            return []
        for each in fixed:
            for value in [each.wanted] if each.keyword == "const" else each.wanted:
                values.setdefault((type(value).__name__, str(value)), value)
    return list(values.values())


def _weight(failures: Sequence[Failure]) -> tuple[int, int]:
    """A branch with other fields weighs more than one with faults inside the right fields."""
    return sum(map(_shape, failures)), len(failures)


def _shape(failed: Failure) -> int:
    if failed.path:
        return 0
    if failed.keyword in ("additionalProperties", "unevaluatedProperties"):
        return len(failed.instance)
    return 2 if failed.keyword == "required" else 1
