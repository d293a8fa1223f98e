"""Rows that begin a section with its sum: its label, 小计 and the points that the rows below it make (`综合管理 | 小计 | 20`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Cell
from pipeline.normalize import clean, fold
from pipeline.points import split_cell
from pipeline.rubrics.criterion import number_of
from pipeline.rubrics.rows import NUMERAL, Line

WORD = regex.compile(r"(?:分值|得分|本项|项目|类别)?(?:小计|分计|合计|共计)[:：]?")
"""The whole (folded) cell of a sum."""

NAMED = regex.compile(r"(?!本|以上|上述|各).*?(?:\p{Han}{2}|\p{L}{3})")
"""A name, no words for the rows above (本部分)."""


def named_by(line: Line) -> Cell | None:
    """The label that begins in a row of a sum, left of the word: the innermost; None where the row names none."""
    filled = line.row.filled()
    word = next((c for c in filled if WORD.fullmatch(fold(c.text))), None)
    left = [c for c in filled if word is not None and c.col < word.col and c is not line.points and NAMED.match(_bare(c.text))]
    named = left[-1] if left else None
    return named if named is not None and not patterns.names_total(named.text) and not patterns.names_subtotal(named.text) else None


def is_within(named: Cell, line: Line) -> bool:
    """Whether the rows of a sum stand beside an outer label, which the sheet's rows are told by."""
    return any(c is not None and c.col < named.col and c.row_span > named.row_span and clean(c.text) for c in line.labels)


class Label(Protocol):
    """What is set of a label here: whether its section's words have a row, its level and number."""

    own_row: bool
    level: int
    number: str | None


def set_apart(line: Line, labels: Mapping[int, Label]) -> Line:
    """The row without the numeral beside its label, where that names what stands outside the total (加分项, 一票否决): it is a section
    as those of the sums' rows are. `labels`: by the id of their cells."""
    label = next((labels[id(c)] for c in line.labels if c is not None and line.own(c) and id(c) in labels and _names_extras(c)), None)
    if label is None:
        return line
    label.own_row, label.level = True, 1
    if not line.own(line.number) or line.number is None or not NUMERAL.fullmatch(fold(line.number.text)):
        return line
    label.number = number_of(line.number)
    return replace(line, number=None)


def _names_extras(cell: Cell) -> bool:
    name = _bare(cell.text)
    return bool(patterns.APART_LABEL.fullmatch(name) or patterns.POINTS_VETO.search(name))


def opening(line: Line, named: Cell) -> Line:
    """The row of a sum as the section row of its label."""
    return replace(numbered(line), kind="section", label=clean(named.text))


def numbered(line: Line) -> Line:
    """The row with the serial that was taken for its label's: where rows of sums begin the sections, labels beside rows name these."""
    cell = next((c for c in line.label_numbers.values() if line.own(c)), None) if line.number is None else None
    return line if cell is None else replace(line, number=cell, label_numbers={})


def is_said(named: Cell, labels: Sequence[str]) -> bool:
    """Whether a label above says the same, with its marker and points or without them: the row closes its section."""
    name = _bare(named.text)
    return any(_bare(label) == name for label in labels)


def _bare(label: str) -> str:
    return fold(patterns.SECTION_MARKER.sub("", split_cell(label)[0]))
