"""Serial numbers that a narrow column wraps: 1 over 0 below 9 is 10."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.model import Cell

_WRAPPED = regex.compile(r"[0-9]{1,2}(?:\n[0-9]{1,2})+")


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
