"""Sheets joined and headed the way people do by hand: blank or repeated cells for joined ones, headings inside sections, a line
between the halves of a table, totals in other words."""

from __future__ import annotations

import pytest

from pipeline.notices.segments import Segment
from pipeline.rubrics.rubric import parse
from tests.sheets import blocks_of, rubrics_of, shape_of


def annex_of(drawing):
    return parse([Segment(1, "annex", "考核评分表", None, None, blocks_of(drawing))])


def rows_of(rubric):
    return [(c.number, c.text, c.max_points and str(c.max_points)) for c in rubric.criteria()]


HALVES = """
    # 考核评分表
    序号 | 考核内容 | 分值
    1 | 台账齐全。 | 5
    2 | 人员到位。 | 4
    # {between}
    序号 | 考核内容 | 分值
    {first} | 设备完好。 | 6
    {next} | 记录完整。 | 5
    合计 | | 20
"""


@pytest.mark.parametrize("between", ["以下为续表内容：", "（接上表）", "续表2", "考核评分表（续）", "续上表："])
def test_a_line_that_says_so_joins_the_halves_of_a_table(between):
    (found,) = rubrics_of(HALVES.format(between=between, first=1, next=2))
    assert (len(list(found.criteria())), str(found.stated_total)) == (4, "20")


@pytest.mark.parametrize("between", ["乙类单位考核评分表", "持续表彰先进单位"])
def test_a_title_of_its_own_parts_two_tables(between):
    assert len(rubrics_of(HALVES.format(between=between, first=1, next=2))) == 2


def test_a_row_printed_anew_beside_one_points_cell_is_one_criterion():
    (found,) = rubrics_of("""
        项目 | 序号 | 考核内容 | 分值 | 评分标准
        管理（9分） | 1 | 台账齐全。 | 5 | 完全符合的得5分
        管理（9分） | 1 | 台账齐全。 | ^ | 基本符合的得2.5分
        管理（9分） | 1 | 台账齐全。 | ^ | 不符合的不得分
        管理（9分） | 2 | 人员到位，持证上岗，按月轮训。 | 4 | 缺一人扣1分
        服务（8分） | 3 | 服务热线全天畅通，接通率不低于95%。 | 5 | 查阅资料
        服务（8分） | 4 | 投诉五日内办结，回访有记录。 | 3 | 查阅资料
    """)
    assert [(c.number, str(c.max_points)) for c in found.criteria()] == [("1", "5"), ("2", "4"), ("3", "5"), ("4", "3")]
    assert next(iter(found.criteria())).columns["standard"].splitlines() == ["完全符合的得5分", "基本符合的得2.5分", "不符合的不得分"]


def test_answers_below_a_criterion_are_its_own_where_cells_are_left_blank():
    (found,) = rubrics_of("""
        一级指标 | 二级指标 | 三级指标 | 分值 | 评分标准
        服务 | 日常 | 公示价格。 | 17 | 完全符合的得17分
        | | | | 基本符合的得8.5分
        | | | | 不符合的不得分
        | 回访 | 按月回访。 | 14 | 缺一次扣1分
        安全 | 演练 | 每年演练。 | 9 | 缺一次扣3分
    """)
    assert [str(c.max_points) for c in found.criteria()] == ["17", "14", "9"]
    assert "基本符合的得8.5分" in next(iter(found.criteria())).text


def test_a_marked_line_in_the_text_column_heads_rows_within_its_section():
    (found,) = rubrics_of("""
        项目 | 序号 | 考核内容 | 分值 | 得分
        管理（9分） | | （一）基本要求 | |
        ^ | 1 | 台账齐全。 | 5 |
        ^ | 2 | 人员到位。 | 4 |
        服务（6分） | | （一）基本要求 | |
        ^ | 3 | 按时回访。 | 6 |
    """)
    assert [(s.label, s.parent and s.parent.rsplit("/", 1)[1]) for s in found.sections] == [
        ("管理", None), ("基本要求", "s1"), ("服务", None), ("基本要求", "s3"),
    ]  # fmt: skip
    assert [c.number for c in found.criteria()] == ["1", "2", "3"]


def test_a_name_in_the_number_column_with_points_and_no_text_is_a_section():
    (found,) = rubrics_of("""
        序号 | 考核内容 | 分值 | 得分
        水面保洁 | | 9 |
        1 | 水面无漂浮物。 | 5 |
        2 | 打捞物日产日清。 | 4 |
        岸坡管护 | | 6 |
        3 | 岸坡无乱占。 | 6 |
    """)
    assert [(s.label, str(s.stated_points), len(s.criteria)) for s in found.sections] == [("水面保洁", "9", 2), ("岸坡管护", "6", 1)]


def test_marked_texts_that_have_points_are_criteria():
    (found,) = rubrics_of("""
        项目 | 考核内容 | 分值
        管理（9分） | （一）台账齐全 | 5
        ^ | （二）人员到位 | 4
        服务（6分） | （三）按时回访 |
    """)
    assert len(list(found.criteria())) == 3


@pytest.mark.parametrize("points", ["≤{}", "不超过{}分", "{}分以内"])
def test_points_as_upper_limits_are_no_bands(points):
    rows = "\n".join(f"{i} | 考核内容第{i}项。 | {points.format(v)}" for i, v in enumerate((11, 4, 8), 1))
    (found,) = rubrics_of(f"序号 | 考核内容 | 分值\n{rows}")
    assert [str(c.max_points) for c in found.criteria()] == ["11", "4", "8"]


@pytest.mark.parametrize(("top", "end"), [("小计 | | 9", ""), ("", "小计 | | 9")])
def test_the_only_subtotal_of_a_table_without_sections_is_its_total(top, end):
    (found,) = rubrics_of(f"序号 | 考核内容 | 分值\n{top}\n1 | 台账齐全。 | 5\n2 | 人员到位。 | 4\n{end}")
    assert (str(found.stated_total), found.subtotals) == ("9", ())


def test_options_of_two_decimals_are_points():
    (found,) = rubrics_of("序号 | 考核内容 | 分值\n1 | 台账齐全。 | 9.5、4.75、0\n2 | 人员到位。 | 5、2.5、0")
    assert [str(c.max_points) for c in found.criteria()] == ["9.5", "5"]


LIST = """
    # 一、管理（9分）
    # 1.台账齐全（5分）。
    # 2.人员到位（4分）。
    # 二、服务（6分）
    # 3.按时回访（6分）。
    # 以上合计15分。
"""


def test_a_list_beside_a_table_that_is_no_rubric_is_read():
    (found,) = annex_of(LIST + "# 自设指标模板\n一级指标 | 二级指标 | 分值\n | |\n | |")
    assert ([s.label for s in found.sections], str(found.stated_total)) == (["管理", "服务"], "15")


def test_a_list_and_a_table_of_one_annex_stand_in_their_order():
    table = "# 乙类考核表\n序号 | 考核内容 | 分值\n1 | 设备完好。 | 6\n2 | 记录完整。 | 4\n合计 | | 10"
    assert [str(r.stated_total) for r in annex_of(LIST + table)] == ["15", "10"]
    assert [str(r.stated_total) for r in annex_of(table + LIST)] == ["10", "15"]
    assert [r.stated_total and str(r.stated_total) for r in annex_of(LIST + table.replace("合计 | | 10", ""))] == ["15", None]


def test_headings_of_markdown_head_a_list():
    (found,) = rubrics_of(LIST.replace("# 一", "# ### 一").replace("# 二", "# ### 二"))
    assert [s.label for s in found.sections] == ["管理", "服务"]


STACKED = """
    项目 | 考核内容 | 方法 | 分值
    管理（9分） | 台账齐全。 | 查 | 5
    ^ | 人员到位。 | 看 | 4
    {title} | < | < | <
    项目 | 考核内容 | 分值 | 备注
    服务（6分） | 按时回访。 | 6 |
    卫生（5分） | 地面清洁。 | 5 |
    合计 | | 11 |
"""


def test_a_new_title_parts_sheets_though_no_total_ends_the_first():
    one, two = rubrics_of(STACKED.format(title="乙类单位考核评分表"))
    assert (len(list(one.criteria())), len(list(two.criteria())), str(two.stated_total)) == (2, 2, "11")


def test_labels_of_answers_are_none():
    assert shape_of(rubrics_of("序号 | 考核内容 | 分值\n一、管理得分9分 | < | <\n1 | 台账齐全。 | 5\n2 | 人员到位。 | 4")[0])
