"""Tables without upright rules (三线表, rules only across) or without any: columns by gutters, rows by their numbers.

A line that names columns opens one; it goes on while no line crosses the gutters. What results is a net like any other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import clean, fold, points
from pipeline.points import split_label
from pipeline.readers import rowbands
from pipeline.readers.gutters import MAX_HEADER_LINES, Interval, Known, columns_named, em, free_gaps, header_cuts, ink
from pipeline.readers.marks import Glyph, Net, PageMarks, Rule, line_text, text_lines

FAR = 4.5
"""A blank of this many lines ends a table without rules."""

GAP = 4.0
"""Words of a header are farther apart than this; most lines of text are dismissed by it at once."""

TOP_LINES = 4
"""A table that goes on from the page before begins among the first lines (below a running title)."""

MARGIN = 0.08
"""Page numbers stand in this part of the page's height, at its top and bottom."""

MIN_FILLED = 3
"""Columns that one line fills when it is a row of the table."""

NEAR = 1.35
"""Lines of one label are not farther apart than this, in line pitches of the text."""

LARGEST_STEP = 4
"""Serial numbers of one column follow each other within this; an absent one leaves a gap of two."""

SMALL = 6.0
"""The height of the smallest readable line of text."""

MAX_SECTION = 30
"""Characters of a section row; a longer line is a sentence."""

STACKED = 0.9
"""Lines of one text are farther apart than this part of their height."""

FIGURES = "0123456789.分"

ENDS = regex.compile(r"[。；;.！!？?]\s*$")

_PAGE = regex.compile(r"[-—–] ?[0-9]{1,4} ?[-—–]|第 ?[0-9]{1,4} ?页.{0,12}")
"""A page number that can be nothing else, wherever a page ends."""

Line = list[Glyph]


class OpenTable(Struct, frozen=True):
    """A net whose missing rules were put in, and whether its rows are certain."""

    net: Net
    sure: bool


class _Region(Struct, frozen=True):
    """Lines of one table on a page: header (none where it goes on from the page before), rows, columns, total rows."""

    header: list[Line]
    body: list[Line]
    cuts: tuple[float, ...]
    torn: bool = False
    """Rows of the same columns follow after the line that ended it."""
    covered: tuple[Interval, ...] = ()
    """The ink of its header and rows, on this page and those before."""

    @property
    def open_end(self) -> bool:
        """Whether it may go on over the page."""
        return not _is_total(self.body[-1])


def find_open(lines: Sequence[Line], horizontal: Sequence[Rule], marks: PageMarks, known: Known) -> list[OpenTable]:
    """The open tables among the lines that stand in no ruled table."""
    found: list[OpenTable] = []
    lines = [line for line in lines if not _in_margin(line, marks)]
    while lines and _PAGE.fullmatch(clean(line_text(lines[-1]))):
        lines = lines[:-1]
    i = 0
    while i < len(lines):
        region = _opened(lines, i) or (_gone_on(lines, i, known) if not found and i < TOP_LINES else None)
        if region is None:
            i += 1
            continue
        table = _table(region, horizontal, known.open is not None and not found)
        found.append(table)
        ended = _is_total(region.body[-1])
        known.open = None if ended else (table.net.xs[0], table.net.xs[-1], region.cuts, region.covered)
        i += len(region.header) + len(region.body)
    return found


def _in_margin(line: Line, marks: PageMarks) -> bool:
    top, bottom = MARGIN * marks.height, (1 - MARGIN) * marks.height
    return (line[0].bottom < top or line[0].top > bottom) and bool(patterns.PAGE_NUMBER.match(line_text(line)))


def _opened(lines: Sequence[Line], i: int) -> _Region | None:
    """The region a header opens at line i."""
    if not any(b.x0 - a.x1 > GAP for a, b in pairwise(lines[i])) and not _stacked(lines[i : i + 2]):
        return None
    heads = [list(lines[i : i + n]) for n in range(1, MAX_HEADER_LINES + 1) if i + n <= len(lines)]
    header = max(heads, key=lambda own: columns_named(_flat(own)) if _near(own) else 0)
    flat, count = _flat(header), len(header)
    named = columns_named(flat)
    if not named or any(columns_named(_flat(header[n:])) >= named for n in range(1, count)):
        return None  # nothing named, or the header begins further down: a line of fields above it names no column
    body: list[Line] = []
    cuts = header_cuts(flat, [], sure=False)
    covered: list[Interval] = []
    for line in lines[i + count :]:
        total = _is_total(line)
        whole = total or _is_section(line)
        covered = covered if whole else ink(line, covered)
        longer = cuts if whole else header_cuts(flat, covered, sure=False)
        if _ends(line, body or header) or len(longer) < len(cuts):
            break
        body.append(line)
        cuts = longer
        if total:
            break
    rest = lines[i + count + len(body) :]
    inked = tuple(ink(flat, ink(g for line in body if not _is_whole(line) for g in line)))
    return _Region(header, body, cuts, _torn(body, rest, cuts), inked) if len(body) >= 2 else None


def _gone_on(lines: Sequence[Line], i: int, known: Known) -> _Region | None:
    """The region that goes on at line i with the columns of the open table on the page before."""
    if known.open is None:
        return None
    left, right, cuts, covered = known.open
    body: list[Line] = []
    for line in lines[i:]:
        whole = _is_whole(line)
        inked = covered if whole else tuple(ink(line, covered))
        shifted = cuts if _is_section(line) else _shifted(cuts, covered, inked, line)
        outside = line[0].x0 < left - 6 or line[-1].x1 > right + 6
        if shifted is None or outside or (body and _ends(line, body)):
            break
        body.append(line)
        cuts, covered = shifted, inked
        if _is_total(line):
            break
    filled = {sum(g.x > c for c in cuts) for line in body for g in line}
    return _Region([], body, cuts, _torn(body, lines[i + len(body) :], cuts), covered) if len(filled) >= 2 else None


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
    if not body or _is_total(body[-1]):
        return False
    return any(
        not any(_crosses(line, c) for c in cuts) and len({sum(g.x > c for c in cuts) for g in line}) >= MIN_FILLED for line in rest[:6]
    )


def _crosses(line: Line, x: float) -> bool:
    return any(g.x0 < x - 0.5 and g.x1 > x + 0.5 for g in line)


def _flat(lines: Sequence[Line]) -> Line:
    return [g for line in lines for g in line]


def _stacked(lines: Sequence[Line]) -> bool:
    """Whether a second line follows by less than a line: words of two lines, in the middle beside words of one."""
    return len(lines) == 2 and lines[1][0].y - lines[0][0].y < STACKED * (lines[0][0].bottom - lines[0][0].top)


def _near(lines: Sequence[Line]) -> bool:
    return all(b[0].y - a[0].y < 2.2 * max(a[0].bottom - a[0].top, 1) for a, b in pairwise(lines))


def _ends(line: Line, before: Sequence[Line]) -> bool:
    """Whether a line is far below the last, or a note or form field under the table."""
    text = clean(line_text(line))
    far = line[0].y - before[-1][0].y > FAR * max(line[0].bottom - line[0].top, 1)
    return far or bool(patterns.NOTE_ROW.match(text)) or patterns.field_name(text) is not None


def _is_section(line: Line) -> bool:
    """A row that only names a section across the columns: its marker (一、), words close together, its points."""
    return names_section(line) and split_label(clean(line_text(line)))[1] is not None


def names_section(line: Line) -> bool:
    """A short line that begins with a section's marker."""
    if len(line) > MAX_SECTION or any(b.x0 - a.x1 > 2 * (a.bottom - a.top) for a, b in pairwise(line)):
        return False
    return bool(patterns.SECTION_MARKER.match(clean(line_text(line))))


def _is_whole(line: Line) -> bool:
    """Whether a line is a row of its own whatever the columns."""
    return _is_total(line) or _is_section(line)


def _is_total(line: Line) -> bool:
    """A total row: its word, then nothing but points."""
    text = clean(line_text(line)).split(" ")
    return bool(patterns.TOTAL_WORDS.fullmatch(fold(text[0]))) and all(points(t) is not None for t in text[1:])


# ---- nets --------------------------------------------------------------------------------------------------------


def with_rows(net: Net, glyphs: Sequence[Glyph]) -> tuple[Net, bool]:
    """The net with the rows that its numbers tell where a band between two rules holds several of them (only upright
    rules were drawn), and whether they are certain."""
    ys, flat, tall, sure = list(net.ys), list(net.horizontal), list(net.vertical), True
    stacked = _stacks(net, glyphs)
    for band, (top, bottom) in enumerate(pairwise(net.ys)):
        if band not in stacked:
            continue
        lines = text_lines(g for g in glyphs if top < g.y < bottom)
        region = _Region([], lines, net.xs[1:-1])
        for n in range(1, min(MAX_HEADER_LINES, len(lines) - 1) + 1):
            if columns_named(_flat(lines[:n])):
                region = _Region(lines[:n], lines[n:], net.xs[1:-1])
        if not _holds_rows(region):
            continue
        first = next((int(w) for w in _numbers(region)), 1)
        table = _table(region, [], first > 1, (net.xs[0], net.xs[-1]))
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
        if glyph.text in FIGURES:
            y = glyph.y
            place = bisect_right(net.ys, y), bisect_right(net.xs, glyph.x)
            low, high = reach.get(place, (y, y))
            reach[place] = min(low, y), max(high, y)
    tall = {place for place, (low, high) in reach.items() if high - low > SMALL}
    for glyph in glyphs:
        if not tall:
            break
        if glyph.text not in FIGURES and glyph.text.strip():
            tall.discard((bisect_right(net.ys, glyph.y), bisect_right(net.xs, glyph.x)))
    return {band - 1 for band, _ in tall}


def _numbers(region: _Region) -> list[str]:
    """The lines of the column of serial numbers."""
    columns = _columns(region)
    own = [g for line in region.body if not _is_whole(line) for g in line if columns.of(g) == columns.anchor]
    return [w for line in text_lines(own) if (w := fold(line_text(line))).isdecimal()]


def _holds_rows(region: _Region) -> bool:
    """Whether two numbers and more (or one above a total) count up in a column, beside as many points in another."""
    if len(region.body) < 2 or len(region.cuts) < 2:
        return False
    columns = _columns(region)
    numbers = [int(w) for w in _numbers(region)]
    if len(numbers) + any(map(_is_whole, region.body)) < 2 or any(not 0 < b - a <= LARGEST_STEP for a, b in pairwise(numbers)):
        return False
    body = [g for line in region.body if not _is_whole(line) for g in line]
    for col in range(columns.text + 1, len(region.cuts) + 1):
        words = [line_text(line) for line in text_lines(g for g in body if columns.of(g) == col)]
        if len(words) == len(numbers) and all(points(w) is not None for w in words):
            return True
    return False


def _table(region: _Region, horizontal: Sequence[Rule], leading: bool, sides: Interval | None = None) -> OpenTable:
    """The region as a net: gutters as upright rules, rows from printed rules and from the numbers. `sides`: where its
    outer borders are printed."""
    glyphs = [g for line in (*region.header, *region.body) for g in line]
    left, right = sides or (min(g.x0 for g in glyphs), max(g.x1 for g in glyphs))
    top, bottom = min(g.top for g in glyphs), max(g.bottom for g in glyphs)
    across = [h for h in horizontal if min(h.end, right) - max(h.start, left) > 0.3 * (right - left) and top < h.at < bottom]
    levels = {round(h.at) for h in across}
    across = [h for h in horizontal if round(h.at) in levels and h.start < right and h.end > left]
    left, right = min(left, *(h.start for h in across), left), max(right, *(h.end for h in across), right)
    xs = (left, *region.cuts, right)
    columns = _columns(region)
    inner = [h.at for h in across]
    seams = [_edge(a, b) for a, b in _seams(region) if not any(_between(a, b, y) for y in inner)]
    starts: list[float] = []
    sure = not region.torn
    bands = _bands(region, inner)
    middle: bool | None = None
    for k, band in enumerate(bands):
        ruled = any(y > region.body[0][0].y for y in inner)
        shared = _rows(band, columns, leading and k == 0 and not ruled, region.open_end and k == len(bands) - 1)
        sure = sure and shared is not None and shared[1]
        middle = shared[2] if shared is not None and middle is None else middle
        lines = text_lines(g for g in band if columns.of(g) == columns.text)
        starts += shared[0] if shared else [_edge(a, b) for a, b in pairwise(lines)]
    starts.sort()
    goes_on = _label_spans(region, columns, starts, leading, middle)
    walls = [Rule(h.at, max(h.start, left), min(h.end, right)) for h in across]
    walls += [Rule(y, xs[c], xs[c + 1]) for y in starts for c in range(len(xs) - 1) if y not in goes_on.get(c, ())]
    walls += [Rule(y, left, right) for y in (top, *seams, bottom)]
    ys = sorted({top, *inner, *seams, *starts, bottom})
    upright = tuple(Rule(x, a, b) for x in xs for a, b in _upright(region, top, bottom, x in region.cuts))
    return OpenTable(Net(xs, tuple(ys), tuple(sorted(walls, key=lambda r: r.at)), upright), sure)


def _upright(region: _Region, top: float, bottom: float, inner: bool) -> list[tuple[float, float]]:
    """Where a rule between columns stands: all the way, but not through rows that name a section."""
    ends = [top, *(y for pair in (_sections_at(region, top, bottom) if inner else ()) for y in pair), bottom]
    return [(a, b) for a, b in zip(ends[::2], ends[1::2], strict=True) if b - a > 1]


def _sections_at(region: _Region, top: float, bottom: float) -> list[tuple[float, float]]:
    """Upper and lower edge of each row that names a section."""
    lines = [*region.header[-1:], *region.body]
    return [
        (_edge(lines[i - 1], line) if i else top, _edge(line, lines[i + 1]) if i + 1 < len(lines) else bottom)
        for i, line in enumerate(lines)
        if _is_section(line)
    ]


def _without(rule: Rule, start: float, end: float) -> list[Rule]:
    """What is left of a rule without [start, end]."""
    pieces = (Rule(rule.at, rule.start, min(rule.end, start)), Rule(rule.at, max(rule.start, end), rule.end))
    return [piece for piece in pieces if piece.end - piece.start > 1]


def _edge(above: Line, below: Line) -> float:
    return (max(g.bottom for g in above) + min(g.top for g in below)) / 2


def _seams(region: _Region) -> list[tuple[Line, Line]]:
    """Neighbouring lines between which a row surely begins: below the header, around a total."""
    lines = [*region.header[-1:], *region.body]
    return [(a, b) for i, (a, b) in enumerate(pairwise(lines)) if (i == 0 and region.header) or _is_whole(a) or _is_whole(b)]


def _between(above: Line, below: Line, y: float) -> bool:
    return above[0].y < y < below[0].y


def _bands(region: _Region, inner: Sequence[float]) -> list[Line]:
    """Characters of the body between printed rules and total rows."""
    totals = [line for line in region.body if _is_whole(line)]
    bounds = [*inner, *(edge for line in totals for edge in (min(g.top for g in line), max(g.bottom for g in line)))]
    bounds.sort()
    bands: dict[int, Line] = {}
    for line in region.body:
        for glyph in line if not _is_whole(line) else ():
            bands.setdefault(bisect_right(bounds, glyph.y), []).append(glyph)
    return [bands[k] for k in sorted(bands)]


class _Columns(Struct, frozen=True):
    """Indices of the columns that tell rows apart."""

    anchor: int | None
    text: int
    cuts: tuple[float, ...]

    def of(self, glyph: Glyph) -> int:
        return sum(glyph.x > c for c in self.cuts)


def _columns(region: _Region) -> _Columns:
    """The text column holds most characters; anchors are serials that count up, else points."""
    by_col: dict[int, list[Glyph]] = {}
    for line in region.body:
        for glyph in line if not _is_whole(line) else ():
            by_col.setdefault(sum(glyph.x > c for c in region.cuts), []).append(glyph)
    text = max(by_col, key=lambda c: len(by_col[c]), default=0)
    words = {c: [clean(line_text(line)) for line in text_lines(own)] for c, own in sorted(by_col.items()) if c != text}
    serial = [c for c, said in words.items() if _counts_up(said)]
    scored = [c for c, said in words.items() if c > text and said and all(points(t) is not None for t in said)]
    serial.sort(key=lambda c: -len(words[c]))  # a section's points, alone in their column, count up too
    return _Columns(next(iter((*serial, *scored)), None), text, region.cuts)


def _counts_up(words: Sequence[str]) -> bool:
    """Whether the lines are nothing but serials, each above the last."""
    numbers = [int(m["n"]) if (m := patterns.SERIAL.match(fold(w))) and m["n"].isdecimal() else None for w in words]
    return bool(numbers) and all(n is not None for n in numbers) and all(b > a for a, b in pairwise(numbers))  # type: ignore[operator]


def _rows(band: Line, columns: _Columns, leading: bool, trailing: bool) -> tuple[list[float], bool, bool | None] | None:
    """Where rows begin below the band's first, whether that is certain, and whether numbers stand in the middle of their
    rows (None: not known); None when the band's rows cannot be told."""
    own: dict[int, list[Glyph]] = {}
    for glyph in band:
        own.setdefault(columns.of(glyph), []).append(glyph)
    if columns.anchor is None:
        return ([], True, None) if len(text_lines(own.get(columns.text, []))) <= 1 else None
    anchors = [_middle(line) for line in text_lines(own.get(columns.anchor, []))]
    if not anchors:
        return [], True, None
    text = text_lines(own.get(columns.text, []))
    every = text_lines(
        g for c, glyphs in own.items() if c >= columns.text and c != columns.anchor for g in glyphs if c == columns.text or not _scored(glyphs)
    )
    if len(anchors) == 1 and not leading:
        return [], True, None
    ends = [bool(ENDS.search(line_text(line))) for line in text]
    shares = rowbands.share_out([_middle(line) for line in text], anchors, anchors, ends, leading, trailing)
    if shares is not None:
        return [_widest_gap(text[s - 1], text[s], every) for s in shares.starts if s], shares.sure, shares.middle
    ends = [bool(ENDS.search(line_text([g for g in line if columns.of(g) == columns.text]))) for line in every]
    shares = rowbands.share_out([_middle(line) for line in every], anchors, anchors, ends, leading, trailing)
    return ([_edge(every[s - 1], every[s]) for s in shares.starts if s], shares.sure, shares.middle) if shares is not None else None


def _widest_gap(above: Line, below: Line, lines: Sequence[Line]) -> float:
    """Where a row ends between two lines of the text: in the widest blank that the other columns leave there."""
    between = [line for line in lines if _middle(above) < _middle(line) < _middle(below)]
    steps = list(pairwise([above, *between, below]))
    widest = max(steps, key=lambda step: min(g.top for g in step[1]) - max(g.bottom for g in step[0]))
    return _edge(*widest)


def _scored(glyphs: Sequence[Glyph]) -> bool:
    return all(points(line_text(line)) is not None for line in text_lines(glyphs))


def _middle(line: Line) -> float:
    return sum(g.y for g in line) / len(line)


def _label_spans(
    region: _Region, columns: _Columns, starts: Sequence[float], leading: bool, middle: bool | None
) -> dict[int, list[float]]:
    """For each label column the row starts at which no label begins: its cells go on there. `middle`: how numbers stand."""
    body = [g for line in region.body if not _is_whole(line) for g in line]
    lines = [_middle(line) for line in text_lines(g for g in body if columns.of(g) == columns.text)]
    begins = [min((y for y in lines if y > s), default=s) for s in starts]
    ends = [any(y < s <= z for s in starts) for y, z in pairwise(lines)] + [True]
    first_lines = {0, *(i for i, y in enumerate(lines) if y in set(begins))}
    out: dict[int, list[float]] = {}
    for col in (c for c in range(columns.text) if c != columns.anchor):
        printed = text_lines(g for g in body if columns.of(g) == col)
        blocks = _each_row(printed, [lines[0], *begins]) or _blocks(printed, rowbands.pitch_of(lines))
        if not blocks and leading:
            out[col] = list(starts)
            continue
        tops, middles = [_middle(b[0]) for b in blocks], [(_middle(b[0]) + _middle(b[-1])) / 2 for b in blocks]
        shares = rowbands.share_out(lines, tops, middles, ends, leading, region.open_end, first_lines, middle)
        if shares is not None and (opened := {lines[s] for s in shares.starts}) <= {lines[0], *begins}:
            out[col] = [s for s, y in zip(starts, begins, strict=True) if y not in opened]
        else:
            out[col] = [s for s in starts if any(_middle(b[0]) < s < _middle(b[-1]) for b in blocks)]
    return out


def _each_row(lines: Sequence[Line], firsts: Sequence[float]) -> list[list[Line]] | None:
    """Each line a label of its own when every row has one at its first line."""
    if len(lines) != len(firsts):
        return None
    level = all(abs(_middle(line) - y) < 0.3 * (line[0].bottom - line[0].top) for line, y in zip(lines, firsts, strict=True))
    named = all(split_label(clean(line_text(line)))[0] for line in lines)
    return [[line] for line in lines] if level and named else None


def _blocks(lines: Sequence[Line], pitch: float) -> list[list[Line]]:
    """Lines that stand close together: one label, which ends with its points where it has them."""
    blocks: list[list[Line]] = []
    for line in lines:
        alone = bool(split_label(clean(line_text(line)))[0])
        gap = line[0].y - blocks[-1][-1][0].y if blocks else 0.0
        near = bool(blocks) and gap < (NEAR if alone else 2 * NEAR) * pitch and line_text(line) != line_text(blocks[-1][-1])
        whole = bool(blocks) and split_label(clean("".join(line_text(own) for own in blocks[-1])))[1] is not None
        if near and not whole:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks
