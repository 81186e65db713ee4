"""What the formulas of a policy may name: the scopes of the language, with what the policy declares of its own.

The first half of `compile`: names and the things they belong to, and whatever is wrong with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from zhunsheng.expression.check import Binder, Known, Scope
from zhunsheng.expression.parse import is_name
from zhunsheng.expression.types import Type
from zhunsheng.problem import Problem, Words, say
from zhunsheng.ruleset import vocabulary
from zhunsheng.ruleset.inputs import Column, Declared, Shape
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR, PARENTS, POSITION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zhunsheng.ruleset import model
    from zhunsheng.ruleset.overlay import Merged, Path

ON_DOCUMENT: Final = Binder(DOCUMENT)
_NUMBERS: Final = frozenset({Type.NUMBER, Type.PERCENT, Type.MONEY, Type.DAYS})
_FITTING: Final = {"one_of": frozenset({Type.TEXT}), "unit": frozenset({Type.NUMBER}), "places": _NUMBERS}
"""What may be said of an input of which types."""


@dataclass(slots=True)
class Naming:
    """The scopes of a policy as they grow, and the problems found on the way."""

    merged: Merged
    problems: list[Problem] = field(default_factory=list, kw_only=True)
    scopes: dict[str, Scope] = field(default_factory=lambda: vocabulary.scopes({}), kw_only=True)

    def declare(
        self, scope: str, fields: Mapping[str, Type | None], path: Path, more: Mapping[str, Known] | None = None
    ) -> None:
        """Adds names to a scope; a name that is there already, or is none, is refused where it is written."""
        known = self.scopes[scope]
        for name in fields:
            self.name((*path, name), name)
        for name in fields:
            if name in known.fields:
                self.problem(
                    (*path, name),
                    "name-taken",
                    say("name-taken.expected", scope=scope),
                    name,
                    say("name-taken.hint"),
                    key=True,
                )
        self.scopes[scope] = replace(known, fields={**known.fields, **fields}, known={**known.known, **(more or {})})

    def name(self, path: Path, name: str) -> None:
        """Refuses a name that formulas would read as something else."""
        if not is_name(name):
            expected, hint = say("name-reserved.expected"), say("name-reserved.hint", name=name)
            self.problem(path, "name-reserved", expected, name, hint, key=True)

    def scope(self, path: Path, name: str | None, default: str) -> str:
        """The scope of that name; where there is none, a problem, and the one that is taken when nothing is said."""
        if name is None:
            return default
        if name in self.scopes:
            return name
        near = get_close_matches(name, self.scopes, n=1)
        self.problem(
            path,
            "unknown-scope",
            say("unknown-scope.expected", names=tuple(self.scopes)),
            name,
            say("unknown-name.hint", name=near[0]) if near else None,
        )
        return default

    def inputs(self, written: Mapping[str, model.Input]) -> tuple[Declared, ...]:
        """The declared inputs; lists become scopes of their own first, since other inputs may sit on them."""
        for name, each in written.items():
            if each.list is not None:
                self.declare_list(name, each)
        return tuple(declared for name, each in written.items() if (declared := self.input(name, each)) is not None)

    def declare_list(self, name: str, written: model.Input) -> None:
        """Makes a scope of the items of a list."""
        if name in self.scopes:
            expected, hint = say("name-taken.expected", scope=name), say("name-taken.hint")
            self.problem(("inputs", name), "name-taken", expected, name, hint, key=True)
            return
        self.name(("inputs", name), name)
        self.scopes[name] = Scope(name, written.each or INDICATOR, {POSITION: Type.NUMBER})

    def declare_peers(self, names: Iterable[str]) -> None:
        """Makes a collection of documents of each."""
        for name in names:
            path, known = ("peers", name), self.scopes[DOCUMENT]
            self.name(path, name)
            if name in self.scopes or name in known.collections:
                expected, hint = say("name-taken.expected", scope=DOCUMENT), say("name-taken.hint")
                self.problem(path, "name-taken", expected, name, hint, key=True)
            self.scopes[DOCUMENT] = replace(known, collections={**known.collections, name: DOCUMENT})

    def input(self, name: str, written: model.Input) -> Declared | None:
        """One declared input, its names added to its holder; None where its shape is not clear."""
        path = ("inputs", name)
        stated: tuple[tuple[Shape, object], ...] = (
            ("value", written.type or written.one_of),
            ("record", written.record),
            ("list", written.list),
        )
        shapes = [shape for shape, there in stated if there]
        if len(shapes) != 1:
            self.problem(path, "input-shape", say("input-shape.expected"), name, key=True)
            return None
        holder = self.scope((*path, "each"), written.each, INDICATOR)
        if holder in PARENTS.keys() - {DOCUMENT, INDICATOR}:
            self.problem((*path, "each"), "input-misplaced", say("input-misplaced.expected"), holder)
        columns: tuple[Column, ...] = (self.column(path, name, written),)
        if shapes[0] != "value":
            fields = written.record or written.list or {}
            columns = tuple(self.column((*path, shapes[0], key), key, each) for key, each in fields.items())
        declared = Declared(name, holder, shapes[0], columns, bool(written.required))
        self.declare(holder, declared.names(), ("inputs",), {key: each.known for key, each in declared.named()})
        if declared.shape == "list":
            types, known = {each.name: each.type for each in columns}, {each.name: each.known for each in columns}
            self.declare(name, types, (*path, "list"), known)
            above = self.scopes[holder]
            self.scopes[holder] = replace(above, collections={**above.collections, name: name})
        return declared

    def column(self, path: Path, name: str, written: model.Input | model.InputField) -> Column:
        """A declared value; what says more of it must go with its type."""
        type_ = Type(written.type or "text")
        for key, fitting in _FITTING.items():
            if getattr(written, key) is not None and type_ not in fitting:
                types = tuple(each.value for each in Type if each in fitting)
                expected = say("wrong-for-type.expected", field=key, types=types)
                self.problem((*path, key), "wrong-for-type", expected, type_.value)
        return Column(
            name, type_, bool(written.required), written.note, written.one_of or (), written.unit, written.places
        )

    def binders(self, path: Path, each: str | dict[str, str] | None) -> tuple[Binder, ...]:
        """The things that a rule is about; the document where it does not say."""
        if not each:
            return (ON_DOCUMENT,)
        if isinstance(each, dict):
            for alias in each:
                self.name((*path, alias), alias)
            return tuple(Binder(self.scope((*path, alias), scope, DOCUMENT), alias) for alias, scope in each.items())
        return (Binder(self.scope(path, each, DOCUMENT)),)

    def one(self, path: Path, each: str | dict[str, str] | None, default: str) -> Binder:
        """The one thing that a figure is worked out on."""
        bound = self.binders(path, each or default)
        if len(bound) > 1:
            self.problem(path, "one-thing", say("one-thing.expected"), " ".join(each or ()))
        return bound[0]

    def problem(
        self, path: Path, code: str, expected: Words, got: str = "", hint: Words | None = None, *, key: bool = False
    ) -> None:
        """Takes down what is wrong with the value (or the key) at a path."""
        self.problems.append(Problem(self.merged.place(path, key=key), code, expected, got, hint=hint))
