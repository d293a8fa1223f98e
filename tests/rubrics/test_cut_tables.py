"""Tables that a page break cuts inside a row, a label or below a total that stands first: one rubric, with its labels whole."""

from __future__ import annotations

import pytest

from tests.sheets import rubrics_of, shape_of

HEAD = "项目 | 序号 | 评价内容 | 分值 | 评分标准 | 得分"


def test_the_rest_of_a_cell_below_a_repeated_header_is_no_header():
    (found,) = rubrics_of(f"""
        {HEAD}
        一、供水（10分） | 1 | 压力合格。 | 4 | 查资料 |
        ^ | 2 | 按时公告。 | 6 | 每降低1个百分点扣1 |
        --
        {HEAD}
        | | | | 分 |
        二、抢修（5分） | 3 | 及时止水。 | 5 | 看现场 |
    """)
    assert shape_of(found) == [
        ("供水", "10", [("1", "压力合格。", "4"), ("2", "按时公告。", "6")]),
        ("抢修", "5", [("3", "及时止水。", "5")]),
    ]
    assert list(found.criteria())[1].columns["standard"].replace("\n", "") == "每降低1个百分点扣1分"


def test_a_total_above_the_rows_below_a_row_of_fields_ends_nothing():
    (found,) = rubrics_of(f"""
        被评价单位 | < | | < | < | <
        {HEAD}
        总分 | < | < | 15 | |
        一、供水（10分） | 1 | 压力合格。 | 4 | 查资料 |
        ^ | 2 | 按时公告。 | 6 | 查资料 |
        --
        {HEAD}
        二、抢修（5分） | 3 | 及时止水。 | 5 | 看现场 |
    """)
    assert ([s.label for s in found.sections], found.stated_total) == (["供水", "抢修"], 15)


def test_one_character_at_the_head_of_a_page_is_the_rest_of_a_label():
    (found,) = rubrics_of("""
        项目 | 分值小计 | 序号 | 评价内容 | 分值
        （一）沟通 | 5 | 1 | 设立电话。 | 3
        ^ | ^ | 2 | 回访满意。 | 2
        （二）水质管 | 15 | 3 | 出厂水合格。 | 7
        --
        项目 | 分值小计 | 序号 | 评价内容 | 分值
        理 | | 4 | 定期检测。 | 8
        （三）巡查 | 5 | 5 | 记录完整。 | 5
    """)
    assert shape_of(found) == [
        ("沟通", "5", [("1", "设立电话。", "3"), ("2", "回访满意。", "2")]),
        ("水质管理", "15", [("3", "出厂水合格。", "7"), ("4", "定期检测。", "8")]),
        ("巡查", "5", [("5", "记录完整。", "5")]),
    ]


def test_the_only_label_without_a_marker_and_above_it_the_only_one_without_points_are_one():
    (found,) = rubrics_of("""
        项目 | 评价内容 | 分值
        一、创新（5分） | 推行联办。 | 5
        二、纪律（5分） | 按时到岗。 | 5
        三、办件质 | 按时办结。 | 2
        --
        量（7分） | 录入准确。 | 3
        ^ | 网上可办。 | 2
        四、安保（10分） | 急诊值守。 | 10
    """)
    assert [(s.label, str(s.stated_points), len(s.criteria)) for s in found.sections] == [
        ("创新", "5", 1), ("纪律", "5", 1), ("办件质量", "7", 3), ("安保", "10", 1)
    ]  # fmt: skip


def test_a_label_of_its_own_at_the_head_of_a_page_stays_one():
    (found,) = rubrics_of("""
        项目 | 评价内容 | 分值
        一、创新（5分） | 推行联办。 | 5
        二、纪律（5分） | 按时到岗。 | 5
        三、质量（2分） | 按时办结。 | 2
        --
        加分项（7分） | 受到表彰。 | 3
        ^ | 媒体刊发。 | 4
    """)
    assert [(s.label, len(s.criteria)) for s in found.sections] == [("创新", 1), ("纪律", 1), ("质量", 1), ("加分项", 2)]


def test_points_at_the_end_of_a_text_that_the_page_cuts_are_read_whole():
    (found,) = rubrics_of("""
        项目 | 序号 | 工作要求 | 得分
        一、规范（12分） | 1 | 一次性告知（4分） |
        ^ | 2 | 首问负责，不推诿（8 |
        --
         | | 分） |
        二、质量（3分） | 3 | 按时办结（3分） |
    """)
    assert shape_of(found) == [
        ("规范", "12", [("1", "一次性告知（4分）", "4"), ("2", "首问负责，不推诿（8分）", "8")]),
        ("质量", "3", [("3", "按时办结（3分）", "3")]),
    ]


def test_the_end_of_a_bracket_alone_is_no_criterion():
    (found,) = rubrics_of("""
        项目 | 工作要求 | 得分
        一、收运（15分） | 车辆密闭（4分） |
        ^ | 日产日清率100%（11 |
        --
         | 分） |
        二、公厕（3分） | 全日开放（3分） |
    """)
    assert [(c.text, str(c.max_points)) for c in found.criteria()] == [("车辆密闭（4分）", "4"), ("日产日清率100%（11分）", "11"), ("全日开放（3分）", "3")]


TOPS = """
    项目 | 序号 | 评价内容 | 分值
    党建（15分） | 1 | 程序规范。 | 9
    ^ | 2 | 按月收缴。 | 6
    --
    | 3 | 收入增长。 | {}
    ^ | 4 | 措施精准。 | {}
    廉洁（5分） | 5 | 坐班值班。 | 5
"""


def test_a_blank_label_at_the_top_of_a_page_is_lost_where_the_label_above_is_closed():
    (found,) = rubrics_of(TOPS.format(7, 8))
    assert [(s.label, [c.number for c in s.criteria]) for s in found.sections] == [("党建", ["1", "2"]), (None, ["3", "4"]), ("廉洁", ["5"])]


def test_a_blank_label_at_the_top_of_a_page_goes_on_with_the_label_that_lacks_points():
    (found,) = rubrics_of(TOPS.replace("15分", "30分").format(7, 8))
    assert [(s.label, [c.number for c in s.criteria]) for s in found.sections] == [("党建", ["1", "2", "3", "4"]), ("廉洁", ["5"])]


@pytest.mark.parametrize(("total", "sections"), [(35, ["党建", None, "廉洁"]), (33, ["党建", "廉洁"])])
def test_a_total_that_a_misprint_puts_out_lets_no_label_be_lost(total, sections):
    (found,) = rubrics_of(TOPS.format(7, 8) + f"    总分 | | | {total}\n")
    assert [s.label for s in found.sections] == sections
