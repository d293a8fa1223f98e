"""The rows of one table part, each with the cells that cover it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import TypeVar, cast

from msgspec import Struct

from pipeline import patterns
from pipeline.model import Cell, Table
from pipeline.normalize import clean, fold

Answer = TypeVar("Answer")


class Row(Struct, frozen=True, dict=True):
    """One row of a table part. `cells[c]` is the cell that covers column c (the same object again where it spans)."""

    index: int
    cells: tuple[Cell | None, ...]

    def starts(self) -> tuple[Cell, ...]:
        """The cells that begin in this row, left to right, each once."""
        return tuple({id(c): c for c in self.cells if c is not None and c.row == self.index}.values())

    def filled(self) -> tuple[Cell, ...]:
        """The cells that begin here and hold text."""
        return self._filled

    @cached_property
    def _filled(self) -> tuple[Cell, ...]:
        return tuple([c for c in self.starts() if clean(c.text)])

    @cached_property
    def is_total(self) -> bool:
        """Whether one of the first two texts is a word for a total."""
        return any(patterns.names_total(c.text) for c in self._filled[:2])

    @cached_property
    def names_sum(self) -> bool:
        """Whether it names a total or a subtotal."""
        return self.is_total or any(patterns.names_subtotal(c.text) for c in self._filled)

    def text(self) -> str:
        return " ".join(clean(c.text) for c in self.filled())


def kept_by_part(question: Callable[[Table], Answer]) -> Callable[[Table], Answer]:
    """The same question, whose answer the table part keeps: it is asked for each shape that a table may have."""

    @wraps(question)
    def ask(part: Table) -> Answer:
        held = vars(part)
        if question.__name__ not in held:
            held[question.__name__] = question(part)
        return cast("Answer", held[question.__name__])

    return ask


@kept_by_part
def rows_of(table: Table) -> tuple[Row, ...]:
    """The rows of one part, every grid position resolved to its cell."""
    grid: list[list[Cell | None]] = [[None] * table.cols for _ in range(table.rows)]
    for cell in table.cells:
        if cell.row_span == cell.col_span == 1 and cell.row < table.rows and cell.col < table.cols:
            grid[cell.row][cell.col] = cell
            continue
        for r in range(cell.row, min(cell.row + cell.row_span, table.rows)):
            for c in range(cell.col, min(cell.col + cell.col_span, table.cols)):
                grid[r][c] = cell
    return tuple(Row(i, tuple(cells)) for i, cells in enumerate(grid))


def header_key(row: Row) -> tuple[str, ...]:
    """A header row's comparison key."""
    return tuple(fold(c.text) for c in row.filled())


def serial_value(text: str) -> int | None:
    """The number of a cell that holds nothing but a plain serial, else None."""
    match = patterns.SERIAL.match(fold(text))
    return int(match["n"]) if match and match["n"].isdecimal() else None
