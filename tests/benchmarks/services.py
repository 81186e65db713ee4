"""The same job told to others' engines: GoRules `zen-engine`, `openfisca-core`. Whole hundredths go in, so that neither needs a float."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from benchmarks.job import EXECUTION, INDICATORS, Result, hundredths

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.job import Tables

Given = dict[str, Any]

TIERS: Final = (
    ("> 1.2", "max([1 - (done - 1.2) / 2, 0.5])"),
    ("[1..1.2]", "1"),
    ("[0.8..1)", "done"),
    ("[0.6..0.8)", "done * 0.8"),
    ("< 0.6", "0"),
)
_SHARE: Final = (
    "(#.a / #.t > 1.2 ? max([1 - (#.a / #.t - 1.2) / 2, 0.5]) : #.a / #.t >= 1 ? 1"
    " : #.a / #.t >= 0.8 ? #.a / #.t : #.a / #.t >= 0.6 ? #.a / #.t * 0.8 : 0)"
)
_RATE: Final = "round(executed / budget, 4)"


def payloads(tables: Tables) -> list[Given]:
    """Documents as the JSON-like values that a service would be sent."""
    documents, indicators = tables["文件"], tables["指标"]
    rows = list(
        zip(
            [index % INDICATORS for index in range(len(indicators))],
            *(
                (hundredths(indicators[name]) // by).to_list()
                for name, by in (("分值", 100), ("目标值", 1), ("实际值", 1))
            ),
            indicators["偏差原因"].is_not_null().to_list(),
            strict=True,
        )
    )
    named = [dict(zip(("i", "p", "t", "a", "said"), row, strict=True)) for row in rows]
    amounts = zip(
        hundredths(documents["全年预算数"]).to_list(),
        hundredths(documents["全年执行数"]).to_list(),
        documents["执行偏差原因"].is_not_null().to_list(),
        strict=True,
    )
    return [
        {"budget": budget, "executed": executed, "said": said, "rows": named[at * INDICATORS : (at + 1) * INDICATORS]}
        for at, (budget, executed, said) in enumerate(amounts)
    ]


def by_zen_expressions() -> Callable[[Given], Result]:
    """A handful of compiled expressions for each document."""
    import zen

    total, rate, explain = (
        zen.compile_expression(each)
        for each in (
            f"round(sum(map(rows, round(#.p * {_SHARE}, 2))) * 100 + round(10 * min([{_RATE}, 1]), 2) * 100, 0)",
            f"{_RATE} < 0.9 and not said",
            "map(filter(rows, #.a < #.t and not #.said), #.i)",
        )
    )

    def judge(given: Given) -> Result:
        found = int(total.evaluate(given))
        low = EXECUTION if rate.evaluate(given) else 0
        return Result(found, _grade(found), low | sum(1 << int(each) for each in explain.evaluate(given)))

    return judge


def by_zen_table() -> Callable[[Given], Result]:
    """A decision table for the tiers, run over the indicators in one call; the rest in Python."""
    decide = _decision([_tiers()])

    def judge(given: Given) -> Result:
        total, explain = 0, 0
        for row in decide(given)["rows"]:
            total += round(row["score"])
            explain |= int(row["late"]) << int(row["i"])
        rate = (20_000 * given["executed"] + given["budget"]) // (2 * given["budget"])
        total += (min(rate, 10_000) * 2 + 10) // 20
        return Result(total, _grade(total), explain | (EXECUTION if rate < 9000 and not given["said"] else 0))

    return judge


def by_zen_graph() -> Callable[[Given], Result]:
    """A decision graph: tiers as a table, sums as expressions, grades as a table again."""
    sums = {
        "rate": _RATE,
        "total": "round(sum(map(rows, #.score)) + round(10 * min([$.rate, 1]), 2) * 100, 0)",
        "explain": "map(filter(rows, #.late), #.i)",
        "low": "$.rate < 0.9 and not said",
    }
    grades = _table(
        ["total"], ["grade"], [(">= 9000", "0"), ("[8000..9000)", "1"), ("[6000..8000)", "2"), ("< 6000", "3")]
    )
    decide = _decision([_tiers(), _expressions(sums), grades])

    def judge(given: Given) -> Result:
        found = decide(given)
        explain = sum(1 << int(each) for each in found["explain"])
        return Result(round(found["total"]), int(found["grade"]), explain | (EXECUTION if found["low"] else 0))

    return judge


def _tiers() -> Given:
    shares = [
        (when, f"round(p * ({share.replace('done', '(a / t)')}), 2) * 100", "a < t and not said")
        for when, share in TIERS
    ]
    loop = {"inputField": "rows", "outputPath": "rows", "executionMode": "loop"}
    return _table(["a / t"], ["score", "late"], shares, loop)


def _table(inputs: list[str], outputs: list[str], rows: Sequence[tuple[str, ...]], how: Given | None = None) -> Given:
    names = [*(f"in{at}" for at in range(len(inputs))), *(f"out{at}" for at in range(len(outputs)))]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": f"in{at}", "field": each} for at, each in enumerate(inputs)],
        "outputs": [{"id": f"out{at}", "field": each} for at, each in enumerate(outputs)],
        "rules": [{"_id": str(at), **dict(zip(names, row, strict=True))} for at, row in enumerate(rows)],
        "passThrough": True,
    }
    return {"type": "decisionTableNode", "content": content | (how or {"executionMode": "single"})}


def _expressions(given: dict[str, str]) -> Given:
    listed = [{"id": key, "key": key, "value": value} for key, value in given.items()]
    return {
        "type": "expressionNode",
        "content": {"expressions": listed, "passThrough": True, "executionMode": "single"},
    }


def _decision(nodes: list[Given]) -> Callable[[Given], Given]:
    """A graph whose nodes stand one after the other."""
    import zen

    chain = [{"type": "inputNode"}, *nodes, {"type": "outputNode"}]
    listed = [{"id": str(at), "name": f"n{at}", **node} for at, node in enumerate(chain)]
    edges = [
        {"id": f"e{at}", "sourceId": str(at), "targetId": str(at + 1), "type": "edge"} for at in range(len(chain) - 1)
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": listed, "edges": edges}))
    return lambda given: decision.evaluate(given)["result"]


def _grade(total: int) -> int:
    return (total < 9000) + (total < 8000) + (total < 6000)


# OpenFisca: variables of persons (indicators) and of a group (documents), on arrays; floats are the habit there, so whole
# hundredths are calculated with instead


def openfisca_system() -> Any:
    """The job as variables; built once."""
    import numpy as np
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    indicator = build_entity(key="indicator", plural="indicators", label="指标", is_person=True)
    document = build_entity(
        key="document",
        plural="documents",
        label="文件",
        roles=[{"key": "member", "plural": "members", "label": "指标"}],
    )

    def variable(name: str, entity: Any, formula: Any = None, kind: type = int) -> Any:
        said = {"value_type": kind, "entity": entity, "definition_period": DateUnit.YEAR, "label": name}
        return type(name, (Variable,), said | ({} if formula is None else {"formula": formula}))

    def score(indicator: Any, period: Any) -> Any:
        points, target, actual = (indicator(name, period).astype(np.int64) for name in ("points", "target", "actual"))
        twice = np.select(
            [5 * actual > 6 * target, actual >= target, 5 * actual >= 4 * target, 5 * actual >= 3 * target],
            [
                2 * points * np.maximum(160 * target - 50 * actual, 50 * target),
                200 * points * target,
                200 * points * actual,
                160 * points * actual,
            ],
            0,
        )
        return (twice + target) // (2 * target)

    def late(indicator: Any, period: Any) -> Any:
        need = (indicator("actual", period) < indicator("target", period)) & ~indicator("said", period)
        return need.astype(np.int64) << indicator("place", period)

    def rate(document: Any, period: Any) -> Any:
        budget, executed = (document(name, period).astype(np.int64) for name in ("budget", "executed"))
        return (20_000 * executed + budget) // (2 * budget)

    def total(document: Any, period: Any) -> Any:
        own = (np.minimum(document("rate", period), 10_000) * 2 + 10) // 20
        return own + document.sum(document.members("score", period))

    def grade(document: Any, period: Any) -> Any:
        found = document("total", period)
        return (found < 9000).astype(int) + (found < 8000) + (found < 6000)

    def explain(document: Any, period: Any) -> Any:
        low = (document("rate", period) < 9000) & ~document("reason", period)
        return document.sum(document.members("late", period)) + low * EXECUTION

    system = TaxBenefitSystem([indicator, document])
    system.add_variables(
        *(variable(name, indicator) for name in ("points", "target", "actual", "place")),
        variable("said", indicator, kind=bool),
        *(variable(name, document) for name in ("budget", "executed")),
        variable("reason", document, kind=bool),
        *(variable(each.__name__, indicator, each) for each in (score, late)),
        *(variable(each.__name__, document, each) for each in (rate, total, grade, explain)),
    )
    return system


def arrays_of(tables: Tables) -> dict[str, Any]:
    """What OpenFisca is given: arrays."""
    documents, indicators = tables["文件"], tables["指标"]
    return {
        "budget": hundredths(documents["全年预算数"]).to_numpy(),
        "executed": hundredths(documents["全年执行数"]).to_numpy(),
        "reason": documents["执行偏差原因"].is_not_null().to_numpy(),
        "points": (hundredths(indicators["分值"]) // 100).to_numpy(),
        "target": hundredths(indicators["目标值"]).to_numpy(),
        "actual": hundredths(indicators["实际值"]).to_numpy(),
        "place": (pl.int_range(len(indicators), eager=True) % INDICATORS).to_numpy(),
        "said": indicators["偏差原因"].is_not_null().to_numpy(),
    }


def by_openfisca(system: Any, given: dict[str, Any]) -> list[Any]:
    """One simulation of all documents: totals, grades, requirements."""
    import numpy as np
    from openfisca_core.simulations import SimulationBuilder

    count = len(given["budget"])
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("indicator", np.arange(count * INDICATORS))
    documents = builder.declare_entity("document", np.arange(count))
    owner = np.repeat(np.arange(count), INDICATORS)
    builder.join_with_persons(documents, owner, roles=np.repeat("member", count * INDICATORS))
    simulation = builder.build(system)
    for name, values in given.items():
        simulation.set_input(name, "2021", values)
    return [simulation.calculate(name, "2021") for name in ("total", "grade", "explain")]
