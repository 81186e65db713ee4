"""A curve as a chart of Word's own: drawn by Word, so that it prints sharp and its figures can be read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm

from zhunsheng.number import Mode, Rounding, round_once, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from zhunsheng.exchange.describe.curves import Curve
    from zhunsheng.exchange.describe.trace import Dot

KIND: Final = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
SPACES: Final = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
INK: Final = "0B5CAD"
WIDE, TALL = Mm(140), Mm(70)


def add_chart(document: Any, paragraph: Any, curve: Curve) -> None:
    """Puts the chart of a curve into a paragraph."""
    add_drawn(document, paragraph, _chart(curve), curve.title, TALL)


def add_drawn(document: Any, paragraph: Any, xml: str, title: str, tall: int) -> None:
    """Puts a chart into a paragraph."""
    part = document.part
    number = 1 + sum(each.reltype == RELATIONSHIP_TYPE.CHART for each in part.rels.values())
    name = PackURI(f"/word/charts/chart{number}.xml")
    chart = Part(name, KIND, xml.encode(), part.package)
    relation = part.relate_to(chart, RELATIONSHIP_TYPE.CHART)
    paragraph.add_run()._r.append(parse_xml(_drawing(relation, number, title, tall)))  # noqa: SLF001  python-docx has no charts


def _drawing(relation: str, number: int, title: str, tall: int) -> str:
    return (
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        f'{SPACES}><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{WIDE}" cy="{tall}"/>'
        f'<wp:docPr id="{1000 + number}" name="chart {number}" descr="{escape(title)}"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )


def _chart(curve: Curve) -> str:
    drawn = [(_with_gaps(curve.lines), ""), (curve.open, "FFFFFF"), (curve.closed, INK)]
    series = [_series(at, dots, fill) for at, (dots, fill) in enumerate(drawn) if dots]
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace {SPACES}><c:roundedCorners val="0"/>'
        f'<c:chart>{_title(curve.title, 1100)}<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>'
        '<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>'
        f'{"".join(series)}<c:axId val="1"/><c:axId val="2"/></c:scatterChart>'
        f"{_axis(1, 2, 'b', curve.x_label, curve.x, '0%')}{_axis(2, 1, 'l', curve.y_label, curve.y, 'General')}"
        '</c:plotArea><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart></c:chartSpace>'
    )


def _with_gaps(lines: Sequence[Sequence[Dot]]) -> list[Dot | None]:
    """All lines as one, with nothing between them: programs disagree on lines of several lengths, not on gaps."""
    return [dot for line in lines for dot in (*line, None)][:-1]


def _series(at: int, dots: Sequence[Dot | None], fill: str) -> str:
    """A line, or (with a fill) dots alone."""
    drawn = f'<a:ln w="22225"><a:solidFill><a:srgbClr val="{INK}"/></a:solidFill></a:ln>'
    line = "<a:ln><a:noFill/></a:ln>" if fill else drawn
    marker = (
        f'<c:marker><c:symbol val="circle"/><c:size val="7"/><c:spPr><a:solidFill><a:srgbClr val="{fill}"/></a:solidFill>'
        f"{drawn}</c:spPr></c:marker>"
        if fill
        else '<c:marker><c:symbol val="none"/></c:marker>'
    )
    xs = _numbers([None if each is None else each[0] for each in dots])
    ys = _numbers([None if each is None else each[1] for each in dots])
    return (
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:spPr>{line}</c:spPr>{marker}'
        f'<c:xVal>{xs}</c:xVal><c:yVal>{ys}</c:yVal><c:smooth val="0"/></c:ser>'
    )


def _numbers(values: Sequence[Fraction | None]) -> str:
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{_decimal(each)}</c:v></c:pt>' for at, each in enumerate(values) if each is not None
    )
    return f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numLit>'


def _axis(own: int, other: int, side: str, label: str, marks: Sequence[Fraction], form: str) -> str:
    """An axis from its first mark to its last."""
    step = marks[1] - marks[0]
    line = '<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="{}"/></a:solidFill></a:ln></c:spPr>'
    return (
        f'<c:valAx><c:axId val="{own}"/><c:scaling><c:orientation val="minMax"/><c:max val="{_decimal(marks[-1])}"/>'
        f'<c:min val="{_decimal(marks[0])}"/></c:scaling><c:delete val="0"/><c:axPos val="{side}"/>'
        f"<c:majorGridlines>{line.format('D0D0D0')}</c:majorGridlines>{_title(label, 900)}"
        f'<c:numFmt formatCode="{form}" sourceLinked="0"/><c:majorTickMark val="out"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="low"/>{line.format("404040")}<c:crossAx val="{other}"/><c:crosses val="min"/>'
        f'<c:crossBetween val="midCat"/><c:majorUnit val="{_decimal(step)}"/></c:valAx>'
    )


def _title(text: str, size: int) -> str:
    properties = f'<a:rPr lang="zh-CN" sz="{size}" b="0"/>'
    return (
        f'<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{size}" b="0"/></a:pPr>'
        f'<a:r>{properties}<a:t>{escape(text)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
    )


def _decimal(value: Fraction) -> str:
    """A decimal as exact as a chart needs it."""
    return write(round_once(value, Rounding(6, Mode.HALF_UP)))
