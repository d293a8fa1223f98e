"""A file to a Document: its type told by content, never by name; hashed, limited, read by the one reader that fits."""

from __future__ import annotations

import importlib
import json
import struct
import zipfile
import zlib
from bisect import bisect_left
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline import limits
from pipeline import rx as regex
from pipeline.errors import InputError, LimitExceeded, MissingTool, UnknownType, legible, reason
from pipeline.model import Document, Paragraph
from pipeline.normalize import clean


class Kind(Struct, frozen=True):
    """A file type: the reader module under `pipeline.readers` and the media type."""

    reader: str
    media_type: str


PDF = Kind("pdf", "application/pdf")
DOCX = Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
XLSX = Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
XLS = Kind("xlsx", "application/vnd.ms-excel")
OFD = Kind("ofd", "application/ofd")
HTML = Kind("html", "text/html")
MHTML = Kind("html", "multipart/related")
TEXT = Kind("text", "text/plain")
DOC = Kind("office", "application/msword")
RTF = Kind("office", "application/rtf")
ODT = Kind("office", "application/vnd.oasis.opendocument.text")
ODS = Kind("office", "application/vnd.oasis.opendocument.spreadsheet")
XLSB = Kind("office", "application/vnd.ms-excel.sheet.binary.macroenabled.12")
WORD_XML = Kind("office", "application/vnd.ms-word.document+xml")
EXCEL_XML = Kind("office", "application/vnd.ms-excel.sheet+xml")
FLAT_ODF = Kind("office", "application/vnd.oasis.opendocument.text-flat-xml")
UOF = Kind("office", "application/vnd.uof.text")

_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"GIF8", "image/gif"),
)
_PACKED = ((b"Rar!", "RAR"), (b"7z\xbc\xaf", "7-Zip"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"))
_CAMERA = "save it as JPEG or PNG"
_PRINT = "open it in its own program and print it to PDF"
_UNREAD = (
    (4, b"ftypheic", "a HEIC picture", _CAMERA),
    (4, b"ftypheix", "a HEIC picture", _CAMERA),
    (4, b"ftypmif1", "a HEIF picture", _CAMERA),
    (4, b"ftypavif", "an AVIF picture", _CAMERA),
    (4, b"jP  \r\n\x87\n", "a JPEG 2000 picture", _CAMERA),
    (0, b"\xffO\xffQ", "a JPEG 2000 picture", _CAMERA),
    (4, b"JXL \r\n\x87\n", "a JPEG XL picture", _CAMERA),
    (0, b"8BPS", "a Photoshop picture", _CAMERA),
    (0, b"AT&TFORM", "a DjVu document", _PRINT),
    (0, b"%!PS", "a PostScript program", _PRINT),
    (0, b"Founder CEB", "a CEB document", _PRINT),
    (0, b"CAJ\0", "a CAJ document", _PRINT),
    (4, b"ftyp", "a film", "give the document itself"),
)
"""What is not read: (place, mark, name, remedy). Telephones save HEIC; CEB was the form of electronic 公文 before OFD."""

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_HTML_START = regex.compile(r"<(?:!doctype\s+html|html|head|body|meta|table|div|title|style|script)\b", regex.I)
_HTML_INSIDE = regex.compile(r"<table\b[^<>]*>.*?</t[dr]\s*>.*?</t[dr]\s*>", regex.I | regex.S)
"""Words before the first tag: a page without its head, or a text whose tables are written as markup."""

_MAIL_HEAD = regex.compile(r"(?:[A-Za-z][\w-]{0,60}:[^\n]*\n(?:[ \t][^\n]*\n)*+)++")
"""Header lines as a mail or a web archive begins with."""

_LEADING = regex.compile(r"(?:[\ufeff\s]++|<!--.*?-->)*+", regex.S)
_MAIN_TYPE = regex.compile(rb"(wordprocessingml|ms-word|spreadsheetml|ms-excel|presentationml|ms-powerpoint)[\w.\-]*\.main\b")
_MAIN_KINDS = {b"wordprocessingml": DOCX, b"ms-word": DOCX, b"spreadsheetml": XLSX, b"ms-excel": XLSX}
_SAMPLE = 65_536
"""Bytes looked at to tell markup and text; a saved page may begin with a long comment."""

BROKEN = (
    ValueError, LookupError, AttributeError, TypeError, ArithmeticError, AssertionError, RecursionError, EOFError,
    NotImplementedError, SyntaxError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What parsers of foreign formats raise on damaged bytes (KeyError is a LookupError, UnicodeDecodeError a
ValueError, the XML parsers' errors are SyntaxErrors)."""


def read(path: Path | str) -> Document:
    """Read any supported file. Raises InputError (UnknownType, LimitExceeded, MissingTool) naming file, fault, remedy."""
    path = Path(path)
    data = _load(path)
    return read_bytes(data, legible(path.name))


def read_bytes(data: bytes, name: str) -> Document:
    """The Document of a file's content; `name` is only used to speak of it."""
    if not data:
        raise InputError(name, "the file is empty", "get the file again")
    kind = sniff(data, name)
    try:
        reader = importlib.import_module(f"pipeline.readers.{kind.reader}")
        document: Document = reader.read(data, name)
    except ModuleNotFoundError as error:
        what = f"reading {kind.media_type} needs {error.name}, which is not installed"
        raise MissingTool(name, what, "run `make setup`, or give the notice as DOCX or text PDF") from None
    except BROKEN as error:
        what = f"broken inside, the {kind.reader} reader stopped ({type(error).__name__})"
        raise InputError(name, what, "open it in its own program, save it again, or give it as PDF") from error
    source = replace(document.source, file=name, sha256=sha256(data).hexdigest(), media_type=kind.media_type)
    _check(document, name)
    return replace(document, source=source)


def _load(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputError(str(path), "a folder, not a file", "name one file")
        if not path.exists():
            raise InputError(str(path), "no such file", "check the path")
        if not path.is_file():
            raise InputError(str(path), "not a regular file", "name one file")
        if path.stat().st_size > limits.MAX_FILE_BYTES:
            raise LimitExceeded(str(path), f"larger than {limits.MAX_FILE_BYTES:,} bytes", "split the file")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"cannot be read ({reason(error)})", "check the path and its permissions") from None


def _check(document: Document, name: str) -> None:
    """Refuse a document in which nothing can be read, or too much."""
    if len(document.blocks) > limits.MAX_BLOCKS:
        raise LimitExceeded(name, f"more than {limits.MAX_BLOCKS:,} blocks", "split the file")
    readable = False
    for block in document.blocks:
        texts = (block.text,) if isinstance(block, Paragraph) else tuple(c.text for c in block.cells)
        for text in texts:
            limits.check_text(text, f"{name}:{block.at.place()}")
        readable = readable or any(clean(t) for t in texts)
    if not readable:
        said, said_zh = ("; ".join(dict.fromkeys(r.said(lang) for r in document.remarks)) for lang in ("en", "zh"))
        what = "nothing in it can be read" + (f" ({said})" if said else " (no text at all)")
        raise InputError(name, what, "give a file with text or a clear scan", f"没有可以读出的内容（{said_zh}）" if said else None)


# ---- type by content ---------------------------------------------------------------------------------------------


def sniff(data: bytes, name: str) -> Kind:
    """The kind of a file's content. Raises UnknownType, or InputError for an encrypted container."""
    for magic, media_type in _IMAGES:
        if data.startswith(magic) and (magic != b"BM" or _is_bitmap(data)):
            return Kind("scan", media_type)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Kind("scan", "image/webp")
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _sniff_zip(data, name)
    if data.startswith(_OLE2):
        return _sniff_ole2(data, name)
    if data.startswith(_OLD_EXCEL):
        return XLS
    for place, mark, what, remedy in _UNREAD:
        if data.startswith(mark, place):
            raise UnknownType(name, what, remedy)
    for magic, packer in _PACKED:
        if data.startswith(magic):
            raise UnknownType(name, f"a packed {packer} archive", "unpack it and give the document inside")
    return _sniff_markup(data, name)


def _is_bitmap(data: bytes) -> bool:
    """A bitmap's header repeats its own size; a text that begins with BM does not."""
    return len(data) > 30 and data[6:10] == b"\0\0\0\0" and data[14] in (12, 40, 52, 56, 64, 108, 124)


def _sniff_zip(data: bytes, name: str) -> Kind:
    container = importlib.import_module("pipeline.readers.packages.container").open_container(data, name)
    if container.has("[Content_Types].xml"):
        types = container.read("[Content_Types].xml")
        if b"sheet.binary" in types:
            return XLSB
        main = _MAIN_TYPE.search(types)  # not any type: a workbook lists the documents that are embedded in it
        if main and main[1] in _MAIN_KINDS:
            return _MAIN_KINDS[main[1]]
        for mark, kind in (() if main else ((b"wordprocessingml", DOCX), (b"spreadsheetml", XLSX))):
            if mark in types:
                return kind
        raise UnknownType(name, "an office file that is neither a text nor a table", "save it as DOCX, XLSX or PDF")
    if container.has("OFD.xml"):
        return OFD
    if container.has("mimetype"):
        mime = container.read("mimetype").strip().decode("ascii", "replace")
        for kind in (ODT, ODS):
            if mime.startswith(kind.media_type):
                return kind
    for part, kind in (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX)):
        if container.has(part):
            return kind
    raise UnknownType(name, "a zip archive that is no document", "unpack it and give the document inside")


def _sniff_ole2(data: bytes, name: str) -> Kind:
    """Old office containers name their streams in UTF-16 inside the directory."""
    streams = (("EncryptedPackage", None), ("Workbook", XLS), ("WordDocument", DOC), ("Book", XLS))
    for stream, kind in streams:
        if (stream.encode("utf-16-le") + b"\0\0") in data:
            if kind is None:
                raise InputError(name, "protected by a password", "remove the password and try again")
            return kind
    raise UnknownType(name, "an old office container that is neither a text nor a table, or truncated", "save it as PDF")


def _sniff_markup(data: bytes, name: str) -> Kind:
    head = _head(data)
    start = head[_LEADING.match(head).end() :]  # type: ignore[union-attr]
    if start.startswith("{\\rtf"):
        return RTF
    if start[:1] in ("{", "[") and _is_json(data):
        raise UnknownType(name, "a JSON file that is no notice JSON", "give the notice itself, or what `notice extract` made of it")
    mail = _MAIL_HEAD.match(start.replace("\r\n", "\n"))
    if mail and "\nmime-version:" in f"\n{mail[0].lower()}":
        return _sniff_mail(data, mail[0].lower(), name)
    if start.startswith("<"):
        for mark, kind in (
            ("schemas.microsoft.com/office/word/2003/wordml", WORD_XML),
            ("schemas.microsoft.com/office/2006/xmlPackage", WORD_XML),
            ("urn:schemas-microsoft-com:office:spreadsheet", EXCEL_XML),
            ("urn:oasis:names:tc:opendocument:xmlns:office", FLAT_ODF),
            ("http://schemas.uof.org/cn/", UOF),
        ):
            if mark in head and not _HTML_START.match(start):
                return kind
        if _HTML_START.search(head):
            return TEXT if _is_text_with_tags(head) else HTML
        if start.startswith("<?xml"):
            raise UnknownType(name, "an XML file of a kind that is not known here", "give the notice as PDF, DOCX or text")
    return HTML if _HTML_INSIDE.search(head) else TEXT


def _sniff_mail(data: bytes, headers: str, name: str) -> Kind:
    """A web archive or a mail that is a page; of another mail, what to give in its place."""
    if "multipart/related" not in headers and b"attachment" in data.lower():
        raise UnknownType(name, "an e-mail with files attached", "save the attached document and give that")
    if b"text/html" in data.lower():
        return MHTML
    raise UnknownType(name, "an e-mail without a page in it", "save the attached document and give that")


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


_TAG = regex.compile(r"<!--|<(?P<opens>table|p|div|center|h[1-6]|ul|ol)\b[^<>]*>|<[^<>]{1,300}>", regex.I)
_CLOSINGS = ("-->", *(f"</{tag}>" for tag in ("table", "p", "div", "center", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol")))
_BLANK_LINE = regex.compile(r"\n\s*\n")
_MARKDOWN_LINE = regex.compile(r"^(?:#{1,6} |\|.*\||!\[|[-*] )", regex.M)


def _is_text_with_tags(head: str) -> bool:
    """Markdown with tables or alignment in tags: no page of its own, lines of text outside the tags, and either Markdown's
    marks or text after what would have been the page's end."""
    pages = len(regex.findall(r"<html\b", head, regex.I))
    after = regex.search(r"</html>\s*[^<\s]", head, regex.I) is not None
    if regex.search(r"<!doctype|<head\b|<script\b|<style\b", head, regex.I) or (pages and not after):
        return False
    outside = [x for x in _outside_elements(head).splitlines() if x.strip()]
    marked = _MARKDOWN_LINE.search(head) is not None or after
    table_first = head.lstrip("\ufeff \t\r\n").lower().startswith("<table") and len(outside) >= 3
    return len(outside) >= 2 and (marked or table_first)


def _outside_elements(head: str) -> str:
    """The text without tags and comments, and without what stands in elements that close before a blank line; a table longer than
    the sample closes after it."""
    closings = {tag: [m.end() for m in regex.finditer(regex.escape(tag), head, flags=regex.I)] for tag in _CLOSINGS}
    blanks = [m.start() for m in _BLANK_LINE.finditer(head)]
    out, at = [], 0
    while match := _TAG.search(head, at):
        out.append(head[at : match.start()])
        at = match.end()
        close = "-->" if match[0] == "<!--" else f"</{match['opens']}>".lower()
        end = _next(closings.get(close, []), at)
        blank = _next(blanks, at)
        if end is not None and (close == "-->" or end < (blank or len(head) + 1)):
            at = end
        elif end is blank is None and close == "</table>":
            return "\n".join(out)
    return "\n".join([*out, head[at:]])


def _next(places: list[int], at: int) -> int | None:
    """The first of the places, in order, that is not before `at`."""
    i = bisect_left(places, at)
    return places[i] if i < len(places) else None


def _head(data: bytes) -> str:
    """The beginning as characters, good enough for ASCII marks in any encoding."""
    sample = data[:_SAMPLE]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return sample[: len(sample) // 2 * 2].decode("utf-16", "replace")
    return sample.decode("utf-8", "replace").replace("\x00", "")
