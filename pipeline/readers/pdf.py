"""Text PDF: PDFium's characters and paths into the grid builder; pages that are only pictures go to OCR, page by page."""

from __future__ import annotations

import ctypes
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline import limits
from pipeline.errors import InputError, LimitExceeded, MissingTool
from pipeline.model import Block, Document, Page, Remark, Source
from pipeline.readers import grid, textlayer
from pipeline.readers.glyphs import plain, without_running_lines
from pipeline.readers.grid import Glyph, PageMarks
from pipeline.readers.gutters import Known
from pipeline.readers.pdfpaths import Place, rules_of

MEDIA_TYPE = "application/pdf"

MIN_FORMS = 2
"""Forms in a file from which on it is worth counting how often they draw each other."""

_NESTED = re.compile(rb"/Subtype\s*/Form\b")

UNMAPPED = "\0"
"""What PDFium gives for a glyph that no character is known of."""


def read(data: bytes, name: str) -> Document:
    """The Document of a PDF. Raises InputError when it is encrypted, broken or without pages."""
    if len(_NESTED.findall(data)) >= MIN_FORMS:
        importlib.import_module("pipeline.readers.formdraws").check(data, name)
    pdf = _open(data, name)
    try:
        count = len(pdf)
        if count == 0:
            raise InputError(name, "a PDF without pages", "get the file again")
        if count > limits.MAX_PAGES:
            raise LimitExceeded(name, f"{count:,} pages (limit {limits.MAX_PAGES:,})", "split the file")
        pages: list[Page] = []
        remarks: list[Remark] = []
        flow: list[list[Block]] = []
        known = Known()
        for index in range(count):
            page, blocks, said = _read_page(pdf, index, name, known)
            pages.append(page)
            flow.append(blocks)
            remarks += said
    finally:
        pdf.close()
    blocks = without_running_lines(flow, pages)
    return Document(Source(name, "", MEDIA_TYPE, "pdf", count), tuple(pages), tuple(blocks), tuple(remarks))


def _open(data: bytes, name: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(name, "the PDF is encrypted with a password", "save it without a password") from None
        raise InputError(name, "the PDF is damaged or cut short", "get the file again") from None


def _read_page(pdf: pdfium.PdfDocument, index: int, name: str, known: Known) -> tuple[Page, list[Block], list[Remark]]:
    number = index + 1
    try:
        page = pdf[index]
    except pdfium.PdfiumError:
        return Page(number, 595.0, 842.0), [], [Remark("unread-page", f"page {number} is damaged and was not read")]
    try:
        if raw.FPDFPage_CountObjects(page.raw) > limits.MAX_PAGE_OBJECTS:
            raise LimitExceeded(f"{name}, page {number}", f"more than {limits.MAX_PAGE_OBJECTS:,} drawn objects", "simplify the page")
        place = Place.of(page)
        glyphs, turn = _glyphs(page, place, f"{name}, page {number}")
        shape = Page(number, *place.size(turn))
        reason = textlayer.fault(page, glyphs, shape.height)
        if reason:
            return _read_picture(page, number, shape, reason)
        horizontal, vertical = rules_of(page, place, turn, f"{name}, page {number}")
        marks = PageMarks(number, shape.width, shape.height, tuple(g for g in glyphs if g.text != UNMAPPED), tuple(horizontal), tuple(vertical))
        blocks = list(grid.build(marks, known))
        return shape, blocks, known.remarks(number)
    finally:
        page.close()


def _read_picture(page: pdfium.PdfPage, number: int, shape: Page, reason: str) -> tuple[Page, list[Block], list[Remark]]:
    """OCR of one page, when OCR is there. Loaded late: only scans pay for it."""
    try:
        scan = importlib.import_module("pipeline.readers.scan")
        scale = min(scan.DPI / 72, scan.MOST_PIXELS / max(shape.width, shape.height, 1))
        image = page.render(scale=scale, rev_byteorder=True).to_numpy()
        width, height, blocks = scan.read_image(image, number, shape.width, shape.height)
    except (MissingTool, ModuleNotFoundError) as error:
        what = f"page {number} {reason}; reading it as a picture needs OCR ({error})"
        return shape, [], [Remark("unread-page", what)]
    return Page(number, width, height, ocr=True), blocks, [Remark("ocr", f"page {number} {reason}; read as a picture")]


# ---- characters --------------------------------------------------------------------------------------------------


def _glyphs(page: pdfium.PdfPage, place: Place, where: str) -> tuple[list[Glyph], int]:
    """The page's characters in upright page coordinates, and the quarter turns that make its text upright."""
    textpage = page.get_textpage()
    try:
        count = raw.FPDFText_CountChars(textpage.raw)
        if count > limits.MAX_PAGE_GLYPHS:
            raise LimitExceeded(where, f"{count:,} characters on one page", "split the page")
        boxes = list(_boxes(textpage.raw, count))
        upright = _turn(textpage.raw, count)
    finally:
        textpage.close()
    turn = 0 if upright is None else (upright - place.rotation) % 4
    out: list[Glyph] = []
    for code, left, right, bottom, top in boxes:
        text = chr(code)
        x0, y0, x1, y1 = place.box(left, bottom, right, top, turn)
        if out and _is_ligature(out[-1], text, (x0, y0, x1, y1)):
            out[-1] = replace(out[-1], text=out[-1].text + text, raw=out[-1].raw + text)
            continue
        out.append(Glyph(plain(text), x0, y0, x1, y1, raw=text))
    return out, turn


def _is_ligature(before: Glyph, text: str, box: tuple[float, float, float, float]) -> bool:
    """Whether a letter stands in the very box of the same letter before it, which is as wide as two: one sign for ff.
    A letter struck twice to look bold fills a narrow box."""
    same = before.text == text and (before.x0, before.top, before.x1, before.bottom) == box
    return same and text in "ft" and box[2] - box[0] > 0.45 * (box[3] - box[1])


def _boxes(handle: object, count: int) -> Iterator[tuple[int, float, float, float, float]]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    loose = raw.FS_RECTF()
    for i in range(count):
        code = raw.FPDFText_GetUnicode(handle, i)
        if code in (10, 13, 0xFFFE, 2) or raw.FPDFText_IsGenerated(handle, i) == 1:
            continue
        if 0xD800 <= code <= 0xDFFF:
            code = 0xFFFD
        if raw.FPDFText_GetLooseCharBox(handle, i, loose):
            yield code, loose.left, loose.right, loose.bottom, loose.top
        elif raw.FPDFText_GetCharBox(handle, i, left, right, bottom, top):
            yield code, left.value, right.value, bottom.value, top.value


def _turn(handle: object, count: int) -> int | None:
    """Quarter turns clockwise (0–3) that set most characters upright; None when there is no such direction."""
    step = max(1, count // 60)
    angles = Counter(-round(raw.FPDFText_GetCharAngle(handle, i) / 1.5707963) % 4 for i in range(0, count, step))
    if not angles:
        return None
    turn, seen = angles.most_common(1)[0]
    return turn if seen > 0.6 * sum(angles.values()) else None
