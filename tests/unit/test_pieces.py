"""Every line of `fixtures/cases/pieces` says what the pieces of an expression are, and so does every line of the language's own cases."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from zhunsheng import load_document, load_ruleset
from zhunsheng.evaluation.facts import world_of_document
from zhunsheng.evaluation.plan import plan_of
from zhunsheng.evaluation.score import run
from zhunsheng.exchange.files import shipped_ids
from zhunsheng.expression.check import Binder, Scope, check
from zhunsheng.expression.exact import Thing, compiled
from zhunsheng.expression.parse import parse
from zhunsheng.expression.pieces import Definition, Free, Pieces, pieces
from zhunsheng.expression.pieces.bands import printed_as, rows_that_hold, values_on
from zhunsheng.expression.pieces.forms import Form
from zhunsheng.expression.pieces.limits import Infinite
from zhunsheng.expression.pieces.line import joined
from zhunsheng.expression.pieces.readings import (
    boundary_values,
    bounds,
    compared,
    difference,
    differs,
    holding,
    how_wrong,
    largest,
    monotone,
    outside,
    smallest,
    violations,
)
from zhunsheng.expression.pieces.written import cell_in_words, end_in_words, interval
from zhunsheng.expression.tree import Absent, Constant, Table
from zhunsheng.expression.types import Type
from zhunsheng.number import Mode, Rounding, write

if TYPE_CHECKING:
    from zhunsheng.expression.pieces.limits import Limit
    from zhunsheng.expression.tree import Node, Value

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
Case = dict[str, Any]


def cases(folder: str, *names: str) -> list[Any]:
    """All scalars are texts, as in the cases of the language."""
    return [
        pytest.param(case, id=f"{file.stem} {count}: {case.get('expression', case.get('rows', case.get('printed')))}")
        for file in sorted((FIXTURES / "cases" / folder).glob("*.yaml"))
        if not names or file.stem in names
        for count, case in enumerate(yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader), start=1)  # noqa: S506  texts only
    ]


def known(text: str) -> tuple[Type, Value]:
    """`85%`, `「优」`, `真`; or `missing percent`, an absence and the type it has."""
    absent, _, type_ = text.partition(" ")
    if absent.upper() in Absent.__members__:
        return Type(type_ or "number"), Absent[absent.upper()]
    constant = parse(text)
    assert isinstance(constant, Constant), text
    return Type.NUMBER if constant.type in (Type.ZERO, None) else constant.type, constant.value


class Setting:
    """A thing that holds what a case's `with` says, and x."""

    def __init__(self, given: dict[str, Any], free: str = "x") -> None:
        self.table = Thing("表", "", None, {})
        fields: dict[str, Type | None] = {"x": Type.NUMBER}
        self.scopes: dict[str, Scope] = {}
        for name, said in given.items():
            if isinstance(said, str):
                fields[name], self.table.values[name] = known(said)
                continue
            rows = [{key: known(value) for key, value in row.items()} for row in said]
            of_row = (
                {key: type_ for key, (type_, _) in rows[0].items()}
                if rows
                else {"分值": Type.NUMBER, "达标": Type.TRUTH}
            )
            self.scopes[name] = Scope(name, "表", of_row)
            self.table.collections[name] = [
                Thing(
                    name,
                    f"{name}/{at}",
                    self.table,
                    {key: value for key, (_, value) in row.items() if value is not Absent.MISSING},
                )
                for at, row in enumerate(rows)
            ]
        self.table.values = {name: value for name, value in self.table.values.items() if value is not Absent.MISSING}
        self.scopes["表"] = Scope("表", None, fields, {name: name for name in self.scopes})
        self.x = Free(self.table, free)

    def tree(self, text: str) -> Node:
        return check(text, (Binder("表"),), self.scopes)

    def pieces(self, node: Node, on: str, **options: Any) -> Pieces:
        low, _, high = on.partition("..")
        ends = [Fraction(end.strip()) if end.strip() else None for end in (low, high)]
        return pieces(node, (self.table,), self.x, *ends, **options)


def texts(ends: tuple[Any, ...]) -> str:
    return " ".join(end_in_words(each, "") for each in ends)


def limit_in_words(limit: Limit) -> str:
    return write(limit) if isinstance(limit, Fraction) else "∞" if limit is Infinite.ABOVE else "-∞"


def same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


# The function itself


@pytest.mark.parametrize("case", cases("pieces", "traps"))
def test_pieces_are_what_the_case_says(case: Case) -> None:
    setting = Setting(case.get("with", {}))
    node = setting.tree(case["expression"])
    function = setting.pieces(node, case["on"])
    check_shape(case, function)
    assert function.beyond is ("beyond" in case)
    reading = compiled(node)
    for at, said in case.get("at", {}).items():
        value = known(said)[1]
        setting.table.values["x"] = Fraction(at)
        assert same(function.at(Fraction(at)), value), at
        assert function.beyond or same(reading((setting.table,)), value), at
    setting.table.values.pop("x", None)
    assert same(function.blank, reading((setting.table,)))
    if "blank" in case:
        assert same(function.blank, known(case["blank"])[1])


def check_shape(case: Case, function: Pieces) -> None:
    if "cuts" in case:
        assert texts(function.cuts[1:-1]) == case["cuts"]
    if "gaps" in case:
        assert len(function.gaps) == int(case["gaps"])
    if "steps" in case:
        assert len(function.expanded().gaps) == int(case["steps"])
    if "staged" in case:
        roundings = [
            sum(isinstance(stage, Rounding) for stage in each.stages)
            for each in function.gaps
            if isinstance(each, Form)
        ]
        assert roundings == [int(case["staged"])]


@pytest.mark.parametrize("case", [each for each in cases("expression") if "refused" not in each.values[0]])
def test_every_case_of_the_language_in_each_of_its_numbers(case: Case) -> None:
    """Whichever number of a case is taken as the free input, its value is the one that the case gives."""
    given = case.get("with", {})
    for name, said in given.items():
        if isinstance(said, str) and isinstance(value := known(said)[1], Fraction):
            setting = Setting(given, name)
            node = setting.tree(case["expression"])
            wanted = compiled(node)((setting.table,))
            around = pieces(node, (setting.table,), setting.x, value - 3, value + 3)
            assert around.beyond or same(around.at(value), wanted), name
            del setting.table.values[name]
            assert same(around.blank, compiled(node)((setting.table,)))


def test_a_truth_is_no_number_whatever_python_says() -> None:
    """`True == 1`, with equal hashes: neighbours of either kind stay apart."""
    ends = (Fraction(0), Fraction(1), Fraction(2))
    function = joined(ends, (True, Fraction(1), Fraction(1)), (True, Fraction(1)), Absent.MISSING)
    assert [type(run.cell) for run in function.runs()] == [bool, Fraction]
    assert [interval(run) for run in differs(function, True).runs() if run.cell is True] == ["[1, 2]"]


def test_a_place_outside_the_domain_is_refused() -> None:
    function = Setting({}).pieces(Setting({}).tree("1"), "0 .. 1")
    for x in (Fraction(-1, 10**9), 1 + Fraction(1, 10**9)):
        with pytest.raises(ValueError, match="outside"):
            function.at(x)
    with pytest.raises(ValueError, match="no value"):
        Setting({}).pieces(parse("1"), "1 .. 0")


def test_a_function_is_written_a_line_a_run() -> None:
    setting = Setting({})
    function = setting.pieces(
        setting.tree("10 * round(round(x / 2, 4), 2) if x < 1 else x * x if x * x < 3 else undefined"), "0 .."
    )
    assert function.written().splitlines() == [
        "[0, 1): (0.5·x); 4 places half-up; 2 places half-up; × 10",
        "[1, ≈1.732050): (1·x^2)",
        "(≈1.732050, ∞): Absent.UNDEFINED",
        "missing: Absent.MISSING",
    ]


# The readings


@pytest.mark.parametrize("case", cases("pieces", "readings"))
def test_readings_are_what_the_case_says(case: Case) -> None:
    setting = Setting({})
    places = int(case.get("places", "2"))
    if "printed" in case:
        check_printed(case, setting)
        return
    if "rows" in case:
        table = setting.tree(case["rows"])
        assert isinstance(table, Table)
        counted = setting.pieces(rows_that_hold(table), case["on"])
        faulty = [run for run in counted.runs() if run.cell != 1]
        assert " ".join(f"{interval(run)}: {cell_in_words(run.cell)}" for run in faulty) == case["faulty"]
        check_documents(case, differs(counted, Fraction(1)), places)
        return
    function = setting.pieces(setting.tree(case["expression"]), case["on"])
    check_shape(case, function)
    if "against" in case:
        other = setting.pieces(setting.tree(case["against"]), case["on"])
        found = difference(function, other, places)
        assert not found.undecided
        if "differs" in case:
            assert " ".join(interval(each.run) for each in found.runs) == case["differs"]
        if "regions" in case:
            assert len(found.runs) == int(case["regions"])
        check_documents(case, differs(function, other), places)
        check_bounds(case, found.gained)
        return
    check_bounds(case, function)
    check_truth(case, function, places)
    check_fall(case, function)
    if "boundary" in case:
        said = {Fraction(x): known(value)[1] for x, value in case["boundary"].items()}
        assert dict(boundary_values(function, places)) == said
    if "wrong" in case:
        wrong = how_wrong(function, Fraction(case["filed"]), places)
        assert {
            side: "none" if at is None else write(at.x) for side, at in (("below", wrong.below), ("above", wrong.above))
        } == case["wrong"]


def check_printed(case: Case, setting: Setting) -> None:
    run = printed_as(Fraction(case["printed"]), Rounding(int(case["to"]), Mode.HALF_UP))
    assert interval(run) == case["run"]
    if "values" in case:
        function = setting.pieces(setting.tree(case["expression"]), case["on"])
        assert [f"「{each}」" for each in values_on(function, run)] == case["values"].split()


def check_documents(case: Case, truth: Pieces, places: int) -> None:
    if "documents" in case:
        found = ["none" if each.document is None else write(each.document) for each in violations(truth, places)]
        assert " ".join(dict.fromkeys(found)) == case["documents"]


def check_bounds(case: Case, function: Pieces) -> None:
    if "greatest" in case:
        found = bounds(function)
        assert found is not None
        assert limit_in_words(found.least.value) == case["least"] if "least" in case else True
        assert limit_in_words(found.greatest.value) == case["greatest"]
        if "attained" in case:
            assert " ".join(interval(run) for run in found.greatest.attained) == case["attained"]


def check_truth(case: Case, function: Pieces, places: int) -> None:
    if "outside" in case:
        low, _, high = case["outside"].partition(" .. ")
        check_documents(case, outside(function, Fraction(low), Fraction(high)), places)
    if "holds" in case:
        assert " ".join(interval(run) for run in holding(function)) == case["holds"]
    for name, reading in (("smallest", smallest), ("largest", largest)):
        if name in case:
            found = reading(function, places)
            assert ("none" if found is None else write(found)) == case[name]


def check_fall(case: Case, function: Pieces) -> None:
    if "falls" in case:
        found = []
        for fall in monotone(function):
            low, high = end_in_words(fall.low, "-∞"), end_in_words(fall.high, "∞")
            where = f"at {low}" if low == high else f"({low}, {high})"
            found.append(f"{fall.kind} {where}: {limit_in_words(fall.from_)} → {limit_in_words(fall.to)}")
        assert found == case["falls"]


# Shipped policies on the real form


class Shipped:
    """A shipped ruleset at work on the real department form, with one field of it free."""

    def __init__(self, name: str, free: str = "全年执行数") -> None:
        self.ruleset = load_ruleset(name)
        self.free = free
        self.document, self.items = self.worked_out(None)

    def worked_out(self, x: Fraction | None) -> tuple[Thing, dict[str, Value]]:
        """The document as the engine leaves it, and its scores by name; with x filed, where it is given."""
        world = world_of_document(load_document(FIXTURES / "zhuzhou-2021" / "department.yaml"), self.ruleset)
        document = world.things["文件"][0]
        if x is not None:
            document.values[self.free] = x
        done = run(plan_of(self.ruleset), world)
        return document, {
            each.scoring.score.name: each.computed for each in done.items if each.scoring and each.thing is document
        }

    def definition(self, thing: Thing, key: str) -> Definition | None:
        """The formula behind a name, as `evaluation` works it out: quantities, scores by name, scores as items."""
        ruleset = self.ruleset
        for each in (*ruleset.quantities, ruleset.total, ruleset.grades):
            if (each.scope, each.name) == (thing.scope, key):
                return Definition(each.formula, each.roundings)
        for score in ruleset.scores:
            if score.scope != "文件":
                continue
            own = (thing.scope, key) == ("文件", f"{score.name}.得分")
            item = thing.scope == "得分项" and key == "得分项得分" and thing.values.get("得分项名称") == score.name
            if own or item:
                return Definition(score.formula, score.roundings, (self.document,), score.otherwise or Absent.UNDECIDED)
        return None

    def pieces(self, name: str, low: str = "0", high: str = "3000") -> Pieces:
        scopes = {**self.ruleset.scopes}
        node = check(name, (Binder("文件"),), scopes)
        free = Free(self.document, self.free)
        return pieces(node, (self.document,), free, Fraction(low), Fraction(high), definitions=self.definition)


def test_zhuzhou_stays_within_its_points_and_never_falls() -> None:
    """With the cap, what the form says of 0 and of the full 10 points is proved for every amount."""
    score = Shipped("zhuzhou-2021").pieces("预算执行率.得分")
    assert violations(outside(score, Fraction(0), Fraction(10)), 2) == ()
    found = bounds(score)
    assert found is not None
    assert [found.least.value, found.greatest.value] == [0, 10]
    assert monotone(score) == ()
    assert texts(score.cuts[1:-1]) == "1985.0892495"  # the first rate above 100 %


def test_what_the_department_would_have_had_to_spend() -> None:
    shipped = Shipped("zhuzhou-2021")
    total, grade = shipped.pieces("总分"), shipped.pieces("等级")
    spent = Fraction("1677.29")
    assert total.at(spent) == Fraction("98.45")
    assert grade.at(spent) == "优"
    assert [(interval(run), run.cell) for run in grade.runs()] == [("[0, 3000]", "优")]
    assert smallest(compared(">=", total, Fraction("98.5")), 2) == Fraction("1686.15")
    assert total.at(Fraction("1686.15")) == Fraction("98.5")
    assert shipped.worked_out(Fraction("1686.14"))[0].values["总分"] == Fraction("98.49")
    assert how_wrong(grade, spent, 2) == (None, None)


def test_two_rulesets_differ_where_their_rounding_does() -> None:
    raw, printed = (
        Shipped(name).pieces("预算执行率.得分", high="1984.99") for name in ("zhuzhou-2021", "zhuzhou-2021-as-printed")
    )
    found = difference(raw, printed, 2)
    assert found.bounds is not None
    assert (found.bounds.least.value, found.bounds.greatest.value) == (Fraction(-1, 20), Fraction(1, 20))
    assert found.bounds.least.attained
    assert found.bounds.greatest.attained
    assert (len(raw.gaps), len(printed.gaps)) == (1, 1)


@pytest.mark.parametrize("free", ["全年执行数", "全年预算数"])
@pytest.mark.parametrize("name", shipped_ids())
def test_pieces_of_a_shipped_ruleset_are_what_the_engine_gives(name: str, free: str) -> None:
    """Scores, total and grade of the real form in one amount: at the cuts, beside them and elsewhere."""
    shipped = Shipped(name, free)
    names = [f"{score.name}.得分" for score in shipped.ruleset.scores if score.scope == "文件"]
    functions = {each: shipped.pieces(each) for each in (*names, "总分", "等级")}
    asked = {Fraction(1677), Fraction("1677.29"), Fraction(2500), Fraction("0.01")}
    for function in functions.values():
        for cut in function.cuts:
            assert isinstance(cut, Fraction)
            asked |= {x for x in (cut, cut - Fraction(1, 100), cut + Fraction(1, 100)) if 0 <= x <= 3000}
    for x in sorted(asked):
        document, _ = shipped.worked_out(x)
        for each, function in functions.items():
            assert same(function.at(x), document.values.get(each, Absent.MISSING)), (each, x)


@pytest.mark.parametrize("operator", ["*", "+"])
def test_a_function_that_outgrows_what_can_be_computed_is_undecided(operator: str) -> None:
    """Quantities that square each other, or add their inverses, in one input; no place of theirs takes for ever."""
    thing = Thing("表", "", None, {})
    scopes = {"表": Scope("表", None, {f"步{at}": Type.NUMBER for at in range(20)})}
    steps = {
        f"步{at}": check(
            f"步{at - 1} {operator} {'' if operator == '*' else '1 / '}步{at - 1}", (Binder("表"),), scopes
        )
        for at in range(1, 20)
    }

    def definition(_: Thing, name: str) -> Definition | None:
        return Definition(steps[name], ()) if name in steps else None

    node = check("步19", (Binder("表"),), scopes)
    found = pieces(node, (thing,), Free(thing, "步0"), Fraction(2), Fraction(3), definitions=definition)

    assert found.beyond
    assert found.at(Fraction(5, 2)) is Absent.UNDECIDED
