"""Whether points and scores add up: asked only where the reading itself is in doubt (a PDF, a table cut over pages).

A form is taken as filed; sums that do not add up are a clerk's mistake for the re-check. But where columns may have been
mistaken for others, sums that hold are what makes the reading believable.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.exchange.forms.recognise.draft import Draft


def add_up(draft: Draft) -> bool:
    """Whether every row is whole and every printed total the sum of what stands above it, execution counted or not."""
    execution = draft.funds.get("total", {})
    checks = [
        _sum_is(draft.values.get("total_points"), _each(draft, "points"), execution.get("points")),
        _sum_is(draft.values.get("claimed_total"), _each(draft, "claimed_score"), execution.get("claimed_score")),
        *_dimensions(draft),
    ]
    known = [each for each in checks if each is not None]
    if not _whole(draft):
        return False
    return all(known) if known else not any(_each(draft, "points"))


def _whole(draft: Draft) -> bool:
    """Whether no row looks like half of one, as a row cut over two pages does."""
    names = (each.get("dimension") for each in draft.indicators)
    return all(draft.words.dimensions(name) is not None for name in names if name) and all(
        {"target", "actual", "points", "claimed_score"} & each.keys() for each in draft.indicators
    )


def _each(draft: Draft, name: str) -> list[Decimal]:
    return [each[name] for each in draft.indicators if name in each]


def _sum_is(printed: Any, parts: Iterable[Decimal], execution: Decimal | None) -> bool | None:
    found = list(parts)
    if printed is None or not found:
        return None
    whole = sum(found, Decimal(0))
    return printed in (whole, whole + (execution or Decimal(0)))


def _dimensions(draft: Draft) -> list[bool]:
    """For each dimension with points in its heading, whether its rows add to them, children counted or not."""
    printed = {each["dimension"]: each["dimension_points"] for each in draft.indicators if each.get("dimension_points")}
    sums = {
        (name, children): sum(
            (
                each.get("points", Decimal(0))
                for each in draft.indicators
                if each.get("dimension") == name and (children or "parent" not in each)
            ),
            Decimal(0),
        )
        for name, children in product(printed, (True, False))
    }
    return [
        points in (sums[name, True], sums[name, False])
        for name, points in printed.items()
        if any(_each(draft, "points"))
    ]
