"""Pictures of a made-up scoring sheet, as a scanner would give them: straight, skewed with noise, stamped, on grey paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline import typefaces

FONT = typefaces.SERIF
SIZE = (1654, 1010)
"""The upper part of an A4 page at 200 dpi."""

XS = (120, 330, 440, 1290, 1530)
ROW = 84
TOP = 200

SECTIONS = (
    ("清扫保洁（9分）", (("1", "主次干道每日清扫两遍，路面无积存垃圾。", "4"), ("2", "果皮箱外观整洁，清掏及时。", "3"), ("3", "作业车辆按时段上路，不扰民。", "2"))),
    ("收集转运（6.5分）", (("4", "生活垃圾日产日清，密闭运输。", "4"), ("5", "转运站台账齐全，渗滤液规范处置。", "2.5"))),
)
TITLE = "环卫作业质量考核评分表"


def drawn(sections: Sequence[tuple] = SECTIONS, title: str = TITLE) -> Image.Image:
    """The sheet as printed: title, ruled table, merged label cells, empty score column."""
    page = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(page)
    _centred(pen, (0, 60, SIZE[0], 140), title, 44)
    for (x0, x1), head in zip(pairwise(XS), ("项目", "序号", "评价内容", "评价分值"), strict=True):
        _cell(pen, (x0, TOP, x1, TOP + ROW), head)
    y = TOP + ROW
    for label, rows in sections:
        _cell(pen, (XS[0], y, XS[1], y + ROW * len(rows)), label)
        for number, text, points in rows:
            for box, words in zip(pairwise(XS[1:]), (number, text, points), strict=True):
                _cell(pen, (box[0], y, box[1], y + ROW), words)
            y += ROW
    return page


def _cell(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], text: str) -> None:
    pen.rectangle(box, outline="black", width=2)
    wide = box[2] - box[0] < 240 and len(text) > 6
    if wide:
        middle = (box[1] + box[3]) // 2
        cut = text.index("（")
        _centred(pen, (box[0], middle - 44, box[2], middle), text[:cut], 30)
        _centred(pen, (box[0], middle, box[2], middle + 44), text[cut:], 30)
    else:
        _centred(pen, box, text, 30)


def _centred(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], text: str, size: int) -> None:
    pen.text(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), text, "black", ImageFont.truetype(str(FONT), size), anchor="mm")


# ---- what scanners and paper do ----------------------------------------------------------------------------------


def skewed(page: Image.Image) -> Image.Image:
    """Turned by 1.5 degrees, with grain (fixed seed)."""
    turned = page.rotate(1.5, Image.Resampling.BICUBIC, fillcolor="white")
    grain = np.random.default_rng(7).normal(0, 14, (*turned.size[::-1], 1))
    return Image.fromarray(np.clip(np.asarray(turned) + grain - 8, 0, 255).astype(np.uint8))


def stamped(page: Image.Image, across: int = 250, down: int = 330) -> Image.Image:
    """A round red seal, nearly opaque, with its left top corner there: over labels, serials and text."""
    ink = Image.new("RGBA", page.size, (255, 255, 255, 0))
    pen = ImageDraw.Draw(ink)
    red = (200, 20, 30, 190)
    pen.ellipse((across, down, across + 310, down + 310), outline=red, width=9)
    pen.regular_polygon((across + 155, down + 155, 62), 3, fill=red)
    for n, letter in enumerate("某某市城市管理局"):
        pen.text((across + 50 + 26 * n, down + 30 + 9 * abs(n - 4)), letter, red, ImageFont.truetype(str(FONT), 26))
    return Image.alpha_composite(page.convert("RGBA"), ink).convert("RGB")


def on_grey(page: Image.Image) -> Image.Image:
    """Recycled paper, darker to one side, faint print."""
    print_ = np.asarray(page.convert("L"), np.float32) / 255
    paper = np.linspace(205, 150, page.width)[None, :]
    grey = (paper * (0.35 + 0.65 * print_)).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


DAMAGE: dict[str, Callable[[Image.Image], Image.Image]] = {
    "straight": lambda page: page,
    "skewed": skewed,
    "stamped": stamped,
    "grey": on_grey,
}


def saved(form: str, *pages: Image.Image) -> bytes:
    """A picture file, all pages in it where the form can hold several (TIFF, PDF)."""
    out = BytesIO()
    more = {"save_all": True, "append_images": pages[1:]} if form in ("TIFF", "PDF") else {}
    pages[0].save(out, form, resolution=200, dpi=(200, 200), **more)
    return out.getvalue()
