"""Row groups of an HTML table: how many rows and columns a cell spans, how wide the table is, where its groups part what belongs
together."""

from __future__ import annotations

from itertools import accumulate

from lxml import etree

from pipeline import limits
from pipeline.readers.texts.htmlplaces import whole_number

RowGroups = list[list[list[etree._Element]]]
"""Cells by row group and row."""


def spanned(cell: etree._Element, attribute: str) -> int:
    """A span as written; 0 (to the end) only means something for rows."""
    return whole_number(cell.get(attribute), 1) or int(attribute == "colspan")


def width(groups: RowGroups) -> int:
    """Columns of a table, by its rows with honest spans: an absurd span is cut to what lets its row fit."""
    widths = [[spanned(c, "colspan") for c in cells] for group in groups for cells in group]
    honest = [sum(w) for w in widths if all(0 < n <= limits.MAX_TABLE_COLUMNS for n in w)]
    return min(max(honest, default=1), limits.MAX_TABLE_COLUMNS)


def as_meant(groups: RowGroups) -> RowGroups:
    """One group of all rows where their rowspans then fill the rows evenly and, ended by the groups as in a browser, do not:
    LibreOffice writes groups that part merged cells."""
    if len(groups) < 2 or len(_filled(groups)) == 1:
        return groups
    whole = [[cells for group in groups for cells in group]]
    return whole if len(_filled(whole)) == 1 else groups


def _filled(groups: RowGroups) -> set[int]:
    """How many columns the rows fill, each with the cells that reach down to it."""
    filled: set[int] = set()
    for group in groups:
        begun_less_ended = [0] * (len(group) + 1)
        for row, cells in enumerate(group):
            for cell in cells:
                across, down = spanned(cell, "colspan"), spanned(cell, "rowspan") or len(group)
                begun_less_ended[row] += across
                begun_less_ended[min(row + down, len(group))] -= across
        filled.update(accumulate(begun_less_ended[:-1]))
    return filled
