"""Bytes to characters: UTF-8, BOMs, UTF-16 without a BOM, GB18030, Big5. Never a silent replacement character."""

from __future__ import annotations

import codecs

from pipeline import rx as regex
from pipeline.errors import InputError, UnknownType

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_BINARY = regex.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HAN = regex.compile(r"\p{Han}")

MAX_BINARY_SHARE = 0.02
"""Control characters in a text: a stray one happens, more is a binary file."""

MIN_COMMON_SHARE = 0.9
"""Of the Chinese characters of an honest GB text, at least nine tenths are GB2312 (measured: over 98 %)."""

REMEDY = "save it again as UTF-8"


def decode(data: bytes, name: str, declared: str | None = None) -> str:
    """The text of `data`. `declared` is an encoding the file itself names (a meta tag); it is tried after the BOM.

    Raises UnknownType when this is no text, InputError when no encoding fits.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _checked(_strict(data, encoding, name).removeprefix("\ufeff"), name)
    for encoding in filter(None, (_known(declared), "utf-8", _wide(data))):
        try:
            return _checked(data.decode(encoding), name)
        except UnicodeDecodeError:
            continue
    return _checked(_legacy(data, name), name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start}", f"not {encoding} although it begins so", REMEDY) from None


def _known(declared: str | None) -> str | None:
    """The codec of a declared name; the GB family is read as its superset."""
    if not declared:
        return None
    if declared.lower().replace("_", "-") in ("gb2312", "gbk", "gb-2312", "x-gbk", "cp936", "gb18030"):
        return "gb18030"
    try:
        return codecs.lookup(declared).name
    except LookupError:
        return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a BOM: every second byte of its ASCII (line ends, digits) is zero."""
    sample = data[:4096]
    if len(sample) < 4 or len(data) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < max(2, len(sample) // 200) or min(even, odd) * 8 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _legacy(data: bytes, name: str) -> str:
    """GB18030 or Big5, whichever gives common characters."""
    for encoding, common in (("gb18030", "gb2312"), ("big5", "big5")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _common_share(text, common) >= MIN_COMMON_SHARE:
            return text
    raise UnknownType(name, "neither a known file type nor text in UTF-8, UTF-16, GB18030 or Big5", REMEDY)


def _common_share(text: str, encoding: str) -> float:
    """The share of characters beyond ASCII that a small common set has."""
    rare = common = 0
    for char in text[:20_000]:
        if char < "\x80":
            continue
        try:
            char.encode(encoding)
            common += bool(_HAN.match(char)) or char in "，。、；：（）“”《》〔〕—…％"
            rare += not (_HAN.match(char) or char in "，。、；：（）“”《》〔〕—…％　·①②③④⑤⑥⑦⑧⑨⑩")
        except UnicodeEncodeError:
            rare += 1
    return common / (common + rare) if common + rare else 0.0


def _checked(text: str, name: str) -> str:
    sample = text[:100_000]
    if sample and len(_BINARY.findall(sample)) > MAX_BINARY_SHARE * len(sample):
        raise UnknownType(name, "not a text and no file type that is known here", "give the notice as PDF, DOCX or text")
    return text
