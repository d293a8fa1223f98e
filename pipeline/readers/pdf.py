"""Text PDF: PDFium's characters and paths into the grid builder; pages that are only pictures go to OCR, page by page."""

from __future__ import annotations

import ctypes
import importlib
import re
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import compress, repeat
from operator import gt, not_

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from msgspec.structs import replace

from pipeline import limits
from pipeline.errors import InputError, LimitExceeded, MissingTool
from pipeline.model import Block, Document, Page, Remark, Source
from pipeline.progress import bar
from pipeline.readers.grids import across, grid, shading
from pipeline.readers.grids.gutters import Known
from pipeline.readers.pages.glyphs import RADICALS, plain
from pipeline.readers.pages.marks import Glyph, PageMarks
from pipeline.readers.pages.remarks import of_page, on_page
from pipeline.readers.pages.runninglines import without_running_lines
from pipeline.readers.pdfium import calls, standins, tallboxes, textlayer, typednotes, unshown, watermarks
from pipeline.readers.pdfium.calls import Character
from pipeline.readers.pdfium.pdfpaths import Drawn, Ground, Place, rules_of

MEDIA_TYPE = "application/pdf"

HYPHENS = frozenset("\ufffe\x02")
HYPHEN_WIDTH = 0.35
"""What PDFium gives for the hyphen at the end of a line. Between Latin letters it divides a word; else it is print (a minus
sign, a standard's number), about so many heights wide."""

HYPHEN, DOUBTED = (re.compile(f"[{re.escape(''.join(sorted(signs)))}]") for signs in (HYPHENS, HYPHENS | RADICALS))
"""Characters that may be PDFium's own; with those of which, in marked content, it may give another box than that of others.
Blanks are not asked for."""

UTF_16 = f"utf-16-{sys.byteorder[0]}e"
"""Without a mark of its byte order, which is this machine's."""

INK = calls.Room(ctypes.c_double, 4)

Sides = tuple[float, float, float, float]

_NESTED = re.compile(rb"/Subtype\s*/Form\b")

UNMAPPED = "\0"
"""What PDFium gives for a glyph that no character is known of."""

DESCENT = 0.12
"""The part of a Chinese character's square that lies below its base line."""


def read(data: bytes, name: str) -> Document:
    """The Document of a PDF. Raises InputError when it is encrypted, broken or without pages."""
    if _NESTED.search(data):
        importlib.import_module("pipeline.readers.pdfium.formdraws").check(data, name)
    pdf = _open(data, name)
    try:
        count = len(pdf)
        if count == 0:
            raise InputError(name, "a PDF without pages", "get the file again")
        if count > limits.MAX_PAGES:
            raise LimitExceeded(name, f"{count:,} pages (limit {limits.MAX_PAGES:,})", "split the file")
        pages: list[Page] = []
        remarks: list[list[Remark]] = []
        flow: list[list[Block]] = []
        known = Known()
        layers = unshown.Layers(data)
        for index in bar(range(count), "page", delay=2):
            single = not known.facing
            page, blocks, said = _read_page(pdf, index, name, known, layers)
            if known.facing and single:  # sheets before this one may be of two pages too, one of them nearly blank
                for i in (i for i, before in enumerate(pages) if (before.width, before.height) == (page.width, page.height)):
                    pages[i], flow[i], remarks[i] = _read_page(pdf, i, name, Known(facing=True), layers)
            pages.append(page)
            flow.append(blocks)
            remarks.append(said)
        for i in _misnamed_too(pdf, pages, remarks):
            pages[i], flow[i], remarks[i] = _read_page(pdf, i, name, Known(), layers, by_sight=True)
    finally:
        pdf.close()
    blocks, apart = across.joined(without_running_lines(flow, pages))
    told = tuple(remark for said in [*remarks, apart] for remark in said)
    return Document(Source(name, "", MEDIA_TYPE, "pdf", count), tuple(pages), tuple(blocks), told)


def _open(data: bytes, name: str) -> pdfium.PdfDocument:
    standins.install()
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(name, "the PDF is encrypted with a password", "save it without a password") from None
        raise InputError(name, "the PDF is damaged or cut short", "get the file again") from None


def _misnamed_too(pdf: pdfium.PdfDocument, pages: Sequence[Page], remarks: Sequence[Sequence[Remark]]) -> list[int]:
    """Indices of the pages whose text was read though it is set in a font of which other pages show that it has no meaning."""
    meaningless = {i for i, said in enumerate(remarks) if any(textlayer.MEANINGLESS in remark.message for remark in said)}
    fonts = {font for i in meaningless for font, text in textlayer.fonts_of(pdf[i]).items() if font and not textlayer.is_plain(text)}
    unread = {i for i, said in enumerate(remarks) if any(remark.kind == "unread-page" for remark in said)}
    by_text = [i for i, page in enumerate(pages) if not page.ocr and i not in meaningless | unread] if fonts else []
    return [i for i in by_text if not fonts.isdisjoint(textlayer.fonts_of(pdf[i]))]


def _read_page(
    pdf: pdfium.PdfDocument, index: int, name: str, known: Known, layers: unshown.Layers, by_sight: bool = False
) -> tuple[Page, list[Block], list[Remark]]:
    """One page; `by_sight`: what its text layer says is known to be wrong."""
    number = index + 1
    try:
        page = pdf[index]
    except pdfium.PdfiumError:
        return Page(number, 595.0, 842.0), [], [on_page("unread-page", number, " is damaged and was not read", "已损坏，没有读出")]
    page, beside = typednotes.with_notes(pdf, index, page, f"{name}, page {number}")
    try:
        if raw.FPDFPage_CountObjects(page.raw) > limits.MAX_PAGE_OBJECTS:
            raise LimitExceeded(f"{name}, page {number}", f"more than {limits.MAX_PAGE_OBJECTS:,} drawn objects", "simplify the page")
        place = Place.of(page)
        drawn = Drawn.on(page)
        glyphs, turn, left_out = _glyphs(page, place, f"{name}, page {number}", drawn.marked)
        shape = Page(number, *place.size(turn))
        text = "".join([g.text for g in glyphs])
        reason = textlayer.MEANINGLESS if by_sight else textlayer.fault(page, glyphs, text, drawn, shape.height)
        if reason:
            return _read_picture(page, number, shape, reason)
        ground = Ground()
        horizontal, vertical = rules_of(drawn.marks, place, turn, f"{name}, page {number}", ground)
        if drawn.white_text or drawn.cut_text or drawn.layered:
            off = layers.off if drawn.layered else frozenset() if drawn.cut_text else None
            glyphs, turn, left_out = _glyphs(page, place, f"{name}, page {number}", drawn.marked, ground, off)
            text = "".join([g.text for g in glyphs])
        upright = place.rotation == turn == 0  # on a turned page PDFium sorts what stands on one of its own lines
        shades = shading.stripes([place.box(*dark, turn) for dark in ground.dark], shape.height)
        seen = [g for g in glyphs if g.text != UNMAPPED] if UNMAPPED in text else glyphs
        marks = PageMarks(number, shape.width, shape.height, tuple(seen), tuple(horizontal), tuple(vertical), upright, shades=shades)
        blocks = list(grid.build(marks, known))
        said = [*beside, *_left_out(number, left_out)]
        if amid := textlayer.misnamed(text.replace(UNMAPPED, "")):
            what = f": {amid} letters amid Chinese words; this and other text may have been saved under wrong characters"
            zh = f"：{amid} 个字母夹在汉字之间；这些字和别的文字可能存成了错的字符"
            said.append(on_page("unread-text", number, what, zh))
        return shape, blocks, [*said, *known.remarks(number)]
    finally:
        page.close()


def _left_out(number: int, characters: int) -> list[Remark]:
    """Said of a page with text that nobody sees."""
    if not characters:
        return []
    what = f": {characters} characters of a watermark, white on white, cut off or in a hidden layer were left out"
    zh = f"：水印、白底白字、被剪裁或在隐藏图层里的 {characters} 个字符未收入"
    return [of_page("watermark", number, what, zh)]


def _read_picture(page: pdfium.PdfPage, number: int, shape: Page, reason: str) -> tuple[Page, list[Block], list[Remark]]:
    """OCR of one page, when OCR is there. Loaded late: only scans pay for it."""
    what, zh = f" {reason}", textlayer.FAULTS[reason]
    try:
        scan = importlib.import_module("pipeline.readers.scan")
        scale = min(scan.DPI / 72, scan.MOST_PIXELS / max(shape.width, shape.height, 1))
        image = page.render(scale=scale, rev_byteorder=True).to_numpy()
        width, height, blocks = scan.read_image(image, number, shape.width, shape.height)
    except (MissingTool, ModuleNotFoundError) as error:
        what, zh = f"{what}; reading it as a picture needs OCR ({error})", f"{zh}；要按图像读须安装文字识别（make setup）"
        return shape, [], [on_page("unread-page", number, what, zh)]
    said = [of_page("ocr", number, f"{what}; read as a picture", f"{zh}；按图像识别")]
    if reason == textlayer.MEANINGLESS and not blocks:
        what, zh = f"{what}, and nothing was found in its picture", f"{zh}，图像里也没有找到文字"
        said.append(on_page("unread-page", number, what, zh))
    return Page(number, width, height, ocr=True), blocks, said


# ---- characters --------------------------------------------------------------------------------------------------


def _glyphs(
    page: pdfium.PdfPage, place: Place, where: str, marked: bool, ground: Ground | None = None, off: frozenset[str] | None = None
) -> tuple[list[Glyph], int, int]:
    """The page's characters in upright page coordinates, the quarter turns that make its text upright, and how many
    characters of a watermark were left out (`marked`: whether some stand in marked content); with them those that are
    white on white, when the ground is given, and those cut off or in a layer of a name in `off`, when that is given."""
    textpage = page.get_textpage()
    try:
        count = raw.FPDFText_CountChars(textpage.raw)
        if count > limits.MAX_PAGE_GLYPHS:
            raise LimitExceeded(where, f"{count:,} characters on one page", "split the page")
        found = list(tallboxes.lowered(textpage.raw, _characters(textpage.raw, count, marked)))
        upright = _turn(textpage.raw, found)
        drawn_over = watermarks.found(textpage.raw, found) if upright is not None else frozenset()
        drawn_over |= watermarks.unseen(textpage.raw, found, ground) if ground is not None else frozenset()
        drawn_over |= unshown.found(textpage.raw, found, off) if off is not None else frozenset()
    finally:
        textpage.close()
    turn = 0 if upright is None else (upright - place.rotation) % 4
    if drawn_over:
        found = [one for one in found if one[0] not in drawn_over]
    return _placed(found, place, turn), turn, len(drawn_over)


def _placed(characters: Sequence[Character], place: Place, turn: int) -> list[Glyph]:
    """Characters in upright page coordinates, without those beside the page."""
    width, height = place.size(turn)
    texts = [one[1] for one in characters]
    shown = {text: plain(text) for text in set(texts)}
    out = [
        Glyph(shown[text], x0, y0, x1, y1, 0.5 * (x0 + x1), 0.5 * (y0 + y1), text)
        for text, (x0, y0, x1, y1) in zip(texts, place.boxes(characters, turn), strict=True)
        if not (x1 < 0.0 or y1 < 0.0 or x0 > width or y0 > height)  # 0.0 and 0.5: with whole numbers among them floats take longer
    ]
    return _with_ligatures(out) if "f" in shown or "t" in shown else out


def _with_ligatures(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """A letter f or t that stands in the very box of the same letter before it, which is as wide as two, is one sign with
    it: ff. A letter struck twice to look bold fills a narrow box."""
    out: list[Glyph] = []
    for glyph in glyphs:
        before = out[-1] if out and glyph.text in "ft" else None
        if before is not None and before.text == glyph.text and _box(before) == _box(glyph) and _is_wide(glyph):
            out[-1] = replace(glyph, text=before.text + glyph.text, raw=before.raw + glyph.raw)
        else:
            out.append(glyph)
    return out


def _box(glyph: Glyph) -> Sides:
    return glyph.x0, glyph.top, glyph.x1, glyph.bottom


def _is_wide(glyph: Glyph) -> bool:
    return glyph.x1 - glyph.x0 > 0.45 * (glyph.bottom - glyph.top)


def _characters(handle: object, count: int, marked: bool) -> list[Character]:
    """The printed characters, without blanks: many are PDFium's own, and where one is printed a gap is left."""
    text = _text(handle, count)
    printed = [*map(not_, map(str.isspace, text))]
    boxed, sides = calls.loose_boxes(handle, count)
    found: list[Character | None] = list(zip(range(count), text, sides[0::4], sides[2::4], sides[3::4], sides[1::4], strict=True))
    doubted = {match.start() for match in (DOUBTED if marked else HYPHEN).finditer(text)}
    doubted.update(compress(range(count), map(gt, printed, boxed)))
    for i in sorted(doubted, reverse=True):
        hyphen = text[i] in HYPHENS
        found[i] = _hyphen(text, found[i], found[i - 1]) if hyphen else _settled(handle, found[i], boxed[i])  # type: ignore[arg-type]
    return [*filter(None, compress(found, printed))]


def _hyphen(text: str, one: Character, before: Character) -> Character | None:
    """A hyphen at the end of a line, beside the character before it where it has no box; None within a Latin word."""
    i, _, left, right, bottom, top = one
    after = text[i + 1 :].lstrip()[:1]
    if i == 0 or (before[1].isascii() and before[1].isalpha() and after.isascii() and after.isalpha()):
        return None
    if right - left < 0.1:
        left, bottom, top = before[3], before[4], before[5]
        right = left + HYPHEN_WIDTH * (top - bottom)
    return i, "-", left, right, bottom, top


def _settled(handle: object, one: Character, boxed: bool) -> Character | None:
    """A character with the box it has in truth; None where no box is known."""
    i, text = one[:2]
    if not boxed:
        ink = _ink_box(handle, i)
        return None if ink is None else (i, text, *ink)
    restored = _restored_box(handle, i, one[2:]) if text in RADICALS else None
    return one if restored is None else (i, text, *restored)


def _text(handle: object, count: int) -> str:
    """The characters. PDFium gives them all at once where each has one code of its own, of sixteen bits."""
    codes = (ctypes.c_ushort * (count + 1))()
    if raw.FPDFText_GetText(handle, 0, count, codes) == count + 1:
        with suppress(UnicodeDecodeError):  # half a pair
            whole = bytes(codes)[:-2].decode(UTF_16)
            if len(whole) == count:
                return whole
    each = map(raw.FPDFText_GetUnicode, repeat(handle, count), range(count))
    return "".join(["\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code) for code in each])


def _ink_box(handle: object, i: int) -> Sides | None:
    """(left, right, bottom, top) of a character's ink, in user space."""
    return INK.numbers() if calls.char_box(handle, i, *INK.each) else None  # type: ignore[return-value]


def _restored_box(handle: object, i: int, loose: Sides) -> Sides | None:
    """(left, right, bottom, top) of a character that the file names for a glyph (ActualText, as browsers do where the glyph
    maps to a radical): PDFium gives the box of the ink, and inside a form one that the form's matrix has not moved. None
    when the character is the glyph's own."""
    ink = _ink_box(handle, i)
    if ink is None or abs(ink[0] - loose[0]) > 0.01 or any(abs(a - b) > 0.01 for a, b in zip(ink, loose, strict=True)):
        return None
    matrix = raw.FS_MATRIX()
    if not raw.FPDFText_GetMatrix(handle, i, matrix):
        return None
    before = raw.FS_MATRIX()
    if i and raw.FPDFText_GetMatrix(handle, i - 1, before) and (before.e, before.f) == (matrix.e, matrix.f):
        return None  # a whole span is named: its characters have no places of their own
    size = raw.FPDFText_GetFontSize(handle, i)
    corners = [(size * u, size * v) for u in (0.0, 1.0) for v in (-DESCENT, 1.0 - DESCENT)]
    xs = [matrix.a * u + matrix.c * v + matrix.e for u, v in corners]
    ys = [matrix.b * u + matrix.d * v + matrix.f for u, v in corners]
    return min(xs), max(xs), min(ys), max(ys)


def _turn(handle: object, found: Sequence[Character]) -> int | None:
    """Quarter turns clockwise (0–3) that set most characters upright; None when there is no such direction. Of the line ends
    that PDFium makes up, as many as cells on a page of short ones, it gives no angle."""
    angles = [calls.char_angle(handle, one[0]) for one in found[:: max(1, len(found) // 60)]]
    turns: Counter[int] = Counter()
    for angle, times in Counter(angles).items():
        turns[-round(angle / 1.5707963) % 4] += times
    turn, seen = turns.most_common(1)[0] if turns else (None, 0)
    return turn if seen > 0.6 * len(angles) else None
