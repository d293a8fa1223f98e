"""Ruling lines of a PDF page: stroked segments and thin fills, through nested forms, in upright page coordinates."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from itertools import compress, repeat

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from msgspec import Struct, field

from pipeline import limits
from pipeline.readers.pages.marks import Rule
from pipeline.readers.pages.matrices import IDENTITY, Matrix, times
from pipeline.readers.pages.strokes import STRAIGHT, THIN, drawn, rules_from
from pipeline.readers.pdfium import calls, unshown
from pipeline.readers.pdfium.calls import Character

PALE = 245
"""Strokes and fills this white cannot be seen on paper and rule nothing."""

Box = tuple[float, float, float, float]

TEXT = raw.FPDF_PAGEOBJ_TEXT
MARKS = (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING)

PICTURE_DEPTH = 3
"""A scan's picture lies on the page, in a form on it, or in a form in that."""


COLOUR = calls.Room(ctypes.c_uint, 4)
MATRIX = calls.Room(ctypes.c_float, 6)
MODE = calls.Room(ctypes.c_int, 2)
POINT = calls.Room(ctypes.c_float, 2)


def _is_pale(get: Callable[..., int], handle: object) -> bool:
    """Whether a stroke or fill is white or transparent; `get`: how its colour is asked for."""
    return bool(get(handle, *COLOUR.each)) and _is_white(*COLOUR.numbers())


def _is_white(red: int, green: int, blue: int, opacity: int) -> bool:
    return opacity < 10 or (red >= PALE and green >= PALE and blue >= PALE)


def _has_pale(texts: Sequence[object]) -> bool:
    """Whether the fill of any text object is pale: thousands of them have a few colours between them."""
    known = map(calls.fill_color, texts, *map(repeat, COLOUR.each))
    return any(has and _is_white(*colour) for has, colour in set(zip(known, iter(COLOUR.numbers, None), strict=False)))


class Ground(Struct):
    """What lies under the text of a page, in user space: boxes of dark fills and pictures."""

    dark: list[tuple[float, float, float, float]] = field(default_factory=list)

    def shows(self, x: float, y: float) -> bool:
        """Whether white text can be seen at a point."""
        return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in self.dark)


class Place(Struct, frozen=True):
    """The visible page: crop box and its rotation in quarter turns. `turn` adds the turns of rotated text."""

    left: float
    bottom: float
    width: float
    height: float
    rotation: int

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> Place:
        """The crop box of a page; A4 where it is empty."""
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

    def boxes(self, characters: Sequence[Character], turn: int) -> list[Box]:
        """Where characters stand, as (x0, top, x1, bottom)."""
        if (self.rotation + turn) % 4:
            return [self.box(a, b, c, d, turn) for _, _, a, c, b, d in characters]
        left, bottom, height = self.left, self.bottom, self.height
        return [
            (a - left, height - (d - bottom), c - left, height - (b - bottom)) if a <= c and b <= d else self.box(a, b, c, d, turn)
            for _, _, a, c, b, d in characters
        ]


class Drawn(Struct):
    """What a page draws, down to the forms in its own forms. `marks`: paths, pictures and shadings in the order drawn, each
    with the matrix of the forms around it; `pictures`: those that may be a scan; `white_text`: whether any text is white;
    `cut_text`: whether any is cut off by a clipping path; `marked`: whether any is in marked content, which may name other
    characters than its glyphs, `layered`: whether any is in a layer."""

    marks: list[tuple[int, object, Matrix]]
    pictures: list[object]
    white_text: bool = False
    cut_text: bool = False
    marked: bool = False
    layered: bool = False

    @classmethod
    def on(cls, page: pdfium.PdfPage) -> Drawn:
        """What one page draws."""
        found = cls([], [])
        found._add(calls.page_object, page.raw, raw.FPDFPage_CountObjects(page.raw), IDENTITY, 0)
        return found

    def _add(self, get: Callable[..., object], holder: object, count: int, outer: Matrix, depth: int) -> None:
        handles = list(map(get, repeat(holder, count), range(count)))
        kinds = list(map(calls.object_type, handles))
        texts = [handle for kind, handle in zip(kinds, handles, strict=True) if kind == TEXT]
        self.white_text = self.white_text or _has_pale(texts)
        self.cut_text = self.cut_text or unshown.any_cut(texts)
        marked = list(compress(texts, map(calls.count_marks, texts)))
        self.marked = self.marked or bool(marked)
        self.layered = self.layered or unshown.any_layered(marked)
        for kind, handle in [(kind, handle) for kind, handle in zip(kinds, handles, strict=True) if kind != TEXT]:
            if kind in MARKS:
                self.marks.append((kind, handle, outer))
                if kind == raw.FPDF_PAGEOBJ_IMAGE and depth < PICTURE_DEPTH:
                    self.pictures.append(handle)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < limits.MAX_FORM_DEPTH:
                inner = times(_matrix(handle), outer)
                self._add(calls.form_object, handle, raw.FPDFFormObj_CountObjects(handle), inner, depth + 1)


def rules_of(
    marks: Sequence[tuple[int, object, Matrix]], place: Place, turn: int, where: str, ground: Ground
) -> tuple[list[Rule], list[Rule]]:
    """(horizontal, vertical) rules that marks leave on a page, as far as they lie on it; `ground` is filled on the way."""
    width, height = place.size(turn)
    turned = ((*place.point(x0, y0, turn), *place.point(x1, y1, turn)) for x0, y0, x1, y1 in _segments(marks, ground))
    horizontal, vertical = rules_from(turned, where)
    return _on_page(horizontal, height, width), _on_page(vertical, width, height)


def _on_page(rules: list[Rule], across: float, along: float) -> list[Rule]:
    """Rules cut off at the page's edges: what a producer draws beyond them (a border around all pages) is not seen."""
    if all(-1 <= r.at <= across + 1 and r.start >= -1 and r.end <= along + 1 for r in rules):
        return rules
    inside = (Rule(r.at, max(r.start, 0.0), min(r.end, along)) for r in rules if -1 <= r.at <= across + 1)
    return [r for r in inside if r.end > r.start]


def _segments(marks: Sequence[tuple[int, object, Matrix]], ground: Ground) -> Iterator[tuple[float, float, float, float]]:
    for kind, handle, outer in marks:
        if kind == raw.FPDF_PAGEOBJ_PATH:
            yield from _path(handle, times(_matrix(handle), outer), ground)
        else:
            yield from _picture(handle, outer, ground)


def _matrix(handle: object) -> Matrix:
    return MATRIX.numbers() if calls.matrix(handle, MATRIX.all) else IDENTITY  # type: ignore[return-value]


def _picture(handle: object, outer: Matrix, ground: Ground) -> Iterator[tuple[float, float, float, float]]:
    """A thin picture is a line, as some report writers draw it; another one is ground for white text."""
    sides = calls.bounds(handle)
    if sides is None:
        return
    left, bottom, right, top = sides
    a, b, c, d, e, f = outer
    corners = [(a * x + c * y + e, b * x + d * y + f) for x, y in ((left, bottom), (right, bottom), (right, top), (left, top))]
    yield from drawn(corners, False, True)
    _note(corners, ground)


def _note(corners: list[tuple[float, float]], ground: Ground) -> None:
    ground.dark.append(_bounds(corners))


def is_filled(path: object) -> bool:
    """Whether a path is filled, in whatever colour."""
    calls.draw_mode(path, *MODE.each)
    return bool(MODE.numbers()[0])


def _path(handle: object, matrix: Matrix, ground: Ground) -> Iterator[tuple[float, float, float, float]]:
    calls.draw_mode(handle, *MODE.each)
    fill, stroke = MODE.numbers()
    stroked = bool(stroke) and not _is_pale(calls.stroke_color, handle)
    filled = bool(fill) and not _is_pale(calls.fill_color, handle)
    if not stroked and not filled:
        if ground.dark:
            yield from _window(handle, matrix, ground) if fill else ()
            yield from _on_dark(handle, matrix, ground, bool(stroke), bool(fill))
        return
    outlines = list(_subpaths(handle, matrix))
    if filled and not stroked and len(outlines) == 2 and (sides := _ring(*outlines)):
        yield from sides
        return
    for points in outlines:
        pieces = list(drawn(points, stroked, filled))
        if filled and len(pieces) != 1:
            _note(points, ground)
        yield from pieces


def _ring(one: list[tuple[float, float]], two: list[tuple[float, float]]) -> list[tuple[float, float, float, float]]:
    """The sides of what is left between a box and a slightly smaller one in it, filled as one path: the border of a cell.
    Nothing when the paths are no such boxes."""
    around, inside = _bounds(one), _bounds(two)
    if around[2] - around[0] < inside[2] - inside[0]:
        around, inside = inside, around
    (a0, b0, a1, b1), (c0, d0, c1, d1) = around, inside
    margins = (c0 - a0, d0 - b0, a1 - c1, b1 - d1)
    if not all(-0.05 <= m <= THIN for m in margins) or max(margins) < 0.05 or c1 - c0 <= THIN or d1 - d0 <= THIN:
        return []
    x0, y0, x1, y1 = (a0 + c0) / 2, (b0 + d0) / 2, (a1 + c1) / 2, (b1 + d1) / 2
    sides = [(x0, y0, x0, y1), (x0, y0, x1, y0), (x1, y0, x1, y1), (x0, y1, x1, y1)]
    return [side for side, margin in zip(sides, margins, strict=True) if margin >= 0.05]


def _bounds(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _window(handle: object, matrix: Matrix, ground: Ground) -> Iterator[tuple[float, float, float, float]]:
    """The sides of a white fill inside a dark one: cells laid on black leave borders between them."""
    for points in _subpaths(handle, matrix):
        x0, y0, x1, y1 = _bounds(points)
        if min(x1 - x0, y1 - y0) > THIN and any(_is_inside((x0, y0, x1, y1), dark) for dark in ground.dark):
            yield from drawn([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], True, False)


def _on_dark(handle: object, matrix: Matrix, ground: Ground, stroked: bool, filled: bool) -> Iterator[tuple[float, float, float, float]]:
    """White lines that a coloured ground on either side lets be seen: borders of shaded cells."""
    for points in _subpaths(handle, matrix):
        left, bottom, right, top = _bounds(points)
        if filled and min(right - left, top - bottom) > THIN:
            continue
        for x0, y0, x1, y1 in drawn(points, stroked, filled):
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            flat = abs(x1 - x0) > abs(y1 - y0)
            if any(ground.shows(x, y + d) if flat else ground.shows(x + d, y) for d in (-THIN, THIN)):
                yield x0, y0, x1, y1


def _is_inside(box: tuple[float, float, float, float], around: tuple[float, float, float, float]) -> bool:
    """Whether a box leaves something of another one to be seen, and no more than touches its sides."""
    margins = (box[0] - around[0], box[1] - around[1], around[2] - box[2], around[3] - box[3])
    return min(margins) > -STRAIGHT / 2 and max(margins) > STRAIGHT / 2


def _subpaths(handle: object, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
    """Each subpath as its corner points; of a curve only its end, so that seals and rounded boxes give no lines of their own."""
    a, b, c, d, e, f = matrix
    points: list[tuple[float, float]] = []
    curved = 0
    for i in range(calls.count_segments(handle)):
        segment = calls.path_segment(handle, i)
        kind = calls.segment_type(segment)
        curved = (curved + 1) % 3 if kind == raw.FPDF_SEGMENT_BEZIERTO else 0
        if curved:
            continue  # a control point
        calls.segment_point(segment, *POINT.each)
        x, y = POINT.numbers()
        point = (a * x + c * y + e, b * x + d * y + f)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points
            points = [point]
        else:
            points.append(point)
        if calls.segment_closes(segment):
            points.append(points[0])
    if len(points) > 1:
        yield points
