"""Documents judged together: each is held against its peers, and against nothing else."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import event, given
from hypothesis import strategies as st

from laws.strategies import (
    ROWS,
    SCOPES,
    compiled_or_thrown_away,
    documents,
    filled,
    overlays,
    ruleset_of,
    tried,
    wild_rulesets,
)
from laws.test_columns_laws import judgeable, plainly
from zhunsheng import Document, Ruleset, evaluate, evaluate_together
from zhunsheng.evaluation.peers import judged_together, marks
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import run_together
from zhunsheng.expression.check import check
from zhunsheng.expression.exact import Group, Thing, compiled
from zhunsheng.expression.tree import Absent
from zhunsheng.number import parse
from zhunsheng.population.columns.peers import values_of
from zhunsheng.population.columns.run import run
from zhunsheng.population.columns.values import Inexpressible
from zhunsheng.population.peers import NOTHING, answered, parts_of, passes
from zhunsheng.population.results import one_by_one, results_of, results_of_runs, results_together
from zhunsheng.population.table import Tables, frames_of, tables_of, worlds_of
from zhunsheng.ruleset.vocabulary import DOCUMENT

if TYPE_CHECKING:
    from zhunsheng.population.columns.peers import Known

FIGURES = {
    "最高": "max(执行率 for 同类)",
    "最低": "min(执行率 for 同类 where 执行率 is given)",
    "平均": "mean(执行率 for 同类 where 执行率 is given)",
    "居中": "median(全年预算数 for 同类)",
    "合计数": 'sum(全年预算数 for 同类 where 规模 = "大")',
    "几个": "count(同类)",
    "大的": 'share(规模 = "大" for 同类)',
    "有超支": "any(全年执行数 > 全年预算数 for 同类)",
    "都超支": "every(全年执行数 > 全年预算数 for 同类)",
    "名次": "1 + count(同类 where 执行率 > 本.执行率)",
    "名次二": '1 + count(同类 where 规模 = "大" and 本.执行率 < 执行率)',
    "同分": "count(同类 where 全年执行数 = 本.全年执行数 and 全年执行数 is given)",
    "不同": "count(同类 as 它 where 它.全年执行数 != 本.全年执行数)",
    "位次": "share(全年预算数 <= 本.全年预算数 for 同类)",
    "大中位次": 'share(全年预算数 >= 本.全年预算数 for 同类 where 规模 = "大")',
    "中上": "min(全年预算数 for 同类 where 位次 >= 80%)",
    "相对": "执行率 / 最高",
    "相对均": "mean(相对 for 同类 where 相对 is given)",
    "分数均": "mean(总分 for 同类 where 总分 is given)",
    "总分名次": "1 + count(同类 where 总分 > 本.总分)",
    "指标数": "max(count(它.指标) for 同类 as 它)",
    "行均": "mean(位次 for 同规模)",
}  # fmt: skip
AWKWARD = {"别的均": "mean(全年预算数 for 同类 where 全年预算数 != 本.全年预算数)"}
"""What columns cannot do by passes."""
REGIONS = st.sampled_from(["甲", "乙", None])
MONEY = st.sampled_from([None, "0", "1", "7", "80", "90", "99.99", "100", "100", "300"])


@st.composite
def rulesets(draw: st.DrawFn, more: dict[str, str] | None = None) -> dict[str, Any]:
    """A policy that asks several of these figures, scored by one of them."""
    figures = FIGURES | (more or {})
    names = draw(st.lists(st.sampled_from(sorted(figures)), min_size=1, max_size=6, unique=True))
    needed = dict.fromkeys([*names, *(more or {}), "最高", "位次", "相对"])
    rounding = draw(st.sampled_from(["4 places half-up", "none"]))
    return {
        "ruleset": "peers",
        "version": "1.0.0",
        "title": "同组",
        "peers": {
            "同类": {"by": draw(st.sampled_from([[], ["地区"], ["文件类型", "地区"], ["规模"]]))},
            "同规模": {"by": ["规模"]},
        },
        "quantities": {
            "执行率": {"formula": "全年执行数 / 全年预算数", "round": rounding},
            "规模": 'table(全年预算数; >= 100万元: "大"; < 100万元: "小")',
            **{name: {"each": {"本": "文件"}, "formula": figures[name]} for name in needed},
        },
        "scores": {
            "执行": {
                "each": "文件", "points": "100", "round": draw(st.sampled_from(["2 places half-up", "none"])),
                "formula": draw(st.sampled_from(["100 * 执行率", "100 * 相对", "100 * 位次"])),
            },
        },
        "total": {"formula": "执行.得分 - 扣分", "round": "2 places half-up"},
        "grades": {"优": ">= 90", "差": "< 90"},
        "rules": {
            "low": {"when": "位次 < 50%", "deduct": "1", "message": "低"},
            "pair": {"each": {"一": "指标", "二": "指标"}, "when": "一.三级指标 = 二.三级指标", "finding": "note", "message": "同名"},
        },
    }  # fmt: skip


@st.composite
def populations(draw: st.DrawFn) -> list[Document]:
    """Documents of one year, small and with much in common."""
    found = []
    for at in range(draw(st.integers(1, 7))):
        form: dict[str, Any] = {
            "id": f"{at}", "kind": draw(st.sampled_from(["project", "department"])), "unit": "单位", "project": "项目",
            "year": 2021, "region": draw(REGIONS),
            "funds": {"total": {"annual_budget": draw(MONEY), "executed": draw(MONEY)}},
            "indicators": [{"name": draw(st.sampled_from("子丑"))} for _ in range(draw(st.integers(0, 2)))],
        }  # fmt: skip
        found.append(Document.model_validate(form))
    return found


def exactly(tables: Tables, ruleset: Ruleset) -> list[Any]:
    """The runs of all documents together by the exact interpreter."""
    worlds = [world for _, world in worlds_of(tables, ruleset)]
    return run_together(plan_of(ruleset), worlds, judged_together)


def in_batches(population: list[Document], ruleset: Ruleset, size: int) -> Known:
    """What passes over batches of documents find, the last batch first."""
    batches = [tables_of(population[at : at + size], ruleset) for at in range(0, len(population), size)][::-1]
    known = NOTHING
    for level in range(passes(ruleset)):
        known = answered(ruleset, known, level, [parts_of(each, ruleset, known, level) for each in batches])
    return known


@tried(150)
@given(rulesets(), populations(), st.integers(1, 3))
def test_peers_in_columns_are_what_they_are_one_by_one(
    policy: dict[str, Any], population: list[Document], size: int
) -> None:
    """Every figure and every row of results, whichever batches the documents came in."""
    ruleset = ruleset_of(policy)
    tables = tables_of(population, ruleset)
    runs = exactly(tables, ruleset)
    wanted = results_of_runs(enumerate(runs), ruleset)
    known = in_batches(population, ruleset, size)
    for found in (results_of(tables, ruleset, known), one_by_one(tables, ruleset, known)):
        for one, other in zip(found.tables, wanted.tables, strict=True):
            assert one.equals(other), (policy, one.to_dicts(), other.to_dicts())
    outcome = run(ruleset, frames_of(tables, ruleset), known)
    odd = {row for each in outcome.exactly for row in each}
    event(f"odd: {bool(odd)}")
    frame = outcome.frames[DOCUMENT]
    for name in policy["quantities"]:
        for row, each in enumerate(runs):
            value = each.world.things[DOCUMENT][0].values.get(name, Absent.MISSING)
            if row not in odd:
                assert values_of(frame.columns[name], frame.rows)[row] == plainly(value), (name, row, policy)


@tried(40)
@given(rulesets(AWKWARD), populations())
def test_what_passes_cannot_ask_is_asked_with_all_documents_at_hand(
    policy: dict[str, Any], population: list[Document]
) -> None:
    """The same results, more slowly."""
    ruleset = ruleset_of(policy)
    tables = tables_of(population, ruleset)
    try:
        passes(ruleset)
        raise AssertionError
    except Inexpressible:
        pass
    wanted = results_of_runs(enumerate(exactly(tables, ruleset)), ruleset)
    for one, other in zip(results_together(tables, ruleset).tables, wanted.tables, strict=True):
        assert one.equals(other)


@tried(60)
@given(rulesets(), populations(), st.randoms(use_true_random=False))
def test_the_order_of_documents_has_no_say(policy: dict[str, Any], population: list[Document], random: Any) -> None:
    """Whoever is named first, every document has the same assessment, reasons included."""
    ruleset = ruleset_of(policy)
    found = dict(zip([each.name for each in population], evaluate_together(population, ruleset), strict=True))
    random.shuffle(population)
    for document, assessment in zip(population, evaluate_together(population, ruleset), strict=True):
        assert found[document.name] == assessment


@tried(60)
@given(rulesets(), populations())
def test_a_group_needs_no_other(policy: dict[str, Any], population: list[Document]) -> None:
    """Each group judged by itself comes to what it comes to among all; so does a document of no group."""
    policy["peers"]["同规模"]["by"] = policy["peers"]["同类"]["by"]
    ruleset = ruleset_of(policy)
    runs = exactly(tables_of(population, ruleset), ruleset)
    grouped: dict[Any, list[int]] = {}
    for at, mark in enumerate(marks(ruleset.peers[0], [each.world.things[DOCUMENT][0] for each in runs])):
        grouped.setdefault(mark if mark is not None else at, []).append(at)
    together = evaluate_together(population, ruleset)
    for members in grouped.values():
        apart = evaluate_together([population[at] for at in members], ruleset)
        assert apart == tuple(together[at] for at in members)


HELD: dict[str, list[Any]] = {
    "行分甲": [Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1, 2)],
    "行分乙": [Fraction(-1), Fraction(0), Fraction(1, 2)],
    "行日甲": [date(2021, 1, 1), date(2021, 1, 2)],
    "行文甲": ["优", "良"],
    "行是甲": [True, False],
}
COMPARED = [
    ("{}.行分甲", "<=>"), ("{0}.行分甲 + {0}.行分乙", "<=>"), ("{0}.行分乙 / {0}.行分甲", "<=>"), ("{}.行日甲", "<=>"),
    ("{}.行文甲", "="), ("{}.行是甲", "="), ("甲.行分甲", "<=>"), ("甲.行分甲 + {}.行分乙", "<=>"),
    ("count({0}.行 as 丙 where 丙.行分甲 > {0}.行分甲)", "<=>"),
]  # fmt: skip
ALSO = (
    "乙.行是甲",
    '乙.行文甲 = "优"',
    "乙.行分甲 is given",
    "乙.行分乙 / 乙.行分甲 < 1",
    "(甲.行是甲 or 乙.行是甲)",
    "甲.行分乙 > 乙.行分乙",
)


@st.composite
def ranks(draw: st.DrawFn) -> str:
    """A number or a share of rows that stand so to the row itself, and of which more holds or not."""
    figure, how = draw(st.sampled_from(COMPARED))
    signs = ["=", "!="] if how == "=" else ["=", "!=", "<", "<=", ">", ">="]
    one, other = draw(st.permutations("甲乙"))
    test = f"{figure.format(one)} {draw(st.sampled_from(signs))} {figure.format(other)}"
    also = draw(st.lists(st.sampled_from(ALSO), max_size=2))
    if draw(st.booleans()):
        where = f" where {' and '.join(also)}" if also else ""
        return f"share({test} for 行 as 乙{where})"
    return f"count(行 as 乙 where {' and '.join(draw(st.permutations([test, *also])))})"


@st.composite
def tables_of_rows(draw: st.DrawFn) -> list[Thing]:
    """Rows with much in common, some of them lacking something."""
    table = Thing("表", "/0", None, {})
    absent = draw(st.sampled_from([[], [Absent.UNDEFINED], [*Absent]]))
    found = []
    for at in range(draw(st.integers(1, 6))):
        held = {name: draw(st.sampled_from([*values, *values, *absent])) for name, values in HELD.items()}
        values = {name: value for name, value in held.items() if value is not Absent.MISSING}
        found.append(Thing("行", f"/0/{at}", table, values))
    return found


@tried(400)
@given(ranks(), tables_of_rows())
def test_a_rank_by_order_is_what_counting_gives(text: str, rows: list[Thing]) -> None:
    """Sorting all once gives each what walking over all gives it, absences included."""
    node, (table,) = check(text, ROWS[:1], SCOPES), {each.parent for each in rows if each.parent is not None}
    table.collections["行"] = rows
    walked = [compiled(node)((each,)) for each in rows]
    table.groups = {"行": Group(len(rows), rows)}
    by_order = compiled(node)
    assert [by_order((each,)) for each in rows] == walked
    event(f"absent: {sum(isinstance(each, Absent) for each in walked)} of {len(walked)}")


@tried(60)
@given(rulesets(), populations())
def test_a_rank_is_a_place_in_the_order(policy: dict[str, Any], population: list[Document]) -> None:
    """Who has more stands before; equals share the better rank, and the next comes after all of them."""
    policy["quantities"]["名次"] = {
        "each": {"本": "文件"},
        "formula": "1 + count(同类 where 全年预算数 > 本.全年预算数)",
    }
    policy["peers"]["同类"]["by"] = []
    ruleset = ruleset_of(policy)
    found = evaluate_together(population, ruleset)
    budgets = [each.funds.total.annual_budget for each in population]
    if None in budgets:
        assert all("名次" not in each.quantities for each in found)
        return
    order = sorted((Fraction(each) for each in budgets if each is not None), reverse=True)
    for assessment, budget in zip(found, budgets, strict=True):
        assert budget is not None
        assert parse(assessment.quantities["名次"]) == order.index(Fraction(budget)) + 1


@tried(60)
@given(wild_rulesets() | overlays(), st.lists(filled(documents()), min_size=1, max_size=3))
def test_documents_without_peers_have_nothing_to_do_with_one_another(
    policy: dict[str, Any], forms: list[dict[str, Any]]
) -> None:
    """Judged together they come to what each comes to alone: no rule matches from one into another."""
    ruleset = compiled_or_thrown_away(policy)
    found = judgeable(forms, ruleset)
    assert evaluate_together(found, ruleset) == tuple(evaluate(each, ruleset) for each in found)


@tried(30)
@given(rulesets(), populations())
def test_a_document_judged_alone_has_no_peer_figure(policy: dict[str, Any], population: list[Document]) -> None:
    """Not even of itself: who it is held against is not known, and nothing is guessed."""
    ruleset = ruleset_of(policy)
    peers = {name for name, text in FIGURES.items() if "同" in text} & policy["quantities"].keys()
    for assessment in (evaluate(each, ruleset) for each in population):
        assert peers.isdisjoint(assessment.quantities)
        for name in peers:
            reasons = [each.value for each in assessment.derivations[name].inputs if each.name in ("同类", "同规模")]
            assert reasons
            assert all("单独" in each or "不属于" in each for each in reasons)
