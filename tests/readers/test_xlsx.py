"""Workbook reader: values as displayed, merges, what is hidden."""

import datetime
import io

import openpyxl
import pytest

from pipeline.errors import InputError
from pipeline.model import Paragraph, Table
from pipeline.readers import xlsx
from pipeline.readers.numberformat import display


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
