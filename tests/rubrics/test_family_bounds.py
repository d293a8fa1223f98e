"""Bounds that are no totals, caps that are no sums, what is printed by quarter, and long figures that are no one's number.

Expected values (under `=>`) are what was drawn; `@` names the formats. See `support/drawn.py` for the notation.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.normalize import mask_personal
from pipeline.points import split_label
from tests.support.drawn import case_of, read_drawn

LIST = """
@ txt docx html
养老服务站考核评分细则
1.机构健全（30分）
2.制度健全（30分）
3.台账齐全（40分）
{line}
=>
annex-1 《养老服务站考核评分细则》 {total}
    1 | 机构健全 | 30
    2 | 制度健全 | 30
    3 | 台账齐全 | 40
"""
BOUNDS = (
    "总分90分，为优秀。",
    "总分90分，为优秀；总分80分，为良好。",
    "总分：90分，优秀；80分，良好。",
    "总分90分，优秀等次。",
    "总分90分，评定为优秀。",
    "总分60分，不合格。",
    "总分80分，达标。",
)
TOTALS = (
    "以上合计100分，90分以上为优秀。",
    "满分100分，按得分排序。",
    "总分100分。",
    "总分100分，优秀90分以上。",
    "总分100分，评分结果报市局。",
    "总分为100分，其中总分90分以上为优秀。",
)

CASES = {
    "caps of each line beside the points of a section": """
@ docx html xlsx
养老服务站考核评分表
项目 | 考核内容 | 分值
管理（60分，每项最高扣20分） | 制度健全 | 30
^ | 台账齐全 | 30
服务（40分，每项扣完为止，最多扣10分） | 态度良好 | 30
^ | 回访及时 | 10
总分 | | 100
=>
annex-1 《养老服务站考核评分表》 100
  [管理（每项最高扣20分）] 60
    - | 制度健全 | 30
    - | 台账齐全 | 30
  [服务（每项扣完为止，最多扣10分）] 40
    - | 态度良好 | 30
    - | 回访及时 | 10
""",
    "tasks by quarter": """
@ docx html xlsx
年度目标任务考核评分表
序号 | 工作任务 | 第一季度 | 第二季度 | 分值
1 | 制度建设 | 完成编制 | 完成印发 | 60
2 | 信息平台 | 完成招标 | 上线运行 | 40
=>
annex-1 《年度目标任务考核评分表》 -
    1 | 制度建设 | 60 | 第一季度=完成编制 | 第二季度=完成印发
    2 | 信息平台 | 40 | 第一季度=完成招标 | 第二季度=上线运行
""",
    "figures by ten days that add up": """
@ docx html xlsx
社区考核评分表
序号 | 考核内容 | 上旬 | 中旬 | 合计
1 | 楼道保洁 | 10 | 30 | 40
2 | 绿化养护 | 20 | 40 | 60
=>
annex-1 《社区考核评分表》 -
    1 | 楼道保洁 | 40 | 上旬=10 | 中旬=30
    2 | 绿化养护 | 60 | 上旬=20 | 中旬=40
""",
    "the same points each quarter": """
@ docx html xlsx
年度培训考核评分表
序号 | 考核内容 | 一季度 | 二季度
1 | 开展培训 | 10 | 10
2 | 开展检查 | 15 | 15
=>
annex-1 《年度培训考核评分表》 -
    1 | 开展培训 | 10 | 二季度=10
    2 | 开展检查 | 15 | 二季度=15
""",
    "levels under the header of the labels": """
@ docx html xlsx
养老服务站考核评分表
项目 | 考核内容 | 分值
一 | 制度健全 | 30
1 | 台账齐全 | 30
二 | 态度良好 | 40
=>
annex-1 《养老服务站考核评分表》 -
    - | 制度健全 | 30 | item=一
    - | 台账齐全 | 30 | item=1
    - | 态度良好 | 40 | item=二
""",
}
CASES |= {line: LIST.format(line=line, total="-") for line in BOUNDS} | {line: LIST.format(line=line, total=100) for line in TOTALS}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_family_bounds(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form


@pytest.mark.parametrize(
    ("label", "name", "points"),
    [
        ("管理（共60分，每次最多扣5分）", "管理（每次最多扣5分）", 60),
        ("管理（40分，单项不超过20分）", "管理（单项不超过20分）", 40),
        ("服务（40分，其中满意度最高10分）", "服务（其中满意度最高10分）", 40),
        ("加分项（每项加2分，最高10分）", "加分项（每项加2分）", 10),
        ("加分项（2分，累计最高10分）", "加分项（2分）", 10),
    ],
)
def test_a_cap_takes_no_section_its_own_points(label, name, points):
    assert split_label(label) == (name, Decimal(points))


@pytest.mark.parametrize(
    "text",
    [
        "完成投资13800000000元", "投资13800000000 万元", "用水量13800000012立方米", "发放13800000012件", "设备编号13800000012登记",
        "项目代码370402201906150011手续齐全", "统一信用代码：911101195000000019",
    ],
)  # fmt: skip
def test_figures_and_codes_are_no_personal_numbers(text):
    assert mask_personal(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "拨打13800000012", "13800000012 元某", "13800000012个人", "手机13800000012号码", "138 0000 0012", "身份证编号370402190001010000",
        "证件编码：370402190001010000", "身份证370402190001010000",
    ],
)  # fmt: skip
def test_personal_numbers_are(text):
    assert not any(run in mask_personal(text) for run in ("13800", "0012", "370402"))
