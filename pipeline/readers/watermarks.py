"""What a page's text holds and paper does not show as text: watermarks (characters set aslant, and large pale ones that
other text is printed over), and white on white."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from itertools import repeat
from math import pi

import pypdfium2.raw as raw

from pipeline.readers import calls
from pipeline.readers.calls import Character
from pipeline.readers.pdfpaths import Ground

LARGE = 1.12
"""Only characters this much higher than most of the page are looked at: a slanted one needs a larger upright box."""

HUGE = 1.6
"""A watermark that is not slanted is at least this much larger than the text it lies under."""

SLANT = 0.07
"""Radians (4 degrees) off a quarter turn from which a character is slanted; a crooked scan has less."""

PALE = 150
"""The darkest channel of a watermark's colour is at least this bright, or its ink lets most of the paper through."""

WHITE = 245
"""The same for characters that cannot be seen on paper at all."""

MOST = 0.7
"""A watermark repeated all over a page can have as many characters as its text; a page has more than such a part."""


def found(handle: object, boxes: Sequence[Character]) -> frozenset[int]:
    """Indices of a text page's characters that belong to a watermark; none when they are most of the text."""
    if not boxes:
        return frozenset()
    heights = [box[5] - box[4] for box in boxes]
    ordered = sorted(heights)
    usual = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2  # the median
    if ordered[-1] <= LARGE * usual:
        return frozenset()
    large = [box for box, height in zip(boxes, heights, strict=True) if height > LARGE * usual]
    angles = set(map(calls.char_angle, repeat(handle), [box[0] for box in large]))
    slanted = {box[0] for box in boxes if _is_slanted(calls.char_angle(handle, box[0]))} if any(map(_is_slanted, angles)) else set()
    flat = _flat(handle, [b for b in large if b[5] - b[4] > HUGE * usual and b[0] not in slanted], boxes, usual)
    out = slanted | flat
    return frozenset(out) if len(out) < MOST * len(boxes) else frozenset()


def unseen(handle: object, boxes: Sequence[Character], ground: Ground) -> frozenset[int]:
    """Indices of white characters that no dark fill and no picture lies under."""
    return frozenset(
        index for index, text, left, right, bottom, top in boxes
        if text > " " and _is_pale(handle, index, WHITE) and not ground.shows((left + right) / 2, (bottom + top) / 2)
    )  # fmt: skip


def _is_slanted(angle: float) -> bool:
    turns = angle / (pi / 2)
    return abs(turns - round(turns)) > SLANT / (pi / 2)


def _flat(handle: object, huge: Sequence[Character], boxes: Sequence[Character], usual: float) -> set[int]:
    """Pale characters that smaller ones stand on; all of that size, when some of them do."""
    pale = [box for box in huge if box[1] > " " and _is_pale(handle, box[0])]
    small = [box for box in boxes if box[5] - box[4] <= HUGE * usual and box[1] > " "] if pale else []
    sizes = {round(box[5] - box[4]) for box in pale if any(_stands_on(own, box) for own in small)}
    return {box[0] for box in pale if round(box[5] - box[4]) in sizes}


def _stands_on(own: Character, box: Character) -> bool:
    _, _, left, right, bottom, top = box
    return left < (own[2] + own[3]) / 2 < right and bottom < (own[4] + own[5]) / 2 < top


def _is_pale(handle: object, index: int, least: int = PALE) -> bool:
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFText_GetFillColor(handle, index, r, g, b, a):
        return False
    return a.value < (128 if least == PALE else 10) or min(r.value, g.value, b.value) >= least
