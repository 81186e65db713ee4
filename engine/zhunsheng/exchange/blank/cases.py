"""Ruleset tests to start from: a form on which all is met, what the ruleset makes of it, and how to change it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from zhunsheng.evaluation import evaluate
from zhunsheng.exchange.blank.document import row_weights
from zhunsheng.exchange.format import formatted
from zhunsheng.exchange.format.scalars import scalar_text
from zhunsheng.exchange.generate import without_claims
from zhunsheng.expression.tree import Constant
from zhunsheng.expression.words import shown
from zhunsheng.proof.forms import plainest
from zhunsheng.source import read
from zhunsheng.trial.generate import flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhunsheng.document import Document
    from zhunsheng.evaluation import Assessment
    from zhunsheng.evaluation.assessment import ScoreLine
    from zhunsheng.ruleset import Ruleset

_REMARKS: Final = (
    "## 一条测试写四样：name 名称，document 自评文件（直接写出，或写它的路径），with 改动，expect 期望。",
    "## 写出的期望须与核算一致，没有写的不管。运行 zhunsheng test 和规则的名称；界上的测试用 --generate 让引擎写。",
)
_EXAMPLE: Final = (
    "## 以「# 」开头的是例子：在一个存好的文件上改一处，用 JSON 指针指明改哪里。",
    "# - name: 没有支出的说明原因",
    "#   document: form",
    '#   with: {/funds/total/executed: "0"}',
    "#   expect: {requirements: [规则的标识], findings: []}",
)


def starter_tests(ruleset: Ruleset, name: str, schema: str) -> str:
    """The text of a test file whose one case passes.

    Args:
        ruleset: what is tested.
        name: how the file names it: its id, or its path from there.
        schema: where editors find the schema, from where the file will lie.
    """
    form = _short(without_claims(plainest(ruleset)), ruleset)
    written = form.model_dump(exclude_none=True, exclude_defaults=True)
    lines = [
        f"# yaml-language-server: $schema={schema}",
        *_REMARKS,
        f"ruleset: {scalar_text(name)}",
        "tests:",
        "- name: 样样达标",
        "  document:",
        *_lines(written, 2),
        "  expect:",
        *_lines(_expected(evaluate(form, ruleset, derivations=False)), 2),
        *_EXAMPLE,
    ]
    text = "\n".join(lines) + "\n"
    return formatted(read(text.encode(), "tests.yaml"))


def _short(form: Document, ruleset: Ruleset) -> Document:
    """One row for each weight, like the first row that gets its points."""
    scores = {each.id: each for each in evaluate(form, ruleset, derivations=False).scores}
    rows = [each for at, each in enumerate(form.indicators) if _full(scores.get(f"/indicators/{at}"))]
    met = [each for each in rows if each.judgement is None][:1]  # a judged score belongs to points of its own
    rows = [
        each.model_copy(update={"dimension": name, "category": None, "name": f"某{name}", "points": Decimal(points)})
        for name, points in _points(ruleset)
        for each in met
    ]
    return form.model_copy(update={"indicators": tuple(rows or form.indicators)})


def _full(line: ScoreLine | None) -> bool:
    """Whether a row gets all of its points, and has some."""
    if line is None or line.status != "computed" or not line.points:
        return False
    return Decimal(line.points) > 0 and Decimal(line.points) == Decimal(line.computed or "0")


def _points(ruleset: Ruleset) -> Iterator[tuple[str, str]]:
    for name, node in row_weights(ruleset).items():
        if isinstance(node, Constant) and node.value:
            yield name, shown(node.value, node.type)


def _expected(assessment: Assessment) -> dict[str, Any]:
    figures = {"total": assessment.total.computed, "grade": assessment.grade.computed}
    remarks = {
        "requirements": sorted(each.rule for each in assessment.requirements),
        "findings": sorted(each.rule for each in assessment.findings),
    }
    return {name: value for name, value in figures.items() if value is not None} | remarks


def _lines(data: Mapping[str, Any], depth: int) -> Iterator[str]:
    """A mapping with one entry a line, the rows of its lists likewise; what is below stands on that line."""
    pad = "  " * depth
    for key, value in data.items():
        name = scalar_text(key, "key")
        if isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            yield f"{pad}{name}:"
            yield from (f"{pad}- {flow(each)}" for each in value)
        else:
            yield f"{pad}{name}: {flow(value)}"
