"""A run over a population: which batches are still to do, and a folder that always tells what is done.

The folder holds `manifest.json` (what is judged by what), the parts of the results, and for each batch that is done a
mark. Whatever stops a run, a mark stands only beside parts that are whole; what has none is done again, under the same
names. So nothing is lost, and nothing counts twice.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zhunsheng.exchange.bulk.disk import swept, write_json
from zhunsheng.exchange.bulk.inputs import scanned
from zhunsheng.exchange.bulk.peers import peers_known
from zhunsheng.exchange.bulk.pool import spread
from zhunsheng.exchange.bulk.rulesets import named_ruleset, ruleset_sum
from zhunsheng.exchange.bulk.tally import Tally, added, from_data
from zhunsheng.exchange.bulk.work import REJECTS, RESULTS, Job, done, mark
from zhunsheng.exchange.files import shipped_ids, shipped_ruleset
from zhunsheng.population.admit import columns_taken, known_columns
from zhunsheng.population.layout import FILES
from zhunsheng.problem import Place, Problem, Refused, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from zhunsheng.exchange.bulk.inputs import Input
    from zhunsheng.ruleset import Ruleset

MANIFEST: Final = "manifest.json"


class Run(NamedTuple):
    """A run to do: the population, the ruleset asked for, the folder, and the batches that are done."""

    input: Input
    ruleset: str | None
    output: Path
    before: dict[int, Tally]

    @property
    def left(self) -> list[Job]:
        """The batches to do."""
        output = self.output.as_posix()
        return [Job(each, self.ruleset, output) for each in self.input.batches if each.number not in self.before]

    @property
    def resumed(self) -> bool:
        """Whether it goes on with what an earlier call began."""
        return bool(self.before)


def begun(found: Input, ruleset: str | None, output: Path, size: int) -> Run:
    """A run as its folder has it: new, or where it was left.

    Raises:
        Refused: the tables are none that can be judged, or the folder holds something else.
    """
    _refuse_columns(found, ruleset)
    about = {
        "engine": version("zhunsheng"),
        "input": {"name": found.name, "kind": found.kind, "fingerprint": found.fingerprint},
        "ruleset": {"name": ruleset, "sha256": ruleset_sum(ruleset)},
        "batch": size,
        "batches": len(found.batches),
        "documents": found.documents,
    }
    manifest = output / MANIFEST
    if not manifest.exists():
        if output.exists() and (not output.is_dir() or any(output.iterdir())):
            raise Refused([Problem(Place(output.as_posix()), "output-exists", say("output-exists.run"))])
        write_json(about, manifest)
        return Run(found, ruleset, output, {})
    _refuse_other(json.loads(manifest.read_text(encoding="utf-8")), about, manifest)
    swept(output)
    before = {each.number: _read(mark(output, each.number)) for each in found.batches}
    run = Run(found, ruleset, output, {number: tally for number, tally in before.items() if tally is not None})
    _clear(run)
    return run


def _read(path: Path) -> Tally | None:
    return from_data(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def _refuse_other(was: dict[str, Any], now: dict[str, Any], manifest: Path) -> None:
    """Another ruleset, other documents or other batches have no place in the same results."""
    problems = [
        Problem(
            Place(manifest.as_posix()), "run-of-other", say("run-of-other.expected", what=say(f"run-of-other.{what}"))
        )
        for what, same in (
            ("ruleset", was["ruleset"]["sha256"] == now["ruleset"]["sha256"]),
            ("input", was["input"]["fingerprint"] == now["input"]["fingerprint"]),
            ("batch", was["batch"] == now["batch"]),
            ("engine", was["engine"] == now["engine"]),
        )
        if not same
    ]
    if problems:
        raise Refused(problems)


def _clear(run: Run) -> None:
    """Takes away the parts of batches that are not done: they are written anew."""
    numbers = {f"part-{each.batch.number:06}" for each in run.left}
    for folder in (*RESULTS, REJECTS):
        for part in (run.output / folder).rglob("part-*.parquet"):
            if part.name[: len("part-000000")] in numbers:
                part.unlink()


def _refuse_columns(found: Input, ruleset: str | None) -> None:
    if not found.tables:
        return
    rulesets = [named_ruleset(ruleset)] if ruleset is not None else _shipped()
    lists = {each.name for one in rulesets for each in one.inputs if each.shape == "list"}
    problems = []
    for scope, path in found.tables.items():
        if scope not in FILES and scope not in lists:
            problems.append(
                Problem(
                    Place(path), "table-unknown", say("table-unknown.expected", names=(*FILES.values(), *sorted(lists)))
                )
            )
            continue
        schema = scanned(path).collect_schema()
        problems += columns_taken(schema, scope, path, known_columns(scope, rulesets))
    if problems:
        raise Refused(problems)


def _shipped() -> list[Ruleset]:
    return [shipped_ruleset(each) for each in shipped_ids()]


def carried_out(run: Run, jobs: int) -> Iterator[Tally]:
    """Does what is left, and gives what each batch comes to when it is done."""
    if run.left:
        with peers_known(run.input.batches, run.ruleset, jobs) as peers:
            work = [each._replace(peers=peers) for each in run.left]
            for _, tally in spread(done, work, min(jobs, len(work))):
                yield tally


def whole(run: Run, new: list[Tally]) -> Tally:
    """What the whole run comes to."""
    return added([*run.before.values(), *new])
