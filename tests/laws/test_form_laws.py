"""What holds of forms written and read back, whatever stands on them. Each law is told in `docs/explanation/guarantees.md`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laws.strategies import tried
from zhunsheng.document import Document
from zhunsheng.document.model import Entry, Fund, Funds, Goals, Indicator, Source
from zhunsheng.exchange.forms.filed import imported
from zhunsheng.exchange.report.write import as_filed, sheets, written

WORDS: Final = (
    "更新泵站机组",
    "受益农户",
    "=1+1",
    "+8619900000000",
    "@甲",
    "-5℃以下冷库",
    "设备验收合格率（A类）",
    "2023",
    "立案率",
)
TARGETS: Final = (
    "≥14台",
    "97.5%",
    "100%",
    "0.975",
    "8.50",
    "856418",
    "=4次",
    "每天",
    "6月前",
    "≤12.5万元/台",
    "+3%",
    "007",
    "资料齐全",
    "-3.2",
)
REASONS: Final = ("汛期延长，5处转入下年", "=1+1", "第一行\n第二行", "@所有人")
ENTRIES: Final[tuple[tuple[Entry, ...], ...]] = (
    (),
    (Entry(label="其他需要说明事项", text="=1+1"),),
    (
        Entry(label="拨付合规性", text="合规", under="资金管理情况"),
        Entry(label="执行准确性", text="结转下年", under="资金管理情况"),
    ),
)
LEVELS: Final = {
    "产出指标": ("数量指标", "质量指标", "时效指标", "成本指标"),
    "效益指标": ("经济效益指标", "社会效益指标", "可持续影响指标"),
    "满意度指标": ("服务对象满意度指标",),
}


def money() -> st.SearchStrategy[Decimal]:
    return st.decimals(0, 999_999_999, places=2) | st.decimals(0, 99_999, places=4) | st.integers(0, 10**9).map(Decimal)


def points() -> st.SearchStrategy[Decimal]:
    return st.integers(0, 100).map(Decimal) | st.decimals(0, 100, places=2) | st.decimals(0, 100, places=1)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def fund(label: str, *, scored: bool = False) -> st.SearchStrategy[Fund]:
    amounts = {key: maybe(money()) for key in ("initial_budget", "annual_budget", "executed")}
    scores: dict[str, Any] = {
        "points": maybe(points()),
        "claimed_rate": maybe(st.sampled_from(["85.00%", "0.958", "81.46", "100%", "1"])),
        "claimed_score": maybe(points()),
        "deviation_explanation": maybe(st.sampled_from(REASONS)),
    }
    return st.builds(Fund, label=st.just(label), **amounts, **(scores if scored else {}))


PARTS: Final = (
    Source(label="一般公共预算", group="按收入性质分", amount=Decimal("6132.5")),
    Source(label="基本支出", group="按支出性质分", amount=Decimal(1480)),
    Source(label="其他资金", group="按收入性质分", amount=Decimal(2500)),
)
"""Two breakdowns side by side, in the order in which their rows are read."""


@st.composite
def funds(draw: Any) -> Funds:
    others = st.builds(
        Source, label=st.sampled_from(["财政专户管理资金", "单位资金"]), annual_budget=money(), executed=maybe(money())
    )
    return Funds(
        total=draw(fund("年度资金总额", scored=True)),
        appropriation=draw(fund("其中：当年财政拨款")),
        carryover=draw(fund("上年结转资金")),
        other=draw(fund("其他资金")),
        others=(
            *draw(st.lists(others, max_size=2, unique_by=lambda each: each.label)),
            *draw(st.sampled_from([(), PARTS])),
        ),
    )


@st.composite
def indicators(draw: Any) -> tuple[Indicator, ...]:
    """Rows by level 1 and 2, as forms have them; some with columns that the official form lacks."""
    extra: dict[str, st.SearchStrategy[Any]] = {
        "unit": st.sampled_from(["台", "%", "万元"]),
        "comparator": st.sampled_from(["≥", "≤", "＝"]),
        "adjusted_target": st.sampled_from(TARGETS),
        "claimed_coefficient": st.sampled_from(["100", "95%"]),
        "claimed_converted_score": points(),
        "core": st.sampled_from(["是", "否"]),
        "remark": st.sampled_from(REASONS),
        "method": st.sampled_from(["按完成率计分", "=A1*B1"]),
    }
    wanted = draw(st.sets(st.sampled_from(sorted(extra)), max_size=3))
    return tuple(
        draw(
            st.builds(
                Indicator,
                dimension=st.just(dimension),
                category=st.just(category),
                dimension_points=st.just(worth),
                name=st.sampled_from(WORDS),
                target=maybe(st.sampled_from(TARGETS)),
                actual=maybe(st.sampled_from(TARGETS)),
                points=points(),
                claimed_score=maybe(points()),
                deviation_explanation=maybe(st.sampled_from(REASONS)),
                **{key: maybe(extra[key]) for key in wanted},
            )
        )
        for dimension, categories in LEVELS.items()
        for worth in [draw(maybe(st.integers(1, 50).map(Decimal)))]
        for category in categories
        for _ in range(draw(st.integers(0 if category != categories[0] else 1, 3)))
    )


@st.composite
def documents(draw: Any) -> Document:
    """A form as a clerk might fill it in; sums need not add up, texts may look like formulas."""
    kind: Literal["department", "project"] = draw(st.sampled_from(["department", "project"]))
    project = kind == "project"
    return Document(
        kind=kind,
        title="项目支出绩效自评表" if project else "部门整体支出绩效自评表",
        unit=draw(st.sampled_from(["芦汀县水务服务中心", "=甲局"])),
        project=draw(st.sampled_from(["2023年小型泵站更新改造", "=1+1", "+项目"])) if project else None,
        authority=draw(maybe(st.just("芦汀县水务局"))),
        year=draw(st.integers(2016, 2030)),
        currency_unit=draw(st.sampled_from(["万元", "元"])),
        goals=Goals(
            expected=draw(st.sampled_from(["目标1：更新机组14台；\n目标2：改造渠道", "=1+1"])),
            adjusted=draw(maybe(st.just("只更新机组12台"))),
            achieved="已完成",
        ),
        funds=draw(funds()),
        indicators=draw(indicators()),
        claimed_total=draw(maybe(points())),
        total_points=draw(maybe(st.just(Decimal(100)))),
        claimed_grade=draw(maybe(st.sampled_from(["优", "良", "中", "差"]))),
        deviation_explanation=draw(maybe(st.sampled_from(REASONS))),
        entries=draw(st.sampled_from(ENTRIES)),
        notes=draw(st.sampled_from([(), ("注：1. 一级指标分值统一设置。", "2. 各项得分不得超过该指标分值上限。")])),
    )


@pytest.mark.parametrize("to", ["xlsx", "docx"])
@tried(40)
@given(document=documents())
def test_a_form_written_and_read_back_is_the_same_document(to: Literal["xlsx", "docx"], document: Document) -> None:
    """What was exported, and came back untouched, says what it said."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"form.{to}")
        made = [as_filed(document)]
        blocks, names = sheets(made)
        path.write_bytes(written(blocks, to, names))
        found = imported(path)
    assert [each.problems for each in found.forms] == [()]
    (back,) = (each.document for each in found.forms)
    assert back is not None
    assert told(back) == told(document)


def told(document: Document) -> dict[str, Any]:
    """What a document says, but for where that stood."""
    return document.model_dump(exclude={"file", "sources"}, exclude_none=True)
