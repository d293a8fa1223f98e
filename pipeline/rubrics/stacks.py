"""Sheets that stand one under another in one table (a total row, a title row, a header again): each a table part of its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Table
from pipeline.normalize import clean, fold, points
from pipeline.rubrics.gridrows import Row, rows_of
from pipeline.rubrics.headrows import are_names, is_header, leading_headers

MIN_TITLE = 5
"""Characters of a title, at least."""

MIN_OTHERS = 3
"""Rows of a table of other things: its header and two below."""


OF_SCORE = regex.compile(r"[0-9]{2}.*(?:以[上下]|至|[-~—–])|(?:[≥≤<>]|不满|低于|不足)=?[0-9]{2}")
"""A range of the whole score, not of one criterion's points."""

UNSAID = regex.compile(r"酌情|视情|另[计行]|酌定")
"""Words in the place of points."""


def stacked(table: Table) -> tuple[Table, ...]:
    """The sheets of a table, top to bottom; the table itself when it holds one."""
    rows = rows_of(table)
    begun = [row for above, row in pairwise(rows) if (len(above.filled()) <= 1 or above.is_total) and is_header(row)]
    below = [(row, top) for row in begun if (top := _top(rows, row.index)) is not None]
    heads = {row.index for row in leading_headers(table)} if below else set()
    tops = [top for row, top in below if row.index not in heads]
    for top in (_below_total(rows), _late_header(rows)):
        tops = [*tops, top] if top is not None and not any(other >= top for other in tops) else tops
    cuts = [top for top in tops if not any(c.row < top < c.row + c.row_span for c in table.cells)]
    return tuple(_between(table, a, b) for a, b in pairwise([0, *cuts, table.rows])) if cuts else (table,)


def _top(rows: Sequence[Row], head: int) -> int | None:
    """Where the sheet of a header begins: with the title rows right above it, if a total row ends the sheet before, or one of
    them is a title that stands nowhere above; else None."""
    top = head
    for row in map(rows.__getitem__, range(head - 1, -1, -1)):
        filled = row.filled()
        if row.is_total:
            return top
        if len(filled) > 1:
            titles = [i for i in range(top, head) if _is_new_title(rows, i)]
            titled = any(_spans(rows[i]) for i in titles) or (titles and _is_other_header(rows, head, some=True))
            return top if titled or (top < head and _is_other_header(rows, head)) else None
        if filled and not patterns.NOTE_ROW.match(clean(filled[0].text)):
            top = row.index
    return None


def _spans(row: Row) -> bool:
    return row.filled()[0].col_span >= len(row.cells) - 1


def _is_other_header(rows: Sequence[Row], head: int, some: bool = False) -> bool:
    """Whether a row of three cells and more, each naming a column (or under a title `some`), is not the sheet's own header
    printed again."""
    words = [fold(c.text) for c in rows[head].filled()]
    first = next((row for row in rows if is_header(row)), None)
    own = {fold(c.text) for c in first.filled()} if first is not None else set()
    return first is not rows[head] and len(words) >= 3 and (some or all(map(patterns.header_role, words))) and 2 * len(own & set(words)) < len(words)


def _below_total(rows: Sequence[Row]) -> int | None:
    """Where the grades that a result leads to (90分以上 | 优秀), or a table of other things, stand below a sheet's total, with the
    lines that head them; else None."""
    ended = next((row.index for row in reversed(rows) if _sums_up(row)), None)
    below = [row for row in rows if ended is not None and row.index > ended and row.filled()]
    return below[0].index if are_bands(below) or are_others(below) else None


def _late_header(rows: Sequence[Row]) -> int | None:
    """Where a sheet's header stands below a table of other things, with no more than its title between them; else None."""
    late = next((r.index for r in rows if len(r.filled()) > 2 and is_header(r) and all(patterns.header_role(c.text) for c in r.filled())), 0)
    top = late
    while top and len(rows[top - 1].filled()) <= 1:
        top -= 1
    above = [row for row in rows[:top] if row.filled()]
    while above and len(above[0].filled()) == 1:
        above.pop(0)
    return top if are_others(above) and not _make_total(rows, top) else None


def _make_total(rows: Sequence[Row], top: int) -> bool:
    """Whether figures above a row are needed for the total below it."""
    ended = next((row for row in reversed(rows[top:]) if row.is_total and _sums_up(row)), None)
    if ended is None:
        return False
    total = next(c for c in reversed(ended.filled()) if points(c.text) is not None)
    column = [(row.index, points(c.text)) for row in rows[: ended.index] for c in row.filled() if c.col == total.col]
    figures = [(index, value) for index, value in column if value is not None]
    return any(index < top for index, _ in figures) and sum(value for _, value in figures) == points(total.text)


def are_others(rows: Sequence[Row]) -> bool:
    """Whether rows are a table in words of its own (档次 | 奖金 | 名额): names of columns, then rows that fill these columns, one of
    them with figures."""
    if len(rows) < MIN_OTHERS or not are_names(rows[0]) or is_header(rows[0]) or _is_criterion(rows[0], rows[1:]):
        return False
    cols = [c.col for c in rows[0].filled()]
    alike = all([c.col for c in row.filled()] == cols for row in rows[1:])
    return alike and any(all(points(cell.text) is not None for cell in column) for column in zip(*(row.filled() for row in rows[1:]), strict=True))


def _is_criterion(row: Row, below: Sequence[Row]) -> bool:
    """Whether a row of short words is one more line of a sheet and names no columns: its label is that of rows below or of what
    adds to a score or takes off it, or words stand for its points."""
    texts = [fold(c.text) for c in row.filled()]
    outside = any(form.search(texts[0]) for form in (patterns.BONUS_LABEL, patterns.DEDUCTION_LABEL)) or patterns.APART_LABEL.fullmatch(texts[0])
    shared = any(fold(c.text) in texts for other in below for c in other.filled())
    return bool(outside) or shared or any(UNSAID.search(text) for text in texts)


def _sums_up(row: Row) -> bool:
    """A total or subtotal with its points; 考核得分 alone heads a column."""
    return row.names_sum and any(points(c.text) is not None for c in row.filled())


def are_bands(rows: Sequence[Row]) -> bool:
    """Whether rows hold grades beside ranges of the score, and lines that head them."""
    filled = [row for row in rows if row.filled()]
    pairs = [row for row in filled if len(row.filled()) == 2 and _grades(row)]
    return len(pairs) >= 2 and all(len(row.filled()) <= 2 for row in filled)


def _grades(row: Row) -> bool:
    one, two = (fold(c.text) for c in row.filled())
    return any(patterns.GRADE_WORDS.fullmatch(a) is not None and OF_SCORE.search(b) is not None for a, b in ((one, two), (two, one)))


def _is_new_title(rows: Sequence[Row], index: int) -> bool:
    """Whether a row is a title, and none that is printed again over the next page of its table."""
    filled = rows[index].filled()
    if len(filled) != 1:
        return False
    text = clean(filled[0].text)
    if len(text) < MIN_TITLE or not patterns.TITLE_WORDS.search(text) or patterns.CONTINUED_TITLE.match(text) or patterns.SECTION_MARKER.match(text):
        return False
    return not any(fold(c.text) == fold(text) for row in rows[:index] for c in row.filled())


def _between(table: Table, start: int, end: int) -> Table:
    cells = tuple(replace(c, row=c.row - start) for c in table.cells if start <= c.row < end)
    return replace(table, cells=cells, rows=end - start, at=cells[0].at if start and cells else table.at)
