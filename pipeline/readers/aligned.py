"""Tables set by spaces alone, as old editors and `pdftotext -layout` give them: columns by where the header's words stand.

A cell may wrap: its further lines stand under it, and a row begins where its number does. Editors count a wide character
as two columns, pdftotext as one: the count under which more pieces stand below header words is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import fold
from pipeline.readers.textlines import Line, Piece, width

Row = list[tuple[int, Piece]]

SAMPLE = 40
"""Lines under a header that say how its columns are counted."""

_NUMBER = regex.compile(r"[(（]?[0-9]{1,4}(?:\.[0-9]{1,3})*[)）.、]?|[①-⑳]")


def is_head(line: Line) -> bool:
    """A header line: three columns or more, two of them with a role."""
    named = sum(patterns.header_role(p.text) is not None for p in line.pieces)
    return len(line.pieces) >= 3 and named >= 2 and all(len(p.text) <= 20 for p in line.pieces)


@dataclass(frozen=True, slots=True)
class Ruler:
    """A header line and how columns are counted: `measure` gives the columns a stretch of text takes."""

    head: Line
    measure: Callable[[str], int]

    def extent(self, line: Line, piece: Piece) -> tuple[int, int]:
        return self.measure(line.text[: piece.start]), self.measure(line.text[: piece.end])

    def columns(self) -> list[tuple[int, int]]:
        return [self.extent(self.head, p) for p in self.head.pieces]

    def role(self, col: int) -> str | None:
        return patterns.header_role(self.head.pieces[col].text) if col < len(self.head.pieces) else None

    def placed(self, line: Line) -> Row:
        """Pieces to columns: one each in order when their count fits, else by the header word they stand under."""
        if len(line.pieces) == len(self.head.pieces):
            return list(enumerate(line.pieces))
        columns, out, free = self.columns(), [], 0
        for piece in line.pieces:
            col = max(_column(columns, *self.extent(line, piece)), free)
            out.append((col, piece))
            free = col + 1
        return out

    def numbered(self, line: Line) -> bool:
        """Whether a line has a number in the column of numbers."""
        return any(self.role(col) == "number" and bool(_NUMBER.fullmatch(piece.text)) for col, piece in self.placed(line))

    def holds(self, line: Line) -> bool:
        """A line no wider than one column, and under it: the rest of a wrapped cell. A field (专家签字：) is none."""
        piece = line.pieces[0]
        begin, end = self.extent(line, piece)
        columns = self.columns()
        col = _column(columns, begin, end)
        after = columns[col + 1][0] if col + 1 < len(columns) else end
        return end <= after + 1 and patterns.field_name(piece.text) is None and patterns.NOTE_ROW.match(piece.text) is None


def ruler(head: Line, lines: Sequence[Line]) -> Ruler:
    """The ruler under which more of these lines' pieces begin where a header word does."""

    def fits(measure: Callable[[str], int]) -> int:
        starts = {measure(head.text[: p.start]) for p in head.pieces}
        return sum(measure(x.text[: p.start]) in starts for x in lines if x.kind in ("gap", "plain") for p in x.pieces if p.start)

    return Ruler(head, max((width, len), key=fits))


def _column(columns: Sequence[tuple[int, int]], begin: int, end: int) -> int:
    """The column that overlaps [begin, end) most; without overlap the nearest one, the left one of two."""
    return max(range(len(columns)), key=lambda i: (min(end, columns[i][1]) - max(begin, columns[i][0]), -i))


def aligned_run(lines: Sequence[Line], start: int) -> Sequence[Line]:
    """The lines of the table set by spaces that begins at `start` (lines above its header included); empty when none
    does."""
    head = start
    while head < len(lines) and lines[head].kind == "gap" and not is_head(lines[head]):
        head += 1
    if head >= len(lines) or lines[head].kind != "gap":
        return ()
    end = head + 1
    by = ruler(lines[head], lines[head + 1 : head + 1 + SAMPLE])
    while end < len(lines) and _belongs(lines, end, by):
        end += 1
    return lines[start:end] if end > head + 1 else ()


def rows_of(run: Sequence[Line]) -> list[Row]:
    """The rows of a run that begins with its header: pieces with their columns; a wrapped cell has several pieces."""
    wraps, by = _wraps(run), ruler(run[0], run[1 : 1 + SAMPLE])
    rows: list[Row] = [list(enumerate(run[0].pieces))]
    for line in run[1:]:
        if line.kind == "blank":
            continue
        if wraps and _goes_on(line, by, rows[-1]):
            rows[-1] += by.placed(line)
        else:
            rows.append(by.placed(line))
    return rows


def _belongs(lines: Sequence[Line], i: int, by: Ruler) -> bool:
    if lines[i].kind == "gap":
        return True
    if not _has_numbers(by.head) or _is_total(lines[i - 1]):
        return False
    if lines[i].kind == "blank":
        return i + 1 < len(lines) and lines[i + 1].kind == "gap" and by.numbered(lines[i + 1])
    return lines[i].kind == "plain" and by.holds(lines[i])


def _has_numbers(head: Line) -> bool:
    return any(patterns.header_role(p.text) == "number" for p in head.pieces)


def _is_total(line: Line) -> bool:
    return any(patterns.TOTAL_WORDS.fullmatch(fold(p.text)) for p in line.filled()[:2])


def _wraps(run: Sequence[Line]) -> bool:
    """Whether cells wrap: some line between rows is no row."""
    return _has_numbers(run[0]) and any(line.kind == "plain" for line in run)


def _goes_on(line: Line, by: Ruler, above: Row) -> bool:
    """No number and no total of its own, under a row that is no total either (or under the header)."""
    words = [fold(p.text) for p in (*line.pieces, *(p for _, p in above))]
    return not by.numbered(line) and not any(patterns.TOTAL_WORDS.fullmatch(w) for w in words)


def unclear(run: Sequence[Line]) -> bool:
    """Whether cells wrap, but rows cannot be told: text begins above the first number (cells are centred on each other),
    the column of numbers holds anything else, or a page break may have moved the columns."""
    if not _wraps(run):
        return False
    if any(line.text.startswith("\f") for line in run[1:]):
        return True
    rows = rows_of(run)
    numbers = {col for col, piece in enumerate(run[0].pieces) if patterns.header_role(piece.text) == "number"}
    texts = {col for col, piece in enumerate(run[0].pieces) if patterns.header_role(piece.text) == "text"}
    wrapped_head = any(col in texts for col, _ in rows[0][len(run[0].pieces) :])
    held = [[piece.text for col, piece in row if col in numbers] for row in rows[1:] if not _totals(row)]
    return wrapped_head or any(len(texts) > 1 or not _NUMBER.fullmatch(t) for texts in held for t in texts)


def _totals(row: Row) -> bool:
    return any(patterns.TOTAL_WORDS.fullmatch(fold(piece.text)) for _, piece in row)
