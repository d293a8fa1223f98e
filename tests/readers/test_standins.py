"""Text in fonts that a PDF names and does not hold is read alike, whatever fonts the machine has."""

from __future__ import annotations

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

from pipeline.readers import pdf
from tests.support import rawpdf

ALONE = "安全运营15９分項圍한あé①⑳Ⅱ★√×℃㎡㎥％%€≥—…□△№㐂"
"""Characters of fonts that few machines have all of."""


def test_no_character_that_stands_alone_is_lost():
    canvas = rawpdf.Canvas()
    for i, char in enumerate(ALONE):
        canvas.text(50.0 + 40 * (i % 10), 100.0 + 40 * (i // 10), char)
    read = "".join(block.text for block in pdf.read(rawpdf.document([canvas]), "x.pdf").blocks)
    assert "".join(read.split()) == ALONE


@pytest.mark.parametrize("char", ["安", "7"])
def test_our_own_font_stands_in(char):
    canvas = rawpdf.Canvas()
    canvas.text(50.0, 100.0, char)
    data = rawpdf.document([canvas])
    pdf.read(data, "x.pdf")
    (text,) = pdfium.PdfDocument(data)[0].get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])
    name = ctypes.create_string_buffer(64)
    raw.FPDFFont_GetFamilyName(raw.FPDFTextObj_GetFont(text.raw), name, 64)
    assert name.value == b"Notice Serif SC"
    left, _, right, _ = text.get_bounds()
    assert right - left > 2.0


def test_what_does_not_print_takes_no_place():
    canvas = rawpdf.Canvas()
    canvas.text(50.0, 100.0, "安\u200b")
    canvas.text(90.0, 100.0, "\ufeff")
    canvas.text(130.0, 100.0, "全")
    (line,) = pdf.read(rawpdf.document([canvas]), "x.pdf").blocks
    assert line.text.replace("\u200b", "") == "安 全"
