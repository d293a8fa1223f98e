"""Text PDF: one table drawn in many ways is read as the same cells; pdfplumber is the oracle where it is right."""

from __future__ import annotations

import pytest

from pipeline.model import Document, Paragraph, Table
from pipeline.readers import pdf
from pipeline.readers.grids.grid import without_doubles
from pipeline.readers.pages import marks
from pipeline.readers.pages.marks import Glyph
from tests.readers.rulings import STYLES, WANTED, draw
from tests.support import rawpdf
from tests.support.rawpdf import Canvas


def tables(document: Document) -> list[Table]:
    return [b for b in document.blocks if isinstance(b, Table)]


def cells(table: Table) -> tuple[tuple[int, int, int, int, str], ...]:
    return tuple((c.row, c.col, c.row_span, c.col_span, c.text) for c in table.cells)


def lines(document: Document) -> list[str]:
    return [b.text for b in document.blocks if isinstance(b, Paragraph)]


@pytest.mark.parametrize("style", STYLES)
def test_each_way_of_drawing_gives_the_same_cells(style):
    document = pdf.read(rawpdf.document([draw(style)]), "x.pdf")
    (table,) = tables(document)
    assert cells(table) == WANTED
    assert lines(document) == ["供水服务质量评价表"]


def test_a_turned_page_of_short_cells():
    """PDFium makes up a line end, without an angle, after nearly each character: they do not say how the page stands."""
    canvas = Canvas()
    for i in range(40):
        canvas.text(60 + 60 * (i % 8), 100 + 40 * (i // 8), str(i % 10))
    lines = [b.text for b in pdf.read(rawpdf.document([canvas], turned=90), "x.pdf").blocks if isinstance(b, Paragraph)]
    assert lines[0].replace(" ", "") == "01234567"


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_page_reads_as_an_upright_one(rotate, turned):
    document = pdf.read(rawpdf.document([draw("strokes")], rotate=rotate, turned=turned), "x.pdf")
    assert [cells(t) for t in tables(document)] == [WANTED]
    assert (document.pages[0].width, document.pages[0].height) == (595, 842)


def test_marks_inside_a_scaled_form():
    document = pdf.read(rawpdf.document([draw("thin_fills")], in_form=True, turned=90), "x.pdf")
    assert [cells(t) for t in tables(document)] == [WANTED]


@pytest.mark.parametrize("strikes", [2, 3])
def test_text_struck_again_to_look_bold(strikes):
    document = pdf.read(rawpdf.document([draw("strokes", strikes=strikes)]), "x.pdf")
    assert [cells(t) for t in tables(document)] == [WANTED]


def test_one_sign_for_two_letters_is_two_letters():
    """Typst's own Latin font draws ff and ffi as one sign."""
    import typst

    page = typst.compile(b'#set page(width: 200pt, height: 60pt)\nStaff offers official traffic', ignore_system_fonts=True)
    assert lines(pdf.read(page, "x.pdf")) == ["Staff offers official traffic"]


@pytest.mark.parametrize(
    ("printed", "joined"),
    [
        (["10", "20"], "10\n20"),
        (["2.5分", "3分"], "2.5分\n3分"),
        (["2024年1", "2月"], "2024年12月"),
        (["安全", "运营"], "安全运营"),
        (["Waste", "is sorted"], "Waste is sorted"),
    ],
)
def test_lines_of_a_cell_are_joined_unless_each_is_a_number(printed, joined):
    assert marks.joined_text(printed) == joined


@pytest.mark.parametrize("count", [3, 30, 90])
def test_print_struck_twice_is_one_however_often_a_character_stands(count):
    places = [(40.0 + 12 * (i % 10), 60.0 + 14 * (i // 10)) for i in range(count)]
    print_of = lambda shift: [Glyph.of("得", x + shift, y, x + shift + 10, y + 10) for x, y in places]  # noqa: E731
    kept = without_doubles([*print_of(0.0), *print_of(1.5), *print_of(6.0)])
    assert [g.x0 for g in kept] == [x + shift for shift in (0.0, 6.0) for x, _ in places]
