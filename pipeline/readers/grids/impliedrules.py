"""Upright rules that a table's own lines imply: where its horizontal rules break off in one place, and in the rows that a
table style leaves without, between rows that have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from pipeline.readers.grids.gutters import HANGING, HUNG, Known
from pipeline.readers.pages.marks import SNAP, Glyph, Rule, by_level, text_lines

LEAST_GAP = 8.0
"""A gap in a rule that is a column's width: the narrowest column holds one character."""

ALIKE = 1.0
"""Breaks of several rules are in one place when nearer than this: they were drawn from one figure."""

LEAST_ROWS = 2
"""So many rules with the same gap, or rows with the same uprights, are no accident."""

TOUCH = 4.0

PADDING = 0.3
"""Characters of two cells are further apart than this part of their height."""


OVER = 0.05
"""The part of its square by which a mark at a line's end may reach over the next column's text."""


class _Stack(Struct):
    """Horizontal rules of one width, one below the other: where they lie, and the gaps in each."""

    start: float
    end: float
    levels: list[tuple[float, list[tuple[float, float]]]]

    def strips(self) -> Iterator[tuple[float, float]]:
        """The heights of each two rules that follow one another."""
        yield from pairwise(at for at, _ in self.levels)


def implied(flat: Sequence[Rule], tall: Sequence[Rule], glyphs: Sequence[Glyph], known: Known) -> list[Rule]:
    """Upright rules to add to those of a page. None runs through a character. `known`: where the pages before had some."""
    out: list[Rule] = []
    for stack in _stacks(flat, tall):
        inside = [v for v in tall if stack.start - TOUCH <= v.at <= stack.end + TOUCH]
        if inside:
            start, end, before = known.breaks
            found = [*_at_gaps(stack, inside, glyphs, before if abs(start - stack.start) < SNAP > abs(end - stack.end) else ())]
            if found:
                known.breaks = stack.start, stack.end, tuple(sorted({rule.at for rule in found}))
            out += [*found, *_in_bare_rows(stack, inside, glyphs)]
    return out


def _beside(stack: _Stack, start: float, end: float, tall: Sequence[Rule]) -> list[tuple[float, float]]:
    """The gap left or right of a level that runs from an upright, or from a side of the table, to where none was drawn: a
    label goes on beside it. A line of which both ends are free is an underline."""
    if start - stack.start <= ALIKE >= stack.end - end:
        return []
    free = [x for x in (start, end) if not any(abs(x - other) <= ALIKE for other in (stack.start, stack.end, *(v.at for v in tall)))]
    gaps = [(stack.start, start)] if free == [start] else [(end, stack.end)] if free == [end] else []
    return [(a, b) for a, b in gaps if b - a >= LEAST_GAP]


def _stacks(flat: Sequence[Rule], tall: Sequence[Rule]) -> list[_Stack]:
    stacks: list[_Stack] = []
    for level in by_level(flat):
        pieces = sorted(level, key=lambda r: r.start)
        start, end = pieces[0].start, max(r.end for r in pieces)
        gaps = [(a.end, b.start) for a, b in pairwise(pieces) if b.start - a.end >= LEAST_GAP]
        stack = stacks[-1] if stacks else None
        if stack is None or start < stack.start - SNAP or end > stack.end + SNAP:
            stack = _Stack(start, end, [])
            stacks.append(stack)
        stack.levels.append((pieces[0].at, [*gaps, *_beside(stack, start, end, tall)]))
    return [stack for stack in stacks if len(stack.levels) > LEAST_ROWS]


def _at_gaps(stack: _Stack, tall: Sequence[Rule], glyphs: Sequence[Glyph], before: Sequence[float]) -> Iterator[Rule]:
    """Both sides of a column whose cells go on over several rows: the rules between these rows break off around it. Where
    they did so `before`, on other pages, one is enough."""
    ends = sorted({x for _, gaps in stack.levels for gap in gaps for x in gap if stack.start < x < stack.end})
    for x in ends:
        broken = sum(any(abs(x - end) <= ALIKE for gap in gaps for end in gap) for _, gaps in stack.levels)
        first = not any(0 < x - other <= ALIKE for other in ends)
        drawn = any(abs(v.at - x) <= SNAP for v in tall)
        enough = broken >= LEAST_ROWS or any(abs(x - other) <= ALIKE for other in before)
        if first and enough and not drawn and _is_held(stack, tall):
            yield from (Rule(x, a, b) for a, b in stack.strips() if _parts(stack, x, a, b, tall, glyphs))


def _parts(stack: _Stack, x: float, top: float, bottom: float, tall: Sequence[Rule], glyphs: Sequence[Glyph]) -> bool:
    """Whether an upright stands in a row at x: a rule above or below breaks off there, or words stand on both sides of it
    (a total's do not)."""
    own = _between(stack, top, bottom, glyphs)
    if struck(own, [x]):
        return False
    if any(at in (top, bottom) and any(abs(x - end) <= ALIKE for gap in gaps for end in gap) for at, gaps in stack.levels):
        return True
    walls = [v.at for v in tall if v.start < bottom - TOUCH and v.end > top + TOUCH]
    left = max((w for w in walls if w < x), default=stack.start)
    right = min((w for w in walls if w > x), default=stack.end)
    return any(left < g.x < x for g in own) and any(x < g.x < right for g in own)


def _is_held(stack: _Stack, tall: Sequence[Rule]) -> bool:
    """Whether sides hold all the rules together: they are those of a table, not lines to write on."""
    top, bottom = stack.levels[0][0], stack.levels[-1][0]
    sides = [v for v in tall if v.start <= top + TOUCH and v.end >= bottom - TOUCH]
    return all(any(abs(v.at - x) <= TOUCH for v in sides) for x in (stack.start, stack.end))


def _in_bare_rows(stack: _Stack, tall: Sequence[Rule], glyphs: Sequence[Glyph]) -> Iterator[Rule]:
    """The uprights of the other rows, in rows that have none at all, not even sides, and whose words keep to the columns."""
    bare: list[tuple[float, float]] = []
    ruled: list[tuple[float, ...]] = []
    for a, b in stack.strips():
        own = sorted({round(v.at, 1) for v in tall if v.start < b - TOUCH and v.end > a + TOUCH})
        if own:
            ruled.append(tuple(own))
        else:
            bare.append((a, b))
    if len(ruled) < LEAST_ROWS or len(bare) < LEAST_ROWS or len(ruled[0]) < LEAST_ROWS:
        return
    columns = max(ruled, key=len)
    if not all(any(abs(x - c) <= SNAP for c in columns) for own in ruled for x in own):
        return
    for a, b in bare:
        words = _between(stack, a, b, glyphs)
        filled = {sum(x < g.x for x in columns) for g in words}
        if len(filled) > 1 and not struck(words, columns):
            yield from (Rule(x, a, b) for x in columns)


def _between(stack: _Stack, top: float, bottom: float, glyphs: Sequence[Glyph]) -> list[Glyph]:
    return [g for g in glyphs if top < g.y < bottom and stack.start < g.x < stack.end]


def struck(glyphs: Sequence[Glyph], places: Sequence[float]) -> bool:
    """Whether a character stands on one of these places, or a line of text goes on through it: cells have padding. A mark at
    a line's end may hang over a place; the next column's text then stands in its blank part."""
    for line in text_lines(glyphs):
        for a, b in pairwise(line):
            if b.x0 - a.x1 < PADDING * (a.bottom - a.top) and any(_inked(a) <= x <= _inked(b) for x in places) and not _is_hung(a, b):
                return True
    return any(g.x0 < x - 0.5 and g.x1 > x + 0.5 and g.text not in HANGING for g in glyphs for x in places)


def _inked(glyph: Glyph) -> float:
    """The middle of a character's ink."""
    return glyph.x if glyph.text not in HANGING else glyph.x0 + HUNG / 2 * (glyph.x1 - glyph.x0)


def _is_hung(mark: Glyph, after: Glyph) -> bool:
    """Whether a character stands in the blank part of a mark before it: it begins another text."""
    return mark.text in HANGING and after.x0 < mark.x1 - OVER * (mark.x1 - mark.x0)
