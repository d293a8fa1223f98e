"""Text boxes on the sheets of a workbook are read as lines above or below its table; a damaged one costs no table."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from pipeline.model import Paragraph, Table
from pipeline.readers import xlsx

ROWS = [["序号", "评价内容", "分值", "得分"], [1, "建立巡检制度", 5, None], [2, "持证上岗", 5, None], ["合计", None, 10, None]]
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPACES = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def box(row: int, *lines: str, hidden: bool = False, group: bool = False) -> str:
    said = "".join(f"<a:p><a:r><a:t>{line[:2]}</a:t></a:r><a:r><a:t>{line[2:]}</a:t></a:r></a:p>" for line in lines)
    shape = f'<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="b" hidden="{int(hidden)}"/></xdr:nvSpPr><xdr:txBody><a:bodyPr/>{said}</xdr:txBody></xdr:sp>'
    shape = f"<xdr:grpSp>{shape}</xdr:grpSp>" if group else shape
    return f"<xdr:twoCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:row>{row}</xdr:row></xdr:from>{shape}</xdr:twoCellAnchor>"


def twice(anchor: str) -> str:
    """A box as newer programs save it, with another for older ones."""
    return f"<mc:AlternateContent><mc:Choice>{anchor}</mc:Choice><mc:Fallback>{anchor}</mc:Fallback></mc:AlternateContent>"


def book(*anchors: str, spoilt: bool = False, sheets: int = 1) -> bytes:
    """A sheet from its third row on, with text boxes."""
    made = openpyxl.Workbook()
    for _ in range(sheets):
        for row in [[], [], *ROWS]:
            made.active.append(row)
    plain, out = io.BytesIO(), io.BytesIO()
    made.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b"</worksheet>", f'<drawing xmlns:r="{KIND}" r:id="rId1"/></worksheet>'.encode())
            new.writestr(name, data)
        new.writestr("xl/drawings/drawing1.xml", f"<xdr:wsDr {SPACES}>{''.join(anchors)}{'<' if spoilt else ''}</xdr:wsDr>")
        rels = f'<Relationship Id="rId1" Type="{KIND}/drawing" Target="../drawings/drawing1.xml"/>'
        new.writestr("xl/worksheets/_rels/sheet1.xml.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rels}</Relationships>')
    return out.getvalue()


@pytest.mark.parametrize("wrap", [str, twice])
def test_boxes_stand_above_and_below_the_table(wrap):
    data = book(wrap(box(7, "注：逐项评分。")), wrap(box(0, "附件2", "供水服务质量评价表", group=True)), box(0, "草稿", hidden=True))
    blocks = xlsx.read(data, "a.xlsx").blocks
    assert [b.text if isinstance(b, Paragraph) else "table" for b in blocks] == ["附件2", "供水服务质量评价表", "table", "注：逐项评分。"]
    assert blocks[0].at.path == "Sheet!textbox[1]"


def test_a_box_between_two_tables_stands_between_them():
    data = book(box(0, "附件1"), box(6, "附件2", "排水服务质量评价表"), box(9, "注：逐项评分。"), sheets=2)
    texts = [b.text if isinstance(b, Paragraph) else "table" for b in xlsx.read(data, "a.xlsx").blocks]
    assert texts == ["附件1", "table", "附件2", "排水服务质量评价表", "table", "注：逐项评分。"]


def test_a_damaged_box_is_said_and_costs_no_table():
    document = xlsx.read(book(box(0, "附件2"), spoilt=True), "a.xlsx")
    assert [type(b) for b in document.blocks] == [Table]
    assert [r.kind for r in document.remarks] == ["unread-text"]
