"""Layouts of sheets by other hands: what is whole is read whole and left alone; what is wrong is named once."""

from __future__ import annotations

import pytest

from pipeline import stages
from pipeline.model import Cell, Paragraph, Table
from pipeline.notices.lines import lines_of, passages
from pipeline.notices.notice import Segment
from pipeline.provenance import Provenance
from pipeline.rubrics import rubric

HEAD = "某县供水局文件\n某水〔2023〕5号\n关于印发供水服务考核办法的通知\n各供水企业：\n为加强管理，现印发给你们。\n{body}附件：供水服务考核表\n某县供水局\n2023年5月6日\n附件\n供水服务考核表{total}\n"
TABLE = """考核项目\t序号\t考核内容\t分值\t得分
人员管理（5分）\t1\t人员持证上岗。\t2\t
\t2\t统一着装佩证。\t3\t
管网巡查（6分）\t3\t每月巡查管网一次。\t4\t
\t4\t漏点当日抢修。\t2\t
客户服务（9分）\t5\t热线全天有人接听。\t5\t
\t6\t停水提前公告。\t4\t
合计\t\t\t20\t
"""


@pytest.fixture
def audited(tmp_path):
    """A text notice around a table, read and audited."""

    def make(table: str, body: str = "", total: str = ""):
        path = tmp_path / "notice.txt"
        path.write_text(HEAD.format(body=body, total=total) + table, encoding="utf-8")
        return stages.extract(path)

    return make


def alarms(reading):
    return [(f.rule, f.where) for f in reading.findings if f.severity != "note"]


def sections(reading):
    return [(s.label, s.kind, [c.text for c in s.criteria]) for r in reading.rubrics for s in r.sections]


PIPES = TABLE.replace("\t", " | ").replace("合计 |  |  | 20 | ", "合计 |  |  | 20 |  ")
BANDED = """序号\t考核内容\t分值\t得分
人员管理\t\t\t
1\t人员持证上岗。\t5\t
2\t统一着装佩证。\t6\t
扣分项\t\t\t
1\t被通报批评的每次扣4分\t4\t
2\t被媒体曝光的每次扣4分\t4\t
"""
UNNUMBERED = """考核内容\t分值\t得分
人员管理（满分11分）\t\t
人员持证上岗。\t5\t
统一着装佩证。\t6\t
扣分项\t\t
被通报批评的每次扣4分\t4\t
"""
FIRST = """考核内容\t分值\t得分
合计\t20\t
一、人员管理（20分）\t\t
人员持证上岗。\t15\t
统一着装佩证。\t5\t
"""


@pytest.mark.parametrize(
    ("table", "labels"),
    [
        (TABLE, ["人员管理", "管网巡查", "客户服务"]),
        (PIPES, ["人员管理", "管网巡查", "客户服务"]),
        (BANDED, ["人员管理", "扣分项"]),
        (UNNUMBERED, ["人员管理", "扣分项"]),
        (FIRST, ["人员管理"]),
    ],
    ids=["tabs", "pipes", "section-rows", "section-rows-unnumbered", "total-first"],
)
def test_section_rows_and_blank_first_cells(audited, table, labels):
    reading = audited(table)
    assert [s[0] for s in sections(reading)] == labels
    assert alarms(reading) == []


def test_a_bonus_bracket_is_no_part_of_the_label(audited):
    table = TABLE.replace("合计", "加分项（最高加5分）\t7\t获市级表彰的加5分\t5\t\n合计")
    reading = audited(table)
    assert sections(reading)[-1] == ("加分项", "bonus", ["获市级表彰的加5分"])
    assert alarms(reading) == []


def test_a_veto_sentence_in_the_label_column_is_a_note(audited):
    veto = "一票否决项：发生水质事故或者弄虚作假的，本次考核结果直接定为不合格，并予以通报。\t\t\t\t\n"
    reading = audited(TABLE + veto)
    assert len(sections(reading)) == 3
    assert "一票否决" in reading.rubrics[0].notes[0].text
    assert alarms(reading) == []


def test_a_total_behind_the_title_is_no_other_title(audited):
    reading = audited(TABLE, total="（总分20分）")
    assert alarms(reading) == []
    assert alarms(audited(TABLE, total="（试行）")) == [("annex-title-mismatch", "notice/annexes/1~annex-1")]


def test_the_standard_beside_the_content_is_not_the_criterion(audited):
    lines = TABLE.replace("考核内容", "具体指标").splitlines()
    table = "\n".join([lines[0] + "\t评分标准", *(x + "\t未落实的不得分，落实不到位的每发现一处扣0.5分，扣完为止" for x in lines[1:-1]), lines[-1]])
    assert sections(audited(table))[0][2] == ["人员持证上岗。", "统一着装佩证。"]


TWO_LEVELS = """一级指标\t二级指标\t序号\t考核内容\t分值
人员管理（10分）\t队伍（4分）\t1\t人员持证上岗。\t2
\t\t2\t统一着装佩证。\t2
\t培训（6分）\t3\t每季度培训一次。\t4
\t\t4\t培训有记录。\t2
扣分项\t通报\t5\t被通报批评的每次扣2分\t2
\t\t6\t被约谈的每次扣1分\t1
\t曝光\t7\t被媒体曝光的每次扣3分\t3
合计\t\t\t\t10
"""


def test_what_stands_under_a_deduction_is_a_deduction(audited):
    reading = audited(TWO_LEVELS)
    assert [s.kind for s in reading.rubrics[0].sections] == ["scored", "scored", "scored", "deduction", "deduction", "deduction"]
    assert alarms(reading) == []


def anew(text: str) -> str:
    """The table with its numbering begun again in each section."""
    for old, new in (("\t3\t每月", "\t1\t每月"), ("\t4\t漏点", "\t2\t漏点"), ("\t5\t热线", "\t1\t热线"), ("\t6\t停水", "\t2\t停水")):
        text = text.replace(old, new)
    return text


def test_numbering_that_begins_again_is_no_fault(audited):
    assert alarms(audited(anew(TABLE))) == []


def test_rows_exchanged_at_the_head_of_a_section(audited):
    table = anew(TABLE).replace("管网巡查（6分）\t1\t每月巡查管网一次。\t4", "管网巡查（6分）\t2\t漏点当日抢修。\t2")
    reading = audited(table.replace("\t2\t漏点当日抢修。\t2\t\n客", "\t1\t每月巡查管网一次。\t4\t\n客"))
    assert [rule for rule, _ in alarms(reading)] == ["serial-order"]


def test_a_label_lost_where_the_numbering_begins_again(audited):
    more = "档案（4分）\t1\t台账齐全。\t3\t\n\t2\t按月归档。\t1\t\n合计\t\t\t24\t\n"
    reading = audited(anew(TABLE).replace("管网巡查（6分）", "").replace("合计\t\t\t20\t\n", more))
    assert alarms(reading) == [("section-unlabelled", "annex-1/s2")]
    assert [len(s.criteria) for s in reading.rubrics[0].sections] == [2, 2, 2, 2]


def test_a_short_row_copied_whole(audited):
    table = TABLE.replace("\t4\t漏点当日抢修。\t2\t\n", "\t4\t漏点当日抢修。\t2\t\n\t4\t漏点当日抢修。\t2\t\n")
    assert "duplicate-criterion" in {rule for rule, _ in alarms(audited(table))}


# ---- pages -------------------------------------------------------------------------------------------------------


def part(page: int, rows: list[tuple[str, ...]], spans: dict[tuple[int, int], int]) -> Table:
    """One page's part of a table; `spans` gives the row spans of merged cells."""
    covered = {(r + k, c) for (r, c), n in spans.items() for k in range(1, n)}
    cells = [
        Cell(r, c, text, Provenance(text, page=page), row_span=spans.get((r, c), 1))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
        if (r, c) not in covered
    ]
    return Table(tuple(cells), len(rows), len(rows[0]), Provenance("", page=page), page=page)


COLUMNS = ("项目", "序号", "评价内容", "分值", "评分标准")
UPPER = [
    COLUMNS,
    ("安全（4分）", "1", "落实安全责任制度。", "2", "查资料"),
    ("", "2", "排查事故隐患。", "2", "看现场"),
    ("服务", "3", "设置便民", "3", "看现场"),
]


@pytest.mark.parametrize(
    "lower",
    [
        [("（6分）", "", "服务窗口。", "", ""), ("", "4", "公开投诉电话。", "3", "看现场")],
        [("服务（6分）", "", "服务窗口。", "", ""), ("", "4", "公开投诉电话。", "3", "看现场")],
        [("", "", "服务窗口。", "", ""), ("", "4", "公开投诉电话。", "3", "看现场")],
    ],
    ids=["label torn", "label repeated", "label blank"],
)
def test_a_row_torn_by_a_page_break(lower):
    label = "服务（6分）" if lower[0][0] != "（6分）" else "服务"
    upper = [*UPPER[:3], (label, *UPPER[3][1:])]
    parts = (part(1, upper, {(1, 0): 2}), part(2, lower, {(0, 0): 2}))
    (found,) = rubric.parse([Segment(1, "annex", "评价表", None, None, parts)])
    assert [(s.label, s.stated_points, len(s.criteria)) for s in found.sections] == [("安全", 4, 2), ("服务", 6, 2)]
    assert [c.text for c in found.criteria()][2:] == ["设置便民服务窗口。", "公开投诉电话。"]


def test_a_section_row_that_heads_a_page_is_no_torn_row():
    upper = [COLUMNS, ("安全（4分）", "1", "落实安全责任制度。", "4", "查资料")]
    lower = [("服务（6分）", "2", "公开投诉电话。", "6", "看现场")]
    (found,) = rubric.parse([Segment(1, "annex", "评价表", None, None, (part(1, upper, {}), part(2, lower, {})))])
    assert [(s.label, len(s.criteria)) for s in found.sections] == [("安全", 1), ("服务", 1)]


def test_the_points_of_a_label_that_fills_its_page_are_no_total():
    """Under 满分, beside the labels: one alone on the first page, another on the next."""
    heads = ("项目", "满分", "序号", "评价内容", "分值")
    upper = [heads, ("安全", "26", "1", "落实安全责任制度。", "13"), ("", "", "2", "排查事故隐患。", "9"), ("", "", "3", "设置标识。", "4")]
    lower = [heads, ("服务", "24", "4", "公开投诉电话。", "12"), ("", "", "5", "设置便民窗口。", "12")]
    parts = (part(1, upper, {(1, 0): 3, (1, 1): 3}), part(2, lower, {(1, 0): 2, (1, 1): 2}))
    (found,) = rubric.parse([Segment(1, "annex", "评价表", None, None, parts)])
    assert found.stated_total is None
    assert [(s.label, s.stated_points) for s in found.sections] == [("安全", 26), ("服务", 24)]
    (alone,) = rubric.parse([Segment(1, "annex", "评价表", None, None, parts[:1])])
    assert alone.stated_total == 26


def test_a_number_in_the_middle_of_a_row_that_a_page_cut():
    """Text and points stand above the break, the number below it."""
    upper = [COLUMNS, ("安全（4分）", "1", "落实安全责任制度。", "2", "查资料"), ("", "", "排查事故隐患。", "2", "看现")]
    lower = [("", "2", "", "", "场"), ("服务（3分）", "3", "公开投诉电话。", "3", "看现场")]
    (found,) = rubric.parse([Segment(1, "annex", "评价表", None, None, (part(1, upper, {(1, 0): 2}), part(2, lower, {})))])
    assert [(c.number, c.text, c.columns["standard"]) for c in found.criteria()][1] == ("2", "排查事故隐患。", "看现场")
    assert len(list(found.criteria())) == 3


@pytest.mark.parametrize(("declared", "joined"), [("5", True), ("3", False)])
def test_a_label_in_the_middle_of_a_cell_that_a_page_cut(declared, joined):
    """Its points stand above the break, the label below it; they are what both parts have, or not."""
    heads = ("项目", "项目分值", "序号", "评价内容", "分值")
    upper = [heads, ("安全", "4", "1", "落实安全责任制度。", "3"), ("", "", "2", "排查事故隐患。", "1"), ("", declared, "3", "公开投诉电话。", "2")]
    lower = [("服务", "", "4", "设置便民窗口。", "3"), ("档案", "4", "5", "台账齐全。", "3"), ("", "", "6", "按月归档。", "1")]
    spans = ({(1, 0): 2, (1, 1): 2}, {(1, 0): 2, (1, 1): 2})
    (found,) = rubric.parse([Segment(1, "annex", "评价表", None, None, (part(1, upper, spans[0]), part(2, lower, spans[1])))])
    sections = [(s.label, s.stated_points, len(s.criteria)) for s in found.sections]
    assert (sections == [("安全", 4, 2), ("服务", 5, 2), ("档案", 4, 2)]) is joined


def test_a_total_that_is_no_number_is_said():
    rows = [COLUMNS, ("安全（4分）", "1", "落实安全责任制度。", "4", "查资料"), ("合计", "", "", "10★0", "")]
    (found,) = rubric.parse([Segment(1, "annex", "评价表", None, None, (part(1, rows, {}),))])
    assert found.stated_total is None
    assert [u.text for u in found.unplaced] == ["10★0"]


def paragraph(text: str, top: float, left: float = 80.0) -> Paragraph:
    """A line of 14-point type, an ASCII character half as wide."""
    width = sum(7 if c.isascii() else 14 for c in text)
    return Paragraph(text, Provenance(text, page=1, bbox=(left, top, left + width, top + 14)), page=1, size=14.0)


def test_a_bracket_that_could_not_be_set_on_the_line_goes_on():
    full = "考核结果分为优秀、良好、合格、不合格四个等次，按照年度综合得分"
    lines = [paragraph(full, 100), paragraph("确定：九十分以上为优秀，八十分以上不满九十分为良好，其余八十分", 120), paragraph("（含）以下。", 140)]
    short = [paragraph(full, 100), paragraph("确定：其余八十分", 120), paragraph("（一）另行规定。", 140)]
    assert [len(passages(lines_of(x))) for x in (lines, short)] == [1, 2]


def test_a_number_that_the_end_of_a_line_broke_is_one_number():
    full = "按照综合得分确定考核等次，具体为：得分在95分及以上评为优秀，得分在8"
    (one,) = passages(lines_of([paragraph(full, 100), paragraph("0分及以上、不足95分的为良好。", 120)]))
    assert "得分在80分及以上" in one.text
    words = passages(lines_of([paragraph("考核结果按照综合得分确定，分为四个等次，并在本局网站公布，网址为 www", 100), paragraph("example 所示。", 120)]))
    assert [w.text[-15:] for w in words] == ["www example 所示。"]


def test_a_date_on_the_right_does_not_go_on_with_the_record_below():
    lines = [paragraph("坚持公开公平公正原则，客观反映工作实绩，做到有据可查、有章可循。", 100), paragraph("2023年2月13日", 120, 430), paragraph("抄送：市人民政府办公室。", 140)]
    assert [p.text for p in passages(lines_of(lines))][1:] == ["2023年2月13日", "抄送：市人民政府办公室。"]


def test_a_line_that_may_not_end_before_a_comma_goes_on_though_its_size_is_that_of_its_ink():
    def ink(text: str, top: float, left: float, right: float) -> Paragraph:
        return Paragraph(text, Provenance(text, page=1, bbox=(left, top, right, top + 9.2)), page=1, size=9.2)

    lines = [
        ink("为进一步规范城镇供水企业管理，提升服务水平，根据有关法律法规，结合实际，现将", 100, 114.2, 513.2),
        ink("有关事项通知如下。", 114, 90.1, 184.6),
        ink("结果分为优、良、中、差四个等次：900分以上为优，800分以上不满900分为", 128, 114.2, 487.3),
        ink("良，600分以上不满800分为中，不满600分为差。", 142, 90.1, 339.3),
    ]
    assert [p.text[:4] for p in passages(lines_of(lines))] == ["为进一步", "结果分为"]
