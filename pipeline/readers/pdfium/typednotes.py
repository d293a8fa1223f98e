"""What stands on a page of a PDF beside its own marks: words typed onto it as notes, which paper shows like print, and what is
typed into form fields, which is no part of a blank sheet."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline import limits
from pipeline.errors import LimitExceeded
from pipeline.model import Remark
from pipeline.readers.pages.remarks import on_page

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
    said = _said(index + 1, *(sum(left and own == kind for kind, left in kinds) for own in (FIELD, NOTE)))
    if not any(kind == NOTE for kind, _ in kinds):
        return page, said
    for i in reversed([i for i, (kind, _) in enumerate(kinds) if kind != NOTE]):
        raw.FPDFPage_RemoveAnnot(page.raw, i)
    if raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY) != raw.FLATTEN_SUCCESS:
        return page, said
    page.close()
    return pdf[index], said


def _kinds(page: pdfium.PdfPage, count: int) -> Iterator[tuple[int, bool]]:
    """Each annotation's kind, and whether it is a field with a text in it, or a note whose looks the file does not hold."""
    for i in range(count):
        annotation = raw.FPDFPage_GetAnnot(page.raw, i)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        yield kind, (kind == FIELD and _says(annotation, b"V") and _is_text(annotation)) or (kind == NOTE and _is_undrawn(annotation))
        raw.FPDFPage_CloseAnnot(annotation)


def _says(annotation: object, key: bytes) -> bool:
    return bool(raw.FPDFAnnot_GetStringValue(annotation, key, None, 0) > EMPTY)


def _is_undrawn(note: object) -> bool:
    """Whether a note says something and is for each program to draw: PDFium draws none."""
    unseen = raw.FPDFAnnot_GetFlags(note) & (raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW)
    return not unseen and _says(note, b"Contents") and raw.FPDFAnnot_GetAP(note, raw.FPDF_ANNOT_APPEARANCEMODE_NORMAL, None, 0) <= EMPTY


def _is_text(field: object) -> bool:
    """Whether a field's value is a text: a box is ticked by a name."""
    return bool(raw.FPDFAnnot_GetValueType(field, b"V") == raw.FPDF_OBJECT_STRING)


def _said(number: int, filled: int, undrawn: int) -> list[Remark]:
    said = []
    if filled:
        what = f": {filled} form fields hold text, which was left out; print it to PDF if it is part of the sheet"
        zh = f"：{filled} 个表单域里填有文字，未收入；如属于原表，请先打印成 PDF"
        said.append(on_page("form-values", number, what, zh))
    if undrawn:
        what = f": {undrawn} notes typed onto it have no look of their own in the file and were not read; print it to PDF"
        zh = f"：{undrawn} 处打在页上的文字没有随文件保存外观，没有读出；请先打印成 PDF"
        said.append(on_page("unread-text", number, what, zh))
    return said
