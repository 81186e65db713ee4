"""What the laws are tried on: expressions, things, documents and rulesets, mostly well-formed.

Expressions are made type first: a production is chosen for the type that is wanted, then its parts. Rulesets and
documents leave here as the JSON that people write, and the laws read them with the public readers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from hypothesis import assume, settings
from hypothesis import strategies as st

from zhunsheng import load_ruleset
from zhunsheng.document import Document, Dossier, read_document, read_dossier
from zhunsheng.exchange.files import ruleset_source
from zhunsheng.expression.check import Binder, Scope, check
from zhunsheng.expression.exact import Thing
from zhunsheng.expression.parse import Malformed
from zhunsheng.expression.tree import Absent
from zhunsheng.expression.types import Type
from zhunsheng.number import Mode
from zhunsheng.problem import Refused
from zhunsheng.proof.documents import AMOUNTS, COUNTS, cells, maybe
from zhunsheng.ruleset import Ruleset, read_ruleset
from zhunsheng.source import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zhunsheng.expression.tree import Node, Value

N, P, M, Q, D, T, X, B = (
    Type.NUMBER, Type.PERCENT, Type.MONEY, Type.QUANTITY, Type.DAYS, Type.DATE, Type.TEXT, Type.TRUTH,
)  # fmt: skip
NUMERIC: Final = (N, P, M, Q, D)
MODES: Final = [mode.value for mode in Mode]


def tried(times: int) -> settings:
    """So many examples each time, and as many more as the profile asks for."""
    profile = settings.default
    assert profile is not None
    return settings(max_examples=times * profile.max_examples // 100)


# Expressions


@dataclass(slots=True)
class Names:
    """What an expression may name: of the things bound, and in the collections they hold."""

    fields: dict[Type, list[str]]
    collections: dict[str, dict[Type, list[str]]] = field(default_factory=dict)

    def inside(self, collection: str) -> Names:
        """The names within an aggregate; collections are not looked into twice."""
        inner = self.collections[collection]
        return Names({type_: inner.get(type_, []) + self.fields.get(type_, []) for type_ in (*NUMERIC, T, X, B)})

    def called(self, name: str, own: dict[Type, list[str]]) -> Names:
        """The same, with the fields of the thing itself under its name as well: `本.分值` is still there in an aggregate."""
        fields = {
            type_: [*self.fields[type_], *(f"{name}.{each}" for each in own.get(type_, []))] for type_ in self.fields
        }
        return Names(fields, self.collections)

    def plus(self, type_: Type, name: str) -> Names:
        return Names({**self.fields, type_: [*self.fields.get(type_, []), name]}, self.collections)


LITERALS: Final[dict[Type, list[str]]] = {
    N: ["1", "2", "3.5", "10", "100", "0.005", "-2", "1000000007"],
    P: ["50%", "33.3%", "100%", "-5%", "0.005%"],
    M: ["12.34万元", "5元", "1亿元"],
    Q: [],
    D: ["3天", "0.5天", "365天"],
    T: ["2021-03-31", "2020-02-29", "9999-12-31"],
    X: ['"优"', "「优良」", '""', "' 良 '", '"产出指标"'],
    B: ["真", "false"],
}


def expressions(type_: Type, names: Names, depth: int = 3) -> st.SearchStrategy[str]:
    """The text of an expression of a type."""
    return _expression(type_, names, depth)


@st.composite
def _expression(draw: st.DrawFn, type_: Type, names: Names, depth: int) -> str:  # noqa: PLR0915  a line a production
    known = names.fields.get(type_, [])
    leaves = known * 3 + LITERALS[type_]
    if depth <= 0 or draw(st.integers(0, 3)) == 0:
        if leaves:
            return draw(st.sampled_from(leaves))
        depth = 1  # only something made of others has this type here

    def part(wanted: Type) -> str:
        return draw(_expression(wanted, names, depth - 1))

    def some(wanted: Type, least: int = 1) -> list[str]:
        return [part(wanted) for _ in range(draw(st.integers(least, 3)))]

    def sign() -> str:
        return draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "≥", "≤", "≠"]))

    def numeric() -> Type:
        return draw(st.sampled_from([each for each in NUMERIC if names.fields.get(each) or LITERALS[each]]))

    def quotient(like: Type) -> str:
        return f"({part(like)} / {part(like)})"

    def comparison(like: Type) -> str:
        return f"({part(like)} {sign()} {part(like)})"

    def table() -> str:
        at = draw(st.sampled_from([N, P, X, T]))
        rows = []
        for _ in range(draw(st.integers(1, 3))):
            sort = "=" if at is X else draw(st.sampled_from(["one", "two"]))
            ends = f"= {part(at)}" if sort == "=" else f"{sign()} {part(at)}"
            rows.append(f"{ends}{f' and {sign()} {part(at)}' if sort == 'two' else ''}: {part(type_)}")
        if draw(st.booleans()):
            rows.append(f"else: {part(type_)}")
        return f"table({part(at)}; {'; '.join(rows)})"

    def lines() -> str:
        at = draw(st.sampled_from([N, P, M, D]))
        unit, other = ({N: "", P: "%", M: "万元", D: "天"}[each] for each in (at, type_))
        xs = sorted(set(draw(st.lists(st.integers(-20, 120), min_size=1, max_size=4))))
        points = [f"{x}{unit}: {draw(st.integers(-50, 150))}{other}" for x in xs]
        return f"lines({part(at)}; {'; '.join(points)})"

    def over(gathering: str, wanted: Type | None) -> str:
        collection = draw(st.sampled_from(list(names.collections)))
        inner = names.inside(collection)
        condition = f" where {draw(_expression(B, inner, 1))}" if draw(st.booleans()) else ""
        if wanted is None:
            return f"{gathering}({collection}{condition or ' as 它' * draw(st.booleans())})"
        return f"{gathering}({draw(_expression(wanted, inner, 1))} for {collection}{condition})"

    common: list[Callable[[], str]] = [
        lambda: f"({part(type_)} if {part(B)} else {part(type_)})",
        lambda: f"(若 {part(B)} 则 {part(type_)} 否则 {part(type_)})",
        table,
        lambda: f"first({part(type_)}, {part(type_)})",
        lambda: f"(无值 if {part(B)} else {part(type_)})",
    ]
    ways: list[Callable[[], str]] = []
    gather = bool(names.collections) and depth > 1
    if type_ in NUMERIC:
        ways += [
            lambda: f"({part(type_)} + {part(type_)})",
            lambda: f"({part(type_)} － {part(type_)})",
            lambda: f"({part(type_)} × {part(P if type_ is P else draw(st.sampled_from([N, P])))})",
            lambda: f"({part(type_)} ÷ {part(N)})" if type_ not in (N, P) else f"({part(P)} * {part(type_)})",
            lambda: f"-({part(type_)})",
            lambda: f"{draw(st.sampled_from(['abs', 'floor', '进位']))}({part(type_)})",
            lambda: (
                f"{draw(st.sampled_from(['min', 'max']))}({', '.join(some(type_, 2))}{draw(st.sampled_from(['', ', 0']))})"
            ),
            lambda: f"round({part(type_)}, {draw(st.integers(-2, 6))}, {draw(st.sampled_from(MODES))})",
        ]
        if type_ is not Q:
            ways.append(lines)
        if gather:
            ways.append(lambda: over(draw(st.sampled_from(["sum", "min", "max", "mean", "median", "平均"])), type_))
    if type_ is N:
        ways += [lambda: f"length({part(X)})", lambda: f"({part(N)} / {part(N)})"]
        ways += [lambda: over("count", None), lambda: over("count", B)] if gather else []
    if type_ is P:
        ways += [lambda: quotient(numeric())]
        ways += [lambda: over("share", B)] if gather else []
    if type_ is D:
        ways.append(lambda: f"({part(T)} - {part(T)})")
    if type_ is T:
        ways += [
            lambda: f"({part(T)} + {part(D)})",
            lambda: f"({part(T)} - {part(D)})",
            lambda: f"max({part(T)}, {part(T)})",
            lambda: f"date({part(N)}, {part(N)}, {part(N)})",
            lambda: f"日期(2021, floor({part(N)}), 28)",
        ]
    if type_ is B:
        ways += [
            lambda: comparison(numeric()),
            lambda: f"({part(N)} <= {part(N)} < {part(N)})",
            lambda: f"({part(X)} {draw(st.sampled_from(['=', '!=']))} {part(X)})",
            lambda: f"({part(T)} {sign()} {part(T)})",
            lambda: f"({part(X)} in ({', '.join(some(X))}))",
            lambda: f"(not {part(B)})",
            lambda: f"({' and '.join(some(B, 2))})",
            lambda: f"({' 或 '.join(some(B, 2))})",
            lambda: (
                f"({part(draw(st.sampled_from([N, P, X, T, B])))} is {draw(st.sampled_from(['missing', 'given']))})"
            ),
            lambda: f"contains({part(X)}, {part(X)})",
        ] * 2
        ways += [lambda: over("any", B), lambda: over("every", B)] if gather else []
    return draw(st.sampled_from(ways + common))()


# Things that hold anything, the three kinds of absence included

_HELD: Final[dict[Type, st.SearchStrategy[Value]]] = {
    N: st.fractions(-100, 100, max_denominator=40)
    | st.sampled_from([Fraction(0), Fraction(1, 200) - Fraction(1, 10**40)]),
    P: st.fractions(-1, 2, max_denominator=300) | st.just(Fraction(0)),
    M: st.decimals(-10, 5000, places=2).map(Fraction) | st.just(Fraction(0)),
    Q: st.integers(-3, 40).map(Fraction),
    D: st.integers(-400, 400).map(Fraction) | st.just(Fraction(1, 2)),
    T: st.dates(date(2020, 1, 1), date(2021, 12, 31)) | st.sampled_from([date.min, date.max]),
    X: st.sampled_from(["", "优", "优良", " 良 ", "产出指标", "a"]),
    B: st.booleans(),
}
_ENDINGS: Final = {N: "分", P: "率", M: "额", Q: "量", D: "天", T: "日", X: "文", B: "是"}
OWN: Final = {
    kind: {type_: [f"{kind}{mark}甲", f"{kind}{mark}乙"] for type_, mark in _ENDINGS.items()} for kind in "表行"
}
SCOPES: Final = {
    "册": Scope("册", None, {"册额": M, "册文": X, "册分": N}, {"行": "行", "表": "表"}),
    "表": Scope("表", "册", {name: type_ for type_, names in OWN["表"].items() for name in names}, {"行": "行"}),
    "行": Scope("行", "表", {name: type_ for type_, names in OWN["行"].items() for name in names}),
}
ON_TABLE: Final = Names({**OWN["表"], M: [*OWN["表"][M], "册额"], X: [*OWN["表"][X], "册文"]}, {"行": OWN["行"]})
ON_ROW: Final = Names({type_: OWN["行"][type_] + OWN["表"][type_] for type_ in _ENDINGS}, {"表": OWN["表"]})
TABLE: Final = (Binder("表"),)
ROWS: Final = (Binder("行", "甲"), Binder("行", "乙"))
ON_ROWS: Final = Names({type_: [f"{who}.{name}" for who in "甲乙" for name in OWN["行"][type_]] for type_ in _ENDINGS})
"""Two rows, as a rule joins them."""


def kept(text: str, binders: tuple[Binder, ...], type_: Type) -> Node:
    """The tree of a generated expression; what the generator got wrong is thrown away, not repaired."""
    try:
        return check(text, binders, SCOPES, wanted=type_)
    except Malformed:
        assume(condition=False)
        raise


@st.composite
def checked(draw: st.DrawFn, binders: tuple[Binder, ...], names: Names, types: Sequence[Type]) -> tuple[str, Node]:
    """An expression that checks: its text and its tree."""
    type_ = draw(st.sampled_from(types))
    text = draw(expressions(type_, names))
    return text, kept(text, binders, type_)


@st.composite
def joins(draw: st.DrawFn) -> tuple[str, Node]:
    """A condition that compares two rows with each other, by itself or beside others, denied or not."""

    def join() -> str:
        if draw(st.integers(0, 3)) == 0:  # two things that say yes or no, each by itself
            return f"甲.{draw(st.sampled_from(OWN['行'][B]))} {draw(st.sampled_from(['and', 'or']))} 乙.{draw(st.sampled_from(OWN['行'][B]))}"
        type_ = draw(st.sampled_from([N, P, P, M, Q, T, X]))
        signs = ["=", "!="] if type_ is X else ["=", "!=", "<", "<=", ">", ">="]
        left, right = ([f"{who}.{name}" for name in OWN["行"][type_]] for who in draw(st.permutations("甲乙")))
        return f"{draw(st.sampled_from(left))} {draw(st.sampled_from(signs))} {draw(st.sampled_from(right))}"

    def part() -> str:
        text = draw(expressions(B, ON_ROWS, 1)) if draw(st.booleans()) else f"({join()})"
        return f"not {text}" if draw(st.booleans()) else text

    text = draw(st.sampled_from([" and ", " or "])).join(
        [f"({join()})", *(part() for _ in range(draw(st.integers(0, 2))))]
    )
    text = f"not ({text})" if draw(st.booleans()) else text
    return text, kept(text, ROWS, B)


@st.composite
def books(draw: st.DrawFn) -> Thing:
    """A book with tables with rows, each holding any value or none."""

    def thing(scope: str, key: str, parent: Thing | None) -> Thing:
        values: dict[str, Value] = {}
        for name, type_ in SCOPES[scope].fields.items():
            assert type_ is not None
            value = draw(st.one_of(_HELD[type_], _HELD[type_], _HELD[type_], st.sampled_from(Absent)))
            if value is not Absent.MISSING:
                values[name] = value
        return Thing(scope, key, parent, values)

    book = thing("册", "册", None)
    tables: list[Thing] = []
    rows: list[Thing] = []
    for number in range(draw(st.integers(1, 2))):
        table = thing("表", f"/{number}", book)
        table.collections["行"] = [thing("行", f"/{number}/{at}", table) for at in range(draw(st.integers(0, 3)))]
        tables.append(table)
        rows += table.collections["行"]
    book.collections = {"表": tables, "行": rows}
    return book


def as_dicts(book: Thing) -> dict[str, dict[str, Any]]:
    """The things of a book as the oracle takes them, by key."""
    found: dict[str, dict[str, Any]] = {}
    for each in (book, *book.collections["表"], *book.collections["行"]):
        parent = found[each.parent.key] if each.parent is not None else None
        found[each.key] = {
            "scope": each.scope,
            "key": each.key,
            "parent": parent,
            "filed": each.values,
            "collections": {},
        }
    for each in (book, *book.collections["表"]):
        found[each.key]["collections"] = {
            name: [found[one.key] for one in ones] for name, ones in each.collections.items()
        }
    return found


# Documents

DIMENSIONS: Final = {
    "产出指标": ("数量指标", "质量指标", "时效指标", "成本指标"),
    "效益指标": ("社会效益指标",),
    "满意度指标": ("服务对象满意度指标",),
}


@st.composite
def indicators(draw: st.DrawFn, inputs: dict[str, st.SearchStrategy[Any]] | None = None) -> dict[str, Any]:
    dimension = draw(st.sampled_from(list(DIMENSIONS)))
    target, actual = draw(cells())
    points = draw(st.sampled_from(["5", "10", "22.5", "7.25", "15", "0"]))
    found = {
        "dimension": dimension,
        "category": draw(st.sampled_from(DIMENSIONS[dimension])),
        "name": draw(st.sampled_from(["立案率", "处置率", "结案率", "市民满意度", "五区系统自动考评结果"])),
        "target": draw(maybe(st.just(target))),
        "actual": draw(maybe(st.just(actual))),
        "points": draw(maybe(st.just(points))),
        "claimed_score": draw(maybe(st.just(points) | st.decimals(0, 25, places=2).map(str))),
        "deviation_explanation": draw(st.none() | st.sampled_from(["资金到位晚", " "])),
        "evidence": draw(st.none() | st.fixed_dictionaries({"numerator": COUNTS, "denominator": st.integers(0, 60)})),
        "judgement": draw(st.none() | st.fixed_dictionaries({"tier": st.sampled_from(["达成预期指标", "部分达成", "未达成"]), "score": st.integers(0, 12)})),
        "attributes": {name: value for name, each in (inputs or {}).items() if (value := draw(st.none() | each)) is not None},
    }  # fmt: skip
    return {key: value for key, value in found.items() if value is not None}


@st.composite
def documents(draw: st.DrawFn, name: str = "某项目", most: int = 5) -> dict[str, Any]:
    """An evaluation document, as its JSON has it."""
    budget = draw(AMOUNTS)
    total = {
        "initial_budget": draw(maybe(AMOUNTS)),
        "annual_budget": draw(maybe(st.just(budget))),
        "executed": draw(maybe(AMOUNTS | st.just(budget))),
        "points": draw(maybe(st.sampled_from([10, 20]))),
        "claimed_rate": draw(maybe(st.sampled_from(["85.00%", "100%", "0.93", "84.5", "/"]))),
        "claimed_score": draw(maybe(st.decimals(0, 12, places=2).map(str))),
        "deviation_explanation": draw(st.none() | st.just("付款滞后")),
    }
    found = {
        "kind": draw(st.sampled_from(["project", "department"])),
        "unit": "某单位",
        "project": name,
        "year": 2021,
        "currency_unit": draw(st.sampled_from(["万元", "万元", "元"])),
        "funds": {"total": {key: value for key, value in total.items() if value is not None}},
        "indicators": draw(st.lists(indicators(), min_size=0, max_size=most)),
        "claimed_total": draw(maybe(st.decimals(0, 110, places=2).map(str))),
        "claimed_grade": draw(maybe(st.sampled_from(["优", "良", "中", "差"]))),
    }
    if draw(st.booleans()):
        found["funds"]["other"] = {"annual_budget": draw(AMOUNTS), "executed": draw(AMOUNTS)}
    return {key: value for key, value in found.items() if value is not None}


@st.composite
def dossiers(draw: st.DrawFn) -> dict[str, Any]:
    names = ["甲项目", "乙项目"][: draw(st.integers(1, 2))]
    items = ["预算执行率", "立案率", "处置率", "全年执行数"]
    return {
        "unit": "某单位",
        "year": 2021,
        "documents": [draw(documents(name, 3)) for name in names],
        "accounts": draw(st.fixed_dictionaries({}, optional={"initial_budget": AMOUNTS, "adjustment": AMOUNTS, "carried_forward": AMOUNTS, "revenue": AMOUNTS, "basic_expenditure": AMOUNTS, "project_expenditure": AMOUNTS, "expenditure": AMOUNTS})),
        "statements": draw(st.lists(st.fixed_dictionaries({"name": st.sampled_from(items), "value": st.sampled_from(["12次", "99.67%", "96%", "100万元", "若干"])}, optional={"item": st.sampled_from(items), "document": st.sampled_from(names), "numerator": COUNTS, "denominator": COUNTS}), max_size=3)),
        "explanations": draw(st.lists(st.fixed_dictionaries({"document": st.sampled_from(names), "item": st.sampled_from(items), "text": st.just("审批滞后")}), max_size=2)),
    }  # fmt: skip


def broken(document: dict[str, Any]) -> st.SearchStrategy[dict[str, Any] | str]:
    """A document as its file has it, or something that is none any more; a text stands for the file itself."""
    keys = sorted(document)
    return st.one_of(
        st.just(document),
        st.sampled_from(keys).map(lambda key: {name: value for name, value in document.items() if name != key}),
        st.tuples(st.sampled_from(keys), st.sampled_from([None, "", "甲", 3, [], {}, "12.5", True])).map(
            lambda change: {**document, change[0]: change[1]}
        ),
        st.sampled_from([{}, {"documents": [document]}, {**document, "year": 1800}, {**document, "region": "火星"}]),
        st.sampled_from(["", "   ", "{", "[1]", "null", '"甲"', "\udcff"]),
    )


def document_of(data: dict[str, Any]) -> Document:
    return read_document(read(json.dumps(data, ensure_ascii=False).encode(), "document.json"))


def content_of(data: dict[str, Any]) -> Document | Dossier:
    source = read(json.dumps(data, ensure_ascii=False).encode(), "content.json")
    return read_dossier(source) if "documents" in data else read_document(source)


# Rulesets


def shelf(name: str) -> Any:
    return ruleset_source(name)[0]


def ruleset_of(data: dict[str, Any]) -> Ruleset:
    return read_ruleset(read(json.dumps(data, ensure_ascii=False).encode(), "ruleset.json"), shelf)


INPUTS: Final[dict[str, Any]] = {
    "附数": {"each": "文件", "type": "number"},
    "附额": {"each": "指标", "type": "money"},
    "附组": {"each": "指标", "record": {"率": "percent", "是": "truth"}},
    "事件": {"each": "文件", "list": {"次数": "number", "何日": "date", "事由": "text"}},
}
"""What random policies declare beside the form."""


@st.composite
def filled(draw: st.DrawFn, contents: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """Documents with some of what random policies declare filled in."""
    content = draw(contents)
    events = st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "次数": st.integers(0, 9),
                "何日": st.just("2021-05-04"),
                "事由": st.sampled_from(["优", "迟报"]),
            },
        ),
        max_size=2,
    )
    for form in content.get("documents", [content]):
        form["attributes"] = draw(st.fixed_dictionaries({}, optional={"附数": st.integers(-5, 20), "事件": events}))
        for row in form["indicators"]:
            groups = st.fixed_dictionaries({}, optional={"率": st.sampled_from(["90%", "0.5"]), "是": st.booleans()})
            row["attributes"] = draw(st.fixed_dictionaries({}, optional={"附额": AMOUNTS, "附组": groups}))
    return content


HEAD: Final = {"ruleset": "random", "version": "1.0.0", "title": "随机", "status": "observed"}
# Names whose words are few (文件类型, 比较符, 来源) may meet no other text: `check` refuses it, and says so.
_FILED: Final = {
    "文件": {M: ["全年预算数", "全年执行数", "年初预算数", "其他资金.全年执行数"], P: ["自评执行率"], N: ["自评执行得分", "自评总分", "年度", "满分", "权重.预算执行率", "附数"], X: ["自评等级", "文件名", "执行偏差原因"]},
    "指标": {N: ["分值", "自评得分", "认定得分", "分子", "分母", "序号"], Q: ["目标值", "实际值", "实际下界"], P: ["实际比率", "目标比率", "附组.率"], M: ["目标金额", "实际金额", "附额"], T: ["目标日期", "实际日期"], X: ["三级指标", "一级指标", "计量单位", "偏差原因", "年度指标值", "认定等次"], B: ["可比", "文字相同", "附组.是"]},
    "事件": {N: ["次数", "序号"], T: ["何日"], X: ["事由"]},
    "资金": {M: ["全年预算数", "全年执行数"]},
    "权重": {X: ["权重名称"], N: ["应得分值"]},
    "得分项": {N: ["得分项分值", "得分项得分", "得分项自评", "得分项序号"], X: ["得分项名称", "得分项类别"]},
    "报告": {M: ["收支.年初预算", "收支.支出合计"], X: ["报告单位"]},
    "陈述": {Q: ["陈述值"], M: ["陈述金额"], P: ["陈述比率"], X: ["陈述名称", "陈述单位", "所指指标"]},
    "说明": {X: ["说明事项", "说明文件"]},
}  # fmt: skip
_PARENT: Final = {"指标": "文件", "资金": "文件", "权重": "文件", "得分项": "文件", "事件": "文件"}
_HOLDS: Final = {"文件": ["指标", "资金", "权重", "事件"], "报告": ["文件", "指标", "陈述", "说明"]}


@dataclass(slots=True)
class Vocabulary:
    """The names of each scope so far; a formula uses only what came before it, so that nothing goes in circles."""

    own: dict[str, dict[Type, list[str]]]
    holds: dict[str, list[str]]

    def add(self, scope: str, type_: Type, name: str) -> None:
        self.own.setdefault(scope, {}).setdefault(type_, []).append(name)

    def on(self, *scopes: str) -> Names:
        """The names on one thing, or on two called 甲 and 乙."""
        if len(scopes) == 1:
            scope = scopes[0]
            up = self.own.get(_PARENT.get(scope, ""), {})
            fields = {type_: self.own[scope].get(type_, []) + up.get(type_, []) for type_ in (*NUMERIC, T, X, B)}
            held = self.holds.get(scope, self.holds["文件"] if scope in _PARENT else [])
            return Names(fields, {name: self.own[name] for name in held})
        both: dict[Type, list[str]] = {}
        for who, scope in zip("甲乙", scopes, strict=True):
            for type_, names in self.own[scope].items():
                both.setdefault(type_, []).extend(f"{who}.{name}" for name in names)
        return Names(both)


def _copied() -> Vocabulary:
    own = {scope: {type_: list(names) for type_, names in fields.items()} for scope, fields in _FILED.items()}
    return Vocabulary(own, {scope: list(names) for scope, names in _HOLDS.items()})


ROUNDINGS: Final = st.builds(lambda places, mode: f"{places} places {mode}", st.integers(0, 4), st.sampled_from(MODES))


@st.composite
def wild_rulesets(draw: st.DrawFn) -> dict[str, Any]:  # noqa: PLR0915  a policy in the order of its parts
    """A policy from scratch, any formula anywhere; what comes of it need not be sensible."""
    words = _copied()
    quantities: dict[str, Any] = {}
    rules: dict[str, Any] = {}

    def quantity(number: int) -> None:
        scope = draw(st.sampled_from(["文件", "文件", "指标", "指标", "资金", "权重", "报告", "事件"]))
        type_ = draw(st.sampled_from([N, P, M, X, B]))
        called = draw(st.booleans())
        names = words.on(scope).called("本", words.own[scope]) if called else words.on(scope)
        formula = draw(expressions(type_, names, 2))
        round_ = draw(st.none() | ROUNDINGS) if type_ in NUMERIC else None
        about = {"each": {"本": scope} if called else scope, "formula": formula}
        quantities[f"量{number}"] = about | ({"round": round_} if round_ else {})
        words.add(scope, type_, f"量{number}")

    def rule(name: str, *, outcomes: Sequence[str], scopes: Sequence[str]) -> None:
        one = draw(st.sampled_from([*scopes, *scopes, "甲乙"])) if "指标" in scopes else draw(st.sampled_from(scopes))
        kinds = (
            draw(st.sampled_from([("指标", "指标"), ("文件", "指标"), ("文件", "文件")])) if one == "甲乙" else (one,)
        )
        names = words.on(*kinds)
        outcome = draw(st.sampled_from(outcomes))
        found: dict[str, Any] = {"each": dict(zip("甲乙", kinds, strict=True)) if len(kinds) > 1 else one}
        if draw(st.booleans()):
            found["when"] = draw(expressions(B, names, 2))
        if "when" not in found or draw(st.booleans()):
            found["check"] = draw(expressions(B, names, 2))
            if draw(st.booleans()):
                found["confirmed"] = "相符"
        if len(kinds) > 1:
            key = draw(st.sampled_from([x for x in names.fields[X] if x.startswith("甲")]))
            joined = f"{key} {draw(st.sampled_from(['=', '!=']))} {draw(st.sampled_from([x for x in names.fields[X] if x.startswith('乙')]))}"
            found["when"] = f"({found['when']}) and {joined}" if "when" in found else joined
            found["within"] = draw(st.sampled_from(["文件", "报告"]))
        match outcome:
            case "require" | "derive":
                found[outcome] = f"结{name}" if outcome == "derive" else "说明"
            case "finding":
                found[outcome] = draw(st.sampled_from(["error", "warning", "note"]))
            case "deduct":
                found[outcome] = draw(expressions(N, names, 1))
            case "cap":
                found[outcome] = draw(st.sampled_from(["良", "中"]))
            case _:
                found[outcome] = True
        if draw(st.booleans()):
            found["claimed"] = draw(expressions(draw(st.sampled_from([N, X])), names, 1))
            found["message"] = f"说 {{{draw(expressions(N, names, 1))}}}"
        rules[name] = found
        if outcome == "derive":
            words.add(kinds[0], B, f"结{name}")

    for number in range(draw(st.integers(0, 3))):
        quantity(number)
    for number in range(draw(st.integers(0, 3))):
        rule(f"d{number}", outcomes=["derive", "derive", "deduct", "veto"], scopes=["文件", "指标"])
    for scope in ("文件", "指标"):
        words.add(scope, N, "扣分")
        words.add(scope, B, "否决")
    for number in range(draw(st.integers(0, 2))):
        quantity(number + 3)
    scores: dict[str, Any] = {}
    for name in ("甲类", "乙类"):
        scores[name] = {
            "formula": draw(expressions(N, words.on("指标"), 2)),
            "otherwise": draw(st.sampled_from(["自评得分", "0", "分值 × 50%"])),
        }
    scores["预算执行率"] = {
        "each": "文件",
        "points": "权重.预算执行率",
        "formula": draw(expressions(N, words.on("文件"), 2)),
    }
    for each in scores.values():
        if draw(st.booleans()):
            each["round"] = draw(ROUNDINGS)
    kind = (
        f'"甲类" if {draw(expressions(B, words.on("指标"), 1))} else {draw(st.sampled_from(["「乙类」", "「丙类」"]))}'
    )
    words.add("指标", N, "得分")
    words.add("指标", X, "指标类型")
    words.add("文件", N, "预算执行率.得分")
    words.add("文件", N, "预算执行率.分值")
    if draw(st.booleans()):
        quantities["项量"] = {"each": "得分项", "formula": draw(expressions(N, words.on("得分项"), 2))}
        words.add("得分项", N, "项量")
    for number in range(draw(st.integers(0, 1))):
        quantity(number + 5)
    total = draw(
        st.sampled_from(
            [
                "sum(得分项得分 for 得分项)",
                "0 if 否决 else max(sum(得分项得分 for 得分项) - 扣分, 0)",
                "share(得分项得分 >= 得分项分值 for 得分项) * 100",
            ]
        )
    )
    for number in range(draw(st.integers(0, 2))):
        rule(f"t{number}", outcomes=["cap", "derive", "finding"], scopes=["文件", "指标"])
    words.holds["文件"].append("得分项")
    words.add("文件", N, "总分")
    words.add("文件", X, "等级")
    for number in range(draw(st.integers(0, 3))):
        rule(
            f"r{number}",
            outcomes=["finding", "require", "confirm", "judge", "derive"],
            scopes=["文件", "指标", "得分项", "资金", "权重", "报告", "陈述", "事件"],
        )
    high, low = sorted(draw(st.sets(st.integers(1, 99), min_size=2, max_size=2)), reverse=True)
    return {
        **HEAD,
        "inputs": INPUTS,
        "full_marks": draw(st.sampled_from(["100", "权重.预算执行率 * 10"])),
        "weights": {"预算执行率": draw(st.sampled_from([10, 20])), "产出指标": 60},
        "quantities": quantities,
        "indicator_kind": kind,
        "scores": scores,
        "total": {"formula": total, "round": draw(ROUNDINGS)},
        "grades": {"优": f">= {high}", "良": f">= {low} and < {high}", "中": f"< {low}"},
        "rules": rules,
    }


def compiled_or_thrown_away(data: dict[str, Any]) -> Ruleset:
    """A random policy read by the public reader; the few that are refused for their types or circles are not tried."""
    try:
        return ruleset_of(data)
    except Refused as refused:
        if {each.code for each in refused.problems} <= {"type-mismatch", "feedback", "no-order"}:
            assume(condition=False)
        raise


MET: Final = "分值 if 达标 else"
METHODS: Final = {
    "proportional": f"{MET} 分值 * min(完成率, 100%)",
    "all-or-nothing": f"{MET} 0",
    "threshold": f"{MET} (分值 * min(完成率, 100%) if 完成率 >= 60% else 0)",
    "tiers": f"{MET} 分值 * table(完成率; >= 100%: 100%; >= 80% and < 100%: 80%; >= 60% and < 80%: 60%; < 60%: 0%)",
    "curve": f"{MET} 分值 * lines(完成率; 50%: 0%; 80%: 60%; 100%: 100%)",
}


@st.composite
def overlays(draw: st.DrawFn) -> dict[str, Any]:
    """A sensible policy: the national base with its weights, method, roundings, bands and thresholds changed."""
    rules: dict[str, Any] = {}
    if draw(st.booleans()):
        rules["late-deduction"] = {
            "each": "指标",
            "when": "实际日期 > 目标日期",
            "deduct": draw(st.sampled_from(["0.5", "分值 × 10%"])),
            "message": "逾期",
        }
    if draw(st.booleans()):
        rules["named-twice"] = {
            "each": {"甲": "指标", "乙": "指标"},
            "within": "文件",
            "when": "甲.三级指标 = 乙.三级指标 and 甲.分值 > 乙.分值",
            "finding": "warning",
            "message": "{甲.三级指标} 重复",
        }
    if draw(st.booleans()):
        rules["low"] = {"when": "执行率 < 低执行界限", "derive": "执行过低", "message": "低"}
        rules["capped"] = {"when": "执行过低", "cap": "良", "message": "执行过低，不得评优"}
    high, middle, low = sorted(draw(st.sets(st.integers(1, 99), min_size=3, max_size=3)), reverse=True)
    places = st.integers(2, 4)
    return {
        **HEAD,
        "extends": draw(st.sampled_from(["mof-2020", "zhuzhou-2021"])),
        "weights": {"预算执行率": draw(st.sampled_from([10, 20]))},
        "quantities": {
            "说明界限": f"{draw(st.integers(1, 100))}%",
            "容差": draw(st.sampled_from(["0", "0.01", "0.5"])),
            "执行率": {"round": f"{draw(places)} places {draw(st.sampled_from(MODES))}"},
        },
        "scores": {
            "定量指标": {"formula": f"0 if 否决 else max(({draw(st.sampled_from(list(METHODS.values())))}) - 扣分, 0)", "round": f"{draw(places)} places {draw(st.sampled_from(MODES))}"},
            "预算执行率": {"round": f"{draw(places)} places {draw(st.sampled_from(MODES))}"},
        },
        "total": {"round": f"{draw(st.integers(0, 3))} places {draw(st.sampled_from(MODES))}"},
        "grades": {"优": f">= {high}", "良": f">= {middle} and < {high}", "中": f">= {low} and < {middle}", "差": f"< {low}"},
        "rules": rules,
    }  # fmt: skip


SHIPPED: Final = {name: load_ruleset(name) for name in ("mof-2020", "zhuzhou-2021", "zhuzhou-2021-as-printed")}
