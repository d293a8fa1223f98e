"""A made-up rubric laid out on pages: rows wrapped, merged and broken over pages, ready to be drawn in any way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.readers.rulings import STYLES, Draw
from tests.support.rawpdf import Canvas, Span, box_of

Criterion = tuple[str, str, str]
"""(number, text, points)."""

SECTIONS: tuple[tuple[str, str, tuple[Criterion, ...]], ...] = (
    ("安全运营", "20", (
        ("1", "建立健全供水设施巡检制度，每周至少巡检一次并留存巡检记录，发现隐患当日登记。", "4"),
        ("2", "水质检测人员持证上岗率达到100%。", "3"),
        ("3", "出厂水浊度不高于1NTU，管网末梢余氯不低于0.05mg/L，检测结果每月在营业场所公布一次，供用户查阅。", "6"),
        ("4", "二次供水水箱每半年清洗消毒一次。", "5"),
        ("5", "制定停水应急预案并演练。", "2"),
    )),
    ("营业服务", "12.5", (
        ("6", "窗口人员统一着装、文明用语，业务办理时限在显著位置公示，老年人优先办理。", "2.5"),
        ("7", "抄表到户率达到规定比例。", "4"),
        ("8", "热线24小时有人接听，投诉在2个工作日内回复，办结情况有回访记录，回访满意率不低于95%。", "6"),
    )),
    ("维修抢修", "10", (
        ("9", "接到报修后2小时内到达现场。", "5"),
        ("10", "计划停水提前24小时公告。", "3"),
        ("11", "抢修现场设置围挡和警示标志，完工后及时恢复路面，不遗留渣土。", "2"),
    )),
)  # fmt: skip
TOTAL = "42.5"
TITLE = "供水服务质量评价表"
HEADER = ("项目", "序号", "评价内容", "分值", "得分")
XS = (60.0, 120.0, 160.0, 400.0, 450.0, 530.0)
SIZE = 10.0
PITCH = 13.0

Sections = Sequence[tuple[str, str, tuple[Criterion, ...]]]


@dataclass(frozen=True)
class Layout:
    """How the rubric lies on the page. `bottoms`: where each page ends; the last one has room for the rest."""

    bottoms: tuple[float, ...] = (780.0,)
    header: tuple[str, ...] = HEADER
    header_each_page: bool = False
    label: Callable[[str, str], str] = lambda name, points: f"{name}\n({points}分)"
    label_each_row: bool = False
    spill: bool = False
    xs: tuple[float, ...] = XS
    pad: float = 6.0
    sections: Sections = SECTIONS
    total: str = TOTAL


@dataclass(frozen=True)
class LaidPage:
    """Cells of one page with the lines of its grid."""

    spans: tuple[Span, ...]
    xs: tuple[float, ...]
    ys: tuple[float, ...]


@dataclass
class _Row:
    """Texts of columns 1 to 4 as wrapped lines; `section` of None is a row of its own shape."""

    texts: tuple[str, ...]
    section: int | None
    lines: int = 1
    least: int = 1


def wrapped(text: str, width: float) -> list[str]:
    """Lines that fit; a Latin letter takes half a place."""
    out, line, used = [], "", 0.0
    for char in text:
        step = SIZE * (0.5 if char.isascii() else 1.0)
        if line and used + step > width - 6:
            out.append(line)
            line, used = "", 0.0
        line, used = line + char, used + step
    return [*out, line]


def lay_out(layout: Layout = Layout()) -> list[LaidPage]:
    """The pages: rows placed until a page's bottom, label cells merged down to it."""
    rows = [_criterion_row(s, c, layout) for s, (_, _, criteria) in enumerate(layout.sections) for c in criteria]
    rows.append(_Row(("总评", "", "", layout.total, ""), None))
    pages: list[list[_Row]] = [[]]
    bottoms = iter(layout.bottoms)
    bottom, y = next(bottoms), 140.0 + PITCH + layout.pad
    for row in rows:
        height = PITCH * row.lines + layout.pad
        if y + height > bottom and (bottom := next(bottoms, 0.0)):
            y = 140.0 + (PITCH + layout.pad) * layout.header_each_page
            if layout.spill and "\n" in row.texts[1]:
                above, row = _torn(row)
                pages[-1].append(above)
            pages.append([])
        pages[-1].append(row)
        y += PITCH * row.lines + layout.pad
    return [_page(own, layout, i == 0 or layout.header_each_page) for i, own in enumerate(pages)]


def _criterion_row(section: int, criterion: Criterion, layout: Layout) -> _Row:
    number, text, points = criterion
    lines = wrapped(text, layout.xs[3] - layout.xs[2])
    name, stated, rows = layout.sections[section]
    labelled = layout.label_each_row or criterion is rows[0]
    least = layout.label(name, stated).count("\n") + 1 if labelled else 1
    return _Row((number, "\n".join(lines), points, ""), section, max(len(lines), least), least)


def _torn(row: _Row) -> tuple[_Row, _Row]:
    """A row whose first line stays on the page and whose rest goes over."""
    first, _, rest = row.texts[1].partition("\n")
    above = _Row((row.texts[0], first, row.texts[2], ""), row.section, row.least, row.least)
    return above, _Row(("", rest, "", ""), row.section, max(rest.count("\n") + 1, row.least), row.least)


def _page(rows: Sequence[_Row], layout: Layout, header: bool) -> LaidPage:
    spans: list[Span] = []
    ys = [140.0]
    seen: set[int] = set()
    if header:
        spans += [(0, c, 1, 1, t) for c, t in enumerate(layout.header)]
        ys.append(ys[-1] + (PITCH * max(t.count("\n") + 1 for t in layout.header) + layout.pad))
    for row in rows:
        at = len(ys) - 1
        if row.section is None:
            spans += [(at, 0, 1, 3, row.texts[0]), (at, 3, 1, 1, row.texts[3]), (at, 4, 1, 1, "")]
        else:
            spans += [(at, c + 1, 1, 1, t) for c, t in enumerate(row.texts)]
            name, points, _ = layout.sections[row.section]
            first = row.section not in seen and _begins_here(row, layout)
            if layout.label_each_row:
                spans.append((at, 0, 1, 1, layout.label(name, points)))
            elif row.section not in seen:
                height = sum(r.section == row.section for r in rows)
                spans.append((at, 0, height, 1, layout.label(name, points) if first else ""))
            seen.add(row.section)
        ys.append(ys[-1] + PITCH * row.lines + layout.pad)
    return LaidPage(tuple(spans), layout.xs, tuple(ys))


def _begins_here(row: _Row, layout: Layout) -> bool:
    """Whether a section's first row is on this page: a merged label is printed on its first page only."""
    return row.section is not None and row.texts[0] == layout.sections[row.section][2][0][0]


@dataclass(frozen=True)
class Pen:
    """How cells' texts are struck: `edit` changes a cell's lines, `middle` sets them in the middle of the cell's height."""

    strikes: int = 1
    edit: Callable[[str], str] = lambda text: text
    middle: bool = False
    size: float = SIZE
    order: Callable[[list[str]], list[str]] = lambda ops: ops

    def write(self, canvas: Canvas, box: tuple[float, float, float, float], text: str) -> None:
        lines = self.edit(text).split("\n")
        top = box[1] + 3
        if self.middle:
            top = (box[1] + box[3] - PITCH * (len(lines) - 1) - self.size) / 2
        for i, line in enumerate(lines):
            for strike in range(self.strikes):
                canvas.text(box[0] + 3 + 0.3 * strike, top + i * PITCH, line, self.size)


def draw_pages(pages: Iterable[LaidPage], rules: Draw | str = "strokes", pen: Pen = Pen(), numbers: bool = True) -> list[Canvas]:
    """Canvases: title on the first page, table, page number."""
    way = STYLES[rules] if isinstance(rules, str) else rules
    out = []
    for number, page in enumerate(pages, 1):
        canvas, texts = Canvas(), Canvas()
        if number == 1:
            texts.text(200, 100, TITLE, 16)
        way(canvas, page.spans, page.xs, page.ys)
        for span in page.spans:
            if span[4]:
                pen.write(texts, box_of(span, page.xs, page.ys), span[4])
        if numbers:
            texts.text(280, 800, f"- {number} -", 10)
        canvas.ops += pen.order(texts.ops)
        out.append(canvas)
    return out
