"""What a ruleset may have meant to build on: one that extends nothing, and uses names that a shipped ruleset defines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zhunsheng.problem import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from zhunsheng.problem import Problem
    from zhunsheng.source import Source


def naming_a_base(
    source: Source, problems: Sequence[Problem], shipped: Callable[[], Iterable[Source]]
) -> Sequence[Problem]:
    """The problems, with `extends: …` as the remedy where that would bring the names which are not known.

    The ruleset suggested is the one with most of the names; of several, one that extends nothing, then by its id.
    """
    if not isinstance(source.data, dict) or "extends" in source.data:
        return problems
    sought = {each.got for each in problems if each.code == "unknown-name"}
    if any(each.code == "incomplete" for each in problems):
        sought |= _defined(source.data)  # an overlay says anew what its base has
    held = {str(each.data["ruleset"]): (sought & _defined(each.data), "extends" not in each.data) for each in shipped()}
    best = min(held, key=lambda name: (-len(held[name][0]), not held[name][1], name), default=None)
    if best is None or not held[best][0]:
        return problems
    hint = say("unknown-name.extends", ruleset=best)
    names = held[best][0]
    return [
        replace(each, hint=hint)
        if (each.code == "incomplete" and each.hint is None) or (each.code == "unknown-name" and each.got in names)
        else each
        for each in problems
    ]


def _defined(policy: Any) -> set[str]:
    """The names that a ruleset brings for others to use."""
    rules = (policy.get("rules") or {}).values()
    return {
        *(policy.get("quantities") or ()),
        *(policy.get("peers") or ()),
        *(policy.get("inputs") or ()),
        *(f"权重.{name}" for name in policy.get("weights") or ()),
        *(f"{name}.{end}" for name in policy.get("scores") or () for end in ("得分", "分值")),
        *(each["derive"] for each in rules if "derive" in each),
    }
