"""What the command says is what was recorded and reviewed. On purpose different? `make record`, and review the diff."""

from __future__ import annotations

import pytest

from recorded.record import HERE, Run, runs, said

RUNS = [(f"{file.stem}: {each.command}", each) for file in sorted(HERE.glob("*.md")) for each in runs(file)]


@pytest.mark.parametrize("run", [each for _, each in RUNS], ids=[name for name, _ in RUNS])
def test_the_command_says_what_was_recorded(run: Run) -> None:
    assert run.output == said(run.command)
