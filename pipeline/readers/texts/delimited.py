"""Values between commas, semicolons or tabs, in quotes or not (RFC 4180): a quoted value may hold line ends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline import patterns
from pipeline import rx as regex
from pipeline.readers.texts.textgrid import MAX_WORD, names_columns, serial_value
from pipeline.readers.texts.textlines import Line, Piece, Row, piece_of

SEPARATORS = (",", ";")

FIGURE = regex.compile(r"\p{Nd}")

MIN_VALUES = 3
"""Values of a record; fewer commas happen in any sentence."""

PAIR = 2
"""Values of a record where they name two columns, or are quoted, blank, counted or short words above figures."""

MIN_SHORT = 3
"""Records of nothing but short values, of which the first names those below, are a table where there are so many."""

MAX_VALUE_LINES = 60
"""Lines of one quoted value; a quote that is not closed by then is a mark of the text."""

PROBE = 8
"""Records after which it must be clear that they are a table."""

MAX_VALUES = 60
"""Names of columns on one line."""

HEAD_RECORDS = 4
"""The header stands among the first records (a title and form fields may stand above it)."""


def record(lines: Sequence[Line], i: int, separator: str) -> tuple[Row, int] | None:
    """The record that begins at line i, and the index after it; None where a quote is opened and not closed."""
    row: Row = []
    col, at, line = 0, 0, i
    while True:
        text = lines[line].text
        start = at + len(text[at:]) - len(text[at:].lstrip(" "))
        if text[start : start + 1] == '"':
            found = _quoted(lines, line, start + 1)
            if found is None:
                return None
            pieces, line, end = found
            row += [(col, p) for p in pieces]
            text = lines[line].text
            cut = text.find(separator, end)
            if text[end : cut if cut >= 0 else len(text)].strip(" "):
                return None
        else:
            cut = text.find(separator, at)
            row.append((col, piece_of(lines[line].number, text, at, cut if cut >= 0 else len(text))))
        if cut < 0:
            return row, line + 1
        col, at = col + 1, cut + 1


def _quoted(lines: Sequence[Line], line: int, start: int) -> tuple[list[Piece], int, int] | None:
    """The lines of a quoted value whose quote opens before `start`; the line and the place where it has closed."""
    pieces = []
    for number in range(line, min(line + MAX_VALUE_LINES, len(lines))):
        text = lines[number].text
        end = start
        while end < len(text) and (text[end] != '"' or text[end + 1 : end + 2] == '"'):
            end += 2 if text[end] == '"' else 1
        piece = piece_of(lines[number].number, text, start, min(end, len(text)))
        pieces.append(Piece(piece.number, piece.start, piece.end, piece.text, piece.text.replace('""', '"')))
        if end < len(text):
            return [p for p in pieces if p.text] or pieces[:1], number, end + 1
        start = 0
    return None


def tab_records(lines: Sequence[Line], start: int, end: int) -> tuple[list[Row], int]:
    """Lines with tabs as records, quoted values undone, up to line `end` or the end of a value that goes on below it; and
    the index after them."""
    rows: list[Row] = []
    i = start
    while i < end or (i < len(lines) and lines[i].kind == "tab"):
        found = record(lines, i, "\t") if lines[i].kind == "tab" and '"' in lines[i].text else None
        row, i = found or (list(enumerate(lines[i].pieces)), i + 1)
        rows.append(row)
    return rows, i


def delimited_run(lines: Sequence[Line], start: int) -> tuple[list[Row], int] | None:
    """The records of one width from line `start` on, and the index after them; None where they make no table."""
    for separator in SEPARATORS:
        if not _may_begin(lines, start, separator):
            continue
        rows: list[Row] = []
        i = start
        while i < len(lines) and lines[i].kind != "blank" and (len(rows) != PROBE or _is_table(rows)):
            found = record(lines, i, separator)
            if found is None or (rows and _width(found[0]) != _width(rows[0])):
                break
            rows.append(found[0])
            i = found[1]
        if len(rows) >= 2 and _width(rows[0]) >= PAIR and _is_table(rows):
            return rows, i
    return None


def _may_begin(lines: Sequence[Line], start: int, separator: str) -> bool:
    """Whether a line names columns (two names will do, or one among enough values), counts rows with the line below, stands over
    figures, or has blank or quoted values."""
    text = lines[start].text
    if separator not in text:
        return False
    if _is_pair(text.split(separator)) or '"' in text or separator * 2 in text or text.endswith(separator) or text.startswith(separator):
        return True
    values = text.split(separator)
    below = lines[start + 1].text.split(separator) if start + 1 < len(lines) else []
    counted = any((a := serial_value(x)) is not None and serial_value(y) == a + 1 for x, y in zip(values[:-1][:3], below[:3], strict=False))
    return counted or _heads_figures([values, below]) or (MIN_VALUES <= len(values) <= MAX_VALUES and any(map(patterns.header_role, values)))


def _is_pair(values: Sequence[str]) -> bool:
    """Whether two words name two columns, one of points (评价指标 | 分值)."""
    roles = set(map(patterns.header_role, values))
    return len(values) == len(roles) == PAIR and None not in roles and "points" in roles


def _names_grades(words: Sequence[str]) -> bool:
    """Whether words are a header of grades (Criteria | Excellent (10) | Good (8))."""
    return patterns.header_role(words[0]) is not None and sum(patterns.grade_name(w) is not None for w in words) > 1


def _heads_figures(records: Sequence[Sequence[str]]) -> bool:
    """Whether records hold as many short values each, the first words, those below it figures in one column (时段 | 车辆): without
    a record that names the others, short values are lines of names, grades or times beside each other."""
    words = [value.strip() for values in records for value in values]
    closed = any(word.endswith(tuple("。；：:")) or len(word) > MAX_WORD or regex.search("[A-Za-z]{3}", word) for word in words)
    if closed or len({len(values) for values in records}) != 1 or not all(map(str.strip, records[0])):
        return False
    has_figure = [[FIGURE.search(value) is not None for value in values] for values in records]
    return not any(has_figure[0]) and any(map(all, zip(*has_figure[1:], strict=True)))


def _width(row: Row) -> int:
    return row[-1][0] + 1


def _is_table(rows: Sequence[Row]) -> bool:
    """A header names the columns, or one column counts its rows, or short words stand over figures."""
    heads = [[p.says() for _, p in row] for row in rows[:HEAD_RECORDS]]
    if any(names_columns(words) or _is_pair(words) or _names_grades(words) for words in heads):
        return True
    if len(rows) >= MIN_SHORT and _heads_figures([[p.says() for _, p in row] for row in rows]):
        return True
    for col in range(min(3, _width(rows[0]) - 1)):  # a serial stands before what it numbers
        serials = [serial_value(p.says()) for row in rows for c, p in row if c == col]
        if len(serials) >= 3 and all(s is not None for s in serials) and all(b == a + 1 for a, b in pairwise(serials)):  # type: ignore[operator]
            return True
    return False
