"""What of an OFD page's characters can be seen as its text, and which way up it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import pi
from statistics import median

from pipeline.provenance import BBox
from pipeline.readers.packages.ofdobjects import WHITE, Letter, Sheet
from pipeline.readers.pages import aslant

MOSTLY = 0.6
"""A page is turned when more than this part of its characters is turned one way."""

MOST_CUT = 0.5
"""More than this part of a page's characters is never cut off or covered: its clips and fills are not what they seem."""

MOST_PATCHED = 5_000_000
"""Characters times filled boxes drawn after some of them: a page with more is not looked through (a second and more)."""


def turns_of(letters: Iterable[Letter]) -> int:
    """Quarter turns clockwise (0–3) in which most characters stand that are not aslant; 0 when there is no such turn."""
    turns = Counter(round(letter.angle / (pi / 2)) % 4 for letter in letters if not aslant.is_slanted(letter.angle))
    turn, times = turns.most_common(1)[0] if turns else (0, 0)
    return turn if times > MOSTLY * turns.total() else 0


def seen(sheet: Sheet) -> list[Letter]:
    """The characters that are read as the page's text: not cut off or covered, not white on white, of no watermark."""
    covered = _covered(sheet)
    shown = [letter for letter in sheet.letters if letter.ink.bright < WHITE or _is_on_dark(letter, sheet.dark)]
    whole = [letter for letter in shown if not letter.cut and id(letter) not in covered]
    if len(whole) < (1 - MOST_CUT) * len(shown):
        whole = shown
    drawn_over = _watermark(whole)
    return [letter for i, letter in enumerate(whole) if i not in drawn_over]


def _covered(sheet: Sheet) -> set[int]:
    """Ids of the characters that a filled box was drawn over: an old figure under a patch."""
    if len(sheet.letters) * len(sheet.patches) > MOST_PATCHED:
        return set()
    return {
        id(letter)
        for (x0, y0, x1, y1), before in sheet.patches
        for letter in sheet.letters[:before]
        if x0 <= letter.glyph.x <= x1 and y0 <= letter.glyph.y <= y1
    }


def is_on_page(letter: Letter, width: float, height: float) -> bool:
    """Whether any of a character is on a page of this size."""
    glyph = letter.glyph
    return glyph.x1 >= 0 and glyph.bottom >= 0 and glyph.x0 <= width and glyph.top <= height


def _is_on_dark(letter: Letter, dark: Iterable[BBox]) -> bool:
    x, y = letter.glyph.x, letter.glyph.y
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in dark)


def _watermark(letters: Sequence[Letter]) -> set[int]:
    """Indices of characters set aslant, and of large pale ones that others stand on. Dark ones are none when they are most
    of the page."""
    slanted = {i for i, letter in enumerate(letters) if aslant.is_slanted(letter.angle)}
    dark = {i for i in slanted if not _is_pale(letters[i])}
    if len(dark) > aslant.MOST * len(letters):
        slanted -= dark
    boxes = [(i, g.text, g.x0, g.x1, g.top, g.bottom) for i, g in enumerate(letter.glyph for letter in letters) if i not in slanted]
    usual = median(box[5] - box[4] for box in boxes) if boxes else 0.0
    huge = [box for box in boxes if box[5] - box[4] > aslant.HUGE * usual]
    return slanted | aslant.flat(huge, boxes, usual, lambda i: _is_pale(letters[i]))


def _is_pale(letter: Letter) -> bool:
    return letter.ink.cover < 0.5 or letter.ink.bright >= aslant.PALE
