"""A second look at cells of a scanned table: figures from their own crop, and cells left empty that hold ink."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.model import Block, Cell, Table
from pipeline.normalize import fold
from pipeline.readers.pictures.inks import below_lighter
from pipeline.readers.pictures.ocr import Char, read_lines, read_twofold

FIGURES = "0123456789."
"""What a cell of a number column may hold; tried only where the free reading is as short as a number."""

NUMBER = regex.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
DRESSED = regex.compile(rf"[(+≤-]?{NUMBER.pattern}(?:[-~—]{NUMBER.pattern})?[分%]?[)]?")
"""A number as cells dress it (`6分`, `(3)`, `0-5`): a reading for figures alone would take the dress for figures (`69`)."""

NUMBER_HEAD = regex.compile(r"序号|编号|分值|得分|满分|分数|标准分|应得分|权重|实得|扣分")

LOOKALIKES = str.maketrans("iIl|oO", "111100")
"""Letters that a figure is taken for when it stands alone; no cell of a number column holds one."""

TALLER, ENOUGH = 1.4, 6
"""A mark so many times as high as the figures of a table mostly are is none of a figure alone; so many figures say how high."""

FIGURE = 0.8
"""Height of a figure with its soft edges, in sizes of the type."""

STRAY = regex.compile(r"[A-Za-z×✓√✔✕✗]{1,4}")
"""What a pen's stroke over a figure is read as; in a column of figures it is no value."""

MOSTLY = 0.6
"""Part of a column's filled cells that are numbers, at least, where it is one of figures whatever its head says."""

_WORDS = regex.compile(r"\p{Han}{2}|[a-z]{3}")

INK = 190
"""Brightness (paper 255) below which a blurred pixel is ink: faint print keeps about 170."""

FAINT_INK = 222
"""Brightness up to which the surroundings of ink belong to it."""

MIN_INK = 20
"""Pixels of a mark below which it is noise."""

DOUBT = 0.5
"""Factor on the confidence of a figure whose two readings differ."""

CLEAR = 0.8
"""Least confidence of a figure that shows below lighter ink."""

CERTAIN = 0.8
"""Least mean confidence at which text is filled into a cell that the page reading left empty."""

Image = np.ndarray


class Crop(Struct, frozen=True):
    """The ink of one cell."""

    cell: Cell
    image: Image
    numeric: bool
    plain: bool = False
    high: int = 0
    """Pixels of its tallest mark; `plain`: in a column whose cells are mostly numbers."""

    @property
    def spot(self) -> tuple[int, int]:
        return self.cell.row, self.cell.col


def reread(blocks: list[Block], image: Image, scale: float, size: float) -> list[Block]:
    """The blocks with number cells read twice and forgotten cells read once; `scale` is points per pixel, `size` that of the
    page's type in points (0: unknown)."""
    return [_reread_table(b, image, scale, size) if isinstance(b, Table) else b for b in blocks]


def _reread_table(table: Table, image: Image, scale: float, size: float) -> Table:
    numeric, plain = number_columns(table), _mostly_numbers(table)
    crops = []
    for cell in table.cells:
        figure = cell.col in numeric and cell.col_span == 1
        if (figure and len(fold(cell.text)) <= 5) or not cell.text:
            ink = _ink_of(cell, image, scale)
            if ink is not None:
                crops.append(Crop(cell, ink[0], figure, figure and cell.col in plain, ink[1]))
    if not crops:
        return table
    seen = list(zip(crops, read_twofold([c.image for c in crops], FIGURES), strict=True))
    over = _overdrawn(crops, FIGURE * size / scale)
    settled = {c.spot: sure for c, (free, _) in seen if c.spot not in over and (sure := _settled_once(c, free)) is not None}
    open_ = [(c, free, figures) for c, (free, figures) in seen if c.spot not in settled]
    bold = read_lines([_thickened(c.image) for c, _, _ in open_])
    below = _read_below([c for c, _, _ in open_])
    for (c, free, figures), thick in zip(open_, bold, strict=True):
        shown = _settled_below(c.cell, below.get(c.spot, []))
        settled[c.spot] = shown or _settled(c.cell, free, thick, figures, c.plain)
    return replace(table, cells=tuple(settled.get((c.row, c.col), c) for c in table.cells))


def _overdrawn(crops: Sequence[Crop], high: float) -> set[tuple[int, int]]:
    """Figures with a mark that is higher than figures of the table are: a tick, a ring, or strokes that cross them out. `high`
    is what they usually are by the type (0: unknown), for a table of few."""
    figures = [c for c in crops if c.numeric and NUMBER.fullmatch(fold(c.cell.text))]
    usual = float(np.median([c.high for c in figures])) if len(figures) >= ENOUGH else high
    return {c.spot for c in figures if c.high > TALLER * usual > 0 and len(c.cell.at.quote.split()) < 2}


def number_columns(table: Table) -> set[int]:
    """Columns whose head says so, or whose filled cells are mostly numbers."""
    out = set()
    for col in range(table.cols):
        own = [c for c in table.cells if c.col == col and c.col_span == 1]
        texts = [fold(c.text) for c in own if c.text]
        if any(NUMBER_HEAD.search(t) for t in texts[:2]):
            out.add(col)
    return out | _mostly_numbers(table)


def _mostly_numbers(table: Table) -> set[int]:
    """Columns whose filled cells are mostly numbers."""
    out = set()
    for col in range(table.cols):
        texts = [fold(c.text) for c in table.cells if c.col == col and c.col_span == 1 and c.text]
        if len(texts) > 2 and sum(bool(NUMBER.fullmatch(t)) for t in texts) > MOSTLY * len(texts):
            out.add(col)
    return out


def _ink_of(cell: Cell, image: Image, scale: float) -> tuple[Image, int] | None:
    """The ink inside a cell, clear of its rules, with a margin, and how high its tallest mark is; None when there is none."""
    if cell.at.bbox is None:
        return None
    x0, y0, x1, y1 = (round(v / scale) for v in cell.at.bbox)
    inner = image[max(y0 + 5, 0) : y1 - 4, max(x0 + 5, 0) : x1 - 4]
    if inner.shape[0] < 8 or inner.shape[1] < 6:
        return None
    ink, tallest = _marks(cv2.GaussianBlur(inner, (3, 3), 0))
    if not tallest:
        return None
    ys, xs = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    high = int(ys[-1] - ys[0]) + 1
    if high < 8:
        return None
    pad = max(4, high // 3)
    top, bottom = max(int(ys[0]) - pad, 0), min(int(ys[-1]) + pad + 1, inner.shape[0])
    left, right = max(int(xs[0]) - pad, 0), min(int(xs[-1]) + pad + 1, inner.shape[1])
    beside = max(0, (bottom - top) * 3 // 4 - (right - left) // 2)
    return cv2.copyMakeBorder(inner[top:bottom, left:right], 0, 0, beside, beside, cv2.BORDER_REPLICATE), tallest


def _marks(blurred: Image) -> tuple[Image, int]:
    """Where ink is: marks with a dark core, out to their faint edges, strokes that broke joined again; the tallest one's height."""
    faint = cv2.morphologyEx((blurred < FAINT_INK).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(faint)
    cores = set(np.unique(labels[blurred < INK]).tolist())
    marks = [i for i in range(1, count) if i in cores and stats[i, cv2.CC_STAT_AREA] >= MIN_INK]
    return np.isin(labels, marks), max((int(stats[i, cv2.CC_STAT_HEIGHT]) for i in marks), default=0)


def _thickened(image: Image) -> Image:
    return cv2.erode(cv2.GaussianBlur(image, (3, 3), 0), np.ones((2, 2), np.uint8))


def _read_below(crops: Sequence[Crop]) -> dict[tuple[int, int], list[Char]]:
    """What stands in the cells that lighter ink lies over, without that ink."""
    own = [c for c in crops if not NUMBER_HEAD.search(fold(c.cell.text))]
    dark = {c.spot: image for c in own if (image := below_lighter(c.image)) is not None}
    return dict(zip(dark, read_lines(list(dark.values())), strict=True))


def _settled_below(cell: Cell, chars: Sequence[Char]) -> Cell | None:
    """The cell with the figure that was read without the lighter ink over it, in doubt; None where none shows clearly."""
    text, sure = _text(chars).strip(".,·"), _least(chars)
    return _with(cell, text, DOUBT * sure) if NUMBER.fullmatch(text) and sure >= CLEAR and fold(cell.text) != text else None


def _settled_once(crop: Crop, free: Sequence[Char]) -> Cell | None:
    """The cell after it was read again as it is; None where that leaves a figure open. Agreement keeps the better confidence."""
    if not crop.numeric:
        return _filled(crop.cell, free)
    first = fold(crop.cell.text)
    if first != _text(free) or not DRESSED.fullmatch(first):
        return None
    sure = max(crop.cell.confidence or 0.0, _least(free))
    return replace(crop.cell, confidence=sure, digits=sure)


def _settled(cell: Cell, free: Sequence[Char], bold: Sequence[Char], figures: Sequence[Char], plain: bool = False) -> Cell:
    """A figure after it was read again as it is, with thickened strokes, and as nothing but a figure: where readings differ
    the one most of them give, or the surest, is taken and left in doubt. What cannot be read leaves its cell empty, in doubt;
    so do strokes that read as letters in a `plain` column of numbers."""
    first = fold(cell.text)
    seen = [(_text(free), _least(free)), (_text(bold), _least(bold))]
    if not first:
        good = NUMBER.fullmatch(seen[0][0]) and seen[0][1] >= DOUBT
        return _with(cell, *seen[0]) if good else replace(cell, confidence=0.0)  # ink that is no figure: not blank for certain
    votes: dict[str, float] = {}
    freely = [(first, cell.confidence or 0.0), *seen]
    bare = not any(DRESSED.fullmatch(text) and not NUMBER.fullmatch(text) for text, _ in freely)
    for text, sure in [*freely, (_text(figures), 0.5 * _least(figures))] if bare else freely:
        text = text.strip(".,·")
        text = text.translate(LOOKALIKES) if len(text) == 1 else text
        if DRESSED.fullmatch(text):
            votes[text] = votes.get(text, 0.0) + sure
    if plain and not votes and STRAY.fullmatch(first):
        return replace(cell, text="", at=replace(cell.at, quote=""), confidence=0.0)
    if not votes or _WORDS.search(first):
        least = min(cell.confidence or 0.0, seen[0][1])
        return replace(cell, confidence=least, digits=least) if first != seen[0][0] else cell
    text = max(votes, key=lambda t: votes[t])
    return _with(cell, text, DOUBT * min(1.0, votes[text] / 2))


def _filled(cell: Cell, chars: Sequence[Char]) -> Cell:
    """An empty cell of a text column, filled when its crop reads surely."""
    text = "".join(c.text for c in chars).strip()
    sure = sum(c.confidence for c in chars) / len(chars) if chars else 0.0
    return _with(cell, text, _least(chars)) if text and sure >= CERTAIN else cell


def _with(cell: Cell, text: str, sure: float) -> Cell:
    digits = round(sure, 4) if any(c.isdigit() for c in text) else None
    return replace(cell, text=text, at=replace(cell.at, quote=text), confidence=round(sure, 4), digits=digits)


def _text(chars: Sequence[Char]) -> str:
    return fold("".join(c.text for c in chars))


def _least(chars: Sequence[Char]) -> float:
    return min((c.confidence for c in chars), default=0.0)
