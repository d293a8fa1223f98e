"""How forms look where the rubric is unusual: sections above sections, texts without a place to break, long labels."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import openpyxl
import pdfplumber
import pytest
from docx import Document
from msgspec.structs import replace

from pipeline import templating
from pipeline.formats import docx, html, pdf, xlsform, xlsx
from pipeline.formats.sheet import Sheet, sheet_of
from pipeline.model import Criterion, Section
from tests.builders import notice_of, reading_of, rubric_of

UPPER = "组织管理（10分）"
TABLE = """
项目          | 序号 | 评价内容       | 评价分值
制度（4分）   | 1    | 建立责任制度。 | 4
人员（6分）   | 2    | 定期培训。     | 6
总评          |      |                | 10
"""


def two_levels() -> Sheet:
    rubric = rubric_of(TABLE, annex=1)
    upper = Section("annex-1/s9", "组织管理", sum((s.stated_points for s in rubric.sections), 0))
    inner = tuple(replace(s, parent=upper.id) for s in rubric.sections)
    return sheet_for(replace(rubric, sections=(upper, *inner)))


def sheet_for(rubric) -> Sheet:
    return sheet_of(reading_of(rubric, notice=notice_of(), revision="2023"), rubric, "draft")


def pdf_text(data: bytes) -> str:
    with pdfplumber.open(io.BytesIO(data)) as document:
        return "".join(page.extract_text() for page in document.pages).replace(" ", "")


def docx_text(data: bytes) -> str:
    return "\n".join(cell.text for table in Document(io.BytesIO(data)).tables for row in table.rows for cell in row.cells)


def xlsx_text(data: bytes) -> str:
    return "\n".join(str(v) for page in openpyxl.load_workbook(io.BytesIO(data)) for row in page.iter_rows(values_only=True) for v in row if v)


@pytest.mark.parametrize(
    ("render", "words"),
    [(pdf.render, pdf_text), (docx.render, docx_text), (xlsx.render, xlsx_text), (html.render, str), (xlsform.render, xlsx_text)],
    ids=["pdf", "docx", "xlsx", "html", "xlsform"],
)
def test_a_section_that_only_holds_others_is_a_heading_and_has_no_sum(render, words):
    said = words(render(two_levels()))
    assert UPPER in said
    assert "组织管理小计" not in said.replace(" ", "")
    assert "s9_subtotal" not in said


def levels(depth: int, below: int = 2) -> Sheet:
    """Sections inside sections: two on each level, so many criteria in each of the innermost."""
    sections: list[Section] = []
    numbers = iter(range(1, 1000))

    def add(parent: str | None, level: int) -> None:
        for name in ("甲", "乙"):
            id = f"annex-1/s{len(sections) + 1}"
            inner = level == depth
            criteria = tuple(Criterion(f"annex-1/c{n}", str(n), f"第{n}条做到位。", Decimal(1)) for n in (next(numbers) for _ in range(below if inner else 0)))
            sections.append(Section(id, f"{level}级{name}", None, parent=parent, criteria=criteria))
            if not inner:
                add(id, level + 1)

    add(None, 1)
    return sheet_for(replace(rubric_of(TABLE, annex=1), sections=tuple(sections)))


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("render", "words"),
    [(pdf.render, pdf_text), (docx.render, docx_text), (xlsx.render, xlsx_text), (html.render, str)],
    ids=["pdf", "docx", "xlsx", "html"],
)
def test_sections_of_any_depth_are_on_the_form(render, words, depth):
    said = words(render(levels(depth)))
    for level in range(1, depth + 1):
        assert f"{level}级甲" in said
        assert f"{level}级乙" in said
    assert f"第{2 * 2**depth}条做到位" in said


@pytest.mark.parametrize("below", range(1, 6))
def test_no_page_ends_with_the_name_of_a_section_whose_rows_are_on_the_next(below):
    sheet = levels(4, below)
    pages = [[row.cells[0].text for row in table.rows] for table in Document(io.BytesIO(docx.render(sheet))).tables]
    assert len(pages) > 1
    assert [rows[-1] for rows in pages[:-1] if "小计" not in rows[-1] and "4级" not in rows[-1]] == []
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet))).active
    assert [b.id for b in book.row_breaks.brk if str(book.cell(b.id, 1).value or "").startswith(("1级", "2级", "3级"))] == []
    with pdfplumber.open(io.BytesIO(pdf.render(sheet))) as document:
        ends = [page.extract_text().splitlines()[-2].replace(" ", "") for page in document.pages[:-1]]
    assert [line for line in ends if line.startswith(("1级", "2级", "3级"))] == []


@pytest.mark.parametrize(("choice", "most", "beside"), [("0-10", "0-10", ()), ("优10分 良8分 中6分 差3分", "10", ("分值：优10分 良8分 中6分 差3分",))])
def test_options_too_long_for_their_cell_stand_below_the_criterion(choice, most, beside):
    rubric = rubric_of(TABLE, annex=1)
    first = rubric.sections[0]
    changed = replace(first, criteria=(replace(first.criteria[0], choice=choice, max_points=Decimal(10)),))
    line = sheet_for(replace(rubric, sections=(changed, *rubric.sections[1:]))).lines()[0]
    assert (line.most, line.details) == (most, beside)


def test_a_fault_inside_typst_is_told_like_any_other(monkeypatch):
    class PanicException(BaseException):
        __module__ = "pyo3_runtime"

    class Broken:
        def compile(self, **how: object) -> bytes:
            raise PanicException("range start index 1 out of range")

    monkeypatch.setattr(templating, "_compiler", lambda name: Broken())
    with pytest.raises(RuntimeError, match="typst stopped"):
        pdf.render(levels(1, 7))


def one_text(text: str, label: str = "服务") -> Sheet:
    rubric = rubric_of(TABLE, annex=1)
    first = rubric.sections[0]
    changed = replace(first, label=label, criteria=(replace(first.criteria[0], text=text),))
    return sheet_for(replace(rubric, sections=(changed, rubric.sections[1])))


@pytest.mark.parametrize("text", ["x" * 90, "见 https://example.org/" + "a/b-c_" * 20 + " 及附件", "GB50028-2006" * 9])
def test_a_run_without_a_place_to_break_stays_in_its_cell(text):
    with pdfplumber.open(io.BytesIO(pdf.render(one_text(text)))) as document:
        (page, *_) = document.pages
        edges = sorted({round(line["x0"]) for line in page.lines + page.rects if abs(line["x0"] - line["x1"]) < 1})
        letters = [c for c in page.chars if c["text"] in "xabGB" and c["x0"] > page.width / 4 and 150 < c["top"] < page.height - 100]
    assert len(letters) >= 18
    left, right = max(e for e in edges if e <= letters[0]["x0"] + 1), min(e for e in edges if e > letters[0]["x0"] + 1)
    assert [c["text"] for c in letters if not left <= c["x0"] <= c["x1"] <= right + 1] == []


@pytest.mark.parametrize("length", [400, 2000])
def test_a_long_text_makes_no_row_that_a_workbook_cannot_have(length):
    page = openpyxl.load_workbook(io.BytesIO(xlsx.render(one_text("长" * length)))).active
    assert max(d.height for d in page.row_dimensions.values() if d.height) <= 409


def test_a_long_label_beside_short_rows_has_the_room_it_needs():
    page = openpyxl.load_workbook(io.BytesIO(xlsx.render(one_text("设置电话。", label="安全生产和文明施工以及环境保护综合管理")))).active
    assert page.row_dimensions[4].height >= 5 * 15


@pytest.mark.parametrize(("length", "lines"), [(8, 1), (48, 2), (70, 3)])
def test_a_subtotal_has_room_for_a_long_label(length, lines):
    page = openpyxl.load_workbook(io.BytesIO(xlsx.render(one_text("设置电话。", label="长" * length)))).active
    row = next(c[0].row for c in page.iter_rows(max_col=1) if str(c[0].value or "").endswith(" 小计"))
    assert page.row_dimensions[row].height >= 15 * lines


def test_pages_of_a_document_are_turned_where_they_are_full():
    """Sixty sections whose labels are higher than their rows: no page may spill over before the break that is set for it."""
    label = "第一类事项制度管理（2分）"
    rows = "".join(f"{label} | {2 * n + 1} | 建立制度。 | 1\n | {2 * n + 2} | 有记录。 | 1\n" for n in range(60))
    data = docx.render(sheet_for(rubric_of("项目 | 序号 | 评价内容 | 评价分值\n" + rows, annex=1)))
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    height = 4 * docx.PITCH + 5 + docx.PITCH + 10
    assert xml.count("<w:pageBreakBefore/>") >= 60 * height / docx.ROOM - 1


def test_a_form_with_levels_passes_pdf_ua():
    import page

    report = page.validate_pdf_bytes(pdf.render(two_levels()), profile=page.ValidationProfile.PDF_UA_1)
    assert [str(f) for f in report.failures] == []
