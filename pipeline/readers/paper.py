"""The page's print on white paper: grey paper and shadows made even, a stamp's colour taken off the print under it."""

from __future__ import annotations

import cv2
import numpy as np
from msgspec import Struct

from pipeline.readers.seals import LEAST, beneath

Image = np.ndarray

SMALL = 600
"""Longest side at which the paper's own brightness is measured."""

COLOURED = 36
"""How much redder than its other colours (of 255, paper white) a pixel of red ink is."""

MOST_COLOURED = 0.04
"""Stamps cover less of a page than this; where more is coloured it is a desk or tinted paper, evened by each colour's own
paper."""

STRONG = 60
"""Colour from which on a pixel shows how much a stamp darkens red light."""

SOLID, MOST_SOLIDS = 13, 40
"""Parts of a stamp wider than this, in pixels, are solid (its star); of more than these only the first are looked under."""

DARKER, GRAINS, RAISED = 22, 5.0, 2.5
"""Print under a solid part is darker than its median tone by at least this, and by this many of its median deviations;
its contrast is raised by this much."""

STAMP_SIDE = 0.13
"""Least side of a stamp as a part of the page's width: seals are 38 mm and more; a letterhead's characters are smaller."""

DARK = 110
"""Brightness below which black print shows through a stamp."""

ALONE = 0.02
"""Red ink with less black print than this between its strokes is print itself (a letterhead)."""


class Paper(Struct, frozen=True):
    """A grey page of dark print on white, seals wiped off; `beneath` has the print under them too, and rims of theirs (None:
    there are none)."""

    grey: Image
    beneath: Image | None = None

    def turned(self, turns: int) -> Paper:
        """The page after so many quarter turns against the clock."""
        if not turns:
            return self
        under = self.beneath if self.beneath is None else np.ascontiguousarray(np.rot90(self.beneath, turns))
        return Paper(np.ascontiguousarray(np.rot90(self.grey, turns)), under)

    def without(self, part: Image | None) -> Paper:
        """The page, blank where a mask (0 and 1) is set."""
        if part is None:
            return self
        blank = 255 * part
        return Paper(cv2.max(self.grey, blank), self.beneath if self.beneath is None else cv2.max(self.beneath, blank))


def even_background(image: Image) -> Paper:
    """A page of dark print on white. Of a coloured one it is the red channel, in which stamps are faint, with what is left
    of their colour taken off; a red letterhead stays print."""
    if image.ndim == 2:
        return Paper(_on_white(image, _paper(image)))
    red, green, blue = (np.ascontiguousarray(image[:, :, c]) for c in range(3))
    paper = _paper(red)
    tints = [max(float(np.median(c)), 1.0) / max(float(np.median(red)), 1.0) for c in (green, blue)]
    red = _on_white(red, paper)
    joint = [_on_white(c, cv2.convertScaleAbs(paper, alpha=t)) for c, t in zip((green, blue), tints, strict=True)]
    if float((cv2.subtract(red, cv2.max(*joint)) > COLOURED).mean()) > MOST_COLOURED:
        joint = [_on_white(c, _paper(c)) for c in (green, blue)]
    green, blue = joint
    colour = cv2.subtract(red, cv2.max(green, blue))
    if float((colour > COLOURED).mean()) < 1e-5:
        return Paper(red)
    grey, under = _unstained(red, colour)
    for x, y, w, h in _letterheads(red, colour):
        part = np.s_[y : y + h, x : x + w]
        grey[part] = cv2.min(green[part], blue[part])
        under[part] = grey[part]
    return Paper(grey, None if under is grey else under)


def _paper(channel: Image) -> Image:
    """The paper's own brightness, found where nothing is printed."""
    factor = min(1.0, SMALL / max(channel.shape))
    small = cv2.resize(channel, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), 21)
    return cv2.resize(paper, (channel.shape[1], channel.shape[0]), interpolation=cv2.INTER_LINEAR)


def _on_white(channel: Image, paper: Image) -> Image:
    return cv2.divide(channel, np.maximum(paper, 1), scale=255)


def _unstained(red: Image, colour: Image) -> tuple[Image, Image]:
    """The red channel with the darkening that goes with colour added back, and the same with print under seals. How much
    that is, the strongly coloured pixels say: most of them lie on blank paper."""
    strong = colour > STRONG
    if strong.sum() < LEAST:
        return red, red
    slope = float(np.median((255.0 - red[strong]) / colour[strong]))
    clean = cv2.add(red, cv2.convertScaleAbs(colour, alpha=slope))
    ink, _ = cv2.threshold(red, 0, 255, cv2.THRESH_OTSU)
    zone = cv2.dilate((colour > COLOURED // 2).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    out = np.where(zone, np.where(clean > ink, 255, clean), red).astype(np.uint8)
    solid = cv2.erode((colour > STRONG).astype(np.uint8), np.ones((SOLID, SOLID), np.uint8))
    count, parts = cv2.connectedComponents(solid)
    smooth = cv2.GaussianBlur(red, (5, 5), 0).astype(np.float32)
    for part in (parts == n for n in range(1, min(count, MOST_SOLIDS))):
        tone = np.median(smooth[part])
        grain = np.median(np.abs(smooth[part] - tone))
        darker = tone - smooth[part]
        out[part] = np.where(darker < max(DARKER, GRAINS * grain), 255, np.clip(255 - RAISED * darker, 0, 255))
    return out, beneath(red, colour, STRONG, zone)


def _letterheads(red: Image, colour: Image) -> list[tuple[int, int, int, int]]:
    """Boxes (x, y, width, height) of red ink that is print: smaller or longer than a stamp, in none (a seal's star and
    words stand apart from its rim), no black print among it."""
    height, width = red.shape
    reach = max(3, width // 60)
    factor = 1 / 4
    ink = cv2.resize((colour > COLOURED).astype(np.uint8), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach // 4 + 1, reach // 2 + 1), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    parts = [tuple(int(v) for v in row) for row in stats[1:count] * 4]
    stamps = [(x, y, w, h) for x, y, w, h, _ in parts if min(w, h) > STAMP_SIDE * width and max(w, h) < 1.8 * min(w, h)]
    out = []
    for x, y, w, h, area in parts:
        stamped = any(sx <= x + w / 2 <= sx + sw and sy <= y + h / 2 <= sy + sh for sx, sy, sw, sh in stamps)
        if stamped or h < 0.008 * height or area < 4 * 30:
            continue
        part = np.s_[y : y + h, x : x + w]
        black = (red[part] < DARK) & (colour[part] < COLOURED // 2)
        if float(black.mean()) < ALONE:
            out.append((x, y, w, h))
    return out
