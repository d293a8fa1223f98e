"""Rows whose pieces stand in order but not in columns: each piece goes to the next column whose kind it has.

A row that lost its empty cells (项目 序号 内容 分值 pasted with single spaces or gaps of any width) still says which of its
pieces is the number (it counts up) and which the points (a number at the end).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import clean, fold, points
from pipeline.points import split_label
from pipeline.readers.texts.textgrid import serial_value
from pipeline.readers.texts.textlines import Line, Piece, Row, piece_of

NEVER = 1000.0
MIN_ROWS = 3
"""Rows that must fit before a run of lines is believed to be a table."""

SURE = 0.6
"""Of the rows, so many at least count up by one."""

SKIP = {"number": 1.5, "text": 3.0, "points": 1.0, "method": 0.5, "evidence": 0.5, "standard": 0.5}
"""What a column costs that a row leaves out; the others cost little, for their cells are often blank."""

_STOP = regex.compile(r"[。；;]")
_NUMERIC = regex.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?分?")


def typed_rows(run: Sequence[Line], above: int = 0) -> tuple[list[Row], bool, int] | None:
    """The rows of lines under a header, each piece by its kind; None where their numbers do not count up
    or the header has more lines (`above`)."""
    if above:
        return None
    names, split = _header(run[0])
    roles = [patterns.header_role(p.text) for p in names]
    if "number" not in roles or not {"text", "standard"} & set(roles):
        return None
    rows: list[Row] = [list(enumerate(names))]
    counted, last, used = 0, 0, 1
    for i, line in enumerate(run[1:], start=1):
        if line.kind in ("blank", "rule"):
            continue
        pieces = split(line)
        cells = place([p.text for p in pieces], roles, last + 1)
        row = [(c, p) for c, p in zip(cells, pieces, strict=True)] if cells else None
        serial = next((serial_value(p.text) for c, p in row or () if roles[c] == "number"), None)
        if row is not None and _is_whole(row, roles, serial):
            counted += serial == last + 1
            last = serial if serial is not None else last + 1
            rows.append(_joined(row, line))
        elif any(patterns.names_total(p.text) for p in pieces[:2]):
            rows.append(_total(pieces, roles))
        elif _is_section(line):
            rows.append([(0, piece_of(line.number, line.text, 0, len(line.text)))])
        elif _goes_on(rows[-1], roles, line):
            rows[-1].append((_text(roles), piece_of(line.number, line.text, 0, len(line.text))))
        else:
            break
        used = i + 1
    scored = sum(any(roles[c] in ("number", "points") for c, _ in row) and _has_text(row, roles) for row in rows[1:])
    torn = any(len(line.filled()) > 1 or serial_value(line.text.split(" ", 1)[0]) is not None for line in run[used:] if line.kind != "blank")
    return (rows, True, used) if counted >= max(MIN_ROWS, SURE * scored) and not torn else None


def _header(line: Line) -> tuple[list[Piece], Callable[[Line], list[Piece]]]:
    """The header's words, and how lines below it are cut: at gaps, or at single spaces where the header is."""
    words = _words(line)
    if len(line.pieces) < len(words) and all(patterns.header_role(p.text) for p in words):
        return words, _words
    return list(line.pieces), lambda own: list(own.filled())


def _words(line: Line) -> list[Piece]:
    return [piece_of(line.number, line.text, *m.span()) for m in regex.finditer(r"\S+", line.text)]


def _joined(row: Row, line: Line) -> Row:
    """Neighbouring pieces of one column as the one stretch of the line that they are."""
    out: Row = []
    for col, piece in row:
        if out and out[-1][0] == col:
            out[-1] = col, piece_of(line.number, line.text, out[-1][1].start, piece.end)
        else:
            out.append((col, piece))
    return out


def place(words: Sequence[str], roles: Sequence[str | None], expected: int) -> list[int] | None:
    """A column for each word, in order, at least cost; None when no way fits. `expected`: the number a row has now.

    >>> place(["安全运营（12分）", "6", "落实责任。", "2"], ["label", "number", "text", "points", "awarded"], 6)
    [0, 1, 2, 3]
    >>> place(["7", "定期更新。", "2"], ["label", "number", "text", "points", "awarded"], 7)
    [1, 2, 3]
    """
    n = len(roles)
    best: dict[int, tuple[float, tuple[int, ...]]] = {-1: (0.0, ())}
    for word in words:
        after: dict[int, tuple[float, tuple[int, ...]]] = {}
        for last, (cost, cols) in best.items():
            again = [last] if last >= 0 and roles[last] in ("text", "standard", "label") else []
            for col in (*again, *range(last + 1, n)):
                skipped = sum(SKIP.get(roles[c] or "", 0.1) for c in range(last + 1, col))
                total = cost + skipped + _cost(word, roles[col], expected) + (0.6 if col == last else 0.0)
                if total < after.get(col, (NEVER, ()))[0]:
                    after[col] = total, (*cols, col)
        best = after
    ends = [(cost + sum(SKIP.get(roles[c] or "", 0.1) for c in range(last + 1, n)), cols) for last, (cost, cols) in best.items()]
    cost, cols = min(ends, default=(NEVER, ()))
    return list(cols) if cost < NEVER else None


def _cost(word: str, role: str | None, expected: int) -> float:
    numeric = bool(_NUMERIC.fullmatch(fold(word)))
    if role == "number":
        serial = serial_value(word)
        return NEVER if serial is None and not patterns.SERIAL.match(fold(word)) else 0.0 if serial == expected else 0.7
    if role in ("points", "awarded", "section_points", "deduction"):
        return NEVER if points(word) is None else 0.0 if role == "points" else 0.2
    if role == "label":
        if split_label(word)[1] is not None and not numeric:
            return 0.0
        return 2.0 if numeric else 0.3 + 2.0 * bool(_STOP.search(word)) + 2.0 * (len(word) > 30)
    if role in ("text", "standard"):
        return 2.5 if numeric else 0.0 if role == "text" else 0.2
    return 1.5 if numeric else 0.3 if role in ("method", "evidence") else 0.8


def _text(roles: Sequence[str | None]) -> int:
    return next(roles.index(r) for r in ("text", "standard") if r in roles)


def _has_text(row: Row, roles: Sequence[str | None]) -> bool:
    return any(roles[c] in ("text", "standard") for c, _ in row)


def _is_whole(row: Row, roles: Sequence[str | None], serial: int | None) -> bool:
    """A row has a text, and its number or its points; a damaged one may lack either."""
    scored = any(roles[c] == "points" and points(p.text) is not None for c, p in row)
    return _has_text(row, roles) and (serial is not None or scored)


def _total(pieces: Sequence[Piece], roles: Sequence[str | None]) -> Row:
    """A total row: its word first, its number under the points."""
    score = next((c for c, r in enumerate(roles) if r == "points"), len(roles) - 1)
    return [(score if points(p.text) is not None else 0, p) for p in pieces[:2]]


def _is_section(line: Line) -> bool:
    text = clean(line.text)
    label, declared = split_label(text)
    return len(text) <= 40 and not _STOP.search(text) and (declared is not None or patterns.SECTION_MARKER.match(text) is not None) and len(label) > 1


def _goes_on(row: Row, roles: Sequence[str | None], line: Line) -> bool:
    """The rest of a text that breaks off: the row above has a text without an end, and this line is nothing else."""
    texts = [p for c, p in row if roles[c] in ("text", "standard")]
    numbered = any(roles[c] == "number" and serial_value(p.text) is not None for c, p in row)
    if not numbered or not texts or len(line.filled()) != 1 or _STOP.search(texts[-1].text[-1:]):
        return False
    return points(line.text) is None and not patterns.field_names(line.text)
