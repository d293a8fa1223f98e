"""Rows told by shading alone: a stripe's upper and lower edge are seen as well as a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.provenance import BBox
from pipeline.readers.grids.nets import merge_rules
from pipeline.readers.grids.walls import SNAP
from pipeline.readers.pages.marks import Glyph, Rule

ACROSS = 0.7
"""Part of a table's width that the stripes beginning or ending at one height cover: all columns but those of labels.
Shading behind words covers less."""

LOW = 6.0
"""A stripe is higher than this, in points: the smallest readable line of text."""

HIGH = 0.6
"""A fill that takes up more than this part of the page's height is its ground."""


def stripes(fills: Iterable[BBox], height: float) -> tuple[BBox, ...]:
    """The fills of a page that may be stripes or shaded cells, (x0, top, x1, bottom)."""
    return tuple(box for box in fills if LOW < box[3] - box[1] < HIGH * height and box[2] - box[0] > LOW)


def row_edges(shades: Sequence[BBox], glyphs: Sequence[Glyph], box: BBox) -> list[Rule]:
    """The edges of stripes inside a table's box (x0, top, x1, bottom), joined over cells; none when they run through its
    text."""
    left, top, right, bottom = box
    inside = [s for s in shades if s[0] < right and s[2] > left and s[1] < bottom + SNAP and s[3] > top - SNAP]
    edges = merge_rules(Rule(y, x0, x1) for x0, y0, x1, y1 in inside for y in (y0, y1) if top < y < bottom)
    out = []
    for edge in edges:
        level = [e for e in edges if abs(e.at - edge.at) <= SNAP]
        if sum(max(0.0, min(e.end, right) - max(e.start, left)) for e in level) >= ACROSS * (right - left):
            out.append(edge)
    return [] if any(strikes(edge, glyph) for edge in out for glyph in glyphs) else out


def strikes(edge: Rule, glyph: Glyph) -> bool:
    """Whether an edge runs through the middle of a character."""
    return edge.start < glyph.x < edge.end and abs(edge.at - glyph.y) < 0.25 * (glyph.bottom - glyph.top)
