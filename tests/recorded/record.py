"""Recorded runs: in each `*.md` beside this file, blocks of a command, its whole output and its exit code.

`make record` writes down what the commands say now; the diff is then reviewed, and committed alone with the reason.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
WIDTH: Final = "100"
_BLOCK: Final = re.compile(r"```console\n\$ (?P<command>[^\n]*)\n(?P<output>.*?)```\n", re.DOTALL)


class Run(NamedTuple):
    """A command as written, and what was recorded of it."""

    command: str
    output: str


def runs(file: Path) -> list[Run]:
    """The recorded runs of a file."""
    return [Run(found["command"], found["output"]) for found in _BLOCK.finditer(file.read_text(encoding="utf-8"))]


def said(command: str) -> str:
    """What a command says on both streams, and its exit code: from the top of the checkout, on a page of 100 cells.

    Settings may stand before it, as in a shell: `COLUMNS=40 zhunsheng …`.
    """
    words = command.split()
    settings = dict(word.split("=", 1) for word in words[: words.index("zhunsheng")])
    arguments = words[words.index("zhunsheng") + 1 :]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONHASHSEED") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "zhunsheng", *arguments],
        cwd=ROOT,
        env=kept | {"COLUMNS": WIDTH, "NO_COLOR": "1", "LANG": "C.UTF-8"} | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return f"{done.stdout.decode()}[{done.returncode}]\n"


def record(file: Path) -> None:
    """Writes into a file what its commands say now."""
    text = file.read_text(encoding="utf-8")
    file.write_text(
        _BLOCK.sub(lambda found: f"```console\n$ {found['command']}\n{said(found['command'])}```\n", text),
        encoding="utf-8",
    )


if __name__ == "__main__":
    for each in sorted(HERE.glob("*.md")):
        record(each)
