"""What an import must yield, as `fixtures/forms/*/form.yaml` has it under `content`, and a document in the same shape."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import yaml

from forms.building import FORMS
from zhunsheng.exchange.forms.grid import Cell, Grid, Sheets
from zhunsheng.exchange.forms.layout import load_layouts
from zhunsheng.exchange.forms.recognise import Imported, documents_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from forms.building import Area
    from zhunsheng.document.model import Document, Fund, Indicator

WAN: Final = {"元": Fraction(1, 10_000), "万元": Fraction(1)}
NOT_COMPARATORS: Final = ("定量指标", "定性指标")


def grid_of(cells: Iterable[Area], name: str = "表1", above: Iterable[str] = (), below: Iterable[str] = ()) -> Grid:
    return Grid(
        name,
        tuple(Cell(*each, f"{name} 第{each.row + 1}行 第{each.column + 1}列") for each in cells),
        tuple(above),
        tuple(below),
    )


def read(*grids: Grid) -> Imported:
    return documents_of(Sheets("form.docx", grids), load_layouts())


def filed(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FORMS.joinpath(name, "form.yaml").read_text(encoding="utf-8"))
    return found


def wanted(name: str) -> dict[str, Any]:
    """The content of an example, figures as numbers, what is left out said."""
    content = filed(name)["content"]
    blank = {"dimension_points": None, "adjusted": None, "coefficient": None, "core": None, "child": False}
    figures = ("dimension_points", "points", "score")
    return {
        **{key: content[key] for key in ("unit", "department", "project", "grade")},
        "year": int(filed(name)["year"]),
        "money_unit_printed": content["money_unit_printed"],
        "funds": {
            each["source"]: tuple(_number(each[key]) for key in ("initial", "budget", "executed"))
            for each in content["funds"]
        },
        "execution": {**_numbers(content["execution"], ("points", "score")), "rate": content["execution"]["rate"]},
        "indicators": [_numbers({**blank, **each}, figures) for each in content["indicators"]],
        "total": _numbers(content["total"], ("points", "score")),
    }


def content(document: Document) -> dict[str, Any]:
    """A document in the shape of `wanted`."""
    funds, wan = document.funds, WAN[document.currency_unit]
    rows = [funds.total, funds.appropriation, funds.carryover, funds.other]
    rows += [each for each in funds.others if each.group is None]
    return {
        "unit": document.unit,
        "department": document.authority,
        "project": document.project,
        "grade": document.claimed_grade,
        "year": document.year,
        "money_unit_printed": document.currency_unit,
        "funds": {each.label: _amounts(each, wan) for each in rows if each is not None},
        "execution": {
            "points": _number(funds.total.points),
            "rate": funds.total.claimed_rate,
            "score": _number(funds.total.claimed_score),
        },
        "indicators": [_indicator(each) for each in document.indicators],
        "total": {"points": _number(document.total_points), "score": _number(document.claimed_total)},
    }


def _indicator(row: Indicator) -> dict[str, Any]:
    """The comparator and unit of columns of their own stand with the target, as `content` has them."""
    sign = row.comparator if row.comparator not in NOT_COMPARATORS else None
    return {
        "dimension": row.dimension,
        "dimension_points": _number(row.dimension_points),
        "category": row.category,
        "name": row.name,
        "target": _with(sign, row.target, row.unit),
        "actual": row.actual,
        "points": _number(row.points),
        "score": _number(row.claimed_score),
        "reason": row.deviation_explanation,
        "child": row.parent is not None,
        "adjusted": _with(None, row.adjusted_target, row.unit),
        "coefficient": row.claimed_coefficient,
        "core": row.core,
    }


def _with(sign: str | None, text: str | None, unit: str | None) -> str | None:
    return None if text is None else f"{sign or ''}{text}{unit or ''}"


def _amounts(fund: Fund, wan: Fraction) -> tuple[Fraction | None, ...]:
    amounts = (fund.initial_budget, fund.annual_budget, fund.executed)
    return tuple(None if each is None else Fraction(each) * wan for each in amounts)


def _number(value: Any) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def _numbers(part: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {**part, **{name: _number(part[name]) for name in names}}
