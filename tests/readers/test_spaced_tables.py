"""Tables set by spaces whose section rows, headings, subtotals and form fields stand between the rows."""

from __future__ import annotations

import pytest

from pipeline.model import Paragraph, Table
from pipeline.readers import text
from pipeline.readers.texts.textgrid import several


def tables(source: str) -> list[list[list[str]]]:
    """The rows of each table, blanks where a row has no cell."""
    out = []
    for block in text.read(source.encode(), "a.txt").blocks:
        if isinstance(block, Table):
            cells = {(c.row, c.col): c.text for c in block.cells}
            out.append([[cells.get((r, c), "") for c in range(block.cols)] for r in range(block.rows)])
    return out


BANNERS = """
序号  考核标准                                  评价分值  计分方法
组织领导                                        18
1     河长公示牌信息准确，联系方式畅通。        0-9分     查阅资料，缺一项扣1分。每发现一处不符合扣1分
                                                          ，扣完为止。
2     问题台账销号管理，逾期率为零。            0-9分     未落实的不得分。
保洁                                            23
3     水面无成片漂浮物，水草及时打捞。          0-12分    未落实的不得分。
4     闸坝前后无垃圾聚集。                      0-11分    现场抽查。
"""


def test_the_points_of_a_section_row_stay_with_its_name():
    (found,) = tables(BANNERS)
    assert [row[:3] for row in found] == [
        ["序号", "考核标准", "评价分值"],
        ["组织领导", "", "18"],
        ["1", "河长公示牌信息准确，联系方式畅通。", "0-9分"],
        ["2", "问题台账销号管理，逾期率为零。", "0-9分"],
        ["保洁", "", "23"],
        ["3", "水面无成片漂浮物，水草及时打捞。", "0-12分"],
        ["4", "闸坝前后无垃圾聚集。", "0-11分"],
    ]


REPEATED = """
考核项目      分值  序号  检查内容                                      分值
一、房屋设备  17          （一）基本要求
一、房屋设备  17    1     业务用房面积符合要求，四室分开。              8
一、房屋设备  17    2     基本设备配置齐全，状态完好，定期检测，记录完  9
                          整。
二、人员管理  22          （一）基本要求
二、人员管理  22    3     每年参加培训不少于2周。                       12
二、人员管理  22    4     出诊登记完整。                                10
"""


def test_headings_beside_repeated_labels_are_rows_of_their_own():
    (found,) = tables(REPEATED)
    assert [row[0] for row in found[1:]] == ["一、房屋设备"] * 3 + ["二、人员管理"] * 3
    assert [row[2:] for row in found[1:4]] == [
        ["", "（一）基本要求", ""], ["1", "业务用房面积符合要求，四室分开。", "8"], ["2", "基本设备配置齐全，状态完好，定期检测，记录完\n整。", "9"],
    ]  # fmt: skip


SUBTOTAL = """
项目              序号  检查内容                        计分方法              分值
安全 （10 分）    1     快检室每日抽检并公示结果。      完全符合的得6分       6
                                                        基本符合的得3分
                  2     检验证明齐全。                  缺一项扣1分。         4
小计                                                                          10
环境 （9 分）     3     每日闭市后全面清扫。            完全符合的得5分       5
                                                        基本符合的得2分
                  4     排水沟加盖。                    缺一项扣1分。         4
小计                                                                          9
"""


def test_subtotals_are_rows_of_their_own():
    (found,) = tables(SUBTOTAL)
    assert [(row[0], row[-1]) for row in found[1:]] == [
        ("安全 （10 分）", "6"), ("", "4"), ("小计", "10"), ("环境 （9 分）", "5"), ("", "4"), ("小计", "9"),
    ]  # fmt: skip


FIELDS = """
表1 甲类单位考核表
　　被评价单位：            评价时间：    年  月  日
项目        检查内容                  分值  计分方法
一、制度    人员持证上岗。            10    缺一人扣1分。
            台账每日填写。            13    完全符合的得13分
二、环境    地面清洁无油污。          11    每处扣1分。
合计                                  34

表2 乙类单位考核表
　　被评价单位：            评价时间：    年  月  日
项目        检查内容                  分值  计分方法
一、制度    人员持证上岗。            10    缺一人扣1分。
二、环境    地面清洁无油污。          11    每处扣1分。
合计                                  21
"""


def test_fields_above_a_header_are_none_of_it_and_hide_no_second_table():
    first, second = tables(FIELDS)
    assert first[0] == second[0] == ["项目", "检查内容", "分值", "计分方法"]
    assert (len(first), len(second)) == (5, 4)
    assert sum(isinstance(b, Paragraph) for b in text.read(FIELDS.encode(), "a.txt").blocks) == 4


def test_columns_of_grades_that_are_still_blank_are_columns():
    (found,) = tables("""
序号  具体要求                                  5分   4分   3分   2分   1分
1     责任书逐级签订。
2     安全管理员经考核合格，持证上岗。
3     陪餐制度落实，陪餐记录每日填写。
总评                                            15
""")
    assert found[0] == ["序号", "具体要求", "5分", "4分", "3分", "2分", "1分"]


UNNAMED = """
                      编号  考核标准                                      计分方法                       分值  得分
                                                                                                               自评  复核
（一）运营管理(8分)   1     线路、班次按核准方案执行，首末班准点率不低于  每发现一处不符合扣1分，扣完    ≤5
                            98%。                                         为止。
                      2     调度记录真实，临时调整提前公告。              符合要求得3分，基本符合得1.5   ≤3
                                                                          分。
（二）车辆技术(9分)   3     车辆二级维护按期完成，档案一车一档。          每发现一处不符合扣0.5分。      ≤9
"""


def test_a_header_whose_first_column_has_no_name_and_a_second_line():
    (found,) = tables(UNNAMED)
    assert found[0][:5] == ["", "编号", "考核标准", "计分方法", "分值"]
    assert [(row[0], row[1], row[4]) for row in found[-3:]] == [("（一）运营管理(8分)", "1", "≤5"), ("", "2", "≤3"), ("（二）车辆技术(9分)", "3", "≤9")]


PARTED = """
类别      项目分值  序号  检查内容                                    分值
资质      12        1     依法办理登记和备案，证照在有效期内。        0~3
                    2     护理员与自理老人配比不低于1:15。            0~5
                    3     收费项目和标准公示，预收费用存入专用账户。  0~4

　　（接上表）
安全  10    4     消防控制室双人值守，值班人员持证。            0~7
            5     疏散通道畅通，应急照明完好。                  0~3
服务  9     6     每周组织文体活动不少于3次。                   0~5
            7     节日和老人生日组织慰问。                      0~4
"""


def test_a_part_that_goes_on_has_its_columns_where_they_are_set_there():
    (found,) = tables(PARTED)
    assert [[row[0], row[1], row[2], row[4]] for row in found[1:]] == [
        ["资质", "12", "1", "0~3"], ["", "", "2", "0~5"], ["", "", "3", "0~4"],
        ["安全", "10", "4", "0~7"], ["", "", "5", "0~3"], ["服务", "9", "6", "0~5"], ["", "", "7", "0~4"],
    ]  # fmt: skip


def test_a_table_of_other_things_by_spaces_is_no_loss():
    document = text.read("""
考核结果与服务费挂钩标准
序号  扣分分值  扣减服务费
1     5分以内   不扣减
2     6至10分   2%
3     11至20分  5%
4     20分以上  10%
""".encode(), "a.txt")
    assert [r.kind for r in document.remarks] == []


def test_lines_without_numbers_or_points_are_rows_where_each_is_a_whole_sentence():
    (found,) = tables("""
评审因素  扣分情形                                 扣分标准     实得分
环境设施  1、地面、墙面、排水沟清洁无油污。        每次扣0.5分
          2、通风排烟设备每月清洗一次。            每次扣2分
人员健康  3、从业人员健康证齐全。                  每次扣5分
          4、工作时穿戴清洁工作衣帽。              每次扣1分
""")
    assert [row[0] for row in found] == ["评审因素", "环境设施", "", "人员健康", ""]
    assert [row[2] for row in found[1:]] == ["每次扣0.5分", "每次扣2分", "每次扣5分", "每次扣1分"]


def test_the_header_of_another_table_ends_the_one_above():
    first, second = tables("""
项目  编号  考核标准                    分数
安全  1     制定年度目标并分解。        7
      2     主要负责人履行职责。        7

            表2 乙类单位评分细则
项目  考核内容                          计分方法          分值
服务  公示收费标准。                    缺一项扣1分。     6
      热线全天畅通。                    缺一次扣1分。     4
""")
    assert (len(first), second[0]) == (3, ["项目", "考核内容", "计分方法", "分值"])


def test_a_total_right_below_the_header_ends_nothing():
    (found,) = tables("""
类别  编号  具体要求                                权重分  备注
总分                                                10
制度  1     责任书逐级签订。                        4
      2     陪餐制度落实，陪餐记录每日填写。        3       附证明材料
采购  3     验收双人签字，不合格食材当场退回。      3
""")
    assert [(row[0], row[3]) for row in found[1:]] == [("总分", "10"), ("制度", "4"), ("", "3"), ("采购", "3")]


def test_a_wide_space_spreads_a_word_of_two_characters():
    (found,) = tables("""
项　目  序　号  内容                                    分　值
船舶    1       船体完好无渗漏，证书齐全有效。          40
        2       救生衣数量足够。                        25
船员    3       持证上岗，无疲劳作业。                  35
总　分                                                  100
""")
    assert found[0] == ["项　目", "序　号", "内容", "分　值"]
    assert (found[3][2], found[-1][0], found[-1][3]) == ("持证上岗，无疲劳作业。", "总　分", "100")


@pytest.mark.parametrize(("name", "words"), [("优  良  差", ["优", "良", "差"]), ("分  值", ["分  值"]), ("分值  得分", ["分值", "得分"]), ("现场  检查", ["现场  检查"])])
def test_a_header_of_several_columns(name, words):
    assert several(name) == words
