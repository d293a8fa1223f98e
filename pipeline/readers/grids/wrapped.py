"""Numbers that a narrow column wraps: 10 over 0 where three figures have no room, 1 over 0 below 9."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.model import Cell
from pipeline.provenance import BBox
from pipeline.readers.pages.marks import Glyph

PITCH = 1.6
"""Lines of one number follow each other within so many of their heights."""

PADDING = 11.0
"""The white left and right of a cell's text together, as office programs set it, in points."""

_WRAPPED = regex.compile(r"[0-9]{1,2}(?:\n[0-9]{1,2})+")


def is_wrapped(lines: Sequence[Sequence[Glyph]], box: BBox) -> bool:
    """Whether the lines of a cell are the figures of one number, which its column has no room for in one line."""
    if len(lines) < 2 or not all(glyph.text.isdecimal() for line in lines for glyph in line):
        return False
    if any(len(a) < len(b) or b[0].y - a[0].y > PITCH * (a[0].bottom - a[0].top) for a, b in pairwise(lines)):
        return False
    room = box[2] - box[0] - PADDING
    return all(line[-1].x1 - line[0].x0 + (line[0].x1 - line[0].x0) > room for line in lines[:-1])


def with_whole_numbers(cells: Sequence[Cell]) -> list[Cell]:
    """The cells of a table; figures on several lines become one number where it is the next after the number above, or the
    one before the number below."""
    if not any("\n" in cell.text and _WRAPPED.fullmatch(cell.text) for cell in cells):
        return list(cells)
    columns: dict[int, list[Cell]] = {}
    for cell in sorted(cells, key=lambda c: c.row):
        if cell.text.strip():
            columns.setdefault(cell.col, []).append(cell)
    whole: dict[tuple[int, int], str] = {}
    for col, own in columns.items():
        numbers = [_number(cell.text) for cell in own]
        for i, cell in enumerate(own):
            if not _WRAPPED.fullmatch(cell.text):
                continue
            joined = int(cell.text.replace("\n", ""))
            above = numbers[i - 1] if i else None
            below = numbers[i + 1] if i + 1 < len(own) else None
            if above == joined - 1 or (above is None and below == joined + 1):
                numbers[i] = joined
                whole[cell.row, col] = str(joined)
    return [replace(cell, text=whole[cell.row, cell.col]) if (cell.row, cell.col) in whole else cell for cell in cells]


def _number(text: str) -> int | None:
    plain = text.replace("\n", "")
    return int(plain) if plain.isdecimal() and len(plain) <= 3 else None
