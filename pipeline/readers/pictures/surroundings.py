"""What lies around the sheet of paper on a picture of it: the desk of a photo, the black margin of a copier."""

from __future__ import annotations

import cv2
import numpy as np

Image = np.ndarray

SMALL = 600
"""Longest side at which the sheet is searched."""

PRINT = 5
"""Dark strokes thinner than this, in pixels of that size, are print: characters and rules are, a desk is not."""

STEP = 40
"""Difference of brightness (of 255) within three pixels from which on an edge is sharp: a shadow's is softer, paper on a desk's not."""

BAND = 4
"""Pixels of that size beside the sharp edge that belong to it."""

SOLID = 100
"""A dark part without text inside the sheet: a margin that a program for photos made black and broke up."""

MOST = 0.5
"""What lies around the sheet is less of the picture than this."""


def surroundings(image: Image, boxes: np.ndarray) -> Image | None:
    """Where an RGB picture (height, width, 3) does not show the sheet, as a mask (height, width) of 0 and 1; None when it
    shows nothing else. `boxes` (n, 4, 2): its text lines; a part with text is never taken for surroundings."""
    height, width = image.shape[:2]
    factor = min(1.0, SMALL / max(height, width))
    small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    bare = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((PRINT, PRINT), np.uint8))
    sharp = cv2.morphologyEx(bare, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > STEP
    if not sharp.any():
        return None
    _, parts = cv2.connectedComponents((~sharp).astype(np.uint8), connectivity=4)
    middles = (boxes.mean(axis=1) * factor).astype(int).clip(0, np.array(small.shape[::-1]) - 1)
    written = set(parts[middles[:, 1], middles[:, 0]].tolist()) - {0}
    sheet = np.isin(parts, list(written)).astype(np.uint8)
    band = np.ones((BAND, BAND), np.uint8)
    solid = ((bare < SOLID) & (sheet == 0)).astype(np.uint8)
    cv2.fillPoly(solid, list((boxes * factor).astype(np.int32)), 0)
    around = cv2.max(_around(cv2.erode(sheet, band)), cv2.dilate(solid, band))
    if not 0 < float(around.mean()) < MOST:
        return None
    return cv2.resize(around, (width, height), interpolation=cv2.INTER_NEAREST)


def _around(sheet: Image) -> Image:
    """The mask of what lies outside of a mask's parts and their holes."""
    framed = cv2.copyMakeBorder(sheet, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(framed, None, (0, 0), 2)
    return (framed[1:-1, 1:-1] == 2).astype(np.uint8)
