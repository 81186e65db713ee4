"""Rulesets: YAML with places, overlay, and the typed policy that comes of it. This room opens no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.ruleset.compile import canonical, compile_ruleset
from zhunsheng.ruleset.overlay import merged
from zhunsheng.ruleset.policy import Ruleset

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhunsheng.source import Source

__all__ = ["Ruleset", "canonical", "read_ruleset"]


def read_ruleset(source: Source, retrieve: Callable[[str], Source]) -> Ruleset:
    """The ruleset that `source` holds, laid over what it extends.

    Args:
        source: a ruleset file as read.
        retrieve: the source of a ruleset by id; raises `KeyError` with the known ids where there is none.

    Raises:
        Refused: with every problem in the file and in those it extends.
    """
    return compile_ruleset(merged(source, retrieve))
