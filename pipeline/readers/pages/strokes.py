"""Drawn outlines to ruling lines: what counts as a line, for PDF and OFD alike. Upright page coordinates, points."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from pipeline import limits
from pipeline.errors import LimitExceeded
from pipeline.readers.pages.marks import Rule

THIN = 3.2
"""A filled box thinner than this is a drawn line; rules in office files are 0.5 to 2.25 points."""

STRAIGHT = 1.0
"""A stroke that drifts less than this off its axis is horizontal or vertical."""

DOT_GAP = 4.0
"""Dots and dashes of one line are not farther apart than this; borders as web browsers print them have 0.75 to 3 points."""

MIN_DOTS = 4
"""So many dots in a row make a line: fewer are the corner pieces that office programs put where rules meet."""

MIN_HATCH = 12
HATCH = 5.0
"""So many rules of one length and more, no farther apart than this, shade a row: text needs more room."""

Point = tuple[float, float]
Segment = tuple[float, float, float, float]


def drawn(points: Sequence[Point], stroked: bool, filled: bool) -> Iterator[Segment]:
    """The lines one outline leaves on paper: its strokes, or the middle of a thin fill. A wide fill is shading."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
    if filled and max(x1 - x0, y1 - y0) <= THIN:
        yield x0, y0, x1, y1
    elif filled and min(x1 - x0, y1 - y0) <= THIN:
        mx, my = (x0 + x1) / 2, (y0 + y1) / 2
        yield (x0, my, x1, my) if x1 - x0 > y1 - y0 else (mx, y0, mx, y1)
    elif stroked:
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            yield ax, ay, bx, by


def rules_from(segments: Iterable[Segment], where: str) -> tuple[list[Rule], list[Rule]]:
    """(horizontal, vertical) rules. Slanted segments rule nothing; dots do where they stand in a row. Raises LimitExceeded
    for absurdly many."""
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    dots: list[Segment] = []
    for ax, ay, bx, by in segments:
        dx, dy = abs(ax - bx), abs(ay - by)
        if dx <= THIN and dy <= THIN:
            dots.append((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)))
        elif dy <= STRAIGHT and dx > dy:
            horizontal.append(Rule((ay + by) / 2, min(ax, bx), max(ax, bx)))
        elif dx <= STRAIGHT and dy > dx:
            vertical.append(Rule((ax + bx) / 2, min(ay, by), max(ay, by)))
        if len(horizontal) + len(vertical) + len(dots) > limits.MAX_PAGE_RULES:
            raise LimitExceeded(where, f"more than {limits.MAX_PAGE_RULES:,} ruling pieces", "simplify the page")
    horizontal, vertical = without_hatching(horizontal), without_hatching(vertical)
    if len(dots) >= MIN_DOTS:
        horizontal += _dotted(dots)
        vertical += _dotted([(y0, x0, y1, x1) for x0, y0, x1, y1 in dots])
    return horizontal, vertical


def without_hatching(rules: list[Rule]) -> list[Rule]:
    """Rules less those that only shade an area: many of one length, closer together than lines of text, evenly."""
    if len(rules) < MIN_HATCH:
        return rules
    alike: dict[tuple[int, int], list[Rule]] = {}
    for rule in rules:
        alike.setdefault((round(rule.start), round(rule.end)), []).append(rule)
    hatching = {id(rule) for own in alike.values() if len(own) >= MIN_HATCH and _is_even(own) for rule in own}
    return [rule for rule in rules if id(rule) not in hatching] if hatching else rules


def _is_even(rules: Sequence[Rule]) -> bool:
    steps = [b - a for a, b in itertools.pairwise(sorted({round(r.at, 1) for r in rules}))]
    usual = median(steps) if len(steps) >= MIN_HATCH - 1 else HATCH + 1
    return usual <= HATCH and sum(abs(step - usual) <= 0.25 * usual for step in steps) > 0.8 * len(steps)


def _dotted(dots: Sequence[Segment]) -> Iterator[Rule]:
    """The lines that dots make along x: about the same y, gaps of a few points."""
    level: list[Segment] = []
    for dot in sorted(dots, key=lambda d: d[1] + d[3]):
        if level and dot[1] + dot[3] > level[0][1] + level[0][3] + STRAIGHT:
            yield from _runs(level)
            level = []
        level.append(dot)
    yield from _runs(level)


def _runs(level: Sequence[Segment]) -> Iterator[Rule]:
    """The lines of dots that stand at one height."""
    run: list[Segment] = []
    for dot in (*sorted(level), None):
        if dot is not None and (not run or dot[0] - run[-1][2] <= DOT_GAP):
            run.append(dot)
            continue
        if len(run) >= MIN_DOTS:
            yield Rule((run[0][1] + run[0][3]) / 2, run[0][0], run[-1][2])
        run = [dot] if dot is not None else []
