"""Sheets that stand one under another in one table (a total row, a title row, a header again): each a table part of its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from pipeline import patterns
from pipeline.model import Table
from pipeline.normalize import clean, fold
from pipeline.rubrics.gridrows import Row, rows_of
from pipeline.rubrics.headrows import is_header, leading_headers

MIN_TITLE = 5
"""Characters of a title, at least."""


def stacked(table: Table) -> tuple[Table, ...]:
    """The sheets of a table, top to bottom; the table itself when it holds one."""
    rows = rows_of(table, 0)
    below = [(row, top) for row in rows if (top := _top(rows, row.index)) is not None]
    heads = {row.index for row in leading_headers(rows)} if below else set()
    tops = [top for row, top in below if row.index not in heads and is_header(row)]
    cuts = [top for top in tops if not any(c.row < top < c.row + c.row_span for c in table.cells)]
    return tuple(_between(table, a, b) for a, b in pairwise([0, *cuts, table.rows])) if cuts else (table,)


def _top(rows: Sequence[Row], head: int) -> int | None:
    """Where the sheet of a header begins: with the title rows right above it, if a total row ends the sheet before, or one of
    them is a title that stands nowhere above; else None."""
    top = head
    for row in map(rows.__getitem__, range(head - 1, -1, -1)):
        filled = row.filled()
        if row.is_total:
            return top
        if len(filled) > 1:
            return top if any(_is_new_title(rows, i) for i in range(top, head)) else None
        if filled and not patterns.NOTE_ROW.match(clean(filled[0].text)):
            top = row.index
    return None


def _is_new_title(rows: Sequence[Row], index: int) -> bool:
    """Whether a row is a title over the whole width, and none that is printed again over the next page of its table."""
    filled = rows[index].filled()
    if len(filled) != 1 or filled[0].col_span < len(rows[index].cells) - 1:
        return False
    text = clean(filled[0].text)
    printed = {fold(c.text) for row in rows[:index] for c in row.filled()}
    new = fold(text) not in printed and not patterns.CONTINUED_TITLE.match(text) and not patterns.SECTION_MARKER.match(text)
    return new and len(text) >= MIN_TITLE and patterns.TITLE_WORDS.search(text) is not None


def _between(table: Table, start: int, end: int) -> Table:
    cells = tuple(replace(c, row=c.row - start) for c in table.cells if start <= c.row < end)
    return replace(table, cells=cells, rows=end - start, at=cells[0].at if start and cells else table.at)
