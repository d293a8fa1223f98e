"""The report: whole, offline, marked, in both languages."""

import re
from decimal import Decimal

import pytest
from msgspec.structs import replace

from pipeline.auditing import audit_page
from pipeline.auditing.audit import audit
from pipeline.model import Criterion, Reading, Resolution, Section
from tests.builders import bands, notice_of, reading_of, rubric_of

TABLE = """
    项目           | 序号 | 评价内容              | 评价分值
    应急（10分）   | 1    | 编制预案<并>备案&存档 | 4
                   | 2*   | 监测预警。            | 2*
                   | 3    | 组织演练。            | 4
    -              | 4    | 热情服务。            | 5
    设施（9分）    | 5    | 设施完好。            | 10
    总评           |      |                       | 25
"""
GROUPS = ((2, "第5条多印1分，或名称应标10分"),)


@pytest.fixture
def reading():
    resolution = Resolution("undecidable", 20, 2, groups=GROUPS, decide_by=("第5条分值格",))
    notice = notice_of(grade_bands=bands("优秀 [90,)", "合格 [70,89]"))
    whole = reading_of(replace(rubric_of(TABLE), resolution=resolution), notice=notice)
    return replace(whole, findings=audit(whole))


def page(reading, lang="zh", images=None):
    return audit_page.render(reading, reading.findings, images, lang)


@pytest.mark.parametrize(("lang", "tag"), [("zh", "zh-CN"), ("en", "en")])
def test_the_page_is_one_file_without_network(reading, lang, tag):
    html = page(reading, lang)
    assert f'<html lang="{tag}">' in html
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", html)
    assert "default-src 'none'" in html
    assert html == page(reading, lang)


def test_each_finding_stands_beside_its_row_and_in_full(reading):
    html = page(reading)
    assert all(f.message in html.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for f in reading.findings)
    row = next(r for r in html.split("<tr") if "监测预警。" in r and "<td" in r)
    assert "RUB001" in row
    assert "推定" in row


@pytest.mark.parametrize(("label", "said"), [("", "（不分项目）"), ("养护（10分）", "养护")])
def test_a_sheet_without_sections_lacks_no_label(label, said):
    whole = reading_of(rubric_of(f"项目|序号|评价内容|评价分值\n{label}|1|清扫路面。|4\n|2|修剪乔木。|6\n总评|||10"))
    html = page(replace(whole, findings=audit(whole)))
    assert said in html
    assert "（名称缺失）" not in html


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_every_level_of_sections_stands_beside_its_rows(depth):
    """In a table as the page lays it out, spans filled in, each row names every section that it stands in."""
    sheet = levelled(depth)
    grid, html = [], page(replace(sheet, findings=audit(sheet)))
    table = html.partition('<table class="sheet')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    for r, row in enumerate(re.findall(r"<tr.*?</tr>", table, re.DOTALL)):
        cells = [(int((re.search(r'rowspan="(\d+)"', c) or [0, 1])[1]), int((re.search(r'colspan="(\d+)"', c) or [0, 1])[1]), re.sub("<[^>]+>", " ", c))
                 for c in re.findall(r"<td.*?</td>", row, re.DOTALL)]  # fmt: skip
        grid += [{} for _ in range(r + 1 - len(grid))]
        col = 0
        for rows, cols, text in cells:
            while col in grid[r]:
                col += 1
            grid += [{} for _ in range(r + rows - len(grid))]
            for below in range(rows):
                grid[r + below] |= {col + k: text for k in range(cols)}
    assert {len(row) for row in grid} == {depth + 4}
    names = {s.id: s for s in sheet.rubrics[0].sections}
    for section in sheet.rubrics[0].sections:
        for criterion in section.criteria:
            (row,) = (row for row in grid if any(f" {criterion.text} " in f" {text} " for text in row.values()))
            home: Section | None = section
            while home is not None:
                assert any(home.label in text for text in row.values())
                home = names.get(home.parent or "")


def levelled(depth: int) -> Reading:
    """Two sections on each level, a criterion of its own in each, two in each of the innermost."""
    sections: list[Section] = []
    numbers = iter(range(1, 1000))

    def add(parent: str | None, level: int) -> None:
        for name in ("甲", "乙"):
            id = f"annex-1/s{len(sections) + 1}"
            own = (next(numbers) for _ in range(2 if level == depth else 1))
            criteria = tuple(Criterion(f"annex-1/c{n}", str(n), f"第{n}条做到位。", Decimal(1), points_printed="1") for n in own)
            sections.append(Section(id, f"{level}级{name}", None, parent=parent, criteria=criteria))
            if level < depth:
                add(id, level + 1)

    add(None, 1)
    return reading_of(replace(rubric_of("项目|序号|评价内容|评价分值\n养护|1|清扫路面。|4"), sections=tuple(sections), stated_total=None))


@pytest.mark.parametrize(("number", "columns"), [("1", 5), ("", 4)])
def test_a_sheet_without_serials_has_no_column_for_them(number, columns):
    whole = reading_of(rubric_of(f"项目|序号|评价内容|评价分值\n养护（4分）|{number}|清扫路面。|4\n总评|||4"))
    table = page(replace(whole, findings=audit(whole))).partition('<table class="sheet')[2].partition("</table>")[0]
    rows = table.split("<tr")[1:]
    assert [sum(int(n or 1) for n in re.findall(r'<t[hd]\b(?:[^>]*?colspan="(\d+)")?', row)) for row in rows] == [columns] * 3


def test_text_of_the_source_is_escaped(reading):
    assert "<并>" not in page(reading)
    assert "编制预案&lt;并&gt;备案&amp;存档" in page(reading)


def test_proof_rivals_and_the_settling_look_are_told(reading):
    html = page(reading)
    for text in ("25 − 23 = 2", "无法判定", "同样成立的解释（共 2 种）", GROUPS[0][1], "看一处即可判定", "第5条分值格", "标 9 · 合 10"):
        assert text in html


def test_rivals_looks_and_assumptions_are_told_in_english_on_the_english_page(reading):
    (rubric,) = reading.rubrics
    sure = replace(
        rubric.resolution, assumes=("项目次序如表上所印",), assumes_en=("sections stand in order",),
        groups_en=((2, "5 is 1 too high"),), decide_by_en=("score cell of 5",),
    )  # fmt: skip
    whole = replace(reading, rubrics=(replace(rubric, resolution=sure),))
    found = replace(whole, findings=audit(whole))
    english, chinese = page(found, "en"), page(found)
    for words in ("5 is 1 too high", "score cell of 5", "sections stand in order"):
        assert words in english
        assert words not in chinese
    for words in (GROUPS[0][1], "第5条分值格", "项目次序如表上所印"):
        assert words in chinese
        assert words not in english


def test_pictures_stand_in_the_card(reading):
    target = next(f for f in reading.findings if f.rule == "serial-gap")
    html = page(reading, images={target.fingerprint: [(5, "data:image/png;base64,AAAA")]})
    assert 'src="data:image/png;base64,AAAA"' in html
    assert "第 5 页" in html


def test_a_clean_sheet_says_so():
    clean = reading_of(rubric_of("项目|序号|评价内容|评价分值\n管理（5分）|1|台账。|5\n总评|||5"))
    html = audit_page.render(clean, audit(clean), None, "zh")
    assert "没有发现问题。" in html
    assert "未发现错误" in html


def test_two_levels_have_two_label_columns():
    rubric = rubric_of("项目|序号|评价内容|评价分值\n甲（5分）|1|甲一。|5\n乙（5分）|2|乙一。|5\n总评|||10")
    first, second = rubric.sections
    upper = replace(first, id="annex-1/s0", label="总类", stated_points=rubric.stated_total, criteria=())
    nested = (upper, replace(first, parent=upper.id), replace(second, parent=upper.id))
    reading = reading_of(replace(rubric, sections=nested))
    html = audit_page.render(reading, audit(reading), None, "zh")
    assert audit(reading) == ()
    assert 'rowspan="2" colspan="1"><b>总类</b>' in html


def test_the_other_cells_of_a_row_are_on_the_page():
    reading = reading_of(rubric_of("项目 | 序号 | 评价内容 | 评分等级 | standard | 评价分值\n制度（4分） | 1 | 建立制度。 | 优4分、差0分 | 缺一项扣1分 | 4\n"))
    page = audit_page.render(reading, (), None, "zh")
    assert page.index("评分标准：缺一项扣1分") < page.index("评分等级：优4分、差0分")
