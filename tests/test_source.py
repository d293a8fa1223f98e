"""Source: the type is told by content; what cannot be used is refused in one line."""

import io
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline import limits, source
from pipeline.errors import InputError, LimitExceeded, MissingTool, UnknownType
from pipeline.model import Paragraph

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
TYPES = "[Content_Types].xml"
WORD, SHEET = "application/vnd.x.wordprocessingml.document.main+xml", "application/vnd.x.spreadsheetml.sheet.main+xml"


def stream(name: str) -> bytes:
    """An old office container that names one stream."""
    return OLE2 + name.encode("utf-16-le") + b"\0" * 64


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7\n", source.PDF),
        (b"\n\n%PDF-1.4\n", source.PDF),
        (b"{\\rtf1\\ansi x}", source.RTF),
        (b"<html><body>x</body></html>", source.HTML),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>x", source.HTML),
        ("<html><table>评价</table></html>".encode("utf-16"), source.HTML),
        (b"<table border=1><tr><td>1</td></tr></table>", source.HTML),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", source.HTML),
        (b"<html xmlns:o='urn:schemas-microsoft-com:office:office' xmlns:x='urn:schemas-microsoft-com:office:spreadsheet'><body>", source.HTML),
        (b"<?xml version='1.0'?><w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'/>", source.WORD_XML),
        (b"<?xml version='1.0'?><pkg:package xmlns:pkg='http://schemas.microsoft.com/office/2006/xmlPackage'/>", source.WORD_XML),
        (b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", source.EXCEL_XML),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n<p>1", source.MHTML),
        (b"<?xml version='1.0'?><uof:UOF xmlns:uof='http://schemas.uof.org/cn/2003/uof'/>", source.UOF),
        (zipped(**{TYPES: "application/vnd.ms-excel.sheet.binary.macroEnabled.main application/vnd.ms-excel.styles"}), source.XLSB),
        (b"{ \xe8\xaf\x84 }\n", source.TEXT),
        (b"Name: x\n\n\xe8\xaf\x84\n", source.TEXT),
        (stream("WordDocument"), source.DOC),
        (stream("Workbook"), source.XLS),
        (zipped(**{TYPES: WORD}), source.DOCX),
        (zipped(**{TYPES: SHEET}), source.XLSX),
        (zipped(**{"OFD.xml": "<OFD/>"}), source.OFD),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), source.ODT),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), source.ODS),
        (b"\x89PNG\r\n\x1a\nxx", source.Kind("scan", "image/png")),
        (b"\xff\xd8\xff\xe0xx", source.Kind("scan", "image/jpeg")),
        (b"II*\x00xx", source.Kind("scan", "image/tiff")),
        ("评价表\n".encode(), source.TEXT),
        ("BMW 评价表\n".encode(), source.TEXT),
        (b"a < b and <c> is no tag\n", source.TEXT),
    ],
)  # fmt: skip
def test_kind_by_content(data, expected):
    assert source.sniff(data, "x.docx") == expected


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (stream("EncryptedPackage"), InputError, "password"),
        (OLE2, UnknownType, "neither a text nor a table"),
        (b"PK\x03\x04broken", InputError, "zip"),
        (zipped(a="1"), UnknownType, "no document"),
        (zipped(**{TYPES: "presentationml"}), UnknownType, "neither"),
        (b"Rar!\x1a\x07\x00", UnknownType, "RAR"),
        (b"7z\xbc\xaf\x27\x1c", UnknownType, "7-Zip"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", UnknownType, "HEIC picture; save it as JPEG"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", UnknownType, "HEIF"),
        (b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ", UnknownType, "JPEG 2000"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", UnknownType, "film"),
        (b"%!PS-Adobe-3.0\n/x 1 def\n", UnknownType, "PostScript program; open it in its own program and print it to PDF"),
        (b"AT&TFORM\0\0\1\0DJVM", UnknownType, "DjVu"),
        (b"\x1f\x8b\x08\x00", UnknownType, "gzip"),
        (b"<?xml version='1.0'?><feed/>", UnknownType, "XML"),
        (b'[{"rubrics": 1}]', UnknownType, "JSON"),
        (zipped(**{TYPES: f"presentationml.presentation.main+xml {SHEET[:-9]}"}), UnknownType, "neither"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Disposition: attachment", UnknownType, "e-mail"),
        (b"Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain\n\nx", UnknownType, "e-mail"),
    ],
)
def test_refused_kinds(data, error, said):
    with pytest.raises(error, match=said):
        source.sniff(data, "x.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_broken_character_is_told_by_its_line(encoding):
    text = "评价办法应当公开。\n" * 9
    with pytest.raises(InputError, match=r"^a\.txt:5: .*first in line 5"):
        source.read_bytes(text.encode(encoding).replace(b"\n", b"\xff\xff\n", 5).replace(b"\xff\xff\n", b"\n", 4), "a.txt")


@pytest.mark.parametrize(
    "text",
    [
        "通知，请知悉，抄送，备查\n各单位，各部门，各科室\n一，二，三\n",
        "序号,评价内容\n1,齐全\n",
        "总则,细则,附则\n甲,乙,丙\n",
    ],
)
def test_commas_alone_make_no_table(text):
    assert all(isinstance(b, Paragraph) for b in source.read_bytes(text.encode(), "a.csv").blocks)


@pytest.mark.parametrize("data", [b"", b"\n \n\t\n", "\u200b\u200b\n".encode(), b"<html><body> &nbsp; </body></html>", b"\x00\x01\x02" * 99])
def test_nothing_to_read(data, tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes(data)
    with pytest.raises(InputError):
        source.read(path)


@pytest.mark.parametrize("name", ["absent.pdf", ".", "a\0b"])
def test_unusable_paths(name, tmp_path):
    with pytest.raises(InputError) as caught:
        source.read(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


def test_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 10)
    path = tmp_path / "x.txt"
    path.write_text("评价表评价表评价表")
    with pytest.raises(LimitExceeded):
        source.read(path)


def test_the_source_tells_what_was_read(tmp_path):
    path = tmp_path / "通知.doc"
    path.write_bytes("评价表\n".encode())
    read = source.read(path).source
    assert (read.file, read.media_type, read.reader) == ("通知.doc", "text/plain", "text")
    assert read.sha256 == sha256("评价表\n".encode()).hexdigest()


def test_an_absent_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pipeline.readers.scan", None)
    with pytest.raises(MissingTool, match="scan"):
        source.read_bytes(b"\x89PNG\r\n\x1a\nxx", "a.png")


def test_importing_source_loads_no_reader():
    code = "import sys, pipeline.source; print([m for m in ('lxml', 'openpyxl', 'xlrd', 'pypdfium2', 'cv2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[1], check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("between", ["", "\n"])
def test_a_table_longer_than_the_sample_without_a_page_around_it_is_a_page(between):
    rows = between.join(f"<tr><td>{n}</td><td>第{n}项记录完整。</td><td>1</td></tr>" for n in range(1, 2001))
    data = f"<table><tr><td>序号</td><td>考核内容</td><td>分值</td></tr>{between}{rows}</table>".encode()
    assert source.sniff(data, "导出.xls") == source.HTML
