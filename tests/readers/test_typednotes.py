"""Words typed onto a PDF's page as notes are read, what is typed into its form fields is said, and neither is mistaken for the other."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from pipeline.errors import LimitExceeded
from pipeline.model import Paragraph, Table
from pipeline.readers import pdf
from tests.readers.test_grid_pdf import draw
from tests.support import rawpdf

VISIBLE, HIDDEN = 4, 2


def noted(*notes: tuple[str, float, float, str, int], bomb: bool = False) -> bytes:
    """A page of a sheet with annotations: (kind, x, top, text, flags) each."""
    file = pikepdf.open(BytesIO(rawpdf.document([draw("strokes")])))
    page = file.pages[0]
    font = page.Resources.Font.F1
    page.Annots = Array()
    for kind, x, top, text, flags in notes:
        box = [x, rawpdf.HEIGHT - top - 14, x + 10 * len(text) + 4, rawpdf.HEIGHT - top]
        look = file.make_stream(b"BT /F1 10 Tf 1 0 0 1 2 3 Tm <%s> Tj ET" % text.encode("utf-16-be").hex().encode())
        for _ in range(12 if bomb else 0):
            inner, look = look, file.make_stream(b"/X Do " * 10)
            inner.Type, inner.Subtype, inner.BBox = Name.XObject, Name.Form, Array([0, 0, 300, 14])
            look.Resources = Dictionary(XObject=Dictionary(X=inner))
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, box[2] - box[0], 14])
        if not bomb:
            look.Resources = Dictionary(Font=Dictionary(F1=font))
        note = Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=Array(box), F=flags, AP=Dictionary(N=look))
        if kind == "Widget":
            note.FT, note.T, note.V = Name.Tx, String("f"), String(text)
        page.Annots.append(file.make_indirect(note))
    file.Root.AcroForm = Dictionary(Fields=Array([note for note in page.Annots if note.Subtype == Name.Widget]))
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def test_a_note_typed_onto_the_page_is_read_where_it_stands():
    document = pdf.read(noted(("FreeText", 455, 170, "4.5", VISIBLE), ("FreeText", 60, 340, "备注：由县局解释。", VISIBLE)), "a.pdf")
    (table,) = [b for b in document.blocks if isinstance(b, Table)]
    assert {(c.row, c.col): c.text for c in table.cells}[1, 4] == "4.5"
    assert "备注：由县局解释。" in [b.text for b in document.blocks if isinstance(b, Paragraph)]
    assert document.remarks == ()


@pytest.mark.parametrize("kind", ["Stamp", "Link"])
def test_other_annotations_and_hidden_notes_are_no_text(kind):
    plain = pdf.read(noted(), "a.pdf")
    document = pdf.read(noted((kind, 455, 170, "4.5", VISIBLE), ("FreeText", 455, 200, "3", HIDDEN)), "a.pdf")
    assert (document.blocks, document.remarks) == (plain.blocks, ())


def test_what_is_typed_into_fields_is_said_and_left_out():
    document = pdf.read(noted(("Widget", 455, 170, "4.5", VISIBLE), ("Widget", 455, 200, "", VISIBLE)), "a.pdf")
    assert document.blocks == pdf.read(noted(), "a.pdf").blocks
    (said,) = document.remarks
    assert (said.kind, said.message.startswith("page 1: 1 form fields hold text")) == ("form-values", True)


@pytest.mark.parametrize(("flags", "text", "kinds"), [(VISIBLE, "4.5", ["unread-text"]), (HIDDEN, "4.5", []), (32, "4.5", []), (VISIBLE, "", [])])
def test_a_note_that_each_program_draws_for_itself_is_said(flags, text, kinds):
    file = pikepdf.open(BytesIO(noted(("FreeText", 455, 170, "4.5", flags))))
    (note,) = file.pages[0].Annots
    del note.AP
    note.Contents, note.DA = String(text), String("/Helv 10 Tf 0 g")
    out = BytesIO()
    file.save(out)
    document = pdf.read(out.getvalue(), "a.pdf")
    assert document.blocks == pdf.read(noted(), "a.pdf").blocks
    assert [said.kind for said in document.remarks] == kinds


def test_notes_that_multiply_are_refused():
    with pytest.raises(LimitExceeded, match="forms drawn on it"):
        pdf.read(noted(("FreeText", 60, 340, "备注", VISIBLE), bomb=True), "a.pdf")
