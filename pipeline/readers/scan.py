"""Scans: pictures of pages to the same blocks as any other source, each character with its confidence."""

from __future__ import annotations

import io
import itertools
import warnings
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from PIL import Image as Picture
from PIL import ImageOps, ImageSequence, UnidentifiedImageError

from pipeline import limits
from pipeline.errors import InputError, LimitExceeded
from pipeline.model import Block, Document, Page, Paragraph, Remark, Source
from pipeline.progress import bar
from pipeline.provenance import BBox, Provenance
from pipeline.readers import grid
from pipeline.readers.closeups import look_closer
from pipeline.readers.colons import settle_colons
from pipeline.readers.commas import settle_marks
from pipeline.readers.holes import doubt_holes
from pipeline.readers.marks import Glyph, Net, PageMarks, Rule
from pipeline.readers.nets import find_nets
from pipeline.readers.ocr import Char, find_boxes, read_lines
from pipeline.readers.paper import Paper, even_background
from pipeline.readers.rereading import reread
from pipeline.readers.scanlines import LONG_SIDE, Straightened, moved, straighten
from pipeline.readers.twofold import agreed

DPI = 200
"""Pages of a PDF that are pictures are drawn at this density: above it only time grows."""

MOST_PIXELS = 4000
"""But no page to more pixels along its longer side: the working size is smaller, a poster would only cost memory."""

A4 = (595.3, 841.9)

SURE = 0.85
"""Mean confidence of upright text; upside-down text reads below it (0.7 and less, on pages of every kind)."""

LINE, FEW_LINES = 8, 4
"""Lines of at least so many times their height show it, and so many of them suffice."""

PRINT, BLANK = 160, 1e-5
"""A page with a smaller part of pixels darker than this is blank paper: a single comma at 200 dpi is twice as much."""

MOST_LARGER = 2.5
"""Small pictures are not enlarged more than this: 75 dpi is the least that can be read."""

SMALLEST, SLENDER = 16, 40
"""A picture with a side of fewer pixels, or longer than this many times its width, holds no page."""

LEFT, RIGHT = 0.12, 0.55
"""How far a text line is lengthened, as parts of its height."""

LEAST_WIDE = 0.45
"""Ink of a column of Chinese characters is at least this wide, in heights of the page's lines; a figure is not."""

MOST_HIGH, CUT_OFF = 1.15, 0.6
"""A row of such a column is no higher than this, in widths of the column's ink; lower than this, at the column's end, it
is part of the next."""

PALEST = 200
"""Brightness up to which pixels can be ink where it is told from the paper around it."""

TOUCHED, FEW = 60, 12
"""A seal touches a strip when so many pixels of it differ by more than this, with and without the print under seals."""

Image = np.ndarray


def read(data: bytes, name: str) -> Document:
    """The Document of a PNG, JPEG, TIFF (all its pages), BMP, GIF or WebP picture."""
    pages: list[Page] = []
    blocks: list[Block] = []
    for number, image, size in bar(_frames(data, name), "page", delay=2):
        width, height, found = read_image(image, number, *size)
        pages.append(Page(number, width, height, ocr=True))
        blocks += found
    remark = Remark("ocr", f"{len(pages)} page(s) read as pictures", message_zh=f"{len(pages)} 页按图像识别")
    return Document(Source(name, "", "image/*", "scan", len(pages)), tuple(pages), tuple(blocks), (remark,))


def _frames(data: bytes, name: str) -> Iterator[tuple[int, Image, tuple[float, float]]]:
    """(page number, upright RGB pixels, size in points) of each picture of a file."""
    Picture.MAX_IMAGE_PIXELS = limits.MAX_IMAGE_PIXELS
    try:
        with _opened(data) as picture:
            frames = getattr(picture, "n_frames", 1) if picture.format in ("TIFF", "MPO") else 1
            if frames > limits.MAX_SCAN_PAGES:
                raise LimitExceeded(name, f"{frames:,} pages (limit {limits.MAX_SCAN_PAGES:,})", "split the file")
            if picture.format not in ("TIFF", "MPO") and getattr(picture, "is_animated", False):
                raise InputError(name, "a moving picture, of which one page cannot be told from another", "save each page as a picture of its own")
            for index, frame in enumerate(ImageSequence.Iterator(picture)):
                if index >= (1 if picture.format == "MPO" else frames):
                    break
                if frame.width * frame.height > limits.MAX_IMAGE_PIXELS:
                    raise LimitExceeded(name, f"page {index + 1} has {frame.width:,} × {frame.height:,} pixels", "scan at 300 dpi")
                upright = ImageOps.exif_transpose(frame)
                dpi = picture.info.get("dpi", (0, 0))
                yield index + 1, np.asarray(_on_white(upright)), _size(upright.size, float(dpi[0] or 0))
    except Picture.DecompressionBombError:
        raise LimitExceeded(name, f"more than {limits.MAX_IMAGE_PIXELS:,} pixels", "scan at 300 dpi") from None
    except (UnidentifiedImageError, OSError, SyntaxError, EOFError) as error:
        raise InputError(name, f"the picture is damaged ({type(error).__name__})", "scan or save it again") from None


def _opened(data: bytes) -> Picture.Image:
    """The picture, its library's remarks on damaged headers kept quiet: what matters becomes an InputError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Picture.open(io.BytesIO(data))


def _on_white(picture: Picture.Image) -> Picture.Image:
    """RGB, transparent parts white."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        white = Picture.new("RGBA", rgba.size, "white")
        return Picture.alpha_composite(white, rgba).convert("RGB")
    if picture.mode.startswith("I;16"):
        return Picture.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
    if picture.mode in ("I", "F"):
        values = np.nan_to_num(np.asarray(picture, np.float64))
        return Picture.fromarray((np.clip(values / max(values.max(), 1e-9), 0, 1) * 255).astype(np.uint8)).convert("RGB")
    return picture.convert("RGB")


def _size(pixels: tuple[int, int], dpi: float) -> tuple[float, float]:
    """Page size in points: by a believable density, else fitted to A4."""
    if 90 <= dpi <= 1300 and 200 < 72 * pixels[0] / dpi < 3000:
        return 72 * pixels[0] / dpi, 72 * pixels[1] / dpi
    paper = A4 if pixels[1] >= pixels[0] else A4[::-1]
    factor = min(paper[0] / pixels[0], paper[1] / pixels[1])
    return pixels[0] * factor, pixels[1] * factor


def read_picture(data: bytes, name: str, number: int, width: float, height: float) -> tuple[float, float, list[Block]]:
    """(width, height, blocks) of one picture file that fills a page of this size in points."""
    return read_image(picture(data, name), number, width, height)


def picture(data: bytes, name: str) -> Image:
    """The RGB pixels of a picture file (of its first page)."""
    return next(_frames(data, name))[1]


# ---- one page ----------------------------------------------------------------------------------------------------


def read_image(image: Image, number: int, width: float, height: float) -> tuple[float, float, list[Block]]:
    """(width, height, blocks) of one RGB page picture. The size comes back turned when the page lay on its side."""
    if min(image.shape[:2]) < SMALLEST or max(image.shape[:2]) > SLENDER * min(image.shape[:2]):
        return width, height, []
    paper = even_background(_dark_on_light(_fitting(image)))
    if float((paper.grey < PRINT).mean()) < BLANK:
        return width, height, []
    grey, boxes, turns = _upright(paper.grey, find_boxes(paper.grey))
    if turns % 2:
        width, height = height, width
    page = straighten(grey, boxes)
    scale = width / page.image.shape[1]
    back = np.linalg.inv(page.matrix)
    marks = _marks(page, moved(boxes, page.matrix), _Picker(paper.turned(turns), back), scale, number, (width, height))
    blocks = reread(list(grid.build(marks)), page.image, scale)
    return width, height, [_put_back(b, back, scale) for b in blocks]


def _fitting(image: Image) -> Image:
    """The picture at the working size: large scans made smaller, small ones larger."""
    factor = min(LONG_SIDE * 1.3 / max(image.shape[:2]), MOST_LARGER)
    if 0.8 < factor < 1.25 or (factor > 1 and max(image.shape[:2]) > 0.7 * LONG_SIDE):
        return cv2.GaussianBlur(image, (3, 3), 0) if _is_fax(image) else image
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=way)


def _dark_on_light(image: Image) -> Image:
    """The picture, a negative turned round: nearly all of it is dark and a little is much lighter."""
    most, lightest = np.percentile(image[::4, ::4], (90, 99.5))
    return 255 - image if most < 128 and lightest > most + 80 else image


def _is_fax(image: Image) -> bool:
    """Whether a picture is black and white without greys: its jagged strokes read better softened."""
    sample = image[::3, ::3]
    return float(((sample > 8) & (sample < 247)).mean()) < 0.005


def _upright(grey: Image, boxes: np.ndarray) -> tuple[Image, np.ndarray, int]:
    """The page turned so that its text is upright, its boxes, and the quarter turns that took."""
    if not len(boxes):
        return grey, boxes, 0
    turns = 0
    wide = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    high = np.linalg.norm(boxes[:, 3] - boxes[:, 0], axis=1)
    if wide[high > 1.5 * wide].size and high[high > 1.5 * wide].sum() > 2 * wide[wide > 1.5 * high].sum():
        turns = 1
        grey = np.ascontiguousarray(np.rot90(grey))
        boxes = find_boxes(grey)
    if len(boxes) and _sureness(grey, boxes) < SURE:
        over = np.ascontiguousarray(np.rot90(grey, 2))
        others = find_boxes(over)
        if len(others) and _sureness(over, others) > _sureness(grey, boxes) + 0.05:
            return over, others, turns + 2
    return grey, boxes, turns


def _sureness(grey: Image, boxes: np.ndarray) -> float:
    """Mean confidence of a few lines: the shortest that are no mere words, they are the cheapest."""
    lengths, heights = (np.linalg.norm(boxes[:, to] - boxes[:, 0], axis=1) for to in (1, 3))
    order = np.argsort(lengths, kind="stable")
    few = order[lengths[order] >= LINE * heights[order]][:FEW_LINES]
    lines = read_lines([_crop(grey, boxes[i]) for i in (few if len(few) else order[-FEW_LINES:])])
    scores = [c.confidence for line in lines for c in line]
    return sum(scores) / len(scores) if scores else 0.0


def _crop(grey: Image, box: np.ndarray) -> Image:
    """The upright picture of a quadrilateral."""
    width = int(max(float(np.linalg.norm(box[1] - box[0])), float(np.linalg.norm(box[2] - box[3])), 1.0))
    height = int(max(float(np.linalg.norm(box[3] - box[0])), float(np.linalg.norm(box[2] - box[1])), 1.0))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(box.astype(np.float32), target)
    return cv2.warpPerspective(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


# ---- text --------------------------------------------------------------------------------------------------------


class Strip(Struct, frozen=True):
    """A line of text, or the part of one that stands in one cell, in pixels of the straightened page."""

    x0: int
    top: int
    x1: int
    bottom: int


class _Picker(Struct, frozen=True):
    """Cuts strips out of the picture as received: one interpolation only, small marks stay sharp."""

    paper: Paper
    back: np.ndarray

    def crop(self, strip: Strip) -> Image:
        return _crop(self.paper.grey, self._box(strip))

    def sealed(self, strip: Strip, crop: Image) -> Image | None:
        """The strip with the print under a seal; None where none touches it."""
        if self.paper.beneath is None:
            return None
        under = _crop(self.paper.beneath, self._box(strip))
        return under if int((cv2.absdiff(crop, under) > TOUCHED).sum()) >= FEW else None

    def _box(self, strip: Strip) -> np.ndarray:
        box = np.array([[[strip.x0, strip.top], [strip.x1, strip.top], [strip.x1, strip.bottom], [strip.x0, strip.bottom]]], np.float32)
        return moved(box, self.back)[0]


def _marks(page: Straightened, boxes: np.ndarray, picker: _Picker, scale: float, number: int, size: tuple[float, float]) -> PageMarks:
    horizontal = tuple(Rule(at * scale, a * scale, b * scale) for at, a, b in page.horizontal)
    vertical = tuple(Rule(at * scale, a * scale, b * scale) for at, a, b in page.vertical)
    nets = find_nets(horizontal, vertical)
    line = _line_height(boxes)
    strips = [s for box in _lengthened(boxes) for s in _strips(box, nets, scale, page.image, line)]
    crops = [picker.crop(s) for s in strips]
    lines = _settled(crops, _read(strips, crops, picker))
    glyphs = [g for strip, line in zip(strips, lines, strict=True) for g in _glyphs(strip, line, scale)]
    return PageMarks(number, *size, tuple(glyphs), horizontal, vertical)


def _read(strips: Sequence[Strip], crops: Sequence[Image], picker: _Picker) -> list[list[Char]]:
    """The characters of each strip; those that a seal touches are read with the print under it too."""
    lines = read_lines(crops)
    sealed = {i: under for i, (s, crop) in enumerate(zip(strips, crops, strict=True)) if (under := picker.sealed(s, crop)) is not None}
    for i, second in zip(sealed, read_lines(list(sealed.values())), strict=True):
        lines[i] = agreed(lines[i], second)
    return look_closer(crops, sealed, lines)


def _settled(crops: Sequence[Image], lines: Sequence[Sequence[Char]]) -> list[list[Char]]:
    """The lines after their marks were looked at: a colon that is left in doubt is not compared with commas any more."""
    return doubt_holes(crops, settle_colons(crops, settle_marks(crops, lines)))


def _line_height(boxes: np.ndarray) -> float:
    """The usual height of boxes that are lines, in pixels; 0 when there are none."""
    wide, high = (boxes.max(axis=1, initial=0) - boxes.min(axis=1, initial=1e9)).T
    return float(np.median(high[wide > 1.5 * high])) if (wide > 1.5 * high).any() else 0.0


def _lengthened(boxes: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Upright boxes (x0, top, x1, bottom), each reaching a little to both sides where no other stands: the detector cuts
    off a line's last comma."""
    low, high = boxes.min(axis=1, initial=1e9), boxes.max(axis=1, initial=0)
    out = []
    for i in range(len(boxes)):
        (x0, top), (x1, bottom) = low[i], high[i]
        if bottom - top < 1.5 * (x1 - x0):
            beside = (high[:, 1] > top + 3) & (low[:, 1] < bottom - 3)
            rights = low[beside & (low[:, 0] >= x1 - 2), 0]
            lefts = high[beside & (high[:, 0] <= x0 + 2), 0]
            x1 = min(x1 + RIGHT * (bottom - top), rights.min(initial=1e9))
            x0 = max(x0 - LEFT * (bottom - top), lefts.max(initial=0))
        out.append((int(x0), int(top), int(np.ceil(x1)), int(np.ceil(bottom))))
    return out


def _strips(box: tuple[int, int, int, int], nets: Sequence[Net], scale: float, image: Image, line: float) -> list[Strip]:
    """A text box cut where column rules cross it, and into single characters where it stands upright on end."""
    x0, top = max(box[0], 0), max(box[1], 0)
    x1, bottom = min(box[2], image.shape[1]), min(box[3], image.shape[0])
    if x1 - x0 < 3 or bottom - top < 3:
        return []
    middle = (top + bottom) / 2 * scale
    cuts = sorted(
        round(v.at / scale)
        for net in nets
        if net.ys[0] <= middle <= net.ys[-1]
        for v in net.vertical
        if v.start <= middle <= v.end and x0 + 4 < v.at / scale < x1 - 4
    )
    edges = [x0, *cuts, x1]
    strips = [
        Strip(a + (4 if i else 0), top, b - (3 if i < len(edges) - 2 else 0), bottom)
        for i, (a, b) in enumerate(itertools.pairwise(edges))
        if b - a > 8
    ]
    return [piece for s in strips for piece in _characters_on_end(s, image, line)]


def _characters_on_end(strip: Strip, image: Image, line: float) -> list[Strip]:
    """A strip higher than wide is a column of characters: one strip for each row of it, parted at blank rows, and where
    characters touch. `line` is the usual height of the page's lines: a lone figure is narrower."""
    width, height = strip.x1 - strip.x0, strip.bottom - strip.top
    if height < 1.6 * width:
        return [strip]
    part = np.ascontiguousarray(image[strip.top : strip.bottom, strip.x0 : strip.x1])
    dark = part < min(max(cv2.threshold(part, 0, 255, cv2.THRESH_OTSU)[0], PRINT), PALEST)
    ink = dark.sum(axis=1)
    size = _wide(dark[ink > 0])
    if size < LEAST_WIDE * line:
        return [strip]
    joined = [(a, b) for a, b in _joined(_runs(ink > 0), MOST_HIGH * size) if b - a > (CUT_OFF * size if a == 0 or b == height else 3)]
    rows = [row for a, b in joined for row in _touching(ink, a, b, size)]
    return [Strip(strip.x0, max(strip.top + a - 3, 0), strip.x1, min(strip.top + b + 3, strip.bottom)) for a, b in rows] or [strip]


def _wide(dark: np.ndarray) -> int:
    """How far ink reaches across, without rows that are a rule and the few that have specks of dust."""
    reach = dark.shape[1] - dark[:, ::-1].argmax(axis=1) - dark.argmax(axis=1)
    reach = reach[reach < dark.shape[1] - 1]
    return int(np.percentile(reach, 97)) if len(reach) else 0


def _joined(runs: Sequence[tuple[int, int]], most: float) -> list[tuple[int, int]]:
    """Strokes joined to rows of characters: as few rows no higher than `most` as can be, the widest gaps between them."""
    best: list[tuple[float, float, int]] = [(0, 0.0, 0)]
    for j, (_, end) in enumerate(runs, start=1):
        options = [j - 1] + [i for i in range(j - 1) if end - runs[i][0] <= most]
        best.append(min((best[i][0] + 1, best[i][1] - (runs[i][0] - runs[i - 1][1] if i else 0), i) for i in options))
    rows, j = [], len(runs)
    while j:
        i = best[j][2]
        rows.append((runs[i][0], runs[j - 1][1]))
        j = i
    return rows[::-1]


def _runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """Where a row of truths holds, as (start, end)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _touching(ink: np.ndarray, start: int, end: int, size: int) -> list[tuple[int, int]]:
    """A piece as high as several characters, cut where it holds least ink near the places its height says."""
    count = round((end - start) / (1.08 * size))
    cuts = [start]
    for n in range(1, count):
        at, reach = start + n * (end - start) // count, size // 5
        cuts.append(at - reach + int(ink[at - reach : at + reach + 1].argmin()))
    return list(itertools.pairwise([*cuts, end]))


def _glyphs(strip: Strip, line: Sequence[Char], scale: float) -> list[Glyph]:
    """Characters of a strip with boxes side by side; only a real gap or a read space leaves one."""
    width = strip.x1 - strip.x0
    height = strip.bottom - strip.top
    inset = 0.14 * height
    out: list[Glyph] = []
    chars = [(c, strip.x0 + c.centre * width) for c in line]
    for i, (char, x) in enumerate(chars):
        if not char.text.strip():
            continue
        left = _border(chars, i, -1, height)
        right = _border(chars, i, +1, height)
        out.append(
            Glyph.of(
                char.text,
                (x - left) * scale,
                (strip.top + inset) * scale,
                (x + right) * scale,
                (strip.bottom - inset) * scale,
                raw=char.raw or char.text,
                confidence=round(char.confidence, 4),
            )
        )
    return out


def _border(chars: Sequence[tuple[Char, float]], i: int, step: int, height: int) -> float:
    """How far a character's box reaches to one side: half way to its neighbour, less where a space stands."""
    j = i + step
    if not 0 <= j < len(chars):
        return 0.35 * height
    if not chars[j][0].text.strip():
        return 0.1 * height
    half = abs(chars[j][1] - chars[i][1]) / 2
    return half if half < 1.1 * height else 0.45 * height


# ---- places ------------------------------------------------------------------------------------------------------


def _put_back(block: Block, matrix: np.ndarray, scale: float) -> Block:
    """A block with its boxes where they stand on the page as received."""
    if isinstance(block, Paragraph):
        return replace(block, at=_place(block.at, matrix, scale))
    cells = tuple(replace(c, at=_place(c.at, matrix, scale)) for c in block.cells)
    return replace(block, cells=cells, at=_place(block.at, matrix, scale))


def _place(at: Provenance, matrix: np.ndarray, scale: float) -> Provenance:
    if at.bbox is None:
        return at
    x0, y0, x1, y1 = (v / scale for v in at.bbox)
    corners = moved(np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]], np.float32), matrix)[0] * scale
    low, high = corners.min(axis=0), corners.max(axis=0)
    box: BBox = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return replace(at, bbox=box)
