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
_RULED = regex.compile(r"[\u2500-\u257F０-９＋－＝／]")
"""Lines of a drawn table, and wide figures: they tell nothing about the encoding."""

MAX_BINARY_SHARE = 0.02
"""Control characters in a text: a stray one happens, more is a binary file."""

MIN_COMMON_SHARE = 0.9
"""Of the Chinese characters of an honest GB text, at least nine tenths are GB2312 (measured: over 98 %)."""

MAX_BROKEN_SHARE = 0.05
"""Of the Chinese characters of a text that was cut or joined in the middle of a character, far fewer are broken."""

_OTHER_SETS = regex.compile(r"(?:iso-?8859|windows-?12|cp12|latin|shift|x-sjis|sjis|euc-|ks_c|iso-2022|koi8)[\w-]*", regex.I)
"""Declared sets that are believed when nothing Chinese fits."""

_CHARSET = regex.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_\-]+)|<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9_\-]+)""", regex.I)

REMEDY = "save it again as UTF-8"


def declared_in(data: bytes) -> str | None:
    """The encoding that a page or an XML file names in its head."""
    match = _CHARSET.search(data[:8192])
    return (match[1] or match[2]).decode("ascii") if match else None


def decode(data: bytes, name: str, declared: str | None = None) -> str:
    """The text of `data`. `declared` is an encoding the file itself names (a meta tag); it is tried after the BOM.

    Raises UnknownType when this is no text, InputError when no encoding fits.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _checked(_strict(data, encoding, name).removeprefix("\ufeff"), name)
    for encoding in filter(None, (_trusted(declared), "utf-8", _wide(data))):
        try:
            return _checked(data.decode(encoding), name)
        except UnicodeError:
            continue
    return _checked(_legacy(data, name, declared), name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start}", f"not {encoding} although it begins so", REMEDY) from None


def _trusted(declared: str | None) -> str | None:
    """The codec of a declared name that bytes can contradict; the GB family is read as its superset. A name written in
    ASCII cannot mean UTF-16, and one of a Western set fits any bytes: servers claim it for pages in GBK."""
    if not declared:
        return None
    if declared.lower().replace("_", "-") in ("gb2312", "gbk", "gb-2312", "x-gbk", "cp936", "gb18030"):
        return "gb18030"
    try:
        found = codecs.lookup(declared).name
    except LookupError:
        return None
    return found if found in ("utf-8", "utf-8-sig", "gb18030", "big5", "big5hkscs", "cp950", "hz") else None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a BOM: every second byte of its ASCII (line ends, digits) is zero."""
    sample = data[:4096]
    if len(sample) < 4 or len(data) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < max(2, len(sample) // 200) or min(even, odd) * 8 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _legacy(data: bytes, name: str, declared: str | None) -> str:
    """GB18030 or Big5, whichever gives common characters; else the Western or neighbouring set that is declared."""
    for encoding, common in (("gb18030", "gb2312"), ("big5", "big5")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _common_share(text, common) >= MIN_COMMON_SHARE:
            return text
    if declared and _OTHER_SETS.fullmatch(declared):
        try:
            return data.decode(declared)
        except (UnicodeError, LookupError):
            pass
    raise _undecodable(data, name)


def _undecodable(data: bytes, name: str) -> InputError:
    """The refusal: a text with a few broken characters is told by the line of the first."""
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, "replace")
        broken = text.count("\ufffd")
        likely = _common_share(text.replace("\ufffd", ""), "gb18030" if encoding == "utf-8" else "gb2312") >= MIN_COMMON_SHARE
        if likely and broken <= MAX_BROKEN_SHARE * len(_HAN.findall(text)):
            line = text[: text.index("\ufffd")].count("\n") + 1
            what = f"{encoding.upper()} but for {broken} broken character(s), the first in line {line}"
            return InputError(f"{name}:{line}", what, "mend that line and " + REMEDY)
    return UnknownType(name, "neither a known file type nor text in UTF-8, UTF-16, GB18030 or Big5", REMEDY)


def _common_share(text: str, encoding: str) -> float:
    """The share of characters beyond ASCII that a small common set has."""
    rare = common = 0
    for char in text[:20_000]:
        if char < "\x80":
            continue
        try:
            char.encode(encoding)
            common += bool(_HAN.match(char)) or char in "，。、；：（）“”《》〔〕—…％"
            rare += not (_HAN.match(char) or char in "，。、；：（）“”《》〔〕—…％　·①②③④⑤⑥⑦⑧⑨⑩" or _RULED.match(char))
        except UnicodeEncodeError:
            rare += 1
    return common / (common + rare) if common + rare else 0.0


def _checked(text: str, name: str) -> str:
    sample = text[:100_000]
    if sample and len(_BINARY.findall(sample)) > MAX_BINARY_SHARE * len(sample):
        raise UnknownType(name, "not a text and no file type that is known here", "give the notice as PDF, DOCX or text")
    return text
