"""Which rows of a table name its columns: at the top of a part, or repeated further down."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Cell, Table
from pipeline.normalize import clean, fold, points
from pipeline.points import points_at_end, read_points
from pipeline.rubrics.gridrows import Row, header_key, kept_by_part, rows_of

MIN_BELOW = 3
"""So many points below a word make the word a header."""

MAX_PREAMBLE = 12
"""A header stands within so many rows from the top."""

MAX_NAME = 12
"""A header in unknown words is no longer than this."""

MAX_HEADER_ROWS = 4
"""A header deeper than this was never seen; a longer run of header-like rows is data."""


def find_headers(parts: Sequence[Sequence[Row]], leading: Sequence[tuple[Row, ...]]) -> tuple[tuple[Row, ...], ...]:
    """Header rows of each part: at its top (`leading`), or equal to the first header anywhere (repeated on each page)."""
    found: list[tuple[Row, ...]] = []
    keys: set[tuple[str, ...]] = set()
    first: tuple[Row, ...] = ()
    for rows, own in zip(parts, leading, strict=True):
        heads = as_before(own, first)
        first = first or heads
        keys |= {header_key(r) for r in heads}
        repeats = tuple(r for r in rows if r not in heads and len(r.filled()) > 1 and (header_key(r) in keys or _says_again(r, first)))
        found.append((*heads, *repeats))
    return tuple(found)


def _says_again(row: Row, heads: Sequence[Row]) -> bool:
    """Whether a row of three cells and more says what the header says over these columns, be others left out."""
    filled = row.filled()
    return len(filled) > 2 and bool(heads) and all(any(_word_over(cell, h) == fold(cell.text) for h in heads) for cell in filled)


def _word_over(cell: Cell, head: Row) -> str:
    """What a header row says in the column of a cell."""
    own = head.cells[cell.col] if cell.col < len(head.cells) else None
    return fold(own.text) if own is not None else ""


def as_before(heads: Sequence[Row], first: Sequence[Row]) -> tuple[Row, ...]:
    """The header rows of a later part: where it opens as the first part does, what follows is data, though it be short
    (分, the rest of a cell that the page cut)."""
    same = len(heads) > len(first) > 0 and all(header_key(a) == header_key(b) for a, b in zip(heads, first, strict=False))
    return tuple(heads[: len(first)] if same else heads)


@kept_by_part
def leading_headers(part: Table) -> tuple[Row, ...]:
    """The header rows at the top of a part; title, field and note rows above them are skipped, and so are other rows above a header
    that names points and more, as long as none has points there (a form's own data stand above its rubric)."""
    rows = rows_of(part)
    heads = _heads(rows)
    if not heads:
        late = next((i for i, row in enumerate(rows[:MAX_PREAMBLE]) if _is_strong(row)), None)
        if late and not any(_has_points(row, rows[late]) for row in rows[:late]):
            heads = _heads(rows[late:])
    return heads or _by_contrast(rows)


def _is_strong(row: Row) -> bool:
    roles = {patterns.header_role(c.text) for c in row.filled()} - {None}
    return len(roles) >= 3 and "points" in roles and is_header(row)


def _has_points(row: Row, header: Row) -> bool:
    """Whether a row has points under the points header."""
    cols = [c.col for c in header.filled() if patterns.header_role(c.text) == "points"]
    return any((cell := row.cells[col]) is not None and read_points(cell.text).value is not None for col in cols)


def _heads(rows: Sequence[Row]) -> tuple[Row, ...]:
    heads: list[Row] = []
    for row in rows[: MAX_HEADER_ROWS + 3]:
        if len(heads) < MAX_HEADER_ROWS and (is_header(row, follows=bool(heads)) or _completes(row, heads)):
            heads.append(row)
        elif heads or not _is_preamble(row):
            break
    return tuple(heads) if any(_names_column(c.text) for r in heads for c in r.filled()) else ()


def _by_contrast(rows: Sequence[Row]) -> tuple[Row, ...]:
    """A header in words of its own (占分, 评判内容): the first whole row of short words, where points stand in a column
    below one of them, or close its texts where another word names a column (else the row is one of them, its points absent)."""
    top = next((i for i, row in enumerate(rows[:MAX_HEADER_ROWS]) if len(row.filled()) > 1), None)
    if top is None or not _may_name_columns(rows[top]):
        return ()
    named = any(patterns.header_role(c.text) for c in rows[top].filled())
    for cell in rows[top].filled():
        below = [c for row in rows[top + 1 :] if (c := row.cells[cell.col]) is not None and c.row == row.index and clean(c.text)]
        scored = [c for c in below if read_points(c.text).value is not None or (named and points_at_end(clean(c.text)) is not None)]
        if len(scored) >= MIN_BELOW and len(scored) >= 0.8 * len(below):
            return (rows[top],)
    return ()


def _may_name_columns(row: Row) -> bool:
    """Words that may name columns, in nearly all columns."""
    return sum(c.col_span for c in row.filled()) >= len(row.cells) - 1 and are_names(row)


def are_names(row: Row) -> bool:
    """Short words without digits, one a column; no field, total or section marker."""
    filled = row.filled()
    texts = [fold(c.text) for c in filled]
    whole = all(c.row_span == 1 for c in filled)
    words = all(len(t) <= MAX_NAME and not regex.search(r"[0-9。；;，,、]", t) and patterns.SERIAL.match(t) is None for t in texts)
    others = any(patterns.field_name(c.text) or patterns.SECTION_MARKER.match(clean(c.text)) for c in filled)
    return whole and words and len(set(texts)) == len(texts) > 1 and not others and not row.is_total and not _scores(filled[1:])


def _scores(cells: Sequence[Cell]) -> bool:
    """Whether words that stand for points (一票否决) are among the cells."""
    return any(read_points(c.text).kind != "scored" for c in cells)


def _completes(row: Row, heads: Sequence[Row]) -> bool:
    """Whether a row belongs to the header above it, whatever its words: a header cell reaches down into it, it divides one
    header cell (and has nothing under the others), it numbers the columns, or it gives the points of each grade."""
    if not heads:
        return False
    reached = any(c is not None and c.row < row.index and c.row >= heads[0].index and _names_column(c.text) for c in row.cells)
    if reached or _repeats_words(row, heads[-1]) or _counts_columns(row):
        return True
    return _divides(row, heads[-1]) or _ends_words(row, heads[-1]) or _points_of_grades(row, heads)


def _repeats_words(row: Row, head: Row) -> bool:
    """Whether a row says the header above once more but for a word or two: a joined header cell written out in each row."""
    filled = row.filled()
    others = [own for c in filled if (own := fold(c.text)) != _word_over(c, head)]
    same = len(filled) - len(others)
    return same >= 2 and same >= len(others) and all(len(t) <= MAX_NAME and points(t) is None for t in others)


def _counts_columns(row: Row) -> bool:
    """Whether a row numbers the columns and holds nothing else: （1） | （2） | （3）, 甲 | 乙 | 1 | 2."""
    marks = [COLUMN_MARK.fullmatch(fold(c.text)) for c in row.filled()]
    if len(marks) < 3 or not all(marks) or sum(c.col_span for c in row.filled()) < len(row.cells) - 1:
        return False
    said = [m["n"] for m in marks if m]
    letters = [x for x in said if not x.isdecimal()]
    figures = [int(x) for x in said if x.isdecimal()]
    start = next((run for run in ("甲乙丙丁戊己庚", "abcdefghij") if letters and letters[0] == run[0]), "")
    return said == [*letters, *map(str, figures)] and list(start[: len(letters)]) == letters and figures == list(range(1, len(figures) + 1))


COLUMN_MARK = regex.compile(r"[(（\[]?(?P<n>[1-9][0-9]?|[a-j]|[甲乙丙丁戊己庚])[)）\]]?")


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
    if not named:
        return False
    grades = sum(patterns.grade_name(t) is not None for t in texts)
    fields = sum(patterns.field_name(t) is not None for t, r in zip(texts, roles, strict=True) if r is None)
    if _ends_in_points(texts, roles) or _ends_in_rounds(texts, roles):
        return True
    if any(points(t) is not None for t in texts) or any(len(t) > 40 for t in texts):
        return False
    if (row.is_total and named <= 1) or any(patterns.SECTION_MARKER.match(t) for t in texts):
        return False
    if follows:
        return named + fields == len(filled)
    if sum(r in ("points", "awarded") for r in roles) > 1:
        return 2 * named >= len(filled)
    if grades > 1:
        return 2 * (named + grades) >= len(filled)
    return len({r for r in roles if r}) + min(fields, 1) >= 2 and 2 * (named + fields) >= len(filled)


def _ends_in_points(texts: Sequence[str], roles: Sequence[str | None]) -> bool:
    """Words that name columns, then three grades or more that their points name (评价内容 | 5分 | 4分 | 3分), then, if anything,
    columns beside them."""
    at = [i for i, t in enumerate(texts) if patterns.GRADE_BARE.fullmatch(fold(t))]
    bare = [int(patterns.GRADE_BARE.fullmatch(fold(texts[i]))["points"]) for i in at]  # type: ignore[index]
    if len(at) < 3 or at != list(range(at[0], at[-1] + 1)) or bare not in (sorted(set(bare)), sorted(set(bare), reverse=True)):
        return False
    named = [r in ("text", "label", "number", "standard", "item") for r in roles[: at[0]]]
    return bool(named) and all(named) and all(r is not None for r in roles[at[-1] + 1 :])


def _ends_in_rounds(texts: Sequence[str], roles: Sequence[str | None]) -> bool:
    """Words that all name columns, then a column for each day or round, counted from 1 to 3 or more."""
    plain = next((i for i, t in enumerate(texts) if t == "1"), 0)
    rounds = len(texts) - plain
    return plain >= 2 and rounds >= 3 and None not in roles[:plain] and list(texts[plain:]) == [str(i + 1) for i in range(rounds)]


def header_texts(heads: Sequence[Row], cols: int) -> dict[int, str]:
    """Column → header text; under a header of several rows the lowest row that names the column counts."""
    texts: dict[int, str] = {}
    for row in heads:
        if any(header_key(row) == header_key(other) for other in heads if other.index < row.index):
            continue
        for cell in row.filled():
            for col in range(cell.col, min(cell.col + cell.col_span, cols)):
                above = texts.get(col, "")
                if patterns.header_role(above) == "points" and patterns.header_role(cell.text) == "label":
                    texts[col] = f"{clean(cell.text)}{above}"  # 小项 below 分值
                elif patterns.grade_name(above) and points(cell.text) is not None:
                    texts[col] = f"{texts[col]}({points(cell.text)}分)"
                elif patterns.header_role(cell.text) or col not in texts:
                    texts[col] = clean(cell.text)
                elif patterns.grade_name(cell.text) and patterns.header_role(texts[col]) is None:
                    texts[col] = clean(cell.text)
    return texts
