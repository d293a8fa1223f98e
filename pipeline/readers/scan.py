"""Scans: pictures of pages to the same blocks as any other source, each character with its confidence."""

from __future__ import annotations

import io
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
from pipeline.readers.grids import grid
from pipeline.readers.grids.nets import find_nets
from pipeline.readers.pages.marks import Glyph, PageMarks, Rule
from pipeline.readers.pictures.closeups import look_closer
from pipeline.readers.pictures.colons import settle_colons
from pipeline.readers.pictures.commas import settle_marks
from pipeline.readers.pictures.holes import doubt_holes
from pipeline.readers.pictures.lonestrokes import with_lone_strokes
from pipeline.readers.pictures.ocr import Char, find_boxes, read_lines
from pipeline.readers.pictures.paper import Paper, even_background
from pipeline.readers.pictures.rereading import reread
from pipeline.readers.pictures.scanlines import LONG_SIDE, Straightened, moved, straighten
from pipeline.readers.pictures.strips import PRINT, Strip, cut, lengthened, line_height
from pipeline.readers.pictures.surroundings import surroundings
from pipeline.readers.pictures.twofold import agreed

DPI = 200
"""Pages of a PDF that are pictures are drawn at this density: above it only time grows."""

MOST_PIXELS = 4000
"""But no page to more pixels along its longer side: the working size is smaller, a poster would only cost memory."""

A4 = (595.3, 841.9)

SURE = 0.85
"""Mean confidence of upright text; upside-down text reads below it (0.7 and less, on pages of every kind)."""

LINE, FEW_LINES = 8, 4
"""Lines of at least so many times their height show it, and so many of them suffice."""

BLANK = 1e-5
"""A page with a smaller part of dark pixels is blank paper: a single comma at 200 dpi is twice as much."""

MOST_LARGER = 2.5
"""Small pictures are not enlarged more than this: 75 dpi is the least that can be read."""

SMALLEST, SLENDER = 16, 40
"""A picture with a side of fewer pixels, or longer than this many times its width, holds no page."""

BESIDE = 3
"""Characters to each side of what a seal touches that are read again with it: they lead the engine."""

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
    fitted = _dark_on_light(_fitting(image))
    paper = even_background(fitted)
    if float((paper.grey < PRINT).mean()) < BLANK:
        return width, height, []
    found = find_boxes(paper.grey)
    paper = paper.without(surroundings(fitted, found))
    grey, boxes, turns = _upright(paper.grey, found)
    if turns % 2:
        width, height = height, width
    page = straighten(grey, boxes)
    scale = width / page.image.shape[1]
    back = np.linalg.inv(page.matrix)
    marks = _marks(page, moved(boxes, page.matrix), _Picker(paper.turned(turns), back), scale, number, (width, height))
    size = float(np.median([g.bottom - g.top for g in marks.glyphs] or [0.0]))
    blocks = reread(list(grid.build(marks)), page.image, scale, size)
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
    line = line_height(boxes)
    strips = [s for box in lengthened(boxes) for s in cut(box, nets, scale, page.image, line)]
    crops = [picker.crop(s) for s in strips]
    lines = _settled(crops, _read(strips, crops, picker))
    glyphs = [g for strip, line in zip(strips, lines, strict=True) for g in _glyphs(strip, line, scale)]
    return PageMarks(number, *size, with_lone_strokes(glyphs, nets, page.image, scale), horizontal, vertical)


def _read(strips: Sequence[Strip], crops: Sequence[Image], picker: _Picker) -> list[list[Char]]:
    """The characters of each strip; the parts that a seal touches are read with the print under it too."""
    lines = read_lines(crops)
    sealed = {i: under for i, (s, crop) in enumerate(zip(strips, crops, strict=True)) if (under := picker.sealed(s, crop)) is not None}
    spans = {i: _touched(lines[i], crops[i], under) for i, under in sealed.items()}
    seconds = read_lines([under[:, span.x0 : span.x1] for span, under in zip(spans.values(), sealed.values(), strict=True)])
    for (i, span), second in zip(spans.items(), seconds, strict=True):
        width = crops[i].shape[1]
        placed = [replace(c, centre=(span.x0 + c.centre * (span.x1 - span.x0)) / width) for c in second]
        lines[i][span.chars] = agreed(lines[i][span.chars], placed)
    return look_closer(crops, sealed, lines)


class _Span(Struct, frozen=True):
    """The part of a line that a seal touches: columns of its picture, and which of its characters they hold."""

    x0: int
    x1: int
    chars: slice


def _touched(line: Sequence[Char], crop: Image, under: Image) -> _Span:
    """The part of a line on which its two pictures differ, with some characters to both sides; its cuts lie between two."""
    width = crop.shape[1]
    columns = np.flatnonzero((cv2.absdiff(crop, under) > TOUCHED).any(axis=0))
    centres = [c.centre * width for c in line]
    first = max(sum(x < columns[0] for x in centres) - BESIDE, 0)
    last = min(sum(x <= columns[-1] for x in centres) + BESIDE, len(line))
    x0 = round((centres[first - 1] + centres[first]) / 2) if first else 0
    x1 = round((centres[last - 1] + centres[last]) / 2) if last < len(line) else width
    return _Span(x0, x1, slice(first, last))


def _settled(crops: Sequence[Image], lines: Sequence[Sequence[Char]]) -> list[list[Char]]:
    """The lines after their marks were looked at: a colon that is left in doubt is not compared with commas any more."""
    return doubt_holes(crops, settle_colons(crops, settle_marks(crops, lines)))


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
        if not _set_apart(chars, i, j + step, height):
            return 0.35 * height
        return 0.1 * height
    half = abs(chars[j][1] - chars[i][1]) / 2
    return half if half < 1.1 * height else 0.45 * height


_SET_APART = 1.3
"""Least distance between the middles of a Chinese character and a figure or letter, in line heights, that holds a typed
blank: without one they stand 0.75 to 1.0 apart, the larger where the program sets figures off by a quarter of the type."""


def _set_apart(chars: Sequence[tuple[Char, float]], i: int, j: int, height: int) -> bool:
    """Whether a blank that was read between two characters is more than the room a program leaves around figures."""
    if not 0 <= j < len(chars) or chars[i][0].text.isascii() == chars[j][0].text.isascii():
        return True
    return abs(chars[j][1] - chars[i][1]) > _SET_APART * height


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
