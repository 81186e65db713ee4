"""The fields that a JSON Schema knows, and which of them a person meant who wrote another name."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_NAMES: Final = 12
"""Names that a message lists before it stops listing."""


def some(known: Mapping[str, str]) -> tuple[str, ...]:
    """The names to list in a message: the first few, and a sign that there are more."""
    names = tuple(known)
    return names if len(names) <= MOST_NAMES else (*names[:MOST_NAMES], "…")


def nearest(name: str, known: Mapping[str, str]) -> str:
    """The known name that was probably meant: by its Chinese title, or by its letters."""
    for each, title in known.items():
        if name in (title, each.replace("_", "-")) or name.casefold() == each.casefold():
            return each
    if len(name) > 1 and (begun := next((each for each, title in known.items() if title.startswith(name)), "")):
        return begun
    if close := get_close_matches(name, known, n=1, cutoff=0.6):
        return close[0]
    titles = {title: each for each, title in known.items() if title}
    close = get_close_matches(name, titles, n=1, cutoff=0.6)
    return titles[close[0]] if close else ""


def patterns(schema: Mapping[str, Any]) -> list[Callable[[str], Any]]:
    """The tests that a name may also pass where it is not listed."""
    return [re.compile(pattern).search for pattern in schema.get("patternProperties", ())]


def properties(schema: Any, root: Any, depth: int = 0) -> dict[str, str]:
    """The fields that a schema knows, itself and through what it combines, each with its title."""
    known: dict[str, str] = {}
    if not isinstance(schema, dict) or depth > 8:
        return known
    for name, inner in schema.get("properties", {}).items():
        known[name] = _title(inner, root)
    if reference := schema.get("$ref"):
        known |= properties(_resolved(reference, root), root, depth + 1)
    parts = [*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    parts += [schema[word] for word in ("if", "then", "else") if word in schema]
    parts += schema.get("dependentSchemas", {}).values()
    for part in parts:
        known |= {name: title for name, title in properties(part, root, depth + 1).items() if name not in known}
    return known


def forbidden(schema: Any) -> set[str]:
    """The fields that the schema names only to say, under some condition, that they may not stand there."""
    if isinstance(schema, list):
        return {name for part in schema for name in forbidden(part)}
    if not isinstance(schema, dict):
        return set()
    named = schema.get("properties")
    here = {name for name, inner in named.items() if inner is False} if isinstance(named, dict) else set()
    return here | {name for part in schema.values() for name in forbidden(part)}


def _title(schema: Any, root: Any) -> str:
    if not isinstance(schema, dict):
        return ""
    title = schema.get("title") or ""
    if not title and (reference := schema.get("$ref")):
        target = _resolved(reference, root)
        title = target.get("title", "") if isinstance(target, dict) else ""
    return str(title)


def _resolved(reference: str, root: Any) -> Any:
    """What `#/$defs/name` stands for; other references are not followed."""
    target = root
    for part in reference.removeprefix("#").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        target = target.get(name) if isinstance(target, dict) else None
    return target if reference.startswith("#") else None
