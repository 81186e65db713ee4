"""A ruleset as the document that an official signs off against the legal text, in the manner of a notice's annex."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, final

from zhunsheng.exchange.describe.blocks import Block, Drawing, Heading, Paragraph, Table
from zhunsheng.exchange.describe.curves import curves
from zhunsheng.exchange.describe.reader import Reader, constants_of, roundings
from zhunsheng.exchange.describe.rules import Rules
from zhunsheng.exchange.describe.trials import exercised
from zhunsheng.expression import tree
from zhunsheng.expression.tree import Constant
from zhunsheng.expression.types import Type
from zhunsheng.number import write
from zhunsheng.ruleset.effect import dated
from zhunsheng.ruleset.vocabulary import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhunsheng.expression.tree import Node
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.ruleset.inputs import Column
    from zhunsheng.ruleset.policy import Citation, Quantity, Score

STATUS: Final = {"verified": "已核对", "unverified": "未核对", "observed": "见于实际做法"}
KINDS: Final = {"department": "部门整体支出", "project": "项目支出"}
NUMERALS: Final = "一二三四五六七八九十"
ABOUT: Final = {DOCUMENT: "", "指标": "（逐个指标）", "报告": "（整份报告）"}


def outline(ruleset: Ruleset, tests: Any = None) -> list[Block]:
    """The document, block by block.

    Args:
        ruleset: what is described.
        tests: the content of the tests beside it, where there are some.
    """
    return list(_Outline(ruleset, exercised(ruleset, tests)).blocks())


@final
class _Outline:
    def __init__(self, ruleset: Ruleset, tests: Mapping[str, list[str]]) -> None:
        self.ruleset = ruleset
        self.tests = tests
        self.data = ruleset.merged.data
        self.plain = Reader()
        self.reader = Reader(constants_of(ruleset))
        self.section = 0

    def blocks(self) -> Iterator[Block]:
        yield Heading(self.ruleset.title, 1)
        yield from self.head()
        yield from self.weights()
        yield from self.inputs()
        yield from self.quantities()
        yield from self.peers()
        yield from self.scores()
        yield from self.total()
        rules = Rules(self.ruleset.rules, self.reader, self.source)
        for title, blocks in rules.groups():
            yield self.heading(title)
            yield from blocks
        yield from self.periods()
        yield from self.changes()

    def heading(self, text: str) -> Heading:
        self.section += 1
        number = self.section
        numeral = NUMERALS[number - 1] if number <= 10 else f"十{NUMERALS[number - 11]}"
        return Heading(f"{numeral}、{text}", 2)

    # What it is

    def head(self) -> Iterator[Block]:
        ruleset = self.ruleset
        first, _, last = (ruleset.in_force or "").partition("/")
        facts = [
            ("标识与版本", f"{ruleset.id} {ruleset.version}"),
            ("出处", ruleset.source or ""),
            ("有效期", _period(first, last) if first else "未写明"),
            ("适用文件", "、".join(KINDS.get(each, each) for each in ruleset.kinds) or "未写明，须指定使用"),
            ("适用地区", "、".join(ruleset.regions)),
            ("依据的规则", "；".join(self.named(each) for each in reversed(ruleset.chain[:-1]))),
            ("条款核对", self.checked()),
            ("说明", str(self.data.get("note") or "")),
            ("内容摘要", f"sha256 {ruleset.sha256}"),
        ]
        yield Table(("", ""), tuple((name, text) for name, text in facts if text), ("short", ""))
        yield Paragraph(
            "条款核对情况：已核对，指已对照原文；见于实际做法，指各地通行而未见明文；未核对，指尚未对照原文。",
            faint=True,
        )

    def named(self, id_: str) -> str:
        """A ruleset of the chain with its title."""
        for source, _ in self.ruleset.merged.origins.values():
            if source.data["ruleset"] == id_:
                return f"{id_} {source.data['version']}（{source.data['title']}）"
        return id_

    def checked(self) -> str:
        """How many elements stand at which status."""
        ruleset = self.ruleset
        cited = [
            *(citation for _, citation in ruleset.weights.values()),
            *(each.citation for each in ruleset.quantities),
            *(each.citation for each in ruleset.peers),
            *(each.citation for each in ruleset.scores),
            ruleset.total.citation,
            *(each.citation for each in ruleset.bands),
            *(each.citation for each in ruleset.rules),
        ]
        counts = Counter(each.status for each in cited)
        return "，".join(f"{STATUS[key]} {counts[key]} 项" for key in STATUS if counts[key])

    # Sources

    def source(self, path: tuple[str, ...], citation: Citation, tests: str = "") -> str:
        """Where an element comes from: clause, status, and the rulesets that say something of it."""
        layers = self.layers(path)
        own = self.ruleset.id
        if own not in layers:
            origin = f"沿用 {layers[-1]}" if layers and len(self.ruleset.chain) > 1 else ""
        else:
            origin = (
                f"在 {layers[-2]} 上改写" if len(layers) > 1 else "本规则所加" if len(self.ruleset.chain) > 1 else ""
            )
        parts = [f"依据：{citation.clause}" if citation.clause else "", STATUS.get(citation.status, ""), origin]
        found = "；".join(each for each in parts if each)
        cases = self.tests.get(tests, [])
        return f"{found}。" + (f"测试：{'、'.join(f'“{each}”' for each in cases)}。" if cases else "")

    def layers(self, path: tuple[str, ...]) -> list[str]:
        found = {
            source.data["ruleset"]
            for at, (source, _) in self.ruleset.merged.origins.items()
            if at[: len(path)] == path and len(at) > len(path)
        }
        return [each for each in self.ruleset.chain if each in found]

    def note(self, path: tuple[str, ...]) -> str:
        value: Any = self.data
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return str(value["note"]) if isinstance(value, dict) and value.get("note") else ""

    # Weights and inputs

    def weights(self) -> Iterator[Block]:
        weights = self.ruleset.weights
        if not weights:
            return
        yield self.heading("分值")
        rows = [
            (name, self.plain.read(node), citation.clause or "", STATUS.get(citation.status, ""))
            for name, (node, citation) in weights.items()
        ]
        values = [node.value for node, _ in weights.values() if isinstance(node, Constant)]
        if len(values) == len(weights):
            total = sum((each for each in values if isinstance(each, Fraction)), Fraction(0))
            rows.append(("合计", write(total), "", ""))
        yield Table(("项目", "分值", "依据", "核对"), tuple(rows), ("", "figure", "", "short"))
        yield Paragraph(f"满分 {self.plain.read(self.ruleset.full_marks)} 分。")

    def inputs(self) -> Iterator[Block]:
        if not self.ruleset.inputs:
            return
        yield self.heading("附加填报项")
        shapes = {"value": "一个值", "record": "一组值", "list": "清单"}
        rows = []
        for each in self.ruleset.inputs:
            if each.shape == "value":
                columns = _filled(each.columns[0])
            else:
                columns = "、".join(f"{one.name}（{_filled(one)}{'，必填' * one.required}）" for one in each.columns)
            needed = "必填" if each.required else "可不填"
            rows.append(
                (each.name, each.holder, f"{shapes[each.shape]}：{columns}", needed, self.note(("inputs", each.name)))
            )
        yield Table(("名称", "填在", "内容", "", "说明"), tuple(rows), ("short", "short", "", "short", ""))

    # Formulas

    def quantities(self) -> Iterator[Block]:
        if not self.ruleset.quantities:
            return
        yield self.heading("口径")
        limits = [each for each in self.ruleset.quantities if isinstance(each.formula, Constant)]
        if limits:
            rows = [
                (
                    each.name,
                    self.plain.read(each.formula),
                    self.note(("quantities", each.name)),
                    "；".join(filter(None, (each.citation.clause, STATUS.get(each.citation.status, "")))),
                )
                for each in limits
            ]
            yield Table(("界限", "取值", "说明", "依据"), tuple(rows), ("short", "figure", "", ""))
        for each in (each for each in self.ruleset.quantities if each not in limits):
            path = ("quantities", each.name)
            yield Heading(f"{each.name}{ABOUT.get(each.scope, f'（逐项{each.scope}）')}", 3)
            yield from self.formula(each.name, each.formula, self.rounding(each))
            yield from self.aside(path, each.citation, each.name)
        kind = self.ruleset.kind
        if kind is not None:
            yield Heading("每个指标按哪一种办法计分", 3)
            yield from self.formula("计分办法", kind.formula, "")
            yield from self.aside(("indicator_kind",), kind.citation, "")

    def peers(self) -> Iterator[Block]:
        """How documents that are judged together are grouped."""
        if not self.ruleset.peers:
            return
        yield self.heading("同组")
        for each in self.ruleset.peers:
            path = ("peers", each.name)
            by = "、".join(map(self.reader.read, each.by))
            yield Paragraph(f"{each.name}：一起评的文件里，{by}都与本文件相同的，本文件在内。")
            yield from self.aside(path, each.citation, "")
        yield Paragraph(
            "有一项没有值的文件不属于任何一组；单独评价的文件没有同组。与同组相比的量这时都没有值。", faint=True
        )

    def formula(self, name: str, node: Node, rounding: str) -> Iterator[Block]:
        """A formula on a line, or its branches in a table."""
        tail = f"，{rounding}" if rounding else ""
        text = self.reader.read(node)
        branches = self.reader.branches(node)
        if branches is None or len(branches) < 3:
            yield Paragraph(f"{name} = {text}{tail}。")
            return
        how = f"按{self.plain.read(node.argument)}分" if isinstance(node, tree.Table) else "自上而下，取第一个成立的"
        yield Paragraph(f"{name}：{how}{tail}。")
        rows = tuple((condition, self.reader.read(value)) for condition, value in branches)
        yield Table(("情形", "取值"), rows)

    def rounding(self, each: Quantity | Score) -> str:
        share = each.type in (Type.PERCENT, Type.RATIO)
        return roundings(each.roundings, percent=share) if each.roundings else ""

    def aside(self, path: tuple[str, ...], citation: Citation, tests: str) -> Iterator[Block]:
        note = self.note(path)
        if note:
            yield Paragraph(f"说明：{note}。", faint=True)
        yield Paragraph(self.source(path, citation, tests), faint=True)

    def scores(self) -> Iterator[Block]:
        drawn = curves(self.ruleset)
        yield self.heading("计分办法")
        for each in self.ruleset.scores:
            path = ("scores", each.name)
            yield Heading(f"{each.name}{'' if each.scope == DOCUMENT else '（逐个指标）'}", 3)
            yield Paragraph(f"满分：{self.reader.read(each.points)}。")
            yield from self.formula("得分", each.formula, self.rounding(each))
            if each.otherwise is not None:
                yield Paragraph(f"算式无值时，暂取{self.reader.read(each.otherwise)}，并列为须人工认定。")
            else:
                yield Paragraph("算式无值时，暂不计分，总分因此未定，并列为须人工认定。")
            yield from self.aside(path, each.citation, each.name)
            yield from (Drawing(curve) for curve in drawn if curve.score == each.name)

    def total(self) -> Iterator[Block]:
        ruleset = self.ruleset
        yield self.heading("总分与等级")
        yield from self.formula("总分", ruleset.total.formula, self.rounding(ruleset.total))
        yield from self.aside(("total",), ruleset.total.citation, "总分")
        grades = ruleset.grades.formula
        if isinstance(grades, tree.Table) and grades.rows:
            rows: list[tuple[str, ...]] = [
                (
                    band.grade,
                    self.plain.span(row.conditions, unit="分"),
                    band.citation.clause or "",
                    STATUS.get(band.citation.status, ""),
                    "、".join(self.tests.get(band.grade, [])),
                )
                for band, row in zip(ruleset.bands, grades.rows, strict=True)
            ]
            yield _without_empty(("等级", "总分", "依据", "核对", "测试"), rows)

    def periods(self) -> Iterator[Block]:
        """What holds from when to when; above stands what holds now."""
        rows: list[tuple[str, ...]] = []
        for path, value in dated(self.ruleset.written):
            for text in sorted(value):
                first, _, last = text.partition("/")
                rows.append(("的".join(map(str, path[1:-1])) or str(path[0]), _period(first, last), str(value[text])))
        if rows:
            yield self.heading("分期的规定")
            yield Paragraph("以上是最近一期的规定。各期如下，一年的文件按年末那一天的规定评。")
            yield Table(("项目", "期间", "规定（规则原文）"), tuple(rows), ("", "short", ""))

    def changes(self) -> Iterator[Block]:
        changes = self.data.get("changes") or []
        if changes:
            yield self.heading("修订记录")
            rows = tuple((str(each["version"]), str(each["date"]), str(each["text"])) for each in changes)
            yield Table(("版本", "日期", "内容"), rows, ("short", "short", ""))


TYPES: Final = {
    Type.NUMBER: "数", Type.PERCENT: "百分比", Type.MONEY: "金额（万元）", Type.DAYS: "天数", Type.TEXT: "文字",
    Type.DATE: "日期", Type.TRUTH: "是或否", Type.RATIO: "比率", Type.QUANTITY: "数量", Type.ZERO: "数",
}  # fmt: skip


def _filled(column: Column) -> str:
    """How a declared input is filled in."""
    return "，".join(each for each in (TYPES[column.type], column.details) if each)


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{int(year)} 年 {int(month)} 月 {int(day)} 日"


def _period(first: str, last: str) -> str:
    return f"{_day(first)}至 {_day(last)}" if last else f"{_day(first)}起"


def _without_empty(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
    """A table without the columns that are empty in every row."""
    kept = [at for at in range(len(head)) if any(row[at] for row in rows)]
    return Table(
        tuple(head[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in rows), ("short", "short")
    )
