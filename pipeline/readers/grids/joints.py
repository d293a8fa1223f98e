"""Upright rules told by where level rules are pieced together: a browser draws the border of each cell by itself, so that a
table with rules across only still shows where its columns part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from operator import itemgetter

from pipeline.readers.grids.gutters import Interval, Known, columns_named, header_cuts, ink
from pipeline.readers.grids.impliedrules import PADDING, struck
from pipeline.readers.grids.regions import ends_table
from pipeline.readers.pages.marks import SNAP, Glyph, Rule, by_level, positions, text_lines

LEAST_LEVELS = 4
LEAST_PLACES = 2
"""So many rules with the same so many joints are no accident; nor are fewer rules with more joints that all of them have."""

SHARE = 0.4
"""Part of the rules that have a joint in one place: at cells that go on over several rows or columns there is none."""

FEW = 0.35
"""Part of the rows that may run across a gutter: they name sections or come to a total."""

Strip = tuple[float, float, list[Glyph]]
"""What stands between two rules, and where they are."""


def implied_by_joints(horizontal: Sequence[Rule], tall: Sequence[Rule], glyphs: Sequence[Glyph], known: Known) -> list[Rule]:
    """Upright rules to add to those of a page, where level rules of one table have no upright among them. Where each row has
    its rules, drawn in one piece, columns part at the gutters."""
    out: list[Rule] = []
    for levels in _stacks(horizontal, known):
        start, end = min(level[0].start for level in levels), max(r.end for r in levels[0])
        top, bottom = levels[0][0].at, levels[-1][0].at
        if any(start - SNAP < v.at < end + SNAP and v.start < bottom and v.end > top for v in tall):
            continue
        strips = [(a[0].at, b[0].at, [g for g in glyphs if a[0].at < g.y < b[0].at and start - SNAP < g.x < end + SNAP]) for a, b in pairwise(levels)]
        if len(strips) == 1 and columns_named(strips[0][2]):
            continue  # a header whose rows have no rules
        before = known.inside(start, end)
        places = list(before) if before and not columns_named(strips[0][2]) else _places(levels, start, end)
        if len(places) < LEAST_PLACES + (len(levels) < LEAST_LEVELS):
            places = _gutters(strips, before, [r.start for level in levels for r in level])
        if places:
            known.note(start, end, tuple(places))
            out += _uprights(strips, [start, *places, end])
    return out


def _gutters(strips: Sequence[Strip], before: Sequence[float], starts: Sequence[float]) -> list[float]:
    """The gutters between the words of a header in the first strip that the rows leave free, or those of the page before.
    `starts`: where rules begin, beside labels that go on: there a column begins."""
    header = strips[0][2]
    if not columns_named(header):
        return list(before)
    if len(strips) < LEAST_LEVELS:
        return []
    rows = [_runs(own) for _, _, own in strips[1:]]
    words = ink(header)
    out = []
    for cut in header_cuts(header, [], sure=False):
        left = max((x1 for _, x1 in words if x1 <= cut), default=cut)
        right = min((x0 for x0, _ in words if x0 >= cut), default=cut)
        places = [left + 0.5 + k for k in range(int(right - left))] or [cut]
        crossed = [sum(any(x0 < x < x1 for x0, x1 in runs) for runs in rows) for x in places]
        least = min(crossed)
        if least <= FEW * len(rows):
            runs_of = (list(own) for same, own in groupby(zip(crossed, places, strict=True), itemgetter(0)) if same == least)
            best = max(runs_of, key=len)
            begun = [x for x in starts if left < x < right and any(abs(x - place) <= 1 for _, place in best)]
            out.append(begun[0] if begun else best[len(best) // 2][1])
    return out


def _runs(own: Sequence[Glyph]) -> list[Interval]:
    """Where words run on without a gap, on each line of a row."""
    out: list[Interval] = []
    for line in text_lines(own):
        start = line[0].x0
        for a, b in pairwise(line):
            if b.x0 - a.x1 > PADDING * (a.bottom - a.top):
                out.append((start, a.x1))
                start = b.x0
        out.append((start, line[-1].x1))
    return out


def _stacks(horizontal: Sequence[Rule], known: Known) -> list[list[list[Rule]]]:
    """Levels of rules pieced together that end in one place on the right, one below the other. They begin where the first does or
    further right; a table that goes on from the page before, beside a label that does, where its rules began there."""
    stacks: list[list[list[Rule]]] = []
    for level in by_level(horizontal):
        pieces = sorted(level, key=lambda r: r.start)
        end = max(r.end for r in pieces)
        if stacks and abs(max(r.end for r in stacks[-1][-1]) - end) <= SNAP and pieces[0].start > known.left(end, stacks[-1][0][0].start) - SNAP:
            stacks[-1].append(pieces)
        else:
            stacks.append([pieces])
    return [levels for levels in stacks if len(levels) > 1]


def _places(levels: Sequence[Sequence[Rule]], start: float, end: float) -> list[float]:
    """Where rules begin inside the table, on enough levels."""
    counted: Counter[int] = Counter(round(r.start) for level in levels for r in level if start + SNAP < r.start < end - SNAP)
    least = (SHARE if len(levels) >= LEAST_LEVELS else 1) * len(levels)
    return positions(float(place) for place in counted if sum(counted.get(place + d, 0) for d in (-1, 0, 1)) >= least)


def _uprights(strips: Sequence[Strip], places: Sequence[float]) -> list[Rule]:
    heads = [i for i, (_, _, own) in enumerate(strips) if columns_named(own)]
    out = []
    for i, (top, bottom, own) in enumerate(strips):
        if i + 1 in heads or any(ends_table(line) for line in text_lines(own)):
            continue  # between two tables
        free = [x for x in places[1:-1] if not struck(own, [x])]
        named = len(free) < len(places) - 2 and len({sum(x < g.x for x in places) for g in own}) <= 2
        out += [Rule(x, top, bottom) for x in ([places[0], places[-1]] if named else [places[0], *free, places[-1]])]
    return out
