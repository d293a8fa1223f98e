"""一 that the engine passed over: at a line's end, or alone on a cell's last line; dashes, blanks and rules are none."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

pytestmark = pytest.mark.skipif(find_spec("rapidocr") is None, reason="the OCR engine (extra `ocr`) is not installed")

from tests.support.scans import FONT  # noqa: E402

SIZE = 30
CELL = (100, 100, 320, 260)
"""A cell of seven characters, in pixels that are points."""


def seen(lines: list[str], drawn: list[tuple[int, int, int, int]], cell: tuple[int, int, int, int] = CELL) -> list[tuple[str, float]]:
    """What is found (and how surely) in a cell with these lines as read, and these strokes (x0, y0, x1, y1) drawn beside them."""
    from pipeline.readers.pages.marks import Glyph, Net, Rule
    from pipeline.readers.pictures.lonestrokes import with_lone_strokes

    page = Image.new("L", (500, 400), 255)
    pen = ImageDraw.Draw(page)
    pen.rectangle(cell, outline=0, width=2)
    glyphs = []
    for row, text in enumerate(lines):
        for i, char in enumerate(text):
            x, y = cell[0] + 8 + SIZE * i, cell[1] + 10 + 45 * row
            pen.text((x, y), char, 0, ImageFont.truetype(str(FONT), SIZE), anchor="lt")
            glyphs.append(Glyph.of(char, x, y, x + SIZE, y + SIZE))
    for box in drawn:
        pen.rectangle(box, 0)
    sides = tuple(Rule(x, cell[1], cell[3]) for x in (cell[0], cell[2]))
    levels = tuple(Rule(y, cell[0], cell[2]) for y in (cell[1], cell[3]))
    net = Net((cell[0], cell[2]), (cell[1], cell[3]), levels, sides)
    found = with_lone_strokes(glyphs, [net], np.asarray(page), 1.0)
    return [(g.text, g.confidence) for g in found[len(glyphs) :]]


BEHIND = (199, 124, 224, 127)
"""A stroke behind the third character of the first line."""

BELOW = (110, 168, 135, 171)
"""A stroke alone on the second line, at its left end."""


@pytest.mark.parametrize(
    ("lines", "stroke", "found"),
    [
        (["样式统"], BEHIND, [("一", 0.9)]),
        (["不少于三分之"], BELOW, [("一", 0.9)]),
        (["式样管"], BEHIND, [("一", 0.5)]),  # makes no word: in doubt
        (["样式统"], BELOW, []),  # the line above had room for it
        (["不少于三分之"], (200, 168, 225, 171), []),  # neither at the text's left end nor in its middle
        (["样式统"], (199, 124, 260, 127), []),  # a blank to fill in
        (["样式统"], (199, 124, 210, 127), []),  # a hyphen
        (["样式统"], (230, 124, 255, 127), []),  # too far off
        (["1234"], (230, 124, 255, 127), []),  # behind a figure: a dash
        ([""], (200, 168, 225, 171), []),  # a dash in a cell of its own
    ],
)
def test_a_lone_level_stroke_that_goes_on_the_text_of_a_cell_is_one(lines, stroke, found):
    assert seen(lines, [stroke]) == found


def test_a_stroke_with_ink_above_it_is_part_of_a_character():
    assert seen(["样式统"], [BEHIND, (205, 116, 218, 119)]) == []
