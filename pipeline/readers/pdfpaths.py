"""Ruling lines of a PDF page: stroked segments and thin fills, through nested forms, in upright page coordinates."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline import limits
from pipeline.readers.grid import Rule
from pipeline.readers.strokes import drawn, rules_from

PALE = 245
"""Strokes and fills this white cannot be seen on paper and rule nothing."""

Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)

PICTURE_DEPTH = 3
"""A scan's picture lies on the page, in a form on it, or in a form in that."""


@dataclass(frozen=True, slots=True)
class Place:
    """The visible page: crop box and its rotation in quarter turns. `turn` adds the turns of rotated text."""

    left: float
    bottom: float
    width: float
    height: float
    rotation: int

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> Place:
        left, bottom, right, top = page.get_cropbox()
        if right - left < 1 or top - bottom < 1:
            left, bottom, right, top = 0.0, 0.0, 595.0, 842.0
        return cls(left, bottom, right - left, top - bottom, (page.get_rotation() // 90) % 4)

    def size(self, turn: int = 0) -> tuple[float, float]:
        """(width, height) as seen upright."""
        odd = (self.rotation + turn) % 2
        return (self.height, self.width) if odd else (self.width, self.height)

    def point(self, x: float, y: float, turn: int = 0) -> tuple[float, float]:
        """User space to upright page coordinates, origin top left."""
        x, y = x - self.left, y - self.bottom
        turns = (self.rotation + turn) % 4
        if turns == 1:
            return y, x
        if turns == 2:
            return self.width - x, y
        if turns == 3:
            return self.height - y, self.width - x
        return x, self.height - y

    def box(self, x0: float, y0: float, x1: float, y1: float, turn: int = 0) -> tuple[float, float, float, float]:
        """A user space box as (x0, top, x1, bottom)."""
        a, b = self.point(x0, y0, turn), self.point(x1, y1, turn)
        return min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])

    def boxes(self, boxes: Sequence[Box], turn: int = 0) -> list[Box]:
        """User space boxes (left, bottom, right, top) as (x0, top, x1, bottom)."""
        if (self.rotation + turn) % 4:
            return [self.box(*box, turn) for box in boxes]
        left, bottom, height = self.left, self.bottom, self.height
        return [
            (a - left, height - (d - bottom), c - left, height - (b - bottom)) if a <= c and b <= d else self.box(a, b, c, d, turn)
            for a, b, c, d in boxes
        ]


@dataclass(slots=True)
class Drawn:
    """What a page draws beside its text: PDFium's path objects, each with the matrix of the forms around it, and its
    images, down to the forms in the page's own forms."""

    paths: list[tuple[object, Matrix]]
    pictures: list[object]

    @classmethod
    def on(cls, page: pdfium.PdfPage) -> Drawn:
        found = cls([], [])
        found._add(raw.FPDFPage_GetObject, page.raw, raw.FPDFPage_CountObjects(page.raw), IDENTITY, 0)
        return found

    def _add(self, get: Callable[..., object], holder: object, count: int, outer: Matrix, depth: int) -> None:
        for handle in map(get, repeat(holder, count), range(count)):
            kind = raw.FPDFPageObj_GetType(handle)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                self.paths.append((handle, outer))
            elif kind == raw.FPDF_PAGEOBJ_IMAGE and depth < PICTURE_DEPTH:
                self.pictures.append(handle)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < limits.MAX_FORM_DEPTH:
                inner = _times(_matrix(handle), outer)
                self._add(raw.FPDFFormObj_GetObject, handle, raw.FPDFFormObj_CountObjects(handle), inner, depth + 1)


def rules_of(paths: Sequence[tuple[object, Matrix]], place: Place, turn: int, where: str) -> tuple[list[Rule], list[Rule]]:
    """(horizontal, vertical) rules that paths leave on a page."""
    segments = (s for handle, outer in paths for s in _path(handle, outer))
    return rules_from(((*place.point(x0, y0, turn), *place.point(x1, y1, turn)) for x0, y0, x1, y1 in segments), where)


def _matrix(handle: object) -> Matrix:
    m = raw.FS_MATRIX()
    return (m.a, m.b, m.c, m.d, m.e, m.f) if raw.FPDFPageObj_GetMatrix(handle, m) else IDENTITY


def _times(m: Matrix, n: Matrix) -> Matrix:
    """First m, then n."""
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _path(handle: object, outer: Matrix) -> Iterator[Box]:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(handle, fill, stroke)
    stroked = bool(stroke.value) and not _pale(raw.FPDFPageObj_GetStrokeColor, handle)
    filled = bool(fill.value) and not _pale(raw.FPDFPageObj_GetFillColor, handle)
    if not stroked and not filled:
        return
    own = _matrix(handle)
    for points in _subpaths(handle, own if outer is IDENTITY else _times(own, outer)):
        yield from drawn(points, stroked, filled)


def _pale(get: object, handle: object) -> bool:
    """Whether a stroke or fill is white or transparent."""
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    if not get(handle, r, g, b, a):  # type: ignore[operator]
        return False
    return a.value < 10 or min(r.value, g.value, b.value) >= PALE


def _subpaths(handle: object, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
    """Each subpath as its corner points; curves keep their end points, so that rounded boxes give no slanted lines."""
    a, b, c, d, e, f = matrix
    points: list[tuple[float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(raw.FPDFPath_CountSegments(handle)):
        segment = raw.FPDFPath_GetPathSegment(handle, i)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points
            points = [point]
        else:
            points.append(point)
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if len(points) > 1:
        yield points
