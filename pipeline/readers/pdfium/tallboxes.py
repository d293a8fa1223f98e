"""Character boxes that a font's bounds make far higher than its characters (as files distilled anew have them): lines of
text would run into each other. They are set to the characters' size, on their base line."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2.raw as raw

from pipeline.readers.pdfium.calls import Character

TALL = 1.7
"""A Chinese character is as high as it is wide; fonts add up to half of that above and below."""

SAMPLES = 60
"""Characters of a page that are looked at to dismiss most pages."""

DESCENT = 0.2
"""The part of a line's type that lies below its base line."""


def lowered(handle: object, boxes: Sequence[Character]) -> Sequence[Character]:
    """The boxes of a text page's characters, those too high among them made as high as their type."""
    wide = [box for box in boxes if box[1] >= "\u2e80"]
    if not any(map(_is_tall, wide[:: max(1, len(wide) // SAMPLES)])):
        return boxes
    return [_lowered(handle, box) for box in boxes]


def _is_tall(box: Character) -> bool:
    across, along = box[3] - box[2], box[5] - box[4]
    return along > TALL * across > 0 or across > TALL * along > 0


def _lowered(handle: object, box: Character) -> Character:
    index, text, left, right, bottom, top = box
    matrix, size = raw.FS_MATRIX(), raw.FPDFText_GetFontSize(handle, index)
    if not raw.FPDFText_GetMatrix(handle, index, matrix):
        return box
    if abs(matrix.b) <= 0.01 * abs(matrix.a):
        low, high = sorted(matrix.f + size * v * matrix.d for v in (-DESCENT, 1 - DESCENT))
        return (index, text, left, right, max(low, bottom), min(high, top)) if high - low < (top - bottom) / 1.3 else box
    if abs(matrix.a) <= 0.01 * abs(matrix.b):
        low, high = sorted(matrix.e + size * v * matrix.c for v in (-DESCENT, 1 - DESCENT))
        return (index, text, max(low, left), min(high, right), bottom, top) if high - low < (right - left) / 1.3 else box
    return box
