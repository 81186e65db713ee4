"""Peers: which of the documents judged together a document is held against, and how that is told.

A group is a year and what else the policy names (文件类型, 地区 …). A document of which one of these is not known is in
no group, and one that is judged alone has none: its peer figures have no value, and the reason is said, never guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from zhunsheng.expression.exact import Group, compiled
from zhunsheng.expression.tree import Absent
from zhunsheng.expression.words import shown, words
from zhunsheng.problem import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.expression.exact import Thing
    from zhunsheng.expression.tree import Value
    from zhunsheng.problem import Words
    from zhunsheng.ruleset.policy import Peers

Mark: TypeAlias = "tuple[Value, ...]"
"""What the documents of a group agree in."""


def judged_together(peers: Peers, documents: Sequence[Thing]) -> None:
    """Gives each of the documents its group among them."""
    found: dict[Mark, list[Thing]] = {}
    for document, mark in zip(documents, marks(peers, documents), strict=True):
        if mark is not None:
            found.setdefault(mark, []).append(document)
    for members in found.values():
        group = Group(len(members), members)
        for document in members:
            assert document.groups is not None, document.key
            document.groups[peers.name] = group


def marks(peers: Peers, documents: Sequence[Thing]) -> list[Mark | None]:
    """What each document agrees in with its peers; None where something of it is not known."""
    readings = [compiled(each) for each in peers.by]
    every = [tuple(reading((document,)) for reading in readings) for document in documents]
    return [None if any(isinstance(each, Absent) for each in mark) else mark for mark in every]


def told(peers: Peers, document: Thing) -> Words:
    """The group of a document, by what its members agree in, and its size; or why it has none."""
    values = [(node, compiled(node)((document,))) for node in peers.by]
    lacking = [words(node) for node, value in values if isinstance(value, Absent)]
    if lacking:
        return say("peers.none", names=tuple(lacking))
    group = None if document.groups is None else document.groups[peers.name]
    if group is None:
        return say("peers.alone")
    by = "，".join(f"{words(node)} {shown(value, node.type)}" for node, value in values)
    return say("peers.group", by=by, size=group.size)
