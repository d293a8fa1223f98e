"""Workbook reader: values as displayed, merges, what is hidden."""

import datetime
import io

import openpyxl
import pytest
from word import zipped

from pipeline import limits
from pipeline.errors import InputError, LimitExceeded
from pipeline.model import Paragraph, Table
from pipeline.readers import xlsx
from pipeline.readers.packages.container import open_container
from pipeline.readers.packages.numberformat import display


def book(rows, merges=(), prepare=lambda sheet: None) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "评价表"
    for row in rows:
        sheet.append(row)
    for merge in merges:
        sheet.merge_cells(merge)
    prepare(sheet)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def read(*args, **kwargs):
    return xlsx.read(book(*args, **kwargs), "a.xlsx")


def grid(table: Table):
    out = [["·"] * table.cols for _ in range(table.rows)]
    for cell in table.cells:
        for r in range(cell.row_span):
            for c in range(cell.col_span):
                out[cell.row + r][cell.col + c] = cell.text if not (r or c) else "^" + cell.text
    return out


ROWS = [["标题"], ["项目", "序号", "内容", "分值"], ["管理", 1, "甲", 3], [None, 2, "乙", 0.5], ["总评", None, None, 3.5], ["专家签字："]]
MERGES = ("A1:D1", "A3:A4")


def test_title_table_and_signature():
    document = read(ROWS, MERGES)
    assert [b.text if isinstance(b, Paragraph) else "table" for b in document.blocks] == ["标题", "table", "专家签字："]


def test_merged_labels():
    assert grid(read(ROWS, MERGES).blocks[1]) == [
        ["项目", "序号", "内容", "分值"], ["管理", "1", "甲", "3"], ["^管理", "2", "乙", "0.5"], ["总评", "·", "·", "3.5"],
    ]  # fmt: skip


def test_places_are_cell_names():
    document = read(ROWS, MERGES)
    assert (document.blocks[0].at.path, document.blocks[1].cells[4].at.path) == ("评价表!A1", "评价表!A3")


def test_a_blank_row_divides():
    assert [b.rows for b in read([[1, 2], [3, 4], [], [5, 6], [7, 8]]).blocks] == [2, 2]


@pytest.mark.parametrize(
    ("below", "rows"),
    [
        (["一、管理", "台账齐全（25分）。", "持证上岗（15分）。", "注：每季度一次。"], 4),
        (["各街道要高度重视，认真组织。", "二、其他要求", "1.按时报送材料"], 1),
        (["台账齐全（25分）。", "二、其他要求", "按时报送材料。"], 1),
    ],
)
def test_rows_of_one_text_below_names_of_columns_end_in_points(below, rows):
    blocks = read([["保洁质量考核表"], ["项目", "考核内容", "得分"], *([text] for text in below)]).blocks
    assert [b.rows for b in blocks if isinstance(b, Table)] == [rows]


def test_hidden_rows_and_columns_are_left_out_with_a_word():
    def hide(sheet):
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True

    document = read([["a", "x", 1], ["y", "y", "y"], ["b", "z", 2]], prepare=hide)
    assert grid(document.blocks[0]) == [["a", "1"], ["b", "2"]]
    assert [r.kind for r in document.remarks] == ["hidden-cells"]


def test_hidden_sheets_are_left_out_with_a_word():
    def hide(sheet):
        other = sheet.parent.create_sheet("底稿")
        other.append(["x", "y"])
        other.sheet_state = "hidden"

    document = read([["a", "b"], ["c", "d"]], prepare=hide)
    assert (len(document.blocks), [r.kind for r in document.remarks]) == (1, ["hidden-sheet"])


def test_a_formula_without_a_value_stays_text():
    document = read([["a", 1], ["总评", "=SUM(B1:B1)"]])
    assert grid(document.blocks[0])[1] == ["总评", "=SUM(B1:B1)"]
    assert [r.kind for r in document.remarks] == ["formula-without-value"]
    assert document.remarks[0].said("zh").endswith("请用表格软件打开并保存一次")


def test_several_sheets_in_order():
    document = read([["a", 1], ["b", 2]], prepare=lambda s: s.parent.create_sheet("附件2").append(["c", 3]))
    assert [b.at.path for b in document.blocks] == ["评价表!A1", "附件2!A1"]


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (3, "General", "3"), (3.0, "General", "3"), (0.5, "General", "0.5"), (0.1 + 0.2, "General", "0.3"),
        (0.15, "0%", "15%"), (0.155, "0.0%", "15.5%"), (2, "0.00", "2.00"), (2.5, "0", "3"), (1234.5, "#,##0.00", "1,234.50"),
        (12, '0"分"', "12分"), (12, "0分", "12分"), (3, '"第"0"条"', "第3条"), (7, "000", "007"), (-2, "0;-0", "-2"), (-2, "0_);(0)", "(2)"),
        (0, '0;-0;"—"', "—"), (2.5, "0.##", "2.5"), (2, "0.##", "2"), (2, "[红色]0", "2"), ("3", "@", "3"), (5, "@", "5"),
        (True, "General", "TRUE"), (None, "General", ""), (1e20, "General", "1e+20"), (1.5, "# ?/?", "1.5"),
        (datetime.datetime(2021, 3, 5), 'yyyy"年"m"月"d"日"', "2021年3月5日"), (datetime.datetime(2021, 3, 5), "m/d", "3/5"),
        (datetime.datetime(2021, 3, 5), "General", "2021-03-05"), (datetime.time(9, 5), "h:mm", "9:05"),
    ],
)  # fmt: skip
def test_display(value, number_format, expected):
    assert display(value, number_format) == expected


@pytest.mark.parametrize("cut", [100, 2000])
def test_truncated_workbooks(cut):
    with pytest.raises(InputError):
        xlsx.read(book(ROWS)[:cut], "a.xlsx")


# ---- workbooks of other programs -----------------------------------------------------------------------------------


SHEET = "xl/worksheets/sheet1.xml"


def edited(part: str, old: str, new: str, data: bytes | None = None) -> bytes:
    """The workbook with one string of a part replaced; a part of "" is every part."""
    container = open_container(data or book(ROWS, MERGES), "a.xlsx")
    parts = {m: container.read(m) for m in sorted(container.members)}
    assert any(old.encode() in raw for name, raw in parts.items() if part in ("", name))
    return zipped({n: raw.replace(old.encode(), new.encode()) if part in ("", n) else raw for n, raw in parts.items()})


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROW = '<row r="%d" s="0"/><row r="%d"><c r="A%d" s="0"/><c r="B%d" s="0"/></row>'
FOREIGN = {
    "strict": lambda: edited("", "http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships",
                             edited("", MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")),
    "a date that is none": lambda: edited("docProps/core.xml", "T", "Q"),
    "a check of unknown kind": lambda: edited(SHEET, "</sheetData>", "</sheetData><dataValidations count='1'><dataValidation type='zzz' sqref='A1'/></dataValidations>"),
    "a fill that is none": lambda: edited("xl/styles.xml", "<fills", "<fills><fill><patternFill patternType='zzz'/></fill></fills><x"),
    "borders to the last row": lambda: edited(SHEET, "</sheetData>", "".join(ROW % (i, i + 1, i + 1, i + 1) for i in range(100, 50_000, 2)) + "</sheetData>"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_workbooks_of_other_programs_read_alike(name):
    wanted, got = (xlsx.read(d, "a.xlsx").blocks for d in (book(ROWS, MERGES), FOREIGN[name]()))
    assert got == wanted


@pytest.mark.parametrize(("written", "text"), [("乙_x000D_\n丙", "乙\n丙"), ("_x005F_x000D_", "_x000D_"), ("a_x0g00_b", "a_x0g00_b"), ("_xD800_", "_xD800_")])
def test_escaped_characters(written, text):
    blocks = xlsx.read(edited(SHEET, "<t>&#20057;</t>", f"<t>{written}</t>"), "a.xlsx").blocks
    assert isinstance(blocks[1], Table)
    assert grid(blocks[1])[2][2] == text


@pytest.mark.parametrize("more", ['<row r="1000000000"/>', '<row r="9"><c r="A1000000000"><v>1</v></c></row>'])
def test_rows_beyond_the_last_are_refused(more):
    with pytest.raises(LimitExceeded):
        xlsx.read(edited(SHEET, "</sheetData>", f"{more}</sheetData>"), "a.xlsx")


def test_error_values_are_told():
    broken = edited(SHEET, 't="n"><v>0.5</v>', 't="e"><v>#REF!</v>')
    assert [r.kind for r in xlsx.read(broken, "a.xlsx").remarks] == ["error-value"]


def test_an_absent_sheet_is_told():
    container = open_container(book(ROWS, prepare=lambda s: s.parent.create_sheet("附件2")), "a.xlsx")
    parts = {m: container.read(m) for m in container.members if m != "xl/worksheets/sheet2.xml"}
    assert [r.kind for r in xlsx.read(zipped(parts), "a.xlsx").remarks] == ["absent-sheet"]


def test_a_package_without_a_workbook():
    with pytest.raises(InputError):
        xlsx.read(zipped({"[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'}), "a.xlsx")


@pytest.mark.parametrize("filled", [40, 41])
def test_rows_that_hold_something_are_counted_before_the_sheet_is_loaded(monkeypatch, filled):
    def bordered(sheet):
        for row in range(filled + 1, 200):
            sheet.cell(row, 1).border = openpyxl.styles.Border(left=openpyxl.styles.Side("thin"))

    monkeypatch.setattr(limits, "MAX_SHEET_ROWS", 40)
    data = book([[row] for row in range(filled)], prepare=bordered)
    if filled == 40:
        assert xlsx.read(data, "a.xlsx").blocks
        return
    monkeypatch.setattr(xlsx, "_load", None)
    with pytest.raises(LimitExceeded, match="more than 40 rows"):
        xlsx.read(data, "a.xlsx")


def aside(**cells):
    def prepare(sheet):
        for place, value in cells.items():
            sheet[place] = value

    return prepare


def test_loose_cells_beside_a_table_are_left_out_with_a_word():
    document = read(ROWS, MERGES, prepare=aside(G3="核对", G4=3.5))
    assert document.blocks == read(ROWS, MERGES).blocks
    assert [r.kind for r in document.remarks] == ["loose-cells"]


@pytest.mark.parametrize(
    "cells",
    [{"E3": "缺"}, {"G2": "备注", "G3": "缺"}, {"G8": "2023年5月"}, {"G3": "40分"}, {"G3": "一票否决"}, {"G2": "占比", "G3": 3, "G4": 5}],
    ids=["next to it", "headed", "alone in its row", "points", "a veto", "beside every row"],
)
def test_a_column_of_the_table_is_no_loose_cell(cells):
    document = read(ROWS, MERGES, prepare=aside(**cells))
    assert document.remarks == ()
