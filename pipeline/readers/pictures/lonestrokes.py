"""一 that the engine passed over: a level stroke by itself behind a line's last character, or alone on a cell's last line.

The detector of text takes so flat a stroke for no text. It is one only where words bear it out, or where it stands where the
text goes on; a dash in a cell of its own, a blank to be filled and a ruling line are none.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline import lexicon
from pipeline.provenance import BBox
from pipeline.readers.pages.marks import Glyph, Net, text_lines
from pipeline.readers.pictures.ocr import is_han

WIDE, FLAT = (0.6, 1.1), 0.22
"""Width of 一 and its most height, in sizes of the type."""

INK = 190
"""Brightness (paper 255) below which a pixel is ink."""

BESIDE, BELOW = (0.7, 1.7), (0.9, 2.4)
"""Distance of its middle from that of the character before it on the line, and from that of the line above, in sizes."""

LEVEL = 0.3
"""On the line its middle is no further from the line's than this, in sizes; below it begins no further from the text's left
end, or stands no further from its middle."""

KNOWN, UNKNOWN = 0.9, 0.5
"""Confidence of a 一 that makes a word with the character before it, and of one that makes none."""

FULL = 1.6
"""A line is full when so many sizes or less remain of its cell: no other character had room."""

CLEAR, MOST_AROUND = (0.12, 0.3), 1.35
"""No ink is that near, to the sides and above and below, in sizes: in the box so widened there is no more of it than so many times
the stroke's own."""

ONE = "一"

Image = np.ndarray


def with_lone_strokes(glyphs: Sequence[Glyph], nets: Sequence[Net], image: Image, scale: float) -> tuple[Glyph, ...]:
    """The characters of a page, with each 一 that stands in a cell's text and was not read; `scale` is points per pixel."""
    heights = [g.bottom - g.top for g in glyphs if is_han(g.text)]
    if not nets or not heights:
        return tuple(glyphs)
    found = [_placed(box, glyphs, nets) for box in _strokes(image, float(np.median(heights)), scale)]
    return (*glyphs, *(g for g in found if g is not None))


def _strokes(image: Image, size: float, scale: float) -> list[BBox]:
    """Level strokes, as long as a character is wide, with no other ink near them. `size` of the type in points."""
    wide = size / scale
    ink = (image < INK).astype(np.uint8)
    level = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(int(0.5 * wide), 3)), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(level)
    x, y, w, h, area = stats[1:count].T
    fits = (w >= WIDE[0] * wide) & (w <= WIDE[1] * wide) & (h <= FLAT * wide)
    x, y, w, h, area = (v[fits] for v in (x, y, w, h, area))
    sums = cv2.integral(ink)
    beside, above = int(CLEAR[0] * wide), int(CLEAR[1] * wide)
    left, right = np.maximum(x - beside, 0), np.minimum(x + w + beside, image.shape[1])
    top, bottom = np.maximum(y - above, 0), np.minimum(y + h + above, image.shape[0])
    around = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    alone = around <= MOST_AROUND * area
    return [(a * scale, b * scale, (a + c) * scale, (b + d) * scale) for a, b, c, d in np.stack([x, y, w, h], axis=1)[alone].tolist()]


def _placed(box: BBox, glyphs: Sequence[Glyph], nets: Sequence[Net]) -> Glyph | None:
    """The 一 that a stroke is; None where it was read, or does not go on a cell's text."""
    x0, top, x1, bottom = box
    x, y = (x0 + x1) / 2, (top + bottom) / 2
    cell = next((c for net in nets for c in _cells(net) if c[0] < x0 and x1 < c[2] and c[1] < y < c[3]), None)
    if cell is None:
        return None
    own = [g for g in glyphs if cell[0] < g.x < cell[2] and cell[1] < g.y < cell[3]]
    if any(g.x0 < x < g.x1 and g.top < y < g.bottom for g in own):
        return None
    size = float(np.median([g.bottom - g.top for g in own] or [1.0]))
    before = _before((x0, x, y), text_lines(own), cell, size)
    if before is None or not is_han(before.text):
        return None
    sure = KNOWN if lexicon.is_seen(before.text + ONE) else UNKNOWN
    return Glyph(ONE, x0, y - size / 2, x1, y + size / 2, x, y, ONE, sure)


def _before(place: tuple[float, float, float], lines: Sequence[Sequence[Glyph]], cell: BBox, size: float) -> Glyph | None:
    """The character that a stroke at (left end, middle x, y) goes on: the last one of its line, or of the full line above."""
    x0, x, y = place
    for line in lines:
        if abs(line[-1].y - y) <= LEVEL * size:
            return line[-1] if BESIDE[0] * size <= x - line[-1].x <= BESIDE[1] * size else None
    if not lines:
        return None
    last = lines[-1][-1]
    left, right = min(g.x0 for line in lines for g in line), max(g.x1 for line in lines for g in line)
    in_place = min(abs(x0 - left), abs(x - (left + right) / 2)) <= LEVEL * size
    full = cell[2] - last.x1 < FULL * size
    return last if in_place and full and BELOW[0] * size <= y - last.y <= BELOW[1] * size else None


def _cells(net: Net) -> list[BBox]:
    return [(net.xs[j], net.ys[i], net.xs[j + w], net.ys[i + h]) for i, j, h, w in net.spans]
