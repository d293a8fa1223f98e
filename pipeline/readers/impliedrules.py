"""Upright rules that a table's own lines imply: where its horizontal rules break off in one place, and in the rows that a
table style leaves without, between rows that have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from pipeline.readers.marks import SNAP, Glyph, Rule, by_level, text_lines

LEAST_GAP = 8.0
"""A gap in a rule that is a column's width: the narrowest column holds one character."""

ALIKE = 1.0
"""Breaks of several rules are in one place when nearer than this: they were drawn from one figure."""

LEAST_ROWS = 2
"""So many rules with the same gap, or rows with the same uprights, are no accident."""

TOUCH = 4.0

PADDING = 0.3
"""Characters of two cells are further apart than this part of their height."""


class _Stack(Struct):
    """Horizontal rules of one width, one below the other: where they lie, and the gaps in each."""

    start: float
    end: float
    levels: list[tuple[float, list[tuple[float, float]]]]

    def strips(self) -> Iterator[tuple[float, float]]:
        yield from pairwise(at for at, _ in self.levels)


def implied(flat: Sequence[Rule], tall: Sequence[Rule], glyphs: Sequence[Glyph]) -> list[Rule]:
    """Upright rules to add to those of a page. None runs through a character."""
    out: list[Rule] = []
    for stack in _stacks(flat):
        inside = [v for v in tall if stack.start - TOUCH <= v.at <= stack.end + TOUCH]
        out += [*_at_gaps(stack, inside, glyphs), *_in_bare_rows(stack, inside, glyphs)] if inside else ()
    return out


def _stacks(flat: Sequence[Rule]) -> list[_Stack]:
    stacks: list[_Stack] = []
    for level in by_level(flat):
        pieces = sorted(level, key=lambda r: r.start)
        start, end = pieces[0].start, max(r.end for r in pieces)
        gaps = [(a.end, b.start) for a, b in pairwise(pieces) if b.start - a.end >= LEAST_GAP]
        if not stacks or abs(stacks[-1].start - start) > SNAP or abs(stacks[-1].end - end) > SNAP:
            stacks.append(_Stack(start, end, []))
        stacks[-1].levels.append((pieces[0].at, gaps))
    return [stack for stack in stacks if len(stack.levels) > LEAST_ROWS]


def _at_gaps(stack: _Stack, tall: Sequence[Rule], glyphs: Sequence[Glyph]) -> Iterator[Rule]:
    """Both sides of a column whose cells go on over several rows: the rules between these rows break off around it."""
    ends = sorted({x for _, gaps in stack.levels for gap in gaps for x in gap})
    for x in ends:
        broken = sum(any(abs(x - end) <= ALIKE for gap in gaps for end in gap) for _, gaps in stack.levels)
        first = not any(0 < x - other <= ALIKE for other in ends)
        drawn = any(abs(v.at - x) <= SNAP for v in tall)
        if first and broken >= LEAST_ROWS and not drawn and _is_held(stack, tall):
            yield from (Rule(x, a, b) for a, b in stack.strips() if not struck(_between(stack, a, b, glyphs), [x]))


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
    """Whether a character stands on one of these places, or a line of text goes on through it: cells have padding."""
    for line in text_lines(glyphs):
        for a, b in pairwise(line):
            if b.x0 - a.x1 < PADDING * (a.bottom - a.top) and any(a.x <= x <= b.x for x in places):
                return True
    return any(g.x0 < x - 0.5 and g.x1 > x + 0.5 for g in glyphs for x in places)
