"""Tables as CSV: a text whose lines are cells between commas or semicolons, quoted where they hold one."""

from __future__ import annotations

import csv
import io
from collections import Counter

from pipeline import limits, patterns
from pipeline.errors import LimitExceeded
from pipeline.readers.sheets import Sheet

DELIMITERS = (",", ";", "，")
"""The tab has its place in the text reader, where lines keep their spans."""

MIN_FIELDS = 3
"""A criterion has a text and points, and something beside them; prose has a comma or two as well."""

SAME_WIDTH = 0.8
"""Spreadsheets write every row with the same number of cells; prose does not."""

HEAD_ROWS = 15
"""Title, unit and date lines stand above the header."""

MIN_ROLES = 2
"""Cells of one row that are names of a rubric's columns."""


def sheet_of(text: str, name: str) -> Sheet | None:
    """The text as one sheet, cells by row and column from 1; None when it is no CSV of a rubric."""
    for delimiter in DELIMITERS:
        if text.count(delimiter) < 2 * MIN_FIELDS:
            continue
        rows = _rows(text, delimiter)
        if rows and _is_table(rows):
            if len(rows) > limits.MAX_TABLE_ROWS:
                raise LimitExceeded(name, f"a table of {len(rows):,} rows (limit {limits.MAX_TABLE_ROWS:,})", "split the table")
            cells = {(r, c): t.strip() for r, row in enumerate(rows, 1) for c, t in enumerate(row, 1) if t.strip()}
            return Sheet("CSV", cells)
    return None


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return []


def _is_table(rows: list[list[str]]) -> bool:
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return False
    width, same = widths.most_common(1)[0]
    if width < MIN_FIELDS or same < SAME_WIDTH * sum(widths.values()):
        return False
    return any(sum(patterns.header_role(t) is not None for t in row) >= MIN_ROLES for row in rows[:HEAD_ROWS])
