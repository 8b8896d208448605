"""The signed receipt as a PDF: what was read, who signed, how and when. The same bytes for the same signature."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.graphics.shapes import Drawing, Line, PolyLine
from reportlab.platypus import Flowable, KeepTogether, SimpleDocTemplate, Spacer, Table

from dot_copilot.features.packets.press.paper import FOOT, HEAD, MARGIN, PORTRAIT
from dot_copilot.features.packets.press.typeface import INK, LINE, SMALL, STRONG, TEXT, TITLE, load, text

_FIELD = (330.0, 110.0)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything that is printed. `facts` are lines of a name and what is told."""

    title: str
    text: str
    name: str
    statement: str
    facts: Sequence[tuple[str, str]]
    strokes: Sequence[Sequence[tuple[int, int]]]


def draw(receipt: Receipt) -> bytes:
    """The PDF."""
    load()
    paper = io.BytesIO()
    document = SimpleDocTemplate(
        paper,
        pagesize=PORTRAIT,
        leftMargin=MARGIN * 2,
        rightMargin=MARGIN * 2,
        topMargin=HEAD,
        bottomMargin=FOOT * 2,
        title=receipt.title,
        author=receipt.name,
        invariant=1,
    )
    told: list[Flowable] = [text(receipt.title, TITLE), Spacer(1, 6)]
    told += [text(line, TEXT) if line.strip() else Spacer(1, 6) for line in receipt.text.splitlines()]
    signed: list[Flowable] = [Spacer(1, 14), text(receipt.statement, STRONG), Spacer(1, 6)]
    if receipt.strokes:
        signed.append(_drawing(receipt.strokes))
    signed += [text(receipt.name, STRONG), Spacer(1, 8), _facts(receipt.facts)]
    document.build([*told, KeepTogether(signed)])
    return paper.getvalue()


def _drawing(strokes: Sequence[Sequence[tuple[int, int]]]) -> Drawing:
    width, height = _FIELD
    field = Drawing(width, height)
    field.add(Line(0, 2, width, 2, strokeColor=LINE, strokeWidth=0.8))
    for stroke in strokes:
        points = [(x * width / 1000, height - y * height / 1000) for x, y in stroke]
        if len(points) == 1:
            points.append((points[0][0] + 0.5, points[0][1]))
        field.add(PolyLine([part for point in points for part in point], strokeColor=INK, strokeWidth=1.4, strokeLineJoin=1))
    return field


def _facts(facts: Sequence[tuple[str, str]]) -> Table:
    rows = [[text(name, SMALL), text(value, SMALL)] for name, value in facts]
    return Table(rows, colWidths=[110, 380], hAlign="LEFT")
