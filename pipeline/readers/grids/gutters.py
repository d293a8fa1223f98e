"""Columns without upright rules: gutters that no line of text crosses, between words of the header that name columns.

The header decides, so that running text, lists with hanging numbers and spaced words are never cut into columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from msgspec import Struct, field

from pipeline import patterns
from pipeline.model import Remark
from pipeline.normalize import clean
from pipeline.provenance import BBox, Provenance
from pipeline.readers.pages.marks import Glyph, joined_text, line_text, text_lines
from pipeline.readers.pages.remarks import on_page

NARROW = 0.15
"""A gutter is at least this part of the type's width: a column's text may be set up to a hair before the next column, and
characters of one text touch."""

WIDE = 1.5
"""A gap of this many characters through all lines parts columns, whatever the header says."""

MIN_COLUMNS = 3
"""A table without rules names at least three columns, or its points beside another."""

HANGING = frozenset("、。，；：")
HUNG = 0.4
"""Marks that office programs let hang into the next column, and the part of their square that has ink."""

TIGHT = 0.15
"""Characters of one text are no farther apart than this part of their height, unless it is spaced out."""

HAIR = 0.1
"""By so much positions of the same place may differ."""

MAX_HEADER_LINES = 3
MAX_HEADER = 90
MAX_GAPS = 40
"""Gaps between header words; a line with more is dotted or spaced out, not a header."""

MAX_PIECE = 14
"""A header word is short; a longer piece is a sentence."""

OVERPRINTED = 2
"""So many characters on others are no accident of the setting."""

Interval = tuple[float, float]


class Known(Struct):
    """Gutters of the tables read so far: a table that goes on over the page has them where they were."""

    found: list[tuple[float, float, tuple[float, ...]]] = field(default_factory=list)
    breaks: tuple[float, float, tuple[float, ...]] = (0.0, 0.0, ())
    """Left, right and the columns of the last table that were told by where its level rules break off."""
    open: tuple[float, float, tuple[float, ...], tuple[Interval, ...]] | None = None
    """Left, right, gutters and ink of a table without upright rules that had not come to its total."""
    heads: set[str] = field(default_factory=set)
    """First lines in the upper margins of the pages read so far."""
    facing: bool = False
    """Whether a sheet so far held two pages."""
    doubts: list[BBox] = field(default_factory=list)
    """Tables of the page just built whose rows could not be told for certain."""
    overprinted: int = 0
    """Characters of the page just built that stand on others."""

    def remarks(self, page: int) -> list[Remark]:
        """What is to be said of the page just built."""
        what = ": a table without rules between its rows; which lines make a row cannot be told for certain"
        zh = "：一张表的行与行之间没有线，哪几行字是表的一行没有把握"
        said = [on_page("uncertain-rows", page, what, zh, Provenance("", page, box)) for box in self.doubts]
        if self.overprinted >= OVERPRINTED:
            what = f": {self.overprinted} characters are printed over others; the texts there may be mixed"
            zh = f"：{self.overprinted} 个字符印在别的字符上，那里的文字可能混在一起"
            said.append(on_page("unread-text", page, what, zh))
        return said

    def note(self, left: float, right: float, cuts: tuple[float, ...]) -> None:
        """Keep a table's borders and gutters, in points from the page's left, for the pages after."""
        self.found.append((left, right, cuts))

    def left(self, right: float, start: float) -> float:
        """The left border of the last table with this right one; `start`, when it lies further left or there was none."""
        return min(start, next((x0 for x0, x1, _ in reversed(self.found) if abs(x1 - right) < 6), start))

    def inside(self, left: float, right: float) -> tuple[float, ...]:
        """The gutters of the last table of these borders; none when there was no such table."""
        for x0, x1, cuts in reversed(self.found):
            if abs(x0 - left) < 6 and abs(x1 - right) < 6:
                return cuts
        return ()


def em(glyphs: Sequence[Glyph]) -> float:
    """The width of a Chinese character here, in points."""
    widths = [g.x1 - g.x0 for g in glyphs if not g.text.isascii()]
    return median(widths) if widths else median([0.8 * (g.bottom - g.top) for g in glyphs] or [10.0])


def ink(glyphs: Iterable[Glyph], before: Sequence[Interval] = ()) -> list[Interval]:
    """The intervals of x that characters cover, joined where they overlap; `before` is added. A mark that may hang over the
    end of its line counts as wide as its ink."""
    out: list[Interval] = []
    own = ((g.x0, g.x1 if g.text not in HANGING else g.x0 + HUNG * (g.x1 - g.x0)) for g in glyphs)
    for x0, x1 in sorted((*before, *own)):
        if out and x0 <= out[-1][1]:
            out[-1] = out[-1][0], max(out[-1][1], x1)
        else:
            out.append((x0, x1))
    return out


def free_gaps(covered: Sequence[Interval], size: float) -> list[Interval]:
    """Intervals between ink that are wide enough for a gutter."""
    return [(a[1], b[0]) for a, b in pairwise(covered) if b[0] - a[1] >= NARROW * size]


def runs_over(glyph: Glyph, before: Glyph, edge: float) -> bool:
    """Whether a character beyond a column's edge belongs to the text before it: that has no gap there and reaches over the
    edge, or the character is a mark that ends it. One that stands on the character before begins another text."""
    size, gap = glyph.bottom - glyph.top, glyph.x0 - before.x1
    if gap >= TIGHT * size or abs(glyph.y - before.y) >= TIGHT * size:
        return False
    if glyph.text in HANGING:
        return gap > -TIGHT * size
    return gap > -HAIR and (glyph.x0 < edge or (before.x1 > edge + HAIR and before.text not in HANGING and not glyph.text.isascii()))


def header_cuts(header: Sequence[Glyph], body: Sequence[Interval], sure: bool) -> tuple[float, ...]:
    """Where columns part: the gaps that leave as many header words as can be that name a column.

    `body`: the ink of the lines below. `sure`: every piece must name a column (rules are missing in part); else a wide gap
    alone parts columns too.
    """
    size = em(header)
    gaps = free_gaps(ink(header, body), size)
    if not gaps or len(gaps) > MAX_GAPS:
        return ()
    ends = [float("-inf"), *((a + b) / 2 for a, b in gaps), float("inf")]
    widths = [0.0, *((b - a) / size for a, b in gaps), 0.0]
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for j in range(1, len(ends)):
        options = []
        for i in range(j):
            text = piece_text(header, ends[i], ends[j])
            lost = 0.0 if sure else 2.0 * sum(w >= WIDE for w in widths[i + 1 : j])
            score = best[i][0] + _piece_score(text, sure) - lost + 0.001 * min(widths[j], 20)
            options.append((score, (*best[i][1], j)))
        best.append(max(options, key=lambda o: (o[0], -len(o[1]))))
    score, chosen = best[-1]
    return tuple(ends[j] for j in chosen[:-1]) if score > 0 else ()


def piece_text(glyphs: Sequence[Glyph], left: float, right: float) -> str:
    """The words between two gutters."""
    return clean(joined_text([line_text(line) for line in text_lines(g for g in glyphs if left <= g.x < right)]))


def _piece_score(text: str, sure: bool) -> float:
    if patterns.header_role(text) is not None:
        return 1.0
    if sure:
        return -100.0
    return -0.5 if text else -0.2


def columns_named(header: Sequence[Glyph]) -> int:
    """How many columns a line (or a few) names; 0 when it is no header: short words, wide apart, most of them known."""
    if not 4 <= len(header) <= MAX_HEADER:
        return 0
    size = em(header)
    gaps = [g for g in free_gaps(ink(header), size) if g[1] - g[0] >= 0.8 * size]
    if len(gaps) + 1 < MIN_COLUMNS - 1:
        return 0
    ends = [float("-inf"), *((a + b) / 2 for a, b in gaps), float("inf")]
    words = [piece_text(header, a, b) for a, b in pairwise(ends)]
    roles = [r for w in words if (r := patterns.header_role(w)) is not None]
    scored = bool({"points", "awarded"} & set(roles))
    enough = len(set(roles)) >= MIN_COLUMNS or (scored and len(set(roles)) >= 2)
    return len(roles) if enough and 2 * len(roles) > len(words) and max(map(len, words)) <= MAX_PIECE else 0
