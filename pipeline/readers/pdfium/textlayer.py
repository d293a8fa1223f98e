"""Whether a PDF page's text layer can be used: there, readable, and not a scanner's guess under the picture."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import chain, islice, pairwise, product

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline import lexicon
from pipeline import rx as regex
from pipeline.readers.pages.glyphs import COVERING, MIN_CHARS, has_meaning, is_bare
from pipeline.readers.pages.marks import Glyph
from pipeline.readers.pdfium import calls
from pipeline.readers.pdfium.pdfpaths import Drawn, is_filled

NONSENSE = 0.3
"""A page where more than this part of the characters has no meaning, or is a mixture of scripts, is read as a picture."""

CONTROLS = 0.08
"""A page with a larger part of control characters has glyph numbers for text: real text has none."""

SCRIPTS = 4
"""Glyph numbers taken for characters fall into this many foreign scripts and more; a real second language is one or two."""

MISNAMED = 5
FOREIGN = 0.15
"""Of accented letters amid Chinese words so many and more, or of characters that no Chinese text uses a larger part: glyphs
that a program distilled anew and named after other characters. A Chinese name has a rare character or two."""

CURVES = 600
"""So many are more than a seal or an emblem has, and fewer than three lines of print."""

AT_FIRST, CLEARLY_SPOKEN = 20, 8
"""So many of a page's first pairs dismiss nearly every page; of characters at random three in a thousand."""

LOOKED_AT, SPOKEN = 100, 0.25
"""Of a page's first so many pairs of Chinese characters at least this part is known from words: in prose, lists and tables
of names it is a half to two thirds (least 0.45 on 1,272 pages), of characters at random a seventh at most."""

NAME = 256
"""Bytes of a font's name, at most."""

INVISIBLE = 3
"""Text render mode of the words that a scanner's recognition lays under its picture."""

MEANINGLESS = "has a text layer without meaning"
OUTLINED = "has its text drawn as curves"
FAULTS = {
    MEANINGLESS: "的文字层没有意义",
    OUTLINED: "的文字已转为曲线",
    "has no text layer": "没有文字层",
    "has no text layer but a line in its margin": "除页边的一行外没有文字层",
    "is a picture with a scanner's own recognition under it": "是图像，下面衬着扫描软件自己识别的文字",
}
"""What is said of a page whose text layer cannot be used, in both languages."""

_LETTERS = r"[\u00A1\u00A8\u00AA\u00AC\u00AF\u00B4\u00B6\u00B8-\u00BA\u00BC-\u00D6\u00D8-\u00F6\u00F8-\u024F]+"
"""Accented letters and marks of Latin text; × and ÷ are signs of any text."""

_AMID = regex.compile(rf"(?<=[\u4E00-\u9FFF]){_LETTERS}(?![A-Za-z])|(?<![A-Za-z]){_LETTERS}(?=[\u4E00-\u9FFF])")
"""Such letters at a Chinese character that belong to no Latin word."""

_ACCENTED = regex.compile(r"[\u00C0-\u024F]")

_ODD = regex.compile(
    r"[^\p{Basic_Latin}\u00A0-\u00FF\u4E00-\u9FFF\u2E80-\u2FDF\uF900-\uFAFF\u2000-\u209F\u2100-\u27BF\u3000-\u30FF\u3200-\u33FF"
    r"\uFE10-\uFE6F\uFF00-\uFFEF\u0391-\u03C9]"
)


def fault(page: pdfium.PdfPage, glyphs: Sequence[Glyph], text: str, drawn: Drawn, height: float) -> str | None:
    """Why the text layer of a page cannot be used; None when it can. `text` is that of its characters; `height` is the
    upright page's, in points."""
    pictures = drawn.pictures
    if glyphs and _is_nonsense(glyphs, text):
        return MEANINGLESS
    if len(glyphs) < MIN_CHARS and _is_outlined(drawn):
        return OUTLINED
    if not pictures:
        return None
    if len(glyphs) < MIN_CHARS:
        return "has no text layer"
    if not _covered(page, pictures):
        return None
    if is_bare((g.y for g in glyphs), height):
        return "has no text layer but a line in its margin"
    if _is_hidden(page):
        return "is a picture with a scanner's own recognition under it"
    return None


def _is_outlined(drawn: Drawn) -> bool:
    """Whether a page fills so many curves that they are its characters: those of a map or a diagram are drawn as lines."""
    paths = (handle for kind, handle, _ in drawn.marks if kind == raw.FPDF_PAGEOBJ_PATH and is_filled(handle))
    segments = (calls.path_segment(path, i) for path in paths for i in range(calls.count_segments(path)))
    curves = (segment for segment in segments if calls.segment_type(segment) == raw.FPDF_SEGMENT_BEZIERTO)
    return next(islice(curves, CURVES, None), None) is not None


def fonts_of(page: pdfium.PdfPage) -> dict[bytes, str]:
    """The names of the fonts in which a page's text is set, with the tags of their subsets, and what is set in each."""
    found: dict[bytes, str] = {}
    layer = page.get_textpage()
    for text in page.get_objects(filter=(raw.FPDF_PAGEOBJ_TEXT,), max_depth=3):
        name = ctypes.create_string_buffer(NAME)
        raw.FPDFFont_GetBaseFontName(raw.FPDFTextObj_GetFont(text.raw), name, NAME)
        size = raw.FPDFTextObj_GetText(text.raw, layer.raw, None, 0)
        said = ctypes.create_string_buffer(size)
        raw.FPDFTextObj_GetText(text.raw, layer.raw, ctypes.cast(said, ctypes.POINTER(raw.FPDF_WCHAR)), size)
        found[name.value] = found.get(name.value, "") + said.raw.decode("utf-16-le", "replace").rstrip("\0")
    return found


def is_plain(text: str) -> bool:
    """Whether nothing in a text hints that its font lacks meaning: another font of the page does."""
    return has_meaning(text) and not _ACCENTED.search(text) and not _ODD.search(text) and not any(_is_chinese(c) and _is_rare(c) for c in set(text))


def misnamed(text: str) -> int:
    """How many accented letters stand at Chinese words: glyphs named after other characters, others perhaps too."""
    return len(_AMID.findall(text)) if _ACCENTED.search(text) else 0


def _is_misnamed(text: str) -> bool:
    """Whether glyphs have been given other characters' names: accented letters amid Chinese words, nearly no Chinese but
    many accented letters, or Chinese characters that no Chinese text uses."""
    if not _ACCENTED.search(text) and not any(_is_chinese(c) and _is_rare(c) for c in set(text) - _usual()):
        return False
    amid = len(_AMID.findall(text))
    accented = len(_ACCENTED.findall(text))
    chinese = list(filter(_is_chinese, text))
    if (amid >= MISNAMED and amid > 0.01 * len(text)) or accented > max(2 * MISNAMED, FOREIGN * len(text)):
        return True
    return len(chinese) > 4 * MISNAMED and sum(map(_is_rare, chinese)) > FOREIGN * len(chinese)


def _is_chinese(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf"


@cache
def _usual() -> frozenset[str]:
    """The characters of nearly every Chinese text, none of which makes its layer suspect: those of ASCII, and the punctuation,
    wide letters and Chinese characters of GB 2312."""
    rows = (0xA1, 0xA3, *range(0xB0, 0xF8))
    codes = bytes(chain.from_iterable(product(rows, range(0xA1, 0xFF))))
    return frozenset(bytes(range(0x20, 0x7F)).decode() + codes.decode("gbk", "ignore")) - frozenset("ˉˇ")


@cache
def _is_rare(char: str) -> bool:
    """Whether a character is in neither of the two sets of common ones, the mainland's and Taiwan's."""
    for encoding in ("gb2312", "big5"):
        try:
            char.encode(encoding)
        except UnicodeEncodeError:
            continue
        return False
    return True


def _is_nonsense(glyphs: Sequence[Glyph], text: str) -> bool:
    """Whether too many characters have no meaning, or they are a mixture of scripts."""
    if _usual().issuperset(text):
        return _is_shuffled(text)
    if not has_meaning(text):
        bad = sum(not has_meaning(g.text) for g in glyphs)
        controls = sum("\0" < g.text < " " for g in glyphs)
        if bad > NONSENSE * len(glyphs) or controls > CONTROLS * len(glyphs):
            return True
    return _is_mixture(text) or _is_misnamed(text) or _is_shuffled(text)


def _is_shuffled(text: str) -> bool:
    """Whether (simplified) Chinese characters follow each other as in no words: glyphs that were given each other's characters."""
    usual, looked_at, spoken = _usual(), 0, 0
    for one, two in pairwise(text):
        if "\u4e00" <= one <= "\u9fff" and "\u4e00" <= two <= "\u9fff" and one in usual and two in usual:
            looked_at += 1
            spoken += lexicon.is_seen(one + two)
            if looked_at == AT_FIRST and spoken >= CLEARLY_SPOKEN:
                return False
            if looked_at == LOOKED_AT:
                return spoken < SPOKEN * LOOKED_AT
    return False


def _is_mixture(text: str) -> bool:
    """Whether much of a text is in many scripts at once: glyph numbers taken for characters."""
    odd = _ODD.findall(text)
    if len(odd) <= NONSENSE * len(text):
        return False
    names = (unicodedata.name(c, "NONE").split("-")[0].split() for c in odd)
    return len({" ".join(n[:2]) if n[0] == "CJK" else n[0] for n in names}) >= SCRIPTS


def _covered(page: pdfium.PdfPage, pictures: Sequence[object]) -> bool:
    """Whether one picture takes up (nearly) the whole page."""
    left, bottom, right, top = page.get_bbox()
    whole = abs((right - left) * (top - bottom)) or 1.0
    for picture in pictures:
        x0, y0, x1, y1 = calls.bounds(picture) or (0.0, 0.0, 0.0, 0.0)
        width, height = min(x1, right) - max(x0, left), min(y1, top) - max(y0, bottom)
        if width > 0 and height > 0 and width * height >= COVERING * whole:
            return True
    return False


def _is_hidden(page: pdfium.PdfPage) -> bool:
    """Whether (nearly) all text objects are laid down invisibly."""
    texts = list(page.get_objects(filter=(raw.FPDF_PAGEOBJ_TEXT,), max_depth=3))
    hidden = sum(raw.FPDFTextObj_GetTextRenderMode(t.raw) == INVISIBLE for t in texts)
    return bool(texts) and hidden >= 0.9 * len(texts)
