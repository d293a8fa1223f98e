"""Table parts to joined tables: which parts belong together, with their rows, header rows and columns by role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Literal

from msgspec import Struct, field

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Block, Paragraph, Table
from pipeline.normalize import clean
from pipeline.ordinals import TABLE_NUMBER
from pipeline.pagenumbers import may_number_page
from pipeline.points import split_label
from pipeline.rubrics.gridrows import Row, header_key, rows_of, serial_value
from pipeline.rubrics.halves import halves
from pipeline.rubrics.headrows import as_before, find_headers, header_texts, leading_headers
from pipeline.rubrics.roles import Columns, columns_of
from pipeline.rubrics.stacks import MIN_TITLE, are_bands, are_others, stacked

MAX_STRAY = 2
"""Lines that may stand between two parts whose serial numbers go on: a page's head, a stamp."""

ALIKE = 2.0
"""Columns of two parts begin at one place to so many points."""

APART = regex.compile(r"[(（]?(?:附加|加分|奖励|另设|另外|另附)")
"""How a line begins that heads criteria outside the total of those above."""

NUMBERED = regex.compile(TABLE_NUMBER)
"""How a line begins that numbers a table."""

MIN_ROWS = 3
"""Rows under a header from which its columns are taken for the parts of other widths too."""


class JoinedTable(Struct, frozen=True, dict=True):
    """Parts that make one table. `lead` are the paragraphs since the table before it (title, form fields); `shape`
    says what it was on the page: a table, a list of lines, or a sheet whose criteria are columns; `known` are the columns
    where the shape itself fixes them; `inside` are lines that stand between its rows; `ranks` of the rows that head sections of a list,
    1 the outermost."""

    parts: tuple[Table, ...]
    lead: tuple[Paragraph, ...]
    tail: tuple[Paragraph, ...] = ()
    shape: Literal["table", "list", "columns"] = "table"
    known: Columns | None = None
    inside: tuple[Paragraph, ...] = ()
    ranks: dict[int, int] = field(default_factory=dict)

    @cached_property
    def rows(self) -> tuple[tuple[Row, ...], ...]:
        """Rows of each part."""
        return tuple(map(rows_of, self.parts))

    @cached_property
    def leading(self) -> tuple[tuple[Row, ...], ...]:
        """The header rows at the top of each part."""
        return tuple(map(leading_headers, self.parts))

    @cached_property
    def headers(self) -> tuple[tuple[Row, ...], ...]:
        """Header rows of each part (empty where a part has none)."""
        return find_headers(self.rows, self.leading)

    @cached_property
    def data(self) -> tuple[tuple[Row, ...], ...]:
        """The other rows of each part."""
        return tuple(
            tuple(r for r in rows if r not in heads) for rows, heads in zip(self.rows, self.headers, strict=True)
        )

    @cached_property
    def tops(self) -> tuple[int, ...]:
        """The row of each part's own header at its top: what stands above it is no data. 0 where it has none."""
        return tuple(min((r.index for r in heads), default=0) for heads in self.leading)

    @cached_property
    def columns(self) -> tuple[Columns, ...]:
        """The columns of each part."""
        return (self.known,) * len(self.parts) if self.known else assign_columns(self)

    @cached_property
    def header_texts(self) -> dict[int, str]:
        """Column → header text, of the first part that has a header."""
        for heads, part in zip(self.headers, self.parts, strict=True):
            if heads:
                return header_texts(heads, part.cols)
        return {}

    @cached_property
    def header_part(self) -> int | None:
        return next((i for i, heads in enumerate(self.headers) if heads), None)


def join(blocks: Iterable[Block]) -> tuple[JoinedTable, ...]:
    """Group the table parts of one segment into tables.

    A part goes on with the table before it when nothing but page numbers or 续表 stands between them and it does not
    open a table of its own (another header, or a serial that starts over after a total row).
    """
    tables: list[JoinedTable] = []
    parts: list[Table] = []
    lead: list[Paragraph] = []
    inside: list[Paragraph] = []
    between: list[Paragraph] = []
    for block in (part for b in blocks for part in (_sheets(b) if isinstance(b, Table) else (b,))):
        if isinstance(block, Paragraph):
            if not _is_noise(block):
                between.append(block)
            continue
        apart = between or inside
        if parts and (
            _is_closing_part(rows_of(block))
            or (not apart and _goes_on(parts, block))
            or (
                0 < len(between) <= MAX_STRAY
                and not any(map(_opens, between))
                and (_counts_on(parts, block) or _lies_alike(parts[-1], block, between))
                and _goes_on(parts, block)
            )
        ):
            parts.append(block)
            inside, between = [*inside, *between], []
            continue
        if parts:
            closing = next((i for i, p in enumerate(between) if not _closes(p)), len(between))
            tables.append(JoinedTable(tuple(parts), tuple(lead), tuple(between[:closing]), inside=tuple(inside)))
            between = between[closing:]
        parts, lead, inside, between = [block], between, [], []
    if parts:
        tables.append(JoinedTable(tuple(parts), tuple(lead), tuple(between), inside=tuple(inside)))
    return tuple(tables)


def _sheets(table: Table) -> tuple[Table, ...]:
    """The sheets of one table: those that stand one under another, of each the halves side by side."""
    return tuple(half for sheet in stacked(table) for half in halves(sheet))


def _is_closing_part(laid: Sequence[Row]) -> bool:
    """A table of nothing but a total row, torn off by a blank row or a line of text."""
    rows = [row for row in laid if row.filled()]
    return len(rows) == 1 and rows[0].is_total and len(rows[0].filled()) <= 3


def _closes(paragraph: Paragraph) -> bool:
    """Whether a line under a table belongs to it: a note, a total, a place to sign."""
    text = clean(paragraph.text)
    signed = patterns.field_name(text) == "assessor"
    return signed or bool(patterns.NOTE_ROW.match(text) or patterns.names_total(text))


def _opens(paragraph: Paragraph) -> bool:
    """Whether a line between two tables may head the second: an annex's mark, a section's or a title in the middle, or may
    close the first."""
    text = clean(paragraph.text)
    heads = patterns.ANNEX_MARK.match(text) or patterns.SECTION_MARKER.match(text) or split_label(text)[1] is not None or APART.match(text)
    return bool(heads) or _closes(paragraph) or (paragraph.align == "center" and len(text) >= MIN_TITLE)


def _counts_on(parts: Sequence[Table], part: Table) -> bool:
    """Whether a part of as many columns begins on another page (or where nothing has pages, or under a header of its own) with
    the serial number after the last one, which no total followed."""
    before, after = rows_of(parts[-1]), rows_of(part)
    same = part.page is not None and part.page == parts[-1].page
    if (same and not leading_headers(part)) or part.cols != parts[-1].cols or any(row.is_total for row in before):
        return False
    for col in range(min(part.cols, 3)):
        last = [n for row in before for c in row.filled() if c.col == col and c.col_span == 1 and (n := serial_value(c.text)) is not None]
        first = [n for row in after for c in row.filled() if c.col == col and c.col_span == 1 and (n := serial_value(c.text)) is not None]
        if len(last) > 1 and first and first[0] == last[-1] + 1:
            return True
    return False


def _lies_alike(before: Table, part: Table, between: Sequence[Paragraph]) -> bool:
    """Whether a part has, on the next page, its columns where the part before has them, and the lines between (a note that
    somebody typed, a stamp) stand at the foot of the page before: above the part they might be its title."""
    if before.page is None or part.page != before.page + 1 or part.cols != before.cols or any(line.page != before.page for line in between):
        return False
    filled_in = leading_headers(part) and any(patterns.field_names(line.text) for line in between)
    if filled_in or _begins_anew(rows_of(part)) or any(map(_is_left_behind, between)):
        return False
    here, there = ({c.col: c.at.bbox[0] for c in own.cells if c.at.bbox} for own in (before, part))
    return bool(here) and here.keys() == there.keys() and all(abs(x - there[col]) <= ALIKE for col, x in here.items())


def _is_left_behind(paragraph: Paragraph) -> bool:
    """Whether a line at the foot of a page is the title or the number of the next table."""
    text = clean(paragraph.text)
    titled = patterns.TITLE_WORDS.search(text) and not regex.search(r"[，。；]", text)
    return bool(titled or NUMBERED.match(text))


def _begins_anew(rows: Sequence[Row]) -> bool:
    """Whether the serials of a part begin at 1: it is another sheet."""
    return any(serial_value(cell.text) == 1 for row in rows[:2] for cell in row.filled()[:2])


def _is_noise(paragraph: Paragraph) -> bool:
    text = clean(paragraph.text)
    return not text or may_number_page(text) or any(p.match(text) for p in (patterns.CONTINUED, patterns.CONTINUED_TITLE))


def _goes_on(parts: Sequence[Table], part: Table) -> bool:
    before = rows_of(parts[-1])
    rows = rows_of(part)
    first = leading_headers(parts[0])
    header = as_before(leading_headers(part), first)
    below = max((row.index for row in as_before(leading_headers(parts[-1]), first)), default=-1)
    data = [row for row in before if row.index > below]
    ended = any(row.is_total for row in data[1:])  # a total in the first row opens the table
    if not header and (are_bands(rows) or (ended and are_others([row for row in rows if row.filled()]))):
        return False
    if not header:
        return not (ended and _begins_anew(rows)) and (abs(part.cols - parts[-1].cols) <= 3 or len(parts) > 1)
    if not first:
        return not ended and len(before) <= 2
    if len(parts) == 1 and len(before) == len(first):
        return not any(header_key(r) == header_key(s) for r in header for s in first) or not ended
    return not ended and [header_key(r) for r in header] == [header_key(r) for r in first[-len(header) :]]


def assign_columns(table: JoinedTable) -> tuple[Columns, ...]:
    """Roles for each part. Parts of the same width share their data; a width with too few rows borrows by position."""
    by_width: dict[int, Columns] = {}
    header_cols = table.parts[table.header_part].cols if table.header_part is not None else None
    known = header_cols is not None and _data_rows(table, header_cols) >= MIN_ROWS
    widths = sorted({p.cols for p in table.parts}, key=lambda w: (known and w != header_cols, -_data_rows(table, w)))
    for width in widths:
        each = zip(table.parts, table.data, table.tops, strict=True)
        rows = [r for part, data, top in each if part.cols == width for r in data if r.index >= top]
        by_width[width] = columns_of(rows, width, _names(table, width))
    best = by_width[widths[0]]
    for width in widths[1:]:
        own, same = by_width[width], _borrow(best, width)
        headed = any(heads and part.cols == width for heads, part in zip(table.headers, table.parts, strict=True))
        alike = not headed and (own.number, own.points) == (same.number, same.points) and same.text is not None
        few = known and not headed and _data_rows(table, width) < MIN_ROWS
        if own.text is None or own.points is None or alike or few:
            by_width[width] = same
    return tuple(by_width[p.cols] for p in table.parts)


def _names(table: JoinedTable, width: int) -> dict[int, str]:
    """Column → header text, of the first part of a width that has a header."""
    heads = (heads for heads, part in zip(table.headers, table.parts, strict=True) if heads and part.cols == width)
    return header_texts(next(heads, ()), width)


def _data_rows(table: JoinedTable, width: int) -> int:
    return sum(len(d) for p, d in zip(table.parts, table.data, strict=True) if p.cols == width)


def _borrow(columns: Columns, width: int) -> Columns:
    """The roles of a part, for one of another `width`: taken from the left for a wider part, cut for a narrower one."""
    keep = lambda c: c if c is not None and c < width else None  # noqa: E731
    return Columns(
        labels=tuple(c for c in columns.labels if c < width),
        number=keep(columns.number),
        label_numbers={n: c for n, c in columns.label_numbers.items() if c < width},
        text=keep(columns.text),
        points=keep(columns.points),
        section_points={n: c for n, c in columns.section_points.items() if c < width},
        awarded=tuple(c for c in columns.awarded if c < width),
        others={c: n for c, n in columns.others.items() if c < width},
    )
