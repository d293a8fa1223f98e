"""Text PDF: PDFium's characters and paths into the grid builder; pages that are only pictures go to OCR, page by page."""

from __future__ import annotations

import ctypes
import importlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline import limits
from pipeline.errors import InputError, LimitExceeded, MissingTool
from pipeline.model import Block, Document, Page, Remark, Source
from pipeline.readers import grid, textlayer, watermarks
from pipeline.readers.glyphs import RADICALS, plain, without_running_lines
from pipeline.readers.grid import Glyph, PageMarks
from pipeline.readers.gutters import Known
from pipeline.readers.pdfpaths import Ground, Place, rules_of

MEDIA_TYPE = "application/pdf"

UNMAPPED = "\0"
"""What PDFium gives for a glyph that no character is known of."""

DESCENT = 0.12
"""The part of a Chinese character's square that lies below its base line."""


def read(data: bytes, name: str) -> Document:
    """The Document of a PDF. Raises InputError when it is encrypted, broken or without pages."""
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
        place = Place.of(page)
        glyphs, turn, left_out = _glyphs(page, place, f"{name}, page {number}")
        shape = Page(number, *place.size(turn))
        reason = textlayer.fault(page, glyphs, shape.height)
        if reason:
            return _read_picture(page, number, shape, reason)
        ground = Ground()
        horizontal, vertical = rules_of(page, place, turn, f"{name}, page {number}", ground)
        if ground.white_text:
            glyphs, turn, left_out = _glyphs(page, place, f"{name}, page {number}", ground)
        upright = place.rotation == turn == 0  # on a turned page PDFium sorts what stands on one of its own lines
        marks = PageMarks(number, shape.width, shape.height, tuple(g for g in glyphs if g.text != UNMAPPED), tuple(horizontal), tuple(vertical), upright)
        blocks = list(grid.build(marks, known))
        said = [Remark("watermark", f"page {number}: {left_out} characters of a watermark, or white on white, were left out")] if left_out else []
        return shape, blocks, [*said, *known.remarks(number)]
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


def _glyphs(page: pdfium.PdfPage, place: Place, where: str, ground: Ground | None = None) -> tuple[list[Glyph], int, int]:
    """The page's characters in upright page coordinates, the quarter turns that make its text upright, and how many
    characters of a watermark were left out; with them those that are white on white, when the ground is given."""
    textpage = page.get_textpage()
    try:
        count = raw.FPDFText_CountChars(textpage.raw)
        if count > limits.MAX_PAGE_GLYPHS:
            raise LimitExceeded(where, f"{count:,} characters on one page", "split the page")
        boxes = list(_boxes(textpage.raw, count))
        upright = _turn(textpage.raw, count)
        drawn_over = watermarks.found(textpage.raw, boxes) if upright is not None else frozenset()
        drawn_over |= watermarks.unseen(textpage.raw, boxes, ground) if ground is not None else frozenset()
    finally:
        textpage.close()
    turn = 0 if upright is None else (upright - place.rotation) % 4
    out: list[Glyph] = []
    width, height = place.size(turn)
    for index, code, left, right, bottom, top in boxes:
        if index in drawn_over:
            continue
        text = chr(code)
        x0, y0, x1, y1 = place.box(left, bottom, right, top, turn)
        if x1 < 0 or y1 < 0 or x0 > width or y0 > height:
            continue  # beside the page
        if out and _is_ligature(out[-1], text, (x0, y0, x1, y1)):
            out[-1] = replace(out[-1], text=out[-1].text + text, raw=out[-1].raw + text)
            continue
        out.append(Glyph(plain(text), x0, y0, x1, y1, raw=text))
    return out, turn, len(drawn_over)


def _is_ligature(before: Glyph, text: str, box: tuple[float, float, float, float]) -> bool:
    """Whether a letter stands in the very box of the same letter before it, which is as wide as two: one sign for ff.
    A letter struck twice to look bold fills a narrow box."""
    same = before.text == text and (before.x0, before.top, before.x1, before.bottom) == box
    return same and text in "ft" and box[2] - box[0] > 0.45 * (box[3] - box[1])


def _boxes(handle: object, count: int) -> Iterator[tuple[int, int, float, float, float, float]]:
    """(index, code point, left, right, bottom, top) of each printed character."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    loose = raw.FS_RECTF()
    for i in range(count):
        code = raw.FPDFText_GetUnicode(handle, i)
        if code in (10, 13, 0xFFFE, 2) or raw.FPDFText_IsGenerated(handle, i) == 1:
            continue
        if 0xD800 <= code <= 0xDFFF:
            code = 0xFFFD
        if raw.FPDFText_GetLooseCharBox(handle, i, loose):
            if code in RADICALS and (box := _restored_box(handle, i, loose)) is not None:
                yield i, code, *box
                continue
            yield i, code, loose.left, loose.right, loose.bottom, loose.top
        elif raw.FPDFText_GetCharBox(handle, i, left, right, bottom, top):
            yield i, code, left.value, right.value, bottom.value, top.value


def _restored_box(handle: object, i: int, loose: raw.FS_RECTF) -> tuple[float, float, float, float] | None:
    """(left, right, bottom, top) of a character that the file names for a glyph (ActualText, as browsers do where the glyph
    maps to a radical): PDFium gives the box of the ink, and inside a form one that the form's matrix has not moved. None
    when the character is the glyph's own."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    matrix = raw.FS_MATRIX()
    if not raw.FPDFText_GetCharBox(handle, i, left, right, bottom, top) or not raw.FPDFText_GetMatrix(handle, i, matrix):
        return None
    before = raw.FS_MATRIX()
    if i and raw.FPDFText_GetMatrix(handle, i - 1, before) and (before.e, before.f) == (matrix.e, matrix.f):
        return None  # a whole span is named: its characters have no places of their own
    ink = (left.value, right.value, bottom.value, top.value)
    if any(abs(a - b) > 0.01 for a, b in zip(ink, (loose.left, loose.right, loose.bottom, loose.top), strict=True)):
        return None
    size = raw.FPDFText_GetFontSize(handle, i)
    corners = [(size * u, size * v) for u in (0.0, 1.0) for v in (-DESCENT, 1.0 - DESCENT)]
    xs = [matrix.a * u + matrix.c * v + matrix.e for u, v in corners]
    ys = [matrix.b * u + matrix.d * v + matrix.f for u, v in corners]
    return min(xs), max(xs), min(ys), max(ys)


def _turn(handle: object, count: int) -> int | None:
    """Quarter turns clockwise (0–3) that set most characters upright; None when there is no such direction."""
    step = max(1, count // 60)
    angles = Counter(-round(raw.FPDFText_GetCharAngle(handle, i) / 1.5707963) % 4 for i in range(0, count, step))
    if not angles:
        return None
    turn, seen = angles.most_common(1)[0]
    return turn if seen > 0.6 * sum(angles.values()) else None
