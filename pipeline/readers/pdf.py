"""Text PDF: PDFium's characters and paths into the grid builder; pages that are only pictures go to OCR, page by page."""

from __future__ import annotations

import ctypes
import importlib
from collections import Counter
from collections.abc import Sequence
from itertools import repeat

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline import limits
from pipeline.errors import InputError, LimitExceeded, MissingTool
from pipeline.model import Block, Document, Page, Remark, Source
from pipeline.readers import grid, textlayer
from pipeline.readers.glyphs import has_radicals, plain, without_running_lines
from pipeline.readers.grid import Glyph, PageMarks
from pipeline.readers.gutters import Known
from pipeline.readers.pdfpaths import Drawn, Place, rules_of

MEDIA_TYPE = "application/pdf"

SPACE = 32
LINE_ENDS = (10, 13, 0xFFFE, 2)
"""Line ends, and the hyphen at the end of a line, which PDFium gives as a sign of its own."""

UNMAPPED = "\0"
"""What PDFium gives for a glyph that no character is known of."""


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
        glyphs, turn = _glyphs(page, place, f"{name}, page {number}")
        shape = Page(number, *place.size(turn))
        drawn = Drawn.on(page)
        reason = textlayer.fault(page, glyphs, drawn.pictures, shape.height)
        if reason:
            return _read_picture(page, number, shape, reason)
        horizontal, vertical = rules_of(drawn.paths, place, turn, f"{name}, page {number}")
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
        codes, boxes = _characters(textpage.raw, count)
        upright = _turn(textpage.raw, count)
    finally:
        textpage.close()
    turn = 0 if upright is None else (upright - place.rotation) % 4
    printed = "".join(map(chr, codes))
    texts = map(plain, printed) if has_radicals(printed) else printed
    places = place.boxes(boxes, turn)
    glyphs = [Glyph(text, x0, y0, x1, y1, char) for text, char, (x0, y0, x1, y1) in zip(texts, printed, places, strict=True)]
    return (_joined(glyphs) if "ff" in printed or "tt" in printed else glyphs), turn


def _joined(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Two letters f or t that are one sign (ff) as one."""
    out: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text in "ft" and out and _is_ligature(out[-1], glyph):
            out[-1] = Glyph(out[-1].text + glyph.text, glyph.x0, glyph.top, glyph.x1, glyph.bottom, out[-1].raw + glyph.raw)
        else:
            out.append(glyph)
    return out


def _is_ligature(before: Glyph, glyph: Glyph) -> bool:
    """Whether a letter stands in the very box of the same letter before it, which is as wide as two. A letter struck twice
    to look bold fills a narrow box."""
    same = before.text == glyph.text and all(getattr(before, side) == getattr(glyph, side) for side in ("x0", "top", "x1", "bottom"))
    return same and glyph.x1 - glyph.x0 > 0.45 * (glyph.bottom - glyph.top)


def _characters(handle: object, count: int) -> tuple[list[int], list[tuple[float, float, float, float]]]:
    """Code points and boxes (left, bottom, right, top) in user space of what is printed; PDFium makes up spaces and line
    ends of its own."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    loose = raw.FS_RECTF()
    codes, boxes = [], []
    for i, code in enumerate(map(raw.FPDFText_GetUnicode, repeat(handle, count), range(count))):
        if code in LINE_ENDS or (code == SPACE and raw.FPDFText_IsGenerated(handle, i) == 1):
            continue
        if raw.FPDFText_GetLooseCharBox(handle, i, loose):
            boxes.append((loose.left, loose.bottom, loose.right, loose.top))
        elif raw.FPDFText_GetCharBox(handle, i, left, right, bottom, top):
            boxes.append((left.value, bottom.value, right.value, top.value))
        else:
            continue
        codes.append(0xFFFD if 0xD800 <= code <= 0xDFFF else code)
    return codes, boxes


def _turn(handle: object, count: int) -> int | None:
    """Quarter turns clockwise (0–3) that set most characters upright; None when there is no such direction."""
    angles = [raw.FPDFText_GetCharAngle(handle, i) for i in range(0, count, max(1, count // 60))]
    if not any(angles):
        return 0 if angles else None
    turns = Counter([-round(angle / 1.5707963) % 4 for angle in angles])
    turn, seen = turns.most_common(1)[0]
    return turn if seen > 0.6 * len(angles) else None
