"""PDFs from bare content streams: the odd geometries that office programs and drivers draw tables with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

import pikepdf
import uharfbuzz as hb
from pikepdf import Array, Dictionary, Name

from pipeline.typefaces import SERIF

WIDTH, HEIGHT = 595.0, 842.0

Span = tuple[int, int, int, int, str]
"""(row, col, row_span, col_span, text) of a cell; a line end in the text is a wrapped line."""


@dataclass
class Canvas:
    """One page being drawn, in points from the top left."""

    ops: list[str] = field(default_factory=list)
    width: float = WIDTH
    height: float = HEIGHT

    def text(self, x: float, top: float, text: str, size: float = 10.0, mode: int = 0) -> None:
        code = "FEFF" if not text else text.encode("utf-16-be").hex()
        base = self.height - top - 0.88 * size
        self.ops.append(f"BT /F1 {size} Tf {mode} Tr 1 0 0 1 {x:.2f} {base:.2f} Tm <{code}> Tj ET")

    def curves(self, x: float, top: float, text: str, size: float = 10.0) -> None:
        """Text drawn as the outlines of its characters, as a program does that converts text to curves."""
        base, scale = self.height - top - 0.88 * size, size / 1000
        for char in text:
            glyph = FACE.get_nominal_glyph(ord(char))
            self.ops.append(f"q {scale:.4f} 0 0 {scale:.4f} {x:.2f} {base:.2f} cm {_outline(glyph)} f Q")
            x += FACE.get_glyph_h_advance(glyph) * scale

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.5) -> None:
        self.ops.append(f"{width} w {x0:.2f} {self.height - y0:.2f} m {x1:.2f} {self.height - y1:.2f} l S")

    def fill(self, x0: float, y0: float, x1: float, y1: float, grey: float = 0.0) -> None:
        box = f"{x0:.2f} {self.height - y1:.2f} {x1 - x0:.2f} {y1 - y0:.2f}"
        self.ops.append(f"q {grey} g {box} re f Q")

    def frame(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.5) -> None:
        self.ops.append(f"{width} w {x0:.2f} {self.height - y1:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re S")


FACE = hb.Font(hb.Face(hb.Blob.from_file_path(str(SERIF))))


def _outline(glyph: int) -> str:
    ops: list[str] = []
    last = [(0.0, 0.0)]

    def to(op: str, *points: tuple[float, float]) -> None:
        last[0] = points[-1]
        ops.append(" ".join(f"{x:.1f} {y:.1f}" for x, y in points) + f" {op}")

    def bend(x1: float, y1: float, x: float, y: float, _: object) -> None:
        (x0, y0) = last[0]
        to("c", ((x0 + 2 * x1) / 3, (y0 + 2 * y1) / 3), ((x + 2 * x1) / 3, (y + 2 * y1) / 3), (x, y))

    draw = hb.DrawFuncs()
    draw.set_move_to_func(lambda x, y, _: to("m", (x, y)))
    draw.set_line_to_func(lambda x, y, _: to("l", (x, y)))
    draw.set_quadratic_to_func(bend)
    draw.set_close_path_func(lambda _: ops.append("h"))
    FACE.draw_glyph(glyph, draw)
    return " ".join(ops)


def cell_text(canvas: Canvas, box: tuple[float, float, float, float], text: str) -> None:
    """Lines of a cell of 10 points, set from its top left."""
    for i, line in enumerate(text.split("\n")):
        canvas.text(box[0] + 2, box[1] + 2 + i * 13, line, 10)


def box_of(span: Span, xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float, float, float]:
    row, col, height, width, _ = span
    return xs[col], ys[row], xs[col + width], ys[row + height]


TURNS = {0: (1, 0, 0, 1, 0, 0), 90: (0, 1, -1, 0, HEIGHT, 0), 180: (-1, 0, 0, -1, WIDTH, HEIGHT), 270: (0, -1, 1, 0, 0, WIDTH)}
"""Matrices that turn what is drawn counterclockwise within its page."""


def document(pages: Sequence[Canvas], rotate: int = 0, turned: int = 0, in_form: bool = False, tounicode: bool = True) -> bytes:
    """The file. `rotate`: the page's own /Rotate (clockwise); `turned`: marks drawn counterclockwise; `in_form` puts each
    page's marks into a form XObject that is scaled by a half and drawn doubled."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(_font(pdf) if tounicode else _blind_font(pdf))
    for canvas in pages:
        content = "\n".join(canvas.ops).encode("latin-1")
        resources = Dictionary(Font=Dictionary(F1=font))
        if in_form:
            form = pdf.make_stream(content)
            form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 2000, 2000])
            form.Matrix, form.Resources = Array([0.5, 0, 0, 0.5, 0, 0]), resources
            resources = Dictionary(XObject=Dictionary(X1=form))
            content = b"q 2 0 0 2 0 0 cm /X1 Do Q"
        matrix = " ".join(map(str, TURNS[turned]))
        content = f"q {matrix} cm ".encode() + content + b" Q"
        size = [canvas.height, canvas.width] if turned % 180 else [canvas.width, canvas.height]
        page = Dictionary(
            Type=Name.Page, MediaBox=Array([0, 0, *size]), Resources=resources,
            Contents=pdf.make_stream(content), Rotate=rotate,
        )  # fmt: skip
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _font(pdf: pikepdf.Pdf) -> Dictionary:
    """A Chinese font that is not embedded, its codes UTF-16."""
    return _type0(pdf, "UniGB-UCS2-H", "GB1")


def _blind_font(pdf: pikepdf.Pdf) -> Dictionary:
    """A font whose codes say nothing about characters."""
    return _type0(pdf, "Identity-H", "Identity")


def _type0(pdf: pikepdf.Pdf, encoding: str, ordering: str) -> Dictionary:
    info = Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String(ordering), Supplement=4 if ordering == "GB1" else 0)
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name("/STSong-Light"), Flags=4, FontBBox=Array([0, -120, 1000, 880]),
        ItalicAngle=0, Ascent=880, Descent=-120, CapHeight=880, StemV=80,
    )  # fmt: skip
    below = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType0, BaseFont=Name("/STSong-Light"), CIDSystemInfo=info,
        FontDescriptor=pdf.make_indirect(descriptor), DW=1000, W=Array([1, 95, 500]),
    )  # fmt: skip
    return Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/STSong-Light"), Encoding=Name(f"/{encoding}"),
        DescendantFonts=Array([pdf.make_indirect(below)]),
    )  # fmt: skip
