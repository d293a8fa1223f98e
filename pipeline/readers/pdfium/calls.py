"""PDFium's functions that are asked of every character and object of a page, thousands of times each.

The same functions as in `pypdfium2.raw`, called the short way: arguments are handed over as they are (handles, places in
memory that the caller made once with `ctypes.byref`, whole numbers), not looked over and wrapped for each call, and no
other thread is let in between. That takes a third of the time. What is passed must fit: nothing checks it.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from functools import partial
from itertools import repeat
from typing import Any

import pypdfium2.raw as raw


def _short(function: Any) -> Callable[..., Any]:
    return ctypes.PYFUNCTYPE(function.restype)(ctypes.cast(function, ctypes.c_void_p).value or 0)


class Room:
    """A place in memory where PDFium writes numbers, used again and again: PDFium serves one thread at a time.
    `all`: the place; `each`: the place of each number; `numbers()`: what stands there now."""

    def __init__(self, kind: Any, count: int) -> None:
        memory = (kind * count)()
        self.all = ctypes.byref(memory)
        self.each = tuple(ctypes.byref(memory, i * ctypes.sizeof(kind)) for i in range(count))
        self.numbers: Callable[[], tuple[Any, ...]] = partial(struct.Struct(f"{count}{kind._type_}").unpack_from, memory)


Character = tuple[int, str, float, float, float, float]
"""(index, text, left, right, bottom, top), in user space."""

Sides = tuple[float, float, float, float]

_loose_box = _short(raw.FPDFText_GetLooseCharBox)

AT_ONCE = 1024
"""So many boxes are asked for between two looks at what was written: more than most pages have."""

_boxes = (ctypes.c_float * (4 * AT_ONCE))()
_places = [ctypes.byref(_boxes, 4 * i * ctypes.sizeof(ctypes.c_float)) for i in range(AT_ONCE)]


def loose_boxes(page: object, count: int) -> tuple[list[int], list[float]]:
    """Whether each of a text page's characters has a box (the square it is set in), and its left, top, right and bottom, one
    character's after another's."""
    has: list[int] = []
    sides: list[float] = []
    for start in range(0, count, AT_ONCE):
        size = min(AT_ONCE, count - start)
        has += map(_loose_box, repeat(page, size), range(start, start + size), _places)
        sides += struct.unpack_from(f"{4 * size}f", _boxes)
    return has, sides


char_box = _short(raw.FPDFText_GetCharBox)
"""(text page, index, 4 rooms of a double: left, right, bottom, top)"""

char_angle = _short(raw.FPDFText_GetCharAngle)
"""(text page, index)"""

page_object = _short(raw.FPDFPage_GetObject)
"""(page, index)"""

form_object = _short(raw.FPDFFormObj_GetObject)
"""(form, index)"""

object_type = _short(raw.FPDFPageObj_GetType)
"""(object)"""

matrix = _short(raw.FPDFPageObj_GetMatrix)
"""(object, room of 6 floats)"""

fill_color = _short(raw.FPDFPageObj_GetFillColor)
stroke_color = _short(raw.FPDFPageObj_GetStrokeColor)
"""(object, 4 rooms of a whole number: red, green, blue, opacity)"""

draw_mode = _short(raw.FPDFPath_GetDrawMode)
"""(path, room of a whole number: fill, the same: stroke)"""

count_segments = _short(raw.FPDFPath_CountSegments)
"""(path)"""

path_segment = _short(raw.FPDFPath_GetPathSegment)
"""(path, index)"""

segment_type = _short(raw.FPDFPathSegment_GetType)
segment_closes = _short(raw.FPDFPathSegment_GetClose)
"""(segment)"""

segment_point = _short(raw.FPDFPathSegment_GetPoint)
"""(segment, room of a float: x, the same: y)"""

clip_path = _short(raw.FPDFPageObj_GetClipPath)
"""(object)"""

count_clips = _short(raw.FPDFClipPath_CountPaths)
"""(clipping path)"""

count_marks = _short(raw.FPDFPageObj_CountMarks)
"""(object)"""

_bounds = _short(raw.FPDFPageObj_GetBounds)
_SIDES = Room(ctypes.c_float, 4)


def bounds(handle: object) -> Sides | None:
    """(left, bottom, right, top) of an object, in the coordinates of what holds it; None when PDFium knows none."""
    return _SIDES.numbers() if _bounds(handle, *_SIDES.each) else None  # type: ignore[return-value]
