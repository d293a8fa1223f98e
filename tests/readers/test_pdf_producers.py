"""One rubric set by different producers in different ways: every text PDF gives the same numbers, texts and points."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

import pipeline
from pipeline.model import Reading
from tests.readers import pages
from tests.readers.pages import Layout, Pen, draw_pages, lay_out
from tests.readers.rulings import STYLES, edges
from tests.support import rawpdf
from tests.support.rawpdf import Canvas, Span

Sides = tuple[float, float, float, float]


def shape(reading: Reading) -> tuple[list[tuple[str | None, str | None, list[tuple[str | None, str, str | None]]]], str | None]:
    """(sections with stated points and criteria, total) of the only rubric."""
    (rubric,) = reading.rubrics
    text = lambda d: None if d is None else str(d)  # noqa: E731
    sections = [
        (s.label and s.label.replace("（", "(").replace("）", ")"), text(s.stated_points), [(c.number, c.text, text(c.max_points)) for c in s.criteria])
        for s in rubric.sections
    ]
    return sections, text(rubric.stated_total)


def wanted(label: Callable[[str, str], str] | None = None, declared: bool = True):
    """The rubric by construction; labels as `label` prints them."""
    name = label or (lambda n, p: n)
    return [(name(n, p), p if declared else None, list(rows)) for n, p, rows in pages.SECTIONS], pages.TOTAL


def read(tmp_path, data: bytes) -> Reading:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    return pipeline.extract(path)


def without(*skipped: str):
    """Rules drawn without the named ones: `left`, `right`, `top`, `bottom` (outer sides), `v1` (the first inner upright) …"""

    def way(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
        names = {("v", xs[0]): "left", ("v", xs[-1]): "right", ("h", ys[0]): "top", ("h", ys[-1]): "bottom"}
        names |= {("v", x): f"v{i}" for i, x in enumerate(xs[1:-1], 1)}
        for x0, y0, x1, y1 in edges(spans, xs, ys):
            if names.get(("v", x0) if x0 == x1 else ("h", y0)) not in skipped:
                canvas.line(x0, y0, x1, y1)

    return way


def three_lines(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """三线表: top, below the header, bottom."""
    for y, width in ((ys[0], 1.5), (ys[1], 0.75), (ys[-1], 1.5)):
        canvas.line(xs[0], y, xs[-1], y, width)


def only_across(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        if y0 == y1:
            canvas.line(x0, y0, x1, y1)


def nothing(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """No rule at all."""


TWO = (420.0, 780.0)
SPREAD = Pen(edit=lambda t: "\n".join(line + "  " for line in t.split("\n")))
UPRIGHT = Layout(label=lambda n, p: "\n".join(n))
BROKEN_HEADER = Layout(header=("评价\n项目", "序\n号", "评 价 内 容", "评价\n分值", "实得\n分值"))


def shuffled(ops: list[str]) -> list[str]:
    random.Random(7).shuffle(ops)
    return ops


RULED: dict[str, tuple[Layout, Pen]] = {
    "plain": (Layout(), Pen()),
    "two pages": (Layout(bottoms=TWO), Pen()),
    "header on each page": (Layout(bottoms=TWO, header_each_page=True), Pen()),
    "a row spills over": (Layout(bottoms=(245.0, 780.0), spill=True), Pen()),
    "spill under a repeated header": (Layout(bottoms=(245.0, 780.0), spill=True, header_each_page=True), Pen()),
    "double strike": (Layout(), Pen(strikes=2)),
    "trailing spaces": (Layout(), SPREAD),
    "drawn out of order": (Layout(bottoms=TWO), Pen(order=shuffled)),
    "texts in the middle": (Layout(), Pen(middle=True)),
    "header lines broken": (BROKEN_HEADER, Pen()),
    "tight rows": (Layout(pad=2.0), Pen()),
}
WAYS = {
    **STYLES,
    "no left and right": without("left", "right"),
    "no outer border": without("left", "right", "top", "bottom"),
    "no upright before the text": without("v2"),
    "no upright before the points": without("v3"),
    "no upright around the points": without("v3", "v4"),
    "only across": only_across,
}


@pytest.mark.parametrize("look", RULED)
@pytest.mark.parametrize("way", WAYS)
def test_ruled_tables(tmp_path, way, look):
    layout, pen = RULED[look]
    reading = read(tmp_path, rawpdf.document(draw_pages(lay_out(layout), WAYS[way], pen)))
    assert shape(reading) == wanted()


OPEN: dict[str, tuple[Layout, Pen]] = {
    **{name: RULED[name] for name in ("plain", "two pages", "header on each page", "a row spills over", "double strike", "trailing spaces",
                                      "drawn out of order", "header lines broken", "tight rows")},
    "in the middle": (Layout(), Pen(middle=True)),
    "in the middle, two pages": (Layout(bottoms=TWO), Pen(middle=True)),
    "no pad": (Layout(pad=0.5), Pen()),
    "label on each row": (Layout(label_each_row=True, label=lambda n, p: n), Pen()),
}  # fmt: skip


@pytest.mark.parametrize("look", OPEN)
@pytest.mark.parametrize("way", [three_lines, nothing])
def test_tables_without_upright_rules(tmp_path, way, look):
    layout, pen = OPEN[look]
    reading = read(tmp_path, rawpdf.document(draw_pages(lay_out(layout), way, pen)))
    assert shape(reading) == wanted(declared=not layout.label_each_row)
