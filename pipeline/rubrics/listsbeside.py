"""Lists of scored lines that stand beside the tables of an annex: sheets of their own, or words about the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec.structs import replace

from pipeline import patterns
from pipeline.model import Cell, Table
from pipeline.normalize import clean, fold, points
from pipeline.notices.segments import Segment
from pipeline.points import split_label
from pipeline.rubrics.listing import lists_of
from pipeline.rubrics.listlines import LIST_MARKER
from pipeline.rubrics.table import JoinedTable


def with_lists(segment: Segment, tables: Sequence[JoinedTable]) -> tuple[JoinedTable, ...]:
    """The tables of an annex, and the lists of scored lines before, between and after them, in the order they stand."""
    if segment.kind != "annex" or not tables:
        return tuple(tables)
    runs = [list(run) for whole, run in groupby(segment.blocks, key=lambda block: isinstance(block, Table)) if not whole]
    lists = [(run, listed) for run in runs for listed in lists_of(run) if not _is_told_of(listed, tables)]
    out: list[JoinedTable] = []
    for table in tables:
        lead = set(map(id, table.lead))
        above = [pair for pair in lists if not lead.isdisjoint(map(id, pair[0]))]
        lists = [pair for pair in lists if pair not in above]
        out += [*(listed for _, listed in above), _without_lines(table, [listed for _, listed in (*above, *lists)])]
    return (*out, *(listed for _, listed in lists))


def _is_told_of(listed: JoinedTable, tables: Sequence[JoinedTable]) -> bool:
    """Whether a list tells of the tables beside it: it names what they name (一、组织管理（30分）), or ends in grades worth nothing."""
    said = {name for cell in _cells(listed) if (name := _bare_name(cell.text))}
    printed = {_bare_name(cell.text) for table in tables for cell in _cells(table)}
    return 2 * len(said & printed) > len(said) or any(points(clean(cell.text)) == 0 for cell in _cells(listed))


def _cells(table: JoinedTable) -> Iterator[Cell]:
    return (cell for part in table.parts for cell in part.cells)


def _bare_name(text: str) -> str:
    """The words of a label without its marker and points; "" for points alone."""
    name = split_label(LIST_MARKER.sub("", clean(text)))[0]
    return "" if points(name) is not None else fold(name)


def _without_lines(table: JoinedTable, lists: Sequence[JoinedTable]) -> JoinedTable:
    """The table without the lines of lists above it and below it, and what stands beyond them."""
    own = {cell.at for listed in lists for part in listed.parts for cell in part.cells}
    above = max((i + 1 for i, line in enumerate(table.lead) if line.at in own), default=0)
    while 0 < above < len(table.lead) and patterns.names_total(table.lead[above].text.rstrip("。")):
        above += 1
    below = next((i for i, line in enumerate(table.tail) if line.at in own), len(table.tail))
    return replace(table, lead=table.lead[above:], tail=table.tail[:below])
