"""A starter overlay: its head, and commented examples of what may be changed, taken from the base's own values.

Lines that begin with `## ` explain; those that begin with `# ` are examples, which hold when the sign is taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zhunsheng.exchange.format.scalars import scalar_text
from zhunsheng.expression.parse import Malformed, parse
from zhunsheng.expression.tree import Constant
from zhunsheng.ruleset.overlay import is_dated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.ruleset import Ruleset

MOST: Final = 4
"""Examples of one kind."""


def starter_ruleset(name: str, base: Ruleset, schema: str) -> str:
    """The text of a ruleset `name` that extends `base` and says nothing else yet.

    Args:
        name: its id.
        base: what it extends.
        schema: where editors find the schema, from where the file will lie.
    """
    return "\n".join([*_head(name, base, schema), *_examples(base)]) + "\n"


def _head(name: str, base: Ruleset, schema: str) -> list[str]:
    kinds = ", ".join(base.kinds or ("department", "project"))
    return [
        f"# yaml-language-server: $schema={schema}",
        f"## 依据 {base.id}（{base.title}）：只写不同的地方，没有写的照旧。",
        "## 以「# 」开头的是例子，值取自依据的规则：去掉行首的「# 」再改。",
        "## 写完运行 zhunsheng check 和这个文件的名称；所依据的全文用 zhunsheng show 加上依据的标识看。",
        f"ruleset: {name}",
        "version: 0.1.0",
        f"title: {scalar_text(f'{name}（改成这项政策的名称）')}",
        f"extends: {base.id}",
        "# in_force: 2026-01-01/2026-12-31",
        f"# applies_to: {{kinds: [{kinds}], regions: [某省某市]}}",
        "# source: 文件名称和文号",
        "status: unverified",
        "# changes:",
        "#   - {version: 0.1.0, date: 2026-01-01, text: 首次编写}",
    ]


def _examples(base: Ruleset) -> Iterator[str]:
    data = base.merged.data
    yield from _section(
        "权重：各一级指标应有的分值，合计等于满分", "weights", _plain(data, "weights", "points", most=99)
    )
    yield from _section("等级：总分落在哪一段，含不含端点都写明", "grades", _plain(data, "grades", "when", most=99))
    roundings = [
        f"{scalar_text(name, 'key')}: {{round: {scalar_text(each['round'])}}}"
        for name, each in data.get("scores", {}).items()
        if "round" in each
    ]
    yield from _section(
        "舍入：几位小数，怎样舍入（half-up 四舍五入，down 截去，half-even 五成双）", "scores", roundings[:MOST]
    )
    yield from _section("量：有名称的数或算式，改数就改它", "quantities", _constants(data))
    yield from _section("规则：改程度、停用，或另加一条", "rules", _rules(base))


def _section(title: str, key: str, rows: list[str]) -> Iterator[str]:
    if rows:
        yield from ["", f"## {title}", f"# {key}:", *(f"#   {each}" for each in rows)]


def _plain(data: dict[str, Any], section: str, key: str, *, most: int = MOST) -> list[str]:
    """The elements of a section in their short form."""
    found = [
        f"{scalar_text(name, 'key')}: {_value(each[key])}"
        for name, each in data.get(section, {}).items()
        if key in each and not is_dated(each[key])
    ]
    return found[:most]


def _constants(data: dict[str, Any]) -> list[str]:
    """Quantities that are a plain value, and one with a rounding to change."""
    rows = [
        f"{scalar_text(name, 'key')}: {_value(each['formula'])}"
        for name, each in data.get("quantities", {}).items()
        if not is_dated(each.get("formula")) and _is_constant(each.get("formula"))
    ]
    rounded = next((name for name, each in data.get("quantities", {}).items() if "round" in each), None)
    if rounded is not None:
        each = data["quantities"][rounded]
        shown = "" if is_dated(each.get("formula")) else f"formula: {_value(each['formula'])}, "
        rows = [*rows[:MOST], f"{scalar_text(rounded, 'key')}: {{{shown}round: {scalar_text(each['round'])}}}"]
    return rows[: MOST + 1]


def _rules(base: Ruleset) -> list[str]:
    """A severity to change, a rule to leave out, and one to add."""
    warnings = [each.id for each in base.rules if each.outcome == "finding" and each.severity == "warning"]
    rows = [f"{scalar_text(each, 'key')}: {{finding: error}}  # 原为 warning" for each in warnings[:1]]
    rows += [f"{scalar_text(each, 'key')}: {{drop: true}}  # 这里不用这一条" for each in warnings[1:2]]
    return [
        *rows,
        "spending-far-too-low:  # 另加的一条，名称自取",
        "  when: 全年执行数 / 全年预算数 < 30%",
        "  finding: warning",
        "  at: 全年执行数",
        "  message: 执行数不到预算数的三成",
        "  clause: 第几条",
    ]


def _is_constant(formula: object) -> bool:
    if not isinstance(formula, str):
        return formula is not None
    try:
        return isinstance(parse(formula), Constant)
    except Malformed:  # not reached: the base compiled
        return False


def _value(value: object) -> str:
    return (
        scalar_text(value)
        if isinstance(value, str)
        else format(value, "f")
        if not isinstance(value, int)
        else str(value)
    )
