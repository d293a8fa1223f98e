"""Ruling lines of a scanned page: the page is set straight first, then lines are searched with the text blanked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import cv2
import numpy as np
from msgspec import Struct

Image = np.ndarray
Piece = tuple[float, float, float]
"""A line: position across, start and end along, in pixels of the straightened page."""

LONG_SIDE = 1800
"""Lines are searched at this size: finer only costs time, at 1,300 pixels tight rows are lost."""

FAINT = 6
"""How much darker than its neighbourhood ink must be (of 255). Above 8 faint rules break."""

GRAINS = 2.0
"""Ink is darker than its neighbourhood by this many deviations of the page's grain."""

FLAT_KERNEL, TALL_KERNEL = 1 / 22, 1 / 62
"""Shortest line that is searched for, as a part of the page's width and height: longer than a glyph's stroke."""

LONG = 0.25
"""A line this long, as a part of the longest of its direction, is believed without looking at its ends."""

PAST = 9
"""Pixels by which a line's end may stand out past the line that it ends at."""

SHORT = 6
"""Pixels that a line may lack of an edge between two lines across: one that stops further off is none for the grid."""

PASSING = 60
"""Pixels past the outermost lines across from which on a line is none of a table's: as high as two lines of text."""

PALE, MOST_PALE = 0.18, 0.34
"""A line less than so dark as half of them (by length) are is no rule, when no more than so much of their length is as pale: inner
rules may be as light as that, but they are most of a table's."""

BRIDGE, WHOLE = 0.7, 0.95
"""A gap between collinear pieces is bridged when this part of it is dark in the picture with its text; where a line is
searched among the text itself, so much of it must be: strokes of text one below the other come to three quarters."""


STEEP = 0.35
"""Radians of slope from which on it is no page laid crookedly."""


class Straightened(Struct, frozen=True):
    """A page set straight: its grey image, the matrix that leads there from the original, and its lines."""

    image: Image
    matrix: np.ndarray
    horizontal: tuple[Piece, ...]
    vertical: tuple[Piece, ...]


def straighten(image: Image, boxes: np.ndarray) -> Straightened:
    """Turn the page by the slope of its text, then square its outermost lines; find the lines on the result."""
    slope = _slope(boxes)
    matrix = _turn(image, _ruled_slope(image) if slope is None else slope)
    warped = _warp(image, matrix)
    flat, tall = _masks(warped, moved(boxes, matrix))
    square = _squaring(flat, tall, warped.shape)
    if square is not None:
        matrix = square @ matrix
        warped = _warp(image, matrix)
        flat, tall = _masks(warped, moved(boxes, matrix))
    dark = _ink(warped)
    flat_pieces, tall_pieces = _pieces(flat, dark), _transposed(tall, dark)
    rows, columns = believable(flat_pieces, tall_pieces)
    aside = np.ascontiguousarray(dark.T)
    covered = _transposed(_tall(dark), dark)
    columns += _covered(covered, rows, columns, aside)
    rows, columns = inked(rows, columns, warped)
    height, width = warped.shape[:2]
    rows, columns = _stopping(rows, flat_pieces, columns, width), _stopping(columns, (*tall_pieces, *covered), rows, height)
    return Straightened(warped, matrix, _completed(rows, columns, dark), _completed(columns, rows, aside))


def moved(boxes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Points (n, 4, 2) through a projective matrix."""
    if not len(boxes):
        return boxes
    return cv2.perspectiveTransform(boxes.reshape(-1, 1, 2).astype(np.float32), matrix).reshape(-1, 4, 2)


# ---- setting straight --------------------------------------------------------------------------------------------


def _slope(boxes: np.ndarray) -> float | None:
    """Median slope (radians) of the long text lines; None when there are too few of them."""
    if not len(boxes):
        return None
    run = boxes[:, 1] - boxes[:, 0] + boxes[:, 2] - boxes[:, 3]
    length = np.hypot(run[:, 0], run[:, 1]) / 2
    high = np.hypot(*(boxes[:, 3] - boxes[:, 0]).T)
    long = (length > 5 * np.maximum(high, 1)) & (run[:, 0] > 0)
    if long.sum() < 3:
        return None
    slope = float(np.median(np.arctan2(run[long, 1], run[long, 0])))
    return slope if abs(slope) < STEEP else 0.0


def _ruled_slope(image: Image) -> float:
    """Slope (radians) of the longest nearly level lines: the end of a table has rules, but hardly a line of text."""
    flat = cv2.morphologyEx(_ink(image), cv2.MORPH_OPEN, np.ones((1, 7), np.uint8))
    small = cv2.resize(flat, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    least = small.shape[1] // 6
    lines = cv2.HoughLinesP(small, 1, np.pi / 1800, threshold=least, minLineLength=least, maxLineGap=8)
    if lines is None:
        return 0.0
    x0, y0, x1, y1 = lines.reshape(-1, 4).astype(np.float64).T
    slope, length = np.arctan2(y1 - y0, x1 - x0), np.hypot(x1 - x0, y1 - y0)
    level = np.abs(slope) < STEEP
    order = np.argsort(slope[level])
    if not len(order):
        return 0.0
    weight = np.cumsum(length[level][order])
    return float(slope[level][order][np.searchsorted(weight, weight[-1] / 2)])


def _turn(image: Image, slope: float) -> np.ndarray:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), np.degrees(slope), 1.0)
    return np.vstack([turn, [0, 0, 1]])


def _warp(image: Image, matrix: np.ndarray) -> Image:
    size = (image.shape[1], image.shape[0])
    return cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_CUBIC, borderValue=255)


def _squaring(flat: Image, tall: Image, shape: tuple[int, ...]) -> np.ndarray | None:
    """The matrix that makes the outermost long lines a rectangle; None when there are no such four lines."""
    rows, columns = _fitted(flat, along=0), _fitted(tall, along=1)
    if len(rows) < 2 or len(columns) < 2:
        return None
    top, bottom, left, right = rows[0], rows[-1], columns[0], columns[-1]
    corners = np.array([_crossing(a, b) for a, b in ((top, left), (top, right), (bottom, right), (bottom, left))], np.float32)
    x0, x1 = float(corners[[0, 3], 0].mean()), float(corners[[1, 2], 0].mean())
    y0, y1 = float(corners[[0, 1], 1].mean()), float(corners[[2, 3], 1].mean())
    target = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
    if x1 - x0 < 0.2 * shape[1] or y1 - y0 < 0.1 * shape[0] or np.abs(corners - target).max() > 0.06 * max(shape[:2]):
        return None
    return cv2.getPerspectiveTransform(corners, target)


def _fitted(mask: Image, along: int) -> list[tuple[float, float]]:
    """Long lines of a mask as (offset, slope) across over along, ordered by position."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(mask, np.ones((3, 3), np.uint8)))
    least = 0.45 * max((stats[i, 2 + along] for i in range(1, count)), default=0)
    out = []
    for i in range(1, count):
        if stats[i, 2 + along] < max(least, 40):
            continue
        x, y, w, h = stats[i, :4]
        ys, xs = np.nonzero(labels[y : y + h, x : x + w] == i)
        run, across = (xs + x, ys + y) if along == 0 else (ys + y, xs + x)
        slope, offset = np.polyfit(run, across, 1)
        out.append((float(offset), float(slope)))
    middle = mask.shape[1 - along] / 2
    return sorted(out, key=lambda line: line[0] + line[1] * middle)


def _crossing(row: tuple[float, float], column: tuple[float, float]) -> tuple[float, float]:
    """Where y = a + b x meets x = c + d y."""
    (a, b), (c, d) = row, column
    y = (a + b * c) / (1 - b * d)
    return c + d * y, y


# ---- lines -------------------------------------------------------------------------------------------------------


def _ink(image: Image) -> Image:
    """Pixels darker than their neighbourhood, by more than the paper's grain."""
    grain = _grain(image)
    smooth = cv2.GaussianBlur(image, (3, 3), 0) if grain > FAINT / GRAINS else image
    least = max(FAINT, GRAINS * grain)
    return cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, least)


def _grain(image: Image) -> float:
    """Standard deviation of a page's noise, from a quarter of its pixels' distance to their neighbours' median."""
    part = np.ascontiguousarray(image[: image.shape[0] // 2 * 2 : 2])
    return float(np.percentile(cv2.absdiff(part, cv2.medianBlur(part, 3)), 68))


def _masks(image: Image, boxes: np.ndarray) -> tuple[Image, Image]:
    """Pictures of the horizontal and of the vertical lines, the inside of every text box blanked first."""
    dark = _ink(image)
    for box in boxes:
        middle = box.mean(axis=0)
        shrunk = middle + (box - middle) * np.array([0.98, 0.72])
        cv2.fillConvexPoly(dark, shrunk.astype(np.int32), 0)
    width = dark.shape[1]
    flat = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    flat = cv2.morphologyEx(cv2.dilate(flat, np.ones((3, 1), np.uint8)), cv2.MORPH_OPEN, np.ones((1, int(width * FLAT_KERNEL)), np.uint8))
    return flat, _tall(dark)


def _tall(dark: Image) -> Image:
    """The picture of the vertical lines alone."""
    tall = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((5, 1), np.uint8))
    kernel = np.ones((int(dark.shape[0] * TALL_KERNEL), 1), np.uint8)
    return cv2.morphologyEx(cv2.dilate(tall, np.ones((1, 3), np.uint8)), cv2.MORPH_OPEN, kernel)


def believable(flat: Sequence[Piece], tall: Sequence[Piece]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Lines without the rims of stamps, speckles and paper edges: a line is long among its like, or it runs from one
    line across to another."""
    long_flat, long_tall = _long(flat), _long(tall)
    kept_tall = [p for p in tall if p in long_tall or _between(p, long_flat)]
    kept_flat = [p for p in flat if p in long_flat or _between(p, kept_tall)]
    return tuple(kept_flat), tuple(kept_tall)


def _covered(tall: Sequence[Piece], rows: Sequence[Piece], columns: Sequence[Piece], dark: Image) -> tuple[Piece, ...]:
    """Vertical lines of the picture with its text that the blanked boxes hid: words that begin right behind a rule have
    boxes over it in every row. Strokes of characters break between the rows' lines, or reach over few of them."""
    hidden = [p for p in tall if _between(p, rows) and all(abs(p[0] - known) > 4 for known, _, _ in columns)]
    hidden = [p for p in hidden if _is_dark(dark, p[0], p[1], p[2], WHOLE)]
    heights = [at for at, _, _ in rows] or [0.0]
    longest = max((end - start for _, start, end in columns), default=max(heights) - min(heights))
    return tuple(p for p in hidden if sum(end - start for at, start, end in hidden if abs(at - p[0]) <= 4) >= LONG * longest)


def inked(rows: Sequence[Piece], columns: Sequence[Piece], image: Image) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The lines without the few that are hardly darker than the paper while most are ink: folds, and grain in a shadow."""
    dark = [*_darkness(rows, image), *_darkness(columns, np.ascontiguousarray(image.T))]
    lines = [*rows, *columns]
    length = np.array([end - start for _, start, end in lines])
    if not length.sum():
        return tuple(rows), tuple(columns)
    order = np.argsort(dark)
    weight = np.cumsum(length[order])
    usual = dark[order[np.searchsorted(weight, weight[-1] / 2)]]
    pale = np.array(dark) < PALE * usual
    if length[pale].sum() > MOST_PALE * length.sum():
        return tuple(rows), tuple(columns)
    kept = [[line for line, light in part if not light] for part in (zip(rows, pale, strict=False), zip(columns, pale[len(rows) :], strict=True))]
    return tuple(kept[0]), tuple(kept[1])


def _darkness(lines: Sequence[Piece], image: Image) -> list[float]:
    """By how much level lines are darker than white, in the middle of what lies along each."""
    bands = (image[max(round(at) - 2, 0) : round(at) + 3, int(start) : int(end)] for at, start, end in lines)
    return [255 - float(np.median(band.min(axis=0))) if band.size else 0.0 for band in bands]


def _stopping(lines: Sequence[Piece], pieces: Sequence[Piece], across: Sequence[Piece], extent: int) -> tuple[Piece, ...]:
    """The lines, without those that run on past all lines across while most end there: a fold, a streak of the scanner.
    `extent`: the page's, along them."""
    places = [group[0][0] for group in _grouped(sorted(lines))]
    going = {at for at in places if _runs_on(at, pieces, across, extent)}
    if 2 * len(going) >= len(places):
        return tuple(lines)
    return tuple(p for p in lines if all(abs(p[0] - at) > 4 for at in going))


def _runs_on(at: float, pieces: Sequence[Piece], across: Sequence[Piece], extent: int) -> bool:
    """Whether half of what lies past the outermost lines across, on one side, is dark at a line's position: grain of the
    paper is here and there."""
    places = [pos for pos, _, _ in across] or [0.0, float(extent)]
    dark = np.zeros(extent, bool)
    for pos, start, end in pieces:
        if abs(pos - at) <= 4:
            dark[int(start) : int(end)] = True
    sides = dark[: int(min(places))], dark[int(max(places)) :]
    return any(int(side.sum()) >= max(PASSING, side.size / 2) for side in sides)


def _long(pieces: Sequence[Piece]) -> set[Piece]:
    """Pieces whose position is filled over a good part of the longest line."""
    longest = max((end - start for _, start, end in pieces), default=0.0)
    out = set()
    for piece in pieces:
        filled = sum(end - start for at, start, end in pieces if abs(at - piece[0]) <= 4)
        if filled >= LONG * longest:
            out.add(piece)
    return out


def _between(piece: Piece, across: Iterable[Piece]) -> bool:
    """Whether it ends at lines across; grain may carry it a little past them."""
    at, start, end = piece
    met = [pos for pos, a, b in across if a - 6 <= at <= b + 6]
    return any(-5 <= pos - start <= PAST for pos in met) and any(-5 <= end - pos <= PAST for pos in met)


def _transposed(tall: Image, dark: Image) -> tuple[Piece, ...]:
    return _pieces(np.ascontiguousarray(tall.T), np.ascontiguousarray(dark.T))


def _pieces(mask: Image, dark: Image) -> tuple[Piece, ...]:
    """The horizontal lines of a mask, gaps bridged where the picture itself (with its text) is dark."""
    count, _, stats, centres = cv2.connectedComponentsWithStats(mask)
    found = []
    for i in range(1, count):
        x, _, w, h, _ = stats[i]
        if h <= 8 + 0.02 * w:
            found.append((float(centres[i, 1]), float(x), float(x + w)))
    found.sort()
    out: list[Piece] = []
    for group in _grouped(found):
        line = list(group[0])
        for at, start, end in group[1:]:
            if start - line[2] <= 12 or _is_dark(dark, (line[0] + at) / 2, line[2], start):
                line = [(line[0] + at) / 2, line[1], max(line[2], end)]
            else:
                out.append((line[0], line[1], line[2]))
                line = [at, start, end]
        out.append((line[0], line[1], line[2]))
    return tuple(out)


def _grouped(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces within four pixels across, each group ordered along."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if groups and piece[0] - groups[-1][-1][0] <= 4:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [sorted(g, key=lambda p: p[1]) for g in groups]


def _completed(lines: Sequence[Piece], across: Sequence[Piece], dark: Image) -> tuple[Piece, ...]:
    """The lines, with edges added that the blanked text took away: at a line's position, from one line across to the
    next, where the picture itself is dark there and lighter beside."""
    added = []
    for at in sorted({line[0] for line in lines}):
        walls = sorted({pos for pos, a, b in across if a - 6 <= at <= b + 6})
        own = [p for p in lines if abs(p[0] - at) <= 4]
        for a, b in pairwise(walls):
            covered = sum(max(0.0, min(end, b) - max(start, a)) for _, start, end in own)
            if b - a > 12 and covered < b - a - SHORT and _is_rule(dark, at, a + 3, b - 3):
                added.append((at, a, b))
    return (*lines, *added)


def _is_rule(dark: Image, at: float, start: float, end: float) -> bool:
    """Dark along this stretch, and not just because text stands there: the rows beside it are lighter."""
    if not _is_dark(dark, at, start, end):
        return False
    beside = [_is_dark(dark, at + step, start, end) for step in (-9, 9)]
    return not all(beside)


def _is_dark(dark: Image, at: float, start: float, end: float, least: float = BRIDGE) -> bool:
    row = round(at)
    band = dark[max(row - 2, 0) : row + 3, int(start) : int(end)]
    return band.size > 0 and float((band.max(axis=0) > 0).mean()) >= least
