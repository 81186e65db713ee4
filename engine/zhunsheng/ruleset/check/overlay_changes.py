"""What an overlay says differs from what it extends: an element said again, word for word, is a change forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhunsheng.problem import Problem, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.ruleset.policy import Ruleset

TABLES: Final = frozenset({"weights", "grades"})
"""What is read as one table, and may be said whole where a line of it changes."""


def overlay_changes(ruleset: Ruleset) -> Iterator[Problem]:
    """Each element changes something of its base, or at least its clause; an overlay changes something, or applies elsewhere."""
    written = ruleset.written
    own = written.origin(())[0]
    repeated = {path: below for path, below in written.said.items() if below is not None}
    is_applied = not {"applies_to", "in_force"}.isdisjoint(own.data)
    if "extends" in own.data and len(repeated) == len(written.said) and not is_applied:
        expected = say("same-as-base.whole", names=ruleset.chain[:-1])
        yield Problem(own.place(("extends",)), "same-as-base", expected, severity="warning" if repeated else "note")
        return
    for path, (base, inner) in repeated.items():
        if path[0] in TABLES and any(each[0] == path[0] and each not in repeated for each in written.said):
            continue
        yield Problem(
            own.place(path, key=True),
            "same-as-base",
            say("same-as-base.expected", base=base.data["ruleset"]),
            str(path[-1]),
            ((base.place(inner, key=True), say("same-as-base.below")),),
            say("same-as-base.hint"),
            severity="warning",
        )
