"""The feet of sheets (等次 to tick, 备注, 结论), columns for rounds, sections in Roman numerals, tables that gather results.

Expected values (under `=>`) are what was drawn; see `support/drawn.py` for both notations.
"""

from __future__ import annotations

import pytest

from pipeline import extract
from tests.support.drawn import WRITERS, case_of, read_drawn

SHEET = """
附件1
渡口管理考核表
序号 | 考核项目 | 考核内容 | 评分标准 | 分值 | 得分
1 | 船舶（40分） | 船体完好，证书齐全 | 缺一项扣5分 | 20 |
2 | ^ | 救生衣数量足够 | 少一件扣2分 | 20 |
3 | 船员（60分） | 持证上岗 | 无证扣10分 | 30 |
4 | ^ | 每日出航前检查 | 漏检扣5分 | 30 |
合计 | < | < | < | 100 |
"""

READ = """annex-1 《渡口管理考核表》 100
  [船舶] 40
    1 | 船体完好，证书齐全 | 20 | standard=缺一项扣5分
    2 | 救生衣数量足够 | 20 | standard=少一件扣2分
  [船员] 60
    3 | 持证上岗 | 30 | standard=无证扣10分
    4 | 每日出航前检查 | 30 | standard=漏检扣5分"""

FEET = {
    "考核等次 | < | □优秀 □合格 □不合格 | < | < | <": "\n  note: 考核等次 □优秀 □合格 □不合格",
    "评价结论 | < | 合格□ 不合格□ | < | < | <": "\n  note: 评价结论 合格□ 不合格□",
    "备注 | < | 每项扣完为止。 | < | < | <": "\n  note: 备注 每项扣完为止。",
    "考核意见 | < | 签字：      年 月 日 | < | < | <": "",
    "考核结论 | < | 经考核评定为   等次。 | < | < | <": "\n  unplaced: 考核结论 经考核评定为等次。",
    "整改要求 | < | 限期改正 | < | < | <": "\n  unplaced: 整改要求 限期改正",
}


def test_all_feet_together(tmp_path):
    for order in (list(FEET), list(reversed(FEET))):
        read = read_drawn(SHEET + "\n存在问题 | < | | < | < | <\n".join(order), "docx", tmp_path)
        assert read.startswith(READ), order


def test_a_place_to_write_below_a_foot(tmp_path):
    drawing = """
渡口管理考核表
考核项目 | 编号 | 考核内容 | 分值 | 得分
船舶（40分） | 1 | 船体完好，证书齐全 | 20 |
^ | 2 | 救生衣数量足够 | 20 |
船员（60分） | 3 | 持证上岗 | 60 |
合计 | < | < | 100 |
整改要求 | < | 限期改正 | < | <
存在问题 | < | | < | <
"""
    read = read_drawn(drawing, "docx", tmp_path)
    assert read.endswith("    3 | 持证上岗 | 60\n  unplaced: 整改要求 限期改正\n  unplaced: 存在问题")


def test_a_foot_below_a_row_that_lacks_its_points(tmp_path):
    drawing = SHEET.replace("漏检扣5分 | 30", "漏检扣5分 | ") + "存在问题 | < | | < | < | <\n整改要求 | < | 限期改正 | < | < | <"
    path = tmp_path / "sheet.docx"
    path.write_bytes(WRITERS["docx"](drawing))
    errors = [(f.rule, f.where) for f in extract(path).findings if f.severity == "error"]
    assert errors == [("criterion-without-points", "annex-1/c4")]


@pytest.mark.parametrize("foot", FEET)
def test_a_foot_is_no_criterion(foot, tmp_path):
    for form in ("docx", "html", "xlsx"):
        assert read_drawn(SHEET + foot, form, tmp_path) == READ + FEET[foot], form


def test_a_foot_raises_no_error(tmp_path):
    for foot in FEET:
        path = tmp_path / "sheet.docx"
        path.write_bytes(WRITERS["docx"](SHEET + foot))
        assert [f.rule for f in extract(path).findings if f.severity == "error"] == []


CASES = {
    "below the total a line with a number is a criterion, its points absent": f"""@ docx html xlsx{SHEET}5 | 其他 | 完成交办的任务 | 未完成不得分 | |
=>
{READ}
  [其他] -
    5 | 完成交办的任务 | - | standard=未完成不得分
""",
    "vetoes below the total": f"""@ docx html xlsx{SHEET}一票否决情形 | < | 发生安全责任事故的，评定为不合格。 | < | < | <
=>
{READ}
  [一票否决情形] -
    - | 发生安全责任事故的，评定为不合格。 | - | veto
""",
    "extras below the total": f"""@ docx html xlsx{SHEET}加分项 | < | 受到市级以上表彰的酌情加分 | < | < | <
=>
{READ}
  [加分项] - bonus
    - | 受到市级以上表彰的酌情加分 | - | bonus
""",
    "a column for each month": """
附件1
渡口管理考核表
序号 | 考核内容 | 分值 | 1月 | 2月 | 3月 | 4月 | 5月 | 6月
1 | 船体完好，证书齐全 | 40 | | | | | |
2 | 救生衣数量足够 | 60 | | | | | |
合计 | < | 100 | | | | | |
=>
annex-1 《渡口管理考核表》 100
    1 | 船体完好，证书齐全 | 40
    2 | 救生衣数量足够 | 60
""",
    "sections in Roman numerals, their points beside": """
附件1
渡口管理考核表
序号 | 考核内容 | 分值 | 评分标准
Ⅰ | 船舶 | 45 |
1 | 船体完好无渗漏，证书齐全 | 25 | 缺一项扣5分
2 | 救生衣数量足够 | 20 | 少一件扣2分
Ⅱ | 船员 | 55 |
1 | 持证上岗，无疲劳作业 | 30 | 无证扣10分
2 | 每日出航前检查并登记 | 25 | 漏检扣5分
=>
annex-1 《渡口管理考核表》 -
  [船舶] 45
    1 | 船体完好无渗漏，证书齐全 | 25 | standard=缺一项扣5分
    2 | 救生衣数量足够 | 20 | standard=少一件扣2分
  [船员] 55
    1 | 持证上岗，无疲劳作业 | 30 | standard=无证扣10分
    2 | 每日出航前检查并登记 | 25 | standard=漏检扣5分
""",
    "criteria in Roman numerals": """
附件1
渡口管理考核表
序号 | 考核内容 | 分值 | 评分标准
Ⅰ | 船体完好 | 25 | 缺一项扣5分
Ⅱ | 救生衣数量足够 | 20 | 少一件扣2分
Ⅲ | 持证上岗 | 30 | 无证扣10分
Ⅳ | 每日出航前检查 | 25 | 漏检扣5分
=>
annex-1 《渡口管理考核表》 -
    I | 船体完好 | 25 | standard=缺一项扣5分
    II | 救生衣数量足够 | 20 | standard=少一件扣2分
    III | 持证上岗 | 30 | standard=无证扣10分
    IV | 每日出航前检查 | 25 | standard=漏检扣5分
""",
    "a column of the sections' points on the right, headed 合计": """@ docx html xlsx
附件1
渡口管理考核表
考核项目 | 考核内容 | 单项分值 | 合计 | 得分
船舶 | 船体完好无渗漏，证书齐全 | 25 | 45 |
^ | 救生衣数量足够 | 20 | ^ |
船员 | 持证上岗，无疲劳作业 | 30 | 55 |
^ | 每日出航前检查并登记 | 25 | ^ |
=>
annex-1 《渡口管理考核表》 -
  [船舶] 45
    - | 船体完好无渗漏，证书齐全 | 25
    - | 救生衣数量足够 | 20
  [船员] 55
    - | 持证上岗，无疲劳作业 | 30
    - | 每日出航前检查并登记 | 25
""",
    "points divided into those of labels and of rows by a second header row": """@ docx html xlsx
附件1
渡口管理考核表
序号 | 考核项目 | 分值 | < | 考核内容
^ | ^ | 大项 | 小项 | ^
1 | 船舶 | 45 | 25 | 船体完好无渗漏，证书齐全
2 | ^ | ^ | 20 | 救生衣数量足够
3 | 船员 | 55 | 30 | 持证上岗，无疲劳作业
4 | ^ | ^ | 25 | 每日出航前检查并登记
=>
annex-1 《渡口管理考核表》 -
  [船舶] 45
    1 | 船体完好无渗漏，证书齐全 | 25
    2 | 救生衣数量足够 | 20
  [船员] 55
    3 | 持证上岗，无疲劳作业 | 30
    4 | 每日出航前检查并登记 | 25
""",
    "labels that say more below their points": """@ docx html xlsx
附件1
渡口管理考核表
考核项目 | 考核内容 | 分值 | 得分
船舶（45分）⏎重点检查船况和救生设备 | 船体完好无渗漏，证书齐全 | 25 |
^ | 救生衣数量足够 | 20 |
船员（55分）⏎重点检查持证和登记 | 持证上岗，无疲劳作业 | 30 |
^ | 每日出航前检查并登记 | 25 |
合计 | < | 100 |
=>
annex-1 《渡口管理考核表》 100
  [船舶] 45
    - | 船体完好无渗漏，证书齐全 | 25
    - | 救生衣数量足够 | 20
  [船员] 55
    - | 持证上岗，无疲劳作业 | 30
    - | 每日出航前检查并登记 | 25
  unplaced: 重点检查船况和救生设备
  unplaced: 重点检查持证和登记
""",
    "points of names behind a colon": """@ docx html xlsx
附件1
渡口管理考核表
序号 | 考核项目 | 考核内容 | 评分标准 | 扣分 | 得分
1 | 船舶：45分 | 发船准点：25分 | 误点一次扣5分 | |
2 | ^ | 救生衣：20分 | 少一件扣2分 | |
3 | 船员：55分 | 持证：30分 | 无证一例扣10分 | |
4 | ^ | 登记：25分 | 漏检一次扣5分 | |
=>
annex-1 《渡口管理考核表》 -
  [船舶] 45
    1 | 发船准点：25分 | 25 | standard=误点一次扣5分
    2 | 救生衣：20分 | 20 | standard=少一件扣2分
  [船员] 55
    3 | 持证：30分 | 30 | standard=无证一例扣10分
    4 | 登记：25分 | 25 | standard=漏检一次扣5分
""",
    "a table for each section, its name without a marker above it": """@ docx html
附件1
渡口管理考核表
船舶（45分）
序号 | 考核内容 | 分值
1 | 船体完好无渗漏，证书齐全 | 25
2 | 救生衣数量足够 | 20
船员（55分）
序号 | 考核内容 | 分值
1 | 持证上岗，无疲劳作业 | 30
2 | 每日出航前检查并登记 | 25
=>
annex-1 《渡口管理考核表》 -
  [船舶] 45
    1 | 船体完好无渗漏，证书齐全 | 25
    2 | 救生衣数量足够 | 20
  [船员] 55
    1 | 持证上岗，无疲劳作业 | 30
    2 | 每日出航前检查并登记 | 25
""",
    "the base adds up in a row of its own above bonuses and deductions": """@ docx html xlsx
附件1
渡口管理考核表
项目 | 序号 | 考核内容 | 分值 | 得分
船舶 | 1 | 船体完好，证书齐全 | 20 |
^ | 2 | 救生衣数量足够 | 20 |
船员 | 3 | 持证上岗 | 30 |
^ | 4 | 每日出航前检查 | 30 |
小计 | < | < | 100 |
加分 | 5 | 获得表彰 | 5 |
减分 | 6 | 被通报批评 | 5 |
总分 | < | < | 100 |
=>
annex-1 《渡口管理考核表》 100
  [船舶] -
    1 | 船体完好，证书齐全 | 20
    2 | 救生衣数量足够 | 20
  [船员] -
    3 | 持证上岗 | 30
    4 | 每日出航前检查 | 30
  [加分] - bonus
    5 | 获得表彰 | 5
  [减分] - deduction
    6 | 被通报批评 | 5
  = 小计 100
""",
    "the base adds up above bonuses, and nothing else does": """@ docx html xlsx
附件1
渡口管理考核表
项目 | 序号 | 考核内容 | 分值 | 得分
船舶（40分） | 1 | 船体完好，证书齐全 | 20 |
^ | 2 | 救生衣数量足够 | 20 |
船员（60分） | 3 | 持证上岗 | 30 |
^ | 4 | 每日出航前检查 | 30 |
小计 | < | < | 100 |
加分项 | 5 | 获得表彰 | 5 |
^ | 6 | 经验推广 | 5 |
=>
annex-1 《渡口管理考核表》 100
  [船舶] 40
    1 | 船体完好，证书齐全 | 20
    2 | 救生衣数量足够 | 20
  [船员] 60
    3 | 持证上岗 | 30
    4 | 每日出航前检查 | 30
  [加分项] - bonus
    5 | 获得表彰 | 5
    6 | 经验推广 | 5
""",
    "standards go on in rows of their own": """
附件1
渡口管理考核表
序号 | 考核内容 | 标准分 | 扣分标准
1 | 船体完好 | 40 | 1.船体有渗漏的，每处扣5分；
 | | | 2.证书不全的，缺一项扣5分。
2 | 持证上岗 | 60 | 1.无证的，每人扣10分；
 | | | 2.证件过期的，每人扣5分；
 | | | 3.未佩戴工牌的，每人扣1分。
合计 | | 100 |
=>
annex-1 《渡口管理考核表》 100
    1 | 船体完好 | 40 | standard=1.船体有渗漏的，每处扣5分；⏎2.证书不全的，缺一项扣5分。
    2 | 持证上岗 | 60 | standard=1.无证的，每人扣10分；⏎2.证件过期的，每人扣5分；⏎3.未佩戴工牌的，每人扣1分。
""",
    "a column for each day, headed by figures": """@ docx html xlsx txt
附件1
渡口管理考核表
考核项目 | 考核内容 | 扣分标准 | 1 | 2 | 3 | 4 | 5
船舶（40分） | 船体完好 | 一处渗漏扣2分 | | | | |
^ | 救生衣足够 | 少一件扣2分 | | | | |
船员（60分） | 持证上岗 | 一人无证扣5分 | | | | |
^ | 文明用语 | 一次扣2分 | | | | |
=>
annex-1 《渡口管理考核表》 -
  [船舶] 40
    - | 船体完好 | - | deduction | standard=一处渗漏扣2分
    - | 救生衣足够 | - | deduction | standard=少一件扣2分
  [船员] 60
    - | 持证上岗 | - | deduction | standard=一人无证扣5分
    - | 文明用语 | - | deduction | standard=一次扣2分
""",
    "serials below section rows under the header of the labels": """@ docx html xlsx
附件1
渡口管理考核表
项目 | 考核标准 | 扣分标准 | 标准分 | 实得分
一、船舶 | | | 40 |
1 | 船体完好 | 每处扣5分 | 20 |
2 | 救生衣足够 | 少一件扣2分 | 20 |
二、船员 | | | 60 |
1 | 持证上岗 | 无证扣10分 | 30 |
3 | 登记及时 | 漏检扣5分 | 30 |
总分 | | | 100 |
=>
annex-1 《渡口管理考核表》 100
  [船舶] 40
    1 | 船体完好 | 20 | standard=每处扣5分
    2 | 救生衣足够 | 20 | standard=少一件扣2分
  [船员] 60
    1 | 持证上岗 | 30 | standard=无证扣10分
    3 | 登记及时 | 30 | standard=漏检扣5分
""",
    "caps of extras in the points column": """
附件1
渡口管理考核表
序号 | 考核内容 | 评分标准 | 分值
1 | 船体完好 | 一处渗漏扣5分 | 40
2 | 持证上岗 | 无证扣10分 | 60
3 | 受到表彰 | 每次加3分 | 加分不超过5分
4 | 被媒体曝光 | 每次扣3分 | 扣分最多5分
=>
annex-1 《渡口管理考核表》 -
    1 | 船体完好 | 40 | standard=一处渗漏扣5分
    2 | 持证上岗 | 60 | standard=无证扣10分
    3 | 受到表彰 | 5 | bonus | standard=每次加3分
    4 | 被媒体曝光 | 5 | deduction | standard=每次扣3分
""",
    "附表 before the title": """@ docx html
渡口管理考核办法
第一条 为加强渡口管理，制定本办法。
附表：渡口管理考核评分表
考核内容 | 分值
船体完好，证书齐全 | 40
持证上岗，无疲劳作业 | 60
=>
annex-1 《渡口管理考核评分表》 -
    - | 船体完好，证书齐全 | 40
    - | 持证上岗，无疲劳作业 | 60
""",
    "the total beside a place for the score": f"""@ docx html xlsx{SHEET.replace("合计 | < | < | < | 100 |", "满分100分，考核得分：      分 | < | < | < | < | <")}
=>
{READ}
""",
    "a table that gathers the results": """@ docx html xlsx
附件1
渡口管理考核表
考核项目 | 考核内容 | 分值 | 得分
船舶（40分） | 船体完好，证书齐全 | 20 |
^ | 救生衣数量足够 | 20 |
船员（30分） | 持证上岗 | 30 |
码头（30分） | 栏杆牢固 | 30 |
考核得分汇总表
序号 | 单位名称 | 船舶（40分） | 船员（30分） | 码头（30分） | 合计（100分） | 名次
1 | | | | | |
2 | | | | | |
=>
annex-1 《渡口管理考核表》 -
  [船舶] 40
    - | 船体完好，证书齐全 | 20
    - | 救生衣数量足够 | 20
  [船员] 30
    - | 持证上岗 | 30
  [码头] 30
    - | 栏杆牢固 | 30
remark: not-a-rubric: a table that names the sections of a rubric and their points again, to gather results
""",
    "what scores or vetoes below the total is no foot": """@ docx html
附件1
渡口管理考核表
考核项目 | 考核内容 | 分值
船舶 | 船体完好，证书齐全 | 30
^ | 救生衣足够 | 30
船员 | 持证上岗 | 40
合计 | < | 100
特色创新 | 获市级表彰，每次2分 |
直接评为不合格 | 发生重大安全事故 |
=>
annex-1 《渡口管理考核表》 100
  [船舶] -
    - | 船体完好，证书齐全 | 30
    - | 救生衣足够 | 30
  [船员] -
    - | 持证上岗 | 40
  [特色创新] -
    - | 获市级表彰，每次2分 | -
  [直接评为不合格] -
    - | 发生重大安全事故 | - | veto
""",
    "a sheet of another annex is no gathering of results": """@ docx html
附件1
渡口管理考核表
考核项目 | 考核内容 | 分值
船舶（40分） | 船体完好 | 20
^ | 救生衣足够 | 20
船员（30分） | 持证上岗 | 30
码头（30分） | 栏杆牢固 | 30
附件2
乡镇自评表
序号 | 考核项目 | 分值 | 自评得分
1 | 船舶 | 40 |
2 | 船员 | 30 |
3 | 码头 | 30 |
=>
annex-1 《渡口管理考核表》 -
  [船舶] 40
    - | 船体完好 | 20
    - | 救生衣足够 | 20
  [船员] 30
    - | 持证上岗 | 30
  [码头] 30
    - | 栏杆牢固 | 30
annex-2 《乡镇自评表》 -
    1 | 船舶 | 40
    2 | 船员 | 30
    3 | 码头 | 30
""",
    "sheets that share a hundred and have totals of their own": """@ docx html
附件1
社区评分表
甲社区（60分）
序号 | 考核内容 | 分值
1 | 制度上墙公示 | 30
2 | 台账齐全完整 | 30
乙社区（40分）
序号 | 考核内容 | 分值
1 | 保洁及时到位 | 20
2 | 绿化养护良好 | 10
合计 | < | 30
=>
annex-1 《社区评分表》 60
    1 | 制度上墙公示 | 30
    2 | 台账齐全完整 | 30
annex-1-2 《乙社区（40分）》 30
    1 | 保洁及时到位 | 20
    2 | 绿化养护良好 | 10
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_feet_rounds_and_numerals(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form
