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
from zhunsheng.expression.check import Binder, Known, check, unit_in
from zhunsheng.expression.parse import Fault, Malformed
from zhunsheng.expression.types import Type
from zhunsheng.number import Mode, Rounding
from zhunsheng.problem import Place, Problem, Refused, say
from zhunsheng.ruleset import model
from zhunsheng.ruleset.blame import at_the_overlay
from zhunsheng.ruleset.naming import ON_DOCUMENT, Naming
from zhunsheng.ruleset.policy import (
    Band,
    Citation,
    Message,
    Outcome,
    Peers,
    Quantity,
    Rule,
    Ruleset,
    Score,
    Severity,
    Text,
)
from zhunsheng.ruleset.strata import strata
from zhunsheng.ruleset.vocabulary import DOCUMENT, DOSSIER, INDICATOR
from zhunsheng.source.faults import full_width_sign

if TYPE_CHECKING:
    from collections.abc import Iterator

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
class _Compiler(Naming):
    dated: Merged
    written: model.RulesetFile = field(init=False)
    dropped: dict[str, Path] = field(init=False)
    """What overlays took away, under the names by which formulas know it."""

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
        self.dropped = {
            f"权重.{path[1]}" if path[0] == "weights" else str(path[1]): path for path in self.merged.dropped
        }
        inputs = self.inputs(written.inputs or {})
        self.declare(DOCUMENT, {f"权重.{name}": Type.NUMBER for name in written.weights or {}}, ("weights",))
        bound = self.conclusions()
        scored = self.scored()
        self.declare_peers(written.peers or {})
        quantities = self.quantities()
        peers = tuple(self.peers(name, each) for name, each in (written.peers or {}).items())
        weights = {
            name: (
                self.expression(("weights", name, "points"), weight.points, ON_DOCUMENT, Type.NUMBER),
                self.cited(weight),
            )
            for name, weight in (written.weights or {}).items()
        }
        kind = self.kind()
        scores = tuple(self.score(name, each, scored[name]) for name, each in (written.scores or {}).items())
        total = self.total()
        bands, grades = self.grades()
        full_marks = self.expression(("full_marks",), written.full_marks or "100", ON_DOCUMENT, Type.NUMBER)
        rules = self.rules(bound, {each.grade for each in bands})
        if self.problems:
            raise Refused(at_the_overlay(self.problems, self.merged))
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
            sha256=_sha256(self.dated),
            sha256_on_the_day=_sha256(self.merged),
            scopes=self.scopes,
            inputs=inputs,
            full_marks=full_marks,
            weights=weights,
            quantities=quantities,
            peers=peers,
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

    def quantities(self) -> tuple[Quantity, ...]:
        written = self.written.quantities or {}
        placed = {name: self.one(("quantities", name, "each"), each.each, DOCUMENT) for name, each in written.items()}
        types = {name: Type(each.type) for name, each in written.items() if each.type is not None}
        for name, type_ in types.items():
            self.declare(placed[name].scope, {name: type_}, ("quantities",))
        self.infer(
            {("quantities", name): (each.formula, placed[name]) for name, each in written.items() if name not in types}
        )
        return tuple(
            Quantity(
                name,
                placed[name].scope,
                self.expression(("quantities", name, "formula"), each.formula, placed[name], types.get(name)),
                self.roundings(each.round),
                self.cited(each),
                placed[name].alias,
                types.get(name),
            )
            for name, each in written.items()
        )

    def infer(self, formulas: dict[Path, tuple[str | None, Binder]]) -> None:
        """Declares every named formula with the type it gives.

        Formulas may name each other in any order; a round that types none of those left ends it, and what is left
        (a circle, or a fault) is taken for anything, so that its own fault is the one reported.
        """
        left = dict(formulas)
        while left:
            typed: dict[Path, tuple[Type | None, Known]] = {}
            for path, (text, binder) in left.items():
                try:
                    node = check(text or "0", (binder,), self.scopes, hints=False)
                except Malformed:
                    continue
                if node.type is not None:
                    type_ = Type.NUMBER if node.type is Type.ZERO else node.type
                    typed[path] = type_, Known(unit=unit_in(node, self.scopes))
            progress = typed or dict.fromkeys(left, (None, Known()))
            for path, (found, known) in progress.items():
                name = str(path[1])
                self.declare(left.pop(path)[1].scope, {name: found}, path[:1], {name: known} if known.unit else None)

    def peers(self, name: str, written: model.Peers) -> Peers:
        path = ("peers", name, "by")
        if written.by is None:
            self.incomplete(path)
        keys = [self.checked((*path, at), text, (ON_DOCUMENT,)) for at, text in enumerate(written.by or ())]
        year = check("年度", (ON_DOCUMENT,), self.scopes)
        return Peers(name, (year, *(each for each in keys if each is not None)), self.cited(written))

    def kind(self) -> Quantity | None:
        written = self.written.indicator_kind
        if written is None:
            return None
        node = self.expression(("indicator_kind", "formula"), written.formula, Binder(INDICATOR), Type.TEXT)
        self.no_dropped_kind(node)
        return Quantity("指标类型", INDICATOR, node, (), self.cited(written))

    def no_dropped_kind(self, node: Node) -> None:
        """Refuses a way of scoring that was dropped while indicators are still given it."""
        for each in _texts(node):
            if self.dropped.get(str(each.value), ("",))[0] == "scores":
                start, end = each.span
                place = self.merged.place_in(("indicator_kind", "formula"), start, max(end - start, 1))
                self.problems.append(self.still_in_use(str(each.value), place, ("indicator_kind",)))

    def scored(self) -> dict[str, Binder]:
        """What each score is given to; the scores of a document are declared, since formulas may use them."""
        written = self.written.scores or {}
        placed = {name: self.one(("scores", name, "each"), each.each, INDICATOR) for name, each in written.items()}
        for name, (scope, _) in placed.items():
            if scope == DOCUMENT:
                self.declare(DOCUMENT, {f"{name}.得分": Type.NUMBER, f"{name}.分值": Type.NUMBER}, ("scores",))
            elif scope != INDICATOR:
                self.problem(("scores", name, "each"), "score-misplaced", say("score-misplaced.expected"), scope)
        return placed

    def score(self, name: str, written: model.Score, on: Binder) -> Score:
        path = ("scores", name)
        on_indicator = on.scope == INDICATOR
        points = written.points or ("分值" if on_indicator else None)
        claimed = written.claimed or ("自评得分" if on_indicator else None)
        otherwise = written.otherwise
        return Score(
            name=name,
            scope=on.scope,
            points=self.expression((*path, "points"), points, on, Type.NUMBER),
            formula=self.expression((*path, "formula"), written.formula, on, Type.NUMBER),
            roundings=self.roundings(written.round),
            otherwise=self.expression((*path, "otherwise"), otherwise, on, Type.NUMBER) if otherwise else None,
            claimed=self.expression((*path, "claimed"), claimed, on, Type.NUMBER) if claimed else None,
            at=self.expression((*path, "at"), written.at, on) if written.at else None,
            citation=self.cited(written),
            alias=on.alias,
            falls=written.falls,
            beyond=written.beyond,
        )

    def total(self) -> Quantity:
        written = self.written.total or model.Total()
        node = self.expression(("total", "formula"), written.formula, ON_DOCUMENT, Type.NUMBER)
        return Quantity("总分", DOCUMENT, node, self.roundings(written.round), self.cited(written))

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
        written = self.written.rules or {}
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
        if outcome == "cap" and self.dropped.get(subject, ("",))[0] == "grades":
            self.problems.append(self.still_in_use(subject, self.merged.place((*path, "cap")), path))
        elif outcome == "cap" and subject not in grades:
            self.problem(
                (*path, "cap"), "unknown-grade", say("unknown-grade.expected", names=tuple(sorted(grades))), subject
            )
        if outcome in ("deduct", "veto") and binders[0].scope not in (DOCUMENT, INDICATOR):
            self.problem((*path, outcome), "deduction-misplaced", say("deduction-misplaced.expected"), binders[0].scope)
        if outcome == "cap" and not self.is_of_a_document(binders[0].scope):
            self.problem((*path, outcome), "cap-misplaced", say("cap-misplaced.expected"), binders[0].scope)
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

    def is_of_a_document(self, scope: str | None) -> bool:
        """Whether things of a scope are a document or belong to one."""
        while scope is not None and scope != DOCUMENT:
            scope = self.scopes[scope].parent
        return scope is not None

    def message(self, path: Path, written: str | model.Message | None, binders: tuple[Binder, ...]) -> Message | None:
        if written is None:
            return None
        if isinstance(written, str):
            text = self.text(path, written, binders)
            return Message(text, text)
        zh = self.text((*path, "zh"), written.zh, binders)
        return Message(zh, self.text((*path, "en"), written.en, binders) if written.en else zh)

    def text(self, path: Path, written: str, binders: tuple[Binder, ...]) -> Text:
        for sign, mend in (("｛", "{"), ("｝", "}")):
            if (start := written.find(sign)) >= 0:
                mended = written.replace("｛", "{").replace("｝", "}")
                place = self.merged.place_in(path, start, 1)
                self.problems.append(full_width_sign(place, sign, mend, mended[max(start - 10, 0) : start + 20]))
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

    def expression(self, path: Path, text: str | None, on: Binder, wanted: Type | None = None) -> Node:
        """The typed formula at `path`; where it is missing or wrong, the problem is kept and a 0 stands in for it."""
        if text is None:
            self.incomplete(path)
            return _STAND_IN
        return self.checked(path, text, (on,), wanted) or _STAND_IN

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
        if fault.code in ("unknown-name", "unknown-collection"):
            dropped = next((each for each in _parts(fault.got) if each in self.dropped), None)
            if dropped is not None:
                return self.still_in_use(dropped, place, path)
        return Problem(place, fault.code, fault.expected, fault.got, hint=fault.hint)

    def still_in_use(self, name: str, place: Place, path: Path) -> Problem:
        """Something dropped that an element still names: the user first, and where it was dropped."""
        element = ".".join(map(str, path[:2]))
        source, at = self.merged.dropped[self.dropped[name]]
        dropped = (source.place(at), say("still-in-use.dropped"))
        hint = say("still-in-use.hint", element=element)
        return Problem(place, "still-in-use", say("still-in-use.expected", name=name), name, (dropped,), hint)

    @staticmethod
    def roundings(text: str | None) -> tuple[Rounding, ...]:
        stages = () if text in (None, "none") else (each.split() for each in str(text).split(","))
        return tuple(Rounding(int(places), Mode(mode)) for places, _, mode in stages)

    @property
    def status(self) -> str:
        return self.written.status or "unverified"

    def cited(self, element: model.Cited) -> Citation:
        return Citation(element.clause, element.status or self.status)


_STAND_IN: Final = tree.Constant(Fraction(0), Type.ZERO, "0")  # never evaluated: its problem refuses the ruleset


def _parts(name: str) -> Iterator[str]:
    """A dotted name, and every stretch of it: whose it is may stand before, which column of it behind."""
    words = name.split(".")
    for length in range(len(words), 0, -1):
        yield from (".".join(words[start : start + length]) for start in range(len(words) - length + 1))


def _texts(node: Node) -> Iterator[tree.Constant]:
    """The texts that a formula may come to."""
    match node:
        case tree.Constant(value=str()):
            yield node
        case tree.Choice():
            yield from (*_texts(node.yes), *_texts(node.no))
        case tree.Table():
            values = [row.value for row in node.rows] + ([] if node.otherwise is None else [node.otherwise])
            yield from (each for value in values for each in _texts(value))
        case _:
            return


def _sha256(merged: Merged) -> str:
    return hashlib.sha256(canonical(merged.data)).hexdigest()


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
