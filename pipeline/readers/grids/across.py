"""Sheets printed wider than the page (Excel): the columns that did not fit stand on other pages, in rows of the same heights,
and go back beside those they belong to."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from pipeline import patterns
from pipeline.model import Block, Cell, Paragraph, Remark, Table
from pipeline.pagenumbers import may_number_page
from pipeline.provenance import Provenance

SAME = 1.0
"""Rules stand at one height, or at one place across, to this many points."""

LEVEL = 4.0
"""Tables that begin within the same or the next of steps so high may begin at one height."""

MIN_ROWS = 3
"""Rows of the same heights that two pages share where columns of one table are told by their headers."""

HEADER_DEPTH = 3
"""Rows from the top among which a header is looked for: a title may stand above it in the table."""

FARTHEST = 40
"""Pages from the first columns to the next, at most: the rows of one sheet fill so many."""

OWN = frozenset({"number", "label", "item", "grade"})
"""Columns that begin a table: what has one of them is another table."""

SCORES = frozenset({"points", "deduction", "awarded"})
"""Columns that make a table together with one of texts, even without those that begin one."""


class Leaf(Struct, frozen=True, dict=True):
    """A page with one table, or with lines alone."""

    table: Table | None
    lines: tuple[Paragraph, ...]

    @cached_property
    def rows(self) -> tuple[float, ...]:
        """The heights at which the table's rows begin, and that at which its last one ends."""
        tops = [0.0] * self.table.rows if self.table else []
        for cell in self.table.cells if self.table else ():
            tops[cell.row] = _box(cell)[1]
        return (*tops, _box(self.table)[3]) if self.table else ()

    @cached_property
    def across(self) -> dict[int, float]:
        """Where each of the table's columns begins that has a cell of its own."""
        begins: dict[int, float] = {}
        for cell in self.table.cells if self.table else ():
            if cell.col_span == 1:
                begins[cell.col] = max(_box(cell)[0], begins.get(cell.col, 0.0))
        return begins

    @cached_property
    def heads(self) -> dict[int, dict[str, patterns.Role | None]]:
        """Row → its texts with the roles they name, of those rows at the top that name some."""
        named: dict[int, dict[str, patterns.Role | None]] = {}
        for cell in self.table.cells if self.table else ():
            if cell.row >= HEADER_DEPTH:
                break
            if cell.text.strip():
                named.setdefault(cell.row, {})[cell.text] = patterns.header_role(cell.text)
        return {row: roles for row, roles in named.items() if any(roles.values())}


class Sheet(Struct, frozen=True):
    """Pages of one sheet: rows of pages, each of as many as the sheet is wide, and the leaves that name their columns."""

    pages: list[list[int]]
    first: list[Leaf]


def joined(blocks: Sequence[Block]) -> tuple[list[Block], list[Remark]]:
    """The blocks with the columns of each wide sheet in one table, and what is said of each: that equal heights joined them, or
    that not all of its pages fit."""
    tables = [block for block in blocks if isinstance(block, Table)]
    level = Counter(round(_box(table)[1] / LEVEL) for table in tables)
    if not any(level[at] + level[at + 1] > 1 for at in level):
        return list(blocks), []
    leaves = _leaves(blocks)
    sheets = list(_sheets(leaves))
    if not sheets:
        return list(blocks), []
    whole = [sheet for sheet in sheets if all(_belong(_row(numbers, leaves), sheet.first) for numbers in sheet.pages)]
    printed: dict[int, list[Block]] = {}
    for block in blocks:
        printed.setdefault(block.page or 0, []).append(block)
    for sheet in whole:
        for numbers in sheet.pages:
            row = [leaf for leaf in _row(numbers, leaves) if leaf]
            printed.update(zip(numbers, _side_by_side(row, sheet.first), strict=True))
    return [block for page in sorted(printed) for block in printed[page]], [_together(sheet) if sheet in whole else _apart(sheet) for sheet in sheets]


def _together(sheet: Sheet) -> Remark:
    page, *others = sheet.pages[0]
    zh = f"第 {page} 页的表比纸宽，第 {'、'.join(map(str, others))} 页的表各行等高，读作它的其余各列"
    what = f"the table on page {page} is wider than its page: the table on page {', '.join(map(str, others))}, in rows of the same heights, is read as its further columns"
    return Remark("joined-columns", what, Provenance("", page), message_zh=zh)


def _apart(sheet: Sheet) -> Remark:
    page, beside = sheet.pages[0][:2]
    what = f"columns of the table on page {page} seem to stand on page {beside}; the pages after them do not fit beside each other"
    zh = f"第 {page} 页的表似有几列印在第 {beside} 页；其后各页对不上"
    return Remark("torn-table", what, Provenance("", page), message_zh=zh)


def _leaves(blocks: Sequence[Block]) -> dict[int, Leaf]:
    """The leaves by their pages, blank ones too; pages of several tables are none."""
    tables: dict[int, list[Table]] = {}
    lines: dict[int, list[Paragraph]] = {}
    for block in blocks:
        page = block.page or 0
        if isinstance(block, Table):
            tables.setdefault(page, []).append(block)
        else:
            lines.setdefault(page, []).append(block)
    return {
        page: Leaf(next(iter(tables.get(page, ())), None), tuple(lines.get(page, ())))
        for page in range(1, max(tables.keys() | lines.keys()) + 1)
        if len(tables.get(page, ())) < 2
    }


# ---- which pages belong together ---------------------------------------------------------------------------------


def _sheets(leaves: dict[int, Leaf]) -> Iterator[Sheet]:
    """The wide sheets, none of which begins within another."""
    taken: set[int] = set()
    for page in sorted(leaves):
        if page not in taken and (sheet := _sheet(page, leaves)):
            taken.update(number for numbers in sheet.pages for number in numbers)
            yield sheet


def _sheet(page: int, leaves: dict[int, Leaf]) -> Sheet | None:
    """The wide sheet that begins on a page. Its pages follow one under the other, then across, or the other way."""
    first = leaves[page]
    if first.table is None or first.table.rows < MIN_ROWS or not first.heads:
        return None
    named = [first]

    def beside(number: int) -> bool:
        after = leaves.get(number)
        return after is not None and _may_be_beside(first, after) and _is_beside(named, _further(after, first))

    step = next((n for n in range(1, FARTHEST + 1) if beside(page + n)), 0)
    if not step:
        return None
    while beside(number := page + step * len(named)):
        named.append(_further(leaves[number], first))
    width = len(named)
    rows = [[page + down + step * across for across in range(width)] for down in range(step)]
    while step == 1 and _belong(_row(below := [page + len(rows) * width + across for across in range(width)], leaves), named):
        rows.append(below)
    return Sheet(rows, named)


def _row(numbers: Sequence[int], leaves: dict[int, Leaf]) -> list[Leaf | None]:
    """The pages beside each other, each without what those before it show."""
    first = leaves.get(numbers[0])
    return [first, *((leaf := leaves.get(number)) and (_further(leaf, first) if first else leaf) for number in numbers[1:])]


def _may_be_beside(one: Leaf, other: Leaf) -> bool:
    """Whether two tables lie in rows of the same heights, each with a header of its own. Most pages are dismissed by this."""
    level = one.table is not None and other.table is not None and abs(_box(one.table)[1] - _box(other.table)[1]) <= SAME
    return level and bool(other.heads) and other.heads != one.heads and _alike(one, other)


def _is_beside(left: Sequence[Leaf], right: Leaf) -> bool:
    """Whether the columns on a page are further ones of the table whose first ones are known: its rows have the same heights,
    its header stands in the same row, repeats none of theirs and begins no table of its own, and it has no title of its own
    but one in the middle of the sheet."""
    one = left[0]
    if right.table is None or min(len(one.rows), len(right.rows)) <= MIN_ROWS:
        return False
    row = next(iter(right.heads), None)
    if row is None or row not in one.heads:
        return False
    roles, known = right.heads[row], {text: role for leaf in left for text, role in leaf.heads.get(row, {}).items()}
    begins = OWN if {"number", "text"} & set(known.values()) else OWN - {"number"}  # labels alone make no table
    if begins & set(roles.values()) or roles.keys() & known.keys() or not set(known.values()) & (OWN | {"text"}):
        return False
    scored = SCORES if "text" in known.values() else SCORES & {"points"} & set(known.values())
    if "text" in roles.values() and scored & set(roles.values()):
        return False
    above = _above(right)
    alone = [line for line in above if not any(_goes_on(line, right, leaf) for leaf in left)]
    if any(patterns.ANNEX_MARK.match(line.text) for line in alone):
        return False
    return not alone or all(patterns.ANNEX_MARK.match(line.text) for leaf in left for line in _above(leaf))


def _goes_on(line: Paragraph, right: Leaf, leaf: Leaf) -> bool:
    """Whether a line begins, at the left edge of its page's table, what a line of another page leaves off that runs up to the
    right edge of the table there; or repeats it."""
    own = _mate(line, leaf)
    if own is None or own.text == line.text:
        return own is not None
    if leaf.table is None or right.table is None or patterns.ANNEX_MARK.match(line.text):
        return False
    em = _box(line)[3] - _box(line)[1]
    return abs(_box(line)[0] - _box(right.table)[0]) < em and _box(own)[2] > _box(leaf.table)[2] - em


def _above(leaf: Leaf) -> list[Paragraph]:
    """The lines above a page's table."""
    return [line for line in leaf.lines if leaf.rows and _box(line)[1] < leaf.rows[0]]


def _alike(one: Leaf, other: Leaf) -> bool:
    """Whether the rows of two tables have the same heights, those merged on one of the pages aside, and a last one that only
    one of them has."""
    coarse, fine = sorted((one.rows, other.rows), key=len)
    if not coarse or abs(coarse[0] - fine[0]) > SAME or coarse[-1] < fine[-2] - SAME:
        return False
    return all(_edge(fine, at) is not None for at in coarse)


def _edge(rows: Sequence[float], at: float) -> int | None:
    """Which of the rows begins, or the last one ends, at a height."""
    near = bisect_left(rows, at - SAME)
    return near if near < len(rows) and rows[near] <= at + SAME else None


def _belong(row: Sequence[Leaf | None], first: Sequence[Leaf]) -> bool:
    """Whether the pages that would stand beside each other do: each with the columns named before, in rows of the same
    heights, or with lines alone that stand in those rows (a total whose cell has no sides on its page)."""
    leaves = [leaf for leaf in row if leaf is not None]
    if len(leaves) < len(row) or all(leaf.table is None for leaf in leaves):
        return False
    longest = max(leaves, key=lambda leaf: len(leaf.rows))
    for leaf, named in zip(leaves, first, strict=True):
        if leaf.table is None:
            if not all(_row_of(line, longest.rows) is not None or may_number_page(line.text) for line in leaf.lines):
                return False
        elif not _alike(longest, leaf) or not _in_columns(leaf, named):
            return False
    return True


def _further(leaf: Leaf, first: Leaf) -> Leaf:
    """A page without the first columns of the sheet, where they are printed on each page again."""
    while leaf.table and first.table and leaf.table.cols > 1 and _begins_alike(leaf, first):
        leaf, first = _without_first_column(leaf.table, leaf), _without_first_column(first.table, first)
    return leaf


def _begins_alike(leaf: Leaf, first: Leaf) -> bool:
    """Whether all texts of the first column stand in that of another page too, at the same heights."""
    own, known = ({round(_box(c)[1]): c.text for c in one.table.cells if c.col_span == 1 and c.col == 0 and c.text} for one in (leaf, first) if one.table)
    return bool(own) and own.items() <= known.items()


def _without_first_column(table: Table, leaf: Leaf) -> Leaf:
    cells = (replace(c, col=max(c.col - 1, 0), col_span=c.col_span - (c.col == 0)) for c in table.cells if c.col or c.col_span > 1)
    return Leaf(replace(table, cells=tuple(cells), cols=table.cols - 1), leaf.lines)


def _in_columns(leaf: Leaf, named: Leaf) -> bool:
    """Whether a table's columns begin where those do that are named, and are as many."""
    same = leaf.table is not None and named.table is not None and leaf.table.cols == named.table.cols
    return same and all(abs(x - named.across.get(col, x)) <= SAME for col, x in leaf.across.items())


def _row_of(line: Paragraph, rows: Sequence[float]) -> int | None:
    """The row in which a line stands."""
    _, top, _, bottom = _box(line)
    middle = (top + bottom) / 2
    return next((i for i, (a, b) in enumerate(pairwise(rows)) if a < middle < b), None)


def _mate(line: Paragraph, leaf: Leaf) -> Paragraph | None:
    """The line of a page at the height of one on another: a title that the page's edge has cut."""
    return next((own for own in leaf.lines if abs(_box(own)[1] - _box(line)[1]) <= SAME and abs(_box(own)[3] - _box(line)[3]) <= SAME), None)


# ---- one table ---------------------------------------------------------------------------------------------------


def _side_by_side(row: Sequence[Leaf], first: Sequence[Leaf]) -> list[list[Block]]:
    """What stands on each of the pages beside each other: on the first the table, and what each page has beside it."""
    longest = max(row, key=lambda leaf: len(leaf.rows))
    rest = [replace(leaf, lines=tuple(line for line in leaf.lines if leaf is longest or _row_of(line, longest.rows) is None)) for leaf in row]
    whole = [_with_cut_off(line, rest) for line in rest[0].lines]
    others = [[line for line in leaf.lines if not _goes_on(line, leaf, rest[0])] for leaf in rest[1:]]
    cells: list[Cell] = []
    start = 0
    for leaf, named in zip(row, first, strict=True):
        width = named.table.cols if named.table else 1
        cells = _beside(cells, start, list(_cells(leaf, longest, width)), width)
        start += width
    table = Table(tuple(sorted(cells, key=lambda c: (c.row, c.col))), len(longest.rows) - 1, start, _place(row), _place(row).page)
    top = longest.rows[0]
    above, below = ([[line for line in lines if (_box(line)[1] < top) is over] for lines in (whole, *others)] for over in (True, False))
    return [[*(line for lines in above for line in lines), table, *below[0]], *(list[Block](lines) for lines in below[1:])]


def _with_cut_off(line: Paragraph, row: Sequence[Leaf]) -> Paragraph:
    """A line of the first page with what the page's edge has cut off it."""
    alone = replace(row[0], lines=(line,))
    pieces = [own for leaf in row[1:] for own in leaf.lines if own.text != line.text and _goes_on(own, leaf, alone)]
    text, quote = ("".join(part) for part in zip((line.text, line.at.quote), *((p.text, p.at.quote) for p in pieces), strict=True))
    return replace(line, text=text, at=replace(line.at, quote=quote)) if pieces else line


def _cells(leaf: Leaf, longest: Leaf, width: int) -> Iterator[Cell]:
    """The cells of a page in the rows of the one that has most, with the lines that stand in rows its table lacks."""
    rows = longest.rows
    for cell in leaf.table.cells if leaf.table else ():
        row, end = (_edge(rows, at) for at in (leaf.rows[cell.row], leaf.rows[cell.row + cell.row_span]))
        yield replace(cell, row=row or 0, row_span=(end or len(rows) - 1) - (row or 0))
    for line in leaf.lines if leaf is not longest else ():
        row = _row_of(line, rows)
        if row is not None and (not leaf.rows or rows[row] > leaf.rows[-1] - SAME):
            yield Cell(row, 0, line.text, line.at, col_span=width, confidence=line.confidence)


def _beside(left: Sequence[Cell], start: int, right: Sequence[Cell], width: int) -> list[Cell]:
    """The cells with those of the next page. A cell as wide as all columns on both pages, of several each, is one: the page's
    edge has cut its words."""
    one = {c.row: c for c in left if c.col == 0 and c.col_span == start > 1}
    out = []
    for cell in right:
        before = one.get(cell.row)
        if before is not None and cell.col_span == width > 1 and before.row_span == cell.row_span:
            left = [c for c in left if c is not before]
            quote = before.at.quote + cell.at.quote
            out.append(replace(before, text=before.text + cell.text, at=replace(before.at, quote=quote), col_span=start + width))
        else:
            out.append(replace(cell, col=start + cell.col))
    return [*left, *out]


def _place(row: Sequence[Leaf]) -> Provenance:
    """The place of the table: that of the first of its columns that have something printed."""
    return next(block.at for leaf in row for block in (leaf.table, *leaf.lines) if block is not None)


def _box(block: Block | Cell) -> tuple[float, float, float, float]:
    return block.at.bbox or (0.0, 0.0, 0.0, 0.0)
