"""Rubrics in other shapes, turned into tables: a numbered list without a table, and a sheet whose criteria are columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import regex

from pipeline import patterns
from pipeline.gridrows import rows_of
from pipeline.model import Block, Cell, Paragraph, Table
from pipeline.normalize import chinese_number, clean, fold, points
from pipeline.points import points_at_end, split_label
from pipeline.roles import Columns
from pipeline.table import JoinedTable

MIN_LINES = 3
"""Fewer scored lines are running text that mentions points."""

LIST_COLUMNS = Columns(labels=(0,), number=1, text=2, points=3)

CASE = regex.compile(r"每(?![日天周月季年人户班])")
"""An amount for each case (每增加一项), not for a period (每日)."""

BULLET = regex.compile(r"^\s*(?:[-*•·●○◆■□▪–—]|\p{So})\s*")
LIST_MARKER = regex.compile(r"^\s*(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[(（][一二三四五六七八九十0-9]{1,3}[)）]|[0-9]{1,2}\s*[.、．](?![0-9])|[①-⑳])\s*")
MAX_LIST_LABEL = 40


def list_table(blocks: Sequence[Block]) -> JoinedTable | None:
    """A rubric written as a list: headings with points (`1. 完成度（30分）`) over lines that end in points (`…（10分）`).

    None when there are fewer than three scored lines, or tables between them.
    """
    lines = [b for b in blocks if isinstance(b, Paragraph) and clean(b.text)]
    scored = [i for i, p in enumerate(lines) if _points_of(clean(p.text)) is not None]
    if len(scored) < MIN_LINES or any(isinstance(b, Table) for b in blocks):
        return None
    first, last = scored[0], scored[-1]
    inside = lines[first : last + 1]
    if 2 * len(scored) < len(inside):
        return None
    title = lines[:first][-2:]
    if _is_title(inside[0]):
        title, inside = [*title, inside[0]], inside[1:]
    heads = {i for i, p in enumerate(inside) if _is_heading(inside, i)}
    if len(inside) - len(heads) < MIN_LINES:
        return None
    cells: list[Cell] = []
    row = 0
    for i, paragraph in enumerate(inside):
        text = clean(paragraph.text)
        if i in heads:
            label = text if patterns.SECTION_MARKER.match(text) else LIST_MARKER.sub("", text)
            cells.append(Cell(row, 0, label, paragraph.at, col_span=4))
            row += 1
        elif (value := _points_of(text)) is not None:
            cells += _line_cells(row, text, value, paragraph)
            row += 1
    table = Table(tuple(cells), row, 4, inside[0].at, inside[0].page)
    return JoinedTable((table,), tuple(title), shape="list", known=LIST_COLUMNS)


def _line_cells(row: int, text: str, value: Decimal, paragraph: Paragraph) -> list[Cell]:
    """One scored line: its serial (where it has one), its text without marker and bracketed points, its points."""
    marker = LIST_MARKER.match(text)
    serial = regex.search(r"[0-9]+|[一二三四五六七八九十]+", fold(marker[0])) if marker else None
    number = chinese_number(serial[0]) if serial else None
    body = patterns.POINTS_IN_TEXT.sub("", LIST_MARKER.sub("", BULLET.sub("", text))).strip()
    cells = [Cell(row, 2, body, paragraph.at), Cell(row, 3, f"{value}", paragraph.at)]
    return [Cell(row, 1, f"{number}", paragraph.at), *cells] if number is not None else cells


def _points_of(text: str) -> Decimal | None:
    """The points a line ends with, in brackets or in words; an amount for each case (每…得2分) is none."""
    own = points_at_end(text)
    closing = patterns.POINTS_CLOSING.search(text) if own is None else None
    if closing is None or CASE.search(text[: closing.start()].rpartition("。")[2]):
        return own
    return Decimal(closing["points"])


def _is_title(paragraph: Paragraph) -> bool:
    text = clean(paragraph.text)
    return bool(patterns.TITLE_TOTAL.search(fold(text))) and not LIST_MARKER.match(text) and not BULLET.match(text)


def _is_heading(lines: Sequence[Paragraph], index: int) -> bool:
    """A short marked line with points whose following line is a scored line of a deeper kind (kinds rank as they appear)."""
    text = clean(lines[index].text)
    if not LIST_MARKER.match(text) or len(split_label(text)[0]) > MAX_LIST_LABEL or index + 1 >= len(lines):
        return False
    below = clean(lines[index + 1].text)
    order = list(dict.fromkeys(_marker_kind(clean(p.text)) for p in lines))
    return _points_of(below) is not None and order.index(_marker_kind(below)) > order.index(_marker_kind(text))


def _marker_kind(text: str) -> str:
    if BULLET.match(text):
        return "bullet"
    match = LIST_MARKER.match(text)
    if not match:
        return "plain"
    return regex.sub(r"[0-9一二三四五六七八九十①-⑳]+", "n", fold(match[0])) + ("c" if regex.search(r"[一二三四五六七八九十]", match[0]) else "")


def column_table(table: JoinedTable) -> JoinedTable | None:
    """A sheet whose criteria are columns (`歌曲内容（20分） | 音色（25分） …`, a row for each assessee) as a table of rows."""
    rows = rows_of(table.parts[0], 0)
    for row in rows[:3]:
        filled = row.filled()
        named = [c for c in filled if split_label(clean(c.text))[1] is not None and not patterns.TOTAL_WORDS.fullmatch(fold(c.text))]
        if len(named) >= MIN_LINES and len(named) >= len(filled) - 4 and len(filled) >= 4:
            break
    else:
        return None
    below = [c for r in rows if r.index > row.index for c in r.filled() if any(c.col == n.col for n in named)]
    if any(regex.search(r"\p{Han}{4}", c.text) for c in below):
        return None
    pairs = [(split_label(clean(c.text))[0], f"{split_label(clean(c.text))[1]}", c, c) for c in named]
    return _turned(table, pairs, row.index)


def _turned(table: JoinedTable, pairs: Sequence[tuple[str, str, Cell, Cell]], top: int) -> JoinedTable:
    """(text, points, cell of each) as rows; a single cell in a row above `top` is the title."""
    cells: list[Cell] = []
    for index, (text, value, named, scored) in enumerate(pairs):
        cells += [Cell(index, 0, text, named.at), Cell(index, 1, value, scored.at)]
    rows = rows_of(table.parts[0], 0)
    title = [r.filled()[0] for r in rows if r.index < top and len(r.filled()) == 1]
    lead = tuple(Paragraph(c.text, c.at, align="center") for c in title)
    part = Table(tuple(cells), len(pairs), 2, table.parts[0].at, table.parts[0].page)
    return JoinedTable((part,), (*table.lead, *lead), table.tail, shape="columns", known=Columns(text=0, points=1))


def points_row_table(table: JoinedTable) -> JoinedTable | None:
    """A sheet whose criteria are columns over a row of points (`评分项目 | 主题 | 语言` above `分值 | 50 | 50`)."""
    rows = rows_of(table.parts[0], 0)
    for names, scores in pairwise(rows[:5]):
        below = {c.col: c for c in scores.filled()[1:]}
        pairs = [(clean(c.text), clean(below[c.col].text), c, below[c.col]) for c in names.filled()[1:] if c.col in below]
        kept = [p for p in pairs if not patterns.TOTAL_WORDS.fullmatch(fold(p[0]))]
        if len(kept) < MIN_LINES or patterns.header_role(names.filled()[0].text) not in ("label", "text", "standard"):
            continue
        if patterns.header_role(scores.filled()[0].text) == "points" and all(points(v) is not None for _, v, _, _ in kept):
            return _turned(table, kept, names.index)
    return None


def unfolded(table: JoinedTable) -> JoinedTable:
    """A sheet printed in two or three halves side by side, each with the same header, as one table; else as it is."""
    if len(table.parts) != 1:
        return table
    part = table.parts[0]
    for row in rows_of(part, 0)[:4]:
        header = [fold(c.text) if c else "" for c in row.cells]
        for halves in (2, 3):
            width, rest = divmod(part.cols, halves)
            if rest or width < 2 or header != header[:width] * halves or len(set(header[:width])) < 2:
                continue
            if {patterns.header_role(h) for h in header} & {"points", "awarded", "deduction"}:
                return replace(table, parts=(_stacked(part, row.index, width, halves),))
    return table


def _stacked(part: Table, head: int, width: int, halves: int) -> Table:
    """The rows under the header of each half, one under the other; wide cells keep their rows at the top or bottom."""
    depth = part.rows - head - 1
    cells: list[Cell] = []
    for cell in part.cells:
        half, col = divmod(cell.col, width)
        if cell.row <= head:
            if half == 0:
                cells.append(replace(cell, col_span=min(cell.col_span, width)))
        elif cell.col_span > width:
            cells.append(replace(cell, row=cell.row + depth * (halves - 1), col_span=width))
        else:
            cells.append(replace(cell, row=cell.row + depth * half, col=col, col_span=min(cell.col_span, width - col)))
    return replace(part, cells=tuple(sorted(cells, key=lambda c: (c.row, c.col))), rows=head + 1 + depth * halves, cols=width)
