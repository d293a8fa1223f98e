"""What stands on the pages of a form: nothing cut, no header or subtotal alone, a code on every page, every cell of a row,
a box for every veto."""

from __future__ import annotations

import io
import random
import zipfile
from decimal import Decimal

import openpyxl
import pdfplumber
import pytest
import regex
from docx import Document
from msgspec.structs import replace

from pipeline.formats import docx, html, pdf, xlsform, xlsx
from pipeline.formats.sheet import Sheet, sheet_of
from pipeline.model import AnnexEntry, Criterion, Reading, Section, Veto
from pipeline.returns import collecting
from pipeline.scoring import score
from tests.builders import at, notice_of, reading_of, rubric_of

HEAD = "项目 | 序号 | 评价内容 | 评价分值\n"
RENDER = {"pdf": pdf.render, "docx": docx.render, "xlsx": xlsx.render, "html": html.render, "xlsform": xlsform.render}


def words_of(form: str, data: bytes | str) -> str:
    """Everything that is said on a form, without spaces."""
    if isinstance(data, str):
        return data
    if form == "pdf":
        with pdfplumber.open(io.BytesIO(data)) as document:
            return "".join(page.extract_text() for page in document.pages).replace("\n", "").replace(" ", "")
    archive = zipfile.ZipFile(io.BytesIO(data))
    return "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml") and "theme" not in n)


def sections(*sizes: int, text: str = "台账齐全，按规定及时更新。") -> str:
    """A table of so many sections of so many criteria, one point each."""
    rows, number = "", 0
    for n, size in enumerate(sizes, 1):
        for k in range(size):
            number += 1
            rows += f"{f'第{n}类（{size}分）' if k == 0 else ''} | {number} | 第{number}项{text} | 1\n"
    return HEAD + rows


def reading_for(table: str, vetoes: int = 0, **more) -> Reading:
    listed = tuple(Veto(str(n), f"发生第{n}种情形的", at()) for n in range(1, vetoes + 1))
    return reading_of(rubric_of(table, annex=1, **more), notice=replace(notice_of(), vetoes=listed), revision="2023")


def sheet_for(reading: Reading) -> Sheet:
    return sheet_of(reading, reading.rubrics[0], "draft")


def with_text(text: str, which: int = 0) -> Reading:
    """Six short criteria, one of them with this text."""
    reading = reading_for(sections(3, 3))
    (rubric,) = reading.rubrics
    first = rubric.sections[0]
    long = tuple(replace(c, text=text) if i == which else c for i, c in enumerate(first.criteria))
    return replace(reading, rubrics=(replace(rubric, sections=(replace(first, criteria=long), *rubric.sections[1:])),))


# ---- every cell of a row -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", RENDER)
def test_the_other_cells_of_a_row_stand_beside_the_criterion_under_their_own_titles(form):
    reading = reading_for(
        "项目 | 序号 | 评价内容 | 评分等级 | method | 评价分值\n制度（4分） | 1 | 建立制度。 | 优4分、良2分、差0分 | 查阅台账 | 4\n"
    )
    said = words_of(form, RENDER[form](sheet_for(reading)))
    assert "评分等级：优4分、良2分、差0分" in said
    assert "检查方法：查阅台账" in said


def test_a_sheet_whose_title_was_not_read_is_called_as_the_notice_lists_it():
    reading = reading_for(sections(2))
    (rubric,) = reading.rubrics
    listed = replace(reading.notice, annexes=(AnnexEntry(1, "示例市服务质量评价表", at()),))
    assert sheet_of(replace(reading, notice=listed), replace(rubric, title=None), "draft").title == "示例市服务质量评价表"


# ---- vetoes --------------------------------------------------------------------------------------------------------------


def veto_rows(text: str = "发生死亡事故的。") -> Reading:
    """A notice with one condition of its own, a rubric with a section of two veto rows."""
    reading = reading_for(sections(2), vetoes=1)
    (rubric,) = reading.rubrics
    rows = (Criterion("annex-1/c3", "3", text, None, kind="veto"), Criterion("annex-1/c4", "4", "伪造记录的。", None, kind="veto"))
    more = Section("annex-1/s2", "否决项", None, criteria=rows)
    return replace(reading, rubrics=(replace(rubric, sections=(*rubric.sections, more)),))


@pytest.mark.parametrize("form", RENDER)
def test_a_veto_row_has_a_box_to_tick_and_its_section_no_subtotal(form):
    said = words_of(form, RENDER[form](sheet_for(veto_rows())))
    assert "表内第3条：发生死亡事故的。" in said
    assert "表内第4条：伪造记录的。" in said
    assert regex.search("第1类(（2分）)?小计", said.replace(" ", ""))
    assert "否决项小计" not in said.replace(" ", "")


def test_a_veto_row_that_says_what_the_notice_says_has_one_box():
    assert [v.text for v in sheet_for(veto_rows("发生第1种情形的。")).vetoes] == ["发生第1种情形的", "表内第4条：伪造记录的。"]


@pytest.mark.parametrize("form", ["pdf", "docx", "xlsx"])
def test_a_ticked_veto_row_vetoes_and_the_scorecard_says_which(tmp_path, form):
    reading = veto_rows()
    filled = {"annex_1_c1": "1", "annex_1_c2": "1", "annex_1_veto_3": "Yes", "annex_1_assessee": "示例甲", "annex_1_assessor": "示例专家"}
    (tmp_path / f"f.{form}").write_bytes(RENDER[form](sheet_for(reading), filled))
    (found, _) = collecting.collect([tmp_path / f"f.{form}"], reading)
    (card,) = score.score(found, reading)
    assert card.vetoed
    assert card.veto_texts == ("第 3 项：表内第4条：伪造记录的。",)
    assert card.total == Decimal(2)


# ---- pages ---------------------------------------------------------------------------------------------------------------

LONG = "".join(f"第{n}点要求按规定落实到位，" for n in range(1, 251))
"""About 3,000 characters, more than a page of the 评价内容 column holds."""


@pytest.mark.parametrize("which", [0, 2])
def test_no_word_of_a_criterion_longer_than_a_page_is_cut_from_the_pdf(which):
    with pdfplumber.open(io.BytesIO(pdf.render(sheet_for(with_text(LONG, which))))) as document:
        inside = [c for page in document.pages for c in page.chars if 60 < c["top"] < page.height - 68 and 160 < c["x0"] < 378]
    said = "".join(c["text"] for c in inside).replace("评价内容", "")
    assert [n for n in range(1, 251) if f"第{n}点" not in said] == []


def test_every_page_of_the_pdf_has_its_code():
    with pdfplumber.open(io.BytesIO(pdf.render(sheet_for(with_text(LONG * 3))))) as document:
        corners = [page.crop((page.width - 100, page.height - 70, page.width, page.height)) for page in document.pages]
        assert len(corners) > 4
        assert [n for n, corner in enumerate(corners, 1) if len(corner.lines) < 100] == []


@pytest.mark.parametrize("seed", range(4))
def test_no_page_of_the_pdf_begins_with_a_subtotal(seed):
    draw = random.Random(seed)
    reading = reading_for(sections(*(draw.randint(1, 7) for _ in range(25))))
    with pdfplumber.open(io.BytesIO(pdf.render(sheet_for(reading)))) as document:
        tops = [page.extract_text().splitlines()[2] for page in document.pages[1:]]
    assert len(tops) >= 3
    assert [t for t in tops if "小计" in t] == []


@pytest.mark.parametrize("rows", range(16, 34))
def test_grade_and_signature_are_on_a_page_with_the_vetoes(rows):
    with pdfplumber.open(io.BytesIO(pdf.render(sheet_for(reading_for(sections(rows), vetoes=3))))) as document:
        last = document.pages[-1].extract_text()
    assert "一票否决" in last
    assert "专家签字" in last


def parts_of(data: bytes) -> list[list[str]]:
    """The first cells of the rows of each page's table in a DOCX form."""
    return [[row.cells[0].text for row in table.rows] for table in Document(io.BytesIO(data)).tables]


@pytest.mark.parametrize("seed", range(4))
def test_no_page_of_the_docx_begins_with_a_subtotal_or_has_the_header_alone(seed):
    draw = random.Random(seed)
    reading = reading_for(sections(*(draw.randint(1, 7) for _ in range(25))))
    pages = parts_of(docx.render(sheet_for(reading)))
    assert len(pages) >= 3
    assert [p[1] for p in pages if "小计" in p[1]] == []


@pytest.mark.parametrize("length", [700, 1100, 3000])
def test_a_long_first_criterion_leaves_no_page_with_the_header_alone(length):
    data = docx.render(sheet_for(with_text(LONG[:length])))
    assert [len(p) > 1 for p in parts_of(data)].count(False) == 0
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    (row,) = (r for r in xml.split("<w:tr>") if LONG[:length] in r)
    assert "cantSplit" not in row


def test_a_row_of_a_workbook_has_room_to_write_by_hand():
    page = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet_for(reading_for(sections(3)))))).active
    millimetres = page.row_dimensions[4].height * xlsx.SCALE["open"] / 100 / 72 * 25.4
    assert millimetres >= 7


def test_a_blank_workbook_says_nothing_in_the_place_of_the_grade():
    data = xlsx.render(sheet_for(reading_for(sections(3))))
    said = [openpyxl.load_workbook(io.BytesIO(data), data_only=True), openpyxl.load_workbook(io.BytesIO(data))]
    cell = said[0].defined_names["annex_1_grade"].attr_text.split("!")[1].replace("$", "").split(":")[0]
    assert not said[0].active[cell].value
    assert said[1].active[cell].value.startswith("=IF(")


@pytest.mark.parametrize("title", ["卫生检查表", "市直机关物业服务社会化购买项目履约情况季度考核评价表（试行，2025年修订）"])
def test_the_title_of_a_workbook_stands_beside_the_code(title):
    page = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet_for(reading_for(sections(3), title=title))))).active
    (joined,) = (m for m in page.merged_cells.ranges if m.min_row == 1)
    (code,) = page._images
    assert joined.max_col <= code.anchor._from.col
    assert page.row_dimensions[1].height >= 23 * -(-len(title) // 20)


@pytest.mark.parametrize("length", [300, 700, 1100, 3000])
def test_a_workbook_row_is_as_high_as_its_text(length):
    page = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet_for(with_text(LONG[:length], 1))))).active
    (cell,) = (c for row in page.iter_rows() for c in row if c.value == LONG[:length])
    joined = next((m for m in page.merged_cells.ranges if cell.coordinate in m), None)
    rows = range(cell.row, joined.max_row + 1) if joined else range(cell.row, cell.row + 1)
    assert sum(page.row_dimensions[r].height for r in rows) >= 15 * sum(0.5 if c.isdigit() else 1 for c in LONG[:length]) / 24
    assert max(page.row_dimensions[r].height for r in rows) <= 409


def test_a_score_in_a_joined_cell_comes_back_and_counts(tmp_path):
    reading = with_text(LONG, 1)
    filled = {f"annex_1_c{n}": "0.5" for n in range(1, 7)} | {"annex_1_c2_note": "缺两项", "annex_1_assessee": "示例甲"}
    (tmp_path / "f.xlsx").write_bytes(xlsx.render(sheet_for(reading), filled))
    ((back,), _) = collecting.collect([tmp_path / "f.xlsx"], reading)
    assert set(back.awarded.values()) == {Decimal("0.5")}
    assert len(back.awarded) == 6
    assert back.notes == {"annex-1/c2": "缺两项"}
    assert back.stated.total == "3"
