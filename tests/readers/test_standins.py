"""Text in fonts that a PDF names and does not hold is read alike, whatever fonts the machine has."""

from __future__ import annotations

import ctypes
from io import BytesIO

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest
from pikepdf import Array, Dictionary, Name

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


@pytest.mark.parametrize("font", ["SimSun", "FangSong_GB2312", "ABCDEF+Calibri"])
def test_nor_where_the_codes_are_numbers_of_glyphs(font):
    read = "".join(block.text for block in pdf.read(_left_out(font), "x.pdf").blocks)
    assert "".join(read.split()) == ALONE


def _left_out(font: str) -> bytes:
    """A page as office programs save it without embedding: the codes are the font's own glyph numbers, told apart by ToUnicode."""
    file = pikepdf.new()
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name(f"/{font}"), Flags=32, FontBBox=Array([-8, -145, 1000, 859]),
        ItalicAngle=0, Ascent=859, Descent=-141, CapHeight=683, StemV=80,
    )  # fmt: skip
    below = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name(f"/{font}"), DW=1000, CIDToGIDMap=Name.Identity,
        CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
        FontDescriptor=file.make_indirect(descriptor),
    )  # fmt: skip
    meanings = " ".join(f"<{glyph:04X}> <{char.encode('utf-16-be').hex()}>" for glyph, char in enumerate(ALONE, start=700))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange "
        f"{len(ALONE)} beginbfchar {meanings} endbfchar endcmap end end"
    )
    whole = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name(f"/{font}"), Encoding=Name("/Identity-H"),
        DescendantFonts=Array([file.make_indirect(below)]), ToUnicode=file.make_stream(cmap.encode()),
    )  # fmt: skip
    content = "\n".join(f"BT /F1 10 Tf 1 0 0 1 {50 + 40 * (i % 10)} {700 - 40 * (i // 10)} Tm <{700 + i:04X}> Tj ET" for i in range(len(ALONE)))
    return _page_of(file, whole, content)


def _page_of(file: pikepdf.Pdf, font: Dictionary, content: str) -> bytes:
    """The file with one page that shows this in the font F1."""
    page = Dictionary(
        Type=Name.Page, MediaBox=Array([0, 0, 595, 842]), Contents=file.make_stream(content.encode()),
        Resources=Dictionary(Font=Dictionary(F1=file.make_indirect(font))),
    )  # fmt: skip
    file.pages.append(pikepdf.Page(file.make_indirect(page)))
    out = BytesIO()
    file.save(out)
    return out.getvalue()


@pytest.mark.parametrize("font", ["ArialMT", "TimesNewRomanPSMT", "CourierNew", "SimSun"])
def test_nor_where_a_chinese_font_has_a_latin_name(font):
    file = pikepdf.new()
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name(f"/{font}"), Flags=32, FontBBox=Array([0, -200, 1000, 900]),
        ItalicAngle=0, Ascent=900, Descent=-200, CapHeight=700, StemV=80,
    )  # fmt: skip
    below = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name(f"/{font}"), DW=1000, FontDescriptor=file.make_indirect(descriptor),
        CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("GB1"), Supplement=2),
    )  # fmt: skip
    whole = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name(f"/{font}"), Encoding=Name("/UniGB-UCS2-H"),
        DescendantFonts=Array([file.make_indirect(below)]),
    )  # fmt: skip
    content = "\n".join(f"BT /F1 12 Tf 1 0 0 1 {60 + 60 * i} 600 Tm <{char.encode('utf-16-be').hex()}> Tj ET" for i, char in enumerate("安全运营7"))
    assert [block.text for block in pdf.read(_page_of(file, whole, content), "x.pdf").blocks] == ["安全运营7"]


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


WIDTHS = {"TimesNewRomanPSMT": dict(zip("2AIfhlmort e", (500, 722, 333, 333, 500, 278, 778, 500, 333, 278, 250, 444), strict=True)), "ArialMT": dict(zip("2AIfhlmort e", (556, 667, 278, 278, 556, 222, 833, 556, 333, 278, 278, 556), strict=True))}  # fmt: skip


@pytest.mark.parametrize("font", WIDTHS)
def test_latin_words_keep_their_blanks_and_letters(font):
    text = "All for the term of 22 for me"
    file = pikepdf.new()
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name(f"/{font}"), Flags=32, FontBBox=Array([0, -200, 1000, 900]),
        ItalicAngle=0, Ascent=900, Descent=-200, CapHeight=700, StemV=80,
    )  # fmt: skip
    left_out = Dictionary(
        Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name(f"/{font}"), Encoding=Name.WinAnsiEncoding, FirstChar=32, LastChar=126,
        Widths=Array([WIDTHS[font].get(chr(c), 500) for c in range(32, 127)]), FontDescriptor=file.make_indirect(descriptor),
    )  # fmt: skip
    page = Dictionary(
        Type=Name.Page, MediaBox=Array([0, 0, 595, 842]), Contents=file.make_stream(f"BT /F1 12 Tf 60 700 Td ({text}) Tj ET".encode()),
        Resources=Dictionary(Font=Dictionary(F1=file.make_indirect(left_out))),
    )  # fmt: skip
    file.pages.append(pikepdf.Page(file.make_indirect(page)))
    out = BytesIO()
    file.save(out)
    assert [block.text for block in pdf.read(out.getvalue(), "x.pdf").blocks] == [text]
