"""Where a fault is told that stands in a base and was made by what lies over it: at the overlay, which can be mended.

A base is sound by itself. Where a rule of it no longer types, an overlay has made one of the names in it a value of
another kind; that is what its author must see, with the places of the base that depend on it beside.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from zhunsheng.problem import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.problem import Place, Problem, Words
    from zhunsheng.ruleset.overlay import Merged, Path

_NAMES: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def at_the_overlay(problems: Iterable[Problem], merged: Merged) -> list[Problem]:
    """The problems, those that an overlay made in its base told at the overlay, once for each value that it says."""
    own, _ = merged.origins[()]
    said = {str(path[1]): path for path, (source, _) in merged.origins.items() if source is own and _is_formula(path)}
    texts = {source.file: source.text for source, _ in merged.origins.values()}
    kept: list[Problem] = []
    moved: dict[str, Problem] = {}
    for each in problems:
        base = each.code == "type-mismatch" and each.place.file != own.file
        name = _overridden(each.place, texts.get(each.place.file, ""), said) if base else None
        if name is None:
            kept.append(each)
        elif name in moved:
            moved[name] = replace(moved[name], related=moved[name].related + _used(each))
        else:
            source, inner = merged.origin(said[name])
            moved[name] = replace(each, place=source.place(inner), got=str(source.at(inner)), related=_used(each))
    return [*kept, *moved.values()]


def _is_formula(path: Path) -> bool:
    return len(path) > 2 and path[0] == "quantities" and path[2] == "formula"


def _overridden(place: Place, text: str, said: dict[str, Path]) -> str | None:
    """The name of a quantity said anew in what is underlined, or elsewhere on its line."""
    row = text.split("\n")[place.line - 1] if place.line else ""
    underlined = row[place.column - 1 :][: place.length]
    written = [name.rpartition(".")[2] for part in (underlined, row) for name in _NAMES.findall(part)]
    return next((name for name in written if name in said), None)


def _used(problem: Problem) -> tuple[tuple[Place, Words], ...]:
    return ((problem.place, say("type-mismatch.used")),)
