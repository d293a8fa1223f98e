"""Table parts to joined tables: which parts belong together, which rows are headers, which column plays which role.

The header proposes a role for each column, the data decide: a header that is damaged, shifted or absent never moves
a value into the wrong role.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

from pipeline import patterns
from pipeline.halves import halves
from pipeline.model import Block, Cell, Paragraph, Table
from pipeline.normalize import clean, fold, points
from pipeline.patterns import Role

MAX_HEADER_ROWS = 4
"""A header deeper than this was never seen; a longer run of header-like rows is data."""


@dataclass(frozen=True)
class Row:
    """One row of a part. `cells[c]` is the cell that covers column c (the same object again where it spans)."""

    part: int
    index: int
    cells: tuple[Cell | None, ...]

    def starts(self) -> tuple[Cell, ...]:
        """The cells that begin in this row, left to right, each once."""
        seen: dict[int, Cell] = {}
        for cell in self.cells:
            if cell is not None and cell.row == self.index:
                seen.setdefault(id(cell), cell)
        return tuple(seen.values())

    def filled(self) -> tuple[Cell, ...]:
        """The cells that begin here and hold text."""
        return tuple(c for c in self.starts() if clean(c.text))

    def text(self) -> str:
        return " ".join(clean(c.text) for c in self.filled())


@dataclass(frozen=True)
class Columns:
    """Column indices by role, for parts of one width. `labels` from the outermost level in."""

    labels: tuple[int, ...] = ()
    number: int | None = None
    text: int | None = None
    points: int | None = None
    section_points: int | None = None
    awarded: tuple[int, ...] = ()
    others: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class JoinedTable:
    """Parts that make one table. `lead` are the paragraphs since the table before it (title, form fields); `shape`
    says what it was on the page: a table, a list of lines, or a sheet whose criteria are columns."""

    parts: tuple[Table, ...]
    lead: tuple[Paragraph, ...]
    tail: tuple[Paragraph, ...] = ()
    shape: Literal["table", "list", "columns"] = "table"

    @cached_property
    def rows(self) -> tuple[tuple[Row, ...], ...]:
        """Rows of each part."""
        return tuple(rows_of(part, i) for i, part in enumerate(self.parts))

    @cached_property
    def headers(self) -> tuple[tuple[Row, ...], ...]:
        """Header rows of each part (empty where a part has none)."""
        return find_headers(self.rows)

    @cached_property
    def data(self) -> tuple[tuple[Row, ...], ...]:
        """The other rows of each part."""
        return tuple(
            tuple(r for r in rows if r not in heads) for rows, heads in zip(self.rows, self.headers, strict=True)
        )

    @cached_property
    def columns(self) -> tuple[Columns, ...]:
        """The columns of each part."""
        return assign_columns(self)

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


def rows_of(table: Table, part: int) -> tuple[Row, ...]:
    """The rows of one part, every grid position resolved to its cell."""
    grid: list[list[Cell | None]] = [[None] * table.cols for _ in range(table.rows)]
    for cell in table.cells:
        for r in range(cell.row, min(cell.row + cell.row_span, table.rows)):
            for c in range(cell.col, min(cell.col + cell.col_span, table.cols)):
                grid[r][c] = cell
    return tuple(Row(part, i, tuple(cells)) for i, cells in enumerate(grid))


# ---- joining -----------------------------------------------------------------------------------------------------


def join(blocks: Iterable[Block]) -> tuple[JoinedTable, ...]:
    """Group the table parts of one segment into tables.

    A part goes on with the table before it when nothing but page numbers or 续表 stands between them and it does not
    open a table of its own (another header, or a serial that starts over after a total row).
    """
    tables: list[JoinedTable] = []
    parts: list[Table] = []
    lead: list[Paragraph] = []
    between: list[Paragraph] = []
    for block in (part for b in blocks for part in (halves(b) if isinstance(b, Table) else (b,))):
        if isinstance(block, Paragraph):
            if not _is_noise(block):
                between.append(block)
            continue
        if parts and not between and _goes_on(parts, block):
            parts.append(block)
            continue
        if parts:
            tables.append(JoinedTable(tuple(parts), tuple(lead)))
        parts, lead, between = [block], between, []
    if parts:
        tables.append(JoinedTable(tuple(parts), tuple(lead), tuple(between)))
    return tuple(tables)


def _is_noise(paragraph: Paragraph) -> bool:
    text = clean(paragraph.text)
    return not text or bool(patterns.PAGE_NUMBER.match(text)) or bool(patterns.CONTINUED.match(text))


def _goes_on(parts: Sequence[Table], part: Table) -> bool:
    before = rows_of(parts[-1], 0)
    rows = rows_of(part, 0)
    header = _leading_headers(rows)
    heads = {row.index for row in _leading_headers(before)}
    ended = any(_is_total(row) for row in before if row.index not in heads)
    if not header:
        return not (ended and any(_serial_value(c.text) == 1 for r in rows[:2] for c in r.filled()[:2])) and (
            abs(part.cols - parts[-1].cols) <= 3 or len(parts) > 1
        )
    first = _leading_headers(rows_of(parts[0], 0))
    if not first:
        return not ended and len(before) <= 2
    if len(parts) == 1 and len(before) == len(first):
        return not any(header_key(r) == header_key(s) for r in header for s in first) or not ended
    return not ended and [header_key(r) for r in header] == [header_key(r) for r in first[-len(header) :]]


def header_key(row: Row) -> tuple[str, ...]:
    """A header row's comparison key."""
    return tuple(fold(c.text) for c in row.filled())


def _is_total(row: Row) -> bool:
    return any(patterns.TOTAL_WORDS.fullmatch(fold(c.text)) for c in row.filled()[:2])


def _serial_value(text: str) -> int | None:
    match = patterns.SERIAL.match(fold(text))
    return int(match["n"]) if match and match["n"].isdecimal() else None


# ---- headers -----------------------------------------------------------------------------------------------------


def find_headers(parts: Sequence[Sequence[Row]]) -> tuple[tuple[Row, ...], ...]:
    """Header rows of each part: at its top, or equal to the first header anywhere (repeated on each page)."""
    found: list[tuple[Row, ...]] = []
    keys: set[tuple[str, ...]] = set()
    for rows in parts:
        heads = _leading_headers(rows)
        keys |= {header_key(r) for r in heads}
        repeats = tuple(r for r in rows if r not in heads and header_key(r) in keys and len(r.filled()) > 1)
        found.append((*heads, *repeats))
    return tuple(found)


def _leading_headers(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The header rows at the top of a part; title, field and note rows above them are skipped."""
    heads: list[Row] = []
    for row in rows[: MAX_HEADER_ROWS + 3]:
        if len(heads) < MAX_HEADER_ROWS and is_header(row, follows=bool(heads)):
            heads.append(row)
        elif heads or not _is_preamble(row):
            break
    if heads and not any(_names_column(c.text) for r in heads for c in r.filled()):
        return ()
    return tuple(heads)


def _names_column(text: str) -> bool:
    return patterns.header_role(text) is not None


def _is_preamble(row: Row) -> bool:
    """A row that may stand above a header: blank, one wide cell (a title), or form fields."""
    filled = row.filled()
    wide = len(filled) == 1 and (filled[0].col_span > 1 or len(row.cells) == 1 or _long_title(filled[0].text))
    return not filled or wide or any(patterns.field_name(c.text) for c in filled)


def _long_title(text: str) -> bool:
    return bool(patterns.TITLE_WORDS.search(clean(text))) and len(clean(text)) >= 6 and not _names_column(text)


def is_header(row: Row, follows: bool = False) -> bool:
    """Whether a row names columns: at least two cells do (one is enough under a header row), none is data."""
    filled = row.filled()
    texts = [clean(c.text) for c in filled]
    roles = [patterns.header_role(t) for t in texts]
    named = sum(r is not None for r in roles)
    fields = sum(patterns.field_name(t) is not None for t, r in zip(texts, roles, strict=True) if r is None)
    if any(points(t) is not None for t in texts) or any(len(t) > 40 for t in texts):
        return False
    if _is_total(row) and named <= 1:
        return False
    if follows:
        return named >= 1 and named + fields == len(filled) and len({*roles} - {None}) >= min(1, named)
    return len({r for r in roles if r}) + min(fields, 1) >= 2 and named >= 1 and 2 * (named + fields) >= len(filled)


def header_texts(heads: Sequence[Row], cols: int) -> dict[int, str]:
    """Column → header text; under a header of several rows the lowest row that names the column counts."""
    texts: dict[int, str] = {}
    for row in heads:
        if any(header_key(row) == header_key(other) for other in heads if other.index < row.index):
            continue
        for cell in row.filled():
            for col in range(cell.col, min(cell.col + cell.col_span, cols)):
                if patterns.header_role(cell.text) or col not in texts:
                    texts[col] = clean(cell.text)
    return texts


# ---- roles -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Profile:
    """What the data of one column look like."""

    filled: int
    serial: float
    ascending: float
    numeric: float
    length: float
    span: float
    distinct: float
    wide: float


def assign_columns(table: JoinedTable) -> tuple[Columns, ...]:
    """Roles for each part. Parts of the same width share their data; a width with too few rows borrows by position."""
    by_width: dict[int, Columns] = {}
    header_cols = table.parts[table.header_part].cols if table.header_part is not None else None
    widths = sorted({p.cols for p in table.parts}, key=lambda w: -_data_rows(table, w))
    for width in widths:
        rows = [r for part, data in zip(table.parts, table.data, strict=True) if part.cols == width for r in data]
        names = table.header_texts if width == header_cols else {}
        by_width[width] = _columns(rows, width, names)
    best = by_width[widths[0]]
    for width in widths[1:]:
        if by_width[width].text is None or by_width[width].points is None:
            by_width[width] = _borrow(best, widths[0], width)
    return tuple(by_width[p.cols] for p in table.parts)


def _data_rows(table: JoinedTable, width: int) -> int:
    return sum(len(d) for p, d in zip(table.parts, table.data, strict=True) if p.cols == width)


def _borrow(columns: Columns, width: int, other: int) -> Columns:
    """The roles of another width, taken from the left for a wider part, cut for a narrower one."""
    keep = lambda c: c if c is not None and c < other else None  # noqa: E731
    return Columns(
        labels=tuple(c for c in columns.labels if c < other),
        number=keep(columns.number),
        text=keep(columns.text),
        points=keep(columns.points),
        section_points=keep(columns.section_points),
        awarded=tuple(c for c in columns.awarded if c < other),
        others={c: n for c, n in columns.others.items() if c < other},
    )


def _columns(rows: Sequence[Row], width: int, names: dict[int, str]) -> Columns:
    body = [r for r in rows if not _is_total(r) and not _is_preamble_data(r)]
    profiles = [_profile(body, c) for c in range(width)]
    roles = {c: _believed(patterns.header_role(names[c]), profiles[c]) for c in names if c < width}
    taken: dict[int, Role] = {}
    number = _pick_number(profiles, roles)
    if number is not None:
        taken[number] = "number"
    score, group = _pick_points(profiles, roles, taken, body)
    for col, role in ((score, "points"), (group, "section_points")):
        if col is not None:
            taken[col] = role  # type: ignore[assignment]
    text = _pick_text(profiles, roles, taken)
    if text is not None:
        taken[text] = "text"
    labels = _pick_labels(profiles, roles, taken, text, width)
    taken.update(dict.fromkeys(labels, "label"))
    awarded = _pick_awarded(profiles, roles, taken, score)
    taken.update(dict.fromkeys(awarded, "awarded"))
    others = {
        c: str(roles.get(c) or names.get(c) or f"column {c + 1}")
        for c in range(width)
        if c not in taken and profiles[c].filled
    }
    return Columns(labels, number, text, score, group, awarded, _distinct_names(others, names))


def _believed(role: Role | None, profile: _Profile) -> Role | None:
    """The role a header claims, unless the data of the column contradict it (a shifted header)."""
    if not profile.filled:
        return role
    if role == "number" and profile.serial < 0.5 and profile.length > 4:
        return None
    if role == "points" and profile.numeric < 0.3 and profile.length > 8:
        return None
    if role in ("text", "standard") and profile.numeric >= 0.9:
        return None
    return role


def _distinct_names(others: dict[int, str], names: dict[int, str]) -> dict[int, str]:
    """A second column of the same role keeps its header text as its name."""
    used: set[str] = set()
    out: dict[int, str] = {}
    for col, name in others.items():
        if name in used:
            name = names.get(col, name)
        while name in used:
            name += "′"
        used.add(name)
        out[col] = name
    return out


def _is_preamble_data(row: Row) -> bool:
    filled = row.filled()
    return len(filled) <= 1 or any(patterns.field_name(c.text) for c in filled)


def _profile(rows: Sequence[Row], col: int) -> _Profile:
    cells = [c for r in rows if (c := r.cells[col]) is not None and c.row == r.index and c.col == col]
    texts = [clean(c.text) for c in cells]
    filled = [(c, t) for c, t in zip(cells, texts, strict=True) if t]
    n = len(filled) or 1
    serials = [_serial_value(t) for _, t in filled]
    ints = [s for s in serials if s is not None]
    steps = sum(b - a in (0, 1, 2) for a, b in pairwise(ints))
    return _Profile(
        filled=len(filled),
        serial=sum(bool(patterns.SERIAL.match(fold(t))) for _, t in filled) / n,
        ascending=sum(b - a in (1, 2) for a, b in pairwise(ints)) / max(len(ints) - 1, 1) if steps else 0.0,
        numeric=sum(_looks_like_points(t) for _, t in filled) / n,
        length=sum(len(t) for _, t in filled) / n,
        span=sum(c.row_span for c, _ in filled) / n,
        distinct=len({t for _, t in filled}) / n,
        wide=len(filled) / max(len(rows), 1),
    )


def _looks_like_points(text: str) -> bool:
    key = fold(text)
    return (
        points(text) is not None
        or any(
            p.match(key)
            for p in (
                patterns.POINTS_RANGE,
                patterns.POINTS_OPTIONS,
                patterns.POINTS_DEDUCTION,
                patterns.POINTS_BONUS,
                patterns.POINTS_UPTO,
                patterns.POINTS_PERCENT,
            )
        )
        or (len(key) <= 6 and bool(patterns.POINTS_VETO.search(key)))
    )


def _pick_number(profiles: Sequence[_Profile], roles: dict[int, Role | None]) -> int | None:
    named = [c for c, r in roles.items() if r == "number" and profiles[c].filled and profiles[c].serial >= 0.6]
    if named and not (profiles[named[0]].filled >= 3 and profiles[named[0]].ascending < 0.5):
        return named[0]
    ranked = [
        c
        for c, p in enumerate(profiles)
        if p.filled >= 3
        and p.serial >= 0.8
        and p.ascending >= (0.9 if named else 0.6)
        and (named or roles.get(c) not in ("points", "awarded"))
    ]
    return next(iter((*ranked, *named)), None)


def _pick_points(
    profiles: Sequence[_Profile], roles: dict[int, Role | None], taken: dict[int, Role], rows: Sequence[Row]
) -> tuple[int | None, int | None]:
    """(criterion points, section points). Two such columns: the one with taller or fewer cells belongs to sections."""
    fits = [c for c, p in enumerate(profiles) if c not in taken and p.filled and p.numeric >= 0.5]
    named = [c for c in fits if roles.get(c) == "points"]
    guessed = [
        c
        for c in fits
        if roles.get(c) in (None, "number")
        and profiles[c].numeric >= 0.7
        and profiles[c].length <= 8
        and not (profiles[c].filled >= 3 and profiles[c].ascending >= 0.8)
    ]
    candidates = named or guessed
    if not candidates:
        return None, None
    if len(candidates) == 1:
        if named and guessed and _is_coarser(profiles[named[0]], profiles[guessed[0]]):
            return guessed[0], named[0]
        return candidates[0], None
    ranked = sorted(candidates, key=lambda c: (-profiles[c].filled, profiles[c].span, c))
    first, second = ranked[0], ranked[1]
    if _is_coarser(profiles[second], profiles[first]):
        return first, second
    return min(first, second), None


def _is_coarser(a: _Profile, b: _Profile) -> bool:
    return a.filled <= 0.7 * b.filled


def _pick_text(profiles: Sequence[_Profile], roles: dict[int, Role | None], taken: dict[int, Role]) -> int | None:
    free = [c for c, p in enumerate(profiles) if c not in taken and p.filled and p.length >= 2 and p.numeric < 0.5]
    by_role = {
        role: [c for c in free if roles.get(c) == role and profiles[c].length >= 3] for role in ("text", "standard")
    }
    longest = max(free, key=lambda c: (profiles[c].length * min(profiles[c].filled, 50), -c), default=None)
    strong = by_role["text"]
    if strong:
        fine = max(strong, key=lambda c: (profiles[c].filled * profiles[c].distinct, profiles[c].length))
        labelled = [c for c in free if c < fine]
        weak = by_role["standard"]
        if weak and profiles[fine].span > 1.5 and profiles[weak[0]].filled > 1.5 * profiles[fine].filled:
            return weak[0]
        if longest is not None and roles.get(longest) is None and not labelled and longest < fine:
            return longest if profiles[longest].length > 3 * profiles[fine].length else fine
        return fine
    if by_role["standard"]:
        return max(by_role["standard"], key=lambda c: profiles[c].filled * profiles[c].length)
    open_ = [c for c in free if roles.get(c) in (None, "label", "item")]
    return max(open_, key=lambda c: (profiles[c].length * profiles[c].filled, -c), default=longest)


def _pick_labels(
    profiles: Sequence[_Profile],
    roles: dict[int, Role | None],
    taken: dict[int, Role],
    text: int | None,
    width: int,
) -> tuple[int, ...]:
    if text is None:
        return ()
    out = []
    for c in range(width):
        if c in taken or not profiles[c].filled or c == text:
            continue
        role = roles.get(c)
        if (role == "label") or (role is None and c < text and profiles[c].length <= 30 and profiles[c].numeric < 0.5):
            out.append(c)
        elif role == "text" and c < text and profiles[c].length <= 16:
            out.append(c)
    return tuple(out)


def _pick_awarded(
    profiles: Sequence[_Profile], roles: dict[int, Role | None], taken: dict[int, Role], score: int | None
) -> tuple[int, ...]:
    named = [c for c, r in roles.items() if r == "awarded" and c not in taken]
    if named or score is None:
        return tuple(named)
    right = [c for c in range(score + 1, len(profiles)) if c not in taken and not profiles[c].filled and c not in roles]
    return tuple(right[:1])
