"""Rows below a criterion that are no criterion of their own: further lines of it, or what another answer to it gets."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Cell, Criterion
from pipeline.normalize import clean, fold
from pipeline.rubrics.criterion import number_of, points_of
from pipeline.rubrics.rows import Line


def counts_on(last: Criterion, line: Line) -> bool:
    """Whether the texts number the lines that share a points cell (1、… 2、…), where no column does."""
    found = [patterns.SERIAL_IN_TEXT.match(text) for text in (last.text, clean(line.text.text) if line.text is not None else "")]
    one, two = (next((g for g in m.groups() if g), "") if m else "" for m in found)
    return line.columns.number is None and one.isdecimal() and two.isdecimal() and int(two) == int(one) + 1


def is_repeated(last: Criterion, line: Line) -> bool:
    """Whether a row prints the number and the words of the row above it anew, so that it is another line of the same one."""
    same = line.text is not None and fold(clean(line.text.text)) == fold(last.text)
    return same and number_of(line.number) == last.number


def shares_number(last: Criterion, points: Cell | None, line: Line) -> bool:
    """Whether a row stands under the number and the points cell of the criterion above, both merged down beside it, be the
    points blank. `points`: the cell of the criterion above."""
    cells = (line.number, line.points)
    merged = all(c is not None and c.row < line.row.index < c.row + c.row_span for c in cells)
    return merged and points is line.points and number_of(line.number) is not None and number_of(line.number) == last.number


def is_rest(last: Criterion, labels: Sequence[Cell | None], line: Line, whole: bool | None) -> bool:
    """Whether the first row of a later part is the rest of the last one before, which the page cut: the words of one break off
    or are absent, and of number and points one of them has each, or both have the same. `labels` are the last row's; `whole`
    says whether its words are a whole sentence."""
    if line.kind != "criterion" or not (whole is False or not last.text or not line.own(line.text)):
        return False
    number = number_of(line.number) if line.own(line.number) else None
    value = points_of(line).value if line.own(line.points) else None
    if line.columns.number is not None and not _is_one(last.number, number):
        return False
    if line.columns.points is None or not _is_one(last.max_points, value):
        return False
    if None not in (last.number, number) and number != "1":  # sections count from 1 again
        return True
    here = [(a, c) for a, c in zip_longest(labels, line.labels) if line.own(c)]
    return all(a is not None and c is not None and fold(a.text) == fold(c.text) for a, c in here)


OPEN_BRACKET = regex.compile(r"[（(][^）)]{0,12}$")
BRACKET_CLOSED = regex.compile(r"[^（(]{0,12}[)）]")


def closes_bracket(last: Criterion, line: Line) -> bool:
    """Whether the first row of a later part is nothing but the end of the bracket that the text above it left open."""
    if line.kind != "criterion" or line.own(line.number) or line.own(line.points) or line.text is None:
        return False
    return bool(OPEN_BRACKET.search(last.text) and BRACKET_CLOSED.match(clean(line.text.text)))


def is_rest_beside(labels: Sequence[Cell | None], line: Line) -> bool:
    """Whether the first row of a later part holds nothing but the rest of what stands beside the last criterion (标准), and the
    last row's labels, with what is printed beside them, anew. `labels` are the last row's."""
    named = [(a, c) for a, c in zip_longest(labels, line.labels) if line.own(c)]
    known = [c for _, c in named] + [*line.section_points.values()]
    beside = [c for c in line.row.filled() if not any(c is own for own in known)]
    return (
        bool(named and beside)
        and all(a is not None and c is not None and fold(a.text) == fold(c.text) for a, c in named)
        and all(c.col in line.columns.others and c.col_span == 1 for c in beside)
    )


def _is_one(above: object, below: object) -> bool:
    """Whether one of two halves has what both are to have together, or both have the same."""
    return above == below if above is not None and below is not None else above is not below


AMOUNT = regex.compile(r"([0-9]+(?:\.[0-9]+)?)分[^分]*$")
"""The points that words give last."""

ANSWER = regex.compile(r"(?!.*每)[^。；;]{1,30}?(?:(?:[得给计]|扣)\s*[0-9]{1,3}(?:\.[0-9]{1,2})?\s*分|不(?:得|给|计)分)[。；;]?")
"""What one answer gets, and nothing else: 基本符合的得2.5分, 不符合的不得分."""


def is_answer(last: Criterion, line: Line, repeats: bool) -> bool:
    """Whether a row holds nothing but what another answer to the criterion above gets, under cells left blank, not joined, or printed
    again (`repeats`)."""
    own = line.text is not None and line.own(line.text) and (line.row.filled() == (line.text,) or (repeats and _gets_less(line, last)))
    return own and last.max_points is not None and all(map(ANSWER.fullmatch, (clean(line.text.text), (last.text.splitlines() or [""])[-1])))  # type: ignore[union-attr]


def _gets_less(line: Line, last: Criterion) -> bool:
    """Whether a row's words give less than the points of the criterion above: as much would be a criterion of its own."""
    said = AMOUNT.search(fold(line.text.text)) if line.text is not None else None
    return last.max_points is not None and (said is None or Decimal(said[1]) < last.max_points)


def goes_on_beside(last: Criterion, line: Line) -> bool:
    """Whether a row holds more of what stands beside the criterion right above it (2.… in the column of standards) and nothing else."""
    cells = line.row.filled()
    return all(c.col_span == c.row_span == 1 and line.columns.others.get(c.col) in last.columns for c in cells)


def repeats_labels(labels: Sequence[Cell | None], line: Line) -> bool:
    """Whether the first row of a later part is the rest of the row before, beside `labels`, under labels printed anew."""
    columns = line.columns
    if line.kind != "criterion" or columns.number is None or columns.points is None:
        return False
    if line.own(line.number) or line.own(line.points) or not line.own(line.text):
        return False
    texts = [[fold(c.text) if c is not None else "" for c in cells] for cells in (line.labels, labels)]
    return any(texts[0]) and texts[0] == texts[1]
