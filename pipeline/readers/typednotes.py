"""What stands on a page of a PDF beside its own marks: words typed onto it as notes, which paper shows like print, and what is
typed into form fields, which is no part of a blank sheet."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline import limits
from pipeline.errors import LimitExceeded
from pipeline.model import Remark
from pipeline.provenance import Provenance

NOTE, FIELD = raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_WIDGET
EMPTY = 2
"""Bytes of a text of no characters, its end included."""


def with_notes(pdf: pdfium.PdfDocument, index: int, page: pdfium.PdfPage, where: str) -> tuple[pdfium.PdfPage, list[Remark]]:
    """The page with the words typed onto it among its marks, and what is said of others; the page given is closed where it
    is not the one returned."""
    count = raw.FPDFPage_GetAnnotCount(page.raw)
    if count <= 0:
        return page, []
    if count > limits.MAX_PAGE_OBJECTS:
        raise LimitExceeded(where, f"more than {limits.MAX_PAGE_OBJECTS:,} annotations", "print it to PDF")
    kinds = list(_kinds(page, count))
    said = _said(index + 1, sum(filled for _, filled in kinds))
    if not any(kind == NOTE for kind, _ in kinds):
        return page, said
    for i in reversed([i for i, (kind, _) in enumerate(kinds) if kind != NOTE]):
        raw.FPDFPage_RemoveAnnot(page.raw, i)
    if raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY) != raw.FLATTEN_SUCCESS:
        return page, said
    page.close()
    return pdf[index], said


def _kinds(page: pdfium.PdfPage, count: int) -> Iterator[tuple[int, bool]]:
    """Each annotation's kind, and whether it is a field with a text in it."""
    for i in range(count):
        annotation = raw.FPDFPage_GetAnnot(page.raw, i)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        yield kind, kind == FIELD and raw.FPDFAnnot_GetStringValue(annotation, b"V", None, 0) > EMPTY and _is_text(annotation)
        raw.FPDFPage_CloseAnnot(annotation)


def _is_text(field: object) -> bool:
    """Whether a field's value is a text: a box is ticked by a name."""
    return bool(raw.FPDFAnnot_GetValueType(field, b"V") == raw.FPDF_OBJECT_STRING)


def _said(number: int, filled: int) -> list[Remark]:
    if not filled:
        return []
    what, zh = f"page {number}: {filled} form fields hold text, which was left out; print it to PDF if it is part of the sheet", (
        f"第 {number} 页：{filled} 个表单域里填有文字，未收入；如属于原表，请先打印成 PDF"
    )
    return [Remark("form-values", what, Provenance("", number), message_zh=zh)]
