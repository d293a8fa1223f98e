"""Text that runs down or up a cell (vertical writing, labels turned by a quarter): told by the order it was drawn in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.readers.pages.marks import Glyph

FEW = 5
"""A cell with more characters a line than this is not looked at: labels that run down have one to three columns."""


def columns_of(glyphs: Sequence[Glyph], lines: Sequence[Sequence[Glyph]]) -> list[list[Glyph]] | None:
    """The columns of a cell's text that runs down (from the right) or up (from the left), each as a line; None for text
    that runs across, and for a single column that runs down: its lines are in order as they are."""
    if len(glyphs) < 3 or len(glyphs) > FEW * len(lines):
        return None
    steps = [_step(a, b) for a, b in pairwise(glyphs)]
    down, up, across = (steps.count(kind) for kind in ("down", "up", "across"))
    most = max(down, up)
    if across or most < max(2, 4 * min(down, up)) or 3 * most < 2 * len(steps):  # else the order tells nothing
        return None
    columns = _by_x(glyphs)
    if up > down:
        return [sorted(column, key=lambda g: -g.y) for column in columns]
    return [sorted(column, key=lambda g: g.y) for column in reversed(columns)] if len(columns) > 1 else None


def _step(one: Glyph, two: Glyph) -> str:
    """Where the next character stands: down, up or across from the one before; "" for a new line and for none of them."""
    dx, dy, size = two.x - one.x, two.y - one.y, max(one.bottom - one.top, one.x1 - one.x0, 1.0)
    if abs(dy) > 2 * abs(dx) and 0.2 * size < abs(dy) < 2.5 * size:
        return "down" if dy > 0 else "up"
    return "across" if abs(dx) > 2 * abs(dy) and dx < 2.5 * size else ""


def _by_x(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters in columns, left to right; columns are about a character apart."""
    columns: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: g.x):
        size = max(glyph.bottom - glyph.top, glyph.x1 - glyph.x0)
        if columns and glyph.x - columns[-1][0].x < 0.7 * size:
            columns[-1].append(glyph)
        else:
            columns.append([glyph])
    return columns
