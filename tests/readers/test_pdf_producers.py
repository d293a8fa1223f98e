"""One rubric set by different producers in different ways: every text PDF gives the same numbers, texts and points."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable, Sequence
from decimal import Decimal
from io import BytesIO

import pdfplumber
import pytest
import typst

import pipeline
from pipeline import typefaces
from pipeline.model import Paragraph, Reading, Table
from pipeline.readers import pdf
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


# ---- other looks -------------------------------------------------------------------------------------------------


def spaced(text: str) -> str:
    """A space between any two Chinese characters, as justified or letter-spaced text carries them."""
    return "\n".join("".join(f"{a} " if a > "⺀" else a for a in line) for line in text.split("\n"))


@pytest.mark.parametrize("way", ["strokes", "thin_fills", "no outer border", "dashes"])
def test_labels_of_one_character_a_line(tmp_path, way):
    layout = Layout(label=lambda n, p: "\n".join(n))
    reading = read(tmp_path, rawpdf.document(draw_pages(lay_out(layout), WAYS[way])))
    assert shape(reading) == wanted(declared=False)


def test_spaces_between_characters(tmp_path):
    layout = Layout(xs=(50.0, 110.0, 140.0, 460.0, 500.0, 545.0))
    pen = Pen(edit=spaced, size=6.5)
    reading = read(tmp_path, rawpdf.document(draw_pages(lay_out(layout), "strokes", pen)))
    assert shape(reading) == wanted()


@pytest.mark.parametrize("way", ["strokes", "only across", "nothing"])
@pytest.mark.parametrize(("rotate", "turned"), [(90, 0), (180, 0), (270, 0), (0, 90), (0, 180), (0, 270), (90, 90)])
def test_turned_pages(tmp_path, rotate, turned, way):
    rules = {**WAYS, "nothing": nothing}[way]
    data = rawpdf.document(draw_pages(lay_out(Layout(bottoms=TWO)), rules), rotate=rotate, turned=turned)
    assert shape(read(tmp_path, data)) == wanted()


def halved(pages_: Sequence[pages.LaidPage], rules, gap: float) -> Canvas:
    """Two pages' tables side by side on one sheet."""
    out = Canvas(width=1000.0 + gap)
    for canvas, shift in zip(draw_pages(pages_, rules, numbers=False), (0.0, 470.0 + gap), strict=True):
        out.ops += ["q", f"1 0 0 1 {shift} 0 cm", *canvas.ops, "Q"]
    return out


@pytest.mark.parametrize("gap", [0.0, 30.0])
@pytest.mark.parametrize("way", ["strokes", "cell_frames", "thin_fills"])
def test_two_halves_side_by_side(tmp_path, way, gap):
    """The right half goes on where the left one ends; with no gap both share a rule."""
    halves = lay_out(Layout(bottoms=(330.0, 780.0), header_each_page=True))
    assert shape(read(tmp_path, rawpdf.document([halved(halves, WAYS[way], gap)]))) == wanted()


def test_points_merged_over_rows(tmp_path):
    """One points cell over two rows is one scored line: both texts, once its points."""
    rows = [(0, c, 1, 1, t) for c, t in enumerate(("序号", "评价内容", "分值"))]
    rows += [(1, 0, 2, 1, "1"), (1, 1, 1, 1, "有制度。"), (2, 1, 1, 1, "有记录。"), (1, 2, 2, 1, "5")]
    rows += [(3, 0, 1, 1, "2"), (3, 1, 1, 1, "有台账。"), (3, 2, 1, 1, "3"), (4, 0, 1, 2, "合计"), (4, 2, 1, 1, "8")]
    page = pages.LaidPage(tuple(rows), (60.0, 110.0, 400.0, 450.0), (140.0, 160.0, 180.0, 200.0, 220.0, 240.0))
    sections, total = shape(read(tmp_path, rawpdf.document(draw_pages([page]))))
    assert [c for _, _, criteria in sections for c in criteria] == [("1", "有制度。\n有记录。", "5"), ("2", "有台账。", "3")]
    assert total == "8"


# ---- made-up rubrics ---------------------------------------------------------------------------------------------

WORDS = "建立健全管理制度并落实到人定期检查设备设施运行状况做好记录及时上报处理用户投诉按规定公示收费标准保证水质达标应急预案演练"


def made(chance: random.Random) -> tuple[pages.Sections, str]:
    """Sections of random length and wording; halves as points; full stops at three of four ends."""
    sections, number, total = [], 0, Decimal(0)
    for s in range(chance.randint(1, 4)):
        rows = []
        for _ in range(chance.randint(1, 6)):
            number += 1
            length = chance.choice((8, 14, 23, 24, 25, 40, 60, 90))
            start = chance.randrange(len(WORDS))
            text = (WORDS * 3)[start : start + length] + ("。" if chance.random() < 0.75 else "")
            rows.append((str(number), text, str(Decimal(chance.randint(1, 12)) / 2)))
        points = sum(Decimal(p) for *_, p in rows)
        total += points
        sections.append((("日常管理", "安全", "服务质量", "应急处置")[s], str(points), tuple(rows)))
    return tuple(sections), str(total)


def drawn(chance: random.Random) -> tuple[bytes, pages.Sections, str, str]:
    """A PDF of a random rubric in a random look, with what it says and how it was drawn."""
    sections, total = made(chance)
    way = chance.choice(("three lines", "nothing", *WAYS))
    rules = {**WAYS, "three lines": three_lines, "nothing": nothing}[way]
    two = chance.random() < 0.5
    layout = Layout(
        bottoms=(chance.randint(250, 500), 780.0, 780.0, 780.0) if two else (780.0, 780.0, 780.0),
        header_each_page=chance.random() < 0.5,
        label_each_row=chance.random() < 0.2,
        spill=chance.random() < 0.3,
        pad=chance.choice((1.0, 3.0, 6.0, 12.0)),
        sections=sections,
        total=total,
    )
    pen = Pen(middle=chance.random() < 0.5, strikes=chance.choice((1, 1, 2)), order=chance.choice((list, shuffled)))
    look = f"{way}, {'middle' if pen.middle else 'top'}, pad {layout.pad}, spill {layout.spill}, each row {layout.label_each_row}"
    return rawpdf.document(draw_pages(lay_out(layout), rules, pen)), sections, total, look


def right_or_doubted(reading: Reading, sections: pages.Sections, total: str) -> bool:
    """Whether numbers, texts, points and the total are all right, or a finding says that something may be wrong."""
    found = [(c.number, c.text, None if c.max_points is None else str(c.max_points)) for r in reading.rubrics for c in r.criteria()]
    right = found == [c for _, _, rows in sections for c in rows] and [str(r.stated_total) for r in reading.rubrics] == [total]
    return right or bool({f.severity for f in reading.findings} & {"error", "warning"}) or not reading.rubrics


@pytest.mark.parametrize("seed", range(60))
def test_made_up_rubrics_are_right_or_doubted(tmp_path, seed):
    data, sections, total, look = drawn(random.Random(seed))
    assert right_or_doubted(read(tmp_path, data), sections, total), look


# ---- the oracle --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["strokes", "thin_fills", "cell_frames", "fills_with_corners", "dashes"])
@pytest.mark.parametrize("look", ["plain", "two pages", "texts in the middle", "header lines broken"])
def test_pdfplumber_sees_the_same_cells(way, look):
    """Cell texts of each table of each page, spanned positions left out, without the ends of wrapped lines."""
    layout, pen = RULED[look]
    data = rawpdf.document(draw_pages(lay_out(layout), WAYS[way], pen))
    ours = [[c.text for c in block.cells] for block in pdf.read(data, "x.pdf").blocks if isinstance(block, Table)]
    with pdfplumber.open(BytesIO(data)) as plumbed:
        theirs = [
            [cell.replace("\n", "") for row in table for cell in row if cell is not None]
            for page in plumbed.pages for table in page.extract_tables()
        ]  # fmt: skip
    assert theirs
    assert [[t.replace(" ", "") for t in table] for table in ours] == [[t.replace(" ", "") for t in table] for table in theirs]


# ---- to be left alone --------------------------------------------------------------------------------------------


PROSE = (
    "一、本办法所称序号、评价内容和分值，见附件。",
    "二、评价分值由评价人员填写，得分保留一位小数。",
    "序号 评价内容 分值",
    "三、各单位应当在每年3月底前报送上一年度评价结果。",
    "四、本办法自印发之日起施行，有效期5年。",
)
ADDRESSES = (("单位", "联系人", "地址"), ("甲公司", "王某", "光明路1号"), ("乙公司", "李某", "建设路2号"), ("丙公司", "赵某", "人民路3号"))
COLUMNS = (("第一条 为加强管理，", "第四条 各单位应当"), ("制定本办法。", "按时报送材料，"), ("第二条 本办法适用", "不得迟报漏报。"), ("于城区供水企业。", "第五条 本办法自"))


@pytest.mark.parametrize(
    ("lines", "tables"),
    [
        ([[(60, t)] for t in PROSE], 0),
        ([[(60 + 150 * c, t) for c, t in enumerate(row)] for row in ADDRESSES], 0),
        ([[(60 + 240 * c, t) for c, t in enumerate(row)] for row in COLUMNS], 0),
        ([[(60, "序号"), (120, "评价内容"), (400, "分值")], [(60, "以上为表头，下面是说明，不是表，而是一段很长很长的正文，一直写到页边。")]], 0),
        ([[(60, "序号"), (120, "评价内容"), (400, "分值")], [(60, "1"), (120, "有制度"), (405, "5")], [(60, "2"), (120, "有记录"), (405, "3")]], 1),
    ],
    ids=["prose", "addresses", "two text columns", "a header over prose", "a table"],
)  # fmt: skip
def test_aligned_text_that_is_no_table(lines, tables):
    canvas = Canvas()
    for i, row in enumerate(lines):
        for x, text in row:
            canvas.text(x, 100 + 20 * i, text)
    document = pdf.read(rawpdf.document([canvas]), "x.pdf")
    assert sum(isinstance(b, Table) for b in document.blocks) == tables
    kept = "".join(b.text if isinstance(b, Paragraph) else "".join(c.text for c in b.cells) for b in document.blocks)
    assert sorted(kept.replace(" ", "")) == sorted("".join(t for row in lines for _, t in row).replace(" ", ""))


def loose(texts: Sequence[tuple[float, float, str]]) -> bytes:
    canvas = Canvas()
    for x, top, text in [(60, 100, "序号"), (120, 100, "评价内容"), (400, 100, "分值"), *texts]:
        canvas.text(x, top, text)
    return rawpdf.document([canvas])


def test_rows_that_can_be_read_in_two_ways_are_doubted(tmp_path):
    """Four even lines without full stops, numbers at the first and the third: at the tops of rows of two lines each, or in
    the middle of rows of one and three."""
    lines = [(120.0, 120.0 + 13 * i, f"评价的文字第{i}行") for i in range(4)]
    marks = [(60.0, 120.0, "1"), (400.0, 120.0, "5"), (60.0, 146.0, "2"), (400.0, 146.0, "3")]
    reading = read(tmp_path, loose([*lines, *marks]))
    assert [f.rule for f in reading.findings if f.rule == "reading-incomplete"] == ["reading-incomplete"]


def test_rows_that_fit_no_way_are_doubted(tmp_path):
    """Numbers that stand below the lines they belong to."""
    lines = [(120.0, 120.0 + 13 * i, f"评价的文字第{i}行。") for i in range(6)]
    marks = [(60.0, 139.0, "1"), (400.0, 139.0, "5"), (60.0, 192.0, "2"), (400.0, 192.0, "3")]
    reading = read(tmp_path, loose([*lines, *marks]))
    assert "reading-incomplete" in {f.rule for f in reading.findings}


def test_rows_told_by_full_stops(tmp_path):
    """The same even lines with full stops after the second and the fourth: rows of two lines, certain."""
    lines = [(120.0, 120.0 + 13 * i, f"评价的文字第{i}行{'。' * (i % 2)}") for i in range(4)]
    marks = [(60.0, 120.0, "1"), (400.0, 120.0, "5"), (60.0, 146.0, "2"), (400.0, 146.0, "3")]
    reading = read(tmp_path, loose([*lines, *marks]))
    assert [c.text for r in reading.rubrics for c in r.criteria()] == ["评价的文字第0行评价的文字第1行。", "评价的文字第2行评价的文字第3行。"]
    assert "reading-incomplete" not in {f.rule for f in reading.findings}


# ---- real producers ----------------------------------------------------------------------------------------------


STROKES = {
    "ruled": "0.5pt + black",
    "only across": "(x: none, y: 0.5pt + black)",
    "three lines": "(_, y) => if y == 0 { (top: 1pt, bottom: 0.5pt) }",
    "nothing": "none",
}


def typst_source(stroke: str, align: str, height: str, repeat: bool) -> str:
    cells = [f"[{t}]" for t in pages.HEADER]
    body = []
    for name, points, criteria in pages.SECTIONS:
        body.append(f"table.cell(rowspan: {len(criteria)})[{name}\\ ({points}分)]")
        body += [f"[{t}]" for c in criteria for t in (*c, "")]
    body += ["table.cell(colspan: 3)[总评]", f"[{pages.TOTAL}]", "[]"]
    return (
        f'#set page(width: 210mm, height: {height}, numbering: "- 1 -")\n#set text(font: "Noto Serif SC", size: 10pt)\n'
        f"#align(center, text(16pt)[{pages.TITLE}])\n"
        f"#table(columns: (2cm, 1.2cm, 1fr, 1.5cm, 1.5cm), align: {align}, stroke: {stroke},\n"
        f"table.header(repeat: {str(repeat).lower()}, {', '.join(cells)}),\n{', '.join(body)})\n"
    )


@pytest.mark.parametrize("repeat", [True, False])
@pytest.mark.parametrize("height", ["297mm", "110mm"])
@pytest.mark.parametrize("align", ["left + top", "left + horizon", "(center + horizon, center + horizon, left + horizon, center + horizon, center)"])
@pytest.mark.parametrize("stroke", STROKES)
def test_typst(tmp_path, stroke, align, height, repeat):
    source = typst_source(STROKES[stroke], align, height, repeat)
    data = typst.compile(source.encode(), font_paths=[str(typefaces.FOLDER)], ignore_system_fonts=True)
    assert shape(read(tmp_path, data)) == wanted()


CSS = {
    "collapsed": "table{border-collapse:collapse} td{border:1px solid #000}",
    "separate": "td{border:1px solid #000} table{border:1px solid}",
    "only across": "table{border-collapse:collapse} td{border-top:1px solid #000;border-bottom:1px solid #000}",
    "hidden": "td{border:none}",
    "dotted": "table{border-collapse:collapse} td{border:1px dotted #333}",
}


def page_source(css: str) -> str:
    rows = ["".join(f"<td>{t}</td>" for t in pages.HEADER)]
    for name, points, criteria in pages.SECTIONS:
        for i, c in enumerate(criteria):
            label = f"<td rowspan={len(criteria)}>{name}<br>({points}分)</td>" if i == 0 else ""
            rows.append(label + "".join(f"<td>{t}</td>" for t in (*c, "")))
    rows.append(f"<td colspan=3>总评</td><td>{pages.TOTAL}</td><td></td>")
    body = "".join(f"<tr>{r}</tr>" for r in rows)
    style = f"body{{font:13px 'Noto Serif CJK SC'}} td{{padding:4px 8px}} {css}"
    return f"<!DOCTYPE html><meta charset=utf-8><style>{style}</style><h2 align=center>{pages.TITLE}</h2><table width=640>{body}</table>"


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium (make setup-system)")
@pytest.mark.parametrize("look", CSS)
def test_a_page_printed_by_a_browser(tmp_path, look):
    (tmp_path / "a.html").write_text(page_source(CSS[look]), encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={tmp_path}/p"]
    subprocess.run([*command, f"--print-to-pdf={tmp_path}/a.pdf", f"{tmp_path}/a.html"], check=True, capture_output=True, timeout=120)
    assert shape(read(tmp_path, (tmp_path / "a.pdf").read_bytes())) == wanted()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no office suite (make setup-system)")
@pytest.mark.parametrize("look", ["collapsed", "hidden"])
def test_a_page_set_by_an_office_suite(tmp_path, look):
    (tmp_path / "a.html").write_text(page_source(CSS[look]), encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/p", "--headless", "--convert-to", "pdf:writer_web_pdf_Export"]
    subprocess.run([*command, "--outdir", str(tmp_path), f"{tmp_path}/a.html"], check=True, capture_output=True, timeout=180)
    assert shape(read(tmp_path, (tmp_path / "a.pdf").read_bytes())) == wanted()
