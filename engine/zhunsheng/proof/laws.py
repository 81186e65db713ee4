"""What holds of every form under any sound ruleset, each law a function that says what breaks it; None: it holds.

A law takes the form as judged and may judge others made from it. What a ruleset declares to be meant (`beyond`, `falls`)
breaks none. The sentences of the laws are in the catalogue, `law.<name>`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from zhunsheng.document import read_document
from zhunsheng.evaluation import evaluate, plain
from zhunsheng.evaluation.score import rounded
from zhunsheng.expression.exact import compiled
from zhunsheng.expression.tree import Absent, Constant, Name, Presence, children
from zhunsheng.proof.falls import MET, SPENT, attainment
from zhunsheng.proof.filed import at, filed_as
from zhunsheng.proof.finding import content_of, told
from zhunsheng.proof.subject import Subject, subject
from zhunsheng.ruleset.vocabulary import DOCUMENT, INDICATOR
from zhunsheng.source import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.evaluation.score import Item
    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset.policy import Score

Law: TypeAlias = Callable[[Subject], str | None]
_STEPS: Final = (Fraction(1, 100), Fraction(1, 10), Fraction(1), Fraction(10))
_ASKED: Final = ("可比", "实际类别", "实际完成值", "不可比原因")
"""Names by which a formula says itself what a missing actual means."""


def scores_within_points(form: Subject) -> str | None:
    """0 ≤ score ≤ points."""
    for item in form.items:
        score = item.scoring and item.scoring.score
        if score is None or score.beyond is not None or _is_extra(score):
            continue
        given, points = item.computed, item.points
        if isinstance(given, Fraction) and isinstance(points, Fraction) and points >= 0 and not 0 <= given <= points:
            return f"{_called(item)} {told(given)} / {told(points)}"
    return None


def total_of_rounded_parts(form: Subject) -> str | None:
    """The total is what its formula makes of the scores as rounded and published."""
    total = form.ruleset.total
    again = rounded(compiled(total.formula)((form.document,)), total.roundings)
    value = form.value(form.element("总分"))
    return None if again == value or again is Absent.MISSING else f"总分 {value} ≠ {again}"


def total_within_full_marks(form: Subject) -> str | None:
    """0 ≤ total ≤ full marks, on a form whose points do not exceed them and in which no rule finds an error."""
    value, full = form.value(form.element("总分")), form.value(form.element("满分"))
    if not isinstance(value, Fraction) or not isinstance(full, Fraction) or _has_errors(form):
        return None
    points = [each.points for each in form.items if isinstance(each.points, Fraction)]
    beyond = [each for each in form.items if each.scoring and _may_leave(each.scoring.score)]
    extra = sum((each.computed for each in beyond if isinstance(each.computed, Fraction)), Fraction(0))
    if sum(points) > full or 0 <= value <= full + max(extra, Fraction(0)) or (beyond and value < 0):
        return None
    return f"总分 {told(value)} / {told(full)}"


def more_never_scores_less(form: Subject) -> str | None:
    """A better actual, or more executed, never lowers the score it is for."""
    for index, item in enumerate(form.items):
        score = item.scoring and item.scoring.score
        found = attainment(form, item) if score is not None and score.falls is None else None
        if found is None or not isinstance(found[0].value, Fraction) or item.status != "computed":
            continue
        by, more = found
        own = cast("Fraction", by.value)
        for step in _STEPS:
            x = own + (step if more else -step) * max(abs(own), Fraction(1))
            filed = filed_as(form, by, x)
            again = None if filed is None else at(form, filed)
            if again is not None and _fell(item, again.items[index]):
                after = told(cast("Fraction", again.items[index].computed))
                return f"{by.key} {told(own)} → {told(x)}：{_called(item)} {told(cast('Fraction', item.computed))} → {after}"
    return None


def order_of_rows_is_irrelevant(form: Subject) -> str | None:
    """Scores, total and grade are the same whichever way the rows are sorted."""
    content = content_of(form)
    content["indicators"] = content["indicators"][::-1]
    again = _judged(content, form)
    names = ("总分", "等级")
    same = _tally(form) == _tally(again) and all(
        form.value(form.element(each)) == again.value(again.element(each)) for each in names
    )
    return None if same else " ".join(f"{each} {again.value(again.element(each))}" for each in names)


def missing_is_not_zero(form: Subject) -> str | None:
    """What is left blank is not scored as if it said 0, unless the formula asks for blanks itself."""
    for index, item in enumerate(form.items):
        score = item.scoring and item.scoring.score
        if score is None or item.status != "computed" or _asks_for_blanks(form, score):
            continue
        by = form.input(item.thing, MET if item.thing.scope == INDICATOR else SPENT)
        pointer = by.thing.place(by.key)
        filed = filed_as(form, by, Fraction(0)) if isinstance(by.value, Fraction) else None
        zero = None if filed is None else at(form, filed)
        if zero is None or pointer is None or zero.items[index].computed == item.computed:
            continue
        blank = _judged(_without(content_of(form), pointer), form).items[index]
        if blank.status == "computed" and blank.computed == zero.items[index].computed:
            return f"{_called(item)} {told(cast('Fraction', blank.computed))}"
    return None


def every_total_has_a_grade(form: Subject) -> str | None:
    """A total that comes to a number has a grade."""
    total, grade = form.value(form.element("总分")), form.value(form.element("等级"))
    if isinstance(total, Fraction) and not isinstance(grade, str) and form.ruleset.bands:
        return f"总分 {told(total)}"
    return None


def json_and_back_is_the_same(form: Subject) -> str | None:
    """A form written as JSON and read again is judged the same, to the last letter."""
    text = json.dumps(form.filed.model_dump(mode="json"), ensure_ascii=False)
    again = read_document(read(text.encode(), "again.json"))
    same = plain(evaluate(again, form.ruleset)) == plain(evaluate(form.filed, form.ruleset))
    return None if same else text


LAWS: Final[tuple[Law, ...]] = (
    scores_within_points,
    total_of_rounded_parts,
    total_within_full_marks,
    more_never_scores_less,
    order_of_rows_is_irrelevant,
    missing_is_not_zero,
    every_total_has_a_grade,
    json_and_back_is_the_same,
)


def _is_extra(score: Score) -> bool:
    """Whether a score adds or takes off by itself: it has no points."""
    return isinstance(score.points, Constant) and not score.points.value


def _may_leave(score: Score) -> bool:
    return score.beyond is not None or _is_extra(score)


def _called(item: Item) -> str:
    if item.thing.scope == DOCUMENT and item.scoring is not None:
        return item.scoring.score.name
    return str(item.thing.values.get("三级指标", ""))


def _fell(before: Item, after: Item) -> bool:
    one, other = before.computed, after.computed
    return after.status == "computed" and isinstance(one, Fraction) and isinstance(other, Fraction) and other < one


def _has_errors(form: Subject) -> bool:
    return any(
        each.acts and each.rule.severity == "error" and each.rule.outcome == "finding"
        for each in form.outcome.conclusions
    )


def _tally(form: Subject) -> list[tuple[str, str, str]]:
    return sorted((_called(each), str(each.computed), each.status) for each in form.items)


def _judged(content: dict[str, Any], like: Subject) -> Subject:
    text = json.dumps(content, ensure_ascii=False)
    return subject(read_document(read(text.encode(), "form.json")), like.ruleset)


def _without(content: dict[str, Any], pointer: str) -> dict[str, Any]:
    """A form with a field left blank, and without what a person has judged of that row."""
    holder: Any = content
    *above, last = pointer.split("/")[1:]
    for part in above:
        holder = holder[int(part)] if isinstance(holder, list) else holder[part]
    holder.pop(last, None)
    holder.pop("judgement", None)
    return content


def _asks_for_blanks(form: Subject, score: Score) -> bool:
    """Whether a formula behind a score says what a blank means."""
    return any(_asks(node) for node in _behind(form, score))


def _behind(form: Subject, score: Score) -> Iterator[Node]:
    """The formula of a score, and those of the quantities it uses."""
    yield score.formula
    item = next(each for each in form.items if each.scoring is not None and each.scoring.score is score)
    for each in form.reached(form.score_of(item)):
        source = form.plan.sources.get((each.thing.scope, each.key))
        if source is not None and each.key != "指标类型":
            yield source.formula


def _asks(node: Node) -> bool:
    if isinstance(node, Name) and node.text in _ASKED:
        return True
    if isinstance(node, Presence) and any(isinstance(each, Name) for each in (node.operand,)):
        return cast("Name", node.operand).text.startswith(("实际", "全年执行数"))
    return any(_asks(each) for each in children(node))
