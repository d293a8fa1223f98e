"""Colons looked at: two like dots one above the other are one, a taller lower part is a semicolon's, a single blot is neither.

On coarse scans the engine takes any small mark for a colon, and is sure of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pipeline.readers.pictures.ocr import Char, is_chinese, usual_pitch

COLONS, SEMICOLON = "：:", "；"

OTHERS = "，。、"
"""Marks of one part, which a single blot may be."""

SLIGHT = 0.3
"""A blot with less ink than this part of the darkest is dust."""

TALLER, TAIL, PIXELS = 1.3, 1.5, 2
"""A lower part so many times higher than the upper may be a semicolon's, and is one from the second number on, if by so many
pixels."""

DOUBT = 0.5
"""Confidence left to a mark that does not look like what it was read as, at most."""

DARK = 4
"""This percentile of a line's brightness is its print's."""

HALF, HALF_LATIN = 0.48, 0.3
"""How far a Chinese and a Latin character reach from their middle, in usual distances of characters."""

Image = np.ndarray


class Blot(Struct, frozen=True):
    """The box of a blot, in pixels."""

    left: int
    top: int
    right: int
    bottom: int


def settle_colons(crops: Sequence[Image], lines: Sequence[Sequence[Char]]) -> list[list[Char]]:
    """The lines, colons between Chinese characters that do not look like one changed or left in doubt."""
    pitch = usual_pitch(crops, lines)
    if pitch is None:
        return [list(line) for line in lines]
    return [[_settled(crop, line, i, pitch) for i in range(len(line))] for crop, line in zip(crops, lines, strict=True)]


def _settled(crop: Image, line: Sequence[Char], at: int, pitch: float) -> Char:
    char = line[at]
    if char.text not in COLONS or not at:
        return char
    blots = _blots(crop, line, at, pitch)
    stacked = [(a, b) for a in blots for b in blots if a.top < b.top and a.left < b.right and b.left < a.right]
    if blots and not stacked:
        return _changed(char, next((text for text, _ in char.rivals if text in OTHERS), char.text))
    if len(stacked) == 1:
        upper, lower = (blot.bottom - blot.top for blot in stacked[0])
        if lower >= TAIL * upper and lower - upper >= PIXELS:
            return _changed(char, SEMICOLON)
        if lower >= TALLER * upper:
            return replace(char, confidence=min(char.confidence, DOUBT))
    return char


def _changed(char: Char, text: str) -> Char:
    raw = char.raw or (char.text if text != char.text else "")
    return replace(char, text=text, raw=raw, confidence=min(char.confidence, DOUBT))


def _blots(crop: Image, line: Sequence[Char], at: int, pitch: float) -> list[Blot]:
    """The blots where a mark stands, clear of its neighbours, without dust."""
    height, width = crop.shape
    start, end = 0, width
    for step in (-1, 1):
        if at + step < len(line):
            other = line[at + step]
            reach = (HALF if is_chinese(other.text) else HALF_LATIN) * pitch
            edge = int(other.centre * width - step * reach)
            start, end = (edge, end) if step < 0 else (start, edge)
    start, end = max(start, int(line[at].centre * width - pitch)), min(end, int(line[at].centre * width + pitch))
    if end - start < 3:
        return []
    top = height // 7
    part = crop[top : height - height // 14, start:end]
    ink = (255 + float(np.percentile(crop, DARK))) / 2 + 10
    count, labels, stats, _ = cv2.connectedComponentsWithStats((part < ink).astype(np.uint8))
    inside = [i for i in range(1, count) if stats[i, 0] > 0 and stats[i, 0] + stats[i, 2] < end - start]
    weights = {i: float((255.0 - part[labels == i]).sum()) for i in inside}
    heavy = [stats[i] for i in inside if weights[i] > SLIGHT * max(weights.values())]
    return [Blot(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in heavy]
