"""Fonts inside a form: embedded Latin for digits, the viewers' own Chinese font for typing, embedded subsets for values."""

from __future__ import annotations

from functools import cache

import pikepdf
import uharfbuzz as hb
from pikepdf import Array, Dictionary, Name

from pipeline import typefaces
from pipeline.errors import UsageError

LATIN = "".join(map(chr, range(0x20, 0x7F)))


@cache
def _face() -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(typefaces.SERIF)))


def _subset(text: str) -> tuple[bytes, hb.Font, int]:
    """(font file, font, units per em) of the regular face cut down to `text`. Raises UsageError for a missing character."""
    whole = hb.Font(_face())
    missing = sorted({c for c in text if whole.get_nominal_glyph(ord(c)) in (None, 0)})
    if missing:
        codes = " ".join(f"{c} U+{ord(c):04X}" for c in missing)
        raise UsageError("form value", f"characters that the form's font lacks ({codes})", "write them otherwise, or fill the form in a viewer")
    cut = hb.SubsetInput()
    cut.unicode_set.update(ord(c) for c in text)
    face = hb.subset(_face(), cut)
    return face.blob.data, hb.Font(face), face.upem


def latin_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """A simple TrueType font with WinAnsi codes, embedded: what number fields are typed in."""
    data, font, upem = _subset(LATIN)
    widths = [round(font.get_glyph_h_advance(font.get_nominal_glyph(ord(c))) * 1000 / upem) for c in LATIN]
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name("/NTCLAT+NoticeSerifSC"), Encoding=Name.WinAnsiEncoding,
            FirstChar=0x20, LastChar=0x7E, Widths=Array(widths), FontDescriptor=_descriptor(pdf, data, 32, "NTCLAT"),
        )
    )


def typing_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """The predefined Chinese font every viewer replaces by its own: any character can be typed."""
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType0, BaseFont=Name("/STSong-Light"), DW=1000,
        CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("GB1"), Supplement=2),
        FontDescriptor=pdf.make_indirect(Dictionary(
            Type=Name.FontDescriptor, FontName=Name("/STSong-Light"), Flags=6, FontBBox=Array([-25, -254, 1000, 880]),
            ItalicAngle=0, Ascent=880, Descent=-120, CapHeight=880, StemV=93)),
    )  # fmt: skip
    return pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/STSong-Light"), Encoding=Name("/UniGB-UCS2-H"),
                   DescendantFonts=Array([pdf.make_indirect(descendant)]))
    )


def value_font(pdf: pikepdf.Pdf, text: str) -> tuple[pikepdf.Object, dict[str, int], dict[str, float]]:
    """An embedded subset for given values: (font, glyph code by character, width by character in em)."""
    data, font, upem = _subset(text)
    codes = {c: int(font.get_nominal_glyph(ord(c))) for c in sorted(set(text))}
    widths = {c: font.get_glyph_h_advance(g) / upem for c, g in codes.items()}
    w = Array()
    for c, g in sorted(codes.items(), key=lambda item: item[1]):
        w.append(g)
        w.append(Array([round(widths[c] * 1000)]))
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name("/NTCVAL+NoticeSerifSC"), DW=1000, W=w,
        CIDToGIDMap=Name.Identity, FontDescriptor=_descriptor(pdf, data, 4, "NTCVAL"),
        CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
    )  # fmt: skip
    whole = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/NTCVAL+NoticeSerifSC"), Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]), ToUnicode=pdf.make_stream(_to_unicode(codes)),
    )  # fmt: skip
    return pdf.make_indirect(whole), codes, widths


def _descriptor(pdf: pikepdf.Pdf, data: bytes, flags: int, tag: str) -> pikepdf.Object:
    return pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor, FontName=Name(f"/{tag}+NoticeSerifSC"), Flags=flags, FontBBox=Array([-1000, -300, 2000, 1200]),
            ItalicAngle=0, Ascent=880, Descent=-120, CapHeight=730, StemV=80, FontFile2=pdf.make_stream(data, Length1=len(data)),
        )
    )


def _to_unicode(codes: dict[str, int]) -> bytes:
    lines = [f"<{g:04X}> <{c.encode('utf-16-be').hex().upper()}>" for c, g in sorted(codes.items(), key=lambda i: i[1])]
    blocks = [lines[i : i + 100] for i in range(0, len(lines), 100)]
    body = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) "
        "/Supplement 0 >> def /CMapName /Adobe-Identity-UCS def /CMapType 2 def 1 begincodespacerange <0000> <FFFF> "
        f"endcodespacerange\n{body}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode("ascii")
