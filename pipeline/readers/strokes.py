"""Drawn outlines to ruling lines: what counts as a line, for PDF and OFD alike. Upright page coordinates, points."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from pipeline import limits
from pipeline.errors import LimitExceeded
from pipeline.readers.grid import Rule

THIN = 3.2
"""A filled box thinner than this is a drawn line; rules in office files are 0.5 to 2.25 points."""

STRAIGHT = 1.0
"""A stroke that drifts less than this off its axis is horizontal or vertical."""

Point = tuple[float, float]
Segment = tuple[float, float, float, float]


def drawn(points: Sequence[Point], stroked: bool, filled: bool) -> Iterator[Segment]:
    """The lines one outline leaves on paper: its strokes, or the middle of a thin fill. A wide fill is shading."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
    if filled and min(x1 - x0, y1 - y0) <= THIN and max(x1 - x0, y1 - y0) > THIN:
        mx, my = (x0 + x1) / 2, (y0 + y1) / 2
        yield (x0, my, x1, my) if x1 - x0 > y1 - y0 else (mx, y0, mx, y1)
    elif stroked:
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            yield ax, ay, bx, by


def rules_from(segments: Iterable[Segment], where: str) -> tuple[list[Rule], list[Rule]]:
    """(horizontal, vertical) rules. Slanted segments rule nothing. Raises LimitExceeded for absurdly many."""
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    for ax, ay, bx, by in segments:
        dx, dy = abs(ax - bx), abs(ay - by)
        if dy <= STRAIGHT and dx > dy:
            horizontal.append(Rule((ay + by) / 2, min(ax, bx), max(ax, bx)))
        elif dx <= STRAIGHT and dy > dx:
            vertical.append(Rule((ax + bx) / 2, min(ay, by), max(ay, by)))
        if len(horizontal) + len(vertical) > limits.MAX_PAGE_RULES:
            raise LimitExceeded(where, f"more than {limits.MAX_PAGE_RULES:,} ruling pieces", "simplify the page")
    return horizontal, vertical
