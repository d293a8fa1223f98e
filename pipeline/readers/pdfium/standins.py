"""The font that stands in for those a PDF names and does not hold: our own, so that a page is read alike on every machine.

PDFium drops a character that stands alone where the font it puts in has no such glyph: on a machine without Chinese fonts the
labels set one character a line, on one whose only Chinese font lacks figures the serials and points.
"""

from __future__ import annotations

import ctypes
import importlib
import struct
from functools import cache
from typing import Any

from pypdfium2 import PdfSysfontBase

from pipeline import typefaces

NAME = b"Notice Serif SC\0"

SYMBOL, CHINESE = 2, 134
"""Windows' numbers of two character sets. Signs such as Wingdings' have codes of their own, no characters. A Chinese font with
glyph numbers for codes, as office programs leave it out, is asked for as a Latin one."""

HELD = b"Helvetica", b"Times", b"Courier"
"""What PDFium calls the Latin fonts that it holds itself (Arial and Times New Roman among them). Ours is wider: blanks between words
would be lost. A font of Chinese characters may bear such a name too."""

WHOLE_FILE = 0
"""Asked for in the place of a table's name."""

BOX = "□"
HEADER = 12
"""Bytes of an OpenType file before the list of its tables."""
WINDOWS_UNICODE = 3, 10
RARE_CHINESE = 0x20000, 0x2FFFF


@cache
def install() -> None:
    """Let PDFium take our font for those that a PDF lacks, in place of the system's. Another program's choice in the same
    process is left alone."""
    if PdfSysfontBase.SINGLETON is None:
        _OwnFont().setup()


class _OwnFont(PdfSysfontBase):  # type: ignore[misc]
    """What PDFium asks of a system's fonts; the names are PDFium's."""

    def EnumFonts(self, _: Any, mapper: Any) -> None:
        """None to tell of: `MapFont` alone answers."""

    def MapFont(self, _: Any, weight: int, italic: int, charset: int, pitch: int, face: Any, exact: Any) -> int | None:
        latin = charset != CHINESE and face and ctypes.string_at(face).startswith(HELD)
        return None if charset == SYMBOL or latin else 1

    def GetFont(self, _: Any, face: Any) -> None:
        return None

    def GetFontData(self, _: Any, font: Any, table: int, buffer: Any, size: int) -> int:
        if table != WHOLE_FILE:
            return 0
        data = _data()
        if buffer and size >= len(data):
            ctypes.memmove(buffer, data, len(data))
        return len(data)

    def GetFaceName(self, _: Any, font: Any, buffer: Any, size: int) -> int:
        if buffer and size >= len(NAME):
            ctypes.memmove(buffer, NAME, len(NAME))
        return len(NAME)

    def GetFontCharset(self, _: Any, font: Any) -> int:
        return CHINESE

    def DeleteFont(self, _: Any, font: Any) -> None:
        """Nothing was made for it."""


@cache
def _data() -> bytes:
    """The font's file, with a box for each character that it lacks."""
    data = typefaces.SERIF.read_bytes()
    table = _cmap(data)
    at = data.index(b"cmap", HEADER)
    record = struct.pack(">4sLLL", b"cmap", 0, len(data), len(table))
    return b"".join((data[:at], record, data[at + len(record) :], table))


def _cmap(data: bytes) -> bytes:
    """Its table of characters (OpenType's format 13: each range of characters to one glyph), the box for any other that prints."""
    hb = importlib.import_module("uharfbuzz")  # late: few files lack a font
    font = hb.Font(hb.Face(data))
    box = font.get_nominal_glyph(ord(BOX))
    glyphs = {code: font.get_nominal_glyph(code) for code in font.face.unicodes}
    ranges: list[tuple[int, int, int]] = []
    for code in filter(lambda code: chr(code).isprintable(), range(ord(" "), 0x10000)):
        glyph = glyphs.get(code, box)
        start = ranges.pop()[0] if ranges and ranges[-1][1:] == (code - 1, glyph) else code
        ranges.append((start, code, glyph))
    ranges.append((*RARE_CHINESE, box))
    head = struct.pack(">HHHHL", 0, 1, *WINDOWS_UNICODE, 12) + struct.pack(">HHLLL", 13, 0, 16 + 12 * len(ranges), 0, len(ranges))
    return head + b"".join(struct.pack(">3L", *each) for each in ranges)
