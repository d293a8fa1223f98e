"""Hostile files through the command line, each in a process of its own with bounds on time and memory: refused in one line
with status 2 and nothing left behind, or read right."""

from __future__ import annotations

import ast
import io
import itertools
import json
import random
import resource
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from pipeline.formats import pdf
from tests.browser.small import small_sheet
from tests.readers.word import docx, p, tbl, tc, tr, zipped
from tests.support import rawpdf
from tests.support.rawpdf import Canvas
from tests.test_types import FILES, html
from tests.test_types import docx as small_docx
from tests.test_types import pdf as small_pdf
from tests.test_types import text as small_text
from tests.test_types import xlsx as small_xlsx

ROOT = Path(__file__).resolve().parents[1]
MEMORY = 1_500_000_000
SECONDS = 60
LAUGHS = '<!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"
SECRET = "未公开的内容"


def bounds() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def extract(folder: Path, name: str, data: bytes, seconds: float = SECONDS) -> tuple[int, str, dict | None]:
    """(status, standard error, notice JSON) of `extract` on a file; what every outcome must keep is asserted here."""
    (folder / name).write_bytes(data)
    out = folder / "out.json"
    command = [sys.executable, "-m", "pipeline", "extract", str(folder / name), "-o", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, preexec_fn=bounds, check=False)
    assert done.returncode in (0, 2), done.stderr[-500:]
    assert "Traceback" not in done.stderr
    if done.returncode == 2:
        assert done.stderr.count("\n") == 1
        assert name in done.stderr
        assert sorted(f.name for f in folder.iterdir()) == [name]
        return 2, done.stderr, None
    return 0, done.stderr, json.loads(out.read_text(encoding="utf-8"))


def criteria(notice: dict | None) -> list[tuple[str, str, str]]:
    assert notice is not None
    return [(c["number"], c["text"], c["max_points"]) for r in notice["rubrics"] for s in r["sections"] for c in s["criteria"]]


# ---- containers --------------------------------------------------------------------------------------------------


def with_part(data: bytes, part: str, content: bytes | str) -> bytes:
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = {n: archive.read(n) for n in archive.namelist()}
    return zipped({**parts, part: content})


def ofd(content: str, root: str = "Doc_0/Document.xml") -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    return zipped({
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>{root}</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document {space}><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/P.xml": content,
    })  # fmt: skip


BODY = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{p("&e;")}</w:body></w:document>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file://{}">]>'
REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip bomb.docx": ("packed too tightly", lambda: with_part(small_docx(), "word/document.xml", b"<a>" + b" " * 100_000_000)),
    "zip bomb.xlsx": ("packed too tightly", lambda: with_part(small_xlsx(), "xl/sharedStrings.xml", b"<a>" + b" " * 100_000_000)),
    "zip bomb.ofd": ("packed too tightly", lambda: ofd(" " * 100_000_000)),
    "many parts.docx": ("limit", lambda: zipped({**{f"x{i}": "" for i in range(6_000)}, "word/document.xml": ""})),
    "laughs.docx": ("", lambda: with_part(small_docx(), "word/document.xml", LAUGHS + BODY.replace("&e;", "&j;"))),
    "laughs.xlsx": ("", lambda: with_part(small_xlsx(), "xl/workbook.xml", LAUGHS + "<workbook>&j;</workbook>")),
    "laughs.ofd": ("", lambda: ofd(LAUGHS + "<a>&j;</a>")),
    "outside.docx": ("", lambda: with_part(small_docx(), "word/document.xml", OUTSIDE.format("/etc/passwd") + BODY)),
    "path.ofd": ("", lambda: ofd("<a/>", root="../../../etc/passwd")),
    "loop.pdf": ("", lambda: looping_pages()),
    "password.pdf": ("password", lambda: locked_pdf()),
    "password form.pdf": ("password", lambda: locked_pdf(pdf.render(small_sheet()))),
    "password.docx": ("password", lambda: ole("EncryptedPackage")),
    "password.xlsx": ("password", lambda: ole("EncryptedPackage")),
    "blank pages.pdf": ("nothing in it can be read", lambda: rawpdf.document([Canvas()] * 2_000)),
    "blank lines.txt": ("lines, blank ones counted", lambda: b"\n" * 20_000_000 + small_text().encode()),
    "tags.html": ("more than 6,000,000 tags", lambda: b"<html><body>" + b"<p>" * 7_000_000),
    "attributes.html": ("attributes", lambda: f"<html><body><p {' '.join(f'a{i}=1' for i in range(300_000))}>x".encode()),
    "paragraphs.html": ("more than 200,000 blocks", lambda: b"<html><body>" + b"<p>1" * 1_000_000),
    "line.txt": ("limit", lambda: ("评" * 3_500_000).encode()),
    "line.html": ("limit", lambda: f"<html><body><p>{'评' * 3_500_000}</p></body></html>".encode()),
    "line.docx": ("limit", lambda: docx(p("".join(random.Random(1).choices(small_text(), k=300_000))))),
    "nested.docx": ("", lambda: docx(f"<w:tbl><w:tr>{tc('a')}<w:tc>" * 400 + p("评价") + "</w:tc></w:tr></w:tbl>" * 400)),
    "noise.pdf": ("damaged", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 400),
    "picture.png": ("", lambda: b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x02\0\0\0"),
}  # fmt: skip


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + stream.encode("utf-16-le") + b"\0" * 512


def locked_pdf(data: bytes | None = None) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data or small_pdf())) as file:
        file.save(out, encryption=pikepdf.Encryption(owner="o", user="secret"))
    return out.getvalue()


def looping_pages() -> bytes:
    """A page tree whose only child is itself."""
    file = pikepdf.open(io.BytesIO(small_pdf()))
    file.Root.Pages.Kids = Array([file.Root.Pages])
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


@pytest.mark.parametrize("name", REFUSED)
def test_refused(tmp_path, name):
    said, make = REFUSED[name]
    status, error, _ = extract(tmp_path, name, make())
    assert status == 2
    assert said in error


# ---- read right --------------------------------------------------------------------------------------------------


def looping_forms() -> bytes:
    """A form that draws itself, beside the table."""
    file = pikepdf.open(io.BytesIO(small_pdf()))
    page = file.pages[0]
    form = file.make_stream(b"/X Do")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 600, 900])
    form.Resources = Dictionary(XObject=Dictionary(X=form))
    page.Resources.XObject = Dictionary(X=form)
    page.Contents = file.make_stream(page.Contents.read_bytes() + b" /X Do")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def template(data: bytes) -> bytes:
    """A Word file whose settings name a template on the net."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="http://127.0.0.1:9/evil.dotm" TargetMode="External"/></Relationships>'
    )
    return with_part(data, "word/_rels/settings.xml.rels", rels)


WANTED = [("1", "制度齐全，台账完整。", "3"), ("2", "人员持证上岗。", "2"), ("3", "投诉24小时内回复。", "2.5")]
HUGE = "1000000000"
READ: dict[str, Callable[[], bytes]] = {
    "forms.pdf": looping_forms,
    "template.docx": lambda: template(small_docx()),
    "path.docx": lambda: with_part(small_docx(), "../../evil.txt", "x"),
    "macro.docx": lambda: with_part(small_docx(), "word/vbaProject.bin", b"x" * 100),
    "colspan.html": lambda: html().replace("colspan=1>投诉", f"colspan={HUGE}>投诉").encode(),
    "rowspan.html": lambda: html().replace("rowspan=1 colspan=1>2.5", f"rowspan={HUGE} colspan=1>2.5").replace("rowspan=1 colspan=1></td></tr></table>", "></td></tr></table>").encode(),
    "outside.html": lambda: (OUTSIDE.format("/etc/passwd") + html("&e;")).encode(),
    "laughs.html": lambda: (LAUGHS + html().replace("质量评价表", "&j;")).encode(),
    "nested.html": lambda: html().replace("<h2>", "<table><tr><td>" * 400 + "深" + "</td></tr></table>" * 400 + "<h2>").encode(),
    "unclosed.html": lambda: html().replace("</td>", "").replace("</tr>", "").encode(),
    "invisible.html": lambda: html().replace("制度齐全", "制\u200b度\u202e齐\ufeff全").replace(">3<", ">\u200e3\u200b<").encode(),
    "invisible.txt": lambda: small_text().replace("制度齐全", "制\u200b度\u202e齐\u2066全").encode(),
}


@pytest.mark.parametrize("name", READ)
def test_read_right(tmp_path, name):
    status, error, notice = extract(tmp_path, name, READ[name]())
    assert (status, error) == (0, "")
    assert criteria(notice) == WANTED
    assert "root:" not in json.dumps(notice)


def test_invisible_characters_stay_in_the_quote(tmp_path):
    _, _, notice = extract(tmp_path, "invisible.txt", READ["invisible.txt"]())
    assert notice is not None
    quotes = [c["at"]["quote"] for s in notice["rubrics"][0]["sections"] for c in s["criteria"]]
    assert quotes[0] == "制\u200b度\u202e齐\u2066全，台账完整。"


def test_an_absurd_span_in_a_word_table(tmp_path):
    wide = f'<w:gridSpan w:val="{HUGE}"/>'
    rows = [tr("序号", "评价内容", tc("分值", wide)), tr("1", "有制度。", tc("3", wide)), tr("2", "有记录。", tc("2", wide))]
    _, _, notice = extract(tmp_path, "a.docx", docx(tbl(*rows)))
    assert criteria(notice) == [("1", "有制度。", "3"), ("2", "有记录。", "2")]


# ---- size --------------------------------------------------------------------------------------------------------


def long_rows() -> list[tuple[str, str, str]]:
    return [(str(i), f"第{i}项制度落实到人，台账齐全，检查记录完整。", "0.5") for i in range(1, 3_001)]


def long_pdf() -> bytes:
    """3,000 ruled rows, 30 on a page, the header on each."""
    sheets = []
    for start in range(0, 3_000, 30):
        canvas = Canvas()
        for r, row in enumerate((("序号", "评价内容", "分值"), *long_rows()[start : start + 30])):
            for x0, x1, cell in zip((60, 110, 450), (110, 450, 520), row, strict=True):
                canvas.frame(x0, 60 + 22 * r, x1, 82 + 22 * r)
                canvas.text(x0 + 4, 65 + 22 * r, cell)
        sheets.append(canvas)
    return rawpdf.document(sheets)


def long_docx() -> bytes:
    return docx(tbl(tr("序号", "评价内容", "分值"), *(tr(*row) for row in long_rows())))


@pytest.mark.parametrize(("name", "make", "seconds"), [("long.pdf", long_pdf, 120), ("long.docx", long_docx, 60)])
def test_three_thousand_rows(tmp_path, name, make, seconds):
    _, _, notice = extract(tmp_path, name, make(), seconds)
    assert criteria(notice) == long_rows()


def pages_ofd() -> bytes:
    """4,000 pages, all of them the same part, with a table of eight criteria on it."""
    rows = [("序号", "评价内容", "分值"), *((str(i), f"有第{i}项制度。", "2") for i in range(1, 9))]
    texts = [(x, 22 + 10 * r, cell) for r, row in enumerate(rows) for x, cell in zip((21, 41, 151), row, strict=True)]
    words = "".join(
        f'<ofd:TextObject ID="{i}" Boundary="{x} {y} 100 6" Size="4"><ofd:TextCode X="0" Y="4" DeltaX="g {len(t)} 4">{t}</ofd:TextCode></ofd:TextObject>'
        for i, (x, y, t) in enumerate(texts)
    )
    ruled = "M 0 0 L 170 0 L 170 10 L 0 10 L 0 0 M 20 0 L 20 10 M 130 0 L 130 10"
    lines = "".join(
        f'<ofd:PathObject ID="9{r}" Boundary="20 {20 + 10 * r} 170 10" LineWidth="0.3"><ofd:AbbreviatedData>{ruled}</ofd:AbbreviatedData></ofd:PathObject>'
        for r in range(len(rows))
    )
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    page = f"<ofd:Page {space}><ofd:Content><ofd:Layer>{words}{lines}</ofd:Layer></ofd:Content></ofd:Page>"
    pages = "".join(f'<ofd:Page ID="{i}" BaseLoc="P.xml"/>' for i in range(4_000))
    return with_part(ofd(page), "Doc_0/Document.xml", f"<ofd:Document {space}><ofd:Pages>{pages}</ofd:Pages></ofd:Document>")


LINES = {
    "list": lambda i: f"{i}、有制度并落实。", "blank": lambda i: "", "rules": lambda i: "----", "headings": lambda i: "一、目标",
    "annexes": lambda i: f"附件{i % 90 + 1}",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "count"), [("list", 100_000), ("blank", 300_000), ("rules", 60_000), ("headings", 40_000), ("annexes", 40_000)])
def test_very_many_lines(tmp_path, kind, count):
    """Nothing looks at all lines for each line: 100,000 lines took 178 s as a list, over 500 s as rules, headings, annexes."""
    lines = map(LINES[kind], range(count))
    _, _, notice = extract(tmp_path, "a.txt", "\n".join(["考核办法", *lines, "完。"]).encode())
    assert criteria(notice) == []


def test_four_thousand_pages(tmp_path):
    """Nothing in the audit may take its time by the square of the rows: it took over 180 s, now about 15."""
    _, _, notice = extract(tmp_path, "pages.ofd", pages_ofd())
    assert criteria(notice) == 4_000 * [(str(i), f"有第{i}项制度。", "2") for i in range(1, 9)]


# ---- words that are programs elsewhere ---------------------------------------------------------------------------


EVIL = ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "@SUM(1+1)", "+1+1", "-2+3", "{{7*7}}")


def test_formulas_and_scripts_are_words(tmp_path):
    """Kept in JSON, escaped in HTML, plain texts in workbooks."""
    rows = "".join(f"{i}\t{words}，应当齐全。\t2\n" for i, words in enumerate(EVIL, 1))
    _, _, notice = extract(tmp_path, "a.txt", f"质量评价表\n\n序号\t评价内容\t分值\n{rows}合计\t\t12\n".encode())
    assert [text for _, text, _ in criteria(notice)] == [f"{words}，应当齐全。" for words in EVIL]
    for argv in (["audit", "out.json", "--format", "html", "-o", "audit.html"], ["forms", "out.json", "--format", "xlsx,html,xlsform", "-o", "forms"]):
        done = subprocess.run([sys.executable, "-m", "pipeline", *argv], cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    pages = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")]
    assert len(pages) == 2
    assert not [page for page in pages if "<script>alert" in page]
    assert all("&lt;script&gt;alert" in page or "\\u003cscript" in page for page in pages)
    for path in tmp_path.rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            formulas = [str(c.value) for row in sheet.iter_rows() for c in row if c.data_type == "f"]
            assert not [f for f in formulas if any(words in f for words in EVIL)], path


# ---- truncated ---------------------------------------------------------------------------------------------------


WHOLE = {"a.pdf": small_pdf, "a.docx": small_docx, "a.xlsx": small_xlsx, "a.ofd": lambda: ofd("<a/>"), "a.txt": lambda: small_text().encode(),
         "a.html": lambda: html().encode(), "utf16.txt": lambda: FILES["text in UTF-16.txt"]}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_cut_short(tmp_path, name):
    """Cut at three places: refused, or what is left is read and nothing else."""
    data = WHOLE[name]()
    for part in (0.3, 0.7, 0.98):
        status, _, notice = extract(tmp_path, name, data[: int(part * len(data))])
        if status == 0:
            known = {words for row in WANTED for words in row} | {None}
            assert all(n in known and t == next((w for w in WANTED if w[1].startswith(t)), (0, ""))[1][: len(t)] for n, t, _ in criteria(notice))
            (tmp_path / "out.json").unlink()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no office suite (make setup-system)")
@pytest.mark.parametrize(
    "source",
    [
        r"{{\rtf1\ansi x {{\field{{\*\fldinst INCLUDETEXT \"{path}\"}}{{\fldrslt old}}}}\par}}",
        '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text><text:p>x</text:p><text:section text:name="s">'
        '<text:section-source xlink:href="file://{path}"/><text:p>old</text:p></text:section></office:text></office:body></office:document>',
    ],
)
def test_files_named_in_legacy_files_are_not_taken_in(tmp_path, source):
    """The office suite runs without the memory bound of the others (it maps more than it uses)."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    (tmp_path / "a.doc").write_text(source.format(path=secret), encoding="utf-8")
    command = [sys.executable, "-m", "pipeline", "extract", str(tmp_path / "a.doc"), "-o", str(tmp_path / "out.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode in (0, 2)
    assert SECRET not in done.stderr + "".join(f.read_text(encoding="utf-8") for f in tmp_path.glob("out.json"))


def test_each_limit_has_its_reason():
    """In `limits.py` every named number is followed by the sentence that says why it is so large."""
    body = ast.parse((ROOT / "pipeline" / "limits.py").read_text(encoding="utf-8")).body
    bare = []
    for node, after in itertools.pairwise([*body, ast.Pass()]):
        if isinstance(node, ast.Assign):
            said = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            if not isinstance(said, str) or len(said) < 30:
                bare.append(ast.unparse(node.targets[0]))
    assert bare == []
