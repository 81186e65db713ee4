"""Data against a JSON Schema: every departure as a problem that says where, what was expected and how to mend it.

The validator names the keyword that failed; this module names the mistake. jsonschema is imported by the caller that
builds the validator (`validator_for` does so when called), never by reading this module.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.problem import Problem, Words, say
from zhunsheng.source.branches import Failure, best_branch, failure
from zhunsheng.source.fields import MOST_NAMES, forbidden, nearest, patterns, properties, some

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jsonschema.protocols import Validator

    from zhunsheng.problem import Place
    from zhunsheng.source import Source
    from zhunsheng.source.marks import Path

_LIMITS: Final = {
    "minimum": "at-least",
    "maximum": "at-most",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
    "multipleOf": "multiple",
    "minLength": "min-length",
    "maxLength": "max-length",
    "minItems": "min-items",
    "maxItems": "max-items",
    "minProperties": "min-items",
    "maxProperties": "max-items",
    "minContains": "contains",
    "maxContains": "contains",
    "contains": "contains",
}


def validator_for(schema: Mapping[str, Any]) -> Validator:
    """A Draft 2020-12 validator for data of this room: a decimal without a fraction is a whole number, as JSON has it.

    Numbers in `schema` must be exact too: read it with `source.read` or `parse_float=Decimal`.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415  half the start-up time of a command that validates nothing
    from jsonschema.validators import extend  # noqa: PLC0415

    def is_integer(_: object, value: object) -> bool:
        if isinstance(value, Decimal):
            return value.as_integer_ratio()[1] == 1
        return isinstance(value, int) and not isinstance(value, bool)

    checker = Draft202012Validator.TYPE_CHECKER.redefine("integer", is_integer)
    made: Validator = extend(Draft202012Validator, type_checker=checker)(schema)  # type: ignore[no-untyped-call]
    return made


def schema_problems(source: Source, validator: Validator, *, at: Sequence[str | int] = ()) -> list[Problem]:
    """Everything in which the data at `at` departs from the schema, by place.

    Args:
        source: the file.
        validator: of Draft 2020-12, as `validator_for` makes it.
        at: the path of the part that the schema describes.
    """
    explain = _Explain(source, tuple(at), validator.schema)
    found = [problem for error in validator.iter_errors(source.at(at)) for problem in explain.all_of(failure(error))]
    return sorted(dict.fromkeys(found), key=lambda each: (each.place, each.code))


class _Explain:
    """Turns the errors of one validation into problems."""

    def __init__(self, source: Source, at: Path, root: Any) -> None:
        self.source = source
        self.at = at
        self.root = root

    def all_of(self, failed: Failure, above: Path = ()) -> Iterator[Problem]:
        """The problems that one failure stands for.

        Args:
            failed: the failure.
            above: the path of the value whose branches are being looked at.
        """
        path = (*above, *failed.path)
        keyword = failed.keyword
        if failed.in_name:
            yield self.wrong_name(failed, path)
        elif keyword in ("anyOf", "oneOf"):
            yield from self.branches(failed, path)
        elif keyword in ("additionalProperties", "unevaluatedProperties"):
            yield from self.unknown_fields(failed, path)
        elif keyword in ("required", "dependentRequired"):
            yield from self.missing_fields(failed, path)
        else:
            yield self.single(failed, path, keyword)

    def single(self, failed: Failure, path: Path, keyword: str) -> Problem:
        """The problem of a keyword that looks at one value."""
        if keyword == "type":
            kinds = failed.wanted
            return self.wrong_type(path, failed.instance, [kinds] if isinstance(kinds, str) else list(kinds))
        if keyword in ("enum", "const"):
            choices = failed.wanted if keyword == "enum" else [failed.wanted]
            return self.not_one_of(path, failed.instance, choices)
        if keyword == "uniqueItems":
            twice = _second(failed.instance)
            where = (*path, twice)
            return self.problem(where, "outside", say("outside.unique"), say("outside.unique-hint"))
        if keyword in _LIMITS:
            return self.problem(path, "outside", _limit(keyword, failed.wanted))
        if keyword == "None":  # the schema `false`: nothing may stand here
            name = self.forbidden_name(failed, path)
            return self.problem((*path, name), "unknown-field", say("unknown-field.forbidden", name=name), key=True)
        return self.problem(path, "wrong-form", _form(failed.schema, failed.wanted if keyword == "pattern" else None))

    def forbidden_name(self, failed: Failure, path: Path) -> str:
        """The field that may not stand here: jsonschema 4.26 names the value alone."""
        holder = self.source.at((*self.at, *path))
        names = forbidden(self.root)
        members = holder.items() if isinstance(holder, dict) else ()
        return next((name for name, value in members if value is failed.instance and name in names), "")

    def branches(self, failed: Failure, path: Path) -> Iterator[Problem]:
        """The problems of the branch that was meant."""
        if not failed.context:  # oneOf, and several fit
            yield self.problem(path, "wrong-form", say("wrong-form.exactly-one"))
            return
        chosen = best_branch(failed)
        if chosen.kinds:
            yield self.wrong_type(path, failed.instance, chosen.kinds)
        elif chosen.values:
            value = failed.instance[chosen.path[0]] if chosen.path else failed.instance
            yield self.not_one_of((*path, *chosen.path), value, chosen.values)
        else:
            for each in chosen.failures:
                yield from self.all_of(each, path)

    def unknown_fields(self, failed: Failure, path: Path) -> Iterator[Problem]:
        """One problem for each field that the schema does not know, with the name that was probably meant."""
        known = properties(failed.schema, self.root)
        allowed = patterns(failed.schema)
        unknown = [name for name in failed.instance if name not in known and not any(each(name) for each in allowed)]
        for name in unknown:
            free = {each: title for each, title in known.items() if each not in failed.instance}
            near = nearest(name, free) or nearest(name, known)
            expected = say("unknown-field.expected", name=name, known=some(known))
            if not known:
                expected = say("unknown-field.expected-none", name=name)
            hint = say("unknown-field.hint", nearest=near) if near else None
            yield self.problem((*path, name), "unknown-field", expected, hint, key=True)
        if not unknown:
            yield self.problem(path, "wrong-form", _form(failed.schema, None))

    def missing_fields(self, failed: Failure, path: Path) -> Iterator[Problem]:
        """One problem for each field that must be there and is not."""
        known = properties(failed.schema, self.root)
        dependent = failed.keyword == "dependentRequired"
        groups: Iterable[tuple[str, Sequence[str]]] = (
            [(name, fields) for name, fields in failed.wanted.items() if name in failed.instance]
            if dependent
            else [("", failed.wanted)]
        )
        for other, fields in groups:
            for name in fields:
                if name in failed.instance:
                    continue
                title = known.get(name, "")
                expected = say("missing-field.expected", field=name)
                if dependent:
                    expected = say("missing-field.with", field=name, other=other)
                elif title and title != name:
                    expected = say("missing-field.expected-titled", field=name, title=title)
                place = self.place(path, key=True)
                yield Problem(place, "missing-field", expected, hint=say("missing-field.hint", field=name))

    def wrong_type(self, path: Path, value: object, kinds: Sequence[str]) -> Problem:
        """A value of another kind than the schema has."""
        return self.problem(
            path, "wrong-type", say("wrong-type.expected", type=_kinds(kinds)), _type_hint(value, kinds)
        )

    def not_one_of(self, path: Path, value: object, choices: Sequence[object]) -> Problem:
        """A value that is none of those listed."""
        names = [_written(each) for each in choices if each is not None]  # left out is said by leaving it out
        near = nearest(str(value), dict.fromkeys(names, "")) if isinstance(value, str) else ""
        key = "not-one-of.expected" if len(names) > 1 else "not-one-of.expected-one"
        hint = say("nearest.hint", name=near) if near else None
        return self.problem(path, "not-one-of", say(key, choices=tuple(names[:MOST_NAMES])), hint)

    def wrong_name(self, failed: Failure, path: Path) -> Problem:
        """A name that the schema does not allow as one."""
        name = str(failed.instance)
        expected = _form(failed.schema, failed.wanted if failed.keyword == "pattern" else None)
        if failed.keyword in ("enum", "const"):
            choices = failed.wanted if failed.keyword == "enum" else [failed.wanted]
            near = nearest(name, dict.fromkeys(choices, ""))
            unknown = say("unknown-field.expected", name=name, known=tuple(choices[:MOST_NAMES]))
            hint = say("unknown-field.hint", nearest=near) if near else None
            return self.problem((*path, name), "unknown-field", unknown, hint, key=True)
        return self.problem((*path, name), "wrong-form", expected, key=True)

    def problem(
        self, path: Path, code: str, expected: Words, hint: Words | None = None, *, key: bool = False
    ) -> Problem:
        """The problem at `path`, quoting what is written there."""
        place = self.place(path, key=key)
        got = str(path[-1]) if key and path else self.source.written((*self.at, *path))
        return Problem(place, code, expected, got, hint=hint)

    def place(self, path: Path, *, key: bool) -> Place:
        """Where `path` stands in the file."""
        return self.source.place((*self.at, *path), key=key)


def _limit(keyword: str, limit: object) -> Words:
    if keyword == "minLength" and limit == 1:
        return say("outside.not-empty")
    return say(f"outside.{_LIMITS[keyword]}", limit=_written(limit))


def _form(schema: Any, pattern: object) -> Words:
    """What a schema says of the form of a value: in its own words where it has some."""
    described = schema if isinstance(schema, dict) else {}
    form = described.get("x-form")
    if isinstance(form, dict):
        return say("verbatim", zh=form.get("zh", ""), en=form.get("en", form.get("zh", "")))
    if text := described.get("description"):
        return say("verbatim", zh=text, en=text)
    if pattern is not None:
        return say("wrong-form.pattern", pattern=pattern)
    if title := described.get("title"):
        return say("wrong-form.titled", title=title)
    return say("wrong-form.other")


def _kinds(kinds: Sequence[str]) -> Words:
    *others, last = [say(f"type.{kind}") for kind in dict.fromkeys(kinds) if kind != "null" or len(kinds) == 1]
    words = last
    for each in reversed(others):
        words = say("either", one=each, other=words)
    return words


def _type_hint(value: object, kinds: Sequence[str]) -> Words | None:
    if value is None or (value == "" and "string" not in kinds):
        return say("wrong-type.hint-leave-out")
    if isinstance(value, str):
        body = value.strip()
        if {"number", "integer"} & set(kinds):
            plain = body.replace(",", "").replace("，", "")
            return say("wrong-type.hint-number", text=plain) if _plain_number(plain) else None
        if "object" in kinds and "：" in body and "\n" not in body:
            name, _, rest = body.partition("：")
            return say("wrong-type.hint-colon", text=f"{name.strip()}: {rest.strip()}"[:40])
        if "boolean" in kinds and body.lower() in ("true", "false"):
            return say("wrong-type.hint-number", text=body.lower())
    if "string" in kinds and isinstance(value, int | Decimal | bool):
        return say("wrong-type.hint-text", text=_written(value))
    if "array" in kinds and not isinstance(value, list | dict):
        return say("wrong-type.hint-list", text=str(value)[:40] if isinstance(value, str) else _written(value))
    return None


def _plain_number(text: str) -> bool:
    digits = text.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit() and len(text) <= 40 and not text.endswith(".")


def _written(value: object) -> str:
    """A value of a schema as a person writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _second(items: Sequence[object]) -> int:
    return next((at for at in range(1, len(items)) if items[at] in items[:at]), 0)
