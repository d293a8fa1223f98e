"""How a watermark differs from the text it lies under, whatever the source: set aslant, or large, pale and printed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import pi

Placed = tuple[int, str, float, float, float, float]
"""(index, text, and the sides of its box: left, right, lower, higher number of the upright axis)."""

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


def is_slanted(angle: float) -> bool:
    """Whether an angle in radians is off all four quarter turns."""
    turns = angle / (pi / 2)
    return abs(turns - round(turns)) > SLANT / (pi / 2)


def flat(huge: Sequence[Placed], boxes: Sequence[Placed], usual: float, is_pale: Callable[[int], bool]) -> set[int]:
    """Indices of pale characters that smaller ones stand on; of all of that size, when some of them do. `usual` is the
    height of most characters, `is_pale` tells of an index."""
    pale = [box for box in huge if box[1] > " " and is_pale(box[0])]
    small = [box for box in boxes if box[5] - box[4] <= HUGE * usual and box[1] > " "] if pale else []
    sizes = {round(box[5] - box[4]) for box in pale if any(_stands_on(own, box) for own in small)}
    return {box[0] for box in pale if round(box[5] - box[4]) in sizes}


def _stands_on(own: Placed, box: Placed) -> bool:
    _, _, left, right, bottom, top = box
    return left < (own[2] + own[3]) / 2 < right and bottom < (own[4] + own[5]) / 2 < top
