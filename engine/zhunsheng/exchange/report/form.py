"""A document on the official form: every value in its cell, merged as the ministry's form is.

What the official form has no column for (a comparator of its own, an adjusted target …) gets one where it is filled.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, groupby, pairwise
from typing import TYPE_CHECKING, Any, Final, final

from zhunsheng.exchange.describe.blocks import Box, Form
from zhunsheng.exchange.report.bands import UNSAID
from zhunsheng.exchange.report.marks import claimed, computed, execution_of, points_of, text
from zhunsheng.exchange.report.official import official

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from zhunsheng.document import Document
    from zhunsheng.document.model import Entry, Fund, Indicator, Source
    from zhunsheng.evaluation import Assessment
    from zhunsheng.exchange.describe.blocks import Look
    from zhunsheng.exchange.report.bands import Policy
    from zhunsheng.exchange.report.marks import Marks

FIRST: Final = 3
"""The column of the level-3 indicator: to its left stand label, level 1 and level 2."""


def form(
    document: Document, assessment: Assessment | None = None, policy: Policy = UNSAID, *, beside: bool = False
) -> Form:
    """The form with its scores: computed where there is an assessment, else as claimed.

    Args:
        document: what was filed.
        assessment: what the ruleset says of it.
        policy: what is printed where the document does not say it: notes, full marks, points of dimensions.
        beside: claimed and computed scores side by side.
    """
    columns = [claimed(document)] if assessment is None or beside else []
    if assessment is not None:
        columns.append(computed(document, assessment))
    return _Sheet(document, assessment, columns, policy).form()


@final
class _Sheet:
    """The form, written from top to bottom."""

    def __init__(
        self, document: Document, assessment: Assessment | None, marks: Sequence[Marks], policy: Policy
    ) -> None:
        self.document = document
        self.policy = policy
        self.assessment = assessment
        self.marks = marks
        self.words = official()
        self.kind = self.words["kinds"][document.kind]
        self.fields = self._fields()
        figures = 5 + len(marks) + self._explained()
        self.extra = max(0, FIRST + figures - len(self.fields) - 1)
        """Columns that the funds need beyond those of the indicators; the last of these is cut into as many more."""
        self.boxes: list[Box] = []
        self.at = 0

    # Columns

    def _fields(self) -> list[tuple[str, str, int]]:
        """The columns of the indicators: key, head, width."""
        scores = self.words["scores"]
        heads = [scores["one"]] if len(self.marks) == 1 else [scores["claimed"], scores["computed"]]
        fields = []
        for key, (head, width) in self.words["columns"].items():
            if key == "score":
                fields += [(f"score{at}", each, int(width)) for at, each in enumerate(heads)]
            elif key not in self.words["seldom"] or any(getattr(each, key) for each in self.document.indicators):
                fields.append((key, head, int(width)))
        return fields

    def _explained(self) -> bool:
        """Whether the funds need a column for reasons."""
        funds = self.document.funds
        rows = (funds.total, funds.appropriation, funds.carryover, funds.other, *funds.others)
        return any(each is not None and each.deviation_explanation for each in rows)

    @property
    def wide(self) -> int:
        """How many columns there are."""
        return 1 + len(self.fields) + self.extra

    def widths(self) -> tuple[int, ...]:
        """Millimetres of each."""
        widths = [int(self.words["label"]), *(width for _, _, width in self.fields)]
        last = widths.pop()
        parts = 1 + self.extra
        return (*widths, *([max(last // parts, 12)] * parts))

    def starts(self, wants: Sequence[int]) -> list[int]:
        """Where the cells of the funds begin, which share the indicators' columns: so that each has as much as it wants.

        Args:
            wants: millimetres, cell by cell.
        """
        widths = self.widths()

        def tightest(inner: tuple[int, ...]) -> Fraction:
            edges = pairwise((FIRST, *inner, self.wide))
            return min(Fraction(sum(widths[start:end]), want) for (start, end), want in zip(edges, wants, strict=True))

        inner = max(combinations(range(FIRST + 1, self.wide), len(wants) - 1), key=tightest)
        return [FIRST, *inner, self.wide]

    # Cells

    def add(self, column: int, width: int, value: str, look: Look = "text", height: int = 1) -> None:
        """A cell of the row that is being written."""
        self.boxes.append(Box(self.at, column, height, width, value, look))

    def spread(self, values: Sequence[str], starts: Sequence[int], look: Look) -> None:
        """Cells side by side."""
        for value, (start, end) in zip(values, pairwise(starts), strict=True):
            self.add(start, end - start, value, look)

    # Parts

    def form(self) -> Form:
        """All of it."""
        self.head()
        self.funds()
        self.goals()
        blocks = [list(rows) for _, rows in groupby(enumerate(self.document.indicators), lambda each: each[1].goal)]
        for rows in blocks:
            self.indicators(rows)
        self.total()
        self.texts()
        document = self.document
        title = document.title or self.kind["title"]
        year = [] if f"{document.year}年" in title else [self.words["year"].format(year=document.year)]
        boxes = tuple(sorted(self.boxes, key=lambda each: (each.row, each.column)))
        return Form((title, *year), (), self.widths(), boxes, document.notes or self.policy.notes)

    def head(self) -> None:
        shown = {field for row in self.kind["head"] for _, field in row}
        more = [[[label, field]] for field, label in self.words["others"].items() if field not in shown]
        for row in [*self.kind["head"], *(each for each in more if getattr(self.document, each[0][1]))]:
            middle = (self.wide - 1) // 2
            starts = [0, self.wide] if len(row) == 1 else [0, middle, self.wide]
            for (label, field), (start, end) in zip(row, pairwise(starts), strict=True):
                self.add(start, 1, label, "label")
                self.add(start + 1, end - start - 1, text(getattr(self.document, field)))
            self.at += 1

    def funds(self) -> None:
        words, document = self.words["funds"], self.document
        rows: list[tuple[str, Fund | None]] = [(self.kind["total"], document.funds.total)]
        rows += [(label, getattr(document.funds, key)) for key, label in words["rows"].items()]
        rows += [(each.label, each) for each in document.funds.others if not each.group]
        parts = [each for each in document.funds.others if each.group]
        composition = list(_side_by_side(parts))
        label = f"{self.kind['funds']}\n（{document.currency_unit}）"
        self.add(0, 1, label, "label", 1 + len(rows) + len(composition))
        self.add(1, 2, self.kind["corner"], "label")
        shown, wants = zip(*self.fund_heads(), strict=True)
        starts = self.starts(wants)
        self.spread(shown, starts, "label")
        self.at += 1
        for name, fund in rows:
            self.add(1, 2, (fund.label if fund is not None else None) or name, "label")
            self.spread(self.fund(fund), starts, "value")
            self.at += 1
        for cells in composition:
            self.spread(cells, self.halves(len(cells)), "text")
            self.at += 1

    def fund_heads(self) -> Iterator[tuple[str, int]]:
        """The heads of the funds and the millimetres that each wants."""
        for key, (head, width) in self.words["funds"]["columns"].items():
            if key == "score":
                yield from ((each, int(width)) for field, each, _ in self.fields if field.startswith("score"))
            elif key == "rate" and len(self.marks) > 1:
                yield self.words["rates"], int(width)
            elif key != "reason" or self._explained():
                yield head, int(width)

    def halves(self, count: int) -> list[int]:
        """Where as many cells of equal width begin beside the label."""
        return [*(1 + (self.wide - 1) * at // count for at in range(count)), self.wide]

    def fund(self, fund: Fund | None) -> list[str]:
        """The figures of a source of funds; only the total is scored."""
        total = fund is self.document.funds.total
        blank = self.words["funds"]["unscored"]
        amounts = [text(getattr(fund, key, None)) for key in ("initial_budget", "annual_budget", "executed")]
        points = text(fund.points) if fund else ""
        if total:
            execution = execution_of(self.assessment) if self.assessment else None
            points = points or ((execution.points or "") if execution else "")
            row = [*amounts, points, "\n".join(each.rate for each in self.marks)]
            row += [each.execution for each in self.marks]
        else:
            score = text(fund.claimed_score) if fund else ""
            row = [*amounts, points or blank, (fund.claimed_rate or "") if fund else ""]
            row += [score or blank for _ in self.marks]
        return [*row, *([(fund.deviation_explanation or "") if fund else ""] if self._explained() else [])]

    def beside(self, values: Sequence[str]) -> str:
        """One value; claimed and computed where they differ."""
        if len(values) == 1 or values[0] == values[1] or not values[0]:
            return values[-1]
        written: str = self.words["both"].format(claimed=values[0], computed=values[1])
        return written if values[1] else values[0]

    def goals(self) -> None:
        words, goals = self.words["goals"], self.document.goals
        keys = ["expected", *(["adjusted"] if goals and goals.adjusted else []), "achieved"]
        starts = self.halves(len(keys))
        self.add(0, 1, words["label"], "label", 2)
        self.spread([words[key] for key in keys], starts, "label")
        self.at += 1
        self.spread([text(getattr(goals, key, None)) for key in keys], starts, "text")
        self.at += 1

    def indicators(self, rows: list[tuple[int, Indicator]]) -> None:
        self.add(0, 1, rows[0][1].goal or self.words["indicators"], "label", 1 + len(rows))
        for column, (_, head, _) in enumerate(self.fields, 1):
            self.add(column, self.span(column), head, "label")
        self.at += 1
        top = self.at
        levels: tuple[Callable[[Indicator], str], ...] = (self.dimension, self.category)
        for column, key in enumerate(levels, 1):
            self.at = top
            for start, height in _runs([tuple(of(each) for of in levels[:column]) for _, each in rows]):
                self.at = top + start
                self.add(column, 1, key(rows[start][1]), "label", height)
        for at, (number, indicator) in enumerate(rows):
            self.at = top + at
            for column, (field, _, _) in enumerate(self.fields[2:], FIRST):
                self.add(column, self.span(column), *self.cell(field, number, indicator))
        self.at = top + len(rows)

    def span(self, column: int) -> int:
        """How many columns an indicator's cell takes."""
        return 1 + self.extra if column == len(self.fields) else 1

    def dimension(self, each: Indicator) -> str:
        points = text(each.dimension_points) or self.policy.weights.get(each.dimension or "", "")
        return self.with_points(each.dimension, points)

    def category(self, each: Indicator) -> str:
        return self.with_points(each.category, text(each.category_points))

    def with_points(self, name: str | None, points: str) -> str:
        return f"{name or ''}{self.words['points'].format(points=points) if points else ''}"

    def cell(self, field: str, number: int, indicator: Indicator) -> tuple[str, Look]:
        if field.startswith("score"):
            return self.marks[int(field[5:])].indicators[number], "value"
        value = text(getattr(indicator, field))
        if field == "points" and not value:
            value = points_of(self.assessment, f"/indicators/{number}")
        return value, "text" if field in ("name", "method", "remark", "deviation_explanation") else "value"

    def total(self) -> None:
        keys = [key for key, _, _ in self.fields]
        points, first = keys.index("points") + 1, keys.index("score0") + 1
        after = first + len(self.marks)
        for name, worth, score in self.marks[-1].others:
            self.add(0, points, name, "label")
            self.add(points, first - points, worth, "value")
            for at in range(len(self.marks)):
                self.add(first + at, 1, score if at == len(self.marks) - 1 else "", "value")
            self.add(after, self.wide - after, "")
            self.at += 1
        self.add(0, points, self.words["total"], "label")
        self.add(points, first - points, text(self.document.total_points) or self.policy.full, "value")
        for at, each in enumerate(self.marks):
            self.add(first + at, 1, each.total, "value")
        grades = [each.grade for each in self.marks]
        shown = self.words["grade"].format(grade=self.beside(grades)) if any(grades) else ""
        self.add(after, self.wide - after, shown, "value")
        self.at += 1

    def texts(self) -> None:
        """What stands below the total: one reason for the whole form, and the other entries."""
        if self.document.deviation_explanation:
            self.line(self.words["reason"], self.document.deviation_explanation)
        for under, group in groupby(self.document.entries, lambda each: each.under):
            entries: list[Entry] = list(group)
            if under is None:
                for each in entries:
                    self.line(each.label, each.text or "")
                continue
            self.add(0, 1, under, "label", len(entries))
            for each in entries:
                self.add(1, 2, each.label, "label")
                self.add(FIRST, self.wide - FIRST, each.text or "")
                self.at += 1

    def line(self, label: str, value: str) -> None:
        """A label and its text across the form."""
        self.add(0, FIRST, label, "label")
        self.add(FIRST, self.wide - FIRST, value)
        self.at += 1


def _runs(keys: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Where equal neighbours begin, and how many they are."""
    at = 0
    for _, group in groupby(keys):
        count = len(list(group))
        yield at, count
        at += count


def _side_by_side(parts: Sequence[Source]) -> Iterator[list[str]]:
    """Sources listed by some nature, label and amount in one cell, the natures side by side under their names."""
    groups = {
        name: [each for each in parts if each.group == name] for name in dict.fromkeys(each.group for each in parts)
    }
    if not groups:
        return
    yield [f"{name}：" for name in groups]
    for at in range(max(map(len, groups.values()))):
        yield [_labelled(rows[at]) if at < len(rows) else "" for rows in groups.values()]


def _labelled(source: Source) -> str:
    return f"{source.label}：{text(source.amount)}"
