"""Strict JSON: the C scanner for the many good files, a reader with positions for the others and for their places.

Both read the same language: RFC 8259 without duplicate names, half characters, control characters, numbers beyond
`number.MAX_DIGITS` or nesting beyond `DEPTH`. What the fast reading refuses, the slow one explains; a test holds the
two together.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.number import MAX_DIGITS
from zhunsheng.source import faults
from zhunsheng.source.json_reader import Reader, exact
from zhunsheng.source.marks import Lines, Table

if TYPE_CHECKING:
    from decimal import Decimal

_RISKY_ESCAPE: Final = re.compile(r"\\(?:[bf]|u00[01789]|u[dD][89a-fA-F]|u[fF][fFeE][fF])")


def read_json(text: str, lines: Lines) -> Any:
    """The data of `text`.

    Raises:
        Refused: with every fault found; after a fault of syntax nothing further is read.
    """
    if not _RISKY_ESCAPE.search(text):
        try:
            data = _FAST.decode(text)
        except (_Doubtful, ValueError, RecursionError):
            pass
        else:
            if not _deep(data):
                return data
    return Reader(text, lines, spans=False).read()


def locate(text: str) -> Table:
    """Where every value of a text stands that has been read before."""
    reader = Reader(text, Lines(text, ""), spans=True)
    reader.read()
    return reader.table


class _Doubtful(Exception):  # noqa: N818  not an error yet: the slow reader decides
    pass


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _Doubtful
    return int(text)


def _decimal(text: str) -> Decimal:
    value = exact(text)
    if value is None:
        raise _Doubtful
    return value


def _constant(text: str) -> None:
    raise _Doubtful(text)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Doubtful
    return members


_FAST: Final = json.JSONDecoder(
    parse_int=_integer, parse_float=_decimal, parse_constant=_constant, object_pairs_hook=_members
)


def _deep(data: Any) -> bool:
    level = [data]
    for _ in range(faults.DEPTH + 1):
        containers = [each for each in level if isinstance(each, dict | list)]
        if not containers:
            return False
        level = [part for each in containers for part in (each.values() if isinstance(each, dict) else each)]
    return True
