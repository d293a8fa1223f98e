"""Strips of a scanned page: the boxes of its text lines cut at column rules, and into characters where they stand on end."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
from msgspec import Struct

from pipeline.readers.grids.nets import Net

LEFT, RIGHT = 0.12, 0.55
"""How far a text line is lengthened, as parts of its height."""

LEAST_WIDE = 0.45
"""Ink of a column of Chinese characters is at least this wide, in heights of the page's lines; a figure is not."""

MOST_HIGH, CUT_OFF = 1.15, 0.6
"""A row of such a column is no higher than this, in widths of the column's ink; lower than this, at the column's end, it
is part of the next."""

PRINT, PALEST = 160, 200
"""Brightness below which pixels are ink, and up to which they can be where it is told from the paper around it."""

Image = np.ndarray


class Strip(Struct, frozen=True):
    """A line of text, or the part of one that stands in one cell, in pixels of the straightened page."""

    x0: int
    top: int
    x1: int
    bottom: int


def line_height(boxes: np.ndarray) -> float:
    """The usual height of boxes that are lines, in pixels; 0 when there are none."""
    wide, high = (boxes.max(axis=1, initial=0) - boxes.min(axis=1, initial=1e9)).T
    return float(np.median(high[wide > 1.5 * high])) if (wide > 1.5 * high).any() else 0.0


def lengthened(boxes: np.ndarray) -> list[tuple[int, int, int, int]]:
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


def cut(box: tuple[int, int, int, int], nets: Sequence[Net], scale: float, image: Image, line: float) -> list[Strip]:
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
