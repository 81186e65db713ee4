"""Which tests of a ruleset speak of which of its elements: by what their expectations name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.ruleset import Ruleset


def exercised(ruleset: Ruleset, tests: Any) -> dict[str, list[str]]:
    """For each rule, score, quantity or grade that a case names in what it expects: the names of these cases.

    Args:
        ruleset: the ruleset.
        tests: the content of `<id>.test.yaml`.
    """
    cases = tests.get("tests") if isinstance(tests, dict) else None
    found: dict[str, list[str]] = {}
    known = {each.id for each in ruleset.rules} | {each.name for each in ruleset.scores}
    known |= {each.name for each in ruleset.quantities}
    known |= {each.grade for each in ruleset.bands}
    for case in cases if isinstance(cases, list) else ():
        if isinstance(case, dict):
            for name in dict.fromkeys(_named(case.get("expect"))):
                if name in known:
                    found.setdefault(name, []).append(str(case.get("name", "")))
    return found


def _named(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value.removeprefix("scores.")
        case dict():
            for key, inner in value.items():
                yield str(key)
                yield from _named(inner)
        case list():
            for inner in value:
                yield from _named(inner)
        case _:
            return
