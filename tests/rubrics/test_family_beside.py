"""Tables of other things beside, above and below a rubric: left alone, without a word of theirs read as criteria."""

from __future__ import annotations

import pytest

from pipeline import audit, extract
from tests.support.drawn import case_of, read_drawn

SHEET = """
序号 | 考核内容 | 分值 | 得分
1 | 台账齐全、记录完整。 | 40 |
2 | 现场整洁、标识清楚。 | 60 |
合计 | | 100 |
"""

READ = """
annex-1 《保洁质量考核表》 100
    1 | 台账齐全、记录完整。 | 40
    2 | 现场整洁、标识清楚。 | 60"""

CASES_ALONE = "remark: table-apart: a table of cases and what each adds to a score or takes off it, no criteria"

EXTRAS_ALONE = "remark: table-apart: a table of names of what adds to a score or takes off it, in the body and under no title of a scoring sheet"

CASES = {
    "ranks and their points": f"""
三、计分
按名次计分。
名次 | 分值
第一名 | 5
第二名 | 3
第三名 | 1
附件1
保洁质量考核表
{SHEET}
=>{READ}
{CASES_ALONE}
""",
    "levels of praise and their points": f"""
三、加分
加分项目 | 级别 | 分值
表彰奖励 | 国家级 | 5
^ | 省级 | 3
附件1
保洁质量考核表
{SHEET}
=>{READ}
{CASES_ALONE}
""",
    "what adds to the score": f"""
三、计分办法
加分项目 | 分值
获得上级表彰 | 5
经验推广 | 3
附件1
保洁质量考核表
{SHEET}
=>{READ}
{EXTRAS_ALONE}
""",
    "bonus rows of a sheet stay criteria": """
附件1
保洁质量考核表
项目 | 序号 | 考核内容 | 分值
管理（100分） | 1 | 台账齐全、记录完整。 | 40
^ | 2 | 现场整洁、标识清楚。 | 60
加分项（10分） | 3 | 获得上级表彰 | 6
^ | 4 | 经验推广 | 4
总计 | | | 110
=>
annex-1 《保洁质量考核表》 110
  [管理] 100
    1 | 台账齐全、记录完整。 | 40
    2 | 现场整洁、标识清楚。 | 60
  [加分项] 10 bonus
    3 | 获得上级表彰 | 6
    4 | 经验推广 | 4
""",
    "vetoes numbered from 1 below the total": """
附件1
保洁质量考核表
项目 | 序号 | 考核内容 | 分值
管理（40分） | 1 | 台账齐全、记录完整。 | 40
现场（60分） | 1 | 现场整洁、标识清楚。 | 60
合计 | | | 100
一票否决项 | 1 | 发生较大责任事故的。 | 一票否决
^ | 2 | 弄虚作假的。 | 一票否决
=>
annex-1 《保洁质量考核表》 100
  [管理] 40
    1 | 台账齐全、记录完整。 | 40
  [现场] 60
    1 | 现场整洁、标识清楚。 | 60
  [一票否决项] -
    1 | 发生较大责任事故的。 | - | veto | 一票否决
    2 | 弄虚作假的。 | - | veto | 一票否决
""",
    "marked bonuses numbered from 1 below a total that is made": """
附件1
保洁质量考核表
序号 | 考核内容 | 分值
一、管理 | < | <
1 | 台账齐全、记录完整。 | 40
二、现场 | < | <
1 | 现场整洁、标识清楚。 | 60
合计 | | 100
三、加分项 | < | <
1 | 获得上级表彰的。 | 5
2 | 经验推广的。 | 3
=>
annex-1 《保洁质量考核表》 100
  [管理] -
    1 | 台账齐全、记录完整。 | 40
  [现场] -
    1 | 现场整洁、标识清楚。 | 60
  [加分项] - bonus
    1 | 获得上级表彰的。 | 5
    2 | 经验推广的。 | 3
""",
    "a header of two rows written out in each": """
附件1
保洁质量考核表
项目 | 序号 | 考核内容 | 分数（100分） | 考核得分 |
项目 | 序号 | 考核内容 | 分数（100分） | 自评 | 考评
管理 | 1 | 台账齐全、记录完整。 | 40 | |
现场 | 2 | 现场整洁、标识清楚。 | 60 | |
=>
annex-1 《保洁质量考核表》 100
    1 | 台账齐全、记录完整。 | 40 | item=管理
    2 | 现场整洁、标识清楚。 | 60 | item=现场
""",
    "rows of one text below a header": """
附件1
保洁质量考核表
考核内容（分值） | 得分
一、管理 | <
台账齐全、记录完整（25分）。 |
持证上岗（15分）。 |
二、现场 | <
现场整洁、标识清楚（60分）。 |
注：每季度一次。 | <
=>
annex-1 《保洁质量考核表》 -
  [管理] -
    - | 台账齐全、记录完整（25分）。 | 25
    - | 持证上岗（15分）。 | 15
  [现场] -
    - | 现场整洁、标识清楚（60分）。 | 60
  note: 注：每季度一次。
""",
    "halves with one column to fill at the end of both": """
附件1
保洁质量考核表
序号 | 考核内容 | 分值 | 序号 | 考核内容 | 分值 | 备注
1 | 台账齐全、记录完整。 | 20 | 3 | 持证上岗、着装统一。 | 10 |
2 | 现场整洁、标识清楚。 | 60 | 4 | 工具摆放整齐。 | 10 |
=>
annex-1 《保洁质量考核表》 -
    1 | 台账齐全、记录完整。 | 20
    2 | 现场整洁、标识清楚。 | 60
    3 | 持证上岗、着装统一。 | 10
    4 | 工具摆放整齐。 | 10
""",
    "a header printed again without its last word": """
附件1
保洁质量考核表
序号 | 考核内容 | 分值 | 备注
1 | 台账齐全、记录完整。 | 20 |
2 | 现场整洁、标识清楚。 | 60 |
序号 | 考核内容 | 分值 |
3 | 持证上岗、着装统一。 | 20 |
合计 | | 100 |
=>
annex-1 《保洁质量考核表》 100
    1 | 台账齐全、记录完整。 | 20
    2 | 现场整洁、标识清楚。 | 60
    3 | 持证上岗、着装统一。 | 20
""",
    "numbers of sections printed again in each row": """
附件1
保洁质量考核表
序号 | 考核项目 | 考核内容 | 分值
1 | 管理（40分） | 台账齐全、记录完整。 | 25
1 | 管理（40分） | 持证上岗、着装统一。 | 15
2 | 现场（60分） | 现场整洁、标识清楚。 | 40
2 | 现场（60分） | 垃圾日产日清。 | 20
=>
annex-1 《保洁质量考核表》 -
  [管理] 40
    - | 台账齐全、记录完整。 | 25
    - | 持证上岗、着装统一。 | 15
  [现场] 60
    - | 现场整洁、标识清楚。 | 40
    - | 垃圾日产日清。 | 20
""",
    "bonuses with a total of their own below the total": """
附件1
保洁质量考核表
项目 | 序号 | 考核内容 | 分值
管理 | 1 | 台账齐全、记录完整。 | 20
^ | 2 | 安全检查到位。 | 20
现场 | 3 | 现场整洁、标识清楚。 | 60
合计 | | | 100
加分项 | 1 | 获得市级表彰。 | 3
^ | 2 | 获得省级表彰。 | 5
合计 | | | 8
=>
annex-1 《保洁质量考核表》 100
  [管理] -
    1 | 台账齐全、记录完整。 | 20
    2 | 安全检查到位。 | 20
  [现场] -
    3 | 现场整洁、标识清楚。 | 60
annex-1-2 《保洁质量考核表》 8
  [加分项] - bonus
    1 | 获得市级表彰。 | 3
    2 | 获得省级表彰。 | 5
""",
    "alternates whose sections are each numbered from 1": """
附件1
保洁质量考核表
项目 | 序号 | 考核内容 | 分值
安全 | 1 | 安全培训到位。 | 20
^ | 2 | 安全检查到位。 | 20
质量 | 1 | 清扫及时无死角。 | 30
^ | 2 | 清运及时无积存。 | 30
合计 | | | 100
服务 | 1 | 服务热情。 | 30
^ | 2 | 投诉办结。 | 20
管理 | 1 | 台账齐全。 | 30
^ | 2 | 按时报送。 | 20
=>
annex-1 《保洁质量考核表》 100
  [安全] -
    1 | 安全培训到位。 | 20
    2 | 安全检查到位。 | 20
  [质量] -
    1 | 清扫及时无死角。 | 30
    2 | 清运及时无积存。 | 30
annex-1-2 《保洁质量考核表》 -
  [服务] -
    1 | 服务热情。 | 30
    2 | 投诉办结。 | 20
  [管理] -
    1 | 台账齐全。 | 30
    2 | 按时报送。 | 20
""",
    "short values between commas beside a sheet": """
@ txt
附件1
保洁质量考核表
甲队,5
乙队,6
丙队,7
序号 | 考核内容 | 分值
1 | 台账齐全、记录完整。 | 40
2 | 现场整洁、标识清楚。 | 60
合计 | | 100
优秀,良好
合格,不合格
组长,成员
=>
annex-1 《保洁质量考核表》 100
    1 | 台账齐全、记录完整。 | 40
    2 | 现场整洁、标识清楚。 | 60
""",
    "a bonus in words first below the total": """
附件1
保洁质量考核表
项目 | 考核内容 | 分值
管理 | 台账齐全、记录完整。 | 40
现场 | 现场整洁、标识清楚。 | 60
合计 | | 100
奖励 | 媒体正面报道 | 酌情加分
奖励 | 获得市级表彰 | 3
奖励 | 获得省级表彰 | 5
=>
annex-1 《保洁质量考核表》 100
  [管理] -
    - | 台账齐全、记录完整。 | 40
  [现场] -
    - | 现场整洁、标识清楚。 | 60
  [奖励] - bonus
    - | 媒体正面报道 | - | bonus | 酌情加分
    - | 获得市级表彰 | 3
    - | 获得省级表彰 | 5
""",
    "rows of a section in words first below the total": """
@ txt html
附件1
保洁质量考核表
项目 | 考核内容 | 分值
管理 | 台账齐全、记录完整。 | 40
现场 | 现场整洁、标识清楚。 | 60
合计 | | 100
附加 | 受到媒体宣传 | 按实际
附加 | 受到市级表彰 | 3
附加 | 受到省级表彰 | 5
=>
annex-1 《保洁质量考核表》 100
  [管理] -
    - | 台账齐全、记录完整。 | 40
  [现场] -
    - | 现场整洁、标识清楚。 | 60
  [附加] -
    - | 受到媒体宣传 | - | 按实际
    - | 受到市级表彰 | 3
    - | 受到省级表彰 | 5
""",
    "outcomes under the title of a scoring sheet": """
附件1
科技成果评分表（满分15分）
项目 | 分值 | 得分
国家级 | 10 |
省级 | 5 |
=>
annex-1 《科技成果评分表（满分15分）》 15
    - | 国家级 | 10
    - | 省级 | 5
""",
    "names of deductions under the title of a sheet": """
物业服务检查扣分表
扣分项目 | 分值
乱扔垃圾 | 10
违规停车 | 20
毁坏绿化 | 10
=>
annex-1 《物业服务检查扣分表》 -
    - | 乱扔垃圾 | 10
    - | 违规停车 | 20
    - | 毁坏绿化 | 10
""",
    "a table of other things right below the total": """
@ txt html
附件1
保洁质量考核表
序号 | 考核内容 | 分值
1 | 台账齐全、记录完整。 | 40
2 | 现场整洁、标识清楚。 | 60
合计 | | 100
档次 | 奖金 | 名额
甲 | 500 | 2
乙 | 300 | 4
=>
annex-1 《保洁质量考核表》 100
    1 | 台账齐全、记录完整。 | 40
    2 | 现场整洁、标识清楚。 | 60
remark: table-apart: a table in words of its own, and nothing over it that speaks of scoring
""",
    "a table of other things right above the header": """
@ txt html
附件1
保洁质量考核表
时段 | 班次 | 人员 | 车辆
早 | 甲 | 2 | 1
晚 | 乙 | 3 | 2
序号 | 考核内容 | 分值 | 得分
1 | 台账齐全、记录完整。 | 40 |
2 | 现场整洁、标识清楚。 | 60 |
合计 | | 100 |
=>
annex-1 《保洁质量考核表》 100
    1 | 台账齐全、记录完整。 | 40
    2 | 现场整洁、标识清楚。 | 60
remark: unscored-table: a table under a title that speaks of scoring, without points that could be read
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_tables_beside_a_rubric(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form


HALVES = """
附件1
保洁质量考核表
指标类别 | 指标名称 | 指标权数
作业 | 道路清扫及时 | 10
作业 | 人行道清扫及时 | 20
安全 | 安全培训 | 20
二级指标 | 评价内容 | 分值
管理 | 垃圾日产日清 | 20
管理 | 台账齐全 | 30
合计 | | 100
=>
"""


@pytest.mark.parametrize("form", ["txt", "html"])
def test_rows_that_the_total_below_needs_are_not_cut_off(form, tmp_path):
    lines = read_drawn(case_of(HALVES)[0], form, tmp_path).splitlines()
    assert lines[0] == "annex-1 《保洁质量考核表》 100"
    assert sum(int(line.split(" | ")[2]) for line in lines if line.startswith("    ") and line[-1].isdecimal()) == 100


def test_a_table_left_alone_beside_a_rubric_is_noted(tmp_path):
    path = tmp_path / "notice.txt"
    path.write_text("附件1\n保洁质量考核表\n序号\t考核内容\t分值\n1\t台账齐全。\t40\n2\t现场整洁。\t60\n合计\t\t100\n档次\t奖金\t名额\n甲\t500\t2\n乙\t300\t4\n", encoding="utf-8")
    (found,) = (f for f in audit(extract(path)) if f.code == "TAB006")
    assert found.severity == "note"
    assert "a table in words of its own" in found.message_en
