"""Boundary cases of a ruleset as tests for a person to accept: where it turns, with what it says there now.

What is expected is what the engine gives, so every case passes; whether it is what the policy means, only a person can
say. The same ruleset and documents give the same text.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zhunsheng.evaluation import evaluate
from zhunsheng.problem import Refused, say
from zhunsheng.problem.show import sentence
from zhunsheng.proof.filed import at, filed_as
from zhunsheng.proof.subject import subject
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR
from zhunsheng.trial.boundary import turns
from zhunsheng.trial.compare import alike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from zhunsheng.document import Document
    from zhunsheng.evaluation import Assessment
    from zhunsheng.proof.filed import Filed
    from zhunsheng.proof.subject import Subject
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.trial.boundary import Mark, Turn
    from zhunsheng.trial.model import Case

NAMED: Final = 2
"""So many elements name a case; the others are seen in what it expects."""
_PLAIN: Final = re.compile(
    r"(?!(?:yes|no|on|off|true|false|null)$)(?:(?:\.\.?/)+|/)?[A-Za-z_\u3400-\u9fff≥≤][\w./%\-≥≤]*", re.IGNORECASE
)


class Base(NamedTuple):
    """A document to change: how a test names it (a path, or all of it), and the document itself."""

    written: str | Mapping[str, Any]
    document: Document


class Generated(NamedTuple):
    """One case: its name, its document, the one change to it, and what is expected."""

    name: str
    base: Base
    filed: Filed
    expect: Mapping[str, Any]

    def text(self) -> str:
        """The case as it stands in a test file."""
        return (
            f"- name: {_scalar(self.name)}\n"
            f"  document: {flow(self.base.written)}\n"
            f"  with: {flow({self.filed.pointer: self.filed.text})}\n"
            f"  expect: {flow(self.expect)}\n"
        )


def generate(ruleset: Ruleset, bases: Iterable[Base], present: Sequence[Case]) -> tuple[list[Generated], int]:
    """The cases that are not there yet, and how many were.

    Args:
        ruleset: what is tested.
        bases: documents to move one input of, the preferred ones first.
        present: the tests that there are.
    """
    seen: set[Mark] = set()
    names = {each.name for each in present}
    found: list[Generated] = []
    known = 0
    for base in bases:
        try:
            form = subject(base.document, ruleset)
        except Refused:
            continue
        for turn in turns(form, seen):
            case = _case(form, base, turn, names)
            if case is not None and _is_present(base, case.filed, turn, present):
                known += 1
            elif case is not None:
                names.add(case.name)
                found.append(case)
    return found, known


def text_of(cases: Sequence[Generated], name: str) -> str:
    """A whole test file: the remark that nobody has accepted it yet, and the cases."""
    return f"{remark(name)}ruleset: {_scalar(name)}\ntests:\n{''.join(each.text() for each in cases)}"


def remark(name: str) -> str:
    """What stands above generated cases."""
    lines = (sentence(say("trial.generated", ruleset=name), lang) for lang in ("zh", "en"))
    return "".join(f"# {line}\n" for line in lines)


# One case


def _case(form: Subject, base: Base, turn: Turn, names: set[str]) -> Generated | None:
    """The case of a turn; None where no document can say that, or the ruleset refuses it."""
    filed = filed_as(form, turn.by, turn.x)
    moved = None if filed is None else at(form, filed)
    if filed is None or moved is None:
        return None
    try:
        assessment = evaluate(moved.filed, form.ruleset, derivations=False)
    except Refused:
        return None
    return Generated(_unused(_name(turn, filed), names), base, filed, dict(_expected(form, turn, assessment)))


def _name(turn: Turn, filed: Filed) -> str:
    thing = turn.by.thing
    row = thing.values.get("三级指标") if thing.scope == INDICATOR else None
    what = [each.name for each in turn.figures]
    named = "、".join(dict.fromkeys(what[:NAMED])) + ("等" if len(what) > NAMED else "")
    side = sentence(say(f"trial.turn-{turn.side}", what=named), "zh")
    return f"{f'「{row}」' if isinstance(row, str) else ''}{turn.by.key} {filed.text}，{side}"


def _unused(name: str, names: set[str]) -> str:
    found, count = name, 1
    while found in names:
        count += 1
        found = f"{name}（{count}）"
    return found


def _expected(form: Subject, turn: Turn, assessment: Assessment) -> Iterator[tuple[str, Any]]:
    """Of what turns the value, with the total and the grade; where a rule turns, all that rules ask and find."""
    kinds = {each.kind for each in turn.figures}
    quantities = {
        each.name: assessment.quantities.get(each.name)
        for each in turn.figures
        if each.kind == "quantity" and each.element.thing.scope == DOCUMENT
    }
    if quantities:
        yield "quantities", quantities
    scores = dict(_scores(form, turn, assessment))
    if scores:
        yield "scores", scores
    yield "total", assessment.total.computed
    yield "grade", assessment.grade.computed
    if "rule" in kinds:
        yield "requirements", sorted(each.rule for each in assessment.requirements)
        yield "findings", sorted(each.rule for each in assessment.findings)


def _scores(form: Subject, turn: Turn, assessment: Assessment) -> Iterator[tuple[str, str | None]]:
    """The score of the row that was moved; the form's own scores where it was the form."""
    thing = turn.by.thing
    if thing.scope == INDICATOR:
        names = [each.values.get("三级指标") for each in form.indicators]
        name = thing.values.get("三级指标")
        known = isinstance(name, str) and names.count(name) == 1
        found = next((each for each in assessment.scores if each.id == thing.pointer), None)
        if found is not None:
            yield str(name) if known else thing.pointer, found.computed
        return
    turning = {each.name for each in turn.figures if each.kind == "score"}
    for each in assessment.scores:
        if each.name in turning and each.kind is None:
            yield each.name, each.computed


def _is_present(base: Base, filed: Filed, turn: Turn, present: Sequence[Case]) -> bool:
    """Whether a test makes that one change to that document, or makes none where it is no change."""
    for case in present:
        if case.document != base.written:
            continue
        if not case.changes and turn.by.value == turn.x:
            return True
        if list(case.changes) == [filed.pointer] and alike(_text(case.changes[filed.pointer]), filed.text):
            return True
    return False


def _text(value: object) -> str | None:
    return None if value is None else str(value)


# YAML


def flow(value: Any) -> str:
    """A value on one line of YAML."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case dict():
            return f"{{{', '.join(f'{_scalar(key)}: {flow(inner)}' for key, inner in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(flow, value))}]"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case _:
            return _scalar(str(value))


def _scalar(text: str) -> str:
    """A text, quoted where YAML would read it otherwise."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
