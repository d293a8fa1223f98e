"""Ink in a line that was not read: the gap is known by its neighbours' distance, and they are left in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from msgspec.structs import replace

from pipeline.readers.pictures.ocr import Char, is_chinese

PITCHES = 1.75
"""Neighbouring characters further apart than this, in the line's usual distance, have room for one between them."""

INK, LEAST = 200, 0.03
"""Brightness below which a pixel is ink, and the part of such a gap that ink covers when something stands there."""

DOUBT = 0.4
"""Confidence left to the characters on both sides, at most."""

Image = np.ndarray


def doubt_holes(crops: Sequence[Image], lines: Sequence[Sequence[Char]]) -> list[list[Char]]:
    """The lines, with the characters on both sides of unread ink in doubt."""
    return [_doubted(crop, line) for crop, line in zip(crops, lines, strict=True)]


def _doubted(crop: Image, line: Sequence[Char]) -> list[Char]:
    out = list(line)
    pairs = [(a, b) for a, b in pairwise(line) if is_chinese(a.text) and is_chinese(b.text)]
    if len(pairs) < 4:
        return out
    pitch = sorted(b.centre - a.centre for a, b in pairs)[len(pairs) // 2]
    for i, (a, b) in enumerate(pairwise(line)):
        wide = b.centre - a.centre > PITCHES * pitch and is_chinese(a.text) and is_chinese(b.text)
        if wide and is_inked(crop, (a.centre + 0.6 * pitch) * crop.shape[1], (b.centre - 0.6 * pitch) * crop.shape[1]):
            out[i], out[i + 1] = (replace(c, confidence=min(c.confidence, DOUBT)) for c in (out[i], out[i + 1]))
    return out


def is_inked(crop: Image, start: float, end: float) -> bool:
    """Whether ink stands in a line's crop between two places, in pixels from its left; the crop's edges are left aside, where
    rules and other lines reach in."""
    height = crop.shape[0]
    part = crop[height // 6 : height - height // 6, int(start) : max(int(end), int(start) + 1)]
    return part.size > 0 and float((part < INK).mean()) >= LEAST
