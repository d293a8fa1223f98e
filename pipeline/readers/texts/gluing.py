"""Cells that ran together: a serial at the end of a label or at the start of a text, points at the end of a text.

Only where the number that the row should have now stands there, or the points follow the end of a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import clean
from pipeline.readers.texts.textgrid import names_columns, serial_value
from pipeline.readers.texts.textlines import Piece, Row

HEAD_ROWS = 4
"""The header stands among the first rows."""

MAX_PARTS = 12
"""Lines of one cell."""

_AT_END = regex.compile(r"^(?P<rest>.*[\p{Han})）])\s*(?P<number>[0-9]{1,3})[.、]?$")
_AT_START = regex.compile(r"^(?P<number>[0-9]{1,3})\s*[.、．]?\s*(?P<rest>[\p{Han}“《].*)$")
_POINTS = regex.compile(r"^(?P<rest>.*[。；])\s*(?P<number>[0-9]{1,2}(?:\.[0-9])?)\s*分?$")


def rewrapped(rows: Sequence[Row]) -> list[Row]:
    """Rows that line ends inside a text cell cut, whole again: the first part stops in the column of texts, and the parts
    have exactly the cells of the header."""
    top, roles = _header(rows)
    text = next((c for c, r in roles.items() if r == "text"), None)
    if top is None or text is None:
        return list(rows)
    out = list(rows[: top + 1])
    i, width = top + 1, len(rows[top])
    while i < len(rows):
        end = _end_of_row(rows, i, text, width, next((c for c, r in roles.items() if r == "number"), None))
        parts = [p for row in rows[i + 1 : end] for _, p in row[:1]]
        tail = [(text + k, p) for k, (_, p) in enumerate(rows[end - 1]) if k] if end > i + 1 else []
        out.append([*rows[i], *((text, p) for p in parts), *tail])
        i = end
    return out


def _end_of_row(rows: Sequence[Row], i: int, text: int, width: int, number: int | None) -> int:
    """The index after the last part of the row that begins at row i."""
    if len(rows[i]) != text + 1 or width == text + 1 or not clean(rows[i][-1][1].says()):
        return i + 1
    for k in range(i + 1, min(i + MAX_PARTS, len(rows))):
        row = rows[k]
        own = row[number][1].says() if number is not None and number < len(row) else ""
        numbered = serial_value(clean(own)) is not None
        if not clean(row[0][1].says()) or (numbered and len(row) > text and regex.search(r"\p{Han}", row[text][1].says())):
            return i + 1
        if len(row) == width - text:
            return k + 1
        if len(row) != 1:
            return i + 1
    return i + 1


def _header(rows: Sequence[Row]) -> tuple[int | None, dict[int, str | None]]:
    """The row that names the columns, and the role of each."""
    top = next((i for i, row in enumerate(rows[:HEAD_ROWS]) if names_columns([p.says() for _, p in row])), None)
    return top, {c: patterns.header_role(p.says()) for c, p in rows[top]} if top is not None else {}


def unglued(rows: Sequence[Row]) -> list[Row]:
    """The rows of a table with cells that ran together set apart again."""
    top, roles = _header(rows)
    if top is None:
        return list(rows)
    at = {role: c for c, role in reversed(roles.items()) if role}
    number, text, score = at.get("number"), at.get("text", at.get("standard")), at.get("points")
    if number is None or text is None or text < number:
        return list(rows)
    out = list(rows[: top + 1])
    last = 0
    for row in rows[top + 1 :]:
        row = _apart(row, number, text, last + 1, len(roles))
        if score is not None and score == text + 1:
            row = _points_apart(row, text, score, len(roles))
        said = next((serial_value(clean(p.says())) for c, p in row if c == number), None)
        last = said if said is not None else last
        out.append(row)
    return out


def _apart(row: Row, number: int, text: int, expected: int, width: int) -> Row:
    """The row with its serial in the column of serials."""
    cells = dict(row)
    own = clean(cells[number].says()) if number in cells else ""
    if serial_value(own) is not None or len(cells) != len(row):
        return row
    label = cells.get(number - 1)
    match = _AT_END.match(label.text) if label is not None else None
    if match and label is not None and int(match["number"]) == expected:
        parts = _cut(label, match, "rest", "number")
        return _put(row, number - 1, parts, keep=not own, width=width)
    for col in {number, text}:
        match = _AT_START.match(cells[col].text) if col in cells else None
        if match and int(match["number"]) == expected and (col == number or not own):
            parts = _cut(cells[col], match, "number", "rest")
            if col == number:
                return _put(row, number, parts, keep=False, width=width)
            return [(c, parts[0] if c == number else parts[1] if c == text else p) for c, p in row]
    return row


def _points_apart(row: Row, text: int, score: int, width: int) -> Row:
    cells = dict(row)
    match = _POINTS.match(cells[text].text) if text in cells and len(cells) == len(row) else None
    if match is None or (score in cells and clean(cells[score].says())):
        return row
    return _put(row, text, _cut(cells[text], match, "rest", "number"), keep=True, width=width)


def _cut(piece: Piece, match: regex.Match[str], *groups: str) -> list[Piece]:
    return [Piece(piece.number, piece.start + match.start(g), piece.start + match.end(g), match[g]) for g in groups]


def _put(row: Row, col: int, parts: Sequence[Piece], keep: bool, width: int) -> Row:
    """Two pieces in the place of one: the second takes the blank cell after it, or (not `keep`) all others move on."""
    out = [(c, p) for c, p in row if c < col] + [(col, parts[0]), (col + 1, parts[1])]
    if keep:
        return out + [(c, p) for c, p in row if c > col + 1]
    return out + [(c + 1, p) for c, p in row if c > col and c + 1 < max(width, len(row))]
