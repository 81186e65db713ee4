"""Results of ruleset tests on a page, and as data: a line a file, what differs below it, what was reached at the end."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from zhunsheng.cli.layout import left
from zhunsheng.cli.page import BAD, DOUBT, FAINT, GOOD, HEAD, Page
from zhunsheng.problem import say
from zhunsheng.problem.show import cells, line, sentence
from zhunsheng.trial.show import rows, subject_of, told, value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.problem import Place, Problem
    from zhunsheng.problem.show import Lang
    from zhunsheng.trial import Difference, Result
    from zhunsheng.trial.coverage import Coverage, Tally
    from zhunsheng.trial.update import Rewritten


class Ran(NamedTuple):
    """A test file that ran, and what `--update` made of it."""

    result: Result
    rewrite: Rewritten | None = None

    @property
    def failing(self) -> bool:
        """Whether anything still differs."""
        return bool(self.result.failed if self.rewrite is None else self.rewrite.left)


def as_text(ran: Sequence[Ran], coverage: Coverage | None, lang: Lang) -> None:
    """Everything on the page."""
    page = Page(lang)
    for each in ran:
        _file(page, each)
    if len(ran) > 1:
        _summary(page, "", [verdict for each in ran for verdict in each.result.verdicts])
    if coverage is not None:
        _coverage(page, coverage, {each.result.ruleset_file for each in ran})


def _file(page: Page, each: Ran) -> None:
    result, rewrite = each.result, each.rewrite
    _summary(page, f"{result.file} · {result.ruleset}", result.verdicts)
    for verdict in result.failed:
        page.line("  ", ("✗ ", BAD), (verdict.name, HEAD))
        if rewrite is None:
            for row in rows(verdict, page.lang):
                page.line(f"    {row}")
            continue
        for place, difference in verdict.differences:
            _accepted(page, place, difference, left_over=(place, difference) in rewrite.left)


def _accepted(page: Page, place: Place, difference: Difference, *, left_over: bool) -> None:
    if left_over:
        page.line(f"    {place}  {sentence(told(difference), page.lang)}")
        page.line("      ", (sentence(say("trial.not-left"), page.lang), DOUBT))
        return
    facts = {"what": subject_of(difference.path), "expected": value(difference.expected), "got": value(difference.got)}
    page.line(f"    {place}  {sentence(say('trial.changed', **facts), page.lang)}")


def _summary(page: Page, name: str, verdicts: Sequence[Any]) -> None:
    failed = sum(bool(each.differences) for each in verdicts)
    counts = {"count": len(verdicts), "passed": len(verdicts) - failed, "failed": failed}
    words = sentence(say(f"trial.summary-{'failed' if failed else 'passed'}", **counts), page.lang)
    page.line(("✗ ", BAD) if failed else ("✓ ", GOOD), f"{name}  " * bool(name), words)


def _coverage(page: Page, coverage: Coverage, files: set[str]) -> None:
    """Each file whose tests ran, part by part with what is lacking; of their bases, only how much was reached."""
    tallies = list(coverage.tallies())
    for file, group in groupby(tallies, key=lambda each: each.element.key.file):
        found = list(group)
        facts = {"file": file, "reached": _reached(found), "sides": _sides(found)}
        page.line()
        page.line((sentence(say("trial.coverage-of", **facts), page.lang), HEAD))
        if file in files:
            _parts(page, found)


def _parts(page: Page, tallies: list[Tally]) -> None:
    parts: dict[str, list[Tally]] = {}
    for each in tallies:
        parts.setdefault(each.element.name, []).append(each)
    wide = max(map(cells, parts), default=0)
    for name, found in parts.items():
        lacking = [side for each in found for side in each.lacking]
        mark = ("✓", GOOD) if not lacking else ("✗", BAD) if not _reached(found) else ("△", DOUBT)
        page.line("  ", mark, f" {left(name, wide)}  {_reached(found)}/{_sides(found)}")
        for side in lacking:
            page.line("      ", (f"{side.place}  ", FAINT), sentence(side.lacking, page.lang))


def _reached(tallies: Sequence[Tally]) -> int:
    return sum(each.reached for each in tallies)


def _sides(tallies: Sequence[Tally]) -> int:
    return sum(len(each.element.sides) for each in tallies)


# Data


def as_json(ran: Sequence[Ran], problems: Sequence[Problem], coverage: Coverage | None) -> dict[str, Any]:
    """The same for programs."""
    answer: dict[str, Any] = {
        "files": [_plain_result(each) for each in ran],
        "problems": [
            {**_plain_place(each.place), "code": each.code, "zh": line(each, "zh"), "en": line(each, "en")}
            for each in problems
        ],
    }
    if coverage is not None:
        answer["coverage"] = [_plain_tally(each) for each in coverage.tallies()]
    return answer


def _plain_result(each: Ran) -> dict[str, Any]:
    left_over = each.rewrite.left if each.rewrite is not None else ()
    return {
        "file": each.result.file,
        "ruleset": each.result.ruleset,
        "tests": [
            {
                "name": verdict.name,
                "line": verdict.place.line,
                "passed": not verdict.differences,
                "differences": [
                    {
                        **_plain_place(place),
                        "expectation": [*difference.path],
                        "expected": difference.expected,
                        "got": difference.got,
                        "refused": [problem.code for problem in difference.refused],
                        "updated": each.rewrite is not None and (place, difference) not in left_over,
                        "zh": sentence(told(difference), "zh"),
                        "en": sentence(told(difference), "en"),
                    }
                    for place, difference in verdict.differences
                ],
            }
            for verdict in each.result.verdicts
        ],
    }


def _plain_tally(tally: Tally) -> dict[str, Any]:
    element = tally.element
    return {
        "file": element.key.file,
        "line": element.sides[0].place.line,
        "element": element.name,
        "kind": element.key.kind,
        "words": element.key.words,
        "reached": tally.reached,
        "sides": len(element.sides),
        "lacking": [
            {**_plain_place(side.place), "zh": sentence(side.lacking, "zh"), "en": sentence(side.lacking, "en")}
            for side in tally.lacking
        ],
    }


def _plain_place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column}
