"""A second look at cells of a scanned table: figures from their own crop, and cells left empty that hold ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import regex

from pipeline.model import Block, Cell, Table
from pipeline.normalize import fold
from pipeline.readers.ocr import Char, read_lines

FIGURES = "0123456789."
"""What a cell of a number column may hold; tried only where the free reading is as short as a number."""

NUMBER = regex.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
NUMBER_HEAD = regex.compile(r"序号|编号|分值|得分|满分|分数|标准分|应得分|权重|实得|扣分")

MIN_INK = 12
"""Dark pixels below which a cell counts as empty: noise leaves single dots."""

DOUBT = 0.5
"""Factor on the confidence of a figure whose two readings differ."""

CERTAIN = 0.8
"""Least mean confidence at which text is filled into a cell that the page reading left empty."""

Image = np.ndarray


@dataclass(frozen=True, slots=True)
class Crop:
    """The ink of one cell."""

    cell: Cell
    image: Image
    numeric: bool


def reread(blocks: list[Block], image: Image, scale: float) -> list[Block]:
    """The blocks with number cells read twice and forgotten cells read once; `scale` is points per pixel."""
    return [_reread_table(b, image, scale) if isinstance(b, Table) else b for b in blocks]


def _reread_table(table: Table, image: Image, scale: float) -> Table:
    numeric = number_columns(table)
    crops = []
    for cell in table.cells:
        figure = cell.col in numeric and cell.col_span == 1
        if (figure and len(fold(cell.text)) <= 5) or not cell.text:
            ink = _ink_of(cell, image, scale)
            if ink is not None:
                crops.append(Crop(cell, ink, figure))
    if not crops:
        return table
    free = read_lines([c.image for c in crops])
    figures = read_lines([c.image for c in crops], FIGURES)
    settled = {
        (c.cell.row, c.cell.col): _settled(c, a, b) for c, a, b in zip(crops, free, figures, strict=True)
    }
    return replace(table, cells=tuple(settled.get((c.row, c.col), c) for c in table.cells))


def number_columns(table: Table) -> set[int]:
    """Columns whose head says so, or whose filled cells are mostly numbers."""
    out = set()
    for col in range(table.cols):
        own = [c for c in table.cells if c.col == col and c.col_span == 1]
        texts = [fold(c.text) for c in own if c.text]
        if any(NUMBER_HEAD.search(t) for t in texts[:2]):
            out.add(col)
        elif len(texts) > 2 and sum(bool(NUMBER.fullmatch(t)) for t in texts) > 0.6 * len(texts):
            out.add(col)
    return out


def _ink_of(cell: Cell, image: Image, scale: float) -> Image | None:
    """The ink inside a cell, clear of its rules, with a margin; None when there is none."""
    if cell.at.bbox is None:
        return None
    x0, y0, x1, y1 = (round(v / scale) for v in cell.at.bbox)
    inner = image[max(y0 + 5, 0) : y1 - 4, max(x0 + 5, 0) : x1 - 4]
    if inner.shape[0] < 8 or inner.shape[1] < 6:
        return None
    dark = cv2.morphologyEx((inner < 150).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    if int(dark.sum()) < MIN_INK:
        return None
    ys, xs = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    high = int(ys[-1] - ys[0]) + 1
    if high < 8:
        return None
    pad = max(3, high // 4)
    top, bottom = max(int(ys[0]) - pad, 0), min(int(ys[-1]) + pad + 1, inner.shape[0])
    left, right = max(int(xs[0]) - pad, 0), min(int(xs[-1]) + pad + 1, inner.shape[1])
    return inner[top:bottom, left:right]


def _settled(crop: Crop, free: Sequence[Char], figures: Sequence[Char]) -> Cell:
    """The cell after its second reading. Agreement keeps the better confidence; difference leaves doubt."""
    cell = crop.cell
    if not crop.numeric:
        return _filled(cell, free)
    first, second, third = fold(cell.text), _text(free), _text(figures)
    if second == first:
        return replace(cell, confidence=max(cell.confidence or 0.0, _least(free)))
    if not cell.text:
        good = NUMBER.fullmatch(second) and _least(free) >= DOUBT
        return _with(cell, second, _least(free)) if good else cell
    candidates = [
        (text, sure)
        for text, sure in ((first, cell.confidence or 0.0), (second, _least(free)), (third, _least(figures)))
        if NUMBER.fullmatch(text)
    ]
    if not candidates or (len(first) > 3 and not NUMBER.fullmatch(second)):
        return replace(cell, confidence=min(cell.confidence or 0.0, DOUBT))
    text, sure = max(candidates, key=lambda c: c[1])
    return _with(cell, text, DOUBT * sure)


def _filled(cell: Cell, chars: Sequence[Char]) -> Cell:
    """An empty cell of a text column, filled when its crop reads surely."""
    text = "".join(c.text for c in chars).strip()
    sure = sum(c.confidence for c in chars) / len(chars) if chars else 0.0
    return _with(cell, text, _least(chars)) if text and sure >= CERTAIN else cell


def _with(cell: Cell, text: str, sure: float) -> Cell:
    return replace(cell, text=text, at=replace(cell.at, quote=text), confidence=round(sure, 4))


def _text(chars: Sequence[Char]) -> str:
    return fold("".join(c.text for c in chars))


def _least(chars: Sequence[Char]) -> float:
    return min((c.confidence for c in chars), default=0.0)
