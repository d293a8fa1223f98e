"""Sheets printed wider than the page: their further columns stand on pages of their own."""

from __future__ import annotations

import pytest

from pipeline.model import Document, Paragraph, Table
from pipeline.readers import pdf
from tests.readers import rulings
from tests.support import rawpdf
from tests.support.rawpdf import Canvas, Span, box_of

YS = (100.0, 125.0, 160.0, 185.0, 230.0, 255.0)
BELOW = (60.0, 90.0, 115.0)
LEFT: tuple[Span, ...] = (
    (0, 0, 1, 1, "项目"), (0, 1, 1, 1, "序号"), (0, 2, 1, 1, "评价内容"), (1, 0, 2, 1, "安全"), (3, 0, 2, 1, "服务"),
    *((i, 1, 1, 1, str(i)) for i in range(1, 5)), *((i, 2, 1, 1, text) for i, text in enumerate(("持证上岗。", "按期巡检。", "热线畅通。", "限时办结。"), 1)),
)  # fmt: skip
RIGHT: tuple[Span, ...] = ((0, 0, 1, 1, "分值"), (0, 1, 1, 1, "得分"), *((i, 0, 1, 1, p) for i, p in enumerate(("10", "20", "30", "25"), 1)), *((i, 1, 1, 1, "") for i in range(1, 5)))
LEFT_BELOW: tuple[Span, ...] = ((0, 0, 1, 1, "效率"), (0, 1, 1, 1, "5"), (0, 2, 1, 1, "当日答复。"), (1, 0, 1, 3, "合计"))
RIGHT_BELOW: tuple[Span, ...] = ((0, 0, 1, 1, "15"), (0, 1, 1, 1, ""), (1, 0, 1, 1, "100"), (1, 1, 1, 1, ""))
LEFT_XS, RIGHT_XS = (60.0, 120.0, 160.0, 540.0), (60.0, 110.0, 180.0)
WHOLE = [
    "项目|序号|评价内容|分值|得分", "安全|1|持证上岗。|10", "2|按期巡检。|20", "服务|3|热线畅通。|30", "4|限时办结。|25",
    "效率|5|当日答复。|15", "合计|100",
]  # fmt: skip


def page(spans: tuple[Span, ...], xs: tuple[float, ...], ys: tuple[float, ...], *titles: tuple[float, str], number: int = 0) -> Canvas:
    canvas = Canvas()
    if number:
        canvas.text(300, 500, f"- {number} -")  # as on a page that was made smaller
    rulings.strokes(canvas, spans, xs, ys)
    for span in spans:
        rawpdf.cell_text(canvas, box_of(span, xs, ys), span[-1])
    for x, title in titles:
        canvas.text(x, 70, title, 14)
    return canvas


def read(*pages: Canvas) -> Document:
    return pdf.read(rawpdf.document(pages), "x.pdf")


def rows_of(document: Document) -> list[str]:
    tables = [b for b in document.blocks if isinstance(b, Table)]
    return ["|".join(c.text for c in sorted(t.cells, key=lambda c: c.col) if c.row == row and c.text) for t in tables for row in range(t.rows)]


ABOVE_LEFT, ABOVE_RIGHT = page(LEFT, LEFT_XS, YS, (497, "供水服")), page(RIGHT, RIGHT_XS, YS, (60, "务评价表"))
UNDER_LEFT, UNDER_RIGHT = page(LEFT_BELOW, LEFT_XS, BELOW), page(RIGHT_BELOW, RIGHT_XS, BELOW)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 1, 3)], ids=["down, then over", "over, then down"])
def test_columns_on_other_pages_go_back_beside_theirs(order):
    document = read(*([ABOVE_LEFT, UNDER_LEFT, ABOVE_RIGHT, UNDER_RIGHT][i] for i in order))
    assert rows_of(document) == WHOLE
    assert [b.text for b in document.blocks if isinstance(b, Paragraph)] == ["供水服务评价表"]
    points = [c for b in document.blocks if isinstance(b, Table) for c in b.cells if c.col == 3]
    assert {c.at.page for c in points} == {1 + order.index(2), 1 + order.index(3)}
    assert [(remark.kind, remark.at and remark.at.page) for remark in document.remarks] == [("joined-columns", 1)]


def test_page_numbers_far_from_the_edge_are_left_where_they_stand():
    total = page((), LEFT_XS, BELOW, number=2)
    total.text(280, 62, "合计")
    end = page(((0, 0, 1, 1, "100"), (0, 1, 1, 1, "")), RIGHT_XS, BELOW[:2], number=4)
    document = read(page(LEFT, LEFT_XS, YS, number=1), total, page(RIGHT, RIGHT_XS, YS, number=3), end)
    assert rows_of(document) == [*WHOLE[:5], WHOLE[-1]]
    assert [b.text for b in document.blocks if isinstance(b, Paragraph)] == ["- 1 -", "- 2 -", "- 3 -", "- 4 -"]


def test_a_blank_page_holds_the_rest_of_the_first_columns():
    """The words of the last row, as wide as the sheet, stand on the page of the middle columns."""
    labels = tuple(span for span in LEFT if span[1] == 0)
    texts = tuple((row, col - 1, *span) for row, col, *span in LEFT if col)
    total = Canvas()
    total.text(280, 62, "合计")
    end = page(((0, 0, 1, 1, "100"), (0, 1, 1, 1, "")), RIGHT_XS, BELOW[:2])
    labelled = page(labels, (60.0, 120.0), YS)
    assert rows_of(read(labelled, Canvas(), page(texts, (60.0, 100.0, 500.0), YS), total, page(RIGHT, RIGHT_XS, YS), end)) == [*WHOLE[:5], WHOLE[-1]]


def test_columns_printed_on_each_page_again_are_there_once():
    again = tuple((*span[:1], span[1] + 1, *span[2:]) for span in RIGHT)
    labels = tuple(span for span in LEFT if span[1] == 0)
    assert rows_of(read(ABOVE_LEFT, page((*labels, *again), (60.0, 120.0, 170.0, 240.0), YS, (60, "务评价表")))) == WHOLE[:5]


def test_a_row_as_wide_as_the_sheet_is_one_cell():
    left = ((1, 0, 1, 3, "一、安全管理（"), (2, 0, 1, 1, ""), *(span for span in LEFT if span[:2] != (1, 0) and (span[0] != 1)))
    right = ((1, 0, 1, 2, "60分）"), *(span for span in RIGHT if span[0] != 1))
    assert rows_of(read(page(left, LEFT_XS, YS), page(right, RIGHT_XS, YS)))[1] == "一、安全管理（60分）"


@pytest.mark.parametrize(
    ("spans", "xs", "ys", "titles"),
    [
        ((*((0, i, 1, 1, text) for i, text in enumerate(("指标", "分值"))), *((r, c, 1, 1, "9") for r in range(1, 5) for c in (0, 1))), RIGHT_XS, YS, ()),
        ((*((0, i, 1, 1, text) for i, text in enumerate(("扣分情形", "扣分"))), *((r, c, 1, 1, "9") for r in range(1, 5) for c in (0, 1))), RIGHT_XS, YS, ()),
        (RIGHT, RIGHT_XS, (100.0, 125.0, 150.0, 175.0, 220.0, 255.0), ()),
        (RIGHT, RIGHT_XS, YS, ((60, "附件2"),)),
        (RIGHT, RIGHT_XS, YS, ((120, "扣分表"),)),
    ],
    ids=["begins a table of its own", "texts and scores of its own", "rows of other heights", "another annex", "a title of its own"],
)
def test_other_tables_stay(spans, xs, ys, titles):
    document = read(ABOVE_LEFT, page(spans, xs, ys, *titles))
    assert len([b for b in document.blocks if isinstance(b, Table)]) == 2
    assert not document.remarks


def test_pages_that_do_not_fit_are_told():
    other = page(LEFT_BELOW, LEFT_XS, (60.0, 100.0, 140.0))
    document = read(ABOVE_LEFT, other, ABOVE_RIGHT, UNDER_RIGHT)
    assert [remark.kind for remark in document.remarks] == ["torn-table"]
