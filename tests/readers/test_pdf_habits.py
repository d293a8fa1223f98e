"""Habits of PDF producers beyond the battery of test_pdf_producers: borders of dots and frames, rows without rules, text that
runs down, watermarks, hidden text, two pages on a sheet. The same rubric is read from all of them, or what is left out is said."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, sin

import pytest

from pipeline.model import Document, Paragraph, Reading, Table
from pipeline.readers import pdf
from pipeline.readers.grids import rowbands
from pipeline.readers.pages.glyphs import plain
from tests.readers.pages import Layout, Pen, Sections, draw_pages, lay_out
from tests.readers.rulings import Draw, edges, strokes
from tests.readers.test_pdf_producers import TWO, nothing, only_across, read, shape, three_lines, wanted
from tests.support import rawpdf
from tests.support.rawpdf import HEIGHT, WIDTH, Canvas, Span, box_of


def along(canvas: Canvas, side: tuple[float, float, float, float], on: float, off: float, thick: float) -> None:
    """A border of filled pieces, one at each end, as browsers print dotted and dashed borders."""
    x0, y0, x1, y1 = side
    long = max(x1 - x0, y1 - y0)
    count = max(1, round((long - on) / (on + off)))
    for i in range(count + 1):
        at = (long - on) * i / count
        if y0 == y1:
            canvas.fill(x0 + at, y0 - thick / 2, x0 + at + on, y0 + thick / 2)
        else:
            canvas.fill(x0 - thick / 2, y0 + at, x0 + thick / 2, y0 + at + on)


def pieces(on: float, off: float, thick: float) -> Draw:
    return lambda canvas, spans, xs, ys: [along(canvas, side, on, off, thick) for side in edges(spans, xs, ys)] and None


def frames(apart: float) -> Draw:
    """Each cell a frame of its own."""

    def way(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
        for span in spans:
            x0, y0, x1, y1 = box_of(span, xs, ys)
            canvas.frame(x0 + apart / 2, y0 + apart / 2, x1 - apart / 2, y1 - apart / 2)

    return way


def double_all_over(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Every rule twice, 2.6 points apart; inner ones stop inside the border (office suites)."""
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        for d in (-1.3, 1.3):
            canvas.line(x0 + d, y0 + 4, x1 + d, y1 - 1) if x0 == x1 else canvas.line(x0 + 1, y0 + d, x1 - 1, y1 + d)
    canvas.frame(xs[0] - 1.3, ys[0] - 1.3, xs[-1] + 1.3, ys[-1] + 1.3)


def wide_double_border(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    strokes(canvas, spans, xs, ys)
    canvas.frame(xs[0] - 4, ys[0] - 4, xs[-1] + 4, ys[-1] + 4, 1.5)


def boxes_inside(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """A box for the text within each cell of it, and a box to tick in each empty one."""
    strokes(canvas, spans, xs, ys)
    for span in spans:
        x0, y0, x1, y1 = box_of(span, xs, ys)
        if span[1] == 2:
            canvas.frame(x0 + 2.6, y0 + 2.6, x1 - 2.6, y1 - 2.6)
        elif not span[4]:
            canvas.frame((x0 + x1) / 2 - 4, (y0 + y1) / 2 - 4, (x0 + x1) / 2 + 4, (y0 + y1) / 2 + 4)


def white_on_black(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """A black ground; white cells leave lines of it."""
    canvas.fill(xs[0], ys[0], xs[-1], ys[-1])
    for span in spans:
        x0, y0, x1, y1 = box_of(span, xs, ys)
        canvas.fill(x0 + 0.4, max(y0 + 0.4, ys[0]), x1 - 0.4, y1 - 0.4, 1.0)


def thin_pictures(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        wide, high = max(x1 - x0, 0.6), max(y1 - y0, 0.6)
        canvas.ops.append(f"q {wide} 0 0 {high} {x0} {HEIGHT - y1:.2f} cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x00 EI Q")


def under_a_seal(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """A round seal over the table, drawn as four curves."""
    strokes(canvas, spans, xs, ys)
    x, y, r = (xs[2] + xs[3]) / 2, HEIGHT - (ys[0] + ys[-1]) / 2, 40.0
    k = 0.5523 * r
    arcs = ((r, k, k, r, 0, r), (-k, r, -r, k, -r, 0), (-r, -k, -k, -r, 0, -r), (k, -r, r, -k, r, 0))
    curves = " ".join(" ".join(f"{(x, y)[i % 2] + v:.2f}" for i, v in enumerate(arc)) + " c" for arc in arcs)
    canvas.ops.append(f"2 w {x + r} {y} m {curves} S")


def in_a_page_frame(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """A border around the page's text with a line below the header, and one that runs on past the page."""
    strokes(canvas, spans, xs, ys)
    canvas.frame(25, 30, WIDTH - 25, HEIGHT - 30, 1.5)
    canvas.line(25, 60, WIDTH - 25, 60)
    canvas.frame(-300, 20, WIDTH + 300, 3 * HEIGHT)


def only_upright(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Upright rules, the outer border, a rule below the header."""
    for x in xs:
        canvas.line(x, ys[0], x, ys[-1])
    for y in (ys[0], ys[1], ys[-1]):
        canvas.line(xs[0], y, xs[-1], y)


WAYS: dict[str, Draw] = {
    "dots": pieces(0.75, 0.75, 0.75),
    "large dots": pieces(2.25, 2.25, 2.25),
    "dashes": pieces(2.25, 1.7, 0.75),
    "long dashes": pieces(4.5, 3.0, 1.5),
    "frames 4 points apart": frames(4.0),
    "frames 6 points apart": frames(6.0),
    "double all over": double_all_over,
    "a wide double border": wide_double_border,
    "boxes inside cells": boxes_inside,
    "white on black": white_on_black,
    "thin pictures": thin_pictures,
    "under a seal": under_a_seal,
    "in a page frame": in_a_page_frame,
    "only upright": only_upright,
}


@pytest.mark.parametrize("look", [Layout(pad=9.0), Layout(pad=9.0, bottoms=TWO, header_each_page=True)], ids=["one page", "two pages"])
@pytest.mark.parametrize("way", WAYS)
def test_borders(tmp_path, way, look):
    assert shape(read(tmp_path, rawpdf.document(draw_pages(lay_out(look), WAYS[way])))) == wanted()


def test_boxes_to_tick_make_no_rule():
    """One below the other, a box and a gap like dashes."""
    canvas = Canvas()
    for i in range(12):
        canvas.frame(300, 100 + 18 * i, 309, 109 + 18 * i)
        canvas.text(315, 98 + 18 * i, "达标")
    assert not tables(pdf.read(rawpdf.document([canvas]), "x.pdf"))


# ---- rows without rules ------------------------------------------------------------------------------------------


SPILLS = Layout(bottoms=(245.0, 780.0), spill=True)


@pytest.mark.parametrize("way", [three_lines, nothing, only_across])
@pytest.mark.parametrize("look", [SPILLS, Layout(bottoms=(300.0, 780.0)), Layout(bottoms=(300.0, 780.0), header_each_page=True)])
def test_page_breaks_in_open_tables_with_texts_in_the_middle(tmp_path, way, look):
    reading = read(tmp_path, rawpdf.document(draw_pages(lay_out(look), way, Pen(middle=True))))
    doubted = "reading-incomplete" in {f.rule for f in reading.findings}
    assert shape(reading) == wanted() or (look is SPILLS and doubted)


@pytest.mark.parametrize(
    ("lines", "anchors", "ends", "wanted"),
    [
        # three lines of one row; two more whose number is where their whole row's middle would be
        ((0, 13, 26, 45, 58), (13, 58), "0010 0", (0, 3)),
        # the last line closes no row: its number is on the next page
        ((0, 13, 32), (6.5,), "010", (0, 2)),
        # a number far from its lines is no torn row
        ((0, 13, 26), (45,), "000", None),
    ],
)
def test_a_row_torn_at_the_end_of_a_page(lines, anchors, ends, wanted):
    closed = [e == "1" for e in ends.replace(" ", "")]
    shares = rowbands.share_out(lines, anchors, anchors, closed, False, True)
    assert (shares.starts if shares else None) == wanted


def test_fields_above_a_header_without_a_rule(tmp_path):
    """Rules only below rows: the header has none above it, and a line of fields does."""
    canvas = Canvas()
    canvas.text(60, 100, "被评价单位：")
    canvas.text(260, 100, "日期：")
    rows = [("序号", "评价内容", "分值"), ("1", "有制度。", "5"), ("2", "有记录。", "3"), ("3", "有台账。", "2"), ("合计", "", "10")]
    for i, row in enumerate(rows):
        for x, text in zip((70, 130, 410), row, strict=True):
            if text:
                canvas.text(x, 124 + 24 * i, text)
        canvas.line(60, 142 + 24 * i, 500, 142 + 24 * i)
    reading = read(tmp_path, rawpdf.document([canvas]))
    assert shape(reading) == ([(None, None, [("1", "有制度。", "5"), ("2", "有记录。", "3"), ("3", "有台账。", "2")])], "10")


SECTIONED: tuple[tuple[str, ...], ...] = (
    ("序号", "评价内容", "分值", "得分"), ("一、安全管理（8分）",), ("1", "有制度。", "5", ""), ("2", "有记录。", "3", ""),
    ("二、服务质量（2分）",), ("3", "有台账。", "2", ""), ("合计", "", "10", ""),
)  # fmt: skip


@pytest.mark.parametrize("way", ["nothing", "across", "no sides"])
def test_section_rows_where_no_border_holds_them(tmp_path, way):
    canvas = Canvas()
    xs = (60, 110, 400, 450, 500)
    for i, row in enumerate(SECTIONED):
        y = 120 + 24 * i
        for x, text in zip(xs, row, strict=False):
            if text:
                canvas.text(x + 4, y + 6, text)
        if way != "nothing":
            canvas.line(60, y, 500, y)
            canvas.line(60, y + 24, 500, y + 24)
        if way == "no sides" and len(row) > 1:
            for x in xs[1:-1]:
                canvas.line(x, y, x, y + 24)
    (one, two), total = shape(read(tmp_path, rawpdf.document([canvas])))
    assert (one[1], len(one[2]), two[1], len(two[2]), total) == ("8", 2, "2", 1, "10")
    assert one[0].endswith("安全管理")


def test_a_label_that_runs_on_below_the_last_row(tmp_path):
    """The page ends the rows; the label's cell is open there, and its last line stands below the table."""
    canvas = Canvas()
    xs, rows = (60, 120, 160, 400, 450), [("项目", "序号", "评价内容", "分值"), ("安全", "1", "有制度。", "5"), ("", "2", "有记录。", "3")]
    for i, row in enumerate(rows):
        for x, text in zip(xs, row, strict=False):
            canvas.text(x + 4, 124 + 24 * i, text)
        canvas.line(60 if i < 2 else 120, 120 + 24 * i, 450, 120 + 24 * i)
    canvas.line(120, 192, 450, 192)
    for x in xs:
        canvas.line(x, 120, x, 192)
    canvas.text(64, 194, "（8分）")
    canvas.text(60, 240, "评价人签字：")
    (section,), _ = shape(read(tmp_path, rawpdf.document([canvas])))
    assert (section[0], section[1], len(section[2])) == ("安全", "8", 2)


def boxed_rows(below: str) -> Canvas:
    """Two rows, closed at the bottom, the second with a label of its own; a line right below that label."""
    canvas = Canvas()
    xs, rows = (60, 120, 160, 400, 450), [("项目", "序号", "评价内容", "分值"), ("安全（3分）", "1", "有制度。", "3"), ("服务", "2", "有记录。", "5")]
    for i, row in enumerate(rows):
        for x, text in zip(xs, row, strict=False):
            canvas.text(x + 4, 128 + 24 * i, text)
        canvas.line(60, 120 + 24 * i, 450, 120 + 24 * i)
    canvas.line(60, 192, 450, 192)
    for x in xs:
        canvas.line(x, 120, x, 192)
    canvas.text(64, 193, below)
    return canvas


def test_the_points_of_a_label_below_a_closed_border(tmp_path):
    sections, _ = shape(read(tmp_path, rawpdf.document([boxed_rows("（5分）")])))
    assert [s[:2] for s in sections] == [("安全", "3"), ("服务", "5")]


@pytest.mark.parametrize("below", ["审核人：", "合计8分"])
def test_other_lines_below_a_closed_border_stay_there(below):
    blocks = pdf.read(rawpdf.document([boxed_rows(below)]), "x.pdf").blocks
    assert [b.text for b in blocks if isinstance(b, Paragraph)] == [below]


WIDER: tuple[tuple[str, ...], ...] = (
    ("序号", "评价内容", "分值", "得分"), ("1", "有制度。", "5"), ("2", "有记录。", "3"), ("3", "有台账，" * 7, "2"), ("合计", "", "10"),
)  # fmt: skip


def ruled_across(rows: Sequence[tuple[str, ...]]) -> Canvas:
    canvas = Canvas()
    for i, row in enumerate(rows):
        for x, text in zip((64, 114, 404, 454), row, strict=False):
            canvas.text(x, 126 + 24 * i, text)
        canvas.line(60, 120 + 24 * i, 500, 120 + 24 * i)
    canvas.line(60, 120 + 24 * len(rows), 500, 120 + 24 * len(rows))
    return canvas


def test_a_text_wider_than_those_of_the_page_before(tmp_path):
    """The gutter found on the first page is half way to the points; a text on the next goes nearly all the way."""
    reading = read(tmp_path, rawpdf.document([ruled_across(WIDER[:3]), ruled_across(WIDER[3:])]))
    ((_, _, criteria),), total = shape(reading)
    assert ([(n, p) for n, _, p in criteria], total) == ([("1", "5"), ("2", "3"), ("3", "2")], "10")


def border_to_border(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Every row ruled all the way, also through the cells of labels."""
    for y in ys:
        canvas.line(xs[0], y, xs[-1], y)


TALL_FIRST: Sections = (
    ("安全运营", "10", (("1", "建立巡检制度，留存巡检记录，" * 6, "4"), ("2", "持证上岗。", "3"), ("3", "演练预案。", "3"))),
    ("营业服务", "6", (("4", "公示时限。", "1"), ("5", "抄表到户。", "2"), ("6", "接听热线。", "3"))),
)
"""The first label stands beside its first row, which is as high as all others; the second beside its second."""

EVEN: Sections = (
    ("安全运营", "5", (("1", "巡检。", "1"), ("2", "持证。", "1"), ("3", "演练。", "1"), ("4", "记录。", "1"), ("5", "报送。", "1"))),
    ("营业服务", "10", (("6", "公示。", "1"), ("7", "抄表。", "2"), ("8", "热线。", "3"), ("9", "回访。", "4"))),
    ("维修抢修", "85", (("10", "到场。", "20"), ("11", "公告。", "31"), ("12", "围挡。", "1"), ("13", "清理。", "30"), ("14", "恢复。", "3"))),
)


def ruled_through(tmp_path, look: Layout) -> Reading:
    return read(tmp_path, rawpdf.document(draw_pages(lay_out(look), border_to_border, Pen(middle=True))))


def test_labels_in_the_middle_of_rows_ruled_all_the_way(tmp_path):
    one_line = Layout(label=lambda n, p: f"{n}({p}分)", xs=(60.0, 150.0, 190.0, 400.0, 450.0, 530.0), sections=TALL_FIRST, total="16", pad=9.0)
    reading = ruled_through(tmp_path, one_line)
    assert [(name, points, len(rows)) for name, points, rows in shape(reading)[0]] == [("安全运营", "10", 3), ("营业服务", "6", 3)]
    assert not [f for f in reading.findings if f.severity != "note"]


@pytest.mark.parametrize("total", ["98", "105"])
def test_rows_of_labels_in_the_middle_are_not_proved(tmp_path, total):
    """A wrong total closes nothing, so nothing tells how far the labels reach."""
    reading = ruled_through(tmp_path, Layout(sections=EVEN, total=total, pad=9.0))
    assert {f.status for f in reading.findings if f.rule == "total-mismatch"} == {"proved"}
    assert not [f.message_en for f in reading.findings if f.rule == "section-sum-mismatch" and f.status == "proved"]


# ---- text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["down", "up"])
def test_labels_that_run_down_or_up_their_cell(way):
    """Two columns of a label: from the right downwards, or turned, from the left upwards."""
    canvas = Canvas()
    strokes(canvas, ((0, 0, 1, 1, ""), (0, 1, 1, 1, "")), (60, 120, 300), (100, 200))
    for column, text in enumerate(("安全运营", "（20分）")):
        for i, char in enumerate(text):
            x, y = (95 - 16 * column, 110 + 12 * i) if way == "down" else (75 + 16 * column, 180 - 12 * i)
            canvas.text(x, y, char)
    canvas.text(130, 110, "有制度。")
    (table,) = tables(pdf.read(rawpdf.document([canvas]), "x.pdf"))
    assert [c.text for c in table.cells] == ["安全运营（20分）", "有制度。"]


def test_a_label_whose_characters_were_drawn_in_no_order():
    canvas = Canvas()
    strokes(canvas, ((0, 0, 1, 1, ""), (0, 1, 1, 1, "")), (60, 120, 300), (100, 200))
    for i in (3, 2, 0, 5, 4, 1):
        canvas.text(70, 110 + 12 * i, "三、岸坡保洁"[i])
    (table,) = tables(pdf.read(rawpdf.document([canvas]), "x.pdf"))
    assert table.cells[0].text == "三、岸坡保洁"


@pytest.mark.parametrize("lines", [["日常", "管理"], ["10", "20"], ["安", "全", "运", "营"], ["（5", "分）"]])
def test_short_lines_across_are_not_taken_for_columns(lines):
    canvas = Canvas()
    strokes(canvas, ((0, 0, 1, 1, ""), (0, 1, 1, 1, "")), (60, 120, 300), (100, 200))
    for i, line in enumerate(lines):
        canvas.text(70, 110 + 13 * i, line)
    (table,) = tables(pdf.read(rawpdf.document([canvas]), "x.pdf"))
    assert table.cells[0].text.replace("\n", "") == "".join(lines)


@pytest.mark.parametrize(("text", "read_as"), [("35分", "35分"), ("分值2.5", "分值2.5"), ("A B C", "A B C"), ("1 2 3", "1 2 3")])
def test_letter_spaced_lines(text, read_as):
    canvas = Canvas()
    gap = 0.0 if " " in text else 4.0
    x = 100.0
    for char in text:
        canvas.text(x, 100, char)
        x += (5.0 if char.isascii() else 10.0) + gap
    assert texts(pdf.read(rawpdf.document([canvas]), "x.pdf")) == [read_as]


@pytest.mark.parametrize("in_form", [False, True])
def test_characters_named_for_a_glyph_stand_where_it_does(in_form):
    """Browsers name the character of a glyph whose first code point is a radical; PDFium gives such a one the box of its ink,
    and inside a form in the form's own coordinates."""
    canvas = Canvas()
    for i, char in enumerate("运行一切正常，全面检查无人缺席"):
        if char in "行一面无人":
            canvas.ops.append(f"/Span <</ActualText <FEFF{ord(char):04X}>>> BDC")
        canvas.text(100 + 10 * i, 300, char)
        if char in "行一面无人":
            canvas.ops.append("EMC")
    document = pdf.read(rawpdf.document([canvas], in_form=in_form), "x.pdf")
    assert texts(document) == ["运行一切正常，全面检查无人缺席"]
    assert document.blocks[0].at.bbox == pytest.approx((100, 300, 250, 310), abs=1.0)


def test_a_span_named_as_a_whole():
    """One text for a whole line: its characters have no places of their own, and keep the ones they are given."""
    canvas = Canvas()
    canvas.ops.append(f"/Span <</ActualText <FEFF{'工作日内办结'.encode('utf-16-be').hex()}>>> BDC")
    canvas.text(100, 300, "工作日内办结")
    canvas.ops.append("EMC")
    assert texts(pdf.read(rawpdf.document([canvas]), "x.pdf")) == ["工作日内办结"]


@pytest.mark.parametrize(("radical", "character"), [("⻋", "车"), ("⻔", "门"), ("⼾", "户"), ("戶", "戶"), ("⼤", "大"), ("大", "大")])
def test_radicals_as_characters(radical, character):
    assert plain(radical) == character


@pytest.mark.parametrize(("stamp", "x", "said"), [("专用章", 126, 1), ("专用章", 220, 0), ("时启动", 120.6, 0), ("", 0, 0)])
def test_print_over_print_is_said(stamp, x, said):
    """A stamp's words on a line; beside it; the same characters struck again to look bold; none."""
    canvas = Canvas()
    canvas.text(100, 300, "能随时启动（、），。")
    canvas.text(x, 303 if stamp[:1] == "专" else 300, stamp)
    found = pdf.read(rawpdf.document([canvas]), "x.pdf").remarks
    assert ["printed over others" in remark.message for remark in found] == [True] * said


# ---- what is not text of the page --------------------------------------------------------------------------------


def aslant(canvas: Canvas, text: str, size: float, turn: float, x: float, y: float, grey: float = 0.8) -> None:
    c, s = cos(turn), sin(turn)
    canvas.ops.append(f"q {grey} g BT /F1 {size} Tf {c:.4f} {s:.4f} {-s:.4f} {c:.4f} {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET Q")


def across_the_page(canvas: Canvas) -> None:
    aslant(canvas, "内部资料", 90, 0.7, 150, 300)


def tiled(canvas: Canvas) -> None:
    for i in range(24):
        aslant(canvas, "政务平台0812", 12, 0.45, 40 + 140 * (i % 4), 60 + 120 * (i // 4))


def flat(canvas: Canvas) -> None:
    aslant(canvas, "仅供内部使用", 60, 0.0, 110, HEIGHT - 260)


def white(canvas: Canvas) -> None:
    for i in range(20):
        aslant(canvas, "9", 10, 0.0, 420, 550 + 11 * i, grey=1.0)


def beside(canvas: Canvas) -> None:
    for i in range(5):
        canvas.text(-200, 150 + 20 * i, "草稿99")
        canvas.text(100, 900 + 20 * i, "草稿99")


@pytest.mark.parametrize("mark", [across_the_page, tiled, flat, white, beside])
def test_marks_that_are_no_text_of_the_page(tmp_path, mark):
    (canvas,) = draw_pages(lay_out(Layout()))
    below = Canvas()
    mark(below)
    canvas.ops = below.ops + canvas.ops
    reading = read(tmp_path, rawpdf.document([canvas]))
    assert shape(reading) == wanted()
    assert [r.kind for r in reading.remarks if r.kind == "watermark"] == ["watermark"] * (mark is not beside)


@pytest.mark.parametrize("grey", [0.0, 1.0])
def test_a_large_title_is_no_watermark(grey):
    """Black; or white on a dark band."""
    canvas = Canvas()
    if grey:
        canvas.fill(60, 90, 500, 150, 0.3)
    aslant(canvas, "供水服务质量评价表", 40, 0.0, 80, HEIGHT - 140, grey)
    for i in range(12):
        canvas.text(60, 170 + 16 * i, "各单位应当按时报送材料，不得弄虚作假。")
    document = pdf.read(rawpdf.document([canvas]), "x.pdf")
    assert texts(document)[0] == "供水服务质量评价表"
    assert not document.remarks


# ---- two pages on a sheet ----------------------------------------------------------------------------------------


def sheet_of(left: Canvas, right: Canvas) -> Canvas:
    out = Canvas(width=2 * WIDTH)
    for canvas, shift in ((left, 0.0), (right, WIDTH)):
        out.ops += ["q", f"1 0 0 1 {shift} 0 cm", *canvas.ops, "Q"]
    return out


def body_page() -> Canvas:
    canvas = Canvas()
    lines = ["云岭市水务局", "云水发〔2020〕60号", "关于印发供水服务质量评价办法的通知", "各供水单位：", "为进一步规范供水服务，提升服务水平，根据有关规定制定本办法。",
             "各单位要高度重视，按时报送材料，不得弄虚作假。", "附件：供水服务质量评价表", "云岭市水务局", "2020年11月10日"]  # fmt: skip
    for i, line in enumerate(lines):
        canvas.text(60 if i in (3, 4, 5, 6) else 535 - 10 * len(line) if i > 6 else 200, 80 + 24 * i, line)
    return canvas


@pytest.mark.parametrize("look", [Layout(), Layout(bottoms=TWO, header_each_page=True)], ids=["one page", "two pages"])
def test_two_pages_on_a_sheet(tmp_path, look):
    sheets = [body_page(), *draw_pages(lay_out(look))]
    sheets[1].text(60, 76, "附件")
    sheets += [Canvas()] * (len(sheets) % 2)
    data = rawpdf.document([sheet_of(a, b) for a, b in zip(sheets[::2], sheets[1::2], strict=True)])
    reading = read(tmp_path, data)
    assert shape(reading) == wanted()
    assert (reading.notice.document_number, reading.notice.issue_date, reading.rubrics[0].annex) == ("云水发〔2020〕60号", "2020年11月10日", 1)


def test_a_wide_page_with_a_blank_strip_is_one_page():
    """A table without rules on a landscape page, its middle blank."""
    canvas = Canvas(width=HEIGHT, height=WIDTH)
    for i, row in enumerate([("序号", "评价内容", "分值"), *((str(n), "有制度并落实。", "5") for n in range(1, 12))]):
        for x, text in zip((60, 110, 700), row, strict=True):
            canvas.text(x, 100 + 20 * i, text)
    document = pdf.read(rawpdf.document([canvas]), "x.pdf")
    assert [(t.rows, t.cols) for t in tables(document)] == [(12, 3)]


# ---- helpers -----------------------------------------------------------------------------------------------------


def tables(document: Document) -> list[Table]:
    return [b for b in document.blocks if isinstance(b, Table)]


def texts(document: Document) -> list[str]:
    return [b.text for b in document.blocks if isinstance(b, Paragraph)]
