"""Where a net's cells part: walls of printed rules, and upright rules put into gutters between words of the header."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from pipeline.readers.gutters import Interval, Known, header_cuts, ink
from pipeline.readers.marks import Glyph, Net, Rule

SNAP = 2.5
"""Lines nearer than this are one line (a cell's two borders, a hair's misalignment)."""

WALL = 0.5
"""A wall stands between two grid positions when rules cover at least this part of their common edge."""


def is_covered(rules: Sequence[Rule], at: float, start: float, end: float) -> bool:
    total = sum(max(0.0, min(r.end, end) - max(r.start, start)) for r in rules if abs(r.at - at) <= SNAP)
    return total >= WALL * (end - start)


def spans_of(net: Net) -> list[tuple[int, int, int, int]]:
    """Cells as (row, col, row_span, col_span): unit positions joined where no wall stands, kept rectangular."""
    rows, cols = len(net.ys) - 1, len(net.xs) - 1
    by_x = {j: [v for v in net.vertical if abs(v.at - net.xs[j]) <= SNAP] for j in range(cols + 1)}
    by_y = {i: [h for h in net.horizontal if abs(h.at - net.ys[i]) <= SNAP] for i in range(rows + 1)}
    right = [[is_covered(by_x[j + 1], net.xs[j + 1], net.ys[i], net.ys[i + 1]) for j in range(cols)] for i in range(rows)]
    below = [[is_covered(by_y[i + 1], net.ys[i + 1], net.xs[j], net.xs[j + 1]) for j in range(cols)] for i in range(rows)]
    taken = [[False] * cols for _ in range(rows)]
    out = []
    for i in range(rows):
        for j in range(cols):
            if taken[i][j]:
                continue
            width = 1
            while j + width < cols and not right[i][j + width - 1] and not taken[i][j + width]:
                width += 1
            height = 1
            while i + height < rows and _goes_down(below, right, taken, i + height, j, width):
                height += 1
            for a in range(i, i + height):
                for b in range(j, j + width):
                    taken[a][b] = True
            out.append((i, j, height, width))
    return out


def _goes_down(below: list[list[bool]], right: list[list[bool]], taken: list[list[bool]], row: int, col: int, width: int) -> bool:
    """Whether a cell that is `width` wide goes on into `row`."""
    inside = range(col, col + width)
    return not any(below[row - 1][j] or taken[row][j] for j in inside) and not any(right[row][j] for j in inside[:-1])


def with_gutters(net: Net, glyphs: Sequence[Glyph], known: Known) -> Net:
    """The net with an upright rule in each gutter between header words that share one cell."""
    top = [g for g in glyphs if g.y < net.ys[1]]
    before = known.inside(net.xs[0], net.xs[-1])
    new: list[float] = []
    upright = list(net.vertical)
    spans = None
    for left, right in pairwise(net.xs):
        header = [g for g in top if left < g.x < right]
        cuts = [c for c in before if left + SNAP < c < right - SNAP] or (header_cuts(header, [], sure=True) if header else ())
        if not cuts:
            continue
        spans = spans or spans_of(net)
        boxes = sorted((net.ys[r], net.ys[r + h]) for r, c, h, w in spans if w == 1 and net.xs[c] == left)
        if not boxes:
            continue
        tops = [y0 for y0, _ in boxes]
        body = ink(g for g in glyphs if left < g.x < right and tops[0] < g.y < boxes[bisect_right(tops, g.y) - 1][1])
        cuts = header_cuts(header, body, sure=True) or tuple(c for c in cuts if not _crossed(body, c) and c in before)
        new += cuts
        upright += [Rule(c, y0, y1) for c in cuts for y0, y1 in boxes]
    if not new:
        return net
    known.note(net.xs[0], net.xs[-1], tuple(sorted(new)))
    return Net(tuple(sorted((*net.xs, *new))), net.ys, net.horizontal, tuple(upright))


def _crossed(covered: Sequence[Interval], x: float) -> bool:
    return any(x0 < x - 0.5 and x1 > x + 0.5 for x0, x1 in covered)
