"""Sheets joined and headed the way people do by hand: blank or repeated cells for joined ones, headings inside sections, a line
between the halves of a table, totals in other words."""

from __future__ import annotations

import pytest

from pipeline.notices.segments import Segment, segment
from pipeline.readers import html
from pipeline.rubrics.rubric import parse, read
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


def test_grade_columns_may_have_others_behind_them():
    (found,) = rubrics_of("""
        被评价单位： | < | < | < | < | < | < | <
        序号 | 评价内容 | 5分 | 4分 | 3分 | 2分 | 1分 | 评价方法
        1 | 业务用房面积符合要求。 | | | | | | 现场提问
        2 | 基本设备配置齐全。 | | | | | | 抽查台账
        3 | 医疗废物暂存点标识清楚。 | | | | | | 系统核查
    """)
    assert [(c.number, str(c.max_points)) for c in found.criteria()] == [("1", "5"), ("2", "5"), ("3", "5")]


def test_a_veto_in_brackets_closes_a_line_of_a_list():
    (found,) = rubrics_of(LIST.replace("# 二、", "# 3.弄虚作假（一票否决）。\n    # 二、").replace("# 3.按时回访（6分）。", "# 4.按时回访（6分）。\n    # 5.瞒报事故（一票否决）。"))
    assert [(c.number, c.kind) for c in found.criteria()] == [("1", "scored"), ("2", "scored"), ("3", "veto"), ("4", "scored"), ("5", "veto")]


def test_lines_that_count_in_their_texts_beside_one_points_cell_are_criteria():
    (found,) = rubrics_of("""
        检查项目 | 考核内容 | 应得分 | 检查方式
        采购 | 1、大宗食材公开招标，供货商资质齐全。 | 30 | 系统核查
        ^ | 2、索证索票完整，台账保存不少于2年。 | ^ | 系统核查
        加工 | 3、生熟分开，刀具砧板有明显标识。 | 20 | 查阅资料
        ^ | 4、留样每份不少于125克。 | ^ | 查阅资料
    """)
    assert [(c.number, c.max_points and str(c.max_points)) for c in found.criteria()] == [("1", "30"), ("2", None), ("3", "20"), ("4", None)]
    assert [s.label for s in found.sections] == ["采购", "加工"]


def test_what_each_case_costs_makes_a_sheet_of_deductions():
    (found,) = rubrics_of("""
        考核项目 | 扣分情形 | 扣分标准
        教育培训 | 特种作业人员无证上岗的。 | 每次扣5分
        ^ | 外来人员入厂前未告知的。 | 每次扣0.5分
        现场管理 | 动火作业未执行审批制度的。 | 每次扣2分
        ^ | 警示标志不全的。 | 每次扣1分
    """)
    assert {c.kind for c in found.criteria()} == {"deduction"}


BELOW = """
    项目 | 序号 | 检查内容 | 满分
    管理（9分） | 1 | 台账齐全。 | 5
    ^ | 2 | 人员到位。 | 4
    {word} | | | 9
    {rows}
"""


@pytest.mark.parametrize("rows", [
    "考核等次划分 | | |\n考核得分 | 等次 | |\n90分（含）以上 | A级 | |\n不满90分 | B级 | |",
    "各单位自设指标模板 | | |\n一级指标 | 二级指标 | 分值 | 指标解释",
])  # fmt: skip
def test_another_table_right_below_a_sheet_is_none_of_it(rows):
    for word in ("总评", "小计"):
        (found,) = rubrics_of(BELOW.format(rows=rows, word=word))
        assert ([s.label for s in found.sections], len(list(found.criteria()))) == (["管理"], 2)


def test_points_of_sections_printed_in_each_row_are_not_those_of_joined_criteria():
    (found,) = rubrics_of("""
        一级指标 | 总分 | 序号 | 三级指标 | 评分办法 | 满分
        体制 | 19 | 1 | 档案工作列入年度计划和考核内容。 | 完全符合的得10分 | 10
        体制 | 19 | ^ | ^ | 基本符合的得5分 | ^
        体制 | 19 | ^ | ^ | 不符合的不得分 | ^
        体制 | 19 | 2 | 文件材料归档范围和保管期限表经审批。 | 未达到的扣9分 | 9
        信息化 | 25 | 3 | 目录数据库覆盖率100%。 | 符合要求得14分 | 14
        信息化 | 25 | 4 | 数字化副本质量合格率不低于99%。 | 未落实的不得分。 | 11
    """)
    assert [str(c.max_points) for c in found.criteria()] == ["10", "9", "14", "11"]
    assert [str(s.stated_points) for s in found.sections] == ["19", "25"]


@pytest.mark.parametrize(("value", "total"), [("24", "24"), ("20", "20"), ("6", None), ("7", None)])
def test_a_lone_subtotal_belongs_to_what_it_is_nearer_to(value, total):
    (found,) = rubrics_of(f"""
        项目 | 序号 | 考核内容 | 分值
        管理（18分） | 1 | 台账齐全。 | 10
        ^ | 2 | 人员到位。 | 8
        服务（6分） | 3 | 按时回访。 | 6
        小计 | | | {value}
    """)
    assert (found.stated_total and str(found.stated_total)) == total


def test_two_lists_under_titles_of_their_own_are_two_rubrics():
    one, two = annex_of("# 表1 甲类单位考核评分表" + LIST + "    # 表2 乙类单位考核评分表" + LIST)
    assert (one.title, two.title) == ("考核评分表", "表2 乙类单位考核评分表")
    assert [len(list(r.criteria())) for r in (one, two)] == [3, 3]


def test_a_table_under_a_title_of_scoring_without_points_is_said():
    drawing = "# 乙类单位考核评分表\n内容 | 依据\n台账齐全。 | 制度\n人员到位。 | 花名册\n设备完好。 | 记录"
    _, remarks = read([Segment(1, "annex", "乙类单位考核评分表", None, None, blocks_of(drawing))])
    assert [r.kind for r in remarks] == ["unscored-table"]


NARROWER = """
    评价项目 | 评价内容 | 扣分标准 | 满分 | 得分
    水质（29分） | 1.水质信息每月公布。 | 符合要求得15分，基本符合得7分。 | 15 |
    ^ | 2.净水药剂进厂检验。 | 一次不合格扣1分，本项扣完为止。 | 14 |
    运行（10分） | 3.设备完好率不低于98%。 | 一次不合格扣1分，本项扣完为止。 | 10 |
    # （接上表）
    营业（44分） | 4.收费标准公示。 | 查阅资料，缺一项扣0.5分，扣完为止。 | 7
    ^ | 5.水表到期轮换率100%。 | 每发现一处不符合扣0.5分，扣完为止。 | 13
    ^ | 6.65岁以上用户上门服务。 | 现场抽查3处，1处不合格扣1分。 | 9
    ^ | 7.服务热线畅通。 | 未达到的扣15分；记录不全的扣1分。 | 15
"""


def test_a_narrower_part_without_a_header_has_the_columns_of_the_headed_one():
    (found,) = rubrics_of(NARROWER)
    assert [c.number for c in found.criteria()] == [str(n) for n in range(1, 8)]
    assert [s.label for s in found.sections] == ["水质", "运行", "营业"]
    assert list(found.criteria())[3].text == "收费标准公示。"


def test_duties_beside_joined_standards_are_numbered_by_their_own_serials():
    (found,) = rubrics_of("""
        评估内容 | 赋分说明 | 检查方式 | 应得分
        1.执业证书在有效期内，从业人员持证上岗，每年注册。 | 完全符合的得5分 | 查阅资料 | 5
        ^ | 不符合的不得分 | ^ | ^
        2.65岁以上老年人体检率不低于75%，档案更新。 | 完全符合的得7分 | 听取汇报 | 7
        ^ | 不符合的不得分 | ^ | ^
        3.出诊登记完整，处方书写规范，药品专柜存放。 | 完全符合的得8分 | 查阅资料 | 8
        ^ | 不符合的不得分 | ^ | ^
    """)
    assert [(c.number, str(c.max_points)) for c in found.criteria()] == [("1", "5"), ("2", "7"), ("3", "8")]


def test_numerals_of_two_forms_number_sections_and_criteria():
    (found,) = rubrics_of("""
        序号 | 评价内容 | 分值 | 得分
        | 总计 | 15 |
        一 | 基础管理 | 9 |
        （一） | 服务合同齐全。 | 4 |
        （二） | 客服中心规范。 | 5 |
        二 | 秩序维护 | 6 |
        （一） | 门岗值守。 | 6 |
    """)
    assert [(s.label, str(s.stated_points), len(s.criteria)) for s in found.sections] == [("基础管理", "9", 2), ("秩序维护", "6", 1)]


def test_an_outer_label_printed_again_ends_no_inner_one():
    (found,) = rubrics_of("""
        一级指标 | 二级指标 | 序号 | 三级指标 | 分数
        水质 | 日常（9分） | 1 | 水源地每日巡查。 | 4
        水质 | | 2 | 水质每月公布。 | 5
        运行 | 过程（8分） | 3 | 设备完好。 | 5
        运行 | | 4 | 值守记录完整。 | 3
    """)
    assert [(s.label, [c.number for c in s.criteria]) for s in found.sections if s.criteria] == [("日常", ["1", "2"]), ("过程", ["3", "4"])]


def test_a_veto_in_brackets_stands_for_points_where_texts_carry_them():
    (found,) = rubrics_of("""
        评价项目 | 评价内容 | 赋分说明
        运营 | 班次准点率不低于98%（16分） | 未达到的扣16分
        ^ | 驾驶员证照有效（12分） | 未落实的不得分
        ^ | 弄虚作假、提供虚假材料（一票否决） | 出现即不合格
    """)
    assert [(c.kind, c.max_points and str(c.max_points)) for c in found.criteria()] == [("scored", "16"), ("scored", "12"), ("veto", None)]


NAMED = """
    评价标准 | 满分 | 实得分值
    组织管理 | 24 |
    管理机构健全，岗位职责明确。 | 10 |
    按时足额发放工资。 | 14 |
    垃圾收运 | {points} |
    收集点无满溢，周边干净。 | 9 |
    车辆每日冲洗，标识清晰。 | 8 |
    社会评价 | 9 |
    投诉及时处置，办结有回访。 | 9 |
    总分 | 50 |
"""


@pytest.mark.parametrize("points", [17, 16])
def test_bare_names_with_the_points_of_the_sentences_below_them_are_sections(points):
    (found,) = rubrics_of(NAMED.format(points=points))
    assert [(s.label, str(s.stated_points), len(s.criteria)) for s in found.sections] == [
        ("组织管理", "24", 2), ("垃圾收运", str(points), 2), ("社会评价", "9", 1),
    ]  # fmt: skip


def test_short_criteria_among_sentences_stay_criteria_where_their_points_make_no_sums():
    (found,) = rubrics_of(NAMED.format(points=5).replace("组织管理 | 24", "队伍建设 | 3").replace("总分 | 50", "总分 | 67"))
    assert len(list(found.criteria())) == 8


def test_duties_beside_standards_name_them_though_one_stands_twice():
    rows = ["线路班次按核准方案执行。", "调度记录真实，临时调整公告。", "调度记录真实，临时调整公告。", "从业资格证齐全有效。", "运营数据按月报送。"]
    drawing = "\n".join(f"{i} | {t} | {s} | 5\n^ | ^ | 不符合的不得分 | ^" for i, (t, s) in enumerate(zip(rows, ["抽查3处，一处扣1分。", "完全符合的得5分", "缺一项扣1分。", "未达到的扣3分。", "一次扣1分。"], strict=True), 1))
    (found,) = rubrics_of("序号 | 评估内容 | 扣分标准 | 分数\n" + drawing)
    assert [c.columns.get("item") or c.text for c in found.criteria()] == rows


@pytest.mark.parametrize("word", ["共计", "满分合计", "总  共", "分值合计"])
def test_totals_in_other_words(word):
    (found,) = rubrics_of(f"项目 | 序号 | 考核内容 | 分值\n管理 | 1 | 台账齐全。 | 5\n服务 | 2 | 按时回访。 | 4\n{word} | | | 9")
    assert (str(found.stated_total), len(list(found.criteria()))) == ("9", 2)


def test_a_titled_table_of_other_columns_right_below_a_sheet_is_none_of_it():
    (found,) = rubrics_of("""
        项目 | 序号 | 检查内容 | 方法 | 满分
        管理（9分） | 1 | 台账齐全。 | 看 | 5
        ^ | 2 | 人员到位。 | 看 | 4
        考核结果与服务费挂钩标准 | | | |
        序号 | 扣分分值 | 扣减服务费 | |
        1 | 5分以内 | 不扣减 | |
        2 | 6至10分 | 2% | |
    """)
    assert ([s.label for s in found.sections], len(list(found.criteria()))) == (["管理"], 2)


@pytest.mark.parametrize(("between", "sheets"), [("附加项：", 2), ("附加项目如下", 2), ("科室盖章：", 1)])
def test_criteria_apart_that_count_on_are_a_sheet_of_their_own(between, sheets):
    halves = ["序号|评价内容|分值", *(f"{n}|第{n}项工作落实到位。|10" for n in range(1, 6))], ["序号|评价内容|分值", *(f"{n}|第{n}项做法推广。|2" for n in range(6, 9))]
    tables = ["<table border=1>" + "".join("<tr><td>" + row.replace("|", "<td>") for row in half) + "</table>" for half in halves]
    page = f"<meta charset=utf-8><p>附件1</p><p>服务质量考核评分表</p>{tables[0]}<p>{between}</p>{tables[1]}"
    rubrics, _ = read(segment(html.read(page.encode(), "a.html")))
    assert [len(r.printed()) for r in rubrics] == ([5, 3] if sheets == 2 else [8])


SHEET = """
    项目 | 考核内容 | 分值
    组织管理（30分） | 制度完善健全。 | 30
    现场管理（30分） | 现场整洁有序。 | 30
    档案管理（40分） | 档案齐全完整。 | 40
"""


@pytest.mark.parametrize(
    "drawing",
    [
        "    # 考核内容包括：\n    # 一、组织管理（30分）\n    # 二、现场管理（30分）\n    # 三、档案管理（40分）" + SHEET,
        SHEET + "    # 评分说明：\n    # 1.完成较好（20分）\n    # 2.基本完成（10分）\n    # 3.未完成（0分）\n",
    ],
)
def test_lines_about_a_table_are_no_rubric(drawing):
    rubrics, _ = read([Segment(1, "annex", "考核评分表", None, None, blocks_of(drawing))])
    assert [(r.id, len(r.printed())) for r in rubrics] == [("annex-1", 3)]


def test_an_answer_below_points_without_text():
    rubric, = rubrics_of("    序号 | 评价内容 | 分值\n    1 | 有制度得3分。 | 3\n    2 | | 5\n    | 不符合的不得分。 |\n    3 | 台账齐全。 | 2\n")
    assert [str(c.max_points) for c in rubric.criteria() if c.max_points] == ["3", "5", "2"]


def test_a_thousand_titles_in_one_table():
    """Each was compared with all rows above it: the cube of the rows."""
    rows = "\n".join(f"    第{n}类考核标准表 | |" for n in range(1000))
    assert rubrics_of(f"    评价内容 | 分值\n{rows}\n") == ()
