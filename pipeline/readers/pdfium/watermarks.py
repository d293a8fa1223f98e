"""What a page's text holds and paper does not show as text: watermarks (characters set aslant, and large pale ones that
other text is printed over), and white on white."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import partial
from itertools import repeat

import pypdfium2.raw as raw

from pipeline.readers.pages.aslant import HUGE, MOST, PALE, WHITE, flat, is_slanted
from pipeline.readers.pdfium import calls
from pipeline.readers.pdfium.calls import Character
from pipeline.readers.pdfium.pdfpaths import Ground

LARGE = 1.12
"""Only characters this much higher than most of the page are looked at: a slanted one needs a larger upright box."""

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
    slanted = {box[0] for box in boxes if is_slanted(calls.char_angle(handle, box[0]))} if any(map(is_slanted, angles)) else set()
    level = flat([b for b in large if b[5] - b[4] > HUGE * usual and b[0] not in slanted], boxes, usual, partial(_is_pale, handle))
    out = slanted | level
    return frozenset(out) if len(out) < MOST * len(boxes) else frozenset()


def unseen(handle: object, boxes: Sequence[Character], ground: Ground) -> frozenset[int]:
    """Indices of white characters that no dark fill and no picture lies under."""
    return frozenset(
        index for index, text, left, right, bottom, top in boxes
        if text > " " and _is_pale(handle, index, WHITE) and not ground.shows((left + right) / 2, (bottom + top) / 2)
    )  # fmt: skip


def _is_pale(handle: object, index: int, least: int = PALE) -> bool:
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFText_GetFillColor(handle, index, r, g, b, a):
        return False
    return a.value < (128 if least == PALE else 10) or min(r.value, g.value, b.value) >= least
