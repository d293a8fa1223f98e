"""Whether the rows with points are themselves marked or numbered as sections are: then a marker alone makes no section row."""

from __future__ import annotations

from itertools import pairwise

from pipeline import patterns
from pipeline.normalize import chinese_number, clean, fold
from pipeline.points import points_at_end, points_closing, read_points
from pipeline.rubrics.rows import NUMERAL
from pipeline.rubrics.table import JoinedTable


def scored_rows_are_marked(table: JoinedTable) -> bool:
    """Whether rows with points begin with section markers (一、 A.) too, so that a marker alone makes no section row."""
    for columns, rows in zip(table.columns, table.data, strict=True):
        if columns.text is None or columns.points is None:
            continue
        for row in rows:
            text, score = row.cells[columns.text], row.cells[columns.points]
            if text and score and patterns.SECTION_MARKER.match(clean(text.text)) and read_points(score.text).value is not None:
                return True
    return False


def scored_rows_are_worded(table: JoinedTable) -> bool:
    """Whether (nearly) all rows with points have a numeral in the number column that a section might have (一, Ⅱ, C): they number
    criteria, not sections."""
    marks: list[str | None] = []
    forms: set[bool] = set()
    for columns, rows in zip(table.columns, table.data, strict=True):
        if columns.number is None or (columns.points is None and not columns.labels):
            continue
        wanted = (columns.points, columns.number, columns.text)
        for row in rows:
            score, mark, text = (row.cells[c] if c is not None and c < len(row.cells) else None for c in wanted)
            printed = score.text if score is not None and score.row == row.index else ""
            closing = text.text if text is not None and columns.points is None else ""
            scored = read_points(printed).value is not None or points_at_end(clean(closing)) is not None or points_closing(clean(closing)) is not None
            if scored and text is not mark and not row.names_sum:
                said = fold(mark.text) if mark is not None and mark.row == row.index else ""
                own = said.strip("().、")
                marks.append(own if NUMERAL.fullmatch(own) else None)
                forms |= {said[0] == "("} if marks[-1] else set()
    values = [_value(m) for m in marks if m]
    falls = sum(b not in (1, a + 1) for a, b in pairwise(values))  # a section's among them would break the count
    if len(forms) > 1:  # 一 heads （一） and （二）
        return False
    return len(marks) >= 3 and len(values) >= 0.9 * len(marks) and falls <= max(1, len(values) // 10)


ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx")


def _value(mark: str) -> int:
    """What a folded numeral counts: 二, ii and b are 2; 0 where it counts nothing."""
    if mark in ROMANS:
        return ROMANS.index(mark) + 1
    return chinese_number(mark) or (ord(mark) - ord("a") + 1 if len(mark) == 1 and mark.isascii() else 0)
