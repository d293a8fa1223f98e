"""Two pages printed on one sheet: told by a blank strip down its middle and halves that lie alike."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from pipeline.readers.grids.gutters import ink
from pipeline.readers.pages.marks import Glyph, PageMarks, Rule, text_lines

WIDE = 1.2
"""A sheet of two pages is at least so many times as wide as high."""

EDGE = 0.07
"""The part of the height at top and bottom where headers and page numbers of the sheet may cross the middle."""

CENTRE = 0.05
"""The strip lies in the middle to this part of the width, and both halves begin, or keep from the sheet's edges, alike."""

STRIP = 0.025
"""The strip is at least this part of the width."""

LONG = 12
"""Characters of a line of running text; each half has such lines, or ruled tables of its own."""


def pages_of(marks: PageMarks, before: bool) -> tuple[PageMarks, PageMarks] | None:
    """The left and the right page of a sheet; None for a sheet that is one page. `before`: a sheet before it was two, so
    that a blank strip is enough."""
    if marks.width < WIDE * marks.height or (len(marks.glyphs) < 4 * LONG and not before):
        return None
    inner = [g for g in marks.glyphs if EDGE * marks.height < g.y < (1 - EDGE) * marks.height]
    middle = marks.width / 2
    rules = [(r.start, r.end) for r in marks.horizontal if EDGE * marks.height < r.at < (1 - EDGE) * marks.height]
    covered = ink(inner, [*rules, *((r.at, r.at) for r in marks.vertical)])
    left, right = [c for c in covered if c[1] <= middle], [c for c in covered if c[0] >= middle]
    if len(left) + len(right) < len(covered) or not left or not right:
        return None
    if before:
        return _half(marks, 0.0, middle), _half(marks, middle, marks.width)
    strip = (left[-1][1], right[0][0])
    ruled = any(r[1] - r[0] > 0.4 * middle for r in rules)
    alike = abs(left[0][0] - (right[0][0] - middle)) < CENTRE * marks.width
    alike = alike or (ruled and abs(left[0][0] - (marks.width - right[-1][1])) < CENTRE * marks.width)
    if strip[1] - strip[0] < STRIP * marks.width or abs(sum(strip) / 2 - middle) > CENTRE * marks.width or not alike:
        return None
    if not all(_is_page([g for g in inner if (g.x > middle) is right], marks.horizontal, right, middle) for right in (False, True)):
        return None
    return _half(marks, 0.0, middle), _half(marks, middle, marks.width)


def _is_page(glyphs: Sequence[Glyph], horizontal: Sequence[Rule], right: bool, middle: float) -> bool:
    """Whether a half has lines of text running on, or rules of its own."""
    if any((r.start >= middle) is right and r.end - r.start > 0.4 * middle for r in horizontal):
        return True
    return sum(len(line) >= LONG for line in text_lines(glyphs)) >= 3


def _half(marks: PageMarks, left: float, right: float) -> PageMarks:
    return replace(
        marks,
        left=left,
        width=right,
        glyphs=tuple(g for g in marks.glyphs if left <= g.x < right),
        horizontal=tuple(replace(r, start=max(r.start, left), end=min(r.end, right)) for r in marks.horizontal if r.start < right and r.end > left),
        vertical=tuple(r for r in marks.vertical if left <= r.at < right),
    )
