"""Files written so that they are there whole or not at all."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

UNDONE = ".undone"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, which takes its name when all is written and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}{UNDONE}")
    try:
        yield beside
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_table(table: pl.DataFrame, path: Path) -> None:
    """A table as Parquet, or as Arrow where the name says so."""
    with whole(path) as beside:
        if path.suffix == ".arrow":
            table.write_ipc(beside)
        else:
            table.write_parquet(beside)


def write_json(data: Any, path: Path) -> None:
    """Plain data."""
    with whole(path) as beside:
        beside.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def swept(folder: Path) -> None:
    """Takes away what a run that was killed left half written."""
    for each in folder.rglob(f"*{UNDONE}"):
        each.unlink(missing_ok=True)
