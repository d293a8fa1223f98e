"""OFD: a self-written container (table, lines, template) and its hostile cousins."""

from __future__ import annotations

import io
import zipfile

import pytest

from pipeline.errors import InputError
from pipeline.model import Paragraph, Table
from pipeline.readers import ofd
from pipeline.readers.packages.ofdpaths import spacing

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def text(x: float, y: float, words: str, size: float = 4.0) -> str:
    deltas = f"g {max(len(words) - 1, 1)} {size}"
    return (
        f'<ofd:TextObject ID="1" Boundary="{x} {y} 100 6" Font="1" Size="{size}">'
        f'<ofd:TextCode X="0" Y="4" DeltaX="{deltas}">{words}</ofd:TextCode></ofd:TextObject>'
    )


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    return (
        f'<ofd:PathObject ID="2" Boundary="{x0} {y0} {max(x1 - x0, 0.2)} {max(y1 - y0, 0.2)}" LineWidth="0.2">'
        f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0} {y1 - y0}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def table_objects() -> str:
    rows, cols = (40, 50, 60, 70), (20, 40, 120, 150)
    rules = [line(20, y, 150, y) for y in rows] + [line(x, 40, x, 70) for x in cols]
    cells = [text(22, 42, "序号"), text(42, 42, "评价内容"), text(122, 42, "分值"), text(22, 52, "1"), text(42, 52, "台账齐全。"),
             text(122, 52, "5"), text(22, 62, "2"), text(42, 62, "按时报送。"), text(122, 62, "3")]  # fmt: skip
    return "".join(rules + cells)


def container(content: str, template: str = "") -> bytes:
    pages = {
        "OFD.xml": f'<ofd:OFD {NS}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>',
        "Doc_0/Document.xml": f'<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>'
        '<ofd:TemplatePage ID="9" BaseLoc="Tpls/T.xml"/></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/P0/Content.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/Tpls/T.xml": f"<ofd:Page {NS}><ofd:Content><ofd:Layer>{template}</ofd:Layer></ofd:Content></ofd:Page>",
        "Doc_0/Pages/P0/Content.xml": f'<ofd:Page {NS}><ofd:Template TemplateID="9"/><ofd:Content><ofd:Layer>{content}</ofd:Layer></ofd:Content></ofd:Page>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in pages.items():
            package.writestr(name, data)
    return out.getvalue()


def test_a_ruled_table_and_the_line_above_it():
    document = ofd.read(container(text(60, 20, "环卫作业考核表", 6) + table_objects()), "a.ofd")
    title, table = document.blocks
    assert isinstance(title, Paragraph)
    assert title.text == "环卫作业考核表"
    assert isinstance(table, Table)
    assert (table.rows, table.cols) == (3, 3)
    assert [c.text for c in table.cells] == ["序号", "评价内容", "分值", "1", "台账齐全。", "5", "2", "按时报送。", "3"]


def test_a_template_page_lies_under_the_page():
    document = ofd.read(container(text(60, 20, "正文"), text(60, 10, "红头文件")), "a.ofd")
    assert [b.text for b in document.blocks if isinstance(b, Paragraph)] == ["红头文件", "正文"]


@pytest.mark.parametrize(
    ("deltas", "wanted"), [("4 4", [4, 4]), ("g 3 2.5", [2.5] * 3), ("1 g 2 3 4", [1, 3, 3, 4]), ("x", [0]), (None, [])]
)
def test_spacing(deltas, wanted):
    assert spacing(deltas, 9) == wanted


def test_a_spacing_run_is_cut_at_the_text_s_length():
    assert spacing("g 999999 2", 3) == [2, 2, 2]


def test_a_path_out_of_the_container_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("OFD.xml", f"<ofd:OFD {NS}><ofd:DocRoot>../../../etc/passwd</ofd:DocRoot></ofd:OFD>")
    with pytest.raises(InputError, match="no document inside"):
        ofd.read(out.getvalue(), "a.ofd")


def test_an_ofd_without_pages_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("OFD.xml", f"<ofd:OFD {NS}><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:OFD>")
        package.writestr("D.xml", f"<ofd:Document {NS}/>")
    with pytest.raises(InputError, match="without pages"):
        ofd.read(out.getvalue(), "a.ofd")


def indented(words: str) -> str:
    return words.replace("DeltaX", " DeltaX").replace("<ofd:TextCode", "\n  <ofd:TextCode").replace("</ofd:TextCode>", "\n  </ofd:TextCode>\n").replace('">', '">\n    ')


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('<ofd:TextObject ID="9" Boundary="60 90 90 6" Size="0"><ofd:TextCode X="0" Y="4">看不见</ofd:TextCode></ofd:TextObject>', []),
        ('<ofd:TextObject ID="9" Boundary="60 90 90 6" Size="4" Alpha="0"><ofd:TextCode X="0" Y="4">看不见</ofd:TextCode></ofd:TextObject>', []),
        ('<ofd:TextObject ID="9" Boundary="60 90 90 6" Size="4"><ofd:CGTransform><ofd:Glyphs>7 8 9</ofd:Glyphs></ofd:CGTransform>'
         '<ofd:TextCode X="0" Y="4"/></ofd:TextObject>', ["page 1: 3 characters are given as glyphs without their code and were not read"]),
    ],
)  # fmt: skip
def test_text_without_size_ink_or_code_is_no_text(more, said):
    document = ofd.read(container(text(60, 20, "环卫作业考核表") + more), "a.ofd")
    assert [b.text for b in document.blocks if isinstance(b, Paragraph)] == ["环卫作业考核表"]
    assert [r.message for r in document.remarks] == said


def test_indents_of_the_markup_are_no_text():
    (table,) = ofd.read(container(indented(table_objects())), "a.ofd").blocks
    assert isinstance(table, Table)
    assert [c.text for c in table.cells][3:6] == ["1", "台账齐全。", "5"]


def test_an_encrypted_ofd_is_told():
    with zipfile.ZipFile(io.BytesIO(container(""))) as whole:
        parts = {n: whole.read(n) if n == "OFD.xml" else b"\x93\x11" * 200 for n in whole.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in {**parts, "Doc_0/Encryptions.xml": b"<x/>"}.items():
            package.writestr(name, data)
    with pytest.raises(InputError, match="password"):
        ofd.read(out.getvalue(), "a.ofd")
