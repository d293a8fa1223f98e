"""Print under a red seal: the seal's share taken off each pixel by its colour, what is left made stronger.

`paper` wipes a seal off and with it print that it nearly covers; here the print stays, and so do thin rims of the seal.
Lines that a seal touches are read from both pictures.
"""

from __future__ import annotations

import cv2
import numpy as np

REACH, EVEN = 5, 60.0
"""The colour is sharpened along the brightness in squares of so many pixels, where brightness varies more than this:
pictures are stored with colours at half their size, whose soft edges would stay as rims."""

BLANK = 40
"""Of the ratios of darkening to colour within a seal this percentile is that of blank paper: print lies above."""

RESIDUE, RIMS = 12.0, 0.15
"""Darkness that is not print: this much under full colour, and this part of the darkening's change at a seal's edges."""

RAISED = 2.5
"""Contrast of print under full colour is raised by this much: opaque ink leaves less than half of it."""

AROUND = 8
"""So many pixels around the zone of a seal have a share in what is found within."""

LEAST = 50
"""Pixels of strong colour that make a seal."""

Image = np.ndarray


def beneath(red: Image, colour: Image, strong: float, zone: Image) -> Image:
    """The red channel (paper white) of a page with the seal's share taken off within `zone`. `colour` is how much redder
    than its other colours a pixel is, `strong` from where on it shows the seal's ink."""
    out = red.copy()
    part = _around(zone)
    out[part] = _beneath(red[part], colour[part], strong, zone[part])
    return out


def _around(zone: Image) -> tuple[slice, slice]:
    """The rows and columns of a zone, with the pixels around it."""
    spans = (np.flatnonzero(zone.any(axis=axis)) for axis in (1, 0))
    rows, cols = (slice(max(int(s[0]) - AROUND, 0), int(s[-1]) + AROUND + 1) for s in spans)
    return rows, cols


def _beneath(red: Image, colour: Image, strong: float, zone: Image) -> Image:
    full = colour > strong
    inner = cv2.erode(full.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if inner.sum() < LEAST:
        inner = full
    sharp = np.clip(_sharpened(colour, red - 0.7 * colour.astype(np.float32)), 0, 255)
    slope = float(np.percentile((255.0 - red[inner]) / np.maximum(sharp[inner], 1), BLANK))
    share = np.clip(sharp / max(float(np.median(sharp[inner])), 1.0), 0, 1).astype(np.float32)
    change = cv2.dilate(sharp, np.ones((3, 3))) - cv2.erode(sharp, np.ones((3, 3)))
    residue = RESIDUE * np.minimum(1, 2 * cv2.blur(share, (5, 5))) + RIMS * slope * change
    print_ = (255.0 - red - slope * sharp - residue) * (1 + (RAISED - 1) * cv2.blur(share, (3, 3)))
    return np.where(zone, 255 - np.clip(print_, 0, 255), red).astype(np.uint8)


def _sharpened(colour: Image, bright: Image) -> Image:
    """The colour as a local linear function of the brightness (a guided filter)."""
    guide, wanted = bright.astype(np.float32), colour.astype(np.float32)
    middle, mean = _mean(guide), _mean(wanted)
    slope = (_mean(guide * wanted) - middle * mean) / (_mean(guide * guide) - middle * middle + EVEN)
    return _mean(slope) * guide + _mean(mean - slope * middle)


def _mean(image: Image) -> Image:
    return cv2.blur(image, (REACH, REACH))
