"""Rubrics as printed, from drawn tables. Half of the cases are shapes that a careless reader gets wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.model import Cell, Paragraph, Table
from pipeline.notices.notice import Segment
from pipeline.provenance import Provenance
from pipeline.rubrics.rubric import parse
from tests.sheets import rubrics_of, shape_of


def test_merged_labels_over_a_page_break_with_a_repeated_header():
    (rubric,) = rubrics_of("""
        # 环卫作业考核表
        项目 | 序号 | 考核内容 | 标准分 | 得分
        道路保洁（6分） | 1 | 路面无积尘。 | 3 |
        ^ | 2 | 果皮箱及时清掏。 | 1.5 |
        --
        项目 | 序号 | 考核内容 | 标准分 | 得分
         | 3 | 绿化带无白色垃圾。 | 1.5 |
        公厕管理（4分） | 4 | 专人管理。 | 4 |
        合计 | < | < | 10 |
    """)
    assert shape_of(rubric) == [
        ("道路保洁", "6", [("1", "路面无积尘。", "3"), ("2", "果皮箱及时清掏。", "1.5"), ("3", "绿化带无白色垃圾。", "1.5")]),
        ("公厕管理", "4", [("4", "专人管理。", "4")]),
    ]
    assert (rubric.title, rubric.stated_total, rubric.header_faults) == ("环卫作业考核表", Decimal(10), ())


def test_a_row_cut_by_the_page_break_is_one_criterion():
    (rubric,) = rubrics_of("""
        类别 | 序号 | 评价标准 | 分值
        管理 | 1 | 建立制度并 | 5
        --
         |  | 严格执行。 |
        ^ | 2 | 建立台账。 | 5
        总分 |  |  | 10
    """)
    assert shape_of(rubric) == [("管理", None, [("1", "建立制度并严格执行。", "5"), ("2", "建立台账。", "5")])]


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("项目 | 序号 | 评价内容 | 评价分值", ()),
        (" | 序号 | 评价内容 | 评价分值", ()),
        ("项目 | 序号 | 评价内容 | ", ("points:missing",)),
        ("项目 | 序号 | 评价内容 | 评价时间：年 月 日", ("points:missing",)),
        ("项目 |  | 评价内容 | 评价分值", ("number:missing",)),
        ("项目 | 评价分值 | 评价内容 | 序号", ("number:shifted:评价分值", "points:shifted:序号")),
    ],
)
def test_the_data_columns_decide_whatever_the_header_says(header, missing):
    (rubric,) = rubrics_of(f"""
        {header}
        甲 | 1 | 内容一。 | 4
        乙 | 2 | 内容二。 | 3
        丙 | 3 | 内容三。 | 3
        总评 |  |  | 10
    """)
    assert [(c.number, c.text, str(c.max_points)) for c in rubric.criteria()] == [
        ("1", "内容一。", "4"),
        ("2", "内容二。", "3"),
        ("3", "内容三。", "3"),
    ]
    assert tuple(f for f in rubric.header_faults) == missing


def test_section_rows_with_points_and_restarting_numbers():
    (rubric,) = rubrics_of("""
        序号 | 考核内容 | 分值 | 评分标准
        一、基础管理（10分） | < | < | <
        1 | 机构健全。 | 5 | 缺一项扣1分。
        2 | 制度上墙。 | 5 | 未上墙扣2分。
        二、现场管理（20分） | < | < | <
        1 | 分类存放。 | 20 | 一处扣1分。
        合计 | | 30 |
    """)
    assert shape_of(rubric) == [
        ("基础管理", "10", [("1", "机构健全。", "5"), ("2", "制度上墙。", "5")]),
        ("现场管理", "20", [("1", "分类存放。", "20")]),
    ]
    assert [c.id for c in rubric.criteria()] == ["annex-1/c1", "annex-1/c2", "annex-1/c3"]
    assert next(c.columns for c in rubric.criteria()) == {"standard": "缺一项扣1分。"}


def test_section_points_in_their_own_column():
    (rubric,) = rubrics_of("""
        考核项目 | 分值 | 考核要点 | 标准分 | 得分
        食品安全 | 6 | 持健康证上岗。 | 2 |
        ^ | ^ | 索证索票齐全。 | 4 |
        环境卫生 | 4 | 地面无积水。 | 4 |
        总分 | 10 | | 10 |
    """)
    assert shape_of(rubric) == [
        ("食品安全", "6", [(None, "持健康证上岗。", "2"), (None, "索证索票齐全。", "4")]),
        ("环境卫生", "4", [(None, "地面无积水。", "4")]),
    ]


def test_items_name_criteria_and_section_numbers_are_not_criterion_numbers():
    (rubric,) = rubrics_of("""
        序号 | 一级指标 | 二级指标 | 分值 | 评分标准 | 得分
        1 | 流程管理 | 按时送货 | 12 | 送货准时，迟到扣分。 |
        ^ | ^ | 足斤足两 | 8 | 份量短缺扣分。 |
        2 | 廉政管理 | 廉政承诺 | 10 | 无贿赂行为。 |
        总分 | | | 30 | 考核总分 |
    """)
    assert shape_of(rubric) == [
        ("流程管理", None, [(None, "送货准时，迟到扣分。", "12"), (None, "份量短缺扣分。", "8")]),
        ("廉政管理", None, [(None, "无贿赂行为。", "10")]),
    ]
    assert [c.columns["item"] for c in rubric.criteria()] == ["按时送货", "足斤足两", "廉政承诺"]
    assert [s.number for s in rubric.sections] == ["1", "2"]
    assert rubric.stated_total == 30


def test_two_levels_of_sections():
    (rubric,) = rubrics_of("""
        一级指标 | 二级指标 | 序号 | 评价内容 | 分值
        服务（10分） | 窗口（6分） | 1 | 首问负责。 | 3
        ^ | ^ | 2 | 一次告知。 | 3
        ^ | 热线（4分） | 3 | 二十四小时。 | 2
        ^ | ^ | 4 | 限时回复。 | 2
        安全（5分） | 设施（5分） | 5 | 定期检查。 | 2
        ^ | ^ | 6 | 台账齐全。 | 3
        合计 | | | | 15
    """)
    assert [(s.label, s.parent, str(s.stated_points), len(s.criteria)) for s in rubric.sections] == [
        ("服务", None, "10", 0),
        ("窗口", "annex-1/s1", "6", 2),
        ("热线", "annex-1/s1", "4", 2),
        ("安全", None, "5", 0),
        ("设施", "annex-1/s4", "5", 2),
    ]


def test_bonus_section_and_subtotals():
    (rubric,) = rubrics_of("""
        项目 | 序号 | 内容 | 分值
        基础 | 1 | 内容甲。 | 60
        ^ | 2 | 内容乙。 | 40
        小计 | | | 100
        加分项 | 3 | 获市级表彰。 | 10
        合计 | | | 110
    """)
    assert [(s.label, s.kind) for s in rubric.sections] == [("基础", "scored"), ("加分项", "bonus")]
    assert [(s.label, str(s.points), s.after) for s in rubric.subtotals] == [("小计", "100", 1)]
    assert rubric.stated_total == 110


@pytest.mark.parametrize(
    ("cell", "points", "choice", "kind"),
    [
        ("5分", "5", None, "scored"),
        ("0-5", "5", "0-5", "scored"),
        ("5、3、1、0", "5", "5、3、1、0", "scored"),
        ("-2", "2", None, "deduction"),
        ("+3", "3", None, "bonus"),
        ("一票否决", None, "一票否决", "veto"),
        ("", None, None, "scored"),
    ],
)
def test_what_a_points_cell_says(cell, points, choice, kind):
    (rubric,) = rubrics_of(f"""
        序号 | 内容 | 分值
        1 | 第一项内容。 | 5
        2 | 第二项内容。 | {cell}
        3 | 第三项内容。 | 5
        4 | 第四项内容。 | 5
    """)
    second = list(rubric.criteria())[1]
    assert (second.max_points and str(second.max_points), second.choice, second.kind) == (points, choice, kind)


def test_points_at_the_end_of_the_text_and_serials_inside_it():
    (rubric,) = rubrics_of("""
        考核项目 | 考核内容 | 得分
        卫生（5分） | 1.地面清洁（2分） |
        ^ | 2.垃圾日产日清（3分）。 |
        安全（5分） | 1.消防通道畅通（5分） |
    """)
    assert [(c.number, str(c.max_points)) for c in rubric.criteria()] == [("1", "2"), ("2", "3"), ("1", "5")]


def test_one_points_cell_over_several_rows_is_one_scored_line():
    (rubric,) = rubrics_of("""
        项目 | 评分标准 | 分值 | 得分
        着装 | 统一着装。 | 10 |
        ^ | 佩戴工牌。 | ^ |
        礼仪 | 使用文明用语。 | 20 |
        ^ | 来有迎声。 | ^ |
        合计 | | 30 |
    """)
    assert [(c.text, str(c.max_points)) for c in rubric.criteria()] == [
        ("统一着装。\n佩戴工牌。", "10"),
        ("使用文明用语。\n来有迎声。", "20"),
    ]


@pytest.mark.parametrize(
    "drawing",
    [
        "序号 | 单位 | 领取人 | 电话\n1 | 甲公司 | 某 | 13800000001\n2 | 乙公司 | 某 | 13800000002\n3 | 丙公司 | 某 | 13800000003",
        "序号 | 评审项目 | 标准分值 | 文件页码\n1 | 指标1 | | \n2 | 指标2 | | \n3 | 指标3 | |",
        "等次 | 分值\n优秀 | 90-100\n良好 | 80-89\n合格 | 60-79",
        "序号 | 设备名称 | 数量 | 单价\n1 | 扫地车 | 2 | 100\n2 | 洒水车 | 3 | 200",
        "礼品名称 | 所需分值 | 库存\n洗衣液 | 50 | 12\n抽纸 | 20 | 30",
        "题型 | 题量 | 每题分值\n单选题 | 20 | 2\n判断题 | 15 | 1",
        "题号 | 题型 | 题数 | 每题分值 | 小计\n一 | 选择题 | 20 | 2 | 40\n二 | 填空题 | 10 | 2 | 20\n三 | 解答题 | 4 | 10 | 40\n合计 | | | | 100",
        "年度 | 指标 | 目标值 | 权重\n2021 | 粮食产量 | 12万吨 | —\n2022 | 粮食产量 | 13万吨 | —",
        "# 积分兑换标准\n礼品名称 | 分值\n洗衣液 | 50\n抽纸 | 20\n毛巾 | 10",
        "科目 | 分值 | 考试时间\n语文 | 150 | 150分钟\n数学 | 150 | 120分钟\n英语 | 120 | 120分钟",
    ],
)
def test_tables_that_are_no_rubric_are_left_alone(drawing):
    assert rubrics_of(drawing) == ()


def test_criteria_beside_kinds_of_questions_are_read():
    (rubric,) = rubrics_of("# 业务考核评分表\n项目 | 题型 | 题数 | 分值\n业务知识 | 选择题 | 20 | 40\n岗位技能 | 实操题 | 2 | 40\n法律法规 | 判断题 | 10 | 20")
    assert [(c.text, str(c.max_points)) for c in rubric.criteria()] == [("业务知识", "40"), ("岗位技能", "40"), ("法律法规", "20")]


@pytest.mark.parametrize(
    "drawing",
    [
        "序号 | 检查内容 | 分值\n1 | 门窗 | 20\n2 | 地面 | 10\n3 | 墙壁 | 10\n4 | 桌椅 | 20\n5 | 讲台 | 15\n6 | 黑板 | 5\n合计 | | 40",
        "检查内容 | 检查标准 | 分值\n门窗 | 洁净 | 20\n地面 | 无纸屑 | 10\n墙壁 | 无污渍 | 10\n桌椅 | 整齐 | 20\n讲台 | 整洁 | 15\n黑板 | 干净 | 5\n合计 | | 40",
        "检查内容 | 分值\n门窗洁净，玻璃明亮。 | 20\n地面 | 10\n墙壁 | 10\n桌椅整齐，无破损。 | 20\n讲台 | 15\n黑板 | 5\n合计 | 40",
    ],
    ids=["numbered", "with standards", "sentences"],
)
def test_lines_that_are_no_names_head_no_others_whatever_their_sums(drawing):
    (rubric,) = rubrics_of(drawing)
    assert (len(list(rubric.criteria())), [s.label for s in rubric.sections]) == (6, [None])


@pytest.mark.parametrize(
    ("title", "header", "last"),
    [("歌唱比赛评分标准", "歌唱", "台风 | 30"), ("星级歌手标准", "歌唱", "台风 | 30"), ("歌唱量化表", "歌唱", "台风 | 30"), ("歌唱", "评价内容", "台风 | 30"), ("歌唱", "歌唱", "合计 | 70"), ("歌唱", "歌唱", "音准好，节奏稳，无明显错漏 | 50")],
    ids=["a title", "a standard", "a measure of work", "a header", "a total", "a sentence"],
)
def test_short_names_beside_points_are_criteria_where_something_says_so(title, header, last):
    (rubric,) = rubrics_of(f"# {title}\n{header} | 分值\n歌曲选材 | 20\n音色音调 | 50\n{last}")
    assert [c.text for c in rubric.criteria()][:2] == ["歌曲选材", "音色音调"]


def test_criteria_as_columns():
    (rubric,) = rubrics_of("""
        歌唱比赛评分表 | < | < | < | <
        班级 | 内容（20分） | 音色（30分） | 表达（50分） | 总分
        一班 | 18 | 25 | 44 |
        二班 | | | |
    """)
    assert [(c.text, str(c.max_points)) for c in rubric.criteria()] == [("内容", "20"), ("音色", "30"), ("表达", "50")]
    assert rubric.title == "歌唱比赛评分表"


def test_a_numbered_list_without_a_table():
    (rubric,) = rubrics_of("""
        # 作业评分标准（总分：50分）
        # 1. 完成度（30分）
        # - 按时完成选题（10分）
        # - 内容切题（20分）
        # 2. 分享（20分）
        # - 展示质量（20分）
    """)
    assert shape_of(rubric) == [
        ("完成度", "30", [(None, "按时完成选题", "10"), (None, "内容切题", "20")]),
        ("分享", "20", [(None, "展示质量", "20")]),
    ]
    assert rubric.stated_total == 50


def test_two_rubrics_in_one_table_and_ids():
    first, second = rubrics_of("""
        序号 | 内容 | 分值
        1 | 甲。 | 60
        2 | 乙。 | 40
        合计 | | 100
        1 | 丙。 | 50
        2 | 丁。 | 50
        合计 | | 100
    """)
    assert (first.id, second.id) == ("annex-1", "annex-2")
    assert first.stated_total == second.stated_total == 100


@pytest.mark.parametrize(
    ("numbers", "ids"),
    [
        (["1", "2", "4"], ["c1", "c2", "c4"]),
        (["1", "2", "2", "3"], ["c1", "c2", "c2~2", "c3"]),
        (["1", "", "3"], ["c1", "c2", "c3"]),
        (["1", "2", "1", "2"], ["c1", "c2", "c3", "c4"]),
    ],
)
def test_ids_follow_ascending_numbers_and_never_restarting_ones(numbers, ids):
    rows = "\n".join(f"甲{i} | {n} | 内容{i}。 | 5" for i, n in enumerate(numbers))
    (rubric,) = rubrics_of(f"项目 | 序号 | 内容 | 分值\n{rows}\n")
    assert [c.id.split("/")[1] for c in rubric.criteria()] == ids


@pytest.mark.parametrize(("texts", "numbers"), [
    (("1 台账齐全。", "2 人员持证。", "3 设施完好。"), ["1", "2", "3"]),
    (("3 台账齐全。", "5 人员持证。", "4 设施完好。"), [None, None, None]),
    (("1 台账齐全。", "2 人员持证。", "设施完好。"), [None, None, None]),
])  # fmt: skip
def test_a_serial_that_only_a_space_parts_from_the_text(texts, numbers):
    """No rule, dot or gutter parts the columns: the count from 1 does."""
    rows = [("评价内容", "分值"), *((t, "5") for t in texts)]
    cells = tuple(Cell(r, c, t, Provenance(t)) for r, row in enumerate(rows) for c, t in enumerate(row))
    (found,) = parse([Segment(1, "annex", "评价表", None, None, (Table(cells, len(rows), 2, Provenance("")),))])
    assert [c.number for c in found.criteria()] == numbers
    assert [c.text for c in found.criteria()] == [t[2:] if numbers[0] else t for t in texts]


@pytest.mark.parametrize(("line", "title"), [
    ("注：每处扣1分", None), ("备注：逐项评分", None), ("注册登记管理", "注册登记管理"), ("下表为样张，供应商可予以细化，正式的以合同", None), ("优质服务，便民利民考核", "优质服务，便民利民考核"),
])  # fmt: skip
def test_a_note_above_a_table_is_no_title(line, title):
    (rubric,) = rubrics_of(f"# {line}\n项目 | 序号 | 评价内容 | 评价分值\n管理（5分） | 1 | 证照齐全。 | 3\n^ | 2 | 报表及时。 | 2\n总评 | | | 5")
    assert rubric.title == title


@pytest.mark.parametrize(("between", "title"), [(2, "投标人认为要说明的内容"), (20, "投标人认为要说明的内容"), (40, "三、评分细则")])
def test_the_title_of_an_annex_far_above_its_table_is_not_the_tables(between, title):
    lines = [Paragraph(f"（{i}）投标人应当递交第{i}份材料。", Provenance("")) for i in range(between)]
    cells = tuple(Cell(r, c, t, Provenance(t)) for r, row in enumerate([("评价内容", "分值"), ("1.台账齐全。", "5"), ("2.人员持证。", "5")]) for c, t in enumerate(row))
    blocks = (*lines, Paragraph("三、评分细则", Provenance("")), Table(cells, 3, 2, Provenance("")))
    (found,) = parse([Segment(3, "annex", "投标人认为要说明的内容", None, None, blocks)])
    assert found.title == title
