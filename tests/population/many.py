"""Populations for tests: the documents of all fixtures, files of them, and runs over them."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from package.building import ROOT
from zhunsheng.document import Document, read_document, read_dossier
from zhunsheng.exchange.bulk.convert import written
from zhunsheng.exchange.bulk.inputs import opened
from zhunsheng.exchange.bulk.run import begun, carried_out, whole
from zhunsheng.population.rejects import rejects
from zhunsheng.problem import Refused
from zhunsheng.source import read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from zhunsheng.exchange.bulk.tally import Tally

TABLES = ("documents", "scores", "remarks")


@cache
def fixtures() -> tuple[Document, ...]:
    """Every document that the fixtures hold, those of dossiers one by one."""
    found: list[Document] = []
    files = sorted(each for each in (ROOT / "fixtures").rglob("*") if each.suffix in (".yaml", ".json"))
    for path in files:
        if "bad" in path.parts:
            continue
        try:
            source = read(path.read_bytes(), path.name)
            many = isinstance(source.data, dict) and "documents" in source.data
            found += read_dossier(source).documents if many else [read_document(source)]
        except Refused:
            continue
    return tuple({each.model_dump_json(): each for each in found}.values())


def plain(document: Document) -> dict[str, Any]:
    """A document as its file has it."""
    data: dict[str, Any] = document.model_dump(mode="json", exclude_defaults=True)
    return data


def _line(line: Document | dict[str, Any] | str) -> str:
    if isinstance(line, Document):
        return written(line)
    return line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)


def write_lines(path: Path, documents: Iterable[Document | dict[str, Any] | str]) -> Path:
    """A file of one document a line; a text is a line as it is."""
    lines = [_line(each) for each in documents]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def ran(source: Path, output: Path, ruleset: str | None = None, batch: int = 50) -> Tally:
    """A run from beginning to end, in this process."""
    run = begun(opened([source], batch), ruleset, output, batch)
    return whole(run, list(carried_out(run, 1)))


def results(output: Path, name: str) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """The rows of one of the tables of results, by ruleset and number."""
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for part in sorted((output / name).rglob("*.parquet")):
        for row in pl.read_parquet(part, hive_partitioning=False).iter_rows(named=True):
            number = row.pop("文件号")
            row.pop("出处", None)
            found.setdefault((part.parent.name, number), []).append(row)
    return found


def numbers(output: Path) -> list[int]:
    """The numbers of the documents that have results, as often as they have."""
    return sorted(number for (_, number), rows in results(output, "documents").items() for _ in rows)


def rejected(output: Path) -> pl.DataFrame:
    """The rejects."""
    parts = sorted((output / "rejects").rglob("*.parquet"))
    return pl.concat([rejects(), *(pl.read_parquet(each) for each in parts)])
