"""How long one evaluation of a shipped ruleset takes, and where the time goes; the second half of `make bench`.

One document of 20 indicators, each part timed apart and beside bare durable-rules on the very facts that the engine
tells it. Processor time, median of many runs, all in one process; compare within one run, not across machines.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from zhunsheng import evaluate, load_ruleset, plain
from zhunsheng.document import read_document
from zhunsheng.evaluation.facts import world_of_document
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import facts_of, run
from zhunsheng.source import read

if TYPE_CHECKING:
    from collections.abc import Callable

RULESET = "zhuzhou-2021"


def document_of(indicators: int) -> bytes:
    """A form with that many indicators, four of five of them numbers, as JSON."""
    targets = [("≥12次", "24次"), (">90%", "96%"), ("<48小时", "42小时"), ("每天", "每天"), ("≥100%", "97.5%")]
    points = 90 // indicators
    form = {
        "kind": "project",
        "unit": "某单位",
        "project": "某项目",
        "year": 2021,
        "funds": {
            "total": {"annual_budget": 1984.99, "executed": 1677.29, "claimed_rate": "85.00%", "claimed_score": 8.5}
        },
        "indicators": [
            {
                "dimension": ("产出指标", "效益指标", "满意度指标")[index * 3 // indicators],
                "category": "数量指标",
                "name": f"指标{index + 1}",
                "target": targets[index % 5][0],
                "actual": targets[index % 5][1],
                "points": points,
                "claimed_score": points,
            }
            for index in range(indicators)
        ],
        "claimed_total": 98.5,
    }
    return json.dumps(form, ensure_ascii=False).encode()


def median(work: Callable[[], object], times: int) -> float:
    """Median processor time of `work` in microseconds, after one run that does not count."""
    work()
    spent = []
    for _ in range(times):
        start = time.process_time_ns()
        work()
        spent.append(time.process_time_ns() - start)
    return statistics.median(spent) / 1000


def start_up() -> list[tuple[str, float]]:
    """Wall time of whole processes: bare Python, `--version`, one form."""
    form = "fixtures/zhuzhou-2021/department.yaml"
    commands = {
        "python -c pass": ["-c", "pass"],
        "zhunsheng --version": ["-m", "zhunsheng", "--version"],
        "zhunsheng evaluate (one form)": ["-m", "zhunsheng", "evaluate", form],
    }
    found = []
    for name, arguments in commands.items():
        spent = []
        for _ in range(7):
            start = time.perf_counter_ns()
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
            spent.append(time.perf_counter_ns() - start)
        found.append((name, statistics.median(spent) / 1000))
    return found


def report() -> None:
    """Times each part and prints one table."""
    ruleset = load_ruleset(RULESET)
    content = document_of(20)
    document = read_document(read(content, "form.json"))
    plan = plan_of(ruleset)
    world = world_of_document(document, ruleset)
    run(plan, world)
    told = [facts_of(step, world)[0] for step in plan.steps]
    facts = [fact for batch in told for fact in batch]

    def infer() -> None:
        assert plan.engine is not None
        with plan.engine.session() as session:
            for batch in told:
                session.tell(batch)

    rows = [
        ("durable-rules alone, the same facts", infer, 300),
        ("judged, without derivations", lambda: evaluate(document, ruleset, derivations=False), 300),
        ("judged, with derivations", lambda: evaluate(document, ruleset), 50),
        ("  facts of the form", lambda: world_of_document(document, ruleset), 300),
        ("  facts, scores and inference", lambda: run(plan, world_of_document(document, ruleset)), 300),
        ("  facts told to inference", lambda: [facts_of(step, world) for step in plan.steps], 300),
        ("  written as JSON", lambda: json.dumps(plain(evaluate(document, ruleset)), ensure_ascii=False), 50),
        ("document read and validated", lambda: read_document(read(content, "form.json")), 50),
        ("ruleset read, merged and typed", lambda: load_ruleset(RULESET), 10),
    ]
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {RULESET}, 20 indicators, {len(facts)} facts told"
    )
    base = 0.0
    for name, work, times in rows:
        spent = median(work, times)
        base = base or spent
        print(f"{name:<40}{spent:>10.0f} µs{spent / base:>8.1f} ×")
    print()
    bare = 0.0
    for name, spent in start_up():
        bare = bare or spent
        print(f"{name:<40}{spent / 1000:>10.0f} ms{spent / bare:>8.1f} ×")
