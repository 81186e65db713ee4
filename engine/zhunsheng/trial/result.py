"""Running a test file: for each of its tests, what came out otherwise than expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from zhunsheng.trial.compare import differences
from zhunsheng.trial.outcome import outcome_of

if TYPE_CHECKING:
    from zhunsheng.problem import Place
    from zhunsheng.trial.compare import Difference
    from zhunsheng.trial.coverage import Coverage
    from zhunsheng.trial.prepare import Bench


@final
@dataclass(frozen=True, slots=True)
class Verdict:
    """One test: passed, where nothing differs."""

    name: str
    place: Place
    differences: tuple[tuple[Place, Difference], ...]
    """Each with the place of the expectation."""


@final
@dataclass(frozen=True, slots=True)
class Result:
    """A test file that ran."""

    file: str
    ruleset: str
    """Its id and version."""
    ruleset_file: str
    verdicts: tuple[Verdict, ...]

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The tests that did not pass."""
        return tuple(each for each in self.verdicts if each.differences)


def run(bench: Bench, coverage: Coverage | None = None) -> Result:
    """Every test of a file; what they reach of the policy goes into `coverage`."""
    found = tuple(verdict(bench, at) for at in range(len(bench.file.tests)))
    if coverage is not None:
        for subject in bench.subjects:
            coverage.observe(subject, bench.ruleset)
    ruleset = bench.ruleset
    written, _ = ruleset.merged.origin(())
    return Result(bench.source.file, f"{ruleset.id} {ruleset.version}", written.file, found)


def verdict(bench: Bench, at: int) -> Verdict:
    """One test of a file, by its place in it."""
    case, source = bench.file.tests[at], bench.source
    outcome = outcome_of(bench.subjects[at], bench.ruleset)
    found = [
        (source.place(("tests", at, "expect", *each.path), key=not each.path), each)
        for each in differences(case.expect, outcome)
    ]
    return Verdict(case.name, source.place(("tests", at, "name")), tuple(sorted(found, key=lambda each: each[0])))
