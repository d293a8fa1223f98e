"""Type by content, through the command line: whatever a file is called and however it is written, the same rubric comes out."""

from __future__ import annotations

import base64
import json
import quopri
import shutil
import subprocess
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from pipeline.cli import main
from tests.readers.pages import LaidPage, draw_pages
from tests.support import rawpdf

GRID = (
    ("项目", "序号", "评价内容", "分值", "得分"),
    ("管理(5分)", "1", "制度齐全，台账完整。", "3", ""),
    (None, "2", "人员持证上岗。", "2", ""),
    ("服务(2.5分)", "3", "投诉24小时内回复。", "2.5", ""),
    ("合计", None, None, "7.5", ""),
)
"""None: the cell above goes on (first column), or the cell to the left (last row)."""

WANTED = [("管理", "5", [("1", "制度齐全，台账完整。", "3"), ("2", "人员持证上岗。", "2")]), ("服务", "2.5", [("3", "投诉24小时内回复。", "2.5")])]

SUITE = shutil.which("soffice")


def spans() -> list[tuple[int, int, int, int, str]]:
    """(row, col, row_span, col_span, text) of the grid's cells."""
    out = []
    for r, row in enumerate(GRID):
        for c, text in enumerate(row):
            if text is not None:
                down = 2 if (r, c) == (1, 0) else 1
                right = 3 if (r, c) == (4, 0) else 1
                out.append((r, c, down, right, text))
    return out


def html(head: str = "", style: str = "") -> str:
    rows: list[list[str]] = [[] for _ in GRID]
    for r, _, down, right, text in spans():
        rows[r].append(f"<td rowspan={down} colspan={right}{style}>{text}</td>")
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<html><head>{head}</head><body><h2>质量评价表</h2><table>{body}</table></body></html>"


def text() -> str:
    return "质量评价表\n\n" + "\n".join("\t".join(cell or "" for cell in row) for row in GRID) + "\n"


@cache
def docx() -> bytes:
    document = Document()
    document.add_paragraph("质量评价表")
    table = document.add_table(rows=len(GRID), cols=len(GRID[0]))
    for r, c, down, right, words in spans():
        table.cell(r, c).merge(table.cell(r + down - 1, c + right - 1)).text = words
    document.add_paragraph("评分人签字：")  # a table at the very end is lost by the suite's DOC export
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@cache
def xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["质量评价表"])
    sheet.merge_cells("A1:E1")
    for r, c, down, right, words in spans():
        sheet.cell(r + 2, c + 1, float(words) if words.replace(".", "").isdigit() else words)
        if down * right > 1:
            sheet.merge_cells(start_row=r + 2, end_row=r + 1 + down, start_column=c + 1, end_column=c + right)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def pdf() -> bytes:
    page = LaidPage(tuple(spans()), (60.0, 130.0, 170.0, 400.0, 450.0, 530.0), tuple(140.0 + 20 * i for i in range(6)))
    return rawpdf.document(draw_pages([page]))


def archive(charset: str, said: str | None, name: str = "multipart/related", more: str = "") -> bytes:
    """The page as browsers and mail programs save it; `said` is the character set its header names."""
    head = f"Subject: x\r\n{more}MIME-Version: 1.0\r\nContent-Type: {name}; boundary=b\r\n\r\n--b\r\nContent-Type: text/html"
    body = quopri.encodestring(html().encode(charset))
    return (head + (f"; charset={said}" if said else "") + "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n").encode() + body + b"\r\n--b--\r\n"


def flat_docx() -> bytes:
    """The Word file as one XML file."""
    package = zipfile.ZipFile(BytesIO(docx()))
    parts = [
        f'<pkg:part pkg:name="/{n}"><pkg:xmlData>{package.read(n).decode().partition("?>")[2]}</pkg:xmlData></pkg:part>'
        if n.endswith((".xml", ".rels"))
        else f'<pkg:part pkg:name="/{n}"><pkg:binaryData>{base64.b64encode(package.read(n)).decode()}</pkg:binaryData></pkg:part>'
        for n in package.namelist()
        if n != "[Content_Types].xml"
    ]
    space = "http://schemas.microsoft.com/office/2006/xmlPackage"
    return f'<?xml version="1.0"?><pkg:package xmlns:pkg="{space}">{"".join(parts)}</pkg:package>'.encode()


def commas(delimiter: str = ",", quote: str = "") -> str:
    return "\r\n".join(delimiter.join(f"{quote}{cell or ''}{quote}" for cell in row) for row in (("质量评价表", "", "", "", ""), *GRID))


def embedding(data: bytes, extension: str, content_type: str) -> bytes:
    """The container with a document of another kind embedded in it."""
    package = zipfile.ZipFile(BytesIO(data))
    parts = {n: package.read(n) for n in package.namelist()}
    types = parts["[Content_Types].xml"]
    at = types.index(b"<Default")
    parts["[Content_Types].xml"] = types[:at] + f'<Default Extension="{extension}" ContentType="{content_type}"/>'.encode() + types[at:]
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


EMBEDDED_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
META = "<meta http-equiv='Content-Type' content='text/html; charset={}'>"
FILES: dict[str, bytes] = {
    "a PDF named.docx": pdf(),
    "a Word file named.pdf": docx(),
    "a Word file named.txt": docx(),
    "a workbook named.docx": xlsx(),
    "a page named.doc": html().encode(),
    "a page named.docx": html().encode(),
    "a page named.xls": html("<meta name=ProgId content=Excel.Sheet>").encode(),
    "page in GB18030.html": html(META.format("gb2312")).encode("gb18030"),
    "page in GB18030, short meta.html": html("<meta charset=gbk>").encode("gb18030"),
    "page in GB18030 that says nothing.html": html().encode("gb18030"),
    "page in UTF-16.html": html().encode("utf-16"),
    "page with hidden borders.html": html(style=" style='border:none'").encode(),
    "text.txt": text().encode(),
    "text with mark.txt": text().encode("utf-8-sig"),
    "text in GB18030.txt": text().encode("gb18030"),
    "text in UTF-16.txt": text().encode("utf-16"),
    "text in UTF-16 little.txt": text().encode("utf-16-le"),
    "text in UTF-16 big.txt": text().encode("utf-16-be"),
    "text named.pdf": text().encode(),
    "text with other line ends.txt": text().replace("\n", "\r\n").encode(),
    "a workbook.xlsx": xlsx(),
    "a workbook with a Word file in it.xlsx": embedding(xlsx(), "docx", EMBEDDED_WORD),
    "one XML file.doc": flat_docx(),
    "page that says Latin.html": html(META.format("iso-8859-1")).encode("gb18030"),
    "page that says Latin and is UTF-8.html": html(META.format("windows-1252")).encode(),
    "page that says no charset at all.html": html(META.format("unicode_escape")).encode("gb18030"),
    "page with a codec that is no charset.html": html(META.format("hex")).encode(),
    "page after a long comment.html": ("<!-- " + "x" * 30_000 + " -->\n" + html()).encode(),
    "page without its head.html": ("质量评价表<br>" + html()[html().index("<table") :]).encode(),
    "archive.mht": archive("gb18030", "gb2312"),
    "archive that says Latin.mht": archive("gb18030", "iso-8859-1"),
    "archive with long headers.mht": archive("utf-8", "utf-8", more=f"X-Pad: {'a' * 3000}\r\n"),
    "mail.eml": archive("utf-8", "utf-8", "multipart/alternative"),
    "commas.csv": commas().encode("utf-8-sig"),
    "commas in GB18030.csv": commas(quote='"').encode("gb18030"),
    "semicolons.csv": commas(";").encode(),
}  # fmt: skip


def read(path: Path, out: Path) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    assert main(["extract", str(path), "-o", str(out)]) == 0
    (rubric,) = json.loads(out.read_text(encoding="utf-8"))["rubrics"]
    assert rubric["stated_total"] == "7.5"
    return [
        (s["label"], s["stated_points"], [(c["number"], c["text"], c["max_points"]) for c in s["criteria"]]) for s in rubric["sections"]
    ]


@pytest.mark.parametrize("name", FILES)
def test_the_same_rubric(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(FILES[name])
    assert read(path, tmp_path / "out.json") == WANTED


CONVERTED = {
    "doc": ("a.docx", docx, ("old.doc", "old.wps", "old.txt")),
    "rtf": ("a.docx", docx, ("a.rtf", "rtf named.doc")),
    "odt": ("a.docx", docx, ("a.odt",)),
    "fodt": ("a.docx", docx, ("flat.xml", "flat named.doc")),
    "xls": ("a.xlsx", xlsx, ("a.xls", "xls named.xlsx")),
    "ods": ("a.xlsx", xlsx, ("a.ods",)),
}


@pytest.mark.skipif(SUITE is None, reason="no office suite (make setup-system)")
@pytest.mark.parametrize("target", CONVERTED)
def test_legacy_files(tmp_path, target):
    """Set by the office suite from DOCX or XLSX, then read under right and wrong names."""
    name, make, names = CONVERTED[target]
    (tmp_path / name).write_bytes(make())
    out = tmp_path / "made"
    command = [str(SUITE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", target]
    subprocess.run([*command, "--outdir", str(out), str(tmp_path / name)], check=True, capture_output=True, timeout=180)
    (made,) = out.iterdir()
    for other in names:
        shutil.copy(made, tmp_path / other)
        assert read(tmp_path / other, tmp_path / "out.json") == WANTED


@pytest.mark.parametrize("name", ["a.rtf", "rtf named.docx"])
def test_without_an_office_suite(tmp_path, monkeypatch, capsys, name):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    (tmp_path / name).write_bytes(rb"{\rtf1\ansi text\par}")
    assert main(["extract", str(tmp_path / name)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "LibreOffice" in said
    assert name in said
