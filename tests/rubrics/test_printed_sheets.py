"""Lists and small tables as PDF prints them: items over several lines, serials without their blanks, sheets below each other.

Expected values (under `=>`) are what was drawn; see `support/drawn.py` for the notation.
"""

from __future__ import annotations

import pytest

from pipeline.model import Paragraph
from pipeline.patterns import header_role
from pipeline.provenance import Provenance
from pipeline.rubrics.listing import list_table
from tests.sheets import rubrics_of, shape_of
from tests.support.drawn import case_of, read_drawn

CASES = {
    "points and what lines are scored by on the next line": """
@ txt docx html pdf
城市公交服务质量评分标准
一、车辆（20分）
1、安全锤、灭火器、应急门开关完好有效，车厢内座椅、扶手、拉环牢固，无缺损。（10分）每发现一处扣0.5分，扣完为止。
2、空调按规定开启，车内温度夏季不高于28度、冬季不低于12度，首末班车一样。（4分）查看台账，无记录不得分。
3、充电记录完整（6分）按比例得分。
二、行车（15分）
4、驾驶员不违章，不在站外上下乘客，不甩站，不滞站揽客，报站准确，音量适中（7分）酌情扣分。
5、投诉当日答复，有责投诉五个工作日以内办结并且回访，满意率不低于百分之九十五。（8分）
=>
annex-1 《城市公交服务质量评分标准》 -
  [车辆] 20
    1 | 安全锤、灭火器、应急门开关完好有效，车厢内座椅、扶手、拉环牢固，无缺损。（10分）每发现一处扣0.5分，扣完为止。 | 10
    2 | 空调按规定开启，车内温度夏季不高于28度、冬季不低于12度，首末班车一样。（4分）查看台账，无记录不得分。 | 4
    3 | 充电记录完整（6分）按比例得分。 | 6
  [行车] 15
    4 | 驾驶员不违章，不在站外上下乘客，不甩站，不滞站揽客，报站准确，音量适中（7分）酌情扣分。 | 7
    5 | 投诉当日答复，有责投诉五个工作日以内办结并且回访，满意率不低于百分之九十五。 | 8
""",
    "two sheets of small tables below each other": """
@ docx html pdf
档案工作考核评分表
一、制度（15分）
序号 | 考核内容 | 分值 | 得分
1 | 制度齐全。 | 8 |
2 | 执行有记录。 | 7 |
二、保管（12分）
序号 | 考核内容 | 分值 | 得分
3 | 库房做到八防。 | 12 |
图书馆服务考核评分表
一、开放（25分）
序号 | 考核内容 | 分值 | 得分
1 | 节假日开放。 | 14 |
2 | 公示服务目录。 | 11 |
二、活动（9分）
序号 | 考核内容 | 分值 | 得分
3 | 举办讲座。 | 9 |
=>
annex-1 《档案工作考核评分表》 -
  [制度] 15
    1 | 制度齐全。 | 8
    2 | 执行有记录。 | 7
  [保管] 12
    3 | 库房做到八防。 | 12
annex-2 《图书馆服务考核评分表》 -
  [开放] 25
    1 | 节假日开放。 | 14
    2 | 公示服务目录。 | 11
  [活动] 9
    3 | 举办讲座。 | 9
""",
}


@pytest.mark.parametrize(("name", "form"), [(name, form) for name, text in CASES.items() for form in case_of(text)[2]])
def test_read(name, form, tmp_path):
    drawing, wanted, _ = case_of(CASES[name])
    assert read_drawn(drawing, form, tmp_path) == wanted


LEADERS = """
一、围挡（8分）
1.围挡高度不低于1.8米{0}3分
2.围挡顶部设喷淋{0}5分
二、裸土（13分）
3.裸土覆盖密目网{0}10分
4.渣土车密闭运输，每车次1分钟内放行
"""


@pytest.mark.parametrize("leader", ["………………", "............", "······", "＿＿＿＿"])
def test_points_behind_a_leader(leader, tmp_path):
    assert [line.rpartition(" | ")[2] for line in read_drawn("建筑工地考核评分表" + LEADERS.format(leader), "txt", tmp_path).splitlines() if line.startswith("    ")] == ["3", "5", "10", "3"]


def test_points_before_texts_that_begin_with_letters_or_quotes(tmp_path):
    lines = "工地考核评分表\n一、监测（8分）\n1.（5分）PM10数据在线。\n2.（3分）“好差评”评价及时。\n二、内业（2分）\n1.（2分）巡查记录齐全。"
    assert "PM10数据在线。 | 5" in (read := read_drawn(lines, "txt", tmp_path))
    assert "“好差评”评价及时。 | 3" in read


STANDARDS = """
    类别 | 序号 | 考核要求 | 分值 | 评分标准
    收运（9分） | 1 | 车辆密闭，沿途无抛洒。 | 4 | 每少一次扣0.5分。
    ^ | ^ | ^ | ^ | 缺一项扣1分。
    ^ | ^ | ^ | ^ | 弄虚作假的不得分。
    ^ | 2 | 转运站每班冲洗地面， | 5 | 抽查不合格扣1分。
    --
    | | 渗滤液处理达标。 | | 缺一项扣1分。
    ^ | ^ | ^ | ^ | 弄虚作假的不得分。
    公厕（6分） | 3 | 公厕全天开放，标识醒目。 | 6 | 每少一次扣0.5分。
    ^ | ^ | ^ | ^ | 缺一项扣1分。
"""


def test_several_standards_of_a_criterion_that_a_page_break_cuts():
    (found,) = rubrics_of(STANDARDS)
    assert [(c.number, c.text, str(c.max_points)) for c in found.criteria()] == [
        ("1", "车辆密闭，沿途无抛洒。", "4"),
        ("2", "转运站每班冲洗地面，渗滤液处理达标。", "5"),
        ("3", "公厕全天开放，标识醒目。", "6"),
    ]


@pytest.mark.parametrize("minus", ["-", "‑", "‐", "−", "－"])
def test_deductions_with_any_hyphen_or_minus(minus):
    (found,) = rubrics_of(f"""
        项目 | 序号 | 考核内容 | 分值
        窗口（10分） | 1 | 亮牌上岗。 | 10
        扣分项 | 2 | 被媒体曝光的 | {minus}3
    """)
    last = list(found.criteria())[-1]
    assert (str(last.max_points), last.kind) == ("3", "deduction")


GLUED = """
    项目 | 考核内容 | 得分
    保障（16分） | {}年度资金纳入预算。（7分） |
    ^ | {}会议每季召开一次。（9分） |
    水质（14分） | {}断面达标。（8分） |
    ^ | {}PM10数据在线。（6分） |
    合计 | 30分 |
"""


@pytest.mark.parametrize("numbers", [("1", "2", "3", "4"), ("1 ", "2 ", "3 ", "4 "), ("1", "2", "1", "2")])
def test_serials_without_a_blank_before_the_text(numbers):
    (found,) = rubrics_of(GLUED.format(*numbers))
    assert [c.number for c in found.criteria()] == [n.strip() for n in numbers]
    assert [c.text[:2] for c in found.criteria()] == ["年度", "会议", "断面", "PM"]


def test_figures_that_count_months_are_no_serials():
    (found,) = rubrics_of("""
        项目 | 考核内容 | 分值
        进度（16分） | 1月完成招标。 | 4
        ^ | 2月完成设计。 | 4
        ^ | 3月开工建设。 | 4
        ^ | 4月竣工验收。 | 4
    """)
    assert [(c.number, c.text) for c in found.criteria()][:2] == [(None, "1月完成招标。"), (None, "2月完成设计。")]


LEVELS = """
    一级指标 | 二级指标 | 三级指标 | 分值
    保洁（24分） | {} | 楼道清扫。 | 14
    ^ | {} | 垃圾清运。 | 6
    ^ | ^ | 井盖完好。 | 4
    秩序（11分） | {} | 有人值守。 | 5
    ^ | {} | 巡更不少于4次。 | 6
"""


@pytest.mark.parametrize(("names", "nested"), [(("甲（14分）", "乙（10分）", "丙（5分）", "丁（6分）"), True), (("甲", "乙", "丙", "丁"), False)])
def test_points_of_an_inner_label_over_several_lines_make_it_a_section(names, nested):
    (found,) = rubrics_of(LEVELS.format(*names))
    inner = [(s.label, str(s.stated_points)) for s in found.sections if s.parent]
    assert inner == ([("甲", "14"), ("乙", "10"), ("丙", "5"), ("丁", "6")] if nested else [])


TORN = """
    项目 | 考核内容 | 评分标准 | 分值 | 得分
    食堂（20分） | 陪餐记录完整。 | 缺一项扣1分。 | 8 |
    ^ | 公布食谱。 | 按比例得分。 | 12 |
    卫生 | 防蝇设施有效。 | 每低1个百分点扣 | 9 |
    --
    项目 | 考核内容 | 评分标准 | 分值 | 得分
    {} | {} | 0.2分，扣完为止 | |
    ^ | 排烟管道清洗。 | 每少一次扣0.5分。 | 7 |
"""


def test_the_rest_of_a_standard_beside_the_rest_of_a_label():
    (found,) = rubrics_of(TORN.format("16分", ""))
    assert shape_of(found)[1] == ("卫生", "16", [(None, "防蝇设施有效。", "9"), (None, "排烟管道清洗。", "7")])
    assert list(found.criteria())[2].columns["standard"].replace("\n", "") == "每低1个百分点扣0.2分，扣完为止"


def test_the_rest_of_a_standard_beside_the_end_of_the_label_s_bracket():
    (found,) = rubrics_of(TORN.replace("卫生 |", "卫生（16 |").format("分）", ""))
    assert shape_of(found)[1][:2] == ("卫生", "16")
    assert found.unplaced == ()


def test_the_rest_of_a_standard_where_the_texts_hold_the_points():
    (found,) = rubrics_of("""
        项目 | 考核内容 | 考核方式 | 得分
        内业（20分） | 方案经审批。（8分） | 现场查看、询 |
        --
        项目 | 考核内容 | 考核方式 | 得分
        | | 问 |
        ^ | 记录签字齐全。（12分） | 暗访 |
    """)
    assert [c.columns["method"].replace("\n", "") for c in found.criteria()] == ["现场查看、询问", "暗访"]


CUT = """
    项目 | 序号 | 考核内容 | 分值
    条件（11分） | 1 | 注册登记满两年。 | （4分）
    ^ | 2 | 维修间配 | （{}
    --
    | | {} | {}
    ^ | 3 | 拖拉机不少于5台。 | （4分）
"""


@pytest.mark.parametrize(("first", "text", "rest"), [("3", "备机具。", "分）"), ("3分", "备机具。", "）"), ("3", "", "分）"), ("3分）", "备机具。", "")])
def test_points_that_a_page_break_cuts_before_their_unit(first, text, rest):
    (found,) = rubrics_of(CUT.format(first, text, rest))
    assert [(c.number, c.text, str(c.max_points)) for c in found.criteria()][1:] == [("2", f"维修间配{text}", "3"), ("3", "拖拉机不少于5台。", "4")]
    assert found.unplaced == ()


def test_a_text_without_points_below_a_section_row_is_no_rest_of_the_row_above():
    (found,) = rubrics_of("""
        考核内容 | 考核方式 | 标准分 | 得分
        组织领导 | < | 4 |
        配备档案人员。 | 查看 | 3 |
        经费能满足工作需要 | 抽查 | 1 |
        制度建设 | < | 8 |
        --
        制度经审批后执行。 | 查阅资料 | |
        执行有记录。 | 查看 | 3 |
    """)
    assert shape_of(found)[1] == ("制度建设", "8", [(None, "制度经审批后执行。", None), (None, "执行有记录。", "3")])


def test_the_total_of_a_title_on_two_lines():
    (found,) = rubrics_of("""
        # 基层医疗机构护理质量考核细则（20
        # 分）
        # 受检单位：
        序号 | 考核内容 | 分值
        1 | 年度计划齐备。 | 8
        2 | 季度有分析。 | 12
    """)
    assert found.stated_total == 20


def test_a_part_of_another_width_has_the_columns_its_own_header_names():
    (found,) = rubrics_of(TORN.format("16分", "").replace("| 分值 | 得分\n    16", "| 分值 | 得分 |\n    16"))
    assert [str(c.max_points) for c in found.criteria()] == ["8", "12", "9", "7"]


def test_words_beside_a_label_that_are_no_criterion_are_listed():
    (found,) = rubrics_of(TORN.format("环境（7分）", ""))
    assert [u.text for u in found.unplaced] == ["0.2分，扣完为止"]


def test_half_of_a_spread_header_names_no_column():
    assert [header_role(text) for text in ("序 号", "序号", "号")] == ["number", "number", None]


def test_a_heading_below_an_item_that_fills_its_line_is_none_of_it():
    lines = [
        ("1.道路整洁无杂物，每日清扫两次以上，垃圾日产日清，沿线绿化带内无白色污染（40分）", 505),
        ("2.沟渠畅通无堵塞，每月疏浚一次并有记录，水面无漂浮物（40分）", 400),
        ("3.庭院整齐有绿化，房前屋后无乱堆乱放，家禽家畜圈养，厕所清洁无明显异味（20分）", 505),
        ("加分项目", 140),
        ("4.获评县级以上示范村的（5分）", 300),
    ]
    places = [(90.0, 100.0 + 20 * i, float(right), 112.0 + 20 * i) for i, (_, right) in enumerate(lines)]
    blocks = [Paragraph(text, Provenance(text, page=1, bbox=box), page=1, size=12.0) for (text, _), box in zip(lines, places, strict=True)]
    found = list_table(blocks)
    assert found is not None
    assert not found.inside
    assert [c.text for c in found.parts[0].cells if "加分项目" in c.text] == ["加分项目"]
