"""Sheets in other shapes turned into tables: criteria as columns, criteria over a row of points."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Cell, Paragraph, Table
from pipeline.normalize import clean, narrow, points
from pipeline.points import read_points, split_label
from pipeline.rubrics.gridrows import Row, header_key, rows_of
from pipeline.rubrics.listing import titles_sheet
from pipeline.rubrics.roles import Columns
from pipeline.rubrics.table import JoinedTable

MAX_NAME = 16
"""A line above a table that names a section without points is no longer than this."""

MIN_LINES = 3
"""Fewer scored columns are a table of something else."""


def column_table(table: JoinedTable) -> JoinedTable | None:
    """A sheet whose criteria are columns (`歌曲内容（20分） | 音色（25分） …`, a row for each assessee) as a table of rows."""
    rows = rows_of(table.parts[0])
    for row in rows[:3]:
        filled = row.filled()
        named = [c for c in filled if _is_scored_name(c)]
        if any(patterns.header_role(c.text) == "points" and not patterns.names_total(c.text) for c in filled):
            return None
        if len(named) >= MIN_LINES and len(named) >= len(filled) - 4 and len(filled) >= 4:
            break
    else:
        return None
    below = [c for r in rows if r.index > row.index for c in r.filled() if any(c.col == n.col for n in named)]
    if any(regex.search(r"\p{Han}{4}", c.text) for c in below):
        return None
    pairs = [(split_label(clean(c.text))[0], f"{split_label(clean(c.text))[1]}", c, c) for c in named]
    return _turned(table, [*pairs, *_total_among(filled)], row.index)


def _total_among(cells: Sequence[Cell]) -> list[tuple[str, str, Cell, Cell]]:
    """The first cell of a row of names that gives the total (总分（100分）), as a name with its points; none where none does."""
    found = ((c, FIGURE.search(narrow(c.text))) for c in cells if patterns.names_total(c.text))
    return [(TOTAL, figure[0], c, c) for c, figure in found if figure is not None][:1]


TOTAL = "总分"
FIGURE = regex.compile(r"[0-9]+(?:\.[0-9]+)?")


def _is_scored_name(cell: Cell) -> bool:
    """A criterion's name with its points (音色（25分）); a share in percent (自评（20%）) is a rater's."""
    text = clean(cell.text)
    named = split_label(text)[1] is not None and not regex.search(r"[%％]\s*[)）]?$", text)
    return named and not patterns.grade_name(text) and not patterns.names_total(text)


def _turned(table: JoinedTable, pairs: Sequence[tuple[str, str, Cell, Cell]], top: int) -> JoinedTable:
    """(text, points, cell of each) as rows; a single cell in a row above `top` is the title."""
    cells: list[Cell] = []
    for index, (text, value, named, scored) in enumerate(pairs):
        cells += [Cell(index, 0, text, named.at), Cell(index, 1, value, scored.at)]
    rows = rows_of(table.parts[0])
    title = [r.filled()[0] for r in rows if r.index < top and len(r.filled()) == 1]
    lead = tuple(Paragraph(c.text, c.at, align="center") for c in title)
    part = Table(tuple(cells), len(pairs), 2, table.parts[0].at, table.parts[0].page)
    return JoinedTable((part,), (*table.lead, *lead), table.tail, shape="columns", known=Columns(text=0, points=1))


def points_row_table(table: JoinedTable) -> JoinedTable | None:
    """A sheet whose criteria are columns over a row of points (`评分项目 | 主题 | 语言` above `分值 | 50 | 50`)."""
    rows = rows_of(table.parts[0])
    for names, scores in pairwise(rows[:5]):
        below = {c.col: c for c in scores.filled()[1:]}
        pairs = [(clean(c.text), clean(below[c.col].text), c, below[c.col]) for c in names.filled()[1:] if c.col in below]
        kept = [p for p in pairs if not patterns.names_total(p[0])]
        if len(kept) < MIN_LINES or patterns.header_role(names.filled()[0].text) not in ("label", "text", "standard"):
            continue
        if patterns.header_role(scores.filled()[0].text) == "points" and all(points(v) is not None for _, v, _, _ in kept):
            total = [p for p in pairs if p not in kept and points(p[1]) is not None]
            return _turned(table, [*kept, *(total[:1] or _total_among(names.filled()[1:]))], names.index)
    return None


def opened(table: JoinedTable) -> JoinedTable:
    """A table whose first section row stands as a line above its header (`一、环境（12分）`), with that line as its first row: another
    section row in the table says that it is one."""
    line = table.lead[-1] if table.lead else None
    if line is None or not _is_section_line(line) or not any(_is_section_row(r) for rows in table.data for r in rows):
        return table
    width = table.parts[0].cols
    head = Table((Cell(0, 0, line.text, line.at, col_span=width),), 1, width, line.at, line.page)
    return replace(table, parts=(head, *table.parts), lead=table.lead[:-1])


def _is_section_row(row: Row) -> bool:
    filled = row.filled()
    return len(filled) == 1 and _names_section(clean(filled[0].text))


def gathered(tables: Sequence[JoinedTable]) -> tuple[JoinedTable, ...]:
    """Tables of one sheet, each under a heading with its points (`（一）卫生（共20分）`) and the same header, as one table
    with section rows; only the last may have a total row. Others stay as they are. A title above a heading begins a sheet."""
    starts = [i for i, t in enumerate(tables) if i and len(t.lead) > 1 and any(titles_sheet(line) for line in t.lead[:-1])]
    return tuple(sheet for a, b in pairwise([0, *starts, len(tables)]) for sheet in _gathered(tables[a:b]))


def _gathered(tables: Sequence[JoinedTable]) -> tuple[JoinedTable, ...]:
    if len(tables) < 2:
        return tuple(tables)
    heads = [t.lead[-1] if t.lead and _is_section_line(t.lead[-1]) else None for t in tables]
    if None in heads and _share_whole(tables):
        heads = [t.lead[-1] for t in tables]
    keys = {tuple(header_key(r) for r in t.headers[0]) for t in tables}
    ended = any(r.is_total for t in tables[:-1] for rows in t.data for r in rows)
    if len(keys) > 1 or () in keys or ended or any(h is None for h in heads):
        return tuple(tables)
    parts: list[Table] = []
    for head, table in zip(heads, tables, strict=True):
        if head is not None:
            width = table.parts[0].cols
            parts.append(Table((Cell(0, 0, head.text, head.at, col_span=width),), 1, width, head.at, head.page))
        parts += table.parts
    inside = tuple(p for t in tables for p in t.inside) + tuple(p for t in tables[1:] for p in t.lead[:-1])
    return (JoinedTable(tuple(parts), tables[0].lead[:-1], tables[-1].tail, inside=inside),)


WHOLE = (Decimal(100), Decimal(1000))
"""What the sections of one sheet usually make, where nothing else says so."""


def _share_whole(tables: Sequence[JoinedTable]) -> bool:
    """Whether right above each table stands a short name with points (`组织保障（20分）`), which together make a whole; no title of
    a sheet, and no table ends with a total of its own."""
    parts = [split_label(clean(t.lead[-1].text)) if t.lead else ("", None) for t in tables]
    named = all(declared is not None and len(label) <= MAX_NAME and not patterns.TITLE_WORDS.search(label) for label, declared in parts)
    whole = sum((declared or Decimal(0) for _, declared in parts), Decimal(0))
    totals = [read_points(clean(cell.text)).value for rows in tables[-1].data for row in rows if row.is_total for cell in row.filled()]
    return named and whole in WHOLE and all(d not in WHOLE for _, d in parts) and all(value in (None, whole) for value in totals)


def _is_section_line(paragraph: Paragraph) -> bool:
    return _names_section(clean(paragraph.text))


def _names_section(text: str) -> bool:
    """A marked line (一、硬件设施) that is short or has its points, and is no sentence and no title of a sheet."""
    label, declared = split_label(text)
    if not patterns.SECTION_MARKER.match(label):
        return False
    return declared is not None or (len(label) <= MAX_NAME and not regex.search(r"[。；：:，]$", text) and not patterns.TITLE_WORDS.search(text))
