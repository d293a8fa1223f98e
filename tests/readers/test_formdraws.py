"""Form XObjects that draw each other without measure are refused before PDFium draws them."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from pipeline import limits
from pipeline.errors import LimitExceeded
from pipeline.model import Table
from pipeline.readers import pdf
from tests.test_types import pdf as small_pdf


def nested(depth: int, times: int, itself: bool = False) -> bytes:
    """The table's page and a form that draws the next one `times` times, `depth` deep."""
    file = pikepdf.open(io.BytesIO(small_pdf()))
    below = None
    for _ in range(depth):
        form = file.make_stream(b"0 0 1 1 re f" if below is None else b"/X Do " * times)
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 600, 900])
        form.Resources = Dictionary(XObject=Dictionary(X=form if itself else below)) if below is not None or itself else Dictionary()
        below = form
    page = file.pages[0]
    page.Resources.XObject = Dictionary(X=below)
    page.Contents = file.make_stream(page.Contents.read_bytes() + b" /X Do")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("depth", "times", "itself"), [(12, 10, False), (3, 1_000, False), (30, 2, False), (2, 4, True)])
def test_forms_that_multiply(depth, times, itself):
    with pytest.raises(LimitExceeded, match=r"page 1: .*forms drawn on it or inside each other"):
        pdf.read(nested(depth, times, itself), "a.pdf")


@pytest.mark.parametrize(("depth", "times", "itself"), [(5, 3, False), (2, 1, True)])
def test_forms_in_measure_are_read(depth, times, itself):
    assert any(isinstance(b, Table) for b in pdf.read(nested(depth, times, itself), "a.pdf").blocks)


def test_a_page_of_too_many_objects(monkeypatch):
    monkeypatch.setattr(limits, "MAX_PAGE_OBJECTS", 5)
    with pytest.raises(LimitExceeded, match="drawn objects"):
        pdf.read(small_pdf(), "a.pdf")
