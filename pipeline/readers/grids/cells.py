"""Placed cells to a Table: spans clipped, overlaps refused, columns nothing begins in folded away."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from pipeline import limits
from pipeline.model import Cell, Table
from pipeline.provenance import Provenance

MAX_LAYOUT_CELLS = 6
"""A table that only arranges others on the page has few cells."""

MIN_NESTED_CELLS = 4
"""Fewer cells than two by two are a box, not a table worth unwrapping for."""


class Placed(Struct, frozen=True):
    """A cell on the writer's own grid, which may have more columns than the reader of the page sees."""

    row: int
    col: int
    row_span: int
    col_span: int
    text: str
    at: Provenance


def build_table(
    placed: Sequence[Placed],
    rows: int,
    at: Provenance,
    where: str,
    page: int | None = None,
    slivers: frozenset[int] = frozenset(),
) -> Table | None:
    """The table of these cells; None when there are none.

    `slivers` are grid columns too thin to be meant (a border dragged by a hair): the border right of one is the same
    as the border left of it, unless a cell stands in it alone.
    """
    cells = [replace(p, col_span=min(p.col_span, limits.MAX_TABLE_COLUMNS - p.col)) for p in placed
             if p.col < limits.MAX_TABLE_COLUMNS]  # fmt: skip
    if not cells:
        return None
    cells = _trimmed(cells)
    column = _columns(cells, slivers)
    cols = column[max(p.col + p.col_span for p in cells)]
    limits.check_grid(rows, cols, where)
    return Table(cells=tuple(_without_overlaps(cells, column, rows)), rows=rows, cols=cols, at=at, page=page)


def is_layout(filled: Sequence[Sequence[bool]], nested: int) -> bool:
    """Whether a table only arranges others: one cell, or a few cells around tables of `nested` cells.

    `filled`: row by row, whether each cell holds anything.
    """
    cells = sum(map(len, filled))
    if cells == 1:
        return True
    if nested < MIN_NESTED_CELLS:
        return False
    return all(sum(row) <= 1 for row in filled) or (cells <= MAX_LAYOUT_CELLS and nested >= 2 * cells)


def _trimmed(cells: Sequence[Placed]) -> list[Placed]:
    """Cells whose span runs past the table's right edge, cut there. Only a row's last cell can do so idly
    (`colspan=100` is a common way to say: to the end)."""
    last: dict[int, int] = {}
    for p in cells:
        last[p.row] = max(last.get(p.row, 0), p.col)
    edge = max(p.col + (1 if p.col == last[p.row] else p.col_span) for p in cells)
    return [replace(p, col_span=max(1, min(p.col_span, edge - p.col))) for p in cells]


def _columns(cells: Sequence[Placed], slivers: frozenset[int]) -> dict[int, int]:
    """Grid line → column of the table. Only lines where some cell begins or ends count."""
    lines = sorted({p.col for p in cells} | {p.col + p.col_span for p in cells})
    alone = {p.col for p in cells if p.col_span == 1}
    column: dict[int, int] = {}
    n = -1
    for i, line in enumerate(lines):
        same = i > 0 and lines[i - 1] == line - 1 and line - 1 in slivers and line - 1 not in alone
        if not same:
            n += 1
        column[line] = n
    return column


def _without_overlaps(cells: Sequence[Placed], column: dict[int, int], rows: int) -> list[Cell]:
    """Cells in reading order; where two claim a position the first keeps it."""
    taken: set[tuple[int, int]] = set()
    kept: list[Cell] = []
    for p in sorted(cells, key=lambda p: (p.row, p.col)):
        left, right = column[p.col], column[p.col + p.col_span]
        if right <= left or p.row >= rows:
            continue
        bottom = min(p.row + p.row_span, rows)
        spots = [(r, c) for r in range(p.row, bottom) for c in range(left, right)]
        if not taken.isdisjoint(spots):
            free = _free_span(p.row, left, bottom, right, taken)
            if free is None:
                continue
            bottom, right = free
            spots = [(r, c) for r in range(p.row, bottom) for c in range(left, right)]
        taken.update(spots)
        kept.append(Cell(p.row, left, p.text, p.at, row_span=bottom - p.row, col_span=right - left))
    return kept


def _free_span(
    row: int, left: int, bottom: int, right: int, taken: set[tuple[int, int]]
) -> tuple[int, int] | None:
    """The largest (bottom, right) that is free from (row, left): as wide as the first row allows, then as deep."""
    end = left
    while end < right and (row, end) not in taken:
        end += 1
    if end == left:
        return None
    low = row + 1
    while low < bottom and all((low, c) not in taken for c in range(left, end)):
        low += 1
    return low, end
