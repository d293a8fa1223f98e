"""One table drawn in the many ways producers draw it. Every way must be read as the same cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.support.rawpdf import Canvas, Span, box_of, cell_text

XS = (60.0, 120.0, 160.0, 400.0, 450.0, 530.0)
YS = (140.0, 165.0, 195.0, 225.0, 265.0, 295.0, 320.0)

TABLE: tuple[Span, ...] = (
    (0, 0, 1, 1, "项目"), (0, 1, 1, 1, "序号"), (0, 2, 1, 1, "评价内容"), (0, 3, 1, 1, "分值"), (0, 4, 1, 1, "得分"),
    (1, 0, 3, 1, "安\n全\n运\n营"), (1, 1, 1, 1, "1"), (1, 2, 1, 1, "建立巡检制度，做好\n检查记录。"), (1, 3, 2, 1, "5"), (1, 4, 1, 1, ""),
    (2, 1, 1, 1, "2"), (2, 2, 1, 1, "定期更新APP and\nweb page内容。"), (2, 4, 1, 1, ""),
    (3, 1, 1, 1, "3"), (3, 2, 1, 1, "持证上岗率100%。"), (3, 3, 1, 1, "2.5"), (3, 4, 1, 1, ""),
    (4, 0, 1, 1, "服务"), (4, 1, 1, 1, "4"), (4, 2, 1, 1, "投诉处结率达到\n规定。"), (4, 3, 1, 1, "3"), (4, 4, 1, 1, ""),
    (5, 0, 1, 3, "总评"), (5, 3, 1, 2, "10.5"),
)  # fmt: skip
"""A label cell over three rows (one character a line), points merged over two rows, a total over columns."""

WANTED = tuple((r, c, h, w, t.replace("and\nweb", "and web").replace("\n", "")) for r, c, h, w, t in TABLE)

Draw = Callable[[Canvas, Sequence[Span], Sequence[float], Sequence[float]], None]


def edges(spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> list[tuple[float, float, float, float]]:
    """Each side of each cell once."""
    out: dict[tuple[float, float, float, float], None] = {}
    for span in spans:
        x0, y0, x1, y1 = box_of(span, xs, ys)
        for side in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
            out[side] = None
    return list(out)


def strokes(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    for side in edges(spans, xs, ys):
        canvas.line(*side)


def thin_fills(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        canvas.fill(x0 - 0.25, y0 - 0.25, x1 + 0.25, y1 + 0.25)


def fills_with_corners(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Word's own PDF: each side between two corner squares, so that no piece touches another."""
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        flat = y0 == y1
        canvas.fill(x0 - 0.24, y0 - 0.24, x0 + 0.24, y0 + 0.24)
        canvas.fill(x0 + (0.24 if flat else -0.24), y0 + (-0.24 if flat else 0.24), x1 - (0.24 if flat else -0.24), y1 + (0.24 if flat else -0.24))


def cell_frames(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    for span in spans:
        canvas.frame(*box_of(span, xs, ys))


def frames_apart(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Web pages: every cell its own frame, a hair apart."""
    for span in spans:
        x0, y0, x1, y1 = box_of(span, xs, ys)
        canvas.frame(x0 + 0.75, y0 + 0.75, x1 - 0.75, y1 - 0.75)


def frames_two_points_apart(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    for span in spans:
        x0, y0, x1, y1 = box_of(span, xs, ys)
        canvas.frame(x0 + 1, y0 + 1, x1 - 1, y1 - 1)


def shaded(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Shading behind each line of text, and over the header row, under stroked rules."""
    canvas.fill(xs[0], ys[0], xs[-1], ys[1], 0.85)
    for span in spans:
        x0, y0, x1, _ = box_of(span, xs, ys)
        for i in range(span[4].count("\n") + 1):
            canvas.fill(x0 + 2, y0 + 2 + 13 * i, x1 - 2, y0 + 13 + 13 * i, 0.9)
    strokes(canvas, spans, xs, ys)


def highlighted(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Low shading bars below words (an underline as a fill, a highlighter's trace)."""
    for span in spans:
        x0, y0, *_ = box_of(span, xs, ys)
        if span[4] and span[1] == 2:
            canvas.fill(x0 + 2, y0 + 12.4, x0 + 60, y0 + 13.0)
    strokes(canvas, spans, xs, ys)


def dashes(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Dotted rules as many small strokes."""
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        long = max(x1 - x0, y1 - y0)
        steps = int(long // 4)
        for i in range(steps + 1):
            a, b = 4 * i / long, min(1.0, (4 * i + 2) / long)
            canvas.line(x0 + a * (x1 - x0), y0 + a * (y1 - y0), x0 + b * (x1 - x0), y0 + b * (y1 - y0))


def open_sides(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """No left and right border."""
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        if x0 != x1 or x0 not in (xs[0], xs[-1]):
            canvas.line(x0, y0, x1, y1)


def open_all_round(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """No outer border at all."""
    for x0, y0, x1, y1 in edges(spans, xs, ys):
        if (x0 != x1 or x0 not in (xs[0], xs[-1])) and (y0 != y1 or y0 not in (ys[0], ys[-1])):
            canvas.line(x0, y0, x1, y1)


def double_rules(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """A double outer border, two points apart."""
    strokes(canvas, spans, xs, ys)
    canvas.frame(xs[0] - 2, ys[0] - 2, xs[-1] + 2, ys[-1] + 2)


def wobbly(canvas: Canvas, spans: Sequence[Span], xs: Sequence[float], ys: Sequence[float]) -> None:
    """Ends that miss each other by up to a point, both ways."""
    for i, (x0, y0, x1, y1) in enumerate(edges(spans, xs, ys)):
        d = (i * 7 % 5 - 2) / 2
        canvas.line(x0 + (d if y0 == y1 else d / 2), y0 + (d / 2 if y0 == y1 else d), x1 + (d if y0 == y1 else d / 2), y1 + (d / 2 if y0 == y1 else d))


STYLES: dict[str, Draw] = {
    f.__name__: f
    for f in (strokes, thin_fills, fills_with_corners, cell_frames, frames_apart, frames_two_points_apart, shaded, highlighted,
              dashes, open_sides, open_all_round, double_rules, wobbly)
}  # fmt: skip


def draw(style: str, spans: Sequence[Span] = TABLE, strikes: int = 1) -> Canvas:
    """A page with a title line, the table, and a page number."""
    canvas = Canvas()
    canvas.text(200, 100, "供水服务质量评价表", 16)
    STYLES[style](canvas, spans, XS, YS)
    for span in spans:
        for strike in range(strikes):
            box = box_of(span, XS, YS)
            cell_text(canvas, (box[0] + 0.3 * strike, *box[1:]), span[4])
    canvas.text(280, 790, "- 1 -", 10)
    return canvas
