"""Tables without upright rules (三线表, rules only across) or without any: columns by gutters, rows by their numbers.

A line that names columns opens one; it goes on while no line crosses the gutters. What results is a net like any other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from pipeline.normalize import clean, fold, points
from pipeline.pagenumbers import ends_page
from pipeline.provenance import BBox
from pipeline.readers.grids.gutters import MAX_HEADER_LINES, Interval, Known, columns_named
from pipeline.readers.grids.openrows import columns_in, edge_of, label_spans, rows_in, serial_of
from pipeline.readers.grids.regions import (
    MARGIN,
    TOP_LINES,
    Line,
    Region,
    flattened,
    gone_on,
    in_margin,
    is_total,
    opened,
    side_by_side,
)
from pipeline.readers.grids.shading import row_edges
from pipeline.readers.pages.marks import Glyph, Net, PageMarks, Rule, line_text, text_lines

MIN_STRIPES = 3
"""So many edges of stripes and more tell all rows of a table: every second one is shaded."""

LARGEST_STEP = 4
"""Serial numbers of one column follow each other within this; an absent one leaves a gap of two."""

SMALL = 6.0
"""The height of the smallest readable line of text."""

DIGITS, WITH_DIGITS = "0123456789", "0123456789.分"


class OpenTable(Struct, frozen=True):
    """A net whose missing rules were put in, and whether its rows are certain."""

    net: Net
    sure: bool


def find_open(lines: Sequence[Line], horizontal: Sequence[Rule], marks: PageMarks, known: Known) -> list[OpenTable]:
    """The open tables among the lines that stand in no ruled table."""
    found: list[OpenTable] = []
    lines = [line for line in lines if not in_margin(line, marks)]
    while lines and ends_page(clean(line_text(lines[-1]))):
        lines = lines[:-1]
    lines = lines[_repeats_head(lines, marks.height, known) :]
    i = 0
    while i < len(lines):
        region = opened(lines, i) or (gone_on(lines, i, known) if not found and i < TOP_LINES else None)
        region = None if region is not None and _stands_above(region, horizontal) else region
        if region is None:
            i += 1
            continue
        if sides := side_by_side(region, lines[i:]):
            found += [_table(side, horizontal, False, shades=marks.shades) for side in sides]
            known.open, end = None, max(line[0].y for side in sides for line in side.body)
            i = next((k for k in range(i, len(lines)) if lines[k][0].top > end), len(lines))
            continue
        table = _table(region, horizontal, known.open is not None and not found, shades=marks.shades)
        found.append(table)
        ended = is_total(region.body[-1])
        known.open = None if ended else (table.net.xs[0], table.net.xs[-1], region.cuts, region.covered)
        i += len(region.header) + len(region.body)
    return found


def _repeats_head(lines: Sequence[Line], height: float, known: Known) -> bool:
    """Whether the first line, in the upper margin, is that of a page before: a running title, no row of a table that goes on."""
    if not lines or lines[0][0].bottom > MARGIN * height or columns_named(lines[0]):
        return False
    head = line_text(lines[0])
    repeated = head in known.heads
    known.heads.add(head)
    return repeated


def _stands_above(region: Region, horizontal: Sequence[Rule]) -> bool:
    """Whether the first line of a table that goes on is none of its rows: its first rule comes below that line."""
    if region.header or len(region.body) < 2:
        return False
    first, second = region.body[0][0].y, region.body[1][0].y
    wide = [h.at for h in horizontal if h.end - h.start > 0.5 * (region.body[1][-1].x1 - region.body[1][0].x0)]
    return any(first < y < second for y in wide) and not any(y < first for y in wide)


# ---- nets --------------------------------------------------------------------------------------------------------


def with_rows(net: Net, glyphs: Sequence[Glyph], shades: Sequence[BBox]) -> tuple[Net, bool]:
    """The net with the rows that shading or its numbers tell where a band between two rules holds several of them (only upright
    rules were drawn), and whether they are certain."""
    ys, flat, tall, sure = list(net.ys), list(net.horizontal), list(net.vertical), True
    stacked = _stacks(net, glyphs)
    for band, (top, bottom) in enumerate(pairwise(net.ys)):
        if band not in stacked:
            continue
        lines = text_lines(g for g in glyphs if top < g.y < bottom)
        region = Region([], lines, net.xs[1:-1])
        for n in range(1, min(MAX_HEADER_LINES, len(lines) - 1) + 1):
            if columns_named(flattened(lines[:n])):
                region = Region(lines[:n], lines[n:], net.xs[1:-1])
        if not _holds_rows(region):
            continue
        first = next((serial[-1] for w in _numbers(region) if (serial := serial_of(w)) is not None), 1)
        table = _table(region, [], first > 1, (net.xs[0], net.xs[-1]), shades)
        inner = list(table.net.ys[1:-1])
        ys += inner
        flat += [h for h in table.net.horizontal if h.at in inner]
        for a, b in _sections_at(region, top, bottom):
            tall = [piece for v in tall for piece in (_without(v, a, b) if v.at in region.cuts else (v,))]
        sure = sure and table.sure
    if len(ys) == len(net.ys):
        return net, True
    return Net(net.xs, tuple(sorted(ys)), tuple(sorted(flat, key=lambda r: r.at)), tuple(tall)), sure


def _stacks(net: Net, glyphs: Sequence[Glyph]) -> set[int]:
    """Bands in which some column holds figures only, one above the other: most bands are dismissed by it."""
    reach: dict[tuple[int, int], tuple[float, float]] = {}
    for glyph in glyphs:
        if glyph.text in DIGITS:
            y = glyph.y
            place = bisect_right(net.ys, y), bisect_right(net.xs, glyph.x)
            low, high = reach.get(place, (y, y))
            reach[place] = min(low, y), max(high, y)
    tall = {place for place, (low, high) in reach.items() if high - low > SMALL}
    for glyph in glyphs:
        if not tall:
            break
        if glyph.text not in WITH_DIGITS:
            tall.discard((bisect_right(net.ys, glyph.y), bisect_right(net.xs, glyph.x)))
    return {band - 1 for band, _ in tall}


def _numbers(region: Region) -> list[str]:
    """The lines of the column of serial numbers."""
    columns = columns_in(region)
    own = [g for line in region.body if not region.is_whole(line) for g in line if columns.of(g) == columns.anchor]
    return [w for line in text_lines(own) if serial_of(w := fold(line_text(line))) is not None]


def _follows(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """Whether a serial comes soon after another: 3 after 2, 2.1 after 1.4."""
    if len(before) == len(after) == 1:
        return 0 < after[0] - before[0] <= LARGEST_STEP
    return before < after and after[0] - before[0] <= LARGEST_STEP


def _holds_rows(region: Region) -> bool:
    """Whether two numbers and more (or one above a total) count up in a column, beside as many points in another."""
    if len(region.body) < 2 or len(region.cuts) < 2:
        return False
    columns = columns_in(region)
    numbers = [n for w in _numbers(region) if (n := serial_of(w)) is not None]
    if len(numbers) + any(map(region.is_whole, region.body)) < 2 or not all(_follows(a, b) for a, b in pairwise(numbers)):
        return False
    body = [g for line in region.body if not region.is_whole(line) for g in line]
    for col in range(columns.text + 1, len(region.cuts) + 1):
        words = [line_text(line) for line in text_lines(g for g in body if columns.of(g) == col)]
        if len(words) == len(numbers) and all(points(w) is not None for w in words):
            return True
    return False


def _table(
    region: Region, horizontal: Sequence[Rule], leading: bool, sides: Interval | None = None, shades: Sequence[BBox] = ()
) -> OpenTable:
    """The region as a net: gutters as upright rules, rows from printed rules, from shading and from the numbers. `sides`:
    where its outer borders are printed."""
    glyphs = [g for line in (*region.header, *region.body) for g in line]
    left, right = sides or (min(g.x0 for g in glyphs), max(g.x1 for g in glyphs))
    top, bottom = min(g.top for g in glyphs), max(g.bottom for g in glyphs)
    edges = row_edges(shades, glyphs, (left, top, right, bottom))
    stripes = {h.at for h in edges}
    horizontal = [*horizontal, *edges]
    across = [h for h in horizontal if min(h.end, right) - max(h.start, left) > 0.3 * (right - left) and top < h.at < bottom]
    levels = {round(h.at) for h in across}
    across = [h for h in horizontal if round(h.at) in levels and h.start < right and h.end > left]
    left, right = min(left, *(h.start for h in across), left), max(right, *(h.end for h in across), right)
    xs = (left, *region.cuts, right)
    columns = columns_in(region)
    inner = [h.at for h in across]
    seams = [edge_of(a, b) for a, b in _seams(region) if not any(_between(a, b, y) for y in inner)]
    starts: list[float] = []
    sure = not region.torn
    bands = _bands(region, inner)
    middle: bool | None = None
    striped = sum(h.at in stripes for h in across) > MIN_STRIPES
    for k, band in enumerate(bands):
        if striped and columns.anchor is None:
            continue  # each stripe is a row
        ruled = any(y > region.body[0][0].y for y in inner)
        shared = rows_in(band, columns, leading and k == 0 and not ruled, region.open_end and k == len(bands) - 1)
        sure = sure and shared is not None and shared[1]
        middle = shared[2] if shared is not None and middle is None else middle
        lines = text_lines(g for g in band if columns.of(g) == columns.text)
        starts += shared[0] if shared else [edge_of(a, b) for a, b in pairwise(lines)]
    starts.sort()
    goes_on = label_spans(region, columns, starts, leading, middle)
    walls = [Rule(h.at, max(h.start, left), min(h.end, right)) for h in across]
    walls += [Rule(y, xs[c], xs[c + 1]) for y in starts for c in range(len(xs) - 1) if y not in goes_on.get(c, ())]
    walls += [Rule(y, left, right) for y in (top, *seams, bottom)]
    ys = sorted({top, *inner, *seams, *starts, bottom})
    upright = tuple(Rule(x, a, b) for x in xs for a, b in _upright(region, top, bottom, x in region.cuts))
    return OpenTable(Net(xs, tuple(ys), tuple(sorted(walls, key=lambda r: r.at)), upright), sure)


def _upright(region: Region, top: float, bottom: float, inner: bool) -> list[tuple[float, float]]:
    """Where a rule between columns stands: all the way, but not through rows that name a section."""
    ends = [top, *(y for pair in (_sections_at(region, top, bottom) if inner else ()) for y in pair), bottom]
    return [(a, b) for a, b in zip(ends[::2], ends[1::2], strict=True) if b - a > 1]


def _sections_at(region: Region, top: float, bottom: float) -> list[tuple[float, float]]:
    """Upper and lower edge of each row that names a section."""
    lines = [*region.header[-1:], *region.body]
    return [
        (edge_of(lines[i - 1], line) if i else top, edge_of(line, lines[i + 1]) if i + 1 < len(lines) else bottom)
        for i, line in enumerate(lines)
        if region.is_section(line)
    ]


def _without(rule: Rule, start: float, end: float) -> list[Rule]:
    """What is left of a rule without [start, end]."""
    pieces = (Rule(rule.at, rule.start, min(rule.end, start)), Rule(rule.at, max(rule.start, end), rule.end))
    return [piece for piece in pieces if piece.end - piece.start > 1]


def _seams(region: Region) -> list[tuple[Line, Line]]:
    """Neighbouring lines between which a row surely begins: below the header, around a total."""
    lines = [*region.header[-1:], *region.body]
    return [(a, b) for i, (a, b) in enumerate(pairwise(lines)) if (i == 0 and region.header) or region.is_whole(a) or region.is_whole(b)]


def _between(above: Line, below: Line, y: float) -> bool:
    return above[0].y < y < below[0].y


def _bands(region: Region, inner: Sequence[float]) -> list[Line]:
    """Characters of the body between printed rules and total rows."""
    totals = [line for line in region.body if region.is_whole(line)]
    bounds = [*inner, *(edge for line in totals for edge in (min(g.top for g in line), max(g.bottom for g in line)))]
    bounds.sort()
    bands: dict[int, Line] = {}
    for line in region.body:
        for glyph in line if not region.is_whole(line) else ():
            bands.setdefault(bisect_right(bounds, glyph.y), []).append(glyph)
    return [bands[k] for k in sorted(bands)]


