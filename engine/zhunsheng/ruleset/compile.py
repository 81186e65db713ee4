"""From a merged policy to a `Ruleset`: every expression parsed and typed in its scope, all faults reported at once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, cast, final

from pydantic import ValidationError

from zhunsheng.expression import tree
from zhunsheng.expression.check import Binder, Scope, check
from zhunsheng.expression.parse import Fault, Malformed
from zhunsheng.expression.types import Type
from zhunsheng.number import Mode, Rounding
from zhunsheng.problem import Problem, Refused, Words, say
from zhunsheng.ruleset import model, vocabulary
from zhunsheng.ruleset.inputs import POSITION, Column, Declared, Shape
from zhunsheng.ruleset.policy import (
    Band,
    Citation,
    Message,
    Outcome,
    Quantity,
    Rule,
    Ruleset,
    Score,
    Severity,
    Text,
)
from zhunsheng.ruleset.strata import strata
from zhunsheng.ruleset.vocabulary import DOCUMENT, DOSSIER, INDICATOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.overlay import Merged, Path

OUTCOMES: Final[tuple[Outcome, ...]] = ("require", "finding", "confirm", "judge", "deduct", "cap", "veto", "derive")
_TABLE_HEAD: Final = "table(总分; "


def compile_ruleset(merged: Merged, written: Merged | None = None) -> Ruleset:
    """The ruleset that a merged policy says; `written` is the policy with its dates of effect, where it has any.

    Raises:
        Refused: with every problem found in it, each where it is written, in whichever file that is.
    """
    return _Compiler(merged, written or merged).ruleset()


@final
@dataclass(slots=True)
class _Compiler:
    merged: Merged
    dated: Merged
    problems: list[Problem] = field(default_factory=list)
    scopes: dict[str, Scope] = field(default_factory=dict)
    written: model.RulesetFile = field(init=False)

    def ruleset(self) -> Ruleset:
        try:
            self.written = model.RulesetFile.model_validate(self.merged.data)
        except ValidationError as error:
            raise Refused(
                Problem(
                    self.merged.place(tuple(each["loc"])),
                    "wrong-form",
                    say("wrong-form.expected", form=each["msg"]),
                    str(each["input"]),
                )
                for each in error.errors(include_url=False)
            ) from None
        written = self.written
        self.scopes = vocabulary.scopes({})
        inputs = self.inputs()
        self.declare(DOCUMENT, {f"权重.{name}": Type.NUMBER for name in written.weights or {}}, ("weights",))
        bound = self.conclusions()
        scored = self.scored()
        quantities = self.quantities()
        weights = {
            name: (
                self.expression(("weights", name, "points"), weight.points, DOCUMENT, Type.NUMBER),
                self.cited(weight),
            )
            for name, weight in (written.weights or {}).items()
        }
        kind = self.kind()
        scores = tuple(self.score(name, each, scored[name]) for name, each in (written.scores or {}).items())
        total = self.total()
        bands, grades = self.grades()
        full_marks = self.expression(("full_marks",), written.full_marks or "100", DOCUMENT, Type.NUMBER)
        rules = self.rules(bound, {each.grade for each in bands})
        if self.problems:
            raise Refused(self.problems)
        applies = written.applies_to or model.Applies()
        ruleset = Ruleset(
            id=written.ruleset,
            version=written.version,
            title=written.title,
            source=written.source,
            chain=self.merged.chain,
            in_force=written.in_force,
            kinds=applies.kinds or (),
            regions=applies.regions or (),
            sha256=hashlib.sha256(canonical(self.dated.data)).hexdigest(),
            scopes=self.scopes,
            inputs=inputs,
            full_marks=full_marks,
            weights=weights,
            quantities=quantities,
            kind=kind,
            scores=scores,
            total=total,
            grades=grades,
            bands=bands,
            rules=rules,
            merged=self.merged,
            written=self.dated,
        )
        strata(ruleset)  # refuses what feeds back into itself
        return ruleset

    # What may be named

    def declare(self, scope: str, fields: Mapping[str, Type | None], path: Path) -> None:
        """Adds names to a scope; a name that is there already is refused where it is written."""
        known = self.scopes[scope]
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
        self.scopes[scope] = Scope(known.name, known.parent, {**known.fields, **fields}, known.collections)

    def scope(self, path: Path, name: str | None, default: str) -> str:
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

    def inputs(self) -> tuple[Declared, ...]:
        """The declared inputs; lists become scopes of their own first, since other inputs may sit on them."""
        written = self.written.inputs or {}
        for name, each in written.items():
            if each.list is not None:
                self.declare_list(name, each)
        return tuple(declared for name, each in written.items() if (declared := self.input(name, each)) is not None)

    def declare_list(self, name: str, written: model.Input) -> None:
        if name in self.scopes:
            expected, hint = say("name-taken.expected", scope=name), say("name-taken.hint")
            self.problem(("inputs", name), "name-taken", expected, name, hint, key=True)
            return
        self.scopes[name] = Scope(name, written.each or INDICATOR, {POSITION: Type.NUMBER})

    def input(self, name: str, written: model.Input) -> Declared | None:
        path = ("inputs", name)
        stated: tuple[tuple[Shape, object], ...] = (
            ("value", written.type),
            ("record", written.record),
            ("list", written.list),
        )
        shapes = [shape for shape, there in stated if there]
        if len(shapes) != 1:
            self.problem(path, "input-shape", say("input-shape.expected"), name, key=True)
            return None
        holder = self.scope((*path, "each"), written.each, INDICATOR)
        if holder not in (DOCUMENT, INDICATOR) and holder not in (self.written.inputs or {}):
            self.problem((*path, "each"), "input-misplaced", say("input-misplaced.expected"), holder)
        fields = (
            written.record
            or written.list
            or {name: model.InputField(type=written.type, required=written.required, note=written.note)}
        )
        columns = tuple(
            Column(key, Type(each.type or "text"), bool(each.required), each.note) for key, each in fields.items()
        )
        declared = Declared(name, holder, shapes[0], columns, bool(written.required))
        self.declare(holder, declared.names(), ("inputs",))
        if declared.shape == "list":
            self.declare(name, {each.name: each.type for each in columns}, (*path, "list"))
            known = self.scopes[holder]
            self.scopes[holder] = Scope(known.name, known.parent, known.fields, {**known.collections, name: name})
        return declared

    def quantities(self) -> tuple[Quantity, ...]:
        written = self.written.quantities or {}
        placed = {name: self.scope(("quantities", name, "each"), each.each, DOCUMENT) for name, each in written.items()}
        self.infer({("quantities", name): (each.formula, placed[name]) for name, each in written.items()})
        return tuple(
            Quantity(
                name,
                placed[name],
                self.expression(("quantities", name, "formula"), each.formula, placed[name]),
                self.roundings(("quantities", name, "round"), each.round),
                self.cited(each),
            )
            for name, each in written.items()
        )

    def infer(self, formulas: dict[Path, tuple[str | None, str]]) -> None:
        """Declares every named formula with the type it gives.

        Formulas may name each other in any order; a round that types none of those left ends it, and what is left
        (a circle, or a fault) is taken for anything, so that its own fault is the one reported.
        """
        left = dict(formulas)
        while left:
            typed: dict[Path, Type | None] = {}
            for path, (text, scope) in left.items():
                try:
                    node = check(text or "0", (Binder(scope),), self.scopes, hints=False)
                except Malformed:
                    continue
                if node.type is not None:
                    typed[path] = Type.NUMBER if node.type is Type.ZERO else node.type
            progress = typed or dict.fromkeys(left)
            for path, type_ in progress.items():
                self.declare(left.pop(path)[1], {str(path[1]): type_}, path[:1])

    def kind(self) -> Quantity | None:
        written = self.written.indicator_kind
        if written is None:
            return None
        node = self.expression(("indicator_kind", "formula"), written.formula, INDICATOR, Type.TEXT)
        return Quantity("指标类型", INDICATOR, node, (), self.cited(written))

    def scored(self) -> dict[str, str]:
        """What each score is given to; the scores of a document are declared, since formulas may use them."""
        written = self.written.scores or {}
        placed = {name: self.scope(("scores", name, "each"), each.each, INDICATOR) for name, each in written.items()}
        for name, scope in placed.items():
            if scope == DOCUMENT:
                self.declare(DOCUMENT, {f"{name}.得分": Type.NUMBER, f"{name}.分值": Type.NUMBER}, ("scores",))
            elif scope != INDICATOR:
                self.problem(("scores", name, "each"), "score-misplaced", say("score-misplaced.expected"), scope)
        return placed

    def score(self, name: str, written: model.Score, scope: str) -> Score:
        path = ("scores", name)
        on_indicator = scope == INDICATOR
        points = written.points or ("分值" if on_indicator else None)
        claimed = written.claimed or ("自评得分" if on_indicator else None)
        otherwise = written.otherwise
        return Score(
            name=name,
            scope=scope,
            points=self.expression((*path, "points"), points, scope, Type.NUMBER),
            formula=self.expression((*path, "formula"), written.formula, scope, Type.NUMBER),
            roundings=self.roundings((*path, "round"), written.round),
            otherwise=self.expression((*path, "otherwise"), otherwise, scope, Type.NUMBER) if otherwise else None,
            claimed=self.expression((*path, "claimed"), claimed, scope, Type.NUMBER) if claimed else None,
            at=self.expression((*path, "at"), written.at, scope) if written.at else None,
            citation=self.cited(written),
        )

    def total(self) -> Quantity:
        written = self.written.total or model.Total()
        node = self.expression(("total", "formula"), written.formula, DOCUMENT, Type.NUMBER)
        return Quantity("总分", DOCUMENT, node, self.roundings(("total", "round"), written.round), self.cited(written))

    def grades(self) -> tuple[tuple[Band, ...], Quantity]:
        """The table over 总分, one row a grade, and the grades from the best down."""
        rows: list[tuple[str, tree.Row, Citation]] = []
        for grade, written in (self.written.grades or {}).items():
            path = ("grades", grade, "when")
            node = self.checked(path, f"{_TABLE_HEAD}{written.when}: 0)", (Binder(DOCUMENT),), before=len(_TABLE_HEAD))
            if isinstance(node, tree.Table):
                row = node.rows[0]
                rows.append(
                    (
                        grade,
                        tree.Row(row.conditions, tree.Constant(grade, Type.TEXT, f'"{grade}"')),
                        self.cited(written),
                    )
                )
        rows.sort(key=lambda each: _lower_end(each[1]), reverse=True)
        bands = tuple(Band(grade, citation) for grade, _, citation in rows)
        argument = check("总分", (Binder(DOCUMENT),), self.scopes)
        table = tree.Table(argument, tuple(row for _, row, _ in rows), None, type=Type.TEXT)
        clauses = {each.citation for each in bands}
        return bands, Quantity(
            "等级", DOCUMENT, table, (), clauses.pop() if len(clauses) == 1 else Citation(None, self.status)
        )

    # Rules

    def conclusions(self) -> dict[str, tuple[Binder, ...]]:
        """What each rule is about; the names that rules derive are declared, since formulas may use them."""
        written = {name: each for name, each in (self.written.rules or {}).items() if not each.drop}
        bound = {name: self.binders(("rules", name, "each"), each.each) for name, each in written.items()}
        declared: set[tuple[str, str]] = set()
        for name, each in written.items():
            conclusion = (bound[name][0].scope, each.derive or "")
            if each.derive and conclusion not in declared:  # several rules may conclude the same
                self.declare(conclusion[0], {each.derive: Type.TRUTH}, ("rules", name, "derive"))
                declared.add(conclusion)
        return bound

    def rules(self, bound: dict[str, tuple[Binder, ...]], grades: set[str]) -> tuple[Rule, ...]:
        written = self.written.rules or {}
        return tuple(
            rule for name, binders in bound.items() if (rule := self.rule(name, written[name], binders, grades))
        )

    def binders(self, path: Path, each: str | dict[str, str] | None) -> tuple[Binder, ...]:
        if isinstance(each, dict):
            return tuple(Binder(self.scope((*path, alias), scope, DOCUMENT), alias) for alias, scope in each.items())
        return (Binder(self.scope(path, each, DOCUMENT)),)

    def rule(self, name: str, written: model.Rule, binders: tuple[Binder, ...], grades: set[str]) -> Rule | None:
        path = ("rules", name)
        stated: list[Outcome] = [each for each in OUTCOMES if getattr(written, each) not in (None, False)]
        if len(stated) != 1 and not (stated == ["finding", "confirm"] and written.check):
            self.problem(
                path,
                "rule-outcome",
                say("rule-outcome.expected", names=tuple(OUTCOMES)),
                " ".join(stated),
                key=True,
            )
            return None
        if written.when is None and written.check is None:
            self.problem(path, "rule-condition", say("rule-condition.expected"), name, key=True)
            return None
        outcome = stated[0]
        subject = written.require or written.cap or written.derive or ""
        if outcome == "cap" and subject not in grades:
            self.problem(
                (*path, "cap"), "unknown-grade", say("unknown-grade.expected", names=tuple(sorted(grades))), subject
            )
        if outcome in ("deduct", "veto") and binders[0].scope not in (DOCUMENT, INDICATOR):
            self.problem((*path, outcome), "deduction-misplaced", say("deduction-misplaced.expected"), binders[0].scope)
        severity: Severity = (
            written.finding or written.severity or ("note" if outcome in ("confirm", "derive") else "error")
        )
        message = self.message((*path, "message"), written.message, binders) or Message(Text((name,)), Text((name,)))

        def optional(key: str, text: str | None, wanted: Type | None = None) -> Node | None:
            return self.checked((*path, key), text, binders, wanted) if text is not None else None

        return Rule(
            id=name,
            binders=binders,
            within=written.within or DOSSIER,
            when=optional("when", written.when, Type.TRUTH),
            check=optional("check", written.check, Type.TRUTH),
            outcome=outcome,
            severity=severity,
            subject=subject,
            deduction=optional("deduct", written.deduct, Type.NUMBER),
            message=message,
            confirmed=self.message((*path, "confirmed"), written.confirmed, binders)
            or (message if written.check and written.confirm else None),
            claimed=optional("claimed", written.claimed),
            computed=optional("computed", written.computed),
            at=optional("at", written.at),
            citation=self.cited(written),
        )

    def message(self, path: Path, written: str | model.Message | None, binders: tuple[Binder, ...]) -> Message | None:
        if written is None:
            return None
        if isinstance(written, str):
            text = self.text(path, written, binders)
            return Message(text, text)
        zh = self.text((*path, "zh"), written.zh, binders)
        return Message(zh, self.text((*path, "en"), written.en, binders) if written.en else zh)

    def text(self, path: Path, written: str, binders: tuple[Binder, ...]) -> Text:
        pieces: list[str | Node] = []
        at = 0
        while at < len(written):
            opening = written.find("{", at)
            closing = written.find("}", opening) if opening >= 0 else -1
            if opening < 0 or closing < 0:
                if opening >= 0:
                    place = self.merged.place_in(path, opening, 1)
                    self.problems.append(Problem(place, "brace-open", say("brace-open.expected"), written[opening:]))
                break
            pieces.append(written[at:opening])
            node = self.checked(path, written[opening + 1 : closing], binders, before=-(opening + 1))
            if node is not None:
                pieces.append(node)
            at = closing + 1
        pieces.append(written[at:])
        return Text(tuple(each for each in pieces if each != ""))

    # Expressions

    def expression(self, path: Path, text: str | None, scope: str, wanted: Type | None = None) -> Node:
        """The typed formula at `path`; where it is missing or wrong, the problem is kept and a 0 stands in for it."""
        if text is None:
            self.incomplete(path)
            return _STAND_IN
        return self.checked(path, text, (Binder(scope),), wanted) or _STAND_IN

    def incomplete(self, path: Path) -> None:
        kind, key = str(path[0]), str(path[-1])
        known = [name for name in getattr(self.written, kind, None) or {} if name != path[1]] if len(path) > 2 else []
        near = get_close_matches(str(path[1]), known, n=1, cutoff=0.5) if known else []
        element = str(path[1]) if len(path) > 2 else kind
        expected = say("incomplete.expected", wanted=key, element=element)
        place = path[:-1] if len(path) > 1 and self.merged.data.get(kind) else ()
        self.problem(
            place,
            "incomplete",
            expected,
            element,
            say("incomplete.hint", name=near[0]) if near else None,
            key=bool(place),
        )

    def checked(
        self, path: Path, text: str, binders: tuple[Binder, ...], wanted: Type | None = None, *, before: int = 0
    ) -> Node | None:
        """The typed tree, or None with its faults noted; `before` characters of `text` are not in the file."""
        try:
            return check(text, binders, self.scopes, wanted=wanted)
        except Malformed as malformed:
            self.problems += [self.placed(path, fault, before) for fault in malformed.faults]
            return None

    def placed(self, path: Path, fault: Fault, before: int) -> Problem:
        start = max(fault.span.start - before, 0)
        place = self.merged.place_in(path, start, max(fault.span.end - fault.span.start, 1))
        return Problem(place, fault.code, fault.expected, fault.got, hint=fault.hint)

    def problem(
        self, path: Path, code: str, expected: Words, got: str = "", hint: Words | None = None, *, key: bool = False
    ) -> None:
        self.problems.append(Problem(self.merged.place(path, key=key), code, expected, got, hint=hint))

    def roundings(self, _: Path, text: str | None) -> tuple[Rounding, ...]:
        stages = (each.split() for each in (text or "").split(",") if each.strip())
        return tuple(Rounding(int(places), Mode(mode)) for places, _, mode in stages)

    @property
    def status(self) -> str:
        return self.written.status or "unverified"

    def cited(self, element: model.Cited) -> Citation:
        return Citation(element.clause, element.status or self.status)


_STAND_IN: Final = tree.Constant(Fraction(0), Type.ZERO, "0")  # never evaluated: its problem refuses the ruleset


def _lower_end(row: tree.Row) -> tuple[bool, Any]:
    """What grades are ordered by: the bound that a row's values exceed; the row without one is the worst."""
    bounds = [
        bound.value for sign, bound in row.conditions if sign in (">", ">=", "=") and isinstance(bound, tree.Constant)
    ]
    return (bool(bounds), max(cast("list[Any]", bounds), default=0))


def canonical(data: object) -> bytes:
    """One text for one content: sorted keys, exact decimals, no white space. What the hashes are taken of."""

    def plain(value: object) -> str:
        if isinstance(value, Decimal):
            return format(value, "f")
        message = f"not plain data: {value!r}"
        raise TypeError(message)

    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=plain).encode()
