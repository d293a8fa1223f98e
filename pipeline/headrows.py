"""Which rows of a table name its columns: at the top of a part, or repeated further down."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import patterns
from pipeline.gridrows import Row, header_key, is_total
from pipeline.normalize import clean, points
from pipeline.points import read_points

MAX_HEADER_ROWS = 4
"""A header deeper than this was never seen; a longer run of header-like rows is data."""


def find_headers(parts: Sequence[Sequence[Row]]) -> tuple[tuple[Row, ...], ...]:
    """Header rows of each part: at its top, or equal to the first header anywhere (repeated on each page)."""
    found: list[tuple[Row, ...]] = []
    keys: set[tuple[str, ...]] = set()
    for rows in parts:
        heads = leading_headers(rows)
        keys |= {header_key(r) for r in heads}
        repeats = tuple(r for r in rows if r not in heads and header_key(r) in keys and len(r.filled()) > 1)
        found.append((*heads, *repeats))
    return tuple(found)


def leading_headers(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The header rows at the top of a part; title, field and note rows above them are skipped."""
    heads: list[Row] = []
    for row in rows[: MAX_HEADER_ROWS + 3]:
        if len(heads) < MAX_HEADER_ROWS and (is_header(row, follows=bool(heads)) or _completes(row, heads)):
            heads.append(row)
        elif heads or not _is_preamble(row):
            break
    if heads and not any(_names_column(c.text) for r in heads for c in r.filled()):
        return ()
    return tuple(heads)


def _completes(row: Row, heads: Sequence[Row]) -> bool:
    """Whether a row belongs to the header above it, whatever its words: a header cell reaches down into it, it divides one
    header cell (and has nothing under the others), or it gives the points of each grade."""
    if not heads:
        return False
    reached = any(c is not None and c.row < row.index and c.row >= heads[0].index and _names_column(c.text) for c in row.cells)
    return reached or _divides(row, heads[-1]) or _ends_words(row, heads[-1]) or _points_of_grades(row, heads)


def _divides(row: Row, head: Row) -> bool:
    """Cells under one header cell and the blank ones after it, nothing else in the row (tab text knows no joined cells)."""
    filled = [c.col for c in row.filled()]
    if len(filled) < 2 or filled != list(range(filled[0], filled[-1] + 1)) or len(row.cells) <= len(filled):
        return False
    named = [bool(c and clean(c.text)) for c in head.cells]
    short = all(len(clean(c.text)) <= 10 and points(c.text) is None for c in row.filled())
    return short and named[filled[0]] and not any(named[c] for c in filled[1:])


def _ends_words(row: Row, head: Row) -> bool:
    """Cells that end the words above them (评价 over 内容, 分 over 值), nothing else in the row."""
    above = [(c, h) for c in row.filled() if (h := head.cells[c.col] if c.col < len(head.cells) else None) is not None and clean(h.text)]
    short = len(above) == len(row.filled()) > 1 and all(len(clean(c.text)) <= 4 and points(c.text) is None for c, _ in above)
    return short and all(_names_column(clean(h.text) + clean(c.text)) for c, h in above)


def _points_of_grades(row: Row, heads: Sequence[Row]) -> bool:
    """A row under a header that only gives the points of each grade column (优秀 | 良好 over 10分 | 8分)."""
    grades = {c.col for r in heads for c in r.filled() if patterns.grade_name(c.text)}
    filled = row.filled()
    return len(filled) > 1 and all(c.col in grades and read_points(c.text).value is not None for c in filled)


def _names_column(text: str) -> bool:
    return patterns.header_role(text) is not None


def _is_preamble(row: Row) -> bool:
    """A row that may stand above a header: blank, one cell (a title, a note), or form fields."""
    filled = row.filled()
    return len(filled) <= 1 or any(patterns.field_name(c.text) for c in filled)


def is_header(row: Row, follows: bool = False) -> bool:
    """Whether a row names columns: at least two cells do (one is enough under a header row), none is data."""
    filled = row.filled()
    texts = [clean(c.text) for c in filled]
    roles = [patterns.header_role(t) for t in texts]
    named = sum(r is not None for r in roles)
    grades = sum(patterns.grade_name(t) is not None for t in texts)
    fields = sum(patterns.field_name(t) is not None for t, r in zip(texts, roles, strict=True) if r is None)
    if any(points(t) is not None for t in texts) or any(len(t) > 40 for t in texts):
        return False
    if is_total(row) and named <= 1:
        return False
    if follows:
        return named >= 1 and named + fields == len(filled) and len({*roles} - {None}) >= min(1, named)
    if sum(r in ("points", "awarded") for r in roles) > 1:
        return 2 * named >= len(filled)
    if grades > 1 and named:
        return 2 * (named + grades) >= len(filled)
    return len({r for r in roles if r}) + min(fields, 1) >= 2 and named >= 1 and 2 * (named + fields + (grades if grades > 1 else 0)) >= len(filled)


def header_texts(heads: Sequence[Row], cols: int) -> dict[int, str]:
    """Column → header text; under a header of several rows the lowest row that names the column counts."""
    texts: dict[int, str] = {}
    for row in heads:
        if any(header_key(row) == header_key(other) for other in heads if other.index < row.index):
            continue
        for cell in row.filled():
            for col in range(cell.col, min(cell.col + cell.col_span, cols)):
                if patterns.grade_name(texts.get(col, "")) and points(cell.text) is not None:
                    texts[col] = f"{texts[col]}({points(cell.text)}分)"
                elif patterns.header_role(cell.text) or col not in texts:
                    texts[col] = clean(cell.text)
    return texts
