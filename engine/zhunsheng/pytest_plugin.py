"""Ruleset tests under pytest: `*.test.yaml` files are collected like any other tests, and fail with the same words.

Installed, it needs no switch: `pytest rulesets/`. A face like the command line, with no logic of its own; since every
run of pytest loads it, it imports the engine only where there is such a file.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from zhunsheng.trial import Bench, Verdict

ENDING: Final = ".test.yaml"
_OURS: Final = re.compile(rb"^[\"']?ruleset[\"']?[ \t]*:", re.MULTILINE)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> RulesetTests | None:
    """A file of ruleset tests, told from other programs' `*.test.yaml` by the ruleset it names."""
    if file_path.name.endswith(ENDING) and _OURS.search(file_path.read_bytes()):
        return RulesetTests.from_parent(parent, path=file_path)
    return None


class Differs(Exception):  # noqa: N818  what came out differs from what was expected: no error
    """A ruleset test that does not pass; its lines are in `args`."""


class RulesetTests(pytest.File):
    """The tests of one ruleset."""

    def collect(self) -> Iterator[RulesetTest]:
        """A test for each in the file; its ruleset and documents are read when the first of them runs."""
        from zhunsheng.exchange.ruleset_tests import near, trial_source  # noqa: PLC0415  as the module says
        from zhunsheng.problem import Refused  # noqa: PLC0415
        from zhunsheng.trial import read_tests  # noqa: PLC0415

        try:
            source = trial_source(near(self.path))
            names = [each.name for each in read_tests(source).tests]
        except Refused as refused:
            raise self.CollectError(_excerpts(refused)) from None
        for at, name in enumerate(names):
            yield RulesetTest.from_parent(self, name=name, at=at, line=source.place(("tests", at, "name")).line)

    @cached_property
    def bench(self) -> Bench:
        """The file with its ruleset and documents.

        Raises:
            Refused: one of them cannot be read, or the file expects something of names that there are not.
        """
        from zhunsheng.exchange.ruleset_tests import load_tests, near  # noqa: PLC0415

        return load_tests(near(self.path))


class RulesetTest(pytest.Item):
    """One test of a ruleset."""

    def __init__(self, *, at: int, line: int, **rest: Any) -> None:
        super().__init__(**rest)
        self.at = at
        self.line = line

    def runtest(self) -> None:
        """Judges the document and compares.

        Raises:
            Differs: something came out otherwise than expected.
        """
        from zhunsheng.trial.result import verdict  # noqa: PLC0415

        file = self.parent
        assert isinstance(file, RulesetTests)
        found = verdict(file.bench, self.at)
        if found.differences:
            raise Differs(*_rows(found))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The differences, or why the file was refused; of a fault of ours, the traceback."""
        from zhunsheng.problem import Refused  # noqa: PLC0415

        match excinfo.value:
            case Differs():
                return "\n".join(excinfo.value.args)
            case Refused() as refused:
                return _excerpts(refused)
            case _:
                return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file and line of the test, and its name."""
        return self.path, self.line - 1, self.name


def _rows(verdict: Verdict) -> list[str]:
    from zhunsheng.trial.show import rows  # noqa: PLC0415

    return rows(verdict, "zh")


def _excerpts(refused: Any) -> str:
    from pathlib import Path  # noqa: PLC0415

    from zhunsheng.problem.show import excerpt  # noqa: PLC0415
    from zhunsheng.source import readable  # noqa: PLC0415

    def text_of(file: str) -> str | None:
        path = Path(file)
        return readable(path.read_bytes()) if path.is_file() else None

    return "\n\n".join(excerpt(each, "zh", text_of) for each in refused.problems)
