"""A table set in two (or more) halves side by side to save paper: each half a table part of its own, left before right."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from pipeline import patterns
from pipeline.model import Cell, Table
from pipeline.normalize import fold

MAX_HALVES = 4
MIN_COLUMNS = 2
"""Columns of one half: a text and its points."""

HEADER_DEPTH = 4
"""Rows from the top among which the repeated header is looked for (a title may stand above it)."""


def halves(table: Table) -> tuple[Table, ...]:
    """The halves whose headers repeat each other, left to right; the table itself when it has none."""
    for count in range(2, MAX_HALVES + 1):
        width, rest = divmod(table.cols, count)
        if width < MIN_COLUMNS or (rest and not _is_blank_beside(table, width * count)):
            continue
        head = next((r for r in range(min(HEADER_DEPTH, table.rows)) if _repeats(table, r, width)), None)
        if head is not None and not _straddle(table, head, width):
            return tuple(_half(_closed(table, width, count), head, i, width, count) for i in range(count))
    return (table,)


def _is_blank_beside(table: Table, width: int) -> bool:
    """Whether the columns beyond the halves (备注, 得分 at the end of both) hold nothing but a header."""
    beyond = [c for c in table.cells if c.col >= width and fold(c.text)]
    return all(c.row < HEADER_DEPTH and patterns.header_role(c.text) for c in beyond)


def _repeats(table: Table, row: int, width: int) -> bool:
    """Whether the row's texts name columns and are the same in each half."""
    texts = {c.col: fold(c.text) for c in table.cells if c.row == row}
    first = [texts.get(c) for c in range(width)]
    if sum(t is not None and patterns.header_role(t) is not None for t in first) < MIN_COLUMNS:
        return False
    return all([texts.get(c + start) for c in range(width)] == first for start in range(width, table.cols - width + 1, width))


def _straddle(table: Table, head: int, width: int) -> bool:
    """Whether a cell below the header runs from one half into the next, a total at the bottom and blank cells excepted."""
    over = [c for c in table.cells if c.row >= head and c.col // width != (c.col + c.col_span - 1) // width]
    return any(c.text.strip() and not patterns.names_total(c.text) for c in over)


def _closed(table: Table, width: int, count: int) -> Table:
    """A total row that stands in one half alone counts all of them: it is moved to the last half."""
    filled = [c for c in table.cells if c.text.strip()]
    totals = {c.row: c.col // width for c in filled if patterns.names_total(c.text)}
    alone = {row: half for row, half in totals.items() if {c.col // width for c in filled if c.row == row} == {half}}
    move = {row: (count - 1 - half) * width for row, half in alone.items()}
    cells = (
        replace(c, col=c.col + move[c.row]) if c.row in move and c.col + move.get(c.row, 0) + c.col_span <= table.cols else c
        for c in table.cells
        if c.text.strip() or not move.get(c.row)
    )
    return replace(table, cells=tuple(sorted(cells, key=lambda c: (c.row, c.col)))) if any(move.values()) else table


def _half(table: Table, head: int, index: int, width: int, count: int) -> Table:
    """One half with its own rows. What stands above the header goes to the first, a total over all to the last."""
    left = index * width
    own: list[Cell] = []
    for cell in table.cells:
        over = cell.col // width != (cell.col + cell.col_span - 1) // width
        home = (0 if cell.row < head else count - 1) if over else cell.col // width
        if home == index:
            right = min(cell.col + cell.col_span, left + width)
            start = max(cell.col, left) if not over or cell.row >= head else 0
            own.append(replace(cell, col=start - left, col_span=max(1, right - start)))
    starts = sorted({c.row for c in own})
    return replace(table, cells=tuple(_moved(c, starts) for c in own), rows=len(starts), cols=width)


def _moved(cell: Cell, starts: Sequence[int]) -> Cell:
    """The cell on the rows at which cells of its half begin."""
    row = starts.index(cell.row)
    below = sum(cell.row <= s < cell.row + cell.row_span for s in starts)
    return replace(cell, row=row, row_span=below)
