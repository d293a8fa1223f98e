"""Rows that begin a section with its sum: its label, 小计 and the points that the rows below it make (`综合管理 | 小计 | 20`)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Cell
from pipeline.normalize import clean, fold
from pipeline.points import split_cell
from pipeline.rubrics.rows import Line

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


def leads(line: Line, led: bool | None, begun: bool) -> bool:
    """Whether the row of a total is the sum of the section whose label it names: the sheet's sums stand above their rows (`led`), or
    no row stands above it yet."""
    return line.kind == "total" and line.value is not None and (led or (led is None and not begun)) and named_by(line) is not None


def opening(line: Line, named: Cell) -> Line:
    """The row of a sum as the section row of its label."""
    return replace(line, kind="section", label=clean(named.text))


def is_said(named: Cell, labels: Sequence[str]) -> bool:
    """Whether a label above says the same, with its marker and points or without them: the row closes its section."""
    name = _bare(named.text)
    return any(_bare(label) == name for label in labels)


def _bare(label: str) -> str:
    return fold(patterns.SECTION_MARKER.sub("", split_cell(label)[0]))
