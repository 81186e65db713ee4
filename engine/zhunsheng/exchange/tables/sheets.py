"""What stands in the tables of a ruleset: weights, grades, constants, the rows of step tables, the points of lines.

Each cell knows the characters of the YAML that it shows, so that a changed cell can be written back. A row is known by
the place of its element: the ruleset that says it and the pointer within the merged policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple, final

from zhunsheng.expression.parse import Malformed, parse
from zhunsheng.expression.signs import COMPARATORS
from zhunsheng.expression.tree import Absent, Constant, Lines, Table, children
from zhunsheng.expression.words import words
from zhunsheng.ruleset.overlay import is_dated
from zhunsheng.source.marks import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.expression.tree import Comparator, Node, Row
    from zhunsheng.ruleset import Ruleset
    from zhunsheng.ruleset.overlay import Path

PLACE: Final = "位置"
YES_NO: Final = {True: "是", False: "否"}
_FORMULAS: Final = {
    "quantities": ("formula",),
    "scores": ("points", "formula", "otherwise"),
    "rules": ("when", "check", "deduct"),
}
PERCENT: Final = ("%", "％")
EXCEL_DIGITS: Final = 15
"""Digits that Excel keeps of a number; a longer one goes out as text."""
_UNITS: Final = (*PERCENT, "亿元", "万元", "元", "天", "分")
_HEAD: Final = "table(总分; "


class Slot(NamedTuple):
    """Which characters of which value a cell shows; `owner` is the ruleset that writes it, and where in its file."""

    owner: str
    path: Path
    start: int
    end: int
    kind: str
    """`value` (an expression), `text`, or `>` or `<`: a sign that may include its bound."""


class Cell(NamedTuple):
    """What a cell shows; a number keeps apart the unit that is written after it."""

    value: Decimal | str | None
    unit: str = ""
    slot: Slot | None = None


class Line(NamedTuple):
    """A row of a sheet, with the place of its element."""

    place: str
    cells: tuple[Cell, ...]


@final
@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its title, the heads of its columns (one more than cells where the place stands last) and its rows."""

    title: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]


def sheets(ruleset: Ruleset) -> tuple[Sheet, ...]:
    """The tables of a ruleset, those without rows left out."""
    look = _Look(ruleset)
    bounds = ("下限", "含下限", "上限", "含上限")
    found = (
        Sheet("权重", ("名称", "分值", "条款", "说明", PLACE), tuple(look.weights())),
        Sheet("等级", ("等级", *bounds, "条款", PLACE), tuple(look.grades())),
        Sheet("常数", ("名称", "数", "条款", "说明", PLACE), tuple(look.constants())),
        Sheet("分段表", ("所在", "自变量", *bounds, "等于", "其他条件", "得", PLACE), tuple(look.steps())),
        Sheet("折线", ("所在", "自变量", "横坐标", "纵坐标", PLACE), tuple(look.points())),
    )
    return tuple(each for each in found if each.lines)


class _Value(NamedTuple):
    """An expression as it is written somewhere: its path in the merged policy (and period), and its slot."""

    path: Path
    text: str
    slot: Slot

    def part(self, start: int, end: int, kind: str = "value") -> Slot:
        return self.slot._replace(start=start, end=end, kind=kind)


class _Look:
    def __init__(self, ruleset: Ruleset) -> None:
        self.merged = ruleset.written
        self.data = ruleset.written.data

    def weights(self) -> Iterator[Line]:
        for name in self.data.get("weights", {}):
            for value in self.values(("weights", name, "points")):
                yield self.element(value, name, self.whole(value), "clause", "note")

    def constants(self) -> Iterator[Line]:
        for value in self.values(("full_marks",)):
            if _is_constant(value.text):
                yield self.line(value, Cell("满分"), self.whole(value), Cell(None), Cell(None))
        for name in self.data.get("quantities", {}):
            for value in self.values(("quantities", name, "formula")):
                if _is_constant(value.text):
                    yield self.element(value, name, self.whole(value), "clause", "note")

    def grades(self) -> Iterator[Line]:
        for name in self.data.get("grades", {}):
            for value in self.values(("grades", name, "when")):
                node = _parsed(f"{_HEAD}{value.text}: 0)")
                if isinstance(node, Table):
                    lower, upper, equal, other = self.bounds(value, node.rows[0], f"{_HEAD}{value.text}")
                    if equal.value is None and other.value is None:
                        yield self.element(value, name, (*lower, *upper), "clause")

    def steps(self) -> Iterator[Line]:
        for label, value in self.formulas():
            tables = [each for each in _within(_parsed(value.text)) if isinstance(each, Table)]
            for number, table in enumerate(tables, 1):
                argument = Cell(words(table.argument))
                for at, row in enumerate(table.rows, 1):
                    lower, upper, equal, other = self.bounds(value, row, value.text)
                    cells = (Cell(label), argument, *lower, *upper, equal, other, self.node(value, row.value))
                    yield self.line(value, *cells, part=f"table/{number}/{at}")
                if table.otherwise is not None:
                    rest = (*[Cell(None)] * 5, Cell("其余"), self.node(value, table.otherwise))
                    yield self.line(value, Cell(label), argument, *rest, part=f"table/{number}/else")

    def points(self) -> Iterator[Line]:
        for label, value in self.formulas():
            found = [each for each in _within(_parsed(value.text)) if isinstance(each, Lines)]
            for number, lines in enumerate(found, 1):
                for at, (left, right) in enumerate(lines.points, 1):
                    cells = (Cell(label), Cell(words(lines.argument)), self.node(value, left), self.node(value, right))
                    yield self.line(value, *cells, part=f"lines/{number}/{at}")

    # Where things are written

    def formulas(self) -> Iterator[tuple[str, _Value]]:
        """Every formula that may hold a table, under the name of its element."""
        for section, keys in _FORMULAS.items():
            for name in self.data.get(section, {}):
                for key in keys:
                    for value in self.values((section, name, key)):
                        yield f"{name}（{key}）" if key != "formula" else name, value
        for section in ("indicator_kind", "total"):
            for value in self.values((section, "formula")):
                yield section, value

    def values(self, path: Path) -> Iterator[_Value]:
        """The expression at a path of the merged policy, or each with its period."""
        value: Any = self.data
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            return
        source, at = self.merged.origin(path)
        dated = list(value.items()) if is_dated(value) else [(None, value)]
        for period, each in dated:
            text = each if isinstance(each, str) else format(Decimal(each), "f")
            here = (*at, period) if period is not None else at
            slot = Slot(str(source.data["ruleset"]), here, 0, len(text), "value")
            yield _Value(path if period is None else (*path, period), text, slot)

    def text(self, path: Path) -> Cell:
        """A clause or a note."""
        for value in self.values(path):
            return Cell(value.text, slot=value.slot._replace(kind="text"))
        return Cell(None)

    def element(self, value: _Value, name: str, cells: Cell | tuple[Cell, ...], *texts: str) -> Line:
        """A row of a named element, with what is said of it."""
        said = [self.text((*value.path[:2], each)) for each in texts]
        shown = cells if type(cells) is tuple else (cells,)
        return self.line(value, Cell(name), *shown, *said)

    @staticmethod
    def line(value: _Value, *cells: Cell, part: str = "") -> Line:
        place = f"{value.slot.owner}#{pointer(value.path)}"
        return Line(f"{place}/{part}" if part else place, cells)

    # What a cell shows

    def whole(self, value: _Value) -> Cell:
        node = _parsed(value.text)
        return self.node(value, node) if isinstance(node, Constant) else Cell(value.text, slot=value.slot)

    @staticmethod
    def node(value: _Value, node: Node, before: int = 0) -> Cell:
        """A number with its unit, or the text of an expression, at its place."""
        start, end = node.span.start - before, node.span.end - before
        slot = value.part(start, end)
        text = value.text[start:end]
        if isinstance(node, Constant) and isinstance(node.value, Fraction):
            unit = next((each for each in _UNITS if text.endswith(each)), "")
            digits = text.removesuffix(unit).replace("−", "-").replace("－", "-").replace(" ", "")
            if sum(map(str.isdigit, digits)) <= EXCEL_DIGITS:
                return Cell(shifted(digits, -2) if unit in PERCENT else Decimal(digits), unit, slot)
        return Cell(text, slot=slot)

    def bounds(self, value: _Value, row: Row, framed: str) -> tuple[tuple[Cell, Cell], tuple[Cell, Cell], Cell, Cell]:
        """Lower bound, upper bound, what the argument equals, and conditions that are none of these."""
        before = len(framed) - len(value.text)
        lower = upper = (Cell(None), Cell(None))
        equal, other = Cell(None), list[str]()
        for sign, bound in row.conditions:
            cell = self.node(value, bound, before)
            if sign in (">", ">=") and lower[0].value is None:
                lower = (cell, self.inclusive(value, sign, bound.span.start - before))
            elif sign in ("<", "<=") and upper[0].value is None:
                upper = (cell, self.inclusive(value, sign, bound.span.start - before))
            elif sign == "=" and equal.value is None:
                equal = cell
            else:
                other.append(f"{sign} {cell.value}")
        return lower, upper, equal, Cell(" 且 ".join(other) or None)

    @staticmethod
    def inclusive(value: _Value, sign: Comparator, end: int) -> Cell:
        """Whether the bound is included, at the place of its sign."""
        head = value.text[:end].rstrip()
        spelled = [*(each for each, meant in COMPARATORS.items() if meant == sign), sign]
        found = max((each for each in spelled if head.endswith(each)), key=len, default=None)
        slot = value.part(len(head) - len(found), len(head), sign[0]) if found is not None else None
        return Cell(YES_NO["=" in sign], slot=slot)


def shifted(digits: str | Decimal, places: int) -> Decimal:
    """A number times ten to the power of `places`, exactly.

    >>> str(shifted("84.50", -2)), str(shifted(Decimal("0.8450"), 2))
    ('0.8450', '84.50')
    """
    plain = digits if isinstance(digits, str) else format(digits, "f")
    return Decimal(f"{plain}e{places}")


def _parsed(text: str) -> Node:
    try:
        return parse(text)
    except Malformed:  # not reached by a ruleset that compiled
        return Constant(text, None, text)


def _is_constant(text: str) -> bool:
    node = _parsed(text)
    return isinstance(node, Constant) and not isinstance(node.value, Absent)


def _within(node: Node) -> Iterator[Node]:
    yield node
    for each in children(node):
        yield from _within(each)
