"""Overlay: a ruleset laid field by field over the one it extends, every value remembering the file it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, final

from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset.model import ruleset_validator, short_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhunsheng.source import Source

Path = tuple[str | int, ...]
Retrieve = "Callable[[str], Source]"

OWN: Final = frozenset({"ruleset", "version", "title", "extends", "in_force", "applies_to", "changes", "note"})
"""What a ruleset says of itself alone and does not pass on to those that extend it."""


@final
@dataclass(slots=True)
class Merged:
    """A merged policy: plain data, and for each path the source (and the path within it) that it came from."""

    data: dict[str, Any] = field(default_factory=dict)
    origins: dict[Path, tuple[Source, Path]] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
    """Ids, the base first."""

    def origin(self, path: Path) -> tuple[Source, Path]:
        """The source of the value at `path`, or of the nearest mapping around it."""
        for end in range(len(path), -1, -1):
            found = self.origins.get(path[:end])
            if found is not None:
                return found
        message = f"nothing merged yet at {path}"
        raise AssertionError(message)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where the value (or the key) at `path` is written."""
        source, inner = self.origin(path)
        return source.place(inner, key=key)

    def place_in(self, path: Path, start: int, length: int) -> Place:
        """Where a stretch of the text at `path` is written."""
        source, inner = self.origin(path)
        return source.place_in(inner, start, length)


def merged(source: Source, retrieve: Callable[[str], Source]) -> Merged:
    """`source` laid over what it extends, as far down as that goes.

    Args:
        source: the ruleset's own file.
        retrieve: gives the source of a ruleset by id, or raises `Refused`.

    Raises:
        Refused: a file breaks the schema, extends what is not there, or extends itself in the end.
    """
    from zhunsheng.source.schema import schema_problems  # noqa: PLC0415  brings jsonschema along

    chain = [source]
    seen: list[str] = []
    while True:
        current = chain[-1]
        problems = schema_problems(current, ruleset_validator())
        if problems:
            raise Refused(problems)
        seen.append(current.data["ruleset"])
        base = current.data.get("extends")
        if base is None:
            break
        if base in seen:
            raise Refused([_circle(current, [*seen, base])])
        try:
            chain.append(retrieve(base))
        except KeyError as missing:
            raise Refused([_no_such_base(current, base, missing.args[0])]) from None
    result = Merged(chain=tuple(reversed(seen)))
    for layer in reversed(chain):
        own = layer is source
        for key, value in layer.data.items():
            if own or key not in OWN:
                _lay(result, layer, (key,), value)
        result.origins[()] = (layer, ())
    return result


def _lay(result: Merged, source: Source, path: Path, value: Any, at: Path | None = None) -> None:
    at = path if at is None else at
    short = short_key(path)
    if short is not None and not isinstance(value, dict):
        _lay(result, source, (*path, short), value, at)
        return
    if isinstance(value, dict):
        holder = _holder(result.data, path)
        if not isinstance(holder.get(path[-1]), dict):
            holder[path[-1]] = {}
        result.origins[path] = (source, at)
        for key, inner in value.items():
            _lay(result, source, (*path, key), inner, (*at, key))
        return
    _holder(result.data, path)[path[-1]] = value
    result.origins[path] = (source, at)


def _holder(data: dict[str, Any], path: Path) -> dict[str | int, Any]:
    holder: Any = data
    for key in path[:-1]:
        holder = holder.setdefault(key, {})
    found: dict[str | int, Any] = holder
    return found


def _circle(source: Source, names: list[str]) -> Problem:
    return Problem(
        source.place(("extends",)),
        "extends-circle",
        say("extends-circle.expected", chain=" → ".join(names)),
        str(names[-1]),
        hint=say("extends-circle.hint"),
    )


def _no_such_base(source: Source, base: str, known: object) -> Problem:
    names = tuple(known) if isinstance(known, tuple | list) else ()
    near = get_close_matches(base, names, n=1)
    return Problem(
        source.place(("extends",)),
        "unknown-ruleset",
        say("unknown-ruleset.expected", names=tuple(names)),
        base,
        hint=say("unknown-ruleset.hint", name=near[0]) if near else None,
    )
