"""The words with which a ruleset compares what a form says: `二级指标 = "数量指标"` makes 数量指标 worth trying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.expression.tree import Call, Compare, Constant, Name, Node, Table, children
from zhunsheng.ruleset.check.places import formulas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.ruleset import Ruleset

Words = dict[tuple[str, str], tuple[str, ...]]


def words_of(ruleset: Ruleset) -> Words:
    """The texts that each name is compared with, by scope and name, in the order of writing."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for _, node in formulas(ruleset):
        for name, text in _compared(node):
            if name.reference is not None:
                found.setdefault((name.reference.scope, name.reference.key), {})[text] = None
    return {key: tuple(texts) for key, texts in found.items()}


def _compared(node: Node) -> Iterator[tuple[Name, str]]:
    match node:
        case Compare(left=Name() as name, right=Constant(value=str() as text)):
            yield name, text
        case Compare(left=Constant(value=str() as text), right=Name() as name):
            yield name, text
        case Call(arguments=(Name() as name, Constant(value=str() as text))):
            yield name, text
        case Table(argument=Name() as name):
            for row in node.rows:
                for _, bound in row.conditions:
                    if isinstance(bound, Constant) and isinstance(bound.value, str):
                        yield name, bound.value
        case _:
            pass
    for part in children(node):
        yield from _compared(part)
