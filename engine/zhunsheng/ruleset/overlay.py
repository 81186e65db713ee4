"""Overlay: a ruleset laid field by field over what it extends, every value remembering the file it came from.

A ruleset may extend several others. Where one of them builds on another, the later layer holds; where two that do
not know each other say different things of one field, nobody can tell which is meant, and both places are printed,
unless the ruleset that brings them together says it itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, final

from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset.model import PERIOD_FORM, ruleset_validator, short_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from zhunsheng.source import Source

Path = tuple[str | int, ...]

OWN: Final = frozenset(
    {"ruleset", "version", "title", "extends", "in_force", "applies_to", "source", "status", "changes", "note"}
)
"""What a ruleset says of itself alone and does not pass on to those that extend it."""
CITED: Final = frozenset({"weights", "quantities", "peers", "scores", "grades", "rules", "inputs"})
CITED_ONE: Final = frozenset({"indicator_kind", "total"})
"""Sections whose elements carry a clause and a status."""
SUBSTANCE: Final = frozenset({"formula", "when", "check", "points", "by"})
"""What a clause of the base no longer vouches for once an overlay says it otherwise."""
_PERIOD: Final = re.compile(PERIOD_FORM, re.ASCII)


@final
@dataclass(slots=True)
class Merged:
    """A merged policy: plain data, and for each path the source (and the path within it) that it came from."""

    data: dict[str, Any] = field(default_factory=dict)
    origins: dict[Path, tuple[Source, Path]] = field(default_factory=dict)
    bases: dict[str, frozenset[str]] = field(default_factory=dict)
    """Every ruleset that took part, with all that it builds on, itself included; bases first."""
    said: dict[Path, tuple[Source, Path] | None] = field(default_factory=dict)
    """Each element of the ruleset's own file; with where its base says the very same, if it does."""

    dropped: dict[Path, tuple[Source, Path]] = field(default_factory=dict)
    """What was taken away, and where it says so."""

    @property
    def chain(self) -> tuple[str, ...]:
        """Ids of the rulesets that took part, bases first."""
        return tuple(self.bases)

    def origin(self, path: Path) -> tuple[Source, Path]:
        """The source of the value at `path`, or of the nearest mapping around it."""
        for end in range(len(path), -1, -1):
            found = self.origins.get(path[:end])
            if found is not None:
                within = path[end:] if all(isinstance(each, int) for each in path[end:]) else ()  # of a list
                return found[0], (*found[1], *within)
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

    def leaves(self) -> Iterator[tuple[Path, Any]]:
        """Every value that is no mapping of further ones, with its path; a dated value is one leaf."""
        yield from _leaves(self.data, ())


def merged(source: Source, retrieve: Callable[[str], Source]) -> Merged:
    """`source` laid over what it extends, as far down as that goes.

    Args:
        source: the ruleset's own file.
        retrieve: gives the source of a ruleset by id; raises `KeyError` with the known ids, or `Refused`.

    Raises:
        Refused: a file breaks the schema, extends what is not there or itself in the end, or brings together two
            rulesets that contradict each other.
    """
    result = _merged(source, retrieve, ())
    for kind in CITED & result.data.keys():
        elements = result.data[kind]
        for name in [name for name, each in elements.items() if each.get("drop")]:
            known_as = elements.pop(name).get("derive", name)  # formulas know a rule by what it concludes
            result.dropped[kind, known_as] = result.origins[kind, name, "drop"]
    return result


def is_dated(value: object) -> bool:
    """Whether a value carries dates of effect: a mapping of periods."""
    return isinstance(value, dict) and bool(value) and all(isinstance(key, str) and _PERIOD.match(key) for key in value)


def _merged(source: Source, retrieve: Callable[[str], Source], seen: tuple[str, ...]) -> Merged:
    from zhunsheng.source.schema import schema_problems  # noqa: PLC0415  brings jsonschema along

    problems = schema_problems(source, ruleset_validator())
    if problems:
        raise Refused(problems)
    own = str(source.data["ruleset"])
    below = [_base(source, name, retrieve, (*seen, own)) for name in _extended(source)]
    result, conflicts = _together(below)
    problems = list(_nothing_to_drop(source, result))
    if problems:
        raise Refused(problems)
    result.said = {path: _said_below(result, path, value) for path, value in _elements(source.data)}
    for key, value in source.data.items():
        if key in OWN:
            result.data.pop(key, None)
        _lay(result, source, (key,), value)
    result.origins[()] = (source, ())
    _vouch(result, source)
    result.bases[own] = frozenset(result.bases) | {own}
    unsettled = [_conflict(source, *both) for path, both in conflicts.items() if result.origins[path][0] is not source]
    if unsettled:
        raise Refused(unsettled)
    return result


def _extended(source: Source) -> list[str]:
    names = source.data.get("extends")
    return [] if names is None else names if isinstance(names, list) else [names]


def _base(source: Source, name: str, retrieve: Callable[[str], Source], seen: tuple[str, ...]) -> Merged:
    if name in seen:
        raise Refused([_circle(source, [*seen, name])])
    try:
        base = retrieve(name)
    except KeyError as missing:
        raise Refused([_no_such_base(source, name, missing.args[0])]) from None
    below = _merged(base, retrieve, seen)
    for key in OWN:
        below.data.pop(key, None)
    return below


def _together(bases: list[Merged]) -> tuple[Merged, dict[Path, tuple[tuple[Source, Path], tuple[Source, Path]]]]:
    """Several bases as one, and the fields on which two that do not build on each other differ."""
    if not bases:
        return Merged(), {}
    result, *others = bases
    conflicts: dict[Path, tuple[tuple[Source, Path], tuple[Source, Path]]] = {}
    for other in others:
        result.bases |= other.bases
        present = dict(result.leaves())
        for path, value in other.leaves():
            ours, theirs = result.origins.get(path), other.origins[path]
            if ours is None or path not in present:
                _take(result, other, path, value)
            elif ours != theirs and present[path] != value:
                one, two = str(ours[0].data["ruleset"]), str(theirs[0].data["ruleset"])
                if one in result.bases[two]:
                    _take(result, other, path, value)
                elif two not in result.bases[one]:
                    conflicts[path] = (ours, theirs)
    return result, conflicts


def _take(result: Merged, other: Merged, path: Path, value: Any) -> None:
    _holder(result.data, path)[path[-1]] = value
    for end in range(1, len(path) + 1):
        if end == len(path) or path[:end] not in result.origins:
            result.origins[path[:end]] = other.origins[path[:end]]


def _leaves(data: dict[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for key, value in data.items():
        if isinstance(value, dict) and not is_dated(value):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _lay(result: Merged, source: Source, path: Path, value: Any, at: Path | None = None) -> None:
    at = path if at is None else at
    short = short_key(path)
    if short is not None and not isinstance(value, dict):
        result.origins.setdefault(path, (source, at))
        _disown(result, path, {short})
        _lay(result, source, (*path, short), value, at)
        return
    result.origins[path] = (source, at)
    if isinstance(value, dict) and not is_dated(value):
        holder = _holder(result.data, path)
        _disown(result, path, value.keys())
        if not isinstance(holder.get(path[-1]), dict) or path[-1] == "each":  # what a rule is about is said whole
            holder[path[-1]] = {}
        if _is_element(path):
            holder[path[-1]].pop("drop", None)  # what was dropped below is taken up again
        for key, inner in value.items():
            _lay(result, source, (*path, key), inner, (*at, key))
        return
    _holder(result.data, path)[path[-1]] = value


def _elements(data: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Every element of a file, and what is said beside them, as written."""
    for key, value in data.items():
        if key in CITED:
            yield from (((key, name), each) for name, each in value.items())
        elif key not in OWN:
            yield (key,), value


def _said_below(below: Merged, path: Path, value: Any) -> tuple[Source, Path] | None:
    """Where what lies below says the same of an element, word for word."""
    known = _holder(below.data, path).get(path[-1]) if path in below.origins else None
    if known is None:
        return None
    short = short_key(path)
    same = _repeats(known, {short: value} if short is not None and not isinstance(value, dict) else value)
    return below.origins[path] if same else None


def _repeats(known: Any, value: Any) -> bool:
    if isinstance(value, dict) and isinstance(known, dict):
        return all(key in known and _repeats(known[key], inner) for key, inner in value.items())
    return bool(known == value or (type(known) is not bool and str(known) == str(value)))


def _disown(result: Merged, path: Path, keys: Iterable[str]) -> None:
    """Takes from an element the clause and status that spoke for what an overlay now says otherwise."""
    known = _holder(result.data, path).get(path[-1])
    if isinstance(known, dict) and _is_element(path) and not SUBSTANCE.isdisjoint(keys):
        for cited in ("clause", "status"):
            known.pop(cited, None)
            result.origins.pop((*path, cited), None)


def _nothing_to_drop(source: Source, below: Merged) -> Iterator[Problem]:
    """A problem for each element that `source` drops and that nothing below it has."""
    for kind in sorted(CITED):
        known = {name for name, each in below.data.get(kind, {}).items() if not each.get("drop")}
        for name, each in (source.data.get(kind) or {}).items():
            if isinstance(each, dict) and each.get("drop") and name not in known:
                near = get_close_matches(name, sorted(known), n=1)
                hint = say("nothing-to-drop.hint", name=near[0]) if near else None
                place = source.place((kind, name), key=True)
                yield Problem(place, "nothing-to-drop", say("nothing-to-drop.expected", name=name), name, hint=hint)


def _is_element(path: Path) -> bool:
    return (len(path) == 2 and path[0] in CITED) or (len(path) == 1 and path[0] in CITED_ONE)


def _vouch(result: Merged, source: Source) -> None:
    """Gives every element that has no status yet that of the file that made it; nobody else's word counts for it."""
    status = source.data.get("status", "unverified")
    elements: list[tuple[Path, Any]] = [
        ((kind, name), each) for kind in CITED for name, each in result.data.get(kind, {}).items()
    ]
    elements += [((kind,), result.data[kind]) for kind in CITED_ONE if kind in result.data]
    for path, element in elements:
        if isinstance(element, dict) and "status" not in element:
            element["status"] = status
            result.origins[(*path, "status")] = (source, path)


def _holder(data: dict[str, Any], path: Path) -> dict[str | int, Any]:
    holder: Any = data
    for key in path[:-1]:
        holder = holder.setdefault(key, {})
    found: dict[str | int, Any] = holder
    return found


def _conflict(source: Source, ours: tuple[Source, Path], theirs: tuple[Source, Path]) -> Problem:
    element = ".".join(str(each) for each in ours[1])
    return Problem(
        source.place(("extends",)),
        "overlay-conflict",
        say("overlay-conflict.expected", element=element),
        element,
        tuple(
            (origin.place(path), say("overlay-conflict.says", name=origin.data["ruleset"]))
            for origin, path in (ours, theirs)
        ),
        say("overlay-conflict.hint", element=element, ruleset=source.data["ruleset"]),
    )


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
        say("unknown-ruleset.expected", names=names),
        base,
        hint=say("unknown-ruleset.hint", name=near[0]) if near else None,
    )
