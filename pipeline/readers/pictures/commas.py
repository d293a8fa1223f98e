"""A page's own commas: a mark that the engine confuses is told by how the page's other marks look and where they stand.

On coarse scans ， and 、 are a few pixels each and the engine guesses; on one page they keep apart by height and size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import cv2
import numpy as np
from msgspec.structs import replace

from pipeline.readers.pictures.ocr import CLEAR, Char

PAIR = "，、"
"""The marks that are compared."""

COMMONER, SURE = PAIR[0], 0.9
"""What a damaged mark that was not read surely is taken for, when it looks even less like the other."""

SAMPLES = 4
"""Marks of a kind that a page must have before others are compared with them."""

LIKE, UNLIKE = 1.0, 3.0
"""Distances, in usual deviations, up to which a mark looks like its kind, and from which on it does not."""

NEAR, TIMES = 0.6, 2.5
"""On a page whose two kinds look nearly alike, a mark this near to the commoner kind and so many times farther from its own
belongs to the commoner (the other way round as many break as mend: there are fewer to know their look by)."""

LEAST = np.array([0.04, 0.05, 0.06], np.float32)
"""Deviations are taken as at least this, in heights of the line: pixels are not finer."""

COMPARED = 0.6
"""Confidence given to a mark that was settled by comparison, at most."""

INK = 170
"""Brightness below which a pixel is a mark's."""

Image = np.ndarray
Look = np.ndarray
"""Height of its centre, width, height: in heights of the line."""


def settle_marks(crops: Sequence[Image], lines: Sequence[Sequence[Char]]) -> list[list[Char]]:
    """The lines with commas changed that look unlike the page's others of their name and like those of the other."""
    out = [list(line) for line in lines]
    seen: dict[str, list[tuple[int, int, Look]]] = defaultdict(list)
    for i, (crop, line) in enumerate(zip(crops, lines, strict=True)):
        for j, char in enumerate(line):
            if (char.text in PAIR or (char.text in "：。" and char.confidence < CLEAR)) and (look := _look(crop, char.centre)) is not None:
                seen[char.text].append((i, j, look))
    kinds = {text: _usual([look for *_, look in seen[text]]) for text in PAIR if len(seen[text]) >= SAMPLES}
    for text, marks in seen.items():
        for i, j, look in marks:
            char = out[i][j]
            other = _other(char, look, kinds)
            if other is not None:
                out[i][j] = replace(char, text=other, raw=char.raw or text, confidence=min(char.confidence, COMPARED))
    return out


def _look(crop: Image, centre: float) -> Look | None:
    """The largest blot where a mark was seen; None when there is none clear of its neighbours."""
    height, width = crop.shape
    middle = centre * width
    x0, x1 = max(int(middle - 0.45 * height), 0), min(int(middle + 0.45 * height), width)
    y0, y1 = int(0.3 * height), int(0.97 * height)
    count, _, stats, centres = cv2.connectedComponentsWithStats((crop[y0:y1, x0:x1] < INK).astype(np.uint8))
    best: tuple[int, Look] | None = None
    for i in range(1, count):
        x, y, w, h, area = stats[i]
        clear = x > 0 and x + w < x1 - x0 and y > 0
        if clear and max(w, h) < 0.45 * height and area >= 4 and (best is None or area > best[0]):
            down = centres[i][1]
            best = (int(area), np.array([y0 + down, w, h], np.float32) / height)
    return best[1] if best else None


def _usual(looks: Sequence[Look]) -> tuple[Look, Look]:
    """The median look and the median deviation from it: single misread marks do not move them."""
    table = np.stack(looks)
    median = np.median(table, axis=0)
    return median, np.maximum(1.5 * np.median(np.abs(table - median), axis=0), LEAST)


def _other(char: Char, look: Look, kinds: dict[str, tuple[Look, Look]]) -> str | None:
    """The kind a mark belongs to by its look, when that is not the one it was read as."""
    far = {kind: float(np.sqrt(np.mean(((look - usual) / spread) ** 2))) for kind, (usual, spread) in kinds.items()}
    if char.text not in far and char.confidence >= CLEAR:
        return None
    own = far.pop(char.text, UNLIKE)
    kind = min(far, key=lambda k: far[k], default=None)
    if kind is None:
        return None
    if char.text in kinds and kind == COMMONER and far[kind] <= NEAR and own >= max(LIKE, TIMES * far[kind]):
        return kind
    if own < UNLIKE:
        return None
    damaged = char.text in kinds and char.confidence < SURE and kind == COMMONER and far[kind] < own
    return kind if damaged or far[kind] <= LIKE else None
