"""The rules of a ruleset for reading, grouped by what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, final

from zhunsheng.exchange.describe.blocks import Block, Heading, Paragraph

if TYPE_CHECKING:
    from zhunsheng.exchange.describe.reader import Reader
    from zhunsheng.ruleset.policy import Citation, Rule, Text

GROUPS: Final = (
    ("require", "", "须补充的事项"),
    ("finding", "error", "复核问题：错误"),
    ("finding", "warning", "复核问题：疑点"),
    ("finding", "note", "复核问题：提示"),
    ("deduct", "", "扣分"),
    ("cap", "", "等级上限"),
    ("veto", "", "一票否决"),
    ("judge", "", "须人工认定的事项"),
    ("derive", "", "推定"),
    ("confirm", "", "核对属实的事项"),
)
SEVERITIES: Final = {"error": "错误", "warning": "疑点", "note": "提示"}
THINGS: Final = {"文件": "每份自评文件", "指标": "每个指标", "报告": "整份自评报告", "权重": "每一项分值"}

SourceOf = Callable[[tuple[str, ...], "Citation", str], str]


@final
class Rules:
    """Rules in words."""

    def __init__(self, rules: tuple[Rule, ...], reader: Reader, source: SourceOf) -> None:
        self.rules = rules
        self.reader = reader
        self.source = source

    def groups(self) -> Iterator[tuple[str, list[Block]]]:
        """Each group that has rules: its title, and its rules."""
        for outcome, severity, title in GROUPS:
            rules = [each for each in self.rules if each.outcome == outcome and severity in ("", each.severity)]
            if rules:
                yield title, [block for at, each in enumerate(rules, 1) for block in self.rule(at, each)]

    def rule(self, at: int, rule: Rule) -> Iterator[Block]:
        """One rule: its message, when it holds and what follows, where it comes from."""
        yield Heading(f"{at}. {self.text(rule.message.zh)}", 3)
        yield Paragraph(f"{self.about(rule)}：{self.condition(rule)}{self.outcome(rule)}。{self.confirmed(rule)}")
        figures = [
            f"{label}取{self.reader.read(node)}"
            for label, node in (("自评值", rule.claimed), ("核算值", rule.computed))
            if node is not None
        ]
        beside = f"{'，'.join(figures)}。" if figures else ""
        source = self.source(("rules", rule.id), rule.citation, rule.id)
        yield Paragraph(f"规则标识：{rule.id}。{beside}{source}", faint=True)

    def about(self, rule: Rule) -> str:
        """What it is asked of."""
        if len(rule.binders) == 1:
            scope = rule.binders[0].scope
            return f"对{THINGS.get(scope, f'每项{scope}')}"
        things = "与".join(f"任一{each.scope}（称“{each.alias}”）" for each in rule.binders)
        return f"对{'同一份文件里的' if rule.within == '文件' else ''}{things}"

    def condition(self, rule: Rule) -> str:
        """When it holds."""
        read = self.reader.read
        if rule.check is None:
            assert rule.when is not None, rule.id
            return f"{read(rule.when)}的，"
        given = f"{read(rule.when)}的，" if rule.when is not None else ""
        return f"{given}应当满足：{read(rule.check)}；" + ("" if rule.outcome == "confirm" else "不满足的，")

    def outcome(self, rule: Rule) -> str:
        """What follows."""
        match rule.outcome:
            case "require":
                return f"须补充“{rule.subject}”"
            case "finding":
                return f"列为{SEVERITIES[rule.severity]}"
            case "confirm":
                return "满足的，列为核对属实" if rule.check is not None else "列为核对属实"
            case "judge":
                return "须人工认定"
            case "deduct":
                assert rule.deduction is not None, rule.id
                return f"扣 {self.reader.read(rule.deduction)} 分，列为{SEVERITIES[rule.severity]}"
            case "cap":
                return f"等级不高于“{rule.subject}”，列为{SEVERITIES[rule.severity]}"
            case "veto":
                return f"“否决”成立，列为{SEVERITIES[rule.severity]}"
            case "derive":
                return f"“{rule.subject}”成立"

    def confirmed(self, rule: Rule) -> str:
        """What is said where a check holds."""
        if rule.confirmed is None or rule.outcome == "confirm":
            return ""
        return f"满足的，列为核对属实：{self.text(rule.confirmed.zh)}。"

    def text(self, text: Text) -> str:
        """A message, its holes in brackets."""
        return "".join(each if isinstance(each, str) else f"〔{self.reader.bare(each)}〕" for each in text.pieces)
