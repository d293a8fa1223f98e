"""The page's print on white paper: grey paper and shadows made even, a stamp's or a pen's colour taken off the print under it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from msgspec import Struct

from pipeline.readers.pictures.seals import LEAST, beneath

Image = np.ndarray

SMALL = 600
"""Longest side at which the paper's own brightness is measured."""

COLOURED = 36
"""How much redder than its other colours (of 255, paper white) a pixel of red ink is."""

MOST_COLOURED = 0.04
"""Stamps cover less of a page than this; where more is coloured it is a desk or tinted paper, evened by each colour's own
paper."""

LEAST_COLOURED = 1e-5
"""A page with less ink of a colour has none."""

SPARSE = 3
"""Blue ink is looked for in every third pixel of both directions: a pen is about as wide."""

MOST_MARKED, EDGE = 0.2, 4
"""Blue ink over more of the page than this is none over its print, but fringes of a screen's or a poor scanner's
characters; strokes within twice this many pixels are of one mark, and its soft edge is as wide."""

OVER, RULE = 6, 40
"""Blue ink lies over print when so many black pixels, none of a line this long, are within its strokes."""

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
    of their colour taken off; a red letterhead stays print. Blue ink over print is taken off by the blue channel."""
    if image.ndim == 2:
        return Paper(_on_white(image, _paper(image)))
    channels = [np.ascontiguousarray(image[:, :, c]) for c in range(3)]
    red, green, blue = _evened(channels[0], *channels[1:])
    if float((cv2.subtract(red, cv2.max(green, blue)) > COLOURED).mean()) > MOST_COLOURED:
        green, blue = (_on_white(c, _paper(c)) for c in channels[1:])
    grey, under = _without_red(red, green, blue)
    if _has_blue(image):
        grey, under = _without_blue(grey, under, *_evened(channels[2], *channels[:2]))
    return Paper(grey, None if under is grey else under)


def _evened(first: Image, second: Image, third: Image) -> tuple[Image, Image, Image]:
    """Three channels, paper white: that of the first one is the others' too, but for its tint."""
    paper = _paper(first)
    middle = max(float(np.median(first)), 1.0)
    tints = [max(float(np.median(c)), 1.0) / middle for c in (second, third)]
    joint = [_on_white(c, cv2.convertScaleAbs(paper, alpha=t)) for c, t in zip((second, third), tints, strict=True)]
    return _on_white(first, paper), joint[0], joint[1]


def _has_blue(image: Image) -> bool:
    """Whether some pixels of the picture are bluer than its paper."""
    part = image[::SPARSE, ::SPARSE].reshape(-1, 3).astype(np.float32)
    white = part * (255 / np.maximum(np.median(part, axis=0), 1))
    return float((white[:, 2] - white[:, :2].max(axis=1) > COLOURED).mean()) > LEAST_COLOURED


def _without_red(red: Image, green: Image, blue: Image) -> tuple[Image, Image]:
    """The page without red ink that is no letterhead, and the same with the print under seals."""
    colour = cv2.subtract(red, cv2.max(green, blue))
    if float((colour > COLOURED).mean()) < LEAST_COLOURED:
        return red, red
    grey, under, _ = _unstained(red, colour)
    for box in _letterheads(red, colour):
        part = _part(box)
        grey[part] = cv2.min(green[part], blue[part])
        under[part] = grey[part]
    return grey, under


def _without_blue(grey: Image, under: Image, blue: Image, red: Image, green: Image) -> tuple[Image, Image]:
    """Both pages without the blue strokes that lie over print (a pen's tick): they are as dark as print in the red channel.
    Blue rules, and blue ink that crosses nothing (figures, a heading, a stamp on blank paper), are print."""
    colour = cv2.subtract(blue, cv2.max(red, green))
    if not LEAST_COLOURED < float((colour > COLOURED).mean()) < MOST_COLOURED:
        return grey, under
    ink = _unruled(colour > COLOURED)
    strokes = cv2.erode(ink, np.ones((2, 2), np.uint8))
    black = _unruled((blue < DARK) & (colour < COLOURED // 2))
    joined = cv2.dilate(ink, np.ones((2 * EDGE + 1, 2 * EDGE + 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    over: np.ndarray = np.zeros(grey.shape, bool)
    for n, (x, y, w, h, _) in enumerate(stats[1:count].tolist(), start=1):
        part = _part((x, y, w, h))
        own = labels[part] == n
        crosses = int((black[part] & own).sum()) >= OVER
        over[part] |= own & (bool(strokes[part].any()) and crosses)
    if not 0 < over.mean() < MOST_MARKED:
        return grey, under
    clean, beneath_it, zone = _unstained(blue, colour)
    over &= zone
    return np.where(over, clean, grey), np.where(over, beneath_it, under)


def _paper(channel: Image) -> Image:
    """The paper's own brightness, found where nothing is printed."""
    factor = min(1.0, SMALL / max(channel.shape))
    small = cv2.resize(channel, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), 21)
    return cv2.resize(paper, (channel.shape[1], channel.shape[0]), interpolation=cv2.INTER_LINEAR)


def _on_white(channel: Image, paper: Image) -> Image:
    return cv2.divide(channel, np.maximum(paper, 1), scale=255)


def _unstained(red: Image, colour: Image) -> tuple[Image, Image, Image]:
    """The red channel (for blue ink the blue one) with the darkening that goes with colour added back, the same with print
    under seals, and where that was done. How much it is, the strongly coloured pixels say: most of them lie on blank paper."""
    strong = colour > STRONG
    if strong.sum() < LEAST:
        return red, red, np.zeros(red.shape, bool)
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
    return out, beneath(red, colour, STRONG, zone), zone


def _unruled(black: np.ndarray) -> np.ndarray:
    """Black print (0 and 1) without ruling lines."""
    ink: np.ndarray = black.astype(np.uint8)
    for side in ((1, RULE), (RULE, 1)):
        ink = cv2.subtract(
            ink, cv2.dilate(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(side, np.uint8)), np.ones((3, 3), np.uint8))
        )
    return ink


Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


def _letterheads(red: Image, colour: Image) -> list[Box]:
    """Boxes of red ink that is print: smaller or longer than a stamp, in none (a seal's star and words stand apart from its
    rim), no black print among it."""
    parts, stamps = _inked((colour > COLOURED).astype(np.uint8))
    least = 0.008 * red.shape[0]
    large = [box for box, area in parts if box[3] >= least and area >= 4 * 30]
    return [box for box in large if not _is_in(box, stamps) and not _is_over_print(red, colour, box)]


def _inked(ink: Image) -> tuple[list[tuple[Box, int]], list[Box]]:
    """The parts of coloured ink (0 and 1), strokes near each other as one, with their areas; those that are stamps."""
    width = ink.shape[1]
    reach = max(3, width // 60)
    factor = 1 / 4
    small = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    joined = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach // 4 + 1, reach // 2 + 1), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    parts: list[tuple[Box, int]] = [((x, y, w, h), area) for x, y, w, h, area in (stats[1:count] * 4).tolist()]
    return parts, [box for box, _ in parts if min(box[2:]) > STAMP_SIDE * width and max(box[2:]) < 1.8 * min(box[2:])]


def _is_in(box: Box, stamps: Sequence[Box]) -> bool:
    """Whether a part's middle lies in a stamp."""
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return any(left <= x <= left + w and top <= y <= top + h for left, top, w, h in stamps)


def _is_over_print(channel: Image, colour: Image, box: Box) -> bool:
    """Whether there is black print among the ink of a box. `channel` is the one in which the ink is faint."""
    part = _part(box)
    black = (channel[part] < DARK) & (colour[part] < COLOURED // 2)
    return float(black.mean()) >= ALONE


def _part(box: Box) -> tuple[slice, slice]:
    """The rows and columns of a box."""
    x, y, w, h = box
    return np.s_[y : y + h, x : x + w]
