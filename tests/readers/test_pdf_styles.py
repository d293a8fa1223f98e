"""Looks that office programs, browsers and type setters give tables: rules in every second row only, white rules, stripes,
borders filled as rings, hatching; and text that a page holds and does not show."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
import pypdfium2 as pdfium
import pytest

from pipeline.model import Page, Paragraph, Remark, Table
from pipeline.readers import pdf
from pipeline.readers.grids.gutters import Known
from pipeline.readers.grids.walls import with_gutters
from pipeline.readers.grids.wrapped import is_wrapped
from pipeline.readers.pages.marks import Glyph, Net, Rule
from pipeline.readers.pages.strokes import without_hatching
from pipeline.readers.pdfium import textlayer
from tests.readers.pages import SECTIONS, Layout, Pen, Sections, draw_pages, lay_out
from tests.readers.rulings import Draw, edges, strokes
from tests.readers.test_pdf_habits import sheet_of
from tests.readers.test_pdf_producers import read, shape, wanted
from tests.support import rawpdf
from tests.support.rawpdf import HEIGHT, Canvas, Span, box_of

Lines = Sequence[float]


def in_every_second_row(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """A frame and rules across; uprights in the header and every second row (Word's light lists)."""
    canvas.frame(xs[0], ys[0], xs[-1], ys[-1])
    for span in spans:
        x0, y0, x1, y1 = box_of(span, xs, ys)
        canvas.line(x0, y1, x1, y1)
        if span[0] % 2 == 0 or span[1] == 0:
            canvas.line(x1, y0, x1, y1)


def white_rules(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """Shaded cells with white rules between them."""
    for span in spans:
        canvas.fill(*box_of(span, xs, ys), 0.85)
    canvas.ops.append("1 G")
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        canvas.line(x0, y0, x1, y1, 1.0)
    canvas.ops.append("0 G")


def stripes(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """No rule at all: the header, every second label and every second row are shaded."""
    labels = sorted(s[0] for s in spans if s[1] == 0)
    for span in spans:
        grey = labels.index(span[0]) % 2 == 0 if span[1] == 0 else span[0] % 2 == 0
        if grey:
            canvas.fill(*box_of(span, xs, ys), 0.9)


def rings(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """Each cell's border filled as what lies between two boxes."""
    for span in spans:
        x0, y0, x1, y1 = box_of(span, xs, ys)
        outer = f"{x0} {HEIGHT - y1} {x1 - x0} {y1 - y0} re"
        canvas.ops.append(f"q 0 g {outer} {x0 + 0.8} {HEIGHT - y1 + 0.8} {x1 - x0 - 1.6} {y1 - y0 - 1.6} re f* Q")


def hatched(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """The header hatched with uprights two points apart."""
    strokes(canvas, spans, xs, ys)
    x = xs[0]
    while x < xs[-1]:
        canvas.line(x, ys[0], x, ys[1], 0.2)
        x += 2


def one_upright_in_the_total(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """No upright before the points but in the row of the total."""
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        if x0 == x1 == xs[3] and y0 < ys[-2]:
            continue
        canvas.line(x0, y0, x1, y1)


def shared_labels(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """No rule between the labels of the first two sections."""
    second = sorted(s[0] for s in spans if s[1] == 0 and s[4])[2]
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        if not (y0 == y1 == ys[second] and x1 <= xs[1]):
            canvas.line(x0, y0, x1, y1)


def blank_column(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """No rule across the last column, where scores are to be written."""
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        if not (y0 == y1 and x0 >= xs[-2] and ys[0] < y0 < ys[-1]):
            canvas.line(x0, y0, x1, y1)


def shaded_cells(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """No rule at all: the cells that begin in every second row are shaded, the header is not (Word's Light Shading)."""
    for span in spans:
        if span[0] % 2:
            canvas.fill(*box_of(span, xs, ys), 0.85)


def shaded_beside_labels(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """The same, the first column left white, with rules below the header and below the table (Word's Medium List)."""
    shaded_cells(canvas, [s for s in spans if s[1]], xs, ys)
    for y in (ys[1], ys[-1]):
        canvas.line(xs[0], y, xs[-1], y)


def level_pieces(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """Rules across only, drawn for each cell (browsers)."""
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        if y0 == y1:
            canvas.line(x0, y0, x1, y1)


def level_rules(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
    """Rules across only, in one piece, from the right of labels that go on (office programs)."""
    begins = {s[0] for s in spans if s[1] == 0}
    for r, y in enumerate(ys):
        canvas.line(xs[0] if r in begins or r == len(ys) - 1 else xs[1], y, xs[-1], y)


STYLES: dict[str, Draw] = {
    "uprights in every second row": in_every_second_row,
    "white rules": white_rules,
    "stripes": stripes,
    "shaded cells": shaded_cells,
    "shaded cells beside labels that are not": shaded_beside_labels,
    "rules across in pieces": level_pieces,
    "rules across in one piece": level_rules,
    "rings": rings,
    "a hatched header": hatched,
    "one upright in the total": one_upright_in_the_total,
    "labels that share a cell": shared_labels,
    "a blank column without rules": blank_column,
}


@pytest.mark.parametrize("style", STYLES)
def test_styles(tmp_path, style):
    assert shape(read(tmp_path, rawpdf.document(draw_pages(lay_out(Layout(pad=9.0)), STYLES[style])))) == wanted()


@pytest.mark.parametrize("style", ["rules across in pieces", "rules across in one piece"])
def test_rules_across_beside_labels_of_several_lines(tmp_path, style):
    """The lines of a label in the middle of its rows stand between the lines of the rows."""
    look = Layout(pad=9.0, label=lambda name, points: f"{name[:2]}\n{name[2:]}（\n{points}分）")
    assert shape(read(tmp_path, rawpdf.document(draw_pages(lay_out(look), STYLES[style], Pen(middle=True))))) == wanted()


@pytest.mark.parametrize("style", ["white rules", "stripes", "shaded cells", "rules across in pieces", "rings", "a hatched header"])
def test_styles_of_rows_without_numbers(tmp_path, style):
    """No serial numbers, and texts at the top of their rows beside points in the middle: only what is drawn tells the rows."""

    def uneven(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
        STYLES[style](canvas, spans, xs, ys)
        for span in spans:
            x0, _, _, y1 = box_of(span, xs, ys)
            if span[1] == 3 and span[4]:
                canvas.text(x0 + 4, y1 - 14, span[4])

    plain = tuple((name, points, tuple(("", text, worth) for _, text, worth in rows)) for name, points, rows in SECTIONS)
    (page,) = lay_out(Layout(pad=9.0, sections=plain))
    kept = tuple((r, c, h, w, "" if c == 3 and r else t) for r, c, h, w, t in page.spans)
    whole = type(page)(page.spans, page.xs, page.ys)
    canvas = draw_pages([type(page)(kept, page.xs, page.ys)], lambda own, _, xs, ys: uneven(own, whole.spans, xs, ys))
    criteria = [(text, points) for _, _, rows in shape(read(tmp_path, rawpdf.document(canvas)))[0] for _, text, points in rows]
    assert criteria == [(text, points) for _, _, rows in SECTIONS for _, text, points in rows]


def test_rules_across_beside_rows_that_only_name_sections(tmp_path):
    """Each row ruled all the way, no uprights; names of sections begin over the numbers and reach over the texts, with their points."""
    rows = [("安全运营服务", "", "5"), ("1", "持证上岗。", "3"), ("2", "有预案。", "2"), ("营业服务窗口", "", "9"), ("3", "记录完整。", "4"), ("4", "首问负责。", "5")]
    canvas, xs = Canvas(), (60.0, 90.0, 400.0)
    canvas.text(60, 40, "附件1")
    canvas.text(200, 60, "窗口服务评价表")
    for r, row in enumerate((("序号", "评价内容", "分值"), *rows, ("合计", "", "14"))):
        canvas.line(55, 100 + 24 * r, 460, 100 + 24 * r)
        for x, t in zip(xs, row, strict=True):
            canvas.text(x + 4, 106 + 24 * r, t)
    canvas.line(55, 100 + 24 * 8, 460, 100 + 24 * 8)
    (sections, _) = shape(read(tmp_path, rawpdf.document([canvas])))[:2]
    assert [(name, points, [text for _, text, _ in own]) for name, points, own in sections] == [
        ("安全运营服务", "5", ["持证上岗。", "有预案。"]),
        ("营业服务窗口", "9", ["记录完整。", "首问负责。"]),
    ]


def test_columns_begin_where_rules_begin_beside_labels():
    """Narrow numbers far right of a label that goes on: the gutter is wide, and the rules say where it ends."""
    canvas, xs, begins = Canvas(), (60.0, 215.0, 260.0, 440.0), (55.0, 200.0, 55.0, 200.0, 55.0)
    rows = [("类别", "编号", "检查内容", "分值"), ("安全", "1", "持证上岗。", "3"), ("", "2", "有预案。", "2"), ("服务", "3", "记录完整。", "4"), ("", "4", "首问负责。", "5")]
    for r, row in enumerate(rows):
        canvas.line(55 if r == 0 else begins[r - 1], 100 + 24 * r, 490, 100 + 24 * r)
        for x, t in zip(xs, row, strict=True):
            canvas.text(x + (6 if t.isdigit() and x == xs[1] else 0), 106 + 24 * r, t)
    canvas.line(55, 220, 490, 220)
    (table,) = [b for b in read_pdf(rawpdf.document([canvas])).blocks if isinstance(b, Table)]
    assert [(c.row, c.text) for c in table.cells if c.col == 1] == [(0, "编号"), (1, "1"), (2, "2"), (3, "3"), (4, "4")]


def test_a_letter_amid_chinese_words_is_said(tmp_path):
    """A glyph that a distiller named after another character: others on the page may be wrong as well."""
    document = read_pdf(rawpdf.document([page_of("各单位认真执行本办法"), page_of("分值ÿ分")]))
    assert [(r.kind, r.at.page) for r in document.remarks] == [("unread-text", 2)]


def page_of(text: str) -> Canvas:
    canvas = Canvas()
    canvas.text(60, 100, text)
    return canvas


def test_words_marked_in_a_text_are_no_cells():
    """Two words of each line on a coloured ground, in one place."""
    canvas = Canvas()
    for i in range(6):
        for x in (60.0, 120.0):
            canvas.fill(x, 200 + 20 * i, x + 60, 214 + 20 * i, 0.85)
        canvas.text(60, 201 + 20 * i, "各单位认真执行本办法并于月底前报送工作总结。")
    assert not any(isinstance(b, Table) for b in read_pdf(rawpdf.document([canvas])).blocks)


def test_rules_near_together_are_hatching_only_when_many_and_even():

    rules = [Rule(10.0 + 2 * i, 0.0, 20.0) for i in range(20)]
    rows = [Rule(10.0 + 14 * i, 0.0, 20.0) for i in range(20)]
    assert without_hatching(rules) == []
    assert without_hatching(rows) == rows
    assert without_hatching(rules[:8]) == rules[:8]


def test_dotted_numbers_tell_rows_where_only_uprights_are_drawn():
    """1.1 to 2.2 beside texts and points."""
    rows = [("1.1", "持证上岗。", "3"), ("1.2", "有预案。", "2"), ("2.1", "记录完整。", "4"), ("2.2", "按时报送。", "5")]
    canvas, xs = Canvas(), (60.0, 110.0, 400.0, 460.0)
    canvas.frame(xs[0], 100, xs[-1], 120 + 24 * len(rows))
    canvas.line(xs[0], 120, xs[-1], 120)
    for x in xs:
        canvas.line(x, 100, x, 120 + 24 * len(rows))
    for r, row in enumerate((("序号", "评价内容", "分值"), *rows)):
        for x, t in zip(xs, row, strict=False):
            canvas.text(x + 4, 104 + 24 * r, t)
    (table,) = [b for b in read_pdf(rawpdf.document([canvas])).blocks if isinstance(b, Table)]
    assert [c.text for c in table.cells if c.col == 0] == ["序号", "1.1", "1.2", "2.1", "2.2"]


def test_section_rows_across_gutters_in_a_frame():
    """A frame and rules across; names of sections stand over the gutter between numbers and texts."""
    rows = [("一、安全运营（5分）",), ("1", "持证上岗。", "3"), ("2", "有预案。", "2"), ("二、营业服务（4分）",), ("3", "记录完整。", "4")]
    canvas, xs = Canvas(), (60.0, 110.0, 400.0)
    canvas.frame(55, 100, 460, 124 + 24 * len(rows))
    for r, row in enumerate((("序号", "评价内容", "分值"), *rows)):
        canvas.line(55, 124 + 24 * r, 460, 124 + 24 * r)
        for x, t in zip(xs, row, strict=False):
            canvas.text(x + 4, 106 + 24 * r, t)
    (table,) = [b for b in read_pdf(rawpdf.document([canvas])).blocks if isinstance(b, Table)]
    assert [[c.text for c in table.cells if c.row == r] for r in range(6)] == [["序号", "评价内容", "分值"], *map(list, rows)]


# ---- labels crossed by rules -------------------------------------------------------------------------------------

CROSSED: Sections = (
    ("安全运营", "9", (("1", "巡检。", "2"), ("2", "持证。", "3"), ("3", "演练。", "4"))),
    ("营业服务", "6", (("4", "公示。", "1"), ("5", "抄表。", "2"), ("6", "热线。", "3"))),
)


def test_labels_that_rules_run_through(tmp_path):
    """Labels set one character under the other in the middle of three rows, each row ruled all the way."""

    def ruled_through(canvas: Canvas, spans: Sequence[Span], xs: Lines, ys: Lines) -> None:
        strokes(canvas, spans, xs, ys)
        for y in ys:
            canvas.line(xs[0], y, xs[-1], y)

    look = Layout(label=lambda n, p: "\n".join(n) + f"\n({p}分)", sections=CROSSED, total="15", pad=14.0)
    pages = lay_out(look)
    squeezed = [type(p)(p.spans, p.xs, tuple(140.0 + 27 * i for i in range(len(p.ys)))) for p in pages]
    reading = read(tmp_path, rawpdf.document(draw_pages(squeezed, ruled_through, Pen(middle=True))))
    assert [(name, points, len(rows)) for name, points, rows in shape(reading)[0]] == [("安全运营", "9", 3), ("营业服务", "6", 3)]


# ---- what is not shown -------------------------------------------------------------------------------------------


def cut_text(canvas: Canvas, x: float, top: float, text: str) -> None:
    """A text whose clipping path lies elsewhere."""
    canvas.ops.append("q 60 60 100 20 re W n")
    canvas.text(x, top, text)
    canvas.ops.append("Q")


def test_text_cut_off_by_its_clipping_path(tmp_path):
    (canvas,) = draw_pages(lay_out(Layout()))
    for i in range(8):
        cut_text(canvas, 70, 150 + 30 * i, "安全运营第9项")
    reading = read(tmp_path, rawpdf.document([canvas]))
    assert shape(reading) == wanted()
    assert "watermark" in {r.kind for r in reading.remarks}


@pytest.mark.parametrize(("state", "seen"), [("/OFF", False), ("/ON", True)])
def test_text_in_a_layer(tmp_path, state, seen):
    (canvas,) = draw_pages(lay_out(Layout()))
    canvas.ops.append("/OC /L1 BDC")
    canvas.text(60, 60, "此件为草稿不得外传")
    canvas.ops.append("EMC")
    with pikepdf.open(io.BytesIO(rawpdf.document([canvas]))) as made:
        layer = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("草稿")))
        made.pages[0].Resources.Properties = pikepdf.Dictionary(L1=layer)
        made.Root.OCProperties = pikepdf.Dictionary(OCGs=[layer], D=pikepdf.Dictionary({state: pikepdf.Array([layer])}))
        out = io.BytesIO()
        made.save(out)
    document = read_pdf(out.getvalue())
    assert any("草稿" in t for t in texts(document)) is seen


def read_pdf(data: bytes):
    return pdf.read(data, "x.pdf")


@pytest.mark.parametrize(("top", "held"), [(800, False), (760, True)])
def test_figures_alone_below_the_uprights_are_a_page_number(top, held):
    """The last row is open at the bottom: a figure beside its uprights is a row's, one below them is none."""
    canvas = Canvas()
    xs, rows = (60.0, 120.0, 400.0, 460.0), [("项目", "评价内容", "分值"), ("安全", "持证上岗。", "3"), ("服务", "有预案。", "2")]
    for i, row in enumerate(rows):
        canvas.line(xs[0], 700 + 24 * i, xs[-1], 700 + 24 * i)
        for x, t in zip(xs, row, strict=False):
            canvas.text(x + 4, 705 + 24 * i, t)
    canvas.line(xs[1], 790, xs[-1], 790)
    for x in xs:
        canvas.line(x, 700, x, 790)
    canvas.text(80, top, "4")
    (table,) = [b for b in read_pdf(rawpdf.document([canvas])).blocks if isinstance(b, Table)]
    assert any("4" in c.text for c in table.cells) is held


def test_a_column_that_shading_told_on_the_page_before_only():
    """The first upright is the edge of shaded labels, the second a gutter; on the next page neither is drawn."""
    known = Known()
    net = Net((0.0, 60.0, 300.0), (0.0, 20.0, 40.0), tuple(Rule(y, 0.0, 300.0) for y in (0.0, 20.0, 40.0)), tuple(Rule(x, 0.0, 40.0) for x in (0.0, 60.0, 300.0)))
    words = ((5.0, 4.0, "项目"), (80.0, 4.0, "评价内容"), (260.0, 4.0, "分值"), (5.0, 24.0, "安全"), (80.0, 24.0, "有制度"), (265.0, 24.0, "5"))
    glyphs = [Glyph.of(c, x + 10.0 * i, top, x + 10.0 + 10.0 * i, top + 12) for x, top, text in words for i, c in enumerate(text)]
    first = with_gutters(net, glyphs, known)
    below = Net((0.0, 300.0), (0.0, 20.0, 40.0), net.horizontal, (Rule(0.0, 0.0, 40.0), Rule(300.0, 0.0, 40.0)))
    again = with_gutters(below, [g for g in glyphs if g.y > 20 and g.x > 60], known)
    assert again.xs == first.xs


def texts(document) -> list[str]:
    return [b.text for b in document.blocks if isinstance(b, Paragraph)]


@pytest.mark.parametrize("number", ["第 2 页 共 3 页", "2/5"])
def test_uprights_that_run_on_to_the_page_number(number):
    """A browser draws a merged cell's sides down past the end of the page."""
    canvas = Canvas()
    rows = [("项目", "评价内容", "分值"), ("安全", "持证上岗。", "3"), ("", "有预案。", "2")]
    xs = (60.0, 120.0, 400.0, 460.0)
    for i, row in enumerate(rows):
        canvas.line(xs[0] if i < 2 else xs[1], 700 + 24 * i, xs[-1], 700 + 24 * i)
        for x, t in zip(xs, row, strict=False):
            canvas.text(x + 4, 705 + 24 * i, t)
    canvas.line(xs[1], 772, xs[-1], 772)
    for x in xs:
        canvas.line(x, 700, x, 842 if x < 130 else 772)
    canvas.text(80, 800, number)
    (table,) = [b for b in read_pdf(rawpdf.document([canvas])).blocks if isinstance(b, Table)]
    assert not any(number in c.text for c in table.cells)


# ---- characters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after", "wanted_text"), [("低于-", "18摄氏度。", "-18"), ("GB/T 9704-", "2012要求", "9704-2012")])
def test_a_hyphen_at_the_end_of_a_line_is_print(before, after, wanted_text):
    canvas = Canvas()
    strokes(canvas, ((0, 0, 1, 1, ""), (0, 1, 1, 1, "")), (60.0, 200.0, 400.0), (100.0, 140.0))
    canvas.text(64, 104, "冷冻食品" + before)
    canvas.text(64, 118, after)
    canvas.text(210, 104, "3")
    (table,) = [b for b in read_pdf(rawpdf.document([canvas])).blocks if isinstance(b, Table)]
    assert wanted_text in table.cells[0].text


def test_figures_that_a_narrow_column_wraps():
    def line(text: str, x: float, top: float) -> list[Glyph]:
        return [Glyph.of(c, x + 6 * i, top, x + 6 * (i + 1), top + 12) for i, c in enumerate(text)]

    wrapped = [line("10", 104, 0), line("0", 107, 14)]
    assert is_wrapped(wrapped, (100.0, 0.0, 122.0, 30.0))
    assert not is_wrapped(wrapped, (100.0, 0.0, 160.0, 30.0)), "two values in a wide column"


def test_boxes_higher_than_their_type(tmp_path):
    """A distilled font's bounds reach far above and below: the lines of a table still part."""
    data = rawpdf.document(draw_pages(lay_out(Layout())))
    with pikepdf.open(io.BytesIO(data)) as made:
        for found in made.objects:
            if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/FontDescriptor":
                found.Ascent, found.Descent, found.FontBBox = 1808, -1048, pikepdf.Array([-1000, -1048, 2928, 1808])
        out = io.BytesIO()
        made.save(out)
    assert shape(read(tmp_path, out.getvalue())) == wanted()


@pytest.mark.parametrize(
    ("text", "nonsense"),
    [
        ("各物业服óþÿ企业ò强行业管理，服ó质量评ô标准，各úû单位认真执ñ行" * 3, True),
        ("釴䅨鎺嶲嶳鱋釴鯍鯺䅨鎺頣銈醟䝾㕾䐴㞍頔㧮鏅鱞釱㠓㝪䐴嶜㪆" * 3, True),
        ("各物业服务企业应当进一步加强行业管理，提升服务水平，咖啡café除外。" * 3, False),
        ("各養老機構應當進一步加強管理，提升服務質量，保障老年人權益。" * 3, False),
        ("季业梯则产为序落轿附，练器要维要值，求认每限，在开水明扣为证立低保速紧财少建工范厢电评部，流台签的在日立" * 4, True),
        ("各養老機構應當進一步加強管理，提升服務質量，保障老年人權益，嚴格執行國家標準，確保設備設施完好運轉。" * 6, False),
        ("每月清扫楼道两次，电梯轿厢消毒有记录，监控画面清晰，门禁卡登记造册，水泵房上锁，绿化修剪及时补种。" * 4, False),
        ("Règlement intérieur : les élèves doivent être à l'heure, sauf dérogation accordée." * 3, False),
    ],
)  # fmt: skip
def test_text_layers_of_other_characters_names(text, nonsense):
    glyphs = [Glyph.of(c, 10.0 * i, 0.0, 10.0 * i + 10, 12.0) for i, c in enumerate(text)]
    assert textlayer._is_nonsense(glyphs, "".join(g.text for g in glyphs)) is nonsense


@pytest.mark.parametrize(
    ("text", "letters"),
    [("备案信息真实ÿ证照亮明", 1), ("无裸露¬枯死；合计Ā", 2), ("长×宽×高不小于3÷2米", 0), ("Café店、naïve词与°C", 0), ("μm级§2、3·4", 0)],
)
def test_letters_at_chinese_words_that_no_text_has(text, letters):
    assert textlayer.misnamed(text) == letters


@pytest.mark.parametrize(("body", "again"), [("F1", []), ("F2", [1])], ids=["the font of the head", "the misnamed font"])
def test_only_pages_of_the_font_that_lacks_meaning_are_read_by_sight_too(body, again):
    first, second = Canvas(), Canvas()
    for canvas in (first, second):
        canvas.text(60, 60, "考核办法")
    first.text(60, 100, "本è村é各ê户ô应û当ü认ç真à执ò行")
    second.text(60, 100, "各户应当认真执行。")
    first.ops[-1], second.ops[-1] = first.ops[-1].replace("/F1", "/F2"), second.ops[-1].replace("/F1", f"/{body}")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(rawpdf.document([first, second]))) as file:
        misnamed = rawpdf._font(file)
        misnamed.BaseFont = misnamed.DescendantFonts[0].BaseFont = pikepdf.Name("/ABCDEF+Song")
        for page in file.pages:
            page.Resources.Font.F2 = file.make_indirect(misnamed) if page.index == 0 else file.pages[0].Resources.Font.F2
        file.Root.Pages.Kids.append(file.make_indirect(42))
        file.Root.Pages.Count = 3
        file.save(out)
    pages = [Page(1, 595, 842, ocr=True), Page(2, 595, 842), Page(3, 595, 842)]
    remarks = [[Remark("ocr", f"page 1 {textlayer.MEANINGLESS}; read as a picture")], [], [Remark("unread-page", "page 3 is damaged")]]
    assert pdf._misnamed_too(pdfium.PdfDocument(out.getvalue()), pages, remarks) == again


# ---- page heads --------------------------------------------------------------------------------------------------


def test_page_heads_that_stand_elsewhere_on_broad_pages(tmp_path):
    pages = []
    for width, height, top in ((595.0, 842.0, 60.0), (595.0, 842.0, 60.0), (842.0, 595.0, 45.0), (842.0, 595.0, 45.0)):
        canvas = Canvas(width=width, height=height)
        canvas.text(width - 120, top, "内部资料")
        canvas.text(60, 200, f"第{len(pages)}页正文，各单位认真执行。")
        pages.append(canvas)
    assert not any("内部资料" in t for t in texts(read_pdf(rawpdf.document(pages))))


def test_marks_of_annexes_are_no_page_heads():
    pages = []
    for number in (1, 2, 3):
        canvas = Canvas()
        canvas.text(60, 60, f"附件{number}")
        canvas.text(60, 200, f"第{number}页正文，各单位认真执行。")
        pages.append(canvas)
    assert [t for t in texts(read_pdf(rawpdf.document(pages))) if t.startswith("附件")] == ["附件1", "附件2", "附件3"]


def draw_table(canvas: Canvas, rows: Sequence[Sequence[str]], xs: Sequence[float]) -> None:
    """A ruled table from 140 points down, a row of one cell each column in 24 points."""
    spans = tuple((r, c, 1, 1, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    strokes(canvas, spans, xs, tuple(140.0 + 24 * i for i in range(len(rows) + 1)))
    for r, row in enumerate(rows):
        for x, text in zip(xs, row, strict=False):
            canvas.text(x + 4, 146 + 24 * r, text)


@pytest.mark.parametrize(("between", "joined"), [("归档章 2023", True), ("二、加分项（20分）", False), ("附件2", False)])
def test_a_stray_line_between_the_parts_of_a_table(tmp_path, between, joined):
    """A stamp above the rest of a table on the next page; a heading or an annex's mark begins another table."""
    xs, pages = (60.0, 100.0, 400.0, 460.0), []
    for first, rows in ((1, 3), (4, 2)):
        canvas = Canvas()
        if first > 1:
            canvas.text(60, 110, between)
        else:
            canvas.text(220, 60, "供水服务质量评价表", 16)
        cells = [("序号", "评价内容", "分值"), *((str(first + i), f"第{first + i}项制度健全并落实。", "5") for i in range(rows))]
        draw_table(canvas, cells, xs)
        pages.append(canvas)
    rubrics = read(tmp_path, rawpdf.document(pages)).rubrics
    assert len(list(rubrics[0].criteria())) == (5 if joined else 3)


@pytest.mark.parametrize(
    ("foot", "head", "xs", "joined"),
    [
        ("已核对，请照此执行", "", (60.0, 140.0, 400.0, 460.0), True),
        ("已核对，请照此执行", "", (60.0, 180.0, 400.0, 460.0), False),
        ("注：得分保留一位小数。", "", (60.0, 140.0, 400.0, 460.0), False),
        ("应急服务评价表", "", (60.0, 140.0, 400.0, 460.0), False),
        ("表2 应急服务", "", (60.0, 140.0, 400.0, 460.0), False),
        ("评价人：        日期：", "", (60.0, 140.0, 400.0, 460.0), False),
        ("", "应急服务评价表", (60.0, 140.0, 400.0, 460.0), False),
    ],
    ids=["one table", "other columns", "a note closes a table", "a title left behind", "a number left behind", "a place to sign", "a title above the second"],
)
def test_a_line_at_the_foot_of_a_page_parts_no_table_without_numbers(tmp_path, foot, head, xs, joined):
    pages = []
    for number, left in ((1, (60.0, 140.0, 400.0, 460.0)), (2, xs)):
        canvas = Canvas()
        canvas.text(*((220, 60, "供水服务质量评价表", 16) if number == 1 else (60, 110, head)))
        cells = [("项目", "评价内容", "分值"), *((f"类别{number}{i}", f"第{number}{i}类制度健全并落实。", "5") for i in range(3))]
        draw_table(canvas, cells, left)
        canvas.text(60, 260, foot if number == 1 else "")
        pages.append(canvas)
    assert len(read(tmp_path, rawpdf.document(pages)).rubrics) == (1 if joined else 2)


@pytest.mark.parametrize("columns", [6, 3])
def test_a_veto_that_went_to_the_next_page_is_read_or_told(tmp_path, columns):
    """A row of two cells below the total; beside a table of many columns it is another table."""
    edges = (60.0, 100.0, 280.0, 320.0, 400.0, 430.0, 460.0)[: columns + 1]
    above = [("序号", "评价内容", "分值", "评分标准", "得分", "备注"), *((str(i), f"第{i}类制度健全并落实。", "5", "缺一项扣1分。", "", "") for i in range(1, 4))]
    above.append(("", "总分", "15", "", "", ""))
    pages = []
    for xs, rows in ((edges, [row[:columns] for row in above]), ((60.0, 130.0, edges[-1]), [("一票否决", "发生较大以上安全责任事故的。")])):
        canvas = Canvas()
        draw_table(canvas, rows, xs)
        pages.append(canvas)
    reading = read(tmp_path, rawpdf.document(pages))
    (rubric,) = reading.rubrics
    told = "stray-rows" in [remark.kind for remark in reading.remarks]
    assert told is (columns == 6)
    assert len(list(rubric.criteria())) == (3 if told else 4)


def test_a_first_sheet_whose_second_page_is_nearly_blank():
    """Two pages on each sheet; the first sheet's right one has a date alone."""
    body = [f"第{i}条各供水单位要高度重视，按时报送材料，不得弄虚作假，并于每年年底前书面报告落实的情况。" for i in range(1, 9)]
    full, date = Canvas(), Canvas()
    for i, line in enumerate(body):
        full.text(60, 80 + 24 * i, line)
    date.text(400, 80, "2020年11月10日")
    found = texts(read_pdf(rawpdf.document([sheet_of(full, date), sheet_of(full, full)])))
    assert found[:9] == [*body, "2020年11月10日"]


def test_gutters_of_the_page_before_in_a_table_of_nothing_but_names_of_sections():
    known = Known()
    known.note(0.0, 300.0, (40.0,))
    net = Net((0.0, 300.0), (0.0, 20.0, 40.0), tuple(Rule(y, 0.0, 300.0) for y in (0.0, 20.0, 40.0)), (Rule(0.0, 0.0, 40.0), Rule(300.0, 0.0, 40.0)))
    words = ((4.0, "一、围挡硬化（8分）"), (24.0, "二、裸土覆盖（9分）"))
    glyphs = [Glyph.of(c, 5 + 10.0 * i, top, 15 + 10.0 * i, top + 12) for top, text in words for i, c in enumerate(text)]
    assert with_gutters(net, glyphs, known) == net


def test_level_rules_that_end_at_a_gutter_without_its_rule():
    """No upright between labels and numbers: the rules between rows begin at the column of numbers."""
    known = Known()
    known.note(0.0, 300.0, (40.0,))
    sides = Rule(0.0, 0.0, 60.0), Rule(80.0, 0.0, 60.0), Rule(300.0, 0.0, 60.0)
    net = Net((0.0, 80.0, 300.0), (0.0, 20.0, 40.0, 60.0), (*(Rule(y, 0.0, 300.0) for y in (0.0, 20.0, 60.0)), Rule(40.0, 80.0, 300.0)), sides)
    words = ((4.0, 4.0, "项目"), (50.0, 4.0, "序号"), (4.0, 34.0, "安全"), (55.0, 24.0, "1"), (55.0, 44.0, "2"))
    glyphs = [Glyph.of(c, x + 10.0 * i, top, x + 10.0 + 10.0 * i, top + 12) for x, top, text in words for i, c in enumerate(text)]
    drawn = (Rule(40.0, 38.0, 80.0), Rule(40.0, 80.0, 300.0), Rule(50.0, 42.0, 78.0))
    assert [span[:3] for span in with_gutters(net, glyphs, known, drawn).spans if span[1] == 1] == [(0, 1, 1), (1, 1, 1), (2, 1, 1)]
    assert (1, 0, 2, 1) in with_gutters(net, glyphs, known, drawn).spans
    assert (1, 1, 2, 1) in with_gutters(net, glyphs, known).spans
