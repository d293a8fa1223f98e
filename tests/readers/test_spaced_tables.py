"""Tables set by spaces whose section rows, headings, subtotals and form fields stand between the rows."""

from __future__ import annotations

from pipeline.model import Paragraph, Table
from pipeline.readers import text


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
