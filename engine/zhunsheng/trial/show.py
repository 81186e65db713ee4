"""Differences as people read them, alike on a terminal, in pytest and in JUnit."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from zhunsheng.problem import say
from zhunsheng.problem.show import line, sentence
from zhunsheng.trial.prepare import REMARKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.problem import Words
    from zhunsheng.problem.show import Lang
    from zhunsheng.trial.compare import Difference, Said
    from zhunsheng.trial.result import Verdict


def rows(verdict: Verdict, lang: Lang) -> list[str]:
    """A line for each difference of a test, with its place; below it, why a document was refused."""
    found = []
    for place, each in verdict.differences:
        found.append(f"{place}  {sentence(told(each), lang)}")
        found += [f"  {line(problem, lang)}" for problem in each.refused]
    return found


def told(difference: Difference) -> Words:
    """A difference in one sentence."""
    path = difference.path
    what = subject_of(path)
    if not path or path == ("refused",):
        got = say("trial.refusal", codes=value(difference.got)) if difference.got else say("trial.outcome")
        expected = say("trial.refusal", codes=difference.expected) if path else say("trial.outcome")
        return say("trial.differs", what=say("trial.verdict"), expected=expected, got=got)
    if path[-1] in REMARKS:
        return say("trial.differs-list", what=what, how=_set_against(difference))
    return say("trial.differs", what=what, expected=value(difference.expected), got=value(difference.got))


def subject_of(path: Iterable[str | int]) -> Words:
    """What an expectation is of: 总分, 得分「预算执行率」 …"""
    keys = [str(each) for each in path]
    if keys[:1] == ["documents"] and len(keys) > 2:
        return say("trial.in-document", document=keys[1], what=subject_of(keys[2:]))
    if len(keys) > 1:
        return say(f"trial.{keys[0]}-named", name=keys[1])
    return say("trial.verdict") if keys in ([], ["refused"]) else say(f"trial.{keys[0]}")


def value(said: Said) -> object:
    """A value as it stands in a sentence."""
    return say("trial.nothing" if said is None else "trial.none") if said in (None, ()) else said


def _set_against(difference: Difference) -> Words:
    """What of a list is lacking, and what is too much."""
    expected, got = (Counter(each) if isinstance(each, tuple) else Counter[str]() for each in difference[1:3])
    lacking, surplus = tuple(sorted((expected - got).elements())), tuple(sorted((got - expected).elements()))
    if not lacking:
        return say("trial.surplus", names=surplus)
    if not surplus:
        return say("trial.lacking", names=lacking)
    return say("trial.both", lacking=say("trial.lacking", names=lacking), surplus=say("trial.surplus", names=surplus))
