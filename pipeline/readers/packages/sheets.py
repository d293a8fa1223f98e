"""One worksheet as displayed to blocks: runs of rows are tables, single cells above and below them paragraphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline import limits, patterns
from pipeline import rx as regex
from pipeline.errors import LimitExceeded
from pipeline.model import Block, Paragraph
from pipeline.normalize import clean, points
from pipeline.provenance import Provenance
from pipeline.readers.grids.cells import Placed, build_table

MAX_MERGE_CHECKS = 20_000_000
"""Merged cells times filled cells of one sheet: about 5 s of work."""

MIN_CELLS, MIN_ROWS = 3, 3
"""A blank row inside a table has so many rows above it, and such rows so many cells."""

MAX_LOOSE, LEAST_OTHERS = 3, 4
"""Loose cells beside a table are no more than this, and the others so many times as many."""

OF_THE_TABLE = regex.compile(r"分|否决")
"""What a cell beside a row says of it: its points, what is deducted, that it vetoes."""

BELOW_TABLE = regex.compile(r"^[（(]?(?:附?注|备注|说明)|签[字名章]|盖章|(?:年|月|日)\s*$|[:：]\s*[_＿]*\s*$")


class Sheet(Struct):
    """One worksheet as displayed: texts by (row, column) from 1, merges as (top, left, bottom, right) inclusive."""

    title: str
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: int = 0
    errors: int = 0
    boxes: list[tuple[int, Paragraph]] = field(default_factory=list)
    """The lines of its text boxes, each with the row its box begins in."""


def loose_cells(sheet: Sheet) -> set[tuple[int, int]]:
    """The few cells right of all others, a blank column between, beside rows that hold more: sums that somebody tried, words
    to himself. A header there makes a column of the table, and so do merged cells, points or a veto, and cells beside every
    other row."""
    spans = {(top, left): right for top, left, _, right in sheet.merges}
    texts = {key for key, text in sheet.texts.items() if clean(text)}
    used = {c for row, col in texts for c in range(col, min(spans.get((row, col), col), col + limits.MAX_TABLE_COLUMNS) + 1)}
    ends = sorted(c for c in used if c + 1 not in used)
    for end in reversed(ends[:-1]):
        right = {key for key in texts if key[1] > end}
        if len(right) > MAX_LOOSE or LEAST_OTHERS * len(right) > len(texts) - len(right):
            return set()
        named = any(patterns.header_role(sheet.texts[key]) or OF_THE_TABLE.search(sheet.texts[key]) for key in right)
        across = Counter(row for row, _ in texts - right)
        regular = not right.isdisjoint(spans) or 2 * len(right) > sum(n > 1 for n in across.values())
        if not named and not regular and all(row in across for row, _ in right):
            return right
    return set()


def sheet_blocks(sheet: Sheet, name: str) -> Iterator[Block]:
    """Runs of rows with text are tables; single cells above and below a run are paragraphs."""
    placed, rows = _visible(sheet)
    by_row: dict[int, list[Placed]] = {r: [] for r in range(rows)}
    for cell in placed:
        by_row[cell.row].append(cell)
    filled = _filled_counts(placed, rows)
    row = 0
    while row < rows:
        if not filled[row]:
            row += 1
            continue
        end = row
        while end < rows and (filled[end] or _is_gap(by_row, filled, row, end)):
            end += 1
        yield from _run_blocks(by_row, filled, row, end, f"{name}!{sheet.title}")
        row = end


def _is_gap(by_row: dict[int, list[Placed]], filled: list[int], start: int, blank: int) -> bool:
    """Whether a blank row stands inside a table: the row below goes on in its columns and names none."""
    whole = [r for r in range(start, blank) if filled[r] >= MIN_CELLS]
    below = [c for c in by_row[blank + 1] if clean(c.text)] if blank + 1 < len(filled) else []
    if len(below) < MIN_CELLS or len(whole) < MIN_ROWS:
        return False
    table = [c for r in whole for c in by_row[r] if clean(c.text)]
    left, right = min(c.col for c in table), max(c.col + c.col_span for c in table)
    inside = all(left <= c.col and c.col + c.col_span <= right for c in below)
    named = sum(patterns.header_role(c.text) is not None for c in below)
    scored = any(points(c.text) is not None for c in below)
    signed = any(BELOW_TABLE.search(clean(c.text)) or patterns.field_name(c.text) for c in below)
    return inside and named < 2 and (scored or not signed)


def _visible(sheet: Sheet) -> tuple[list[Placed], int]:
    """Cells with text, and merged cells, on the grid of visible rows and columns."""
    spans = {(top, left): (bottom, right) for top, left, bottom, right in sheet.merges}
    covered = _covered(sheet)
    corners = {k for k, (bottom, right) in spans.items() if sheet.texts.get(k) or bottom > k[0]}
    keys = sorted({k for k, t in sheet.texts.items() if clean(t) and k not in covered} | corners)
    far_row = max((k[0] for k in sheet.texts), default=0)
    far_col = max((k[1] for k in sheet.texts), default=0)
    row_of, col_of = _index(far_row, sheet.hidden_rows), _index(far_col, sheet.hidden_columns)
    placed: list[Placed] = []
    for row, col in keys:
        bottom, right = spans.get((row, col), (row, col))
        bottom, right = min(bottom, far_row), min(right, far_col)
        height = row_of[bottom + 1] - row_of[row] if row <= far_row and bottom >= row else 0
        width = col_of[right + 1] - col_of[col] if col <= far_col and right >= col else 0
        if height and width:
            text = sheet.texts.get((row, col), "")
            at = Provenance(quote=text, path=f"{sheet.title}!{_letters(col)}{row}")
            placed.append(Placed(row_of[row], col_of[col], height, width, text, at))
    rows = row_of[far_row + 1] if far_row else 0
    return placed, rows


def _covered(sheet: Sheet) -> set[tuple[int, int]]:
    """Positions under a merged cell, where text may be left that nobody sees."""
    if len(sheet.merges) * len(sheet.texts) > MAX_MERGE_CHECKS:
        raise LimitExceeded(sheet.title, f"{len(sheet.merges):,} merged cells on one sheet", "undo merges or split the sheet")
    return {
        key
        for top, left, bottom, right in sheet.merges
        for key in sheet.texts
        if top <= key[0] <= bottom and left <= key[1] <= right and key != (top, left)
    }


def _index(far: int, hidden: set[int]) -> list[int]:
    """index[i] = how many visible rows (columns) stand before the i-th, counted from 1."""
    index = [0, 0]
    for i in range(1, far + 1):
        index.append(index[-1] + (i not in hidden))
    return index


def _filled_counts(placed: Sequence[Placed], rows: int) -> list[int]:
    """How many cells with text begin in, or reach into, each row."""
    counts = [0] * rows
    for cell in placed:
        if clean(cell.text):
            for r in range(cell.row, min(cell.row + cell.row_span, rows)):
                counts[r] += 1
    return counts


def _run_blocks(by_row: dict[int, list[Placed]], filled: list[int], start: int, end: int, where: str) -> Iterator[Block]:
    top, bottom = start, end
    while top < end and filled[top] == 1 and _alone(by_row[top]):
        top += 1
    while bottom > top and filled[bottom - 1] == 1 and _alone(by_row[bottom - 1]) and not _in_column(by_row, top, bottom - 1):
        bottom -= 1
    if _is_header(by_row, top, bottom):
        last = next((r + 1 for r in range(end - 1, bottom - 1, -1) if by_row[r] and not _stands_below(by_row[r])), bottom)
        bottom = last if _are_criteria([cells for r in range(bottom, last) if (cells := by_row[r])]) else bottom
    yield from _paragraphs(by_row, start, top)
    if bottom > top:
        cells = [replace(c, row=c.row - top) for r in range(top, bottom) for c in by_row[r]]
        left = min(c.col for c in cells if clean(c.text))
        cells = [replace(c, col=c.col - left) for c in cells if c.col >= left]
        first = next(c for c in cells if clean(c.text))
        table = build_table(cells, bottom - top, first.at, where)
        if table is not None:
            yield table
    yield from _paragraphs(by_row, bottom, end)


def _is_header(by_row: dict[int, list[Placed]], top: int, bottom: int) -> bool:
    """Whether a table would be nothing but names of columns: what stands below them in one column are its rows, the others are
    blank to be filled in."""
    texts = [clean(c.text) for r in range(top, bottom) for c in by_row[r] if clean(c.text)]
    return len(texts) > 1 and bottom - top < MIN_ROWS and all(map(patterns.header_role, texts))


def _are_criteria(rows: Sequence[Sequence[Placed]]) -> bool:
    """Whether rows of one text below names of columns end in points each, or are marked headings above such rows; sentences of
    the body are neither."""
    texts = [clean(c.text) for cells in rows for c in cells if clean(c.text)]
    scored = [patterns.POINTS_IN_TEXT.search(text) is not None for text in texts]
    headed = [patterns.SECTION_MARKER.match(text) is not None for text in texts]
    return scored[-1:] == [True] and all(own or heads for own, heads in zip(scored, headed, strict=True))


def _stands_below(cells: Sequence[Placed]) -> bool:
    """Whether a row of one cell is a note, a date or a place to sign."""
    return all(BELOW_TABLE.search(clean(c.text)) for c in cells if clean(c.text))


def _alone(cells: Sequence[Placed]) -> bool:
    """One cell of one row that is no part of a merged column."""
    texts = [c for c in cells if clean(c.text)]
    return len(texts) == 1 and texts[0].row_span == 1


def _in_column(by_row: dict[int, list[Placed]], top: int, row: int) -> bool:
    """Whether the only cell of a row stands inside the table above it, beside blank cells of labels: a line of the table
    and no note, date or place to sign below it."""
    cell = next(c for c in by_row[row] if clean(c.text))
    above = [c for c in by_row.get(row - 1, ()) if clean(c.text)] if row > top else []
    left = min((c.col for r in range(top, row) for c in by_row[r] if clean(c.text)), default=cell.col)
    under = any(c.col == cell.col and c.col_span == cell.col_span == 1 for c in above)
    return under and cell.col > left and not _stands_below([cell])


def _paragraphs(by_row: dict[int, list[Placed]], start: int, end: int) -> Iterator[Paragraph]:
    for r in range(start, end):
        for cell in by_row[r]:
            if clean(cell.text):
                yield Paragraph(text=cell.text.strip(), at=cell.at)


def _letters(col: int) -> str:
    """A column's name: 1 is A, 27 AA."""
    name = ""
    while col:
        col, rest = divmod(col - 1, 26)
        name = chr(65 + rest) + name
    return name
