"""A document as a YAML file that a person reads and mends: figures as figures, texts as the strict reader takes them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.exchange.format.scalars import scalar_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.document import Document

FORBIDDEN: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\s]+')
"""What no system, or one of them, takes in the name of a file."""
LONGEST: Final = 38
"""Characters of a part of a name: two such parts of Chinese, a year and an ending are within 255 bytes."""


def as_yaml(document: Document) -> str:
    """A document as a YAML file.

    Reading it gives the same document.
    """
    found = document.model_dump(exclude_none=True)
    found["funds"] = {"total": {}, **_kept(found["funds"])}
    head = {name: each for name, each in found.items() if name not in ("file", "sources")}
    tail = {name: found[name] for name in ("file", "sources") if found.get(name)}
    plain = {name: kept for name, each in {**head, **tail}.items() if (kept := _kept(each)) not in ({}, [])}
    plain.setdefault("indicators", [])
    return "\n".join(_mapping({**plain, **tail}, 0)) + "\n"


def _kept(value: Any) -> Any:
    """Without mappings and lists that hold nothing."""
    if isinstance(value, dict):
        return {name: kept for name, each in value.items() if (kept := _kept(each)) not in ({}, [])}
    return [_kept(each) for each in value] if isinstance(value, list | tuple) else value


def _mapping(value: dict[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for name, each in value.items():
        key = f"{indent}{scalar_text(str(name), 'key')}:"
        if isinstance(each, dict) and each:
            yield key
            yield from _mapping(each, depth + 1)
        elif isinstance(each, list) and each:
            yield key
            yield from _list(each, depth + 1)
        else:
            yield f"{key} {_scalar(each)}"


def _list(value: list[Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for each in value:
        if not isinstance(each, dict):
            yield f"{indent}- {_scalar(each)}"
            continue
        lines = list(_mapping(each, depth + 1))
        yield f"{indent}- {lines[0].strip()}"
        yield from lines[1:]


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str):
        return scalar_text(value)
    return "{}" if isinstance(value, dict) else "[]" if isinstance(value, list) else str(value)


def file_name(document: Document) -> str:
    """What a document's file is called, without its ending: unit, project, year, as every system takes it."""
    parts = [document.unit, document.project or "部门整体", str(document.year)]
    return "-".join(FORBIDDEN.sub("_", part)[:LONGEST].strip("._ ") or "_" for part in parts)
