"""Tables pasted with each cell on a line of its own: the header's words one below the other, then the cells in order.

Blank cells leave nothing behind, so a row is told by its serial number, which counts up, and by its points.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pipeline import patterns
from pipeline.normalize import clean, points
from pipeline.points import split_label
from pipeline.readers.texts.textgrid import serial_value
from pipeline.readers.texts.textlines import Line, Piece, Row, piece_of

MIN_NAMES = 3
MAX_NAMES = 10
"""Columns of such a table."""

MIN_ROWS = 3
MAX_LABEL = 40

_WORDS = ("text", "standard")
_BLANK = ("awarded", "deduction", "remark")
"""Columns that a form leaves empty."""


class Stacked(Struct, frozen=True):
    """A table a cell a line: its rows, the header first (none where they cannot be told), and the lines it takes."""

    rows: tuple[Row, ...]
    taken: int


def stacked(lines: Sequence[Line], start: int) -> Stacked | None:
    """The table whose header begins at line `start`; None when none does."""
    names, body = _header(lines, start)
    roles = [patterns.header_role(p.text) for p in names]
    if len(names) < MIN_NAMES or roles.count("number") > 1 or not {"number", "points"} & set(roles) or not set(_WORDS) & set(roles):
        return None
    cells, end = _cells(lines, body, [p.text for p in names])
    split = _numbered if "number" in roles else _scored
    rows = split(cells, roles)
    if rows is None:
        return Stacked((), end - start) if sum(points(p.text) is not None for p in cells) >= MIN_ROWS else None
    return Stacked((list(enumerate(names)), *rows), end - start)


def _piece(line: Line) -> Piece:
    return piece_of(line.number, line.text, 0, len(line.text))


def _header(lines: Sequence[Line], start: int) -> tuple[list[Piece], int]:
    """Consecutive lines that each name a column, no role but labels and scores twice; and the index after them."""
    names: list[Piece] = []
    i = start
    while i < len(lines) and len(names) < MAX_NAMES:
        if lines[i].kind == "blank" and names:
            i += 1
            continue
        piece = _piece(lines[i])
        if lines[i].kind not in ("plain", "gap") or patterns.header_role(piece.text) is None or split_label(piece.text)[1] is not None:
            break
        names.append(piece)
        i += 1
    return names, i


def _cells(lines: Sequence[Line], start: int, names: Sequence[str]) -> tuple[list[Piece], int]:
    """The cells up to the number of a total row, a form field, a note, an annex or the header printed again; and the index
    after them."""
    out: list[Piece] = []
    i, end = start, start
    while i < len(lines):
        text = clean(lines[i].text)
        if lines[i].kind not in ("plain", "gap", "blank") or patterns.field_names(text):
            break
        if patterns.NOTE_ROW.match(text) or patterns.ANNEX_MARK.match(text):
            break
        if text == names[0] and i + 1 < len(lines) and clean(lines[i + 1].text) == names[1]:
            break
        if lines[i].kind != "blank":
            if out and _is_total(out[-1]) and points(text) is None:
                break
            out.append(_piece(lines[i]))
            end = i + 1
            if len(out) > 1 and _is_total(out[-2]):
                break
        i += 1
    return out, end


def _is_total(piece: Piece) -> bool:
    return patterns.names_total(piece.text)


def _numbered(cells: Sequence[Piece], roles: Sequence[str | None]) -> list[Row] | None:
    """Rows by serials that count up: what stands between two of them is the first row's rest and the next one's label."""
    begins = _serials(cells)
    if len(begins) < MIN_ROWS:
        return None
    number = roles.index("number")
    if any(r not in ("label", "item", None) for r in roles[:number]):
        return None
    rows: list[Row] = []
    label = list(cells[: begins[0]])
    for begin, end in zip(begins, [*begins[1:], len(cells)], strict=True):
        own = _row(cells[begin:end], roles, number)
        if own is None or len(label) > 2 * max(number, 1):
            return None
        row, rest = own
        if label and not number:
            if not all(split_label(p.text)[1] is not None or patterns.SECTION_MARKER.match(p.text) for p in label):
                return None
            rows += [[(0, p)] for p in label]
        rows.append([*_labels(label, number), *row])
        label = rest
    total = [p for p in label if _is_total(p)][:1]
    value = label[label.index(total[0]) + 1 :] if total else []
    if total:
        rows.append([(0, total[0]), *((_score(roles), p) for p in value[:1])])
    return rows if not [p for p in label if p not in (*total, *value[:1])] else None


def _serials(cells: Sequence[Piece]) -> list[int]:
    """Where rows begin: at the next number in the count (or at 1 below a label), before a text, once the row above has its
    points."""
    out: list[int] = []
    last = 0
    for i, piece in enumerate(cells[:-1]):
        follows = cells[i + 1].text
        if out and not any(points(p.text) is not None for p in cells[out[-1] + 1 : i]):
            continue
        serial = serial_value(piece.text)
        anew = serial == 1 and bool(out) and points(cells[i - 1].text) is None
        if (serial == last + 1 or anew) and points(follows) is None and not patterns.names_total(follows):
            out.append(i)
            last = last + 1 if serial == last + 1 else 1
    return out


def _row(cells: Sequence[Piece], roles: Sequence[str | None], number: int) -> tuple[Row, list[Piece]] | None:
    """One row from its serial on, and what is left behind its points."""
    score = next((c for c, r in enumerate(roles) if r == "points"), None)
    words = [c for c, r in enumerate(roles) if c > number and r not in (*_BLANK, "points")]
    at = next((i for i, p in enumerate(cells) if i > 1 and points(p.text) is not None), None)
    if score is None or at is None or any(c > score for c in words):
        return None
    texts = list(cells[1:at])
    if len(texts) < len(words) or (len(words) > 1 and len(texts) != len(words)):
        return None
    row: Row = [(number, cells[0])]
    row += [(words[0], p) for p in texts] if len(words) == 1 else list(zip(words, texts, strict=True))
    rest = list(cells[at + 1 :])
    if rest and points(rest[0].text) is not None:
        return None
    return [*row, (score, cells[at])], rest


def _labels(pieces: Sequence[Piece], number: int) -> Row:
    """A label and its points may stand on two lines; several label columns have one line each."""
    if number == 1 or len(pieces) != number:
        return [(0, p) for p in pieces] if number else []
    return list(enumerate(pieces))


def _score(roles: Sequence[str | None]) -> int:
    return next((c for c, r in enumerate(roles) if r == "points"), len(roles) - 1)


def _scored(cells: Sequence[Piece], roles: Sequence[str | None]) -> list[Row] | None:
    """Rows of a label (perhaps), a text and points, where nothing is numbered."""
    words = [c for c, r in enumerate(roles) if r in _WORDS]
    score = _score(roles)
    if len(words) != 1 or any(r not in ("label", "item", *_WORDS, "points", *_BLANK) for r in roles) or words[0] > score:
        return None
    rows: list[Row] = []
    waiting: list[Piece] = []
    for piece in cells:
        if points(piece.text) is None:
            waiting.append(piece)
            continue
        if len(waiting) == 1 and _is_total(waiting[0]):
            rows.append([(0, waiting[0]), (score, piece)])
        elif len(waiting) == 1 or (len(waiting) == 2 and "label" in roles[: words[0]] and len(waiting[0].text) <= MAX_LABEL):
            rows.append([*((0, p) for p in waiting[:-1]), (words[0], waiting[-1]), (score, piece)])
        else:
            return None
        waiting = []
    return rows if len(rows) >= MIN_ROWS and not waiting else None
