"""Rules that shaded cells imply: where a table style fills the cells of every row, or of every second one, and draws few
borders (Word's Shading, List and Grid styles, striped web tables), each fill's sides are seen as well as rules."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter

from msgspec import Struct, field

from pipeline import patterns
from pipeline.pagenumbers import may_number_page
from pipeline.provenance import BBox
from pipeline.readers.grids.gutters import columns_named, piece_text
from pipeline.readers.grids.impliedrules import struck
from pipeline.readers.grids.nets import merge_rules
from pipeline.readers.grids.openrows import edge_of
from pipeline.readers.grids.regions import ends_table, heads_section
from pipeline.readers.grids.shading import LOW, strikes
from pipeline.readers.pages.marks import SNAP, Glyph, Rule, line_text, positions, text_lines

LEAST_ROWS = 2
LEAST_CELLS = 2
"""So many rows of so many cells side by side are no words marked in a text."""

ACROSS = 0.7
"""Part of the table's width that a printed rule covers which closes it."""

NEXT = 1.6
"""The rest of a row follows within so many heights of a line."""

MOST_CELLS = 3000
"""A page of more fills is a drawing."""

TALL = 40.0
"""The largest type's height."""

MAX_HEADER = 4
"""Lines of a header above the first rule."""

NEAR = 90.0
"""A header, with a row below it, is no higher than this."""

FAR = 240.0
"""Without rules a header stands no higher than this above the first stripe; lines follow it closely."""

MOST = 0.7
"""Part of a column's rows that have a number, beside those that name sections."""

APART = 2.0
"""Words of one run stand nearer to each other than so many heights."""


class _Words:
    """The characters of a page by height."""

    def __init__(self, glyphs: Sequence[Glyph]) -> None:
        self.all = sorted(glyphs, key=attrgetter("y"))
        self._heights = [g.y for g in self.all]

    def between(self, top: float, bottom: float) -> list[Glyph]:
        """Those whose centre lies between two heights, from top to bottom."""
        return self.all[bisect_right(self._heights, top) : bisect_left(self._heights, bottom)]

    def inside(self, top: float, bottom: float, left: float, right: float) -> list[Glyph]:
        """Those whose centre lies in a box."""
        return [g for g in self.between(top, bottom) if left < g.x < right]


class _Row(Struct):
    """Shaded cells of one row, left to right."""

    top: float
    bottom: float
    cells: list[BBox]

    def ends_at(self, cell: BBox) -> bool:
        """Whether a cell of the same height begins where the row ends."""
        return abs(self.top - cell[1]) <= 1 and abs(self.bottom - cell[3]) <= 1 and abs(self.cells[-1][2] - cell[0]) <= SNAP

    @property
    def edges(self) -> list[float]:
        return positions([x for cell in self.cells for x in (cell[0], cell[2])])


class _Sheet(Struct):
    """Shaded rows of one table: the places of its columns, and all its shaded cells."""

    columns: list[float]
    rows: list[_Row]
    cells: list[BBox] = field(default_factory=list)
    names: list[float] = field(default_factory=list)
    """Where the words begin in shaded rows of one cell: they name sections."""
    numbered: bool = False
    """Whether the first column has a number in most shaded rows."""
    above: float = 0.0
    """Where the shaded rows of the table before end."""

    @property
    def left(self) -> float:
        return self.columns[0]

    @property
    def right(self) -> float:
        return self.columns[-1]


def implied_by_fills(
    shades: Sequence[BBox], flat: Sequence[Rule], tall: Sequence[Rule], glyphs: Sequence[Glyph]
) -> tuple[list[Rule], list[Rule]]:
    """(horizontal, vertical) rules to add to those of a page."""
    level: list[Rule] = []
    upright: list[Rule] = []
    words = _Words(glyphs)
    for sheet in _sheets(shades, words) if len(shades) <= MOST_CELLS else ():
        sides = merge_rules(Rule(x, y0, y1) for x0, y0, x1, y1 in sheet.cells for x in (x0, x1))
        if sum(_is_drawn(rule, tall) for rule in sides) > MOST * len(sides):
            continue  # the table has its rules
        across, down = _rules(sheet, flat, words)
        if _goes_beyond(sheet, words) or any(strikes(rule, g) for rule in across for g in words.between(rule.at - TALL, rule.at + TALL)):
            continue
        level += (rule for rule in across if not _is_drawn(rule, flat))
        upright += (rule for rule in down if not _is_drawn(rule, tall))
    return level, upright


def _sheets(shades: Sequence[BBox], words: _Words) -> list[_Sheet]:
    cells = _cells(shades)
    rows = _rows(cells)
    sheets: list[_Sheet] = []
    for row in rows if sum(len(r.cells) >= LEAST_CELLS for r in rows) >= LEAST_ROWS else ():
        sheet = sheets[-1] if sheets else None
        if sheet is not None and not _fits(sheet, row) and len(row.cells) < LEAST_CELLS:
            continue  # a label over several rows
        if sheet is None or not _fits(sheet, row) or _opens(sheet, row, words):
            sheets.append(_Sheet(row.edges, [row]))
        else:
            sheet.columns = positions([*sheet.columns, *row.edges])
            sheet.rows.append(row)
    sheets = [s for s in sheets if sum(len(r.cells) >= LEAST_CELLS for r in s.rows) >= LEAST_ROWS]
    for before, sheet in pairwise(sheets):
        sheet.above = before.rows[-1].bottom
    for sheet in sheets:
        top, bottom = sheet.rows[0].top, max(row.bottom for row in sheet.rows)
        level = [c for c in cells if c[1] > top - SNAP and c[3] < bottom + SNAP and c[0] < sheet.right]
        while labels := [c for c in level if c[0] < sheet.left - SNAP and abs(c[2] - sheet.left) <= SNAP]:
            sheet.columns.insert(0, min(c[0] for c in labels))
        sheet.cells = [c for c in level if c[2] > sheet.left]
        sheet.columns = positions([*sheet.columns, *(x for c in sheet.cells for x in (c[0], c[2]))])
        for row in (own for own in sheet.rows if len(own.cells) == 1 and own.cells[0][0] < sheet.left + SNAP):
            named = words.inside(row.top, row.bottom, sheet.left, sheet.right)
            sheet.names += [min(g.x0 for g in named)] if named else []
    return sheets


def _opens(sheet: _Sheet, row: _Row, words: _Words) -> bool:
    """Whether another table begins at a row, or above it since the last one: columns are named, or what follows a table stands there."""
    end = max(own.bottom for own in sheet.rows)
    lines = text_lines(words.inside(end, row.bottom, sheet.left - LOW, sheet.right))
    return any(ends_table(line) or columns_named([g for one in lines[i : i + 2] for g in one]) for i, line in enumerate(lines))


def _cells(shades: Sequence[BBox]) -> list[BBox]:
    """The fills, each once."""
    return sorted({tuple(map(round, box)): box for box in shades}.values(), key=lambda b: (b[1], b[0]))


def _rows(cells: Sequence[BBox]) -> list[_Row]:
    """Cells of one height side by side."""
    rows: list[_Row] = []
    for cell in cells:
        row = next((r for r in reversed(rows[-40:]) if r.ends_at(cell)), None)
        if row is None:
            rows.append(_Row(cell[1], cell[3], [cell]))
        else:
            row.cells.append(cell)
    by_left: dict[int, list[_Row]] = {}
    for row in rows:
        by_left.setdefault(round(row.cells[0][0]), []).append(row)
    return [row for row in rows if not any(_holds(row, other) for d in range(-2, 3) for other in by_left.get(round(row.cells[-1][2]) + d, ()))]


def _holds(label: _Row, row: _Row) -> bool:
    """Whether cells go on over several rows, of which one begins at their right."""
    return label.top - 1 <= row.top and row.bottom <= label.bottom + 1 and row.bottom - row.top < label.bottom - label.top - 1


def _fits(sheet: _Sheet, row: _Row) -> bool:
    """Whether a row ends where a table's rows end, and parts into columns where they do."""
    edges = row.edges
    finer = [x for x in sheet.columns if x > edges[0] - SNAP]
    return abs(edges[-1] - sheet.right) <= SNAP and (_within(edges, sheet.columns) or _within(finer, edges))


def _within(some: Sequence[float], all_: Sequence[float]) -> bool:
    return all(any(abs(x - other) <= SNAP for other in all_) for x in some)


def _rules(sheet: _Sheet, flat: Sequence[Rule], words: _Words) -> tuple[list[Rule], list[Rule]]:
    """The sides of the shaded cells and of the rows between, above and below them."""
    wide = [r for r in flat if min(r.end, sheet.right) - max(r.start, sheet.left) >= ACROSS * (sheet.right - sheet.left)]
    _widen(sheet, wide, words)
    own = _Words([g for g in words.all if sheet.left - SNAP < g.x < sheet.right + SNAP])
    firsts = [held for row in sheet.rows if (held := own.inside(row.top, row.bottom, sheet.left, sheet.columns[1]))]
    sheet.numbered = sum(all(g.text.isdigit() for g in held) for held in firsts) > MOST * len(firsts)
    across = [Rule(y, x0, x1) for x0, y0, x1, y1 in sheet.cells for y in (y0, y1)]
    down = [Rule(x, y0, y1) for x0, y0, x1, y1 in sheet.cells for x in (x0, x1)]
    for row in sheet.rows:
        beside = [x for x in sheet.columns if x < row.cells[0][0] - SNAP]
        if sheet.numbered and len(beside) > 1:  # the cell over them names a section
            across += [Rule(y, beside[0], row.cells[0][0]) for y in (row.top, row.bottom)]
            beside = beside[:1]
        down += [Rule(x, row.top, row.bottom) for x in beside if not _is_inside(sheet, x, row.top, row.bottom)]
    bands = [(row.top, row.bottom) for row in sheet.rows]
    shaded = {round(y) for band in bands for y in band}
    for band in _bare(sheet, [r.at for r in wide], own):
        for top, bottom in _around_names(sheet, band, own):
            free = [g for g in own.between(top, bottom) if not any(c[1] < g.y < c[3] and c[0] < g.x < c[2] for c in sheet.cells)]
            down += [Rule(x, top, bottom) for x in _parting(sheet, free) if not _is_inside(sheet, x, top, bottom)]
            across += [Rule(y, sheet.left, sheet.right) for y in (top, bottom) if round(y) not in shaded or (y == bottom and columns_named(free))]
            bands.append((top, bottom))
    across += _beside(sheet, sorted(bands), own)
    return merge_rules(across), [rule for rule in down if not struck(own.between(rule.start, rule.end), [rule.at])]


def _around_names(sheet: _Sheet, band: tuple[float, float], words: _Words) -> Iterator[tuple[float, float]]:
    """The rows of a stretch without shading: a line that names a section across columns is one by itself."""
    top, bottom = band
    lines = text_lines(words.between(top, bottom))
    named = [heads_section(line, sheet.columns[1:-1]) or (sheet.numbered and _is_name(line, sheet.columns[1])) for line in lines]
    for (line, one), (after, other) in pairwise(zip(lines, named, strict=True)):
        if one or other:
            yield top, (top := edge_of(line, after))
    yield top, bottom


def _is_name(line: Sequence[Glyph], first: float) -> bool:
    """Whether a line has words in the first column, where others have numbers, and nothing else but figures."""
    name = [g for g in line if g.x < first]
    return len(name) > 1 and all(g.text > "\u4e00" for g in name) and all(g.text.isdigit() or g.text in ".分" for g in line if g.x > first)


def _widen(sheet: _Sheet, wide: Sequence[Rule], words: _Words) -> None:
    """A first column that is never shaded reaches as far to the left as the rules above and below the table, or as its words
    where the header names it."""
    top, bottom = sheet.rows[0].top, sheet.rows[-1].bottom
    start = min((r.start for r in wide if top - NEAR < r.at < bottom + NEAR and r.end < sheet.right + SNAP), default=sheet.left)
    if start > sheet.left - LOW:
        for line in text_lines(words.between(max(top - FAR, sheet.above), sheet.rows[0].bottom)):
            if line[0].x < sheet.left - LOW and columns_named(line) and patterns.header_role(piece_text(line, 0, sheet.left)) is not None:
                start = min([g.x0 for g in words.inside(line[0].top, bottom, 0, sheet.left)]) - 1
    if start < sheet.left - LOW:
        sheet.columns.insert(0, start)


def _beside(sheet: _Sheet, bands: Sequence[tuple[float, float]], words: _Words) -> list[Rule]:
    """Rules between the rows in a first column that is never shaded and holds a number for each row."""
    left, right = sheet.columns[:2]
    if any(c[0] < right - SNAP for c in sheet.cells):
        return []
    held = [words.inside(top, bottom, left, right) for top, bottom in bands]
    numbered = sum(all(g.text.isdigit() for g in own) for own in held if own)
    if numbered < max(LEAST_ROWS, MOST * sum(map(bool, held))):
        return []
    return [Rule(y, left, right) for band in bands for y in band]


def _is_inside(sheet: _Sheet, x: float, top: float, bottom: float) -> bool:
    """Whether a place lies inside a shaded cell somewhere between two heights."""
    return any(c[0] + SNAP < x < c[2] - SNAP and c[1] < bottom - SNAP and c[3] > top + SNAP for c in sheet.cells)


def _parting(sheet: _Sheet, own: Sequence[Glyph]) -> list[float]:
    """The columns that part a row that is not shaded: none inside one that only holds a name across several."""
    free = [x for x in sheet.columns[1:-1] if not struck(own, [x])]
    lines = text_lines(own)
    alone = len(lines) == 1 and not any(b.x0 - a.x1 > APART * (a.bottom - a.top) for a, b in pairwise(lines[0]))
    named = alone and (len(free) < len(sheet.columns) - 2 or any(abs(lines[0][0].x0 - x) <= SNAP for x in sheet.names))
    return [sheet.left, *(() if named else free), sheet.right]


def _bare(sheet: _Sheet, wide: Sequence[float], words: _Words) -> Iterator[tuple[float, float]]:
    """Upper and lower edges of the rows that are not shaded. `wide`: where rules run across the table."""
    first, last = sheet.rows[0].top, sheet.rows[-1].bottom
    if not columns_named(words.between(first, sheet.rows[0].bottom)):
        start = max(first - FAR, sheet.above)
        head = list(_head(words, first, sorted(y for y in wide if y < first + SNAP), start, len(sheet.columns) - 1))
        yield from head or _row_above(sheet, words, start)
    end = first
    for row in sorted(sheet.rows, key=lambda r: r.top):
        if row.top - end > LOW:
            yield end, row.top
        end = max(end, row.bottom)
    bottom = _row_end(sheet, words.between(last, last + NEAR), last, min((y for y in wide if y > last + LOW), default=None))
    if bottom is not None:
        yield last, bottom


def _head(words: _Words, first: float, rules: Sequence[float], start: float, columns: int) -> Iterator[tuple[float, float]]:
    """The header above the first shaded row, and a row between the two: parted by rules, or the lines that name most
    columns and those that follow them closely."""
    near = [y for y in rules if first - y < NEAR]
    for low, end in ((low, end) for end in (first, *reversed(near)) for low in reversed(near) if end - low > LOW):
        if columns_named(words.between(low, end)):
            yield low, end
            if first - end > LOW:
                yield end, first
            return
    for low in reversed(near):
        lines = text_lines(words.between(low - NEAR, low))
        counts = [columns_named([g for line in lines[-n:] for g in line]) for n in range(1, min(len(lines), MAX_HEADER) + 1)]
        if any(counts) and low - lines[-1][0].bottom < lines[-1][0].bottom - lines[-1][0].top:
            yield min(g.top for g in lines[-1 - counts.index(max(counts))]) - 1, low
            if first - low > LOW:
                yield low, first
            return
    lines = text_lines(words.between(start, first))
    runs = ((i, j) for j in range(len(lines), 0, -1) for i in range(max(0, j - MAX_HEADER), j))
    heads = [(columns_named([g for line in lines[i:j] for g in line]), i, j) for i, j in runs]
    named, i, j = max(heads, default=(0, 0, 0))
    if 2 * named <= columns or any(map(ends_table, lines[j:])):
        return
    if any(b[0].top - a[0].bottom > 2 * NEXT * (a[0].bottom - a[0].top) for a, b in pairwise(lines[i:])):
        return
    end = edge_of(lines[j - 1], lines[j]) if j < len(lines) else first
    yield min(g.top for g in lines[i]) - 1, end
    if first - end > LOW:
        yield end, first


def _row_above(sheet: _Sheet, words: _Words, start: float) -> Iterator[tuple[float, float]]:
    """The row above the first shaded one of a page on which a table goes on: it has the number before that one's."""
    row = sheet.rows[0]
    inside = (sorted(words.inside(row.top, row.bottom, a, b), key=attrgetter("x0")) for a, b in pairwise(sheet.columns))
    cells = [(k, line_text(own)) for k, own in enumerate(inside) if own]
    column, number = next(((k, int(text)) for k, text in cells if text.isdecimal()), (0, 0))
    left, right = sheet.columns[column : column + 2]
    end, lines = row.top, 0
    above: int | None = None
    for line in reversed(text_lines(words.between(start, row.top))):
        if end - line[0].bottom > 2 * NEXT * (line[0].bottom - line[0].top) or struck(line, sheet.columns[1:-1]) or lines == above:
            break
        end, lines = min(g.top for g in line), lines + 1
        if above is None and line_text([g for g in line if left < g.x < right]) == str(number - 1):
            above = 2 * lines - 1  # the number may stand in the middle of its row
    if above is not None:
        yield end - 1, row.top


def _row_end(sheet: _Sheet, glyphs: Sequence[Glyph], last: float, rule: float | None) -> float | None:
    """Where the row below the last shaded one ends: at a rule, or below the lines that keep to the columns."""
    end, lines = last, 0
    found = text_lines(glyphs)
    for line in found:
        height = line[0].bottom - line[0].top
        closed = rule is not None and line[0].y > rule
        far = line[0].top - end > (NEXT if lines else 2 * NEXT) * height
        if closed or far or struck(line, sheet.columns[1:-1]) or ends_table(line) or may_number_page(line_text(line)):
            break
        end, lines = max(g.bottom for g in line), lines + 1
    if not lines:
        return None
    if rule is not None and rule - end < NEXT * LOW * 2:
        return rule
    below = min((g.top for line in found[lines : lines + 1] for g in line), default=end + LOW)
    return max(end + 1, min(end + min(g.top for g in found[0]) - last, below))  # as far below its text as above


def _goes_beyond(sheet: _Sheet, words: _Words) -> bool:
    """Whether rows hold words beside the shaded cells: those are not the whole table."""
    rows = [words.between(row.top, row.bottom) for row in sheet.rows]
    return 2 * sum(any(not sheet.left - SNAP < g.x < sheet.right + SNAP for g in own) for own in rows) > len(rows)


def _is_drawn(rule: Rule, drawn: Sequence[Rule]) -> bool:
    """Whether printed rules cover most of one."""
    near = [r for r in drawn if abs(r.at - rule.at) <= SNAP and r.end > rule.start and r.start < rule.end]
    return sum(min(r.end, rule.end) - max(r.start, rule.start) for r in near) >= 0.9 * (rule.end - rule.start)
