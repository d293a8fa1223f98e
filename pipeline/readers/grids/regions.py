"""Regions of lines that are tables without upright rules: from a line that names columns, or from the page before, down to
what ends them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import clean, points
from pipeline.pagenumbers import may_number_page
from pipeline.points import split_label
from pipeline.readers.grids.gutters import (
    MAX_HEADER_LINES,
    Interval,
    Known,
    columns_named,
    em,
    free_gaps,
    header_cuts,
    ink,
    piece_text,
)
from pipeline.readers.pages.glyphs import MARGIN
from pipeline.readers.pages.marks import Glyph, PageMarks, line_text, text_lines

FAR = 4.5
"""A blank of this many lines ends a table without rules."""

GAP = 4.0
"""Words of a header are farther apart than this; most lines of text are dismissed by it at once."""

TOP_LINES = 4
"""A table that goes on from the page before begins among the first lines (below a running title)."""

MIN_FILLED = 3
"""Columns that one line fills when it is a row of the table."""

INSET = 3.0
"""A section's name in the middle begins so many heights right of the first column."""

MAX_STACKED = 9
"""Lines of a header with words set one character under the other."""

MAX_SECTION = 30
"""Characters of a section row; a longer line is a sentence."""

CLOSE = 0.6
"""Words of one run stand this near to each other, in parts of their height."""

STACKED = 0.9
"""Lines of one text are farther apart than this part of their height."""

ANNEX = regex.compile(r"附\s*[件表]\s*[0-9一二三四五六七八九十]{0,3}\s*[:：]?")
"""The mark of an annex, alone on its line."""

Line = list[Glyph]


class Region(Struct, frozen=True):
    """Lines of one table on a page: header (none where it goes on from the page before), rows, columns, total rows."""

    header: list[Line]
    body: list[Line]
    cuts: tuple[float, ...]
    torn: bool = False
    """Rows of the same columns follow after the line that ended it."""
    covered: tuple[Interval, ...] = ()
    """The ink of its header and rows, on this page and those before."""

    def is_whole(self, line: Line) -> bool:
        """Whether a line is a row of its own, whatever the columns."""
        return is_whole(line) or heads_section(line, self.cuts)

    def is_section(self, line: Line) -> bool:
        """Whether a line is a row that only names a section."""
        return is_section(line) or heads_section(line, self.cuts)

    @property
    def open_end(self) -> bool:
        """Whether it may go on over the page."""
        return not is_total(self.body[-1])


def in_margin(line: Line, marks: PageMarks) -> bool:
    """Whether a line is a page's number in the margin above or below the text."""
    top, bottom = MARGIN * marks.height, (1 - MARGIN) * marks.height
    return (line[0].bottom < top or line[0].top > bottom) and may_number_page(line_text(line))


def opened(lines: Sequence[Line], i: int) -> Region | None:
    """The region a header opens at line i."""
    if not any(b.x0 - a.x1 > GAP for a, b in pairwise(lines[i])) and not _stacked(lines[i : i + 2]):
        return None
    heads = [list(lines[i : i + n]) for n in range(1, MAX_HEADER_LINES + 1) if i + n <= len(lines)]
    header = max(heads, key=lambda own: columns_named(flattened(own)) if _near(own) else 0)
    header = _with_columns(header, lines[i + len(header) : i + MAX_STACKED])
    flat, count = flattened(header), len(header)
    named = columns_named(flat)
    if not named or any(columns_named(flattened(header[n:])) >= named for n in range(1, count) if not _stacked(header[n - 1 : n + 1])):
        return None  # nothing named, or the header begins further down: a line of fields above it names no column
    body: list[Line] = []
    cuts = header_cuts(flat, [], sure=False)
    numbered = bool(cuts) and patterns.header_role(piece_text(flat, 0, cuts[0])) == "number"
    covered: list[Interval] = []
    for line in lines[i + count :]:
        total = is_total(line)
        whole = total or is_section(line)
        inked = covered if whole else ink(line, covered)
        longer = cuts if whole else header_cuts(flat, inked, sure=False)
        named = numbered and line[0].x < cuts[0] and names_section(line)
        if not whole and (named or _heads_anyway(line, cuts, longer if covered and len(longer) == len(cuts) else None)):
            inked, longer = covered, cuts
        covered = inked
        if _ends(line, body or header) or len(longer) < len(cuts):
            break
        body.append(line)
        cuts = longer
        if total:
            break
    while body and heads_section(body[-1], cuts) and not _has_points(body[-1]):
        if names_section(body[-1]) and any(map(names_section, body[:-1])):
            break
        body.pop()  # what follows the table
    rest = lines[i + count + len(body) :]
    region = Region(header, body, cuts, _torn(body, rest, cuts))
    printed = tuple(ink(flat, ink(g for line in body if not region.is_whole(line) for g in line)))
    return replace(region, covered=printed) if len(body) >= 2 else None


def side_by_side(region: Region, lines: Sequence[Line]) -> tuple[Region, ...]:
    """The two tables that a header names twice over, each with rows of its own height, the last of which ends in a total; none
    where that is not so. `lines`: those from the header on."""
    flat, count = flattened(region.header), len(region.cuts) + 1
    twice = bool(flat) and count >= 4 and count % 2 == 0
    names = [piece_text(flat, a, b) for a, b in pairwise((0.0, *region.cuts, flat[-1].x1 + 1))] if twice else []
    if not names or names[: count // 2] != names[count // 2 :]:
        return ()
    cut = region.cuts[count // 2 - 1]
    sides = [opened(text_lines(g for line in lines for g in line if (g.x < cut) is left), 0) for left in (True, False)]
    found = tuple(side for side in sides if side is not None and len(side.cuts) == count // 2 - 1)
    return found if len(found) == 2 and is_total(found[1].body[-1]) else ()


def _with_columns(header: list[Line], below: Sequence[Line]) -> list[Line]:
    """The header with the lines below it that only go on with words set one character under the other."""
    named = columns_named(flattened(header))
    for line in below if named else ():
        words = "".join(g.text for g in line)
        longer = [*header, line]
        single = all(b.x0 - a.x1 > CLOSE * (a.bottom - a.top) for a, b in pairwise(line))
        if not single or any(c.isdigit() for c in words) or not _near(longer) or columns_named(flattened(longer)) < named:
            break
        header = longer
    return header


def gone_on(lines: Sequence[Line], i: int, known: Known) -> Region | None:
    """The region that goes on at line i with the columns of the open table on the page before."""
    if known.open is None:
        return None
    left, right, cuts, covered = known.open
    body: list[Line] = []
    for line in lines[i:]:
        inked = covered if is_whole(line) else tuple(ink(line, covered))
        shifted = cuts if is_section(line) else _shifted(cuts, covered, inked, line)
        if _heads_anyway(line, cuts, shifted):
            inked, shifted = covered, cuts
        outside = line[0].x0 < left - 6 or line[-1].x1 > right + 6
        if shifted is None or outside or ANNEX.fullmatch(clean(line_text(line))) or (body and _ends(line, body)):
            break
        body.append(line)
        cuts, covered = shifted, inked
        if is_total(line):
            break
    filled = {sum(g.x > c for c in cuts) for line in body for g in line}
    return Region([], body, cuts, _torn(body, lines[i + len(body) :], cuts), covered) if len(filled) >= 2 else None


def _shifted(cuts: tuple[float, ...], before: Sequence[Interval], inked: Sequence[Interval], line: Line) -> tuple[float, ...] | None:
    """The cuts where the line leaves them room: one that it crosses moves within the gutter it stood in, as far as all
    lines so far leave one free. None when the line fills a gutter."""
    out = []
    for cut in cuts:
        if not _crosses(line, cut):
            out.append(cut)
            continue
        low = max((x1 for _, x1 in before if x1 <= cut), default=cut)
        high = min((x0 for x0, _ in before if x0 >= cut), default=cut)
        free = [(a, b) for a, b in free_gaps(inked, em(line)) if low <= a and b <= high]
        if not free:
            return None
        a, b = max(free, key=lambda gap: gap[1] - gap[0])
        out.append((a + b) / 2)
    return tuple(out)


def _torn(body: Sequence[Line], rest: Sequence[Line], cuts: Sequence[float]) -> bool:
    """Whether what follows a region that came to no total looks like more of its rows."""
    if not body or is_total(body[-1]):
        return False
    return any(
        not any(_crosses(line, c) for c in cuts) and len({sum(g.x > c for c in cuts) for g in line}) >= MIN_FILLED for line in rest[:6]
    )


def _crosses(line: Line, x: float) -> bool:
    return any(g.x0 < x - 0.5 and g.x1 > x + 0.5 for g in line)


def flattened(lines: Sequence[Line]) -> Line:
    """The characters of several lines."""
    return [g for line in lines for g in line]


def _stacked(lines: Sequence[Line]) -> bool:
    """Whether a second line follows by less than a line: words of two lines, in the middle beside words of one."""
    return len(lines) == 2 and lines[1][0].y - lines[0][0].y < STACKED * (lines[0][0].bottom - lines[0][0].top)


def _near(lines: Sequence[Line]) -> bool:
    return all(b[0].y - a[0].y < 2.2 * max(a[0].bottom - a[0].top, 1) for a, b in pairwise(lines))


def _ends(line: Line, before: Sequence[Line]) -> bool:
    """Whether a line is far below the last, or a note, a form field or the mark of an annex under the table."""
    return line[0].y - before[-1][0].y > FAR * max(line[0].bottom - line[0].top, 1) or ends_table(line)


def ends_table(line: Line) -> bool:
    """Whether a line is a note, a form field or the mark of an annex, as follow a table."""
    text = clean(line_text(line))
    return bool(ANNEX.fullmatch(text)) or bool(patterns.NOTE_ROW.match(text)) or patterns.field_name(text) is not None


def is_section(line: Line) -> bool:
    """A row that only names a section across the columns: its marker (一、), words close together, its points."""
    return names_section(line) and split_label(clean(line_text(line)))[1] is not None


def names_section(line: Line) -> bool:
    """A short line that begins with a section's marker."""
    marked = len(line) <= MAX_SECTION and not any(b.x0 - a.x1 > 2 * (a.bottom - a.top) for a, b in pairwise(line))
    return marked and bool(patterns.SECTION_MARKER.match(clean(line_text(line))))


def may_name_section(line: Line) -> bool:
    """A short line whose words stand close together, and no sentence, nor the points of a label alone."""
    words = [g.text for g in line if g.text > "\u4e00" and g.text not in "分（）"]
    close = not any(b.x0 - a.x1 > 2 * (a.bottom - a.top) for a, b in pairwise(line))
    return len(words) >= 2 and len(line) <= MAX_SECTION and close and not line_text(line).rstrip().endswith(("。", "；", ";"))


def heads_section(line: Line, cuts: Sequence[float]) -> bool:
    """A row that names a section without its marker: one short run of words, from the first column over others, or with its
    points in the middle of the table, in from where texts begin."""
    begins, ends = line[0].x0, line[-1].x1
    if not cuts or ends < cuts[0] or line[0].text.isdigit() or not may_name_section(line) or is_total(line):
        return False
    if any(b.x0 - a.x1 > CLOSE * (a.bottom - a.top) for a, b in pairwise(line)):
        return False
    if begins > cuts[0]:
        return begins - cuts[0] > INSET * (line[0].bottom - line[0].top) and _has_points(line)
    return _has_points(line) or any(_crosses(line, c) for c in cuts)


def _heads_anyway(line: Line, cuts: Sequence[float], shifted: Sequence[float] | None) -> bool:
    """Whether a line names a section without its marker, though gutters may move aside for it (`shifted`): a label may reach
    over where one was taken to be from the header alone."""
    return heads_section(line, cuts) and (shifted is None or heads_section(line, shifted))


def _has_points(line: Line) -> bool:
    return split_label(clean(line_text(line)))[1] is not None


def is_whole(line: Line) -> bool:
    """Whether a line is a row of its own whatever the columns."""
    return is_total(line) or is_section(line)


def is_total(line: Line) -> bool:
    """A total row: its word, then nothing but points."""
    text = clean(line_text(line)).split(" ")
    return patterns.names_total(text[0]) and all(points(t) is not None for t in text[1:])
