"""Figures side by side as a chart of Word's own, and the same for a workbook is openpyxl's business."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from zhunsheng.exchange.describe.chart import SPACES, _decimal, _title

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from zhunsheng.exchange.describe.blocks import Bars

INKS: Final = ("D0D0D0", "8FB4DC", "0B5CAD")
"""Of the last series, the one before, and the one before that, from the right; they differ on paper without colours too."""


def bar_chart(bars: Bars) -> str:
    """The part of the package that holds the chart: bars from the left, the first label on top."""
    inks = INKS[-len(bars.series) :]
    series = "".join(
        _series(at, name, bars.labels, values, ink)
        for at, ((name, values), ink) in enumerate(zip(bars.series, inks, strict=True))
    )
    line = '<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="D0D0D0"/></a:solidFill></a:ln></c:spPr>'
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace {SPACES}><c:roundedCorners val="0"/>'
        f'<c:chart>{_title(bars.title, 1100)}<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>'
        f'<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}'
        '<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        '<c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="b"/><c:majorGridlines>{line}</c:majorGridlines>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        '<c:tickLblPos val="nextTo"/><c:crossAx val="1"/><c:crosses val="max"/></c:valAx></c:plotArea>'
        '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend><c:plotVisOnly val="1"/></c:chart></c:chartSpace>'
    )


def _series(at: int, name: str, labels: Sequence[str], values: Sequence[Fraction | None], ink: str) -> str:
    texts = "".join(f'<c:pt idx="{n}"><c:v>{escape(each)}</c:v></c:pt>' for n, each in enumerate(labels))
    numbers = "".join(
        f'<c:pt idx="{n}"><c:v>{_decimal(each)}</c:v></c:pt>' for n, each in enumerate(values) if each is not None
    )
    count = f'<c:ptCount val="{len(labels)}"/>'
    return (
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx><c:v>{escape(name)}</c:v></c:tx><c:spPr><a:solidFill>'
        f'<a:srgbClr val="{ink}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
        '<c:dLbls><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strLit>{count}{texts}</c:strLit></c:cat>"
        f"<c:val><c:numLit><c:formatCode>General</c:formatCode>{count}{numbers}</c:numLit></c:val></c:ser>"
    )
